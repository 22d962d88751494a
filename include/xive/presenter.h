/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The presenter: from an event for a VP to the thread that runs it.
 *
 * In the hardware's terms this is the IVPE.  It knows all threads of a machine,
 * and which VP each of their rings runs.  Where a machine has several
 * interrupt controllers, a VP may run on any chip, so the routers of all of
 * them have one presenter.
 *
 * An event for a VP that no thread runs waits in the VP's NVT.  An NVT lock
 * guards that, together with the place of the VP in the map: a thread that
 * pushes the VP takes the lock, and so does one that puts an event away.
 *
 * Threads: every function may be called from any thread, with no lock of the
 * core held, unless it says otherwise.
 */
#ifndef P9X_PRESENTER_H
#define P9X_PRESENTER_H

#include "xive/lock.h"
#include "xive/tctx.h"
#include "xive/unit.h"
#include "xive/vpmap.h"

enum {
    P9X_MAX_THREADS = 4096,
    P9X_GROUP_BACKLOG_STEP = 64         /* the list grows by that many */
};

/* A group whose NVT holds events that no thread would take. */
typedef struct P9xGroupBacklog {
    uint32_t cam;
    bool used;
} P9xGroupBacklog;

struct P9xPresenter {
    P9xVpMap vpmap;
    P9xLockStripe nvt_locks[P9X_LOCK_STRIPES];
    P9xLock thread_lock;                /* the two lists below */
    unsigned nr_threads;
    P9xTctx *thread[P9X_MAX_THREADS];
    P9xGroupBacklog *group;
    unsigned group_slots;
    atomic_uint nr_groups;              /* 0: no group waits for a thread */
};

/* Not thread-safe.  destroy: all threads have been destroyed before. */
void p9x_presenter_init(P9xPresenter *p);
void p9x_presenter_destroy(P9xPresenter *p);

/*
 * An event for VP (@block, @index): pending in its thread's ring, else in its
 * NVT if @backlog.
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
    P9X_VP_PRECLUDED,           /* pending, but CPPR holds it back */
    P9X_VP_BACKLOGGED,
    P9X_VP_UNDELIVERED
} P9xVpOutcome;

/* A thread ends.  Twice has no effect. */
void p9x_presenter_remove_thread(P9xPresenter *p, P9xTctx *tctx);

/*
 * Visits all threads: starts with @at 0, ends with NULL.  A thread that joins
 * meanwhile may be left out, and one may be seen twice when another leaves.
 * A thread may be destroyed after it was found; p9x_tctx_destroy says why that
 * is harmless.
 */
P9xTctx *p9x_presenter_next_thread(P9xPresenter *p, unsigned *at);

static inline P9xLock *p9x_nvt_lock(P9xPresenter *p, uint32_t cam)
{
    return &p->nvt_locks[cam % P9X_LOCK_STRIPES].lock;
}

/* May events wait that a group could take? */
static inline bool p9x_groups_wait(const P9xPresenter *p)
{
    return atomic_load_explicit(&p->nr_groups, memory_order_acquire);
}

#endif
