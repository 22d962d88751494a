/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two vCPUs that make hypervisor calls as fast as they can, for some seconds,
 * whatever the monitor does meanwhile: each answer is right, and each event
 * that is sent is received.
 */
#include "bench.h"
#include "moving.h"
#include "tests.h"

#define WAIT_MS 30000
#define XICS_PRIORITY 4
#define XICS_NONE 0xff
#define XICS_IPI 2

static volatile bool stop;
static volatile u64 wrong, turns[2];

static void hammer_both(void (*work)(struct cpu *cpu))
{
    struct cpu *other = bench_second();
    u64 end = timebase() + bootarg_number("seconds", 1) * TIMEBASE_HZ;

    stop = false;
    print("hammer begins\n");
    cpu_run(other, work);
    while (timebase() < end) {
        work(this_cpu);
    }
    stop = true;
    cpu_wait(other, WAIT_MS);
}

/* ---- XIVE --------------------------------------------------------------- */

static bool config_is_right(u32 i)
{
    u64 out[9];

    return !hcall_out(H_INT_GET_SOURCE_CONFIG, out, 0, moving[i].source.lisn) &&
           out[0] == targets[moving[i].where].server && out[1] == PRIORITY &&
           out[2] == i;
}

static bool queue_is_right(const struct target *t)
{
    u64 out[9];

    return !hcall_out(H_INT_GET_QUEUE_CONFIG, out, 0, t->server, PRIORITY) &&
           out[1] == (u64)t->queue.base && out[2] == EQ_SHIFT;
}

/* A vCPU works on the sources of its own parity, on both of the queues. */
static void one_turn(u32 index)
{
    for (u32 i = index; i < MOVING_SOURCES; i += 2) {
        moving_fire(&moving[i]);
        moving_move(i, (turns[index] + i / 2) % MOVING_TARGETS);
        wrong += !config_is_right(i);
        moving_collect_own(&targets[index]);
    }
    wrong += !queue_is_right(&targets[index]);
    turns[index]++;
}

static void hammer(struct cpu *cpu)
{
    do {
        one_turn(cpu->index);
    } while (cpu->index && !stop);
    if (cpu->index) {
        /* Asleep it would be interrupted by what is still sent. */
        set_cppr(0);
    }
}

void test_hammer(void)
{
    u64 sent, received;

    moving_open();
    hammer_both(hammer);
    WAIT_FOR(moving_all_received(), WAIT_MS);
    moving_counts(&sent, &received);
    ok_eq(wrong, 0, "each source and queue is where it was put, %lu and %lu "
          "turns", turns[0], turns[1]);
    ok_eq(received, sent, "each of %lu events is received", sent);
    ok(turns[0] && turns[1] && sent, "both vCPUs have called");
    moving_close();
}

/* ---- XICS --------------------------------------------------------------- */

static struct mail {
    volatile u64 sent, received;
} __attribute__((aligned(128))) mail[2];        /* to that vCPU */

static void send_mail(u32 to)
{
    u64 out;

    if (mail[to].sent == mail[to].received) {
        mail[to].sent++;
        wrong += quick_hcall(H_IPI, cpus[to].server, XICS_PRIORITY, 0, 0, 0,
                             &out) != 0;
    }
}

static void read_mail(u32 index)
{
    u64 out, xirr;

    quick_hcall(H_XIRR, 0, 0, 0, 0, 0, &xirr);
    if (!(xirr & 0xffffff)) {
        return;
    }
    wrong += (xirr & 0xffffff) != XICS_IPI;
    quick_hcall(H_IPI, cpus[index].server, XICS_NONE, 0, 0, 0, &out);
    wrong += quick_hcall(H_EOI, xirr, 0, 0, 0, 0, &out) != 0;
    mail[index].received++;
}

static void hammer_xics(struct cpu *cpu)
{
    u64 out;

    quick_hcall(H_CPPR, XICS_NONE, 0, 0, 0, 0, &out);
    do {
        send_mail(!cpu->index);
        read_mail(cpu->index);
        turns[cpu->index]++;
    } while ((cpu->index && !stop) || mail[cpu->index].sent !=
             mail[cpu->index].received);
    if (cpu->index) {
        /* An H_XIRR that was faster than an H_IPI leaves an interrupt. */
        quick_hcall(H_CPPR, 0, 0, 0, 0, 0, &out);
    }
}

void test_hammer_xics(void)
{
    hammer_both(hammer_xics);
    /* The other one has read what was sent before it stopped. */
    WAIT_FOR((read_mail(0), mail[0].sent == mail[0].received), WAIT_MS);
    ok_eq(wrong, 0, "each call answers right, %lu and %lu turns", turns[0],
          turns[1]);
    ok_eq(mail[0].received, mail[0].sent, "each of %lu IPIs is received",
          mail[0].sent);
    ok_eq(mail[1].received, mail[1].sent, "each of %lu IPIs of the second "
          "vCPU is received", mail[1].sent);
    ok(mail[0].sent && mail[1].sent, "both vCPUs have called");
}
