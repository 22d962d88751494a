/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which device has which interrupt number, for the flight recorder's files:
 * people know names of devices, and records have numbers.
 */
#include "qemu/osdep.h"
#include "hw/pci-host/spapr.h"
#include "hw/pci/pci.h"
#include "hw/pci/pci_bus.h"
#include "hw/ppc/spapr.h"
#include "hw/ppc/spapr_vio.h"
#include "xive/recorder.h"
#include "xive/state.h"

#include "spapr_xive_internal.h"

typedef struct List {
    GString *out;
    SpaprPhbState *phb;         /* whose devices are being listed */
} List;

/* What JSON would not take as it is becomes a question mark. */
static void add(List *list, const char *name, uint32_t first, uint32_t count)
{
    p9x_state_separate(list->out);
    g_string_append(list->out, "{\"name\": \"");
    for (const char *c = name; *c; c++) {
        g_string_append_c(list->out, g_ascii_isprint(*c) && *c != '"' &&
                          *c != '\\' ? *c : '?');
    }
    g_string_append_printf(list->out, "\", \"source\": %u, \"count\": %u}",
                           first, count);
}

/* The name that the user has given, or that of the kind. */
static const char *name_of(DeviceState *dev)
{
    return dev->id ?: object_get_typename(OBJECT(dev));
}

/* The guest asked for its messages by the place on the bus. */
static void add_pci(PCIBus *bus, PCIDevice *pci, void *opaque)
{
    List *list = opaque;
    uint32_t place = pci_bus_num(bus) << 16 | pci->devfn << 8;
    const SpaprPciMsi *msi = g_hash_table_lookup(list->phb->msi, &place);

    if (msi) {
        add(list, name_of(DEVICE(pci)), msi->first_irq, msi->num);
    }
}

static void add_bus(PCIBus *bus, void *opaque)
{
    pci_for_each_device_under_bus(bus, add_pci, opaque);
}

/* Devices share the four lines, so these have the bridge's name. */
static void add_lines(List *list)
{
    for (int pin = 0; pin < PCI_NUM_PINS; pin++) {
        g_autofree char *name = g_strdup_printf(
            "%s INT%c", list->phb->dtbusname, 'A' + pin);

        add(list, name, list->phb->lsi_table[pin].irq, 1);
    }
}

static void add_vio(List *list, BusState *bus)
{
    BusChild *child;

    QTAILQ_FOREACH(child, &bus->children, sibling) {
        SpaprVioDevice *vio = VIO_SPAPR_DEVICE(child->child);

        if (vio->irq) {
            add(list, name_of(child->child), vio->irq, 1);
        }
    }
}

static void describe_devices(void *opaque, GString *out)
{
    SpaprMachineState *spapr = opaque;
    List list = { .out = out };

    g_string_append(out, "{\"is\": \"devices\", \"devices\": [");
    add(&list, "epow", SPAPR_IRQ_EPOW, 1);
    add(&list, "hotplug", SPAPR_IRQ_HOTPLUG, 1);
    if (spapr->vio_bus) {
        add_vio(&list, BUS(spapr->vio_bus));
    }
    QLIST_FOREACH(list.phb, &spapr->phbs, list) {
        add_lines(&list);
        pci_for_each_bus(PCI_HOST_BRIDGE(list.phb)->bus, add_bus, &list);
    }
    g_string_append(out, "]}");
}

void spapr_xive_describe_devices(SpaprXive *xive)
{
    p9x_recorder_describe(describe_devices, xive->spapr);
}
