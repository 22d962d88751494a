/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The core alone, in nanoseconds: a whole interrupt, and each of its steps.
 *
 *   core-bench [--smoke] [--recorder]
 *   core-bench --count KEY ITERATIONS | --compiler
 *
 * One line a figure: median of several rounds, for 1, 64 and 512 threads and
 * 64, 8192 and 1M sources.  The time is the processor's, not the wall's, so a
 * busy machine spoils less of it.  Each round counts what it sent and what
 * arrived and fails on a difference.  --smoke does few iterations of each;
 * --recorder has the flight recorder on.
 *
 * With --count it does one thing and prints nothing: path.py lets callgrind
 * count the instructions.  With "-recorded" behind a key the recorder is on.
 */
#include "fixture.h"
#include "xive/recorder.h"

#include <stdio.h>
#include <time.h>

enum {
    ROUNDS = 7, PRIO = 6, MAX_THREADS = 512, QUEUE_SHARE = 64,
    RECORDS = 16384             /* what QEMU's device has if not told */
};

typedef struct Bench {
    Host host;
    P9xSpapr s;
    P9xTctx *tctx;
    uint32_t nr_threads, nr_sources;
    uint64_t iterations;
    uint64_t sent, received;
    uint32_t next;              /* source, walked with a stride */
} Bench;

static bool exploitation(void *host)
{
    return true;
}

/* What a CPU does with the call: looks at the lines. */
static void sample_lines(void *host, P9xTctx *tctx)
{
    static atomic_uint seen;

    atomic_store_explicit(&seen, p9x_tctx_lines(tctx), memory_order_relaxed);
}

static double cpu_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static void check(int64_t rc)
{
    if (rc != 0) {
        g_error("set-up fails with %lld", (long long)rc);
    }
}

static void hcall(Bench *b, unsigned opcode, uint64_t a0, uint64_t a1,
                  uint64_t a2, uint64_t a3, uint64_t a4)
{
    uint64_t args[6] = { a0, a1, a2, a3, a4, 0 };

    check(p9x_spapr_hcall(&b->s, 0, opcode, args));
}

/* Queues share memory: no thread reads them, and 512 would need 32 MiB. */
static Bench *bench_new(uint32_t nr_threads, uint32_t nr_sources)
{
    Bench *b = host_alloc(sizeof(*b));
    P9xSpaprConfig config = {
        .nr_irqs = nr_sources, .nr_servers = nr_threads, .hv_prio = 7,
        .store_eoi = true, .exploitation = exploitation,
        .ports = &b->host.ports,
    };
    char *error = NULL;

    host_init(&b->host);
    b->host.ports.line_changed = sample_lines;
    b->nr_threads = nr_threads;
    b->nr_sources = nr_sources;
    if (!p9x_spapr_init(&b->s, &config, &error)) {
        g_error("%s", error);
    }
    b->tctx = host_alloc(nr_threads * sizeof(b->tctx[0]));
    for (uint32_t i = 0; i < nr_threads; i++) {
        p9x_tctx_init(&b->tctx[i], &b->s.router.unit, RIG_PHYS_CAM + i, b);
        check(p9x_spapr_add_server(&b->s, i, &b->tctx[i]));
        p9x_spapr_reset_server(&b->s, i);
        p9x_tctx_set_cppr(&b->tctx[i], P9X_RING_OS, 0xFF);
        hcall(b, P9X_H_INT_SET_QUEUE_CONFIG, P9X_EQ_ALWAYS_NOTIFY, i, PRIO,
              UINT64_C(0x10000) * (i % QUEUE_SHARE), P9X_SPAPR_EQ_SHIFT);
    }
    for (uint32_t i = 0; i < nr_sources; i++) {
        check(p9x_spapr_claim(&b->s, i, false));
        hcall(b, P9X_H_INT_SET_SOURCE_CONFIG, P9X_SRC_SET_EISN, i,
              i % nr_threads, PRIO, i);
        p9x_source_set_pq(&b->s.source, i, P9X_PQ_00);
    }
    return b;
}

static void bench_free(Bench *b)
{
    for (uint32_t i = 0; i < b->nr_threads; i++) {
        p9x_spapr_remove_server(&b->s, i);
        p9x_tctx_destroy(&b->tctx[i]);
    }
    p9x_spapr_destroy(&b->s);
    host_destroy(&b->host);
    free(b->tctx);
    free(b);
}

static uint32_t next_source(Bench *b)
{
    /* Odd, so that it visits all of a power of 2. */
    b->next = (b->next + 4097) % b->nr_sources;
    return b->next;
}

/* What a guest does for one interrupt, from trigger to ready for the next. */
static void whole_interrupt(Bench *b)
{
    P9xSource *src = &b->s.source;

    for (uint64_t i = 0; i < b->iterations; i++) {
        uint32_t lisn = next_source(b);
        P9xTctx *t = &b->tctx[lisn % b->nr_threads];

        p9x_source_page_store(src, lisn, false, 0, 8, 0);
        b->sent++;
        b->received += p9x_tima_load(t, P9X_TIMA_OS, P9X_TM_ACK_OS, 2) ==
                       (0x8000 | PRIO);
        p9x_source_page_load(src, lisn, true, 0, 8);
        p9x_tima_store(t, P9X_TIMA_OS, 0x11, 1, 0xFF);
    }
}

/* The steps alone.  Those that do not send count as arrived at once. */
static void trigger_and_route(Bench *b)
{
    P9xCounters *c = &b->s.router.counters;
    uint64_t before = p9x_counter_read(c, P9X_COUNT_QUEUED);

    for (uint64_t i = 0; i < b->iterations; i++) {
        uint32_t lisn = next_source(b);

        atomic_store_explicit(p9x_source_esb(&b->s.source, lisn), P9X_PQ_00,
                              memory_order_relaxed);
        p9x_source_page_store(&b->s.source, lisn, false, 0, 8, 0);
    }
    b->sent += b->iterations;
    b->received += p9x_counter_read(c, P9X_COUNT_QUEUED) - before;
    for (uint32_t i = 0; i < b->nr_threads; i++) {
        p9x_tima_load(&b->tctx[i], P9X_TIMA_OS, P9X_TM_ACK_OS, 2);
        p9x_tima_store(&b->tctx[i], P9X_TIMA_OS, 0x11, 1, 0xFF);
    }
    for (uint32_t i = 0; i < b->nr_sources; i++) {
        p9x_source_set_pq(&b->s.source, i, P9X_PQ_00);
    }
}

static void pending_and_ack(Bench *b)
{
    P9xTctx *t = &b->tctx[0];

    for (uint64_t i = 0; i < b->iterations; i++) {
        p9x_tima_store(t, P9X_TIMA_OS, P9X_TM_SET_OS_PENDING, 1, PRIO);
        b->sent++;
        b->received += p9x_tima_load(t, P9X_TIMA_OS, P9X_TM_ACK_OS, 2) ==
                       (0x8000 | PRIO);
        p9x_tima_store(t, P9X_TIMA_OS, 0x11, 1, 0xFF);
    }
}

static void idle_eoi(Bench *b)
{
    for (uint64_t i = 0; i < b->iterations; i++) {
        p9x_source_page_load(&b->s.source, next_source(b), true, 0, 8);
    }
}

static void esb_get(Bench *b)
{
    for (uint64_t i = 0; i < b->iterations; i++) {
        p9x_source_page_load(&b->s.source, next_source(b), true,
                             P9X_ESB_GET, 8);
    }
}

static void cppr_store(Bench *b)
{
    for (uint64_t i = 0; i < b->iterations; i++) {
        p9x_tima_store(&b->tctx[0], P9X_TIMA_OS, 0x11, 1, i & 7);
    }
    p9x_tima_store(&b->tctx[0], P9X_TIMA_OS, 0x11, 1, 0xFF);
}

static void tima_load(Bench *b)
{
    for (uint64_t i = 0; i < b->iterations; i++) {
        p9x_tima_load(&b->tctx[0], P9X_TIMA_OS, 0x10, 8);
    }
}

static void source_info(Bench *b)
{
    for (uint64_t i = 0; i < b->iterations; i++) {
        hcall(b, P9X_H_INT_GET_SOURCE_INFO, 0, next_source(b), 0, 0, 0);
    }
}

static const struct {
    const char *key, *name;
    void (*func)(Bench *b);
} figures[] = {
    { "interrupt", "interrupt (trigger to CPPR)", whole_interrupt },
    { "trigger", "trigger and route", trigger_and_route },
    { "ack", "pending, ack and CPPR", pending_and_ack },
    { "eoi-load", "EOI load", idle_eoi },
    { "esb-load", "ESB get", esb_get },
    { "cppr-store", "CPPR store", cppr_store },
    { "tima-load", "TIMA load", tima_load },
    { "hcall", "H_INT_GET_SOURCE_INFO", source_info },
};

static int by_value(gconstpointer a, gconstpointer b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static bool measure(Bench *b, unsigned f)
{
    double ns[ROUNDS];

    b->sent = b->received = 0;
    for (unsigned i = 0; i < ROUNDS; i++) {
        double start = cpu_ns();

        figures[f].func(b);
        ns[i] = (cpu_ns() - start) / (double)b->iterations;
    }
    qsort(ns, ROUNDS, sizeof(ns[0]), by_value);
    printf("%-28s %4u threads %8u sources %8.1f ns  sent %" G_GUINT64_FORMAT
           " received %" G_GUINT64_FORMAT "%s\n", figures[f].name,
           b->nr_threads, b->nr_sources, ns[ROUNDS / 2], b->sent, b->received,
           b->sent == b->received ? "" : "  DIFFERENT");
    return b->sent == b->received;
}

/*
 * Code of the core's kind that never changes: look-ups, shifts, branches, an
 * atomic step.  What a compiler makes of it tells what it makes of the rest.
 */
static void calibrate(Bench *b)
{
    static atomic_uchar bytes[1024];
    static uint64_t words[256];
    uint64_t x = 1;

    for (uint64_t i = 0; i < b->iterations; i++) {
        for (unsigned n = 0; n < 16; n++) {
            unsigned char old = atomic_load(&bytes[x % 1024]);
            uint64_t *word = &words[x >> 10 & 255];

            if (old & 1) {
                *word += old >> 1;
            } else if (!atomic_compare_exchange_strong(&bytes[x % 1024], &old,
                                                       (x >> 20 & 255) | 1)) {
                *word ^= x;
            }
            *word = *word << 7 | *word >> 57;
            x = x * UINT64_C(6364136223846793005) + *word + n + 1;
        }
    }
    b->sent = b->received = x & 1;
}

/* The function with @key; NULL: none. */
static void (*find_figure(const char *key))(Bench *)
{
    if (strcmp(key, "calibrate") == 0) {
        return calibrate;
    }
    for (unsigned f = 0; f < G_N_ELEMENTS(figures); f++) {
        if (strcmp(key, figures[f].key) == 0) {
            return figures[f].func;
        }
    }
    return NULL;
}

static void start_recorder(void)
{
    char *error;

    if (!p9x_recorder_start(RECORDS, &error)) {
        g_error("%s", error);
    }
}

static int count(const char *key, const char *iterations)
{
    g_auto(GStrv) words = g_strsplit(key, "-recorded", 2);
    void (*func)(Bench *) = find_figure(words[0]);
    Bench *b;
    int rc;

    if (!func) {
        fprintf(stderr, "core-bench: no figure %s\n", key);
        return 2;
    }
    b = bench_new(16, 256);
    b->iterations = g_ascii_strtoull(iterations, NULL, 10);
    if (words[1]) {
        start_recorder();
    }
    func(b);
    rc = b->sent != b->received;
    bench_free(b);
    return rc;
}

static int name_compiler(void)
{
#if defined(__clang__)
    printf("clang-%d", __clang_major__);
#else
    printf("gcc-%d", __GNUC__);
#endif
#if defined(__x86_64__)
    puts("-x86_64");
#elif defined(__aarch64__)
    puts("-aarch64");
#elif defined(__powerpc64__)
    puts("-ppc64");
#else
    puts("-other");
#endif
    return 0;
}

static bool has_option(int argc, char **argv, const char *option)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], option) == 0) {
            return true;
        }
    }
    return false;
}

int main(int argc, char **argv)
{
    static const uint32_t threads[] = { 1, 64, MAX_THREADS };
    static const uint32_t sources[] = { 64, 8192, 0x100000 };
    bool smoke = has_option(argc, argv, "--smoke");
    bool ok = true;

    if (argc == 4 && strcmp(argv[1], "--count") == 0) {
        return count(argv[2], argv[3]);
    }
    if (argc == 2 && strcmp(argv[1], "--compiler") == 0) {
        return name_compiler();
    }
    if (has_option(argc, argv, "--recorder")) {
        start_recorder();
    }
    for (unsigned t = 0; t < G_N_ELEMENTS(threads); t++) {
        for (unsigned s = 0; s < G_N_ELEMENTS(sources); s++) {
            Bench *b;

            if (smoke && sources[s] > 8192) {
                continue;
            }
            b = bench_new(threads[t], sources[s]);
            b->iterations = smoke ? 1000 : 300000;
            for (unsigned f = 0; f < G_N_ELEMENTS(figures); f++) {
                ok &= measure(b, f);
            }
            bench_free(b);
        }
    }
    return ok ? 0 : 1;
}
