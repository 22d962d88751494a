/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The XICS hypervisor calls.
 *
 * XIVE's CPPR follows the guest's but for moments, hence two of them: cppr is
 * the guest's, hw_cppr what was last stored to the TIMA.  An IPI by MFRR is a
 * XIVE interrupt at priority 0 that carries no entry the guest ever sees: it
 * only makes the next H_XIRR look at MFRR.
 */
#include "xics_internal.h"
#include "xive/papr.h"
#include "xive/tima.h"

typedef enum Scan { SCAN_FETCH, SCAN_POLL, SCAN_EOI } Scan;

static void store_cppr(P9xKvmVcpu *vcpu)
{
    vcpu->hw_cppr = vcpu->cppr;
    if (vcpu->tctx) {
        p9x_tima_store(vcpu->tctx, P9X_TIMA_OS, P9X_TM_RING_SIZE +
                       P9X_TM_CPPR, 1, vcpu->cppr);
    }
}

/* What XIVE has accepted for us moves from the TIMA into pending. */
static void ack_pending(P9xKvmVcpu *vcpu)
{
    uint16_t ack;

    if (!vcpu->tctx) {
        return;
    }
    ack = (uint16_t)p9x_tima_load(vcpu->tctx, P9X_TIMA_OS, P9X_TM_ACK_OS, 2);
    if (!(ack >> 8 & P9X_NSR_EO)) {
        return;
    }
    vcpu->pending |= (ack & 0xFF) <= P9X_PRIO_MAX ?
                     (uint8_t)(1 << (ack & 0xFF)) : 0;
    vcpu->hw_cppr = ack & 0xFF;
}

/* Pending bits that we hold become XIVE's again, the best of them. */
static void push_pending(P9xKvmVcpu *vcpu)
{
    unsigned bits = vcpu->pending;

    if (vcpu->mfrr <= P9X_PRIO_MAX) {
        bits |= 1u << vcpu->mfrr;
    } else if (vcpu->mfrr != P9X_PRIO_MASKED) {
        bits |= 0x80;
    }
    if (bits && vcpu->tctx) {
        p9x_tima_store(vcpu->tctx, P9X_TIMA_OS, P9X_TM_SET_OS_PENDING, 1,
                       (unsigned)__builtin_ctz(bits));
    }
}

static bool mfrr_wins(const P9xKvmVcpu *vcpu, uint8_t prio)
{
    return prio >= vcpu->mfrr && vcpu->mfrr < vcpu->cppr;
}

static void queue_is_empty(P9xKvmQueue *q)
{
    /* Sources that were moved away can have no entry here any more. */
    atomic_fetch_sub(&q->count, atomic_exchange(&q->pending_count, 0));
}

static void move_to(P9xKvmQueue *q, const XicsCursor *at)
{
    atomic_store(&q->idx, at->idx);
    atomic_store(&q->toggle, at->toggle);
}

/* The next entry that is a source's; skips IPI signals and dummies. */
static uint32_t next_source(P9xKvmVcpu *vcpu, uint8_t prio, Scan scan,
                            XicsCursor *at)
{
    P9xKvmQueue *q = &vcpu->queue[prio];

    for (;;) {
        uint32_t entry = p9x_xics_next_entry(vcpu->kvm, q, at);
        bool signal = entry == P9X_KVM_XICS_IPI ||
                      (prio == 0 && !q->has_page);

        if (signal && scan == SCAN_FETCH) {
            /* MFRR is looked at below: the next signal may come. */
            p9x_host_source_eoi(vcpu->kvm->host, &vcpu->vp_ipi);
            move_to(q, at);
        }
        if (entry != P9X_KVM_XICS_IPI && entry != P9X_KVM_XICS_DUMMY) {
            return entry;
        }
    }
}

/* The interrupt to deliver, 0 if there is none; see enum Scan for effects. */
static uint32_t scan_queues(P9xKvmVcpu *vcpu, uint8_t pending, Scan scan)
{
    uint32_t found = 0;
    uint8_t prio = P9X_PRIO_MASKED;

    while (!found && (vcpu->mfrr != P9X_PRIO_MASKED || pending)) {
        XicsCursor at;

        prio = pending ? (uint8_t)__builtin_ctz(pending) : P9X_PRIO_MASKED;
        if (prio >= vcpu->cppr) {
            if (vcpu->mfrr < vcpu->cppr) {
                prio = vcpu->mfrr;
                found = P9X_KVM_XICS_IPI;
            }
            break;
        }
        at = p9x_xics_cursor(&vcpu->queue[prio]);
        found = next_source(vcpu, prio, scan, &at);
        if (!found) {
            pending &= (uint8_t)~(1 << prio);
        }
        if (!found && scan != SCAN_POLL) {
            queue_is_empty(&vcpu->queue[prio]);
        }
        if (mfrr_wins(vcpu, prio)) {
            prio = vcpu->mfrr;
            found = P9X_KVM_XICS_IPI;
            break;
        }
        if (scan == SCAN_FETCH) {
            move_to(&vcpu->queue[prio], &at);
        }
    }
    if (scan == SCAN_POLL) {
        return found;
    }
    vcpu->pending = pending;
    if (scan == SCAN_EOI) {
        return found;
    }
    if (found) {
        vcpu->cppr = prio;
    }
    if (vcpu->cppr != vcpu->hw_cppr) {
        store_cppr(vcpu);
    }
    return found;
}

static int64_t h_xirr(P9xKvmVcpu *vcpu, uint64_t *args)
{
    uint8_t old_cppr;
    uint32_t found;

    ack_pending(vcpu);
    old_cppr = vcpu->cppr;
    found = scan_queues(vcpu, vcpu->pending, SCAN_FETCH);
    args[0] = found | (uint64_t)old_cppr << 24;
    return P9X_H_SUCCESS;
}

static int64_t h_xirr_x(P9xKvmVcpu *vcpu, uint64_t *args)
{
    const P9xKvmPorts *ports = vcpu->kvm->ports;

    h_xirr(vcpu, args);
    args[1] = ports->timebase ? ports->timebase(ports->host) : 0;
    return P9X_H_SUCCESS;
}

/* A queued entry whose source has moved: resend it to where it belongs now. */
static void reroute_entry(P9xKvmVcpu *vcpu, const P9xKvmQueue *q,
                          XicsCursor at, uint32_t entry)
{
    P9xKvm *kvm = vcpu->kvm;
    const P9xPorts *ports = kvm->host->ports;
    P9xKvmBlock *block;
    P9xKvmIrq *irq = p9x_kvm_lock_irq(kvm, entry, &block);

    if (!irq) {
        return;
    }
    if (irq->valid && irq->act_server != vcpu->server) {
        /* Entries from before a wrap have the other generation. */
        ports->mem_store32(ports->host, q->qpage + 4ull * at.idx,
                           (at.toggle ^ 1) << 31 | P9X_KVM_XICS_DUMMY);
        /* The host's own LSI sends again by its level, all others by Q. */
        if (!(p9x_kvm_live(irq)->flags & P9X_OPAL_IRQ_LSI)) {
            p9x_host_esb_set(kvm->host, p9x_kvm_live(irq), P9X_PQ_11);
        }
        p9x_host_source_eoi(kvm->host, p9x_kvm_live(irq));
    }
    p9x_unlock(&block->lock);
}

static void reroute_from(P9xKvmVcpu *vcpu, uint8_t cppr)
{
    for (unsigned prio = cppr; prio <= P9X_PRIO_MAX; prio++) {
        const P9xKvmQueue *q = &vcpu->queue[prio];
        XicsCursor at = p9x_xics_cursor(q), was = at;
        uint32_t entry;

        while ((entry = p9x_xics_next_entry(vcpu->kvm, q, &at))) {
            if (entry > P9X_KVM_XICS_IPI) {
                reroute_entry(vcpu, q, was, entry);
            }
            was = at;
        }
    }
}

static int64_t h_cppr(P9xKvmVcpu *vcpu, uint64_t *args)
{
    uint8_t cppr = p9x_kvm_prio_from_guest((uint8_t)args[0]);
    uint8_t old = vcpu->cppr;

    vcpu->cppr = cppr;
    if (cppr > old) {
        push_pending(vcpu);
    } else {
        reroute_from(vcpu, cppr);
    }
    store_cppr(vcpu);
    return P9X_H_SUCCESS;
}

/* The EOI of a source, while nothing switches or masks it. */
static void eoi_live(P9xKvm *kvm, P9xKvmIrq *irq, const P9xIrqInfo *live)
{
    p9x_host_source_eoi(kvm->host, live);
    if (irq->lsi && irq->asserted) {
        p9x_host_esb_trigger(kvm->host, live);
    }
}

/* The planted race: chooses the interrupt, then waits. */
static void eoi_source_stale(P9xKvm *kvm, P9xKvmBlock *block, P9xKvmIrq *irq)
{
    const P9xIrqInfo *live = p9x_kvm_live(irq);

    p9x_kvm_hook(kvm, "eoi-chosen", irq->number);
    p9x_lock(&block->lock);
    if (irq->guest_priority == P9X_PRIO_MASKED) {
        irq->old_p = false;
    } else {
        eoi_live(kvm, irq, live);
    }
    p9x_unlock(&block->lock);
}

static int64_t eoi_source(P9xKvm *kvm, uint32_t girq)
{
    P9xKvmBlock *block;
    P9xKvmIrq *irq;

    if (girq == 0 || girq == P9X_KVM_XICS_IPI) {
        return P9X_H_SUCCESS;
    }
    if (p9x_planted(kvm, P9X_PLANT_EOI_STALE) && p9x_kvm_block(kvm, girq)) {
        block = p9x_kvm_block(kvm, girq);
        eoi_source_stale(kvm, block, p9x_kvm_irq(block, girq));
        return P9X_H_SUCCESS;
    }
    irq = p9x_kvm_lock_irq(kvm, girq, &block);
    if (!irq) {
        return P9X_H_PARAMETER;
    }
    if (!irq->valid) {
        p9x_unlock(&block->lock);
        return P9X_H_PARAMETER;
    }
    if (irq->guest_priority == P9X_PRIO_MASKED) {
        /* Due at the unmask otherwise. */
        irq->old_p = false;
    } else {
        eoi_live(kvm, irq, p9x_kvm_live(irq));
    }
    p9x_unlock(&block->lock);
    return P9X_H_SUCCESS;
}

static int64_t h_eoi(P9xKvmVcpu *vcpu, uint64_t *args)
{
    uint32_t xirr = (uint32_t)args[0];
    int64_t rc;

    vcpu->cppr = p9x_kvm_prio_from_guest((uint8_t)(xirr >> 24));
    rc = eoi_source(vcpu->kvm, xirr & 0xFFFFFF);
    scan_queues(vcpu, vcpu->pending, SCAN_EOI);
    push_pending(vcpu);
    store_cppr(vcpu);
    return rc;
}

static int64_t h_ipi(P9xKvmVcpu *vcpu, uint64_t *args)
{
    P9xKvmVcpu *target = args[0] > UINT32_MAX ? NULL :
                         p9x_kvm_find_vcpu(vcpu->kvm, (uint32_t)args[0]);

    if (!target) {
        return P9X_H_PARAMETER;
    }
    target->mfrr = (uint8_t)args[1];
    if (args[1] < target->cppr) {
        p9x_host_esb_trigger(vcpu->kvm->host, &target->vp_ipi);
    }
    return P9X_H_SUCCESS;
}

static uint8_t own_pending(P9xKvmVcpu *vcpu)
{
    uint64_t w01 = vcpu->tctx ?
        p9x_tima_load(vcpu->tctx, P9X_TIMA_OS, P9X_TM_RING_SIZE, 8) :
        P9X_PRIO_MASKED;
    uint8_t pipr = (uint8_t)w01;

    return vcpu->pending | (pipr <= P9X_PRIO_MAX ? (uint8_t)(1 << pipr) : 0);
}

static int64_t h_ipoll(P9xKvmVcpu *vcpu, uint64_t *args)
{
    P9xKvmVcpu *target = args[0] > UINT32_MAX ? NULL :
                         p9x_kvm_find_vcpu(vcpu->kvm, (uint32_t)args[0]);
    uint32_t found;

    if (!target) {
        return P9X_H_PARAMETER;
    }
    found = scan_queues(target, target == vcpu ? own_pending(vcpu) : 0xFF,
                        SCAN_POLL);
    if (target != vcpu && p9x_quirk(vcpu->kvm, P9X_QUIRK_L1)) {
        return P9X_H_SUCCESS;
    }
    args[0] = found | (uint64_t)target->cppr << 24;
    args[1] = target->mfrr;
    return P9X_H_SUCCESS;
}

/* Its own thread only; others read. */
static void count_call(_Atomic uint64_t *count)
{
    atomic_store_explicit(
        count, atomic_load_explicit(count, memory_order_relaxed) + 1,
        memory_order_relaxed);
}

int64_t p9x_xics_hcall(P9xKvmVcpu *vcpu, unsigned opcode, uint64_t *args)
{
    static const struct {
        unsigned opcode;
        P9xXicsCall count;
        int64_t (*call)(P9xKvmVcpu *vcpu, uint64_t *args);
    } calls[] = {
        { P9X_H_XIRR, P9X_XICS_XIRR, h_xirr },
        { P9X_H_EOI, P9X_XICS_EOI, h_eoi },
        { P9X_H_CPPR, P9X_XICS_CPPR, h_cppr },
        { P9X_H_IPI, P9X_XICS_IPI, h_ipi },
        { P9X_H_IPOLL, P9X_XICS_IPOLL, h_ipoll },
        { P9X_H_XIRR_X, P9X_XICS_XIRR, h_xirr_x }
    };

    if (!vcpu->kvm || vcpu->kvm->ops->has_pages) {
        return P9X_H_TOO_HARD;
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(calls); i++) {
        if (calls[i].opcode == opcode) {
            count_call(&vcpu->hcalls[calls[i].count]);
            return calls[i].call(vcpu, args);
        }
    }
    return P9X_H_TOO_HARD;
}
