/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The stack's XSCOM registers: fault isolation, BARs, reset, and a back door
 * to the bridge's own registers that works when it is fenced.
 */
#include "phb4_internal.h"

/* Bits that a store can set; registers with an operation have a case below. */
static uint64_t nest_mask(unsigned reg)
{
    switch (reg) {
    case NEST_FIR:
    case NEST_FIR_MSK:
    case NEST_FIR_ACT0:
    case NEST_FIR_ACT1:
        return P9X_MASK64(0, 29);
    case NEST_DATA_FRZ_TYPE:
        return P9X_MASK64(0, 27);
    case NEST_MODE:
    case NEST_CACHE_INJ:
        return P9X_MASK64(0, 7);
    case NEST_MMIO_BAR0:
    case NEST_MMIO_BAR0_MASK:
    case NEST_MMIO_BAR1:
    case NEST_MMIO_BAR1_MASK:
        return P9X_MASK64(0, 39);
    case NEST_PHB_REGS_BAR:
        return P9X_MASK64(0, 41);
    case NEST_INT_BAR:
        return P9X_MASK64(0, 27);
    case NEST_BAR_EN:
        return P9X_MASK64(0, 3);
    case NEST_TUNNEL_BAR:
        return P9X_MASK64(0, 42);
    default:
        return 0;
    }
}

static uint64_t pci_mask(unsigned reg)
{
    switch (reg) {
    case NEST_FIR:
    case NEST_FIR_MSK:
    case NEST_FIR_ACT0:
    case NEST_FIR_ACT1:
        return P9X_MASK64(0, 6);
    case PCI_ETU_RESET:
        return PCI_ETU_IN_RESET;
    case PCI_TX_CMD_CRED:
        return P9X_MASK64(0, 2) | P9X_MASK64(10, 18) | P9X_MASK64(26, 34) |
               P9X_MASK64(41, 50) | P9X_MASK64(58, 63);
    case PCI_TX_DAT_CRED:
        return P9X_MASK64(33, 34) | P9X_MASK64(44, 47);
    default:
        return 0;
    }
}

uint64_t phb_nest_state_mask(unsigned reg)
{
    return nest_mask(reg == NEST_FIR_WOF ? NEST_FIR : reg);
}

uint64_t phb_pci_state_mask(unsigned reg)
{
    return pci_mask(reg == NEST_FIR_WOF ? NEST_FIR : reg);
}

void phb_nest_reset(P9xPhb4 *phb)
{
    memset(phb->nest, 0, sizeof(phb->nest));
    memset(phb->pci, 0, sizeof(phb->pci));
    phb->nest[NEST_FIR_MSK] = NEST_FIR_MSK_RESET;
}

/* ---- fence ---- */

/*
 * A DMA fault on a device's thread can end here too, so FIRs are changed under
 * error_lock.
 */
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

/*
 * A fence that an ETU error asks for arrives as an AIB interface error, and
 * whatever is active on the PCI side freezes the nest side.
 */
static bool wants_fence(P9xPhb4 *phb)
{
    bool fence;

    p9x_lock(&phb->error_lock);
    if (atomic_exchange(&phb->etu_fence, false)) {
        phb->pci[NEST_FIR] |= PCI_FIR_AIB_INTERFACE;
    }
    if (active_fir(phb->pci)) {
        phb->nest[NEST_FIR] |= NEST_FIR_PFIR_FREEZE;
    }
    note_wof(phb->pci);
    note_wof(phb->nest);
    fence = active_fir(phb->nest);
    p9x_unlock(&phb->error_lock);
    return fence;
}

static void set_fence(P9xPhb4 *phb, bool fenced)
{
    p9x_phb4_source_fence(&phb->source, fenced || atomic_load(&phb->in_reset));
    if (atomic_exchange(&phb->fenced, fenced) == fenced) {
        return;
    }
    phb_dma_changed(phb, P9X_PHB4_ALL_PES);
    if (fenced) {
        phb_count(phb, P9X_PHB4_STAT_FENCE);
        phb_trace(phb, P9X_PHB4_TRACE_FENCE, phb->nest[NEST_FIR],
                  phb->pci[NEST_FIR], 0, 0);
    }
}

void phb_update_fence(P9xPhb4 *phb)
{
    bool fenced;

    do {
        fenced = wants_fence(phb);
        set_fence(phb, fenced);
    } while (fenced != wants_fence(phb));
    phb_update_direct(phb);
}

bool p9x_phb4_is_fenced(const P9xPhb4 *phb)
{
    return atomic_load(&phb->fenced);
}

/* ---- registers ---- */

/* Registers 0 to 8 of both ranges are a FIR with its operations. */
static void fir_change(uint64_t *regs, unsigned reg, uint64_t mask,
                       uint64_t value)
{
    switch (reg) {
    case NEST_FIR_CLR:
        regs[NEST_FIR] &= value;
        break;
    case NEST_FIR_SET:
        regs[NEST_FIR] |= value & mask;
        break;
    case NEST_FIR_MSKC:
        regs[NEST_FIR_MSK] &= value;
        break;
    case NEST_FIR_MSKS:
        regs[NEST_FIR_MSK] |= value & mask;
        break;
    case NEST_FIR_WOF:
        regs[NEST_FIR_WOF] = 0;
        break;
    default:
        regs[reg] = value & mask;
    }
}

static void fir_store(P9xPhb4 *phb, uint64_t *regs, unsigned reg,
                      uint64_t mask, uint64_t value)
{
    p9x_lock(&phb->error_lock);
    fir_change(regs, reg, mask, value);
    p9x_unlock(&phb->error_lock);
    phb_update_fence(phb);
}

static uint64_t locked_load(P9xPhb4 *phb, const uint64_t *reg)
{
    uint64_t value;

    p9x_lock(&phb->error_lock);
    value = *reg;
    p9x_unlock(&phb->error_lock);
    return value;
}

static void nest_store(P9xPhb4 *phb, unsigned reg, uint64_t value)
{
    uint64_t old = phb->nest[reg];

    if (reg <= NEST_FIR_WOF) {
        fir_store(phb, phb->nest, reg, nest_mask(NEST_FIR), value);
        return;
    }
    phb->nest[reg] = value & nest_mask(reg);
    if (reg >= NEST_MMIO_BAR0 && reg <= NEST_BAR_EN &&
        phb->nest[reg] != old) {
        phb_windows_changed(phb);
    }
}

static void pci_store(P9xPhb4 *phb, unsigned reg, uint64_t value)
{
    if (reg <= NEST_FIR_WOF) {
        fir_store(phb, phb->pci, reg, pci_mask(NEST_FIR), value);
        return;
    }
    phb->pci[reg] = value & pci_mask(reg);
    if (reg == PCI_ETU_RESET) {
        phb_etu_reset(phb, phb->pci[reg]);
    }
}

/* ---- back door ---- */

/* Offset of a register that has a number of its own here; 0: none. */
static unsigned scom_alias(unsigned reg)
{
    if (reg >= SCOM_LEM_FIRST && reg <= SCOM_LEM_LAST) {
        return PHB_LEM_FIR_ACCUM + (reg - SCOM_LEM_FIRST) * 8;
    }
    if (reg >= SCOM_PMON_FIRST && reg <= SCOM_PMON_LAST) {
        return PHB_PERFMON_CONFIG + (reg - SCOM_PMON_FIRST) * 8;
    }
    return 0;
}

static void scom_error(P9xPhb4 *phb, unsigned reg)
{
    const ErrorInfo info = { .pe = -1, .log0 = reg };

    phb_guest_error(phb, P9X_ERR_PHB_ACCESS, "XSCOM register 0x%x of the ETU",
                    reg);
    phb_raise(phb, GROUP_PHB, ERR_SCOM_INDIRECT, &info);
}

/* Where the indirect access goes; false if none is set up. */
static bool indirect(P9xPhb4 *phb, unsigned *offset, unsigned *size)
{
    uint64_t addr = phb->scom_ind_addr;

    if (!(addr & SCOM_IND_VALID)) {
        scom_error(phb, SCOM_IND_DATA);
        return false;
    }
    *size = addr & SCOM_IND_4B ? 4 : 8;
    *offset = (unsigned)p9x_get64(addr, SCOM_IND_OFFSET);
    if (addr & SCOM_IND_AUTOINC) {
        phb->scom_ind_addr = p9x_set64(addr, SCOM_IND_OFFSET,
                                       *offset + *size);
    }
    return true;
}

static uint64_t etu_load(P9xPhb4 *phb, unsigned reg)
{
    unsigned offset = scom_alias(reg), size = 8;

    if (reg == SCOM_IND_ADDR) {
        return phb->scom_ind_addr;
    }
    if (reg == SCOM_IND_DATA) {
        return indirect(phb, &offset, &size) ?
               phb_reg_load(phb, offset, size) : UINT64_MAX;
    }
    if (!offset) {
        scom_error(phb, reg);
        return UINT64_MAX;
    }
    return phb_reg_load(phb, offset, size);
}

static void etu_store(P9xPhb4 *phb, unsigned reg, uint64_t value)
{
    unsigned offset = scom_alias(reg), size = 8;

    if (reg == SCOM_IND_ADDR) {
        phb->scom_ind_addr = value & (SCOM_IND_FLAGS | SCOM_IND_OFFSET);
        return;
    }
    if (reg == SCOM_IND_DATA) {
        if (indirect(phb, &offset, &size)) {
            phb_reg_store(phb, offset, size, value);
        }
        return;
    }
    if (!offset) {
        scom_error(phb, reg);
        return;
    }
    phb_reg_store(phb, offset, size, value);
}

/* An ETU in reset doesn't answer, and its stack notices. */
static bool etu_answers(P9xPhb4 *phb)
{
    if (!atomic_load(&phb->in_reset)) {
        return true;
    }
    fir_store(phb, phb->pci, NEST_FIR_SET, pci_mask(NEST_FIR),
              PCI_FIR_ETU_RESET);
    return false;
}

static bool has_reg(P9xPhb4 *phb, P9xPhb4Xscom range, uint32_t reg,
                    uint32_t nr)
{
    if (reg < nr) {
        return true;
    }
    phb_guest_error(phb, P9X_ERR_PHB_ACCESS, "XSCOM register 0x%x of range "
                    "%u", reg, range);
    return false;
}

uint64_t p9x_phb4_xscom_load(P9xPhb4 *phb, P9xPhb4Xscom range, uint32_t reg)
{
    switch (range) {
    case P9X_PHB4_XSCOM_NEST:
        return has_reg(phb, range, reg, P9X_PHB4_XSCOM_NEST_REGS) ?
               locked_load(phb, &phb->nest[reg]) : UINT64_MAX;
    case P9X_PHB4_XSCOM_PCI:
        return has_reg(phb, range, reg, P9X_PHB4_XSCOM_PCI_REGS) ?
               locked_load(phb, &phb->pci[reg]) : UINT64_MAX;
    default:
        return has_reg(phb, range, reg, P9X_PHB4_XSCOM_ETU_REGS) &&
               etu_answers(phb) ? etu_load(phb, reg) : UINT64_MAX;
    }
}

void p9x_phb4_xscom_store(P9xPhb4 *phb, P9xPhb4Xscom range, uint32_t reg,
                          uint64_t value)
{
    switch (range) {
    case P9X_PHB4_XSCOM_NEST:
        if (has_reg(phb, range, reg, P9X_PHB4_XSCOM_NEST_REGS)) {
            nest_store(phb, reg, value);
        }
        break;
    case P9X_PHB4_XSCOM_PCI:
        if (has_reg(phb, range, reg, P9X_PHB4_XSCOM_PCI_REGS)) {
            pci_store(phb, reg, value);
        }
        break;
    default:
        if (has_reg(phb, range, reg, P9X_PHB4_XSCOM_ETU_REGS) &&
            etu_answers(phb)) {
            etu_store(phb, reg, value);
        }
    }
}
