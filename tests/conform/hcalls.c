/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hypervisor calls of a guest with XICS: random and by hand. */
#include "steps.h"

/* In a block of numbers that never has a source. */
enum { NOWHERE = 0xF0000, NO_MFRR = 0xFF };

uint64_t conform_hcall(Conform *c, uint32_t server, unsigned opcode,
                       uint64_t a, uint64_t b)
{
    uint64_t args[2] = { a, b };
    int64_t rc = c->end->hcall(server, opcode, args);

    conform_say(c, "cpu %u hcall %x %llx %llx = %lld %llx", server, opcode,
                (unsigned long long)a, (unsigned long long)b, (long long)rc,
                (unsigned long long)args[0]);
    return args[0];
}

/* ---- chance ---- */

static void xirr(Conform *c, uint32_t server)
{
    uint32_t got = (uint32_t)conform_hcall(c, server, CONFORM_H_XIRR, 0, 0);

    if (got & 0xFFFFFF) {
        c->xirr[server] = got;
    }
}

/* Of what was taken, of nothing, of a device's number, of one nowhere. */
static void eoi(Conform *c, uint32_t server)
{
    uint32_t which = conform_below(c, 12);
    uint32_t value = c->xirr[server];

    if (which == 0) {
        value = 0xFF000000 | conform_device_number[0];
    } else if (which == 1) {
        value = 0x05000000 | NOWHERE;
    } else {
        c->xirr[server] = 0xFF000000;
    }
    conform_hcall(c, server, CONFORM_H_EOI, value, 0);
}

static uint32_t a_server(Conform *c)
{
    return conform_below(c, 10) ? conform_below(c, CONFORM_VCPUS) :
                                  CONFORM_SERVERS;
}

/* rows: X13 X14 X18 X19 X20 X21 */
void conform_hcall_step(Conform *c)
{
    static const uint8_t cpprs[] = { 0xFF, 0xFF, 0xFF, 7, 6, 5, 4, 0 };
    static const uint8_t mfrrs[] = { NO_MFRR, NO_MFRR, 0, 4, 5, 6, 7, 0x80 };
    uint32_t server = conform_below(c, CONFORM_VCPUS);
    uint32_t to;

    switch (conform_below(c, 8)) {
    case 0:
    case 1:
    case 2:
        xirr(c, server);
        break;
    case 3:
    case 4:
        eoi(c, server);
        break;
    case 5:
        conform_hcall(c, server, CONFORM_H_CPPR, CONFORM_ONE_OF(c, cpprs), 0);
        break;
    case 6:
        to = a_server(c);
        conform_hcall(c, server, CONFORM_H_IPI, to, CONFORM_ONE_OF(c, mfrrs));
        break;
    default:
        conform_hcall(c, server, CONFORM_H_IPOLL, a_server(c), 0);
        break;
    }
}

/* ---- by hand ---- */

static uint64_t call(Conform *c, uint32_t server, unsigned opcode, uint64_t a,
                     uint64_t b)
{
    uint64_t result = conform_hcall(c, server, opcode, a, b);

    conform_xics_done(c);
    return result;
}

/* An IPI to oneself and to another, cancelled, held back by CPPR. */
/* rows: X11 X12 X22 X23 X27 X29 */
void conform_xics_hcalls(Conform *c)
{
    for (unsigned n = 0; n < CONFORM_DEVICES; n++) {
        conform_set64(c, P9X_KVM_XICS_GRP_SOURCES, conform_device_number[n],
                      UINT64_C(5) << P9X_KVM_XICS_PRIO_SHIFT | n);
        conform_xics_done(c);
    }
    for (uint32_t server = 0; server < CONFORM_VCPUS; server++) {
        call(c, server, CONFORM_H_CPPR, 0xFF, 0);
        call(c, server, CONFORM_H_XIRR, 0, 0);
    }
    call(c, 0, CONFORM_H_IPI, 0, 4);
    call(c, 0, CONFORM_H_IPOLL, 0, 0);
    call(c, 1, CONFORM_H_IPOLL, 0, 0);
    call(c, 0, CONFORM_H_XIRR, 0, 0);
    call(c, 0, CONFORM_H_XIRR, 0, 0);
    call(c, 0, CONFORM_H_IPI, 0, NO_MFRR);
    call(c, 0, CONFORM_H_EOI, 0xFF000002, 0);
    call(c, 0, CONFORM_H_XIRR, 0, 0);
    call(c, 0, CONFORM_H_CPPR, 4, 0);
    call(c, 1, CONFORM_H_IPI, 0, 4);
    call(c, 0, CONFORM_H_XIRR, 0, 0);
    call(c, 0, CONFORM_H_CPPR, 5, 0);
    call(c, 0, CONFORM_H_XIRR, 0, 0);
    call(c, 1, CONFORM_H_IPI, 0, NO_MFRR);
    call(c, 0, CONFORM_H_EOI, 0xFF000002, 0);
    call(c, 0, CONFORM_H_EOI, 0xFF000000 | NOWHERE, 0);
    call(c, 0, CONFORM_H_IPI, CONFORM_SERVERS, 4);
    call(c, 0, CONFORM_H_IPOLL, CONFORM_SERVERS, 0);
}
