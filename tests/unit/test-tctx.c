/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rings: CPPR, acknowledge, push, pull, save and restore. */
#include "fixture.h"

#define NSR     P9X_TM_NSR
#define CPPR    P9X_TM_CPPR
#define IPB     P9X_TM_IPB
#define PIPR    P9X_TM_PIPR

/* Which of OS and physical ring; the two work alike. */
static const struct {
    P9xRing ring;
    unsigned line;
    uint8_t nsr;
} rings[] = {
    { P9X_RING_OS, P9X_LINE_OS, P9X_NSR_EO },
    { P9X_RING_PHYS, P9X_LINE_HV, P9X_NSR_HE_PHYS }
};

static Rig *rig_live(void)
{
    Rig *rig = rig_new(1);

    rig_dispatch(rig, 0, 5, 0);
    p9x_tctx_set_word2(&rig->thread[0], P9X_RING_PHYS, P9X_TM_PHYS_VALID);
    return rig;
}

/* Makes @priority pending there as an event would. */
static void pend(Rig *rig, P9xRing ring, uint8_t priority)
{
    P9xTctx *t = &rig->thread[0];
    uint32_t cam;

    g_assert_true(p9x_tctx_ring_cam(t, ring, word2(t, ring), &cam));
    g_assert_cmpint(p9x_tctx_present(t, ring, cam, priority), !=,
                    P9X_NOT_HERE);
    assert_ring_invariant(t);
}

static void test_reset_leaves_nothing_live(void)
{
    Rig *rig = rig_live();
    P9xTctx *t = &rig->thread[0];
    uint8_t image[P9X_TM_IMAGE_SIZE];

    p9x_tctx_set_cppr(t, P9X_RING_OS, 0xFF);
    pend(rig, P9X_RING_OS, 3);
    g_assert_cmpuint(p9x_tctx_lines(t), ==, P9X_LINE_OS);
    p9x_tctx_reset(t);
    p9x_tctx_save(t, image);
    g_assert_cmpuint(p9x_tctx_lines(t), ==, 0);
    for (unsigned ring = 0; ring < P9X_NR_RINGS; ring++) {
        const uint8_t *r = image + ring * P9X_TM_RING_SIZE;

        g_assert_cmphex(p9x_load_be(r + P9X_TM_WORD2, 4), ==, 0);
        g_assert_cmphex(r[IPB], ==, 0);
        g_assert_cmphex(r[CPPR], ==, 0);
        g_assert_cmphex(r[NSR], ==, 0);
    }
    g_assert_cmphex(reg(t, P9X_RING_OS, P9X_TM_LSMFB), ==, 0xFF);
    g_assert_cmphex(reg(t, P9X_RING_OS, P9X_TM_ACK_CNT), ==, 0xFF);
    g_assert_cmphex(reg(t, P9X_RING_OS, P9X_TM_AGE), ==, 0xFF);
    g_assert_cmphex(reg(t, P9X_RING_OS, PIPR), ==, 0xFF);
    rig_free(rig);
}

/* rows: T4 */
static void test_cppr_over_7_means_all(void)
{
    Rig *rig = rig_live();
    P9xTctx *t = &rig->thread[0];

    for (unsigned i = 0; i < G_N_ELEMENTS(rings); i++) {
        for (unsigned v = 0; v < 256; v++) {
            p9x_tctx_set_cppr(t, rings[i].ring, (uint8_t)v);
            g_assert_cmphex(reg(t, rings[i].ring, CPPR), ==,
                            v <= 7 ? v : 0xFF);
        }
    }
    rig_free(rig);
}

/* rows: T4 T14 */
static void test_a_cppr_that_rises_signals_and_one_that_falls_retracts(void)
{
    Rig *rig = rig_live();
    P9xTctx *t = &rig->thread[0];

    for (unsigned i = 0; i < G_N_ELEMENTS(rings); i++) {
        P9xRing ring = rings[i].ring;

        pend(rig, ring, 5);
        for (unsigned round = 0; round < 2; round++) {
            g_assert_cmphex(p9x_tctx_lines(t) & rings[i].line, ==, 0);
            p9x_tctx_set_cppr(t, ring, 5);
            g_assert_cmphex(p9x_tctx_lines(t) & rings[i].line, ==, 0);
            p9x_tctx_set_cppr(t, ring, 6);
            g_assert_cmphex(p9x_tctx_lines(t) & rings[i].line, !=, 0);
            g_assert_cmphex(reg(t, ring, NSR), ==, rings[i].nsr);
            p9x_tctx_set_cppr(t, ring, 5);
            g_assert_cmphex(reg(t, ring, NSR), ==, 0);
            assert_ring_invariant(t);
            /* It is still there. */
            g_assert_cmphex(reg(t, ring, IPB), ==, 0x80 >> 5);
        }
    }
    rig_free(rig);
}

static void test_the_host_is_told_when_lines_change_and_only_then(void)
{
    Rig *rig = rig_live();
    P9xTctx *t = &rig->thread[0];
    unsigned calls = atomic_load(&rig->host.line_calls);

    p9x_tctx_set_cppr(t, P9X_RING_OS, 3);
    g_assert_cmpuint(atomic_load(&rig->host.line_calls), ==, calls);
    pend(rig, P9X_RING_OS, 2);
    g_assert_cmpuint(atomic_load(&rig->host.line_calls), ==, calls + 1);
    pend(rig, P9X_RING_OS, 1);
    g_assert_cmpuint(atomic_load(&rig->host.line_calls), ==, calls + 1);
    p9x_tctx_set_cppr(t, P9X_RING_OS, 0);
    g_assert_cmpuint(atomic_load(&rig->host.line_calls), ==, calls + 2);
    rig_free(rig);
}

/* rows: T5 T11 */
static void test_ack_accepts_the_most_favoured(void)
{
    Rig *rig = rig_live();
    P9xTctx *t = &rig->thread[0];

    for (unsigned i = 0; i < G_N_ELEMENTS(rings); i++) {
        P9xRing ring = rings[i].ring;

        p9x_tctx_set_cppr(t, ring, 0xFF);
        pend(rig, ring, 6);
        pend(rig, ring, 3);
        g_assert_cmphex(p9x_tctx_ack(t, ring), ==, rings[i].nsr << 8 | 3);
        g_assert_cmphex(reg(t, ring, CPPR), ==, 3);
        g_assert_cmphex(reg(t, ring, IPB), ==, 0x80 >> 6);
        g_assert_cmphex(reg(t, ring, PIPR), ==, 6);
        g_assert_cmphex(reg(t, ring, NSR), ==, 0);
        assert_ring_invariant(t);
        /* The other comes when the guest opens up again. */
        p9x_tctx_set_cppr(t, ring, 0xFF);
        g_assert_cmphex(p9x_tctx_ack(t, ring), ==, rings[i].nsr << 8 | 6);
        g_assert_cmphex(reg(t, ring, IPB), ==, 0);
        g_assert_cmphex(reg(t, ring, PIPR), ==, 0xFF);
    }
    g_assert_cmpuint(rig_count(rig, P9X_COUNT_ACKS), ==, 4);
    rig_free(rig);
}

/* rows: T6 */
static void test_ack_with_nothing_signalled_changes_nothing(void)
{
    Rig *rig = rig_live();
    P9xTctx *t = &rig->thread[0];

    for (unsigned i = 0; i < G_N_ELEMENTS(rings); i++) {
        uint8_t before[P9X_TM_IMAGE_SIZE], after[P9X_TM_IMAGE_SIZE];

        p9x_tctx_set_cppr(t, rings[i].ring, 4);
        pend(rig, rings[i].ring, 4);    /* held back */
        p9x_tctx_save(t, before);
        g_assert_cmphex(p9x_tctx_ack(t, rings[i].ring), ==, 4);
        p9x_tctx_save(t, after);
        g_assert_cmpmem(before, sizeof(before), after, sizeof(after));
    }
    g_assert_cmpuint(rig_count(rig, P9X_COUNT_ACKS), ==, 0);
    rig_free(rig);
}

static void test_pool_and_phys_share_one_exception(void)
{
    Rig *rig = rig_live();
    P9xTctx *t = &rig->thread[0];

    rig_nvt_valid(rig, 6);
    p9x_tctx_set_word2(t, P9X_RING_POOL, P9X_TM_POOL_VALID | rig_cam(6));
    p9x_tctx_set_cppr(t, P9X_RING_PHYS, 0xFF);
    pend(rig, P9X_RING_PHYS, 2);
    pend(rig, P9X_RING_POOL, 1);
    pend(rig, P9X_RING_POOL, 4);
    g_assert_cmphex(reg(t, P9X_RING_PHYS, PIPR), ==, 1);
    g_assert_cmphex(p9x_tctx_ack(t, P9X_RING_PHYS), ==, 0x4001);
    g_assert_cmphex(reg(t, P9X_RING_POOL, IPB), ==, 0x80 >> 4);
    g_assert_cmphex(reg(t, P9X_RING_PHYS, IPB), ==, 0x80 >> 2);
    p9x_tctx_set_cppr(t, P9X_RING_PHYS, 0xFF);
    g_assert_cmphex(p9x_tctx_ack(t, P9X_RING_PHYS), ==, 0x8002);
    p9x_tctx_set_cppr(t, P9X_RING_PHYS, 0xFF);
    g_assert_cmphex(p9x_tctx_ack(t, P9X_RING_PHYS), ==, 0x4004);
    p9x_tctx_set_cppr(t, P9X_RING_PHYS, 0xFF);
    g_assert_cmphex(p9x_tctx_ack(t, P9X_RING_PHYS), ==, 0x00FF);
    rig_free(rig);
}

static void test_equal_priorities_of_pool_and_phys_both_arrive(void)
{
    Rig *rig = rig_live();
    P9xTctx *t = &rig->thread[0];
    unsigned sources = 0;

    rig_nvt_valid(rig, 6);
    p9x_tctx_set_word2(t, P9X_RING_POOL, P9X_TM_POOL_VALID | rig_cam(6));
    p9x_tctx_set_cppr(t, P9X_RING_PHYS, 0xFF);
    pend(rig, P9X_RING_PHYS, 2);
    pend(rig, P9X_RING_POOL, 2);
    for (unsigned i = 0; i < 2; i++) {
        uint16_t ack = p9x_tctx_ack(t, P9X_RING_PHYS);

        g_assert_cmphex(ack & 0xFF, ==, 2);
        sources |= ack >> 8;
        p9x_tctx_set_cppr(t, P9X_RING_PHYS, 0xFF);
    }
    g_assert_cmphex(sources, ==, P9X_NSR_HE);
    g_assert_cmphex(p9x_tctx_lines(t), ==, 0);
    rig_free(rig);
}

static void test_a_pulled_pool_takes_its_exception_along(void)
{
    Rig *rig = rig_live();
    P9xTctx *t = &rig->thread[0];

    rig_nvt_valid(rig, 6);
    p9x_tctx_set_word2(t, P9X_RING_POOL, P9X_TM_POOL_VALID | rig_cam(6));
    p9x_tctx_set_cppr(t, P9X_RING_PHYS, 0xFF);
    pend(rig, P9X_RING_POOL, 1);
    g_assert_cmphex(p9x_tctx_lines(t), ==, P9X_LINE_HV);
    g_assert_cmphex(p9x_tctx_pull(t, P9X_RING_POOL), ==,
                    P9X_TM_POOL_VALID | rig_cam(6));
    g_assert_cmphex(p9x_tctx_lines(t), ==, 0);
    g_assert_cmphex(reg(t, P9X_RING_PHYS, PIPR), ==, 0xFF);
    g_assert_cmphex(reg(t, P9X_RING_POOL, IPB), ==, 0x80 >> 1);
    rig_free(rig);
}

/* rows: T7 */
static void test_software_can_make_a_priority_pending(void)
{
    Rig *rig = rig_live();
    P9xTctx *t = &rig->thread[0];

    p9x_tctx_set_cppr(t, P9X_RING_OS, 0xFF);
    p9x_tctx_set_pending(t, P9X_RING_OS, 8);
    p9x_tctx_set_pending(t, P9X_RING_OS, 0xFF);
    g_assert_cmphex(reg(t, P9X_RING_OS, IPB), ==, 0);
    for (unsigned p = 0; p < 8; p++) {
        p9x_tctx_set_pending(t, P9X_RING_OS, 7 - p);
        g_assert_cmphex(reg(t, P9X_RING_OS, PIPR), ==, 7 - p);
        assert_ring_invariant(t);
    }
    g_assert_cmphex(reg(t, P9X_RING_OS, IPB), ==, 0xFF);
    rig_free(rig);
}

/* rows: T8 */
static void test_push_takes_the_backlog_of_its_vp_only(void)
{
    Rig *rig = rig_new(1);
    P9xTctx *t = &rig->thread[0];

    rig_nvt_valid(rig, 5);
    rig_nvt_valid(rig, 6);
    p9x_nvt_set_ipb(rig_nvt(rig, 5), 0x21);
    p9x_nvt_set_ipb(rig_nvt(rig, 6), 0x40);
    p9x_tctx_set_cppr(t, P9X_RING_OS, 0xFF);
    g_assert_cmphex(p9x_tctx_set_word2(t, P9X_RING_OS,
                                       P9X_TM_OS_VALID | rig_cam(5)), ==, 0);
    g_assert_cmphex(reg(t, P9X_RING_OS, IPB), ==, 0x21);
    g_assert_cmphex(p9x_nvt_ipb(rig_nvt(rig, 5)), ==, 0);
    g_assert_cmphex(p9x_nvt_ipb(rig_nvt(rig, 6)), ==, 0x40);
    assert_ring_invariant(t);
    g_assert_cmphex(p9x_tctx_lines(t), ==, P9X_LINE_OS);
    rig_free(rig);
}

static void test_a_word2_without_valid_bit_takes_nothing(void)
{
    Rig *rig = rig_new(1);
    P9xTctx *t = &rig->thread[0];

    rig_nvt_valid(rig, 5);
    p9x_nvt_set_ipb(rig_nvt(rig, 5), 0x21);
    p9x_tctx_set_cppr(t, P9X_RING_OS, 0xFF);
    p9x_tctx_set_word2(t, P9X_RING_OS, rig_cam(5));
    g_assert_cmphex(p9x_nvt_ipb(rig_nvt(rig, 5)), ==, 0x21);
    g_assert_cmphex(word2(t, P9X_RING_OS), ==, rig_cam(5));
    g_assert_cmphex(p9x_tctx_lines(t), ==, 0);
    rig_free(rig);
}

static void test_a_vp_without_nvt_can_be_dispatched(void)
{
    Rig *rig = rig_new(1);
    P9xTctx *t = &rig->thread[0];

    p9x_tctx_set_word2(t, P9X_RING_OS,
                       P9X_TM_OS_VALID | p9x_cam(9, 0x12345));
    g_assert_cmphex(reg(t, P9X_RING_OS, IPB), ==, 0);
    p9x_tctx_set_word2(t, P9X_RING_OS, P9X_TM_OS_VALID | rig_cam(6));
    assert_ring_invariant(t);
    rig_free(rig);
}

/* rows: T9 */
static void test_pull_keeps_the_registers_and_lowers_the_line(void)
{
    Rig *rig = rig_live();
    P9xTctx *t = &rig->thread[0];
    uint32_t w2 = P9X_TM_OS_VALID | rig_cam(5);

    p9x_tctx_set_cppr(t, P9X_RING_OS, 7);
    pend(rig, P9X_RING_OS, 3);
    g_assert_cmphex(p9x_tctx_pull(t, P9X_RING_OS), ==, w2);
    g_assert_cmphex(p9x_tctx_pull(t, P9X_RING_OS), ==, w2 & 0x7FFFFFFF);
    g_assert_cmphex(word2(t, P9X_RING_OS), ==, w2 & 0x7FFFFFFF);
    g_assert_cmphex(reg(t, P9X_RING_OS, IPB), ==, 0x80 >> 3);
    g_assert_cmphex(reg(t, P9X_RING_OS, CPPR), ==, 7);
    g_assert_cmphex(p9x_tctx_lines(t), ==, 0);
    g_assert_cmpint(p9x_tctx_present(t, P9X_RING_OS, rig_cam(5), 2),
                    ==, P9X_NOT_HERE);
    g_assert_cmphex(reg(t, P9X_RING_OS, IPB), ==, 0x80 >> 3);
    /* Back again: the line comes with it. */
    p9x_tctx_set_word2(t, P9X_RING_OS, w2);
    g_assert_cmphex(p9x_tctx_lines(t), ==, P9X_LINE_OS);
    rig_free(rig);
}

static void test_present_says_what_became_of_the_event(void)
{
    Rig *rig = rig_live();
    P9xTctx *t = &rig->thread[0];

    p9x_tctx_set_cppr(t, P9X_RING_OS, 4);
    g_assert_false(p9x_tctx_present_to_group(t, rig_cam(5), 4));
    g_assert_cmphex(reg(t, P9X_RING_OS, IPB), ==, 0);
    g_assert_cmpint(p9x_tctx_present(t, P9X_RING_OS, rig_cam(5), 4), ==,
                    P9X_PRECLUDED);
    g_assert_cmphex(reg(t, P9X_RING_OS, IPB), ==, 0x80 >> 4);
    g_assert_true(p9x_tctx_present_to_group(t, rig_cam(5), 3));
    g_assert_cmphex(reg(t, P9X_RING_OS, IPB), ==, 0x80 >> 4 | 0x80 >> 3);
    g_assert_cmpint(p9x_tctx_present(t, P9X_RING_OS, rig_cam(6), 3), ==,
                    P9X_NOT_HERE);
    g_assert_cmpint(p9x_tctx_present(t, P9X_RING_POOL, rig_cam(5), 3), ==,
                    P9X_NOT_HERE);
    assert_ring_invariant(t);
    rig_free(rig);
}

static void test_save_and_restore_bring_back_the_same_thread(void)
{
    Rig *rig = rig_live();
    P9xTctx *t = &rig->thread[0];
    uint8_t image[P9X_TM_IMAGE_SIZE], again[P9X_TM_IMAGE_SIZE];

    p9x_tctx_set_word2(t, P9X_RING_USER, P9X_TM_USER_VALID | 0x42);
    p9x_tctx_present_user(t, rig_cam(5), 0x42);
    p9x_tctx_set_cppr(t, P9X_RING_OS, 6);
    p9x_tctx_set_cppr(t, P9X_RING_PHYS, 6);
    pend(rig, P9X_RING_OS, 3);
    pend(rig, P9X_RING_PHYS, 4);
    p9x_tctx_save(t, image);
    p9x_tctx_reset(t);
    g_assert_true(p9x_tctx_restore(t, image));
    p9x_tctx_save(t, again);
    g_assert_cmpmem(image, sizeof(image), again, sizeof(again));
    g_assert_cmphex(p9x_tctx_lines(t), ==,
                    P9X_LINE_OS | P9X_LINE_HV | P9X_LINE_EBB);
    assert_ring_invariant(t);
    /* It answers to its VP as before. */
    pend(rig, P9X_RING_OS, 1);
    rig_free(rig);
}

static void test_restore_derives_rather_than_believes(void)
{
    Rig *rig = rig_live();
    P9xTctx *t = &rig->thread[0];
    uint8_t image[P9X_TM_IMAGE_SIZE];

    p9x_tctx_set_cppr(t, P9X_RING_OS, 6);
    p9x_tctx_save(t, image);
    image[P9X_RING_OS * 16 + NSR] = P9X_NSR_EO;
    image[P9X_RING_OS * 16 + PIPR] = 0;
    g_assert_true(p9x_tctx_restore(t, image));
    g_assert_cmphex(p9x_tctx_lines(t), ==, 0);
    assert_ring_invariant(t);
    image[P9X_RING_OS * 16 + IPB] = 0x01;
    image[P9X_RING_OS * 16 + CPPR] = 0xFF;
    image[P9X_RING_OS * 16 + NSR] = 0;
    g_assert_true(p9x_tctx_restore(t, image));
    g_assert_cmphex(p9x_tctx_lines(t), ==, P9X_LINE_OS);
    assert_ring_invariant(t);
    rig_free(rig);
}

static void test_restore_refuses_an_impossible_cppr(void)
{
    Rig *rig = rig_live();
    P9xTctx *t = &rig->thread[0];
    uint8_t good[P9X_TM_IMAGE_SIZE], after[P9X_TM_IMAGE_SIZE];

    p9x_tctx_save(t, good);
    for (unsigned i = 0; i < G_N_ELEMENTS(rings); i++) {
        uint8_t image[P9X_TM_IMAGE_SIZE];

        memcpy(image, good, sizeof(good));
        image[P9X_RING_OS * 16 + IPB] = 0xFF;
        image[rings[i].ring * 16 + CPPR] = 8;
        g_assert_false(p9x_tctx_restore(t, image));
        image[rings[i].ring * 16 + CPPR] = 0xFE;
        g_assert_false(p9x_tctx_restore(t, image));
        p9x_tctx_save(t, after);
        g_assert_cmpmem(good, sizeof(good), after, sizeof(after));
    }
    rig_free(rig);
}

static void test_no_image_whatsoever_breaks_the_invariant(void)
{
    Rig *rig = rig_live();
    P9xTctx *t = &rig->thread[0];
    g_autoptr(GRand) rand = g_rand_new_with_seed(42);

    for (unsigned i = 0; i < 20000; i++) {
        uint8_t image[P9X_TM_IMAGE_SIZE];

        for (unsigned j = 0; j < sizeof(image); j++) {
            image[j] = (uint8_t)g_rand_int(rand);
        }
        if (i % 8) {
            image[P9X_RING_OS * 16 + CPPR] %= 8;
            image[P9X_RING_PHYS * 16 + CPPR] %= 8;
        }
        if (p9x_tctx_restore(t, image)) {
            assert_ring_invariant(t);
        }
    }
    rig_free(rig);
}

static const TestRow tests[] = {
    TEST(reset_leaves_nothing_live),
    TEST(cppr_over_7_means_all),
    TEST(a_cppr_that_rises_signals_and_one_that_falls_retracts),
    TEST(the_host_is_told_when_lines_change_and_only_then),
    TEST(ack_accepts_the_most_favoured),
    TEST(ack_with_nothing_signalled_changes_nothing),
    TEST(pool_and_phys_share_one_exception),
    TEST(equal_priorities_of_pool_and_phys_both_arrive),
    TEST(a_pulled_pool_takes_its_exception_along),
    TEST(software_can_make_a_priority_pending),
    TEST(push_takes_the_backlog_of_its_vp_only),
    TEST(a_word2_without_valid_bit_takes_nothing),
    TEST(a_vp_without_nvt_can_be_dispatched),
    TEST(pull_keeps_the_registers_and_lowers_the_line),
    TEST(present_says_what_became_of_the_event),
    TEST(save_and_restore_bring_back_the_same_thread),
    TEST(restore_derives_rather_than_believes),
    TEST(restore_refuses_an_impossible_cppr),
    TEST(no_image_whatsoever_breaks_the_invariant),
};

int main(int argc, char **argv)
{
    return RUN_TESTS(argc, argv, "tctx", tests);
}
