/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "console.h"
#include "irq.h"

_Static_assert(offsetof(struct source, eoi) == SOURCE_EOI, "entry.S");
_Static_assert(sizeof(struct source) == SOURCE_SIZE, "entry.S");
_Static_assert(offsetof(struct queue, base) == QUEUE_BASE, "entry.S");
_Static_assert(offsetof(struct queue, index) == QUEUE_INDEX, "entry.S");
_Static_assert(offsetof(struct queue, generation) == QUEUE_GENERATION,
               "entry.S");
_Static_assert(offsetof(struct irq_cpu, tima) == LEAN_TIMA, "entry.S");
_Static_assert(offsetof(struct irq_cpu, queue) == LEAN_QUEUE, "entry.S");
_Static_assert(offsetof(struct irq_cpu, sources) == LEAN_SOURCES,
               "entry.S");
_Static_assert(offsetof(struct irq_cpu, answer) == LEAN_ANSWER, "entry.S");
_Static_assert(offsetof(struct irq_cpu, events) == LEAN_EVENTS, "entry.S");
_Static_assert(offsetof(struct irq_cpu, spurious) == LEAN_SPURIOUS,
               "entry.S");

struct irq_cpu irq_cpus[GUEST_MAX_CPUS];
struct source irq_sources[IRQ_MAX_SOURCES];
volatile u32 irq_counts[IRQ_MAX_SOURCES];

void irq_open(struct cpu *cpu, u32 priority)
{
    struct irq_cpu *ic = &irq_cpus[cpu->index];

    queue_open(&ic->queues[priority], cpu->server, priority);
    ic->open |= 1u << priority;
    cpu->on_external = irq_external;
}

void irq_close(struct cpu *cpu)
{
    struct irq_cpu *ic = &irq_cpus[cpu->index];

    cpu->on_external = NULL;
    cpu->lean = NULL;
    for (int p = 0; p < 8; p++) {
        if (ic->open & 1u << p) {
            queue_close(&ic->queues[p]);
        }
    }
    ic->open = 0;
    ic->on_event = NULL;
}

void irq_be_lean(struct cpu *cpu, u32 priority, u64 answer)
{
    struct irq_cpu *ic = &irq_cpus[cpu->index];

    ic->tima = tima(0);
    ic->queue = &ic->queues[priority];
    ic->sources = irq_sources;
    ic->answer = answer;
    barrier();
    cpu->lean = ic;
}

bool irq_source(u32 eisn, u64 lisn, const struct cpu *cpu, u32 priority)
{
    if (!source_open(&irq_sources[eisn], lisn)) {
        return false;
    }
    source_route(&irq_sources[eisn], cpu->server, priority, eisn);
    return true;
}

void irq_reset_counts(void)
{
    memset((void *)irq_counts, 0, sizeof(irq_counts));
    for (int i = 0; i < GUEST_MAX_CPUS; i++) {
        irq_cpus[i].events = 0;
        irq_cpus[i].spurious = 0;
        irq_cpus[i].unknown = 0;
        cpus[i].externals = 0;
    }
}

void irq_external(struct cpu *cpu)
{
    struct irq_cpu *ic = &irq_cpus[cpu->index];
    u16 ack = tima_ack();
    u32 eisn;

    if (!(ack >> 8 & NSR_EO)) {
        ic->spurious++;
        return;
    }
    while (queue_next(&ic->queues[ack & 7], &eisn)) {
        if (eisn >= IRQ_MAX_SOURCES || !irq_sources[eisn].eoi) {
            ic->unknown++;
            continue;
        }
        irq_counts[eisn]++;
        ic->events++;
        esb_eoi(&irq_sources[eisn]);
        if (ic->on_event) {
            ic->on_event(ic, eisn);
        }
    }
    set_cppr(CPPR_OPEN);
}
