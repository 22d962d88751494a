/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The registers VSD_TABLE_DATA of VC and, with @pc, of PC; base.lock held. */
#ifndef P9X_IC_VSD_H
#define P9X_IC_VSD_H

#include <stdbool.h>
#include <stdint.h>

#include "xive/ic/ic.h"

/* The VSD that VSD_TABLE_ADDR selects; none: 0, and a guest error. */
uint64_t p9x_vsd_data_load(P9xIc *ic, bool pc);
void p9x_vsd_data_store(P9xIc *ic, bool pc, uint64_t vsd);

#endif
