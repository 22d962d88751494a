/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Registers, tables, the back door, BARs, PEC. */
#include "fixture-phb4.h"
#include "xive/phb4/pec.h"

static void test_setting_it_up_as_skiboot_does_is_no_error(void)
{
    PRig *rig = prig_booted();

    g_assert_cmpuint(prig_errors(rig), ==, 0);
    g_assert_cmphex(prig_load(rig, PHB_ETU_ERR_SUMMARY), ==, 0);
    g_assert_cmphex(prig_load(rig, PHB_CPU_LOADSTORE_STATUS), ==, 0);
    g_assert_cmphex(prig_load(rig, PHB_DMA_CHAN_STATUS), ==, 0);
    g_assert_false(p9x_phb4_is_fenced(rig->phb));
    prig_free(rig);
}

/* What skiboot dumps when something has gone wrong, and the lesser used. */
static void test_each_known_register_answers(void)
{
    static const uint16_t known[] = {
        0x100, 0x110, 0x120, 0x138, 0x140, 0x148, 0x160, 0x168, 0x188, 0x1A0,
        0x1A8, 0x1C0, 0x1C8, 0x1D0, 0x1F0, 0x1F8, 0x200, 0x208, 0x210, 0x218,
        0x220, 0x250, 0x258, 0x260, 0x268, 0x2B0, 0x2B8, 0x2C0, 0x2C8, 0x300,
        0x308, 0x800, 0x810, 0x860, 0x868, 0x870, 0x878, 0x880, 0x888, 0x908,
        0xC00, 0xC08, 0xC10, 0xC18, 0xC20, 0xC28, 0xC30, 0xC38, 0xC40, 0xC80,
        0xC88, 0xC90, 0xC98, 0xCA0, 0xCA8, 0xCB0, 0xCC0, 0xCC8, 0xCD0, 0xCD8,
        0xD00, 0xD58, 0xD80, 0xDD8, 0xE00, 0xE58, 0xE80, 0xED8, 0xF80, 0xF88,
        0xFA8, 0x1800, 0x1810, 0x1820, 0x1830, 0x1838, 0x1840, 0x1900, 0x1908,
        0x1910, 0x1920, 0x1928, 0x1930, 0x1940, 0x1948, 0x1950, 0x1958, 0x1A00,
        0x1A08, 0x1A10, 0x1A18, 0x1A20, 0x1A30, 0x1A38, 0x1A40, 0x1A48, 0x1A50,
        0x1A70, 0x1A78, 0x1A80, 0x1A88, 0x1AA0, 0x1AA8, 0x1AB0, 0x1AB8, 0x1AC8,
        0x1AD0, 0x1AF8, 0x1B08, 0x1B20, 0x1B30, 0x1B38, 0x1B40, 0x1B98, 0x1C00,
        0x1C58
    };
    PRig *rig = prig_booted();

    for (unsigned i = 0; i < G_N_ELEMENTS(known); i++) {
        g_assert_cmphex(prig_load(rig, known[i]), !=, UINT64_MAX - 1);
        g_assert_cmpuint(prig_errors(rig), ==, 0);
    }
    prig_free(rig);
}

static void test_plain_registers_keep_what_they_have_bits_for(void)
{
    static const struct {
        uint16_t offset;
        uint64_t bits;
    } reg[] = {
        { PHB_LSI_SOURCE_ID, P9X_MASK64(4, 12) },
        { PHB_RTT_BAR, P9X_BIT64(0) | P9X_MASK64(8, 46) },
        { PHB_PELTV_BAR, P9X_BIT64(0) | P9X_MASK64(8, 50) },
        { PHB_PEST_BAR, P9X_BIT64(0) | P9X_MASK64(8, 51) },
        { PHB_M64_UPPER_BITS, P9X_MASK64(0, 7) },
        { PHB_M32_START_ADDR, P9X_MASK64(32, 63) },
        { PHB_INT_NOTIFY_ADDR, UINT64_MAX },
        { PHB_TCE_TAG_ENABLE, UINT64_MAX },
        { PHB_PCIE_LANE_EQ_CNTL0 + 0x38, UINT64_MAX },
        { PHB_RXE_MRG_ERR + GRP_FENCE_ENABLE, UINT64_MAX },
        { PHB_RXE_TCE_ERR + GRP_FENCE_ENABLE, P9X_MASK64(0, 35) },
        { PHB_TXE_ERR + GRP_LEM_ENABLE, P9X_MASK64(0, 59) },
        { PHB_ERR + GRP_LEM_ENABLE, P9X_MASK64(0, 39) },
        { PHB_PBL_ERR + GRP_FIRST, 0 },
        { PHB_REGB_ERR + GRP_LOG_1, 0 },
        { PHB_PCIE_LMR, ~(P9X_MASK64(0, 1) | P9X_BIT64(8)) },
        { PHB_PCIE_DLP_TRWCTL, ~P9X_BIT64(1) },
        { PHB_PCIE_PHY_RXEQ_STAT + 0x58, 0 },
        { PHB_TCE_KILL, P9X_MASK64(3, 63) },
        { PHB_Q_DMA_R, 0 },
        { PHB_ETU_ERR_SUMMARY, 0 },
        { PHB_RTC_INVALIDATE, 0 },
        { PHB_TCE_TAG_STATUS, 0 }
    };
    PRig *rig = prig_new();

    for (unsigned i = 0; i < G_N_ELEMENTS(reg); i++) {
        prig_store(rig, reg[i].offset, UINT64_MAX);
        g_assert_cmphex(prig_load(rig, reg[i].offset), ==, reg[i].bits);
        prig_store(rig, reg[i].offset, 0);
        g_assert_cmphex(prig_load(rig, reg[i].offset), ==, 0);
    }
    prig_free(rig);
}

static void test_capabilities_tell_big_bridges_from_small_ones(void)
{
    const P9xPhb4Config small = {
        .index = 1, .max_width = 8, .max_speed = 4
    };
    const P9xPhb4Config phb5 = {
        .big = true, .phb5 = true, .max_width = 8, .max_speed = 5
    };
    PRig *rig = prig_new();

    g_assert_cmphex(prig_load(rig, PHB_VERSION), ==,
                    UINT64_C(0x000000A400000002));
    g_assert_cmphex(prig_load(rig, PHB_GEN_CAP), ==,
                    UINT64_C(0xE4B8000000000000));
    g_assert_cmpuint(prig_load(rig, PHB_EEH_CAP) >> 52, ==, 512);
    g_assert_cmpuint(prig_load(rig, PHB_IRQ_CAP) & 0xFFFF, ==, 4096);
    g_assert_cmpuint(prig_load(rig, PHB_TCE_CAP) & 0xFFFF, ==, 1024);
    prig_free(rig);

    rig = prig_new_config(&small);
    g_assert_cmpuint(prig_load(rig, PHB_EEH_CAP) >> 52, ==, 256);
    g_assert_cmpuint(prig_load(rig, PHB_IRQ_CAP) & 0xFFFF, ==, 2048);
    g_assert_cmpuint(prig_load(rig, PHB_TCE_CAP) & 0xFFFF, ==, 512);
    prig_free(rig);

    rig = prig_new_config(&phb5);
    g_assert_cmphex(prig_load(rig, PHB_VERSION), ==,
                    UINT64_C(0x000000A500000002));
    prig_free(rig);
}

static void test_what_is_not_there_gives_all_ones_and_is_an_error(void)
{
    PRig *rig = prig_booted();

    g_assert_cmphex(prig_load(rig, 0x108), ==, UINT64_MAX);
    g_assert_cmphex(prig_load(rig, PHB_ERR), ==, P9X_BIT64(1));
    prig_store(rig, PHB_ERR, UINT64_MAX);
    g_assert_cmphex(prig_load(rig, 0x818), ==, UINT64_MAX);
    g_assert_cmphex(prig_load(rig, PHB_ERR), ==, P9X_BIT64(8));
    g_assert_cmphex(prig_load(rig, 0xC48), ==, UINT64_MAX);
    g_assert_cmphex(prig_load(rig, PHB_ERR), ==, P9X_BIT64(6) |
                    P9X_BIT64(8));
    prig_store(rig, PHB_ERR + GRP_FENCE_ENABLE, 0);
    g_assert_cmphex(prig_load(rig, 0x1808), ==, UINT64_MAX);
    g_assert_cmphex(prig_load(rig, 0x2000), ==, UINT64_MAX);
    g_assert_cmphex(p9x_phb4_reg_load(rig->phb, UINT64_MAX - 7, 8), ==,
                    UINT64_MAX);
    prig_store(rig, 0x2FF8, 1);
    g_assert_cmphex(prig_load(rig, PHB_ERR) & P9X_BIT64(11), !=, 0);
    g_assert_cmpuint(prig_errors(rig), ==, 7);
    prig_free(rig);
}

/* Firmware has size errors fence the bridge. */
static void test_an_access_of_another_size_is_an_error(void)
{
    static const uint16_t offset[] = { PHB_VERSION, PHB_LSI_SOURCE_ID,
                                       PHB_LEM_FIR_ACCUM };

    for (unsigned i = 0; i < G_N_ELEMENTS(offset); i++) {
        PRig *rig = prig_new();

        g_assert_cmphex(p9x_phb4_reg_load(rig->phb, offset[i], 4), ==,
                        UINT32_MAX);
        g_assert_cmphex(p9x_phb4_reg_load(rig->phb, offset[i] + 4, 4), ==,
                        UINT32_MAX);
        p9x_phb4_reg_store(rig->phb, offset[i], 1, 0xFF);
        g_assert_cmpuint(prig_errors(rig), ==, 3);
        g_assert_cmphex(prig_load(rig, PHB_ERR), !=, 0);
        prig_free(rig);
    }
}

static void test_the_back_door_reaches_registers_and_counts_up(void)
{
    PRig *rig = prig_booted();
    P9xPhb4 *phb = rig->phb;

    g_assert_cmphex(prig_etu(rig, PHB_VERSION), ==,
                    UINT64_C(0x000000A400000002));
    p9x_phb4_xscom_store(phb, P9X_PHB4_XSCOM_ETU, SCOM_IND_ADDR,
                         SCOM_IND_VALID | SCOM_IND_AUTOINC |
                         PHB_INT_NOTIFY_ADDR);
    g_assert_cmphex(p9x_phb4_xscom_load(phb, P9X_PHB4_XSCOM_ETU,
                                        SCOM_IND_DATA), ==, PRIG_PORT);
    g_assert_cmphex(p9x_phb4_xscom_load(phb, P9X_PHB4_XSCOM_ETU,
                                        SCOM_IND_DATA), ==, PRIG_INDEX);
    g_assert_cmphex(p9x_phb4_xscom_load(phb, P9X_PHB4_XSCOM_ETU,
                                        SCOM_IND_ADDR), ==,
                    SCOM_IND_VALID | SCOM_IND_AUTOINC | 0x310);
    /* The root complex is 4 bytes wide. */
    p9x_phb4_xscom_store(phb, P9X_PHB4_XSCOM_ETU, SCOM_IND_ADDR,
                         SCOM_IND_VALID | SCOM_IND_4B | SCOM_IND_AUTOINC |
                         PHB_RC_CONFIG_BASE);
    g_assert_cmphex(p9x_phb4_xscom_load(phb, P9X_PHB4_XSCOM_ETU,
                                        SCOM_IND_DATA), ==, 0x1410C104);
    g_assert_cmphex(p9x_phb4_xscom_load(phb, P9X_PHB4_XSCOM_ETU,
                                        SCOM_IND_ADDR) & 0x3FFF, ==, 0x1004);
    /* Stores and the LEM's and the counters' own numbers */
    p9x_phb4_xscom_store(phb, P9X_PHB4_XSCOM_ETU, SCOM_IND_ADDR,
                         SCOM_IND_VALID | PHB_ASN_CMPM);
    p9x_phb4_xscom_store(phb, P9X_PHB4_XSCOM_ETU, SCOM_IND_DATA, 77);
    g_assert_cmpuint(prig_load(rig, PHB_ASN_CMPM), ==, 77);
    p9x_phb4_xscom_store(phb, P9X_PHB4_XSCOM_ETU, 0x0A, 0xF0);
    g_assert_cmphex(p9x_phb4_xscom_load(phb, P9X_PHB4_XSCOM_ETU, 0x08), ==,
                    0xF0);
    g_assert_cmphex(prig_load(rig, PHB_LEM_FIR_ACCUM), ==, 0xF0);
    p9x_phb4_xscom_store(phb, P9X_PHB4_XSCOM_ETU, 0x18, 5);
    g_assert_cmpuint(prig_load(rig, PHB_PERFMON_CTR0), ==, 5);
    g_assert_cmpuint(prig_errors(rig), ==, 0);
    prig_free(rig);
}

static void test_the_back_door_has_an_error_for_what_is_not_there(void)
{
    PRig *rig = prig_booted();
    P9xPhb4 *phb = rig->phb;

    p9x_phb4_xscom_store(phb, P9X_PHB4_XSCOM_ETU, SCOM_IND_ADDR,
                         PHB_VERSION);
    g_assert_cmphex(p9x_phb4_xscom_load(phb, P9X_PHB4_XSCOM_ETU,
                                        SCOM_IND_DATA), ==, UINT64_MAX);
    p9x_phb4_xscom_store(phb, P9X_PHB4_XSCOM_ETU, SCOM_IND_DATA, 0);
    g_assert_cmphex(p9x_phb4_xscom_load(phb, P9X_PHB4_XSCOM_ETU, 0x30), ==,
                    UINT64_MAX);
    p9x_phb4_xscom_store(phb, P9X_PHB4_XSCOM_ETU, 0x30, 0);
    g_assert_cmphex(prig_load(rig, PHB_ERR) & P9X_BIT64(28), ==,
                    P9X_BIT64(28));
    p9x_phb4_xscom_store(phb, P9X_PHB4_XSCOM_ETU, 0x16, 7);
    g_assert_cmphex(prig_load(rig, PHB_TRACE_CONTROL), ==, 0);
    for (unsigned range = 0; range < 3; range++) {
        p9x_phb4_xscom_store(phb, range, 0x40, UINT64_MAX);
        g_assert_cmphex(p9x_phb4_xscom_load(phb, range, 0x40), ==,
                        UINT64_MAX);
        p9x_phb4_xscom_store(phb, range, UINT32_MAX, 0);
    }
    g_assert_cmpuint(prig_errors(rig), ==, 14);
    prig_free(rig);
}

static void test_the_lem_has_registers_for_and_and_or(void)
{
    PRig *rig = prig_new();

    prig_store(rig, PHB_LEM_FIR_ACCUM, 0x0F);
    prig_store(rig, PHB_LEM_FIR_OR_MASK, 0xF0);
    prig_store(rig, PHB_LEM_FIR_AND_MASK, 0x3C);
    g_assert_cmphex(prig_load(rig, PHB_LEM_FIR_ACCUM), ==, 0x3C);
    prig_store(rig, PHB_LEM_ERROR_MASK, 0x0F);
    prig_store(rig, PHB_LEM_ERROR_OR_MASK, 0xF0);
    prig_store(rig, PHB_LEM_ERROR_AND_MASK, 0x3C);
    g_assert_cmphex(prig_load(rig, PHB_LEM_ERROR_MASK), ==, 0x3C);
    g_assert_cmphex(prig_load(rig, PHB_LEM_FIR_OR_MASK), ==, 0);
    prig_free(rig);
}

/* Errors that happened outlive the reset of the core that had them. */
static void test_a_reset_of_the_pbl_core_resets_its_registers(void)
{
    static const struct {
        uint16_t offset;
        uint64_t reset;
    } reg[] = {
        { PHB_PBL_CONTROL, UINT64_C(0xC009000000000000) },
        { PHB_PBL_TIMEOUT_CTRL, UINT64_C(0x2020000000000000) },
        { PHB_PBL_NPTAG_ENABLE, UINT64_C(0xFFFFFFFF00000000) },
        { PHB_PBL_SYS_LINK_INIT, UINT64_C(0x80088B4642473000) },
        { PHB_PBL_NBW_CMP_MASK, 0 },
        { PHB_PBL_ERR + GRP_FAT_ENABLE, 0 }
    };
    PRig *rig = prig_booted();
    uint64_t creset = prig_load(rig, PHB_PCIE_CRESET), happened;

    for (unsigned i = 0; i < G_N_ELEMENTS(reg); i++) {
        prig_store(rig, reg[i].offset, 0x55);
    }
    prig_store(rig, PHB_PBL_ERR + GRP_STATUS_MASK, P9X_BIT64(24));
    prig_store(rig, PHB_PBL_ERR + GRP_INJECT, UINT64_MAX);
    happened = prig_load(rig, PHB_PBL_ERR);
    g_assert_cmphex(happened, ==, UINT64_C(0x000000700DFD8E00));
    prig_store(rig, PHB_PCIE_CRESET, creset | PHB_CRESET_PBL);
    for (unsigned i = 0; i < G_N_ELEMENTS(reg); i++) {
        g_assert_cmphex(prig_load(rig, reg[i].offset), ==, reg[i].reset);
    }
    g_assert_cmphex(prig_load(rig, PHB_PBL_ERR), ==, happened);
    g_assert_cmphex(prig_load(rig, PHB_PBL_ERR + GRP_FIRST), ==,
                    P9X_BIT64(25));
    g_assert_cmphex(prig_load(rig, PHB_PBL_ERR + GRP_STATUS_MASK), ==,
                    P9X_BIT64(24));
    prig_free(rig);
}

static void test_a_table_address_counts_up_and_wraps(void)
{
    PRig *rig = prig_booted();

    prig_select(rig, TBL_MDT, 510, true);
    prig_store(rig, PHB_IODA_DATA0, 1);
    prig_store(rig, PHB_IODA_DATA0, 2);
    prig_store(rig, PHB_IODA_DATA0, 3);
    g_assert_cmpuint(prig_load(rig, PHB_IODA_ADDR) & 0x3FF, ==, 1);
    g_assert_cmpuint(prig_table(rig, TBL_MDT, 510), ==, 1);
    g_assert_cmpuint(prig_load(rig, PHB_IODA_ADDR) & 0x3FF, ==, 510);
    g_assert_cmpuint(prig_table(rig, TBL_MDT, 511), ==, 2);
    g_assert_cmpuint(prig_table(rig, TBL_MDT, 0), ==, 3);
    g_assert_cmpuint(prig_table(rig, TBL_MDT, 512), ==, 3);
    g_assert_cmpuint(prig_errors(rig), ==, 0);
    prig_free(rig);
}

static void test_each_table_has_its_entries(void)
{
    static const uint8_t kept[] = { TBL_PCT, TBL_MRT, TBL_TVT, TBL_MDT };
    static const uint8_t empty[] = { TBL_RCAM, TBL_TCR, TBL_TDR, TBL_PEEV };
    PRig *rig = prig_booted();

    for (unsigned i = 0; i < G_N_ELEMENTS(kept); i++) {
        prig_set_table(rig, kept[i], 3, UINT64_C(0x123456789ABCDEF0));
        g_assert_cmphex(prig_table(rig, kept[i], 3), ==,
                        UINT64_C(0x123456789ABCDEF0));
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(empty); i++) {
        prig_set_table(rig, empty[i], 3, UINT64_MAX);
        g_assert_cmphex(prig_table(rig, empty[i], 3), ==, 0);
    }
    g_assert_cmpuint(prig_errors(rig), ==, 0);
    prig_set_table(rig, 31, 0, 1);
    g_assert_cmphex(prig_table(rig, 31, 0), ==, 0);
    g_assert_cmpuint(prig_errors(rig), ==, 2);
    g_assert_cmphex(prig_load(rig, PHB_ERR) & P9X_BIT64(4), !=, 0);
    prig_free(rig);
}

static void test_the_enable_of_a_window_is_one_bit_in_both_halves(void)
{
    PRig *rig = prig_booted();

    prig_set_table(rig, TBL_MBT, 2, PRIG_MMIO0);
    prig_set_table(rig, TBL_MBT, 3, MBT0_ENABLE | 5);
    g_assert_cmphex(prig_table(rig, TBL_MBT, 2), ==, MBT0_ENABLE |
                    PRIG_MMIO0);
    prig_set_table(rig, TBL_MBT, 2, 0);
    g_assert_cmphex(prig_table(rig, TBL_MBT, 3), ==, 5);
    prig_free(rig);
}

static void test_syncs_and_quiesce_complete_at_once(void)
{
    PRig *rig = prig_booted();

    prig_store(rig, PHB_DMA_SYNC, PHB_SYNC_READ_START);
    g_assert_cmphex(prig_load(rig, PHB_DMA_SYNC), ==, PHB_SYNC_READ_COMPLETE);
    prig_store(rig, PHB_DMA_SYNC, PHB_SYNC_READ_COMPLETE |
               PHB_SYNC_WRITE_START);
    g_assert_cmphex(prig_load(rig, PHB_DMA_SYNC), ==, PHB_SYNC_READ_COMPLETE |
                    PHB_SYNC_WRITE_COMPLETE);
    prig_store(rig, PHB_Q_DMA_R, PHB_Q_DMA_QUIESCE);
    g_assert_cmphex(prig_load(rig, PHB_Q_DMA_R), ==, PHB_Q_DMA_QUIESCE);
    prig_store(rig, PHB_Q_DMA_R, PHB_Q_DMA_QUIESCE | PHB_Q_DMA_AUTORESET);
    g_assert_cmphex(prig_load(rig, PHB_Q_DMA_R), ==, 0);
    prig_free(rig);
}

static void test_stack_registers_keep_the_bits_they_have(void)
{
    static const struct {
        P9xPhb4Xscom range;
        uint8_t reg;
        uint64_t bits;
    } reg[] = {
        { P9X_PHB4_XSCOM_NEST, NEST_FIR_ACT0, P9X_MASK64(0, 29) },
        { P9X_PHB4_XSCOM_NEST, NEST_ERR_REPORT_0, 0 },
        { P9X_PHB4_XSCOM_NEST, NEST_GNRL_STATUS, 0 },
        { P9X_PHB4_XSCOM_NEST, NEST_MODE, P9X_MASK64(0, 7) },
        { P9X_PHB4_XSCOM_NEST, NEST_MMIO_BAR1, P9X_MASK64(0, 39) },
        { P9X_PHB4_XSCOM_NEST, NEST_PHB_REGS_BAR, P9X_MASK64(0, 41) },
        { P9X_PHB4_XSCOM_NEST, NEST_INT_BAR, P9X_MASK64(0, 27) },
        { P9X_PHB4_XSCOM_NEST, NEST_BAR_EN, P9X_MASK64(0, 3) },
        { P9X_PHB4_XSCOM_NEST, NEST_DATA_FRZ_TYPE, P9X_MASK64(0, 27) },
        { P9X_PHB4_XSCOM_NEST, NEST_TUNNEL_BAR, P9X_MASK64(0, 42) },
        { P9X_PHB4_XSCOM_PCI, NEST_FIR_ACT1, P9X_MASK64(0, 6) },
        { P9X_PHB4_XSCOM_PCI, PCI_AIB_ERR_REPORT, 0 },
        { P9X_PHB4_XSCOM_PCI, PCI_TX_DAT_CRED,
          P9X_MASK64(33, 34) | P9X_MASK64(44, 47) },
        { P9X_PHB4_XSCOM_PCI, PCI_ETU_RESET, P9X_BIT64(0) }
    };
    PRig *rig = prig_new();

    for (unsigned i = 0; i < G_N_ELEMENTS(reg); i++) {
        p9x_phb4_xscom_store(rig->phb, reg[i].range, reg[i].reg, UINT64_MAX);
        g_assert_cmphex(p9x_phb4_xscom_load(rig->phb, reg[i].range,
                                            reg[i].reg), ==, reg[i].bits);
    }
    prig_free(rig);
}

static void test_config_space_has_its_own_byte_order(void)
{
    PRig *rig = prig_booted();

    rig->device[0x10] = 0x44;
    rig->device[0x11] = 0x33;
    rig->device[0x12] = 0x22;
    rig->device[0x13] = 0x11;
    g_assert_cmphex(prig_config_load(rig, PRIG_RID, PRIG_PE, 0x10, 4), ==,
                    0x11223344);
    g_assert_cmphex(p9x_phb4_reg_load(rig->phb, PHB_CONFIG_DATA, 4), ==,
                    0x44332211);
    g_assert_cmphex(prig_config_load(rig, PRIG_RID, PRIG_PE, 0x12, 2), ==,
                    0x1122);
    g_assert_cmphex(prig_config_load(rig, PRIG_RID, PRIG_PE, 0x13, 1), ==,
                    0x11);
    prig_config_store(rig, PRIG_RID, PRIG_PE, 0x10, 4, 0xAABBCCDD);
    g_assert_cmphex(rig->device[0x10], ==, 0xDD);
    prig_config_store(rig, PRIG_RID, PRIG_PE, 0x12, 2, 0x5566);
    g_assert_cmphex(rig->device[0x13], ==, 0x55);
    prig_config_store(rig, PRIG_RID, PRIG_PE, 0xFFF, 1, 9);
    g_assert_cmphex(rig->device[0xFFF], ==, 9);
    g_assert_cmphex(prig_rc_load(rig, 0), ==, 0x04C11014);
    prig_rc_store(rig, 0x7FC, 0x01020304);
    g_assert_cmphex(rig->rc[0x7FC], ==, 4);
    g_assert_cmphex(prig_load(rig, PHB_ETU_ERR_SUMMARY), ==, 0);
    prig_free(rig);
}

static void test_the_root_complex_answers_only_out_of_reset(void)
{
    PRig *rig = prig_new();

    g_assert_cmphex(prig_rc_load(rig, 0), ==, UINT32_MAX);
    g_assert_cmphex(prig_load(rig, PHB_REGB_ERR), ==, P9X_BIT64(7));
    prig_store(rig, PHB_PCIE_CRESET, PHB_CRESET_TLDLP | PHB_CRESET_PBL);
    g_assert_cmphex(prig_rc_load(rig, 0), ==, 0x04C11014);
    g_assert_cmphex(p9x_phb4_reg_load(rig->phb, PHB_RC_CONFIG_BASE, 8), ==,
                    UINT64_MAX);
    g_assert_cmphex(p9x_phb4_reg_load(rig->phb, PHB_RC_CONFIG_BASE + 2, 4),
                    ==, UINT32_MAX);
    p9x_phb4_reg_store(rig->phb, PHB_RC_CONFIG_BASE + 3, 2, 0);
    g_assert_cmpuint(prig_errors(rig), ==, 3);
    prig_free(rig);
}

static void test_a_bad_config_access_says_what_was_wrong(void)
{
    PRig *rig = prig_booted();

    g_assert_cmphex(p9x_phb4_reg_load(rig->phb, PHB_CONFIG_DATA, 8), ==,
                    UINT64_MAX);
    g_assert_cmphex(prig_load(rig, PHB_TXE_ERR), ==, P9X_BIT64(25));
    p9x_phb4_reg_store(rig->phb, PHB_CONFIG_DATA + 1, 2, 0);
    prig_store(rig, PHB_TXE_ERR, UINT64_MAX);
    prig_store(rig, PHB_CONFIG_ADDRESS, 0);
    g_assert_cmphex(p9x_phb4_reg_load(rig->phb, PHB_CONFIG_DATA, 4), ==,
                    UINT32_MAX);
    g_assert_cmphex(prig_load(rig, PHB_TXE_ERR), ==, P9X_BIT64(24));
    prig_free(rig);
}

static void test_pec_registers_keep_the_bits_they_have(void)
{
    PRig *rig = prig_new();
    uint64_t words[P9X_PEC_STATE_WORDS];
    P9xPec pec, other;

    p9x_pec_init(&pec, &rig->host.ports, &rig->counters);
    p9x_pec_init(&other, &rig->host.ports, &rig->counters);
    for (unsigned reg = 0; reg < 0x0C; reg++) {
        p9x_pec_store(&pec, P9X_PEC_NEST, reg, UINT64_MAX);
    }
    for (unsigned reg = 0; reg < P9X_PEC_PCI_REGS; reg++) {
        p9x_pec_store(&pec, P9X_PEC_PCI, reg, UINT64_MAX);
    }
    g_assert_cmphex(p9x_pec_load(&pec, P9X_PEC_NEST, 0), ==, UINT64_MAX);
    g_assert_cmphex(p9x_pec_load(&pec, P9X_PEC_NEST, 2), ==,
                    P9X_MASK64(0, 11));
    g_assert_cmphex(p9x_pec_load(&pec, P9X_PEC_PCI, 1), ==,
                    P9X_MASK64(0, 15));
    g_assert_cmpuint(prig_errors(rig), ==, 0);
    g_assert_cmphex(p9x_pec_load(&pec, P9X_PEC_NEST, 0x0C), ==, 0);
    p9x_pec_store(&pec, P9X_PEC_PCI, 3, 1);
    p9x_pec_store(&pec, P9X_PEC_NEST, UINT32_MAX, 1);
    g_assert_cmpuint(prig_errors(rig), ==, 3);

    p9x_pec_store(&pec, P9X_PEC_NEST, 5, P9X_BIT64(0));
    p9x_pec_store(&pec, P9X_PEC_PCI, 2, P9X_BIT64(0));
    p9x_pec_save(&pec, words);
    p9x_pec_restore(&other, words);
    g_assert_cmphex(p9x_pec_load(&other, P9X_PEC_NEST, 2), ==,
                    P9X_MASK64(0, 11));
    g_assert_cmphex(p9x_pec_load(&other, P9X_PEC_PCI, 1), ==,
                    P9X_MASK64(0, 15));
    g_assert_cmphex(p9x_pec_load(&other, P9X_PEC_NEST, 5), ==, P9X_BIT64(0));
    g_assert_cmphex(p9x_pec_load(&other, P9X_PEC_PCI, 2), ==, P9X_BIT64(0));
    memset(words, 0xFF, sizeof(words));
    p9x_pec_restore(&other, words);
    g_assert_cmphex(p9x_pec_load(&other, P9X_PEC_PCI, 1), ==,
                    P9X_MASK64(0, 15));
    p9x_pec_reset(&other);
    g_assert_cmphex(p9x_pec_load(&other, P9X_PEC_NEST, 0), ==, 0);
    prig_free(rig);
}

static void test_pec_numbers_its_stacks(void)
{
    static const uint8_t width[] = { 16, 8, 8, 8, 4, 4, 4 };
    unsigned next = 0;

    for (unsigned pec = 0; pec < 3; pec++) {
        g_assert_cmpuint(p9x_pec_first_phb(pec), ==, next);
        g_assert_cmpuint(p9x_pec_nr_phbs(pec), ==, pec + 1);
        next += p9x_pec_nr_phbs(pec);
    }
    g_assert_cmpuint(next, ==, 6);
    g_assert_cmpuint(p9x_pec_nr_phbs(3), ==, 0);
    g_assert_cmpuint(p9x_pec_first_phb(3), ==, 0);
    for (unsigned i = 0; i < G_N_ELEMENTS(width); i++) {
        g_assert_cmpuint(p9x_pec_phb_width(i), ==, width[i]);
    }
}

static const TestRow rows[] = {
    TEST(setting_it_up_as_skiboot_does_is_no_error),
    TEST(each_known_register_answers),
    TEST(plain_registers_keep_what_they_have_bits_for),
    TEST(capabilities_tell_big_bridges_from_small_ones),
    TEST(what_is_not_there_gives_all_ones_and_is_an_error),
    TEST(an_access_of_another_size_is_an_error),
    TEST(the_back_door_reaches_registers_and_counts_up),
    TEST(the_back_door_has_an_error_for_what_is_not_there),
    TEST(the_lem_has_registers_for_and_and_or),
    TEST(a_reset_of_the_pbl_core_resets_its_registers),
    TEST(a_table_address_counts_up_and_wraps),
    TEST(each_table_has_its_entries),
    TEST(the_enable_of_a_window_is_one_bit_in_both_halves),
    TEST(syncs_and_quiesce_complete_at_once),
    TEST(stack_registers_keep_the_bits_they_have),
    TEST(config_space_has_its_own_byte_order),
    TEST(the_root_complex_answers_only_out_of_reset),
    TEST(a_bad_config_access_says_what_was_wrong),
    TEST(pec_registers_keep_the_bits_they_have),
    TEST(pec_numbers_its_stacks),
};

int main(int argc, char **argv)
{
    return RUN_TESTS(argc, argv, "phb4-regs", rows);
}
