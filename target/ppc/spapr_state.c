/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The state of the pseries controller as JSON (docs/specs/recorder.rst). */
#include "spapr_direct.h"
#include "xive/state.h"

static void state_sources(P9xSpapr *s, GString *out)
{
    for (uint32_t i = 0; i < s->config.nr_irqs; i++) {
        uint64_t eas = p9x_eas_read(&s->tables.eas[i]);

        if (eas & P9X_EAS_VALID) {
            p9x_state_separate(out);
            p9x_state_source(i, atomic_load(p9x_source_esb(&s->source, i)),
                             p9x_source_is_lsi(&s->source, i), eas, out);
        }
    }
}

static void state_ends(P9xSpapr *s, GString *out)
{
    for (uint32_t i = 0; i < s->tables.nr_ends; i++) {
        P9xLock *lock = p9x_end_lock(&s->router, P9X_SPAPR_BLOCK, i);
        P9xEnd end;

        p9x_lock(lock);
        end = s->tables.end[i];
        p9x_unlock(lock);
        if (p9x_end_flag(&end, P9X_END_W0_VALID)) {
            p9x_state_separate(out);
            p9x_state_end(&end, i, s->config.ports, out);
        }
    }
}

static void state_threads(P9xSpapr *s, GString *out)
{
    for (uint32_t i = 0; i < s->config.nr_servers; i++) {
        P9xTctx *tctx = p9x_spapr_server(s, i);

        if (tctx) {
            p9x_state_separate(out);
            p9x_state_thread(tctx, i, out);
        }
    }
}

void p9x_spapr_state(P9xSpapr *s, GString *out)
{
    bool on_kvm = p9x_spapr_backend(s) != &p9x_spapr_direct;

    g_string_append_printf(out, "{\"is\": \"spapr-xive\", \"origin\": %u, "
                           "\"on-kvm\": %s, \"ends-a-server\": %d, "
                           "\"first-vp\": %d,\n \"sources\": [\n  ",
                           s->source.config.origin,
                           p9x_state_bool(on_kvm),
                           P9X_NR_PRIOS, P9X_SPAPR_NVT_BASE);
    state_sources(s, out);
    g_string_append(out, "],\n \"ends\": [\n  ");
    state_ends(s, out);
    g_string_append(out, "],\n \"threads\": [\n  ");
    state_threads(s, out);
    g_string_append(out, "],\n \"counters\": ");
    p9x_state_counters(&s->router.counters, out);
    g_string_append_c(out, '}');
}
