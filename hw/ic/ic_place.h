/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the windows are, as the BARs and their masks say. */
#ifndef P9X_IC_PLACE_H
#define P9X_IC_PLACE_H

#include "ic_base.h"

/* log2 of the size of a page of the IC, VC or PC window: 12 or 16. */
static inline unsigned p9x_ic_page_shift(const P9xIcBase *base)
{
    return p9x_ic_reg(base, P9X_CQ_IC_BAR) & P9X_BAR_64K ? 16 : 12;
}

static inline unsigned p9x_ic_vc_shift(const P9xIcBase *base)
{
    return p9x_ic_reg(base, P9X_CQ_PBI_CTL) & P9X_PBI_VC_64K ? 16 : 12;
}

static inline unsigned p9x_ic_pc_shift(const P9xIcBase *base)
{
    return p9x_ic_reg(base, P9X_CQ_PBI_CTL) & P9X_PBI_PC_64K ? 16 : 12;
}

/* Any thread, no lock.  A window that is off has no base and no size. */
P9xIcWindowPlace p9x_ic_place(const P9xIcBase *base, P9xIcWindow w);
/* All of them, P9X_IC_NR_WINDOWS. */
void p9x_ic_places(const P9xIcBase *base, P9xIcWindowPlace *places);

/* Tells the host program which windows differ from @before.  No lock held. */
void p9x_ic_announce(const P9xIcBase *base, const P9xIcWindowPlace *before);

/* BARs and their masks, by offset. */
enum { P9X_NR_BARS = 7 };
extern const uint16_t p9x_ic_bars[P9X_NR_BARS];
/* Turns all windows off; nothing is announced. */
void p9x_ic_reset_bars(P9xIcBase *base);

#endif
