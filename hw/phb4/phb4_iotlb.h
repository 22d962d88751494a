/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The cache of TCEs.  @iova is any address in a page of 1 << @shift bytes.  Any
 * thread; each function takes the cache's own lock.
 */
#ifndef P9X_PHB4_IOTLB_H
#define P9X_PHB4_IOTLB_H

#include "phb4_internal.h"

/* @generation is set in any case, for p9x_phb4_iotlb_add. */
bool p9x_phb4_iotlb_find(P9xPhb4 *phb, unsigned pe, uint64_t iova,
                         unsigned shift, uint64_t *tce, uint64_t *generation);
/* Keeps @tce, which allows something, unless a kill came since @generation. */
void p9x_phb4_iotlb_add(P9xPhb4 *phb, unsigned pe, uint64_t iova,
                        unsigned shift, uint64_t tce, uint64_t generation);
/* @pe P9X_PHB4_ALL_PES: everything. */
void p9x_phb4_iotlb_kill_pe(P9xPhb4 *phb, P9xPhb4Changes *changes,
                            unsigned pe);
/* @value: of register TCE_KILL */
void p9x_phb4_tce_kill(P9xPhb4 *phb, P9xPhb4Changes *changes, uint64_t value);

#endif
