/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fixture.h"

#include "xive/regs.h"

static void test_bit_0_is_the_most_significant(void)
{
    g_assert_cmphex(P9X_BIT64(0), ==, UINT64_C(0x8000000000000000));
    g_assert_cmphex(P9X_BIT64(63), ==, 1);
    g_assert_cmphex(P9X_BIT32(0), ==, UINT32_C(0x80000000));
    g_assert_cmphex(P9X_BIT32(31), ==, 1);
    g_assert_cmphex(P9X_BIT8(0), ==, 0x80);
    g_assert_cmphex(P9X_BIT8(7), ==, 1);
}

static void test_a_mask_has_both_its_ends(void)
{
    g_assert_cmphex(P9X_MASK64(0, 63), ==, UINT64_MAX);
    g_assert_cmphex(P9X_MASK64(0, 0), ==, UINT64_C(1) << 63);
    g_assert_cmphex(P9X_MASK64(63, 63), ==, 1);
    g_assert_cmphex(P9X_MASK64(8, 31), ==, UINT64_C(0x00FFFFFF00000000));
    g_assert_cmphex(P9X_MASK32(0, 31), ==, UINT32_MAX);
    g_assert_cmphex(P9X_MASK32(10, 31), ==, 0x003FFFFF);
    g_assert_cmphex(P9X_MASK32(16, 23), ==, 0x0000FF00);
}

static void test_field_replacement_leaves_neighbours(void)
{
    uint64_t w = p9x_set64(UINT64_MAX, P9X_EAS_END_INDEX, 0x123456);

    g_assert_cmphex(w, ==, UINT64_C(0xFF123456FFFFFFFF));
    g_assert_cmphex(p9x_get64(w, P9X_EAS_END_INDEX), ==, 0x123456);
    /* A value too wide must not spill. */
    g_assert_cmphex(p9x_set32(0, P9X_END_W0_QSIZE, 0x1F), ==,
                    P9X_END_W0_QSIZE);
    g_assert_cmphex(p9x_set64(0, P9X_EAS_END_BLOCK, 0xFFF), ==,
                    P9X_EAS_END_BLOCK);
    g_assert_cmphex(p9x_get32(0xABCD1234, P9X_NVT_W4_IPB), ==, 0x12);
}

static void test_byte_order_is_the_machines(void)
{
    uint64_t be64 = p9x_be64(UINT64_C(0x0102030405060708));
    uint32_t be32 = p9x_be32(UINT32_C(0x01020304));

    g_assert_cmphex(((uint8_t *)&be64)[0], ==, 1);
    g_assert_cmphex(((uint8_t *)&be64)[7], ==, 8);
    g_assert_cmphex(((uint8_t *)&be32)[0], ==, 1);
    g_assert_cmphex(((uint8_t *)&be32)[3], ==, 4);
}

static void test_a_narrow_load_gets_its_byte_lanes(void)
{
    static const struct {
        unsigned lane, size;
        uint64_t want;
    } cases[] = {
        { 0, 8, UINT64_C(0x1122334455667788) },
        { 0, 4, 0x11223344 }, { 4, 4, 0x55667788 },
        { 0, 2, 0x1122 }, { 6, 2, 0x7788 }, { 3, 2, 0x4455 },
        { 0, 1, 0x11 }, { 7, 1, 0x88 },
        { 4, 8, 0x55667788 }, { 7, 2, 0x88 }, { 7, 8, 0x88 },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_assert_cmphex(p9x_lane_load(UINT64_C(0x1122334455667788),
                                      cases[i].lane, cases[i].size), ==,
                        cases[i].want);
    }
}

static void test_big_endian_images_round_trip(void)
{
    uint8_t image[10];

    for (unsigned size = 1; size <= 8; size++) {
        uint64_t value = UINT64_C(0xF1E2D3C4B5A69788) >> (8 * (8 - size));

        memset(image, 0x5A, sizeof(image));
        p9x_store_be(image + 1, size, value);
        g_assert_cmphex(image[0], ==, 0x5A);
        g_assert_cmphex(image[size + 1], ==, 0x5A);
        g_assert_cmphex(image[1], ==, 0xF1);
        g_assert_cmphex(p9x_load_be(image + 1, size), ==, value);
    }
}

static void test_ipb_and_pipr_convert(void)
{
    for (unsigned p = 0; p <= P9X_PRIO_MAX; p++) {
        g_assert_cmphex(p9x_prio_to_ipb(p), ==, 0x80 >> p);
        g_assert_cmphex(p9x_ipb_to_pipr(0x80 >> p), ==, p);
        /* Less favoured ones beside it change nothing. */
        g_assert_cmphex(p9x_ipb_to_pipr(0xFF >> p), ==, p);
    }
    g_assert_cmphex(p9x_prio_to_ipb(8), ==, 0);
    g_assert_cmphex(p9x_prio_to_ipb(0xFF), ==, 0);
    g_assert_cmphex(p9x_ipb_to_pipr(0), ==, 0xFF);
}

static void test_cam_has_block_above_index(void)
{
    g_assert_cmphex(p9x_cam(0, 0x400), ==, 0x400);
    g_assert_cmphex(p9x_cam(0xF, 0x7FFFF), ==, 0x7FFFFF);
    g_assert_cmphex(p9x_get32(p9x_cam(5, 7), P9X_CAM_BLOCK), ==, 5);
    g_assert_cmphex(p9x_get32(p9x_cam(5, 7), P9X_CAM_INDEX), ==, 7);
}

static const TestRow tests[] = {
    TEST(bit_0_is_the_most_significant),
    TEST(a_mask_has_both_its_ends),
    TEST(field_replacement_leaves_neighbours),
    TEST(byte_order_is_the_machines),
    TEST(a_narrow_load_gets_its_byte_lanes),
    TEST(big_endian_images_round_trip),
    TEST(ipb_and_pipr_convert),
    TEST(cam_has_block_above_index),
};

int main(int argc, char **argv)
{
    return RUN_TESTS(argc, argv, "bits", tests);
}
