/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The cost of an interrupt of the POWER9 interrupt controller in the core.
 *
 *   bench-ic [--smoke]
 *   bench-ic --count KEY ITERATIONS
 *
 * A line a figure, the median of several rounds in nanoseconds of the
 * processor's time: one source, one chip; thousands of sources on hundreds of
 * ENDs; from one chip to the other; by a device's store to the notify page.
 * Each interrupt is triggered, taken, read from its queue and ended.  A round
 * fails if what was received isn't what was sent.
 *
 * With --count it does one thing and prints nothing: tests/bench/path.py lets
 * callgrind count the instructions.
 */
#include <stdio.h>
#include <time.h>

#include "fixture-ic.h"

enum {
    ROUNDS = 5, ENDS = 256, SOURCES = 8192, NVT = 0x30, FIRST_END = 0x10
};

typedef struct Case {
    const char *name;
    unsigned source_chip;
    unsigned nr_sources;
    unsigned nr_ends;
    bool by_device;
} Case;

typedef struct Bench {
    IcRig *rig;
    const Case *what;
    uint64_t sent, received;
    uint32_t offset[ENDS];
} Bench;

static double cpu_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static void set_up(Bench *b)
{
    const Case *c = b->what;

    write_nvt(b->rig, 0, NVT);
    for (unsigned i = 0; i < c->nr_ends; i++) {
        write_end(b->rig, 0, FIRST_END + i, 0, NVT, 6,
                  P9X_END_W0_UCOND_NOTIFY);
    }
    dispatch(b->rig, 0, 0, 0, NVT);
    for (uint32_t i = 0; i < c->nr_sources; i++) {
        write_eas(b->rig, c->source_chip, i, 0, FIRST_END + i % c->nr_ends,
                  i);
        ipi_load(b->rig, c->source_chip, i, P9X_ESB_SET_PQ_00);
    }
}

/* The newest entry's data; both generations come by. */
static uint32_t next_data(Bench *b, unsigned end)
{
    uint32_t at = b->offset[end]++ % 1024;

    return queue_entry(b->rig, 0, FIRST_END + end, at) & P9X_DATA_MAX;
}

static void one(Bench *b, uint32_t source)
{
    const Case *c = b->what;

    if (c->by_device) {
        p9x_ic_notify(b->rig->chip[c->source_chip].ic, 0,
                      P9X_TRIGGER_PQ | (uint64_t)c->source_chip << 28 |
                      source);
    } else {
        ipi_trigger(b->rig, c->source_chip, source);
    }
    b->sent++;
    if (ack_hv(b->rig, 0, 0) >> 8 & P9X_NSR_HE &&
        next_data(b, source % c->nr_ends) == source) {
        b->received++;
    }
    ipi_load(b->rig, c->source_chip, source, 0);
    tima_store(b->rig, 0, 0, P9X_TIMA_HV, 0x31, 1, 0xFF);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static bool run(const Case *c, unsigned count)
{
    Bench b = { .rig = icrig_new(), .what = c };
    double ns[ROUNDS];

    set_up(&b);
    for (unsigned round = 0; round < ROUNDS; round++) {
        double start = cpu_ns();

        for (unsigned i = 0; i < count; i++) {
            one(&b, i % c->nr_sources);
        }
        ns[round] = (cpu_ns() - start) / count;
    }
    qsort(ns, ROUNDS, sizeof(ns[0]), compare);
    printf("%-40s %8.1f ns  sent %llu received %llu\n", c->name,
           ns[ROUNDS / 2], (unsigned long long)b.sent,
           (unsigned long long)b.received);
    icrig_free(b.rig);
    return b.sent == b.received;
}

static void esb_load(Bench *b)
{
    ipi_load(b->rig, 0, 0, P9X_ESB_GET);
}

static void interrupt(Bench *b)
{
    one(b, 0);
}

static int count(const char *key, const char *iterations)
{
    static const struct {
        const char *key;
        void (*f)(Bench *b);
        Case what;
    } figures[] = {
        { "pnv-interrupt", interrupt, { "", 0, 1, 1, false } },
        { "pnv-device-event", interrupt, { "", 0, 1, 1, true } },
        { "pnv-esb-load", esb_load, { "", 0, 1, 1, false } }
    };
    uint64_t n = g_ascii_strtoull(iterations, NULL, 10);

    for (unsigned i = 0; i < G_N_ELEMENTS(figures); i++) {
        Bench b = { .what = &figures[i].what };

        if (strcmp(key, figures[i].key) != 0) {
            continue;
        }
        b.rig = icrig_new();
        set_up(&b);
        for (uint64_t k = 0; k < n; k++) {
            figures[i].f(&b);
        }
        icrig_free(b.rig);
        return b.sent == b.received ? 0 : 1;
    }
    return 2;
}

int main(int argc, char **argv)
{
    static const Case cases[] = {
        { "interrupt, 1 source", 0, 1, 1, false },
        { "interrupt, 8192 sources, 256 ENDs", 0, SOURCES, ENDS, false },
        { "device's store to the notify page", 0, 1, 1, true },
        { "interrupt from the other chip", 1, 1, 1, false }
    };
    bool smoke = argc > 1 && strcmp(argv[1], "--smoke") == 0;
    bool ok = true;

    if (argc == 4 && strcmp(argv[1], "--count") == 0) {
        return count(argv[2], argv[3]);
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        ok &= run(&cases[i], smoke ? 20000 : 1000000);
    }
    return ok ? 0 : 1;
}
