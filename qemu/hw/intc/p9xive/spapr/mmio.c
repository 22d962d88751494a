/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The windows of a pseries guest, at the addresses that upstream QEMU uses:
 *
 *   vc_base      ESB pages, two of 64 KiB for each LISN
 *   behind them  ESn pages of the ENDs
 *   tm_base      TIMA: HW, HV, OS and user page
 *
 * The opaque pointer of each region is the C object that serves it, so that an
 * access costs no look-up in QOM.
 *
 * The first two TIMA pages are a hypervisor's.  They answer a guest as empty
 * address space does, with a machine check.  They are a region of ours only so
 * that the model can count what a guest tries.
 */
#include "qemu/osdep.h"
#include "hw/ppc/spapr.h"
#include "qemu/p9xive-compat.h"
#include "trace/trace-hw_intc.h"

#include "../common/window.h"
#include "os_windows.h"
#include "spapr_xive_internal.h"

static uint64_t esb_load(void *opaque, CPUState *cpu, hwaddr offset,
                         unsigned size)
{
    uint64_t value = p9x_source_load(opaque, offset, size);

    trace_xive_source_esb_read(offset, p9xive_os_lisn_of(offset), value);
    return value;
}

static void esb_store(void *opaque, CPUState *cpu, hwaddr offset,
                      uint64_t value, unsigned size)
{
    trace_xive_source_esb_write(offset, p9xive_os_lisn_of(offset), value);
    p9x_source_store(opaque, offset, size, value);
}

static uint64_t end_read(void *opaque, hwaddr offset, unsigned size)
{
    return p9x_spapr_end_load(opaque, offset, size);
}

static void end_write(void *opaque, hwaddr offset, uint64_t value,
                      unsigned size)
{
    p9x_spapr_end_store(opaque, offset, size, value);
}

/* Context of the thread that executes the access; see os_windows.h. */
static P9xTctx *issuing_thread(CPUState *cpu)
{
    SpaprCpuState *state = p9xive_os_cpu_state(cpu);
    SpaprXiveTctx *tctx = state ? qatomic_read(&state->tctx) : NULL;

    return tctx ? &tctx->parent_obj.core : NULL;
}

static uint64_t tima_load(void *opaque, CPUState *cpu, hwaddr offset,
                          unsigned size)
{
    SpaprXive *xive = opaque;

    return p9xive_os_tima_load(p9x_spapr_unit(&xive->core),
                               issuing_thread(cpu), cpu, offset, size);
}

static void tima_store(void *opaque, CPUState *cpu, hwaddr offset,
                       uint64_t value, unsigned size)
{
    SpaprXive *xive = opaque;

    p9xive_os_tima_store(p9x_spapr_unit(&xive->core), issuing_thread(cpu),
                         cpu, offset, value, size);
}

static MemTxResult tima_hv_read(void *opaque, hwaddr offset, uint64_t *value,
                                unsigned size, MemTxAttrs attrs)
{
    SpaprXive *xive = opaque;

    p9x_guest_error(&xive->ports, p9x_spapr_counters(&xive->core),
                    P9X_ERR_TIMA_LOAD,
                    "load from the hypervisor's TIMA pages, offset 0x%"
                    HWADDR_PRIx, offset);
    *value = UINT64_MAX;
    return MEMTX_DECODE_ERROR;
}

static MemTxResult tima_hv_write(void *opaque, hwaddr offset, uint64_t value,
                                 unsigned size, MemTxAttrs attrs)
{
    SpaprXive *xive = opaque;

    p9x_guest_error(&xive->ports, p9x_spapr_counters(&xive->core),
                    P9X_ERR_TIMA_STORE,
                    "store to the hypervisor's TIMA pages, offset 0x%"
                    HWADDR_PRIx, offset);
    return MEMTX_DECODE_ERROR;
}

P9XIVE_DIRECT_WINDOW(esb);
P9XIVE_DIRECT_WINDOW(tima);

static const MemoryRegionOps end_ops =
    P9XIVE_WINDOW_OPS(end_read, end_write, P9XIVE_ANY_SIZE);
static const P9xiveWindowKind end_kind = { &end_ops, NULL };

static const MemoryRegionOps tima_hv_ops =
    P9XIVE_REFUSING_OPS(tima_hv_read, tima_hv_write, P9XIVE_ANY_SIZE);
static const P9xiveWindowKind tima_hv_kind = { &tima_hv_ops, NULL };

typedef struct Window {
    MemoryRegion *mr;
    const P9xiveWindowKind *kind;
    void *opaque;
    const char *name;
    hwaddr base;
    uint64_t size;
} Window;

static void map_window(SpaprXive *xive, const Window *w)
{
    p9xive_window_init(w->mr, OBJECT(xive), w->kind, w->opaque, w->name,
                       w->size);
    memory_region_add_subregion(get_system_memory(), w->base, w->mr);
}

void spapr_xive_mmio_init(SpaprXive *xive)
{
    P9xSource *source = p9x_spapr_source(&xive->core);
    const Window windows[] = {
        { &xive->esb_mmio, &esb_kind, source, "xive.esb", xive->vc_base,
          p9x_source_window_size(source) },
        { &xive->end_mmio, &end_kind, &xive->core, "xive.end",
          xive->vc_base + p9x_spapr_end_window_offset(&xive->core),
          p9x_spapr_end_window_size(&xive->core) },
        { &xive->tima_mmio, &tima_kind, xive, "xive.tima",
          xive->tm_base + P9X_TIMA_OS * P9XIVE_OS_PAGE, 2 * P9XIVE_OS_PAGE },
        { &xive->tima_hv_mmio, &tima_hv_kind, xive, "xive.tima-hv",
          xive->tm_base, 2 * P9XIVE_OS_PAGE },
    };

    for (size_t i = 0; i < ARRAY_SIZE(windows); i++) {
        map_window(xive, &windows[i]);
    }
}

void spapr_xive_mmio_set_reachable(SpaprXive *xive, bool reachable)
{
    memory_region_transaction_begin();
    memory_region_set_enabled(&xive->esb_mmio, reachable);
    memory_region_set_enabled(&xive->end_mmio, reachable);
    memory_region_set_enabled(&xive->tima_mmio, reachable);
    memory_region_set_enabled(&xive->tima_hv_mmio, reachable);
    memory_region_transaction_commit();
}
