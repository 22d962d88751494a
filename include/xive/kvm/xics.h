/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * XICS-over-XIVE, as its guest calls it.
 *
 * A guest in XICS mode knows an interrupt presentation controller with three
 * registers a server - CPPR, the pending XISR, MFRR - and sources with a
 * server and a priority.  The device makes that out of XIVE queues: H_XIRR
 * takes the next entry off them, H_EOI works the source's ESB page.
 *
 * The calls want the vCPU's context on a thread (p9x_kvm_push).
 *
 * Facts: PAPR, XICS hypervisor calls and RTAS interrupt calls; Linux
 * arch/powerpc/kvm/book3s_xive.c for what they do to XIVE.
 */
#ifndef P9X_XICS_H
#define P9X_XICS_H

#include "xive/kvm/kvm.h"

enum {
    P9X_H_EOI = 0x64,
    P9X_H_CPPR = 0x68,
    P9X_H_IPI = 0x6C,
    P9X_H_IPOLL = 0x70,
    P9X_H_XIRR = 0x74,
    P9X_H_XIRR_X = 0x2FC,
    P9X_H_TOO_HARD = 9999
};

/* Index of a call in P9xKvmVcpu.hcalls; H_XIRR_X counts as H_XIRR. */
typedef enum P9xXicsCall {
    P9X_XICS_XIRR,
    P9X_XICS_IPOLL,
    P9X_XICS_CPPR,
    P9X_XICS_EOI,
    P9X_XICS_IPI
} P9xXicsCall;

/* RTAS status of every failure. */
enum { P9X_RTAS_OK = 0, P9X_RTAS_FAILED = -3 };

/*
 * @args: arguments in, results out (r4 is args[0]); 2 of them.  Returns PAPR's
 * code; of a vCPU that is not in XICS mode, or an unknown opcode,
 * P9X_H_TOO_HARD.
 */
int64_t p9x_xics_hcall(P9xKvmVcpu *vcpu, unsigned opcode, uint64_t *args);

/* RTAS calls: P9X_RTAS_OK or P9X_RTAS_FAILED. */
int p9x_xics_set_xive(P9xKvm *kvm, uint32_t girq, uint32_t server,
                      uint32_t priority);
int p9x_xics_get_xive(P9xKvm *kvm, uint32_t girq, uint32_t *server,
                      uint32_t *priority);
int p9x_xics_int_off(P9xKvm *kvm, uint32_t girq);
int p9x_xics_int_on(P9xKvm *kvm, uint32_t girq);

/*
 * KVM_REG_PPC_ICP_STATE: CPPR 63:56, XISR 55:32, MFRR 31:24, PPRI 23:16.
 * get: -ENXIO without device.  set: -ENOENT without a XICS device, -EIO while
 * the vCPU runs.
 */
int p9x_xics_get_icp(P9xKvmVcpu *vcpu, uint64_t *value);
int p9x_xics_set_icp(P9xKvmVcpu *vcpu, uint64_t value);

#endif
