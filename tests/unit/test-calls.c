/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calls that run at once (xive/calls.h), and which hypervisor calls are of that
 * kind.
 */
#include "fixture.h"

#include "xive/calls.h"

enum { MSI = 0x20, PRIO = 6, CALLERS = 3, LEAST_ROUNDS = 100 };

static const unsigned opcodes[] = {
    P9X_H_INT_GET_SOURCE_INFO, P9X_H_INT_SET_SOURCE_CONFIG,
    P9X_H_INT_GET_SOURCE_CONFIG, P9X_H_INT_GET_QUEUE_INFO,
    P9X_H_INT_SET_QUEUE_CONFIG, P9X_H_INT_GET_QUEUE_CONFIG,
    P9X_H_INT_SET_OS_REPORTING_LINE, P9X_H_INT_GET_OS_REPORTING_LINE,
    P9X_H_INT_ESB, P9X_H_INT_SYNC, P9X_H_INT_RESET
};

/* A busy machine does fewer rounds in that time, but some. */
static gint64 half_a_second_from_now(void)
{
    return g_get_monotonic_time() + G_USEC_PER_SEC / 2;
}

static bool goes_on(unsigned round, gint64 end)
{
    return round < LEAST_ROUNDS || g_get_monotonic_time() < end;
}

/* ---- the gate ---- */

typedef struct Shared {
    P9xCalls calls;
    unsigned plain[2];          /* equal, but for a change */
    atomic_bool stop, inside, out;
    atomic_uint refused;
} Shared;

static Shared *shared_new(void)
{
    Shared *shared = host_alloc(sizeof(*shared));

    p9x_calls_init(&shared->calls, P9X_RANK_CALLS);
    return shared;
}

static void test_closed_calls_let_no_caller_in(void)
{
    Shared *shared = shared_new();

    g_assert_true(p9x_calls_enter(&shared->calls));
    p9x_calls_leave(&shared->calls);
    p9x_calls_close(&shared->calls);
    g_assert_false(p9x_calls_enter(&shared->calls));
    p9x_calls_close(&shared->calls);
    p9x_calls_open(&shared->calls);
    g_assert_false(p9x_calls_enter(&shared->calls));
    p9x_calls_open(&shared->calls);
    g_assert_true(p9x_calls_enter(&shared->calls));
    p9x_calls_leave(&shared->calls);
    free(shared);
}

static gpointer stay_inside(gpointer opaque)
{
    Shared *shared = opaque;

    g_assert_true(p9x_calls_enter(&shared->calls));
    atomic_store(&shared->inside, true);
    g_usleep(20000);
    atomic_store(&shared->out, true);
    p9x_calls_leave(&shared->calls);
    return NULL;
}

static void test_closing_waits_for_callers_inside(void)
{
    Shared *shared = shared_new();
    GThread *thread = g_thread_new("caller", stay_inside, shared);

    while (!atomic_load(&shared->inside)) {
        sched_yield();
    }
    p9x_calls_close(&shared->calls);
    g_assert_true(atomic_load(&shared->out));
    p9x_calls_open(&shared->calls);
    g_thread_join(thread);
    free(shared);
}

static gpointer call_again_and_again(gpointer opaque)
{
    Shared *shared = opaque;

    while (!atomic_load(&shared->stop)) {
        if (!p9x_calls_enter(&shared->calls)) {
            atomic_fetch_add(&shared->refused, 1);
            sched_yield();
            continue;
        }
        g_assert_cmpuint(shared->plain[0], ==, shared->plain[1]);
        p9x_calls_leave(&shared->calls);
    }
    return NULL;
}

static void test_no_caller_sees_half_of_a_change(void)
{
    Shared *shared = shared_new();
    GThread *thread[CALLERS];
    gint64 end = half_a_second_from_now();

    for (unsigned i = 0; i < CALLERS; i++) {
        thread[i] = g_thread_new("caller", call_again_and_again, shared);
    }
    for (unsigned i = 0; goes_on(i, end); i++) {
        p9x_calls_close(&shared->calls);
        shared->plain[0]++;
        shared->plain[1]++;
        p9x_calls_open(&shared->calls);
    }
    atomic_store(&shared->stop, true);
    for (unsigned i = 0; i < CALLERS; i++) {
        g_thread_join(thread[i]);
    }
    g_test_message("%u refused", atomic_load(&shared->refused));
    free(shared);
}

/* ---- hypervisor calls ---- */

static bool try_call(SpaprRig *rig, unsigned opcode, uint64_t a0, uint64_t a1,
                     uint64_t a2, int64_t *rc)
{
    const uint64_t args[6] = { a0, a1, a2 };

    memcpy(rig->r, args, sizeof(args));
    return p9x_spapr_try_hcall(&rig->s, 0, opcode, rig->r, rc);
}

static bool is_for_one(unsigned opcode)
{
    return opcode == P9X_H_INT_SET_QUEUE_CONFIG || opcode == P9X_H_INT_RESET;
}

static void test_all_calls_but_two_run_at_once(void)
{
    SpaprRig *rig = srig_new(1);

    for (unsigned i = 0; i < G_N_ELEMENTS(opcodes); i++) {
        int64_t rc = 77;
        bool done = try_call(rig, opcodes[i], 1 << 5, 0, 0, &rc);

        g_assert_cmpint(done, ==, !is_for_one(opcodes[i]));
        g_assert_cmpint(p9x_spapr_hcall_is_shared(opcodes[i]), ==, done);
        g_assert_cmpint(rc, ==, done ? P9X_H_PARAMETER : 77);
    }
    g_assert_false(p9x_spapr_hcall_is_shared(P9X_H_INT_RESET + 4));
    g_assert_false(p9x_spapr_hcall_is_shared(P9X_H_INT_SYNC + 1));
    srig_free(rig);
}

static void test_a_tried_call_counts_as_any_other(void)
{
    SpaprRig *rig = srig_new(1);
    int64_t rc;

    g_assert_true(try_call(rig, P9X_H_INT_SYNC, 0, UINT64_MAX, 0, &rc));
    g_assert_cmpint(rc, ==, P9X_H_P2);
    g_assert_cmpuint(p9x_guest_error_read(&rig->s.router.counters,
                                          P9X_ERR_HCALL), ==, 1);
    srig_free(rig);
}

/* One that is not done changes no argument and counts nothing. */
static void assert_not_tried(SpaprRig *rig)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(opcodes); i++) {
        int64_t rc = 77;

        g_assert_false(try_call(rig, opcodes[i], 1 << 5, 11, 12, &rc));
        g_assert_cmpint(rc, ==, 77);
        g_assert_cmphex(rig->r[0], ==, 1 << 5);
        g_assert_cmphex(rig->r[1], ==, 11);
        g_assert_cmphex(rig->r[2], ==, 12);
    }
    g_assert_cmpuint(p9x_guest_errors_total(&rig->s.router.counters), ==, 0);
}

static void test_a_call_beside_a_change_is_not_tried(void)
{
    SpaprRig *rig = srig_new(1);

    p9x_calls_close(&rig->s.calls);
    assert_not_tried(rig);
    p9x_calls_open(&rig->s.calls);
    srig_free(rig);
}

static void test_a_call_before_cas_is_not_tried(void)
{
    SpaprRig *rig = srig_new(1);

    rig->host.exploitation = false;
    assert_not_tried(rig);
    srig_free(rig);
}

static void test_a_call_of_an_absent_server_is_not_tried(void)
{
    SpaprRig *rig = srig_new(1);

    p9x_spapr_remove_server(&rig->s, 0);
    assert_not_tried(rig);
    srig_free(rig);
}

static void test_a_call_that_a_kvm_device_does_is_not_tried(void)
{
    SpaprRig *rig;

    srig_on_kvm = true;
    rig = srig_new(1);
    assert_not_tried(rig);
    srig_free(rig);
    srig_on_kvm = false;
}

/* ---- at once ---- */

typedef struct Pair {
    SpaprRig *rig;
    uint32_t server;
    atomic_bool stop;
} Pair;

static int64_t route(SpaprRig *rig, uint32_t server, uint64_t flags,
                     uint64_t eisn)
{
    uint64_t args[6] = { flags, MSI, server, PRIO, eisn };

    return p9x_spapr_hcall(&rig->s, server, P9X_H_INT_SET_SOURCE_CONFIG,
                           args);
}

static gpointer retarget(gpointer opaque)
{
    Pair *pair = opaque;

    while (!atomic_load(&pair->stop)) {
        int64_t rc = route(pair->rig, pair->server, 0, 0);

        g_assert_true(rc == 0 || rc == P9X_H_HARDWARE || rc == P9X_H_STATE);
    }
    return NULL;
}

/* One vCPU moves a source and keeps its EISN, another one changes that. */
static void test_a_retarget_never_brings_an_old_EISN_back(void)
{
    Pair pair = { .rig = srig_new(2), .server = 1 };
    gint64 end = half_a_second_from_now();
    GThread *thread;

    srig_set_queue(pair.rig, 0, PRIO);
    srig_set_queue(pair.rig, 1, PRIO);
    srig_route(pair.rig, MSI, 0, PRIO, 0);
    thread = g_thread_new("retarget", retarget, &pair);
    for (unsigned i = 1; goes_on(i, end); i++) {
        g_assert_cmpint(route(pair.rig, 0, P9X_SRC_SET_EISN, i), ==, 0);
        srig_hcall(pair.rig, P9X_H_INT_GET_SOURCE_CONFIG, 0, MSI, 0, 0, 0);
        g_assert_cmphex(pair.rig->r[2], ==, i);
    }
    atomic_store(&pair.stop, true);
    g_thread_join(thread);
    srig_free(pair.rig);
}

/* Whatever the moment of a reset, it takes routes and queues together. */
static void test_no_call_beside_a_reset_leads_a_source_to_a_lost_queue(void)
{
    Pair pair = { .rig = srig_new(2), .server = 1 };
    P9xSpapr *s = &pair.rig->s;
    gint64 end = half_a_second_from_now();
    GThread *thread;
    unsigned routed = 0;

    srig_set_queue(pair.rig, 1, PRIO);
    srig_route(pair.rig, MSI, 1, PRIO, 0);
    thread = g_thread_new("retarget", retarget, &pair);
    for (unsigned i = 0; goes_on(i, end); i++) {
        srig_set_queue(pair.rig, 1, PRIO);
        for (unsigned spin = 0; spin < 1000 && p9x_spapr_eas(s, MSI) &
             P9X_EAS_MASKED; spin++) {
            sched_yield();
        }
        routed += !(p9x_spapr_eas(s, MSI) & P9X_EAS_MASKED);
        p9x_spapr_reset(s);
        g_assert_true(p9x_spapr_eas(s, MSI) & P9X_EAS_MASKED);
    }
    atomic_store(&pair.stop, true);
    g_thread_join(thread);
    g_assert_cmpuint(routed, >, 0);
    srig_free(pair.rig);
}

static const TestRow tests[] = {
    TEST(closed_calls_let_no_caller_in),
    TEST(closing_waits_for_callers_inside),
    TEST(no_caller_sees_half_of_a_change),
    TEST(all_calls_but_two_run_at_once),
    TEST(a_tried_call_counts_as_any_other),
    TEST(a_call_beside_a_change_is_not_tried),
    TEST(a_call_before_cas_is_not_tried),
    TEST(a_call_of_an_absent_server_is_not_tried),
    TEST(a_call_that_a_kvm_device_does_is_not_tried),
    TEST(a_retarget_never_brings_an_old_EISN_back),
    TEST(no_call_beside_a_reset_leads_a_source_to_a_lost_queue),
};

int main(int argc, char **argv)
{
    return RUN_TESTS(argc, argv, "calls", tests);
}
