/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files that implement thread contexts share.
 *
 * All changes of a context end in a refresh, which derives PIPR, NSR and the
 * lines from IPB, CPPR and WORD2.  No other place signals or retracts.  The
 * refresh of one ring is inline, because each event and each store of CPPR has
 * one.
 */
#ifndef P9X_TCTX_INTERNAL_H
#define P9X_TCTX_INTERNAL_H

#include "xive/recorder.h"
#include "xive/tctx.h"

static inline uint8_t *p9x_ring(P9xTctx *tctx, P9xRing ring)
{
    return &tctx->regs[ring * P9X_TM_RING_SIZE];
}

static inline uint32_t p9x_ring_word2(const P9xTctx *tctx, P9xRing ring)
{
    return (uint32_t)p9x_load_be(&tctx->regs[ring * P9X_TM_RING_SIZE +
                                             P9X_TM_WORD2], 4);
}

/* The ring whose CPPR and NSR a VP of @ring has. */
static inline P9xRing p9x_ring_shown(P9xRing ring)
{
    return ring == P9X_RING_POOL ? P9X_RING_PHYS : ring;
}

static inline bool p9x_ring_live(const P9xTctx *tctx, P9xRing ring)
{
    /* The valid bit is the first bit of WORD2 in every ring. */
    return p9x_tctx_reg(tctx, ring, P9X_TM_WORD2) & P9X_BIT8(0);
}

/* What a store of @value leaves in CPPR: there are 8 priorities and "all". */
static inline uint8_t p9x_cppr_of(uint8_t value)
{
    return value > P9X_PRIO_MAX ? P9X_PRIO_MASKED : value;
}

/* The thread's lock is held for all that follows up to p9x_tctx_done. */

static inline unsigned p9x_refresh_user(P9xTctx *tctx)
{
    return p9x_ring_live(tctx, P9X_RING_USER) &&
           (p9x_tctx_reg(tctx, P9X_RING_USER, P9X_TM_NSR) &
            P9X_NSR_USER_EB) ? P9X_LINE_EBB : 0;
}

static inline unsigned p9x_refresh_os(P9xTctx *tctx)
{
    uint8_t *r = p9x_ring(tctx, P9X_RING_OS);

    r[P9X_TM_PIPR] = p9x_ipb_to_pipr(r[P9X_TM_IPB]);
    if (!p9x_ring_live(tctx, P9X_RING_OS)) {
        return 0;
    }
    r[P9X_TM_NSR] &= (uint8_t)~P9X_NSR_EO;
    if (r[P9X_TM_PIPR] >= r[P9X_TM_CPPR]) {
        return 0;
    }
    r[P9X_TM_NSR] |= P9X_NSR_EO;
    return P9X_LINE_OS;
}

static inline unsigned p9x_refresh_hv(P9xTctx *tctx)
{
    const uint8_t lsi = P9X_TM_PHYS_VT | P9X_TM_PHYS_LP | P9X_TM_PHYS_LE;
    uint8_t *r = p9x_ring(tctx, P9X_RING_PHYS);
    uint8_t phys = p9x_ipb_to_pipr(r[P9X_TM_IPB]);
    uint8_t pool = p9x_ring_live(tctx, P9X_RING_POOL) ?
        p9x_ipb_to_pipr(p9x_tctx_reg(tctx, P9X_RING_POOL, P9X_TM_IPB)) :
        P9X_PRIO_MASKED;

    r[P9X_TM_PIPR] = pool < phys ? pool : phys;
    if (!p9x_ring_live(tctx, P9X_RING_PHYS) &&
        !p9x_ring_live(tctx, P9X_RING_POOL)) {
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

/* True if @lines are others than before. */
static inline bool p9x_tctx_set_lines(P9xTctx *tctx, unsigned lines)
{
    if (lines == atomic_load_explicit(&tctx->lines, memory_order_relaxed)) {
        return false;
    }
    atomic_store_explicit(&tctx->lines, lines, memory_order_release);
    return true;
}

/* The refresh of one ring, for operations that can't touch another's line. */
static inline bool p9x_tctx_refresh_ring(P9xTctx *tctx, P9xRing ring)
{
    unsigned lines = atomic_load_explicit(&tctx->lines, memory_order_relaxed);

    if (ring == P9X_RING_OS) {
        lines = (lines & ~(unsigned)P9X_LINE_OS) | p9x_refresh_os(tctx);
    } else if (ring == P9X_RING_USER) {
        lines = (lines & ~(unsigned)P9X_LINE_EBB) | p9x_refresh_user(tctx);
    } else {
        lines = (lines & ~(unsigned)P9X_LINE_HV) | p9x_refresh_hv(tctx);
    }
    return p9x_tctx_set_lines(tctx, lines);
}

/* Of all rings. */
bool p9x_tctx_refresh(P9xTctx *tctx);

/* No lock held. */
void p9x_tctx_lines_changed(P9xTctx *tctx);

/* Ends an operation: lets go, then tells the host program. */
static inline void p9x_tctx_done(P9xTctx *tctx, bool lines_changed)
    P9X_LETS_GO(tctx->lock);

static inline void p9x_tctx_done(P9xTctx *tctx, bool lines_changed)
{
    p9x_unlock(&tctx->lock);
    if (lines_changed) {
        p9x_tctx_lines_changed(tctx);
    }
}

/*
 * The group has backlog: LSMFB := the better of it and @priority.  True: CPPR
 * lets it through by now.
 */
bool p9x_tctx_note_group_backlog(P9xTctx *tctx, uint32_t cam,
                                 uint8_t priority);

/*
 * The thread takes what CPPR lets through of @ipb, the group's backlog, and
 * notes the rest in LSMFB.  Returns what it took.  The caller may hold an NVT
 * lock; it calls p9x_tctx_lines_changed later if @lines_changed says so.
 */
uint8_t p9x_tctx_take_from_group(P9xTctx *tctx, uint32_t cam, uint8_t ipb,
                                 bool *lines_changed);

/* The backlog of all groups is looked at now: LSMFB := 0xFF, OS and phys. */
void p9x_tctx_clear_group_backlog(P9xTctx *tctx);

void p9x_ring_traced(P9xTctx *tctx, P9xTraceStep step, P9xRing ring);

static inline void p9x_trace_ring(P9xTctx *tctx, P9xTraceStep step,
                                  P9xRing ring)
{
    if (__builtin_expect(p9x_is_traced(tctx->unit->ports), 0)) {
        p9x_ring_traced(tctx, step, ring);
    }
}

/*
 * For the flight recorder, while it is on.  A thread keeps for each priority of
 * a ring the number of the passage that made it pending, which is that of the
 * acknowledge too.
 */
/* @priority has become pending; @first: it was not before. */
void p9x_pending_recorded(P9xTctx *tctx, P9xRing ring, uint8_t priority,
                          bool first);
/* @priority has been accepted; P9X_PRIO_MASKED: nothing was signalled. */
void p9x_ack_recorded(P9xTctx *tctx, P9xRing ring, uint8_t priority);
/* CPPR was stored. */
void p9x_cppr_recorded(P9xTctx *tctx, P9xRing ring);
/* A VP came with @ipb, or left; @word2 names it. */
void p9x_word2_recorded(P9xTctx *tctx, P9xRing ring, uint32_t word2,
                        uint8_t ipb);

#endif
