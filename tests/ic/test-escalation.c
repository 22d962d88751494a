/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What firmware can say of escalations: which flags count, and syncs. */
#include "fixture-ic.h"

enum { SRC = 0x40, END = 0x20, NVT = 0x30 };

/* SRC to END + 1, whose VP is nowhere, and by @w0 from there on to END. */
static IcRig *start(uint32_t w0)
{
    IcRig *rig = icrig_new();

    route(rig, 0, SRC, 0, END, NVT, 1);
    write_eas(rig, 0, SRC, 0, END + 1, 2);
    write_end(rig, 0, END + 1, 0, NVT + 1, 6, P9X_END_W0_UCOND_NOTIFY |
                                              P9X_END_W0_ESCALATE | w0);
    write_nvt(rig, 0, NVT + 1);
    write_escalation(rig, 0, END + 1, 0, END, 0x5555);
    return rig;
}

static void again(IcRig *rig)
{
    ipi_load(rig, 0, SRC, P9X_ESB_SET_PQ_00);
    ipi_trigger(rig, 0, SRC);
}

static unsigned escalations(IcRig *rig)
{
    return (unsigned)ic_count(rig, 0, P9X_COUNT_ESCALATED);
}

static void test_are_unconditional_only_where_that_is_enabled(void)
{
    IcRig *rig = start(P9X_END_W0_UCOND_ESC);

    again(rig);
    again(rig);
    g_assert_cmpuint(escalations(rig), ==, 2);
    /* Without the bit ESe counts, and lets one through. */
    ic_set(rig, 0, P9X_VC_EQC_CONFIG, P9X_EQC_END_S);
    again(rig);
    again(rig);
    g_assert_cmpuint(escalations(rig), ==, 3);
    icrig_free(rig);
}

static void test_are_silent_only_where_that_is_enabled(void)
{
    IcRig *rig = start(P9X_END_W0_SILENT_ESC | P9X_END_W0_UCOND_ESC |
                       P9X_END_W0_BACKLOG);

    again(rig);
    g_assert_cmpuint(ic_count(rig, 0, P9X_COUNT_BACKLOGGED), ==, 0);
    g_assert_cmpuint(escalations(rig), ==, 1);
    /* Else the VP is told first. */
    ic_set(rig, 0, P9X_VC_EQC_CONFIG, P9X_EQC_END_U);
    again(rig);
    g_assert_cmpuint(ic_count(rig, 0, P9X_COUNT_BACKLOGGED), ==, 1);
    g_assert_cmpuint(escalations(rig), ==, 2);
    icrig_free(rig);
}

static void test_can_be_turned_off(void)
{
    IcRig *rig = start(P9X_END_W0_UCOND_ESC);

    ic_set(rig, 0, P9X_VC_EQC_CONFIG, P9X_EQC_END_U | P9X_EQC_NO_ESCALATION);
    again(rig);
    g_assert_cmpuint(escalations(rig), ==, 0);
    g_assert_cmpuint(ic_count(rig, 0, P9X_COUNT_UNDELIVERED), ==, 1);
    icrig_free(rig);
}

/* ---- a sync on one thread, an escalation on another ---- */

static struct {
    bool (*store)(void *host, uint64_t addr, uint32_t value);
    uint64_t addr;
    atomic_bool entered, hold;
} slow;

/* The last queue entry takes its time. */
static bool slow_store32(void *host, uint64_t addr, uint32_t value)
{
    if (addr == slow.addr) {
        atomic_store(&slow.entered, true);
        while (atomic_load(&slow.hold)) {
            sched_yield();
        }
    }
    return slow.store(host, addr, value);
}

static gpointer event(gpointer rig)
{
    again(rig);
    return NULL;
}

static gpointer release_soon(gpointer rig)
{
    (void)rig;
    g_usleep(20000);
    atomic_store(&slow.hold, false);
    return NULL;
}

static void test_of_other_threads_are_waited_for_by_a_sync(void)
{
    IcRig *rig = start(P9X_END_W0_UCOND_ESC);
    GThread *sender, *release;

    slow.store = rig->host.ports.mem_store32;
    slow.addr = queue_addr(0, END);
    atomic_store(&slow.entered, false);
    atomic_store(&slow.hold, true);
    rig->host.ports.mem_store32 = slow_store32;
    sender = g_thread_new("event", event, rig);
    while (!atomic_load(&slow.entered)) {
        sched_yield();
    }
    release = g_thread_new("release", release_soon, NULL);
    p9x_ic_notify(rig->chip[0].ic, P9X_NOTIFY_SYNC + 0x100, 0);
    g_assert_false(atomic_load(&slow.hold));
    g_assert_true(ic_get(rig, 0, P9X_VC_EQC_CONFIG) & P9X_EQC_SYNC_BIT(2));
    g_thread_join(sender);
    g_thread_join(release);
    g_assert_cmphex(queue_entry(rig, 0, END, 0), ==, 0x80005555);
    icrig_free(rig);
}

int main(int argc, char **argv)
{
    static const TestRow rows[] = {
        TEST(are_unconditional_only_where_that_is_enabled),
        TEST(are_silent_only_where_that_is_enabled),
        TEST(can_be_turned_off),
        TEST(of_other_threads_are_waited_for_by_a_sync),
    };

    return RUN_TESTS(argc, argv, "ic-escalations", rows);
}
