/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "explore.h"
#include "xive/recorder.h"

enum { MAX_STATES = 500000 };

/* Neither recorder nor mistakes.  Tests share what the search has found. */
static const Result *clean(P9xKvmType type)
{
    static Result known[2];
    Result *r = &known[type == P9X_KVM_XICS];

    if (!r->states) {
        *r = explore(type, 0, MAX_STATES);
    }
    return r;
}

static void run_clean(P9xKvmType type, const char *name)
{
    gint64 start = g_get_monotonic_time();
    const Result *r = clean(type);

    g_test_message("%s: %u states, %u transitions, %.1f s", name, r->states,
                   r->transitions,
                   (double)(g_get_monotonic_time() - start) / 1e6);
    if (r->broken) {
        g_test_message("%s after: %s", r->broken, r->trace);
        g_test_fail_printf("%s", r->broken);
    }
}

static void run_broken(P9xKvmType type, unsigned quirks, const char *name)
{
    Result r = explore(type, quirks, MAX_STATES);

    if (!r.broken) {
        g_test_fail_printf("%s: nothing found in %u states", name, r.states);
        return;
    }
    g_test_message("%s: %s, state %u: %s", name, r.broken, r.states, r.trace);
    g_free(r.trace);
}

/* rows: S11.11-2 F11 M27 */
static void test_native_loses_and_invents_nothing_in_any_order(void)
{
    run_clean(P9X_KVM_NATIVE, "native");
}

/* rows: S11.11-2 M27 */
static void test_xics_loses_and_invents_nothing_in_any_order(void)
{
    run_clean(P9X_KVM_XICS, "XICS");
}

typedef struct BrokenRow {
    P9xKvmType type;
    unsigned quirks;
    const char *name;
} BrokenRow;

static void run_rows(const BrokenRow *row, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        run_broken(row[i].type, row[i].quirks, row[i].name);
    }
}

/* rows: L5 L6 L8 L18 */
static void test_each_mistake_of_6_1_is_found(void)
{
    static const BrokenRow row[] = {
        { P9X_KVM_NATIVE, P9X_QUIRK_L5, "L5 native" },
        { P9X_KVM_NATIVE, P9X_QUIRK_L6, "L6 native" },
        { P9X_KVM_NATIVE, P9X_QUIRK_L7, "L7 native" },
        { P9X_KVM_NATIVE, P9X_QUIRK_L8, "L8 native" },
        { P9X_KVM_XICS, P9X_QUIRK_L6, "L6 XICS" },
        { P9X_KVM_XICS, P9X_QUIRK_L18, "L18 XICS" },
        { P9X_KVM_NATIVE, P9X_KVM_QUIRKS_6_1, "6.1 native" },
        { P9X_KVM_XICS, P9X_KVM_QUIRKS_6_1, "6.1 XICS" },
    };

    run_rows(row, G_N_ELEMENTS(row));
}

/* rows: F1 F11 M27 S11.11-8 */
static void test_each_planted_bug_is_found(void)
{
    static const BrokenRow row[] = {
        { P9X_KVM_NATIVE, P9X_PLANT_ZAP_OFFSET, "zap offset" },
        { P9X_KVM_NATIVE, P9X_PLANT_NO_ZAP, "no zap" },
        { P9X_KVM_NATIVE, P9X_PLANT_SELECT_EARLY, "select early" },
        { P9X_KVM_NATIVE, P9X_PLANT_NO_SYNC, "no sync, native" },
        { P9X_KVM_XICS, P9X_PLANT_NO_SYNC, "no sync, XICS" },
        { P9X_KVM_XICS, P9X_PLANT_EOI_STALE, "stale EOI" },
    };

    run_rows(row, G_N_ELEMENTS(row));
}

static Result explore_recorded(P9xKvmType type, unsigned quirks)
{
    uint64_t before = p9x_recorder_written();
    char *error = NULL;
    Result r;

    g_assert_true(p9x_recorder_start(P9X_RECORDER_MIN, &error));
    r = explore(type, quirks, MAX_STATES);
    p9x_recorder_stop();
    g_assert_cmpuint(p9x_recorder_written() - before, >, r.states);
    return r;
}

static void assert_same(const Result *on, const Result *off)
{
    g_test_message("%u states and %u without the recorder", on->states,
                   off->states);
    g_assert_cmpuint(on->states, ==, off->states);
    g_assert_cmpuint(on->transitions, ==, off->transitions);
    g_assert_cmphex(on->order, ==, off->order);
    g_assert_cmpstr(on->broken, ==, off->broken);
    g_assert_cmpstr(on->trace, ==, off->trace);
}

static void test_the_flight_recorder_changes_no_step_in_any_order(void)
{
    static const P9xKvmType types[] = { P9X_KVM_NATIVE, P9X_KVM_XICS };

    for (unsigned i = 0; i < G_N_ELEMENTS(types); i++) {
        Result on = explore_recorded(types[i], 0);

        assert_same(&on, clean(types[i]));
        g_free(on.trace);
    }
}

static void test_the_flight_recorder_hides_no_mistake(void)
{
    static const BrokenRow row[] = {
        { P9X_KVM_NATIVE, P9X_QUIRK_L6, "L6 native" },
        { P9X_KVM_XICS, P9X_PLANT_EOI_STALE, "stale EOI" },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(row); i++) {
        Result on = explore_recorded(row[i].type, row[i].quirks);
        Result off = explore(row[i].type, row[i].quirks, MAX_STATES);

        g_assert_nonnull(on.broken);
        assert_same(&on, &off);
        g_free(on.trace);
        g_free(off.trace);
    }
}

int main(int argc, char **argv)
{
    static const TestRow rows[] = {
        TEST(native_loses_and_invents_nothing_in_any_order),
        TEST(xics_loses_and_invents_nothing_in_any_order),
        TEST(each_mistake_of_6_1_is_found),
        TEST(each_planted_bug_is_found),
        TEST(the_flight_recorder_changes_no_step_in_any_order),
        TEST(the_flight_recorder_hides_no_mistake),
    };

    return RUN_TESTS(argc, argv, "kvm-explore", rows);
}
