/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the core asks of QEMU (xive/ports.h), but for guest memory, which is
 * memory.c's.
 */
#include "qemu/osdep.h"
#include "qemu/log.h"
#include "trace/control.h"

#include "cpu_line.h"
#include "../spapr/spapr_xive_internal.h"

void spapr_xive_update_line(SpaprXiveTctx *tctx)
{
    PowerPCCPU *cpu = qatomic_read(&tctx->line_cpu);

    if (cpu) {
        p9xive_tell_os_line(cpu, &tctx->core);
    }
}

static void line_changed(void *host, P9xTctx *core)
{
    spapr_xive_update_line(container_of(core, SpaprXiveTctx, core));
}

static void guest_error(void *host, P9xGuestError kind, const char *detail)
{
    qemu_log_mask(LOG_GUEST_ERROR, "xive: %s: %s\n",
                  p9x_guest_error_name(kind), detail);
}

void spapr_xive_ports_init(SpaprXive *xive)
{
    xive->ports = (P9xPorts) {
        .host = xive,
        .line_changed = line_changed,
        .guest_error = guest_error,
        .trace = p9xive_trace,
        .listeners = &trace_events_enabled_count,
    };
    p9xive_memory_ports(&xive->ports);
}
