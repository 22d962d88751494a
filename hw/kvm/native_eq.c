/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The XIVE native device: event queues. */
#include <string.h>

#include "native_eq.h"
#include "vcpu_queue.h"

/* The vCPU and priority that @attr names; 0, -ENOENT or -EINVAL. */
static int find_queue(P9xKvm *kvm, uint64_t attr, P9xKvmVcpu **vcpu,
                      uint8_t *prio)
{
    *vcpu = p9x_kvm_find_vcpu(kvm, (uint32_t)(attr >> 3 & 0x1FFFFFFF));
    *prio = attr & 7;
    if (!*vcpu) {
        return -ENOENT;
    }
    return *prio > P9X_KVM_MAX_PRIO ? -EINVAL : 0;
}

static int check_eq(P9xKvm *kvm, const P9xKvmEq *eq)
{
    const P9xPorts *ports = kvm->host->ports;
    uint64_t size = UINT64_C(1) << P9X_KVM_EQ_SHIFT;

    if (eq->flags != P9X_KVM_EQ_ALWAYS_NOTIFY ||
        eq->qshift != P9X_KVM_EQ_SHIFT || eq->qaddr & (size - 1) ||
        eq->qaddr >= UINT64_C(1) << 60 ||
        !ports->mem_is_ram(ports->host, eq->qaddr, size)) {
        return -EINVAL;
    }
    return 0;
}

static int configure(P9xKvmVcpu *vcpu, uint8_t prio, const P9xKvmEq *eq)
{
    P9xKvmQueue *q = &vcpu->queue[prio];
    int rc;

    q->configured = true;
    rc = p9x_kvm_opal_queue(vcpu, prio, eq->qaddr, eq->qshift,
                            P9X_OPAL_EQ_ENABLED | P9X_OPAL_EQ_ALWAYS_NOTIFY);
    if (rc) {
        return rc;
    }
    q->qpage = eq->qaddr;
    q->mask = (1u << (eq->qshift - 2)) - 1;
    q->idx = 0;
    q->toggle = 0;
    q->shift = eq->qshift;
    atomic_store(&q->has_page, true);
    if (eq->qtoggle == 1 && eq->qindex == 0) {
        return 0;
    }
    P9X_OPAL_RETRY(rc, p9x_opal_set_queue_state(vcpu->kvm->host, vcpu->vp,
                                                prio, eq->qtoggle,
                                                eq->qindex));
    return rc ? -EIO : 0;
}

/* The END stays, but has nowhere to write to. */
static int forget_page(P9xKvmVcpu *vcpu, uint8_t prio)
{
    atomic_store(&vcpu->queue[prio].has_page, false);
    vcpu->queue[prio].configured = true;
    return p9x_kvm_opal_queue(vcpu, prio, 0, 0, P9X_OPAL_EQ_ENABLED |
                              P9X_OPAL_EQ_ALWAYS_NOTIFY);
}

static int set_eq(P9xKvm *kvm, uint64_t attr, const P9xKvmEq *eq)
{
    P9xKvmVcpu *vcpu;
    uint8_t prio;
    int rc = find_queue(kvm, attr, &vcpu, &prio);

    if (rc) {
        return rc;
    }
    if (!eq->qshift) {
        return forget_page(vcpu, prio);
    }
    rc = check_eq(kvm, eq);
    if (rc) {
        return rc;
    }
    rc = configure(vcpu, prio, eq);
    if (rc) {
        p9x_kvm_drop_queue(vcpu, prio);
    }
    return rc;
}

int p9x_native_set_eq(P9xKvm *kvm, uint64_t attr, const void *addr)
{
    P9xKvmEq eq;
    int rc;

    if (!addr) {
        return -EFAULT;
    }
    memcpy(&eq, addr, sizeof(eq));
    p9x_lock(&kvm->lock);
    rc = set_eq(kvm, attr, &eq);
    p9x_unlock(&kvm->lock);
    return rc;
}

static int get_eq(P9xKvm *kvm, uint64_t attr, void *addr)
{
    P9xKvmEq eq = { 0 };
    uint32_t esc, toggle, index;
    unsigned order, flags;
    P9xKvmVcpu *vcpu;
    P9xKvmQueue *q;
    uint64_t page;
    uint8_t prio;
    int rc = find_queue(kvm, attr, &vcpu, &prio);

    if (rc) {
        return rc;
    }
    q = &vcpu->queue[prio];
    if (!q->has_page) {
        if (addr && !p9x_quirk(kvm, P9X_QUIRK_L17)) {
            memcpy(addr, &eq, sizeof(eq));
        }
        return 0;
    }
    P9X_OPAL_RETRY(rc, p9x_opal_get_queue_info(kvm->host, vcpu->vp, prio,
                                               &page, &order, &flags, &esc));
    if (!rc) {
        P9X_OPAL_RETRY(rc, p9x_opal_get_queue_state(kvm->host, vcpu->vp, prio,
                                                    &toggle, &index));
    }
    if (rc) {
        return -EIO;
    }
    if (!addr) {
        return -EFAULT;
    }
    eq = (P9xKvmEq) {
        .flags = flags & P9X_OPAL_EQ_ALWAYS_NOTIFY ?
                 P9X_KVM_EQ_ALWAYS_NOTIFY : 0,
        .qshift = q->shift,
        .qaddr = q->qpage,
        .qtoggle = toggle,
        .qindex = index
    };
    memcpy(addr, &eq, sizeof(eq));
    return 0;
}

int p9x_native_get_eq(P9xKvm *kvm, uint64_t attr, void *addr)
{
    int rc;

    p9x_lock(&kvm->lock);
    rc = get_eq(kvm, attr, addr);
    p9x_unlock(&kvm->lock);
    return rc;
}
