/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rows: what each host thread has for itself, so that it can be changed
 * without a locked instruction.  Such an instruction costs as much as all the
 * rest of a step of an interrupt does.
 *
 * The first threads that come get a row each; all later ones share the last
 * and have to change it atomically.
 */
#ifndef P9X_ROW_H
#define P9X_ROW_H

#include <stdbool.h>

enum { P9X_ROWS = 32, P9X_SHARED_ROW = P9X_ROWS - 1 };

/* 0 until the thread has asked for the first time. */
extern _Thread_local unsigned p9x_row_plus_1;

/* Gives the calling thread its row. */
void p9x_row_take(void);
/* Rows from here on have never belonged to a thread. */
unsigned p9x_rows_taken(void);

/* The calling thread's, below P9X_ROWS. */
static inline unsigned p9x_row(void)
{
    if (__builtin_expect(!p9x_row_plus_1, 0)) {
        p9x_row_take();
    }
    return p9x_row_plus_1 - 1;
}

#endif
