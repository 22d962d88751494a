/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The controller of a pseries guest as copies, for a migration stream.
 *
 * A host program saves the copies and reads a stream into them.  A stream is
 * not believed: the restore functions refuse what they can't store, and when
 * everything is restored, the threads' rings too, p9x_spapr_restored (spapr.h)
 * looks whether it makes sense together.
 *
 * Threads: no vCPU runs, and no device raises an interrupt, meanwhile.
 */
#ifndef P9X_SPAPR_IMAGE_H
#define P9X_SPAPR_IMAGE_H

#include "xive/ppc/spapr.h"

/* Arrays of as many entries as the controller has; init allocates them. */
typedef struct P9xSpaprImage {
    uint32_t nr_irqs, nr_ends, nr_servers;
    uint8_t *esb;               /* by LISN: P9X_ESB_ALL, PQ and level */
    P9xEas *eas;                /* by LISN, big-endian */
    P9xEnd *end;                /* by server x 8 + priority, big-endian */
    uint64_t *report;           /* by server: OS reporting line, 0: none */
} P9xSpaprImage;

/* All zero.  destroy: the arrays are gone. */
void p9x_spapr_image_init(P9xSpaprImage *image, const P9xSpapr *s);
void p9x_spapr_image_destroy(P9xSpaprImage *image);

/* esb. */
void p9x_spapr_save_sources(P9xSpapr *s, P9xSpaprImage *image);
/* False with a message in @error (g_free) and @s as before. */
bool p9x_spapr_restore_sources(P9xSpapr *s, const P9xSpaprImage *image,
                               char **error);

/* eas, end, report. */
void p9x_spapr_save_tables(const P9xSpapr *s, P9xSpaprImage *image);
void p9x_spapr_restore_tables(P9xSpapr *s, const P9xSpaprImage *image);

/* Has a server an OS reporting line? */
bool p9x_spapr_has_report(const P9xSpapr *s);

#endif
