/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calls of which any number may be under way, beside changes that want none.
 *
 * A caller enters, works, and leaves.  While it is inside nothing changes that
 * p9x_calls_close keeps callers away from.  A caller that is not let in does
 * the same work the slow way, under the lock that those changes are made with,
 * and so waits for them there.
 *
 * To enter costs one store to the thread's own word and a fence: callers don't
 * meet each other on any cache line.  The caller says that it is inside and
 * then looks whether calls are closed; a change closes them and then looks for
 * callers inside.  One of them sees the other.
 *
 * The thread that closes may hold the host program's lock.  So between enter
 * and leave nothing waits for that lock: P9xPorts.line_changed is called there
 * only if it does not (P9X_UNDER_LINE).
 */
#ifndef P9X_CALLS_H
#define P9X_CALLS_H

#include "xive/lock.h"

typedef struct P9xCalls {
    atomic_uint closed;             /* by so many changes */
    /* A caller writes its row; every caller reads what is in front of it. */
    char apart[64 - sizeof(atomic_uint)];
    P9xGate gate;
} P9xCalls;

/* @rank: P9X_RANK_CALLS or P9X_RANK_XICS_CALLS. */
static inline void p9x_calls_init(P9xCalls *calls, P9xLockRank rank)
{
    *calls = (P9xCalls) { .gate.row[0].rank = (unsigned char)rank };
}

/* False: calls are closed, and the caller is not inside. */
static inline bool p9x_calls_enter(P9xCalls *calls)
{
    p9x_gate_enter_fenced(&calls->gate);
    if (__builtin_expect(!atomic_load_explicit(&calls->closed,
                                               memory_order_acquire), 1)) {
        return true;
    }
    p9x_gate_leave(&calls->gate);
    return false;
}

static inline void p9x_calls_leave(P9xCalls *calls)
{
    p9x_gate_leave(&calls->gate);
}

/*
 * Returns when no caller is inside; none will be until as many calls of
 * p9x_calls_open have followed.
 */
static inline void p9x_calls_close(P9xCalls *calls)
{
    atomic_fetch_add(&calls->closed, 1);
    p9x_gate_drain(&calls->gate);
}

static inline void p9x_calls_open(P9xCalls *calls)
{
    atomic_fetch_sub_explicit(&calls->closed, 1, memory_order_release);
}

#endif
