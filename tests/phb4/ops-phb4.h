/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Random calls of every entry of a bridge, some of them where something is.
 *
 * A seed and a rig in a known state make the same calls again, so two bridges
 * can be driven in step.
 */
#ifndef P9X_TEST_OPS_PHB4_H
#define P9X_TEST_OPS_PHB4_H

#include "fixture-phb4.h"

typedef struct Ops {
    PRig *rig;
    uint64_t random;            /* start: the seed */
    bool memory_changed;        /* tables in guest memory, since it was false */
    GString *log;               /* what calls returned; NULL: not wanted */
} Ops;

/* One call, or a few that belong together. */
void ops_step(Ops *ops);

/* A bridge of a geometry that @seed chooses, set up as firmware does it. */
PRig *ops_rig(uint64_t seed, P9xPhb4Config *config);

#endif
