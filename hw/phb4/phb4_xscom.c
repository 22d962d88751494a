/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * XSCOM: the stack's registers, and a back door to the bridge's own that works
 * when it is fenced.
 */
#include "phb4_access.h"
#include "phb4_error.h"
#include "phb4_reset.h"
#include "phb4_settle.h"
#include "phb4_stack.h"

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

static void scom_error(P9xPhb4 *phb, P9xPhb4Changes *changes, unsigned reg)
{
    const P9xPhb4Error error = { .pe = -1, .log0 = reg };

    p9x_phb4_guest_error(phb, P9X_ERR_PHB_ACCESS,
                         "XSCOM register 0x%x of the ETU", reg);
    p9x_phb4_raise(phb, changes, GROUP_PHB, ERR_SCOM_INDIRECT, &error);
}

/* Where the indirect access goes; false if none is set up. */
static bool indirect(P9xPhb4 *phb, P9xPhb4Changes *changes, unsigned *offset,
                     unsigned *size)
{
    uint64_t addr = phb->scom_ind_addr;

    if (!(addr & SCOM_IND_VALID)) {
        scom_error(phb, changes, SCOM_IND_DATA);
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

static uint64_t etu_load(P9xPhb4 *phb, P9xPhb4Changes *changes, unsigned reg)
{
    unsigned offset = scom_alias(reg), size = 8;

    if (reg == SCOM_IND_ADDR) {
        return phb->scom_ind_addr;
    }
    if (reg == SCOM_IND_DATA) {
        return indirect(phb, changes, &offset, &size) ?
               p9x_phb4_access_load(phb, changes, offset, size) : UINT64_MAX;
    }
    if (!offset) {
        scom_error(phb, changes, reg);
        return UINT64_MAX;
    }
    return p9x_phb4_access_load(phb, changes, offset, size);
}

static void etu_store(P9xPhb4 *phb, P9xPhb4Changes *changes, unsigned reg,
                      uint64_t value)
{
    unsigned offset = scom_alias(reg), size = 8;

    if (reg == SCOM_IND_ADDR) {
        phb->scom_ind_addr = value & (SCOM_IND_FLAGS | SCOM_IND_OFFSET);
        return;
    }
    if (reg == SCOM_IND_DATA) {
        if (indirect(phb, changes, &offset, &size)) {
            p9x_phb4_access_store(phb, changes, offset, size, value);
        }
        return;
    }
    if (!offset) {
        scom_error(phb, changes, reg);
        return;
    }
    p9x_phb4_access_store(phb, changes, offset, size, value);
}

/* An ETU in reset doesn't answer, and its stack notices. */
static bool etu_answers(P9xPhb4 *phb, P9xPhb4Changes *changes)
{
    if (!atomic_load(&phb->in_reset)) {
        return true;
    }
    p9x_phb4_pci_fir(phb, PCI_FIR_ETU_RESET);
    changes->what |= PHB_CHANGED_STATE;
    return false;
}

/* ---- entries ---- */

static bool has_reg(P9xPhb4 *phb, P9xPhb4Xscom range, uint32_t reg)
{
    static const uint32_t nr_regs[] = {
        [P9X_PHB4_XSCOM_NEST] = P9X_PHB4_XSCOM_NEST_REGS,
        [P9X_PHB4_XSCOM_PCI] = P9X_PHB4_XSCOM_PCI_REGS,
        [P9X_PHB4_XSCOM_ETU] = P9X_PHB4_XSCOM_ETU_REGS
    };

    if (reg < nr_regs[range]) {
        return true;
    }
    p9x_phb4_guest_error(phb, P9X_ERR_PHB_ACCESS, "XSCOM register 0x%x of "
                         "range %u", reg, range);
    return false;
}

static uint64_t load(P9xPhb4 *phb, P9xPhb4Changes *changes,
                     P9xPhb4Xscom range, uint32_t reg)
{
    switch (range) {
    case P9X_PHB4_XSCOM_NEST:
        return p9x_phb4_nest_load(phb, reg);
    case P9X_PHB4_XSCOM_PCI:
        return p9x_phb4_pci_load(phb, reg);
    default:
        return etu_answers(phb, changes) ? etu_load(phb, changes, reg) :
                                           UINT64_MAX;
    }
}

static void store(P9xPhb4 *phb, P9xPhb4Changes *changes, P9xPhb4Xscom range,
                  uint32_t reg, uint64_t value)
{
    switch (range) {
    case P9X_PHB4_XSCOM_NEST:
        p9x_phb4_nest_store(phb, changes, reg, value);
        break;
    case P9X_PHB4_XSCOM_PCI:
        p9x_phb4_pci_store(phb, changes, reg, value);
        if (reg == PCI_ETU_RESET) {
            p9x_phb4_etu_reset(phb, changes, phb->pci[reg]);
        }
        break;
    default:
        if (etu_answers(phb, changes)) {
            etu_store(phb, changes, reg, value);
        }
    }
}

uint64_t p9x_phb4_xscom_load(P9xPhb4 *phb, P9xPhb4Xscom range, uint32_t reg)
{
    uint64_t value = UINT64_MAX;
    P9xPhb4Changes changes;

    p9x_phb4_changed_nothing(&changes);
    if (has_reg(phb, range, reg)) {
        value = load(phb, &changes, range, reg);
    }
    p9x_phb4_settle(phb, &changes);
    return value;
}

void p9x_phb4_xscom_store(P9xPhb4 *phb, P9xPhb4Xscom range, uint32_t reg,
                          uint64_t value)
{
    P9xPhb4Changes changes;

    p9x_phb4_changed_nothing(&changes);
    if (has_reg(phb, range, reg)) {
        store(phb, &changes, range, reg, value);
    }
    p9x_phb4_settle(phb, &changes);
}
