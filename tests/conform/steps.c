/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "steps.h"

void conform_native_done(Conform *c)
{
    conform_native_state(c);
    conform_end_step(c);
}

void conform_xics_done(Conform *c)
{
    conform_xics_state(c);
    conform_end_step(c);
}

void step_esb(Conform *c, uint32_t girq, uint64_t offset)
{
    const P9xKvmPort *port = &c->end->port;
    uint64_t value = 0;
    bool there = port->esb_load(port->opaque,
                                p9x_kvm_esb_offset(girq, true, offset), 8,
                                &value);

    conform_say(c, "load %x+%llx = %d %llx", girq, (unsigned long long)offset,
                there, (unsigned long long)value);
    conform_native_done(c);
}

void step_trigger(Conform *c, uint32_t girq)
{
    const P9xKvmPort *port = &c->end->port;

    conform_say(c, "trigger %x = %d", girq,
                port->esb_store(port->opaque,
                                p9x_kvm_esb_offset(girq, false, 0), 8, 0));
    conform_native_done(c);
}

P9xKvmEq conform_queue_at(unsigned n)
{
    return (P9xKvmEq) {
        .flags = P9X_KVM_EQ_ALWAYS_NOTIFY, .qshift = P9X_KVM_EQ_SHIFT,
        .qaddr = conform_queue(n), .qtoggle = 1
    };
}

void step_queue(Conform *c, uint32_t server, unsigned n)
{
    const P9xKvmEq eq = conform_queue_at(n);

    conform_say(c, "queue %u at %u", server, n);
    conform_set(c, P9X_KVM_GRP_EQ_CONFIG,
                p9x_kvm_eq_attr(server, CONFORM_PRIO), &eq);
    conform_native_done(c);
}

void step_route(Conform *c, uint32_t girq, uint32_t server, uint32_t eisn,
                uint64_t more)
{
    conform_set64(c, P9X_KVM_GRP_SOURCE_CONFIG, girq,
                  (uint64_t)eisn << P9X_KVM_CFG_EISN_SHIFT |
                  (uint64_t)server << P9X_KVM_CFG_SERVER_SHIFT |
                  CONFORM_PRIO | more);
    conform_native_done(c);
}

void step_source(Conform *c, uint32_t girq, uint64_t flags)
{
    conform_set64(c, P9X_KVM_GRP_SOURCE, girq, flags);
    conform_native_done(c);
}

void step_control(Conform *c, unsigned attr)
{
    conform_say(c, "control %u", attr);
    conform_set(c, P9X_KVM_GRP_CTRL, attr, NULL);
    conform_native_done(c);
}
