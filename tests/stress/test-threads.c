/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Many host threads at once, and then the books: nothing lost, nothing twice.
 *
 * Devices trigger, CPUs work as a kernel does (acknowledge, read the queue,
 * EOI, open up), dispatch and undispatch their VP, and an administrator moves,
 * masks and syncs sources meanwhile.  Afterwards every trigger must be
 * accounted for, every queue entry must have been read once, and no entry may
 * lie in a queue whose CPU was not told.
 *
 * P9X_STRESS_SECONDS sets the time of each test.
 */
#include "fixture.h"
#include "loops.h"
#include "xive/recorder.h"

#include <glib/gstdio.h>
#include <inttypes.h>

enum {
    DEVICES = 2, CPUS = 3, SOURCES = 32, LSIS = 2, PRIOS = 7,
    MOST_ARENAS = 100, ENTRIES = SRIG_QUEUE_SIZE / 4
};

typedef struct Consumer {
    uint32_t offset;
    bool generation;
} Consumer;

typedef struct Worker {
    struct Stress *stress;
    unsigned id;
    uint64_t random;
    uint64_t sent, seen, acks, done;
    Consumer queue[PRIOS];
} Worker;

typedef struct Stress {
    SpaprRig *rig;
    atomic_bool stop;
    Worker device[DEVICES], cpu[CPUS], admin, more;
    GThread *thread[DEVICES + CPUS + 2];        /* admin, more */
    unsigned nr_threads;
} Stress;

/* The last sources are level-sensitive; EISN is the LISN. */
static bool is_lsi(uint32_t lisn)
{
    return lisn >= SOURCES - LSIS;
}

static gpointer device_thread(gpointer opaque)
{
    Worker *w = opaque;
    SpaprRig *rig = w->stress->rig;

    while (running(&w->stress->stop)) {
        uint32_t lisn = roll(&w->random, SOURCES);

        if (is_lsi(lisn)) {
            bool up = roll(&w->random, 2);

            p9x_spapr_set_irq(&rig->s, lisn, up);
            w->sent += up;
        } else if (roll(&w->random, 2)) {
            srig_trigger(rig, lisn);
            w->sent++;
        } else {
            p9x_spapr_set_irq(&rig->s, lisn, true);
            w->sent++;
        }
        if (roll(&w->random, 64) == 0) {
            sched_yield();
        }
    }
    return NULL;
}

static bool next_entry(Worker *w, unsigned prio, uint32_t *lisn)
{
    Consumer *q = &w->queue[prio];
    uint32_t entry = srig_entry(w->stress->rig, w->id, (uint8_t)prio,
                                q->offset);

    if ((entry >> 31) != q->generation) {
        return false;
    }
    if (++q->offset == ENTRIES) {
        q->offset = 0;
        q->generation = !q->generation;
    }
    *lisn = entry & P9X_DATA_MAX;
    return true;
}

static void drain(Worker *w, unsigned prio)
{
    P9xSource *src = &w->stress->rig->s.source;
    uint32_t lisn;

    while (next_entry(w, prio, &lisn)) {
        g_assert_cmpuint(lisn, <, SOURCES);
        w->seen++;
        if (is_lsi(lisn)) {
            /* A driver makes its device let go of the line first. */
            p9x_spapr_set_irq(&w->stress->rig->s, lisn, false);
        }
        if (roll(&w->random, 2)) {
            p9x_source_page_load(src, lisn, true, 0, 8);
        } else {
            p9x_source_page_store(src, lisn, true, 0x400, 8, 0);
        }
    }
}

static void take_interrupt(Worker *w)
{
    P9xTctx *t = &w->stress->rig->tctx[w->id];
    uint16_t ack = (uint16_t)p9x_tima_load(t, P9X_TIMA_OS, 0x810, 2);

    if (ack & 0x8000) {
        w->acks++;
        g_assert_cmpuint(ack & 0xFF, <, PRIOS);
        drain(w, ack & 0xFF);
    }
    p9x_tima_store(t, P9X_TIMA_OS, 0x11, 1, 0xFF);
}

/* What a hypervisor's scheduler does to it. */
static void leave_and_come_back(Worker *w)
{
    P9xTctx *t = &w->stress->rig->tctx[w->id];
    uint32_t w2 = (uint32_t)p9x_tima_load(t, P9X_TIMA_HV, 0x818, 4);

    g_assert_cmphex(w2, ==, P9X_TM_OS_VALID | (P9X_SPAPR_NVT_BASE + w->id));
    sched_yield();
    p9x_tima_store(t, P9X_TIMA_HV, 0x18, 4, w2);
}

static gpointer cpu_thread(gpointer opaque)
{
    Worker *w = opaque;
    P9xTctx *t = &w->stress->rig->tctx[w->id];

    while (running(&w->stress->stop)) {
        if (p9x_tctx_lines(t) & P9X_LINE_OS) {
            take_interrupt(w);
            continue;
        }
        switch (roll(&w->random, 256)) {
        case 0:
            leave_and_come_back(w);
            break;
        case 1:
            p9x_tima_store(t, P9X_TIMA_OS, 0x11, 1, roll(&w->random, 8));
            break;
        default:
            p9x_tima_store(t, P9X_TIMA_OS, 0x11, 1, 0xFF);
            sched_yield();
            break;
        }
    }
    return NULL;
}

static int64_t admin_call(Worker *w, unsigned opcode, uint64_t a0,
                          uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4)
{
    uint64_t args[6] = { a0, a1, a2, a3, a4, 0 };

    return p9x_spapr_hcall(&w->stress->rig->s, 0, opcode, args);
}

static void move_source(Worker *w, uint32_t lisn)
{
    g_assert_cmpint(admin_call(w, P9X_H_INT_SET_SOURCE_CONFIG,
                               P9X_SRC_SET_EISN, lisn, roll(&w->random, CPUS),
                               roll(&w->random, PRIOS), lisn), ==, 0);
}

/* As a kernel does: off, sync, move, on again. */
static void mask_and_unmask(Worker *w, uint32_t lisn)
{
    P9xSource *src = &w->stress->rig->s.source;

    p9x_source_page_load(src, lisn, true, 0xD00, 8);
    g_assert_cmpint(admin_call(w, P9X_H_INT_SYNC, 0, lisn, 0, 0, 0), ==, 0);
    g_assert_cmpint(admin_call(w, P9X_H_INT_SET_SOURCE_CONFIG, P9X_SRC_MASK,
                               lisn, 0, 0, 0), ==, 0);
    g_usleep(10);
    move_source(w, lisn);
    p9x_source_page_load(src, lisn, true, 0xC00, 8);
}

static gpointer admin_thread(gpointer opaque)
{
    Worker *w = opaque;

    while (running(&w->stress->stop)) {
        uint32_t lisn = roll(&w->random, SOURCES);

        switch (roll(&w->random, 4)) {
        case 0:
            mask_and_unmask(w, lisn);
            break;
        case 1:
            g_assert_cmpint(admin_call(w, P9X_H_INT_GET_QUEUE_CONFIG, 1,
                                       roll(&w->random, CPUS),
                                       roll(&w->random, PRIOS), 0, 0),
                            ==, 0);
            break;
        default:
            move_source(w, lisn);
            break;
        }
        g_usleep(50);
    }
    return NULL;
}

static void start(Stress *st, const char *name, GThreadFunc func, Worker *w,
                  unsigned id)
{
    w->stress = st;
    w->id = id;
    w->random = 1000 * st->nr_threads + 7;
    for (unsigned p = 0; p < PRIOS; p++) {
        w->queue[p].generation = true;
    }
    st->thread[st->nr_threads++] = g_thread_new(name, func, w);
}

static void set_up(Stress *st)
{
    SpaprRig *rig = st->rig = srig_new(CPUS + 1);

    for (unsigned c = 0; c < CPUS; c++) {
        for (uint8_t p = 0; p < PRIOS; p++) {
            srig_set_queue(rig, c, p);
            /* A VP that is away for a moment must miss nothing. */
            rig->s.tables.end[c * 8 + p].w[0] |=
                p9x_be32(P9X_END_W0_BACKLOG);
        }
    }
    for (uint32_t lisn = 0; lisn < SOURCES; lisn++) {
        g_assert_cmpint(p9x_spapr_claim(&rig->s, lisn, is_lsi(lisn)), ==, 0);
        srig_route(rig, lisn, lisn % CPUS, lisn % PRIOS, lisn);
    }
}

static void run(Stress *st)
{
    const char *env = g_getenv("P9X_STRESS_SECONDS");
    double seconds = env ? g_ascii_strtod(env, NULL) : 2;

    g_usleep((gulong)(seconds * G_USEC_PER_SEC));
    atomic_store(&st->stop, true);
    for (unsigned i = 0; i < st->nr_threads; i++) {
        g_thread_join(st->thread[i]);
    }
}

static uint64_t count(Stress *st, P9xCounter kind)
{
    return p9x_counter_read(&st->rig->s.router.counters, kind);
}

static uint64_t errors(Stress *st, P9xGuestError kind)
{
    return p9x_guest_error_read(&st->rig->s.router.counters, kind);
}

/* Each trigger and each event has exactly one outcome. */
static void check_books(Stress *st)
{
    g_assert_cmpuint(count(st, P9X_COUNT_TRIGGERS), ==,
                     count(st, P9X_COUNT_COALESCED) +
                     count(st, P9X_COUNT_OFF) + count(st, P9X_COUNT_EVENTS));
    g_assert_cmpuint(count(st, P9X_COUNT_EVENTS) +
                     count(st, P9X_COUNT_REPLAYS), ==,
                     count(st, P9X_COUNT_EAS_MASKED) +
                     count(st, P9X_COUNT_QUEUED) +
                     errors(st, P9X_ERR_EAS_INVALID) +
                     errors(st, P9X_ERR_END_INVALID) - st->admin.seen +
                     errors(st, P9X_ERR_QUEUE_WRITE));
}

/* @more: another thread beside them, or NULL. */
static void account_for_every_event(GThreadFunc more)
{
    Stress *st = host_alloc(sizeof(*st));
    uint64_t sent = 0, seen = 0, acks = 0;

    set_up(st);
    for (unsigned i = 0; i < CPUS; i++) {
        start(st, "cpu", cpu_thread, &st->cpu[i], i);
    }
    for (unsigned i = 0; i < DEVICES; i++) {
        start(st, "device", device_thread, &st->device[i], i);
    }
    start(st, "admin", admin_thread, &st->admin, 0);
    if (more) {
        start(st, "more", more, &st->more, 0);
    }
    run(st);
    for (unsigned i = 0; i < DEVICES; i++) {
        sent += st->device[i].sent;
    }
    for (uint32_t lisn = SOURCES - LSIS; lisn < SOURCES; lisn++) {
        p9x_spapr_set_irq(&st->rig->s, lisn, false);
    }
    /* Only what is signalled is looked at; then nothing may be left. */
    for (unsigned i = 0; i < CPUS; i++) {
        p9x_tctx_set_cppr(&st->rig->tctx[i], P9X_RING_OS, 0xFF);
    }
    for (unsigned i = 0; i < CPUS; i++) {
        while (p9x_tctx_lines(&st->rig->tctx[i]) & P9X_LINE_OS) {
            take_interrupt(&st->cpu[i]);
            i = 0;
        }
    }
    /* All have been EOIed: a P that is left has no event behind it. */
    for (uint32_t lisn = 0; lisn < SOURCES; lisn++) {
        g_assert_false(p9x_source_get_pq(&st->rig->s.source, lisn) &
                       P9X_ESB_P);
    }
    for (unsigned i = 0; i < CPUS; i++) {
        uint32_t lisn;

        assert_ring_invariant(&st->rig->tctx[i]);
        g_assert_cmphex(p9x_nvt_ipb(&st->rig->s.tables.nvt[i]), ==, 0);
        for (unsigned p = 0; p < PRIOS; p++) {
            g_assert_false(next_entry(&st->cpu[i], p, &lisn));
        }
        seen += st->cpu[i].seen;
        acks += st->cpu[i].acks;
    }
    check_books(st);
    g_assert_cmpuint(count(st, P9X_COUNT_TRIGGERS), ==, sent);
    g_assert_cmpuint(count(st, P9X_COUNT_QUEUED), ==, seen);
    g_assert_cmpuint(count(st, P9X_COUNT_ACKS), ==, acks);
    g_assert_cmpuint(count(st, P9X_COUNT_UNDELIVERED), ==, 0);
    g_assert_cmpuint(p9x_guest_errors_total(&st->rig->s.router.counters), ==,
                     0);
    g_assert_cmpuint(seen, >, 1000);
    g_test_message("sent %" PRIu64 ", queue entries %" PRIu64 ", presented %"
                   PRIu64 ", acknowledged %" PRIu64, sent, seen,
                   count(st, P9X_COUNT_PRESENTED), acks);
    srig_free(st->rig);
    free(st);
}

static void test_every_event_is_accounted_for(void)
{
    account_for_every_event(NULL);
}

static void describe(void *opaque, GString *out)
{
    SpaprRig *rig = opaque;

    p9x_spapr_state(&rig->s, out);
}

static void start_recorder(uint32_t size)
{
    char *error = NULL;

    g_assert_true(p9x_recorder_start(size, &error));
}

/*
 * What a host program may do with the recorder beside all that record: the
 * rings are small, so that most of what is copied is being overwritten.
 */
static gpointer recorder_thread(gpointer opaque)
{
    Worker *w = opaque;
    g_autofree char *dir = g_dir_make_tmp("p9xrec-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "file", NULL);

    p9x_recorder_describe(describe, w->stress->rig);
    while (running(&w->stress->stop)) {
        char *error = NULL;

        start_recorder(64 << w->done % 2);
        /* A new size has a new arena, whose address space stays taken. */
        w->done += w->done < MOST_ARENAS && roll(&w->random, 4) == 0;
        g_assert_true(p9x_recorder_save(path, &error));
        if (roll(&w->random, 4) == 0) {
            p9x_recorder_stop();
            g_usleep(100);
        }
    }
    p9x_recorder_forget(describe, w->stress->rig);
    p9x_recorder_stop();
    g_unlink(path);
    g_rmdir(dir);
    return NULL;
}

static void test_every_event_is_accounted_for_while_it_is_recorded(void)
{
    uint64_t before = p9x_recorder_written();

    account_for_every_event(recorder_thread);
    g_test_message("%" PRIu64 " records", p9x_recorder_written() - before);
    g_assert_cmpuint(p9x_recorder_written() - before, >, 1000);
    g_assert_cmpuint(p9x_recorder_dropped(), ==, 0);
}

/* The calls that change all, at any moment. */
static gpointer chaos_thread(gpointer opaque)
{
    Worker *w = opaque;
    SpaprRig *rig = w->stress->rig;

    while (running(&w->stress->stop)) {
        g_autoptr(GString) out = NULL;
        uint8_t image[P9X_TM_IMAGE_SIZE];
        unsigned c = roll(&w->random, CPUS), p = roll(&w->random, PRIOS);

        switch (roll(&w->random, 8)) {
        case 0:
            p9x_spapr_reset(&rig->s);
            break;
        case 1:
            admin_call(w, P9X_H_INT_RESET, 0, 0, 0, 0, 0);
            break;
        case 2:
            out = g_string_new("");
            p9x_spapr_print(&rig->s, out);
            break;
        case 3:
            p9x_tctx_save(&rig->tctx[c], image);
            break;
        case 4:
            p9x_spapr_free(&rig->s, roll(&w->random, SOURCES));
            break;
        case 5:
            p9x_spapr_claim(&rig->s, roll(&w->random, SOURCES),
                            roll(&w->random, 2));
            break;
        case 6:
            /* Of no queue: an END error without an event. */
            w->seen += p9x_spapr_end_load(&rig->s, (c * 8 + p) *
                                          UINT64_C(0x20000), 8) ==
                       UINT64_MAX;
            break;
        default:
            admin_call(w, P9X_H_INT_SET_QUEUE_CONFIG, roll(&w->random, 2), c, p,
                       srig_queue_addr(c, (uint8_t)p), 16);
            admin_call(w, P9X_H_INT_SET_SOURCE_CONFIG, P9X_SRC_SET_EISN,
                       roll(&w->random, SOURCES), c, p,
                       roll(&w->random, SOURCES));
            break;
        }
        p9x_source_page_load(&rig->s.source, roll(&w->random, SOURCES),
                             true, 0xC00, 8);
        g_usleep(20);
    }
    return NULL;
}

static void test_resets_at_any_moment_leave_a_sane_machine(void)
{
    Stress *st = host_alloc(sizeof(*st));

    set_up(st);
    for (unsigned i = 0; i < CPUS; i++) {
        start(st, "cpu", cpu_thread, &st->cpu[i], i);
    }
    for (unsigned i = 0; i < DEVICES; i++) {
        start(st, "device", device_thread, &st->device[i], i);
    }
    start(st, "chaos", chaos_thread, &st->admin, 0);
    run(st);
    check_books(st);
    for (unsigned i = 0; i < CPUS; i++) {
        assert_ring_invariant(&st->rig->tctx[i]);
    }
    /* A reset with all quiet leaves what power-on does. */
    p9x_spapr_reset(&st->rig->s);
    for (unsigned i = 0; i < CPUS; i++) {
        g_assert_cmphex(p9x_tctx_lines(&st->rig->tctx[i]), ==, 0);
    }
    srig_free(st->rig);
    free(st);
}

/*
 * One event, and one step that makes a thread ready for it, at the same moment,
 * again and again: wherever they meet, the event must end up in the ring and
 * not in an NVT that no thread will look at any more.
 */
typedef struct Meeting {
    Rig *rig;
    P9xVpEvent event;
    atomic_uint round;
    atomic_uint done;
    atomic_bool stop;
} Meeting;

enum { MEETING_PRIO = 3 };

static void dawdle(unsigned spins)
{
    for (volatile unsigned i = 0; i < spins; i++) {
        continue;
    }
}

static gpointer send_each_round(gpointer opaque)
{
    Meeting *m = opaque;
    unsigned seen = 0;

    while (!atomic_load(&m->stop)) {
        unsigned round = atomic_load(&m->round);

        if (round == seen) {
            continue;
        }
        seen = round;
        dawdle(round * 7 % 61);
        p9x_router_vp_event(&m->rig->router, &m->event);
        atomic_store(&m->done, round);
    }
    return NULL;
}

/* @step makes ready the thread that it returns; @part parts what has met. */
static void meet_again_and_again(Meeting *m,
                                 P9xTctx *(*step)(Rig *rig, unsigned round),
                                 void (*part)(P9xTctx *tctx))
{
    const char *env = g_getenv("P9X_STRESS_SECONDS");
    double seconds = env ? g_ascii_strtod(env, NULL) : 2;
    gint64 end = g_get_monotonic_time() + (gint64)(seconds * 500000);
    uint32_t nvt = m->event.index - RIG_NVT_BASE;
    GThread *sender = g_thread_new("sender", send_each_round, m);

    for (unsigned round = 1; g_get_monotonic_time() < end; round++) {
        P9xTctx *t;

        atomic_store(&m->round, round);
        dawdle(round * 13 % 67);
        t = step(m->rig, round);
        while (atomic_load(&m->done) != round) {
            if (round % 16 == 0) {
                sched_yield();
            }
        }
        g_assert_cmphex(p9x_nvt_ipb(rig_nvt(m->rig, nvt)), ==, 0);
        g_assert_cmphex(p9x_tctx_ack(t, P9X_RING_OS), ==,
                        0x8000 | MEETING_PRIO);
        part(t);
    }
    atomic_store(&m->stop, true);
    g_thread_join(sender);
    g_test_message("%" PRIu64 " meetings", rig_count(m->rig,
                                                     P9X_COUNT_ACKS));
}

static P9xTctx *push_vp(Rig *rig, unsigned round)
{
    p9x_tctx_set_word2(&rig->thread[0], P9X_RING_OS,
                       P9X_TM_OS_VALID | rig_cam(0));
    return &rig->thread[0];
}

static void pull_vp(P9xTctx *t)
{
    p9x_tctx_pull(t, P9X_RING_OS);
    p9x_tctx_set_cppr(t, P9X_RING_OS, 0xFF);
}

static void test_an_event_beside_a_push_is_found(void)
{
    Meeting m = {
        .rig = rig_new(1),
        .event = { .block = RIG_BLOCK, .index = RIG_NVT_BASE,
                   .priority = MEETING_PRIO, .backlog = true }
    };

    rig_nvt_valid(m.rig, 0);
    p9x_tctx_set_cppr(&m.rig->thread[0], P9X_RING_OS, 0xFF);
    meet_again_and_again(&m, push_vp, pull_vp);
    rig_free(m.rig);
}

static P9xTctx *raise_cppr(Rig *rig, unsigned round)
{
    P9xTctx *t = &rig->thread[round % 2];

    p9x_tctx_set_cppr(t, P9X_RING_OS, 0xFF);
    return t;
}

static void lower_cppr(P9xTctx *t)
{
    p9x_tctx_set_cppr(t, P9X_RING_OS, 0);
}

static void test_a_groups_event_beside_a_cppr_is_taken(void)
{
    /* NVT index ...0001: VPs 0 to 3. */
    Meeting m = {
        .rig = rig_new(2),
        .event = { .block = RIG_BLOCK, .index = RIG_NVT_BASE + 1,
                   .priority = MEETING_PRIO, .backlog = true, .group = true }
    };

    rig_dispatch(m.rig, 0, 2, 0);
    rig_dispatch(m.rig, 1, 3, 0);
    rig_nvt_valid(m.rig, 1);
    meet_again_and_again(&m, raise_cppr, lower_cppr);
    g_assert_cmpuint(atomic_load(&m.rig->presenter.nr_groups), ==, 0);
    rig_free(m.rig);
}

static const TestRow tests[] = {
    TEST(an_event_beside_a_push_is_found),
    TEST(a_groups_event_beside_a_cppr_is_taken),
    TEST(every_event_is_accounted_for),
    TEST(every_event_is_accounted_for_while_it_is_recorded),
    TEST(resets_at_any_moment_leave_a_sane_machine),
};

int main(int argc, char **argv)
{
    return RUN_TESTS(argc, argv, "threads", tests);
}
