/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * EASs: a sparse array, filled as events come (ic_eas.h).
 *
 * A filled doubleword has one of the EAS's reserved bits set, so that it is
 * never 0.  Filling and scrubbing exclude each other: an entry read before a
 * scrub is never put in after it.
 */
#include <glib.h>

#include "ic_eas.h"

#define FILLED  P9X_BIT64(1)

void p9x_ic_eas_init(P9xIcEas *c, P9xIcVst *vst)
{
    *c = (P9xIcEas) { .vst = vst };
    p9x_lock_init(&c->lock, P9X_RANK_IC_EAS);
    for (unsigned i = 0; i < G_N_ELEMENTS(c->page); i++) {
        c->page[i] = g_malloc0(P9X_EAS_PAGES * sizeof(c->page[i][0]));
    }
}

void p9x_ic_eas_destroy(P9xIcEas *c)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(c->page); i++) {
        for (unsigned n = 0; n < P9X_EAS_PAGES; n++) {
            g_free(atomic_load(&c->page[i][n]));
        }
        g_free(c->page[i]);
    }
}

static P9xEasPage *page_of(const P9xIcEas *c, uint8_t block, uint32_t index)
{
    return atomic_load_explicit(&c->page[block][index / P9X_EAS_PAGE],
                                memory_order_acquire);
}

static P9xEasPage *make_page_locked(P9xIcEas *c, uint8_t block,
                                    uint32_t index)
{
    P9xEasPage *page = page_of(c, block, index);

    p9x_assert_held(&c->lock);
    if (page || c->nr_pages == P9X_EAS_MAX_PAGES) {
        return page;
    }
    c->nr_pages++;
    page = g_new0(P9xEasPage, 1);
    atomic_store_explicit(&c->page[block][index / P9X_EAS_PAGE], page,
                          memory_order_release);
    return page;
}

static bool fill(P9xIcEas *c, uint8_t block, uint32_t index, P9xEas *eas)
{
    const P9xPorts *ports = c->vst->base->ports;
    P9xEasPage *page;
    uint64_t addr;
    bool ok;

    p9x_lock(&c->lock);
    ok = p9x_vst_find(c->vst, P9X_VST_EAT, block, index, &addr) &&
         ports->mem_read(ports->host, addr, &eas->w, sizeof(eas->w));
    if (ok && (p9x_be64(eas->w) & P9X_EAS_VALID)) {
        page = make_page_locked(c, block, index);
        if (page) {
            atomic_store_explicit(&page->w[index % P9X_EAS_PAGE],
                                  eas->w | p9x_be64(FILLED),
                                  memory_order_release);
        }
    }
    p9x_unlock(&c->lock);
    return ok;
}

bool p9x_ic_eas_get(P9xIcEas *c, uint8_t block, uint32_t index, P9xEas *eas)
{
    P9xEasPage *page;

    if (block >= G_N_ELEMENTS(c->page) ||
        index >= P9X_EAS_PAGES * P9X_EAS_PAGE) {
        return false;
    }
    page = page_of(c, block, index);
    if (__builtin_expect(page != NULL, 1)) {
        eas->w = atomic_load_explicit(&page->w[index % P9X_EAS_PAGE],
                                      memory_order_acquire);
        if (__builtin_expect(eas->w != 0, 1)) {
            return true;
        }
    }
    return fill(c, block, index, eas);
}

static void scrub_page(P9xEasPage *page, uint8_t block, uint32_t first,
                       const P9xIcMatch *match)
{
    for (unsigned i = 0; i < P9X_EAS_PAGE; i++) {
        if (p9x_ic_matches(match, block, first + i)) {
            atomic_store_explicit(&page->w[i], 0, memory_order_release);
        }
    }
}

static void scrub_block(P9xIcEas *c, uint8_t block, const P9xIcMatch *match)
{
    for (uint32_t n = 0; n < P9X_EAS_PAGES; n++) {
        uint32_t first = n * P9X_EAS_PAGE;
        P9xEasPage *page = page_of(c, block, first);

        /* Nothing in this page can match: the usual case. */
        if (page && ((match->index ^ first) & match->index_mask) <
                    P9X_EAS_PAGE) {
            scrub_page(page, block, first, match);
        }
    }
}

static void scrub_one(P9xIcEas *c, uint8_t block, uint32_t index)
{
    P9xEasPage *page = page_of(c, block, index);

    if (page) {
        atomic_store_explicit(&page->w[index % P9X_EAS_PAGE], 0,
                              memory_order_release);
    }
}

void p9x_ic_eas_scrub(P9xIcEas *c, const P9xIcMatch *match)
{
    p9x_lock(&c->lock);
    if (p9x_ic_match_is_exact(match, 24)) {
        scrub_one(c, match->block % G_N_ELEMENTS(c->page),
                  match->index % (P9X_EAS_PAGES * P9X_EAS_PAGE));
    } else {
        for (unsigned block = 0; block < G_N_ELEMENTS(c->page); block++) {
            if (((match->block ^ block) & match->block_mask) == 0) {
                scrub_block(c, (uint8_t)block, match);
            }
        }
    }
    p9x_unlock(&c->lock);
}
