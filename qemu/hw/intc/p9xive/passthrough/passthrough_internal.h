/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "p9xive-passthrough": an emulated PCI device as VFIO would have it.
 *
 * On a POWER9 server the messages of a passed-through device reach a PHB4,
 * which turns each into one of its own interrupts; the host has requested that
 * for VFIO, and KVM has joined it with the guest's number.  Here the same is
 * done for a device that QEMU emulates:
 *
 *   device ──MSI──► trigger() ──► P9xPhb4Source ──► P9xHost ──► guest (PT)
 *                      │                              └─► handler: eventfd
 *                      └─ not bound: QEMU's own way ─► qemu_irq ─► guest (IPI)
 *
 * A vector is bound from when the guest may use it (MSI-X: enabled and not
 * masked; MSI: enabled) until it may not: then it has a number of the bridge,
 * which the host has requested and the VM knows by a token, the vector itself.
 * In between the VM decides whether the guest has it (P9xVm).  Binding does in
 * this order, releasing in the opposite one:
 *
 *   request the bridge's interrupt    its events are signals of the token
 *   irqfd                             a signal is an event of the guest's IPI
 *   by_lisn                           messages enter the bridge
 *   producer                          the VM maps it: IPI to PT
 *
 * so that whenever a message comes, the way that it takes is open to the end.
 *
 * One file per reason to change:
 *
 *   passthrough.c         the device, p9xive-kvm's calls
 *   passthrough_pci.c     what is hooked into the PCI device
 *   passthrough_vector.c  one vector
 *   passthrough_monitor.c what people see of them
 *
 * Everything is called under the BQL but for trigger(), which any thread may
 * call.  It looks at the device and by_lisn inside a gate that is drained
 * before either goes; if it finds no way into the bridge it takes the BQL and
 * looks again, since while it was outside the vector could have been bound, and
 * an event that goes the other way then is dropped, as KVM drops it.
 */
#ifndef P9XIVE_PASSTHROUGH_INTERNAL_H
#define P9XIVE_PASSTHROUGH_INTERNAL_H

#include "hw/pci/msi.h"
#include "hw/pci/pci_device.h"

#include "../kvm/xive_kvm_internal.h"

#define TYPE_P9XIVE_PASSTHROUGH "p9xive-passthrough"
OBJECT_DECLARE_SIMPLE_TYPE(P9xivePassthrough, P9XIVE_PASSTHROUGH)

typedef struct P9xiveVector {
    P9xivePassthrough *pt;
    unsigned number;            /* as the device counts */
    bool bound;
    /* While bound. */
    uint32_t lisn;
    uint32_t srcno;             /* of the bridge */
    P9xMsi msg;                 /* the bridge's */
    P9xHostIrq irq;
    /* Since the device was attached; by_host without what irq has counted. */
    P9xiveAccount account;
} P9xiveVector;

struct P9xivePassthrough {
    DeviceState parent_obj;

    char *device;               /* property: id of the PCI device */
    P9xiveKvm *kvm;
    Error *blocker;             /* of migration, while attached */
    PCIDevice *pci;             /* NULL: gone, or not attached */
    unsigned pe;
    unsigned nr_vectors;
    P9xiveVector *vector;
    uint64_t unbound;           /* messages that went QEMU's own way */
    P9xiveAccount past;         /* of vectors that are no more: it is gone */
    /* The PCI device's own. */
    MSITriggerFunc *trigger;
    PCIConfigWriteFunc *config_write;
    QLIST_ENTRY(P9xivePassthrough) next;
};

/* passthrough_vector.c */
bool p9xive_vectors_init(P9xivePassthrough *pt, Error **errp);
void p9xive_vectors_free(P9xivePassthrough *pt);
/* Could the message of @lisn enter the bridge, if it were bound? */
bool p9xive_lisn_bindable(P9xiveKvm *k, uint32_t lisn);
/* @n numbers of the bridge, aligned to a power of two; -1: there are none. */
int p9xive_bridge_alloc(P9xiveKvm *k, unsigned n);
void p9xive_bridge_free(P9xiveKvm *k, uint32_t srcno);
/* @srcno comes from bridge_alloc; it is free again after release or failure. */
void p9xive_vector_bind(P9xiveVector *v, uint32_t lisn, uint32_t srcno);
void p9xive_vector_release(P9xiveVector *v);
/* False: @msg is no bound vector's.  Any thread. */
bool p9xive_send_to_bridge(PCIDevice *pci, const MSIMessage *msg);
/* Senders that looked at a device before have gone. */
void p9xive_senders_drain(void);
P9xiveAccount p9xive_vector_account(const P9xiveVector *v);
P9xiveAccount p9xive_device_account(const P9xivePassthrough *pt);
void p9xive_account_add(P9xiveAccount *sum, const P9xiveAccount *a);

/* passthrough_monitor.c: properties of TYPE_P9XIVE_PASSTHROUGH. */
void p9xive_passthrough_device_class_init(ObjectClass *klass);

/* passthrough_pci.c */
bool p9xive_pci_hook(P9xivePassthrough *pt, Error **errp);
void p9xive_pci_unhook(P9xivePassthrough *pt);
/* The PCI device has been unrealized: there is nothing left to restore. */
void p9xive_pci_forget(P9xivePassthrough *pt);
/* Binds the vectors that the guest may use now, releases the others. */
void p9xive_pci_sync(P9xivePassthrough *pt);

#endif
