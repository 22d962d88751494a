/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the sets of the windows are.
 *
 * VC and PC windows are divided into 64 and 16 sets of equal size.  A set's
 * entry in the EDT or VDT names a block and the number of the set within that
 * block, so that one window can show parts of several blocks, and the VC
 * window both kinds of ESB pages.
 */
#include "ic_errors.h"
#include "ic_place.h"
#include "ic_sets.h"

/* How the sets of a window are described; a constant where it is used. */
typedef struct SetTable {
    unsigned barm;                  /* register: size of the window */
    P9xSetTable table;
    unsigned nr_bits;               /* of an offset that choose a set */
    uint64_t block;                 /* fields of an entry */
    uint64_t index;
} SetTable;

static inline bool find_set(const P9xIcBase *base, const SetTable t,
                            unsigned page_shift, uint64_t offset, P9xSet *set)
{
    uint64_t mask = p9x_ic_reg(base, t.barm);
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
    set->entry = atomic_load_explicit(
        &base->set_table[t.table][offset >> shift], memory_order_acquire);
    set->block = (uint8_t)p9x_get64(set->entry, t.block);
    set->page = p9x_get64(set->entry, t.index) << (shift - page_shift);
    set->page |= within;
    return true;
}

bool p9x_ic_find_vc_set(const P9xIcBase *base, uint64_t offset, P9xSet *set)
{
    const SetTable edt = {
        P9X_CQ_VC_BARM, P9X_SET_EDT, 6, P9X_EDT_BLOCK, P9X_EDT_INDEX
    };

    return find_set(base, edt, p9x_ic_vc_shift(base), offset, set);
}

bool p9x_ic_find_pc_set(const P9xIcBase *base, uint64_t offset, P9xSet *set)
{
    const SetTable vdt = {
        P9X_CQ_PC_BARM, P9X_SET_VDT, 4, P9X_VDT_BLOCK, P9X_VDT_INDEX
    };

    return find_set(base, vdt, p9x_ic_pc_shift(base), offset, set);
}

/* ---- the registers through which set tables are read and written ---- */

static const uint8_t set_table_size[P9X_SET_TABLES] = {
    [P9X_SET_BLK] = 16,
    [P9X_SET_MIG] = 16,
    [P9X_SET_VDT] = 16,
    [P9X_SET_EDT] = 64
};

/* The entry that the table address register selects; NULL: none. */
static _Atomic uint64_t *selected(P9xIcBase *base)
{
    uint64_t tar = p9x_ic_reg(base, P9X_CQ_TAR);
    unsigned select = (unsigned)p9x_get64(tar, P9X_TAR_SELECT);
    unsigned index = (unsigned)p9x_get64(tar, P9X_TAR_INDEX);

    /* One bit for each table, BLK first. */
    for (unsigned t = 0; t < P9X_SET_TABLES; t++) {
        if (select == 8u >> t && index < set_table_size[t]) {
            return &base->set_table[t][index];
        }
    }
    p9x_ic_error(base, P9X_ERR_IC_REGISTER, 0,
                 "no set table entry %u for selection 0x%x", index, select);
    return NULL;
}

static void advance(P9xIcBase *base)
{
    uint64_t tar = p9x_ic_reg(base, P9X_CQ_TAR);

    if (tar & P9X_TAR_AUTOINC) {
        p9x_ic_set_reg(base, P9X_CQ_TAR, p9x_set64(
            tar, P9X_TAR_INDEX, p9x_get64(tar, P9X_TAR_INDEX) + 1));
    }
}

uint64_t p9x_ic_set_data_load(P9xIcBase *base)
{
    _Atomic uint64_t *entry = selected(base);
    uint64_t value;

    if (!entry) {
        return 0;
    }
    value = atomic_load_explicit(entry, memory_order_acquire);
    advance(base);
    return value;
}

void p9x_ic_set_data_store(P9xIcBase *base, uint64_t value)
{
    _Atomic uint64_t *entry = selected(base);

    if (entry) {
        atomic_store_explicit(entry, value, memory_order_release);
        advance(base);
    }
}
