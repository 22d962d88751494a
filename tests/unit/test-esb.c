/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fixture.h"

#include "xive/esb.h"

/* Whatever PQ does, the level beside it must stay as it was. */
static const unsigned levels[] = { 0, P9X_ESB_ASSERTED };

typedef struct EsbCase {
    P9xPq before, after;
    int result;
} EsbCase;

static void check_triggers(const EsbCase *c, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        for (unsigned l = 0; l < G_N_ELEMENTS(levels); l++) {
            P9xEsb esb = (unsigned char)(c[i].before | levels[l]);

            g_assert_cmpint(p9x_esb_trigger(&esb), ==, c[i].result);
            g_assert_cmphex(esb, ==, c[i].after | levels[l]);
        }
    }
}

/* rows: E1 */
static void test_a_trigger_on_00_notifies(void)
{
    static const EsbCase c = { P9X_PQ_00, P9X_PQ_10, P9X_ESB_NOTIFY };

    check_triggers(&c, 1);
}

/* rows: E1 */
static void test_a_trigger_on_01_is_ignored(void)
{
    static const EsbCase c = { P9X_PQ_01, P9X_PQ_01, P9X_ESB_IS_OFF };

    check_triggers(&c, 1);
}

/* rows: E1 */
static void test_a_trigger_on_10_goes_into_q(void)
{
    static const EsbCase c = { P9X_PQ_10, P9X_PQ_11, P9X_ESB_COALESCED };

    check_triggers(&c, 1);
}

/* rows: E1 */
static void test_a_trigger_on_11_is_coalesced(void)
{
    static const EsbCase c = { P9X_PQ_11, P9X_PQ_11, P9X_ESB_COALESCED };

    check_triggers(&c, 1);
}

/* rows: E1 E12 */
static void test_only_an_eoi_of_11_notifies_again(void)
{
    static const EsbCase c[] = {
        { P9X_PQ_00, P9X_PQ_00, false },
        { P9X_PQ_01, P9X_PQ_01, false },
        { P9X_PQ_10, P9X_PQ_00, false },
        { P9X_PQ_11, P9X_PQ_10, true },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(c); i++) {
        for (unsigned l = 0; l < G_N_ELEMENTS(levels); l++) {
            P9xEsb esb = (unsigned char)(c[i].before | levels[l]);

            g_assert_cmpint(p9x_esb_eoi(&esb), ==, c[i].result);
            g_assert_cmphex(esb, ==, c[i].after | levels[l]);
        }
    }
}

static void test_set_pq_returns_the_old_and_keeps_the_level(void)
{
    for (unsigned before = 0; before <= P9X_ESB_ALL; before++) {
        for (unsigned pq = 0; pq < 4; pq++) {
            P9xEsb esb = (unsigned char)before;

            g_assert_cmpint(p9x_esb_set(&esb, pq), ==, before & P9X_ESB_PQ);
            g_assert_cmpint(p9x_esb_get(&esb), ==, pq);
            g_assert_cmphex(esb & P9X_ESB_ASSERTED, ==,
                            before & P9X_ESB_ASSERTED);
        }
    }
}

static void test_a_rising_level_notifies_on_00_only(void)
{
    static const EsbCase c[] = {
        { P9X_PQ_00, P9X_PQ_10, true },
        { P9X_PQ_01, P9X_PQ_01, false },
        { P9X_PQ_10, P9X_PQ_10, false },
        { P9X_PQ_11, P9X_PQ_11, false },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(c); i++) {
        P9xEsb esb = (unsigned char)c[i].before;

        g_assert_cmpint(p9x_esb_set_level(&esb, true) == P9X_ESB_NOTIFY, ==,
                        c[i].result);
        g_assert_cmphex(esb, ==, c[i].after | P9X_ESB_ASSERTED);
    }
}

static void test_a_falling_level_leaves_pq_alone(void)
{
    for (unsigned pq = 0; pq < 4; pq++) {
        P9xEsb esb = (unsigned char)(pq | P9X_ESB_ASSERTED);

        g_assert_cmpint(p9x_esb_set_level(&esb, false), ==,
                        P9X_ESB_LEVEL_ONLY);
        g_assert_cmphex(esb, ==, pq);
    }
}

static void test_an_eoi_with_the_level_up_notifies_again(void)
{
    static const EsbCase up[] = {
        { P9X_PQ_00, P9X_PQ_10, true },
        { P9X_PQ_01, P9X_PQ_01, false },
        { P9X_PQ_10, P9X_PQ_10, true },
        { P9X_PQ_11, P9X_PQ_10, true },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(up); i++) {
        P9xEsb esb = (unsigned char)(up[i].before | P9X_ESB_ASSERTED);

        g_assert_cmpint(p9x_esb_eoi_level(&esb), ==, up[i].result);
        g_assert_cmphex(esb, ==, up[i].after | P9X_ESB_ASSERTED);
    }
}

static void test_an_eoi_with_the_level_down_is_silent(void)
{
    static const EsbCase down[] = {
        { P9X_PQ_00, P9X_PQ_00, false }, { P9X_PQ_01, P9X_PQ_01, false },
        { P9X_PQ_10, P9X_PQ_00, false }, { P9X_PQ_11, P9X_PQ_00, false },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(down); i++) {
        P9xEsb esb = (unsigned char)down[i].before;

        g_assert_false(p9x_esb_eoi_level(&esb));
        g_assert_cmphex(esb, ==, down[i].after);
    }
}

static void test_opening_a_source_with_its_level_up_notifies(void)
{
    for (unsigned before = 0; before <= P9X_ESB_ALL; before++) {
        for (unsigned pq = 0; pq < 4; pq++) {
            P9xEsb esb = (unsigned char)before;
            bool fires = pq == P9X_PQ_00 && (before & P9X_ESB_ASSERTED);
            bool notify = !fires;

            g_assert_cmpint(p9x_esb_set_pq_level(&esb, pq, &notify), ==,
                            before & P9X_ESB_PQ);
            g_assert_cmpint(notify, ==, fires);
            g_assert_cmphex(esb, ==, (fires ? P9X_PQ_10 : pq) |
                            (before & P9X_ESB_ASSERTED));
        }
    }
}

/*
 * Every trigger is seen once: as a notification, or by the EOI of its Q.  The
 * threads go on for long enough that they meet in the middle of a transition.
 */
typedef struct Race {
    P9xEsb esb;
    atomic_bool stop;
} Race;

static gpointer trigger_many(gpointer opaque)
{
    Race *race = opaque;
    uintptr_t notified = 0;

    while (!atomic_load_explicit(&race->stop, memory_order_relaxed)) {
        notified += p9x_esb_trigger(&race->esb) == P9X_ESB_NOTIFY;
    }
    return (gpointer)notified;
}

/* Handles what is pending, returns how often; @sent counts what EOIs send. */
static uintptr_t handle(Race *race, uintptr_t *sent)
{
    uintptr_t handled = 0;

    while (p9x_esb_get(&race->esb) & P9X_ESB_P) {
        handled++;
        if (!p9x_esb_eoi(&race->esb)) {
            break;
        }
        ++*sent;
    }
    return handled;
}

static void test_racing_triggers_and_eois_balance(void)
{
    Race race = { .esb = P9X_PQ_00 };
    GThread *a = g_thread_new("a", trigger_many, &race);
    GThread *b = g_thread_new("b", trigger_many, &race);
    gint64 end = g_get_monotonic_time() + G_USEC_PER_SEC / 4;
    uintptr_t sent = 0, handled = 0;

    while (g_get_monotonic_time() < end) {
        for (unsigned i = 0; i < 100; i++) {
            handled += handle(&race, &sent);
        }
    }
    atomic_store(&race.stop, true);
    sent += (uintptr_t)g_thread_join(a);
    sent += (uintptr_t)g_thread_join(b);
    handled += handle(&race, &sent);
    g_assert_cmpuint(sent, ==, handled);
}

static const TestRow tests[] = {
    TEST(a_trigger_on_00_notifies),
    TEST(a_trigger_on_01_is_ignored),
    TEST(a_trigger_on_10_goes_into_q),
    TEST(a_trigger_on_11_is_coalesced),
    TEST(only_an_eoi_of_11_notifies_again),
    TEST(set_pq_returns_the_old_and_keeps_the_level),
    TEST(a_rising_level_notifies_on_00_only),
    TEST(a_falling_level_leaves_pq_alone),
    TEST(an_eoi_with_the_level_up_notifies_again),
    TEST(an_eoi_with_the_level_down_is_silent),
    TEST(opening_a_source_with_its_level_up_notifies),
    TEST(racing_triggers_and_eois_balance),
};

int main(int argc, char **argv)
{
    return RUN_TESTS(argc, argv, "esb", tests);
}
