/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interrupts as the BSDs take them.  Linux has one queue a CPU and opens and
 * closes CPPR; they have a queue for each priority, and CPPR is their interrupt
 * priority level: it goes up and down all the time, also with interrupts that
 * wait, and a handler runs at its own level and is interrupted by more favoured
 * ones.
 *
 * Two CPUs do that at random, always the same way, with IPIs to themselves and
 * to each other and messages of devices at all priorities that a guest may use.
 * Every event is accounted for.  The queues have the one size that the machine
 * offers.
 */
#include "console.h"
#include "irq.h"
#include "pci.h"
#include "tests.h"

#define NR_CPUS 2
#define PRIORITIES 8
#define STEPS 20000
#define WAIT_MS 20000

/* One source, its CPU and its priority. */
struct line {
    struct source source;
    const struct pci_device *device;     /* NULL: an IPI */
    u32 cpu, priority;
    u32 due;                     /* P and Q: events that have yet to end */
    volatile u64 sent, received;
};

static struct driver {
    struct queue queue[PRIORITIES];
    struct line *own[PRIORITIES];        /* sent by this CPU to itself */
    struct line *device[PRIORITIES];     /* likewise, or NULL */
    struct line *other[PRIORITIES];      /* sent by this CPU to the other */
    u8 cppr;
    u64 random;
    volatile u64 spurious, held_back, misrouted, wrong_eois, nested;
} drivers[NR_CPUS];

static struct line lines[4 * PRIORITIES * NR_CPUS];
static struct pci_device devices[PRIORITIES];
static u32 nr_lines, nr_priorities;
static volatile bool ready, stop;

static u32 draw(struct driver *d, u32 below)
{
    d->random ^= d->random << 13;
    d->random ^= d->random >> 7;
    d->random ^= d->random << 17;
    return (d->random >> 20) % below;
}

/* ---- sending ------------------------------------------------------------ */

/*
 * Interrupts are off, so what is due and PQ agree: a trigger on PQ 11 is one
 * with that before it.
 */
static void send(struct line *l)
{
    if (l->due < 2) {
        l->due++;
        l->sent++;
    }
    if (l->device) {
        edu_write(l->device, EDU_IRQ_RAISE, 1);
    } else {
        esb_trigger(&l->source);
    }
}

/* The other CPU ends it, so the next one waits for that. */
static void send_over(struct line *l)
{
    if (l->received == l->sent) {
        l->sent++;
        barrier();
        esb_trigger(&l->source);
    }
}

static void send_locked(struct line *l)
{
    irq_disable();
    send(l);
    irq_enable();
}

/* ---- receiving ---------------------------------------------------------- */

static void end(struct driver *d, struct line *l, bool from_other)
{
    if (l->device) {
        edu_write(l->device, EDU_IRQ_ACK, 1);
    }
    d->wrong_eois += esb_eoi(&l->source) != (!from_other && l->due == 2);
    l->due -= !from_other;
    barrier();
    l->received++;
}

/* A handler's work; some of it is to interrupt the CPU again. */
static void work(struct driver *d, bool may_nest)
{
    if (may_nest) {
        irq_enable();
    }
    for (u32 i = draw(d, 20); i; i--) {
        barrier();
    }
    irq_disable();
    if (draw(d, 4) == 0) {
        send(d->own[draw(d, nr_priorities)]);
    }
}

static void serve(struct driver *d, u32 priority, bool may_nest)
{
    u32 eisn;

    while (queue_next(&d->queue[priority], &eisn)) {
        struct line *l = &lines[eisn];

        if (eisn >= nr_lines || &drivers[l->cpu] != d ||
            l->priority != priority) {
            d->misrouted++;
            continue;
        }
        work(d, may_nest);
        end(d, l, l == drivers[!l->cpu].other[priority]);
    }
}

static void take_external(struct cpu *cpu)
{
    struct driver *d = &drivers[cpu->index];
    u8 level = d->cppr;
    u16 ack = tima_ack();
    u8 priority = ack;
    bool favoured = priority < level;

    if (!(ack >> 8 & NSR_EO) || priority >= nr_priorities) {
        d->spurious++;
        return;
    }
    d->held_back += !favoured;
    d->nested += level != CPPR_OPEN;
    d->cppr = priority;
    serve(d, priority, favoured);
    d->cppr = level;
    set_cppr(level);
}

/* ---- the rest of the system --------------------------------------------- */

static void set_level(struct driver *d, u8 level)
{
    d->cppr = level;
    set_cppr(level);
}

static u8 draw_level(struct driver *d)
{
    u32 level = draw(d, PRIORITIES + 1);

    return level == PRIORITIES ? CPPR_OPEN : level;
}

static void step(struct driver *d)
{
    u32 priority = draw(d, nr_priorities);

    switch (draw(d, 8)) {
    case 0:
    case 1:
        send_locked(d->own[priority]);
        break;
    case 2:
        send_locked(d->device[priority] ? d->device[priority] :
                                          d->own[priority]);
        break;
    case 3:
        send_over(d->other[priority]);
        break;
    case 4:
        irq_disable();
        for (u32 i = 0; i < 3; i++) {
            send(d->own[draw(d, nr_priorities)]);
        }
        set_level(d, draw_level(d));
        irq_enable();
        break;
    case 5:
    case 6:
        irq_disable();
        set_level(d, draw_level(d));
        irq_enable();
        break;
    default:
        irq_disable();
        set_level(d, CPPR_OPEN);
        irq_enable();
        break;
    }
}

static void run_system(struct cpu *cpu)
{
    struct driver *d = &drivers[cpu->index];

    tima_drain();
    d->cppr = CPPR_OPEN;
    irq_enable();
    ready = true;
    for (u32 i = 0; i < STEPS; i++) {
        step(d);
    }
    irq_disable();
    set_level(d, CPPR_OPEN);
    irq_enable();
}

static void run_other_system(struct cpu *cpu)
{
    run_system(cpu);
    WAIT_FOR(stop, WAIT_MS);
    irq_disable();
}

static bool all_arrived(void)
{
    for (u32 i = 0; i < nr_lines; i++) {
        if (lines[i].received < lines[i].sent) {
            return false;
        }
    }
    return true;
}

/* ---- setting up --------------------------------------------------------- */

static struct line *new_line(u64 lisn, const struct cpu *cpu, u32 priority)
{
    struct line *l = &lines[nr_lines];

    if (!source_open(&l->source, lisn)) {
        die("lisn 0x%lx has no source", lisn);
    }
    l->cpu = cpu->index;
    l->priority = priority;
    source_route(&l->source, cpu->server, priority, nr_lines++);
    return l;
}

static struct line *new_device(u32 n, const struct cpu *cpu)
{
    struct pci_device *d = &devices[n];
    struct line *l;
    u32 lisn;

    if (!pci_find_from(d, PCI_EDU, n ? devices[n - 1].slot + 1 : 0)) {
        return NULL;
    }
    pci_enable(d, n);
    if (pci_change_msi(d, 1, &lisn) != 1) {
        return NULL;
    }
    pci_enable_msi(d, true);
    l = new_line(lisn, cpu, n);
    l->device = d;
    return l;
}

static void set_up(struct cpu *cpu, struct cpu *other)
{
    struct driver *d = &drivers[cpu->index];
    u64 lisn = cpu->index * 2 * PRIORITIES;

    d->random = 0x9e3779b97f4a7c15ULL + cpu->index;
    for (u32 p = 0; p < nr_priorities; p++) {
        queue_open(&d->queue[p], cpu->server, p);
    }
    for (u32 p = 0; p < nr_priorities; p++) {
        d->own[p] = new_line(lisn + 2 * p, cpu, p);
        drivers[other->index].other[p] = new_line(lisn + 2 * p + 1, cpu, p);
    }
    cpu->on_external = take_external;
}

static void take_down(struct cpu *cpu)
{
    cpu->on_external = NULL;
    for (u32 p = 0; p < nr_priorities; p++) {
        queue_close(&drivers[cpu->index].queue[p]);
    }
}

static void release(struct line *l)
{
    u32 lisn;

    source_close(&l->source);
    if (l->device) {
        pci_enable_msi(l->device, false);
        pci_change_msi(l->device, 0, &lisn);
    }
}

/* ---- the account -------------------------------------------------------- */

static void check_priority(u32 priority)
{
    u64 sent = 0, received = 0;

    for (u32 i = 0; i < nr_lines; i++) {
        if (lines[i].priority == priority) {
            sent += lines[i].sent;
            received += lines[i].received;
        }
    }
    ok_eq(received, sent,
          "with levels: each event sent at priority %u is received", priority);
    ok(sent > STEPS / 8, "with levels: there were many at priority %u",
       priority);
}

static void check_account(void)
{
    struct driver *a = &drivers[0], *b = &drivers[1];

    for (u32 p = 0; p < nr_priorities; p++) {
        check_priority(p);
    }
    ok_eq(a->held_back + b->held_back, 0,
          "[X18] with levels: no interrupt comes that CPPR holds back");
    ok_eq(a->spurious + b->spurious, 0,
          "with levels: each acknowledge is of an interrupt");
    ok_eq(a->misrouted + b->misrouted, 0,
          "with levels: each entry is in the queue of its priority");
    ok_eq(a->wrong_eois + b->wrong_eois, 0,
          "with levels: each EOI says whether there is another event");
    ok(a->nested > 100 && b->nested > 100,
       "with levels: handlers were interrupted by more favoured ones");
    ok_eq(os_byte(TM_OS_IPB), 0, "with levels: nothing is left pending");
}

void test_driver_with_levels(void)
{
    struct cpu *other = cpu_second();

    nr_priorities = machine.reserved_prio_first;
    if (!other || nr_priorities > PRIORITIES) {
        ok(false, "there are two vCPUs and at most 8 priorities");
        return;
    }
    set_up(this_cpu, other);
    set_up(other, this_cpu);
    for (u32 p = 0; p < nr_priorities; p++) {
        drivers[0].device[p] = new_device(p, this_cpu);
        ok(drivers[0].device[p], "priority %u has a device", p);
    }
    cpu_run(other, run_other_system);
    WAIT_FOR(ready, WAIT_MS);
    run_system(this_cpu);
    WAIT_FOR(all_arrived(), WAIT_MS);
    stop = true;
    ok(cpu_wait(other, WAIT_MS), "the other vCPU comes to an end, too");
    irq_disable();
    check_account();
    for (u32 i = 0; i < nr_lines; i++) {
        release(&lines[i]);
    }
    take_down(this_cpu);
    take_down(other);
    tima_drain();
}
