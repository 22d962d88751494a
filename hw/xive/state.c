/* SPDX-License-Identifier: GPL-2.0-or-later */
/* State as JSON (state.h). */
#include <string.h>

#include "xive/queue.h"
#include "xive/state.h"

void p9x_state_separate(GString *out)
{
    gsize end = out->len;

    while (end && g_ascii_isspace(out->str[end - 1])) {
        end--;
    }
    if (end && !strchr("[{", out->str[end - 1])) {
        g_string_append(out, ",\n  ");
    }
}

static uint32_t eas_end(uint64_t eas)
{
    return (uint32_t)(p9x_get64(eas, P9X_EAS_END_BLOCK) << 24 |
                      p9x_get64(eas, P9X_EAS_END_INDEX));
}

void p9x_state_source(uint32_t srcno, unsigned esb, bool lsi, uint64_t eas,
                      GString *out)
{
    g_string_append_printf(
        out, "{\"source\": %u, \"lsi\": %s, \"pq\": \"%u%u\", \"level\": %u, "
        "\"valid\": %s, \"masked\": %s, \"end\": %u, \"data\": %u}", srcno,
        p9x_state_bool(lsi), !!(esb & P9X_ESB_P), !!(esb & P9X_ESB_Q),
        !!(esb & P9X_ESB_ASSERTED), p9x_state_bool(eas & P9X_EAS_VALID),
        p9x_state_bool(eas & P9X_EAS_MASKED), eas_end(eas),
        (uint32_t)p9x_get64(eas, P9X_EAS_END_DATA));
}

/*
 * "next" is the word where the next event will go, as memory has it now.  A
 * guest takes a word of the present generation for an event.
 */
void p9x_state_end(const P9xEnd *copy, uint32_t end, const P9xPorts *ports,
                   GString *out)
{
    uint32_t next = 0;

    p9x_queue_peek(copy, 0, ports, &next);
    g_string_append_printf(
        out, "{\"end\": %u, \"vp\": %u, \"priority\": %u, \"queue\": %s, "
        "\"address\": %" G_GUINT64_FORMAT ", \"entries\": %u, \"index\": %u, "
        "\"generation\": %u, \"next\": %u, \"esn\": %u, \"ese\": %u, "
        "\"notify-always\": %s, \"backlog\": %s, \"escalates\": %s}", end,
        p9x_cam((uint8_t)p9x_end_get(copy, 6, P9X_END_W6_NVT_BLOCK),
                p9x_end_get(copy, 6, P9X_END_W6_NVT_INDEX)),
        p9x_end_get(copy, 7, P9X_END_W7_F0_PRIORITY),
        p9x_state_bool(p9x_end_flag(copy, P9X_END_W0_ENQUEUE)),
        p9x_queue_addr(copy), p9x_queue_entries(copy),
        p9x_end_get(copy, 1, P9X_END_W1_OFFSET),
        p9x_end_get(copy, 1, P9X_END_W1_GENERATION), next,
        p9x_end_get(copy, 1, P9X_END_W1_ESN),
        p9x_end_get(copy, 1, P9X_END_W1_ESE),
        p9x_state_bool(p9x_end_flag(copy, P9X_END_W0_UCOND_NOTIFY)),
        p9x_state_bool(p9x_end_flag(copy, P9X_END_W0_BACKLOG)),
        p9x_state_bool(p9x_end_flag(copy, P9X_END_W0_ESCALATE)));
}

static void state_ring(GString *out, const char *name, const uint8_t *r)
{
    g_string_append_printf(
        out, ", \"%s\": {\"nsr\": %u, \"cppr\": %u, \"ipb\": %u, "
        "\"pipr\": %u, \"word2\": %u}", name, r[P9X_TM_NSR], r[P9X_TM_CPPR],
        r[P9X_TM_IPB], r[P9X_TM_PIPR],
        (uint32_t)p9x_load_be(&r[P9X_TM_WORD2], 4));
}

void p9x_state_thread(P9xTctx *tctx, uint32_t server, GString *out)
{
    uint8_t image[P9X_TM_IMAGE_SIZE];

    p9x_tctx_save(tctx, image);
    g_string_append_printf(out, "{\"thread\": %u, \"server\": %u, "
                           "\"lines\": %u", p9x_tctx_phys_cam(tctx), server,
                           p9x_tctx_lines(tctx));
    state_ring(out, "os", &image[P9X_RING_OS * P9X_TM_RING_SIZE]);
    state_ring(out, "pool", &image[P9X_RING_POOL * P9X_TM_RING_SIZE]);
    state_ring(out, "phys", &image[P9X_RING_PHYS * P9X_TM_RING_SIZE]);
    g_string_append_c(out, '}');
}

void p9x_state_counters(const P9xCounters *counters, GString *out)
{
    g_string_append_c(out, '{');
    for (unsigned i = 0; i < P9X_COUNTER_MAX; i++) {
        p9x_state_separate(out);
        g_string_append_printf(out, "\"%s\": %" G_GUINT64_FORMAT,
                               p9x_counter_name((P9xCounter)i),
                               p9x_counter_read(counters, (P9xCounter)i));
    }
    for (unsigned i = 0; i < P9X_GUEST_ERROR_MAX; i++) {
        uint64_t n = p9x_guest_error_read(counters, (P9xGuestError)i);

        if (n) {
            p9x_state_separate(out);
            g_string_append_printf(out, "\"guest-error-%s\": %"
                                   G_GUINT64_FORMAT,
                                   p9x_guest_error_name((P9xGuestError)i), n);
        }
    }
    g_string_append_c(out, '}');
}
