/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interrupts without the global lock, every interleaving: a vCPU, two threads
 * that interrupt it through its thread context, and the I/O thread, whose
 * decrementer interrupts it under the lock.  For spin; spin.py runs it.
 *
 * It follows exec/unlocked-interrupt.h, both unlocked-interrupt.c.inc, ports.c
 * and the parts of QEMU's CPU loop around them.  A step looks at one word that
 * others change, or changes one.  Left out: leaving the CPU loop for other
 * reasons (exit_request), which adds turns and takes no interrupt away.
 *
 * Memory is as in memory.pml.
 *
 * What is asked.  The guest masks interrupts and lets them through, goes to
 * sleep or runs on for ever, as it likes.  Wherever all come to rest, each
 * event must have been seen and the request be what follows from the inputs.
 * What is lost leaves the vCPU at rest too early.
 *
 * P9X_BUG plants one of these:
 */
#define ONE_LOOK        1       /* who wrote REQUEST doesn't look again */
#define ONE_LINE_LOOK   2       /* who told the line doesn't look again */
#define NO_MB_CHANGE    3       /* no barrier between a change and the look */
#define NO_MB_RMW       4       /* no barrier after an atomic operation */
#define NO_MB_TELL      5       /* no barrier behind the clearing of TELL */
#define TELL_LATE       6       /* TELL is cleared after REQUEST was read */
#define NO_TELL         7       /* a running vCPU isn't told */
#define NO_TELL_SELF    8       /* a vCPU doesn't tell itself */
#define NO_WAKE         9       /* a halted vCPU isn't woken */
#define WAKE_UNLOCKED   10      /* a halted vCPU is woken without the lock */
#define NO_MB_SLEEP     11      /* no barrier between HALTED and last look */
#define PLAIN_CLEAR     12      /* another bit is cleared in two steps */
#define TELL_FIRST      13      /* TELL is set before REQUEST */
#define HALTED_FIRST    14      /* HALTED is read before REQUEST is set */

#define VCPU    0
#define ONE     1
#define TWO     2
#define IO      3
#define THREADS 4

/* Words of memory. */
#define REQUEST 0               /* CPU_INTERRUPT_HARD in interrupt_request */
#define TELL    1               /* icount_decr.u16.high */
#define HALTED  2
#define EE      3               /* what the vCPU lets through; its own */
#define INPUT   4               /* in pending_inputs */
#define TIMER   5               /* in pending_interrupts; the lock's */
#define WORDS   6

#define NONE    0
#define EXT     1
#define DECR    2

#include "memory.pml"

bit line;                       /* of the thread context; its lock is a step */
bit asleep;                     /* the vCPU waits to be woken */
byte sent, seen;                /* events through the thread context */
bit ticked;                     /* one of the decrementer */
hidden byte from_one, from_two, ticks;

/* ---- target/ppc/unlocked-interrupt.c.inc ---- */

/*
 * The request that follows, into w, once TIMER is in p.  HALTED and EE are the
 * vCPU's, so it reads them in one step.
 */
inline look_own()
{
    d_step {
        w = (p || value_of(INPUT)) && (value_of(HALTED) || value_of(EE));
        p = 0
    }
}

inline look()
{
    p = p || value_of(INPUT);
    w = value_of(HALTED);
    atomic { w = p && (w || value_of(EE)); p = 0 }
}

/* What a sender should do later. */
inline hurry()
{
    if
    :: bug == TELL_FIRST && w && me != VCPU ->
        atomic { room -> store(TELL, 1) }
    :: bug == HALTED_FIRST && me != VCPU ->
        h = value_of(HALTED)
    :: else
    fi
}

/* before: the bug that drops the barrier in front of the first look. */
inline settle(before)
{
    atomic { drained_or(before) -> p = value_of(TIMER) };
    do
    :: if
        :: me == VCPU -> look_own()
        :: else -> look()
        fi;
        atomic {
            r = value_of(REQUEST);
            if
            :: w == r -> r = 0; break
            :: else -> r = 0
            fi
        };
        hurry();
        d_step { free(REQUEST) -> exchange(REQUEST, w, r); r = 0 };
        atomic {
            drained_or(NO_MB_RMW) ->
            if
            :: bug == ONE_LOOK -> break
            :: else -> p = value_of(TIMER)
            fi
        }
    od
}

inline request(before)
{
    settle(before);
    atomic {
        if
        :: w && bug != (me == VCPU -> NO_TELL_SELF : NO_TELL) &&
           (me == VCPU || bug != TELL_FIRST) ->
            room; store(TELL, 1)
        :: else
        fi
    };
    if
    :: w && me != VCPU ->
        w = 0;
        atomic {
            drained ->
            h = (bug == HALTED_FIRST -> h : value_of(HALTED)) && bug != NO_WAKE
        };
        if
        :: h -> h = 0; wake()
        :: else
        fi
    :: else -> w = 0; h = 0
    fi
}

inline wake()
{
    if
    :: bql == me + 1 || bug == WAKE_UNLOCKED ->
        atomic { room -> asleep = 0; store(TELL, 1) }
    :: else ->
        d_step { lock_is_free -> bql = me + 1; asleep = 0 };
        d_step { room -> store(TELL, 1) };
        unlock_bql()
    fi
}

/* ---- ports.c, ending in ppc_set_input ---- */

inline update_line()
{
    do
    :: l = line;
        d_step { free(INPUT) -> exchange(INPUT, l, r) };
        if
        :: r != l -> r = 0; request(NO_MB_RMW)
        :: else -> r = 0
        fi;
        atomic {
            drained_or(NO_MB_RMW) ->
            if
            :: bug == ONE_LINE_LOOK || line == l -> l = 0; break
            :: else -> l = 0
            fi
        }
    od
}

/* ---- who interrupts ---- */

proctype sender(byte me; byte n)
{
    bit w, r, p, h, l;

    do
    :: n ->
        atomic { n--; sent++; l = line; line = 1 };
        if
        :: l -> l = 0
        :: else -> update_line()
        fi
    :: else -> break
    od
}

proctype io_thread(byte me; byte n)
{
    bit w, r, p, h;

    do
    :: n ->
        atomic {
            lock_is_free ->
            n--; bql = me + 1; ticked = 1; r = value_of(TIMER)
        };
        if
        :: r -> r = 0
        :: else ->
            d_step { room -> store(TIMER, 1) };
            request(NO_MB_CHANGE)
        fi;
        unlock_bql()
    :: else -> break
    od
}

/* ---- the vCPU ---- */

proctype vcpu(byte me)
{
    bit w, r, p, h, l, leave;
    byte vector = NONE;

next_block:
    atomic {
        if
        :: value_of(TELL) -> goto handle_interrupt
        :: else
        fi;
        if
        :: vector == EXT -> goto external
        :: vector == DECR -> goto decrementer
        :: else
        fi;
        if
        :: goto mask
        :: goto power_off
        :: goto end_runs
        fi
    };

end_runs:
    value_of(TELL);
    goto handle_interrupt;

mask:
    atomic { room -> store(EE, 0) };
    request(NO_MB_CHANGE);
    if
    :: goto cede
    :: atomic { room -> store(EE, 1) }
    fi;
    request(NO_MB_CHANGE);
    goto next_block;

external:
    atomic { seen = sent; l = line; line = 0 };
    if
    :: l -> update_line()
    :: else
    fi;
    goto return_from_interrupt;

decrementer:
    atomic { lock_is_free -> bql = me + 1; ticked = 0 };
    d_step { room -> store(TIMER, 0) };
    request(NO_MB_CHANGE);
    unlock_bql();

return_from_interrupt:
    atomic { room -> vector = NONE; store(EE, 1) };
    request(NO_MB_CHANGE);
    goto next_block;

    /* MSR[POW] of older CPUs: no step works out the request afterwards. */
power_off:
    atomic {
        if
        :: value_of(TIMER) || value_of(INPUT) -> goto next_block
        :: else -> room; store(HALTED, 1); goto leave_loop
        fi
    };

    /* H_CEDE */
cede:
    atomic { lock_is_free -> bql = me + 1 };
    d_step { room -> store(EE, 1) };
    request(NO_MB_CHANGE);
    atomic {
        r = value_of(REQUEST);
        if
        :: r -> r = 0; goto ceded
        :: else -> room; store(HALTED, 1); leave = 1
        fi
    };
    request(NO_MB_CHANGE);
ceded:
    unlock_bql();

handle_interrupt:
    if
    :: bug == TELL_LATE ->
        r = value_of(REQUEST);
        d_step { room -> store(TELL, 0) };
        drained
    :: else ->
        d_step { room -> store(TELL, 0) };
        d_step { drained_or(NO_MB_TELL) -> r = value_of(REQUEST) }
    fi;
    if
    :: r ->
        r = 0;
        /* Without the lock, else with it. */
        atomic {
            if
            :: !value_of(HALTED) && value_of(EE) && value_of(INPUT) ->
                vector = EXT; goto deliver
            :: else
            fi
        };
        atomic { lock_is_free -> bql = me + 1; r = value_of(REQUEST) };
        atomic {
            r = r && (value_of(HALTED) || value_of(EE));
            if
            :: r && value_of(INPUT) -> vector = EXT
            :: r && !value_of(INPUT) && value_of(TIMER) -> vector = DECR
            :: else
            fi;
            r = 0
        };
deliver:
        if
        :: vector ->
            d_step { room -> store(EE, 0) };
            request(NO_MB_CHANGE)
        :: else
        fi;
        if
        :: bql == me + 1 -> unlock_bql()
        :: else
        fi;
        if
        :: bug == PLAIN_CLEAR ->
            r = value_of(REQUEST);
            d_step { room -> store(REQUEST, r); r = 0 }
        :: else
        fi
    :: else
    fi;
    if
    :: leave -> leave = 0
    :: else -> goto next_block
    fi;

leave_loop:
    atomic { lock_is_free -> bql = me + 1 };
idle:
    atomic {
        drained_or(NO_MB_SLEEP) -> r = !value_of(HALTED) || value_of(REQUEST)
    };
    if
    :: !r ->
        d_step { drained -> bql = 0; asleep = 1 };
end_sleeps:
        atomic { !asleep && !bql -> bql = me + 1 };
        goto idle
    :: else -> r = 0
    fi;
    unlock_bql();
    atomic {
        if
        :: !value_of(HALTED) -> goto handle_interrupt
        :: value_of(HALTED) && value_of(REQUEST) ->
            room;
            store(HALTED, 0);
            goto handle_interrupt
        :: else -> goto leave_loop
        fi
    }
}

proctype judge()
{
    timeout;
    assert(seen == sent);
    assert(!ticked);
    assert(!line && !word[INPUT] && !word[TIMER] && !word[REQUEST])
}

init {
    c_code {
        READ_SETTINGS;
        from_one = setting("P9X_ONE", 1);
        from_two = setting("P9X_TWO", 0);
        ticks = setting("P9X_TICKS", 1);
    };
    atomic {
        word[EE] = 1;
        run vcpu(VCPU);
        run sender(ONE, from_one);
        run sender(TWO, from_two);
        run io_thread(IO, ticks);
        run judge()
    }
}
