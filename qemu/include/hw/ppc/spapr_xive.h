/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The pseries machine's XIVE, as the rest of QEMU sees it.
 *
 * This header takes the place of QEMU's own of the same name.  It is read by
 * everything that includes spapr.h, so it says no more than those files need;
 * the device itself is in hw/intc/p9xive/spapr/spapr_xive_internal.h.
 */
#ifndef PPC_SPAPR_XIVE_H
#define PPC_SPAPR_XIVE_H

#include "hw/ppc/spapr_irq.h"
/* Users of spapr.h count on its types of the other XIVE machines. */
#include "hw/ppc/xive.h"

#define TYPE_SPAPR_XIVE "spapr-xive"
OBJECT_DECLARE_SIMPLE_TYPE(SpaprXive, SPAPR_XIVE)

struct PCIDevice;
struct SpaprMachineState;

/* Registers the H_INT_* hypervisor calls; once a machine. */
void spapr_xive_hcall_init(struct SpaprMachineState *spapr);

/*
 * Whether all of @spapr's interrupt controllers know interrupt number @irq,
 * any int.  If not, that is a guest error (of a guest that has programmed a
 * device with a number of its own invention): it is counted, and the caller
 * drops the interrupt.
 */
bool spapr_xive_check_irq(struct SpaprMachineState *spapr, int irq);

/*
 * The number that KVM is told for a device's message with @data: the interrupt
 * number, or -EINVAL for one that is not in use, which is counted.  KVM never
 * hears of those: a host kernel can be ended by them.
 */
int spapr_xive_msi_gsi(uint32_t data);

/*
 * @pci, just plugged into a bridge of @spapr: its messages reach the controller
 * without a walk through memory regions when they can.
 */
void spapr_xive_pci_plugged(struct SpaprMachineState *spapr,
                            struct PCIDevice *pci);

/*
 * "p9xive-kvm" as one of the machine's interrupt controllers; NULL if there is
 * none.  It comes first in whatever is said to all of them.
 */
SpaprInterruptController *p9xive_kvm_intc(void);
/* The controller to make active where it would be @intc. */
SpaprInterruptController *p9xive_kvm_stand_in(SpaprInterruptController *intc);

#endif
