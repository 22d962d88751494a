/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two chips: events that cross, VPs that run elsewhere. */
#include "fixture-ic.h"

enum { SRC = 0x40, END = 0x20, NVT = 0x30 };

static void test_send_events_to_the_chip_that_has_the_END(void)
{
    IcRig *rig = icrig_new();

    route(rig, 0, SRC, 1, END, NVT, 0x77);
    ipi_trigger(rig, 0, SRC);
    g_assert_cmphex(queue_entry(rig, 1, END, 0), ==, 0x80000077);
    g_assert_cmphex(ack_hv(rig, 1, 0), ==, P9X_NSR_HE_POOL << 8 | 6);
    g_assert_cmpuint(rig->bus_stores, ==, 0);
    g_assert_cmpuint(ic_count(rig, 1, P9X_COUNT_QUEUED), ==, 1);
    icrig_free(rig);
}

static void test_send_triggers_to_the_chip_that_has_the_source(void)
{
    IcRig *rig = icrig_new();

    route(rig, 1, SRC, 1, END, NVT, 0x77);
    /* A device stores to the wrong chip. */
    p9x_ic_notify(rig->chip[0].ic, 0, P9X_TRIGGER_PQ | 1 << 28 | SRC);
    g_assert_cmphex(queue_entry(rig, 1, END, 0), ==, 0x80000077);
    p9x_ic_notify(rig->chip[0].ic, 0, 1 << 28 | SRC);
    g_assert_cmpuint(ipi_load(rig, 1, SRC, P9X_ESB_GET), ==, P9X_PQ_10);
    icrig_free(rig);
}

static void test_escalate_from_one_to_the_other(void)
{
    IcRig *rig = icrig_new();

    route(rig, 1, SRC, 1, END, NVT, 1);
    write_eas(rig, 0, SRC, 0, END + 1, 2);
    /* No thread runs its VP: on to the other chip's END. */
    write_end(rig, 0, END + 1, 0, NVT + 1, 6, P9X_END_W0_UCOND_NOTIFY |
              P9X_END_W0_ESCALATE | P9X_END_W0_UCOND_ESC);
    write_nvt(rig, 0, NVT + 1);
    write_escalation(rig, 0, END + 1, 1, END, 0x5555);
    ipi_load(rig, 0, SRC, P9X_ESB_SET_PQ_00);
    ipi_trigger(rig, 0, SRC);
    g_assert_cmphex(queue_entry(rig, 0, END + 1, 0), ==, 0x80000002);
    g_assert_cmphex(queue_entry(rig, 1, END, 0), ==, 0x80005555);
    icrig_free(rig);
}

static void test_find_a_VP_on_a_thread_of_the_other(void)
{
    IcRig *rig = icrig_new();

    route(rig, 0, SRC, 0, END, NVT, 3);
    tima_load(rig, 0, 0, P9X_TIMA_HV, P9X_TM_PULL_POOL, 8);
    dispatch(rig, 1, 2, 0, NVT);
    ipi_trigger(rig, 0, SRC);
    g_assert_cmphex(queue_entry(rig, 0, END, 0), ==, 0x80000003);
    g_assert_cmphex(ack_hv(rig, 1, 2), ==, P9X_NSR_HE_POOL << 8 | 6);
    icrig_free(rig);
}

static void test_share_the_backlog_of_an_NVT(void)
{
    IcRig *rig = icrig_new();

    route(rig, 0, SRC, 0, END, NVT, 3);
    tima_load(rig, 0, 0, P9X_TIMA_HV, P9X_TM_PULL_POOL, 8);
    ipi_trigger(rig, 0, SRC);
    g_assert_cmpuint(ic_count(rig, 0, P9X_COUNT_BACKLOGGED), ==, 1);
    /* A thread of chip 1 takes over what chip 0's NVT has. */
    dispatch(rig, 1, 2, 0, NVT);
    g_assert_cmphex(ack_hv(rig, 1, 2), ==, P9X_NSR_HE_POOL << 8 | 6);
    ic_scrub(rig, 0, SCRUB_NVT, 0, NVT, true);
    g_assert_cmphex(host_load32(&rig->host, nvt_addr(0, NVT) + 16), ==, 0);
    icrig_free(rig);
}

/* VDT sets that would make one NVT two: the entry's lock would differ. */
static void test_do_not_reach_NVTs_under_another_number(void)
{
    IcRig *rig = icrig_new();

    write_nvt(rig, 0, NVT);
    ic_set(rig, 0, P9X_CQ_TAR, P9X_BIT64(14));
    ic_set(rig, 0, P9X_CQ_TDR, P9X_VDT_VALID | UINT64_C(1) << 32);
    write_end(rig, 1, END, 0, NVT, 6, P9X_END_W0_UCOND_NOTIFY |
                                      P9X_END_W0_BACKLOG);
    p9x_router_end_trigger(ic_router(rig, 1), 1, END, 0);
    g_assert_cmpuint(ic_errors(rig, 1, P9X_ERR_NVT_INVALID), ==, 1);
    icrig_free(rig);
}

static void test_do_not_forward_in_circles(void)
{
    IcRig *rig = icrig_new();
    uint64_t port = IC_IC_BASE(0) + IC_PAGE;

    /* Block 5: chip 0 sends it to chip 1, and that back. */
    ic_set_vsd(rig, 1, 2, 5, p9x_set64(port, P9X_VSD_MODE, P9X_VSD_FORWARD));
    port = IC_IC_BASE(1) + IC_PAGE;
    ic_set_vsd(rig, 0, 2, 5, p9x_set64(port, P9X_VSD_MODE, P9X_VSD_FORWARD));
    write_eas(rig, 0, SRC, 5, END, 2);
    ipi_load(rig, 0, SRC, P9X_ESB_SET_PQ_00);
    ipi_trigger(rig, 0, SRC);
    g_assert_cmpuint(ic_errors(rig, 0, P9X_ERR_ESCALATION_LOOP) +
                     ic_errors(rig, 1, P9X_ERR_ESCALATION_LOOP), ==, 1);
    icrig_free(rig);
}

static void test_forward_over_the_bus_to_those_who_are_no_IC(void)
{
    IcRig *rig = icrig_new();
    uint64_t port = UINT64_C(0x0006070000010000);

    ic_set_vsd(rig, 0, 2, 5, p9x_set64(port, P9X_VSD_MODE, P9X_VSD_FORWARD));
    write_eas(rig, 0, SRC, 5, END, 2);
    ipi_load(rig, 0, SRC, P9X_ESB_SET_PQ_00);
    ipi_trigger(rig, 0, SRC);
    g_assert_cmpuint(rig->bus_stores, ==, 1);
    g_assert_cmphex(rig->bus_addr, ==, port);
    g_assert_cmphex(rig->bus_value, ==, UINT64_C(0xC500002000000002));
    rig->bus_refuses = true;
    ipi_load(rig, 0, SRC, P9X_ESB_SET_PQ_00);
    ipi_trigger(rig, 0, SRC);
    g_assert_cmpuint(ic_errors(rig, 0, P9X_ERR_IC_NOTIFY), ==, 1);
    icrig_free(rig);
}

static void test_have_one_IC_each(void)
{
    IcRig *rig = icrig_new_cold();

    g_assert_null(p9x_ic_new(rig->fabric, 0, &rig->host.ports,
                             &rig->chip[0].ports));
    g_assert_null(p9x_ic_new(rig->fabric, P9X_IC_MAX_CHIPS,
                             &rig->host.ports, &rig->chip[0].ports));
    g_assert_cmpuint(p9x_ic_chip_id(rig->chip[1].ic), ==, 1);
    icrig_free(rig);
}

int main(int argc, char **argv)
{
    static const TestRow rows[] = {
        TEST(send_events_to_the_chip_that_has_the_END),
        TEST(send_triggers_to_the_chip_that_has_the_source),
        TEST(escalate_from_one_to_the_other),
        TEST(find_a_VP_on_a_thread_of_the_other),
        TEST(share_the_backlog_of_an_NVT),
        TEST(do_not_reach_NVTs_under_another_number),
        TEST(do_not_forward_in_circles),
        TEST(forward_over_the_bus_to_those_who_are_no_IC),
        TEST(have_one_IC_each),
    };

    return RUN_TESTS(argc, argv, "ic-chips", rows);
}
