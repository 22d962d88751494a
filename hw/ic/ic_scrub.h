/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All caches of an IC as one.  Any thread; no lock of an entry held. */
#ifndef P9X_IC_SCRUB_H
#define P9X_IC_SCRUB_H

#include "ic_state.h"

/*
 * Writes back what caches hold of @match in tables of @type, and with @inval
 * drops it.  EASs are only read: they are dropped.
 */
void p9x_ic_scrub(P9xIc *ic, P9xVstType type, const P9xIcMatch *match,
                  bool inval);
/* Empties all; nothing is written. */
void p9x_ic_drop_caches(P9xIc *ic);

#endif
