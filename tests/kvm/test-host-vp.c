/* SPDX-License-Identifier: GPL-2.0-or-later */
/* OPAL's VPs and queues. */
#include "fixture-kvm.h"

static uint32_t new_vp(KRig *rig)
{
    uint32_t vp;

    g_assert_cmpint(p9x_opal_allocate_vp_block(&rig->h, 0, &vp), ==, 0);
    g_assert_cmpint(p9x_opal_set_vp_info(&rig->h, vp, P9X_OPAL_VP_ENABLED),
                    ==, 0);
    return vp;
}

static P9xEnd *end_of(KRig *rig, uint32_t vp, unsigned prio)
{
    return &rig->h.tables.end[(vp & 0xFFFFFF) * P9X_NR_PRIOS + prio];
}

/* rows: N10 */
static void test_vp_blocks_are_aligned_and_encode_their_order(void)
{
    KRig *rig = krig_new_host();
    uint32_t vp, other;
    unsigned flags;
    uint32_t cam;

    g_assert_cmpint(p9x_opal_allocate_vp_block(&rig->h, 3, &vp), ==, 0);
    g_assert_cmphex(vp, ==, 0x40000000 | 3 << 24 | 8);
    g_assert_cmpint(p9x_opal_allocate_vp_block(&rig->h, 5, &other), ==, 0);
    g_assert_cmphex(other, ==, 0x40000000 | 5 << 24 | 32);
    g_assert_cmpint(p9x_opal_allocate_vp_block(&rig->h, 5, &other), ==,
                    P9X_OPAL_RESOURCE);
    g_assert_cmpint(p9x_opal_allocate_vp_block(&rig->h, 7, &other), ==,
                    P9X_OPAL_RESOURCE);
    g_assert_cmpint(p9x_opal_allocate_vp_block(&rig->h, 31, &other), ==,
                    P9X_OPAL_RESOURCE);
    g_assert_cmpint(p9x_opal_get_vp_info(&rig->h, vp + 7, &flags, &cam), ==,
                    0);
    g_assert_cmpuint(flags, ==, 0);
    g_assert_cmphex(cam, ==, 15);
    krig_free(rig);
}

/* rows: A36 */
static void test_a_vp_block_is_freed_whole_and_only_when_disabled(void)
{
    KRig *rig = krig_new_host();
    uint32_t vp, again;

    g_assert_cmpint(p9x_opal_allocate_vp_block(&rig->h, 1, &vp), ==, 0);
    p9x_opal_set_vp_info(&rig->h, vp + 1, P9X_OPAL_VP_ENABLED);
    g_assert_cmpint(p9x_opal_free_vp_block(&rig->h, vp), ==,
                    P9X_OPAL_FREE_ACTIVE);
    p9x_opal_set_vp_info(&rig->h, vp + 1, 0);
    g_assert_cmpint(p9x_opal_free_vp_block(&rig->h, vp + 1), ==,
                    P9X_OPAL_PARAMETER);
    g_assert_cmpint(p9x_opal_free_vp_block(&rig->h, 0), ==,
                    P9X_OPAL_PARAMETER);
    g_assert_cmpint(p9x_opal_free_vp_block(&rig->h, P9X_HOST_VP_BLOCK |
                                           31u << 24 | (vp & 0xFF)), ==,
                    P9X_OPAL_PARAMETER);
    g_assert_cmpint(p9x_opal_free_vp_block(&rig->h, vp), ==, 0);
    g_assert_cmpint(p9x_opal_free_vp_block(&rig->h, vp), ==,
                    P9X_OPAL_PARAMETER);
    g_assert_cmpint(p9x_opal_allocate_vp_block(&rig->h, 1, &again), ==, 0);
    g_assert_cmphex(again, ==, vp);
    krig_free(rig);
}

/* rows: B4 */
static void test_calls_refuse_a_vp_that_is_none(void)
{
    KRig *rig = krig_new_host();
    uint32_t vp = new_vp(rig), none[] = { 0, vp + 1, P9X_HOST_VP_BLOCK,
                                          P9X_HOST_VP_BLOCK | 0xFFFFFF };
    uint32_t u32;
    unsigned flags, order;
    uint64_t u64;

    for (unsigned i = 0; i < G_N_ELEMENTS(none); i++) {
#define REFUSED(call) g_assert_cmpint(call, ==, P9X_OPAL_PARAMETER)
        REFUSED(p9x_opal_get_vp_info(&rig->h, none[i], &flags, &u32));
        REFUSED(p9x_opal_set_vp_info(&rig->h, none[i], 1));
        REFUSED(p9x_opal_get_vp_state(&rig->h, none[i], &u64));
        REFUSED(p9x_opal_set_queue_info(&rig->h, none[i], 0, 0, 0, 1));
        REFUSED(p9x_opal_get_queue_info(&rig->h, none[i], 0, &u64, &order,
                                        &flags, &u32));
        REFUSED(p9x_opal_get_queue_state(&rig->h, none[i], 0, &u32, &u32));
        REFUSED(p9x_opal_set_queue_state(&rig->h, none[i], 0, 0, 0));
    }
    REFUSED(p9x_opal_set_queue_info(&rig->h, vp, 8, 0, 0, 1));
    REFUSED(p9x_opal_set_queue_info(&rig->h, vp, 0, 0, 13, 1));
    REFUSED(p9x_opal_set_queue_info(&rig->h, vp, 0, 0x8000, 16, 1));
#undef REFUSED
    krig_free(rig);
}

/* rows: B5 */
static void test_a_new_queue_starts_over_but_keeps_its_es_bits(void)
{
    static const unsigned order[] = { 12, 16, 21, 24, 0 };
    KRig *rig = krig_new_host();
    uint32_t vp = new_vp(rig), toggle, index, esc;
    P9xEnd *end = end_of(rig, vp, 3);
    unsigned flags, got;
    uint64_t page;

    p9x_end_set(end, 1, P9X_END_W1_ESN, P9X_PQ_11);
    p9x_end_set(end, 1, P9X_END_W1_ESE, P9X_PQ_10);
    for (unsigned i = 0; i < G_N_ELEMENTS(order); i++) {
        unsigned want = P9X_OPAL_EQ_ENABLED |
                        (i & 1 ? P9X_OPAL_EQ_ALWAYS_NOTIFY : 0) |
                        (i & 2 ? P9X_OPAL_EQ_ESCALATE : 0);

        p9x_end_set(end, 1, P9X_END_W1_GENERATION, 0);
        p9x_end_set(end, 1, P9X_END_W1_OFFSET, 99);
        g_assert_cmpint(p9x_opal_set_queue_info(&rig->h, vp, 3, 0x2000000,
                                                order[i], want), ==, 0);
        g_assert_cmpint(p9x_opal_get_queue_state(&rig->h, vp, 3, &toggle,
                                                 &index), ==, 0);
        g_assert_cmpuint(toggle, ==, 1);
        g_assert_cmpuint(index, ==, 0);
        g_assert_cmpuint(p9x_end_get(end, 1, P9X_END_W1_ESN), ==, P9X_PQ_11);
        g_assert_cmpuint(p9x_end_get(end, 1, P9X_END_W1_ESE), ==, P9X_PQ_10);
        g_assert_cmpint(p9x_opal_get_queue_info(&rig->h, vp, 3, &page, &got,
                                                &flags, &esc), ==, 0);
        g_assert_cmpuint(got, ==, order[i]);
        g_assert_cmphex(page, ==, order[i] ? 0x2000000 : 0);
        /* Flags can be taken off again, too. */
        g_assert_cmpuint(flags, ==, want);
        g_assert_cmphex(esc, ==, 1 << 24 | ((vp & 0xFFFFFF) * 8 + 3));
    }
    g_assert_cmpint(p9x_opal_set_queue_info(&rig->h, vp, 3, 0, 0, 0), ==, 0);
    g_assert_false(p9x_end_flag(end, P9X_END_W0_VALID));
    g_assert_cmpuint(p9x_end_get(end, 1, P9X_END_W1_ESN) & 1, ==, 1);
    g_assert_cmpuint(p9x_end_get(end, 1, P9X_END_W1_ESE) & 1, ==, 1);
    krig_free(rig);
}

/* rows: B6 */
static void test_queue_state_wants_a_valid_end(void)
{
    KRig *rig = krig_new_host();
    uint32_t vp = new_vp(rig), toggle, index;

    g_assert_cmpint(p9x_opal_get_queue_state(&rig->h, vp, 2, &toggle, &index),
                    ==, P9X_OPAL_WRONG_STATE);
    g_assert_cmpint(p9x_opal_set_queue_state(&rig->h, vp, 2, 0, 5), ==,
                    P9X_OPAL_WRONG_STATE);
    p9x_opal_set_queue_info(&rig->h, vp, 2, 0x100000, 16,
                            P9X_OPAL_EQ_ENABLED);
    g_assert_cmpint(p9x_opal_set_queue_state(&rig->h, vp, 2, 6, 0x4005), ==,
                    0);
    g_assert_cmpint(p9x_opal_get_queue_state(&rig->h, vp, 2, &toggle, &index),
                    ==, 0);
    g_assert_cmpuint(toggle, ==, 0);
    g_assert_cmpuint(index, ==, 5);
    krig_free(rig);
}

/* rows: T17 */
static void test_single_escalation_leads_all_priorities_to_one_end(void)
{
    KRig *rig = krig_new_host();
    uint32_t vp = new_vp(rig), nr = (vp & 0xFFFFFF) * P9X_NR_PRIOS, cam, esc;
    P9xEnd *esc_end = end_of(rig, vp, 7);
    unsigned flags, order;
    uint64_t page;

    g_assert_cmpint(p9x_opal_set_vp_info(&rig->h, vp, P9X_OPAL_VP_ENABLED |
                                         P9X_OPAL_VP_SINGLE_ESCALATION), ==,
                    0);
    p9x_opal_get_vp_info(&rig->h, vp, &flags, &cam);
    g_assert_cmpuint(flags, ==, P9X_OPAL_VP_ENABLED |
                     P9X_OPAL_VP_SINGLE_ESCALATION);
    g_assert_true(p9x_end_flag(esc_end, P9X_END_W0_SILENT_ESC));
    g_assert_true(p9x_end_flag(esc_end, P9X_END_W0_ESCALATE));
    for (uint8_t prio = 0; prio < 7; prio++) {
        P9xEnd *end = end_of(rig, vp, prio);

        g_assert_cmpint(p9x_opal_set_queue_info(
            &rig->h, vp, prio, 0, 0, P9X_OPAL_EQ_ENABLED |
            (prio ? P9X_OPAL_EQ_ESCALATE : 0)), ==, 0);
        g_assert_cmpint(p9x_end_flag(end, P9X_END_W0_UCOND_ESC), ==, !!prio);
        g_assert_cmpuint(p9x_end_get(end, 4, P9X_END_W4_ESC_INDEX), ==,
                         prio ? nr + 7 : 0);
        p9x_opal_get_queue_info(&rig->h, vp, prio, &page, &order, &flags,
                                &esc);
        g_assert_cmphex(esc, ==, 1 << 24 | (nr + 7));
    }
    krig_free(rig);
}

/* rows: A30 */
static void test_vp_state_shows_the_backlog_and_keeps_it(void)
{
    KRig *rig = krig_new_host();
    uint32_t vp = new_vp(rig);
    uint64_t state;

    p9x_opal_set_queue_info(&rig->h, vp, 5, 0, 0, P9X_OPAL_EQ_ENABLED |
                            P9X_OPAL_EQ_ALWAYS_NOTIFY);
    p9x_opal_set_irq_config(&rig->h, rig->base, vp, 5, 1);
    p9x_phb4_set_pe(&rig->phb, 0, KRIG_PE);
    krig_fire(rig, 0);
    for (unsigned i = 0; i < 2; i++) {
        g_assert_cmpint(p9x_opal_get_vp_state(&rig->h, vp, &state), ==, 0);
        g_assert_cmphex(state, ==, (uint64_t)p9x_prio_to_ipb(5) << 40);
    }
    krig_free(rig);
}

int main(int argc, char **argv)
{
    static const TestRow rows[] = {
        TEST(vp_blocks_are_aligned_and_encode_their_order),
        TEST(a_vp_block_is_freed_whole_and_only_when_disabled),
        TEST(calls_refuse_a_vp_that_is_none),
        TEST(a_new_queue_starts_over_but_keeps_its_es_bits),
        TEST(queue_state_wants_a_valid_end),
        TEST(single_escalation_leads_all_priorities_to_one_end),
        TEST(vp_state_shows_the_backlog_and_keeps_it),
    };

    return RUN_TESTS(argc, argv, "kvm-host-vp", rows);
}
