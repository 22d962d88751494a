/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * State as JSON, for the flight recorder's files and for programs that ask a
 * running machine.  docs/specs/recorder.rst has the shape of each object.
 *
 * All functions append one JSON object or array to @out.  They may run beside
 * threads that change the state: each object is true of some moment.
 */
#ifndef P9X_STATE_H
#define P9X_STATE_H

#include <glib.h>

#include "xive/counters.h"
#include "xive/esb.h"
#include "xive/tables.h"
#include "xive/tctx.h"

/* Source @srcno with @esb, the bits of a P9xEsb, and what its EAS says. */
void p9x_state_source(uint32_t srcno, unsigned esb, bool lsi, uint64_t eas,
                      GString *out);
/* A copy of a valid END, which is number @end (block << 24 | index). */
void p9x_state_end(const P9xEnd *copy, uint32_t end, const P9xPorts *ports,
                   GString *out);
/* @server: what the host program calls the vCPU. */
void p9x_state_thread(P9xTctx *tctx, uint32_t server, GString *out);
/* All counters by name, and the guest errors that have happened. */
void p9x_state_counters(const P9xCounters *counters, GString *out);

/*
 * Comes before each member of an array or object: a comma, unless the member
 * is the first one after the bracket.
 */
void p9x_state_separate(GString *out);

static inline const char *p9x_state_bool(bool yes)
{
    return yes ? "true" : "false";
}

#endif
