/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A vCPU's queues, as OPAL has them: the part that both devices share. */
#include "vcpu_queue.h"

int p9x_kvm_opal_queue(P9xKvmVcpu *vcpu, uint8_t prio, uint64_t page,
                       unsigned order, unsigned flags)
{
    int rc;

    P9X_OPAL_RETRY(rc, p9x_opal_set_queue_info(vcpu->kvm->host, vcpu->vp,
                                               prio, page, order, flags));
    return rc ? -EIO : 0;
}

void p9x_kvm_drop_queue(P9xKvmVcpu *vcpu, uint8_t prio)
{
    P9xKvmQueue *q = &vcpu->queue[prio];

    if (!q->configured) {
        return;
    }
    p9x_kvm_opal_queue(vcpu, prio, 0, 0, 0);
    atomic_store(&q->has_page, false);
    q->configured = false;
}
