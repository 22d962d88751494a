/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interrupts on their way to the IC.
 *
 * An event of a source is a store to the IC's notify port: the number that the
 * IC knows the source by, and a bit that says that PQ have let it through.  A
 * PHB5 can leave PQ to the IC, and can store to the source's own ESB page
 * there ("address-based trigger") instead of the notify port.
 */
#include "phb4_irq.h"
#include "phb4_source_internal.h"

/* Offset in an ESB page of a trigger that PQ bits do not hold back. */
#define ESB_INJECT      UINT64_C(0x800)

static bool ctrlr_has(const P9xPhb4 *phb, uint64_t bit)
{
    return phb->config.phb5 && (p9x_phb4_reg(phb, PHB_CTRLR) & bit);
}

static void notify_store(P9xPhb4 *phb, uint64_t addr, uint64_t data)
{
    const P9xPhb4Ports *ports = phb->config.phb_ports;

    p9x_phb4_count(phb, P9X_PHB4_STAT_NOTIFY);
    p9x_phb4_trace(phb, P9X_PHB4_TRACE_NOTIFY, addr, data, 0, 0);
    if (!ports->notify(ports->host, addr, data)) {
        p9x_phb4_guest_error(phb, P9X_ERR_PHB_ACCESS,
                             "no notify port at 0x%llx",
                             (unsigned long long)addr);
    }
}

static void notify_esb_page(P9xPhb4 *phb, uint32_t srcno, bool pq_checked)
{
    uint64_t port = p9x_phb4_reg(phb, PHB_INT_NOTIFY_ADDR);
    unsigned shift = port & PHB_NOTIFY_64K ? 16 : 12;
    uint64_t page = ((uint64_t)srcno << (shift + 1)) | (UINT64_C(1) << shift);

    notify_store(phb, (port & ~PHB_NOTIFY_64K) | page |
                 (pq_checked ? ESB_INJECT : 0), 0);
}

static void notify(P9xPhb4 *phb, uint32_t srcno, bool pq_checked)
{
    if (ctrlr_has(phb, PHB_CTRLR_ABT_MODE)) {
        notify_esb_page(phb, srcno, pq_checked);
        return;
    }
    notify_store(phb, p9x_phb4_reg(phb, PHB_INT_NOTIFY_ADDR) & ~PHB_NOTIFY_64K,
                 p9x_phb4_reg(phb, PHB_INT_NOTIFY_INDEX) | srcno |
                 (pq_checked ? NOTIFY_PQ_CHECKED : 0));
}

/* The store goes to the IC through the host program. */
void p9x_phb4_source_notify(void *opaque, uint32_t srcno, P9xTransit *transit)
{
    p9x_transit_end(transit);
    notify(opaque, srcno, true);
}

void p9x_phb4_msi_event(P9xPhb4 *phb, uint32_t srcno)
{
    if (ctrlr_has(phb, PHB_CTRLR_PQ_DISABLE)) {
        notify(phb, srcno, false);
    } else {
        p9x_source_trigger(&phb->source.source, srcno);
    }
}

/* Two threads may be here; the last one to set the level looks once more. */
static void apply_level(P9xPhb4 *phb, unsigned lsi)
{
    bool level;

    do {
        level = atomic_load(&phb->level[lsi]);
        p9x_source_set_level(&phb->source.source,
                             p9x_phb4_lsi(&phb->source, lsi), level);
    } while (level != atomic_load(&phb->level[lsi]));
}

void p9x_phb4_place_sources(P9xPhb4 *phb)
{
    uint64_t ctrlr = p9x_phb4_reg(phb, PHB_CTRLR);
    uint64_t place = p9x_phb4_reg(phb, PHB_LSI_SOURCE_ID);

    p9x_phb4_source_config(&phb->source,
                           ctrlr & PHB_CTRLR_PGSZ_64K ? 16 : 12,
                           ctrlr & PHB_CTRLR_STORE_EOI);
    p9x_phb4_set_first_lsi(&phb->source,
                           (uint32_t)p9x_get64(place, PHB_LSI_SRC_ID) *
                           P9X_PHB4_NR_LSIS);
}

void p9x_phb4_apply_levels(P9xPhb4 *phb)
{
    for (unsigned lsi = 0; lsi < P9X_PHB4_NR_LSIS; lsi++) {
        apply_level(phb, lsi);
    }
}

void p9x_phb4_reset_sources(P9xPhb4 *phb)
{
    p9x_phb4_source_reset(&phb->source);
    atomic_store(&phb->level[P9X_PHB4_LSI_INF], false);
    atomic_store(&phb->level[P9X_PHB4_LSI_ER], false);
    p9x_phb4_place_sources(phb);
    p9x_phb4_apply_levels(phb);
}

/* An LSI's level is sent on when it changed, or the source forgot it. */
void p9x_phb4_set_lsi(P9xPhb4 *phb, unsigned lsi, bool level)
{
    if (atomic_exchange(&phb->level[lsi], level) != level) {
        apply_level(phb, lsi);
    }
}

void p9x_phb4_intx(P9xPhb4 *phb, unsigned pin, bool level)
{
    if (pin < 4) {
        p9x_phb4_set_lsi(phb, pin, level);
    }
}

uint64_t p9x_phb4_esb_load(P9xPhb4 *phb, uint64_t offset, unsigned size)
{
    return p9x_source_load(&phb->source.source, offset, size);
}

void p9x_phb4_esb_store(P9xPhb4 *phb, uint64_t offset, unsigned size,
                        uint64_t value)
{
    p9x_source_store(&phb->source.source, offset, size, value);
}
