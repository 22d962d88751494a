/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The sPAPR layer with a KVM device behind: connecting, reset, refusals.
 * What the calls do on either backend is tested in tests/unit, on both.
 */
#include "fixture-kvm.h"

enum { MSI = 0x20, LSI = 0x21, PRIO = 6, EISN = 0x1234 };

static SpaprRig *on_kvm(unsigned nr_servers)
{
    SpaprRig *rig;

    srig_on_kvm = true;
    rig = srig_new(nr_servers);
    srig_on_kvm = false;
    return rig;
}

/* With both claimed, on the direct path, a device made but not connected. */
static SpaprRig *before_connect(unsigned quirks)
{
    SpaprRig *rig = srig_new(2);

    g_assert_cmpint(p9x_spapr_claim(&rig->s, MSI, false), ==, 0);
    g_assert_cmpint(p9x_spapr_claim(&rig->s, LSI, true), ==, 0);
    srig_kvm_prepare(rig);
    srig_kvm_create(rig, quirks);
    return rig;
}

static P9xKvm *device(SpaprRig *rig)
{
    return rig->kvm->vm.device;
}

typedef struct Find {
    P9xKvmRow row;
    uint32_t lisn;
    unsigned rows;
    bool found;
} Find;

static void match_row(void *opaque, const P9xKvmRow *row)
{
    Find *find = opaque;

    find->rows++;
    if (row->lisn == find->lisn) {
        find->row = *row;
        find->found = true;
    }
}

static P9xKvmRow row_of(SpaprRig *rig, uint32_t lisn)
{
    Find find = { .lisn = lisn };

    p9x_kvm_each_row(device(rig), match_row, &find);
    g_assert_true(find.found);
    return find.row;
}

static unsigned rows(SpaprRig *rig)
{
    Find find = { .lisn = UINT32_MAX };

    p9x_kvm_each_row(device(rig), match_row, &find);
    return find.rows;
}

/* Priority in the EAS of the number's IPI; 0xFF: masked. */
static uint8_t routed_prio(SpaprRig *rig, uint32_t lisn)
{
    uint32_t vp, lirq;
    uint8_t prio;

    g_assert_cmpint(p9x_opal_get_irq_config(&rig->kvm->h,
                                            row_of(rig, lisn).hw_irq, &vp,
                                            &prio, &lirq), ==, 0);
    return prio;
}

static void check_works(SpaprRig *rig)
{
    srig_set_queue(rig, 1, PRIO);
    srig_route(rig, MSI, 1, PRIO, EISN);
    srig_open_cppr(rig);
    p9x_spapr_set_irq(&rig->s, MSI, true);
    g_assert_cmphex(srig_entry(rig, 1, PRIO, 0), ==, 0x80000000 | EISN);
    g_assert_cmphex(p9x_tctx_lines(srig_thread(rig, 1)), ==, P9X_LINE_OS);
}

static void test_connect_tells_the_device_what_there_is(void)
{
    SpaprRig *rig = before_connect(0);

    p9x_spapr_set_irq(&rig->s, LSI, true);
    g_assert_cmpint(srig_kvm_connect(rig), ==, 0);
    g_assert_cmpuint(rows(rig), ==, 2);
    g_assert_false(row_of(rig, MSI).lsi);
    g_assert_true(row_of(rig, LSI).lsi);
    g_assert_true(row_of(rig, LSI).asserted);
    g_assert_cmpint(row_of(rig, MSI).pq, ==, P9X_PQ_01);
    g_assert_cmpuint(row_of(rig, MSI).priority, ==, 0xFF);
    g_assert_cmpuint(device(rig)->nr_vcpus, ==, 2);
    g_assert_cmpuint(device(rig)->nr_servers, ==, SRIG_MAX_SERVERS);
    g_assert_cmpuint(rig->kvm->vcpu[1].server, ==, 1);
    check_works(rig);
    srig_free(rig);
}

static void test_what_comes_after_connect_is_told_too(void)
{
    SpaprRig *rig = on_kvm(2);

    g_assert_cmpuint(rows(rig), ==, 0);
    g_assert_cmpint(p9x_spapr_claim(&rig->s, LSI, true), ==, 0);
    g_assert_cmpint(p9x_spapr_claim(&rig->s, MSI, false), ==, 0);
    g_assert_cmpuint(rows(rig), ==, 2);
    g_assert_true(row_of(rig, LSI).lsi);
    check_works(rig);
    srig_free(rig);
}

/* PAPR's first EISN is the LISN, the device's is 0. */
static void check_eisn(SpaprRig *rig, uint64_t eisn)
{
    g_assert_cmpint(srig_hcall(rig, P9X_H_INT_GET_SOURCE_CONFIG, 0, MSI, 0, 0,
                               0), ==, 0);
    g_assert_cmphex(rig->r[2], ==, eisn);
}

static void test_connecting_starts_the_guest_anew_but_keeps_levels(void)
{
    SpaprRig *rig = before_connect(0);

    srig_set_queue(rig, 0, PRIO);
    srig_route(rig, MSI, 0, PRIO, EISN);
    p9x_spapr_set_irq(&rig->s, LSI, true);
    check_eisn(rig, EISN);
    g_assert_cmpint(srig_kvm_connect(rig), ==, 0);
    check_eisn(rig, 0);
    g_assert_cmphex(p9x_eas_read(&rig->s.tables.eas[MSI]), ==,
                    P9X_EAS_VALID | P9X_EAS_MASKED);
    g_assert_cmpint(srig_hcall(rig, P9X_H_INT_GET_QUEUE_CONFIG, 0, 0, PRIO, 0,
                               0), ==, 0);
    g_assert_cmphex(rig->r[2], ==, 0);
    srig_set_queue(rig, 0, PRIO);
    srig_route(rig, LSI, 0, PRIO, EISN);
    g_assert_cmphex(srig_entry(rig, 0, PRIO, 0), ==, 0x80000000 | EISN);
    srig_free(rig);
}

/* Mode switches: each device is another one, the direct path in between. */
static void test_devices_come_and_go(void)
{
    SpaprRig *rig = before_connect(0);

    for (unsigned i = 0; i < 3; i++) {
        check_works(rig);
        g_assert_cmpint(srig_kvm_connect(rig), ==, 0);
        check_eisn(rig, 0);
        check_works(rig);
        p9x_spapr_kvm_disconnect(&rig->s);
        check_eisn(rig, MSI);
        g_assert_cmpuint(device(rig)->nr_vcpus, ==, 0);
        srig_kvm_release(rig);
        srig_kvm_create(rig, 0);
        for (unsigned n = 0; n < 2; n++) {
            p9x_spapr_reset_server(&rig->s, n);
        }
    }
    p9x_spapr_kvm_disconnect(&rig->s);          /* there is none */
    srig_free(rig);
}

static void test_levels_come_back_from_the_device(void)
{
    SpaprRig *rig = before_connect(0);

    g_assert_cmpint(srig_kvm_connect(rig), ==, 0);
    p9x_spapr_set_irq(&rig->s, LSI, true);
    p9x_spapr_kvm_disconnect(&rig->s);
    srig_set_queue(rig, 0, PRIO);
    srig_route(rig, LSI, 0, PRIO, EISN);
    g_assert_cmphex(srig_entry(rig, 0, PRIO, 0), ==, 0x80000000 | EISN);
    srig_free(rig);
}

static void test_a_second_port_is_refused(void)
{
    SpaprRig *rig = on_kvm(1);
    P9xKvmPort other = rig->kvm->port;

    g_assert_cmpint(p9x_spapr_kvm_connect(&rig->s, &other), ==, -EBUSY);
    g_assert_true(rig->s.port == &rig->kvm->port);
    srig_free(rig);
}

typedef struct FailRow {
    P9xOpalCall call;
    unsigned skip;
    int rc;
} FailRow;

static void test_a_connect_that_fails_leaves_the_direct_path(void)
{
    static const FailRow fails[] = {
        { P9X_OPAL_ALLOCATE_VP_BLOCK, 0, -ENOSPC },
        { P9X_OPAL_SET_VP_INFO, 0, -EIO },
        { P9X_OPAL_SET_VP_INFO, 1, -EIO },
        { P9X_OPAL_ALLOCATE_IRQ, 0, -ENXIO },
        { P9X_OPAL_ALLOCATE_IRQ, 1, -ENXIO },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(fails); i++) {
        SpaprRig *rig = before_connect(0);

        p9x_host_inject(&rig->kvm->h, fails[i].call, 0, fails[i].skip,
                        P9X_OPAL_HARDWARE);
        g_assert_cmpint(srig_kvm_connect(rig), ==, fails[i].rc);
        g_assert_false(p9x_spapr_on_kvm(&rig->s));
        g_assert_cmpuint(device(rig)->nr_vcpus, ==, 0);
        check_works(rig);
        srig_kvm_release(rig);
        srig_kvm_create(rig, 0);
        g_assert_cmpint(srig_kvm_connect(rig), ==, 0);
        check_works(rig);
        srig_free(rig);
    }
}

static int has_no_attr(void *opaque, unsigned group, uint64_t attr)
{
    return -ENXIO;
}

static void test_a_kernel_without_nr_servers_is_good_too(void)
{
    SpaprRig *rig = before_connect(0);

    rig->kvm->port.has_attr = has_no_attr;
    g_assert_cmpint(srig_kvm_connect(rig), ==, 0);
    g_assert_cmpuint(device(rig)->nr_servers, ==, P9X_KVM_MAX_VCPUS);
    check_works(rig);
    srig_free(rig);
}

/* Resets. */

/* rows: H20 */
static void test_h_int_reset_is_the_devices_reset(void)
{
    SpaprRig *rig = on_kvm(2);

    check_works(rig);
    g_assert_cmpuint(row_of(rig, MSI).priority, ==, PRIO);
    g_assert_cmphex(row_of(rig, MSI).eisn, ==, EISN);
    g_assert_cmpint(srig_hcall(rig, P9X_H_INT_RESET, 0, 0, 0, 0, 0), ==, 0);
    g_assert_cmpuint(row_of(rig, MSI).priority, ==, 0xFF);
    g_assert_cmphex(row_of(rig, MSI).eisn, ==, 0);
    g_assert_cmpint(row_of(rig, MSI).pq, ==, P9X_PQ_01);
    g_assert_cmpuint(routed_prio(rig, MSI), ==, 0xFF);
    g_assert_false(rig->kvm->vcpu[1].queue[PRIO].has_page);
    check_works(rig);
    srig_free(rig);
}

/* Linux's reset skips what has no target; a machine starts with all off. */
static void test_a_machine_reset_makes_untargeted_sources_new_as_well(void)
{
    SpaprRig *rig = before_connect(P9X_QUIRK_L19);

    g_assert_cmpint(srig_kvm_connect(rig), ==, 0);
    srig_set_pq(rig, MSI, P9X_PQ_00);
    g_assert_cmpint(srig_hcall(rig, P9X_H_INT_RESET, 0, 0, 0, 0, 0), ==, 0);
    g_assert_cmpint(row_of(rig, MSI).pq, ==, P9X_PQ_00);
    p9x_spapr_reset(&rig->s);
    g_assert_cmpint(row_of(rig, MSI).pq, ==, P9X_PQ_01);
    check_works(rig);
    srig_free(rig);
}

static void test_a_machine_reset_lowers_the_devices_levels(void)
{
    SpaprRig *rig = before_connect(0);

    g_assert_cmpint(srig_kvm_connect(rig), ==, 0);
    p9x_spapr_set_irq(&rig->s, LSI, true);
    g_assert_true(row_of(rig, LSI).asserted);
    p9x_spapr_reset(&rig->s);
    g_assert_false(row_of(rig, LSI).asserted);
    g_assert_true(row_of(rig, LSI).lsi);
    srig_free(rig);
}

static void test_a_machine_reset_forgets_what_is_pending_in_a_ring(void)
{
    SpaprRig *rig = on_kvm(2);
    P9xTctx *t = srig_thread(rig, 1);

    check_works(rig);
    p9x_spapr_reset(&rig->s);
    g_assert_cmphex(p9x_tctx_lines(t), ==, 0);
    g_assert_cmphex(reg(t, P9X_RING_OS, P9X_TM_IPB), ==, 0);
    g_assert_cmphex(reg(t, P9X_RING_OS, P9X_TM_CPPR), ==, 0xFF);
    p9x_spapr_reset_server(&rig->s, 1);
    g_assert_cmphex(reg(t, P9X_RING_OS, P9X_TM_CPPR), ==, 0);
    check_works(rig);
    srig_free(rig);
}

/* rows: H9 */
static void test_a_reset_that_the_device_refuses_is_h_hardware(void)
{
    SpaprRig *rig = on_kvm(2);

    check_works(rig);
    srig_kvm_release(rig);
    g_assert_cmpint(srig_hcall(rig, P9X_H_INT_RESET, 0, 0, 0, 0, 0), ==,
                    P9X_H_HARDWARE);
    g_assert_cmphex(p9x_eas_read(&rig->s.tables.eas[MSI]) &
                    P9X_EAS_MASKED, ==, 0);
    srig_free(rig);
}

/* Refusals. */

static void fail_once(SpaprRig *rig, P9xOpalCall call)
{
    p9x_host_inject(&rig->kvm->h, call, 0, 0, P9X_OPAL_HARDWARE);
}

static int64_t configure(SpaprRig *rig, uint64_t prio)
{
    return srig_hcall(rig, P9X_H_INT_SET_SOURCE_CONFIG, P9X_SRC_SET_EISN, MSI,
                      0, prio, EISN + 1);
}

/* rows: H9 */
static void test_a_configuration_that_is_refused_changes_no_table(void)
{
    SpaprRig *rig = on_kvm(2);
    uint64_t before;

    check_works(rig);
    srig_set_queue(rig, 0, PRIO);
    before = p9x_eas_read(&rig->s.tables.eas[MSI]);
    fail_once(rig, P9X_OPAL_SET_IRQ_CONFIG);
    g_assert_cmpint(configure(rig, PRIO), ==, P9X_H_HARDWARE);
    g_assert_cmphex(p9x_eas_read(&rig->s.tables.eas[MSI]), ==, before);
    fail_once(rig, P9X_OPAL_SET_IRQ_CONFIG);
    g_assert_cmpint(configure(rig, 0xFF), ==, P9X_H_HARDWARE);
    g_assert_cmphex(p9x_eas_read(&rig->s.tables.eas[MSI]), ==, before);
    g_assert_cmpint(configure(rig, 0xFF), ==, 0);
    g_assert_cmpint(configure(rig, PRIO), ==, 0);
    g_assert_cmphex(row_of(rig, MSI).eisn, ==, EISN + 1);
    srig_free(rig);
}

/*
 * The device does nothing about a configuration that it thinks it has, and it
 * remembers the one that firmware refused: masking is never taken for that.
 */
static void test_masking_reaches_the_host_after_a_refusal(void)
{
    static const uint32_t refused[] = { EISN ^ 1, 0 };

    for (unsigned i = 0; i < G_N_ELEMENTS(refused); i++) {
        SpaprRig *rig = on_kvm(2);

        check_works(rig);
        srig_set_queue(rig, 0, 0);
        fail_once(rig, P9X_OPAL_SET_IRQ_CONFIG);
        g_assert_cmpint(srig_hcall(rig, P9X_H_INT_SET_SOURCE_CONFIG,
                                   P9X_SRC_SET_EISN, MSI, 0, 0, refused[i]),
                        ==, P9X_H_HARDWARE);
        g_assert_cmpuint(routed_prio(rig, MSI), ==, PRIO);
        g_assert_cmpint(configure(rig, 0xFF), ==, 0);
        g_assert_cmpuint(routed_prio(rig, MSI), ==, 0xFF);
        srig_free(rig);
    }
}

/* rows: H21 B10 */
static void test_no_call_says_busy_however_busy_firmware_is(void)
{
    static const unsigned with_lisn[] = {
        P9X_H_INT_GET_SOURCE_INFO, P9X_H_INT_GET_SOURCE_CONFIG,
        P9X_H_INT_SYNC
    };
    SpaprRig *rig = on_kvm(2);

    for (unsigned c = 0; c < P9X_OPAL_NR_CALLS; c++) {
        p9x_host_inject(&rig->kvm->h, (P9xOpalCall)c, 3, 0, 0);
    }
    check_works(rig);
    srig_set_queue(rig, 0, PRIO);
    g_assert_cmpint(configure(rig, PRIO), ==, 0);
    g_assert_cmpint(configure(rig, 0xFF), ==, 0);
    for (unsigned i = 0; i < G_N_ELEMENTS(with_lisn); i++) {
        g_assert_cmpint(srig_hcall(rig, with_lisn[i], 0, MSI, 0, 0, 0), ==,
                        0);
    }
    g_assert_cmpint(srig_hcall(rig, P9X_H_INT_GET_QUEUE_CONFIG, P9X_EQ_DEBUG,
                               0, PRIO, 0, 0), ==, 0);
    for (unsigned c = 0; c < P9X_OPAL_NR_CALLS; c++) {
        p9x_host_inject(&rig->kvm->h, (P9xOpalCall)c, 3, 0, 0);
    }
    g_assert_cmpint(srig_hcall(rig, P9X_H_INT_RESET, 0, 0, 0, 0, 0), ==, 0);
    check_works(rig);
    srig_free(rig);
}

/* Each source needs an entry's room: 16382 of them, then no more. */
/* rows: A10 */
static void test_queues_without_room_are_h_resource(void)
{
    SpaprRig *rig = on_kvm(2);

    check_works(rig);
    srig_set_queue(rig, 0, PRIO);
    for (unsigned i = 0; i < 2; i++) {
        atomic_store(&rig->kvm->vcpu[i].queue[PRIO].count, 16382);
    }
    g_assert_cmpint(configure(rig, PRIO), ==, P9X_H_RESOURCE);
    atomic_store(&rig->kvm->vcpu[0].queue[PRIO].count, 0);
    g_assert_cmpint(configure(rig, PRIO), ==, 0);
    srig_free(rig);
}

/* rows: H9 */
static void test_a_queue_that_is_refused_leaves_the_old_one(void)
{
    SpaprRig *rig = on_kvm(1);
    P9xEnd before;

    srig_set_queue(rig, 0, PRIO);
    before = rig->s.tables.end[PRIO];
    fail_once(rig, P9X_OPAL_SET_QUEUE_INFO);
    g_assert_cmpint(srig_hcall(rig, P9X_H_INT_SET_QUEUE_CONFIG, 1, 0, PRIO,
                               SRIG_QUEUE + 0x400000, 16), ==, P9X_H_HARDWARE);
    g_assert_cmpmem(&before, sizeof(before), &rig->s.tables.end[PRIO],
                    sizeof(before));
    srig_free(rig);
}

static void test_a_queue_that_can_not_be_asked_is_h_hardware(void)
{
    SpaprRig *rig = on_kvm(1);
    unsigned op = P9X_H_INT_GET_QUEUE_CONFIG;

    srig_set_queue(rig, 0, PRIO);
    fail_once(rig, P9X_OPAL_GET_QUEUE_STATE);
    g_assert_cmpint(srig_hcall(rig, op, P9X_EQ_DEBUG, 0, PRIO, 0, 0), ==,
                    P9X_H_HARDWARE);
    /* Only who wants to know the index has to ask. */
    fail_once(rig, P9X_OPAL_GET_QUEUE_STATE);
    g_assert_cmpint(srig_hcall(rig, op, 0, 0, PRIO, 0, 0), ==, 0);
    srig_free(rig);
}

/* A device that was changed for another one without our knowing. */
/* rows: H19 */
static void test_what_the_device_does_not_know_is_named(void)
{
    SpaprRig *rig = on_kvm(1);

    srig_set_queue(rig, 0, PRIO);
    srig_route(rig, MSI, 0, PRIO, EISN);
    srig_kvm_release(rig);
    srig_kvm_create(rig, 0);
    g_assert_cmpint(configure(rig, PRIO), ==, P9X_H_P2);
    g_assert_cmpint(srig_hcall(rig, P9X_H_INT_SYNC, 0, MSI, 0, 0, 0), ==,
                    P9X_H_P2);
    g_assert_cmpint(srig_hcall(rig, P9X_H_INT_SET_QUEUE_CONFIG, 1, 0, PRIO,
                               SRIG_QUEUE, 16), ==, P9X_H_P2);
    g_assert_cmpint(srig_hcall(rig, P9X_H_INT_GET_QUEUE_CONFIG, P9X_EQ_DEBUG,
                               0, PRIO, 0, 0), ==, P9X_H_P2);
    /* A reset can't ask a vCPU that it doesn't have, and goes on. */
    p9x_spapr_reset(&rig->s);
    g_assert_cmpint(srig_hcall(rig, P9X_H_INT_SYNC, 0, MSI, 0, 0, 0), ==, 0);
    g_assert_cmpint(configure(rig, PRIO), ==, P9X_H_HARDWARE);
    srig_free(rig);
}

static void test_a_claim_or_server_that_is_refused_is_not_there(void)
{
    SpaprRig *rig = on_kvm(1);

    fail_once(rig, P9X_OPAL_ALLOCATE_IRQ);
    g_assert_cmpint(p9x_spapr_claim(&rig->s, MSI, false), ==, -ENXIO);
    g_assert_false(p9x_spapr_claimed(&rig->s, MSI));
    p9x_tctx_init(&rig->tctx[1], &rig->s.router.unit, RIG_PHYS_CAM + 1,
                  &rig->host);
    fail_once(rig, P9X_OPAL_SET_VP_INFO);
    g_assert_cmpint(p9x_spapr_add_server(&rig->s, 1, &rig->tctx[1]), ==, -EIO);
    g_assert_null(rig->s.server[1]);
    g_assert_cmpint(p9x_spapr_add_server(&rig->s, 1, &rig->tctx[1]), ==, 0);
    check_works(rig);
    srig_free(rig);
}

/* rows: H16 */
static void test_there_are_no_reporting_lines(void)
{
    SpaprRig *rig = on_kvm(1);
    unsigned set = P9X_H_INT_SET_OS_REPORTING_LINE;

    g_assert_cmpint(srig_hcall(rig, set, 0, 0x200080, 0, 0, 0), ==, P9X_H_P2);
    g_assert_cmpint(srig_hcall(rig, set, 0, 0x200000, 0, 0, 0), ==,
                    P9X_H_FUNCTION);
    g_assert_cmpint(srig_hcall(rig, P9X_H_INT_GET_OS_REPORTING_LINE, 0, 0, 0,
                               0, 0), ==, 0);
    g_assert_cmphex(rig->r[0], ==, UINT64_MAX);
    srig_free(rig);
}

/* Servers and numbers that go. */

static void test_an_unplugged_servers_queues_and_targets_are_gone(void)
{
    SpaprRig *rig = on_kvm(2);

    check_works(rig);
    p9x_spapr_remove_server(&rig->s, 1);
    g_assert_cmpuint(device(rig)->nr_vcpus, ==, 1);
    g_assert_cmpint(srig_hcall(rig, P9X_H_INT_GET_SOURCE_CONFIG, 0, MSI, 0, 0,
                               0), ==, 0);
    g_assert_cmphex(rig->r[1], ==, 0xFF);
    g_assert_cmphex(rig->r[2], ==, EISN);
    g_assert_cmpint(p9x_spapr_add_server(&rig->s, 1, &rig->tctx[1]), ==, 0);
    /* Its old queue is not there to be written. */
    g_assert_cmpint(srig_hcall(rig, P9X_H_INT_SET_SOURCE_CONFIG, 0, MSI, 1,
                               PRIO, 0), ==, P9X_H_HARDWARE);
    check_works(rig);
    srig_free(rig);
}

static void test_a_freed_number_leads_nowhere_and_can_be_claimed(void)
{
    SpaprRig *rig = on_kvm(2);

    check_works(rig);
    p9x_spapr_free(&rig->s, MSI);
    g_assert_cmpuint(routed_prio(rig, MSI), ==, 0xFF);
    srig_trigger(rig, MSI);
    g_assert_cmphex(srig_entry(rig, 1, PRIO, 1), ==, 0);
    g_assert_cmpint(p9x_spapr_claim(&rig->s, MSI, false), ==, 0);
    check_works(rig);
    srig_free(rig);
}

/* The port itself. */

static void test_a_port_without_device_says_so(void)
{
    SpaprRig *rig = before_connect(0);
    const P9xKvmPort *p = &rig->kvm->port;
    uint64_t value[2] = { 7, 7 };

    srig_kvm_release(rig);
    g_assert_cmpint(p->has_attr(p->opaque, 1, 1), ==, -ENODEV);
    g_assert_cmpint(p->set_attr(p->opaque, 1, 1, NULL), ==, -ENODEV);
    g_assert_cmpint(p->get_attr(p->opaque, 4, 0, value), ==, -ENODEV);
    g_assert_cmpint(p->connect(p->opaque, 0), ==, -ENODEV);
    g_assert_cmpint(p->get_vp_state(p->opaque, 0, value), ==, -ENXIO);
    g_assert_cmpint(p->irq_line(p->opaque, MSI, 1), ==, -ENODEV);
    g_assert_false(p->esb_load(p->opaque, 0, 8, value));
    g_assert_false(p->esb_store(p->opaque, 0, 8, 0));
    g_assert_cmphex(value[0], ==, 7);
    p->disconnect(p->opaque, 0);
    srig_free(rig);
}

static void test_a_port_knows_the_servers_it_is_told_of(void)
{
    SpaprRig *rig = on_kvm(2);
    const P9xKvmPort *p = &rig->kvm->port;
    uint64_t value[2];

    g_assert_cmpint(p->connect(p->opaque, SRIG_MAX_SERVERS), ==, -EINVAL);
    g_assert_cmpint(p->connect(p->opaque, 1), ==, -EBUSY);
    g_assert_cmpint(p->get_vp_state(p->opaque, SRIG_MAX_SERVERS, value), ==,
                    -EINVAL);
    g_assert_cmpint(p->set_vp_state(p->opaque, SRIG_MAX_SERVERS, value), ==,
                    -EINVAL);
    p->disconnect(p->opaque, SRIG_MAX_SERVERS);
    srig_free(rig);
}

static bool find_without_thread(void *opaque, uint32_t server,
                                P9xKvmVcpu **vcpu, P9xTctx **tctx)
{
    SrigKvm *kvm = opaque;

    *vcpu = &kvm->vcpu[server];
    *tctx = NULL;
    return true;
}

/* Events wait in the NVT until the caller pushes the vCPU. */
static void test_a_vcpu_without_thread_is_left_to_the_caller(void)
{
    SpaprRig *rig = before_connect(0);
    P9xTctx *t = &rig->kvm->thread[1];

    rig->kvm->model.find_vcpu = find_without_thread;
    g_assert_cmpint(srig_kvm_connect(rig), ==, 0);
    g_assert_null(rig->kvm->vcpu[1].tctx);
    srig_set_queue(rig, 1, PRIO);
    srig_route(rig, MSI, 1, PRIO, EISN);
    p9x_spapr_set_irq(&rig->s, MSI, true);
    g_assert_cmphex(p9x_tctx_lines(t), ==, 0);
    p9x_kvm_push(&rig->kvm->vcpu[1], t);
    p9x_tctx_set_cppr(t, P9X_RING_OS, 0xFF);
    g_assert_cmphex(p9x_tctx_lines(t), ==, P9X_LINE_OS);
    srig_free(rig);
}

static void test_looking_at_a_vcpu_leaves_it_running_and_pending(void)
{
    SpaprRig *rig = on_kvm(2);
    const P9xKvmPort *p = &rig->kvm->port;
    uint64_t value[2];
    uint8_t ring[16];

    check_works(rig);
    g_assert_cmpint(p->get_vp_state(p->opaque, 1, value), ==, 0);
    memcpy(ring, value, sizeof(ring));
    g_assert_cmphex(ring[P9X_TM_IPB], ==, p9x_prio_to_ipb(PRIO));
    g_assert_cmphex(ring[P9X_TM_CPPR], ==, 0xFF);
    g_assert_true(rig->kvm->vcpu[1].tctx == srig_thread(rig, 1));
    g_assert_cmphex(p9x_tctx_lines(srig_thread(rig, 1)), ==, P9X_LINE_OS);
    g_assert_cmpint(p->set_vp_state(p->opaque, 1, value), ==, 0);
    g_assert_cmphex(p9x_tctx_lines(srig_thread(rig, 1)), ==, P9X_LINE_OS);
    srig_free(rig);
}

int main(int argc, char **argv)
{
    static const TestRow tests[] = {
        TEST(connect_tells_the_device_what_there_is),
        TEST(what_comes_after_connect_is_told_too),
        TEST(connecting_starts_the_guest_anew_but_keeps_levels),
        TEST(devices_come_and_go),
        TEST(levels_come_back_from_the_device),
        TEST(a_second_port_is_refused),
        TEST(a_connect_that_fails_leaves_the_direct_path),
        TEST(a_kernel_without_nr_servers_is_good_too),
        TEST(h_int_reset_is_the_devices_reset),
        TEST(a_machine_reset_makes_untargeted_sources_new_as_well),
        TEST(a_machine_reset_lowers_the_devices_levels),
        TEST(a_machine_reset_forgets_what_is_pending_in_a_ring),
        TEST(a_reset_that_the_device_refuses_is_h_hardware),
        TEST(a_configuration_that_is_refused_changes_no_table),
        TEST(masking_reaches_the_host_after_a_refusal),
        TEST(no_call_says_busy_however_busy_firmware_is),
        TEST(queues_without_room_are_h_resource),
        TEST(a_queue_that_is_refused_leaves_the_old_one),
        TEST(a_queue_that_can_not_be_asked_is_h_hardware),
        TEST(what_the_device_does_not_know_is_named),
        TEST(a_claim_or_server_that_is_refused_is_not_there),
        TEST(there_are_no_reporting_lines),
        TEST(an_unplugged_servers_queues_and_targets_are_gone),
        TEST(a_freed_number_leads_nowhere_and_can_be_claimed),
        TEST(a_port_without_device_says_so),
        TEST(a_port_knows_the_servers_it_is_told_of),
        TEST(a_vcpu_without_thread_is_left_to_the_caller),
        TEST(looking_at_a_vcpu_leaves_it_running_and_pending),
    };

    return RUN_TESTS(argc, argv, "kvm-spapr", tests);
}
