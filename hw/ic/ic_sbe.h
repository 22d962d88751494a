/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PQ bits in the SBE table, a P9xSource for each block that has one.
 *
 * An event goes up by @notify: this file knows neither queues nor router.
 * Any thread; P9xIcBlock.lock is taken inside.
 */
#ifndef P9X_IC_SBE_H
#define P9X_IC_SBE_H

#include "ic_match.h"
#include "ic_vst.h"
#include "xive/source.h"

enum { P9X_IC_MAX_SOURCES = 1 << 22 };  /* PQ bits cached for one block */

typedef struct P9xIcSbe P9xIcSbe;

/* The sources of a block whose PQ bits are in our SBE table. */
typedef struct P9xIcBlock {
    P9xIcSbe *sbe;
    P9xIc *ic;                      /* for @notify */
    uint8_t block;
    P9xLock lock;                   /* lines come and go */
    P9xSource source;
    uint8_t *memory;                /* lines as memory has them */
} P9xIcBlock;

struct P9xIcSbe {
    P9xIcVst *vst;
    P9xIc *ic;
    P9xSourceNotify *notify;
    _Atomic(P9xIcBlock *) block[P9X_IC_NR_BLOCKS];
};

/*
 * @notify: source @srcno of @block (a P9xIcBlock) has an event.  It is called
 * as P9xSourceConfig.notify is.  @ic is what the block passes on to it.
 * @vst outlives @sbe, which is all zero.
 */
void p9x_sbe_init(P9xIcSbe *sbe, P9xIcVst *vst, P9xIc *ic,
                  P9xSourceNotify *notify);
void p9x_sbe_destroy(P9xIcSbe *sbe);

/* NULL: this IC has no PQ bits of that block.  @block: 0 to 15. */
static inline P9xIcBlock *p9x_sbe_block(P9xIcSbe *sbe, uint8_t block)
{
    return atomic_load_explicit(&sbe->block[block % P9X_IC_NR_BLOCKS],
                                memory_order_acquire);
}

/* There is one from now on. */
void p9x_sbe_make_block(P9xIcSbe *sbe, uint8_t block);
/* Forgets all lines; nothing is written. */
void p9x_sbe_reset(P9xIcSbe *sbe);
void p9x_sbe_set_store_eoi(P9xIcSbe *sbe, bool store_eoi);
/*
 * Writes back the lines that @match says, and with @inval forgets them.
 * @match counts sources.
 */
void p9x_sbe_scrub(P9xIcSbe *sbe, const P9xIcMatch *match, bool inval);
/* PQ bits of the 32 sources from @index on that @mask's first bits name. */
void p9x_sbe_software_write(P9xIcSbe *sbe, uint8_t block, uint32_t index,
                            uint64_t mask, uint64_t pq);
/* Waits for the events of all sources that are on their way. */
void p9x_sbe_sync(P9xIcSbe *sbe);

#endif
