/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Interrupts through vector 0x500, on one vCPU and between two. */
#include "console.h"
#include "irq.h"
#include "tests.h"

#define SELF_IPIS 1000
#define ROUNDS 500
#define WAIT_MS 20000

void test_external_interrupts(void)
{
    struct irq_cpu *ic = &irq_cpus[0];
    u32 late = 0;

    irq_reset_counts();
    irq_open(this_cpu, PRIORITY);
    irq_source(0, 0, this_cpu, PRIORITY);
    tima_drain();
    irq_enable();
    for (u32 sent = 1; sent <= SELF_IPIS; sent++) {
        esb_trigger(&irq_sources[0]);
        late += !WAIT_FOR(ic->events == sent, 1000);
    }
    irq_disable();
    ok_eq(ic->events, SELF_IPIS, "1000 self-IPIs arrive through 0x500");
    ok_eq(this_cpu->externals, SELF_IPIS, "each took the vector once");
    ok_eq(late + ic->spurious + ic->unknown, 0,
          "none was late, spurious or of unknown origin");

    irq_reset_counts();
    set_cppr(0);
    irq_enable();
    esb_trigger(&irq_sources[0]);
    for (int i = 0; i < 1000; i++) {
        barrier();
    }
    ok_eq(this_cpu->externals, 0, "with CPPR 0 the vector is not taken");
    set_cppr(CPPR_OPEN);
    ok(WAIT_FOR(ic->events == 1, 1000), "opening CPPR takes it");
    irq_disable();
    ok_eq(this_cpu->externals, 1, "once");
    source_close(&irq_sources[0]);
    irq_close(this_cpu);
    tima_drain();
}

/* ---- two vCPUs --------------------------------------------------------- */

static struct cpu *other;
static volatile bool stop, ready;

/* Nothing may be sent before: draining would swallow it. */
static void get_ready(void)
{
    tima_drain();
    irq_enable();
    ready = true;
}

static void run_other(void (*work)(struct cpu *cpu))
{
    ready = false;
    cpu_run(other, work);
    WAIT_FOR(ready, WAIT_MS);
}

static void listen(struct cpu *cpu)
{
    (void)cpu;
    get_ready();
    while (!stop) {
        barrier();
    }
    irq_disable();
}

/* The other vCPU answers EISN 0 by triggering EISN 1, which comes to us. */
static void answer(struct irq_cpu *ic, u32 eisn)
{
    (void)ic;
    if (eisn == 0) {
        esb_trigger(&irq_sources[1]);
    }
}

static bool open_pair(void)
{
    other = cpu_second();
    if (!other) {
        ok(false, "a second vCPU starts");
        return false;
    }
    irq_reset_counts();
    irq_open(this_cpu, PRIORITY);
    irq_open(other, PRIORITY);
    irq_source(0, 0, other, PRIORITY);
    irq_source(1, 1, this_cpu, PRIORITY);
    tima_drain();
    stop = false;
    return true;
}

static void close_pair(void)
{
    source_close(&irq_sources[0]);
    source_close(&irq_sources[1]);
    irq_close(this_cpu);
    irq_close(other);
    tima_drain();
}

static void test_ping_pong(void)
{
    u32 late = 0;

    if (!open_pair()) {
        return;
    }
    irq_cpus[1].on_event = answer;
    run_other(listen);
    irq_enable();
    for (u32 sent = 1; sent <= ROUNDS && !late; sent++) {
        esb_trigger(&irq_sources[0]);
        late += !WAIT_FOR(irq_cpus[0].events == sent, WAIT_MS);
    }
    irq_disable();
    stop = true;
    ok(cpu_wait(other, WAIT_MS), "the second vCPU stops listening");
    ok_eq(irq_cpus[1].events, ROUNDS, "500 IPIs reach the other vCPU");
    ok_eq(irq_cpus[0].events, ROUNDS, "each of its answers comes back");
    ok_eq(irq_cpus[0].spurious + irq_cpus[1].spurious +
          irq_cpus[0].unknown + irq_cpus[1].unknown, 0,
          "nothing else arrives on either");
    close_pair();
}

static void send_rounds(volatile u64 *received, const struct source *s)
{
    for (u32 sent = 1; sent <= ROUNDS; sent++) {
        esb_trigger(s);
        if (!WAIT_FOR(*received >= sent, WAIT_MS)) {
            return;
        }
    }
}

static void both_ways(struct cpu *cpu)
{
    (void)cpu;
    get_ready();
    send_rounds(&irq_cpus[0].events, &irq_sources[1]);
    while (!stop) {
        barrier();
    }
    irq_disable();
}

static void test_both_ways(void)
{
    if (!open_pair()) {
        return;
    }
    irq_enable();
    run_other(both_ways);
    send_rounds(&irq_cpus[1].events, &irq_sources[0]);
    WAIT_FOR(irq_cpus[0].events == ROUNDS, WAIT_MS);
    stop = true;
    cpu_wait(other, WAIT_MS);
    irq_disable();
    ok_eq(irq_cpus[1].events, ROUNDS,
          "crossing IPIs: 500 sent one way arrive");
    ok_eq(irq_cpus[0].events, ROUNDS,
          "crossing IPIs: 500 sent the other way arrive");
    close_pair();
}

/* Two vCPUs trigger one source at once: every trigger is seen afterwards. */
static volatile u64 flag_other, seen_other;

static void race_sender(struct cpu *cpu)
{
    (void)cpu;
    get_ready();
    for (u32 i = 1; i <= ROUNDS; i++) {
        flag_other = i;
        barrier();
        esb_trigger(&irq_sources[1]);
        if (!WAIT_FOR(seen_other >= i, WAIT_MS)) {
            return;
        }
    }
}

static void note_flags(struct irq_cpu *ic, u32 eisn)
{
    (void)ic;
    (void)eisn;
    barrier();
    seen_other = flag_other;
}

static void test_shared_source(void)
{
    if (!open_pair()) {
        return;
    }
    flag_other = seen_other = 0;
    irq_cpus[0].on_event = note_flags;
    irq_enable();
    run_other(race_sender);
    while (other->work) {
        esb_trigger(&irq_sources[1]);
    }
    WAIT_FOR(esb_get(&irq_sources[1]) == PQ_IDLE, WAIT_MS);
    irq_disable();
    ok_eq(seen_other, ROUNDS,
          "of two vCPUs that trigger one source no trigger is lost");
    close_pair();
}

void test_cross_cpu(void)
{
    test_ping_pong();
    test_both_ways();
    test_shared_source();
}

/* ---- bursts ------------------------------------------------------------ */

void test_burst(void)
{
    u32 n = machine.lisn_count < 64 ? machine.lisn_count : 64;
    u32 wrong = 0;

    irq_reset_counts();
    irq_open(this_cpu, PRIORITY);
    irq_open(this_cpu, 2);
    for (u32 i = 0; i < n; i++) {
        irq_source(i, i, this_cpu, i & 1 ? PRIORITY : 2);
    }
    tima_drain();
    set_cppr(0);
    for (u32 i = 0; i < n; i++) {
        esb_trigger(&irq_sources[i]);
    }
    irq_enable();
    set_cppr(CPPR_OPEN);
    WAIT_FOR(irq_cpus[0].events >= n, 1000);
    irq_disable();
    for (u32 i = 0; i < n; i++) {
        wrong += irq_counts[i] != 1;
        source_close(&irq_sources[i]);
    }
    ok_eq(irq_cpus[0].events, n, "a burst of %u sources brings %u events", n,
          n);
    ok_eq(wrong, 0, "one from each source");
    ok_eq(this_cpu->externals, 2, "in one interrupt for each priority");
    irq_close(this_cpu);
    tima_drain();
}
