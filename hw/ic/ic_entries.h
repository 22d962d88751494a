/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tables of an IC from one end to the other, for those who show them.
 * What caches hold back has to be written first (p9x_ic_flush).
 */
#ifndef P9X_IC_ENTRIES_H
#define P9X_IC_ENTRIES_H

#include "ic_state.h"

/* @entry: of the type's size (p9x_vst_entry_size), as memory has it. */
typedef void P9xIcEntryFunc(P9xIc *ic, uint8_t block, uint32_t index,
                            const uint8_t *entry, GString *out);

/*
 * Calls @func with each entry, until the table ends or @out is longer than
 * anyone wants.
 */
void p9x_ic_each_entry(P9xIc *ic, P9xVstType type, uint8_t block,
                       P9xIcEntryFunc *func, GString *out);

/* PQ of a source, as memory has it; 01 if its table is not there. */
unsigned p9x_ic_stored_pq(P9xIc *ic, uint8_t block, uint32_t index);

#endif
