/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sources and their pages.
 *
 * A page's offset bits 11:0 name the operation; the rest of a 64 KiB page
 * mirrors.  What an access may do depends on the page it comes through, so
 * both layouts decode into the same two functions, mgmt_load and mgmt_store.
 */
#include <glib.h>
#include <string.h>

#include "source_recorder.h"
#include "xive/regs.h"

void p9x_source_init(P9xSource *src, const P9xSourceConfig *config)
{
    memset(src, 0, sizeof(*src));
    src->config = *config;
    src->esb = g_malloc0_n(config->nr_sources / P9X_SOURCE_SPREAD + 1,
                           P9X_SOURCE_SPREAD);
    src->lsi = g_malloc0_n(config->nr_sources / 64 + 1, sizeof(src->lsi[0]));
    src->passage = g_malloc0_n(config->nr_sources, sizeof(src->passage[0]));
    if (config->load_line) {
        src->present = g_malloc0_n(config->nr_sources / 64 / P9X_SOURCE_LINE +
                                   1, sizeof(src->present[0]));
    }
    p9x_source_reset(src);
}

void p9x_source_destroy(P9xSource *src)
{
    g_free(src->esb);
    g_free(src->lsi);
    g_free(src->passage);
    g_free(src->present);
    memset(src, 0, sizeof(*src));
}

/* What storing @pq leaves in source @srcno, level aside. */
static P9xPq settable_pq(const P9xSource *src, uint32_t srcno, P9xPq pq)
{
    return src->config.lsi_p_only && p9x_source_is_lsi(src, srcno) ?
           (P9xPq)(pq & P9X_ESB_P) : pq;
}

/* ---- lines: PQ bits that live elsewhere ---- */

static inline bool has_line(const P9xSource *src, uint32_t line)
{
    /* In one order with entering the gate: see p9x_source_take_line. */
    return atomic_load_explicit(&src->present[line / 64],
                                memory_order_seq_cst) >> (line % 64) & 1;
}

bool p9x_source_has_line(const P9xSource *src, uint32_t line)
{
    return has_line(src, line);
}

static inline bool line_missing(const P9xSource *src, uint32_t srcno)
{
    return src->present && !has_line(src, srcno / P9X_SOURCE_LINE);
}

void p9x_source_fill_line(P9xSource *src, uint32_t line, const uint8_t *bits)
{
    for (unsigned i = 0; i < P9X_SOURCE_LINE; i++) {
        p9x_esb_set(p9x_source_esb(src, line * P9X_SOURCE_LINE + i),
                    (P9xPq)(bits[i / 4] >> (6 - 2 * (i % 4)) & P9X_ESB_PQ));
    }
    atomic_fetch_or(&src->present[line / 64], UINT64_C(1) << (line % 64));
}

void p9x_source_read_line(const P9xSource *src, uint32_t line, uint8_t *bits)
{
    memset(bits, 0, P9X_SOURCE_LINE_BYTES);
    for (unsigned i = 0; i < P9X_SOURCE_LINE; i++) {
        P9xPq pq = p9x_esb_get(p9x_source_esb(src,
                                              line * P9X_SOURCE_LINE + i));

        bits[i / 4] |= (uint8_t)(pq << (6 - 2 * (i % 4)));
    }
}

/*
 * A thread that enters the gate after the line is marked as gone sees the mark
 * and loads the line; a thread that was inside before has made its transition
 * when the gate is empty.  So the bits that are read last are final.
 */
void p9x_source_take_line(P9xSource *src, uint32_t line, uint8_t *bits)
{
    atomic_fetch_and(&src->present[line / 64], ~(UINT64_C(1) << (line % 64)));
    p9x_gate_drain(&src->gate);
    p9x_source_read_line(src, line, bits);
    for (unsigned i = 0; i < P9X_SOURCE_LINE; i++) {
        /* Off, for a thread that fails to load the line later. */
        p9x_esb_set(p9x_source_esb(src, line * P9X_SOURCE_LINE + i),
                    P9X_PQ_01);
    }
}

static bool load_line(P9xSource *src, uint32_t srcno)
{
    return src->config.load_line(src->config.opaque, srcno / P9X_SOURCE_LINE);
}

void p9x_source_set_store_eoi(P9xSource *src, bool store_eoi)
{
    __atomic_store_n(&src->config.store_eoi, store_eoi, __ATOMIC_RELAXED);
}

void p9x_source_reset(P9xSource *src)
{
    if (src->present) {
        for (uint32_t i = 0; i <= src->config.nr_sources / 64 /
                                  P9X_SOURCE_LINE; i++) {
            atomic_store(&src->present[i], 0);
        }
        return;
    }
    for (uint32_t i = 0; i < src->config.nr_sources; i++) {
        atomic_store_explicit(p9x_source_esb(src, i),
                              (unsigned char)settable_pq(
                                  src, i, src->config.reset_pq),
                              memory_order_release);
    }
}

void p9x_source_fence(P9xSource *src, bool fenced)
{
    atomic_store_explicit(&src->fenced, fenced, memory_order_release);
}

static bool is_fenced(const P9xSource *src)
{
    return atomic_load_explicit(&src->fenced, memory_order_acquire);
}

static unsigned pages_per_source(const P9xSource *src)
{
    return src->config.layout == P9X_ESB_TWO_PAGES ? 2 : 1;
}

static uint64_t source_stride(const P9xSource *src)
{
    return (uint64_t)pages_per_source(src) << src->config.page_shift;
}

uint64_t p9x_source_window_size(const P9xSource *src)
{
    return source_stride(src) * src->config.nr_sources;
}

uint64_t p9x_source_trigger_offset(const P9xSource *src, uint32_t srcno)
{
    return source_stride(src) * srcno;
}

uint64_t p9x_source_mgmt_offset(const P9xSource *src, uint32_t srcno)
{
    uint64_t skip = pages_per_source(src) - 1;

    return p9x_source_trigger_offset(src, srcno) +
           (skip << src->config.page_shift);
}

/* Kept apart from what every access does, which has to stay short. */
static bool __attribute__((noinline)) in_range_slow(P9xSource *src,
                                                    uint32_t srcno)
{
    if (srcno < src->config.nr_sources &&
        (!line_missing(src, srcno) || load_line(src, srcno))) {
        return true;
    }
    p9x_guest_error(src->config.ports, src->config.counters,
                    P9X_ERR_NO_SOURCE, "source %u of %u", srcno,
                    src->config.nr_sources);
    return false;
}

static inline bool in_range(P9xSource *src, uint32_t srcno)
{
    if (__builtin_expect(srcno < src->config.nr_sources, 1) &&
        __builtin_expect(!line_missing(src, srcno), 1)) {
        return true;
    }
    return in_range_slow(src, srcno);
}

bool p9x_source_set_lsi(P9xSource *src, uint32_t srcno, bool lsi)
{
    uint64_t bit = UINT64_C(1) << (srcno % 64);

    if (srcno >= src->config.nr_sources) {
        return false;
    }
    if (lsi) {
        atomic_fetch_or(&src->lsi[srcno / 64], bit);
    } else {
        atomic_fetch_and(&src->lsi[srcno / 64], ~bit);
    }
    return true;
}

bool p9x_source_is_lsi(const P9xSource *src, uint32_t srcno)
{
    return srcno < src->config.nr_sources &&
           (atomic_load_explicit(&src->lsi[srcno / 64],
                                 memory_order_relaxed) >> (srcno % 64) & 1);
}

/* Inside the gate.  The line may have been taken back since we looked. */
static void __attribute__((noinline)) wait_for_line(P9xSource *src,
                                                    uint32_t srcno)
{
    while (line_missing(src, srcno)) {
        bool there;

        /* The taker of a line waits for the gate: load the line outside. */
        p9x_gate_leave(&src->gate);
        there = load_line(src, srcno);
        p9x_gate_enter_fenced(&src->gate);
        if (!there) {
            return;
        }
    }
}

static inline __attribute__((always_inline)) void
enter(P9xSource *src, uint32_t srcno, P9xTransit *transit)
{
    transit->gate = &src->gate;
    if (__builtin_expect(src->present != NULL, 0)) {
        p9x_gate_enter_fenced(&src->gate);
        if (__builtin_expect(line_missing(src, srcno), 0)) {
            wait_for_line(src, srcno);
        }
        return;
    }
    p9x_gate_enter(&src->gate);
}

/* Sends an event on, or not, and records it. */
static void __attribute__((noinline)) outcome_recorded(P9xSource *src,
                                                      uint32_t srcno,
                                                      P9xWho who,
                                                      P9xEsbOutcome outcome,
                                                      P9xTransit *transit)
{
    uint64_t outer = p9x_source_note_trigger(src, srcno, who, outcome);

    if (outcome == P9X_ESB_NOTIFY) {
        src->config.notify(src->config.opaque, srcno, transit);
    }
    p9x_passage_end(outer);
}

/* Counts what became of a trigger and sends it on if it is to go on. */
static void source_outcome(P9xSource *src, uint32_t srcno, P9xWho who,
                           P9xEsbOutcome outcome, P9xTransit *transit)
{
    static const P9xCounter counter[] = {
        [P9X_ESB_NOTIFY] = P9X_COUNT_EVENTS,
        [P9X_ESB_COALESCED] = P9X_COUNT_COALESCED,
        [P9X_ESB_IS_OFF] = P9X_COUNT_OFF
    };

    if (outcome == P9X_ESB_LEVEL_ONLY) {
        return;
    }
    p9x_count(src->config.counters, P9X_COUNT_TRIGGERS);
    p9x_count(src->config.counters, counter[outcome]);
    if (p9x_recording()) {
        outcome_recorded(src, srcno, who, outcome, transit);
    } else if (outcome == P9X_ESB_NOTIFY) {
        src->config.notify(src->config.opaque, srcno, transit);
        return;
    }
    if (outcome != P9X_ESB_NOTIFY) {
        p9x_trace(src->config.ports, P9X_TRACE_SOURCE_BLOCKED, srcno, 0, 0, 0,
                  NULL);
    }
}

static inline P9xEsbOutcome trigger_by(P9xSource *src, uint32_t srcno,
                                       P9xWho who)
{
    P9xEsbOutcome outcome;
    P9xTransit transit;

    if (!in_range(src, srcno) || is_fenced(src)) {
        return P9X_ESB_IS_OFF;
    }
    enter(src, srcno, &transit);
    outcome = p9x_esb_trigger(p9x_source_esb(src, srcno));
    source_outcome(src, srcno, who, outcome, &transit);
    p9x_transit_end(&transit);
    return outcome;
}

P9xEsbOutcome p9x_source_trigger(P9xSource *src, uint32_t srcno)
{
    return trigger_by(src, srcno, P9X_BY_DEVICE);
}

/* The wire is not behind the fence: what it says counts when that is gone. */
static void note_level(P9xEsb *esb, bool level)
{
    if (level) {
        atomic_fetch_or(esb, P9X_ESB_ASSERTED);
    } else {
        atomic_fetch_and(esb, (unsigned char)~P9X_ESB_ASSERTED);
    }
}

void p9x_source_set_level(P9xSource *src, uint32_t srcno, bool level)
{
    P9xTransit transit;

    if (!p9x_source_is_lsi(src, srcno)) {
        if (level) {
            p9x_source_trigger(src, srcno);
        }
        return;
    }
    p9x_note(P9X_STEP_LEVEL, src->config.origin, srcno, level, 0);
    if (is_fenced(src)) {
        note_level(p9x_source_esb(src, srcno), level);
        return;
    }
    enter(src, srcno, &transit);
    source_outcome(src, srcno, P9X_BY_LEVEL,
                   p9x_esb_set_level(p9x_source_esb(src, srcno), level),
                   &transit);
    p9x_transit_end(&transit);
}

P9xPq p9x_source_get_pq(const P9xSource *src, uint32_t srcno)
{
    return srcno < src->config.nr_sources ?
           p9x_esb_get(p9x_source_esb(src, srcno)) : P9X_PQ_01;
}

/* Sends an event that Q or a level had kept back. */
static void source_replay(P9xSource *src, uint32_t srcno,
                          P9xTransit *transit)
{
    p9x_count(src->config.counters, P9X_COUNT_REPLAYS);
    p9x_trace(src->config.ports, P9X_TRACE_SOURCE_REPLAY, srcno, 0, 0, 0,
              NULL);
    if (p9x_recording()) {
        outcome_recorded(src, srcno, P9X_BY_REPLAY, P9X_ESB_NOTIFY, transit);
        return;
    }
    src->config.notify(src->config.opaque, srcno, transit);
}

static P9xPq __attribute__((noinline)) set_pq_in_line(P9xSource *src,
                                                      uint32_t srcno,
                                                      P9xPq pq)
{
    P9xTransit transit;
    P9xPq old;

    enter(src, srcno, &transit);
    old = p9x_esb_set(p9x_source_esb(src, srcno), pq);
    p9x_transit_end(&transit);
    return old;
}

static P9xPq set_pq_level(P9xSource *src, uint32_t srcno, P9xPq pq)
{
    P9xTransit transit;
    bool notify;
    P9xPq old;

    enter(src, srcno, &transit);
    old = p9x_esb_set_pq_level(p9x_source_esb(src, srcno), pq, &notify);
    if (notify) {
        source_replay(src, srcno, &transit);
    }
    p9x_transit_end(&transit);
    return old;
}

static inline P9xPq change_pq(P9xSource *src, uint32_t srcno, P9xPq pq)
{
    if (p9x_source_is_lsi(src, srcno)) {
        return set_pq_level(src, srcno, settable_pq(src, srcno, pq));
    }
    if (__builtin_expect(src->present != NULL, 0)) {
        return set_pq_in_line(src, srcno, pq);
    }
    return p9x_esb_set(p9x_source_esb(src, srcno), pq);
}

static P9xPq __attribute__((noinline)) set_pq_recorded(P9xSource *src,
                                                      uint32_t srcno,
                                                      P9xPq pq)
{
    uint64_t ended = p9x_source_passage(src, srcno);
    P9xPq old = change_pq(src, srcno, pq);

    p9x_source_note_pq(src, srcno, ended, old, pq);
    return old;
}

P9xPq p9x_source_set_pq(P9xSource *src, uint32_t srcno, P9xPq pq)
{
    if (!in_range(src, srcno)) {
        return P9X_PQ_01;
    }
    return p9x_recording() ? set_pq_recorded(src, srcno, pq) :
                             change_pq(src, srcno, pq);
}

static inline bool change_pq_by_eoi(P9xSource *src, uint32_t srcno)
{
    return p9x_source_is_lsi(src, srcno) ?
           p9x_esb_eoi_level(p9x_source_esb(src, srcno)) :
           p9x_esb_eoi(p9x_source_esb(src, srcno));
}

static bool __attribute__((noinline)) eoi_recorded(P9xSource *src,
                                                  uint32_t srcno)
{
    uint64_t ended = p9x_source_passage(src, srcno);
    bool again = change_pq_by_eoi(src, srcno);

    p9x_source_note_eoi(src, srcno, ended, again);
    return again;
}

bool p9x_source_eoi(P9xSource *src, uint32_t srcno)
{
    P9xTransit transit;
    bool again;

    if (!in_range(src, srcno)) {
        return false;
    }
    enter(src, srcno, &transit);
    p9x_count(src->config.counters, P9X_COUNT_EOIS);
    again = p9x_recording() ? eoi_recorded(src, srcno) :
                              change_pq_by_eoi(src, srcno);
    if (again) {
        source_replay(src, srcno, &transit);
    }
    p9x_transit_end(&transit);
    return again;
}

/* Of a line that may be taken back at any moment. */
static P9xPq __attribute__((noinline)) get_pq_in_line(P9xSource *src,
                                                      uint32_t srcno)
{
    P9xTransit transit;
    P9xPq pq;

    enter(src, srcno, &transit);
    pq = p9x_esb_get(p9x_source_esb(src, srcno));
    p9x_transit_end(&transit);
    return pq;
}

static uint64_t mgmt_load(P9xSource *src, uint32_t srcno, uint32_t op)
{
    if (op < P9X_ESB_EOI_END) {
        return p9x_source_eoi(src, srcno);
    }
    if (op < P9X_ESB_SET_PQ_00) {
        if (__builtin_expect(src->present != NULL, 0)) {
            return get_pq_in_line(src, srcno);
        }
        return p9x_esb_get(p9x_source_esb(src, srcno));
    }
    return p9x_source_set_pq(src, srcno, (P9xPq)(op >> 8 & P9X_ESB_PQ));
}

static void mgmt_store(P9xSource *src, uint32_t srcno, uint32_t op)
{
    if (op < P9X_ESB_STORE_EOI) {
        trigger_by(src, srcno, P9X_BY_STORE);
        return;
    }
    if (op < P9X_ESB_EOI_END &&
        __atomic_load_n(&src->config.store_eoi, __ATOMIC_RELAXED)) {
        p9x_source_eoi(src, srcno);
        return;
    }
    if (op >= P9X_ESB_SET_PQ_00) {
        p9x_source_set_pq(src, srcno, (P9xPq)(op >> 8 & P9X_ESB_PQ));
        return;
    }
    p9x_guest_error(src->config.ports, src->config.counters,
                    P9X_ERR_ESB_STORE, "store at 0x%03x of source 0x%x", op,
                    srcno);
}

static bool only_triggers(const P9xSource *src, bool mgmt)
{
    return src->config.layout == P9X_ESB_TWO_PAGES && !mgmt;
}

static uint64_t all_ones(unsigned size)
{
    return p9x_lane_load(UINT64_MAX, 0, size);
}

uint64_t p9x_source_page_load(P9xSource *src, uint32_t srcno, bool mgmt,
                              uint64_t offset, unsigned size)
{
    uint32_t op = offset & P9X_ESB_OFFSET_MASK;

    if (!in_range(src, srcno) || is_fenced(src)) {
        return all_ones(size);
    }
    if (only_triggers(src, mgmt)) {
        p9x_guest_error(src->config.ports, src->config.counters,
                        P9X_ERR_ESB_LOAD,
                        "load from the trigger page of source 0x%x", srcno);
        return all_ones(size);
    }
    return p9x_lane_load(mgmt_load(src, srcno, op), op & 7, size);
}

void p9x_source_page_store(P9xSource *src, uint32_t srcno, bool mgmt,
                           uint64_t offset, unsigned size, uint64_t value)
{
    /* Neither data nor size matter to any store of an ESB page. */
    (void)size;
    (void)value;

    if (!in_range(src, srcno) || is_fenced(src)) {
        return;
    }
    if (only_triggers(src, mgmt)) {
        trigger_by(src, srcno, P9X_BY_STORE);
        return;
    }
    mgmt_store(src, srcno, offset & P9X_ESB_OFFSET_MASK);
}

/* Splits a window offset; true for the page that manages. */
static bool decode_window(const P9xSource *src, uint64_t offset,
                          uint32_t *srcno)
{
    uint64_t page = offset >> src->config.page_shift;
    bool odd = page & 1;

    if (src->config.layout == P9X_ESB_TWO_PAGES) {
        page /= 2;
    } else {
        odd = true;
    }
    *srcno = page > UINT32_MAX ? UINT32_MAX : (uint32_t)page;
    return odd;
}

uint64_t p9x_source_load(P9xSource *src, uint64_t offset, unsigned size)
{
    uint32_t srcno;
    bool mgmt = decode_window(src, offset, &srcno);

    return p9x_source_page_load(src, srcno, mgmt, offset, size);
}

void p9x_source_store(P9xSource *src, uint64_t offset, unsigned size,
                      uint64_t value)
{
    uint32_t srcno;
    bool mgmt = decode_window(src, offset, &srcno);

    p9x_source_page_store(src, srcno, mgmt, offset, size, value);
}

void p9x_source_sync(P9xSource *src)
{
    p9x_gate_drain(&src->gate);
}
