/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A switch that loses an event, written down by the flight recorder:
 *
 *   planted-faults SCENARIO FILE
 *
 * planted.py has the scenarios and lets p9trace say what went wrong.
 */
#include "fixture-kvm.h"
#include "xive/recorder.h"

#include <stdio.h>

enum { GIRQ = 0x20, EISN = 0x4711, MSI = 3, RECORDS = 1024 };

static void describe(void *opaque, GString *out)
{
    p9x_kvm_state(krig_kvm(opaque), out);
}

static void trigger(KRig *rig)
{
    krig_store(rig, GIRQ, false, 0);
}

/* What the guest's handler does for one entry. */
static void handle(KRig *rig)
{
    g_assert_cmphex(krig_take(rig, 0, KRIG_PRIO), ==, EISN);
    krig_eoi(rig, GIRQ);
}

static void no_fault(KRig *rig)
{
    trigger(rig);
    krig_map(rig, MSI, GIRQ);
    handle(rig);
    krig_fire(rig, MSI);
    krig_unmap(rig, MSI);
    handle(rig);
    trigger(rig);
    handle(rig);
}

/* The second event waits in the IPI's Q. */
static void map_while_q_is_set(KRig *rig)
{
    trigger(rig);
    trigger(rig);
    krig_map(rig, MSI, GIRQ);
    handle(rig);
}

/* The guest has the IPI's pages and goes on working on them. */
static void map_under_a_page_in_use(KRig *rig)
{
    trigger(rig);
    handle(rig);
    krig_map(rig, MSI, GIRQ);
    krig_fire(rig, MSI);
    handle(rig);
    krig_fire(rig, MSI);
}

/*
 * The IPI's event has set P and is not in the queue yet.  The guest then moves
 * the interrupt to another queue and gives up the old one, which it has emptied
 * before.
 */
static void map_under_an_event(KRig *rig)
{
    P9xKvmEq none = krig_eq(0, KRIG_PRIO);

    none.qshift = 0;
    krig_queue(rig, 0, KRIG_PRIO - 1);
    p9x_host_delay(&rig->h, true);
    trigger(rig);
    krig_map(rig, MSI, GIRQ);
    while (krig_take(rig, 0, KRIG_PRIO)) {
        krig_eoi(rig, GIRQ);
    }
    krig_config(rig, GIRQ, 0, KRIG_PRIO - 1, EISN);
    krig_set_eq(rig, 0, KRIG_PRIO, &none);
    p9x_host_delay(&rig->h, false);
}

static const struct {
    const char *name;
    unsigned faults;            /* P9X_QUIRK_*, P9X_PLANT_* */
    void (*run)(KRig *rig);
} scenarios[] = {
    { "none", 0, no_fault },
    { "q", 0, map_while_q_is_set },
    { "q-linux-6.1", P9X_KVM_QUIRKS_6_1, map_while_q_is_set },
    { "page", 0, map_under_a_page_in_use },
    { "page-no-zap", P9X_PLANT_NO_ZAP, map_under_a_page_in_use },
    { "event", 0, map_under_an_event },
    { "event-no-sync", P9X_PLANT_NO_SYNC, map_under_an_event },
};

static int run(unsigned faults, void (*scenario)(KRig *), const char *path)
{
    KRig *rig = krig_new(P9X_KVM_NATIVE, faults, 1);
    char *error;
    bool ok;

    krig_route(rig, GIRQ, 0, EISN);
    krig_request(rig, MSI);
    p9x_recorder_describe(describe, rig);
    ok = p9x_recorder_start(RECORDS, &error);
    if (ok) {
        scenario(rig);
        ok = p9x_recorder_save(path, &error);
    }
    if (!ok) {
        fprintf(stderr, "planted-faults: %s\n", error);
        g_free(error);
    }
    p9x_recorder_forget(describe, rig);
    p9x_recorder_stop();
    krig_free(rig);
    return ok ? 0 : 1;
}

int main(int argc, char **argv)
{
    for (unsigned i = 0; argc == 3 && i < G_N_ELEMENTS(scenarios); i++) {
        if (!strcmp(scenarios[i].name, argv[1])) {
            return run(scenarios[i].faults, scenarios[i].run, argv[2]);
        }
    }
    fprintf(stderr, "planted-faults: SCENARIO FILE\n");
    return 2;
}
