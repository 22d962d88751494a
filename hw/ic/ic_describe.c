/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The state of a chip's controller as JSON (docs/specs/recorder.rst). */
#include <string.h>

#include "ic_describe.h"
#include "ic_entries.h"
#include "xive/state.h"

static void add_source(P9xIc *ic, uint8_t block, uint32_t index,
                       const uint8_t *entry, GString *out)
{
    uint64_t eas = p9x_load_be(entry, 8);

    if (eas & P9X_EAS_VALID) {
        p9x_state_separate(out);
        p9x_state_source((uint32_t)block << 24 | index,
                         p9x_ic_stored_pq(ic, block, index), false, eas, out);
    }
}

static void add_end(P9xIc *ic, uint8_t block, uint32_t index,
                    const uint8_t *entry, GString *out)
{
    P9xEnd end;

    memcpy(&end, entry, sizeof(end));
    if (p9x_end_flag(&end, P9X_END_W0_VALID)) {
        p9x_state_separate(out);
        p9x_state_end(&end, (uint32_t)block << 24 | index, ic->base.ports,
                      out);
    }
}

static void add_table(P9xIc *ic, const char *name, P9xVstType type,
                      P9xIcEntryFunc *func, GString *out)
{
    g_string_append_printf(out, " \"%s\": [", name);
    for (unsigned block = 0; block < P9X_IC_NR_BLOCKS; block++) {
        if (p9x_vst_entries(&ic->base, type, (uint8_t)block)) {
            p9x_ic_each_entry(ic, type, (uint8_t)block, func, out);
        }
    }
    g_string_append(out, "],\n");
}

static void add_threads(P9xIc *ic, GString *out)
{
    g_string_append(out, " \"threads\": [");
    for (unsigned i = 0; i < P9X_IC_CHIP_THREADS; i++) {
        P9xTctx *tctx = atomic_load(&ic->thread[i]);

        if (tctx) {
            p9x_state_separate(out);
            p9x_state_thread(tctx, ic->base.chip_id << 8 | i, out);
        }
    }
    g_string_append(out, "],\n");
}

void p9x_ic_describe(void *opaque, GString *out)
{
    P9xIc *ic = opaque;

    p9x_ic_flush(ic);
    g_string_append_printf(out, "{\"is\": \"pnv-xive\", \"chip\": %u, "
                           "\"block\": %u, \"origin\": %u,\n",
                           ic->base.chip_id, p9x_ic_block(ic),
                           ic->base.origin);
    add_table(ic, "sources", P9X_VST_EAT, add_source, out);
    add_table(ic, "ends", P9X_VST_ENDT, add_end, out);
    add_threads(ic, out);
    g_string_append(out, " \"counters\": ");
    p9x_state_counters(ic->base.counters, out);
    g_string_append_c(out, '}');
}
