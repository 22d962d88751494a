/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cache watch registers: how firmware changes entries that are in use. */
#ifndef P9X_IC_WATCH_H
#define P9X_IC_WATCH_H

#include "ic_cache.h"

enum { P9X_WATCH_DWORDS = 8 };      /* of an NVT; an END has 4 */

/* One set of watch registers.  Its state is under base->lock. */
typedef struct P9xIcWatch {
    P9xIcCache *cache;
    uint64_t seen[P9X_WATCH_DWORDS];    /* the entry as numbers */
    unsigned dwords;
    unsigned spec;                  /* offsets of its registers */
    unsigned dat0;
    unsigned engine_word;           /* of 32 bits, which the engine changes */
} P9xIcWatch;

/* Of the entries of @cache, which outlives it. */
void p9x_watch_init(P9xIcWatch *w, P9xIcCache *cache);

/* CWATCH_SPEC is stored: which entry. */
void p9x_watch_spec(P9xIcWatch *w, uint64_t value);
/* CWATCH_DAT0 is loaded: the entry comes to the data registers. */
uint64_t p9x_watch_load(P9xIcWatch *w);
/* CWATCH_DAT0 is stored: they go to the entry, or SPEC says CONFLICT. */
void p9x_watch_update(P9xIcWatch *w);

#endif
