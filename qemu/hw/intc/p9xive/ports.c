/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the core asks of QEMU (xive/ports.h), but for guest memory, which is
 * memory.c's.
 */
#include "qemu/osdep.h"
#include "hw/irq.h"
#include "qemu/log.h"
#include "trace/control.h"

#include "spapr_xive_internal.h"

/*
 * Two threads may have changed the level in one order and come here in the
 * other.  So whoever told the CPU looks again whether it told the truth: the
 * last one to tell has.
 */
void spapr_xive_update_line(SpaprXiveTctx *tctx)
{
    qemu_irq line = qatomic_read(&tctx->os_line);
    bool level;

    do {
        level = p9x_tctx_lines(&tctx->core) & P9X_LINE_OS;
        qemu_set_irq(line, level);
        /* It ends in an atomic operation on the input's word. */
        smp_mb__after_rmw();
    } while (level != !!(p9x_tctx_lines(&tctx->core) & P9X_LINE_OS));
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
