/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What TVEs say, without memory and without effects.
 *
 * A PE has two TVEs (or 4, 8, 16: control register), chosen by the address
 * bits below bit 60; or, in another mode, everything from 4 GiB on is the
 * second one's.  A TVE either lets addresses through as they are, within
 * bounds, or says where the TCE table is, how big each level and how big a
 * page.
 */
#include "phb4_tve.h"

#define FOUR_GB     (UINT64_C(1) << 32)

unsigned p9x_phb4_tves_per_pe(const P9xPhb4 *phb)
{
    unsigned sel = (unsigned)p9x_get64(p9x_phb4_reg(phb, PHB_CTRLR),
                                       PHB_CTRLR_TVT_ADDR_SEL);

    return 2u << MIN(sel, 3);
}

static bool split_at_4gb(const P9xPhb4 *phb)
{
    return p9x_phb4_reg(phb, PHB_CTRLR) & PHB_CTRLR_TVE1_4GB;
}

/* Address bits of a window. */
static unsigned window_bits(unsigned per_pe)
{
    return 60 - (unsigned)__builtin_ctz(per_pe);
}

static uint64_t tve_at(const P9xPhb4 *phb, unsigned pe, unsigned per_pe,
                       unsigned which)
{
    unsigned nr_tves = phb->config.big ? PHB_MAX_TVES : PHB_MAX_TVES / 2;

    return atomic_load(&phb->tables.tvt[(pe * per_pe + which) % nr_tves]);
}

void p9x_phb4_tve_of(const P9xPhb4 *phb, unsigned pe, uint64_t iova,
                     P9xPhb4Tve *tve)
{
    unsigned per_pe = p9x_phb4_tves_per_pe(phb);
    unsigned bits = window_bits(per_pe);
    unsigned which = (unsigned)(iova >> bits);

    if (split_at_4gb(phb)) {
        which = iova >= FOUR_GB;
    }
    tve->value = tve_at(phb, pe, per_pe, which);
    tve->offset = iova & ((UINT64_C(1) << bits) - 1);
}

unsigned p9x_phb4_tve_windows(const P9xPhb4 *phb, unsigned pe,
                              P9xPhb4TveWindow window[PHB_MAX_TVE_WINDOWS])
{
    unsigned per_pe = p9x_phb4_tves_per_pe(phb), n = 0;
    unsigned bits = window_bits(per_pe);
    bool split = split_at_4gb(phb);

    for (unsigned i = 0; i < per_pe; i++) {
        P9xPhb4TveWindow w = {
            .value = tve_at(phb, pe, per_pe, split ? 1 : i),
            .base = (uint64_t)i << bits,
            .last = (UINT64_C(1) << bits) - 1
        };

        if (split && i == 0) {
            window[n++] = (P9xPhb4TveWindow) {
                .value = tve_at(phb, pe, per_pe, 0),
                .last = FOUR_GB - 1
            };
            w.first = FOUR_GB;
        }
        window[n++] = w;
    }
    return n;
}

P9xPhb4TveKind p9x_phb4_tve_kind(uint64_t tve)
{
    if (!p9x_get64(tve, TVE_TABLE_SIZE) && !(tve & TVE_NON_TRANSLATE_50)) {
        return TVE_NONE;
    }
    return p9x_get64(tve, TVE_IO_PSIZE) ? TVE_TABLE : TVE_NO_XLATE;
}

/* Bits 49 to 24 of start and end are spread over the entry. */
void p9x_phb4_tve_bounds(uint64_t tve, uint64_t *first, uint64_t *end)
{
    if (!(tve & TVE_NON_TRANSLATE_50)) {
        *first = 0;
        *end = UINT64_C(1) << 56;
        return;
    }
    *first = (p9x_get64(tve, TVE_START_HIGH) << 24 |
              p9x_get64(tve, TVE_START_LOW)) * PHB_NO_XLATE_UNIT;
    *end = (p9x_get64(tve, TVE_END_HIGH) << 24 |
            p9x_get64(tve, TVE_END_LOW)) * PHB_NO_XLATE_UNIT;
}

bool p9x_phb4_tce_table(uint64_t tve, P9xPhb4TceTable *table)
{
    unsigned page = (unsigned)p9x_get64(tve, TVE_IO_PSIZE);

    table->addr = (p9x_get64(tve, TVE_TABLE_ADDR) << 12) & TCE_RPN;
    table->levels = (unsigned)p9x_get64(tve, TVE_LEVELS) + 1;
    table->level_bits = (unsigned)p9x_get64(tve, TVE_TABLE_SIZE) + 8;
    table->page_shift = page + 11;
    return table->levels <= 5 && (page == 1 || page == 5 || page == 10 ||
                                  page == 19);
}

uint64_t p9x_phb4_tce_last(const P9xPhb4TceTable *table)
{
    unsigned bits = p9x_phb4_tce_shift(table, table->levels);

    return bits >= 64 ? UINT64_MAX : (UINT64_C(1) << bits) - 1;
}

unsigned p9x_phb4_tce_shift(const P9xPhb4TceTable *table, unsigned level)
{
    return table->page_shift + level * table->level_bits;
}

uint64_t p9x_phb4_tce_index(const P9xPhb4TceTable *table, uint64_t offset,
                            unsigned level)
{
    unsigned shift = p9x_phb4_tce_shift(table, level);

    return shift >= 64 ? 0 :
           (offset >> shift) & ((UINT64_C(1) << table->level_bits) - 1);
}
