/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Registers: a row each.
 *
 * The same register has an offset in the IC window's first page and a number
 * on XSCOM, and the two do not follow from one another.  A register without
 * functions of its own is storage for the bits it has.
 */
#include "ic_internal.h"

typedef struct Row Row;

struct Row {
    const char *name;
    uint16_t offset;                /* in the first page */
    uint16_t xscom;
    uint64_t bits;                  /* what a store can set */
    uint64_t reset;
    uint64_t (*load)(P9xIc *ic, const Row *row);
    void (*store)(P9xIc *ic, const Row *row, uint64_t value);
    bool unlocked;                  /* store changes lines of threads */
};

static uint64_t load_stored(P9xIc *ic, const Row *row)
{
    return p9x_ic_reg(ic, row->offset);
}

static uint64_t load_zero(P9xIc *ic, const Row *row)
{
    (void)ic;
    (void)row;
    return 0;
}

static void store_plain(P9xIc *ic, const Row *row, uint64_t value)
{
    p9x_ic_set_reg(ic, row->offset, value & row->bits);
}

static void store_ignored(P9xIc *ic, const Row *row, uint64_t value)
{
    (void)ic;
    (void)row;
    (void)value;
}

/* ---- CQ ---- */

static uint64_t load_tdr(P9xIc *ic, const Row *row)
{
    (void)row;
    return p9x_ic_set_data_load(ic);
}

static void store_tdr(P9xIc *ic, const Row *row, uint64_t value)
{
    (void)row;
    p9x_ic_set_data_store(ic, value);
}

static void store_rst_ctl(P9xIc *ic, const Row *row, uint64_t value)
{
    static const uint16_t bars[] = {
        P9X_CQ_IC_BAR, P9X_CQ_TM1_BAR, P9X_CQ_TM2_BAR, P9X_CQ_PC_BAR,
        P9X_CQ_PC_BARM, P9X_CQ_VC_BAR, P9X_CQ_VC_BARM
    };

    (void)row;
    for (unsigned i = 0; (value & P9X_RST_BARS) && i < 7; i++) {
        p9x_ic_set_reg(ic, bars[i], 0);
    }
}

static uint64_t load_fir(P9xIc *ic, const Row *row)
{
    (void)row;
    return atomic_load(&ic->fir);
}

static void store_fir(P9xIc *ic, const Row *row, uint64_t value)
{
    (void)row;
    atomic_store(&ic->fir, value);
}

static void store_fir_and(P9xIc *ic, const Row *row, uint64_t value)
{
    (void)row;
    atomic_fetch_and(&ic->fir, value);
}

static void store_fir_or(P9xIc *ic, const Row *row, uint64_t value)
{
    (void)row;
    atomic_fetch_or(&ic->fir, value);
}

static void store_firmask_and(P9xIc *ic, const Row *row, uint64_t value)
{
    (void)row;
    p9x_ic_set_reg(ic, P9X_CQ_FIRMASK,
                   p9x_ic_reg(ic, P9X_CQ_FIRMASK) & value);
}

static void store_firmask_or(P9xIc *ic, const Row *row, uint64_t value)
{
    (void)row;
    p9x_ic_set_reg(ic, P9X_CQ_FIRMASK,
                   p9x_ic_reg(ic, P9X_CQ_FIRMASK) | value);
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
    return p9x_ic_reg(ic, thread_reg(row));
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
    return p9x_vst_data_load(ic, is_pc(row));
}

static void store_vsd(P9xIc *ic, const Row *row, uint64_t value)
{
    p9x_vst_data_store(ic, is_pc(row), value);
}

static void store_pc_kill(P9xIc *ic, const Row *row, uint64_t value)
{
    if (value & P9X_KILL_VALID) {
        p9x_vst_kill(ic, P9X_VST_NVTT);
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
        p9x_vst_kill(ic, types[p9x_get64(value, P9X_KILL_TYPE)]);
    }
    store_plain(ic, row, value & ~P9X_KILL_VALID);
}

/* The mask register follows the trigger. */
static P9xIcMatch scrub_match(P9xIc *ic, const Row *row, uint64_t value)
{
    uint64_t mask = p9x_ic_reg(ic, row->offset + 8u);
    uint64_t block = is_pc(row) ? P9X_PC_SCRUB_BLOCK : P9X_VC_SCRUB_BLOCK;
    uint64_t index = is_pc(row) ? P9X_PC_SCRUB_INDEX : P9X_VC_SCRUB_INDEX;

    return (P9xIcMatch) {
        .block = (uint32_t)p9x_get64(value, block),
        .block_mask = (uint32_t)p9x_get64(mask, block),
        .index = (uint32_t)p9x_get64(value, index),
        .index_mask = (uint32_t)p9x_get64(mask, index)
    };
}

static void store_scrub(P9xIc *ic, const Row *row, uint64_t value)
{
    P9xIcMatch match = scrub_match(ic, row, value);
    bool inval = value & P9X_SCRUB_INVAL;

    store_plain(ic, row, value & ~P9X_SCRUB_VALID);
    if (!(value & P9X_SCRUB_VALID)) {
        return;
    }
    switch (row->offset) {
    case P9X_PC_VPC_SCRUB_TRIG:
        p9x_ic_cache_scrub(&ic->nvt, &match, inval);
        break;
    case P9X_VC_EQC_SCRUB_TRIG:
        p9x_ic_cache_scrub(&ic->end, &match, inval);
        break;
    case P9X_VC_SBC_SCRUB_TRIG:
        p9x_sbe_scrub(ic, &match, inval);
        break;
    default:
        p9x_ic_eas_scrub(&ic->eas, &match);
        break;
    }
}

static void store_watch_spec(P9xIc *ic, const Row *row, uint64_t value)
{
    p9x_watch_spec(ic, row->offset, value);
}

/* The first data register, which follows its spec. */
static uint64_t load_watch(P9xIc *ic, const Row *row)
{
    return p9x_watch_load(ic, row->offset - 8u);
}

static void store_watch(P9xIc *ic, const Row *row, uint64_t value)
{
    store_plain(ic, row, value);
    p9x_watch_update(ic, row->offset - 8u);
}

static void store_sbc_config(P9xIc *ic, const Row *row, uint64_t value)
{
    store_plain(ic, row, value);
    p9x_sbe_set_store_eoi(ic, value & P9X_SBC_STORE_EOI);
}

#define ALL         UINT64_MAX
#define STORAGE(name, offset, xscom) \
    { name, offset, xscom, ALL, 0, load_stored, store_plain, false }
#define FIELDS(name, offset, xscom, bits) \
    { name, offset, xscom, bits, 0, load_stored, store_plain, false }
#define CACHE_ENABLE(name, offset, xscom, bits) \
    { name, offset, xscom, bits, bits, load_stored, store_plain, false }
#define ACTIVE(name, offset, xscom, load, store) \
    { name, offset, xscom, ALL, 0, load, store, false }
#define THREADS(name, offset, xscom, load, store) \
    { name, offset, xscom, ALL, 0, load, store, true }
#define IC_BAR_BITS (P9X_BAR_VALID | P9X_BAR_64K | P9X_BAR_ADDR)
#define BAR_BITS    (P9X_BAR_VALID | P9X_BAR_ADDR)
/* Cores 0 to 23 take messages. */
#define MSGSND      UINT64_C(0xFFFFFF0000000000)

static const Row rows[] = {
    STORAGE("CQ_SWI_CMD_HIST", 0x020, 0x04),
    STORAGE("CQ_SWI_CMD_POLL", 0x028, 0x05),
    STORAGE("CQ_SWI_CMD_BCAST", 0x030, 0x06),
    STORAGE("CQ_SWI_CMD_ASSIGN", 0x038, 0x07),
    STORAGE("CQ_SWI_CMD_BLK_UPD", 0x040, 0x08),
    ACTIVE("CQ_SWI_RSP", 0x048, 0x09, load_stored, store_ignored),
    STORAGE("CQ_CFG_PB_GEN", P9X_CQ_CFG_PB_GEN, 0x0A),
    { "CQ_MSGSND", P9X_CQ_MSGSND, 0x0B, 0, MSGSND, load_stored,
      store_ignored, false },
    STORAGE("CQ_CNPM_SEL", 0x078, 0x0F),
    FIELDS("CQ_IC_BAR", P9X_CQ_IC_BAR, 0x10, IC_BAR_BITS),
    FIELDS("CQ_TM1_BAR", P9X_CQ_TM1_BAR, 0x12, IC_BAR_BITS),
    FIELDS("CQ_TM2_BAR", P9X_CQ_TM2_BAR, 0x14, IC_BAR_BITS),
    FIELDS("CQ_PC_BAR", P9X_CQ_PC_BAR, 0x16, BAR_BITS),
    FIELDS("CQ_PC_BARM", P9X_CQ_PC_BARM, 0x17, P9X_PC_BARM_BITS),
    FIELDS("CQ_VC_BAR", P9X_CQ_VC_BAR, 0x18, BAR_BITS),
    FIELDS("CQ_VC_BARM", P9X_CQ_VC_BARM, 0x19, P9X_VC_BARM_BITS),
    STORAGE("CQ_TAR", P9X_CQ_TAR, 0x1E),
    ACTIVE("CQ_TDR", P9X_CQ_TDR, 0x1F, load_tdr, store_tdr),
    STORAGE("CQ_PBI_CTL", P9X_CQ_PBI_CTL, 0x20),
    STORAGE("CQ_PBO_CTL", 0x108, 0x21),
    STORAGE("CQ_AIB_CTL", 0x110, 0x22),
    ACTIVE("CQ_RST_CTL", P9X_CQ_RST_CTL, 0x23, load_zero, store_rst_ctl),
    ACTIVE("CQ_FIR", P9X_CQ_FIR, 0x30, load_fir, store_fir),
    ACTIVE("CQ_FIR_AND", 0x188, 0x31, load_fir, store_fir_and),
    ACTIVE("CQ_FIR_OR", 0x190, 0x32, load_fir, store_fir_or),
    STORAGE("CQ_FIRMASK", P9X_CQ_FIRMASK, 0x33),
    ACTIVE("CQ_FIRMASK_AND", 0x1A0, 0x34, load_zero, store_firmask_and),
    ACTIVE("CQ_FIRMASK_OR", 0x1A8, 0x35, load_zero, store_firmask_or),
    STORAGE("CQ_FIRACTION0", 0x1B0, 0x36),
    STORAGE("CQ_FIRACTION1", 0x1B8, 0x37),

    THREADS("PC_TCTXT_CFG", P9X_PC_TCTXT_CFG, 0x100, load_stored,
            store_tctxt_cfg),
    STORAGE("PC_TCTXT_TRACK", 0x408, 0x101),
    STORAGE("PC_TCTXT_INDIR0", P9X_PC_TCTXT_INDIR0, 0x104),
    STORAGE("PC_TCTXT_INDIR1", 0x428, 0x105),
    STORAGE("PC_TCTXT_INDIR2", 0x430, 0x106),
    STORAGE("PC_TCTXT_INDIR3", 0x438, 0x107),
    THREADS("PC_THREAD_EN_REG0", P9X_PC_THREAD_EN_REG0, 0x108,
            load_thread_en, store_thread_en),
    THREADS("PC_THREAD_EN_REG0_SET", 0x448, 0x109,
            load_thread_en, store_thread_en_set),
    THREADS("PC_THREAD_EN_REG0_CLR", 0x450, 0x10A,
            load_thread_en, store_thread_en_clr),
    THREADS("PC_THREAD_EN_REG1", P9X_PC_THREAD_EN_REG1, 0x10C,
            load_thread_en, store_thread_en),
    THREADS("PC_THREAD_EN_REG1_SET", 0x468, 0x10D,
            load_thread_en, store_thread_en_set),
    THREADS("PC_THREAD_EN_REG1_CLR", 0x470, 0x10E,
            load_thread_en, store_thread_en_clr),
    STORAGE("PC_GLOBAL_CONFIG", P9X_PC_GLOBAL_CONFIG, 0x110),
    STORAGE("PC_VSD_TABLE_ADDR", P9X_PC_VSD_TABLE_ADDR, 0x111),
    ACTIVE("PC_VSD_TABLE_DATA", P9X_PC_VSD_TABLE_DATA, 0x112, load_vsd,
           store_vsd),
    ACTIVE("PC_AT_KILL", P9X_PC_AT_KILL, 0x116, load_stored, store_pc_kill),
    STORAGE("PC_AT_KILL_MASK", P9X_PC_AT_KILL_MASK, 0x117),
    CACHE_ENABLE("PC_VPC_CACHE_ENABLE", 0x708, 0x161, P9X_MASK64(0, 31)),
    ACTIVE("PC_VPC_SCRUB_TRIG", P9X_PC_VPC_SCRUB_TRIG, 0x162, load_stored,
           store_scrub),
    STORAGE("PC_VPC_SCRUB_MASK", P9X_PC_VPC_SCRUB_MASK, 0x163),
    ACTIVE("PC_VPC_CWATCH_SPEC", P9X_PC_VPC_CWATCH_SPEC, 0x167, load_stored,
           store_watch_spec),
    ACTIVE("PC_VPC_CWATCH_DAT0", P9X_PC_VPC_CWATCH_DAT0, 0x168, load_watch,
           store_watch),
    STORAGE("PC_VPC_CWATCH_DAT1", 0x748, 0x169),
    STORAGE("PC_VPC_CWATCH_DAT2", 0x750, 0x16A),
    STORAGE("PC_VPC_CWATCH_DAT3", 0x758, 0x16B),
    STORAGE("PC_VPC_CWATCH_DAT4", 0x760, 0x16C),
    STORAGE("PC_VPC_CWATCH_DAT5", 0x768, 0x16D),
    STORAGE("PC_VPC_CWATCH_DAT6", 0x770, 0x16E),
    STORAGE("PC_VPC_CWATCH_DAT7", 0x778, 0x16F),

    STORAGE("VC_GLOBAL_CONFIG", P9X_VC_GLOBAL_CONFIG, 0x200),
    STORAGE("VC_VSD_TABLE_ADDR", P9X_VC_VSD_TABLE_ADDR, 0x201),
    ACTIVE("VC_VSD_TABLE_DATA", P9X_VC_VSD_TABLE_DATA, 0x202, load_vsd,
           store_vsd),
    STORAGE("VC_IVE_ISB_BLOCK_MODE", 0x818, 0x203),
    STORAGE("VC_EQD_BLOCK_MODE", 0x820, 0x204),
    STORAGE("VC_VPS_BLOCK_MODE", 0x828, 0x205),
    STORAGE("VC_IRQ_CONFIG_IPI", 0x840, 0x208),
    STORAGE("VC_IRQ_CONFIG_HW", 0x848, 0x209),
    STORAGE("VC_IRQ_CONFIG_CASCADE1", 0x850, 0x20A),
    STORAGE("VC_IRQ_CONFIG_CASCADE2", 0x858, 0x20B),
    STORAGE("VC_IRQ_CONFIG_REDIST", 0x860, 0x20C),
    STORAGE("VC_IRQ_CONFIG_IPI_CASC", 0x868, 0x20D),
    STORAGE("VC_AIB_TX_ORDER_TAG2", 0x890, 0x22D),
    ACTIVE("VC_AT_MACRO_KILL", P9X_VC_AT_MACRO_KILL, 0x23E, load_stored,
           store_vc_kill),
    STORAGE("VC_AT_MACRO_KILL_MASK", P9X_VC_AT_MACRO_KILL_MASK, 0x23F),
    CACHE_ENABLE("VC_EQC_CACHE_ENABLE", 0x908, 0x211, P9X_MASK64(0, 15)),
    ACTIVE("VC_EQC_SCRUB_TRIG", P9X_VC_EQC_SCRUB_TRIG, 0x212, load_stored,
           store_scrub),
    STORAGE("VC_EQC_SCRUB_MASK", P9X_VC_EQC_SCRUB_MASK, 0x213),
    STORAGE("VC_EQC_CONFIG", P9X_VC_EQC_CONFIG, 0x214),
    ACTIVE("VC_EQC_CWATCH_SPEC", P9X_VC_EQC_CWATCH_SPEC, 0x215, load_stored,
           store_watch_spec),
    ACTIVE("VC_EQC_CWATCH_DAT0", P9X_VC_EQC_CWATCH_DAT0, 0x216, load_watch,
           store_watch),
    STORAGE("VC_EQC_CWATCH_DAT1", 0x938, 0x217),
    STORAGE("VC_EQC_CWATCH_DAT2", 0x940, 0x218),
    STORAGE("VC_EQC_CWATCH_DAT3", 0x948, 0x219),
    CACHE_ENABLE("VC_IVC_CACHE_ENABLE", 0x988, 0x221, P9X_MASK64(0, 15)),
    ACTIVE("VC_IVC_SCRUB_TRIG", P9X_VC_IVC_SCRUB_TRIG, 0x222, load_stored,
           store_scrub),
    STORAGE("VC_IVC_SCRUB_MASK", P9X_VC_IVC_SCRUB_MASK, 0x223),
    CACHE_ENABLE("VC_SBC_CACHE_ENABLE", 0xA08, 0x231, P9X_MASK64(0, 15)),
    ACTIVE("VC_SBC_SCRUB_TRIG", P9X_VC_SBC_SCRUB_TRIG, 0x232, load_stored,
           store_scrub),
    STORAGE("VC_SBC_SCRUB_MASK", P9X_VC_SBC_SCRUB_MASK, 0x233),
    ACTIVE("VC_SBC_CONFIG", P9X_VC_SBC_CONFIG, 0x234, load_stored,
           store_sbc_config)
};

static const Row *row_at(uint64_t offset)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (rows[i].offset == offset) {
            return &rows[i];
        }
    }
    return NULL;
}

static const Row *row_of_xscom(uint32_t xscom)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (rows[i].xscom == xscom) {
            return &rows[i];
        }
    }
    return NULL;
}

static uint64_t load_row(P9xIc *ic, const Row *row)
{
    uint64_t value;

    p9x_lock(&ic->lock);
    value = row->load(ic, row);
    p9x_unlock(&ic->lock);
    return value;
}

static void store_row(P9xIc *ic, const Row *row, uint64_t value)
{
    P9xIcWindowPlace before[P9X_IC_NR_WINDOWS];

    if (row->unlocked) {
        row->store(ic, row, value);
        return;
    }
    p9x_lock(&ic->lock);
    p9x_ic_places(ic, before);
    row->store(ic, row, value);
    p9x_unlock(&ic->lock);
    p9x_ic_announce(ic, before);
}

static void no_register(P9xIc *ic, const char *what, uint64_t offset,
                        unsigned size)
{
    p9x_ic_error(ic, P9X_ERR_IC_REGISTER, P9X_FIR_CI_ERROR,
                 "%u-byte %s 0x%llx, where no register is", size, what,
                 (unsigned long long)offset);
}

uint64_t p9x_ic_reg_load(P9xIc *ic, uint64_t offset, unsigned size)
{
    const Row *row = size == 8 ? row_at(offset) : NULL;

    if (!row) {
        no_register(ic, "load at", offset, size);
        return p9x_ic_all_ones(size);
    }
    return load_row(ic, row);
}

void p9x_ic_reg_store(P9xIc *ic, uint64_t offset, unsigned size,
                      uint64_t value)
{
    const Row *row = size == 8 ? row_at(offset) : NULL;

    if (!row) {
        no_register(ic, "store at", offset, size);
        return;
    }
    store_row(ic, row, value);
}

uint64_t p9x_ic_xscom_load(P9xIc *ic, uint32_t reg)
{
    const Row *row = row_of_xscom(reg);

    if (!row) {
        no_register(ic, "XSCOM load of", reg, 8);
        return UINT64_MAX;
    }
    return load_row(ic, row);
}

void p9x_ic_xscom_store(P9xIc *ic, uint32_t reg, uint64_t value)
{
    const Row *row = row_of_xscom(reg);

    if (!row) {
        no_register(ic, "XSCOM store of", reg, 8);
        return;
    }
    store_row(ic, row, value);
}

void p9x_ic_reset_regs(P9xIc *ic)
{
    for (unsigned i = 0; i < P9X_IC_NR_REGS; i++) {
        const Row *row = row_at(i * 8);

        p9x_ic_set_reg(ic, i * 8, row ? row->reset : 0);
    }
}

uint64_t p9x_ic_reg_keeps(unsigned offset, uint64_t value)
{
    const Row *row = row_at(offset);

    return row ? value & (row->bits | row->reset) : 0;
}
