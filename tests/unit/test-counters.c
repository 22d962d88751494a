/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fixture.h"

/* Rows are never given back: after that many threads all others share one. */
enum { SHARERS = 4, ROUNDS = 4000000 };

static void test_counts_start_at_zero_and_add_up(void)
{
    P9xCounters *c = host_alloc(sizeof(*c));

    for (unsigned i = 0; i < P9X_COUNTER_MAX; i++) {
        g_assert_cmpuint(p9x_counter_read(c, i), ==, 0);
        for (unsigned n = 0; n <= i; n++) {
            p9x_count(c, i);
        }
    }
    for (unsigned i = 0; i < P9X_COUNTER_MAX; i++) {
        g_assert_cmpuint(p9x_counter_read(c, i), ==, i + 1);
    }
    g_assert_cmpuint(p9x_guest_errors_total(c), ==, 0);
    p9x_counters_clear(c);
    for (unsigned i = 0; i < P9X_COUNTER_MAX; i++) {
        g_assert_cmpuint(p9x_counter_read(c, i), ==, 0);
    }
    free(c);
}

static gpointer count_once(gpointer opaque)
{
    p9x_count(opaque, P9X_COUNT_TRIGGERS);
    return NULL;
}

static gpointer count_long(gpointer opaque)
{
    for (unsigned i = 0; i < ROUNDS; i++) {
        p9x_count(opaque, P9X_COUNT_TRIGGERS);
    }
    return NULL;
}

static void test_no_count_is_lost_with_more_threads_than_rows(void)
{
    P9xCounters *c = host_alloc(sizeof(*c));
    GThread *thread[SHARERS];

    for (unsigned i = 0; i < P9X_ROWS; i++) {
        g_thread_join(g_thread_new("once", count_once, c));
    }
    for (unsigned i = 0; i < SHARERS; i++) {
        thread[i] = g_thread_new("long", count_long, c);
    }
    for (unsigned i = 0; i < SHARERS; i++) {
        g_thread_join(thread[i]);
    }
    g_assert_cmpuint(p9x_counter_read(c, P9X_COUNT_TRIGGERS), ==,
                     P9X_ROWS + (uint64_t)SHARERS * ROUNDS);
    free(c);
}

static void test_every_kind_has_a_name_of_its_own(void)
{
    GHashTable *seen = g_hash_table_new(g_str_hash, g_str_equal);

    for (unsigned i = 0; i < P9X_COUNTER_MAX; i++) {
        const char *name = p9x_counter_name(i);

        g_assert_cmpuint(strlen(name), >, 0);
        g_assert_true(g_hash_table_add(seen, (gpointer)name));
    }
    for (unsigned i = 0; i < P9X_GUEST_ERROR_MAX; i++) {
        const char *name = p9x_guest_error_name(i);

        g_assert_cmpuint(strlen(name), >, 0);
        g_assert_true(g_hash_table_add(seen, (gpointer)name));
        g_assert_cmpuint(strlen(p9x_guest_error_text(i)), >, strlen("x"));
    }
    g_assert_cmpstr(p9x_counter_name(P9X_COUNT_QUEUED), ==, "queue-entries");
    g_assert_cmpstr(p9x_guest_error_name(P9X_ERR_HCALL), ==, "hcall");
    g_hash_table_destroy(seen);
}

static void test_the_host_hears_of_the_first_of_each_kind_only(void)
{
    P9xCounters *c = host_alloc(sizeof(*c));
    Host host;

    host_init(&host);
    for (unsigned i = 0; i < 3; i++) {
        p9x_guest_error(&host.ports, c, P9X_ERR_HCALL, "number %u", i);
    }
    g_assert_cmpuint(p9x_guest_error_read(c, P9X_ERR_HCALL), ==, 3);
    g_assert_cmpuint(p9x_guest_errors_total(c), ==, 3);
    g_assert_cmpuint(host.error_calls[P9X_ERR_HCALL], ==, 1);
    g_assert_cmpstr(host.error, ==, "number 0");
    p9x_guest_error(&host.ports, c, P9X_ERR_VP_TWICE, "other");
    g_assert_cmpuint(host.error_calls[P9X_ERR_VP_TWICE], ==, 1);
    p9x_counters_clear(c);
    p9x_guest_error(&host.ports, c, P9X_ERR_HCALL, "again");
    g_assert_cmpuint(host.error_calls[P9X_ERR_HCALL], ==, 2);
    host_destroy(&host);
    free(c);
}

static void test_a_host_that_does_not_listen_still_has_counts(void)
{
    P9xCounters *c = host_alloc(sizeof(*c));
    Host host;

    host_init(&host);
    host.ports.guest_error = NULL;
    p9x_guest_error(&host.ports, c, P9X_ERR_TIMA_LOAD, "x");
    g_assert_cmpuint(p9x_guest_error_read(c, P9X_ERR_TIMA_LOAD), ==, 1);
    host_destroy(&host);
    free(c);
}

static const TestRow tests[] = {
    TEST(counts_start_at_zero_and_add_up),
    TEST(no_count_is_lost_with_more_threads_than_rows),
    TEST(every_kind_has_a_name_of_its_own),
    TEST(the_host_hears_of_the_first_of_each_kind_only),
    TEST(a_host_that_does_not_listen_still_has_counts),
};

int main(int argc, char **argv)
{
    return RUN_TESTS(argc, argv, "counters", tests);
}
