/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Groups of VPs, and the ESB pages of ENDs. */
#include "fixture.h"

#define UCOND P9X_END_W0_UCOND_NOTIFY

/* NVT index x...x0111: a group of 16 VPs from x...x0000 on. */
enum { GROUP_VP = 7, PRIO = 4 };

static P9xEnd *group_end(Rig *rig, uint32_t end, uint8_t priority)
{
    P9xEnd *e = rig_end(rig, end, GROUP_VP, priority,
                        UCOND | P9X_END_W0_BACKLOG);

    e->w[7] |= p9x_be32(P9X_END_W7_F0_IGNORE);
    rig_nvt_valid(rig, GROUP_VP);
    return e;
}

static uint8_t ipb(Rig *rig, unsigned thread)
{
    assert_ring_invariant(&rig->thread[thread]);
    return reg(&rig->thread[thread], P9X_RING_OS, P9X_TM_IPB);
}

static void trigger(Rig *rig, uint32_t end)
{
    p9x_router_end_trigger(&rig->router, RIG_BLOCK, end, 1);
}

static void test_trailing_ones_name_a_groups_size(void)
{
    g_assert_cmpuint(p9x_group_ignore_bits(0), ==, 1);
    g_assert_cmpuint(p9x_group_ignore_bits(0x10), ==, 1);
    g_assert_cmpuint(p9x_group_ignore_bits(1), ==, 2);
    g_assert_cmpuint(p9x_group_ignore_bits(7), ==, 4);
    g_assert_cmpuint(p9x_group_ignore_bits(0x3FFFF), ==, 19);
}

static void test_one_thread_of_a_group_gets_the_event(void)
{
    Rig *rig = rig_new(3);

    rig_dispatch(rig, 0, 20, 0xFF);     /* not of the group */
    rig_dispatch(rig, 1, 3, 0xFF);
    rig_dispatch(rig, 2, 12, 0xFF);
    group_end(rig, 3, PRIO);
    trigger(rig, 3);
    g_assert_cmphex(ipb(rig, 0), ==, 0);
    g_assert_cmphex(ipb(rig, 1) + ipb(rig, 2), ==, 0x80 >> PRIO);
    g_assert_cmpuint(rig_count(rig, P9X_COUNT_PRESENTED), ==, 1);
    rig_free(rig);
}

static void test_a_group_picks_a_thread_that_lets_it_through(void)
{
    Rig *rig = rig_new(3);

    rig_dispatch(rig, 0, 1, PRIO);
    rig_dispatch(rig, 1, 2, 0);
    rig_dispatch(rig, 2, 3, PRIO + 1);
    group_end(rig, 3, PRIO);
    trigger(rig, 3);
    g_assert_cmphex(ipb(rig, 0), ==, 0);
    g_assert_cmphex(ipb(rig, 1), ==, 0);
    g_assert_cmphex(ipb(rig, 2), ==, 0x80 >> PRIO);
    rig_free(rig);
}

static void test_a_group_waits_for_a_cppr_that_lets_it_through(void)
{
    Rig *rig = rig_new(2);

    rig_dispatch(rig, 0, 1, 0);
    rig_dispatch(rig, 1, 2, 2);
    group_end(rig, 3, PRIO);
    group_end(rig, 4, 6);
    trigger(rig, 3);
    trigger(rig, 4);
    g_assert_cmphex(ipb(rig, 0) | ipb(rig, 1), ==, 0);
    g_assert_cmphex(p9x_nvt_ipb(rig_nvt(rig, GROUP_VP)), ==,
                    0x80 >> PRIO | 0x80 >> 6);
    g_assert_cmpuint(reg(&rig->thread[0], P9X_RING_OS, P9X_TM_LSMFB), ==,
                     PRIO);
    /* Too little. */
    p9x_tctx_set_cppr(&rig->thread[0], P9X_RING_OS, PRIO);
    g_assert_cmphex(ipb(rig, 0), ==, 0);
    /* Enough for the first; the second stays behind. */
    p9x_tctx_set_cppr(&rig->thread[0], P9X_RING_OS, PRIO + 1);
    g_assert_cmphex(ipb(rig, 0), ==, 0x80 >> PRIO);
    g_assert_cmphex(p9x_nvt_ipb(rig_nvt(rig, GROUP_VP)), ==, 0x80 >> 6);
    g_assert_cmpuint(reg(&rig->thread[0], P9X_RING_OS, P9X_TM_LSMFB), ==, 6);
    /* Any thread of the group may take that. */
    p9x_tctx_set_cppr(&rig->thread[1], P9X_RING_OS, 0xFF);
    g_assert_cmphex(ipb(rig, 1), ==, 0x80 >> 6);
    g_assert_cmphex(p9x_nvt_ipb(rig_nvt(rig, GROUP_VP)), ==, 0);
    g_assert_cmpuint(atomic_load(&rig->presenter.nr_groups), ==, 0);
    rig_free(rig);
}

static void test_a_group_reaches_a_thread_that_arrives_later(void)
{
    Rig *rig = rig_new(1);

    group_end(rig, 3, PRIO);
    trigger(rig, 3);
    rig_dispatch(rig, 0, 2, 0xFF);
    /* If the push did not bring it, the next CPPR store must. */
    p9x_tctx_set_cppr(&rig->thread[0], P9X_RING_OS, 0);
    p9x_tctx_set_cppr(&rig->thread[0], P9X_RING_OS, 0xFF);
    g_assert_cmphex(ipb(rig, 0), ==, 0x80 >> PRIO);
    g_assert_cmphex(p9x_nvt_ipb(rig_nvt(rig, GROUP_VP)), ==, 0);
    rig_free(rig);
}

static void test_a_group_may_run_on_physical_rings(void)
{
    Rig *rig = rig_new(2);
    P9xVpEvent ev = { .block = 1, .index = RIG_PHYS_CAM & 0x7FFFF,
                      .priority = 2, .group = true };

    for (unsigned i = 0; i < 2; i++) {
        p9x_tctx_set_word2(&rig->thread[i], P9X_RING_PHYS,
                           P9X_TM_PHYS_VALID);
    }
    p9x_tctx_set_cppr(&rig->thread[1], P9X_RING_PHYS, 0xFF);
    g_assert_cmpint(p9x_router_vp_event(&rig->router, &ev), ==,
                    P9X_VP_PRESENTED);
    g_assert_cmphex(reg(&rig->thread[1], P9X_RING_PHYS, P9X_TM_IPB), ==,
                    0x80 >> 2);
    assert_ring_invariant(&rig->thread[1]);
    rig_free(rig);
}

static void test_more_group_backlogs_than_places_lose_nothing(void)
{
    enum { NR = P9X_GROUP_BACKLOG_STEP + 4 };
    Rig *rig = rig_new(1);
    P9xTctx *t = &rig->thread[0];
    uint32_t base = 0x200;
    unsigned got = 0;

    p9x_array_tables_destroy(&rig->tables);
    p9x_array_tables_init(&rig->tables, RIG_BLOCK, 1, 1, base, 4 * NR);
    for (unsigned i = 0; i < NR; i++) {
        P9xVpEvent ev = { .block = RIG_BLOCK, .index = base + 4 * i + 1,
                          .priority = 3, .backlog = true, .group = true };

        rig->tables.nvt[4 * i + 1].w[0] = p9x_be32(P9X_NVT_W0_VALID);
        g_assert_cmpint(p9x_router_vp_event(&rig->router, &ev), ==,
                        P9X_VP_BACKLOGGED);
    }
    for (unsigned i = 0; i < NR; i++) {
        p9x_tctx_set_cppr(t, P9X_RING_OS, 0);
        p9x_tctx_set_word2(t, P9X_RING_OS, P9X_TM_OS_VALID |
                           p9x_cam(RIG_BLOCK, base + 4 * i));
        p9x_tctx_set_cppr(t, P9X_RING_OS, 0xFF);
        got += (p9x_tctx_ack(t, P9X_RING_OS) >> 8) == P9X_NSR_EO;
        p9x_tctx_pull(t, P9X_RING_OS);
    }
    g_assert_cmpuint(got, ==, NR);
    rig_free(rig);
}

/*
 * Guests change CPPRs beside an event, at the moments when its NVT is looked
 * up: these stand for threads that do so.
 */
typedef struct Beside {
    Rig *rig;
    unsigned lookups;
    void (*step)(struct Beside *beside);
} Beside;

static Beside beside;

static P9xNvt *nvt_beside(void *opaque, uint8_t block, uint32_t index)
{
    beside.lookups++;
    /* Far more than the threads can account for: end it before the stack. */
    g_assert_cmpuint(beside.lookups, <, 1000);
    beside.step(&beside);
    return p9x_array_table_ops.nvt(opaque, block, index);
}

/* @rig's NVT is looked up with @step beside it. */
static void put_beside(Rig *rig, P9xTableOps *ops,
                       void (*step)(Beside *beside))
{
    *ops = p9x_array_table_ops;
    ops->nvt = nvt_beside;
    rig->router.unit.tables.ops = ops;
    beside = (Beside) { .rig = rig, .step = step };
}

static void all_cpprs(Rig *rig, uint8_t cppr)
{
    for (unsigned i = 0; i < rig->nr_threads; i++) {
        rig->thread[i].regs[P9X_RING_OS * P9X_TM_RING_SIZE + P9X_TM_CPPR] =
            cppr;
    }
}

/* High when the group asks who takes the event, low when it is given. */
static void tease(Beside *b)
{
    all_cpprs(b->rig, b->lookups % 2 ? 0xFF : 0);
}

static void test_a_group_offers_an_event_to_each_thread_once(void)
{
    enum { THREADS = 3 };
    Rig *rig = rig_new(THREADS);
    P9xTableOps ops;

    group_end(rig, 3, PRIO);
    for (unsigned i = 0; i < THREADS; i++) {
        rig_dispatch(rig, i, 1 + i, 0);
    }
    put_beside(rig, &ops, tease);
    trigger(rig, 3);
    /* Putting it away, and for each thread reading and taking. */
    g_assert_cmpuint(beside.lookups, ==, 1 + 2 * THREADS);
    g_assert_cmphex(p9x_nvt_ipb(rig_nvt(rig, GROUP_VP)), ==, 0x80 >> PRIO);
    g_assert_cmpuint(rig_count(rig, P9X_COUNT_BACKLOGGED), ==, 1);
    g_assert_cmpuint(rig_count(rig, P9X_COUNT_PRESENTED), ==, 0);
    /* Nothing is lost: the next store of CPPR brings it. */
    rig->router.unit.tables.ops = &p9x_array_table_ops;
    p9x_tctx_set_cppr(&rig->thread[1], P9X_RING_OS, 0xFF);
    g_assert_cmphex(ipb(rig, 1), ==, 0x80 >> PRIO);
    g_assert_cmphex(p9x_nvt_ipb(rig_nvt(rig, GROUP_VP)), ==, 0);
    rig_free(rig);
}

static void raise_all(Beside *b)
{
    all_cpprs(b->rig, 0xFF);
}

static void test_a_cppr_raised_beside_an_event_gets_it(void)
{
    Rig *rig = rig_new(2);
    P9xTableOps ops;

    group_end(rig, 3, PRIO);
    rig_dispatch(rig, 0, 1, 0);
    rig_dispatch(rig, 1, 2, 0);
    put_beside(rig, &ops, raise_all);
    trigger(rig, 3);
    g_assert_cmphex(ipb(rig, 0) + ipb(rig, 1), ==, 0x80 >> PRIO);
    g_assert_cmphex(p9x_nvt_ipb(rig_nvt(rig, GROUP_VP)), ==, 0);
    g_assert_cmpuint(atomic_load(&rig->presenter.nr_groups), ==, 0);
    rig_free(rig);
}

static void test_a_thread_takes_nothing_of_other_groups(void)
{
    Rig *rig = rig_new(1);

    group_end(rig, 3, PRIO);
    rig_dispatch(rig, 0, 20, 0);
    trigger(rig, 3);
    p9x_tctx_set_cppr(&rig->thread[0], P9X_RING_OS, 0xFF);
    /* A push looks at all groups. */
    rig_dispatch(rig, 0, 21, 0xFF);
    g_assert_cmphex(ipb(rig, 0), ==, 0);
    g_assert_cmphex(p9x_nvt_ipb(rig_nvt(rig, GROUP_VP)), ==, 0x80 >> PRIO);
    g_assert_cmpuint(rig_count(rig, P9X_COUNT_BACKLOGGED), ==, 1);
    g_assert_cmpuint(atomic_load(&rig->presenter.nr_groups), ==, 1);
    rig_free(rig);
}

static const struct {
    P9xEndEs es;
    unsigned mask;
} es_kinds[] = {
    { P9X_END_ESN, P9X_END_W1_ESN }, { P9X_END_ESE, P9X_END_W1_ESE }
};

static void test_es_pages_get_and_set_their_own_bits(void)
{
    Rig *rig = rig_new(1);
    P9xEnd *end = rig_end(rig, 3, 5, PRIO, 0);

    for (unsigned k = 0; k < G_N_ELEMENTS(es_kinds); k++) {
        uint32_t other = p9x_end_get(end, 1, es_kinds[!k].mask);

        for (unsigned offset = 0xC00; offset < 0x1000; offset += 0x40) {
            unsigned old = p9x_end_get(end, 1, es_kinds[k].mask);
            unsigned pq = offset >> 8 & 3;

            g_assert_cmphex(p9x_router_end_esb_load(
                &rig->router, RIG_BLOCK, 3, es_kinds[k].es, offset), ==, old);
            g_assert_cmphex(p9x_end_get(end, 1, es_kinds[k].mask), ==, pq);
            g_assert_cmphex(p9x_router_end_esb_load(
                &rig->router, RIG_BLOCK, 3, es_kinds[k].es, 0x800), ==, pq);
        }
        for (unsigned pq = 0; pq < 4; pq++) {
            p9x_router_end_esb_store(&rig->router, RIG_BLOCK, 3,
                                     es_kinds[k].es, 0xC00 + 0x100 * pq,
                                     true);
            g_assert_cmphex(p9x_end_get(end, 1, es_kinds[k].mask), ==, pq);
        }
        g_assert_cmphex(p9x_end_get(end, 1, es_kinds[!k].mask), ==, other);
    }
    g_assert_cmpuint(p9x_guest_errors_total(&rig->router.counters), ==, 0);
    rig_free(rig);
}

static void test_an_eoi_of_esn_notifies_again(void)
{
    Rig *rig = rig_new(1);

    rig_dispatch(rig, 0, 5, 0xFF);
    rig_end(rig, 3, 5, PRIO, 0);
    trigger(rig, 3);
    trigger(rig, 3);
    g_assert_cmphex(p9x_tctx_ack(&rig->thread[0], P9X_RING_OS), ==,
                    0x8000 | PRIO);
    g_assert_cmphex(ipb(rig, 0), ==, 0);
    g_assert_cmphex(p9x_router_end_esb_load(&rig->router, RIG_BLOCK, 3,
                                            P9X_END_ESN, 0), ==, 1);
    g_assert_cmphex(ipb(rig, 0), ==, 0x80 >> PRIO);
    g_assert_cmphex(p9x_router_end_esb_load(&rig->router, RIG_BLOCK, 3,
                                            P9X_END_ESN, 0), ==, 0);
    g_assert_cmpuint(rig_count(rig, P9X_COUNT_QUEUED), ==, 2);
    rig_free(rig);
}

static void test_an_eoi_of_ese_escalates_again(void)
{
    Rig *rig = rig_new(1);
    P9xEnd *end;

    rig_dispatch(rig, 0, 9, 0xFF);
    rig_nvt_valid(rig, 5);
    end = rig_end(rig, 3, 5, PRIO, UCOND | P9X_END_W0_ESCALATE);
    p9x_end_set(end, 4, P9X_END_W4_ESC_BLOCK, RIG_BLOCK);
    p9x_end_set(end, 4, P9X_END_W4_ESC_INDEX, 4);
    p9x_end_set(end, 5, P9X_END_W5_ESC_DATA, 0x66);
    rig_end(rig, 4, 9, 1, UCOND);
    trigger(rig, 3);
    trigger(rig, 3);
    g_assert_cmpuint(rig_count(rig, P9X_COUNT_QUEUED), ==, 3);
    p9x_router_end_esb_store(&rig->router, RIG_BLOCK, 3, P9X_END_ESE, 0x400,
                             true);
    g_assert_cmpuint(rig_count(rig, P9X_COUNT_QUEUED), ==, 4);
    g_assert_cmphex(host_load32(&rig->host, rig_queue_addr(4) + 4), ==,
                    0x80000066);
    g_assert_cmpuint(p9x_end_get(end, 1, P9X_END_W1_ESE), ==, P9X_PQ_10);
    rig_free(rig);
}

static void test_a_trigger_of_an_es_page_notifies(void)
{
    Rig *rig = rig_new(1);

    rig_dispatch(rig, 0, 5, 0xFF);
    rig_end(rig, 3, 5, PRIO, 0);
    p9x_router_end_esb_store(&rig->router, RIG_BLOCK, 3, P9X_END_ESN, 0,
                             true);
    g_assert_cmphex(ipb(rig, 0), ==, 0x80 >> PRIO);
    /* Escalation of an END that doesn't escalate. */
    p9x_router_end_esb_store(&rig->router, RIG_BLOCK, 3, P9X_END_ESE, 0,
                             true);
    g_assert_cmpuint(rig_count(rig, P9X_COUNT_ESCALATED), ==, 0);
    rig_free(rig);
}

static void test_es_pages_refuse_what_they_do_not_have(void)
{
    Rig *rig = rig_new(1);
    P9xEnd *end = rig_end(rig, 3, 5, PRIO, 0);

    p9x_end_set(end, 1, P9X_END_W1_ESN, P9X_PQ_11);
    p9x_router_end_esb_store(&rig->router, RIG_BLOCK, 3, P9X_END_ESN, 0x400,
                             false);
    p9x_router_end_esb_store(&rig->router, RIG_BLOCK, 3, P9X_END_ESN, 0x800,
                             true);
    g_assert_cmpuint(rig_errors(rig, P9X_ERR_ESB_STORE), ==, 2);
    g_assert_cmpuint(p9x_end_get(end, 1, P9X_END_W1_ESN), ==, P9X_PQ_11);
    g_assert_cmphex(p9x_router_end_esb_load(&rig->router, RIG_BLOCK, 5,
                                            P9X_END_ESN, 0), ==, UINT64_MAX);
    p9x_router_end_esb_store(&rig->router, RIG_BLOCK, RIG_NR_ENDS,
                             P9X_END_ESE, 0, true);
    g_assert_cmpuint(p9x_guest_errors_total(&rig->router.counters), >=, 4);
    rig_free(rig);
}

static const TestRow tests[] = {
    TEST(trailing_ones_name_a_groups_size),
    TEST(one_thread_of_a_group_gets_the_event),
    TEST(a_group_picks_a_thread_that_lets_it_through),
    TEST(a_group_waits_for_a_cppr_that_lets_it_through),
    TEST(a_group_reaches_a_thread_that_arrives_later),
    TEST(a_group_may_run_on_physical_rings),
    TEST(a_group_offers_an_event_to_each_thread_once),
    TEST(a_cppr_raised_beside_an_event_gets_it),
    TEST(a_thread_takes_nothing_of_other_groups),
    TEST(more_group_backlogs_than_places_lose_nothing),
    TEST(es_pages_get_and_set_their_own_bits),
    TEST(an_eoi_of_esn_notifies_again),
    TEST(an_eoi_of_ese_escalates_again),
    TEST(a_trigger_of_an_es_page_notifies),
    TEST(es_pages_refuse_what_they_do_not_have),
};

int main(int argc, char **argv)
{
    return RUN_TESTS(argc, argv, "router", tests);
}
