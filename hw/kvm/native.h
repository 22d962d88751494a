/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The XIVE native device. */
#ifndef P9X_KVM_NATIVE_H
#define P9X_KVM_NATIVE_H

#include "kvm_device.h"

extern const P9xKvmDeviceOps p9x_native_ops;

#endif
