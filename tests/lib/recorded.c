/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Looking at what the flight recorder has. */
#include "recorded.h"

#include "../../hw/xive/recorder_internal.h"

Recorded recorded[RECORDED_MAX];
unsigned recorded_nr;

static uint64_t looked_at;

void recorded_start(void)
{
    char *error;

    g_assert_true(p9x_recorder_start(RECORDED_MAX, &error));
    looked_at = p9x_recorder_arena()->ring[0].head;
}

void recorded_look(void)
{
    static uint64_t copied[RECORDED_MAX][P9X_RECORD_WORDS];
    uint64_t first;
    uint32_t n = p9x_recorder_copy(&p9x_recorder_arena()->ring[0],
                                   RECORDED_MAX, copied, &first);

    recorded_nr = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (first + i >= looked_at) {
            recorded[recorded_nr++] = (Recorded) {
                .time = copied[i][0], .passage = copied[i][1],
                .step = (P9xStep)(copied[i][2] >> 48),
                .a = (uint32_t)copied[i][2],
                .b = (uint32_t)(copied[i][3] >> 32),
                .c = (uint32_t)copied[i][3]
            };
        }
    }
    looked_at = first + n;
}

const Recorded *recorded_only(P9xStep step)
{
    const Recorded *found = NULL;

    for (unsigned i = 0; i < recorded_nr; i++) {
        if (recorded[i].step == step) {
            g_assert_null(found);
            found = &recorded[i];
        }
    }
    g_assert_nonnull(found);
    return found;
}

unsigned recorded_count(P9xStep step)
{
    unsigned n = 0;

    for (unsigned i = 0; i < recorded_nr; i++) {
        n += recorded[i].step == step;
    }
    return n;
}
