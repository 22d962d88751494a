/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stopping a pseries guest, and its controller as copies for a migration
 * stream.  The copies are the same whichever backend works.
 *
 * To save: stop; before the guest's memory is saved the last time, settle; then
 * sources, tables, each server's rings; later go on.  To load: the restore
 * functions fill this object's own tables from the copies, in any order, and
 * p9x_tctx_restore each server's rings; restore_device puts all of it to use;
 * then go on.
 *
 * A stream is not believed: the restore functions refuse what they can't store,
 * and restore_device looks whether it makes sense together.
 *
 * Threads: from stop on, and while a stream is loaded, no vCPU runs.  Devices
 * may raise interrupts: those of a stopped guest on a KVM device are kept until
 * it goes on, or until settle.
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

/*
 * No vCPU runs any more.  Afterwards a KVM device writes to no queue, and has
 * marked the pages of all queues dirty.  On the direct path nothing changes.
 * Stopped already: without effect.
 *
 * go_on: vCPUs are about to run.  Not stopped: without effect.
 */
void p9x_spapr_stop(P9xSpapr *s);
void p9x_spapr_go_on(P9xSpapr *s);
/*
 * Stopped still, but events that have come since are in their queues, where
 * a copy of the guest's memory has them.
 */
void p9x_spapr_settle(P9xSpapr *s);

/* esb. */
void p9x_spapr_save_sources(P9xSpapr *s, P9xSpaprImage *image);
/* eas, end, report.  False with a message in @error: the device refuses. */
bool p9x_spapr_save_tables(P9xSpapr *s, P9xSpaprImage *image, char **error);
/*
 * @ring: P9X_TM_IMAGE_SIZE bytes of server @server, which is present.  False as
 * above.
 */
bool p9x_spapr_save_server(P9xSpapr *s, uint32_t server, uint8_t *ring,
                           char **error);

/* False with a message in @error (g_free) and @s as before. */
bool p9x_spapr_restore_sources(P9xSpapr *s, const P9xSpaprImage *image,
                               char **error);
void p9x_spapr_restore_tables(P9xSpapr *s, const P9xSpaprImage *image);

/*
 * Everything is restored, and the backend that is to be in charge is.  False
 * with a message in @error if it makes no sense (p9x_spapr_restored) or the
 * device refuses a call; the machine must then be reset or thrown away.
 *
 * A KVM device gets a queue's kind and size as it can have them: one that is
 * not of 64 KiB is refused, all notify always.  What leads to no queue, or to
 * a vCPU that there is not, is masked.
 */
bool p9x_spapr_restore_device(P9xSpapr *s, char **error);
/*
 * The rings of @server are restored.  Before restore_device without effect:
 * that will see to it.  False as there.
 */
bool p9x_spapr_restore_server(P9xSpapr *s, uint32_t server, char **error);

/* Has a server an OS reporting line? */
bool p9x_spapr_has_report(const P9xSpapr *s);

#endif
