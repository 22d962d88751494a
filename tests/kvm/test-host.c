/* SPDX-License-Identifier: GPL-2.0-or-later */
/* OPAL's calls, host interrupts, and forwarding one to a guest. */
#include "fixture-kvm.h"

enum { MSI = 3 };

static void assert_log(KRig *rig, uint32_t pt, const char *want)
{
    g_autofree char *log = krig_log_text(rig, 0, pt);

    g_assert_cmpstr(log, ==, want);
    krig_log_clear(rig);
}

typedef struct ForwardRow {
    P9xPq before;
    bool host_has_seen;         /* P is stale: an older event's */
    bool target;
    P9xPq after;
    bool saved_p, stale_p;
    const char *log;
} ForwardRow;

/* rows: P1 P2 P3 P4 P5 */
static void test_forwarding_leaves_the_source_pending(void)
{
    static const ForwardRow row[] = {
        { P9X_PQ_00, false, true, P9X_PQ_10, false, true, "E00:pt" },
        { P9X_PQ_10, false, true, P9X_PQ_11, true, false,
          "E00:pt F00:pt sync:pt" },
        { P9X_PQ_11, false, true, P9X_PQ_11, true, false,
          "E00:pt F00:pt sync:pt" },
        { P9X_PQ_01, false, true, P9X_PQ_10, false, true, "E00:pt" },
        { P9X_PQ_10, true, true, P9X_PQ_10, false, true, "E00:pt" },
        { P9X_PQ_00, false, false, P9X_PQ_10, false, true, "E00:pt" },
        { P9X_PQ_10, false, false, P9X_PQ_10, true, false, "E00:pt" },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(row); i++) {
        KRig *rig = krig_new_host();
        P9xHostIrq *irq = krig_request(rig, MSI);

        krig_set_pt_pq(rig, MSI, row[i].before);
        irq->stale_p = row[i].host_has_seen;
        irq->has_target = row[i].target;
        g_assert_cmpint(p9x_host_forward_irq(&rig->h, irq), ==, 0);
        g_assert_true(irq->forwarded);
        g_assert_cmpint(krig_pt_pq(rig, MSI), ==, row[i].after);
        g_assert_cmpint(irq->saved_p, ==, row[i].saved_p);
        g_assert_cmpint(irq->stale_p, ==, row[i].stale_p);
        assert_log(rig, rig->base + MSI, row[i].log);
        irq->has_target = true;
        krig_free(rig);
    }
}

static void take_back(KRig *rig, P9xHostIrq *irq)
{
    g_assert_cmpint(p9x_host_return_irq(&rig->h, irq), ==, 0);
    p9x_host_resume_irq(&rig->h, irq);
}

/* rows: P6 G5 */
static void test_taking_back_syncs_routes_and_eois(void)
{
    KRig *rig = krig_new_host();
    P9xHostIrq *irq = krig_request(rig, MSI);
    uint32_t hw = rig->base + MSI;
    KRigRoute route;

    p9x_host_forward_irq(&rig->h, irq);
    p9x_opal_set_irq_config(&rig->h, hw, 0, P9X_PRIO_MASKED, 1);
    krig_log_clear(rig);
    take_back(rig, irq);
    assert_log(rig, hw, "sync:pt cfg:pt C00:pt");
    g_assert_false(irq->forwarded);
    g_assert_cmpint(krig_pt_pq(rig, MSI), ==, P9X_PQ_00);
    route = krig_get_route(rig, hw);
    g_assert_cmpuint(route.vp, ==, 0);
    g_assert_cmpuint(route.prio, ==, P9X_HOST_CPU_PRIO);
    g_assert_cmpuint(route.data, ==, KRIG_LIRQ + MSI);
    krig_free(rig);
}

/* rows: P6 */
static void test_taking_back_leaves_the_eoi_to_a_handler_still_to_come(void)
{
    KRig *rig = krig_new_host();
    P9xHostIrq *irq = krig_request(rig, MSI);

    p9x_host_hold(&rig->h, true);
    krig_fire(rig, MSI);
    p9x_host_forward_irq(&rig->h, irq);
    krig_log_clear(rig);
    take_back(rig, irq);
    assert_log(rig, rig->base + MSI, "sync:pt cfg:pt");
    p9x_host_hold(&rig->h, false);
    /* The void event's EOI finds Q and sends what the guest was to have. */
    g_assert_cmpuint(irq->taken, ==, 1);
    g_assert_cmpint(krig_pt_pq(rig, MSI), ==, P9X_PQ_00);
    krig_free(rig);
}

static void check_cpu(KRig *rig, uint32_t cpu)
{
    KRigRoute route = krig_get_route(rig, rig->base + MSI);

    g_assert_cmpuint(route.vp, ==, cpu);
    g_assert_cmpuint(route.prio, ==, P9X_HOST_CPU_PRIO);
    g_assert_cmpuint(route.data, ==, KRIG_LIRQ + MSI);
}

static void test_the_hosts_other_cpu_takes_what_is_moved_there(void)
{
    KRig *rig = krig_new_host();
    uint32_t cpu = p9x_host_add_cpu(&rig->h);
    P9xHostIrq *irq = krig_request(rig, MSI);

    g_assert_cmpuint(cpu, ==, 1);
    check_cpu(rig, 0);
    krig_log_clear(rig);
    g_assert_cmpint(p9x_host_set_affinity(&rig->h, irq, cpu), ==, 0);
    assert_log(rig, rig->base + MSI, "cfg:pt");
    check_cpu(rig, cpu);
    krig_fire(rig, MSI);
    g_assert_cmpuint(irq->taken, ==, 1);
    g_assert_cmpint(krig_pt_pq(rig, MSI), ==, P9X_PQ_00);
    g_assert_cmpint(p9x_host_set_affinity(&rig->h, irq, cpu + 1), ==,
                    P9X_OPAL_PARAMETER);
    p9x_host_inject(&rig->h, P9X_OPAL_SET_IRQ_CONFIG, 2, 0,
                    P9X_OPAL_HARDWARE);
    g_assert_cmpint(p9x_host_set_affinity(&rig->h, irq, 0), ==,
                    P9X_OPAL_HARDWARE);
    check_cpu(rig, cpu);
    g_assert_cmpuint(irq->cpu, ==, cpu);
    krig_free(rig);
}

/* rows: P10 */
static void test_moving_a_forwarded_interrupt_is_for_when_it_comes_back(void)
{
    KRig *rig = krig_new_host();
    uint32_t cpu = p9x_host_add_cpu(&rig->h);
    P9xHostIrq *irq = krig_request(rig, MSI);
    KRigRoute guests;

    p9x_host_forward_irq(&rig->h, irq);
    p9x_opal_set_irq_config(&rig->h, rig->base + MSI, 0, 3, 1234);
    guests = krig_get_route(rig, rig->base + MSI);
    krig_log_clear(rig);
    g_assert_cmpint(p9x_host_set_affinity(&rig->h, irq, cpu), ==, 0);
    g_assert_cmpint(p9x_host_set_affinity(&rig->h, irq, cpu + 1), ==,
                    P9X_OPAL_PARAMETER);
    assert_log(rig, rig->base + MSI, "");
    g_assert_cmpuint(krig_get_route(rig, rig->base + MSI).data, ==,
                     guests.data);
    take_back(rig, irq);
    check_cpu(rig, cpu);
    krig_fire(rig, MSI);
    g_assert_cmpuint(irq->taken, ==, 1);
    krig_free(rig);
}

/* rows: P7 */
static void test_an_interrupt_without_target_is_turned_off(void)
{
    KRig *rig = krig_new_host();
    P9xHostIrq *irq = krig_request(rig, MSI);

    irq->has_target = false;
    p9x_host_forward_irq(&rig->h, irq);
    krig_log_clear(rig);
    take_back(rig, irq);
    assert_log(rig, rig->base + MSI, "D00:pt");
    g_assert_cmpint(krig_pt_pq(rig, MSI), ==, P9X_PQ_01);
    irq->has_target = true;
    krig_free(rig);
}

/* rows: P8 */
static void test_a_failed_return_changes_nothing(void)
{
    static const P9xOpalCall call[] = {
        P9X_OPAL_SET_IRQ_CONFIG, P9X_OPAL_SYNC
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(call); i++) {
        KRig *rig = krig_new_host();
        P9xHostIrq *irq = krig_request(rig, MSI);

        p9x_host_forward_irq(&rig->h, irq);
        p9x_host_inject(&rig->h, call[i], 0, 0, P9X_OPAL_HARDWARE);
        g_assert_cmpint(p9x_host_return_irq(&rig->h, irq), ==,
                        P9X_OPAL_HARDWARE);
        g_assert_true(irq->forwarded);
        g_assert_cmpint(krig_pt_pq(rig, MSI), ==, P9X_PQ_10);
        take_back(rig, irq);
        g_assert_cmpint(krig_pt_pq(rig, MSI), ==, P9X_PQ_00);
        krig_free(rig);
    }
}

/* rows: M2 */
static void test_a_failed_forward_leaves_the_event_with_the_host(void)
{
    KRig *rig = krig_new_host();
    P9xHostIrq *irq = krig_request(rig, MSI);

    p9x_host_hold(&rig->h, true);
    krig_fire(rig, MSI);
    p9x_host_inject(&rig->h, P9X_OPAL_SYNC, 0, 0, P9X_OPAL_HARDWARE);
    g_assert_cmpint(p9x_host_forward_irq(&rig->h, irq), ==,
                    P9X_OPAL_HARDWARE);
    g_assert_false(irq->forwarded);
    p9x_host_hold(&rig->h, false);
    g_assert_cmpuint(irq->taken, >=, 1);
    g_assert_cmpint(krig_pt_pq(rig, MSI), ==, P9X_PQ_00);
    krig_free(rig);
}

/* rows: P9 */
static void test_the_hosts_eoi_of_a_forwarded_interrupt_spares_the_source(void)
{
    KRig *rig = krig_new_host();
    P9xHostIrq *irq = krig_request(rig, MSI);

    p9x_host_hold(&rig->h, true);
    krig_fire(rig, MSI);
    p9x_host_forward_irq(&rig->h, irq);
    krig_log_clear(rig);
    p9x_host_hold(&rig->h, false);
    assert_log(rig, rig->base + MSI, "");
    g_assert_false(irq->saved_p);
    g_assert_true(irq->stale_p);
    /* The guest has the event: the handler must not have run for it. */
    g_assert_cmpuint(irq->taken, ==, 0);
    krig_free(rig);
}

static void count_event(void *opaque)
{
    ++*(unsigned *)opaque;
}

/* rows: P11 */
static void test_q_at_the_return_is_one_event_for_the_host(void)
{
    KRig *rig = krig_new_host();
    P9xHostIrq irq;
    unsigned events = 0;

    p9x_phb4_set_pe(&rig->phb, MSI, KRIG_PE);
    g_assert_cmpint(p9x_host_request_irq(&rig->h, &irq, rig->base + MSI, 77,
                                         count_event, &events), ==, 0);
    p9x_host_forward_irq(&rig->h, &irq);
    krig_fire(rig, MSI);
    krig_fire(rig, MSI);
    g_assert_cmpint(krig_pt_pq(rig, MSI), ==, P9X_PQ_11);
    take_back(rig, &irq);
    g_assert_cmpuint(events, ==, 1);
    g_assert_cmpint(krig_pt_pq(rig, MSI), ==, P9X_PQ_00);
    p9x_host_free_irq(&rig->h, &irq);
    krig_free(rig);
}

/* rows: P11 */
static void test_forwarding_twice_before_the_host_looks_resends_once(void)
{
    KRig *rig = krig_new_host();
    P9xHostIrq *irq = krig_request(rig, MSI);

    p9x_host_hold(&rig->h, true);
    krig_fire(rig, MSI);
    p9x_host_forward_irq(&rig->h, irq);
    /* The guest has taken it. */
    krig_set_pt_pq(rig, MSI, P9X_PQ_10);
    take_back(rig, irq);
    p9x_host_forward_irq(&rig->h, irq);
    g_assert_cmpint(krig_pt_pq(rig, MSI), ==, P9X_PQ_10);
    take_back(rig, irq);
    krig_fire(rig, MSI);
    p9x_host_forward_irq(&rig->h, irq);
    g_assert_cmpint(krig_pt_pq(rig, MSI), ==, P9X_PQ_11);
    krig_free(rig);
}

/* Each event of the host's sources got to a queue, or to the host itself. */
static void assert_accounted_for(P9xHost *h)
{
    const P9xCounters *c = &h->router.counters;

    g_assert_cmpuint(h->host_events, >, 0);
    g_assert_cmpuint(p9x_counter_read(c, P9X_COUNT_EVENTS) +
                     p9x_counter_read(c, P9X_COUNT_REPLAYS), ==,
                     p9x_counter_read(c, P9X_COUNT_EAS_MASKED) +
                     p9x_counter_read(c, P9X_COUNT_QUEUED) + h->host_events);
}

/* rows: G5 */
static void test_an_event_runs_its_handler_once_and_is_eoied(void)
{
    KRig *rig = krig_new_host();
    P9xHostIrq *irq = krig_request(rig, MSI);

    krig_fire(rig, MSI);
    krig_fire(rig, MSI);
    g_assert_cmpuint(irq->taken, ==, 2);
    p9x_host_hold(&rig->h, true);
    krig_fire(rig, MSI);
    krig_fire(rig, MSI);
    krig_fire(rig, MSI);
    g_assert_cmpuint(irq->taken, ==, 2);
    p9x_host_hold(&rig->h, false);
    /* One was queued, the others coalesced into one. */
    g_assert_cmpuint(irq->taken, ==, 4);
    assert_accounted_for(&rig->h);
    krig_free(rig);
}

/* rows: M32 */
static void test_a_freed_interrupt_is_silent_and_can_be_requested_again(void)
{
    KRig *rig = krig_new_host();
    P9xHostIrq *irq = krig_request(rig, MSI);

    p9x_host_hold(&rig->h, true);
    krig_fire(rig, MSI);
    p9x_host_free_irq(&rig->h, irq);
    p9x_host_free_irq(&rig->h, irq);
    /* The old event is not the new owner's. */
    rig->msi[MSI].requested = false;
    krig_request(rig, MSI);
    p9x_host_hold(&rig->h, false);
    g_assert_cmpuint(irq->taken, ==, 0);
    p9x_host_free_irq(&rig->h, irq);
    krig_fire(rig, MSI);
    g_assert_cmpuint(irq->taken, ==, 0);
    g_assert_cmpint(krig_pt_pq(rig, MSI), ==, P9X_PQ_01);
    g_assert_cmpuint(krig_get_route(rig, rig->base + MSI).prio, ==, 0xFF);
    rig->msi[MSI].requested = false;
    irq = krig_request(rig, MSI);
    krig_request(rig, MSI + 1);
    krig_fire(rig, MSI);
    g_assert_cmpuint(irq->taken, ==, 1);
    krig_free(rig);
}

/* rows: B3 */
static void test_a_request_of_no_interrupt_fails(void)
{
    KRig *rig = krig_new_host();
    P9xHostIrq irq;

    g_assert_cmpint(p9x_host_request_irq(&rig->h, &irq, 5, 1, count_event,
                                         NULL), ==, P9X_OPAL_PARAMETER);
    p9x_host_inject(&rig->h, P9X_OPAL_SET_IRQ_CONFIG, 0, 0,
                    P9X_OPAL_HARDWARE);
    g_assert_cmpint(p9x_host_request_irq(&rig->h, &irq, rig->base, 1,
                                         count_event, NULL), ==,
                    P9X_OPAL_HARDWARE);
    krig_free(rig);
}

/* rows: B3 */
static void test_irq_info_describes_the_pages(void)
{
    KRig *rig = krig_new_host();
    P9xIrqInfo info;
    uint32_t ipi;

    g_assert_cmpint(p9x_opal_allocate_irq(&rig->h, &ipi), ==, 0);
    g_assert_cmpint(p9x_opal_get_irq_info(&rig->h, ipi, &info), ==, 0);
    g_assert_cmphex(info.flags, ==, P9X_OPAL_IRQ_TRIGGER_PAGE);
    g_assert_cmpuint(info.esb_shift, ==, 17);
    g_assert_true(info.trig.source && !info.trig.mgmt && info.eoi.mgmt);

    g_assert_cmpint(p9x_opal_get_irq_info(&rig->h, rig->base + 7, &info), ==,
                    0);
    g_assert_cmphex(info.flags, ==, 0);
    g_assert_cmpuint(info.esb_shift, ==, 16);
    g_assert_cmpuint(info.trig.srcno, ==, 7);
    g_assert_true(info.trig.mgmt && info.eoi.mgmt);
    g_assert_true(info.trig.source == info.eoi.source);

    g_assert_cmpint(p9x_opal_get_irq_info(
        &rig->h, rig->base + p9x_phb4_lsi(&rig->phb, 0), &info), ==, 0);
    g_assert_cmphex(info.flags, ==, P9X_OPAL_IRQ_LSI);
    g_assert_null(info.trig.source);
    g_assert_false(p9x_host_esb_trigger(&rig->h, &info));

    /* An END's ESe is no source of the chip. */
    g_assert_cmpint(p9x_opal_get_irq_info(&rig->h, 1 << 24 | 8, &info), ==,
                    P9X_OPAL_PARAMETER);
    g_assert_cmpint(p9x_opal_get_irq_info(&rig->h, 0, &info), ==,
                    P9X_OPAL_PARAMETER);
    krig_free(rig);
}

/* rows: B4 */
static void test_set_irq_config_spares_pq_and_checks_the_vp(void)
{
    KRig *rig = krig_new_host();
    uint32_t hw = rig->base + 9, vp;
    KRigRoute r;

    g_assert_cmpint(p9x_opal_allocate_vp_block(&rig->h, 1, &vp), ==, 0);
    for (unsigned pq = 0; pq < 4; pq++) {
        krig_set_pt_pq(rig, 9, (P9xPq)pq);
        g_assert_cmpint(p9x_opal_set_irq_config(&rig->h, hw, vp, 4, 0x77), ==,
                        0);
        g_assert_cmpint(krig_pt_pq(rig, 9), ==, pq);
    }
    r = krig_get_route(rig, hw);
    g_assert_cmphex(r.vp, ==, P9X_HOST_VP_BLOCK | (vp & 0xFFFFFF));
    g_assert_cmpuint(r.prio, ==, 4);
    g_assert_cmpuint(r.data, ==, 0x77);
    g_assert_cmpint(p9x_opal_set_irq_config(&rig->h, hw, vp, 0xFF, 0x78), ==,
                    0);
    r = krig_get_route(rig, hw);
    g_assert_cmpuint(r.prio, ==, 0xFF);
    g_assert_cmpuint(r.data, ==, 0x78);

    g_assert_cmpint(p9x_opal_set_irq_config(&rig->h, hw, 9, 0xFF, 1), ==,
                    P9X_OPAL_PARAMETER);
    g_assert_cmpint(p9x_opal_set_irq_config(&rig->h, hw, vp + 2, 0xFF, 1), ==,
                    P9X_OPAL_PARAMETER);
    g_assert_cmpint(p9x_opal_set_irq_config(
        &rig->h, hw, P9X_HOST_VP_BLOCK | KRIG_NR_VPS, 0xFF, 1), ==,
        P9X_OPAL_PARAMETER);
    g_assert_cmpint(p9x_opal_set_irq_config(&rig->h, hw, P9X_HOST_VP_BLOCK,
                                            0xFF, 1), ==, P9X_OPAL_PARAMETER);
    g_assert_cmpint(p9x_opal_set_irq_config(&rig->h, hw, vp, 8, 1), ==,
                    P9X_OPAL_PARAMETER);
    g_assert_cmpint(p9x_opal_set_irq_config(&rig->h, 3, vp, 4, 1), ==,
                    P9X_OPAL_PARAMETER);
    g_assert_cmpint(p9x_opal_get_irq_config(&rig->h, 3, &r.vp, &r.prio,
                                            &r.data), ==, P9X_OPAL_PARAMETER);
    krig_free(rig);
}

/* rows: B7 */
static void test_a_freed_ipi_is_off_but_valid(void)
{
    KRig *rig = krig_new_host();
    uint32_t irq, again, vp;
    uint64_t eas;

    g_assert_cmpint(p9x_opal_allocate_irq(&rig->h, &irq), ==, 0);
    p9x_opal_allocate_vp_block(&rig->h, 0, &vp);
    p9x_opal_set_irq_config(&rig->h, irq, vp, 2, 3);
    p9x_source_set_pq(&rig->h.ipi, irq, P9X_PQ_00);
    g_assert_cmpint(p9x_opal_free_irq(&rig->h, irq), ==, 0);
    g_assert_cmpint(p9x_source_get_pq(&rig->h.ipi, irq), ==, P9X_PQ_01);
    eas = p9x_eas_read(&rig->h.tables.eas[irq]);
    g_assert_cmphex(eas, ==, P9X_EAS_VALID | P9X_EAS_MASKED | irq);
    p9x_source_trigger(&rig->h.ipi, irq);
    g_assert_cmpint(p9x_opal_free_irq(&rig->h, irq), ==, P9X_OPAL_PARAMETER);
    g_assert_cmpint(p9x_opal_free_irq(&rig->h, rig->base), ==,
                    P9X_OPAL_PARAMETER);
    g_assert_cmpint(p9x_opal_allocate_irq(&rig->h, &again), ==, 0);
    g_assert_cmpuint(again, ==, irq);
    krig_free(rig);
}

/* rows: N7 */
static void test_ipis_run_out(void)
{
    KRig *rig = krig_new_host();
    uint32_t irq;

    for (unsigned i = 0; i < KRIG_NR_IPIS; i++) {
        g_assert_cmpint(p9x_opal_allocate_irq(&rig->h, &irq), ==, 0);
        g_assert_cmpuint(irq, ==, P9X_HOST_FIRST_IPI + i);
    }
    g_assert_cmpint(p9x_opal_allocate_irq(&rig->h, &irq), ==,
                    P9X_OPAL_RESOURCE);
    krig_free(rig);
}

/* rows: B10 */
static void test_busy_is_retried(void)
{
    KRig *rig = krig_new_host();
    uint32_t irq;
    int rc;

    p9x_host_inject(&rig->h, P9X_OPAL_ALLOCATE_IRQ, 3, 1, P9X_OPAL_RESOURCE);
    g_assert_cmpint(p9x_opal_allocate_irq(&rig->h, &irq), ==, P9X_OPAL_BUSY);
    P9X_OPAL_RETRY(rc, p9x_opal_allocate_irq(&rig->h, &irq));
    g_assert_cmpint(rc, ==, 0);
    g_assert_cmpint(p9x_opal_allocate_irq(&rig->h, &irq), ==,
                    P9X_OPAL_RESOURCE);
    g_assert_cmpint(p9x_opal_allocate_irq(&rig->h, &irq), ==, 0);
    krig_free(rig);
}

/* rows: B10 */
static void test_every_call_can_be_made_to_fail(void)
{
    KRig *rig = krig_new_host();
    uint32_t u32, vp;
    unsigned flags, order;
    uint64_t u64;
    uint8_t u8;
    P9xIrqInfo info;

    g_assert_cmpint(p9x_opal_allocate_vp_block(&rig->h, 0, &vp), ==, 0);
    for (unsigned c = 0; c < P9X_OPAL_NR_CALLS; c++) {
        p9x_host_inject(&rig->h, (P9xOpalCall)c, 0, 0, P9X_OPAL_INTERNAL);
    }
#define FAILS(call) g_assert_cmpint(call, ==, P9X_OPAL_INTERNAL)
    FAILS(p9x_opal_get_irq_info(&rig->h, rig->base, &info));
    FAILS(p9x_opal_get_irq_config(&rig->h, rig->base, &u32, &u8, &u32));
    FAILS(p9x_opal_set_irq_config(&rig->h, rig->base, 0, 7, 1));
    FAILS(p9x_opal_get_queue_info(&rig->h, vp, 0, &u64, &order, &flags,
                                  &u32));
    FAILS(p9x_opal_set_queue_info(&rig->h, vp, 0, 0, 0, 0));
    FAILS(p9x_opal_get_queue_state(&rig->h, vp, 0, &u32, &u32));
    FAILS(p9x_opal_set_queue_state(&rig->h, vp, 0, 1, 0));
    FAILS(p9x_opal_allocate_vp_block(&rig->h, 0, &u32));
    FAILS(p9x_opal_free_vp_block(&rig->h, vp));
    FAILS(p9x_opal_get_vp_info(&rig->h, vp, &flags, &u32));
    FAILS(p9x_opal_set_vp_info(&rig->h, vp, 0));
    FAILS(p9x_opal_get_vp_state(&rig->h, vp, &u64));
    FAILS(p9x_opal_allocate_irq(&rig->h, &u32));
    FAILS(p9x_opal_free_irq(&rig->h, P9X_HOST_FIRST_IPI));
    FAILS(p9x_opal_sync(&rig->h, P9X_OPAL_SYNC_EAS, rig->base));
#undef FAILS
    g_assert_cmpint(p9x_opal_free_vp_block(&rig->h, vp), ==, 0);
    krig_free(rig);
}

/* rows: E15 */
static void test_a_sync_brings_delayed_events_to_their_queue(void)
{
    KRig *rig = krig_new_host();
    P9xHostIrq *a = krig_request(rig, 1), *b = krig_request(rig, 2);

    p9x_host_delay(&rig->h, true);
    krig_fire(rig, 1);
    krig_fire(rig, 2);
    g_assert_cmpuint(a->taken + b->taken, ==, 0);
    g_assert_cmpint(p9x_opal_sync(&rig->h, P9X_OPAL_SYNC_EAS, rig->base + 2),
                    ==, 0);
    g_assert_cmpuint(a->taken, ==, 0);
    g_assert_cmpuint(b->taken, ==, 1);
    g_assert_true(p9x_host_release_one(&rig->h));
    g_assert_cmpuint(a->taken, ==, 1);
    g_assert_false(p9x_host_release_one(&rig->h));
    krig_fire(rig, 1);
    p9x_host_delay(&rig->h, false);
    g_assert_cmpuint(a->taken, ==, 2);
    g_assert_cmpint(p9x_opal_sync(&rig->h, 3, rig->base), ==,
                    P9X_OPAL_PARAMETER);
    g_assert_cmpint(p9x_opal_sync(&rig->h, P9X_OPAL_SYNC_QUEUE, 1), ==,
                    P9X_OPAL_PARAMETER);
    g_assert_cmpint(p9x_opal_sync(&rig->h, P9X_OPAL_SYNC_QUEUE, rig->base),
                    ==, 0);
    krig_free(rig);
}

/* rows: B9 */
static void test_bridges_take_numbers_from_the_top_and_give_them_back(void)
{
    KRig *rig = krig_new_host();
    P9xPhb4Source more[P9X_HOST_MAX_HW_SOURCES];
    uint32_t base[P9X_HOST_MAX_HW_SOURCES], top = P9X_HOST_NR_EAS;
    unsigned n = P9X_HOST_MAX_HW_SOURCES - 1;
    P9xSource huge = { .config.nr_sources = P9X_HOST_NR_EAS };

    g_assert_cmpuint(rig->base, ==, top - P9X_PHB4_SMALL_SOURCES);
    g_assert_cmpuint(p9x_host_add_source(&rig->h, &huge), ==, 0);
    for (unsigned i = 0; i < P9X_HOST_MAX_HW_SOURCES; i++) {
        p9x_phb4_source_init(&more[i], i == 3 ? P9X_PHB4_SMALL_SOURCES :
                             P9X_PHB4_BIG_SOURCES, false, NULL, NULL,
                             &rig->host.ports, &rig->h.router.counters);
        base[i] = p9x_host_add_source(&rig->h, &more[i].source);
        g_assert_cmpint(!!base[i], ==, i < n);
    }
    g_assert_cmpuint(base[1], ==, base[0] - P9X_PHB4_BIG_SOURCES);
    p9x_host_remove_source(&rig->h, base[1]);
    p9x_host_remove_source(&rig->h, 12345);
    g_assert_cmphex(p9x_eas_read(&rig->h.tables.eas[base[1]]), ==, 0);
    g_assert_cmpuint(p9x_host_add_source(&rig->h, &more[n].source), ==,
                     base[1]);
    for (unsigned i = 0; i < P9X_HOST_MAX_HW_SOURCES; i++) {
        p9x_phb4_source_destroy(&more[i]);
    }
    krig_free(rig);
}

int main(int argc, char **argv)
{
    static const TestRow rows[] = {
        TEST(forwarding_leaves_the_source_pending),
        TEST(taking_back_syncs_routes_and_eois),
        TEST(taking_back_leaves_the_eoi_to_a_handler_still_to_come),
        TEST(the_hosts_other_cpu_takes_what_is_moved_there),
        TEST(moving_a_forwarded_interrupt_is_for_when_it_comes_back),
        TEST(an_interrupt_without_target_is_turned_off),
        TEST(a_failed_return_changes_nothing),
        TEST(a_failed_forward_leaves_the_event_with_the_host),
        TEST(the_hosts_eoi_of_a_forwarded_interrupt_spares_the_source),
        TEST(q_at_the_return_is_one_event_for_the_host),
        TEST(forwarding_twice_before_the_host_looks_resends_once),
        TEST(an_event_runs_its_handler_once_and_is_eoied),
        TEST(a_freed_interrupt_is_silent_and_can_be_requested_again),
        TEST(a_request_of_no_interrupt_fails),
        TEST(irq_info_describes_the_pages),
        TEST(set_irq_config_spares_pq_and_checks_the_vp),
        TEST(a_freed_ipi_is_off_but_valid),
        TEST(ipis_run_out),
        TEST(busy_is_retried),
        TEST(every_call_can_be_made_to_fail),
        TEST(a_sync_brings_delayed_events_to_their_queue),
        TEST(bridges_take_numbers_from_the_top_and_give_them_back),
    };

    return RUN_TESTS(argc, argv, "kvm-host", rows);
}
