/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The bridge as text: what a person asks first when a device is silent. */
#include "phb4_error.h"
#include "phb4_source_internal.h"
#include "phb4_tve.h"

typedef unsigned long long Ull;

static void print_head(P9xPhb4 *phb, GString *out)
{
    uint64_t index = p9x_phb4_reg(phb, PHB_INT_NOTIFY_INDEX);
    unsigned nr = phb->source.source.config.nr_sources;

    g_string_append_printf(out, "PHB4[%x:%x] Source %08llx .. %08llx  @%llx\n",
                           phb->config.chip_id, phb->config.index,
                           (Ull)index, (Ull)(index + nr - 1),
                           (Ull)(p9x_phb4_reg(phb, PHB_INT_NOTIFY_ADDR) &
                                 ~PHB_NOTIFY_64K));
    g_string_append_printf(out, "  link %s",
                           phb->link.up ? "up" : "down");
    if (phb->link.up) {
        g_string_append_printf(out, " gen%u x%u", phb->link.speed,
                               phb->link.width);
    }
    if (atomic_load(&phb->in_reset)) {
        g_string_append(out, ", in reset");
    }
    if (atomic_load(&phb->fenced)) {
        g_string_append_printf(out, ", fenced: nest FIR %016llx PCI FIR "
                               "%016llx", (Ull)phb->nest[NEST_FIR],
                               (Ull)phb->pci[NEST_FIR]);
    }
    g_string_append_c(out, '\n');
}

static void print_windows(P9xPhb4 *phb, GString *out)
{
    static const char *const name[] = { "regs", "esb", "mmio0", "mmio1" };

    for (unsigned id = 0; id < P9X_PHB4_NR_WINDOWS; id++) {
        P9xPhb4Window w;

        p9x_phb4_window(phb, (P9xPhb4WindowId)id, &w);
        if (!w.size) {
            continue;
        }
        g_string_append(out, "  ");
        if (id < P9X_PHB4_WIN_MBT) {
            g_string_append_printf(out, "%-6s", name[id]);
        } else {
            g_string_append_printf(out, "mbt%-3u", id - P9X_PHB4_WIN_MBT);
        }
        g_string_append_printf(out, " %016llx..%016llx", (Ull)w.base,
                               (Ull)(w.base + w.size - 1));
        if (id >= P9X_PHB4_WIN_MBT) {
            g_string_append_printf(out, " PCI %016llx%s", (Ull)w.pci,
                                   w.direct ? "" : " checked");
        }
        g_string_append_c(out, '\n');
    }
}

static void print_frozen(P9xPhb4 *phb, GString *out)
{
    for (unsigned pe = 0; pe < phb->nr_pes; pe++) {
        unsigned frozen = p9x_phb4_frozen(phb, pe);

        if (frozen) {
            g_string_append_printf(out, "  PE %03x frozen:%s%s\n", pe,
                                   frozen & P9X_PHB4_FROZEN_MMIO ? " MMIO" :
                                                                   "",
                                   frozen & P9X_PHB4_FROZEN_DMA ? " DMA" : "");
        }
    }
}

static void print_tves(P9xPhb4 *phb, GString *out)
{
    unsigned per_pe = p9x_phb4_tves_per_pe(phb);

    for (unsigned i = 0; i < PHB_MAX_TVES; i++) {
        uint64_t tve = atomic_load(&phb->tables.tvt[i]);

        if (tve) {
            g_string_append_printf(out, "  TVE PE %03x.%u %016llx\n",
                                   i / per_pe, i % per_pe, (Ull)tve);
        }
    }
}

/* Sources that are on, as the IC's numbers. */
static void print_sources(P9xPhb4 *phb, GString *out)
{
    uint64_t index = p9x_phb4_reg(phb, PHB_INT_NOTIFY_INDEX);
    const P9xSource *src = &phb->source.source;

    for (uint32_t i = 0; i < src->config.nr_sources; i++) {
        P9xPq pq = p9x_source_get_pq(src, i);
        bool lsi = p9x_source_is_lsi(src, i);
        bool level = atomic_load(p9x_source_esb(src, i)) & P9X_ESB_ASSERTED;

        if (pq != P9X_PQ_01 && (pq != P9X_PQ_00 || lsi)) {
            g_string_append_printf(out, "  %08llx %s %c%c%c PE %03x\n",
                                   (Ull)index + i, lsi ? "LSI" : "MSI",
                                   pq & P9X_ESB_P ? 'P' : '-',
                                   pq & P9X_ESB_Q ? 'Q' : '-',
                                   level ? 'A' : ' ',
                                   p9x_phb4_get_pe(&phb->source, i));
        }
    }
}

static void print_errors(P9xPhb4 *phb, GString *out)
{
    static const char *const name[NR_GROUPS] = {
        "PHB", "TXE", "RXE_ARB", "RXE_MRG", "RXE_TCE", "PBL", "REGB"
    };

    for (unsigned g = 0; g < NR_GROUPS; g++) {
        unsigned base = p9x_phb4_group_base[g];
        uint64_t status = p9x_phb4_reg(phb, base + GRP_STATUS);

        if (status) {
            g_string_append_printf(out, "  %s errors %016llx first %016llx\n",
                                   name[g], (Ull)status,
                                   (Ull)p9x_phb4_reg(phb, base + GRP_FIRST));
        }
    }
}

static void print_stats(P9xPhb4 *phb, GString *out)
{
    g_string_append(out, " ");
    for (unsigned i = 0; i < P9X_PHB4_NR_STATS; i++) {
        g_string_append_printf(out, " %s %llu",
                               p9x_phb4_stat_name((P9xPhb4Stat)i),
                               (Ull)p9x_phb4_stat(phb, (P9xPhb4Stat)i));
    }
    g_string_append_c(out, '\n');
}

void p9x_phb4_print(P9xPhb4 *phb, GString *out)
{
    print_head(phb, out);
    print_windows(phb, out);
    print_frozen(phb, out);
    print_errors(phb, out);
    print_tves(phb, out);
    print_sources(phb, out);
    print_stats(phb, out);
}
