/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The PC window, as p9x_ic_load and p9x_ic_store describe an access. */
#ifndef P9X_IC_PC_H
#define P9X_IC_PC_H

#include "xive/ic/ic.h"

uint64_t p9x_ic_pc_load(P9xIc *ic, uint64_t offset, unsigned size);
/* There is nothing to be stored to: a guest error. */
void p9x_ic_pc_store(P9xIc *ic, uint64_t offset, unsigned size);

#endif
