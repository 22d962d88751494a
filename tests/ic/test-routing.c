/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a page of the VC window to a thread, and back. */
#include "fixture-ic.h"

enum { SRC = 0x100, END = 0x20, NVT = 0x30 };

static void test_brings_a_trigger_to_a_queue_and_a_thread(void)
{
    IcRig *rig = icrig_new();

    route(rig, 0, SRC, 0, END, NVT, 0x1234);
    ipi_trigger(rig, 0, SRC);
    g_assert_cmphex(queue_entry(rig, 0, END, 0), ==, 0x80001234);
    g_assert_cmpuint(p9x_tctx_lines(&rig->chip[0].thread[0]), ==,
                     P9X_LINE_HV);
    g_assert_cmphex(ack_hv(rig, 0, 0), ==, P9X_NSR_HE_POOL << 8 | 6);
    g_assert_cmpuint(ipi_load(rig, 0, SRC, P9X_ESB_GET), ==, P9X_PQ_10);
    ipi_trigger(rig, 0, SRC);
    g_assert_cmpuint(ipi_load(rig, 0, SRC, P9X_ESB_GET), ==, P9X_PQ_11);
    g_assert_cmpuint(ipi_load(rig, 0, SRC, 0), ==, 1);
    g_assert_cmphex(queue_entry(rig, 0, END, 1), ==, 0x80001234);
    g_assert_cmpuint(ipi_load(rig, 0, SRC, 0), ==, 0);
    g_assert_cmpuint(ic_count(rig, 0, P9X_COUNT_QUEUED), ==, 2);
    g_assert_cmpuint(p9x_guest_errors_total(
        p9x_ic_counters(rig->chip[0].ic)), ==, 0);
    icrig_free(rig);
}

/* skiboot's XICS emulation reads and clears PQ with in_8. */
static void test_gives_PQ_to_byte_loads(void)
{
    IcRig *rig = icrig_new();
    P9xIc *ic = rig->chip[0].ic;

    route(rig, 0, SRC, 0, END, NVT, 1);
    ipi_trigger(rig, 0, SRC);
    ipi_trigger(rig, 0, SRC);
    g_assert_cmpuint(p9x_ic_vc_load(ic, ipi_offset(SRC, ESB_MGMT, 0x800), 1),
                     ==, 3);
    g_assert_cmpuint(p9x_ic_vc_load(ic, ipi_offset(SRC, ESB_MGMT, 0xC00), 1),
                     ==, 3);
    g_assert_cmpuint(p9x_ic_vc_load(ic, ipi_offset(SRC, ESB_MGMT, 0x804), 4),
                     ==, 0);
    g_assert_cmphex(p9x_ic_vc_load(ic, ipi_offset(SRC, ESB_TRIGGER, 0), 1),
                    ==, 0xFF);
    icrig_free(rig);
}

static void test_takes_store_EOIs_when_told_to(void)
{
    IcRig *rig = icrig_new();
    P9xIc *ic = rig->chip[0].ic;
    uint64_t eoi = ipi_offset(SRC, ESB_MGMT, P9X_ESB_STORE_EOI);

    route(rig, 0, SRC, 0, END, NVT, 1);
    ipi_trigger(rig, 0, SRC);
    p9x_ic_vc_store(ic, eoi, 8, 0);
    g_assert_cmpuint(ipi_load(rig, 0, SRC, P9X_ESB_GET), ==, P9X_PQ_10);
    g_assert_cmpuint(ic_errors(rig, 0, P9X_ERR_ESB_STORE), ==, 1);
    ic_set(rig, 0, P9X_VC_SBC_CONFIG, P9X_SBC_STORE_EOI);
    p9x_ic_vc_store(ic, eoi, 8, 0);
    g_assert_cmpuint(ipi_load(rig, 0, SRC, P9X_ESB_GET), ==, P9X_PQ_00);
    icrig_free(rig);
}

static void test_shows_one_page_a_source_in_Linux_trigger_mode(void)
{
    IcRig *rig = icrig_new();
    P9xIc *ic = rig->chip[0].ic;
    uint64_t page = (uint64_t)SRC * IC_PAGE;

    route(rig, 0, SRC, 0, END, NVT, 7);
    ic_set(rig, 0, P9X_CQ_PBI_CTL, P9X_PBI_PC_64K | P9X_PBI_VC_64K |
                                   P9X_PBI_LNX_TRIG);
    p9x_ic_vc_store(ic, page, 8, 0);
    g_assert_cmphex(queue_entry(rig, 0, END, 0), ==, 0x80000007);
    g_assert_cmpuint(p9x_ic_vc_load(ic, page + P9X_ESB_GET, 8), ==,
                     P9X_PQ_10);
    icrig_free(rig);
}

static void test_has_4_KiB_pages_unless_told_otherwise(void)
{
    IcRig *rig = icrig_new();
    P9xIc *ic = rig->chip[0].ic;

    route(rig, 0, SRC, 0, END, NVT, 7);
    ic_set(rig, 0, P9X_CQ_PBI_CTL, P9X_PBI_PC_64K);
    p9x_ic_vc_store(ic, 2 * SRC * 0x1000, 8, 0);
    g_assert_cmpuint(p9x_ic_vc_load(ic, (2 * SRC + 1) * 0x1000 + 0x800, 8),
                     ==, P9X_PQ_10);
    icrig_free(rig);
}

static void test_shows_the_ESB_pages_of_ENDs(void)
{
    IcRig *rig = icrig_new();
    P9xIc *ic = rig->chip[0].ic;

    route(rig, 0, SRC, 0, END, NVT, 7);
    write_end(rig, 0, END, 0, NVT, 6, P9X_END_W0_BACKLOG);
    ipi_trigger(rig, 0, SRC);
    g_assert_cmpuint(p9x_ic_vc_load(ic, end_offset(END, 0, 0x800), 8), ==,
                     P9X_PQ_10);
    g_assert_cmpuint(p9x_ic_vc_load(ic, end_offset(END, 1, 0x800), 1), ==,
                     P9X_PQ_00);
    ack_hv(rig, 0, 0);
    p9x_ic_vc_store(ic, end_offset(END, 0, 0), 8, 0);
    g_assert_cmpuint(p9x_ic_vc_load(ic, end_offset(END, 0, 0x800), 8), ==,
                     P9X_PQ_11);
    /* EOI with Q set tells the thread again. */
    g_assert_cmpuint(p9x_ic_vc_load(ic, end_offset(END, 0, 0), 8), ==, 1);
    tima_store(rig, 0, 0, P9X_TIMA_HV, 0x31, 1, 0xFF);
    g_assert_cmphex(ack_hv(rig, 0, 0), ==, P9X_NSR_HE_POOL << 8 | 6);
    /* Store EOI is for both kinds of pages. */
    p9x_ic_vc_store(ic, end_offset(END, 0, P9X_ESB_STORE_EOI), 8, 0);
    g_assert_cmpuint(ic_errors(rig, 0, P9X_ERR_ESB_STORE), ==, 1);
    ic_set(rig, 0, P9X_VC_SBC_CONFIG, P9X_SBC_STORE_EOI);
    p9x_ic_vc_store(ic, end_offset(END, 0, P9X_ESB_STORE_EOI), 8, 0);
    g_assert_cmpuint(p9x_ic_vc_load(ic, end_offset(END, 0, 0x800), 8), ==,
                     P9X_PQ_00);
    icrig_free(rig);
}

static void test_refuses_pages_that_are_not_there(void)
{
    IcRig *rig = icrig_new();
    P9xIc *ic = rig->chip[0].ic;

    g_assert_cmphex(p9x_ic_vc_load(ic, ipi_offset(IC_SOURCES, 1, 0x800), 8),
                    ==, UINT64_MAX);
    g_assert_cmpuint(ic_errors(rig, 0, P9X_ERR_NO_SOURCE), ==, 1);
    g_assert_cmphex(p9x_ic_vc_load(ic, IC_VC_SIZE, 4), ==, 0xFFFFFFFF);
    ic_set(rig, 0, P9X_CQ_TAR, P9X_BIT64(15));
    ic_set(rig, 0, P9X_CQ_TDR, 0);
    g_assert_cmphex(p9x_ic_vc_load(ic, ipi_offset(1, 1, 0x800), 8), ==,
                    UINT64_MAX);
    p9x_ic_vc_store(ic, ipi_offset(1, 0, 0), 8, 0);
    g_assert_cmpuint(ic_errors(rig, 0, P9X_ERR_IC_WINDOW), ==, 3);
    g_assert_cmphex(ic_get(rig, 0, P9X_CQ_FIR), ==,
                    P9X_FIR_CI_ERROR | P9X_FIR_VC_INFO);
    icrig_free(rig);
}

static void test_translates_sets(void)
{
    IcRig *rig = icrig_new();
    uint64_t set = IC_VC_SIZE / 64;

    route(rig, 0, SRC, 0, END, NVT, 7);
    /* Window set 5 shows the first sources, as window set 0 does. */
    ic_set(rig, 0, P9X_CQ_TAR, P9X_BIT64(15) | UINT64_C(5) << 32);
    ic_set(rig, 0, P9X_CQ_TDR, (uint64_t)P9X_EDT_IPI << 62);
    p9x_ic_vc_store(rig->chip[0].ic, 5 * set + ipi_offset(SRC, 0, 0), 8, 0);
    g_assert_cmphex(queue_entry(rig, 0, END, 0), ==, 0x80000007);
    icrig_free(rig);
}

static void test_takes_triggers_from_the_bus(void)
{
    IcRig *rig = icrig_new();
    P9xIc *ic = rig->chip[0].ic;

    route(rig, 0, SRC, 0, END, NVT, 7);
    /* PQ looked at by the sender. */
    p9x_ic_store(ic, P9X_IC_WINDOW_IC, NULL, IC_PAGE, 8, P9X_TRIGGER_PQ |
                                                         SRC);
    g_assert_cmphex(queue_entry(rig, 0, END, 0), ==, 0x80000007);
    g_assert_cmpuint(ipi_load(rig, 0, SRC, P9X_ESB_GET), ==, P9X_PQ_00);
    /* PQ is ours. */
    p9x_ic_notify(ic, 0x100, SRC);
    g_assert_cmpuint(ipi_load(rig, 0, SRC, P9X_ESB_GET), ==, P9X_PQ_10);
    g_assert_cmphex(queue_entry(rig, 0, END, 1), ==, 0x80000007);
    /* An END, by a forward port. */
    p9x_ic_notify(ic, 0x880, p9x_set64(P9X_TRIGGER_END | P9X_TRIGGER_PQ |
                                       0x99, P9X_EAS_END_INDEX, END));
    g_assert_cmphex(queue_entry(rig, 0, END, 2), ==, 0x80000099);
    p9x_ic_notify(ic, 0xA80, SRC);
    g_assert_cmpuint(ic_errors(rig, 0, P9X_ERR_IC_NOTIFY), ==, 1);
    p9x_ic_notify(ic, 0, UINT64_C(5) << 28);
    g_assert_cmpuint(ic_errors(rig, 0, P9X_ERR_IC_NOTIFY), ==, 2);
    p9x_ic_store(ic, P9X_IC_WINDOW_IC, NULL, IC_PAGE, 4, SRC);
    g_assert_cmphex(p9x_ic_load(ic, P9X_IC_WINDOW_IC, NULL, IC_PAGE, 8), ==,
                    UINT64_MAX);
    g_assert_cmpuint(ic_errors(rig, 0, P9X_ERR_IC_WINDOW), ==, 2);
    icrig_free(rig);
}

static void test_keeps_a_backlog_in_the_NVT(void)
{
    IcRig *rig = icrig_new();

    route(rig, 0, SRC, 0, END, NVT, 7);
    tima_load(rig, 0, 0, P9X_TIMA_HV, P9X_TM_PULL_POOL, 8);
    ipi_trigger(rig, 0, SRC);
    g_assert_cmpuint(ic_count(rig, 0, P9X_COUNT_BACKLOGGED), ==, 1);
    /* In the cache, not in memory: until it is scrubbed. */
    g_assert_cmphex(host_load32(&rig->host, nvt_addr(0, NVT) + 16), ==, 0);
    ic_scrub(rig, 0, SCRUB_NVT, 0, NVT, false);
    g_assert_cmphex(host_load32(&rig->host, nvt_addr(0, NVT) + 16), ==,
                    UINT32_C(0x02) << 8);
    dispatch(rig, 0, 1, 0, NVT);
    g_assert_cmphex(ack_hv(rig, 0, 1), ==, P9X_NSR_HE_POOL << 8 | 6);
    ic_scrub(rig, 0, SCRUB_NVT, 0, NVT, false);
    g_assert_cmphex(host_load32(&rig->host, nvt_addr(0, NVT) + 16), ==, 0);
    icrig_free(rig);
}

static void test_shows_NVTs_in_the_PC_window(void)
{
    IcRig *rig = icrig_new();
    P9xIc *ic = rig->chip[0].ic;

    write_nvt(rig, 0, NVT);
    g_assert_cmphex(p9x_ic_load(ic, P9X_IC_WINDOW_PC, NULL, NVT * IC_PAGE,
                                8), ==, UINT64_C(0x8000000000000000));
    g_assert_cmphex(p9x_ic_load(ic, P9X_IC_WINDOW_PC, NULL, NVT * IC_PAGE,
                                1), ==, 0x80);
    p9x_ic_store(ic, P9X_IC_WINDOW_PC, NULL, NVT * IC_PAGE, 8, 0);
    g_assert_cmphex(p9x_ic_load(ic, P9X_IC_WINDOW_PC, NULL, 5000 * IC_PAGE,
                                8), ==, UINT64_MAX);
    g_assert_cmphex(p9x_ic_load(ic, P9X_IC_WINDOW_PC, NULL, IC_PC_SIZE, 2),
                    ==, 0xFFFF);
    g_assert_cmpuint(ic_errors(rig, 0, P9X_ERR_IC_WINDOW), ==, 3);
    icrig_free(rig);
}

int main(int argc, char **argv)
{
    static const TestRow rows[] = {
        TEST(brings_a_trigger_to_a_queue_and_a_thread),
        TEST(gives_PQ_to_byte_loads),
        TEST(takes_store_EOIs_when_told_to),
        TEST(shows_one_page_a_source_in_Linux_trigger_mode),
        TEST(has_4_KiB_pages_unless_told_otherwise),
        TEST(shows_the_ESB_pages_of_ENDs),
        TEST(refuses_pages_that_are_not_there),
        TEST(translates_sets),
        TEST(takes_triggers_from_the_bus),
        TEST(keeps_a_backlog_in_the_NVT),
        TEST(shows_NVTs_in_the_PC_window),
    };

    return RUN_TESTS(argc, argv, "ic", rows);
}
