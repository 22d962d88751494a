/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tells the flight recorder of external interrupts as vCPUs take them.
 *
 * TCG calls a vCPU's class to take what is pending.  With the recorder on for
 * the first time, the class gets a copy of its operations that looks where the
 * vCPU went; a machine without recorder has upstream's.  vCPUs of KVM take
 * their interrupts unseen.
 */
#include "qemu/osdep.h"
#include "accel/tcg/cpu-ops.h"
#include "hw/core/cpu.h"
#include "target/ppc/cpu.h"

#include "adapter.h"
#include "xive/recorder.h"
#include "xive/tctx.h"

#ifdef CONFIG_TCG
enum {
    MOST_CPUS = 4096,
    VECTOR_MASK = 0xFFF, VECTOR_EXTERNAL = 0x500, VECTOR_HV = 0xEA0
};

/* The number of each vCPU's thread context, by cpu_index. */
static uint32_t threads[MOST_CPUS];
static const TCGCPUOps *plain;
static TCGCPUOps watched;

static void note_vector(CPUState *cs)
{
    target_ulong vector = cpu_env(cs)->nip & VECTOR_MASK;

    if (vector == VECTOR_EXTERNAL || vector == VECTOR_HV) {
        p9x_note(P9X_STEP_TAKEN, 0, threads[cs->cpu_index % MOST_CPUS],
                 vector, 0);
    }
}

static bool exec_interrupt(CPUState *cs, int request)
{
    bool taken = plain->cpu_exec_interrupt(cs, request);

    if (taken) {
        note_vector(cs);
    }
    return taken;
}

static bool exec_interrupt_unlocked(CPUState *cs)
{
    bool taken = plain->cpu_exec_interrupt_unlocked(cs);

    if (taken) {
        note_vector(cs);
    }
    return taken;
}

static void watch_class(CPUState *cs)
{
    const TCGCPUOps *now = cs->cc->tcg_ops;

    if (!now || now == &watched) {
        return;
    }
    plain = now;
    watched = *now;
    watched.cpu_exec_interrupt = exec_interrupt;
    if (now->cpu_exec_interrupt_unlocked) {
        watched.cpu_exec_interrupt_unlocked = exec_interrupt_unlocked;
    }
    qatomic_store_release(&cs->cc->tcg_ops, &watched);
}

void p9xive_watch_taken(void)
{
    CPUState *cs;

    CPU_FOREACH(cs) {
        watch_class(cs);
    }
}

void p9xive_name_thread(PowerPCCPU *cpu, const P9xTctx *tctx)
{
    CPUState *cs = CPU(cpu);

    threads[cs->cpu_index % MOST_CPUS] = p9x_tctx_phys_cam(tctx);
    if (p9x_recording()) {
        watch_class(cs);
    }
}
#else
void p9xive_watch_taken(void)
{
}

void p9xive_name_thread(PowerPCCPU *cpu, const P9xTctx *tctx)
{
}
#endif
