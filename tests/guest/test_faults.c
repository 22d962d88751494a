/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Guests with a mistake in their handling of interrupts, one a scenario.  Each
 * ends with an event that is lost; tests/functional/test_recorder.py asks the
 * flight recorder why.
 */
#include "console.h"
#include "irq.h"
#include "tests.h"

#define STALE_ENTRIES 4
#define FOREVER_MS 600000
#define DRC_CPU 0x10000000
#define DRC_ISOLATION 9001
#define DRC_ALLOCATION 9003
#define WATCHDOG_RESTART 0x102
#define WATCHDOG_MS 500

/* Source 0 leads to this vCPU; MSR[EE] is off, and CPPR open. */
static void open_one(void)
{
    irq_open(this_cpu, PRIORITY);
    irq_source(0, 0, this_cpu, PRIORITY);
    tima_drain();
}

static struct queue *the_queue(void)
{
    return &irq_cpus[this_cpu->index].queues[PRIORITY];
}

static void trigger_and_accept(void)
{
    esb_trigger(&irq_sources[0]);
    ok_eq(tima_ack() >> 8, NSR_EO, "the vCPU accepts the event");
}

void test_fault_none(void)
{
    u32 eisn;

    open_one();
    trigger_and_accept();
    ok(queue_next(the_queue(), &eisn), "the event is in the queue");
    ok_eq(esb_eoi(&irq_sources[0]), 0, "and is ended");
    set_cppr(CPPR_OPEN);
}

void test_fault_eoi(void)
{
    u32 eisn;

    open_one();
    trigger_and_accept();
    ok(queue_next(the_queue(), &eisn), "the event is in the queue");
    set_cppr(CPPR_OPEN);
    esb_trigger(&irq_sources[0]);
    ok_eq(esb_get(&irq_sources[0]), PQ_QUEUED, "another one waits in Q");
}

void test_fault_cppr(void)
{
    open_one();
    set_cppr(0);
    esb_trigger(&irq_sources[0]);
    ok_eq(esb_get(&irq_sources[0]), PQ_PENDING, "the event is pending");
}

void test_fault_ee(void)
{
    open_one();
    esb_trigger(&irq_sources[0]);
    ok_eq(os_byte(TM_OS_NSR), NSR_EO, "the vCPU is signalled");
}

void test_fault_masked(void)
{
    open_one();
    hcall(H_INT_SET_SOURCE_CONFIG, SRC_SET_EISN, irq_sources[0].lisn, 0, 0xff,
          0);
    esb_trigger(&irq_sources[0]);
    ok_eq(esb_get(&irq_sources[0]), PQ_PENDING, "the event is pending");
}

/* Words from an earlier use of the memory look like events. */
void test_fault_queue(void)
{
    struct queue *q;
    u32 eisn;

    open_one();
    q = the_queue();
    queue_close(q);
    for (u32 i = 0; i < STALE_ENTRIES; i++) {
        q->base[i] = 0x80000000 | 0x55;
    }
    ok_eq(hcall(H_INT_SET_QUEUE_CONFIG, EQ_ALWAYS_NOTIFY, q->server,
                q->priority, (u64)q->base, EQ_SHIFT), 0,
          "the hypervisor takes the queue");
    ok_eq(queue_drain(q), STALE_ENTRIES, "the guest takes stale words");
    trigger_and_accept();
    ok(!queue_next(q, &eisn), "and doesn't find the event");
    set_cppr(CPPR_OPEN);
}

void test_fault_esn(void)
{
    struct queue *q;
    u32 eisn;

    open_one();
    q = the_queue();
    hcall(H_INT_SET_QUEUE_CONFIG, 0, q->server, q->priority, (u64)q->base,
          EQ_SHIFT);
    trigger_and_accept();
    ok(queue_next(q, &eisn), "the event is in the queue");
    esb_eoi(&irq_sources[0]);
    set_cppr(CPPR_OPEN);
    esb_trigger(&irq_sources[0]);
    ok_eq(tima_ack() >> 8, 0, "the vCPU is not told of the next one");
}

/* The END of the event before is told again; that one is never EOI'd. */
void test_fault_esn_eoi(void)
{
    struct source esn = { 0 };
    u64 out[9] = { 0 };

    test_fault_esn();
    ok_eq(hcall_out(H_INT_GET_QUEUE_INFO, out, 0, the_queue()->server,
                    PRIORITY), 0, "the hypervisor names the ESn page");
    esn.eoi = out[0];
    ok_eq(esb_eoi(&esn), 1, "the EOI of ESn sends what it has held");
    ok_eq(tima_ack() >> 8, NSR_EO, "the vCPU accepts it");
    set_cppr(CPPR_OPEN);
}

/* Through 0x500. */
void test_fault_none_taken(void)
{
    open_one();
    irq_enable();
    esb_trigger(&irq_sources[0]);
    ok(WAIT_FOR(irq_counts[0] == 1, 1000), "the vCPU takes the interrupt");
    irq_disable();
}

/*
 * What a hot unplug leaves of a guest that has forgotten an interrupt.  The
 * vCPU has never run; test_recorder.py removes it after the guest has given it
 * back.
 */
void test_fault_unplugged(void)
{
    u32 server = machine.servers[1];
    struct source s;
    struct queue q;

    queue_open(&q, server, PRIORITY);
    ok(source_open(&s, 0), "the source is there");
    source_route(&s, server, PRIORITY, 0);
    ok_eq(rtas("set-indicator", 1, NULL, DRC_ISOLATION, DRC_CPU | server, 0),
          0, "the guest isolates the vCPU");
    ok_eq(rtas("set-indicator", 1, NULL, DRC_ALLOCATION, DRC_CPU | server, 0),
          0, "and gives it back");
    print("# unplug it\n");
    ok(WAIT_FOR(hcall(H_INT_GET_QUEUE_INFO, 0, server, PRIORITY), FOREVER_MS),
       "the vCPU goes");
    esb_trigger(&s);
    ok_eq(esb_get(&s), PQ_PENDING, "its interrupt is pending");
}

static void arm_watchdog(void)
{
    ok_eq(hcall(H_WATCHDOG, WATCHDOG_RESTART, 1, WATCHDOG_MS), 0,
          "the hypervisor starts a watchdog");
}

/* An event is lost; then comes the end that the boot arguments name. */
void test_fault_then(void)
{
    static const char reason[] = "the guest of test_recorder.py";

    test_fault_eoi();
    print("# lost\n");
    if (bootarg_is("then", "panic")) {
        rtas("ibm,os-term", 1, NULL, (u32)(u64)reason);
    } else if (bootarg_is("then", "watchdog")) {
        arm_watchdog();
    }
    ok(WAIT_FOR(false, FOREVER_MS), "the machine is stopped before this");
}
