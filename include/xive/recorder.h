/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The flight recorder: the last steps of every interrupt, thread by thread.
 *
 * Each host thread has a ring of records of its own.  The thread writes a
 * record with a few plain stores: no lock, no allocation, no system call.  When
 * a ring is full the oldest record goes.  While the recorder is off, which it
 * is at first, a step costs one load and one branch.
 *
 * A passage is the way of one event, from the trigger of a source to the ring
 * of a thread.  Its records carry one number.  What later ends the passage
 * carries that number too: the acknowledge that accepts the priority which the
 * event made pending, and the EOI that clears P.
 *
 * There is one recorder in a program.  docs/specs/recorder.rst describes the
 * file that p9x_recorder_save writes; scripts/p9trace.py reads it.
 *
 * Threads: p9x_note and what begins with p9x_record or p9x_passage may be
 * called by any thread, with any lock held.  The host program serialises all
 * other functions (QEMU: the BQL); they run beside those.
 */
#ifndef P9X_RECORDER_H
#define P9X_RECORDER_H

#include <glib.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "xive/regs.h"

/*
 * X(enumerator, name, meaning of a, of b, of c); "-": always 0.  Names and
 * meanings are written into each file.  The number of a step is its place here:
 * new ones come last.
 *
 *   how      who << 16 | outcome, of P9xWho and P9xEsbOutcome
 *   pq       old PQ << 8 | new PQ
 *   replay   1: an event was kept and is sent now, as a passage of its own
 *   end      block << 24 | index
 *   route    bit 31 valid, bit 30 masked, below it an end
 *   regs     IPB << 24 | PIPR << 16 | CPPR << 8 | NSR
 *   ring     lines now << 16 | ring << 8 | priority
 *   ipb-of   ring << 8 | IPB that the VP brings
 *   thread   VP number of the thread itself
 *   passage  the low half of a passage's number
 *   pe       of the requester; P9X_RECORDED_NO_PE: it has none
 *   why-pe   why << 16 | pe, of P9xMsiWhy
 *   kinds    1 its MMIO is frozen, 2 its DMA
 *   chip     that the event goes to; P9X_RECORDED_NO_CHIP: one without a name
 *   event-   a trigger as it goes over the bus, high and low half
 *   ipi      HW number of the IPI behind the guest's number
 *   carried  the device's source, in the record's origin << 16 | PQ of the
 *            one that stops being live << 8 | PQ that the other got
 *   table    bit 31 PC's, then type << 8 | block
 */
#define P9X_STEPS(X) \
    X(NONE, "none", "-", "-", "-") \
    X(TRIGGER, "trigger", "source", "how", "passage") \
    X(EOI, "eoi", "source", "replay", "-") \
    X(SET_PQ, "set-pq", "source", "pq", "-") \
    X(LEVEL, "level", "source", "level", "-") \
    X(EAS, "eas", "eas", "route", "data") \
    X(QUEUE, "queue", "end", "generation-index", "data") \
    X(QUEUE_BAD, "queue-bad", "end", "-", "data") \
    X(ESN_HELD, "esn-held", "end", "es", "data") \
    X(ESE_HELD, "ese-held", "end", "es", "data") \
    X(ESCALATE, "escalate", "end", "to-end", "data") \
    X(RING, "ring", "thread", "regs", "ring") \
    X(BACKLOG, "backlog", "vp", "priority", "ipb") \
    X(UNDELIVERED, "undelivered", "end", "vp", "data") \
    X(ACK, "ack", "thread", "regs", "ring") \
    X(CPPR, "cppr", "thread", "regs", "ring") \
    X(PUSH, "push", "thread", "word2", "ipb-of") \
    X(PULL, "pull", "thread", "word2", "ipb-of") \
    X(TAKEN, "taken", "thread", "vector", "-") \
    X(HCALL, "hcall", "opcode", "argument", "result") \
    X(CLAIM, "claim", "source", "lsi", "-") \
    X(FREE, "free", "source", "-", "-") \
    X(SET_EAS, "set-eas", "eas", "route", "data") \
    X(SET_END, "set-end", "end", "queue-page", "vp") \
    X(SERVER, "server", "server", "present", "-") \
    X(RESET, "reset", "-", "-", "-") \
    X(HOST_IRQ, "host-irq", "source", "-", "-") \
    X(EVENTFD, "eventfd", "source", "-", "-") \
    X(ZAP, "zap", "first-page", "pages", "-") \
    X(FAULT, "fault", "page", "failed", "-") \
    X(MAP, "map", "source", "hw-source", "ipi") \
    X(UNMAP, "unmap", "source", "hw-source", "ipi") \
    X(MSI, "msi", "requester", "pe", "message") \
    X(MSI_REFUSED, "msi-refused", "requester", "why-pe", "message") \
    X(PE_FROZEN, "pe-frozen", "pe", "kinds", "-") \
    X(PE_THAWED, "pe-thawed", "pe", "-", "-") \
    X(ESN_EOI, "esn-eoi", "end", "pq", "replay") \
    X(ESE_EOI, "ese-eoi", "end", "pq", "replay") \
    X(ESN_STORE, "esn-store", "end", "pq", "notify") \
    X(ESE_STORE, "ese-store", "end", "pq", "notify") \
    X(FORWARD, "forward", "chip", "event-high", "event-low") \
    X(WAITS, "waits", "queue", "event-high", "event-low") \
    X(GOES_ON, "goes-on", "queue", "event-high", "event-low") \
    X(IC_STORE, "ic-store", "register", "value-high", "value-low") \
    X(VSD, "vsd", "table", "value-high", "value-low") \
    X(SWITCHED, "switched", "source", "live", "carried")

typedef enum P9xStep {
#define X(id, name, a, b, c) P9X_STEP_##id,
    P9X_STEPS(X)
#undef X
    P9X_STEP_MAX
} P9xStep;

/* What triggered a source. */
typedef enum P9xWho {
    P9X_BY_STORE,           /* a store to an ESB page */
    P9X_BY_DEVICE,          /* a message */
    P9X_BY_LEVEL,           /* an input line */
    P9X_BY_REPLAY           /* Q, or a level that is still up */
} P9xWho;

/* Why a bridge refuses a message. */
typedef enum P9xMsiWhy {
    P9X_MSI_OTHER_PE,       /* it names a source of another PE */
    P9X_MSI_NO_SOURCE,      /* it names no source that takes messages */
    P9X_MSI_PE_FROZEN,      /* DMA of its PE is frozen */
    P9X_MSI_NO_PE,          /* its requester has no PE */
    P9X_MSI_CLOSED          /* the bridge lets no DMA in */
} P9xMsiWhy;

enum {
    P9X_RECORDED_NO_PE = 0xFFFF,
    P9X_RECORDED_NO_CHIP = 0xFFFF,
    P9X_RECORD_BYTES = 32,
    P9X_RECORDER_THREADS = 1024,        /* later ones are only counted */
    P9X_RECORDER_ORIGINS = 256,
    P9X_RECORDER_NAME = 32,             /* with the 0 */
    P9X_RECORDER_STATES = 64,
    P9X_RECORDER_MIN = 16,              /* records a thread */
    P9X_RECORDER_MAX = 0x400000
};

extern atomic_bool p9x_recorder_on;

static inline bool p9x_recording(void)
{
    return __builtin_expect(atomic_load_explicit(&p9x_recorder_on,
                                                 memory_order_relaxed), 0);
}

/*
 * A record of the passage that the calling thread is in, with the time at which
 * that began; outside of any, with the present time and number 0.
 */
void p9x_record(P9xStep step, uint16_t origin, uint32_t a, uint32_t b,
                uint32_t c);
/* A record of passage @passage with the present time. */
void p9x_record_of(uint64_t passage, P9xStep step, uint16_t origin,
                   uint32_t a, uint32_t b, uint32_t c);

/* A route, of an EAS as xive/regs.h has it. */
static inline uint32_t p9x_recorded_route(uint64_t eas)
{
    return (uint32_t)(eas & P9X_EAS_VALID ? UINT32_C(1) << 31 : 0) |
           (uint32_t)(eas & P9X_EAS_MASKED ? UINT32_C(1) << 30 : 0) |
           (uint32_t)(p9x_get64(eas, P9X_EAS_END_BLOCK) << 24 |
                      p9x_get64(eas, P9X_EAS_END_INDEX));
}

/* p9x_record if the recorder is on: the one line at each place. */
static inline void p9x_note(P9xStep step, uint16_t origin, uint32_t a,
                            uint32_t b, uint32_t c)
{
    if (p9x_recording()) {
        p9x_record(step, origin, a, b, c);
    }
}

/*
 * From now on the calling thread is in a new passage.  Returns the number of
 * that which it was in, for p9x_passage_end.  Passages nest.
 */
uint64_t p9x_passage_begin(void);
/*
 * The same with passage @passage, which has waited: the thread that goes on
 * with an event need not be the one that brought it.
 */
uint64_t p9x_passage_resume(uint64_t passage);
void p9x_passage_end(uint64_t outer);
/* That which the calling thread is in; 0: none. */
uint64_t p9x_passage_now(void);

/*
 * A name for the object that records tell of, such as "ic0" or "phb0.1".  The
 * same name gives the same number.  0, the nameless one, when there is no room.
 */
uint16_t p9x_recorder_origin(const char *name);

/*
 * On, with rings of @size records, rounded up to a power of 2 from
 * P9X_RECORDER_MIN to P9X_RECORDER_MAX.  A new size starts with empty rings;
 * the address space of the old ones stays taken, their memory is given back.
 * False with a message in @error (g_free) if there is no address space.
 */
bool p9x_recorder_start(uint32_t size, char **error);
/* Off.  Records stay, and start goes on behind them. */
void p9x_recorder_stop(void);
/* Records a thread, of the last start; 0: there has been none. */
uint32_t p9x_recorder_size(void);

/*
 * Writes all that is there to @path, which is replaced as a whole.  May run
 * beside threads that record: each ring is a copy without a gap up to some
 * moment.  False with a message in @error (g_free), and @path as before.
 */
bool p9x_recorder_save(const char *path, char **error);

/*
 * The state of an object, which each file gets beside the records: @describe
 * appends one JSON object to @out.  forget: no more; unknown ones are ignored.
 */
typedef void P9xDescribe(void *opaque, GString *out);

void p9x_recorder_describe(P9xDescribe *describe, void *opaque);
/* All of them now, as a JSON list. */
void p9x_recorder_state(GString *out);
void p9x_recorder_forget(P9xDescribe *describe, void *opaque);

/* Records written since the program began; those of threads without ring. */
uint64_t p9x_recorder_written(void);
uint64_t p9x_recorder_dropped(void);

#endif
