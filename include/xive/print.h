/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * State in words for `info pic`: the part that pseries and powernv share.
 */
#ifndef P9X_PRINT_H
#define P9X_PRINT_H

#include <glib.h>

#include "xive/counters.h"
#include "xive/tctx.h"

/*
 * A thread's rings in upstream's columns, which people's eyes and scripts
 * know, a line each under a heading.  @cpu: number to print in front.
 */
void p9x_print_thread(P9xTctx *tctx, uint32_t cpu, GString *out);

/* All counters, then the guest errors that have happened. */
void p9x_print_counters(const P9xCounters *counters, GString *out);

#endif
