/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Conditions that only matter beside another one: each shown by itself. */
#include "fixture-ic.h"
#include "ic_lsi.h"
#include "ic_regs.h"
#include "ic_state.h"

enum {
    SRC = 0x100, END = 0x20, NVT = 0x30, IPI = 0,
    IN_CHIP = 16, MANY = 20, OVERFLOW_AT = 0x80000
};

static void hold(IcRig *rig, bool on)
{
    ic_set(rig, 0, P9X_VC_IRQ_CONFIG_IPI,
           P9X_IRQ_MEM_ENABLE | (on ? P9X_IRQ_QUEUE_DISABLE : 0));
}

/* The queue of IPIs holds MANY events back, the last of them in memory. */
static IcRig *rig_with_overflow(void)
{
    IcRig *rig = icrig_new();

    ic_set(rig, 0, P9X_VC_VSD_TABLE_ADDR, p9x_set64(
        p9x_set64(0, P9X_VST_SELECT, 4), P9X_VST_BLOCK, IPI));
    ic_set(rig, 0, P9X_VC_VSD_TABLE_DATA,
           ic_vsd(IC_MEMORY(0) + OVERFLOW_AT, 12));
    for (unsigned i = 0; i < MANY; i++) {
        route(rig, 0, SRC + i, 0, END, NVT, i);
    }
    hold(rig, true);
    for (unsigned i = 0; i < MANY; i++) {
        ipi_trigger(rig, 0, SRC + i);
    }
    return rig;
}

static uint64_t no_memory_at;

static bool read_but_there(void *host, uint64_t addr, void *buf, uint64_t len)
{
    Host *h = host;

    if (addr - no_memory_at < 0x1000) {
        return false;
    }
    memcpy(buf, h->ram + addr, len);
    return true;
}

static bool write_but_there(void *host, uint64_t addr, const void *buf,
                            uint64_t len)
{
    Host *h = host;

    if (addr - no_memory_at < 0x1000) {
        return false;
    }
    memcpy(h->ram + addr, buf, len);
    return true;
}

static bool no_ram(void *host, uint64_t addr, uint64_t len)
{
    return false;
}

/* What had been in the chip is delivered, the rest is an error each. */
static void check_lost(IcRig *rig)
{
    uint64_t errors = ic_errors(rig, 0, P9X_ERR_IC_TABLE);

    hold(rig, false);
    g_assert_cmpuint(ic_count(rig, 0, P9X_COUNT_QUEUED), ==, IN_CHIP);
    g_assert_cmpuint(ic_errors(rig, 0, P9X_ERR_IC_TABLE), >=,
                     errors + MANY - IN_CHIP);
    g_assert_false(ic_get(rig, 0, P9X_VC_IRQ_CONFIG_IPI) & P9X_IRQ_NOT_EMPTY);
}

static void test_events_whose_memory_cant_be_read_are_errors(void)
{
    IcRig *rig = rig_with_overflow();

    no_memory_at = IC_MEMORY(0) + OVERFLOW_AT;
    rig->host.ports.mem_read = read_but_there;
    check_lost(rig);
    icrig_free(rig);
}

static void test_so_are_events_whose_memory_is_no_RAM_any_more(void)
{
    IcRig *rig = rig_with_overflow();

    rig->host.ports.mem_is_ram = no_ram;
    check_lost(rig);
    icrig_free(rig);
}

/* Then the oldest event goes on, as without memory. */
static void test_a_queue_whose_memory_is_gone_pushes_the_oldest_out(void)
{
    for (unsigned kind = 0; kind < 2; kind++) {
        IcRig *rig = rig_with_overflow();

        no_memory_at = IC_MEMORY(0) + OVERFLOW_AT;
        if (kind) {
            rig->host.ports.mem_is_ram = no_ram;
        } else {
            rig->host.ports.mem_write = write_but_there;
        }
        p9x_ic_notify(rig->chip[0].ic, P9X_NOTIFY_FORWARD,
                      P9X_TRIGGER_PQ | SRC);
        g_assert_cmphex(queue_entry(rig, 0, END, 0), ==, 0x80000000);
        icrig_free(rig);
    }
}

static void test_a_sync_is_over_when_its_queue_is_empty_and_not_before(void)
{
    IcRig *rig = rig_with_overflow();
    P9xIc *ic = rig->chip[0].ic;

    ic_set(rig, 0, P9X_VC_EQC_CONFIG, 0);
    p9x_ic_notify(ic, P9X_NOTIFY_SYNC, 0);
    p9x_fifo_settle(&ic->fifos, IPI);
    g_assert_cmphex(ic_get(rig, 0, P9X_VC_EQC_CONFIG), ==, 0);
    hold(rig, false);
    g_assert_cmphex(ic_get(rig, 0, P9X_VC_EQC_CONFIG), ==,
                    P9X_EQC_SYNC_BIT(IPI));
    icrig_free(rig);
}

/* Memory of another size than the queue's is not used. */
static void test_overflow_needs_memory_of_the_size_that_is_set(void)
{
    IcRig *rig = icrig_new();
    uint64_t at = IC_MEMORY(0) + OVERFLOW_AT;

    ic_set(rig, 0, P9X_VC_VSD_TABLE_ADDR, p9x_set64(
        p9x_set64(0, P9X_VST_SELECT, 4), P9X_VST_BLOCK, IPI));
    ic_set(rig, 0, P9X_VC_VSD_TABLE_DATA, ic_vsd(at, 16));
    for (unsigned i = 0; i < MANY; i++) {
        route(rig, 0, SRC + i, 0, END, NVT, i);
    }
    hold(rig, true);
    for (unsigned i = 0; i < MANY; i++) {
        ipi_trigger(rig, 0, SRC + i);
    }
    g_assert_cmphex(load64(rig, at), ==, 0);
    g_assert_cmpuint(ic_count(rig, 0, P9X_COUNT_QUEUED), ==, MANY - IN_CHIP);
    icrig_free(rig);
}

static void test_an_LSI_that_does_not_wait_interrupts_no_thread(void)
{
    IcRig *rig = icrig_new();

    p9x_lsi_present(rig->chip[0].ic);
    for (unsigned i = 0; i < IC_THREADS; i++) {
        g_assert_cmphex(p9x_tctx_lines(&rig->chip[0].thread[i]), ==, 0);
    }
    icrig_free(rig);
}

static void test_between_registers_and_behind_them_is_none(void)
{
    static const uint64_t none[] = {
        P9X_VC_EQC_CONFIG + 4, P9X_VC_EQC_CONFIG + 1,
        8 * (uint64_t)P9X_IC_NR_REGS, UINT64_MAX & ~UINT64_C(7)
    };
    IcRig *rig = icrig_new();

    g_assert_nonnull(p9x_ic_row_at(P9X_VC_EQC_CONFIG));
    for (unsigned i = 0; i < G_N_ELEMENTS(none); i++) {
        g_assert_null(p9x_ic_row_at(none[i]));
    }
    icrig_free(rig);
}

static void test_a_block_that_no_chip_has_has_no_EAS(void)
{
    IcRig *rig = icrig_new();
    P9xIcEas *c = &rig->chip[0].ic->eas;
    P9xEas eas;

    write_eas(rig, 0, SRC, 0, END, 1);
    g_assert_true(p9x_ic_eas_get(c, 0, SRC, &eas));
    g_assert_false(p9x_ic_eas_get(c, P9X_IC_NR_BLOCKS, SRC, &eas));
    g_assert_false(p9x_ic_eas_get(c, 0, UINT32_MAX, &eas));
    icrig_free(rig);
}

/* Nothing is written back of an entry that the cache doesn't have. */
static void test_a_change_of_an_entry_that_is_not_cached_is_none(void)
{
    IcRig *rig = icrig_new();
    P9xIcCache *c = &rig->chip[0].ic->end;
    P9xLock *lock = p9x_ic_cache_lock(c, 0, END);

    write_end(rig, 0, END, 0, NVT, 6, 0);
    p9x_lock(lock);
    p9x_ic_cache_changed(c, 0, END);
    p9x_unlock(lock);
    store64(rig, end_addr(0, END), 0x1234);
    ic_scrub(rig, 0, SCRUB_END, 0, END, true);
    g_assert_cmphex(load64(rig, end_addr(0, END)), ==, 0x1234);
    icrig_free(rig);
}

int main(int argc, char **argv)
{
    static const TestRow tests[] = {
        TEST(events_whose_memory_cant_be_read_are_errors),
        TEST(so_are_events_whose_memory_is_no_RAM_any_more),
        TEST(a_queue_whose_memory_is_gone_pushes_the_oldest_out),
        TEST(a_sync_is_over_when_its_queue_is_empty_and_not_before),
        TEST(overflow_needs_memory_of_the_size_that_is_set),
        TEST(an_LSI_that_does_not_wait_interrupts_no_thread),
        TEST(between_registers_and_behind_them_is_none),
        TEST(a_block_that_no_chip_has_has_no_EAS),
        TEST(a_change_of_an_entry_that_is_not_cached_is_none),
    };

    return RUN_TESTS(argc, argv, "ic-corners", tests);
}
