/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Accesses of registers, each of which is a row of a table. */
#ifndef P9X_IC_REGS_H
#define P9X_IC_REGS_H

#include "ic_base.h"

typedef struct P9xIcRow P9xIcRow;

/* Call this before any other function here; a second call has no effect. */
void p9x_ic_init_regs(void);

/* The register that the IC window's first page shows at @offset, or NULL. */
const P9xIcRow *p9x_ic_row_at(uint64_t offset);
/* The register of XSCOM number @xscom, or NULL. */
const P9xIcRow *p9x_ic_row_of_xscom(uint32_t xscom);

/* Registers are 8 bytes wide.  Any thread, no lock held. */
uint64_t p9x_ic_row_load(P9xIc *ic, const P9xIcRow *row);
/*
 * A store may move windows, which the caller announces.  True: it asks for a
 * reset of the unit, which is the caller's as well.
 */
bool p9x_ic_row_store(P9xIc *ic, const P9xIcRow *row, uint64_t value);

/* All as after a reset. */
void p9x_ic_reset_regs(P9xIcBase *base);
/* What a register keeps of @value: bits it does not have are 0. */
uint64_t p9x_ic_reg_keeps(unsigned offset, uint64_t value);

#endif
