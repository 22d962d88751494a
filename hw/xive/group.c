/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VP groups.
 *
 * Groups are rare and threads are searched one by one, as the hardware asks
 * them all.  A short list of groups with backlog keeps CPPR stores from
 * searching anything while there is none.
 *
 * An event that waits moves from the NVT to a thread in one step, under the
 * NVT lock, and what a thread does not take never leaves the NVT.  So moving an
 * event can't bring about another move: an event asks each thread at most three
 * times (to take it; to note it; to take it from the NVT), whatever the guest
 * does to CPPRs meanwhile.
 */
#include <glib.h>
#include <string.h>

#include "group.h"
#include "presenter_internal.h"
#include "tctx_internal.h"

static bool present(const P9xUnit *unit, const P9xVpEvent *event)
{
    uint32_t cam = p9x_cam(event->block, event->index);
    unsigned at = 0;
    P9xTctx *tctx;

    while ((tctx = p9x_presenter_next_thread(unit->presenter, &at))) {
        if (p9x_tctx_present_to_group(tctx, cam, event->priority)) {
            return true;
        }
    }
    return false;
}

/* ---- the list of groups with backlog ---- */

static P9xGroupBacklog *find_locked(P9xPresenter *p, uint32_t cam)
{
    p9x_assert_held(&p->thread_lock);
    for (unsigned i = 0; i < p->group_slots; i++) {
        P9xGroupBacklog *g = &p->group[i];

        if (g->used && g->cam == cam) {
            return g;
        }
    }
    return NULL;
}

/* A free place in the list, which grows: a forgotten group is a lost event. */
static P9xGroupBacklog *free_slot_locked(P9xPresenter *p)
{
    p9x_assert_held(&p->thread_lock);
    for (unsigned i = 0; i < p->group_slots; i++) {
        if (!p->group[i].used) {
            return &p->group[i];
        }
    }
    p->group = g_renew(P9xGroupBacklog, p->group,
                       p->group_slots + P9X_GROUP_BACKLOG_STEP);
    memset(&p->group[p->group_slots], 0,
           P9X_GROUP_BACKLOG_STEP * sizeof(p->group[0]));
    p->group_slots += P9X_GROUP_BACKLOG_STEP;
    return &p->group[p->group_slots - P9X_GROUP_BACKLOG_STEP];
}

/*
 * Says whether the group's NVT has backlog, with the NVT lock held: the list
 * and the NVT change together.
 */
static void list_group(P9xPresenter *p, uint32_t cam, bool has_backlog)
{
    P9xGroupBacklog *g;

    p9x_assert_held(p9x_nvt_lock(p, cam));
    p9x_lock(&p->thread_lock);
    g = find_locked(p, cam);
    if (!g && has_backlog) {
        *free_slot_locked(p) = (P9xGroupBacklog) { cam, true };
        atomic_fetch_add(&p->nr_groups, 1);
    } else if (g && !has_backlog) {
        g->used = false;
        atomic_fetch_sub(&p->nr_groups, 1);
    }
    p9x_unlock(&p->thread_lock);
}

/* Visits the list: starts with @at 0, ends with false. */
static bool next_group(P9xPresenter *p, unsigned *at, uint32_t *cam)
{
    bool found = false;

    p9x_lock(&p->thread_lock);
    for (; !found && *at < p->group_slots; ++*at) {
        found = p->group[*at].used;
        *cam = p->group[*at].cam;
    }
    p9x_unlock(&p->thread_lock);
    return found;
}

/* ---- backlog ---- */

/*
 * Moves from the NVT of group @cam to @tctx what its CPPR lets through, and
 * returns that.
 */
static uint8_t give(const P9xUnit *unit, uint32_t cam, P9xTctx *tctx)
{
    P9xLock *lock = p9x_nvt_lock(unit->presenter, cam);
    bool lines_changed;
    uint8_t ipb, taken;
    P9xNvt *nvt;

    p9x_lock(lock);
    nvt = p9x_nvt_valid_of(&unit->tables, cam);
    ipb = nvt ? p9x_nvt_ipb(nvt) : 0;
    taken = p9x_tctx_take_from_group(tctx, cam, ipb, &lines_changed);
    p9x_nvt_take_ipb(&unit->tables, cam, taken);
    if (taken == ipb) {
        list_group(unit->presenter, cam, false);
    }
    p9x_unlock(lock);
    if (lines_changed) {
        p9x_tctx_lines_changed(tctx);
    }
    return taken;
}

static P9xVpOutcome put_away(const P9xUnit *unit, const P9xVpEvent *event)
{
    uint32_t cam = p9x_cam(event->block, event->index);
    P9xLock *lock = p9x_nvt_lock(unit->presenter, cam);
    P9xVpOutcome outcome;
    bool bad_nvt;

    p9x_lock(lock);
    outcome = p9x_presenter_put_away(unit, event, &bad_nvt);
    if (outcome == P9X_VP_BACKLOGGED) {
        list_group(unit->presenter, cam, true);
    }
    p9x_unlock(lock);
    if (bad_nvt) {
        p9x_presenter_bad_nvt(unit, event);
    }
    return outcome;
}

/*
 * Tells the threads of the group that the event waits.  A thread that raised
 * its CPPR after it had been asked to take the event has not looked for groups,
 * so it gets the event now.
 */
static void tell_threads(const P9xUnit *unit, const P9xVpEvent *event)
{
    uint32_t cam = p9x_cam(event->block, event->index);
    uint8_t bit = p9x_prio_to_ipb(event->priority);
    unsigned at = 0;
    P9xTctx *tctx;

    while ((tctx = p9x_presenter_next_thread(unit->presenter, &at))) {
        if (p9x_tctx_note_group_backlog(tctx, cam, event->priority) &&
            (give(unit, cam, tctx) & bit)) {
            return;
        }
    }
}

P9xVpOutcome p9x_group_event(const P9xUnit *unit, const P9xVpEvent *event)
{
    P9xVpOutcome outcome;

    if (present(unit, event)) {
        return P9X_VP_PRESENTED;
    }
    outcome = put_away(unit, event);
    if (outcome == P9X_VP_BACKLOGGED) {
        tell_threads(unit, event);
    }
    return outcome;
}

void p9x_group_serve(P9xTctx *tctx)
{
    const P9xUnit *unit = tctx->unit;
    unsigned at = 0;
    uint32_t cam;

    p9x_tctx_clear_group_backlog(tctx);
    while (next_group(unit->presenter, &at, &cam)) {
        give(unit, cam, tctx);
    }
}
