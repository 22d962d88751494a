/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The VC window: ESB pages of sources and of ENDs; and what the router asks
 * of the tables.
 */
#include "ic_internal.h"

/* The router reads an EAS at once: a copy lasts long enough. */
static P9xEas *get_eas(void *opaque, uint8_t block, uint32_t index)
{
    static _Thread_local P9xEas copy;
    P9xIc *ic = opaque;

    return p9x_ic_eas_get(&ic->eas, block, index, &copy) ? &copy : NULL;
}

static P9xEnd *get_end(void *opaque, uint8_t block, uint32_t index)
{
    P9xIc *ic = opaque;

    return (P9xEnd *)p9x_ic_cache_get(&ic->end, block, index);
}

static void end_changed(void *opaque, uint8_t block, uint32_t index)
{
    P9xIc *ic = opaque;

    p9x_ic_cache_changed(&ic->end, block, index);
}

P9xNvt *p9x_ic_own_nvt(P9xIc *ic, uint8_t block, uint32_t index)
{
    return (P9xNvt *)p9x_ic_cache_get(&ic->nvt, block, index);
}

void p9x_ic_own_nvt_changed(P9xIc *ic, uint8_t block, uint32_t index)
{
    p9x_ic_cache_changed(&ic->nvt, block, index);
}

/* The IC that shows NVT (@block, @index) at @addr in its PC window. */
static P9xIc *pc_window_at(P9xIcFabric *fabric, uint64_t addr, uint8_t block,
                           uint32_t index)
{
    for (unsigned i = 0; i < P9X_IC_MAX_CHIPS; i++) {
        P9xIc *ic = atomic_load_explicit(&fabric->ic[i],
                                         memory_order_acquire);
        P9xIcWindowPlace place;
        P9xSet set;

        if (!ic) {
            continue;
        }
        place = p9x_ic_place(ic, P9X_IC_WINDOW_PC);
        if (!place.enabled || addr - place.base >= place.size) {
            continue;
        }
        /* Another entry would have another lock. */
        return p9x_ic_find_pc_set(ic, addr - place.base, &set) &&
               (set.entry & P9X_VDT_VALID) && set.block == block &&
               set.page == index ? ic : NULL;
    }
    return NULL;
}

/*
 * Whose cache has the NVT.  Hardware sends operations to the other chip's PC
 * window; here they are done at once on the entry that is there.
 */
static P9xIc *nvt_owner(P9xIc *ic, uint8_t block, uint32_t index)
{
    uint64_t vsd = p9x_vst_vsd(ic, P9X_VST_NVTT, block);

    if (__builtin_expect(p9x_vsd_mode(vsd) != P9X_VSD_FORWARD, 1)) {
        return ic;
    }
    return pc_window_at(ic->fabric, (vsd & P9X_VSD_ADDR) +
                        ((uint64_t)index << p9x_ic_pc_shift(ic)), block,
                        index);
}

static P9xNvt *get_nvt(void *opaque, uint8_t block, uint32_t index)
{
    P9xIc *owner = nvt_owner(opaque, block, index);

    return owner ? p9x_ic_own_nvt(owner, block, index) : NULL;
}

static void nvt_changed(void *opaque, uint8_t block, uint32_t index)
{
    P9xIc *owner = nvt_owner(opaque, block, index);

    if (owner) {
        p9x_ic_own_nvt_changed(owner, block, index);
    }
}

const P9xTableOps p9x_ic_table_ops = {
    .eas = get_eas,
    .end = get_end,
    .nvt = get_nvt,
    .send_elsewhere = p9x_ic_send_elsewhere,
    .end_changed = end_changed,
    .nvt_changed = nvt_changed
};

void p9x_ic_update_end_flags(P9xIc *ic)
{
    uint64_t config = p9x_ic_reg(ic, P9X_VC_EQC_CONFIG);
    uint32_t ignored = 0;

    ignored |= config & P9X_EQC_END_S ? 0 : P9X_END_W0_SILENT_ESC;
    ignored |= config & P9X_EQC_END_U ? 0 : P9X_END_W0_UCOND_ESC;
    ignored |= config & P9X_EQC_NO_ESCALATION ? P9X_END_W0_ESCALATE : 0;
    p9x_router_ignore_end_flags(&ic->router, ignored);
}

/* ---- pages ---- */

typedef enum PageKind { PAGE_NONE, PAGE_IPI, PAGE_END } PageKind;

typedef struct Page {
    P9xIcBlock *sources;        /* PAGE_IPI */
    uint8_t block;
    uint32_t index;
    bool odd;
} Page;

static bool linux_trigger(const P9xIc *ic)
{
    return p9x_ic_reg(ic, P9X_CQ_PBI_CTL) & P9X_PBI_LNX_TRIG;
}

/* @page is written field by field: a copy would wait for the stores. */
static PageKind page_at(P9xIc *ic, uint64_t offset, Page *page)
{
    P9xSet set;

    if (!p9x_ic_find_vc_set(ic, offset, &set)) {
        return PAGE_NONE;
    }
    page->block = set.block;
    page->index = (uint32_t)(set.page / 2);
    page->odd = set.page % 2;
    switch (p9x_get64(set.entry, P9X_EDT_TYPE)) {
    case P9X_EDT_IPI:
        page->sources = p9x_sbe_block(ic, set.block);
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
    p9x_ic_bad_access(ic, P9X_ERR_IC_WINDOW, P9X_IC_WINDOW_VC, store, offset,
                      size, "no page is");
}

static bool store_eoi(const P9xIc *ic)
{
    return p9x_ic_reg(ic, P9X_VC_SBC_CONFIG) & P9X_SBC_STORE_EOI;
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
