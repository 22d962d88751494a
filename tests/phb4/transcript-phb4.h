/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes down what a bridge asks of its host program, call by call, and what
 * it traces; the calls go on to the rig's own ports.
 *
 * A lively host program also calls the bridge from inside of a port, as
 * QEMU's does: it looks at windows and translations that changed, and the
 * device does DMA, sends a message or moves its INTx while the CPU stores to
 * it or resets it.
 */
#ifndef P9X_TEST_TRANSCRIPT_PHB4_H
#define P9X_TEST_TRANSCRIPT_PHB4_H

#include "fixture-phb4.h"

typedef struct Transcript {
    PRig *rig;
    GString *text;              /* a line a call */
    bool lively;
    bool counts;                /* also what migration does not carry over */
    unsigned depth;             /* ports inside of ports */
    unsigned stores;            /* to the device: what it does turns */
    P9xPhb4Ports to;            /* the rig's ports */
    P9xPorts memory;
} Transcript;

/* From now on; @rig's ports are the transcript's until transcript_stop. */
void transcript_start(Transcript *t, PRig *rig, bool lively, bool counts);
void transcript_stop(Transcript *t);

/*
 * Appends what can be seen of the bridge at rest: a sum over its whole state,
 * windows, fence, levels of the LSIs; and counts, if they are wanted.
 */
void transcript_look(Transcript *t);

#endif
