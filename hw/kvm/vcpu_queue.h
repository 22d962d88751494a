/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A vCPU's queues, as OPAL has them. */
#ifndef P9X_KVM_VCPU_QUEUE_H
#define P9X_KVM_VCPU_QUEUE_H

#include "kvm_device.h"

/* 0 or -EIO. */
int p9x_kvm_opal_queue(P9xKvmVcpu *vcpu, uint8_t prio, uint64_t page,
                       unsigned order, unsigned flags);
/* Without effect if it is not configured. */
void p9x_kvm_drop_queue(P9xKvmVcpu *vcpu, uint8_t prio);

#endif
