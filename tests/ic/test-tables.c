/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables in guest memory, found through VSDs. */
#include "fixture-ic.h"

enum { SRC = 0x100, END = 0x20, NVT = 0x30, ENDS_A_PAGE = 2048 };

static void end_event(IcRig *rig, uint32_t end, uint32_t data)
{
    p9x_router_end_trigger(ic_router(rig, 0), 0, end, data);
}

static void test_end_where_their_descriptor_says(void)
{
    IcRig *rig = icrig_new();

    write_eas(rig, 0, IC_EAS - 1, 0, END, 1);
    write_end(rig, 0, END, 0, NVT, 6, 0);
    p9x_router_notify(ic_router(rig, 0), 0, IC_EAS - 1, NULL);
    g_assert_cmpuint(ic_count(rig, 0, P9X_COUNT_QUEUED), ==, 1);
    /* What follows in memory, a VSD, would do for a valid EAS. */
    p9x_router_notify(ic_router(rig, 0), 0, IC_EAS, NULL);
    g_assert_cmpuint(ic_errors(rig, 0, P9X_ERR_EAS_INVALID), ==, 1);
    /* Of a block that has no VSD; beyond what a block has. */
    p9x_router_notify(ic_router(rig, 0), 7, 1, NULL);
    p9x_router_notify(ic_router(rig, 0), 0, 0xFFFFFFF, NULL);
    g_assert_cmpuint(ic_errors(rig, 0, P9X_ERR_EAS_INVALID), ==, 3);
    icrig_free(rig);
}

static void test_get_and_lose_pages_at_run_time(void)
{
    IcRig *rig = icrig_new();
    uint64_t page = IC_MEMORY(0) + IC_ENDS + 0x20000;
    uint64_t slot = IC_MEMORY(0) + IC_END_VSDS + 8;

    end_event(rig, ENDS_A_PAGE, 1);
    g_assert_cmpuint(ic_errors(rig, 0, P9X_ERR_END_INVALID), ==, 1);
    /* Firmware gives it a page, without a word to the hardware. */
    write_end(rig, 0, 0, 0, NVT, 6, 0);
    memcpy(rig->host.ram + page, rig->host.ram + end_addr(0, 0), 32);
    store64(rig, slot, ic_vsd(page, 16));
    end_event(rig, ENDS_A_PAGE, 1);
    g_assert_cmphex(queue_entry(rig, 0, 0, 0), ==, 0x80000001);
    /* It goes away: seen when translation and entry have been dropped. */
    store64(rig, slot, 0);
    end_event(rig, ENDS_A_PAGE, 1);
    ic_scrub(rig, 0, SCRUB_END, 0, ENDS_A_PAGE, true);
    end_event(rig, ENDS_A_PAGE, 1);
    g_assert_cmpuint(ic_count(rig, 0, P9X_COUNT_QUEUED), ==, 3);
    ic_scrub(rig, 0, SCRUB_END, 0, ENDS_A_PAGE, true);
    ic_set(rig, 0, P9X_VC_AT_MACRO_KILL, P9X_KILL_VALID |
           (uint64_t)P9X_KILL_ENDT << 48);
    end_event(rig, ENDS_A_PAGE, 1);
    g_assert_cmpuint(ic_errors(rig, 0, P9X_ERR_END_INVALID), ==, 2);
    icrig_free(rig);
}

static void test_have_no_entries_in_pages_that_are_no_pages(void)
{
    const uint64_t bad[] = {
        0,
        IC_MEMORY(0) + IC_ENDS,                         /* no mode */
        ic_vsd(IC_MEMORY(0) + IC_ENDS, 12),             /* another size */
        p9x_set64(ic_vsd(IC_IC_BASE(1), 16), P9X_VSD_MODE, P9X_VSD_FORWARD),
        ic_vsd(HOST_HOLE, 16)
    };
    IcRig *rig = icrig_new();

    write_end(rig, 0, END, 0, NVT, 6, 0);
    for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++) {
        store64(rig, IC_MEMORY(0) + IC_END_VSDS, bad[i]);
        ic_set(rig, 0, P9X_VC_AT_MACRO_KILL, P9X_KILL_VALID |
               (uint64_t)P9X_KILL_ENDT << 48);
        end_event(rig, END, 1);
        g_assert_cmpuint(ic_errors(rig, 0, P9X_ERR_END_INVALID), ==, i + 1);
    }
    g_assert_cmpuint(ic_count(rig, 0, P9X_COUNT_QUEUED), ==, 0);
    icrig_free(rig);
}

static void test_have_no_entries_where_descriptors_are_no_good(void)
{
    uint64_t m = IC_MEMORY(0);
    const uint64_t bad[] = {
        0,
        m + IC_ENDS,
        ic_vsd(HOST_HOLE, 16),
        ic_vsd(HOST_HOLE, 16) | P9X_VSD_INDIRECT,
        ic_vsd(m + IC_END_VSDS, 13) | P9X_VSD_INDIRECT,
        ic_vsd(P9X_VSD_ADDR, 12),
        ic_vsd(0, 12 + 31) | P9X_VSD_INDIRECT
    };
    IcRig *rig = icrig_new();

    write_end(rig, 0, END, 0, NVT, 6, 0);
    for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++) {
        ic_set_vsd(rig, 0, 2, 0, bad[i]);
        end_event(rig, END, 1);
        g_assert_cmpuint(ic_errors(rig, 0, P9X_ERR_END_INVALID), ==, i + 1);
    }
    ic_set_vsd(rig, 0, 2, 0, ic_vsd(m + IC_END_VSDS, 16) | P9X_VSD_INDIRECT);
    end_event(rig, END, 1);
    g_assert_cmpuint(ic_count(rig, 0, P9X_COUNT_QUEUED), ==, 1);
    /* Indirect tables have to be allowed. */
    ic_set(rig, 0, P9X_VC_GLOBAL_CONFIG, 0);
    ic_scrub(rig, 0, SCRUB_END, 0, END, true);
    end_event(rig, END, 1);
    g_assert_cmpuint(ic_count(rig, 0, P9X_COUNT_QUEUED), ==, 1);
    icrig_free(rig);
}

static void test_can_be_replaced(void)
{
    uint64_t other = IC_MEMORY(0) + 0x80000;
    IcRig *rig = icrig_new();
    uint32_t word1;

    write_end(rig, 0, END, 0, NVT, 6, P9X_END_W0_UCOND_NOTIFY);
    word1 = host_load32(&rig->host, end_addr(0, END) + 4);
    end_event(rig, END, 1);
    memcpy(rig->host.ram + other, rig->host.ram + end_addr(0, 0), 0x10000);
    /* What the cache held goes to the old table, then the new one counts. */
    ic_set_vsd(rig, 0, 2, 0, ic_vsd(other, 16));
    g_assert_cmphex(host_load32(&rig->host, end_addr(0, END) + 4), ==,
                    word1 + 1);
    end_event(rig, END, 2);
    g_assert_cmphex(queue_entry(rig, 0, END, 0), ==, 0x80000002);
    icrig_free(rig);
}

static void test_can_be_read_back(void)
{
    IcRig *rig = icrig_new();
    uint64_t select = P9X_VST_AUTOINC | UINT64_C(2) << 48;

    ic_set(rig, 0, P9X_VC_VSD_TABLE_ADDR, select);
    g_assert_cmphex(ic_get(rig, 0, P9X_VC_VSD_TABLE_DATA), ==,
                    ic_vsd(IC_MEMORY(0) + IC_END_VSDS, 16) |
                    P9X_VSD_INDIRECT);
    g_assert_cmphex(ic_get(rig, 0, P9X_VC_VSD_TABLE_DATA), ==,
                    p9x_set64(IC_IC_BASE(1) + IC_PAGE, P9X_VSD_MODE,
                              P9X_VSD_FORWARD));
    ic_set(rig, 0, P9X_VC_VSD_TABLE_ADDR, UINT64_C(5) << 48);
    ic_set(rig, 0, P9X_VC_VSD_TABLE_DATA, 1);
    g_assert_cmphex(ic_get(rig, 0, P9X_VC_VSD_TABLE_DATA), ==, 0);
    ic_set(rig, 0, P9X_PC_VSD_TABLE_ADDR, UINT64_C(4) << 48);
    ic_set(rig, 0, P9X_PC_VSD_TABLE_DATA, 1);
    g_assert_cmpuint(ic_errors(rig, 0, P9X_ERR_IC_REGISTER), ==, 3);
    icrig_free(rig);
}

static void test_serve_more_than_one_block(void)
{
    uint64_t m = IC_MEMORY(0) + 0x200000;
    IcRig *rig = icrig_new();

    /* A second block on chip 0, as some firmware has it. */
    ic_set_vsd(rig, 0, 0, 9, ic_vsd(m, 16));
    ic_set_vsd(rig, 0, 1, 9, ic_vsd(m + 0x10000, 12));
    ic_set_vsd(rig, 0, 2, 9, ic_vsd(m + 0x20000, 16));
    ic_set_vsd(rig, 0, 3, 9, ic_vsd(m + 0x30000, 16));
    store64(rig, m + 8 * SRC, p9x_set64(P9X_EAS_VALID | 0x44 |
                                        (uint64_t)END << 32,
                                        P9X_EAS_END_BLOCK, 9));
    write_end(rig, 0, END, 9, NVT, 6, P9X_END_W0_UCOND_NOTIFY);
    memcpy(rig->host.ram + m + 0x20000 + 32 * END,
           rig->host.ram + end_addr(0, END), 32);
    host_store32(&rig->host, m + 0x30000 + 64 * NVT, P9X_NVT_W0_VALID);
    dispatch(rig, 0, 3, 9, NVT);
    ic_set(rig, 0, P9X_CQ_TAR, P9X_BIT64(15) | UINT64_C(7) << 32);
    ic_set(rig, 0, P9X_CQ_TDR, (uint64_t)P9X_EDT_IPI << 62 |
                               UINT64_C(9) << 48);
    p9x_ic_vc_store(rig->chip[0].ic, 7 * (IC_VC_SIZE / 64) +
                    ipi_offset(SRC, ESB_TRIGGER, 0), 8, 0);
    g_assert_cmphex(queue_entry(rig, 0, END, 0), ==, 0x80000044);
    g_assert_cmphex(ack_hv(rig, 0, 3), ==, P9X_NSR_HE_POOL << 8 | 6);
    icrig_free(rig);
}

int main(int argc, char **argv)
{
    static const TestRow rows[] = {
        TEST(end_where_their_descriptor_says),
        TEST(get_and_lose_pages_at_run_time),
        TEST(have_no_entries_in_pages_that_are_no_pages),
        TEST(have_no_entries_where_descriptors_are_no_good),
        TEST(can_be_replaced),
        TEST(can_be_read_back),
        TEST(serve_more_than_one_block),
    };

    return RUN_TESTS(argc, argv, "ic-tables", rows);
}
