/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A KVM device as its files see it: its kind, quirks, points of interest. */
#ifndef P9X_KVM_DEVICE_H
#define P9X_KVM_DEVICE_H

#include "xive/kvm/kvm.h"
#include "xive/recorder.h"

/* In what a kind of device differs from the other: native.c, xics.c. */
struct P9xKvmDeviceOps {
    /*
     * Its guest works on pages: the device can be mmapped, a switch zaps, a
     * vCPU has the register VP_STATE.  Otherwise its guest calls: hypervisor
     * calls and RTAS, a vCPU has the register ICP_STATE, a number that is
     * masked keeps in P9xKvmIrq what is due when it is unmasked.
     */
    bool has_pages;
    /* The mistake of Linux 6.1 that makes a map lose the IPI's state. */
    unsigned map_quirk;
    /* With P9X_QUIRK_L6, an unmap that fails has not touched the PT. */
    bool failed_unmap_6_1_keeps_pt;

    /* Attributes; see kvm_abi.h. */
    bool (*has_attr)(unsigned group, uint64_t attr);
    int (*set_attr)(P9xKvm *kvm, unsigned group, uint64_t attr,
                    const void *addr);
    int (*get_attr)(P9xKvm *kvm, unsigned group, uint64_t attr, void *addr);

    /* What a vCPU has beside its VP.  0 or errno; P9xKvm.lock held. */
    int (*connect)(P9xKvmVcpu *vcpu);
    void (*disconnect)(P9xKvmVcpu *vcpu);

    /* Event data that @irq is to bring. */
    uint32_t (*data)(const P9xKvm *kvm, const P9xKvmIrq *irq);
    /* A source that was targeted at @q no longer is. */
    void (*leave)(const P9xKvm *kvm, P9xKvmQueue *q);
    /* P9X_QUIRK_L6: what an unmap does to the PT; the IPI's new state. */
    P9xPq (*release_6_1)(P9xKvm *kvm, P9xKvmIrq *irq, uint8_t prio);

    /* The table in debugfs. */
    void (*print_vcpu)(const P9xKvmVcpu *vcpu, GString *out);
    void (*print_totals)(const P9xKvm *kvm, GString *out);
};

static inline bool p9x_quirk(const P9xKvm *kvm, unsigned quirk)
{
    return kvm->quirks & quirk;
}

static inline bool p9x_planted(const P9xKvm *kvm, unsigned bug)
{
    return kvm->host->plants.bugs & bug;
}

/* A point that only a test wants to know of. */
static inline void p9x_kvm_hook(P9xKvm *kvm, const char *point, uint32_t girq)
{
    const P9xKvmPlants *plants = &kvm->host->plants;

    if (plants->hook) {
        plants->hook(plants->hook_opaque, point, girq);
    }
}

/* A step of the flight recorder. */
static inline void p9x_kvm_note(const P9xKvm *kvm, P9xStep step, uint32_t a,
                                uint32_t b, uint32_t c)
{
    p9x_note(step, kvm->host->ipi.config.origin, a, b, c);
}

/* A point of P9xKvmPorts.step. */
static inline void p9x_kvm_step(P9xKvm *kvm, const char *point, uint32_t girq)
{
    if (kvm->ports->step) {
        kvm->ports->step(kvm->ports->host, point, girq);
    }
    p9x_kvm_hook(kvm, point, girq);
}

/* An attribute's number, as one that is out of range if it is. */
static inline uint32_t p9x_girq(uint64_t attr)
{
    return attr < P9X_KVM_NR_IRQS ? (uint32_t)attr : P9X_KVM_NR_IRQS;
}

#endif
