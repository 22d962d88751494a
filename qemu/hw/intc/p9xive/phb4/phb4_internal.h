/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The PHB4 adapter: what its files share.
 *
 * The device "pnv-phb4" holds the core's P9xPhb4 and gives it what it asks of
 * a host program.  One file per reason to change:
 *
 *   ../../../pci-host/pnv_phb4.c     the device, root bus, reset, state
 *   ../../../pci-host/pnv_phb4_pec.c the controller that bridges share
 *   phb4_ports.c                     config space, slot and link, notify
 *   phb4_mmio.c                      registers, windows of the processor
 *   phb4_dma.c                       what PCI devices see: IOMMU, MSIs
 *   phb4_notify.c                    listeners to translations
 *   phb4_stats.c                     counters as QOM properties
 *
 * Locks: the core wants most of its calls one at a time, which the BQL sees
 * to.  Translations, MSIs, INTx and ESB pages may come from any thread.
 */
#ifndef P9XIVE_PHB4_INTERNAL_H
#define P9XIVE_PHB4_INTERNAL_H

#include "hw/pci-host/pnv_phb4.h"
#include "qemu/p9xive-compat.h"
#include "xive/phb4/phb4.h"

/* Registers of a bridge in one of its three XSCOM ranges. */
typedef struct PnvPhb4XscomRange {
    PnvPHB4 *phb;
    P9xPhb4Xscom range;
    MemoryRegion mr;
} PnvPhb4XscomRange;

enum { PNV_PHB4_XSCOM_RANGES = 3 };

/* One of the two MMIO BARs, as a region of its own. */
typedef struct PnvPhb4Bar {
    PnvPHB4 *phb;
    unsigned index;
} PnvPhb4Bar;

enum { PNV_PHB4_MMIO_BARS = 2 };

struct PnvPHB4 {
    DeviceState parent_obj;

    /* Properties. */
    uint32_t phb_id;            /* index in the chip */
    uint32_t chip_id;
    PnvPhb4PecState *pec;
    PnvPHB *phb_base;

    P9xPhb4 *core;
    P9xPorts ports;
    P9xPhb4Ports phb_ports;
    P9xCounters *counters;

    /*
     * The processor's side.  Regions are made once and then only moved,
     * resized, shown and hidden, however often firmware changes its mind.
     */
    MemoryRegion window[P9X_PHB4_NR_WINDOWS];
    PnvPhb4Bar bar[PNV_PHB4_MMIO_BARS];
    PnvPhb4XscomRange xscom[PNV_PHB4_XSCOM_RANGES];
    QEMUBH *windows_bh;

    /* PCI memory: device BARs, and below them what no BAR claims. */
    MemoryRegion pci_mmio;
    AddressSpace pci_as;
    MemoryRegion pci_io;        /* PHB4 has none; QEMU's devices want one */

    DeviceListener listener;    /* looks at what is plugged below the port */

    /* The devices' side: PCIBus * to its functions' spaces. */
    GHashTable *dma_buses;
    unsigned nr_notified;       /* spaces with a notifier */
    QEMUBH *flush_bh;

    uint32_t nr_state;
    uint64_t *state;            /* nr_state words, for migration */
    PCIDevice *root_port;       /* while it is saved or loaded */
};

/* The PCI host bridge that users see, and its root port; NULL: none. */
PCIHostState *pnv_phb4_host(PnvPHB4 *phb);
PCIDevice *pnv_phb4_root_port(PnvPHB4 *phb);

/* phb4_ports.c */
void pnv_phb4_ports_init(PnvPHB4 *phb);
/* Tell the core when something is plugged or unplugged from now on. */
void pnv_phb4_watch_slot(PnvPHB4 *phb);

/* phb4_mmio.c */
void pnv_phb4_mmio_init(PnvPHB4 *phb);
void pnv_phb4_xscom_init(PnvPHB4 *phb, unsigned stack);
/* Show windows as the core has them now; from any thread. */
void pnv_phb4_windows_changed(void *host);

/* phb4_dma.c */
void pnv_phb4_dma_init(PnvPHB4 *phb);
/* For pci_setup_iommu; opaque is the PnvPHB4. */
extern const PCIIOMMUOps pnv_phb4_iommu_ops;
/* BQL.  @pci is new, somewhere on this machine: perhaps below @phb. */
void pnv_phb4_device_plugged(PnvPHB4 *phb, PCIDevice *pci);
/* BQL. */
void pnv_phb4_msi_windows_changed(PnvPHB4 *phb);

/* phb4_notify.c */
void pnv_phb4_notify_init(PnvPHB4 *phb);
/* The core's port iotlb_flush; from any thread. */
void pnv_phb4_iotlb_flush(void *host, unsigned pe, uint64_t iova,
                          uint64_t size);

/* phb4_stats.c */
void pnv_phb4_class_add_stats(ObjectClass *klass);

/* phb4_notify.c: methods of the IOMMU region. */
int pnv_phb4_notify_flag_changed(IOMMUMemoryRegion *iommu,
                                 IOMMUNotifierFlag old, IOMMUNotifierFlag new,
                                 Error **errp);
void pnv_phb4_replay(IOMMUMemoryRegion *iommu, IOMMUNotifier *notifier);

#endif
