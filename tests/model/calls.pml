/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hypervisor calls without the global lock, every interleaving: two vCPUs that
 * call, and the thread that has the global lock and changes what calls read.
 * For spin; spin.py runs it.
 *
 * It follows xive/calls.h, spapr_hcall.c and spapr_rows.h.  A call says that it
 * is inside, looks whether calls are closed, and works; or it takes the locked
 * way, where QEMU has the global lock and the core takes config_lock.  The
 * call may have raised the line of a vCPU that sleeps: to wake it takes the
 * global lock.  A change has both locks, closes calls and waits for each
 * caller that is inside.
 *
 * Memory is as in memory.pml.
 *
 * What is asked.  No caller works beside a change; and all come to their end,
 * so no thread waits for one that waits for it.
 *
 * P9X_BUG plants one of these:
 */
#define NO_MB_ENTER     1       /* no barrier between "inside" and the look */
#define LOOK_FIRST      2       /* a caller says "inside" after its look */
#define NO_CLOSE        3       /* a change doesn't close calls */
#define NO_DRAIN        4       /* a change doesn't wait for callers inside */
#define NO_MB_CLOSE     5       /* no barrier between "closed" and the wait */
#define WAKE_INSIDE     6       /* the global lock is taken inside a call */
#define WAIT_INSIDE     7       /* a refused caller waits for locks inside */
#define LEAVE_EARLY     8       /* "outside" is seen before the work is */

#define ONE     0
#define TWO     1
#define IO      2
#define SPARE   3
#define THREADS 4

/* Words of memory. */
#define INSIDE  0               /* and 1: the callers' words of the gate */
#define CLOSED  2
#define HALF    3               /* a change is under way */
#define WRITING 4               /* and 5: a caller's work is under way */
#define WORDS   6

#include "memory.pml"

byte config;                    /* 1 + thread that has config_lock */
hidden byte calls, changes;

/* To work: what is read is whole; the last store ends what is written. */
#define works \
    assert(!value_of(HALF)); \
    d_step { room -> store(WRITING + me, 1) }; \
    assert(!value_of(HALF)); \
    d_step { room -> store(WRITING + me, 0) }

inline lock_both()
{
    atomic { lock_is_free -> bql = me + 1 };
    atomic { !config && (weak || drained) -> config = me + 1 }
}

inline unlock_both()
{
    atomic { drained -> config = 0 };
    unlock_bql()
}

inline locked_way()
{
    lock_both();
    works;
    unlock_both()
}

/* The line of a vCPU that sleeps has gone up. */
inline wake_a_vcpu()
{
    atomic { lock_is_free -> bql = me + 1 };
    unlock_bql()
}

inline enter()
{
    if
    :: bug == LOOK_FIRST ->
        closed = value_of(CLOSED);
        d_step { room -> store(INSIDE + me, 1) };
        drained
    :: else ->
        d_step { room -> store(INSIDE + me, 1) };
        d_step { drained_or(NO_MB_ENTER) -> closed = value_of(CLOSED) }
    fi
}

/* A release: what came before is seen first. */
inline leave()
{
    d_step {
        (room && (bug == LEAVE_EARLY || !weak || drained)) ->
        store(INSIDE + me, 0)
    }
}

proctype caller(byte me; byte n)
{
    bit closed;

    do
    :: n ->
        n--;
        enter();
        if
        :: !closed ->
            works;
            if
            :: bug == WAKE_INSIDE -> wake_a_vcpu(); leave()
            :: else -> leave(); wake_a_vcpu()
            fi
        :: closed && bug == WAIT_INSIDE -> locked_way(); leave()
        :: else -> leave(); locked_way()
        fi;
        closed = 0
    :: else -> break
    od
}

inline wait_for(who)
{
    if
    :: bug == NO_DRAIN
    :: else -> !value_of(INSIDE + who)
    fi
}

proctype changer(byte me; byte n)
{
    bit was;

    do
    :: n ->
        n--;
        lock_both();
        if
        :: bug == NO_CLOSE
        :: else -> d_step { free(CLOSED) -> exchange(CLOSED, 1, was) }
        fi;
        drained_or(NO_MB_CLOSE);
        wait_for(ONE);
        wait_for(TWO);
        assert(!value_of(WRITING + ONE) && !value_of(WRITING + TWO));
        d_step { room -> store(HALF, 1) };
        assert(!value_of(WRITING + ONE) && !value_of(WRITING + TWO));
        d_step { room -> store(HALF, 0) };
        /* A release. */
        d_step { (room && (!weak || drained)) -> store(CLOSED, 0) };
        unlock_both()
    :: else -> break
    od
}

init {
    c_code {
        READ_SETTINGS;
        calls = setting("P9X_CALLS", 1);
        changes = setting("P9X_CHANGES", 1);
    };
    atomic {
        run caller(ONE, calls);
        run caller(TWO, calls);
        run changer(IO, changes)
    }
}
