/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the sets of the VC and PC windows are: EDT, VDT and their registers. */
#ifndef P9X_IC_SETS_H
#define P9X_IC_SETS_H

#include "ic_base.h"

/*
 * What an offset of the VC or PC window means: an entry of the EDT or VDT, and
 * a page number within the block that it names.
 */
typedef struct P9xSet {
    uint64_t entry;
    uint8_t block;                  /* 0 to 15; of a VDT, to 31 */
    uint64_t page;
} P9xSet;

/* False: @offset is past the window's end.  Any thread, no lock. */
bool p9x_ic_find_vc_set(const P9xIcBase *base, uint64_t offset, P9xSet *set);
bool p9x_ic_find_pc_set(const P9xIcBase *base, uint64_t offset, P9xSet *set);

/* CQ_TDR: the entry that CQ_TAR selects; base->lock held. */
uint64_t p9x_ic_set_data_load(P9xIcBase *base);
void p9x_ic_set_data_store(P9xIcBase *base, uint64_t value);

#endif
