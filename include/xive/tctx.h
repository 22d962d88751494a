/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Thread contexts: what a hardware thread shows of the interrupt controller.
 *
 * A thread has four rings of registers, one per privilege: user, OS, HV pool
 * and HV physical.  A ring is live while its WORD2 says so (VU, VO, VP, VT);
 * for OS and pool that means a VP is dispatched here, and which.
 *
 * For each live ring this holds at all times, and the model checkers test it:
 *
 *   PIPR = most favoured priority in IPB, 0xFF if none
 *   NSR says "signalled", and the line is up, if and only if PIPR < CPPR
 *
 * so a CPPR that is lowered takes a signalled interrupt back (it stays in
 * IPB), and a CPPR that is raised, a push or an acknowledge signals the next.
 * The pool ring has only an IPB: its interrupts go through the physical
 * ring's CPPR and NSR, whose PIPR is the better of the two.  The user ring
 * has only NSR: one event-based branch, no priorities.
 *
 * While a ring is not live its bytes are plain storage and its line is down.
 *
 * Threads: every function may be called from any thread unless it says
 * otherwise.  P9xPorts.line_changed is called, with no lock held, by whichever
 * call changed the lines.
 */
#ifndef P9X_TCTX_H
#define P9X_TCTX_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "xive/lock.h"
#include "xive/regs.h"
#include "xive/unit.h"

/* Interrupt lines into the CPU, as a mask. */
enum {
    P9X_LINE_OS = 1,        /* external interrupt to the OS (0x500) */
    P9X_LINE_HV = 2,        /* hypervisor virtualization interrupt */
    P9X_LINE_EBB = 4        /* event-based branch */
};

typedef struct P9xTctx {
    P9xLock lock;
    atomic_uint lines;
    uint8_t regs[P9X_TM_IMAGE_SIZE];    /* as on the bus; under lock */
    _Atomic uint32_t phys_cam;
    const P9xUnit *unit;                /* of its interrupt controller */
    uint64_t passage[P9X_NR_RINGS][P9X_NR_PRIOS];   /* while it is recorded */
    void *host;                         /* the host program's CPU */
} P9xTctx;

/* What became of an attempt to present. */
typedef enum P9xPresent {
    P9X_PRESENTED,          /* pending, and favoured enough to signal */
    P9X_PRECLUDED,          /* pending, but CPPR holds it back */
    P9X_NOT_HERE            /* the VP is not dispatched here (any more) */
} P9xPresent;

/* The VP number of the thread itself. */
static inline uint32_t p9x_tctx_phys_cam(const P9xTctx *tctx)
{
    return atomic_load_explicit(&tctx->phys_cam, memory_order_relaxed);
}

/* Lines now, a mask of P9X_LINE_*. */
static inline unsigned p9x_tctx_lines(const P9xTctx *tctx)
{
    return atomic_load_explicit(&tctx->lines, memory_order_acquire);
}

/*
 * Acknowledge on P9X_RING_OS or P9X_RING_PHYS (which also accepts for the
 * pool): returns NSR << 8 | CPPR, NSR as it was and CPPR as it is now.  With
 * nothing signalled nothing changes.
 */
uint16_t p9x_tctx_ack(P9xTctx *tctx, P9xRing ring);
/* User ring: returns NSR and clears it. */
uint8_t p9x_tctx_ack_ebb(P9xTctx *tctx);

/* Software makes @priority pending (OS ring); over 7: no effect. */
void p9x_tctx_set_pending(P9xTctx *tctx, P9xRing ring, uint8_t priority);

/*
 * An event of @priority for VP @cam on @ring.  @ring and @cam are what the VP
 * map said; checked again under the lock.
 */
P9xPresent p9x_tctx_present(P9xTctx *tctx, P9xRing ring, uint32_t cam,
                            uint8_t priority);
/* The same for a user ring whose OS context is @cam. */
P9xPresent p9x_tctx_present_user(P9xTctx *tctx, uint32_t cam,
                                 uint32_t lserver);

/*
 * The interrupt of firmware that has no tables: past CPPR, to a physical ring
 * that has LE.  False: it has not.
 */
bool p9x_tctx_present_lsi(P9xTctx *tctx);

/*
 * Groups.  @cam names one: an NVT index of which the low bits are ignored.  A
 * thread belongs to it if the first live ring that matches, looked for from the
 * physical one to that of the OS, runs one of its VPs.
 */
static inline unsigned p9x_group_ignore_bits(uint32_t index)
{
    return (unsigned)__builtin_ctz(~index) + 1;
}

/* @priority becomes pending if CPPR lets it through.  False: no effect. */
bool p9x_tctx_present_to_group(P9xTctx *tctx, uint32_t cam, uint8_t priority);

/* The bytes of all rings, @image has P9X_TM_IMAGE_SIZE of them. */
void p9x_tctx_save(P9xTctx *tctx, uint8_t *image);
/*
 * False, and nothing changed, if @image holds a CPPR that no CPPR store can
 * make.  PIPR, NSR and the lines are derived, not believed.
 */
bool p9x_tctx_restore(P9xTctx *tctx, const uint8_t *image);

/*
 * Raw bytes, for the TIMA views: byte i of [@offset, @offset + @size) is
 * written if bit i of @mask is set.  Live rings keep their invariant.
 */
void p9x_tctx_raw_store(P9xTctx *tctx, unsigned offset, unsigned size,
                        uint64_t value, unsigned mask);
uint64_t p9x_tctx_raw_load(P9xTctx *tctx, unsigned offset, unsigned size,
                           unsigned mask);

/* VP number that @ring answers to with @word2; false if it is not live. */
bool p9x_tctx_ring_cam(const P9xTctx *tctx, P9xRing ring, uint32_t word2,
                       uint32_t *cam);

static inline uint8_t p9x_tctx_reg(const P9xTctx *tctx, P9xRing ring,
                                   unsigned reg)
{
    return tctx->regs[ring * P9X_TM_RING_SIZE + reg];
}

#endif
