/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A device's life; its attributes are those of its kind. */
#include "irqspace.h"
#include "native.h"
#include "xics_internal.h"

P9xKvm *p9x_kvm_create(P9xHost *host, P9xKvmType type,
                       const P9xKvmPorts *ports, unsigned quirks)
{
    P9xKvm *kvm = g_new0(P9xKvm, 1);

    p9x_lock_init(&kvm->lock, P9X_RANK_KVM);
    kvm->host = host;
    kvm->type = type;
    kvm->ops = type == P9X_KVM_NATIVE ? &p9x_native_ops : &p9x_xics_ops;
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

P9xKvmCounts p9x_kvm_counts(const P9xKvm *kvm)
{
    if (!kvm) {
        return (P9xKvmCounts) { 0 };
    }
    return (P9xKvmCounts) {
        .faults = atomic_load(&kvm->stats.faults),
        .zaps = atomic_load(&kvm->stats.zaps),
        .maps = atomic_load(&kvm->stats.maps),
        .unmaps = atomic_load(&kvm->stats.unmaps)
    };
}

int p9x_kvm_has_attr(P9xKvm *kvm, unsigned group, uint64_t attr)
{
    return kvm->ops->has_attr(group, attr) ? 0 : -ENXIO;
}

int p9x_kvm_set_attr(P9xKvm *kvm, unsigned group, uint64_t attr,
                     const void *addr)
{
    return kvm->ops->set_attr(kvm, group, attr, addr);
}

int p9x_kvm_get_attr(P9xKvm *kvm, unsigned group, uint64_t attr, void *addr)
{
    return kvm->ops->get_attr(kvm, group, attr, addr);
}
