/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The direct path: sources, tables and router of this object do the work.
 *
 * A claimed LISN is one whose EAS is valid; there is no second list.  Masked,
 * with itself as EISN and with PQ=01 is how it starts and what every reset goes
 * back to.
 */
#include <string.h>

#include "spapr_direct.h"
#include "xive/dispatch.h"
#include "xive/queue.h"
#include "xive/recorder.h"

static void note(const P9xSpapr *s, P9xStep step, uint32_t a, uint32_t b,
                 uint32_t c)
{
    p9x_note(step, s->source.config.origin, a, b, c);
}

/* Sources. */

static int claim(P9xSpapr *s, uint32_t lisn, bool lsi)
{
    note(s, P9X_STEP_CLAIM, lisn, lsi, 0);
    p9x_source_set_lsi(&s->source, lisn, lsi);
    /* A guest can have played with the page of an unused number. */
    p9x_source_set_pq(&s->source, lisn, P9X_PQ_01);
    p9x_eas_write(&s->tables.eas[lisn], p9x_spapr_new_eas(s, lisn));
    return 0;
}

static void free_lisn(P9xSpapr *s, uint32_t lisn)
{
    note(s, P9X_STEP_FREE, lisn, 0, 0);
    p9x_source_set_level(&s->source, lisn, false);
    p9x_source_set_pq(&s->source, lisn, P9X_PQ_01);
    p9x_eas_write(&s->tables.eas[lisn], 0);
    p9x_source_set_lsi(&s->source, lisn, false);
}

static void set_irq(P9xSpapr *s, uint32_t lisn, bool level)
{
    p9x_source_set_level(&s->source, lisn, level);
}

static int64_t configure(P9xSpapr *s, uint32_t lisn, uint64_t eas,
                         uint64_t keep)
{
    if (keep) {
        eas = p9x_eas_change(&s->tables.eas[lisn], eas, keep);
    } else {
        p9x_eas_write(&s->tables.eas[lisn], eas);
    }
    note(s, P9X_STEP_SET_EAS, lisn, p9x_recorded_route(eas),
         (uint32_t)(eas & P9X_EAS_END_DATA));
    return P9X_H_SUCCESS;
}

static int64_t sync_source(P9xSpapr *s, uint32_t lisn)
{
    (void)lisn;
    p9x_source_sync(&s->source);
    return P9X_H_SUCCESS;
}

static int64_t esb(P9xSpapr *s, uint32_t lisn, bool store, uint64_t offset,
                   uint64_t *value)
{
    if (store) {
        p9x_source_page_store(&s->source, lisn, true, offset, 8, *value);
        *value = UINT64_MAX;
    } else {
        *value = p9x_source_page_load(&s->source, lisn, true, offset, 8);
    }
    return P9X_H_SUCCESS;
}

/* Queues. */

static void write_end(P9xSpapr *s, uint32_t index, const P9xEnd *end)
{
    P9xLock *lock = p9x_end_lock(&s->router, P9X_SPAPR_BLOCK, index);

    p9x_lock(lock);
    s->tables.end[index] = *end;
    p9x_unlock(lock);
}

void p9x_spapr_clear_end(P9xSpapr *s, uint32_t index)
{
    static const P9xEnd none;

    write_end(s, index, &none);
}

static int64_t set_queue(P9xSpapr *s, uint32_t server, uint8_t priority,
                         const P9xEnd *end)
{
    uint32_t index = p9x_spapr_end_index(server, priority);

    note(s, P9X_STEP_SET_END, index,
         (uint32_t)(p9x_queue_addr(end) >> P9X_SPAPR_EQ_SHIFT),
         p9x_spapr_server_cam(server));
    write_end(s, index, end);
    return P9X_H_SUCCESS;
}

static int64_t refresh_queue(P9xSpapr *s, uint32_t server, uint8_t priority,
                             P9xEnd *end)
{
    /* The router counts in the table, of which @end is a copy. */
    (void)s;
    (void)server;
    (void)priority;
    (void)end;
    return P9X_H_SUCCESS;
}

static int64_t set_report(P9xSpapr *s, uint32_t server, uint64_t addr)
{
    P9xLock *lock = p9x_nvt_lock(&s->presenter, p9x_spapr_server_cam(server));

    p9x_lock(lock);
    p9x_nvt_set_report(&s->tables.nvt[server], addr);
    p9x_unlock(lock);
    return P9X_H_SUCCESS;
}

/* Reset. */

static void mask_sources(P9xSpapr *s)
{
    for (uint32_t i = 0; i < s->config.nr_irqs; i++) {
        P9xEas *eas = &s->tables.eas[i];

        if (p9x_eas_read(eas) & P9X_EAS_VALID) {
            p9x_eas_write(eas, p9x_spapr_new_eas(s, i));
        }
        p9x_source_set_pq(&s->source, i, P9X_PQ_01);
    }
}

static void disable_ends(P9xSpapr *s)
{
    for (uint32_t i = 0; i < s->tables.nr_ends; i++) {
        p9x_spapr_clear_end(s, i);
    }
}

/* Pending bits without an entry behind them would only be spurious. */
static void forget_pending(P9xSpapr *s)
{
    static const unsigned ipb_mask = 1u << P9X_TM_IPB;

    for (uint32_t i = 0; i < s->config.nr_servers; i++) {
        if (s->server[i]) {
            p9x_tctx_raw_store(s->server[i],
                               P9X_RING_OS * P9X_TM_RING_SIZE, 8, 0,
                               ipb_mask);
        }
    }
}

/* Reporting lines, and what a VP collected while it was nowhere. */
static void clear_nvts(P9xSpapr *s)
{
    for (uint32_t i = 0; i < s->config.nr_servers; i++) {
        P9xLock *lock = p9x_nvt_lock(&s->presenter, p9x_spapr_server_cam(i));

        p9x_lock(lock);
        p9x_nvt_set_report(&s->tables.nvt[i], 0);
        p9x_nvt_set_ipb(&s->tables.nvt[i], 0);
        p9x_unlock(lock);
    }
}

/*
 * In an order that leaves no event behind: first nothing new starts (PQ=01,
 * EAS masked), then what is on its way arrives, then queues and pending bits
 * go.
 */
void p9x_spapr_reset_interrupts(P9xSpapr *s)
{
    p9x_assert_held(&s->config_lock);
    atomic_store(&s->resetting, true);
    note(s, P9X_STEP_RESET, 0, 0, 0);
    mask_sources(s);
    p9x_gate_drain(&s->source.gate);
    disable_ends(s);
    forget_pending(s);
    clear_nvts(s);
    atomic_store(&s->resetting, false);
}

static int64_t reset(P9xSpapr *s)
{
    p9x_spapr_reset_interrupts(s);
    return P9X_H_SUCCESS;
}

static void renew(P9xSpapr *s)
{
    p9x_spapr_reset_interrupts(s);
    p9x_source_reset(&s->source);
}

/* Servers. */

static void set_nvt_valid(P9xSpapr *s, uint32_t server, bool valid)
{
    P9xLock *lock = p9x_nvt_lock(&s->presenter, p9x_spapr_server_cam(server));
    P9xNvt *nvt = &s->tables.nvt[server];

    p9x_lock(lock);
    memset(nvt, 0, sizeof(*nvt));
    nvt->w[0] = p9x_be32(valid ? P9X_NVT_W0_VALID : 0);
    p9x_unlock(lock);
}

static int add_server(P9xSpapr *s, uint32_t server, P9xTctx *tctx)
{
    note(s, P9X_STEP_SERVER, server, true, 0);
    set_nvt_valid(s, server, true);
    s->server[server] = tctx;
    return 0;
}

static void remove_server(P9xSpapr *s, uint32_t server)
{
    note(s, P9X_STEP_SERVER, server, false, 0);
    s->server[server] = NULL;
    set_nvt_valid(s, server, false);
}

static void reset_server(P9xSpapr *s, uint32_t server, P9xTctx *tctx)
{
    (void)s;
    p9x_tctx_reset(tctx);
    p9x_tctx_set_word2(tctx, P9X_RING_OS,
                       P9X_TM_OS_VALID | p9x_spapr_server_cam(server));
}

/*
 * Stopping and migration.  The tables are what a stream has, so there is
 * nothing to do: an event of a stopped machine goes where it always goes.
 */

static void stop_or_go_on(P9xSpapr *s)
{
    (void)s;
}

static P9xPq save_pq(P9xSpapr *s, uint32_t lisn)
{
    return p9x_esb_get(p9x_source_esb(&s->source, lisn));
}

static int save_end(P9xSpapr *s, uint32_t index, P9xEnd *end)
{
    (void)s;
    (void)index;
    (void)end;
    return 0;
}

static int save_ring(P9xSpapr *s, uint32_t server, uint8_t *image)
{
    (void)s;
    (void)server;
    (void)image;
    return 0;
}

static char *restore(P9xSpapr *s)
{
    (void)s;
    return NULL;
}

static char *restore_server(P9xSpapr *s, uint32_t server)
{
    (void)s;
    (void)server;
    return NULL;
}

const P9xSpaprBackend p9x_spapr_direct = {
    .store_eoi = true,
    .lisn_is_eisn = true,
    .shares = true,
    .claim = claim,
    .free = free_lisn,
    .set_irq = set_irq,
    .configure = configure,
    .sync = sync_source,
    .esb = esb,
    .set_queue = set_queue,
    .refresh_queue = refresh_queue,
    .set_report = set_report,
    .reset = reset,
    .renew = renew,
    .add_server = add_server,
    .remove_server = remove_server,
    .reset_server = reset_server,
    .stop = stop_or_go_on,
    .go_on = stop_or_go_on,
    .save_pq = save_pq,
    .save_end = save_end,
    .save_ring = save_ring,
    .restore = restore,
    .restore_server = restore_server,
};
