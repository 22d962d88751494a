/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The event state buffer: two bits that coalesce the events of one source.
 *
 *   PQ   meaning                        trigger            EOI
 *   00   idle                           -> 10, notify      -> 00
 *   10   pending: notified, no EOI yet  -> 11              -> 00
 *   11   queued: one more has come      -> 11              -> 10, notify
 *   01   off                            -> 01              -> 01
 *
 * Every source in the machine is one of these, whatever owns it: an IPI of the
 * IC, an MSI of a PHB, ESn and ESe of an END.
 *
 * A level-sensitive source has the level beside PQ.  It notifies when the
 * level rises on 00, and again when an EOI leaves 00 with the level still up.
 * A falling level never changes PQ.
 *
 * Each function is one atomic transition; any thread may call any of them at
 * any time, no lock is needed.  The encoding of the byte is also that of
 * upstream QEMU's migration stream (section "xive-source").
 */
#ifndef P9X_ESB_H
#define P9X_ESB_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum P9xPq {
    P9X_PQ_00 = 0,
    P9X_PQ_01 = 1,
    P9X_PQ_10 = 2,
    P9X_PQ_11 = 3
} P9xPq;

enum {
    P9X_ESB_Q = 0x1,
    P9X_ESB_P = 0x2,
    P9X_ESB_PQ = 0x3,
    P9X_ESB_ASSERTED = 0x4,
    P9X_ESB_ALL = 0x7
};

typedef atomic_uchar P9xEsb;

/* What became of a trigger. */
typedef enum P9xEsbOutcome {
    P9X_ESB_NOTIFY,         /* 00 -> 10: send the event on */
    P9X_ESB_COALESCED,      /* into Q, or Q was set already */
    P9X_ESB_IS_OFF,         /* 01 */
    P9X_ESB_LEVEL_ONLY      /* level noted, nothing to send */
} P9xEsbOutcome;

static inline P9xPq p9x_esb_get(const P9xEsb *esb)
{
    return (P9xPq)(atomic_load_explicit(esb, memory_order_acquire) &
                   P9X_ESB_PQ);
}

/* Stores @pq, returns what was there.  Never notifies (but see below). */
P9xPq p9x_esb_set(P9xEsb *esb, P9xPq pq);

P9xEsbOutcome p9x_esb_trigger(P9xEsb *esb);

/* True: notify again (PQ was 11, is 10). */
bool p9x_esb_eoi(P9xEsb *esb);

/* Level-sensitive source: the input is now @level. */
P9xEsbOutcome p9x_esb_set_level(P9xEsb *esb, bool level);

/* EOI of a level-sensitive source.  True: the level is up, notify again. */
bool p9x_esb_eoi_level(P9xEsb *esb);

/*
 * p9x_esb_set for a level-sensitive source.  Storing 00 while the level is up
 * leaves 10 and sets @notify: a source that was off while its level rose must
 * not stay silent when it is turned on.
 */
P9xPq p9x_esb_set_pq_level(P9xEsb *esb, P9xPq pq, bool *notify);

#endif
