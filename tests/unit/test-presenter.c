/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list of threads, and what an NVT keeps. */
#include "fixture.h"

/* Destroyed in any order: the list of threads has no order to keep. */
static void test_threads_leave_in_any_order(void)
{
    Rig *rig = rig_new(3);

    p9x_tctx_destroy(&rig->thread[0]);
    p9x_tctx_destroy(&rig->thread[0]);          /* not there: no effect */
    g_assert_cmpuint(rig->presenter.nr_threads, ==, 2);
    p9x_tctx_destroy(&rig->thread[2]);
    p9x_tctx_destroy(&rig->thread[1]);
    g_assert_cmpuint(rig->presenter.nr_threads, ==, 0);
    rig->nr_threads = 0;
    rig_free(rig);
}

/* Which threads a visit has seen, as a mask; @leaves goes after the first. */
static unsigned visit(Rig *rig, P9xTctx *leaves)
{
    unsigned at = 0, seen = 0;
    P9xTctx *tctx;

    while ((tctx = p9x_presenter_next_thread(&rig->presenter, &at))) {
        seen |= 1u << (tctx - rig->thread);
        if (leaves) {
            p9x_presenter_remove_thread(&rig->presenter, leaves);
            leaves = NULL;
        }
    }
    return seen;
}

static void test_a_visit_sees_all_threads(void)
{
    for (unsigned n = 0; n < 5; n++) {
        Rig *rig = rig_new(n);

        g_assert_cmphex(visit(rig, NULL), ==, (1u << n) - 1);
        rig_free(rig);
    }
}

static void test_a_thread_that_leaves_hides_no_other(void)
{
    enum { N = 4 };

    for (unsigned leaves = 0; leaves < N; leaves++) {
        Rig *rig = rig_new(N);
        unsigned others = ((1u << N) - 1) & ~(1u << leaves);

        g_assert_cmphex(visit(rig, &rig->thread[leaves]) & others, ==,
                        others);
        rig_free(rig);
    }
}

static unsigned told;

static void note_nvt(void *opaque, uint8_t block, uint32_t index)
{
    told++;
}

static void test_only_the_bits_asked_for_leave_an_nvt(void)
{
    P9xTableOps ops = p9x_array_table_ops;
    Rig *rig = rig_new(1);
    P9xTables *t = &rig->router.unit.tables;
    uint32_t cam = rig_cam(5);
    P9xLock *lock = p9x_nvt_lock(&rig->presenter, cam);
    P9xNvt *nvt = rig_nvt(rig, 5);

    ops.nvt_changed = note_nvt;
    t->ops = &ops;
    told = 0;
    p9x_lock(lock);
    /* There is none that is valid. */
    p9x_nvt_set_ipb(nvt, 0x81);
    g_assert_null(p9x_nvt_valid_of(t, cam));
    g_assert_cmphex(p9x_nvt_take_ipb(t, cam, 0xFF), ==, 0);
    nvt->w[0] = p9x_be32(P9X_NVT_W0_VALID);
    g_assert_cmphex(p9x_nvt_take_ipb(t, cam, 0x42), ==, 0);
    g_assert_cmpuint(told, ==, 0);
    g_assert_cmphex(p9x_nvt_add_ipb(t, cam, nvt, 0x40), ==, 0xC1);
    g_assert_cmphex(p9x_nvt_take_ipb(t, cam, 0x42), ==, 0x40);
    g_assert_cmphex(p9x_nvt_ipb(nvt), ==, 0x81);
    g_assert_cmphex(p9x_nvt_take_ipb(t, cam, 0xFF), ==, 0x81);
    g_assert_cmphex(p9x_nvt_ipb(nvt), ==, 0);
    g_assert_cmpuint(told, ==, 3);
    p9x_unlock(lock);
    rig_free(rig);
}

static const TestRow tests[] = {
    TEST(threads_leave_in_any_order),
    TEST(a_visit_sees_all_threads),
    TEST(a_thread_that_leaves_hides_no_other),
    TEST(only_the_bits_asked_for_leave_an_nvt),
};

int main(int argc, char **argv)
{
    return RUN_TESTS(argc, argv, "presenter", tests);
}
