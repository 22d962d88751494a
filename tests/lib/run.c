/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tests by their names, and how long they wait. */
#include <signal.h>

#include "fixture.h"

#ifdef P9X_COVERAGE
void __gcov_dump(void);

static void dump_and_abort(int sig)
{
    signal(sig, SIG_DFL);
    __gcov_dump();
    raise(sig);
}

static void count_up_to_an_abort(void)
{
    signal(SIGABRT, dump_and_abort);
}
#else
static void count_up_to_an_abort(void)
{
}
#endif

gint64 end_of_wait(double seconds)
{
    const char *env = g_getenv("P9XIVE_TIME_SCALE");
    double scale = env ? g_ascii_strtod(env, NULL) : 1;

    return g_get_monotonic_time() +
        (gint64)(seconds * MAX(scale, 1) * G_TIME_SPAN_SECOND);
}

static void add_tests(const char *subject, const char *suffix,
                      const TestRow *rows, unsigned n,
                      void (*add)(const char *path, const TestRow *row))
{
    for (unsigned i = 0; i < n; i++) {
        g_autofree char *name = g_strdup(rows[i].name);
        g_autofree char *path = g_strdup_printf(
            "/%s%s/%s", subject, suffix, g_strdelimit(name, "_", '-'));

        add(path, &rows[i]);
    }
}

static void add_direct(const char *path, const TestRow *row)
{
    g_test_add_func(path, row->func);
}

static void run_on_kvm(gconstpointer data)
{
    const TestRow *row = data;

    srig_on_kvm = true;
    row->func();
    srig_on_kvm = false;
}

static void add_on_kvm(const char *path, const TestRow *row)
{
    g_test_add_data_func(path, row, run_on_kvm);
}

int run_tests(int argc, char **argv, const char *subject,
              const TestRow *rows, unsigned n)
{
    g_test_init(&argc, &argv, NULL);
    count_up_to_an_abort();
    add_tests(subject, "", rows, n, add_direct);
    return g_test_run();
}

int run_backend_tests(int argc, char **argv, const char *subject,
                      const TestRow *both, unsigned nr_both,
                      const TestRow *direct, unsigned nr_direct)
{
    g_test_init(&argc, &argv, NULL);
    count_up_to_an_abort();
    add_tests(subject, "", both, nr_both, add_direct);
    add_tests(subject, "", direct, nr_direct, add_direct);
    add_tests(subject, "-on-kvm", both, nr_both, add_on_kvm);
    return g_test_run();
}
