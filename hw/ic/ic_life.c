/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Life of a fabric and of its ICs: new, reset, free.
 *
 * A reset does not wait for events on their way: they meet the old state or
 * the new.
 */
#include <glib.h>
#include <string.h>

#include "ic_describe.h"
#include "ic_errors.h"
#include "ic_life.h"
#include "ic_lsi.h"
#include "ic_notify.h"
#include "ic_place.h"
#include "ic_regs.h"
#include "ic_scrub.h"
#include "ic_state.h"
#include "ic_tables.h"
#include "ic_threads.h"
#include "xive/recorder.h"

P9xIcFabric *p9x_ic_fabric_new(void)
{
    P9xIcFabric *fabric = g_new0(P9xIcFabric, 1);

    p9x_presenter_init(&fabric->presenter);
    return fabric;
}

void p9x_ic_fabric_free(P9xIcFabric *fabric)
{
    p9x_presenter_destroy(&fabric->presenter);
    g_free(fabric);
}

static void init_base(P9xIcBase *base, unsigned chip_id,
                      const P9xPorts *ports, const P9xIcPorts *ic_ports,
                      P9xCounters *counters)
{
    char name[P9X_RECORDER_NAME];

    p9x_lock_init(&base->lock, P9X_RANK_IC);
    base->chip_id = chip_id;
    g_snprintf(name, sizeof(name), "chip%u", chip_id);
    base->origin = p9x_recorder_origin(name);
    base->ports = ports;
    base->ic_ports = ic_ports;
    base->counters = counters;
    p9x_ic_reset_regs(base);
}

static void init_parts(P9xIc *ic)
{
    p9x_vst_init(&ic->vst, &ic->base);
    p9x_ic_eas_init(&ic->eas, &ic->vst);
    p9x_ic_cache_init(&ic->end, &ic->vst, P9X_VST_ENDT, P9X_IC_END_SETS,
                      ic->router.end_locks);
    p9x_ic_cache_init(&ic->nvt, &ic->vst, P9X_VST_NVTT, P9X_IC_NVT_SETS,
                      ic->fabric->presenter.nvt_locks);
    p9x_sbe_init(&ic->sbe, &ic->vst, ic, p9x_ic_source_event);
    p9x_fifo_init(&ic->fifos, &ic->base);
    p9x_watch_init(&ic->end_watch, &ic->end);
    p9x_watch_init(&ic->nvt_watch, &ic->nvt);
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
    ic->fabric = fabric;
    p9x_router_init(&ic->router, &fabric->presenter,
                    (P9xTables) { &p9x_ic_table_ops, ic }, ports);
    init_base(&ic->base, chip_id, ports, ic_ports, &ic->router.counters);
    ic->router.unit.origin = ic->base.origin;
    init_parts(ic);
    p9x_lsi_reset(ic);
    p9x_ic_update_end_flags(ic);
    atomic_store_explicit(&fabric->ic[chip_id], ic, memory_order_release);
    p9x_recorder_describe(p9x_ic_describe, ic);
    return ic;
}

void p9x_ic_free(P9xIc *ic)
{
    p9x_recorder_forget(p9x_ic_describe, ic);
    atomic_store_explicit(&ic->fabric->ic[ic->base.chip_id], NULL,
                          memory_order_release);
    p9x_sbe_destroy(&ic->sbe);
    p9x_ic_cache_destroy(&ic->nvt);
    p9x_ic_cache_destroy(&ic->end);
    p9x_ic_eas_destroy(&ic->eas);
    g_free(ic);
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
    p9x_ic_drop_caches(ic);
    p9x_fifo_reset(&ic->fifos);
    p9x_ic_reset_regs(&ic->base);
    p9x_ic_reset_errors(&ic->base);
    clear(&ic->base.vc_vsd[0][0], P9X_VST_TYPES * P9X_VST_BLOCKS);
    clear(&ic->base.pc_vsd[0][0], P9X_VST_TYPES * P9X_VST_BLOCKS);
    clear(&ic->base.set_table[0][0], P9X_SET_TABLES * P9X_SETS_MAX);
    memset(ic->end_watch.seen, 0, sizeof(ic->end_watch.seen));
    memset(ic->nvt_watch.seen, 0, sizeof(ic->nvt_watch.seen));
    p9x_lsi_reset(ic);
    p9x_sbe_set_store_eoi(&ic->sbe, false);
    p9x_ic_update_end_flags(ic);
}

void p9x_ic_reset(P9xIc *ic)
{
    P9xIcWindowPlace before[P9X_IC_NR_WINDOWS];

    p9x_note(P9X_STEP_RESET, ic->base.origin, 0, 0, 0);
    p9x_ic_places(&ic->base, before);
    reset_state(ic);
    p9x_ic_update_threads(ic);
    p9x_ic_announce(&ic->base, before);
}

void p9x_ic_reset_unit(P9xIc *ic)
{
    uint64_t bars[P9X_NR_BARS];

    p9x_ic_enable_threads(ic, P9X_PC_THREAD_EN_REG0, 0, UINT64_MAX);
    p9x_ic_enable_threads(ic, P9X_PC_THREAD_EN_REG1, 0, UINT64_MAX);
    p9x_lock(&ic->base.lock);
    for (unsigned i = 0; i < P9X_NR_BARS; i++) {
        bars[i] = p9x_ic_reg(&ic->base, p9x_ic_bars[i]);
    }
    reset_state(ic);
    for (unsigned i = 0; i < P9X_NR_BARS; i++) {
        p9x_ic_set_reg(&ic->base, p9x_ic_bars[i], bars[i]);
    }
    p9x_unlock(&ic->base.lock);
    p9x_ic_update_threads(ic);
}

const P9xCounters *p9x_ic_counters(const P9xIc *ic)
{
    return ic->base.counters;
}

unsigned p9x_ic_chip_id(const P9xIc *ic)
{
    return ic->base.chip_id;
}

P9xIcWindowPlace p9x_ic_window(P9xIc *ic, P9xIcWindow w)
{
    return p9x_ic_place(&ic->base, w);
}
