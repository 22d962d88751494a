/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The windows of a POWER9 chip's interrupt controller.
 *
 *   IC    registers; notify page; LSI pages; indirect TIMA
 *   TM    the TIMA, at one address for all chips
 *   VC    ESB pages of IPIs and ENDs
 *   PC    NVTs
 *
 * Firmware says where each is and how large.  The regions are made once and
 * moved: nothing is allocated when a BAR is written.  They lie below what the
 * machine has put at fixed places, so a guest that places a window over RAM
 * or over another device loses the window and nothing else.
 *
 * Stores to registers move windows, which is the BQL's business.  All other
 * accesses of the IC, VC and TM windows are direct (exec/direct-io.h).
 */
#include "qemu/osdep.h"
#include "hw/ppc/pnv_core.h"
#include "qemu/p9xive-compat.h"
#include "system/runstate.h"
#include "trace/trace-hw_intc.h"

#include "../common/window.h"
#include "pnv_xive_internal.h"

/* Below RAM and fixed devices; the register page over the rest of the IC's. */
enum { WINDOW_PRIORITY = -2, REGISTERS_PRIORITY = -1 };

enum { IC_PAGES = 8 };

/* For trace events: a source has two pages, and sources come first in VC. */
enum { PAIR_SHIFT = 17 };

static P9xIc *ic_of(const PnvXiveWindow *window)
{
    return window->xive->parts->ic;
}

/* ------------------------------------------------------- IC and PC windows */

static uint64_t window_read(void *opaque, hwaddr offset, unsigned size)
{
    PnvXiveWindow *window = opaque;

    return p9x_ic_load(ic_of(window), window->which, NULL, offset, size);
}

static void window_write(void *opaque, hwaddr offset, uint64_t value,
                         unsigned size)
{
    PnvXiveWindow *window = opaque;

    p9x_ic_store(ic_of(window), window->which, NULL, offset, size, value);
}

/*
 * A device may have an event while the machine is stopped.  Its memory may be
 * being saved then, so the tables in it are kept up to date.
 */
static void event_done(P9xIc *ic)
{
    if (unlikely(!runstate_is_running())) {
        p9x_ic_flush(ic);
    }
}

static uint64_t ic_load(void *opaque, CPUState *cpu, hwaddr offset,
                        unsigned size)
{
    return window_read(opaque, offset, size);
}

static void ic_store(void *opaque, CPUState *cpu, hwaddr offset,
                     uint64_t value, unsigned size)
{
    trace_pnv_xive_ic_hw_trigger(offset, value);
    window_write(opaque, offset, value, size);
    event_done(ic_of(opaque));
}

bool pnv_xive_device_event(PnvXive *xive, hwaddr addr, uint64_t value)
{
    P9xIc *ic = xive->parts->ic;
    uint64_t offset;

    if (!p9x_ic_in_notify_page(ic, addr, &offset)) {
        return false;
    }
    trace_pnv_xive_ic_hw_trigger(offset, value);
    p9x_ic_notify(ic, offset, value);
    event_done(ic);
    return true;
}

/* --------------------------------------------------------------- VC window */

static uint64_t vc_load(void *opaque, CPUState *cpu, hwaddr offset,
                        unsigned size)
{
    uint64_t value = p9x_ic_vc_load(ic_of(opaque), offset, size);

    trace_xive_source_esb_read(offset, offset >> PAIR_SHIFT, value);
    return value;
}

static void vc_store(void *opaque, CPUState *cpu, hwaddr offset,
                     uint64_t value, unsigned size)
{
    trace_xive_source_esb_write(offset, offset >> PAIR_SHIFT, value);
    p9x_ic_vc_store(ic_of(opaque), offset, size, value);
}

/* -------------------------------------------------------------- TM windows */

/* NULL: no thread issued the access (a device, a debugger). */
static PnvXiveTctx *issuing_thread(CPUState *cpu)
{
    PnvXiveTctx *tctx;

    if (!cpu) {
        return NULL;
    }
    /* All CPUs of a machine with this controller have such a context. */
    tctx = (PnvXiveTctx *)
        pnv_cpu_state(container_of(cpu, PowerPCCPU, parent_obj))->intc;
    return tctx && tctx->xive ? tctx : NULL;
}

/* A chip's threads reach their own chip's controller at the common address. */
static uint64_t tima_load(void *opaque, CPUState *cpu, hwaddr offset,
                          unsigned size)
{
    PnvXiveTctx *tctx = issuing_thread(cpu);
    PnvXiveWindow *window = opaque;
    uint64_t value;

    if (!tctx) {
        return window_read(opaque, offset, size);
    }
    value = p9x_ic_load(tctx->xive->parts->ic, window->which,
                        &tctx->parent_obj.core, offset, size);
    trace_xive_tctx_tm_read(cpu->cpu_index, offset, size, value);
    return value;
}

static void tima_store(void *opaque, CPUState *cpu, hwaddr offset,
                       uint64_t value, unsigned size)
{
    PnvXiveTctx *tctx = issuing_thread(cpu);
    PnvXiveWindow *window = opaque;

    if (!tctx) {
        window_write(opaque, offset, value, size);
        return;
    }
    trace_xive_tctx_tm_write(cpu->cpu_index, offset, size, value);
    p9x_ic_store(tctx->xive->parts->ic, window->which, &tctx->parent_obj.core,
                 offset, size, value);
}

/* ----------------------------------------------------------------- regions */

P9XIVE_DIRECT_WINDOW(ic);
P9XIVE_DIRECT_WINDOW(tima);
P9XIVE_DIRECT_WINDOW(vc);

static const MemoryRegionOps register_ops =
    P9XIVE_WINDOW_OPS(window_read, window_write, P9XIVE_ANY_SIZE);
static const P9xiveWindowKind register_kind = { &register_ops, NULL };

static const struct {
    const char *name;
    const P9xiveWindowKind *kind;
} windows[P9X_IC_NR_WINDOWS] = {
    [P9X_IC_WINDOW_IC] = { "xive-ic", &ic_kind },
    [P9X_IC_WINDOW_TM1] = { "xive-tima", &tima_kind },
    [P9X_IC_WINDOW_TM2] = { "xive-tima-2", &tima_kind },
    [P9X_IC_WINDOW_VC] = { "xive-vc", &vc_kind },
    [P9X_IC_WINDOW_PC] = { "xive-pc", &register_kind },
};

/* Firmware says later where it is and how large. */
static void add_region(PnvXiveWindow *window, MemoryRegion *mr,
                       const P9xiveWindowKind *kind, const char *name,
                       int priority)
{
    p9xive_window_init(mr, OBJECT(window->xive), kind, window, name, 0);
    memory_region_add_subregion_overlap(get_system_memory(), 0, mr, priority);
}

void pnv_xive_mmio_init(PnvXive *xive)
{
    PnvXiveParts *parts = xive->parts;

    for (unsigned w = 0; w < P9X_IC_NR_WINDOWS; w++) {
        parts->window[w].xive = xive;
        parts->window[w].which = w;
        add_region(&parts->window[w], &parts->window[w].mr, windows[w].kind,
                   windows[w].name, WINDOW_PRIORITY);
    }
    add_region(&parts->window[P9X_IC_WINDOW_IC], &parts->ic_registers,
               &register_kind, "xive-ic-regs", REGISTERS_PRIORITY);
}

static void place_region(MemoryRegion *mr, bool enabled, hwaddr base,
                         uint64_t size)
{
    memory_region_set_enabled(mr, enabled);
    if (enabled) {
        memory_region_set_size(mr, size);
        memory_region_set_address(mr, base);
    }
}

void pnv_xive_window_changed(void *host, P9xIcWindow w,
                             const P9xIcWindowPlace *place)
{
    PnvXiveParts *parts = ((PnvXive *)host)->parts;

    memory_region_transaction_begin();
    place_region(&parts->window[w].mr, place->enabled, place->base,
                 place->size);
    if (w == P9X_IC_WINDOW_IC) {
        place_region(&parts->ic_registers, place->enabled, place->base,
                     place->size / IC_PAGES);
    }
    memory_region_transaction_commit();
}
