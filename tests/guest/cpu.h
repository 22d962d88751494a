/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One vCPU as the guest sees it. r13 holds the address of its struct cpu from
 * the first instruction on, so that the vectors need no scratch SPR.
 */
#ifndef GUEST_CPU_H
#define GUEST_CPU_H

/* Offsets that entry.S needs; cpu.c asserts that they are right. */
#define CPU_SCRATCH0 0
#define CPU_SCRATCH1 8
#define CPU_SCRATCH2 16
#define CPU_STACK 24
#define CPU_SAVED 32
#define CPU_LEAN 96

/* The exception frame above the red zone and the ABI's own 32 bytes. */
#define FRAME_GPR 32          /* r0-r12, r1 and r2 unused */
#define FRAME_LR 136
#define FRAME_CTR 144
#define FRAME_CR 152
#define FRAME_XER 160
#define FRAME_SRR0 168
#define FRAME_SRR1 176
#define FRAME_SIZE (192 + 288)

#define MSR_SF 0x8000000000000000
#define MSR_EE 0x8000
#define MSR_ME 0x1000
#define MSR_IR 0x20
#define MSR_DR 0x10
#define MSR_RI 0x2

#define GUEST_MAX_CPUS 8
#define GUEST_STACK 0x4000

#ifndef __ASSEMBLER__
#include "types.h"

struct cpu {
    u64 scratch[3];
    u64 stack;

    u64 saved[8];                        /* of irq_lean */
    struct irq_cpu *volatile lean;       /* 0x500 is irq_lean's; or NULL */

    u32 index;               /* 0 is the boot CPU */
    u32 server;              /* ibm,ppc-interrupt-server#s */

    /* Accesses that may fault: the vector counts them and steps over. */
    volatile u64 probing;
    volatile u64 faults;
    volatile u64 fault_vector;

    void (*volatile on_external)(struct cpu *cpu);
    volatile u64 externals;  /* 0x500 taken */

    /* Mailbox: the boot CPU hands out one function at a time. */
    void (*volatile work)(struct cpu *cpu);
    volatile u64 started;
};

extern struct cpu cpus[GUEST_MAX_CPUS];
extern u32 nr_started;

register struct cpu *this_cpu __asm__("r13");

#define TIMEBASE_HZ 512000000ULL

static inline u64 timebase(void)
{
    u64 tb;

    __asm__ volatile("mftb %0" : "=r"(tb));
    return tb;
}

static inline void barrier(void)
{
    __asm__ volatile("sync" ::: "memory");
}

static inline u64 read_msr(void)
{
    u64 msr;

    __asm__ volatile("mfmsr %0" : "=r"(msr));
    return msr;
}

/* L=1 touches EE and RI only. */
static inline void irq_enable(void)
{
    __asm__ volatile("mtmsrd %0,1" :: "r"((u64)(MSR_EE | MSR_RI)) : "memory");
}

static inline void irq_disable(void)
{
    __asm__ volatile("mtmsrd %0,1" :: "r"((u64)MSR_RI) : "memory");
}

/*
 * Ticks of a millisecond that something which has to come may take: more than
 * there are in one when the host is slow or busy (boot argument wait-scale).
 */
extern u64 wait_ticks;

/* True when @cond came true within @ms milliseconds of wait_ticks. */
#define WAIT_FOR(cond, ms) ({                                           \
    u64 end_ = timebase() + (ms) * wait_ticks;                          \
    bool met_ = false;                                                  \
    while (!(met_ = (cond)) && timebase() < end_) {                     \
        __asm__ volatile("" ::: "memory");                              \
    }                                                                   \
    met_ || (cond);                                                     \
})

/*
 * The same for what an interrupt brings, with interrupts on: sleeps meanwhile,
 * so that two vCPUs do not take turns on one busy processor by waiting out
 * each other's time slices.
 */
#define SLEEP_FOR(cond, ms) ({                                          \
    u64 end_ = timebase() + (ms) * wait_ticks;                          \
    irq_disable();                                                      \
    while (!(cond) && timebase() < end_) {                              \
        cpu_cede();                                                     \
        irq_disable();                                                  \
    }                                                                   \
    irq_enable();                                                       \
    (cond);                                                             \
})

/* What is no limit but a load: as long on any host. */
void cpu_delay(u64 ms);
/* Sleeps until an interrupt, cpu_wake() or 20 ms; leaves interrupts on. */
void cpu_cede(void);
/* The same, but for 4 s. */
void cpu_sleep(void);
/* True if more time has passed than a wake-up takes, which is less than 4 s. */
bool cpu_slept_long(u64 begin);
void cpu_wake(const struct cpu *cpu);
/* After of_read_bootargs(). */
void cpu_boot_init(void);
void vectors_install(void);
void mmu_init(void);
void mmu_map_io(u64 addr, u64 size);
/* Starts the vCPU whose server number is @server; NULL when it won't come. */
struct cpu *cpu_start(u32 server);
/* The second vCPU, started when it is first asked for; NULL: there is none. */
struct cpu *cpu_second(void);
void cpu_run(struct cpu *cpu, void (*work)(struct cpu *cpu));
bool cpu_wait(struct cpu *cpu, u64 ms);
void cpu_exception(u64 vector, u64 *frame);
void mmu_enable_this_cpu(void);

void *arena_alloc(u64 size, u64 align);
void power_off(void) __attribute__((noreturn));

/* Loads and stores that may fault; false if they did. */
bool probe_load(u64 addr, int size, u64 *value);
bool probe_store(u64 addr, int size, u64 value);

#endif /* __ASSEMBLER__ */
#endif
