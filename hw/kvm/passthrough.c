/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The switch: an interrupt number changes from its IPI to a PT and back.
 *
 * Two things must not happen: that an event is lost, or that the guest goes on
 * working on the pages of the interrupt that is no longer live.  So, under the
 * block's lock, in this order:
 *
 *   1. the guest's pages are cleared (native): what it does next faults, and
 *      the fault waits for the lock;
 *   2. the live interrupt is masked (PQ=10) and what it had in flight arrives;
 *   3. the other one becomes live and is routed to the same queue with the
 *      same event data;
 *   4. P and Q of the old one are carried over to the new one.
 *
 * While it changes hands the PT is at PQ 10 or 11, so its events wait in Q.
 * Linux 6.1 differs in places that a guest can see.  Each has its number
 * (kvm.h), and this file does as Linux does where that quirk is on.
 */
#include "irqspace.h"
#include "xive/kvm/esbmap.h"

/*
 * Takes P and Q from the interrupt that stops being live.  @prio is what
 * lock_and_mask returned: a XICS number that was masked has the state from
 * back then in old_p and old_q, and Q may have been set since.
 */
static P9xPq take_state(P9xKvm *kvm, P9xKvmIrq *irq, uint8_t prio)
{
    const P9xIrqInfo *live = p9x_kvm_live(irq);
    P9xPq pq;

    if (prio != P9X_PRIO_MASKED) {
        return (P9xPq)(irq->old_p << 1 | irq->old_q);
    }
    pq = p9x_host_esb_set(kvm->host, live, P9X_PQ_10);
    p9x_kvm_sync(kvm, live, P9X_OPAL_SYNC_EAS);
    return pq;
}

/* Gives @pq to the PT, which is at 10, or 11 if events came. */
static void give_state(P9xKvm *kvm, const P9xIrqInfo *pt, P9xPq pq)
{
    switch (pq) {
    case P9X_PQ_00:
        p9x_host_source_eoi(kvm->host, pt);
        break;
    case P9X_PQ_10:
        break;
    default:
        p9x_host_esb_set(kvm->host, pt, pq);
    }
}

/* A XICS number that is masked keeps what is due when it is unmasked. */
static bool is_masked_xics(const P9xKvm *kvm, uint8_t prio)
{
    return !kvm->ops->has_pages && prio == P9X_PRIO_MASKED;
}

static void set_pt_state(P9xKvm *kvm, P9xKvmIrq *irq, uint8_t prio, P9xPq pq)
{
    if (is_masked_xics(kvm, prio)) {
        irq->old_q |= pq & P9X_ESB_Q;
        return;
    }
    irq->old_p = false;
    irq->old_q = false;
    give_state(kvm, p9x_kvm_live(irq), pq);
}

static void zap(P9xKvm *kvm, uint32_t girq)
{
    if (kvm->ops->has_pages) {
        p9x_kvm_reset_mapped(kvm, girq);
    }
}

static void route_live(P9xKvm *kvm, P9xKvmIrq *irq)
{
    /* A failure leaves the old route: the guest sees silence, as on Linux. */
    p9x_kvm_route(kvm, p9x_kvm_live(irq), irq->act_server, irq->act_priority,
                  kvm->ops->data(kvm, irq));
}

/* What a switch took from the one and gave to the other. */
typedef struct Carried {
    P9xPq taken, given;
} Carried;

/*
 * The IPI goes off for good.  An event that reached it since its state was
 * taken is in Q; the PT sends it.  Returns that Q.
 */
static P9xPq stop_ipi(P9xKvm *kvm, P9xKvmIrq *irq, P9xHostIrq *pt, P9xPq taken)
{
    P9xPq late = p9x_host_esb_set(kvm->host, &irq->ipi, P9X_PQ_01);

    if (late & P9X_ESB_Q && taken != P9X_PQ_01) {
        p9x_host_esb_set(kvm->host, &pt->info, P9X_PQ_11);
        return P9X_PQ_01;
    }
    return P9X_PQ_00;
}

static Carried switch_to_pt(P9xKvm *kvm, P9xKvmIrq *irq, uint8_t prio,
                         P9xHostIrq *pt)
{
    P9xPq pq, late;

    zap(kvm, irq->number);
    pq = take_state(kvm, irq, prio);
    late = stop_ipi(kvm, irq, pt, pq);
    p9x_kvm_step(kvm, "set-taken", irq->number);
    irq->pt = pt;
    route_live(kvm, irq);
    set_pt_state(kvm, irq, prio, pq);
    irq->guest_priority = prio;
    return (Carried) { pq | late, pq | late };
}

/* As Linux does it: what the IPI had latched is gone. */
static Carried switch_to_pt_6_1(P9xKvm *kvm, P9xKvmIrq *irq, uint8_t prio,
                                P9xHostIrq *pt)
{
    Carried carried = {
        p9x_host_esb_set(kvm->host, &irq->ipi, P9X_PQ_01), P9X_PQ_10
    };

    if (irq->old_q) {
        carried.taken |= P9X_ESB_Q;
    }
    zap(kvm, irq->number);
    p9x_kvm_step(kvm, "set-taken", irq->number);
    irq->pt = pt;
    route_live(kvm, irq);
    if (prio != P9X_PRIO_MASKED && !irq->old_p) {
        p9x_host_source_eoi(kvm->host, &pt->info);
        carried.given = P9X_PQ_00;
    }
    irq->old_p = false;
    irq->old_q = false;
    irq->guest_priority = prio;
    return carried;
}

/* The end of a switch between the IPI and @pt. */
static void note_switched(const P9xKvmIrq *irq, const P9xHostIrq *pt,
                          Carried carried)
{
    p9x_note(P9X_STEP_SWITCHED, pt->info.eoi.source->config.origin,
             irq->number, p9x_kvm_live(irq)->hw_irq,
             pt->info.eoi.srcno << 16 |
             (uint32_t)(carried.taken << 8 | carried.given));
}

static int check_mappable(P9xKvm *kvm, uint32_t girq)
{
    P9xKvmBlock *block;
    P9xKvmIrq *irq = p9x_kvm_lock_irq(kvm, girq, &block);
    bool ok;

    if (!irq) {
        return -EINVAL;
    }
    ok = irq->valid && !irq->pt && !irq->lsi;
    p9x_unlock(&block->lock);
    return ok ? 0 : -EINVAL;
}

int p9x_kvm_set_mapped(P9xKvm *kvm, uint32_t girq, P9xHostIrq *pt)
{
    P9xKvmBlock *block;
    P9xKvmIrq *irq;
    uint8_t prio;
    int rc;

    if (!kvm) {
        return -ENODEV;
    }
    rc = check_mappable(kvm, girq);
    if (rc) {
        return rc;
    }
    rc = p9x_host_forward_irq(kvm->host, pt);
    if (rc) {
        return rc;
    }
    p9x_kvm_step(kvm, "set-forwarded", girq);
    block = p9x_kvm_block(kvm, girq);
    irq = p9x_kvm_irq(block, girq);
    prio = p9x_kvm_lock_and_mask(kvm, block, irq);
    p9x_kvm_note(kvm, P9X_STEP_MAP, girq, pt->info.hw_irq, irq->ipi.hw_irq);
    note_switched(irq, pt, p9x_quirk(kvm, kvm->ops->map_quirk) ?
                  switch_to_pt_6_1(kvm, irq, prio, pt) :
                  switch_to_pt(kvm, irq, prio, pt));
    p9x_unlock(&block->lock);
    atomic_fetch_add(&kvm->stats.maps, 1);
    return 0;
}

/* The way back. */

/* Takes the PT's state, and says in which state the IPI starts. */
static P9xPq release_pt(P9xKvm *kvm, P9xKvmIrq *irq, uint8_t prio)
{
    P9xPq pq;

    if (p9x_quirk(kvm, P9X_QUIRK_L6)) {
        return kvm->ops->release_6_1(kvm, irq, prio);
    }
    pq = take_state(kvm, irq, prio);
    if (pq == P9X_PQ_01 && p9x_quirk(kvm, P9X_QUIRK_L7)) {
        p9x_host_esb_set(kvm->host, p9x_kvm_live(irq), P9X_PQ_01);
    }
    if (is_masked_xics(kvm, prio)) {
        irq->old_q |= pq & P9X_ESB_Q;
        return P9X_PQ_10;
    }
    return pq;
}

static void switch_to_ipi(P9xKvm *kvm, P9xKvmIrq *irq, uint8_t prio, P9xPq pq)
{
    irq->pt = NULL;
    route_live(kvm, irq);
    p9x_host_esb_set(kvm->host, &irq->ipi, pq);
    irq->guest_priority = prio;
}

/* The host can't have it back: as if nothing had been tried. */
static void keep_pt(P9xKvm *kvm, P9xKvmIrq *irq, uint8_t prio, P9xPq pq)
{
    if (!p9x_quirk(kvm, P9X_QUIRK_L6) ||
        !kvm->ops->failed_unmap_6_1_keeps_pt) {
        set_pt_state(kvm, irq, prio, pq);
    }
    irq->guest_priority = prio;
}

static int clr_locked(P9xKvm *kvm, P9xKvmIrq *irq, uint8_t prio,
                      P9xHostIrq *pt)
{
    P9xPq pq;
    int rc;

    p9x_assert_held(&p9x_kvm_block(kvm, irq->number)->lock);
    zap(kvm, irq->number);
    pq = release_pt(kvm, irq, prio);
    rc = p9x_host_return_irq(kvm->host, pt);
    if (rc) {
        keep_pt(kvm, irq, prio, pq);
        return rc;
    }
    p9x_kvm_step(kvm, "clr-returned", irq->number);
    p9x_kvm_note(kvm, P9X_STEP_UNMAP, irq->number, pt->info.hw_irq,
                 irq->ipi.hw_irq);
    switch_to_ipi(kvm, irq, prio, pq);
    note_switched(irq, pt, (Carried) { pq, pq });
    return 0;
}

int p9x_kvm_clr_mapped(P9xKvm *kvm, uint32_t girq, P9xHostIrq *pt)
{
    P9xKvmBlock *block;
    P9xKvmIrq *irq;
    int rc;

    if (!kvm) {
        return -ENODEV;
    }
    block = p9x_kvm_block(kvm, girq);
    if (!block) {
        return -EINVAL;
    }
    irq = p9x_kvm_irq(block, girq);
    if (!pt || irq->pt != pt) {
        /* A map that failed was reported as done: nothing to undo. */
        return 0;
    }
    rc = clr_locked(kvm, irq, p9x_kvm_lock_and_mask(kvm, block, irq), pt);
    p9x_unlock(&block->lock);
    if (rc) {
        return rc;
    }
    p9x_kvm_step(kvm, "clr-flipped", girq);
    /*
     * Only now may the PT fire: its handler will find the IPI live.  Linux lets
     * it fire before that, and refuses what its own handler brings.
     */
    irq->leaving = p9x_quirk(kvm, P9X_QUIRK_L21);
    p9x_host_resume_irq(kvm->host, pt);
    irq->leaving = false;
    atomic_fetch_add(&kvm->stats.unmaps, 1);
    return 0;
}
