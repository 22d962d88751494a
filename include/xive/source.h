/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A block of interrupt sources and the ESB pages through which they are
 * managed.
 *
 * The IC's IPIs show two 64 KiB pages a source: the even page triggers, the
 * odd page manages.  A PHB's MSIs show one page that does both.  The layout is
 * fixed at creation; whether stores to 0x400 are EOIs can be changed by
 * p9x_source_set_store_eoi.  Both layouts and both kinds (MSI: edge; LSI:
 * level) go through the same PQ bits.
 *
 * PQ bits may live in guest memory instead (SBE table): then esb is a cache of
 * it, with lines of 64 sources that the owner fills and takes back.  A line
 * that is not there is asked for when one of its sources is used.
 *
 * Threads: everything but init and destroy may be called by any thread at any
 * time without a lock.  notify is called on the thread that
 * caused the event, with no lock held.
 */
#ifndef P9X_SOURCE_H
#define P9X_SOURCE_H

#include "xive/counters.h"
#include "xive/esb.h"
#include "xive/lock.h"
#include "xive/ports.h"

typedef struct P9xSource P9xSource;

typedef enum P9xEsbLayout {
    P9X_ESB_ONE_PAGE,       /* trigger and management share the page */
    P9X_ESB_TWO_PAGES       /* even page: trigger; odd page: management */
} P9xEsbLayout;

/*
 * Source @srcno of the block has an event for the router.  The callee hands
 * @transit along with the event, or ends it (p9x_transit_end) before it calls
 * the host program; the source ends what the callee has not.
 */
typedef void P9xSourceNotify(void *opaque, uint32_t srcno,
                             P9xTransit *transit);

typedef struct P9xSourceConfig {
    uint32_t nr_sources;
    unsigned page_shift;            /* 12 or 16 */
    P9xEsbLayout layout;
    bool store_eoi;
    P9xPq reset_pq;                 /* 01 on hardware */
    /*
     * Level-sensitive sources have no Q, as those of a PHB4: storing 01 is
     * storing 00 and does not turn them off, only P=1 holds them back.
     */
    bool lsi_p_only;
    /*
     * Fills @line (p9x_source_fill_line) unless another thread just did.
     * False: there are no such sources.  Called with no lock held, and not
     * from inside the gate.  NULL: all PQ bits are always here.
     */
    bool (*load_line)(void *opaque, uint32_t line);
    P9xSourceNotify *notify;
    void *opaque;
    const P9xPorts *ports;          /* outlives the source */
    P9xCounters *counters;          /* outlives the source */
    uint16_t origin;                /* in records; recorder.h */
} P9xSourceConfig;

enum {
    /* Sources in a line, and cache lines apart that neighbours are. */
    P9X_SOURCE_LINE = 64,
    P9X_SOURCE_SPREAD = P9X_SOURCE_LINE * P9X_SOURCE_LINE,
    P9X_SOURCE_LINE_BYTES = P9X_SOURCE_LINE / 4     /* two bits each */
};

struct P9xSource {
    P9xSourceConfig config;
    P9xEsb *esb;                    /* see p9x_source_esb */
    _Atomic uint64_t *present;      /* bitmap of lines; NULL: all are */
    _Atomic uint64_t *lsi;          /* bitmap: level-sensitive */
    _Atomic uint64_t *passage;      /* that set P; while it is recorded */
    P9xGate gate;
    atomic_bool fenced;
};

/*
 * The state of source @srcno, below nr_sources.  Each vCPU has an IPI of its
 * own, and they have numbers in a row: neighbours don't share a cache line.
 */
static inline P9xEsb *p9x_source_esb(const P9xSource *src, uint32_t srcno)
{
    uint32_t low = srcno % P9X_SOURCE_LINE;
    uint32_t high = srcno / P9X_SOURCE_LINE % P9X_SOURCE_LINE;

    return &src->esb[srcno - srcno % P9X_SOURCE_SPREAD +
                     low * P9X_SOURCE_LINE + high];
}

/* @config is copied.  All sources start as MSI with reset_pq. */
void p9x_source_init(P9xSource *src, const P9xSourceConfig *config);
void p9x_source_destroy(P9xSource *src);

/* PQ back to reset_pq and levels down.  Kinds (MSI or LSI) stay. */
void p9x_source_reset(P9xSource *src);

/*
 * A fenced block answers every page access with all ones and no effect, and
 * takes no events.  For owners that can be cut off from the bus.
 */
void p9x_source_fence(P9xSource *src, bool fenced);

/*
 * Lines as memory has them: two bits a source, the first source in the most
 * significant bits of the first byte.  For owners with a load_line, which hold
 * a lock of theirs that keeps these three apart.
 *
 * take: the line is not there any more; @bits is how it was at the last.  Waits
 * for events on their way, as p9x_source_sync does.
 */
bool p9x_source_has_line(const P9xSource *src, uint32_t line);
void p9x_source_fill_line(P9xSource *src, uint32_t line, const uint8_t *bits);
void p9x_source_take_line(P9xSource *src, uint32_t line, uint8_t *bits);
/* What take would say, without taking. */
void p9x_source_read_line(const P9xSource *src, uint32_t line, uint8_t *bits);

/* From now on, whether stores to 0x400 are EOIs. */
void p9x_source_set_store_eoi(P9xSource *src, bool store_eoi);

/* Size of the MMIO window in bytes. */
uint64_t p9x_source_window_size(const P9xSource *src);

/* Byte offset of source @srcno's management page, or trigger page. */
uint64_t p9x_source_mgmt_offset(const P9xSource *src, uint32_t srcno);
uint64_t p9x_source_trigger_offset(const P9xSource *src, uint32_t srcno);

/* @srcno >= nr_sources: no effect, false. */
bool p9x_source_set_lsi(P9xSource *src, uint32_t srcno, bool lsi);
bool p9x_source_is_lsi(const P9xSource *src, uint32_t srcno);

/*
 * An event from a device, by message; returns what became of it.  Out of
 * range (counted as guest error) and behind a fence it is ignored as if the
 * source were off.  On an LSI this asserts nothing: it is a plain PQ trigger,
 * as on hardware.
 */
P9xEsbOutcome p9x_source_trigger(P9xSource *src, uint32_t srcno);

/*
 * The input line of @srcno.  An MSI source takes a rising call (@level true)
 * as one event and ignores the other.
 */
void p9x_source_set_level(P9xSource *src, uint32_t srcno, bool level);

/* The operations behind the pages, for owners that reach them otherwise. */
P9xPq p9x_source_get_pq(const P9xSource *src, uint32_t srcno);
/* Returns the old PQ.  An LSI whose level is up notifies on 00 (esb.h). */
P9xPq p9x_source_set_pq(P9xSource *src, uint32_t srcno, P9xPq pq);
/* True if the EOI sent another event. */
bool p9x_source_eoi(P9xSource *src, uint32_t srcno);

/*
 * MMIO.  @offset is relative to the window, @size 1, 2, 4 or 8.  Values are
 * numbers (the bus is big-endian).  A load the pages don't have gives all
 * ones; a store they don't have does nothing; both are guest errors.
 */
uint64_t p9x_source_load(P9xSource *src, uint64_t offset, unsigned size);
void p9x_source_store(P9xSource *src, uint64_t offset, unsigned size,
                      uint64_t value);

/*
 * The same, for one page of source @srcno: @mgmt chooses the page, @offset is
 * relative to it.  What the guest ESB window and H_INT_ESB use.
 */
uint64_t p9x_source_page_load(P9xSource *src, uint32_t srcno, bool mgmt,
                              uint64_t offset, unsigned size);
void p9x_source_page_store(P9xSource *src, uint32_t srcno, bool mgmt,
                           uint64_t offset, unsigned size, uint64_t value);

/* Every event whose PQ transition came before is in its queue. */
void p9x_source_sync(P9xSource *src);

#endif
