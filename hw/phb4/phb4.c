/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What all parts of a PHB4 use: traces, guest errors, statistics. */
#include <stdarg.h>

#include "phb4_internal.h"

void p9x_phb4_trace(P9xPhb4 *phb, P9xPhb4TraceStep step, uint64_t a,
                    uint64_t b, uint64_t c, uint64_t d)
{
    const P9xPhb4Ports *ports = phb->config.phb_ports;
    const uint64_t arg[4] = { a, b, c, d };

    if (ports->trace) {
        ports->trace(ports->host, step, arg);
    }
}

void p9x_phb4_guest_error(P9xPhb4 *phb, P9xGuestError kind, const char *fmt,
                          ...)
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

P9xPhb4Source *p9x_phb4_source(P9xPhb4 *phb)
{
    return &phb->source;
}

bool p9x_phb4_is_fenced(const P9xPhb4 *phb)
{
    return atomic_load(&phb->fenced);
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
