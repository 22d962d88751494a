/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * State in words (print.h).
 */
#include "xive/print.h"

static void print_ring(GString *out, uint32_t cpu, const char *name,
                       const uint8_t *r)
{
    g_string_append_printf(out, "CPU[%04x]: %4s    "
                           "%02x   %02x  %02x    %02x   %02x  "
                           "%02x  %02x   %02x  %08x\n", cpu, name,
                           r[P9X_TM_NSR], r[P9X_TM_CPPR], r[P9X_TM_IPB],
                           r[P9X_TM_LSMFB], r[P9X_TM_ACK_CNT], r[P9X_TM_INC],
                           r[P9X_TM_AGE], r[P9X_TM_PIPR],
                           (uint32_t)p9x_load_be(&r[P9X_TM_WORD2], 4));
}

void p9x_print_thread(P9xTctx *tctx, uint32_t cpu, GString *out)
{
    static const char *const names[P9X_NR_RINGS] = {
        [P9X_RING_USER] = "USER",
        [P9X_RING_OS] = "OS",
        [P9X_RING_POOL] = "POOL",
        [P9X_RING_PHYS] = "PHYS"
    };
    uint8_t image[P9X_TM_IMAGE_SIZE];

    p9x_tctx_save(tctx, image);
    g_string_append_printf(out, "CPU[%04x]:   QW   NSR CPPR IPB LSMFB ACK# "
                           "INC AGE PIPR  W2\n", cpu);
    for (unsigned ring = 0; ring < P9X_NR_RINGS; ring++) {
        print_ring(out, cpu, names[ring], &image[ring * P9X_TM_RING_SIZE]);
    }
}

static void print_guest_errors(const P9xCounters *c, GString *out)
{
    if (p9x_guest_errors_total(c) == 0) {
        return;
    }
    g_string_append(out, "  Guest errors:\n");
    for (unsigned i = 0; i < P9X_GUEST_ERROR_MAX; i++) {
        P9xGuestError kind = (P9xGuestError)i;
        uint64_t count = p9x_guest_error_read(c, kind);

        if (count) {
            g_string_append_printf(out, "  %-18s %12" G_GINT64_MODIFIER
                                   "u  %s\n", p9x_guest_error_name(kind),
                                   count, p9x_guest_error_text(kind));
        }
    }
}

void p9x_print_counters(const P9xCounters *c, GString *out)
{
    g_string_append(out, "  Events since start:\n");
    for (unsigned i = 0; i < P9X_COUNTER_MAX; i++) {
        g_string_append_printf(out, "  %-18s %12" G_GINT64_MODIFIER "u\n",
                               p9x_counter_name((P9xCounter)i),
                               p9x_counter_read(c, (P9xCounter)i));
    }
    print_guest_errors(c, out);
}
