/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the adapters of all machines have in common.
 */
#ifndef P9XIVE_ADAPTER_H
#define P9XIVE_ADAPTER_H

#include "hw/pci/pci_device.h"
#include "qom/object.h"
#include "target/ppc/cpu-qom.h"
#include "xive/counters.h"
#include "xive/ports.h"
#include "xive/tctx.h"

/* What the guest says in a PCI device's command register. */
static inline bool p9xive_may_write(const PCIDevice *pci)
{
    return pci->bus_master_enable_region.enabled;
}

/*
 * ports.c: makes @ports of a controller: memory and trace.  line_changed and
 * guest_error are not set.  The CPUs' contexts have their PowerPCCPU as
 * P9xTctx.host.
 */
void p9xive_ports_init(P9xPorts *ports, void *host);

/* memory.c: sets guest memory only; P9xPorts.host doesn't matter to it. */
void p9xive_memory_ports(P9xPorts *ports);

/*
 * trace.c: P9xPorts.trace.  P9xTctx.host has to be the thread's PowerPCCPU;
 * @host doesn't matter.
 */
void p9xive_trace(void *host, P9xTraceStep step, const uint64_t arg[4],
                  const P9xTctx *core);

/*
 * stats.c: adds the counters to @klass as properties.  @counters_of tells
 * where an object has them; NULL: it has none yet, and all of them read 0.
 */
typedef const P9xCounters *P9xiveCountersOf(Object *obj);
void p9xive_class_add_stats(ObjectClass *klass, P9xiveCountersOf *counters_of);

/*
 * taken.c: @cpu has thread context @tctx.  With the recorder on, its external
 * interrupts are recorded as it takes them; watch_taken: all vCPUs', from now
 * on.  Both under the BQL.
 */
void p9xive_name_thread(PowerPCCPU *cpu, const P9xTctx *tctx);
void p9xive_watch_taken(void);

/* recorder.c: adds the flight recorder's properties to @klass. */
void p9xive_class_add_recorder(ObjectClass *klass);
/*
 * Lets the recorder write its file when the guest panics, resets and so on.  A
 * controller calls it as it is made: reset handlers run in the order in which
 * they come, and the file is to have the state before those of vCPUs and
 * controllers.  Further calls do nothing.
 */
void p9xive_watch_machine(void);

#endif
