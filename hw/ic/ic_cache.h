/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Caches of ENDs and NVTs.
 *
 * ENDs and NVTs change as events pass, so their caches hold entries back until
 * a scrub or another entry pushes them out.  A set of such a cache is guarded
 * by exactly one of the router's END or NVT locks, the one that the caller
 * holds for the entry anyway.
 *
 * An entry that is neither valid nor changed is read again each time.  That is
 * allowed, for a cache may lose what it likes, and kind to firmware that fills
 * in an entry for the first time.
 */
#ifndef P9X_IC_CACHE_H
#define P9X_IC_CACHE_H

#include "ic_match.h"
#include "ic_vst.h"
#include "xive/router.h"

enum {
    P9X_IC_WAYS = 4,
    P9X_IC_END_SETS = 1024,         /* multiples of P9X_LOCK_STRIPES */
    P9X_IC_NVT_SETS = 512
};

typedef struct P9xIcLine {
    uint64_t tag;                   /* 0: empty */
    bool changed;
    P9xBe32 w[16];                  /* an END has 8 */
} P9xIcLine;

typedef struct P9xIcCache {
    P9xIcVst *vst;
    P9xVstType type;
    unsigned sets;
    P9xLockStripe *locks;           /* set n: lock n % P9X_LOCK_STRIPES */
    P9xIcLine *line;
    uint8_t *victim;                /* by set: the way to give up next */
} P9xIcCache;

/* Of entries of @type, P9X_VST_ENDT or NVTT.  @vst and @locks outlive it. */
void p9x_ic_cache_init(P9xIcCache *c, P9xIcVst *vst, P9xVstType type,
                       unsigned sets, P9xLockStripe *locks);
void p9x_ic_cache_destroy(P9xIcCache *c);
/* Empties it; nothing is written.  No lock held. */
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

#endif
