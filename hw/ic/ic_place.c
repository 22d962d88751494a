/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the windows are.
 *
 * IC and TM windows have a number of pages, VC and PC windows the size that
 * their mask says.  A BAR that changes moves its window at once.
 */
#include "ic_place.h"

const uint16_t p9x_ic_bars[P9X_NR_BARS] = {
    P9X_CQ_IC_BAR, P9X_CQ_TM1_BAR, P9X_CQ_TM2_BAR, P9X_CQ_PC_BAR,
    P9X_CQ_PC_BARM, P9X_CQ_VC_BAR, P9X_CQ_VC_BARM
};

void p9x_ic_reset_bars(P9xIcBase *base)
{
    for (unsigned i = 0; i < P9X_NR_BARS; i++) {
        p9x_ic_set_reg(base, p9x_ic_bars[i], 0);
    }
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

P9xIcWindowPlace p9x_ic_place(const P9xIcBase *base, P9xIcWindow w)
{
    switch (w) {
    case P9X_IC_WINDOW_IC:
        return paged(p9x_ic_reg(base, P9X_CQ_IC_BAR), 8);
    case P9X_IC_WINDOW_TM1:
        return paged(p9x_ic_reg(base, P9X_CQ_TM1_BAR), P9X_TIMA_PAGES);
    case P9X_IC_WINDOW_TM2:
        return paged(p9x_ic_reg(base, P9X_CQ_TM2_BAR), P9X_TIMA_PAGES);
    case P9X_IC_WINDOW_VC:
        return masked(p9x_ic_reg(base, P9X_CQ_VC_BAR),
                      p9x_ic_reg(base, P9X_CQ_VC_BARM));
    case P9X_IC_WINDOW_PC:
        return masked(p9x_ic_reg(base, P9X_CQ_PC_BAR),
                      p9x_ic_reg(base, P9X_CQ_PC_BARM));
    default:
        return (P9xIcWindowPlace) { 0 };
    }
}

void p9x_ic_places(const P9xIcBase *base, P9xIcWindowPlace *places)
{
    for (unsigned w = 0; w < P9X_IC_NR_WINDOWS; w++) {
        places[w] = p9x_ic_place(base, (P9xIcWindow)w);
    }
}

static bool same_place(const P9xIcWindowPlace *a, const P9xIcWindowPlace *b)
{
    return a->enabled == b->enabled && a->base == b->base &&
           a->size == b->size;
}

void p9x_ic_announce(const P9xIcBase *base, const P9xIcWindowPlace *before)
{
    for (unsigned w = 0; w < P9X_IC_NR_WINDOWS; w++) {
        P9xIcWindowPlace now = p9x_ic_place(base, (P9xIcWindow)w);

        if (!same_place(&before[w], &now)) {
            p9x_assert_under(P9X_UNDER_NONE, "window_changed");
            base->ic_ports->window_changed(base->ic_ports->host,
                                           (P9xIcWindow)w, &now);
        }
    }
}
