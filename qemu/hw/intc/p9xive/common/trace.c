/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Steps inside the core as trace events, with the names and arguments that
 * upstream QEMU gives them, so that people's scripts keep working.
 */
#include "qemu/osdep.h"
#include "hw/core/cpu.h"
#include "target/ppc/cpu.h"
#include "trace/control.h"
#include "trace/trace-hw_intc.h"

#include "adapter.h"
#include "xive/tctx.h"

/* A ring's step: arg is the ring; IPB, PIPR and CPPR in one; NSR. */
typedef struct RingStep {
    uint32_t thread;
    uint8_t ring;               /* offset of its registers */
    uint8_t ipb;
    uint8_t pipr;
    uint8_t cppr;
    uint8_t nsr;
} RingStep;

static uint32_t thread_of(const P9xTctx *core)
{
    const PowerPCCPU *cpu = core->host;

    return cpu->parent_obj.cpu_index;
}

static RingStep ring_step(const uint64_t arg[4], const P9xTctx *core)
{
    return (RingStep) {
        .thread = thread_of(core),
        .ring = arg[0] * P9X_TM_RING_SIZE,
        .ipb = arg[1] >> 16,
        .pipr = arg[1] >> 8,
        .cppr = arg[1],
        .nsr = arg[2],
    };
}

/* The physical ring has no CAM line: it answers to the thread's own number. */
static uint32_t vp_of_ring(const RingStep *s, const P9xTctx *core)
{
    if (s->ring == P9X_RING_PHYS * P9X_TM_RING_SIZE) {
        return p9x_tctx_phys_cam(core);
    }
    return p9x_load_be(&core->regs[s->ring + P9X_TM_WORD2], 4);
}

static void trace_notify(const RingStep *s, const P9xTctx *core)
{
    uint32_t vp = vp_of_ring(s, core);

    trace_xive_presenter_notify(p9x_get32(vp, P9X_CAM_BLOCK),
                                p9x_get32(vp, P9X_CAM_INDEX), s->ring, 0);
    if (s->pipr < s->cppr) {
        trace_xive_tctx_notify(s->thread, s->ring, s->ipb, s->pipr, s->cppr,
                               s->nsr);
    }
}

static void trace_ring(P9xTraceStep step, const uint64_t arg[4],
                       const P9xTctx *core)
{
    RingStep s = ring_step(arg, core);

    switch (step) {
    case P9X_TRACE_TCTX_NOTIFY:
        trace_notify(&s, core);
        break;
    case P9X_TRACE_TCTX_ACCEPT:
        trace_xive_tctx_accept(s.thread, s.ring, s.ipb, s.pipr, s.cppr, s.nsr);
        break;
    default:
        trace_xive_tctx_set_cppr(s.thread, s.ring, s.ipb, s.pipr, s.cppr,
                                 s.nsr);
        break;
    }
}

/* Upstream has an old and a new event for it. */
static void trace_escalation(const uint64_t arg[4])
{
    uint8_t block = arg[0] >> 24;
    uint32_t index = arg[0] & 0xFFFFFF;

    trace_xive_router_end_escalate(block, index, arg[1], arg[2], arg[3]);
    trace_xive_escalate_end(block, index, arg[1], arg[2], arg[3]);
}

void p9xive_trace(void *host, P9xTraceStep step, const uint64_t arg[4],
                  const P9xTctx *core)
{
    if (likely(!trace_events_enabled_count)) {
        return;
    }
    switch (step) {
    case P9X_TRACE_SOURCE_BLOCKED:
        trace_xive_source_blocked(arg[0]);
        break;
    case P9X_TRACE_SOURCE_REPLAY:
        trace_xive_source_notify(arg[0]);
        break;
    case P9X_TRACE_END_ENQUEUE:
        trace_xive_end_enqueue(arg[0], arg[1], arg[2]);
        break;
    case P9X_TRACE_END_NOTIFY:
        trace_xive_router_end_notify(arg[0], arg[1], arg[3]);
        break;
    case P9X_TRACE_END_ESCALATE:
        trace_escalation(arg);
        break;
    case P9X_TRACE_GROUP_TAKE:
        trace_xive_redistribute(thread_of(core), arg[2] * P9X_TM_RING_SIZE,
                                arg[0], arg[1]);
        break;
    case P9X_TRACE_END_ESB_LOAD:
        trace_xive_end_source_read(arg[0], arg[1], arg[2]);
        break;
    case P9X_TRACE_TCTX_NOTIFY:
    case P9X_TRACE_TCTX_ACCEPT:
    case P9X_TRACE_TCTX_CPPR:
        trace_ring(step, arg, core);
        break;
    default:
        /* Upstream has no event for it. */
        break;
    }
}
