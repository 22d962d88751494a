/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The PNOR in the migration stream of a powernv9 machine. */
#ifndef P9XIVE_PNV_STATE_PNOR_H
#define P9XIVE_PNV_STATE_PNOR_H

#include "hw/ppc/pnv_pnor.h"

/* Adds a section for @pnor, which exists. */
void pnv_state_register_pnor(PnvPnor *pnor);

#endif
