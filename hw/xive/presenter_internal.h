/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the router, groups and dispatch.c ask of the presenter. */
#ifndef P9X_PRESENTER_INTERNAL_H
#define P9X_PRESENTER_INTERNAL_H

#include "xive/presenter.h"

/* @event is for one VP; group.h has those for groups. */
P9xVpOutcome p9x_presenter_event(const P9xUnit *unit,
                                 const P9xVpEvent *event);

/*
 * Puts @event into its NVT, if the event asks for that.  Returns BACKLOGGED or
 * UNDELIVERED; @bad_nvt: there is no valid NVT, which p9x_presenter_bad_nvt
 * reports once the caller has let the lock go.  The caller holds the NVT lock.
 */
P9xVpOutcome p9x_presenter_put_away(const P9xUnit *unit,
                                    const P9xVpEvent *event, bool *bad_nvt);
void p9x_presenter_bad_nvt(const P9xUnit *unit, const P9xVpEvent *event);

/* A thread begins. */
void p9x_presenter_add_thread(P9xPresenter *p, P9xTctx *tctx);

#endif
