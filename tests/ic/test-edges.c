/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Limits, small pages, things that are half there. */
#include "fixture-ic.h"
#include "ic_cache.h"
#include "ic_eas.h"

enum { SRC = 0x100, END = 0x20, NVT = 0x30, EAS_SHIFT = 24 };

static void notify_eas(IcRig *rig, uint8_t block, uint32_t index)
{
    p9x_router_notify(ic_router(rig, 0), block, index, NULL);
}

/* EASs in 2 x 4096 pages: the second half finds the cache full. */
static void test_does_without_caching_when_too_many_EASs_are_in_use(void)
{
    IcRig *rig = icrig_new();
    uint64_t table = IC_MEMORY(1), n = 0;

    table = (table + 0xFFFFFF) & ~UINT64_C(0xFFFFFF);
    g_assert_cmpuint(table + 0x1000000, <=, HOST_RAM_SIZE);
    write_end(rig, 0, END, 0, NVT, 6, 0);
    ic_set_vsd(rig, 0, 0, 0, ic_vsd(table, EAS_SHIFT));
    ic_set_vsd(rig, 0, 0, 7, ic_vsd(table, EAS_SHIFT));
    for (uint32_t i = 0; i < P9X_EAS_MAX_PAGES; i++) {
        store64(rig, table + 8ull * i * P9X_EAS_PAGE,
                P9X_EAS_VALID | (uint64_t)END << 32 | i);
        notify_eas(rig, 0, i * P9X_EAS_PAGE);
        n++;
    }
    notify_eas(rig, 7, 0);
    g_assert_cmphex(queue_entry(rig, 0, END, n++ % 1024) & P9X_DATA_MAX, ==,
                    0);
    store64(rig, table, P9X_EAS_VALID | (uint64_t)END << 32 | 0x777);
    notify_eas(rig, 0, 0);
    g_assert_cmphex(queue_entry(rig, 0, END, n++ % 1024) & P9X_DATA_MAX, ==,
                    0);
    notify_eas(rig, 7, 0);
    g_assert_cmphex(queue_entry(rig, 0, END, n++ % 1024) & P9X_DATA_MAX, ==,
                    0x777);
    /* All that end in 0x200: one page in two. */
    ic_set(rig, 0, P9X_VC_IVC_SCRUB_MASK, 0x200);
    ic_set(rig, 0, P9X_VC_IVC_SCRUB_TRIG, P9X_SCRUB_VALID | 0x200);
    notify_eas(rig, 0, 0);
    g_assert_cmphex(queue_entry(rig, 0, END, n++ % 1024) & P9X_DATA_MAX, ==,
                    0);
    icrig_free(rig);
}

static void test_finds_no_table_where_none_is(void)
{
    IcRig *rig = icrig_new();

    ic_set_vsd(rig, 0, 0, 0, ic_vsd(HOST_HOLE, 16));
    notify_eas(rig, 0, 1);
    g_assert_cmpuint(ic_errors(rig, 0, P9X_ERR_EAS_INVALID), ==, 1);
    /* A forward VSD that leads to no PC window; to one with no such set. */
    write_end(rig, 0, END, 1, NVT, 6, P9X_END_W0_UCOND_NOTIFY |
                                      P9X_END_W0_BACKLOG);
    ic_set_vsd(rig, 0, 3, 1, p9x_set64(HOST_HOLE, P9X_VSD_MODE,
                                       P9X_VSD_FORWARD));
    p9x_router_end_trigger(ic_router(rig, 0), 0, END, 0);
    g_assert_cmpuint(ic_errors(rig, 0, P9X_ERR_NVT_INVALID), ==, 1);
    firmware_forward(rig, 0, 1);
    ic_set(rig, 1, P9X_CQ_TAR, P9X_BIT64(14));
    ic_set(rig, 1, P9X_CQ_TDR, 0);
    p9x_router_end_trigger(ic_router(rig, 0), 0, END, 0);
    ic_set(rig, 1, P9X_CQ_PC_BAR, 0);
    p9x_router_end_trigger(ic_router(rig, 0), 0, END, 0);
    g_assert_cmpuint(ic_errors(rig, 0, P9X_ERR_NVT_INVALID), ==, 3);
    icrig_free(rig);
}

/* Firmware that takes memory away from what is still in the cache. */
static void test_says_so_when_an_END_comes_back_to_no_memory(void)
{
    IcRig *rig = icrig_new();

    route(rig, 0, SRC, 0, END, NVT, 1);
    ipi_trigger(rig, 0, SRC);
    store64(rig, IC_MEMORY(0) + IC_END_VSDS, 0);
    ic_set(rig, 0, P9X_VC_AT_MACRO_KILL, P9X_KILL_VALID |
           (uint64_t)P9X_KILL_ENDT << 48);
    ic_scrub(rig, 0, SCRUB_END, 0, END, true);
    g_assert_cmpuint(ic_errors(rig, 0, P9X_ERR_IC_TABLE), ==, 1);
    icrig_free(rig);
}

static void test_takes_shared_tables_for_its_own(void)
{
    IcRig *rig = icrig_new();
    uint64_t vsd = ic_vsd(IC_MEMORY(0) + IC_ENDS, 16);

    write_nvt(rig, 0, NVT);
    write_end(rig, 0, END, 0, NVT, 6, 0);
    ic_set_vsd(rig, 0, 2, 0, p9x_set64(vsd, P9X_VSD_MODE, P9X_VSD_SHARED));
    p9x_router_end_trigger(ic_router(rig, 0), 0, END, 0);
    g_assert_cmpuint(ic_count(rig, 0, P9X_COUNT_QUEUED), ==, 1);
    /* SBE tables of blocks that no source can name. */
    ic_set_vsd(rig, 0, 1, 20, ic_vsd(IC_MEMORY(0), 12));
    g_assert_cmpuint(ic_errors(rig, 0, P9X_ERR_IC_REGISTER), ==, 2);
    g_assert_cmpuint(p9x_guest_errors_total(
        p9x_ic_counters(rig->chip[0].ic)), ==, 2);
    icrig_free(rig);
}

static void test_has_four_sizes_of_indirect_pages(void)
{
    static const unsigned shifts[] = { 12, 16, 21, 24 };
    uint64_t vsds = IC_MEMORY(0) + IC_END_VSDS;
    IcRig *rig = icrig_new();

    for (unsigned i = 0; i < G_N_ELEMENTS(shifts); i++) {
        uint64_t page = (IC_MEMORY(0) + 0x1000000) &
                        ~((UINT64_C(1) << shifts[i]) - 1);

        store64(rig, vsds, ic_vsd(page, shifts[i]));
        ic_set_vsd(rig, 0, 2, 0, ic_vsd(vsds, shifts[i]) | P9X_VSD_INDIRECT);
        write_end(rig, 0, END, 0, NVT, 6, 0);
        memmove(rig->host.ram + page + 32 * END,
                rig->host.ram + end_addr(0, END), 32);
        p9x_router_end_trigger(ic_router(rig, 0), 0, END, 0);
        /* The table of VSDs was moved to where its size puts it. */
        g_assert_cmpuint(ic_count(rig, 0, P9X_COUNT_QUEUED) +
                         ic_errors(rig, 0, P9X_ERR_END_INVALID), ==, i + 1);
    }
    g_assert_cmpuint(ic_count(rig, 0, P9X_COUNT_QUEUED), ==,
                     G_N_ELEMENTS(shifts));
    icrig_free(rig);
}

static void test_has_small_windows(void)
{
    IcRig *rig = icrig_new();
    P9xIc *ic = rig->chip[0].ic;

    write_nvt(rig, 0, NVT);
    ic_set(rig, 0, P9X_CQ_PBI_CTL, 0);
    g_assert_cmphex(p9x_ic_load(ic, P9X_IC_WINDOW_PC, NULL, NVT * 0x1000, 4),
                    ==, 0x80000000);
    /* A VDT set far beyond what an NVT number can say; a block of 5 bits. */
    ic_set(rig, 0, P9X_CQ_TAR, P9X_BIT64(14));
    ic_set(rig, 0, P9X_CQ_TDR, P9X_VDT_VALID | UINT64_C(15) << 32);
    g_assert_cmphex(p9x_ic_load(ic, P9X_IC_WINDOW_PC, NULL, 0, 4), ==,
                    0xFFFFFFFF);
    ic_set(rig, 0, P9X_CQ_TDR, P9X_VDT_VALID | UINT64_C(16) << 48);
    g_assert_cmphex(p9x_ic_load(ic, P9X_IC_WINDOW_PC, NULL, 0, 4), ==,
                    0xFFFFFFFF);
    ic_set(rig, 0, P9X_CQ_TDR, 0);
    g_assert_cmphex(p9x_ic_load(ic, P9X_IC_WINDOW_PC, NULL, 0, 4), ==,
                    0xFFFFFFFF);
    /* The IC's own pages: notify is the second, indirect TIMA the sixth. */
    ic_set(rig, 0, P9X_CQ_IC_BAR, IC_IC_BASE(0) | P9X_BAR_VALID);
    p9x_ic_store(ic, P9X_IC_WINDOW_IC, NULL, 0x1C00, 8, 0);
    g_assert_cmphex(ic_get(rig, 0, P9X_VC_EQC_CONFIG) & P9X_EQC_SYNC, ==,
                    P9X_BIT64(32));
    ic_set(rig, 0, P9X_PC_TCTXT_INDIR0, P9X_INDIR_VALID);
    g_assert_cmphex(p9x_ic_load(ic, P9X_IC_WINDOW_IC, NULL, 0x5038, 1), ==,
                    0x80);
    g_assert_cmphex(p9x_ic_load(ic, P9X_IC_WINDOW_IC, NULL, 0x8000, 1), ==,
                    0xFF);
    p9x_ic_store(ic, P9X_IC_WINDOW_IC, NULL, 0x8000, 8, 0);
    p9x_ic_notify(ic, 0x1000, 0);
    g_assert_cmpuint(ic_errors(rig, 0, P9X_ERR_IC_NOTIFY), ==, 1);
    icrig_free(rig);
}

static void test_has_no_window_without_a_mask(void)
{
    IcRig *rig = icrig_new_cold();

    ic_xscom_set(rig, 0, 0x18, IC_VC_BASE(0) | P9X_BAR_VALID);
    ic_xscom_set(rig, 0, 0x23, 0);
    g_assert_false(p9x_ic_window(rig->chip[0].ic,
                                 P9X_IC_WINDOW_VC).enabled);
    g_assert_false(p9x_ic_window(rig->chip[0].ic,
                                 P9X_IC_NR_WINDOWS).enabled);
    g_assert_cmpuint(rig->chip[0].announced[P9X_IC_WINDOW_VC], ==, 0);
    icrig_free(rig);
}

static void test_starts_nothing_without_a_valid_bit(void)
{
    IcRig *rig = icrig_new();

    route(rig, 0, SRC, 0, END, NVT, 1);
    ipi_trigger(rig, 0, SRC);
    /* Without the valid bit nothing is killed or scrubbed. */
    ic_set(rig, 0, P9X_VC_EQC_SCRUB_MASK, 0);
    ic_set(rig, 0, P9X_VC_EQC_SCRUB_TRIG, P9X_SCRUB_INVAL);
    ic_set(rig, 0, P9X_VC_AT_MACRO_KILL, (uint64_t)P9X_KILL_ENDT << 48);
    ic_set(rig, 0, P9X_PC_AT_KILL, 0);
    g_assert_cmphex(host_load32(&rig->host, end_addr(0, END) + 4) & 0x3FFFFF,
                    ==, 0);
    /* Sources beyond what is cached. */
    ic_scrub(rig, 0, SCRUB_SBE, 0, 0xFFFFFF, true);
    ic_set(rig, 0, P9X_VC_SBC_SCRUB_MASK, 0x1000);
    ic_set(rig, 0, P9X_VC_SBC_SCRUB_TRIG, P9X_SCRUB_VALID | 0x1000);
    g_assert_cmphex(rig->host.ram[IC_MEMORY(0) + IC_SBE + SRC / 4], ==,
                    0x55);
    icrig_free(rig);
}

static void test_has_more_than_64_threads(void)
{
    IcRig *rig = icrig_new();
    P9xTctx *tctx = host_alloc(sizeof(*tctx));
    P9xIc *ic = rig->chip[0].ic;

    g_assert_true(p9x_ic_add_thread(ic, tctx, 0x45, NULL));
    ic_set(rig, 0, P9X_PC_THREAD_EN_REG1_SET, P9X_BIT64(5));
    p9x_ic_tima_store(ic, tctx, IC_PAGE + 0x31, 1, 4);
    ic_set(rig, 0, P9X_PC_THREAD_EN_REG1_CLR, P9X_BIT64(5));
    ic_set(rig, 0, P9X_PC_THREAD_EN_REG1, P9X_BIT64(5));
    g_assert_cmphex(p9x_ic_tima_load(ic, tctx, IC_PAGE + 0x30, 8) >> 48 &
                    0xFF, ==, 0);
    /* Indirectly, while it is off. */
    ic_set(rig, 0, P9X_PC_THREAD_EN_REG1, 0);
    ic_set(rig, 0, P9X_PC_TCTXT_INDIR0, P9X_INDIR_VALID |
                                        UINT64_C(0x45) << 48);
    g_assert_cmphex(p9x_ic_load(ic, P9X_IC_WINDOW_IC, NULL, 5 * IC_PAGE +
                                0x30, 8), ==, UINT64_MAX);
    g_assert_cmpuint(ic_errors(rig, 0, P9X_ERR_IC_THREAD), ==, 1);
    p9x_ic_remove_thread(ic, tctx);
    free(tctx);
    icrig_free(rig);
}

static void test_can_do_without_a_bus(void)
{
    IcRig *rig = icrig_new();

    rig->chip[0].ports.bus_store64 = NULL;
    ic_set(rig, 1, P9X_CQ_IC_BAR, 0);
    write_eas(rig, 0, SRC, 1, END, 1);
    notify_eas(rig, 0, SRC);
    g_assert_cmpuint(ic_errors(rig, 0, P9X_ERR_IC_NOTIFY), ==, 1);
    icrig_free(rig);
}

static void test_prints_what_there_is(void)
{
    GString *out = g_string_new("");
    IcRig *rig = icrig_new();

    route(rig, 0, SRC, 0, END, NVT, 1);
    ipi_load(rig, 0, SRC, P9X_ESB_SET_PQ_11);
    write_eas(rig, 0, SRC + 1, 0, END, 2);
    store64(rig, eas_addr(0, SRC + 2), P9X_EAS_VALID | P9X_EAS_MASKED);
    write_end(rig, 0, END, 0, NVT, 6, P9X_END_W0_ESCALATE);
    host_store32(&rig->host, end_addr(0, END) + 16, 1 << 24 | 0x77);
    write_nvt(rig, 0, NVT + 1);
    p9x_ic_print(rig->chip[0].ic, out);
    g_assert_nonnull(strstr(out->str, "00000100 PQ  end:0/000020"));
    g_assert_nonnull(strstr(out->str, "00000101 -Q  end:0/000020"));
    g_assert_null(strstr(out->str, "00000102"));
    g_assert_nonnull(strstr(out->str, "esc:1/000077 data:00000000"));
    g_assert_nonnull(strstr(out->str, "0/00031 IPB:00\n"));
    /* Without a table of PQ bits: off. */
    ic_set_vsd(rig, 0, 1, 0, 0);
    g_string_truncate(out, 0);
    p9x_ic_print(rig->chip[0].ic, out);
    g_assert_nonnull(strstr(out->str, "00000100 -Q  end:0/000020"));
    ic_set_vsd(rig, 0, 1, 0, ic_vsd(HOST_HOLE, 12));
    /* Tables that are not in memory have no entries. */
    ic_set_vsd(rig, 0, 2, 0, ic_vsd(HOST_HOLE, 12));
    g_string_truncate(out, 0);
    p9x_ic_print(rig->chip[0].ic, out);
    g_assert_nonnull(strstr(out->str, "00000100 -Q  end:0/000020"));
    g_assert_null(strstr(out->str, "prio:"));
    g_string_free(out, TRUE);
    icrig_free(rig);
}

/* The guest says how long its tables are; people's patience is as it is. */
static void test_does_not_print_for_ever(void)
{
    GString *out = g_string_new("");
    IcRig *rig = icrig_new();

    for (uint64_t addr = 0; addr < HOST_RAM_SIZE; addr += 8) {
        rig->host.ram[addr] = 0x80;
    }
    ic_set_vsd(rig, 0, 0, 0, ic_vsd(0, 25));
    p9x_ic_print(rig->chip[0].ic, out);
    g_assert_cmpuint(out->len, >, 4 << 20);
    g_assert_cmpuint(out->len, <, 6 << 20);
    g_string_free(out, TRUE);
    icrig_free(rig);
}

int main(int argc, char **argv)
{
    static const TestRow rows[] = {
        TEST(does_without_caching_when_too_many_EASs_are_in_use),
        TEST(finds_no_table_where_none_is),
        TEST(says_so_when_an_END_comes_back_to_no_memory),
        TEST(takes_shared_tables_for_its_own),
        TEST(has_four_sizes_of_indirect_pages),
        TEST(has_small_windows),
        TEST(has_no_window_without_a_mask),
        TEST(starts_nothing_without_a_valid_bit),
        TEST(has_more_than_64_threads),
        TEST(can_do_without_a_bus),
        TEST(prints_what_there_is),
        TEST(does_not_print_for_ever),
    };

    return RUN_TESTS(argc, argv, "ic-at-the-edges", rows);
}
