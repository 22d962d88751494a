/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The VC window: ESB pages of sources and of ENDs, as the EDT says. */
#include "ic_errors.h"
#include "ic_sets.h"
#include "ic_state.h"

typedef enum PageKind { PAGE_NONE, PAGE_IPI, PAGE_END } PageKind;

typedef struct Page {
    P9xIcBlock *sources;        /* PAGE_IPI */
    uint8_t block;
    uint32_t index;
    bool odd;
} Page;

static bool linux_trigger(const P9xIc *ic)
{
    return p9x_ic_reg(&ic->base, P9X_CQ_PBI_CTL) & P9X_PBI_LNX_TRIG;
}

/* @page is written field by field: a copy would wait for the stores. */
static PageKind page_at(P9xIc *ic, uint64_t offset, Page *page)
{
    P9xSet set;

    if (!p9x_ic_find_vc_set(&ic->base, offset, &set)) {
        return PAGE_NONE;
    }
    page->block = set.block;
    page->index = (uint32_t)(set.page / 2);
    page->odd = set.page % 2;
    switch (p9x_get64(set.entry, P9X_EDT_TYPE)) {
    case P9X_EDT_IPI:
        page->sources = p9x_sbe_block(&ic->sbe, set.block);
        if (linux_trigger(ic)) {
            /* One page does both. */
            page->index = (uint32_t)set.page;
            page->odd = true;
        }
        return page->sources ? PAGE_IPI : PAGE_NONE;
    case P9X_EDT_END:
        return PAGE_END;
    default:
        return PAGE_NONE;
    }
}

static void nothing_there(P9xIc *ic, bool store, uint64_t offset,
                          unsigned size)
{
    p9x_ic_bad_access(&ic->base, P9X_ERR_IC_WINDOW, P9X_IC_WINDOW_VC, store,
                      offset, size, "no page is");
}

static bool store_eoi(const P9xIc *ic)
{
    return p9x_ic_reg(&ic->base, P9X_VC_SBC_CONFIG) & P9X_SBC_STORE_EOI;
}

/*
 * Firmware reads PQ with byte loads at the start of a doubleword, and gets
 * them: the result is on every lane.
 */
uint64_t p9x_ic_vc_load(P9xIc *ic, uint64_t offset, unsigned size)
{
    uint64_t aligned = offset & P9X_ESB_OFFSET_MASK & ~UINT64_C(7);
    uint64_t value;
    Page page;

    switch (page_at(ic, offset, &page)) {
    case PAGE_IPI:
        value = p9x_source_page_load(&page.sources->source, page.index,
                                     page.odd, aligned, 8);
        break;
    case PAGE_END:
        value = p9x_router_end_esb_load(&ic->router, page.block, page.index,
                                        page.odd ? P9X_END_ESE :
                                                   P9X_END_ESN,
                                        (uint32_t)aligned);
        break;
    default:
        nothing_there(ic, false, offset, size);
        value = UINT64_MAX;
        break;
    }
    return value & p9x_ic_all_ones(size);
}

void p9x_ic_vc_store(P9xIc *ic, uint64_t offset, unsigned size,
                     uint64_t value)
{
    Page page;

    switch (page_at(ic, offset, &page)) {
    case PAGE_IPI:
        p9x_source_page_store(&page.sources->source, page.index, page.odd,
                              offset & P9X_ESB_OFFSET_MASK, size, value);
        break;
    case PAGE_END:
        p9x_router_end_esb_store(&ic->router, page.block, page.index,
                                 page.odd ? P9X_END_ESE : P9X_END_ESN,
                                 (uint32_t)offset & P9X_ESB_OFFSET_MASK,
                                 store_eoi(ic));
        break;
    default:
        nothing_there(ic, true, offset, size);
        break;
    }
}
