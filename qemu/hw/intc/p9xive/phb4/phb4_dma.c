/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What PCI devices see of a bridge: an address space of each function's own.
 *
 *   64 KiB and 1 MiB where firmware enables MSIs   message to the core
 *   all the rest                                   translated by the core
 *
 * A function's requester ID decides its PE, and the PE everything else.  Bus
 * numbers are the guest's and change, so the RID is made with each access.
 *
 * phb4_notify.c tells listeners when translations change.
 */
#include "qemu/osdep.h"
#include "hw/pci/msi.h"

#include "../common/adapter.h"
#include "phb4_space.h"
#include "qemu/p9xive-compat.h"

#define TYPE_PHB4_IOMMU_REGION "pnv-phb4-iommu-memory-region"

static const uint64_t msi_window_size[PHB4_NR_MSI_WINDOWS] = {
    0x10000, 0x100000
};

/* ---------------------------------------------------------------- MSIs */

/* QEMU's own; the same for all devices. */
static MSITriggerFunc *common_trigger;

static uint64_t msi_read(void *opaque, hwaddr offset, unsigned size)
{
    return UINT64_MAX;
}

static void msi_write(void *opaque, hwaddr offset, uint64_t value,
                      unsigned size)
{
    MsiWindow *msi = opaque;

    p9x_phb4_dma_msi(msi->space->phb->core, dma_space_rid(msi->space),
                     msi->mr.addr + offset, value);
}

static const MemoryRegionOps msi_ops = {
    .read = msi_read,
    .write = msi_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 4, .max_access_size = 4 },
    .impl = { .min_access_size = 4, .max_access_size = 4 },
};

/*
 * A message that a device sends by msi_notify() or msix_notify(), on any
 * thread: no walk through its address space, and the core looks at the rest,
 * as it does for the window.
 */
static void direct_trigger(PCIDevice *pci, MSIMessage msg)
{
    const MemoryRegion *root = pci->bus_master_enable_region.alias;
    const DmaSpace *space = container_of(root, DmaSpace, root);

    if (p9xive_may_write(pci) &&
        p9x_phb4_is_message(space->phb->core, msg.address)) {
        p9x_phb4_dma_msi(space->phb->core, dma_space_rid(space), msg.address,
                         msg.data);
    } else {
        common_trigger(pci, msg);
    }
}

/*
 * @pci sees one of our spaces.  While it is being realized it has no trigger;
 * one that another part of QEMU has set stays.
 */
static void take_messages(PCIDevice *pci)
{
    if (!common_trigger) {
        common_trigger = pci->msi_trigger;
    }
    if (common_trigger && pci->msi_trigger == common_trigger) {
        pci->msi_trigger = direct_trigger;
    }
}

static void show_msi_windows(DmaSpace *space, void *opaque)
{
    for (unsigned i = 0; i < PHB4_NR_MSI_WINDOWS; i++) {
        MemoryRegion *mr = &space->msi[i].mr;
        P9xPhb4Window w;

        p9x_phb4_msi_window(space->phb->core, i == PHB4_MSI_WIDE, &w);
        if (w.size) {
            memory_region_set_address(mr, w.base);
        }
        memory_region_set_enabled(mr, w.size);
    }
}

void pnv_phb4_msi_windows_changed(PnvPHB4 *phb)
{
    pnv_phb4_each_space(phb, show_msi_windows, NULL);
}

static void init_msi_windows(DmaSpace *space, Object *owner)
{
    for (unsigned i = 0; i < PHB4_NR_MSI_WINDOWS; i++) {
        MsiWindow *msi = &space->msi[i];

        msi->space = space;
        memory_region_init_io(&msi->mr, owner, &msi_ops, msi,
                              i == PHB4_MSI_WIDE ? "msi64" : "msi32",
                              msi_window_size[i]);
        /* A config store through our own registers can make a device send. */
        msi->mr.disable_reentrancy_guard = true;
        memory_region_set_enabled(&msi->mr, false);
        memory_region_add_subregion_overlap(&space->root, 0, &msi->mr, 1);
    }
    show_msi_windows(space, NULL);
}

/* --------------------------------------------------------- translation */

static IOMMUAccessFlags permission(const P9xPhb4Dma *dma)
{
    return IOMMU_ACCESS_FLAG(dma->read, dma->write);
}

static IOMMUTLBEntry translate(IOMMUMemoryRegion *iommu, hwaddr addr,
                               IOMMUAccessFlags flag, int iommu_idx)
{
    DmaSpace *space = container_of(iommu, DmaSpace, iommu);
    P9xPhb4Access access = flag & IOMMU_WO ? P9X_PHB4_DMA_WRITE :
                           flag & IOMMU_RO ? P9X_PHB4_DMA_READ :
                                             P9X_PHB4_DMA_PROBE;
    IOMMUTLBEntry entry = {
        .target_as = &address_space_memory,
        .iova = addr & ~UINT64_C(0xFFF),
        .addr_mask = 0xFFF,
        .perm = IOMMU_NONE,
    };
    P9xPhb4Dma dma;

    if (p9x_phb4_translate(space->phb->core, dma_space_rid(space), addr, access,
                           &dma)) {
        entry.iova = dma.iova;
        entry.translated_addr = dma.real;
        entry.addr_mask = dma.mask;
        entry.perm = permission(&dma);
    }
    return entry;
}

/* ---------------------------------------------------------------- life */

static DmaSpace *new_space(PnvPHB4 *phb, PCIBus *bus, uint8_t devfn)
{
    g_autofree char *name = g_strdup_printf("phb4-%u.%u-iommu", phb->chip_id,
                                            phb->phb_id);
    DmaSpace *space = g_new0(DmaSpace, 1);

    space->phb = phb;
    space->bus = bus;
    space->devfn = devfn;
    memory_region_init(&space->root, OBJECT(phb), name, UINT64_MAX);
    memory_region_init_iommu(&space->iommu, sizeof(space->iommu),
                             TYPE_PHB4_IOMMU_REGION, OBJECT(phb), name,
                             UINT64_MAX);
    memory_region_add_subregion(&space->root, 0,
                                MEMORY_REGION(&space->iommu));
    init_msi_windows(space, OBJECT(phb));
    address_space_init(&space->as, &space->root, name);
    return space;
}

/*
 * Devices that are there when the machine starts are on their bus by now;
 * those that are plugged later come to pnv_phb4_device_plugged().
 */
static AddressSpace *space_of(PCIBus *bus, void *opaque, int devfn)
{
    PnvPHB4 *phb = opaque;
    DmaBus *known = g_hash_table_lookup(phb->dma_buses, bus);

    if (bus->devices[devfn]) {
        take_messages(bus->devices[devfn]);
    }
    if (!known) {
        known = g_new0(DmaBus, 1);
        g_hash_table_insert(phb->dma_buses, bus, known);
    }
    if (!known->space[devfn]) {
        known->space[devfn] = new_space(phb, bus, devfn);
    }
    return &known->space[devfn]->as;
}

void pnv_phb4_device_plugged(PnvPHB4 *phb, PCIDevice *pci)
{
    DmaBus *known = g_hash_table_lookup(phb->dma_buses, pci_get_bus(pci));
    DmaSpace *space = known ? known->space[pci->devfn] : NULL;

    if (space && pci->bus_master_enable_region.alias == &space->root) {
        take_messages(pci);
    }
}

const PCIIOMMUOps pnv_phb4_iommu_ops = {
    .get_address_space = space_of,
};

void pnv_phb4_dma_init(PnvPHB4 *phb)
{
    phb->dma_buses = g_hash_table_new(NULL, NULL);
    pnv_phb4_notify_init(phb);
}

static void iommu_region_class_init(ObjectClass *klass, P9xiveClassData *data)
{
    IOMMUMemoryRegionClass *imrc = IOMMU_MEMORY_REGION_CLASS(klass);

    imrc->translate = translate;
    imrc->notify_flag_changed = pnv_phb4_notify_flag_changed;
    imrc->replay = pnv_phb4_replay;
}

static const TypeInfo iommu_region_types[] = {
    {
        .name = TYPE_PHB4_IOMMU_REGION,
        .parent = TYPE_IOMMU_MEMORY_REGION,
        .class_init = iommu_region_class_init,
    },
};

DEFINE_TYPES(iommu_region_types)
