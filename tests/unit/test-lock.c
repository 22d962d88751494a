/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fixture.h"

enum { ROUNDS = 20000, THREADS = 4 };

typedef struct Shared {
    P9xLock lock;
    P9xGate gate;
    unsigned plain;             /* guarded by lock, deliberately no atomic */
    bool nested;                /* who stays inside also comes and goes */
    atomic_bool stop;
    atomic_uint step;
} Shared;

static void test_a_held_lock_is_not_taken_again(void)
{
    P9xLock lock = { 0 };

    p9x_lock_init(&lock, P9X_RANK_TEST);
    g_assert_true(p9x_trylock(&lock));
    g_assert_false(p9x_trylock(&lock));
    p9x_unlock(&lock);
    g_assert_true(p9x_trylock(&lock));
    p9x_unlock(&lock);
    p9x_lock(&lock);
    g_assert_false(p9x_trylock(&lock));
    p9x_unlock(&lock);
}

static gpointer add_under_lock(gpointer opaque)
{
    Shared *shared = opaque;

    for (unsigned i = 0; i < ROUNDS; i++) {
        p9x_lock(&shared->lock);
        shared->plain++;
        p9x_unlock(&shared->lock);
    }
    return NULL;
}

static void test_a_lock_keeps_threads_apart(void)
{
    Shared *shared = host_alloc(sizeof(*shared));
    GThread *thread[THREADS];

    p9x_lock_init(&shared->lock, P9X_RANK_TEST);
    for (unsigned i = 0; i < THREADS; i++) {
        thread[i] = g_thread_new("adder", add_under_lock, shared);
    }
    for (unsigned i = 0; i < THREADS; i++) {
        g_thread_join(thread[i]);
    }
    g_assert_cmpuint(shared->plain, ==, ROUNDS * THREADS);
    free(shared);
}

static gpointer stay_inside(gpointer opaque)
{
    Shared *shared = opaque;

    p9x_gate_enter(&shared->gate);
    atomic_store(&shared->step, 1);
    for (unsigned i = 0; i < 20; i++) {
        g_usleep(1000);
        if (shared->nested) {
            p9x_gate_enter(&shared->gate);
            p9x_gate_leave(&shared->gate);
        }
    }
    shared->plain = 1;
    p9x_gate_leave(&shared->gate);
    return NULL;
}

static GThread *thread_inside(Shared *shared)
{
    GThread *thread = g_thread_new("inside", stay_inside, shared);

    while (!atomic_load(&shared->step)) {
        sched_yield();
    }
    return thread;
}

static void check_drain_waits(bool nested)
{
    Shared *shared = host_alloc(sizeof(*shared));
    GThread *thread;

    shared->nested = nested;
    thread = thread_inside(shared);
    p9x_gate_drain(&shared->gate);
    g_assert_cmpuint(shared->plain, ==, 1);
    g_thread_join(thread);
    free(shared);
}

static void test_drain_waits_for_who_is_inside(void)
{
    check_drain_waits(false);
}

/* Passages nest: a thread that has left an inner one is still inside. */
static void test_drain_waits_for_the_outermost_passage(void)
{
    check_drain_waits(true);
}

static gpointer pass_once(gpointer opaque)
{
    Shared *shared = opaque;

    p9x_gate_enter(&shared->gate);
    p9x_gate_leave(&shared->gate);
    return NULL;
}

/* When all rows are taken, the last one has many threads inside. */
static void test_threads_without_a_row_are_waited_for_as_well(void)
{
    Shared *shared = host_alloc(sizeof(*shared));
    GThread *thread;

    for (unsigned i = 0; i < P9X_ROWS; i++) {
        g_thread_join(g_thread_new("passer", pass_once, shared));
    }
    thread = thread_inside(shared);
    g_thread_join(g_thread_new("passer", pass_once, shared));
    p9x_gate_drain(&shared->gate);
    g_assert_cmpuint(shared->plain, ==, 1);
    g_thread_join(thread);
    p9x_gate_drain(&shared->gate);
    free(shared);
}

static gpointer flood(gpointer opaque)
{
    Shared *shared = opaque;

    while (!atomic_load(&shared->stop)) {
        p9x_gate_enter(&shared->gate);
        atomic_fetch_add(&shared->step, 1);
        p9x_gate_leave(&shared->gate);
        atomic_fetch_add(&shared->step, 1);
    }
    return NULL;
}

static void test_drain_ends_under_a_flood(void)
{
    Shared *shared = host_alloc(sizeof(*shared));
    GThread *a = g_thread_new("flood", flood, shared);

    for (unsigned i = 0; i < 50; i++) {
        p9x_gate_drain(&shared->gate);
    }
    atomic_store(&shared->stop, true);
    g_thread_join(a);
    free(shared);
}

static const TestRow tests[] = {
    TEST(a_held_lock_is_not_taken_again),
    TEST(a_lock_keeps_threads_apart),
    TEST(drain_waits_for_who_is_inside),
    TEST(drain_waits_for_the_outermost_passage),
    TEST(drain_ends_under_a_flood),
    TEST(threads_without_a_row_are_waited_for_as_well),
};

int main(int argc, char **argv)
{
    return RUN_TESTS(argc, argv, "lock", tests);
}
