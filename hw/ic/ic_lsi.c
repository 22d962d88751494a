/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The LSI pages: one interrupt for firmware that has no tables yet.
 *
 * Hostboot takes all interrupts of a machine through it.  The PSI bridge stores
 * to the trigger page; behind it is one event state, worked by the EOI page
 * like any other; and the event goes to a thread of this chip whose physical
 * ring says LE, past CPPR.  PQ is 01 until firmware opens it.
 *
 * Facts: hostboot's src/usr/intr, and the names of the bits in the TIMA.
 */
#include "ic_lsi.h"
#include "ic_threads.h"

enum { STATE_WAITS = 4 };           /* beside PQ, in P9xIcState.lsi */

void p9x_lsi_reset(P9xIc *ic)
{
    p9x_lsi_restore(ic, P9X_PQ_01);
}

uint64_t p9x_lsi_save(const P9xIc *ic)
{
    return (uint64_t)p9x_esb_get(&ic->lsi) |
           (atomic_load(&ic->lsi_waits) ? STATE_WAITS : 0);
}

void p9x_lsi_restore(P9xIc *ic, uint64_t state)
{
    atomic_store(&ic->lsi, (unsigned char)(state & P9X_ESB_PQ));
    atomic_store(&ic->lsi_waits, state & STATE_WAITS);
}

void p9x_lsi_present(P9xIc *ic)
{
    /* Only the thread that takes the flag down presents the interrupt. */
    if (!atomic_exchange(&ic->lsi_waits, false)) {
        return;
    }
    for (unsigned i = 0; i < P9X_IC_CHIP_THREADS; i++) {
        P9xTctx *tctx = p9x_ic_thread(ic, i);

        if (tctx && p9x_ic_thread_enabled(ic, tctx) &&
            p9x_tctx_present_lsi(tctx)) {
            return;
        }
    }
    atomic_store(&ic->lsi_waits, true);
}

static void notify(P9xIc *ic)
{
    atomic_store(&ic->lsi_waits, true);
    p9x_lsi_present(ic);
}

uint64_t p9x_lsi_load(P9xIc *ic, uint32_t offset)
{
    if (offset >= P9X_ESB_SET_PQ_00) {
        return p9x_esb_set(&ic->lsi, (P9xPq)(offset >> 8 & P9X_ESB_PQ));
    }
    if (offset >= P9X_ESB_GET) {
        return p9x_esb_get(&ic->lsi);
    }
    if (!p9x_esb_eoi(&ic->lsi)) {
        return 0;
    }
    notify(ic);
    return 1;
}

bool p9x_lsi_store(P9xIc *ic, bool eoi_page, uint32_t offset)
{
    if (eoi_page) {
        if (offset < P9X_ESB_SET_PQ_00) {
            return false;
        }
        p9x_esb_set(&ic->lsi, (P9xPq)(offset >> 8 & P9X_ESB_PQ));
        return true;
    }
    if (p9x_esb_trigger(&ic->lsi) == P9X_ESB_NOTIFY) {
        notify(ic);
    }
    return true;
}
