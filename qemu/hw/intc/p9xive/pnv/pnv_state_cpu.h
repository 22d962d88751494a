/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A core and its threads in the migration stream of a powernv9 machine. */
#ifndef P9XIVE_PNV_STATE_CPU_H
#define P9XIVE_PNV_STATE_CPU_H

#include "hw/ppc/pnv_core.h"

/* Adds a section for @core, which exists, and one for each of its threads. */
void pnv_state_register_core(PnvCore *core);

#endif
