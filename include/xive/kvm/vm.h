/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a VM adds: one interrupt device at a time, eventfds, irqbypass.
 *
 * VFIO offers each MSI vector as a producer, KVM each irqfd as a consumer;
 * where both hold the same token (an eventfd) they are joined, in whichever
 * order they come, and the vector's HW interrupt is mapped to the irqfd's
 * number.  When either leaves they are parted.  LSIs have no producer.
 *
 * Facts: Linux virt/lib/irqbypass.c, virt/kvm/eventfd.c,
 * arch/powerpc/kvm/book3s_hv.c (kvmppc_set_passthru_irq).
 */
#ifndef P9X_VM_H
#define P9X_VM_H

#include "xive/kvm/kvm.h"

enum { P9X_VM_MAX_PASSTHRU = 1024 };

typedef struct P9xPassthru {
    uint32_t girq;
    P9xHostIrq *irq;            /* NULL: the entry can be used again */
} P9xPassthru;

typedef struct P9xVmConsumer {
    const void *token;
    uint32_t girq;
    P9xHostIrq *producer;       /* joined with, or NULL */
} P9xVmConsumer;

typedef struct P9xVmProducer {
    const void *token;
    P9xHostIrq *irq;
    bool joined;
} P9xVmProducer;

/*
 * Any thread may call; releasing the device wants that no signal is under way.
 * The two locks: lock serialises switches and may wait for handlers of host
 * interrupts; those call signal, which takes list_lock only.
 */
typedef struct P9xVm {
    P9xKvm *device;
    P9xLock lock;
    P9xLock list_lock;           /* the arrays, inside lock */
    bool bypass;                /* module parameter kvm_irq_bypass */
    bool mapped_once;           /* the table below exists */
    unsigned nr_passthru;
    P9xPassthru passthru[P9X_VM_MAX_PASSTHRU];
    GPtrArray *consumers;       /* P9xVmConsumer */
    GPtrArray *producers;       /* P9xVmProducer */
} P9xVm;

void p9x_vm_init(P9xVm *vm);
void p9x_vm_destroy(P9xVm *vm);

/* The kernel's parameter kvm_irq_bypass, on at first.  Before any producer. */
void p9x_vm_set_bypass(P9xVm *vm, bool on);

/*
 * Its device, or NULL.  The caller keeps creating and releasing one away for as
 * long as it uses the device.
 */
static inline P9xKvm *p9x_vm_device(const P9xVm *vm)
{
    return vm->device;
}

/* -EEXIST: there is a device already. */
int p9x_vm_create_device(P9xVm *vm, P9xHost *host, P9xKvmType type,
                         const P9xKvmPorts *ports, unsigned quirks);
void p9x_vm_release_device(P9xVm *vm);

/* KVM_IRQFD.  -EAGAIN: no device; -EBUSY: @token is in use. */
int p9x_vm_irqfd(P9xVm *vm, const void *token, uint32_t girq);
/* 0, or what clr_passthru said: then it stays and may be tried again. */
int p9x_vm_irqfd_deassign(P9xVm *vm, const void *token);
/* The eventfd fires. */
void p9x_vm_signal(P9xVm *vm, const void *token);

/*
 * -EBUSY: @token has a producer.  @irq stays with the VM until del returns 0;
 * del fails with what clr_passthru said, and may be tried again.
 */
int p9x_vm_add_producer(P9xVm *vm, const void *token, P9xHostIrq *irq);
int p9x_vm_del_producer(P9xVm *vm, const void *token);

/*
 * Mapping by number.  1: bypass is off; -EIO: no @irq; -ENOENT: @irq is not a
 * bridge's MSI; -EINVAL: @girq is mapped already; -EAGAIN: 1024 numbers are.
 * A failure of the device is reported as 0, as the kernel does; the entry is
 * left empty and the irqfd goes on working.
 *
 * Clearing: 0 if bypass is off or nothing was ever mapped; -EIO; -ENODEV: not
 * mapped; else what the device says.  Where Linux forgets the entry whatever
 * that is, here it stays if the host could not take @irq back.
 */
int p9x_vm_set_passthru(P9xVm *vm, P9xHostIrq *irq, uint32_t girq);
int p9x_vm_clr_passthru(P9xVm *vm, P9xHostIrq *irq, uint32_t girq);

#endif
