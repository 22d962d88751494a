/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The thread interrupt management area: loads and stores that become
 * operations on the issuing thread's context.
 *
 * Four pages show the same registers with rights that shrink from HW over HV
 * and OS to user.  Plain offsets are registers, 4 or 8 bytes at a time;
 * offsets with 0x800 set are operations, and so are single bytes at a few plain
 * ones: the user ring's NSR, CPPR, the physical ring's VT, LP and LE.  Which
 * bytes a page lets through is a table (tima.c); bytes without the right read
 * 0 and keep their value, and an access without any right is an error.  An
 * operation may be issued from its own page and from more privileged ones.
 *
 * The host program finds the thread, and decides which pages a guest can see:
 * under sPAPR OS and user only.
 */
#ifndef P9X_TIMA_H
#define P9X_TIMA_H

#include "xive/tctx.h"

/*
 * @offset within the page (bits the hardware does not decode are ignored),
 * @size 1, 2, 4 or 8.  What the page does not allow is a guest error; a load
 * then gives all ones.
 */
uint64_t p9x_tima_load(P9xTctx *tctx, P9xTimaPage page, uint32_t offset,
                       unsigned size);
void p9x_tima_store(P9xTctx *tctx, P9xTimaPage page, uint32_t offset,
                    unsigned size, uint64_t value);

/*
 * An access that no thread issued (a device's DMA, a debugger): counted,
 * nothing else.  A load gives all ones.
 */
uint64_t p9x_tima_no_thread(const P9xUnit *unit, bool store, uint64_t offset);

#endif
