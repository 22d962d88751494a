/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The state of a guest on KVM's XICS device, in a stream.
 *
 * The stream has that of QEMU's own XICS, whether or not it is at work.  So a
 * guest's state goes from the device into QEMU's sources (ICS) and presenters
 * (ICP) before these are saved, and from there into the device when they are
 * loaded.
 *
 * The device shows what is in its queues, which are the host's memory, as
 * pending, and sends it again.  A picture of all sources ends when each of them
 * has been read; a number that was freed is still one of them.
 *
 * No vCPU runs meanwhile, and the device has locks for its sources.  So it is
 * only where a presenter changes that calls are closed (p9xive_kvm_set_icp).
 */
#include "qemu/osdep.h"
#include "hw/ppc/spapr_cpu_core.h"
#include "hw/ppc/xics_spapr.h"
#include "migration/misc.h"
#include "qemu/bitmap.h"
#include "qemu/error-report.h"

#include "../spapr/spapr_xive_internal.h"
#include "xive_kvm_internal.h"

enum { PENDING = XICS_STATUS_MASKED_PENDING | XICS_STATUS_REJECTED };

static ICSIRQState *source_of(P9xiveKvm *k, uint32_t irq)
{
    return &k->spapr->ics->irqs[irq - k->spapr->ics->offset];
}

/* A bit of a word and those of QEMU's that mean the same. */
typedef struct Meaning {
    uint64_t word;
    uint8_t status;
} Meaning;

static const Meaning meanings[] = {
    { P9X_KVM_XICS_PENDING, PENDING },
    { P9X_KVM_XICS_PRESENTED, XICS_STATUS_PRESENTED },
    { P9X_KVM_XICS_QUEUED, XICS_STATUS_QUEUED },
};

/* The device's word of an LSI tells of P; its level is known here. */
static uint8_t status_of(P9xiveKvm *k, uint32_t irq, uint64_t word)
{
    uint8_t status = 0;

    if (test_bit(irq, k->lsi)) {
        return test_bit(irq, k->level) ? XICS_STATUS_ASSERTED : 0;
    }
    for (size_t i = 0; i < ARRAY_SIZE(meanings); i++) {
        status |= word & meanings[i].word ? meanings[i].status : 0;
    }
    return status;
}

static void save_source(P9xiveKvm *k, uint32_t irq)
{
    uint64_t word;
    ICSIRQState *source;

    if (k->port.get_attr(k->port.opaque, P9X_KVM_XICS_GRP_SOURCES, irq,
                         &word) ||
        !test_bit(irq, k->claimed)) {
        return;
    }
    source = source_of(k, irq);
    source->server = (uint32_t)word;
    source->saved_priority = (uint8_t)(word >> P9X_KVM_XICS_PRIO_SHIFT);
    source->priority =
        word & P9X_KVM_XICS_MASKED ? P9X_PRIO_MASKED : source->saved_priority;
    source->status = status_of(k, irq, word);
}

static void save_vcpu(P9xiveKvmVcpu *vcpu)
{
    ICPState *icp = spapr_cpu_state(vcpu->line_cpu)->icp;
    uint64_t value;

    if (p9x_xics_get_icp(&vcpu->kvm, &value)) {
        return;
    }
    icp->xirr = (uint32_t)(value >> P9X_KVM_ICP_XISR_SHIFT);
    icp->mfrr = (uint8_t)(value >> P9X_KVM_ICP_MFRR_SHIFT);
    icp->pending_priority = (uint8_t)(value >> P9X_KVM_ICP_PPRI_SHIFT);
}

static void save(P9xiveKvm *k)
{
    p9xive_kvm_enter();
    for (uint32_t irq = 0; irq < k->nr_irqs; irq++) {
        save_source(k, irq);
    }
    for (uint32_t server = 0; server < k->nr_servers; server++) {
        if (k->vcpu[server]) {
            save_vcpu(k->vcpu[server]);
        }
    }
    p9xive_kvm_leave();
}

static int memory_is_saved(NotifierWithReturn *notifier, void *data,
                           Error **errp)
{
    P9xiveKvm *k = container_of(notifier, P9xiveKvm, memory_notifier);

    if (spapr_xive_is_last_look(data) && p9x_vm_device(&k->vm) &&
        k->mode == P9X_KVM_XICS) {
        save(k);
    }
    return 0;
}

static uint64_t word_of(P9xiveKvm *k, uint32_t irq)
{
    const ICSIRQState *source = source_of(k, irq);
    uint64_t word = source->server | (uint64_t)source->saved_priority
                                         << P9X_KVM_XICS_PRIO_SHIFT;

    if (source->priority == P9X_PRIO_MASKED) {
        word |= P9X_KVM_XICS_MASKED;
    }
    if (test_bit(irq, k->lsi)) {
        return word | P9X_KVM_XICS_LEVEL |
               (test_bit(irq, k->level) ? P9X_KVM_XICS_PENDING : 0);
    }
    for (size_t i = 0; i < ARRAY_SIZE(meanings); i++) {
        word |= source->status & meanings[i].status ? meanings[i].word : 0;
    }
    return word;
}

static void learn_level(P9xiveKvm *k, uint32_t irq)
{
    bool up = source_of(k, irq)->status & XICS_STATUS_ASSERTED;

    (up ? set_bit : clear_bit)(irq, k->level);
    if (k->spapr->xive) {
        p9x_spapr_set_irq(&k->spapr->xive->core, irq, up);
    }
}

static int restore_source(P9xiveKvm *k, uint32_t irq)
{
    uint64_t word;

    if (test_bit(irq, k->lsi)) {
        learn_level(k, irq);
    }
    word = word_of(k, irq);
    return k->port.set_attr(k->port.opaque, P9X_KVM_XICS_GRP_SOURCES, irq,
                            &word);
}

static int restore_vcpu(P9xiveKvmVcpu *vcpu)
{
    const ICPState *icp = spapr_cpu_state(vcpu->line_cpu)->icp;

    return p9xive_kvm_set_icp(
        vcpu, (uint64_t)icp->xirr << P9X_KVM_ICP_XISR_SHIFT |
                  (uint64_t)icp->mfrr << P9X_KVM_ICP_MFRR_SHIFT |
                  (uint64_t)icp->pending_priority << P9X_KVM_ICP_PPRI_SHIFT);
}

static int restore_sources(P9xiveKvm *k)
{
    int rc = 0;
    unsigned long irq;

    p9xive_kvm_enter();
    for (irq = find_first_bit(k->claimed, k->nr_irqs); irq < k->nr_irqs && !rc;
         irq = find_next_bit(k->claimed, k->nr_irqs, irq + 1)) {
        rc = restore_source(k, irq);
    }
    p9xive_kvm_leave();
    return rc;
}

int p9xive_kvm_restore_xics(P9xiveKvm *k)
{
    int rc = 0;

    /* vCPUs first: a source that one was presenting is sent again. */
    for (uint32_t server = 0; server < k->nr_servers && !rc; server++) {
        rc = k->vcpu[server] ? restore_vcpu(k->vcpu[server]) : 0;
    }
    if (!rc) {
        rc = restore_sources(k);
    }
    if (rc) {
        error_report("p9xive-kvm: KVM's XICS device refuses what was loaded: "
                     "%s",
                     strerror(-rc));
        return -EINVAL;
    }
    return 0;
}

void p9xive_kvm_xics_state_init(P9xiveKvm *k)
{
    k->memory_notifier.notify = memory_is_saved;
    precopy_add_notifier(&k->memory_notifier);
}
