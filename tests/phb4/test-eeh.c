/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Errors: freezing, injection, interrupts, the fence, and getting out of it. */
#include "fixture-phb4.h"

enum { NR_LSIS_FIRST = 4096 - 8 };

#define NFIR_SOFTWARE   UINT64_C(0x0000002000000000)    /* skiboot's fence */

/* Turns the error interrupt on and forgets what was sent. */
static void open_error_lsi(PRig *rig)
{
    p9x_phb4_esb_load(rig->phb, (uint64_t)(NR_LSIS_FIRST + 7) << 16 | 0xC00,
                      8);
    rig->nr_notified = 0;
}

static uint64_t peev(PRig *rig, unsigned pe)
{
    return prig_table(rig, TBL_PEEV, pe / 64) & P9X_BIT64(pe % 64);
}

static void test_a_dma_fault_looks_as_it_does_on_machines(void)
{
    PRig *rig = prig_booted();
    unsigned flushes;

    prig_tce_window(rig, PRIG_PE);
    open_error_lsi(rig);
    flushes = rig->flushes;
    g_assert_false(prig_dma(rig, 0x50000, P9X_PHB4_DMA_WRITE));
    /* PHB4 diagnostic data of a page fault: LEM 0x80, PEST bits, groups. */
    g_assert_cmphex(prig_load(rig, PHB_LEM_FIR_ACCUM), ==, 0x80);
    g_assert_cmphex(prig_load(rig, PHB_LEM_WOF), ==, 0x80);
    g_assert_cmphex(prig_load(rig, PHB_ERR), ==,
                    UINT64_C(0x0000020000000000));
    g_assert_cmphex(prig_load(rig, PHB_RXE_TCE_ERR), ==,
                    UINT64_C(0x4000000000000000));
    g_assert_cmphex(prig_load(rig, PHB_RXE_TCE_ERR + GRP_LOG_0), ==,
                    UINT64_C(0x4000000000000000) | PRIG_PE);
    g_assert_cmphex(prig_load(rig, PHB_CPU_LOADSTORE_STATUS), ==,
                    UINT64_C(0x0000001C00000000));
    g_assert_cmphex(prig_load(rig, PHB_DMA_CHAN_STATUS), ==,
                    UINT64_C(0x0000001C00000000));
    g_assert_cmphex(prig_be64(rig, PRIG_PEST + PRIG_PE * 16), ==,
                    UINT64_C(0x8000B03800000000) | PRIG_RID << 16);
    g_assert_cmphex(prig_be64(rig, PRIG_PEST + PRIG_PE * 16 + 8), ==,
                    UINT64_C(0x8000000000050000));
    {
        P9xPhb4Window window;

        p9x_phb4_window(rig->phb, P9X_PHB4_WIN_MBT, &window);
        g_assert_false(window.direct);
        g_assert_cmpuint(rig->flushes, ==, flushes + 1);
        g_assert_cmpuint(rig->flush.pe, ==, PRIG_PE);
    }
    /* skiboot hears of it by LSI 7 and finds it by the PEEV. */
    g_assert_cmpuint(rig->nr_notified, ==, 1);
    g_assert_cmphex(rig->notified[0], ==, NOTIFY_PQ_CHECKED | PRIG_INDEX |
                    (NR_LSIS_FIRST + 7));
    g_assert_cmphex(peev(rig, PRIG_PE), !=, 0);
    g_assert_cmphex(prig_table(rig, TBL_PESTA, PRIG_PE), ==, PEST_FROZEN);
    g_assert_cmphex(prig_table(rig, TBL_PESTB, PRIG_PE), ==, PEST_FROZEN);
    g_assert_cmphex(prig_load(rig, PHB_ETU_ERR_SUMMARY), ==,
                    P9X_BIT64(0) | P9X_BIT64(4));
    prig_free(rig);
}

static void test_a_frozen_pe_is_silent_until_it_is_unfrozen(void)
{
    PRig *rig = prig_booted();

    prig_tce_window(rig, PRIG_PE);
    prig_set_tce(rig, PRIG_TCE, 2, 0x1230003);
    prig_give_msi(rig, 8, PRIG_PE);
    prig_set_table(rig, TBL_PESTB, PRIG_PE, PEST_FROZEN);
    g_assert_cmpuint(p9x_phb4_frozen(rig->phb, PRIG_PE), ==,
                     P9X_PHB4_FROZEN_DMA);
    g_assert_false(prig_dma(rig, 0x20000, P9X_PHB4_DMA_READ));
    g_assert_false(prig_msi(rig, PRIG_RID, 8));
    g_assert_cmpuint(rig->nr_notified, ==, 0);
    g_assert_cmphex(peev(rig, PRIG_PE), !=, 0);
    prig_set_table(rig, TBL_PESTB, PRIG_PE, 0);
    g_assert_cmphex(peev(rig, PRIG_PE), ==, 0);
    g_assert_true(prig_dma(rig, 0x20000, P9X_PHB4_DMA_READ));
    g_assert_true(prig_msi(rig, PRIG_RID, 8));
    g_assert_cmpuint(rig->nr_notified, ==, 1);
    /* Being silent is no new error. */
    g_assert_cmphex(prig_load(rig, PHB_ETU_ERR_SUMMARY), ==, 0);
    g_assert_cmpuint(prig_errors(rig), ==, 0);
    prig_free(rig);
}

static void test_the_first_error_of_a_pe_is_the_one_in_memory(void)
{
    PRig *rig = prig_booted();
    uint64_t first;

    prig_set_table(rig, TBL_PESTA, PRIG_PE, 0);
    prig_dma(rig, 0x50000, P9X_PHB4_DMA_READ);
    first = prig_be64(rig, PRIG_PEST + PRIG_PE * 16);
    g_assert_cmphex(first, !=, 0);
    prig_dma(rig, 0x60000, P9X_PHB4_DMA_WRITE);
    /* Half unfrozen: still the first one */
    prig_set_table(rig, TBL_PESTB, PRIG_PE, 0);
    prig_dma(rig, 0x60000, P9X_PHB4_DMA_WRITE);
    g_assert_cmphex(prig_be64(rig, PRIG_PEST + PRIG_PE * 16), ==, first);
    g_assert_cmpuint(p9x_phb4_frozen(rig->phb, PRIG_PE), ==, 3);
    prig_free(rig);
}

static void test_a_freeze_takes_the_pes_of_the_pelt_v_with_it(void)
{
    PRig *rig = prig_booted();
    uint8_t *row = rig->host.ram + PRIG_PELTV + PRIG_PE * 64;

    row[PRIG_PE / 8] |= P9X_BIT8(PRIG_PE % 8);
    row[0] |= P9X_BIT8(6);
    row[63] |= P9X_BIT8(7);
    prig_dma(rig, 0, P9X_PHB4_DMA_READ);
    g_assert_cmpuint(p9x_phb4_frozen(rig->phb, PRIG_PE), ==, 3);
    g_assert_cmpuint(p9x_phb4_frozen(rig->phb, 6), ==, 3);
    g_assert_cmpuint(p9x_phb4_frozen(rig->phb, 511), ==, 3);
    g_assert_cmpuint(p9x_phb4_frozen(rig->phb, 7), ==, 0);
    g_assert_cmphex(prig_be64(rig, PRIG_PEST + 6 * 16), ==, PEST_FROZEN);
    /* PE 0 is a PE. */
    prig_set_rte(rig, PRIG_RID, 0);
    prig_dma(rig, 0, P9X_PHB4_DMA_READ);
    g_assert_cmpuint(p9x_phb4_frozen(rig->phb, 0), ==, 3);
    prig_unfreeze(rig, 0);
    g_assert_cmpuint(p9x_phb4_stat(rig->phb, P9X_PHB4_STAT_FREEZE), ==, 4);
    prig_free(rig);
}

static void test_missing_tables_are_errors_of_their_own(void)
{
    PRig *rig = prig_booted();

    prig_store(rig, PHB_RXE_ARB_ERR + GRP_FENCE_ENABLE, 0);
    prig_store(rig, PHB_RXE_MRG_ERR + GRP_FENCE_ENABLE, 0);
    prig_store(rig, PHB_PELTV_BAR, 0);
    prig_store(rig, PHB_PEST_BAR, 0);
    prig_dma(rig, 0, P9X_PHB4_DMA_READ);
    g_assert_cmpuint(p9x_phb4_frozen(rig->phb, PRIG_PE), ==, 3);
    g_assert_cmphex(prig_load(rig, PHB_RXE_ARB_ERR) & P9X_BIT64(32), !=, 0);
    g_assert_cmphex(prig_load(rig, PHB_RXE_MRG_ERR), ==, P9X_BIT64(51));
    prig_unfreeze(rig, PRIG_PE);
    prig_store(rig, PHB_PEST_BAR, HOST_HOLE | PHB_BAR_ENABLE);
    prig_store(rig, PHB_PELTV_BAR, HOST_HOLE | PHB_BAR_ENABLE);
    prig_dma(rig, 0, P9X_PHB4_DMA_READ);
    g_assert_cmpuint(p9x_phb4_frozen(rig->phb, PRIG_PE), ==, 3);
    prig_free(rig);
}

static void test_a_scan_of_an_empty_slot_freezes_the_pe_it_names(void)
{
    PRig *rig = prig_booted();
    uint64_t pesta;

    open_error_lsi(rig);
    g_assert_cmphex(prig_config_load(rig, 0x0108, 511, 0, 4), ==, UINT32_MAX);
    g_assert_cmpuint(p9x_phb4_frozen(rig->phb, 511), ==, 3);
    g_assert_cmphex(prig_load(rig, PHB_RXE_ARB_ERR), ==, P9X_BIT64(1));
    g_assert_cmpuint(p9x_get64(prig_load(rig, PHB_CONFIG_ADDRESS),
                               PHB_CA_STATUS), ==, PHB_CA_STATUS_UR);
    pesta = prig_be64(rig, PRIG_PEST + 511 * 16);
    g_assert_cmphex(pesta & PESTA_UR, !=, 0);
    g_assert_cmpuint(p9x_get64(pesta, PESTA_TTYPE), ==, TTYPE_MMIO_LOAD);
    g_assert_cmpuint(p9x_get64(pesta, PESTA_RID), ==, 0x0108);
    g_assert_cmpuint(rig->nr_notified, ==, 1);
    g_assert_cmpuint(prig_errors(rig), ==, 0);
    /* The device of another PE does not mind. */
    g_assert_cmphex(prig_config_load(rig, PRIG_RID, PRIG_PE, 0, 2), ==,
                    0x8086);
    g_assert_cmpuint(p9x_get64(prig_load(rig, PHB_CONFIG_ADDRESS),
                               PHB_CA_STATUS), ==, PHB_CA_STATUS_GOOD);
    prig_free(rig);
}

static void test_a_store_to_no_function_freezes_nothing(void)
{
    PRig *rig = prig_booted();

    prig_config_store(rig, 0x0108, 511, 0x10, 4, 0);
    g_assert_cmphex(prig_load(rig, PHB_TXE_ERR), ==, P9X_BIT64(17));
    g_assert_cmphex(prig_load(rig, PHB_LEM_FIR_ACCUM), ==, P9X_BIT64(12));
    g_assert_cmpuint(p9x_phb4_frozen(rig->phb, 511), ==, 0);
    /* The root complex is not on the link. */
    g_assert_cmphex(prig_config_load(rig, 0, 511, 0, 4), ==, UINT32_MAX);
    prig_config_store(rig, 0, 511, 0, 4, 0);
    g_assert_cmphex(rig->rc[0], ==, 0x14);
    prig_free(rig);
}

static void test_a_frozen_pe_can_have_its_config_space_blocked(void)
{
    PRig *rig = prig_booted();

    prig_set_table(rig, TBL_PESTA, PRIG_PE, PEST_FROZEN);
    g_assert_cmphex(prig_config_load(rig, PRIG_RID, PRIG_PE, 0, 2), ==,
                    0x8086);
    prig_store(rig, PHB_CTRLR, PHB_CTRLR_PGSZ_64K | PHB_CTRLR_CFG_EEH_BLOCK);
    g_assert_cmphex(prig_config_load(rig, PRIG_RID, PRIG_PE, 0, 2), ==,
                    0xFFFF);
    prig_config_store(rig, PRIG_RID, PRIG_PE, 4, 2, 0x1234);
    g_assert_cmphex(rig->device[4], ==, 0);
    prig_free(rig);
}

/* ---- injection ---- */

static void test_an_injected_config_error_freezes_once(void)
{
    PRig *rig = prig_booted();
    uint64_t addr = p9x_set64(0, PHB_INJ_CONFIG_RID, PRIG_RID);

    prig_arm(rig, PHB_INJ_CONFIG | PHB_INJ_READ, addr, PHB_INJ_CONFIG_RID);
    /* Another function, or a store, is not it. */
    prig_config_store(rig, PRIG_RID, PRIG_PE, 4, 2, 0);
    prig_config_load(rig, 0x0108, 511, 0, 4);
    g_assert_cmpuint(p9x_phb4_frozen(rig->phb, PRIG_PE), ==, 0);
    g_assert_cmphex(prig_config_load(rig, PRIG_RID, PRIG_PE, 0, 2), ==,
                    0xFFFF);
    g_assert_cmpuint(p9x_phb4_frozen(rig->phb, PRIG_PE), ==, 3);
    g_assert_cmphex(prig_load(rig, PHB_TXE_ERR), ==, P9X_BIT64(28));
    /* The load of a device's config space, which was not refused. */
    g_assert_cmphex(prig_be64(rig, PRIG_PEST + PRIG_PE * 16), ==,
                    UINT64_C(0xB400000301000000));
    g_assert_cmphex(prig_load(rig, PHB_PAPR_ERR_INJ_CTL), ==, 0);
    prig_unfreeze(rig, PRIG_PE);
    g_assert_cmphex(prig_config_load(rig, PRIG_RID, PRIG_PE, 0, 2), ==,
                    0x8086);
    /* A whole bus, stores, until further notice */
    prig_arm(rig, PHB_INJ_CONFIG | PHB_INJ_WRITE | PHB_INJ_STICKY, addr,
             P9X_MASK64(4, 11));
    for (unsigned i = 0; i < 3; i++) {
        prig_config_store(rig, PRIG_RID, PRIG_PE, 4, 2, 0x55);
        g_assert_cmpuint(p9x_phb4_frozen(rig->phb, PRIG_PE), ==, 3);
        prig_unfreeze(rig, PRIG_PE);
    }
    g_assert_cmphex(rig->device[4], ==, 0);
    prig_free(rig);
}

static void test_an_injected_dma_error_freezes(void)
{
    PRig *rig = prig_booted();

    prig_tce_window(rig, PRIG_PE);
    prig_set_tce(rig, PRIG_TCE, 2, 0x1230003);
    prig_arm(rig, PHB_INJ_INBOUND | PHB_INJ_WRITE, 0x20000,
             PHB_INJ_ADDR & ~UINT64_C(0xFFFF));
    g_assert_true(prig_dma(rig, 0x20008, P9X_PHB4_DMA_PROBE));
    g_assert_true(prig_dma(rig, 0x20008, P9X_PHB4_DMA_READ));
    g_assert_false(prig_dma(rig, 0x20008, P9X_PHB4_DMA_WRITE));
    g_assert_cmphex(prig_load(rig, PHB_RXE_ARB_ERR), ==, P9X_BIT64(39));
    g_assert_cmphex(prig_load(rig, PHB_LEM_FIR_ACCUM), ==, P9X_BIT64(39));
    g_assert_cmpuint(p9x_phb4_frozen(rig->phb, PRIG_PE), ==, 3);
    prig_free(rig);
}

static void test_an_injected_mmio_error_freezes(void)
{
    PRig *rig = prig_booted();
    P9xPhb4Window window;
    uint8_t byte = 0;

    p9x_phb4_window(rig->phb, P9X_PHB4_WIN_MBT, &window);
    g_assert_true(window.direct);
    rig->bar[0x10] = 0x77;
    prig_arm(rig, PHB_INJ_OUTBOUND | PHB_INJ_READ, PRIG_M32_PCI + 0x10,
             PHB_INJ_ADDR);
    p9x_phb4_window(rig->phb, P9X_PHB4_WIN_MBT, &window);
    g_assert_false(window.direct);
    p9x_phb4_mmio_load(rig->phb, 1, 0x11, &byte, 1);
    g_assert_cmphex(byte, ==, 0);
    p9x_phb4_mmio_load(rig->phb, 1, 0x10, &byte, 1);
    g_assert_cmphex(byte, ==, 0xFF);
    g_assert_cmphex(prig_load(rig, PHB_TXE_ERR), ==, P9X_BIT64(30));
    g_assert_cmpuint(p9x_phb4_frozen(rig->phb, PRIG_PE), ==, 3);
    prig_unfreeze(rig, PRIG_PE);
    p9x_phb4_window(rig->phb, P9X_PHB4_WIN_MBT, &window);
    g_assert_true(window.direct);
    prig_free(rig);
}

static void test_each_group_takes_injected_errors(void)
{
    static const struct {
        uint16_t base;
        uint8_t lem, last;
    } group[] = {
        { PHB_ERR, 26, 39 }, { PHB_TXE_ERR, 10, 59 },
        { PHB_RXE_ARB_ERR, 40, 63 }, { PHB_RXE_MRG_ERR, 48, 63 },
        { PHB_RXE_TCE_ERR, 59, 35 }
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(group); i++) {
        PRig *rig = prig_booted();
        uint64_t last = P9X_BIT64(group[i].last);

        prig_store(rig, group[i].base + GRP_FENCE_ENABLE, 0);
        prig_store(rig, group[i].base + GRP_LEM_ENABLE, UINT64_MAX);
        /* What lies behind the last one is no error. */
        prig_store(rig, group[i].base + GRP_INJECT, last | (last - 1));
        g_assert_cmphex(prig_load(rig, group[i].base + GRP_STATUS), ==, last);
        g_assert_cmphex(prig_load(rig, group[i].base + GRP_FIRST), ==, last);
        g_assert_cmphex(prig_load(rig, group[i].base + GRP_INJECT), ==, 0);
        g_assert_cmphex(prig_load(rig, PHB_LEM_FIR_ACCUM), ==,
                        P9X_BIT64(group[i].lem));
        /* The second one is not the first. */
        prig_store(rig, group[i].base + GRP_INJECT, last << 1);
        g_assert_cmphex(prig_load(rig, group[i].base + GRP_FIRST), ==, last);
        /* Any store clears it. */
        prig_store(rig, group[i].base + GRP_FIRST, UINT64_MAX);
        g_assert_cmphex(prig_load(rig, group[i].base + GRP_FIRST), ==, 0);
        g_assert_cmphex(prig_load(rig, PHB_LEM_WOF), ==,
                        P9X_BIT64(group[i].lem));
        prig_store(rig, PHB_LEM_WOF, UINT64_MAX);
        g_assert_cmphex(prig_load(rig, PHB_LEM_WOF), ==, 0);
        prig_free(rig);
    }
}

static void test_an_injected_error_freezes_the_pe_that_is_set_up(void)
{
    PRig *rig = prig_booted();

    prig_config_load(rig, PRIG_RID, PRIG_PE, 0, 4);
    prig_store(rig, PHB_RXE_ARB_ERR + GRP_INJECT, P9X_BIT64(27));
    g_assert_cmpuint(p9x_phb4_frozen(rig->phb, PRIG_PE), ==, 3);
    prig_free(rig);
}

static void test_masked_errors_do_nothing(void)
{
    PRig *rig = prig_booted();

    prig_store(rig, PHB_RXE_ARB_ERR + GRP_STATUS_MASK, P9X_BIT64(26));
    prig_store(rig, PHB_RXE_ARB_ERR + GRP_FIRST_MASK, P9X_BIT64(27));
    prig_dma(rig, 0, P9X_PHB4_DMA_READ);
    g_assert_cmphex(prig_load(rig, PHB_RXE_ARB_ERR), ==, 0);
    g_assert_cmpuint(p9x_phb4_frozen(rig->phb, PRIG_PE), ==, 0);
    prig_store(rig, PHB_RXE_ARB_ERR + GRP_INJECT, P9X_BIT64(27));
    g_assert_cmphex(prig_load(rig, PHB_RXE_ARB_ERR), ==, P9X_BIT64(27));
    g_assert_cmphex(prig_load(rig, PHB_RXE_ARB_ERR + GRP_FIRST), ==, 0);
    /* Without enables an error is only noted. */
    prig_unfreeze(rig, PRIG_PE);
    prig_store(rig, PHB_LEM_FIR_ACCUM, 0);
    prig_store(rig, PHB_LEM_WOF, 0);
    prig_store(rig, PHB_RXE_ARB_ERR + GRP_LEM_ENABLE, 0);
    prig_store(rig, PHB_RXE_ARB_ERR + GRP_FREEZE_ENABLE, 0);
    prig_store(rig, PHB_RXE_ARB_ERR + GRP_INJECT, P9X_BIT64(28));
    g_assert_cmphex(prig_load(rig, PHB_LEM_FIR_ACCUM), ==, 0);
    g_assert_cmpuint(p9x_phb4_frozen(rig->phb, PRIG_PE), ==, 0);
    /* A masked LEM bit is not the first one. */
    prig_store(rig, PHB_LEM_ERROR_MASK, UINT64_MAX);
    prig_store(rig, PHB_RXE_MRG_ERR + GRP_FENCE_ENABLE, 0);
    prig_store(rig, PHB_RXE_MRG_ERR + GRP_INJECT, P9X_BIT64(17));
    g_assert_cmphex(prig_load(rig, PHB_LEM_WOF), ==, 0);
    g_assert_cmphex(prig_load(rig, PHB_LEM_FIR_ACCUM), !=, 0);
    prig_free(rig);
}

/* ---- interrupts ---- */

static void test_the_error_interrupt_is_a_level(void)
{
    PRig *rig = prig_booted();
    uint64_t esb = (uint64_t)(NR_LSIS_FIRST + 7) << 16;

    open_error_lsi(rig);
    prig_store(rig, PHB_RXE_TCE_ERR + GRP_INJECT, P9X_BIT64(1));
    g_assert_cmpuint(rig->nr_notified, ==, 1);
    /* EOI with the level up: again.  skiboot takes the enable away. */
    p9x_phb4_esb_load(rig->phb, esb, 8);
    g_assert_cmpuint(rig->nr_notified, ==, 2);
    prig_store(rig, PHB_RXE_TCE_ERR + GRP_IRQ_ENABLE, 0);
    p9x_phb4_esb_load(rig->phb, esb, 8);
    g_assert_cmpuint(rig->nr_notified, ==, 2);
    prig_store(rig, PHB_RXE_TCE_ERR + GRP_IRQ_ENABLE, UINT64_MAX);
    g_assert_cmpuint(rig->nr_notified, ==, 3);
    prig_store(rig, PHB_RXE_TCE_ERR, UINT64_MAX);
    p9x_phb4_esb_load(rig->phb, esb, 8);
    g_assert_cmpuint(rig->nr_notified, ==, 3);
    prig_free(rig);
}

static void test_information_has_an_interrupt_of_its_own(void)
{
    PRig *rig = prig_booted();

    p9x_phb4_esb_load(rig->phb, (uint64_t)(NR_LSIS_FIRST + 6) << 16 | 0xC00,
                      8);
    open_error_lsi(rig);
    prig_store(rig, PHB_REGB_ERR + GRP_INJECT, P9X_BIT64(2));
    g_assert_cmphex(prig_load(rig, PHB_ERR), ==, P9X_BIT64(24));
    g_assert_cmpuint(rig->nr_notified, ==, 1);
    g_assert_cmphex(rig->notified[0] & 0xFFFF, ==, NR_LSIS_FIRST + 6);
    prig_free(rig);
}

/* ---- the fence ---- */

static void test_a_fatal_error_of_the_core_fences(void)
{
    PRig *rig = prig_booted();
    P9xPhb4Window window;

    prig_store(rig, PHB_PBL_ERR + GRP_INJECT, P9X_BIT64(24));
    g_assert_true(p9x_phb4_is_fenced(rig->phb));
    g_assert_cmphex(prig_load(rig, PHB_CPU_LOADSTORE_STATUS), ==, UINT64_MAX);
    prig_store(rig, PHB_CTRLR, 0);
    g_assert_cmphex(prig_etu(rig, PHB_CTRLR), ==, PHB_CTRLR_PGSZ_64K);
    g_assert_cmphex(prig_etu(rig, PHB_PBL_ERR), ==, P9X_BIT64(24));
    g_assert_cmphex(prig_etu(rig, PHB_ERR), ==, P9X_BIT64(26));
    g_assert_cmphex(p9x_phb4_xscom_load(rig->phb, P9X_PHB4_XSCOM_NEST,
                                        NEST_FIR), ==, P9X_BIT64(16));
    g_assert_cmphex(p9x_phb4_xscom_load(rig->phb, P9X_PHB4_XSCOM_PCI,
                                        NEST_FIR), ==, P9X_BIT64(2));
    g_assert_cmphex(p9x_phb4_xscom_load(rig->phb, P9X_PHB4_XSCOM_NEST,
                                        NEST_FIR_WOF), ==, P9X_BIT64(16));
    p9x_phb4_window(rig->phb, P9X_PHB4_WIN_MBT, &window);
    g_assert_false(window.direct);
    g_assert_cmphex(p9x_phb4_esb_load(rig->phb, 0x800, 8), ==, UINT64_MAX);
    g_assert_false(prig_dma(rig, 0, P9X_PHB4_DMA_READ));
    g_assert_false(prig_msi(rig, PRIG_RID, 0));
    p9x_phb4_mmio_unclaimed(rig->phb, PRIG_M32_PCI, false);
    g_assert_cmpuint(p9x_phb4_frozen(rig->phb, PRIG_PE), ==, 0);
    p9x_phb4_xscom_store(rig->phb, P9X_PHB4_XSCOM_NEST, NEST_FIR_SET,
                         NFIR_SOFTWARE);
    g_assert_cmpuint(p9x_phb4_stat(rig->phb, P9X_PHB4_STAT_FENCE), ==, 1);
    prig_free(rig);
}

static void nest_store(PRig *rig, unsigned reg, uint64_t value)
{
    p9x_phb4_xscom_store(rig->phb, P9X_PHB4_XSCOM_NEST, reg, value);
}

static void test_fir_bits_fence_unless_they_are_masked(void)
{
    PRig *rig = prig_booted();

    nest_store(rig, NEST_FIR_SET, P9X_BIT64(10));       /* masked at reset */
    g_assert_false(p9x_phb4_is_fenced(rig->phb));
    nest_store(rig, NEST_FIR_MSKC, ~P9X_BIT64(10));
    g_assert_true(p9x_phb4_is_fenced(rig->phb));
    nest_store(rig, NEST_FIR_MSKS, P9X_BIT64(10));
    g_assert_false(p9x_phb4_is_fenced(rig->phb));
    nest_store(rig, NEST_FIR_SET, NFIR_SOFTWARE);
    g_assert_true(p9x_phb4_is_fenced(rig->phb));
    nest_store(rig, NEST_FIR_CLR, ~NFIR_SOFTWARE);
    g_assert_false(p9x_phb4_is_fenced(rig->phb));
    nest_store(rig, NEST_FIR_WOF, 1);
    g_assert_cmphex(p9x_phb4_xscom_load(rig->phb, P9X_PHB4_XSCOM_NEST,
                                        NEST_FIR_WOF), ==, 0);
    nest_store(rig, NEST_FIR_SET, UINT64_MAX);
    nest_store(rig, NEST_FIR_MSK, UINT64_MAX);
    g_assert_cmphex(p9x_phb4_xscom_load(rig->phb, P9X_PHB4_XSCOM_NEST,
                                        NEST_FIR), ==, P9X_MASK64(0, 29));
    g_assert_false(p9x_phb4_is_fenced(rig->phb));
    prig_free(rig);
}

/* skiboot's complete reset, from the fence to a working device. */
static void test_a_complete_reset_gets_out_of_a_fence(void)
{
    PRig *rig = prig_booted();
    P9xPhb4 *phb = rig->phb;
    unsigned resets = rig->device_resets;

    prig_dma(rig, 0, P9X_PHB4_DMA_READ);
    nest_store(rig, NEST_FIR_SET, NFIR_SOFTWARE);
    g_assert_true(p9x_phb4_is_fenced(phb));
    p9x_phb4_xscom_store(phb, P9X_PHB4_XSCOM_PCI, PCI_ETU_RESET,
                         PCI_ETU_IN_RESET);
    g_assert_cmpuint(rig->device_resets, ==, resets + 1);
    g_assert_cmpuint(rig->root_port_resets, >=, 2);
    g_assert_false(rig->link.up);
    g_assert_cmphex(p9x_phb4_xscom_load(phb, P9X_PHB4_XSCOM_NEST,
                                        NEST_GNRL_STATUS), ==, 0);
    p9x_phb4_xscom_store(phb, P9X_PHB4_XSCOM_PCI, NEST_FIR_CLR, 0);
    nest_store(rig, NEST_FIR_CLR, 0);
    g_assert_false(p9x_phb4_is_fenced(phb));
    /* Still in reset: the bridge answers ones and notes the attempt. */
    g_assert_cmphex(prig_load(rig, PHB_VERSION), ==, UINT64_MAX);
    g_assert_cmphex(prig_etu(rig, PHB_VERSION), ==, UINT64_MAX);
    g_assert_cmphex(p9x_phb4_xscom_load(phb, P9X_PHB4_XSCOM_PCI, NEST_FIR),
                    ==, P9X_BIT64(3));
    p9x_phb4_xscom_store(phb, P9X_PHB4_XSCOM_PCI, PCI_ETU_RESET, 0);
    p9x_phb4_xscom_store(phb, P9X_PHB4_XSCOM_PCI, NEST_FIR_CLR, 0);
    nest_store(rig, NEST_FIR_CLR, 0);
    g_assert_cmphex(prig_load(rig, PHB_VERSION), !=, UINT64_MAX);
    g_assert_cmphex(prig_load(rig, PHB_RTT_BAR), ==, 0);
    g_assert_cmpuint(p9x_phb4_frozen(phb, PRIG_PE), ==, 0);

    prig_boot(rig);
    g_assert_true(rig->link.up);
    prig_tce_window(rig, PRIG_PE);
    prig_set_tce(rig, PRIG_TCE, 2, 0x1230003);
    g_assert_true(prig_dma(rig, 0x20000, P9X_PHB4_DMA_READ));
    prig_free(rig);
}

/* A PE number that only a big bridge has. */
static void test_a_small_bridge_has_256_pes(void)
{
    const P9xPhb4Config small = {
        .index = 1, .max_width = 8, .max_speed = 4
    };
    PRig *rig = prig_new_config(&small);

    prig_boot(rig);
    prig_store(rig, PHB_CTRLR, PHB_CTRLR_PGSZ_64K | PHB_CTRLR_CFG_EEH_BLOCK);
    g_assert_cmphex(prig_config_load(rig, 0x0108, 256, 0, 4), ==, UINT32_MAX);
    g_assert_cmphex(prig_load(rig, PHB_RXE_ARB_ERR), ==, P9X_BIT64(1));
    g_assert_cmpuint(p9x_phb4_frozen(rig->phb, 256), ==, 0);
    for (unsigned i = 0; i < 4; i++) {
        g_assert_cmphex(prig_table(rig, TBL_PEEV, i), ==, 0);
    }
    /* Tables wrap at half the size. */
    prig_set_table(rig, TBL_PESTA, 256 + 7, PEST_FROZEN);
    g_assert_cmpuint(p9x_phb4_frozen(rig->phb, 7), ==, P9X_PHB4_FROZEN_MMIO);
    g_assert_cmphex(prig_table(rig, TBL_PEEV, 4), ==, P9X_BIT64(7));
    prig_set_table(rig, TBL_TVT, 512 + 7, 77);
    g_assert_cmphex(prig_table(rig, TBL_TVT, 7), ==, 77);
    /* A row of its PELT-V has 32 bytes. */
    rig->host.ram[PRIG_PELTV + PRIG_PE * 32] = 0x40;
    prig_dma(rig, 0, P9X_PHB4_DMA_READ);
    g_assert_cmpuint(p9x_phb4_frozen(rig->phb, PRIG_PE), ==, 3);
    g_assert_cmpuint(p9x_phb4_frozen(rig->phb, 1), ==, 3);
    prig_free(rig);
}

static void test_stores_clear_status_and_nothing_else_does(void)
{
    PRig *rig = prig_booted();

    prig_store(rig, PHB_RXE_MRG_ERR + GRP_FENCE_ENABLE, 0);
    prig_store(rig, PHB_RXE_MRG_ERR + GRP_INJECT, P9X_MASK64(17, 18));
    prig_store(rig, PHB_RXE_MRG_ERR, P9X_BIT64(17));
    g_assert_cmphex(prig_load(rig, PHB_RXE_MRG_ERR), ==, P9X_BIT64(18));
    prig_store(rig, PHB_RXE_MRG_ERR, 0);
    g_assert_cmphex(prig_load(rig, PHB_RXE_MRG_ERR), ==, P9X_BIT64(18));
    g_assert_cmphex(prig_load(rig, PHB_PCIE_DLP_ERRLOG1), ==, 0);
    prig_store(rig, PHB_PCIE_DLP_ERRLOG1, UINT64_MAX);
    g_assert_cmphex(prig_load(rig, PHB_PCIE_DLP_ERRLOG1), ==, 0);
    prig_free(rig);
}

/* The error is gone with the registers: its interrupt must not come anew. */
static void test_a_reset_with_the_error_interrupt_up_sends_none(void)
{
    PRig *rig = prig_booted();

    prig_tce_window(rig, PRIG_PE);
    open_error_lsi(rig);
    g_assert_false(prig_dma(rig, 0x50000, P9X_PHB4_DMA_WRITE));
    g_assert_cmpuint(rig->nr_notified, ==, 1);
    p9x_phb4_xscom_store(rig->phb, P9X_PHB4_XSCOM_PCI, PCI_ETU_RESET,
                         PCI_ETU_IN_RESET);
    g_assert_cmpuint(rig->nr_notified, ==, 1);
    p9x_phb4_xscom_store(rig->phb, P9X_PHB4_XSCOM_PCI, PCI_ETU_RESET, 0);
    g_assert_cmpuint(rig->nr_notified, ==, 1);
    g_assert_cmphex(prig_table(rig, TBL_LIST, 7), ==, 0);
    prig_free(rig);
}

/* The link goes down first, and that is an error of the bridge as it was. */
static void test_a_link_lost_by_a_complete_reset_freezes(void)
{
    PRig *rig = prig_booted();

    prig_store(rig, PHB_REGB_ERR + GRP_ERC_ENABLE, P9X_BIT64(REGB_LINK_DOWN));
    p9x_phb4_xscom_store(rig->phb, P9X_PHB4_XSCOM_PCI, PCI_ETU_RESET,
                         PCI_ETU_IN_RESET);
    g_assert_cmphex(prig_be64(rig, PRIG_PEST + PRIG_PE * 16), !=, 0);
    g_assert_cmpuint(p9x_phb4_frozen(rig->phb, PRIG_PE), ==, 0);
    prig_free(rig);
}

/* The fence silences sources: what comes before it has been sent. */
static void test_information_that_is_fatal_too_is_sent_before_the_fence(void)
{
    PRig *rig = prig_booted();

    p9x_phb4_esb_load(rig->phb, (uint64_t)(NR_LSIS_FIRST + 6) << 16 | 0xC00,
                      8);
    rig->nr_notified = 0;
    prig_store(rig, PHB_ERR + GRP_IRQ_ENABLE, P9X_BIT64(ERR_REGB_INF));
    prig_store(rig, PHB_ERR + GRP_FENCE_ENABLE, P9X_BIT64(ERR_REGB_FAT));
    prig_store(rig, PHB_REGB_ERR + GRP_INF_ENABLE, P9X_BIT64(20));
    prig_store(rig, PHB_REGB_ERR + GRP_FAT_ENABLE, P9X_BIT64(20));
    prig_store(rig, PHB_REGB_ERR + GRP_INJECT, P9X_BIT64(20));
    g_assert_true(p9x_phb4_is_fenced(rig->phb));
    g_assert_cmpuint(rig->nr_notified, ==, 1);
    prig_free(rig);
}

static const TestRow rows[] = {
    TEST(a_dma_fault_looks_as_it_does_on_machines),
    TEST(a_frozen_pe_is_silent_until_it_is_unfrozen),
    TEST(the_first_error_of_a_pe_is_the_one_in_memory),
    TEST(a_freeze_takes_the_pes_of_the_pelt_v_with_it),
    TEST(missing_tables_are_errors_of_their_own),
    TEST(a_scan_of_an_empty_slot_freezes_the_pe_it_names),
    TEST(a_store_to_no_function_freezes_nothing),
    TEST(a_frozen_pe_can_have_its_config_space_blocked),
    TEST(an_injected_config_error_freezes_once),
    TEST(an_injected_dma_error_freezes),
    TEST(an_injected_mmio_error_freezes),
    TEST(each_group_takes_injected_errors),
    TEST(an_injected_error_freezes_the_pe_that_is_set_up),
    TEST(masked_errors_do_nothing),
    TEST(the_error_interrupt_is_a_level),
    TEST(information_has_an_interrupt_of_its_own),
    TEST(a_fatal_error_of_the_core_fences),
    TEST(fir_bits_fence_unless_they_are_masked),
    TEST(a_complete_reset_gets_out_of_a_fence),
    TEST(a_small_bridge_has_256_pes),
    TEST(stores_clear_status_and_nothing_else_does),
    TEST(a_reset_with_the_error_interrupt_up_sends_none),
    TEST(a_link_lost_by_a_complete_reset_freezes),
    TEST(information_that_is_fatal_too_is_sent_before_the_fence),
};

int main(int argc, char **argv)
{
    return RUN_TESTS(argc, argv, "phb4-eeh", rows);
}
