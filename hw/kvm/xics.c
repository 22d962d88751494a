/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The XICS device: vCPUs, provisioning, source words.
 *
 * A source word is read in rounds: the first read of a round masks every
 * source for a moment, looks what is in the queues, and keeps the picture
 * until each valid source has been read.
 */
#include <string.h>

#include "vcpu.h"
#include "vcpu_queue.h"
#include "xics_internal.h"

uint32_t p9x_xics_next_entry(P9xKvm *kvm, const P9xKvmQueue *q,
                             XicsCursor *at)
{
    const P9xPorts *ports = kvm->host->ports;
    P9xBe32 raw;

    /* Another thread may be giving it its page right now. */
    if (!atomic_load(&q->has_page)) {
        return 0;
    }
    if (!ports->mem_read(ports->host, q->qpage + 4ull * at->idx, &raw,
                         sizeof(raw)) ||
        p9x_be32(raw) >> 31 == at->toggle) {
        return 0;
    }
    at->idx = (at->idx + 1) & q->mask;
    at->toggle ^= !at->idx;
    return p9x_be32(raw) & P9X_DATA_MAX;
}

static int set_queue(P9xKvmVcpu *vcpu, uint8_t prio, uint64_t page)
{
    return p9x_kvm_opal_queue(vcpu, prio, page, page ? P9X_KVM_EQ_SHIFT : 0,
                              P9X_OPAL_EQ_ENABLED | P9X_OPAL_EQ_ALWAYS_NOTIFY);
}

int p9x_xics_provision_vcpu(P9xKvmVcpu *vcpu, uint8_t prio)
{
    const P9xKvmPorts *ports = vcpu->kvm->ports;
    P9xKvmQueue *q = &vcpu->queue[prio];
    uint64_t page;
    int rc;

    if (q->has_page) {
        return 0;
    }
    page = ports->queue_page(ports->host);
    if (!page) {
        return -ENOMEM;
    }
    rc = set_queue(vcpu, prio, page);
    if (rc) {
        ports->queue_page_free(ports->host, page);
        return rc;
    }
    q->configured = true;
    q->qpage = page;
    q->mask = (1u << (P9X_KVM_EQ_SHIFT - 2)) - 1;
    q->idx = 0;
    q->toggle = 0;
    atomic_store(&q->has_page, true);
    return 0;
}

int p9x_xics_provision(P9xKvm *kvm, uint8_t prio)
{
    p9x_assert_held(&kvm->lock);
    if (kvm->qmap >> prio & 1) {
        return 0;
    }
    for (unsigned i = 0; i < kvm->nr_vcpus; i++) {
        int rc = p9x_xics_provision_vcpu(kvm->vcpu[i], prio);

        if (rc) {
            return rc;
        }
    }
    kvm->qmap |= (uint8_t)(1 << prio);
    return 0;
}

/* vCPUs. */

static int setup_vp_ipi(P9xKvmVcpu *vcpu)
{
    P9xHost *host = vcpu->kvm->host;
    uint32_t hw;
    int rc, gone;

    P9X_OPAL_RETRY(rc, p9x_opal_allocate_irq(host, &hw));
    if (rc) {
        return -EIO;
    }
    P9X_OPAL_RETRY(rc, p9x_opal_get_irq_info(host, hw, &vcpu->vp_ipi));
    if (!rc) {
        P9X_OPAL_RETRY(rc, p9x_opal_set_irq_config(host, hw, vcpu->vp, 0,
                                                   P9X_KVM_XICS_IPI));
    }
    if (rc) {
        vcpu->vp_ipi.hw_irq = 0;
        P9X_OPAL_RETRY(gone, p9x_opal_free_irq(host, hw));
        return -EIO;
    }
    return 0;
}

static void disconnect_vcpu(P9xKvmVcpu *vcpu)
{
    const P9xKvmPorts *ports = vcpu->kvm->ports;
    int rc;

    for (unsigned prio = 0; prio < P9X_NR_PRIOS; prio++) {
        bool had_page = vcpu->queue[prio].has_page;

        p9x_kvm_drop_queue(vcpu, prio);
        if (had_page) {
            ports->queue_page_free(ports->host, vcpu->queue[prio].qpage);
        }
    }
    if (vcpu->vp_ipi.hw_irq) {
        p9x_host_esb_set(vcpu->kvm->host, &vcpu->vp_ipi, P9X_PQ_01);
        P9X_OPAL_RETRY(rc, p9x_opal_free_irq(vcpu->kvm->host,
                                             vcpu->vp_ipi.hw_irq));
        vcpu->vp_ipi.hw_irq = 0;
    }
}

static int connect_vcpu(P9xKvmVcpu *vcpu)
{
    int rc = setup_vp_ipi(vcpu);

    for (uint8_t prio = 0; prio < P9X_NR_PRIOS && !rc; prio++) {
        if (vcpu->kvm->qmap >> prio & 1) {
            rc = p9x_xics_provision_vcpu(vcpu, prio);
        } else {
            rc = set_queue(vcpu, prio, 0);
            vcpu->queue[prio].configured = true;
        }
    }
    if (rc) {
        disconnect_vcpu(vcpu);
        return rc;
    }
    p9x_host_esb_set(vcpu->kvm->host, &vcpu->vp_ipi, P9X_PQ_00);
    return 0;
}

int p9x_xics_retarget(P9xKvm *kvm, P9xKvmIrq *irq, uint32_t server,
                      uint8_t prio)
{
    int rc;

    p9x_assert_held(&p9x_kvm_block(kvm, irq->number)->lock);
    rc = p9x_kvm_pick_target(kvm, irq, &server, prio);
    if (rc) {
        return rc;
    }
    irq->act_priority = prio;
    irq->act_server = server;
    return p9x_kvm_route(kvm, p9x_kvm_live(irq), server, prio,
                         irq->number) ? -ENXIO : 0;
}

/* Source words: set. */

typedef struct Word {
    uint32_t server;
    uint8_t prio;
    bool level, masked, pending, presented, queued;
} Word;

static Word parse_word(uint64_t value)
{
    return (Word) {
        .server = (uint32_t)value,
        .prio = (uint8_t)(value >> P9X_KVM_XICS_PRIO_SHIFT),
        .level = value & P9X_KVM_XICS_LEVEL,
        .masked = value & P9X_KVM_XICS_MASKED,
        .pending = value & P9X_KVM_XICS_PENDING,
        .presented = value & P9X_KVM_XICS_PRESENTED,
        .queued = value & P9X_KVM_XICS_QUEUED
    };
}

/* A restored vCPU was presenting a source that did not exist yet. */
static bool take_delayed(P9xKvm *kvm, uint32_t girq)
{
    for (unsigned i = 0; kvm->delayed_irqs && i < kvm->nr_vcpus; i++) {
        if (kvm->vcpu[i]->delayed_irq == girq) {
            kvm->vcpu[i]->delayed_irq = 0;
            kvm->delayed_irqs--;
            return true;
        }
    }
    return false;
}

static void apply_word(P9xKvm *kvm, P9xKvmBlock *block, P9xKvmIrq *irq,
                       const Word *w)
{
    uint8_t prio = p9x_kvm_prio_from_guest(w->prio);

    p9x_kvm_drop_target(kvm, irq);
    irq->guest_priority = 0;
    p9x_kvm_lock_and_mask(kvm, block, irq);
    irq->act_priority = P9X_PRIO_MASKED;
    if (prio != P9X_PRIO_MASKED && !p9x_xics_provision(kvm, prio)) {
        /* After a failure the source is mute, and the guest isn't told. */
        p9x_xics_retarget(kvm, irq, w->server, prio);
    }
    irq->lsi = w->level;
    irq->asserted = w->level && w->pending;
    irq->old_p = w->presented && !w->pending;
    irq->old_q = w->queued || w->pending;
    irq->saved_priority = w->prio;
    if (!w->masked) {
        p9x_kvm_finish_unmask(kvm, irq, w->prio);
    }
    p9x_kvm_make_valid(kvm, irq);
    p9x_unlock(&block->lock);
}

static void set_word(P9xKvm *kvm, P9xKvmBlock *block, P9xKvmIrq *irq,
                     uint64_t value)
{
    Word w = parse_word(value);

    w.pending |= take_delayed(kvm, irq->number);
    apply_word(kvm, block, irq, &w);
}

static bool has_attr(unsigned group, uint64_t attr)
{
    if (group == P9X_KVM_XICS_GRP_SOURCES) {
        return attr >= P9X_KVM_XICS_FIRST_IRQ && attr < P9X_KVM_NR_IRQS;
    }
    return group == P9X_KVM_XICS_GRP_CTRL && attr == P9X_KVM_XICS_NR_SERVERS;
}

static int set_source(P9xKvm *kvm, uint64_t girq, const void *addr)
{
    return has_attr(P9X_KVM_XICS_GRP_SOURCES, girq) ?
           p9x_kvm_set_source(kvm, (uint32_t)girq, addr, -ENOMEM, set_word) :
           -ENOENT;
}

/* Source words: get. */

static void scan_mask(P9xKvm *kvm, P9xKvmBlock *block, P9xKvmIrq *irq,
                      void *opaque)
{
    (void)opaque;

    irq->saved_scan_prio = p9x_kvm_lock_and_mask(kvm, block, irq);
    irq->saved_p = irq->old_p;
    irq->saved_q = irq->old_q;
    if (irq->saved_scan_prio == P9X_PRIO_MASKED &&
        !p9x_quirk(kvm, P9X_QUIRK_L20)) {
        /* Masked since long: what has come meanwhile is in Q only. */
        irq->saved_q |= p9x_host_esb_get(kvm->host, p9x_kvm_live(irq)) &
                        P9X_ESB_Q;
    }
    irq->in_queue = false;
    p9x_unlock(&block->lock);
}

static void scan_unmask(P9xKvm *kvm, P9xKvmBlock *block, P9xKvmIrq *irq,
                        void *opaque)
{
    (void)opaque;

    if (irq->saved_scan_prio == P9X_PRIO_MASKED) {
        return;
    }
    p9x_lock(&block->lock);
    p9x_kvm_finish_unmask(kvm, irq, irq->saved_scan_prio);
    p9x_unlock(&block->lock);
}

static void scan_queue(P9xKvm *kvm, const P9xKvmQueue *q)
{
    XicsCursor at = p9x_xics_cursor(q);
    uint32_t entry;

    while ((entry = p9x_xics_next_entry(kvm, q, &at))) {
        P9xKvmBlock *block = p9x_kvm_block(kvm, entry);

        if (entry > P9X_KVM_XICS_IPI && block) {
            p9x_kvm_irq(block, entry)->in_queue = true;
        }
    }
}

static void take_picture(P9xKvm *kvm)
{
    p9x_kvm_each_irq(kvm, scan_mask, NULL);
    for (unsigned i = 0; i < kvm->nr_vcpus; i++) {
        for (unsigned prio = 0; prio < P9X_NR_PRIOS; prio++) {
            scan_queue(kvm, &kvm->vcpu[i]->queue[prio]);
        }
    }
    p9x_kvm_each_irq(kvm, scan_unmask, NULL);
}

static uint64_t make_word(const P9xKvmIrq *irq)
{
    uint8_t prio = irq->saved_scan_prio;
    uint64_t w = irq->act_server;

    if (prio == P9X_PRIO_MASKED) {
        w |= P9X_KVM_XICS_MASKED;
        prio = irq->saved_priority;
    }
    w |= (uint64_t)prio << P9X_KVM_XICS_PRIO_SHIFT;
    if (irq->lsi) {
        return w | P9X_KVM_XICS_LEVEL |
               (irq->saved_p ? P9X_KVM_XICS_PENDING : 0);
    }
    if (irq->saved_p) {
        w |= P9X_KVM_XICS_PRESENTED;
    }
    if (irq->saved_q) {
        w |= P9X_KVM_XICS_QUEUED;
    }
    if (irq->in_queue || (prio == P9X_PRIO_MASKED && irq->saved_q)) {
        w |= P9X_KVM_XICS_PENDING;
    }
    return w;
}

static int get_source(P9xKvm *kvm, uint64_t girq, void *addr)
{
    P9xKvmBlock *block = p9x_kvm_block(kvm, p9x_girq(girq));
    P9xKvmIrq *irq = block ? p9x_kvm_irq(block, (uint32_t)girq) : NULL;
    uint64_t value;

    if (!irq || !irq->valid) {
        return -ENOENT;
    }
    p9x_lock(&kvm->lock);
    if (!kvm->saved_src_count) {
        take_picture(kvm);
    }
    if (++kvm->saved_src_count == kvm->src_count) {
        kvm->saved_src_count = 0;
    }
    value = make_word(irq);
    p9x_unlock(&kvm->lock);
    if (!addr) {
        return -EFAULT;
    }
    memcpy(addr, &value, sizeof(value));
    return 0;
}

static int set_attr(P9xKvm *kvm, unsigned group, uint64_t attr,
                    const void *addr)
{
    if (group == P9X_KVM_XICS_GRP_SOURCES) {
        return set_source(kvm, attr, addr);
    }
    if (group == P9X_KVM_XICS_GRP_CTRL && attr == P9X_KVM_XICS_NR_SERVERS) {
        return p9x_kvm_set_nr_servers(kvm, addr);
    }
    return -ENXIO;
}

static int get_attr(P9xKvm *kvm, unsigned group, uint64_t attr, void *addr)
{
    return group == P9X_KVM_XICS_GRP_SOURCES ? get_source(kvm, attr, addr) :
                                               -ENXIO;
}

/* In what it differs. */

static uint32_t event_data(const P9xKvm *kvm, const P9xKvmIrq *irq)
{
    (void)kvm;
    return irq->number;
}

/* Entries of it may be queued still; see the scan in xics_hcall.c. */
static void leave_queue(const P9xKvm *kvm, P9xKvmQueue *q)
{
    (void)kvm;
    atomic_fetch_add(&q->pending_count, 1);
}

/* The host gets what the guest has not finished, by an EOI that resends. */
static P9xPq release_6_1(P9xKvm *kvm, P9xKvmIrq *irq, uint8_t prio)
{
    if (irq->old_p) {
        p9x_host_esb_set(kvm->host, p9x_kvm_live(irq), P9X_PQ_11);
    }
    return prio == P9X_PRIO_MASKED || irq->old_p ? P9X_PQ_10 : P9X_PQ_00;
}

static void print_vcpu(const P9xKvmVcpu *vcpu, GString *out)
{
    g_string_append_printf(out, "VCPU %u: VP:%#x/%02x\n"
                           "    CPPR:%#x HWCPPR:%#x MFRR:%#x PEND:%#x "
                           "h_xirr: R=0 V=%llu\n", vcpu->server, vcpu->vp, 0,
                           vcpu->cppr, vcpu->hw_cppr, vcpu->mfrr,
                           vcpu->pending,
                           (unsigned long long)
                           vcpu->hcalls[P9X_XICS_XIRR]);
}

/* R counted what real mode did, before the hypervisor lost that. */
static void print_totals(const P9xKvm *kvm, GString *out)
{
    static const char *const name[] = {
        [P9X_XICS_XIRR] = "H_XIRR", [P9X_XICS_IPOLL] = "H_IPOLL",
        [P9X_XICS_CPPR] = "H_CPPR", [P9X_XICS_EOI] = "H_EOI",
        [P9X_XICS_IPI] = "H_IPI"
    };

    g_string_append(out, "Hcalls totals\n");
    for (unsigned i = 0; i < G_N_ELEMENTS(name); i++) {
        unsigned long long total = 0;

        for (unsigned n = 0; n < kvm->nr_vcpus; n++) {
            total += kvm->vcpu[n]->hcalls[i];
        }
        g_string_append_printf(out, " %-7s R=%10u V=%10llu\n", name[i], 0u,
                               total);
    }
}

const P9xKvmDeviceOps p9x_xics_ops = {
    .has_pages = false,
    .map_quirk = P9X_QUIRK_L18,
    .failed_unmap_6_1_keeps_pt = false,
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
