/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rows that a server and its queues have in the tables. */
#ifndef P9X_SPAPR_ROWS_H
#define P9X_SPAPR_ROWS_H

#include "xive/ppc/spapr.h"

/*
 * Between the two no hcall is under way, and none reads what changes.  No
 * function takes config_lock in another way: saving, too, copies whole tables
 * of which an hcall changes a word, and stopping and going on work on what the
 * hcalls of a guest on a device write.
 */
static inline void p9x_spapr_change(P9xSpapr *s) P9X_TAKES(&s->config_lock);
static inline void p9x_spapr_changed(P9xSpapr *s)
    P9X_LETS_GO(&s->config_lock);

static inline void p9x_spapr_change(P9xSpapr *s)
{
    p9x_lock(&s->config_lock);
    p9x_calls_close(&s->calls);
}

static inline void p9x_spapr_changed(P9xSpapr *s)
{
    p9x_calls_open(&s->calls);
    p9x_unlock(&s->config_lock);
}

/* VP number of @server. */
static inline uint32_t p9x_spapr_server_cam(uint32_t server)
{
    return p9x_cam(P9X_SPAPR_BLOCK, P9X_SPAPR_NVT_BASE + server);
}

/* The server's thread; NULL if there is no such vCPU, whatever @server is. */
static inline P9xTctx *p9x_spapr_server(const P9xSpapr *s, uint64_t server)
{
    return server < s->config.nr_servers ? s->server[server] : NULL;
}

/* @server < nr_servers, @priority < 8.  A valid END is a queue in use. */
static inline uint32_t p9x_spapr_end_index(uint64_t server, uint64_t priority)
{
    return (uint32_t)(server * P9X_NR_PRIOS + priority);
}

static inline P9xEnd *p9x_spapr_end(P9xSpapr *s, uint64_t server,
                                    uint64_t priority)
{
    return &s->tables.end[p9x_spapr_end_index(server, priority)];
}

#endif
