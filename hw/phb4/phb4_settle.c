/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What follows from what an entry changed.
 *
 * The order is the same for all entries:
 *
 *   1. the host program hears which translations changed
 *   2. an error freezes its PE, and those below it in the PELT-V
 *   3. the fence
 *   4. windows: moved, or no longer direct
 *   5. error interrupts, and LSIs that moved
 *   6. the host program hears of the link
 *
 * An interrupt comes after all that its handler may look at, and the link last,
 * because the host program may reset devices, which come back to the bridge.
 *
 * Two threads may work out the fence, the windows or a level at once.  Each
 * derives the wanted value, publishes it and looks again: the last one to
 * publish has seen the last state.
 */
#include "phb4_error.h"
#include "phb4_irq.h"
#include "phb4_pe.h"
#include "phb4_settle.h"
#include "phb4_stack.h"
#include "phb4_window.h"

static void flush(P9xPhb4 *phb, unsigned pe, uint64_t iova, uint64_t size)
{
    const P9xPhb4Ports *ports = phb->config.phb_ports;

    ports->iotlb_flush(ports->host, pe, iova, size);
}

/* ---- errors ---- */

/* The fence that an ETU error asks for arrives as an AIB interface error. */
static void fence_if_enabled(P9xPhb4 *phb, P9xPhb4Group group, unsigned bit)
{
    if (p9x_phb4_error_enabled(phb, group, bit, GRP_FENCE_ENABLE)) {
        p9x_phb4_pci_fir(phb, PCI_FIR_AIB_INTERFACE);
    }
}

/* A table in memory that a freeze needs is not there: an error of no PE. */
static void no_table(P9xPhb4 *phb, P9xPhb4Group group, unsigned bit,
                     unsigned pe)
{
    const P9xPhb4Error error = { .pe = -1, .log0 = pe };

    if (p9x_phb4_note_error(phb, group, bit, &error)) {
        fence_if_enabled(phb, group, bit);
    }
}

/* False: it was frozen already. */
static bool freeze_one(P9xPhb4 *phb, unsigned pe, uint64_t pesta,
                       uint64_t pestb)
{
    const unsigned both = P9X_PHB4_FROZEN_MMIO | P9X_PHB4_FROZEN_DMA;
    unsigned old = p9x_phb4_change_frozen(phb, pe, both, 0);

    if (old == both) {
        return false;
    }
    if (!old && !p9x_phb4_write_pest(phb, pe, pesta, pestb)) {
        no_table(phb, GROUP_MRG, MRG_PEST_BAR_DISABLED, pe);
    }
    p9x_phb4_count(phb, P9X_PHB4_STAT_FREEZE);
    p9x_phb4_trace(phb, P9X_PHB4_TRACE_FREEZE, pe, pesta, pestb, 0);
    flush(phb, pe, 0, 0);
    return true;
}

static void freeze_children(P9xPhb4 *phb, unsigned pe)
{
    uint8_t row[P9X_PHB4_NR_PES / 8];

    if (!p9x_phb4_read_peltv(phb, pe, row)) {
        no_table(phb, GROUP_ARB, ARB_PELTV_BAR_DISABLED, pe);
        return;
    }
    for (unsigned child = 0; child < phb->nr_pes; child++) {
        if (child != pe && (row[child / 8] & P9X_BIT8(child % 8))) {
            freeze_one(phb, child, 0, 0);
        }
    }
}

static void follow_etu_error(P9xPhb4 *phb, P9xPhb4Group group, unsigned bit,
                             const P9xPhb4Error *error)
{
    unsigned lem = p9x_phb4_lem_bit(group, bit);
    unsigned pe = (unsigned)error->pe;

    if (pe < phb->nr_pes &&
        p9x_phb4_error_enabled(phb, group, bit, GRP_FREEZE_ENABLE) &&
        freeze_one(phb, pe, p9x_set64(error->pesta, PESTA_LEM_BIT, lem),
                   error->pestb)) {
        freeze_children(phb, pe);
    }
    fence_if_enabled(phb, group, bit);
}

/* ---- what is a function of the state ---- */

static void set_fence(P9xPhb4 *phb, bool fenced)
{
    if (atomic_exchange(&phb->fenced, fenced) == fenced) {
        return;
    }
    flush(phb, P9X_PHB4_ALL_PES, 0, 0);
    if (fenced) {
        p9x_phb4_count(phb, P9X_PHB4_STAT_FENCE);
        p9x_phb4_trace(phb, P9X_PHB4_TRACE_FENCE,
                       p9x_phb4_nest_load(phb, NEST_FIR),
                       p9x_phb4_pci_load(phb, NEST_FIR), 0, 0);
    }
}

static void update_fence(P9xPhb4 *phb)
{
    bool fenced, in_reset;

    do {
        fenced = p9x_phb4_update_firs(phb);
        in_reset = atomic_load(&phb->in_reset);
        p9x_phb4_source_fence(&phb->source, fenced || in_reset);
        set_fence(phb, fenced);
    } while (fenced != p9x_phb4_update_firs(phb) ||
             in_reset != atomic_load(&phb->in_reset));
}

static void update_windows(P9xPhb4 *phb, bool moved)
{
    const P9xPhb4Ports *ports = phb->config.phb_ports;
    bool direct;

    do {
        direct = p9x_phb4_wants_direct(phb);
        if (atomic_exchange(&phb->direct, direct) != direct) {
            moved = true;
        }
    } while (direct != p9x_phb4_wants_direct(phb));
    if (moved) {
        ports->windows_changed(ports->host);
    }
}

static void update_error_lsi(P9xPhb4 *phb, unsigned lsi)
{
    bool level;

    do {
        level = p9x_phb4_wants_interrupt(phb, lsi);
        p9x_phb4_set_lsi(phb, lsi, level);
    } while (level != p9x_phb4_wants_interrupt(phb, lsi));
}

static void update_error_lsis(P9xPhb4 *phb)
{
    update_error_lsi(phb, P9X_PHB4_LSI_INF);
    update_error_lsi(phb, P9X_PHB4_LSI_ER);
}

/*
 * An error of the PCIe core is up to three of group PHB, one after the other:
 * a source that is fenced sends nothing, so the interrupt of the first comes
 * before the fence of the last.
 */
static void follow_pcie_error(P9xPhb4 *phb, P9xPhb4Group group, unsigned bit,
                              const P9xPhb4Error *error)
{
    static const struct {
        uint8_t enable, bit;
    } class[] = {
        { GRP_INF_ENABLE, ERR_REGB_INF },
        { GRP_ERC_ENABLE, ERR_REGB_ERC },
        { GRP_FAT_ENABLE, ERR_REGB_FAT }
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(class); i++) {
        if (p9x_phb4_error_enabled(phb, group, bit, class[i].enable) &&
            p9x_phb4_note_error(phb, GROUP_PHB, class[i].bit, error)) {
            follow_etu_error(phb, GROUP_PHB, class[i].bit, error);
            update_fence(phb);
            update_error_lsis(phb);
        }
    }
}

static void follow_error(P9xPhb4 *phb, const P9xPhb4Changes *changes)
{
    if (changes->group < NR_ETU_GROUPS) {
        follow_etu_error(phb, changes->group, changes->bit, &changes->error);
    } else {
        follow_pcie_error(phb, changes->group, changes->bit, &changes->error);
    }
}

static void tell_link(P9xPhb4 *phb, bool devices_reset)
{
    const P9xPhb4Ports *ports = phb->config.phb_ports;

    p9x_phb4_trace(phb, P9X_PHB4_TRACE_LINK, phb->link.up, phb->link.speed,
                   phb->link.width, 0);
    ports->link_changed(ports->host, &phb->link, devices_reset);
}

/* ---- all of it ---- */

void p9x_phb4_settle_now(P9xPhb4 *phb, P9xPhb4Changes *changes)
{
    unsigned what = changes->what;

    if (what & PHB_CHANGED_DMA) {
        flush(phb, changes->pe, changes->iova, changes->size);
    }
    if (what & PHB_CHANGED_ERROR) {
        follow_error(phb, changes);
    }
    update_fence(phb);
    update_windows(phb, what & PHB_CHANGED_WINDOWS);
    update_error_lsis(phb);
    if (what & PHB_CHANGED_SOURCE) {
        p9x_phb4_apply_levels(phb);
    }
    if (what & PHB_CHANGED_LINK) {
        tell_link(phb, what & PHB_CHANGED_DEVICES);
    }
    p9x_phb4_changed_nothing(changes);
}

void p9x_phb4_settle_restored(P9xPhb4 *phb)
{
    flush(phb, P9X_PHB4_ALL_PES, 0, 0);
    update_fence(phb);
    update_windows(phb, true);
}
