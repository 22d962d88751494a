/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Registers but for config space.  Loads and stores are of 8 bytes, at an
 * @offset that has a register.  For the thread that the host program lets in.
 */
#ifndef P9X_PHB4_REGS_H
#define P9X_PHB4_REGS_H

#include "phb4_internal.h"

bool p9x_phb4_has_reg(unsigned offset);
uint64_t p9x_phb4_regs_load(P9xPhb4 *phb, P9xPhb4Changes *changes,
                            unsigned offset);
void p9x_phb4_regs_store(P9xPhb4 *phb, P9xPhb4Changes *changes,
                         unsigned offset, uint64_t value);
/* All but the wires to the slot, in CRESET. */
void p9x_phb4_regs_reset(P9xPhb4 *phb);
/* Bits of register @offset that hold state; 0 if there is no such register. */
uint64_t p9x_phb4_reg_state_mask(unsigned offset);

#endif
