/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The link below the root port.  For the thread that the host program lets in;
 * ports slot and config_load are called.
 */
#ifndef P9X_PHB4_LINK_H
#define P9X_PHB4_LINK_H

#include "phb4_internal.h"

/* Registers as they are now. */
uint64_t p9x_phb4_train_ctl(P9xPhb4 *phb);
uint64_t p9x_phb4_hotplug_status(P9xPhb4 *phb);
uint64_t p9x_phb4_link_management(P9xPhb4 *phb);
/* Works the link out anew.  @reset: devices below lose their state by what the
 * bridge did, whether or not the link was up. */
void p9x_phb4_update_link(P9xPhb4 *phb, P9xPhb4Changes *changes, bool reset);
/* Register CRESET, which was @old, has a new value. */
void p9x_phb4_creset_changed(P9xPhb4 *phb, P9xPhb4Changes *changes,
                             uint64_t old);

#endif
