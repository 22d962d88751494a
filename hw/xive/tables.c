/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables in arrays. */
#include <glib.h>
#include <string.h>

#include "xive/tables.h"

void p9x_array_tables_init(P9xArrayTables *t, uint8_t block, uint32_t nr_eas,
                           uint32_t nr_ends, uint32_t nvt_base,
                           uint32_t nr_nvts)
{
    *t = (P9xArrayTables) {
        .block = block,
        .nr_eas = nr_eas,
        .nr_ends = nr_ends,
        .nvt_base = nvt_base,
        .nr_nvts = nr_nvts,
        .eas = g_new0(P9xEas, nr_eas),
        .end = g_new0(P9xEnd, nr_ends),
        .nvt = g_new0(P9xNvt, nr_nvts)
    };
}

void p9x_array_tables_destroy(P9xArrayTables *t)
{
    g_free(t->eas);
    g_free(t->end);
    g_free(t->nvt);
    memset(t, 0, sizeof(*t));
}

static P9xEas *array_eas(void *opaque, uint8_t block, uint32_t index)
{
    P9xArrayTables *t = opaque;

    return block == t->block && index < t->nr_eas ? &t->eas[index] : NULL;
}

static P9xEnd *array_end(void *opaque, uint8_t block, uint32_t index)
{
    P9xArrayTables *t = opaque;

    return block == t->block && index < t->nr_ends ? &t->end[index] : NULL;
}

static P9xNvt *array_nvt(void *opaque, uint8_t block, uint32_t index)
{
    P9xArrayTables *t = opaque;

    /* Below the base the difference wraps to a number past the end. */
    return block == t->block && index - t->nvt_base < t->nr_nvts ?
           &t->nvt[index - t->nvt_base] : NULL;
}

const P9xTableOps p9x_array_table_ops = {
    .eas = array_eas,
    .end = array_end,
    .nvt = array_nvt
};
