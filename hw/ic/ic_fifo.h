/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Queues of events on their way, in which events wait while firmware holds
 * them back.
 *
 * A queue works nothing off: what it pushes out, or gives up, is returned to
 * the caller, who lets it go on (ic_notify.c).  Events are doublewords in the
 * form of a trigger, and @queue is 0 to P9X_IC_FIFOS - 1.
 *
 * Any thread; P9xIcFifos.lock is taken inside.
 */
#ifndef P9X_IC_FIFO_H
#define P9X_IC_FIFO_H

#include "ic_vst.h"

enum { P9X_FIFO_IPI, P9X_FIFO_HW, P9X_FIFO_ESC1, P9X_FIFO_ESC2, P9X_FIFO_REDI };

/*
 * Events that are held back.  The oldest are in the chip, the others in memory
 * if firmware has given any; there, @vsd says where for as long as there are.
 * The words are what P9xIcState has of a queue.
 */
enum { P9X_FIFO_CHIP = P9X_IC_FIFO_WORDS - 4 };

typedef struct P9xIcFifo {
    uint64_t chip[P9X_FIFO_CHIP];
    uint64_t in_chip;
    uint64_t vsd;
    uint64_t first;                 /* index in memory */
    uint64_t in_memory;
} P9xIcFifo;

typedef struct P9xIcFifos {
    P9xIcBase *base;
    P9xLock lock;
    P9xIcFifo fifo[P9X_IC_FIFOS];   /* under lock, as the next */
    unsigned syncs;                 /* wanted, by queue */
    atomic_uint held;               /* mask of queues that hold events back */
} P9xIcFifos;

/* What became of an event that came to a queue. */
typedef struct P9xFifoPut {
    bool waits;                     /* false: it goes on at once */
    bool pushed_out;                /* the oldest has no room any more ... */
    uint64_t oldest;                /* ... and goes on instead */
} P9xFifoPut;

/* @f, all zero, starts empty, with no queue held.  @base outlives it. */
void p9x_fifo_init(P9xIcFifos *f, P9xIcBase *base);

static inline bool p9x_fifo_holds(const P9xIcFifos *f, unsigned queue)
{
    unsigned held = atomic_load_explicit(&f->held, memory_order_acquire);

    return __builtin_expect(held != 0, 0) && (held >> queue & 1);
}

P9xFifoPut p9x_fifo_put(P9xIcFifos *f, unsigned queue, uint64_t value);
/* The oldest that waits.  False: none does. */
bool p9x_fifo_take(P9xIcFifos *f, unsigned queue, uint64_t *value);

/* A sync of @queue: done by now, or when it is empty and settled. */
void p9x_fifo_sync(P9xIcFifos *f, unsigned queue);
/* What was taken has gone on: a sync that waits for it may be done. */
void p9x_fifo_settle(P9xIcFifos *f, unsigned queue);

/*
 * VC_IRQ_CONFIG of @queue.  A store that does not disable it leaves what waits
 * where it is: the caller takes it.
 */
uint64_t p9x_fifo_load_config(P9xIcFifos *f, unsigned queue);
void p9x_fifo_store_config(P9xIcFifos *f, unsigned queue, uint64_t value);

void p9x_fifo_reset(P9xIcFifos *f);
/* @state's fifo and syncs.  restore takes any words. */
void p9x_fifo_save(P9xIcFifos *f, P9xIcState *state);
void p9x_fifo_restore(P9xIcFifos *f, const P9xIcState *state);

#endif
