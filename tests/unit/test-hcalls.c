/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The H_INT_* calls, argument by argument.  Arguments are 64-bit registers:
 * each test that has a limit also has a value that only its low half obeys.
 *
 * What does not depend on who carries the calls out is tested with both: the
 * direct path and a KVM device.
 */
#include "fixture.h"

enum { MSI = 0x20, LSI = 0x21, FREE = 0x22, PRIO = 6, EISN = 0x1234 };

#define WIDE(v) ((uint64_t)(v) | UINT64_C(1) << 32)
#define ALL_ONES UINT64_MAX

static const unsigned opcodes[] = {
    P9X_H_INT_GET_SOURCE_INFO, P9X_H_INT_SET_SOURCE_CONFIG,
    P9X_H_INT_GET_SOURCE_CONFIG, P9X_H_INT_GET_QUEUE_INFO,
    P9X_H_INT_SET_QUEUE_CONFIG, P9X_H_INT_GET_QUEUE_CONFIG,
    P9X_H_INT_SET_OS_REPORTING_LINE, P9X_H_INT_GET_OS_REPORTING_LINE,
    P9X_H_INT_ESB, P9X_H_INT_SYNC, P9X_H_INT_RESET
};

static SpaprRig *rig_claimed(void)
{
    SpaprRig *rig = srig_new(2);

    g_assert_cmpint(p9x_spapr_claim(&rig->s, MSI, false), ==, 0);
    g_assert_cmpint(p9x_spapr_claim(&rig->s, LSI, true), ==, 0);
    return rig;
}

/* A row: call with these arguments, expect that. */
typedef struct CallRow {
    uint64_t a[5];
    int64_t rc;
} CallRow;

static void check_rows(SpaprRig *rig, unsigned opcode, const CallRow *rows,
                       unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        const uint64_t *a = rows[i].a;
        int64_t rc = srig_hcall(rig, opcode, a[0], a[1], a[2], a[3], a[4]);

        if (rc != rows[i].rc) {
            g_test_message("row %u of hcall 0x%x", i, opcode);
        }
        g_assert_cmpint(rc, ==, rows[i].rc);
    }
}

#define CHECK_ROWS(rig, opcode, rows) \
    check_rows(rig, opcode, rows, G_N_ELEMENTS(rows))

/* rows: H1 */
static void test_before_cas_no_call_exists(void)
{
    SpaprRig *rig = rig_claimed();

    rig->host.exploitation = false;
    for (unsigned i = 0; i < G_N_ELEMENTS(opcodes); i++) {
        g_assert_cmpint(srig_hcall(rig, opcodes[i], 0, MSI, 0, 0, 0), ==,
                        P9X_H_FUNCTION);
    }
    srig_free(rig);
}

static void test_unknown_opcodes_are_no_functions(void)
{
    static const unsigned bad[] = { 0, 0x3A4, 0x3A7, 0x3A9, 0x3D1, 0x3D4,
                                    UINT32_MAX };
    SpaprRig *rig = rig_claimed();

    for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_assert_cmpint(srig_hcall(rig, bad[i], 0, MSI, 0, 0, 0), ==,
                        P9X_H_FUNCTION);
        g_assert_null(p9x_spapr_hcall_name(bad[i]));
    }
    g_assert_cmpstr(p9x_spapr_hcall_name(P9X_H_INT_ESB), ==, "H_INT_ESB");
    for (unsigned i = 0; i < G_N_ELEMENTS(opcodes); i++) {
        g_assert_true(g_str_has_prefix(p9x_spapr_hcall_name(opcodes[i]),
                                       "H_INT_"));
    }
    srig_free(rig);
}

static void test_an_absent_caller_has_no_functions(void)
{
    SpaprRig *rig = rig_claimed();
    uint64_t args[6] = { 0 };

    g_assert_cmpint(p9x_spapr_hcall(&rig->s, 5, P9X_H_INT_RESET, args), ==,
                    P9X_H_FUNCTION);
    g_assert_cmpint(p9x_spapr_hcall(&rig->s, UINT32_MAX, P9X_H_INT_RESET,
                                    args), ==, P9X_H_FUNCTION);
    srig_free(rig);
}

/* rows: H2 */
static void test_each_reserved_flag_bit_is_refused(void)
{
    /* As in opcodes[]: the bits that are not reserved. */
    static const uint64_t known[] = { 0, 3, 0, 0, 1, 1, 0, 0, 1, 0, 0 };
    SpaprRig *rig = rig_claimed();

    for (unsigned i = 0; i < G_N_ELEMENTS(opcodes); i++) {
        for (unsigned bit = 0; bit < 64; bit++) {
            uint64_t flag = UINT64_C(1) << bit;

            if (known[i] & flag) {
                continue;
            }
            g_assert_cmpint(srig_hcall(rig, opcodes[i], flag, MSI, 0, 0, 0),
                            ==, P9X_H_PARAMETER);
            g_assert_cmpint(srig_hcall(rig, opcodes[i], flag | known[i], MSI,
                                       0, 0, 0), ==, P9X_H_PARAMETER);
        }
    }
    srig_free(rig);
}

static void test_each_refused_call_is_a_guest_error(void)
{
    SpaprRig *rig = rig_claimed();

    srig_hcall(rig, P9X_H_INT_RESET, 1, 0, 0, 0, 0);
    srig_hcall(rig, 0x3D4, 0, 0, 0, 0, 0);
    g_assert_cmpuint(p9x_guest_error_read(&rig->s.router.counters,
                                          P9X_ERR_HCALL), ==, 2);
    srig_hcall(rig, P9X_H_INT_RESET, 0, 0, 0, 0, 0);
    g_assert_cmpuint(p9x_guest_error_read(&rig->s.router.counters,
                                          P9X_ERR_HCALL), ==, 2);
    srig_free(rig);
}

/* rows: H3 */
static void test_bad_lisns_are_h_p2(void)
{
    static const unsigned with_lisn[] = {
        P9X_H_INT_GET_SOURCE_INFO, P9X_H_INT_SET_SOURCE_CONFIG,
        P9X_H_INT_GET_SOURCE_CONFIG, P9X_H_INT_ESB, P9X_H_INT_SYNC
    };
    static const uint64_t bad[] = { FREE, SRIG_NR_IRQS - 1, SRIG_NR_IRQS,
                                    WIDE(MSI), WIDE(LSI), ALL_ONES };
    SpaprRig *rig = rig_claimed();

    for (unsigned i = 0; i < G_N_ELEMENTS(with_lisn); i++) {
        for (unsigned j = 0; j < G_N_ELEMENTS(bad); j++) {
            g_assert_cmpint(srig_hcall(rig, with_lisn[i], 0, bad[j], 0, 0xFF,
                                       0), ==, P9X_H_P2);
        }
    }
    srig_free(rig);
}

/* rows: H4 */
static void test_source_info_of_an_msi_names_its_pages(void)
{
    SpaprRig *rig = rig_claimed();

    g_assert_cmpint(srig_hcall(rig, P9X_H_INT_GET_SOURCE_INFO, 0, MSI, 0, 0,
                               0), ==, 0);
    /* A KVM device's numbers may become a PHB's, which may not have it. */
    g_assert_cmphex(rig->r[0], ==, rig->kvm ? 0 : P9X_SRC_STORE_EOI);
    g_assert_cmphex(rig->r[1], ==, SRIG_VC_BASE + MSI * 0x20000 + 0x10000);
    g_assert_cmphex(rig->r[2], ==, SRIG_VC_BASE + MSI * 0x20000);
    g_assert_cmphex(rig->r[3], ==, 16);
    srig_free(rig);
}

static void test_source_info_offers_store_eoi_only_where_enabled(void)
{
    P9xSpaprConfig config = srig_config();
    SpaprRig *rig;

    config.store_eoi = false;
    rig = srig_new_config(1, &config);
    g_assert_cmpint(p9x_spapr_claim(&rig->s, MSI, false), ==, 0);
    g_assert_cmpint(srig_hcall(rig, P9X_H_INT_GET_SOURCE_INFO, 0, MSI, 0, 0,
                               0), ==, 0);
    g_assert_cmphex(rig->r[0], ==, 0);
    srig_free(rig);
}

/* rows: H5 */
static void test_source_info_of_an_lsi_asks_for_h_int_esb(void)
{
    SpaprRig *rig = rig_claimed();

    g_assert_cmpint(srig_hcall(rig, P9X_H_INT_GET_SOURCE_INFO, 0, LSI, 0, 0,
                               0), ==, 0);
    g_assert_cmphex(rig->r[0] & ~(uint64_t)P9X_SRC_STORE_EOI, ==,
                    P9X_SRC_LSI | P9X_SRC_H_INT_ESB);
    g_assert_cmphex(rig->r[1], ==, ALL_ONES);
    g_assert_cmphex(rig->r[2], ==, ALL_ONES);
    g_assert_cmphex(rig->r[3], ==, 16);
    srig_free(rig);
}

/* rows: H7 */
static void test_source_config_checks_in_papr_order(void)
{
    static const CallRow rows[] = {
        { { 0, MSI, 0, 7, 0 }, P9X_H_P4 },
        { { 0, MSI, 0, 0xFE, 0 }, P9X_H_P4 },
        { { 0, MSI, 0, WIDE(PRIO), 0 }, P9X_H_P4 },
        { { 0, MSI, 0, WIDE(0xFF), 0 }, P9X_H_P4 },
        { { 0, MSI, 99, 7, 0 }, P9X_H_P4 },             /* before target */
        { { 0, MSI, 2, PRIO, 0 }, P9X_H_P3 },           /* absent */
        { { 0, MSI, SRIG_MAX_SERVERS, PRIO, 0 }, P9X_H_P3 },
        { { 0, MSI, WIDE(0), PRIO, 0 }, P9X_H_P3 },
        { { 0, MSI, ALL_ONES, PRIO, 0 }, P9X_H_P3 },
        { { 2, MSI, 0, PRIO, 0x80000000 }, P9X_H_P5 },
        { { 2, MSI, 0, PRIO, WIDE(EISN) }, P9X_H_P5 },
        { { 0, MSI, 0, PRIO, 0x80000000 }, 0 },         /* not looked at */
        { { 2, MSI, 0, PRIO, 0x7FFFFFFF }, 0 },
    };
    SpaprRig *rig = rig_claimed();

    srig_set_queue(rig, 0, PRIO);
    CHECK_ROWS(rig, P9X_H_INT_SET_SOURCE_CONFIG, rows);
    srig_free(rig);
}

/* Unmasked onto no queue, events would be dropped behind the guest's back. */
static void test_a_source_without_its_queue_cannot_be_unmasked(void)
{
    SpaprRig *rig = rig_claimed();

    g_assert_cmpint(srig_hcall(rig, P9X_H_INT_SET_SOURCE_CONFIG, 2, MSI, 1,
                               PRIO, EISN), ==, P9X_H_HARDWARE);
    g_assert_cmphex(p9x_eas_read(&rig->s.tables.eas[MSI]), ==,
                    srig_new_eas(rig, MSI));
    g_assert_cmpint(srig_hcall(rig, P9X_H_INT_SET_SOURCE_CONFIG, 3, MSI, 1,
                               PRIO, EISN), ==, 0);
    srig_set_queue(rig, 1, PRIO);
    g_assert_cmpint(srig_hcall(rig, P9X_H_INT_SET_SOURCE_CONFIG, 0, MSI, 1,
                               PRIO, 0), ==, 0);
    srig_free(rig);
}

static void check_config(SpaprRig *rig, uint64_t target, uint64_t priority,
                         uint64_t eisn)
{
    g_assert_cmpint(srig_hcall(rig, P9X_H_INT_GET_SOURCE_CONFIG, 0, MSI, 9, 9,
                               9), ==, 0);
    g_assert_cmphex(rig->r[0], ==, target);
    g_assert_cmphex(rig->r[1], ==, priority);
    g_assert_cmphex(rig->r[2], ==, eisn);
}

/* Until the guest sets one.  The kernel's device begins with 0. */
static uint64_t first_eisn(const SpaprRig *rig)
{
    return rig->kvm ? 0 : MSI;
}

/* rows: H8 H10 */
static void test_source_config_flags_do_what_they_say(void)
{
    SpaprRig *rig = rig_claimed();
    unsigned op = P9X_H_INT_SET_SOURCE_CONFIG;

    srig_set_queue(rig, 1, PRIO);
    srig_set_queue(rig, 0, 3);
    check_config(rig, 0, 0xFF, first_eisn(rig));
    g_assert_cmpint(srig_hcall(rig, op, 2, MSI, 1, PRIO, EISN), ==, 0);
    check_config(rig, 1, PRIO, EISN);
    /* Without SET_EISN the old one stays. */
    g_assert_cmpint(srig_hcall(rig, op, 0, MSI, 0, 3, 0x99), ==, 0);
    check_config(rig, 0, 3, EISN);
    /* MASK keeps the target and reads back as masked. */
    g_assert_cmpint(srig_hcall(rig, op, 1, MSI, 1, PRIO, 0x99), ==, 0);
    check_config(rig, 1, 0xFF, EISN);
    g_assert_cmpint(srig_hcall(rig, op, 3, MSI, 1, PRIO, 0x77), ==, 0);
    check_config(rig, 1, 0xFF, 0x77);
    srig_free(rig);
}

typedef struct Target {
    uint32_t server;
    uint8_t priority;
} Target;

static int64_t configure(SpaprRig *rig, uint64_t flags, Target t)
{
    return srig_hcall(rig, P9X_H_INT_SET_SOURCE_CONFIG, flags, MSI, t.server,
                      t.priority, 0);
}

/* An event, its EOI, and whether it came as entry @n. */
static void check_event(SpaprRig *rig, Target t, unsigned n, bool comes)
{
    srig_trigger(rig, MSI);
    srig_eoi(rig, MSI);
    g_assert_cmphex(srig_entry(rig, t.server, t.priority, n), ==,
                    comes ? 0x80000000 | EISN : 0);
}

static void check_masking(SpaprRig *rig, Target t)
{
    const Target none = { t.server, 0xFF };

    srig_set_queue(rig, t.server, t.priority);
    srig_route(rig, MSI, t.server, t.priority, EISN);
    check_event(rig, t, 0, true);
    g_assert_cmpint(configure(rig, P9X_SRC_MASK, t), ==, 0);
    check_event(rig, t, 1, false);
    g_assert_cmpint(configure(rig, P9X_SRC_MASK, t), ==, 0);
    g_assert_cmpint(configure(rig, 0, t), ==, 0);
    check_event(rig, t, 1, true);
    g_assert_cmpint(configure(rig, 0, none), ==, 0);
    check_event(rig, t, 2, false);
    srig_route(rig, MSI, t.server, t.priority, EISN);
    check_event(rig, t, 2, true);
}

/* Masking by the flag names the target that the source has already. */
static void test_a_masked_source_is_silent_until_it_is_unmasked(void)
{
    SpaprRig *rig = rig_claimed();

    check_masking(rig, (Target) { 1, PRIO });
    check_masking(rig, (Target) { 0, 0 });
    srig_free(rig);
}

/* rows: H6 */
static void test_priority_ff_resets_the_eas_for_any_target(void)
{
    static const CallRow rows[] = {
        { { 0, MSI, 0, 0xFF, 0 }, 0 }, { { 2, MSI, 99, 0xFF, ALL_ONES }, 0 },
        { { 1, MSI, ALL_ONES, 0xFF, 5 }, 0 },
    };
    SpaprRig *rig = rig_claimed();

    srig_set_queue(rig, 1, PRIO);
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        srig_route(rig, MSI, 1, PRIO, EISN);
        check_rows(rig, P9X_H_INT_SET_SOURCE_CONFIG, &rows[i], 1);
        g_assert_cmphex(p9x_eas_read(&rig->s.tables.eas[MSI]), ==,
                        srig_new_eas(rig, MSI));
        check_config(rig, 0, 0xFF, first_eisn(rig));
    }
    srig_free(rig);
}

/* What an event of MSI carries when only its target was configured. */
static void check_first_event(SpaprRig *rig)
{
    check_config(rig, 0, 0xFF, first_eisn(rig));
    srig_set_queue(rig, 1, PRIO);
    g_assert_cmpint(srig_hcall(rig, P9X_H_INT_SET_SOURCE_CONFIG, 0, MSI, 1,
                               PRIO, EISN), ==, 0);
    check_config(rig, 1, PRIO, first_eisn(rig));
    srig_set_pq(rig, MSI, P9X_PQ_00);
    srig_trigger(rig, MSI);
    g_assert_cmphex(srig_entry(rig, 1, PRIO, 0), ==,
                    0x80000000 | first_eisn(rig));
    srig_route(rig, MSI, 1, PRIO, EISN);
    check_config(rig, 1, PRIO, EISN);
}

static void test_a_source_has_its_first_eisn_until_one_is_set(void)
{
    SpaprRig *rig = rig_claimed();

    check_first_event(rig);
    p9x_spapr_free(&rig->s, MSI);
    g_assert_cmpint(p9x_spapr_claim(&rig->s, MSI, false), ==, 0);
    check_first_event(rig);
    g_assert_cmpint(srig_hcall(rig, P9X_H_INT_RESET, 0, 0, 0, 0, 0), ==, 0);
    check_first_event(rig);
    p9x_spapr_reset(&rig->s);
    check_first_event(rig);
    g_assert_cmpint(srig_hcall(rig, P9X_H_INT_SET_SOURCE_CONFIG, 2, MSI, 0,
                               0xFF, EISN), ==, 0);
    check_first_event(rig);
    srig_free(rig);
}

/* rows: H11 */
static void test_queue_calls_name_bad_priorities_before_bad_targets(void)
{
    static const unsigned ops[] = {
        P9X_H_INT_GET_QUEUE_INFO, P9X_H_INT_SET_QUEUE_CONFIG,
        P9X_H_INT_GET_QUEUE_CONFIG
    };
    static const CallRow rows[] = {
        { { 0, 0, 7, 0, 0 }, P9X_H_P3 }, { { 0, 0, 8, 0, 0 }, P9X_H_P3 },
        { { 0, 0, 0xFF, 0, 0 }, P9X_H_P3 },
        { { 0, 0, WIDE(PRIO), 0, 0 }, P9X_H_P3 },
        { { 0, 99, 7, 0, 0 }, P9X_H_P3 },
        { { 0, 2, PRIO, 0, 0 }, P9X_H_P2 },
        { { 0, SRIG_MAX_SERVERS, PRIO, 0, 0 }, P9X_H_P2 },
        { { 0, WIDE(0), PRIO, 0, 0 }, P9X_H_P2 },
        { { 0, ALL_ONES, PRIO, 0, 0 }, P9X_H_P2 },
    };
    SpaprRig *rig = rig_claimed();

    for (unsigned i = 0; i < G_N_ELEMENTS(ops); i++) {
        CHECK_ROWS(rig, ops[i], rows);
    }
    srig_free(rig);
}

/* rows: H12 */
static void test_queues_are_one_size_aligned_and_in_memory(void)
{
    static const CallRow rows[] = {
        { { 1, 0, PRIO, 0x100000, 12 }, P9X_H_P5 },
        { { 1, 0, PRIO, 0x100000, 13 }, P9X_H_P5 },
        { { 1, 0, PRIO, 0x100000, 15 }, P9X_H_P5 },
        { { 1, 0, PRIO, 0x100000, 17 }, P9X_H_P5 },
        { { 1, 0, PRIO, 0x1000000, 24 }, P9X_H_P5 },
        { { 1, 0, PRIO, 0x100000, WIDE(16) }, P9X_H_P5 },
        { { 1, 0, PRIO, 0x100000, WIDE(0) }, P9X_H_P5 },
        { { 1, 0, PRIO, 0x100000, ALL_ONES }, P9X_H_P5 },
        { { 1, 0, PRIO, 0x101000, 16 }, P9X_H_P4 },
        { { 1, 0, PRIO, 0x100001, 16 }, P9X_H_P4 },
        { { 1, 0, PRIO, HOST_ROM_BASE, 16 }, P9X_H_P4 },
        { { 1, 0, PRIO, HOST_HOLE, 16 }, P9X_H_P4 },
        { { 1, 0, PRIO, SRIG_TM_BASE + 0x20000, 16 }, P9X_H_P4 },
        { { 1, 0, PRIO, SRIG_VC_BASE, 16 }, P9X_H_P4 },
        { { 1, 0, PRIO, UINT64_C(1) << 60 | 0x100000, 16 }, P9X_H_P4 },
        { { 1, 0, PRIO, UINT64_C(1) << 63, 16 }, P9X_H_P4 },
        { { 1, 0, PRIO, UINT64_MAX << 16, 16 }, P9X_H_P4 },
        { { 1, 0, PRIO, HOST_RAM_SIZE - 0x10000, 16 }, 0 },
        { { 1, 0, PRIO, 0, 16 }, 0 },
        { { 0, 0, PRIO, 0x100000, 16 }, 0 },
    };
    SpaprRig *rig = rig_claimed();

    CHECK_ROWS(rig, P9X_H_INT_SET_QUEUE_CONFIG, rows);
    srig_free(rig);
}

static void test_a_refused_queue_leaves_the_old_one(void)
{
    SpaprRig *rig = rig_claimed();
    P9xEnd before;

    srig_set_queue(rig, 0, PRIO);
    before = rig->s.tables.end[PRIO];
    g_assert_cmpint(srig_hcall(rig, P9X_H_INT_SET_QUEUE_CONFIG, 1, 0, PRIO,
                               HOST_HOLE, 16), ==, P9X_H_P4);
    g_assert_cmpmem(&before, sizeof(before), &rig->s.tables.end[PRIO],
                    sizeof(before));
    srig_free(rig);
}

/* rows: H13 */
static void test_size_0_takes_the_queue_away(void)
{
    SpaprRig *rig = rig_claimed();

    srig_set_queue(rig, 0, PRIO);
    srig_route(rig, MSI, 0, PRIO, EISN);
    g_assert_cmpint(srig_hcall(rig, P9X_H_INT_SET_QUEUE_CONFIG, 0, 0, PRIO,
                               ALL_ONES, 0), ==, 0);
    srig_trigger(rig, MSI);
    g_assert_cmphex(srig_entry(rig, 0, PRIO, 0), ==, 0);
    /* KVM leaves an END that has nowhere to write to. */
    g_assert_cmpuint(p9x_guest_error_read(&rig->s.router.counters,
                                          P9X_ERR_END_INVALID), ==,
                     !rig->kvm);
    g_assert_cmpint(srig_hcall(rig, P9X_H_INT_GET_QUEUE_CONFIG, 1, 0, PRIO, 0,
                               0), ==, 0);
    for (unsigned i = 0; i < 4; i++) {
        g_assert_cmphex(rig->r[i], ==, 0);
    }
    srig_free(rig);
}

/* rows: H15 */
static void test_queue_info_names_the_esn_page(void)
{
    SpaprRig *rig = rig_claimed();
    uint64_t esn = SRIG_VC_BASE + SRIG_NR_IRQS * UINT64_C(0x20000) +
                   (8 + PRIO) * UINT64_C(0x20000);

    g_assert_cmpint(srig_hcall(rig, P9X_H_INT_GET_QUEUE_INFO, 0, 1, PRIO, 0,
                               0), ==, 0);
    g_assert_cmphex(rig->r[0], ==, esn);
    g_assert_cmphex(rig->r[1], ==, 0);
    srig_set_queue(rig, 1, PRIO);
    g_assert_cmpint(srig_hcall(rig, P9X_H_INT_GET_QUEUE_INFO, 0, 1, PRIO, 0,
                               0), ==, 0);
    g_assert_cmphex(rig->r[0], ==, esn);
    g_assert_cmphex(rig->r[1], ==, 16);
    srig_free(rig);
}

/* rows: H14 */
static void test_queue_config_reads_back_with_debug_what_debug_asks(void)
{
    SpaprRig *rig = rig_claimed();
    uint64_t addr = srig_queue_addr(0, PRIO);
    unsigned op = P9X_H_INT_GET_QUEUE_CONFIG;

    srig_set_queue(rig, 0, PRIO);
    srig_route(rig, MSI, 0, PRIO, EISN);
    srig_trigger(rig, MSI);
    g_assert_cmpint(srig_hcall(rig, op, 0, 0, PRIO, 0, 0), ==, 0);
    g_assert_cmphex(rig->r[0], ==, P9X_EQ_ALWAYS_NOTIFY);
    g_assert_cmphex(rig->r[1], ==, addr);
    g_assert_cmphex(rig->r[2], ==, 16);
    g_assert_cmphex(rig->r[3], ==, 0);
    g_assert_cmpint(srig_hcall(rig, op, P9X_EQ_DEBUG, 0, PRIO, 0, 0), ==, 0);
    g_assert_cmphex(rig->r[0], ==, P9X_EQ_ALWAYS_NOTIFY | P9X_EQ_GENERATION);
    g_assert_cmphex(rig->r[3], ==, 1);
    for (unsigned i = 1; i < 16384; i++) {
        srig_eoi(rig, MSI);
        srig_trigger(rig, MSI);
    }
    g_assert_cmpint(srig_hcall(rig, op, P9X_EQ_DEBUG, 0, PRIO, 0, 0), ==, 0);
    g_assert_cmphex(rig->r[0], ==, P9X_EQ_ALWAYS_NOTIFY);
    g_assert_cmphex(rig->r[3], ==, 0);
    g_assert_cmpint(srig_hcall(rig, P9X_H_INT_SET_QUEUE_CONFIG, 0, 0, PRIO,
                               addr, 16), ==, 0);
    g_assert_cmpint(srig_hcall(rig, op, P9X_EQ_DEBUG, 0, PRIO, 0, 0), ==, 0);
    g_assert_cmphex(rig->r[0], ==, P9X_EQ_GENERATION);
    srig_free(rig);
}

static void test_a_queue_that_is_not_zeroed_is_remarked_on(void)
{
    SpaprRig *rig = rig_claimed();
    uint64_t addr = srig_queue_addr(0, PRIO);

    host_store32(&rig->host, addr + 0xFFFC, 1);
    g_assert_cmpint(srig_hcall(rig, P9X_H_INT_SET_QUEUE_CONFIG, 1, 0, PRIO,
                               addr, 16), ==, 0);
    g_assert_cmpuint(p9x_guest_error_read(&rig->s.router.counters,
                                          P9X_ERR_QUEUE_NOT_ZERO), ==, 1);
    srig_set_queue(rig, 0, PRIO);
    g_assert_cmpuint(p9x_guest_error_read(&rig->s.router.counters,
                                          P9X_ERR_QUEUE_NOT_ZERO), ==, 1);
    srig_free(rig);
}

static void test_two_queues_in_one_place_are_remarked_on(void)
{
    SpaprRig *rig = rig_claimed();

    srig_set_queue(rig, 0, PRIO);
    srig_set_queue(rig, 0, PRIO);       /* again is fine */
    g_assert_cmpuint(p9x_guest_error_read(&rig->s.router.counters,
                                          P9X_ERR_QUEUE_OVERLAP), ==, 0);
    g_assert_cmpint(srig_hcall(rig, P9X_H_INT_SET_QUEUE_CONFIG, 1, 1, 2,
                               srig_queue_addr(0, PRIO), 16), ==, 0);
    g_assert_cmpuint(p9x_guest_error_read(&rig->s.router.counters,
                                          P9X_ERR_QUEUE_OVERLAP), ==, 1);
    srig_free(rig);
}

static void test_reporting_lines_are_set_read_and_removed(void)
{
    static const CallRow bad[] = {
        { { 0, 0x200080, 0, 0, 0 }, P9X_H_P2 },
        { { 0, 0x200001, 0, 0, 0 }, P9X_H_P2 },
        { { 0, HOST_ROM_BASE, 0, 0, 0 }, P9X_H_P2 },
        { { 0, HOST_HOLE, 0, 0, 0 }, P9X_H_P2 },
        { { 0, UINT64_C(1) << 60, 0, 0, 0 }, P9X_H_P2 },
        { { 0, UINT64_MAX - 0xFF, 0, 0, 0 }, P9X_H_P2 },
    };
    static const CallRow bad_get[] = {
        { { 0, 2, 0, 0, 0 }, P9X_H_P2 }, { { 0, WIDE(0), 0, 0, 0 }, P9X_H_P2 },
        { { 0, ALL_ONES, 0, 0, 0 }, P9X_H_P2 },
    };
    unsigned get = P9X_H_INT_GET_OS_REPORTING_LINE;
    unsigned set = P9X_H_INT_SET_OS_REPORTING_LINE;
    SpaprRig *rig = rig_claimed();
    uint64_t args[6] = { 0, 0x300000 };

    CHECK_ROWS(rig, set, bad);
    CHECK_ROWS(rig, get, bad_get);
    g_assert_cmpint(srig_hcall(rig, get, 0, 0, 0, 0, 0), ==, 0);
    g_assert_cmphex(rig->r[0], ==, ALL_ONES);
    g_assert_cmpint(srig_hcall(rig, set, 0, 0x200000, 0, 0, 0), ==, 0);
    g_assert_cmpint(p9x_spapr_hcall(&rig->s, 1, set, args), ==, 0);
    g_assert_cmpint(srig_hcall(rig, get, 0, 0, 0, 0, 0), ==, 0);
    g_assert_cmphex(rig->r[0], ==, 0x200000);
    g_assert_cmpint(srig_hcall(rig, get, 0, 1, 0, 0, 0), ==, 0);
    g_assert_cmphex(rig->r[0], ==, 0x300000);
    /* It is where the TIMA's acknowledge goes. */
    p9x_tctx_set_pending(&rig->tctx[0], P9X_RING_OS, 3);
    p9x_tima_store(&rig->tctx[0], P9X_TIMA_OS, P9X_TM_ACK_OS_EL, 1, 0);
    g_assert_cmphex(p9x_load_be(rig->host.ram + 0x200008, 2), ==, 0x8003);
    g_assert_cmpint(srig_hcall(rig, set, 0, ALL_ONES, 0, 0, 0), ==, 0);
    g_assert_cmpint(srig_hcall(rig, get, 0, 0, 0, 0, 0), ==, 0);
    g_assert_cmphex(rig->r[0], ==, ALL_ONES);
    srig_free(rig);
}

static int64_t h_esb(SpaprRig *rig, uint64_t flags, uint64_t lisn,
                     uint64_t offset)
{
    return srig_hcall(rig, P9X_H_INT_ESB, flags, lisn, offset, 0, 0);
}

/* rows: H17 */
static void test_h_int_esb_works_an_lsi(void)
{
    SpaprRig *rig = rig_claimed();

    srig_set_queue(rig, 0, PRIO);
    g_assert_cmpint(srig_hcall(rig, P9X_H_INT_SET_SOURCE_CONFIG, 2, LSI, 0,
                               PRIO, EISN), ==, 0);
    g_assert_cmpint(h_esb(rig, 0, LSI, 0xC00), ==, 0);
    g_assert_cmphex(rig->r[0], ==, 1);          /* a number, not swapped */
    p9x_spapr_set_irq(&rig->s, LSI, true);
    g_assert_cmpint(h_esb(rig, 0, LSI, 0x800), ==, 0);
    g_assert_cmphex(rig->r[0], ==, 2);
    g_assert_cmphex(srig_entry(rig, 0, PRIO, 0), ==, 0x80000000 | EISN);
    /* Still up: the EOI brings it again. */
    g_assert_cmpint(h_esb(rig, 0, LSI, 0), ==, 0);
    g_assert_cmphex(srig_entry(rig, 0, PRIO, 1), ==, 0x80000000 | EISN);
    p9x_spapr_set_irq(&rig->s, LSI, false);
    g_assert_cmpint(h_esb(rig, P9X_ESB_STORE, LSI, 0x400), ==, 0);
    g_assert_cmphex(rig->r[0], ==, ALL_ONES);
    g_assert_cmpint(srig_pq(rig, LSI), ==, P9X_PQ_00);
    g_assert_cmphex(srig_entry(rig, 0, PRIO, 2), ==, 0);
    srig_free(rig);
}

/* rows: H17 */
static void test_h_int_esb_stays_in_the_page_and_off_msis(void)
{
    static const CallRow rows[] = {
        { { 0, MSI, 0x800, 0, 0 }, P9X_H_P2 },
        { { 1, MSI, 0x000, 0, 0 }, P9X_H_P2 },
        { { 0, LSI, 0x10000, 0, 0 }, P9X_H_P3 },
        { { 0, LSI, 0x20000, 0, 0 }, P9X_H_P3 },
        { { 0, LSI, WIDE(0x800), 0, 0 }, P9X_H_P3 },
        { { 0, LSI, ALL_ONES, 0, 0 }, P9X_H_P3 },
        { { 0, LSI, 0xFFF9, 0, 0 }, P9X_H_P3 },
        { { 0, LSI, 0xFFF8, 0, 0 }, 0 },
    };
    SpaprRig *rig = rig_claimed();

    CHECK_ROWS(rig, P9X_H_INT_ESB, rows);
    srig_free(rig);
}

/* Offsets that an 8-byte access, which the call stands for, can't have. */
/* rows: H17 */
static void test_h_int_esb_refuses_offsets_that_are_not_aligned(void)
{
    SpaprRig *rig = rig_claimed();

    srig_set_pq(rig, LSI, P9X_PQ_10);
    for (uint64_t offset = 0; offset < 0x10000; offset++) {
        if (offset % 8) {
            g_assert_cmpint(h_esb(rig, 0, LSI, offset), ==, P9X_H_P3);
            g_assert_cmpint(h_esb(rig, P9X_ESB_STORE, LSI, offset), ==,
                            P9X_H_P3);
        } else if (offset % 0x1000 >= 0x800 && offset % 0x1000 < 0xC00) {
            g_assert_cmpint(h_esb(rig, 0, LSI, offset), ==, 0);
            g_assert_cmphex(rig->r[0], ==, P9X_PQ_10);
        }
    }
    g_assert_cmpint(h_esb(rig, 0, MSI, 0x801), ==, P9X_H_P2);
    g_assert_cmpint(h_esb(rig, 2, LSI, 0x801), ==, P9X_H_PARAMETER);
    srig_free(rig);
}

/* rows: H19 */
static void test_sync_returns_for_a_claimed_lisn(void)
{
    SpaprRig *rig = rig_claimed();

    g_assert_cmpint(srig_hcall(rig, P9X_H_INT_SYNC, 0, MSI, 0, 0, 0), ==, 0);
    g_assert_cmpint(srig_hcall(rig, P9X_H_INT_SYNC, 0, LSI, 0, 0, 0), ==, 0);
    srig_free(rig);
}

static void test_results_not_named_are_left_alone(void)
{
    SpaprRig *rig = rig_claimed();

    srig_hcall(rig, P9X_H_INT_SYNC, 0, MSI, 11, 12, 13);
    g_assert_cmphex(rig->r[2], ==, 11);
    g_assert_cmphex(rig->r[4], ==, 13);
    srig_hcall(rig, P9X_H_INT_GET_SOURCE_CONFIG, 0, MSI, 11, 12, 13);
    g_assert_cmphex(rig->r[3], ==, 12);
    srig_hcall(rig, P9X_H_INT_GET_QUEUE_CONFIG, 0, 0, PRIO, 12, 13);
    g_assert_cmphex(rig->r[4], ==, 13);
    srig_free(rig);
}

static const TestRow both[] = {
    TEST(before_cas_no_call_exists),
    TEST(unknown_opcodes_are_no_functions),
    TEST(an_absent_caller_has_no_functions),
    TEST(each_reserved_flag_bit_is_refused),
    TEST(each_refused_call_is_a_guest_error),
    TEST(bad_lisns_are_h_p2),
    TEST(source_info_of_an_msi_names_its_pages),
    TEST(source_info_offers_store_eoi_only_where_enabled),
    TEST(source_info_of_an_lsi_asks_for_h_int_esb),
    TEST(source_config_checks_in_papr_order),
    TEST(a_source_without_its_queue_cannot_be_unmasked),
    TEST(source_config_flags_do_what_they_say),
    TEST(a_masked_source_is_silent_until_it_is_unmasked),
    TEST(priority_ff_resets_the_eas_for_any_target),
    TEST(a_source_has_its_first_eisn_until_one_is_set),
    TEST(queue_calls_name_bad_priorities_before_bad_targets),
    TEST(queues_are_one_size_aligned_and_in_memory),
    TEST(a_refused_queue_leaves_the_old_one),
    TEST(size_0_takes_the_queue_away),
    TEST(queue_info_names_the_esn_page),
    TEST(queue_config_reads_back_with_debug_what_debug_asks),
    TEST(a_queue_that_is_not_zeroed_is_remarked_on),
    TEST(two_queues_in_one_place_are_remarked_on),
    TEST(h_int_esb_works_an_lsi),
    TEST(h_int_esb_stays_in_the_page_and_off_msis),
    TEST(h_int_esb_refuses_offsets_that_are_not_aligned),
    TEST(sync_returns_for_a_claimed_lisn),
    TEST(results_not_named_are_left_alone),
};

static const TestRow direct[] = {
    TEST(reporting_lines_are_set_read_and_removed),
};

int main(int argc, char **argv)
{
    return RUN_BACKEND_TESTS(argc, argv, "hcalls", both, direct);
}
