/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the router asks of the tables: EASs, ENDs and NVTs out of the caches,
 * and NVTs of other chips out of theirs.
 */
#include "ic_notify.h"
#include "ic_place.h"
#include "ic_sets.h"
#include "ic_state.h"
#include "ic_tables.h"

static uint64_t get_eas(void *opaque, uint8_t block, uint32_t index)
{
    P9xIc *ic = opaque;
    P9xEas eas;

    return p9x_ic_eas_get(&ic->eas, block, index, &eas) ? p9x_be64(eas.w) : 0;
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

/* The IC that shows NVT (@block, @index) at @addr in its PC window. */
static P9xIc *pc_window_at(P9xIcFabric *fabric, uint64_t addr, uint8_t block,
                           uint32_t index)
{
    for (unsigned i = 0; i < P9X_IC_MAX_CHIPS; i++) {
        P9xIc *ic = p9x_ic_of_chip(fabric, i);
        P9xIcWindowPlace place;
        P9xSet set;

        if (!ic) {
            continue;
        }
        place = p9x_ic_place(&ic->base, P9X_IC_WINDOW_PC);
        if (!place.enabled || addr - place.base >= place.size) {
            continue;
        }
        /* Another entry would have another lock. */
        return p9x_ic_find_pc_set(&ic->base, addr - place.base, &set) &&
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
    uint64_t vsd = p9x_vst_vsd(&ic->base, P9X_VST_NVTT, block);

    if (__builtin_expect(p9x_vsd_mode(vsd) != P9X_VSD_FORWARD, 1)) {
        return ic;
    }
    return pc_window_at(ic->fabric, (vsd & P9X_VSD_ADDR) +
                        ((uint64_t)index << p9x_ic_pc_shift(&ic->base)), block,
                        index);
}

static P9xNvt *get_nvt(void *opaque, uint8_t block, uint32_t index)
{
    P9xIc *owner = nvt_owner(opaque, block, index);

    return owner ? (P9xNvt *)p9x_ic_cache_get(&owner->nvt, block, index) :
                   NULL;
}

static void nvt_changed(void *opaque, uint8_t block, uint32_t index)
{
    P9xIc *owner = nvt_owner(opaque, block, index);

    if (owner) {
        p9x_ic_cache_changed(&owner->nvt, block, index);
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
    uint64_t config = p9x_ic_reg(&ic->base, P9X_VC_EQC_CONFIG);
    uint32_t ignored = 0;

    ignored |= config & P9X_EQC_END_S ? 0 : P9X_END_W0_SILENT_ESC;
    ignored |= config & P9X_EQC_END_U ? 0 : P9X_END_W0_UCOND_ESC;
    ignored |= config & P9X_EQC_NO_ESCALATION ? P9X_END_W0_ESCALATE : 0;
    p9x_router_ignore_end_flags(&ic->router, ignored);
}
