/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the benchmark's guest side share. */
#ifndef GUEST_BENCH_H
#define GUEST_BENCH_H

#include "console.h"
#include "irq.h"
#include "xive.h"

#define BENCH_WAIT_MS 30000

/* The size of a sample. */
extern u32 bench_ops;

/* A line of output: @count operations took @ticks; events that were counted. */
void bench_report(const char *name, u64 count, u64 ticks, u64 sent,
                  u64 received);

/*
 * The loops keep what they need in registers, so that the access is all that
 * a turn does, in the middle of a translated block as in any real driver.
 */
#define TIMED(name, statement) do {                             \
        const u32 n_ = bench_ops;                               \
        u64 begin_;                                             \
                                                                \
        for (u32 i_ = 0; i_ < n_ / 10; i_++) {                  \
            statement;                                          \
        }                                                       \
        begin_ = timebase();                                    \
        for (u32 i_ = 0; i_ < n_; i_++) {                       \
            statement;                                          \
        }                                                       \
        bench_report(name, n_, timebase() - begin_, 0, 0);      \
    } while (0)

/* One of the vCPUs that do the same at once, each on things of its own. */
struct lane {
    struct source source;
    struct queue queue;
    u32 index, server;
    u32 received;
    volatile u64 begin, end;
} __attribute__((aligned(128)));

struct lane_job {
    const char *name;           /* "-1" and "-2" follow in the output */
    u32 (*work)(struct lane *lane, u32 count);  /* events received */
    bool interrupts;            /* each operation sends an event */
    bool xics;                  /* lanes have no source, no queue, no TIMA */
};

/* The second vCPU, or no return. */
struct cpu *bench_second(void);
/* @job on one vCPU, then on two at once. */
void bench_lanes(const struct lane_job *job);

/*
 * A hypervisor call with five arguments, without a call of a function; @out is
 * what r4 has then.
 */
static inline u64 quick_hcall(u64 nr, u64 a, u64 b, u64 c, u64 d, u64 e,
                              u64 *out)
{
    register u64 r3 __asm__("r3") = nr;
    register u64 r4 __asm__("r4") = a;
    register u64 r5 __asm__("r5") = b;
    register u64 r6 __asm__("r6") = c;
    register u64 r7 __asm__("r7") = d;
    register u64 r8 __asm__("r8") = e;

    __asm__ volatile("sc 1" : "+r"(r3), "+r"(r4), "+r"(r5), "+r"(r6),
                     "+r"(r7), "+r"(r8) ::
                     "r0", "r9", "r10", "r11", "r12", "ctr", "xer", "cr0",
                     "memory");
    *out = r4;
    return r3;
}

/* bench_hcall.c */
void bench_hcalls(void);
void bench_hcalls_pair(void);
void bench_retarget(void);
void bench_retarget_pair(void);
void bench_xics(void);
void bench_xics_pair(void);

#endif
