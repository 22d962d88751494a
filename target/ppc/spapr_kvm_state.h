/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The KVM backend's part of stopping and migration (spapr_backend.h), and what
 * the rest of the backend tells it.  P9xSpapr.config_lock is held.
 */
#ifndef P9X_SPAPR_KVM_STATE_H
#define P9X_SPAPR_KVM_STATE_H

#include "spapr_backend.h"

void p9x_spapr_kvm_stop(P9xSpapr *s);
void p9x_spapr_kvm_go_on(P9xSpapr *s);
P9xPq p9x_spapr_kvm_save_pq(P9xSpapr *s, uint32_t lisn);
int p9x_spapr_kvm_save_end(P9xSpapr *s, uint32_t index, P9xEnd *end);
int p9x_spapr_kvm_save_ring(P9xSpapr *s, uint32_t server, uint8_t *image);
char *p9x_spapr_kvm_restore(P9xSpapr *s);
char *p9x_spapr_kvm_restore_server(P9xSpapr *s, uint32_t server);

/* @lisn gets @pq when the machine goes on, if it is stopped. */
void p9x_spapr_kvm_hold(P9xSpapr *s, uint32_t lisn, P9xPq pq);
/* What sources have in the device is what they are to have. */
void p9x_spapr_kvm_let_go(P9xSpapr *s);

#endif
