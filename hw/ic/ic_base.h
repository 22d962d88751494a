/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What all parts of an IC stand on: which chip it is, the ports of the host
 * program, and what the registers and the tables behind them hold.
 *
 * It is the lowest file of hw/ic but for lists of numbers: caches, queues,
 * windows and registers know it, and it knows none of them.
 *
 * Threads: one store to a register at a time, under @lock.  Events read
 * registers and tables without it, so each word is atomic; a word that has
 * been read says nothing about its neighbours.
 */
#ifndef P9X_IC_BASE_H
#define P9X_IC_BASE_H

#include <stdatomic.h>

#include "ic_fields.h"
#include "xive/counters.h"
#include "xive/ic/ic.h"
#include "xive/lock.h"
#include "xive/ports.h"

/* Tables in guest memory, as a VSD's type numbers them. */
typedef enum P9xVstType {
    P9X_VST_EAT, P9X_VST_SBE, P9X_VST_ENDT, P9X_VST_NVTT, P9X_VST_FIFO,
    P9X_VST_TYPES
} P9xVstType;

/* Tables in the chip that say what the sets of a window are. */
typedef enum P9xSetTable {
    P9X_SET_BLK, P9X_SET_MIG, P9X_SET_VDT, P9X_SET_EDT, P9X_SET_TABLES
} P9xSetTable;

enum {
    P9X_VST_BLOCKS = 32,
    P9X_SETS_MAX = 64               /* of a table */
};

typedef struct P9xIcBase {
    unsigned chip_id;
    uint16_t origin;                    /* in records; xive/recorder.h */
    const P9xPorts *ports;          /* the host program's: they outlive it */
    const P9xIcPorts *ic_ports;
    P9xCounters *counters;          /* of the IC's router */
    P9xLock lock;                   /* one register store at a time */
    _Atomic uint64_t reg[P9X_IC_NR_REGS];               /* by offset / 8 */
    _Atomic uint64_t fir;
    _Atomic uint64_t errors_seen[P9X_GUEST_ERROR_MAX];  /* ic_errors.c */
    _Atomic uint64_t vc_vsd[P9X_VST_TYPES][P9X_VST_BLOCKS];
    _Atomic uint64_t pc_vsd[P9X_VST_TYPES][P9X_VST_BLOCKS];
    _Atomic uint64_t set_table[P9X_SET_TABLES][P9X_SETS_MAX];
} P9xIcBase;

/* The register at @offset, which is a multiple of 8 below 0x1000. */
static inline uint64_t p9x_ic_reg(const P9xIcBase *base, unsigned offset)
{
    return atomic_load_explicit(&base->reg[offset / 8], memory_order_acquire);
}

static inline void p9x_ic_set_reg(P9xIcBase *base, unsigned offset,
                                  uint64_t value)
{
    atomic_store_explicit(&base->reg[offset / 8], value,
                          memory_order_release);
}

#endif
