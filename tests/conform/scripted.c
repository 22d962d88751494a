/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sequences written by hand: life of a device, the way of an event. */
#include "steps.h"

#include <string.h>

enum {
    PRIO = CONFORM_PRIO, OTHER_PRIO = 5, EISN = 0x123, GIRQ = 0x1300,
    LSI = 0x1200
};

/* rows: A4 */
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

static void no_queue(Conform *c, uint32_t server, uint8_t prio)
{
    const P9xKvmEq none = { 0 };

    conform_say(c, "no queue %u/%u", server, prio);
    conform_set(c, P9X_KVM_GRP_EQ_CONFIG, p9x_kvm_eq_attr(server, prio),
                &none);
    conform_native_done(c);
}

/* Whether the end says of it what it is to say; it is not there after that. */
static void other_queue(Conform *c, uint32_t server, int wanted)
{
    const P9xKvmEq eq = conform_queue_at(5);
    const P9xKvmPort *port = &c->end->port;
    int rc = port->set_attr(port->opaque, P9X_KVM_GRP_EQ_CONFIG,
                            p9x_kvm_eq_attr(server, OTHER_PRIO), &eq);

    conform_say(c, "queue %u/%u %s", server, OTHER_PRIO,
                rc == wanted ? "as it is to be" : strerror(-rc));
    conform_native_done(c);
    no_queue(c, server, OTHER_PRIO);
}

/* What the caller's memory held stays there, or does not. */
static void unset_queue(Conform *c)
{
    const P9xKvmPort *port = &c->end->port;
    P9xKvmEq eq;

    memset(&eq, 0x5A, sizeof(eq));
    conform_say(c, "get unset = %d", port->get_attr(
                    port->opaque, P9X_KVM_GRP_EQ_CONFIG,
                    p9x_kvm_eq_attr(0, PRIO), &eq));
    conform_say(c, " %x %x %llx", eq.flags, eq.qshift,
                (unsigned long long)eq.qaddr);
    conform_native_done(c);
}

/*
 * Linux would not survive a second one.  It keeps what it has for the first one
 * until RESET, whether or not the queue is there.
 */
static void one_priority(Conform *c)
{
    const P9xKvmPort *port = &c->end->port;

    step_queue(c, 2, 5);
    other_queue(c, 2, c->end->second_priority);
    no_queue(c, 2, PRIO);
    other_queue(c, 2, c->end->second_priority);
    port->disconnect(port->opaque, 2);
    conform_connect(c, 2);
    conform_native_done(c);
    other_queue(c, 2, c->end->second_priority);
    step_queue(c, 2, 5);
    step_control(c, P9X_KVM_CTRL_RESET);
    other_queue(c, 2, 0);
    step_control(c, P9X_KVM_CTRL_RESET);
}

/* Off, on, an event, another behind it, EOI, and the one that was held. */
static void way_of_an_event(Conform *c)
{
    step_source(c, GIRQ, 0);
    step_trigger(c, GIRQ);
    step_queue(c, 0, 0);
    step_route(c, GIRQ, 0, EISN, 0);
    step_esb(c, GIRQ, 0xC00);
    step_trigger(c, GIRQ);
    step_trigger(c, GIRQ);
    step_esb(c, GIRQ, 0);
    step_esb(c, GIRQ, 0xD00);
    step_trigger(c, GIRQ);
    step_esb(c, GIRQ, 0xE00);
    step_esb(c, GIRQ, 0xF00);
    step_esb(c, GIRQ, 0xC00);
}

/* To another server, masked, back, the same words twice. */
/* rows: A12 A20 */
static void way_of_a_target(Conform *c)
{
    step_queue(c, 1, 1);
    step_route(c, GIRQ, 1, EISN, 0);
    step_route(c, GIRQ, 1, EISN, 0);
    step_trigger(c, GIRQ);
    step_route(c, GIRQ, 1, EISN, P9X_KVM_CFG_MASKED);
    step_esb(c, GIRQ, 0xC00);
    step_trigger(c, GIRQ);
    step_route(c, GIRQ, 1, EISN + 1, P9X_KVM_CFG_MASKED);
    step_esb(c, GIRQ, 0xC00);
    step_trigger(c, GIRQ);
    step_route(c, GIRQ, 1, EISN, 0);
    step_esb(c, GIRQ, 0xC00);
    step_trigger(c, GIRQ);
    /* A queue that isn't there: the next server's serves. */
    step_route(c, GIRQ, 2, EISN, 0);
    step_esb(c, GIRQ, 0xC00);
    step_trigger(c, GIRQ);
}

/* rows: X42 */
static void lines(Conform *c)
{
    static const int levels[] = { 1, 0, -3, -2, 1, 7, 0, -1 };

    step_source(c, LSI, P9X_KVM_SRC_LEVEL);
    step_route(c, LSI, 0, EISN, 0);
    step_esb(c, LSI, 0xC00);
    for (unsigned i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
        conform_irq_line(c, LSI, levels[i]);
        conform_native_done(c);
        conform_irq_line(c, GIRQ, levels[i]);
        conform_native_done(c);
        step_esb(c, LSI, 0);
    }
}

/* rows: A26 */
static void reset(Conform *c)
{
    step_control(c, P9X_KVM_CTRL_EQ_SYNC);
    step_control(c, P9X_KVM_CTRL_RESET);
    step_trigger(c, GIRQ);
    step_esb(c, GIRQ, 0xC00);
    step_trigger(c, GIRQ);
    step_queue(c, 0, 2);
    step_route(c, GIRQ, 0, EISN, 0);
    step_esb(c, GIRQ, 0xC00);
    step_trigger(c, GIRQ);
    step_source(c, GIRQ, 0);
    /* One without a target that is on. */
    step_source(c, GIRQ + 1, 0);
    step_esb(c, GIRQ + 1, 0xC00);
    step_control(c, P9X_KVM_CTRL_RESET);
}

/* So often to one queue that the device takes it for full; then where? */
static void many_targets(Conform *c)
{
    enum { TIMES = 16390 };
    int refused = 0;

    step_queue(c, 0, 3);
    step_queue(c, 1, 4);
    step_source(c, GIRQ, 0);
    for (uint32_t i = 0; i < TIMES; i++) {
        uint64_t word = (uint64_t)(EISN + (i & 1)) << P9X_KVM_CFG_EISN_SHIFT |
                        PRIO;

        refused += c->end->port.set_attr(c->end->port.opaque,
                                         P9X_KVM_GRP_SOURCE_CONFIG, GIRQ,
                                         &word) != 0;
    }
    conform_say(c, "%d of %d refused", refused, TIMES);
    conform_native_done(c);
    step_esb(c, GIRQ, 0xC00);
    step_trigger(c, GIRQ);
}

void conform_native_scripts(Conform *c)
{
    servers(c, P9X_KVM_GRP_CTRL, P9X_KVM_CTRL_NR_SERVERS);
    connect_all(c);
    unset_queue(c);
    one_priority(c);
    way_of_an_event(c);
    way_of_a_target(c);
    lines(c);
    reset(c);
}

void conform_native_last_scripts(Conform *c)
{
    step_control(c, P9X_KVM_CTRL_RESET);
    many_targets(c);
    reset(c);
}

/* ---- XICS ---- */

/* A source that is set, fires, is masked, fires, and is opened again. */
/* rows: X1 X2 X3 X7 */
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
        conform_xics_done(c);
        conform_irq_line(c, GIRQ, 1);
        conform_xics_done(c);
        conform_irq_line(c, GIRQ, 0);
        conform_xics_done(c);
    }
}

void conform_xics_scripts(Conform *c)
{
    servers(c, P9X_KVM_XICS_GRP_CTRL, P9X_KVM_XICS_NR_SERVERS);
    connect_all(c);
    words(c);
}
