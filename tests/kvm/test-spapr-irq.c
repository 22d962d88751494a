/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interrupts of a pseries guest with a KVM device behind: lines through
 * H_INT_ESB, messages, and messages whose number is passed through meanwhile.
 *
 * The guest takes entries off one queue and counts.
 */
#include "fixture-kvm.h"

enum { MSI = 0x20, LSI = 0x21, PRIO = 6, EISN = 0x1234, ROUNDS = 5000 };

typedef struct IrqRig {
    SpaprRig *s;
    uint32_t idx, toggle;           /* the guest's place in its queue */
    /* A bridge, of which MSI 0 can be passed through as MSI. */
    P9xPhb4Source phb;
    uint32_t base;
    P9xHostIrq irq;
    atomic_uint round;              /* tests with two threads */
    atomic_bool stop;
    GThread *thread;
} IrqRig;

static void phb_event(void *opaque, uint32_t srcno, P9xTransit *transit)
{
    IrqRig *rig = opaque;

    p9x_host_source_event(&rig->s->kvm->h, rig->base + srcno, transit);
}

static void host_handler(void *opaque)
{
    IrqRig *rig = opaque;

    p9x_vm_signal(&rig->s->kvm->vm, rig);
}

static IrqRig *rig_start(void)
{
    IrqRig *rig = host_alloc(sizeof(*rig));
    SrigKvm *kvm;

    srig_on_kvm = true;
    rig->s = srig_new(1);
    srig_on_kvm = false;
    kvm = rig->s->kvm;
    g_assert_cmpint(p9x_spapr_claim(&rig->s->s, MSI, false), ==, 0);
    g_assert_cmpint(p9x_spapr_claim(&rig->s->s, LSI, true), ==, 0);
    srig_set_queue(rig->s, 0, PRIO);
    p9x_phb4_source_init(&rig->phb, P9X_PHB4_SMALL_SOURCES, false, phb_event,
                         rig, &rig->s->host.ports, &kvm->h.router.counters);
    rig->base = p9x_host_add_source(&kvm->h, &rig->phb.source);
    p9x_phb4_set_pe(&rig->phb, 0, KRIG_PE);
    g_assert_cmpint(p9x_host_request_irq(&kvm->h, &rig->irq, rig->base,
                                         KRIG_LIRQ, host_handler, rig), ==, 0);
    g_assert_cmpint(p9x_vm_irqfd(&kvm->vm, rig, MSI), ==, 0);
    return rig;
}

static void map(IrqRig *rig)
{
    g_assert_cmpint(p9x_vm_add_producer(&rig->s->kvm->vm, rig, &rig->irq), ==,
                    0);
}

static void unmap(IrqRig *rig)
{
    g_assert_cmpint(p9x_vm_del_producer(&rig->s->kvm->vm, rig), ==, 0);
}

static void rig_end_all(IrqRig *rig)
{
    unmap(rig);
    p9x_host_free_irq(&rig->s->kvm->h, &rig->irq);
    p9x_host_remove_source(&rig->s->kvm->h, rig->base);
    srig_free(rig->s);
    p9x_phb4_source_destroy(&rig->phb);
    free(rig);
}

static void fire(IrqRig *rig)
{
    P9xMsi m = p9x_phb4_msi_encode(0, false);

    g_assert_true(p9x_phb4_msi(&rig->phb, m.addr, m.data, KRIG_PE));
}

static void line(IrqRig *rig, bool level)
{
    p9x_spapr_set_irq(&rig->s->s, LSI, level);
}

static void message(IrqRig *rig)
{
    p9x_spapr_set_irq(&rig->s->s, MSI, true);
    p9x_spapr_set_irq(&rig->s->s, MSI, false);
}

/* The next entry's data, 0: there is none. */
static uint32_t take(IrqRig *rig)
{
    uint32_t entry = srig_entry(rig->s, 0, PRIO, rig->idx);

    if (entry >> 31 == rig->toggle) {
        return 0;
    }
    rig->idx = (rig->idx + 1) % (SRIG_QUEUE_SIZE / 4);
    rig->toggle ^= !rig->idx;
    return entry & P9X_DATA_MAX;
}

static unsigned take_all(IrqRig *rig)
{
    unsigned n = 0;

    while (take(rig)) {
        n++;
    }
    return n;
}

static int64_t esb(IrqRig *rig, uint64_t flags, uint64_t offset)
{
    return srig_hcall(rig->s, P9X_H_INT_ESB, flags, LSI, offset, 0, 0);
}

static uint64_t esb_load(IrqRig *rig, uint64_t offset)
{
    g_assert_cmpint(esb(rig, 0, offset), ==, 0);
    return rig->s->r[0];
}

static void find_row(void *opaque, const P9xKvmRow *row)
{
    P9xKvmRow *found = opaque;

    if (row->lisn == found->lisn) {
        *found = *row;
    }
}

static P9xKvmRow row_of(IrqRig *rig, uint32_t lisn)
{
    P9xKvmRow row = { .lisn = lisn };

    p9x_kvm_each_row(rig->s->kvm->vm.device, find_row, &row);
    return row;
}

/* Lines. */

/* Real users' INTx went dead after a while: this is what keeps it alive. */
/* rows: H18 E10 */
static void test_a_line_that_stays_up_delivers_after_each_eoi(void)
{
    IrqRig *rig = rig_start();

    srig_route(rig->s, LSI, 0, PRIO, EISN);
    line(rig, true);
    for (unsigned i = 0; i < ROUNDS; i++) {
        g_assert_cmphex(take(rig), ==, EISN);
        g_assert_cmphex(take(rig), ==, 0);
        /* By load and by store. */
        if (i % 2) {
            g_assert_cmphex(esb_load(rig, 0), ==, 1);
        } else {
            g_assert_cmpint(esb(rig, P9X_ESB_STORE, P9X_ESB_STORE_EOI), ==, 0);
            g_assert_cmphex(rig->s->r[0], ==, UINT64_MAX);
        }
    }
    g_assert_cmphex(take(rig), ==, EISN);
    line(rig, false);
    g_assert_cmphex(esb_load(rig, 0), ==, 0);
    g_assert_cmphex(take(rig), ==, 0);
    g_assert_cmphex(esb_load(rig, P9X_ESB_GET), ==, P9X_PQ_00);
    g_assert_cmpuint(srig_count(rig->s, P9X_COUNT_QUEUED), ==, ROUNDS + 1);
    /* The direct path's source beside has had no part in it. */
    g_assert_cmpuint(p9x_counter_read(&rig->s->s.router.counters,
                                      P9X_COUNT_TRIGGERS), ==, 0);
    rig_end_all(rig);
}

static void test_a_line_that_pulses_while_pending_is_no_second_event(void)
{
    IrqRig *rig = rig_start();

    srig_route(rig->s, LSI, 0, PRIO, EISN);
    for (unsigned i = 0; i < 3; i++) {
        line(rig, true);
        line(rig, false);
    }
    g_assert_cmpuint(take_all(rig), ==, 1);
    srig_eoi(rig->s, LSI);
    g_assert_cmpuint(take_all(rig), ==, 0);
    line(rig, true);
    g_assert_cmpuint(take_all(rig), ==, 1);
    rig_end_all(rig);
}

static void test_a_line_that_rose_while_off_delivers_when_turned_on(void)
{
    static const bool by_store[] = { false, true };
    IrqRig *rig = rig_start();

    srig_route(rig->s, LSI, 0, PRIO, EISN);
    for (unsigned i = 0; i < G_N_ELEMENTS(by_store); i++) {
        esb_load(rig, P9X_ESB_SET_PQ_01);
        line(rig, true);
        g_assert_cmpuint(take_all(rig), ==, 0);
        g_assert_cmpint(esb(rig, by_store[i] ? P9X_ESB_STORE : 0,
                            P9X_ESB_SET_PQ_00), ==, 0);
        g_assert_cmpuint(take_all(rig), ==, 1);
        line(rig, false);
        srig_eoi(rig->s, LSI);
    }
    rig_end_all(rig);
}

static void test_what_is_off_stays_off_at_an_eoi(void)
{
    IrqRig *rig = rig_start();

    srig_route(rig->s, LSI, 0, PRIO, EISN);
    esb_load(rig, P9X_ESB_SET_PQ_01);
    line(rig, true);
    g_assert_cmphex(esb_load(rig, 0), ==, 0);
    g_assert_cmphex(esb_load(rig, P9X_ESB_GET), ==, P9X_PQ_01);
    g_assert_cmpuint(take_all(rig), ==, 0);
    rig_end_all(rig);
}

static void test_a_triggered_lsi_needs_no_level(void)
{
    IrqRig *rig = rig_start();

    srig_route(rig->s, LSI, 0, PRIO, EISN);
    g_assert_cmpint(esb(rig, P9X_ESB_STORE, 0), ==, 0);
    g_assert_cmpuint(take_all(rig), ==, 1);
    g_assert_cmphex(esb_load(rig, 0), ==, 0);
    rig_end_all(rig);
}

static void test_the_table_shows_a_line_that_is_up(void)
{
    IrqRig *rig = rig_start();

    g_assert_false(row_of(rig, LSI).asserted);
    line(rig, true);
    g_assert_true(row_of(rig, LSI).asserted);
    line(rig, false);
    g_assert_false(row_of(rig, LSI).asserted);
    g_assert_true(row_of(rig, LSI).lsi);
    rig_end_all(rig);
}

static void test_an_lsi_without_page_is_h_hardware(void)
{
    IrqRig *rig = rig_start();

    p9x_vma_unmap(&rig->s->kvm->vma);
    g_assert_cmpint(esb(rig, 0, 0), ==, P9X_H_HARDWARE);
    g_assert_cmpint(esb(rig, 0, P9X_ESB_GET), ==, P9X_H_HARDWARE);
    g_assert_cmpint(esb(rig, P9X_ESB_STORE, 0), ==, P9X_H_HARDWARE);
    g_assert_cmpint(esb(rig, P9X_ESB_STORE, P9X_ESB_STORE_EOI), ==,
                    P9X_H_HARDWARE);
    rig_end_all(rig);
}

/* A device raises its line and waits until its driver has lowered it. */
static gpointer raise_lines(gpointer opaque)
{
    IrqRig *rig = opaque;

    for (unsigned i = 1; i <= ROUNDS; i++) {
        line(rig, true);
        while (atomic_load(&rig->round) < i && !atomic_load(&rig->stop)) {
            g_thread_yield();
        }
    }
    return NULL;
}

static bool wait_for_entry(IrqRig *rig)
{
    gint64 end = end_of_wait(20);

    while (!take(rig)) {
        if (g_get_monotonic_time() > end) {
            return false;
        }
        g_thread_yield();
    }
    return true;
}

/* The next rise comes between the driver's store and its EOI, or after. */
static void test_no_rise_beside_an_eoi_is_lost(void)
{
    IrqRig *rig = rig_start();
    unsigned served = 0;
    GThread *thread;

    srig_route(rig->s, LSI, 0, PRIO, EISN);
    thread = g_thread_new("device", raise_lines, rig);
    while (served < ROUNDS && wait_for_entry(rig)) {
        /* What a shared line brings beside is an EOI and no more. */
        if (row_of(rig, LSI).asserted) {
            line(rig, false);
            atomic_store(&rig->round, ++served);
        }
        srig_eoi(rig->s, LSI);
    }
    atomic_store(&rig->stop, true);
    g_thread_join(thread);
    g_assert_cmpuint(served, ==, ROUNDS);
    rig_end_all(rig);
}

/* Messages. */

static void test_messages_come_one_by_one(void)
{
    IrqRig *rig = rig_start();

    srig_route(rig->s, MSI, 0, PRIO, EISN);
    for (unsigned i = 0; i < ROUNDS; i++) {
        message(rig);
        g_assert_cmphex(take(rig), ==, EISN);
        srig_eoi(rig->s, MSI);
    }
    /* Two before an EOI are two: one is queued behind the other. */
    message(rig);
    message(rig);
    g_assert_cmpuint(take_all(rig), ==, 1);
    srig_eoi(rig->s, MSI);
    g_assert_cmpuint(take_all(rig), ==, 1);
    g_assert_cmpuint(srig_count(rig->s, P9X_COUNT_QUEUED), ==, ROUNDS + 2);
    rig_end_all(rig);
}

static void test_without_a_mapping_messages_go_by_irq_line(void)
{
    IrqRig *rig = rig_start();
    P9xSpapr *s = &rig->s->s;

    srig_route(rig->s, MSI, 0, PRIO, EISN);
    p9x_vma_unmap(&rig->s->kvm->vma);
    message(rig);
    g_assert_cmphex(take(rig), ==, EISN);
    g_assert_cmpuint(p9x_guest_error_read(&s->router.counters,
                                          P9X_ERR_NO_SOURCE), ==, 0);
    /* No device takes the message: that is said, once for each. */
    srig_kvm_release(rig->s);
    message(rig);
    line(rig, true);
    g_assert_cmpuint(p9x_guest_error_read(&s->router.counters,
                                          P9X_ERR_NO_SOURCE), ==, 2);
    rig_end_all(rig);
}

/* Passed through. */

static void check_both_ways(IrqRig *rig, uint32_t eisn)
{
    fire(rig);
    g_assert_cmphex(take(rig), ==, eisn);
    srig_eoi(rig->s, MSI);
    g_assert_cmphex(take(rig), ==, 0);
}

static void test_the_type_changes_and_the_eisn_does_not(void)
{
    IrqRig *rig = rig_start();
    uint32_t ipi = row_of(rig, MSI).hw_irq;

    srig_route(rig->s, MSI, 0, PRIO, EISN);
    for (unsigned i = 0; i < 100; i++) {
        P9xKvmRow row = row_of(rig, MSI);

        g_assert_false(row.pt);
        g_assert_cmphex(row.hw_irq, ==, ipi);
        g_assert_cmphex(row.eisn, ==, EISN);
        check_both_ways(rig, EISN);
        map(rig);
        row = row_of(rig, MSI);
        g_assert_true(row.pt);
        g_assert_cmphex(row.hw_irq, ==, rig->base);
        g_assert_cmphex(row.eisn, ==, EISN);
        g_assert_cmpuint(row.server, ==, 0);
        g_assert_cmpuint(row.priority, ==, PRIO);
        check_both_ways(rig, EISN);
        unmap(rig);
    }
    g_assert_cmpint(srig_hcall(rig->s, P9X_H_INT_GET_SOURCE_CONFIG, 0, MSI, 0,
                               0, 0), ==, 0);
    g_assert_cmphex(rig->s->r[2], ==, EISN);
    rig_end_all(rig);
}

/* rows: S11.11-3 */
static void test_a_guest_configures_what_is_live(void)
{
    IrqRig *rig = rig_start();
    uint32_t vp, lirq;
    uint8_t prio;

    srig_route(rig->s, MSI, 0, PRIO, EISN);
    map(rig);
    srig_route(rig->s, MSI, 0, PRIO, EISN + 1);
    check_both_ways(rig, EISN + 1);
    g_assert_cmpint(srig_hcall(rig->s, P9X_H_INT_SET_SOURCE_CONFIG, 0, MSI, 0,
                               0xFF, 0), ==, 0);
    g_assert_cmpint(p9x_opal_get_irq_config(&rig->s->kvm->h, rig->base, &vp,
                                            &prio, &lirq), ==, 0);
    g_assert_cmpuint(prio, ==, 0xFF);
    fire(rig);
    g_assert_cmpuint(take_all(rig), ==, 0);
    g_assert_cmpint(srig_hcall(rig->s, P9X_H_INT_SYNC, 0, MSI, 0, 0, 0), ==,
                    0);
    rig_end_all(rig);
}

/* rows: M30 */
static void test_a_reset_silences_what_is_passed_through(void)
{
    IrqRig *rig = rig_start();

    for (unsigned by_machine = 0; by_machine < 2; by_machine++) {
        srig_route(rig->s, MSI, 0, PRIO, EISN);
        map(rig);
        if (by_machine) {
            p9x_spapr_reset(&rig->s->s);
        } else {
            srig_hcall(rig->s, P9X_H_INT_RESET, 0, 0, 0, 0, 0);
        }
        g_assert_true(row_of(rig, MSI).pt);
        g_assert_cmpint(row_of(rig, MSI).pq, ==, P9X_PQ_01);
        fire(rig);
        g_assert_cmpuint(take_all(rig), ==, 0);
        srig_set_queue(rig->s, 0, PRIO);
        rig->idx = 0;
        rig->toggle = 0;
        srig_route(rig->s, MSI, 0, PRIO, EISN);
        check_both_ways(rig, EISN);
        unmap(rig);
    }
    rig_end_all(rig);
}

static void test_a_freed_number_that_is_passed_through_is_silent(void)
{
    IrqRig *rig = rig_start();

    srig_route(rig->s, MSI, 0, PRIO, EISN);
    map(rig);
    p9x_spapr_free(&rig->s->s, MSI);
    fire(rig);
    fire(rig);
    g_assert_cmpuint(take_all(rig), ==, 0);
    unmap(rig);
    g_assert_cmpuint(take_all(rig), ==, 0);
    rig_end_all(rig);
}

/* One emulated by other means sends them as before. */
static void test_a_message_for_a_passed_through_number_reaches_it(void)
{
    IrqRig *rig = rig_start();

    srig_route(rig->s, MSI, 0, PRIO, EISN);
    map(rig);
    message(rig);
    g_assert_cmphex(take(rig), ==, EISN);
    g_assert_cmpint(row_of(rig, MSI).pq, ==, P9X_PQ_10);
    srig_eoi(rig->s, MSI);
    g_assert_cmpint(row_of(rig, MSI).pq, ==, P9X_PQ_00);
    rig_end_all(rig);
}

static gpointer send_message(gpointer opaque)
{
    IrqRig *rig = opaque;

    atomic_store(&rig->round, 1);
    message(rig);
    return NULL;
}

/* The IPI is off, the PT not yet live: what comes now has to wait. */
static void send_meanwhile(void *opaque, const char *point, uint32_t girq)
{
    IrqRig *rig = opaque;

    if (strcmp(point, "set-taken") == 0) {
        rig->thread = g_thread_new("message", send_message, rig);
        while (!atomic_load(&rig->round)) {
            g_thread_yield();
        }
        g_usleep(5000);
    }
}

static void test_a_message_in_the_middle_of_a_switch_reaches_the_pt(void)
{
    IrqRig *rig = rig_start();
    P9xKvm *kvm = rig->s->kvm->vm.device;

    srig_route(rig->s, MSI, 0, PRIO, EISN);
    kvm->host->plants.hook = send_meanwhile;
    kvm->host->plants.hook_opaque = rig;
    map(rig);
    g_thread_join(rig->thread);
    g_assert_cmphex(take(rig), ==, EISN);
    g_assert_cmpint(row_of(rig, MSI).pq, ==, P9X_PQ_10);
    kvm->host->plants.hook = NULL;
    rig_end_all(rig);
}

static gpointer switch_all_the_time(gpointer opaque)
{
    IrqRig *rig = opaque;

    while (!atomic_load(&rig->stop)) {
        map(rig);
        atomic_fetch_add(&rig->round, 1);
        unmap(rig);
    }
    return NULL;
}

/* Each is sent after the last one's EOI, so each must come by itself. */
/* rows: S11.11-2 */
static void test_no_message_beside_a_switch_is_lost_or_doubled(void)
{
    IrqRig *rig = rig_start();
    unsigned came = 0, sent = 0;
    GThread *thread;

    srig_route(rig->s, MSI, 0, PRIO, EISN);
    thread = g_thread_new("switch", switch_all_the_time, rig);
    while (sent == came && (sent < ROUNDS || !atomic_load(&rig->round))) {
        sent++;
        message(rig);
        if (wait_for_entry(rig)) {
            came++;
            srig_eoi(rig->s, MSI);
        }
    }
    atomic_store(&rig->stop, true);
    g_thread_join(thread);
    g_assert_cmpuint(came, ==, sent);
    g_assert_cmpuint(take_all(rig), ==, 0);
    g_assert_cmpuint(atomic_load(&rig->round), >, 0);
    rig_end_all(rig);
}

int main(int argc, char **argv)
{
    static const TestRow tests[] = {
        TEST(a_line_that_stays_up_delivers_after_each_eoi),
        TEST(a_line_that_pulses_while_pending_is_no_second_event),
        TEST(a_line_that_rose_while_off_delivers_when_turned_on),
        TEST(what_is_off_stays_off_at_an_eoi),
        TEST(a_triggered_lsi_needs_no_level),
        TEST(the_table_shows_a_line_that_is_up),
        TEST(an_lsi_without_page_is_h_hardware),
        TEST(no_rise_beside_an_eoi_is_lost),
        TEST(messages_come_one_by_one),
        TEST(without_a_mapping_messages_go_by_irq_line),
        TEST(the_type_changes_and_the_eisn_does_not),
        TEST(a_guest_configures_what_is_live),
        TEST(a_reset_silences_what_is_passed_through),
        TEST(a_freed_number_that_is_passed_through_is_silent),
        TEST(a_message_for_a_passed_through_number_reaches_it),
        TEST(a_message_in_the_middle_of_a_switch_reaches_the_pt),
        TEST(no_message_beside_a_switch_is_lost_or_doubled),
    };

    return RUN_TESTS(argc, argv, "kvm-spapr-irq", tests);
}
