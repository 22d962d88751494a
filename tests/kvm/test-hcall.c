/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The XICS hypervisor calls. */
#include "fixture-kvm.h"
#include "xive/ppc/spapr.h"

enum { GIRQ = 0x1300, PRIO = KRIG_PRIO, MSI = 3 };

static KRig *xics(unsigned nr_vcpus)
{
    KRig *rig = krig_new(P9X_KVM_XICS, 0, nr_vcpus);

    krig_xics_source(rig, GIRQ, 0);
    krig_xics_source(rig, GIRQ + 1, 0);
    return rig;
}

static uint64_t xirr(KRig *rig, unsigned vcpu)
{
    uint64_t r4;

    g_assert_cmpint(krig_hcall(rig, vcpu, P9X_H_XIRR, 0, 0, &r4), ==, 0);
    return r4;
}

static int64_t eoi(KRig *rig, unsigned vcpu, uint64_t word)
{
    uint64_t r4;

    return krig_hcall(rig, vcpu, P9X_H_EOI, word, 0, &r4);
}

static void set_cppr(KRig *rig, unsigned vcpu, uint8_t cppr)
{
    uint64_t r4;

    g_assert_cmpint(krig_hcall(rig, vcpu, P9X_H_CPPR, cppr, 0, &r4), ==, 0);
}

static int64_t ipi(KRig *rig, unsigned vcpu, uint64_t server, uint64_t mfrr)
{
    uint64_t r4;

    return krig_hcall(rig, vcpu, P9X_H_IPI, server, mfrr, &r4);
}

static void fire(KRig *rig, uint32_t girq)
{
    g_assert_cmpint(p9x_kvm_set_irq(krig_kvm(rig), girq, 1), ==, 0);
}

static uint8_t hw_cppr(KRig *rig, unsigned vcpu)
{
    return reg(&rig->thread[vcpu], P9X_RING_OS, P9X_TM_CPPR);
}

/* rows: X11 X12 */
static void test_xirr_returns_the_old_cppr_and_takes_the_priority(void)
{
    KRig *rig = xics(1);

    g_assert_cmphex(xirr(rig, 0), ==, 0xFF000000);
    fire(rig, GIRQ);
    g_assert_cmphex(xirr(rig, 0), ==, 0xFF000000 | GIRQ);
    g_assert_cmpuint(rig->vcpu[0].cppr, ==, PRIO);
    g_assert_cmpuint(hw_cppr(rig, 0), ==, PRIO);
    fire(rig, GIRQ + 1);
    g_assert_cmphex(xirr(rig, 0), ==, PRIO << 24);
    g_assert_cmpint(eoi(rig, 0, 0xFF000000 | GIRQ), ==, 0);
    g_assert_cmphex(xirr(rig, 0), ==, 0xFF000000 | (GIRQ + 1));
    krig_free(rig);
}

/* rows: X17 */
static void test_xirr_x_adds_the_timebase(void)
{
    KRig *rig = xics(1);
    uint64_t args[2] = { 0 };

    fire(rig, GIRQ);
    g_assert_cmpint(p9x_xics_hcall(&rig->vcpu[0], P9X_H_XIRR_X, args), ==, 0);
    g_assert_cmphex(args[0], ==, 0xFF000000 | GIRQ);
    g_assert_cmphex(args[1], ==, 0x123456789);
    rig->ports.timebase = NULL;
    p9x_xics_hcall(&rig->vcpu[0], P9X_H_XIRR_X, args);
    g_assert_cmphex(args[1], ==, 0);
    krig_free(rig);
}

/* rows: X13 X14 X28 */
static void test_an_ipi_wins_over_what_is_not_more_favoured(void)
{
    static const struct { uint8_t mfrr; bool ipi_first; } row[] = {
        { PRIO - 1, true }, { PRIO, true }, { PRIO + 1, false }
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(row); i++) {
        KRig *rig = xics(1);
        uint32_t first = row[i].ipi_first ? P9X_KVM_XICS_IPI : GIRQ;
        uint32_t second = row[i].ipi_first ? GIRQ : P9X_KVM_XICS_IPI;

        fire(rig, GIRQ);
        /* Known already; what only XIVE knows comes by nesting. */
        rig->vcpu[0].pending = 1 << PRIO;
        g_assert_cmpint(ipi(rig, 0, 0, row[i].mfrr), ==, 0);
        g_assert_cmphex(xirr(rig, 0), ==, 0xFF000000 | first);
        g_assert_cmpuint(rig->vcpu[0].cppr, ==, MIN(row[i].mfrr, PRIO));
        if (first == P9X_KVM_XICS_IPI) {
            ipi(rig, 0, 0, 0xFF);
        }
        eoi(rig, 0, 0xFF000000 | first);
        g_assert_cmphex(xirr(rig, 0), ==, 0xFF000000 | second);
        krig_free(rig);
    }
}

/* rows: X28 */
static void test_the_ipis_signal_is_taken_back_when_fetched_only(void)
{
    KRig *rig = xics(2);
    uint32_t hw = rig->vcpu[1].vp_ipi.hw_irq;
    KRigRoute r = krig_get_route(rig, hw);
    uint64_t r4;

    g_assert_cmpuint(r.prio, ==, 0);
    g_assert_cmpuint(r.data, ==, P9X_KVM_XICS_IPI);
    for (unsigned i = 0; i < 3; i++) {
        ipi(rig, 0, 1, 5);
        g_assert_cmpint(p9x_source_get_pq(&rig->h.ipi, hw), ==, P9X_PQ_10);
        g_assert_true(p9x_tctx_lines(&rig->thread[1]) & P9X_LINE_OS);
        krig_hcall(rig, 1, P9X_H_IPOLL, 1, 0, &r4);
        g_assert_cmphex(r4, ==, 0xFF000000 | P9X_KVM_XICS_IPI);
        g_assert_cmpint(p9x_source_get_pq(&rig->h.ipi, hw), ==, P9X_PQ_10);
        g_assert_cmphex(xirr(rig, 1), ==, 0xFF000000 | P9X_KVM_XICS_IPI);
        g_assert_cmpint(p9x_source_get_pq(&rig->h.ipi, hw), ==, P9X_PQ_00);
        ipi(rig, 1, 1, 0xFF);
        g_assert_cmpint(eoi(rig, 1, 0xFF000000 | P9X_KVM_XICS_IPI), ==, 0);
        g_assert_cmphex(xirr(rig, 1), ==, 0xFF000000);
    }
    krig_free(rig);
}

/* rows: X28 */
static void test_an_ipi_works_with_a_queue_at_priority_0_too(void)
{
    KRig *rig = xics(1);

    g_assert_cmpint(p9x_xics_set_xive(krig_kvm(rig), GIRQ, 0, 0), ==, 0);
    for (unsigned i = 0; i < 2; i++) {
        ipi(rig, 0, 0, 3);
        fire(rig, GIRQ);
        g_assert_cmphex(xirr(rig, 0), ==, 0xFF000000 | GIRQ);
        g_assert_cmpint(eoi(rig, 0, 0xFF000000 | GIRQ), ==, 0);
        g_assert_cmphex(xirr(rig, 0), ==, 0xFF000000 | P9X_KVM_XICS_IPI);
        ipi(rig, 0, 0, 0xFF);
        eoi(rig, 0, 0xFF000000 | P9X_KVM_XICS_IPI);
        g_assert_cmphex(xirr(rig, 0), ==, 0xFF000000);
    }
    krig_free(rig);
}

/* rows: X27 X21 */
static void test_an_ipi_wants_a_server_and_room_below_its_cppr(void)
{
    KRig *rig = xics(2);
    uint32_t hw = rig->vcpu[1].vp_ipi.hw_irq;

    g_assert_cmpint(ipi(rig, 0, 5, 1), ==, P9X_H_PARAMETER);
    g_assert_cmpint(ipi(rig, 0, UINT64_C(0x100000001), 1), ==,
                    P9X_H_PARAMETER);
    set_cppr(rig, 1, 4);
    g_assert_cmpint(ipi(rig, 0, 1, 4), ==, 0);
    g_assert_cmpint(p9x_source_get_pq(&rig->h.ipi, hw), ==, P9X_PQ_00);
    /* Opened, it comes. */
    set_cppr(rig, 1, 0xFF);
    g_assert_cmphex(xirr(rig, 1), ==, 0xFF000000 | P9X_KVM_XICS_IPI);
    eoi(rig, 1, 0x04000000 | P9X_KVM_XICS_IPI);
    /* 8 to 0xFE count as 7. */
    ipi(rig, 0, 1, 0x80);
    set_cppr(rig, 1, 0xFF);
    g_assert_cmphex(reg(&rig->thread[1], P9X_RING_OS, P9X_TM_IPB) & 1, ==, 1);
    krig_free(rig);
}

static void push_entry(KRig *rig, uint32_t data)
{
    P9xKvmVcpu *vcpu = &rig->vcpu[0];

    p9x_router_end_trigger(&rig->h.router, P9X_HOST_BLOCK,
                           (vcpu->vp & 0xFFFFFF) * P9X_NR_PRIOS + PRIO, data);
}

/* rows: X15 X16 */
static void test_dummies_are_skipped_and_an_empty_queue_is_done(void)
{
    KRig *rig = xics(1);

    push_entry(rig, P9X_KVM_XICS_DUMMY);
    push_entry(rig, P9X_KVM_XICS_DUMMY);
    fire(rig, GIRQ);
    g_assert_cmphex(xirr(rig, 0), ==, 0xFF000000 | GIRQ);
    eoi(rig, 0, 0xFF000000 | GIRQ);
    push_entry(rig, P9X_KVM_XICS_DUMMY);
    g_assert_cmphex(xirr(rig, 0), ==, 0xFF000000);
    g_assert_cmpuint(rig->vcpu[0].pending, ==, 0);
    g_assert_cmpuint(hw_cppr(rig, 0), ==, 0xFF);
    krig_free(rig);
}

/* rows: X18 */
static void test_opening_the_cppr_brings_what_was_held_back(void)
{
    KRig *rig = xics(1);

    set_cppr(rig, 0, 2);
    fire(rig, GIRQ);
    g_assert_false(p9x_tctx_lines(&rig->thread[0]) & P9X_LINE_OS);
    set_cppr(rig, 0, 0xFF);
    g_assert_true(p9x_tctx_lines(&rig->thread[0]) & P9X_LINE_OS);
    g_assert_cmphex(xirr(rig, 0), ==, 0xFF000000 | GIRQ);
    eoi(rig, 0, 0xFF000000 | GIRQ);
    /* Taken over into pending, then held back. */
    fire(rig, GIRQ);
    fire(rig, GIRQ + 1);
    xirr(rig, 0);
    g_assert_cmpuint(rig->vcpu[0].pending, ==, 1 << PRIO);
    set_cppr(rig, 0, 0xFF);
    g_assert_true(p9x_tctx_lines(&rig->thread[0]) & P9X_LINE_OS);
    g_assert_cmphex(xirr(rig, 0), ==, 0xFF000000 | (GIRQ + 1));
    krig_free(rig);
}

/* rows: X19 X20 */
static void test_closing_the_cppr_sends_moved_entries_to_their_new_vcpu(void)
{
    for (unsigned lsi = 0; lsi < 2; lsi++) {
        KRig *rig = xics(2);

        krig_irq(rig, GIRQ)->lsi = lsi;
        fire(rig, GIRQ);
        fire(rig, GIRQ + 1);
        push_entry(rig, 0x5000);
        p9x_xics_set_xive(krig_kvm(rig), GIRQ, 1, PRIO);
        krig_log_clear(rig);
        /* Equal counts as more masking. */
        set_cppr(rig, 0, 0xFF);
        g_assert_cmpuint(rig->nr_ops, ==, 0);
        set_cppr(rig, 0, PRIO);
        /* The IPI behind an LSI is none: it sends again like any other. */
        g_assert_cmphex(rig->op[0].arg, ==, 0xF00);
        g_assert_cmphex(rig->op[1].arg, ==, 0xC00);
        g_assert_cmphex(xirr(rig, 1), ==, 0xFF000000 | GIRQ);
        set_cppr(rig, 0, 0xFF);
        g_assert_cmphex(xirr(rig, 0), ==, 0xFF000000 | (GIRQ + 1));
        krig_free(rig);
    }
}

/* rows: X22 X23 L16 */
static void test_an_eoi_of_nothing_applies_its_cppr_all_the_same(void)
{
    static const struct { uint32_t irq; int64_t rc; } row[] = {
        { 0, 0 }, { P9X_KVM_XICS_IPI, 0 }, { 0x5000, P9X_H_PARAMETER },
        { GIRQ + 2, P9X_H_PARAMETER }, { 0xFFFFFF, P9X_H_PARAMETER }
    };

    for (unsigned again = 0; again < 2; again++) {
        KRig *rig = xics(1);

        for (unsigned i = 0; i < G_N_ELEMENTS(row); i++) {
            set_cppr(rig, 0, 3);
            g_assert_cmpint(eoi(rig, 0, 0x05000000 | row[i].irq), ==,
                            row[i].rc);
            g_assert_cmpuint(rig->vcpu[0].cppr, ==, 5);
            g_assert_cmpuint(hw_cppr(rig, 0), ==, 5);
        }
        krig_free(rig);
    }
}

/* rows: X24 */
static void test_an_eoi_of_a_masked_source_is_noted_only(void)
{
    KRig *rig = xics(1);

    fire(rig, GIRQ);
    xirr(rig, 0);
    p9x_xics_int_off(krig_kvm(rig), GIRQ);
    g_assert_true(krig_irq(rig, GIRQ)->old_p);
    krig_log_clear(rig);
    g_assert_cmpint(eoi(rig, 0, 0xFF000000 | GIRQ), ==, 0);
    g_assert_cmpuint(rig->nr_ops, ==, 0);
    g_assert_false(krig_irq(rig, GIRQ)->old_p);
    p9x_xics_int_on(krig_kvm(rig), GIRQ);
    g_assert_cmpint(krig_ipi_pq(rig, GIRQ), ==, P9X_PQ_00);
    krig_free(rig);
}

/* rows: X25 E10 */
static void test_an_lsi_comes_back_until_its_level_falls(void)
{
    KRig *rig = xics(1);
    uint64_t word = krig_word(0, PRIO) | P9X_KVM_XICS_LEVEL;

    krig_set64(rig, P9X_KVM_XICS_GRP_SOURCES, GIRQ, word);
    fire(rig, GIRQ);
    for (unsigned i = 0; i < 3; i++) {
        g_assert_cmphex(xirr(rig, 0), ==, 0xFF000000 | GIRQ);
        g_assert_cmpint(eoi(rig, 0, 0xFF000000 | GIRQ), ==, 0);
    }
    g_assert_cmphex(xirr(rig, 0), ==, 0xFF000000 | GIRQ);
    p9x_kvm_set_irq(krig_kvm(rig), GIRQ, 0);
    eoi(rig, 0, 0xFF000000 | GIRQ);
    g_assert_cmphex(xirr(rig, 0), ==, 0xFF000000);
    krig_free(rig);
}

/* rows: X26 */
static void test_an_eoi_of_a_passed_through_number_works_the_pts_page(void)
{
    KRig *rig = xics(1);

    krig_map(rig, MSI, GIRQ);
    krig_fire(rig, MSI);
    g_assert_cmphex(xirr(rig, 0), ==, 0xFF000000 | GIRQ);
    krig_log_clear(rig);
    eoi(rig, 0, 0xFF000000 | GIRQ);
    g_assert_cmpuint(rig->nr_ops, ==, 1);
    g_assert_cmpuint(rig->op[0].irq, ==, rig->base + MSI);
    g_assert_cmpint(krig_pt_pq(rig, MSI), ==, P9X_PQ_00);
    krig_free(rig);
}

/* rows: X29 X16 */
static void test_a_poll_of_oneself_changes_nothing(void)
{
    KRig *rig = xics(1);
    P9xKvmVcpu *vcpu = &rig->vcpu[0];
    uint64_t r4;

    vcpu->pending = 1 << PRIO;
    vcpu->queue[PRIO].pending_count = 1;
    krig_hcall(rig, 0, P9X_H_IPOLL, 0, 0, &r4);
    g_assert_cmphex(r4, ==, 0xFF000000);
    g_assert_cmpuint(vcpu->pending, ==, 1 << PRIO);
    g_assert_cmpuint(vcpu->queue[PRIO].pending_count, ==, 1);
    vcpu->pending = 0;
    fire(rig, GIRQ);
    for (unsigned i = 0; i < 2; i++) {
        krig_hcall(rig, 0, P9X_H_IPOLL, 0, 0, &r4);
        g_assert_cmphex(r4, ==, 0xFF000000 | GIRQ);
        g_assert_cmpuint(vcpu->cppr, ==, 0xFF);
        g_assert_cmpuint(vcpu->pending, ==, 0);
        g_assert_cmpuint(vcpu->queue[PRIO].idx, ==, 0);
    }
    g_assert_cmpuint(vcpu->queue[PRIO].pending_count, ==, 1);
    g_assert_cmphex(xirr(rig, 0), ==, 0xFF000000 | GIRQ);
    krig_free(rig);
}

/* rows: X30 L1 */
static void test_a_poll_of_another_answers_the_caller_but_not_on_6_1(void)
{
    for (unsigned quirk = 0; quirk < 2; quirk++) {
        KRig *rig = krig_new(P9X_KVM_XICS, quirk ? P9X_QUIRK_L1 : 0, 2);
        uint64_t args[2] = { 0, 0x77 };

        krig_xics_source(rig, GIRQ, 0);
        fire(rig, GIRQ);
        g_assert_cmpint(p9x_xics_hcall(&rig->vcpu[1], P9X_H_IPOLL, args), ==,
                        0);
        g_assert_cmphex(args[0], ==, quirk ? 0 : 0xFF000000 | GIRQ);
        g_assert_cmphex(args[1], ==, quirk ? 0x77 : 0xFF);
        args[0] = 9;
        g_assert_cmpint(p9x_xics_hcall(&rig->vcpu[1], P9X_H_IPOLL, args), ==,
                        P9X_H_PARAMETER);
        args[0] = UINT64_MAX;
        g_assert_cmpint(p9x_xics_hcall(&rig->vcpu[1], P9X_H_IPOLL, args), ==,
                        P9X_H_PARAMETER);
        args[0] = 1;
        g_assert_cmpint(p9x_xics_hcall(&rig->vcpu[1], P9X_H_IPOLL, args), ==,
                        0);
        g_assert_cmphex(args[0], ==, 0xFF000000);
        krig_free(rig);
    }
}

/* rows: X31 */
static void test_calls_of_a_native_vcpu_are_too_hard(void)
{
    static const unsigned call[] = {
        P9X_H_EOI, P9X_H_CPPR, P9X_H_IPI, P9X_H_IPOLL, P9X_H_XIRR,
        P9X_H_XIRR_X
    };
    KRig *native = krig_new(P9X_KVM_NATIVE, 0, 1), *rig = xics(1);
    uint64_t args[2] = { 0 };

    for (unsigned i = 0; i < G_N_ELEMENTS(call); i++) {
        g_assert_cmpint(p9x_xics_hcall(&native->vcpu[0], call[i], args), ==,
                        P9X_H_TOO_HARD);
    }
    g_assert_cmpint(p9x_xics_hcall(&rig->vcpu[0], 0x4, args), ==,
                    P9X_H_TOO_HARD);
    krig_free(native);
    krig_free(rig);
}

/* rows: X11 X18 */
static void test_a_vcpu_that_is_out_has_no_tima_to_touch(void)
{
    KRig *rig = xics(1);
    uint64_t r4;

    p9x_kvm_pull(&rig->vcpu[0]);
    g_assert_cmphex(xirr(rig, 0), ==, 0xFF000000);
    rig->vcpu[0].pending = 1;
    set_cppr(rig, 0, 0xFF);
    set_cppr(rig, 0, 3);
    set_cppr(rig, 0, 5);
    krig_hcall(rig, 0, P9X_H_IPOLL, 0, 0, &r4);
    g_assert_cmphex(r4, ==, 0x05000000);
    krig_free(rig);
}

/* ---- H_EOI and the switch ---- */

typedef struct Race {
    KRig *rig;
    const char *point;
    bool unmap;
    GThread *thread;
    atomic_bool started;
} Race;

static gpointer eoi_thread(gpointer opaque)
{
    Race *race = opaque;

    atomic_store(&race->started, true);
    eoi(race->rig, 0, 0xFF000000 | GIRQ);
    return NULL;
}

static void eoi_in_the_switch(void *opaque, const char *point, uint32_t girq)
{
    Race *race = opaque;

    if (strcmp(point, race->point)) {
        return;
    }
    race->rig->h.plants.hook = NULL;
    race->thread = g_thread_new("eoi", eoi_thread, race);
    while (!atomic_load(&race->started)) {
        g_thread_yield();
    }
    g_usleep(2000);
}

static void switch_in_the_eoi(void *opaque, const char *point, uint32_t girq)
{
    Race *race = opaque;

    if (!strcmp(point, race->point)) {
        race->rig->h.plants.hook = NULL;
        if (race->unmap) {
            krig_unmap(race->rig, MSI);
        } else {
            krig_map(race->rig, MSI, GIRQ);
        }
    }
}

/* After the race the guest gets each later event. */
static bool still_works(KRig *rig)
{
    while (xirr(rig, 0) & 0xFFFFFF) {
        eoi(rig, 0, 0xFF000000 | GIRQ);
    }
    krig_fire(rig, MSI);
    return (xirr(rig, 0) & 0xFFFFFF) == GIRQ;
}

/* rows: M27 L11 */
static void test_an_eoi_that_waits_for_a_switch_takes_the_new_interrupt(void)
{
    for (unsigned back = 0; back < 2; back++) {
        KRig *rig = xics(1);
        Race race = { .rig = rig, .point = back ? "clr-returned" :
                                           "set-taken" };

        krig_map(rig, MSI, GIRQ);
        if (!back) {
            krig_unmap(rig, MSI);
        }
        krig_fire(rig, MSI);
        g_assert_cmphex(xirr(rig, 0), ==, 0xFF000000 | GIRQ);
        rig->h.plants.hook_opaque = &race;
        rig->h.plants.hook = eoi_in_the_switch;
        if (back) {
            krig_unmap(rig, MSI);
        } else {
            krig_map(rig, MSI, GIRQ);
        }
        g_thread_join(race.thread);
        if (back) {
            g_assert_cmpint(krig_ipi_pq(rig, GIRQ), ==, P9X_PQ_00);
        }
        g_assert_cmpint(krig_pt_pq(rig, MSI), ==, P9X_PQ_00);
        g_assert_cmphex(xirr(rig, 0), ==, 0xFF000000);
        g_assert_true(still_works(rig));
        krig_free(rig);
    }
}

/* rows: M27 L11 */
static void test_an_eoi_that_chose_before_an_unmap_leaves_the_ipi_stuck(void)
{
    KRig *rig = xics(1);
    Race race = { .rig = rig, .point = "eoi-chosen", .unmap = true };

    krig_map(rig, MSI, GIRQ);
    krig_fire(rig, MSI);
    xirr(rig, 0);
    rig->h.plants.bugs = P9X_PLANT_EOI_STALE;
    rig->h.plants.hook_opaque = &race;
    rig->h.plants.hook = switch_in_the_eoi;
    eoi(rig, 0, 0xFF000000 | GIRQ);
    g_assert_cmpint(krig_ipi_pq(rig, GIRQ), ==, P9X_PQ_10);
    rig->h.plants.bugs = 0;
    g_assert_false(still_works(rig));
    krig_free(rig);
}

/* rows: M27 X24 */
static void test_the_planted_eoi_is_an_eoi_when_nothing_races(void)
{
    KRig *rig = xics(1);

    rig->h.plants.bugs = P9X_PLANT_EOI_STALE;
    g_assert_cmpint(eoi(rig, 0, 0xFF000000 | 0x5000), ==, P9X_H_PARAMETER);
    fire(rig, GIRQ);
    xirr(rig, 0);
    g_assert_cmpint(eoi(rig, 0, 0xFF000000 | GIRQ), ==, 0);
    g_assert_cmpint(krig_ipi_pq(rig, GIRQ), ==, P9X_PQ_00);
    fire(rig, GIRQ);
    xirr(rig, 0);
    p9x_xics_int_off(krig_kvm(rig), GIRQ);
    g_assert_cmpint(eoi(rig, 0, 0xFF000000 | GIRQ), ==, 0);
    g_assert_false(krig_irq(rig, GIRQ)->old_p);
    krig_free(rig);
}

static gpointer mask_thread(gpointer opaque)
{
    Race *race = opaque;

    atomic_store(&race->started, true);
    p9x_xics_int_off(krig_kvm(race->rig), GIRQ);
    return NULL;
}

static void mask_in_the_eoi(void *opaque, P9xHostOp op, uint32_t irq,
                            uint64_t arg, uint32_t data)
{
    Race *race = opaque;

    if (race->thread || irq != krig_irq(race->rig, GIRQ)->ipi.hw_irq) {
        return;
    }
    race->thread = g_thread_new("mask", mask_thread, race);
    while (!atomic_load(&race->started)) {
        g_thread_yield();
    }
    g_usleep(2000);
    g_assert_cmpuint(krig_irq(race->rig, GIRQ)->guest_priority, ==, PRIO);
}

/* rows: M26 */
static void test_a_mask_waits_for_an_eoi_under_way(void)
{
    KRig *rig = xics(1);
    Race race = { .rig = rig };

    fire(rig, GIRQ);
    xirr(rig, 0);
    rig->h.plants.op_opaque = &race;
    rig->h.plants.op = mask_in_the_eoi;
    g_assert_cmpint(eoi(rig, 0, 0xFF000000 | GIRQ), ==, 0);
    g_thread_join(race.thread);
    rig->h.plants.op = NULL;
    g_assert_false(krig_irq(rig, GIRQ)->old_p);
    g_assert_cmpuint(krig_irq(rig, GIRQ)->guest_priority, ==, 0xFF);
    p9x_xics_int_on(krig_kvm(rig), GIRQ);
    fire(rig, GIRQ);
    g_assert_cmphex(xirr(rig, 0), ==, 0xFF000000 | GIRQ);
    krig_free(rig);
}

int main(int argc, char **argv)
{
    static const TestRow rows[] = {
        TEST(xirr_returns_the_old_cppr_and_takes_the_priority),
        TEST(xirr_x_adds_the_timebase),
        TEST(an_ipi_wins_over_what_is_not_more_favoured),
        TEST(the_ipis_signal_is_taken_back_when_fetched_only),
        TEST(an_ipi_works_with_a_queue_at_priority_0_too),
        TEST(an_ipi_wants_a_server_and_room_below_its_cppr),
        TEST(dummies_are_skipped_and_an_empty_queue_is_done),
        TEST(opening_the_cppr_brings_what_was_held_back),
        TEST(closing_the_cppr_sends_moved_entries_to_their_new_vcpu),
        TEST(an_eoi_of_nothing_applies_its_cppr_all_the_same),
        TEST(an_eoi_of_a_masked_source_is_noted_only),
        TEST(an_lsi_comes_back_until_its_level_falls),
        TEST(an_eoi_of_a_passed_through_number_works_the_pts_page),
        TEST(a_poll_of_oneself_changes_nothing),
        TEST(a_poll_of_another_answers_the_caller_but_not_on_6_1),
        TEST(calls_of_a_native_vcpu_are_too_hard),
        TEST(a_vcpu_that_is_out_has_no_tima_to_touch),
        TEST(an_eoi_that_waits_for_a_switch_takes_the_new_interrupt),
        TEST(an_eoi_that_chose_before_an_unmap_leaves_the_ipi_stuck),
        TEST(the_planted_eoi_is_an_eoi_when_nothing_races),
        TEST(a_mask_waits_for_an_eoi_under_way),
    };

    return RUN_TESTS(argc, argv, "kvm-hcall", rows);
}
