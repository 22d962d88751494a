/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The LSI pages: the interrupt of firmware that has no tables yet.  @offset is
 * within the page, 0 to 0xFFF.  Any thread, no lock held.
 */
#ifndef P9X_IC_LSI_H
#define P9X_IC_LSI_H

#include <stdbool.h>
#include <stdint.h>

#include "xive/ic/ic.h"

/* The EOI page: PQ, or whether an EOI brought another event. */
uint64_t p9x_lsi_load(P9xIc *ic, uint32_t offset);
/* The trigger page, or the EOI page.  False: there is no such operation. */
bool p9x_lsi_store(P9xIc *ic, bool eoi_page, uint32_t offset);
/* An interrupt waits, and a thread may want it by now. */
void p9x_lsi_present(P9xIc *ic);

/* As at power-on: off, and nothing waits. */
void p9x_lsi_reset(P9xIc *ic);
/* P9xIcState.lsi.  restore takes any number. */
uint64_t p9x_lsi_save(const P9xIc *ic);
void p9x_lsi_restore(P9xIc *ic, uint64_t state);

#endif
