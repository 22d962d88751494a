/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The registers through which VSDs are read and set.
 *
 * A VSD may be set at any time.  What caches hold of the block goes to the old
 * table first and is then read from the new one.
 */
#include "ic_errors.h"
#include "ic_scrub.h"
#include "ic_state.h"
#include "ic_vsd.h"
#include "xive/recorder.h"

/* What caches hold of a block goes back to the table that it came from. */
static void leave_table(P9xIc *ic, unsigned type, unsigned block)
{
    P9xIcMatch match = { .block = block, .block_mask = ~UINT32_C(0) };

    p9x_ic_scrub(ic, (P9xVstType)type, &match, true);
}

static _Atomic uint64_t *vsd_slot(P9xIcBase *base, bool pc, unsigned type,
                                  unsigned block)
{
    return pc ? &base->pc_vsd[type][block] : &base->vc_vsd[type][block];
}

static bool in_use(unsigned type, bool pc)
{
    return pc == (type == P9X_VST_NVTT);
}

/* A table that no entry can be found in: it is kept all the same. */
static void check_vsd(P9xIc *ic, unsigned type, unsigned block, uint64_t vsd)
{
    const char *flaw = p9x_vst_flaw(&ic->base, (P9xVstType)type, vsd);

    if (flaw) {
        p9x_ic_error(&ic->base, P9X_ERR_IC_TABLE, 0,
                     "table %u of block %u %s: 0x%llx", type, block, flaw,
                     (unsigned long long)vsd);
    }
}

static void set_vsd(P9xIc *ic, bool pc, unsigned type, unsigned block,
                    uint64_t vsd)
{
    p9x_note(P9X_STEP_VSD, ic->base.origin,
             (uint32_t)pc << 31 | type << 8 | block, (uint32_t)(vsd >> 32),
             (uint32_t)vsd);
    if (in_use(type, pc)) {
        check_vsd(ic, type, block, vsd);
    }
    if (in_use(type, pc)) {
        leave_table(ic, type, block);
    }
    atomic_store_explicit(vsd_slot(&ic->base, pc, type, block), vsd,
                          memory_order_release);
    if (!in_use(type, pc)) {
        return;
    }
    p9x_vst_kill(&ic->vst, (P9xVstType)type);
    if (type == P9X_VST_SBE && p9x_vsd_is_local(vsd) &&
        block < P9X_IC_NR_BLOCKS) {
        p9x_sbe_make_block(&ic->sbe, (uint8_t)block);
    }
    /* Entries that were read between the two are of no table. */
    leave_table(ic, type, block);
}

typedef struct Selected {
    unsigned reg;
    uint64_t addr;
    unsigned type;
    unsigned block;
} Selected;

static bool selected(P9xIcBase *base, bool pc, Selected *s)
{
    static const uint8_t blocks[P9X_VST_TYPES] = {
        [P9X_VST_EAT] = P9X_IC_NR_BLOCKS,
        [P9X_VST_SBE] = P9X_IC_NR_BLOCKS,
        [P9X_VST_ENDT] = P9X_IC_NR_BLOCKS,
        [P9X_VST_NVTT] = P9X_VST_BLOCKS,
        [P9X_VST_FIFO] = P9X_IC_FIFOS
    };

    s->reg = pc ? P9X_PC_VSD_TABLE_ADDR : P9X_VC_VSD_TABLE_ADDR;
    s->addr = p9x_ic_reg(base, s->reg);
    s->type = (unsigned)p9x_get64(s->addr, P9X_VST_SELECT);
    s->block = (unsigned)p9x_get64(s->addr, P9X_VST_BLOCK);
    if (s->type < P9X_VST_TYPES && s->block < blocks[s->type] &&
        !(pc && s->type == P9X_VST_FIFO)) {
        return true;
    }
    p9x_ic_error(base, P9X_ERR_IC_REGISTER, 0,
                 "%s has no table %u of block %u", pc ? "PC" : "VC", s->type,
                 s->block);
    return false;
}

static void advance(P9xIcBase *base, const Selected *s)
{
    if (s->addr & P9X_VST_AUTOINC) {
        p9x_ic_set_reg(base, s->reg, p9x_set64(s->addr, P9X_VST_BLOCK,
                                               s->block + 1));
    }
}

uint64_t p9x_vsd_data_load(P9xIc *ic, bool pc)
{
    uint64_t vsd;
    Selected s;

    if (!selected(&ic->base, pc, &s)) {
        return 0;
    }
    vsd = atomic_load_explicit(vsd_slot(&ic->base, pc, s.type, s.block),
                               memory_order_acquire);
    advance(&ic->base, &s);
    return vsd;
}

void p9x_vsd_data_store(P9xIc *ic, bool pc, uint64_t vsd)
{
    Selected s;

    if (!selected(&ic->base, pc, &s)) {
        return;
    }
    set_vsd(ic, pc, s.type, s.block, vsd);
    advance(&ic->base, &s);
}
