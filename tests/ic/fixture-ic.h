/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two POWER9 chips' interrupt controllers on one guest memory, set up as
 * firmware sets them up: by registers, and tables in memory.
 */
#ifndef P9X_FIXTURE_IC_H
#define P9X_FIXTURE_IC_H

#include "fixture.h"
#include "ic_fields.h"
#include "xive/ic/ic.h"

enum {
    IC_CHIPS = 2,
    IC_THREADS = 4,                 /* of a chip */
    IC_SOURCES = 16384,             /* in a 4 KiB SBE table */
    IC_EAS = 8192,                  /* in a 64 KiB EAT */
    IC_ESB_SETS = 48,               /* then 16 of END pages */
    IC_PAGE = 0x10000,
    /* Offsets of a chip's tables in its 16 MiB of memory. */
    IC_SBE = 0x10000,
    IC_EAT = 0x20000,
    IC_END_VSDS = 0x30000,
    IC_NVT_VSDS = 0x31000,
    IC_ENDS = 0x40000,
    IC_NVTS = 0x50000,
    IC_QUEUES = 0x100000
};

#define IC_MEMORY(chip) (0x100000 + (uint64_t)(chip) * 0x1000000)
#define IC_HOME(chip)   ((uint64_t)(chip) << 42)
#define IC_IC_BASE(c)   (IC_HOME(c) | UINT64_C(0x0006030203100000))
#define IC_TM_BASE      UINT64_C(0x0006030203180000)
#define IC_VC_BASE(c)   (IC_HOME(c) | UINT64_C(0x0006010000000000))
#define IC_PC_BASE(c)   (IC_HOME(c) | UINT64_C(0x0006018000000000))
#define IC_VC_SIZE      UINT64_C(0x8000000000)
#define IC_PC_SIZE      UINT64_C(0x1000000000)

typedef struct IcRig IcRig;

typedef struct IcChip {
    IcRig *rig;
    P9xIc *ic;
    P9xIcPorts ports;
    P9xTctx thread[IC_THREADS];
    P9xIcWindowPlace place[P9X_IC_NR_WINDOWS];      /* as announced */
    unsigned announced[P9X_IC_NR_WINDOWS];
} IcChip;

struct IcRig {
    Host host;
    P9xIcFabric *fabric;
    IcChip chip[IC_CHIPS];
    /* Stores that went to the bus. */
    unsigned bus_stores;
    uint64_t bus_addr;
    uint64_t bus_value;
    bool bus_refuses;
};

/* As at power-on; threads are there and not enabled. */
IcRig *icrig_new_cold(void);
/* Set up by firmware_*: both chips, forward ports, threads enabled. */
IcRig *icrig_new(void);
void icrig_free(IcRig *rig);

void firmware_windows(IcRig *rig, unsigned chip);
void firmware_tables(IcRig *rig, unsigned chip);
void firmware_forward(IcRig *rig, unsigned from, unsigned to);

/* Registers by offset in the first page, and by XSCOM number. */
uint64_t ic_get(IcRig *rig, unsigned chip, unsigned offset);
void ic_set(IcRig *rig, unsigned chip, unsigned offset, uint64_t value);
void ic_xscom_set(IcRig *rig, unsigned chip, uint32_t reg, uint64_t value);
uint64_t ic_xscom_get(IcRig *rig, unsigned chip, uint32_t reg);
/* VC's and PC's VSD of @type and @block. */
void ic_set_vsd(IcRig *rig, unsigned chip, unsigned type, unsigned block,
                uint64_t vsd);
uint64_t ic_vsd(uint64_t addr, unsigned shift);     /* exclusive, direct */

/* Tables in memory, as firmware writes them: nothing is scrubbed. */
uint64_t load64(IcRig *rig, uint64_t addr);
void store64(IcRig *rig, uint64_t addr, uint64_t value);
uint64_t eas_addr(unsigned chip, uint32_t index);
uint64_t end_addr(unsigned chip, uint32_t index);
uint64_t nvt_addr(unsigned chip, uint32_t index);
void write_eas(IcRig *rig, unsigned chip, uint32_t index, uint8_t end_block,
               uint32_t end, uint32_t data);
/* A queue of 4 KiB, notifying VP (@nvt_block, @nvt). */
void write_end(IcRig *rig, unsigned chip, uint32_t index, uint8_t nvt_block,
               uint32_t nvt, uint8_t priority, uint32_t w0);
/* Where END @index, a valid one, escalates to. */
void write_escalation(IcRig *rig, unsigned chip, uint32_t index,
                      uint8_t to_block, uint32_t to, uint32_t data);
void write_nvt(IcRig *rig, unsigned chip, uint32_t index);
uint64_t queue_addr(unsigned chip, uint32_t end);
uint32_t queue_entry(IcRig *rig, unsigned chip, uint32_t end, unsigned n);

/* ESB pages. */
enum { ESB_TRIGGER, ESB_MGMT };
uint64_t ipi_offset(uint32_t source, unsigned page, unsigned op);
uint64_t end_offset(uint32_t end, unsigned page, unsigned op);
uint64_t ipi_load(IcRig *rig, unsigned chip, uint32_t source, unsigned op);
void ipi_trigger(IcRig *rig, unsigned chip, uint32_t source);

typedef enum ScrubKind {
    SCRUB_EAS = 0x990, SCRUB_SBE = 0xA10, SCRUB_END = 0x910,
    SCRUB_NVT = 0x710
} ScrubKind;

/* One entry, all bits compared. */
void ic_scrub(IcRig *rig, unsigned chip, ScrubKind kind, uint8_t block,
              uint32_t index, bool inval);

/* Runs VP (@block, @nvt) in the pool ring, with an open CPPR. */
void dispatch(IcRig *rig, unsigned chip, unsigned thread, uint8_t block,
              uint32_t nvt);
uint64_t tima_load(IcRig *rig, unsigned chip, unsigned thread,
                   unsigned page, unsigned offset, unsigned size);
void tima_store(IcRig *rig, unsigned chip, unsigned thread, unsigned page,
                unsigned offset, unsigned size, uint64_t value);
/* Acknowledge of the hypervisor: NSR << 8 | CPPR. */
uint16_t ack_hv(IcRig *rig, unsigned chip, unsigned thread);

/* Behind the IC: for events that have their PQ or EAS behind them. */
P9xRouter *ic_router(IcRig *rig, unsigned chip);
uint64_t ic_errors(IcRig *rig, unsigned chip, P9xGuestError kind);
uint64_t ic_count(IcRig *rig, unsigned chip, P9xCounter kind);

/*
 * Source @source of @chip to END @end of @end_chip, that to VP @nvt of the
 * same; PQ=00.  Thread 0 of @end_chip runs the VP.
 */
void route(IcRig *rig, unsigned chip, uint32_t source, unsigned end_chip,
           uint32_t end, uint32_t nvt, uint32_t data);

#endif
