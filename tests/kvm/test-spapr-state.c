/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The sPAPR layer with a KVM device behind is stopped, goes on, is saved and
 * restored.  Each event is counted: it comes once.
 */
#include "fixture-kvm.h"
#include "xive/ppc/spapr_image.h"

enum {
    IDLE = 0x20,
    BUSY,
    QUEUED,
    LATE,
    OFF,
    LSI,
    NR = OFF - IDLE + 1,
    SERVERS = 2,
    PRIO = 6,
    EISN = 0x1000
};

/* ---- a port that counts, and refuses on demand ---- */

static struct {
    P9xKvmPort real;
    unsigned calls;  /* of those that can fail */
    unsigned refuse; /* this one is refused; 0: none */
    bool stale;      /* PIPR and NSR are from long ago */
    unsigned dirty;  /* pages marked */
    uint64_t dirty_addr;
} watch;

static bool refuses(void)
{
    return ++watch.calls == watch.refuse;
}

static int set_attr(void *opaque, unsigned group, uint64_t attr,
                    const void *addr)
{
    return refuses() ? -EIO : watch.real.set_attr(opaque, group, attr, addr);
}

static int get_attr(void *opaque, unsigned group, uint64_t attr, void *addr)
{
    return refuses() ? -EIO : watch.real.get_attr(opaque, group, attr, addr);
}

static int get_vp_state(void *opaque, uint32_t server, uint64_t value[2])
{
    int rc =
        refuses() ? -EIO : watch.real.get_vp_state(opaque, server, value);

    if (!rc && watch.stale) {
        ((uint8_t *)value)[P9X_TM_PIPR] = 0xFF;
        ((uint8_t *)value)[P9X_TM_NSR] = 0;
    }
    return rc;
}

static int set_vp_state(void *opaque, uint32_t server, const uint64_t value[2])
{
    return refuses() ? -EIO : watch.real.set_vp_state(opaque, server, value);
}

static void mark_dirty(void *host, uint64_t addr)
{
    (void)host;
    watch.dirty++;
    watch.dirty_addr = addr;
}

/* ---- machines ---- */

typedef enum Kind { DIRECT, ON_KVM, KVM_LATER } Kind;

static void make_device(SpaprRig *rig)
{
    memset(&watch, 0, sizeof(watch));
    srig_kvm_prepare(rig);
    watch.real = rig->kvm->port;
    rig->kvm->port.set_attr = set_attr;
    rig->kvm->port.get_attr = get_attr;
    rig->kvm->port.get_vp_state = get_vp_state;
    rig->kvm->port.set_vp_state = set_vp_state;
    rig->kvm->ports.mark_dirty = mark_dirty;
    srig_kvm_create(rig, 0);
}

static void claim_all(SpaprRig *rig)
{
    for (uint32_t lisn = IDLE; lisn <= LSI; lisn++) {
        g_assert_cmpint(p9x_spapr_claim(&rig->s, lisn, lisn == LSI), ==, 0);
    }
}

static SpaprRig *machine(Kind kind)
{
    SpaprRig *rig = srig_new(SERVERS);

    if (kind != DIRECT) {
        make_device(rig);
    }
    if (kind == ON_KVM) {
        g_assert_cmpint(srig_kvm_connect(rig), ==, 0);
        srig_open_cppr(rig);
    }
    claim_all(rig);
    return rig;
}

/* Each LISN's events go to server 1, EISN + its place. */
static void route_all(SpaprRig *rig)
{
    srig_set_queue(rig, 1, PRIO);
    for (uint32_t lisn = IDLE; lisn <= LSI; lisn++) {
        srig_route(rig, lisn, 1, PRIO, EISN + lisn - IDLE);
    }
    srig_set_pq(rig, OFF, P9X_PQ_01);
}

static SpaprRig *running(Kind kind)
{
    SpaprRig *rig = machine(kind);

    route_all(rig);
    return rig;
}

static void fire(SpaprRig *rig, uint32_t lisn)
{
    p9x_spapr_set_irq(&rig->s, lisn, true);
}

/* How many entries are in the queue, from @from on. */
static unsigned entries(SpaprRig *rig, unsigned from)
{
    unsigned n = from;

    while (srig_entry(rig, 1, PRIO, n)) {
        n++;
    }
    return n - from;
}

static void check_entry(SpaprRig *rig, unsigned n, uint32_t lisn)
{
    g_assert_cmphex(srig_entry(rig, 1, PRIO, n), ==,
                    0x80000000 | (EISN + lisn - IDLE));
    g_assert_cmphex(srig_entry(rig, 1, PRIO, n + 1), ==, 0);
}

/* ---- stop and go on ---- */

static void test_stop_masks_each_source_and_waits_for_its_events(void)
{
    SpaprRig *rig = running(ON_KVM);

    fire(rig, BUSY);
    p9x_host_delay(&rig->kvm->h, true);
    fire(rig, LATE);
    g_assert_cmpuint(entries(rig, 0), ==, 1);
    p9x_spapr_stop(&rig->s);
    check_entry(rig, 1, LATE);
    g_assert_cmpuint(watch.dirty, ==, 1);
    g_assert_cmphex(watch.dirty_addr, ==, srig_queue_addr(1, PRIO));
    g_assert_cmpint(srig_pq(rig, IDLE), ==, P9X_PQ_10);
    g_assert_cmpint(srig_pq(rig, BUSY), ==, P9X_PQ_10);
    g_assert_cmpint(srig_pq(rig, OFF), ==, P9X_PQ_01);
    srig_free(rig);
}

static void test_sources_go_on_as_they_were(void)
{
    SpaprRig *rig = running(ON_KVM);

    fire(rig, BUSY);
    fire(rig, QUEUED);
    fire(rig, QUEUED);
    p9x_spapr_stop(&rig->s);
    p9x_spapr_go_on(&rig->s);
    g_assert_cmpint(srig_pq(rig, IDLE), ==, P9X_PQ_00);
    g_assert_cmpint(srig_pq(rig, BUSY), ==, P9X_PQ_10);
    g_assert_cmpint(srig_pq(rig, QUEUED), ==, P9X_PQ_11);
    g_assert_cmpint(srig_pq(rig, OFF), ==, P9X_PQ_01);
    g_assert_cmpuint(entries(rig, 0), ==, 2);
    srig_eoi(rig, QUEUED);
    check_entry(rig, 2, QUEUED);
    srig_free(rig);
}

static void test_an_event_of_a_stopped_machine_comes_when_it_goes_on(void)
{
    SpaprRig *rig = running(ON_KVM);

    p9x_spapr_stop(&rig->s);
    fire(rig, IDLE);
    fire(rig, IDLE);
    fire(rig, OFF);
    g_assert_cmpuint(entries(rig, 0), ==, 0);
    p9x_spapr_go_on(&rig->s);
    check_entry(rig, 0, IDLE);
    g_assert_cmpint(srig_pq(rig, IDLE), ==, P9X_PQ_10);
    g_assert_cmpint(srig_pq(rig, OFF), ==, P9X_PQ_01);
    g_assert_cmphex(p9x_tctx_lines(srig_thread(rig, 1)), ==, P9X_LINE_OS);
    srig_free(rig);
}

static void test_an_event_behind_a_set_p_is_not_lost(void)
{
    SpaprRig *rig = running(ON_KVM);

    fire(rig, BUSY);
    p9x_spapr_stop(&rig->s);
    fire(rig, BUSY);
    p9x_spapr_go_on(&rig->s);
    check_entry(rig, 0, BUSY);
    srig_eoi(rig, BUSY);
    check_entry(rig, 1, BUSY);
    srig_eoi(rig, BUSY);
    g_assert_cmpuint(entries(rig, 0), ==, 2);
    srig_free(rig);
}

static void test_a_level_counts_when_the_machine_goes_on(void)
{
    SpaprRig *rig = running(ON_KVM);

    p9x_spapr_stop(&rig->s);
    fire(rig, LSI);
    p9x_spapr_set_irq(&rig->s, LSI, false);
    p9x_spapr_go_on(&rig->s);
    g_assert_cmpuint(entries(rig, 0), ==, 0);
    p9x_spapr_stop(&rig->s);
    fire(rig, LSI);
    p9x_spapr_go_on(&rig->s);
    check_entry(rig, 0, LSI);
    /* Served, and still up. */
    srig_eoi(rig, LSI);
    check_entry(rig, 1, LSI);
    srig_free(rig);
}

/* The device sets Q for a level that rises again while P is set. */
static void test_q_of_a_line_is_in_no_stream(void)
{
    SpaprRig *rig = running(ON_KVM);
    P9xSpaprImage image;

    fire(rig, LSI);
    p9x_spapr_set_irq(&rig->s, LSI, false);
    fire(rig, LSI);
    g_assert_cmpint(srig_pq(rig, LSI), ==, P9X_PQ_11);
    p9x_spapr_stop(&rig->s);
    p9x_spapr_image_init(&image, &rig->s);
    p9x_spapr_save_sources(&rig->s, &image);
    g_assert_cmphex(image.esb[LSI], ==, P9X_PQ_10 | P9X_ESB_ASSERTED);
    p9x_spapr_image_destroy(&image);
    srig_free(rig);
}

static void test_what_a_vcpu_that_leaves_had_is_off(void)
{
    SpaprRig *rig = running(ON_KVM);

    p9x_spapr_stop(&rig->s);
    p9x_spapr_remove_server(&rig->s, 1);
    p9x_spapr_go_on(&rig->s);
    g_assert_cmpint(srig_pq(rig, IDLE), ==, P9X_PQ_01);
    srig_free(rig);
}

static void test_stopping_and_going_on_twice_is_once(void)
{
    SpaprRig *rig = running(ON_KVM);

    p9x_spapr_go_on(&rig->s);
    fire(rig, QUEUED);
    fire(rig, QUEUED);
    p9x_spapr_stop(&rig->s);
    p9x_spapr_stop(&rig->s);
    fire(rig, IDLE);
    p9x_spapr_go_on(&rig->s);
    p9x_spapr_go_on(&rig->s);
    g_assert_cmpint(srig_pq(rig, QUEUED), ==, P9X_PQ_11);
    g_assert_cmpuint(entries(rig, 0), ==, 2);
    srig_free(rig);
}

static void test_what_is_claimed_and_freed_meanwhile_is_off(void)
{
    SpaprRig *rig = running(ON_KVM);

    fire(rig, BUSY);
    p9x_spapr_stop(&rig->s);
    p9x_spapr_free(&rig->s, IDLE);
    p9x_spapr_free(&rig->s, BUSY);
    g_assert_cmpint(p9x_spapr_claim(&rig->s, IDLE, false), ==, 0);
    g_assert_cmpint(p9x_spapr_claim(&rig->s, BUSY, false), ==, 0);
    p9x_spapr_go_on(&rig->s);
    g_assert_cmpint(srig_pq(rig, IDLE), ==, P9X_PQ_01);
    g_assert_cmpint(srig_pq(rig, BUSY), ==, P9X_PQ_01);
    srig_free(rig);
}

static void test_a_reset_of_a_stopped_machine_turns_all_off(void)
{
    SpaprRig *rig = running(ON_KVM);

    p9x_spapr_stop(&rig->s);
    fire(rig, IDLE);
    p9x_spapr_reset(&rig->s);
    p9x_spapr_go_on(&rig->s);
    g_assert_cmpint(srig_pq(rig, IDLE), ==, P9X_PQ_01);
    g_assert_cmpuint(entries(rig, 0), ==, 0);
    srig_free(rig);
}

static void test_a_device_that_goes_takes_what_was_held_along(void)
{
    SpaprRig *rig = running(ON_KVM);

    p9x_spapr_stop(&rig->s);
    p9x_spapr_kvm_disconnect(&rig->s);
    p9x_spapr_go_on(&rig->s);
    g_assert_cmpint(p9x_source_get_pq(&rig->s.source, IDLE), ==, P9X_PQ_01);
    srig_kvm_release(rig);
    srig_kvm_create(rig, 0);
    g_assert_cmpint(srig_kvm_connect(rig), ==, 0);
    route_all(rig);
    p9x_spapr_stop(&rig->s);
    g_assert_cmpint(srig_pq(rig, IDLE), ==, P9X_PQ_10);
    srig_free(rig);
}

/* ---- streams ---- */

typedef struct Stream {
    P9xSpaprImage image;
    uint8_t ring[SERVERS][P9X_TM_IMAGE_SIZE];
    uint8_t queue[SRIG_QUEUE_SIZE];
} Stream;

/* As QEMU does it: memory first, and the last of it when all is settled. */
static Stream *save(SpaprRig *rig)
{
    Stream *st = host_alloc(sizeof(*st));
    char *error = NULL;

    p9x_spapr_settle(&rig->s);
    memcpy(st->queue, rig->host.ram + srig_queue_addr(1, PRIO),
           sizeof(st->queue));
    p9x_spapr_image_init(&st->image, &rig->s);
    p9x_spapr_save_sources(&rig->s, &st->image);
    g_assert_true(p9x_spapr_save_tables(&rig->s, &st->image, &error));
    for (unsigned i = 0; i < SERVERS; i++) {
        g_assert_true(p9x_spapr_save_server(&rig->s, i, st->ring[i], &error));
    }
    return st;
}

static void stream_free(Stream *st)
{
    p9x_spapr_image_destroy(&st->image);
    free(st);
}

/* All but the last step. */
static void load_tables(SpaprRig *rig, const Stream *st)
{
    char *error = NULL;

    memcpy(rig->host.ram + srig_queue_addr(1, PRIO), st->queue,
           sizeof(st->queue));
    g_assert_true(p9x_spapr_restore_sources(&rig->s, &st->image, &error));
    p9x_spapr_restore_tables(&rig->s, &st->image);
    for (unsigned i = 0; i < SERVERS; i++) {
        g_assert_true(p9x_tctx_restore(&rig->tctx[i], st->ring[i]));
        g_assert_true(p9x_spapr_restore_server(&rig->s, i, &error));
    }
}

/* NULL, or what is wrong with it. */
static char *load(SpaprRig *rig, const Stream *st, Kind kind)
{
    char *error = NULL;

    load_tables(rig, st);
    if (kind == KVM_LATER) {
        g_assert_cmpint(srig_kvm_connect(rig), ==, 0);
    }
    g_assert_cmpint(p9x_spapr_restore_device(&rig->s, &error), ==, !error);
    return error;
}

/*
 * One event is in the queue and acknowledged, one waits in Q behind it, one has
 * not been acknowledged; LATE comes after the stop.
 */
static SpaprRig *stopped_at_work(Kind kind)
{
    SpaprRig *rig = running(kind);

    fire(rig, QUEUED);
    g_assert_cmphex(p9x_tctx_ack(srig_thread(rig, 1), P9X_RING_OS), ==,
                    P9X_NSR_EO << 8 | PRIO);
    fire(rig, QUEUED);
    fire(rig, BUSY);
    fire(rig, LSI);
    p9x_spapr_stop(&rig->s);
    fire(rig, LATE);
    return rig;
}

static void check_goes_on(SpaprRig *rig)
{
    P9xTctx *thread = srig_thread(rig, 1);

    p9x_spapr_go_on(&rig->s);
    g_assert_cmpuint(entries(rig, 0), ==, 4);
    g_assert_cmpint(srig_pq(rig, IDLE), ==, P9X_PQ_00);
    g_assert_cmpint(srig_pq(rig, BUSY), ==, P9X_PQ_10);
    g_assert_cmpint(srig_pq(rig, QUEUED), ==, P9X_PQ_11);
    g_assert_cmpint(srig_pq(rig, LATE), ==, P9X_PQ_10);
    g_assert_cmpint(srig_pq(rig, OFF), ==, P9X_PQ_01);
    check_entry(rig, 3, LATE);
    /* The guest handles QUEUED, and then hears of the others. */
    g_assert_cmphex(p9x_tctx_lines(thread), ==, 0);
    p9x_tctx_set_cppr(thread, P9X_RING_OS, 0xFF);
    g_assert_cmphex(p9x_tctx_lines(thread), ==, P9X_LINE_OS);
    g_assert_cmphex(p9x_tctx_ack(thread, P9X_RING_OS), ==,
                    P9X_NSR_EO << 8 | PRIO);
    srig_eoi(rig, QUEUED);
    check_entry(rig, 4, QUEUED);
    srig_eoi(rig, LSI);
    check_entry(rig, 5, LSI);
    fire(rig, IDLE);
    check_entry(rig, 6, IDLE);
}

static void move(Kind from_kind, Kind to_kind)
{
    SpaprRig *from = stopped_at_work(from_kind), *to;
    Stream *st = save(from);

    /* What is at the other end has been used. */
    to = machine(to_kind);
    if (to_kind != KVM_LATER) {
        srig_set_queue(to, 0, 3);
        srig_route(to, IDLE, 0, 3, 7);
        fire(to, IDLE);
    }
    g_assert_null(load(to, st, to_kind));
    check_goes_on(to);
    stream_free(st);
    srig_free(from);
    srig_free(to);
}

/* rows: A33 */
static void test_a_guest_moves_from_device_to_device(void)
{
    move(ON_KVM, ON_KVM);
}

static void test_a_guest_moves_from_the_direct_path_to_a_device(void)
{
    move(DIRECT, ON_KVM);
}

static void test_a_guest_moves_from_a_device_to_the_direct_path(void)
{
    move(ON_KVM, DIRECT);
}

static void test_a_guest_moves_to_a_device_that_is_made_while_loading(void)
{
    move(DIRECT, KVM_LATER);
    move(ON_KVM, KVM_LATER);
}

/* A guest in XICS mode was loaded: what the stream had of XIVE is past. */
static void check_later_device(void (*f)(P9xSpapr *s))
{
    SpaprRig *from = running(DIRECT), *to;
    Stream *st = save(from);

    to = machine(KVM_LATER);
    load_tables(to, st);
    f(&to->s);
    g_assert_cmpint(srig_kvm_connect(to), ==, 0);
    g_assert_cmphex(p9x_spapr_eas(&to->s, IDLE), ==, srig_new_eas(to, IDLE));
    stream_free(st);
    srig_free(from);
    srig_free(to);
}

static void test_a_device_that_is_made_later_starts_anew(void)
{
    check_later_device(p9x_spapr_go_on);
    check_later_device(p9x_spapr_reset);
}

static void test_a_guest_goes_on_where_it_was_saved(void)
{
    SpaprRig *rig = stopped_at_work(ON_KVM);
    Stream *st = save(rig);

    check_goes_on(rig);
    stream_free(st);
    srig_free(rig);
}

/* LSMFB, ACK_CNT and AGE start with other values, which no guest looks at. */
static void check_same_ring(const uint8_t *a, const uint8_t *b)
{
    static const unsigned bytes[] = { P9X_TM_NSR,       P9X_TM_CPPR,
                                      P9X_TM_IPB,       P9X_TM_INC,
                                      P9X_TM_PIPR,      P9X_TM_WORD2,
                                      P9X_TM_WORD2 + 1, P9X_TM_WORD2 + 2,
                                      P9X_TM_WORD2 + 3 };

    for (unsigned i = 0; i < G_N_ELEMENTS(bytes); i++) {
        unsigned at = P9X_RING_OS * P9X_TM_RING_SIZE + bytes[i];

        g_assert_cmphex(a[at], ==, b[at]);
    }
}

static void test_both_backends_make_the_same_stream(void)
{
    SpaprRig *rig = stopped_at_work(DIRECT);
    Stream *direct = save(rig), *kvm;

    srig_free(rig);
    rig = stopped_at_work(ON_KVM);
    kvm = save(rig);
    g_assert_cmpmem(direct->image.esb, SRIG_NR_IRQS, kvm->image.esb,
                    SRIG_NR_IRQS);
    g_assert_cmpmem(direct->image.eas, SRIG_NR_IRQS * sizeof(P9xEas),
                    kvm->image.eas, SRIG_NR_IRQS * sizeof(P9xEas));
    g_assert_cmpmem(
        direct->image.end, SRIG_MAX_SERVERS * P9X_NR_PRIOS * sizeof(P9xEnd),
        kvm->image.end, SRIG_MAX_SERVERS * P9X_NR_PRIOS * sizeof(P9xEnd));
    for (unsigned i = 0; i < SERVERS; i++) {
        check_same_ring(direct->ring[i], kvm->ring[i]);
    }
    stream_free(direct);
    stream_free(kvm);
    srig_free(rig);
}

/* Linux adds to IPB what came while the vCPU was out of the guest. */
static void test_what_follows_from_ipb_is_derived(void)
{
    SpaprRig *rig = running(ON_KVM);
    const unsigned os = P9X_RING_OS * P9X_TM_RING_SIZE;
    uint8_t ring[P9X_TM_IMAGE_SIZE];
    char *error;

    fire(rig, BUSY);
    watch.stale = true;
    p9x_spapr_stop(&rig->s);
    g_assert_true(p9x_spapr_save_server(&rig->s, 1, ring, &error));
    g_assert_cmphex(ring[os + P9X_TM_IPB], ==, p9x_prio_to_ipb(PRIO));
    g_assert_cmphex(ring[os + P9X_TM_PIPR], ==, PRIO);
    g_assert_cmphex(ring[os + P9X_TM_NSR], ==, P9X_NSR_EO);
    srig_free(rig);
}

/* A machine that has never been started, for one. */
static void test_what_does_not_run_is_saved_without_a_stop(void)
{
    SpaprRig *rig = running(ON_KVM);
    P9xSpaprImage image;

    fire(rig, BUSY);
    p9x_spapr_image_init(&image, &rig->s);
    p9x_spapr_save_sources(&rig->s, &image);
    g_assert_cmphex(image.esb[IDLE], ==, P9X_PQ_00);
    g_assert_cmphex(image.esb[BUSY], ==, P9X_PQ_10);
    g_assert_cmphex(image.esb[OFF], ==, P9X_PQ_01);
    p9x_spapr_image_destroy(&image);
    srig_free(rig);
}

static void test_an_event_between_loading_and_going_on_is_kept(void)
{
    SpaprRig *from = running(ON_KVM), *to;
    Stream *st;

    p9x_spapr_stop(&from->s);
    st = save(from);
    to = machine(ON_KVM);
    g_assert_null(load(to, st, ON_KVM));
    fire(to, IDLE);
    g_assert_cmpuint(entries(to, 0), ==, 0);
    p9x_spapr_go_on(&to->s);
    check_entry(to, 0, IDLE);
    stream_free(st);
    srig_free(from);
    srig_free(to);
}

/* The section of a vCPU that was plugged comes after the machine's own. */
static void test_a_server_s_rings_may_come_last(void)
{
    SpaprRig *from = running(ON_KVM), *to;
    Stream *st;
    char *error;

    fire(from, BUSY);
    p9x_spapr_stop(&from->s);
    st = save(from);
    to = machine(ON_KVM);
    p9x_spapr_restore_tables(&to->s, &st->image);
    g_assert_true(p9x_spapr_restore_sources(&to->s, &st->image, &error));
    g_assert_true(p9x_spapr_restore_device(&to->s, &error));
    g_assert_cmphex(p9x_tctx_lines(srig_thread(to, 1)), ==, 0);
    g_assert_true(p9x_tctx_restore(&to->tctx[1], st->ring[1]));
    g_assert_true(p9x_spapr_restore_server(&to->s, 1, &error));
    g_assert_cmphex(p9x_tctx_lines(srig_thread(to, 1)), ==, P9X_LINE_OS);
    g_assert_cmphex(p9x_tctx_lines(&to->tctx[1]), ==, 0);
    stream_free(st);
    srig_free(from);
    srig_free(to);
}

/* ---- refusals ---- */

static void check_works_after_a_reset(SpaprRig *rig)
{
    watch.refuse = 0;
    p9x_spapr_reset(&rig->s);
    srig_open_cppr(rig);
    route_all(rig);
    fire(rig, IDLE);
    check_entry(rig, 0, IDLE);
}

static void test_each_call_refused_while_loading_is_an_error(void)
{
    SpaprRig *from = stopped_at_work(ON_KVM), *to;
    Stream *st = save(from);
    unsigned n, calls = 0;

    for (n = 1; !calls; n++) {
        char *error;

        to = machine(ON_KVM);
        watch.calls = 0;
        watch.refuse = n;
        error = load(to, st, ON_KVM);
        if (error) {
            g_assert_nonnull(strstr(error, "KVM's device refuses "));
            g_assert_nonnull(strstr(error, g_strerror(EIO)));
            check_works_after_a_reset(to);
        } else {
            calls = watch.calls;
        }
        g_free(error);
        srig_free(to);
    }
    /* RESET, a queue, two a source and one that is masked, two servers. */
    g_assert_cmpuint(calls, ==, 1 + 1 + 2 * (NR + 1) + SERVERS);
    stream_free(st);
    srig_free(from);
}

static void test_a_call_refused_while_saving_is_an_error(void)
{
    SpaprRig *rig = stopped_at_work(ON_KVM);
    uint8_t ring[P9X_TM_IMAGE_SIZE];
    P9xSpaprImage image;
    char *error;

    p9x_spapr_image_init(&image, &rig->s);
    watch.refuse = watch.calls + 1;
    g_assert_false(p9x_spapr_save_tables(&rig->s, &image, &error));
    g_assert_nonnull(strstr(error, "END 0xe"));
    g_free(error);
    watch.refuse = watch.calls + 1;
    g_assert_false(p9x_spapr_save_server(&rig->s, 1, ring, &error));
    g_assert_nonnull(strstr(error, "server 1"));
    g_free(error);
    p9x_spapr_image_destroy(&image);
    srig_free(rig);
}

static void check_refused(SpaprRig *from, const char *why)
{
    SpaprRig *to;
    Stream *st = save(from);
    char *error;

    to = machine(ON_KVM);
    error = load(to, st, ON_KVM);
    g_assert_nonnull(error);
    g_assert_nonnull(strstr(error, why));
    g_free(error);
    check_works_after_a_reset(to);
    stream_free(st);
    srig_free(from);
    srig_free(to);
}

/* Stock QEMU without KVM lets a guest have one of 4 KiB. */
static void test_a_queue_that_the_device_can_t_have_is_refused(void)
{
    SpaprRig *from = running(DIRECT);

    p9x_end_set(&from->s.tables.end[P9X_NR_PRIOS + PRIO], 0, P9X_END_W0_QSIZE,
                0);
    check_refused(from, "the queue of END 0xe: Invalid argument");
}

static void test_a_reporting_line_is_refused(void)
{
    SpaprRig *from = running(DIRECT);

    g_assert_cmpint(
        srig_hcall(from, P9X_H_INT_SET_OS_REPORTING_LINE, 0, 0x1F00, 0, 0, 0),
        ==, 0);
    check_refused(from, "OS reporting line");
}

static void test_damage_is_refused_before_the_device_hears_of_it(void)
{
    SpaprRig *from = running(DIRECT), *to;
    Stream *st = save(from);
    char *error;
    unsigned calls;

    p9x_end_set(&st->image.end[P9X_NR_PRIOS + PRIO], 6, P9X_END_W6_NVT_INDEX,
                1);
    to = machine(ON_KVM);
    load_tables(to, st);
    calls = watch.calls;
    g_assert_false(p9x_spapr_restore_device(&to->s, &error));
    g_assert_cmpuint(watch.calls, ==, calls);
    g_assert_cmpstr(error, ==, "END 0xe: not for server 1");
    g_free(error);
    stream_free(st);
    srig_free(from);
    srig_free(to);
}

/* An unplugged vCPU of the direct path leaves queues, and sources, behind. */
static void test_sources_of_a_vcpu_that_left_are_masked(void)
{
    SpaprRig *from = running(DIRECT), *to;
    Stream *st;
    char *error;

    p9x_spapr_stop(&from->s);
    st = save(from);
    to = machine(ON_KVM);
    p9x_spapr_remove_server(&to->s, 1);
    g_assert_true(p9x_spapr_restore_sources(&to->s, &st->image, &error));
    p9x_spapr_restore_tables(&to->s, &st->image);
    g_assert_true(p9x_spapr_restore_device(&to->s, &error));
    g_assert_true(p9x_spapr_eas(&to->s, IDLE) & P9X_EAS_MASKED);
    g_assert_false(
        p9x_end_flag(&to->s.tables.end[P9X_NR_PRIOS + PRIO], P9X_END_W0_VALID));
    stream_free(st);
    srig_free(from);
    srig_free(to);
}

static const TestRow rows[] = {
    TEST(stop_masks_each_source_and_waits_for_its_events),
    TEST(sources_go_on_as_they_were),
    TEST(an_event_of_a_stopped_machine_comes_when_it_goes_on),
    TEST(an_event_behind_a_set_p_is_not_lost),
    TEST(a_level_counts_when_the_machine_goes_on),
    TEST(q_of_a_line_is_in_no_stream),
    TEST(what_a_vcpu_that_leaves_had_is_off),
    TEST(stopping_and_going_on_twice_is_once),
    TEST(what_is_claimed_and_freed_meanwhile_is_off),
    TEST(a_reset_of_a_stopped_machine_turns_all_off),
    TEST(a_device_that_goes_takes_what_was_held_along),
    TEST(a_guest_moves_from_device_to_device),
    TEST(a_guest_moves_from_the_direct_path_to_a_device),
    TEST(a_guest_moves_from_a_device_to_the_direct_path),
    TEST(a_guest_moves_to_a_device_that_is_made_while_loading),
    TEST(a_device_that_is_made_later_starts_anew),
    TEST(a_guest_goes_on_where_it_was_saved),
    TEST(both_backends_make_the_same_stream),
    TEST(what_follows_from_ipb_is_derived),
    TEST(what_does_not_run_is_saved_without_a_stop),
    TEST(an_event_between_loading_and_going_on_is_kept),
    TEST(a_server_s_rings_may_come_last),
    TEST(each_call_refused_while_loading_is_an_error),
    TEST(a_call_refused_while_saving_is_an_error),
    TEST(a_queue_that_the_device_can_t_have_is_refused),
    TEST(a_reporting_line_is_refused),
    TEST(damage_is_refused_before_the_device_hears_of_it),
    TEST(sources_of_a_vcpu_that_left_are_masked),
};

int main(int argc, char **argv)
{
    return RUN_TESTS(argc, argv, "kvm-spapr-state", rows);
}
