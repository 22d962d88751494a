/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Queues of events that firmware holds back, and what overflows to memory. */
#include "fixture-ic.h"

enum { SRC = 0x100, END = 0x20, NVT = 0x30, MANY = 40, OVERFLOW_AT = 0x80000 };

enum { IPI, HW, ESC1, ESC2 };

static uint64_t config(IcRig *rig, unsigned queue)
{
    return ic_get(rig, 0, P9X_VC_IRQ_CONFIG_IPI + 8 * queue);
}

static void hold(IcRig *rig, unsigned queue, bool on, uint64_t bits)
{
    ic_set(rig, 0, P9X_VC_IRQ_CONFIG_IPI + 8 * queue,
           bits | (on ? P9X_IRQ_QUEUE_DISABLE : 0));
}

/* As skiboot gives memory to a queue: 4 KiB. */
static uint64_t give_memory(IcRig *rig, unsigned queue)
{
    uint64_t at = IC_MEMORY(0) + OVERFLOW_AT + 0x1000 * queue;

    memset(rig->host.ram + at, 0, 0x1000);
    ic_set(rig, 0, P9X_VC_VSD_TABLE_ADDR, p9x_set64(
        p9x_set64(0, P9X_VST_SELECT, 4), P9X_VST_BLOCK, queue));
    ic_set(rig, 0, P9X_VC_VSD_TABLE_DATA, ic_vsd(at, 12));
    return at;
}

static void sources(IcRig *rig, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        route(rig, 0, SRC + i, 0, END, NVT, i);
    }
}

static void in_order(IcRig *rig, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        g_assert_cmphex(queue_entry(rig, 0, END, i), ==, 0x80000000 | i);
    }
    g_assert_cmphex(queue_entry(rig, 0, END, n), ==, 0);
}

static void test_keep_events_until_they_are_let_go(void)
{
    IcRig *rig = icrig_new();

    sources(rig, 3);
    hold(rig, IPI, true, 0);
    for (unsigned i = 0; i < 3; i++) {
        ipi_trigger(rig, 0, SRC + i);
    }
    in_order(rig, 0);
    g_assert_cmphex(config(rig, IPI), ==,
                    P9X_IRQ_QUEUE_DISABLE | P9X_IRQ_NOT_EMPTY);
    g_assert_cmpuint(ipi_load(rig, 0, SRC, P9X_ESB_GET), ==, P9X_PQ_10);
    hold(rig, IPI, false, 0);
    in_order(rig, 3);
    g_assert_cmphex(config(rig, IPI), ==, 0);
    g_assert_cmphex(ack_hv(rig, 0, 0), ==, P9X_NSR_HE_POOL << 8 | 6);
    icrig_free(rig);
}

static void test_are_held_back_one_by_one(void)
{
    IcRig *rig = icrig_new();

    sources(rig, 3);
    hold(rig, HW, true, 0);
    p9x_ic_notify(rig->chip[0].ic, 0, P9X_TRIGGER_PQ | (SRC + 1));
    p9x_ic_notify(rig->chip[0].ic, P9X_NOTIFY_FORWARD + 0x80,
                  P9X_TRIGGER_PQ | (SRC + 2));
    ipi_trigger(rig, 0, SRC);
    in_order(rig, 1);
    hold(rig, HW, false, 0);
    in_order(rig, 3);
    icrig_free(rig);
}

/* Events of other chips come with the number of their queue. */
static void test_are_those_that_another_chip_names(void)
{
    IcRig *rig = icrig_new();

    sources(rig, 4);
    for (unsigned queue = IPI; queue <= ESC2; queue++) {
        hold(rig, queue, true, 0);
        p9x_ic_notify(rig->chip[0].ic, P9X_NOTIFY_FORWARD + 0x80 * queue,
                      P9X_TRIGGER_PQ | (SRC + queue));
        g_assert_true(config(rig, queue) & P9X_IRQ_NOT_EMPTY);
        hold(rig, queue, false, 0);
        in_order(rig, queue + 1);
    }
    icrig_free(rig);
}

/* END + 1 escalates to END + 2, and that to END. */
static void test_are_others_for_the_second_escalation_of_an_event(void)
{
    const uint32_t w0 = P9X_END_W0_UCOND_NOTIFY | P9X_END_W0_ESCALATE |
                        P9X_END_W0_UCOND_ESC;
    IcRig *rig = icrig_new();

    route(rig, 0, SRC, 0, END, NVT, 1);
    write_eas(rig, 0, SRC, 0, END + 1, 2);
    for (unsigned i = 1; i <= 2; i++) {
        write_end(rig, 0, END + i, 0, NVT + 1, 6, w0);
    }
    write_nvt(rig, 0, NVT + 1);
    write_escalation(rig, 0, END + 1, 0, END + 2, 0x4444);
    write_escalation(rig, 0, END + 2, 0, END, 0x5555);
    hold(rig, ESC2, true, 0);
    ipi_trigger(rig, 0, SRC);
    g_assert_cmphex(queue_entry(rig, 0, END + 2, 0), ==, 0x80004444);
    g_assert_cmphex(queue_entry(rig, 0, END, 0), ==, 0);
    hold(rig, ESC2, false, 0);
    g_assert_cmphex(queue_entry(rig, 0, END, 0), ==, 0x80005555);
    icrig_free(rig);
}

static void test_are_there_for_escalations(void)
{
    IcRig *rig = icrig_new();

    route(rig, 0, SRC, 0, END, NVT, 1);
    write_eas(rig, 0, SRC, 0, END + 1, 2);
    write_end(rig, 0, END + 1, 0, NVT + 1, 6, P9X_END_W0_UCOND_NOTIFY |
              P9X_END_W0_ESCALATE | P9X_END_W0_UCOND_ESC);
    write_nvt(rig, 0, NVT + 1);
    write_escalation(rig, 0, END + 1, 0, END, 0x5555);
    hold(rig, ESC1, true, 0);
    ipi_trigger(rig, 0, SRC);
    g_assert_cmphex(queue_entry(rig, 0, END + 1, 0), ==, 0x80000002);
    g_assert_cmphex(queue_entry(rig, 0, END, 0), ==, 0);
    hold(rig, ESC1, false, 0);
    g_assert_cmphex(queue_entry(rig, 0, END, 0), ==, 0x80005555);
    /* The second of an event has a queue of its own. */
    hold(rig, ESC2, true, 0);
    ipi_load(rig, 0, SRC, P9X_ESB_SET_PQ_00);
    ipi_trigger(rig, 0, SRC);
    g_assert_cmphex(queue_entry(rig, 0, END, 1), ==, 0x80005555);
    /* One that an EOI of ESe sends is a first one. */
    hold(rig, ESC1, true, 0);
    p9x_ic_vc_load(rig->chip[0].ic, end_offset(END + 1, 1,
                                               P9X_ESB_SET_PQ_11), 8);
    p9x_ic_vc_load(rig->chip[0].ic, end_offset(END + 1, 1, 0), 8);
    g_assert_cmphex(queue_entry(rig, 0, END, 2), ==, 0);
    hold(rig, ESC1, false, 0);
    g_assert_cmphex(queue_entry(rig, 0, END, 2), ==, 0x80005555);
    icrig_free(rig);
}

static void test_overflow_to_memory(void)
{
    const uint64_t bits = P9X_IRQ_MEM_ENABLE;
    IcRig *rig = icrig_new();
    uint64_t at = give_memory(rig, IPI);

    sources(rig, MANY);
    hold(rig, IPI, true, bits);
    for (unsigned i = 0; i < MANY; i++) {
        ipi_trigger(rig, 0, SRC + i);
    }
    in_order(rig, 0);
    g_assert_true(config(rig, IPI) & P9X_IRQ_FULL);
    /* The chip has the first 16, memory the next. */
    g_assert_cmphex(load64(rig, at), ==, P9X_TRIGGER_PQ | (SRC + 16));
    g_assert_cmphex(load64(rig, at + 8 * (MANY - 17)), ==,
                    P9X_TRIGGER_PQ | (SRC + MANY - 1));
    g_assert_cmphex(load64(rig, at + 8 * (MANY - 16)), ==, 0);
    hold(rig, IPI, false, bits);
    in_order(rig, MANY);
    g_assert_cmpuint(ic_errors(rig, 0, P9X_ERR_IC_TABLE), ==, 0);
    icrig_free(rig);
}

/* Without memory, or when that is full, the oldest go on. */
static void test_lose_nothing_when_they_are_full(void)
{
    IcRig *rig = icrig_new();

    sources(rig, MANY);
    hold(rig, IPI, true, 0);
    for (unsigned i = 0; i < MANY; i++) {
        ipi_trigger(rig, 0, SRC + i);
    }
    in_order(rig, MANY - 16);
    hold(rig, IPI, false, 0);
    in_order(rig, MANY);
    /* 512 entries in memory, 16 in the chip. */
    give_memory(rig, HW);
    hold(rig, HW, true, P9X_IRQ_MEM_ENABLE);
    for (unsigned i = 0; i < 512 + 16 + 3; i++) {
        p9x_ic_notify(rig->chip[0].ic, 0, P9X_TRIGGER_PQ | SRC);
    }
    g_assert_cmpuint(ic_count(rig, 0, P9X_COUNT_QUEUED), ==, MANY + 3);
    hold(rig, HW, false, P9X_IRQ_MEM_ENABLE);
    g_assert_cmpuint(ic_count(rig, 0, P9X_COUNT_QUEUED), ==,
                     MANY + 512 + 16 + 3);
    icrig_free(rig);
}

static void test_need_memory_that_fits(void)
{
    IcRig *rig = icrig_new();

    hold(rig, IPI, false, P9X_IRQ_MEM_ENABLE);
    g_assert_cmpuint(ic_errors(rig, 0, P9X_ERR_IC_TABLE), ==, 1);
    give_memory(rig, IPI);
    hold(rig, IPI, false, P9X_IRQ_MEM_ENABLE);
    g_assert_cmpuint(ic_errors(rig, 0, P9X_ERR_IC_TABLE), ==, 1);
    /* Both have to say the same size. */
    hold(rig, IPI, false, p9x_set64(P9X_IRQ_MEM_ENABLE, P9X_IRQ_MEM_SIZE, 4));
    g_assert_cmpuint(ic_errors(rig, 0, P9X_ERR_IC_TABLE), ==, 2);
    ic_set(rig, 0, P9X_VC_VSD_TABLE_DATA, ic_vsd(HOST_HOLE, 12));
    hold(rig, IPI, false, P9X_IRQ_MEM_ENABLE);
    g_assert_cmpuint(ic_errors(rig, 0, P9X_ERR_IC_TABLE), ==, 3);
    icrig_free(rig);
}

static void test_make_syncs_wait(void)
{
    IcRig *rig = icrig_new();
    P9xIc *ic = rig->chip[0].ic;

    sources(rig, 2);
    ic_set(rig, 0, P9X_VC_EQC_CONFIG, 0);
    hold(rig, IPI, true, 0);
    p9x_ic_notify(ic, P9X_NOTIFY_SYNC, 0);
    g_assert_cmphex(ic_get(rig, 0, P9X_VC_EQC_CONFIG), ==,
                    P9X_EQC_SYNC_BIT(IPI));
    ic_set(rig, 0, P9X_VC_EQC_CONFIG, 0);
    ipi_trigger(rig, 0, SRC);
    p9x_ic_notify(ic, P9X_NOTIFY_SYNC, 0);
    p9x_ic_notify(ic, P9X_NOTIFY_SYNC + 0x80, 0);
    g_assert_cmphex(ic_get(rig, 0, P9X_VC_EQC_CONFIG), ==,
                    P9X_EQC_SYNC_BIT(HW));
    hold(rig, IPI, false, 0);
    g_assert_cmphex(ic_get(rig, 0, P9X_VC_EQC_CONFIG), ==,
                    P9X_EQC_SYNC_BIT(HW) | P9X_EQC_SYNC_BIT(IPI));
    icrig_free(rig);
}

static void test_are_saved_and_come_back(void)
{
    const uint64_t bits = P9X_IRQ_MEM_ENABLE;
    P9xIcState *state = g_new(P9xIcState, 1);
    IcRig *rig = icrig_new();
    P9xIc *ic = rig->chip[0].ic;

    give_memory(rig, IPI);
    sources(rig, MANY);
    hold(rig, IPI, true, bits);
    for (unsigned i = 0; i < MANY; i++) {
        ipi_trigger(rig, 0, SRC + i);
    }
    p9x_ic_notify(ic, P9X_NOTIFY_SYNC, 0);
    p9x_ic_flush(ic);
    p9x_ic_save(ic, state);
    p9x_ic_reset(ic);
    p9x_ic_restore(ic, state);
    in_order(rig, 0);
    ic_set(rig, 0, P9X_VC_EQC_CONFIG, 0);
    hold(rig, IPI, false, bits);
    in_order(rig, MANY);
    g_assert_cmphex(ic_get(rig, 0, P9X_VC_EQC_CONFIG), ==,
                    P9X_EQC_SYNC_BIT(IPI));
    g_free(state);
    icrig_free(rig);
}

int main(int argc, char **argv)
{
    static const TestRow rows[] = {
        TEST(keep_events_until_they_are_let_go),
        TEST(are_held_back_one_by_one),
        TEST(are_there_for_escalations),
        TEST(are_others_for_the_second_escalation_of_an_event),
        TEST(are_those_that_another_chip_names),
        TEST(overflow_to_memory),
        TEST(lose_nothing_when_they_are_full),
        TEST(need_memory_that_fits),
        TEST(make_syncs_wait),
        TEST(are_saved_and_come_back),
    };

    return RUN_TESTS(argc, argv, "ic-fifo", rows);
}
