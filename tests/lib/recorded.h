/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the flight recorder has of the test's first thread, taken apart. */
#ifndef P9X_TEST_RECORDED_H
#define P9X_TEST_RECORDED_H

#include "xive/recorder.h"

enum { RECORDED_MAX = 256 };

typedef struct Recorded {
    uint64_t time, passage;
    P9xStep step;
    uint32_t a, b, c;
} Recorded;

/* What the last look saw. */
extern Recorded recorded[RECORDED_MAX];
extern unsigned recorded_nr;

/* Turns the recorder on; what was there before is not looked at. */
void recorded_start(void);
/* The records since the last look.  All steps are on the first thread. */
void recorded_look(void);
/* The only record of that kind among those that were looked at. */
const Recorded *recorded_only(P9xStep step);
unsigned recorded_count(P9xStep step);

#endif
