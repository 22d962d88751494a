/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The bridge's sources: messages, PEs, LSIs, the fence. */
#include "fixture-kvm.h"

enum { NR = P9X_PHB4_SMALL_SOURCES };

/* rows: B1 */
static void test_a_message_names_its_source_both_ways(void)
{
    for (uint32_t n = 0; n < P9X_PHB4_BIG_SOURCES; n++) {
        for (unsigned wide = 0; wide < 2; wide++) {
            P9xMsi m = p9x_phb4_msi_encode(n, wide);

            g_assert_cmphex(m.addr & (wide ? P9X_PHB4_MSI64_BASE :
                                             P9X_PHB4_MSI32_BASE), ==,
                            wide ? P9X_PHB4_MSI64_BASE : P9X_PHB4_MSI32_BASE);
            g_assert_cmpuint(m.data, <, 0x20);
            g_assert_cmpuint(p9x_phb4_msi_decode(m.addr, m.data), ==, n);
        }
    }
    g_assert_cmphex(p9x_phb4_msi_encode(0x23, false).addr, ==, 0xFFFF0200);
    g_assert_cmphex(p9x_phb4_msi_encode(0x23, false).data, ==, 3);
    /* Any store must decode to something, if to nothing useful. */
    g_assert_cmphex(p9x_phb4_msi_decode(UINT64_MAX, UINT32_MAX), ==, 0xFFFF);
}

/* rows: B2 */
static void test_giving_a_source_its_pe_clears_p_and_q(void)
{
    KRig *rig = krig_new_host();

    for (unsigned pq = 0; pq < 4; pq++) {
        krig_set_pt_pq(rig, 8, (P9xPq)pq);
        g_assert_cmpint(p9x_phb4_set_pe(&rig->phb, 8, 0), ==, 0);
        g_assert_cmpint(krig_pt_pq(rig, 8), ==, P9X_PQ_00);
    }
    g_assert_cmpint(p9x_phb4_set_pe(&rig->phb, NR - 9, P9X_PHB4_NR_PES - 1),
                    ==, 0);
    g_assert_cmpint(p9x_phb4_set_pe(&rig->phb, NR - 8, 0), ==, -1);
    g_assert_cmpint(p9x_phb4_set_pe(&rig->phb, UINT32_MAX, 0), ==, -1);
    g_assert_cmpint(p9x_phb4_set_pe(&rig->phb, 0, P9X_PHB4_NR_PES), ==, -1);
    krig_free(rig);
}

/* rows: B2 */
static void test_a_message_of_another_pe_is_refused(void)
{
    KRig *rig = krig_new_host();
    P9xMsi m = p9x_phb4_msi_encode(4, false);
    P9xMsi lsi = p9x_phb4_msi_encode(NR - 1, false);

    g_assert_false(p9x_phb4_msi(&rig->phb, m.addr, m.data, KRIG_PE));
    p9x_phb4_set_pe(&rig->phb, 4, KRIG_PE);
    g_assert_false(p9x_phb4_msi(&rig->phb, m.addr, m.data, KRIG_PE + 1));
    g_assert_cmpint(krig_pt_pq(rig, 4), ==, P9X_PQ_00);
    g_assert_true(p9x_phb4_msi(&rig->phb, m.addr, m.data, KRIG_PE));
    g_assert_cmpint(krig_pt_pq(rig, 4), ==, P9X_PQ_10);
    g_assert_false(p9x_phb4_msi(&rig->phb, lsi.addr, lsi.data,
                                P9X_PHB4_NO_PE));
    g_assert_cmpuint(p9x_guest_error_read(&rig->h.router.counters,
                                          P9X_ERR_NO_SOURCE), ==, 3);
    krig_free(rig);
}

/* rows: B2 */
static void test_a_message_returns_what_became_of_it(void)
{
    static const struct {
        P9xPq before, after;
        P9xEsbOutcome outcome;
    } steps[] = {
        { P9X_PQ_00, P9X_PQ_10, P9X_ESB_NOTIFY },
        { P9X_PQ_10, P9X_PQ_11, P9X_ESB_COALESCED },
        { P9X_PQ_11, P9X_PQ_11, P9X_ESB_COALESCED },
        { P9X_PQ_01, P9X_PQ_01, P9X_ESB_IS_OFF },
    };
    KRig *rig = krig_new_host();
    P9xMsi m = p9x_phb4_msi_encode(4, true);
    P9xEsbOutcome outcome;

    p9x_phb4_set_pe(&rig->phb, 4, KRIG_PE);
    for (unsigned i = 0; i < G_N_ELEMENTS(steps); i++) {
        krig_set_pt_pq(rig, 4, steps[i].before);
        g_assert_true(p9x_phb4_msi_outcome(&rig->phb, m.addr, m.data, KRIG_PE,
                                           &outcome));
        g_assert_cmpint(outcome, ==, steps[i].outcome);
        g_assert_cmpint(krig_pt_pq(rig, 4), ==, steps[i].after);
    }
    krig_set_pt_pq(rig, 4, P9X_PQ_00);
    p9x_phb4_source_fence(&rig->phb, true);
    g_assert_true(p9x_phb4_msi_outcome(&rig->phb, m.addr, m.data, KRIG_PE,
                                       &outcome));
    g_assert_cmpint(outcome, ==, P9X_ESB_IS_OFF);
    g_assert_false(p9x_phb4_msi_outcome(&rig->phb, m.addr, m.data,
                                        KRIG_PE + 1, &outcome));
    krig_free(rig);
}

/* rows: B9 */
static void test_lsis_come_after_the_msis(void)
{
    KRig *rig = krig_new_host();

    for (unsigned pin = 0; pin < P9X_PHB4_NR_LSIS; pin++) {
        uint32_t n = p9x_phb4_lsi(&rig->phb, pin);

        g_assert_cmpuint(n, ==, NR - 8 + pin);
        g_assert_true(p9x_source_is_lsi(&rig->phb.source, n));
    }
    g_assert_cmpuint(p9x_phb4_lsi(&rig->phb, P9X_PHB4_LSI_INF), ==, NR - 2);
    g_assert_cmpuint(p9x_phb4_lsi(&rig->phb, P9X_PHB4_LSI_ER), ==, NR - 1);
    g_assert_false(p9x_source_is_lsi(&rig->phb.source, NR - 9));
    krig_free(rig);
}

static void count_event(void *opaque)
{
    ++*(unsigned *)opaque;
}

/* rows: E11 */
static void test_pq_01_does_not_mask_an_lsi_but_p_does(void)
{
    KRig *rig = krig_new_host();
    uint32_t lsi = p9x_phb4_lsi(&rig->phb, 1);
    unsigned events = 0;
    P9xHostIrq irq;

    g_assert_cmpint(p9x_host_request_irq(&rig->h, &irq, rig->base + lsi, 9,
                                         count_event, &events), ==, 0);
    p9x_source_set_pq(&rig->phb.source, lsi, P9X_PQ_01);
    g_assert_cmpint(p9x_source_get_pq(&rig->phb.source, lsi), ==, P9X_PQ_00);
    p9x_host_hold(&rig->h, true);
    p9x_source_set_level(&rig->phb.source, lsi, true);
    g_assert_cmpint(p9x_source_get_pq(&rig->phb.source, lsi), ==, P9X_PQ_10);
    p9x_source_set_level(&rig->phb.source, lsi, false);
    p9x_host_hold(&rig->h, false);
    g_assert_cmpuint(events, ==, 1);

    p9x_source_set_pq(&rig->phb.source, lsi, P9X_PQ_11);
    g_assert_cmpint(p9x_source_get_pq(&rig->phb.source, lsi), ==, P9X_PQ_10);
    p9x_source_set_level(&rig->phb.source, lsi, true);
    g_assert_cmpuint(events, ==, 1);
    p9x_source_set_level(&rig->phb.source, lsi, false);
    p9x_host_free_irq(&rig->h, &irq);
    krig_free(rig);
}

/* rows: E13 */
static void test_a_fenced_bridge_reads_as_all_ones_and_changes_nothing(void)
{
    static const uint32_t offset[] = { 0, 0x800, 0xC00, 0xD00, 0xE00, 0xF00 };
    KRig *rig = krig_new_host();
    P9xHostIrq *irq = krig_request(rig, 2);
    uint32_t lsi = p9x_phb4_lsi(&rig->phb, 0);

    krig_set_pt_pq(rig, 2, P9X_PQ_10);
    p9x_phb4_source_fence(&rig->phb, true);
    for (unsigned i = 0; i < G_N_ELEMENTS(offset); i++) {
        g_assert_cmphex(p9x_esb_page_load(&irq->info.eoi, offset[i], 8), ==,
                        UINT64_MAX);
        p9x_esb_page_store(&irq->info.eoi, offset[i], 8, 0);
    }
    krig_fire(rig, 2);
    p9x_source_set_level(&rig->phb.source, lsi, true);
    g_assert_cmpint(p9x_host_esb_get(&rig->h, &irq->info), ==, P9X_PQ_11);
    p9x_phb4_source_fence(&rig->phb, false);
    g_assert_cmpint(krig_pt_pq(rig, 2), ==, P9X_PQ_10);
    g_assert_cmpint(p9x_source_get_pq(&rig->phb.source, lsi), ==, P9X_PQ_00);
    krig_free(rig);
}

/* rows: E13 E14 */
static void test_a_reset_ends_the_fence_and_forgets_pes(void)
{
    KRig *rig = krig_new_host();
    P9xMsi m = p9x_phb4_msi_encode(1, true);

    p9x_phb4_set_pe(&rig->phb, 1, KRIG_PE);
    p9x_phb4_source_fence(&rig->phb, true);
    p9x_phb4_source_reset(&rig->phb);
    g_assert_cmpint(krig_pt_pq(rig, 1), ==, P9X_PQ_01);
    g_assert_cmpint(p9x_source_get_pq(&rig->phb.source,
                                      p9x_phb4_lsi(&rig->phb, 0)), ==,
                    P9X_PQ_00);
    g_assert_false(p9x_phb4_msi(&rig->phb, m.addr, m.data, KRIG_PE));
    krig_free(rig);
}

/* rows: M33 */
static void test_the_eoi_of_an_lsi_is_a_load_and_of_a_store_eoi_msi_a_store(
    void)
{
    KRig *rig = krig_new_host();
    uint32_t lsi = rig->base + p9x_phb4_lsi(&rig->phb, 0);
    P9xPhb4Source other;
    P9xIrqInfo info;
    g_autofree char *log = NULL;
    uint32_t base;

    p9x_phb4_source_init(&other, P9X_PHB4_BIG_SOURCES, true, NULL, NULL,
                         &rig->host.ports, &rig->h.router.counters);
    base = p9x_host_add_source(&rig->h, &other.source);
    g_assert_cmpint(p9x_opal_get_irq_info(&rig->h, lsi, &info), ==, 0);
    p9x_host_source_eoi(&rig->h, &info);
    g_assert_cmpint(p9x_opal_get_irq_info(&rig->h, base, &info), ==, 0);
    g_assert_cmphex(info.flags, ==, P9X_OPAL_IRQ_STORE_EOI);
    p9x_source_set_pq(&other.source, 0, P9X_PQ_10);
    p9x_host_source_eoi(&rig->h, &info);
    g_assert_cmpint(p9x_source_get_pq(&other.source, 0), ==, P9X_PQ_00);
    log = krig_log_text(rig, lsi, base);
    g_assert_cmpstr(log, ==, "000:ipi st:pt");
    p9x_host_remove_source(&rig->h, base);
    p9x_phb4_source_destroy(&other);
    krig_free(rig);
}

int main(int argc, char **argv)
{
    static const TestRow rows[] = {
        TEST(a_message_names_its_source_both_ways),
        TEST(giving_a_source_its_pe_clears_p_and_q),
        TEST(a_message_of_another_pe_is_refused),
        TEST(a_message_returns_what_became_of_it),
        TEST(lsis_come_after_the_msis),
        TEST(pq_01_does_not_mask_an_lsi_but_p_does),
        TEST(a_fenced_bridge_reads_as_all_ones_and_changes_nothing),
        TEST(a_reset_ends_the_fence_and_forgets_pes),
        TEST(the_eoi_of_an_lsi_is_a_load_and_of_a_store_eoi_msi_a_store),
    };

    return RUN_TESTS(argc, argv, "kvm-phb4", rows);
}
