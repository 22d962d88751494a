/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An IC as JSON, for the flight recorder. */
#ifndef P9X_IC_DESCRIBE_H
#define P9X_IC_DESCRIBE_H

#include "ic_state.h"

/* A P9xDescribe (xive/recorder.h) of P9xIc @ic. */
void p9x_ic_describe(void *ic, GString *out);

#endif
