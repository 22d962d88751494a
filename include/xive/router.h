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
 * In the hardware's terms this is the IVRE and the IVPE's search in one.  One
 * router serves one IC; on pseries that is the whole machine.  Where a machine
 * has several, a VP may run on any chip: then all routers use the VP map, NVT
 * locks, threads and groups of one of them.
 *
 * Threads: notify and end_trigger may be called from any thread with no lock
 * of the core held.
 */
#ifndef P9X_ROUTER_H
#define P9X_ROUTER_H

#include "xive/counters.h"
#include "xive/lock.h"
#include "xive/ports.h"
#include "xive/tables.h"
#include "xive/tctx.h"
#include "xive/vpmap.h"

enum {
    P9X_LOCK_STRIPES = 64,
    P9X_MAX_THREADS = 4096,
    /* ENDs an event may pass by escalation; firmware builds chains of 3. */
    P9X_MAX_ESCALATIONS = 8,
    P9X_GROUP_BACKLOG_STEP = 64         /* the list grows by that many */
};

/* A group whose NVT holds events that no thread would take. */
typedef struct P9xGroupBacklog {
    uint8_t block;
    uint32_t index;
    bool used;
} P9xGroupBacklog;

/* Threads that take different locks don't wait for each other's cache line. */
typedef struct P9xLockStripe {
    P9xLock lock;
    char apart[64 - sizeof(P9xLock)];
} P9xLockStripe;

struct P9xRouter {
    const P9xTableOps *ops;
    void *tables;
    const P9xPorts *ports;
    P9xRouter *vps;                     /* whose part below "VPs" is used */
    _Atomic uint32_t ignored_end_flags; /* of word 0 */
    P9xGate escalations;
    P9xCounters counters;
    P9xLockStripe end_locks[P9X_LOCK_STRIPES];
    /* VPs */
    P9xVpMap vpmap;
    P9xLockStripe nvt_locks[P9X_LOCK_STRIPES];
    P9xLock thread_lock;                /* the two lists below */
    unsigned nr_threads;
    P9xTctx *thread[P9X_MAX_THREADS];
    P9xGroupBacklog *group;
    unsigned group_slots;
    atomic_uint nr_groups;              /* 0: nothing to redistribute */
};

/* @ops, @tables and @ports outlive the router.  Not thread-safe. */
void p9x_router_init(P9xRouter *r, const P9xTableOps *ops, void *tables,
                     const P9xPorts *ports);
/*
 * @r, fresh from init, finds VPs in @vps, which outlives it and need not be a
 * router that routes anything.
 */
void p9x_router_share_vps(P9xRouter *r, P9xRouter *vps);
void p9x_router_destroy(P9xRouter *r);

/* An event of EAS (@block, @index) whose PQ bits have let it pass. */
void p9x_router_notify(P9xRouter *r, uint8_t block, uint32_t index);

/* An event with @data for END (@block, @index), bypassing the EAS. */
void p9x_router_end_trigger(P9xRouter *r, uint8_t block, uint32_t index,
                            uint32_t data);

/*
 * Waits for escalations that other threads have decided on and not yet queued.
 * escalation_queued: that of the calling thread is, or never will be.
 */
void p9x_router_sync(P9xRouter *r);
void p9x_router_escalation_queued(void);

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

/*
 * An event for VP (@block, @index): pending in its thread's ring, else in its
 * NVT if @backlog.  False if neither.
 */
typedef struct P9xVpEvent {
    uint8_t block;
    uint32_t index;
    uint8_t priority;
    bool backlog;
    bool group;                 /* low bits of the index name a group */
} P9xVpEvent;

typedef enum P9xVpOutcome {
    P9X_VP_PRESENTED,
    P9X_VP_PRECLUDED,
    P9X_VP_BACKLOGGED,
    P9X_VP_UNDELIVERED
} P9xVpOutcome;

P9xVpOutcome p9x_router_vp_event(P9xRouter *r, const P9xVpEvent *event);

/* Low bits of a group's NVT index that a match ignores. */
static inline unsigned p9x_group_ignore_bits(uint32_t index)
{
    return (unsigned)__builtin_ctz(~index) + 1;
}

/* A thread's CPPR got less masking: let it have what groups hold back. */
void p9x_router_redistribute(P9xRouter *r, P9xTctx *tctx);

/* Used by tctx.c. */
void p9x_router_add_thread(P9xRouter *r, P9xTctx *tctx);
void p9x_router_remove_thread(P9xRouter *r, P9xTctx *tctx);

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

static inline bool p9x_router_groups_wait(const P9xRouter *r)
{
    return atomic_load_explicit(&r->vps->nr_groups, memory_order_acquire);
}

static inline P9xLock *p9x_nvt_lock(P9xRouter *r, uint32_t cam)
{
    return &r->vps->nvt_locks[cam % P9X_LOCK_STRIPES].lock;
}

static inline void p9x_trace(P9xRouter *r, P9xTraceStep step, uint64_t a,
                             uint64_t b, uint64_t c, uint64_t d,
                             const P9xTctx *tctx)
{
    if (__builtin_expect(p9x_is_traced(r->ports), 0)) {
        const uint64_t arg[4] = { a, b, c, d };

        r->ports->trace(r->ports->host, step, arg, tctx);
    }
}

#endif
