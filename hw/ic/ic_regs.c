/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Registers that do something, and how an access finds its row.
 */
#include <glib.h>

#include "ic_errors.h"
#include "ic_notify.h"
#include "ic_place.h"
#include "ic_regs.h"
#include "ic_rows.h"
#include "ic_scrub.h"
#include "ic_sets.h"
#include "ic_tables.h"
#include "ic_threads.h"
#include "ic_vsd.h"

typedef P9xIcRow Row;

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
    unsigned n = (row->offset - P9X_CQ_SWI_CMD) / 8u;

    store_plain(ic, row, value);
    p9x_ic_set_reg(&ic->base, P9X_CQ_SWI_RSP, P9X_BIT64(n) | P9X_SWI_RSP_NONE);
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
    p9x_ic_set_reg(&ic->base, row->offset, value & P9X_RST_QUIESCE ?
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

/* REG, SET and CLR are 8 bytes apart; 0 and 1 are 32 bytes apart. */
static unsigned thread_reg(const Row *row)
{
    return row->offset & ~0x1Fu;
}

static uint64_t load_thread_en(P9xIc *ic, const Row *row)
{
    return p9x_ic_reg(&ic->base, thread_reg(row));
}

static void store_thread_en(P9xIc *ic, const Row *row, uint64_t value)
{
    p9x_ic_enable_threads(ic, thread_reg(row), value, ~value);
}

static void store_thread_en_set(P9xIc *ic, const Row *row, uint64_t value)
{
    p9x_ic_enable_threads(ic, thread_reg(row), value, 0);
}

static void store_thread_en_clr(P9xIc *ic, const Row *row, uint64_t value)
{
    p9x_ic_enable_threads(ic, thread_reg(row), 0, value);
}

/* ---- tables and caches, of VC and PC ---- */

static bool is_pc(const Row *row)
{
    return row->offset < P9X_VC_GLOBAL_CONFIG;
}

static uint64_t load_vsd(P9xIc *ic, const Row *row)
{
    return p9x_vsd_data_load(ic, is_pc(row));
}

static void store_vsd(P9xIc *ic, const Row *row, uint64_t value)
{
    p9x_vsd_data_store(ic, is_pc(row), value);
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

/* The mask register follows the trigger. */
static P9xIcMatch scrub_match(P9xIc *ic, const Row *row, uint64_t value)
{
    uint64_t mask = p9x_ic_reg(&ic->base, row->offset + 8u);
    uint64_t block = is_pc(row) ? P9X_PC_SCRUB_BLOCK : P9X_VC_SCRUB_BLOCK;
    uint64_t index = is_pc(row) ? P9X_PC_SCRUB_INDEX : P9X_VC_SCRUB_INDEX;

    return (P9xIcMatch) {
        .block = (uint32_t)p9x_get64(value, block),
        .block_mask = (uint32_t)p9x_get64(mask, block),
        .index = (uint32_t)p9x_get64(value, index),
        .index_mask = (uint32_t)p9x_get64(mask, index)
    };
}

static P9xVstType scrub_type(const Row *row)
{
    switch (row->offset) {
    case P9X_PC_VPC_SCRUB_TRIG:
        return P9X_VST_NVTT;
    case P9X_VC_EQC_SCRUB_TRIG:
        return P9X_VST_ENDT;
    case P9X_VC_SBC_SCRUB_TRIG:
        return P9X_VST_SBE;
    default:
        return P9X_VST_EAT;
    }
}

static void store_scrub(P9xIc *ic, const Row *row, uint64_t value)
{
    P9xIcMatch match = scrub_match(ic, row, value);

    store_plain(ic, row, value & ~P9X_SCRUB_VALID);
    if (!(value & P9X_SCRUB_VALID)) {
        return;
    }
    p9x_ic_scrub(ic, scrub_type(row), &match, value & P9X_SCRUB_INVAL);
}

static P9xIcWatch *watch_of(P9xIc *ic, const Row *row)
{
    return is_pc(row) ? &ic->nvt_watch : &ic->end_watch;
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

static unsigned queue_of(const Row *row)
{
    return (row->offset - P9X_VC_IRQ_CONFIG) / 8u;
}

static uint64_t load_irq_config(P9xIc *ic, const Row *row)
{
    return p9x_fifo_load_config(&ic->fifos, queue_of(row));
}

static void store_irq_config(P9xIc *ic, const Row *row, uint64_t value)
{
    p9x_fifo_store_config(&ic->fifos, queue_of(row), value & row->bits);
    if (!(value & P9X_IRQ_QUEUE_DISABLE)) {
        p9x_ic_drain_queue(ic, queue_of(row));
    }
}

static void store_sbc_config(P9xIc *ic, const Row *row, uint64_t value)
{
    store_plain(ic, row, value);
    p9x_sbe_set_store_eoi(&ic->sbe, value & P9X_SBC_STORE_EOI);
}

#define ALL         UINT64_MAX
#define ACTIVE(name, xscom, load, store) \
    P9X_IC_ROW(name, xscom, 0, ALL, 0, load, store)
#define COMMAND(name, xscom, store) \
    P9X_IC_ROW(name, xscom, P9X_ROW_LOAD_ZERO, ALL, 0, NULL, store)
/* A store may change windows, which is told when it is over. */
#define BAR(name, xscom, bits) \
    P9X_IC_ROW(name, xscom, 0, bits, 0, NULL, NULL)
#define CACHE_ENABLE(name, xscom, bits) \
    P9X_IC_ROW(name, xscom, 0, bits, bits, NULL, NULL)
#define UNLOCKED(name, xscom, bits, load, store) \
    P9X_IC_ROW(name, xscom, P9X_ROW_UNLOCKED, bits, 0, load, store)
#define QUEUE(name, xscom) \
    UNLOCKED(name, xscom, P9X_IRQ_CONFIG_BITS, load_irq_config, \
             store_irq_config)
#define ERRORS(name, xscom, flags) \
    P9X_IC_ROW(name, xscom, flags, ALL, 0, load_errors, NULL)
#define IC_BAR_BITS (P9X_BAR_VALID | P9X_BAR_64K | P9X_BAR_ADDR)
#define BAR_BITS    (P9X_BAR_VALID | P9X_BAR_ADDR)
#define ON_LOAD     (P9X_ROW_READ_ONLY | P9X_ROW_LOAD_CLEARS)
/* Cores 0 to 23 take messages. */
#define MSGSND      UINT64_C(0xFFFFFF0000000000)

const Row p9x_ic_active_rows[] = {
    ACTIVE("CQ_SWI_CMD_HIST", 0x04, NULL, store_swi),
    ACTIVE("CQ_SWI_CMD_POLL", 0x05, NULL, store_swi),
    ACTIVE("CQ_SWI_CMD_BCAST", 0x06, NULL, store_swi),
    ACTIVE("CQ_SWI_CMD_ASSIGN", 0x07, NULL, store_swi),
    ACTIVE("CQ_SWI_CMD_BLK_UPD", 0x08, NULL, store_swi),
    P9X_IC_ROW("CQ_SWI_RSP", 0x09, P9X_ROW_READ_ONLY, ALL, 0, NULL, NULL),
    ACTIVE("CQ_CFG_PB_GEN", 0x0A, NULL, NULL),
    P9X_IC_ROW("CQ_MSGSND", 0x0B, P9X_ROW_READ_ONLY, 0, MSGSND, NULL, NULL),
    BAR("CQ_IC_BAR", 0x10, IC_BAR_BITS),
    BAR("CQ_TM1_BAR", 0x12, IC_BAR_BITS),
    BAR("CQ_TM2_BAR", 0x14, IC_BAR_BITS),
    BAR("CQ_PC_BAR", 0x16, BAR_BITS),
    BAR("CQ_PC_BARM", 0x17, P9X_PC_BARM_BITS),
    BAR("CQ_VC_BAR", 0x18, BAR_BITS),
    BAR("CQ_VC_BARM", 0x19, P9X_VC_BARM_BITS),
    ACTIVE("CQ_TAR", 0x1E, NULL, NULL),
    ACTIVE("CQ_TDR", 0x1F, load_tdr, store_tdr),
    ACTIVE("CQ_PBI_CTL", 0x20, NULL, NULL),
    UNLOCKED("CQ_RST_CTL", 0x23, ALL, NULL, store_rst_ctl),
    ACTIVE("CQ_FIR", 0x30, load_fir, store_fir),
    ACTIVE("CQ_FIR_AND", 0x31, load_fir, store_fir_and),
    ACTIVE("CQ_FIR_OR", 0x32, load_fir, store_fir_or),
    ACTIVE("CQ_FIRMASK", 0x33, NULL, NULL),
    COMMAND("CQ_FIRMASK_AND", 0x34, store_firmask_and),
    COMMAND("CQ_FIRMASK_OR", 0x35, store_firmask_or),
    P9X_IC_ROW("CQ_WOF", 0x38, P9X_ROW_STORE_CLEARS, ALL, 0, load_errors,
               NULL),

    UNLOCKED("PC_TCTXT_CFG", 0x100, ALL, NULL, store_tctxt_cfg),
    UNLOCKED("PC_THREAD_EN_REG0", 0x108, ALL, load_thread_en,
             store_thread_en),
    UNLOCKED("PC_THREAD_EN_REG0_SET", 0x109, ALL, load_thread_en,
             store_thread_en_set),
    UNLOCKED("PC_THREAD_EN_REG0_CLR", 0x10A, ALL, load_thread_en,
             store_thread_en_clr),
    UNLOCKED("PC_THREAD_EN_REG1", 0x10C, ALL, load_thread_en,
             store_thread_en),
    UNLOCKED("PC_THREAD_EN_REG1_SET", 0x10D, ALL, load_thread_en,
             store_thread_en_set),
    UNLOCKED("PC_THREAD_EN_REG1_CLR", 0x10E, ALL, load_thread_en,
             store_thread_en_clr),
    ACTIVE("PC_VSD_TABLE_DATA", 0x112, load_vsd, store_vsd),
    ACTIVE("PC_AT_KILL", 0x116, NULL, store_pc_kill),
    CACHE_ENABLE("PC_VPC_CACHE_ENABLE", 0x161, P9X_MASK64(0, 31)),
    ACTIVE("PC_VPC_SCRUB_TRIG", 0x162, NULL, store_scrub),
    ACTIVE("PC_VPC_CWATCH_SPEC", 0x167, NULL, store_watch_spec),
    ACTIVE("PC_VPC_CWATCH_DAT0", 0x168, load_watch, store_watch),
    ERRORS("PC_VPC_WOF_ERR", 0x17A, ON_LOAD),
    ERRORS("PC_VPC_INFO_ERR", 0x17E, ON_LOAD),

    ACTIVE("VC_VSD_TABLE_DATA", 0x202, load_vsd, store_vsd),
    QUEUE("VC_IRQ_CONFIG_IPI", 0x208),
    QUEUE("VC_IRQ_CONFIG_HW", 0x209),
    QUEUE("VC_IRQ_CONFIG_CASCADE1", 0x20A),
    QUEUE("VC_IRQ_CONFIG_CASCADE2", 0x20B),
    QUEUE("VC_IRQ_CONFIG_REDIST", 0x20C),
    QUEUE("VC_IRQ_CONFIG_IPI_CASC", 0x20D),
    ACTIVE("VC_AT_MACRO_KILL", 0x23E, NULL, store_vc_kill),
    CACHE_ENABLE("VC_EQC_CACHE_ENABLE", 0x211, P9X_MASK64(0, 15)),
    ACTIVE("VC_EQC_SCRUB_TRIG", 0x212, NULL, store_scrub),
    ACTIVE("VC_EQC_CONFIG", 0x214, NULL, store_eqc_config),
    ACTIVE("VC_EQC_CWATCH_SPEC", 0x215, NULL, store_watch_spec),
    ACTIVE("VC_EQC_CWATCH_DAT0", 0x216, load_watch, store_watch),
    CACHE_ENABLE("VC_IVC_CACHE_ENABLE", 0x221, P9X_MASK64(0, 15)),
    ACTIVE("VC_IVC_SCRUB_TRIG", 0x222, NULL, store_scrub),
    CACHE_ENABLE("VC_SBC_CACHE_ENABLE", 0x231, P9X_MASK64(0, 15)),
    ACTIVE("VC_SBC_SCRUB_TRIG", 0x232, NULL, store_scrub),
    ACTIVE("VC_SBC_CONFIG", 0x234, NULL, store_sbc_config),
    ACTIVE("VC_SBC_SOFTWR_DATA", 0x239, NULL, store_softwr),
    ERRORS("VC_WOF_ERR_G0", 0x274, ON_LOAD),
    ERRORS("VC_INFO_ERR_G0", 0x27A, ON_LOAD)
};

const unsigned p9x_ic_nr_active_rows = G_N_ELEMENTS(p9x_ic_active_rows);

/* ---- accesses ---- */

static const Row *by_offset[P9X_IC_NR_REGS];
static const Row *by_xscom[P9X_IC_XSCOM_REGS];

static void index_rows(const Row *rows, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        by_offset[rows[i].offset / 8] = &rows[i];
        by_xscom[rows[i].xscom] = &rows[i];
    }
}

void p9x_ic_init_regs(void)
{
    static gsize done;

    if (g_once_init_enter(&done)) {
        index_rows(p9x_ic_active_rows, p9x_ic_nr_active_rows);
        index_rows(p9x_ic_passive_rows, p9x_ic_nr_passive_rows);
        g_once_init_leave(&done, 1);
    }
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

    return row && row->xscom < P9X_XSCOM_ALONE ? row : NULL;
}

const Row *p9x_ic_row_of_xscom(uint32_t xscom)
{
    return xscom < P9X_IC_XSCOM_REGS ? by_xscom[xscom] : NULL;
}

uint64_t p9x_ic_row_load(P9xIc *ic, const Row *row)
{
    P9xIcBase *base = &ic->base;
    uint64_t value;

    if (row->flags & P9X_ROW_LOAD_ZERO) {
        return 0;
    }
    p9x_lock(&base->lock);
    value = row->load ? row->load(ic, row) : p9x_ic_reg(base, row->offset);
    if (row->flags & P9X_ROW_LOAD_CLEARS) {
        p9x_ic_set_reg(base, row->offset, 0);
    }
    p9x_unlock(&base->lock);
    return value;
}

static void store_locked(P9xIc *ic, const Row *row, uint64_t value)
{
    p9x_assert_held(&ic->base.lock);
    if (row->flags & P9X_ROW_READ_ONLY) {
        return;
    }
    if (row->flags & P9X_ROW_STORE_CLEARS) {
        p9x_ic_set_reg(&ic->base, row->offset, 0);
    } else if (row->store) {
        row->store(ic, row, value);
    } else {
        store_plain(ic, row, value);
    }
}

bool p9x_ic_row_store(P9xIc *ic, const Row *row, uint64_t value)
{
    if (row->flags & P9X_ROW_UNLOCKED) {
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
