/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The powernv adapter: what its files share.
 *
 * The device "pnv-xive" holds the core's P9xIc, one a chip, and gives it what
 * it asks of a host program.  One file per reason to change:
 *
 *   ../../pnv_xive.c the device: properties, realize, reset, XSCOM, info pic
 *   pnv_mmio.c       the windows
 *   pnv_tctx.c       one object per thread
 *   pnv_vmstate.c    the migration stream
 *
 * Guest memory, trace events and counters are joined to QEMU as for pseries.
 *
 * Locks: entry points of the device and of QOM are called under the BQL, and
 * so are the register page and XSCOM, since stores to them move windows.  The
 * other pages of the windows don't need it.  See xive/lock.h.
 */
#ifndef P9XIVE_PNV_XIVE_INTERNAL_H
#define P9XIVE_PNV_XIVE_INTERNAL_H

#include "hw/ppc/pnv_xive9.h"
#include "qemu/p9xive-compat.h"
#include "target/ppc/cpu.h"
#include "xive/ic/ic.h"

#include "../common/tctx.h"

/* A window of the core in QEMU's memory map; made once, moved and resized. */
typedef struct PnvXiveWindow {
    PnvXive *xive;
    P9xIcWindow which;
    MemoryRegion mr;
} PnvXiveWindow;

typedef struct PnvXiveParts {
    P9xIc *ic;
    P9xPorts ports;
    P9xIcPorts ic_ports;
    PnvXiveWindow window[P9X_IC_NR_WINDOWS];
    MemoryRegion ic_registers;  /* over the IC window's first page */
    P9xIcState image;           /* for migration */
    struct VMChangeStateEntry *stop_handler;
} PnvXiveParts;

#define TYPE_PNV_XIVE_TCTX "pnv-xive-tctx"
OBJECT_DECLARE_SIMPLE_TYPE(PnvXiveTctx, PNV_XIVE_TCTX)

/* A thread's context; PnvCPUState::intc points here. */
struct PnvXiveTctx {
    P9xiveTctx parent_obj;

    PnvXive *xive;              /* NULL until the controller is realized */
};

/* pnv_mmio.c: makes the windows, all of them unreachable. */
void pnv_xive_mmio_init(PnvXive *xive);
/* A device's store to @addr.  False: that is not in the notify page. */
bool pnv_xive_device_event(PnvXive *xive, hwaddr addr, uint64_t value);
/* P9xIcPorts.window_changed; BQL. */
void pnv_xive_window_changed(void *host, P9xIcWindow w,
                             const P9xIcWindowPlace *place);

/* pnv_tctx.c: makes the threads of the chip known to the core, or forgets. */
bool pnv_xive_connect_threads(PnvXive *xive, Error **errp);
void pnv_xive_disconnect_threads(PnvXive *xive);
/* P9xPorts.line_changed */
void pnv_xive_line_changed(void *host, P9xTctx *core);

/* pnv_vmstate.c */
extern const VMStateDescription vmstate_pnv_xive;

#endif
