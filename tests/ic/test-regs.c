/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Registers, windows, resets. */
#include "fixture-ic.h"

static void test_are_the_same_by_XSCOM_and_in_the_window(void)
{
    static const struct {
        unsigned offset;
        uint32_t xscom;
    } pairs[] = {
        { P9X_CQ_IC_BAR, 0x10 }, { P9X_CQ_PBI_CTL, 0x20 },
        { P9X_CQ_FIRMASK, 0x33 }, { P9X_PC_GLOBAL_CONFIG, 0x110 },
        { 0x708, 0x161 }, { P9X_PC_VPC_SCRUB_MASK, 0x163 },
        { P9X_VC_GLOBAL_CONFIG, 0x200 }, { 0x840, 0x208 },
        { 0x890, 0x22D }, { P9X_VC_AT_MACRO_KILL_MASK, 0x23F },
        { P9X_VC_EQC_CONFIG, 0x214 }, { P9X_VC_IVC_SCRUB_MASK, 0x223 },
        { P9X_VC_SBC_CONFIG, 0x234 }
    };
    IcRig *rig = icrig_new_cold();

    for (unsigned i = 0; i < G_N_ELEMENTS(pairs); i++) {
        uint64_t value = P9X_BIT64(9) | P9X_BIT64(14);

        ic_xscom_set(rig, 0, pairs[i].xscom, value);
        g_assert_cmphex(ic_get(rig, 0, pairs[i].offset), ==, value);
        ic_set(rig, 0, pairs[i].offset, P9X_BIT64(13));
        g_assert_cmphex(ic_xscom_get(rig, 0, pairs[i].xscom), ==,
                        P9X_BIT64(13));
    }
    icrig_free(rig);
}

static void test_are_refused_where_there_are_none(void)
{
    IcRig *rig = icrig_new_cold();
    P9xIc *ic = rig->chip[0].ic;

    g_assert_cmphex(ic_get(rig, 0, 0x3F8), ==, UINT64_MAX);
    ic_set(rig, 0, 0x3F8, 1);
    g_assert_cmphex(ic_xscom_get(rig, 0, 0x2FF), ==, UINT64_MAX);
    ic_xscom_set(rig, 0, P9X_IC_XSCOM_REGS, 1);
    /* Registers are doublewords. */
    g_assert_cmphex(p9x_ic_load(ic, P9X_IC_WINDOW_IC, NULL,
                                P9X_CQ_MSGSND, 4), ==, 0xFFFFFFFF);
    p9x_ic_store(ic, P9X_IC_WINDOW_IC, NULL, P9X_CQ_PBI_CTL, 4, 1);
    g_assert_cmpuint(ic_errors(rig, 0, P9X_ERR_IC_REGISTER), ==, 6);
    g_assert_cmphex(ic_get(rig, 0, P9X_CQ_FIR), ==, P9X_FIR_CI_ERROR);
    icrig_free(rig);
}

static void test_collect_errors(void)
{
    IcRig *rig = icrig_new_cold();

    ic_set(rig, 0, P9X_CQ_FIR_OR, P9X_BIT64(3) | P9X_BIT64(5));
    g_assert_cmphex(ic_get(rig, 0, P9X_CQ_FIR), ==,
                    P9X_BIT64(3) | P9X_BIT64(5));
    ic_set(rig, 0, P9X_CQ_FIR_AND, ~P9X_BIT64(3));
    g_assert_cmphex(ic_get(rig, 0, P9X_CQ_FIR), ==, P9X_BIT64(5));
    ic_set(rig, 0, P9X_CQ_FIRMASK, P9X_BIT64(1));
    ic_set(rig, 0, P9X_CQ_FIRMASK_OR, P9X_BIT64(2));
    g_assert_cmphex(ic_get(rig, 0, P9X_CQ_FIRMASK), ==, P9X_MASK64(1, 2));
    ic_set(rig, 0, P9X_CQ_FIRMASK_AND, ~P9X_BIT64(1));
    g_assert_cmphex(ic_get(rig, 0, P9X_CQ_FIRMASK), ==, P9X_BIT64(2));
    icrig_free(rig);
}

static void place_is(IcRig *rig, P9xIcWindow w, uint64_t base, uint64_t size)
{
    P9xIcWindowPlace now = p9x_ic_window(rig->chip[0].ic, w);

    g_assert_cmphex(rig->chip[0].place[w].base, ==, base);
    g_assert_cmphex(rig->chip[0].place[w].size, ==, size);
    g_assert_cmpint(rig->chip[0].place[w].enabled, ==, size != 0);
    g_assert_cmphex(now.base, ==, base);
    g_assert_cmphex(now.size, ==, size);
}

static void test_place_move_and_remove_windows(void)
{
    IcRig *rig = icrig_new_cold();
    unsigned *announced = rig->chip[0].announced;

    firmware_windows(rig, 0);
    place_is(rig, P9X_IC_WINDOW_IC, IC_IC_BASE(0), 0x80000);
    place_is(rig, P9X_IC_WINDOW_TM1, IC_TM_BASE, 0x40000);
    place_is(rig, P9X_IC_WINDOW_TM2, 0, 0);
    place_is(rig, P9X_IC_WINDOW_VC, IC_VC_BASE(0), IC_VC_SIZE);
    place_is(rig, P9X_IC_WINDOW_PC, IC_PC_BASE(0), IC_PC_SIZE);
    g_assert_cmpuint(announced[P9X_IC_WINDOW_VC], ==, 1);
    /* Moved while it is valid; again to where it is. */
    ic_set(rig, 0, P9X_CQ_VC_BAR, (IC_VC_BASE(0) + IC_VC_SIZE) |
                                  P9X_BAR_VALID);
    ic_set(rig, 0, P9X_CQ_VC_BAR, (IC_VC_BASE(0) + IC_VC_SIZE) |
                                  P9X_BAR_VALID);
    place_is(rig, P9X_IC_WINDOW_VC, IC_VC_BASE(0) + IC_VC_SIZE, IC_VC_SIZE);
    g_assert_cmpuint(announced[P9X_IC_WINDOW_VC], ==, 2);
    /* Smaller, with small pages, gone. */
    ic_set(rig, 0, P9X_CQ_VC_BARM, ~UINT64_C(0x3FFFFFF));
    place_is(rig, P9X_IC_WINDOW_VC, IC_VC_BASE(0) + IC_VC_SIZE, 0x4000000);
    ic_set(rig, 0, P9X_CQ_IC_BAR, IC_IC_BASE(0) | P9X_BAR_VALID);
    place_is(rig, P9X_IC_WINDOW_IC, IC_IC_BASE(0), 0x8000);
    ic_set(rig, 0, P9X_CQ_IC_BAR, 0);
    place_is(rig, P9X_IC_WINDOW_IC, 0, 0);
    ic_set(rig, 0, P9X_CQ_RST_CTL, P9X_RST_BARS);
    place_is(rig, P9X_IC_WINDOW_VC, 0, 0);
    place_is(rig, P9X_IC_WINDOW_TM1, 0, 0);
    icrig_free(rig);
}

static void test_give_access_to_the_set_tables(void)
{
    IcRig *rig = icrig_new();

    ic_set(rig, 0, P9X_CQ_TAR, P9X_TAR_AUTOINC | P9X_BIT64(15));
    g_assert_cmphex(ic_get(rig, 0, P9X_CQ_TDR) >> 32, ==, 0x40000000);
    g_assert_cmphex(ic_get(rig, 0, P9X_CQ_TDR) >> 32, ==, 0x40000001);
    g_assert_cmphex(ic_get(rig, 0, P9X_CQ_TAR) >> 32, ==, 0x80010002);
    /* BLK and MIG are storage; there is no entry 16, and no table 0. */
    ic_set(rig, 0, P9X_CQ_TAR, P9X_BIT64(12) | UINT64_C(15) << 32);
    ic_set(rig, 0, P9X_CQ_TDR, 0x1111);
    g_assert_cmphex(ic_get(rig, 0, P9X_CQ_TDR), ==, 0x1111);
    ic_set(rig, 0, P9X_CQ_TAR, P9X_BIT64(13) | UINT64_C(16) << 32);
    ic_set(rig, 0, P9X_CQ_TDR, 0x1111);
    g_assert_cmphex(ic_get(rig, 0, P9X_CQ_TDR), ==, 0);
    ic_set(rig, 0, P9X_CQ_TAR, 0);
    ic_set(rig, 0, P9X_CQ_TDR, 0x1111);
    g_assert_cmpuint(ic_errors(rig, 0, P9X_ERR_IC_REGISTER), ==, 3);
    icrig_free(rig);
}

static void test_say_that_syncs_are_done(void)
{
    IcRig *rig = icrig_new();
    P9xIc *ic = rig->chip[0].ic;

    ic_set(rig, 0, P9X_VC_EQC_CONFIG, P9X_BIT64(39));
    for (unsigned n = 0; n < 5; n++) {
        p9x_ic_store(ic, P9X_IC_WINDOW_IC, NULL, IC_PAGE + 0xC00 + 0x80 * n,
                     8, 0);
        g_assert_cmphex(ic_get(rig, 0, P9X_VC_EQC_CONFIG), ==,
                        P9X_BIT64(39) | P9X_MASK64(32, 32 + n));
    }
    for (unsigned n = 5; n < 8; n++) {
        p9x_ic_notify(ic, 0xC00 + 0x80 * n, 0);
    }
    ic_set(rig, 0, P9X_VC_EQC_CONFIG, P9X_BIT64(39));
    g_assert_cmphex(ic_get(rig, 0, P9X_VC_EQC_CONFIG), ==, P9X_BIT64(39));
    g_assert_cmpuint(ic_errors(rig, 0, P9X_ERR_IC_NOTIFY), ==, 0);
    icrig_free(rig);
}

static void test_say_that_kills_are_done(void)
{
    IcRig *rig = icrig_new();

    ic_set(rig, 0, P9X_VC_AT_MACRO_KILL, P9X_KILL_VALID | UINT64_C(3) << 48);
    g_assert_cmphex(ic_get(rig, 0, P9X_VC_AT_MACRO_KILL), ==,
                    UINT64_C(3) << 48);
    ic_set(rig, 0, P9X_PC_AT_KILL, P9X_KILL_VALID);
    g_assert_cmphex(ic_get(rig, 0, P9X_PC_AT_KILL), ==, 0);
    icrig_free(rig);
}

static void test_are_as_at_power_on_after_a_reset(void)
{
    IcRig *rig = icrig_new();

    route(rig, 0, 0x10, 0, 0x20, 0x30, 1);
    ipi_trigger(rig, 0, 0x10);
    p9x_ic_reset(rig->chip[0].ic);
    place_is(rig, P9X_IC_WINDOW_VC, 0, 0);
    place_is(rig, P9X_IC_WINDOW_IC, 0, 0);
    for (unsigned i = 0; i < 0x1000; i += 8) {
        uint64_t value = ic_get(rig, 0, i);
        bool enable = i == 0x708 || i == 0x908 || i == 0x988 || i == 0xA08;

        /* Those that there are: 0, but for a few; reading changes FIR. */
        if (i != P9X_CQ_MSGSND && i != P9X_CQ_FIR && i != 0x188 &&
            i != 0x190 && i != P9X_CQ_WOF && i != P9X_CQ_ERR_INFO1 &&
            !enable) {
            g_assert_true(value == 0 || value == UINT64_MAX);
        }
    }
    g_assert_cmphex(ic_get(rig, 0, P9X_CQ_MSGSND), ==,
                    UINT64_C(0xFFFFFF0000000000));
    /* Nothing was written: PQ is as firmware made it. */
    g_assert_cmphex(rig->host.ram[IC_MEMORY(0) + IC_SBE + 4], ==, 0x55);
    g_assert_cmphex(p9x_ic_vc_load(rig->chip[0].ic, 0x800, 8), ==,
                    UINT64_MAX);
    /* And it can be set up again. */
    firmware_windows(rig, 0);
    firmware_tables(rig, 0);
    ic_set(rig, 0, P9X_PC_THREAD_EN_REG0_SET, P9X_MASK64(0, 3));
    route(rig, 0, 0x10, 0, 0x20, 0x30, 1);
    ipi_trigger(rig, 0, 0x10);
    g_assert_cmphex(queue_entry(rig, 0, 0x20, 0), ==, 0x80000001);
    icrig_free(rig);
}

static void test_are_all_that_the_public_map_has(void)
{
    IcRig *rig = icrig_new_cold();
    unsigned by_xscom = 0, in_window = 0;

    ic_set(rig, 0, P9X_CQ_TAR, P9X_BIT64(15));
    for (uint32_t reg = 0; reg < P9X_IC_XSCOM_REGS; reg++) {
        uint64_t before = ic_errors(rig, 0, P9X_ERR_IC_REGISTER);

        ic_xscom_get(rig, 0, reg);
        by_xscom += ic_errors(rig, 0, P9X_ERR_IC_REGISTER) == before;
    }
    for (unsigned offset = 0; offset < 0x1000; offset += 8) {
        uint64_t before = ic_errors(rig, 0, P9X_ERR_IC_REGISTER);

        ic_get(rig, 0, offset);
        in_window += ic_errors(rig, 0, P9X_ERR_IC_REGISTER) == before;
    }
    /* The map has 223; no document says where in the window 36 of them are. */
    g_assert_cmpuint(by_xscom, ==, 223);
    g_assert_cmpuint(in_window, ==, 187);
    ic_xscom_set(rig, 0, 0x271, 5);
    g_assert_cmphex(ic_xscom_get(rig, 0, 0x271), ==, 5);
    /* Counters count nothing and can't be set. */
    ic_set(rig, 0, 0x140, 5);
    g_assert_cmphex(ic_get(rig, 0, 0x140), ==, 0);
    icrig_free(rig);
}

/* The public map gives numbers on XSCOM; offsets go up with them in groups. */
static unsigned offset_of_group(unsigned xscom)
{
    static const struct {
        unsigned end;               /* first XSCOM number past the group */
        unsigned first;
        unsigned offset;
    } groups[] = {
        { 0x100, 0x000, 0x000 }, { 0x160, 0x100, 0x400 },
        { 0x200, 0x160, 0x700 }, { 0x210, 0x200, 0x800 },
        { 0x220, 0x210, 0x900 }, { 0x22B, 0x220, 0x980 },
        { 0x230, 0x22B, 0x880 }, { 0x23B, 0x230, 0xA00 },
        { 0x240, 0x23B, 0x898 }, { 0x300, 0x240, 0xA80 }
    };
    unsigned i = 0;

    while (xscom >= groups[i].end) {
        i++;
    }
    return groups[i].offset + 8 * (xscom - groups[i].first);
}

static void test_have_the_offset_that_follows_from_the_XSCOM_number(void)
{
    static const struct {
        const char *name;
        unsigned offset;
        unsigned xscom;
    } rows[] = {
#define ROW(name, offset, xscom, ...) { #name, offset, xscom },
#include "ic_reg_list.inc"
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_test_message("%s", rows[i].name);
        g_assert_cmphex(rows[i].offset, ==, offset_of_group(rows[i].xscom));
        /* Sorted, so that none is there twice. */
        g_assert_true(i == 0 || rows[i].xscom > rows[i - 1].xscom);
    }
}

static void test_finish_commands_of_software_at_once(void)
{
    IcRig *rig = icrig_new_cold();

    for (unsigned n = 0; n < 5; n++) {
        ic_set(rig, 0, P9X_CQ_SWI_CMD_HIST + 8 * n, 0x1234 + n);
        g_assert_cmphex(ic_get(rig, 0, P9X_CQ_SWI_RSP), ==,
                        P9X_BIT64(n) | P9X_SWI_RSP_NONE);
        g_assert_cmphex(ic_get(rig, 0, P9X_CQ_SWI_CMD_HIST + 8 * n), ==,
                        0x1234 + n);
    }
    ic_set(rig, 0, P9X_CQ_SWI_RSP, 0);
    g_assert_cmphex(ic_get(rig, 0, P9X_CQ_SWI_RSP), ==,
                    P9X_BIT64(4) | P9X_SWI_RSP_NONE);
    icrig_free(rig);
}

/* As hostboot does it: quiesce, wait, reset. */
static void test_reset_the_unit_but_for_its_windows(void)
{
    IcRig *rig = icrig_new();

    route(rig, 0, 0x10, 0, 0x20, 0x30, 1);
    ic_xscom_set(rig, 0, 0x23, P9X_RST_QUIESCE);
    g_assert_cmphex(ic_xscom_get(rig, 0, 0x23), ==,
                    P9X_RST_QUIESCE | P9X_RST_IDLE);
    ic_xscom_set(rig, 0, 0x23, P9X_RST_UNIT);
    g_assert_cmphex(ic_xscom_get(rig, 0, 0x23), ==, 0);
    /* Windows stay; tables, sets, configuration and contexts don't. */
    place_is(rig, P9X_IC_WINDOW_VC, IC_VC_BASE(0), IC_VC_SIZE);
    place_is(rig, P9X_IC_WINDOW_IC, IC_IC_BASE(0), 0x80000);
    g_assert_cmphex(ic_get(rig, 0, P9X_PC_TCTXT_CFG), ==, 0);
    g_assert_cmphex(ic_get(rig, 0, P9X_PC_THREAD_EN_REG0), ==, 0);
    g_assert_cmphex(p9x_ic_vc_load(rig->chip[0].ic, 0x800, 8), ==,
                    UINT64_MAX);
    ic_set(rig, 0, P9X_PC_THREAD_EN_REG0, P9X_BIT64(0));
    g_assert_cmphex(tima_load(rig, 0, 0, P9X_TIMA_HV, 0x28, 4), ==, 0);
    firmware_windows(rig, 0);
    firmware_tables(rig, 0);
    route(rig, 0, 0x10, 0, 0x20, 0x30, 1);
    ipi_trigger(rig, 0, 0x10);
    g_assert_cmphex(queue_entry(rig, 0, 0x20, 0), ==, 0x80000001);
    icrig_free(rig);
}

int main(int argc, char **argv)
{
    static const TestRow rows[] = {
        TEST(are_the_same_by_XSCOM_and_in_the_window),
        TEST(are_refused_where_there_are_none),
        TEST(collect_errors),
        TEST(place_move_and_remove_windows),
        TEST(give_access_to_the_set_tables),
        TEST(say_that_syncs_are_done),
        TEST(say_that_kills_are_done),
        TEST(are_as_at_power_on_after_a_reset),
        TEST(are_all_that_the_public_map_has),
        TEST(have_the_offset_that_follows_from_the_XSCOM_number),
        TEST(finish_commands_of_software_at_once),
        TEST(reset_the_unit_but_for_its_windows),
    };

    return RUN_TESTS(argc, argv, "ic-registers", rows);
}
