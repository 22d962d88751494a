/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What errors leave in the error registers, and how firmware clears it. */
#include "fixture-ic.h"

enum { SRC = 0x40, END = 0x20, NVT = 0x30 };

enum { VC_WOF = 0x274, VC_INFO = 0x27A, PC_WOF = 0x17A, PC_INFO = 0x17E };

static void test_keep_the_first_bad_access(void)
{
    IcRig *rig = icrig_new();
    P9xIc *ic = rig->chip[0].ic;
    uint64_t first = P9X_INFO_CAPTURED | P9X_INFO_CI_LOAD |
                     p9x_set64(0, P9X_INFO_SIZE, 2) |
                     (IC_VC_BASE(0) + IC_VC_SIZE - 4);

    ic_set(rig, 0, P9X_CQ_TAR, P9X_BIT64(15) | UINT64_C(63) << 32);
    ic_set(rig, 0, P9X_CQ_TDR, 0);
    p9x_ic_vc_load(ic, IC_VC_SIZE - 4, 4);
    p9x_ic_store(ic, P9X_IC_WINDOW_PC, NULL, 8, 8, 0);
    g_assert_cmphex(ic_get(rig, 0, P9X_CQ_ERR_INFO1), ==, first);
    g_assert_cmphex(ic_get(rig, 0, P9X_CQ_FIR), ==, P9X_FIR_CI_ERROR);
    /* Any store clears it; then the next is kept. */
    ic_set(rig, 0, P9X_CQ_ERR_INFO1, UINT64_MAX);
    g_assert_cmphex(ic_get(rig, 0, P9X_CQ_ERR_INFO1), ==, 0);
    p9x_ic_store(ic, P9X_IC_WINDOW_PC, NULL, 8, 1, 0);
    g_assert_cmphex(ic_get(rig, 0, P9X_CQ_ERR_INFO1), ==,
                    P9X_INFO_CAPTURED | P9X_INFO_CI_STORE |
                    (IC_PC_BASE(0) + 8));
    icrig_free(rig);
}

static void test_say_what_events_did_not_find(void)
{
    IcRig *rig = icrig_new();

    /* An event of a source without an EAS. */
    ipi_load(rig, 0, SRC, P9X_ESB_SET_PQ_00);
    ipi_trigger(rig, 0, SRC);
    g_assert_cmphex(ic_get(rig, 0, P9X_CQ_FIR), ==, P9X_FIR_VC_INFO);
    g_assert_cmphex(ic_get(rig, 0, P9X_CQ_WOF), ==, P9X_FIR_VC_INFO);
    /* Then one of an END without a queue: first come, and all. */
    write_eas(rig, 0, SRC, 0, END, 1);
    ic_scrub(rig, 0, SCRUB_EAS, 0, SRC, false);
    ipi_load(rig, 0, SRC, P9X_ESB_SET_PQ_00);
    ipi_trigger(rig, 0, SRC);
    g_assert_cmphex(ic_xscom_get(rig, 0, VC_WOF), ==, P9X_BIT64(2));
    g_assert_cmphex(ic_xscom_get(rig, 0, VC_INFO), ==, P9X_MASK64(2, 3));
    /* To look at them clears them. */
    g_assert_cmphex(ic_xscom_get(rig, 0, VC_WOF), ==, 0);
    g_assert_cmphex(ic_xscom_get(rig, 0, VC_INFO), ==, 0);
    g_assert_cmphex(ic_get(rig, 0, P9X_CQ_FIR), ==, P9X_FIR_VC_INFO);
    icrig_free(rig);
}

static void test_say_that_a_VP_is_nowhere(void)
{
    IcRig *rig = icrig_new();

    write_end(rig, 0, END, 0, NVT, 4, P9X_END_W0_UCOND_NOTIFY);
    p9x_router_end_trigger(ic_router(rig, 0), 0, END, 0);
    g_assert_cmphex(ic_xscom_get(rig, 0, PC_WOF), ==, P9X_BIT64(0));
    g_assert_cmphex(ic_xscom_get(rig, 0, PC_INFO), ==, P9X_BIT64(0));
    g_assert_cmphex(ic_get(rig, 0, P9X_CQ_FIR), ==, P9X_FIR_PC_INFO);
    icrig_free(rig);
}

static void test_tell_first_ones_from_masked_ones(void)
{
    IcRig *rig = icrig_new();
    P9xIc *ic = rig->chip[0].ic;

    ic_set(rig, 0, P9X_CQ_FIRMASK_OR, P9X_FIR_CI_ERROR);
    p9x_ic_store(ic, P9X_IC_WINDOW_PC, NULL, 8, 8, 0);
    g_assert_cmphex(ic_get(rig, 0, P9X_CQ_WOF), ==, 0);
    p9x_ic_notify(ic, 0, P9X_TRIGGER_PQ | SRC);
    g_assert_cmphex(ic_get(rig, 0, P9X_CQ_WOF), ==, P9X_FIR_VC_INFO);
    g_assert_cmphex(ic_get(rig, 0, P9X_CQ_FIR), ==,
                    P9X_FIR_VC_INFO | P9X_FIR_CI_ERROR);
    /* As hostboot clears them, and they stay so. */
    ic_xscom_set(rig, 0, 0x38, 0);
    ic_xscom_set(rig, 0, 0x30, 0);
    g_assert_cmphex(ic_get(rig, 0, P9X_CQ_WOF), ==, 0);
    g_assert_cmphex(ic_get(rig, 0, P9X_CQ_FIR), ==, 0);
    /* A reset forgets what was never looked at. */
    p9x_ic_notify(ic, 0, P9X_TRIGGER_PQ | SRC);
    p9x_ic_reset(ic);
    g_assert_cmphex(ic_get(rig, 0, P9X_CQ_FIR), ==, 0);
    icrig_free(rig);
}

static void test_come_of_tables_that_cant_be(void)
{
    IcRig *rig = icrig_new();
    uint64_t at = IC_MEMORY(0);

    ic_set_vsd(rig, 0, 0, 1, ic_vsd(0, 16));
    g_assert_cmpuint(ic_errors(rig, 0, P9X_ERR_IC_TABLE), ==, 1);
    ic_set_vsd(rig, 0, 0, 1, ic_vsd(at + 0x1000, 16));
    g_assert_cmpuint(ic_errors(rig, 0, P9X_ERR_IC_TABLE), ==, 2);
    ic_set_vsd(rig, 0, 2, 1, ic_vsd(at, 17) | P9X_VSD_INDIRECT);
    g_assert_cmpuint(ic_errors(rig, 0, P9X_ERR_IC_TABLE), ==, 3);
    ic_set(rig, 0, P9X_PC_GLOBAL_CONFIG, 0);
    ic_set_vsd(rig, 0, 3, 1, ic_vsd(at, 16) | P9X_VSD_INDIRECT);
    g_assert_cmpuint(ic_errors(rig, 0, P9X_ERR_IC_TABLE), ==, 4);
    /* None is an answer. */
    ic_set_vsd(rig, 0, 3, 1, 0);
    g_assert_cmpuint(ic_errors(rig, 0, P9X_ERR_IC_TABLE), ==, 4);
    /* There are only so many. */
    ic_set_vsd(rig, 0, 0, 16, ic_vsd(at, 12));
    ic_set_vsd(rig, 0, 4, 6, ic_vsd(at, 12));
    g_assert_cmpuint(ic_errors(rig, 0, P9X_ERR_IC_REGISTER), ==, 4);
    icrig_free(rig);
}

int main(int argc, char **argv)
{
    static const TestRow rows[] = {
        TEST(keep_the_first_bad_access),
        TEST(say_what_events_did_not_find),
        TEST(say_that_a_VP_is_nowhere),
        TEST(tell_first_ones_from_masked_ones),
        TEST(come_of_tables_that_cant_be),
    };

    return RUN_TESTS(argc, argv, "ic-errors", rows);
}
