/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Events and LSIs on their way to the IC.  Any thread; an event is a call of
 * port notify.  @lsi is 0 to 7, @srcno a source of this bridge.
 */
#ifndef P9X_PHB4_IRQ_H
#define P9X_PHB4_IRQ_H

#include "phb4_internal.h"

/* P9xSourceConfig.notify; @opaque is the P9xPhb4. */
void p9x_phb4_source_notify(void *opaque, uint32_t srcno,
                            P9xTransit *transit);
/* An MSI that p9x_phb4_msi_check found good. */
void p9x_phb4_msi_event(P9xPhb4 *phb, uint32_t srcno);
/* CTRLR or LSI_SOURCE_ID changed: pages and the LSIs' place. */
void p9x_phb4_place_sources(P9xPhb4 *phb);
/* Each LSI has its level where it is now. */
void p9x_phb4_apply_levels(P9xPhb4 *phb);
/* The registers were reset.  INTx stay as the devices have them. */
void p9x_phb4_reset_sources(P9xPhb4 *phb);
/* Has an effect if the level is another than before. */
void p9x_phb4_set_lsi(P9xPhb4 *phb, unsigned lsi, bool level);

#endif
