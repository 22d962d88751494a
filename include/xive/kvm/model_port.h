/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The backend port's model end: a P9xKvmPort to the device of a P9xVm.
 *
 * For programs that have both ends in one process: QEMU's "p9xive-kvm", tests.
 */
#ifndef P9X_MODEL_PORT_H
#define P9X_MODEL_PORT_H

#include "xive/kvm/esbmap.h"
#include "xive/kvm/kvm_port.h"
#include "xive/kvm/vm.h"

/* What the model end asks of the program around it. */
typedef struct P9xKvmModelPort {
    P9xVm *vm;
    /*
     * The mapping of the ESB pages: p9x_vma_map'ped from file page
     * P9X_KVM_ESB_PAGE_OFFSET, zapped by the caller's P9xKvmPorts.zap.
     * May be mapped after the port is made; an unmapped one has no pages.
     */
    P9xEsbVma *vma;
    /*
     * The vCPU that is @server, with the thread context it runs on; false if
     * there is none.  Both belong to the caller, *vcpu zeroed before it is
     * connected the first time and alive until it is disconnected, *tctx
     * initialised with the unit of the host's router.  *tctx NULL: the caller
     * does push and pull itself.
     */
    bool (*find_vcpu)(void *opaque, uint32_t server, P9xKvmVcpu **vcpu,
                      P9xTctx **tctx);
    void *opaque;
} P9xKvmModelPort;

/*
 * A port to @model's VM, whatever device it has at the time of each call;
 * -ENODEV, or no page, while it has none.  @model outlives the port.
 *
 * connect pushes the vCPU onto its thread, where it stays until disconnect.
 * get_vp_state and set_vp_state take it off for as long as they need.  All of
 * this works for a XICS device too, where the VP state answers -EPERM.
 */
P9xKvmPort p9x_kvm_model_port(P9xKvmModelPort *model);

#endif
