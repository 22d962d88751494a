/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The KVM backend: a device behind a P9xKvmPort does the work.
 *
 * The device is told first.  If it refuses, nothing is remembered; otherwise
 * the direct path's function of the same name puts it into the tables, which
 * are the memory of what the device was told.
 *
 * What the device can't be asked is kept in the tables: a source's target while
 * it is masked (the device forgets it), what is claimed, and the levels of
 * LSIs.  The tables' own P9xSource is fenced meanwhile, so it notes levels and
 * sends nothing.
 *
 * LSIs: the device knows events only.  So an EOI here is PQ=00 and, if the
 * level is still up, one more event; without that a line shared by two
 * devices goes dead at the first EOI that serves only one of them.
 */
#include <errno.h>
#include <string.h>

#include "spapr_direct.h"
#include "spapr_kvm_device.h"
#include "spapr_kvm_state.h"
#include "xive/queue.h"

/* PAPR's words: EINVAL and ENOENT are about what the caller says they are. */
static int64_t papr_code(int rc, int64_t einval, int64_t enoent)
{
    switch (rc) {
    case 0:
        return P9X_H_SUCCESS;
    case -EINVAL:
        return einval;
    case -ENOENT:
        return enoent;
    case -EBUSY:
        return P9X_H_RESOURCE;
    default:
        return P9X_H_HARDWARE;
    }
}

/* Sources. */

static int claim(P9xSpapr *s, uint32_t lisn, bool lsi)
{
    int rc = p9x_kvmdev_source(s, s->port, lisn, lsi);

    return rc ? rc : p9x_spapr_direct.claim(s, lisn, lsi);
}

static int64_t configure(P9xSpapr *s, uint32_t lisn, uint64_t eas,
                         uint64_t keep)
{
    int rc;

    eas = (eas & ~keep) | (p9x_eas_read(&s->tables.eas[lisn]) & keep);
    rc = p9x_kvmdev_set64(s->port, P9X_KVM_GRP_SOURCE_CONFIG, lisn,
                          p9x_kvmdev_config_word(eas));
    return rc ? papr_code(rc, P9X_H_P3, P9X_H_P2) :
                p9x_spapr_direct.configure(s, lisn, eas, 0);
}

/* The device can't forget a number, but make it lead nowhere. */
static void free_lisn(P9xSpapr *s, uint32_t lisn)
{
    const P9xKvmPort *port = s->port;
    uint64_t old;

    if (p9x_spapr_level_is_up(s, lisn)) {
        port->irq_line(port->opaque, lisn, 0);
    }
    p9x_kvmdev_set64(port, P9X_KVM_GRP_SOURCE_CONFIG, lisn, P9X_KVMDEV_MASKING);
    p9x_kvmdev_load(port, lisn, P9X_ESB_SET_PQ_01, &old);
    p9x_spapr_kvm_hold(s, lisn, P9X_PQ_01);
    p9x_spapr_direct.free(s, lisn);
}

static int64_t sync_source(P9xSpapr *s, uint32_t lisn)
{
    return papr_code(s->port->set_attr(s->port->opaque,
                                       P9X_KVM_GRP_SOURCE_SYNC, lisn, NULL),
                     P9X_H_P2, P9X_H_P2);
}

/*
 * A message goes the way of a guest's trigger: the page is chosen under the
 * lock that a switch takes, so between the IPI and a passed-through interrupt
 * there is no moment in which the message would be lost.  irq_line serves
 * numbers that have no page mapped.
 */
static bool send_message(const P9xKvmPort *port, uint32_t lisn)
{
    return p9x_kvmdev_trigger(port, lisn) ||
           !port->irq_line(port->opaque, lisn, 1);
}

static void set_irq(P9xSpapr *s, uint32_t lisn, bool level)
{
    const P9xKvmPort *port = s->port;
    bool done;

    if (p9x_source_is_lsi(&s->source, lisn)) {
        /* Noted first: an EOI beside this sees it, or the device does. */
        p9x_spapr_direct.set_irq(s, lisn, level);
        done = !port->irq_line(port->opaque, lisn, level);
    } else {
        done = !level || send_message(port, lisn);
    }
    if (!done) {
        p9x_guest_error(s->config.ports, &s->router.counters,
                        P9X_ERR_NO_SOURCE,
                        "KVM's device takes no interrupt 0x%x", lisn);
    }
}

/* H_INT_ESB.  Only LSIs come here. */

/* One more event, if PQ has just become 00 with the level up. */
static bool resample(P9xSpapr *s, const P9xKvmPort *port, uint32_t lisn)
{
    return p9x_spapr_level_is_up(s, lisn) && p9x_kvmdev_trigger(port, lisn);
}

/* True, with @again: the level brought one more event. */
static bool eoi(P9xSpapr *s, const P9xKvmPort *port, uint32_t lisn,
                uint64_t *again)
{
    uint64_t pq;

    *again = 0;
    if (!p9x_kvmdev_load(port, lisn, P9X_ESB_GET, &pq)) {
        return false;
    }
    /* What is off stays off. */
    if (pq != P9X_PQ_01) {
        p9x_kvmdev_load(port, lisn, P9X_ESB_SET_PQ_00, &pq);
        *again = resample(s, port, lisn);
    }
    return true;
}

static bool sets_pq_00(uint32_t op)
{
    return op >= P9X_ESB_SET_PQ_00 && op < P9X_ESB_SET_PQ_01;
}

static bool esb_load(P9xSpapr *s, const P9xKvmPort *port, uint32_t lisn,
                     uint32_t op, uint64_t *value)
{
    if (op < P9X_ESB_EOI_END) {
        return eoi(s, port, lisn, value);
    }
    if (!p9x_kvmdev_load(port, lisn, op, value)) {
        return false;
    }
    if (sets_pq_00(op)) {
        resample(s, port, lisn);
    }
    return true;
}

static bool esb_store(P9xSpapr *s, const P9xKvmPort *port, uint32_t lisn,
                      uint32_t op, uint64_t value)
{
    uint64_t again;

    if (op >= P9X_ESB_STORE_EOI && op < P9X_ESB_EOI_END) {
        return eoi(s, port, lisn, &again);
    }
    if (!p9x_kvmdev_store(port, lisn, op, value)) {
        return false;
    }
    if (sets_pq_00(op)) {
        resample(s, port, lisn);
    }
    return true;
}

static int64_t esb(P9xSpapr *s, uint32_t lisn, bool store, uint64_t offset,
                   uint64_t *value)
{
    const P9xKvmPort *port = s->port;
    uint32_t op = offset & P9X_ESB_OFFSET_MASK;
    bool done = store ? esb_store(s, port, lisn, op, *value) :
                        esb_load(s, port, lisn, op, value);

    if (store) {
        *value = UINT64_MAX;
    }
    return done ? P9X_H_SUCCESS : P9X_H_HARDWARE;
}

/* Queues. */

static int64_t set_queue(P9xSpapr *s, uint32_t server, uint8_t priority,
                         const P9xEnd *end)
{
    int rc = p9x_kvmdev_set_queue(s->port,
                                  p9x_spapr_end_index(server, priority), end);

    return rc ? papr_code(rc, P9X_H_P4, P9X_H_P2) :
                p9x_spapr_direct.set_queue(s, server, priority, end);
}

static int64_t refresh_queue(P9xSpapr *s, uint32_t server, uint8_t priority,
                             P9xEnd *end)
{
    if (!p9x_end_flag(end, P9X_END_W0_ENQUEUE)) {
        return P9X_H_SUCCESS;
    }
    return papr_code(p9x_kvmdev_refresh_queue(
                         s->port, p9x_spapr_end_index(server, priority), end),
                     P9X_H_P3, P9X_H_P2);
}

static int64_t set_report(P9xSpapr *s, uint32_t server, uint64_t addr)
{
    /* The device has no attribute for it. */
    (void)s;
    (void)server;
    (void)addr;
    return P9X_H_FUNCTION;
}

/* Reset. */

static int64_t reset(P9xSpapr *s)
{
    int rc = p9x_kvmdev_reset(s->port);

    return rc ? papr_code(rc, P9X_H_HARDWARE, P9X_H_HARDWARE) :
                p9x_spapr_direct.reset(s);
}

static void renew_sources(P9xSpapr *s, const P9xKvmPort *port)
{
    for (uint32_t lisn = 0; lisn < s->config.nr_irqs; lisn++) {
        if (!p9x_spapr_claimed(s, lisn)) {
            continue;
        }
        if (p9x_spapr_level_is_up(s, lisn)) {
            port->irq_line(port->opaque, lisn, 0);
        }
        /* It has its IPI already, so there is nothing that could fail. */
        p9x_kvmdev_set64(
            port, P9X_KVM_GRP_SOURCE, lisn,
            p9x_source_is_lsi(&s->source, lisn) ? P9X_KVM_SRC_LEVEL : 0);
    }
}

/* Pending bits without an entry behind them would only be spurious. */
static void forget_pending(P9xSpapr *s, const P9xKvmPort *port)
{
    for (uint32_t server = 0; server < s->config.nr_servers; server++) {
        uint64_t value[2];
        uint8_t ring[sizeof(value)];

        if (!s->server[server] ||
            port->get_vp_state(port->opaque, server, value)) {
            continue;
        }
        memcpy(ring, value, sizeof(ring));
        ring[P9X_TM_IPB] = 0;
        memcpy(value, ring, sizeof(ring));
        port->set_vp_state(port->opaque, server, value);
    }
}

static void renew(P9xSpapr *s)
{
    p9x_spapr_kvm_let_go(s);
    p9x_kvmdev_reset(s->port);
    renew_sources(s, s->port);
    forget_pending(s, s->port);
    p9x_spapr_direct.renew(s);
}

/* Servers. */

static int add_server(P9xSpapr *s, uint32_t server, P9xTctx *tctx)
{
    int rc = s->port->connect(s->port->opaque, server);

    return rc ? rc : p9x_spapr_direct.add_server(s, server, tctx);
}

/* The device has forgotten its queues, and turned off what came to them. */
static void forget_server(P9xSpapr *s, uint32_t server)
{
    for (uint32_t prio = 0; prio < P9X_NR_PRIOS; prio++) {
        p9x_spapr_clear_end(s, p9x_spapr_end_index(server, prio));
    }
    for (uint32_t lisn = 0; lisn < s->config.nr_irqs; lisn++) {
        P9xEas *eas = &s->tables.eas[lisn];
        uint64_t w = p9x_eas_read(eas);

        if ((w & P9X_EAS_VALID) &&
            p9x_get64(w, P9X_EAS_END_INDEX) / P9X_NR_PRIOS == server) {
            p9x_eas_write(eas, w | P9X_EAS_MASKED);
            p9x_spapr_kvm_hold(s, lisn, P9X_PQ_01);
        }
    }
}

static void remove_server(P9xSpapr *s, uint32_t server)
{
    p9x_spapr_direct.remove_server(s, server);
    s->port->disconnect(s->port->opaque, server);
    forget_server(s, server);
}

static void reset_server(P9xSpapr *s, uint32_t server, P9xTctx *tctx)
{
    uint8_t ring[2 * sizeof(uint64_t)] = { [P9X_TM_ACK_CNT] = 0xFF };
    uint64_t value[2];

    memcpy(value, ring, sizeof(value));
    p9x_spapr_direct.reset_server(s, server, tctx);
    p9x_spapr_change(s);
    if (s->server[server]) {
        s->port->set_vp_state(s->port->opaque, server, value);
    }
    p9x_spapr_changed(s);
}

static const P9xSpaprBackend kvm_backend = {
    .store_eoi = false,
    .lisn_is_eisn = false,
    .shares = false,
    .claim = claim,
    .free = free_lisn,
    .set_irq = set_irq,
    .configure = configure,
    .sync = sync_source,
    .esb = esb,
    .set_queue = set_queue,
    .refresh_queue = refresh_queue,
    .set_report = set_report,
    .reset = reset,
    .renew = renew,
    .add_server = add_server,
    .remove_server = remove_server,
    .reset_server = reset_server,
    .stop = p9x_spapr_kvm_stop,
    .go_on = p9x_spapr_kvm_go_on,
    .save_pq = p9x_spapr_kvm_save_pq,
    .save_end = p9x_spapr_kvm_save_end,
    .save_ring = p9x_spapr_kvm_save_ring,
    .restore = p9x_spapr_kvm_restore,
    .restore_server = p9x_spapr_kvm_restore_server,
};

/* Connecting. */

static int tell_nr_servers(const P9xSpapr *s, const P9xKvmPort *port)
{
    uint32_t n = s->config.nr_servers;

    /* Kernels before 5.5 have room for as many as there can be anyway. */
    if (port->has_attr(port->opaque, P9X_KVM_GRP_CTRL,
                       P9X_KVM_CTRL_NR_SERVERS)) {
        return 0;
    }
    return port->set_attr(port->opaque, P9X_KVM_GRP_CTRL,
                          P9X_KVM_CTRL_NR_SERVERS, &n);
}

static int connect_servers(const P9xSpapr *s, const P9xKvmPort *port)
{
    int rc = 0;

    for (uint32_t i = 0; i < s->config.nr_servers && !rc; i++) {
        if (s->server[i]) {
            rc = port->connect(port->opaque, i);
        }
    }
    return rc;
}

static void disconnect_servers(const P9xSpapr *s, const P9xKvmPort *port)
{
    for (uint32_t i = 0; i < s->config.nr_servers; i++) {
        if (s->server[i]) {
            port->disconnect(port->opaque, i);
        }
    }
}

static int tell_sources(const P9xSpapr *s, const P9xKvmPort *port)
{
    int rc = 0;

    for (uint32_t i = 0; i < s->config.nr_irqs && !rc; i++) {
        if (p9x_spapr_claimed(s, i)) {
            rc =
                p9x_kvmdev_source(s, port, i, p9x_source_is_lsi(&s->source, i));
        }
    }
    return rc;
}

static int connect_locked(P9xSpapr *s, const P9xKvmPort *port)
{
    int rc;

    p9x_assert_held(&s->config_lock);
    rc = s->port ? -EBUSY : tell_nr_servers(s, port);
    if (rc) {
        return rc;
    }
    rc = connect_servers(s, port);
    if (!rc) {
        rc = tell_sources(s, port);
    }
    if (rc) {
        disconnect_servers(s, port);
        return rc;
    }
    p9x_source_fence(&s->source, true);
    s->port = port;
    atomic_store(&s->backend, &kvm_backend);
    if (!s->loaded) {
        /* Last, because it makes the sources what they are with a device. */
        p9x_spapr_reset_interrupts(s);
    }
    return 0;
}

int p9x_spapr_kvm_connect(P9xSpapr *s, const P9xKvmPort *port)
{
    int rc;

    p9x_spapr_change(s);
    rc = connect_locked(s, port);
    p9x_spapr_changed(s);
    return rc;
}

bool p9x_spapr_on_kvm(const P9xSpapr *s)
{
    return p9x_spapr_backend(s) == &kvm_backend;
}

void p9x_spapr_kvm_disconnect(P9xSpapr *s)
{
    p9x_spapr_change(s);
    if (s->port) {
        p9x_spapr_kvm_let_go(s);
        disconnect_servers(s, s->port);
        atomic_store(&s->backend, &p9x_spapr_direct);
        s->port = NULL;
        p9x_spapr_reset_interrupts(s);
        p9x_source_fence(&s->source, false);
    }
    p9x_spapr_changed(s);
}
