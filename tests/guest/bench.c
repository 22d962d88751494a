/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The benchmark's guest side. Each line
 *     bench NAME ops=N ticks=T sent=S received=R
 * is one figure: N operations took T ticks of the 512 MHz timebase; S and R
 * count interrupts (0 where none is meant to happen) and must be equal.
 *
 * kind= chooses a group, for each needs a machine of its own: single (one
 * vCPU), burst (many LISNs), pair (two vCPUs), configured (many vCPUs), claimed
 * (most LISNs in use), msi (an "edu" device), and those of bench_hcall.c. ops=
 * is the size of one sample, repeats= the number of samples.
 */
#include "bench.h"
#include "pci.h"
#include "tests.h"

u32 bench_ops;

void bench_report(const char *name, u64 count, u64 ticks, u64 sent,
                  u64 received)
{
    print("bench %s ops=%lu ticks=%lu sent=%lu received=%lu\n", name, count,
          ticks, sent, received);
}

/* ---- one access --------------------------------------------------------- */

static void bench_accesses(void)
{
    struct source s;
    u64 get, trigger, os = tima(TM_OS), ack = tima(TM_ACK_OS);
    u64 cppr = tima(TM_OS_CPPR), out;

    source_open(&s, 0);
    get = s.eoi + ESB_GET;
    trigger = s.trigger;
    tima_drain();
    TIMED("hcall", quick_hcall(H_INT_SYNC, 0, 0, 0, 0, 0, &out));
    TIMED("esb-load", load64(get));
    TIMED("esb-trigger-off", store64(trigger, 0));
    TIMED("tima-load", load32(os));
    TIMED("cppr-store", store8(cppr, CPPR_OPEN));
    TIMED("ack-load", load16(ack));
}

/* ---- self-IPI ----------------------------------------------------------- */

/* Four MMIOs: trigger, acknowledge, EOI, CPPR. Returns events received. */
static u32 self_ipis(const struct source *s, struct queue *q, u32 count)
{
    u32 received = 0;
    u32 eisn;

    for (u32 i = 0; i < count; i++) {
        esb_trigger(s);
        tima_ack();
        while (queue_next(q, &eisn)) {
            received++;
        }
        esb_eoi(s);
        set_cppr(CPPR_OPEN);
    }
    return received;
}

static void bench_self_polled(const char *name)
{
    struct source s;
    struct queue q;
    u64 begin;
    u32 received;

    source_open(&s, 0);
    queue_open(&q, this_cpu->server, PRIORITY);
    source_route(&s, this_cpu->server, PRIORITY, 0);
    tima_drain();
    self_ipis(&s, &q, bench_ops / 10);
    begin = timebase();
    received = self_ipis(&s, &q, bench_ops);
    bench_report(name, bench_ops, timebase() - begin, bench_ops, received);
    source_close(&s);
    queue_close(&q);
    tima_drain();
}

/*
 * Waits for the next event after @before. The clock costs more than an access
 * to the controller does, so it is looked at late. In the caller's own code: a
 * call to another page costs the translator as much as an access.
 */
static inline __attribute__((always_inline)) bool
next_event(struct irq_cpu *ic, u64 before)
{
    for (u32 i = 0; i < 1000 && ic->events == before; i++) {
        __asm__ volatile("" ::: "memory");
    }
    return ic->events != before ||
           WAIT_FOR(ic->events != before, BENCH_WAIT_MS);
}

static void self_interrupts(u32 count)
{
    struct irq_cpu *ic = &irq_cpus[0];

    for (u32 i = 0; i < count; i++) {
        u64 before = ic->events;

        esb_trigger(&irq_sources[0]);
        if (!next_event(ic, before)) {
            return;
        }
    }
}

/* @lean: a handler in assembly, else one in C, as a kernel has. */
static void bench_self_interrupt(const char *name, bool lean)
{
    u64 begin, ticks;

    irq_open(this_cpu, PRIORITY);
    irq_source(0, 0, this_cpu, PRIORITY);
    if (lean) {
        irq_be_lean(this_cpu, PRIORITY, 0);
    }
    tima_drain();
    irq_enable();
    self_interrupts(bench_ops / 10);
    irq_reset_counts();
    begin = timebase();
    self_interrupts(bench_ops);
    ticks = timebase() - begin;
    irq_disable();
    bench_report(name, bench_ops, ticks, bench_ops, irq_cpus[0].events);
    source_close(&irq_sources[0]);
    irq_close(this_cpu);
    tima_drain();
}

/* ---- bursts ------------------------------------------------------------- */

static u64 one_burst(u32 count)
{
    u64 begin, until;

    set_cppr(0);
    until = irq_cpus[0].events + count;
    begin = timebase();
    for (u32 i = 0; i < count; i++) {
        esb_trigger(&irq_sources[i]);
    }
    irq_enable();
    set_cppr(CPPR_OPEN);
    WAIT_FOR(irq_cpus[0].events >= until, BENCH_WAIT_MS);
    irq_disable();
    return timebase() - begin;
}

static void bench_bursts(void)
{
    static const u32 sizes[] = { 1, 8, 64, 512, 4096 };
    u32 most = machine.lisn_count;

    irq_open(this_cpu, PRIORITY);
    for (u32 i = 0; i < most && i < 4096; i++) {
        irq_source(i, i, this_cpu, PRIORITY);
    }
    tima_drain();
    for (u32 n = 0; n < ARRAY_SIZE(sizes); n++) {
        u32 rounds = bench_ops / sizes[n] + 1;
        u64 ticks = 0;
        char name[32];

        if (sizes[n] > most) {
            print("bench-missing burst-%u: %u LISNs\n", sizes[n], most);
            continue;
        }
        one_burst(sizes[n]);
        irq_reset_counts();
        for (u32 i = 0; i < rounds; i++) {
            ticks += one_burst(sizes[n]);
        }
        format(name, sizeof(name), "burst-%u", sizes[n]);
        bench_report(name, (u64)rounds * sizes[n], ticks,
                     (u64)rounds * sizes[n], irq_cpus[0].events);
    }
}

/* ---- two vCPUs ---------------------------------------------------------- */

static struct cpu *other;
static volatile bool stop, ready;

static void run_other(void (*work)(struct cpu *cpu))
{
    ready = false;
    cpu_run(other, work);
    if (!WAIT_FOR(ready, BENCH_WAIT_MS)) {
        die("the second vCPU does not run");
    }
}

static void listen(struct cpu *cpu)
{
    (void)cpu;
    tima_drain();
    irq_enable();
    ready = true;
    while (!stop) {
        barrier();
    }
    irq_disable();
}

static void open_pair(void)
{
    irq_reset_counts();
    irq_open(this_cpu, PRIORITY);
    irq_open(other, PRIORITY);
    irq_source(0, 0, other, PRIORITY);
    irq_source(1, 1, this_cpu, PRIORITY);
    tima_drain();
    stop = false;
}

static void close_pair(void)
{
    stop = true;
    cpu_wait(other, BENCH_WAIT_MS);
    source_close(&irq_sources[0]);
    source_close(&irq_sources[1]);
    irq_close(this_cpu);
    irq_close(other);
    tima_drain();
}

/*
 * Where two vCPUs share a processor with others, a round trip is a time slice
 * long: a sample ends after a second, with what was done by then.
 */
#define SAMPLE_TICKS TIMEBASE_HZ

static u32 round_trips(u32 count)
{
    u64 end = timebase() + SAMPLE_TICKS;
    u32 done = 0;

    while (done < count && timebase() < end) {
        u64 before = irq_cpus[0].events;

        done++;
        esb_trigger(&irq_sources[0]);
        if (!next_event(&irq_cpus[0], before)) {
            break;
        }
    }
    return done;
}

static void bench_round_trip_interrupt(void)
{
    u32 count = bench_ops / 4;
    u64 begin, ticks;

    open_pair();
    irq_be_lean(this_cpu, PRIORITY, 0);
    irq_be_lean(other, PRIORITY, irq_sources[1].trigger);
    run_other(listen);
    irq_enable();
    round_trips(count / 10);
    irq_cpus[0].events = 0;
    irq_cpus[1].events = 0;
    begin = timebase();
    count = round_trips(count);
    ticks = timebase() - begin;
    irq_disable();
    bench_report("round-trip-interrupt", count, ticks, 2 * count,
           irq_cpus[0].events + irq_cpus[1].events);
    close_pair();
}

/* Acknowledge loads until one brings an event; that one is then finished. */
static bool poll_event(struct irq_cpu *ic)
{
    u16 ack = tima_ack();
    u32 eisn;

    if (!(ack >> 8)) {
        return false;
    }
    while (queue_next(&ic->queues[ack & 7], &eisn)) {
        ic->events++;
        esb_eoi(&irq_sources[eisn]);
    }
    set_cppr(CPPR_OPEN);
    return true;
}

static void poll_and_answer(struct cpu *cpu)
{
    struct irq_cpu *ic = &irq_cpus[cpu->index];

    tima_drain();
    ready = true;
    while (!stop) {
        if (poll_event(ic)) {
            esb_trigger(&irq_sources[1]);
        }
    }
}

static u32 polled_round_trips(u32 count)
{
    u64 end = timebase() + SAMPLE_TICKS;
    u32 done = 0;

    while (done < count && timebase() < end) {
        done++;
        esb_trigger(&irq_sources[0]);
        if (!WAIT_FOR(poll_event(&irq_cpus[0]), BENCH_WAIT_MS)) {
            break;
        }
    }
    return done;
}

static void bench_round_trip_polled(void)
{
    u32 count = bench_ops / 16;
    u64 begin, ticks;

    open_pair();
    run_other(poll_and_answer);
    polled_round_trips(count / 10);
    irq_cpus[0].events = 0;
    irq_cpus[1].events = 0;
    begin = timebase();
    count = polled_round_trips(count);
    ticks = timebase() - begin;
    bench_report("round-trip-polled", count, ticks, 2 * count,
           irq_cpus[0].events + irq_cpus[1].events);
    close_pair();
}

/* ---- one vCPU against two ----------------------------------------------- */

/*
 * Both do the same number of operations on things of their own, started
 * together; the time is that of the later one. Together is within some tens of
 * microseconds, where two threads of a host start: a sample is much longer.
 */
#define LANE_OPS (10 * bench_ops)

/* Each on cache lines of its own, as any data that two processors write. */
static struct lane lanes[2];
static volatile u32 at_barrier;
static u32 lanes_used;
static const struct lane_job *lane_job;

static u32 lane_esb(struct lane *lane, u32 count)
{
    u64 get = lane->source.eoi + ESB_GET;

    for (u32 i = 0; i < count; i++) {
        load64(get);
    }
    return 0;
}

static u32 lane_tima(struct lane *lane, u32 count)
{
    u64 os = tima(TM_OS);

    (void)lane;
    for (u32 i = 0; i < count; i++) {
        load32(os);
    }
    return 0;
}

static u32 lane_self_ipi(struct lane *lane, u32 count)
{
    return self_ipis(&lane->source, &lane->queue, count);
}

static void run_lane(struct cpu *cpu)
{
    struct lane *lane = &lanes[cpu->index];

    if (!lane_job->xics) {
        tima_drain();
    }
    lane_job->work(lane, bench_ops / 10);
    __atomic_add_fetch(&at_barrier, 1, __ATOMIC_SEQ_CST);
    ready = true;
    while (at_barrier < lanes_used) {
        barrier();
    }
    lane->begin = timebase();
    lane->received = lane_job->work(lane, LANE_OPS);
    lane->end = timebase();
}

static void open_lane(u32 index, const struct cpu *cpu)
{
    struct lane *lane = &lanes[index];

    lane->index = index;
    lane->server = cpu->server;
    if (!lane_job->xics) {
        source_open(&lane->source, index);
        queue_open(&lane->queue, cpu->server, PRIORITY);
        source_route(&lane->source, cpu->server, PRIORITY, index);
    }
}

static void close_lane(struct lane *lane)
{
    if (!lane_job->xics) {
        source_close(&lane->source);
        queue_close(&lane->queue);
        tima_drain();
    }
}

static void run_lanes(void)
{
    struct cpu *const pair[2] = { this_cpu, other };
    u64 begin, end, count = (u64)LANE_OPS * lanes_used;
    u64 received = 0;
    char full[48];

    for (u32 i = 0; i < lanes_used; i++) {
        open_lane(i, pair[i]);
    }
    at_barrier = 0;
    if (lanes_used == 2) {
        cpu_run(other, run_lane);
    }
    run_lane(this_cpu);
    cpu_wait(other, BENCH_WAIT_MS);
    begin = lanes[0].begin;
    end = lanes[0].end;
    for (u32 i = 0; i < lanes_used; i++) {
        begin = lanes[i].begin < begin ? lanes[i].begin : begin;
        end = lanes[i].end > end ? lanes[i].end : end;
        received += lanes[i].received;
        close_lane(&lanes[i]);
    }
    format(full, sizeof(full), "%s-%u", lane_job->name, lanes_used);
    bench_report(full, count, end - begin, lane_job->interrupts ? count : 0,
                 received);
}

void bench_lanes(const struct lane_job *job)
{
    lane_job = job;
    for (lanes_used = 1; lanes_used <= 2; lanes_used++) {
        run_lanes();
    }
}

struct cpu *bench_second(void)
{
    other = cpu_second();
    if (!other) {
        die("this kind= needs two vCPUs");
    }
    return other;
}

static void bench_pair(void)
{
    static const struct lane_job jobs[] = {
        { "scale-esb", lane_esb, false, false },
        { "scale-tima", lane_tima, false, false },
        { "scale-self-ipi", lane_self_ipi, true, false },
    };

    bench_second();
    bench_round_trip_interrupt();
    bench_round_trip_polled();
    for (u32 i = 0; i < ARRAY_SIZE(jobs); i++) {
        bench_lanes(&jobs[i]);
    }
}

static void bench_single(void)
{
    bench_accesses();
    bench_self_polled("self-ipi-polled");
    bench_self_interrupt("self-ipi-interrupt", true);
    bench_self_interrupt("self-ipi-handler-in-c", false);
}

static void bench_configured(void)
{
    char name[40];

    format(name, sizeof(name), "configured-%u", machine.nr_servers);
    bench_self_interrupt(name, true);
}

/* ---- devices ------------------------------------------------------------ */

/* From the store that makes the device send to the end of the interrupt. */
static u32 messages(const struct pci_device *edu, const struct source *s,
                    struct queue *q, u32 count)
{
    u32 received = 0;
    u32 eisn;

    for (u32 i = 0; i < count; i++) {
        edu_write(edu, EDU_IRQ_RAISE, 1);
        tima_ack();
        while (queue_next(q, &eisn)) {
            received++;
        }
        esb_eoi(s);
        set_cppr(CPPR_OPEN);
    }
    return received;
}

static void bench_msi(void)
{
    struct pci_device edu;
    struct source s;
    struct queue q;
    u32 lisn = 0, received;
    u64 begin;

    if (!pci_find(&edu, PCI_EDU)) {
        die("kind=msi needs an edu device");
    }
    pci_enable(&edu, 0);
    if (!pci_change_msi(&edu, 1, &lisn) || !source_open(&s, lisn)) {
        die("the edu device gets no MSI");
    }
    pci_enable_msi(&edu, true);
    queue_open(&q, this_cpu->server, PRIORITY);
    source_route(&s, this_cpu->server, PRIORITY, 0);
    tima_drain();
    TIMED("edu-store", edu_write(&edu, EDU_LIVENESS, 0));
    messages(&edu, &s, &q, bench_ops / 10);
    begin = timebase();
    received = messages(&edu, &s, &q, bench_ops);
    bench_report("msi-polled", bench_ops, timebase() - begin, bench_ops,
                 received);
    source_close(&s);
    queue_close(&q);
    tima_drain();
    pci_enable_msi(&edu, false);
    pci_change_msi(&edu, 0, &lisn);
}

/*
 * Two devices of many vectors take most of the numbers that there are beside
 * the IPIs'; the one that is used is the last of all.
 */
static void bench_claimed(void)
{
    static const u32 vectors[] = { 2048, 1024 };
    struct pci_device device[ARRAY_SIZE(vectors)];
    u32 claimed = machine.lisn_count, last = claimed - 1, slot = 0, n;
    struct source s;
    struct queue q;
    u32 received;
    u64 begin;
    char name[40];

    for (n = 0; n < ARRAY_SIZE(vectors); n++) {
        if (!pci_find_from(&device[n], PCI_NVME, slot)) {
            break;
        }
        slot = device[n].slot + 1;
        if (pci_change_msix(&device[n], vectors[n], &last) != vectors[n]) {
            die("no %u vectors", vectors[n]);
        }
        claimed += vectors[n];
        last += vectors[n] - 1;
    }
    if (!source_open(&s, last)) {
        die("no source for LISN 0x%x", last);
    }
    queue_open(&q, this_cpu->server, PRIORITY);
    source_route(&s, this_cpu->server, PRIORITY, 0);
    tima_drain();
    self_ipis(&s, &q, bench_ops / 10);
    begin = timebase();
    received = self_ipis(&s, &q, bench_ops);
    format(name, sizeof(name), "claimed-%u", claimed);
    bench_report(name, bench_ops, timebase() - begin, bench_ops, received);
    source_close(&s);
    queue_close(&q);
    tima_drain();
    while (n-- > 0) {
        pci_change_msix(&device[n], 0, &last);
    }
}

static const struct group {
    const char *kind;
    void (*run)(void);
} groups[] = {
    { "single", bench_single },
    { "burst", bench_bursts },
    { "pair", bench_pair },
    { "configured", bench_configured },
    { "claimed", bench_claimed },
    { "msi", bench_msi },
    { "hcalls", bench_hcalls },
    { "hcalls-pair", bench_hcalls_pair },
    { "retarget", bench_retarget },
    { "retarget-pair", bench_retarget_pair },
    { "xics", bench_xics },
    { "xics-pair", bench_xics_pair },
};

void bench_main(void)
{
    u64 repeats = bootarg_number("repeats", 1);
    const struct group *group = NULL;

    bench_ops = bootarg_number("ops", 20000);
    for (u32 i = 0; i < ARRAY_SIZE(groups); i++) {
        if (bootarg_is("kind", groups[i].kind)) {
            group = &groups[i];
        }
    }
    if (!group) {
        die("kind= names no group");
    }
    for (u64 i = 0; i < repeats; i++) {
        group->run();
    }
    ok(true, "the benchmark ran to its end");
}
