/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where windows are, and whose an address in one is; more of it in phb4.h.
 * p9x_phb4_find_region is for the thread that the host program lets in, the
 * others for any.
 */
#ifndef P9X_PHB4_WINDOW_H
#define P9X_PHB4_WINDOW_H

#include "phb4_internal.h"

/* DMA address @iova is in the 32-bit MSI window, which is on. */
bool p9x_phb4_is_msi32(const P9xPhb4 *phb, uint64_t iova);
/* Whether each access through an MBT window goes on to PCI memory. */
bool p9x_phb4_wants_direct(const P9xPhb4 *phb);
/* Bus address @addr: its PCI address, and its PE or -1.  False: no region. */
bool p9x_phb4_find_region(P9xPhb4 *phb, uint64_t addr, uint64_t *pci, int *pe);

#endif
