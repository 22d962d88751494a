/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes calls from the machine's hypervisor call table to the core.  The core
 * checks all 64 bits of each argument; this file only traces them.
 */
#include "qemu/osdep.h"
#include "hw/ppc/spapr.h"
#include "target/ppc/cpu.h"
#include "target/ppc/unlocked-hypercall.h"
#include "trace/control.h"
#include "trace/trace-hw_intc.h"

#include "spapr_xive_internal.h"

static void trace_hcall(unsigned opcode, const target_ulong *a)
{
    switch (opcode) {
    case P9X_H_INT_GET_SOURCE_INFO:
        trace_spapr_xive_get_source_info(a[0], a[1]);
        break;
    case P9X_H_INT_SET_SOURCE_CONFIG:
        trace_spapr_xive_set_source_config(a[0], a[1], a[2], a[3], a[4]);
        break;
    case P9X_H_INT_GET_SOURCE_CONFIG:
        trace_spapr_xive_get_source_config(a[0], a[1]);
        break;
    case P9X_H_INT_GET_QUEUE_INFO:
        trace_spapr_xive_get_queue_info(a[0], a[1], a[2]);
        break;
    case P9X_H_INT_SET_QUEUE_CONFIG:
        trace_spapr_xive_set_queue_config(a[0], a[1], a[2], a[3], a[4]);
        break;
    case P9X_H_INT_GET_QUEUE_CONFIG:
        trace_spapr_xive_get_queue_config(a[0], a[1], a[2]);
        break;
    case P9X_H_INT_SET_OS_REPORTING_LINE:
        trace_spapr_xive_set_os_reporting_line(a[0]);
        break;
    case P9X_H_INT_GET_OS_REPORTING_LINE:
        trace_spapr_xive_get_os_reporting_line(a[0]);
        break;
    case P9X_H_INT_ESB:
        trace_spapr_xive_esb(a[0], a[1], a[2], a[3]);
        break;
    case P9X_H_INT_SYNC:
        trace_spapr_xive_sync(a[0], a[1]);
        break;
    case P9X_H_INT_RESET:
        trace_spapr_xive_reset(a[0]);
        break;
    }
}

static target_ulong h_int(PowerPCCPU *cpu, SpaprMachineState *spapr,
                          target_ulong opcode, target_ulong *args)
{
    trace_hcall(opcode, args);
    return p9x_spapr_hcall(&spapr->xive->core, spapr_get_vcpu_id(cpu), opcode,
                           args);
}

/* While they are traced all calls take the one way: each is seen once. */
static bool h_int_unlocked(PowerPCCPU *cpu, target_ulong opcode,
                           target_ulong *args, target_ulong *rc)
{
    /* The one hypervisor that such a call can reach. */
    SpaprMachineState *spapr = (SpaprMachineState *)cpu->vhyp;
    int64_t code;

    if (unlikely(trace_events_enabled_count) ||
        !p9x_spapr_try_hcall(&spapr->xive->core, spapr_get_vcpu_id(cpu),
                             opcode, args, &code)) {
        return false;
    }
    *rc = code;
    return true;
}

void spapr_xive_hcall_init(SpaprMachineState *spapr)
{
    for (unsigned opcode = P9X_H_INT_GET_SOURCE_INFO;
         opcode <= P9X_H_INT_RESET; opcode += 4) {
        spapr_register_hypercall(opcode, h_int);
        if (p9x_spapr_hcall_is_shared(opcode)) {
            ppc_register_unlocked_hypercall(opcode, h_int_unlocked);
        }
    }
}
