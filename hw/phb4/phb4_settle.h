/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The end of each entry: what follows from its changes.  No lock may be held,
 * because these functions call ports.
 */
#ifndef P9X_PHB4_SETTLE_H
#define P9X_PHB4_SETTLE_H

#include "phb4_internal.h"

/* Acts on @changes and leaves them empty. */
void p9x_phb4_settle_now(P9xPhb4 *phb, P9xPhb4Changes *changes);

static inline void p9x_phb4_settle(P9xPhb4 *phb, P9xPhb4Changes *changes)
{
    if (changes->what) {
        p9x_phb4_settle_now(phb, changes);
    }
}

/*
 * The same after the whole state was replaced.  Nothing is sent to the IC, and
 * the host program knows the link.
 */
void p9x_phb4_settle_restored(P9xPhb4 *phb);

#endif
