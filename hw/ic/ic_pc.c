/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The PC window: NVTs of the sets that the VDT has. */
#include "ic_errors.h"
#include "ic_pc.h"
#include "ic_sets.h"
#include "ic_state.h"

static uint64_t no_nvt(P9xIc *ic, bool store, uint64_t offset, unsigned size)
{
    p9x_ic_bad_access(&ic->base, P9X_ERR_IC_WINDOW, P9X_IC_WINDOW_PC, store,
                      offset, size, "no NVT is");
    return p9x_ic_all_ones(size);
}

static bool find_nvt(const P9xIcBase *base, uint64_t offset, P9xSet *set)
{
    return p9x_ic_find_pc_set(base, offset, set) &&
           (set->entry & P9X_VDT_VALID) && set->block < P9X_IC_NR_BLOCKS &&
           set->page >> P9X_NVT_SHIFT == 0;
}

uint64_t p9x_ic_pc_load(P9xIc *ic, uint64_t offset, unsigned size)
{
    uint32_t at = offset & (sizeof(P9xNvt) - 1);
    uint64_t value = 0;
    P9xBe32 *nvt;
    P9xLock *lock;
    P9xSet set;

    if (!find_nvt(&ic->base, offset, &set)) {
        return no_nvt(ic, false, offset, size);
    }
    lock = p9x_ic_cache_lock(&ic->nvt, set.block, (uint32_t)set.page);
    p9x_lock(lock);
    nvt = p9x_ic_cache_get(&ic->nvt, set.block, (uint32_t)set.page);
    if (nvt) {
        value = p9x_load_be((const uint8_t *)nvt + (at & ~7u), 8);
    }
    p9x_unlock(lock);
    return nvt ? p9x_lane_load(value, at & 7, size) :
                 no_nvt(ic, false, offset, size);
}

void p9x_ic_pc_store(P9xIc *ic, uint64_t offset, unsigned size)
{
    no_nvt(ic, true, offset, size);
}
