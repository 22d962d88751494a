/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Frozen PEs.  @kind, @set and @clear are P9X_PHB4_FROZEN_*.  Any thread; the
 * two functions for memory call ports.
 */
#ifndef P9X_PHB4_PE_H
#define P9X_PHB4_PE_H

#include "phb4_internal.h"

/* Firmware's word, by tables PESTA and PESTB.  Other PEs have no effect. */
void p9x_phb4_set_frozen(P9xPhb4 *phb, P9xPhb4Changes *changes, unsigned pe,
                         unsigned kind, bool frozen);
/* Returns what was frozen before.  @pe is one that there is. */
unsigned p9x_phb4_change_frozen(P9xPhb4 *phb, unsigned pe, unsigned set,
                                unsigned clear);
bool p9x_phb4_any_frozen(const P9xPhb4 *phb, unsigned kind);
/* 64 bits of the PE error vector, from PE @index * 64 on. */
uint64_t p9x_phb4_peev(const P9xPhb4 *phb, unsigned index);
/* The ETU was reset. */
void p9x_phb4_thaw_all(P9xPhb4 *phb);
/*
 * The PE's entry of the PEST, without the frozen bits, and its row of the
 * PELT-V, a bit a PE of which nr_pes / 8 bytes are set.  False if the BAR is
 * off, or no RAM is there.
 */
bool p9x_phb4_write_pest(P9xPhb4 *phb, unsigned pe, uint64_t pesta,
                         uint64_t pestb);
bool p9x_phb4_read_peltv(P9xPhb4 *phb, unsigned pe,
                         uint8_t row[P9X_PHB4_NR_PES / 8]);

#endif
