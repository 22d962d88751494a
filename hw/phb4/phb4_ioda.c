/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * On-chip tables, reached one doubleword at a time through an address and a
 * data register.  The address may count up by itself.
 *
 * LIST and MIST are the interrupt sources seen as tables: their P and Q bits
 * are those of the ESB pages, there is no second copy.
 */
#include "phb4_internal.h"

/* How many doublewords a table has; 0: no such table. */
static unsigned table_size(const P9xPhb4 *phb, unsigned table)
{
    unsigned half = phb->config.big ? 1 : 2;

    switch (table) {
    case TBL_LIST:
        return P9X_PHB4_NR_LSIS;
    case TBL_MIST:
        return P9X_PHB4_BIG_SOURCES / 4 / half;
    case TBL_PCT:
        return PHB_MAX_PCT;
    case TBL_RCAM:
        return 128 / half;
    case TBL_MRT:
        return PHB_MAX_MRT / half;
    case TBL_PESTA:
    case TBL_PESTB:
    case TBL_MDT:
        return phb->nr_pes;
    case TBL_TVT:
    case TBL_TCR:
    case TBL_TDR:
        return PHB_MAX_TVES / half;
    case TBL_MBT:
        return PHB_MAX_MBT * 2 / half;
    case TBL_PEEV:
        return phb->nr_pes / 64;
    default:
        return 0;
    }
}

typedef struct IodaAccess {
    unsigned table;
    unsigned index;             /* within the table's size */
    unsigned partial;           /* MIST: which quarters to write */
} IodaAccess;

/* Decodes the address register and counts it up. */
static bool ioda_access(P9xPhb4 *phb, IodaAccess *access)
{
    uint64_t addr = phb_reg(phb, PHB_IODA_ADDR);
    unsigned table = (unsigned)p9x_get64(addr, PHB_IODA_TSEL);
    unsigned size = table_size(phb, table);
    const ErrorInfo info = { .pe = -1, .log0 = addr };

    if (!size) {
        phb_guest_error(phb, P9X_ERR_PHB_ACCESS, "IODA table %u", table);
        phb_raise(phb, GROUP_PHB, ERR_IODA_ACCESS, &info);
        return false;
    }
    access->table = table;
    access->index = (unsigned)p9x_get64(addr, PHB_IODA_TADR) % size;
    access->partial = (unsigned)p9x_get64(addr, PHB_IODA_MIST_PWV);
    if (addr & PHB_IODA_AUTOINC) {
        phb_set_reg(phb, PHB_IODA_ADDR,
                    p9x_set64(addr, PHB_IODA_TADR,
                              (access->index + 1) % size));
    }
    return true;
}

/* ---- interrupt sources as table entries ---- */

enum { MIST_P = 0x8000, MIST_Q = 0x4000, MIST_PE = 0xFFF };

static uint64_t load_mist(P9xPhb4 *phb, unsigned index)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < 4; i++) {
        uint32_t srcno = index * 4 + i;
        P9xPq pq = p9x_source_get_pq(&phb->source.source, srcno);

        value = value << 16 |
                (uint16_t)(((unsigned)pq << 14) |
                           (p9x_phb4_get_pe(&phb->source, srcno) & MIST_PE));
    }
    return value;
}

static void store_mist(P9xPhb4 *phb, const IodaAccess *access, uint64_t value)
{
    unsigned quarters = access->partial ? access->partial : 0xF;

    for (unsigned i = 0; i < 4; i++) {
        uint16_t entry = (uint16_t)(value >> (16 * (3 - i)));

        if (quarters & (8u >> i)) {
            p9x_phb4_set_mist(&phb->source, access->index * 4 + i,
                              entry & MIST_PE, (P9xPq)(entry >> 14));
        }
    }
}

static uint64_t load_list(P9xPhb4 *phb, unsigned index)
{
    uint32_t srcno = p9x_phb4_lsi(&phb->source, index);
    P9xPq pq = p9x_source_get_pq(&phb->source.source, srcno);

    return (pq & P9X_ESB_P ? LIST_P : 0) | (pq & P9X_ESB_Q ? LIST_Q : 0) |
           (atomic_load(&phb->level[index]) ? LIST_STATE : 0);
}

static void store_list(P9xPhb4 *phb, unsigned index, uint64_t value)
{
    unsigned pq = (value & LIST_P ? P9X_ESB_P : 0) |
                  (value & LIST_Q ? P9X_ESB_Q : 0);

    p9x_source_set_pq(&phb->source.source, p9x_phb4_lsi(&phb->source, index),
                      (P9xPq)pq);
}

/* ---- other tables with effects ---- */

static void store_tvt(P9xPhb4 *phb, unsigned index, uint64_t value)
{
    if (atomic_exchange(&phb->tvt[index], value) != value) {
        phb_dma_flush_pe(phb, index / phb_tves_per_pe(phb));
    }
}

/* The enable bit of an entry is one bit, seen in both of its halves. */
static void store_mbt(P9xPhb4 *phb, unsigned index, uint64_t value)
{
    uint64_t *entry = phb->mbt[index / 2];

    entry[index % 2] = value;
    entry[!(index % 2)] &= ~MBT0_ENABLE;
    entry[!(index % 2)] |= value & MBT0_ENABLE;
    phb_windows_changed(phb);
}

static uint64_t load_pest(const P9xPhb4 *phb, unsigned pe, unsigned kind)
{
    return p9x_phb4_frozen(phb, pe) & kind ? PEST_FROZEN : 0;
}

uint64_t phb_ioda_load(P9xPhb4 *phb)
{
    IodaAccess access;

    if (!ioda_access(phb, &access)) {
        return 0;
    }
    switch (access.table) {
    case TBL_LIST:
        return load_list(phb, access.index);
    case TBL_MIST:
        return load_mist(phb, access.index);
    case TBL_PCT:
        return phb->pct[access.index];
    case TBL_MRT:
        return phb->mrt[access.index];
    case TBL_PESTA:
        return load_pest(phb, access.index, P9X_PHB4_FROZEN_MMIO);
    case TBL_PESTB:
        return load_pest(phb, access.index, P9X_PHB4_FROZEN_DMA);
    case TBL_TVT:
        return atomic_load(&phb->tvt[access.index]);
    case TBL_MBT:
        return phb->mbt[access.index / 2][access.index % 2];
    case TBL_MDT:
        return phb->mdt[access.index];
    case TBL_PEEV:
        return phb_peev(phb, access.index);
    default:        /* RCAM, TCR, TDR: caches that look empty */
        return 0;
    }
}

void phb_ioda_store(P9xPhb4 *phb, uint64_t value)
{
    IodaAccess access;

    if (!ioda_access(phb, &access)) {
        return;
    }
    switch (access.table) {
    case TBL_LIST:
        store_list(phb, access.index, value);
        break;
    case TBL_MIST:
        store_mist(phb, &access, value);
        break;
    case TBL_PCT:
        phb->pct[access.index] = value;
        break;
    case TBL_MRT:
        phb->mrt[access.index] = value;
        break;
    case TBL_PESTA:
        phb_set_frozen(phb, access.index, P9X_PHB4_FROZEN_MMIO,
                       value & PEST_FROZEN);
        break;
    case TBL_PESTB:
        phb_set_frozen(phb, access.index, P9X_PHB4_FROZEN_DMA,
                       value & PEST_FROZEN);
        break;
    case TBL_TVT:
        store_tvt(phb, access.index, value);
        break;
    case TBL_MBT:
        store_mbt(phb, access.index, value);
        break;
    case TBL_MDT:
        phb->mdt[access.index] = value;
        break;
    default:        /* PEEV follows the PESTs; caches take nothing */
        break;
    }
}

void phb_ioda_reset(P9xPhb4 *phb)
{
    for (unsigned i = 0; i < PHB_MAX_TVES; i++) {
        atomic_store(&phb->tvt[i], 0);
    }
    memset(phb->mbt, 0, sizeof(phb->mbt));
    memset(phb->mdt, 0, sizeof(phb->mdt));
    memset(phb->mrt, 0, sizeof(phb->mrt));
    memset(phb->pct, 0, sizeof(phb->pct));
    phb_pe_reset(phb);
}
