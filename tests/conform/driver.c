/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "conform.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const uint32_t conform_numbers[CONFORM_NUMBERS] = {
    0, 1, 2, 3, 16, 17, 18, 0x3FF, 0x400, 0x401,
    0x1000, 0x1001, 0x1100, 0x1200, 0x1201, 0x1202,
    0x1300, 0x1301, 0x1302, 0x1303, 0x1310, 0x1400, 0x1FFE, 0x1FFF
};

const uint32_t conform_device_number[CONFORM_DEVICES] = { 0x1302, 0x1303 };

bool conform_is_device(uint32_t girq)
{
    for (unsigned i = 0; i < CONFORM_DEVICES; i++) {
        if (girq == conform_device_number[i]) {
            return true;
        }
    }
    return false;
}

/* ---- chance ---- */

/* Steps of a Weyl sequence, mixed: any state gives a good next number. */
uint64_t conform_random64(Conform *c)
{
    uint64_t z = c->random += UINT64_C(0x9E3779B97F4A7C15);

    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

uint32_t conform_below(Conform *c, uint32_t n)
{
    return (uint32_t)(conform_random64(c) % n);
}

/* ---- lines ---- */

void conform_say(Conform *c, const char *format, ...)
{
    size_t room = sizeof(c->line) - c->length;
    va_list args;
    int length;

    va_start(args, format);
    length = vsnprintf(c->line + c->length, room, format, args);
    va_end(args);
    if (length > 0 && (size_t)length < room) {
        c->length += (size_t)length;
    }
}

void conform_end_step(Conform *c)
{
    c->over = c->over || !c->line_done(c->opaque, c->step, c->line);
    c->step++;
    c->length = 0;
    c->line[0] = 0;
}

/* ---- calls ---- */

int conform_set(Conform *c, unsigned group, uint64_t attr, const void *addr)
{
    int rc = c->end->port.set_attr(c->end->port.opaque, group, attr, addr);

    conform_say(c, " = %d", rc);
    return rc;
}

int conform_set64(Conform *c, unsigned group, uint64_t attr, uint64_t value)
{
    conform_say(c, "set %u/%llx %llx", group, (unsigned long long)attr,
                (unsigned long long)value);
    return conform_set(c, group, attr, &value);
}

int conform_connect(Conform *c, uint32_t server)
{
    int rc = c->end->port.connect(c->end->port.opaque, server);

    conform_say(c, "connect %x = %d", server, rc);
    return rc;
}

void conform_irq_line(Conform *c, uint32_t girq, int level)
{
    conform_say(c, "line %x %d = %d", girq, level,
                c->end->port.irq_line(c->end->port.opaque, girq, level));
}

/* The eventfd is given a number, fires, or is taken from it. */
void conform_irqfd(Conform *c, unsigned token, uint32_t girq)
{
    if (!c->assigned[token]) {
        int rc = c->end->irqfd(token, girq, true);

        conform_say(c, "irqfd %u %x = %d", token, girq, rc);
        c->assigned[token] = !rc;
        c->girq[token] = girq;
    } else if (girq % 3) {
        c->end->signal(token);
        conform_say(c, "signal %u", token);
    } else {
        conform_say(c, "irqfd %u off = %d", token,
                    c->end->irqfd(token, c->girq[token], false));
        c->assigned[token] = false;
    }
}

/* ---- queues ---- */

uint64_t conform_queue(unsigned n)
{
    return 0x100000 + 0x10000 * (uint64_t)n;
}

uint64_t conform_hash_queues(const Conform *c)
{
    uint64_t hash = UINT64_C(0xCBF29CE484222325);

    for (unsigned n = 0; n < CONFORM_QUEUES; n++) {
        const uint8_t *at = c->end->ram + conform_queue(n);

        /* Entries come from the front; few get far in a run. */
        for (unsigned i = 0; i < 0x1000; i++) {
            hash = (hash ^ at[i]) * UINT64_C(0x100000001B3);
        }
    }
    return hash;
}

/* ---- runs ---- */

/* rows: A1 A2 */
static void native_run(Conform *c, unsigned steps)
{
    conform_native_scripts(c);
    if (c->has_devices) {
        conform_native_passthrough(c);
    }
    for (unsigned i = 0; i < steps && !c->over; i++) {
        conform_native_step(c);
        conform_native_state(c);
        conform_end_step(c);
    }
    conform_native_last_scripts(c);
}

static void xics_run(Conform *c, unsigned steps)
{
    conform_xics_scripts(c);
    conform_xics_hcalls(c);
    if (c->has_devices) {
        conform_xics_passthrough(c);
    }
    for (unsigned i = 0; i < steps && !c->over; i++) {
        conform_xics_step(c);
        conform_xics_state(c);
        conform_end_step(c);
    }
}

/* Devices first: what they have left then goes to their numbers. */
static void end_irqfds(Conform *c)
{
    for (unsigned i = 0; i < CONFORM_DEVICES; i++) {
        if (c->device_on[i]) {
            conform_device(c, i, false);
        }
    }
    for (unsigned i = 0; i < CONFORM_TOKENS; i++) {
        if (c->assigned[i]) {
            c->end->irqfd(i, c->girq[i], false);
            c->assigned[i] = false;
        }
    }
}

unsigned conform_run(Conform *c, P9xKvmType type, uint64_t seed,
                     unsigned steps)
{
    int rc;

    c->random = seed;
    c->step = 0;
    c->length = 0;
    c->over = false;
    memset(c->assigned, 0, sizeof(c->assigned));
    memset(c->device_on, 0, sizeof(c->device_on));
    memset(c->xirr, 0, sizeof(c->xirr));
    memset(c->end->ram, 0, CONFORM_RAM_SIZE);
    rc = c->end->create(type);
    conform_say(c, "create %d = %d", type, rc);
    conform_end_step(c);
    if (rc) {
        return c->step;
    }
    conform_say(c, "create again = %d", c->end->create(type));
    conform_end_step(c);
    if (type == P9X_KVM_NATIVE) {
        native_run(c, steps);
    } else {
        xics_run(c, steps);
    }
    end_irqfds(c);
    c->end->release();
    return c->step;
}
