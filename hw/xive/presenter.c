/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Presenting: the list of threads, and events for one VP. */
#include <glib.h>
#include <string.h>

#include "presenter_internal.h"
#include "xive/recorder.h"

void p9x_presenter_init(P9xPresenter *p)
{
    memset(p, 0, sizeof(*p));
    for (unsigned i = 0; i < P9X_LOCK_STRIPES; i++) {
        p9x_lock_init(&p->nvt_locks[i].lock, P9X_RANK_NVT);
    }
    p9x_lock_init(&p->thread_lock, P9X_RANK_THREADS);
    p9x_vpmap_init(&p->vpmap);
}

void p9x_presenter_destroy(P9xPresenter *p)
{
    p9x_vpmap_destroy(&p->vpmap);
    g_free(p->group);
    p->group = NULL;
}

/* Threads. */

void p9x_presenter_add_thread(P9xPresenter *p, P9xTctx *tctx)
{
    p9x_lock(&p->thread_lock);
    g_assert(p->nr_threads < P9X_MAX_THREADS);
    p->thread[p->nr_threads++] = tctx;
    p9x_unlock(&p->thread_lock);
}

void p9x_presenter_remove_thread(P9xPresenter *p, P9xTctx *tctx)
{
    p9x_lock(&p->thread_lock);
    for (unsigned i = 0; i < p->nr_threads; i++) {
        if (p->thread[i] == tctx) {
            p->thread[i] = p->thread[--p->nr_threads];
            break;
        }
    }
    p9x_unlock(&p->thread_lock);
}

/*
 * From the last to the first.  A thread that leaves has its place taken by the
 * last one, which a visit has seen by then, or is going to see.
 */
P9xTctx *p9x_presenter_next_thread(P9xPresenter *p, unsigned *at)
{
    P9xTctx *tctx = NULL;

    p9x_lock(&p->thread_lock);
    if (*at == 0 || *at > p->nr_threads + 1) {
        *at = p->nr_threads + 1;
    }
    if (*at > 1) {
        tctx = p->thread[--*at - 1];
    }
    p9x_unlock(&p->thread_lock);
    return tctx;
}

/* Events. */

P9xVpOutcome p9x_presenter_put_away(const P9xUnit *unit,
                                    const P9xVpEvent *event, bool *bad_nvt)
{
    uint32_t cam = p9x_cam(event->block, event->index);
    P9xNvt *nvt;
    uint8_t ipb;

    p9x_assert_held(p9x_nvt_lock(unit->presenter, cam));
    nvt = p9x_nvt_valid_of(&unit->tables, cam);
    *bad_nvt = !nvt;
    if (!nvt || !event->backlog) {
        return P9X_VP_UNDELIVERED;
    }
    ipb = p9x_nvt_add_ipb(&unit->tables, cam, nvt,
                          p9x_prio_to_ipb(event->priority));
    p9x_count(unit->counters, P9X_COUNT_BACKLOGGED);
    p9x_note(P9X_STEP_BACKLOG, unit->origin, cam, event->priority, ipb);
    p9x_trace(unit->ports, P9X_TRACE_NVT_BACKLOG, event->block, event->index,
              event->priority, ipb, NULL);
    return P9X_VP_BACKLOGGED;
}

void p9x_presenter_bad_nvt(const P9xUnit *unit, const P9xVpEvent *event)
{
    p9x_guest_error(unit->ports, unit->counters, P9X_ERR_NVT_INVALID,
                    "event for NVT %u/0x%x, which is not valid",
                    event->block, event->index);
}

/*
 * The VP was not found running.  Under the NVT lock, which a push holds too,
 * either it still is not and the event goes to the NVT, or it runs by now and
 * the caller tries again.
 */
static bool put_away_unless_running(const P9xUnit *unit,
                                    const P9xVpEvent *event,
                                    P9xVpOutcome *outcome)
{
    uint32_t cam = p9x_cam(event->block, event->index);
    P9xLock *lock = p9x_nvt_lock(unit->presenter, cam);
    P9xRing ring;
    bool bad_nvt;

    p9x_lock(lock);
    if (p9x_vpmap_find(&unit->presenter->vpmap, cam, &ring)) {
        p9x_unlock(lock);
        return false;
    }
    *outcome = p9x_presenter_put_away(unit, event, &bad_nvt);
    p9x_unlock(lock);
    if (bad_nvt) {
        p9x_presenter_bad_nvt(unit, event);
    }
    return true;
}

P9xVpOutcome p9x_presenter_event(const P9xUnit *unit, const P9xVpEvent *event)
{
    uint32_t cam = p9x_cam(event->block, event->index);
    P9xVpOutcome outcome;
    P9xPresent present;
    P9xTctx *tctx;
    P9xRing ring;

    do {
        tctx = p9x_vpmap_find(&unit->presenter->vpmap, cam, &ring);
        if (tctx) {
            present = p9x_tctx_present(tctx, ring, cam, event->priority);
            if (present != P9X_NOT_HERE) {
                return present == P9X_PRESENTED ? P9X_VP_PRESENTED :
                                                  P9X_VP_PRECLUDED;
            }
        }
    } while (!put_away_unless_running(unit, event, &outcome));
    return outcome;
}
