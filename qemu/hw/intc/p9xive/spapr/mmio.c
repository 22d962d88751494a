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
 * address space does, with a machine check; that they are a region of ours is
 * only for counting who tried.
 */
#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "exec/direct-io.h"
#include "hw/core/cpu.h"
#include "hw/ppc/spapr.h"
#include "hw/ppc/spapr_cpu_core.h"
#include "target/ppc/cpu.h"
#include "trace/trace-hw_intc.h"

#include "os_tima.h"
#include "spapr_xive_internal.h"

enum { PAGE = 1 << P9X_SPAPR_PAGE_SHIFT };

/* A LISN has a pair of pages. */
static uint32_t lisn_of(hwaddr offset)
{
    return offset >> (P9X_SPAPR_PAGE_SHIFT + 1);
}

static uint64_t esb_read(void *opaque, hwaddr offset, unsigned size)
{
    uint64_t value = p9x_source_load(opaque, offset, size);

    trace_xive_source_esb_read(offset, lisn_of(offset), value);
    return value;
}

static void esb_write(void *opaque, hwaddr offset, uint64_t value,
                      unsigned size)
{
    trace_xive_source_esb_write(offset, lisn_of(offset), value);
    p9x_source_store(opaque, offset, size, value);
}

static uint64_t esb_direct_read(void *opaque, CPUState *cpu, hwaddr offset,
                                unsigned size)
{
    return esb_read(opaque, offset, size);
}

static void esb_direct_write(void *opaque, CPUState *cpu, hwaddr offset,
                             uint64_t value, unsigned size)
{
    esb_write(opaque, offset, value, size);
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

/* Context of the thread that executes the access; see os_tima.h. */
static P9xTctx *issuing_thread(CPUState *cpu)
{
    SpaprCpuState *state;
    SpaprXiveTctx *tctx;

    if (!cpu) {
        return NULL;
    }
    state = spapr_cpu_state(container_of(cpu, PowerPCCPU, parent_obj));
    tctx = state ? qatomic_read(&state->tctx) : NULL;
    return tctx ? &tctx->core : NULL;
}

static uint64_t tima_direct_read(void *opaque, CPUState *cpu, hwaddr offset,
                                 unsigned size)
{
    SpaprXive *xive = opaque;

    return p9xive_os_tima_load(&xive->core.router, issuing_thread(cpu), cpu,
                               offset, size);
}

static void tima_direct_write(void *opaque, CPUState *cpu, hwaddr offset,
                              uint64_t value, unsigned size)
{
    SpaprXive *xive = opaque;

    p9xive_os_tima_store(&xive->core.router, issuing_thread(cpu), cpu, offset,
                         value, size);
}

static uint64_t tima_read(void *opaque, hwaddr offset, unsigned size)
{
    return tima_direct_read(opaque, current_cpu, offset, size);
}

static void tima_write(void *opaque, hwaddr offset, uint64_t value,
                       unsigned size)
{
    tima_direct_write(opaque, current_cpu, offset, value, size);
}

static MemTxResult tima_hv_read(void *opaque, hwaddr offset, uint64_t *value,
                                unsigned size, MemTxAttrs attrs)
{
    SpaprXive *xive = opaque;

    p9x_guest_error(&xive->ports, &xive->core.router.counters,
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

    p9x_guest_error(&xive->ports, &xive->core.router.counters,
                    P9X_ERR_TIMA_STORE,
                    "store to the hypervisor's TIMA pages, offset 0x%"
                    HWADDR_PRIx, offset);
    return MEMTX_DECODE_ERROR;
}

static const MemoryRegionOps esb_ops = {
    .read = esb_read,
    .write = esb_write,
    .endianness = DEVICE_BIG_ENDIAN,
    .valid = P9XIVE_ANY_SIZE,
    .impl = P9XIVE_ANY_SIZE,
};

static const MemoryRegionDirectOps esb_direct_ops = {
    .read = esb_direct_read,
    .write = esb_direct_write,
};

static const MemoryRegionDirectOps tima_direct_ops = {
    .read = tima_direct_read,
    .write = tima_direct_write,
};

static const MemoryRegionOps end_ops = {
    .read = end_read,
    .write = end_write,
    .endianness = DEVICE_BIG_ENDIAN,
    .valid = P9XIVE_ANY_SIZE,
    .impl = P9XIVE_ANY_SIZE,
};

static const MemoryRegionOps tima_ops = {
    .read = tima_read,
    .write = tima_write,
    .endianness = DEVICE_BIG_ENDIAN,
    .valid = P9XIVE_ANY_SIZE,
    .impl = P9XIVE_ANY_SIZE,
};

static const MemoryRegionOps tima_hv_ops = {
    .read_with_attrs = tima_hv_read,
    .write_with_attrs = tima_hv_write,
    .endianness = DEVICE_BIG_ENDIAN,
    .valid = P9XIVE_ANY_SIZE,
    .impl = P9XIVE_ANY_SIZE,
};

typedef struct Window {
    MemoryRegion *mr;
    const MemoryRegionOps *ops;
    const MemoryRegionDirectOps *direct;
    void *opaque;
    const char *name;
    hwaddr base;
    uint64_t size;
} Window;

static void map_window(SpaprXive *xive, const Window *w)
{
    memory_region_init_io(w->mr, OBJECT(xive), w->ops, w->opaque, w->name,
                          w->size);
    /* Handlers never start another access, and any number run at once. */
    w->mr->disable_reentrancy_guard = true;
    w->mr->direct = w->direct;
    memory_region_set_enabled(w->mr, false);
    memory_region_add_subregion(get_system_memory(), w->base, w->mr);
}

void spapr_xive_mmio_init(SpaprXive *xive)
{
    const Window windows[] = {
        { &xive->esb_mmio, &esb_ops, &esb_direct_ops, &xive->core.source,
          "xive.esb", xive->vc_base,
          p9x_source_window_size(&xive->core.source) },
        { &xive->end_mmio, &end_ops, NULL, &xive->core, "xive.end",
          xive->vc_base + p9x_spapr_end_window_offset(&xive->core),
          p9x_spapr_end_window_size(&xive->core) },
        { &xive->tima_mmio, &tima_ops, &tima_direct_ops, xive, "xive.tima",
          xive->tm_base + P9X_TIMA_OS * PAGE, 2 * PAGE },
        { &xive->tima_hv_mmio, &tima_hv_ops, NULL, xive, "xive.tima-hv",
          xive->tm_base, 2 * PAGE },
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
