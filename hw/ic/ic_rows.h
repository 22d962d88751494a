/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rows of the interrupt controller's registers.
 *
 * The same register has a number on XSCOM and, most of them, an offset in the
 * IC window's first page.  The offset follows from the number, group by group;
 * of the last group (performance counters and errors of VC) no public source
 * says where it is, so its registers are reached by XSCOM alone, and what
 * stands for their offset is only where they are kept.
 */
#ifndef P9X_IC_ROWS_H
#define P9X_IC_ROWS_H

#include "ic_regs.h"

enum {
    P9X_ROW_UNLOCKED = 1,       /* store changes lines of threads */
    P9X_ROW_READ_ONLY = 2,
    P9X_ROW_STORE_CLEARS = 4,   /* any store does */
    P9X_ROW_LOAD_CLEARS = 8,
    P9X_ROW_LOAD_ZERO = 16      /* a command: nothing to be read */
};

enum {
    P9X_XSCOM_ALONE = 0x240,    /* and all above */
    P9X_XSCOM_ALONE_KEPT = 0xA80
};

#define P9X_IC_OFFSET(xscom) (uint16_t)( \
    (xscom) < 0x100 ? (xscom) * 8 : \
    (xscom) < 0x160 ? 0x400 + ((xscom) - 0x100) * 8 : \
    (xscom) < 0x200 ? 0x700 + ((xscom) - 0x160) * 8 : \
    (xscom) < 0x210 ? 0x800 + ((xscom) - 0x200) * 8 : \
    (xscom) < 0x220 ? 0x900 + ((xscom) - 0x210) * 8 : \
    (xscom) < 0x22B ? 0x980 + ((xscom) - 0x220) * 8 : \
    (xscom) < 0x230 ? 0x880 + ((xscom) - 0x22B) * 8 : \
    (xscom) < 0x23B ? 0xA00 + ((xscom) - 0x230) * 8 : \
    (xscom) < P9X_XSCOM_ALONE ? 0x898 + ((xscom) - 0x23B) * 8 : \
    P9X_XSCOM_ALONE_KEPT + ((xscom) - P9X_XSCOM_ALONE) * 8)

/* Without a function, a register is storage for the bits it has. */
struct P9xIcRow {
    const char *name;
    uint16_t offset;
    uint16_t xscom;
    unsigned flags;
    uint64_t bits;                  /* what a store can set */
    uint64_t reset;
    uint64_t (*load)(P9xIc *ic, const P9xIcRow *row);
    void (*store)(P9xIc *ic, const P9xIcRow *row, uint64_t value);
};

#define P9X_IC_ROW(name, xscom, flags, bits, reset, load, store) \
    { name, P9X_IC_OFFSET(xscom), xscom, flags, bits, reset, load, store }

/* Registers that do something, and all others. */
extern const P9xIcRow p9x_ic_active_rows[];
extern const unsigned p9x_ic_nr_active_rows;
extern const P9xIcRow p9x_ic_passive_rows[];
extern const unsigned p9x_ic_nr_passive_rows;

#endif
