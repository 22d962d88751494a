/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The stack's registers on the nest's and the PCI's side: FIRs, BARs, reset.
 *
 * @reg is below P9X_PHB4_XSCOM_NEST_REGS or ..._PCI_REGS.  A device's thread
 * can change FIRs, so these are under error_lock, which the functions take;
 * the rest belongs to the thread that the host program lets in.
 */
#ifndef P9X_PHB4_STACK_H
#define P9X_PHB4_STACK_H

#include "phb4_internal.h"

void p9x_phb4_stack_reset(P9xPhb4 *phb);
uint64_t p9x_phb4_nest_load(P9xPhb4 *phb, unsigned reg);
uint64_t p9x_phb4_pci_load(P9xPhb4 *phb, unsigned reg);
void p9x_phb4_nest_store(P9xPhb4 *phb, P9xPhb4Changes *changes, unsigned reg,
                         uint64_t value);
void p9x_phb4_pci_store(P9xPhb4 *phb, P9xPhb4Changes *changes, unsigned reg,
                        uint64_t value);
/* Something happened that is a bit of the PCI FIR.  Any thread. */
void p9x_phb4_pci_fir(P9xPhb4 *phb, uint64_t bits);
/* Brings FIRs and WOFs in line; true if the bridge has to be fenced.  Any
 * thread. */
bool p9x_phb4_update_firs(P9xPhb4 *phb);
/* Bits of the registers that hold state. */
uint64_t p9x_phb4_nest_state_mask(unsigned reg);
uint64_t p9x_phb4_pci_state_mask(unsigned reg);

#endif
