/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Thread contexts: the rings' behaviour.
 *
 * All changes end in tctx_refresh, which derives PIPR, NSR and the lines from
 * IPB, CPPR and WORD2.  There is no other place that signals or retracts.
 */
#include <string.h>

#include "tctx_internal.h"
#include "xive/router.h"
#include "xive/tctx.h"

bool p9x_tctx_ring_cam(const P9xTctx *tctx, P9xRing ring, uint32_t word2,
                       uint32_t *cam)
{
    switch (ring) {
    case P9X_RING_OS:
        *cam = word2 & P9X_TM_OS_CAM;
        return word2 & P9X_TM_OS_VALID;
    case P9X_RING_POOL:
        *cam = word2 & P9X_TM_POOL_CAM;
        return word2 & P9X_TM_POOL_VALID;
    case P9X_RING_PHYS:
        *cam = p9x_tctx_phys_cam(tctx);
        return word2 & P9X_TM_PHYS_VALID;
    default:
        /* User contexts are found through their OS context. */
        *cam = 0;
        return false;
    }
}

static bool ring_live(const P9xTctx *tctx, P9xRing ring)
{
    /* The valid bit is the first bit of WORD2 in every ring. */
    return p9x_tctx_reg(tctx, ring, P9X_TM_WORD2) & P9X_BIT8(0);
}

static bool ring_runs(const P9xTctx *tctx, P9xRing ring, uint32_t cam)
{
    uint32_t mine;

    return p9x_tctx_ring_cam(tctx, ring, p9x_ring_word2(tctx, ring), &mine) &&
           mine == cam;
}

static unsigned refresh_user(P9xTctx *tctx)
{
    return ring_live(tctx, P9X_RING_USER) &&
           (p9x_tctx_reg(tctx, P9X_RING_USER, P9X_TM_NSR) &
            P9X_NSR_USER_EB) ? P9X_LINE_EBB : 0;
}

static unsigned refresh_os(P9xTctx *tctx)
{
    uint8_t *r = p9x_ring(tctx, P9X_RING_OS);

    r[P9X_TM_PIPR] = p9x_ipb_to_pipr(r[P9X_TM_IPB]);
    if (!ring_live(tctx, P9X_RING_OS)) {
        return 0;
    }
    r[P9X_TM_NSR] &= (uint8_t)~P9X_NSR_EO;
    if (r[P9X_TM_PIPR] >= r[P9X_TM_CPPR]) {
        return 0;
    }
    r[P9X_TM_NSR] |= P9X_NSR_EO;
    return P9X_LINE_OS;
}

static unsigned refresh_hv(P9xTctx *tctx)
{
    const uint8_t lsi = P9X_TM_PHYS_VT | P9X_TM_PHYS_LP | P9X_TM_PHYS_LE;
    uint8_t *r = p9x_ring(tctx, P9X_RING_PHYS);
    uint8_t phys = p9x_ipb_to_pipr(r[P9X_TM_IPB]);
    uint8_t pool = ring_live(tctx, P9X_RING_POOL) ?
        p9x_ipb_to_pipr(p9x_tctx_reg(tctx, P9X_RING_POOL, P9X_TM_IPB)) :
        P9X_PRIO_MASKED;

    r[P9X_TM_PIPR] = pool < phys ? pool : phys;
    if (!ring_live(tctx, P9X_RING_PHYS) && !ring_live(tctx, P9X_RING_POOL)) {
        return 0;
    }
    r[P9X_TM_NSR] &= (uint8_t)~P9X_NSR_HE;
    if (__builtin_expect((r[P9X_TM_WORD2] & lsi) == lsi, 0)) {
        r[P9X_TM_NSR] |= P9X_NSR_HE_LSI;
        return P9X_LINE_HV;
    }
    if (r[P9X_TM_PIPR] >= r[P9X_TM_CPPR]) {
        return 0;
    }
    r[P9X_TM_NSR] |= pool < phys ? P9X_NSR_HE_POOL : P9X_NSR_HE_PHYS;
    return P9X_LINE_HV;
}

bool p9x_tctx_refresh(P9xTctx *tctx)
{
    unsigned lines = refresh_user(tctx) | refresh_os(tctx) |
                     refresh_hv(tctx);
    unsigned old = atomic_load_explicit(&tctx->lines, memory_order_relaxed);

    if (lines == old) {
        return false;
    }
    atomic_store_explicit(&tctx->lines, lines, memory_order_release);
    return true;
}

/* The refresh of one ring, for operations that can't touch another's line. */
static bool refresh_ring(P9xTctx *tctx, P9xRing ring)
{
    unsigned old = atomic_load_explicit(&tctx->lines, memory_order_relaxed);
    unsigned lines;

    if (ring == P9X_RING_OS) {
        lines = (old & ~(unsigned)P9X_LINE_OS) | refresh_os(tctx);
    } else if (ring == P9X_RING_USER) {
        lines = (old & ~(unsigned)P9X_LINE_EBB) | refresh_user(tctx);
    } else {
        lines = (old & ~(unsigned)P9X_LINE_HV) | refresh_hv(tctx);
    }
    if (lines == old) {
        return false;
    }
    atomic_store_explicit(&tctx->lines, lines, memory_order_release);
    return true;
}

void p9x_tctx_lines_changed(P9xTctx *tctx)
{
    const P9xPorts *ports = tctx->router->ports;

    p9x_assert_under(P9X_UNDER_LINE, "line_changed");
    ports->line_changed(ports->host, tctx);
}

/* Ends an operation: lets go, then tells the host program. */
static void tctx_done(P9xTctx *tctx, bool lines_changed)
{
    p9x_unlock(&tctx->lock);
    if (lines_changed) {
        p9x_tctx_lines_changed(tctx);
    }
}

static void __attribute__((noinline)) trace_ring_slow(P9xTctx *tctx,
                                                     P9xTraceStep step,
                                                     P9xRing ring)
{
    const uint8_t *r = p9x_ring(tctx, ring == P9X_RING_POOL ?
                                      P9X_RING_PHYS : ring);

    p9x_trace(tctx->router, step, ring,
              (uint64_t)p9x_tctx_reg(tctx, ring, P9X_TM_IPB) << 16 |
              (uint64_t)r[P9X_TM_PIPR] << 8 | r[P9X_TM_CPPR],
              r[P9X_TM_NSR], 0, tctx);
}

static inline void trace_ring(P9xTctx *tctx, P9xTraceStep step, P9xRing ring)
{
    if (__builtin_expect(p9x_is_traced(tctx->router->ports), 0)) {
        trace_ring_slow(tctx, step, ring);
    }
}

void p9x_tctx_init(P9xTctx *tctx, P9xRouter *router, uint32_t phys_cam,
                   void *host)
{
    memset(tctx, 0, sizeof(*tctx));
    p9x_lock_init(&tctx->lock, P9X_RANK_TCTX);
    tctx->router = router;
    atomic_init(&tctx->phys_cam, phys_cam & P9X_CAM_MASK);
    tctx->host = host;
    p9x_router_add_thread(router, tctx);
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

void p9x_tctx_destroy(P9xTctx *tctx)
{
    for (unsigned ring = 0; ring < P9X_NR_RINGS; ring++) {
        p9x_tctx_pull(tctx, (P9xRing)ring);
    }
    p9x_router_remove_thread(tctx->router, tctx);
}

void p9x_tctx_reset(P9xTctx *tctx)
{
    uint8_t *os;

    for (unsigned ring = 0; ring < P9X_NR_RINGS; ring++) {
        p9x_tctx_pull(tctx, (P9xRing)ring);
    }
    p9x_lock(&tctx->lock);
    memset(tctx->regs, 0, sizeof(tctx->regs));
    os = p9x_ring(tctx, P9X_RING_OS);
    os[P9X_TM_LSMFB] = 0xFF;
    os[P9X_TM_ACK_CNT] = 0xFF;
    os[P9X_TM_AGE] = 0xFF;
    tctx_done(tctx, p9x_tctx_refresh(tctx));
}

/* A group's backlog goes to a thread whose CPPR now lets it through. */
static bool wants_group_backlog(P9xTctx *tctx, P9xRing ring)
{
    const uint8_t *r = p9x_ring(tctx, ring);

    return p9x_router_groups_wait(tctx->router) &&
           r[P9X_TM_LSMFB] < r[P9X_TM_CPPR];
}

void p9x_tctx_set_cppr(P9xTctx *tctx, P9xRing ring, uint8_t cppr)
{
    bool changed, redistribute;

    p9x_lock(&tctx->lock);
    p9x_ring(tctx, ring)[P9X_TM_CPPR] = p9x_cppr_of(cppr);
    changed = refresh_ring(tctx, ring);
    redistribute = wants_group_backlog(tctx, ring);
    trace_ring(tctx, P9X_TRACE_TCTX_CPPR, ring);
    tctx_done(tctx, changed);
    if (redistribute) {
        p9x_router_redistribute(tctx->router, tctx);
    }
}

/* The one that CPPR does not hold back, and does not change. */
static bool __attribute__((noinline)) accept_lsi(P9xTctx *tctx)
{
    uint8_t *r = p9x_ring(tctx, P9X_RING_PHYS);

    r[P9X_TM_WORD2] &= (uint8_t)~P9X_TM_PHYS_LP;
    r[P9X_TM_NSR] &= (uint8_t)~P9X_NSR_HE;
    p9x_count(&tctx->router->counters, P9X_COUNT_ACKS);
    return refresh_ring(tctx, P9X_RING_PHYS);
}

bool p9x_tctx_present_lsi(P9xTctx *tctx)
{
    const uint8_t takes = P9X_TM_PHYS_VT | P9X_TM_PHYS_LE;
    uint8_t *r = p9x_ring(tctx, P9X_RING_PHYS);
    bool ok;

    p9x_lock(&tctx->lock);
    ok = (r[P9X_TM_WORD2] & takes) == takes;
    if (ok) {
        r[P9X_TM_WORD2] |= P9X_TM_PHYS_LP;
        p9x_count(&tctx->router->counters, P9X_COUNT_PRESENTED);
    }
    tctx_done(tctx, refresh_ring(tctx, P9X_RING_PHYS));
    return ok;
}

uint16_t p9x_tctx_ack(P9xTctx *tctx, P9xRing ring)
{
    uint8_t *r = p9x_ring(tctx, ring);
    uint8_t signalled = ring == P9X_RING_OS ? P9X_NSR_EO : P9X_NSR_HE;
    P9xRing owner = ring;
    bool changed = false;
    uint16_t result;
    uint8_t nsr;

    p9x_lock(&tctx->lock);
    nsr = r[P9X_TM_NSR];
    if (__builtin_expect((nsr & signalled) == P9X_NSR_HE, 0)) {
        changed = accept_lsi(tctx);
    } else if (nsr & signalled) {
        if (ring == P9X_RING_PHYS && (nsr & P9X_NSR_HE) == P9X_NSR_HE_POOL) {
            owner = P9X_RING_POOL;
        }
        r[P9X_TM_CPPR] = r[P9X_TM_PIPR];
        p9x_ring(tctx, owner)[P9X_TM_IPB] &=
            (uint8_t)~p9x_prio_to_ipb(r[P9X_TM_PIPR]);
        r[P9X_TM_NSR] &= (uint8_t)~signalled;
        changed = refresh_ring(tctx, ring);
        p9x_count(&tctx->router->counters, P9X_COUNT_ACKS);
        trace_ring(tctx, P9X_TRACE_TCTX_ACCEPT, owner);
    }
    result = (uint16_t)(nsr << 8 | r[P9X_TM_CPPR]);
    tctx_done(tctx, changed);
    return result;
}

uint8_t p9x_tctx_ack_ebb(P9xTctx *tctx)
{
    uint8_t *r = p9x_ring(tctx, P9X_RING_USER);
    uint8_t nsr;

    p9x_lock(&tctx->lock);
    nsr = r[P9X_TM_NSR];
    r[P9X_TM_NSR] = 0;
    tctx_done(tctx, refresh_ring(tctx, P9X_RING_USER));
    return nsr;
}

void p9x_tctx_set_pending(P9xTctx *tctx, P9xRing ring, uint8_t priority)
{
    bool changed;

    p9x_lock(&tctx->lock);
    p9x_ring(tctx, ring)[P9X_TM_IPB] |= p9x_prio_to_ipb(priority);
    changed = refresh_ring(tctx, ring);
    trace_ring(tctx, P9X_TRACE_TCTX_NOTIFY, ring);
    tctx_done(tctx, changed);
}

/* What the VP collected while it was nowhere.  NVT lock held. */
static uint8_t take_backlog(P9xRouter *router, uint32_t cam)
{
    uint8_t block = (uint8_t)p9x_get32(cam, P9X_CAM_BLOCK);
    uint32_t index = p9x_get32(cam, P9X_CAM_INDEX);
    P9xNvt *nvt;
    uint8_t ipb;

    p9x_assert_held(p9x_nvt_lock(router, cam));
    nvt = router->ops->nvt(router->tables, block, index);
    if (!nvt || !p9x_nvt_valid(nvt)) {
        return 0;
    }
    ipb = p9x_nvt_ipb(nvt);
    if (ipb) {
        p9x_nvt_set_ipb(nvt, 0);
        if (router->ops->nvt_changed) {
            router->ops->nvt_changed(router->tables, block, index);
        }
    }
    return ipb;
}

/* A WORD2 change, its part under the thread lock.  False: VP ran elsewhere. */
static bool switch_word2(P9xTctx *tctx, P9xRing ring, uint32_t word2,
                         uint32_t *old)
{
    P9xVpMap *map = &tctx->router->vps->vpmap;
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

uint32_t p9x_tctx_set_word2(P9xTctx *tctx, P9xRing ring, uint32_t word2)
{
    P9xRouter *router = tctx->router;
    P9xLock *nvt_lock = NULL;
    uint8_t backlog = 0;
    uint32_t old, cam;
    bool alone;

    if (p9x_tctx_ring_cam(tctx, ring, word2, &cam)) {
        nvt_lock = p9x_nvt_lock(router, cam);
        p9x_lock(nvt_lock);
        /* An IC reads its table for that: not under the thread's lock. */
        backlog = take_backlog(router, cam);
    }
    p9x_lock(&tctx->lock);
    alone = switch_word2(tctx, ring, word2, &old);
    if (nvt_lock) {
        p9x_ring(tctx, ring)[P9X_TM_IPB] |= backlog;
        p9x_unlock(nvt_lock);
    }
    tctx_done(tctx, p9x_tctx_refresh(tctx));
    if (nvt_lock && p9x_router_groups_wait(router)) {
        /* A group that found no thread may have found one now. */
        p9x_router_redistribute(router, tctx);
    }
    if (!alone) {
        p9x_guest_error(router->ports, &router->counters, P9X_ERR_VP_TWICE,
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
    tctx_done(tctx, p9x_tctx_refresh(tctx));
    return old;
}

P9xPresent p9x_tctx_present(P9xTctx *tctx, P9xRing ring, uint32_t cam,
                            uint8_t priority, bool only_favoured)
{
    const uint8_t *shows = p9x_ring(tctx, ring == P9X_RING_POOL ?
                                          P9X_RING_PHYS : ring);
    bool changed, precluded;

    p9x_lock(&tctx->lock);
    if (!ring_runs(tctx, ring, cam)) {
        p9x_unlock(&tctx->lock);
        return P9X_NOT_HERE;
    }
    precluded = priority >= shows[P9X_TM_CPPR];
    if (precluded && only_favoured) {
        p9x_unlock(&tctx->lock);
        return P9X_PRECLUDED;
    }
    p9x_ring(tctx, ring)[P9X_TM_IPB] |= p9x_prio_to_ipb(priority);
    changed = refresh_ring(tctx, ring);
    p9x_count(&tctx->router->counters, P9X_COUNT_PRESENTED);
    trace_ring(tctx, P9X_TRACE_TCTX_NOTIFY, ring);
    tctx_done(tctx, changed);
    return precluded ? P9X_PRECLUDED : P9X_PRESENTED;
}

P9xPresent p9x_tctx_present_user(P9xTctx *tctx, uint32_t cam,
                                 uint32_t lserver)
{
    uint32_t want = P9X_TM_USER_VALID | (lserver & P9X_TM_USER_LSERVER);

    p9x_lock(&tctx->lock);
    if (!ring_runs(tctx, P9X_RING_OS, cam) ||
        p9x_ring_word2(tctx, P9X_RING_USER) != want) {
        p9x_unlock(&tctx->lock);
        return P9X_NOT_HERE;
    }
    p9x_ring(tctx, P9X_RING_USER)[P9X_TM_NSR] |= P9X_NSR_USER_EB;
    p9x_count(&tctx->router->counters, P9X_COUNT_PRESENTED);
    tctx_done(tctx, refresh_ring(tctx, P9X_RING_USER));
    return P9X_PRESENTED;
}

bool p9x_tctx_match_group(P9xTctx *tctx, uint32_t cam, unsigned ignore_bits,
                          P9xRing *ring, uint32_t *found)
{
    static const P9xRing order[] = {
        P9X_RING_PHYS, P9X_RING_POOL, P9X_RING_OS
    };
    bool matches = false;

    p9x_lock(&tctx->lock);
    for (unsigned i = 0; i < 3 && !matches; i++) {
        *ring = order[i];
        matches = p9x_tctx_ring_cam(tctx, *ring, p9x_ring_word2(tctx, *ring),
                                    found) &&
                  (*found ^ cam) >> ignore_bits == 0;
    }
    p9x_unlock(&tctx->lock);
    return matches;
}

bool p9x_tctx_note_group_backlog(P9xTctx *tctx, P9xRing ring,
                                 uint8_t priority)
{
    uint8_t *r = p9x_ring(tctx, ring == P9X_RING_POOL ? P9X_RING_PHYS : ring);
    bool takes;

    p9x_lock(&tctx->lock);
    if (priority < r[P9X_TM_LSMFB]) {
        r[P9X_TM_LSMFB] = priority;
    }
    takes = priority < r[P9X_TM_CPPR];
    p9x_unlock(&tctx->lock);
    return takes;
}

void p9x_tctx_clear_group_backlog(P9xTctx *tctx)
{
    p9x_lock(&tctx->lock);
    p9x_ring(tctx, P9X_RING_OS)[P9X_TM_LSMFB] = 0xFF;
    p9x_ring(tctx, P9X_RING_PHYS)[P9X_TM_LSMFB] = 0xFF;
    p9x_unlock(&tctx->lock);
}
