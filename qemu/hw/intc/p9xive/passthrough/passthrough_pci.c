/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is hooked into the PCI device.
 *
 * Three things tell which vectors the guest may use, and no single one of them
 * sees all:
 *
 *   MSI-X notifiers   each mask bit that changes, also by the device's reset
 *   config writes     enable bits; disabling MSI-X calls no notifier
 *   a stray message   firmware (RTAS) writes messages and clears mask bits
 *                     without a notifier's call
 *
 * So the last two compare all of the device's vectors with what is bound.
 * INTx is left alone: it has no message and stays on the IPI, as with KVM.
 */
#include "qemu/osdep.h"
#include "hw/pci-host/spapr.h"
#include "hw/pci/msi.h"
#include "hw/pci/msix.h"
#include "hw/pci/pci.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"

#include "passthrough_internal.h"

/* Messages. */

/* The message is no bound vector's.  True: now it is. */
static bool catch_up(P9xivePassthrough *pt, const MSIMessage *msg)
{
    if (msg->address != SPAPR_PCI_MSI_WINDOW ||
        !p9xive_lisn_bindable(pt->kvm, msg->data)) {
        return false;
    }
    p9xive_pci_sync(pt);
    return true;
}

static void trigger(PCIDevice *pci, MSIMessage msg)
{
    P9xivePassthrough *pt;

    if (p9xive_send_to_bridge(pci, &msg)) {
        return;
    }
    BQL_LOCK_GUARD();
    if (p9xive_send_to_bridge(pci, &msg)) {
        return;
    }
    pt = pci->irq_opaque;
    if (!pt) {
        /* It was detached as we came. */
        pci->msi_trigger(pci, msg);
        return;
    }
    if (!catch_up(pt, &msg) || !p9xive_send_to_bridge(pci, &msg)) {
        pt->unbound++;
        pt->trigger(pci, msg);
    }
}

/* Vectors. */

static void use_vector(P9xiveVector *v, const MSIMessage *msg)
{
    P9xiveKvm *k = v->pt->kvm;
    int srcno;

    if (v->bound && msg->address == SPAPR_PCI_MSI_WINDOW &&
        v->lisn == msg->data) {
        return;
    }
    p9xive_vector_release(v);
    if (msg->address != SPAPR_PCI_MSI_WINDOW ||
        !p9xive_lisn_bindable(k, msg->data)) {
        return;
    }
    srcno = p9xive_bridge_alloc(k, 1);
    if (srcno >= 0) {
        p9xive_vector_bind(v, msg->data, srcno);
    }
}

static int msix_use(PCIDevice *pci, unsigned vector, MSIMessage msg)
{
    P9xivePassthrough *pt = pci->irq_opaque;

    use_vector(&pt->vector[vector], &msg);
    /* A vector that can't be bound works as before. */
    return 0;
}

static void msix_release(PCIDevice *pci, unsigned vector)
{
    P9xivePassthrough *pt = pci->irq_opaque;

    p9xive_vector_release(&pt->vector[vector]);
}

static void release_all(P9xivePassthrough *pt)
{
    for (unsigned i = 0; i < pt->nr_vectors; i++) {
        p9xive_vector_release(&pt->vector[i]);
    }
}

static void sync_msix(P9xivePassthrough *pt)
{
    for (int i = 0; i < pt->pci->msix_entries_nr; i++) {
        if (msix_is_masked(pt->pci, i)) {
            p9xive_vector_release(&pt->vector[i]);
        } else {
            MSIMessage msg = msix_get_message(pt->pci, i);

            use_vector(&pt->vector[i], &msg);
        }
    }
}

/* Are the @n vectors bound, with the numbers that the guest has set? */
static bool msi_is_bound(P9xivePassthrough *pt, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        MSIMessage msg = msi_get_message(pt->pci, i);

        if (!pt->vector[i].bound || pt->vector[i].lisn != msg.data ||
            msg.address != SPAPR_PCI_MSI_WINDOW) {
            return false;
        }
    }
    return n == pt->nr_vectors || !pt->vector[n].bound;
}

/* All of them or none: the device has one message for all. */
static bool msi_is_bindable(P9xivePassthrough *pt, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        MSIMessage msg = msi_get_message(pt->pci, i);

        if (msg.address != SPAPR_PCI_MSI_WINDOW ||
            !p9xive_lisn_bindable(pt->kvm, msg.data)) {
            return false;
        }
    }
    return true;
}

static void sync_msi(P9xivePassthrough *pt)
{
    unsigned n = msi_nr_vectors_allocated(pt->pci);
    int srcno;

    if (msi_is_bound(pt, n)) {
        return;
    }
    release_all(pt);
    srcno = msi_is_bindable(pt, n) ? p9xive_bridge_alloc(pt->kvm, n) : -1;
    for (unsigned i = 0; srcno >= 0 && i < n; i++) {
        p9xive_vector_bind(&pt->vector[i], msi_get_message(pt->pci, i).data,
                           srcno + i);
    }
}

void p9xive_pci_sync(P9xivePassthrough *pt)
{
    if (pt->kvm->bus.suspended) {
        release_all(pt);
    } else if (msix_enabled(pt->pci)) {
        sync_msix(pt);
    } else if (msi_enabled(pt->pci)) {
        sync_msi(pt);
    } else {
        release_all(pt);
    }
}

static void config_write(PCIDevice *pci, uint32_t addr, uint32_t value,
                         int len)
{
    P9xivePassthrough *pt = pci->irq_opaque;

    pt->config_write(pci, addr, value, len);
    p9xive_pci_sync(pt);
}

/* Life. */

bool p9xive_pci_hook(P9xivePassthrough *pt, Error **errp)
{
    PCIDevice *pci = pt->pci;

    if (pci->msix_vector_use_notifier || pci->irq_opaque) {
        error_setg(errp, "device '%s' sees to its interrupts itself",
                   pt->device);
        return false;
    }
    pt->trigger = pci->msi_trigger;
    pt->config_write = pci->config_write;
    qatomic_store_release(&pci->irq_opaque, pt);
    pci->config_write = config_write;
    pci->msi_trigger = trigger;
    if (msix_present(pci)) {
        /* Binds what is in use; never fails, as msix_use doesn't. */
        msix_set_vector_notifiers(pci, msix_use, msix_release, NULL);
    }
    p9xive_pci_sync(pt);
    return true;
}

/* The vectors are released while the way that they leave is still looked at. */
void p9xive_pci_unhook(P9xivePassthrough *pt)
{
    PCIDevice *pci = pt->pci;

    release_all(pt);
    if (msix_present(pci)) {
        msix_unset_vector_notifiers(pci);
    }
    pci->config_write = pt->config_write;
    pci->msi_trigger = pt->trigger;
    qatomic_set(&pci->irq_opaque, NULL);
    p9xive_senders_drain();
}

void p9xive_pci_forget(P9xivePassthrough *pt)
{
    PCIDevice *pci = pt->pci;

    release_all(pt);
    pci->msix_vector_use_notifier = NULL;
    pci->msix_vector_release_notifier = NULL;
    pci->config_write = pt->config_write;
    qatomic_set(&pci->irq_opaque, NULL);
    p9xive_senders_drain();
}
