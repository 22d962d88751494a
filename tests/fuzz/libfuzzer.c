/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The differential fuzzer, guided by coverage: an input is a row of records. */
#include "diff.h"

#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t nr_ops = size / DIFF_OP_SIZE;
    DiffResult result;

    if (!diff_run(data, nr_ops, NULL, &result)) {
        g_autofree uint8_t *copy = g_memdup2(data, size);
        g_autoptr(GString) log = g_string_new("");
        size_t n = diff_minimise(copy, nr_ops);

        diff_run(copy, n, log, &result);
        fprintf(stderr, "%s  %s\n", log->str, result.error);
        abort();
    }
    return 0;
}
