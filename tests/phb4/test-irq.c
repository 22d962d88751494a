/* SPDX-License-Identifier: GPL-2.0-or-later */
/* MSIs, LSIs, what reaches the IC. */
#include "fixture-phb4.h"

enum { NR = 4096, FIRST_LSI = NR - 8 };

#define IC_ESB  UINT64_C(0x0006010000000000)

static uint64_t data_of(uint32_t srcno)
{
    return NOTIFY_PQ_CHECKED | PRIG_INDEX | srcno;
}

static void eoi(PRig *rig, uint32_t srcno)
{
    p9x_phb4_esb_load(rig->phb, (uint64_t)srcno << 16, 8);
}

static void set_pq(PRig *rig, uint32_t srcno, unsigned pq)
{
    p9x_phb4_esb_load(rig->phb, (uint64_t)srcno << 16 | 0xC00 | pq << 8, 8);
}

static unsigned pq(PRig *rig, uint32_t srcno)
{
    return (unsigned)p9x_phb4_esb_load(rig->phb,
                                       (uint64_t)srcno << 16 | 0x800, 8);
}

/* rows: B8 */
static void test_an_msi_reaches_the_notify_port_once_per_eoi(void)
{
    PRig *rig = prig_booted();

    prig_give_msi(rig, 0x123, PRIG_PE);
    g_assert_true(prig_msi(rig, PRIG_RID, 0x123));
    g_assert_cmphex(rig->notify_addr, ==, PRIG_PORT);
    g_assert_cmphex(rig->notified[0], ==, data_of(0x123));
    g_assert_true(prig_msi(rig, PRIG_RID, 0x123));
    g_assert_true(prig_msi(rig, PRIG_RID, 0x123));
    g_assert_cmpuint(rig->nr_notified, ==, 1);
    eoi(rig, 0x123);
    g_assert_cmpuint(rig->nr_notified, ==, 2);
    eoi(rig, 0x123);
    g_assert_cmpuint(rig->nr_notified, ==, 2);
    g_assert_cmpuint(p9x_phb4_stat(rig->phb, P9X_PHB4_STAT_MSI), ==, 3);
    g_assert_cmpuint(p9x_phb4_stat(rig->phb, P9X_PHB4_STAT_NOTIFY), ==, 2);
    prig_free(rig);
}

static void test_an_msi_of_another_pe_freezes_its_sender(void)
{
    PRig *rig = prig_booted();
    uint64_t pesta;

    prig_give_msi(rig, 8, PRIG_PE + 1);
    g_assert_false(prig_msi(rig, PRIG_RID, 8));
    /* All that comes is the error interrupt. */
    g_assert_cmpuint(rig->nr_notified, ==, 1);
    g_assert_cmphex(rig->notified[0], ==, data_of(FIRST_LSI + 7));
    g_assert_cmpuint(pq(rig, 8), ==, 0);
    g_assert_cmphex(prig_load(rig, PHB_RXE_ARB_ERR), ==, P9X_BIT64(27));
    g_assert_cmphex(prig_load(rig, PHB_LEM_FIR_ACCUM), ==, P9X_BIT64(33));
    g_assert_cmpuint(p9x_phb4_frozen(rig->phb, PRIG_PE), ==, 3);
    g_assert_cmpuint(p9x_phb4_frozen(rig->phb, PRIG_PE + 1), ==, 0);
    pesta = prig_be64(rig, PRIG_PEST + PRIG_PE * 16);
    g_assert_cmpuint(p9x_get64(pesta, PESTA_TTYPE), ==, TTYPE_MSI);
    g_assert_cmpuint(p9x_get64(pesta, PESTA_RID), ==, PRIG_RID);
    g_assert_cmpuint(p9x_phb4_stat(rig->phb, P9X_PHB4_STAT_MSI_REFUSED), ==,
                     1);
    prig_free(rig);
}

static void test_a_message_can_not_name_an_lsi_or_nothing(void)
{
    PRig *rig = prig_booted();

    prig_store(rig, PHB_RXE_ARB_ERR + GRP_FENCE_ENABLE, 0);
    prig_store(rig, PHB_RXE_ARB_ERR + GRP_IRQ_ENABLE, 0);
    set_pq(rig, FIRST_LSI, 0);
    prig_give_msi(rig, FIRST_LSI, PRIG_PE);
    g_assert_false(prig_msi(rig, PRIG_RID, FIRST_LSI));
    g_assert_false(prig_msi(rig, PRIG_RID, NR));
    g_assert_false(p9x_phb4_dma_msi(rig->phb, PRIG_RID, UINT64_MAX,
                                    UINT32_MAX));
    g_assert_cmpuint(rig->nr_notified, ==, 0);
    g_assert_cmphex(prig_load(rig, PHB_RXE_ARB_ERR), ==, P9X_BIT64(3));
    prig_free(rig);
}

static void test_a_message_is_a_store_to_an_open_window(void)
{
    static const struct {
        uint64_t config, base, size;
    } window[] = {
        { PHB_CONFIG_32BIT_MSI, P9X_PHB4_MSI32_BASE, 0x10000 },
        { PHB_CONFIG_64BIT_MSI, P9X_PHB4_MSI64_BASE, 0x100000 }
    };
    PRig *rig = prig_booted();

    for (unsigned i = 0; i < G_N_ELEMENTS(window); i++) {
        uint64_t base = window[i].base, size = window[i].size;

        prig_store(rig, PHB_PHB4_CONFIG, window[i].config);
        g_assert_true(p9x_phb4_is_message(rig->phb, base));
        g_assert_true(p9x_phb4_is_message(rig->phb, base + size - 4));
        g_assert_false(p9x_phb4_is_message(rig->phb, base + size - 2));
        g_assert_false(p9x_phb4_is_message(rig->phb, base + size));
        g_assert_false(p9x_phb4_is_message(rig->phb, base - 4));
        g_assert_false(p9x_phb4_is_message(rig->phb, window[!i].base));
    }
    prig_free(rig);
}

/* rows: B2 */
static void test_the_mist_shows_and_sets_p_q_and_pe(void)
{
    PRig *rig = prig_booted();

    prig_give_msi(rig, 9, 0x1A5);
    g_assert_cmphex(prig_table(rig, TBL_MIST, 2), ==,
                    UINT64_C(0x000001A500000000));
    prig_set_rte(rig, PRIG_RID, 0x1A5);
    g_assert_true(prig_msi(rig, PRIG_RID, 9));
    g_assert_true(prig_msi(rig, PRIG_RID, 9));
    g_assert_cmphex(prig_table(rig, TBL_MIST, 2), ==,
                    UINT64_C(0x0000C1A500000000));
    /* All four at once if none is chosen */
    prig_set_table(rig, TBL_MIST, 2, UINT64_C(0x4001800240038004));
    g_assert_cmpuint(pq(rig, 8), ==, 1);
    g_assert_cmpuint(pq(rig, 9), ==, 2);
    g_assert_cmphex(prig_table(rig, TBL_MIST, 2), ==,
                    UINT64_C(0x4001800240038004));
    prig_give_msi(rig, 10, 7);
    g_assert_cmphex(prig_table(rig, TBL_MIST, 2), ==,
                    UINT64_C(0x4001800200078004));
    g_assert_cmpuint(rig->nr_notified, ==, 1);
    prig_free(rig);
}

static void test_the_list_shows_and_sets_the_lsis(void)
{
    PRig *rig = prig_booted();

    g_assert_cmphex(prig_table(rig, TBL_LIST, 2), ==, 0);
    p9x_phb4_intx(rig->phb, 2, true);
    g_assert_cmphex(prig_table(rig, TBL_LIST, 2), ==, LIST_P | LIST_STATE);
    p9x_phb4_intx(rig->phb, 2, false);
    g_assert_cmphex(prig_table(rig, TBL_LIST, 2), ==, LIST_P);
    prig_set_table(rig, TBL_LIST, 2, 0);
    g_assert_cmphex(prig_table(rig, TBL_LIST, 2), ==, 0);
    prig_set_table(rig, TBL_LIST, 2, LIST_P | LIST_Q);
    g_assert_cmphex(prig_table(rig, TBL_LIST, 2), ==, LIST_P);
    prig_free(rig);
}

/* rows: E10 */
static void test_an_lsi_comes_again_until_its_level_falls(void)
{
    PRig *rig = prig_booted();

    for (unsigned pin = 0; pin < 4; pin++) {
        rig->nr_notified = 0;
        p9x_phb4_intx(rig->phb, pin, true);
        p9x_phb4_intx(rig->phb, pin, true);
        g_assert_cmpuint(rig->nr_notified, ==, 1);
        g_assert_cmphex(rig->notified[0], ==, data_of(FIRST_LSI + pin));
        eoi(rig, FIRST_LSI + pin);
        g_assert_cmpuint(rig->nr_notified, ==, 2);
        p9x_phb4_intx(rig->phb, pin, false);
        eoi(rig, FIRST_LSI + pin);
        g_assert_cmpuint(rig->nr_notified, ==, 2);
    }
    p9x_phb4_intx(rig->phb, 4, true);
    p9x_phb4_intx(rig->phb, UINT32_MAX, true);
    g_assert_cmpuint(rig->nr_notified, ==, 2);
    prig_free(rig);
}

/* rows: B9 */
static void test_the_lsis_move_with_their_levels(void)
{
    PRig *rig = prig_booted();

    p9x_phb4_intx(rig->phb, 1, true);
    g_assert_cmpuint(rig->nr_notified, ==, 1);
    for (unsigned i = 0; i < 8; i++) {
        set_pq(rig, 0x400 + i, 0);
    }
    prig_store(rig, PHB_LSI_SOURCE_ID, p9x_set64(0, PHB_LSI_SRC_ID, 0x80));
    g_assert_cmpuint(rig->nr_notified, ==, 2);
    g_assert_cmphex(rig->notified[1], ==, data_of(0x401));
    /* The old place is MSIs now. */
    prig_give_msi(rig, FIRST_LSI + 1, PRIG_PE);
    g_assert_true(prig_msi(rig, PRIG_RID, FIRST_LSI + 1));
    g_assert_cmpuint(rig->nr_notified, ==, 3);
    prig_free(rig);
}

static void test_pages_are_as_big_as_firmware_wants(void)
{
    PRig *rig = prig_booted();

    prig_give_msi(rig, 3, PRIG_PE);
    prig_store(rig, PHB_CTRLR, PHB_CTRLR_STORE_EOI);
    p9x_phb4_esb_store(rig->phb, 3 << 12, 8, 0);
    g_assert_cmpuint(rig->nr_notified, ==, 1);
    p9x_phb4_esb_store(rig->phb, 3 << 12, 8, 0);
    p9x_phb4_esb_store(rig->phb, 3 << 12 | 0x400, 8, 0);
    g_assert_cmpuint(rig->nr_notified, ==, 2);
    prig_store(rig, PHB_CTRLR, PHB_CTRLR_PGSZ_64K);
    g_assert_cmpuint(pq(rig, 3), ==, 2);
    p9x_phb4_esb_store(rig->phb, 3 << 16, 8, 0);
    p9x_phb4_esb_store(rig->phb, 3 << 16 | 0x400, 8, 0);
    g_assert_cmpuint(pq(rig, 3), ==, 3);
    g_assert_cmpuint(rig->nr_notified, ==, 2);
    prig_free(rig);
}

static void test_an_event_without_a_port_is_an_error(void)
{
    PRig *rig = prig_booted();

    prig_give_msi(rig, 3, PRIG_PE);
    rig->refuse_notify = true;
    g_assert_true(prig_msi(rig, PRIG_RID, 3));
    g_assert_cmpuint(prig_errors(rig), ==, 1);
    prig_free(rig);
}

/* rows: B8 */
static void test_a_phb5_can_leave_pq_to_the_ic(void)
{
    const P9xPhb4Config config = {
        .big = true, .phb5 = true, .max_width = 8, .max_speed = 5
    };
    PRig *rig = prig_new_config(&config);

    prig_boot(rig);
    prig_give_msi(rig, 3, PRIG_PE);
    prig_store(rig, PHB_CTRLR, PHB_CTRLR_PGSZ_64K | PHB_CTRLR_PQ_DISABLE);
    g_assert_true(prig_msi(rig, PRIG_RID, 3));
    g_assert_true(prig_msi(rig, PRIG_RID, 3));
    g_assert_cmpuint(rig->nr_notified, ==, 2);
    g_assert_cmphex(rig->notified[0], ==, PRIG_INDEX | 3);
    /* Address-based trigger: MSIs plainly, LSIs past the IC's PQ */
    prig_store(rig, PHB_CTRLR, PHB_CTRLR_PGSZ_64K | PHB_CTRLR_PQ_DISABLE |
               PHB_CTRLR_ABT_MODE);
    prig_store(rig, PHB_INT_NOTIFY_ADDR, PHB_NOTIFY_64K | IC_ESB);
    prig_msi(rig, PRIG_RID, 3);
    g_assert_cmphex(rig->notify_addr, ==, IC_ESB + 3 * 0x20000 + 0x10000);
    g_assert_cmphex(rig->notified[2], ==, 0);
    p9x_phb4_intx(rig->phb, 0, true);
    g_assert_cmphex(rig->notify_addr, ==, IC_ESB + FIRST_LSI * 0x20000u +
                    0x10000 + 0x800);
    prig_store(rig, PHB_INT_NOTIFY_ADDR, IC_ESB);
    prig_msi(rig, PRIG_RID, 3);
    g_assert_cmphex(rig->notify_addr, ==, IC_ESB + 3 * 0x2000 + 0x1000);
    prig_free(rig);
}

/* rows: B8 */
static void test_a_phb4_has_no_such_bits(void)
{
    PRig *rig = prig_booted();

    prig_give_msi(rig, 3, PRIG_PE);
    prig_store(rig, PHB_CTRLR, PHB_CTRLR_PGSZ_64K | PHB_CTRLR_PQ_DISABLE |
               PHB_CTRLR_ABT_MODE);
    prig_msi(rig, PRIG_RID, 3);
    prig_msi(rig, PRIG_RID, 3);
    g_assert_cmpuint(rig->nr_notified, ==, 1);
    g_assert_cmphex(rig->notified[0], ==, data_of(3));
    prig_free(rig);
}

static void test_firmware_turns_the_msi_windows_on(void)
{
    PRig *rig = prig_new();
    P9xPhb4Window window;
    unsigned calls = rig->window_calls;

    for (unsigned wide = 0; wide < 2; wide++) {
        p9x_phb4_msi_window(rig->phb, wide, &window);
        g_assert_cmphex(window.size, ==, 0);
    }
    prig_store(rig, PHB_PHB4_CONFIG, PHB_CONFIG_32BIT_MSI |
               PHB_CONFIG_64BIT_MSI);
    g_assert_cmpuint(rig->window_calls, >, calls);
    p9x_phb4_msi_window(rig->phb, false, &window);
    g_assert_cmphex(window.base, ==, 0xFFFF0000);
    g_assert_cmphex(window.size, ==, 0x10000);
    p9x_phb4_msi_window(rig->phb, true, &window);
    g_assert_cmphex(window.base, ==, UINT64_C(1) << 60);
    g_assert_cmphex(window.size, ==, 0x100000);
    g_assert_nonnull(p9x_phb4_source(rig->phb));
    prig_free(rig);
}

static const TestRow rows[] = {
    TEST(an_msi_reaches_the_notify_port_once_per_eoi),
    TEST(an_msi_of_another_pe_freezes_its_sender),
    TEST(a_message_can_not_name_an_lsi_or_nothing),
    TEST(a_message_is_a_store_to_an_open_window),
    TEST(the_mist_shows_and_sets_p_q_and_pe),
    TEST(the_list_shows_and_sets_the_lsis),
    TEST(an_lsi_comes_again_until_its_level_falls),
    TEST(the_lsis_move_with_their_levels),
    TEST(pages_are_as_big_as_firmware_wants),
    TEST(an_event_without_a_port_is_an_error),
    TEST(a_phb5_can_leave_pq_to_the_ic),
    TEST(a_phb4_has_no_such_bits),
    TEST(firmware_turns_the_msi_windows_on),
};

int main(int argc, char **argv)
{
    return RUN_TESTS(argc, argv, "phb4-irq", rows);
}
