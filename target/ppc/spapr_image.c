/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copies of sources and tables for a migration stream, and back. */
#include <string.h>

#include "spapr_backend.h"
#include "xive/ppc/spapr_image.h"

void p9x_spapr_image_init(P9xSpaprImage *image, const P9xSpapr *s)
{
    *image = (P9xSpaprImage) {
        .nr_irqs = s->config.nr_irqs,
        .nr_ends = s->tables.nr_ends,
        .nr_servers = s->config.nr_servers,
        .esb = g_new0(uint8_t, s->config.nr_irqs),
        .eas = g_new0(P9xEas, s->config.nr_irqs),
        .end = g_new0(P9xEnd, s->tables.nr_ends),
        .report = g_new0(uint64_t, s->config.nr_servers)
    };
}

void p9x_spapr_image_destroy(P9xSpaprImage *image)
{
    g_free(image->esb);
    g_free(image->eas);
    g_free(image->end);
    g_free(image->report);
    memset(image, 0, sizeof(*image));
}

/* Stopping. */

void p9x_spapr_stop(P9xSpapr *s)
{
    p9x_spapr_change(s);
    p9x_spapr_backend(s)->stop(s);
    p9x_spapr_changed(s);
}

void p9x_spapr_go_on(P9xSpapr *s)
{
    p9x_spapr_change(s);
    s->loaded = false;
    p9x_spapr_backend(s)->go_on(s);
    p9x_spapr_changed(s);
}

void p9x_spapr_settle(P9xSpapr *s)
{
    p9x_spapr_change(s);
    p9x_spapr_backend(s)->go_on(s);
    p9x_spapr_backend(s)->stop(s);
    p9x_spapr_changed(s);
}

/* Saving. */

void p9x_spapr_save_sources(P9xSpapr *s, P9xSpaprImage *image)
{
    p9x_spapr_change(s);
    for (uint32_t i = 0; i < image->nr_irqs; i++) {
        unsigned esb = atomic_load(p9x_source_esb(&s->source, i));

        image->esb[i] = (uint8_t)((esb & ~(unsigned)P9X_ESB_PQ) |
                                  p9x_spapr_backend(s)->save_pq(s, i));
    }
    p9x_spapr_changed(s);
}

static char *save_ends(P9xSpapr *s, P9xSpaprImage *image)
{
    for (uint32_t i = 0; i < image->nr_ends; i++) {
        int rc = p9x_spapr_backend(s)->save_end(s, i, &image->end[i]);

        if (rc) {
            return g_strdup_printf("KVM's device does not tell of END 0x%x: "
                                   "%s",
                                   i, g_strerror(-rc));
        }
    }
    return NULL;
}

bool p9x_spapr_save_tables(P9xSpapr *s, P9xSpaprImage *image, char **error)
{
    const P9xArrayTables *t = &s->tables;

    p9x_spapr_change(s);
    memcpy(image->eas, t->eas, image->nr_irqs * sizeof(*t->eas));
    memcpy(image->end, t->end, image->nr_ends * sizeof(*t->end));
    for (uint32_t i = 0; i < image->nr_servers; i++) {
        image->report[i] = p9x_nvt_report(&t->nvt[i]);
    }
    *error = save_ends(s, image);
    p9x_spapr_changed(s);
    return !*error;
}

bool p9x_spapr_save_server(P9xSpapr *s, uint32_t server, uint8_t *ring,
                           char **error)
{
    int rc;

    p9x_spapr_change(s);
    p9x_tctx_save(s->server[server], ring);
    rc = p9x_spapr_backend(s)->save_ring(s, server, ring);
    p9x_spapr_changed(s);
    *error = rc ? g_strdup_printf("KVM's device does not tell of server %u: "
                                  "%s",
                                  server, g_strerror(-rc)) :
                  NULL;
    return !rc;
}

/* Restoring. */

bool p9x_spapr_restore_sources(P9xSpapr *s, const P9xSpaprImage *image,
                               char **error)
{
    for (uint32_t i = 0; i < image->nr_irqs; i++) {
        if (image->esb[i] & ~(unsigned)P9X_ESB_ALL) {
            *error = g_strdup_printf("state 0x%x of LISN 0x%x", image->esb[i],
                                     i);
            return false;
        }
    }
    p9x_spapr_change(s);
    s->loaded = true;
    for (uint32_t i = 0; i < image->nr_irqs; i++) {
        atomic_store(p9x_source_esb(&s->source, i), image->esb[i]);
    }
    p9x_spapr_changed(s);
    return true;
}

void p9x_spapr_restore_tables(P9xSpapr *s, const P9xSpaprImage *image)
{
    const P9xArrayTables *t = &s->tables;

    p9x_spapr_change(s);
    s->loaded = true;
    memcpy(t->eas, image->eas, image->nr_irqs * sizeof(*t->eas));
    memcpy(t->end, image->end, image->nr_ends * sizeof(*t->end));
    for (uint32_t i = 0; i < image->nr_servers; i++) {
        p9x_nvt_set_report(&t->nvt[i], image->report[i]);
    }
    p9x_spapr_changed(s);
}

bool p9x_spapr_restore_device(P9xSpapr *s, char **error)
{
    if (!p9x_spapr_restored(s, error)) {
        return false;
    }
    p9x_spapr_change(s);
    *error = p9x_spapr_backend(s)->restore(s);
    s->loaded = false;
    p9x_spapr_changed(s);
    return !*error;
}

bool p9x_spapr_restore_server(P9xSpapr *s, uint32_t server, char **error)
{
    p9x_spapr_change(s);
    *error = s->loaded ? NULL : p9x_spapr_backend(s)->restore_server(s, server);
    p9x_spapr_changed(s);
    return !*error;
}

bool p9x_spapr_has_report(const P9xSpapr *s)
{
    for (uint32_t i = 0; i < s->config.nr_servers; i++) {
        if (p9x_nvt_report(&s->tables.nvt[i])) {
            return true;
        }
    }
    return false;
}
