/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The threads of a chip.  Any thread may call these at any time. */
#ifndef P9X_IC_THREADS_H
#define P9X_IC_THREADS_H

#include "ic_state.h"

/* Number of a thread within its chip. */
static inline uint32_t p9x_ic_thread_of(const P9xTctx *tctx)
{
    return p9x_tctx_phys_cam(tctx) % P9X_IC_CHIP_THREADS;
}

/* NULL: no such thread. */
static inline P9xTctx *p9x_ic_thread(P9xIc *ic, uint32_t thread)
{
    return atomic_load_explicit(&ic->thread[thread % P9X_IC_CHIP_THREADS],
                                memory_order_acquire);
}

/* Is it on, by PC_THREAD_EN? */
bool p9x_ic_thread_enabled(const P9xIc *ic, const P9xTctx *tctx);
/*
 * Bits of THREAD_EN register @reg.  Resets the threads that are turned off, so
 * no lock is held.
 */
void p9x_ic_enable_threads(P9xIc *ic, unsigned reg, uint64_t on,
                           uint64_t off);
/* PC_TCTXT_CFG has another value: threads get the VP numbers it means. */
void p9x_ic_update_threads(P9xIc *ic);

#endif
