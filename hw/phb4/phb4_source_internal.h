/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the bridge around its sources asks of them. */
#ifndef P9X_PHB4_SOURCE_INTERNAL_H
#define P9X_PHB4_SOURCE_INTERNAL_H

#include "xive/phb4/phb4_source.h"

/* Whether a message that names source @srcno, any number, may come from PE
 * @pe. */
typedef enum P9xPhb4MsiCheck {
    P9X_PHB4_MSI_GOOD,
    P9X_PHB4_MSI_NO_SOURCE,     /* no such source, or an LSI */
    P9X_PHB4_MSI_OTHER_PE
} P9xPhb4MsiCheck;

P9xPhb4MsiCheck p9x_phb4_msi_check(const P9xPhb4Source *phb, uint32_t srcno,
                                   unsigned pe);

/*
 * What the bridge's own registers change.  Page size 1 << @page_shift, 12 or
 * 16; the LSIs begin at source @first, a multiple of 8 (taken modulo the number
 * of sources), and all others are MSIs.
 */
void p9x_phb4_source_config(P9xPhb4Source *phb, unsigned page_shift,
                            bool store_eoi);
void p9x_phb4_set_first_lsi(P9xPhb4Source *phb, uint32_t first);
/* Not an LSI, and there is such a source. */
bool p9x_phb4_is_msi(const P9xPhb4Source *phb, uint32_t srcno);

/* An entry of the MIST: PE, and P and Q of an MSI (an LSI keeps its own). */
void p9x_phb4_set_mist(P9xPhb4Source *phb, uint32_t srcno, unsigned pe,
                       P9xPq pq);
/* P9X_PHB4_NO_PE if it has none. */
unsigned p9x_phb4_get_pe(const P9xPhb4Source *phb, uint32_t srcno);

#endif
