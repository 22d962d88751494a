/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The differential fuzzer with numbers of its own: reproducible, no special
 * compiler.
 *
 *   fuzz-diff [--seconds N] [--seed N] [--ops N] [--runs N]
 *
 * Run n of seed s is the same sequence everywhere.  P9X_FUZZ_SECONDS in the
 * environment has the last word on the time.
 */
#include "diff.h"

#include <stdio.h>

#include "fuzz-loop.h"

static int64_t seconds = 20, first_run, nr_runs = -1;
static int64_t seed = 1, nr_ops = 160;

static const GOptionEntry options[] = {
    { "seconds", 0, 0, G_OPTION_ARG_INT64, &seconds, "how long", "N" },
    { "seed", 0, 0, G_OPTION_ARG_INT64, &seed, "which sequences", "N" },
    { "ops", 0, 0, G_OPTION_ARG_INT64, &nr_ops, "operations a run", "N" },
    { "first", 0, 0, G_OPTION_ARG_INT64, &first_run, "first run", "N" },
    { "runs", 0, 0, G_OPTION_ARG_INT64, &nr_runs, "at most that many", "N" },
    { NULL, 0, 0, 0, NULL, NULL, NULL }
};

/* Every run has numbers of its own, whatever runs before it. */
static void fill(uint8_t *data, int64_t run)
{
    uint64_t state = (uint64_t)seed << 40 ^ (uint64_t)run;

    for (int64_t i = 0; i < nr_ops * DIFF_OP_SIZE; i += 8) {
        p9x_store_be(data + i, 8, fuzz_next(&state));
    }
}

static int report(uint8_t *data, int64_t run)
{
    size_t n = diff_minimise(data, (size_t)nr_ops);
    g_autoptr(GString) log = g_string_new("");
    DiffResult result;

    diff_run(data, n, log, &result);
    printf("not ok 1 - core and reference agree\n");
    fprintf(stderr, "seed %lld run %lld, shortened to %zu operations:\n%s"
            "  %s\nagain: --seed %lld --first %lld --runs 1 --ops %lld\n",
            (long long)seed, (long long)run, n, log->str, result.error,
            (long long)seed, (long long)run, (long long)nr_ops);
    return 1;
}

int main(int argc, char **argv)
{
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    const char *env = g_getenv("P9X_FUZZ_SECONDS");
    g_autofree uint8_t *data = NULL;
    g_autoptr(GError) error = NULL;
    int64_t start, end, run;
    DiffResult result;

    g_option_context_add_main_entries(context, options, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error)) {
        fprintf(stderr, "%s\n", error->message);
        return 2;
    }
    seconds = env ? g_ascii_strtoll(env, NULL, 10) : seconds;
    data = g_malloc((gsize)nr_ops * DIFF_OP_SIZE);
    printf("1..1\n");
    start = g_get_monotonic_time();
    end = start + seconds * G_USEC_PER_SEC;
    for (run = first_run; nr_runs < 0 || run < first_run + nr_runs; run++) {
        if (nr_runs < 0 && g_get_monotonic_time() >= end) {
            break;
        }
        fuzz_at("in seed %lld run %lld, %lld ops\n", (long long)seed,
                (long long)run, (long long)nr_ops);
        fill(data, run);
        if (!diff_run(data, (size_t)nr_ops, NULL, &result)) {
            return report(data, run);
        }
    }
    run -= first_run;
    printf("# seed %lld: %lld executions of %lld operations, %.0f executions "
           "and %.0f operations a second\nok 1 - core and reference agree\n",
           (long long)seed, (long long)run, (long long)nr_ops,
           run * 1e6 / (g_get_monotonic_time() - start + 1),
           run * nr_ops * 1e6 / (g_get_monotonic_time() - start + 1));
    return 0;
}
