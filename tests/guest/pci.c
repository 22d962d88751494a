/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "console.h"
#include "cpu.h"
#include "of.h"
#include "pci.h"

#define BUID machine.pci_buid >> 32, machine.pci_buid & 0xffffffff

#define PCI_COMMAND 0x04
#define PCI_COMMAND_MEMORY 0x2
#define PCI_COMMAND_MEMORY_MASTER 0x6
#define PCI_BAR0 0x10
#define PCI_CAPABILITIES 0x34
#define PCI_CAP_MSI 0x05
#define MSI_CONTROL 2
#define MSI_ENABLE 1
#define MSI_64BIT 0x80

#define RTAS_CHANGE_MSI_FN 3
#define RTAS_CHANGE_MSIX_FN 4
#define WAIT_MS 5000

u32 pci_read(const struct pci_device *d, u32 reg, u32 size)
{
    u32 rets[2] = { 0 };

    if (rtas("ibm,read-pci-config", 2, rets, d->config | reg, BUID, size)) {
        return 0xffffffff;
    }
    return rets[1];
}

void pci_write(const struct pci_device *d, u32 reg, u32 size, u32 value)
{
    rtas("ibm,write-pci-config", 1, NULL, d->config | reg, BUID, size, value);
}

static u32 find_capability(const struct pci_device *d, u8 id)
{
    u32 at = pci_read(d, PCI_CAPABILITIES, 1);

    for (int i = 0; i < 48 && at && at != 0xff; i++) {
        if (pci_read(d, at, 1) == id) {
            return at;
        }
        at = pci_read(d, at + 1, 1);
    }
    return 0;
}

bool pci_find_from(struct pci_device *d, u32 device_vendor, u32 slot)
{
    for (; machine.has_pci && slot < 32; slot++) {
        *d = (struct pci_device){ .slot = slot, .config = slot << 11 };
        if (pci_read(d, 0, 4) == device_vendor) {
            d->msi = find_capability(d, PCI_CAP_MSI);
            return true;
        }
    }
    return false;
}

bool pci_find(struct pci_device *d, u32 device_vendor)
{
    return pci_find_from(d, device_vendor, 0);
}

void pci_enable(struct pci_device *d, u32 index)
{
    u64 offset = (u64)index << 20;

    pci_write(d, PCI_BAR0, 4, machine.pci_mem_bus + offset);
    pci_write(d, PCI_COMMAND, 2, PCI_COMMAND_MEMORY_MASTER);
    d->bar0 = machine.pci_mem_cpu + offset;
}

void pci_set_master(const struct pci_device *d, bool on)
{
    pci_write(d, PCI_COMMAND, 2, on ? PCI_COMMAND_MEMORY_MASTER :
                                      PCI_COMMAND_MEMORY);
}

bool pci_intx(const struct pci_device *d, u32 *lisn, u32 *sense)
{
    for (u32 i = 0; i < machine.nr_intx; i++) {
        /* The map may stand for several slots: it is swizzled modulo 4. */
        if (machine.intx[i].slot % 4 == d->slot % 4 &&
            machine.intx[i].pin == 1) {
            *lisn = machine.intx[i].lisn;
            *sense = machine.intx[i].sense;
            return true;
        }
    }
    return false;
}

static u32 change_msi(const struct pci_device *d, u32 function, u32 count,
                      u32 *lisn)
{
    u32 rets[4] = { 0 };
    u32 query[3] = { 0 };

    if (rtas("ibm,change-msi", 4, rets, d->config, BUID, function,
             count, 1)) {
        return 0;
    }
    if (!count || rtas("ibm,query-interrupt-source-number", 3, query,
                       d->config, BUID, 0)) {
        return 0;
    }
    *lisn = query[1];
    return rets[1];
}

u32 pci_change_msi(const struct pci_device *d, u32 count, u32 *lisn)
{
    return change_msi(d, RTAS_CHANGE_MSI_FN, count, lisn);
}

u32 pci_change_msix(const struct pci_device *d, u32 count, u32 *lisn)
{
    return change_msi(d, RTAS_CHANGE_MSIX_FN, count, lisn);
}

void pci_set_msi_vectors(const struct pci_device *d, u32 log2)
{
    u32 control = pci_read(d, d->msi + MSI_CONTROL, 2);

    pci_write(d, d->msi + MSI_CONTROL, 2, (control & ~0x70) | log2 << 4);
}

void pci_enable_msi(const struct pci_device *d, bool on)
{
    u32 control = pci_read(d, d->msi + MSI_CONTROL, 2);

    pci_write(d, d->msi + MSI_CONTROL, 2,
              on ? control | MSI_ENABLE : control & ~MSI_ENABLE);
}

void pci_set_msi_data(const struct pci_device *d, u16 data)
{
    u32 control = pci_read(d, d->msi + MSI_CONTROL, 2);

    pci_write(d, d->msi + (control & MSI_64BIT ? 12 : 8), 2, data);
}

bool edu_dma(const struct pci_device *edu, u64 src, u64 dst, u32 count,
             u32 direction)
{
    edu_write64(edu, EDU_DMA_SRC, src);
    edu_write64(edu, EDU_DMA_DST, dst);
    edu_write64(edu, EDU_DMA_COUNT, count);
    edu_write64(edu, EDU_DMA_CMD, direction | EDU_DMA_RUN);
    return WAIT_FOR(!(edu_read64(edu, EDU_DMA_CMD) & EDU_DMA_RUN), WAIT_MS);
}
