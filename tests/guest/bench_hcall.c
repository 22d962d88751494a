/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hypervisor calls: each alone, on one vCPU and on two at once; sources that
 * fire while they go from server to server; XICS, where an interrupt is four
 * calls.
 */
#include "bench.h"
#include "moving.h"

#define XICS_PRIORITY 4
#define XICS_NONE 0xff
#define XICS_IPI 2

/* ---- each call ---------------------------------------------------------- */

/* What a lane's calls are about: its own source, queue and server. */
enum { LISN = -1, SERVER = -2, PRIO = -3 };

static const struct call {
    const char *name;
    u64 nr;
    long arg[5];
} calls[] = {
    { "get-source-info", H_INT_GET_SOURCE_INFO, { 0, LISN } },
    { "set-source-config", H_INT_SET_SOURCE_CONFIG,
      { SRC_SET_EISN, LISN, SERVER, PRIO, 5 } },
    { "get-source-config", H_INT_GET_SOURCE_CONFIG, { 0, LISN } },
    { "get-queue-info", H_INT_GET_QUEUE_INFO, { 0, SERVER, PRIO } },
    { "get-queue-config", H_INT_GET_QUEUE_CONFIG, { 0, SERVER, PRIO } },
    { "sync", H_INT_SYNC, { 0, LISN } },
};

static const struct call *lane_call;

static u64 argument(const struct lane *lane, long what)
{
    return what == LISN ? lane->source.lisn :
           what == SERVER ? lane->server :
           what == PRIO ? PRIORITY : (u64)what;
}

static u32 make_calls(struct lane *lane, u32 count)
{
    const u64 nr = lane_call->nr;
    const u64 a = argument(lane, lane_call->arg[0]);
    const u64 b = argument(lane, lane_call->arg[1]);
    const u64 c = argument(lane, lane_call->arg[2]);
    const u64 d = argument(lane, lane_call->arg[3]);
    const u64 e = argument(lane, lane_call->arg[4]);
    u64 out, failed = 0;

    for (u32 i = 0; i < count; i++) {
        failed |= quick_hcall(nr, a, b, c, d, e, &out);
    }
    if (failed) {
        die("%s fails", lane_call->name);
    }
    return 0;
}

static void for_each_call(const char *prefix,
                          void (*measure)(const char *name))
{
    for (u32 i = 0; i < ARRAY_SIZE(calls); i++) {
        char name[48];

        lane_call = &calls[i];
        format(name, sizeof(name), "%s%s", prefix, lane_call->name);
        measure(name);
    }
}

static void measure_alone(const char *name)
{
    struct lane lane = { .server = this_cpu->server };
    u64 begin;

    source_open(&lane.source, 0);
    queue_open(&lane.queue, lane.server, PRIORITY);
    source_route(&lane.source, lane.server, PRIORITY, 0);
    make_calls(&lane, bench_ops / 10);
    begin = timebase();
    make_calls(&lane, bench_ops);
    bench_report(name, bench_ops, timebase() - begin, 0, 0);
    source_close(&lane.source);
    queue_close(&lane.queue);
    tima_drain();
}

void bench_hcalls(void)
{
    for_each_call("hcall-", measure_alone);
}

static void measure_both(const char *name)
{
    bench_lanes(&(const struct lane_job){ name, make_calls, false, false });
}

void bench_hcalls_pair(void)
{
    bench_second();
    for_each_call("scale-hcall-", measure_both);
}

/* ---- sources that move while they fire ---------------------------------- */

static volatile bool stop, ready;

static void report_moving(const char *name, u64 moves, u64 ticks)
{
    u64 sent, received;

    moving_counts(&sent, &received);
    bench_report(name, moves, ticks, sent, received);
    moving_close();
}

static void move_in_a_circle(u32 rounds)
{
    for (u32 n = 0; n < rounds; n++) {
        for (u32 i = 0; i < MOVING_SOURCES; i++) {
            moving_fire(&moving[i]);
            moving_move(i, (n + i) % MOVING_TARGETS);
            moving_collect(&targets[0]);
            moving_collect(&targets[1]);
        }
    }
}

/* All by one vCPU; the other server's queue is in memory like any other. */
void bench_retarget(void)
{
    u32 rounds = bench_ops / MOVING_SOURCES + 1;
    u64 begin, ticks;

    moving_open();
    move_in_a_circle(rounds / 10 + 1);
    begin = timebase();
    move_in_a_circle(rounds);
    ticks = timebase() - begin;
    report_moving("retarget", (u64)rounds * MOVING_SOURCES, ticks);
}

static void fire_all(struct cpu *cpu)
{
    (void)cpu;
    tima_drain();
    ready = true;
    while (!stop) {
        for (u32 i = 0; i < MOVING_SOURCES; i++) {
            moving_fire(&moving[i]);
        }
        moving_collect_own(&targets[1]);
    }
}

void bench_retarget_pair(void)
{
    struct cpu *other = bench_second();
    u32 rounds = bench_ops / MOVING_SOURCES + 1;
    u64 begin, ticks;

    moving_open();
    stop = ready = false;
    cpu_run(other, fire_all);
    WAIT_FOR(ready, BENCH_WAIT_MS);
    begin = timebase();
    for (u32 n = 0; n < rounds; n++) {
        for (u32 i = 0; i < MOVING_SOURCES; i++) {
            moving_move(i, (n + i) % MOVING_TARGETS);
        }
        moving_collect_own(&targets[0]);
    }
    ticks = timebase() - begin;
    stop = true;
    cpu_wait(other, BENCH_WAIT_MS);
    WAIT_FOR(moving_all_received(), BENCH_WAIT_MS);
    report_moving("retarget-under-fire", (u64)rounds * MOVING_SOURCES, ticks);
}

/* ---- XICS --------------------------------------------------------------- */

/* Set MFRR, accept, clear MFRR, EOI, and what a kernel ends with. */
static u32 xics_ipis(struct lane *lane, u32 count)
{
    u64 server = lane->server, out, xirr;
    u32 received = 0;

    for (u32 i = 0; i < count; i++) {
        quick_hcall(H_IPI, server, XICS_PRIORITY, 0, 0, 0, &out);
        quick_hcall(H_XIRR, 0, 0, 0, 0, 0, &xirr);
        received += (xirr & 0xffffff) == XICS_IPI;
        quick_hcall(H_IPI, server, XICS_NONE, 0, 0, 0, &out);
        quick_hcall(H_EOI, xirr, 0, 0, 0, 0, &out);
    }
    return received;
}

static u32 open_and_send(struct lane *lane, u32 count)
{
    u64 out;

    quick_hcall(H_CPPR, XICS_NONE, 0, 0, 0, 0, &out);
    return xics_ipis(lane, count);
}

void bench_xics(void)
{
    struct lane lane = { .server = this_cpu->server };
    u64 begin, out;
    u32 received;

    quick_hcall(H_CPPR, XICS_NONE, 0, 0, 0, 0, &out);
    TIMED("xics-cppr", quick_hcall(H_CPPR, XICS_NONE, 0, 0, 0, 0, &out));
    xics_ipis(&lane, bench_ops / 10);
    begin = timebase();
    received = xics_ipis(&lane, bench_ops);
    bench_report("xics-self-ipi", bench_ops, timebase() - begin, bench_ops,
                 received);
}

void bench_xics_pair(void)
{
    bench_second();
    bench_lanes(&(const struct lane_job){ "scale-xics", open_and_send, true,
                                          true });
}
