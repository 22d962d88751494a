/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The inside of a PHB4, shared by the files beside it.
 *
 * What device threads read while firmware writes is atomic by the word.  Error
 * registers have two writers, firmware and the error itself, hence error_lock;
 * the IOTLB has its own.  Both are leaves: no port and no other lock is taken
 * under them.
 *
 * Some consequences of state (an error interrupt's level, whether windows are
 * direct, the fence) may be worked out by two threads at once.  Each is a
 * function that derives the wanted value, publishes it, and looks again: the
 * last one to publish has seen the last state.
 */
#ifndef P9X_PHB4_INTERNAL_H
#define P9X_PHB4_INTERNAL_H

#include <stdatomic.h>

#include "xive/lock.h"
#include "xive/phb4/phb4.h"

#include "phb4_regs.h"

enum {
    PHB_MAX_TVES = 1024,
    PHB_MAX_MBT = 32,
    PHB_MAX_MRT = 16,
    PHB_MAX_PCT = 8,
    PHB_NR_RIDS = 65536,
    IOTLB_ENTRIES = 1024
};

typedef enum ErrorGroup {
    GROUP_PHB,
    GROUP_TXE,
    GROUP_ARB,
    GROUP_MRG,
    GROUP_TCE,
    NR_ETU_GROUPS,
    GROUP_PBL = NR_ETU_GROUPS,
    GROUP_REGB,
    NR_GROUPS
} ErrorGroup;

/* What is known about an error beside its bit. */
typedef struct ErrorInfo {
    int pe;                     /* -1: concerns no PE */
    uint64_t pesta;             /* without the frozen bit and the LEM bit */
    uint64_t pestb;
    uint64_t log0;
    uint64_t log1;
} ErrorInfo;

typedef struct IotlbEntry {
    uint64_t iova;              /* page-aligned */
    uint64_t tce;
    uint16_t pe;
    uint8_t shift;              /* 0: entry not in use */
} IotlbEntry;

typedef struct Iotlb {
    P9xLock lock;
    uint64_t generation;        /* counts kills */
    IotlbEntry entry[IOTLB_ENTRIES];
} Iotlb;

struct P9xPhb4 {
    P9xPhb4Config config;
    uint32_t nr_pes;            /* 512 or 256 */
    P9xPhb4Source source;

    _Atomic uint64_t regs[PHB_NR_REGS];
    uint64_t nest[P9X_PHB4_XSCOM_NEST_REGS];
    uint64_t pci[P9X_PHB4_XSCOM_PCI_REGS];
    uint64_t scom_ind_addr;
    P9xLock error_lock;

    _Atomic uint64_t tvt[PHB_MAX_TVES];
    uint64_t mbt[PHB_MAX_MBT][2];
    uint64_t mdt[P9X_PHB4_NR_PES];
    uint64_t mrt[PHB_MAX_MRT];
    uint64_t pct[PHB_MAX_PCT];
    atomic_uchar frozen[P9X_PHB4_NR_PES];   /* P9X_PHB4_FROZEN_* */
    atomic_uint nr_mmio_frozen;

    /* RTT cache: PE + 1; 0: not cached. */
    _Atomic uint16_t *rtc;
    atomic_uint rtc_generation;
    Iotlb iotlb;

    atomic_bool fenced;
    atomic_bool in_reset;       /* ETU */
    atomic_bool direct;         /* windows, see P9xPhb4Window */
    atomic_bool etu_fence;      /* an ETU error asked for the fence */
    atomic_uchar level[P9X_PHB4_NR_LSIS];
    atomic_bool link_up;
    P9xPhb4Link link;

    /* Rows as those of P9xCounters. */
    struct {
        _Atomic uint64_t stat[P9X_PHB4_NR_STATS];
        char apart[64];
    } row[P9X_ROWS];
};

static inline uint64_t phb_reg(const P9xPhb4 *phb, unsigned offset)
{
    return atomic_load_explicit(&phb->regs[offset / 8],
                                memory_order_acquire);
}

static inline void phb_set_reg(P9xPhb4 *phb, unsigned offset, uint64_t value)
{
    atomic_store_explicit(&phb->regs[offset / 8], value,
                          memory_order_release);
}

static inline void phb_count(P9xPhb4 *phb, P9xPhb4Stat stat)
{
    unsigned row = p9x_row();

    p9x_count_in_row(&phb->row[row].stat[stat], row, 1);
}

static inline bool phb_unreachable(const P9xPhb4 *phb)
{
    return atomic_load(&phb->fenced) || atomic_load(&phb->in_reset);
}

void phb_trace(P9xPhb4 *phb, P9xPhb4TraceStep step, uint64_t a, uint64_t b,
               uint64_t c, uint64_t d);
void phb_guest_error(P9xPhb4 *phb, P9xGuestError kind, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* phb4_regs.c */
uint64_t phb_reg_load(P9xPhb4 *phb, unsigned offset, unsigned size);
void phb_reg_store(P9xPhb4 *phb, unsigned offset, unsigned size,
                   uint64_t value);
void phb_regs_reset(P9xPhb4 *phb);
/* The PBL core was reset: its registers, but for errors that happened. */
void phb_pbl_reset(P9xPhb4 *phb);
/* Bits of register @offset that hold state; 0 if there is no such register. */
uint64_t phb_reg_state_mask(const P9xPhb4 *phb, unsigned offset);

/* phb4_ioda.c */
uint64_t phb_ioda_load(P9xPhb4 *phb);
void phb_ioda_store(P9xPhb4 *phb, uint64_t value);
void phb_ioda_reset(P9xPhb4 *phb);

/* phb4_config.c; @lane is the byte within CONFIG_DATA's word */
uint64_t phb_config_load(P9xPhb4 *phb, unsigned lane, unsigned size);
void phb_config_store(P9xPhb4 *phb, unsigned lane, unsigned size,
                      uint64_t value);
uint64_t phb_rc_load(P9xPhb4 *phb, unsigned offset, unsigned size);
void phb_rc_store(P9xPhb4 *phb, unsigned offset, unsigned size,
                  uint64_t value);

/* phb4_error.c */
extern const uint16_t phb_group_base[NR_GROUPS];
void phb_raise(P9xPhb4 *phb, ErrorGroup group, unsigned bit,
               const ErrorInfo *info);
void phb_inject(P9xPhb4 *phb, ErrorGroup group, uint64_t bits);
/* Error registers changed: bring interrupt levels in line. */
void phb_update_error_lsis(P9xPhb4 *phb);
uint64_t phb_channel_status(P9xPhb4 *phb, unsigned frozen_kind);
uint64_t phb_error_summary(P9xPhb4 *phb);
/* FIRs, masks or ETU reset changed: bring fence and windows in line. */
void phb_update_fence(P9xPhb4 *phb);
void phb_lem_and(P9xPhb4 *phb, unsigned offset, uint64_t value);
void phb_lem_or(P9xPhb4 *phb, unsigned offset, uint64_t value);

/* phb4_pe.c */
void phb_freeze(P9xPhb4 *phb, unsigned pe, uint64_t pesta, uint64_t pestb);
void phb_set_frozen(P9xPhb4 *phb, unsigned pe, unsigned kind, bool frozen);
bool phb_any_frozen(const P9xPhb4 *phb, unsigned kind);
/* 64 bits of the PE error vector. */
uint64_t phb_peev(const P9xPhb4 *phb, unsigned index);
void phb_pe_reset(P9xPhb4 *phb);

/* phb4_inject.c: PAPR error injection */
bool phb_inject_config(P9xPhb4 *phb, uint16_t rid, bool store);
bool phb_inject_mmio(P9xPhb4 *phb, uint64_t addr, bool store);
bool phb_inject_dma(P9xPhb4 *phb, uint64_t iova, bool write);
bool phb_inject_mmio_armed(const P9xPhb4 *phb);

/*
 * phb4_tve.c: what TVEs say.
 *
 * A TVE's window is a piece of a PE's DMA addresses; an offset is an address
 * within it, less what chose the TVE.
 */
typedef enum PhbTveKind { TVE_NONE, TVE_NO_XLATE, TVE_TABLE } PhbTveKind;

typedef struct PhbTve {
    uint64_t value;
    uint64_t offset;
} PhbTve;

typedef struct PhbTveWindow {
    uint64_t value;             /* of the TVE */
    uint64_t base;              /* DMA address of offset 0 */
    uint64_t first, last;       /* offsets that belong to it */
} PhbTveWindow;

typedef struct PhbTceTable {
    uint64_t addr;
    unsigned levels;            /* 1 to 5 */
    unsigned level_bits;        /* index bits of a level, 8 to 39 */
    unsigned page_shift;        /* 12 to 30 */
} PhbTceTable;

/* Bounds without translation come in such units: as good as a page. */
#define PHB_NO_XLATE_UNIT UINT64_C(0x1000000)
enum { PHB_MAX_TVE_WINDOWS = 17 };

unsigned phb_tves_per_pe(const P9xPhb4 *phb);
void phb_tve_of(const P9xPhb4 *phb, unsigned pe, uint64_t iova, PhbTve *tve);
/* All windows of @pe in order of address; returns how many. */
unsigned phb_tve_windows(const P9xPhb4 *phb, unsigned pe,
                         PhbTveWindow window[PHB_MAX_TVE_WINDOWS]);
PhbTveKind phb_tve_kind(uint64_t tve);
/* TVE_NO_XLATE: offsets from @first to before @end are real addresses. */
void phb_tve_bounds(uint64_t tve, uint64_t *first, uint64_t *end);
/* False if the hardware has no such page size or so many levels. */
bool phb_tce_table(uint64_t tve, PhbTceTable *table);
/* The last offset that a table has an entry for. */
uint64_t phb_tce_last(const PhbTceTable *table);
/* Address bits below those that choose an entry of @level (0: the last);
 * 64 or more: only entry 0 can be reached. */
unsigned phb_tce_shift(const PhbTceTable *table, unsigned level);
uint64_t phb_tce_index(const PhbTceTable *table, uint64_t offset,
                       unsigned level);

/* phb4_dma.c, phb4_iotlb.c */
void phb_rtc_invalidate(P9xPhb4 *phb, uint64_t value);
void phb_tce_kill(P9xPhb4 *phb, uint64_t value);
/* @pe P9X_PHB4_ALL_PES: everything. */
void phb_dma_flush_pe(P9xPhb4 *phb, unsigned pe);
void phb_dma_changed(P9xPhb4 *phb, unsigned pe);
/* Can devices get through at all? */
bool phb_open_to_dma(const P9xPhb4 *phb);
bool phb_is_msi32(const P9xPhb4 *phb, uint64_t iova);
bool phb_iotlb_find(P9xPhb4 *phb, unsigned pe, uint64_t iova, unsigned shift,
                    uint64_t *tce, uint64_t *generation);
void phb_iotlb_add(P9xPhb4 *phb, unsigned pe, uint64_t iova, unsigned shift,
                   uint64_t tce, uint64_t generation);
void phb_iotlb_kill(P9xPhb4 *phb, unsigned pe, uint64_t iova, uint64_t size);

/* phb4_mmio.c */
void phb_windows_changed(P9xPhb4 *phb);
/* Something that decides about direct windows changed. */
void phb_update_direct(P9xPhb4 *phb);

/* phb4_link.c */
uint64_t phb_train_ctl(P9xPhb4 *phb);
uint64_t phb_hotplug_status(P9xPhb4 *phb);
uint64_t phb_link_management(P9xPhb4 *phb);
/* @reset: devices below lose their state by what the bridge did. */
void phb_update_link(P9xPhb4 *phb, bool reset);
void phb_creset_changed(P9xPhb4 *phb, uint64_t old);
void phb_etu_reset(P9xPhb4 *phb, bool assert);

/* phb4_irq.c */
void phb_source_notify(void *opaque, uint32_t srcno, P9xTransit *transit);
void phb_msi_event(P9xPhb4 *phb, uint32_t srcno);
void phb_update_source(P9xPhb4 *phb);
void phb_set_lsi(P9xPhb4 *phb, unsigned lsi, bool level);

/* phb4_nest.c */
void phb_nest_reset(P9xPhb4 *phb);
/* Bits of the stack's registers that hold state, nest and PCI side. */
uint64_t phb_nest_state_mask(unsigned reg);
uint64_t phb_pci_state_mask(unsigned reg);

#endif
