/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Conditions that only matter beside another one: each shown by itself. */
#include "fixture.h"
#include "xive/ppc/spapr_image.h"
#include "xive/recorder.h"

enum { MSI = 0x20, LSI = 0x21, PRIO = 6, EISN = 0x1234, SERVER = 1 };

static SpaprRig *rig_claimed(void)
{
    SpaprRig *rig = srig_new(2);

    g_assert_cmpint(p9x_spapr_claim(&rig->s, MSI, false), ==, 0);
    g_assert_cmpint(p9x_spapr_claim(&rig->s, LSI, true), ==, 0);
    return rig;
}

/* ---- checks of calls ---- */

static void test_a_reporting_line_needs_each_of_its_properties(void)
{
    static const struct { uint64_t addr; int64_t rc; } row[] = {
        { 0x10000, P9X_H_SUCCESS },
        { 0, P9X_H_P2 },
        { 0x10080, P9X_H_P2 },                          /* half a pair */
        { HOST_HOLE, P9X_H_P2 },
        { UINT64_C(1) << 60, P9X_H_P2 },
        { UINT64_MAX & ~UINT64_C(0xFFFF), P9X_H_P2 },
    };
    SpaprRig *rig = srig_new(2);

    for (unsigned i = 0; i < G_N_ELEMENTS(row); i++) {
        int64_t rc = srig_hcall(rig, P9X_H_INT_SET_OS_REPORTING_LINE, 0,
                                row[i].addr, 0, 0, 0);

        g_assert_cmpint(rc == P9X_H_SUCCESS, ==, row[i].rc == P9X_H_SUCCESS);
    }
    srig_free(rig);
}

/* A queue that was taken away stays valid, but takes no entries. */
static void test_a_source_needs_a_queue_that_takes_entries(void)
{
    SpaprRig *rig = rig_claimed();

    srig_set_queue(rig, SERVER, PRIO);
    g_assert_cmpint(srig_hcall(rig, P9X_H_INT_SET_SOURCE_CONFIG, 0, MSI,
                               SERVER, PRIO, EISN), ==, P9X_H_SUCCESS);
    g_assert_cmpint(srig_hcall(rig, P9X_H_INT_SET_QUEUE_CONFIG, 0, SERVER,
                               PRIO, 0, 0), ==, P9X_H_SUCCESS);
    g_assert_cmpint(srig_hcall(rig, P9X_H_INT_SET_SOURCE_CONFIG, 0, MSI,
                               SERVER, PRIO, EISN), !=, P9X_H_SUCCESS);
    srig_free(rig);
}

static bool no_read(void *host, uint64_t addr, void *buf, uint64_t len)
{
    return false;
}

/* Words that the core can't read are no warning. */
static void test_a_queue_that_cant_be_read_is_not_called_dirty(void)
{
    for (unsigned readable = 0; readable < 2; readable++) {
        SpaprRig *rig = srig_new(2);
        uint64_t addr = srig_queue_addr(SERVER, PRIO);

        host_store32(&rig->host, addr, 0x80000001);
        if (!readable) {
            rig->host.ports.mem_read = no_read;
        }
        g_assert_cmpint(srig_hcall(rig, P9X_H_INT_SET_QUEUE_CONFIG, 0, SERVER,
                                   PRIO, addr, 16), ==, P9X_H_SUCCESS);
        g_assert_cmpuint(rig->host.error_calls[P9X_ERR_QUEUE_NOT_ZERO], ==,
                         readable);
        srig_free(rig);
    }
}

/* ---- state ---- */

static void test_reporting_lines_are_noticed_on_any_server(void)
{
    SpaprRig *rig = srig_new(2);

    g_assert_false(p9x_spapr_has_report(&rig->s));
    g_assert_cmpint(srig_hcall(rig, P9X_H_INT_SET_OS_REPORTING_LINE, 0,
                               0x10000, 0, 0, 0), ==, P9X_H_SUCCESS);
    g_assert_true(p9x_spapr_has_report(&rig->s));
    srig_free(rig);
}

static void test_a_state_says_which_backend_there_is(void)
{
    SpaprRig *rig = rig_claimed();
    g_autoptr(GString) text = g_string_new(NULL);

    p9x_spapr_state(&rig->s, text);
    g_assert_cmpint(!!strstr(text->str, "\"on-kvm\": true"), ==, srig_on_kvm);
    g_assert_null(strstr(text->str, "guest-error-"));
    srig_free(rig);
}

static void test_a_state_tells_each_kind_of_guest_error(void)
{
    SpaprRig *rig = rig_claimed();
    g_autoptr(GString) text = g_string_new(NULL);

    p9x_tima_no_thread(&rig->s.router.unit, true, 0x10);
    p9x_spapr_state(&rig->s, text);
    g_assert_nonnull(strstr(text->str, "\"guest-error-tima-no-thread\": 1"));
    srig_free(rig);
}

/* An EAS of a damaged stream may name an END that is none. */
static void test_a_print_shows_no_queue_of_an_END_that_is_none(void)
{
    SpaprRig *rig = rig_claimed();
    g_autoptr(GString) text = g_string_new(NULL);
    uint64_t eas;

    srig_set_queue(rig, SERVER, PRIO);
    srig_route(rig, MSI, SERVER, PRIO, EISN);
    p9x_spapr_print(&rig->s, text);
    g_assert_nonnull(strstr(text->str, "1/6"));
    eas = p9x_set64(P9X_EAS_VALID, P9X_EAS_END_INDEX, rig->s.tables.nr_ends);
    rig->s.tables.eas[MSI].w = p9x_be64(eas);
    g_string_truncate(text, 0);
    p9x_spapr_print(&rig->s, text);
    g_assert_null(strstr(text->str, "1/6"));
    g_assert_nonnull(strstr(text->str, "  00000020 MSI"));
    srig_free(rig);
}

/* ---- tracing ---- */

static void test_steps_are_told_while_the_host_program_listens(void)
{
    Rig *rig = rig_new(1);
    int listeners = 0;

    rig_end(rig, 3, 1, PRIO, P9X_END_W0_UCOND_NOTIFY);
    rig_nvt_valid(rig, 1);
    rig_dispatch(rig, 0, 1, 0xFF);
    host_trace(&rig->host);
    rig->host.ports.listeners = &listeners;
    p9x_router_end_trigger(&rig->router, RIG_BLOCK, 3, 1);
    g_assert_cmpuint(rig->host.traces[P9X_TRACE_END_NOTIFY], ==, 0);
    listeners = 1;
    p9x_router_end_trigger(&rig->router, RIG_BLOCK, 3, 1);
    g_assert_cmpuint(rig->host.traces[P9X_TRACE_END_NOTIFY], ==, 1);
    rig->host.ports.listeners = NULL;
    p9x_router_end_trigger(&rig->router, RIG_BLOCK, 3, 1);
    g_assert_cmpuint(rig->host.traces[P9X_TRACE_END_NOTIFY], ==, 2);
    rig_free(rig);
}

/* ---- groups and threads ---- */

enum { GROUP_VP = 7 };

static P9xEnd *group_end(Rig *rig, uint32_t end, uint32_t w0)
{
    P9xEnd *e = rig_end(rig, end, GROUP_VP, PRIO,
                        P9X_END_W0_UCOND_NOTIFY | w0);

    e->w[7] |= p9x_be32(P9X_END_W7_F0_IGNORE);
    return e;
}

/* What a group can't keep is lost, and no thread gets it later. */
static void test_a_group_keeps_an_event_if_its_NVT_can(void)
{
    static const struct { bool valid; uint32_t w0; uint64_t lost, errors; }
        row[] = {
            { true, P9X_END_W0_BACKLOG, 0, 0 }, { true, 0, 1, 0 },
            { false, P9X_END_W0_BACKLOG, 1, 1 }
        };

    for (unsigned i = 0; i < G_N_ELEMENTS(row); i++) {
        Rig *rig = rig_new(1);

        group_end(rig, 3, row[i].w0);
        if (row[i].valid) {
            rig_nvt_valid(rig, GROUP_VP);
        }
        for (unsigned n = 0; n < 2; n++) {
            p9x_router_end_trigger(&rig->router, RIG_BLOCK, 3, 1);
        }
        g_assert_cmpuint(rig_count(rig, P9X_COUNT_UNDELIVERED), ==,
                         2 * row[i].lost);
        g_assert_cmpint(rig_errors(rig, P9X_ERR_NVT_INVALID) > 0, ==,
                        row[i].errors);
        rig_dispatch(rig, 0, 1, 0xFF);
        g_assert_cmphex(reg(&rig->thread[0], P9X_RING_OS, P9X_TM_IPB), ==,
                        row[i].lost ? 0 : 0x80 >> PRIO);
        rig_free(rig);
    }
}

/* Three conditions: the OS ring's VP, a valid user ring, its number. */
static void test_a_user_ring_is_found_by_all_that_names_it(void)
{
    static const struct { uint32_t cam_off, server; bool valid, found; }
        row[] = {
            { 0, 5, true, true }, { 1, 5, true, false }, { 0, 6, true, false },
            { 0, 5, false, false }
        };

    for (unsigned i = 0; i < G_N_ELEMENTS(row); i++) {
        Rig *rig = rig_new(1);

        rig_dispatch(rig, 0, 1, 0xFF);
        p9x_tctx_set_word2(&rig->thread[0], P9X_RING_USER,
                           (row[i].valid ? P9X_TM_USER_VALID : 0) | 5);
        g_assert_cmpint(p9x_tctx_present_user(
            &rig->thread[0], rig_cam(1) + row[i].cam_off, row[i].server) ==
                        P9X_PRESENTED, ==, row[i].found);
        rig_free(rig);
    }
}

/* Pulling a ring that was not valid is no step of its own. */
static void test_the_recorder_has_pulls_of_valid_rings_alone(void)
{
    Rig *rig = rig_new(1);
    uint64_t before;
    char *error;

    g_assert_true(p9x_recorder_start(P9X_RECORDER_MIN, &error));
    before = p9x_recorder_written();
    p9x_tctx_pull(&rig->thread[0], P9X_RING_OS);
    g_assert_cmpuint(p9x_recorder_written(), ==, before);
    rig_dispatch(rig, 0, 1, 0xFF);
    before = p9x_recorder_written();
    p9x_tctx_pull(&rig->thread[0], P9X_RING_OS);
    g_assert_cmpuint(p9x_recorder_written(), ==, before + 1);
    p9x_recorder_stop();
    rig_free(rig);
}

int main(int argc, char **argv)
{
    static const TestRow both[] = {
        TEST(a_source_needs_a_queue_that_takes_entries),
        TEST(a_queue_that_cant_be_read_is_not_called_dirty),
        TEST(a_state_says_which_backend_there_is),
        TEST(a_state_tells_each_kind_of_guest_error),
    };
    static const TestRow direct[] = {
        TEST(a_reporting_line_needs_each_of_its_properties),
        TEST(reporting_lines_are_noticed_on_any_server),
        TEST(a_print_shows_no_queue_of_an_END_that_is_none),
        TEST(steps_are_told_while_the_host_program_listens),
        TEST(a_group_keeps_an_event_if_its_NVT_can),
        TEST(a_user_ring_is_found_by_all_that_names_it),
        TEST(the_recorder_has_pulls_of_valid_rings_alone),
    };

    return RUN_BACKEND_TESTS(argc, argv, "corners", both, direct);
}
