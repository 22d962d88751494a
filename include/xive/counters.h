/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What happened, by kind.  These counts are the product's answer to "where did
 * my interrupt go": every trigger ends in exactly one of the outcomes below.
 *
 *   triggers            = coalesced + off + events        (at the source)
 *   events + replays    = eas-masked + guest errors + what reached an END
 *
 * Counting must not slow an interrupt down, so each host thread has a row of
 * its own (row.h); readers add the rows up.
 */
#ifndef P9X_COUNTERS_H
#define P9X_COUNTERS_H

#include <stdatomic.h>
#include <stdint.h>

#include "xive/row.h"

/* X(enumerator, name as people see it, what one count means) */
#define P9X_COUNTERS(X) \
    X(TRIGGERS, "triggers", "a source was triggered") \
    X(COALESCED, "coalesced", "P was set already: the event went into Q") \
    X(OFF, "off", "PQ was 01: the trigger was ignored") \
    X(EVENTS, "events", "a source notified the router") \
    X(EAS_MASKED, "eas-masked", "the EAS was masked: the event was dropped") \
    X(QUEUED, "queue-entries", "an entry was written to an event queue") \
    X(END_COALESCED, "end-coalesced", "ESn held the notification back") \
    X(PRESENTED, "presented", "a thread's pending bit was set") \
    X(BACKLOGGED, "backlogged", "no thread ran the VP: noted in its NVT") \
    X(ESCALATED, "escalated", "an END handed its event to another END") \
    X(UNDELIVERED, "undelivered", "no thread, no backlog, no escalation") \
    X(ACKS, "acknowledged", "a thread accepted an interrupt") \
    X(EOIS, "eois", "an EOI reached a source") \
    X(REPLAYS, "replays", "an event that Q or a level had kept was sent")

/*
 * Guest errors: accesses and hcalls that the architecture does not allow, and
 * tables that lead nowhere.  The log gets the first of each kind in words.
 */
#define P9X_GUEST_ERRORS(X) \
    X(ESB_LOAD, "esb-load", "load from a page or offset that has none") \
    X(ESB_STORE, "esb-store", "store to an offset that has none") \
    X(TIMA_LOAD, "tima-load", "load that the TIMA view does not allow") \
    X(TIMA_STORE, "tima-store", "store that the TIMA view does not allow") \
    X(TIMA_NO_THREAD, "tima-no-thread", "TIMA access from no thread") \
    X(TIMA_RING, "tima-ring", "TIMA operation on a ring in the wrong state") \
    X(NO_SOURCE, "no-source", "trigger of an interrupt number not in use") \
    X(EAS_INVALID, "eas-invalid", "event of a source without a valid EAS") \
    X(END_INVALID, "end-invalid", "event for an END that is not valid") \
    X(QUEUE_WRITE, "queue-write", "event queue outside of memory") \
    X(NVT_INVALID, "nvt-invalid", "END names an NVT that is not valid") \
    X(VP_TWICE, "vp-twice", "one VP pushed on two threads") \
    X(ESCALATION_LOOP, "escalation-loop", "ENDs that escalate in a circle") \
    X(REPORTING_LINE, "reporting-line", "no usable reporting line") \
    X(HCALL, "hcall", "H_INT_* call refused") \
    X(QUEUE_NOT_ZERO, "queue-not-zero", "queue memory was not zeroed") \
    X(QUEUE_OVERLAP, "queue-overlap", "two event queues share memory") \
    X(PHB_ACCESS, "phb-access", "a host bridge has no such register") \
    X(PHB_DMA, "phb-dma", "a host bridge refused a device's DMA or MSI") \
    X(IC_REGISTER, "ic-register", "IC register that does not exist") \
    X(IC_WINDOW, "ic-window", "nothing at that place of an IC window") \
    X(IC_TABLE, "ic-table", "IC table that is not in memory") \
    X(IC_NOTIFY, "ic-notify", "bad event on the notify page, or for a chip") \
    X(IC_THREAD, "ic-thread", "thread that is not there or not enabled")

typedef enum P9xCounter {
#define X(id, name, what) P9X_COUNT_##id,
    P9X_COUNTERS(X)
#undef X
    P9X_COUNTER_MAX
} P9xCounter;

typedef enum P9xGuestError {
#define X(id, name, what) P9X_ERR_##id,
    P9X_GUEST_ERRORS(X)
#undef X
    P9X_GUEST_ERROR_MAX
} P9xGuestError;

enum {
    P9X_COUNTER_SLOTS = P9X_COUNTER_MAX + P9X_GUEST_ERROR_MAX
};

typedef struct P9xCounters {
    struct {
        _Atomic uint64_t slot[P9X_COUNTER_SLOTS];
        char apart[64];     /* no two threads' rows share a cache line */
    } row[P9X_ROWS];
} P9xCounters;

/* Adds to a count @p of @row, which is the calling thread's. */
static inline void p9x_count_in_row(_Atomic uint64_t *p, unsigned row,
                                    uint64_t n)
{
    if (row == P9X_SHARED_ROW) {
        atomic_fetch_add_explicit(p, n, memory_order_relaxed);
        return;
    }
    atomic_store_explicit(p, atomic_load_explicit(p, memory_order_relaxed) + n,
                          memory_order_relaxed);
}

static inline void p9x_count_slot(P9xCounters *c, unsigned slot, uint64_t n)
{
    unsigned row = p9x_row();

    p9x_count_in_row(&c->row[row].slot[slot], row, n);
}

static inline void p9x_count(P9xCounters *c, P9xCounter kind)
{
    p9x_count_slot(c, kind, 1);
}

/* Sums since p9x_counters_clear.  Exact when no event is on its way. */
uint64_t p9x_counter_read(const P9xCounters *c, P9xCounter kind);
uint64_t p9x_guest_error_read(const P9xCounters *c, P9xGuestError kind);
uint64_t p9x_guest_errors_total(const P9xCounters *c);
void p9x_counters_clear(P9xCounters *c);

/* Short name, as in the macro tables above; never NULL. */
const char *p9x_counter_name(P9xCounter kind);
const char *p9x_guest_error_name(P9xGuestError kind);
const char *p9x_guest_error_text(P9xGuestError kind);

#endif
