/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The link: training, empty slots, resets. */
#include "fixture-phb4.h"

static uint64_t train_ctl(PRig *rig)
{
    return prig_load(rig, PHB_PCIE_DLP_TRAIN_CTL);
}

static unsigned ltssm(PRig *rig)
{
    prig_store(rig, PHB_PCIE_DLP_TRWCTL, PHB_DLP_TRACE_ENABLE);
    return (unsigned)p9x_get64(train_ctl(rig), PHB_DLP_LTSSM);
}

static uint64_t creset(PRig *rig)
{
    return prig_load(rig, PHB_PCIE_CRESET);
}

static void test_a_link_trains_when_everything_is_out_of_reset(void)
{
    PRig *rig = prig_new();

    g_assert_cmphex(creset(rig), ==, UINT64_C(0xE000000000000000));
    g_assert_cmphex(train_ctl(rig), ==, PHB_DLP_PGRESET);
    prig_boot(rig);
    g_assert_true(rig->link.up);
    g_assert_cmpuint(rig->link.speed, ==, 3);
    g_assert_cmpuint(rig->link.width, ==, 8);
    g_assert_cmphex(train_ctl(rig) & (PHB_DLP_LINKACT |
                                      PHB_DLP_INBAND_PRESENCE), ==,
                    PHB_DLP_LINKACT | PHB_DLP_INBAND_PRESENCE);
    g_assert_cmpuint(p9x_get64(train_ctl(rig), PHB_DLP_SPEED), ==, 3);
    g_assert_cmpuint(p9x_get64(train_ctl(rig), PHB_DLP_WIDTH), ==, 8);
    g_assert_cmpuint(p9x_get64(train_ctl(rig), PHB_DLP_LTSSM), ==, 0);
    g_assert_cmpuint(ltssm(rig), ==, LTSSM_L0);
    g_assert_cmphex(prig_load(rig, PHB_PCIE_HOTPLUG_STATUS), ==,
                    PHB_HPSTAT_LINKACT);
    g_assert_cmphex(prig_load(rig, PHB_PCIE_LMR), ==, PHB_LMR_LINKACT);
    /* Link up is noted, and firmware has that masked as a first error. */
    g_assert_cmphex(prig_load(rig, PHB_REGB_ERR), ==, P9X_BIT64(9));
    g_assert_cmphex(prig_load(rig, PHB_REGB_ERR + GRP_FIRST), ==, 0);
    prig_free(rig);
}

static void test_an_empty_slot_has_no_link(void)
{
    PRig *rig = prig_new();

    rig->plugged = false;
    prig_boot(rig);
    g_assert_false(rig->link.up);
    g_assert_cmphex(train_ctl(rig), ==, 0);
    g_assert_cmpuint(ltssm(rig), ==, LTSSM_DETECT);
    g_assert_cmphex(prig_load(rig, PHB_PCIE_HOTPLUG_STATUS), ==,
                    PHB_HPSTAT_EMPTY);
    g_assert_cmphex(prig_config_load(rig, PRIG_RID, 511, 0, 4), ==,
                    UINT32_MAX);
    g_assert_cmphex(prig_load(rig, PHB_TXE_ERR), ==, P9X_BIT64(27));
    g_assert_cmpuint(prig_errors(rig), ==, 0);
    rig->plugged = true;
    p9x_phb4_slot_changed(rig->phb);
    g_assert_true(rig->link.up);
    g_assert_cmphex(prig_config_load(rig, PRIG_RID, PRIG_PE, 0, 2), ==,
                    0x8086);
    prig_free(rig);
}

static void test_firmware_limits_the_speed_and_the_stack_the_width(void)
{
    const P9xPhb4Config narrow = {
        .index = 4, .max_width = 4, .max_speed = 4
    };
    PRig *rig = prig_new_config(&narrow);
    P9xPhb4Link link;

    prig_boot(rig);
    g_assert_cmpuint(rig->link.width, ==, 4);
    /* As skiboot's last try: generation 1 */
    prig_store(rig, PHB_REGB_ERR + GRP_ERC_ENABLE, 0);
    prig_store(rig, PHB_PCIE_CRESET, creset(rig) & ~PHB_CRESET_PERST_N);
    prig_store(rig, PHB_PCIE_SCR, p9x_set64(0, PHB_SCR_MAXLINKSPEED, 1));
    prig_store(rig, PHB_PCIE_CRESET, creset(rig) | PHB_CRESET_PERST_N);
    p9x_phb4_link(rig->phb, &link);
    g_assert_true(link.up);
    g_assert_cmpuint(link.speed, ==, 1);
    prig_free(rig);
}

static void test_a_link_that_trains_anew_tells_its_speed(void)
{
    PRig *rig = prig_booted();
    unsigned calls = rig->link_calls;

    p9x_phb4_slot_changed(rig->phb);
    g_assert_cmpuint(rig->link_calls, ==, calls);
    prig_store(rig, PHB_PCIE_SCR, p9x_set64(0, PHB_SCR_MAXLINKSPEED, 2));
    p9x_phb4_slot_changed(rig->phb);
    g_assert_cmpuint(rig->link_calls, ==, calls + 1);
    g_assert_cmpuint(rig->link.speed, ==, 2);
    g_assert_cmpuint(rig->device_resets, ==, 0);
    /* 0 is no speed; it trains as generation 1. */
    prig_store(rig, PHB_PCIE_SCR, 0);
    p9x_phb4_slot_changed(rig->phb);
    g_assert_cmpuint(rig->link.speed, ==, 1);
    prig_free(rig);
}

static void test_perst_resets_the_device(void)
{
    PRig *rig = prig_booted();
    unsigned resets = rig->device_resets;

    prig_store(rig, PHB_REGB_ERR + GRP_ERC_ENABLE, 0);
    prig_store(rig, PHB_PCIE_CRESET, creset(rig) & ~PHB_CRESET_PERST_N);
    g_assert_cmpuint(rig->device_resets, ==, resets + 1);
    g_assert_false(rig->link.up);
    g_assert_cmpuint(ltssm(rig), ==, LTSSM_RESET);
    g_assert_cmphex(train_ctl(rig) & PHB_DLP_INBAND_PRESENCE, ==, 0);
    prig_store(rig, PHB_PCIE_CRESET, creset(rig) | PHB_CRESET_PERST_N);
    g_assert_true(rig->link.up);
    g_assert_cmpuint(rig->device_resets, ==, resets + 1);
    /* With the link already down, too */
    prig_rc_store(rig, 0x58, 0x10);
    g_assert_cmpuint(ltssm(rig), ==, LTSSM_DISABLED);
    prig_store(rig, PHB_PCIE_CRESET, creset(rig) & ~PHB_CRESET_PERST_N);
    g_assert_cmpuint(rig->device_resets, ==, resets + 2);
    for (unsigned pe = 0; pe < 512; pe++) {
        g_assert_cmpuint(p9x_phb4_frozen(rig->phb, pe), ==, 0);
    }
    prig_free(rig);
}

static void test_each_core_in_reset_takes_the_link_down(void)
{
    static const uint64_t bit[] = {
        PHB_CRESET_CFG_CORE, PHB_CRESET_TLDLP, PHB_CRESET_PBL,
        PHB_CRESET_PIPE_N
    };
    PRig *rig = prig_booted();

    prig_store(rig, PHB_REGB_ERR + GRP_ERC_ENABLE, 0);
    for (unsigned i = 0; i < G_N_ELEMENTS(bit); i++) {
        unsigned resets = rig->device_resets;

        prig_store(rig, PHB_PCIE_CRESET, creset(rig) ^ bit[i]);
        g_assert_false(rig->link.up);
        g_assert_cmpuint(rig->device_resets, ==, resets + 1);
        prig_store(rig, PHB_PCIE_CRESET, creset(rig) ^ bit[i]);
        g_assert_true(rig->link.up);
    }
    prig_free(rig);
}

static void test_a_bus_reset_takes_the_link_down_and_up(void)
{
    PRig *rig = prig_booted();
    unsigned resets = rig->device_resets;

    prig_store(rig, PHB_REGB_ERR + GRP_ERC_ENABLE, 0);
    prig_rc_store(rig, 0x3C, 0x00400000);
    g_assert_false(rig->link.up);
    g_assert_cmpuint(ltssm(rig), ==, LTSSM_HOTRESET);
    prig_rc_store(rig, 0x3C, 0);
    g_assert_true(rig->link.up);
    /* PCI's own code has reset the devices. */
    g_assert_cmpuint(rig->device_resets, ==, resets);
    prig_free(rig);
}

static void test_detection_can_be_turned_off(void)
{
    PRig *rig = prig_booted();

    prig_store(rig, PHB_PCIE_DLP_TRAIN_CTL, UINT64_MAX);
    p9x_phb4_slot_changed(rig->phb);
    g_assert_false(rig->link.up);
    g_assert_cmphex(train_ctl(rig) & PHB_DLP_INBAND_PRESENCE, ==, 0);
    prig_free(rig);
}

/* What firmware enabled: link down is recoverable, and freezes. */
static void test_a_link_that_goes_down_by_itself_freezes_the_pe(void)
{
    PRig *rig = prig_booted();

    rig->rc[0x19] = 1;
    rig->plugged = false;
    p9x_phb4_slot_changed(rig->phb);
    g_assert_false(rig->link.up);
    g_assert_cmphex(prig_load(rig, PHB_REGB_ERR), ==, P9X_BIT64(8) |
                    P9X_BIT64(9));
    g_assert_cmphex(prig_load(rig, PHB_ERR), ==, P9X_BIT64(25));
    g_assert_cmpuint(p9x_phb4_frozen(rig->phb, PRIG_PE), ==, 3);
    g_assert_cmpuint(rig->device_resets, ==, 0);
    prig_free(rig);
}

static void test_a_power_on_reset_forgets_everything(void)
{
    PRig *rig = prig_booted();
    P9xPhb4Window window;

    prig_give_msi(rig, 3, PRIG_PE);
    prig_set_table(rig, TBL_TVT, 1023, 77);
    prig_set_table(rig, TBL_MDT, 511, 77);
    prig_set_table(rig, TBL_MRT, 15, 77);
    prig_store(rig, PHB_PBL_ERR + GRP_INJECT, P9X_BIT64(1));
    p9x_phb4_intx(rig->phb, 0, true);
    p9x_phb4_reset(rig->phb);
    g_assert_false(p9x_phb4_is_fenced(rig->phb));
    g_assert_false(rig->link.up);
    g_assert_cmpuint(rig->device_resets, ==, 0);
    for (unsigned id = 0; id < P9X_PHB4_NR_WINDOWS; id++) {
        p9x_phb4_window(rig->phb, (P9xPhb4WindowId)id, &window);
        g_assert_cmphex(window.size, ==, 0);
    }
    g_assert_cmphex(prig_load(rig, PHB_RTT_BAR), ==, 0);
    g_assert_cmphex(creset(rig), ==, UINT64_C(0xE000000000000000));
    g_assert_cmphex(prig_load(rig, PHB_PBL_ERR), ==, 0);
    g_assert_cmphex(prig_table(rig, TBL_TVT, 1023), ==, 0);
    g_assert_cmphex(prig_table(rig, TBL_MDT, 511), ==, 0);
    g_assert_cmphex(prig_table(rig, TBL_MRT, 15), ==, 0);
    for (unsigned i = 0; i < 4096; i++) {
        P9xPhb4Source *source = p9x_phb4_source(rig->phb);

        g_assert_cmpuint(p9x_source_get_pq(&source->source, i), ==,
                         i < 4088 ? 1 : i == 4088 ? 2 : 0);
    }
    prig_boot(rig);
    g_assert_true(rig->link.up);
    prig_free(rig);
}

static void test_an_etu_reset_leaves_perst_alone(void)
{
    PRig *rig = prig_booted();

    p9x_phb4_xscom_store(rig->phb, P9X_PHB4_XSCOM_PCI, PCI_ETU_RESET,
                         UINT64_MAX);
    p9x_phb4_xscom_store(rig->phb, P9X_PHB4_XSCOM_PCI, PCI_ETU_RESET,
                         UINT64_MAX);
    p9x_phb4_xscom_store(rig->phb, P9X_PHB4_XSCOM_PCI, PCI_ETU_RESET, 0);
    g_assert_cmphex(creset(rig), ==, UINT64_C(0xE000000000000000) |
                    PHB_CRESET_PERST_N);
    g_assert_cmpuint(rig->device_resets, ==, 1);
    /* A second one finds the link down already. */
    p9x_phb4_xscom_store(rig->phb, P9X_PHB4_XSCOM_PCI, PCI_ETU_RESET,
                         UINT64_MAX);
    g_assert_cmpuint(rig->device_resets, ==, 2);
    prig_free(rig);
}

static void test_an_etu_reset_leaves_the_reference_clock_alone(void)
{
    PRig *rig = prig_booted();
    uint64_t clock = 0;

    for (unsigned i = 0; i < 2; i++) {
        clock ^= PHB_CRESET_REFCLK_N;
        prig_store(rig, PHB_PCIE_CRESET, creset(rig) ^ PHB_CRESET_REFCLK_N);
        p9x_phb4_xscom_store(rig->phb, P9X_PHB4_XSCOM_PCI, PCI_ETU_RESET,
                             UINT64_MAX);
        p9x_phb4_xscom_store(rig->phb, P9X_PHB4_XSCOM_PCI, PCI_ETU_RESET, 0);
        g_assert_cmphex(creset(rig), ==, UINT64_C(0xE000000000000000) |
                        PHB_CRESET_PERST_N | clock);
    }
    prig_free(rig);
}

static const TestRow rows[] = {
    TEST(a_link_trains_when_everything_is_out_of_reset),
    TEST(an_empty_slot_has_no_link),
    TEST(firmware_limits_the_speed_and_the_stack_the_width),
    TEST(a_link_that_trains_anew_tells_its_speed),
    TEST(perst_resets_the_device),
    TEST(each_core_in_reset_takes_the_link_down),
    TEST(a_bus_reset_takes_the_link_down_and_up),
    TEST(detection_can_be_turned_off),
    TEST(a_link_that_goes_down_by_itself_freezes_the_pe),
    TEST(a_power_on_reset_forgets_everything),
    TEST(an_etu_reset_leaves_perst_alone),
    TEST(an_etu_reset_leaves_the_reference_clock_alone),
};

int main(int argc, char **argv)
{
    return RUN_TESTS(argc, argv, "phb4-link", rows);
}
