/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RTAS interrupt calls and the ICP register of the XICS device. */
#include "xics_internal.h"

static int set_xive_locked(P9xKvm *kvm, P9xKvmBlock *block, P9xKvmIrq *irq,
                           uint32_t server, uint8_t prio)
{
    uint8_t mapped = p9x_kvm_prio_from_guest(prio);
    int rc = 0;

    p9x_assert_held(&kvm->lock);
    if (prio == P9X_PRIO_MASKED) {
        p9x_kvm_lock_and_mask(kvm, block, irq);
        /* Masked, it still moves to another server. */
        mapped = irq->act_priority;
    } else {
        p9x_lock(&block->lock);
    }
    if (mapped != P9X_PRIO_MASKED && (irq->act_server != server ||
                                      irq->act_priority != mapped)) {
        rc = p9x_xics_retarget(kvm, irq, server, mapped);
    }
    if (prio != P9X_PRIO_MASKED) {
        p9x_kvm_finish_unmask(kvm, irq, prio);
    }
    irq->saved_priority = prio;
    p9x_unlock(&block->lock);
    return rc;
}

/* The number in use; NULL otherwise. */
static P9xKvmIrq *find_valid(P9xKvm *kvm, uint32_t girq, P9xKvmBlock **block)
{
    *block = p9x_kvm_block(kvm, girq);
    if (!*block || !p9x_kvm_irq(*block, girq)->valid) {
        return NULL;
    }
    return p9x_kvm_irq(*block, girq);
}

int p9x_xics_set_xive(P9xKvm *kvm, uint32_t girq, uint32_t server,
                      uint32_t priority)
{
    uint8_t prio = (uint8_t)priority;
    P9xKvmBlock *block;
    P9xKvmIrq *irq;
    int rc = 0;

    p9x_lock(&kvm->lock);
    if (prio != P9X_PRIO_MASKED) {
        rc = p9x_xics_provision(kvm, p9x_kvm_prio_from_guest(prio));
    }
    irq = find_valid(kvm, girq, &block);
    if (!rc && irq) {
        rc = set_xive_locked(kvm, block, irq, server, prio);
    }
    p9x_unlock(&kvm->lock);
    return rc || !irq ? P9X_RTAS_FAILED : P9X_RTAS_OK;
}

int p9x_xics_get_xive(P9xKvm *kvm, uint32_t girq, uint32_t *server,
                      uint32_t *priority)
{
    P9xKvmBlock *block;
    P9xKvmIrq *irq = find_valid(kvm, girq, &block);

    if (!irq) {
        return P9X_RTAS_FAILED;
    }
    p9x_lock(&block->lock);
    *server = irq->act_server;
    *priority = irq->guest_priority;
    p9x_unlock(&block->lock);
    return P9X_RTAS_OK;
}

int p9x_xics_int_off(P9xKvm *kvm, uint32_t girq)
{
    P9xKvmBlock *block;
    P9xKvmIrq *irq = find_valid(kvm, girq, &block);

    if (!irq) {
        return P9X_RTAS_FAILED;
    }
    irq->saved_priority = p9x_kvm_lock_and_mask(kvm, block, irq);
    p9x_unlock(&block->lock);
    return P9X_RTAS_OK;
}

int p9x_xics_int_on(P9xKvm *kvm, uint32_t girq)
{
    P9xKvmBlock *block;
    P9xKvmIrq *irq = find_valid(kvm, girq, &block);
    int rc = P9X_RTAS_OK;

    if (!irq) {
        return P9X_RTAS_FAILED;
    }
    p9x_lock(&block->lock);
    if (irq->act_priority == P9X_PRIO_MASKED) {
        rc = P9X_RTAS_FAILED;
    } else if (irq->saved_priority != P9X_PRIO_MASKED) {
        p9x_kvm_finish_unmask(kvm, irq, irq->saved_priority);
    }
    p9x_unlock(&block->lock);
    return rc;
}

int p9x_xics_get_icp(P9xKvmVcpu *vcpu, uint64_t *value)
{
    if (!vcpu->kvm) {
        return -ENXIO;
    }
    *value = (uint64_t)vcpu->cppr << 56 | (uint64_t)vcpu->mfrr << 24 |
             UINT64_C(0xFF) << 16;
    return 0;
}

static void present_again(P9xKvmVcpu *vcpu, uint32_t xisr)
{
    P9xKvm *kvm = vcpu->kvm;
    P9xKvmBlock *block;
    P9xKvmIrq *irq = find_valid(kvm, xisr, &block);

    if (irq) {
        p9x_lock(&block->lock);
        p9x_host_esb_trigger(kvm->host, p9x_kvm_live(irq));
        p9x_unlock(&block->lock);
        return;
    }
    p9x_lock(&kvm->lock);
    kvm->delayed_irqs += !vcpu->delayed_irq;
    vcpu->delayed_irq = xisr;
    p9x_unlock(&kvm->lock);
}

int p9x_xics_set_icp(P9xKvmVcpu *vcpu, uint64_t value)
{
    uint32_t xisr = (uint32_t)(value >> 32) & 0xFFFFFF;

    if (!vcpu->kvm || vcpu->kvm->ops->has_pages) {
        return -ENOENT;
    }
    if (vcpu->tctx) {
        return -EIO;
    }
    vcpu->cppr = (uint8_t)(value >> 56);
    vcpu->hw_cppr = vcpu->cppr;
    vcpu->w01[P9X_TM_CPPR] = vcpu->cppr;
    vcpu->mfrr = (uint8_t)(value >> 24);
    if (vcpu->mfrr < vcpu->cppr) {
        p9x_host_esb_trigger(vcpu->kvm->host, &vcpu->vp_ipi);
    }
    if (xisr > P9X_KVM_XICS_IPI) {
        present_again(vcpu, xisr);
    }
    return 0;
}
