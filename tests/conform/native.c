/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The XIVE native device: random calls, and what can be seen of it. */
#include "conform.h"

#include <string.h>

enum {
    PRIO = 6,                   /* a server has queues at one priority only */
    ESB_EOI = 0,
    ESB_GET = 0x800,
    ESB_SET = 0xC00,            /* then 0x100 for each PQ */
    OFF_RANGE = 0x100000
};

static const uint32_t bad_numbers[] = {
    4, 0x1304, 0x13FF, 0x2000, 0x5000, OFF_RANGE - 1, OFF_RANGE,
    OFF_RANGE + 1, 0x1300 + OFF_RANGE, 0xFFFFFFFF
};
static const uint32_t bad_servers[] = { 3, 7, 8, 64, 2047, 2048, 16384,
                                        0x1FFFFFFF };

static uint32_t number(Conform *c)
{
    return conform_below(c, 12) ? CONFORM_ONE_OF(c, conform_numbers) :
                                  CONFORM_ONE_OF(c, bad_numbers);
}

static uint32_t server(Conform *c)
{
    return conform_below(c, 12) ? conform_below(c, CONFORM_VCPUS) :
                                  CONFORM_ONE_OF(c, bad_servers);
}

/* ---- calls ---- */

/* NULL where the kernel looks for a value. */
static void set_null(Conform *c)
{
    static const unsigned groups[] = {
        P9X_KVM_GRP_SOURCE, P9X_KVM_GRP_SOURCE_CONFIG, P9X_KVM_GRP_EQ_CONFIG
    };
    unsigned group = CONFORM_ONE_OF(c, groups);
    uint64_t attr = group == P9X_KVM_GRP_EQ_CONFIG ?
                    p9x_kvm_eq_attr(server(c), PRIO) : number(c);

    conform_say(c, "set %u/%llx NULL", group, (unsigned long long)attr);
    conform_set(c, group, attr, NULL);
}

/* rows: A5 A6 N1 N2 N3 */
static void source(Conform *c)
{
    static const uint64_t flags[] = { 0, 0, 0, 1, 3, 2, ~UINT64_C(1) };

    uint32_t n = number(c);
    uint64_t word = CONFORM_ONE_OF(c, flags);

    conform_set64(c, P9X_KVM_GRP_SOURCE, n, conform_is_device(n) ?
                  word & ~P9X_KVM_SRC_LEVEL : word);
}

/* rows: A7 A8 A9 */
static void source_config(Conform *c)
{
    static const uint8_t prios[] = { PRIO, PRIO, PRIO, PRIO, PRIO, 5, 7, 0 };
    uint64_t eisn = conform_below(c, 4) ? conform_below(c, 16) :
                                          conform_random64(c) >> 33;
    uint64_t word = eisn << P9X_KVM_CFG_EISN_SHIFT;
    uint32_t n = number(c);

    word |= (uint64_t)server(c) << P9X_KVM_CFG_SERVER_SHIFT;
    word |= CONFORM_ONE_OF(c, prios);
    if (!conform_below(c, 6)) {
        word |= P9X_KVM_CFG_MASKED;
    }
    conform_set64(c, P9X_KVM_GRP_SOURCE_CONFIG, n, word);
}

/* One field may be wrong; not so that the kernel would write elsewhere. */
static void spoil(Conform *c, P9xKvmEq *eq)
{
    static const uint32_t shifts[] = { 12, 15, 17, 21, 24, 31 };
    static const uint64_t places[] = {
        0x3000000, 0x8000000, UINT64_C(1) << 40
    };

    switch (conform_below(c, 12)) {
    case 0: eq->flags = conform_below(c, 4); break;
    case 1: eq->qshift = CONFORM_ONE_OF(c, shifts); break;
    case 2: eq->qaddr += 1u << conform_below(c, 16); break;
    case 3: eq->qaddr = CONFORM_ONE_OF(c, places); break;
    default: break;
    }
}

/* rows: A15 A16 A17 A18 */
static void queue(Conform *c)
{
    static const uint8_t prios[] = { PRIO, PRIO, PRIO, PRIO, PRIO, 7 };
    P9xKvmEq eq = {
        .flags = P9X_KVM_EQ_ALWAYS_NOTIFY, .qshift = P9X_KVM_EQ_SHIFT,
        .qaddr = conform_queue(conform_below(c, CONFORM_QUEUES)), .qtoggle = 1
    };
    uint32_t of = server(c);
    uint64_t attr = p9x_kvm_eq_attr(of, CONFORM_ONE_OF(c, prios));

    spoil(c, &eq);
    if (!conform_below(c, 3)) {
        eq.qtoggle = conform_below(c, 2);
        eq.qindex = conform_below(c, 0x400);
    }
    if (!conform_below(c, 8)) {
        eq.qshift = 0;
    }
    conform_say(c, "eq %llx %x %u %llx %u/%u", (unsigned long long)attr,
                eq.flags, eq.qshift, (unsigned long long)eq.qaddr, eq.qtoggle,
                eq.qindex);
    conform_set(c, P9X_KVM_GRP_EQ_CONFIG, attr, &eq);
}

/* rows: A22 A23 A3 */
static void get(Conform *c)
{
    static const unsigned groups[] = { 0, 1, 2, 3, 5, 6, 4, 4, 4 };
    unsigned group = CONFORM_ONE_OF(c, groups);
    uint32_t n = group == P9X_KVM_GRP_EQ_CONFIG ? server(c) : number(c);
    uint64_t attr = group == P9X_KVM_GRP_EQ_CONFIG ?
                    p9x_kvm_eq_attr(n, (uint8_t)conform_below(c, 8)) : n;
    const P9xKvmPort *port = &c->end->port;
    P9xKvmEq eq;

    memset(&eq, 0x5A, sizeof(eq));
    conform_say(c, "get %u/%llx = %d", group, (unsigned long long)attr,
                port->get_attr(port->opaque, group, attr, &eq));
    conform_say(c, " %x %x %llx %x %x", eq.flags, eq.qshift,
                (unsigned long long)eq.qaddr, eq.qtoggle, eq.qindex);
}

static void has(Conform *c)
{
    unsigned group = conform_below(c, 8);
    uint64_t attr = conform_below(c, 2) ? conform_below(c, 6) : number(c);
    const P9xKvmPort *port = &c->end->port;

    conform_say(c, "has %u/%llx = %d", group, (unsigned long long)attr,
                port->has_attr(port->opaque, group, attr));
}

static void control(Conform *c)
{
    unsigned attr = conform_below(c, 6);
    uint32_t servers = CONFORM_SERVERS;

    if (attr == P9X_KVM_CTRL_RESET && conform_below(c, 4)) {
        attr = P9X_KVM_CTRL_EQ_SYNC;
    }
    conform_say(c, "control %u", attr);
    conform_set(c, P9X_KVM_GRP_CTRL, attr, &servers);
}

/* rows: A14 */
static void sync(Conform *c)
{
    uint32_t n = number(c);

    conform_say(c, "sync %x", n);
    conform_set(c, P9X_KVM_GRP_SOURCE_SYNC, n, NULL);
}

/* As a thread may have left it: PIPR follows from IPB. */
/* rows: A28 A30 */
static void vp_state(Conform *c)
{
    static const uint8_t cpprs[] = { 0, 0xFF, 6, 7, 5 };
    uint64_t value[P9X_KVM_VP_STATE_WORDS] = { 0 };
    uint8_t ring[8] = { 0 };
    const P9xKvmPort *port = &c->end->port;
    uint32_t of = server(c);

    ring[1] = CONFORM_ONE_OF(c, cpprs);
    ring[2] = conform_below(c, 2) ? 0 : (uint8_t)conform_below(c, 256);
    ring[4] = 0xFF;
    ring[7] = ring[2] ? (uint8_t)(__builtin_clz(ring[2]) - 24) : 0xFF;
    memcpy(value, ring, sizeof(ring));
    conform_say(c, "vp %x %02x%02x = %d", of, ring[1], ring[2],
                port->set_vp_state(port->opaque, of, value));
}

static void esb(Conform *c)
{
    uint32_t n = number(c);
    const P9xKvmPort *port = &c->end->port;
    uint64_t value = 0, offset;
    bool there;

    if (!conform_below(c, 3)) {
        offset = p9x_kvm_esb_offset(n, false, 0);
        there = port->esb_store(port->opaque, offset, 8, 0);
        conform_say(c, "trigger %x = %d", n, there);
        return;
    }
    offset = conform_below(c, 3) ? ESB_SET + 0x100 * conform_below(c, 4) :
             conform_below(c, 2) ? ESB_EOI : ESB_GET;
    there = port->esb_load(port->opaque, p9x_kvm_esb_offset(n, true, offset),
                           8, &value);
    conform_say(c, "load %x+%llx = %d %llx", n, (unsigned long long)offset,
                there, (unsigned long long)value);
}

static void line(Conform *c)
{
    static const int levels[] = { 0, 1, 1, 1, 2, -1, -2, -3, 100 };

    uint32_t n = number(c);

    conform_irq_line(c, n, CONFORM_ONE_OF(c, levels));
}

static void irqfd(Conform *c)
{
    uint32_t n = CONFORM_ONE_OF(c, conform_numbers);

    conform_irqfd(c, conform_below(c, CONFORM_DEVICE_TOKEN), n);
}

/* rows: A27 */
static void connect(Conform *c)
{
    conform_connect(c, server(c));
}

void conform_native_step(Conform *c)
{
    static void (*const calls[])(Conform *c) = {
        source, source, source_config, source_config, source_config,
        source_config, queue, queue, get, has, control, sync, vp_state, line,
        line, line, irqfd, connect, set_null, conform_device_step,
        conform_device_step, conform_device_step,
        esb, esb, esb, esb, esb, esb, esb, esb
    };

    CONFORM_ONE_OF(c, calls)(c);
}

/* ---- state ---- */

static void say_queue(Conform *c, uint32_t of)
{
    const P9xKvmPort *port = &c->end->port;
    P9xKvmEq eq;

    memset(&eq, 0, sizeof(eq));
    port->get_attr(port->opaque, P9X_KVM_GRP_EQ_CONFIG,
                   p9x_kvm_eq_attr(of, PRIO), &eq);
    conform_say(c, " %llx:%u/%u", (unsigned long long)eq.qaddr, eq.qtoggle,
                eq.qindex);
}

static void say_ring(Conform *c, uint32_t of)
{
    uint64_t value[P9X_KVM_VP_STATE_WORDS] = { 0 };
    const P9xKvmPort *port = &c->end->port;
    const uint8_t *ring = (const uint8_t *)value;

    port->get_vp_state(port->opaque, of, value);
    conform_say(c, " ");
    for (unsigned i = 0; i < 8; i++) {
        conform_say(c, "%02x", ring[i]);
    }
}

void conform_native_state(Conform *c)
{
    const P9xKvmPort *port = &c->end->port;

    conform_say(c, " | ");
    for (unsigned i = 0; i < CONFORM_NUMBERS; i++) {
        uint64_t value, offset;
        bool there;

        offset = p9x_kvm_esb_offset(conform_numbers[i], true, ESB_GET);
        there = port->esb_load(port->opaque, offset, 8, &value);
        conform_say(c, "%c", there ? (int)('0' + (value & 3)) : '.');
    }
    for (uint32_t of = 0; of < CONFORM_VCPUS; of++) {
        say_ring(c, of);
        say_queue(c, of);
    }
    conform_say(c, " %016llx", (unsigned long long)conform_hash_queues(c));
}
