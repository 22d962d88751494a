/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Windows: from the processor bus to PCI memory, and whose an address is.
 *
 * Two BARs of the stack let addresses in.  Inside them, each enabled entry of
 * the MBT is a region with a PCI address.  M32 regions start at a PCI address
 * from a register; M64 regions have the same address on both sides, but for
 * upper bits.  A region belongs to one PE, or is cut into segments: segment n
 * is that of PE base + n, or of the PE in row n of a column of the MDT.
 *
 * A host program that can map PCI memory straight into the bus does that while
 * windows are direct, that is, while no access could end in any other way.
 */
#include "phb4_inject.h"
#include "phb4_window.h"

bool p9x_phb4_wants_direct(const P9xPhb4 *phb)
{
    return !p9x_phb4_unreachable(phb) && atomic_load(&phb->link_up) &&
           !atomic_load(&phb->nr_mmio_frozen) &&
           !p9x_phb4_inject_mmio_armed(phb);
}

/* ---- where windows are ---- */

/* Registers hold address bits 8 to 63 in bits 0 to 55. */
static uint64_t bar_address(uint64_t reg)
{
    return reg >> 8;
}

static void nest_bar(const P9xPhb4 *phb, unsigned reg, uint64_t enable,
                     uint64_t size, P9xPhb4Window *window)
{
    if (phb->nest[NEST_BAR_EN] & enable) {
        window->base = bar_address(phb->nest[reg]);
        window->size = size;
    }
}

/* Mask register: ones where the address must match. */
static uint64_t mask_size(uint64_t mask)
{
    return (~mask >> 8) + 1;
}

static void mmio_bar(const P9xPhb4 *phb, unsigned bar, P9xPhb4Window *window)
{
    uint64_t enable = bar ? NEST_BAR_EN_MMIO1 : NEST_BAR_EN_MMIO0;
    unsigned reg = bar ? NEST_MMIO_BAR1 : NEST_MMIO_BAR0;
    uint64_t size = mask_size(phb->nest[reg + 1]);

    nest_bar(phb, reg, enable, size, window);
    if (size & (size - 1)) {
        window->size = 0;       /* a mask with holes */
    }
    window->base &= ~(size - 1);
}

static bool contains(const P9xPhb4Window *outer, uint64_t base, uint64_t size)
{
    return size <= outer->size && base >= outer->base &&
           base - outer->base <= outer->size - size;
}

/* PCI address of an M64 region: the mask says which bits come from the
 * register; without a mask its bits are added. */
static uint64_t m64_address(const P9xPhb4 *phb, uint64_t base)
{
    uint64_t mask = p9x_phb4_reg(phb, PHB_M64_AOMASK);
    uint64_t upper = p9x_phb4_reg(phb, PHB_M64_UPPER_BITS);

    return mask ? (base & ~mask) | (upper & mask) : base | upper;
}

/* At least 4 KiB, or 0. */
static uint64_t region_size(const P9xPhb4 *phb, unsigned n)
{
    uint64_t mask = (phb->tables.mbt[n][1] & MBT1_MASK) | P9X_MASK64(0, 7);

    return (~mask + 1) & P9X_MASK64(8, 51);
}

static void mbt_window(const P9xPhb4 *phb, unsigned n, P9xPhb4Window *window)
{
    uint64_t mbt0 = phb->tables.mbt[n][0];
    uint64_t base = mbt0 & MBT0_BASE;
    uint64_t size = region_size(phb, n);
    P9xPhb4Window bar[2] = { { 0 }, { 0 } };

    if (!(mbt0 & MBT0_ENABLE) || !size || (size & (size - 1))) {
        return;
    }
    mmio_bar(phb, 0, &bar[0]);
    mmio_bar(phb, 1, &bar[1]);
    base &= ~(size - 1);
    if (!contains(&bar[0], base, size) && !contains(&bar[1], base, size)) {
        return;
    }
    window->pci = m64_address(phb, base);
    if (mbt0 & MBT0_TYPE_M32) {
        window->pci = p9x_phb4_reg(phb, PHB_M32_START_ADDR);
        size = MIN(size, (UINT64_C(1) << 32) - window->pci);
    }
    window->base = base;
    window->size = size;
}

static unsigned nr_mbt(const P9xPhb4 *phb)
{
    return phb->config.big ? PHB_MAX_MBT : PHB_MAX_MBT / 2;
}

void p9x_phb4_window(P9xPhb4 *phb, P9xPhb4WindowId id, P9xPhb4Window *window)
{
    *window = (P9xPhb4Window) { .direct = atomic_load(&phb->direct) };

    switch (id) {
    case P9X_PHB4_WIN_REGS:
        nest_bar(phb, NEST_PHB_REGS_BAR, NEST_BAR_EN_PHB, PHB_NR_BYTES,
                 window);
        break;
    case P9X_PHB4_WIN_ESB:
        nest_bar(phb, NEST_INT_BAR, NEST_BAR_EN_INT,
                 (uint64_t)P9X_PHB4_BIG_SOURCES << 16, window);
        break;
    case P9X_PHB4_WIN_MMIO0:
    case P9X_PHB4_WIN_MMIO1:
        mmio_bar(phb, id - P9X_PHB4_WIN_MMIO0, window);
        break;
    default:
        if (id < P9X_PHB4_NR_WINDOWS && id - P9X_PHB4_WIN_MBT < nr_mbt(phb)) {
            mbt_window(phb, id - P9X_PHB4_WIN_MBT, window);
        }
    }
}

void p9x_phb4_msi_window(P9xPhb4 *phb, bool wide, P9xPhb4Window *window)
{
    uint64_t config = p9x_phb4_reg(phb, PHB_PHB4_CONFIG);

    *window = (P9xPhb4Window) { 0 };
    if (wide && (config & PHB_CONFIG_64BIT_MSI)) {
        window->base = P9X_PHB4_MSI64_BASE;
        window->size = UINT64_C(1) << 20;
    } else if (!wide && (config & PHB_CONFIG_32BIT_MSI)) {
        window->base = P9X_PHB4_MSI32_BASE;
        window->size = UINT64_C(1) << 16;
    }
}

bool p9x_phb4_is_msi32(const P9xPhb4 *phb, uint64_t iova)
{
    return (p9x_phb4_reg(phb, PHB_PHB4_CONFIG) & PHB_CONFIG_32BIT_MSI) &&
           iova >> 16 == P9X_PHB4_MSI32_BASE >> 16;
}

bool p9x_phb4_is_message(const P9xPhb4 *phb, uint64_t addr)
{
    if (addr & 3) {
        return false;
    }
    return addr >> 20 == P9X_PHB4_MSI64_BASE >> 20 ?
           p9x_phb4_reg(phb, PHB_PHB4_CONFIG) & PHB_CONFIG_64BIT_MSI :
           p9x_phb4_is_msi32(phb, addr);
}

/* ---- whose an address is ---- */

static unsigned nr_segments(const P9xPhb4 *phb, uint64_t mbt0)
{
    static const uint8_t div[4] = { 0, 128, 64, 8 };
    unsigned n = div[p9x_get64(mbt0, MBT0_SEG_DIV)];

    return n ? n : phb->nr_pes;
}

/* Regions have 4 KiB at least, so segments are never empty. */
static unsigned segment(uint64_t offset, uint64_t size, unsigned nr)
{
    return (unsigned)(offset / (size / nr));
}

static unsigned mdt_pe(const P9xPhb4 *phb, unsigned row, unsigned column)
{
    return (uint16_t)(phb->tables.mdt[row] >> (16 * (3 - column)));
}

/* @offset into region @n, which is on. */
static int region_pe(const P9xPhb4 *phb, unsigned n, uint64_t offset)
{
    uint64_t mbt0 = phb->tables.mbt[n][0], mbt1 = phb->tables.mbt[n][1];
    uint64_t size = region_size(phb, n);
    unsigned pe = (unsigned)p9x_get64(mbt1, MBT1_PE);

    switch (p9x_get64(mbt0, MBT0_MODE)) {
    case MBT_MODE_SINGLE_PE:
        break;
    case MBT_MODE_MDT:
        pe = mdt_pe(phb, segment(offset, size, phb->nr_pes),
                    (unsigned)p9x_get64(mbt0, MBT0_MDT_COLUMN));
        break;
    default:
        pe += segment(offset, size, nr_segments(phb, mbt0));
    }
    return pe < phb->nr_pes ? (int)pe : -1;
}

/* The region that has @addr, by bus address or PCI address; -1: none. */
static int find(P9xPhb4 *phb, uint64_t addr, bool by_pci, uint64_t *pci,
                uint64_t *offset)
{
    for (unsigned n = 0; n < nr_mbt(phb); n++) {
        P9xPhb4Window window;

        p9x_phb4_window(phb, P9X_PHB4_WIN_MBT + n, &window);
        *pci = window.pci;
        *offset = addr - (by_pci ? window.pci : window.base);
        if (*offset < window.size) {
            return (int)n;
        }
    }
    return -1;
}

bool p9x_phb4_find_region(P9xPhb4 *phb, uint64_t addr, uint64_t *pci, int *pe)
{
    uint64_t start, offset;
    int n = find(phb, addr, false, &start, &offset);

    if (n < 0) {
        return false;
    }
    *pci = start + offset;
    *pe = region_pe(phb, (unsigned)n, offset);
    return true;
}

int p9x_phb4_mmio_pe(P9xPhb4 *phb, uint64_t addr)
{
    uint64_t pci, offset;
    int n = find(phb, addr, true, &pci, &offset);

    return n < 0 ? -1 : region_pe(phb, (unsigned)n, offset);
}
