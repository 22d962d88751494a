/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fixture.h"

/* The map keeps addresses only: any two aligned ones will do. */
static _Alignas(64) char thread_a[64], thread_b[64];
#define A ((P9xTctx *)thread_a)
#define B ((P9xTctx *)thread_b)

static void test_an_empty_map_finds_no_thread(void)
{
    P9xVpMap map;
    P9xRing ring = P9X_RING_USER;

    p9x_vpmap_init(&map);
    g_assert_null(p9x_vpmap_find(&map, 0, &ring));
    g_assert_null(p9x_vpmap_find(&map, UINT32_MAX, &ring));
    p9x_vpmap_remove(&map, 5, A, P9X_RING_OS);
    p9x_vpmap_destroy(&map);
}

static void test_what_was_added_is_found_with_its_ring(void)
{
    static const uint32_t cams[] = { 0, 1, 0x1FF, 0x200, 0x400, 0x7FFFFF,
                                     0xFFFFFF };
    P9xVpMap map;
    P9xRing ring = P9X_RING_USER;

    p9x_vpmap_init(&map);
    for (unsigned i = 0; i < G_N_ELEMENTS(cams); i++) {
        P9xRing want = (P9xRing)(i % P9X_NR_RINGS);

        g_assert_true(p9x_vpmap_add(&map, cams[i], A, want));
        g_assert_true(p9x_vpmap_find(&map, cams[i], &ring) == A);
        g_assert_cmpint(ring, ==, want);
    }
    g_assert_null(p9x_vpmap_find(&map, 2, &ring));
    for (unsigned i = 0; i < G_N_ELEMENTS(cams); i++) {
        p9x_vpmap_remove(&map, cams[i], A, (P9xRing)(i % P9X_NR_RINGS));
        g_assert_null(p9x_vpmap_find(&map, cams[i], &ring));
    }
    p9x_vpmap_destroy(&map);
}

static void test_the_second_of_two_replaces_and_is_reported(void)
{
    P9xVpMap map;
    P9xRing ring = P9X_RING_USER;

    p9x_vpmap_init(&map);
    g_assert_true(p9x_vpmap_add(&map, 7, A, P9X_RING_OS));
    g_assert_true(p9x_vpmap_add(&map, 7, A, P9X_RING_OS));
    g_assert_false(p9x_vpmap_add(&map, 7, B, P9X_RING_OS));
    g_assert_true(p9x_vpmap_find(&map, 7, &ring) == B);
    g_assert_false(p9x_vpmap_add(&map, 7, B, P9X_RING_POOL));
    p9x_vpmap_destroy(&map);
}

static void test_only_the_holder_can_remove(void)
{
    P9xVpMap map;
    P9xRing ring = P9X_RING_USER;

    p9x_vpmap_init(&map);
    g_assert_true(p9x_vpmap_add(&map, 7, A, P9X_RING_OS));
    p9x_vpmap_remove(&map, 7, B, P9X_RING_OS);
    p9x_vpmap_remove(&map, 7, A, P9X_RING_POOL);
    g_assert_true(p9x_vpmap_find(&map, 7, &ring) == A);
    p9x_vpmap_remove(&map, 7, A, P9X_RING_OS);
    g_assert_null(p9x_vpmap_find(&map, 7, &ring));
    p9x_vpmap_destroy(&map);
}

static const TestRow tests[] = {
    TEST(an_empty_map_finds_no_thread),
    TEST(what_was_added_is_found_with_its_ring),
    TEST(the_second_of_two_replaces_and_is_reported),
    TEST(only_the_holder_can_remove),
};

int main(int argc, char **argv)
{
    return RUN_TESTS(argc, argv, "vpmap", tests);
}
