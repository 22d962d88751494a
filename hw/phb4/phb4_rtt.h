/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The PE of a function, as the RTT in memory says, and the cache of it.  Any
 * thread.
 */
#ifndef P9X_PHB4_RTT_H
#define P9X_PHB4_RTT_H

#include "phb4_internal.h"

/* @value: of register RTC_INVALIDATE */
void p9x_phb4_rtc_invalidate(P9xPhb4 *phb, P9xPhb4Changes *changes,
                             uint64_t value);
/* @pe: below nr_pes.  False, with bit @error of group ARB, if memory gives no
 * PE that there is. */
bool p9x_phb4_find_pe(P9xPhb4 *phb, uint16_t rid, unsigned *pe,
                      unsigned *error);

#endif
