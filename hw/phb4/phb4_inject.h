/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PAPR error injection.  True: this access has to fail; an injection that is
 * not sticky is used up by it.  @addr and @iova are PCI addresses.  Any thread.
 */
#ifndef P9X_PHB4_INJECT_H
#define P9X_PHB4_INJECT_H

#include "phb4_internal.h"

bool p9x_phb4_inject_config(P9xPhb4 *phb, P9xPhb4Changes *changes,
                            uint16_t rid, bool store);
bool p9x_phb4_inject_mmio(P9xPhb4 *phb, P9xPhb4Changes *changes, uint64_t addr,
                          bool store);
bool p9x_phb4_inject_dma(P9xPhb4 *phb, P9xPhb4Changes *changes, uint64_t iova,
                         bool write);
/* Whether some access to PCI memory would fail. */
bool p9x_phb4_inject_mmio_armed(const P9xPhb4 *phb);

#endif
