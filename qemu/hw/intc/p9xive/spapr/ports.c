/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the core asks of "spapr-xive" (xive/ports.h), beyond what all
 * controllers have in common.
 */
#include "qemu/osdep.h"
#include "qemu/log.h"

#include "../common/cpu_line.h"
#include "spapr_xive_internal.h"

void spapr_xive_update_line(SpaprXiveTctx *tctx)
{
    PowerPCCPU *cpu = qatomic_read(&tctx->line_cpu);

    if (cpu) {
        p9xive_tell_os_line(cpu, &tctx->parent_obj.core);
    }
}

static void line_changed(void *host, P9xTctx *core)
{
    spapr_xive_update_line(container_of(core, SpaprXiveTctx, parent_obj.core));
}

static void guest_error(void *host, P9xGuestError kind, const char *detail)
{
    qemu_log_mask(LOG_GUEST_ERROR, "xive: %s: %s\n",
                  p9x_guest_error_name(kind), detail);
}

void spapr_xive_ports_init(SpaprXive *xive)
{
    p9xive_ports_init(&xive->ports, xive);
    xive->ports.line_changed = line_changed;
    xive->ports.guest_error = guest_error;
}
