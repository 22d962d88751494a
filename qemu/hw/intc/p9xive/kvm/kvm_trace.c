/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The steps of a switch as trace events; see trace-events. */
#include "qemu/osdep.h"
#include "trace/trace-hw_intc_p9xive.h"

#include "xive_kvm_internal.h"

/* Some points are reached with a block's lock held: nothing is waited for. */
static void point_reached(void *opaque, const char *point, uint32_t girq)
{
    trace_p9xive_kvm_switch(point, girq);
}

void p9xive_kvm_trace(P9xKvm *device)
{
    device->hook = point_reached;
}
