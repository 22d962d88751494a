/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The stack's registers on the nest's and the PCI's side: fault isolation,
 * BARs, reset.
 *
 * Registers 0 to 8 of both sides are a FIR with its operations.  Whatever is
 * active on the PCI side freezes the nest side, and whatever is active there
 * fences the bridge.  A device's thread can change a FIR, too, so they are
 * changed and read under error_lock.
 */
#include <string.h>

#include "phb4_stack.h"

#define NEST_FIR_BITS   P9X_MASK64(0, 29)
#define PCI_FIR_BITS    P9X_MASK64(0, 6)

/* Bits that a store can set; the operations of a FIR are in fir_change. */
static const uint64_t nest_bits[P9X_PHB4_XSCOM_NEST_REGS] = {
    [NEST_FIR] = NEST_FIR_BITS,
    [NEST_FIR_MSK] = NEST_FIR_BITS,
    [NEST_FIR_ACT0] = NEST_FIR_BITS,
    [NEST_FIR_ACT1] = NEST_FIR_BITS,
    [NEST_MODE] = P9X_MASK64(0, 7),
    [NEST_MMIO_BAR0] = P9X_MASK64(0, 39),
    [NEST_MMIO_BAR0_MASK] = P9X_MASK64(0, 39),
    [NEST_MMIO_BAR1] = P9X_MASK64(0, 39),
    [NEST_MMIO_BAR1_MASK] = P9X_MASK64(0, 39),
    [NEST_PHB_REGS_BAR] = P9X_MASK64(0, 41),
    [NEST_INT_BAR] = P9X_MASK64(0, 27),
    [NEST_BAR_EN] = P9X_MASK64(0, 3),
    [NEST_DATA_FRZ_TYPE] = P9X_MASK64(0, 27),
    [NEST_TUNNEL_BAR] = P9X_MASK64(0, 42),
    [NEST_CACHE_INJ] = P9X_MASK64(0, 7)
};

static const uint64_t pci_bits[P9X_PHB4_XSCOM_PCI_REGS] = {
    [NEST_FIR] = PCI_FIR_BITS,
    [NEST_FIR_MSK] = PCI_FIR_BITS,
    [NEST_FIR_ACT0] = PCI_FIR_BITS,
    [NEST_FIR_ACT1] = PCI_FIR_BITS,
    [PCI_ETU_RESET] = PCI_ETU_IN_RESET,
    [PCI_TX_CMD_CRED] = P9X_MASK64(0, 2) | P9X_MASK64(10, 18) |
                        P9X_MASK64(26, 34) | P9X_MASK64(41, 50) |
                        P9X_MASK64(58, 63),
    [PCI_TX_DAT_CRED] = P9X_MASK64(33, 34) | P9X_MASK64(44, 47)
};

/* No store sets WOF, but it holds what the FIR held. */
uint64_t p9x_phb4_nest_state_mask(unsigned reg)
{
    return nest_bits[reg == NEST_FIR_WOF ? NEST_FIR : reg];
}

uint64_t p9x_phb4_pci_state_mask(unsigned reg)
{
    return pci_bits[reg == NEST_FIR_WOF ? NEST_FIR : reg];
}

void p9x_phb4_stack_reset(P9xPhb4 *phb)
{
    memset(phb->nest, 0, sizeof(phb->nest));
    memset(phb->pci, 0, sizeof(phb->pci));
    phb->nest[NEST_FIR_MSK] = NEST_FIR_MSK_RESET;
}

/* ---- what a FIR leads to ---- */

static uint64_t active_fir(const uint64_t *regs)
{
    return regs[NEST_FIR] & ~regs[NEST_FIR_MSK];
}

/* The first FIR bits that were not masked stay until firmware clears them. */
static void note_wof(uint64_t *regs)
{
    if (!regs[NEST_FIR_WOF]) {
        regs[NEST_FIR_WOF] = active_fir(regs);
    }
}

bool p9x_phb4_update_firs(P9xPhb4 *phb)
{
    bool fence;

    p9x_lock(&phb->error_lock);
    if (active_fir(phb->pci)) {
        phb->nest[NEST_FIR] |= NEST_FIR_PFIR_FREEZE;
    }
    note_wof(phb->pci);
    note_wof(phb->nest);
    fence = active_fir(phb->nest);
    p9x_unlock(&phb->error_lock);
    return fence;
}

void p9x_phb4_pci_fir(P9xPhb4 *phb, uint64_t bits)
{
    p9x_lock(&phb->error_lock);
    phb->pci[NEST_FIR] |= bits;
    p9x_unlock(&phb->error_lock);
}

/* ---- accesses ---- */

static uint64_t locked_load(P9xPhb4 *phb, const uint64_t *reg)
{
    uint64_t value;

    p9x_lock(&phb->error_lock);
    value = *reg;
    p9x_unlock(&phb->error_lock);
    return value;
}

uint64_t p9x_phb4_nest_load(P9xPhb4 *phb, unsigned reg)
{
    return locked_load(phb, &phb->nest[reg]);
}

uint64_t p9x_phb4_pci_load(P9xPhb4 *phb, unsigned reg)
{
    return locked_load(phb, &phb->pci[reg]);
}

static void fir_change(uint64_t *regs, unsigned reg, uint64_t bits,
                       uint64_t value)
{
    switch (reg) {
    case NEST_FIR_CLR:
        regs[NEST_FIR] &= value;
        break;
    case NEST_FIR_SET:
        regs[NEST_FIR] |= value & bits;
        break;
    case NEST_FIR_MSKC:
        regs[NEST_FIR_MSK] &= value;
        break;
    case NEST_FIR_MSKS:
        regs[NEST_FIR_MSK] |= value & bits;
        break;
    case NEST_FIR_WOF:
        regs[NEST_FIR_WOF] = 0;
        break;
    default:
        regs[reg] = value & bits;
    }
}

static void fir_store(P9xPhb4 *phb, P9xPhb4Changes *changes, uint64_t *regs,
                      unsigned reg, uint64_t bits, uint64_t value)
{
    p9x_lock(&phb->error_lock);
    fir_change(regs, reg, bits, value);
    p9x_unlock(&phb->error_lock);
    changes->what |= PHB_CHANGED_STATE;
}

void p9x_phb4_nest_store(P9xPhb4 *phb, P9xPhb4Changes *changes, unsigned reg,
                         uint64_t value)
{
    uint64_t old;

    if (reg <= NEST_FIR_WOF) {
        fir_store(phb, changes, phb->nest, reg, NEST_FIR_BITS, value);
        return;
    }
    old = phb->nest[reg];
    phb->nest[reg] = value & nest_bits[reg];
    if (reg >= NEST_MMIO_BAR0 && reg <= NEST_BAR_EN &&
        phb->nest[reg] != old) {
        changes->what |= PHB_CHANGED_WINDOWS;
    }
}

void p9x_phb4_pci_store(P9xPhb4 *phb, P9xPhb4Changes *changes, unsigned reg,
                        uint64_t value)
{
    if (reg <= NEST_FIR_WOF) {
        fir_store(phb, changes, phb->pci, reg, PCI_FIR_BITS, value);
        return;
    }
    phb->pci[reg] = value & pci_bits[reg];
}
