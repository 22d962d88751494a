/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a program of tests names and runs them. */
#ifndef P9X_TEST_RUN_H
#define P9X_TEST_RUN_H

#include <glib.h>

/*
 * The g_get_monotonic_time() until which to wait for what has to come: @seconds
 * of a quiet machine, times P9XIVE_TIME_SCALE from the environment.
 */
gint64 end_of_wait(double seconds);

/*
 * One test: TEST(a_sentence_about_behaviour) is the function
 * test_a_sentence_about_behaviour.  Its path has the sentence with dashes.  A
 * comment "rows: A1 B2" before the function names what it covers of the
 * checklist (scripts/checklist.py).
 */
typedef struct TestRow {
    const char *name;
    void (*func)(void);
} TestRow;

#define TEST(sentence) { #sentence, test_##sentence }

/* Runs all of @rows, each under "/@subject/sentence". */
int run_tests(int argc, char **argv, const char *subject,
              const TestRow *rows, unsigned n);

#define RUN_TESTS(argc, argv, subject, rows) \
    run_tests(argc, argv, subject, rows, G_N_ELEMENTS(rows))

/*
 * Tests of the pseries controller on both backends: @both a second time with
 * rigs that have a KVM device, under "/@subject-on-kvm/sentence"; @direct are
 * those that are about the direct path alone.
 */
int run_backend_tests(int argc, char **argv, const char *subject,
                      const TestRow *both, unsigned nr_both,
                      const TestRow *direct, unsigned nr_direct);

#define RUN_BACKEND_TESTS(argc, argv, subject, both, direct) \
    run_backend_tests(argc, argv, subject, both, G_N_ELEMENTS(both), direct, \
                      G_N_ELEMENTS(direct))

#endif
