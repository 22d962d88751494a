/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What powernv's controller leaves in the recorder. */
#include "fixture-ic.h"
#include "ic_base.h"
#include "recorded.h"

enum { SRC = 0x40, END = 0x20, NVT = 0x30, IPI_QUEUE = 0 };

static IcRig *recorded_rig(unsigned end_chip)
{
    IcRig *rig = icrig_new();

    route(rig, 0, SRC, end_chip, END, NVT, 0x77);
    recorded_start();
    return rig;
}

static void done(IcRig *rig)
{
    p9x_recorder_stop();
    icrig_free(rig);
}

static uint64_t passage_of(P9xStep step)
{
    uint64_t passage = recorded_only(step)->passage;

    g_assert_cmpuint(passage, !=, 0);
    return passage;
}

static void test_an_event_keeps_its_number_on_its_way_to_another_chip(void)
{
    IcRig *rig = recorded_rig(1);

    ipi_trigger(rig, 0, SRC);
    recorded_look();
    g_assert_cmphex(recorded_only(P9X_STEP_FORWARD)->a, ==, 1);
    g_assert_cmphex(recorded_only(P9X_STEP_FORWARD)->c, ==, 0x77);
    g_assert_cmpuint(passage_of(P9X_STEP_FORWARD), ==,
                     passage_of(P9X_STEP_TRIGGER));
    g_assert_cmpuint(passage_of(P9X_STEP_QUEUE), ==,
                     passage_of(P9X_STEP_TRIGGER));
    g_assert_cmpuint(passage_of(P9X_STEP_RING), ==,
                     passage_of(P9X_STEP_TRIGGER));
    done(rig);
}

static void test_an_event_for_a_page_of_no_chip_is_recorded(void)
{
    IcRig *rig = recorded_rig(1);

    ic_set_vsd(rig, 0, P9X_VST_ENDT, 1,
               p9x_set64(0x0006030303110000, P9X_VSD_MODE, P9X_VSD_FORWARD));
    recorded_look();
    ipi_trigger(rig, 0, SRC);
    recorded_look();
    g_assert_cmphex(recorded_only(P9X_STEP_FORWARD)->a, ==,
                    P9X_RECORDED_NO_CHIP);
    g_assert_cmpuint(recorded_count(P9X_STEP_QUEUE), ==, 0);
    done(rig);
}

/* The one that goes on is not a part of the store that lets it. */
static void test_an_event_that_waits_goes_on_with_the_same_words(void)
{
    IcRig *rig = recorded_rig(0);
    const Recorded *waits, *goes_on;

    ic_set(rig, 0, P9X_VC_IRQ_CONFIG_IPI, P9X_IRQ_QUEUE_DISABLE);
    ipi_trigger(rig, 0, SRC);
    recorded_look();
    waits = recorded_only(P9X_STEP_WAITS);
    g_assert_cmpuint(waits->a, ==, IPI_QUEUE);
    g_assert_cmphex((uint64_t)waits->b << 32 | waits->c, ==,
                    P9X_TRIGGER_PQ | SRC);
    g_assert_cmpuint(waits->passage, ==, passage_of(P9X_STEP_TRIGGER));
    g_assert_cmpuint(recorded_count(P9X_STEP_EAS), ==, 0);
    ic_set(rig, 0, P9X_VC_IRQ_CONFIG_IPI, 0);
    recorded_look();
    goes_on = recorded_only(P9X_STEP_GOES_ON);
    g_assert_cmpuint(goes_on->a, ==, IPI_QUEUE);
    g_assert_cmphex((uint64_t)goes_on->b << 32 | goes_on->c, ==,
                    P9X_TRIGGER_PQ | SRC);
    g_assert_cmpuint(goes_on->passage, ==, passage_of(P9X_STEP_RING));
    g_assert_cmpuint(recorded_only(P9X_STEP_IC_STORE)->passage, ==, 0);
    done(rig);
}

static void test_stores_to_registers_and_tables_are_recorded(void)
{
    IcRig *rig = recorded_rig(0);
    uint64_t vsd = ic_vsd(IC_MEMORY(0) + IC_EAT, 16);

    ic_set(rig, 0, P9X_CQ_PBI_CTL, 0x1122334455667788);
    recorded_look();
    g_assert_cmphex(recorded_only(P9X_STEP_IC_STORE)->a, ==,
                    P9X_CQ_PBI_CTL);
    g_assert_cmphex(recorded_only(P9X_STEP_IC_STORE)->b, ==, 0x11223344);
    g_assert_cmphex(recorded_only(P9X_STEP_IC_STORE)->c, ==, 0x55667788);
    ic_set(rig, 0, P9X_VC_VSD_TABLE_ADDR,
           p9x_set64(0, P9X_VST_SELECT, P9X_VST_EAT));
    ic_set(rig, 0, P9X_VC_VSD_TABLE_DATA, vsd);
    recorded_look();
    g_assert_cmphex(recorded_only(P9X_STEP_VSD)->a, ==, P9X_VST_EAT << 8);
    g_assert_cmphex(recorded_only(P9X_STEP_VSD)->b, ==, vsd >> 32);
    g_assert_cmphex(recorded_only(P9X_STEP_VSD)->c, ==, (uint32_t)vsd);
    p9x_ic_reset(rig->chip[0].ic);
    recorded_look();
    recorded_only(P9X_STEP_RESET);
    done(rig);
}

static void test_what_an_ese_lets_go_begins_a_passage(void)
{
    IcRig *rig = recorded_rig(0);
    const Recorded *eoi;

    write_eas(rig, 0, SRC, 0, END + 1, 2);
    write_end(rig, 0, END + 1, 0, NVT + 1, 6,
              P9X_END_W0_UCOND_NOTIFY | P9X_END_W0_ESCALATE);
    write_nvt(rig, 0, NVT + 1);
    write_escalation(rig, 0, END + 1, 0, END, 0x5555);
    ic_scrub(rig, 0, SCRUB_EAS, 0, SRC, true);
    for (unsigned i = 0; i < 2; i++) {
        ipi_load(rig, 0, SRC, P9X_ESB_SET_PQ_00);
        ipi_trigger(rig, 0, SRC);
    }
    recorded_look();
    g_assert_cmphex(recorded_only(P9X_STEP_ESE_HELD)->a, ==, END + 1);
    recorded_only(P9X_STEP_ESCALATE);
    p9x_ic_vc_load(rig->chip[0].ic, end_offset(END + 1, ESB_MGMT, 0), 8);
    recorded_look();
    eoi = recorded_only(P9X_STEP_ESE_EOI);
    g_assert_cmphex(eoi->a, ==, END + 1);
    g_assert_cmphex(eoi->b, ==, P9X_PQ_11 << 8 | P9X_PQ_10);
    g_assert_cmpuint(eoi->c, ==, 1);
    g_assert_cmphex(recorded_only(P9X_STEP_ESCALATE)->a, ==, END + 1);
    g_assert_cmphex(recorded_only(P9X_STEP_ESCALATE)->b, ==, END);
    g_assert_cmpuint(passage_of(P9X_STEP_QUEUE), ==, eoi->passage);
    done(rig);
}

int main(int argc, char **argv)
{
    static const TestRow rows[] = {
        TEST(an_event_keeps_its_number_on_its_way_to_another_chip),
        TEST(an_event_for_a_page_of_no_chip_is_recorded),
        TEST(an_event_that_waits_goes_on_with_the_same_words),
        TEST(stores_to_registers_and_tables_are_recorded),
        TEST(what_an_ese_lets_go_begins_a_passage),
    };

    return RUN_TESTS(argc, argv, "ic-recorded", rows);
}
