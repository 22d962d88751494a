/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the XICS device share. */
#ifndef P9X_XICS_INTERNAL_H
#define P9X_XICS_INTERNAL_H

#include "irqspace.h"
#include "xive/kvm/xics.h"

extern const P9xKvmDeviceOps p9x_xics_ops;

/* Where a reader of a queue stands. */
typedef struct XicsCursor {
    uint32_t idx;
    uint32_t toggle;
} XicsCursor;

static inline XicsCursor p9x_xics_cursor(const P9xKvmQueue *q)
{
    return (XicsCursor) { atomic_load(&q->idx), atomic_load(&q->toggle) };
}

/* The next entry, 31 bits; 0: none, or no page. */
uint32_t p9x_xics_next_entry(P9xKvm *kvm, const P9xKvmQueue *q,
                             XicsCursor *at);

/*
 * A queue page for @prio on every vCPU, once.  P9xKvm.lock held.
 * 0 or negative errno.
 */
int p9x_xics_provision(P9xKvm *kvm, uint8_t prio);
int p9x_xics_provision_vcpu(P9xKvmVcpu *vcpu, uint8_t prio);

/*
 * Targets @irq at @server with @prio (mapped), block locked.  0; -EINVAL,
 * -EBUSY from picking; -ENXIO from OPAL.
 */
int p9x_xics_retarget(P9xKvm *kvm, P9xKvmIrq *irq, uint32_t server,
                      uint8_t prio);

#endif
