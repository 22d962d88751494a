/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The VP map: pages of slots, made when first needed, kept to the end. */
#include <glib.h>

#include "xive/vpmap.h"

void p9x_vpmap_init(P9xVpMap *map)
{
    *map = (P9xVpMap) { .page = g_malloc0(P9X_VPMAP_PAGES *
                                          sizeof(map->page[0])) };
    p9x_lock_init(&map->lock, P9X_RANK_VPMAP);
}

void p9x_vpmap_destroy(P9xVpMap *map)
{
    for (unsigned i = 0; i < P9X_VPMAP_PAGES; i++) {
        g_free(atomic_load(&map->page[i]));
    }
    g_free(map->page);
    map->page = NULL;
}

static _Atomic uintptr_t *slot_of(P9xVpMap *map, uint32_t cam, bool make)
{
    uint32_t nr = (cam & P9X_CAM_MASK) >> P9X_VPMAP_PAGE_SHIFT;
    P9xVpMapPage *page;

    p9x_lock(&map->lock);
    page = atomic_load_explicit(&map->page[nr], memory_order_relaxed);
    if (!page && make) {
        page = g_new0(P9xVpMapPage, 1);
        atomic_store_explicit(&map->page[nr], page, memory_order_release);
    }
    p9x_unlock(&map->lock);
    return page ? &page->slot[cam % P9X_VPMAP_PAGE_SIZE] : NULL;
}

static uintptr_t slot_value(P9xTctx *tctx, P9xRing ring)
{
    return (uintptr_t)tctx | (uintptr_t)ring;
}

bool p9x_vpmap_add(P9xVpMap *map, uint32_t cam, P9xTctx *tctx, P9xRing ring)
{
    uintptr_t value = slot_value(tctx, ring);
    uintptr_t old = atomic_exchange_explicit(slot_of(map, cam, true), value,
                                             memory_order_acq_rel);

    return !old || old == value;
}

void p9x_vpmap_remove(P9xVpMap *map, uint32_t cam, P9xTctx *tctx,
                      P9xRing ring)
{
    _Atomic uintptr_t *slot = slot_of(map, cam, false);
    uintptr_t value = slot_value(tctx, ring);

    if (slot) {
        atomic_compare_exchange_strong_explicit(slot, &value, 0,
                                                memory_order_acq_rel,
                                                memory_order_relaxed);
    }
}
