/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A KVM device behind the sPAPR layer.
 *
 * spapr.c and spapr_hcall.c check and remember, as they do without a device;
 * just before they remember something, they tell the device by a function
 * here, and if it refuses they don't.  Each of these functions does nothing
 * and says 0 when there is no device.
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

#include "spapr_internal.h"
#include "xive/kvm/kvm_port.h"

static const P9xKvmPort *port_of(const P9xSpapr *s)
{
    return atomic_load_explicit(&s->kvm, memory_order_acquire);
}

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

/* Pages. */

static bool mgmt_load(const P9xKvmPort *port, uint32_t lisn, uint32_t op,
                      uint64_t *value)
{
    return port->esb_load(port->opaque, p9x_kvm_esb_offset(lisn, true, op), 8,
                          value);
}

static bool mgmt_store(const P9xKvmPort *port, uint32_t lisn, uint32_t op,
                       uint64_t value)
{
    return port->esb_store(port->opaque, p9x_kvm_esb_offset(lisn, true, op),
                           8, value);
}

static bool trigger(const P9xKvmPort *port, uint32_t lisn)
{
    return port->esb_store(port->opaque, p9x_kvm_esb_offset(lisn, false, 0),
                           8, 0);
}

/* Sources. */

static bool level_is_up(const P9xSpapr *s, uint32_t lisn)
{
    return atomic_load(p9x_source_esb(&s->source, lisn)) & P9X_ESB_ASSERTED;
}

static int set_attr64(const P9xKvmPort *port, unsigned group, uint32_t lisn,
                      uint64_t value)
{
    return port->set_attr(port->opaque, group, lisn, &value);
}

/* Makes it as new, whatever it was: off, untargeted. */
static int tell_source(const P9xSpapr *s, const P9xKvmPort *port,
                       uint32_t lisn, bool lsi)
{
    uint64_t value = lsi ? P9X_KVM_SRC_LEVEL : 0;

    if (lsi && level_is_up(s, lisn)) {
        value |= P9X_KVM_SRC_ASSERTED;
    }
    return set_attr64(port, P9X_KVM_GRP_SOURCE, lisn, value);
}

int p9x_spapr_kvm_claim(P9xSpapr *s, uint32_t lisn, bool lsi)
{
    const P9xKvmPort *port = port_of(s);

    return port ? tell_source(s, port, lisn, lsi) : 0;
}

/*
 * The word that masks.  The device compares server, priority and EISN with
 * what it has, or was to have before firmware refused, and does nothing if
 * they are the same, whatever the flag says.  So the server, which it is to
 * forget anyway, is one that there can't be.
 */
#define MASKING_WORD    (P9X_KVM_CFG_MASKED | P9X_KVM_CFG_SERVER)

static uint64_t config_word(uint64_t eas)
{
    /* END index: server x 8 + priority, as in the word. */
    return eas & P9X_EAS_MASKED ? MASKING_WORD :
           p9x_get64(eas, P9X_EAS_END_INDEX) |
           (eas & P9X_EAS_END_DATA) << P9X_KVM_CFG_EISN_SHIFT;
}

int64_t p9x_spapr_kvm_configure(P9xSpapr *s, uint32_t lisn, uint64_t eas)
{
    const P9xKvmPort *port = port_of(s);

    return !port ? P9X_H_SUCCESS :
           papr_code(set_attr64(port, P9X_KVM_GRP_SOURCE_CONFIG, lisn,
                                config_word(eas)),
                     P9X_H_P3, P9X_H_P2);
}

/* The device can't forget a number, but make it lead nowhere. */
void p9x_spapr_kvm_free(P9xSpapr *s, uint32_t lisn)
{
    const P9xKvmPort *port = port_of(s);
    uint64_t old;

    if (!port) {
        return;
    }
    if (level_is_up(s, lisn)) {
        port->irq_line(port->opaque, lisn, 0);
    }
    set_attr64(port, P9X_KVM_GRP_SOURCE_CONFIG, lisn, MASKING_WORD);
    mgmt_load(port, lisn, P9X_ESB_SET_PQ_01, &old);
}

int64_t p9x_spapr_kvm_sync(P9xSpapr *s, uint32_t lisn)
{
    const P9xKvmPort *port = port_of(s);

    return !port ? P9X_H_SUCCESS :
           papr_code(port->set_attr(port->opaque, P9X_KVM_GRP_SOURCE_SYNC,
                                    lisn, NULL), P9X_H_P2, P9X_H_P2);
}

/*
 * A message goes the way of a guest's trigger: the page is chosen under the
 * lock that a switch takes, so between the IPI and a passed-through interrupt
 * there is no moment in which the message would be lost.  irq_line serves
 * numbers that have no page mapped.
 */
static bool send_message(const P9xKvmPort *port, uint32_t lisn)
{
    return trigger(port, lisn) || !port->irq_line(port->opaque, lisn, 1);
}

void p9x_spapr_kvm_set_irq(P9xSpapr *s, uint32_t lisn, bool level)
{
    const P9xKvmPort *port = port_of(s);
    bool done;

    if (p9x_source_is_lsi(&s->source, lisn)) {
        /* Noted first: an EOI beside this sees it, or the device does. */
        p9x_source_set_level(&s->source, lisn, level);
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
    return level_is_up(s, lisn) && trigger(port, lisn);
}

/* True, with @again: the level brought one more event. */
static bool eoi(P9xSpapr *s, const P9xKvmPort *port, uint32_t lisn,
                uint64_t *again)
{
    uint64_t pq;

    *again = 0;
    if (!mgmt_load(port, lisn, P9X_ESB_GET, &pq)) {
        return false;
    }
    /* What is off stays off. */
    if (pq != P9X_PQ_01) {
        mgmt_load(port, lisn, P9X_ESB_SET_PQ_00, &pq);
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
    if (!mgmt_load(port, lisn, op, value)) {
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
    if (!mgmt_store(port, lisn, op, value)) {
        return false;
    }
    if (sets_pq_00(op)) {
        resample(s, port, lisn);
    }
    return true;
}

int64_t p9x_spapr_kvm_esb(P9xSpapr *s, uint32_t lisn, bool store,
                          uint64_t offset, uint64_t *value)
{
    const P9xKvmPort *port = port_of(s);
    uint32_t op = offset & P9X_ESB_OFFSET_MASK;
    bool done = store ? esb_store(s, port, lisn, op, *value) :
                        esb_load(s, port, lisn, op, value);

    if (store) {
        *value = UINT64_MAX;
    }
    return done ? P9X_H_SUCCESS : P9X_H_HARDWARE;
}

/* Queues. */

int64_t p9x_spapr_kvm_set_queue(P9xSpapr *s, uint64_t server,
                                uint64_t priority, uint64_t addr,
                                uint64_t shift)
{
    const P9xKvmPort *port = port_of(s);
    const P9xKvmEq eq = {
        /* The only kind it makes: a guest hears more often than it asked. */
        .flags = P9X_KVM_EQ_ALWAYS_NOTIFY,
        .qshift = (uint32_t)shift,
        .qaddr = addr,
        .qtoggle = 1
    };

    return !port ? P9X_H_SUCCESS :
           papr_code(port->set_attr(port->opaque, P9X_KVM_GRP_EQ_CONFIG,
                                    p9x_kvm_eq_attr((uint32_t)server,
                                                    (uint8_t)priority), &eq),
                     P9X_H_P4, P9X_H_P2);
}

int64_t p9x_spapr_kvm_refresh_queue(P9xSpapr *s, uint64_t server,
                                    uint64_t priority, P9xEnd *end)
{
    const P9xKvmPort *port = port_of(s);
    P9xKvmEq eq = { 0 };
    int rc;

    if (!port || !p9x_end_flag(end, P9X_END_W0_ENQUEUE)) {
        return P9X_H_SUCCESS;
    }
    rc = port->get_attr(port->opaque, P9X_KVM_GRP_EQ_CONFIG,
                        p9x_kvm_eq_attr((uint32_t)server, (uint8_t)priority),
                        &eq);
    if (rc) {
        return papr_code(rc, P9X_H_P3, P9X_H_P2);
    }
    p9x_end_set(end, 1, P9X_END_W1_GENERATION, eq.qtoggle);
    p9x_end_set(end, 1, P9X_END_W1_OFFSET, eq.qindex);
    return P9X_H_SUCCESS;
}

/* Reset. */

int64_t p9x_spapr_kvm_reset(P9xSpapr *s)
{
    const P9xKvmPort *port = port_of(s);

    return !port ? P9X_H_SUCCESS :
           papr_code(port->set_attr(port->opaque, P9X_KVM_GRP_CTRL,
                                    P9X_KVM_CTRL_RESET, NULL),
                     P9X_H_HARDWARE, P9X_H_HARDWARE);
}

static void renew_sources(P9xSpapr *s, const P9xKvmPort *port)
{
    for (uint32_t lisn = 0; lisn < s->config.nr_irqs; lisn++) {
        if (!p9x_spapr_claimed(s, lisn)) {
            continue;
        }
        if (level_is_up(s, lisn)) {
            port->irq_line(port->opaque, lisn, 0);
        }
        /* It has its IPI already, so there is nothing that could fail. */
        set_attr64(port, P9X_KVM_GRP_SOURCE, lisn,
                   p9x_source_is_lsi(&s->source, lisn) ?
                   P9X_KVM_SRC_LEVEL : 0);
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

void p9x_spapr_kvm_renew(P9xSpapr *s)
{
    const P9xKvmPort *port = port_of(s);

    if (port) {
        p9x_spapr_kvm_reset(s);
        renew_sources(s, port);
        forget_pending(s, port);
    }
}

/* Servers. */

int p9x_spapr_kvm_add_server(P9xSpapr *s, uint32_t server)
{
    const P9xKvmPort *port = port_of(s);

    return port ? port->connect(port->opaque, server) : 0;
}

/* The device has forgotten its queues, and turned off what came to them. */
static void forget_server(P9xSpapr *s, uint32_t server)
{
    for (uint32_t prio = 0; prio < P9X_NR_PRIOS; prio++) {
        p9x_spapr_clear_end(s, server * P9X_NR_PRIOS + prio);
    }
    for (uint32_t lisn = 0; lisn < s->config.nr_irqs; lisn++) {
        P9xEas *eas = &s->tables.eas[lisn];
        uint64_t w = p9x_eas_read(eas);

        if ((w & P9X_EAS_VALID) &&
            p9x_get64(w, P9X_EAS_END_INDEX) / P9X_NR_PRIOS == server) {
            p9x_eas_write(eas, w | P9X_EAS_MASKED);
        }
    }
}

void p9x_spapr_kvm_remove_server(P9xSpapr *s, uint32_t server)
{
    const P9xKvmPort *port = port_of(s);

    if (port) {
        port->disconnect(port->opaque, server);
        forget_server(s, server);
    }
}

void p9x_spapr_kvm_reset_server(P9xSpapr *s, uint32_t server)
{
    uint8_t ring[2 * sizeof(uint64_t)] = { [P9X_TM_ACK_CNT] = 0xFF };
    const P9xKvmPort *port;
    uint64_t value[2];

    memcpy(value, ring, sizeof(value));
    p9x_lock(&s->config_lock);
    port = port_of(s);
    if (port && s->server[server]) {
        port->set_vp_state(port->opaque, server, value);
    }
    p9x_unlock(&s->config_lock);
}

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
            rc = tell_source(s, port, i, p9x_source_is_lsi(&s->source, i));
        }
    }
    return rc;
}

static int connect_locked(P9xSpapr *s, const P9xKvmPort *port)
{
    int rc;

    p9x_assert_held(&s->config_lock);
    rc = port_of(s) ? -EBUSY : tell_nr_servers(s, port);
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
    atomic_store(&s->kvm, port);
    /* Last, because it makes the sources what they are with a device. */
    p9x_spapr_reset_interrupts(s);
    return 0;
}

int p9x_spapr_kvm_connect(P9xSpapr *s, const P9xKvmPort *port)
{
    int rc;

    p9x_lock(&s->config_lock);
    rc = connect_locked(s, port);
    p9x_unlock(&s->config_lock);
    return rc;
}

void p9x_spapr_kvm_disconnect(P9xSpapr *s)
{
    const P9xKvmPort *port;

    p9x_lock(&s->config_lock);
    port = port_of(s);
    if (port) {
        disconnect_servers(s, port);
        atomic_store(&s->kvm, NULL);
        p9x_spapr_reset_interrupts(s);
        p9x_source_fence(&s->source, false);
    }
    p9x_unlock(&s->config_lock);
}
