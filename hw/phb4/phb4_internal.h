/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The inside of a PHB4, shared by the files beside it.
 *
 * An entry, that is, a function of phb4.h, first changes state: registers,
 * tables, frozen PEs, the link.  What that leads to is none of the business of
 * the function that changes it: it notes in a P9xPhb4Changes what happened,
 * and phb4_settle.c acts on that once, at the end of the entry.  Only there
 * PEs are frozen by an error, the fence goes up, error interrupts change and
 * the host program hears of windows, translations and the link.  So calls
 * between files go one way.
 *
 * An entry keeps its P9xPhb4Changes on the stack: what a device's thread did
 * wrong has had its consequences when that thread's call returns.
 *
 * What device threads read while firmware writes is atomic by the word.  Error
 * registers have two writers, firmware and the error itself, hence error_lock;
 * the IOTLB has its own.  Both are leaves: no port and no other lock is taken
 * under them.
 */
#ifndef P9X_PHB4_INTERNAL_H
#define P9X_PHB4_INTERNAL_H

#include <stdatomic.h>

#include "xive/lock.h"
#include "xive/phb4/phb4.h"
#include "xive/recorder.h"

#include "phb4_fields.h"

enum {
    PHB_MAX_TVES = 1024,
    PHB_MAX_MBT = 32,
    PHB_MAX_MRT = 16,
    PHB_MAX_PCT = 8,
    PHB_NR_TABLE_WORDS = PHB_MAX_TVES + PHB_MAX_MBT * 2 + P9X_PHB4_NR_PES +
                         PHB_MAX_MRT + PHB_MAX_PCT,
    PHB_NR_RIDS = 65536,
    PHB_IOTLB_ENTRIES = 1024
};

typedef enum P9xPhb4Group {
    GROUP_PHB,
    GROUP_TXE,
    GROUP_ARB,
    GROUP_MRG,
    GROUP_TCE,
    NR_ETU_GROUPS,
    GROUP_PBL = NR_ETU_GROUPS,
    GROUP_REGB,
    NR_GROUPS
} P9xPhb4Group;

/* What is known about an error beside its bit. */
typedef struct P9xPhb4Error {
    int pe;                     /* 0 to nr_pes - 1; else: concerns no PE */
    uint64_t pesta;             /* without the frozen bit and the LEM bit */
    uint64_t pestb;
    uint64_t log0;
    uint64_t log1;
} P9xPhb4Error;

typedef struct P9xPhb4IotlbEntry {
    uint64_t iova;              /* page-aligned */
    uint64_t tce;
    uint16_t pe;
    uint8_t shift;              /* 0: entry not in use */
} P9xPhb4IotlbEntry;

typedef struct P9xPhb4Iotlb {
    P9xLock lock;
    uint64_t generation;        /* counts kills */
    P9xPhb4IotlbEntry entry[PHB_IOTLB_ENTRIES];
} P9xPhb4Iotlb;

/*
 * The on-chip tables that keep what is stored.  As one array they are reset,
 * saved and restored: the order is that of the migration stream, and a table
 * that is put here is in it.
 */
typedef union P9xPhb4Tables {
    struct {
        _Atomic uint64_t tvt[PHB_MAX_TVES];
        _Atomic uint64_t mbt[PHB_MAX_MBT][2];
        _Atomic uint64_t mdt[P9X_PHB4_NR_PES];
        _Atomic uint64_t mrt[PHB_MAX_MRT];
        _Atomic uint64_t pct[PHB_MAX_PCT];
    };
    _Atomic uint64_t word[PHB_NR_TABLE_WORDS];
} P9xPhb4Tables;

G_STATIC_ASSERT(sizeof(P9xPhb4Tables) == PHB_NR_TABLE_WORDS * 8);

struct P9xPhb4 {
    P9xPhb4Config config;
    uint32_t nr_pes;            /* 512 or 256 */

    /* State, which phb4_state.c walks through: all of it. */
    _Atomic uint64_t regs[PHB_NR_REGS];
    uint64_t nest[P9X_PHB4_XSCOM_NEST_REGS];    /* FIRs: error_lock */
    uint64_t pci[P9X_PHB4_XSCOM_PCI_REGS];
    uint64_t scom_ind_addr;
    P9xPhb4Tables tables;
    atomic_uchar frozen[P9X_PHB4_NR_PES];       /* P9X_PHB4_FROZEN_* */
    P9xPhb4Source source;                       /* PQ, levels, PEs */
    atomic_uchar level[P9X_PHB4_NR_LSIS];
    P9xPhb4Link link;

    /* What follows from state. */
    atomic_uint nr_mmio_frozen;
    atomic_bool in_reset;       /* ETU */
    atomic_bool link_up;
    atomic_bool fenced;
    atomic_bool direct;         /* windows, see P9xPhb4Window */

    /* Caches of memory.  RTT: PE + 1; 0: not cached. */
    _Atomic uint16_t *rtc;
    atomic_uint rtc_generation;
    P9xPhb4Iotlb iotlb;

    P9xLock error_lock;

    /* Rows as those of P9xCounters. */
    struct {
        _Atomic uint64_t stat[P9X_PHB4_NR_STATS];
        char apart[64];
    } row[P9X_ROWS];
};

/* ---- what an entry changed ---- */

enum {
    PHB_CHANGED_STATE = 1 << 0,     /* what fence, windows or LSIs look at */
    PHB_CHANGED_ERROR = 1 << 1,     /* an error was noted */
    PHB_CHANGED_DMA = 1 << 2,       /* what DMA may reach */
    PHB_CHANGED_WINDOWS = 1 << 3,   /* where windows or MSI windows are */
    PHB_CHANGED_SOURCE = 1 << 4,    /* CTRLR, or the LSIs' place */
    PHB_CHANGED_LINK = 1 << 5,      /* the host program has to hear of it */
    PHB_CHANGED_DEVICES = 1 << 6    /* with LINK: they were reset */
};

/* Only @what is set from the beginning. */
typedef struct P9xPhb4Changes {
    unsigned what;              /* PHB_CHANGED_* */
    /* PHB_CHANGED_ERROR: the one error of this entry */
    P9xPhb4Group group;
    unsigned bit;
    P9xPhb4Error error;
    /* PHB_CHANGED_DMA: as port iotlb_flush has it */
    unsigned pe;
    uint64_t iova;
    uint64_t size;
} P9xPhb4Changes;

static inline void p9x_phb4_changed_nothing(P9xPhb4Changes *changes)
{
    changes->what = 0;
}

/* More than one range becomes everything that includes them. */
static inline void p9x_phb4_changed_range(P9xPhb4Changes *changes, unsigned pe,
                                          uint64_t iova, uint64_t size)
{
    bool more = changes->what & PHB_CHANGED_DMA;

    changes->pe = more && changes->pe != pe ? P9X_PHB4_ALL_PES : pe;
    changes->iova = more ? 0 : iova;
    changes->size = more ? 0 : size;
    changes->what |= PHB_CHANGED_DMA;
}

/* @pe P9X_PHB4_ALL_PES: all that anyone's DMA may reach. */
static inline void p9x_phb4_changed_dma(P9xPhb4Changes *changes, unsigned pe)
{
    p9x_phb4_changed_range(changes, pe, 0, 0);
}

/* ---- registers, counting ---- */

/* Byte offsets below PHB_NR_BYTES. */
static inline uint64_t p9x_phb4_reg(const P9xPhb4 *phb, unsigned offset)
{
    return atomic_load_explicit(&phb->regs[offset / 8],
                                memory_order_acquire);
}

static inline void p9x_phb4_set_reg(P9xPhb4 *phb, unsigned offset,
                                    uint64_t value)
{
    atomic_store_explicit(&phb->regs[offset / 8], value,
                          memory_order_release);
}

static inline void p9x_phb4_count(P9xPhb4 *phb, P9xPhb4Stat stat)
{
    unsigned row = p9x_row();

    p9x_count_in_row(&phb->row[row].stat[stat], row, 1);
}

/* In records. */
static inline uint16_t p9x_phb4_origin(const P9xPhb4 *phb)
{
    return phb->source.source.config.origin;
}

static inline bool p9x_phb4_unreachable(const P9xPhb4 *phb)
{
    return atomic_load(&phb->fenced) || atomic_load(&phb->in_reset);
}

/* Can devices get through at all? */
static inline bool p9x_phb4_open_to_dma(const P9xPhb4 *phb)
{
    return !p9x_phb4_unreachable(phb) && atomic_load(&phb->link_up) &&
           !(p9x_phb4_reg(phb, PHB_Q_DMA_R) & PHB_Q_DMA_QUIESCE);
}

/* phb4.c */
void p9x_phb4_trace(P9xPhb4 *phb, P9xPhb4TraceStep step, uint64_t a,
                    uint64_t b, uint64_t c, uint64_t d);
void p9x_phb4_guest_error(P9xPhb4 *phb, P9xGuestError kind, const char *fmt,
                          ...) __attribute__((format(printf, 3, 4)));

#endif
