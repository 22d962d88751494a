/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which thread runs which VP.
 *
 * Hardware broadcasts a notification to all threads, and each compares the VP
 * number with its CAM lines.  A model that did so would be slower the more
 * threads there are.  This map is the same fact turned round: VP number to
 * (thread, ring), kept up to date when a context is pushed, pulled or written.
 * Lookups take no lock and are one indexed load after another.
 */
#ifndef P9X_VPMAP_H
#define P9X_VPMAP_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "xive/lock.h"
#include "xive/regs.h"

typedef struct P9xTctx P9xTctx;

enum {
    P9X_VPMAP_PAGE_SHIFT = 9,
    P9X_VPMAP_PAGE_SIZE = 1 << P9X_VPMAP_PAGE_SHIFT,
    P9X_VPMAP_PAGES = 1 << (24 - P9X_VPMAP_PAGE_SHIFT)
};

/* A slot is a P9xTctx pointer with the ring in its two low bits. */
typedef struct P9xVpMapPage {
    _Atomic uintptr_t slot[P9X_VPMAP_PAGE_SIZE];
} P9xVpMapPage;

typedef struct P9xVpMap {
    P9xLock lock;
    _Atomic(P9xVpMapPage *) *page;
} P9xVpMap;

void p9x_vpmap_init(P9xVpMap *map);
void p9x_vpmap_destroy(P9xVpMap *map);

/* False: another thread's ring had that VP; it has been replaced. */
bool p9x_vpmap_add(P9xVpMap *map, uint32_t cam, P9xTctx *tctx, P9xRing ring);
/* No effect unless (@tctx, @ring) is what the map holds for @cam. */
void p9x_vpmap_remove(P9xVpMap *map, uint32_t cam, P9xTctx *tctx,
                      P9xRing ring);

/* NULL if no thread runs the VP.  @ring is set otherwise. */
static inline P9xTctx *p9x_vpmap_find(const P9xVpMap *map, uint32_t cam,
                                      P9xRing *ring)
{
    P9xVpMapPage *page;
    uintptr_t slot;

    cam &= P9X_CAM_MASK;
    page = atomic_load_explicit(&map->page[cam >> P9X_VPMAP_PAGE_SHIFT],
                                memory_order_acquire);
    if (!page) {
        return NULL;
    }
    slot = atomic_load_explicit(&page->slot[cam % P9X_VPMAP_PAGE_SIZE],
                                memory_order_acquire);
    *ring = (P9xRing)(slot & 3);
    return (P9xTctx *)(slot & ~(uintptr_t)3);
}

#endif
