/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rows that a server and its queues have in the tables. */
#ifndef P9X_SPAPR_ROWS_H
#define P9X_SPAPR_ROWS_H

#include "xive/ppc/spapr.h"

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
