/* SPDX-License-Identifier: GPL-2.0-or-later */
/* EQ_CONFIG of the XIVE native device. */
#ifndef P9X_KVM_NATIVE_EQ_H
#define P9X_KVM_NATIVE_EQ_H

#include "kvm_device.h"

int p9x_native_set_eq(P9xKvm *kvm, uint64_t attr, const void *addr);
int p9x_native_get_eq(P9xKvm *kvm, uint64_t attr, void *addr);

#endif
