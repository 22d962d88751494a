/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the loops of threads under load have in common. */
#ifndef P9X_TEST_LOOPS_H
#define P9X_TEST_LOOPS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* A number below @n; each thread has a @random of its own. */
static inline unsigned roll(uint64_t *random, unsigned n)
{
    *random = *random * UINT64_C(6364136223846793005) +
              UINT64_C(1442695040888963407);
    return (unsigned)(*random >> 33) % n;
}

static inline bool running(const atomic_bool *stop)
{
    return !atomic_load_explicit(stop, memory_order_relaxed);
}

#endif
