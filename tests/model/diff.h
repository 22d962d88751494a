/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The core and the reference side by side: one sequence of operations is done
 * to both, and after each one everything that can be seen must be equal.
 */
#ifndef P9X_TEST_DIFF_H
#define P9X_TEST_DIFF_H

#include "fixture.h"
#include "ref.h"

/* An operation is a record of that many bytes, whatever they are. */
enum { DIFF_OP_SIZE = 16 };

typedef struct Diff {
    Host host;
    P9xSpapr s;
    P9xTctx tctx[REF_SERVERS];
    unsigned sampled[REF_SERVERS];      /* lines, as the host last heard */
    Ref ref;
    RefWrite write[REF_MAX_WRITES];
    unsigned nr_writes;
    GString *log;                       /* operations in words, or NULL */
    char error[256];                    /* empty while both agree */
} Diff;

typedef struct DiffResult {
    size_t failed_op;                   /* index, if @error isn't empty */
    char error[256];
} DiffResult;

/* Does @nr_ops records.  False: they differ, @result says where. */
bool diff_run(const uint8_t *data, size_t nr_ops, GString *log,
              DiffResult *result);

/* Shortest failing part of the @nr_ops records, in place; its length. */
size_t diff_minimise(uint8_t *data, size_t nr_ops);

/* Used between diff's files. */
void diff_fail(Diff *d, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void diff_say(Diff *d, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void diff_op(Diff *d, const uint8_t *b);
void diff_check(Diff *d);
void diff_copy_counts(Diff *d);
/* Over a stream and back, with @flips damaged bits; @b is the record. */
void diff_migrate(Diff *d, const uint8_t *b, unsigned flips);
void diff_add_server(Diff *d, unsigned server);
void diff_reset_all(Diff *d);

#endif
