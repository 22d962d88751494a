/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What tests plant: bugs, failures, delays, and a look at what happens.
 *
 * A P9xHost has one of these for itself and for the KVM devices on it.  In a
 * program it stays all zero, and costs a test of a word where it is asked.
 */
#ifndef P9X_PLANTS_H
#define P9X_PLANTS_H

#include <glib.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * Bugs that tests must catch: mistakes and races that Linux has mended, or that
 * would hang a guest.  Apart from the bits of quirks (kvm.h), so that a test
 * can hold both in one word.
 */
enum {
    P9X_PLANT_ZAP_OFFSET = 1 << 16, /* 2n instead of 4 + 2n */
    P9X_PLANT_NO_ZAP = 1 << 17,
    P9X_PLANT_SELECT_EARLY = 1 << 18, /* fault chooses before the lock */
    P9X_PLANT_NO_SYNC = 1 << 19,
    P9X_PLANT_EOI_STALE = 1 << 20,  /* H_EOI chooses before it waits */
    P9X_PLANTS = 0x1F << 16
};

/* OPAL's calls, as p9x_host_inject names them. */
typedef enum P9xOpalCall {
    P9X_OPAL_GET_IRQ_INFO,
    P9X_OPAL_GET_IRQ_CONFIG,
    P9X_OPAL_SET_IRQ_CONFIG,
    P9X_OPAL_GET_QUEUE_INFO,
    P9X_OPAL_SET_QUEUE_INFO,
    P9X_OPAL_GET_QUEUE_STATE,
    P9X_OPAL_SET_QUEUE_STATE,
    P9X_OPAL_ALLOCATE_VP_BLOCK,
    P9X_OPAL_FREE_VP_BLOCK,
    P9X_OPAL_GET_VP_INFO,
    P9X_OPAL_SET_VP_INFO,
    P9X_OPAL_GET_VP_STATE,
    P9X_OPAL_ALLOCATE_IRQ,
    P9X_OPAL_FREE_IRQ,
    P9X_OPAL_SYNC,
    P9X_OPAL_NR_CALLS
} P9xOpalCall;

/* What the host did to a source or its routing. */
typedef enum P9xHostOp {
    P9X_HOST_OP_ESB_LOAD,       /* arg: page offset */
    P9X_HOST_OP_ESB_STORE,      /* arg: page offset; -1: trigger page */
    P9X_HOST_OP_CONFIG,         /* arg: vp << 32 | priority; then data */
    P9X_HOST_OP_SYNC_EAS,
    P9X_HOST_OP_SYNC_QUEUE
} P9xHostOp;

typedef struct P9xKvmPlants {
    unsigned bugs;              /* P9X_PLANT_* */
    /* Failures; under P9xHost.lock. */
    struct {
        unsigned busy;          /* answer BUSY this often, */
        unsigned skip;          /* then succeed this often, */
        int fail;               /* then fail once with this */
    } inject[P9X_OPAL_NR_CALLS];
    atomic_bool injecting;
    /* Events on their way; under P9xHost.lock. */
    atomic_bool delay;
    GQueue delayed;             /* HW numbers, oldest first */
    /* May be called under P9xHost.lock: it must not call the host. */
    void (*op)(void *opaque, P9xHostOp op, uint32_t hw_irq, uint64_t arg,
               uint32_t data);
    void *op_opaque;
    /*
     * Called at the points of P9xKvmPorts.step (kvm.h), so that a test can put
     * another thread's action there; and at two that planted bugs have:
     * fault-chosen, eoi-chosen.
     */
    void (*hook)(void *opaque, const char *point, uint32_t girq);
    void *hook_opaque;
} P9xKvmPlants;

#endif
