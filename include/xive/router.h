/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The router: from a source's event to a queue entry and a thread.
 *
 *   source ──► EAS ──► END ──────────────► NVT ──► thread ring
 *              target  enqueue, coalesce   where   IPB, PIPR, NSR
 *                       │                   │
 *                       └── escalate ◄──────┘ not dispatched
 *                             (to another END)
 *
 * In the hardware's terms this is the IVRE.  One router serves one interrupt
 * controller; on pseries that is the whole machine.  The last step, finding
 * the thread, is the presenter's (presenter.h).
 *
 * Threads: notify and end_trigger may be called from any thread with no lock
 * of the core held.
 */
#ifndef P9X_ROUTER_H
#define P9X_ROUTER_H

#include "xive/counters.h"
#include "xive/lock.h"
#include "xive/ports.h"
#include "xive/presenter.h"
#include "xive/tables.h"
#include "xive/unit.h"

/* ENDs an event may pass by escalation; firmware builds chains of 3. */
enum { P9X_MAX_ESCALATIONS = 8 };

typedef struct P9xRouter {
    P9xUnit unit;
    _Atomic uint32_t ignored_end_flags; /* of word 0 */
    P9xGate escalations;
    P9xCounters counters;
    P9xLockStripe end_locks[P9X_LOCK_STRIPES];
} P9xRouter;

/*
 * @tables, @ports and @presenter outlive the router, which needs no destroy.
 * Not thread-safe.
 */
void p9x_router_init(P9xRouter *r, P9xPresenter *presenter, P9xTables tables,
                     const P9xPorts *ports);

/*
 * An event of EAS (@block, @index) whose PQ bits have let it pass.  @transit,
 * which may be NULL, ends when the event is in its queue.
 */
void p9x_router_notify(P9xRouter *r, uint8_t block, uint32_t index,
                       P9xTransit *transit);

/* An event with @data for END (@block, @index), bypassing the EAS. */
void p9x_router_end_trigger(P9xRouter *r, uint8_t block, uint32_t index,
                            uint32_t data);

/*
 * Waits for escalations that other threads have decided on and not yet queued.
 */
void p9x_router_sync(P9xRouter *r);

/* From now on, these flags of ENDs (P9X_END_W0_*) mean nothing. */
void p9x_router_ignore_end_flags(P9xRouter *r, uint32_t w0_flags);

/*
 * The ESB pages of ENDs: ESn coalesces notifications, ESe escalations.
 * @offset chooses the operation as on any management page.
 */
typedef enum P9xEndEs { P9X_END_ESN, P9X_END_ESE } P9xEndEs;

uint64_t p9x_router_end_esb_load(P9xRouter *r, uint8_t block, uint32_t index,
                                 P9xEndEs es, uint32_t offset);
void p9x_router_end_esb_store(P9xRouter *r, uint8_t block, uint32_t index,
                              P9xEndEs es, uint32_t offset, bool store_eoi);

/* An event for a VP or a group, which an END has named. */
P9xVpOutcome p9x_router_vp_event(P9xRouter *r, const P9xVpEvent *event);

/* ENDs of one VP are neighbours; spread VPs rather than priorities. */
static inline uint32_t p9x_end_hash(uint8_t block, uint32_t index)
{
    return index / P9X_NR_PRIOS + index + block;
}

static inline P9xLock *p9x_end_lock(P9xRouter *r, uint8_t block,
                                    uint32_t index)
{
    return &r->end_locks[p9x_end_hash(block, index) %
                         P9X_LOCK_STRIPES].lock;
}

#endif
