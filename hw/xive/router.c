/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Routing: EAS to END, END to VP, and on to another END if need be.
 *
 * The END's lock covers its queue and its ESn/ESe bits.  Everything that comes
 * after - finding the thread, escalating - works on a copy, unlocked.
 */
#include <string.h>

#include "end_internal.h"
#include "group.h"
#include "presenter_internal.h"
#include "xive/queue.h"
#include "xive/recorder.h"

void p9x_router_init(P9xRouter *r, P9xPresenter *presenter, P9xTables tables,
                     const P9xPorts *ports)
{
    memset(r, 0, sizeof(*r));
    for (unsigned i = 0; i < P9X_LOCK_STRIPES; i++) {
        p9x_lock_init(&r->end_locks[i].lock, P9X_RANK_END);
    }
    r->unit = (P9xUnit) {
        .tables = tables,
        .ports = ports,
        .counters = &r->counters,
        .presenter = presenter
    };
}

/* The entry and its lock, or NULL without lock and a guest error. */
P9xEnd *P9X_UNFOLLOWED p9x_end_get_locked(P9xRouter *r, uint8_t block,
                                          uint32_t index)
{
    P9xLock *lock = p9x_end_lock(r, block, index);
    P9xEnd *end;

    p9x_lock(lock);
    end = r->unit.tables.ops->end(r->unit.tables.opaque, block, index);
    if (end && p9x_end_flag(end, P9X_END_W0_VALID)) {
        return end;
    }
    p9x_unlock(lock);
    p9x_guest_error(r->unit.ports, &r->counters, P9X_ERR_END_INVALID,
                    "event for END %u/0x%x, which is not valid", block, index);
    return NULL;
}

void P9X_UNFOLLOWED p9x_end_put_changed(P9xRouter *r, uint8_t block,
                                        uint32_t index)
{
    const P9xTables *t = &r->unit.tables;

    if (t->ops->end_changed) {
        t->ops->end_changed(t->opaque, block, index);
    }
    p9x_unlock(p9x_end_lock(r, block, index));
}

/* A trigger of the ESn or ESe bits in word 1.  True: notify. */
static bool end_es_trigger(P9xEnd *end, uint32_t mask)
{
    P9xEsb es = (unsigned char)p9x_end_get(end, 1, mask);
    P9xEsbOutcome outcome = p9x_esb_trigger(&es);

    p9x_end_set(end, 1, mask, p9x_esb_get(&es));
    return outcome == P9X_ESB_NOTIFY;
}

static bool masked_priority(const P9xEnd *end)
{
    return !p9x_end_get(end, 6, P9X_END_W6_FORMAT) &&
           p9x_end_get(end, 7, P9X_END_W7_F0_PRIORITY) > P9X_PRIO_MAX;
}

typedef enum EndStep {
    STEP_STOP,              /* done, or dropped for a counted reason */
    STEP_HELD,              /* ESn keeps it */
    STEP_NOTIFY,            /* tell the VP */
    STEP_ESCALATE           /* silent: straight to the escalation END */
} EndStep;

/* Asked only where the flag is set, which few ENDs have. */
static bool ignored(const P9xRouter *r, uint32_t w0_flag)
{
    return atomic_load_explicit(&r->ignored_end_flags,
                                memory_order_relaxed) & w0_flag;
}

void p9x_router_ignore_end_flags(P9xRouter *r, uint32_t w0_flags)
{
    atomic_store_explicit(&r->ignored_end_flags, w0_flags,
                          memory_order_relaxed);
}

void p9x_router_sync(P9xRouter *r)
{
    p9x_gate_drain(&r->escalations);
}

static void note_end(const P9xRouter *r, P9xStep step, const EndEvent *ev,
                     uint32_t b)
{
    p9x_note(step, r->unit.origin, (uint32_t)ev->block << 24 | ev->index, b,
             ev->data);
}

/* @before: the END as it was. */
static void __attribute__((noinline)) queue_recorded(const P9xRouter *r,
                                                    const P9xEnd *before,
                                                    const EndEvent *ev,
                                                    bool bad)
{
    if (bad) {
        note_end(r, P9X_STEP_QUEUE_BAD, ev, 0);
    } else if (p9x_end_flag(before, P9X_END_W0_ENQUEUE)) {
        note_end(r, P9X_STEP_QUEUE, ev,
                 p9x_end_get(before, 1, P9X_END_W1_GENERATION) << 31 |
                 p9x_end_get(before, 1, P9X_END_W1_OFFSET));
    }
}

/* The part under the lock: enqueue and coalesce. */
static inline __attribute__((always_inline)) EndStep
end_accept_locked(P9xRouter *r, P9xEnd *end, uint32_t data, bool *bad_queue)
{
    p9x_assert_rank(END);
    *bad_queue = false;
    if (p9x_end_flag(end, P9X_END_W0_ENQUEUE)) {
        if (p9x_queue_push(end, data, r->unit.ports)) {
            p9x_count(&r->counters, P9X_COUNT_QUEUED);
        } else {
            *bad_queue = true;
        }
    }
    if (p9x_end_flag(end, P9X_END_W0_SILENT_ESC) &&
        !ignored(r, P9X_END_W0_SILENT_ESC)) {
        return STEP_ESCALATE;
    }
    if (masked_priority(end)) {
        return STEP_STOP;
    }
    if (p9x_end_flag(end, P9X_END_W0_UCOND_NOTIFY) ||
        end_es_trigger(end, P9X_END_W1_ESN)) {
        return STEP_NOTIFY;
    }
    p9x_count(&r->counters, P9X_COUNT_END_COALESCED);
    return STEP_HELD;
}

/* What the END did with the event, before anybody is told. */
static void __attribute__((noinline)) trace_end(P9xRouter *r,
                                                const P9xEnd *end,
                                                const EndEvent *ev,
                                                EndStep step)
{
    if (p9x_end_flag(end, P9X_END_W0_ENQUEUE)) {
        p9x_trace(r->unit.ports, P9X_TRACE_END_ENQUEUE, ev->block, ev->index,
                  ev->data, 0, NULL);
    }
    if (step == STEP_NOTIFY || step == STEP_ESCALATE) {
        p9x_trace(r->unit.ports, P9X_TRACE_END_NOTIFY, ev->block, ev->index,
                  p9x_be32(end->w[4]), ev->data, NULL);
    }
}

static inline __attribute__((always_inline)) EndStep
end_accept(P9xRouter *r, const EndEvent *ev, P9xEnd *copy)
{
    P9xEnd *end = p9x_end_get_locked(r, ev->block, ev->index);
    bool bad_queue;
    EndStep step;

    if (!end) {
        return STEP_STOP;
    }
    /*
     * What comes after needs only words that do not change, and a copy of a
     * word that was just stored would wait for it.
     */
    *copy = *end;
    step = end_accept_locked(r, end, ev->data, &bad_queue);
    p9x_end_put_changed(r, ev->block, ev->index);
    p9x_transit_end(ev->transit);
    if (p9x_recording()) {
        queue_recorded(r, copy, ev, bad_queue);
    }
    if (__builtin_expect(p9x_is_traced(r->unit.ports), 0)) {
        trace_end(r, copy, ev, step);
    }
    if (bad_queue) {
        p9x_guest_error(r->unit.ports, &r->counters, P9X_ERR_QUEUE_WRITE,
                        "queue of END %u/0x%x at 0x%llx is not in memory",
                        ev->block, ev->index,
                        (unsigned long long)p9x_queue_addr(copy));
    }
    return step;
}

static uint32_t end_vp(const P9xEnd *end)
{
    return p9x_cam((uint8_t)p9x_end_get(end, 6, P9X_END_W6_NVT_BLOCK),
                   p9x_end_get(end, 6, P9X_END_W6_NVT_INDEX));
}

/* END format 1: a user ring, found by its OS context and server number. */
static P9xVpOutcome notify_user(P9xRouter *r, const P9xEnd *end)
{
    uint32_t cam = end_vp(end);
    P9xRing ring;
    P9xTctx *tctx = p9x_vpmap_find(&r->unit.presenter->vpmap, cam, &ring);

    if (tctx && p9x_tctx_present_user(
            tctx, cam, p9x_end_get(end, 7, P9X_END_W7_F1_LSERVER)) !=
        P9X_NOT_HERE) {
        return P9X_VP_PRESENTED;
    }
    return P9X_VP_UNDELIVERED;
}

P9xVpOutcome p9x_router_vp_event(P9xRouter *r, const P9xVpEvent *event)
{
    return event->group ? p9x_group_event(&r->unit, event) :
                          p9x_presenter_event(&r->unit, event);
}

P9xVpOutcome p9x_end_notify_vp(P9xRouter *r, const P9xEnd *end)
{
    P9xVpEvent event;

    if (p9x_end_get(end, 6, P9X_END_W6_FORMAT)) {
        return notify_user(r, end);
    }
    event = (P9xVpEvent) {
        .block = (uint8_t)p9x_end_get(end, 6, P9X_END_W6_NVT_BLOCK),
        .index = p9x_end_get(end, 6, P9X_END_W6_NVT_INDEX),
        .priority = (uint8_t)p9x_end_get(end, 7, P9X_END_W7_F0_PRIORITY),
        .backlog = p9x_end_flag(end, P9X_END_W0_BACKLOG),
        .group = p9x_be32(end->w[7]) & P9X_END_W7_F0_IGNORE
    };
    return p9x_router_vp_event(r, &event);
}

static bool outcome_escalates(const P9xEnd *end, P9xVpOutcome outcome)
{
    if (outcome == P9X_VP_PRESENTED) {
        return false;
    }
    if (outcome == P9X_VP_PRECLUDED) {
        return p9x_end_flag(end, P9X_END_W0_PRECL_ESC);
    }
    return true;
}

/* ESe lets one escalation through until software has seen to it. */
static bool ese_lets_pass(P9xRouter *r, const EndEvent *ev)
{
    P9xEnd *end = p9x_end_get_locked(r, ev->block, ev->index);
    bool pass;

    if (!end) {
        return false;
    }
    pass = (p9x_end_flag(end, P9X_END_W0_UCOND_ESC) &&
            !ignored(r, P9X_END_W0_UCOND_ESC)) ||
           end_es_trigger(end, P9X_END_W1_ESE);
    p9x_end_put_changed(r, ev->block, ev->index);
    return pass;
}

/* @ev, which was for @end, becomes the event that words 4 and 5 describe. */
static void turn_into_escalation(P9xRouter *r, const P9xEnd *end, EndEvent *ev)
{
    EndEvent from = *ev;

    ev->block = (uint8_t)p9x_end_get(end, 4, P9X_END_W4_ESC_BLOCK);
    ev->index = p9x_end_get(end, 4, P9X_END_W4_ESC_INDEX);
    ev->data = p9x_end_get(end, 5, P9X_END_W5_ESC_DATA);
    p9x_count(&r->counters, P9X_COUNT_ESCALATED);
    note_end(r, P9X_STEP_ESCALATE, &from,
             (uint32_t)ev->block << 24 | ev->index);
}

/*
 * One END's worth.  True: @ev has become the event for the next END.  It is
 * compiled twice, and what nearly all events need is short.
 */
static inline __attribute__((always_inline)) bool
end_step(P9xRouter *r, EndEvent *ev)
{
    P9xVpOutcome outcome = P9X_VP_UNDELIVERED;
    uint32_t block, index;
    P9xEnd end;
    EndStep step = end_accept(r, ev, &end);

    if (step == STEP_STOP) {
        return false;
    }
    if (step == STEP_HELD) {
        note_end(r, P9X_STEP_ESN_HELD, ev,
                 p9x_end_get(&end, 1, P9X_END_W1_ESN));
        return false;
    }
    if (step == STEP_NOTIFY) {
        outcome = p9x_end_notify_vp(r, &end);
        if (!outcome_escalates(&end, outcome)) {
            return false;
        }
    }
    if (!p9x_end_flag(&end, P9X_END_W0_ESCALATE) ||
        ignored(r, P9X_END_W0_ESCALATE)) {
        if (outcome == P9X_VP_UNDELIVERED) {
            p9x_count(&r->counters, P9X_COUNT_UNDELIVERED);
            note_end(r, P9X_STEP_UNDELIVERED, ev, end_vp(&end));
        }
        return false;
    }
    if (!ese_lets_pass(r, ev)) {
        note_end(r, P9X_STEP_ESE_HELD, ev,
                 p9x_end_get(&end, 1, P9X_END_W1_ESE));
        return false;
    }
    block = ev->block;
    index = ev->index;
    turn_into_escalation(r, &end, ev);
    p9x_trace(r->unit.ports, P9X_TRACE_END_ESCALATE,
              (uint32_t)block << 24 | index, ev->block, ev->index, ev->data,
              NULL);
    return true;
}

static inline bool sent_elsewhere(P9xRouter *r, unsigned hops,
                                  const EndEvent *ev)
{
    const P9xTables *t = &r->unit.tables;

    return t->ops->send_elsewhere &&
           t->ops->send_elsewhere(t->opaque, hops, ev->block, ev->index,
                                  ev->data, ev->transit);
}

/*
 * The rest of the way of an event that escalates; apart, for few do.  From one
 * END's decision to the next END's queue it is inside of r->escalations.
 */
static void __attribute__((noinline)) escalate(P9xRouter *r, EndEvent *ev)
{
    P9xTransit transit;
    bool goes_on = true;

    ev->transit = &transit;
    for (unsigned hops = 1; goes_on; hops++) {
        if (hops > P9X_MAX_ESCALATIONS) {
            p9x_guest_error(r->unit.ports, &r->counters,
                            P9X_ERR_ESCALATION_LOOP,
                            "END %u/0x%x is in a circle of escalations",
                            ev->block, ev->index);
            break;
        }
        transit.gate = &r->escalations;
        p9x_gate_enter_fenced(transit.gate);
        goes_on = !sent_elsewhere(r, hops, ev) && end_step(r, ev);
        p9x_transit_end(&transit);
    }
    ev->transit = NULL;
}

void p9x_end_escalate(P9xRouter *r, uint8_t block, uint32_t index,
                      const P9xEnd *end)
{
    EndEvent ev = { .block = block, .index = index };

    turn_into_escalation(r, end, &ev);
    escalate(r, &ev);
}

static inline void trigger(P9xRouter *r, EndEvent *ev)
{
    if (!sent_elsewhere(r, 0, ev) && end_step(r, ev)) {
        escalate(r, ev);
    }
}

void p9x_router_end_trigger(P9xRouter *r, uint8_t block, uint32_t index,
                            uint32_t data)
{
    EndEvent ev = { .block = block, .index = index, .data = data };

    trigger(r, &ev);
}

void p9x_router_notify(P9xRouter *r, uint8_t block, uint32_t index,
                       P9xTransit *transit)
{
    uint64_t w = r->unit.tables.ops->eas(r->unit.tables.opaque, block, index);
    EndEvent ev;

    p9x_note(P9X_STEP_EAS, r->unit.origin, (uint32_t)block << 24 | index,
             p9x_recorded_route(w), (uint32_t)(w & P9X_EAS_END_DATA));
    if (!(w & P9X_EAS_VALID)) {
        p9x_guest_error(r->unit.ports, &r->counters, P9X_ERR_EAS_INVALID,
                        "event of source %u/0x%x, whose EAS is not valid",
                        block, index);
        return;
    }
    if (w & P9X_EAS_MASKED) {
        p9x_count(&r->counters, P9X_COUNT_EAS_MASKED);
        return;
    }
    p9x_trace(r->unit.ports, P9X_TRACE_EAS_NOTIFY, index,
              p9x_get64(w, P9X_EAS_END_BLOCK),
              p9x_get64(w, P9X_EAS_END_INDEX), w & P9X_EAS_END_DATA, NULL);
    ev = (EndEvent) {
        .block = (uint8_t)p9x_get64(w, P9X_EAS_END_BLOCK),
        .index = (uint32_t)p9x_get64(w, P9X_EAS_END_INDEX),
        .data = (uint32_t)p9x_get64(w, P9X_EAS_END_DATA),
        .transit = transit
    };
    trigger(r, &ev);
}
