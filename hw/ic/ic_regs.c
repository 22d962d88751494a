/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What registers do, and how an access finds its row of ic_reg_list.inc.
 */
#include <glib.h>

#include "ic_errors.h"
#include "ic_notify.h"
#include "ic_place.h"
#include "ic_regs.h"
#include "ic_scrub.h"
#include "ic_sets.h"
#include "ic_tables.h"
#include "ic_threads.h"
#include "ic_vsd.h"
#include "xive/recorder.h"

enum {
    ROW_UNLOCKED = 1,           /* store changes lines of threads */
    ROW_READ_ONLY = 2,
    ROW_STORE_CLEARS = 4,       /* any store does */
    ROW_LOAD_CLEARS = 8,
    ROW_LOAD_ZERO = 16          /* an order: nothing to be read */
};

enum { XSCOM_ALONE = 0x240 };   /* and all above */

/* A row of ic_reg_list.inc, which says what each column is. */
typedef struct P9xIcRow Row;

struct P9xIcRow {
    uint16_t offset;
    uint16_t xscom;
    uint16_t with;
    uint16_t arg;
    unsigned flags;
    uint64_t bits;
    uint64_t reset;
    uint64_t (*load)(P9xIc *ic, const Row *row);
    void (*store)(P9xIc *ic, const Row *row, uint64_t value);
};

static uint64_t load_plain(P9xIc *ic, const Row *row)
{
    return p9x_ic_reg(&ic->base, row->offset);
}

static void store_plain(P9xIc *ic, const Row *row, uint64_t value)
{
    p9x_ic_set_reg(&ic->base, row->offset, value & row->bits);
}

/* ---- CQ ---- */

static uint64_t load_tdr(P9xIc *ic, const Row *row)
{
    (void)row;
    return p9x_ic_set_data_load(&ic->base);
}

static void store_tdr(P9xIc *ic, const Row *row, uint64_t value)
{
    (void)row;
    p9x_ic_set_data_store(&ic->base, value);
}

/*
 * A command is over when it is stored.  No document says what its operand
 * means, so no unit of the model answers it.
 */
static void store_swi(P9xIc *ic, const Row *row, uint64_t value)
{
    store_plain(ic, row, value);
    p9x_ic_set_reg(&ic->base, row->with,
                   P9X_BIT64(row->arg) | P9X_SWI_RSP_NONE);
}

/* A reset of the unit is more than a register can do: see p9x_ic_row_store. */
static void store_rst_ctl(P9xIc *ic, const Row *row, uint64_t value)
{
    if (value & P9X_RST_BARS) {
        p9x_ic_reset_bars(&ic->base);
    }
    if (value & P9X_RST_UNIT) {
        return;
    }
    /* With nothing on its way, the bridge is idle as soon as it is asked. */
    p9x_ic_set_reg(&ic->base, row->offset,
                   value & P9X_RST_QUIESCE ?
                   P9X_RST_QUIESCE | P9X_RST_IDLE : 0);
}

static uint64_t load_fir(P9xIc *ic, const Row *row)
{
    (void)row;
    return p9x_ic_fir_update(&ic->base, UINT64_MAX, 0);
}

static void store_fir(P9xIc *ic, const Row *row, uint64_t value)
{
    (void)row;
    p9x_ic_fir_update(&ic->base, 0, value);
}

static void store_fir_and(P9xIc *ic, const Row *row, uint64_t value)
{
    (void)row;
    p9x_ic_fir_update(&ic->base, value, 0);
}

static void store_fir_or(P9xIc *ic, const Row *row, uint64_t value)
{
    (void)row;
    p9x_ic_fir_update(&ic->base, UINT64_MAX, value);
}

/* A load writes down the errors that events have met until then. */
static uint64_t load_errors(P9xIc *ic, const Row *row)
{
    p9x_ic_fir_update(&ic->base, UINT64_MAX, 0);
    return p9x_ic_reg(&ic->base, row->offset);
}

static void store_firmask_and(P9xIc *ic, const Row *row, uint64_t value)
{
    (void)row;
    p9x_ic_set_reg(&ic->base, P9X_CQ_FIRMASK,
                   p9x_ic_reg(&ic->base, P9X_CQ_FIRMASK) & value);
}

static void store_firmask_or(P9xIc *ic, const Row *row, uint64_t value)
{
    (void)row;
    p9x_ic_set_reg(&ic->base, P9X_CQ_FIRMASK,
                   p9x_ic_reg(&ic->base, P9X_CQ_FIRMASK) | value);
}

/* ---- PC ---- */

static void store_tctxt_cfg(P9xIc *ic, const Row *row, uint64_t value)
{
    store_plain(ic, row, value);
    p9x_ic_update_threads(ic);
}

static uint64_t load_thread_en(P9xIc *ic, const Row *row)
{
    return p9x_ic_reg(&ic->base, row->with);
}

static void store_thread_en(P9xIc *ic, const Row *row, uint64_t value)
{
    p9x_ic_enable_threads(ic, row->with, value, ~value);
}

static void store_thread_en_set(P9xIc *ic, const Row *row, uint64_t value)
{
    p9x_ic_enable_threads(ic, row->with, value, 0);
}

static void store_thread_en_clr(P9xIc *ic, const Row *row, uint64_t value)
{
    p9x_ic_enable_threads(ic, row->with, 0, value);
}

/* ---- tables and caches, of VC and PC ---- */

static uint64_t load_vsd(P9xIc *ic, const Row *row)
{
    return p9x_vsd_data_load(ic, row->arg);
}

static void store_vsd(P9xIc *ic, const Row *row, uint64_t value)
{
    p9x_vsd_data_store(ic, row->arg, value);
}

static void store_pc_kill(P9xIc *ic, const Row *row, uint64_t value)
{
    if (value & P9X_KILL_VALID) {
        p9x_vst_kill(&ic->vst, P9X_VST_NVTT);
    }
    store_plain(ic, row, value & ~P9X_KILL_VALID);
}

static void store_vc_kill(P9xIc *ic, const Row *row, uint64_t value)
{
    static const P9xVstType types[] = {
        [P9X_KILL_FIFO] = P9X_VST_FIFO,
        [P9X_KILL_EAT] = P9X_VST_EAT,
        [P9X_KILL_SBE] = P9X_VST_SBE,
        [P9X_KILL_ENDT] = P9X_VST_ENDT
    };

    if (value & P9X_KILL_VALID) {
        p9x_vst_kill(&ic->vst, types[p9x_get64(value, P9X_KILL_TYPE)]);
    }
    store_plain(ic, row, value & ~P9X_KILL_VALID);
}

/* Block and index are not in the same bits for VC and PC. */
static P9xIcMatch scrub_match(uint64_t value, uint64_t mask, bool pc)
{
    uint64_t block = pc ? P9X_PC_SCRUB_BLOCK : P9X_VC_SCRUB_BLOCK;
    uint64_t index = pc ? P9X_PC_SCRUB_INDEX : P9X_VC_SCRUB_INDEX;

    return (P9xIcMatch) {
        .block = (uint32_t)p9x_get64(value, block),
        .block_mask = (uint32_t)p9x_get64(mask, block),
        .index = (uint32_t)p9x_get64(value, index),
        .index_mask = (uint32_t)p9x_get64(mask, index)
    };
}

static void store_scrub(P9xIc *ic, const Row *row, uint64_t value)
{
    P9xVstType type = (P9xVstType)row->arg;
    P9xIcMatch match = scrub_match(value, p9x_ic_reg(&ic->base, row->with),
                                   type == P9X_VST_NVTT);

    store_plain(ic, row, value & ~P9X_SCRUB_VALID);
    if (value & P9X_SCRUB_VALID) {
        p9x_ic_scrub(ic, type, &match, value & P9X_SCRUB_INVAL);
    }
}

static P9xIcWatch *watch_of(P9xIc *ic, const Row *row)
{
    return row->arg == P9X_VST_NVTT ? &ic->nvt_watch : &ic->end_watch;
}

static void store_watch_spec(P9xIc *ic, const Row *row, uint64_t value)
{
    p9x_watch_spec(watch_of(ic, row), value);
}

static uint64_t load_watch(P9xIc *ic, const Row *row)
{
    return p9x_watch_load(watch_of(ic, row));
}

static void store_watch(P9xIc *ic, const Row *row, uint64_t value)
{
    store_plain(ic, row, value);
    p9x_watch_update(watch_of(ic, row));
}

/* PQ bits of up to 32 sources, those that the mask names. */
static void store_softwr(P9xIc *ic, const Row *row, uint64_t value)
{
    uint64_t addr = p9x_ic_reg(&ic->base, P9X_VC_SBC_SOFTWR_ADDR);

    store_plain(ic, row, value);
    p9x_sbe_software_write(&ic->sbe, (uint8_t)p9x_get64(addr, P9X_SOFTWR_BLOCK),
                           (uint32_t)p9x_get64(addr, P9X_SOFTWR_LINE) * 32,
                           p9x_ic_reg(&ic->base, P9X_VC_SBC_SOFTWR_MASK),
                           value);
}

static void store_eqc_config(P9xIc *ic, const Row *row, uint64_t value)
{
    store_plain(ic, row, value);
    p9x_ic_update_end_flags(ic);
}

static uint64_t load_irq_config(P9xIc *ic, const Row *row)
{
    return p9x_fifo_load_config(&ic->fifos, row->arg);
}

static void store_irq_config(P9xIc *ic, const Row *row, uint64_t value)
{
    p9x_fifo_store_config(&ic->fifos, row->arg, value & row->bits);
    if (!(value & P9X_IRQ_QUEUE_DISABLE)) {
        p9x_ic_drain_queue(ic, row->arg);
    }
}

static void store_sbc_config(P9xIc *ic, const Row *row, uint64_t value)
{
    store_plain(ic, row, value);
    p9x_sbe_set_store_eoi(&ic->sbe, value & P9X_SBC_STORE_EOI);
}

/* ---- the table ---- */

static const Row rows[] = {
#define ROW(name, offset, xscom, flags, bits, reset, load, store, with, arg) \
    { offset, xscom, P9X_##with, arg, flags, bits, reset, load, store },
#include "ic_reg_list.inc"
};

/* ---- accesses ---- */

static const Row *by_offset[P9X_IC_NR_REGS];
static const Row *by_xscom[P9X_IC_XSCOM_REGS];

void p9x_ic_init_regs(void)
{
    static gsize done;

    if (!g_once_init_enter(&done)) {
        return;
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        by_offset[rows[i].offset / 8] = &rows[i];
        by_xscom[rows[i].xscom] = &rows[i];
    }
    g_once_init_leave(&done, 1);
}

/* The register kept at @offset. */
static const Row *row_kept_at(unsigned offset)
{
    return by_offset[offset / 8];
}

const Row *p9x_ic_row_at(uint64_t offset)
{
    const Row *row = offset % 8 == 0 && offset < 8 * P9X_IC_NR_REGS ?
                     row_kept_at((unsigned)offset) : NULL;

    return row && row->xscom < XSCOM_ALONE ? row : NULL;
}

const Row *p9x_ic_row_of_xscom(uint32_t xscom)
{
    return xscom < P9X_IC_XSCOM_REGS ? by_xscom[xscom] : NULL;
}

uint64_t p9x_ic_row_load(P9xIc *ic, const Row *row)
{
    P9xIcBase *base = &ic->base;
    uint64_t value;

    if (row->flags & ROW_LOAD_ZERO) {
        return 0;
    }
    p9x_lock(&base->lock);
    value = row->load(ic, row);
    if (row->flags & ROW_LOAD_CLEARS) {
        p9x_ic_set_reg(base, row->offset, 0);
    }
    p9x_unlock(&base->lock);
    return value;
}

static void store_locked(P9xIc *ic, const Row *row, uint64_t value)
{
    p9x_assert_held(&ic->base.lock);
    if (row->flags & ROW_READ_ONLY) {
        return;
    }
    if (row->flags & ROW_STORE_CLEARS) {
        p9x_ic_set_reg(&ic->base, row->offset, 0);
    } else {
        row->store(ic, row, value);
    }
}

bool p9x_ic_row_store(P9xIc *ic, const Row *row, uint64_t value)
{
    p9x_note(P9X_STEP_IC_STORE, ic->base.origin, row->offset,
             (uint32_t)(value >> 32), (uint32_t)value);
    if (row->flags & ROW_UNLOCKED) {
        row->store(ic, row, value);
    } else {
        p9x_lock(&ic->base.lock);
        store_locked(ic, row, value);
        p9x_unlock(&ic->base.lock);
    }
    return row->offset == P9X_CQ_RST_CTL && (value & P9X_RST_UNIT);
}

void p9x_ic_reset_regs(P9xIcBase *base)
{
    for (unsigned i = 0; i < P9X_IC_NR_REGS; i++) {
        const Row *row = row_kept_at(i * 8);

        p9x_ic_set_reg(base, i * 8, row ? row->reset : 0);
    }
}

uint64_t p9x_ic_reg_keeps(unsigned offset, uint64_t value)
{
    const Row *row = row_kept_at(offset);

    return row ? value & (row->bits | row->reset) : 0;
}
