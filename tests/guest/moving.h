/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sources that go from server to server while they fire, and every event is
 * counted.  A source has one event on its way at most, so each one that is sent
 * can be waited for, and none hides another.
 */
#ifndef GUEST_MOVING_H
#define GUEST_MOVING_H

#include "xive.h"

#define MOVING_SOURCES 16
#define MOVING_TARGETS 2

struct moving {
    struct source source;
    volatile u64 sent, received;
    u32 where;                  /* which target it was moved to last */
} __attribute__((aligned(128)));

struct target {
    struct queue queue;
    u32 server;
} __attribute__((aligned(128)));

extern struct moving moving[MOVING_SOURCES];
extern struct target targets[MOVING_TARGETS];

/* LISNs 0 and up, at first on target 0; the targets are the first servers. */
void moving_open(void);
/* Off and closed. */
void moving_close(void);
void moving_counts(u64 *sent, u64 *received);

/* Sends an event of @m if its last one has been received. */
void moving_fire(struct moving *m);
/* H_INT_SET_SOURCE_CONFIG and H_INT_SYNC of source @i. */
void moving_move(u32 i, u32 where);
/* Takes and ends what is in the queue. */
void moving_collect(struct target *t);
/* The same of the vCPU's own queue when it is told so. */
void moving_collect_own(struct target *t);
/* One look at both queues, when no other vCPU does: nothing is on its way. */
bool moving_all_received(void);

#endif
