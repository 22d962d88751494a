/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two chips under load, while firmware scrubs, kills, watches and syncs, and
 * VPs change chips; then the books.
 *
 * A device raises a source's flag and then triggers; the CPU that serves the
 * queue entry takes the flag down before the EOI.  So at the end no flag may be
 * up, every entry must have been read once, and every trigger accounted for.
 *
 * P9X_STRESS_SECONDS sets the time.
 */
#include "fixture-ic.h"
#include "loops.h"

enum {
    DEVICES = 2, CPUS = 2, SOURCES = 32, ENTRIES = 1024,
    END = 0x20, NVT = 0x30, OVERFLOW_AT = 0x80000
};

typedef struct Worker {
    struct Stress *stress;
    unsigned id;
    uint64_t random;
    uint64_t sent, seen;
    unsigned chip;              /* where a CPU's VP runs now */
    uint32_t offset;
    bool generation;
} Worker;

typedef struct Stress {
    IcRig *rig;
    atomic_bool stop;
    atomic_bool flag[SOURCES];
    Worker device[DEVICES], cpu[CPUS], firmware;
} Stress;

/* Sources are of chip 0 and 1 by turns; neighbours go to the same CPU. */
static unsigned chip_of(uint32_t source)
{
    return source % 2;
}

static unsigned cpu_of(uint32_t source)
{
    return source / 2 % CPUS;
}

static gpointer device_thread(gpointer opaque)
{
    Worker *w = opaque;

    while (running(&w->stress->stop)) {
        uint32_t source = roll(&w->random, SOURCES);

        atomic_store(&w->stress->flag[source], true);
        if (roll(&w->random, 4)) {
            ipi_trigger(w->stress->rig, chip_of(source), source);
        } else {
            p9x_ic_notify(w->stress->rig->chip[roll(&w->random, 2)].ic, 0,
                          (uint64_t)chip_of(source) << 28 | source);
        }
        w->sent++;
        if (roll(&w->random, 64) == 0) {
            sched_yield();
        }
    }
    return NULL;
}

static void serve(Worker *w)
{
    IcRig *rig = w->stress->rig;

    for (;;) {
        uint32_t entry = queue_entry(rig, w->id, END, w->offset);
        uint32_t source = entry & P9X_DATA_MAX;

        if (entry >> 31 != w->generation) {
            return;
        }
        if (++w->offset == ENTRIES) {
            w->offset = 0;
            w->generation = !w->generation;
        }
        w->seen++;
        g_assert_cmpuint(source, <, SOURCES);
        atomic_store(&w->stress->flag[source], false);
        if (roll(&w->random, 2)) {
            ipi_load(rig, chip_of(source), source, 0);
        } else {
            p9x_ic_vc_store(rig->chip[chip_of(source)].ic,
                            ipi_offset(source, ESB_MGMT, 0x400), 8, 0);
        }
    }
}

static void take_interrupt(Worker *w)
{
    IcRig *rig = w->stress->rig;

    if (ack_hv(rig, w->chip, w->id) >> 8 & P9X_NSR_HE) {
        serve(w);
    }
    tima_store(rig, w->chip, w->id, P9X_TIMA_HV, 0x31, 1, 0xFF);
}

/* The VP goes to a thread of the other chip, perhaps after a rest. */
static void change_chip(Worker *w)
{
    IcRig *rig = w->stress->rig;
    bool signalled;

    tima_load(rig, w->chip, w->id, P9X_TIMA_HV, P9X_TM_PULL_POOL, 8);
    /* IPB stays in the ring: the CPU that pulls looks after it. */
    signalled = p9x_tctx_raw_load(&rig->chip[w->chip].thread[w->id],
                                  P9X_RING_POOL * P9X_TM_RING_SIZE +
                                  P9X_TM_IPB, 1, 1);
    p9x_tctx_raw_store(&rig->chip[w->chip].thread[w->id],
                       P9X_RING_POOL * P9X_TM_RING_SIZE + P9X_TM_IPB, 1, 0,
                       1);
    sched_yield();
    w->chip = !w->chip;
    dispatch(rig, w->chip, w->id, (uint8_t)w->id, NVT);
    if (signalled) {
        serve(w);
    }
}

static gpointer cpu_thread(gpointer opaque)
{
    Worker *w = opaque;

    while (running(&w->stress->stop)) {
        take_interrupt(w);
        if (roll(&w->random, 256) == 0) {
            change_chip(w);
        }
        if (roll(&w->random, 16) == 0) {
            sched_yield();
        }
    }
    return NULL;
}

static void scrub_something(Worker *w, unsigned chip)
{
    static const ScrubKind kinds[] = {
        SCRUB_EAS, SCRUB_SBE, SCRUB_END, SCRUB_NVT
    };
    static const uint32_t index[] = { 0, 0, END, NVT };
    unsigned k = roll(&w->random, 4);
    uint32_t which = index[k] ? index[k] : roll(&w->random, SOURCES);

    ic_scrub(w->stress->rig, chip, kinds[k], (uint8_t)chip, which,
             roll(&w->random, 2));
}

/* Reads an END and writes it as it was.  Events in between must survive. */
static void watch_something(Worker *w, unsigned chip)
{
    IcRig *rig = w->stress->rig;
    bool nvt = roll(&w->random, 2);
    unsigned spec = nvt ? P9X_PC_VPC_CWATCH_SPEC : P9X_VC_EQC_CWATCH_SPEC;

    ic_set(rig, chip, spec, (uint64_t)chip << 32 | (nvt ? NVT : END) |
                            P9X_WATCH_FULL);
    ic_set(rig, chip, spec + 8, ic_get(rig, chip, spec + 8));
}

/* Events wait for a while, in the chip and in memory, and are let go. */
static void hold_something(Worker *w, unsigned chip)
{
    IcRig *rig = w->stress->rig;
    unsigned queue = roll(&w->random, 2);
    unsigned config = P9X_VC_IRQ_CONFIG_IPI + 8 * queue;

    ic_set(rig, chip, config, P9X_IRQ_QUEUE_DISABLE | P9X_IRQ_MEM_ENABLE);
    if (roll(&w->random, 2)) {
        sched_yield();
    }
    p9x_ic_notify(rig->chip[chip].ic, P9X_NOTIFY_SYNC + 0x80 * queue, 0);
    ic_set(rig, chip, config, P9X_IRQ_MEM_ENABLE);
}

static gpointer firmware_thread(gpointer opaque)
{
    Worker *w = opaque;
    IcRig *rig = w->stress->rig;

    while (running(&w->stress->stop)) {
        unsigned chip = roll(&w->random, 2);

        switch (roll(&w->random, 8)) {
        case 0:
            p9x_ic_notify(rig->chip[chip].ic,
                          0xC00 + 0x80 * roll(&w->random, 8), 0);
            break;
        case 1:
            ic_set(rig, chip, P9X_VC_AT_MACRO_KILL, P9X_KILL_VALID |
                   (uint64_t)roll(&w->random, 4) << 48);
            break;
        case 2:
        case 3:
            watch_something(w, chip);
            break;
        case 4:
            if (roll(&w->random, 16) == 0) {
                p9x_ic_flush(rig->chip[chip].ic);
            }
            break;
        case 5:
            hold_something(w, chip);
            break;
        default:
            scrub_something(w, chip);
            break;
        }
    }
    return NULL;
}

static void set_up(Stress *s)
{
    IcRig *rig = s->rig;

    for (unsigned i = 0; i < CPUS; i++) {
        write_end(rig, i, END, (uint8_t)i, NVT, 6,
                  P9X_END_W0_UCOND_NOTIFY | P9X_END_W0_BACKLOG);
        write_nvt(rig, i, NVT);
        s->cpu[i].chip = i;
        s->cpu[i].generation = true;
        dispatch(rig, i, i, (uint8_t)i, NVT);
    }
    for (uint32_t i = 0; i < SOURCES; i++) {
        write_eas(rig, chip_of(i), i, (uint8_t)cpu_of(i), END, i);
        ipi_load(rig, chip_of(i), i, P9X_ESB_SET_PQ_00);
    }
    for (unsigned n = 0; n < IC_CHIPS; n++) {
        ic_set(rig, n, P9X_VC_SBC_CONFIG, P9X_SBC_STORE_EOI);
        for (unsigned queue = 0; queue < 2; queue++) {
            ic_set(rig, n, P9X_VC_VSD_TABLE_ADDR, p9x_set64(
                p9x_set64(0, P9X_VST_SELECT, 4), P9X_VST_BLOCK, queue));
            ic_set(rig, n, P9X_VC_VSD_TABLE_DATA, ic_vsd(
                IC_MEMORY(n) + OVERFLOW_AT + 0x1000 * queue, 12));
        }
    }
}

static uint64_t both(Stress *s, P9xCounter kind)
{
    return ic_count(s->rig, 0, kind) + ic_count(s->rig, 1, kind);
}

static void check_books(Stress *s)
{
    uint64_t sent = 0, seen = 0;

    for (unsigned i = 0; i < DEVICES; i++) {
        sent += s->device[i].sent;
    }
    for (unsigned i = 0; i < CPUS; i++) {
        seen += s->cpu[i].seen;
    }
    for (uint32_t i = 0; i < SOURCES; i++) {
        g_assert_false(atomic_load(&s->flag[i]));
        g_assert_cmpuint(ipi_load(s->rig, chip_of(i), i, P9X_ESB_GET), ==,
                         P9X_PQ_00);
    }
    g_assert_cmpuint(both(s, P9X_COUNT_TRIGGERS), ==, sent);
    g_assert_cmpuint(both(s, P9X_COUNT_OFF), ==, 0);
    g_assert_cmpuint(both(s, P9X_COUNT_EVENTS) +
                     both(s, P9X_COUNT_COALESCED), ==, sent);
    g_assert_cmpuint(both(s, P9X_COUNT_QUEUED), ==, seen);
    g_assert_cmpuint(both(s, P9X_COUNT_EVENTS) +
                     both(s, P9X_COUNT_REPLAYS), ==, seen);
    for (unsigned n = 0; n < IC_CHIPS; n++) {
        g_assert_cmpuint(p9x_guest_errors_total(
            p9x_ic_counters(s->rig->chip[n].ic)), ==, 0);
    }
    g_test_message("%" G_GUINT64_FORMAT " sent, %" G_GUINT64_FORMAT
                   " coalesced, %" G_GUINT64_FORMAT " received", sent,
                   both(s, P9X_COUNT_COALESCED), seen);
}

static void start(Stress *s, Worker *w, unsigned id, GThreadFunc func,
                  GThread **thread)
{
    w->stress = s;
    w->id = id;
    w->random = (uint64_t)(uintptr_t)thread * 77 + id;
    *thread = g_thread_new("worker", func, w);
}

static void test_lose_nothing_while_firmware_works_on_their_caches(void)
{
    const char *env = g_getenv("P9X_STRESS_SECONDS");
    double seconds = env ? g_ascii_strtod(env, NULL) : 2;
    Stress *s = g_new0(Stress, 1);
    GThread *thread[DEVICES + CPUS + 1];
    unsigned n = 0;

    s->rig = icrig_new();
    set_up(s);
    for (unsigned i = 0; i < CPUS; i++, n++) {
        start(s, &s->cpu[i], i, cpu_thread, &thread[n]);
    }
    for (unsigned i = 0; i < DEVICES; i++, n++) {
        start(s, &s->device[i], i, device_thread, &thread[n]);
    }
    start(s, &s->firmware, 0, firmware_thread, &thread[n++]);
    g_usleep((gulong)(seconds * G_USEC_PER_SEC));
    atomic_store(&s->stop, true);
    while (n > 0) {
        g_thread_join(thread[--n]);
    }
    /* What is pending now is signalled, and nothing else is on its way. */
    for (unsigned round = 0; round < 4; round++) {
        for (unsigned i = 0; i < CPUS; i++) {
            take_interrupt(&s->cpu[i]);
        }
    }
    check_books(s);
    icrig_free(s->rig);
    g_free(s);
}

int main(int argc, char **argv)
{
    static const TestRow rows[] = {
        TEST(lose_nothing_while_firmware_works_on_their_caches),
    };

    return RUN_TESTS(argc, argv, "ic-chips-under-load", rows);
}
