/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the sPAPR files share. */
#ifndef P9X_SPAPR_INTERNAL_H
#define P9X_SPAPR_INTERNAL_H

#include "xive/spapr.h"

/* VP number of @server. */
uint32_t p9x_spapr_server_cam(uint32_t server);

/* The server's thread; NULL if there is no such vCPU, whatever @server is. */
P9xTctx *p9x_spapr_server(const P9xSpapr *s, uint64_t server);

/* @server < nr_servers, @priority < 8. */
P9xEnd *p9x_spapr_end(P9xSpapr *s, uint64_t server, uint64_t priority);

/* Sources, queues and what they left pending; config_lock held. */
void p9x_spapr_reset_interrupts(P9xSpapr *s);

#endif
