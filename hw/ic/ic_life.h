/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A reset that firmware can ask for. */
#ifndef P9X_IC_LIFE_H
#define P9X_IC_LIFE_H

#include "xive/ic/ic.h"

/* All but where windows are is as at power-on.  No lock held. */
void p9x_ic_reset_unit(P9xIc *ic);

#endif
