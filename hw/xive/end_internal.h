/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files that route events share. */
#ifndef P9X_END_INTERNAL_H
#define P9X_END_INTERNAL_H

#include "xive/esb.h"
#include "xive/router.h"

/* An event on its way to an END. */
typedef struct EndEvent {
    uint8_t block;
    uint32_t index;
    uint32_t data;
    P9xTransit *transit;            /* may be NULL */
} EndEvent;

/* A valid END with its lock held; NULL (no lock, guest error) if not valid. */
P9xEnd *p9x_end_get_locked(P9xRouter *r, uint8_t block, uint32_t index);
/* Ends what p9x_end_get_locked began; the entry was changed. */
void p9x_end_put_changed(P9xRouter *r, uint8_t block, uint32_t index);

/* Tells the VP (or user context) that a copy of an END names. */
P9xVpOutcome p9x_end_notify_vp(P9xRouter *r, const P9xEnd *end);

/*
 * Sends the event that words 4 and 5 of @end describe, as an escalation.  @end
 * is a copy of END (@block, @index).
 */
void p9x_end_escalate(P9xRouter *r, uint8_t block, uint32_t index,
                      const P9xEnd *end);

#endif
