/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copies of sources and tables for a migration stream, and back. */
#include <string.h>

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

void p9x_spapr_save_sources(P9xSpapr *s, P9xSpaprImage *image)
{
    for (uint32_t i = 0; i < image->nr_irqs; i++) {
        image->esb[i] = atomic_load(p9x_source_esb(&s->source, i));
    }
}

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
    for (uint32_t i = 0; i < image->nr_irqs; i++) {
        atomic_store(p9x_source_esb(&s->source, i), image->esb[i]);
    }
    return true;
}

void p9x_spapr_save_tables(const P9xSpapr *s, P9xSpaprImage *image)
{
    const P9xArrayTables *t = &s->tables;

    memcpy(image->eas, t->eas, image->nr_irqs * sizeof(*t->eas));
    memcpy(image->end, t->end, image->nr_ends * sizeof(*t->end));
    for (uint32_t i = 0; i < image->nr_servers; i++) {
        image->report[i] = p9x_nvt_report(&t->nvt[i]);
    }
}

void p9x_spapr_restore_tables(P9xSpapr *s, const P9xSpaprImage *image)
{
    const P9xArrayTables *t = &s->tables;

    memcpy(t->eas, image->eas, image->nr_irqs * sizeof(*t->eas));
    memcpy(t->end, image->end, image->nr_ends * sizeof(*t->end));
    for (uint32_t i = 0; i < image->nr_servers; i++) {
        p9x_nvt_set_report(&t->nvt[i], image->report[i]);
    }
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
