/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Routing: EAS to END, END to VP, and on to another END if need be.
 *
 * The END's lock covers its queue and its ESn/ESe bits.  Everything that comes
 * after - finding the thread, escalating - works on a copy, unlocked.
 */
#include <glib.h>
#include <string.h>

#include "end_internal.h"
#include "xive/queue.h"
#include "xive/router.h"
#include "xive/source.h"

void p9x_router_init(P9xRouter *r, const P9xTableOps *ops, void *tables,
                     const P9xPorts *ports)
{
    memset(r, 0, sizeof(*r));
    for (unsigned i = 0; i < P9X_LOCK_STRIPES; i++) {
        p9x_lock_init(&r->end_locks[i].lock, P9X_RANK_END);
        p9x_lock_init(&r->nvt_locks[i].lock, P9X_RANK_NVT);
    }
    p9x_lock_init(&r->thread_lock, P9X_RANK_THREADS);
    r->ops = ops;
    r->tables = tables;
    r->ports = ports;
    r->vps = r;
    p9x_vpmap_init(&r->vpmap);
}

void p9x_router_share_vps(P9xRouter *r, P9xRouter *vps)
{
    p9x_vpmap_destroy(&r->vpmap);
    r->vps = vps;
}

void p9x_router_destroy(P9xRouter *r)
{
    if (r->vps == r) {
        p9x_vpmap_destroy(&r->vpmap);
    }
    g_free(r->group);
    r->group = NULL;
}

void p9x_router_add_thread(P9xRouter *r, P9xTctx *tctx)
{
    r = r->vps;
    p9x_lock(&r->thread_lock);
    g_assert(r->nr_threads < P9X_MAX_THREADS);
    r->thread[r->nr_threads++] = tctx;
    p9x_unlock(&r->thread_lock);
}

void p9x_router_remove_thread(P9xRouter *r, P9xTctx *tctx)
{
    r = r->vps;
    p9x_lock(&r->thread_lock);
    for (unsigned i = 0; i < r->nr_threads; i++) {
        if (r->thread[i] == tctx) {
            r->thread[i] = r->thread[--r->nr_threads];
            break;
        }
    }
    p9x_unlock(&r->thread_lock);
}

/* The entry and its lock, or NULL without lock and a guest error. */
P9xEnd *p9x_end_get_locked(P9xRouter *r, uint8_t block, uint32_t index)
{
    P9xLock *lock = p9x_end_lock(r, block, index);
    P9xEnd *end;

    p9x_lock(lock);
    end = r->ops->end(r->tables, block, index);
    if (end && p9x_end_flag(end, P9X_END_W0_VALID)) {
        return end;
    }
    p9x_unlock(lock);
    p9x_guest_error(r->ports, &r->counters, P9X_ERR_END_INVALID,
                    "event for END %u/0x%x, which is not valid", block, index);
    return NULL;
}

void p9x_end_put_changed(P9xRouter *r, uint8_t block, uint32_t index)
{
    if (r->ops->end_changed) {
        r->ops->end_changed(r->tables, block, index);
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

/* An escalation is on its way from the decision to the next END's queue. */
static _Thread_local P9xRouter *escalating;

static void __attribute__((noinline)) escalation_begins(P9xRouter *r)
{
    escalating = r;
    p9x_gate_enter_fenced(&r->escalations);
}

void p9x_router_escalation_queued(void)
{
    if (escalating) {
        p9x_gate_leave(&escalating->escalations);
        escalating = NULL;
    }
}

void p9x_router_sync(P9xRouter *r)
{
    p9x_gate_drain(&r->escalations);
}

/* The part under the lock: enqueue and coalesce. */
static inline __attribute__((always_inline)) EndStep
end_accept_locked(P9xRouter *r, P9xEnd *end, uint32_t data, bool *bad_queue)
{
    p9x_assert_rank(END);
    *bad_queue = false;
    if (p9x_end_flag(end, P9X_END_W0_ENQUEUE)) {
        if (p9x_queue_push(end, data, r->ports)) {
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
    return STEP_STOP;
}

static inline __attribute__((always_inline)) EndStep
end_accept(P9xRouter *r, const EndEvent *ev, bool escalated, P9xEnd *copy)
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
    p9x_source_event_queued();
    if (escalated) {
        p9x_router_escalation_queued();
    }
    if (bad_queue) {
        p9x_guest_error(r->ports, &r->counters, P9X_ERR_QUEUE_WRITE,
                        "queue of END %u/0x%x at 0x%llx is not in memory",
                        ev->block, ev->index,
                        (unsigned long long)p9x_queue_addr(copy));
    }
    return step;
}

/* END format 1: a user ring, found by its OS context and server number. */
static P9xVpOutcome notify_user(P9xRouter *r, const P9xEnd *end)
{
    uint32_t cam = p9x_cam(
        (uint8_t)p9x_end_get(end, 6, P9X_END_W6_NVT_BLOCK),
        p9x_end_get(end, 6, P9X_END_W6_NVT_INDEX));
    P9xRing ring;
    P9xTctx *tctx = p9x_vpmap_find(&r->vps->vpmap, cam, &ring);

    if (tctx && p9x_tctx_present_user(
            tctx, cam, p9x_end_get(end, 7, P9X_END_W7_F1_LSERVER)) !=
        P9X_NOT_HERE) {
        return P9X_VP_PRESENTED;
    }
    return P9X_VP_UNDELIVERED;
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

/* The event that an END's words 4 and 5 describe. */
static void describe_escalation(const P9xEnd *end, EndEvent *ev)
{
    ev->block = (uint8_t)p9x_end_get(end, 4, P9X_END_W4_ESC_BLOCK);
    ev->index = p9x_end_get(end, 4, P9X_END_W4_ESC_INDEX);
    ev->data = p9x_end_get(end, 5, P9X_END_W5_ESC_DATA);
}

/*
 * One END's worth.  True: @ev has become the event for the next END.  It is
 * compiled twice, and what nearly all events need is short.
 */
static inline __attribute__((always_inline)) bool
end_step(P9xRouter *r, EndEvent *ev, bool escalated)
{
    P9xVpOutcome outcome = P9X_VP_UNDELIVERED;
    EndEvent from;
    P9xEnd end;
    EndStep step = end_accept(r, ev, escalated, &end);

    if (step == STEP_STOP) {
        return false;
    }
    p9x_trace(r, P9X_TRACE_END_NOTIFY, ev->block, ev->index,
              p9x_be32(end.w[4]), ev->data, NULL);
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
        }
        return false;
    }
    if (!ese_lets_pass(r, ev)) {
        return false;
    }
    from = *ev;
    escalation_begins(r);
    describe_escalation(&end, ev);
    p9x_count(&r->counters, P9X_COUNT_ESCALATED);
    p9x_trace(r, P9X_TRACE_END_ESCALATE, from.block, from.index, ev->block,
              ev->index, NULL);
    return true;
}

static inline bool sent_elsewhere(P9xRouter *r, unsigned hops,
                                  const EndEvent *ev)
{
    return r->ops->send_elsewhere &&
           r->ops->send_elsewhere(r->tables, hops, ev->block, ev->index,
                                  ev->data);
}

/* The rest of the way of an event that escalates; apart, for few do. */
static void __attribute__((noinline)) escalate(P9xRouter *r, EndEvent *ev)
{
    unsigned hops = 1;

    while (!sent_elsewhere(r, hops, ev) && end_step(r, ev, true)) {
        if (hops++ == P9X_MAX_ESCALATIONS) {
            p9x_guest_error(r->ports, &r->counters, P9X_ERR_ESCALATION_LOOP,
                            "END %u/0x%x is in a circle of escalations",
                            ev->block, ev->index);
            break;
        }
    }
    p9x_router_escalation_queued();
}

void p9x_end_escalate(P9xRouter *r, const P9xEnd *end)
{
    EndEvent ev;

    escalation_begins(r);
    describe_escalation(end, &ev);
    p9x_count(&r->counters, P9X_COUNT_ESCALATED);
    escalate(r, &ev);
}

void p9x_router_end_trigger(P9xRouter *r, uint8_t block, uint32_t index,
                            uint32_t data)
{
    EndEvent ev = { .block = block, .index = index, .data = data };

    if (!sent_elsewhere(r, 0, &ev) && end_step(r, &ev, false)) {
        escalate(r, &ev);
    }
}

void p9x_router_notify(P9xRouter *r, uint8_t block, uint32_t index)
{
    P9xEas *eas = r->ops->eas(r->tables, block, index);
    uint64_t w = eas ? p9x_eas_read(eas) : 0;

    if (!(w & P9X_EAS_VALID)) {
        p9x_guest_error(r->ports, &r->counters, P9X_ERR_EAS_INVALID,
                        "event of source %u/0x%x, whose EAS is not valid",
                        block, index);
        return;
    }
    if (w & P9X_EAS_MASKED) {
        p9x_count(&r->counters, P9X_COUNT_EAS_MASKED);
        return;
    }
    p9x_trace(r, P9X_TRACE_EAS_NOTIFY, index, p9x_get64(w, P9X_EAS_END_BLOCK),
              p9x_get64(w, P9X_EAS_END_INDEX), w & P9X_EAS_END_DATA, NULL);
    p9x_router_end_trigger(r, (uint8_t)p9x_get64(w, P9X_EAS_END_BLOCK),
                           (uint32_t)p9x_get64(w, P9X_EAS_END_INDEX),
                           (uint32_t)p9x_get64(w, P9X_EAS_END_DATA));
}

/* VP events. */

static void note_backlog(P9xRouter *r, P9xNvt *nvt, const P9xVpEvent *event)
{
    uint8_t ipb = p9x_nvt_ipb(nvt) | p9x_prio_to_ipb(event->priority);

    p9x_assert_held(p9x_nvt_lock(r, p9x_cam(event->block, event->index)));
    p9x_nvt_set_ipb(nvt, ipb);
    if (r->ops->nvt_changed) {
        r->ops->nvt_changed(r->tables, event->block, event->index);
    }
    p9x_count(&r->counters, P9X_COUNT_BACKLOGGED);
    p9x_trace(r, P9X_TRACE_NVT_BACKLOG, event->block, event->index,
              event->priority, ipb, NULL);
}

/*
 * The VP was not found running.  Under the NVT lock, which a push holds too,
 * either it still is not and the event goes to the NVT, or it runs by now and
 * the caller tries again.
 */
static bool backlog_unless_running(P9xRouter *r, const P9xVpEvent *event,
                                   P9xVpOutcome *outcome)
{
    uint32_t cam = p9x_cam(event->block, event->index);
    P9xLock *lock = p9x_nvt_lock(r, cam);
    P9xNvt *nvt;
    P9xRing ring;
    bool valid;

    p9x_lock(lock);
    if (!event->group && p9x_vpmap_find(&r->vps->vpmap, cam, &ring)) {
        p9x_unlock(lock);
        return false;
    }
    nvt = r->ops->nvt(r->tables, event->block, event->index);
    valid = nvt && p9x_nvt_valid(nvt);
    *outcome = P9X_VP_UNDELIVERED;
    if (valid && event->backlog) {
        note_backlog(r, nvt, event);
        *outcome = P9X_VP_BACKLOGGED;
    }
    p9x_unlock(lock);
    if (!valid) {
        p9x_guest_error(r->ports, &r->counters, P9X_ERR_NVT_INVALID,
                        "event for NVT %u/0x%x, which is not valid",
                        event->block, event->index);
    }
    return true;
}

P9xVpOutcome p9x_router_vp_event(P9xRouter *r, const P9xVpEvent *event)
{
    uint32_t cam = p9x_cam(event->block, event->index);
    P9xVpOutcome outcome;
    P9xPresent present;
    P9xTctx *tctx;
    P9xRing ring;

    if (event->group) {
        if (p9x_group_present(r, event)) {
            return P9X_VP_PRESENTED;
        }
        backlog_unless_running(r, event, &outcome);
        if (outcome == P9X_VP_BACKLOGGED) {
            p9x_group_note_backlog(r, event);
        }
        return outcome;
    }
    do {
        tctx = p9x_vpmap_find(&r->vps->vpmap, cam, &ring);
        if (tctx) {
            present = p9x_tctx_present(tctx, ring, cam, event->priority,
                                       false);
            if (present != P9X_NOT_HERE) {
                return present == P9X_PRESENTED ? P9X_VP_PRESENTED :
                                                  P9X_VP_PRECLUDED;
            }
        }
    } while (!backlog_unless_running(r, event, &outcome));
    return outcome;
}
