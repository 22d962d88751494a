/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The indirect pages of the IC window: the TIMA of the thread that
 * PC_TCTXT_INDIR names.  @offset is within the IC window, whose pages 4 to 7
 * these are; sizes and values are those of p9x_ic_load.
 */
#ifndef P9X_IC_TIMA_H
#define P9X_IC_TIMA_H

#include "xive/ic/ic.h"

uint64_t p9x_ic_indirect_load(P9xIc *ic, uint64_t offset, unsigned size);
void p9x_ic_indirect_store(P9xIc *ic, uint64_t offset, unsigned size,
                           uint64_t value);

#endif
