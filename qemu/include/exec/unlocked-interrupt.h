/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interrupt requests to a vCPU without the global lock.
 *
 * CPUState::interrupt_request belongs to the BQL, and for most of its bits it
 * stays so.  Under multi-threaded TCG two things may happen without:
 *
 *   - a vCPU's own thread sets and clears bits of its own word;
 *   - a target whose request follows from other state, and which recomputes
 *     it after each write, does so from any thread (ppc_maybe_interrupt).
 *
 * So a thread that writes the word while the vCPU may be running does it in one
 * atomic step, with the BQL or without.
 *
 * A thread still needs the BQL to wake a vCPU that sleeps, because a vCPU
 * checks whether it has work and goes to sleep under the BQL.  A vCPU that runs
 * needs no waking; it looks at its requests before its next block of code when
 * it has been told by cpu_look_at_requests().
 */
#ifndef EXEC_UNLOCKED_INTERRUPT_H
#define EXEC_UNLOCKED_INTERRUPT_H

#include "hw/core/cpu.h"
#include "qemu/atomic.h"
#include "qemu/main-loop.h"
#include "qemu/p9xive-compat.h"
#include "system/tcg.h"

/*
 * Do the rules above hold?  With one thread for all vCPUs, and when
 * instructions are counted, raising an interrupt has other effects too.
 */
static inline bool cpu_requests_unlocked(void)
{
    return tcg_enabled() && qemu_tcg_mttcg_enabled();
}

/* Of a running vCPU, after a request was set; any thread. */
static inline void cpu_look_at_requests(CPUState *cpu)
{
    qatomic_set(&cpu->neg.icount_decr.u16.high, -1);
}

/*
 * After a request was set, by another thread than @cpu's.  @cpu says that it
 * is halted before it looks for work the last time, under the BQL: either it
 * finds the request then, or we find it halted now.
 */
static inline void cpu_wake_if_halted(CPUState *cpu)
{
    smp_mb();
    if (qatomic_read(&cpu->halted)) {
        BQL_LOCK_GUARD();
        qemu_cpu_kick(cpu);
    }
}

#endif
