/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Caches of EASs, ENDs and NVTs, and the cache watch. */
#include "fixture-ic.h"
#include "ic_cache.h"

enum { SRC = 0x100, END = 0x20, NVT = 0x30 };

static void trigger_again(IcRig *rig, uint32_t source)
{
    ipi_load(rig, 0, source, P9X_ESB_SET_PQ_00);
    ipi_trigger(rig, 0, source);
}

static void test_keeps_an_EAS_until_it_is_scrubbed(void)
{
    IcRig *rig = icrig_new();

    route(rig, 0, SRC, 0, END, NVT, 1);
    ipi_trigger(rig, 0, SRC);
    write_eas(rig, 0, SRC, 0, END, 2);
    trigger_again(rig, SRC);
    g_assert_cmphex(queue_entry(rig, 0, END, 1), ==, 0x80000001);
    ic_scrub(rig, 0, SCRUB_EAS, 0, SRC + 1, true);
    trigger_again(rig, SRC);
    g_assert_cmphex(queue_entry(rig, 0, END, 2), ==, 0x80000001);
    ic_scrub(rig, 0, SCRUB_EAS, 0, SRC, true);
    trigger_again(rig, SRC);
    g_assert_cmphex(queue_entry(rig, 0, END, 3), ==, 0x80000002);
    icrig_free(rig);
}

/* Firmware fills in entries that an event has asked for too early. */
static void test_looks_again_for_what_is_not_valid(void)
{
    IcRig *rig = icrig_new();

    ipi_load(rig, 0, SRC, P9X_ESB_SET_PQ_00);
    ipi_trigger(rig, 0, SRC);
    g_assert_cmpuint(ic_errors(rig, 0, P9X_ERR_EAS_INVALID), ==, 1);
    write_eas(rig, 0, SRC, 0, END, 2);
    trigger_again(rig, SRC);
    g_assert_cmpuint(ic_errors(rig, 0, P9X_ERR_END_INVALID), ==, 1);
    write_end(rig, 0, END, 0, NVT, 6, 0);
    trigger_again(rig, SRC);
    g_assert_cmphex(queue_entry(rig, 0, END, 0), ==, 0x80000002);
    icrig_free(rig);
}

static void test_scrubs_all_EASs_that_match(void)
{
    IcRig *rig = icrig_new();

    route(rig, 0, SRC, 0, END, NVT, 1);
    route(rig, 0, SRC + 0x800, 0, END, NVT, 2);
    ipi_trigger(rig, 0, SRC);
    ipi_trigger(rig, 0, SRC + 0x800);
    write_eas(rig, 0, SRC, 0, END, 3);
    write_eas(rig, 0, SRC + 0x800, 0, END, 4);
    /* Compare the low 8 bits of the index and no more. */
    ic_set(rig, 0, SCRUB_EAS + 8, 0xFF);
    ic_set(rig, 0, SCRUB_EAS, P9X_SCRUB_VALID | (SRC & 0xFF));
    trigger_again(rig, SRC);
    trigger_again(rig, SRC + 0x800);
    g_assert_cmphex(queue_entry(rig, 0, END, 2), ==, 0x80000003);
    g_assert_cmphex(queue_entry(rig, 0, END, 3), ==, 0x80000004);
    icrig_free(rig);
}

static uint32_t end_word1(IcRig *rig, uint32_t end)
{
    return host_load32(&rig->host, end_addr(0, end) + 4);
}

static void test_keeps_an_END_and_its_changes_until_scrubbed(void)
{
    IcRig *rig = icrig_new();
    uint32_t before;

    route(rig, 0, SRC, 0, END, NVT, 1);
    before = end_word1(rig, END);
    ipi_trigger(rig, 0, SRC);
    g_assert_cmphex(end_word1(rig, END), ==, before);
    ic_scrub(rig, 0, SCRUB_END, 0, END, false);
    g_assert_cmphex(end_word1(rig, END), ==, before + 1);
    /* Still cached: what memory says is not seen. */
    host_store32(&rig->host, end_addr(0, END) + 4, before);
    trigger_again(rig, SRC);
    g_assert_cmphex(queue_entry(rig, 0, END, 1), ==, 0x80000001);
    ic_scrub(rig, 0, SCRUB_END, 0, END, true);
    g_assert_cmphex(end_word1(rig, END), ==, before + 2);
    host_store32(&rig->host, end_addr(0, END) + 4, before);
    host_store32(&rig->host, queue_addr(0, END), 0);
    trigger_again(rig, SRC);
    g_assert_cmphex(queue_entry(rig, 0, END, 0), ==, 0x80000001);
    icrig_free(rig);
}

enum { WIDE = 0x800000, WIDE_ENDS = 32768, FEW = 16, A_SET = 5 };

static uint64_t wide_addr(uint32_t end)
{
    return IC_MEMORY(0) + WIDE + 32ull * end;
}

/* An END table of 1 MiB; all ENDs alike, with one queue. */
static IcRig *wide_rig(void)
{
    IcRig *rig = icrig_new();

    write_nvt(rig, 0, NVT);
    write_end(rig, 0, 0, 0, NVT, 6, P9X_END_W0_UCOND_NOTIFY);
    for (uint32_t i = 0; i < WIDE_ENDS; i++) {
        memcpy(rig->host.ram + wide_addr(i), rig->host.ram + end_addr(0, 0),
               32);
    }
    ic_set_vsd(rig, 0, 2, 0, ic_vsd(IC_MEMORY(0) + WIDE, 20));
    return rig;
}

static void wide_event(IcRig *rig, uint32_t end)
{
    p9x_router_end_trigger(ic_router(rig, 0), 0, end, end);
}

static uint32_t wide_offset(IcRig *rig, uint32_t end)
{
    return host_load32(&rig->host, wide_addr(end) + 4) & 0x3FFFFF;
}

/* Several times more ENDs than the cache has room for. */
static void test_writes_back_what_falls_out(void)
{
    IcRig *rig = wide_rig();

    for (unsigned round = 0; round < 3; round++) {
        for (uint32_t i = 0; i < WIDE_ENDS; i++) {
            wide_event(rig, i);
        }
    }
    p9x_ic_flush(rig->chip[0].ic);
    for (uint32_t i = 0; i < WIDE_ENDS; i++) {
        g_assert_cmpuint(wide_offset(rig, i), ==, 3);
    }
    icrig_free(rig);
}

/* ENDs that all want the same few places. */
static void test_loses_no_END_of_a_crowded_set(void)
{
    IcRig *rig = wide_rig();
    uint32_t end[FEW];
    unsigned n = 0;

    for (uint32_t i = 0; n < FEW; i++) {
        if (p9x_end_hash(0, i) % P9X_IC_END_SETS == A_SET) {
            end[n++] = i;
        }
    }
    for (unsigned round = 0; round < 5; round++) {
        for (unsigned i = 0; i < FEW; i++) {
            wide_event(rig, end[i]);
        }
    }
    ic_set_vsd(rig, 0, 2, 0, 0);
    for (unsigned i = 0; i < FEW; i++) {
        g_assert_cmpuint(wide_offset(rig, end[i]), ==, 5);
    }
    icrig_free(rig);
}

static void test_reports_changes_that_have_nowhere_to_go(void)
{
    IcRig *rig = icrig_new();

    route(rig, 0, SRC, 0, END, NVT, 1);
    ipi_trigger(rig, 0, SRC);
    rig->host.refuse_stores = true;
    ic_scrub(rig, 0, SCRUB_END, 0, END, true);
    g_assert_cmpuint(ic_errors(rig, 0, P9X_ERR_IC_TABLE), ==, 1);
    g_assert_cmphex(ic_get(rig, 0, P9X_CQ_FIR), ==, P9X_FIR_VC_INFO);
    icrig_free(rig);
}

/* ---- cache watch ---- */

static uint64_t watch_end(IcRig *rig, bool full)
{
    ic_set(rig, 0, P9X_VC_EQC_CWATCH_SPEC,
           END | (full ? P9X_WATCH_FULL : 0));
    return ic_get(rig, 0, P9X_VC_EQC_CWATCH_DAT0);
}

static bool conflict(IcRig *rig)
{
    return ic_get(rig, 0, P9X_VC_EQC_CWATCH_SPEC) & P9X_WATCH_CONFLICT;
}

static void test_changes_an_END_by_a_full_watch(void)
{
    IcRig *rig = icrig_new();
    uint64_t dat0;

    route(rig, 0, SRC, 0, END, NVT, 1);
    ipi_trigger(rig, 0, SRC);
    ic_scrub(rig, 0, SCRUB_END, 0, END, true);
    dat0 = watch_end(rig, true);
    g_assert_cmphex(dat0 & 0x3FFFFF, ==, 1);
    g_assert_cmphex(ic_get(rig, 0, P9X_VC_EQC_CWATCH_DAT1), ==,
                    queue_addr(0, END));
    /* Another queue. */
    ic_set(rig, 0, P9X_VC_EQC_CWATCH_DAT1, queue_addr(0, 0x50));
    ic_set(rig, 0, P9X_VC_EQC_CWATCH_DAT0, dat0 & ~UINT64_C(0x3FFFFF));
    g_assert_false(conflict(rig));
    /* Memory hears of it when scrubbed. */
    g_assert_cmphex(host_load32(&rig->host, end_addr(0, END) + 12), ==,
                    queue_addr(0, END));
    ic_scrub(rig, 0, SCRUB_END, 0, END, true);
    g_assert_cmphex(host_load32(&rig->host, end_addr(0, END) + 12), ==,
                    queue_addr(0, 0x50));
    trigger_again(rig, SRC);
    g_assert_cmphex(queue_entry(rig, 0, 0x50, 0), ==, 0x80000001);
    icrig_free(rig);
}

static void test_notices_when_an_event_comes_before_a_watch(void)
{
    IcRig *rig = icrig_new();
    uint64_t dat0;

    route(rig, 0, SRC, 0, END, NVT, 1);
    dat0 = watch_end(rig, true);
    ipi_trigger(rig, 0, SRC);
    ic_set(rig, 0, P9X_VC_EQC_CWATCH_DAT0, 0);
    g_assert_true(conflict(rig));
    g_assert_true(ic_get(rig, 0, P9X_VC_EQC_CWATCH_SPEC) & P9X_WATCH_FULL);
    /* Nothing was written: the END is as the event left it. */
    g_assert_cmphex(watch_end(rig, true), ==, dat0 + 1);
    g_assert_false(conflict(rig));
    ic_set(rig, 0, P9X_VC_EQC_CWATCH_DAT0, 0);
    g_assert_false(conflict(rig));
    trigger_again(rig, SRC);
    g_assert_cmpuint(ic_errors(rig, 0, P9X_ERR_END_INVALID), ==, 1);
    icrig_free(rig);
}

static void test_leaves_the_engines_word_to_it_in_a_light_watch(void)
{
    IcRig *rig = icrig_new();
    uint64_t dat0;

    route(rig, 0, SRC, 0, END, NVT, 1);
    dat0 = watch_end(rig, false);
    ipi_trigger(rig, 0, SRC);
    ic_set(rig, 0, P9X_VC_EQC_CWATCH_DAT2, UINT64_C(0x12345600000007));
    ic_set(rig, 0, P9X_VC_EQC_CWATCH_DAT0, dat0);
    g_assert_false(conflict(rig));
    /* The event's offset has stayed. */
    g_assert_cmphex(watch_end(rig, true), ==, dat0 + 1);
    g_assert_cmphex(ic_get(rig, 0, P9X_VC_EQC_CWATCH_DAT2), ==,
                    UINT64_C(0x12345600000007));
    icrig_free(rig);
}

static void test_refuses_to_watch_what_is_not_in_memory(void)
{
    IcRig *rig = icrig_new();

    ic_set(rig, 0, P9X_VC_EQC_CWATCH_SPEC, P9X_WATCH_FULL | 0xFFFFFF);
    g_assert_cmphex(ic_get(rig, 0, P9X_VC_EQC_CWATCH_DAT0), ==, 0);
    ic_set(rig, 0, P9X_VC_EQC_CWATCH_DAT0, 1);
    g_assert_true(conflict(rig));
    g_assert_cmpuint(ic_errors(rig, 0, P9X_ERR_IC_TABLE), ==, 2);
    icrig_free(rig);
}

static void test_watches_NVTs(void)
{
    IcRig *rig = icrig_new();

    route(rig, 0, SRC, 0, END, NVT, 1);
    tima_load(rig, 0, 0, P9X_TIMA_HV, P9X_TM_PULL_POOL, 8);
    ic_set(rig, 0, P9X_PC_VPC_CWATCH_SPEC, P9X_WATCH_FULL | NVT);
    ic_get(rig, 0, P9X_PC_VPC_CWATCH_DAT0);
    ipi_trigger(rig, 0, SRC);
    ic_set(rig, 0, P9X_PC_VPC_CWATCH_DAT0, 0);
    g_assert_true(ic_get(rig, 0, P9X_PC_VPC_CWATCH_SPEC) &
                  P9X_WATCH_CONFLICT);
    ic_set(rig, 0, P9X_PC_VPC_CWATCH_SPEC, P9X_WATCH_FULL | NVT);
    g_assert_cmphex(ic_get(rig, 0, P9X_PC_VPC_CWATCH_DAT0), ==,
                    UINT64_C(0x8000000000000000));
    g_assert_cmphex(ic_get(rig, 0, P9X_PC_VPC_CWATCH_DAT2), ==,
                    UINT64_C(0x20000000000));
    /* Another reporting line. */
    ic_set(rig, 0, P9X_PC_VPC_CWATCH_DAT3, 0x123400);
    ic_set(rig, 0, P9X_PC_VPC_CWATCH_DAT0, UINT64_C(0x8000000000000000));
    ic_scrub(rig, 0, SCRUB_NVT, 0, NVT, true);
    g_assert_cmphex(host_load32(&rig->host, nvt_addr(0, NVT) + 28), ==,
                    0x123400);
    icrig_free(rig);
}

int main(int argc, char **argv)
{
    static const TestRow rows[] = {
        TEST(keeps_an_EAS_until_it_is_scrubbed),
        TEST(looks_again_for_what_is_not_valid),
        TEST(scrubs_all_EASs_that_match),
        TEST(keeps_an_END_and_its_changes_until_scrubbed),
        TEST(writes_back_what_falls_out),
        TEST(loses_no_END_of_a_crowded_set),
        TEST(reports_changes_that_have_nowhere_to_go),
        TEST(changes_an_END_by_a_full_watch),
        TEST(notices_when_an_event_comes_before_a_watch),
        TEST(leaves_the_engines_word_to_it_in_a_light_watch),
        TEST(refuses_to_watch_what_is_not_in_memory),
        TEST(watches_NVTs),
    };

    return RUN_TESTS(argc, argv, "ic-cache", rows);
}
