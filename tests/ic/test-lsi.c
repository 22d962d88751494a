/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The LSI pages: interrupts of firmware that has no tables. */
#include "fixture-ic.h"

enum { TRIGGER = 2 * IC_PAGE, EOI = 3 * IC_PAGE, LE = 0x81 };

static void trigger(IcRig *rig)
{
    p9x_ic_store(rig->chip[0].ic, P9X_IC_WINDOW_IC, NULL, TRIGGER, 8, 0);
}

static uint64_t manage(IcRig *rig, unsigned op)
{
    return p9x_ic_load(rig->chip[0].ic, P9X_IC_WINDOW_IC, NULL, EOI + op, 8);
}

/* As hostboot starts: the second thread takes LSIs, then the event is open. */
static IcRig *start(void)
{
    IcRig *rig = icrig_new_cold();

    firmware_windows(rig, 0);
    ic_set(rig, 0, P9X_PC_THREAD_EN_REG0_SET, P9X_MASK64(0, 1));
    tima_store(rig, 0, 0, P9X_TIMA_HV, 0x38, 1, 0x80);
    tima_store(rig, 0, 1, P9X_TIMA_HV, 0x38, 1, LE);
    g_assert_cmpuint(manage(rig, P9X_ESB_SET_PQ_00), ==, P9X_PQ_01);
    return rig;
}

static void test_interrupts_a_thread_whatever_its_CPPR(void)
{
    IcRig *rig = start();
    P9xTctx *tctx = &rig->chip[0].thread[1];

    trigger(rig);
    g_assert_cmphex(p9x_tctx_lines(tctx), ==, P9X_LINE_HV);
    g_assert_cmphex(p9x_tctx_lines(&rig->chip[0].thread[0]), ==, 0);
    g_assert_cmphex(tima_load(rig, 0, 1, P9X_TIMA_HV, 0x38, 1), ==, LE | 2);
    /* CPPR was 0, and is. */
    g_assert_cmphex(ack_hv(rig, 0, 1), ==, 0xC000);
    g_assert_cmphex(p9x_tctx_lines(tctx), ==, 0);
    g_assert_cmphex(tima_load(rig, 0, 1, P9X_TIMA_HV, 0x38, 1), ==, LE);
    g_assert_cmphex(ack_hv(rig, 0, 1), ==, 0);
    icrig_free(rig);
}

static void test_coalesces_is_ended_and_turned_off(void)
{
    IcRig *rig = start();

    trigger(rig);
    ack_hv(rig, 0, 1);
    g_assert_cmpuint(manage(rig, P9X_ESB_GET), ==, P9X_PQ_10);
    trigger(rig);
    g_assert_cmpuint(manage(rig, P9X_ESB_GET), ==, P9X_PQ_11);
    g_assert_cmphex(p9x_tctx_lines(&rig->chip[0].thread[1]), ==, 0);
    /* The EOI says that there is another, and interrupts again. */
    g_assert_cmpuint(manage(rig, 0), ==, 1);
    g_assert_cmphex(ack_hv(rig, 0, 1), ==, 0xC000);
    g_assert_cmpuint(manage(rig, 0), ==, 0);
    g_assert_cmpuint(manage(rig, P9X_ESB_GET), ==, P9X_PQ_00);
    /* Off: by a store, too. */
    p9x_ic_store(rig->chip[0].ic, P9X_IC_WINDOW_IC, NULL,
                 EOI + P9X_ESB_SET_PQ_01, 8, 0);
    trigger(rig);
    g_assert_cmpuint(manage(rig, P9X_ESB_GET), ==, P9X_PQ_01);
    g_assert_cmphex(ack_hv(rig, 0, 1), ==, 0);
    icrig_free(rig);
}

static void test_waits_for_a_thread_that_takes_it(void)
{
    IcRig *rig = start();
    P9xIcState *state = g_new(P9xIcState, 1);

    tima_store(rig, 0, 1, P9X_TIMA_HV, 0x38, 1, 0x80);
    trigger(rig);
    g_assert_cmphex(ack_hv(rig, 0, 1), ==, 0);
    p9x_ic_save(rig->chip[0].ic, state);
    p9x_ic_reset(rig->chip[0].ic);
    p9x_ic_restore(rig->chip[0].ic, state);
    tima_store(rig, 0, 0, P9X_TIMA_HV, 0x38, 1, LE);
    g_assert_cmphex(ack_hv(rig, 0, 0), ==, 0xC000);
    g_assert_cmpuint(manage(rig, P9X_ESB_GET), ==, P9X_PQ_10);
    /* Taken once: another thread that wants it has nothing to take. */
    tima_store(rig, 0, 1, P9X_TIMA_HV, 0x38, 1, LE);
    g_assert_cmphex(ack_hv(rig, 0, 1), ==, 0);
    g_free(state);
    icrig_free(rig);
}

static void test_comes_before_other_interrupts(void)
{
    IcRig *rig = icrig_new();

    route(rig, 0, 0x40, 0, 0x20, 0x30, 1);
    tima_store(rig, 0, 0, P9X_TIMA_HV, 0x38, 1, LE);
    manage(rig, P9X_ESB_SET_PQ_00);
    ipi_trigger(rig, 0, 0x40);
    trigger(rig);
    g_assert_cmphex(ack_hv(rig, 0, 0), ==, 0xC0FF);
    g_assert_cmphex(ack_hv(rig, 0, 0), ==, P9X_NSR_HE_POOL << 8 | 6);
    icrig_free(rig);
}

static void test_has_no_other_operations(void)
{
    IcRig *rig = icrig_new_cold();
    P9xIc *ic = rig->chip[0].ic;

    firmware_windows(rig, 0);
    p9x_ic_store(ic, P9X_IC_WINDOW_IC, NULL, EOI, 8, 0);
    g_assert_cmphex(p9x_ic_load(ic, P9X_IC_WINDOW_IC, NULL, TRIGGER, 4), ==,
                    UINT32_MAX);
    p9x_ic_store(ic, P9X_IC_WINDOW_IC, NULL, 8 * IC_PAGE, 8, 0);
    g_assert_cmpuint(ic_errors(rig, 0, P9X_ERR_IC_WINDOW), ==, 3);
    g_assert_cmpuint(manage(rig, P9X_ESB_GET), ==, P9X_PQ_01);
    icrig_free(rig);
}

int main(int argc, char **argv)
{
    static const TestRow rows[] = {
        TEST(interrupts_a_thread_whatever_its_CPPR),
        TEST(coalesces_is_ended_and_turned_off),
        TEST(waits_for_a_thread_that_takes_it),
        TEST(comes_before_other_interrupts),
        TEST(has_no_other_operations),
    };

    return RUN_TESTS(argc, argv, "ic-lsi", rows);
}
