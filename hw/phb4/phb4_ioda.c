/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * On-chip tables, reached one doubleword at a time through an address and a
 * data register.  The address may count up by itself.
 *
 * A row says how large a table is and, if it does more than keep what it is
 * given, what an access does.  LIST and MIST are the interrupt sources seen as
 * tables: their P and Q bits are those of the ESB pages, there is no second
 * copy.
 */
#include <stddef.h>

#include "phb4_error.h"
#include "phb4_ioda.h"
#include "phb4_iotlb.h"
#include "phb4_pe.h"
#include "phb4_source_internal.h"
#include "phb4_tve.h"

typedef struct IodaAccess {
    const struct TableRow *row;
    unsigned index;             /* within the table's size */
    unsigned partial;           /* MIST: which quarters to write */
} IodaAccess;

typedef struct TableRow {
    uint16_t size;              /* doublewords of a big bridge; 0: no table */
    bool one_size;              /* a small bridge has as many, not half */
    bool kept;                  /* in P9xPhb4Tables, from word @first on */
    uint16_t first;
    /* NULL: what is kept, or else nothing. */
    uint64_t (*load)(P9xPhb4 *phb, unsigned index);
    void (*store)(P9xPhb4 *phb, P9xPhb4Changes *changes,
                  const IodaAccess *access, uint64_t value);
} TableRow;

static _Atomic uint64_t *kept_word(P9xPhb4 *phb, const IodaAccess *access)
{
    return &phb->tables.word[access->row->first + access->index];
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

static void store_mist(P9xPhb4 *phb, P9xPhb4Changes *changes,
                       const IodaAccess *access, uint64_t value)
{
    unsigned quarters = access->partial ? access->partial : 0xF;

    (void)changes;
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

static void store_list(P9xPhb4 *phb, P9xPhb4Changes *changes,
                       const IodaAccess *access, uint64_t value)
{
    uint32_t srcno = p9x_phb4_lsi(&phb->source, access->index);
    unsigned pq = (value & LIST_P ? P9X_ESB_P : 0) |
                  (value & LIST_Q ? P9X_ESB_Q : 0);

    (void)changes;
    p9x_source_set_pq(&phb->source.source, srcno, (P9xPq)pq);
}

/* ---- other tables with effects ---- */

static void store_tvt(P9xPhb4 *phb, P9xPhb4Changes *changes,
                      const IodaAccess *access, uint64_t value)
{
    if (atomic_exchange(kept_word(phb, access), value) != value) {
        p9x_phb4_iotlb_kill_pe(phb, changes,
                               access->index / p9x_phb4_tves_per_pe(phb));
    }
}

/* The enable bit of an entry is one bit, seen in both of its halves. */
static void store_mbt(P9xPhb4 *phb, P9xPhb4Changes *changes,
                      const IodaAccess *access, uint64_t value)
{
    _Atomic uint64_t *entry = phb->tables.mbt[access->index / 2];

    entry[access->index % 2] = value;
    entry[!(access->index % 2)] &= ~MBT0_ENABLE;
    entry[!(access->index % 2)] |= value & MBT0_ENABLE;
    changes->what |= PHB_CHANGED_WINDOWS;
}

static uint64_t load_pest(const P9xPhb4 *phb, unsigned pe, unsigned kind)
{
    return p9x_phb4_frozen(phb, pe) & kind ? PEST_FROZEN : 0;
}

static uint64_t load_pesta(P9xPhb4 *phb, unsigned pe)
{
    return load_pest(phb, pe, P9X_PHB4_FROZEN_MMIO);
}

static uint64_t load_pestb(P9xPhb4 *phb, unsigned pe)
{
    return load_pest(phb, pe, P9X_PHB4_FROZEN_DMA);
}

static void store_pesta(P9xPhb4 *phb, P9xPhb4Changes *changes,
                        const IodaAccess *access, uint64_t value)
{
    p9x_phb4_set_frozen(phb, changes, access->index, P9X_PHB4_FROZEN_MMIO,
                        value & PEST_FROZEN);
}

static void store_pestb(P9xPhb4 *phb, P9xPhb4Changes *changes,
                        const IodaAccess *access, uint64_t value)
{
    p9x_phb4_set_frozen(phb, changes, access->index, P9X_PHB4_FROZEN_DMA,
                        value & PEST_FROZEN);
}

static uint64_t load_peev(P9xPhb4 *phb, unsigned index)
{
    return p9x_phb4_peev(phb, index);
}

/* ---- rows ---- */

#define KEPT(table) \
    .kept = true, .first = offsetof(P9xPhb4Tables, table) / 8, \
    .size = sizeof(((P9xPhb4Tables *)0)->table) / 8

static const TableRow rows[NR_TBLS] = {
    [TBL_LIST] = { .size = P9X_PHB4_NR_LSIS, .one_size = true,
                   .load = load_list, .store = store_list },
    [TBL_MIST] = { .size = P9X_PHB4_BIG_SOURCES / 4,
                   .load = load_mist, .store = store_mist },
    [TBL_PCT] = { KEPT(pct), .one_size = true },
    [TBL_MRT] = { KEPT(mrt) },
    [TBL_PESTA] = { .size = P9X_PHB4_NR_PES, .load = load_pesta,
                    .store = store_pesta },
    [TBL_PESTB] = { .size = P9X_PHB4_NR_PES, .load = load_pestb,
                    .store = store_pestb },
    [TBL_TVT] = { KEPT(tvt), .store = store_tvt },
    [TBL_MBT] = { KEPT(mbt), .store = store_mbt },
    [TBL_MDT] = { KEPT(mdt) },
    /* Follows the PESTs. */
    [TBL_PEEV] = { .size = P9X_PHB4_NR_PES / 64, .load = load_peev },
    /* Caches that look empty. */
    [TBL_RCAM] = { .size = 128 },
    [TBL_TCR] = { .size = PHB_MAX_TVES },
    [TBL_TDR] = { .size = PHB_MAX_TVES }
};

/* Decodes the address register and counts it up. */
static bool ioda_access(P9xPhb4 *phb, P9xPhb4Changes *changes,
                        IodaAccess *access)
{
    uint64_t addr = p9x_phb4_reg(phb, PHB_IODA_ADDR);
    unsigned table = (unsigned)p9x_get64(addr, PHB_IODA_TSEL);
    const TableRow *row = &rows[table];
    bool half = !phb->config.big && !row->one_size;
    unsigned size = half ? row->size / 2 : row->size;
    const P9xPhb4Error error = { .pe = -1, .log0 = addr };

    if (!size) {
        p9x_phb4_guest_error(phb, P9X_ERR_PHB_ACCESS, "IODA table %u", table);
        p9x_phb4_raise(phb, changes, GROUP_PHB, ERR_IODA_ACCESS, &error);
        return false;
    }
    access->row = row;
    access->index = (unsigned)p9x_get64(addr, PHB_IODA_TADR) % size;
    access->partial = (unsigned)p9x_get64(addr, PHB_IODA_MIST_PWV);
    if (addr & PHB_IODA_AUTOINC) {
        p9x_phb4_set_reg(phb, PHB_IODA_ADDR,
                         p9x_set64(addr, PHB_IODA_TADR,
                                   (access->index + 1) % size));
    }
    return true;
}

uint64_t p9x_phb4_ioda_load(P9xPhb4 *phb, P9xPhb4Changes *changes)
{
    IodaAccess access;

    if (!ioda_access(phb, changes, &access)) {
        return 0;
    }
    if (access.row->load) {
        return access.row->load(phb, access.index);
    }
    return access.row->kept ? atomic_load(kept_word(phb, &access)) : 0;
}

void p9x_phb4_ioda_store(P9xPhb4 *phb, P9xPhb4Changes *changes,
                         uint64_t value)
{
    IodaAccess access;

    if (!ioda_access(phb, changes, &access)) {
        return;
    }
    if (access.row->store) {
        access.row->store(phb, changes, &access, value);
    } else if (access.row->kept) {
        atomic_store(kept_word(phb, &access), value);
    }
}

void p9x_phb4_ioda_reset(P9xPhb4 *phb)
{
    for (unsigned i = 0; i < PHB_NR_TABLE_WORDS; i++) {
        atomic_store(&phb->tables.word[i], 0);
    }
    p9x_phb4_thaw_all(phb);
}
