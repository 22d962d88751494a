/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fuzz-loop.h"
#include "ops-phb4.h"

static uint64_t next_random(Ops *ops)
{
    return fuzz_next(&ops->random);
}

static unsigned below(Ops *ops, unsigned n)
{
    return (unsigned)(next_random(ops) % n);
}

/* Values that matter more often than chance has it. */
static uint64_t value(Ops *ops)
{
    switch (below(ops, 6)) {
    case 0:
        return 0;
    case 1:
        return UINT64_MAX;
    case 2:
        return P9X_BIT64(below(ops, 64));
    case 3:
        return (next_random(ops) & 0x3FFF000) | PHB_BAR_ENABLE | below(ops, 4);
    case 4:
        return next_random(ops) & next_random(ops) & next_random(ops);
    default:
        return next_random(ops);
    }
}

static unsigned size(Ops *ops)
{
    return below(ops, 8) ? 8 : 1u << below(ops, 4);
}

/* A step's outcome, for those who compare two bridges. */
static void said(Ops *ops, const char *what, uint64_t result)
{
    if (ops->log) {
        g_string_append_printf(ops->log, "%s %" G_GINT64_MODIFIER "x\n", what,
                               result);
    }
}

static void op_register(Ops *ops)
{
    unsigned offset = below(ops, 0x3100) & (below(ops, 8) ? ~7u : ~0u);

    if (below(ops, 2)) {
        said(ops, "register",
             p9x_phb4_reg_load(ops->rig->phb, offset, size(ops)));
    } else {
        p9x_phb4_reg_store(ops->rig->phb, offset, size(ops), value(ops));
    }
}

static void op_table(Ops *ops)
{
    prig_select(ops->rig, below(ops, 32), below(ops, 1024), below(ops, 2));
    for (unsigned i = below(ops, 4); i > 0; i--) {
        if (below(ops, 3)) {
            prig_store(ops->rig, PHB_IODA_DATA0, value(ops));
        } else {
            prig_load(ops->rig, PHB_IODA_DATA0);
        }
    }
}

static void op_xscom(Ops *ops)
{
    P9xPhb4Xscom range = below(ops, 3);
    uint32_t reg = below(ops, 0x48);

    /* The fence and the reset often enough, but not for ever. */
    if (below(ops, 2)) {
        said(ops, "xscom", p9x_phb4_xscom_load(ops->rig->phb, range, reg));
    } else {
        p9x_phb4_xscom_store(ops->rig->phb, range, reg, value(ops));
    }
    if (below(ops, 2)) {
        p9x_phb4_xscom_store(ops->rig->phb, P9X_PHB4_XSCOM_PCI, PCI_ETU_RESET,
                             0);
        p9x_phb4_xscom_store(ops->rig->phb, P9X_PHB4_XSCOM_PCI, NEST_FIR, 0);
        p9x_phb4_xscom_store(ops->rig->phb, P9X_PHB4_XSCOM_NEST, NEST_FIR, 0);
    }
}

static void op_dma(Ops *ops)
{
    uint16_t rid = below(ops, 2) ? PRIG_RID : (uint16_t)next_random(ops);
    uint64_t iova = below(ops, 2) ? next_random(ops) & 0xFFFFFF : value(ops);
    P9xPhb4Access access = below(ops, 3);
    unsigned frozen = p9x_phb4_frozen(ops->rig->phb, (unsigned)
                                      p9x_phb4_pe(ops->rig->phb, rid));
    bool fenced = p9x_phb4_is_fenced(ops->rig->phb);
    P9xPhb4Dma dma;

    if (!p9x_phb4_translate(ops->rig->phb, rid, iova, access, &dma)) {
        said(ops, "refused", iova);
        return;
    }
    said(ops, "translated", dma.real | dma.read | dma.write << 1);
    g_assert_false(fenced);
    g_assert_cmpuint(frozen & P9X_PHB4_FROZEN_DMA, ==, 0);
    g_assert_cmphex(dma.real & dma.mask, ==, 0);
    g_assert_cmphex(dma.iova, ==, iova & ~dma.mask);
    g_assert_cmphex(dma.real >> 56, ==, 0);
    g_assert_true(access != P9X_PHB4_DMA_READ || dma.read);
    g_assert_true(access != P9X_PHB4_DMA_WRITE || dma.write);
}

/* Tables of any depth, which have their own entries for the next level. */
static void op_tve(Ops *ops)
{
    static const uint8_t psize[] = { 0, 1, 5, 10, 19 };
    unsigned index = PRIG_PE * 2 + below(ops, 2);
    unsigned levels = 1 + below(ops, 5);
    unsigned table_size = below(ops, 8) ? below(ops, 3) : below(ops, 32);

    prig_set_tve(ops->rig, index, below(ops, 6) ?
                 prig_tve_of(PRIG_TCE + below(ops, 8) * 0x1000u, levels,
                             table_size, psize[below(ops, 5)]) :
                 prig_bypass_tve(below(ops, 4), below(ops, 1 << 20)));
}

/* Enables, errors on purpose, and the tables that a freeze looks at. */
static void op_error(Ops *ops)
{
    static const uint16_t group[] = {
        PHB_ERR, PHB_TXE_ERR, PHB_RXE_ARB_ERR, PHB_RXE_MRG_ERR,
        PHB_RXE_TCE_ERR, PHB_PBL_ERR, PHB_REGB_ERR
    };
    static const uint16_t bar[] = { PHB_PELTV_BAR, PHB_PEST_BAR };
    unsigned base = group[below(ops, G_N_ELEMENTS(group))];

    prig_store(ops->rig, base + below(ops, 12) * 8, value(ops));
    if (below(ops, 4) == 0) {
        prig_store(ops->rig, base + GRP_INJECT, value(ops));
    }
    if (below(ops, 16) == 0) {
        prig_store(ops->rig, bar[below(ops, 2)], value(ops));
    }
}

/* The next access that matches is to fail. */
static void op_inject(Ops *ops)
{
    prig_store(ops->rig, PHB_PAPR_ERR_INJ_MASK, below(ops, 2) ? 0 :
               value(ops));
    prig_store(ops->rig, PHB_PAPR_ERR_INJ_ADDR, value(ops));
    prig_store(ops->rig, PHB_PAPR_ERR_INJ_CTL,
               P9X_BIT64(below(ops, 7)) | P9X_BIT64(4 + below(ops, 2)) |
               P9X_BIT64(below(ops, 4)));
}

static void op_creset(Ops *ops)
{
    uint64_t creset = below(ops, 2) ? value(ops) :
                      PHB_CRESET_PERST_N | PHB_CRESET_PIPE_N;

    prig_store(ops->rig, PHB_PCIE_CRESET, creset);
    prig_store(ops->rig, PHB_PCIE_CRESET, PHB_CRESET_PERST_N |
               PHB_CRESET_PIPE_N | PHB_CRESET_REFCLK_N);
}

/* Firmware puts things right, or else little is left to go wrong. */
static void op_repair(Ops *ops)
{
    static const struct {
        uint16_t offset;
        uint64_t value;
    } regs[] = {
        { PHB_CTRLR, PHB_CTRLR_PGSZ_64K },
        { PHB_RTT_BAR, PRIG_RTT | PHB_BAR_ENABLE },
        { PHB_PELTV_BAR, PRIG_PELTV | PHB_BAR_ENABLE },
        { PHB_PEST_BAR, PRIG_PEST | PHB_BAR_ENABLE },
        { PHB_M32_START_ADDR, PRIG_M32_PCI },
        { PHB_PHB4_CONFIG, PHB_CONFIG_32BIT_MSI | PHB_CONFIG_64BIT_MSI },
        { PHB_Q_DMA_R, 0 },
        { PHB_PAPR_ERR_INJ_CTL, 0 },
        { PHB_PCIE_DLP_TRAIN_CTL, 0 },
        { PHB_PCIE_CRESET, PHB_CRESET_PERST_N | PHB_CRESET_PIPE_N }
    };
    PRig *rig = ops->rig;

    p9x_phb4_xscom_store(rig->phb, P9X_PHB4_XSCOM_PCI, PCI_ETU_RESET, 0);
    p9x_phb4_xscom_store(rig->phb, P9X_PHB4_XSCOM_PCI, NEST_FIR, 0);
    p9x_phb4_xscom_store(rig->phb, P9X_PHB4_XSCOM_NEST, NEST_FIR, 0);
    for (unsigned i = 0; i < G_N_ELEMENTS(regs); i++) {
        prig_store(rig, regs[i].offset, regs[i].value);
    }
    prig_rc_store(rig, 0x3C, 0);
    prig_rc_store(rig, 0x58, 0);
    prig_set_rte(rig, PRIG_RID, PRIG_PE);
    prig_tce_window(rig, PRIG_PE);
    prig_unfreeze(rig, PRIG_PE);
}

static void op_freeze(Ops *ops)
{
    prig_set_table(ops->rig, below(ops, 2) ? TBL_PESTA : TBL_PESTB, PRIG_PE,
                   below(ops, 2) ? PEST_FROZEN : 0);
}

/* What copies hold must be what DMA finds, whatever the tables are. */
static void op_list(Ops *ops)
{
    uint16_t rid = below(ops, 4) ? PRIG_RID : (uint16_t)next_random(ops);
    uint64_t iova[8];

    for (unsigned i = 0; i < G_N_ELEMENTS(iova); i++) {
        iova[i] = below(ops, 2) ? next_random(ops) & 0xFFFFFFFF : value(ops);
    }
    prig_check_list(ops->rig, rid, iova, G_N_ELEMENTS(iova));
}

static void op_msi(Ops *ops)
{
    uint16_t rid = below(ops, 2) ? PRIG_RID : (uint16_t)next_random(ops);
    unsigned frozen = p9x_phb4_frozen(ops->rig->phb, (unsigned)
                                      p9x_phb4_pe(ops->rig->phb, rid));

    if (p9x_phb4_dma_msi(ops->rig->phb, rid, value(ops),
                         (uint32_t)value(ops))) {
        g_assert_cmpuint(frozen & P9X_PHB4_FROZEN_DMA, ==, 0);
    }
    if (below(ops, 2)) {
        prig_give_msi(ops->rig, below(ops, 4200), PRIG_PE);
    }
    said(ops, "msi", prig_msi(ops->rig, rid, below(ops, 4200)));
}

static void op_esb(Ops *ops)
{
    uint64_t offset = (uint64_t)below(ops, 4100) << 16 | below(ops, 0x1000);

    if (below(ops, 2)) {
        said(ops, "esb", p9x_phb4_esb_load(ops->rig->phb, offset, size(ops)));
    } else {
        p9x_phb4_esb_store(ops->rig->phb, offset, size(ops), value(ops));
    }
}

static void op_mmio(Ops *ops)
{
    uint64_t offset = below(ops, 2) ? below(ops, 0x2000) : value(ops);
    uint64_t buf = next_random(ops);

    p9x_phb4_mmio_load(ops->rig->phb, below(ops, 2), offset, &buf, size(ops));
    said(ops, "mmio", buf);
    p9x_phb4_mmio_store(ops->rig->phb, below(ops, 2), offset, &buf, size(ops));
    p9x_phb4_mmio_unclaimed(ops->rig->phb, PRIG_M32_PCI + offset,
                            below(ops, 2));
}

static void op_config(Ops *ops)
{
    uint16_t rid = below(ops, 2) ? PRIG_RID : (uint16_t)below(ops, 0x200);
    unsigned offset = below(ops, 0x1000) & ~3u;

    said(ops, "config",
         prig_config_load(ops->rig, rid, below(ops, 512), offset, 4));
    prig_config_store(ops->rig, rid, below(ops, 512), offset, 4,
                      (uint32_t)value(ops));
    prig_rc_store(ops->rig, offset % 0x800, (uint32_t)value(ops));
}

static void op_wires(Ops *ops)
{
    p9x_phb4_intx(ops->rig->phb, below(ops, 5), below(ops, 2));
    ops->rig->plugged = below(ops, 8);
    p9x_phb4_slot_changed(ops->rig->phb);
}

static void op_memory(Ops *ops)
{
    uint64_t tce = (next_random(ops) & 0x3FFF000) | below(ops, 4);

    ops->memory_changed = true;
    prig_set_be64(ops->rig, PRIG_TCE + below(ops, 0x8000) / 8 * 8, tce);
    p9x_store_be(ops->rig->host.ram + PRIG_RTT + below(ops, 0x20000) / 2 * 2, 2,
                 below(ops, 600));
    prig_set_be64(ops->rig, PRIG_PELTV + below(ops, 0x8000) / 8 * 8,
                  next_random(ops) & next_random(ops) & next_random(ops) &
                  next_random(ops) & next_random(ops));
}

static void count_mapping(void *opaque, const P9xPhb4Mapping *mapping)
{
    (void)mapping;
    (*(unsigned *)opaque)++;
}

static bool same_lists(const GArray *a, const GArray *b)
{
    unsigned different = 0;

    p9x_phb4_each_only_in(a, b, count_mapping, &different);
    p9x_phb4_each_only_in(b, a, count_mapping, &different);
    return different == 0;
}


/* A listener that is told nothing has a true copy. */
static void op_copy(Ops *ops)
{
    g_autoptr(GArray) before = NULL, after = NULL;
    unsigned flushes;
    bool cut;

    before = prig_list(ops->rig, PRIG_RID, &cut);
    if (cut) {
        return;
    }
    flushes = ops->rig->flushes;
    ops->memory_changed = false;
    for (unsigned i = below(ops, 4); i > 0; i--) {
        ops_step(ops);
    }
    after = prig_list(ops->rig, PRIG_RID, &cut);
    g_assert_true(ops->memory_changed || ops->rig->flushes != flushes ||
                  same_lists(before, after));
}

static void op_state(Ops *ops)
{
    size_t n = p9x_phb4_state_words(ops->rig->phb);
    g_autofree uint64_t *before = g_new(uint64_t, n);
    g_autofree uint64_t *after = g_new(uint64_t, n);

    p9x_phb4_save(ops->rig->phb, before);
    if (below(ops, 4) == 0) {
        before[2 + below(ops, (unsigned)n - 2)] = value(ops);
        p9x_phb4_restore(ops->rig->phb, before, n);
        p9x_phb4_save(ops->rig->phb, before);
    }
    g_assert_true(p9x_phb4_restore(ops->rig->phb, before, n));
    p9x_phb4_save(ops->rig->phb, after);
    g_assert_cmpmem(before, n * 8, after, n * 8);
}

static void op_print(Ops *ops)
{
    g_autoptr(GString) out = g_string_new("");

    p9x_phb4_print(ops->rig->phb, out);
    g_assert_cmpuint(out->len, >, 0);
}

static void op_reset(Ops *ops)
{
    p9x_phb4_reset(ops->rig->phb);
    prig_boot(ops->rig);
    prig_tce_window(ops->rig, PRIG_PE);
}

static const struct {
    void (*func)(Ops *ops);
    unsigned weight;
} kinds[] = {
    { op_register, 400 }, { op_table, 200 }, { op_xscom, 40 },
    { op_dma, 400 }, { op_msi, 200 }, { op_esb, 200 }, { op_mmio, 200 },
    { op_config, 100 }, { op_wires, 40 }, { op_memory, 100 },
    { op_error, 100 }, { op_inject, 20 }, { op_creset, 10 },
    { op_repair, 100 },
    { op_tve, 20 }, { op_freeze, 40 }, { op_list, 4 }, { op_copy, 40 },
    { op_state, 4 }, { op_print, 4 }, { op_reset, 2 }
};

void ops_step(Ops *ops)
{
    unsigned total = 0, n;

    for (unsigned i = 0; i < G_N_ELEMENTS(kinds); i++) {
        total += kinds[i].weight;
    }
    n = below(ops, total);
    for (unsigned i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (n < kinds[i].weight) {
            kinds[i].func(ops);
            return;
        }
        n -= kinds[i].weight;
    }
}

PRig *ops_rig(uint64_t seed, P9xPhb4Config *config)
{
    PRig *rig;

    *config = (P9xPhb4Config) {
        .index = seed % 6,
        .big = seed % 3,
        .phb5 = seed % 4 == 0,
        .max_width = 8,
        .max_speed = 4
    };
    rig = prig_new_config(config);
    prig_boot(rig);
    prig_tce_window(rig, PRIG_PE);
    return rig;
}
