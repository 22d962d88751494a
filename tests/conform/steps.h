/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Steps of sequences that are written by hand: one call each, then the state
 * that can be seen, and the line is complete.
 */
#ifndef CONFORM_STEPS_H
#define CONFORM_STEPS_H

#include "conform.h"

enum { CONFORM_PRIO = 6 };      /* a server has queues at one priority only */

/* The step is done: state, and the end of the line. */
void conform_native_done(Conform *c);
void conform_xics_done(Conform *c);

/* A load at @offset of the number's management page; a trigger. */
void step_esb(Conform *c, uint32_t girq, uint64_t offset);
void step_trigger(Conform *c, uint32_t girq);
/* The server's queue is queue @n of the guest. */
P9xKvmEq conform_queue_at(unsigned n);
void step_queue(Conform *c, uint32_t server, unsigned n);
/* SOURCE_CONFIG to the server's queue, with @more in the word. */
void step_route(Conform *c, uint32_t girq, uint32_t server, uint32_t eisn,
                uint64_t more);
void step_source(Conform *c, uint32_t girq, uint64_t flags);
void step_control(Conform *c, unsigned attr);

#endif
