/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The check of locks (lock.h): what the calling thread holds, in the order in
 * which it took it.  The passages of gates are in the same list, since a thread
 * that drains a gate waits for them as for a lock.
 */
#include "xive/lock.h"

#ifdef P9X_LOCK_DEBUG

#include <glib.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* The functions of lock.h, not the checks that lead here. */
#undef p9x_lock
#undef p9x_trylock
#undef p9x_unlock
#undef p9x_gate_enter_fenced
#undef p9x_gate_leave
#undef p9x_gate_drain

enum { MAX_HELD = 32 };

typedef struct Held {
    const void *what;               /* a lock or a gate */
    P9xLockRank rank;
    const char *where;
} Held;

static _Thread_local Held held[MAX_HELD];
static _Thread_local unsigned nr_held;

typedef struct RankRow {
    const char *name;
    uint32_t under;
} RankRow;

#define R(rank) P9X_RANK_BIT(rank)
#define X(rank, name, under) [P9X_RANK_##rank] = { name, under },
static const RankRow ranks[P9X_NR_RANKS] = { P9X_LOCK_RANKS(X) };
#undef X
#undef R

/* A rank is in 7 bits of a lock, a set of them in 32. */
_Static_assert(P9X_NR_RANKS <= 32, "a mask has a bit for each rank");

static void G_GNUC_PRINTF(1, 2) G_GNUC_NORETURN broken(const char *fmt, ...)
{
    va_list ap;

    fputs("p9xive: lock order: ", stderr);
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fputc('\n', stderr);
    abort();
}

/* A row names earlier rows only, so this comes to an end. */
bool p9x_ranks_nest(P9xLockRank outer, P9xLockRank inner)
{
    uint32_t under = ranks[inner].under;

    if (under >> outer & 1) {
        return true;
    }
    for (unsigned rank = outer + 1u; rank < inner; rank++) {
        if (under >> rank & 1 && p9x_ranks_nest(outer, (P9xLockRank)rank)) {
            return true;
        }
    }
    return false;
}

static void check_order(P9xLockRank rank, const char *where)
{
    for (unsigned i = 0; i < nr_held; i++) {
        if (!p9x_ranks_nest(held[i].rank, rank)) {
            broken("%s wanted at %s, while %s of %s is held",
                   ranks[rank].name, where, ranks[held[i].rank].name,
                   held[i].where);
        }
    }
}

static void push(const void *what, P9xLockRank rank, const char *where)
{
    if (nr_held == MAX_HELD) {
        broken("%s of %s is one too many", ranks[rank].name, where);
    }
    held[nr_held++] = (Held) { what, rank, where };
}

/* Takes the latest entry of @what out.  False: there is none. */
static bool pop(const void *what)
{
    for (unsigned i = nr_held; i-- > 0;) {
        if (held[i].what == what) {
            nr_held--;
            for (; i < nr_held; i++) {
                held[i] = held[i + 1];
            }
            return true;
        }
    }
    return false;
}

static P9xLockRank rank_of(const P9xLock *lock, const char *where)
{
    P9xLockRank rank = (P9xLockRank)(p9x_lock_rank_bits(lock) >> 1);

    if (rank == P9X_RANK_NONE || rank >= P9X_NR_RANKS) {
        broken("a lock without a rank is wanted at %s", where);
    }
    return rank;
}

void P9X_UNFOLLOWED p9x_lock_checked(P9xLock *lock, const char *where)
{
    P9xLockRank rank = rank_of(lock, where);

    check_order(rank, where);
    p9x_lock(lock);
    push(lock, rank, where);
}

bool P9X_UNFOLLOWED p9x_trylock_checked(P9xLock *lock, const char *where)
{
    P9xLockRank rank = rank_of(lock, where);

    if (!p9x_trylock(lock)) {
        return false;
    }
    check_order(rank, where);
    push(lock, rank, where);
    return true;
}

void P9X_UNFOLLOWED p9x_unlock_checked(P9xLock *lock, const char *where)
{
    P9xLockRank rank = rank_of(lock, where);

    if (!pop(lock)) {
        broken("%s let go at %s is not held", ranks[rank].name, where);
    }
    p9x_unlock(lock);
}

static P9xLockRank gate_rank(const P9xGate *gate)
{
    return gate->row[0].rank ? (P9xLockRank)gate->row[0].rank :
                               P9X_RANK_GATE;
}

void p9x_gate_enter_checked(P9xGate *gate, const char *where)
{
    push(gate, gate_rank(gate), where);
    p9x_gate_enter_fenced(gate);
}

void p9x_gate_leave_checked(P9xGate *gate, const char *where)
{
    if (!pop(gate)) {
        broken("%s left at %s was not entered", ranks[gate_rank(gate)].name,
               where);
    }
    p9x_gate_leave(gate);
}

void p9x_gate_drain_checked(P9xGate *gate, const char *where)
{
    check_order(gate_rank(gate), where);
    p9x_gate_drain(gate);
}

void P9X_UNFOLLOWED p9x_check_held(const P9xLock *lock, const char *what,
                                   const char *where)
{
    for (unsigned i = 0; i < nr_held; i++) {
        if (held[i].what == lock) {
            return;
        }
    }
    broken("%s (%s) has to be held at %s",
           ranks[rank_of(lock, where)].name, what, where);
}

void p9x_check_rank(P9xLockRank rank, const char *where)
{
    for (unsigned i = 0; i < nr_held; i++) {
        if (held[i].rank == rank) {
            return;
        }
    }
    broken("%s has to be held at %s", ranks[rank].name, where);
}

void p9x_check_under(uint32_t allowed, const char *what, const char *where)
{
    for (unsigned i = 0; i < nr_held; i++) {
        if (!(allowed >> held[i].rank & 1)) {
            broken("%s is called at %s, while %s of %s is held", what, where,
                   ranks[held[i].rank].name, held[i].where);
        }
    }
}

#endif
