/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ports (xive/ports.h) that are the same for each interrupt controller.
 * What a CPU line is and who reports a guest error is the controller's.
 */
#include "qemu/osdep.h"
#include "trace/control.h"

#include "adapter.h"

void p9xive_ports_init(P9xPorts *ports, void *host)
{
    *ports = (P9xPorts) {
        .host = host,
        .trace = p9xive_trace,
        .listeners = &trace_events_enabled_count,
    };
    p9xive_memory_ports(ports);
}
