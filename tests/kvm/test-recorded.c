/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a switch, a fault and a device's interrupt leave in the recorder. */
#include "fixture-kvm.h"
#include "recorded.h"

enum { GIRQ = 0x20, EISN = 0x4711, MSI = 3, PAGE = 4 + 2 * GIRQ };

static KRig *recorded_rig(void)
{
    KRig *rig = krig_new(P9X_KVM_NATIVE, 0, 1);

    krig_route(rig, GIRQ, 0, EISN);
    krig_request(rig, MSI);
    recorded_start();
    return rig;
}

static void done(KRig *rig)
{
    p9x_recorder_stop();
    krig_free(rig);
}

static void assert_only(P9xStep step, uint32_t a, uint32_t b)
{
    g_assert_cmphex(recorded_only(step)->a, ==, a);
    g_assert_cmphex(recorded_only(step)->b, ==, b);
}

static void test_a_map_and_an_unmap_zap_and_name_both_interrupts(void)
{
    KRig *rig = recorded_rig();

    krig_map(rig, MSI, GIRQ);
    recorded_look();
    assert_only(P9X_STEP_MAP, GIRQ, rig->base + MSI);
    assert_only(P9X_STEP_ZAP, PAGE, 2);
    g_assert_cmpuint(recorded_count(P9X_STEP_UNMAP), ==, 0);
    krig_unmap(rig, MSI);
    recorded_look();
    assert_only(P9X_STEP_UNMAP, GIRQ, rig->base + MSI);
    assert_only(P9X_STEP_ZAP, PAGE, 2);
    done(rig);
}

static void test_a_fault_names_its_page_and_whether_it_failed(void)
{
    KRig *rig = recorded_rig();

    krig_map(rig, MSI, GIRQ);
    recorded_look();
    krig_load(rig, GIRQ, true, P9X_ESB_GET);
    krig_load(rig, GIRQ, true, P9X_ESB_GET);
    recorded_look();
    assert_only(P9X_STEP_FAULT, PAGE + 1, 0);
    g_assert_cmpint(p9x_kvm_fault(krig_kvm(rig), 0, NULL, NULL), ==,
                    P9X_FAULT_SIGBUS);
    recorded_look();
    assert_only(P9X_STEP_FAULT, 0, 1);
    done(rig);
}

static void test_the_host_takes_an_interrupt_and_signals_the_eventfd(void)
{
    KRig *rig = recorded_rig();

    g_assert_cmpint(p9x_vm_irqfd(&rig->vm, &rig->msi[MSI], GIRQ), ==, 0);
    recorded_look();
    krig_fire(rig, MSI);
    recorded_look();
    assert_only(P9X_STEP_HOST_IRQ, rig->base + MSI, 0);
    assert_only(P9X_STEP_EVENTFD, GIRQ, 0);
    g_assert_true(recorded_only(P9X_STEP_HOST_IRQ) <
                  recorded_only(P9X_STEP_EVENTFD));
    krig_map(rig, MSI, GIRQ);
    recorded_look();
    krig_fire(rig, MSI);
    recorded_look();
    g_assert_cmpuint(recorded_count(P9X_STEP_HOST_IRQ), ==, 0);
    g_assert_cmpuint(recorded_count(P9X_STEP_EVENTFD), ==, 0);
    done(rig);
}

/* Whichever thread empties the host's queue, and within what. */
static void test_an_event_that_was_held_keeps_its_passage(void)
{
    KRig *rig = recorded_rig();
    uint64_t passage, outer;

    g_assert_cmpint(p9x_vm_irqfd(&rig->vm, &rig->msi[MSI], GIRQ), ==, 0);
    p9x_host_hold(&rig->h, true);
    recorded_look();
    krig_fire(rig, MSI);
    recorded_look();
    passage = recorded_only(P9X_STEP_TRIGGER)->passage;
    g_assert_cmpuint(recorded_count(P9X_STEP_HOST_IRQ), ==, 0);
    outer = p9x_passage_begin();
    p9x_host_hold(&rig->h, false);
    g_assert_cmpuint(p9x_passage_now(), !=, passage);
    p9x_passage_end(outer);
    recorded_look();
    g_assert_cmpuint(recorded_only(P9X_STEP_HOST_IRQ)->passage, ==, passage);
    g_assert_cmpuint(recorded_only(P9X_STEP_EVENTFD)->passage, ==, passage);
    done(rig);
}

static void test_an_event_that_was_delayed_keeps_its_passage(void)
{
    KRig *rig = recorded_rig();
    uint64_t passage;

    p9x_host_delay(&rig->h, true);
    recorded_look();
    krig_store(rig, GIRQ, false, 0);
    recorded_look();
    passage = recorded_only(P9X_STEP_TRIGGER)->passage;
    g_assert_cmpuint(recorded_count(P9X_STEP_EAS), ==, 0);
    p9x_host_delay(&rig->h, false);
    recorded_look();
    g_assert_cmpuint(recorded_only(P9X_STEP_EAS)->passage, ==, passage);
    g_assert_cmpuint(recorded_only(P9X_STEP_RING)->passage, ==, passage);
    done(rig);
}

int main(int argc, char **argv)
{
    static const TestRow rows[] = {
        TEST(a_map_and_an_unmap_zap_and_name_both_interrupts),
        TEST(a_fault_names_its_page_and_whether_it_failed),
        TEST(the_host_takes_an_interrupt_and_signals_the_eventfd),
        TEST(an_event_that_was_held_keeps_its_passage),
        TEST(an_event_that_was_delayed_keeps_its_passage),
    };

    return RUN_TESTS(argc, argv, "kvm-recorded", rows);
}
