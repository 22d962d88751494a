/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A POWER9 core and its threads: what the CPU's own section leaves out.
 *
 * That section was made for pseries.  It has the registers; it lacks the
 * offsets of time base, VTB and PURR to the machine's clock (which is in the
 * stream), the hypervisor decrementer, doorbells and other interrupts that are
 * events instead of levels, and how a thread will wake.  Levels are not here:
 * the decrementer's and the PMU's follow from registers, external ones from
 * the interrupt controller.
 */
#include "qemu/osdep.h"
#include "hw/ppc/pnv_core.h"
#include "hw/ppc/ppc.h"
#include "migration/cpu.h"
#include "migration/vmstate.h"

#include "pnv_damaged.h"
#include "pnv_state_cpu.h"

/* ------------------------------------------------------------------ core */

/* Firmware reads TFMR a few times until these have counted down. */
#define STATE_TIMER_MAX 3
#define SYNC_TIMER_MAX  1

static int core_post_load(void *opaque, int version_id)
{
    PnvCoreTODState *tod = &((PnvCore *)opaque)->tod_state;

    if (tod->tb_state_timer < 0 || tod->tb_state_timer > STATE_TIMER_MAX ||
        tod->tb_sync_pulse_timer < 0 ||
        tod->tb_sync_pulse_timer > SYNC_TIMER_MAX) {
        tod->tb_state_timer = 0;
        tod->tb_sync_pulse_timer = 0;
        return pnv_state_damaged("time base of a core");
    }
    return 0;
}

static const VMStateDescription vmstate_core = {
    .name = "pnv9-core",
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = core_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_UINTTL_ARRAY(scratch, PnvCore, 8),
        VMSTATE_INT32(tod_state.tb_ready_for_tod, PnvCore),
        VMSTATE_INT32(tod_state.tod_sent_to_tb, PnvCore),
        VMSTATE_INT32(tod_state.tb_state_timer, PnvCore),
        VMSTATE_INT32(tod_state.tb_sync_pulse_timer, PnvCore),
        VMSTATE_END_OF_LIST()
    },
};

/* ---------------------------------------------------------------- thread */

/* Interrupts that are there until they are taken; QEMU knows no others. */
#define EVENTS (PPC_INTERRUPT_HDECR | PPC_INTERRUPT_DOORBELL | \
                PPC_INTERRUPT_HDOORBELL | PPC_INTERRUPT_EBB)

typedef struct {
    PowerPCCPU *parent;
    uint32_t events;
    bool resume_as_sreset;
} ThreadImage;

static int thread_pre_save(void *opaque)
{
    ThreadImage *image = opaque;
    CPUPPCState *env = &image->parent->env;

    image->events = env->pending_interrupts & EVENTS;
    image->resume_as_sreset = env->resume_as_sreset;
    return 0;
}

/*
 * QEMU ends itself when a thread that is to wake by a reset takes anything but
 * what can wake it, so the thread has to be as the instruction left it:
 * stopped, privileged, without an HDEC interrupt.
 */
static bool can_sleep(PowerPCCPU *cpu, uint32_t events)
{
    return CPU(cpu)->halted && !FIELD_EX64(cpu->env.msr, MSR, PR) &&
           !(events & PPC_INTERRUPT_HDECR);
}

static int thread_post_load(void *opaque, int version_id)
{
    ThreadImage *image = opaque;
    CPUPPCState *env = &image->parent->env;

    if (image->events & ~EVENTS) {
        return pnv_state_damaged("pending interrupts of a CPU");
    }
    if (image->resume_as_sreset && !can_sleep(image->parent, image->events)) {
        return pnv_state_damaged("power saving of a CPU");
    }
    env->pending_interrupts &= ~EVENTS;
    env->pending_interrupts |= image->events;
    env->resume_as_sreset = image->resume_as_sreset;
    ppc_maybe_interrupt(env);
    return 0;
}

static const VMStateDescription vmstate_thread_image = {
    .name = "pnv9-thread/image",
    .pre_save = thread_pre_save,
    .post_load = thread_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32(events, ThreadImage),
        VMSTATE_BOOL(resume_as_sreset, ThreadImage),
        VMSTATE_END_OF_LIST()
    },
};

/* The decrementer itself is among the CPU's registers. */
static const VMStateDescription vmstate_time = {
    .name = "pnv9-thread/time",
    .fields = (const VMStateField[]) {
        VMSTATE_INT64(tb_offset, ppc_tb_t),
        VMSTATE_INT64(vtb_offset, ppc_tb_t),
        VMSTATE_INT64(purr_offset, ppc_tb_t),
        VMSTATE_UINT64(hdecr_next, ppc_tb_t),
        VMSTATE_TIMER_PTR(hdecr_timer, ppc_tb_t),
        VMSTATE_END_OF_LIST()
    },
};

/* Without TCG, that is under qtest, there are no timers. */
static bool has_pmu(void *opaque, int version_id)
{
    return ((PowerPCCPU *)opaque)->env.pmu_cyc_overflow_timers[0];
}

#define OVERFLOW_TIMER(n) \
    VMSTATE_TIMER_PTR_TEST(env.pmu_cyc_overflow_timers[n], PowerPCCPU, has_pmu)

static const VMStateDescription vmstate_thread = {
    .name = "pnv9-thread",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_STRUCT_POINTER(env.tb_env, PowerPCCPU, vmstate_time, ppc_tb_t),
        VMSTATE_UINT64(env.pmu_base_time, PowerPCCPU),
        /* PMC5 has none. */
        OVERFLOW_TIMER(0),
        OVERFLOW_TIMER(1),
        OVERFLOW_TIMER(2),
        OVERFLOW_TIMER(3),
        OVERFLOW_TIMER(5),
        VMSTATE_WITH_TMP(PowerPCCPU, ThreadImage, vmstate_thread_image),
        VMSTATE_END_OF_LIST()
    },
};

void pnv_state_register_core(PnvCore *core)
{
    int nr_threads = CPU_CORE(core)->nr_threads;

    vmstate_register(NULL, CPU(core->threads[0])->cpu_index, &vmstate_core,
                     core);
    for (int i = 0; i < nr_threads; i++) {
        PowerPCCPU *thread = core->threads[i];

        vmstate_register(NULL, CPU(thread)->cpu_index, &vmstate_thread,
                         thread);
    }
}
