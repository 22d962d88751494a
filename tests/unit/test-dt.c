/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What people and kernels read: the device tree, and the state in words. */
#include "fixture.h"

#include <libfdt.h>

enum { MSI = 0x20, LSI = 0x21, PRIO = 6, EISN = 0x1234, FDT_SIZE = 4096 };

#define NODE "/interrupt-controller@60302031b0000"

static void *new_tree(void)
{
    void *fdt = host_alloc(FDT_SIZE);

    g_assert_cmpint(fdt_create_empty_tree(fdt, FDT_SIZE), ==, 0);
    return fdt;
}

static void check_prop(const void *fdt, const char *path, const char *name,
                       const void *want, int want_len)
{
    int node = fdt_path_offset(fdt, path);
    const void *got;
    int len;

    g_assert_cmpint(node, >=, 0);
    got = fdt_getprop(fdt, node, name, &len);
    g_assert_nonnull(got);
    g_assert_cmpmem(got, len, want, want_len);
}

#define CHECK_BYTES(fdt, path, name, ...)                                   \
    do {                                                                    \
        static const uint8_t bytes_[] = { __VA_ARGS__ };                    \
        check_prop(fdt, path, name, bytes_, sizeof(bytes_));                \
    } while (0)

/* rows: D1 D2 D4 */
static void test_the_node_is_what_guests_expect(void)
{
    SpaprRig *rig = srig_new(1);
    void *fdt = new_tree();

    g_assert_cmpint(p9x_spapr_dt(&rig->s, fdt, 0x102, 0x1111), ==, 0);
    check_prop(fdt, NODE, "device_type", "power-ivpe", 11);
    check_prop(fdt, NODE, "compatible", "ibm,power-ivpe", 15);
    /* User page, then OS page: guests take the second. */
    CHECK_BYTES(fdt, NODE, "reg",
                0x00, 0x06, 0x03, 0x02, 0x03, 0x1B, 0x00, 0x00,
                0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00,
                0x00, 0x06, 0x03, 0x02, 0x03, 0x1A, 0x00, 0x00,
                0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00);
    CHECK_BYTES(fdt, NODE, "ibm,xive-eq-sizes", 0, 0, 0, 16);
    CHECK_BYTES(fdt, NODE, "ibm,xive-lisn-ranges",
                0, 0, 0, 0, 0, 0, 0x01, 0x02);
    check_prop(fdt, NODE, "interrupt-controller", "", 0);
    CHECK_BYTES(fdt, NODE, "#interrupt-cells", 0, 0, 0, 2);
    CHECK_BYTES(fdt, NODE, "phandle", 0, 0, 0x11, 0x11);
    CHECK_BYTES(fdt, NODE, "linux,phandle", 0, 0, 0x11, 0x11);
    CHECK_BYTES(fdt, "/", "ibm,plat-res-int-priorities",
                0, 0, 0, 7, 0, 0, 0, 0xF8);
    srig_free(rig);
    free(fdt);
}

/* rows: D2 */
static void test_other_reservations_shift_the_priorities(void)
{
    P9xSpaprConfig config = srig_config();
    void *fdt = new_tree();
    SpaprRig *rig;

    config.hv_prio = 4;
    rig = srig_new_config(1, &config);
    g_assert_cmpint(p9x_spapr_dt(&rig->s, fdt, 1, 1), ==, 0);
    CHECK_BYTES(fdt, "/", "ibm,plat-res-int-priorities",
                0, 0, 0, 4, 0, 0, 0, 0xFB);
    g_assert_cmpint(srig_hcall(rig, P9X_H_INT_GET_QUEUE_INFO, 0, 0, 4, 0, 0),
                    ==, P9X_H_P3);
    g_assert_cmpint(srig_hcall(rig, P9X_H_INT_GET_QUEUE_INFO, 0, 0, 3, 0, 0),
                    ==, 0);
    srig_free(rig);
    free(fdt);
}

/* Every size from too small for anything to large enough. */
static void test_a_full_tree_is_an_error_and_no_crash(void)
{
    SpaprRig *rig = srig_new(1);
    unsigned failed = 0, worked = 0;

    for (int size = 64; size < 1024; size += 8) {
        void *fdt = host_alloc(FDT_SIZE);

        if (fdt_create_empty_tree(fdt, size) == 0) {
            int rc = p9x_spapr_dt(&rig->s, fdt, 1, 1);

            g_assert_true(rc == 0 || rc == -FDT_ERR_NOSPACE);
            failed += rc != 0;
            worked += rc == 0;
        }
        free(fdt);
    }
    g_assert_cmpuint(failed, >, 10);
    g_assert_cmpuint(worked, >, 10);
    srig_free(rig);
}

static void test_a_node_that_exists_is_an_error(void)
{
    SpaprRig *rig = srig_new(1);
    void *fdt = new_tree();

    g_assert_cmpint(p9x_spapr_dt(&rig->s, fdt, 1, 1), ==, 0);
    g_assert_cmpint(p9x_spapr_dt(&rig->s, fdt, 1, 1), ==, -FDT_ERR_EXISTS);
    srig_free(rig);
    free(fdt);
}

static char *print(SpaprRig *rig)
{
    GString *out = g_string_new("");

    p9x_spapr_print(&rig->s, out);
    return g_string_free(out, FALSE);
}

static void assert_says(const char *text, const char *words)
{
    if (!strstr(text, words)) {
        g_test_message("no \"%s\" in:\n%s", words, text);
    }
    g_assert_nonnull(strstr(text, words));
}

static void test_the_print_tells_where_an_interrupt_is(void)
{
    SpaprRig *rig = srig_new(2);
    g_autofree char *text = NULL;

    srig_set_queue(rig, 1, PRIO);
    srig_route(rig, MSI, 1, PRIO, EISN);
    g_assert_cmpint(p9x_spapr_claim(&rig->s, LSI, true), ==, 0);
    p9x_spapr_set_irq(&rig->s, LSI, true);
    srig_trigger(rig, MSI);
    srig_trigger(rig, MSI);
    text = print(rig);
    assert_says(text, "CPU[0000]:");
    assert_says(text, "CPU[0001]:   OS    80   ff  02");
    assert_says(text, "00000020 MSI PQ");
    assert_says(text, "00001234");
    assert_says(text, "1/6 ");
    assert_says(text, "1/16384");
    assert_says(text, "80001234");
    assert_says(text, "00000021 LSI -QA M");
    assert_says(text, "queue-entries");
    g_assert_null(strstr(text, "Guest errors"));
    srig_free(rig);
}

static void test_the_print_lists_guest_errors_in_words(void)
{
    SpaprRig *rig = srig_new(1);
    g_autofree char *text = NULL;

    p9x_spapr_set_irq(&rig->s, 5, true);
    text = print(rig);
    assert_says(text, "Guest errors");
    assert_says(text, "no-source");
    assert_says(text, "trigger of an interrupt number not in use");
    srig_free(rig);
}

static void test_the_print_survives_a_queue_without_memory(void)
{
    SpaprRig *rig = srig_new(1);
    g_autofree char *text = NULL;

    srig_set_queue(rig, 0, PRIO);
    srig_route(rig, MSI, 0, PRIO, EISN);
    p9x_queue_set(&rig->s.tables.end[PRIO], HOST_HOLE, 16);
    text = print(rig);
    assert_says(text, "????????");
    /* A source whose queue is gone. */
    g_free(text);
    g_assert_cmpint(srig_hcall(rig, P9X_H_INT_SET_QUEUE_CONFIG, 0, 0, PRIO, 0,
                               0), ==, 0);
    text = print(rig);
    assert_says(text, "00000020 MSI");
    srig_free(rig);
}

static void test_one_server_can_be_printed(void)
{
    SpaprRig *rig = srig_new(2);
    GString *out = g_string_new("");

    p9x_spapr_print_server(&rig->s, 7, out);
    p9x_spapr_print_server(&rig->s, UINT32_MAX, out);
    g_assert_cmpuint(out->len, ==, 0);
    p9x_spapr_print_server(&rig->s, 1, out);
    assert_says(out->str, "80000401");
    g_string_free(out, TRUE);
    srig_free(rig);
}

static const TestRow tests[] = {
    TEST(the_node_is_what_guests_expect),
    TEST(other_reservations_shift_the_priorities),
    TEST(a_full_tree_is_an_error_and_no_crash),
    TEST(a_node_that_exists_is_an_error),
    TEST(the_print_tells_where_an_interrupt_is),
    TEST(the_print_lists_guest_errors_in_words),
    TEST(the_print_survives_a_queue_without_memory),
    TEST(one_server_can_be_printed),
};

int main(int argc, char **argv)
{
    return RUN_TESTS(argc, argv, "dt", tests);
}
