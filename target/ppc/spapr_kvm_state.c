/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The KVM backend: stopping, going on, saving, restoring.
 *
 * A stopped machine must not write to its queues: the writes of the host's
 * controller mark no page dirty.  So each source that is not off gets PQ=10,
 * and its own PQ is held here.  An event that comes now makes it 11.  Then the
 * device is asked for EQ_SYNC: what had passed PQ is in its queue, and the
 * queues' pages are marked dirty.  (The kernel's documentation says PQ=01 for
 * this step, with which events that come now are lost.)
 *
 * When the machine goes on, a source gets its PQ back, and
 *
 *   held   now   it gets
 *   01     01    nothing: it is off
 *   00     10    00
 *   00     11    00 and a trigger: the event that came is on its way
 *   10     10    nothing
 *   10     11    nothing: Q is the event that came, the EOI sends it
 *   11     any   11
 *
 * Restoring ends in the same state, so events that come between it and the
 * machine's start are kept, too.  Its order is the only one that the device
 * takes: a source's target must have its queue, and making a source anew
 * forgets its target.
 */
#include "spapr_kvm_state.h"

#include <string.h>

#include "spapr_direct.h"
#include "spapr_kvm_device.h"
#include "xive/ppc/spapr_image.h"
#include "xive/queue.h"

/* Stopping. */

void p9x_spapr_kvm_hold(P9xSpapr *s, uint32_t lisn, P9xPq pq)
{
    if (s->held) {
        s->held[lisn] = pq;
    }
}

void p9x_spapr_kvm_let_go(P9xSpapr *s)
{
    g_free(s->held);
    s->held = NULL;
}

static void start_holding(P9xSpapr *s)
{
    s->held = g_malloc(s->config.nr_irqs);
    memset(s->held, P9X_PQ_01, s->config.nr_irqs);
}

/* Q means nothing on an LSI, whose level is kept. */
static P9xPq guest_pq(const P9xSpapr *s, uint32_t lisn, uint64_t pq)
{
    bool level = p9x_source_is_lsi(&s->source, lisn);

    return level && pq == P9X_PQ_11 ? P9X_PQ_10 : (P9xPq)(pq & P9X_ESB_PQ);
}

static void hold_source(P9xSpapr *s, uint32_t lisn)
{
    uint64_t pq;

    if (!p9x_kvmdev_load(s->port, lisn, P9X_ESB_GET, &pq) || pq == P9X_PQ_01) {
        return;
    }
    /* An event may have come since: what this load says is the last word. */
    p9x_kvmdev_load(s->port, lisn, P9X_ESB_SET_PQ_10, &pq);
    s->held[lisn] = guest_pq(s, lisn, pq);
}

static void each_claimed(P9xSpapr *s, void (*f)(P9xSpapr *s, uint32_t lisn))
{
    for (uint32_t lisn = 0; lisn < s->config.nr_irqs; lisn++) {
        if (p9x_spapr_claimed(s, lisn)) {
            f(s, lisn);
        }
    }
}

void p9x_spapr_kvm_stop(P9xSpapr *s)
{
    if (s->held) {
        return;
    }
    start_holding(s);
    each_claimed(s, hold_source);
    p9x_kvmdev_eq_sync(s->port);
}

/* Going on. */

static void give_back_00(P9xSpapr *s, uint32_t lisn)
{
    bool level = p9x_source_is_lsi(&s->source, lisn);
    uint64_t now;

    if (!p9x_kvmdev_load(s->port, lisn, P9X_ESB_SET_PQ_00, &now)) {
        return;
    }
    if (level ? p9x_spapr_level_is_up(s, lisn) : now == P9X_PQ_11) {
        p9x_kvmdev_trigger(s->port, lisn);
    }
}

static void give_back(P9xSpapr *s, uint32_t lisn)
{
    uint64_t now;

    if (s->held[lisn] == P9X_PQ_00) {
        give_back_00(s, lisn);
    } else if (s->held[lisn] == P9X_PQ_11) {
        p9x_kvmdev_load(s->port, lisn, P9X_ESB_SET_PQ_11, &now);
    }
}

void p9x_spapr_kvm_go_on(P9xSpapr *s)
{
    if (s->held) {
        each_claimed(s, give_back);
        p9x_spapr_kvm_let_go(s);
    }
}

/* Saving. */

P9xPq p9x_spapr_kvm_save_pq(P9xSpapr *s, uint32_t lisn)
{
    uint64_t pq = P9X_PQ_01;

    if (s->held) {
        return (P9xPq)s->held[lisn];
    }
    if (p9x_spapr_claimed(s, lisn)) {
        p9x_kvmdev_load(s->port, lisn, P9X_ESB_GET, &pq);
    }
    return guest_pq(s, lisn, pq);
}

int p9x_spapr_kvm_save_end(P9xSpapr *s, uint32_t index, P9xEnd *end)
{
    return p9x_end_flag(end, P9X_END_W0_ENQUEUE) ?
               p9x_kvmdev_refresh_queue(s->port, index, end) :
               0;
}

/* The device says IPB and CPPR; what follows from them it may say later. */
int p9x_spapr_kvm_save_ring(P9xSpapr *s, uint32_t server, uint8_t *image)
{
    uint8_t *ring = &image[P9X_RING_OS * P9X_TM_RING_SIZE];
    uint64_t value[P9X_KVM_VP_STATE_WORDS];
    int rc = s->port->get_vp_state(s->port->opaque, server, value);

    if (rc) {
        return rc;
    }
    memcpy(ring, &value[0], sizeof(value[0]));
    ring[P9X_TM_PIPR] = p9x_ipb_to_pipr(ring[P9X_TM_IPB]);
    ring[P9X_TM_NSR] = ring[P9X_TM_PIPR] < ring[P9X_TM_CPPR] ? P9X_NSR_EO : 0;
    return 0;
}

/* Restoring. */

static char *refused(int rc, const char *what, uint32_t number)
{
    return rc ? g_strdup_printf("KVM's device refuses %s 0x%x: %s", what,
                                number, g_strerror(-rc)) :
                NULL;
}

/* A queue in use of a vCPU that there is. */
static bool has_queue(const P9xSpapr *s, uint64_t index)
{
    return s->server[index / P9X_NR_PRIOS] &&
           p9x_end_flag(&s->tables.end[index], P9X_END_W0_ENQUEUE);
}

/*
 * A guest may have unplugged a vCPU, or taken a queue away, and left sources
 * that lead there.  The device takes no such target.
 */
static void mask_if_astray(P9xSpapr *s, uint32_t lisn)
{
    P9xEas *eas = &s->tables.eas[lisn];
    uint64_t w = p9x_eas_read(eas);

    if (!(w & P9X_EAS_MASKED) &&
        !has_queue(s, p9x_get64(w, P9X_EAS_END_INDEX))) {
        p9x_eas_write(eas, w | P9X_EAS_MASKED);
    }
}

static char *restore_queues(P9xSpapr *s)
{
    char *error = NULL;

    for (uint32_t i = 0; i < s->tables.nr_ends && !error; i++) {
        if (has_queue(s, i)) {
            error = refused(p9x_kvmdev_set_queue(s->port, i, &s->tables.end[i]),
                            "the queue of END", i);
        } else if (!s->server[i / P9X_NR_PRIOS]) {
            p9x_spapr_clear_end(s, i);
        }
    }
    return error;
}

static char *restore_source(P9xSpapr *s, uint32_t lisn)
{
    P9xPq pq = p9x_esb_get(p9x_source_esb(&s->source, lisn));
    uint64_t eas = p9x_spapr_eas(s, lisn), old;
    int rc = p9x_kvmdev_source(s, s->port, lisn,
                               p9x_source_is_lsi(&s->source, lisn));

    if (!rc && !(eas & P9X_EAS_MASKED)) {
        rc = p9x_kvmdev_set64(s->port, P9X_KVM_GRP_SOURCE_CONFIG, lisn,
                              p9x_kvmdev_config_word(eas));
    }
    if (rc) {
        return refused(rc, "interrupt", lisn);
    }
    s->held[lisn] = guest_pq(s, lisn, pq);
    if (pq != P9X_PQ_01) {
        p9x_kvmdev_load(s->port, lisn, P9X_ESB_SET_PQ_10, &old);
    }
    return NULL;
}

static char *restore_sources(P9xSpapr *s)
{
    char *error = NULL;

    start_holding(s);
    for (uint32_t i = 0; i < s->config.nr_irqs && !error; i++) {
        error = p9x_spapr_claimed(s, i) ? restore_source(s, i) : NULL;
    }
    return error;
}

/*
 * From the ring of the direct path, in which nothing stays pending: it has the
 * same vCPU's line as the device.
 */
char *p9x_spapr_kvm_restore_server(P9xSpapr *s, uint32_t server)
{
    const unsigned os = P9X_RING_OS * P9X_TM_RING_SIZE;
    uint64_t value[P9X_KVM_VP_STATE_WORDS] = { 0 };
    uint8_t image[P9X_TM_IMAGE_SIZE];

    p9x_tctx_save(s->server[server], image);
    memcpy(&value[0], &image[os], sizeof(value[0]));
    p9x_tctx_raw_store(s->server[server], os, 8, 0, 1u << P9X_TM_IPB);
    return refused(s->port->set_vp_state(s->port->opaque, server, value),
                   "the state of server", server);
}

static char *restore_servers(P9xSpapr *s)
{
    char *error = NULL;

    for (uint32_t i = 0; i < s->config.nr_servers && !error; i++) {
        error = s->server[i] ? p9x_spapr_kvm_restore_server(s, i) : NULL;
    }
    return error;
}

static char *check(const P9xSpapr *s)
{
    return p9x_spapr_has_report(s) ?
               g_strdup(
                   "the guest has an OS reporting line, which KVM's device "
                   "can't have") :
               NULL;
}

char *p9x_spapr_kvm_restore(P9xSpapr *s)
{
    char *error = check(s);

    if (!error) {
        error = refused(p9x_kvmdev_reset(s->port), "CTRL, attribute",
                        P9X_KVM_CTRL_RESET);
    }
    p9x_spapr_kvm_let_go(s);
    each_claimed(s, mask_if_astray);
    if (!error) {
        error = restore_queues(s);
    }
    if (!error) {
        error = restore_sources(s);
    }
    return error ? error : restore_servers(s);
}
