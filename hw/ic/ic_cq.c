/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The bus bridge: where the windows are, and what their sets mean.
 *
 * VC and PC windows are divided into 64 and 16 sets of equal size.  A set's
 * entry in the EDT or VDT names a block and the number of the set within that
 * block, so that one window can show parts of several blocks, and the VC
 * window both kinds of ESB pages.
 */
#include "ic_internal.h"

const uint16_t p9x_ic_bars[P9X_NR_BARS] = {
    P9X_CQ_IC_BAR, P9X_CQ_TM1_BAR, P9X_CQ_TM2_BAR, P9X_CQ_PC_BAR,
    P9X_CQ_PC_BARM, P9X_CQ_VC_BAR, P9X_CQ_VC_BARM
};

void p9x_ic_reset_bars(P9xIc *ic)
{
    for (unsigned i = 0; i < P9X_NR_BARS; i++) {
        p9x_ic_set_reg(ic, p9x_ic_bars[i], 0);
    }
}

unsigned p9x_ic_vc_shift(const P9xIc *ic)
{
    return p9x_ic_reg(ic, P9X_CQ_PBI_CTL) & P9X_PBI_VC_64K ? 16 : 12;
}

unsigned p9x_ic_pc_shift(const P9xIc *ic)
{
    return p9x_ic_reg(ic, P9X_CQ_PBI_CTL) & P9X_PBI_PC_64K ? 16 : 12;
}

/* IC and TM: a number of pages, whose size is in the BAR. */
static P9xIcWindowPlace paged(uint64_t bar, unsigned pages)
{
    P9xIcWindowPlace place = { 0 };

    if (bar & P9X_BAR_VALID) {
        place.enabled = true;
        place.size = (uint64_t)pages << (bar & P9X_BAR_64K ? 16 : 12);
        place.base = bar & P9X_BAR_ADDR & ~(place.size - 1);
    }
    return place;
}

/* VC and PC: the mask register has 1s in the bits that tell windows apart. */
static P9xIcWindowPlace masked(uint64_t bar, uint64_t mask)
{
    P9xIcWindowPlace place = { 0 };

    if ((bar & P9X_BAR_VALID) && mask) {
        place.enabled = true;
        place.size = mask & -mask;
        place.base = bar & P9X_BAR_ADDR & ~(place.size - 1);
    }
    return place;
}

P9xIcWindowPlace p9x_ic_place(const P9xIc *ic, P9xIcWindow w)
{
    switch (w) {
    case P9X_IC_WINDOW_IC:
        return paged(p9x_ic_reg(ic, P9X_CQ_IC_BAR), 8);
    case P9X_IC_WINDOW_TM1:
        return paged(p9x_ic_reg(ic, P9X_CQ_TM1_BAR), P9X_TIMA_PAGES);
    case P9X_IC_WINDOW_TM2:
        return paged(p9x_ic_reg(ic, P9X_CQ_TM2_BAR), P9X_TIMA_PAGES);
    case P9X_IC_WINDOW_VC:
        return masked(p9x_ic_reg(ic, P9X_CQ_VC_BAR),
                      p9x_ic_reg(ic, P9X_CQ_VC_BARM));
    case P9X_IC_WINDOW_PC:
        return masked(p9x_ic_reg(ic, P9X_CQ_PC_BAR),
                      p9x_ic_reg(ic, P9X_CQ_PC_BARM));
    default:
        return (P9xIcWindowPlace) { 0 };
    }
}

void p9x_ic_places(const P9xIc *ic, P9xIcWindowPlace *places)
{
    for (unsigned w = 0; w < P9X_IC_NR_WINDOWS; w++) {
        places[w] = p9x_ic_place(ic, (P9xIcWindow)w);
    }
}

static bool same_place(const P9xIcWindowPlace *a, const P9xIcWindowPlace *b)
{
    return a->enabled == b->enabled && a->base == b->base &&
           a->size == b->size;
}

void p9x_ic_announce(P9xIc *ic, const P9xIcWindowPlace *before)
{
    for (unsigned w = 0; w < P9X_IC_NR_WINDOWS; w++) {
        P9xIcWindowPlace now = p9x_ic_place(ic, (P9xIcWindow)w);

        if (!same_place(&before[w], &now)) {
            p9x_assert_under(P9X_UNDER_NONE, "window_changed");
            ic->ic_ports->window_changed(ic->ic_ports->host, (P9xIcWindow)w,
                                         &now);
        }
    }
}

/* How the sets of a window are described; a constant where it is used. */
typedef struct SetTable {
    unsigned barm;                  /* register: size of the window */
    P9xSetTable table;
    unsigned nr_bits;               /* of an offset that choose a set */
    uint64_t block;                 /* fields of an entry */
    uint64_t index;
} SetTable;

static inline bool find_set(const P9xIc *ic, const SetTable t,
                            unsigned page_shift, uint64_t offset, P9xSet *set)
{
    uint64_t mask = p9x_ic_reg(ic, t.barm);
    unsigned shift;
    uint64_t within;

    if (!mask) {
        return false;
    }
    shift = (unsigned)__builtin_ctzll(mask) - t.nr_bits;
    if (offset >> shift >> t.nr_bits) {
        return false;
    }
    within = (offset & ((UINT64_C(1) << shift) - 1)) >> page_shift;
    set->entry = atomic_load_explicit(&ic->set_table[t.table][offset >> shift],
                                      memory_order_acquire);
    set->block = (uint8_t)p9x_get64(set->entry, t.block);
    set->page = p9x_get64(set->entry, t.index) << (shift - page_shift);
    set->page |= within;
    return true;
}

bool p9x_ic_find_vc_set(const P9xIc *ic, uint64_t offset, P9xSet *set)
{
    const SetTable edt = {
        P9X_CQ_VC_BARM, P9X_SET_EDT, 6, P9X_EDT_BLOCK, P9X_EDT_INDEX
    };

    return find_set(ic, edt, p9x_ic_vc_shift(ic), offset, set);
}

bool p9x_ic_find_pc_set(const P9xIc *ic, uint64_t offset, P9xSet *set)
{
    const SetTable vdt = {
        P9X_CQ_PC_BARM, P9X_SET_VDT, 4, P9X_VDT_BLOCK, P9X_VDT_INDEX
    };

    return find_set(ic, vdt, p9x_ic_pc_shift(ic), offset, set);
}

/* ---- the registers through which set tables are read and written ---- */

static const uint8_t set_table_size[P9X_SET_TABLES] = {
    [P9X_SET_BLK] = 16,
    [P9X_SET_MIG] = 16,
    [P9X_SET_VDT] = 16,
    [P9X_SET_EDT] = 64
};

/* The entry that the table address register selects; NULL: none. */
static _Atomic uint64_t *selected(P9xIc *ic)
{
    uint64_t tar = p9x_ic_reg(ic, P9X_CQ_TAR);
    unsigned select = (unsigned)p9x_get64(tar, P9X_TAR_SELECT);
    unsigned index = (unsigned)p9x_get64(tar, P9X_TAR_INDEX);

    /* One bit for each table, BLK first. */
    for (unsigned t = 0; t < P9X_SET_TABLES; t++) {
        if (select == 8u >> t && index < set_table_size[t]) {
            return &ic->set_table[t][index];
        }
    }
    p9x_ic_error(ic, P9X_ERR_IC_REGISTER, 0,
                 "no set table entry %u for selection 0x%x", index, select);
    return NULL;
}

static void advance(P9xIc *ic)
{
    uint64_t tar = p9x_ic_reg(ic, P9X_CQ_TAR);

    if (tar & P9X_TAR_AUTOINC) {
        p9x_ic_set_reg(ic, P9X_CQ_TAR, p9x_set64(
            tar, P9X_TAR_INDEX, p9x_get64(tar, P9X_TAR_INDEX) + 1));
    }
}

uint64_t p9x_ic_set_data_load(P9xIc *ic)
{
    _Atomic uint64_t *entry = selected(ic);
    uint64_t value;

    if (!entry) {
        return 0;
    }
    value = atomic_load_explicit(entry, memory_order_acquire);
    advance(ic);
    return value;
}

void p9x_ic_set_data_store(P9xIc *ic, uint64_t value)
{
    _Atomic uint64_t *entry = selected(ic);

    if (entry) {
        atomic_store_explicit(entry, value, memory_order_release);
        advance(ic);
    }
}
