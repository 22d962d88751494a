/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Saving and restoring an IC. */
#include <string.h>

#include "ic_errors.h"
#include "ic_lsi.h"
#include "ic_place.h"
#include "ic_regs.h"
#include "ic_scrub.h"
#include "ic_state.h"
#include "ic_tables.h"
#include "ic_threads.h"

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

void p9x_ic_save(P9xIc *ic, P9xIcState *state)
{
    const unsigned vsds = P9X_VST_TYPES * P9X_VST_BLOCKS;
    P9xIcBase *base = &ic->base;

    /* What events met counts as having happened before. */
    p9x_ic_fir_update(base, UINT64_MAX, 0);
    p9x_fifo_save(&ic->fifos, state);
    state->lsi = p9x_lsi_save(ic);
    p9x_lock(&base->lock);
    copy_out(state->reg, base->reg, P9X_IC_NR_REGS);
    copy_out(&state->fir, &base->fir, 1);
    copy_out(&state->vc_vsd[0][0], &base->vc_vsd[0][0], vsds);
    copy_out(&state->pc_vsd[0][0], &base->pc_vsd[0][0], vsds);
    copy_out(&state->set_table[0][0], &base->set_table[0][0],
             P9X_SET_TABLES * P9X_SETS_MAX);
    memcpy(state->end_watch, ic->end_watch.seen, sizeof(state->end_watch));
    memcpy(state->nvt_watch, ic->nvt_watch.seen, sizeof(state->nvt_watch));
    p9x_unlock(&base->lock);
}

static void restore_blocks(P9xIc *ic)
{
    for (unsigned block = 0; block < P9X_IC_NR_BLOCKS; block++) {
        if (p9x_vst_entries(&ic->base, P9X_VST_SBE, (uint8_t)block)) {
            p9x_sbe_make_block(&ic->sbe, (uint8_t)block);
        }
    }
    p9x_sbe_set_store_eoi(&ic->sbe, p9x_ic_reg(&ic->base, P9X_VC_SBC_CONFIG) &
                                    P9X_SBC_STORE_EOI);
}

void p9x_ic_restore(P9xIc *ic, const P9xIcState *state)
{
    const unsigned vsds = P9X_VST_TYPES * P9X_VST_BLOCKS;
    P9xIcBase *base = &ic->base;
    P9xIcWindowPlace before[P9X_IC_NR_WINDOWS];

    p9x_ic_places(base, before);
    p9x_ic_drop_caches(ic);
    p9x_ic_reset_errors(base);
    for (unsigned i = 0; i < P9X_IC_NR_REGS; i++) {
        p9x_ic_set_reg(base, i * 8, p9x_ic_reg_keeps(i * 8, state->reg[i]));
    }
    copy_in(&base->fir, &state->fir, 1);
    copy_in(&base->vc_vsd[0][0], &state->vc_vsd[0][0], vsds);
    copy_in(&base->pc_vsd[0][0], &state->pc_vsd[0][0], vsds);
    copy_in(&base->set_table[0][0], &state->set_table[0][0],
            P9X_SET_TABLES * P9X_SETS_MAX);
    memcpy(ic->end_watch.seen, state->end_watch, sizeof(state->end_watch));
    memcpy(ic->nvt_watch.seen, state->nvt_watch, sizeof(state->nvt_watch));
    restore_blocks(ic);
    p9x_fifo_restore(&ic->fifos, state);
    p9x_lsi_restore(ic, state->lsi);
    p9x_ic_update_end_flags(ic);
    p9x_ic_update_threads(ic);
    p9x_ic_announce(base, before);
}
