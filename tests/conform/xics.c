/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The XICS device: random calls, and what can be seen of it. */
#include "conform.h"

static const uint32_t bad_numbers[] = {
    0, 1, 2, 15, 4, 0x1304, 0x5000, 0xFFFFF, 0x100000, 0x100010, 0xFFFFFFFF
};

static uint32_t number(Conform *c)
{
    return conform_below(c, 12) ? CONFORM_ONE_OF(c, conform_numbers) :
                                  CONFORM_ONE_OF(c, bad_numbers);
}

static uint32_t server(Conform *c)
{
    static const uint32_t bad[] = { 3, 7, 8, 2048, 0xFFFFFFFF };

    return conform_below(c, 12) ? conform_below(c, CONFORM_VCPUS) :
                                  CONFORM_ONE_OF(c, bad);
}

/* ---- calls ---- */

/* rows: N4 N9 X4 */
static void source(Conform *c)
{
    static const uint8_t prios[] = { 5, 5, 5, 5, 4, 6, 7, 0xFF };
    uint64_t word = server(c);
    uint32_t n;

    word |= (uint64_t)CONFORM_ONE_OF(c, prios) << P9X_KVM_XICS_PRIO_SHIFT;
    /* LEVEL, MASKED, PENDING, PRESENTED, QUEUED; few of them at a time. */
    for (unsigned bit = 40; bit < 45; bit++) {
        word |= (uint64_t)!conform_below(c, 4) << bit;
    }
    n = number(c);
    conform_set64(c, P9X_KVM_XICS_GRP_SOURCES, n, conform_is_device(n) ?
                  word & ~P9X_KVM_XICS_LEVEL : word);
}

static void set_null(Conform *c)
{
    uint32_t n = number(c);

    conform_say(c, "set %x NULL", n);
    conform_set(c, P9X_KVM_XICS_GRP_SOURCES, n, NULL);
}

static void control(Conform *c)
{
    uint32_t servers = CONFORM_SERVERS;
    uint32_t attr = conform_below(c, 4);

    conform_say(c, "control %u", attr);
    conform_set(c, P9X_KVM_XICS_GRP_CTRL, attr, &servers);
}

static void has(Conform *c)
{
    unsigned group = conform_below(c, 5);
    uint64_t attr = conform_below(c, 2) ? conform_below(c, 4) : number(c);
    const P9xKvmPort *port = &c->end->port;

    conform_say(c, "has %u/%llx = %d", group, (unsigned long long)attr,
                port->has_attr(port->opaque, group, attr));
}

static void line(Conform *c)
{
    static const int levels[] = { 0, 1, 1, 1, 2, -1, -2, -3, 100 };

    uint32_t n = number(c);

    conform_irq_line(c, n, CONFORM_ONE_OF(c, levels));
}

/* As a saved vCPU may have it: CPPR, nothing presented, MFRR. */
/* rows: X8 */
static void icp(Conform *c)
{
    static const uint8_t cpprs[] = { 0xFF, 0xFF, 5, 6, 0 };
    uint8_t cppr = CONFORM_ONE_OF(c, cpprs);
    uint64_t value = (uint64_t)cppr << P9X_KVM_ICP_CPPR_SHIFT |
                     UINT64_C(0xFF) << P9X_KVM_ICP_MFRR_SHIFT |
                     (uint64_t)cppr << P9X_KVM_ICP_PPRI_SHIFT;
    uint32_t of = server(c);

    conform_say(c, "icp %x %llx = %d", of, (unsigned long long)value,
                c->end->set_icp(of, value));
}

/* rows: A29 */
static void vp_state(Conform *c)
{
    uint64_t value[P9X_KVM_VP_STATE_WORDS];
    const P9xKvmPort *port = &c->end->port;
    uint32_t of = server(c);

    conform_say(c, "vp %x = %d", of,
                port->get_vp_state(port->opaque, of, value));
}

static void irqfd(Conform *c)
{
    uint32_t n = CONFORM_ONE_OF(c, conform_numbers);

    conform_irqfd(c, conform_below(c, CONFORM_DEVICE_TOKEN), n);
}

static void connect(Conform *c)
{
    conform_connect(c, server(c));
}

static void get(Conform *c)
{
    uint64_t value = 0;
    uint32_t n = CONFORM_ONE_OF(c, bad_numbers);
    const P9xKvmPort *port = &c->end->port;

    conform_say(c, "get %x = %d", n,
                port->get_attr(port->opaque, P9X_KVM_XICS_GRP_CTRL, n,
                               &value));
}

void conform_xics_step(Conform *c)
{
    static void (*const calls[])(Conform *c) = {
        source, source, source, source, line, line, line, line, line, icp,
        has, control, vp_state, irqfd, irqfd, connect, set_null, get,
        conform_device_step, conform_device_step, conform_device_step,
        conform_hcall_step, conform_hcall_step, conform_hcall_step,
        conform_hcall_step, conform_hcall_step, conform_hcall_step
    };

    CONFORM_ONE_OF(c, calls)(c);
}

/* ---- state ---- */

/*
 * The first word of a round takes a picture of all sources: each that is valid
 * has to be read for the next round to take a new one, so all numbers that a
 * call may have made one are.
 */
static void say_word(Conform *c, uint32_t n)
{
    const P9xKvmPort *port = &c->end->port;
    uint64_t word = 0;
    int rc = port->get_attr(port->opaque, P9X_KVM_XICS_GRP_SOURCES, n, &word);

    if (rc) {
        conform_say(c, " -");
    } else {
        conform_say(c, " %llx", (unsigned long long)word);
    }
}

void conform_xics_state(Conform *c)
{
    conform_say(c, " |");
    for (unsigned i = 0; i < CONFORM_NUMBERS; i++) {
        say_word(c, conform_numbers[i]);
    }
    for (unsigned i = 0; i < sizeof(bad_numbers) / sizeof(bad_numbers[0]);
         i++) {
        say_word(c, bad_numbers[i]);
    }
    for (uint32_t of = 0; of < CONFORM_VCPUS; of++) {
        uint64_t value = 0;

        conform_say(c, " %d", c->end->get_icp(of, &value));
        conform_say(c, ":%llx", (unsigned long long)value);
    }
}
