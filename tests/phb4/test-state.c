/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Migration: everything goes over, nothing else gets in.  And the printout. */
#include "fixture-phb4.h"

static uint64_t *save(PRig *rig, size_t *n)
{
    uint64_t *words;

    *n = p9x_phb4_state_words(rig->phb);
    words = g_new(uint64_t, *n + 1);
    words[*n] = UINT64_C(0xA5A5A5A5A5A5A5A5);
    p9x_phb4_save(rig->phb, words);
    g_assert_cmphex(words[*n], ==, UINT64_C(0xA5A5A5A5A5A5A5A5));
    return words;
}

/* A bridge with something in every corner. */
static PRig *lived_in(void)
{
    PRig *rig = prig_booted();

    prig_tce_window(rig, PRIG_PE);
    prig_set_tce(rig, PRIG_TCE, 2, 0x1230003);
    prig_give_msi(rig, 0x21, PRIG_PE);
    prig_msi(rig, PRIG_RID, 0x21);
    prig_msi(rig, PRIG_RID, 0x21);
    p9x_phb4_intx(rig->phb, 1, true);
    prig_set_table(rig, TBL_PESTA, 40, PEST_FROZEN);
    prig_set_table(rig, TBL_PESTB, 41, PEST_FROZEN);
    prig_set_table(rig, TBL_MRT, 3, 99);
    prig_set_table(rig, TBL_TVT, 1023, 99);
    prig_set_table(rig, TBL_MDT, 511, 99);
    p9x_phb4_xscom_store(rig->phb, P9X_PHB4_XSCOM_ETU, SCOM_IND_ADDR,
                         SCOM_IND_VALID | PHB_VERSION);
    p9x_phb4_xscom_store(rig->phb, P9X_PHB4_XSCOM_PCI, PCI_TX_CMD_CRED,
                         UINT64_MAX);
    prig_store(rig, PHB_RXE_TCE_ERR + GRP_INJECT, P9X_BIT64(9));
    return rig;
}

static void test_what_was_saved_is_restored(void)
{
    PRig *from = lived_in(), *to = prig_new();
    size_t n, n2;
    g_autofree uint64_t *words = save(from, &n);
    g_autofree uint64_t *again = NULL;
    unsigned calls = to->link_calls, windows = to->window_calls;

    memcpy(to->host.ram + PRIG_RTT, from->host.ram + PRIG_RTT, 0x20000);
    memcpy(to->host.ram + PRIG_TCE, from->host.ram + PRIG_TCE, 0x1000);
    g_assert_true(p9x_phb4_restore(to->phb, words, n));
    again = save(to, &n2);
    g_assert_cmpuint(n, ==, n2);
    g_assert_cmpmem(words, n * 8, again, n * 8);

    g_assert_cmpuint(to->nr_notified, ==, 0);
    g_assert_cmpuint(to->link_calls, ==, calls);
    g_assert_cmpuint(to->window_calls, >, windows);
    g_assert_cmpuint(to->flush.pe, ==, P9X_PHB4_ALL_PES);
    g_assert_cmpuint(p9x_phb4_frozen(to->phb, 40), ==, P9X_PHB4_FROZEN_MMIO);
    g_assert_cmpuint(p9x_phb4_frozen(to->phb, 41), ==, P9X_PHB4_FROZEN_DMA);
    g_assert_true(prig_dma(to, 0x20000, P9X_PHB4_DMA_READ));
    /* The second MSI was in Q, the level of INTB is up: both come again. */
    p9x_phb4_esb_load(to->phb, 0x21 << 16, 8);
    g_assert_cmpuint(to->nr_notified, ==, 1);
    p9x_phb4_esb_load(to->phb, UINT64_C(4089) << 16, 8);
    g_assert_cmpuint(to->nr_notified, ==, 2);
    prig_set_table(to, TBL_PESTA, 40, 0);
    {
        P9xPhb4Window window;

        p9x_phb4_window(to->phb, P9X_PHB4_WIN_MBT, &window);
        g_assert_true(window.direct);
        g_assert_cmphex(window.base, ==, PRIG_MMIO1);
    }
    prig_free(from);
    prig_free(to);
}

/* ---- nothing is left out ---- */

/* Words of a big bridge's stream, and where its TVT begins. */
enum { BIG_WORDS = 6438, BIG_TVT = 197 };
enum { ALL_TABLES = 32, ALL_ENTRIES = 1024, ALL_REGS = 0x3000 / 8 };

/* As firmware sees it: what is not there reads as something, too. */
typedef struct Seen {
    uint64_t table[ALL_TABLES][ALL_ENTRIES];
    uint64_t reg[ALL_REGS];
    uint64_t nest[P9X_PHB4_XSCOM_NEST_REGS];
    uint64_t pci[P9X_PHB4_XSCOM_PCI_REGS];
} Seen;

static uint64_t etu_load(PRig *rig, unsigned offset)
{
    return offset == PHB_IODA_DATA0 ? 0 : prig_etu(rig, offset);
}

/* Loads note errors, so the same ones are made of both bridges. */
static Seen *look(PRig *rig)
{
    Seen *seen = g_new0(Seen, 1);

    for (unsigned i = 0; i < P9X_PHB4_XSCOM_NEST_REGS; i++) {
        seen->nest[i] = p9x_phb4_xscom_load(rig->phb, P9X_PHB4_XSCOM_NEST, i);
    }
    for (unsigned i = 0; i < P9X_PHB4_XSCOM_PCI_REGS; i++) {
        seen->pci[i] = p9x_phb4_xscom_load(rig->phb, P9X_PHB4_XSCOM_PCI, i);
    }
    for (unsigned i = 0; i < ALL_REGS; i++) {
        seen->reg[i] = etu_load(rig, i * 8);
    }
    for (unsigned table = 0; table < ALL_TABLES; table++) {
        for (unsigned i = 0; i < ALL_ENTRIES; i++) {
            seen->table[table][i] = prig_table(rig, table, i);
        }
    }
    return seen;
}

/* Each entry and each register gets a value of its own. */
static void fill(PRig *rig)
{
    uint64_t n = 0;

    for (unsigned table = 0; table < ALL_TABLES; table++) {
        for (unsigned i = 0; i < ALL_ENTRIES; i++) {
            prig_set_table(rig, table, i, ++n * UINT64_C(0x9E3779B97F4A7C15));
        }
    }
    for (unsigned i = 0; i < ALL_REGS; i++) {
        p9x_phb4_xscom_store(rig->phb, P9X_PHB4_XSCOM_ETU, SCOM_IND_ADDR,
                             SCOM_IND_VALID | i * 8);
        p9x_phb4_xscom_store(rig->phb, P9X_PHB4_XSCOM_ETU, SCOM_IND_DATA,
                             ++n * UINT64_C(0x9E3779B97F4A7C15));
    }
    for (unsigned i = 0; i < P9X_PHB4_XSCOM_PCI_REGS; i++) {
        if (i != PCI_ETU_RESET) {
            p9x_phb4_xscom_store(rig->phb, P9X_PHB4_XSCOM_PCI, i,
                                 ++n * UINT64_C(0x9E3779B97F4A7C15));
        }
    }
    for (unsigned i = 0; i < P9X_PHB4_XSCOM_NEST_REGS; i++) {
        p9x_phb4_xscom_store(rig->phb, P9X_PHB4_XSCOM_NEST, i,
                             ++n * UINT64_C(0x9E3779B97F4A7C15));
    }
    /* So that the registers can be reached. */
    p9x_phb4_xscom_store(rig->phb, P9X_PHB4_XSCOM_NEST, NEST_FIR_MSK,
                         UINT64_MAX);
}

static unsigned nr_values(const uint64_t *words, unsigned n)
{
    unsigned set = 0;

    for (unsigned i = 0; i < n; i++) {
        set += words[i] != 0;
    }
    return set;
}

static void check_that_all_goes_over(const P9xPhb4Config *config)
{
    static const uint8_t kept[] = {
        TBL_LIST, TBL_MIST, TBL_PCT, TBL_MRT, TBL_PESTA, TBL_PESTB, TBL_TVT,
        TBL_MBT, TBL_MDT, TBL_PEEV
    };
    PRig *from = prig_new_config(config), *to = prig_new_config(config);
    size_t n;
    g_autofree uint64_t *words = NULL;
    g_autofree Seen *before = NULL, *after = NULL;

    prig_boot(from);
    fill(from);
    words = save(from, &n);
    g_assert_true(p9x_phb4_restore(to->phb, words, n));
    /* The root port's own state does not go this way. */
    memcpy(to->rc, from->rc, sizeof(to->rc));
    before = look(from);
    after = look(to);
    for (unsigned i = 0; i < G_N_ELEMENTS(kept); i++) {
        g_assert_cmpuint(nr_values(before->table[kept[i]], ALL_ENTRIES), >,
                         ALL_ENTRIES / 4);
    }
    g_assert_cmpmem(before->table, sizeof(before->table), after->table,
                    sizeof(after->table));
    g_assert_cmpmem(before->reg, sizeof(before->reg), after->reg,
                    sizeof(after->reg));
    g_assert_cmpmem(before->nest, sizeof(before->nest), after->nest,
                    sizeof(after->nest));
    g_assert_cmpmem(before->pci, sizeof(before->pci), after->pci,
                    sizeof(after->pci));
    prig_free(from);
    prig_free(to);
}

static void test_each_table_and_each_register_goes_over(void)
{
    const P9xPhb4Config small = {
        .index = 1, .max_width = 8, .max_speed = 4
    };

    check_that_all_goes_over(NULL);
    check_that_all_goes_over(&small);
}

/* The word of the stream that changes with a table's last entry. */
static size_t word_of(PRig *rig, unsigned table, unsigned index)
{
    size_t n, at = 0;
    g_autofree uint64_t *before = NULL, *after = NULL;

    /* The address register is a word of its own. */
    prig_select(rig, table, index, false);
    before = save(rig, &n);
    prig_store(rig, PHB_IODA_DATA0, PEST_FROZEN | LIST_P);
    after = save(rig, &n);
    while (at < n && before[at] == after[at]) {
        at++;
    }
    g_assert_cmpuint(at, <, n);
    return at;
}

/* A stream of another version of this program has the same order. */
static void test_the_order_of_the_stream_stays(void)
{
    PRig *rig = prig_new();
    size_t tvt = word_of(rig, TBL_TVT, 0);

    g_assert_cmpuint(p9x_phb4_state_words(rig->phb), ==, BIG_WORDS);
    g_assert_cmpuint(tvt, ==, BIG_TVT);
    g_assert_cmpuint(word_of(rig, TBL_TVT, 1023), ==, tvt + 1023);
    g_assert_cmpuint(word_of(rig, TBL_MBT, 0), ==, tvt + 1024);
    g_assert_cmpuint(word_of(rig, TBL_MBT, 62), ==, tvt + 1024 + 62);
    g_assert_cmpuint(word_of(rig, TBL_MDT, 0), ==, tvt + 1088);
    g_assert_cmpuint(word_of(rig, TBL_MRT, 15), ==, tvt + 1600 + 15);
    g_assert_cmpuint(word_of(rig, TBL_PCT, 7), ==, tvt + 1616 + 7);
    g_assert_cmpuint(word_of(rig, TBL_PESTA, 0), ==, tvt + 1624);
    g_assert_cmpuint(word_of(rig, TBL_PESTB, 511), ==, tvt + 1624 + 511);
    g_assert_cmpuint(word_of(rig, TBL_MIST, 0), ==, tvt + 2136);
    g_assert_cmpuint(word_of(rig, TBL_LIST, 0), ==, tvt + 2136 + 4088);
    prig_free(rig);
}

static void test_fence_reset_and_moved_lsis_go_over(void)
{
    PRig *from = prig_booted(), *to = prig_booted();
    size_t n;
    g_autofree uint64_t *words = NULL;

    prig_store(from, PHB_LSI_SOURCE_ID, p9x_set64(0, PHB_LSI_SRC_ID, 0x80));
    p9x_phb4_xscom_store(from->phb, P9X_PHB4_XSCOM_NEST, NEST_FIR_SET,
                         P9X_BIT64(26));
    words = save(from, &n);
    g_assert_true(p9x_phb4_restore(to->phb, words, n));
    g_assert_true(p9x_phb4_is_fenced(to->phb));
    g_assert_cmpuint(p9x_phb4_lsi(p9x_phb4_source(to->phb), 0), ==, 0x400);
    g_assert_cmphex(prig_load(to, PHB_VERSION), ==, UINT64_MAX);
    p9x_phb4_xscom_store(to->phb, P9X_PHB4_XSCOM_NEST, NEST_FIR_CLR, 0);
    g_assert_cmphex(prig_load(to, PHB_VERSION), !=, UINT64_MAX);

    p9x_phb4_xscom_store(from->phb, P9X_PHB4_XSCOM_PCI, PCI_ETU_RESET,
                         UINT64_MAX);
    p9x_phb4_save(from->phb, words);
    g_assert_true(p9x_phb4_restore(to->phb, words, n));
    g_assert_cmphex(prig_etu(to, PHB_VERSION), ==, UINT64_MAX);
    prig_free(from);
    prig_free(to);
}

static void test_a_stream_of_another_bridge_is_refused(void)
{
    const P9xPhb4Config small = {
        .index = 1, .max_width = 8, .max_speed = 4
    };
    const P9xPhb4Config phb5 = {
        .big = true, .phb5 = true, .max_width = 8, .max_speed = 4
    };
    PRig *big = prig_booted(), *little = prig_new_config(&small);
    PRig *next = prig_new_config(&phb5);
    size_t n;
    g_autofree uint64_t *words = save(big, &n);

    g_assert_false(p9x_phb4_restore(little->phb, words, n));
    g_assert_false(p9x_phb4_restore(next->phb, words, n));
    g_assert_false(p9x_phb4_restore(big->phb, words, n - 1));
    g_assert_cmphex(prig_load(big, PHB_RTT_BAR), ==, 0);
    words[0]++;
    g_assert_false(p9x_phb4_restore(big->phb, words, n));
    prig_free(big);
    prig_free(little);
    prig_free(next);
}

static void test_a_stream_of_ones_is_cut_to_what_there_is(void)
{
    PRig *rig = prig_booted();
    size_t n;
    g_autofree uint64_t *words = save(rig, &n);

    memset(words + 2, 0xFF, (n - 2) * 8);
    g_assert_true(p9x_phb4_restore(rig->phb, words, n));
    g_assert_cmpuint(p9x_phb4_frozen(rig->phb, 0), ==, 3);
    g_assert_false(prig_dma(rig, 0x20000, P9X_PHB4_DMA_READ));
    g_assert_false(prig_msi(rig, PRIG_RID, 5));
    p9x_phb4_intx(rig->phb, 0, false);
    p9x_phb4_reset(rig->phb);
    prig_boot(rig);
    g_assert_true(rig->link.up);
    prig_free(rig);
}

static void test_the_printout_names_what_matters(void)
{
    PRig *rig = lived_in();
    g_autoptr(GString) out = g_string_new("");

    p9x_phb4_print(rig->phb, out);
    g_assert_nonnull(strstr(out->str, "PHB4[0:0] Source 00010000 .. 00010fff"
                                      "  @6030203102000"));
    g_assert_nonnull(strstr(out->str, "link up gen3 x8"));
    g_assert_nonnull(strstr(out->str, "PE 028 frozen: MMIO"));
    g_assert_nonnull(strstr(out->str, "PE 029 frozen: DMA"));
    g_assert_nonnull(strstr(out->str, "00010021 MSI PQ  PE 005"));
    g_assert_nonnull(strstr(out->str, "00010ff9 LSI P-A"));
    g_assert_nonnull(strstr(out->str, "TVE PE 005.0"));
    g_assert_nonnull(strstr(out->str, "RXE_TCE errors 0040000000000000"));
    g_assert_nonnull(strstr(out->str, "mbt0   000600c000000000.."));
    g_assert_nonnull(strstr(out->str, " checked"));
    g_assert_cmpint(out->str[out->len - 1], ==, '\n');

    p9x_phb4_xscom_store(rig->phb, P9X_PHB4_XSCOM_NEST, NEST_FIR_SET,
                         P9X_BIT64(26));
    p9x_phb4_xscom_store(rig->phb, P9X_PHB4_XSCOM_PCI, PCI_ETU_RESET,
                         UINT64_MAX);
    g_string_truncate(out, 0);
    p9x_phb4_print(rig->phb, out);
    g_assert_nonnull(strstr(out->str, "link down, in reset, fenced: nest FIR "
                                      "0000002000000000"));
    prig_free(rig);
}

static void test_each_statistic_has_a_name(void)
{
    PRig *rig = prig_new();

    for (unsigned i = 0; i < P9X_PHB4_NR_STATS; i++) {
        g_assert_cmpstr(p9x_phb4_stat_name((P9xPhb4Stat)i), !=, "?");
        for (unsigned j = 0; j < i; j++) {
            g_assert_cmpstr(p9x_phb4_stat_name((P9xPhb4Stat)i), !=,
                            p9x_phb4_stat_name((P9xPhb4Stat)j));
        }
    }
    g_assert_cmpstr(p9x_phb4_stat_name(P9X_PHB4_NR_STATS), ==, "?");
    g_assert_cmpuint(p9x_phb4_stat(rig->phb, P9X_PHB4_NR_STATS), ==, 0);
    prig_free(rig);
    p9x_phb4_free(NULL);
}

static void test_each_step_can_be_traced(void)
{
    PRig *rig = lived_in();

    prig_dma(rig, 0x20000, P9X_PHB4_DMA_READ);
    prig_dma(rig, 0x50000, P9X_PHB4_DMA_READ);
    prig_unfreeze(rig, PRIG_PE);
    prig_config_load(rig, PRIG_RID, PRIG_PE, 0, 4);
    p9x_phb4_xscom_store(rig->phb, P9X_PHB4_XSCOM_NEST, NEST_FIR_SET,
                         P9X_BIT64(26));
    for (unsigned i = 0; i <= P9X_PHB4_TRACE_LINK; i++) {
        g_assert_cmpuint(rig->traces[i], >, 0);
    }
    rig->ports.trace = NULL;
    prig_load(rig, PHB_VERSION);
    prig_free(rig);
}

static const TestRow rows[] = {
    TEST(what_was_saved_is_restored),
    TEST(each_table_and_each_register_goes_over),
    TEST(the_order_of_the_stream_stays),
    TEST(fence_reset_and_moved_lsis_go_over),
    TEST(a_stream_of_another_bridge_is_refused),
    TEST(a_stream_of_ones_is_cut_to_what_there_is),
    TEST(the_printout_names_what_matters),
    TEST(each_statistic_has_a_name),
    TEST(each_step_can_be_traced),
};

int main(int argc, char **argv)
{
    return RUN_TESTS(argc, argv, "phb4-state", rows);
}
