/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The POWER9 interrupt controller of one chip, as firmware sees it.
 *
 * Three engines share one set of registers:
 *
 *   CQ  the bridge to the bus: BARs, set translation (EDT, VDT), errors
 *   VC  virtualization: sources (PQ in the SBE table), EAS and END tables
 *   PC  presentation: NVT tables and the thread contexts
 *
 * The tables are in guest memory, and the engines cache what they read:
 *
 *   EAT --> IVC      SBE --> SBC      ENDT --> EQC      NVTT --> VPC
 *
 * A cached entry is what counts.  A store that the guest makes to its tables
 * is seen when the entry is read the next time, which scrub registers bring
 * about; a change that the engine makes gets to memory when it is scrubbed or
 * falls out of the cache.  Cache watch registers change an entry in the cache
 * and notice when the engine was faster.
 *
 * Windows, each placed by a BAR:
 *
 *   IC    8 pages: registers, notify, LSI trigger, LSI EOI, 4 x indirect TIMA
 *   TM    4 pages: the TIMA of the thread that looks
 *   VC    64 sets: ESB pages of IPIs or of ENDs, as the EDT says
 *   PC    16 sets: NVTs, as the VDT says
 *
 * The router and the thread contexts are those of pseries.  The ICs of one
 * machine share a fabric, in which a VP is found wherever it runs.
 *
 * Threads: new, free, reset, restore, add_thread and remove_thread want no
 * other call on the same IC at the same time.  Everything else may be called
 * from any thread at any time.  No lock of the core may be held.
 *
 * Facts: skiboot hw/xive.c and include/xive-p9-regs.h; QEMU
 * hw/intc/pnv_xive_regs.h.  docs/specs/pnv-xive.rst has them one by one.
 */
#ifndef P9X_IC_H
#define P9X_IC_H

#include <glib.h>

#include "xive/counters.h"
#include "xive/ports.h"
#include "xive/tctx.h"

typedef struct P9xIc P9xIc;
typedef struct P9xIcFabric P9xIcFabric;

enum {
    P9X_IC_MAX_CHIPS = 16,
    P9X_IC_NR_BLOCKS = 16,
    P9X_IC_CHIP_THREADS = 128,      /* low 7 bits of a PIR */
    P9X_IC_XSCOM_REGS = 0x300,      /* registers of 8 bytes, by number */
    P9X_IC_NR_REGS = 0x1000 / 8,    /* registers of the IC's first page */
    P9X_IC_FIFOS = 6,               /* queues of events on their way */
    P9X_IC_FIFO_WORDS = 20
};

typedef enum P9xIcWindow {
    P9X_IC_WINDOW_IC,
    P9X_IC_WINDOW_TM1,
    P9X_IC_WINDOW_TM2,
    P9X_IC_WINDOW_VC,
    P9X_IC_WINDOW_PC,
    P9X_IC_NR_WINDOWS
} P9xIcWindow;

/* Where a window is.  Not enabled: @base and @size are 0. */
typedef struct P9xIcWindowPlace {
    bool enabled;
    uint64_t base;                  /* guest physical */
    uint64_t size;                  /* bytes, 0 only if not enabled */
} P9xIcWindowPlace;

/* What an IC needs beside P9xPorts. */
typedef struct P9xIcPorts {
    void *host;                     /* first argument of each port */

    /*
     * Window @w is at another place, has another size, or went away.  Called
     * for changes only, by a register store, reset or restore, with no lock
     * held.  The TM windows of all ICs are at one address: map them once.  A
     * guest may place windows anywhere, over each other and over RAM, and of
     * any size up to 2^52.
     */
    void (*window_changed)(void *host, P9xIcWindow w,
                           const P9xIcWindowPlace *place);

    /*
     * Stores @value (8 bytes, big-endian) at @addr: an event on its way to
     * another chip whose notify page is not that of an IC of the fabric.  No
     * lock of the core is held; may be called from any thread, within an
     * access to an IC.  False: no device was there.  Optional.
     */
    bool (*bus_store64)(void *host, uint64_t addr, uint64_t value);
} P9xIcPorts;

/* One for a machine.  free: after its last IC. */
P9xIcFabric *p9x_ic_fabric_new(void);
void p9x_ic_fabric_free(P9xIcFabric *fabric);

/*
 * @chip_id: 0 to 15, one IC each.  @ports and @ic_ports outlive the IC.
 * Starts as after a cold reset, with all windows off and no call of
 * window_changed.  NULL if the fabric has that chip already.
 */
P9xIc *p9x_ic_new(P9xIcFabric *fabric, unsigned chip_id,
                  const P9xPorts *ports, const P9xIcPorts *ic_ports);
/* Its threads must have been removed.  Windows are not announced. */
void p9x_ic_free(P9xIc *ic);

/*
 * Cold reset: registers, tables, VSDs and caches as at power-on, windows off
 * (announced).  Nothing is written to guest memory.  Thread contexts are reset
 * by their owner (p9x_tctx_reset).
 */
void p9x_ic_reset(P9xIc *ic);

/*
 * Makes @tctx the context of the thread with this @pir (bits 8 and up: chip;
 * 7 bits: thread): calls p9x_tctx_init, and keeps the thread's VP number
 * right as the chip id override changes.  False if there is one already.
 * remove calls p9x_tctx_destroy.
 */
bool p9x_ic_add_thread(P9xIc *ic, P9xTctx *tctx, uint32_t pir, void *host);
void p9x_ic_remove_thread(P9xIc *ic, P9xTctx *tctx);
/* NULL: no such thread. */
P9xTctx *p9x_ic_find_thread(P9xIc *ic, uint32_t pir);

/* Of all that @ic does; lives as long as it.  Any thread may read them. */
const P9xCounters *p9x_ic_counters(const P9xIc *ic);
unsigned p9x_ic_chip_id(const P9xIc *ic);
/* The block that this chip answers to: chip id unless overridden. */
uint8_t p9x_ic_block(const P9xIc *ic);
P9xIcWindowPlace p9x_ic_window(P9xIc *ic, P9xIcWindow w);

/*
 * A load or store in window @w, @offset bytes from its base, of @size 1, 2, 4
 * or 8 bytes.  Values are numbers (the bus is big-endian).  @issuer: the
 * thread that does it, wanted in the TM windows only; NULL: none (a device, a
 * debugger).  What is not there is a guest error; a load then gives all ones.
 *
 * In VC and TM windows, and in the IC window from its second page up, an
 * access never changes windows.
 */
uint64_t p9x_ic_load(P9xIc *ic, P9xIcWindow w, P9xTctx *issuer,
                     uint64_t offset, unsigned size);
void p9x_ic_store(P9xIc *ic, P9xIcWindow w, P9xTctx *issuer, uint64_t offset,
                  unsigned size, uint64_t value);

/* The same for VC and TM, for host programs that want the shortest way. */
uint64_t p9x_ic_vc_load(P9xIc *ic, uint64_t offset, unsigned size);
void p9x_ic_vc_store(P9xIc *ic, uint64_t offset, unsigned size,
                     uint64_t value);
uint64_t p9x_ic_tima_load(P9xIc *ic, P9xTctx *issuer, uint64_t offset,
                          unsigned size);
void p9x_ic_tima_store(P9xIc *ic, P9xTctx *issuer, uint64_t offset,
                       unsigned size, uint64_t value);

/*
 * The same registers by XSCOM: @reg is the register's number above the IC's
 * PCB base (0x5013000 on POWER9), 0 to P9X_IC_XSCOM_REGS - 1.
 */
uint64_t p9x_ic_xscom_load(P9xIc *ic, uint32_t reg);
void p9x_ic_xscom_store(P9xIc *ic, uint32_t reg, uint64_t value);

/*
 * Events from other chips' devices and from a PHB or the PSI bridge of this
 * one come as 8-byte stores to the IC window's second page.  This is such a
 * store for callers that need no bus; @offset is within that page.
 */
void p9x_ic_notify(P9xIc *ic, uint64_t offset, uint64_t value);
/* Is bus address @addr in that page of @ic?  @offset: where in it. */
bool p9x_ic_in_notify_page(const P9xIc *ic, uint64_t addr, uint64_t *offset);

/*
 * Writes everything that caches hold back to guest memory.  They stay filled.
 * To be called when the machine has stopped and before its memory is saved.
 */
void p9x_ic_flush(P9xIc *ic);

/*
 * All state but the thread contexts (p9x_tctx_save) and what p9x_ic_flush
 * brought to guest memory.  Numbers, not bytes.
 */
typedef struct P9xIcState {
    uint64_t reg[P9X_IC_NR_REGS];
    uint64_t fir;
    uint64_t vc_vsd[5][32];         /* by table type and block */
    uint64_t pc_vsd[5][32];
    uint64_t set_table[4][64];      /* BLK, MIG, VDT, EDT */
    uint64_t end_watch[4];          /* entry as the watch saw it, in numbers */
    uint64_t nvt_watch[8];
    uint64_t fifo[P9X_IC_FIFOS][P9X_IC_FIFO_WORDS];     /* events that wait */
    uint64_t syncs;                 /* asked for and not done, by queue */
    uint64_t lsi;                   /* PQ of the LSI pages; bit 2: it waits */
} P9xIcState;

void p9x_ic_save(P9xIc *ic, P9xIcState *state);
/*
 * Call when guest memory is there.  Any @state is taken as if the guest had
 * stored it; bits that registers do not have are dropped.  Windows are
 * announced.
 */
void p9x_ic_restore(P9xIc *ic, const P9xIcState *state);

/* For "info pic": sources, EAS, ENDs and NVTs in use.  Reads guest memory. */
void p9x_ic_print(P9xIc *ic, GString *out);

#endif
