/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which PE a function belongs to.
 *
 * The RTT is an array of PE numbers in memory, by requester ID, cached until
 * firmware says otherwise.
 */
#include "phb4_rtt.h"

void p9x_phb4_rtc_invalidate(P9xPhb4 *phb, P9xPhb4Changes *changes,
                             uint64_t value)
{
    uint16_t rid = (uint16_t)p9x_get64(value, PHB_RTC_INVALIDATE_RID);

    atomic_fetch_add(&phb->rtc_generation, 1);
    if (value & PHB_RTC_INVALIDATE_ALL) {
        for (unsigned i = 0; i < PHB_NR_RIDS; i++) {
            if (atomic_load_explicit(&phb->rtc[i], memory_order_relaxed)) {
                atomic_store(&phb->rtc[i], 0);
            }
        }
    } else {
        atomic_store(&phb->rtc[rid], 0);
    }
    p9x_phb4_changed_dma(changes, P9X_PHB4_ALL_PES);
}

/* An entry that was read while the cache was invalidated is not kept. */
static void rtc_fill(P9xPhb4 *phb, uint16_t rid, unsigned pe,
                     unsigned generation)
{
    atomic_store(&phb->rtc[rid], (uint16_t)(pe + 1));
    if (atomic_load(&phb->rtc_generation) != generation) {
        atomic_store(&phb->rtc[rid], 0);
    }
}

static bool rtt_read(P9xPhb4 *phb, uint16_t rid, unsigned *pe,
                     unsigned *error)
{
    unsigned generation = atomic_load(&phb->rtc_generation);
    uint64_t bar = p9x_phb4_reg(phb, PHB_RTT_BAR);
    const P9xPorts *ports = phb->config.ports;
    uint8_t entry[2];

    *error = ARB_RTT_BAR_DISABLED;
    if (!(bar & PHB_BAR_ENABLE)) {
        return false;
    }
    *error = ARB_RTE_PE;
    if (!ports->mem_read(ports->host, (bar & PHB_RTT_BASE) + 2u * rid, entry,
                         sizeof(entry))) {
        return false;
    }
    *pe = (unsigned)p9x_load_be(entry, 2);
    if (*pe >= phb->nr_pes) {
        return false;
    }
    rtc_fill(phb, rid, *pe, generation);
    return true;
}

bool p9x_phb4_find_pe(P9xPhb4 *phb, uint16_t rid, unsigned *pe,
                      unsigned *error)
{
    unsigned cached = atomic_load(&phb->rtc[rid]);

    if (cached) {
        *pe = cached - 1;
        return true;
    }
    return rtt_read(phb, rid, pe, error);
}

int p9x_phb4_pe(P9xPhb4 *phb, uint16_t rid)
{
    unsigned pe, error;

    return p9x_phb4_find_pe(phb, rid, &pe, &error) ? (int)pe : -1;
}
