/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interrupts taken through vector 0x500: what a kernel does with them, and
 * counts of everything for the tests and the benchmark.
 *
 * Sources are numbered by EISN: the event's data says which one to EOI.
 */
#ifndef GUEST_IRQ_H
#define GUEST_IRQ_H

#include "xive.h"

#define IRQ_MAX_SOURCES 4200

/* Offsets that entry.S needs. */
#define LEAN_TIMA 0
#define LEAN_QUEUE 8
#define LEAN_SOURCES 16
#define LEAN_ANSWER 24
#define LEAN_EVENTS 32
#define LEAN_SPURIOUS 40

#ifndef __ASSEMBLER__
struct irq_cpu {
    /* For irq_lean in entry.S: the one queue, and a page to trigger. */
    u64 tima;
    struct queue *queue;
    struct source *sources;
    volatile u64 answer;         /* 0: none */
    volatile u64 events;
    volatile u64 spurious;       /* 0x500 without anything signalled */
    struct queue queues[8];
    u32 open;                    /* bit per priority */
    volatile u64 unknown;        /* data that is no EISN of ours */
    void (*volatile on_event)(struct irq_cpu *ic, u32 eisn);
};

extern struct irq_cpu irq_cpus[GUEST_MAX_CPUS];
extern struct source irq_sources[IRQ_MAX_SOURCES];
extern volatile u32 irq_counts[IRQ_MAX_SOURCES];

/* Opens this CPU's queue and takes its 0x500. From any CPU for @cpu. */
void irq_open(struct cpu *cpu, u32 priority);
void irq_close(struct cpu *cpu);
/*
 * From now on, and until irq_close(), this CPU's 0x500 is entry.S's irq_lean:
 * one queue, no calls.  Each event triggers page @answer if that isn't 0.
 */
void irq_be_lean(struct cpu *cpu, u32 priority, u64 answer);
/* Source number @eisn is @lisn, routed and idle. */
bool irq_source(u32 eisn, u64 lisn, const struct cpu *cpu, u32 priority);
void irq_external(struct cpu *cpu);
void irq_reset_counts(void);

#endif /* __ASSEMBLER__ */
#endif
