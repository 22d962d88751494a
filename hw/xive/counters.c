/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counting events and guest errors; see counters.h. */
#include <stdarg.h>
#include <stdio.h>

#include "xive/counters.h"
#include "xive/lock.h"
#include "xive/ports.h"

static const char *const counter_names[] = {
#define X(id, name, what) name,
    P9X_COUNTERS(X)
#undef X
};

static const struct {
    const char *name;
    const char *text;
} guest_errors[] = {
#define X(id, name, what) { name, what },
    P9X_GUEST_ERRORS(X)
#undef X
};

static uint64_t read_slot(const P9xCounters *c, unsigned slot)
{
    uint64_t sum = 0;

    for (unsigned row = 0; row < P9X_ROWS; row++) {
        sum += atomic_load_explicit(&c->row[row].slot[slot],
                                    memory_order_relaxed);
    }
    return sum;
}

uint64_t p9x_counter_read(const P9xCounters *c, P9xCounter kind)
{
    return read_slot(c, kind);
}

uint64_t p9x_guest_error_read(const P9xCounters *c, P9xGuestError kind)
{
    return read_slot(c, P9X_COUNTER_MAX + kind);
}

uint64_t p9x_guest_errors_total(const P9xCounters *c)
{
    uint64_t sum = 0;

    for (unsigned kind = 0; kind < P9X_GUEST_ERROR_MAX; kind++) {
        sum += p9x_guest_error_read(c, (P9xGuestError)kind);
    }
    return sum;
}

void p9x_counters_clear(P9xCounters *c)
{
    for (unsigned row = 0; row < P9X_ROWS; row++) {
        for (unsigned slot = 0; slot < P9X_COUNTER_SLOTS; slot++) {
            atomic_store_explicit(&c->row[row].slot[slot], 0,
                                  memory_order_relaxed);
        }
    }
}

const char *p9x_counter_name(P9xCounter kind)
{
    return counter_names[kind];
}

const char *p9x_guest_error_name(P9xGuestError kind)
{
    return guest_errors[kind].name;
}

const char *p9x_guest_error_text(P9xGuestError kind)
{
    return guest_errors[kind].text;
}

void p9x_guest_error(const P9xPorts *ports, P9xCounters *counters,
                     P9xGuestError kind, const char *fmt, ...)
{
    char detail[160];
    va_list ap;

    p9x_assert_under(P9X_UNDER_MEMORY, "guest_error");
    p9x_count_slot(counters, P9X_COUNTER_MAX + kind, 1);
    /* Two threads at once may both be first: better twice than never. */
    if (!ports->guest_error || p9x_guest_error_read(counters, kind) > 1) {
        return;
    }
    va_start(ap, fmt);
    vsnprintf(detail, sizeof(detail), fmt, ap);
    va_end(ap);
    ports->guest_error(ports->host, kind, detail);
}
