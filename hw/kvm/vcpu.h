/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vCPUs, for the two kinds of device. */
#ifndef P9X_KVM_VCPU_H
#define P9X_KVM_VCPU_H

#include "kvm_device.h"

/* NR_SERVERS of either; @addr is a u32. */
int p9x_kvm_set_nr_servers(P9xKvm *kvm, const void *addr);

#endif
