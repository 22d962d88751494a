/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What those who keep copies of mappings are given, and when they are told. */
#include "fixture-phb4.h"

enum { RW = PRIG_RW };

#define FRAME       PRIG_FRAME
#define WINDOW_1    (UINT64_C(1) << 59)     /* of a PE's second TVE */

static const P9xPhb4Mapping *nth(const GArray *list, guint i)
{
    g_assert_cmpuint(i, <, list->len);
    return &g_array_index(list, P9xPhb4Mapping, i);
}

static void assert_mapping(const P9xPhb4Mapping *m, uint64_t iova,
                           uint64_t real, uint64_t size, unsigned perm)
{
    g_assert_cmphex(m->iova, ==, iova);
    g_assert_cmphex(m->real, ==, real);
    g_assert_cmphex(m->size, ==, size);
    g_assert_cmpint(m->read, ==, !!(perm & TCE_READ));
    g_assert_cmpint(m->write, ==, !!(perm & TCE_WRITE));
}

/* The only mapping there is. */
static void assert_one(PRig *rig, uint64_t iova, uint64_t real, uint64_t size)
{
    g_autoptr(GArray) list = prig_list(rig, PRIG_RID, NULL);

    g_assert_cmpuint(list->len, ==, 1);
    assert_mapping(nth(list, 0), iova, real, size, RW);
    prig_check_list(rig, PRIG_RID, NULL, 0);
}

static void assert_none(PRig *rig)
{
    g_autoptr(GArray) list = prig_list(rig, PRIG_RID, NULL);

    g_assert_cmpuint(list->len, ==, 0);
}

static void test_a_list_holds_each_page_of_a_table(void)
{
    PRig *rig = prig_with_page();
    g_autoptr(GArray) list = NULL;

    prig_set_tce(rig, PRIG_TCE, 0, 0x40000 | TCE_READ);
    prig_set_tce(rig, PRIG_TCE, 3, FRAME | TCE_WRITE);
    prig_set_tce(rig, PRIG_TCE, 4, FRAME);          /* neither: absent */
    prig_set_tce(rig, PRIG_TCE, 511, FRAME | RW);
    prig_set_tce(rig, PRIG_TCE, 512, FRAME | RW);   /* beyond the table */
    list = prig_list(rig, PRIG_RID, NULL);
    g_assert_cmpuint(list->len, ==, 4);
    assert_mapping(nth(list, 0), 0, 0x40000, 0x10000, TCE_READ);
    assert_mapping(nth(list, 1), 0x20000, FRAME, 0x10000, RW);
    assert_mapping(nth(list, 2), 0x30000, FRAME, 0x10000, TCE_WRITE);
    assert_mapping(nth(list, 3), 511 * 0x10000, FRAME, 0x10000, RW);
    prig_check_list(rig, PRIG_RID, NULL, 0);
    prig_free(rig);
}

static void test_pages_of_each_size_are_listed(void)
{
    const PageSize *size = prig_page_size;
    PRig *rig = prig_booted();

    for (unsigned i = 0; i < PRIG_NR_PAGE_SIZES; i++) {
        uint64_t page = UINT64_C(1) << size[i].shift;

        prig_set_tve(rig, PRIG_PE * 2, prig_tve_of(PRIG_TCE, 1, 1,
                                                   size[i].psize));
        prig_set_tce(rig, PRIG_TCE, 3, (7 * page) | (page - 16) | RW);
        assert_one(rig, 3 * page, 7 * page, page);
    }
    prig_set_tve(rig, PRIG_PE * 2, prig_tve_of(PRIG_TCE, 1, 1, 7));
    assert_none(rig);
    prig_free(rig);
}

/* 2^9 entries a level, 4 KiB pages; absent upper levels hide what is below. */
static void test_tables_of_each_depth_are_listed(void)
{
    PRig *rig = prig_booted();

    for (unsigned levels = 1; levels <= 5; levels++) {
        uint64_t iova = 0, table = PRIG_TCE;

        for (unsigned level = levels; level > 0; level--) {
            uint64_t next = level == 1 ? FRAME : table + 0x1000;
            unsigned index = 0x11 + level;

            memset(rig->host.ram + table, 0, 0x1000);
            prig_set_tce(rig, table, index, next | RW);
            iova |= (uint64_t)index << (12 + 9 * (level - 1));
            table = next;
        }
        prig_set_tve(rig, PRIG_PE * 2, prig_tve_of(PRIG_TCE, levels, 1, 1));
        assert_one(rig, iova, FRAME, 0x1000);
        prig_set_tce(rig, PRIG_TCE, 0x11 + levels, 0);
        assert_none(rig);
    }
    prig_set_tce(rig, PRIG_TCE, 0, PRIG_TCE | RW);
    prig_set_tve(rig, PRIG_PE * 2, prig_tve_of(PRIG_TCE, 6, 1, 1));
    assert_none(rig);
    prig_free(rig);
}

static void test_a_window_without_translation_is_one_mapping(void)
{
    const uint64_t unit = 0x1000000;
    PRig *rig = prig_booted();

    prig_set_tve(rig, PRIG_PE * 2 + 1, prig_bypass_tve(1, 3));
    assert_one(rig, WINDOW_1 + unit, unit, 2 * unit);
    prig_set_tve(rig, PRIG_PE * 2 + 1, prig_bypass_tve(3, 3));
    assert_none(rig);
    prig_set_tve(rig, PRIG_PE * 2 + 1, prig_bypass_tve(5, 3));
    assert_none(rig);
    prig_set_tve(rig, PRIG_PE * 2 + 1, prig_bypass_tve(0, 0x3FFFFFF));
    assert_one(rig, WINDOW_1, 0, 0x3FFFFFF * unit);
    prig_set_tve(rig, PRIG_PE * 2 + 1, P9X_BIT64(51));
    assert_one(rig, WINDOW_1, 0, UINT64_C(1) << 56);
    prig_free(rig);
}

static void test_all_windows_of_a_pe_are_listed_in_order(void)
{
    static const unsigned per_pe[] = { 2, 4, 8, 16 };
    PRig *rig = prig_booted();

    prig_set_tce(rig, PRIG_TCE, 2, FRAME | RW);
    for (unsigned sel = 0; sel < G_N_ELEMENTS(per_pe); sel++) {
        g_autoptr(GArray) list = NULL;
        unsigned n = per_pe[sel];

        prig_store(rig, PHB_CTRLR, p9x_set64(PHB_CTRLR_PGSZ_64K,
                                             PHB_CTRLR_TVT_ADDR_SEL, sel));
        for (unsigned i = 0; i < n; i++) {
            prig_set_tve(rig, PRIG_PE * n + i, prig_tve_of(PRIG_TCE, 1, 1, 5));
        }
        list = prig_list(rig, PRIG_RID, NULL);
        g_assert_cmpuint(list->len, ==, n);
        for (unsigned i = 0; i < n; i++) {
            assert_mapping(nth(list, i), ((UINT64_C(1) << 60) / n) * i +
                           0x20000, FRAME, 0x10000, RW);
        }
        prig_check_list(rig, PRIG_RID, NULL, 0);
    }
    prig_free(rig);
}

/* TVE 0 up to 4 GiB; all the rest is TVE 1's, whose offsets begin again at
 * each multiple of 2^59. */
static void test_the_4_gib_mode_is_listed_as_it_translates(void)
{
    const uint64_t four_gb = UINT64_C(1) << 32;
    PRig *rig = prig_booted();
    g_autoptr(GArray) list = NULL;

    prig_store(rig, PHB_CTRLR, PHB_CTRLR_TVE1_4GB);
    prig_set_tve(rig, PRIG_PE * 2, prig_tve_of(PRIG_TCE, 1, 9, 5));
    prig_set_tve(rig, PRIG_PE * 2 + 1, prig_tve_of(PRIG_TCE, 1, 9, 5));
    prig_set_tce(rig, PRIG_TCE, 1, 0x110000 | RW);
    prig_set_tce(rig, PRIG_TCE, 0x10000, 0x220000 | RW);
    list = prig_list(rig, PRIG_RID, NULL);
    g_assert_cmpuint(list->len, ==, 4);
    assert_mapping(nth(list, 0), 0x10000, 0x110000, 0x10000, RW);
    assert_mapping(nth(list, 1), four_gb, 0x220000, 0x10000, RW);
    assert_mapping(nth(list, 2), WINDOW_1 + 0x10000, 0x110000, 0x10000, RW);
    assert_mapping(nth(list, 3), WINDOW_1 + four_gb, 0x220000, 0x10000, RW);
    prig_check_list(rig, PRIG_RID, NULL, 0);

    prig_set_tve(rig, PRIG_PE * 2, prig_bypass_tve(0, 0x2000));
    prig_set_tve(rig, PRIG_PE * 2 + 1, prig_bypass_tve(0, 0x1000));
    prig_check_list(rig, PRIG_RID, &four_gb, 1);
    prig_free(rig);
}

static void test_an_msi_page_is_not_listed(void)
{
    PRig *rig = prig_booted();

    prig_set_tve(rig, PRIG_PE * 2, prig_tve_of(PRIG_TCE, 1, 8, 5));
    prig_set_tce(rig, PRIG_TCE, 0xFFFF, FRAME | RW);
    assert_none(rig);
    prig_store(rig, PHB_PHB4_CONFIG, PHB_CONFIG_64BIT_MSI);
    assert_one(rig, P9X_PHB4_MSI32_BASE, FRAME, 0x10000);
    prig_free(rig);
}

static void test_who_gets_nothing_through_has_nothing_listed(void)
{
    PRig *rig = prig_with_page();

    assert_one(rig, 0x20000, FRAME, 0x10000);
    prig_set_table(rig, TBL_PESTB, PRIG_PE, PEST_FROZEN);
    assert_none(rig);
    prig_unfreeze(rig, PRIG_PE);
    prig_set_table(rig, TBL_PESTA, PRIG_PE, PEST_FROZEN);
    assert_one(rig, 0x20000, FRAME, 0x10000);
    prig_unfreeze(rig, PRIG_PE);
    prig_store(rig, PHB_Q_DMA_R, PHB_Q_DMA_QUIESCE);
    assert_none(rig);
    prig_store(rig, PHB_Q_DMA_R, 0);
    prig_set_rte(rig, PRIG_RID, PRIG_PE + 1);
    assert_none(rig);
    prig_set_rte(rig, PRIG_RID, 600);
    assert_none(rig);
    prig_set_rte(rig, PRIG_RID, PRIG_PE);
    assert_one(rig, 0x20000, FRAME, 0x10000);
    g_assert_cmpuint(prig_errors(rig), ==, 0);
    g_assert_cmphex(prig_load(rig, PHB_ETU_ERR_SUMMARY), ==, 0);
    p9x_phb4_reset(rig->phb);
    assert_none(rig);
    prig_free(rig);
}

static struct {
    bool (*mem_read)(void *host, uint64_t addr, void *buf, uint64_t len);
    uint64_t reads;
} meter;

static bool metered_read(void *host, uint64_t addr, void *buf, uint64_t len)
{
    meter.reads++;
    return meter.mem_read(host, addr, buf, len);
}

static void assert_cut(PRig *rig, uint64_t tve)
{
    g_autoptr(GArray) list = NULL;
    uint64_t cuts = p9x_phb4_stat(rig->phb, P9X_PHB4_STAT_LIST_CUT);
    bool cut;

    prig_set_tve(rig, PRIG_PE * 2, tve);
    meter.reads = 0;
    list = prig_list(rig, PRIG_RID, &cut);
    g_assert_true(cut);
    g_assert_cmpuint(meter.reads, <=, (4 << 20) / 512 + 1);
    g_assert_cmpuint(list->len, <=, 1 << 20);
    g_assert_cmpuint(p9x_phb4_stat(rig->phb, P9X_PHB4_STAT_LIST_CUT), ==,
                     cuts + 1);
}

/* What is listed of it is right, and it ends. */
static void test_hostile_tables_cost_a_bounded_amount(void)
{
    PRig *rig = prig_booted();

    meter.mem_read = rig->host.ports.mem_read;
    rig->host.ports.mem_read = metered_read;
    /* Each of 512 entries names the table itself, on five levels */
    for (unsigned i = 0; i < 512; i++) {
        prig_set_tce(rig, PRIG_TCE, i, PRIG_TCE | RW);
    }
    assert_cut(rig, prig_tve_of(PRIG_TCE, 5, 1, 1));
    prig_check_list(rig, PRIG_RID, NULL, 0);
    g_assert_cmpuint(prig_errors(rig), ==, 2);
    /* 2^39 entries, hardly any of them in memory */
    assert_cut(rig, prig_tve_of(PRIG_TCE, 1, 31, 1));
    /* More address bits than there are: only entry 0 is ever looked at */
    prig_set_tve(rig, PRIG_PE * 2, prig_tve_of(P9X_MASK64(0, 51), 5, 31, 19));
    assert_none(rig);
    prig_free(rig);
}

/* ---- being told ---- */

static unsigned told;           /* calls of iotlb_flush so far */

static void assert_told(PRig *rig, unsigned pe)
{
    g_assert_cmpuint(rig->flushes, >, told);
    g_assert_true(rig->flush.pe == pe || rig->flush.pe == P9X_PHB4_ALL_PES);
    g_assert_cmphex(rig->flush.size, ==, 0);
    told = rig->flushes;
}

static void test_whatever_changes_a_list_is_told(void)
{
    PRig *rig = prig_with_page();

    told = rig->flushes;
    prig_set_table(rig, TBL_PESTB, PRIG_PE, PEST_FROZEN);
    assert_told(rig, PRIG_PE);
    prig_set_table(rig, TBL_PESTB, PRIG_PE, 0);
    assert_told(rig, PRIG_PE);
    prig_store(rig, PHB_Q_DMA_R, PHB_Q_DMA_QUIESCE);
    assert_told(rig, PRIG_PE);
    prig_store(rig, PHB_Q_DMA_R, 0);
    assert_told(rig, PRIG_PE);
    prig_store(rig, PHB_PHB4_CONFIG, PHB_CONFIG_64BIT_MSI);
    assert_told(rig, PRIG_PE);
    prig_set_tve(rig, PRIG_PE * 2 + 1, prig_bypass_tve(0, 1));
    assert_told(rig, PRIG_PE);
    prig_store(rig, PHB_CTRLR, PHB_CTRLR_TVE1_4GB);
    assert_told(rig, PRIG_PE);
    prig_set_rte(rig, PRIG_RID, PRIG_PE + 1);
    assert_told(rig, PRIG_PE);
    prig_store(rig, PHB_RTT_BAR, 0);
    assert_told(rig, PRIG_PE);
    prig_store(rig, PHB_TCE_KILL, PHB_TCE_KILL_PE | PRIG_PE);
    assert_told(rig, PRIG_PE);
    prig_free(rig);
}

static void test_fence_and_link_are_told(void)
{
    PRig *rig = prig_with_page();

    told = rig->flushes;
    p9x_phb4_xscom_store(rig->phb, P9X_PHB4_XSCOM_NEST, NEST_FIR,
                         P9X_BIT64(0));
    g_assert_true(p9x_phb4_is_fenced(rig->phb));
    assert_told(rig, PRIG_PE);
    assert_none(rig);
    p9x_phb4_xscom_store(rig->phb, P9X_PHB4_XSCOM_NEST, NEST_FIR, 0);
    assert_told(rig, PRIG_PE);
    assert_one(rig, 0x20000, FRAME, 0x10000);

    prig_store(rig, PHB_REGB_ERR + GRP_ERC_ENABLE, 0);
    told = rig->flushes;
    rig->plugged = false;
    p9x_phb4_slot_changed(rig->phb);
    assert_told(rig, PRIG_PE);
    assert_none(rig);
    rig->plugged = true;
    p9x_phb4_slot_changed(rig->phb);
    assert_told(rig, PRIG_PE);
    assert_one(rig, 0x20000, FRAME, 0x10000);

    p9x_phb4_xscom_store(rig->phb, P9X_PHB4_XSCOM_PCI, PCI_ETU_RESET,
                         P9X_BIT64(0));
    assert_told(rig, PRIG_PE);
    assert_none(rig);
    p9x_phb4_reset(rig->phb);
    assert_told(rig, PRIG_PE);
    prig_free(rig);
}

/* ---- two lists ---- */

static void count(void *opaque, const P9xPhb4Mapping *mapping)
{
    uint64_t *sum = opaque;

    sum[0]++;
    sum[1] += mapping->iova;
}

static void assert_only(const GArray *here, const GArray *there, unsigned n,
                        uint64_t sum_of_addresses)
{
    uint64_t sum[2] = { 0 };

    p9x_phb4_each_only_in(here, there, count, sum);
    g_assert_cmpuint(sum[0], ==, n);
    g_assert_cmphex(sum[1], ==, sum_of_addresses);
}

static void test_two_lists_differ_where_a_mapping_does(void)
{
    PRig *rig = prig_with_page();
    g_autoptr(GArray) before = NULL, after = NULL;
    g_autoptr(GArray) none = g_array_new(false, false,
                                         sizeof(P9xPhb4Mapping));

    for (unsigned i = 10; i < 20; i++) {
        prig_set_tce(rig, PRIG_TCE, i, FRAME | RW);
    }
    before = prig_list(rig, PRIG_RID, NULL);
    prig_set_tce(rig, PRIG_TCE, 1, FRAME | RW);             /* new */
    prig_set_tce(rig, PRIG_TCE, 2, 0);                      /* gone */
    prig_set_tce(rig, PRIG_TCE, 11, FRAME | TCE_READ);      /* forbidden */
    prig_set_tce(rig, PRIG_TCE, 12, (FRAME + 0x10000) | RW);    /* moved */
    prig_set_tce(rig, PRIG_TCE, 400, FRAME | RW);           /* new, last */
    after = prig_list(rig, PRIG_RID, NULL);
    assert_only(before, after, 3, 0x20000 + 0xB0000 + 0xC0000);
    assert_only(after, before, 4, 0x10000 + 0xB0000 + 0xC0000 + 400 * 0x10000);
    assert_only(before, before, 0, 0);
    assert_only(none, before, 0, 0);
    assert_only(before, none, 11, 0x20000 + 145 * 0x10000);
    prig_free(rig);
}

static const TestRow rows[] = {
    TEST(a_list_holds_each_page_of_a_table),
    TEST(pages_of_each_size_are_listed),
    TEST(tables_of_each_depth_are_listed),
    TEST(a_window_without_translation_is_one_mapping),
    TEST(all_windows_of_a_pe_are_listed_in_order),
    TEST(the_4_gib_mode_is_listed_as_it_translates),
    TEST(an_msi_page_is_not_listed),
    TEST(who_gets_nothing_through_has_nothing_listed),
    TEST(hostile_tables_cost_a_bounded_amount),
    TEST(whatever_changes_a_list_is_told),
    TEST(fence_and_link_are_told),
    TEST(two_lists_differ_where_a_mapping_does),
};

int main(int argc, char **argv)
{
    return RUN_TESTS(argc, argv, "phb4-list", rows);
}
