/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A device's life, its vCPUs and, of the native one, their queues. */
#include "fixture-kvm.h"

enum { GIRQ = 0x30, EISN = 0x4711, PRIO = KRIG_PRIO };

static KRig *nat(unsigned nr_vcpus)
{
    return krig_new(P9X_KVM_NATIVE, 0, nr_vcpus);
}

static int join_vm(KRig *rig, unsigned vcpu, uint32_t server)
{
    return p9x_kvm_connect(krig_kvm(rig), &rig->vcpu[vcpu], server);
}

/* rows: A1 A2 */
static void test_a_vm_has_one_device_at_a_time(void)
{
    KRig *rig = nat(1);

    g_assert_cmpint(p9x_vm_create_device(&rig->vm, &rig->h, P9X_KVM_XICS,
                                         &rig->ports, 0), ==, -EEXIST);
    p9x_vma_unmap(&rig->guest);
    p9x_vm_release_device(&rig->vm);
    g_assert_null(rig->vcpu[0].kvm);
    g_assert_cmpint(p9x_vm_create_device(&rig->vm, &rig->h, P9X_KVM_XICS,
                                         &rig->ports, 0), ==, 0);
    krig_set_servers(rig, 4);
    g_assert_cmpint(join_vm(rig, 0, 0), ==, 0);
    krig_free(rig);
}

/* rows: A4 N11 */
static void test_nr_servers_is_checked_and_fixed_by_the_first_connect(void)
{
    KRig *rig = nat(0);
    P9xKvm *kvm = krig_kvm(rig);

    g_assert_cmpint(p9x_kvm_set_attr(kvm, P9X_KVM_GRP_CTRL,
                                     P9X_KVM_CTRL_NR_SERVERS, NULL), ==,
                    -EFAULT);
    g_assert_cmpint(krig_set_servers(rig, 0), ==, -EINVAL);
    g_assert_cmpint(krig_set_servers(rig, P9X_KVM_MAX_VCPU_IDS + 1), ==,
                    -EINVAL);
    g_assert_cmpint(krig_set_servers(rig, P9X_KVM_MAX_VCPU_IDS), ==, 0);
    g_assert_cmpuint(kvm->nr_servers, ==, P9X_KVM_MAX_VCPUS);
    g_assert_cmpint(krig_set_servers(rig, 5), ==, 0);
    g_assert_cmpuint(kvm->vp_base, ==, 0);
    g_assert_cmpint(join_vm(rig, 0, 0), ==, 0);
    g_assert_cmpuint(kvm->vp_base, !=, 0);
    g_assert_cmpint(krig_set_servers(rig, 5), ==, -EBUSY);
    krig_free(rig);
}

/* rows: N10 */
static void test_vp_numbers_pack_strided_ids(void)
{
    static const struct { uint32_t id, packed; } row[] = {
        { 0, 0 }, { 1, 1 }, { 8, 8 }, { 2048, 4 }, { 2056, 12 }, { 4096, 2 },
        { 6144, 6 }, { 8192, 1 }, { 10240, 5 }, { 12288, 3 }, { 14336, 7 }
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(row); i++) {
        KRig *rig = nat(0);

        g_assert_cmpint(krig_set_servers(rig, 16), ==, 0);
        g_assert_cmpint(join_vm(rig, 0, row[i].id), ==, 0);
        g_assert_cmpuint(rig->vcpu[0].vp - krig_kvm(rig)->vp_base, ==,
                         row[i].packed);
        krig_free(rig);
    }
}

/* rows: A27 */
static void test_connect_errors(void)
{
    KRig *rig = nat(1);

    g_assert_cmpint(join_vm(rig, 0, 1), ==, -EBUSY);
    g_assert_cmpint(join_vm(rig, 1, KRIG_NR_SERVERS), ==, -EINVAL);
    g_assert_cmpint(join_vm(rig, 1, P9X_KVM_MAX_VCPU_IDS), ==, -EINVAL);
    g_assert_cmpint(join_vm(rig, 1, 0), ==, -EEXIST);
    /* Packed, 8192 is 1. */
    g_assert_cmpint(join_vm(rig, 1, 1), ==, 0);
    g_assert_cmpint(join_vm(rig, 2, 8192), ==, -EEXIST);
    p9x_host_inject(&rig->h, P9X_OPAL_GET_VP_INFO, 1, 0, P9X_OPAL_HARDWARE);
    g_assert_cmpint(join_vm(rig, 2, 2), ==, -EIO);
    p9x_host_inject(&rig->h, P9X_OPAL_SET_VP_INFO, 1, 0, P9X_OPAL_HARDWARE);
    g_assert_cmpint(join_vm(rig, 2, 2), ==, -EIO);
    g_assert_cmpuint(krig_kvm(rig)->nr_vcpus, ==, 2);
    g_assert_cmpint(join_vm(rig, 2, 2), ==, 0);
    krig_free(rig);
}

/* rows: A27 */
static void test_connect_without_vps_is_enospc(void)
{
    KRig *rig = nat(0);

    g_assert_cmpint(krig_set_servers(rig, 2048), ==, 0);
    g_assert_cmpint(join_vm(rig, 0, 0), ==, -ENOSPC);
    g_assert_cmpint(krig_set_servers(rig, 4), ==, 0);
    p9x_host_inject(&rig->h, P9X_OPAL_ALLOCATE_VP_BLOCK, 2, 0,
                    P9X_OPAL_RESOURCE);
    g_assert_cmpint(join_vm(rig, 0, 0), ==, -ENOSPC);
    g_assert_cmpint(join_vm(rig, 0, 0), ==, 0);
    krig_free(rig);
}

/* rows: A28 A32 */
static void test_a_vcpu_starts_fully_masked_and_leaves_with_ack_ff(void)
{
    static const uint8_t fresh[8] = { 0, 0, 0, 0, 0xFF, 0, 0, 0 };
    KRig *rig = nat(0);

    g_assert_cmpint(join_vm(rig, 0, 3), ==, 0);
    g_assert_cmpmem(rig->vcpu[0].w01, 8, fresh, 8);
    g_assert_true(rig->vcpu[0].cam_word & P9X_TM_OS_VALID);
    p9x_kvm_push(&rig->vcpu[0], &rig->thread[0]);
    g_assert_true(word2(&rig->thread[0], P9X_RING_OS) & P9X_TM_OS_VALID);
    /* A second push of what runs changes nothing. */
    p9x_kvm_push(&rig->vcpu[0], &rig->thread[1]);
    g_assert_false(word2(&rig->thread[1], P9X_RING_OS) & P9X_TM_OS_VALID);
    rig->thread[0].regs[P9X_TM_RING_SIZE + P9X_TM_LSMFB] = 3;
    rig->thread[0].regs[P9X_TM_RING_SIZE + P9X_TM_ACK_CNT] = 3;
    p9x_kvm_pull(&rig->vcpu[0]);
    p9x_kvm_pull(&rig->vcpu[0]);
    g_assert_cmpuint(rig->vcpu[0].w01[P9X_TM_LSMFB], ==, 0);
    g_assert_cmpuint(rig->vcpu[0].w01[P9X_TM_ACK_CNT], ==, 0xFF);
    krig_free(rig);
}

/* rows: A29 */
static void test_a_vcpu_without_device_is_left_alone(void)
{
    KRig *rig = nat(0);
    uint64_t value[2] = { 0 };
    P9xKvmVcpu *vcpu = &rig->vcpu[0];

    p9x_kvm_push(vcpu, &rig->thread[0]);
    g_assert_null(vcpu->tctx);
    p9x_kvm_disconnect(vcpu);
    g_assert_cmpint(p9x_kvm_get_vp_state(vcpu, value), ==, -ENXIO);
    g_assert_cmpint(p9x_kvm_set_vp_state(vcpu, value), ==, -ENXIO);
    g_assert_cmpint(p9x_xics_get_icp(vcpu, value), ==, -ENXIO);
    g_assert_cmpint(p9x_xics_set_icp(vcpu, 0), ==, -ENOENT);
    g_assert_false(p9x_kvm_runnable(vcpu));
    g_assert_cmpint(p9x_xics_hcall(vcpu, P9X_H_XIRR, value), ==,
                    P9X_H_TOO_HARD);
    krig_free(rig);
}

/* rows: A29 */
static void test_vp_state_errors(void)
{
    KRig *rig = nat(1), *xics = krig_new(P9X_KVM_XICS, 0, 1);
    uint64_t value[2] = { 0 };

    g_assert_cmpint(p9x_kvm_get_vp_state(&xics->vcpu[0], value), ==, -EPERM);
    g_assert_cmpint(p9x_kvm_set_vp_state(&xics->vcpu[0], value), ==, -EPERM);
    g_assert_cmpint(p9x_kvm_set_vp_state(&rig->vcpu[0], value), ==, -EBUSY);
    p9x_host_inject(&rig->h, P9X_OPAL_GET_VP_STATE, 1, 0, P9X_OPAL_HARDWARE);
    g_assert_cmpint(p9x_kvm_get_vp_state(&rig->vcpu[0], value), ==, -EIO);
    krig_free(rig);
    krig_free(xics);
}

static uint8_t byte_of(const uint64_t *value, unsigned n)
{
    return ((const uint8_t *)value)[n];
}

/* rows: A30 A31 A37 */
static void test_an_event_for_a_vcpu_that_is_out_is_kept_and_delivered(void)
{
    KRig *rig = nat(1);
    uint64_t value[2], again[2];

    krig_route(rig, GIRQ, 0, EISN);
    p9x_kvm_pull(&rig->vcpu[0]);
    g_assert_false(p9x_kvm_runnable(&rig->vcpu[0]));
    krig_store(rig, GIRQ, false, 0);
    g_assert_true(p9x_kvm_runnable(&rig->vcpu[0]));
    p9x_host_inject(&rig->h, P9X_OPAL_GET_VP_STATE, 2, 0, 0);
    g_assert_true(p9x_kvm_runnable(&rig->vcpu[0]));
    g_assert_cmpint(p9x_kvm_get_vp_state(&rig->vcpu[0], value), ==, 0);
    g_assert_cmpint(p9x_kvm_get_vp_state(&rig->vcpu[0], again), ==, 0);
    g_assert_cmpmem(value, 16, again, 16);
    g_assert_cmphex(byte_of(value, P9X_TM_IPB), ==, p9x_prio_to_ipb(PRIO));
    g_assert_cmphex(byte_of(value, P9X_TM_CPPR), ==, 0xFF);
    rig->vcpu[0].w01[P9X_TM_CPPR] = PRIO;
    g_assert_false(p9x_kvm_runnable(&rig->vcpu[0]));
    p9x_host_inject(&rig->h, P9X_OPAL_GET_VP_STATE, 0, 0, P9X_OPAL_HARDWARE);
    g_assert_false(p9x_kvm_runnable(&rig->vcpu[0]));
    g_assert_cmpint(p9x_kvm_set_vp_state(&rig->vcpu[0], value), ==, 0);
    p9x_kvm_push(&rig->vcpu[0], &rig->thread[0]);
    g_assert_true(p9x_tctx_lines(&rig->thread[0]) & P9X_LINE_OS);
    assert_ring_invariant(&rig->thread[0]);
    g_assert_cmpuint(krig_take(rig, 0, PRIO), ==, EISN);
    krig_free(rig);
}

/* rows: A27 A36 */
static void test_a_vcpu_that_leaves_silences_its_sources(void)
{
    KRig *rig = nat(3);
    uint32_t hw;

    krig_route(rig, GIRQ, 1, EISN);
    krig_route(rig, GIRQ + 1, 2, EISN);
    krig_map(rig, 0, GIRQ);
    hw = krig_irq(rig, GIRQ)->ipi.hw_irq;
    p9x_kvm_disconnect(&rig->vcpu[1]);
    g_assert_cmpuint(krig_irq(rig, GIRQ)->act_priority, ==, 0xFF);
    g_assert_cmpint(krig_pt_pq(rig, 0), ==, P9X_PQ_01);
    g_assert_cmpuint(krig_get_route(rig, rig->base).prio, ==, 0xFF);
    g_assert_cmpuint(krig_get_route(rig, hw).prio, ==, 0xFF);
    g_assert_cmpuint(krig_irq(rig, GIRQ + 1)->act_priority, ==, PRIO);
    g_assert_false(word2(&rig->thread[1], P9X_RING_OS) & P9X_TM_OS_VALID);
    g_assert_true(p9x_kvm_find_vcpu(krig_kvm(rig), 2) == &rig->vcpu[2]);
    g_assert_null(p9x_kvm_find_vcpu(krig_kvm(rig), 1));
    /* Unmapping a number that has lost its target still works. */
    krig_unmap(rig, 0);
    g_assert_cmpint(join_vm(rig, 1, 1), ==, 0);
    krig_free(rig);
}

/* rows: A36 */
static void test_release_gives_everything_back(void)
{
    KRig *rig = nat(2);
    uint32_t irq, vp;

    for (unsigned i = 0; i < 10; i++) {
        krig_route(rig, GIRQ + i, i & 1, EISN);
    }
    p9x_vma_unmap(&rig->guest);
    p9x_vm_release_device(&rig->vm);
    for (unsigned i = 0; i < KRIG_NR_IPIS; i++) {
        g_assert_cmpint(p9x_opal_allocate_irq(&rig->h, &irq), ==, 0);
        g_assert_cmpint(p9x_source_get_pq(&rig->h.ipi, irq), ==, P9X_PQ_01);
    }
    g_assert_cmpint(p9x_opal_allocate_vp_block(&rig->h, 5, &vp), ==, 0);
    krig_free(rig);
}

/* rows: A15 A16 A17 */
static void test_eq_config_errors_come_in_the_kernels_order(void)
{
    KRig *rig = nat(1);
    P9xKvmEq eq = krig_eq(0, PRIO);

    g_assert_cmpint(krig_set_eq(rig, 9, 7, NULL), ==, -EFAULT);
    g_assert_cmpint(krig_set_eq(rig, 9, 7, &eq), ==, -ENOENT);
    g_assert_cmpint(krig_set_eq(rig, 0, 7, &eq), ==, -EINVAL);
#define REFUSED(field, value)                                               \
    do {                                                                    \
        eq = krig_eq(0, PRIO);                                              \
        eq.field = (value);                                                 \
        g_assert_cmpint(krig_set_eq(rig, 0, PRIO, &eq), ==, -EINVAL);       \
    } while (0)
    REFUSED(flags, 0);
    REFUSED(flags, 3);
    REFUSED(qshift, 12);
    REFUSED(qshift, 21);
    REFUSED(qshift, 24);
    REFUSED(qaddr, krig_queue_addr(0, PRIO) + 0x1000);
    REFUSED(qaddr, HOST_HOLE);
    REFUSED(qaddr, HOST_ROM_BASE);
    REFUSED(qaddr, UINT64_MAX & ~UINT64_C(0xFFFF));
#undef REFUSED
    g_assert_false(rig->vcpu[0].queue[PRIO].has_page);
    eq = (P9xKvmEq) { .flags = 77 };
    g_assert_cmpint(krig_set_eq(rig, 0, PRIO, &eq), ==, 0);
    krig_free(rig);
}

/* rows: A18 A20 A23 */
static void test_a_queue_starts_over_or_where_it_is_told_to(void)
{
    static const struct { uint32_t toggle, index; } row[] = {
        { 1, 0 }, { 0, 7 }, { 1, 9 }, { 0, 0 }
    };
    KRig *rig = nat(1);
    P9xKvmEq eq, got;

    for (unsigned i = 0; i < G_N_ELEMENTS(row); i++) {
        eq = krig_eq(0, PRIO);
        eq.qtoggle = row[i].toggle;
        eq.qindex = row[i].index;
        eq.qaddr = i & 1 ? eq.qaddr : 0;
        g_assert_cmpint(krig_set_eq(rig, 0, PRIO, &eq), ==, 0);
        memset(&got, 0x55, sizeof(got));
        g_assert_cmpint(p9x_kvm_get_attr(krig_kvm(rig),
                                         P9X_KVM_GRP_EQ_CONFIG, PRIO, &got),
                        ==, 0);
        g_assert_cmpmem(&got, sizeof(got), &eq, sizeof(eq));
    }
    krig_free(rig);
}

/* rows: A16 */
static void test_size_0_takes_the_page_away(void)
{
    KRig *rig = nat(1);
    P9xKvmEq eq = { 0 };

    krig_route(rig, GIRQ, 0, EISN);
    g_assert_cmpint(krig_set_eq(rig, 0, PRIO, &eq), ==, 0);
    krig_store(rig, GIRQ, false, 0);
    g_assert_cmphex(host_load32(&rig->host, krig_queue_addr(0, PRIO)), ==, 0);
    g_assert_cmpint(krig_config(rig, GIRQ, 0, PRIO, EISN + 1), ==, -EBUSY);
    p9x_host_inject(&rig->h, P9X_OPAL_SET_QUEUE_INFO, 1, 0,
                    P9X_OPAL_HARDWARE);
    g_assert_cmpint(krig_set_eq(rig, 0, PRIO, &eq), ==, -EIO);
    krig_free(rig);
}

/* rows: A19 */
static void test_opals_refusal_of_a_queue_leaves_none(void)
{
    static const P9xOpalCall call[] = {
        P9X_OPAL_SET_QUEUE_INFO, P9X_OPAL_SET_QUEUE_STATE
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(call); i++) {
        KRig *rig = nat(1);
        P9xKvmEq eq = krig_eq(0, PRIO);
        uint32_t toggle, index;

        krig_queue(rig, 0, PRIO);
        eq.qindex = 5;
        p9x_host_inject(&rig->h, call[i], 1, 0, P9X_OPAL_HARDWARE);
        g_assert_cmpint(krig_set_eq(rig, 0, PRIO, &eq), ==, -EIO);
        g_assert_false(rig->vcpu[0].queue[PRIO].has_page);
        g_assert_cmpint(p9x_opal_get_queue_state(&rig->h, rig->vcpu[0].vp,
                                                 PRIO, &toggle, &index), ==,
                        P9X_OPAL_WRONG_STATE);
        krig_free(rig);
    }
}

/* rows: A22 L17 */
static void test_reading_no_queue_says_so_but_not_on_6_1(void)
{
    for (unsigned quirk = 0; quirk < 2; quirk++) {
        KRig *rig = krig_new(P9X_KVM_NATIVE, quirk ? P9X_QUIRK_L17 : 0, 1);
        P9xKvmEq eq, zero = { 0 }, poison;

        memset(&poison, 0x55, sizeof(poison));
        eq = poison;
        g_assert_cmpint(p9x_kvm_get_attr(krig_kvm(rig),
                                         P9X_KVM_GRP_EQ_CONFIG, PRIO, &eq),
                        ==, 0);
        g_assert_cmpmem(&eq, sizeof(eq), quirk ? &poison : &zero, sizeof(eq));
        g_assert_cmpint(p9x_kvm_get_attr(krig_kvm(rig),
                                         P9X_KVM_GRP_EQ_CONFIG, PRIO, NULL),
                        ==, 0);
        krig_free(rig);
    }
}

/* rows: A23 */
static void test_reading_a_queue_fails_as_the_kernel_does(void)
{
    KRig *rig = nat(1);
    P9xKvm *kvm = krig_kvm(rig);
    unsigned group = P9X_KVM_GRP_EQ_CONFIG;
    P9xKvmEq eq;

    krig_queue(rig, 0, PRIO);
    g_assert_cmpint(p9x_kvm_get_attr(kvm, group, 9 << 3, &eq), ==, -ENOENT);
    g_assert_cmpint(p9x_kvm_get_attr(kvm, group, 7, &eq), ==, -EINVAL);
    g_assert_cmpint(p9x_kvm_get_attr(kvm, group, PRIO, NULL), ==, -EFAULT);
    p9x_host_inject(&rig->h, P9X_OPAL_GET_QUEUE_INFO, 1, 0,
                    P9X_OPAL_HARDWARE);
    g_assert_cmpint(p9x_kvm_get_attr(kvm, group, PRIO, &eq), ==, -EIO);
    p9x_host_inject(&rig->h, P9X_OPAL_GET_QUEUE_STATE, 1, 0,
                    P9X_OPAL_HARDWARE);
    g_assert_cmpint(p9x_kvm_get_attr(kvm, group, PRIO, &eq), ==, -EIO);
    g_assert_cmpint(p9x_kvm_get_attr(kvm, group, PRIO, &eq), ==, 0);
    krig_free(rig);
}

/* rows: T15 A18 */
static void test_a_queue_wraps_and_flips_its_generation(void)
{
    KRig *rig = nat(1);

    krig_route(rig, GIRQ, 0, EISN);
    for (unsigned i = 0; i < 2 * 16384 + 1; i++) {
        krig_store(rig, GIRQ, false, 0);
        g_assert_cmpuint(krig_take(rig, 0, PRIO), ==, EISN);
        krig_eoi(rig, GIRQ);
    }
    g_assert_cmpuint(rig->at[0][PRIO].idx, ==, 1);
    krig_free(rig);
}

int main(int argc, char **argv)
{
    static const TestRow rows[] = {
        TEST(a_vm_has_one_device_at_a_time),
        TEST(nr_servers_is_checked_and_fixed_by_the_first_connect),
        TEST(vp_numbers_pack_strided_ids),
        TEST(connect_errors),
        TEST(connect_without_vps_is_enospc),
        TEST(a_vcpu_starts_fully_masked_and_leaves_with_ack_ff),
        TEST(a_vcpu_without_device_is_left_alone),
        TEST(vp_state_errors),
        TEST(an_event_for_a_vcpu_that_is_out_is_kept_and_delivered),
        TEST(a_vcpu_that_leaves_silences_its_sources),
        TEST(release_gives_everything_back),
        TEST(eq_config_errors_come_in_the_kernels_order),
        TEST(a_queue_starts_over_or_where_it_is_told_to),
        TEST(size_0_takes_the_page_away),
        TEST(opals_refusal_of_a_queue_leaves_none),
        TEST(reading_no_queue_says_so_but_not_on_6_1),
        TEST(reading_a_queue_fails_as_the_kernel_does),
        TEST(a_queue_wraps_and_flips_its_generation),
    };

    return RUN_TESTS(argc, argv, "kvm-vcpu", rows);
}
