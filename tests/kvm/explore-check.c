/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What must hold between steps, and when everything has come to rest. */
#include "explore-internal.h"

static bool routed_to_host(uint64_t eas)
{
    return p9x_get64(eas, P9X_EAS_END_INDEX) < P9X_NR_PRIOS;
}

const char *world_check(void)
{
    Snap s;

    world_save(&s);
    if (s.phase >= SET_FORWARDED && s.phase <= CLR_FLIPPED) {
        return NULL;
    }
    if (s.mapped && (s.ipi[SRC_A] & 3) != P9X_PQ_01) {
        return "IPI and PT are both live";
    }
    if (s.mapped == routed_to_host(s.eas_pt)) {
        return "the PT is routed to the wrong side";
    }
    if (s.mapped != s.forwarded) {
        return "the host doesn't know whose the PT is";
    }
    for (unsigned odd = 0; odd < 2; odd++) {
        if (s.slot[SRC_A][odd] == (s.mapped ? 1 : 2)) {
            return "a page of a dead interrupt can be reached";
        }
        if (world.native && !s.slot[SRC_B][odd]) {
            return "the neighbour lost its pages";
        }
    }
    for (unsigned i = 0; s.mapped && i < s.nr_delayed; i++) {
        if (s.delayed[i] == 2) {
            return "an event of the dead IPI is under way";
        }
    }
    return NULL;
}

/* One step of each kind that can be done, but nothing new begins. */
static bool settle(void)
{
    bool any = false;

    for (unsigned i = 0; i < nr_steps; i++) {
        if (!steps[i].begins && step_applies(&steps[i])) {
            steps[i].run();
            any = true;
        }
    }
    return any;
}

static const char *quiesced(bool rested)
{
    if (world.broken) {
        return world.broken;
    }
    if (world.s.owed) {
        return "an event is lost";
    }
    if (irq_of(SRC_B)->asserted) {
        return "the neighbour's level is not seen";
    }
    return rested ? NULL : "it doesn't come to rest";
}

const char *world_quiesce(void)
{
    unsigned rounds = 0;
    const char *what;
    Snap s;

    world_save(&s);
    world.quiescing = true;
    world.neighbour_seen = false;
    while (rounds < 40 && settle()) {
        rounds++;
    }
    what = quiesced(rounds < 40);
    world.quiescing = false;
    world_load(&s);
    return what;
}
