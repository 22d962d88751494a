/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The guest's numbers: finding, targeting, masking. */
#ifndef P9X_KVM_IRQSPACE_H
#define P9X_KVM_IRQSPACE_H

#include "kvm_device.h"

/* The number, found and locked; NULL without lock if its block is absent. */
P9xKvmIrq *p9x_kvm_lock_irq(P9xKvm *kvm, uint32_t girq, P9xKvmBlock **block);

/* Calls @f with each valid number, in their order, its block not locked. */
typedef void P9xKvmIrqFunc(P9xKvm *kvm, P9xKvmBlock *block, P9xKvmIrq *irq,
                           void *opaque);
void p9x_kvm_each_irq(P9xKvm *kvm, P9xKvmIrqFunc *f, void *opaque);

/*
 * Setting a source: makes @girq, with an IPI, and has @apply do with it what
 * the u64 at @addr says and make it valid.  P9xKvm.lock is taken here, the
 * block's by @apply.  -EFAULT: no @addr; @no_ipi: there is no IPI for it.
 */
int p9x_kvm_set_source(P9xKvm *kvm, uint32_t girq, const void *addr,
                       int no_ipi,
                       void (*apply)(P9xKvm *kvm, P9xKvmBlock *block,
                                     P9xKvmIrq *irq, uint64_t value));
/* Block locked. */
void p9x_kvm_make_valid(P9xKvm *kvm, P9xKvmIrq *irq);

/*
 * Masks the live interrupt and returns the priority it had; the block's lock
 * is held then.  If it was not masked before, P and Q are in old_p and old_q
 * and what was in flight has arrived.
 */
uint8_t p9x_kvm_lock_and_mask(P9xKvm *kvm, P9xKvmBlock *block,
                              P9xKvmIrq *irq);
/* Undoes it with @prio; block locked. */
void p9x_kvm_finish_unmask(P9xKvm *kvm, P9xKvmIrq *irq, uint8_t prio);

/* Routes the live interrupt: 0 or OPAL's error. */
int p9x_kvm_route(P9xKvm *kvm, const P9xIrqInfo *live, uint32_t server,
                  uint8_t prio, uint32_t data);

/*
 * Finds a queue for @irq at @prio: that of @server, else any server's.  @irq
 * counts there and no longer where it did.  0, with the server in @server;
 * -EINVAL no such server; -EBUSY all full.
 */
int p9x_kvm_pick_target(P9xKvm *kvm, const P9xKvmIrq *irq, uint32_t *server,
                        uint8_t prio);
/* @irq no longer counts in the queue it was targeted at. */
void p9x_kvm_drop_target(P9xKvm *kvm, const P9xKvmIrq *irq);

/* PQ=01 and a masked EAS, for the IPI and the PT. */
void p9x_kvm_silence(P9xKvm *kvm, P9xKvmIrq *irq);

uint32_t p9x_kvm_vp(const P9xKvm *kvm, uint32_t server);

/* Waits until OPAL's sync says that all events of @live have arrived. */
void p9x_kvm_sync(P9xKvm *kvm, const P9xIrqInfo *live, unsigned type);

#endif
