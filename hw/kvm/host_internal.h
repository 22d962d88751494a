/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the host's files share. */
#ifndef P9X_HOST_INTERNAL_H
#define P9X_HOST_INTERNAL_H

#include "xive/kvm/host.h"

/* BUSY or a failure that was planted for @call; 0 otherwise. */
int p9x_host_injected(P9xHost *h, P9xOpalCall call);

/* Tells P9xHost.op, if a test wants to know. */
void p9x_host_log(P9xHost *h, P9xHostOp op, uint32_t irq, uint64_t arg,
                  uint32_t data);

/* Waits until @irq's handler doesn't run.  lock held. */
void p9x_host_wait_handled(P9xHost *h, const P9xHostIrq *irq);
/* An event with Linux interrupt @lirq for the host CPU. */
void p9x_host_take_event(P9xHost *h, uint32_t lirq, P9xTransit *transit);

/* Index in the tables of a VP of a block. */
static inline uint32_t p9x_vp_index(uint32_t vp)
{
    return vp & 0x00FFFFFF;
}

/* Order of the block that @vp is in. */
static inline unsigned p9x_vp_order(uint32_t vp)
{
    return vp >> 24 & 0x1F;
}

#endif
