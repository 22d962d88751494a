/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Errors: the registers of groups and LEM.
 *
 * An error is a bit in the status register of its group.  What it leads to is
 * firmware's choice, by one enable register per consequence, and done in
 * phb4_settle.c:
 *
 *   LEM_ENABLE      a bit in the LEM's FIR, which says less exactly what it was
 *   IRQ_ENABLE      the error interrupt (LSI 7; 6 for information)
 *   FREEZE_ENABLE   the PE that did it is frozen
 *   FENCE_ENABLE    the bridge fences itself off from the processor bus
 *
 * The groups PBL and REGB (PCIe core) have other enables, which make them one
 * of three bits of group PHB: information, recoverable (ERC), fatal.
 */
#include "phb4_error.h"

const uint16_t p9x_phb4_group_base[NR_GROUPS] = {
    [GROUP_PHB] = PHB_ERR,
    [GROUP_TXE] = PHB_TXE_ERR,
    [GROUP_ARB] = PHB_RXE_ARB_ERR,
    [GROUP_MRG] = PHB_RXE_MRG_ERR,
    [GROUP_TCE] = PHB_RXE_TCE_ERR,
    [GROUP_PBL] = PHB_PBL_ERR,
    [GROUP_REGB] = PHB_REGB_ERR
};

/* The LEM bit of an error, by their names; the first row of a group is its
 * default. */
static const struct LemRow {
    uint8_t group, bit, lem;
} lem_rows[] = {
    { GROUP_PHB, 64, 26 },
    { GROUP_PHB, ERR_REG_ADDRESS_A, 16 },
    { GROUP_PHB, ERR_REG_ADDRESS_ERR, 16 },
    { GROUP_PHB, ERR_REG_ADDRESS_B, 16 },
    { GROUP_PHB, ERR_REG_SIZE_A, 17 },
    { GROUP_PHB, ERR_IODA_ACCESS, 17 },
    { GROUP_PHB, ERR_REG_SIZE_ERR, 21 },
    { GROUP_PHB, ERR_REG_SIZE_B, 19 },
    { GROUP_PHB, ERR_REG_ADDRESS_PCIE, 25 },
    { GROUP_PHB, ERR_SCOM_INDIRECT, 30 },
    { GROUP_PHB, ERR_REGB_INF, 31 },
    { GROUP_PHB, ERR_REGB_ERC, 31 },
    { GROUP_PHB, ERR_REGB_FAT, 31 },
    { GROUP_TXE, 64, 10 },
    { GROUP_TXE, 0, 0 },
    { GROUP_TXE, TXE_ADDRESS_DECODE, 1 },
    { GROUP_TXE, 3, 2 },
    { GROUP_TXE, 8, 2 },
    { GROUP_TXE, TXE_CFG_WRITE_UR, 12 },
    { GROUP_TXE, TXE_CFG_ENABLE, 15 },
    { GROUP_TXE, TXE_CFG_SIZE, 15 },
    { GROUP_TXE, TXE_CFG_LINK_DOWN, 15 },
    { GROUP_TXE, TXE_PAPR_CONFIG, 3 },
    { GROUP_TXE, TXE_PAPR_MMIO, 3 },
    { GROUP_ARB, 64, 40 },
    { GROUP_ARB, 0, 42 },
    { GROUP_ARB, ARB_UR, 42 },
    { GROUP_ARB, ARB_MSI_ALIGN, 34 },
    { GROUP_ARB, 24, 46 },
    { GROUP_ARB, ARB_TVT_INVALID, 35 },
    { GROUP_ARB, ARB_MSI_PE_MISMATCH, 33 },
    { GROUP_ARB, ARB_TVT_ADDRESS, 35 },
    { GROUP_ARB, ARB_PELTV_BAR_DISABLED, 41 },
    { GROUP_ARB, ARB_PAPR_INBOUND, 39 },
    { GROUP_ARB, ARB_RTE_PE, 47 },
    { GROUP_ARB, ARB_RTT_BAR_DISABLED, 41 },
    { GROUP_ARB, 34, 43 },
    { GROUP_ARB, 57, 36 },
    { GROUP_ARB, 58, 37 },
    { GROUP_ARB, 59, 38 },
    { GROUP_MRG, 64, 48 },
    { GROUP_MRG, 17, 53 },
    { GROUP_MRG, 18, 53 },
    { GROUP_MRG, MRG_PEST_BAR_DISABLED, 49 },
    { GROUP_TCE, 64, 59 },
    { GROUP_TCE, TCE_PAGE_ACCESS, 56 },
    { GROUP_TCE, 2, 56 },
    { GROUP_TCE, 8, 57 },
    { GROUP_TCE, 13, 58 }
};

unsigned p9x_phb4_lem_bit(P9xPhb4Group group, unsigned bit)
{
    unsigned lem = 0;

    for (unsigned i = 0; i < G_N_ELEMENTS(lem_rows); i++) {
        const struct LemRow *row = &lem_rows[i];

        if (row->group == group && (row->bit == bit || row->bit == 64)) {
            lem = row->lem;
        }
    }
    return lem;
}

static uint64_t group_reg(const P9xPhb4 *phb, P9xPhb4Group group, unsigned reg)
{
    return p9x_phb4_reg(phb, p9x_phb4_group_base[group] + reg);
}

/* Under error_lock. */
static void or_reg(P9xPhb4 *phb, unsigned offset, uint64_t bits)
{
    p9x_assert_held(&phb->error_lock);
    p9x_phb4_set_reg(phb, offset, p9x_phb4_reg(phb, offset) | bits);
}

void p9x_phb4_and_reg(P9xPhb4 *phb, unsigned offset, uint64_t value)
{
    p9x_lock(&phb->error_lock);
    p9x_phb4_set_reg(phb, offset, p9x_phb4_reg(phb, offset) & value);
    p9x_unlock(&phb->error_lock);
}

void p9x_phb4_or_reg(P9xPhb4 *phb, unsigned offset, uint64_t value)
{
    p9x_lock(&phb->error_lock);
    or_reg(phb, offset, value);
    p9x_unlock(&phb->error_lock);
}

bool p9x_phb4_error_enabled(const P9xPhb4 *phb, P9xPhb4Group group,
                            unsigned bit, unsigned enable)
{
    return group_reg(phb, group, enable) & P9X_BIT64(bit);
}

/* Under error_lock.  WOF, "who's on first", keeps the first FIR only. */
static void note_lem(P9xPhb4 *phb, P9xPhb4Group group, unsigned bit)
{
    uint64_t fir = P9X_BIT64(p9x_phb4_lem_bit(group, bit));

    p9x_assert_held(&phb->error_lock);
    if (!p9x_phb4_error_enabled(phb, group, bit, GRP_LEM_ENABLE)) {
        return;
    }
    if (!p9x_phb4_reg(phb, PHB_LEM_WOF) &&
        !(p9x_phb4_reg(phb, PHB_LEM_ERROR_MASK) & fir)) {
        p9x_phb4_set_reg(phb, PHB_LEM_WOF, fir);
    }
    or_reg(phb, PHB_LEM_FIR_ACCUM, fir);
}

/* The bit of group PHB that says that this group has something. */
static uint64_t summary_bit(P9xPhb4Group group)
{
    static const uint8_t bit[NR_ETU_GROUPS] = {
        [GROUP_TXE] = ERR_OR_TXE,
        [GROUP_ARB] = ERR_OR_ARB,
        [GROUP_MRG] = ERR_OR_MRG,
        [GROUP_TCE] = ERR_OR_TCE
    };

    return group > GROUP_PHB && group < NR_ETU_GROUPS ?
           P9X_BIT64(bit[group]) : 0;
}

/* Under error_lock. */
static bool note_error(P9xPhb4 *phb, P9xPhb4Group group, unsigned bit,
                       const P9xPhb4Error *error)
{
    unsigned base = p9x_phb4_group_base[group];
    uint64_t mask = P9X_BIT64(bit);

    p9x_assert_held(&phb->error_lock);
    if (group_reg(phb, group, GRP_STATUS_MASK) & mask) {
        return false;
    }
    or_reg(phb, base + GRP_STATUS, mask);
    if (!group_reg(phb, group, GRP_FIRST) &&
        !(group_reg(phb, group, GRP_FIRST_MASK) & mask)) {
        p9x_phb4_set_reg(phb, base + GRP_FIRST, mask);
        p9x_phb4_set_reg(phb, base + GRP_LOG_0, error->log0);
        p9x_phb4_set_reg(phb, base + GRP_LOG_1, error->log1);
    }
    if (group < NR_ETU_GROUPS) {
        or_reg(phb, PHB_ERR + GRP_STATUS, summary_bit(group));
        note_lem(phb, group, bit);
    }
    return true;
}

bool p9x_phb4_note_error(P9xPhb4 *phb, P9xPhb4Group group, unsigned bit,
                         const P9xPhb4Error *error)
{
    bool noted;

    p9x_lock(&phb->error_lock);
    noted = note_error(phb, group, bit, error);
    p9x_unlock(&phb->error_lock);
    return noted;
}

void p9x_phb4_raise(P9xPhb4 *phb, P9xPhb4Changes *changes, P9xPhb4Group group,
                    unsigned bit, const P9xPhb4Error *error)
{
    g_assert(!(changes->what & PHB_CHANGED_ERROR));
    if (p9x_phb4_note_error(phb, group, bit, error)) {
        changes->what |= PHB_CHANGED_ERROR;
        changes->group = group;
        changes->bit = bit;
        changes->error = *error;
    }
}

/* ---- what can be seen of it ---- */

static uint64_t active(const P9xPhb4 *phb, P9xPhb4Group group)
{
    return group_reg(phb, group, GRP_STATUS) &
           group_reg(phb, group, GRP_IRQ_ENABLE);
}

bool p9x_phb4_wants_interrupt(const P9xPhb4 *phb, unsigned lsi)
{
    const uint64_t inf = P9X_BIT64(ERR_REGB_INF);
    uint64_t any = active(phb, GROUP_PHB);

    if (lsi == P9X_PHB4_LSI_INF) {
        return any & inf;
    }
    any &= ~inf;
    for (unsigned g = GROUP_TXE; g < NR_ETU_GROUPS; g++) {
        any |= active(phb, (P9xPhb4Group)g);
    }
    return any;
}

/* Bits 0 to 4: the ETU groups in the order of their registers. */
uint64_t p9x_phb4_error_summary(const P9xPhb4 *phb)
{
    uint64_t summary = 0;

    for (unsigned g = 0; g < NR_ETU_GROUPS; g++) {
        if (group_reg(phb, (P9xPhb4Group)g, GRP_STATUS)) {
            summary |= P9X_BIT64(g);
        }
    }
    return summary;
}

uint64_t p9x_phb4_channel_errors(const P9xPhb4 *phb)
{
    uint64_t status = 0;

    for (unsigned g = 0; g < NR_ETU_GROUPS; g++) {
        if (group_reg(phb, (P9xPhb4Group)g, GRP_STATUS)) {
            status |= PHB_CHAN_ANY_ERR;
        }
        if (group_reg(phb, (P9xPhb4Group)g, GRP_FIRST)) {
            status |= PHB_CHAN_ANY_ERR1;
        }
    }
    return status;
}
