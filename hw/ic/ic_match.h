/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which entries of a table a scrub means. */
#ifndef P9X_IC_MATCH_H
#define P9X_IC_MATCH_H

#include <stdbool.h>
#include <stdint.h>

/* Entries whose block and index equal the given ones where a mask has 1s. */
typedef struct P9xIcMatch {
    uint32_t block, block_mask;
    uint32_t index, index_mask;
} P9xIcMatch;

static inline bool p9x_ic_matches(const P9xIcMatch *m, uint32_t block,
                                  uint32_t index)
{
    return ((m->block ^ block) & m->block_mask) == 0 &&
           ((m->index ^ index) & m->index_mask) == 0;
}

/* Can only one entry match, where indices have @bits bits? */
static inline bool p9x_ic_match_is_exact(const P9xIcMatch *m, unsigned bits)
{
    uint32_t all = (UINT32_C(1) << bits) - 1;

    return (m->block_mask & 15) == 15 && (m->index_mask & all) == all;
}

#endif
