/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * State of a powernv9 machine that QEMU's own devices leave out of the
 * migration stream.
 */
#ifndef PPC_PNV_STATE_H
#define PPC_PNV_STATE_H

#include "hw/ppc/pnv.h"

/*
 * Adds sections for all chips of @pnv, their cores and threads, and the PNOR.
 * To be called once, when all of them exist: a section of ours is loaded
 * behind those of the CPUs and of the interrupt controllers, which it relies
 * on.  A machine with chips other than POWER9 is left as it is.
 */
void pnv_state_register(PnvMachineState *pnv);

#endif
