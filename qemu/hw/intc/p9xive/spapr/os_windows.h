/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The windows of a pseries guest that two devices can be behind: ESB pages, and
 * the TIMA's OS page and user page.  Each device finds the thread's context in
 * another place; what an access does is the same.  Inline, because every
 * interrupt passes here three times.
 */
#ifndef P9XIVE_OS_WINDOWS_H
#define P9XIVE_OS_WINDOWS_H

#include "exec/hwaddr.h"
#include "hw/core/cpu.h"
#include "hw/ppc/spapr_cpu_core.h"
#include "target/ppc/cpu.h"
#include "trace/trace-hw_intc.h"
#include "xive/ppc/spapr.h"
#include "xive/tima.h"

#define P9XIVE_OS_PAGE (UINT64_C(1) << P9X_SPAPR_PAGE_SHIFT)

/* A LISN has a pair of ESB pages. */
static inline uint32_t p9xive_os_lisn_of(hwaddr offset)
{
    return offset >> (P9X_SPAPR_PAGE_SHIFT + 1);
}

/* Where a vCPU's contexts are found; NULL: @cpu is, or it has none. */
static inline SpaprCpuState *p9xive_os_cpu_state(CPUState *cpu)
{
    if (!cpu) {
        return NULL;
    }
    return spapr_cpu_state(container_of(cpu, PowerPCCPU, parent_obj));
}

/* The window starts with the OS page. */
static inline P9xTimaPage p9xive_os_tima_view(hwaddr offset)
{
    return P9X_TIMA_OS + (offset >> P9X_SPAPR_PAGE_SHIFT);
}

/* Trace events and guest errors give the offset in the whole TIMA. */
static inline hwaddr p9xive_os_tima_whole(hwaddr offset)
{
    return offset + P9X_TIMA_OS * P9XIVE_OS_PAGE;
}

/*
 * @tctx: context of @cpu, which executes the access; NULL if there is none, as
 * with DMA from the main loop, a debugger or qtest, or if the vCPU is on its
 * way out.  Then it is counted with @unit.
 */
static inline uint64_t p9xive_os_tima_load(const P9xUnit *unit, P9xTctx *tctx,
                                           CPUState *cpu, hwaddr offset,
                                           unsigned size)
{
    uint64_t value;

    if (!tctx) {
        return p9x_tima_no_thread(unit, false, p9xive_os_tima_whole(offset));
    }
    value = p9x_tima_load(tctx, p9xive_os_tima_view(offset),
                          offset % P9XIVE_OS_PAGE, size);
    trace_xive_tctx_tm_read(cpu->cpu_index, p9xive_os_tima_whole(offset), size,
                            value);
    return value;
}

static inline void p9xive_os_tima_store(const P9xUnit *unit, P9xTctx *tctx,
                                        CPUState *cpu, hwaddr offset,
                                        uint64_t value, unsigned size)
{
    if (!tctx) {
        p9x_tima_no_thread(unit, true, p9xive_os_tima_whole(offset));
        return;
    }
    trace_xive_tctx_tm_write(cpu->cpu_index, p9xive_os_tima_whole(offset),
                             size, value);
    p9x_tima_store(tctx, p9xive_os_tima_view(offset),
                   offset % P9XIVE_OS_PAGE, size, value);
}

#endif
