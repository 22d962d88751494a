/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the parts of one interrupt controller have in common.
 *
 * A router has such a unit, and so has each thread context: the thread's VPs
 * have their NVTs in the tables of its own controller, which also counts what
 * the thread does.  The presenter is one for all controllers of a machine.
 */
#ifndef P9X_UNIT_H
#define P9X_UNIT_H

#include "xive/counters.h"
#include "xive/ports.h"
#include "xive/tables.h"

typedef struct P9xPresenter P9xPresenter;

/* All of it outlives the unit. */
typedef struct P9xUnit {
    P9xTables tables;
    const P9xPorts *ports;
    P9xCounters *counters;
    P9xPresenter *presenter;
    uint16_t origin;                    /* in records; recorder.h */
} P9xUnit;

#endif
