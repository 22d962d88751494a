/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Firmware and devices with no idea: random accesses of every kind to a
 * bridge, some of them where something is.
 *
 * It must not crash, and some things must hold whatever was done:
 *   - no translation goes beyond what a TCE or a TVE can say;
 *   - the list of a function's mappings is what its DMA finds, and whatever
 *     changes it is told;
 *   - a frozen or fenced PE gets no DMA and no MSI through;
 *   - each event of a source is one store to the notify port;
 *   - the state can be saved, restored and is the same again.
 *
 * P9X_FUZZ_SECONDS says how long; the seed of a failure is printed.
 */
#include "fixture-phb4.h"
#include "fuzz-loop.h"
#include "ops-phb4.h"

enum { OPS = 400 };

static uint64_t sum(const PRig *rig, P9xCounter kind)
{
    return p9x_counter_read(&rig->counters, kind);
}

static void one_run(uint64_t seed)
{
    P9xPhb4Config config;
    PRig *rig = ops_rig(seed, &config);
    Ops ops = { .rig = rig, .random = seed };

    for (unsigned i = 0; i < OPS; i++) {
        ops_step(&ops);
    }
    /* A PHB5 can leave PQ to the IC: then there are more. */
    g_assert_cmpuint(p9x_phb4_stat(rig->phb, P9X_PHB4_STAT_NOTIFY), >=,
                     sum(rig, P9X_COUNT_EVENTS) + sum(rig, P9X_COUNT_REPLAYS));
    g_assert_true(config.phb5 ||
                  p9x_phb4_stat(rig->phb, P9X_PHB4_STAT_NOTIFY) ==
                  sum(rig, P9X_COUNT_EVENTS) + sum(rig, P9X_COUNT_REPLAYS));
    g_assert_cmpuint(sum(rig, P9X_COUNT_TRIGGERS), ==,
                     sum(rig, P9X_COUNT_EVENTS) +
                     sum(rig, P9X_COUNT_COALESCED) +
                     sum(rig, P9X_COUNT_OFF));
    prig_free(rig);
}

int main(int argc, char **argv)
{
    static const FuzzDriver driver = {
        "fuzz-phb4", "a bridge survives random accesses", 10, OPS, one_run
    };

    return fuzz_loop(argc, argv, &driver);
}
