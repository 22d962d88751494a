/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages of emulated PCI devices.
 *
 * An MSI is a write of the device to an address of the bridge, and that is how
 * QEMU does it: through the device's address space to the bridge's MSI window,
 * from there to an interrupt line, which goes up and down again, so that the
 * controller is called twice.  All devices that send by msi_notify() or
 * msix_notify() pass PCIDevice::msi_trigger, though, and there the interrupt
 * number is at hand: it becomes one event of the source.
 *
 * The window stays for devices that write there by DMA of their own, and for
 * whatever is not a plain message to a plain source: other addresses, level
 * sources, a device that may not write, XICS or KVM in our place.
 */
#include "qemu/osdep.h"
#include "hw/pci-host/spapr.h"
#include "hw/pci/msi.h"
#include "hw/ppc/spapr.h"
#include "qemu/main-loop.h"
#include "trace/trace-hw_intc.h"
#include "trace/trace-hw_ppc.h"

#include "../common/adapter.h"
#include "spapr_xive_internal.h"

/* QEMU's own; the same for all devices. */
static MSITriggerFunc *common_trigger;
static SpaprMachineState *machine;

static bool is_active(const SpaprXive *xive)
{
    return xive && (void *)machine->active_intc == (void *)xive;
}

static void direct_trigger(PCIDevice *pci, MSIMessage msg)
{
    SpaprXive *xive = machine->xive;
    uint32_t lisn = msg.data;

    BQL_LOCK_GUARD();

    if (!is_active(xive) || msg.address != SPAPR_PCI_MSI_WINDOW ||
        !p9xive_may_write(pci) ||
        p9x_source_is_lsi(p9x_spapr_source(&xive->core), lisn)) {
        common_trigger(pci, msg);
        return;
    }
    trace_spapr_pci_msi_write(msg.address, msg.data, lisn);
    if (spapr_xive_check_irq(machine, lisn)) {
        trace_spapr_xive_set_irq(lisn, true);
        p9x_spapr_set_irq(&xive->core, lisn, true);
    }
}

void spapr_xive_pci_plugged(SpaprMachineState *spapr, PCIDevice *pci)
{
    /* Another part of QEMU has it, as vfio-user may: leave it alone. */
    if (common_trigger && pci->msi_trigger != common_trigger) {
        return;
    }
    machine = spapr;
    common_trigger = pci->msi_trigger;
    pci->msi_trigger = direct_trigger;
}
