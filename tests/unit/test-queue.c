/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fixture.h"

enum { AT_16M = 0x1000000 };

static uint32_t offset(const P9xEnd *end)
{
    return p9x_end_get(end, 1, P9X_END_W1_OFFSET);
}

static bool generation(const P9xEnd *end)
{
    return p9x_end_get(end, 1, P9X_END_W1_GENERATION);
}

static void test_a_new_queue_starts_with_generation_1(void)
{
    P9xEnd end = { { 0 } };

    p9x_end_set(&end, 1, P9X_END_W1_OFFSET, 77);
    p9x_end_set(&end, 1, P9X_END_W1_ESN, P9X_PQ_01);
    end.w[0] = p9x_be32(P9X_END_W0_VALID | P9X_END_W0_BACKLOG);
    p9x_queue_set(&end, UINT64_C(0x0123456789A00000), 16);
    g_assert_true(generation(&end));
    g_assert_cmpuint(offset(&end), ==, 0);
    g_assert_cmphex(p9x_queue_addr(&end), ==, UINT64_C(0x0123456789A00000));
    g_assert_cmpuint(p9x_queue_entries(&end), ==, 16384);
    /* It says where the queue is; all else belongs to others. */
    g_assert_cmpint(p9x_end_get(&end, 1, P9X_END_W1_ESN), ==, P9X_PQ_01);
    g_assert_cmphex(p9x_be32(end.w[0]) & ~P9X_END_W0_QSIZE, ==,
                    P9X_END_W0_VALID | P9X_END_W0_BACKLOG);
}

/* rows: T15 */
static void test_all_sizes_fill_wrap_and_flip_the_generation(void)
{
    Host host;

    host_init(&host);
    for (unsigned shift = 12; shift <= 24; shift++) {
        uint32_t n = UINT32_C(1) << (shift - 2);
        uint64_t last = AT_16M + 4 * (n - 1);
        P9xEnd end = { { 0 } };

        memset(host.ram + AT_16M, 0, UINT64_C(1) << shift);
        p9x_queue_set(&end, AT_16M, shift);
        g_assert_cmpuint(p9x_queue_entries(&end), ==, n);
        for (uint32_t i = 0; i < n - 1; i++) {
            g_assert_true(p9x_queue_push(&end, i, &host.ports));
        }
        g_assert_true(generation(&end));
        g_assert_cmphex(host_load32(&host, last), ==, 0);
        g_assert_true(p9x_queue_push(&end, 0x7FFFFFFF, &host.ports));
        g_assert_cmphex(host_load32(&host, last), ==, 0xFFFFFFFF);
        g_assert_cmpuint(offset(&end), ==, 0);
        g_assert_false(generation(&end));
        g_assert_true(p9x_queue_push(&end, 0x55, &host.ports));
        g_assert_cmphex(host_load32(&host, AT_16M), ==, 0x55);
        g_assert_cmphex(host_load32(&host, AT_16M + 4), ==, 0x80000001);
        g_assert_cmpuint(offset(&end), ==, 1);
        /* Nothing is written outside. */
        g_assert_cmphex(host_load32(&host, AT_16M - 4), ==, 0);
        g_assert_cmphex(host_load32(&host, AT_16M + 4 * (uint64_t)n), ==, 0);
    }
    host_destroy(&host);
}

static void test_two_wraps_bring_generation_1_back(void)
{
    P9xEnd end = { { 0 } };
    Host host;

    host_init(&host);
    p9x_queue_set(&end, AT_16M, 12);
    for (uint32_t i = 0; i < 2048; i++) {
        g_assert_cmpint(generation(&end), ==, i < 1024);
        g_assert_true(p9x_queue_push(&end, i, &host.ports));
    }
    g_assert_true(generation(&end));
    host_destroy(&host);
}

/* rows: T15 */
static void test_entries_are_big_endian_with_31_bits(void)
{
    P9xEnd end = { { 0 } };
    Host host;

    host_init(&host);
    p9x_queue_set(&end, AT_16M, 12);
    g_assert_true(p9x_queue_push(&end, 0x01020304, &host.ports));
    g_assert_cmphex(host.ram[AT_16M], ==, 0x81);
    g_assert_cmphex(host.ram[AT_16M + 3], ==, 0x04);
    /* Bit 0 is the generation's: data can't reach it. */
    p9x_end_set(&end, 1, P9X_END_W1_GENERATION, 0);
    g_assert_true(p9x_queue_push(&end, 0xFFFFFFFF, &host.ports));
    g_assert_cmphex(host_load32(&host, AT_16M + 4), ==, 0x7FFFFFFF);
    host_destroy(&host);
}

static void test_refused_memory_leaves_the_end_unchanged(void)
{
    static const uint64_t bad[] = { HOST_ROM_BASE, HOST_HOLE,
                                    UINT64_C(0x0006030203180000) };
    Host host;

    host_init(&host);
    for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++) {
        P9xEnd end = { { 0 } }, before;
        uint32_t entry;

        p9x_queue_set(&end, bad[i], 12);
        p9x_end_set(&end, 1, P9X_END_W1_OFFSET, 1023);
        before = end;
        g_assert_false(p9x_queue_push(&end, 1, &host.ports));
        g_assert_cmpmem(&end, sizeof(end), &before, sizeof(before));
        g_assert_false(p9x_queue_peek(&end, 1, &host.ports, &entry));
    }
    host_destroy(&host);
}

static void test_peek_counts_back_from_the_newest(void)
{
    P9xEnd end = { { 0 } };
    uint32_t entry;
    Host host;

    host_init(&host);
    p9x_queue_set(&end, AT_16M, 12);
    for (uint32_t i = 0; i < 1026; i++) {
        g_assert_true(p9x_queue_push(&end, i, &host.ports));
    }
    for (uint32_t ahead = 1; ahead <= 1024; ahead++) {
        uint32_t i = 1026 - ahead;

        g_assert_true(p9x_queue_peek(&end, ahead, &host.ports, &entry));
        g_assert_cmphex(entry, ==, i < 1024 ? 0x80000000 | i : i);
    }
    host_destroy(&host);
}

/* Firmware can put anything into a table that lives in guest memory. */
static void test_a_size_past_the_largest_stays_bounded(void)
{
    P9xEnd end = { { 0 } };
    Host host;

    host_init(&host);
    memset(&end, 0xFF, sizeof(end));
    p9x_end_set(&end, 2, P9X_END_W2_ADDR_HI, 0);
    end.w[3] = p9x_be32(AT_16M);
    g_assert_cmpuint(p9x_queue_entries(&end), <=, 1u << 22);
    g_assert_true(p9x_queue_push(&end, 1, &host.ports));
    g_assert_cmpuint(offset(&end), <, p9x_queue_entries(&end));
    host_destroy(&host);
}

static void test_an_offset_past_the_end_stays_in_the_queue(void)
{
    P9xEnd end = { { 0 } };
    Host host;

    host_init(&host);
    p9x_queue_set(&end, AT_16M, 12);
    p9x_end_set(&end, 1, P9X_END_W1_OFFSET, 0x3FFC00 + 5);
    g_assert_true(p9x_queue_push(&end, 9, &host.ports));
    g_assert_cmphex(host_load32(&host, AT_16M + 20), ==, 0x80000009);
    g_assert_cmpuint(offset(&end), ==, 6);
    host_destroy(&host);
}

static void test_tables_know_their_block_and_bounds(void)
{
    const P9xTableOps *ops = &p9x_array_table_ops;
    P9xArrayTables t;

    p9x_array_tables_init(&t, 3, 10, 20, 0x400, 5);
    p9x_eas_write(&t.eas[0], 1);
    p9x_eas_write(&t.eas[9], UINT64_C(0x8000000000000002));
    g_assert_cmphex(ops->eas(&t, 3, 9), ==, UINT64_C(0x8000000000000002));
    g_assert_cmphex(ops->eas(&t, 3, 0), ==, 1);
    g_assert_cmphex(ops->eas(&t, 3, 10), ==, 0);
    g_assert_cmphex(ops->eas(&t, 2, 0), ==, 0);
    g_assert_true(ops->end(&t, 3, 19) == &t.end[19]);
    g_assert_null(ops->end(&t, 3, 20));
    g_assert_null(ops->end(&t, 15, 0));
    g_assert_true(ops->nvt(&t, 3, 0x404) == &t.nvt[4]);
    g_assert_null(ops->nvt(&t, 3, 0x405));
    g_assert_null(ops->nvt(&t, 3, 0x3FF));
    g_assert_null(ops->nvt(&t, 0, 0x400));
    g_assert_null(ops->nvt(&t, 3, UINT32_MAX));
    p9x_array_tables_destroy(&t);
}

static void test_tables_start_zero(void)
{
    P9xArrayTables t;

    p9x_array_tables_init(&t, 0, 4, 4, 0, 4);
    for (unsigned i = 0; i < 4; i++) {
        g_assert_cmphex(p9x_eas_read(&t.eas[i]), ==, 0);
        g_assert_false(p9x_end_flag(&t.end[i], P9X_END_W0_VALID));
        g_assert_false(p9x_nvt_valid(&t.nvt[i]));
    }
    p9x_array_tables_destroy(&t);
}

static void test_entries_are_big_endian_in_memory(void)
{
    P9xEas eas;
    P9xEnd end = { { 0 } };
    P9xNvt nvt = { { 0 } };

    p9x_eas_write(&eas, P9X_EAS_VALID | 0x12);
    g_assert_cmphex(((uint8_t *)&eas)[0], ==, 0x80);
    g_assert_cmphex(((uint8_t *)&eas)[7], ==, 0x12);
    g_assert_cmphex(p9x_eas_read(&eas), ==, P9X_EAS_VALID | 0x12);
    p9x_end_set(&end, 7, P9X_END_W7_F0_PRIORITY, 6);
    g_assert_cmphex(((uint8_t *)&end)[29], ==, 6);
    g_assert_cmpuint(p9x_end_get(&end, 7, P9X_END_W7_F0_PRIORITY), ==, 6);
    p9x_nvt_set_ipb(&nvt, 0xA5);
    g_assert_cmphex(((uint8_t *)&nvt)[18], ==, 0xA5);
    g_assert_cmphex(p9x_nvt_ipb(&nvt), ==, 0xA5);
}

static const TestRow tests[] = {
    TEST(a_new_queue_starts_with_generation_1),
    TEST(all_sizes_fill_wrap_and_flip_the_generation),
    TEST(two_wraps_bring_generation_1_back),
    TEST(entries_are_big_endian_with_31_bits),
    TEST(refused_memory_leaves_the_end_unchanged),
    TEST(peek_counts_back_from_the_newest),
    TEST(a_size_past_the_largest_stays_bounded),
    TEST(an_offset_past_the_end_stays_in_the_queue),
    TEST(tables_know_their_block_and_bounds),
    TEST(tables_start_zero),
    TEST(entries_are_big_endian_in_memory),
};

int main(int argc, char **argv)
{
    return RUN_TESTS(argc, argv, "queue", tests);
}
