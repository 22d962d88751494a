/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PCI through RTAS, and the one device that the tests need: "edu", whose
 * registers raise its interrupt, compute in a thread of their own, and DMA.
 */
#ifndef GUEST_PCI_H
#define GUEST_PCI_H

#include "types.h"

#define PCI_EDU 0x11e81234
#define PCI_NEC_XHCI 0x01941033
#define PCI_NVME 0x00101b36

#define EDU_LIVENESS 0x04
#define EDU_FACTORIAL 0x08
#define EDU_STATUS 0x20
#define EDU_IRQ_RAISE 0x60
#define EDU_IRQ_ACK 0x64
#define EDU_DMA_SRC 0x80
#define EDU_DMA_DST 0x88
#define EDU_DMA_COUNT 0x90
#define EDU_DMA_CMD 0x98
#define EDU_STATUS_COMPUTING 0x01
#define EDU_STATUS_IRQ 0x80
#define EDU_DMA_RUN 1
#define EDU_DMA_OUT 2        /* from the device to the bus */
#define EDU_BUFFER 0x40000

struct pci_device {
    u32 slot;
    u32 config;              /* config_addr of RTAS */
    u64 bar0;                /* CPU address, 0 when unassigned */
    u32 msi;                 /* offset of the MSI capability, or 0 */
};

/* False when no such device is on the bus. */
bool pci_find(struct pci_device *d, u32 device_vendor);
/* The first one in @slot or behind it. */
bool pci_find_from(struct pci_device *d, u32 device_vendor, u32 slot);
u32 pci_read(const struct pci_device *d, u32 reg, u32 size);
void pci_write(const struct pci_device *d, u32 reg, u32 size, u32 value);
/* Maps BAR 0 at the @index-th MiB of the bridge's window, turns it on. */
void pci_enable(struct pci_device *d, u32 index);
/* Whether the device may write to the bus, messages included. */
void pci_set_master(const struct pci_device *d, bool on);
/* LISN of INTA. */
bool pci_intx(const struct pci_device *d, u32 *lisn, u32 *sense);
/* Asks for @count MSIs; returns what was granted and the first LISN. */
u32 pci_change_msi(const struct pci_device *d, u32 count, u32 *lisn);
/* 2^@log2 vectors; RTAS grants no more than that. */
void pci_set_msi_vectors(const struct pci_device *d, u32 log2);
void pci_enable_msi(const struct pci_device *d, bool on);
void pci_set_msi_data(const struct pci_device *d, u16 data);
/* All MSI-X vectors of @d, as pci_change_msi. */
u32 pci_change_msix(const struct pci_device *d, u32 count, u32 *lisn);
/* "edu" copies between the bus and its buffer; false if it never ends. */
bool edu_dma(const struct pci_device *edu, u64 src, u64 dst, u32 count,
             u32 direction);

static inline void edu_write(const struct pci_device *d, u32 reg, u32 v)
{
    __asm__ volatile("stw %0,0(%1)" :: "r"(v), "b"(d->bar0 + reg) : "memory");
}

static inline u32 edu_read(const struct pci_device *d, u32 reg)
{
    u32 v;

    __asm__ volatile("lwz %0,0(%1)" : "=r"(v) : "b"(d->bar0 + reg)
                     : "memory");
    return v;
}

static inline void edu_write64(const struct pci_device *d, u32 reg, u64 v)
{
    __asm__ volatile("std %0,0(%1)" :: "r"(v), "b"(d->bar0 + reg) : "memory");
}

static inline u64 edu_read64(const struct pci_device *d, u32 reg)
{
    u64 v;

    __asm__ volatile("ld %0,0(%1)" : "=r"(v) : "b"(d->bar0 + reg)
                     : "memory");
    return v;
}

#endif
