/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The switch, seen by what it does to P and Q, routes, data and events: for
 * each pair of states that the two interrupts can be in, the default and what
 * Linux 6.1 does.
 */
#include "fixture-kvm.h"

enum { GIRQ = 0x20, EISN = 0x4711, PRIO = KRIG_PRIO, MSI = 3 };

/* A number in use, unmasked, routed to server 0; the device requested. */
static KRig *rig_of(P9xKvmType type, unsigned quirks)
{
    KRig *rig = krig_new(type, quirks, 2);

    if (type == P9X_KVM_NATIVE) {
        krig_route(rig, GIRQ, 0, EISN);
    } else {
        krig_xics_source(rig, GIRQ, 0);
    }
    krig_request(rig, MSI);
    return rig;
}

static KRig *nat(unsigned quirks)
{
    return rig_of(P9X_KVM_NATIVE, quirks);
}

static KRig *xics(unsigned quirks)
{
    return rig_of(P9X_KVM_XICS, quirks);
}

static P9xHostIrq *pt(KRig *rig)
{
    return &rig->msi[MSI].irq;
}

static int map(KRig *rig)
{
    return p9x_kvm_set_mapped(krig_kvm(rig), GIRQ, pt(rig));
}

static int unmap(KRig *rig)
{
    return p9x_kvm_clr_mapped(krig_kvm(rig), GIRQ, pt(rig));
}

/* The XICS guest takes one interrupt: its number, 0 if none. */
static uint32_t xirr(KRig *rig, unsigned vcpu)
{
    uint64_t r4;

    krig_hcall(rig, vcpu, P9X_H_XIRR, 0, 0, &r4);
    return r4 & 0xFFFFFF;
}

static void eoi(KRig *rig, unsigned vcpu, uint32_t girq)
{
    uint64_t r4;

    g_assert_cmpint(krig_hcall(rig, vcpu, P9X_H_EOI, 0xFF000000u | girq, 0,
                               &r4), ==, 0);
}

/* Takes and EOIs until there is nothing; how many. */
static unsigned serve(KRig *rig)
{
    unsigned n = 0;

    if (krig_kvm(rig)->type == P9X_KVM_XICS) {
        while (xirr(rig, 0)) {
            eoi(rig, 0, GIRQ);
            n++;
        }
        return n;
    }
    while (krig_take(rig, 0, PRIO)) {
        krig_eoi(rig, GIRQ);
        n++;
    }
    return n;
}

/* Brings the IPI to @pq as events would: P has an entry in the queue. */
static void reach_ipi(KRig *rig, P9xPq pq)
{
    for (unsigned i = 0; i < (pq == P9X_PQ_10 ? 1u : pq == P9X_PQ_11 ? 2u :
                              0u); i++) {
        p9x_kvm_set_irq(krig_kvm(rig), GIRQ, 1);
    }
    g_assert_cmpint(krig_ipi_pq(rig, GIRQ), ==, pq);
}

/* Brings the PT to @pq with the host, whose handler is still to come. */
static void reach_host(KRig *rig, P9xPq pq)
{
    p9x_host_hold(&rig->h, true);
    for (unsigned i = 0; i < (pq == P9X_PQ_10 ? 1u : pq == P9X_PQ_11 ? 2u :
                              0u); i++) {
        krig_fire(rig, MSI);
    }
    g_assert_cmpint(krig_pt_pq(rig, MSI), ==, pq);
}

typedef struct MapRow {
    P9xPq ipi, hw;
    P9xPq pt;               /* right after the map */
    unsigned events;        /* that the guest gets in all */
} MapRow;

static void check_map(P9xKvmType type, unsigned quirks, const MapRow *row,
                      unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        KRig *rig = rig_of(type, quirks);

        reach_ipi(rig, row[i].ipi);
        reach_host(rig, row[i].hw);
        g_assert_cmpint(map(rig), ==, 0);
        g_assert_cmpint(krig_ipi_pq(rig, GIRQ), ==, P9X_PQ_01);
        g_assert_cmpint(krig_pt_pq(rig, MSI), ==, row[i].pt);
        p9x_host_hold(&rig->h, false);
        g_assert_cmpuint(serve(rig), ==, row[i].events);
        krig_free(rig);
    }
}

/* rows: M3 M4 M5 M6 M7 L18 */
static void test_map_carries_p_and_q_of_both_interrupts(void)
{
    static const MapRow row[] = {
        { P9X_PQ_00, P9X_PQ_00, P9X_PQ_00, 0 },
        { P9X_PQ_00, P9X_PQ_10, P9X_PQ_10, 1 },
        { P9X_PQ_00, P9X_PQ_11, P9X_PQ_10, 1 },
        { P9X_PQ_10, P9X_PQ_00, P9X_PQ_10, 1 },
        { P9X_PQ_10, P9X_PQ_10, P9X_PQ_11, 2 },
        { P9X_PQ_10, P9X_PQ_11, P9X_PQ_11, 2 },
        { P9X_PQ_11, P9X_PQ_00, P9X_PQ_11, 2 },
        { P9X_PQ_11, P9X_PQ_10, P9X_PQ_11, 2 },
        { P9X_PQ_11, P9X_PQ_11, P9X_PQ_11, 2 },
    };

    check_map(P9X_KVM_XICS, 0, row, G_N_ELEMENTS(row));
    check_map(P9X_KVM_NATIVE, 0, row, G_N_ELEMENTS(row));
}

/* rows: M3 M4 M5 M6 M7 L18 */
static void test_map_of_6_1_drops_the_coalesced_event_of_a_xics_ipi(void)
{
    static const MapRow row[] = {
        { P9X_PQ_00, P9X_PQ_00, P9X_PQ_00, 0 },
        { P9X_PQ_00, P9X_PQ_10, P9X_PQ_10, 1 },
        { P9X_PQ_00, P9X_PQ_11, P9X_PQ_10, 1 },
        { P9X_PQ_10, P9X_PQ_00, P9X_PQ_10, 1 },
        { P9X_PQ_10, P9X_PQ_10, P9X_PQ_11, 2 },
        { P9X_PQ_10, P9X_PQ_11, P9X_PQ_11, 2 },
        { P9X_PQ_11, P9X_PQ_00, P9X_PQ_10, 1 },
        { P9X_PQ_11, P9X_PQ_10, P9X_PQ_11, 2 },
        { P9X_PQ_11, P9X_PQ_11, P9X_PQ_11, 2 },
    };

    check_map(P9X_KVM_XICS, P9X_KVM_QUIRKS_6_1, row, G_N_ELEMENTS(row));
}

/* rows: M12 M13 L8 */
static void test_native_map_of_6_1_ignores_the_ipis_state(void)
{
    static const MapRow row[] = {
        { P9X_PQ_00, P9X_PQ_00, P9X_PQ_10, 0 },
        { P9X_PQ_10, P9X_PQ_00, P9X_PQ_10, 1 },
        { P9X_PQ_11, P9X_PQ_00, P9X_PQ_10, 1 },
        { P9X_PQ_00, P9X_PQ_10, P9X_PQ_11, 0 },
        { P9X_PQ_10, P9X_PQ_11, P9X_PQ_11, 2 },
        { P9X_PQ_11, P9X_PQ_10, P9X_PQ_11, 2 },
    };

    check_map(P9X_KVM_NATIVE, P9X_KVM_QUIRKS_6_1, row, G_N_ELEMENTS(row));
}

/* rows: M12 L8 */
static void test_l8_alone_still_carries_nothing_and_l18_alone_keeps_it(void)
{
    KRig *rig = nat(P9X_QUIRK_L8);

    reach_ipi(rig, P9X_PQ_11);
    map(rig);
    g_assert_cmpint(krig_pt_pq(rig, MSI), ==, P9X_PQ_10);
    krig_free(rig);
    rig = nat(P9X_QUIRK_L18);
    reach_ipi(rig, P9X_PQ_11);
    map(rig);
    g_assert_cmpint(krig_pt_pq(rig, MSI), ==, P9X_PQ_11);
    krig_free(rig);
}

/* rows: M13 M14 */
static void test_what_6_1_leaves_latched_comes_by_eoi_but_not_by_unmask(void)
{
    KRig *rig = nat(P9X_KVM_QUIRKS_6_1);

    reach_host(rig, P9X_PQ_10);
    map(rig);
    g_assert_cmpint(krig_pt_pq(rig, MSI), ==, P9X_PQ_11);
    krig_eoi(rig, GIRQ);
    g_assert_cmpuint(krig_take_all(rig, 0, PRIO), ==, 1);
    krig_free(rig);

    rig = nat(P9X_KVM_QUIRKS_6_1);
    reach_host(rig, P9X_PQ_10);
    map(rig);
    krig_load(rig, GIRQ, true, P9X_ESB_SET_PQ_00);
    g_assert_cmpuint(krig_take_all(rig, 0, PRIO), ==, 0);
    g_assert_cmpint(krig_pt_pq(rig, MSI), ==, P9X_PQ_00);
    krig_fire(rig, MSI);
    g_assert_cmpuint(krig_take_all(rig, 0, PRIO), ==, 1);
    krig_free(rig);
}

static void assert_ops(KRig *rig, const char *want)
{
    g_autofree char *log = krig_log_text(rig, krig_irq(rig, GIRQ)->ipi.hw_irq,
                                         rig->base + MSI);

    g_assert_cmpstr(log, ==, want);
    krig_log_clear(rig);
}

/* rows: M1 M12 */
static void test_the_steps_of_a_map_come_in_their_order(void)
{
    static const struct {
        P9xKvmType type;
        unsigned quirks;
        const char *log;
    } row[] = {
        { P9X_KVM_XICS, 0,
          "E00:pt E00:ipi sync:ipi D00:ipi cfg:pt C00:pt" },
        { P9X_KVM_XICS, P9X_KVM_QUIRKS_6_1,
          "E00:pt E00:ipi sync:ipi D00:ipi cfg:pt C00:pt" },
        { P9X_KVM_NATIVE, 0,
          "E00:pt E00:ipi sync:ipi D00:ipi cfg:pt C00:pt" },
        { P9X_KVM_NATIVE, P9X_KVM_QUIRKS_6_1, "E00:pt D00:ipi cfg:pt" },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(row); i++) {
        KRig *rig = rig_of(row[i].type, row[i].quirks);

        krig_log_clear(rig);
        g_assert_cmpint(map(rig), ==, 0);
        assert_ops(rig, row[i].log);
        g_assert_cmpuint(rig->zaps, ==, row[i].type == P9X_KVM_NATIVE);
        krig_free(rig);
    }
}

/* rows: M1 M15 M18 */
static void test_the_steps_of_an_unmap_come_in_their_order(void)
{
    static const struct {
        P9xKvmType type;
        unsigned quirks;
        const char *log;
    } row[] = {
        { P9X_KVM_XICS, 0,
          "E00:pt sync:pt sync:pt cfg:pt cfg:ipi C00:ipi C00:pt" },
        { P9X_KVM_XICS, P9X_KVM_QUIRKS_6_1,
          "E00:pt sync:pt sync:pt cfg:pt cfg:ipi C00:ipi C00:pt" },
        { P9X_KVM_NATIVE, 0,
          "E00:pt sync:pt sync:pt cfg:pt cfg:ipi C00:ipi C00:pt" },
        { P9X_KVM_NATIVE, P9X_KVM_QUIRKS_6_1,
          "sync:pt cfg:pt cfg:ipi E00:ipi C00:pt" },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(row); i++) {
        KRig *rig = rig_of(row[i].type, row[i].quirks);

        map(rig);
        krig_log_clear(rig);
        g_assert_cmpint(unmap(rig), ==, 0);
        assert_ops(rig, row[i].log);
        krig_free(rig);
    }
}

typedef struct Told {
    KRig *rig;
    GString *text;
    unsigned zaps;
} Told;

/* What a host program hears, with the zaps that came before. */
static void tell(void *opaque, const char *point, uint32_t girq)
{
    Told *told = opaque;

    if (told->rig->zaps != told->zaps) {
        told->zaps = told->rig->zaps;
        g_assert_cmphex(told->rig->zap_first, ==,
                        P9X_KVM_ESB_PAGE_OFFSET + 2 * GIRQ);
        g_string_append(told->text, "zap ");
    }
    g_assert_cmphex(girq, ==, GIRQ);
    g_string_append_printf(told->text, "%s ", point);
}

/* rows: G7 */
static void test_a_listener_is_told_the_steps_in_their_order(void)
{
    for (unsigned quirks = 0; quirks < 2; quirks++) {
        KRig *rig = nat(quirks * P9X_KVM_QUIRKS_6_1);
        Told told = { rig, g_string_new(NULL), rig->zaps };

        rig->h.plants.hook = tell;
        rig->h.plants.hook_opaque = &told;
        g_assert_cmpint(map(rig), ==, 0);
        g_assert_cmpstr(told.text->str, ==, "set-forwarded zap set-taken ");
        g_string_truncate(told.text, 0);
        g_assert_cmpint(unmap(rig), ==, 0);
        g_assert_cmpstr(told.text->str, ==, "zap clr-returned clr-flipped ");
        g_string_free(told.text, TRUE);
        krig_free(rig);
    }
}

/* rows: M2 M28 L16 */
static void test_a_map_that_is_refused_changes_nothing(void)
{
    KRig *rig = nat(0);
    P9xKvm *kvm = krig_kvm(rig);

    krig_source(rig, GIRQ + 2, P9X_KVM_SRC_LEVEL);
    krig_log_clear(rig);
    g_assert_cmpint(p9x_kvm_set_mapped(NULL, GIRQ, pt(rig)), ==, -ENODEV);
    g_assert_cmpint(p9x_kvm_set_mapped(kvm, 0x5000, pt(rig)), ==, -EINVAL);
    g_assert_cmpint(p9x_kvm_set_mapped(kvm, GIRQ + 1, pt(rig)), ==, -EINVAL);
    g_assert_cmpint(p9x_kvm_set_mapped(kvm, GIRQ + 2, pt(rig)), ==, -EINVAL);
    g_assert_cmpint(p9x_kvm_clr_mapped(NULL, GIRQ, pt(rig)), ==, -ENODEV);
    g_assert_cmpint(p9x_kvm_clr_mapped(kvm, 0x5000, pt(rig)), ==, -EINVAL);
    g_assert_cmpint(p9x_kvm_clr_mapped(kvm, GIRQ + 1, pt(rig)), ==, 0);
    g_assert_cmpuint(rig->nr_ops, ==, 0);
    reach_host(rig, P9X_PQ_10);
    p9x_host_inject(&rig->h, P9X_OPAL_SYNC, 1, 0, P9X_OPAL_INTERNAL);
    g_assert_cmpint(map(rig), ==, P9X_OPAL_INTERNAL);
    g_assert_null(krig_irq(rig, GIRQ)->pt);
    g_assert_cmpint(krig_ipi_pq(rig, GIRQ), ==, P9X_PQ_00);
    g_assert_cmpuint(rig->zaps, ==, 0);
    p9x_host_hold(&rig->h, false);
    g_assert_cmpuint(pt(rig)->taken, >=, 1);
    g_assert_cmpint(map(rig), ==, 0);
    g_assert_cmpint(map(rig), ==, -EINVAL);
    krig_free(rig);
}

/* rows: M8 M24 */
static void test_a_masked_xics_number_keeps_its_event_over_both_switches(void)
{
    for (unsigned when = 0; when < 3; when++) {
        KRig *rig = xics(0);

        g_assert_cmpint(p9x_xics_int_off(krig_kvm(rig), GIRQ), ==, 0);
        if (when == 0) {
            p9x_kvm_set_irq(krig_kvm(rig), GIRQ, 1);
        }
        krig_map(rig, MSI, GIRQ);
        g_assert_cmpint(krig_ipi_pq(rig, GIRQ), ==, P9X_PQ_01);
        g_assert_cmpint(krig_pt_pq(rig, MSI), ==, P9X_PQ_10);
        if (when == 1) {
            krig_fire(rig, MSI);
        }
        krig_unmap(rig, MSI);
        g_assert_cmpint(krig_ipi_pq(rig, GIRQ), ==, P9X_PQ_10);
        if (when == 2) {
            krig_fire(rig, MSI);
        }
        g_assert_cmpuint(xirr(rig, 0), ==, 0);
        g_assert_cmpint(p9x_xics_int_on(krig_kvm(rig), GIRQ), ==, 0);
        g_assert_cmpuint(serve(rig), ==, 1);
        g_assert_cmpint(krig_ipi_pq(rig, GIRQ), ==, P9X_PQ_00);
        krig_free(rig);
    }
}

/* rows: M8 L18 */
static void test_6_1_forgets_a_masked_ipis_event_but_not_the_pts(void)
{
    for (unsigned late = 0; late < 2; late++) {
        KRig *rig = xics(P9X_KVM_QUIRKS_6_1);

        p9x_xics_int_off(krig_kvm(rig), GIRQ);
        if (!late) {
            p9x_kvm_set_irq(krig_kvm(rig), GIRQ, 1);
        }
        map(rig);
        g_assert_cmpint(krig_pt_pq(rig, MSI), ==, P9X_PQ_10);
        if (late) {
            krig_fire(rig, MSI);
        }
        p9x_xics_int_on(krig_kvm(rig), GIRQ);
        g_assert_cmpuint(serve(rig), ==, late);
        krig_free(rig);
    }
}

/* rows: M17 M24 */
static void test_an_eoi_owed_when_masked_is_owed_after_the_switch(void)
{
    static const unsigned quirks[] = { 0, P9X_KVM_QUIRKS_6_1 };

    for (unsigned i = 0; i < 2; i++) {
        KRig *rig = xics(quirks[i]);

        map(rig);
        krig_fire(rig, MSI);
        g_assert_cmpuint(xirr(rig, 0), ==, GIRQ);
        p9x_xics_int_off(krig_kvm(rig), GIRQ);
        g_assert_true(krig_irq(rig, GIRQ)->old_p);
        unmap(rig);
        g_assert_true(krig_irq(rig, GIRQ)->old_p);
        g_assert_cmpint(krig_ipi_pq(rig, GIRQ), ==, P9X_PQ_10);
        p9x_xics_int_on(krig_kvm(rig), GIRQ);
        eoi(rig, 0, GIRQ);
        p9x_kvm_set_irq(krig_kvm(rig), GIRQ, 1);
        g_assert_cmpuint(serve(rig), >=, 1);
        g_assert_cmpint(krig_ipi_pq(rig, GIRQ), ==, P9X_PQ_00);
        krig_free(rig);
    }
}

/* rows: M9 */
static void test_an_untargeted_number_is_mapped_masked(void)
{
    KRig *rig = krig_new(P9X_KVM_XICS, 0, 1);

    krig_set64(rig, P9X_KVM_XICS_GRP_SOURCES, GIRQ, krig_word(9, PRIO));
    krig_request(rig, MSI);
    g_assert_cmpint(map(rig), ==, 0);
    g_assert_cmpuint(krig_get_route(rig, rig->base + MSI).prio, ==, 0xFF);
    krig_free(rig);
}

/* rows: M10 M11 L5 */
static void test_data_is_the_eisn_but_on_6_1_the_number(void)
{
    for (unsigned quirk = 0; quirk < 2; quirk++) {
        KRig *rig = nat(quirk ? P9X_QUIRK_L5 : 0);
        uint32_t want = quirk ? GIRQ : EISN;

        krig_map(rig, MSI, GIRQ);
        krig_fire(rig, MSI);
        g_assert_cmphex(krig_take(rig, 0, PRIO), ==, want);
        krig_eoi(rig, GIRQ);
        /* The same tuple is no change, so it doesn't repair anything. */
        krig_config(rig, GIRQ, 0, PRIO, EISN);
        krig_fire(rig, MSI);
        g_assert_cmphex(krig_take(rig, 0, PRIO), ==, want);
        krig_eoi(rig, GIRQ);
        krig_config(rig, GIRQ, 0, PRIO, EISN + 1);
        krig_fire(rig, MSI);
        g_assert_cmphex(krig_take(rig, 0, PRIO), ==, EISN + 1);
        krig_eoi(rig, GIRQ);
        krig_unmap(rig, MSI);
        krig_load(rig, GIRQ, true, P9X_ESB_SET_PQ_00);
        krig_fire(rig, MSI);
        g_assert_cmphex(krig_take(rig, 0, PRIO), ==,
                        quirk ? GIRQ : EISN + 1);
        krig_free(rig);
    }
}

/* rows: M10 M21 */
static void test_a_switch_keeps_server_and_priority(void)
{
    KRig *rig = xics(P9X_KVM_QUIRKS_6_1);
    uint32_t ipi = krig_irq(rig, GIRQ)->ipi.hw_irq, vp = rig->vcpu[0].vp;
    KRigRoute r;

    map(rig);
    r = krig_get_route(rig, rig->base + MSI);
    g_assert_cmphex(r.vp & 0xFF, ==, vp & 0xFF);
    g_assert_cmpuint(r.prio, ==, PRIO);
    g_assert_cmpuint(r.data, ==, GIRQ);
    p9x_opal_set_irq_config(&rig->h, ipi, 0, 0xFF, 0);
    unmap(rig);
    r = krig_get_route(rig, ipi);
    g_assert_cmphex(r.vp & 0xFF, ==, vp & 0xFF);
    g_assert_cmpuint(r.prio, ==, PRIO);
    g_assert_cmpuint(r.data, ==, GIRQ);
    krig_free(rig);
}

typedef struct UnmapRow {
    P9xPq pt;               /* as the guest left it; P has an entry queued */
    P9xPq ipi;              /* right after the unmap */
    unsigned host;          /* events that the host takes */
    unsigned events;        /* that the guest gets in all */
} UnmapRow;

static void check_unmap(P9xKvmType type, unsigned quirks, const UnmapRow *row,
                        unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        KRig *rig = rig_of(type, quirks);

        krig_map(rig, MSI, GIRQ);
        if (type == P9X_KVM_NATIVE) {
            krig_load(rig, GIRQ, true, row[i].pt == P9X_PQ_01 ?
                      P9X_ESB_SET_PQ_01 : P9X_ESB_SET_PQ_00);
        }
        for (unsigned e = 0; e < row[i].pt / 2u + row[i].pt / 3u; e++) {
            krig_fire(rig, MSI);
        }
        g_assert_cmpint(krig_pt_pq(rig, MSI), ==, row[i].pt);
        krig_unmap(rig, MSI);
        g_assert_cmpuint(pt(rig)->taken, ==, row[i].host);
        g_assert_cmpint(krig_ipi_pq(rig, GIRQ), ==, row[i].ipi);
        g_assert_cmpint(krig_pt_pq(rig, MSI), ==, P9X_PQ_00);
        g_assert_cmpuint(serve(rig), ==, row[i].events);
        krig_free(rig);
    }
}

/* rows: M15 M16 M20 L6 L7 */
static void test_unmap_carries_the_pts_p_and_q_to_the_ipi(void)
{
    static const UnmapRow row[] = {
        { P9X_PQ_00, P9X_PQ_00, 0, 0 }, { P9X_PQ_10, P9X_PQ_10, 0, 1 },
        { P9X_PQ_11, P9X_PQ_11, 0, 2 }, { P9X_PQ_01, P9X_PQ_01, 0, 0 }
    };

    check_unmap(P9X_KVM_XICS, 0, row, 3);
    check_unmap(P9X_KVM_NATIVE, 0, row, 4);
}

/* rows: M15 M16 L6 */
static void test_unmap_of_6_1_sends_a_xics_event_once_more(void)
{
    static const UnmapRow row[] = {
        { P9X_PQ_00, P9X_PQ_00, 0, 0 }, { P9X_PQ_10, P9X_PQ_11, 1, 2 },
        { P9X_PQ_11, P9X_PQ_11, 1, 2 }
    };

    check_unmap(P9X_KVM_XICS, P9X_KVM_QUIRKS_6_1 & ~P9X_QUIRK_L21, row,
                G_N_ELEMENTS(row));
}

/* rows: M16 M20 L21 */
static void test_unmap_of_6_1_drops_what_the_pt_had_in_q(void)
{
    static const UnmapRow xics_row[] = {
        { P9X_PQ_10, P9X_PQ_10, 1, 1 }, { P9X_PQ_11, P9X_PQ_10, 1, 1 }
    };
    static const UnmapRow native_row[] = {
        { P9X_PQ_10, P9X_PQ_10, 0, 1 }, { P9X_PQ_11, P9X_PQ_10, 1, 1 },
        { P9X_PQ_01, P9X_PQ_10, 1, 0 }
    };

    check_unmap(P9X_KVM_XICS, P9X_KVM_QUIRKS_6_1, xics_row,
                G_N_ELEMENTS(xics_row));
    check_unmap(P9X_KVM_NATIVE, P9X_KVM_QUIRKS_6_1, native_row,
                G_N_ELEMENTS(native_row));
}

/* rows: M18 M19 M20 L6 L7 */
static void test_unmap_of_6_1_leaves_a_native_ipi_pending(void)
{
    static const UnmapRow row[] = {
        { P9X_PQ_00, P9X_PQ_10, 0, 0 }, { P9X_PQ_10, P9X_PQ_10, 0, 1 },
        { P9X_PQ_11, P9X_PQ_11, 1, 2 }, { P9X_PQ_01, P9X_PQ_11, 1, 0 }
    };
    static const UnmapRow no_l7 = { P9X_PQ_01, P9X_PQ_10, 0, 0 };
    static const UnmapRow l7_alone = { P9X_PQ_01, P9X_PQ_01, 1, 0 };

    const unsigned most = P9X_KVM_QUIRKS_6_1 & ~P9X_QUIRK_L21;

    check_unmap(P9X_KVM_NATIVE, most, row, G_N_ELEMENTS(row));
    check_unmap(P9X_KVM_NATIVE, most & ~P9X_QUIRK_L7, &no_l7, 1);
    check_unmap(P9X_KVM_NATIVE, P9X_QUIRK_L7, &l7_alone, 1);
}

/* rows: M18 L6 */
static void test_only_6_1_leaves_an_ipi_stuck_until_the_guest_touches_it(void)
{
    for (unsigned quirk = 0; quirk < 2; quirk++) {
        KRig *rig = nat(quirk ? P9X_QUIRK_L6 : 0);

        map(rig);
        krig_load(rig, GIRQ, true, P9X_ESB_SET_PQ_00);
        unmap(rig);
        p9x_kvm_set_irq(krig_kvm(rig), GIRQ, 1);
        g_assert_cmpuint(krig_take_all(rig, 0, PRIO), ==, !quirk);
        krig_eoi(rig, GIRQ);
        g_assert_cmpuint(krig_take_all(rig, 0, PRIO), ==, quirk);
        krig_free(rig);
    }
}

/* rows: M22 L2 */
static void test_an_unmap_that_fails_leaves_the_number_passed_through(void)
{
    static const struct {
        P9xKvmType type;
        unsigned quirks;
        bool masked;
        P9xPq pt, after;
    } row[] = {
        { P9X_KVM_NATIVE, 0, false, P9X_PQ_00, P9X_PQ_00 },
        { P9X_KVM_NATIVE, 0, false, P9X_PQ_10, P9X_PQ_10 },
        { P9X_KVM_NATIVE, 0, false, P9X_PQ_11, P9X_PQ_11 },
        { P9X_KVM_NATIVE, 0, false, P9X_PQ_01, P9X_PQ_01 },
        { P9X_KVM_NATIVE, P9X_KVM_QUIRKS_6_1, false, P9X_PQ_10, P9X_PQ_10 },
        { P9X_KVM_XICS, 0, false, P9X_PQ_00, P9X_PQ_00 },
        { P9X_KVM_XICS, 0, false, P9X_PQ_11, P9X_PQ_11 },
        { P9X_KVM_XICS, 0, true, P9X_PQ_10, P9X_PQ_10 },
        { P9X_KVM_XICS, 0, true, P9X_PQ_11, P9X_PQ_10 },
        { P9X_KVM_XICS, P9X_KVM_QUIRKS_6_1, false, P9X_PQ_00, P9X_PQ_00 },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(row); i++) {
        KRig *rig = rig_of(row[i].type, row[i].quirks);
        P9xKvmBlock *block = p9x_kvm_block(krig_kvm(rig), GIRQ);
        uint8_t prio;

        if (row[i].masked) {
            p9x_xics_int_off(krig_kvm(rig), GIRQ);
        }
        prio = krig_irq(rig, GIRQ)->guest_priority;
        map(rig);
        krig_set_pt_pq(rig, MSI, row[i].pt);
        p9x_host_inject(&rig->h, P9X_OPAL_SET_IRQ_CONFIG, 0, 0,
                        P9X_OPAL_HARDWARE);
        g_assert_cmpint(unmap(rig), ==, P9X_OPAL_HARDWARE);
        g_assert_true(p9x_trylock(&block->lock));
        p9x_unlock(&block->lock);
        g_assert_true(krig_irq(rig, GIRQ)->pt == pt(rig));
        g_assert_cmpuint(krig_irq(rig, GIRQ)->guest_priority, ==, prio);
        g_assert_cmpint(krig_pt_pq(rig, MSI), ==, row[i].after);
        /* An event that waited in a masked PT's Q waits here now. */
        g_assert_cmpint(krig_irq(rig, GIRQ)->old_q, ==,
                        row[i].pt != row[i].after);
        g_assert_cmpint(unmap(rig), ==, 0);
        krig_free(rig);
    }
}

/* rows: M29 */
static void test_a_route_that_opal_refuses_does_not_stop_the_map(void)
{
    KRig *rig = nat(0);

    p9x_host_inject(&rig->h, P9X_OPAL_SET_IRQ_CONFIG, 0, 0,
                    P9X_OPAL_HARDWARE);
    g_assert_cmpint(map(rig), ==, 0);
    g_assert_true(krig_irq(rig, GIRQ)->pt == pt(rig));
    krig_free(rig);
}

/* rows: M25 M4 */
static void test_switching_over_and_over_gives_the_same_each_time(void)
{
    static const P9xKvmType type[] = { P9X_KVM_NATIVE, P9X_KVM_XICS };

    for (unsigned t = 0; t < 2; t++) {
        KRig *rig = rig_of(type[t], 0);

        for (unsigned i = 0; i < 50; i++) {
            krig_map(rig, MSI, GIRQ);
            krig_fire(rig, MSI);
            g_assert_cmpuint(serve(rig), ==, 1);
            krig_unmap(rig, MSI);
            krig_fire(rig, MSI);
            g_assert_cmpuint(serve(rig), ==, 1);
            g_assert_cmpint(krig_ipi_pq(rig, GIRQ), ==, P9X_PQ_00);
            g_assert_cmpint(krig_pt_pq(rig, MSI), ==, P9X_PQ_00);
        }
        krig_free(rig);
    }
}

/* rows: S11.11-3 */
static void test_a_retarget_while_passed_through_moves_the_pt(void)
{
    KRig *rig = nat(0);

    krig_queue(rig, 1, PRIO);
    map(rig);
    g_assert_cmpint(krig_config(rig, GIRQ, 1, PRIO, EISN), ==, 0);
    krig_fire(rig, MSI);
    g_assert_cmpuint(krig_take_all(rig, 0, PRIO), ==, 0);
    g_assert_cmpuint(krig_take_all(rig, 1, PRIO), ==, 1);
    krig_free(rig);
    rig = xics(0);
    map(rig);
    g_assert_cmpint(p9x_xics_set_xive(krig_kvm(rig), GIRQ, 1, PRIO), ==, 0);
    krig_fire(rig, MSI);
    g_assert_cmpuint(xirr(rig, 0), ==, 0);
    g_assert_cmpuint(xirr(rig, 1), ==, GIRQ);
    krig_free(rig);
}

static void trigger_late(void *opaque, P9xHostOp op, uint32_t irq,
                         uint64_t arg, uint32_t data)
{
    KRig *rig = opaque;

    /* An event from nowhere, after the IPI's state was taken. */
    if (op == P9X_HOST_OP_SYNC_EAS) {
        rig->h.plants.op = NULL;
        p9x_kvm_set_irq(krig_kvm(rig), GIRQ, 1);
    }
}

/* rows: M7 */
static void test_an_event_that_meets_the_switch_is_carried_over(void)
{
    static const P9xPq ipi[] = { P9X_PQ_00, P9X_PQ_10, P9X_PQ_01 };

    for (unsigned i = 0; i < 3; i++) {
        KRig *rig = nat(0);

        krig_set_ipi_pq(rig, GIRQ, ipi[i]);
        rig->h.plants.op = trigger_late;
        map(rig);
        g_assert_cmpint(krig_pt_pq(rig, MSI), ==, i == 0 ? P9X_PQ_10 :
                        i == 1 ? P9X_PQ_11 : P9X_PQ_01);
        g_assert_cmpuint(krig_take_all(rig, 0, PRIO), ==, i == 0);
        krig_free(rig);
    }
}

/* rows: E13 */
static void test_unmapping_from_a_fenced_bridge_frees_the_ipi(void)
{
    KRig *rig = nat(0);

    map(rig);
    p9x_phb4_source_fence(&rig->phb, true);
    g_assert_cmpint(unmap(rig), ==, 0);
    g_assert_cmpint(krig_ipi_pq(rig, GIRQ), ==, P9X_PQ_00);
    p9x_kvm_set_irq(krig_kvm(rig), GIRQ, 1);
    g_assert_cmpuint(serve(rig), ==, 1);
    krig_free(rig);
}

int main(int argc, char **argv)
{
    static const TestRow rows[] = {
        TEST(map_carries_p_and_q_of_both_interrupts),
        TEST(map_of_6_1_drops_the_coalesced_event_of_a_xics_ipi),
        TEST(native_map_of_6_1_ignores_the_ipis_state),
        TEST(l8_alone_still_carries_nothing_and_l18_alone_keeps_it),
        TEST(what_6_1_leaves_latched_comes_by_eoi_but_not_by_unmask),
        TEST(the_steps_of_a_map_come_in_their_order),
        TEST(the_steps_of_an_unmap_come_in_their_order),
        TEST(a_listener_is_told_the_steps_in_their_order),
        TEST(a_map_that_is_refused_changes_nothing),
        TEST(a_masked_xics_number_keeps_its_event_over_both_switches),
        TEST(6_1_forgets_a_masked_ipis_event_but_not_the_pts),
        TEST(an_eoi_owed_when_masked_is_owed_after_the_switch),
        TEST(an_untargeted_number_is_mapped_masked),
        TEST(data_is_the_eisn_but_on_6_1_the_number),
        TEST(a_switch_keeps_server_and_priority),
        TEST(unmap_carries_the_pts_p_and_q_to_the_ipi),
        TEST(unmap_of_6_1_sends_a_xics_event_once_more),
        TEST(unmap_of_6_1_drops_what_the_pt_had_in_q),
        TEST(unmap_of_6_1_leaves_a_native_ipi_pending),
        TEST(only_6_1_leaves_an_ipi_stuck_until_the_guest_touches_it),
        TEST(an_unmap_that_fails_leaves_the_number_passed_through),
        TEST(a_route_that_opal_refuses_does_not_stop_the_map),
        TEST(switching_over_and_over_gives_the_same_each_time),
        TEST(a_retarget_while_passed_through_moves_the_pt),
        TEST(an_event_that_meets_the_switch_is_carried_over),
        TEST(unmapping_from_a_fenced_bridge_frees_the_ipi),
    };

    return RUN_TESTS(argc, argv, "kvm-switch", rows);
}
