/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The IC as a whole: its life, its windows, and saving it.
 */
#include <string.h>

#include "ic_internal.h"

/* ---- life ---- */

P9xIcFabric *p9x_ic_fabric_new(void)
{
    P9xIcFabric *fabric = g_new0(P9xIcFabric, 1);

    p9x_router_init(&fabric->vps, &p9x_ic_table_ops, NULL, NULL);
    return fabric;
}

void p9x_ic_fabric_free(P9xIcFabric *fabric)
{
    p9x_router_destroy(&fabric->vps);
    g_free(fabric);
}

P9xIc *p9x_ic_new(P9xIcFabric *fabric, unsigned chip_id,
                  const P9xPorts *ports, const P9xIcPorts *ic_ports)
{
    P9xIc *ic;

    if (chip_id >= P9X_IC_MAX_CHIPS || atomic_load(&fabric->ic[chip_id])) {
        return NULL;
    }
    p9x_ic_init_regs();
    ic = g_new0(P9xIc, 1);
    p9x_lock_init(&ic->lock, P9X_RANK_IC);
    p9x_lock_init(&ic->fifo_lock, P9X_RANK_IC_FIFO);
    p9x_lock_init(&ic->vst.lock, P9X_RANK_IC_VST);
    ic->fabric = fabric;
    ic->chip_id = chip_id;
    ic->ports = ports;
    ic->ic_ports = ic_ports;
    p9x_router_init(&ic->router, &p9x_ic_table_ops, ic, ports);
    p9x_router_share_vps(&ic->router, &fabric->vps);
    p9x_ic_eas_init(&ic->eas, ic);
    p9x_ic_cache_init(&ic->end, ic, P9X_VST_ENDT, P9X_IC_END_SETS,
                      ic->router.end_locks);
    p9x_ic_cache_init(&ic->nvt, ic, P9X_VST_NVTT, P9X_IC_NVT_SETS,
                      fabric->vps.nvt_locks);
    p9x_ic_reset_regs(ic);
    atomic_store(&ic->lsi, P9X_PQ_01);
    p9x_ic_update_end_flags(ic);
    atomic_store_explicit(&fabric->ic[chip_id], ic, memory_order_release);
    return ic;
}

void p9x_ic_free(P9xIc *ic)
{
    atomic_store_explicit(&ic->fabric->ic[ic->chip_id], NULL,
                          memory_order_release);
    p9x_sbe_free_blocks(ic);
    p9x_ic_cache_destroy(&ic->nvt);
    p9x_ic_cache_destroy(&ic->end);
    p9x_ic_eas_destroy(&ic->eas);
    p9x_router_destroy(&ic->router);
    g_free(ic);
}

static const P9xIcMatch everything;

/* Empties the caches; nothing is written to memory. */
static void drop_caches(P9xIc *ic)
{
    p9x_ic_eas_scrub(&ic->eas, &everything);
    p9x_ic_cache_reset(&ic->end);
    p9x_ic_cache_reset(&ic->nvt);
    p9x_sbe_reset(ic);
    for (unsigned type = 0; type < P9X_VST_TYPES; type++) {
        p9x_vst_kill(ic, (P9xVstType)type);
    }
}

static void clear(_Atomic uint64_t *word, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        atomic_store(&word[i], 0);
    }
}

/* Registers, tables and what waits, as at power-on. */
static void reset_state(P9xIc *ic)
{
    drop_caches(ic);
    p9x_fifo_reset(ic);
    p9x_ic_reset_regs(ic);
    p9x_ic_reset_errors(ic);
    clear(&ic->vc_vsd[0][0], P9X_VST_TYPES * P9X_VST_BLOCKS);
    clear(&ic->pc_vsd[0][0], P9X_VST_TYPES * P9X_VST_BLOCKS);
    clear(&ic->set_table[0][0], P9X_SET_TABLES * P9X_SETS_MAX);
    memset(ic->end_watch, 0, sizeof(ic->end_watch));
    memset(ic->nvt_watch, 0, sizeof(ic->nvt_watch));
    atomic_store(&ic->lsi, P9X_PQ_01);
    atomic_store(&ic->lsi_waits, false);
    p9x_sbe_set_store_eoi(ic, false);
    p9x_ic_update_end_flags(ic);
}

void p9x_ic_reset(P9xIc *ic)
{
    P9xIcWindowPlace before[P9X_IC_NR_WINDOWS];

    p9x_ic_places(ic, before);
    reset_state(ic);
    p9x_ic_update_threads(ic);
    p9x_ic_announce(ic, before);
}

/* Events on their way meet the old state or the new. */
void p9x_ic_reset_unit(P9xIc *ic)
{
    uint64_t bars[P9X_NR_BARS];

    p9x_ic_enable_threads(ic, P9X_PC_THREAD_EN_REG0, 0, UINT64_MAX);
    p9x_ic_enable_threads(ic, P9X_PC_THREAD_EN_REG1, 0, UINT64_MAX);
    p9x_lock(&ic->lock);
    for (unsigned i = 0; i < P9X_NR_BARS; i++) {
        bars[i] = p9x_ic_reg(ic, p9x_ic_bars[i]);
    }
    reset_state(ic);
    for (unsigned i = 0; i < P9X_NR_BARS; i++) {
        p9x_ic_set_reg(ic, p9x_ic_bars[i], bars[i]);
    }
    p9x_unlock(&ic->lock);
    p9x_ic_update_threads(ic);
}

P9xRouter *p9x_ic_router(P9xIc *ic)
{
    return &ic->router;
}

unsigned p9x_ic_chip_id(const P9xIc *ic)
{
    return ic->chip_id;
}

P9xIcWindowPlace p9x_ic_window(P9xIc *ic, P9xIcWindow w)
{
    return p9x_ic_place(ic, w);
}

/* ---- windows ---- */

typedef enum IcPage {
    PAGE_REGS, PAGE_NOTIFY, PAGE_LSI_TRIGGER, PAGE_LSI_EOI, PAGE_INDIRECT
} IcPage;

static unsigned ic_page_shift(const P9xIc *ic)
{
    return p9x_ic_reg(ic, P9X_CQ_IC_BAR) & P9X_BAR_64K ? 16 : 12;
}

static uint64_t within_page(const P9xIc *ic, uint64_t offset)
{
    return offset & ((UINT64_C(1) << ic_page_shift(ic)) - 1);
}

static uint32_t esb_offset(uint64_t offset)
{
    return (uint32_t)offset & P9X_ESB_OFFSET_MASK;
}

static uint64_t ic_window_load(P9xIc *ic, uint64_t offset, unsigned size)
{
    uint64_t page = offset >> ic_page_shift(ic);

    if (page == PAGE_REGS) {
        return p9x_ic_reg_load(ic, offset, size);
    }
    if (page >= PAGE_INDIRECT && page < 2 * PAGE_INDIRECT) {
        return p9x_ic_indirect_load(ic, offset, size);
    }
    if (page == PAGE_LSI_EOI) {
        return p9x_lsi_load(ic, esb_offset(offset)) & p9x_ic_all_ones(size);
    }
    p9x_ic_bad_access(ic, P9X_ERR_IC_WINDOW, P9X_IC_WINDOW_IC, false, offset,
                      size, "nothing can be read");
    return p9x_ic_all_ones(size);
}

static void ic_window_store(P9xIc *ic, uint64_t offset, unsigned size,
                            uint64_t value)
{
    uint64_t page = offset >> ic_page_shift(ic);

    if (page == PAGE_REGS) {
        p9x_ic_reg_store(ic, offset, size, value);
    } else if (page == PAGE_NOTIFY && size == 8) {
        p9x_ic_notify(ic, within_page(ic, offset), value);
    } else if (page >= PAGE_INDIRECT && page < 2 * PAGE_INDIRECT) {
        p9x_ic_indirect_store(ic, offset, size, value);
    } else if ((page != PAGE_LSI_TRIGGER && page != PAGE_LSI_EOI) ||
               !p9x_lsi_store(ic, page == PAGE_LSI_EOI,
                              esb_offset(offset))) {
        p9x_ic_bad_access(ic, P9X_ERR_IC_WINDOW, P9X_IC_WINDOW_IC, true,
                          offset, size, "nothing is");
    }
}

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
        p9x_ic_pc_store(ic, offset, size, value);
        break;
    default:
        p9x_ic_tima_store(ic, issuer, offset, size, value);
        break;
    }
}

/* ---- saving ---- */

void p9x_ic_flush(P9xIc *ic)
{
    p9x_ic_cache_scrub(&ic->end, &everything, false);
    p9x_ic_cache_scrub(&ic->nvt, &everything, false);
    p9x_sbe_scrub(ic, &everything, false);
}

static void copy_out(uint64_t *to, const _Atomic uint64_t *from, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        to[i] = atomic_load(&from[i]);
    }
}

static void copy_in(_Atomic uint64_t *to, const uint64_t *from, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        atomic_store(&to[i], from[i]);
    }
}

enum { LSI_WAITS = 4 };

void p9x_ic_save(P9xIc *ic, P9xIcState *state)
{
    const unsigned vsds = P9X_VST_TYPES * P9X_VST_BLOCKS;

    /* What events met counts as having happened before. */
    p9x_ic_fir_update(ic, UINT64_MAX, 0);
    p9x_fifo_save(ic, state);
    state->lsi = (uint64_t)p9x_esb_get(&ic->lsi) |
                 (atomic_load(&ic->lsi_waits) ? LSI_WAITS : 0);
    p9x_lock(&ic->lock);
    copy_out(state->reg, ic->reg, P9X_IC_NR_REGS);
    copy_out(&state->fir, &ic->fir, 1);
    copy_out(&state->vc_vsd[0][0], &ic->vc_vsd[0][0], vsds);
    copy_out(&state->pc_vsd[0][0], &ic->pc_vsd[0][0], vsds);
    copy_out(&state->set_table[0][0], &ic->set_table[0][0],
             P9X_SET_TABLES * P9X_SETS_MAX);
    memcpy(state->end_watch, ic->end_watch, sizeof(ic->end_watch));
    memcpy(state->nvt_watch, ic->nvt_watch, sizeof(ic->nvt_watch));
    p9x_unlock(&ic->lock);
}

static void restore_blocks(P9xIc *ic)
{
    for (unsigned block = 0; block < P9X_IC_NR_BLOCKS; block++) {
        if (p9x_vst_entries(ic, P9X_VST_SBE, (uint8_t)block)) {
            p9x_sbe_make_block(ic, (uint8_t)block);
        }
    }
    p9x_sbe_set_store_eoi(ic, p9x_ic_reg(ic, P9X_VC_SBC_CONFIG) &
                              P9X_SBC_STORE_EOI);
}

void p9x_ic_restore(P9xIc *ic, const P9xIcState *state)
{
    const unsigned vsds = P9X_VST_TYPES * P9X_VST_BLOCKS;
    P9xIcWindowPlace before[P9X_IC_NR_WINDOWS];

    p9x_ic_places(ic, before);
    drop_caches(ic);
    p9x_ic_reset_errors(ic);
    for (unsigned i = 0; i < P9X_IC_NR_REGS; i++) {
        p9x_ic_set_reg(ic, i * 8, p9x_ic_reg_keeps(i * 8, state->reg[i]));
    }
    copy_in(&ic->fir, &state->fir, 1);
    copy_in(&ic->vc_vsd[0][0], &state->vc_vsd[0][0], vsds);
    copy_in(&ic->pc_vsd[0][0], &state->pc_vsd[0][0], vsds);
    copy_in(&ic->set_table[0][0], &state->set_table[0][0],
            P9X_SET_TABLES * P9X_SETS_MAX);
    memcpy(ic->end_watch, state->end_watch, sizeof(ic->end_watch));
    memcpy(ic->nvt_watch, state->nvt_watch, sizeof(ic->nvt_watch));
    restore_blocks(ic);
    p9x_fifo_restore(ic, state);
    atomic_store(&ic->lsi, (unsigned char)(state->lsi & P9X_ESB_PQ));
    atomic_store(&ic->lsi_waits, state->lsi & LSI_WAITS);
    p9x_ic_update_end_flags(ic);
    p9x_ic_update_threads(ic);
    p9x_ic_announce(ic, before);
}
