/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests.h"

const struct scenario scenarios[] = {
    { "smoke", MODE_XIVE, NULL, test_smoke },
};

const u32 nr_scenarios = ARRAY_SIZE(scenarios);
