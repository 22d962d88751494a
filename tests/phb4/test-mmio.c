/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Windows, MBT and MDT, and accesses that are checked. */
#include "fixture-phb4.h"

static P9xPhb4Window window_of(PRig *rig, unsigned id)
{
    P9xPhb4Window window;

    p9x_phb4_window(rig->phb, (P9xPhb4WindowId)id, &window);
    return window;
}

static void set_mbt(PRig *rig, unsigned n, uint64_t mbt0, uint64_t mbt1)
{
    prig_set_table(rig, TBL_MBT, n * 2, mbt0);
    prig_set_table(rig, TBL_MBT, n * 2 + 1, mbt1 | MBT0_ENABLE);
}

static uint64_t size_mask(uint64_t size)
{
    return ~(size - 1) & MBT1_MASK;
}

static void test_bars_say_where_the_windows_are(void)
{
    PRig *rig = prig_booted();
    P9xPhb4Window w = window_of(rig, P9X_PHB4_WIN_REGS);

    g_assert_cmphex(w.base, ==, PRIG_REGS);
    g_assert_cmphex(w.size, ==, 0x3000);
    w = window_of(rig, P9X_PHB4_WIN_ESB);
    g_assert_cmphex(w.base, ==, PRIG_ESB);
    g_assert_cmphex(w.size, ==, 0x10000000);
    w = window_of(rig, P9X_PHB4_WIN_MMIO0);
    g_assert_cmphex(w.base, ==, PRIG_MMIO0);
    g_assert_cmphex(w.size, ==, PRIG_MMIO0_SIZE);
    w = window_of(rig, P9X_PHB4_WIN_MMIO1);
    g_assert_cmphex(w.base, ==, PRIG_MMIO1);
    g_assert_cmphex(w.size, ==, PRIG_MMIO1_SIZE);
    w = window_of(rig, P9X_PHB4_WIN_MBT);
    g_assert_cmphex(w.base, ==, PRIG_MMIO1);
    g_assert_cmphex(w.size, ==, PRIG_MMIO1_SIZE);
    g_assert_cmphex(w.pci, ==, PRIG_M32_PCI);
    g_assert_true(w.direct);
    g_assert_cmphex(window_of(rig, P9X_PHB4_NR_WINDOWS).size, ==, 0);
    prig_free(rig);
}

static void test_a_bar_can_move_while_it_is_on(void)
{
    PRig *rig = prig_booted();
    unsigned calls = rig->window_calls;

    p9x_phb4_xscom_store(rig->phb, P9X_PHB4_XSCOM_NEST, NEST_PHB_REGS_BAR,
                         (PRIG_REGS + 0x100000) << 8);
    g_assert_cmpuint(rig->window_calls, ==, calls + 1);
    g_assert_cmphex(window_of(rig, P9X_PHB4_WIN_REGS).base, ==,
                    PRIG_REGS + 0x100000);
    p9x_phb4_xscom_store(rig->phb, P9X_PHB4_XSCOM_NEST, NEST_BAR_EN,
                         NEST_BAR_EN_PHB);
    g_assert_cmphex(window_of(rig, P9X_PHB4_WIN_MMIO0).size, ==, 0);
    g_assert_cmphex(window_of(rig, P9X_PHB4_WIN_MBT).size, ==, 0);
    g_assert_cmphex(window_of(rig, P9X_PHB4_WIN_ESB).size, ==, 0);
    /* Address bits inside of the size don't count. */
    p9x_phb4_xscom_store(rig->phb, P9X_PHB4_XSCOM_NEST, NEST_BAR_EN,
                         NEST_BAR_EN_MMIO0);
    p9x_phb4_xscom_store(rig->phb, P9X_PHB4_XSCOM_NEST, NEST_MMIO_BAR0,
                         (PRIG_MMIO0 + 0x1000000) << 8);
    g_assert_cmphex(window_of(rig, P9X_PHB4_WIN_MMIO0).base, ==, PRIG_MMIO0);
    g_assert_cmpuint(prig_errors(rig), ==, 0);
    prig_free(rig);
}

static void test_regions_outside_of_the_bars_are_off(void)
{
    PRig *rig = prig_booted();

    set_mbt(rig, 1, PRIG_MMIO0 + 0x10000000, size_mask(0x10000000));
    g_assert_cmphex(window_of(rig, P9X_PHB4_WIN_MBT + 1).size, ==,
                    0x10000000);
    g_assert_cmphex(window_of(rig, P9X_PHB4_WIN_MBT + 1).pci, ==,
                    PRIG_MMIO0 + 0x10000000);
    set_mbt(rig, 1, PRIG_MMIO0 - 0x10000000, size_mask(0x10000000));
    g_assert_cmphex(window_of(rig, P9X_PHB4_WIN_MBT + 1).size, ==, 0);
    set_mbt(rig, 1, PRIG_MMIO0, size_mask(PRIG_MMIO0_SIZE * 2));
    g_assert_cmphex(window_of(rig, P9X_PHB4_WIN_MBT + 1).size, ==, 0);
    /* A mask with holes, a mask of nothing */
    set_mbt(rig, 1, PRIG_MMIO0, size_mask(0x10000000) & ~P9X_BIT64(20));
    g_assert_cmphex(window_of(rig, P9X_PHB4_WIN_MBT + 1).size, ==, 0);
    set_mbt(rig, 1, 0, 0);
    g_assert_cmphex(window_of(rig, P9X_PHB4_WIN_MBT + 1).size, ==, 0);
    p9x_phb4_xscom_store(rig->phb, P9X_PHB4_XSCOM_NEST, NEST_MMIO_BAR1_MASK,
                         UINT64_C(0xFFFF0FFF00000000));
    g_assert_cmphex(window_of(rig, P9X_PHB4_WIN_MMIO1).size, ==, 0);
    prig_free(rig);
}

static void test_registers_say_which_pci_addresses_regions_have(void)
{
    PRig *rig = prig_booted();

    set_mbt(rig, 1, PRIG_MMIO0, size_mask(0x10000000));
    prig_store(rig, PHB_M64_UPPER_BITS, UINT64_C(0x0300000000000000));
    g_assert_cmphex(window_of(rig, P9X_PHB4_WIN_MBT + 1).pci, ==,
                    UINT64_C(0x0300000000000000) | PRIG_MMIO0);
    prig_store(rig, PHB_M64_AOMASK, UINT64_C(0x01FF000000000000));
    g_assert_cmphex(window_of(rig, P9X_PHB4_WIN_MBT + 1).pci, ==,
                    UINT64_C(0x0100000000000000));
    /* M32 ends at 4 GiB, whatever its segments. */
    prig_store(rig, PHB_M32_START_ADDR, 0xC0000000);
    g_assert_cmphex(window_of(rig, P9X_PHB4_WIN_MBT).pci, ==, 0xC0000000);
    g_assert_cmphex(window_of(rig, P9X_PHB4_WIN_MBT).size, ==, 0x40000000);
    prig_store(rig, PHB_M32_START_ADDR, UINT32_MAX);
    g_assert_cmphex(window_of(rig, P9X_PHB4_WIN_MBT).size, ==, 1);
    g_assert_cmpint(p9x_phb4_mmio_pe(rig->phb, UINT32_MAX), ==, PRIG_PE);
    prig_free(rig);
}

static void test_a_region_belongs_to_pes_in_three_ways(void)
{
    const uint64_t size = 0x10000000, base = PRIG_MMIO0;
    PRig *rig = prig_booted();

    /* One segment a PE, from PE 0 */
    set_mbt(rig, 1, base, size_mask(size));
    g_assert_cmpint(p9x_phb4_mmio_pe(rig->phb, base), ==, 0);
    g_assert_cmpint(p9x_phb4_mmio_pe(rig->phb, base + size / 512 * 17), ==,
                    17);
    g_assert_cmpint(p9x_phb4_mmio_pe(rig->phb, base + size - 1), ==, 511);
    /* 8, 64, 128 segments from a base */
    for (unsigned div = 1; div <= 3; div++) {
        static const unsigned nr[] = { 0, 128, 64, 8 };

        set_mbt(rig, 1, base | p9x_set64(0, MBT0_SEG_DIV, div),
                size_mask(size) | 100);
        g_assert_cmpint(p9x_phb4_mmio_pe(rig->phb, base), ==, 100);
        g_assert_cmpint(p9x_phb4_mmio_pe(rig->phb, base + size - 1), ==,
                        99 + nr[div]);
    }
    set_mbt(rig, 1, base, size_mask(size) | 500);
    g_assert_cmpint(p9x_phb4_mmio_pe(rig->phb, base + size - 1), ==, -1);
    g_assert_cmpint(p9x_phb4_mmio_pe(rig->phb, base + size / 512 * 11), ==,
                    511);
    g_assert_cmpint(p9x_phb4_mmio_pe(rig->phb, base + size / 512 * 12), ==,
                    -1);
    /* One PE */
    set_mbt(rig, 1, base | p9x_set64(0, MBT0_MODE, MBT_MODE_SINGLE_PE),
            size_mask(size) | 33);
    g_assert_cmpint(p9x_phb4_mmio_pe(rig->phb, base + size - 1), ==, 33);
    /* By a column of the MDT */
    prig_set_table(rig, TBL_MDT, 511, UINT64_C(0x0001000200030004));
    for (unsigned column = 0; column < 4; column++) {
        set_mbt(rig, 1, base | p9x_set64(0, MBT0_MODE, MBT_MODE_MDT) |
                p9x_set64(0, MBT0_MDT_COLUMN, column), size_mask(size));
        g_assert_cmpint(p9x_phb4_mmio_pe(rig->phb, base + size - 1), ==,
                        column + 1);
    }
    g_assert_cmpint(p9x_phb4_mmio_pe(rig->phb, 0x1000), ==, -1);
    /* The smallest region has segments of 8 bytes. */
    set_mbt(rig, 1, base, size_mask(0x1000));
    g_assert_cmpint(p9x_phb4_mmio_pe(rig->phb, base + 0x10), ==, 2);
    prig_free(rig);
}

static uint32_t load32(PRig *rig, uint64_t offset)
{
    uint32_t value = 0x5A5A5A5A;

    p9x_phb4_mmio_load(rig->phb, 1, offset, &value, 4);
    return value;
}

static void store32(PRig *rig, uint64_t offset, uint32_t value)
{
    p9x_phb4_mmio_store(rig->phb, 1, offset, &value, 4);
}

static void test_checked_accesses_reach_the_device(void)
{
    PRig *rig = prig_booted();

    store32(rig, 0x20, 0x12345678);
    g_assert_cmphex(load32(rig, 0x20), ==, 0x12345678);
    g_assert_cmpuint(p9x_phb4_stat(rig->phb, P9X_PHB4_STAT_MMIO_SLOW), ==, 2);
    g_assert_cmphex(prig_load(rig, PHB_ETU_ERR_SUMMARY), ==, 0);
    prig_free(rig);
}

static void test_a_frozen_pe_reads_as_ones_and_takes_no_stores(void)
{
    PRig *rig = prig_booted();

    unsigned calls = rig->window_calls;

    g_assert_true(window_of(rig, P9X_PHB4_WIN_MBT).direct);
    prig_set_table(rig, TBL_PESTA, PRIG_PE, PEST_FROZEN);
    g_assert_false(window_of(rig, P9X_PHB4_WIN_MBT).direct);
    g_assert_cmpuint(rig->window_calls, ==, calls + 1);
    prig_set_table(rig, TBL_PESTA, PRIG_PE, PEST_FROZEN);
    g_assert_cmpuint(rig->window_calls, ==, calls + 1);
    store32(rig, 0x20, 0x12345678);
    g_assert_cmphex(load32(rig, 0x20), ==, UINT32_MAX);
    prig_set_table(rig, TBL_PESTA, PRIG_PE, 0);
    g_assert_cmphex(load32(rig, 0x20), ==, 0);
    g_assert_true(window_of(rig, P9X_PHB4_WIN_MBT).direct);
    /* Another PE's freeze: not direct, but nothing else */
    prig_set_table(rig, TBL_PESTA, PRIG_PE + 1, PEST_FROZEN);
    g_assert_false(window_of(rig, P9X_PHB4_WIN_MBT).direct);
    g_assert_cmphex(load32(rig, 0x20), ==, 0);
    /* DMA alone does not concern MMIO. */
    prig_set_table(rig, TBL_PESTA, PRIG_PE + 1, 0);
    prig_set_table(rig, TBL_PESTB, PRIG_PE, PEST_FROZEN);
    g_assert_true(window_of(rig, P9X_PHB4_WIN_MBT).direct);
    prig_free(rig);
}

static void test_a_load_without_an_answer_freezes(void)
{
    PRig *rig = prig_booted();
    uint64_t pesta;

    store32(rig, 0x100000, 1);          /* posted: no answer expected */
    g_assert_cmpuint(p9x_phb4_frozen(rig->phb, PRIG_PE), ==, 0);
    g_assert_cmphex(load32(rig, 0x100000), ==, UINT32_MAX);
    g_assert_cmpuint(p9x_phb4_frozen(rig->phb, PRIG_PE), ==, 3);
    g_assert_cmphex(prig_load(rig, PHB_RXE_ARB_ERR), ==, P9X_BIT64(1));
    pesta = prig_be64(rig, PRIG_PEST + PRIG_PE * 16);
    g_assert_cmphex(pesta & PESTA_UR, !=, 0);
    g_assert_cmpuint(p9x_get64(pesta, PESTA_TTYPE), ==, TTYPE_MMIO_LOAD);
    g_assert_cmphex(prig_be64(rig, PRIG_PEST + PRIG_PE * 16 + 8), ==,
                    PEST_FROZEN | (PRIG_M32_PCI + 0x100000));
    prig_free(rig);
}

static void test_an_unclaimed_direct_load_freezes_unless_disabled(void)
{
    PRig *rig = prig_booted();

    prig_store(rig, PHB_CTRLR, PHB_CTRLR_PGSZ_64K |
               PHB_CTRLR_MMIO_EEH_DISABLE);
    p9x_phb4_mmio_unclaimed(rig->phb, PRIG_M32_PCI + 0x5000, false);
    g_assert_cmpuint(p9x_phb4_frozen(rig->phb, PRIG_PE), ==, 0);
    prig_store(rig, PHB_CTRLR, PHB_CTRLR_PGSZ_64K);
    p9x_phb4_mmio_unclaimed(rig->phb, PRIG_M32_PCI + 0x5000, true);
    p9x_phb4_mmio_unclaimed(rig->phb, 0x5000, false);
    g_assert_cmpuint(p9x_phb4_frozen(rig->phb, PRIG_PE), ==, 0);
    p9x_phb4_mmio_unclaimed(rig->phb, PRIG_M32_PCI + 0x5000, false);
    g_assert_cmpuint(p9x_phb4_frozen(rig->phb, PRIG_PE), ==, 3);
    prig_free(rig);
}

static void test_an_access_to_no_region_is_an_error(void)
{
    PRig *rig = prig_booted();
    uint64_t value = 0;

    p9x_phb4_mmio_load(rig->phb, 0, 0, &value, 8);
    prig_store(rig, PHB_TXE_ERR + GRP_FIRST, 0);
    p9x_phb4_mmio_load(rig->phb, 0, 8, &value, 8);
    g_assert_cmphex(value, ==, UINT64_MAX);
    g_assert_cmphex(prig_load(rig, PHB_TXE_ERR), ==, P9X_BIT64(2));
    g_assert_cmphex(prig_load(rig, PHB_TXE_ERR + GRP_LOG_1), ==,
                    PRIG_MMIO0 + 8);
    g_assert_cmphex(prig_load(rig, PHB_RXE_ARB_ERR), ==, 0);
    p9x_phb4_mmio_store(rig->phb, 0, UINT64_MAX, &value, 8);
    p9x_phb4_mmio_load(rig->phb, 2, 0, &value, 8);
    g_assert_cmphex(value, ==, UINT64_MAX);
    prig_free(rig);
}

static void test_without_a_link_nothing_gets_through(void)
{
    PRig *rig = prig_booted();

    prig_store(rig, PHB_REGB_ERR + GRP_ERC_ENABLE, 0);
    prig_store(rig, PHB_RXE_ARB_ERR + GRP_FREEZE_ENABLE, 0);
    prig_rc_store(rig, 0x58, 0x10);
    g_assert_false(window_of(rig, P9X_PHB4_WIN_MBT).direct);
    store32(rig, 0x20, 7);
    g_assert_cmphex(load32(rig, 0x20), ==, UINT32_MAX);
    g_assert_cmphex(rig->bar[0x20], ==, 0);
    prig_free(rig);
}

static const TestRow rows[] = {
    TEST(bars_say_where_the_windows_are),
    TEST(a_bar_can_move_while_it_is_on),
    TEST(regions_outside_of_the_bars_are_off),
    TEST(registers_say_which_pci_addresses_regions_have),
    TEST(a_region_belongs_to_pes_in_three_ways),
    TEST(checked_accesses_reach_the_device),
    TEST(a_frozen_pe_reads_as_ones_and_takes_no_stores),
    TEST(a_load_without_an_answer_freezes),
    TEST(an_unclaimed_direct_load_freezes_unless_disabled),
    TEST(an_access_to_no_region_is_an_error),
    TEST(without_a_link_nothing_gets_through),
};

int main(int argc, char **argv)
{
    return RUN_TESTS(argc, argv, "phb4-mmio", rows);
}
