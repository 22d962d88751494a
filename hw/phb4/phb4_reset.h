/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Resets that entries lead to; those of the host program are in phb4.h.
 *
 * The ETU goes into reset (@assert), or comes out of it.  What its link leads
 * to has been settled when the registers are reset, the rest is in @changes.
 */
#ifndef P9X_PHB4_RESET_H
#define P9X_PHB4_RESET_H

#include "phb4_internal.h"

void p9x_phb4_etu_reset(P9xPhb4 *phb, P9xPhb4Changes *changes, bool assert);

#endif
