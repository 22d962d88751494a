/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The pseries controller's life: set-up, claim, servers, reset, windows. */
#include "fixture.h"

#include <errno.h>

enum { LISN = 0x20, PRIO = 6, EISN = 0x1234 };

static uint64_t errors(SpaprRig *rig, P9xGuestError kind)
{
    return p9x_guest_error_read(&rig->s.router.counters, kind);
}

static void test_limits_are_checked_with_a_reason(void)
{
    static const struct {
        uint32_t nr_irqs, nr_servers;
        uint8_t hv_prio;
        uint64_t vc_base;
    } bad[] = {
        { 0, 1, 7, 0 }, { 0x100001, 1, 7, 0 },
        { 16, 0, 7, 0 }, { 16, 0x10001, 7, 0 },
        { 16, 1, 0, 0 }, { 16, 1, 8, 0 }, { 16, 1, 7, 0x1000 },
    };
    Host host;

    host_init(&host);
    for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++) {
        P9xSpaprConfig config = srig_config();
        P9xSpapr *s = host_alloc(sizeof(*s));
        char *error = NULL;

        config.nr_irqs = bad[i].nr_irqs;
        config.nr_servers = bad[i].nr_servers;
        config.hv_prio = bad[i].hv_prio;
        config.vc_base = bad[i].vc_base;
        config.ports = &host.ports;
        g_assert_false(p9x_spapr_init(s, &config, &error));
        g_assert_nonnull(error);
        g_free(error);
        free(s);
    }
    host_destroy(&host);
}

static void test_the_largest_machine_can_be_made(void)
{
    P9xSpaprConfig config = srig_config();
    SpaprRig *rig;

    config.nr_irqs = 0x100000;
    config.nr_servers = P9X_SPAPR_MAX_SERVERS;
    config.hv_prio = 1;
    rig = srig_new_config(1, &config);
    g_assert_cmphex(p9x_spapr_end_window_offset(&rig->s), ==,
                    UINT64_C(0x100000) << 17);
    g_assert_cmphex(p9x_spapr_end_window_size(&rig->s), ==,
                    (uint64_t)P9X_SPAPR_MAX_SERVERS * 8 << 17);
    srig_free(rig);
}

static void test_a_lisn_is_claimed_once_and_starts_masked(void)
{
    SpaprRig *rig = srig_new(1);

    g_assert_false(p9x_spapr_claimed(&rig->s, LISN));
    g_assert_cmpint(p9x_spapr_claim(&rig->s, LISN, false), ==, 0);
    g_assert_true(p9x_spapr_claimed(&rig->s, LISN));
    g_assert_cmpint(p9x_spapr_claim(&rig->s, LISN, true), ==, -EBUSY);
    g_assert_false(p9x_source_is_lsi(&rig->s.source, LISN));
    g_assert_cmpint(srig_pq(rig, LISN), ==, P9X_PQ_01);
    g_assert_cmphex(p9x_eas_read(&rig->s.tables.eas[LISN]), ==,
                    srig_new_eas(rig, LISN));
    g_assert_cmpint(p9x_spapr_claim(&rig->s, SRIG_NR_IRQS - 1, true), ==, 0);
    g_assert_true(p9x_source_is_lsi(&rig->s.source, SRIG_NR_IRQS - 1));
    srig_free(rig);
}

static void test_lisns_out_of_range_are_refused(void)
{
    static const uint32_t bad[] = { SRIG_NR_IRQS, UINT32_MAX };
    SpaprRig *rig = srig_new(1);

    for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_assert_cmpint(p9x_spapr_claim(&rig->s, bad[i], false), ==, -EINVAL);
        g_assert_false(p9x_spapr_claimed(&rig->s, bad[i]));
        p9x_spapr_free(&rig->s, bad[i]);
        p9x_spapr_set_irq(&rig->s, bad[i], true);
        g_assert_cmpuint(errors(rig, P9X_ERR_NO_SOURCE), ==, i + 1);
    }
    srig_free(rig);
}

static void test_a_freed_lisn_is_off_edge_and_low(void)
{
    SpaprRig *rig = srig_new(1);

    g_assert_cmpint(p9x_spapr_claim(&rig->s, LISN, true), ==, 0);
    p9x_spapr_set_irq(&rig->s, LISN, true);
    srig_set_pq(rig, LISN, P9X_PQ_11);
    p9x_spapr_free(&rig->s, LISN);
    g_assert_cmpint(srig_pq(rig, LISN), ==, P9X_PQ_01);
    g_assert_false(p9x_spapr_claimed(&rig->s, LISN));
    g_assert_false(p9x_source_is_lsi(&rig->s.source, LISN));
    g_assert_cmphex(atomic_load(p9x_source_esb(&rig->s.source, LISN)), ==,
                    P9X_PQ_01);
    g_assert_cmphex(p9x_eas_read(&rig->s.tables.eas[LISN]), ==, 0);
    p9x_spapr_free(&rig->s, LISN);
    g_assert_cmpint(p9x_spapr_claim(&rig->s, LISN, false), ==, 0);
    srig_free(rig);
}

/* A guest can reach the pages of LISNs that are not in use. */
static void test_an_unclaimed_lisn_leads_nowhere(void)
{
    SpaprRig *rig = srig_new(1);

    srig_set_queue(rig, 0, PRIO);
    p9x_spapr_set_irq(&rig->s, LISN, true);
    g_assert_cmpuint(errors(rig, P9X_ERR_NO_SOURCE), ==, 1);
    p9x_source_set_pq(&rig->s.source, LISN, P9X_PQ_00);
    srig_trigger(rig, LISN);
    g_assert_cmpuint(errors(rig, P9X_ERR_EAS_INVALID), ==, 1);
    g_assert_cmphex(srig_entry(rig, 0, PRIO, 0), ==, 0);
    g_assert_cmphex(p9x_tctx_lines(&rig->tctx[0]), ==, 0);
    srig_free(rig);
}

static void test_an_event_reaches_its_server(void)
{
    SpaprRig *rig = srig_new(2);

    srig_set_queue(rig, 1, PRIO);
    srig_route(rig, LISN, 1, PRIO, EISN);
    p9x_spapr_set_irq(&rig->s, LISN, true);
    g_assert_cmphex(srig_entry(rig, 1, PRIO, 0), ==, 0x80000000 | EISN);
    g_assert_cmphex(p9x_tctx_lines(srig_thread(rig, 1)), ==, P9X_LINE_OS);
    g_assert_cmphex(p9x_tctx_lines(srig_thread(rig, 0)), ==, 0);
    g_assert_cmphex(p9x_tima_load(srig_thread(rig, 1), P9X_TIMA_OS, 0x810, 2),
                    ==, 0x8000 | PRIO);
    srig_free(rig);
}

/* 16384 entries: the ring of the one advertised size, and one more. */
static void test_a_queue_wraps_after_16384_events(void)
{
    SpaprRig *rig = srig_new(1);

    srig_set_queue(rig, 0, PRIO);
    srig_route(rig, LISN, 0, PRIO, EISN);
    for (unsigned i = 0; i < 16385; i++) {
        srig_trigger(rig, LISN);
        srig_eoi(rig, LISN);
    }
    g_assert_cmphex(srig_entry(rig, 0, PRIO, 0), ==, EISN);
    g_assert_cmphex(srig_entry(rig, 0, PRIO, 1), ==, 0x80000000 | EISN);
    g_assert_cmphex(srig_entry(rig, 0, PRIO, 16383), ==, 0x80000000 | EISN);
    g_assert_cmpuint(srig_count(rig, P9X_COUNT_QUEUED), ==, 16385);
    srig_free(rig);
}

static void test_servers_have_numbers_of_their_own(void)
{
    SpaprRig *rig = srig_new(1);
    P9xTctx *other = &rig->tctx[SRIG_MAX_SERVERS - 1];

    p9x_tctx_init(other, &rig->s.router.unit, RIG_PHYS_CAM + 9, &rig->host);
    g_assert_cmpint(p9x_spapr_add_server(&rig->s, 0, other), ==, -EEXIST);
    g_assert_cmpint(p9x_spapr_add_server(&rig->s, SRIG_MAX_SERVERS, other),
                    ==, -EINVAL);
    g_assert_cmpint(p9x_spapr_add_server(&rig->s, UINT32_MAX, other), ==,
                    -EINVAL);
    g_assert_cmpint(p9x_spapr_add_server(&rig->s, SRIG_MAX_SERVERS - 1,
                                         other), ==, 0);
    p9x_spapr_remove_server(&rig->s, SRIG_MAX_SERVERS);
    srig_free(rig);
}

static void test_a_reset_server_is_dispatched_and_closed(void)
{
    SpaprRig *rig = srig_new(2);
    P9xTctx *t = srig_thread(rig, 1);

    p9x_tctx_set_pending(t, P9X_RING_OS, 3);
    g_assert_cmphex(p9x_tctx_lines(t), ==, P9X_LINE_OS);
    p9x_spapr_reset_server(&rig->s, 1);
    g_assert_cmphex(word2(t, P9X_RING_OS), ==, rig->kvm ?
                    rig->kvm->vcpu[1].cam_word :
                    P9X_TM_OS_VALID | (P9X_SPAPR_NVT_BASE + 1));
    g_assert_cmphex(reg(t, P9X_RING_OS, P9X_TM_CPPR), ==, 0);
    g_assert_cmphex(reg(t, P9X_RING_OS, P9X_TM_IPB), ==, 0);
    g_assert_cmphex(p9x_tctx_lines(t), ==, 0);
    p9x_spapr_reset_server(&rig->s, 5);         /* absent */
    p9x_spapr_reset_server(&rig->s, UINT32_MAX);
    srig_free(rig);
}

/* Unplug with a queue still pointing there, then plug again. */
static void test_an_unplugged_server_gets_nothing_until_it_is_back(void)
{
    SpaprRig *rig = srig_new(2);
    P9xTctx *t = &rig->tctx[1];

    srig_set_queue(rig, 1, PRIO);
    srig_route(rig, LISN, 1, PRIO, EISN);
    p9x_spapr_remove_server(&rig->s, 1);
    p9x_tctx_destroy(t);
    srig_trigger(rig, LISN);
    g_assert_cmpuint(errors(rig, P9X_ERR_NVT_INVALID), ==, 1);
    g_assert_cmpint(srig_hcall(rig, P9X_H_INT_SET_SOURCE_CONFIG, 0, LISN, 1,
                               PRIO, 0), ==, P9X_H_P3);
    p9x_tctx_init(t, &rig->s.router.unit, RIG_PHYS_CAM + 1, &rig->host);
    g_assert_cmpint(p9x_spapr_add_server(&rig->s, 1, t), ==, 0);
    p9x_spapr_reset_server(&rig->s, 1);
    p9x_tctx_set_cppr(t, P9X_RING_OS, 0xFF);
    p9x_source_eoi(&rig->s.source, LISN);
    srig_trigger(rig, LISN);
    g_assert_cmphex(p9x_tctx_lines(t), ==, P9X_LINE_OS);
    srig_free(rig);
}

typedef void ResetFunc(SpaprRig *rig);

static void by_hcall(SpaprRig *rig)
{
    g_assert_cmpint(srig_hcall(rig, P9X_H_INT_RESET, 0, 0, 0, 0, 0), ==,
                    P9X_H_SUCCESS);
}

static void by_machine(SpaprRig *rig)
{
    p9x_spapr_reset(&rig->s);
}

static void check_reset(ResetFunc *reset)
{
    SpaprRig *rig = srig_new(2);
    P9xTctx *t = srig_thread(rig, 1);
    uint64_t any = rig->kvm ? LISN : 6;

    srig_set_queue(rig, 1, PRIO);
    srig_route(rig, LISN, 1, PRIO, EISN);
    g_assert_cmpint(p9x_spapr_claim(&rig->s, 5, true), ==, 0);
    srig_set_pq(rig, 5, P9X_PQ_00);
    /* Not claimed, but without a device behind its page can be reached. */
    srig_set_pq(rig, any, P9X_PQ_00);
    srig_trigger(rig, LISN);
    g_assert_cmphex(p9x_tctx_lines(t), ==, P9X_LINE_OS);
    reset(rig);
    for (unsigned i = 0; i < SRIG_NR_IRQS; i++) {
        bool claimed = i == 5 || i == LISN;

        g_assert_cmphex(p9x_eas_read(&rig->s.tables.eas[i]), ==,
                        claimed ? srig_new_eas(rig, i) : 0);
        g_assert_true((rig->kvm && !claimed) || srig_pq(rig, i) == P9X_PQ_01);
    }
    for (unsigned i = 0; i < SRIG_MAX_SERVERS * 8; i++) {
        P9xEnd zero = { { 0 } };

        g_assert_cmpmem(&rig->s.tables.end[i], sizeof(zero), &zero,
                        sizeof(zero));
    }
    g_assert_true(p9x_source_is_lsi(&rig->s.source, 5));
    if (!rig->kvm || reset == by_machine) {
        g_assert_cmphex(p9x_tctx_lines(t), ==, 0);
        g_assert_cmphex(reg(t, P9X_RING_OS, P9X_TM_IPB), ==, 0);
    }
    assert_ring_invariant(t);
    /* A late trigger can't land in the old queue. */
    memset(rig->host.ram + srig_queue_addr(1, PRIO), 0, 4096);
    srig_trigger(rig, LISN);
    srig_set_pq(rig, LISN, P9X_PQ_00);
    srig_trigger(rig, LISN);
    g_assert_cmphex(srig_entry(rig, 1, PRIO, 0), ==, 0);
    g_assert_cmphex(srig_entry(rig, 1, PRIO, 1), ==, 0);
    /* And all works again as after power-on. */
    srig_set_queue(rig, 1, PRIO);
    srig_route(rig, LISN, 1, PRIO, EISN);
    srig_trigger(rig, LISN);
    g_assert_cmphex(srig_entry(rig, 1, PRIO, 0), ==, 0x80000000 | EISN);
    srig_free(rig);
}

static void test_a_reset_forgets_reporting_lines(void)
{
    static ResetFunc *const resets[] = { by_hcall, by_machine };

    for (unsigned i = 0; i < G_N_ELEMENTS(resets); i++) {
        SpaprRig *rig = srig_new(2);

        g_assert_cmpint(srig_hcall(rig, P9X_H_INT_SET_OS_REPORTING_LINE, 0,
                                   0x200000, 0, 0, 0), ==, P9X_H_SUCCESS);
        resets[i](rig);
        g_assert_cmpint(srig_hcall(rig, P9X_H_INT_GET_OS_REPORTING_LINE, 0,
                                   0, 0, 0, 0), ==, P9X_H_SUCCESS);
        g_assert_cmphex(rig->r[0], ==, UINT64_MAX);
        srig_free(rig);
    }
}

static void test_h_int_reset_really_resets(void)
{
    check_reset(by_hcall);
}

static void test_a_machine_reset_does_too(void)
{
    check_reset(by_machine);
}

static void test_a_machine_reset_lowers_levels(void)
{
    SpaprRig *rig = srig_new(1);

    g_assert_cmpint(p9x_spapr_claim(&rig->s, 5, true), ==, 0);
    p9x_spapr_set_irq(&rig->s, 5, true);
    p9x_spapr_reset(&rig->s);
    srig_set_pq(rig, 5, P9X_PQ_00);
    g_assert_cmpint(srig_pq(rig, 5), ==, P9X_PQ_00);
    srig_free(rig);
}

/* A device that holds its line up has not been reset by the guest's call. */
static void test_h_int_reset_keeps_levels(void)
{
    SpaprRig *rig = srig_new(1);

    srig_set_queue(rig, 0, PRIO);
    g_assert_cmpint(p9x_spapr_claim(&rig->s, 5, true), ==, 0);
    p9x_spapr_set_irq(&rig->s, 5, true);
    by_hcall(rig);
    srig_set_queue(rig, 0, PRIO);
    srig_route(rig, 5, 0, PRIO, EISN);
    g_assert_cmphex(srig_entry(rig, 0, PRIO, 0), ==, 0x80000000 | EISN);
    srig_free(rig);
}

static void test_esn_pages_work_behind_the_esb_window(void)
{
    SpaprRig *rig = srig_new(2);
    uint64_t page = (1 * 8 + PRIO) * UINT64_C(0x20000);

    g_assert_cmpint(srig_hcall(rig, P9X_H_INT_SET_QUEUE_CONFIG, 0, 1, PRIO,
                               srig_queue_addr(1, PRIO), 16), ==, 0);
    srig_route(rig, LISN, 1, PRIO, EISN);
    for (unsigned i = 0; i < 2; i++) {
        srig_trigger(rig, LISN);
        p9x_source_eoi(&rig->s.source, LISN);
    }
    g_assert_cmphex(p9x_tima_load(&rig->tctx[1], P9X_TIMA_OS, 0x810, 2), ==,
                    0x8000 | PRIO);
    g_assert_cmphex(p9x_spapr_end_load(&rig->s, page + 0x800, 8), ==, 3);
    g_assert_cmphex(p9x_spapr_end_load(&rig->s, page + 0x1800, 8), ==, 3);
    g_assert_cmphex(p9x_spapr_end_load(&rig->s, page + 0x807, 1), ==, 3);
    g_assert_cmphex(p9x_spapr_end_load(&rig->s, page + 0x800, 4), ==, 0);
    g_assert_cmphex(p9x_spapr_end_load(&rig->s, page, 8), ==, 1);
    p9x_tctx_set_cppr(&rig->tctx[1], P9X_RING_OS, 0xFF);
    g_assert_cmphex(p9x_tima_load(&rig->tctx[1], P9X_TIMA_OS, 0x810, 2), ==,
                    0x8000 | PRIO);
    p9x_spapr_end_store(&rig->s, page + 0x400, 8, 0);
    g_assert_cmphex(p9x_spapr_end_load(&rig->s, page + 0x800, 8), ==, 0);
    p9x_spapr_end_store(&rig->s, page + 0xD00, 8, 0);
    g_assert_cmphex(p9x_spapr_end_load(&rig->s, page + 0x800, 8), ==, 1);
    srig_free(rig);
}

static void test_ese_pages_and_the_end_of_the_window_are_refused(void)
{
    SpaprRig *rig = srig_new(1);
    uint64_t size = p9x_spapr_end_window_size(&rig->s);
    const uint64_t bad[] = { 0x10000, 0x10800, size, size + 0x800,
                             UINT64_MAX & ~UINT64_C(7) };

    srig_set_queue(rig, 0, 0);
    for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_assert_cmphex(p9x_spapr_end_load(&rig->s, bad[i], 8), ==,
                        UINT64_MAX);
        g_assert_cmphex(p9x_spapr_end_load(&rig->s, bad[i], 2), ==, 0xFFFF);
        p9x_spapr_end_store(&rig->s, bad[i], 8, 0);
        g_assert_cmpuint(errors(rig, P9X_ERR_ESB_LOAD), ==, 2 * i + 2);
        g_assert_cmpuint(errors(rig, P9X_ERR_ESB_STORE), ==, i + 1);
    }
    srig_free(rig);
}

static void test_the_esn_page_of_no_queue_loads_all_ones(void)
{
    SpaprRig *rig = srig_new(1);

    g_assert_cmphex(p9x_spapr_end_load(&rig->s, 0x800, 8), ==, UINT64_MAX);
    g_assert_cmphex(p9x_spapr_end_load(&rig->s, 0x803, 1), ==, 0xFF);
    p9x_spapr_end_store(&rig->s, 0, 8, 0);
    g_assert_cmpuint(p9x_guest_errors_total(&rig->s.router.counters), ==, 1);
    srig_free(rig);
}

static gpointer reset_loop(gpointer opaque)
{
    for (unsigned i = 0; i < 200; i++) {
        p9x_spapr_reset(opaque);
    }
    return NULL;
}

/* A hcall beside a reset succeeds or says H_STATE, and neither hangs. */
static void test_hcalls_beside_a_reset_get_h_state_or_work(void)
{
    SpaprRig *rig = srig_new(1);
    GThread *thread = g_thread_new("reset", reset_loop, &rig->s);

    for (unsigned i = 0; i < 2000; i++) {
        int64_t rc = srig_hcall(rig, P9X_H_INT_GET_QUEUE_INFO, 0, 0, PRIO, 0,
                                0);

        g_assert_true(rc == P9X_H_SUCCESS || rc == P9X_H_STATE);
    }
    g_thread_join(thread);
    p9x_calls_close(&rig->s.calls);
    atomic_store(&rig->s.resetting, true);
    g_assert_cmpint(srig_hcall(rig, P9X_H_INT_GET_QUEUE_INFO, 0, 0, PRIO, 0,
                               0), ==, P9X_H_STATE);
    atomic_store(&rig->s.resetting, false);
    p9x_calls_open(&rig->s.calls);
    srig_free(rig);
}

static const TestRow both[] = {
    TEST(a_lisn_is_claimed_once_and_starts_masked),
    TEST(lisns_out_of_range_are_refused),
    TEST(a_freed_lisn_is_off_edge_and_low),
    TEST(an_event_reaches_its_server),
    TEST(a_queue_wraps_after_16384_events),
    TEST(servers_have_numbers_of_their_own),
    TEST(a_reset_server_is_dispatched_and_closed),
    TEST(h_int_reset_really_resets),
    TEST(a_machine_reset_does_too),
    TEST(a_machine_reset_lowers_levels),
    TEST(h_int_reset_keeps_levels),
    TEST(hcalls_beside_a_reset_get_h_state_or_work),
};

static const TestRow direct[] = {
    TEST(limits_are_checked_with_a_reason),
    TEST(the_largest_machine_can_be_made),
    TEST(an_unclaimed_lisn_leads_nowhere),
    TEST(an_unplugged_server_gets_nothing_until_it_is_back),
    TEST(a_reset_forgets_reporting_lines),
    TEST(esn_pages_work_behind_the_esb_window),
    TEST(ese_pages_and_the_end_of_the_window_are_refused),
    TEST(the_esn_page_of_no_queue_loads_all_ones),
};

int main(int argc, char **argv)
{
    return RUN_BACKEND_TESTS(argc, argv, "spapr", both, direct);
}
