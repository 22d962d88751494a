/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The XICS device: source words, ICP state, RTAS, provisioning. */
#include "fixture-kvm.h"

enum { GIRQ = 0x1300, PRIO = KRIG_PRIO };

static KRig *xics(unsigned nr_vcpus)
{
    return krig_new(P9X_KVM_XICS, 0, nr_vcpus);
}

static int set_word(KRig *rig, uint64_t girq, uint64_t word)
{
    return krig_set64(rig, P9X_KVM_XICS_GRP_SOURCES, girq, word);
}

static int get_word(KRig *rig, uint64_t girq, uint64_t *word)
{
    return p9x_kvm_get_attr(krig_kvm(rig), P9X_KVM_XICS_GRP_SOURCES, girq,
                            word);
}

static uint32_t xirr(KRig *rig, unsigned vcpu)
{
    uint64_t r4;

    krig_hcall(rig, vcpu, P9X_H_XIRR, 0, 0, &r4);
    return r4 & 0xFFFFFF;
}

static void eoi(KRig *rig, unsigned vcpu, uint32_t girq)
{
    uint64_t r4;

    krig_hcall(rig, vcpu, P9X_H_EOI, 0xFF000000u | girq, 0, &r4);
}

static int set_xive(KRig *rig, uint32_t girq, uint32_t server, uint32_t prio)
{
    return p9x_xics_set_xive(krig_kvm(rig), girq, server, prio);
}

/* rows: N4 A3 */
static void test_numbers_go_from_16_to_0xfffff(void)
{
    KRig *rig = xics(1);
    P9xKvm *kvm = krig_kvm(rig);
    uint64_t word;

    g_assert_cmpint(set_word(rig, 15, 0), ==, -ENOENT);
    g_assert_cmpint(set_word(rig, 16, 0), ==, 0);
    g_assert_cmpint(set_word(rig, 0xFFFFF, 0), ==, 0);
    g_assert_cmpint(set_word(rig, 0x100000, 0), ==, -ENOENT);
    g_assert_cmpint(p9x_kvm_has_attr(kvm, 1, 15), ==, -ENXIO);
    g_assert_cmpint(p9x_kvm_has_attr(kvm, 1, 16), ==, 0);
    g_assert_cmpint(p9x_kvm_has_attr(kvm, 1, 0x100000), ==, -ENXIO);
    g_assert_cmpint(p9x_kvm_has_attr(kvm, 2, 1), ==, 0);
    g_assert_cmpint(p9x_kvm_has_attr(kvm, 2, 2), ==, -ENXIO);
    g_assert_cmpint(p9x_kvm_has_attr(kvm, 3, 1), ==, -ENXIO);
    g_assert_cmpint(p9x_kvm_get_attr(kvm, 2, 1, &word), ==, -ENXIO);
    g_assert_cmpint(p9x_kvm_set_attr(kvm, 2, 2, &word), ==, -ENXIO);
    g_assert_cmpint(p9x_kvm_set_attr(kvm, 3, 1, &word), ==, -ENXIO);
    krig_free(rig);
}

/* rows: N7 */
static void test_source_errors(void)
{
    KRig *rig = xics(1);

    g_assert_cmpint(p9x_kvm_set_attr(krig_kvm(rig), P9X_KVM_XICS_GRP_SOURCES,
                                     GIRQ, NULL), ==, -EFAULT);
    p9x_host_inject(&rig->h, P9X_OPAL_ALLOCATE_IRQ, 1, 0, P9X_OPAL_RESOURCE);
    g_assert_cmpint(set_word(rig, GIRQ, 0), ==, -ENOMEM);
    g_assert_cmpint(set_word(rig, GIRQ, 0), ==, 0);
    krig_free(rig);
}

/* rows: N9 */
static void test_guest_priorities_map_to_0_to_6_and_ff(void)
{
    for (unsigned prio = 0; prio < 256; prio++) {
        g_assert_cmpuint(p9x_kvm_prio_from_guest((uint8_t)prio), ==,
                         prio == 255 ? 255 : prio < 6 ? prio : 6);
    }
}

/* rows: X1 X2 X3 X7 */
static void test_every_word_comes_back_as_what_it_means(void)
{
    for (unsigned bits = 0; bits < 32; bits++) {
        KRig *rig = xics(1);
        bool level = bits & 1, masked = bits & 2, pending = bits & 4;
        bool presented = bits & 8, queued = bits & 16, sent;
        uint64_t base = krig_word(0, PRIO) |
                        (level ? P9X_KVM_XICS_LEVEL : 0) |
                        (masked ? P9X_KVM_XICS_MASKED : 0);
        uint64_t word = base | (pending ? P9X_KVM_XICS_PENDING : 0) |
                        (presented ? P9X_KVM_XICS_PRESENTED : 0) |
                        (queued ? P9X_KVM_XICS_QUEUED : 0);
        uint64_t got;

        g_assert_cmpint(set_word(rig, GIRQ, word), ==, 0);
        g_assert_cmpint(krig_irq(rig, GIRQ)->asserted, ==, level && pending);
        g_assert_cmpint(get_word(rig, GIRQ, &got), ==, 0);
        g_assert_cmphex(got & ~(7ull << 42), ==, base);
        /* What was pending and not masked has been sent by now. */
        sent = !masked && (pending || (queued && !presented));
        if (!level) {
            g_assert_cmpint(!!(got & P9X_KVM_XICS_PENDING), ==, sent);
            g_assert_cmpint(!!(got & P9X_KVM_XICS_PRESENTED), ==,
                            sent || (presented && !pending));
            g_assert_cmpint(!!(got & P9X_KVM_XICS_QUEUED), ==,
                            !sent && (queued || pending));
        } else {
            g_assert_cmpint(!!(got & P9X_KVM_XICS_PENDING), ==,
                            sent || (presented && !pending));
        }
        g_assert_cmpuint(xirr(rig, 0), ==, sent ? GIRQ : 0);
        krig_free(rig);
    }
}

/* rows: X2 X6 */
static void test_a_saved_event_is_delivered_once_where_it_is_restored(void)
{
    for (unsigned masked = 0; masked < 2; masked++) {
        KRig *rig = xics(1), *to = xics(1);
        uint64_t word;

        krig_xics_source(rig, GIRQ, 0);
        if (masked) {
            p9x_xics_int_off(krig_kvm(rig), GIRQ);
        }
        p9x_kvm_set_irq(krig_kvm(rig), GIRQ, 1);
        g_assert_cmpint(get_word(rig, GIRQ, &word), ==, 0);
        g_assert_cmpint(!!(word & P9X_KVM_XICS_PENDING), ==, !masked);
        g_assert_cmpint(!!(word & P9X_KVM_XICS_QUEUED), ==, masked);
        g_assert_cmpint(set_word(to, GIRQ, word), ==, 0);
        if (masked) {
            g_assert_cmpuint(xirr(to, 0), ==, 0);
            p9x_xics_int_on(krig_kvm(to), GIRQ);
        }
        g_assert_cmpuint(xirr(to, 0), ==, GIRQ);
        eoi(to, 0, GIRQ);
        g_assert_cmpuint(xirr(to, 0), ==, 0);
        /* Saving has not disturbed the source here. */
        if (masked) {
            p9x_xics_int_on(krig_kvm(rig), GIRQ);
        }
        g_assert_cmpuint(xirr(rig, 0), ==, GIRQ);
        krig_free(rig);
        krig_free(to);
    }
}

/* rows: X4 */
static void test_an_unknown_server_leaves_a_source_untargeted(void)
{
    KRig *rig = xics(1);
    uint64_t word;

    g_assert_cmpint(set_word(rig, GIRQ, krig_word(6, PRIO)), ==, 0);
    g_assert_cmpuint(krig_irq(rig, GIRQ)->act_priority, ==, 0xFF);
    p9x_kvm_set_irq(krig_kvm(rig), GIRQ, 1);
    g_assert_cmpuint(xirr(rig, 0), ==, 0);
    g_assert_cmpint(p9x_xics_int_on(krig_kvm(rig), GIRQ), ==, -3);
    g_assert_cmpint(set_word(rig, GIRQ, krig_word(0, 0xFF)), ==, 0);
    g_assert_cmpint(get_word(rig, GIRQ, &word), ==, 0);
    g_assert_true(word & P9X_KVM_XICS_MASKED);
    krig_free(rig);
}

/* rows: X5 */
static void test_a_round_of_reads_takes_one_picture(void)
{
    KRig *rig = xics(1);
    uint64_t word;
    unsigned ops;

    g_assert_cmpint(get_word(rig, GIRQ, &word), ==, -ENOENT);
    krig_xics_source(rig, GIRQ, 0);
    krig_xics_source(rig, GIRQ + 1, 0);
    g_assert_cmpint(get_word(rig, GIRQ + 2, &word), ==, -ENOENT);
    g_assert_cmpint(get_word(rig, UINT64_MAX, &word), ==, -ENOENT);
    krig_log_clear(rig);
    g_assert_cmpint(get_word(rig, GIRQ, &word), ==, 0);
    ops = rig->nr_ops;
    g_assert_cmpuint(ops, >, 0);
    p9x_kvm_set_irq(krig_kvm(rig), GIRQ + 1, 1);
    krig_log_clear(rig);
    g_assert_cmpint(get_word(rig, GIRQ + 1, &word), ==, 0);
    g_assert_cmpuint(rig->nr_ops, ==, 0);
    g_assert_false(word & P9X_KVM_XICS_PENDING);
    /* The next round sees it. */
    g_assert_cmpint(get_word(rig, GIRQ + 1, &word), ==, 0);
    g_assert_true(word & P9X_KVM_XICS_PENDING);
    g_assert_cmpint(p9x_kvm_get_attr(krig_kvm(rig), P9X_KVM_XICS_GRP_SOURCES,
                                     GIRQ, NULL), ==, -EFAULT);
    krig_free(rig);
}

/* rows: X8 X10 */
static void test_icp_state_is_read_any_time_and_set_when_out(void)
{
    KRig *rig = xics(1), *native = krig_new(P9X_KVM_NATIVE, 0, 1);
    uint64_t value;

    g_assert_cmpint(p9x_xics_get_icp(&rig->vcpu[0], &value), ==, 0);
    g_assert_cmphex(value, ==, UINT64_C(0xFF000000FFFF0000));
    g_assert_cmpint(p9x_xics_set_icp(&rig->vcpu[0], value), ==, -EIO);
    g_assert_cmpint(p9x_xics_set_icp(&native->vcpu[0], value), ==, -ENOENT);
    krig_free(rig);
    krig_free(native);
}

/* rows: X9 */
static void test_a_restored_icp_presents_again_what_it_presented(void)
{
    KRig *rig = xics(1);
    uint64_t r4;

    krig_xics_source(rig, GIRQ, 0);
    p9x_kvm_pull(&rig->vcpu[0]);
    g_assert_cmpint(p9x_xics_set_icp(&rig->vcpu[0],
        UINT64_C(0xFF) << 56 | (uint64_t)GIRQ << 32 | 0xFFull << 24), ==, 0);
    p9x_kvm_push(&rig->vcpu[0], &rig->thread[0]);
    krig_hcall(rig, 0, P9X_H_CPPR, 0xFF, 0, &r4);
    g_assert_cmpuint(xirr(rig, 0), ==, GIRQ);
    eoi(rig, 0, GIRQ);
    /* An IPI. */
    p9x_kvm_pull(&rig->vcpu[0]);
    g_assert_cmpint(p9x_xics_set_icp(&rig->vcpu[0],
        UINT64_C(0xFF) << 56 | 4ull << 24), ==, 0);
    p9x_kvm_push(&rig->vcpu[0], &rig->thread[0]);
    g_assert_true(p9x_tctx_lines(&rig->thread[0]) & P9X_LINE_OS);
    g_assert_cmpuint(xirr(rig, 0), ==, P9X_KVM_XICS_IPI);
    krig_free(rig);
}

/* rows: X9 */
static void test_a_presented_source_that_is_not_there_yet_comes_with_it(void)
{
    KRig *rig = xics(2);

    for (unsigned i = 0; i < 2; i++) {
        p9x_kvm_pull(&rig->vcpu[0]);
        g_assert_cmpint(p9x_xics_set_icp(&rig->vcpu[0],
            UINT64_C(0xFF) << 56 | (uint64_t)(GIRQ + i) << 32 | 0xFFull << 24),
            ==, 0);
    }
    p9x_kvm_push(&rig->vcpu[0], &rig->thread[0]);
    g_assert_cmpint(set_word(rig, GIRQ, krig_word(0, PRIO)), ==, 0);
    g_assert_cmpuint(xirr(rig, 0), ==, 0);
    g_assert_cmpint(set_word(rig, GIRQ + 1, krig_word(0, PRIO)), ==, 0);
    g_assert_cmpuint(xirr(rig, 0), ==, GIRQ + 1);
    g_assert_cmpuint(krig_kvm(rig)->delayed_irqs, ==, 0);
    krig_free(rig);
}

static unsigned pages_used(KRig *rig)
{
    return KRIG_MAX_PAGES - rig->pages_left;
}

/* rows: X33 X34 X43 */
static void test_a_priority_gets_a_queue_on_every_vcpu_once(void)
{
    KRig *rig = xics(2);

    g_assert_cmpuint(pages_used(rig), ==, 0);
    krig_xics_source(rig, GIRQ, 0);
    g_assert_cmpuint(pages_used(rig), ==, 2);
    krig_xics_source(rig, GIRQ + 1, 1);
    g_assert_cmpint(set_xive(rig, GIRQ, 1, 6), ==, 0);
    g_assert_cmpint(set_xive(rig, GIRQ, 1, 200), ==, 0);
    g_assert_cmpuint(pages_used(rig), ==, 2);
    g_assert_cmpint(set_xive(rig, GIRQ, 1, 3), ==, 0);
    g_assert_cmpuint(pages_used(rig), ==, 4);
    g_assert_cmpuint(rig->vcpu[1].queue[3].mask, ==, 16383);
    /* One that comes later has them from the start. */
    g_assert_cmpint(p9x_kvm_connect(krig_kvm(rig), &rig->vcpu[2], 5), ==, 0);
    g_assert_cmpuint(pages_used(rig), ==, 6);
    g_assert_true(rig->vcpu[2].queue[3].has_page);
    krig_free(rig);
}

/* rows: X33 */
static void test_provisioning_that_fails_is_tried_again(void)
{
    KRig *rig = xics(2);

    krig_xics_source(rig, GIRQ, 0);
    rig->pages_left = 1;
    g_assert_cmpint(set_xive(rig, GIRQ, 0, 2), ==, -3);
    g_assert_false(krig_kvm(rig)->qmap & 1 << 2);
    rig->pages_left = 8;
    p9x_host_inject(&rig->h, P9X_OPAL_SET_QUEUE_INFO, 0, 0,
                    P9X_OPAL_HARDWARE);
    g_assert_cmpint(set_xive(rig, GIRQ, 0, 2), ==, -3);
    g_assert_cmpint(set_xive(rig, GIRQ, 0, 2), ==, 0);
    g_assert_cmpuint(rig->pages_left, ==, 7);
    krig_free(rig);
}

/* rows: A27 */
static void test_a_connect_that_fails_leaves_nothing_behind(void)
{
    static const struct { P9xOpalCall call; unsigned skip; } row[] = {
        { P9X_OPAL_ALLOCATE_IRQ, 0 }, { P9X_OPAL_GET_IRQ_INFO, 0 },
        { P9X_OPAL_SET_IRQ_CONFIG, 0 }, { P9X_OPAL_SET_QUEUE_INFO, 0 },
        { P9X_OPAL_SET_QUEUE_INFO, 5 }, { P9X_OPAL_SET_VP_INFO, 0 }
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(row); i++) {
        KRig *rig = xics(1);
        uint32_t before, after;
        int rc;

        krig_xics_source(rig, GIRQ, 0);
        p9x_opal_allocate_irq(&rig->h, &before);
        p9x_opal_free_irq(&rig->h, before);
        p9x_host_inject(&rig->h, row[i].call, 1, row[i].skip,
                        P9X_OPAL_HARDWARE);
        p9x_host_inject(&rig->h, P9X_OPAL_FREE_IRQ, 1, 0, 0);
        g_assert_cmpint(p9x_kvm_connect(krig_kvm(rig), &rig->vcpu[1], 1), ==,
                        -EIO);
        g_assert_null(rig->vcpu[1].kvm);
        g_assert_cmpuint(pages_used(rig), ==, 1);
        p9x_opal_allocate_irq(&rig->h, &after);
        P9X_OPAL_RETRY(rc, p9x_opal_free_irq(&rig->h, after));
        g_assert_cmpuint(after, ==, before);
        rig->pages_left = 0;
        g_assert_cmpint(p9x_kvm_connect(krig_kvm(rig), &rig->vcpu[1], 1), ==,
                        -ENOMEM);
        rig->pages_left = 8;
        g_assert_cmpint(p9x_kvm_connect(krig_kvm(rig), &rig->vcpu[1], 1), ==,
                        0);
        krig_free(rig);
    }
}

/* rows: X32 */
static void test_rtas_refuses_numbers_not_in_use(void)
{
    KRig *rig = xics(1);
    P9xKvm *kvm = krig_kvm(rig);
    uint32_t server, prio;

    krig_xics_source(rig, GIRQ, 0);
    for (uint32_t girq = GIRQ + 1; girq < 0x2000; girq += 0x400) {
        g_assert_cmpint(set_xive(rig, girq, 0, PRIO), ==, -3);
        g_assert_cmpint(p9x_xics_get_xive(kvm, girq, &server, &prio), ==, -3);
        g_assert_cmpint(p9x_xics_int_off(kvm, girq), ==, -3);
        g_assert_cmpint(p9x_xics_int_on(kvm, girq), ==, -3);
    }
    krig_free(rig);
}

/* rows: X35 X41 */
static void test_set_xive_keeps_the_guests_priority_for_get_xive(void)
{
    KRig *rig = xics(2);
    uint32_t server, prio;

    krig_xics_source(rig, GIRQ, 0);
    for (unsigned want = 0; want < 0xFF; want += 9) {
        g_assert_cmpint(set_xive(rig, GIRQ, 1, want), ==, 0);
        g_assert_cmpint(p9x_xics_get_xive(krig_kvm(rig), GIRQ, &server,
                                          &prio), ==, 0);
        g_assert_cmpuint(prio, ==, want);
        g_assert_cmpuint(server, ==, 1);
        g_assert_cmpuint(krig_irq(rig, GIRQ)->act_priority, ==, MIN(want, 6));
    }
    rig->vcpu[0].valid = false;
    g_assert_cmpint(set_xive(rig, GIRQ, 0, 6), ==, 0);
    p9x_xics_get_xive(krig_kvm(rig), GIRQ, &server, &prio);
    g_assert_cmpuint(server, ==, 1);
    krig_free(rig);
}

/* rows: X36 */
static void test_an_event_while_masked_comes_when_unmasked(void)
{
    KRig *rig = xics(2);

    krig_xics_source(rig, GIRQ, 0);
    g_assert_cmpint(set_xive(rig, GIRQ, 0, 0xFF), ==, 0);
    p9x_kvm_set_irq(krig_kvm(rig), GIRQ, 1);
    g_assert_cmpuint(xirr(rig, 0), ==, 0);
    g_assert_cmpint(set_xive(rig, GIRQ, 0, PRIO), ==, 0);
    g_assert_cmpuint(xirr(rig, 0), ==, GIRQ);
    eoi(rig, 0, GIRQ);
    /* Masked, it may move all the same. */
    g_assert_cmpint(set_xive(rig, GIRQ, 1, 0xFF), ==, 0);
    g_assert_cmpuint(krig_irq(rig, GIRQ)->act_server, ==, 1);
    krig_free(rig);
}

/* rows: X36 M24 */
static void test_a_coalesced_event_survives_a_mask(void)
{
    KRig *rig = xics(1);

    krig_xics_source(rig, GIRQ, 0);
    p9x_kvm_set_irq(krig_kvm(rig), GIRQ, 1);
    p9x_kvm_set_irq(krig_kvm(rig), GIRQ, 1);
    g_assert_cmpuint(xirr(rig, 0), ==, GIRQ);
    p9x_xics_int_off(krig_kvm(rig), GIRQ);
    p9x_xics_int_on(krig_kvm(rig), GIRQ);
    g_assert_cmpint(krig_ipi_pq(rig, GIRQ), ==, P9X_PQ_11);
    eoi(rig, 0, GIRQ);
    g_assert_cmpuint(xirr(rig, 0), ==, GIRQ);
    krig_free(rig);
}

/* rows: X37 X38 */
static void test_int_off_remembers_the_priority_but_only_once(void)
{
    KRig *rig = xics(1);
    P9xKvm *kvm = krig_kvm(rig);
    uint32_t server, prio;

    krig_xics_source(rig, GIRQ, 0);
    set_xive(rig, GIRQ, 0, 4);
    g_assert_cmpint(p9x_xics_int_off(kvm, GIRQ), ==, 0);
    p9x_xics_get_xive(kvm, GIRQ, &server, &prio);
    g_assert_cmpuint(prio, ==, 0xFF);
    g_assert_cmpint(p9x_xics_int_on(kvm, GIRQ), ==, 0);
    p9x_xics_get_xive(kvm, GIRQ, &server, &prio);
    g_assert_cmpuint(prio, ==, 4);
    p9x_xics_int_off(kvm, GIRQ);
    p9x_xics_int_off(kvm, GIRQ);
    g_assert_cmpint(p9x_xics_int_on(kvm, GIRQ), ==, 0);
    p9x_xics_get_xive(kvm, GIRQ, &server, &prio);
    g_assert_cmpuint(prio, ==, 0xFF);
    krig_free(rig);
}

/* rows: X39 X16 */
static void test_a_retarget_counts_here_at_once_and_there_when_empty(void)
{
    KRig *rig = xics(2);

    krig_xics_source(rig, GIRQ, 0);
    g_assert_cmpuint(rig->vcpu[0].queue[PRIO].count, ==, 1);
    g_assert_cmpint(set_xive(rig, GIRQ, 1, PRIO), ==, 0);
    g_assert_cmpuint(rig->vcpu[0].queue[PRIO].count, ==, 1);
    g_assert_cmpuint(rig->vcpu[0].queue[PRIO].pending_count, ==, 1);
    g_assert_cmpuint(rig->vcpu[1].queue[PRIO].count, ==, 1);
    rig->vcpu[0].pending = 1 << PRIO;
    g_assert_cmpuint(xirr(rig, 0), ==, 0);
    g_assert_cmpuint(rig->vcpu[0].queue[PRIO].count, ==, 0);
    g_assert_cmpuint(rig->vcpu[0].pending, ==, 0);
    krig_free(rig);
}

/* rows: X40 */
static void test_full_queues_send_elsewhere_or_fail_unmasked(void)
{
    KRig *rig = xics(2);

    krig_xics_source(rig, GIRQ, 0);
    rig->vcpu[1].queue[PRIO].count = 16382;
    rig->vcpu[0].queue[PRIO].count = 16382;
    g_assert_cmpint(set_xive(rig, GIRQ, 0, 0xFF), ==, 0);
    g_assert_cmpint(set_xive(rig, GIRQ, 1, PRIO), ==, -3);
    g_assert_cmpuint(krig_irq(rig, GIRQ)->guest_priority, ==, PRIO);
    rig->vcpu[0].queue[PRIO].count = 3;
    g_assert_cmpint(set_xive(rig, GIRQ, 1, PRIO), ==, 0);
    g_assert_cmpuint(krig_irq(rig, GIRQ)->act_server, ==, 0);
    g_assert_cmpint(set_xive(rig, GIRQ, 7, PRIO), ==, -3);
    p9x_host_inject(&rig->h, P9X_OPAL_SET_IRQ_CONFIG, 0, 0,
                    P9X_OPAL_HARDWARE);
    rig->vcpu[1].queue[PRIO].count = 0;
    g_assert_cmpint(set_xive(rig, GIRQ, 1, PRIO), ==, -3);
    krig_free(rig);
}

int main(int argc, char **argv)
{
    static const TestRow rows[] = {
        TEST(numbers_go_from_16_to_0xfffff),
        TEST(source_errors),
        TEST(guest_priorities_map_to_0_to_6_and_ff),
        TEST(every_word_comes_back_as_what_it_means),
        TEST(a_saved_event_is_delivered_once_where_it_is_restored),
        TEST(an_unknown_server_leaves_a_source_untargeted),
        TEST(a_round_of_reads_takes_one_picture),
        TEST(icp_state_is_read_any_time_and_set_when_out),
        TEST(a_restored_icp_presents_again_what_it_presented),
        TEST(a_presented_source_that_is_not_there_yet_comes_with_it),
        TEST(a_priority_gets_a_queue_on_every_vcpu_once),
        TEST(provisioning_that_fails_is_tried_again),
        TEST(a_connect_that_fails_leaves_nothing_behind),
        TEST(rtas_refuses_numbers_not_in_use),
        TEST(set_xive_keeps_the_guests_priority_for_get_xive),
        TEST(an_event_while_masked_comes_when_unmasked),
        TEST(a_coalesced_event_survives_a_mask),
        TEST(int_off_remembers_the_priority_but_only_once),
        TEST(a_retarget_counts_here_at_once_and_there_when_empty),
        TEST(full_queues_send_elsewhere_or_fail_unmasked),
    };

    return RUN_TESTS(argc, argv, "kvm-xics", rows);
}
