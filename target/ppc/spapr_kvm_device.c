/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "spapr_kvm_device.h"

#include "xive/queue.h"

/* Pages. */

bool p9x_kvmdev_load(const P9xKvmPort *port, uint32_t lisn, uint32_t op,
                     uint64_t *value)
{
    return port->esb_load(port->opaque, p9x_kvm_esb_offset(lisn, true, op), 8,
                          value);
}

bool p9x_kvmdev_store(const P9xKvmPort *port, uint32_t lisn, uint32_t op,
                      uint64_t value)
{
    return port->esb_store(port->opaque, p9x_kvm_esb_offset(lisn, true, op), 8,
                           value);
}

bool p9x_kvmdev_trigger(const P9xKvmPort *port, uint32_t lisn)
{
    return port->esb_store(port->opaque, p9x_kvm_esb_offset(lisn, false, 0), 8,
                           0);
}

/* Attributes. */

int p9x_kvmdev_set64(const P9xKvmPort *port, unsigned group, uint32_t lisn,
                     uint64_t value)
{
    return port->set_attr(port->opaque, group, lisn, &value);
}

int p9x_kvmdev_source(const P9xSpapr *s, const P9xKvmPort *port, uint32_t lisn,
                      bool lsi)
{
    uint64_t value = lsi ? P9X_KVM_SRC_LEVEL : 0;

    if (lsi && p9x_spapr_level_is_up(s, lisn)) {
        value |= P9X_KVM_SRC_ASSERTED;
    }
    return p9x_kvmdev_set64(port, P9X_KVM_GRP_SOURCE, lisn, value);
}

int p9x_kvmdev_reset(const P9xKvmPort *port)
{
    return port->set_attr(port->opaque, P9X_KVM_GRP_CTRL, P9X_KVM_CTRL_RESET,
                          NULL);
}

int p9x_kvmdev_eq_sync(const P9xKvmPort *port)
{
    return port->set_attr(port->opaque, P9X_KVM_GRP_CTRL, P9X_KVM_CTRL_EQ_SYNC,
                          NULL);
}

static unsigned queue_shift(const P9xEnd *end)
{
    return (unsigned)__builtin_ctz(p9x_queue_entries(end)) + 2;
}

int p9x_kvmdev_set_queue(const P9xKvmPort *port, uint32_t end_index,
                         const P9xEnd *end)
{
    bool enqueues = p9x_end_flag(end, P9X_END_W0_ENQUEUE);
    const P9xKvmEq eq = {
        /* The only kind it makes: a guest hears more often than it asked. */
        .flags = P9X_KVM_EQ_ALWAYS_NOTIFY,
        .qshift = enqueues ? queue_shift(end) : 0,
        .qaddr = p9x_queue_addr(end),
        .qtoggle = p9x_end_get(end, 1, P9X_END_W1_GENERATION),
        .qindex = p9x_end_get(end, 1, P9X_END_W1_OFFSET)
    };

    /* END index and attribute: server x 8 + priority. */
    return port->set_attr(port->opaque, P9X_KVM_GRP_EQ_CONFIG, end_index, &eq);
}

int p9x_kvmdev_refresh_queue(const P9xKvmPort *port, uint32_t end_index,
                             P9xEnd *end)
{
    P9xKvmEq eq = { 0 };
    int rc =
        port->get_attr(port->opaque, P9X_KVM_GRP_EQ_CONFIG, end_index, &eq);

    if (rc) {
        return rc;
    }
    p9x_end_set(end, 1, P9X_END_W1_GENERATION, eq.qtoggle);
    p9x_end_set(end, 1, P9X_END_W1_OFFSET, eq.qindex);
    return 0;
}
