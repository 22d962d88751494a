/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Errors, as firmware's diagnosis reads them.
 *
 * A bit in FIR says which engine met an error, and a bit in that engine's
 * register says what went wrong.  WOF ("who's on first") keeps the errors that
 * came first.  Nothing follows from an error; guest errors tell, too, what
 * software did wrong.
 *
 * An event counts what goes wrong and goes on.  The count gets into the
 * registers when firmware reads one of them, so errors cost an event nothing.
 * No public source says which bit stands for what within VC and PC; here it is
 * the order of the table.
 */
#include <stdarg.h>
#include <stdio.h>

#include "ic_errors.h"
#include "ic_place.h"

typedef struct ErrorRow {
    P9xGuestError kind;
    uint64_t fir;
    unsigned bit;                   /* in the engine's registers */
} ErrorRow;

static const ErrorRow rows[] = {
    { P9X_ERR_IC_TABLE, P9X_FIR_VC_INFO, 0 },
    { P9X_ERR_IC_NOTIFY, P9X_FIR_VC_INFO, 1 },
    { P9X_ERR_EAS_INVALID, P9X_FIR_VC_INFO, 2 },
    { P9X_ERR_END_INVALID, P9X_FIR_VC_INFO, 3 },
    { P9X_ERR_QUEUE_WRITE, P9X_FIR_VC_INFO, 4 },
    { P9X_ERR_ESCALATION_LOOP, P9X_FIR_VC_INFO, 5 },
    { P9X_ERR_NO_SOURCE, P9X_FIR_VC_INFO, 6 },
    { P9X_ERR_ESB_STORE, P9X_FIR_VC_INFO, 7 },
    { P9X_ERR_NVT_INVALID, P9X_FIR_PC_INFO, 0 },
    { P9X_ERR_VP_TWICE, P9X_FIR_PC_INFO, 1 },
    { P9X_ERR_REPORTING_LINE, P9X_FIR_PC_INFO, 2 },
    { P9X_ERR_TIMA_LOAD, P9X_FIR_PC_INFO, 3 },
    { P9X_ERR_TIMA_STORE, P9X_FIR_PC_INFO, 4 }
};

enum { NR_ROWS = sizeof(rows) / sizeof(rows[0]) };

/* Registers that keep what came first: only while they are empty. */
static void first(P9xIcBase *base, unsigned offset, uint64_t bits)
{
    uint64_t none = 0;

    if (bits) {
        atomic_compare_exchange_strong(&base->reg[offset / 8], &none, bits);
    }
}

static void set_fir(P9xIcBase *base, uint64_t bits)
{
    atomic_fetch_or(&base->fir, bits);
    first(base, P9X_CQ_WOF, bits & ~p9x_ic_reg(base, P9X_CQ_FIRMASK));
}

static void set_detail(P9xIcBase *base, const ErrorRow *row)
{
    bool pc = row->fir == P9X_FIR_PC_INFO;
    unsigned info = pc ? P9X_PC_VPC_INFO_ERR : P9X_VC_INFO_ERR_G0;

    set_fir(base, row->fir);
    first(base, pc ? P9X_PC_VPC_WOF_ERR : P9X_VC_WOF_ERR_G0,
          P9X_BIT64(row->bit));
    atomic_fetch_or(&base->reg[info / 8], P9X_BIT64(row->bit));
}

static void collect(P9xIcBase *base)
{
    for (unsigned i = 0; i < NR_ROWS; i++) {
        uint64_t now = p9x_guest_error_read(base->counters, rows[i].kind);

        if (atomic_exchange(&base->errors_seen[rows[i].kind], now) != now) {
            set_detail(base, &rows[i]);
        }
    }
}

uint64_t p9x_ic_fir_update(P9xIcBase *base, uint64_t keep, uint64_t set)
{
    collect(base);
    atomic_fetch_and(&base->fir, keep);
    return atomic_fetch_or(&base->fir, set) | set;
}

void p9x_ic_reset_errors(P9xIcBase *base)
{
    for (unsigned kind = 0; kind < P9X_GUEST_ERROR_MAX; kind++) {
        atomic_store(&base->errors_seen[kind], p9x_guest_error_read(
            base->counters, (P9xGuestError)kind));
    }
    atomic_store(&base->fir, 0);
}

void p9x_ic_error(P9xIcBase *base, P9xGuestError kind, uint64_t fir,
                  const char *fmt, ...)
{
    char text[160];
    va_list ap;

    if (fir & P9X_FIR_CI_ERROR) {
        set_fir(base, P9X_FIR_CI_ERROR);
    }
    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    p9x_guest_error(base->ports, base->counters, kind, "IC %u: %s",
                    base->chip_id, text);
}

void p9x_ic_bad_access(P9xIcBase *base, P9xGuestError kind, P9xIcWindow w,
                       bool store, uint64_t offset, unsigned size,
                       const char *what)
{
    static const char *const names[P9X_IC_NR_WINDOWS] = {
        "IC", "TM", "TM", "VC", "PC"
    };
    uint64_t info = (P9X_INFO_CAPTURED |
                     (store ? P9X_INFO_CI_STORE : P9X_INFO_CI_LOAD));

    info = p9x_set64(info, P9X_INFO_SIZE, (unsigned)__builtin_ctz(size));
    first(base, P9X_CQ_ERR_INFO1,
          p9x_set64(info, P9X_INFO_ADDR, p9x_ic_place(base, w).base + offset));
    p9x_ic_error(base, kind, P9X_FIR_CI_ERROR,
                 "%u-byte %s at %s offset 0x%llx, where %s", size,
                 store ? "store" : "load", names[w],
                 (unsigned long long)offset, what);
}
