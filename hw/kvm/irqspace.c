/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The guest's interrupt numbers: blocks, backing IPIs, targets, masking.
 *
 * Numbers come in blocks of 1024, made when the first number of one is
 * initialised and kept until the device goes.  One lock a block covers PQ
 * decisions, targets and which interrupt is live.
 */
#include <string.h>

#include "irqspace.h"

P9xKvmBlock *p9x_kvm_block(P9xKvm *kvm, uint32_t girq)
{
    return girq < P9X_KVM_NR_IRQS ?
           atomic_load_explicit(&kvm->block[girq >> P9X_KVM_BLOCK_SHIFT],
                                memory_order_acquire) : NULL;
}

P9xKvmIrq *p9x_kvm_lock_irq(P9xKvm *kvm, uint32_t girq, P9xKvmBlock **block)
{
    *block = p9x_kvm_block(kvm, girq);
    if (!*block) {
        return NULL;
    }
    p9x_lock(&(*block)->lock);
    return p9x_kvm_irq(*block, girq);
}

static void init_irq(P9xKvmIrq *irq, uint32_t number)
{
    irq->number = number;
    irq->guest_priority = P9X_PRIO_MASKED;
    irq->saved_priority = P9X_PRIO_MASKED;
    irq->act_priority = P9X_PRIO_MASKED;
}

/* The block of @girq, made if need be.  P9xKvm.lock held. */
static P9xKvmBlock *make_block(P9xKvm *kvm, uint32_t girq)
{
    P9xKvmBlock *block = p9x_kvm_block(kvm, girq);
    uint32_t id = girq >> P9X_KVM_BLOCK_SHIFT;

    p9x_assert_held(&kvm->lock);
    if (block) {
        return block;
    }
    block = g_new0(P9xKvmBlock, 1);
    p9x_lock_init(&block->lock, P9X_RANK_KVM_BLOCK);
    block->id = id;
    for (uint32_t i = 0; i < P9X_KVM_BLOCK_IRQS; i++) {
        init_irq(&block->irq[i], id << P9X_KVM_BLOCK_SHIFT | i);
    }
    if (id > kvm->max_block) {
        kvm->max_block = id;
    }
    atomic_store_explicit(&kvm->block[id], block, memory_order_release);
    return block;
}

void p9x_kvm_each_irq(P9xKvm *kvm, P9xKvmIrqFunc *f, void *opaque)
{
    for (uint32_t id = 0; id <= kvm->max_block; id++) {
        P9xKvmBlock *block = p9x_kvm_block(kvm, id << P9X_KVM_BLOCK_SHIFT);

        for (uint32_t i = 0; block && i < P9X_KVM_BLOCK_IRQS; i++) {
            if (block->irq[i].valid) {
                f(kvm, block, &block->irq[i], opaque);
            }
        }
    }
}

/* An IPI for @irq if it has none yet: 0 or OPAL's error. */
static int alloc_ipi(P9xKvm *kvm, P9xKvmIrq *irq)
{
    uint32_t hw;
    int rc, gone;

    if (irq->ipi.hw_irq) {
        return 0;
    }
    P9X_OPAL_RETRY(rc, p9x_opal_allocate_irq(kvm->host, &hw));
    if (rc) {
        return rc;
    }
    P9X_OPAL_RETRY(rc, p9x_opal_get_irq_info(kvm->host, hw, &irq->ipi));
    if (rc) {
        irq->ipi.hw_irq = 0;
        P9X_OPAL_RETRY(gone, p9x_opal_free_irq(kvm->host, hw));
    }
    return rc;
}

int p9x_kvm_set_source(P9xKvm *kvm, uint32_t girq, const void *addr,
                       int no_ipi,
                       void (*apply)(P9xKvm *kvm, P9xKvmBlock *block,
                                     P9xKvmIrq *irq, uint64_t value))
{
    P9xKvmBlock *block;
    P9xKvmIrq *irq;
    uint64_t value;
    int rc = 0;

    p9x_lock(&kvm->lock);
    block = make_block(kvm, girq);
    irq = p9x_kvm_irq(block, girq);
    if (!addr) {
        rc = -EFAULT;
    } else if (alloc_ipi(kvm, irq)) {
        rc = no_ipi;
    } else {
        memcpy(&value, addr, sizeof(value));
        apply(kvm, block, irq, value);
    }
    p9x_unlock(&kvm->lock);
    return rc;
}

void p9x_kvm_make_valid(P9xKvm *kvm, P9xKvmIrq *irq)
{
    p9x_assert_held(&p9x_kvm_block(kvm, irq->number)->lock);
    kvm->src_count += !irq->valid;
    irq->valid = true;
}

/* Targets. */

static uint32_t pack_server(uint32_t server)
{
    static const uint8_t block_offset[] = { 0, 4, 2, 6, 1, 5, 3, 7 };
    uint32_t stride = P9X_KVM_MAX_VCPUS;

    /* Ids beyond the VPs there are fold into gaps that a stride leaves. */
    return server % stride + (server >= stride ?
                              block_offset[server / stride % 8] : 0);
}

uint32_t p9x_kvm_vp(const P9xKvm *kvm, uint32_t server)
{
    return kvm->vp_base + pack_server(server);
}

P9xKvmVcpu *p9x_kvm_find_vcpu(P9xKvm *kvm, uint32_t server)
{
    unsigned n = atomic_load(&kvm->nr_vcpus);

    for (unsigned i = 0; i < n; i++) {
        if (kvm->vcpu[i]->server == server) {
            return kvm->vcpu[i];
        }
    }
    return NULL;
}

static bool take_slot(P9xKvmVcpu *vcpu, uint8_t prio)
{
    P9xKvmQueue *q = &vcpu->queue[prio];

    if (!vcpu->valid || !atomic_load(&q->has_page)) {
        return false;
    }
    if (atomic_fetch_add(&q->count, 1) >= q->mask + 1 - P9X_KVM_QUEUE_GAP) {
        atomic_fetch_sub(&q->count, 1);
        return false;
    }
    return true;
}

/* A vCPU with a slot for @prio, taken: @vcpu, or the first that has one. */
static P9xKvmVcpu *find_slot(P9xKvm *kvm, P9xKvmVcpu *vcpu, uint8_t prio)
{
    if (take_slot(vcpu, prio)) {
        return vcpu;
    }
    for (unsigned i = 0; i < kvm->nr_vcpus; i++) {
        if (take_slot(kvm->vcpu[i], prio)) {
            return kvm->vcpu[i];
        }
    }
    return NULL;
}

int p9x_kvm_pick_target(P9xKvm *kvm, const P9xKvmIrq *irq, uint32_t *server,
                        uint8_t prio)
{
    P9xKvmVcpu *vcpu = p9x_kvm_find_vcpu(kvm, *server);

    if (!vcpu) {
        return -EINVAL;
    }
    if (irq->act_server == *server && irq->act_priority == prio &&
        atomic_load(&vcpu->queue[prio].has_page) &&
        !p9x_quirk(kvm, P9X_QUIRK_L9)) {
        /* It has its slot there, even if the queue is full. */
        return 0;
    }
    vcpu = find_slot(kvm, vcpu, prio);
    if (!vcpu) {
        return -EBUSY;
    }
    p9x_kvm_drop_target(kvm, irq);
    *server = vcpu->server;
    return 0;
}

void p9x_kvm_drop_target(P9xKvm *kvm, const P9xKvmIrq *irq)
{
    P9xKvmVcpu *vcpu;

    if (irq->act_priority == P9X_PRIO_MASKED) {
        return;
    }
    vcpu = p9x_kvm_find_vcpu(kvm, irq->act_server);
    if (vcpu) {
        kvm->ops->leave(kvm, &vcpu->queue[irq->act_priority]);
    }
}

int p9x_kvm_route(P9xKvm *kvm, const P9xIrqInfo *live, uint32_t server,
                  uint8_t prio, uint32_t data)
{
    uint32_t vp = prio == P9X_PRIO_MASKED || !kvm->vp_base ?
                  0 : p9x_kvm_vp(kvm, server);
    int rc;

    P9X_OPAL_RETRY(rc, p9x_opal_set_irq_config(kvm->host, live->hw_irq, vp,
                                               prio, data));
    return rc;
}

void p9x_kvm_sync(P9xKvm *kvm, const P9xIrqInfo *live, unsigned type)
{
    int rc;

    if (!p9x_planted(kvm, P9X_PLANT_NO_SYNC)) {
        P9X_OPAL_RETRY(rc, p9x_opal_sync(kvm->host, type, live->hw_irq));
    }
}

void p9x_kvm_silence(P9xKvm *kvm, P9xKvmIrq *irq)
{
    p9x_host_esb_set(kvm->host, &irq->ipi, P9X_PQ_01);
    p9x_kvm_route(kvm, &irq->ipi, 0, P9X_PRIO_MASKED, 0);
    if (irq->pt) {
        p9x_host_esb_set(kvm->host, &irq->pt->info, P9X_PQ_01);
        p9x_kvm_route(kvm, &irq->pt->info, 0, P9X_PRIO_MASKED, 0);
    }
}

/* Masking. */

uint8_t p9x_kvm_lock_and_mask(P9xKvm *kvm, P9xKvmBlock *block, P9xKvmIrq *irq)
{
    uint8_t prev;
    P9xPq pq;

    p9x_lock(&block->lock);
    prev = irq->guest_priority;
    irq->guest_priority = P9X_PRIO_MASKED;
    if (prev == P9X_PRIO_MASKED) {
        return prev;
    }
    pq = p9x_host_esb_set(kvm->host, p9x_kvm_live(irq), P9X_PQ_10);
    irq->old_p = pq & P9X_ESB_P;
    irq->old_q = pq & P9X_ESB_Q;
    p9x_kvm_sync(kvm, p9x_kvm_live(irq), P9X_OPAL_SYNC_EAS);
    return prev;
}

void p9x_kvm_finish_unmask(P9xKvm *kvm, P9xKvmIrq *irq, uint8_t prio)
{
    p9x_assert_held(&p9x_kvm_block(kvm, irq->number)->lock);
    if (irq->guest_priority == P9X_PRIO_MASKED) {
        if (irq->old_q) {
            p9x_host_esb_set(kvm->host, p9x_kvm_live(irq), P9X_PQ_11);
        }
        if (!irq->old_p) {
            p9x_host_source_eoi(kvm->host, p9x_kvm_live(irq));
        }
    }
    irq->guest_priority = prio;
}

bool p9x_kvm_takes_msi(P9xKvm *kvm, uint32_t girq)
{
    P9xKvmBlock *block = p9x_kvm_block(kvm, girq);
    const P9xKvmIrq *irq = block ? p9x_kvm_irq(block, girq) : NULL;

    return irq && irq->valid && !irq->lsi;
}

/* Events from outside. */

static bool level_is_event(P9xKvmIrq *irq, int level)
{
    if ((level == 1 && irq->lsi) || level == P9X_KVM_LINE_LEVEL_UP) {
        irq->asserted = true;
        return true;
    }
    if (level == 0 || level == P9X_KVM_LINE_LEVEL_DOWN) {
        irq->asserted = false;
        return false;
    }
    return true;
}

int p9x_kvm_set_irq(P9xKvm *kvm, uint32_t girq, int level)
{
    P9xKvmBlock *block = p9x_kvm_block(kvm, girq);
    P9xKvmIrq *irq;

    /*
     * No lock: handlers of host interrupts come here, from within an event
     * that a switch may be waiting for.  An event that meets a switch is
     * either early, and carried over, or late, and dropped like any later one.
     */
    if (!block) {
        return -EINVAL;
    }
    irq = p9x_kvm_irq(block, girq);
    if (!irq->valid || irq->pt || irq->leaving) {
        return -EINVAL;
    }
    if (level_is_event(irq, level)) {
        p9x_host_esb_trigger(kvm->host, &irq->ipi);
    }
    return 0;
}
