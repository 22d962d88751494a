/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sequences written by hand: life of a device, the way of an event. */
#include "conform.h"

#include <string.h>

enum { PRIO = 6, OTHER_PRIO = 5, EISN = 0x123, GIRQ = 0x1300, LSI = 0x1200 };

static void native_done(Conform *c)
{
    conform_native_state(c);
    conform_end_step(c);
}

static void servers(Conform *c, unsigned group, unsigned attr)
{
    static const uint32_t counts[] = {
        0, 1, 16384, 16385, 0xFFFFFFFF, 2048, CONFORM_SERVERS
    };

    conform_say(c, "NR_SERVERS NULL");
    conform_set(c, group, attr, NULL);
    conform_end_step(c);
    for (unsigned i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
        conform_say(c, "NR_SERVERS %x", counts[i]);
        conform_set(c, group, attr, &counts[i]);
        conform_end_step(c);
    }
}

/* All of them, in the order in which they were made; then refused ones. */
static void connect_all(Conform *c)
{
    static const uint32_t others[] = { 0, CONFORM_VCPUS, CONFORM_SERVERS };

    for (uint32_t i = 0; i < CONFORM_VCPUS; i++) {
        conform_connect(c, i);
        conform_end_step(c);
    }
    for (unsigned i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        conform_connect(c, others[i]);
        conform_end_step(c);
    }
}

/* ---- native ---- */

static void esb(Conform *c, uint32_t girq, uint64_t offset)
{
    const P9xKvmPort *port = &c->end->port;
    uint64_t value = 0;
    bool there = port->esb_load(port->opaque,
                                p9x_kvm_esb_offset(girq, true, offset), 8,
                                &value);

    conform_say(c, "load %x+%llx = %d %llx", girq, (unsigned long long)offset,
                there, (unsigned long long)value);
    native_done(c);
}

static void trigger(Conform *c, uint32_t girq)
{
    const P9xKvmPort *port = &c->end->port;

    conform_say(c, "trigger %x = %d", girq,
                port->esb_store(port->opaque,
                                p9x_kvm_esb_offset(girq, false, 0), 8, 0));
    native_done(c);
}

static P9xKvmEq queue_at(unsigned n)
{
    return (P9xKvmEq) {
        .flags = P9X_KVM_EQ_ALWAYS_NOTIFY, .qshift = P9X_KVM_EQ_SHIFT,
        .qaddr = conform_queue(n), .qtoggle = 1
    };
}

static void queue(Conform *c, uint32_t server, unsigned n)
{
    const P9xKvmEq eq = queue_at(n);

    conform_say(c, "queue %u at %u", server, n);
    conform_set(c, P9X_KVM_GRP_EQ_CONFIG, p9x_kvm_eq_attr(server, PRIO), &eq);
    native_done(c);
}

static void route(Conform *c, uint32_t girq, uint32_t server, uint32_t eisn,
                  uint64_t more)
{
    conform_set64(c, P9X_KVM_GRP_SOURCE_CONFIG, girq,
                  (uint64_t)eisn << P9X_KVM_CFG_EISN_SHIFT |
                  (uint64_t)server << P9X_KVM_CFG_SERVER_SHIFT | PRIO | more);
    native_done(c);
}

static void source(Conform *c, uint32_t girq, uint64_t flags)
{
    conform_set64(c, P9X_KVM_GRP_SOURCE, girq, flags);
    native_done(c);
}

static void control(Conform *c, unsigned attr)
{
    conform_say(c, "control %u", attr);
    conform_set(c, P9X_KVM_GRP_CTRL, attr, NULL);
    native_done(c);
}

static void no_queue(Conform *c, uint32_t server, uint8_t prio)
{
    const P9xKvmEq none = { 0 };

    conform_say(c, "no queue %u/%u", server, prio);
    conform_set(c, P9X_KVM_GRP_EQ_CONFIG, p9x_kvm_eq_attr(server, prio),
                &none);
    native_done(c);
}

/* Whether the end says of it what it is to say; it is not there after that. */
static void other_queue(Conform *c, uint32_t server, int wanted)
{
    const P9xKvmEq eq = queue_at(5);
    const P9xKvmPort *port = &c->end->port;
    int rc = port->set_attr(port->opaque, P9X_KVM_GRP_EQ_CONFIG,
                            p9x_kvm_eq_attr(server, OTHER_PRIO), &eq);

    conform_say(c, "queue %u/%u %s", server, OTHER_PRIO,
                rc == wanted ? "as it is to be" : strerror(-rc));
    native_done(c);
    no_queue(c, server, OTHER_PRIO);
}

/*
 * Linux would not survive a second one.  It keeps what it has for the first one
 * until RESET, whether or not the queue is there.
 */
static void one_priority(Conform *c)
{
    const P9xKvmPort *port = &c->end->port;

    queue(c, 2, 5);
    other_queue(c, 2, c->end->second_priority);
    no_queue(c, 2, PRIO);
    other_queue(c, 2, c->end->second_priority);
    port->disconnect(port->opaque, 2);
    conform_connect(c, 2);
    native_done(c);
    other_queue(c, 2, c->end->second_priority);
    queue(c, 2, 5);
    control(c, P9X_KVM_CTRL_RESET);
    other_queue(c, 2, 0);
    control(c, P9X_KVM_CTRL_RESET);
}

/* Off, on, an event, another behind it, EOI, and the one that was held. */
static void way_of_an_event(Conform *c)
{
    source(c, GIRQ, 0);
    trigger(c, GIRQ);
    queue(c, 0, 0);
    route(c, GIRQ, 0, EISN, 0);
    esb(c, GIRQ, 0xC00);
    trigger(c, GIRQ);
    trigger(c, GIRQ);
    esb(c, GIRQ, 0);
    esb(c, GIRQ, 0xD00);
    trigger(c, GIRQ);
    esb(c, GIRQ, 0xE00);
    esb(c, GIRQ, 0xF00);
    esb(c, GIRQ, 0xC00);
}

/* To another server, masked, back, the same words twice. */
static void way_of_a_target(Conform *c)
{
    queue(c, 1, 1);
    route(c, GIRQ, 1, EISN, 0);
    route(c, GIRQ, 1, EISN, 0);
    trigger(c, GIRQ);
    route(c, GIRQ, 1, EISN, P9X_KVM_CFG_MASKED);
    esb(c, GIRQ, 0xC00);
    trigger(c, GIRQ);
    route(c, GIRQ, 1, EISN + 1, P9X_KVM_CFG_MASKED);
    esb(c, GIRQ, 0xC00);
    trigger(c, GIRQ);
    route(c, GIRQ, 1, EISN, 0);
    esb(c, GIRQ, 0xC00);
    trigger(c, GIRQ);
    /* A queue that isn't there: the next server's serves. */
    route(c, GIRQ, 2, EISN, 0);
    esb(c, GIRQ, 0xC00);
    trigger(c, GIRQ);
}

static void lines(Conform *c)
{
    static const int levels[] = { 1, 0, -3, -2, 1, 7, 0, -1 };

    source(c, LSI, P9X_KVM_SRC_LEVEL);
    route(c, LSI, 0, EISN, 0);
    esb(c, LSI, 0xC00);
    for (unsigned i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
        conform_irq_line(c, LSI, levels[i]);
        native_done(c);
        conform_irq_line(c, GIRQ, levels[i]);
        native_done(c);
        esb(c, LSI, 0);
    }
}

static void reset(Conform *c)
{
    control(c, P9X_KVM_CTRL_EQ_SYNC);
    control(c, P9X_KVM_CTRL_RESET);
    trigger(c, GIRQ);
    esb(c, GIRQ, 0xC00);
    trigger(c, GIRQ);
    queue(c, 0, 2);
    route(c, GIRQ, 0, EISN, 0);
    esb(c, GIRQ, 0xC00);
    trigger(c, GIRQ);
    source(c, GIRQ, 0);
    /* One without a target that is on. */
    source(c, GIRQ + 1, 0);
    esb(c, GIRQ + 1, 0xC00);
    control(c, P9X_KVM_CTRL_RESET);
}

/* So often to one queue that the device takes it for full; then where? */
static void many_targets(Conform *c)
{
    enum { TIMES = 16390 };
    int refused = 0;

    queue(c, 0, 3);
    queue(c, 1, 4);
    source(c, GIRQ, 0);
    for (uint32_t i = 0; i < TIMES; i++) {
        uint64_t word = (uint64_t)(EISN + (i & 1)) << P9X_KVM_CFG_EISN_SHIFT |
                        PRIO;

        refused += c->end->port.set_attr(c->end->port.opaque,
                                         P9X_KVM_GRP_SOURCE_CONFIG, GIRQ,
                                         &word) != 0;
    }
    conform_say(c, "%d of %d refused", refused, TIMES);
    native_done(c);
    esb(c, GIRQ, 0xC00);
    trigger(c, GIRQ);
}

void conform_native_scripts(Conform *c)
{
    servers(c, P9X_KVM_GRP_CTRL, P9X_KVM_CTRL_NR_SERVERS);
    connect_all(c);
    one_priority(c);
    way_of_an_event(c);
    way_of_a_target(c);
    lines(c);
    reset(c);
}

void conform_native_last_scripts(Conform *c)
{
    control(c, P9X_KVM_CTRL_RESET);
    many_targets(c);
    reset(c);
}

/* ---- XICS ---- */

static void xics_done(Conform *c)
{
    conform_xics_state(c);
    conform_end_step(c);
}

/* A source that is set, fires, is masked, fires, and is opened again. */
static void words(Conform *c)
{
    static const uint64_t more[] = {
        0, P9X_KVM_XICS_MASKED, P9X_KVM_XICS_PENDING, 0,
        P9X_KVM_XICS_PRESENTED, P9X_KVM_XICS_QUEUED,
        P9X_KVM_XICS_PRESENTED | P9X_KVM_XICS_QUEUED,
        P9X_KVM_XICS_MASKED | P9X_KVM_XICS_PENDING, P9X_KVM_XICS_LEVEL,
        P9X_KVM_XICS_LEVEL | P9X_KVM_XICS_PENDING
    };

    for (unsigned i = 0; i < sizeof(more) / sizeof(more[0]); i++) {
        conform_set64(c, P9X_KVM_XICS_GRP_SOURCES, GIRQ,
                      UINT64_C(5) << P9X_KVM_XICS_PRIO_SHIFT | more[i] |
                      i % CONFORM_VCPUS);
        xics_done(c);
        conform_irq_line(c, GIRQ, 1);
        xics_done(c);
        conform_irq_line(c, GIRQ, 0);
        xics_done(c);
    }
}

void conform_xics_scripts(Conform *c)
{
    servers(c, P9X_KVM_XICS_GRP_CTRL, P9X_KVM_XICS_NR_SERVERS);
    connect_all(c);
    words(c);
}
