/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the router asks of the tables of an IC. */
#ifndef P9X_IC_TABLES_H
#define P9X_IC_TABLES_H

#include "xive/ic/ic.h"
#include "xive/tables.h"

/* The opaque pointer is a P9xIc; tables.h says what each function does. */
extern const P9xTableOps p9x_ic_table_ops;

/* VC_EQC_CONFIG has another value: it says which flags of ENDs count. */
void p9x_ic_update_end_flags(P9xIc *ic);

#endif
