/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PEs: which are frozen, and what memory says about why.
 *
 * Two bits a PE are in the bridge (tables PESTA and PESTB): MMIO frozen, DMA
 * stopped.  When an error sets them, the first one also writes the PE's entry
 * of the PEST in memory: what happened (A) and where (B).  Firmware clears the
 * bits and looks at the memory only while they are set.
 *
 * A frozen PE freezes those that its row of the PELT-V names: a bus with its
 * devices, say.
 */
#include "phb4_pe.h"

unsigned p9x_phb4_frozen(const P9xPhb4 *phb, unsigned pe)
{
    return pe < phb->nr_pes ? atomic_load(&phb->frozen[pe]) : 0;
}

bool p9x_phb4_any_frozen(const P9xPhb4 *phb, unsigned kind)
{
    for (unsigned pe = 0; pe < phb->nr_pes; pe++) {
        if (atomic_load(&phb->frozen[pe]) & kind) {
            return true;
        }
    }
    return false;
}

uint64_t p9x_phb4_peev(const P9xPhb4 *phb, unsigned index)
{
    uint64_t vector = 0;

    for (unsigned i = 0; i < 64; i++) {
        if (p9x_phb4_frozen(phb, index * 64 + i)) {
            vector |= P9X_BIT64(i);
        }
    }
    return vector;
}

unsigned p9x_phb4_change_frozen(P9xPhb4 *phb, unsigned pe, unsigned set,
                                unsigned clear)
{
    unsigned char old = atomic_load(&phb->frozen[pe]);
    unsigned char new;
    int mmio;

    do {
        new = (unsigned char)((old & ~clear) | set);
    } while (!atomic_compare_exchange_weak(&phb->frozen[pe], &old, new));

    mmio = !!(new & P9X_PHB4_FROZEN_MMIO) - !!(old & P9X_PHB4_FROZEN_MMIO);
    atomic_fetch_add(&phb->nr_mmio_frozen, (unsigned)mmio);
    if (!old != !new) {
        p9x_note(new ? P9X_STEP_PE_FROZEN : P9X_STEP_PE_THAWED,
                 p9x_phb4_origin(phb), pe, new, 0);
    }
    return old;
}

void p9x_phb4_set_frozen(P9xPhb4 *phb, P9xPhb4Changes *changes, unsigned pe,
                         unsigned kind, bool frozen)
{
    if (pe >= phb->nr_pes) {
        return;
    }
    p9x_phb4_change_frozen(phb, pe, frozen ? kind : 0, frozen ? 0 : kind);
    if (frozen) {
        p9x_phb4_count(phb, P9X_PHB4_STAT_FREEZE);
        p9x_phb4_trace(phb, P9X_PHB4_TRACE_FREEZE, pe, 0, 0, 0);
    } else {
        p9x_phb4_trace(phb, P9X_PHB4_TRACE_UNFREEZE, pe,
                       p9x_phb4_frozen(phb, pe), 0, 0);
    }
    changes->what |= PHB_CHANGED_STATE;
    p9x_phb4_changed_dma(changes, pe);
}

void p9x_phb4_thaw_all(P9xPhb4 *phb)
{
    for (unsigned pe = 0; pe < phb->nr_pes; pe++) {
        p9x_phb4_change_frozen(phb, pe, 0,
                               P9X_PHB4_FROZEN_MMIO | P9X_PHB4_FROZEN_DMA);
    }
}

/* ---- tables in memory ---- */

bool p9x_phb4_write_pest(P9xPhb4 *phb, unsigned pe, uint64_t pesta,
                         uint64_t pestb)
{
    uint64_t bar = p9x_phb4_reg(phb, PHB_PEST_BAR);
    uint64_t entry = (bar & PHB_PEST_BASE) + (uint64_t)pe * 16;
    const P9xPorts *ports = phb->config.ports;
    const P9xBe64 image[2] = {
        p9x_be64(pesta | PEST_FROZEN), p9x_be64(pestb | PEST_FROZEN)
    };

    return (bar & PHB_BAR_ENABLE) &&
           ports->mem_write(ports->host, entry, image, sizeof(image));
}

bool p9x_phb4_read_peltv(P9xPhb4 *phb, unsigned pe,
                         uint8_t row[P9X_PHB4_NR_PES / 8])
{
    uint64_t bar = p9x_phb4_reg(phb, PHB_PELTV_BAR);
    unsigned bytes = phb->nr_pes / 8;
    const P9xPorts *ports = phb->config.ports;

    return (bar & PHB_BAR_ENABLE) &&
           ports->mem_read(ports->host, (bar & PHB_PELTV_BASE) +
                           (uint64_t)pe * bytes, row, bytes);
}
