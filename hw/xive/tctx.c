/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Thread contexts: what events and acknowledges do to the rings.
 *
 * This file knows one thread, and nothing of the others, of the VP map or of
 * NVTs.  What changes which events a thread gets is in dispatch.c.
 */
#include "tctx_internal.h"

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

static bool ring_runs(const P9xTctx *tctx, P9xRing ring, uint32_t cam)
{
    uint32_t mine;

    return p9x_tctx_ring_cam(tctx, ring, p9x_ring_word2(tctx, ring), &mine) &&
           mine == cam;
}

bool p9x_tctx_refresh(P9xTctx *tctx)
{
    return p9x_tctx_set_lines(tctx, p9x_refresh_user(tctx) |
                                    p9x_refresh_os(tctx) |
                                    p9x_refresh_hv(tctx));
}

void p9x_tctx_lines_changed(P9xTctx *tctx)
{
    const P9xPorts *ports = tctx->unit->ports;

    p9x_assert_under(P9X_UNDER_LINE, "line_changed");
    ports->line_changed(ports->host, tctx);
}

void p9x_ring_traced(P9xTctx *tctx, P9xTraceStep step, P9xRing ring)
{
    const uint8_t *r = p9x_ring(tctx, p9x_ring_shown(ring));

    p9x_trace(tctx->unit->ports, step, ring,
              (uint64_t)p9x_tctx_reg(tctx, ring, P9X_TM_IPB) << 16 |
              (uint64_t)r[P9X_TM_PIPR] << 8 | r[P9X_TM_CPPR],
              r[P9X_TM_NSR], 0, tctx);
}

/* The flight recorder. */

static uint32_t regs_of(P9xTctx *tctx, P9xRing ring)
{
    const uint8_t *r = p9x_ring(tctx, p9x_ring_shown(ring));

    return (uint32_t)p9x_tctx_reg(tctx, ring, P9X_TM_IPB) << 24 |
           (uint32_t)r[P9X_TM_PIPR] << 16 | (uint32_t)r[P9X_TM_CPPR] << 8 |
           r[P9X_TM_NSR];
}

static uint32_t ring_of(const P9xTctx *tctx, P9xRing ring, uint8_t priority)
{
    return p9x_tctx_lines(tctx) << 16 | (uint32_t)ring << 8 | priority;
}

void p9x_pending_recorded(P9xTctx *tctx, P9xRing ring, uint8_t priority,
                          bool first)
{
    if (first && priority < P9X_NR_PRIOS) {
        tctx->passage[ring][priority] = p9x_passage_now();
    }
    p9x_record(P9X_STEP_RING, tctx->unit->origin, p9x_tctx_phys_cam(tctx),
               regs_of(tctx, ring), ring_of(tctx, ring, priority));
}

void p9x_ack_recorded(P9xTctx *tctx, P9xRing ring, uint8_t priority)
{
    uint64_t passage = 0;

    if (priority < P9X_NR_PRIOS) {
        passage = tctx->passage[ring][priority];
        tctx->passage[ring][priority] = 0;
    }
    p9x_record_of(passage, P9X_STEP_ACK, tctx->unit->origin,
                  p9x_tctx_phys_cam(tctx), regs_of(tctx, ring),
                  ring_of(tctx, ring, priority));
}

void p9x_cppr_recorded(P9xTctx *tctx, P9xRing ring)
{
    p9x_record(P9X_STEP_CPPR, tctx->unit->origin, p9x_tctx_phys_cam(tctx),
               regs_of(tctx, ring),
               ring_of(tctx, ring, p9x_tctx_reg(tctx, ring, P9X_TM_CPPR)));
}

void p9x_word2_recorded(P9xTctx *tctx, P9xRing ring, uint32_t word2,
                        uint8_t ipb)
{
    bool live = p9x_ring_live(tctx, ring);

    p9x_record(live ? P9X_STEP_PUSH : P9X_STEP_PULL, tctx->unit->origin,
               p9x_tctx_phys_cam(tctx), word2,
               live ? (uint32_t)ring << 8 | ipb : (uint32_t)ring << 8);
}

/* The one that CPPR does not hold back, and does not change. */
static bool __attribute__((noinline)) accept_lsi(P9xTctx *tctx)
{
    uint8_t *r = p9x_ring(tctx, P9X_RING_PHYS);

    r[P9X_TM_WORD2] &= (uint8_t)~P9X_TM_PHYS_LP;
    r[P9X_TM_NSR] &= (uint8_t)~P9X_NSR_HE;
    p9x_count(tctx->unit->counters, P9X_COUNT_ACKS);
    return p9x_tctx_refresh_ring(tctx, P9X_RING_PHYS);
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
        p9x_count(tctx->unit->counters, P9X_COUNT_PRESENTED);
    }
    p9x_tctx_done(tctx, p9x_tctx_refresh_ring(tctx, P9X_RING_PHYS));
    return ok;
}

uint16_t p9x_tctx_ack(P9xTctx *tctx, P9xRing ring)
{
    uint8_t *r = p9x_ring(tctx, ring);
    uint8_t signalled = ring == P9X_RING_OS ? P9X_NSR_EO : P9X_NSR_HE;
    P9xRing owner = ring;
    uint8_t accepted = P9X_PRIO_MASKED;
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
        accepted = r[P9X_TM_PIPR];
        r[P9X_TM_CPPR] = r[P9X_TM_PIPR];
        p9x_ring(tctx, owner)[P9X_TM_IPB] &=
            (uint8_t)~p9x_prio_to_ipb(r[P9X_TM_PIPR]);
        r[P9X_TM_NSR] &= (uint8_t)~signalled;
        changed = p9x_tctx_refresh_ring(tctx, ring);
        p9x_count(tctx->unit->counters, P9X_COUNT_ACKS);
        p9x_trace_ring(tctx, P9X_TRACE_TCTX_ACCEPT, owner);
    }
    if (p9x_recording()) {
        p9x_ack_recorded(tctx, owner, accepted);
    }
    result = (uint16_t)(nsr << 8 | r[P9X_TM_CPPR]);
    p9x_tctx_done(tctx, changed);
    return result;
}

uint8_t p9x_tctx_ack_ebb(P9xTctx *tctx)
{
    uint8_t *r = p9x_ring(tctx, P9X_RING_USER);
    uint8_t nsr;

    p9x_lock(&tctx->lock);
    nsr = r[P9X_TM_NSR];
    r[P9X_TM_NSR] = 0;
    p9x_tctx_done(tctx, p9x_tctx_refresh_ring(tctx, P9X_RING_USER));
    return nsr;
}

/* @priority becomes pending; true if that changed the lines.  Lock held. */
static inline bool pend(P9xTctx *tctx, P9xRing ring, uint8_t priority)
{
    uint8_t *ipb = &p9x_ring(tctx, ring)[P9X_TM_IPB];
    uint8_t before = *ipb, bit = p9x_prio_to_ipb(priority);
    bool changed;

    *ipb |= bit;
    changed = p9x_tctx_refresh_ring(tctx, ring);
    p9x_trace_ring(tctx, P9X_TRACE_TCTX_NOTIFY, ring);
    if (p9x_recording()) {
        p9x_pending_recorded(tctx, ring, priority, !(before & bit));
    }
    return changed;
}

void p9x_tctx_set_pending(P9xTctx *tctx, P9xRing ring, uint8_t priority)
{
    p9x_lock(&tctx->lock);
    p9x_tctx_done(tctx, pend(tctx, ring, priority));
}

/* The same for an event. */
static inline bool present(P9xTctx *tctx, P9xRing ring, uint8_t priority)
{
    p9x_count(tctx->unit->counters, P9X_COUNT_PRESENTED);
    return pend(tctx, ring, priority);
}

static bool lets_through(const P9xTctx *tctx, P9xRing ring, uint8_t priority)
{
    return priority < p9x_tctx_reg(tctx, p9x_ring_shown(ring), P9X_TM_CPPR);
}

P9xPresent p9x_tctx_present(P9xTctx *tctx, P9xRing ring, uint32_t cam,
                            uint8_t priority)
{
    bool favoured;

    p9x_lock(&tctx->lock);
    if (!ring_runs(tctx, ring, cam)) {
        p9x_unlock(&tctx->lock);
        return P9X_NOT_HERE;
    }
    favoured = lets_through(tctx, ring, priority);
    p9x_tctx_done(tctx, present(tctx, ring, priority));
    return favoured ? P9X_PRESENTED : P9X_PRECLUDED;
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
    p9x_count(tctx->unit->counters, P9X_COUNT_PRESENTED);
    p9x_tctx_done(tctx, p9x_tctx_refresh_ring(tctx, P9X_RING_USER));
    return P9X_PRESENTED;
}

/* Groups. */

/* Does a ring run a VP of the group that @cam names?  Lock held. */
static bool in_group(const P9xTctx *tctx, uint32_t cam, P9xRing *ring)
{
    static const P9xRing order[] = {
        P9X_RING_PHYS, P9X_RING_POOL, P9X_RING_OS
    };
    unsigned ignore = p9x_group_ignore_bits(p9x_get32(cam, P9X_CAM_INDEX));
    uint32_t mine;

    for (unsigned i = 0; i < 3; i++) {
        *ring = order[i];
        if (p9x_tctx_ring_cam(tctx, *ring, p9x_ring_word2(tctx, *ring),
                              &mine) && (mine ^ cam) >> ignore == 0) {
            return true;
        }
    }
    return false;
}

/* A thread whose LSMFB has @priority asks for it once CPPR lets it through. */
static void note_backlog(P9xTctx *tctx, P9xRing ring, uint8_t priority)
{
    uint8_t *lsmfb = &p9x_ring(tctx, p9x_ring_shown(ring))[P9X_TM_LSMFB];

    if (priority < *lsmfb) {
        *lsmfb = priority;
    }
}

bool p9x_tctx_present_to_group(P9xTctx *tctx, uint32_t cam, uint8_t priority)
{
    bool changed = false, takes;
    P9xRing ring;

    p9x_lock(&tctx->lock);
    takes = in_group(tctx, cam, &ring) && lets_through(tctx, ring, priority);
    if (takes) {
        changed = present(tctx, ring, priority);
    }
    p9x_tctx_done(tctx, changed);
    return takes;
}

bool p9x_tctx_note_group_backlog(P9xTctx *tctx, uint32_t cam,
                                 uint8_t priority)
{
    bool takes = false;
    P9xRing ring;

    p9x_lock(&tctx->lock);
    if (in_group(tctx, cam, &ring)) {
        note_backlog(tctx, ring, priority);
        takes = lets_through(tctx, ring, priority);
    }
    p9x_unlock(&tctx->lock);
    return takes;
}

uint8_t p9x_tctx_take_from_group(P9xTctx *tctx, uint32_t cam, uint8_t ipb,
                                 bool *lines_changed)
{
    uint8_t left = ipb;
    P9xRing ring;

    *lines_changed = false;
    p9x_lock(&tctx->lock);
    if (in_group(tctx, cam, &ring)) {
        uint8_t priority = p9x_ipb_to_pipr(left);

        while (left && lets_through(tctx, ring, priority)) {
            *lines_changed |= present(tctx, ring, priority);
            left &= (uint8_t)~p9x_prio_to_ipb(priority);
            priority = p9x_ipb_to_pipr(left);
        }
        if (left != ipb) {
            p9x_trace(tctx->unit->ports, P9X_TRACE_GROUP_TAKE,
                      p9x_get32(cam, P9X_CAM_BLOCK),
                      p9x_get32(cam, P9X_CAM_INDEX), ring, ipb & ~left, tctx);
        }
        note_backlog(tctx, ring, priority);
    }
    p9x_unlock(&tctx->lock);
    return ipb & (uint8_t)~left;
}

void p9x_tctx_clear_group_backlog(P9xTctx *tctx)
{
    p9x_lock(&tctx->lock);
    p9x_ring(tctx, P9X_RING_OS)[P9X_TM_LSMFB] = 0xFF;
    p9x_ring(tctx, P9X_RING_PHYS)[P9X_TM_LSMFB] = 0xFF;
    p9x_unlock(&tctx->lock);
}
