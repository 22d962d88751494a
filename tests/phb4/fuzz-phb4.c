/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Firmware and devices with no idea: random accesses of every kind to a
 * bridge, some of them where something is.
 *
 * It must not crash, and some things must hold whatever was done:
 *   - no translation goes beyond what a TCE or a TVE can say;
 *   - the list of a function's mappings is what its DMA finds, and whatever
 *     changes it is told;
 *   - a frozen or fenced PE gets no DMA and no MSI through;
 *   - each event of a source is one store to the notify port;
 *   - the state can be saved, restored and is the same again.
 *
 * P9X_FUZZ_SECONDS says how long; the seed of a failure is printed.
 */
#include "fixture-phb4.h"
#include "fuzz-loop.h"

enum { OPS = 400 };

static uint64_t random_state;

static uint64_t next_random(void)
{
    return fuzz_next(&random_state);
}

static unsigned below(unsigned n)
{
    return (unsigned)(next_random() % n);
}

/* Values that matter more often than chance has it. */
static uint64_t value(void)
{
    switch (below(6)) {
    case 0:
        return 0;
    case 1:
        return UINT64_MAX;
    case 2:
        return P9X_BIT64(below(64));
    case 3:
        return (next_random() & 0x3FFF000) | PHB_BAR_ENABLE | below(4);
    case 4:
        return next_random() & next_random() & next_random();
    default:
        return next_random();
    }
}

static unsigned size(void)
{
    return below(8) ? 8 : 1u << below(4);
}

static void op_register(PRig *rig)
{
    unsigned offset = below(0x3100) & (below(8) ? ~7u : ~0u);

    if (below(2)) {
        p9x_phb4_reg_load(rig->phb, offset, size());
    } else {
        p9x_phb4_reg_store(rig->phb, offset, size(), value());
    }
}

static void op_table(PRig *rig)
{
    prig_select(rig, below(32), below(1024), below(2));
    for (unsigned i = below(4); i > 0; i--) {
        if (below(3)) {
            prig_store(rig, PHB_IODA_DATA0, value());
        } else {
            prig_load(rig, PHB_IODA_DATA0);
        }
    }
}

static void op_xscom(PRig *rig)
{
    P9xPhb4Xscom range = below(3);
    uint32_t reg = below(0x48);

    /* The fence and the reset often enough, but not for ever. */
    if (below(2)) {
        p9x_phb4_xscom_load(rig->phb, range, reg);
    } else {
        p9x_phb4_xscom_store(rig->phb, range, reg, value());
    }
    if (below(2)) {
        p9x_phb4_xscom_store(rig->phb, P9X_PHB4_XSCOM_PCI, PCI_ETU_RESET, 0);
        p9x_phb4_xscom_store(rig->phb, P9X_PHB4_XSCOM_PCI, NEST_FIR, 0);
        p9x_phb4_xscom_store(rig->phb, P9X_PHB4_XSCOM_NEST, NEST_FIR, 0);
    }
}

static void op_dma(PRig *rig)
{
    uint16_t rid = below(2) ? PRIG_RID : (uint16_t)next_random();
    uint64_t iova = below(2) ? next_random() & 0xFFFFFF : value();
    P9xPhb4Access access = below(3);
    unsigned frozen = p9x_phb4_frozen(rig->phb, (unsigned)
                                      p9x_phb4_pe(rig->phb, rid));
    bool fenced = p9x_phb4_is_fenced(rig->phb);
    P9xPhb4Dma dma;

    if (!p9x_phb4_translate(rig->phb, rid, iova, access, &dma)) {
        return;
    }
    g_assert_false(fenced);
    g_assert_cmpuint(frozen & P9X_PHB4_FROZEN_DMA, ==, 0);
    g_assert_cmphex(dma.real & dma.mask, ==, 0);
    g_assert_cmphex(dma.iova, ==, iova & ~dma.mask);
    g_assert_cmphex(dma.real >> 56, ==, 0);
    g_assert_true(access != P9X_PHB4_DMA_READ || dma.read);
    g_assert_true(access != P9X_PHB4_DMA_WRITE || dma.write);
}

/* Tables of any depth, which have their own entries for the next level. */
static void op_tve(PRig *rig)
{
    static const uint8_t psize[] = { 0, 1, 5, 10, 19 };
    unsigned index = PRIG_PE * 2 + below(2);
    unsigned levels = 1 + below(5);
    unsigned table_size = below(8) ? below(3) : below(32);

    prig_set_tve(rig, index, below(6) ?
                 prig_tve_of(PRIG_TCE + below(8) * 0x1000u, levels,
                             table_size, psize[below(5)]) :
                 prig_bypass_tve(below(4), below(1 << 20)));
}

static void op_freeze(PRig *rig)
{
    prig_set_table(rig, below(2) ? TBL_PESTA : TBL_PESTB, PRIG_PE,
                   below(2) ? PEST_FROZEN : 0);
}

/* What copies hold must be what DMA finds, whatever the tables are. */
static void op_list(PRig *rig)
{
    uint16_t rid = below(4) ? PRIG_RID : (uint16_t)next_random();
    uint64_t iova[8];

    for (unsigned i = 0; i < G_N_ELEMENTS(iova); i++) {
        iova[i] = below(2) ? next_random() & 0xFFFFFFFF : value();
    }
    prig_check_list(rig, rid, iova, G_N_ELEMENTS(iova));
}

static void op_msi(PRig *rig)
{
    uint16_t rid = below(2) ? PRIG_RID : (uint16_t)next_random();
    unsigned frozen = p9x_phb4_frozen(rig->phb, (unsigned)
                                      p9x_phb4_pe(rig->phb, rid));

    if (p9x_phb4_dma_msi(rig->phb, rid, value(), (uint32_t)value())) {
        g_assert_cmpuint(frozen & P9X_PHB4_FROZEN_DMA, ==, 0);
    }
    prig_msi(rig, rid, below(4200));
}

static void op_esb(PRig *rig)
{
    uint64_t offset = (uint64_t)below(4100) << 16 | below(0x1000);

    if (below(2)) {
        p9x_phb4_esb_load(rig->phb, offset, size());
    } else {
        p9x_phb4_esb_store(rig->phb, offset, size(), value());
    }
}

static void op_mmio(PRig *rig)
{
    uint64_t offset = below(2) ? below(0x2000) : value();
    uint64_t buf = next_random();

    p9x_phb4_mmio_load(rig->phb, below(2), offset, &buf, size());
    p9x_phb4_mmio_store(rig->phb, below(2), offset, &buf, size());
    p9x_phb4_mmio_unclaimed(rig->phb, PRIG_M32_PCI + offset, below(2));
}

static void op_config(PRig *rig)
{
    uint16_t rid = below(2) ? PRIG_RID : (uint16_t)below(0x200);
    unsigned offset = below(0x1000) & ~3u;

    prig_config_load(rig, rid, below(512), offset, 4);
    prig_config_store(rig, rid, below(512), offset, 4, (uint32_t)value());
    prig_rc_store(rig, offset % 0x800, (uint32_t)value());
}

static void op_wires(PRig *rig)
{
    p9x_phb4_intx(rig->phb, below(5), below(2));
    rig->plugged = below(8);
    p9x_phb4_slot_changed(rig->phb);
}

static bool memory_changed;     /* by op_memory */

static void op_memory(PRig *rig)
{
    uint64_t tce = (next_random() & 0x3FFF000) | below(4);

    memory_changed = true;
    prig_set_be64(rig, PRIG_TCE + below(0x8000) / 8 * 8, tce);
    p9x_store_be(rig->host.ram + PRIG_RTT + below(0x20000) / 2 * 2, 2,
                 below(600));
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

static void one_op(PRig *rig);

/* A listener that is told nothing has a true copy. */
static void op_copy(PRig *rig)
{
    g_autoptr(GArray) before = NULL, after = NULL;
    unsigned flushes;
    bool cut;

    before = prig_list(rig, PRIG_RID, &cut);
    if (cut) {
        return;
    }
    flushes = rig->flushes;
    memory_changed = false;
    for (unsigned i = below(4); i > 0; i--) {
        one_op(rig);
    }
    after = prig_list(rig, PRIG_RID, &cut);
    g_assert_true(memory_changed || rig->flushes != flushes ||
                  same_lists(before, after));
}

static void op_state(PRig *rig)
{
    size_t n = p9x_phb4_state_words(rig->phb);
    g_autofree uint64_t *before = g_new(uint64_t, n);
    g_autofree uint64_t *after = g_new(uint64_t, n);

    p9x_phb4_save(rig->phb, before);
    if (below(4) == 0) {
        before[2 + below((unsigned)n - 2)] = value();
        p9x_phb4_restore(rig->phb, before, n);
        p9x_phb4_save(rig->phb, before);
    }
    g_assert_true(p9x_phb4_restore(rig->phb, before, n));
    p9x_phb4_save(rig->phb, after);
    g_assert_cmpmem(before, n * 8, after, n * 8);
}

static void op_print(PRig *rig)
{
    g_autoptr(GString) out = g_string_new("");

    p9x_phb4_print(rig->phb, out);
    g_assert_cmpuint(out->len, >, 0);
}

static void op_reset(PRig *rig)
{
    p9x_phb4_reset(rig->phb);
    prig_boot(rig);
    prig_tce_window(rig, PRIG_PE);
}

static const struct {
    void (*func)(PRig *rig);
    unsigned weight;
} ops[] = {
    { op_register, 400 }, { op_table, 200 }, { op_xscom, 80 },
    { op_dma, 400 }, { op_msi, 200 }, { op_esb, 200 }, { op_mmio, 200 },
    { op_config, 100 }, { op_wires, 40 }, { op_memory, 100 },
    { op_tve, 20 }, { op_freeze, 40 }, { op_list, 4 }, { op_copy, 40 },
    { op_state, 4 }, { op_print, 4 }, { op_reset, 2 }
};

static void one_op(PRig *rig)
{
    unsigned total = 0, n;

    for (unsigned i = 0; i < G_N_ELEMENTS(ops); i++) {
        total += ops[i].weight;
    }
    n = below(total);
    for (unsigned i = 0; i < G_N_ELEMENTS(ops); i++) {
        if (n < ops[i].weight) {
            ops[i].func(rig);
            return;
        }
        n -= ops[i].weight;
    }
}

static uint64_t sum(const PRig *rig, P9xCounter kind)
{
    return p9x_counter_read(&rig->counters, kind);
}

static void one_run(uint64_t seed)
{
    const P9xPhb4Config config = {
        .index = seed % 6,
        .big = seed % 3,
        .phb5 = seed % 4 == 0,
        .max_width = 8,
        .max_speed = 4
    };
    PRig *rig;

    random_state = seed;
    rig = prig_new_config(&config);
    prig_boot(rig);
    prig_tce_window(rig, PRIG_PE);
    for (unsigned i = 0; i < OPS; i++) {
        one_op(rig);
    }
    /* A PHB5 can leave PQ to the IC: then there are more. */
    g_assert_cmpuint(p9x_phb4_stat(rig->phb, P9X_PHB4_STAT_NOTIFY), >=,
                     sum(rig, P9X_COUNT_EVENTS) + sum(rig, P9X_COUNT_REPLAYS));
    g_assert_true(config.phb5 ||
                  p9x_phb4_stat(rig->phb, P9X_PHB4_STAT_NOTIFY) ==
                  sum(rig, P9X_COUNT_EVENTS) + sum(rig, P9X_COUNT_REPLAYS));
    g_assert_cmpuint(sum(rig, P9X_COUNT_TRIGGERS), ==,
                     sum(rig, P9X_COUNT_EVENTS) +
                     sum(rig, P9X_COUNT_COALESCED) +
                     sum(rig, P9X_COUNT_OFF));
    prig_free(rig);
}

int main(int argc, char **argv)
{
    static const FuzzDriver driver = {
        "fuzz-phb4", "a bridge survives random accesses", 10, OPS, one_run
    };

    return fuzz_loop(argc, argv, &driver);
}
