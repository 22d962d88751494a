/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Interrupts through vector 0x500, on one vCPU and between two. */
#include "console.h"
#include "irq.h"
#include "tests.h"

#define SELF_IPIS 1000
#define WAKE_UPS 5000
#define PINGS 200
#define CROSSINGS 16         /* rounds of: */
#define CROSSING_SOURCES 32  /* that many events each way */
#define RACES 500
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
    SLEEP_FOR(stop, WAIT_MS);
    irq_disable();
}

static void stop_other(void)
{
    stop = true;
    cpu_wake(other);
}

/* The other vCPU answers EISN 0 by triggering EISN 1, which comes to us. */
static void answer(struct irq_cpu *ic, u32 eisn)
{
    (void)ic;
    if (eisn == 0) {
        esb_trigger(&irq_sources[1]);
    }
}

/* Sources 0 to @each - 1 come to the other vCPU, the next @each to us. */
static bool open_pair(u32 each)
{
    other = cpu_second();
    if (!other) {
        ok(false, "a second vCPU starts");
        return false;
    }
    irq_reset_counts();
    irq_open(this_cpu, PRIORITY);
    irq_open(other, PRIORITY);
    for (u32 i = 0; i < each; i++) {
        irq_source(i, i, other, PRIORITY);
        irq_source(each + i, each + i, this_cpu, PRIORITY);
    }
    tima_drain();
    stop = false;
    return true;
}

static void close_pair(u32 each)
{
    for (u32 i = 0; i < 2 * each; i++) {
        source_close(&irq_sources[i]);
    }
    irq_close(this_cpu);
    irq_close(other);
    tima_drain();
}

static void test_ping_pong(void)
{
    u32 late = 0;

    if (!open_pair(1)) {
        return;
    }
    irq_cpus[1].on_event = answer;
    run_other(listen);
    irq_enable();
    for (u32 sent = 1; sent <= PINGS && !late; sent++) {
        esb_trigger(&irq_sources[0]);
        late += !SLEEP_FOR(irq_cpus[0].events == sent, WAIT_MS);
    }
    irq_disable();
    stop_other();
    ok(cpu_wait(other, WAIT_MS), "the second vCPU stops listening");
    ok_eq(irq_cpus[1].events, PINGS, "200 IPIs reach the other vCPU");
    ok_eq(irq_cpus[0].events, PINGS, "each of its answers comes back");
    ok_eq(irq_cpus[0].spurious + irq_cpus[1].spurious +
          irq_cpus[0].unknown + irq_cpus[1].unknown, 0,
          "nothing else arrives on either");
    close_pair(1);
}

static void send_rounds(volatile u64 *received, const struct source *s)
{
    for (u32 round = 1; round <= CROSSINGS; round++) {
        for (u32 i = 0; i < CROSSING_SOURCES; i++) {
            esb_trigger(&s[i]);
        }
        if (!WAIT_FOR(*received >= round * CROSSING_SOURCES, WAIT_MS)) {
            return;
        }
    }
}

static void both_ways(struct cpu *cpu)
{
    (void)cpu;
    get_ready();
    send_rounds(&irq_cpus[0].events, &irq_sources[CROSSING_SOURCES]);
    SLEEP_FOR(stop, WAIT_MS);
    irq_disable();
}

static void test_both_ways(void)
{
    const u32 each = CROSSINGS * CROSSING_SOURCES;
    u32 wrong = 0;

    if (!open_pair(CROSSING_SOURCES)) {
        return;
    }
    irq_enable();
    run_other(both_ways);
    send_rounds(&irq_cpus[1].events, &irq_sources[0]);
    SLEEP_FOR(irq_cpus[0].events == each, WAIT_MS);
    stop_other();
    cpu_wait(other, WAIT_MS);
    irq_disable();
    for (u32 i = 0; i < 2 * CROSSING_SOURCES; i++) {
        wrong += irq_counts[i] != CROSSINGS;
    }
    ok_eq(irq_cpus[1].events, each, "crossing IPIs: %u sent one way arrive",
          each);
    ok_eq(irq_cpus[0].events, each,
          "crossing IPIs: %u sent the other way arrive", each);
    ok_eq(wrong, 0, "crossing IPIs: as many from each source");
    close_pair(CROSSING_SOURCES);
}

/*
 * Two vCPUs trigger one source at once. What each trigger announces must have
 * been seen in the end; it is checked each few times.
 */
#define RACE_BATCH 20
static volatile u64 flag_other, seen_other;

static void race_sender(struct cpu *cpu)
{
    (void)cpu;
    get_ready();
    for (u32 i = 1; i <= RACES; i++) {
        flag_other = i;
        barrier();
        esb_trigger(&irq_sources[1]);
        if (i % RACE_BATCH == 0 && !WAIT_FOR(seen_other >= i, WAIT_MS)) {
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
    if (!open_pair(1)) {
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
    ok_eq(seen_other, RACES,
          "of two vCPUs that trigger one source no trigger is lost");
    close_pair(1);
}

static void sleep_and_answer(struct cpu *cpu)
{
    (void)cpu;
    get_ready();
    irq_disable();
    while (!stop) {
        cpu_sleep();
        irq_disable();
    }
}

/* A wake-up that gets lost makes a round take the seconds of cpu_sleep(). */
static void test_wake_ups(void)
{
    u32 late = 0;

    if (!open_pair(1)) {
        return;
    }
    irq_cpus[1].on_event = answer;
    run_other(sleep_and_answer);
    for (u32 sent = 1; sent <= WAKE_UPS && !late; sent++) {
        u64 begin = timebase();

        irq_disable();
        esb_trigger(&irq_sources[0]);
        while (irq_cpus[0].events < sent) {
            cpu_sleep();
            irq_disable();
        }
        late += cpu_slept_long(begin);
    }
    irq_disable();
    stop_other();
    cpu_wait(other, WAIT_MS);
    ok_eq(late, 0, "vCPUs that sleep wake each other %u times at once",
          WAKE_UPS);
    ok_eq(irq_cpus[1].events, WAKE_UPS, "each wake-up is one event");
    close_pair(1);
}

void test_cross_cpu(void)
{
    test_ping_pong();
    test_wake_ups();
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
