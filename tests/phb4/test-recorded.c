/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a bridge records: messages taken and refused, PEs frozen and thawed. */
#include "fixture-phb4.h"
#include "recorded.h"

enum { SRCNO = 0x123 };

static PRig *recorded_rig(void)
{
    PRig *rig = prig_booted();

    recorded_start();
    return rig;
}

static void done(PRig *rig)
{
    p9x_recorder_stop();
    prig_free(rig);
}

/* The only refusal, which is of PRIG_RID's message @srcno. */
static void assert_refused(P9xMsiWhy why, unsigned pe, uint32_t srcno)
{
    recorded_look();
    g_assert_cmphex(recorded_only(P9X_STEP_MSI_REFUSED)->a, ==, PRIG_RID);
    g_assert_cmphex(recorded_only(P9X_STEP_MSI_REFUSED)->b, ==,
                    why << 16 | pe);
    g_assert_cmphex(recorded_only(P9X_STEP_MSI_REFUSED)->c, ==, srcno);
    g_assert_cmpuint(recorded_count(P9X_STEP_MSI), ==, 0);
}

static void test_a_message_is_recorded_before_the_event_that_it_makes(void)
{
    PRig *rig = recorded_rig();

    prig_give_msi(rig, SRCNO, PRIG_PE);
    recorded_look();
    g_assert_true(prig_msi(rig, PRIG_RID, SRCNO));
    recorded_look();
    g_assert_cmpuint(recorded_nr, ==, 2);
    g_assert_cmpint(recorded[0].step, ==, P9X_STEP_MSI);
    g_assert_cmphex(recorded[0].a, ==, PRIG_RID);
    g_assert_cmpuint(recorded[0].b, ==, PRIG_PE);
    g_assert_cmphex(recorded[0].c, ==, SRCNO);
    g_assert_cmpint(recorded[1].step, ==, P9X_STEP_TRIGGER);
    done(rig);
}

static void test_a_message_of_another_pe_is_recorded_with_the_freeze(void)
{
    PRig *rig = recorded_rig();

    prig_give_msi(rig, SRCNO, PRIG_PE + 1);
    g_assert_false(prig_msi(rig, PRIG_RID, SRCNO));
    assert_refused(P9X_MSI_OTHER_PE, PRIG_PE, SRCNO);
    g_assert_cmpuint(recorded_only(P9X_STEP_PE_FROZEN)->a, ==, PRIG_PE);
    g_assert_cmpuint(recorded_only(P9X_STEP_PE_FROZEN)->b, ==,
                     P9X_PHB4_FROZEN_MMIO | P9X_PHB4_FROZEN_DMA);
    g_assert_false(prig_msi(rig, PRIG_RID, SRCNO));
    assert_refused(P9X_MSI_PE_FROZEN, PRIG_PE, SRCNO);
    g_assert_cmpuint(recorded_count(P9X_STEP_PE_FROZEN), ==, 0);
    done(rig);
}

static void test_a_refusal_says_why(void)
{
    PRig *rig = recorded_rig();

    g_assert_false(prig_msi(rig, PRIG_RID, 4096 - 8));
    assert_refused(P9X_MSI_NO_SOURCE, PRIG_PE, 4096 - 8);
    done(rig);
    rig = recorded_rig();
    prig_set_rte(rig, PRIG_RID, 0xFFFF);
    g_assert_false(prig_msi(rig, PRIG_RID, SRCNO));
    assert_refused(P9X_MSI_NO_PE, P9X_RECORDED_NO_PE, SRCNO);
    done(rig);
}

static void test_a_bridge_that_was_never_set_up_refuses_as_closed(void)
{
    PRig *rig = prig_new();

    recorded_start();
    g_assert_false(prig_msi(rig, PRIG_RID, SRCNO));
    assert_refused(P9X_MSI_CLOSED, P9X_RECORDED_NO_PE, SRCNO);
    done(rig);
}

static void test_a_pe_is_recorded_as_it_freezes_and_thaws(void)
{
    PRig *rig = recorded_rig();

    prig_set_table(rig, TBL_PESTB, PRIG_PE, PEST_FROZEN);
    recorded_look();
    g_assert_cmpuint(recorded_only(P9X_STEP_PE_FROZEN)->a, ==, PRIG_PE);
    g_assert_cmpuint(recorded_only(P9X_STEP_PE_FROZEN)->b, ==,
                     P9X_PHB4_FROZEN_DMA);
    prig_set_table(rig, TBL_PESTA, PRIG_PE, PEST_FROZEN);
    prig_set_table(rig, TBL_PESTB, PRIG_PE, 0);
    recorded_look();
    g_assert_cmpuint(recorded_nr, ==, 0);
    prig_set_table(rig, TBL_PESTA, PRIG_PE, 0);
    recorded_look();
    g_assert_cmpuint(recorded_only(P9X_STEP_PE_THAWED)->a, ==, PRIG_PE);
    done(rig);
}

int main(int argc, char **argv)
{
    static const TestRow rows[] = {
        TEST(a_message_is_recorded_before_the_event_that_it_makes),
        TEST(a_message_of_another_pe_is_recorded_with_the_freeze),
        TEST(a_refusal_says_why),
        TEST(a_bridge_that_was_never_set_up_refuses_as_closed),
        TEST(a_pe_is_recorded_as_it_freezes_and_thaws),
    };

    return RUN_TESTS(argc, argv, "phb4-recorded", rows);
}
