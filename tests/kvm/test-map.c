/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The guest's pages: faults, zaps, mappings. */
#include "fixture-kvm.h"

enum { GIRQ = 0x20, EISN = 0x4711, PRIO = KRIG_PRIO };

static KRig *nat(unsigned quirks)
{
    KRig *rig = krig_new(P9X_KVM_NATIVE, quirks, 1);

    krig_route(rig, GIRQ, 0, EISN);
    return rig;
}

static bool present(const P9xEsbVma *vma, uint64_t pgoff)
{
    return vma->slot[pgoff - vma->pgoff].present;
}

/* Puts in both pages of @girq. */
static void touch(KRig *rig, uint32_t girq)
{
    krig_load(rig, girq, false, P9X_ESB_GET);
    krig_load(rig, girq, true, P9X_ESB_GET);
}

typedef struct ZapRow {
    unsigned plant;
    bool gone[6];           /* both pages of GIRQ - 2, GIRQ, GIRQ + 1 */
} ZapRow;

/* rows: F1 */
static void test_a_zap_takes_the_two_pages_of_its_number_only(void)
{
    static const ZapRow row[] = {
        { 0, { false, false, true, true, false, false } },
        { P9X_PLANT_ZAP_OFFSET, { true, true, false, false, false, false } },
        { P9X_PLANT_NO_ZAP, { false } }
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(row); i++) {
        static const uint32_t girq[] = { GIRQ - 2, GIRQ, GIRQ + 1 };
        KRig *rig = nat(row[i].plant);

        for (unsigned n = 0; n < 3; n++) {
            krig_source(rig, girq[n], 0);
            touch(rig, girq[n]);
        }
        krig_map(rig, 0, GIRQ);
        for (unsigned n = 0; n < 6; n++) {
            g_assert_cmpint(present(&rig->guest, 4 + 2ull * girq[n / 2] +
                                    n % 2), ==, !row[i].gone[n]);
        }
        krig_free(rig);
    }
}

/* rows: F2 */
static void test_the_timas_pages_survive_zaps_of_numbers_0_and_1(void)
{
    KRig *rig = nat(0);
    P9xEsbVma tima;

    g_assert_cmpint(p9x_vma_map(&tima, krig_kvm(rig), 0, 4), ==, 0);
    krig_add_vma(rig, &tima);
    for (unsigned page = 0; page < 4; page++) {
        tima.slot[page].present = true;
    }
    for (uint32_t girq = 0; girq < 2; girq++) {
        g_assert_cmpint(p9x_kvm_reset_mapped(krig_kvm(rig), girq), ==, 0);
    }
    for (unsigned page = 0; page < 4; page++) {
        g_assert_true(tima.slot[page].present);
    }
    p9x_vma_unmap(&tima);
    krig_free(rig);
}

/* rows: F3 F4 */
static void test_no_zap_without_mapping_or_number(void)
{
    KRig *rig = krig_new_host();

    p9x_vm_create_device(&rig->vm, &rig->h, P9X_KVM_NATIVE, &rig->ports, 0);
    g_assert_cmpint(p9x_kvm_reset_mapped(krig_kvm(rig), 5), ==, 0);
    g_assert_cmpuint(rig->zaps, ==, 0);
    g_assert_cmpint(p9x_kvm_mmap(krig_kvm(rig), 0, 1), ==, 0);
    g_assert_cmpint(p9x_kvm_reset_mapped(krig_kvm(rig), P9X_KVM_NR_IRQS), ==,
                    -EINVAL);
    g_assert_cmpuint(rig->zaps, ==, 0);
    g_assert_cmpint(p9x_kvm_reset_mapped(krig_kvm(rig), P9X_KVM_NR_IRQS - 1),
                    ==, 0);
    g_assert_cmpuint(rig->zaps, ==, 1);
    g_assert_cmpuint(rig->zap_first, ==, 4 + 2 * (P9X_KVM_NR_IRQS - 1));
    g_assert_cmpuint(rig->zap_count, ==, 2);
    rig->ports.zap = NULL;
    g_assert_cmpint(p9x_kvm_reset_mapped(krig_kvm(rig), 5), ==, 0);
    krig_free(rig);
}

/* rows: F5 F6 */
static void test_every_mapping_faults_again(void)
{
    KRig *rig = nat(0);
    P9xEsbVma second;
    uint64_t value;

    g_assert_cmpint(p9x_vma_map(&second, krig_kvm(rig), 4, 128), ==, 0);
    krig_add_vma(rig, &second);
    touch(rig, GIRQ);
    for (unsigned odd = 0; odd < 2; odd++) {
        g_assert_true(p9x_vma_load(&second, (2ull * GIRQ + odd) << 16 | 0x800,
                                   8, &value));
    }
    krig_map(rig, 0, GIRQ);
    for (unsigned odd = 0; odd < 2; odd++) {
        g_assert_false(present(&second, 4 + 2ull * GIRQ + odd));
        g_assert_true(p9x_vma_load(&second, (2ull * GIRQ + odd) << 16 | 0x800,
                                   8, &value));
        g_assert_true(second.slot[2 * GIRQ + odd].page.source ==
                      &rig->phb.source);
    }
    p9x_vma_unmap(&second);
    krig_free(rig);
}

/* rows: F7 F16 E7 */
static void test_an_ipi_has_a_trigger_page_and_a_management_page(void)
{
    static const uint64_t offset[] = { 0, 0x400, 0x800, 0xC00, 0xFFF8 };
    KRig *rig = nat(0);

    for (unsigned i = 0; i < G_N_ELEMENTS(offset); i++) {
        g_assert_cmphex(krig_load(rig, GIRQ, false, offset[i]), ==,
                        UINT64_MAX);
        g_assert_cmpint(krig_ipi_pq(rig, GIRQ), ==, P9X_PQ_00);
        krig_store(rig, GIRQ, false, offset[i]);
        g_assert_cmpuint(krig_take(rig, 0, PRIO), ==, EISN);
        g_assert_cmpuint(krig_load(rig, GIRQ, true, 0), ==, 0);
    }
    g_assert_false(rig->guest.slot[2 * GIRQ].page.mgmt);
    g_assert_true(rig->guest.slot[2 * GIRQ + 1].page.mgmt);
    krig_free(rig);
}

/* rows: F8 */
static void test_a_passed_through_number_has_one_page_twice(void)
{
    KRig *rig = nat(0);

    krig_map(rig, 3, GIRQ);
    touch(rig, GIRQ);
    for (unsigned odd = 0; odd < 2; odd++) {
        const P9xEsbPage *page = &rig->guest.slot[2 * GIRQ + odd].page;

        g_assert_true(page->source == &rig->phb.source && page->mgmt);
        g_assert_cmpuint(page->srcno, ==, 3);
    }
    krig_fire(rig, 3);
    g_assert_cmpint(krig_pt_pq(rig, 3), ==, P9X_PQ_10);
    krig_load(rig, GIRQ, false, 0);
    g_assert_cmpint(krig_pt_pq(rig, 3), ==, P9X_PQ_00);
    krig_free(rig);
}

/* rows: F9 */
static void test_a_pt_without_trigger_page_has_no_even_page(void)
{
    KRig *rig = nat(0);
    uint64_t value;

    krig_map(rig, 0, GIRQ);
    rig->msi[0].irq.info.trig.source = NULL;
    g_assert_false(p9x_vma_load(&rig->guest, 2ull * GIRQ << 16, 8, &value));
    g_assert_false(p9x_vma_store(&rig->guest, 2ull * GIRQ << 16, 8, 0));
    g_assert_true(p9x_vma_load(&rig->guest, (2ull * GIRQ + 1) << 16, 8,
                               &value));
    krig_free(rig);
}

/* rows: F1 F10 */
static void test_a_page_that_is_not_there_is_put_in_by_faults_only(void)
{
    KRig *rig = nat(0);
    uint64_t at = 2ull * GIRQ << 16, faults, value;

    p9x_vma_zap(&rig->guest, 4 + 2 * GIRQ, 2);
    faults = krig_kvm(rig)->stats.faults;
    g_assert_false(p9x_vma_load_present(&rig->guest, at + 0x10000, 8, &value));
    g_assert_false(p9x_vma_store_present(&rig->guest, at, 8, 0));
    g_assert_false(p9x_vma_load_present(&rig->guest, UINT64_MAX, 8, &value));
    g_assert_cmpuint(krig_kvm(rig)->stats.faults, ==, faults);
    krig_store(rig, GIRQ, false, 0);
    g_assert_cmpuint(krig_take(rig, 0, PRIO), ==, EISN);
    krig_load(rig, GIRQ, true, 0);
    g_assert_true(p9x_vma_store_present(&rig->guest, at, 8, 0));
    g_assert_cmpuint(krig_take(rig, 0, PRIO), ==, EISN);
    g_assert_true(p9x_vma_load_present(&rig->guest, at + 0x10800, 8, &value));
    g_assert_cmpuint(value, ==, P9X_PQ_10);
    krig_free(rig);
}

/* rows: F10 */
static void test_a_detached_mapping_has_no_pages_until_it_is_attached(void)
{
    KRig *rig = nat(0), *xics = krig_new(P9X_KVM_XICS, 0, 1);
    P9xKvm *kvm = krig_kvm(rig);
    uint64_t value;

    krig_load(rig, GIRQ, true, 0x800);
    p9x_vma_detach(&rig->guest);
    g_assert_false(p9x_vma_load(&rig->guest, 2ull * GIRQ << 16, 8, &value));
    g_assert_false(p9x_vma_load_present(&rig->guest, (2ull * GIRQ + 1) << 16,
                                        8, &value));
    g_assert_cmpint(p9x_vma_attach(&rig->guest, krig_kvm(xics)), ==, -ENODEV);
    g_assert_null(rig->guest.kvm);
    g_assert_cmpint(p9x_vma_attach(&rig->guest, kvm), ==, 0);
    krig_store(rig, GIRQ, false, 0);
    g_assert_cmpuint(krig_take(rig, 0, PRIO), ==, EISN);
    krig_free(rig);
    krig_free(xics);
}

static void no_insert(void *opaque, const P9xEsbPage *page)
{
    g_assert_not_reached();
}

/* rows: F10 */
static void test_numbers_not_in_use_are_sigbus(void)
{
    KRig *rig = nat(0);
    P9xKvm *kvm = krig_kvm(rig);
    static const uint64_t pgoff[] = {
        4 + 2 * (GIRQ + 1), 4 + 2 * 0x1300, 4 + 2ull * P9X_KVM_NR_IRQS,
        UINT64_MAX
    };
    uint64_t value;

    for (unsigned i = 0; i < G_N_ELEMENTS(pgoff); i++) {
        g_assert_cmpint(p9x_kvm_fault(kvm, pgoff[i], no_insert, NULL), ==,
                        P9X_FAULT_SIGBUS);
    }
    g_assert_false(p9x_vma_load(&rig->guest, (uint64_t)rig->guest.pages << 16,
                                8, &value));
    kvm->host->plants.bugs = P9X_PLANT_SELECT_EARLY;
    g_assert_cmpint(p9x_kvm_fault(kvm, pgoff[0], no_insert, NULL), ==,
                    P9X_FAULT_SIGBUS);
    krig_free(rig);
}

typedef struct Racer {
    KRig *rig;
    GThread *thread;
    atomic_bool started;
    uint64_t value;
} Racer;

static gpointer race_load(gpointer opaque)
{
    Racer *r = opaque;

    atomic_store(&r->started, true);
    r->value = krig_load(r->rig, GIRQ, true, P9X_ESB_GET);
    return NULL;
}

static void fault_in_the_switch(void *opaque, const char *point,
                                uint32_t girq)
{
    Racer *r = opaque;

    if (strcmp(point, "set-taken")) {
        return;
    }
    r->thread = g_thread_new("fault", race_load, r);
    while (!atomic_load(&r->started)) {
        g_thread_yield();
    }
    g_usleep(2000);
}

/* rows: F11 L10 */
static void test_a_fault_in_the_middle_of_a_map_gets_the_pts_page(void)
{
    KRig *rig = nat(0);
    Racer r = { .rig = rig };

    touch(rig, GIRQ);
    rig->h.plants.hook = fault_in_the_switch;
    rig->h.plants.hook_opaque = &r;
    krig_map(rig, 0, GIRQ);
    g_thread_join(r.thread);
    g_assert_true(rig->guest.slot[2 * GIRQ + 1].page.source ==
                  &rig->phb.source);
    rig->h.plants.hook = NULL;
    krig_free(rig);
}

static void map_in_the_fault(void *opaque, const char *point, uint32_t girq)
{
    KRig *rig = opaque;

    if (!strcmp(point, "fault-chosen")) {
        rig->h.plants.hook = NULL;
        krig_map(rig, 0, GIRQ);
    }
}

/* rows: F11 L10 */
static void test_a_fault_that_chooses_early_leaves_a_stale_page(void)
{
    KRig *rig = nat(0);

    p9x_vma_zap(&rig->guest, 4, 2 * KRIG_VMA_IRQS);
    rig->h.plants.bugs = P9X_PLANT_SELECT_EARLY;
    rig->h.plants.hook = map_in_the_fault;
    rig->h.plants.hook_opaque = rig;
    touch(rig, GIRQ);
    g_assert_true(rig->guest.slot[2 * GIRQ].page.source == &rig->h.ipi);
    krig_free(rig);
}

/* rows: F12 M25 */
static void test_pages_follow_the_live_interrupt_there_and_back(void)
{
    KRig *rig = nat(0);

    for (unsigned i = 0; i < 3; i++) {
        touch(rig, GIRQ);
        g_assert_true(rig->guest.slot[2 * GIRQ].page.source == &rig->h.ipi);
        krig_map(rig, 0, GIRQ);
        touch(rig, GIRQ);
        g_assert_true(rig->guest.slot[2 * GIRQ].page.source ==
                      &rig->phb.source);
        krig_unmap(rig, 0);
    }
    g_assert_cmpuint(rig->zaps, ==, 6);
    g_assert_cmpuint(atomic_load(&krig_kvm(rig)->stats.maps), ==, 3);
    g_assert_cmpuint(atomic_load(&krig_kvm(rig)->stats.unmaps), ==, 3);
    g_assert_cmpuint(atomic_load(&krig_kvm(rig)->stats.zaps), ==, 6);
    g_assert_cmpuint(atomic_load(&krig_kvm(rig)->stats.faults), ==, 12);
    krig_free(rig);
}

/* rows: F13 */
static void test_the_tima_shows_its_os_page_only(void)
{
    KRig *rig = nat(0);

    for (unsigned page = 0; page < 4; page++) {
        g_assert_cmpint(p9x_kvm_fault(krig_kvm(rig), page, no_insert, NULL),
                        ==, page == 2 ? P9X_FAULT_TIMA : P9X_FAULT_SIGBUS);
    }
    krig_free(rig);
}

/* rows: F14 F15 */
static void test_mmap_checks_offset_and_length(void)
{
    static const struct { uint64_t pgoff, pages; int rc; } row[] = {
        { 0, 1, 0 }, { 0, 4, 0 }, { 0, 5, -EINVAL }, { 1, 1, -EINVAL },
        { 2, 1, -EINVAL }, { 4, 2, 0 }, { 4, 2 * P9X_KVM_NR_IRQS, 0 },
        { 4, 2 * P9X_KVM_NR_IRQS + 1, -EINVAL }, { 5, 1, -EINVAL },
        { UINT64_MAX, 1, -EINVAL }
    };
    KRig *rig = nat(0), *xics = krig_new(P9X_KVM_XICS, 0, 1);
    P9xEsbVma vma;

    for (unsigned i = 0; i < G_N_ELEMENTS(row); i++) {
        g_assert_cmpint(p9x_kvm_mmap(krig_kvm(rig), row[i].pgoff,
                                     row[i].pages), ==, row[i].rc);
    }
    g_assert_cmpint(p9x_vma_map(&vma, krig_kvm(xics), 4, 2), ==, -ENODEV);
    krig_free(rig);
    krig_free(xics);
}

/* rows: S11.11-7 */
static void test_a_zap_of_a_neighbours_page_only_costs_a_fault(void)
{
    KRig *rig = nat(0);

    touch(rig, GIRQ);
    p9x_vma_zap(&rig->guest, 4 + 2 * GIRQ, 2);
    krig_store(rig, GIRQ, false, 0);
    g_assert_cmpuint(krig_take(rig, 0, PRIO), ==, EISN);
    krig_free(rig);
}

int main(int argc, char **argv)
{
    static const TestRow rows[] = {
        TEST(a_zap_takes_the_two_pages_of_its_number_only),
        TEST(the_timas_pages_survive_zaps_of_numbers_0_and_1),
        TEST(no_zap_without_mapping_or_number),
        TEST(every_mapping_faults_again),
        TEST(an_ipi_has_a_trigger_page_and_a_management_page),
        TEST(a_passed_through_number_has_one_page_twice),
        TEST(a_pt_without_trigger_page_has_no_even_page),
        TEST(a_page_that_is_not_there_is_put_in_by_faults_only),
        TEST(a_detached_mapping_has_no_pages_until_it_is_attached),
        TEST(numbers_not_in_use_are_sigbus),
        TEST(a_fault_in_the_middle_of_a_map_gets_the_pts_page),
        TEST(a_fault_that_chooses_early_leaves_a_stale_page),
        TEST(pages_follow_the_live_interrupt_there_and_back),
        TEST(the_tima_shows_its_os_page_only),
        TEST(mmap_checks_offset_and_length),
        TEST(a_zap_of_a_neighbours_page_only_costs_a_fault),
    };

    return RUN_TESTS(argc, argv, "kvm-map", rows);
}
