/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What TVEs say: windows into the DMA addresses of a PE, and TCE tables.
 *
 * A TVE's window is a piece of a PE's DMA addresses; an offset is an address
 * within it, less what chose the TVE.
 */
#ifndef P9X_PHB4_TVE_H
#define P9X_PHB4_TVE_H

#include "phb4_internal.h"

typedef enum P9xPhb4TveKind {
    TVE_NONE,
    TVE_NO_XLATE,
    TVE_TABLE
} P9xPhb4TveKind;

typedef struct P9xPhb4Tve {
    uint64_t value;
    uint64_t offset;
} P9xPhb4Tve;

typedef struct P9xPhb4TveWindow {
    uint64_t value;             /* of the TVE */
    uint64_t base;              /* DMA address of offset 0 */
    uint64_t first, last;       /* offsets that belong to it */
} P9xPhb4TveWindow;

typedef struct P9xPhb4TceTable {
    uint64_t addr;
    unsigned levels;            /* 1 to 5 */
    unsigned level_bits;        /* index bits of a level, 8 to 39 */
    unsigned page_shift;        /* 12 to 30 */
} P9xPhb4TceTable;

/* Bounds without translation come in such units: as good as a page. */
#define PHB_NO_XLATE_UNIT UINT64_C(0x1000000)
enum { PHB_MAX_TVE_WINDOWS = 17 };

unsigned p9x_phb4_tves_per_pe(const P9xPhb4 *phb);
void p9x_phb4_tve_of(const P9xPhb4 *phb, unsigned pe, uint64_t iova,
                     P9xPhb4Tve *tve);
/* All windows of @pe in order of address; returns how many. */
unsigned p9x_phb4_tve_windows(const P9xPhb4 *phb, unsigned pe,
                              P9xPhb4TveWindow window[PHB_MAX_TVE_WINDOWS]);
P9xPhb4TveKind p9x_phb4_tve_kind(uint64_t tve);
/* TVE_NO_XLATE: offsets from @first to before @end are real addresses. */
void p9x_phb4_tve_bounds(uint64_t tve, uint64_t *first, uint64_t *end);
/* False if the hardware has no such page size or so many levels. */
bool p9x_phb4_tce_table(uint64_t tve, P9xPhb4TceTable *table);
/* The last offset that a table has an entry for. */
uint64_t p9x_phb4_tce_last(const P9xPhb4TceTable *table);
/* Address bits below those that choose an entry of @level (0: the last);
 * 64 or more: only entry 0 can be reached. */
unsigned p9x_phb4_tce_shift(const P9xPhb4TceTable *table, unsigned level);
uint64_t p9x_phb4_tce_index(const P9xPhb4TceTable *table, uint64_t offset,
                            unsigned level);

#endif
