/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Registers: one row each.
 *
 * A row says which bits a store changes and what a reset leaves.  Registers
 * that do something have a load or a store function; all others just keep
 * what they are given.
 */
#include "phb4_error.h"
#include "phb4_ioda.h"
#include "phb4_iotlb.h"
#include "phb4_irq.h"
#include "phb4_link.h"
#include "phb4_pe.h"
#include "phb4_regs.h"
#include "phb4_rtt.h"
#include "phb4_settle.h"

typedef struct RegAccess {
    P9xPhb4 *phb;
    P9xPhb4Changes *changes;
    unsigned offset;
    uint64_t value;             /* a store: only bits that can be written */
} RegAccess;

typedef struct RegRow {
    uint16_t offset;
    uint8_t count;              /* consecutive registers; 0 means 1 */
    uint64_t writable;
    uint64_t reset;
    uint64_t (*load)(const RegAccess *a);
    void (*store)(const RegAccess *a);
} RegRow;

#define ALL UINT64_MAX

/* ---- what accesses do ---- */

static uint64_t old_value(const RegAccess *a)
{
    return p9x_phb4_reg(a->phb, a->offset);
}

static void keep(const RegAccess *a, uint64_t value)
{
    p9x_phb4_set_reg(a->phb, a->offset, value);
}

static uint64_t load_zero(const RegAccess *a)
{
    (void)a;
    return 0;
}

static void store_nothing(const RegAccess *a)
{
    (void)a;
}

static uint64_t load_capability(const RegAccess *a)
{
    const P9xPhb4 *phb = a->phb;
    bool big = phb->config.big;

    switch (a->offset) {
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

static uint64_t load_channel(const RegAccess *a)
{
    unsigned kind = a->offset == PHB_DMA_CHAN_STATUS ? P9X_PHB4_FROZEN_DMA :
                                                       P9X_PHB4_FROZEN_MMIO;

    return p9x_phb4_channel_errors(a->phb) |
           (p9x_phb4_any_frozen(a->phb, kind) ? PHB_CHAN_ANY_FREEZE : 0);
}

static uint64_t load_summary(const RegAccess *a)
{
    return p9x_phb4_error_summary(a->phb);
}

static uint64_t load_ioda(const RegAccess *a)
{
    return p9x_phb4_ioda_load(a->phb, a->changes);
}

static void store_ioda(const RegAccess *a)
{
    p9x_phb4_ioda_store(a->phb, a->changes, a->value);
}

static void store_source(const RegAccess *a)
{
    uint64_t changed = old_value(a) ^ a->value;

    keep(a, a->value);
    p9x_phb4_place_sources(a->phb);
    a->changes->what |= PHB_CHANGED_SOURCE;
    if (a->offset == PHB_CTRLR && (changed & (PHB_CTRLR_TVT_ADDR_SEL |
                                              PHB_CTRLR_TVE1_4GB))) {
        p9x_phb4_iotlb_kill_pe(a->phb, a->changes, P9X_PHB4_ALL_PES);
    }
}

static void store_window(const RegAccess *a)
{
    if (old_value(a) != a->value) {
        keep(a, a->value);
        a->changes->what |= PHB_CHANGED_WINDOWS;
    }
}

/* The 32-bit MSI window takes addresses away from DMA. */
static void store_config(const RegAccess *a)
{
    uint64_t changed = old_value(a) ^ a->value;

    store_window(a);
    if (changed & PHB_CONFIG_32BIT_MSI) {
        p9x_phb4_changed_dma(a->changes, P9X_PHB4_ALL_PES);
    }
}

static void store_rtt_bar(const RegAccess *a)
{
    keep(a, a->value);
    p9x_phb4_rtc_invalidate(a->phb, a->changes, PHB_RTC_INVALIDATE_ALL);
}

/* The model's DMA takes no time, so what firmware waits for has happened. */
static void store_dma_sync(const RegAccess *a)
{
    uint64_t value = a->value;

    if (value & PHB_SYNC_READ_START) {
        value |= PHB_SYNC_READ_COMPLETE;
    }
    if (value & PHB_SYNC_WRITE_START) {
        value |= PHB_SYNC_WRITE_COMPLETE;
    }
    keep(a, value & ~(PHB_SYNC_READ_START | PHB_SYNC_WRITE_START));
}

static void store_rtc_invalidate(const RegAccess *a)
{
    p9x_phb4_rtc_invalidate(a->phb, a->changes, a->value);
}

/* The three top bits read 0 when the kill has been queued: at once. */
static void store_tce_kill(const RegAccess *a)
{
    keep(a, a->value & ~P9X_MASK64(0, 2));
    p9x_phb4_tce_kill(a->phb, a->changes, a->value);
}

static void store_quiesce(const RegAccess *a)
{
    keep(a, a->value & PHB_Q_DMA_AUTORESET ? 0 :
            a->value & PHB_Q_DMA_QUIESCE);
    p9x_phb4_changed_dma(a->changes, P9X_PHB4_ALL_PES);
}

static void store_inject_ctl(const RegAccess *a)
{
    keep(a, a->value);
    a->changes->what |= PHB_CHANGED_STATE;
}

static void store_lem(const RegAccess *a)
{
    switch (a->offset) {
    case PHB_LEM_FIR_AND_MASK:
        p9x_phb4_and_reg(a->phb, PHB_LEM_FIR_ACCUM, a->value);
        break;
    case PHB_LEM_FIR_OR_MASK:
        p9x_phb4_or_reg(a->phb, PHB_LEM_FIR_ACCUM, a->value);
        break;
    case PHB_LEM_ERROR_AND_MASK:
        p9x_phb4_and_reg(a->phb, PHB_LEM_ERROR_MASK, a->value);
        break;
    case PHB_LEM_ERROR_OR_MASK:
        p9x_phb4_or_reg(a->phb, PHB_LEM_ERROR_MASK, a->value);
        break;
    default:        /* WOF: any store clears it */
        keep(a, 0);
    }
}

/* Storing ones clears; errors that come meanwhile are not lost. */
static void store_status(const RegAccess *a)
{
    p9x_phb4_and_reg(a->phb, a->offset, ~a->value);
    a->changes->what |= PHB_CHANGED_STATE;
}

static P9xPhb4Group group_of(unsigned offset)
{
    unsigned g = 0;

    while (offset - p9x_phb4_group_base[g] > GRP_FIRST_MASK) {
        g++;
    }
    return (P9xPhb4Group)g;
}

/*
 * The errors happen one after the other, each with all that follows, to the PE
 * that configuration accesses are set up for.
 */
static void store_inject(const RegAccess *a)
{
    uint64_t config = p9x_phb4_reg(a->phb, PHB_CONFIG_ADDRESS);
    const P9xPhb4Error error = {
        .pe = (int)p9x_get64(config, PHB_CA_PE),
        .pesta = p9x_set64(0, PESTA_TTYPE, TTYPE_OTHER)
    };

    for (unsigned bit = 0; bit < 64; bit++) {
        if (a->value & P9X_BIT64(bit)) {
            p9x_phb4_raise(a->phb, a->changes, group_of(a->offset), bit,
                           &error);
            p9x_phb4_settle(a->phb, a->changes);
        }
    }
}

/* Storing anything clears. */
static void store_clear(const RegAccess *a)
{
    p9x_phb4_and_reg(a->phb, a->offset, 0);
}

static void store_irq_enable(const RegAccess *a)
{
    keep(a, a->value);
    a->changes->what |= PHB_CHANGED_STATE;
}

static uint64_t load_hotplug(const RegAccess *a)
{
    return p9x_phb4_hotplug_status(a->phb);
}

static uint64_t load_lmr(const RegAccess *a)
{
    return p9x_phb4_link_management(a->phb);
}

static uint64_t load_train_ctl(const RegAccess *a)
{
    return p9x_phb4_train_ctl(a->phb);
}

static void reset_pbl(P9xPhb4 *phb);

static void store_creset(const RegAccess *a)
{
    uint64_t old = old_value(a);

    keep(a, a->value);
    if (a->value & ~old & PHB_CRESET_PBL) {
        reset_pbl(a->phb);
    }
    p9x_phb4_creset_changed(a->phb, a->changes, old);
}

static void store_dlp_log(const RegAccess *a)
{
    p9x_phb4_and_reg(a->phb, a->offset, ~a->value);
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

uint64_t p9x_phb4_reg_state_mask(unsigned offset)
{
    const RegRow *row = find_row(offset);

    return row ? row->writable : 0;
}

void p9x_phb4_regs_reset(P9xPhb4 *phb)
{
    uint64_t wires = p9x_phb4_reg(phb, PHB_PCIE_CRESET) &
                     (PHB_CRESET_PERST_N | PHB_CRESET_REFCLK_N);

    for (unsigned offset = 0; offset < PHB_NR_BYTES; offset += 8) {
        const RegRow *row = find_row(offset);

        p9x_phb4_set_reg(phb, offset, row ? row->reset : 0);
    }
    /* What are wires to the slot outlives the ETU's reset. */
    p9x_phb4_set_reg(phb, PHB_PCIE_CRESET, PHB_CRESET_CORES | wires);
    p9x_phb4_set_reg(phb, PHB_LSI_SOURCE_ID,
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

/* The PBL core was reset: its registers, but for errors that happened. */
static void reset_pbl(P9xPhb4 *phb)
{
    for (unsigned offset = PHB_PBL_CONTROL;
         offset <= PHB_PBL_ERR + GRP_FIRST_MASK; offset += 8) {
        const RegRow *row = find_row(offset);

        if (row) {
            p9x_phb4_set_reg(phb, offset, row->reset |
                             (p9x_phb4_reg(phb, offset) &
                              pbl_sticky(offset)));
        }
    }
}

/* ---- accesses ---- */

bool p9x_phb4_has_reg(unsigned offset)
{
    return find_row(offset);
}

uint64_t p9x_phb4_regs_load(P9xPhb4 *phb, P9xPhb4Changes *changes,
                            unsigned offset)
{
    const RegAccess a = {
        .phb = phb, .changes = changes, .offset = offset
    };
    const RegRow *row = find_row(offset);

    return row->load ? row->load(&a) : p9x_phb4_reg(phb, offset);
}

void p9x_phb4_regs_store(P9xPhb4 *phb, P9xPhb4Changes *changes,
                         unsigned offset, uint64_t value)
{
    const RegRow *row = find_row(offset);
    const RegAccess a = {
        .phb = phb, .changes = changes, .offset = offset,
        .value = value & row->writable
    };

    if (row->store) {
        row->store(&a);
    } else {
        keep(&a, a.value);
    }
}
