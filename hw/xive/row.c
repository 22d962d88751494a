/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which host thread has which row; see row.h. */
#include <stdatomic.h>

#include "xive/row.h"

_Thread_local unsigned p9x_row_plus_1;

static atomic_uint taken;

void p9x_row_take(void)
{
    unsigned row = atomic_load_explicit(&taken, memory_order_relaxed);

    /* Stops behind the shared row, so that the count can't wrap. */
    while (row < P9X_ROWS &&
           !atomic_compare_exchange_weak(&taken, &row, row + 1)) {
        continue;
    }
    p9x_row_plus_1 = (row < P9X_SHARED_ROW ? row : P9X_SHARED_ROW) + 1;
}

unsigned p9x_rows_taken(void)
{
    return atomic_load_explicit(&taken, memory_order_acquire);
}
