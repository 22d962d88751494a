/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a source tells the flight recorder.  For each source it keeps the
 * number of the passage that set P, which ends with the EOI.
 */
#ifndef P9X_SOURCE_RECORDER_H
#define P9X_SOURCE_RECORDER_H

#include "xive/recorder.h"
#include "xive/source.h"

/*
 * The passage that has set P; 0: not known, or the recorder is off.  To be
 * asked for before P is cleared: after that, another thread may set it again.
 */
static inline uint64_t p9x_source_passage(const P9xSource *src,
                                          uint32_t srcno)
{
    return p9x_recording() ?
           atomic_load_explicit(&src->passage[srcno], memory_order_relaxed) :
           0;
}

/* P is clear, unless another thread has set it since. */
static inline void p9x_source_passage_ends(P9xSource *src, uint32_t srcno,
                                           uint64_t passage)
{
    atomic_compare_exchange_strong_explicit(&src->passage[srcno], &passage, 0,
                                            memory_order_relaxed,
                                            memory_order_relaxed);
}

static inline void p9x_source_note_eoi(P9xSource *src, uint32_t srcno,
                                       uint64_t passage, bool replay)
{
    if (p9x_recording()) {
        p9x_source_passage_ends(src, srcno, passage);
        p9x_record_of(passage, P9X_STEP_EOI, src->config.origin, srcno,
                      replay, 0);
    }
}

/* A store that changes nothing is none: a reset makes thousands of them. */
static inline void p9x_source_note_pq(P9xSource *src, uint32_t srcno,
                                      uint64_t passage, P9xPq old, P9xPq pq)
{
    if (p9x_recording() && old != pq) {
        if (!(pq & P9X_ESB_P)) {
            p9x_source_passage_ends(src, srcno, passage);
        }
        p9x_record_of(passage, P9X_STEP_SET_PQ, src->config.origin, srcno,
                      (uint32_t)(old << 8 | pq), 0);
    }
}

/*
 * Begins the passage of a trigger; returns what p9x_passage_end wants.  One
 * that is not sent on names the passage in whose P or Q it has gone, one that
 * is sent names the passage that it is part of.
 */
static inline uint64_t p9x_source_note_trigger(P9xSource *src, uint32_t srcno,
                                               P9xWho who,
                                               P9xEsbOutcome outcome)
{
    uint64_t outer = p9x_passage_begin();
    uint64_t other = outer;

    if (outcome == P9X_ESB_NOTIFY) {
        atomic_store_explicit(&src->passage[srcno], p9x_passage_now(),
                              memory_order_relaxed);
    } else {
        other = p9x_source_passage(src, srcno);
    }
    p9x_record(P9X_STEP_TRIGGER, src->config.origin, srcno,
               (uint32_t)(who << 16 | outcome), (uint32_t)other);
    return outer;
}

#endif
