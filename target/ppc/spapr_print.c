/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The state in words, for `info pic`.
 *
 * Threads and LISNs come in upstream's columns, which people's eyes and
 * scripts know.  Then what upstream can't tell: how many events went where,
 * and what the guest did wrong.
 */
#include "xive/print.h"
#include "xive/queue.h"
#include "xive/ppc/spapr.h"

/* Queue entries shown of each, up to the one that is written next. */
enum { QUEUE_WINDOW = 6 };

void p9x_spapr_print_server(P9xSpapr *s, uint32_t server, GString *out)
{
    if (server >= s->config.nr_servers || !s->server[server]) {
        return;
    }
    p9x_print_thread(s->server[server], server, out);
}

static void print_queue(P9xSpapr *s, const P9xEnd *end, GString *out)
{
    uint32_t entry;

    g_string_append(out, " [ ");
    for (uint32_t ahead = QUEUE_WINDOW; ahead-- > 0;) {
        const char *mark = ahead == 0 ? "^" : "";

        if (p9x_queue_peek(end, ahead, s->config.ports, &entry)) {
            g_string_append_printf(out, "%s%08x ", mark, entry);
        } else {
            g_string_append_printf(out, "%s???????? ", mark);
        }
    }
    g_string_append_c(out, ']');
}

static void print_end(P9xSpapr *s, uint32_t index, GString *out)
{
    P9xLock *lock = p9x_end_lock(&s->router, P9X_SPAPR_BLOCK, index);
    P9xEnd end;

    p9x_lock(lock);
    end = s->tables.end[index];
    p9x_unlock(lock);
    if (!p9x_end_flag(&end, P9X_END_W0_VALID)) {
        return;
    }
    g_string_append_printf(out, "%3u/%u % 6d/%5u @%" G_GINT64_MODIFIER "x ^%u",
                           p9x_end_get(&end, 6, P9X_END_W6_NVT_INDEX) -
                           P9X_SPAPR_NVT_BASE,
                           p9x_end_get(&end, 7, P9X_END_W7_F0_PRIORITY),
                           (int)p9x_end_get(&end, 1, P9X_END_W1_OFFSET),
                           p9x_queue_entries(&end), p9x_queue_addr(&end),
                           p9x_end_get(&end, 1, P9X_END_W1_GENERATION));
    print_queue(s, &end, out);
}

static void print_lisn(P9xSpapr *s, uint32_t lisn, GString *out)
{
    uint64_t eas = p9x_eas_read(&s->tables.eas[lisn]);
    uint32_t index = (uint32_t)p9x_get64(eas, P9X_EAS_END_INDEX);
    unsigned esb = atomic_load(p9x_source_esb(&s->source, lisn));

    if (!(eas & P9X_EAS_VALID)) {
        return;
    }
    g_string_append_printf(out, "  %08x %s %c%c%c %s %08x ", lisn,
                           p9x_source_is_lsi(&s->source, lisn) ? "LSI" : "MSI",
                           esb & P9X_ESB_P ? 'P' : '-',
                           esb & P9X_ESB_Q ? 'Q' : '-',
                           esb & P9X_ESB_ASSERTED ? 'A' : ' ',
                           eas & P9X_EAS_MASKED ? "M" : " ",
                           (uint32_t)p9x_get64(eas, P9X_EAS_END_DATA));
    if (!(eas & P9X_EAS_MASKED) && index < s->tables.nr_ends) {
        print_end(s, index, out);
    }
    g_string_append_c(out, '\n');
}

void p9x_spapr_print(P9xSpapr *s, GString *out)
{
    for (uint32_t i = 0; i < s->config.nr_servers; i++) {
        p9x_spapr_print_server(s, i, out);
    }
    g_string_append(out, "  LISN         PQ    EISN     CPU/PRIO EQ\n");
    for (uint32_t i = 0; i < s->config.nr_irqs; i++) {
        print_lisn(s, i, out);
    }
    p9x_print_counters(&s->router.counters, out);
}
