/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the sPAPR files share. */
#ifndef P9X_SPAPR_INTERNAL_H
#define P9X_SPAPR_INTERNAL_H

#include "xive/ppc/spapr.h"

/* VP number of @server. */
uint32_t p9x_spapr_server_cam(uint32_t server);

/* The server's thread; NULL if there is no such vCPU, whatever @server is. */
P9xTctx *p9x_spapr_server(const P9xSpapr *s, uint64_t server);

/* @server < nr_servers, @priority < 8. */
P9xEnd *p9x_spapr_end(P9xSpapr *s, uint64_t server, uint64_t priority);

void p9x_spapr_clear_end(P9xSpapr *s, uint32_t index);

/* EAS of a claimed LISN that the guest has not configured; config_lock held. */
uint64_t p9x_spapr_new_eas(const P9xSpapr *s, uint32_t lisn);

/* Sources, queues and what they left pending; config_lock held. */
void p9x_spapr_reset_interrupts(P9xSpapr *s);

/*
 * The KVM device behind, spapr_kvm.c.  Without one they have no effect and say
 * 0, but for those marked *, which are not to be called then.  config_lock is
 * held, but for those marked +.
 *
 * They come before the change of the tables.  Claim and add_server answer with
 * negative errno, hcalls with PAPR's code; either way the device refused and
 * the tables are to stay as they are.
 */
static inline bool p9x_spapr_on_kvm(const P9xSpapr *s)
{
    return atomic_load_explicit(&s->kvm, memory_order_acquire);
}

int p9x_spapr_kvm_claim(P9xSpapr *s, uint32_t lisn, bool lsi);
void p9x_spapr_kvm_free(P9xSpapr *s, uint32_t lisn);
void p9x_spapr_kvm_set_irq(P9xSpapr *s, uint32_t lisn, bool level); /* *+ */
/* @eas: what the EAS of @lisn will be. */
int64_t p9x_spapr_kvm_configure(P9xSpapr *s, uint32_t lisn, uint64_t eas);
int64_t p9x_spapr_kvm_sync(P9xSpapr *s, uint32_t lisn);
/*
 * H_INT_ESB on an LSI; @offset is a multiple of 8, @value what is stored or was
 * loaded.  *
 */
int64_t p9x_spapr_kvm_esb(P9xSpapr *s, uint32_t lisn, bool store,
                          uint64_t offset, uint64_t *value);
/* @shift 0: no queue. */
int64_t p9x_spapr_kvm_set_queue(P9xSpapr *s, uint64_t server,
                                uint64_t priority, uint64_t addr,
                                uint64_t shift);
/* Puts index and generation of the device's queue into @end, a copy. */
int64_t p9x_spapr_kvm_refresh_queue(P9xSpapr *s, uint64_t server,
                                    uint64_t priority, P9xEnd *end);
/* H_INT_RESET; and a machine's, which vCPUs don't run beside. */
int64_t p9x_spapr_kvm_reset(P9xSpapr *s);
void p9x_spapr_kvm_renew(P9xSpapr *s);
int p9x_spapr_kvm_add_server(P9xSpapr *s, uint32_t server);
/* After the tables: it takes their queues away, which the device forgot. */
void p9x_spapr_kvm_remove_server(P9xSpapr *s, uint32_t server);
void p9x_spapr_kvm_reset_server(P9xSpapr *s, uint32_t server);      /* + */

#endif
