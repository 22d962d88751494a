/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Thread contexts of a chip, its TIMA windows, and the PC window.
 *
 * The TIMA is at one address on all chips, and shows each thread its own
 * context.  Four pages of the IC window show that of another thread of the
 * chip, which a register names: firmware resets threads so.
 */
#include "ic_internal.h"
#include "xive/tima.h"

/*
 * The VP number of a thread: the chip is in the block, or else in the index of
 * block 0, each time behind a one.  docs/specs.
 */
static uint32_t phys_cam(const P9xIc *ic, uint32_t thread)
{
    uint32_t chip = p9x_ic_block(ic);

    if (p9x_ic_reg(ic, P9X_PC_TCTXT_CFG) & P9X_TCTXT_CHIP_IS_BLOCK) {
        return p9x_cam((uint8_t)chip, P9X_IC_CHIP_THREADS | thread);
    }
    return p9x_cam(0, (P9X_IC_MAX_CHIPS | chip) * P9X_IC_CHIP_THREADS |
                      thread);
}

static uint32_t thread_of(const P9xTctx *tctx)
{
    return p9x_tctx_phys_cam(tctx) % P9X_IC_CHIP_THREADS;
}

uint8_t p9x_ic_block(const P9xIc *ic)
{
    uint64_t config = p9x_ic_reg(ic, P9X_PC_TCTXT_CFG);

    return config & P9X_TCTXT_CHIPID_OVR ?
           (uint8_t)p9x_get64(config, P9X_TCTXT_CHIPID) :
           (uint8_t)ic->chip_id;
}

static P9xTctx *find_thread(P9xIc *ic, uint32_t thread)
{
    return atomic_load_explicit(&ic->thread[thread % P9X_IC_CHIP_THREADS],
                                memory_order_acquire);
}

P9xTctx *p9x_ic_find_thread(P9xIc *ic, uint32_t pir)
{
    return pir >> 8 == ic->chip_id ? find_thread(ic, pir) : NULL;
}

bool p9x_ic_add_thread(P9xIc *ic, P9xTctx *tctx, uint32_t pir, void *host)
{
    uint32_t thread = pir % P9X_IC_CHIP_THREADS;

    if (find_thread(ic, thread)) {
        return false;
    }
    p9x_tctx_init(tctx, &ic->router, phys_cam(ic, thread), host);
    atomic_store_explicit(&ic->thread[thread], tctx, memory_order_release);
    return true;
}

void p9x_ic_remove_thread(P9xIc *ic, P9xTctx *tctx)
{
    atomic_store_explicit(&ic->thread[thread_of(tctx)], NULL,
                          memory_order_release);
    p9x_tctx_destroy(tctx);
}

void p9x_ic_update_threads(P9xIc *ic)
{
    for (uint32_t i = 0; i < P9X_IC_CHIP_THREADS; i++) {
        P9xTctx *tctx = find_thread(ic, i);

        if (tctx) {
            p9x_tctx_set_phys_cam(tctx, phys_cam(ic, i));
        }
    }
}

bool p9x_ic_thread_enabled(const P9xIc *ic, const P9xTctx *tctx)
{
    uint32_t thread = thread_of(tctx);
    uint64_t enabled = p9x_ic_reg(ic, thread < 64 ? P9X_PC_THREAD_EN_REG0 :
                                                    P9X_PC_THREAD_EN_REG1);

    return enabled & P9X_BIT64(thread % 64);
}

void p9x_ic_enable_threads(P9xIc *ic, unsigned reg, uint64_t on,
                           uint64_t off)
{
    uint32_t first = reg == P9X_PC_THREAD_EN_REG0 ? 0 : 64;
    uint64_t gone = atomic_fetch_and(&ic->reg[reg / 8], ~off) & off;

    atomic_fetch_or(&ic->reg[reg / 8], on);
    for (unsigned i = 0; i < 64; i++) {
        P9xTctx *tctx = find_thread(ic, first + i);

        /* Firmware turns a thread off and on again to reset its context. */
        if (tctx && (gone & P9X_BIT64(i))) {
            p9x_tctx_reset(tctx);
        }
    }
}

static bool may_access(P9xIc *ic, P9xTctx *tctx, uint64_t offset)
{
    if (__builtin_expect(p9x_ic_thread_enabled(ic, tctx), 1)) {
        return true;
    }
    p9x_ic_error(ic, P9X_ERR_IC_THREAD, P9X_FIR_CI_ERROR,
                 "TIMA offset 0x%llx of thread 0x%x, which is not enabled",
                 (unsigned long long)offset, thread_of(tctx));
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

/* ---- the TIMA windows; which page is a matter of their page size ---- */

static unsigned tm_shift(const P9xIc *ic)
{
    uint64_t tm1 = p9x_ic_reg(ic, P9X_CQ_TM1_BAR);
    uint64_t bar = tm1 & P9X_BAR_VALID ? tm1 :
                                         p9x_ic_reg(ic, P9X_CQ_TM2_BAR);

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
        return p9x_tima_no_thread(&ic->router, false, offset);
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
        p9x_tima_no_thread(&ic->router, true, offset);
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
    uint64_t reg = p9x_ic_reg(ic, P9X_PC_TCTXT_INDIR0 + 8 * page);
    P9xTctx *tctx = NULL;

    /* Firmware sets the first only, and uses all pages. */
    if (!(reg & P9X_INDIR_VALID)) {
        reg = p9x_ic_reg(ic, P9X_PC_TCTXT_INDIR0);
    }
    if (reg & P9X_INDIR_VALID) {
        tctx = find_thread(ic, (uint32_t)p9x_get64(reg, P9X_INDIR_THREAD));
    }
    if (!tctx) {
        p9x_ic_error(ic, P9X_ERR_IC_THREAD, P9X_FIR_CI_ERROR,
                     "indirect TIMA access at 0x%llx to no thread (0x%llx)",
                     (unsigned long long)offset, (unsigned long long)reg);
        return NULL;
    }
    return may_access(ic, tctx, offset) ? tctx : NULL;
}

static unsigned ic_shift(const P9xIc *ic)
{
    return p9x_ic_reg(ic, P9X_CQ_IC_BAR) & P9X_BAR_64K ? 16 : 12;
}

uint64_t p9x_ic_indirect_load(P9xIc *ic, uint64_t offset, unsigned size)
{
    P9xTimaPage page = page_of(offset, ic_shift(ic));
    P9xTctx *tctx = indirect_thread(ic, page, offset);

    return tctx ? p9x_tima_load(tctx, page, (uint32_t)offset, size) :
                  p9x_ic_all_ones(size);
}

void p9x_ic_indirect_store(P9xIc *ic, uint64_t offset, unsigned size,
                           uint64_t value)
{
    P9xTimaPage page = page_of(offset, ic_shift(ic));
    P9xTctx *tctx = indirect_thread(ic, page, offset);

    if (tctx) {
        p9x_tima_store(tctx, page, (uint32_t)offset, size, value);
        serve_lsi(ic);
    }
}

/* ---- the PC window: NVTs of the sets that the VDT has ---- */

static void pc_error(P9xIc *ic, bool store, uint64_t offset, unsigned size)
{
    p9x_ic_bad_access(ic, P9X_ERR_IC_WINDOW, P9X_IC_WINDOW_PC, store, offset,
                      size, "no NVT is");
}

static bool find_nvt(P9xIc *ic, uint64_t offset, P9xSet *set)
{
    return p9x_ic_find_pc_set(ic, offset, set) &&
           (set->entry & P9X_VDT_VALID) && set->block < P9X_IC_NR_BLOCKS &&
           set->page >> P9X_NVT_SHIFT == 0;
}

uint64_t p9x_ic_pc_load(P9xIc *ic, uint64_t offset, unsigned size)
{
    uint32_t at = offset & (sizeof(P9xNvt) - 1);
    uint64_t value = 0;
    P9xSet set;
    P9xNvt *nvt;

    if (!find_nvt(ic, offset, &set)) {
        pc_error(ic, false, offset, size);
        return p9x_ic_all_ones(size);
    }
    p9x_lock(p9x_nvt_lock(&ic->router, p9x_cam(set.block,
                                               (uint32_t)set.page)));
    nvt = p9x_ic_own_nvt(ic, set.block, (uint32_t)set.page);
    if (nvt) {
        value = p9x_load_be((const uint8_t *)nvt + (at & ~7u), 8);
    }
    p9x_unlock(p9x_nvt_lock(&ic->router, p9x_cam(set.block,
                                                 (uint32_t)set.page)));
    if (!nvt) {
        pc_error(ic, false, offset, size);
        return p9x_ic_all_ones(size);
    }
    return p9x_lane_load(value, at & 7, size);
}

void p9x_ic_pc_store(P9xIc *ic, uint64_t offset, unsigned size,
                     uint64_t value)
{
    (void)value;
    pc_error(ic, true, offset, size);
}
