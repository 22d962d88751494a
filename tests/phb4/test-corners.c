/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Conditions that only matter beside another one: each shown by itself. */
#include "fixture-phb4.h"
#include "../../hw/phb4/phb4_internal.h"
#include "../../hw/phb4/phb4_source_internal.h"

enum { BAR_M32 = 1, SPEED = 3, WIDTH = 8, NOWHERE = 0x2FF8 };

static bool no_config(void *host, uint16_t rid, uint16_t offset,
                      unsigned size, uint32_t *value)
{
    return false;
}

static P9xPhb4Slot slot_now;

static void slot_of_test(void *host, P9xPhb4Slot *slot)
{
    *slot = slot_now;
}

static void set_slot(PRig *rig, unsigned speed, unsigned width)
{
    slot_now = (P9xPhb4Slot) {
        .present = true, .speed = speed, .width = width
    };
    rig->ports.slot = slot_of_test;
    p9x_phb4_slot_changed(rig->phb);
}

static void test_eight_bytes_at_an_odd_place_are_no_register(void)
{
    static const struct { unsigned offset, size; bool good; } row[] = {
        { PHB_CTRLR, 8, true }, { PHB_CTRLR + 4, 8, false },
        { PHB_CTRLR, 4, false }, { NOWHERE, 8, false }, { NOWHERE, 4, false }
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(row); i++) {
        PRig *rig = prig_booted();

        p9x_phb4_reg_load(rig->phb, row[i].offset, row[i].size);
        g_assert_cmpint(prig_errors(rig) == 0, ==, row[i].good);
        prig_free(rig);
    }
}

static void test_a_root_port_without_config_space_reads_as_ones(void)
{
    PRig *rig = prig_booted();

    g_assert_cmphex(prig_rc_load(rig, 0), !=, UINT32_MAX);
    rig->ports.config_load = no_config;
    g_assert_cmphex(prig_rc_load(rig, 0), ==, UINT32_MAX);
    prig_free(rig);
}

/* Its link goes down, and the bridge can't find whose PE that is. */
static void test_a_link_that_goes_down_freezes_no_PE_without_a_bus(void)
{
    for (unsigned known = 0; known < 2; known++) {
        PRig *rig = prig_booted();

        if (!known) {
            rig->ports.config_load = no_config;
        }
        prig_store(rig, PHB_REGB_ERR + GRP_FREEZE_ENABLE, UINT64_MAX);
        rig->plugged = false;
        p9x_phb4_slot_changed(rig->phb);
        g_assert_false(rig->link.up);
        prig_free(rig);
    }
}

static void test_a_link_is_as_fast_and_wide_as_the_worse_end(void)
{
    static const struct { unsigned speed, width, want_speed, want_width; }
        row[] = {
            { SPEED, WIDTH, SPEED, WIDTH }, { 4, 16, 4, 16 },
            { 5, 32, 4, 16 }, { 0, WIDTH, 1, WIDTH }, { SPEED, 0, SPEED, 1 },
            { SPEED, 4, SPEED, 4 }
        };
    PRig *rig = prig_booted();

    prig_store(rig, PHB_PCIE_SCR, PHB_SCR_MAXLINKSPEED);
    for (unsigned i = 0; i < G_N_ELEMENTS(row); i++) {
        unsigned calls = rig->link_calls;

        set_slot(rig, row[i].speed, row[i].width);
        g_assert_cmpuint(rig->link.speed, ==, row[i].want_speed);
        g_assert_cmpuint(rig->link.width, ==, row[i].want_width);
        calls = rig->link_calls;
        p9x_phb4_slot_changed(rig->phb);
        g_assert_cmpuint(rig->link_calls, ==, calls);
    }
    prig_free(rig);
}

static void test_a_window_of_a_bar_that_is_none_takes_no_access(void)
{
    PRig *rig = prig_booted();
    uint8_t data = 0;

    p9x_phb4_mmio_load(rig->phb, BAR_M32 + 1, 0, &data, 1);
    g_assert_cmphex(data, ==, 0xFF);
    g_assert_cmphex(prig_load(rig, PHB_TXE_ERR), ==, 0);
    p9x_phb4_mmio_load(rig->phb, BAR_M32, 0, &data, 1);
    g_assert_cmphex(data, ==, rig->bar[0]);
    prig_free(rig);
}

/* Its DMA alone is frozen: MMIO goes on. */
static void test_each_kind_of_freeze_stops_its_own_direction(void)
{
    for (unsigned kind = 0; kind < 2; kind++) {
        PRig *rig = prig_with_page();
        uint8_t data = 0;

        rig->bar[0] = 0x5A;
        prig_set_table(rig, kind ? TBL_PESTA : TBL_PESTB, PRIG_PE,
                       PEST_FROZEN);
        p9x_phb4_mmio_load(rig->phb, BAR_M32, 0, &data, 1);
        g_assert_cmphex(data, ==, kind ? 0xFF : 0x5A);
        g_assert_cmpint(prig_dma(rig, 0x20000, P9X_PHB4_DMA_READ), ==, kind);
        prig_free(rig);
    }
}

static unsigned counted;

static void count_one(void *opaque, const P9xPhb4Mapping *mapping)
{
    counted++;
}

static void test_mappings_are_the_same_if_all_of_them_is(void)
{
    const P9xPhb4Mapping base = {
        .iova = 0x10000, .real = 0x20000, .size = 0x1000, .read = true
    };
    P9xPhb4Mapping other[] = { base, base, base, base, base };

    other[1].real += 0x1000;
    other[2].size *= 2;
    other[3].read = false;
    other[4].write = true;
    for (unsigned i = 0; i < G_N_ELEMENTS(other); i++) {
        g_autoptr(GArray) here = g_array_new(false, false, sizeof(base));
        g_autoptr(GArray) there = g_array_new(false, false, sizeof(base));

        g_array_append_val(here, base);
        g_array_append_val(there, other[i]);
        counted = 0;
        p9x_phb4_each_only_in(here, there, count_one, NULL);
        g_assert_cmpuint(counted, ==, i > 0);
    }
}

static void test_a_source_that_is_none_belongs_to_no_PE(void)
{
    PRig *rig = prig_booted();
    P9xPhb4Source *sources = &rig->phb->source;
    uint32_t n = sources->source.config.nr_sources;

    p9x_phb4_set_mist(sources, 3, PRIG_PE, P9X_PQ_00);
    g_assert_cmpuint(p9x_phb4_get_pe(sources, 3), ==, PRIG_PE);
    p9x_phb4_set_mist(sources, n, PRIG_PE, P9X_PQ_00);
    g_assert_cmpuint(p9x_phb4_get_pe(sources, n), ==, P9X_PHB4_NO_PE);
    g_assert_cmpuint(p9x_phb4_get_pe(sources, n - 1), !=, PRIG_PE);
    prig_free(rig);
}

/* A window is only direct while nothing can be injected into it. */
static void test_injection_takes_windows_from_devices_for_either_way(void)
{
    static const struct { uint64_t ctl; bool direct; } row[] = {
        { 0, true },
        { PHB_INJ_OUTBOUND | PHB_INJ_READ, false },
        { PHB_INJ_OUTBOUND | PHB_INJ_WRITE, false },
        { PHB_INJ_OUTBOUND, true },
        { PHB_INJ_INBOUND | PHB_INJ_READ, true }
    };
    PRig *rig = prig_booted();

    for (unsigned i = 0; i < G_N_ELEMENTS(row); i++) {
        P9xPhb4Window w;

        prig_arm(rig, row[i].ctl, 0, 0);
        p9x_phb4_window(rig->phb, P9X_PHB4_WIN_MBT, &w);
        g_assert_cmpint(w.direct, ==, row[i].direct);
    }
    prig_free(rig);
}

static void test_an_injection_waits_for_its_address(void)
{
    PRig *rig = prig_with_page();

    prig_arm(rig, PHB_INJ_INBOUND | PHB_INJ_READ, 0x21000,
             PHB_INJ_ADDR & ~0xFFF);
    g_assert_true(prig_dma(rig, 0x20000, P9X_PHB4_DMA_READ));
    g_assert_true(prig_dma(rig, 0x21000, P9X_PHB4_DMA_WRITE));
    g_assert_false(prig_dma(rig, 0x21000, P9X_PHB4_DMA_READ));
    g_assert_cmphex(prig_load(rig, PHB_PAPR_ERR_INJ_CTL), ==, 0);
    prig_free(rig);
}

static void test_a_print_says_which_windows_are_checked(void)
{
    PRig *rig = prig_booted();
    g_autoptr(GString) text = g_string_new(NULL);

    p9x_phb4_print(rig->phb, text);
    g_assert_null(strstr(text->str, " checked"));
    prig_arm(rig, PHB_INJ_OUTBOUND | PHB_INJ_READ, 0, 0);
    p9x_phb4_print(rig->phb, text);
    g_assert_nonnull(strstr(text->str, " checked"));
    prig_free(rig);
}

static void test_a_small_bridge_has_half_of_the_big_ones_windows(void)
{
    for (unsigned big = 0; big < 2; big++) {
        const P9xPhb4Config config = {
            .index = 1, .big = big, .max_width = 16, .max_speed = 4
        };
        PRig *rig = prig_new_config(&config);
        unsigned last = big ? PHB_MAX_MBT : PHB_MAX_MBT / 2;
        P9xPhb4Window w;

        prig_boot(rig);
        prig_set_table(rig, TBL_MBT, (PHB_MAX_MBT - 1) * 2,
                       PRIG_MMIO0 & MBT0_BASE);
        prig_set_table(rig, TBL_MBT, (PHB_MAX_MBT - 1) * 2 + 1,
                       (~UINT64_C(0xFFFFFF) & MBT1_MASK) | MBT0_ENABLE);
        p9x_phb4_window(rig->phb, (P9xPhb4WindowId)
                        (P9X_PHB4_WIN_MBT + PHB_MAX_MBT - 1), &w);
        g_assert_cmpint(w.size != 0, ==, last == PHB_MAX_MBT);
        prig_free(rig);
    }
}

/* A translation is the PE's own, and of the size of its page. */
static void test_two_PEs_do_not_share_a_translation(void)
{
    PRig *rig = prig_with_page();

    g_assert_true(prig_dma(rig, 0x20000, P9X_PHB4_DMA_READ));
    prig_set_rte(rig, PRIG_RID, PRIG_PE + 1);
    prig_store(rig, PHB_RTC_INVALIDATE, PHB_RTC_INVALIDATE_ALL);
    g_assert_false(prig_dma(rig, 0x20000, P9X_PHB4_DMA_READ));
    prig_free(rig);
}

/* A kill of 4 KiB in the middle of a page of 64 KiB, before and behind it. */
static void test_a_kill_takes_a_page_of_which_it_names_a_part(void)
{
    static const struct { uint64_t iova; bool gone; } row[] = {
        { 0x20000, true }, { 0x28000, true }, { 0x2F000, true },
        { 0x1F000, false }, { 0x30000, false }
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(row); i++) {
        PRig *rig = prig_with_page();

        g_assert_true(prig_dma(rig, 0x20000, P9X_PHB4_DMA_READ));
        prig_set_be64(rig, PRIG_TCE + 2 * 8, 0);
        prig_store(rig, PHB_TCE_KILL, PHB_TCE_KILL_ONE |
                   row[i].iova | PRIG_PE);
        g_assert_cmpint(prig_dma(rig, 0x20000, P9X_PHB4_DMA_READ), ==,
                        !row[i].gone);
        prig_free(rig);
    }
}

int main(int argc, char **argv)
{
    static const TestRow tests[] = {
        TEST(eight_bytes_at_an_odd_place_are_no_register),
        TEST(a_root_port_without_config_space_reads_as_ones),
        TEST(a_link_that_goes_down_freezes_no_PE_without_a_bus),
        TEST(a_link_is_as_fast_and_wide_as_the_worse_end),
        TEST(a_window_of_a_bar_that_is_none_takes_no_access),
        TEST(each_kind_of_freeze_stops_its_own_direction),
        TEST(mappings_are_the_same_if_all_of_them_is),
        TEST(a_source_that_is_none_belongs_to_no_PE),
        TEST(injection_takes_windows_from_devices_for_either_way),
        TEST(an_injection_waits_for_its_address),
        TEST(a_print_says_which_windows_are_checked),
        TEST(a_small_bridge_has_half_of_the_big_ones_windows),
        TEST(two_PEs_do_not_share_a_translation),
        TEST(a_kill_takes_a_page_of_which_it_names_a_part),
    };

    return RUN_TESTS(argc, argv, "phb4-corners", tests);
}
