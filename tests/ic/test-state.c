/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Saving, restoring, printing. */
#include "fixture-ic.h"

enum { SRC = 0x100, END = 0x20, NVT = 0x30 };

/* The other machine: same memory, fresh ICs. */
static IcRig *moved(IcRig *from)
{
    IcRig *to = icrig_new_cold();
    P9xIcState *state = g_new(P9xIcState, 1);
    uint8_t image[P9X_TM_IMAGE_SIZE];

    for (unsigned n = 0; n < IC_CHIPS; n++) {
        p9x_ic_flush(from->chip[n].ic);
    }
    memcpy(to->host.ram, from->host.ram, HOST_RAM_SIZE);
    for (unsigned n = 0; n < IC_CHIPS; n++) {
        p9x_ic_save(from->chip[n].ic, state);
        p9x_ic_restore(to->chip[n].ic, state);
        for (unsigned i = 0; i < IC_THREADS; i++) {
            p9x_tctx_save(&from->chip[n].thread[i], image);
            g_assert_true(p9x_tctx_restore(&to->chip[n].thread[i], image));
        }
    }
    g_free(state);
    return to;
}

static void test_lets_everything_go_on_elsewhere(void)
{
    IcRig *from = icrig_new(), *to;

    route(from, 0, SRC, 1, END, NVT, 0x66);
    ic_set(from, 0, P9X_VC_SBC_CONFIG, P9X_SBC_STORE_EOI);
    ipi_trigger(from, 0, SRC);
    ipi_trigger(from, 0, SRC);
    to = moved(from);
    icrig_free(from);
    g_assert_true(to->chip[0].place[P9X_IC_WINDOW_VC].enabled);
    g_assert_cmphex(to->chip[1].place[P9X_IC_WINDOW_PC].base, ==,
                    IC_PC_BASE(1));
    g_assert_cmphex(ack_hv(to, 1, 0), ==, P9X_NSR_HE_POOL << 8 | 6);
    g_assert_cmpuint(ipi_load(to, 0, SRC, P9X_ESB_GET), ==, P9X_PQ_11);
    p9x_ic_vc_store(to->chip[0].ic, ipi_offset(SRC, ESB_MGMT, 0x400), 8, 0);
    g_assert_cmphex(queue_entry(to, 1, END, 0), ==, 0x80000066);
    g_assert_cmphex(queue_entry(to, 1, END, 1), ==, 0x80000066);
    g_assert_cmphex(queue_entry(to, 1, END, 2), ==, 0);
    icrig_free(to);
}

/* A watch that saw the entry before the move. */
static void test_has_what_a_cache_watch_saw(void)
{
    IcRig *from = icrig_new(), *to;

    route(from, 0, SRC, 0, END, NVT, 1);
    ic_set(from, 0, P9X_VC_EQC_CWATCH_SPEC, P9X_WATCH_FULL | END);
    ic_get(from, 0, P9X_VC_EQC_CWATCH_DAT0);
    to = moved(from);
    icrig_free(from);
    ipi_trigger(to, 0, SRC);
    ic_set(to, 0, P9X_VC_EQC_CWATCH_DAT0, 0);
    g_assert_true(ic_get(to, 0, P9X_VC_EQC_CWATCH_SPEC) &
                  P9X_WATCH_CONFLICT);
    icrig_free(to);
}

static void test_is_the_same_after_a_move(void)
{
    IcRig *from = icrig_new(), *to;
    P9xIcState *a = g_new0(P9xIcState, 1), *b = g_new0(P9xIcState, 1);

    route(from, 0, SRC, 1, END, NVT, 0x66);
    ipi_trigger(from, 0, SRC);
    ic_get(from, 0, 0x3F8);
    to = moved(from);
    for (unsigned n = 0; n < IC_CHIPS; n++) {
        p9x_ic_save(from->chip[n].ic, a);
        p9x_ic_save(to->chip[n].ic, b);
        g_assert_cmpmem(a, sizeof(*a), b, sizeof(*b));
    }
    g_free(a);
    g_free(b);
    icrig_free(from);
    icrig_free(to);
}

static void test_may_be_nonsense(void)
{
    IcRig *rig = icrig_new();
    P9xIcState *state = g_new(P9xIcState, 1), *after = g_new(P9xIcState, 1);

    memset(state, 0xFF, sizeof(*state));
    p9x_ic_restore(rig->chip[0].ic, state);
    p9x_ic_save(rig->chip[0].ic, after);
    g_assert_cmphex(after->reg[0x3F8 / 8], ==, 0);
    g_assert_cmphex(after->reg[P9X_CQ_VC_BARM / 8], ==, P9X_VC_BARM_BITS);
    g_assert_cmphex(p9x_ic_vc_load(rig->chip[0].ic, 0x800, 8), ==,
                    UINT64_MAX);
    ipi_trigger(rig, 0, SRC);
    g_free(state);
    g_free(after);
    icrig_free(rig);
}

static void test_can_be_printed(void)
{
    GString *out = g_string_new("");
    IcRig *rig = icrig_new();

    route(rig, 0, SRC, 0, END, NVT, 0x66);
    ipi_trigger(rig, 0, SRC);
    p9x_ic_print(rig->chip[0].ic, out);
    g_assert_nonnull(strstr(out->str, "VC  @6010000000000"));
    g_assert_nonnull(strstr(out->str,
                            "00000100 P-  end:0/000020 data:00000066"));
    g_assert_nonnull(strstr(out->str, "0/000020 vqnb---- ESn:0 ESe:0 prio:6 "
                            "nvt:0/00030"));
    g_assert_nonnull(strstr(out->str, "0/00030 IPB:00 dispatched"));
    g_assert_nonnull(strstr(out->str, "queue-entries"));
    g_string_free(out, TRUE);
    icrig_free(rig);
}

int main(int argc, char **argv)
{
    static const TestRow rows[] = {
        TEST(lets_everything_go_on_elsewhere),
        TEST(has_what_a_cache_watch_saw),
        TEST(is_the_same_after_a_move),
        TEST(may_be_nonsense),
        TEST(can_be_printed),
    };

    return RUN_TESTS(argc, argv, "ic-state", rows);
}
