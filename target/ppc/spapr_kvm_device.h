/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Single calls to the KVM device behind a P9xSpapr, in the words of its tables.
 * What they add up to is in spapr_kvm.c and spapr_kvm_state.c.
 *
 * Return values are the port's.  P9xSpapr.config_lock is held for those that
 * set an attribute.
 */
#ifndef P9X_SPAPR_KVM_DEVICE_H
#define P9X_SPAPR_KVM_DEVICE_H

#include "spapr_rows.h"
#include "xive/kvm/kvm_port.h"

/* The management page of @lisn at offset @op; and a store that triggers. */
bool p9x_kvmdev_load(const P9xKvmPort *port, uint32_t lisn, uint32_t op,
                     uint64_t *value);
bool p9x_kvmdev_store(const P9xKvmPort *port, uint32_t lisn, uint32_t op,
                      uint64_t value);
bool p9x_kvmdev_trigger(const P9xKvmPort *port, uint32_t lisn);

int p9x_kvmdev_set64(const P9xKvmPort *port, unsigned group, uint32_t lisn,
                     uint64_t value);
/* SOURCE: as new, whatever it was: off, untargeted; with the level it has. */
int p9x_kvmdev_source(const P9xSpapr *s, const P9xKvmPort *port, uint32_t lisn,
                      bool lsi);
int p9x_kvmdev_reset(const P9xKvmPort *port);
int p9x_kvmdev_eq_sync(const P9xKvmPort *port);
/* EQ_CONFIG.  @end without a queue: none. */
int p9x_kvmdev_set_queue(const P9xKvmPort *port, uint32_t end_index,
                         const P9xEnd *end);
/* The queue's index and generation go into @end, which has one. */
int p9x_kvmdev_refresh_queue(const P9xKvmPort *port, uint32_t end_index,
                             P9xEnd *end);

/*
 * The SOURCE_CONFIG word that masks.  The device compares server, priority and
 * EISN with what it has, or was to have before firmware refused, and does
 * nothing if they are the same, whatever the flag says.  So the server, which
 * it is to forget anyway, is one that there can't be.
 */
#define P9X_KVMDEV_MASKING (P9X_KVM_CFG_MASKED | P9X_KVM_CFG_SERVER)

static inline uint64_t p9x_kvmdev_config_word(uint64_t eas)
{
    /* END index: server x 8 + priority, as in the word. */
    return eas & P9X_EAS_MASKED ?
               P9X_KVMDEV_MASKING :
               p9x_get64(eas, P9X_EAS_END_INDEX) |
                   (eas & P9X_EAS_END_DATA) << P9X_KVM_CFG_EISN_SHIFT;
}

/* The level of an LSI, which the tables' fenced source keeps. */
static inline bool p9x_spapr_level_is_up(const P9xSpapr *s, uint32_t lisn)
{
    return atomic_load(p9x_source_esb(&s->source, lisn)) & P9X_ESB_ASSERTED;
}

#endif
