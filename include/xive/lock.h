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
 *   P9xHost.lock, P9xVm.list_lock, those of a P9xPhb4: nothing inside
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
 *   sent the event, and never from inside a gate: whoever drains a gate may
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
 * A gate counts the events that are on their way from a PQ transition to their
 * event queue.  p9x_gate_drain returns when every event that had entered
 * before the call has left; it is what a XIVE sync operation means.
 * Lanes keep unrelated sources from sharing a counter.
 */
enum { P9X_GATE_LANES = 16 };

typedef struct P9xGate {
    struct {
        atomic_uint inside;
        /* Not _Alignas: host programs embed this in heap objects. */
        char apart[64 - sizeof(atomic_uint)];
    } lane[P9X_GATE_LANES];
} P9xGate;

static inline void p9x_gate_enter(P9xGate *gate, unsigned n)
{
    /* In one order with what a drainer stored before it looks here. */
    atomic_fetch_add_explicit(&gate->lane[n % P9X_GATE_LANES].inside, 1,
                              memory_order_seq_cst);
}

static inline void p9x_gate_leave(P9xGate *gate, unsigned n)
{
    atomic_fetch_sub_explicit(&gate->lane[n % P9X_GATE_LANES].inside, 1,
                              memory_order_release);
}

/*
 * Must not be called from inside the gate.  New events may keep entering: the
 * wait ends when the lane was empty once, which under a flood of triggers
 * from other threads still happens between any two of them.
 */
static inline void p9x_gate_drain(P9xGate *gate, unsigned n)
{
    while (atomic_load_explicit(&gate->lane[n % P9X_GATE_LANES].inside,
                                memory_order_seq_cst)) {
        sched_yield();
    }
}

#endif
