/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * On-chip tables, one doubleword at a time: the one that register IODA_ADDR
 * names.  For the thread that the host program lets in.
 */
#ifndef P9X_PHB4_IODA_H
#define P9X_PHB4_IODA_H

#include "phb4_internal.h"

uint64_t p9x_phb4_ioda_load(P9xPhb4 *phb, P9xPhb4Changes *changes);
void p9x_phb4_ioda_store(P9xPhb4 *phb, P9xPhb4Changes *changes,
                         uint64_t value);
void p9x_phb4_ioda_reset(P9xPhb4 *phb);

#endif
