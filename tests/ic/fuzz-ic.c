/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest that stores anything anywhere: registers, windows, tables in
 * memory.  Nothing may crash, leak or hang (sanitizers and the test's time
 * limit see to that), and the thread contexts keep their invariant.
 *
 *   fuzz-ic [seed]
 *
 * P9X_FUZZ_SECONDS: how long, 20 by default.
 */
#include "fixture-ic.h"
#include "fuzz-loop.h"
#include "ic_state.h"

enum { OPS = 3000 };

static uint64_t state;

static uint64_t roll64(void)
{
    return fuzz_next(&state);
}

static unsigned roll(unsigned n)
{
    return (unsigned)(roll64() >> 33) % n;
}

/* Values that mean something more often than chance would have it. */
static uint64_t value(void)
{
    uint64_t m = IC_MEMORY(roll(2));

    switch (roll(12)) {
    case 0:
        return 0;
    case 1:
        return UINT64_MAX;
    case 2:
        return P9X_BIT64(roll(64));
    case 3:
        return roll64() & roll64() & roll64();
    case 4:
        return ic_vsd(m + 0x1000 * roll(0x80), 12 + roll(8)) |
               (roll(2) ? P9X_VSD_INDIRECT : 0);
    case 5:
        return p9x_set64(IC_IC_BASE(roll(2)) + IC_PAGE, P9X_VSD_MODE,
                         roll(4));
    case 6:
        return P9X_SCRUB_VALID | P9X_SCRUB_INVAL | (uint64_t)roll(3) << 32 |
               roll(0x80);
    case 7:
        return P9X_BAR_VALID | (roll64() & P9X_BAR_ADDR);
    case 8:
        return P9X_EAS_VALID | (uint64_t)roll(3) << 56 |
               (uint64_t)roll(0x40) << 32 | roll(0x100);
    case 9:
        return p9x_set64(p9x_set64(0, P9X_VST_SELECT, roll(6)),
                         P9X_VST_BLOCK, roll(8));
    case 10:
        return p9x_set64(roll(2) ? P9X_IRQ_QUEUE_DISABLE : 0,
                         P9X_IRQ_MEM_SIZE, roll(3)) | P9X_IRQ_MEM_ENABLE;
    default:
        return roll64();
    }
}

static unsigned size(void)
{
    return 1u << roll(4);
}

static uint64_t register_offset(void)
{
    static const uint16_t busy[] = {
        P9X_CQ_TAR, P9X_CQ_TDR, P9X_CQ_PBI_CTL, P9X_PC_TCTXT_CFG,
        P9X_PC_TCTXT_INDIR0, 0x448, 0x450, P9X_PC_VSD_TABLE_ADDR,
        P9X_PC_VSD_TABLE_DATA, P9X_PC_VPC_SCRUB_TRIG,
        P9X_PC_VPC_CWATCH_SPEC, P9X_PC_VPC_CWATCH_DAT0,
        P9X_VC_VSD_TABLE_ADDR, P9X_VC_VSD_TABLE_DATA,
        P9X_VC_EQC_SCRUB_TRIG, P9X_VC_EQC_CWATCH_SPEC,
        P9X_VC_EQC_CWATCH_DAT0, P9X_VC_IVC_SCRUB_TRIG,
        P9X_VC_SBC_SCRUB_TRIG, P9X_VC_SBC_CONFIG,
        P9X_VC_IRQ_CONFIG_IPI, P9X_VC_IRQ_CONFIG_HW,
        P9X_VC_IRQ_CONFIG_CASCADE1,
        P9X_VC_EQC_CONFIG, P9X_VC_SBC_SOFTWR_ADDR, P9X_VC_SBC_SOFTWR_DATA,
        P9X_CQ_FIR
    };

    return roll(3) ? busy[roll(G_N_ELEMENTS(busy))] : roll(0x200) * 8;
}

static uint64_t vc_offset(void)
{
    switch (roll(4)) {
    case 0:
        return roll64() % (2 * IC_VC_SIZE);
    case 1:
        return end_offset(roll(0x40), roll(2), roll(0x1000));
    default:
        return ipi_offset(roll(0x200), roll(2), roll(0x1000));
    }
}

static uint64_t window_offset(P9xIcWindow w)
{
    switch (w) {
    case P9X_IC_WINDOW_IC:
        return roll(9) * IC_PAGE + (roll(2) ? roll(0x1000) :
                                              (unsigned)register_offset());
    case P9X_IC_WINDOW_VC:
        return vc_offset();
    case P9X_IC_WINDOW_PC:
        return roll(4) ? roll(0x100) * IC_PAGE + roll(0x80) : roll64();
    default:
        return roll(4) * IC_PAGE + roll(0x1000);
    }
}

static void window_op(IcRig *rig, IcChip *chip)
{
    P9xIcWindow w = (P9xIcWindow)roll(P9X_IC_NR_WINDOWS);
    P9xTctx *issuer = roll(8) ? &chip->thread[roll(IC_THREADS)] : NULL;
    uint64_t offset = window_offset(w);

    if (roll(2)) {
        p9x_ic_store(chip->ic, w, issuer, offset, size(), value());
    } else {
        p9x_ic_load(chip->ic, w, issuer, offset, size());
    }
}

/* What a guest writes to its tables, or what once was something else. */
static void memory_op(IcRig *rig)
{
    unsigned chip = roll(2);

    switch (roll(6)) {
    case 0:
        write_eas(rig, chip, roll(0x80), (uint8_t)roll(3), roll(0x40),
                  roll(0x100));
        break;
    case 1:
        write_end(rig, chip, roll(0x40), (uint8_t)roll(3), roll(0x90),
                  (uint8_t)roll(9), (uint32_t)roll64());
        host_store32(&rig->host, end_addr(chip, roll(0x40)) + 16,
                     roll(3) << 24 | roll(0x40));
        break;
    case 2:
        write_nvt(rig, chip, roll(0x90));
        break;
    case 3:
        store64(rig, IC_MEMORY(chip) + (roll(2) ? IC_END_VSDS :
                                                  IC_NVT_VSDS) +
                     8 * roll(4), value());
        break;
    default:
        store64(rig, IC_MEMORY(chip) + 8 * roll(0xC000), value());
        break;
    }
}

/* Threads that take LSIs, or not; the pages. */
static void lsi_op(IcRig *rig, unsigned chip)
{
    P9xIc *ic = rig->chip[chip].ic;
    uint64_t offset = (2 + roll(2)) * IC_PAGE + roll(0x1000);

    switch (roll(4)) {
    case 0:
        tima_store(rig, chip, roll(IC_THREADS), P9X_TIMA_HV, 0x38, 1,
                   roll(0x100));
        break;
    case 1:
        ack_hv(rig, chip, roll(IC_THREADS));
        break;
    case 2:
        p9x_ic_load(ic, P9X_IC_WINDOW_IC, NULL, offset, size());
        break;
    default:
        p9x_ic_store(ic, P9X_IC_WINDOW_IC, NULL, offset, size(), value());
        break;
    }
}

static void save_op(IcChip *chip)
{
    P9xIcState *s = g_new(P9xIcState, 1);
    uint64_t *words = (uint64_t *)s;

    p9x_ic_save(chip->ic, s);
    for (unsigned i = roll(8); i > 0; i--) {
        words[roll(sizeof(*s) / 8)] = value();
    }
    p9x_ic_restore(chip->ic, s);
    g_free(s);
}

static void rare_op(IcChip *chip)
{
    GString *out;

    switch (roll(5)) {
    case 0:
        p9x_ic_reset(chip->ic);
        break;
    case 1:
        p9x_ic_flush(chip->ic);
        break;
    case 2:
        out = g_string_new("");
        p9x_ic_print(chip->ic, out);
        g_string_free(out, TRUE);
        break;
    default:
        save_op(chip);
        break;
    }
}

static void op(IcRig *rig)
{
    unsigned n = roll(2);
    IcChip *chip = &rig->chip[n];

    switch (roll(17)) {
    case 0:
        p9x_ic_xscom_store(chip->ic, roll(0x300), value());
        break;
    case 1:
        p9x_ic_xscom_load(chip->ic, roll(0x300));
        break;
    case 2:
    case 3:
        p9x_ic_store(chip->ic, P9X_IC_WINDOW_IC, NULL, register_offset(), 8,
                     value());
        break;
    case 4:
        p9x_ic_load(chip->ic, P9X_IC_WINDOW_IC, NULL, register_offset(), 8);
        break;
    case 5:
        p9x_ic_notify(chip->ic, roll(0x1000), value());
        break;
    case 6:
    case 7:
    case 8:
        memory_op(rig);
        break;
    case 9:
        if (roll(40) == 0) {
            rare_op(chip);
        }
        break;
    case 10:
        lsi_op(rig, n);
        break;
    default:
        window_op(rig, chip);
        break;
    }
}

/* Memory has what the chip has no room for. */
static void assert_fifos(const P9xIc *ic)
{
    for (unsigned queue = 0; queue < P9X_IC_FIFOS; queue++) {
        const P9xIcFifo *f = &ic->fifos.fifo[queue];

        g_assert_cmpuint(f->in_chip, <=, P9X_FIFO_CHIP);
        g_assert_true(!f->in_memory || f->in_chip);
    }
}

static void run(uint64_t seed)
{
    IcRig *rig = icrig_new();

    state = seed;
    for (unsigned i = 0; i < OPS; i++) {
        op(rig);
    }
    for (unsigned n = 0; n < IC_CHIPS; n++) {
        assert_fifos(rig->chip[n].ic);
        for (unsigned i = 0; i < IC_THREADS; i++) {
            assert_ring_invariant(&rig->chip[n].thread[i]);
        }
    }
    icrig_free(rig);
}

int main(int argc, char **argv)
{
    static const FuzzDriver driver = {
        "fuzz-ic", "the IC takes anything", 20, OPS, run
    };

    return fuzz_loop(argc, argv, &driver);
}
