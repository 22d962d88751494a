/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * All that a function's DMA may reach, for listeners that keep a copy.
 *
 * Tables are the guest's, and a DMA space has 2^60 addresses: a table may name
 * itself on every level, or claim 2^39 entries in memory that isn't there.  So
 * upper levels that are absent are skipped, tables are read by the page, and a
 * list ends when it has cost enough: then it is cut, which is counted.
 */
#include "phb4_tve.h"
#include "phb4_window.h"

enum {
    LIST_CHUNK = 512,               /* entries of a 4 KiB page */
    LIST_MAX_ENTRIES = 4 << 20,     /* looked at: 32 MiB of tables */
    LIST_MAX_MAPPINGS = 1 << 20
};

typedef struct Listing {
    P9xPhb4 *phb;
    const P9xPhb4TveWindow *window;
    P9xPhb4TceTable table;
    uint64_t last;              /* offset: of the window or the table */
    unsigned budget;            /* entries that may still be looked at */
    GArray *out;
} Listing;

static void add(Listing *l, const P9xPhb4Mapping *mapping)
{
    if (l->out->len < LIST_MAX_MAPPINGS) {
        g_array_append_val(l->out, *mapping);
    } else {
        l->budget = 0;
    }
}

static void list_no_xlate(Listing *l)
{
    uint64_t first, end;

    p9x_phb4_tve_bounds(l->window->value, &first, &end);
    first = MAX(first, l->window->first);
    end = MIN(end, l->window->last + 1);
    if (first < end) {
        add(l, &(P9xPhb4Mapping) {
            .iova = l->window->base + first,
            .real = first,
            .size = end - first,
            .read = true,
            .write = true
        });
    }
}

static void list_page(Listing *l, uint64_t offset, uint64_t tce)
{
    uint64_t size = UINT64_C(1) << l->table.page_shift;
    uint64_t iova = l->window->base + offset;

    if (size <= P9X_PHB4_MSI32_SIZE && p9x_phb4_is_msi32(l->phb, iova)) {
        return;
    }
    add(l, &(P9xPhb4Mapping) {
        .iova = iova,
        .real = tce & TCE_RPN & ~(size - 1),
        .size = size,
        .read = tce & TCE_READ,
        .write = tce & TCE_WRITE
    });
}

static void list_table(Listing *l, uint64_t addr, unsigned level,
                       uint64_t offset);

/* Entries @index to @end of one page of a table; both are in it. */
static void list_chunk(Listing *l, uint64_t addr, unsigned level,
                       uint64_t offset, uint64_t index, uint64_t end)
{
    const P9xPorts *ports = l->phb->config.ports;
    unsigned shift = p9x_phb4_tce_shift(&l->table, level);
    P9xBe64 entry[LIST_CHUNK];
    uint64_t n = end - index;

    if (!ports->mem_read(ports->host, addr + index * 8, entry, n * 8)) {
        return;
    }
    for (uint64_t i = 0; i < n && l->budget; i++) {
        uint64_t tce = p9x_be64(entry[i]);
        /* Beyond 64 bits there is only entry 0. */
        uint64_t at = index + i ? offset + ((index + i) << shift) : offset;

        if (!(tce & (TCE_READ | TCE_WRITE))) {
            continue;
        }
        if (level) {
            list_table(l, tce & TCE_RPN, level - 1, at);
        } else {
            list_page(l, at, tce);
        }
    }
}

/* The table at @addr, whose entry 0 is for @offset. */
static void list_table(Listing *l, uint64_t addr, unsigned level,
                       uint64_t offset)
{
    unsigned shift = p9x_phb4_tce_shift(&l->table, level);
    uint64_t count = UINT64_C(1) << l->table.level_bits;
    uint64_t skip = offset < l->window->first ? l->window->first - offset : 0;
    uint64_t index = shift < 64 ? skip >> shift : 0;
    uint64_t end = shift < 64 ? MIN(count, ((l->last - offset) >> shift) + 1) :
                                1;

    while (index < end && l->budget) {
        uint64_t stop = MIN(end, (index | (LIST_CHUNK - 1)) + 1);

        l->budget -= MIN(l->budget, LIST_CHUNK);
        list_chunk(l, addr, level, offset, index, stop);
        index = stop;
    }
}

static void list_window(Listing *l)
{
    switch (p9x_phb4_tve_kind(l->window->value)) {
    case TVE_NO_XLATE:
        list_no_xlate(l);
        break;
    case TVE_TABLE:
        if (p9x_phb4_tce_table(l->window->value, &l->table)) {
            l->last = MIN(l->window->last, p9x_phb4_tce_last(&l->table));
            if (l->window->first <= l->last) {
                list_table(l, l->table.addr, l->table.levels - 1, 0);
            }
        }
        break;
    default:
        break;
    }
}

bool p9x_phb4_list(P9xPhb4 *phb, uint16_t rid, GArray *out)
{
    P9xPhb4TveWindow window[PHB_MAX_TVE_WINDOWS];
    Listing l = { .phb = phb, .budget = LIST_MAX_ENTRIES, .out = out };
    int pe = p9x_phb4_open_to_dma(phb) ? p9x_phb4_pe(phb, rid) : -1;
    unsigned n;

    p9x_phb4_count(phb, P9X_PHB4_STAT_LIST);
    if (pe < 0 ||
        (p9x_phb4_frozen(phb, (unsigned)pe) & P9X_PHB4_FROZEN_DMA)) {
        return true;
    }
    n = p9x_phb4_tve_windows(phb, (unsigned)pe, window);
    for (unsigned i = 0; i < n; i++) {
        l.window = &window[i];
        list_window(&l);
    }
    if (l.budget) {
        return true;
    }
    p9x_phb4_count(phb, P9X_PHB4_STAT_LIST_CUT);
    p9x_phb4_guest_error(phb, P9X_ERR_PHB_DMA, "RID %04x PE %d: tables too "
                         "large to list", rid, pe);
    return false;
}

/* ---- comparing two lists ---- */

static bool same(const P9xPhb4Mapping *a, const P9xPhb4Mapping *b)
{
    return a->iova == b->iova && a->real == b->real && a->size == b->size &&
           a->read == b->read && a->write == b->write;
}

void p9x_phb4_each_only_in(const GArray *here, const GArray *there,
                           void (*f)(void *opaque,
                                     const P9xPhb4Mapping *mapping),
                           void *opaque)
{
    guint at = 0;

    for (guint i = 0; i < here->len; i++) {
        const P9xPhb4Mapping *m = &g_array_index(here, P9xPhb4Mapping, i);

        while (at < there->len &&
               g_array_index(there, P9xPhb4Mapping, at).iova < m->iova) {
            at++;
        }
        if (at == there->len ||
            !same(m, &g_array_index(there, P9xPhb4Mapping, at))) {
            f(opaque, m);
        }
    }
}
