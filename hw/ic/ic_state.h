/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The whole IC and the fabric of a machine, for the files that join the parts:
 * windows, registers, events, life and saving.  The parts themselves know only
 * what is below them (docs/architecture.rst has the floors).
 */
#ifndef P9X_IC_STATE_H
#define P9X_IC_STATE_H

#include "ic_base.h"
#include "ic_cache.h"
#include "ic_eas.h"
#include "ic_fifo.h"
#include "ic_sbe.h"
#include "ic_vst.h"
#include "ic_watch.h"
#include "xive/ic/ic.h"
#include "xive/router.h"

struct P9xIc {
    P9xRouter router;
    P9xIcFabric *fabric;
    P9xIcBase base;
    P9xIcVst vst;
    P9xIcEas eas;
    P9xIcCache end;
    P9xIcCache nvt;
    P9xIcSbe sbe;
    P9xIcFifos fifos;
    P9xIcWatch end_watch;
    P9xIcWatch nvt_watch;
    _Atomic(P9xTctx *) thread[P9X_IC_CHIP_THREADS];
    P9xEsb lsi;                     /* of the LSI pages */
    atomic_bool lsi_waits;          /* for a thread that takes it */
};

struct P9xIcFabric {
    P9xPresenter presenter;         /* of all chips */
    _Atomic(P9xIc *) ic[P9X_IC_MAX_CHIPS];
};

/* The IC of chip @chip_id, below P9X_IC_MAX_CHIPS.  NULL: there is none. */
static inline P9xIc *p9x_ic_of_chip(P9xIcFabric *fabric, unsigned chip_id)
{
    return atomic_load_explicit(&fabric->ic[chip_id], memory_order_acquire);
}

#endif
