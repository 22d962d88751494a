/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VP groups: an END that will take any of 2^n VPs.
 *
 * The END's ignore flag makes the trailing ones of its NVT index, and the zero
 * before them, a wildcard.  The event goes to one matching thread whose CPPR
 * lets it through.  If none does, the group's own NVT keeps it, matching
 * threads learn its priority (LSMFB), and the first of them to raise its CPPR
 * above that gets it.
 *
 * Threads: any thread, with no lock of the core held.
 */
#ifndef P9X_GROUP_H
#define P9X_GROUP_H

#include "xive/presenter.h"

/* @event is for a group.  Never PRECLUDED. */
P9xVpOutcome p9x_group_event(const P9xUnit *unit, const P9xVpEvent *event);

/*
 * @tctx is ready for more than before: it gets what groups keep that its CPPR
 * lets through.
 */
void p9x_group_serve(P9xTctx *tctx);

#endif
