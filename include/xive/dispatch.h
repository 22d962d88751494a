/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What changes which events a thread gets: its life, the VPs that it runs, and
 * its CPPR.
 *
 * A thread that is ready for more than before gets what has waited for it: a
 * VP that is pushed brings what its NVT has collected, and a push as well as a
 * CPPR that holds back less looks for groups with backlog (group.h).
 *
 * Threads: every function may be called from any thread, with no lock of the
 * core held.
 */
#ifndef P9X_DISPATCH_H
#define P9X_DISPATCH_H

#include "xive/tctx.h"

/*
 * @unit outlives the thread.  @phys_cam: VP number of the thread itself, which
 * the physical ring answers to while VT is set.  @host is for the host program.
 * Starts reset.
 *
 * destroy: from now on no lookup finds @tctx, but a thread that has found it
 * before may still be sending it an event, which is as if it ran nothing.  Its
 * memory may go when all such threads have left the core: the host program has
 * to wait for that (QEMU: an RCU grace period).  A second call has no effect.
 */
void p9x_tctx_init(P9xTctx *tctx, const P9xUnit *unit, uint32_t phys_cam,
                   void *host);
void p9x_tctx_destroy(P9xTctx *tctx);

/* Rings not live, nothing pending, CPPR 0; LSMFB, ACK_CNT and AGE all ones. */
void p9x_tctx_reset(P9xTctx *tctx);

/* The VP number of the thread itself changes; VT stays as it is. */
void p9x_tctx_set_phys_cam(P9xTctx *tctx, uint32_t phys_cam);

/* CPPR of P9X_RING_OS or P9X_RING_PHYS; a value over 7 means 0xFF. */
void p9x_tctx_set_cppr(P9xTctx *tctx, P9xRing ring, uint8_t cppr);

/*
 * Writes WORD2 of @ring.  Dispatching a VP takes over what its NVT has
 * collected.  Returns the old WORD2.
 */
uint32_t p9x_tctx_set_word2(P9xTctx *tctx, P9xRing ring, uint32_t word2);
/* Takes the context off the thread; the other registers keep their values. */
uint32_t p9x_tctx_pull(P9xTctx *tctx, P9xRing ring);

#endif
