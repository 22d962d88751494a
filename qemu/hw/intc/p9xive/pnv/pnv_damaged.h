/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a section of a powernv9 machine refuses a stream. */
#ifndef P9XIVE_PNV_DAMAGED_H
#define P9XIVE_PNV_DAMAGED_H

#include "qemu/error-report.h"

/* Says that @what of the machine can't be so; -EINVAL. */
static inline int pnv_state_damaged(const char *what)
{
    error_report("powernv9: damaged migration stream: %s", what);
    return -EINVAL;
}

#endif
