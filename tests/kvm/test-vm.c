/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Eventfds, irqbypass, and the debug table. */
#include "fixture-kvm.h"

enum { GIRQ = 0x20, EISN = 0x4711, PRIO = KRIG_PRIO };

static KRig *nat(void)
{
    KRig *rig = krig_new(P9X_KVM_NATIVE, 0, 1);

    krig_route(rig, GIRQ, 0, EISN);
    return rig;
}

static bool is_pt(KRig *rig)
{
    return krig_irq(rig, GIRQ)->pt;
}

/* rows: V1 V2 */
static void test_either_side_may_come_first_and_either_may_leave(void)
{
    KRig *rig = nat();
    P9xHostIrq *irq = krig_request(rig, 0);
    const void *fd = &rig->msi[0];

    g_assert_cmpint(p9x_vm_irqfd(&rig->vm, fd, GIRQ), ==, 0);
    g_assert_false(is_pt(rig));
    g_assert_cmpint(p9x_vm_add_producer(&rig->vm, fd, irq), ==, 0);
    g_assert_true(is_pt(rig));
    g_assert_cmpint(p9x_vm_del_producer(&rig->vm, fd), ==, 0);
    g_assert_false(is_pt(rig));
    g_assert_cmpint(p9x_vm_irqfd_deassign(&rig->vm, fd), ==, 0);

    g_assert_cmpint(p9x_vm_add_producer(&rig->vm, fd, irq), ==, 0);
    g_assert_false(is_pt(rig));
    g_assert_cmpint(p9x_vm_irqfd(&rig->vm, fd, GIRQ), ==, 0);
    g_assert_true(is_pt(rig));
    g_assert_cmpint(p9x_vm_irqfd_deassign(&rig->vm, fd), ==, 0);
    g_assert_false(is_pt(rig));
    g_assert_cmpint(p9x_vm_del_producer(&rig->vm, fd), ==, 0);
    /* Leaving twice is nothing. */
    g_assert_cmpint(p9x_vm_del_producer(&rig->vm, fd), ==, 0);
    g_assert_cmpint(p9x_vm_irqfd_deassign(&rig->vm, fd), ==, 0);
    g_assert_cmpuint(atomic_load(&krig_kvm(rig)->stats.maps), ==, 2);
    g_assert_cmpuint(atomic_load(&krig_kvm(rig)->stats.unmaps), ==, 2);
    krig_free(rig);
}

/* rows: V3 */
static void test_without_bypass_events_take_the_eventfd(void)
{
    KRig *rig = nat();
    P9xHostIrq *irq = krig_request(rig, 0);

    p9x_vm_set_bypass(&rig->vm, false);
    p9x_vm_irqfd(&rig->vm, &rig->msi[0], GIRQ);
    g_assert_cmpint(p9x_vm_set_passthru(&rig->vm, irq, GIRQ), ==, 1);
    g_assert_cmpint(p9x_vm_clr_passthru(&rig->vm, irq, GIRQ), ==, 0);
    p9x_vm_add_producer(&rig->vm, &rig->msi[0], irq);
    g_assert_false(is_pt(rig));
    krig_fire(rig, 0);
    g_assert_cmpuint(krig_take_all(rig, 0, PRIO), ==, 1);
    g_assert_cmpuint(irq->taken, ==, 1);
    krig_free(rig);
}

static void no_event(void *opaque)
{
    g_assert_not_reached();
}

/* rows: V4 M33 */
static void test_what_is_no_bridges_msi_is_refused(void)
{
    KRig *rig = nat();
    P9xHostIrq irq;
    uint32_t ipi, hw[2];

    g_assert_cmpint(p9x_opal_allocate_irq(&rig->h, &ipi), ==, 0);
    hw[0] = ipi;
    hw[1] = rig->base + p9x_phb4_lsi(&rig->phb, 2);
    for (unsigned i = 0; i < 2; i++) {
        g_assert_cmpint(p9x_host_request_irq(&rig->h, &irq, hw[i], 900 + i,
                                             no_event, NULL), ==, 0);
        g_assert_cmpint(p9x_vm_set_passthru(&rig->vm, &irq, GIRQ), ==,
                        -ENOENT);
        g_assert_false(is_pt(rig));
        p9x_host_free_irq(&rig->h, &irq);
    }
    g_assert_cmpint(p9x_vm_set_passthru(&rig->vm, NULL, GIRQ), ==, -EIO);
    g_assert_cmpint(p9x_vm_clr_passthru(&rig->vm, NULL, GIRQ), ==, -EIO);
    krig_free(rig);
}

/* rows: V5 M25 */
static void test_a_number_is_mapped_once_and_entries_are_used_again(void)
{
    KRig *rig = nat();
    P9xHostIrq *irq = krig_request(rig, 0);

    g_assert_cmpint(p9x_vm_clr_passthru(&rig->vm, irq, GIRQ), ==, 0);
    for (unsigned i = 0; i < 2 * P9X_VM_MAX_PASSTHRU; i++) {
        g_assert_cmpint(p9x_vm_set_passthru(&rig->vm, irq, GIRQ), ==, 0);
        g_assert_cmpint(p9x_vm_set_passthru(&rig->vm, irq, GIRQ), ==,
                        -EINVAL);
        g_assert_cmpint(p9x_vm_clr_passthru(&rig->vm, irq, GIRQ), ==, 0);
        g_assert_cmpint(p9x_vm_clr_passthru(&rig->vm, irq, GIRQ), ==,
                        -ENODEV);
    }
    g_assert_cmpuint(rig->vm.nr_passthru, ==, 1);
    for (unsigned i = 0; i < P9X_VM_MAX_PASSTHRU; i++) {
        rig->vm.passthru[i] = (P9xPassthru) { 0x1000 + i, irq };
    }
    rig->vm.nr_passthru = P9X_VM_MAX_PASSTHRU;
    g_assert_cmpint(p9x_vm_set_passthru(&rig->vm, irq, GIRQ), ==, -EAGAIN);
    rig->vm.passthru[700].irq = NULL;
    g_assert_cmpint(p9x_vm_set_passthru(&rig->vm, irq, GIRQ), ==, 0);
    g_assert_cmpuint(rig->vm.passthru[700].girq, ==, GIRQ);
    krig_free(rig);
}

/* rows: V6 L3 L4 */
static void test_a_failed_map_is_reported_as_done_and_cleared_safely(void)
{
    KRig *rig = nat();
    P9xHostIrq *irq = krig_request(rig, 0);
    const void *fd = &rig->msi[0];

    p9x_vm_irqfd(&rig->vm, fd, GIRQ + 1);
    g_assert_cmpint(p9x_vm_add_producer(&rig->vm, fd, irq), ==, 0);
    g_assert_true(((P9xVmProducer *)rig->vm.producers->pdata[0])->joined);
    g_assert_null(rig->vm.passthru[0].irq);
    krig_set_ipi_pq(rig, GIRQ, P9X_PQ_10);
    g_assert_cmpint(p9x_kvm_clr_mapped(krig_kvm(rig), GIRQ, irq), ==, 0);
    g_assert_cmpint(p9x_kvm_clr_mapped(krig_kvm(rig), GIRQ, NULL), ==, 0);
    g_assert_cmpint(krig_ipi_pq(rig, GIRQ), ==, P9X_PQ_10);
    g_assert_cmpint(p9x_vm_clr_passthru(&rig->vm, irq, GIRQ + 1), ==, -ENODEV);
    g_assert_cmpint(p9x_vm_del_producer(&rig->vm, fd), ==, 0);
    g_assert_cmpuint(rig->vm.producers->len, ==, 0);
    g_assert_cmpint(p9x_vm_irqfd_deassign(&rig->vm, fd), ==, 0);
    krig_free(rig);
}

/* rows: M22 L2 */
static void test_a_producer_that_could_not_leave_stays_and_may_try_again(void)
{
    KRig *rig = nat();
    const void *fd = &rig->msi[0];

    krig_map(rig, 0, GIRQ);
    p9x_host_inject(&rig->h, P9X_OPAL_SET_IRQ_CONFIG, 0, 0,
                    P9X_OPAL_HARDWARE);
    g_assert_cmpint(p9x_vm_del_producer(&rig->vm, fd), ==,
                    P9X_OPAL_HARDWARE);
    g_assert_true(is_pt(rig));
    p9x_host_inject(&rig->h, P9X_OPAL_SYNC, 0, 1, P9X_OPAL_HARDWARE);
    g_assert_cmpint(p9x_vm_irqfd_deassign(&rig->vm, fd), ==,
                    P9X_OPAL_HARDWARE);
    krig_fire(rig, 0);
    g_assert_cmpuint(krig_take_all(rig, 0, PRIO), ==, 1);
    g_assert_cmpint(p9x_vm_irqfd_deassign(&rig->vm, fd), ==, 0);
    g_assert_false(is_pt(rig));
    krig_free(rig);
}

/* rows: V7 */
static void test_reprogramming_a_vector_unmaps_frees_requests_maps(void)
{
    KRig *rig = nat();

    krig_map(rig, 0, GIRQ);
    for (unsigned i = 0; i < 3; i++) {
        krig_unmap(rig, 0);
        p9x_host_free_irq(&rig->h, &rig->msi[0].irq);
        rig->msi[0].requested = false;
        krig_request(rig, 0);
        krig_fire(rig, 0);
        g_assert_cmpuint(krig_take_all(rig, 0, PRIO), ==, 1);
        krig_eoi(rig, GIRQ);
        krig_map(rig, 0, GIRQ);
        krig_fire(rig, 0);
        g_assert_cmpuint(krig_take_all(rig, 0, PRIO), ==, 1);
        krig_eoi(rig, GIRQ);
    }
    krig_free(rig);
}

/* rows: V8 */
static void test_irqfds_want_a_device_and_their_own_eventfd(void)
{
    KRig *rig = krig_new_host();
    P9xHostIrq *irq = krig_request(rig, 0);
    const void *fd = &rig->msi[0];

    g_assert_cmpint(p9x_vm_irqfd(&rig->vm, fd, GIRQ), ==, -EAGAIN);
    p9x_vm_create_device(&rig->vm, &rig->h, P9X_KVM_NATIVE, &rig->ports, 0);
    g_assert_cmpint(p9x_vm_irqfd(&rig->vm, fd, GIRQ), ==, 0);
    g_assert_cmpint(p9x_vm_irqfd(&rig->vm, fd, GIRQ + 1), ==, -EBUSY);
    g_assert_cmpint(p9x_vm_add_producer(&rig->vm, fd, irq), ==, 0);
    g_assert_cmpint(p9x_vm_add_producer(&rig->vm, fd, irq), ==, -EBUSY);
    /* An eventfd that belongs to no interrupt. */
    p9x_vm_signal(&rig->vm, rig);
    krig_free(rig);
}

/* rows: M32 L13 */
static void test_releasing_the_device_silences_the_pt_but_leaves_its_owner(
    void)
{
    KRig *rig = nat();
    P9xHostIrq *irq;

    krig_map(rig, 0, GIRQ);
    irq = &rig->msi[0].irq;
    /* Without target, no vCPU's end turns it off. */
    g_assert_cmpint(krig_set64(rig, P9X_KVM_GRP_SOURCE_CONFIG, GIRQ,
                               P9X_KVM_CFG_MASKED), ==, 0);
    p9x_vma_unmap(&rig->guest);
    p9x_vm_release_device(&rig->vm);
    g_assert_cmpint(krig_pt_pq(rig, 0), ==, P9X_PQ_01);
    g_assert_cmpuint(krig_get_route(rig, rig->base).prio, ==, 0xFF);
    g_assert_cmpint(p9x_kvm_clr_mapped(NULL, GIRQ, irq), ==, -ENODEV);
    g_assert_cmpint(p9x_kvm_set_mapped(NULL, GIRQ, irq), ==, -ENODEV);
    g_assert_nonnull(irq->info.eoi.source);
    g_assert_cmpint(p9x_vm_del_producer(&rig->vm, &rig->msi[0]), ==, 0);
    p9x_vm_signal(&rig->vm, &rig->msi[0]);
    p9x_host_free_irq(&rig->h, irq);
    rig->msi[0].requested = false;
    krig_request(rig, 0);
    g_assert_false(irq->forwarded);
    krig_free(rig);
}

/* rows: G6 B10 */
static void test_the_host_counts_nothing_while_passed_through(void)
{
    KRig *rig = nat();

    krig_map(rig, 0, GIRQ);
    for (unsigned i = 0; i < 10; i++) {
        krig_fire(rig, 0);
        g_assert_cmpuint(krig_take_all(rig, 0, PRIO), ==, 1);
        krig_eoi(rig, GIRQ);
    }
    g_assert_cmpuint(rig->msi[0].irq.taken, ==, 0);
    p9x_host_inject(&rig->h, P9X_OPAL_SET_IRQ_CONFIG, 5, 9, 0);
    krig_unmap(rig, 0);
    g_assert_cmpuint(krig_get_route(rig, rig->base).data, ==, KRIG_LIRQ);
    krig_fire(rig, 0);
    g_assert_cmpuint(rig->msi[0].irq.taken, ==, 1);
    krig_free(rig);
}

static char *print(KRig *rig)
{
    GString *s = g_string_new(NULL);

    p9x_kvm_print(krig_kvm(rig), s);
    return g_string_free(s, FALSE);
}

static void assert_row(KRig *rig, const char *regex)
{
    g_autofree char *text = print(rig);

    if (!g_regex_match_simple(regex, text, G_REGEX_MULTILINE, 0)) {
        g_test_message("%s", text);
        g_test_fail_printf("no row like %s", regex);
    }
}

/* rows: G1 N8 */
static void test_the_row_changes_to_pt_with_the_hosts_number_and_back(void)
{
    KRig *rig = nat();
    uint32_t ipi = krig_irq(rig, GIRQ)->ipi.hw_irq;
    g_autofree char *as_ipi = g_strdup_printf(
        "^00000020  %08x/00  MSI IPI  --  00004711      0/6$", ipi);
    g_autofree char *as_pt = g_strdup_printf(
        "^00000020  %08x/00  MSI  PT  --  00004711      0/6$", rig->base);

    assert_row(rig, as_ipi);
    krig_map(rig, 0, GIRQ);
    assert_row(rig, as_pt);
    krig_unmap(rig, 0);
    assert_row(rig, as_ipi);
    krig_free(rig);
}

/* rows: G2 G3 N5 */
static void test_looking_changes_nothing_and_shows_pq_and_level(void)
{
    static const char *const pq[] = { "--", "-Q", "P-", "PQ" };
    KRig *rig = nat();

    krig_source(rig, 0x1300, 0);
    assert_row(rig, "^00001300  [0-9a-f]{8}/00  MSI IPI  -Q  00000000 "
               "     0/255$");
    krig_source(rig, 0x21, P9X_KVM_SRC_LEVEL);
    krig_source(rig, 0x22, P9X_KVM_SRC_LEVEL | P9X_KVM_SRC_ASSERTED);
    assert_row(rig, "^00000021  [0-9a-f]{8}/00  LSI IPI ");
    assert_row(rig, "^00000022  [0-9a-f]{8}/00 \\^LSI IPI ");
    for (unsigned i = 0; i < 4; i++) {
        g_autofree char *want = g_strdup_printf("MSI IPI  %s  00004711",
                                                pq[i]);

        krig_set_ipi_pq(rig, GIRQ, (P9xPq)i);
        assert_row(rig, want);
        g_assert_cmpint(krig_ipi_pq(rig, GIRQ), ==, i);
    }
    krig_map(rig, 0, GIRQ);
    p9x_phb4_source_fence(&rig->phb, true);
    assert_row(rig, " PT  PQ  ");
    p9x_phb4_source_fence(&rig->phb, false);
    krig_free(rig);
}

/* rows: G4 */
static void test_headers_differ_by_device(void)
{
    KRig *rig = nat(), *xics = krig_new(P9X_KVM_XICS, 0, 2);
    uint64_t r4;

    p9x_kvm_pull(&rig->vcpu[0]);
    assert_row(rig, "^VCPU 0: VP=0x[0-9a-f]+/00\n    NSR=00 CPPR=ff IBP=00 "
               "PIPR=ff w01=00ff0000ff0000ff w2=80[0-9a-f]{6}$");
    assert_row(rig, "^    q\\[6\\]: T=0 00000000 00000000\\.\\.\\.$");
    krig_xics_source(xics, 0x20, 0);
    krig_hcall(xics, 0, P9X_H_XIRR, 0, 0, &r4);
    krig_hcall(xics, 1, P9X_H_XIRR_X, 0, 0, &r4);
    assert_row(xics, "^VCPU 1: VP:0x[0-9a-f]+/00\n    CPPR:0xff HWCPPR:0xff "
               "MFRR:0xff PEND:0 h_xirr: R=0 V=1$");
    assert_row(xics, "^Hcalls totals\n H_XIRR  R=         0 V=         2\n"
               " H_IPOLL R=         0 V=         0\n H_CPPR");
    krig_free(rig);
    krig_free(xics);
}

int main(int argc, char **argv)
{
    static const TestRow rows[] = {
        TEST(either_side_may_come_first_and_either_may_leave),
        TEST(without_bypass_events_take_the_eventfd),
        TEST(what_is_no_bridges_msi_is_refused),
        TEST(a_number_is_mapped_once_and_entries_are_used_again),
        TEST(a_failed_map_is_reported_as_done_and_cleared_safely),
        TEST(a_producer_that_could_not_leave_stays_and_may_try_again),
        TEST(reprogramming_a_vector_unmaps_frees_requests_maps),
        TEST(irqfds_want_a_device_and_their_own_eventfd),
        TEST(releasing_the_device_silences_the_pt_but_leaves_its_owner),
        TEST(the_host_counts_nothing_while_passed_through),
        TEST(the_row_changes_to_pt_with_the_hosts_number_and_back),
        TEST(looking_changes_nothing_and_shows_pq_and_level),
        TEST(headers_differ_by_device),
    };

    return RUN_TESTS(argc, argv, "kvm-vm", rows);
}
