/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files that implement thread contexts share. */
#ifndef P9X_TCTX_INTERNAL_H
#define P9X_TCTX_INTERNAL_H

#include "xive/tctx.h"

static inline uint8_t *p9x_ring(P9xTctx *tctx, P9xRing ring)
{
    return &tctx->regs[ring * P9X_TM_RING_SIZE];
}

static inline uint32_t p9x_ring_word2(const P9xTctx *tctx, P9xRing ring)
{
    return (uint32_t)p9x_load_be(&tctx->regs[ring * P9X_TM_RING_SIZE +
                                             P9X_TM_WORD2], 4);
}

/* What a store of @value leaves in CPPR: there are 8 priorities and "all". */
static inline uint8_t p9x_cppr_of(uint8_t value)
{
    return value > P9X_PRIO_MAX ? P9X_PRIO_MASKED : value;
}

/* Derives PIPR, NSR and lines; lock held.  True if the lines changed. */
bool p9x_tctx_refresh(P9xTctx *tctx);

/* No lock held. */
void p9x_tctx_lines_changed(P9xTctx *tctx);

#endif
