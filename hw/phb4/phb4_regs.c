/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Registers: one row each, and how an access finds its row.
 *
 * A row says which bits a store changes and what a reset leaves.  Registers
 * that do something have a load or a store function; all others just keep
 * what they are given.  Everything is 8 bytes wide and aligned but for
 * CONFIG_DATA and the root complex's config space.
 */
#include "phb4_internal.h"

typedef struct RegRow {
    uint16_t offset;
    uint8_t count;              /* consecutive registers; 0 means 1 */
    uint64_t writable;
    uint64_t reset;
    uint64_t (*load)(P9xPhb4 *phb, unsigned offset);
    void (*store)(P9xPhb4 *phb, unsigned offset, uint64_t value);
} RegRow;

#define ALL UINT64_MAX

/* ---- what accesses do ---- */

static uint64_t load_zero(P9xPhb4 *phb, unsigned offset)
{
    (void)phb;
    (void)offset;
    return 0;
}

static void store_nothing(P9xPhb4 *phb, unsigned offset, uint64_t value)
{
    (void)phb;
    (void)offset;
    (void)value;
}

static uint64_t load_capability(P9xPhb4 *phb, unsigned offset)
{
    bool big = phb->config.big;

    switch (offset) {
    case PHB_VERSION:
        return phb->config.phb5 ? UINT64_C(0x000000A500000002) :
                                  UINT64_C(0x000000A400000002);
    case PHB_GEN_CAP:
        return UINT64_C(0xE4B8000000000000);
    case PHB_TCE_CAP:
        return big ? UINT64_C(0x4008440000000400) :
                     UINT64_C(0x2008440000000200);
    case PHB_IRQ_CAP:
        return UINT64_C(0x0800000000000000) |
               phb->source.source.config.nr_sources;
    default:    /* PHB_EEH_CAP: how many PEs in bits 0 to 11 */
        return (uint64_t)phb->nr_pes << 52;
    }
}

static uint64_t load_channel(P9xPhb4 *phb, unsigned offset)
{
    return phb_channel_status(phb, offset == PHB_DMA_CHAN_STATUS ?
                              P9X_PHB4_FROZEN_DMA : P9X_PHB4_FROZEN_MMIO);
}

static uint64_t load_summary(P9xPhb4 *phb, unsigned offset)
{
    (void)offset;
    return phb_error_summary(phb);
}

static uint64_t load_ioda(P9xPhb4 *phb, unsigned offset)
{
    (void)offset;
    return phb_ioda_load(phb);
}

static void store_ioda(P9xPhb4 *phb, unsigned offset, uint64_t value)
{
    (void)offset;
    phb_ioda_store(phb, value);
}

static void store_source(P9xPhb4 *phb, unsigned offset, uint64_t value)
{
    uint64_t old = phb_reg(phb, offset);

    phb_set_reg(phb, offset, value);
    phb_update_source(phb);
    if (offset == PHB_CTRLR && ((old ^ value) & (PHB_CTRLR_TVT_ADDR_SEL |
                                                 PHB_CTRLR_TVE1_4GB))) {
        phb_dma_flush_pe(phb, P9X_PHB4_ALL_PES);
    }
}

static void store_window(P9xPhb4 *phb, unsigned offset, uint64_t value)
{
    uint64_t old = phb_reg(phb, offset);

    phb_set_reg(phb, offset, value);
    if (old != value) {
        phb_windows_changed(phb);
    }
}

/* The 32-bit MSI window takes addresses away from DMA. */
static void store_config(P9xPhb4 *phb, unsigned offset, uint64_t value)
{
    uint64_t old = phb_reg(phb, offset);

    store_window(phb, offset, value);
    if ((old ^ value) & PHB_CONFIG_32BIT_MSI) {
        phb_dma_changed(phb, P9X_PHB4_ALL_PES);
    }
}

static void store_rtt_bar(P9xPhb4 *phb, unsigned offset, uint64_t value)
{
    phb_set_reg(phb, offset, value);
    phb_rtc_invalidate(phb, PHB_RTC_INVALIDATE_ALL);
}

/* DMA is done when it is done, so whatever is waited for has happened. */
static void store_dma_sync(P9xPhb4 *phb, unsigned offset, uint64_t value)
{
    if (value & PHB_SYNC_READ_START) {
        value |= PHB_SYNC_READ_COMPLETE;
    }
    if (value & PHB_SYNC_WRITE_START) {
        value |= PHB_SYNC_WRITE_COMPLETE;
    }
    phb_set_reg(phb, offset, value & ~(PHB_SYNC_READ_START |
                                       PHB_SYNC_WRITE_START));
}

static void store_rtc_invalidate(P9xPhb4 *phb, unsigned offset,
                                 uint64_t value)
{
    (void)offset;
    phb_rtc_invalidate(phb, value);
}

/* The three top bits read 0 when the kill has been queued: at once. */
static void store_tce_kill(P9xPhb4 *phb, unsigned offset, uint64_t value)
{
    phb_set_reg(phb, offset, value & ~P9X_MASK64(0, 2));
    phb_tce_kill(phb, value);
}

static void store_quiesce(P9xPhb4 *phb, unsigned offset, uint64_t value)
{
    phb_set_reg(phb, offset, value & PHB_Q_DMA_AUTORESET ? 0 :
                value & PHB_Q_DMA_QUIESCE);
    phb_dma_changed(phb, P9X_PHB4_ALL_PES);
}

static void store_inject_ctl(P9xPhb4 *phb, unsigned offset, uint64_t value)
{
    phb_set_reg(phb, offset, value);
    phb_update_direct(phb);
}

static void store_lem(P9xPhb4 *phb, unsigned offset, uint64_t value)
{
    switch (offset) {
    case PHB_LEM_FIR_AND_MASK:
        phb_lem_and(phb, PHB_LEM_FIR_ACCUM, value);
        break;
    case PHB_LEM_FIR_OR_MASK:
        phb_lem_or(phb, PHB_LEM_FIR_ACCUM, value);
        break;
    case PHB_LEM_ERROR_AND_MASK:
        phb_lem_and(phb, PHB_LEM_ERROR_MASK, value);
        break;
    case PHB_LEM_ERROR_OR_MASK:
        phb_lem_or(phb, PHB_LEM_ERROR_MASK, value);
        break;
    default:        /* WOF: any store clears it */
        phb_set_reg(phb, offset, 0);
    }
}

static ErrorGroup group_of(unsigned offset)
{
    unsigned g = 0;

    while (offset - phb_group_base[g] > GRP_FIRST_MASK) {
        g++;
    }
    return (ErrorGroup)g;
}

/* Storing ones clears; errors that come meanwhile are not lost. */
static void store_status(P9xPhb4 *phb, unsigned offset, uint64_t value)
{
    phb_lem_and(phb, offset, ~value);
    phb_update_error_lsis(phb);
}

static void store_inject(P9xPhb4 *phb, unsigned offset, uint64_t value)
{
    phb_inject(phb, group_of(offset), value);
}

/* Storing anything clears. */
static void store_clear(P9xPhb4 *phb, unsigned offset, uint64_t value)
{
    (void)value;
    phb_lem_and(phb, offset, 0);
}

static void store_irq_enable(P9xPhb4 *phb, unsigned offset, uint64_t value)
{
    phb_set_reg(phb, offset, value);
    phb_update_error_lsis(phb);
}

static uint64_t load_hotplug(P9xPhb4 *phb, unsigned offset)
{
    (void)offset;
    return phb_hotplug_status(phb);
}

static uint64_t load_lmr(P9xPhb4 *phb, unsigned offset)
{
    (void)offset;
    return phb_link_management(phb);
}

static uint64_t load_train_ctl(P9xPhb4 *phb, unsigned offset)
{
    (void)offset;
    return phb_train_ctl(phb);
}

static void store_creset(P9xPhb4 *phb, unsigned offset, uint64_t value)
{
    uint64_t old = phb_reg(phb, offset);

    phb_set_reg(phb, offset, value);
    phb_creset_changed(phb, old);
}

static void store_dlp_log(P9xPhb4 *phb, unsigned offset, uint64_t value)
{
    phb_lem_and(phb, offset, ~value);
}

/* ---- rows ---- */

#define READ_ONLY(off, fn) \
    { .offset = off, .load = fn, .store = store_nothing }

#define ANY_GROUP(base, injectable) \
    { .offset = base + GRP_STATUS, .writable = ALL, .store = store_status }, \
    { .offset = base + GRP_FIRST, .writable = ALL, .store = store_clear }, \
    { .offset = base + GRP_INJECT, .writable = injectable, \
      .load = load_zero, .store = store_inject }, \
    { .offset = base + GRP_LOG_0, .count = 2, .writable = ALL, \
      .store = store_clear }, \
    { .offset = base + GRP_STATUS_MASK, .count = 2, .writable = ALL }

/* @bits: errors that there are. */
#define ETU_GROUP(base, bits) \
    ANY_GROUP(base, bits), \
    { .offset = base + GRP_LEM_ENABLE, .writable = bits }, \
    { .offset = base + GRP_IRQ_ENABLE, .writable = ALL, \
      .store = store_irq_enable }, \
    { .offset = base + GRP_FREEZE_ENABLE, .writable = ALL }, \
    { .offset = base + GRP_FENCE_ENABLE, .writable = bits }

#define PCIE_GROUP(base, injectable) \
    ANY_GROUP(base, injectable), \
    { .offset = base + GRP_INF_ENABLE, .count = 3, .writable = ALL }

/* Errors of the PBL core that can be injected. */
#define PBL_INJECTABLE \
    (P9X_MASK64(24, 27) | P9X_MASK64(36, 37) | P9X_MASK64(39, 45) | \
     P9X_MASK64(47, 48) | P9X_MASK64(52, 54))

static const RegRow rows[] = {
    { .offset = PHB_LSI_SOURCE_ID, .writable = PHB_LSI_SRC_ID,
      .store = store_source },
    READ_ONLY(PHB_DMA_CHAN_STATUS, load_channel),
    READ_ONLY(PHB_CPU_LOADSTORE_STATUS, load_channel),
    { .offset = PHB_LOCK0, .writable = ALL },
    { .offset = PHB_CONFIG_ADDRESS, .writable = ALL },
    { .offset = PHB_LOCK1, .writable = ALL },
    { .offset = PHB_PHB4_CONFIG, .writable = ALL, .store = store_config },
    { .offset = PHB_RTT_BAR, .writable = PHB_BAR_ENABLE | PHB_RTT_BASE,
      .store = store_rtt_bar },
    { .offset = PHB_PELTV_BAR, .writable = PHB_BAR_ENABLE | PHB_PELTV_BASE },
    { .offset = PHB_M32_START_ADDR, .writable = P9X_MASK64(32, 63),
      .store = store_window },
    { .offset = PHB_PEST_BAR, .writable = PHB_BAR_ENABLE | PHB_PEST_BASE },
    { .offset = PHB_ASN_CMPM, .writable = ALL },
    { .offset = PHB_CAPI_CMPM, .writable = ALL },
    { .offset = PHB_M64_AOMASK, .writable = ALL, .store = store_window },
    { .offset = PHB_M64_UPPER_BITS, .writable = PHB_M64_UPPER,
      .store = store_window },
    { .offset = PHB_NXLATE_PREFIX, .writable = ALL },
    { .offset = PHB_DMA_SYNC, .writable = P9X_MASK64(0, 3),
      .store = store_dma_sync },
    { .offset = PHB_RTC_INVALIDATE, .writable = ALL, .load = load_zero,
      .store = store_rtc_invalidate },
    { .offset = PHB_TCE_KILL, .writable = ALL, .store = store_tce_kill },
    { .offset = PHB_TCE_SPEC_CTL, .writable = ALL },
    { .offset = PHB_IODA_ADDR, .writable = PHB_IODA_AUTOINC | PHB_IODA_TSEL |
      PHB_IODA_MIST_PWV | PHB_IODA_TADR },
    { .offset = PHB_IODA_DATA0, .writable = ALL, .load = load_ioda,
      .store = store_ioda },
    { .offset = PHB_GEN_CAP, .count = 4, .load = load_capability,
      .store = store_nothing },
    { .offset = PHB_PAPR_ERR_INJ_CTL, .writable = PHB_INJ_CTL,
      .store = store_inject_ctl },
    { .offset = PHB_PAPR_ERR_INJ_ADDR, .count = 2, .writable = ALL },
    READ_ONLY(PHB_ETU_ERR_SUMMARY, load_summary),
    { .offset = PHB_INT_NOTIFY_ADDR, .count = 2, .writable = ALL },

    READ_ONLY(PHB_VERSION, load_capability),
    { .offset = PHB_CTRLR, .writable = ALL, .store = store_source },
    { .offset = PHB_AIB_FENCE_CTRL, .count = 5, .writable = ALL },
    { .offset = PHB_Q_DMA_R, .writable = P9X_MASK64(0, 1),
      .store = store_quiesce },
    READ_ONLY(PHB_TCE_TAG_STATUS, load_zero),

    { .offset = PHB_LEM_FIR_ACCUM, .writable = ALL },
    { .offset = PHB_LEM_FIR_AND_MASK, .count = 2, .writable = ALL,
      .load = load_zero, .store = store_lem },
    { .offset = PHB_LEM_ERROR_MASK, .writable = ALL },
    { .offset = PHB_LEM_ERROR_AND_MASK, .count = 2, .writable = ALL,
      .load = load_zero, .store = store_lem },
    { .offset = PHB_LEM_ACTION0, .count = 2, .writable = ALL },
    { .offset = PHB_LEM_WOF, .writable = ALL, .store = store_lem },
    ETU_GROUP(PHB_ERR, P9X_MASK64(0, 39)),
    ETU_GROUP(PHB_TXE_ERR, P9X_MASK64(0, 59)),
    ETU_GROUP(PHB_RXE_ARB_ERR, ALL),
    ETU_GROUP(PHB_RXE_MRG_ERR, ALL),
    ETU_GROUP(PHB_RXE_TCE_ERR, P9X_MASK64(0, 35)),
    { .offset = PHB_TRACE_CONTROL, .count = 6, .writable = ALL },

    { .offset = PHB_PBL_CONTROL, .writable = ALL,
      .reset = UINT64_C(0xC009000000000000) },
    { .offset = PHB_PBL_TIMEOUT_CTRL, .writable = ALL,
      .reset = UINT64_C(0x2020000000000000) },
    { .offset = PHB_PBL_NPTAG_ENABLE, .writable = ALL,
      .reset = UINT64_C(0xFFFFFFFF00000000) },
    { .offset = PHB_PBL_NBW_CMP_MASK, .writable = ALL },
    { .offset = PHB_PBL_SYS_LINK_INIT, .writable = ALL,
      .reset = UINT64_C(0x80088B4642473000) },
    READ_ONLY(PHB_PBL_BUF_STATUS, load_zero),
    PCIE_GROUP(PHB_PBL_ERR, PBL_INJECTABLE),
    { .offset = PHB_PCIE_SCR, .writable = ALL,
      .reset = UINT64_C(4) << 28 },
    READ_ONLY(PHB_PCIE_BNR, load_zero),
    { .offset = PHB_PCIE_CRESET,
      .writable = P9X_MASK64(0, 4) | PHB_CRESET_REFCLK_N,
      .reset = PHB_CRESET_CORES, .store = store_creset },
    { .offset = PHB_PCIE_DLP_STR, .writable = ALL },
    READ_ONLY(PHB_PCIE_HOTPLUG_STATUS, load_hotplug),
    { .offset = PHB_PCIE_DLP_TRAIN_CTL, .writable = PHB_DLP_DISABLE_DETECT,
      .load = load_train_ctl },
    { .offset = PHB_PCIE_LMR, .load = load_lmr,
      .writable = ~(PHB_LMR_COMMANDS | PHB_LMR_LINKACT) },
    { .offset = PHB_PCIE_DLP_LANE_PWR, .writable = ALL },
    { .offset = PHB_PCIE_DLP_LSR, .count = 2, .writable = ALL },
    { .offset = PHB_PCIE_DLP_LANEZEROCTL, .count = 2, .writable = ALL },
    { .offset = PHB_PCIE_DLP_TRWCTL, .writable = ~PHB_DLP_TRACE_WREN },
    { .offset = PHB_PCIE_DLP_TRCRDDATA, .writable = ALL },
    { .offset = PHB_PCIE_DLP_EIC, .writable = ALL },
    { .offset = PHB_PCIE_DLP_ERRLOG1, .count = 4, .writable = ALL,
      .store = store_dlp_log },
    { .offset = PHB_PCIE_LANE_EQ_CNTL0, .count = 8, .writable = ALL },
    { .offset = PHB_PCIE_TRACE_CTRL, .writable = ALL },
    { .offset = PHB_PCIE_MISC_STRAP, .count = 2, .writable = ALL },
    { .offset = PHB_PCIE_PHY_RXEQ_STAT, .count = 12, .load = load_zero,
      .store = store_nothing },
    PCIE_GROUP(PHB_REGB_ERR, ALL)
};

static uint8_t row_index[PHB_NR_REGS];      /* 1 + index into rows; 0: none */

static gpointer build_index(gpointer unused)
{
    G_STATIC_ASSERT(G_N_ELEMENTS(rows) < 255);

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        for (unsigned n = 0; n < MAX(rows[i].count, 1); n++) {
            row_index[rows[i].offset / 8 + n] = (uint8_t)(i + 1);
        }
    }
    return unused;
}

static const RegRow *find_row(unsigned offset)
{
    static GOnce once = G_ONCE_INIT;

    g_once(&once, build_index, NULL);
    return offset < PHB_NR_BYTES && row_index[offset / 8] ?
           &rows[row_index[offset / 8] - 1] : NULL;
}

uint64_t phb_reg_state_mask(const P9xPhb4 *phb, unsigned offset)
{
    const RegRow *row = find_row(offset);

    (void)phb;
    return row ? row->writable : 0;
}

void phb_regs_reset(P9xPhb4 *phb)
{
    uint64_t wires = phb_reg(phb, PHB_PCIE_CRESET) &
                     (PHB_CRESET_PERST_N | PHB_CRESET_REFCLK_N);

    for (unsigned offset = 0; offset < PHB_NR_BYTES; offset += 8) {
        const RegRow *row = find_row(offset);

        phb_set_reg(phb, offset, row ? row->reset : 0);
    }
    /* What are wires to the slot outlives the ETU's reset. */
    phb_set_reg(phb, PHB_PCIE_CRESET, PHB_CRESET_CORES | wires);
    phb_set_reg(phb, PHB_LSI_SOURCE_ID,
                p9x_set64(0, PHB_LSI_SRC_ID,
                          phb->source.source.config.nr_sources / 8 - 1));
}

/* Bits of the PBL core's registers that its reset leaves alone. */
static uint64_t pbl_sticky(unsigned offset)
{
    switch (offset - PHB_PBL_ERR) {
    case GRP_STATUS:
        return ~P9X_MASK64(10, 11);
    case GRP_FIRST:
    case GRP_LOG_0:
    case GRP_LOG_1:
    case GRP_STATUS_MASK:
    case GRP_FIRST_MASK:
        return ALL;
    default:
        return 0;
    }
}

void phb_pbl_reset(P9xPhb4 *phb)
{
    for (unsigned offset = PHB_PBL_CONTROL;
         offset <= PHB_PBL_ERR + GRP_FIRST_MASK; offset += 8) {
        const RegRow *row = find_row(offset);

        if (row) {
            phb_set_reg(phb, offset, row->reset |
                        (phb_reg(phb, offset) & pbl_sticky(offset)));
        }
    }
}

/* ---- accesses ---- */

typedef enum Special { NOT_SPECIAL, CONFIG_DATA, RC_CONFIG } Special;

static Special special(unsigned offset)
{
    if ((offset & ~3u) == PHB_CONFIG_DATA) {
        return CONFIG_DATA;
    }
    return offset - PHB_RC_CONFIG_BASE < PHB_RC_CONFIG_SIZE ? RC_CONFIG :
                                                              NOT_SPECIAL;
}

/* The error bit for an access that no register is there for, or too narrow. */
static unsigned access_error(unsigned offset, bool bad_size)
{
    if (offset >= PHB_RC_CONFIG_BASE) {
        return ERR_REG_ADDRESS_PCIE;
    }
    if (offset >= PHB_LEM_FIR_ACCUM) {
        return bad_size ? ERR_REG_SIZE_ERR : ERR_REG_ADDRESS_ERR;
    }
    if (offset >= PHB_VERSION) {
        return bad_size ? ERR_REG_SIZE_B : ERR_REG_ADDRESS_B;
    }
    return bad_size ? ERR_REG_SIZE_A : ERR_REG_ADDRESS_A;
}

/* The row for an 8-byte access, or NULL with the error noted. */
static const RegRow *row_for_access(P9xPhb4 *phb, unsigned offset,
                                    unsigned size, const char *what)
{
    const RegRow *row = find_row(offset);
    bool bad_size = size != 8 || offset % 8;
    const ErrorInfo info = { .pe = -1, .log0 = offset, .log1 = size };

    if (row && !bad_size) {
        return row;
    }
    phb_guest_error(phb, P9X_ERR_PHB_ACCESS, "%s of %u bytes at register "
                    "0x%x", what, size, offset);
    phb_raise(phb, GROUP_PHB, access_error(offset, bad_size && row), &info);
    return NULL;
}

uint64_t phb_reg_load(P9xPhb4 *phb, unsigned offset, unsigned size)
{
    const RegRow *row;

    switch (special(offset)) {
    case CONFIG_DATA:
        return phb_config_load(phb, offset & 3, size);
    case RC_CONFIG:
        return phb_rc_load(phb, offset - PHB_RC_CONFIG_BASE, size);
    default:
        break;
    }
    row = row_for_access(phb, offset, size, "load");
    if (!row) {
        return p9x_lane_load(UINT64_MAX, 0, size);
    }
    return row->load ? row->load(phb, offset) : phb_reg(phb, offset);
}

void phb_reg_store(P9xPhb4 *phb, unsigned offset, unsigned size,
                   uint64_t value)
{
    const RegRow *row;

    switch (special(offset)) {
    case CONFIG_DATA:
        phb_config_store(phb, offset & 3, size, value);
        return;
    case RC_CONFIG:
        phb_rc_store(phb, offset - PHB_RC_CONFIG_BASE, size, value);
        return;
    default:
        break;
    }
    row = row_for_access(phb, offset, size, "store");
    if (!row) {
        return;
    }
    value &= row->writable;
    if (row->store) {
        row->store(phb, offset, value);
    } else {
        phb_set_reg(phb, offset, value);
    }
}

uint64_t p9x_phb4_reg_load(P9xPhb4 *phb, uint64_t offset, unsigned size)
{
    uint64_t value = p9x_lane_load(UINT64_MAX, 0, size);

    if (!phb_unreachable(phb)) {
        value = phb_reg_load(phb, offset < PHB_NR_BYTES ? (unsigned)offset :
                             PHB_NR_BYTES, size);
    }
    phb_trace(phb, P9X_PHB4_TRACE_REG_LOAD, offset, value, size, 0);
    return value;
}

void p9x_phb4_reg_store(P9xPhb4 *phb, uint64_t offset, unsigned size,
                        uint64_t value)
{
    phb_trace(phb, P9X_PHB4_TRACE_REG_STORE, offset, value, size, 0);
    if (!phb_unreachable(phb)) {
        phb_reg_store(phb, offset < PHB_NR_BYTES ? (unsigned)offset :
                      PHB_NR_BYTES, size, value);
    }
}
