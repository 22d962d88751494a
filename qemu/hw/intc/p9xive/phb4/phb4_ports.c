/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the core's bridge asks of QEMU (xive/phb4/phb4.h): config space of the
 * devices below, the state of the slot, the way to the interrupt controller.
 */
#include "qemu/osdep.h"
#include "hw/pci/pci_bridge.h"
#include "hw/pci/pci_host.h"
#include "hw/ppc/pnv_xive9.h"
#include "qemu/log.h"
#include "qemu/p9xive-compat.h"
#include "trace/trace-hw_pci_host.h"

#include "../common/adapter.h"
#include "phb4_internal.h"

PCIHostState *pnv_phb4_host(PnvPHB4 *phb)
{
    return PCI_HOST_BRIDGE(phb->phb_base);
}

/* The bus may not be there yet: the bridge's inside is made first. */
PCIDevice *pnv_phb4_root_port(PnvPHB4 *phb)
{
    PCIBus *bus = pnv_phb4_host(phb)->bus;

    return bus ? pci_find_device(bus, 0, 0) : NULL;
}

static PCIBus *bus_below(PCIDevice *root_port)
{
    if (!object_dynamic_cast(OBJECT(root_port), TYPE_PCI_BRIDGE)) {
        return NULL;
    }
    return pci_bridge_get_sec_bus(PCI_BRIDGE(root_port));
}

/* ------------------------------------------------------- config space */

static PCIDevice *function_of(PnvPHB4 *phb, uint16_t rid)
{
    PCIBus *bus = pnv_phb4_host(phb)->bus;

    return bus ? pci_find_device(bus, PCI_BUS_NUM(rid), rid & 0xFF) : NULL;
}

static bool config_load(void *host, uint16_t rid, uint16_t offset,
                        unsigned size, uint32_t *value)
{
    PCIDevice *dev = function_of(host, rid);

    if (!dev) {
        return false;
    }
    *value = pci_host_config_read_common(dev, offset, pci_config_size(dev),
                                         size);
    return true;
}

/* Functions below a bridge get other RIDs with other bus numbers. */
static bool renumbers(PCIDevice *dev, uint16_t offset, unsigned size)
{
    return IS_PCI_BRIDGE(dev) &&
           ranges_overlap(offset, size, PCI_PRIMARY_BUS, 3);
}

static bool config_store(void *host, uint16_t rid, uint16_t offset,
                         unsigned size, uint32_t value)
{
    PCIDevice *dev = function_of(host, rid);

    if (!dev) {
        return false;
    }
    pci_host_config_write_common(dev, offset, pci_config_size(dev), value,
                                 size);
    if (renumbers(dev, offset, size)) {
        pnv_phb4_iotlb_flush(host, P9X_PHB4_ALL_PES, 0, 0);
    }
    return true;
}

/* ---------------------------------------------------------- PCI memory */

/*
 * Whether a device has something at @addr.  Where none has, the region found
 * is the one below them all.
 */
static bool claimed(PnvPHB4 *phb, uint64_t addr, bool is_write)
{
    RCU_READ_LOCK_GUARD();
    hwaddr len = 1, offset;

    return addr < memory_region_size(&phb->pci_mmio) &&
           address_space_translate(&phb->pci_as, addr, &offset, &len, is_write,
                                   MEMTXATTRS_UNSPECIFIED) != &phb->pci_mmio;
}

static bool pci_load(void *host, uint64_t addr, void *buf, unsigned size)
{
    PnvPHB4 *phb = host;

    return claimed(phb, addr, false) &&
           address_space_read(&phb->pci_as, addr, MEMTXATTRS_UNSPECIFIED,
                              buf, size) == MEMTX_OK;
}

static bool pci_store(void *host, uint64_t addr, const void *buf,
                      unsigned size)
{
    PnvPHB4 *phb = host;

    return claimed(phb, addr, true) &&
           address_space_write(&phb->pci_as, addr, MEMTXATTRS_UNSPECIFIED,
                               buf, size) == MEMTX_OK;
}

/* ------------------------------------------------------ slot and link */

static uint16_t exp_word(PCIDevice *dev, unsigned reg)
{
    return pci_get_word(dev->config + dev->exp.exp_cap + reg);
}

/* A device without a PCI Express capability is behind QEMU's simplest link. */
static void best_link(PCIDevice *dev, P9xPhb4Slot *slot)
{
    uint16_t cap = pci_is_express(dev) ? exp_word(dev, PCI_EXP_LNKCAP) : 0;

    slot->speed = MAX(cap & PCI_EXP_LNKCAP_SLS, 1);
    slot->width = MAX((cap & PCI_EXP_LNKCAP_MLW) >> 4, 1);
}

static PCIDevice *first_device(PCIBus *bus)
{
    for (size_t i = 0; i < ARRAY_SIZE(bus->devices); i++) {
        if (bus->devices[i]) {
            return bus->devices[i];
        }
    }
    return NULL;
}

static void slot(void *host, P9xPhb4Slot *state)
{
    PCIDevice *port = pnv_phb4_root_port(host);
    PCIBus *bus = port ? bus_below(port) : NULL;
    PCIDevice *dev = bus ? first_device(bus) : NULL;

    *state = (P9xPhb4Slot) { .present = dev, .speed = 1, .width = 1 };
    if (!port) {
        return;
    }
    if (dev) {
        best_link(dev, state);
    }
    if (pci_is_express(port)) {
        state->link_disabled = exp_word(port, PCI_EXP_LNKCTL) &
                               PCI_EXP_LNKCTL_LD;
    }
    state->in_reset = pci_get_word(port->config + PCI_BRIDGE_CONTROL) &
                      PCI_BRIDGE_CTL_BUS_RESET;
}

static void show_link(PCIDevice *port, const P9xPhb4Link *link)
{
    uint8_t *status = port->config + port->exp.exp_cap + PCI_EXP_LNKSTA;
    uint16_t mask = PCI_EXP_LNKSTA_CLS | PCI_EXP_LNKSTA_NLW;
    uint16_t value = link->speed | link->width << 4;

    if (pci_get_long(port->config + port->exp.exp_cap + PCI_EXP_LNKCAP) &
        PCI_EXP_LNKCAP_DLLLARC) {
        mask |= PCI_EXP_LNKSTA_DLLLA;
        value |= link->up ? PCI_EXP_LNKSTA_DLLLA : 0;
    }
    pci_set_word(status, (pci_get_word(status) & ~mask) | value);
}

static void link_changed(void *host, const P9xPhb4Link *link, bool reset)
{
    PCIDevice *port = pnv_phb4_root_port(host);
    PCIBus *bus = port ? bus_below(port) : NULL;

    if (port && pci_is_express(port)) {
        show_link(port, link);
    }
    if (bus && reset) {
        bus_cold_reset(BUS(bus));
    }
}

static void root_port_reset(void *host)
{
    PCIDevice *port = pnv_phb4_root_port(host);

    if (port) {
        device_cold_reset(DEVICE(port));
    }
}

/* Devices come and go on all buses of the machine; ours is one of them. */
static void slot_changed(DeviceListener *listener, DeviceState *dev)
{
    PnvPHB4 *phb = container_of(listener, PnvPHB4, listener);
    PCIDevice *port = pnv_phb4_root_port(phb);
    PCIBus *below = port ? bus_below(port) : NULL;

    if (below && dev->parent_bus == BUS(below)) {
        p9x_phb4_slot_changed(phb->core);
    }
}

static void device_added(DeviceListener *listener, DeviceState *dev)
{
    PCIDevice *pci = (PCIDevice *)object_dynamic_cast(OBJECT(dev),
                                                      TYPE_PCI_DEVICE);

    slot_changed(listener, dev);
    if (pci) {
        pnv_phb4_device_plugged(container_of(listener, PnvPHB4, listener),
                                pci);
    }
}

void pnv_phb4_watch_slot(PnvPHB4 *phb)
{
    phb->listener.realize = device_added;
    phb->listener.unrealize = slot_changed;
    device_listener_register(&phb->listener);
}

/* ---------------------------------------------------------- the rest */

static bool notify(void *host, uint64_t addr, uint64_t data)
{
    trace_pnv_phb4_xive_notify_ic(addr, data);
    return pnv_xive_notify_store(addr, data);
}

static void guest_error(void *host, P9xGuestError kind, const char *detail)
{
    PnvPHB4 *phb = host;

    qemu_log_mask(LOG_GUEST_ERROR, "phb4[%u:%u]: %s: %s\n", phb->chip_id,
                  phb->phb_id, p9x_guest_error_name(kind), detail);
}

void pnv_phb4_ports_init(PnvPHB4 *phb)
{
    phb->ports = (P9xPorts) {
        .host = phb,
        .guest_error = guest_error,
    };
    p9xive_memory_ports(&phb->ports);

    phb->phb_ports = (P9xPhb4Ports) {
        .host = phb,
        .config_load = config_load,
        .config_store = config_store,
        .pci_load = pci_load,
        .pci_store = pci_store,
        .windows_changed = pnv_phb4_windows_changed,
        .iotlb_flush = pnv_phb4_iotlb_flush,
        .notify = notify,
        .slot = slot,
        .link_changed = link_changed,
        .root_port_reset = root_port_reset,
    };
}
