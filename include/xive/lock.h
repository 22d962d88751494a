/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Locks of the core, and the order in which they nest.
 *
 * An event crosses the model in well under a microsecond, so what guards a
 * table entry or a thread's registers is a byte to spin on.  A holder may be
 * descheduled by the host, hence the yield.
 *
 * The order, outermost first.  Indentation means "may be taken while holding":
 *
 *   the host program's own lock (QEMU's BQL)      optional, never taken inside
 *     P9xVm.lock                                  switches (vm.h)
 *     P9xSpapr.config_lock                        hcalls that change tables
 *       P9xKvm.lock, then a block's, then an ESB slot's: a device (kvm.h)
 *     P9xIc.lock                                  register stores
 *       P9xGate (drain only, holds nothing)       H_INT_SYNC, RESET
 *       P9xIcBlock.lock           PQ lines of one block come and go
 *       P9xIc.fifo_lock           events that firmware holds back
 *       P9xRouter.end_locks[]     one END and its event queue
 *       P9xRouter.nvt_locks[]     one NVT's backlog, and where its VP runs
 *         P9xTctx.lock            one thread's rings
 *           P9xVpMap.lock         adding a page of the VP map
 *         P9xIcEas.lock, P9xIcVst.lock    filling an IC's caches
 *   P9xRouter.thread_lock, P9xHost.lock, P9xVm.list_lock, those of a P9xPhb4:
 *     nothing inside
 *
 * - An END lock is never held while an NVT or thread lock is taken: the router
 *   copies what it needs and lets go.
 * - Two locks of one rank are never held together.
 * - No lock is held when a port of the host program is called, with these
 *   exceptions: mem_store32 (END lock), trace, and for an IC, whose tables are
 *   in guest memory (ic.h), mem_read, mem_write and guest_error (any but a
 *   thread's).  They must take no lock of the core and no lock under which the
 *   core is called.
 * - P9xPorts.line_changed is called with none of the locks above held but
 *   possibly config_lock, in a hypervisor call, and those of a KVM device that
 *   sent the event, and never from inside a gate: a thread that drains it may
 *   hold the host program's lock, which the callee may want.  The callee
 *   samples the level under whatever lock its CPU interface wants, so the last
 *   call always leaves the right level behind, whatever the order of the calls.
 * - PQ bits have no lock: one compare-and-swap is one transition.
 */
#ifndef P9X_LOCK_H
#define P9X_LOCK_H

#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "xive/row.h"

typedef struct P9xLock {
    atomic_uchar held;
} P9xLock;

/* Spins this often before it lets another host thread run. */
enum { P9X_LOCK_SPINS = 200 };

static inline bool p9x_trylock(P9xLock *lock)
{
    return !atomic_load_explicit(&lock->held, memory_order_relaxed) &&
           !atomic_exchange_explicit(&lock->held, 1, memory_order_acquire);
}

static inline void p9x_lock(P9xLock *lock)
{
    unsigned spins = 0;

    while (!p9x_trylock(lock)) {
        if (++spins >= P9X_LOCK_SPINS) {
            spins = 0;
            sched_yield();
        }
    }
}

static inline void p9x_unlock(P9xLock *lock)
{
    atomic_store_explicit(&lock->held, 0, memory_order_release);
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
        /* Not _Alignas: host programs embed this in heap objects. */
        char apart[64 - sizeof(uint64_t)];
    } row[P9X_ROWS];
} P9xGate;

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

#endif
