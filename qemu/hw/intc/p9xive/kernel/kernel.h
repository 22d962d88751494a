/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Linux's XIVE device below spapr-xive: QEMU's end of kernel_port.h.
 *
 *   kernel.c          making and releasing the device, its mapping in the
 *                     guest's memory map
 *   kernel_print.c    `info pic`
 *   kernel_port.c     the calls themselves; no header of QEMU
 *
 * While the device is in charge, its pages lie over the direct path's windows,
 * and the core's P9xSpapr works on it through the port.  Everything here is
 * called under the BQL.
 */
#ifndef P9XIVE_KERNEL_H
#define P9XIVE_KERNEL_H

#include "kernel_port.h"
#include "qemu/thread.h"

#include "../spapr/spapr_xive_internal.h"

typedef struct SpaprXiveKernel {
    SpaprXive *xive;
    P9xKernelPort kernel;
    P9xKvmPort port;
    MemoryRegion esb;           /* RAM of the device: the guest's accesses */
    MemoryRegion tima;          /* all four pages, and in the map: */
    MemoryRegion tima_os;       /* an alias of the third */
    void *tima_pages;
    QemuMutex pages_lock;       /* our own accesses and the end of the pages */
    bool closed;
    struct rcu_head rcu;
} SpaprXiveKernel;

/*
 * Makes the device and puts it in charge of @intc, a SpaprXive.  0, or -1 with
 * @errp set, and nothing has changed.  A SpaprInterruptControllerInitKvm.
 */
int spapr_xive_kernel_connect(SpaprInterruptController *intc,
                              uint32_t nr_servers, Error **errp);
/* The direct path is in charge again, the device is gone. */
void spapr_xive_kernel_disconnect(SpaprXive *xive);

void spapr_xive_kernel_print(SpaprXive *xive, GString *out);

#endif
