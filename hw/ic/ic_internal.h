/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the POWER9 interrupt controller share. */
#ifndef P9X_IC_INTERNAL_H
#define P9X_IC_INTERNAL_H

#include "ic_cache.h"
#include "ic_fields.h"
#include "xive/ic/ic.h"
#include "xive/source.h"

enum {
    P9X_VST_TYPES = 5,
    P9X_VST_BLOCKS = 32,
    P9X_SET_TABLES = 4,
    P9X_SETS_MAX = 64,
    P9X_VST_SLOTS = 64,             /* indirect VSDs kept for each type */
    P9X_IC_MAX_SOURCES = 1 << 22    /* PQ bits cached for one block */
};

typedef enum P9xVstType {
    P9X_VST_EAT, P9X_VST_SBE, P9X_VST_ENDT, P9X_VST_NVTT, P9X_VST_FIFO
} P9xVstType;

typedef enum P9xSetTable {
    P9X_SET_BLK, P9X_SET_MIG, P9X_SET_VDT, P9X_SET_EDT
} P9xSetTable;

/* The sources of a block whose PQ bits are in our SBE table. */
typedef struct P9xIcBlock {
    P9xIc *ic;
    uint8_t block;
    P9xLock lock;                   /* lines come and go */
    P9xSource source;
    uint8_t *memory;                /* lines as memory has them */
} P9xIcBlock;

/* VSDs read from indirect tables, until they are killed. */
typedef struct P9xIcVst {
    P9xLock lock;
    struct {
        uint64_t key;               /* 0: empty */
        uint64_t vsd;
    } slot[P9X_VST_TYPES][P9X_VST_SLOTS];
} P9xIcVst;

/*
 * Events that are held back.  The oldest are in the chip, the others in memory
 * if firmware has given any; there, @vsd says where for as long as there are.
 */
enum { P9X_FIFO_CHIP = P9X_IC_FIFO_WORDS - 4 };

typedef struct P9xIcFifo {
    uint64_t chip[P9X_FIFO_CHIP];
    uint64_t in_chip;
    uint64_t vsd;
    uint64_t first;                 /* index in memory */
    uint64_t in_memory;
} P9xIcFifo;

struct P9xIc {
    P9xRouter router;
    P9xIcFabric *fabric;
    unsigned chip_id;
    const P9xPorts *ports;
    const P9xIcPorts *ic_ports;
    P9xLock lock;                   /* one register store at a time */
    /* Atomic: what events look at is read without the lock. */
    _Atomic uint64_t reg[P9X_IC_NR_REGS];
    _Atomic uint64_t fir;
    _Atomic uint64_t vc_vsd[P9X_VST_TYPES][P9X_VST_BLOCKS];
    _Atomic uint64_t pc_vsd[P9X_VST_TYPES][P9X_VST_BLOCKS];
    _Atomic uint64_t set_table[P9X_SET_TABLES][P9X_SETS_MAX];
    _Atomic(P9xTctx *) thread[P9X_IC_CHIP_THREADS];
    _Atomic(P9xIcBlock *) block[P9X_IC_NR_BLOCKS];
    P9xIcEas eas;
    P9xIcCache end;
    P9xIcCache nvt;
    P9xIcVst vst;
    P9xLock fifo_lock;
    P9xIcFifo fifo[P9X_IC_FIFOS];   /* under fifo_lock, as the next */
    unsigned syncs;                 /* wanted, by queue */
    atomic_uint held;               /* mask of queues that hold events back */
    P9xEsb lsi;
    atomic_bool lsi_waits;          /* for a thread that takes it */
    _Atomic uint64_t errors_seen[P9X_GUEST_ERROR_MAX];
    uint64_t end_watch[4];          /* under lock, as numbers */
    uint64_t nvt_watch[8];
};

struct P9xIcFabric {
    P9xRouter vps;                  /* routes nothing; see router.h */
    _Atomic(P9xIc *) ic[P9X_IC_MAX_CHIPS];
};

static inline uint64_t p9x_ic_reg(const P9xIc *ic, unsigned offset)
{
    return atomic_load_explicit(&ic->reg[offset / 8], memory_order_acquire);
}

static inline void p9x_ic_set_reg(P9xIc *ic, unsigned offset, uint64_t value)
{
    atomic_store_explicit(&ic->reg[offset / 8], value, memory_order_release);
}

/* ---- ic_errors.c ---- */

/* Counts, reports the first of each kind, and sets @fir bits. */
void p9x_ic_error(P9xIc *ic, P9xGuestError kind, uint64_t fir,
                  const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/* The same for an access of a window to where "@what" ("no page is"). */
void p9x_ic_bad_access(P9xIc *ic, P9xGuestError kind, P9xIcWindow w,
                       bool store, uint64_t offset, unsigned size,
                       const char *what);
/* FIR := FIR & @keep | @set, with what events met put down before.  Result. */
uint64_t p9x_ic_fir_update(P9xIc *ic, uint64_t keep, uint64_t set);
void p9x_ic_reset_errors(P9xIc *ic);

/* Fenced off or absent: what a load gives. */
static inline uint64_t p9x_ic_all_ones(unsigned size)
{
    return size >= 8 ? UINT64_MAX : (UINT64_C(1) << (8 * size)) - 1;
}

/* ---- ic_cq.c: windows, set tables ---- */

P9xIcWindowPlace p9x_ic_place(const P9xIc *ic, P9xIcWindow w);
void p9x_ic_places(const P9xIc *ic, P9xIcWindowPlace *places);
/* Tells the host what differs from @before.  No lock held. */
void p9x_ic_announce(P9xIc *ic, const P9xIcWindowPlace *before);
/* log2 of the page size of the VC or PC window. */
unsigned p9x_ic_vc_shift(const P9xIc *ic);
unsigned p9x_ic_pc_shift(const P9xIc *ic);

/*
 * What @offset of the VC or PC window means: an entry of @table, and a page
 * number within the block it names.  False: nothing there.
 */
typedef struct P9xSet {
    uint64_t entry;
    uint8_t block;
    uint64_t page;
} P9xSet;

bool p9x_ic_find_vc_set(const P9xIc *ic, uint64_t offset, P9xSet *set);
bool p9x_ic_find_pc_set(const P9xIc *ic, uint64_t offset, P9xSet *set);
uint64_t p9x_ic_set_data_load(P9xIc *ic);
void p9x_ic_set_data_store(P9xIc *ic, uint64_t value);

/* BARs and their masks, by offset. */
enum { P9X_NR_BARS = 7 };
extern const uint16_t p9x_ic_bars[P9X_NR_BARS];
void p9x_ic_reset_bars(P9xIc *ic);

/* ---- ic.c ---- */

/* What firmware can ask for: all but where windows are.  No lock held. */
void p9x_ic_reset_unit(P9xIc *ic);

/* ---- ic_fifo.c ---- */

enum { P9X_FIFO_IPI, P9X_FIFO_HW, P9X_FIFO_ESC1, P9X_FIFO_ESC2, P9X_FIFO_REDI };

/*
 * Event @value, in the form of a trigger, is to be worked off.  True: it
 * waits in @queue.
 */
bool p9x_fifo_hold(P9xIc *ic, unsigned queue, uint64_t value);
static inline bool p9x_fifo_holds(const P9xIc *ic, unsigned queue)
{
    unsigned held = atomic_load_explicit(&ic->held, memory_order_acquire);

    return __builtin_expect(held != 0, 0) && (held >> queue & 1);
}

uint64_t p9x_fifo_load_config(P9xIc *ic, unsigned queue);
void p9x_fifo_store_config(P9xIc *ic, unsigned queue, uint64_t value);
/* A sync of @queue: done by now, or later. */
void p9x_fifo_sync(P9xIc *ic, unsigned queue);
void p9x_fifo_reset(P9xIc *ic);
void p9x_fifo_save(P9xIc *ic, P9xIcState *state);
void p9x_fifo_restore(P9xIc *ic, const P9xIcState *state);

/* ---- ic_lsi.c: the interrupt of firmware that has no tables yet ---- */

uint64_t p9x_lsi_load(P9xIc *ic, uint32_t offset);
/* False: there is no such operation. */
bool p9x_lsi_store(P9xIc *ic, bool eoi_page, uint32_t offset);
/* For threads that want it by now. */
void p9x_lsi_present(P9xIc *ic);

/* ---- ic_vst.c ---- */

uint64_t p9x_vst_vsd(const P9xIc *ic, P9xVstType type, uint8_t block);
static inline unsigned p9x_vsd_mode(uint64_t vsd)
{
    return (unsigned)p9x_get64(vsd, P9X_VSD_MODE);
}

/* Where entry @index is in guest memory.  SBE: @index counts bytes. */
bool p9x_vst_find(P9xIc *ic, P9xVstType type, uint8_t block, uint32_t index,
                  uint64_t *addr);
unsigned p9x_vst_entry_size(P9xVstType type);
/* Is @vsd a table in memory, as an overflow queue must be? */
bool p9x_vst_direct(P9xIc *ic, uint64_t vsd, uint64_t *addr, uint64_t *size);
/* Entries that a direct table has; an indirect one may have all. */
uint64_t p9x_vst_entries(const P9xIc *ic, P9xVstType type, uint8_t block);
/* Forgets VSDs of @type read from indirect tables. */
void p9x_vst_kill(P9xIc *ic, P9xVstType type);
uint64_t p9x_vst_data_load(P9xIc *ic, bool pc);
void p9x_vst_data_store(P9xIc *ic, bool pc, uint64_t vsd);

/* ---- ic_sbe.c ---- */

/* NULL: this IC has no PQ bits of that block. */
static inline P9xIcBlock *p9x_sbe_block(P9xIc *ic, uint8_t block)
{
    return atomic_load_explicit(&ic->block[block % P9X_IC_NR_BLOCKS],
                                memory_order_acquire);
}

void p9x_sbe_make_block(P9xIc *ic, uint8_t block);
void p9x_sbe_free_blocks(P9xIc *ic);
void p9x_sbe_reset(P9xIc *ic);
void p9x_sbe_set_store_eoi(P9xIc *ic, bool store_eoi);
/*
 * Writes back the lines that @match says, and with @inval forgets them.
 * @match counts sources.
 */
void p9x_sbe_scrub(P9xIc *ic, const P9xIcMatch *match, bool inval);
/* PQ bits of the 32 sources from @index on that @mask's first bits name. */
void p9x_sbe_software_write(P9xIc *ic, uint8_t block, uint32_t index,
                            uint64_t mask, uint64_t pq);
/* Waits for the events of all sources that are on their way. */
void p9x_sbe_sync(P9xIc *ic);

/* ---- ic_watch.c ---- */

void p9x_watch_spec(P9xIc *ic, unsigned spec, uint64_t value);
uint64_t p9x_watch_load(P9xIc *ic, unsigned spec);
void p9x_watch_update(P9xIc *ic, unsigned spec);

/* ---- ic_vc.c, ic_pc.c ---- */

extern const P9xTableOps p9x_ic_table_ops;
/* VC_EQC_CONFIG says which flags of ENDs count. */
void p9x_ic_update_end_flags(P9xIc *ic);
void p9x_ic_update_threads(P9xIc *ic);
/* Bits of a thread enable register.  Resets the threads that are turned off. */
void p9x_ic_enable_threads(P9xIc *ic, unsigned reg, uint64_t on,
                           uint64_t off);
bool p9x_ic_thread_enabled(const P9xIc *ic, const P9xTctx *tctx);
uint64_t p9x_ic_indirect_load(P9xIc *ic, uint64_t offset, unsigned size);
void p9x_ic_indirect_store(P9xIc *ic, uint64_t offset, unsigned size,
                           uint64_t value);
uint64_t p9x_ic_pc_load(P9xIc *ic, uint64_t offset, unsigned size);
void p9x_ic_pc_store(P9xIc *ic, uint64_t offset, unsigned size,
                     uint64_t value);
/* The NVT in an IC's own table; NVT lock held. */
P9xNvt *p9x_ic_own_nvt(P9xIc *ic, uint8_t block, uint32_t index);
void p9x_ic_own_nvt_changed(P9xIc *ic, uint8_t block, uint32_t index);

/* ---- ic_notify.c ---- */

/* Works trigger @value off, as if it had come out of its queue. */
void p9x_ic_trigger(P9xIc *ic, uint64_t value);
/* Sends trigger @value to the notify page at @addr, on whichever chip. */
void p9x_ic_forward(P9xIc *ic, uint64_t addr, uint64_t value);
bool p9x_ic_send_elsewhere(void *opaque, unsigned hops, uint8_t block,
                           uint32_t index, uint32_t data);

/* ---- ic_regs.c ---- */

uint64_t p9x_ic_reg_load(P9xIc *ic, uint64_t offset, unsigned size);
void p9x_ic_reg_store(P9xIc *ic, uint64_t offset, unsigned size,
                      uint64_t value);
void p9x_ic_init_regs(void);
void p9x_ic_reset_regs(P9xIc *ic);
/* What a register keeps of @value: bits it does not have are 0. */
uint64_t p9x_ic_reg_keeps(unsigned offset, uint64_t value);

#endif
