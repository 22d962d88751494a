/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Caches of table entries.
 *
 * ENDs and NVTs change as events pass, so their caches hold entries back until
 * a scrub or another entry pushes them out.  A set of such a cache is guarded
 * by exactly one of the router's END or NVT locks, the one that the caller
 * holds for the entry anyway.
 *
 * EASs are only read: their cache is a sparse array of doublewords, looked up
 * without a lock.
 *
 * An entry that is neither valid nor changed is read again each time.  That is
 * allowed, for a cache may lose what it likes, and kind to firmware that fills
 * in an entry for the first time.
 */
#ifndef P9X_IC_CACHE_H
#define P9X_IC_CACHE_H

#include "xive/router.h"
#include "xive/tables.h"

typedef struct P9xIc P9xIc;

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

enum {
    P9X_IC_WAYS = 4,
    P9X_IC_END_SETS = 1024,         /* multiples of P9X_LOCK_STRIPES */
    P9X_IC_NVT_SETS = 512,
    P9X_EAS_PAGE = 512,             /* entries */
    P9X_EAS_PAGES = (1 << 24) / P9X_EAS_PAGE,       /* of a block */
    P9X_EAS_MAX_PAGES = 4096        /* of an IC; more are not cached */
};

typedef struct P9xIcLine {
    uint64_t tag;                   /* 0: empty */
    bool changed;
    P9xBe32 w[16];                  /* an END has 8 */
} P9xIcLine;

typedef struct P9xIcCache {
    P9xIc *ic;
    int type;                       /* P9xVstType */
    unsigned sets;
    P9xLockStripe *locks;           /* set n: lock n % P9X_LOCK_STRIPES */
    P9xIcLine *line;
    uint8_t *victim;                /* by set: the way to give up next */
} P9xIcCache;

void p9x_ic_cache_init(P9xIcCache *c, P9xIc *ic, int type, unsigned sets,
                       P9xLockStripe *locks);
void p9x_ic_cache_destroy(P9xIcCache *c);
/* Empties it; nothing is written. */
void p9x_ic_cache_reset(P9xIcCache *c);

/*
 * The entry, or NULL if it has no place in memory.  The lock of the entry is
 * held, and the pointer good until that is let go.
 */
P9xBe32 *p9x_ic_cache_get(P9xIcCache *c, uint8_t block, uint32_t index);
/* The same entry was changed; lock still held. */
void p9x_ic_cache_changed(P9xIcCache *c, uint8_t block, uint32_t index);
P9xLock *p9x_ic_cache_lock(P9xIcCache *c, uint8_t block, uint32_t index);

/* Writes back what matches, and with @inval empties it.  No lock held. */
void p9x_ic_cache_scrub(P9xIcCache *c, const P9xIcMatch *match, bool inval);

typedef struct P9xEasPage {
    _Atomic P9xBe64 w[P9X_EAS_PAGE];
} P9xEasPage;

typedef struct P9xIcEas {
    P9xIc *ic;
    P9xLock lock;                   /* filling and scrubbing */
    unsigned nr_pages;
    _Atomic(P9xEasPage *) *page[16];
} P9xIcEas;

void p9x_ic_eas_init(P9xIcEas *c, P9xIc *ic);
void p9x_ic_eas_destroy(P9xIcEas *c);
/* Any thread, no lock.  False: it has no place in memory. */
bool p9x_ic_eas_get(P9xIcEas *c, uint8_t block, uint32_t index, P9xEas *eas);
void p9x_ic_eas_scrub(P9xIcEas *c, const P9xIcMatch *match);

#endif
