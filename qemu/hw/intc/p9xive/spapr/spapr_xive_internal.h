/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The sPAPR adapter: what its files share.
 *
 * The device "spapr-xive" holds the core's P9xSpapr and gives it what it asks
 * of a host program.  One file per reason to change:
 *
 *   ../../spapr_xive.c   the device: properties, realize, machine interface
 *   ports.c              CPU line, guest errors
 *   mmio.c               the windows
 *   msi.c                messages of emulated PCI devices
 *   tctx.c               one object per vCPU
 *   hcall.c              H_INT_*
 *   vmstate.c            the migration stream, which is upstream QEMU's
 *   devices.c            names of devices, for the flight recorder
 *   stop.c               stopping and going on, for a KVM device
 *
 * Guest memory, trace events, counters and the vCPUs' section of the stream are
 * those of all machines (../common).
 *
 * Locks: entry points of the device and of QOM are called under the BQL.  The
 * windows don't need it.  See xive/lock.h.
 */
#ifndef P9XIVE_SPAPR_XIVE_INTERNAL_H
#define P9XIVE_SPAPR_XIVE_INTERNAL_H

#include "../common/adapter.h"
#include "../common/tctx.h"
#include "hw/ppc/spapr_xive.h"
#include "qemu/notify.h"
#include "qemu/p9xive-compat.h"
#include "qemu/rcu.h"
#include "xive/ppc/spapr_image.h"
#include "xive/tima.h"

struct SpaprXive {
    SysBusDevice parent_obj;

    P9xSpapr core;
    P9xPorts ports;
    struct SpaprMachineState *spapr;
    MemoryRegion esb_mmio;
    MemoryRegion end_mmio;
    MemoryRegion tima_mmio;     /* OS and user page */
    MemoryRegion tima_hv_mmio;  /* HW and HV page */
    P9xSpaprImage image;        /* what vmstate.c sends and receives */
    NotifierWithReturn memory_notifier; /* stop.c */
    struct SpaprXiveKernel *kernel;     /* KVM's device, while in charge */

    /* Properties. */
    Object *fabric;
    uint32_t nr_irqs;
    uint32_t nr_ends;
    uint64_t vc_base;
    uint64_t tm_base;
    uint8_t hv_prio;
    bool store_eoi;
};

#define TYPE_SPAPR_XIVE_TCTX "spapr-xive-tctx"
OBJECT_DECLARE_SIMPLE_TYPE(SpaprXiveTctx, SPAPR_XIVE_TCTX)

/* A vCPU's thread context; SpaprCpuState::tctx points here. */
struct SpaprXiveTctx {
    P9xiveTctx parent_obj;      /* with a reference to the CPU */

    SpaprXive *xive;
    PowerPCCPU *line_cpu;       /* NULL: on its way out */
    struct rcu_head rcu;
};

/* ports.c */
void spapr_xive_ports_init(SpaprXive *xive);
/* Gives @tctx's CPU the level that the thread context has now. */
void spapr_xive_update_line(SpaprXiveTctx *tctx);

/* devices.c: the recorder's files name the machine's devices from now on. */
void spapr_xive_describe_devices(SpaprXive *xive);

/* mmio.c: makes the windows and maps them, not yet reachable. */
void spapr_xive_mmio_init(SpaprXive *xive);
void spapr_xive_mmio_set_reachable(SpaprXive *xive, bool reachable);

/*
 * tctx.c.  create: false with @errp set if @cpu can't have one.  remove: no
 * thread finds the context any more when this returns; it goes away when none
 * is using it.
 */
bool spapr_xive_tctx_create(SpaprXive *xive, PowerPCCPU *cpu, Error **errp);
void spapr_xive_tctx_remove(SpaprXive *xive, PowerPCCPU *cpu);

/* vmstate.c */
extern const VMStateDescription vmstate_spapr_xive;
void spapr_xive_vmstate_init(SpaprXive *xive);
/*
 * Looks at everything that was restored.  0, or -EINVAL after one line for
 * people; the core has then been reset.
 */
int spapr_xive_check_restored(SpaprXive *xive);
/*
 * The controller that is to be in charge is, and all sections but those of
 * plugged vCPUs are loaded.  0 or -EINVAL as above.
 */
int spapr_xive_restore_device(SpaprXive *xive);

/*
 * stop.c
 *
 * is_last_look: @precopy is a PrecopyNotifyData; QEMU is about to look for
 * dirty pages of a machine that stands still.
 */
void spapr_xive_stop_init(SpaprXive *xive);
bool spapr_xive_is_last_look(const void *precopy);

#endif
