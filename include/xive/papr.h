/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What hypervisor calls return.  target/ppc and the XICS calls of hw/kvm answer
 * a pseries guest with these.
 *
 * Facts: PAPR, "Hypervisor Call Return Codes".
 */
#ifndef P9X_PAPR_H
#define P9X_PAPR_H

enum {
    P9X_H_SUCCESS = 0,
    P9X_H_HARDWARE = -1,
    P9X_H_FUNCTION = -2,
    P9X_H_PARAMETER = -4,
    P9X_H_P2 = -55,
    P9X_H_P3 = -56,
    P9X_H_P4 = -57,
    P9X_H_P5 = -58,
    P9X_H_STATE = -75,
    P9X_H_RESOURCE = -16
};

#endif
