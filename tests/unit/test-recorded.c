/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the engine records of an interrupt, step by step. */
#include "fixture.h"
#include "recorded.h"
#include "xive/dispatch.h"

enum { LISN = 0x20, EISN = 0x1234, PRIO = 5 };

static SpaprRig *recorded_rig(void)
{
    SpaprRig *rig = srig_new(2);

    srig_set_queue(rig, 1, PRIO);
    srig_route(rig, LISN, 1, PRIO, EISN);
    recorded_start();
    return rig;
}

static void done(SpaprRig *rig)
{
    p9x_recorder_stop();
    srig_free(rig);
}

static void test_a_trigger_and_its_eoi_carry_one_number(void)
{
    SpaprRig *rig = recorded_rig();
    const Recorded *trigger, *eoi;

    srig_trigger(rig, LISN);
    srig_eoi(rig, LISN);
    recorded_look();
    trigger = recorded_only(P9X_STEP_TRIGGER);
    g_assert_cmphex(trigger->a, ==, LISN);
    g_assert_cmphex(trigger->b, ==, P9X_BY_STORE << 16 | P9X_ESB_NOTIFY);
    g_assert_cmpuint(trigger->c, ==, 0);
    g_assert_cmpuint(trigger->passage, !=, 0);
    eoi = recorded_only(P9X_STEP_EOI);
    g_assert_cmphex(eoi->a, ==, LISN);
    g_assert_cmpuint(eoi->b, ==, 0);
    g_assert_cmpuint(eoi->passage, ==, trigger->passage);
    g_assert_cmpuint(eoi->time, >, trigger->time);
    done(rig);
}

static void test_an_eoi_of_an_idle_source_belongs_to_no_passage(void)
{
    SpaprRig *rig = recorded_rig();

    srig_trigger(rig, LISN);
    srig_eoi(rig, LISN);
    recorded_look();
    srig_eoi(rig, LISN);
    recorded_look();
    g_assert_cmpuint(recorded_only(P9X_STEP_EOI)->passage, ==, 0);
    done(rig);
}

static void test_a_coalesced_trigger_names_the_passage_it_went_into(void)
{
    SpaprRig *rig = recorded_rig();
    uint64_t first;

    srig_trigger(rig, LISN);
    recorded_look();
    first = recorded_only(P9X_STEP_TRIGGER)->passage;
    p9x_spapr_set_irq(&rig->s, LISN, true);
    recorded_look();
    g_assert_cmphex(recorded_only(P9X_STEP_TRIGGER)->b, ==,
                    P9X_BY_DEVICE << 16 | P9X_ESB_COALESCED);
    g_assert_cmphex(recorded_only(P9X_STEP_TRIGGER)->c, ==, (uint32_t)first);
    g_assert_cmphex(recorded_only(P9X_STEP_TRIGGER)->passage, !=, first);
    done(rig);
}

static void test_what_q_kept_is_a_passage_of_its_own(void)
{
    SpaprRig *rig = recorded_rig();
    uint64_t first;

    srig_trigger(rig, LISN);
    recorded_look();
    first = recorded_only(P9X_STEP_TRIGGER)->passage;
    srig_trigger(rig, LISN);
    recorded_look();
    srig_eoi(rig, LISN);
    recorded_look();
    g_assert_cmpuint(recorded_only(P9X_STEP_EOI)->passage, ==, first);
    g_assert_cmpuint(recorded_only(P9X_STEP_EOI)->b, ==, 1);
    g_assert_cmphex(recorded_only(P9X_STEP_TRIGGER)->b, ==,
                    P9X_BY_REPLAY << 16 | P9X_ESB_NOTIFY);
    first = recorded_only(P9X_STEP_TRIGGER)->passage;
    srig_eoi(rig, LISN);
    recorded_look();
    g_assert_cmpuint(recorded_only(P9X_STEP_EOI)->passage, ==, first);
    done(rig);
}

static void test_a_trigger_of_a_source_that_is_off_is_recorded(void)
{
    SpaprRig *rig = recorded_rig();

    srig_set_pq(rig, LISN, P9X_PQ_01);
    recorded_look();
    g_assert_cmphex(recorded_only(P9X_STEP_SET_PQ)->b, ==, P9X_PQ_01);
    srig_trigger(rig, LISN);
    recorded_look();
    g_assert_cmphex(recorded_only(P9X_STEP_TRIGGER)->b, ==,
                    P9X_BY_STORE << 16 | P9X_ESB_IS_OFF);
    done(rig);
}

static void test_storing_pq_ends_the_passage_whose_p_it_clears(void)
{
    SpaprRig *rig = recorded_rig();
    uint64_t first;

    srig_trigger(rig, LISN);
    recorded_look();
    first = recorded_only(P9X_STEP_TRIGGER)->passage;
    srig_set_pq(rig, LISN, P9X_PQ_00);
    recorded_look();
    g_assert_cmpuint(recorded_only(P9X_STEP_SET_PQ)->passage, ==, first);
    g_assert_cmphex(recorded_only(P9X_STEP_SET_PQ)->b, ==, P9X_PQ_10 << 8);
    srig_set_pq(rig, LISN, P9X_PQ_01);
    recorded_look();
    g_assert_cmpuint(recorded_only(P9X_STEP_SET_PQ)->passage, ==, 0);
    done(rig);
}

static void test_a_level_is_recorded_as_it_moves_and_as_it_triggers(void)
{
    SpaprRig *rig = recorded_rig();

    p9x_spapr_claim(&rig->s, LISN + 1, true);
    srig_set_pq(rig, LISN + 1, P9X_PQ_00);
    recorded_look();
    p9x_spapr_set_irq(&rig->s, LISN + 1, true);
    recorded_look();
    g_assert_cmphex(recorded_only(P9X_STEP_LEVEL)->b, ==, 1);
    g_assert_cmphex(recorded_only(P9X_STEP_TRIGGER)->b, ==,
                    P9X_BY_LEVEL << 16 | P9X_ESB_NOTIFY);
    p9x_spapr_set_irq(&rig->s, LISN + 1, false);
    recorded_look();
    g_assert_cmphex(recorded_only(P9X_STEP_LEVEL)->b, ==, 0);
    g_assert_cmpuint(recorded_count(P9X_STEP_TRIGGER), ==, 0);
    done(rig);
}

static void test_an_event_is_followed_from_source_to_ring(void)
{
    SpaprRig *rig = recorded_rig();
    uint32_t end = P9X_NR_PRIOS + PRIO;
    uint64_t passage;

    srig_trigger(rig, LISN);
    recorded_look();
    passage = recorded_only(P9X_STEP_TRIGGER)->passage;
    g_assert_cmphex(recorded_only(P9X_STEP_EAS)->a, ==, LISN);
    g_assert_cmphex(recorded_only(P9X_STEP_EAS)->b, ==,
                    UINT32_C(0x80000000) | end);
    g_assert_cmphex(recorded_only(P9X_STEP_EAS)->c, ==, EISN);
    g_assert_cmphex(recorded_only(P9X_STEP_QUEUE)->a, ==, end);
    g_assert_cmphex(recorded_only(P9X_STEP_QUEUE)->b, ==, UINT32_C(1) << 31);
    g_assert_cmphex(recorded_only(P9X_STEP_QUEUE)->c, ==, EISN);
    g_assert_cmphex(recorded_only(P9X_STEP_RING)->a, ==, RIG_PHYS_CAM + 1);
    g_assert_cmphex(recorded_only(P9X_STEP_RING)->b, ==,
                    0x04000000 | PRIO << 16 | 0xFF00 | P9X_NSR_EO);
    g_assert_cmphex(recorded_only(P9X_STEP_RING)->c, ==,
                    P9X_LINE_OS << 16 | P9X_RING_OS << 8 | PRIO);
    for (unsigned i = 0; i < recorded_nr; i++) {
        g_assert_cmpuint(recorded[i].passage, ==, passage);
    }
    done(rig);
}

static void test_an_acknowledge_belongs_to_the_event_it_accepts(void)
{
    SpaprRig *rig = recorded_rig();
    P9xTctx *tctx = srig_thread(rig, 1);
    uint64_t passage;

    srig_trigger(rig, LISN);
    recorded_look();
    passage = recorded_only(P9X_STEP_TRIGGER)->passage;
    srig_route(rig, LISN + 1, 1, PRIO, EISN + 1);
    srig_trigger(rig, LISN + 1);
    recorded_look();
    p9x_tctx_ack(tctx, P9X_RING_OS);
    p9x_tctx_set_cppr(tctx, P9X_RING_OS, 0xFF);
    recorded_look();
    g_assert_cmpuint(recorded_only(P9X_STEP_ACK)->passage, ==, passage);
    g_assert_cmphex(recorded_only(P9X_STEP_ACK)->c, ==,
                    P9X_RING_OS << 8 | PRIO);
    g_assert_cmphex(recorded_only(P9X_STEP_CPPR)->c, ==,
                    P9X_RING_OS << 8 | 0xFF);
    p9x_tctx_ack(tctx, P9X_RING_OS);
    recorded_look();
    g_assert_cmpuint(recorded_only(P9X_STEP_ACK)->passage, ==, 0);
    g_assert_cmphex(recorded_only(P9X_STEP_ACK)->c, ==,
                    P9X_RING_OS << 8 | P9X_PRIO_MASKED);
    done(rig);
}

static void test_an_event_that_the_eas_masks_ends_there(void)
{
    SpaprRig *rig = recorded_rig();

    srig_hcall(rig, P9X_H_INT_SET_SOURCE_CONFIG, P9X_SRC_MASK, LISN, 1, PRIO,
               0);
    recorded_look();
    srig_trigger(rig, LISN);
    recorded_look();
    g_assert_cmphex(recorded_only(P9X_STEP_EAS)->b >> 30, ==, 3);
    g_assert_cmpuint(recorded_nr, ==, 2);
    done(rig);
}

static void test_a_notification_that_esn_holds_back_is_recorded(void)
{
    SpaprRig *rig = recorded_rig();

    srig_hcall(rig, P9X_H_INT_SET_QUEUE_CONFIG, 0, 1, PRIO,
               srig_queue_addr(1, PRIO), P9X_SPAPR_EQ_SHIFT);
    srig_trigger(rig, LISN);
    srig_eoi(rig, LISN);
    recorded_look();
    srig_trigger(rig, LISN);
    recorded_look();
    recorded_only(P9X_STEP_QUEUE);
    g_assert_cmphex(recorded_only(P9X_STEP_ESN_HELD)->a, ==,
                    P9X_NR_PRIOS + PRIO);
    g_assert_cmphex(recorded_only(P9X_STEP_ESN_HELD)->b, ==, P9X_PQ_10);
    g_assert_cmpuint(recorded_count(P9X_STEP_RING), ==, 0);
    done(rig);
}

/* What it lets go is a passage of its own, up to the acknowledge. */
static void test_an_esn_eoi_begins_the_passage_that_it_lets_go(void)
{
    SpaprRig *rig = recorded_rig();
    uint32_t end = P9X_NR_PRIOS + PRIO;
    const Recorded *eoi;

    srig_hcall(rig, P9X_H_INT_SET_QUEUE_CONFIG, 0, 1, PRIO,
               srig_queue_addr(1, PRIO), P9X_SPAPR_EQ_SHIFT);
    srig_trigger(rig, LISN);
    srig_eoi(rig, LISN);
    srig_trigger(rig, LISN);
    p9x_tctx_ack(srig_thread(rig, 1), P9X_RING_OS);
    recorded_look();
    p9x_router_end_esb_load(&rig->s.router, P9X_SPAPR_BLOCK, end,
                            P9X_END_ESN, 0);
    p9x_tctx_set_cppr(srig_thread(rig, 1), P9X_RING_OS, 0xFF);
    p9x_tctx_ack(srig_thread(rig, 1), P9X_RING_OS);
    recorded_look();
    eoi = recorded_only(P9X_STEP_ESN_EOI);
    g_assert_cmphex(eoi->a, ==, end);
    g_assert_cmphex(eoi->b, ==, P9X_PQ_11 << 8 | P9X_PQ_10);
    g_assert_cmpuint(eoi->c, ==, 1);
    g_assert_cmpuint(eoi->passage, !=, 0);
    g_assert_cmpuint(recorded_only(P9X_STEP_RING)->passage, ==, eoi->passage);
    g_assert_cmpuint(recorded_only(P9X_STEP_ACK)->passage, ==, eoi->passage);
    done(rig);
}

static void test_a_store_to_an_esn_page_is_recorded_if_it_changes_it(void)
{
    SpaprRig *rig = recorded_rig();
    uint32_t end = P9X_NR_PRIOS + PRIO;

    p9x_router_end_esb_load(&rig->s.router, P9X_SPAPR_BLOCK, end,
                            P9X_END_ESN, P9X_ESB_SET_PQ_01);
    p9x_router_end_esb_load(&rig->s.router, P9X_SPAPR_BLOCK, end,
                            P9X_END_ESN, P9X_ESB_SET_PQ_01);
    recorded_look();
    g_assert_cmphex(recorded_only(P9X_STEP_ESN_STORE)->b & 0xFF, ==,
                    P9X_PQ_01);
    p9x_router_end_esb_load(&rig->s.router, P9X_SPAPR_BLOCK, end,
                            P9X_END_ESN, P9X_ESB_SET_PQ_00);
    recorded_look();
    p9x_router_end_esb_store(&rig->s.router, P9X_SPAPR_BLOCK, end,
                             P9X_END_ESN, 0, false);
    recorded_look();
    g_assert_cmphex(recorded_only(P9X_STEP_ESN_STORE)->b, ==, P9X_PQ_10);
    g_assert_cmpuint(recorded_only(P9X_STEP_ESN_STORE)->c, ==, 1);
    g_assert_cmpuint(recorded_only(P9X_STEP_RING)->passage, ==,
                     recorded_only(P9X_STEP_ESN_STORE)->passage);
    done(rig);
}

static void test_a_vp_that_leaves_and_comes_is_recorded(void)
{
    SpaprRig *rig = recorded_rig();
    P9xTctx *tctx = srig_thread(rig, 1);
    uint32_t old = p9x_tctx_pull(tctx, P9X_RING_OS);

    recorded_look();
    g_assert_cmphex(recorded_only(P9X_STEP_PULL)->b, ==, old);
    srig_trigger(rig, LISN);
    recorded_look();
    g_assert_cmpuint(recorded_count(P9X_STEP_RING), ==, 0);
    g_assert_cmpuint(recorded_only(P9X_STEP_UNDELIVERED)->a, ==,
                     P9X_NR_PRIOS + PRIO);
    p9x_tctx_set_word2(tctx, P9X_RING_OS, old);
    recorded_look();
    g_assert_cmphex(recorded_only(P9X_STEP_PUSH)->b, ==, old);
    done(rig);
}

static void test_configuration_is_recorded(void)
{
    SpaprRig *rig = recorded_rig();

    srig_hcall(rig, P9X_H_INT_SET_SOURCE_CONFIG,
               P9X_SRC_SET_EISN | P9X_SRC_MASK, LISN, 1, PRIO, 0x77);
    srig_set_queue(rig, 0, PRIO);
    p9x_spapr_free(&rig->s, LISN);
    p9x_spapr_remove_server(&rig->s, 1);
    srig_hcall(rig, P9X_H_INT_RESET, 0, 5, 0, 0, 0);
    recorded_look();
    g_assert_cmphex(recorded_only(P9X_STEP_SET_EAS)->a, ==, LISN);
    g_assert_cmphex(recorded_only(P9X_STEP_SET_EAS)->b, ==,
                    UINT32_C(0xC0000000) | (P9X_NR_PRIOS + PRIO));
    g_assert_cmphex(recorded_only(P9X_STEP_SET_EAS)->c, ==, 0x77);
    g_assert_cmphex(recorded_only(P9X_STEP_SET_END)->a, ==, PRIO);
    g_assert_cmphex(recorded_only(P9X_STEP_SET_END)->b, ==,
                    srig_queue_addr(0, PRIO) >> P9X_SPAPR_EQ_SHIFT);
    g_assert_cmphex(recorded_only(P9X_STEP_FREE)->a, ==, LISN);
    g_assert_cmphex(recorded_only(P9X_STEP_SERVER)->a, ==, 1);
    g_assert_cmphex(recorded_only(P9X_STEP_SERVER)->b, ==, 0);
    recorded_only(P9X_STEP_RESET);
    g_assert_cmpuint(recorded_count(P9X_STEP_HCALL), ==, 3);
    done(rig);
}

static void assert_says(const GString *text, const char *part)
{
    if (!strstr(text->str, part)) {
        g_error("%s is not in %s", part, text->str);
    }
}

static void test_the_state_shows_source_queue_and_thread(void)
{
    SpaprRig *rig = recorded_rig();
    GString *state = g_string_new(NULL);

    p9x_tctx_set_cppr(srig_thread(rig, 1), P9X_RING_OS, 0);
    srig_trigger(rig, LISN);
    p9x_spapr_state(&rig->s, state);
    assert_says(state, "{\"source\": 32, \"lsi\": false, \"pq\": \"10\", "
                "\"level\": 0, \"valid\": true, \"masked\": false, "
                "\"end\": 13, \"data\": 4660}");
    assert_says(state, "{\"end\": 13, \"vp\": 1025, \"priority\": 5, "
                "\"queue\": true, ");
    assert_says(state, "\"index\": 1, \"generation\": 1, \"next\": 0, ");
    assert_says(state, "\"os\": {\"nsr\": 0, \"cppr\": 0, \"ipb\": 4, "
                "\"pipr\": 5, ");
    assert_says(state, "\"queue-entries\": 1");
    g_string_free(state, TRUE);
    done(rig);
}

int main(int argc, char **argv)
{
    static const TestRow rows[] = {
        TEST(a_trigger_and_its_eoi_carry_one_number),
        TEST(an_eoi_of_an_idle_source_belongs_to_no_passage),
        TEST(a_coalesced_trigger_names_the_passage_it_went_into),
        TEST(what_q_kept_is_a_passage_of_its_own),
        TEST(a_trigger_of_a_source_that_is_off_is_recorded),
        TEST(storing_pq_ends_the_passage_whose_p_it_clears),
        TEST(a_level_is_recorded_as_it_moves_and_as_it_triggers),
        TEST(an_event_is_followed_from_source_to_ring),
        TEST(an_acknowledge_belongs_to_the_event_it_accepts),
        TEST(an_event_that_the_eas_masks_ends_there),
        TEST(a_notification_that_esn_holds_back_is_recorded),
        TEST(an_esn_eoi_begins_the_passage_that_it_lets_go),
        TEST(a_store_to_an_esn_page_is_recorded_if_it_changes_it),
        TEST(a_vp_that_leaves_and_comes_is_recorded),
        TEST(configuration_is_recorded),
        TEST(the_state_shows_source_queue_and_thread),
    };

    return RUN_TESTS(argc, argv, "recorded", rows);
}
