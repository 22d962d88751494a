/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A PHB4's life, and what all of its parts use. */
#include <stdarg.h>

#include "phb4_internal.h"

P9xPhb4 *p9x_phb4_new(const P9xPhb4Config *config)
{
    uint32_t nr_sources = config->big ? P9X_PHB4_BIG_SOURCES :
                                        P9X_PHB4_SMALL_SOURCES;
    P9xPhb4 *phb = g_new0(P9xPhb4, 1);

    p9x_lock_init(&phb->error_lock, P9X_RANK_PHB_ERROR);
    p9x_lock_init(&phb->iotlb.lock, P9X_RANK_PHB_IOTLB);
    phb->config = *config;
    phb->nr_pes = config->big ? P9X_PHB4_NR_PES : P9X_PHB4_NR_PES / 2;
    phb->rtc = g_malloc0_n(PHB_NR_RIDS, sizeof(phb->rtc[0]));
    p9x_phb4_source_init(&phb->source, nr_sources, false, phb_source_notify,
                         phb, config->ports, config->counters);
    p9x_phb4_reset(phb);
    return phb;
}

void p9x_phb4_free(P9xPhb4 *phb)
{
    if (!phb) {
        return;
    }
    p9x_phb4_source_destroy(&phb->source);
    g_free(phb->rtc);
    g_free(phb);
}

P9xPhb4Source *p9x_phb4_source(P9xPhb4 *phb)
{
    return &phb->source;
}

void phb_trace(P9xPhb4 *phb, P9xPhb4TraceStep step, uint64_t a, uint64_t b,
               uint64_t c, uint64_t d)
{
    const P9xPhb4Ports *ports = phb->config.phb_ports;
    const uint64_t arg[4] = { a, b, c, d };

    if (ports->trace) {
        ports->trace(ports->host, step, arg);
    }
}

void phb_guest_error(P9xPhb4 *phb, P9xGuestError kind, const char *fmt, ...)
{
    g_autofree char *detail = NULL;
    va_list args;

    va_start(args, fmt);
    detail = g_strdup_vprintf(fmt, args);
    va_end(args);
    p9x_guest_error(phb->config.ports, phb->config.counters, kind,
                    "phb %u:%u: %s", phb->config.chip_id, phb->config.index,
                    detail);
}

uint64_t p9x_phb4_stat(const P9xPhb4 *phb, P9xPhb4Stat stat)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i < P9X_ROWS && stat < P9X_PHB4_NR_STATS;
         i++) {
        sum += atomic_load_explicit(&phb->row[i].stat[stat],
                                    memory_order_relaxed);
    }
    return sum;
}

const char *p9x_phb4_stat_name(P9xPhb4Stat stat)
{
    static const char *const name[P9X_PHB4_NR_STATS] = {
        [P9X_PHB4_STAT_XLATE] = "translations",
        [P9X_PHB4_STAT_IOTLB_HIT] = "iotlb-hits",
        [P9X_PHB4_STAT_IOTLB_KILL] = "iotlb-kills",
        [P9X_PHB4_STAT_XLATE_FAULT] = "dma-faults",
        [P9X_PHB4_STAT_MSI] = "msis",
        [P9X_PHB4_STAT_MSI_REFUSED] = "msis-refused",
        [P9X_PHB4_STAT_FREEZE] = "freezes",
        [P9X_PHB4_STAT_FENCE] = "fences",
        [P9X_PHB4_STAT_MMIO_SLOW] = "mmio-checked",
        [P9X_PHB4_STAT_NOTIFY] = "notifications",
        [P9X_PHB4_STAT_LIST] = "dma-lists",
        [P9X_PHB4_STAT_LIST_CUT] = "dma-lists-cut"
    };

    return stat < P9X_PHB4_NR_STATS ? name[stat] : "?";
}
