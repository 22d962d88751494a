/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The XIVE native device: sources, configuration, reset, sync. */
#include <string.h>

#include "irqspace.h"
#include "native.h"
#include "native_eq.h"
#include "vcpu.h"
#include "vcpu_queue.h"

static void renew_source(P9xKvm *kvm, P9xKvmBlock *block, P9xKvmIrq *irq,
                         uint64_t value)
{
    p9x_lock(&block->lock);
    if (value & P9X_KVM_SRC_LEVEL) {
        irq->lsi = true;
        irq->asserted = irq->asserted || value & P9X_KVM_SRC_ASSERTED;
    }
    p9x_kvm_drop_target(kvm, irq);
    irq->act_server = 0;
    irq->act_priority = P9X_PRIO_MASKED;
    p9x_host_esb_set(kvm->host, &irq->ipi, P9X_PQ_01);
    p9x_kvm_route(kvm, &irq->ipi, 0, P9X_PRIO_MASKED, 0);
    p9x_kvm_make_valid(kvm, irq);
    p9x_unlock(&block->lock);
}

static int set_source(P9xKvm *kvm, uint64_t girq, const void *addr)
{
    return girq >= P9X_KVM_NR_IRQS ? -E2BIG :
           p9x_kvm_set_source(kvm, (uint32_t)girq, addr, -ENXIO,
                              renew_source);
}

typedef struct Target {
    uint32_t server;
    uint8_t prio;
    uint32_t eisn;
    bool masked;
} Target;

static Target target_of(uint64_t value)
{
    return (Target) {
        .server = (uint32_t)((value & P9X_KVM_CFG_SERVER) >>
                             P9X_KVM_CFG_SERVER_SHIFT),
        .prio = value & P9X_KVM_CFG_PRIORITY,
        .eisn = (uint32_t)(value >> P9X_KVM_CFG_EISN_SHIFT),
        .masked = value & P9X_KVM_CFG_MASKED
    };
}

static int config_masked(P9xKvm *kvm, P9xKvmIrq *irq)
{
    p9x_kvm_drop_target(kvm, irq);
    irq->act_priority = P9X_PRIO_MASKED;
    irq->act_server = 0;
    irq->eisn = 0;
    return p9x_kvm_route(kvm, p9x_kvm_live(irq), 0, P9X_PRIO_MASKED, 0) ?
           -ENXIO : 0;
}

static int config_locked(P9xKvm *kvm, P9xKvmIrq *irq, Target t)
{
    int rc;

    p9x_assert_held(&kvm->lock);
    p9x_assert_held(&p9x_kvm_block(kvm, irq->number)->lock);
    if (irq->act_server == t.server && irq->act_priority == t.prio &&
        irq->eisn == t.eisn) {
        return 0;
    }
    if (t.masked) {
        return config_masked(kvm, irq);
    }
    rc = p9x_kvm_pick_target(kvm, irq, &t.server, t.prio);
    if (rc) {
        return rc;
    }
    irq->act_priority = t.prio;
    irq->act_server = t.server;
    irq->eisn = t.eisn;
    return p9x_kvm_route(kvm, p9x_kvm_live(irq), t.server, t.prio, t.eisn) ?
           -ENXIO : 0;
}

static int set_source_config(P9xKvm *kvm, uint64_t girq, const void *addr)
{
    P9xKvmBlock *block = p9x_kvm_block(kvm, p9x_girq(girq));
    P9xKvmIrq *irq;
    uint64_t value;
    int rc;

    if (!block) {
        return -ENOENT;
    }
    irq = p9x_kvm_irq(block, (uint32_t)girq);
    if (!irq->valid) {
        return -EINVAL;
    }
    if (!addr) {
        return -EFAULT;
    }
    memcpy(&value, addr, sizeof(value));
    if ((value & P9X_KVM_CFG_PRIORITY) > P9X_KVM_MAX_PRIO) {
        return -EINVAL;
    }
    p9x_lock(&kvm->lock);
    p9x_lock(&block->lock);
    rc = config_locked(kvm, irq, target_of(value));
    p9x_unlock(&block->lock);
    p9x_unlock(&kvm->lock);
    return rc;
}

static int source_sync(P9xKvm *kvm, uint64_t girq)
{
    P9xKvmBlock *block;
    P9xKvmIrq *irq = p9x_kvm_lock_irq(kvm, p9x_girq(girq), &block);
    int rc = -EINVAL;

    if (!irq) {
        return -ENOENT;
    }
    if (irq->valid) {
        p9x_kvm_sync(kvm, p9x_kvm_live(irq), P9X_OPAL_SYNC_EAS);
        rc = 0;
    }
    p9x_unlock(&block->lock);
    return rc;
}

static void reset_source(P9xKvm *kvm, P9xKvmBlock *block, P9xKvmIrq *irq,
                         void *opaque)
{
    (void)opaque;

    if (irq->act_priority == P9X_PRIO_MASKED &&
        p9x_quirk(kvm, P9X_QUIRK_L19)) {
        return;
    }
    p9x_lock(&block->lock);
    irq->eisn = 0;
    irq->act_server = 0;
    irq->act_priority = P9X_PRIO_MASKED;
    p9x_kvm_silence(kvm, irq);
    p9x_unlock(&block->lock);
}

static int reset(P9xKvm *kvm)
{
    p9x_lock(&kvm->lock);
    for (unsigned i = 0; i < kvm->nr_vcpus; i++) {
        for (unsigned prio = 0; prio < P9X_NR_PRIOS; prio++) {
            p9x_kvm_drop_queue(kvm->vcpu[i], prio);
            if (!p9x_quirk(kvm, P9X_QUIRK_L9)) {
                atomic_store(&kvm->vcpu[i]->queue[prio].count, 0);
            }
        }
    }
    p9x_kvm_each_irq(kvm, reset_source, NULL);
    p9x_unlock(&kvm->lock);
    return 0;
}

static void sync_source(P9xKvm *kvm, P9xKvmBlock *block, P9xKvmIrq *irq,
                        void *opaque)
{
    (void)opaque;

    p9x_lock(&block->lock);
    if (irq->act_priority != P9X_PRIO_MASKED) {
        p9x_kvm_sync(kvm, p9x_kvm_live(irq), P9X_OPAL_SYNC_EAS);
        p9x_kvm_sync(kvm, p9x_kvm_live(irq), P9X_OPAL_SYNC_QUEUE);
    }
    p9x_unlock(&block->lock);
}

static void mark_queues_dirty(P9xKvm *kvm)
{
    for (unsigned i = 0; kvm->ports->mark_dirty && i < kvm->nr_vcpus; i++) {
        for (unsigned prio = 0; prio < P9X_NR_PRIOS; prio++) {
            const P9xKvmQueue *q = &kvm->vcpu[i]->queue[prio];

            if (q->has_page) {
                kvm->ports->mark_dirty(kvm->ports->host, q->qpage);
            }
        }
    }
}

static int eq_sync(P9xKvm *kvm)
{
    p9x_lock(&kvm->lock);
    p9x_kvm_each_irq(kvm, sync_source, NULL);
    mark_queues_dirty(kvm);
    p9x_unlock(&kvm->lock);
    return 0;
}

static int set_ctrl(P9xKvm *kvm, uint64_t attr, const void *addr)
{
    switch (attr) {
    case P9X_KVM_CTRL_RESET:
        return reset(kvm);
    case P9X_KVM_CTRL_EQ_SYNC:
        return eq_sync(kvm);
    case P9X_KVM_CTRL_NR_SERVERS:
        return p9x_kvm_set_nr_servers(kvm, addr);
    default:
        return -ENXIO;
    }
}

static bool has_attr(unsigned group, uint64_t attr)
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

static int set_attr(P9xKvm *kvm, unsigned group, uint64_t attr,
                    const void *addr)
{
    switch (group) {
    case P9X_KVM_GRP_CTRL:
        return set_ctrl(kvm, attr, addr);
    case P9X_KVM_GRP_SOURCE:
        return set_source(kvm, attr, addr);
    case P9X_KVM_GRP_SOURCE_CONFIG:
        return set_source_config(kvm, attr, addr);
    case P9X_KVM_GRP_EQ_CONFIG:
        return p9x_native_set_eq(kvm, attr, addr);
    case P9X_KVM_GRP_SOURCE_SYNC:
        return source_sync(kvm, attr);
    default:
        return -ENXIO;
    }
}

static int get_attr(P9xKvm *kvm, unsigned group, uint64_t attr, void *addr)
{
    return group == P9X_KVM_GRP_EQ_CONFIG ?
           p9x_native_get_eq(kvm, attr, addr) : -ENXIO;
}

/* In what it differs. */

static int connect_vcpu(P9xKvmVcpu *vcpu)
{
    /* Queues come by EQ_CONFIG. */
    (void)vcpu;
    return 0;
}

static void disconnect_vcpu(P9xKvmVcpu *vcpu)
{
    for (unsigned prio = 0; prio < P9X_NR_PRIOS; prio++) {
        p9x_kvm_drop_queue(vcpu, prio);
    }
}

static uint32_t event_data(const P9xKvm *kvm, const P9xKvmIrq *irq)
{
    return p9x_quirk(kvm, P9X_QUIRK_L5) ? irq->number : irq->eisn;
}

static void leave_queue(const P9xKvm *kvm, P9xKvmQueue *q)
{
    if (!p9x_quirk(kvm, P9X_QUIRK_L9)) {
        atomic_fetch_sub(&q->count, 1);
    }
}

/* The PT stays as the guest left it. */
static P9xPq release_6_1(P9xKvm *kvm, P9xKvmIrq *irq, uint8_t prio)
{
    const P9xIrqInfo *pt = p9x_kvm_live(irq);

    (void)prio;
    if (!p9x_quirk(kvm, P9X_QUIRK_L7) &&
        p9x_host_esb_get(kvm->host, pt) == P9X_PQ_01) {
        p9x_host_esb_set(kvm->host, pt, P9X_PQ_10);
    }
    return P9X_PQ_10;
}

static void print_vcpu(const P9xKvmVcpu *vcpu, GString *out)
{
    g_string_append_printf(out, "VCPU %u: VP=0x%x/%02x\n"
                           "    NSR=%02x CPPR=%02x IBP=%02x PIPR=%02x "
                           "w01=%016llx w2=%08x\n", vcpu->server, vcpu->vp, 0,
                           vcpu->w01[P9X_TM_NSR], vcpu->w01[P9X_TM_CPPR],
                           vcpu->w01[P9X_TM_IPB], vcpu->w01[P9X_TM_PIPR],
                           (unsigned long long)p9x_load_be(vcpu->w01, 8),
                           vcpu->cam_word);
}

static void print_totals(const P9xKvm *kvm, GString *out)
{
    /* A guest that works on pages makes no calls that could be counted. */
    (void)kvm;
    (void)out;
}

const P9xKvmDeviceOps p9x_native_ops = {
    .has_pages = true,
    .map_quirk = P9X_QUIRK_L8,
    .failed_unmap_6_1_keeps_pt = true,
    .has_attr = has_attr,
    .set_attr = set_attr,
    .get_attr = get_attr,
    .connect = connect_vcpu,
    .disconnect = disconnect_vcpu,
    .data = event_data,
    .leave = leave_queue,
    .release_6_1 = release_6_1,
    .print_vcpu = print_vcpu,
    .print_totals = print_totals
};
