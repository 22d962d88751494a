/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables in arrays, and the pending bits that an NVT keeps. */
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

static uint64_t array_eas(void *opaque, uint8_t block, uint32_t index)
{
    P9xArrayTables *t = opaque;

    return block == t->block && index < t->nr_eas ?
           p9x_eas_read(&t->eas[index]) : 0;
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

P9xTables p9x_array_tables(P9xArrayTables *t)
{
    return (P9xTables) { &p9x_array_table_ops, t };
}

static uint8_t block_of(uint32_t cam)
{
    return (uint8_t)p9x_get32(cam, P9X_CAM_BLOCK);
}

static void nvt_changed(const P9xTables *t, uint32_t cam)
{
    if (t->ops->nvt_changed) {
        t->ops->nvt_changed(t->opaque, block_of(cam),
                            p9x_get32(cam, P9X_CAM_INDEX));
    }
}

P9xNvt *p9x_nvt_valid_of(const P9xTables *t, uint32_t cam)
{
    P9xNvt *nvt;

    p9x_assert_rank(NVT);
    nvt = t->ops->nvt(t->opaque, block_of(cam),
                      p9x_get32(cam, P9X_CAM_INDEX));
    return nvt && p9x_nvt_valid(nvt) ? nvt : NULL;
}

uint8_t p9x_nvt_take_ipb(const P9xTables *t, uint32_t cam, uint8_t which)
{
    P9xNvt *nvt = p9x_nvt_valid_of(t, cam);
    uint8_t ipb = nvt ? p9x_nvt_ipb(nvt) : 0;

    if (ipb & which) {
        p9x_nvt_set_ipb(nvt, ipb & (uint8_t)~which);
        nvt_changed(t, cam);
    }
    return ipb & which;
}

uint8_t p9x_nvt_add_ipb(const P9xTables *t, uint32_t cam, P9xNvt *nvt,
                        uint8_t ipb)
{
    p9x_assert_rank(NVT);
    ipb |= p9x_nvt_ipb(nvt);
    p9x_nvt_set_ipb(nvt, ipb);
    nvt_changed(t, cam);
    return ipb;
}
