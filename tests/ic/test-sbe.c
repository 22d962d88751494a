/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PQ bits in the SBE table. */
#include "fixture-ic.h"

enum { SRC = 0x101, END = 0x20, NVT = 0x30 };

static uint8_t *sbe(IcRig *rig, uint32_t source)
{
    return &rig->host.ram[IC_MEMORY(0) + IC_SBE + source / 4];
}

static void test_are_what_memory_has(void)
{
    IcRig *rig = icrig_new();

    *sbe(rig, SRC) = 0x1B;      /* 00, 01, 10, 11 */
    for (unsigned i = 0; i < 4; i++) {
        g_assert_cmpuint(ipi_load(rig, 0, (SRC & ~3u) + i, P9X_ESB_GET), ==,
                         i);
    }
    icrig_free(rig);
}

static void test_get_back_to_memory_by_a_scrub(void)
{
    IcRig *rig = icrig_new();

    route(rig, 0, SRC, 0, END, NVT, 1);
    ipi_trigger(rig, 0, SRC);
    g_assert_cmphex(*sbe(rig, SRC), ==, 0x55);
    ic_scrub(rig, 0, SCRUB_SBE, 0, SRC, false);
    g_assert_cmphex(*sbe(rig, SRC), ==, 0x65);
    ipi_trigger(rig, 0, SRC);
    p9x_ic_flush(rig->chip[0].ic);
    g_assert_cmphex(*sbe(rig, SRC), ==, 0x75);
    icrig_free(rig);
}

static void test_are_read_again_when_they_were_dropped(void)
{
    IcRig *rig = icrig_new();

    route(rig, 0, SRC, 0, END, NVT, 1);
    *sbe(rig, SRC) = 0xFF;
    g_assert_cmpuint(ipi_load(rig, 0, SRC, P9X_ESB_GET), ==, P9X_PQ_00);
    ic_scrub(rig, 0, SCRUB_SBE, 0, SRC, true);
    *sbe(rig, SRC) = 0xFF;
    g_assert_cmpuint(ipi_load(rig, 0, SRC, P9X_ESB_GET), ==, P9X_PQ_11);
    icrig_free(rig);
}

static void test_do_not_overwrite_memory_when_idle(void)
{
    IcRig *rig = icrig_new();

    g_assert_cmpuint(ipi_load(rig, 0, SRC, P9X_ESB_GET), ==, P9X_PQ_01);
    /* Nothing happened in the line: nothing to write over the guest's. */
    *sbe(rig, SRC) = 0x00;
    ic_scrub(rig, 0, SCRUB_SBE, 0, SRC, true);
    g_assert_cmphex(*sbe(rig, SRC), ==, 0x00);
    g_assert_cmpuint(ipi_load(rig, 0, SRC, P9X_ESB_GET), ==, P9X_PQ_00);
    icrig_free(rig);
}

static void test_are_scrubbed_all_together_with_an_empty_mask(void)
{
    IcRig *rig = icrig_new();

    ipi_load(rig, 0, 3, P9X_ESB_SET_PQ_00);
    ipi_load(rig, 0, IC_SOURCES - 1, P9X_ESB_SET_PQ_11);
    ic_set(rig, 0, P9X_VC_SBC_SCRUB_MASK, 0);
    ic_set(rig, 0, P9X_VC_SBC_SCRUB_TRIG, P9X_SCRUB_VALID);
    g_assert_cmphex(*sbe(rig, 3), ==, 0x54);
    g_assert_cmphex(*sbe(rig, IC_SOURCES - 1), ==, 0x57);
    icrig_free(rig);
}

static void test_survive_a_table_that_goes_and_comes(void)
{
    IcRig *rig = icrig_new();

    route(rig, 0, SRC, 0, END, NVT, 1);
    ipi_trigger(rig, 0, SRC);
    ic_set_vsd(rig, 0, 1, 0, 0);
    g_assert_cmphex(*sbe(rig, SRC), ==, 0x65);
    g_assert_cmphex(ipi_load(rig, 0, SRC, P9X_ESB_GET), ==, UINT64_MAX);
    ipi_trigger(rig, 0, SRC);
    g_assert_cmpuint(ic_errors(rig, 0, P9X_ERR_NO_SOURCE), ==, 2);
    /* Back again, with the event that was in it. */
    ic_set_vsd(rig, 0, 1, 0, ic_vsd(IC_MEMORY(0) + IC_SBE, 12));
    g_assert_cmpuint(ipi_load(rig, 0, SRC, P9X_ESB_GET), ==, P9X_PQ_10);
    icrig_free(rig);
}

static void test_need_memory(void)
{
    IcRig *rig = icrig_new();

    ic_set_vsd(rig, 0, 1, 0, ic_vsd(HOST_HOLE, 12));
    g_assert_cmphex(ipi_load(rig, 0, SRC, P9X_ESB_GET), ==, UINT64_MAX);
    ic_set_vsd(rig, 0, 1, 0, ic_vsd(IC_MEMORY(0) + IC_SBE, 12));
    ipi_load(rig, 0, SRC, P9X_ESB_SET_PQ_11);
    rig->host.refuse_stores = true;
    ic_scrub(rig, 0, SCRUB_SBE, 0, SRC, false);
    g_assert_cmpuint(ic_errors(rig, 0, P9X_ERR_IC_TABLE), ==, 1);
    icrig_free(rig);
}

/* Block, line of 32 sources, which of them, and their PQ bits. */
static void test_can_be_written_by_a_register(void)
{
    IcRig *rig = icrig_new();

    ic_set(rig, 0, P9X_VC_SBC_SOFTWR_ADDR, 0x140 | 0x1F);
    ic_set(rig, 0, P9X_VC_SBC_SOFTWR_MASK, P9X_BIT64(0) | P9X_BIT64(1) |
                                           P9X_BIT64(31));
    ic_set(rig, 0, P9X_VC_SBC_SOFTWR_DATA, UINT64_C(0xBFFFFFFFFFFFFFFC));
    g_assert_cmpuint(ipi_load(rig, 0, 0x140, P9X_ESB_GET), ==, P9X_PQ_10);
    g_assert_cmpuint(ipi_load(rig, 0, 0x141, P9X_ESB_GET), ==, P9X_PQ_11);
    g_assert_cmpuint(ipi_load(rig, 0, 0x142, P9X_ESB_GET), ==, P9X_PQ_01);
    g_assert_cmpuint(ipi_load(rig, 0, 0x15F, P9X_ESB_GET), ==, P9X_PQ_00);
    /* A block without PQ bits has nothing to write. */
    ic_set(rig, 0, P9X_VC_SBC_SOFTWR_ADDR, UINT64_C(9) << 32);
    ic_set(rig, 0, P9X_VC_SBC_SOFTWR_DATA, 0);
    icrig_free(rig);
}

int main(int argc, char **argv)
{
    static const TestRow rows[] = {
        TEST(are_what_memory_has),
        TEST(get_back_to_memory_by_a_scrub),
        TEST(are_read_again_when_they_were_dropped),
        TEST(do_not_overwrite_memory_when_idle),
        TEST(are_scrubbed_all_together_with_an_empty_mask),
        TEST(survive_a_table_that_goes_and_comes),
        TEST(need_memory),
        TEST(can_be_written_by_a_register),
    };

    return RUN_TESTS(argc, argv, "ic-pq-bits", rows);
}
