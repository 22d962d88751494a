/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Telling a vCPU the levels of its interrupt inputs.
 *
 * Two threads may have changed the level in one order and come here in the
 * other.  So a thread that has told the CPU looks again whether that is still
 * true: what the last thread tells is the level as it is.
 *
 * The inputs' GPIO lines end in the function that is called here at once.
 */
#ifndef P9XIVE_CPU_LINE_H
#define P9XIVE_CPU_LINE_H

#include "hw/ppc/ppc.h"
#include "target/ppc/cpu.h"
#include "xive/tctx.h"

/* @cpu doesn't know @level of the external input yet. */
static inline bool p9xive_os_line_moves(PowerPCCPU *cpu, bool level)
{
    return !(ppc_pending(&cpu->env) & PPC_INTERRUPT_EXT) == level;
}

/*
 * For a guest's vCPU, which has no other input.  The function that is called
 * ends in an atomic operation on the inputs' word, in front of the second look.
 */
static inline void p9xive_tell_os_line(PowerPCCPU *cpu, P9xTctx *tctx)
{
    unsigned level;

    do {
        level = p9x_tctx_lines(tctx);
        ppc_set_irq(cpu, PPC_INTERRUPT_EXT, !!(level & P9X_LINE_OS));
        smp_mb__after_rmw();
    } while ((level ^ p9x_tctx_lines(tctx)) & P9X_LINE_OS);
}

/*
 * For a thread of the machine.  Its OS line hardly ever moves while no KVM
 * guest runs.  The operation that the first call ends in also orders the look
 * at what the CPU knows of it: either we see what another thread tells it, or
 * that one sees our level when it looks again.
 */
static inline void p9xive_tell_both_lines(PowerPCCPU *cpu, P9xTctx *tctx)
{
    unsigned level;

    do {
        level = p9x_tctx_lines(tctx);
        ppc_set_irq(cpu, PPC_INTERRUPT_HVIRT, !!(level & P9X_LINE_HV));
        if (p9xive_os_line_moves(cpu, level & P9X_LINE_OS)) {
            ppc_set_irq(cpu, PPC_INTERRUPT_EXT, !!(level & P9X_LINE_OS));
        }
        smp_mb__after_rmw();
    } while (level != p9x_tctx_lines(tctx));
}

#endif
