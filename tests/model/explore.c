/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every state that two sources, one event queue and one thread can reach, and
 * every step from each: not a sample, all of them.
 *
 * Source 0 is an MSI, source 1 an LSI, both routed to one END at one priority.
 * The state of the core is put in place, one operation is done, the state is
 * taken out again.  Beside it goes what the world knows and the core does not:
 *
 *   unread    entries of each source in the queue
 *   owed      a trigger of the MSI that no reader of the queue has seen
 *   untold    an entry that no acknowledge has followed
 *
 * In no state may an owed trigger be neither in the queue nor in Q, or an
 * untold entry be neither pending in the ring, nor in the NVT, nor held by
 * ESn: it would never be heard of again.
 */
#include "fixture.h"
#include "xive/recorder.h"

#include <stdio.h>

enum { PRIO = 4, VP = 5, END = 3, MAX_UNREAD = 2, STATE_BITS = 20 };

static const uint8_t cpprs[] = { 0, PRIO, PRIO + 1, 0xFF };

typedef struct State {
    unsigned pq[2], level, masked, esn, cppr, nsr, ipb, nvt, live;
    unsigned unread[2], owed, untold;
} State;

typedef struct World {
    Rig *rig;
    P9xSource src;
    bool ucond;
    State now;
    unsigned written[2];        /* entries by this operation */
} World;

typedef struct Fields {
    size_t offset;
    unsigned bits;
} Fields;

#define F(field, bits) { offsetof(State, field), bits }
static const Fields fields[] = {
    F(pq[0], 2), F(pq[1], 2), F(level, 1), F(masked, 1), F(esn, 2),
    F(cppr, 2), F(nsr, 1), F(ipb, 1), F(nvt, 1), F(live, 1),
    F(unread[0], 2), F(unread[1], 2), F(owed, 1), F(untold, 1)
};
#undef F

static uint32_t pack(const State *s)
{
    uint32_t code = 0;

    for (unsigned i = 0; i < G_N_ELEMENTS(fields); i++) {
        code = code << fields[i].bits |
               *(const unsigned *)((const char *)s + fields[i].offset);
    }
    return code;
}

static State unpack(uint32_t code)
{
    State s = { 0 };

    for (unsigned i = G_N_ELEMENTS(fields); i-- > 0;) {
        *(unsigned *)((char *)&s + fields[i].offset) =
            code & ((1u << fields[i].bits) - 1);
        code >>= fields[i].bits;
    }
    return s;
}

/* ---- state in, state out ---- */

static void put(World *w)
{
    const State *s = &w->now;
    P9xTctx *t = &w->rig->thread[0];
    uint8_t image[P9X_TM_IMAGE_SIZE] = { 0 };
    uint8_t *os = image + P9X_RING_OS * P9X_TM_RING_SIZE;
    P9xEnd *end = &w->rig->tables.end[END];

    atomic_store(p9x_source_esb(&w->src, 0), s->pq[0]);
    atomic_store(p9x_source_esb(&w->src, 1),
                 s->pq[1] | (s->level ? P9X_ESB_ASSERTED : 0));
    for (unsigned i = 0; i < 2; i++) {
        rig_route(w->rig, i, END, i);
    }
    if (s->masked) {
        p9x_eas_write(&w->rig->tables.eas[0], P9X_EAS_MASKED |
                      p9x_eas_read(&w->rig->tables.eas[0]));
    }
    p9x_queue_set(end, rig_queue_addr(END), 12);
    p9x_end_set(end, 1, P9X_END_W1_ESN, s->esn);
    os[P9X_TM_CPPR] = cpprs[s->cppr];
    os[P9X_TM_IPB] = s->ipb ? 0x80 >> PRIO : 0;
    os[P9X_TM_NSR] = s->nsr ? P9X_NSR_EO : 0;
    p9x_store_be(os + P9X_TM_WORD2, 4,
                 (s->live ? P9X_TM_OS_VALID : 0) | rig_cam(VP));
    p9x_nvt_set_ipb(rig_nvt(w->rig, VP), 0);
    g_assert_true(p9x_tctx_restore(t, image));
    p9x_nvt_set_ipb(rig_nvt(w->rig, VP), s->nvt ? 0x80 >> PRIO : 0);
}

static void take(World *w)
{
    State *s = &w->now;
    P9xTctx *t = &w->rig->thread[0];
    P9xEnd *end = &w->rig->tables.end[END];
    uint32_t n = p9x_end_get(end, 1, P9X_END_W1_OFFSET);

    w->written[0] = w->written[1] = 0;
    for (uint32_t i = 0; i < n; i++) {
        w->written[host_load32(&w->rig->host, rig_queue_addr(END) + 4 * i) &
                   1]++;
    }
    s->pq[0] = p9x_source_get_pq(&w->src, 0);
    s->pq[1] = p9x_source_get_pq(&w->src, 1);
    s->level = !!(atomic_load(p9x_source_esb(&w->src, 1)) & P9X_ESB_ASSERTED);
    s->esn = p9x_end_get(end, 1, P9X_END_W1_ESN);
    for (s->cppr = 0; cpprs[s->cppr] != reg(t, P9X_RING_OS, P9X_TM_CPPR);) {
        s->cppr++;
        g_assert_cmpuint(s->cppr, <, G_N_ELEMENTS(cpprs));
    }
    s->nsr = !!reg(t, P9X_RING_OS, P9X_TM_NSR);
    s->ipb = !!reg(t, P9X_RING_OS, P9X_TM_IPB);
    s->nvt = !!p9x_nvt_ipb(rig_nvt(w->rig, VP));
    s->live = word2(t, P9X_RING_OS) >> 31;
}

/* ---- operations ---- */

static void trigger(World *w, unsigned arg)
{
    w->now.owed |= w->now.pq[0] != P9X_PQ_01;
    p9x_source_trigger(&w->src, 0);
}

static void set_level(World *w, unsigned up)
{
    p9x_source_set_level(&w->src, 1, up);
}

static void eoi(World *w, unsigned i)
{
    bool again = p9x_source_page_load(&w->src, i, true, 0, 8);

    g_assert_cmpint(again, ==, i == 0 ? w->now.pq[0] == P9X_PQ_11 :
                    w->now.level && w->now.pq[1] != P9X_PQ_01);
}

/* The guest throws away what Q held: then that is no one's loss. */
static void set_pq0(World *w, unsigned pq)
{
    p9x_source_page_load(&w->src, 0, true, 0xC00 + 0x100 * pq, 8);
    w->now.owed &= w->now.unread[0] > 0 || (pq & P9X_ESB_Q && pq != P9X_PQ_01);
}

static void set_pq1(World *w, unsigned pq)
{
    p9x_source_page_load(&w->src, 1, true, 0xC00 + 0x100 * pq, 8);
}

static void toggle_mask(World *w, unsigned arg)
{
    w->now.masked = !w->now.masked;
}

static void cppr(World *w, unsigned value)
{
    p9x_tima_store(&w->rig->thread[0], P9X_TIMA_OS, 0x11, 1, value);
}

static void ack(World *w, unsigned arg)
{
    uint64_t got = p9x_tima_load(&w->rig->thread[0], P9X_TIMA_OS, 0x810, 2);

    if (got & 0x8000) {
        g_assert_cmphex(got, ==, 0x8000 | PRIO);
        w->now.untold = 0;
    } else {
        g_assert_cmphex(got, ==, cpprs[w->now.cppr]);
    }
}

static void pull(World *w, unsigned arg)
{
    p9x_tima_load(&w->rig->thread[0], P9X_TIMA_HV, 0x818, 4);
}

static void push(World *w, unsigned arg)
{
    p9x_tima_store(&w->rig->thread[0], P9X_TIMA_HV, 0x18, 4,
                   P9X_TM_OS_VALID | rig_cam(VP));
}

static void pop(World *w, unsigned i)
{
    if (w->now.unread[i]) {
        w->now.unread[i]--;
        w->now.owed &= i == 1 || w->now.pq[0] == P9X_PQ_11 ||
                       w->now.unread[0] > 0;
    }
}

static void esn_eoi(World *w, unsigned arg)
{
    p9x_router_end_esb_load(&w->rig->router, RIG_BLOCK, END, P9X_END_ESN, 0);
}

static void set_esn(World *w, unsigned pq)
{
    p9x_router_end_esb_load(&w->rig->router, RIG_BLOCK, END, P9X_END_ESN,
                            0xC00 + 0x100 * pq);
    /* Again the guest's own doing. */
    w->now.untold &= w->now.ipb || w->now.nvt || pq == P9X_PQ_11;
}

static const struct {
    const char *name;
    void (*func)(World *w, unsigned arg);
    unsigned arg;
} ops[] = {
    { "trigger", trigger, 0 }, { "raise", set_level, 1 },
    { "lower", set_level, 0 }, { "eoi 0", eoi, 0 }, { "eoi 1", eoi, 1 },
    { "pq0=00", set_pq0, 0 }, { "pq0=01", set_pq0, 1 },
    { "pq0=10", set_pq0, 2 }, { "pq0=11", set_pq0, 3 },
    { "pq1=00", set_pq1, 0 }, { "pq1=01", set_pq1, 1 },
    { "mask 0", toggle_mask, 0 }, { "cppr 0", cppr, 0 },
    { "cppr 4", cppr, PRIO }, { "cppr 5", cppr, PRIO + 1 },
    { "cppr ff", cppr, 0xFF }, { "ack", ack, 0 }, { "pull", pull, 0 },
    { "push", push, 0 }, { "pop 0", pop, 0 }, { "pop 1", pop, 1 },
    { "esn eoi", esn_eoi, 0 }, { "esn=00", set_esn, 0 },
    { "esn=01", set_esn, 1 }, { "esn=11", set_esn, 3 },
};

/* ---- one step, and what must hold after it ---- */

static void check(World *w, const State *before, const char *name)
{
    const State *s = &w->now;
    bool held = s->ipb || s->nvt || s->esn == P9X_PQ_11;
    bool ok = true;

    assert_ring_invariant(&w->rig->thread[0]);
    /* A step writes at most one entry of each source. */
    ok &= w->written[0] <= 1 && w->written[1] <= 1;
    /* A trigger is in the queue, in Q, or was seen. */
    ok &= !s->owed || s->unread[0] || s->pq[0] == P9X_PQ_11;
    ok &= !s->untold || held;
    /* A level that is up is never idle. */
    ok &= !(s->level && s->pq[1] == P9X_PQ_00);
    if (!ok) {
        g_error("after %s in state %07x: state %07x", name, pack(before),
                pack(s));
    }
}

/* False: the queue would grow without end; not followed. */
static bool step(World *w, uint32_t code, unsigned op)
{
    State before = w->now = unpack(code);
    uint64_t notified, queued, masked;
    P9xCounters *c = &w->rig->router.counters;

    put(w);
    notified = p9x_counter_read(c, P9X_COUNT_EVENTS) +
               p9x_counter_read(c, P9X_COUNT_REPLAYS);
    queued = p9x_counter_read(c, P9X_COUNT_QUEUED);
    masked = p9x_counter_read(c, P9X_COUNT_EAS_MASKED);
    ops[op].func(w, ops[op].arg);
    take(w);
    notified = p9x_counter_read(c, P9X_COUNT_EVENTS) +
               p9x_counter_read(c, P9X_COUNT_REPLAYS) - notified;
    queued = p9x_counter_read(c, P9X_COUNT_QUEUED) - queued;
    masked = p9x_counter_read(c, P9X_COUNT_EAS_MASKED) - masked;
    g_assert_cmpuint(queued, ==, w->written[0] + w->written[1]);
    g_assert_cmpuint(notified, ==, queued + masked);
    if (masked) {
        w->now.owed = 0;                /* dropped, and counted */
    }
    for (unsigned i = 0; i < 2; i++) {
        w->now.unread[i] += w->written[i];
        if (w->now.unread[i] > MAX_UNREAD) {
            return false;
        }
    }
    if (queued) {
        w->now.untold = w->ucond || w->now.esn != P9X_PQ_01;
    }
    check(w, &before, ops[op].name);
    return true;
}

static void notify(void *opaque, uint32_t srcno, P9xTransit *transit)
{
    World *w = opaque;

    p9x_router_notify(&w->rig->router, RIG_BLOCK, srcno, transit);
}

static void world_init(World *w, bool ucond)
{
    w->rig = rig_new(1);
    w->ucond = ucond;
    rig_nvt_valid(w->rig, VP);
    rig_end(w->rig, END, VP, PRIO, P9X_END_W0_BACKLOG |
            (ucond ? P9X_END_W0_UCOND_NOTIFY : 0));
    p9x_source_init(&w->src, &(P9xSourceConfig) {
        .nr_sources = 2, .page_shift = 16, .layout = P9X_ESB_TWO_PAGES,
        .store_eoi = true, .reset_pq = P9X_PQ_01, .notify = notify,
        .opaque = w, .ports = &w->rig->host.ports,
        .counters = &w->rig->router.counters,
    });
    p9x_source_set_lsi(&w->src, 1, true);
}

/* What a search has found; @order is a hash of the states, first one first. */
typedef struct Found {
    uint64_t states, transitions, cut, order;
} Found;

/* Every step from the state @code; new states go behind those in @queue. */
static void expand(World *w, uint32_t code, uint8_t *seen, GArray *queue,
                   Found *found)
{
    for (unsigned op = 0; op < G_N_ELEMENTS(ops); op++) {
        uint32_t next;

        found->transitions++;
        if (!step(w, code, op)) {
            found->cut++;
            continue;
        }
        next = pack(&w->now);
        if (!(seen[next / 8] & 1u << next % 8)) {
            seen[next / 8] |= 1u << next % 8;
            g_array_append_val(queue, next);
        }
    }
}

static Found explore(bool ucond)
{
    g_autofree uint8_t *seen = g_malloc0((size_t)1 << STATE_BITS >> 3);
    g_autoptr(GArray) queue = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    State first = { .pq = { P9X_PQ_01, P9X_PQ_01 }, .live = 1 };
    Found found = { 0 };
    uint32_t code = pack(&first);
    World w;

    world_init(&w, ucond);
    seen[code / 8] |= 1u << code % 8;
    g_array_append_val(queue, code);
    for (guint i = 0; i < queue->len; i++) {
        code = g_array_index(queue, uint32_t, i);
        found.order = (found.order ^ code) * UINT64_C(0x100000001B3);
        expand(&w, code, seen, queue, &found);
    }
    found.states = queue->len;
    p9x_source_destroy(&w.src);
    rig_free(w.rig);
    return found;
}

/* Without the recorder.  Tests share what the search has found. */
static const Found *unrecorded(bool ucond)
{
    static Found found[2];

    if (!found[ucond].states) {
        found[ucond] = explore(ucond);
    }
    return &found[ucond];
}

static void check_all_states(bool ucond)
{
    const Found *found = unrecorded(ucond);

    g_test_message("%" G_GUINT64_FORMAT " states, %" G_GUINT64_FORMAT
                   " transitions, %" G_GUINT64_FORMAT " not followed (queue "
                   "of %d unread)", found->states, found->transitions,
                   found->cut, MAX_UNREAD);
    g_assert_cmpuint(found->states, >, 1000);
}

static void test_always_notify_loses_nothing_in_any_state(void)
{
    check_all_states(true);
}

static void test_coalesced_notify_loses_nothing_in_any_state(void)
{
    check_all_states(false);
}

static void test_the_flight_recorder_changes_no_step_in_any_state(void)
{
    for (unsigned ucond = 0; ucond < 2; ucond++) {
        const Found *off = unrecorded(ucond);
        uint64_t before = p9x_recorder_written();
        char *error = NULL;
        Found on;

        g_assert_true(p9x_recorder_start(P9X_RECORDER_MIN, &error));
        on = explore(ucond);
        p9x_recorder_stop();
        g_assert_cmpuint(p9x_recorder_written() - before, >, on.states);
        g_test_message("%" G_GUINT64_FORMAT " states and %" G_GUINT64_FORMAT
                       " without the recorder", on.states, off->states);
        g_assert_cmpuint(on.states, ==, off->states);
        g_assert_cmpuint(on.transitions, ==, off->transitions);
        g_assert_cmpuint(on.cut, ==, off->cut);
        g_assert_cmphex(on.order, ==, off->order);
    }
}

static const TestRow tests[] = {
    TEST(always_notify_loses_nothing_in_any_state),
    TEST(coalesced_notify_loses_nothing_in_any_state),
    TEST(the_flight_recorder_changes_no_step_in_any_state),
};

int main(int argc, char **argv)
{
    return RUN_TESTS(argc, argv, "explore", tests);
}
