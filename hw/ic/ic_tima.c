/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The TIMA windows.
 *
 * The TIMA is at one address on all chips, and shows each thread its own
 * context.  Four pages of the IC window show that of another thread of the
 * chip, which a register names: firmware resets threads so.
 */
#include "ic_errors.h"
#include "ic_lsi.h"
#include "ic_place.h"
#include "ic_threads.h"
#include "ic_tima.h"
#include "xive/tima.h"

static bool may_access(P9xIc *ic, P9xTctx *tctx, uint64_t offset)
{
    if (__builtin_expect(p9x_ic_thread_enabled(ic, tctx), 1)) {
        return true;
    }
    p9x_ic_error(&ic->base, P9X_ERR_IC_THREAD, P9X_FIR_CI_ERROR,
                 "TIMA offset 0x%llx of thread 0x%x, which is not enabled",
                 (unsigned long long)offset, p9x_ic_thread_of(tctx));
    return false;
}

/* A store may have made a thread take it. */
static inline void serve_lsi(P9xIc *ic)
{
    if (__builtin_expect(atomic_load_explicit(&ic->lsi_waits,
                                              memory_order_relaxed), 0)) {
        p9x_lsi_present(ic);
    }
}

/* Which page an offset is in depends on the page size of the window. */
static unsigned tm_shift(const P9xIc *ic)
{
    uint64_t tm1 = p9x_ic_reg(&ic->base, P9X_CQ_TM1_BAR);
    uint64_t bar = tm1 & P9X_BAR_VALID ? tm1 :
                                         p9x_ic_reg(&ic->base,
                                                    P9X_CQ_TM2_BAR);

    return bar & P9X_BAR_64K ? 16 : 12;
}

static P9xTimaPage page_of(uint64_t offset, unsigned shift)
{
    return (P9xTimaPage)(offset >> shift & 3);
}

uint64_t p9x_ic_tima_load(P9xIc *ic, P9xTctx *issuer, uint64_t offset,
                          unsigned size)
{
    if (!issuer) {
        return p9x_tima_no_thread(&ic->router.unit, false, offset);
    }
    if (!may_access(ic, issuer, offset)) {
        return p9x_ic_all_ones(size);
    }
    return p9x_tima_load(issuer, page_of(offset, tm_shift(ic)),
                         (uint32_t)offset, size);
}

void p9x_ic_tima_store(P9xIc *ic, P9xTctx *issuer, uint64_t offset,
                       unsigned size, uint64_t value)
{
    if (!issuer) {
        p9x_tima_no_thread(&ic->router.unit, true, offset);
        return;
    }
    if (may_access(ic, issuer, offset)) {
        p9x_tima_store(issuer, page_of(offset, tm_shift(ic)),
                       (uint32_t)offset, size, value);
    }
    serve_lsi(ic);
}

/* The four pages have a register each. */
static P9xTctx *indirect_thread(P9xIc *ic, P9xTimaPage page, uint64_t offset)
{
    uint64_t reg = p9x_ic_reg(&ic->base, P9X_PC_TCTXT_INDIR0 + 8 * page);
    P9xTctx *tctx = NULL;

    /* Firmware sets the first only, and uses all pages. */
    if (!(reg & P9X_INDIR_VALID)) {
        reg = p9x_ic_reg(&ic->base, P9X_PC_TCTXT_INDIR0);
    }
    if (reg & P9X_INDIR_VALID) {
        tctx = p9x_ic_thread(ic, (uint32_t)p9x_get64(reg, P9X_INDIR_THREAD));
    }
    if (!tctx) {
        p9x_ic_error(&ic->base, P9X_ERR_IC_THREAD, P9X_FIR_CI_ERROR,
                     "indirect TIMA access at 0x%llx to no thread (0x%llx)",
                     (unsigned long long)offset, (unsigned long long)reg);
        return NULL;
    }
    return may_access(ic, tctx, offset) ? tctx : NULL;
}

uint64_t p9x_ic_indirect_load(P9xIc *ic, uint64_t offset, unsigned size)
{
    P9xTimaPage page = page_of(offset, p9x_ic_page_shift(&ic->base));
    P9xTctx *tctx = indirect_thread(ic, page, offset);

    return tctx ? p9x_tima_load(tctx, page, (uint32_t)offset, size) :
                  p9x_ic_all_ones(size);
}

void p9x_ic_indirect_store(P9xIc *ic, uint64_t offset, unsigned size,
                           uint64_t value)
{
    P9xTimaPage page = page_of(offset, p9x_ic_page_shift(&ic->base));
    P9xTctx *tctx = indirect_thread(ic, page, offset);

    if (tctx) {
        p9x_tima_store(tctx, page, (uint32_t)offset, size, value);
        serve_lsi(ic);
    }
}
