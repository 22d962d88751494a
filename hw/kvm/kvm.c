/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A device's life, and the attributes that both kinds have. */
#include <string.h>

#include "kvm_internal.h"

P9xKvm *p9x_kvm_create(P9xHost *host, P9xKvmType type,
                       const P9xKvmPorts *ports, unsigned quirks)
{
    P9xKvm *kvm = g_new0(P9xKvm, 1);

    p9x_lock_init(&kvm->lock, P9X_RANK_KVM);
    kvm->host = host;
    kvm->type = type;
    kvm->ports = ports;
    kvm->quirks = quirks;
    kvm->nr_servers = P9X_KVM_MAX_VCPUS;
    return kvm;
}

static void free_irq(P9xKvm *kvm, P9xKvmBlock *block, P9xKvmIrq *irq,
                     void *opaque)
{
    int rc;

    (void)block;
    (void)opaque;
    /* The PT's owner keeps its data: it will still free the interrupt. */
    p9x_kvm_silence(kvm, irq);
    irq->valid = false;
    irq->pt = NULL;
    P9X_OPAL_RETRY(rc, p9x_opal_free_irq(kvm->host, irq->ipi.hw_irq));
}

static void free_blocks(P9xKvm *kvm)
{
    p9x_kvm_each_irq(kvm, free_irq, NULL);
    for (uint32_t id = 0; id < P9X_KVM_NR_BLOCKS; id++) {
        g_free(atomic_load(&kvm->block[id]));
    }
}

void p9x_kvm_release(P9xKvm *kvm)
{
    int rc;

    kvm->mapped = false;
    while (kvm->nr_vcpus) {
        p9x_kvm_disconnect(kvm->vcpu[0]);
    }
    free_blocks(kvm);
    if (kvm->vp_base) {
        P9X_OPAL_RETRY(rc, p9x_opal_free_vp_block(kvm->host, kvm->vp_base));
    }
    g_free(kvm);
}

int p9x_kvm_set_nr_servers(P9xKvm *kvm, const void *addr)
{
    uint32_t n;
    int rc = 0;

    if (!addr) {
        return -EFAULT;
    }
    memcpy(&n, addr, sizeof(n));
    if (!n || n > P9X_KVM_MAX_VCPU_IDS) {
        return -EINVAL;
    }
    p9x_lock(&kvm->lock);
    if (kvm->vp_base) {
        rc = -EBUSY;
    } else {
        kvm->nr_servers = n > P9X_KVM_MAX_VCPUS ? P9X_KVM_MAX_VCPUS : n;
    }
    p9x_unlock(&kvm->lock);
    return rc;
}

static bool has_native_attr(unsigned group, uint64_t attr)
{
    switch (group) {
    case P9X_KVM_GRP_CTRL:
        return attr >= P9X_KVM_CTRL_RESET && attr <= P9X_KVM_CTRL_NR_SERVERS;
    case P9X_KVM_GRP_SOURCE:
    case P9X_KVM_GRP_SOURCE_CONFIG:
    case P9X_KVM_GRP_SOURCE_SYNC:
        return attr < P9X_KVM_NR_IRQS;
    default:
        return group == P9X_KVM_GRP_EQ_CONFIG;
    }
}

static bool has_xics_attr(unsigned group, uint64_t attr)
{
    if (group == P9X_KVM_XICS_GRP_SOURCES) {
        return attr >= P9X_KVM_XICS_FIRST_IRQ && attr < P9X_KVM_NR_IRQS;
    }
    return group == P9X_KVM_XICS_GRP_CTRL && attr == P9X_KVM_XICS_NR_SERVERS;
}

int p9x_kvm_has_attr(P9xKvm *kvm, unsigned group, uint64_t attr)
{
    bool has = p9x_is_native(kvm) ? has_native_attr(group, attr) :
                                    has_xics_attr(group, attr);

    return has ? 0 : -ENXIO;
}

int p9x_kvm_set_attr(P9xKvm *kvm, unsigned group, uint64_t attr,
                     const void *addr)
{
    return p9x_is_native(kvm) ? p9x_native_set_attr(kvm, group, attr, addr) :
                                p9x_xics_set_attr(kvm, group, attr, addr);
}

int p9x_kvm_get_attr(P9xKvm *kvm, unsigned group, uint64_t attr, void *addr)
{
    return p9x_is_native(kvm) ? p9x_native_get_attr(kvm, group, attr, addr) :
                                p9x_xics_get_attr(kvm, group, attr, addr);
}
