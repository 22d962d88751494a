/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The direct path's backend, and what of it the KVM backend uses on the tables
 * that are its memory.  P9xSpapr.config_lock is held.
 */
#ifndef P9X_SPAPR_DIRECT_H
#define P9X_SPAPR_DIRECT_H

#include "spapr_backend.h"

extern const P9xSpaprBackend p9x_spapr_direct;

/* Sources, queues and what they left pending; levels stay. */
void p9x_spapr_reset_interrupts(P9xSpapr *s);
/* END @index is no queue any more. */
void p9x_spapr_clear_end(P9xSpapr *s, uint32_t index);

#endif
