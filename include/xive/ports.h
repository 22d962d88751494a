/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the core needs from the program around it, and all that it needs.
 *
 * A host program fills in one P9xPorts and hands it to every object it
 * creates.  QEMU's is in qemu/hw/intc/p9xive/common (ports.c, memory.c), that
 * of the tests in tests/lib/fixture.c.
 * See lock.h for what may be called under which lock.
 */
#ifndef P9X_PORTS_H
#define P9X_PORTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "xive/counters.h"

typedef struct P9xTctx P9xTctx;

/* Steps that can be traced; the arguments are listed beside each. */
typedef enum P9xTraceStep {
    P9X_TRACE_SOURCE_BLOCKED, /* source; its trigger did not go on */
    P9X_TRACE_SOURCE_REPLAY,  /* source; an event that was held back goes on */
    P9X_TRACE_EAS_NOTIFY,     /* eas index, END block, END index, data */
    P9X_TRACE_END_ENQUEUE,    /* END block, END index, data */
    P9X_TRACE_END_NOTIFY,     /* END block, END index, escalation END, data */
    P9X_TRACE_END_ESCALATE,   /* END (block << 24 | index) -> block, index,
                                 data */
    P9X_TRACE_END_ESB_LOAD,   /* END block, END index, offset, value */
    P9X_TRACE_TCTX_NOTIFY,    /* ring; IPB, PIPR, CPPR; NSR */
    P9X_TRACE_TCTX_ACCEPT,    /* ring; IPB, PIPR, CPPR; NSR */
    P9X_TRACE_TCTX_CPPR,      /* ring; IPB, PIPR, CPPR; NSR */
    P9X_TRACE_NVT_BACKLOG,    /* NVT block, NVT index, priority, IPB */
    P9X_TRACE_GROUP_TAKE      /* NVT block, NVT index, ring, IPB it takes */
} P9xTraceStep;

typedef struct P9xPorts {
    /* Handed back as first argument of each port. */
    void *host;

    /*
     * Guest physical memory.  False if any byte of [@addr, @addr + @len) is
     * not plain RAM: ROM, MMIO and holes are refused, nothing is accessed.
     * @addr + @len never wraps when the core calls these.
     */
    bool (*mem_is_ram)(void *host, uint64_t addr, uint64_t len);
    bool (*mem_read)(void *host, uint64_t addr, void *buf, uint64_t len);
    bool (*mem_write)(void *host, uint64_t addr, const void *buf,
                      uint64_t len);
    /*
     * Stores @value big-endian at the 4-byte aligned @addr, in one piece, so
     * that a guest which polls never sees half an event.  Called under an END
     * lock; see lock.h.
     */
    bool (*mem_store32)(void *host, uint64_t addr, uint32_t value);

    /*
     * The interrupt lines of @tctx may have changed: sample them with
     * p9x_tctx_lines.  May be called from any thread; lock.h says with which
     * locks held.
     */
    void (*line_changed)(void *host, P9xTctx *tctx);

    /*
     * The guest did something the architecture does not allow.  Called for the
     * first of each kind only, counting is done already.  @detail is one line
     * without newline, valid during the call.  Optional.
     */
    void (*guest_error)(void *host, P9xGuestError kind, const char *detail);

    /* Optional; NULL costs nothing. */
    void (*trace)(void *host, P9xTraceStep step, const uint64_t arg[4],
                  const P9xTctx *tctx);

    /*
     * Optional: trace is called only while this number is not 0, or if the
     * pointer is NULL.  The host changes the number at any time.
     */
    const int *listeners;
} P9xPorts;

static inline bool p9x_is_traced(const P9xPorts *ports)
{
    return ports->trace && (!ports->listeners || *ports->listeners);
}

static inline void p9x_trace(const P9xPorts *ports, P9xTraceStep step,
                             uint64_t a, uint64_t b, uint64_t c, uint64_t d,
                             const P9xTctx *tctx)
{
    if (__builtin_expect(p9x_is_traced(ports), 0)) {
        const uint64_t arg[4] = { a, b, c, d };

        ports->trace(ports->host, step, arg, tctx);
    }
}

/*
 * Counts a guest error in @counters and tells the host in words the first time
 * since p9x_counters_clear.  printf-like.
 */
void p9x_guest_error(const P9xPorts *ports, P9xCounters *counters,
                     P9xGuestError kind, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

#endif
