/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Config space, by register CONFIG_DATA at byte @lane, 0 to 3, and the root
 * complex's by @offset into its own window.  Any @size; values are numbers as
 * the processor's bus carries them, all ones if nothing answers.  Ports are
 * called, through which a device may come back to the bridge.
 */
#ifndef P9X_PHB4_CONFIG_H
#define P9X_PHB4_CONFIG_H

#include "phb4_internal.h"

uint64_t p9x_phb4_config_load(P9xPhb4 *phb, P9xPhb4Changes *changes,
                              unsigned lane, unsigned size);
void p9x_phb4_config_store(P9xPhb4 *phb, P9xPhb4Changes *changes,
                           unsigned lane, unsigned size, uint64_t value);
uint64_t p9x_phb4_rc_load(P9xPhb4 *phb, P9xPhb4Changes *changes,
                          unsigned offset, unsigned size);
void p9x_phb4_rc_store(P9xPhb4 *phb, P9xPhb4Changes *changes, unsigned offset,
                       unsigned size, uint64_t value);

#endif
