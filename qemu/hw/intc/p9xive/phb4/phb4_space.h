/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One function's view of memory, which phb4_dma.c makes and phb4_notify.c tells
 * listeners of.
 */
#ifndef P9XIVE_PHB4_SPACE_H
#define P9XIVE_PHB4_SPACE_H

#include "hw/pci/pci_bus.h"

#include "phb4_internal.h"

enum { PHB4_MSI_NARROW, PHB4_MSI_WIDE, PHB4_NR_MSI_WINDOWS };

typedef struct DmaSpace DmaSpace;

typedef struct MsiWindow {
    DmaSpace *space;
    MemoryRegion mr;
} MsiWindow;

struct DmaSpace {
    PnvPHB4 *phb;
    PCIBus *bus;
    uint8_t devfn;
    AddressSpace as;
    MemoryRegion root;
    IOMMUMemoryRegion iommu;
    MsiWindow msi[PHB4_NR_MSI_WINDOWS];
    /*
     * P9xPhb4Mapping: what listeners to mappings have been told, but for
     * what is no memory; NULL: no notifier asks.
     */
    GArray *told;
};

/*
 * Bus numbers are the guest's and change.  pci_bus_num() without its casts: no
 * bus here has a number of its own.
 */
static inline uint16_t dma_space_rid(const DmaSpace *space)
{
    const PCIDevice *bridge = space->bus->parent_dev;
    uint8_t bus = bridge ? bridge->config[PCI_SECONDARY_BUS] : 0;

    return PCI_BUILD_BDF(bus, space->devfn);
}

/* PnvPHB4.dma_buses: the functions of one bus that have asked for theirs. */
typedef struct DmaBus {
    DmaSpace *space[PCI_DEVFN_MAX];
} DmaBus;

void pnv_phb4_each_space(PnvPHB4 *phb,
                         void (*f)(DmaSpace *space, void *opaque),
                         void *opaque);

#endif
