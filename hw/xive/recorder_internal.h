/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the recorder's writing side shows to the side that makes files. */
#ifndef P9X_RECORDER_INTERNAL_H
#define P9X_RECORDER_INTERNAL_H

#include "xive/recorder.h"

enum { P9X_RECORD_WORDS = P9X_RECORD_BYTES / 8 };

/* time; passage; step, origin and a; b and c: see docs/specs/recorder.rst. */
typedef struct P9xRecord {
    _Atomic uint64_t word[P9X_RECORD_WORDS];
} P9xRecord;

/* @head records have been written, the last ones are still there. */
typedef struct P9xRecorderRing {
    _Atomic uint64_t head;
    P9xRecord *record;
    _Atomic uint64_t thread;    /* the operating system's number; 0: unused */
    char name[P9X_RECORDER_NAME];
    char apart[64];
} P9xRecorderRing;

typedef struct P9xRecorderArena {
    uint32_t size;              /* records a ring, a power of 2 */
    struct P9xRecorderArena *older;     /* of another size, no longer used */
    P9xRecorderRing ring[P9X_RECORDER_THREADS];
} P9xRecorderArena;

/* NULL before the first start. */
P9xRecorderArena *p9x_recorder_arena(void);

/* The processor's counter, or nanoseconds where it has none we know. */
uint64_t p9x_recorder_ticks(void);
/* Nanoseconds since 1970 at the same moment as @ticks. */
void p9x_recorder_moment(uint64_t *ticks, uint64_t *ns);
/* The moment of the first start. */
void p9x_recorder_first_moment(uint64_t *ticks, uint64_t *ns);

/*
 * Copies what is in @ring to @out, which has room for the arena's size of
 * records.  Returns how many; @first is the number of the first one.
 */
uint32_t p9x_recorder_copy(const P9xRecorderRing *ring, uint32_t size,
                           uint64_t (*out)[P9X_RECORD_WORDS],
                           uint64_t *first);

#endif
