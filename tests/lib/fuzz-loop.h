/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The loop of a fuzz driver: run after run, each with a seed of its own, for
 * as long as P9X_FUZZ_SECONDS says; or the one run whose seed is given, as a
 * driver that crashes says how to do it.
 */
#ifndef P9X_FUZZ_LOOP_H
#define P9X_FUZZ_LOOP_H

#include <stdint.h>

typedef struct FuzzDriver {
    const char *program;
    const char *claim;              /* what has been shown */
    unsigned seconds;               /* if the environment says nothing */
    unsigned ops;                   /* of a run */
    void (*run)(uint64_t seed);
} FuzzDriver;

/* Exit status. */
int fuzz_loop(int argc, char **argv, const FuzzDriver *driver);

/* What an abort says first, from now on: how to come here again. */
void fuzz_at(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* splitmix64: a run has numbers of its own, whatever ran before it. */
uint64_t fuzz_next(uint64_t *state);

#endif
