/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Threads that come and go, VPs that are pushed and pulled, and CPPR.
 *
 * A push has three steps that other threads must see as one: the backlog
 * leaves the NVT, the VP appears in the map, and the ring gets the backlog.
 * The NVT lock is held around them.
 */
#include <string.h>

#include "group.h"
#include "presenter_internal.h"
#include "tctx_internal.h"
#include "xive/dispatch.h"

void p9x_tctx_init(P9xTctx *tctx, const P9xUnit *unit, uint32_t phys_cam,
                   void *host)
{
    memset(tctx, 0, sizeof(*tctx));
    p9x_lock_init(&tctx->lock, P9X_RANK_TCTX);
    tctx->unit = unit;
    atomic_init(&tctx->phys_cam, phys_cam & P9X_CAM_MASK);
    tctx->host = host;
    p9x_presenter_add_thread(unit->presenter, tctx);
    p9x_tctx_reset(tctx);
}

void p9x_tctx_set_phys_cam(P9xTctx *tctx, uint32_t phys_cam)
{
    uint32_t word2;

    phys_cam &= P9X_CAM_MASK;
    if (phys_cam == p9x_tctx_phys_cam(tctx)) {
        return;
    }
    /* In between, events for the thread wait in its NVT. */
    word2 = p9x_tctx_pull(tctx, P9X_RING_PHYS);
    p9x_lock(&tctx->lock);
    atomic_store_explicit(&tctx->phys_cam, phys_cam, memory_order_relaxed);
    p9x_unlock(&tctx->lock);
    p9x_tctx_set_word2(tctx, P9X_RING_PHYS, word2);
}

static void pull_all(P9xTctx *tctx)
{
    for (unsigned ring = 0; ring < P9X_NR_RINGS; ring++) {
        p9x_tctx_pull(tctx, (P9xRing)ring);
    }
}

void p9x_tctx_destroy(P9xTctx *tctx)
{
    pull_all(tctx);
    p9x_presenter_remove_thread(tctx->unit->presenter, tctx);
}

void p9x_tctx_reset(P9xTctx *tctx)
{
    uint8_t *os;

    pull_all(tctx);
    p9x_lock(&tctx->lock);
    memset(tctx->regs, 0, sizeof(tctx->regs));
    os = p9x_ring(tctx, P9X_RING_OS);
    os[P9X_TM_LSMFB] = 0xFF;
    os[P9X_TM_ACK_CNT] = 0xFF;
    os[P9X_TM_AGE] = 0xFF;
    p9x_tctx_done(tctx, p9x_tctx_refresh(tctx));
}

/* Does CPPR by now let through what a group has told this thread of? */
static bool wants_group_backlog(P9xTctx *tctx, P9xRing ring)
{
    const uint8_t *r = p9x_ring(tctx, ring);

    return p9x_groups_wait(tctx->unit->presenter) &&
           r[P9X_TM_LSMFB] < r[P9X_TM_CPPR];
}

void p9x_tctx_set_cppr(P9xTctx *tctx, P9xRing ring, uint8_t cppr)
{
    bool changed, wants;

    p9x_lock(&tctx->lock);
    p9x_ring(tctx, ring)[P9X_TM_CPPR] = p9x_cppr_of(cppr);
    changed = p9x_tctx_refresh_ring(tctx, ring);
    wants = wants_group_backlog(tctx, ring);
    p9x_trace_ring(tctx, P9X_TRACE_TCTX_CPPR, ring);
    if (p9x_recording()) {
        p9x_cppr_recorded(tctx, ring);
    }
    p9x_tctx_done(tctx, changed);
    if (wants) {
        p9x_group_serve(tctx);
    }
}

/* A WORD2 change, its part under the thread lock.  False: VP ran elsewhere. */
static bool switch_word2(P9xTctx *tctx, P9xRing ring, uint32_t word2,
                         uint32_t *old)
{
    P9xVpMap *map = &tctx->unit->presenter->vpmap;
    bool alone = true;
    uint32_t cam;

    *old = p9x_ring_word2(tctx, ring);
    if (p9x_tctx_ring_cam(tctx, ring, *old, &cam)) {
        p9x_vpmap_remove(map, cam, tctx, ring);
    }
    p9x_store_be(&p9x_ring(tctx, ring)[P9X_TM_WORD2], 4, word2);
    if (p9x_tctx_ring_cam(tctx, ring, word2, &cam)) {
        alone = p9x_vpmap_add(map, cam, tctx, ring);
    }
    return alone;
}

uint32_t P9X_UNFOLLOWED p9x_tctx_set_word2(P9xTctx *tctx, P9xRing ring,
                                           uint32_t word2)
{
    const P9xUnit *unit = tctx->unit;
    P9xLock *nvt_lock = NULL;
    uint8_t backlog = 0;
    uint32_t old, cam;
    bool alone;

    if (p9x_tctx_ring_cam(tctx, ring, word2, &cam)) {
        nvt_lock = p9x_nvt_lock(unit->presenter, cam);
        p9x_lock(nvt_lock);
        /* An IC reads its table for that: not under the thread's lock. */
        backlog = p9x_nvt_take_ipb(&unit->tables, cam, 0xFF);
    }
    p9x_lock(&tctx->lock);
    alone = switch_word2(tctx, ring, word2, &old);
    if (nvt_lock) {
        p9x_ring(tctx, ring)[P9X_TM_IPB] |= backlog;
        p9x_unlock(nvt_lock);
    }
    if (p9x_recording()) {
        p9x_word2_recorded(tctx, ring, word2, backlog);
    }
    p9x_tctx_done(tctx, p9x_tctx_refresh(tctx));
    if (nvt_lock && p9x_groups_wait(unit->presenter)) {
        /* A group that found no thread may have found one now. */
        p9x_group_serve(tctx);
    }
    if (!alone) {
        p9x_guest_error(unit->ports, unit->counters, P9X_ERR_VP_TWICE,
                        "VP 0x%x is dispatched on a second thread", cam);
    }
    return old;
}

uint32_t p9x_tctx_pull(P9xTctx *tctx, P9xRing ring)
{
    uint32_t old;

    p9x_lock(&tctx->lock);
    old = p9x_ring_word2(tctx, ring);
    switch_word2(tctx, ring, old & ~P9X_TM_OS_VALID, &old);
    if (p9x_recording() && (old & P9X_TM_OS_VALID)) {
        p9x_word2_recorded(tctx, ring, old, 0);
    }
    p9x_tctx_done(tctx, p9x_tctx_refresh(tctx));
    return old;
}
