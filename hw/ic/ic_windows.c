/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The windows: which part of the IC an access is for.
 *
 * Registers are reached by the IC window's first page and by XSCOM.  What
 * follows from a store to one - a reset of the unit, windows that move - is
 * done here, when the register has let its lock go.
 */
#include "ic_errors.h"
#include "ic_life.h"
#include "ic_lsi.h"
#include "ic_pc.h"
#include "ic_place.h"
#include "ic_regs.h"
#include "ic_state.h"
#include "ic_tima.h"

/* ---- registers, in the first page and by XSCOM ---- */

static void no_register(P9xIc *ic, bool store, uint64_t offset, unsigned size)
{
    p9x_ic_bad_access(&ic->base, P9X_ERR_IC_REGISTER, P9X_IC_WINDOW_IC, store,
                      offset, size, "no register is");
}

static void no_xscom(P9xIc *ic, const char *what, uint32_t reg)
{
    p9x_ic_error(&ic->base, P9X_ERR_IC_REGISTER, P9X_FIR_CI_ERROR,
                 "%s of XSCOM register 0x%x, which does not exist", what,
                 reg);
}

static uint64_t reg_load(P9xIc *ic, uint64_t offset, unsigned size)
{
    const P9xIcRow *row = size == 8 ? p9x_ic_row_at(offset) : NULL;

    if (!row) {
        no_register(ic, false, offset, size);
        return p9x_ic_all_ones(size);
    }
    return p9x_ic_row_load(ic, row);
}

static void store_row(P9xIc *ic, const P9xIcRow *row, uint64_t value)
{
    P9xIcWindowPlace before[P9X_IC_NR_WINDOWS];

    p9x_ic_places(&ic->base, before);
    if (p9x_ic_row_store(ic, row, value)) {
        p9x_ic_reset_unit(ic);
    }
    p9x_ic_announce(&ic->base, before);
}

static void reg_store(P9xIc *ic, uint64_t offset, unsigned size,
                      uint64_t value)
{
    const P9xIcRow *row = size == 8 ? p9x_ic_row_at(offset) : NULL;

    if (!row) {
        no_register(ic, true, offset, size);
        return;
    }
    store_row(ic, row, value);
}

uint64_t p9x_ic_xscom_load(P9xIc *ic, uint32_t reg)
{
    const P9xIcRow *row = p9x_ic_row_of_xscom(reg);

    if (!row) {
        no_xscom(ic, "load", reg);
        return UINT64_MAX;
    }
    return p9x_ic_row_load(ic, row);
}

void p9x_ic_xscom_store(P9xIc *ic, uint32_t reg, uint64_t value)
{
    const P9xIcRow *row = p9x_ic_row_of_xscom(reg);

    if (!row) {
        no_xscom(ic, "store", reg);
        return;
    }
    store_row(ic, row, value);
}

/* ---- the IC window ---- */

typedef enum IcPage {
    PAGE_REGS, PAGE_NOTIFY, PAGE_LSI_TRIGGER, PAGE_LSI_EOI, PAGE_INDIRECT
} IcPage;

static uint64_t within_page(const P9xIc *ic, uint64_t offset)
{
    return offset & ((UINT64_C(1) << p9x_ic_page_shift(&ic->base)) - 1);
}

static uint32_t esb_offset(uint64_t offset)
{
    return (uint32_t)offset & P9X_ESB_OFFSET_MASK;
}

static uint64_t ic_window_load(P9xIc *ic, uint64_t offset, unsigned size)
{
    uint64_t page = offset >> p9x_ic_page_shift(&ic->base);

    if (page == PAGE_REGS) {
        return reg_load(ic, offset, size);
    }
    if (page >= PAGE_INDIRECT && page < 2 * PAGE_INDIRECT) {
        return p9x_ic_indirect_load(ic, offset, size);
    }
    if (page == PAGE_LSI_EOI) {
        return p9x_lsi_load(ic, esb_offset(offset)) & p9x_ic_all_ones(size);
    }
    p9x_ic_bad_access(&ic->base, P9X_ERR_IC_WINDOW, P9X_IC_WINDOW_IC, false,
                      offset, size, "nothing can be read");
    return p9x_ic_all_ones(size);
}

static void ic_window_store(P9xIc *ic, uint64_t offset, unsigned size,
                            uint64_t value)
{
    uint64_t page = offset >> p9x_ic_page_shift(&ic->base);

    if (page == PAGE_REGS) {
        reg_store(ic, offset, size, value);
    } else if (page == PAGE_NOTIFY && size == 8) {
        p9x_ic_notify(ic, within_page(ic, offset), value);
    } else if (page >= PAGE_INDIRECT && page < 2 * PAGE_INDIRECT) {
        p9x_ic_indirect_store(ic, offset, size, value);
    } else if ((page != PAGE_LSI_TRIGGER && page != PAGE_LSI_EOI) ||
               !p9x_lsi_store(ic, page == PAGE_LSI_EOI,
                              esb_offset(offset))) {
        p9x_ic_bad_access(&ic->base, P9X_ERR_IC_WINDOW, P9X_IC_WINDOW_IC,
                          true, offset, size, "nothing is");
    }
}

/* ---- any window ---- */

uint64_t p9x_ic_load(P9xIc *ic, P9xIcWindow w, P9xTctx *issuer,
                     uint64_t offset, unsigned size)
{
    switch (w) {
    case P9X_IC_WINDOW_IC:
        return ic_window_load(ic, offset, size);
    case P9X_IC_WINDOW_VC:
        return p9x_ic_vc_load(ic, offset, size);
    case P9X_IC_WINDOW_PC:
        return p9x_ic_pc_load(ic, offset, size);
    default:
        return p9x_ic_tima_load(ic, issuer, offset, size);
    }
}

void p9x_ic_store(P9xIc *ic, P9xIcWindow w, P9xTctx *issuer, uint64_t offset,
                  unsigned size, uint64_t value)
{
    switch (w) {
    case P9X_IC_WINDOW_IC:
        ic_window_store(ic, offset, size, value);
        break;
    case P9X_IC_WINDOW_VC:
        p9x_ic_vc_store(ic, offset, size, value);
        break;
    case P9X_IC_WINDOW_PC:
        p9x_ic_pc_store(ic, offset, size);
        break;
    default:
        p9x_ic_tima_store(ic, issuer, offset, size, value);
        break;
    }
}
