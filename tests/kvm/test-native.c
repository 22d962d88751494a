/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The native device's attributes: sources, configuration, reset. */
#include "fixture-kvm.h"

enum { GIRQ = 0x30, EISN = 0x4711, PRIO = KRIG_PRIO };

static KRig *nat(unsigned nr_vcpus)
{
    return krig_new(P9X_KVM_NATIVE, 0, nr_vcpus);
}

static int ctrl(KRig *rig, uint64_t attr)
{
    return p9x_kvm_set_attr(krig_kvm(rig), P9X_KVM_GRP_CTRL, attr, NULL);
}

static int sync_source(KRig *rig, uint64_t girq)
{
    return p9x_kvm_set_attr(krig_kvm(rig), P9X_KVM_GRP_SOURCE_SYNC, girq,
                            NULL);
}

/* rows: N1 N2 */
static void test_a_block_makes_its_numbers_found_but_not_valid(void)
{
    KRig *rig = nat(1);

    g_assert_cmpint(sync_source(rig, 5000), ==, -ENOENT);
    krig_source(rig, 0x1300, 0);
    g_assert_cmpint(sync_source(rig, 0x1300), ==, 0);
    g_assert_cmpint(sync_source(rig, 0x1301), ==, -EINVAL);
    g_assert_cmpint(sync_source(rig, 0x1800), ==, -ENOENT);
    g_assert_cmpint(sync_source(rig, UINT64_C(0x100001300)), ==, -ENOENT);
    g_assert_null(p9x_kvm_block(krig_kvm(rig), 0x1400));
    g_assert_cmpuint(p9x_kvm_block(krig_kvm(rig), 0x1300)->id, ==, 4);
    krig_free(rig);
}

/* rows: N3 A3 */
static void test_numbers_end_at_0x100000(void)
{
    KRig *rig = nat(1);
    P9xKvm *kvm = krig_kvm(rig);
    uint64_t zero = 0;

    g_assert_cmpint(krig_set64(rig, P9X_KVM_GRP_SOURCE, 0xFFFFF, 0), ==, 0);
    g_assert_cmpint(krig_set64(rig, P9X_KVM_GRP_SOURCE, 0x100000, 0), ==,
                    -E2BIG);
    g_assert_cmpint(p9x_kvm_set_attr(kvm, P9X_KVM_GRP_SOURCE, UINT64_MAX,
                                     &zero), ==, -E2BIG);
    g_assert_cmpint(krig_config(rig, 0x100000, 0, PRIO, 1), ==, -ENOENT);
    krig_free(rig);
}

typedef struct AttrRow {
    unsigned group;
    uint64_t attr;
    int has;
} AttrRow;

/* rows: A3 */
static void test_has_attr_knows_groups_and_ranges(void)
{
    static const AttrRow row[] = {
        { P9X_KVM_GRP_CTRL, 0, -ENXIO }, { P9X_KVM_GRP_CTRL, 1, 0 },
        { P9X_KVM_GRP_CTRL, 2, 0 }, { P9X_KVM_GRP_CTRL, 3, 0 },
        { P9X_KVM_GRP_CTRL, 4, -ENXIO },
        { P9X_KVM_GRP_SOURCE, 0xFFFFF, 0 },
        { P9X_KVM_GRP_SOURCE, 0x100000, -ENXIO },
        { P9X_KVM_GRP_SOURCE_CONFIG, 0, 0 },
        { P9X_KVM_GRP_SOURCE_CONFIG, 0x100000, -ENXIO },
        { P9X_KVM_GRP_SOURCE_SYNC, 0xFFFFF, 0 },
        { P9X_KVM_GRP_SOURCE_SYNC, 0x100000, -ENXIO },
        { P9X_KVM_GRP_EQ_CONFIG, UINT64_MAX, 0 },
        { 0, 0, -ENXIO }, { 6, 0, -ENXIO }
    };
    KRig *rig = nat(0);
    P9xKvm *kvm = krig_kvm(rig);
    P9xKvmEq eq;

    for (unsigned i = 0; i < G_N_ELEMENTS(row); i++) {
        g_assert_cmpint(p9x_kvm_has_attr(kvm, row[i].group, row[i].attr), ==,
                        row[i].has);
    }
    for (unsigned group = 0; group < 7; group++) {
        if (group != P9X_KVM_GRP_EQ_CONFIG) {
            g_assert_cmpint(p9x_kvm_get_attr(kvm, group, 1, &eq), ==, -ENXIO);
        }
    }
    g_assert_cmpint(p9x_kvm_set_attr(kvm, 6, 0, &eq), ==, -ENXIO);
    g_assert_cmpint(ctrl(rig, 9), ==, -ENXIO);
    krig_free(rig);
}

/* rows: N5 N6 A5 */
static void test_a_source_starts_off_and_untargeted_and_keeps_its_ipi(void)
{
    KRig *rig = nat(1);
    P9xKvmIrq *irq;
    uint32_t hw;

    krig_source(rig, GIRQ, 0);
    irq = krig_irq(rig, GIRQ);
    hw = irq->ipi.hw_irq;
    g_assert_cmpuint(irq->act_server, ==, 0);
    g_assert_cmpuint(irq->act_priority, ==, 0xFF);
    g_assert_cmpuint(irq->guest_priority, ==, 0xFF);
    g_assert_cmpuint(irq->eisn, ==, 0);
    g_assert_null(irq->pt);
    g_assert_cmpint(krig_ipi_pq(rig, GIRQ), ==, P9X_PQ_01);
    g_assert_cmpuint(krig_get_route(rig, hw).prio, ==, 0xFF);

    krig_route(rig, GIRQ, 0, EISN);
    g_assert_cmpuint(rig->vcpu[0].queue[PRIO].count, ==, 1);
    krig_source(rig, GIRQ, 0);
    g_assert_cmpuint(rig->vcpu[0].queue[PRIO].count, ==, 0);
    g_assert_cmpuint(irq->ipi.hw_irq, ==, hw);
    g_assert_cmpuint(irq->act_priority, ==, 0xFF);
    g_assert_cmpint(krig_ipi_pq(rig, GIRQ), ==, P9X_PQ_01);
    g_assert_cmpuint(krig_kvm(rig)->src_count, ==, 1);
    /* Not reset, as on Linux. */
    g_assert_cmpuint(irq->eisn, ==, EISN);
    krig_free(rig);
}

/* rows: A5 N7 */
static void test_source_errors_come_in_the_kernels_order(void)
{
    KRig *rig = nat(0);
    P9xKvm *kvm = krig_kvm(rig);

    g_assert_cmpint(p9x_kvm_set_attr(kvm, P9X_KVM_GRP_SOURCE, 0x100000,
                                     NULL), ==, -E2BIG);
    p9x_host_inject(&rig->h, P9X_OPAL_ALLOCATE_IRQ, 0, 0, P9X_OPAL_RESOURCE);
    g_assert_cmpint(p9x_kvm_set_attr(kvm, P9X_KVM_GRP_SOURCE, GIRQ, NULL), ==,
                    -EFAULT);
    g_assert_cmpint(krig_set64(rig, P9X_KVM_GRP_SOURCE, GIRQ, 0), ==, -ENXIO);
    g_assert_false(krig_irq(rig, GIRQ)->valid);
    p9x_host_inject(&rig->h, P9X_OPAL_GET_IRQ_INFO, 2, 0, P9X_OPAL_HARDWARE);
    p9x_host_inject(&rig->h, P9X_OPAL_FREE_IRQ, 2, 0, 0);
    g_assert_cmpint(krig_set64(rig, P9X_KVM_GRP_SOURCE, GIRQ, 0), ==, -ENXIO);
    g_assert_false(krig_irq(rig, GIRQ)->valid);
    /* The IPI whose description failed went back. */
    krig_source(rig, GIRQ, 0);
    g_assert_cmpuint(krig_irq(rig, GIRQ)->ipi.hw_irq, ==, P9X_HOST_FIRST_IPI);
    krig_free(rig);
}

/* rows: A6 */
static void test_level_and_assertion_of_a_source_stick(void)
{
    KRig *rig = nat(0);

    krig_source(rig, GIRQ, P9X_KVM_SRC_LEVEL | P9X_KVM_SRC_ASSERTED);
    krig_source(rig, GIRQ, P9X_KVM_SRC_LEVEL);
    krig_source(rig, GIRQ, 0);
    g_assert_true(krig_irq(rig, GIRQ)->lsi);
    g_assert_true(krig_irq(rig, GIRQ)->asserted);
    krig_source(rig, GIRQ + 1, P9X_KVM_SRC_ASSERTED);
    g_assert_false(krig_irq(rig, GIRQ + 1)->asserted);
    krig_free(rig);
}

/* rows: A7 A8 */
static void test_source_config_errors_come_in_the_kernels_order(void)
{
    KRig *rig = nat(1);
    P9xKvm *kvm = krig_kvm(rig);
    unsigned group = P9X_KVM_GRP_SOURCE_CONFIG;
    P9xKvmIrq *irq;

    g_assert_cmpint(p9x_kvm_set_attr(kvm, group, GIRQ, NULL), ==, -ENOENT);
    krig_source(rig, GIRQ, 0);
    g_assert_cmpint(p9x_kvm_set_attr(kvm, group, GIRQ + 1, NULL), ==,
                    -EINVAL);
    g_assert_cmpint(p9x_kvm_set_attr(kvm, group, GIRQ, NULL), ==, -EFAULT);
    g_assert_cmpint(krig_config(rig, GIRQ, 0, 7, EISN), ==, -EINVAL);
    krig_log_clear(rig);
    g_assert_cmpint(krig_config(rig, GIRQ, 5, PRIO, EISN), ==, -EINVAL);
    g_assert_cmpint(krig_config(rig, GIRQ, 0, PRIO, EISN), ==, -EBUSY);
    irq = krig_irq(rig, GIRQ);
    g_assert_cmpuint(irq->act_priority, ==, 0xFF);
    g_assert_cmpuint(irq->eisn, ==, 0);
    g_assert_cmpuint(rig->nr_ops, ==, 0);
    krig_free(rig);
}

/* rows: A9 */
static void test_a_server_without_queue_is_replaced_by_one_that_has_it(void)
{
    KRig *rig = nat(3);

    krig_source(rig, GIRQ, 0);
    krig_queue(rig, 2, PRIO);
    g_assert_cmpint(krig_config(rig, GIRQ, 1, PRIO, EISN), ==, 0);
    g_assert_cmpuint(krig_irq(rig, GIRQ)->act_server, ==, 2);
    g_assert_cmpint(krig_config(rig, GIRQ, 1, PRIO - 1, EISN), ==, -EBUSY);
    rig->vcpu[2].valid = false;
    g_assert_cmpint(krig_config(rig, GIRQ, 1, PRIO, EISN + 1), ==, -EBUSY);
    krig_free(rig);
}

/* rows: A10 */
static void test_a_full_queue_sends_sources_elsewhere(void)
{
    KRig *rig = nat(2);

    krig_source(rig, GIRQ, 0);
    krig_source(rig, GIRQ + 1, 0);
    krig_queue(rig, 0, PRIO);
    krig_queue(rig, 1, PRIO);
    g_assert_cmpint(krig_config(rig, GIRQ, 0, PRIO, EISN), ==, 0);
    rig->vcpu[0].queue[PRIO].count = 16382;
    g_assert_cmpint(krig_config(rig, GIRQ + 1, 0, PRIO, 1), ==, 0);
    g_assert_cmpuint(krig_irq(rig, GIRQ + 1)->act_server, ==, 1);
    /* The one that is counted there may stay. */
    g_assert_cmpint(krig_config(rig, GIRQ, 0, PRIO, EISN + 1), ==, 0);
    g_assert_cmpuint(krig_irq(rig, GIRQ)->act_server, ==, 0);
    rig->vcpu[1].queue[PRIO].count = 16382;
    krig_source(rig, GIRQ + 2, 0);
    g_assert_cmpint(krig_config(rig, GIRQ + 2, 0, PRIO, 1), ==, -EBUSY);
    krig_free(rig);
}

/* rows: A10 L9 */
static void test_occupancy_falls_again_but_not_on_6_1(void)
{
    for (unsigned quirks = 0; quirks < 2; quirks++) {
        KRig *rig = krig_new(P9X_KVM_NATIVE, quirks ? P9X_QUIRK_L9 : 0, 2);

        krig_source(rig, GIRQ, 0);
        krig_queue(rig, 0, PRIO);
        krig_queue(rig, 1, PRIO);
        for (unsigned i = 0; i < 100; i++) {
            g_assert_cmpint(krig_config(rig, GIRQ, i & 1, PRIO, EISN), ==, 0);
        }
        g_assert_cmpuint(rig->vcpu[0].queue[PRIO].count, ==, quirks * 50);
        g_assert_cmpuint(rig->vcpu[1].queue[PRIO].count, ==,
                         quirks ? 50 : 1);
        krig_free(rig);
    }
}

/* rows: A11 */
static void test_the_same_tuple_again_programs_nothing(void)
{
    KRig *rig = nat(1);

    krig_route(rig, GIRQ, 0, EISN);
    g_assert_cmpint(krig_config(rig, GIRQ, 0, PRIO, EISN), ==, 0);
    g_assert_cmpint(krig_set64(rig, P9X_KVM_GRP_SOURCE_CONFIG, GIRQ,
                               krig_config_word(0, PRIO, EISN) |
                               P9X_KVM_CFG_MASKED), ==, 0);
    g_assert_cmpuint(rig->nr_ops, ==, 0);
    g_assert_cmpint(krig_config(rig, GIRQ, 0, PRIO, EISN + 1), ==, 0);
    g_assert_cmpuint(rig->nr_ops, ==, 1);
    krig_free(rig);
}

/* rows: A12 */
static void test_a_masked_source_is_untargeted_with_its_pq_as_it_was(void)
{
    KRig *rig = nat(1);
    P9xKvmIrq *irq;

    krig_route(rig, GIRQ, 0, EISN);
    krig_set_ipi_pq(rig, GIRQ, P9X_PQ_10);
    g_assert_cmpint(krig_set64(rig, P9X_KVM_GRP_SOURCE_CONFIG, GIRQ,
                               krig_config_word(0, PRIO, EISN + 1) |
                               P9X_KVM_CFG_MASKED), ==, 0);
    irq = krig_irq(rig, GIRQ);
    g_assert_cmpuint(irq->act_server, ==, 0);
    g_assert_cmpuint(irq->act_priority, ==, 0xFF);
    g_assert_cmpuint(irq->eisn, ==, 0);
    g_assert_cmpint(krig_ipi_pq(rig, GIRQ), ==, P9X_PQ_10);
    g_assert_cmpuint(krig_get_route(rig, irq->ipi.hw_irq).prio, ==, 0xFF);
    g_assert_cmpuint(rig->vcpu[0].queue[PRIO].count, ==, 0);
    p9x_host_inject(&rig->h, P9X_OPAL_SET_IRQ_CONFIG, 0, 0,
                    P9X_OPAL_HARDWARE);
    g_assert_cmpint(krig_set64(rig, P9X_KVM_GRP_SOURCE_CONFIG, GIRQ,
                               P9X_KVM_CFG_MASKED), ==, -ENXIO);
    krig_free(rig);
}

/* rows: A13 */
static void test_opals_refusal_leaves_the_new_state(void)
{
    KRig *rig = nat(1);

    krig_route(rig, GIRQ, 0, EISN);
    p9x_host_inject(&rig->h, P9X_OPAL_SET_IRQ_CONFIG, 1, 0,
                    P9X_OPAL_HARDWARE);
    g_assert_cmpint(krig_config(rig, GIRQ, 0, PRIO, EISN + 1), ==, -ENXIO);
    g_assert_cmpuint(krig_irq(rig, GIRQ)->eisn, ==, EISN + 1);
    krig_free(rig);
}

/* rows: A14 E15 */
static void test_source_sync_syncs_the_live_interrupt(void)
{
    KRig *rig = nat(1);

    krig_route(rig, GIRQ, 0, EISN);
    p9x_host_delay(&rig->h, true);
    krig_store(rig, GIRQ, false, 0);
    g_assert_cmpuint(krig_take(rig, 0, PRIO), ==, 0);
    g_assert_cmpint(sync_source(rig, GIRQ), ==, 0);
    g_assert_cmpuint(krig_take(rig, 0, PRIO), ==, EISN);
    p9x_host_delay(&rig->h, false);
    krig_map(rig, 0, GIRQ);
    krig_log_clear(rig);
    g_assert_cmpint(sync_source(rig, GIRQ), ==, 0);
    g_assert_cmpuint(rig->nr_ops, ==, 1);
    g_assert_cmpuint(rig->op[0].irq, ==, rig->base);
    g_assert_cmpint(rig->op[0].op, ==, P9X_HOST_OP_SYNC_EAS);
    krig_free(rig);
}

/* rows: A24 */
static void test_eq_sync_syncs_targeted_sources_and_dirties_queues(void)
{
    KRig *rig = nat(2);

    krig_source(rig, GIRQ, 0);
    krig_route(rig, GIRQ + 1, 1, EISN);
    krig_log_clear(rig);
    g_assert_cmpint(ctrl(rig, P9X_KVM_CTRL_EQ_SYNC), ==, 0);
    g_assert_cmpuint(rig->nr_ops, ==, 2);
    g_assert_cmpint(rig->op[0].op, ==, P9X_HOST_OP_SYNC_EAS);
    g_assert_cmpint(rig->op[1].op, ==, P9X_HOST_OP_SYNC_QUEUE);
    g_assert_cmpuint(rig->op[1].irq, ==,
                     krig_irq(rig, GIRQ + 1)->ipi.hw_irq);
    g_assert_cmpuint(rig->dirtied, ==, 1);
    g_assert_cmphex(rig->dirty_addr, ==, krig_queue_addr(1, PRIO));
    rig->ports.mark_dirty = NULL;
    g_assert_cmpint(ctrl(rig, P9X_KVM_CTRL_EQ_SYNC), ==, 0);
    krig_free(rig);
}

/* rows: A25 A26 M30 L19 */
static void test_reset_turns_everything_off_and_keeps_what_is_mapped(void)
{
    for (unsigned quirk = 0; quirk < 2; quirk++) {
        KRig *rig = krig_new(P9X_KVM_NATIVE, quirk ? P9X_QUIRK_L19 : 0, 1);
        uint8_t w01[8];
        P9xKvmEq eq;

        krig_route(rig, GIRQ, 0, EISN);
        krig_map(rig, 0, GIRQ);
        krig_source(rig, GIRQ + 1, P9X_KVM_SRC_LEVEL);
        krig_load(rig, GIRQ + 1, true, P9X_ESB_SET_PQ_00);
        p9x_kvm_pull(&rig->vcpu[0]);
        memcpy(w01, rig->vcpu[0].w01, 8);
        g_assert_cmpint(ctrl(rig, P9X_KVM_CTRL_RESET), ==, 0);
        g_assert_cmpmem(w01, 8, rig->vcpu[0].w01, 8);
        g_assert_cmpint(p9x_kvm_get_attr(krig_kvm(rig),
                                         P9X_KVM_GRP_EQ_CONFIG, PRIO, &eq),
                        ==, 0);
        g_assert_cmpuint(eq.qshift, ==, 0);
        g_assert_cmpuint(krig_irq(rig, GIRQ)->act_priority, ==, 0xFF);
        g_assert_cmpuint(krig_irq(rig, GIRQ)->eisn, ==, 0);
        g_assert_true(krig_irq(rig, GIRQ)->valid);
        g_assert_true(krig_irq(rig, GIRQ + 1)->lsi);
        g_assert_true(krig_irq(rig, GIRQ)->pt == &rig->msi[0].irq);
        g_assert_cmpint(krig_ipi_pq(rig, GIRQ), ==, P9X_PQ_01);
        g_assert_cmpint(krig_pt_pq(rig, 0), ==, P9X_PQ_01);
        g_assert_cmpuint(krig_get_route(rig, rig->base).prio, ==, 0xFF);
        /* L19: one without target is passed by. */
        g_assert_cmpint(krig_ipi_pq(rig, GIRQ + 1), ==,
                        quirk ? P9X_PQ_00 : P9X_PQ_01);
        krig_free(rig);
    }
}

/* rows: M31 */
static void test_setting_a_mapped_source_touches_the_ipi_only(void)
{
    KRig *rig = nat(1);

    krig_route(rig, GIRQ, 0, EISN);
    krig_map(rig, 0, GIRQ);
    krig_log_clear(rig);
    krig_source(rig, GIRQ, 0);
    for (unsigned i = 0; i < rig->nr_ops; i++) {
        g_assert_cmpuint(rig->op[i].irq, ==, krig_irq(rig, GIRQ)->ipi.hw_irq);
    }
    g_assert_cmpuint(rig->nr_ops, ==, 2);
    krig_free(rig);
}

/* rows: A33 A34 */
static void test_stop_save_and_restore_delivers_each_event_once(void)
{
    enum { OFF = GIRQ + 1 };
    KRig *rig = nat(1), *to = nat(1);
    uint64_t pq, vp[2];
    P9xKvmEq eq;

    krig_route(rig, GIRQ, 0, EISN);
    krig_source(rig, OFF, 0);
    krig_store(rig, GIRQ, false, 0);
    g_assert_cmpuint(krig_take(rig, 0, PRIO), ==, EISN);
    krig_eoi(rig, GIRQ);

    /* Stop: mask but remember, let arrive what is on its way. */
    g_assert_cmpuint(krig_load(rig, OFF, true, P9X_ESB_GET), ==, P9X_PQ_01);
    pq = krig_load(rig, GIRQ, true, P9X_ESB_SET_PQ_10);
    krig_store(rig, GIRQ, false, 0);
    p9x_kvm_pull(&rig->vcpu[0]);
    g_assert_cmpint(ctrl(rig, P9X_KVM_CTRL_EQ_SYNC), ==, 0);
    g_assert_cmpint(p9x_kvm_get_attr(krig_kvm(rig), P9X_KVM_GRP_EQ_CONFIG,
                                     PRIO, &eq), ==, 0);
    g_assert_cmpint(p9x_kvm_get_vp_state(&rig->vcpu[0], vp), ==, 0);
    g_assert_cmpuint(eq.qindex, ==, 1);

    /* Restore there. */
    p9x_kvm_pull(&to->vcpu[0]);
    memcpy(to->host.ram + eq.qaddr, rig->host.ram + eq.qaddr, 0x10000);
    memcpy(to->at, rig->at, sizeof(to->at));
    g_assert_cmpint(krig_set_eq(to, 0, PRIO, &eq), ==, 0);
    krig_source(to, GIRQ, 0);
    krig_source(to, OFF, 0);
    g_assert_cmpint(krig_config(to, GIRQ, 0, PRIO, EISN), ==, 0);
    g_assert_cmpint(p9x_kvm_set_vp_state(&to->vcpu[0], vp), ==, 0);
    /* The event while stopped: seen as Q at the end, sent by a trigger. */
    g_assert_cmpuint(pq, ==, P9X_PQ_00);
    krig_load(to, GIRQ, true, P9X_ESB_SET_PQ_00 + 0x100 * pq);
    if (krig_load(rig, GIRQ, true, P9X_ESB_GET) == P9X_PQ_11) {
        krig_store(to, GIRQ, false, 0);
    }
    p9x_kvm_push(&to->vcpu[0], &to->thread[0]);
    g_assert_cmpuint(krig_take(to, 0, PRIO), ==, EISN);
    g_assert_cmpuint(krig_take(to, 0, PRIO), ==, 0);
    g_assert_cmpint(krig_ipi_pq(to, OFF), ==, P9X_PQ_01);
    krig_free(rig);
    krig_free(to);
}

typedef struct LevelRow {
    bool lsi;
    int level;
    bool was_asserted, asserted, event;
} LevelRow;

/* rows: X42 */
static void test_set_irq_levels_mean_what_the_kernel_says(void)
{
    static const LevelRow row[] = {
        { false, 1, false, false, true }, { false, 0, false, false, false },
        { false, -1, false, false, true }, { false, -2, false, false, false },
        { false, -3, false, true, true },
        { true, 1, false, true, true }, { true, 0, true, false, false },
        { true, -1, false, false, true }, { true, -2, true, false, false },
        { true, -3, false, true, true }
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(row); i++) {
        KRig *rig = nat(1);
        P9xKvmIrq *irq;

        krig_source(rig, GIRQ, row[i].lsi ? P9X_KVM_SRC_LEVEL : 0);
        krig_route(rig, GIRQ, 0, EISN);
        irq = krig_irq(rig, GIRQ);
        irq->asserted = row[i].was_asserted;
        g_assert_cmpint(p9x_kvm_set_irq(krig_kvm(rig), GIRQ, row[i].level),
                        ==, 0);
        g_assert_cmpint(irq->asserted, ==, row[i].asserted);
        g_assert_cmpuint(krig_take_all(rig, 0, PRIO), ==, row[i].event);
        krig_free(rig);
    }
}

/* rows: M23 X42 */
static void test_set_irq_refuses_what_is_not_there_or_passed_through(void)
{
    KRig *rig = nat(1);
    P9xKvm *kvm = krig_kvm(rig);

    g_assert_cmpint(p9x_kvm_set_irq(kvm, GIRQ, 1), ==, -EINVAL);
    krig_route(rig, GIRQ, 0, EISN);
    g_assert_cmpint(p9x_kvm_set_irq(kvm, GIRQ + 1, 1), ==, -EINVAL);
    g_assert_cmpint(p9x_kvm_set_irq(kvm, UINT32_MAX, 1), ==, -EINVAL);
    krig_map(rig, 0, GIRQ);
    krig_log_clear(rig);
    g_assert_cmpint(p9x_kvm_set_irq(kvm, GIRQ, 1), ==, -EINVAL);
    g_assert_cmpuint(rig->nr_ops, ==, 0);
    krig_free(rig);
}

/* A caller's buffers: the value of each attribute at each place in a word. */
typedef struct Anywhere {
    _Alignas(uint64_t) uint8_t bytes[sizeof(uint64_t) + sizeof(P9xKvmEq)];
    unsigned shift;
} Anywhere;

static int set_anywhere(KRig *rig, Anywhere *at, unsigned group, uint64_t attr,
                        const void *value, size_t size)
{
    memcpy(&at->bytes[at->shift], value, size);
    return p9x_kvm_set_attr(krig_kvm(rig), group, attr, &at->bytes[at->shift]);
}

static void connect_first(KRig *rig)
{
    g_assert_cmpint(p9x_kvm_connect(krig_kvm(rig), &rig->vcpu[0], 0), ==, 0);
    rig->nr_vcpus = 1;
}

static void check_native_anywhere(unsigned shift)
{
    KRig *rig = nat(0);
    Anywhere at = { .shift = shift };
    uint64_t word = krig_config_word(0, PRIO, EISN), off = 0;
    P9xKvmEq eq = krig_eq(0, PRIO), got;
    uint32_t servers = KRIG_NR_SERVERS - 1;

    g_assert_cmpint(set_anywhere(rig, &at, P9X_KVM_GRP_CTRL,
                                 P9X_KVM_CTRL_NR_SERVERS, &servers,
                                 sizeof(servers)), ==, 0);
    g_assert_cmpuint(krig_kvm(rig)->nr_servers, ==, KRIG_NR_SERVERS - 1);
    connect_first(rig);
    g_assert_cmpint(set_anywhere(rig, &at, P9X_KVM_GRP_SOURCE, GIRQ, &off,
                                 sizeof(off)), ==, 0);
    g_assert_cmpint(set_anywhere(rig, &at, P9X_KVM_GRP_EQ_CONFIG, PRIO, &eq,
                                 sizeof(eq)), ==, 0);
    g_assert_cmpint(set_anywhere(rig, &at, P9X_KVM_GRP_SOURCE_CONFIG, GIRQ,
                                 &word, sizeof(word)), ==, 0);
    g_assert_cmphex(krig_irq(rig, GIRQ)->eisn, ==, EISN);
    g_assert_cmpint(p9x_kvm_get_attr(krig_kvm(rig), P9X_KVM_GRP_EQ_CONFIG,
                                     PRIO, &at.bytes[shift]), ==, 0);
    memcpy(&got, &at.bytes[shift], sizeof(got));
    g_assert_cmphex(got.qaddr, ==, eq.qaddr);
    krig_free(rig);
}

static void check_xics_anywhere(unsigned shift)
{
    KRig *rig = krig_new(P9X_KVM_XICS, 0, 0);
    Anywhere at = { .shift = shift };
    uint32_t servers = KRIG_NR_SERVERS - 1;
    uint64_t word = krig_word(0, PRIO), got;

    g_assert_cmpint(set_anywhere(rig, &at, P9X_KVM_XICS_GRP_CTRL,
                                 P9X_KVM_XICS_NR_SERVERS, &servers,
                                 sizeof(servers)), ==, 0);
    g_assert_cmpuint(krig_kvm(rig)->nr_servers, ==, KRIG_NR_SERVERS - 1);
    connect_first(rig);
    g_assert_cmpint(set_anywhere(rig, &at, P9X_KVM_XICS_GRP_SOURCES, GIRQ,
                                 &word, sizeof(word)), ==, 0);
    g_assert_cmpint(p9x_kvm_get_attr(krig_kvm(rig), P9X_KVM_XICS_GRP_SOURCES,
                                     GIRQ, &at.bytes[shift]), ==, 0);
    memcpy(&got, &at.bytes[shift], sizeof(got));
    g_assert_cmphex(got, ==, word);
    krig_free(rig);
}

/* The sanitizer of part core-asan is what notices. */
static void test_attributes_may_be_at_any_address(void)
{
    for (unsigned shift = 0; shift < sizeof(uint64_t); shift++) {
        check_native_anywhere(shift);
        check_xics_anywhere(shift);
    }
}

int main(int argc, char **argv)
{
    static const TestRow rows[] = {
        TEST(a_block_makes_its_numbers_found_but_not_valid),
        TEST(numbers_end_at_0x100000),
        TEST(has_attr_knows_groups_and_ranges),
        TEST(a_source_starts_off_and_untargeted_and_keeps_its_ipi),
        TEST(source_errors_come_in_the_kernels_order),
        TEST(level_and_assertion_of_a_source_stick),
        TEST(source_config_errors_come_in_the_kernels_order),
        TEST(a_server_without_queue_is_replaced_by_one_that_has_it),
        TEST(a_full_queue_sends_sources_elsewhere),
        TEST(occupancy_falls_again_but_not_on_6_1),
        TEST(the_same_tuple_again_programs_nothing),
        TEST(a_masked_source_is_untargeted_with_its_pq_as_it_was),
        TEST(opals_refusal_leaves_the_new_state),
        TEST(source_sync_syncs_the_live_interrupt),
        TEST(eq_sync_syncs_targeted_sources_and_dirties_queues),
        TEST(reset_turns_everything_off_and_keeps_what_is_mapped),
        TEST(setting_a_mapped_source_touches_the_ipi_only),
        TEST(stop_save_and_restore_delivers_each_event_once),
        TEST(set_irq_levels_mean_what_the_kernel_says),
        TEST(set_irq_refuses_what_is_not_there_or_passed_through),
        TEST(attributes_may_be_at_any_address),
    };

    return RUN_TESTS(argc, argv, "kvm-native", rows);
}
