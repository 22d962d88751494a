/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RTT, TVEs, TCE tables, the IOTLB. */
#include "fixture-phb4.h"

enum { RW = PRIG_RW };

#define FRAME       PRIG_FRAME

static P9xPhb4Dma dma_of(PRig *rig, uint64_t iova, P9xPhb4Access access)
{
    P9xPhb4Dma dma = { 0 };

    g_assert_true(p9x_phb4_translate(rig->phb, PRIG_RID, iova, access, &dma));
    return dma;
}

static void test_a_tce_says_where_a_page_is_and_what_is_allowed(void)
{
    PRig *rig = prig_with_page();
    P9xPhb4Dma dma = dma_of(rig, 0x2ABCD, P9X_PHB4_DMA_WRITE);

    g_assert_cmphex(dma.iova, ==, 0x20000);
    g_assert_cmphex(dma.real, ==, FRAME);
    g_assert_cmphex(dma.mask, ==, 0xFFFF);
    g_assert_true(dma.read && dma.write);

    prig_set_tce(rig, PRIG_TCE, 3, FRAME | TCE_READ);
    dma = dma_of(rig, 0x30000, P9X_PHB4_DMA_READ);
    g_assert_true(dma.read && !dma.write);
    g_assert_false(prig_dma(rig, 0x30000, P9X_PHB4_DMA_WRITE));
    g_assert_cmpuint(p9x_phb4_frozen(rig->phb, PRIG_PE), ==, 3);
    prig_free(rig);
}

static void test_page_sizes_are_4k_64k_2m_and_1g(void)
{
    const PageSize *size = prig_page_size;
    PRig *rig = prig_booted();

    for (unsigned i = 0; i < PRIG_NR_PAGE_SIZES; i++) {
        uint64_t page = UINT64_C(1) << size[i].shift;
        P9xPhb4Dma dma;

        prig_set_tve(rig, PRIG_PE * 2, prig_tve_of(PRIG_TCE, 1, 1,
                                                   size[i].psize));
        /* The bits below the page size are not the TCE's to say. */
        prig_set_tce(rig, PRIG_TCE, 3, (7 * page) | (page - 16) | RW);
        dma = dma_of(rig, 3 * page + 0x777, P9X_PHB4_DMA_READ);
        g_assert_cmphex(dma.real, ==, 7 * page);
        g_assert_cmphex(dma.mask, ==, page - 1);
        g_assert_cmphex(dma.iova, ==, 3 * page);
    }
    for (unsigned psize = 2; psize < 32; psize++) {
        bool valid = psize == 5 || psize == 10 || psize == 19;

        prig_set_tve(rig, PRIG_PE * 2, prig_tve_of(PRIG_TCE, 1, 1, psize));
        prig_unfreeze(rig, PRIG_PE);
        prig_set_tce(rig, PRIG_TCE, 0, FRAME | RW);
        g_assert_cmpint(prig_dma(rig, 0, P9X_PHB4_DMA_READ), ==, valid);
    }
    prig_free(rig);
}

/* 2^9 entries a level, 4 KiB pages. */
static void test_tables_have_up_to_five_levels(void)
{
    PRig *rig = prig_booted();

    for (unsigned levels = 1; levels <= 5; levels++) {
        uint64_t iova = 0x123, table = PRIG_TCE;
        P9xPhb4Dma dma;

        for (unsigned level = levels; level > 0; level--) {
            uint64_t next = level == 1 ? FRAME : table + 0x1000;
            unsigned index = 0x11 + level;

            prig_set_tce(rig, table, index, next | RW);
            iova |= (uint64_t)index << (12 + 9 * (level - 1));
            table = next;
        }
        prig_set_tve(rig, PRIG_PE * 2, prig_tve_of(PRIG_TCE, levels, 1, 1));
        dma = dma_of(rig, iova, P9X_PHB4_DMA_WRITE);
        g_assert_cmphex(dma.real, ==, FRAME);
        g_assert_cmphex(dma.mask, ==, 0xFFF);
        /* A hole above the last level is a fault, as one in it, even if
         * address 0 looks like the next table. */
        prig_set_tce(rig, 0, 0x11 + levels - 1, FRAME | RW);
        prig_set_tce(rig, PRIG_TCE, 0x11 + levels, 0);
        prig_store(rig, PHB_TCE_KILL, PHB_TCE_KILL_ALL);
        g_assert_false(prig_dma(rig, iova, P9X_PHB4_DMA_READ));
        prig_unfreeze(rig, PRIG_PE);
    }
    for (unsigned levels = 6; levels <= 8; levels++) {
        prig_set_tve(rig, PRIG_PE * 2, prig_tve_of(PRIG_TCE, levels, 1, 1));
        g_assert_false(prig_dma(rig, 0, P9X_PHB4_DMA_READ));
        prig_unfreeze(rig, PRIG_PE);
    }
    prig_free(rig);
}

static void test_addresses_beyond_the_table_are_refused(void)
{
    PRig *rig = prig_with_page();

    /* 512 entries of 64 KiB */
    prig_set_tce(rig, PRIG_TCE, 511, FRAME | RW);
    dma_of(rig, 511 * 0x10000 + 0xFFFF, P9X_PHB4_DMA_READ);
    g_assert_false(prig_dma(rig, 512 * 0x10000, P9X_PHB4_DMA_READ));
    g_assert_cmphex(prig_load(rig, PHB_RXE_ARB_ERR), ==, P9X_BIT64(28));
    prig_free(rig);
}

static void test_a_table_outside_of_memory_is_a_fault(void)
{
    PRig *rig = prig_booted();

    prig_set_tve(rig, PRIG_PE * 2, prig_tve_of(HOST_HOLE, 1, 1, 1));
    g_assert_false(prig_dma(rig, 0, P9X_PHB4_DMA_READ));
    g_assert_cmphex(prig_load(rig, PHB_RXE_TCE_ERR), ==, P9X_BIT64(1));
    prig_unfreeze(rig, PRIG_PE);
    prig_set_tve(rig, PRIG_PE * 2, prig_tve_of(P9X_MASK64(0, 51), 5, 31, 19));
    g_assert_false(prig_dma(rig, P9X_MASK64(5, 63), P9X_PHB4_DMA_READ));
    prig_free(rig);
}

static void test_a_bypass_window_has_bounds(void)
{
    const uint64_t base = UINT64_C(1) << 59;
    PRig *rig = prig_booted();
    P9xPhb4Dma dma;

    prig_set_tve(rig, PRIG_PE * 2 + 1, prig_bypass_tve(1, 3));
    dma = dma_of(rig, base + 0x1001234, P9X_PHB4_DMA_WRITE);
    g_assert_cmphex(dma.real, ==, 0x1000000);
    g_assert_cmphex(dma.iova, ==, base + 0x1000000);
    g_assert_cmphex(dma.mask, ==, 0xFFFFFF);
    g_assert_true(dma.read && dma.write);
    dma_of(rig, base + 0x2FFFFFF, P9X_PHB4_DMA_READ);
    g_assert_false(prig_dma(rig, base + 0x3000000, P9X_PHB4_DMA_READ));
    g_assert_cmphex(prig_load(rig, PHB_RXE_ARB_ERR), ==, P9X_BIT64(28));
    prig_unfreeze(rig, PRIG_PE);
    g_assert_false(prig_dma(rig, base + 0xFFFFFF, P9X_PHB4_DMA_READ));
    prig_unfreeze(rig, PRIG_PE);
    /* Address bits 24 and up of start and end */
    prig_set_tve(rig, PRIG_PE * 2 + 1, prig_bypass_tve(0x1000000, 0x2000000));
    dma_of(rig, base + (UINT64_C(0x1000000) << 24), P9X_PHB4_DMA_READ);
    g_assert_false(prig_dma(rig, base, P9X_PHB4_DMA_READ));
    prig_unfreeze(rig, PRIG_PE);
    g_assert_false(prig_dma(rig, base + (UINT64_C(0x2000000) << 24),
                            P9X_PHB4_DMA_READ));
    prig_free(rig);
}

/* Peer to peer: bit 51 and nothing else. */
static void test_a_window_can_be_without_bounds(void)
{
    PRig *rig = prig_booted();

    prig_set_tve(rig, PRIG_PE * 2 + 1, P9X_BIT64(51));
    g_assert_cmphex(dma_of(rig, (UINT64_C(1) << 59) | PRIG_MMIO1,
                           P9X_PHB4_DMA_WRITE).real, ==, PRIG_MMIO1);
    dma_of(rig, (UINT64_C(1) << 59) | ((UINT64_C(1) << 56) - 1),
           P9X_PHB4_DMA_READ);
    g_assert_false(prig_dma(rig, (UINT64_C(1) << 59) | UINT64_C(1) << 56,
                            P9X_PHB4_DMA_READ));
    prig_free(rig);
}

static void test_address_bits_choose_among_the_tves(void)
{
    static const unsigned per_pe[] = { 2, 4, 8, 16, 16 };
    PRig *rig = prig_booted();

    for (unsigned sel = 0; sel < G_N_ELEMENTS(per_pe); sel++) {
        unsigned bits = (unsigned)__builtin_ctz(per_pe[sel]);

        prig_store(rig, PHB_CTRLR, p9x_set64(PHB_CTRLR_PGSZ_64K,
                                             PHB_CTRLR_TVT_ADDR_SEL, sel));
        for (unsigned i = 0; i < per_pe[sel]; i++) {
            uint64_t table = PRIG_TCE + i * 0x1000u;

            prig_set_tve(rig, PRIG_PE * per_pe[sel] + i,
                         prig_tve_of(table, 1, 1, 5));
            prig_set_tce(rig, table, 0, (i + 1) * 0x10000u | RW);
        }
        for (unsigned i = 0; i < per_pe[sel]; i++) {
            uint64_t iova = (uint64_t)i << (60 - bits);

            g_assert_cmphex(dma_of(rig, iova, P9X_PHB4_DMA_READ).real, ==,
                            (i + 1) * 0x10000u);
        }
    }
    /* 4 GiB mode: everything from 4 GiB on is TVE 1's */
    prig_store(rig, PHB_CTRLR, PHB_CTRLR_TVE1_4GB);
    prig_set_tve(rig, PRIG_PE * 2, prig_tve_of(PRIG_TCE, 1, 9, 5));
    prig_set_tve(rig, PRIG_PE * 2 + 1,
                 prig_tve_of(PRIG_TCE + 0x100000, 1, 9, 5));
    prig_set_tce(rig, PRIG_TCE, 1, 0x110000 | RW);
    prig_set_tce(rig, PRIG_TCE + 0x100000, 0x10000, 0x220000 | RW);
    g_assert_cmphex(dma_of(rig, 0x10000, P9X_PHB4_DMA_READ).real, ==,
                    0x110000);
    g_assert_cmphex(dma_of(rig, UINT64_C(1) << 32, P9X_PHB4_DMA_READ).real,
                    ==, 0x220000);
    prig_free(rig);
}

static void test_no_tve_is_a_fault(void)
{
    PRig *rig = prig_booted();

    g_assert_false(prig_dma(rig, 0, P9X_PHB4_DMA_READ));
    g_assert_cmphex(prig_load(rig, PHB_RXE_ARB_ERR), ==, P9X_BIT64(26));
    g_assert_cmpuint(p9x_phb4_frozen(rig->phb, PRIG_PE), ==, 3);
    prig_free(rig);
}

static void test_msi_and_strange_addresses_are_not_for_dma(void)
{
    PRig *rig = prig_with_page();

    /* All of these would find a TCE. */
    prig_set_tve(rig, PRIG_PE * 2, prig_tve_of(PRIG_TCE, 1, 8, 5));
    prig_set_tce(rig, PRIG_TCE, 0, FRAME | RW);
    prig_set_tce(rig, PRIG_TCE, 0xFFFF, FRAME | RW);
    dma_of(rig, 0, P9X_PHB4_DMA_WRITE);
    g_assert_false(prig_dma(rig, P9X_PHB4_MSI64_BASE, P9X_PHB4_DMA_WRITE));
    prig_unfreeze(rig, PRIG_PE);
    g_assert_false(prig_dma(rig, UINT64_C(1) << 63, P9X_PHB4_DMA_WRITE));
    prig_unfreeze(rig, PRIG_PE);
    g_assert_false(prig_dma(rig, UINT64_MAX, P9X_PHB4_DMA_WRITE));
    prig_unfreeze(rig, PRIG_PE);
    g_assert_false(prig_dma(rig, P9X_PHB4_MSI32_BASE, P9X_PHB4_DMA_READ));
    prig_unfreeze(rig, PRIG_PE);
    /* Without 32-bit MSIs the address is as good as any. */
    prig_store(rig, PHB_PHB4_CONFIG, PHB_CONFIG_64BIT_MSI);
    g_assert_cmphex(dma_of(rig, P9X_PHB4_MSI32_BASE,
                           P9X_PHB4_DMA_READ).real, ==, FRAME);
    prig_free(rig);
}

static void test_the_rtt_says_which_pe_and_is_cached(void)
{
    PRig *rig = prig_booted();
    uint8_t *rte = rig->host.ram + PRIG_RTT + 2 * PRIG_RID;

    g_assert_cmpint(p9x_phb4_pe(rig->phb, PRIG_RID), ==, PRIG_PE);
    g_assert_cmpint(p9x_phb4_pe(rig->phb, 0xFFFF), ==, 511);
    p9x_store_be(rte, 2, 9);
    g_assert_cmpint(p9x_phb4_pe(rig->phb, PRIG_RID), ==, PRIG_PE);
    prig_store(rig, PHB_RTC_INVALIDATE,
               p9x_set64(0, PHB_RTC_INVALIDATE_RID, PRIG_RID + 1));
    g_assert_cmpint(p9x_phb4_pe(rig->phb, PRIG_RID), ==, PRIG_PE);
    prig_store(rig, PHB_RTC_INVALIDATE,
               p9x_set64(0, PHB_RTC_INVALIDATE_RID, PRIG_RID));
    g_assert_cmpint(p9x_phb4_pe(rig->phb, PRIG_RID), ==, 9);
    p9x_store_be(rte, 2, 10);
    prig_store(rig, PHB_RTC_INVALIDATE, PHB_RTC_INVALIDATE_ALL);
    g_assert_cmpint(p9x_phb4_pe(rig->phb, PRIG_RID), ==, 10);
    g_assert_cmpuint(rig->flush.pe, ==, P9X_PHB4_ALL_PES);
    prig_free(rig);
}

static void test_no_pe_is_a_fault_that_freezes_nothing(void)
{
    PRig *rig = prig_with_page();

    prig_set_rte(rig, PRIG_RID, 512);
    g_assert_cmpint(p9x_phb4_pe(rig->phb, PRIG_RID), ==, -1);
    g_assert_false(prig_dma(rig, 0x20000, P9X_PHB4_DMA_READ));
    g_assert_cmphex(prig_load(rig, PHB_RXE_ARB_ERR), ==, P9X_BIT64(40));
    prig_store(rig, PHB_RTT_BAR, HOST_HOLE | PHB_BAR_ENABLE);
    g_assert_false(prig_dma(rig, 0x20000, P9X_PHB4_DMA_READ));
    prig_store(rig, PHB_RXE_ARB_ERR, UINT64_MAX);
    /* No RTT at all fences the bridge, says skiboot. */
    prig_store(rig, PHB_RTT_BAR, 0);
    g_assert_false(prig_msi(rig, PRIG_RID, 0));
    g_assert_cmphex(prig_etu(rig, PHB_RXE_ARB_ERR), ==, P9X_BIT64(41));
    g_assert_true(p9x_phb4_is_fenced(rig->phb));
    for (unsigned pe = 0; pe < 512; pe++) {
        g_assert_cmpuint(p9x_phb4_frozen(rig->phb, pe), ==, 0);
    }
    prig_free(rig);
}

static void test_translations_are_kept_until_they_are_killed(void)
{
    PRig *rig = prig_with_page();
    P9xPhb4 *phb = rig->phb;

    dma_of(rig, 0x20000, P9X_PHB4_DMA_READ);
    g_assert_cmpuint(p9x_phb4_stat(phb, P9X_PHB4_STAT_IOTLB_HIT), ==, 0);
    prig_set_tce(rig, PRIG_TCE, 2, 0);
    g_assert_cmphex(dma_of(rig, 0x2FFFF, P9X_PHB4_DMA_READ).real, ==, FRAME);
    g_assert_cmpuint(p9x_phb4_stat(phb, P9X_PHB4_STAT_IOTLB_HIT), ==, 1);
    /* Of another PE, another page */
    prig_store(rig, PHB_TCE_KILL, PHB_TCE_KILL_PE | (PRIG_PE + 1));
    prig_store(rig, PHB_TCE_KILL, PHB_TCE_KILL_ONE | PHB_TCE_KILL_PSEL |
               0x1000 | 0x30000 | PRIG_PE);
    prig_store(rig, PHB_TCE_KILL, PHB_TCE_KILL_ONE | PHB_TCE_KILL_PSEL |
               0x1000 | 0x20000 | (PRIG_PE + 1));
    dma_of(rig, 0x20000, P9X_PHB4_DMA_READ);
    g_assert_cmphex(prig_load(rig, PHB_TCE_KILL) & P9X_MASK64(0, 2), ==, 0);
    /* This one */
    prig_store(rig, PHB_TCE_KILL, PHB_TCE_KILL_ONE | PHB_TCE_KILL_PSEL |
               0x1000 | 0x20000 | PRIG_PE);
    g_assert_cmpuint(rig->flush.pe, ==, PRIG_PE);
    g_assert_cmphex(rig->flush.iova, ==, 0x20000);
    g_assert_cmphex(rig->flush.size, ==, 0x10000);
    g_assert_false(prig_dma(rig, 0x20000, P9X_PHB4_DMA_READ));
    prig_free(rig);
}

static void test_each_kind_of_kill_takes_the_translation_away(void)
{
    static const uint64_t kill[] = {
        PHB_TCE_KILL_ALL,
        PHB_TCE_KILL_PE | PRIG_PE,
        PHB_TCE_KILL_ONE | 0x2F000 | PRIG_PE,                   /* 4 KiB */
        PHB_TCE_KILL_ONE | PHB_TCE_KILL_PSEL | 0x2000 | PRIG_PE, /* 2 MiB */
        PHB_TCE_KILL_ONE | PHB_TCE_KILL_PSEL | 0x3000 | PRIG_PE  /* 1 GiB */
    };
    PRig *rig = prig_with_page();

    for (unsigned i = 0; i < G_N_ELEMENTS(kill); i++) {
        prig_set_tce(rig, PRIG_TCE, 2, FRAME | RW);
        dma_of(rig, 0x20000, P9X_PHB4_DMA_READ);
        prig_set_tce(rig, PRIG_TCE, 2, 0);
        prig_store(rig, PHB_TCE_KILL, kill[i]);
        g_assert_false(prig_dma(rig, 0x20000, P9X_PHB4_DMA_READ));
        prig_unfreeze(rig, PRIG_PE);
    }
    {
        unsigned flushes = rig->flushes;

        prig_store(rig, PHB_TCE_KILL, 0);       /* nothing to kill */
        g_assert_cmpuint(rig->flushes, ==, flushes);
    }
    prig_free(rig);
}

static void test_a_new_tve_takes_old_translations_away(void)
{
    PRig *rig = prig_with_page();

    dma_of(rig, 0x20000, P9X_PHB4_DMA_READ);
    prig_set_tce(rig, PRIG_TCE + 0x1000, 2, (FRAME + 0x10000) | RW);
    prig_set_tve(rig, PRIG_PE * 2, prig_tve_of(PRIG_TCE + 0x1000, 1, 1, 5));
    g_assert_cmpuint(rig->flush.pe, ==, PRIG_PE);
    g_assert_cmphex(dma_of(rig, 0x20000, P9X_PHB4_DMA_READ).real, ==,
                    FRAME + 0x10000);
    prig_free(rig);
}

/* Nothing that is absent is remembered. */
static void test_a_new_mapping_needs_no_kill(void)
{
    PRig *rig = prig_with_page();

    g_assert_false(prig_dma(rig, 0x50000, P9X_PHB4_DMA_PROBE));
    prig_set_tce(rig, PRIG_TCE, 5, FRAME | RW);
    dma_of(rig, 0x50000, P9X_PHB4_DMA_READ);
    prig_free(rig);
}

static void test_a_probe_sees_all_and_disturbs_nothing(void)
{
    PRig *rig = prig_with_page();

    prig_set_tce(rig, PRIG_TCE, 3, FRAME | TCE_WRITE);
    g_assert_false(dma_of(rig, 0x30000, P9X_PHB4_DMA_PROBE).read);
    g_assert_false(prig_dma(rig, 0x40000, P9X_PHB4_DMA_PROBE));
    g_assert_false(prig_dma(rig, UINT64_MAX, P9X_PHB4_DMA_PROBE));
    prig_set_rte(rig, PRIG_RID, 600);
    g_assert_false(prig_dma(rig, 0x30000, P9X_PHB4_DMA_PROBE));
    g_assert_cmpuint(prig_errors(rig), ==, 0);
    g_assert_cmphex(prig_load(rig, PHB_ETU_ERR_SUMMARY), ==, 0);
    g_assert_cmpuint(p9x_phb4_stat(rig->phb, P9X_PHB4_STAT_XLATE), ==, 0);
    g_assert_cmpuint(p9x_phb4_frozen(rig->phb, PRIG_PE), ==, 0);
    prig_free(rig);
}

static void test_dma_stops_while_quiesced_or_the_link_is_down(void)
{
    PRig *rig = prig_with_page();

    prig_store(rig, PHB_Q_DMA_R, PHB_Q_DMA_QUIESCE);
    g_assert_false(prig_dma(rig, 0x20000, P9X_PHB4_DMA_READ));
    prig_store(rig, PHB_Q_DMA_R, 0);
    dma_of(rig, 0x20000, P9X_PHB4_DMA_READ);
    rig->plugged = false;
    prig_store(rig, PHB_REGB_ERR + GRP_ERC_ENABLE, 0);
    p9x_phb4_slot_changed(rig->phb);
    g_assert_false(prig_dma(rig, 0x20000, P9X_PHB4_DMA_READ));
    g_assert_cmpuint(prig_errors(rig), ==, 0);
    prig_free(rig);
}

/* ---- a kill while a walk is under way ---- */

typedef struct Racer {
    PRig *rig;
    bool (*mem_read)(void *host, uint64_t addr, void *buf, uint64_t len);
    bool armed;
} Racer;

static Racer racer;

/* Memory that takes a mapping away right after it was read. */
static bool racing_read(void *host, uint64_t addr, void *buf, uint64_t len)
{
    bool ok = racer.mem_read(host, addr, buf, len);

    if (racer.armed && addr >= PRIG_TCE) {
        racer.armed = false;
        prig_set_tce(racer.rig, PRIG_TCE, 2, 0);
        prig_store(racer.rig, PHB_TCE_KILL, PHB_TCE_KILL_PE | PRIG_PE);
    }
    return ok;
}

static void test_a_kill_during_a_walk_leaves_nothing_behind(void)
{
    PRig *rig = prig_with_page();

    racer = (Racer) { rig, rig->host.ports.mem_read, true };
    rig->host.ports.mem_read = racing_read;
    dma_of(rig, 0x20000, P9X_PHB4_DMA_READ);
    g_assert_false(racer.armed);
    g_assert_false(prig_dma(rig, 0x20000, P9X_PHB4_DMA_READ));
    prig_free(rig);
}

static bool racing_rtt(void *host, uint64_t addr, void *buf, uint64_t len)
{
    bool ok = racer.mem_read(host, addr, buf, len);

    if (racer.armed) {
        racer.armed = false;
        prig_set_rte(racer.rig, PRIG_RID, PRIG_PE + 1);
    }
    return ok;
}

static void test_an_rtt_change_during_a_look_up_is_not_missed(void)
{
    PRig *rig = prig_booted();

    racer = (Racer) { rig, rig->host.ports.mem_read, true };
    rig->host.ports.mem_read = racing_rtt;
    p9x_phb4_pe(rig->phb, PRIG_RID);
    g_assert_cmpint(p9x_phb4_pe(rig->phb, PRIG_RID), ==, PRIG_PE + 1);
    prig_free(rig);
}

static const TestRow rows[] = {
    TEST(a_tce_says_where_a_page_is_and_what_is_allowed),
    TEST(page_sizes_are_4k_64k_2m_and_1g),
    TEST(tables_have_up_to_five_levels),
    TEST(addresses_beyond_the_table_are_refused),
    TEST(a_table_outside_of_memory_is_a_fault),
    TEST(a_bypass_window_has_bounds),
    TEST(a_window_can_be_without_bounds),
    TEST(address_bits_choose_among_the_tves),
    TEST(no_tve_is_a_fault),
    TEST(msi_and_strange_addresses_are_not_for_dma),
    TEST(the_rtt_says_which_pe_and_is_cached),
    TEST(no_pe_is_a_fault_that_freezes_nothing),
    TEST(translations_are_kept_until_they_are_killed),
    TEST(each_kind_of_kill_takes_the_translation_away),
    TEST(a_new_tve_takes_old_translations_away),
    TEST(a_new_mapping_needs_no_kill),
    TEST(a_probe_sees_all_and_disturbs_nothing),
    TEST(dma_stops_while_quiesced_or_the_link_is_down),
    TEST(a_kill_during_a_walk_leaves_nothing_behind),
    TEST(an_rtt_change_during_a_look_up_is_not_missed),
};

int main(int argc, char **argv)
{
    return RUN_TESTS(argc, argv, "phb4-dma", rows);
}
