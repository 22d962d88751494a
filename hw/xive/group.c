/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VP groups: an END that will take any of 2^n VPs.
 *
 * The END's ignore flag makes the trailing ones of its NVT index, and the zero
 * before them, a wildcard.  The event goes to one matching thread whose CPPR
 * lets it through.  If none does, the group's own NVT keeps it, matching
 * threads learn its priority (LSMFB), and the first of them to raise its CPPR
 * above that gets it.
 *
 * Groups are rare and threads are searched one by one, as the hardware asks
 * them all.  A short list of groups with backlog keeps CPPR stores from
 * searching anything while there is none.
 */
#include <glib.h>
#include <string.h>

#include "end_internal.h"

/*
 * Copy of the thread list, so that no lock is held while presenting.  One of
 * them may be destroyed meanwhile; p9x_tctx_destroy says why that is harmless.
 */
static unsigned list_threads(P9xRouter *r, P9xTctx **list)
{
    unsigned n;

    p9x_lock(&r->thread_lock);
    n = r->nr_threads;
    for (unsigned i = 0; i < n; i++) {
        list[i] = r->thread[i];
    }
    p9x_unlock(&r->thread_lock);
    return n;
}

bool p9x_group_present(P9xRouter *r, const P9xVpEvent *event)
{
    unsigned bits = p9x_group_ignore_bits(event->index);
    uint32_t cam = p9x_cam(event->block, event->index);
    P9xTctx *list[P9X_MAX_THREADS];
    unsigned n = list_threads(r->vps, list);

    for (unsigned i = 0; i < n; i++) {
        uint32_t found;
        P9xRing ring;

        if (p9x_tctx_match_group(list[i], cam, bits, &ring, &found) &&
            p9x_tctx_present(list[i], ring, found, event->priority, true) ==
            P9X_PRESENTED) {
            return true;
        }
    }
    return false;
}

/* A free place in the list, which grows: a forgotten group is a lost event. */
static P9xGroupBacklog *free_slot_locked(P9xRouter *r)
{
    p9x_assert_held(&r->thread_lock);
    for (unsigned i = 0; i < r->group_slots; i++) {
        if (!r->group[i].used) {
            return &r->group[i];
        }
    }
    r->group = g_renew(P9xGroupBacklog, r->group,
                       r->group_slots + P9X_GROUP_BACKLOG_STEP);
    memset(&r->group[r->group_slots], 0,
           P9X_GROUP_BACKLOG_STEP * sizeof(r->group[0]));
    r->group_slots += P9X_GROUP_BACKLOG_STEP;
    return &r->group[r->group_slots - P9X_GROUP_BACKLOG_STEP];
}

static bool group_known_locked(P9xRouter *r, uint8_t block, uint32_t index)
{
    p9x_assert_held(&r->thread_lock);
    for (unsigned i = 0; i < r->group_slots; i++) {
        P9xGroupBacklog *g = &r->group[i];

        if (g->used && g->block == block && g->index == index) {
            return true;
        }
    }
    return false;
}

static void remember_group(P9xRouter *r, uint8_t block, uint32_t index)
{
    p9x_lock(&r->thread_lock);
    if (!group_known_locked(r, block, index)) {
        *free_slot_locked(r) = (P9xGroupBacklog) { block, index, true };
        atomic_fetch_add(&r->nr_groups, 1);
    }
    p9x_unlock(&r->thread_lock);
}

void p9x_group_note_backlog(P9xRouter *r, const P9xVpEvent *event)
{
    unsigned bits = p9x_group_ignore_bits(event->index);
    uint32_t cam = p9x_cam(event->block, event->index);
    P9xTctx *list[P9X_MAX_THREADS];
    unsigned n;

    remember_group(r->vps, event->block, event->index);
    n = list_threads(r->vps, list);
    for (unsigned i = 0; i < n; i++) {
        uint32_t found;
        P9xRing ring;

        if (p9x_tctx_match_group(list[i], cam, bits, &ring, &found) &&
            p9x_tctx_note_group_backlog(list[i], ring, event->priority)) {
            /* It raised its CPPR after it had been asked. */
            p9x_router_redistribute(r, list[i]);
            return;
        }
    }
}

/* Takes group @i off the list and its IPB out of the NVT. */
static bool take_group(P9xRouter *r, unsigned i, P9xVpEvent *event,
                       uint8_t *ipb)
{
    P9xGroupBacklog g = { 0 };
    P9xNvt *nvt;
    uint32_t cam;

    p9x_lock(&r->vps->thread_lock);
    if (i < r->vps->group_slots && r->vps->group[i].used) {
        g = r->vps->group[i];
        r->vps->group[i].used = false;
        atomic_fetch_sub(&r->vps->nr_groups, 1);
    }
    p9x_unlock(&r->vps->thread_lock);
    if (!g.used) {
        return false;
    }
    *event = (P9xVpEvent) {
        .block = g.block, .index = g.index, .backlog = true, .group = true
    };
    cam = p9x_cam(g.block, g.index);
    *ipb = 0;
    p9x_lock(p9x_nvt_lock(r, cam));
    nvt = r->ops->nvt(r->tables, g.block, g.index);
    if (nvt && p9x_nvt_valid(nvt)) {
        *ipb = p9x_nvt_ipb(nvt);
        p9x_nvt_set_ipb(nvt, 0);
        if (r->ops->nvt_changed) {
            r->ops->nvt_changed(r->tables, g.block, g.index);
        }
    }
    p9x_unlock(p9x_nvt_lock(r, cam));
    return true;
}

void p9x_router_redistribute(P9xRouter *r, P9xTctx *tctx)
{
    P9xVpEvent event;
    unsigned slots;
    uint8_t ipb;

    p9x_tctx_clear_group_backlog(tctx);
    p9x_lock(&r->vps->thread_lock);
    slots = r->vps->group_slots;
    p9x_unlock(&r->vps->thread_lock);
    for (unsigned i = 0; i < slots; i++) {
        if (!take_group(r, i, &event, &ipb)) {
            continue;
        }
        /* What still finds no taker goes back where it came from. */
        for (; ipb; ipb &= (uint8_t)~p9x_prio_to_ipb(event.priority)) {
            event.priority = p9x_ipb_to_pipr(ipb);
            p9x_router_vp_event(r, &event);
        }
    }
}
