/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Threads of a chip: TIMA windows, enables, indirect access. */
#include "fixture-ic.h"

enum { SRC = 0x100, END = 0x20, NVT = 0x30, PHYS = 0x80 };

static void test_see_the_TIMAs_pages(void)
{
    IcRig *rig = icrig_new();

    /* CPPR of the hypervisor: its page may, the OS's may not. */
    tima_store(rig, 0, 1, P9X_TIMA_HV, 0x31, 1, 5);
    g_assert_cmphex(tima_load(rig, 0, 1, P9X_TIMA_HV, 0x30, 8) >> 48 & 0xFF,
                    ==, 5);
    tima_store(rig, 0, 1, P9X_TIMA_OS, 0x31, 1, 6);
    g_assert_cmpuint(ic_errors(rig, 0, P9X_ERR_TIMA_STORE), ==, 1);
    /* Pages of 4 KiB, and the second BAR. */
    ic_set(rig, 0, P9X_CQ_TM1_BAR, 0);
    ic_set(rig, 0, P9X_CQ_TM2_BAR, IC_TM_BASE | P9X_BAR_VALID);
    g_assert_cmphex(p9x_ic_load(rig->chip[0].ic, P9X_IC_WINDOW_TM2,
                                &rig->chip[0].thread[1], 0x1030, 8) >> 48 &
                    0xFF, ==, 5);
    icrig_free(rig);
}

static void test_are_needed_for_a_TIMA_access(void)
{
    IcRig *rig = icrig_new();
    P9xIc *ic = rig->chip[0].ic;

    g_assert_cmphex(p9x_ic_load(ic, P9X_IC_WINDOW_TM1, NULL, 0x10030, 8), ==,
                    UINT64_MAX);
    p9x_ic_store(ic, P9X_IC_WINDOW_TM1, NULL, 0x10031, 1, 0);
    g_assert_cmpuint(ic_errors(rig, 0, P9X_ERR_TIMA_NO_THREAD), ==, 2);
    icrig_free(rig);
}

static void test_answer_to_their_own_number(void)
{
    IcRig *rig = icrig_new();

    write_end(rig, 0, END, 0, PHYS + 2, 4, P9X_END_W0_UCOND_NOTIFY);
    write_nvt(rig, 0, PHYS + 2);
    tima_store(rig, 0, 2, P9X_TIMA_HV, 0x31, 1, 0xFF);
    p9x_router_end_trigger(ic_router(rig, 0), 0, END, 0);
    g_assert_cmphex(ack_hv(rig, 0, 2), ==, P9X_NSR_HE_PHYS << 8 | 4);
    /* Another chip id: another number. */
    ic_set(rig, 0, P9X_PC_TCTXT_CFG, P9X_TCTXT_CHIP_IS_BLOCK |
           p9x_set64(P9X_TCTXT_CHIPID_OVR, P9X_TCTXT_CHIPID, 3));
    g_assert_cmpuint(p9x_ic_block(rig->chip[0].ic), ==, 3);
    g_assert_cmphex(p9x_tctx_phys_cam(&rig->chip[0].thread[2]), ==,
                    p9x_cam(3, PHYS + 2));
    write_end(rig, 0, END + 1, 3, PHYS + 2, 4, P9X_END_W0_UCOND_NOTIFY);
    tima_store(rig, 0, 2, P9X_TIMA_HV, 0x31, 1, 0xFF);
    p9x_router_end_trigger(ic_router(rig, 0), 0, END + 1, 0);
    g_assert_cmphex(ack_hv(rig, 0, 2), ==, P9X_NSR_HE_PHYS << 8 | 4);
    icrig_free(rig);
}

/* Not block group mode: the chip is in the index of block 0. */
static void test_answer_to_a_number_in_block_0_outside_of_block_group_mode(void)
{
    IcRig *rig = icrig_new();
    uint32_t nvt = 0x800 | 1 << 7 | 2;

    ic_set(rig, 1, P9X_PC_TCTXT_CFG, 0);
    g_assert_cmphex(p9x_tctx_phys_cam(&rig->chip[1].thread[2]), ==,
                    p9x_cam(0, nvt));
    tima_store(rig, 1, 2, P9X_TIMA_HV, 0x31, 1, 0xFF);
    write_end(rig, 1, END, 0, nvt, 4, P9X_END_W0_UCOND_NOTIFY);
    p9x_router_end_trigger(ic_router(rig, 1), 1, END, 0);
    g_assert_cmphex(ack_hv(rig, 1, 2), ==, P9X_NSR_HE_PHYS << 8 | 4);
    /* The id that counts is the overridden one, here as well. */
    ic_set(rig, 1, P9X_PC_TCTXT_CFG, p9x_set64(P9X_TCTXT_CHIPID_OVR,
                                               P9X_TCTXT_CHIPID, 5));
    g_assert_cmphex(p9x_tctx_phys_cam(&rig->chip[1].thread[2]), ==,
                    p9x_cam(0, 0x800 | 5 << 7 | 2));
    icrig_free(rig);
}

static void test_lose_their_context_when_turned_off(void)
{
    IcRig *rig = icrig_new();

    dispatch(rig, 0, 1, 0, NVT);
    write_nvt(rig, 0, NVT);
    ic_set(rig, 0, P9X_PC_THREAD_EN_REG0_CLR, P9X_BIT64(1));
    g_assert_cmphex(ic_get(rig, 0, P9X_PC_THREAD_EN_REG0), ==,
                    P9X_MASK64(0, 3) & ~P9X_BIT64(1));
    g_assert_cmphex(tima_load(rig, 0, 1, P9X_TIMA_HV, 0x30, 8), ==,
                    UINT64_MAX);
    tima_store(rig, 0, 1, P9X_TIMA_HV, 0x31, 1, 1);
    g_assert_cmpuint(ic_errors(rig, 0, P9X_ERR_IC_THREAD), ==, 2);
    /* On again: as after a reset, no VP is dispatched. */
    ic_set(rig, 0, P9X_PC_THREAD_EN_REG0_SET, P9X_BIT64(1));
    g_assert_cmphex(tima_load(rig, 0, 1, P9X_TIMA_HV, 0x28, 4), ==, 0);
    g_assert_cmphex(tima_load(rig, 0, 1, P9X_TIMA_HV, 0x38, 1), ==, 0);
    /* A plain store turns off what it does not name. */
    dispatch(rig, 0, 1, 0, NVT);
    ic_set(rig, 0, P9X_PC_THREAD_EN_REG0, P9X_BIT64(0));
    ic_set(rig, 0, P9X_PC_THREAD_EN_REG0, P9X_MASK64(0, 3));
    g_assert_cmphex(tima_load(rig, 0, 1, P9X_TIMA_HV, 0x28, 4), ==, 0);
    icrig_free(rig);
}

static void test_can_be_reached_from_another(void)
{
    IcRig *rig = icrig_new();
    P9xIc *ic = rig->chip[0].ic;
    uint64_t hv = 5 * IC_PAGE;

    g_assert_cmphex(p9x_ic_load(ic, P9X_IC_WINDOW_IC, NULL, hv + 0x30, 8), ==,
                    UINT64_MAX);
    ic_set(rig, 0, P9X_PC_TCTXT_INDIR0, P9X_INDIR_VALID |
                                        UINT64_C(2) << 48);
    p9x_ic_store(ic, P9X_IC_WINDOW_IC, NULL, hv + 0x31, 1, 3);
    g_assert_cmphex(tima_load(rig, 0, 2, P9X_TIMA_HV, 0x30, 8) >> 48 & 0xFF,
                    ==, 3);
    g_assert_cmphex(p9x_ic_load(ic, P9X_IC_WINDOW_IC, NULL, hv + 0x38, 1), ==,
                    0x80);
    /* A page can have a thread of its own. */
    ic_set(rig, 0, P9X_PC_TCTXT_INDIR1, P9X_INDIR_VALID |
                                            UINT64_C(3) << 48);
    p9x_ic_store(ic, P9X_IC_WINDOW_IC, NULL, hv + 0x31, 1, 4);
    g_assert_cmphex(tima_load(rig, 0, 3, P9X_TIMA_HV, 0x30, 8) >> 48 & 0xFF,
                    ==, 4);
    ic_set(rig, 0, P9X_PC_TCTXT_INDIR1, P9X_INDIR_VALID |
                                            UINT64_C(9) << 48);
    p9x_ic_store(ic, P9X_IC_WINDOW_IC, NULL, hv + 0x31, 1, 4);
    g_assert_cmpuint(ic_errors(rig, 0, P9X_ERR_IC_THREAD), ==, 2);
    icrig_free(rig);
}

static void test_are_found_by_their_PIR(void)
{
    IcRig *rig = icrig_new();
    P9xTctx extra;

    g_assert_true(p9x_ic_find_thread(rig->chip[1].ic, 0x102) ==
                  &rig->chip[1].thread[2]);
    g_assert_null(p9x_ic_find_thread(rig->chip[1].ic, 0x002));
    g_assert_null(p9x_ic_find_thread(rig->chip[1].ic, 0x120));
    g_assert_false(p9x_ic_add_thread(rig->chip[1].ic, &extra, 0x102, NULL));
    icrig_free(rig);
}

/* A port that sees whether a thread's lock is held while memory is read. */
static struct {
    bool (*read)(void *host, uint64_t addr, void *buf, uint64_t len);
    P9xTctx *tctx;
    unsigned reads;
    unsigned locked;
} watched;

static bool watched_read(void *host, uint64_t addr, void *buf, uint64_t len)
{
    watched.reads++;
    watched.locked += atomic_load(&watched.tctx->lock.held) & 1;
    return watched.read(host, addr, buf, len);
}

static void test_are_not_locked_while_the_NVT_of_a_pushed_VP_is_read(void)
{
    IcRig *rig = icrig_new();

    write_nvt(rig, 0, NVT);
    watched.read = rig->host.ports.mem_read;
    watched.tctx = &rig->chip[0].thread[1];
    rig->host.ports.mem_read = watched_read;
    dispatch(rig, 0, 1, 0, NVT);
    g_assert_cmpuint(watched.reads, >, 0);
    g_assert_cmpuint(watched.locked, ==, 0);
    icrig_free(rig);
}

int main(int argc, char **argv)
{
    static const TestRow rows[] = {
        TEST(see_the_TIMAs_pages),
        TEST(are_needed_for_a_TIMA_access),
        TEST(answer_to_their_own_number),
        TEST(answer_to_a_number_in_block_0_outside_of_block_group_mode),
        TEST(lose_their_context_when_turned_off),
        TEST(can_be_reached_from_another),
        TEST(are_found_by_their_PIR),
        TEST(are_not_locked_while_the_NVT_of_a_pushed_VP_is_read),
    };

    return RUN_TESTS(argc, argv, "ic-threads", rows);
}
