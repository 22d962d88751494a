/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Devices of the host whose interrupt is a number's: random and by hand. */
#include "steps.h"
#include "xive/kvm/kvm_abi.h"

enum {
    EISN = 0x456,
    GET = 0x800,
    SET_00 = 0xC00,
    SET_01 = 0xD00,
    SET_10 = 0xE00,
    SET_11 = 0xF00,
    EOI = 0
};

void conform_assign_device(Conform *c, unsigned n)
{
    conform_irqfd(c, CONFORM_DEVICE_TOKEN + n, conform_device_number[n]);
}

void conform_device(Conform *c, unsigned n, bool on)
{
    int rc = c->end->device(n, on);

    conform_say(c, "device %u %s = %d", n, on ? "on" : "off", rc);
    if (!rc) {
        c->device_on[n] = on;
    }
}

void conform_fire(Conform *c, unsigned n)
{
    c->end->fire(n);
    conform_say(c, "fire %u", n);
}

void conform_device_step(Conform *c)
{
    unsigned n = conform_below(c, CONFORM_DEVICES);

    if (!c->has_devices) {
        conform_say(c, "no device");
        return;
    }
    if (c->device_on[n] && conform_below(c, 3)) {
        conform_fire(c, n);
    } else {
        conform_device(c, n, !c->device_on[n]);
    }
}

/* ---- native ---- */

static void on(Conform *c, unsigned n)
{
    conform_device(c, n, true);
    conform_native_done(c);
}

static void off(Conform *c, unsigned n)
{
    conform_device(c, n, false);
    conform_native_done(c);
}

static void fire(Conform *c, unsigned n)
{
    conform_fire(c, n);
    conform_native_done(c);
}

/* On before the number's eventfd, and after it. */
static void join(Conform *c)
{
    for (unsigned n = 0; n < CONFORM_DEVICES; n++) {
        step_source(c, conform_device_number[n], 0);
    }
    on(c, 0);
    for (unsigned n = 0; n < CONFORM_DEVICES; n++) {
        conform_assign_device(c, n);
        conform_native_done(c);
    }
    on(c, 1);
    off(c, 1);
    off(c, 0);
}

/* A number that is in use and idle is passed through, and taken back. */
/* rows: N8 M2 M11 M13 M14 M21 M23 M25 M31 */
static void there_and_back(Conform *c)
{
    const uint32_t girq = conform_device_number[0];

    step_queue(c, 0, 0);
    step_queue(c, 1, 1);
    step_route(c, girq, 0, EISN, 0);
    step_esb(c, girq, SET_00);
    on(c, 0);
    step_esb(c, girq, GET);
    fire(c, 0);
    step_esb(c, girq, SET_00);
    fire(c, 0);
    fire(c, 0);
    step_esb(c, girq, EOI);
    /* The same word is no change, another one is. */
    step_route(c, girq, 0, EISN, 0);
    step_esb(c, girq, SET_00);
    fire(c, 0);
    step_route(c, girq, 1, EISN + 1, 0);
    step_esb(c, girq, SET_00);
    fire(c, 0);
    conform_irq_line(c, girq, 1);
    conform_native_done(c);
    step_source(c, girq, 0);
    step_esb(c, girq, EOI);
    off(c, 0);
    step_esb(c, girq, GET);
    step_trigger(c, girq);
    step_esb(c, girq, SET_00);
    step_trigger(c, girq);
}

/* In each state that the guest can leave it in. */
static void in_each_state(Conform *c, uint64_t before, uint64_t after)
{
    const uint32_t girq = conform_device_number[1];

    step_route(c, girq, 0, EISN, 0);
    step_esb(c, girq, before);
    on(c, 1);
    fire(c, 1);
    step_esb(c, girq, GET);
    step_esb(c, girq, after);
    off(c, 1);
    step_esb(c, girq, GET);
    step_esb(c, girq, EOI);
    step_esb(c, girq, SET_00);
}

/* RESET while it is passed through. */
/* rows: M30 */
static void reset(Conform *c)
{
    const uint32_t girq = conform_device_number[0];

    step_route(c, girq, 1, EISN, 0);
    on(c, 0);
    step_esb(c, girq, SET_00);
    fire(c, 0);
    step_control(c, P9X_KVM_CTRL_RESET);
    fire(c, 0);
    step_queue(c, 1, 1);
    step_route(c, girq, 1, EISN, 0);
    step_esb(c, girq, SET_00);
    fire(c, 0);
    off(c, 0);
}

void conform_native_passthrough(Conform *c)
{
    join(c);
    there_and_back(c);
    for (uint64_t before = SET_00; before <= SET_11; before += 0x100) {
        for (uint64_t after = SET_00; after <= SET_11; after += 0x100) {
            in_each_state(c, before, after);
        }
    }
    reset(c);
}

/* ---- XICS ---- */

static void device(Conform *c, bool is_on)
{
    conform_device(c, 0, is_on);
    conform_xics_done(c);
}

static void message(Conform *c)
{
    conform_fire(c, 0);
    conform_xics_done(c);
}

static void word(Conform *c, uint64_t more)
{
    conform_set64(c, P9X_KVM_XICS_GRP_SOURCES, conform_device_number[0],
                  UINT64_C(5) << P9X_KVM_XICS_PRIO_SHIFT | more);
    conform_xics_done(c);
}

static void line(Conform *c)
{
    conform_irq_line(c, conform_device_number[0], 1);
    conform_xics_done(c);
}

static uint32_t take(Conform *c)
{
    uint32_t xirr = (uint32_t)conform_hcall(c, 0, CONFORM_H_XIRR, 0, 0);

    conform_xics_done(c);
    return xirr;
}

/* Everything that is there, each with its EOI. */
static void take_all(Conform *c)
{
    for (unsigned i = 0; i < 8; i++) {
        uint32_t xirr = take(c);

        if (!(xirr & 0xFFFFFF)) {
            break;
        }
        conform_hcall(c, 0, CONFORM_H_EOI, xirr, 0);
        conform_xics_done(c);
    }
}

/* An event is under way, another waits behind it, when the number changes. */
/* rows: M3 M5 M6 X26 */
static void under_way(Conform *c)
{
    uint32_t xirr;

    word(c, 0);
    line(c);
    line(c);
    device(c, true);
    take_all(c);
    message(c);
    message(c);
    xirr = take(c);
    conform_hcall(c, 0, CONFORM_H_EOI, xirr, 0);
    conform_xics_done(c);
    take_all(c);
    message(c);
    xirr = take(c);
    device(c, false);
    conform_hcall(c, 0, CONFORM_H_EOI, xirr, 0);
    conform_xics_done(c);
    take_all(c);
}

/* Masked when the number changes, and opened again after it. */
/* rows: M8 M17 */
static void masked(Conform *c)
{
    word(c, P9X_KVM_XICS_MASKED);
    device(c, true);
    message(c);
    word(c, 0);
    take_all(c);
    word(c, P9X_KVM_XICS_MASKED);
    message(c);
    device(c, false);
    word(c, 0);
    take_all(c);
}

void conform_xics_passthrough(Conform *c)
{
    for (unsigned n = 0; n < CONFORM_DEVICES; n++) {
        conform_assign_device(c, n);
        conform_xics_done(c);
    }
    conform_hcall(c, 0, CONFORM_H_CPPR, 0xFF, 0);
    conform_xics_done(c);
    take_all(c);
    under_way(c);
    masked(c);
}
