/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Conditions that only matter beside another one: each shown by itself. */
#include "fixture-kvm.h"
#include "xive/ppc/spapr.h"

enum { GIRQ = 0x1300, EISN = 0x4711, PRIO = KRIG_PRIO, MSI = 2 };

static KRig *xics(unsigned nr_vcpus)
{
    KRig *rig = krig_new(P9X_KVM_XICS, 0, nr_vcpus);

    krig_xics_source(rig, GIRQ, 0);
    return rig;
}

static int set_word(KRig *rig, uint64_t girq, uint64_t word)
{
    return krig_set64(rig, P9X_KVM_XICS_GRP_SOURCES, girq, word);
}

static uint64_t get_word(KRig *rig, uint64_t girq)
{
    uint64_t word;

    g_assert_cmpint(p9x_kvm_get_attr(krig_kvm(rig), P9X_KVM_XICS_GRP_SOURCES,
                                     girq, &word), ==, 0);
    return word;
}

static uint32_t xirr(KRig *rig, unsigned vcpu)
{
    uint64_t r4;

    g_assert_cmpint(krig_hcall(rig, vcpu, P9X_H_XIRR, 0, 0, &r4), ==, 0);
    return r4 & 0xFFFFFF;
}

/* What a guest writes into its own queue in the place of an entry. */
static void write_entry(KRig *rig, unsigned vcpu, uint8_t prio, unsigned n,
                        uint32_t entry)
{
    const P9xKvmQueue *q = &rig->vcpu[vcpu].queue[prio];

    host_store32(&rig->host, q->qpage + 4 * n, entry);
}

static void test_a_number_takes_messages_if_it_is_valid_and_no_level(void)
{
    KRig *rig = krig_new(P9X_KVM_NATIVE, 0, 1);
    P9xKvm *kvm = krig_kvm(rig);

    krig_source(rig, 3, 0);
    krig_source(rig, 4, P9X_KVM_SRC_LEVEL);
    g_assert_true(p9x_kvm_takes_msi(kvm, 3));
    g_assert_false(p9x_kvm_takes_msi(kvm, 4));
    g_assert_false(p9x_kvm_takes_msi(kvm, 5));              /* not valid */
    g_assert_false(p9x_kvm_takes_msi(kvm, 0x4000));         /* no block */
    g_assert_false(p9x_kvm_takes_msi(kvm, P9X_KVM_NR_IRQS));
    krig_free(rig);
}

static void test_no_device_has_counted_nothing(void)
{
    P9xKvmCounts counts = p9x_kvm_counts(NULL);

    g_assert_cmpuint(counts.faults + counts.zaps + counts.maps +
                     counts.unmaps, ==, 0);
}

static unsigned steps;

static void count_step(void *host, const char *point, uint32_t girq)
{
    steps++;
}

static void test_a_switch_tells_its_steps_to_who_wants_them(void)
{
    KRig *rig = krig_new(P9X_KVM_NATIVE, 0, 1);

    krig_route(rig, 3, 0, EISN);
    krig_request(rig, MSI);
    krig_map(rig, MSI, 3);
    g_assert_cmpuint(steps, ==, 0);
    rig->ports.step = count_step;
    krig_unmap(rig, MSI);
    g_assert_cmpuint(steps, ==, 2);
    krig_map(rig, MSI, 3);
    g_assert_cmpuint(steps, ==, 4);
    krig_free(rig);
}

/* The planted bug of a mask that doesn't wait. */
static void test_a_mask_waits_for_events_unless_that_is_planted(void)
{
    for (unsigned planted = 0; planted < 2; planted++) {
        KRig *rig = krig_new(P9X_KVM_XICS, planted ? P9X_PLANT_NO_SYNC : 0, 1);
        unsigned syncs = 0;

        krig_xics_source(rig, GIRQ, 0);
        krig_log_clear(rig);
        g_assert_cmpint(p9x_xics_int_off(krig_kvm(rig), GIRQ), ==, 0);
        for (unsigned i = 0; i < atomic_load(&rig->nr_ops); i++) {
            syncs += rig->op[i].op == P9X_HOST_OP_SYNC_EAS;
        }
        g_assert_cmpint(syncs == 0, ==, planted);
        krig_free(rig);
    }
}

static void test_a_vcpu_that_runs_is_not_pushed_twice(void)
{
    KRig *rig = krig_new(P9X_KVM_NATIVE, 0, 1);
    P9xKvmVcpu *vcpu = &rig->vcpu[0];
    P9xTctx *tctx = vcpu->tctx;

    g_assert_nonnull(tctx);
    p9x_kvm_push(vcpu, NULL);
    g_assert_true(vcpu->tctx == tctx);
    p9x_kvm_pull(vcpu);
    g_assert_null(vcpu->tctx);
    p9x_kvm_push(vcpu, tctx);
    g_assert_true(vcpu->tctx == tctx);
    krig_free(rig);
}

/* Linux's occupancy never goes down (quirk L9): also not by a reset. */
static void test_a_reset_frees_slots_but_for_the_quirk(void)
{
    for (unsigned quirk = 0; quirk < 2; quirk++) {
        KRig *rig = krig_new(P9X_KVM_NATIVE, quirk ? P9X_QUIRK_L9 : 0, 1);
        P9xKvmQueue *q = &rig->vcpu[0].queue[PRIO];
        unsigned count;

        krig_route(rig, 3, 0, EISN);
        count = atomic_load(&q->count);
        g_assert_cmpuint(count, >, 0);
        /* Once more to the same place takes a slot only with the quirk. */
        g_assert_cmpint(krig_config(rig, 3, 0, PRIO, EISN + 1), ==, 0);
        g_assert_cmpuint(atomic_load(&q->count), ==, count + quirk);
        g_assert_cmpint(krig_set64(rig, P9X_KVM_GRP_CTRL, P9X_KVM_CTRL_RESET,
                                   0), ==, 0);
        g_assert_cmpint(atomic_load(&q->count) > 0, ==, quirk);
        krig_free(rig);
    }
}

/* ---- the XICS device ---- */

static bool no_read(void *host, uint64_t addr, void *buf, uint64_t len)
{
    return false;
}

static void test_a_queue_that_cant_be_read_is_empty(void)
{
    KRig *rig = xics(1);

    g_assert_cmpint(p9x_kvm_set_irq(krig_kvm(rig), GIRQ, 1), ==, 0);
    rig->host.ports.mem_read = no_read;
    g_assert_cmpuint(xirr(rig, 0), ==, 0);
    krig_free(rig);
}

static void test_a_word_without_a_page_for_its_queue_leaves_it_masked(void)
{
    KRig *rig = krig_new(P9X_KVM_XICS, 0, 1);

    rig->pages_left = 0;
    g_assert_cmpint(set_word(rig, GIRQ, krig_word(0, PRIO)), ==, 0);
    g_assert_cmpuint(krig_irq(rig, GIRQ)->act_priority, ==, P9X_PRIO_MASKED);
    rig->pages_left = KRIG_MAX_PAGES;
    g_assert_cmpint(set_word(rig, GIRQ, krig_word(0, PRIO)), ==, 0);
    g_assert_cmpuint(krig_irq(rig, GIRQ)->act_priority, ==, PRIO);
    krig_free(rig);
}

/* What comes while a source is masked is in its word, without quirk L20. */
static void test_a_masked_word_has_the_event_that_came_since(void)
{
    for (unsigned quirk = 0; quirk < 2; quirk++) {
        KRig *rig = krig_new(P9X_KVM_XICS, quirk ? P9X_QUIRK_L20 : 0, 1);

        krig_xics_source(rig, GIRQ, 0);
        g_assert_cmpint(p9x_xics_int_off(krig_kvm(rig), GIRQ), ==, 0);
        g_assert_cmpint(p9x_kvm_set_irq(krig_kvm(rig), GIRQ, 1), ==, 0);
        g_assert_cmpint(!!(get_word(rig, GIRQ) & P9X_KVM_XICS_QUEUED), ==,
                        !quirk);
        krig_free(rig);
    }
}

/* A guest's queue may hold anything; a picture of it takes what is real. */
static void test_a_picture_skips_entries_that_name_no_source(void)
{
    static const uint32_t odd[] = {
        P9X_KVM_XICS_IPI, P9X_KVM_XICS_DUMMY, 0x7FFFFFFF, 0x80000,
        GIRQ + 1                        /* of the block, but not valid */
    };
    KRig *rig = xics(2);
    unsigned n;

    for (n = 0; n < G_N_ELEMENTS(odd); n++) {
        write_entry(rig, 0, PRIO, n, 0x80000000 | odd[n]);
    }
    write_entry(rig, 0, PRIO, n, 0x80000000 | GIRQ);
    g_assert_true(get_word(rig, GIRQ) & P9X_KVM_XICS_PENDING);
    krig_free(rig);
}

/* H_CPPR to 0 sends queued entries of moved sources after these. */
static void test_a_lower_cppr_takes_only_moved_sources_out_of_a_queue(void)
{
    static const uint32_t odd[] = { P9X_KVM_XICS_IPI, GIRQ + 1, 0x80000 };
    KRig *rig = xics(2);
    uint64_t r4;

    g_assert_cmpint(p9x_kvm_set_irq(krig_kvm(rig), GIRQ, 1), ==, 0);
    for (unsigned n = 0; n < G_N_ELEMENTS(odd); n++) {
        write_entry(rig, 0, PRIO, n + 1, 0x80000000 | odd[n]);
    }
    g_assert_cmpint(p9x_xics_set_xive(krig_kvm(rig), GIRQ, 1, PRIO), ==, 0);
    g_assert_cmpint(krig_hcall(rig, 0, P9X_H_CPPR, 0, 0, &r4), ==, 0);
    g_assert_cmpuint(xirr(rig, 1), ==, GIRQ);
    for (unsigned n = 0; n < G_N_ELEMENTS(odd); n++) {
        g_assert_cmphex(host_load32(&rig->host, rig->vcpu[0].queue[PRIO].qpage
                                    + 4 * (n + 1)), ==, 0x80000000 | odd[n]);
    }
    krig_free(rig);
}

static void test_another_priority_on_the_same_server_is_another_queue(void)
{
    KRig *rig = xics(1);

    g_assert_cmpint(p9x_xics_set_xive(krig_kvm(rig), GIRQ, 0, 3), ==, 0);
    g_assert_cmpuint(krig_irq(rig, GIRQ)->act_priority, ==, 3);
    g_assert_cmpint(p9x_xics_set_xive(krig_kvm(rig), GIRQ, 0, 3), ==, 0);
    g_assert_cmpint(p9x_kvm_set_irq(krig_kvm(rig), GIRQ, 1), ==, 0);
    g_assert_cmpuint(xirr(rig, 0), ==, GIRQ);
    g_assert_cmpuint(rig->vcpu[0].cppr, ==, 3);
    krig_free(rig);
}

/* ---- the host below ---- */

static void test_firmware_that_is_busy_is_asked_again(void)
{
    KRig *rig = krig_new_host();

    p9x_host_inject(&rig->h, P9X_OPAL_GET_IRQ_INFO, 2, 0, 0);
    krig_request(rig, MSI);
    krig_fire(rig, MSI);
    g_assert_cmpuint(rig->msi[MSI].irq.taken, ==, 1);
    krig_free(rig);
}

static void test_each_of_two_host_interrupts_finds_its_handler(void)
{
    KRig *rig = krig_new_host();

    krig_request(rig, MSI);
    krig_request(rig, MSI + 1);
    for (unsigned n = 0; n < 3; n++) {
        krig_fire(rig, MSI);
    }
    krig_fire(rig, MSI + 1);
    g_assert_cmpuint(rig->msi[MSI].irq.taken, ==, 3);
    g_assert_cmpuint(rig->msi[MSI + 1].irq.taken, ==, 1);
    krig_free(rig);
}

/* A level of the bridge has one page, and nothing that triggers it. */
static void test_a_level_of_a_bridge_has_no_trigger_page(void)
{
    KRig *rig = krig_new_host();
    uint32_t lsi = P9X_PHB4_SMALL_SOURCES - 8;
    P9xIrqInfo info;

    g_assert_cmpint(p9x_opal_get_irq_info(&rig->h, rig->base + lsi, &info),
                    ==, 0);
    g_assert_cmphex(info.flags & P9X_OPAL_IRQ_LSI, ==, P9X_OPAL_IRQ_LSI);
    g_assert_null(info.trig.source);
    g_assert_cmpint(p9x_opal_get_irq_info(&rig->h, rig->base, &info), ==, 0);
    g_assert_nonnull(info.trig.source);
    krig_free(rig);
}

int main(int argc, char **argv)
{
    static const TestRow tests[] = {
        TEST(a_number_takes_messages_if_it_is_valid_and_no_level),
        TEST(no_device_has_counted_nothing),
        TEST(a_switch_tells_its_steps_to_who_wants_them),
        TEST(a_mask_waits_for_events_unless_that_is_planted),
        TEST(a_vcpu_that_runs_is_not_pushed_twice),
        TEST(a_reset_frees_slots_but_for_the_quirk),
        TEST(a_queue_that_cant_be_read_is_empty),
        TEST(a_word_without_a_page_for_its_queue_leaves_it_masked),
        TEST(a_masked_word_has_the_event_that_came_since),
        TEST(a_picture_skips_entries_that_name_no_source),
        TEST(a_lower_cppr_takes_only_moved_sources_out_of_a_queue),
        TEST(another_priority_on_the_same_server_is_another_queue),
        TEST(firmware_that_is_busy_is_asked_again),
        TEST(each_of_two_host_interrupts_finds_its_handler),
        TEST(a_level_of_a_bridge_has_no_trigger_page),
    };

    return RUN_TESTS(argc, argv, "kvm-corners", tests);
}
