/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The host's VPs and their queues: allocation, state, escalation. */
#include <string.h>

#include "host_internal.h"
#include "xive/esb.h"
#include "xive/queue.h"

/* The VP's index if @vp is one of a block that is allocated; else 0. */
static uint32_t vp_lookup(P9xHost *h, uint32_t vp)
{
    uint32_t index = p9x_vp_index(vp);

    return (vp & P9X_HOST_VP_BLOCK) && index < h->nr_vps &&
           h->vp_used[index] ? index : 0;
}

static bool block_free(P9xHost *h, uint32_t base, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (h->vp_used[base + i]) {
            return false;
        }
    }
    return true;
}

int p9x_opal_allocate_vp_block(P9xHost *h, unsigned order, uint32_t *vp)
{
    int rc = p9x_host_injected(h, P9X_OPAL_ALLOCATE_VP_BLOCK);
    uint32_t count = UINT32_C(1) << (order & 0x1F);

    if (rc) {
        return rc;
    }
    if (order > 24 || count > h->nr_vps) {
        return P9X_OPAL_RESOURCE;
    }
    rc = P9X_OPAL_RESOURCE;
    p9x_lock(&h->lock);
    for (uint32_t at = 0; at + count <= h->nr_vps; at += count) {
        if (block_free(h, at, count)) {
            memset(&h->vp_used[at], 1, count);
            *vp = P9X_HOST_VP_BLOCK | order << 24 | at;
            rc = P9X_OPAL_SUCCESS;
            break;
        }
    }
    p9x_unlock(&h->lock);
    return rc;
}

/* Wipes the END, or leaves it disabled with both ES off. */
static void end_disable(P9xHost *h, uint32_t index, unsigned prio)
{
    uint32_t nr = index * P9X_NR_PRIOS + prio;
    P9xLock *lock = p9x_end_lock(&h->router, P9X_HOST_BLOCK, nr);
    P9xEnd *end = &h->tables.end[nr];

    p9x_lock(lock);
    memset(end, 0, sizeof(*end));
    p9x_end_set(end, 1, P9X_END_W1_ESN, P9X_PQ_01);
    p9x_end_set(end, 1, P9X_END_W1_ESE, P9X_PQ_01);
    p9x_unlock(lock);
}

static void vp_disable(P9xHost *h, uint32_t index)
{
    uint32_t cam = p9x_cam(P9X_HOST_BLOCK, index);
    P9xLock *lock = p9x_nvt_lock(&h->presenter, cam);

    p9x_lock(lock);
    memset(&h->tables.nvt[index], 0, sizeof(h->tables.nvt[index]));
    p9x_unlock(lock);
}

int p9x_opal_free_vp_block(P9xHost *h, uint32_t vp)
{
    int rc = p9x_host_injected(h, P9X_OPAL_FREE_VP_BLOCK);
    uint32_t base = vp_lookup(h, vp);
    uint32_t count = UINT32_C(1) << p9x_vp_order(vp);

    if (rc) {
        return rc;
    }
    if (!base || base % count || base + count > h->nr_vps) {
        return P9X_OPAL_PARAMETER;
    }
    for (uint32_t i = base; i < base + count; i++) {
        if (p9x_nvt_valid(&h->tables.nvt[i])) {
            return P9X_OPAL_FREE_ACTIVE;
        }
    }
    for (uint32_t i = base; i < base + count; i++) {
        for (unsigned prio = 0; prio < P9X_NR_PRIOS; prio++) {
            end_disable(h, i, prio);
        }
    }
    p9x_lock(&h->lock);
    memset(&h->vp_used[base], 0, count);
    p9x_unlock(&h->lock);
    return P9X_OPAL_SUCCESS;
}

int p9x_opal_get_vp_info(P9xHost *h, uint32_t vp, unsigned *flags,
                         uint32_t *cam)
{
    int rc = p9x_host_injected(h, P9X_OPAL_GET_VP_INFO);
    uint32_t index = vp_lookup(h, vp);

    if (rc) {
        return rc;
    }
    if (!index) {
        return P9X_OPAL_PARAMETER;
    }
    *flags = (p9x_nvt_valid(&h->tables.nvt[index]) ? P9X_OPAL_VP_ENABLED : 0) |
             (h->vp_single[index] ? P9X_OPAL_VP_SINGLE_ESCALATION : 0);
    *cam = p9x_cam(P9X_HOST_BLOCK, index);
    return P9X_OPAL_SUCCESS;
}

/*
 * Single escalation: the END of priority 7 is silent and escalates, all others
 * escalate to it without asking, so that a blocked VP is one interrupt away
 * from running whatever came for it.
 */
static void set_single_escalation(P9xHost *h, uint32_t index, bool on)
{
    uint32_t nr = index * P9X_NR_PRIOS + P9X_PRIO_MAX;
    P9xLock *lock = p9x_end_lock(&h->router, P9X_HOST_BLOCK, nr);
    P9xEnd *end = &h->tables.end[nr];

    h->vp_single[index] = on;
    if (!on) {
        return;
    }
    p9x_lock(lock);
    memset(end, 0, sizeof(*end));
    end->w[0] = p9x_be32(P9X_END_W0_VALID | P9X_END_W0_SILENT_ESC |
                         P9X_END_W0_ESCALATE | P9X_END_W0_BACKLOG);
    p9x_unlock(lock);
}

int p9x_opal_set_vp_info(P9xHost *h, uint32_t vp, unsigned flags)
{
    int rc = p9x_host_injected(h, P9X_OPAL_SET_VP_INFO);
    uint32_t index = vp_lookup(h, vp);
    P9xLock *lock;

    if (rc) {
        return rc;
    }
    if (!index) {
        return P9X_OPAL_PARAMETER;
    }
    if (!(flags & P9X_OPAL_VP_ENABLED)) {
        vp_disable(h, index);
        h->vp_single[index] = false;
        return P9X_OPAL_SUCCESS;
    }
    lock = p9x_nvt_lock(&h->presenter, p9x_cam(P9X_HOST_BLOCK, index));
    p9x_lock(lock);
    h->tables.nvt[index].w[0] |= p9x_be32(P9X_NVT_W0_VALID);
    p9x_unlock(lock);
    set_single_escalation(h, index, flags & P9X_OPAL_VP_SINGLE_ESCALATION);
    return P9X_OPAL_SUCCESS;
}

int p9x_opal_get_vp_state(P9xHost *h, uint32_t vp, uint64_t *state)
{
    int rc = p9x_host_injected(h, P9X_OPAL_GET_VP_STATE);
    uint32_t index = vp_lookup(h, vp);
    P9xLock *lock;

    if (rc) {
        return rc;
    }
    if (!index) {
        return P9X_OPAL_PARAMETER;
    }
    lock = p9x_nvt_lock(&h->presenter, p9x_cam(P9X_HOST_BLOCK, index));
    p9x_lock(lock);
    *state = (uint64_t)p9x_nvt_ipb(&h->tables.nvt[index]) << 40;
    p9x_unlock(lock);
    return P9X_OPAL_SUCCESS;
}

/* Queues. */

/*
 * What every call about a queue starts with: planted trouble, then the END of
 * @vp and @prio, number @nr.
 */
static int queue_call(P9xHost *h, P9xOpalCall call, uint32_t vp, uint8_t prio,
                      uint32_t *nr, P9xEnd **end)
{
    int rc = p9x_host_injected(h, call);
    uint32_t index = vp_lookup(h, vp);

    if (rc) {
        return rc;
    }
    if (!index || prio > P9X_PRIO_MAX) {
        return P9X_OPAL_PARAMETER;
    }
    *nr = index * P9X_NR_PRIOS + prio;
    *end = &h->tables.end[*nr];
    return P9X_OPAL_SUCCESS;
}

/* The same for its state, which only a valid END has. */
static int queue_state_call(P9xHost *h, P9xOpalCall call, uint32_t vp,
                            uint8_t prio, uint32_t *nr, P9xEnd **end)
{
    int rc = queue_call(h, call, vp, prio, nr, end);

    if (!rc && !p9x_end_flag(*end, P9X_END_W0_VALID)) {
        rc = P9X_OPAL_WRONG_STATE;
    }
    return rc;
}

static bool order_ok(unsigned order)
{
    return order == 0 || order == 12 || order == 16 || order == 21 ||
           order == 24;
}

static P9xEnd make_end(P9xHost *h, const P9xEnd *old, uint32_t nr,
                       uint64_t page, unsigned order, unsigned flags)
{
    uint32_t index = nr / P9X_NR_PRIOS;
    uint32_t w0 = P9X_END_W0_VALID | P9X_END_W0_BACKLOG;
    P9xEnd end = { 0 };

    p9x_queue_set(&end, page, order ? order : P9X_QSIZE_SHIFT_BASE);
    if (order) {
        w0 |= P9X_END_W0_ENQUEUE;
    }
    if (flags & P9X_OPAL_EQ_ALWAYS_NOTIFY) {
        w0 |= P9X_END_W0_UCOND_NOTIFY;
    }
    if (flags & P9X_OPAL_EQ_ESCALATE) {
        w0 |= P9X_END_W0_ESCALATE;
    }
    if (h->vp_single[index] && (flags & P9X_OPAL_EQ_ESCALATE)) {
        w0 |= P9X_END_W0_UCOND_ESC;
        p9x_end_set(&end, 4, P9X_END_W4_ESC_BLOCK, P9X_HOST_BLOCK);
        p9x_end_set(&end, 4, P9X_END_W4_ESC_INDEX,
                    index * P9X_NR_PRIOS + P9X_PRIO_MAX);
    }
    end.w[0] |= p9x_be32(w0);
    p9x_end_set(&end, 1, P9X_END_W1_ESN,
                p9x_end_get(old, 1, P9X_END_W1_ESN));
    p9x_end_set(&end, 1, P9X_END_W1_ESE,
                p9x_end_get(old, 1, P9X_END_W1_ESE));
    p9x_end_set(&end, 6, P9X_END_W6_NVT_BLOCK, P9X_HOST_BLOCK);
    p9x_end_set(&end, 6, P9X_END_W6_NVT_INDEX, index);
    p9x_end_set(&end, 7, P9X_END_W7_F0_PRIORITY, nr % P9X_NR_PRIOS);
    return end;
}

int p9x_opal_set_queue_info(P9xHost *h, uint32_t vp, uint8_t prio,
                            uint64_t page, unsigned order, unsigned flags)
{
    P9xEnd *end;
    P9xLock *lock;
    uint32_t nr;
    int rc = queue_call(h, P9X_OPAL_SET_QUEUE_INFO, vp, prio, &nr, &end);

    if (rc) {
        return rc;
    }
    if (!order_ok(order) ||
        (order && page & ((UINT64_C(1) << order) - 1))) {
        return P9X_OPAL_PARAMETER;
    }
    if (!(flags & P9X_OPAL_EQ_ENABLED)) {
        end_disable(h, nr / P9X_NR_PRIOS, prio);
        return P9X_OPAL_SUCCESS;
    }
    lock = p9x_end_lock(&h->router, P9X_HOST_BLOCK, nr);
    p9x_lock(lock);
    *end = make_end(h, end, nr, page, order, flags);
    p9x_unlock(lock);
    return P9X_OPAL_SUCCESS;
}

int p9x_opal_get_queue_info(P9xHost *h, uint32_t vp, uint8_t prio,
                            uint64_t *page, unsigned *order, unsigned *flags,
                            uint32_t *esc_irq)
{
    bool enqueues;
    P9xEnd *end;
    uint32_t nr;
    int rc = queue_call(h, P9X_OPAL_GET_QUEUE_INFO, vp, prio, &nr, &end);

    if (rc) {
        return rc;
    }
    enqueues = p9x_end_flag(end, P9X_END_W0_ENQUEUE);
    *page = enqueues ? p9x_queue_addr(end) : 0;
    *order = enqueues ? (unsigned)__builtin_ctz(p9x_queue_entries(end)) + 2 :
                        0;
    *flags = (p9x_end_flag(end, P9X_END_W0_VALID) ? P9X_OPAL_EQ_ENABLED : 0) |
             (p9x_end_flag(end, P9X_END_W0_UCOND_NOTIFY) ?
              P9X_OPAL_EQ_ALWAYS_NOTIFY : 0) |
             (p9x_end_flag(end, P9X_END_W0_ESCALATE) ?
              P9X_OPAL_EQ_ESCALATE : 0);
    if (h->vp_single[nr / P9X_NR_PRIOS]) {
        nr = nr / P9X_NR_PRIOS * P9X_NR_PRIOS + P9X_PRIO_MAX;
    }
    /* Bit 24 marks a source number that is an END's. */
    *esc_irq = UINT32_C(1) << 24 | nr;
    return P9X_OPAL_SUCCESS;
}

int p9x_opal_get_queue_state(P9xHost *h, uint32_t vp, uint8_t prio,
                             uint32_t *toggle, uint32_t *index)
{
    uint32_t nr;
    P9xEnd *end;
    int rc = queue_state_call(h, P9X_OPAL_GET_QUEUE_STATE, vp, prio, &nr,
                              &end);

    if (rc) {
        return rc;
    }
    *toggle = p9x_end_get(end, 1, P9X_END_W1_GENERATION);
    *index = p9x_end_get(end, 1, P9X_END_W1_OFFSET);
    return P9X_OPAL_SUCCESS;
}

int p9x_opal_set_queue_state(P9xHost *h, uint32_t vp, uint8_t prio,
                             uint32_t toggle, uint32_t index)
{
    P9xLock *lock;
    uint32_t nr;
    P9xEnd *end;
    int rc = queue_state_call(h, P9X_OPAL_SET_QUEUE_STATE, vp, prio, &nr,
                              &end);

    if (rc) {
        return rc;
    }
    lock = p9x_end_lock(&h->router, P9X_HOST_BLOCK, nr);
    p9x_lock(lock);
    p9x_end_set(end, 1, P9X_END_W1_GENERATION, toggle & 1);
    p9x_end_set(end, 1, P9X_END_W1_OFFSET,
                index & (p9x_queue_entries(end) - 1));
    p9x_unlock(lock);
    return P9X_OPAL_SUCCESS;
}
