/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PEC: the PCI Express controller that a group of PHB4s (stacks) shares.
 *
 * POWER9 has three a chip, with 1, 2 and 3 stacks.  Its own registers are few
 * and XSCOM only: one range on the nest side (PBCQ), one on the PCI side
 * (PBAIB).  They hold settings that firmware writes and reads back; what they
 * tune (arbitration, prefetch, CAPI) is below what the model shows.  Each
 * stack's registers belong to its bridge: p9x_phb4_xscom_* in phb4.h.
 *
 * Threads: the host program serialises all calls.
 *
 * Facts: register names and numbers of skiboot's phb4-regs.h; widths as QEMU's
 * model has them.
 */
#ifndef P9X_PEC_H
#define P9X_PEC_H

#include <stdbool.h>
#include <stdint.h>

#include "xive/ports.h"

typedef enum P9xPecRange {
    P9X_PEC_NEST,
    P9X_PEC_PCI
} P9xPecRange;

enum {
    P9X_PEC_NEST_REGS = 0xF,
    P9X_PEC_PCI_REGS = 0x3,
    P9X_PEC_STATE_WORDS = P9X_PEC_NEST_REGS + P9X_PEC_PCI_REGS
};

typedef struct P9xPec {
    const P9xPorts *ports;
    P9xCounters *counters;
    uint64_t nest[P9X_PEC_NEST_REGS];
    uint64_t pci[P9X_PEC_PCI_REGS];
} P9xPec;

/* @ports and @counters outlive it; they take guest errors. */
void p9x_pec_init(P9xPec *pec, const P9xPorts *ports, P9xCounters *counters);
void p9x_pec_reset(P9xPec *pec);

/* @reg is a register number (an XSCOM address) relative to the range; what
 * isn't there reads 0, takes no store and is a guest error. */
uint64_t p9x_pec_load(P9xPec *pec, P9xPecRange range, uint32_t reg);
void p9x_pec_store(P9xPec *pec, P9xPecRange range, uint32_t reg,
                   uint64_t value);

void p9x_pec_save(const P9xPec *pec, uint64_t words[P9X_PEC_STATE_WORDS]);
/* Bits that no register has are dropped. */
void p9x_pec_restore(P9xPec *pec, const uint64_t words[P9X_PEC_STATE_WORDS]);

/* Index within the chip of the first stack of PEC @pec (0-2 on POWER9), and
 * how many it has: 0/1, 1/2, 3/3. */
unsigned p9x_pec_first_phb(unsigned pec);
unsigned p9x_pec_nr_phbs(unsigned pec);
/* Lanes of bridge @index (0-5), PEC2 trifurcated: 16, 8, 8, 8, 4, 4. */
unsigned p9x_pec_phb_width(unsigned index);

#endif
