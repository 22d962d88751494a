/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Scenarios: one per boot. Those that may take QEMU down stand alone, so that
 * a crash names its cause.
 */
#ifndef GUEST_TESTS_H
#define GUEST_TESTS_H

#include "of.h"

struct scenario {
    const char *name;
    enum interrupt_mode mode;
    void (*before_cas)(void);
    void (*run)(void);
};

extern const struct scenario scenarios[];
extern const u32 nr_scenarios;

void test_smoke(void);

#endif
