/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Errors of an IC: counted and told as guest errors, and put down in FIR, WOF
 * and the registers of the engines for firmware's diagnosis.
 *
 * Any thread; which locks may be held is said by P9xPorts.guest_error.
 */
#ifndef P9X_IC_ERRORS_H
#define P9X_IC_ERRORS_H

#include "ic_base.h"

/* Counts, reports the first of each kind, and sets @fir bits. */
void p9x_ic_error(P9xIcBase *base, P9xGuestError kind, uint64_t fir,
                  const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/* The same for an access of a window to where "@what" ("no page is"). */
void p9x_ic_bad_access(P9xIcBase *base, P9xGuestError kind, P9xIcWindow w,
                       bool store, uint64_t offset, unsigned size,
                       const char *what);
/* FIR := FIR & @keep | @set, with what events met put down before.  Result. */
uint64_t p9x_ic_fir_update(P9xIcBase *base, uint64_t keep, uint64_t set);
/* FIR is 0, and what was counted until now is not put down any more. */
void p9x_ic_reset_errors(P9xIcBase *base);

/* What a load of @size bytes gives where nothing answers. */
static inline uint64_t p9x_ic_all_ones(unsigned size)
{
    return size >= 8 ? UINT64_MAX : (UINT64_C(1) << (8 * size)) - 1;
}

#endif
