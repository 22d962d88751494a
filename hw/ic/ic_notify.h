/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Events that come to an IC and that leave it, beside p9x_ic_notify.  Any
 * thread, no lock held.
 */
#ifndef P9X_IC_NOTIFY_H
#define P9X_IC_NOTIFY_H

#include "ic_state.h"

/* P9xIcSbe.notify: source @srcno of @block, a P9xIcBlock, has an event. */
void p9x_ic_source_event(void *block, uint32_t srcno, P9xTransit *transit);

/* P9xTableOps.send_elsewhere of P9xIc @ic. */
bool p9x_ic_send_elsewhere(void *ic, unsigned hops, uint8_t block,
                           uint32_t index, uint32_t data,
                           P9xTransit *transit);

/*
 * @queue is not held back any more: works off what waits, in the order in
 * which it came.  Events that come meanwhile go past.
 */
void p9x_ic_drain_queue(P9xIc *ic, unsigned queue);

#endif
