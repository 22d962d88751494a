/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Locks of the core, and the order in which they nest.
 *
 * An event crosses the model in well under a microsecond, so what guards a
 * table entry or a thread's registers is a byte to spin on.  A holder may be
 * descheduled by the host, hence the yield.
 *
 * P9X_LOCK_RANKS below is the order, and the only place that has it: a lock is
 * taken with no lock in hand, or with those that its row names and those that
 * their rows name.  Nothing else is allowed.  So:
 *
 * - Two locks of one rank are never held together.
 * - An END lock is never held while an NVT or thread lock is taken: the router
 *   copies what it needs and lets go.
 * - An event is inside a gate until it is in its queue.  A thread that is
 *   inside holds the gate's rank, so it takes what may be taken under that and
 *   nothing for which the thread that drains may make it wait.  Entering is
 *   allowed with any lock held, since it never waits.
 * - The host program's own lock (QEMU's BQL) may be held around all of them
 *   and is never taken inside.
 *
 * The ports of the host program are called with no lock of the core held but
 * those in P9X_UNDER_...; for KVM devices kvm.h says more.  They take no lock
 * of the core and no lock under which the core is called.
 *
 * - P9xPorts.line_changed is never called from inside a source's gate: the
 *   thread that drains a gate may hold the host program's lock, which the
 *   callee may want.  The callee samples the level under the lock that its CPU
 *   interface wants, so the last call always leaves the right level behind,
 *   whatever the order of the calls.
 * - PQ bits have no lock: one compare-and-swap is one transition.
 *
 * With P9X_LOCK_DEBUG, which all files of a program are built with or none,
 * all this is checked: each thread knows what it holds, and the program aborts
 * at the first step that is not allowed (hw/xive/lock.c).  Without it nothing
 * of that is compiled.  A lock is one byte either way.
 */
#ifndef P9X_LOCK_H
#define P9X_LOCK_H

#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "xive/row.h"

/*
 * Ranks, outermost first: rank, which lock it is, and the ranks that may be
 * held when it is taken, as well as what may be held when those are.
 * docs/architecture.rst shows the same table.
 */
#define P9X_LOCK_RANKS(X) \
    X(SENDERS,    "a gate of devices",        0) \
    X(VM,         "P9xVm.lock",               0) \
    X(CONFIG,     "P9xSpapr.config_lock",     0) \
    X(CALLS,      "P9xSpapr.calls",           R(CONFIG)) \
    X(XICS_CALLS, "a gate of XICS calls",     0) \
    X(KVM,        "P9xKvm.lock",              R(VM) | R(CONFIG)) \
    X(KVM_BLOCK,  "P9xKvmBlock.lock",         R(KVM) | R(XICS_CALLS)) \
    X(ESB_SLOT,   "P9xEsbSlot.lock",          R(KVM_BLOCK)) \
    X(IC,         "P9xIcBase.lock",           0) \
    X(IC_BLOCK,   "P9xIcBlock.lock",          R(IC)) \
    X(GATE,       "P9xGate",                  R(SENDERS) | R(KVM_BLOCK) | \
                                              R(IC_BLOCK)) \
    X(IC_FIFO,    "P9xIcFifos.lock",          R(GATE)) \
    X(END,        "P9xRouter.end_locks[]",    R(CALLS) | R(GATE) | \
                                              R(ESB_SLOT)) \
    X(NVT,        "P9xPresenter.nvt_locks[]", R(SENDERS) | R(CALLS) | \
                                              R(ESB_SLOT) | R(IC)) \
    X(TCTX,       "P9xTctx.lock",             R(NVT)) \
    X(VPMAP,      "P9xVpMap.lock",            R(TCTX)) \
    X(IC_EAS,     "P9xIcEas.lock",            R(GATE)) \
    X(IC_VST,     "P9xIcVst.lock",            R(IC_EAS) | R(END) | R(NVT)) \
    X(THREADS,    "P9xPresenter.thread_lock", R(NVT)) \
    X(HOST,       "P9xHost.lock",             R(GATE) | R(ESB_SLOT)) \
    X(VM_LIST,    "P9xVm.list_lock",          R(SENDERS) | R(ESB_SLOT)) \
    X(PHB_ERROR,  "P9xPhb4.error_lock",       0) \
    X(PHB_IOTLB,  "P9xPhb4.iotlb.lock",       0) \
    X(TEST,       "a lock of the host program", P9X_UNDER_ANY)

typedef enum P9xLockRank {
    P9X_RANK_NONE,
#define X(rank, name, under) P9X_RANK_##rank,
    P9X_LOCK_RANKS(X)
#undef X
    P9X_NR_RANKS
} P9xLockRank;

#define P9X_RANK_BIT(rank) (UINT32_C(1) << P9X_RANK_##rank)
#define P9X_UNDER_ANY (~P9X_RANK_BIT(TEST))

/* What may be held when the host program is called. */
#define P9X_UNDER_NONE UINT32_C(0)
/* mem_..., guest_error: all but a thread's and those with nothing inside. */
#define P9X_UNDER_MEMORY \
    (P9X_UNDER_ANY & ~(P9X_RANK_BIT(TCTX) | P9X_RANK_BIT(VPMAP) | \
                       P9X_RANK_BIT(THREADS) | P9X_RANK_BIT(HOST) | \
                       P9X_RANK_BIT(VM_LIST) | P9X_RANK_BIT(PHB_ERROR) | \
                       P9X_RANK_BIT(PHB_IOTLB)))
/* line_changed: an hcall's, and those of a KVM device that sent the event. */
#define P9X_UNDER_LINE \
    (P9X_RANK_BIT(SENDERS) | P9X_RANK_BIT(VM) | P9X_RANK_BIT(CONFIG) | \
     P9X_RANK_BIT(XICS_CALLS) | \
     P9X_RANK_BIT(KVM) | P9X_RANK_BIT(KVM_BLOCK) | P9X_RANK_BIT(ESB_SLOT))

/*
 * What clang's -Wthread-safety asks for: a lock that a function takes or lets
 * go for its caller, and a function that the analysis can't follow, because it
 * takes a lock in some cases only.  Other compilers see nothing.
 */
#ifdef __clang__
#define P9X_THREAD_SAFETY(attribute) __attribute__((attribute))
#else
#define P9X_THREAD_SAFETY(attribute)
#endif
#define P9X_TAKES(...) P9X_THREAD_SAFETY(acquire_capability(__VA_ARGS__))
#define P9X_TRIES(...) P9X_THREAD_SAFETY(try_acquire_capability(__VA_ARGS__))
#define P9X_LETS_GO(...) P9X_THREAD_SAFETY(release_capability(__VA_ARGS__))
#define P9X_HOLDS(...) P9X_THREAD_SAFETY(assert_capability(__VA_ARGS__))
#define P9X_UNFOLLOWED P9X_THREAD_SAFETY(no_thread_safety_analysis)

/* 0 is free, 1 is held; with P9X_LOCK_DEBUG the rank is in the other bits. */
typedef struct P9X_THREAD_SAFETY(capability("lock")) P9xLock {
    atomic_uchar held;
} P9xLock;

/*
 * Locks of a table: entry number n is guarded by lock n % P9X_LOCK_STRIPES.
 * Threads that take different locks don't wait for each other's cache line.
 */
enum { P9X_LOCK_STRIPES = 64 };

typedef struct P9xLockStripe {
    P9xLock lock;
    char apart[64 - sizeof(P9xLock)];
} P9xLockStripe;

/* Spins this often before it lets another host thread run. */
enum { P9X_LOCK_SPINS = 200 };

static inline unsigned char p9x_lock_rank_bits(const P9xLock *lock)
{
#ifdef P9X_LOCK_DEBUG
    return atomic_load_explicit(&lock->held, memory_order_relaxed) & 0xFE;
#else
    (void)lock;
    return 0;
#endif
}

/* Each lock has a rank before it is used.  Its byte is 0. */
static inline void p9x_lock_init(P9xLock *lock, P9xLockRank rank)
{
#ifdef P9X_LOCK_DEBUG
    atomic_init(&lock->held, (unsigned char)(rank << 1));
#else
    (void)lock;
    (void)rank;
#endif
}

static inline bool p9x_trylock(P9xLock *lock) P9X_TRIES(true, lock);
static inline void p9x_lock(P9xLock *lock) P9X_TAKES(lock);
static inline void p9x_unlock(P9xLock *lock) P9X_LETS_GO(lock);

static inline bool P9X_UNFOLLOWED p9x_trylock(P9xLock *lock)
{
    unsigned char open = p9x_lock_rank_bits(lock);

    return atomic_load_explicit(&lock->held, memory_order_relaxed) == open &&
           atomic_exchange_explicit(&lock->held, open | 1,
                                    memory_order_acquire) == open;
}

static inline void P9X_UNFOLLOWED p9x_lock(P9xLock *lock)
{
    unsigned spins = 0;

    while (!p9x_trylock(lock)) {
        if (++spins >= P9X_LOCK_SPINS) {
            spins = 0;
            sched_yield();
        }
    }
}

static inline void P9X_UNFOLLOWED p9x_unlock(P9xLock *lock)
{
    atomic_store_explicit(&lock->held, p9x_lock_rank_bits(lock),
                          memory_order_release);
}

/*
 * A gate knows of the events that are on their way from a PQ transition to
 * their event queue.  p9x_gate_drain returns when every event that had entered
 * before the call has left; it is what a XIVE sync operation means.
 *
 * Each host thread has a word of its own: how deep inside it is, and how often
 * it has come out.
 */
typedef struct P9xGate {
    struct {
        _Atomic uint64_t passages;
        unsigned char rank;             /* in row 0; 0 is P9X_RANK_GATE */
        /* Not _Alignas: host programs embed this in heap objects. */
        char apart[64 - sizeof(uint64_t) - 1];
    } row[P9X_ROWS];
} P9xGate;

/* Starts a gate that is passed by what leads to other gates. */
#define P9X_GATE_OF_SENDERS { .row[0].rank = P9X_RANK_SENDERS }

enum { P9X_GATE_OUT = 1 << 16, P9X_GATE_DEPTH = P9X_GATE_OUT - 1 };

/*
 * What follows at once must be an atomic read-modify-write: it keeps the entry
 * in front of everything that comes later.  Without one, p9x_gate_enter_fenced.
 */
static inline void p9x_gate_enter(P9xGate *gate)
{
    unsigned row = p9x_row();
    _Atomic uint64_t *word = &gate->row[row].passages;

    if (__builtin_expect(row == P9X_SHARED_ROW, 0)) {
        atomic_fetch_add(word, 1);
        return;
    }
    atomic_store_explicit(
        word, atomic_load_explicit(word, memory_order_relaxed) + 1,
        memory_order_relaxed);
#if !defined(__x86_64__)
    /* On x86, read-modify-writes are fences. */
    atomic_thread_fence(memory_order_seq_cst);
#endif
}

static inline void p9x_gate_enter_fenced(P9xGate *gate)
{
    p9x_gate_enter(gate);
    atomic_thread_fence(memory_order_seq_cst);
}

static inline uint64_t p9x_gate_after_leaving(uint64_t passages)
{
    passages--;
    return passages & P9X_GATE_DEPTH ? passages : passages + P9X_GATE_OUT;
}

static inline void p9x_gate_leave(P9xGate *gate)
{
    unsigned row = p9x_row();
    _Atomic uint64_t *word = &gate->row[row].passages;
    uint64_t old = atomic_load_explicit(word, memory_order_relaxed);

    if (__builtin_expect(row == P9X_SHARED_ROW, 0)) {
        while (!atomic_compare_exchange_weak(word, &old,
                                             p9x_gate_after_leaving(old))) {
            continue;
        }
        return;
    }
    atomic_store_explicit(word, p9x_gate_after_leaving(old),
                          memory_order_release);
}

/* @before has come out since, or was not in. */
static inline bool p9x_gate_is_out(P9xGate *gate, unsigned row,
                                   uint64_t before)
{
    return !(before & P9X_GATE_DEPTH) ||
           (atomic_load_explicit(&gate->row[row].passages,
                                 memory_order_acquire) ^ before) >=
           P9X_GATE_OUT;
}

/*
 * Must not be called from inside the gate.  New events may keep entering: the
 * caller waits only for the threads that were inside when it began.  Threads
 * that share a row can't be told apart, so for these the caller waits for a
 * moment in which none of them was inside.
 */
static inline void p9x_gate_drain(P9xGate *gate)
{
    unsigned rows;
    uint64_t before;

    /* Ordered before what threads that enter later look at. */
    atomic_thread_fence(memory_order_seq_cst);
    rows = p9x_rows_taken();
    for (unsigned row = 0; row < rows; row++) {
        before = atomic_load_explicit(&gate->row[row].passages,
                                      memory_order_acquire);
        while (!p9x_gate_is_out(gate, row, before)) {
            sched_yield();
        }
    }
}

/*
 * Checks.  p9x_assert_held: this thread holds @lock.  p9x_assert_rank: one of
 * that rank.  p9x_assert_under: what it holds is in the P9X_UNDER_... mask
 * that @what is called with.
 */
#ifdef P9X_LOCK_DEBUG

void p9x_lock_checked(P9xLock *lock, const char *where) P9X_TAKES(lock);
bool p9x_trylock_checked(P9xLock *lock, const char *where)
    P9X_TRIES(true, lock);
void p9x_unlock_checked(P9xLock *lock, const char *where) P9X_LETS_GO(lock);
void p9x_gate_enter_checked(P9xGate *gate, const char *where);
void p9x_gate_leave_checked(P9xGate *gate, const char *where);
void p9x_gate_drain_checked(P9xGate *gate, const char *where);
void p9x_check_held(const P9xLock *lock, const char *what, const char *where)
    P9X_HOLDS(lock);
void p9x_check_rank(P9xLockRank rank, const char *where);
void p9x_check_under(uint32_t ranks, const char *what, const char *where);
/* May a lock of rank @inner be taken while one of rank @outer is held? */
bool p9x_ranks_nest(P9xLockRank outer, P9xLockRank inner);

#define P9X_STRING_OF(x) #x
#define P9X_STRING(x) P9X_STRING_OF(x)
#define P9X_HERE __FILE__ ":" P9X_STRING(__LINE__)

#define p9x_lock(lock) p9x_lock_checked(lock, P9X_HERE)
#define p9x_trylock(lock) p9x_trylock_checked(lock, P9X_HERE)
#define p9x_unlock(lock) p9x_unlock_checked(lock, P9X_HERE)
#define p9x_gate_enter(gate) p9x_gate_enter_checked(gate, P9X_HERE)
#define p9x_gate_enter_fenced(gate) p9x_gate_enter_checked(gate, P9X_HERE)
#define p9x_gate_leave(gate) p9x_gate_leave_checked(gate, P9X_HERE)
#define p9x_gate_drain(gate) p9x_gate_drain_checked(gate, P9X_HERE)
#define p9x_assert_held(lock) p9x_check_held(lock, #lock, P9X_HERE)
#define p9x_assert_rank(rank) p9x_check_rank(P9X_RANK_##rank, P9X_HERE)
#define p9x_assert_under(mask, what) p9x_check_under(mask, what, P9X_HERE)

#else

#define p9x_assert_held(lock) ((void)sizeof(*(lock)))
#define p9x_assert_rank(rank) ((void)0)
#define p9x_assert_under(mask, what) ((void)0)

#endif

/*
 * An event's way through a gate.  The thread that sends the event keeps it on
 * its stack and hands it along with the event.  The function that has put the
 * event into its queue ends it, since what comes after may call the host
 * program, which must not wait for a thread that waits for the gate.
 */
typedef struct P9xTransit {
    P9xGate *gate;                  /* NULL: over */
} P9xTransit;

/* The event is in its queue, or never will be.  NULL and twice: no effect. */
static inline void p9x_transit_end(P9xTransit *transit)
{
    if (transit && transit->gate) {
        p9x_gate_leave(transit->gate);
        transit->gate = NULL;
    }
}

#endif
