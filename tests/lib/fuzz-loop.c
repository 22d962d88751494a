/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glib.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fuzz-loop.h"

static char where[128];

/* Says which run it was before an abort takes the program away. */
static void say_where(int sig)
{
    ssize_t ignored = write(2, where, strlen(where));

    (void)ignored;
    signal(sig, SIG_DFL);
    raise(sig);
}

void fuzz_at(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_vsnprintf(where, sizeof(where), format, args);
    va_end(args);
    signal(SIGABRT, say_where);
    signal(SIGSEGV, say_where);
}

int fuzz_loop(int argc, char **argv, const FuzzDriver *driver)
{
    const char *env = g_getenv("P9X_FUZZ_SECONDS");
    int64_t seconds = env ? g_ascii_strtoll(env, NULL, 10) : driver->seconds;
    int64_t end = g_get_monotonic_time() + seconds * G_USEC_PER_SEC;
    uint64_t seed = argc > 1 ? g_ascii_strtoull(argv[1], NULL, 0) : 1;
    unsigned runs = 0;

    printf("1..1\n");
    do {
        fuzz_at("again: %s %" G_GUINT64_FORMAT "\n", driver->program, seed);
        driver->run(seed++);
        runs++;
    } while (argc < 2 && g_get_monotonic_time() < end);
    printf("# %u runs of %u operations\nok 1 - %s\n", runs, driver->ops,
           driver->claim);
    return 0;
}

uint64_t fuzz_next(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);

    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}
