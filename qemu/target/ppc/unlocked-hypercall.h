/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hypervisor calls that need no global lock.
 *
 * Under TCG, sc 1 of a guest whose hypervisor is the machine is an exception,
 * and the BQL is held around each exception.  A device whose calls have locks
 * of their own registers a second way to do them.  Such a function
 *
 *   - runs on the vCPU's thread, without the BQL, beside the same call of other
 *     vCPUs and beside whatever holds the BQL;
 *   - never waits for a thread that may hold the BQL, but may take it, and
 *     may raise interrupts as a store to a device may;
 *   - never changes the memory map, never leaves the CPU loop, never halts the
 *     vCPU;
 *   - may decline, before anything has happened: then the call is an exception
 *     after all, and the machine's table of calls has it.
 *
 * When all vCPUs are stopped (savevm, reset of the machine, migration) no call
 * is half done: a vCPU stops between two blocks.
 *
 * With one thread for all vCPUs, with counted instructions, while a debugger
 * steps through the guest or exceptions are logged, with MSR[PR], and in a
 * guest of the guest, each call is an exception.
 */
#ifndef PPC_UNLOCKED_HYPERCALL_H
#define PPC_UNLOCKED_HYPERCALL_H

#include "target/ppc/cpu.h"

/* Numbers that can be registered are below, and multiples of 4. */
enum { PPC_UNLOCKED_HYPERCALL_END = 0x800 };

/* @args: r4 and on, in and out.  False: declined; else @rc is what r3 gets. */
typedef bool PPCUnlockedHypercall(PowerPCCPU *cpu, target_ulong nr,
                                  target_ulong *args, target_ulong *rc);

/* Before vCPUs run.  The latest one for @nr counts. */
#ifdef CONFIG_TCG
void ppc_register_unlocked_hypercall(target_ulong nr,
                                     PPCUnlockedHypercall *call);
#else
static inline void ppc_register_unlocked_hypercall(target_ulong nr,
                                                   PPCUnlockedHypercall *call)
{
    /* KVM takes no BQL for what it does by itself. */
}
#endif

#endif
