/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Backends carry out what a guest configures.
 *
 *   spapr_direct.c   on this object's own sources, tables and router
 *   spapr_kvm.c      on a KVM device behind a P9xKvmPort; the tables are then
 *                    the memory of what the device was told
 *
 * spapr.c and spapr_hcall.c check what they are asked for, in PAPR's order, and
 * call the backend that is in charge.  A backend that refuses has changed
 * nothing.  claim and add_server answer with negative errno, those that return
 * int64_t with PAPR's code, save_end and save_ring with the device's negative
 * errno.  P9xSpapr.config_lock is held but for set_irq and reset_server.
 */
#ifndef P9X_SPAPR_BACKEND_H
#define P9X_SPAPR_BACKEND_H

#include "spapr_rows.h"

struct P9xSpaprBackend {
    /* A store to a source's page at STORE_EOI is an EOI, if config says so. */
    bool store_eoi;
    /*
     * PAPR: the EISN is the LISN until H_INT_SET_SOURCE_CONFIG says otherwise.
     * A KVM device has 0 there and can't be told but by routing the source.
     */
    bool lisn_is_eisn;
    /* Any number of hcalls at once; those say which (spapr_hcall.c). */
    bool shares;

    /* @lisn is in range and not claimed: it becomes off and untargeted. */
    int (*claim)(P9xSpapr *s, uint32_t lisn, bool lsi);
    /* @lisn is claimed, here and below. */
    void (*free)(P9xSpapr *s, uint32_t lisn);
    void (*set_irq)(P9xSpapr *s, uint32_t lisn, bool level);
    /* @eas: what the EAS of @lisn is to be but for the bits in @keep. */
    int64_t (*configure)(P9xSpapr *s, uint32_t lisn, uint64_t eas,
                         uint64_t keep);
    /* Events that @lisn has sent are in their queue. */
    int64_t (*sync)(P9xSpapr *s, uint32_t lisn);
    /*
     * H_INT_ESB on an LSI; @offset is a multiple of 8 within a page, @value
     * what is stored, then what was loaded (a store: all ones).
     */
    int64_t (*esb)(P9xSpapr *s, uint32_t lisn, bool store, uint64_t offset,
                   uint64_t *value);

    /* @end: what the END of @server and @priority is to be; all 0: no queue. */
    int64_t (*set_queue)(P9xSpapr *s, uint32_t server, uint8_t priority,
                         const P9xEnd *end);
    /* @end is a copy: its index and generation become those of now. */
    int64_t (*refresh_queue)(P9xSpapr *s, uint32_t server, uint8_t priority,
                             P9xEnd *end);
    /* @addr 0: no line. */
    int64_t (*set_report)(P9xSpapr *s, uint32_t server, uint64_t addr);

    /* H_INT_RESET; and a machine's, which vCPUs don't run beside. */
    int64_t (*reset)(P9xSpapr *s);
    void (*renew)(P9xSpapr *s);

    /* @server is in range and absent, then present. */
    int (*add_server)(P9xSpapr *s, uint32_t server, P9xTctx *tctx);
    void (*remove_server)(P9xSpapr *s, uint32_t server);
    void (*reset_server)(P9xSpapr *s, uint32_t server, P9xTctx *tctx);

    /*
     * Stopping and migration (xive/ppc/spapr_image.h).  stop of a stopped one,
     * and go_on of one that isn't, have no effect.
     */
    void (*stop)(P9xSpapr *s);
    void (*go_on)(P9xSpapr *s);
    /* PQ of @lisn in a stream. */
    P9xPq (*save_pq)(P9xSpapr *s, uint32_t lisn);
    /* @end, a copy of @index, and @image of @server: what a stream has. */
    int (*save_end)(P9xSpapr *s, uint32_t index, P9xEnd *end);
    int (*save_ring)(P9xSpapr *s, uint32_t server, uint8_t *image);
    /* What was loaded is put to use.  NULL, or what went wrong (g_free). */
    char *(*restore)(P9xSpapr *s);
    char *(*restore_server)(P9xSpapr *s, uint32_t server);
};

static inline const P9xSpaprBackend *p9x_spapr_backend(const P9xSpapr *s)
{
    return atomic_load_explicit(&s->backend, memory_order_acquire);
}

/* EAS of a claimed LISN that the guest has not configured. */
static inline uint64_t p9x_spapr_new_eas(const P9xSpapr *s, uint32_t lisn)
{
    return P9X_EAS_VALID | P9X_EAS_MASKED |
           p9x_set64(0, P9X_EAS_END_DATA,
                     p9x_spapr_backend(s)->lisn_is_eisn ? lisn : 0);
}

#endif
