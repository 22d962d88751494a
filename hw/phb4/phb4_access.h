/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Registers at any @offset with any @size, also while the bridge is fenced.
 * What is no access to a register is an error of group PHB and a guest error.
 */
#ifndef P9X_PHB4_ACCESS_H
#define P9X_PHB4_ACCESS_H

#include "phb4_internal.h"

uint64_t p9x_phb4_access_load(P9xPhb4 *phb, P9xPhb4Changes *changes,
                              unsigned offset, unsigned size);
void p9x_phb4_access_store(P9xPhb4 *phb, P9xPhb4Changes *changes,
                           unsigned offset, unsigned size, uint64_t value);

#endif
