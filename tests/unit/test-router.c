/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fixture.h"

enum { PRIO = 4, OTHER = 9 };

#define UCOND P9X_END_W0_UCOND_NOTIFY

static uint32_t entry(Rig *rig, uint32_t end, unsigned n)
{
    return host_load32(&rig->host, rig_queue_addr(end) + 4 * n);
}

static void assert_pending(P9xTctx *tctx, uint8_t ipb)
{
    g_assert_cmphex(reg(tctx, P9X_RING_OS, P9X_TM_IPB), ==, ipb);
    assert_ring_invariant(tctx);
}

static void escalate_to(P9xEnd *end, uint32_t other, uint32_t data)
{
    p9x_end_set(end, 4, P9X_END_W4_ESC_BLOCK, RIG_BLOCK);
    p9x_end_set(end, 4, P9X_END_W4_ESC_INDEX, other);
    p9x_end_set(end, 5, P9X_END_W5_ESC_DATA, data);
}

static void test_an_event_goes_to_queue_and_thread(void)
{
    Rig *rig = rig_new(2);

    rig_dispatch(rig, 1, 5, 0xFF);
    rig_end(rig, 3, 5, PRIO, UCOND);
    rig_route(rig, 7, 3, 0x1234);
    p9x_router_notify(&rig->router, RIG_BLOCK, 7, NULL);
    g_assert_cmphex(entry(rig, 3, 0), ==, 0x80001234);
    assert_pending(&rig->thread[1], 0x80 >> PRIO);
    assert_pending(&rig->thread[0], 0);
    g_assert_cmpuint(p9x_tctx_lines(&rig->thread[1]), ==, P9X_LINE_OS);
    g_assert_cmpuint(atomic_load(&rig->host.line_calls), >=, 1);
    g_assert_cmpuint(rig_count(rig, P9X_COUNT_QUEUED), ==, 1);
    g_assert_cmpuint(rig_count(rig, P9X_COUNT_PRESENTED), ==, 1);
    g_assert_cmpuint(p9x_guest_errors_total(&rig->router.counters), ==, 0);
    rig_free(rig);
}

static void keep(void *opaque, uint32_t srcno, P9xTransit *transit)
{
    (*(unsigned *)opaque)++;
}

/* One event, one that Q keeps, and that one again: the source's steps. */
static void trace_source(Rig *rig)
{
    unsigned events = 0;
    P9xSource src;

    p9x_source_init(&src, &(P9xSourceConfig) {
        .nr_sources = 4, .page_shift = 16, .layout = P9X_ESB_TWO_PAGES,
        .notify = keep, .opaque = &events, .ports = &rig->host.ports,
        .counters = &rig->router.counters
    });
    p9x_source_set_pq(&src, 2, P9X_PQ_00);
    p9x_source_trigger(&src, 2);
    g_assert_cmpuint(rig->host.traces[P9X_TRACE_SOURCE_BLOCKED], ==, 0);
    p9x_source_trigger(&src, 2);
    g_assert_cmpuint(rig->host.traces[P9X_TRACE_SOURCE_BLOCKED], ==, 1);
    g_assert_cmpuint(rig->host.traces[P9X_TRACE_SOURCE_REPLAY], ==, 0);
    p9x_source_eoi(&src, 2);
    g_assert_cmpuint(rig->host.traces[P9X_TRACE_SOURCE_REPLAY], ==, 1);
    g_assert_cmphex(rig->host.trace_arg[P9X_TRACE_SOURCE_BLOCKED][0], ==, 2);
    g_assert_cmphex(rig->host.trace_arg[P9X_TRACE_SOURCE_REPLAY][0], ==, 2);
    g_assert_cmpuint(events, ==, 2);
    p9x_source_destroy(&src);
}

/* An event that waits for a group, and the thread that takes it. */
static void trace_group(Rig *rig)
{
    P9xEnd *end = rig_end(rig, 9, 7, PRIO, UCOND | P9X_END_W0_BACKLOG);

    end->w[7] |= p9x_be32(P9X_END_W7_F0_IGNORE);
    rig_nvt_valid(rig, 7);
    p9x_tctx_set_cppr(&rig->thread[0], P9X_RING_OS, 0);
    p9x_router_end_trigger(&rig->router, RIG_BLOCK, 9, 1);
    g_assert_cmpuint(rig->host.traces[P9X_TRACE_GROUP_TAKE], ==, 0);
    p9x_tctx_set_cppr(&rig->thread[0], P9X_RING_OS, 0xFF);
    g_assert_cmphex(rig->host.trace_arg[P9X_TRACE_GROUP_TAKE][1], ==,
                    RIG_NVT_BASE + 7);
    g_assert_cmphex(rig->host.trace_arg[P9X_TRACE_GROUP_TAKE][2], ==,
                    P9X_RING_OS);
    g_assert_cmphex(rig->host.trace_arg[P9X_TRACE_GROUP_TAKE][3], ==,
                    0x80 >> PRIO);
}

static void test_every_step_can_be_traced(void)
{
    Rig *rig = rig_new(1);
    P9xEnd *end;

    host_trace(&rig->host);
    rig_nvt_valid(rig, 6);
    rig_dispatch(rig, 0, 5, 0xFF);
    rig_end(rig, 3, 5, PRIO, UCOND);
    rig_route(rig, 7, 3, 0x1234);
    end = rig_end(rig, 4, 6, PRIO, UCOND | P9X_END_W0_BACKLOG |
                  P9X_END_W0_ESCALATE);
    escalate_to(end, 3, 9);
    p9x_router_notify(&rig->router, RIG_BLOCK, 7, NULL);
    p9x_router_end_trigger(&rig->router, RIG_BLOCK, 4, 1);
    p9x_router_end_esb_load(&rig->router, RIG_BLOCK, 3, P9X_END_ESN, 0x800);
    p9x_tctx_ack(&rig->thread[0], P9X_RING_OS);
    g_assert_cmphex(rig->host.trace_arg[P9X_TRACE_END_ENQUEUE][2], ==, 9);
    trace_source(rig);
    trace_group(rig);
    for (unsigned i = 0; i < HOST_TRACES; i++) {
        g_assert_cmpuint(rig->host.traces[i], >, 0);
    }
    g_assert_cmphex(rig->host.trace_arg[P9X_TRACE_EAS_NOTIFY][0], ==, 7);
    g_assert_cmphex(rig->host.trace_arg[P9X_TRACE_EAS_NOTIFY][2], ==, 3);
    g_assert_cmphex(rig->host.trace_arg[P9X_TRACE_EAS_NOTIFY][3], ==, 0x1234);
    g_assert_cmphex(rig->host.trace_arg[P9X_TRACE_END_ESCALATE][0], ==,
                    RIG_BLOCK << 24 | 4);
    g_assert_cmphex(rig->host.trace_arg[P9X_TRACE_END_ESCALATE][2], ==, 3);
    g_assert_cmphex(rig->host.trace_arg[P9X_TRACE_END_ESCALATE][3], ==, 9);
    rig_free(rig);
}

/* rows: E9 */
static void test_a_masked_eas_swallows_the_event(void)
{
    Rig *rig = rig_new(1);

    rig_dispatch(rig, 0, 5, 0xFF);
    rig_end(rig, 3, 5, PRIO, UCOND);
    rig_route(rig, 7, 3, 1);
    p9x_eas_write(&rig->tables.eas[7],
                  p9x_eas_read(&rig->tables.eas[7]) | P9X_EAS_MASKED);
    p9x_router_notify(&rig->router, RIG_BLOCK, 7, NULL);
    g_assert_cmphex(entry(rig, 3, 0), ==, 0);
    assert_pending(&rig->thread[0], 0);
    g_assert_cmpuint(rig_count(rig, P9X_COUNT_EAS_MASKED), ==, 1);
    g_assert_cmpuint(p9x_guest_errors_total(&rig->router.counters), ==, 0);
    rig_free(rig);
}

static void test_an_invalid_eas_is_a_guest_error(void)
{
    static const uint32_t nowhere[] = { 7, RIG_NR_EAS, UINT32_MAX };
    Rig *rig = rig_new(1);

    for (unsigned i = 0; i < G_N_ELEMENTS(nowhere); i++) {
        p9x_router_notify(&rig->router, RIG_BLOCK, nowhere[i], NULL);
        g_assert_cmpuint(rig_errors(rig, P9X_ERR_EAS_INVALID), ==, i + 1);
    }
    rig_route(rig, 7, 3, 1);
    p9x_router_notify(&rig->router, RIG_BLOCK + 1, 7, NULL);
    g_assert_cmpuint(rig_errors(rig, P9X_ERR_EAS_INVALID), ==, 4);
    rig_free(rig);
}

static void test_an_invalid_end_is_a_guest_error(void)
{
    Rig *rig = rig_new(1);

    rig_route(rig, 7, 3, 1);
    p9x_router_notify(&rig->router, RIG_BLOCK, 7, NULL);
    rig_route(rig, 7, RIG_NR_ENDS, 1);
    p9x_router_notify(&rig->router, RIG_BLOCK, 7, NULL);
    p9x_router_end_trigger(&rig->router, 15, 0, 1);
    g_assert_cmpuint(rig_errors(rig, P9X_ERR_END_INVALID), ==, 3);
    rig_free(rig);
}

static void test_a_look_at_an_invalid_end_is_none(void)
{
    Rig *rig = rig_new(1);

    for (unsigned es = P9X_END_ESN; es <= P9X_END_ESE; es++) {
        g_assert_cmphex(p9x_router_end_esb_load(&rig->router, RIG_BLOCK, 3,
                                                es, P9X_ESB_GET), ==,
                        UINT64_MAX);
    }
    g_assert_cmpuint(p9x_guest_errors_total(&rig->router.counters), ==, 0);
    /* What would change it is. */
    p9x_router_end_esb_load(&rig->router, RIG_BLOCK, 3, P9X_END_ESN, 0);
    p9x_router_end_esb_load(&rig->router, RIG_BLOCK, 3, P9X_END_ESN,
                            P9X_ESB_SET_PQ_00);
    g_assert_cmpuint(rig_errors(rig, P9X_ERR_END_INVALID), ==, 2);
    rig_free(rig);
}

static void test_an_invalid_nvt_is_a_guest_error(void)
{
    Rig *rig = rig_new(1);
    P9xEnd *end;

    rig_end(rig, 3, 5, PRIO, UCOND | P9X_END_W0_BACKLOG);
    p9x_router_end_trigger(&rig->router, RIG_BLOCK, 3, 1);
    g_assert_cmpuint(rig_errors(rig, P9X_ERR_NVT_INVALID), ==, 1);
    end = rig_end(rig, 3, 5, PRIO, UCOND | P9X_END_W0_BACKLOG);
    p9x_end_set(end, 6, P9X_END_W6_NVT_INDEX, 0x7FFFF);
    p9x_router_end_trigger(&rig->router, RIG_BLOCK, 3, 1);
    g_assert_cmpuint(rig_errors(rig, P9X_ERR_NVT_INVALID), ==, 2);
    g_assert_cmpuint(rig_count(rig, P9X_COUNT_BACKLOGGED), ==, 0);
    rig_free(rig);
}

static void test_an_end_without_enqueue_only_notifies(void)
{
    Rig *rig = rig_new(1);
    P9xEnd *end;

    rig_dispatch(rig, 0, 5, 0xFF);
    end = rig_end(rig, 3, 5, PRIO, UCOND);
    end->w[0] &= ~p9x_be32(P9X_END_W0_ENQUEUE);
    p9x_router_end_trigger(&rig->router, RIG_BLOCK, 3, 1);
    g_assert_cmphex(entry(rig, 3, 0), ==, 0);
    g_assert_cmpuint(rig_count(rig, P9X_COUNT_QUEUED), ==, 0);
    assert_pending(&rig->thread[0], 0x80 >> PRIO);
    rig_free(rig);
}

static void test_a_queue_outside_of_memory_is_a_guest_error(void)
{
    static const uint64_t bad[] = { HOST_ROM_BASE, HOST_HOLE };
    Rig *rig = rig_new(1);

    rig_dispatch(rig, 0, 5, 0xFF);
    for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++) {
        P9xEnd *end = rig_end(rig, 3, 5, PRIO, UCOND);

        p9x_queue_set(end, bad[i], 12);
        p9x_router_end_trigger(&rig->router, RIG_BLOCK, 3, 1);
        g_assert_cmpuint(rig_errors(rig, P9X_ERR_QUEUE_WRITE), ==, i + 1);
        g_assert_cmpuint(p9x_end_get(end, 1, P9X_END_W1_OFFSET), ==, 0);
    }
    g_assert_cmpuint(rig_count(rig, P9X_COUNT_QUEUED), ==, 0);
    rig_free(rig);
}

static void test_a_masked_priority_enqueues_and_stops(void)
{
    Rig *rig = rig_new(1);

    rig_dispatch(rig, 0, 5, 0xFF);
    rig_end(rig, 3, 5, 0xFF, UCOND | P9X_END_W0_BACKLOG);
    p9x_router_end_trigger(&rig->router, RIG_BLOCK, 3, 1);
    g_assert_cmphex(entry(rig, 3, 0), ==, 0x80000001);
    assert_pending(&rig->thread[0], 0);
    rig_free(rig);
}

/* rows: T16 */
static void test_esn_coalesces_notifications_but_no_entries(void)
{
    Rig *rig = rig_new(1);
    P9xEnd *end;

    rig_dispatch(rig, 0, 5, 0xFF);
    end = rig_end(rig, 3, 5, PRIO, 0);
    for (unsigned i = 0; i < 3; i++) {
        p9x_router_end_trigger(&rig->router, RIG_BLOCK, 3, i);
    }
    g_assert_cmphex(entry(rig, 3, 2), ==, 0x80000002);
    g_assert_cmpuint(rig_count(rig, P9X_COUNT_PRESENTED), ==, 1);
    g_assert_cmpuint(rig_count(rig, P9X_COUNT_END_COALESCED), ==, 2);
    g_assert_cmpuint(p9x_end_get(end, 1, P9X_END_W1_ESN), ==, P9X_PQ_11);
    rig_free(rig);
}

static void test_esn_off_keeps_the_thread_quiet(void)
{
    Rig *rig = rig_new(1);
    P9xEnd *end;

    rig_dispatch(rig, 0, 5, 0xFF);
    end = rig_end(rig, 3, 5, PRIO, 0);
    p9x_end_set(end, 1, P9X_END_W1_ESN, P9X_PQ_01);
    p9x_router_end_trigger(&rig->router, RIG_BLOCK, 3, 1);
    g_assert_cmphex(entry(rig, 3, 0), ==, 0x80000001);
    assert_pending(&rig->thread[0], 0);
    g_assert_cmpuint(p9x_end_get(end, 1, P9X_END_W1_ESN), ==, P9X_PQ_01);
    rig_free(rig);
}

/* rows: T16 */
static void test_unconditional_notify_ignores_esn(void)
{
    Rig *rig = rig_new(1);
    P9xEnd *end;

    rig_dispatch(rig, 0, 5, 0xFF);
    end = rig_end(rig, 3, 5, PRIO, UCOND);
    p9x_end_set(end, 1, P9X_END_W1_ESN, P9X_PQ_01);
    for (unsigned i = 0; i < 3; i++) {
        p9x_router_end_trigger(&rig->router, RIG_BLOCK, 3, i);
    }
    g_assert_cmpuint(rig_count(rig, P9X_COUNT_PRESENTED), ==, 3);
    g_assert_cmpuint(p9x_end_get(end, 1, P9X_END_W1_ESN), ==, P9X_PQ_01);
    rig_free(rig);
}

/* rows: T10 */
static void test_backlog_waits_in_the_nvt_for_a_push(void)
{
    Rig *rig = rig_new(1);

    rig_nvt_valid(rig, 5);
    rig_end(rig, 3, 5, PRIO, UCOND | P9X_END_W0_BACKLOG);
    rig_end(rig, 4, 5, 2, UCOND | P9X_END_W0_BACKLOG);
    p9x_router_end_trigger(&rig->router, RIG_BLOCK, 3, 1);
    p9x_router_end_trigger(&rig->router, RIG_BLOCK, 4, 1);
    g_assert_cmphex(p9x_nvt_ipb(rig_nvt(rig, 5)), ==,
                    0x80 >> PRIO | 0x80 >> 2);
    g_assert_cmpuint(rig_count(rig, P9X_COUNT_BACKLOGGED), ==, 2);
    rig_dispatch(rig, 0, 5, 0xFF);
    g_assert_cmphex(p9x_nvt_ipb(rig_nvt(rig, 5)), ==, 0);
    assert_pending(&rig->thread[0], 0x80 >> PRIO | 0x80 >> 2);
    g_assert_cmpuint(p9x_tctx_lines(&rig->thread[0]), ==, P9X_LINE_OS);
    rig_free(rig);
}

static void test_without_backlog_the_event_is_counted_undelivered(void)
{
    Rig *rig = rig_new(1);

    rig_nvt_valid(rig, 5);
    rig_end(rig, 3, 5, PRIO, UCOND);
    p9x_router_end_trigger(&rig->router, RIG_BLOCK, 3, 1);
    g_assert_cmphex(p9x_nvt_ipb(rig_nvt(rig, 5)), ==, 0);
    g_assert_cmpuint(rig_count(rig, P9X_COUNT_UNDELIVERED), ==, 1);
    g_assert_cmphex(entry(rig, 3, 0), ==, 0x80000001);
    rig_free(rig);
}

/* rows: T10 T16 */
static void test_an_undispatched_vp_escalates(void)
{
    Rig *rig = rig_new(1);
    P9xEnd *end;

    rig_nvt_valid(rig, 5);
    rig_dispatch(rig, 0, OTHER, 0xFF);
    end = rig_end(rig, 3, 5, PRIO, UCOND | P9X_END_W0_BACKLOG |
                  P9X_END_W0_ESCALATE);
    escalate_to(end, 10, 0x55);
    rig_end(rig, 10, OTHER, 1, UCOND);
    p9x_router_end_trigger(&rig->router, RIG_BLOCK, 3, 1);
    g_assert_cmphex(p9x_nvt_ipb(rig_nvt(rig, 5)), ==, 0x80 >> PRIO);
    g_assert_cmphex(entry(rig, 10, 0), ==, 0x80000055);
    assert_pending(&rig->thread[0], 0x80 >> 1);
    g_assert_cmpuint(rig_count(rig, P9X_COUNT_ESCALATED), ==, 1);
    rig_free(rig);
}

static void test_a_dispatched_vp_does_not_escalate(void)
{
    Rig *rig = rig_new(1);
    P9xEnd *end;

    rig_dispatch(rig, 0, 5, 0);         /* CPPR 0: held back, but here */
    end = rig_end(rig, 3, 5, PRIO, UCOND | P9X_END_W0_ESCALATE);
    escalate_to(end, 10, 0x55);
    rig_end(rig, 10, 5, 1, UCOND);
    p9x_router_end_trigger(&rig->router, RIG_BLOCK, 3, 1);
    g_assert_cmpuint(rig_count(rig, P9X_COUNT_ESCALATED), ==, 0);
    assert_pending(&rig->thread[0], 0x80 >> PRIO);
    rig_free(rig);
}

/* rows: T16 */
static void test_ese_lets_one_escalation_through(void)
{
    Rig *rig = rig_new(1);
    P9xEnd *end;

    rig_nvt_valid(rig, 5);
    rig_nvt_valid(rig, OTHER);
    end = rig_end(rig, 3, 5, PRIO, UCOND | P9X_END_W0_ESCALATE);
    escalate_to(end, 10, 0x55);
    rig_end(rig, 10, OTHER, 1, UCOND | P9X_END_W0_BACKLOG);
    for (unsigned i = 0; i < 3; i++) {
        p9x_router_end_trigger(&rig->router, RIG_BLOCK, 3, 1);
    }
    g_assert_cmpuint(rig_count(rig, P9X_COUNT_ESCALATED), ==, 1);
    g_assert_cmpuint(p9x_end_get(end, 1, P9X_END_W1_ESE), ==, P9X_PQ_11);
    rig_free(rig);
}

static void test_unconditional_escalation_ignores_ese(void)
{
    Rig *rig = rig_new(1);
    P9xEnd *end;

    rig_nvt_valid(rig, 5);
    end = rig_end(rig, 3, 5, PRIO, UCOND | P9X_END_W0_ESCALATE |
                  P9X_END_W0_UCOND_ESC);
    p9x_end_set(end, 1, P9X_END_W1_ESE, P9X_PQ_01);
    escalate_to(end, 10, 0x55);
    rig_end(rig, 10, 5, 1, UCOND | P9X_END_W0_BACKLOG);
    for (unsigned i = 0; i < 3; i++) {
        p9x_router_end_trigger(&rig->router, RIG_BLOCK, 3, 1);
    }
    g_assert_cmpuint(rig_count(rig, P9X_COUNT_ESCALATED), ==, 3);
    g_assert_cmphex(entry(rig, 10, 2), ==, 0x80000055);
    rig_free(rig);
}

static void test_a_precluded_event_escalates_if_asked_to(void)
{
    Rig *rig = rig_new(2);
    P9xEnd *end;

    rig_dispatch(rig, 0, 5, 2);
    rig_dispatch(rig, 1, OTHER, 0xFF);
    end = rig_end(rig, 3, 5, PRIO, UCOND | P9X_END_W0_ESCALATE |
                  P9X_END_W0_PRECL_ESC);
    escalate_to(end, 10, 0x55);
    rig_end(rig, 10, OTHER, 1, UCOND);
    p9x_router_end_trigger(&rig->router, RIG_BLOCK, 3, 1);
    assert_pending(&rig->thread[0], 0x80 >> PRIO);
    assert_pending(&rig->thread[1], 0x80 >> 1);
    g_assert_cmpuint(rig_count(rig, P9X_COUNT_ESCALATED), ==, 1);
    rig_free(rig);
}

/* rows: T16 */
static void test_silent_escalation_skips_the_thread(void)
{
    Rig *rig = rig_new(1);
    P9xEnd *end;

    rig_dispatch(rig, 0, 5, 0xFF);
    end = rig_end(rig, 3, 5, PRIO, P9X_END_W0_SILENT_ESC |
                  P9X_END_W0_ESCALATE | P9X_END_W0_UCOND_ESC);
    escalate_to(end, 10, 0x55);
    rig_end(rig, 10, 5, 1, UCOND);
    p9x_router_end_trigger(&rig->router, RIG_BLOCK, 3, 1);
    g_assert_cmphex(entry(rig, 10, 0), ==, 0x80000055);
    assert_pending(&rig->thread[0], 0x80 >> 1);
    rig_free(rig);
}

/* What firmware builds: priorities 0-6 all escalate through the END of 7. */
/* rows: T17 */
static void test_single_escalation_funnels_all_priorities(void)
{
    Rig *rig = rig_new(1);
    P9xEnd *last;

    rig_nvt_valid(rig, 5);
    rig_dispatch(rig, 0, OTHER, 0xFF);
    for (unsigned p = 0; p < 7; p++) {
        P9xEnd *end = rig_end(rig, p, 5, p, P9X_END_W0_UCOND_NOTIFY |
                              P9X_END_W0_BACKLOG | P9X_END_W0_ESCALATE |
                              P9X_END_W0_UCOND_ESC);

        escalate_to(end, 7, 0);
    }
    last = rig_end(rig, 7, 5, 7, P9X_END_W0_SILENT_ESC |
                   P9X_END_W0_ESCALATE | P9X_END_W0_BACKLOG);
    last->w[0] &= ~p9x_be32(P9X_END_W0_ENQUEUE);
    escalate_to(last, 20, 0x77);
    rig_end(rig, 20, OTHER, 1, UCOND);
    for (unsigned p = 0; p < 7; p++) {
        p9x_router_end_trigger(&rig->router, RIG_BLOCK, p, p);
    }
    g_assert_cmphex(p9x_nvt_ipb(rig_nvt(rig, 5)), ==, 0xFE);
    g_assert_cmphex(entry(rig, 20, 0), ==, 0x80000077);
    g_assert_cmphex(entry(rig, 20, 1), ==, 0);
    rig_free(rig);
}

static void test_a_circle_of_escalations_ends(void)
{
    Rig *rig = rig_new(1);

    rig_nvt_valid(rig, 5);
    for (unsigned i = 0; i < 2; i++) {
        P9xEnd *end = rig_end(rig, 3 + i, 5, PRIO, UCOND |
                              P9X_END_W0_ESCALATE | P9X_END_W0_UCOND_ESC);

        escalate_to(end, 3 + !i, 1);
    }
    p9x_router_end_trigger(&rig->router, RIG_BLOCK, 3, 1);
    g_assert_cmpuint(rig_errors(rig, P9X_ERR_ESCALATION_LOOP), ==, 1);
    g_assert_cmpuint(rig_count(rig, P9X_COUNT_ESCALATED), <=,
                     P9X_MAX_ESCALATIONS + 1);
    rig_free(rig);
}

static void test_a_chain_as_long_as_allowed_arrives(void)
{
    Rig *rig = rig_new(1);

    rig_nvt_valid(rig, 5);
    rig_dispatch(rig, 0, OTHER, 0xFF);
    for (unsigned i = 0; i < P9X_MAX_ESCALATIONS; i++) {
        P9xEnd *end = rig_end(rig, i, 5, PRIO, UCOND | P9X_END_W0_ESCALATE);

        escalate_to(end, i + 1, i + 1);
    }
    rig_end(rig, P9X_MAX_ESCALATIONS, OTHER, 3, UCOND);
    p9x_router_end_trigger(&rig->router, RIG_BLOCK, 0, 0);
    assert_pending(&rig->thread[0], 0x80 >> 3);
    g_assert_cmpuint(rig_errors(rig, P9X_ERR_ESCALATION_LOOP), ==, 0);
    rig_free(rig);
}

static P9xEnd *user_end(Rig *rig, uint32_t end, unsigned vp, uint32_t server)
{
    P9xEnd *e = rig_end(rig, end, vp, 0, UCOND);

    p9x_end_set(e, 6, P9X_END_W6_FORMAT, 1);
    e->w[7] = 0;
    p9x_end_set(e, 7, P9X_END_W7_F1_LSERVER, server);
    return e;
}

static void test_a_format_1_end_raises_an_event_based_branch(void)
{
    Rig *rig = rig_new(1);
    P9xTctx *t = &rig->thread[0];

    rig_dispatch(rig, 0, 5, 0xFF);
    user_end(rig, 3, 5, 0x42);
    p9x_tctx_set_word2(t, P9X_RING_USER, P9X_TM_USER_VALID | 0x42);
    p9x_router_end_trigger(&rig->router, RIG_BLOCK, 3, 9);
    g_assert_cmphex(entry(rig, 3, 0), ==, 0x80000009);
    g_assert_cmpuint(p9x_tctx_lines(t), ==, P9X_LINE_EBB);
    g_assert_cmphex(p9x_tctx_ack_ebb(t), ==, P9X_NSR_USER_EB);
    g_assert_cmpuint(p9x_tctx_lines(t), ==, 0);
    g_assert_cmphex(p9x_tctx_ack_ebb(t), ==, 0);
    rig_free(rig);
}

static void test_another_user_context_gets_no_branch(void)
{
    Rig *rig = rig_new(1);
    P9xTctx *t = &rig->thread[0];

    rig_dispatch(rig, 0, 5, 0xFF);
    user_end(rig, 3, 5, 0x42);
    user_end(rig, 4, OTHER, 0x42);
    p9x_tctx_set_word2(t, P9X_RING_USER, P9X_TM_USER_VALID | 0x43);
    p9x_router_end_trigger(&rig->router, RIG_BLOCK, 3, 9);
    p9x_tctx_set_word2(t, P9X_RING_USER, 0x42);         /* not valid */
    p9x_router_end_trigger(&rig->router, RIG_BLOCK, 3, 9);
    p9x_tctx_set_word2(t, P9X_RING_USER, P9X_TM_USER_VALID | 0x42);
    p9x_router_end_trigger(&rig->router, RIG_BLOCK, 4, 9);
    g_assert_cmpuint(p9x_tctx_lines(t), ==, 0);
    g_assert_cmpuint(rig_count(rig, P9X_COUNT_UNDELIVERED), ==, 3);
    rig_free(rig);
}

/* rows: T18 */
static void test_each_ring_answers_to_its_own_cam(void)
{
    Rig *rig = rig_new(1);
    P9xTctx *t = &rig->thread[0];
    P9xVpEvent ev = { .block = RIG_BLOCK, .index = RIG_NVT_BASE + 5,
                      .priority = 1 };
    P9xVpEvent phys = { .block = 1, .index = RIG_PHYS_CAM & 0x7FFFF,
                        .priority = 3 };

    rig_nvt_valid(rig, 5);
    p9x_tctx_set_cppr(t, P9X_RING_PHYS, 0xFF);
    g_assert_cmpint(p9x_router_vp_event(&rig->router, &ev), ==,
                    P9X_VP_UNDELIVERED);
    g_assert_cmpint(p9x_router_vp_event(&rig->router, &phys), ==,
                    P9X_VP_UNDELIVERED);
    p9x_tctx_set_word2(t, P9X_RING_POOL, P9X_TM_POOL_VALID | rig_cam(5));
    p9x_tctx_set_word2(t, P9X_RING_PHYS, P9X_TM_PHYS_VALID);
    g_assert_cmpint(p9x_router_vp_event(&rig->router, &phys), ==,
                    P9X_VP_PRESENTED);
    g_assert_cmphex(reg(t, P9X_RING_PHYS, P9X_TM_IPB), ==, 0x80 >> 3);
    g_assert_cmphex(reg(t, P9X_RING_PHYS, P9X_TM_NSR), ==, P9X_NSR_HE_PHYS);
    g_assert_cmpint(p9x_router_vp_event(&rig->router, &ev), ==,
                    P9X_VP_PRESENTED);
    g_assert_cmphex(reg(t, P9X_RING_POOL, P9X_TM_IPB), ==, 0x80 >> 1);
    g_assert_cmphex(reg(t, P9X_RING_PHYS, P9X_TM_NSR), ==, P9X_NSR_HE_POOL);
    assert_ring_invariant(t);
    rig_free(rig);
}

static void test_one_vp_on_two_threads_is_a_guest_error(void)
{
    Rig *rig = rig_new(2);

    rig_dispatch(rig, 0, 5, 0xFF);
    g_assert_cmpuint(rig_errors(rig, P9X_ERR_VP_TWICE), ==, 0);
    rig_dispatch(rig, 1, 5, 0xFF);
    g_assert_cmpuint(rig_errors(rig, P9X_ERR_VP_TWICE), ==, 1);
    rig_end(rig, 3, 5, PRIO, UCOND);
    p9x_router_end_trigger(&rig->router, RIG_BLOCK, 3, 1);
    /* The one pushed last has it; and it arrives once. */
    assert_pending(&rig->thread[0], 0);
    assert_pending(&rig->thread[1], 0x80 >> PRIO);
    rig_free(rig);
}

/* rows: T9 */
static void test_after_a_pull_the_event_goes_to_the_nvt(void)
{
    Rig *rig = rig_new(1);

    rig_dispatch(rig, 0, 5, 0xFF);
    p9x_tctx_pull(&rig->thread[0], P9X_RING_OS);
    rig_end(rig, 3, 5, PRIO, UCOND | P9X_END_W0_BACKLOG);
    p9x_router_end_trigger(&rig->router, RIG_BLOCK, 3, 1);
    g_assert_cmphex(reg(&rig->thread[0], P9X_RING_OS, P9X_TM_IPB), ==, 0);
    g_assert_cmphex(p9x_nvt_ipb(rig_nvt(rig, 5)), ==, 0x80 >> PRIO);
    rig_free(rig);
}

static void test_a_destroyed_thread_gets_nothing(void)
{
    Rig *rig = rig_new(2);

    rig_dispatch(rig, 1, 5, 0xFF);
    p9x_tctx_destroy(&rig->thread[1]);
    rig->nr_threads = 1;
    rig_end(rig, 3, 5, PRIO, UCOND | P9X_END_W0_BACKLOG);
    p9x_router_end_trigger(&rig->router, RIG_BLOCK, 3, 1);
    g_assert_cmphex(p9x_nvt_ipb(rig_nvt(rig, 5)), ==, 0x80 >> PRIO);
    rig_free(rig);
}

/* Tables in guest memory have to be written back: they must be told. */
static unsigned end_changes, nvt_changes;

static void note_end(void *opaque, uint8_t block, uint32_t index)
{
    g_assert_cmpuint(block, ==, RIG_BLOCK);
    g_assert_cmpuint(index, ==, 3);
    end_changes++;
}

static void note_nvt(void *opaque, uint8_t block, uint32_t index)
{
    g_assert_cmpuint(block, ==, RIG_BLOCK);
    g_assert_cmpuint(index, ==, RIG_NVT_BASE + 5);
    nvt_changes++;
}

static void test_tables_are_told_of_each_change(void)
{
    P9xTableOps ops = p9x_array_table_ops;
    Rig *rig = rig_new(1);
    P9xEnd *end;

    ops.end_changed = note_end;
    ops.nvt_changed = note_nvt;
    rig->router.unit.tables.ops = &ops;
    end_changes = nvt_changes = 0;
    rig_nvt_valid(rig, 5);
    end = rig_end(rig, 3, 5, PRIO, UCOND | P9X_END_W0_BACKLOG);
    p9x_router_end_trigger(&rig->router, RIG_BLOCK, 3, 1);
    g_assert_cmpuint(end_changes, ==, 1);
    g_assert_cmpuint(nvt_changes, ==, 1);
    rig_dispatch(rig, 0, 5, 0xFF);
    g_assert_cmpuint(nvt_changes, ==, 2);
    p9x_router_end_esb_load(&rig->router, RIG_BLOCK, 3, P9X_END_ESN, 0xD00);
    g_assert_cmpuint(end_changes, ==, 2);
    /* The same for a group's, kept and taken again. */
    p9x_tctx_pull(&rig->thread[0], P9X_RING_OS);
    end->w[7] |= p9x_be32(P9X_END_W7_F0_IGNORE);
    p9x_router_end_trigger(&rig->router, RIG_BLOCK, 3, 1);
    p9x_router_end_trigger(&rig->router, RIG_BLOCK, 3, 1);
    g_assert_cmpuint(nvt_changes, ==, 4);
    p9x_tctx_set_word2(&rig->thread[0], P9X_RING_OS,
                       P9X_TM_OS_VALID | rig_cam(4));
    g_assert_cmpuint(nvt_changes, ==, 5);
    assert_pending(&rig->thread[0], 0x80 >> PRIO);
    rig_free(rig);
}

/* An NVT can go between the event and the thread that would take it. */
static void test_a_group_whose_nvt_is_gone_has_nothing_left(void)
{
    Rig *rig = rig_new(1);
    P9xEnd *end;

    rig_nvt_valid(rig, 5);
    end = rig_end(rig, 3, 5, PRIO, UCOND | P9X_END_W0_BACKLOG);
    end->w[7] |= p9x_be32(P9X_END_W7_F0_IGNORE);
    p9x_router_end_trigger(&rig->router, RIG_BLOCK, 3, 1);
    rig_nvt(rig, 5)->w[0] = 0;
    rig_nvt_valid(rig, 4);
    p9x_tctx_set_word2(&rig->thread[0], P9X_RING_OS,
                       P9X_TM_OS_VALID | rig_cam(4));
    p9x_tctx_set_cppr(&rig->thread[0], P9X_RING_OS, 0xFF);
    assert_pending(&rig->thread[0], 0);
    rig_free(rig);
}

/* A thread that waits for escalations must not wait for one that is over. */
static void test_an_escalation_to_nowhere_is_over(void)
{
    Rig *rig = rig_new(1);
    P9xEnd *end = rig_end(rig, 3, 5, PRIO, UCOND | P9X_END_W0_ESCALATE);

    rig_nvt_valid(rig, 5);
    escalate_to(end, RIG_NR_ENDS, 0x55);
    p9x_router_end_trigger(&rig->router, RIG_BLOCK, 3, 1);
    g_assert_cmpuint(rig_count(rig, P9X_COUNT_ESCALATED), ==, 1);
    g_assert_cmpuint(rig_errors(rig, P9X_ERR_END_INVALID), ==, 1);
    p9x_router_sync(&rig->router);
    rig_free(rig);
}

static const TestRow tests[] = {
    TEST(tables_are_told_of_each_change),
    TEST(a_group_whose_nvt_is_gone_has_nothing_left),
    TEST(an_escalation_to_nowhere_is_over),
    TEST(an_event_goes_to_queue_and_thread),
    TEST(every_step_can_be_traced),
    TEST(a_masked_eas_swallows_the_event),
    TEST(an_invalid_eas_is_a_guest_error),
    TEST(an_invalid_end_is_a_guest_error),
    TEST(a_look_at_an_invalid_end_is_none),
    TEST(an_invalid_nvt_is_a_guest_error),
    TEST(an_end_without_enqueue_only_notifies),
    TEST(a_queue_outside_of_memory_is_a_guest_error),
    TEST(a_masked_priority_enqueues_and_stops),
    TEST(esn_coalesces_notifications_but_no_entries),
    TEST(esn_off_keeps_the_thread_quiet),
    TEST(unconditional_notify_ignores_esn),
    TEST(backlog_waits_in_the_nvt_for_a_push),
    TEST(without_backlog_the_event_is_counted_undelivered),
    TEST(an_undispatched_vp_escalates),
    TEST(a_dispatched_vp_does_not_escalate),
    TEST(ese_lets_one_escalation_through),
    TEST(unconditional_escalation_ignores_ese),
    TEST(a_precluded_event_escalates_if_asked_to),
    TEST(silent_escalation_skips_the_thread),
    TEST(single_escalation_funnels_all_priorities),
    TEST(a_circle_of_escalations_ends),
    TEST(a_chain_as_long_as_allowed_arrives),
    TEST(a_format_1_end_raises_an_event_based_branch),
    TEST(another_user_context_gets_no_branch),
    TEST(each_ring_answers_to_its_own_cam),
    TEST(one_vp_on_two_threads_is_a_guest_error),
    TEST(after_a_pull_the_event_goes_to_the_nvt),
    TEST(a_destroyed_thread_gets_nothing),
};

int main(int argc, char **argv)
{
    return RUN_TESTS(argc, argv, "router", tests);
}
