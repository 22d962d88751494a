/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The backend port: KVM's XIVE device as a table of functions.
 *
 * The sPAPR layer has two ways to carry out what a guest asks for.  Without a
 * port it works on its own sources and tables.  With one (p9x_spapr_kvm_connect
 * in spapr.h) a KVM device does the work and the tables are only the memory of
 * what it was told.  Whether the device is the kernel's or the model of it
 * makes no difference above this line:
 *
 *                    ┌─ the kernel: ioctls on the fds of VM, device and
 *   sPAPR ── port ───┤              vCPU, mmap of the device (a ppc64 host)
 *                    └─ the model: P9xVm, P9xKvm, P9xEsbVma  (model_port.h)
 *
 * So no type of the model appears here: an end needs this header, kvm_abi.h and
 * its own means.
 *
 * Everything returns 0 or the kernel's negative errno; groups, attributes and
 * the layout of what @addr points to are in kvm_abi.h.
 *
 * Threads: irq_line, esb_load and esb_store may be called from any thread at
 * any time.  The others are called with P9xSpapr.config_lock held, so never two
 * at once, but while vCPUs run.  A port must not call back into the P9xSpapr
 * that uses it.  P9xPorts.line_changed of an interrupted thread may be called
 * from inside each of them.
 *
 * Facts: Linux Documentation/virt/kvm/devices/xive.rst, KVM_IRQ_LINE,
 * KVM_CAP_PPC_IRQ_XIVE, KVM_REG_PPC_VP_STATE.
 */
#ifndef P9X_KVM_PORT_H
#define P9X_KVM_PORT_H

#include "xive/kvm/kvm_abi.h"

typedef struct P9xKvmPort {
    /* Handed back as first argument of each function. */
    void *opaque;

    /* KVM_HAS_DEVICE_ATTR and so on; see kvm_abi.h. */
    int (*has_attr)(void *opaque, unsigned group, uint64_t attr);
    int (*set_attr)(void *opaque, unsigned group, uint64_t attr,
                    const void *addr);
    int (*get_attr)(void *opaque, unsigned group, uint64_t attr, void *addr);

    /*
     * KVM_ENABLE_CAP(KVM_CAP_PPC_IRQ_XIVE) on the vCPU that is @server.  When
     * it returns 0 the vCPU receives interrupts.  -EINVAL: there is no such
     * vCPU, or the device has no VP for @server; -ENOSPC: the host has no VPs;
     * -EBUSY: it is connected; -EEXIST: its VP is another vCPU's; -EIO:
     * firmware; -ENODEV: there is no device.  A failure has no effect.
     *
     * disconnect: the vCPU no longer receives, the sources that were targeted
     * at it are off (PQ=01, masked) and its queues are gone; without effect if
     * it is not connected.  The kernel has no such call: its end does these
     * things one by one, and a later connect of @server is 0.
     */
    int (*connect)(void *opaque, uint32_t server);
    void (*disconnect)(void *opaque, uint32_t server);

    /*
     * KVM_REG_PPC_VP_STATE (kvm_abi.h).  The vCPU is not executing guest code.
     * -EINVAL: there is no such vCPU; -ENXIO: it is not connected; -EPERM: the
     * device is a XICS one; -EIO: firmware; set, -EBUSY: it is executing.
     */
    int (*get_vp_state)(void *opaque, uint32_t server,
                        uint64_t value[P9X_KVM_VP_STATE_WORDS]);
    int (*set_vp_state)(void *opaque, uint32_t server,
                        const uint64_t value[P9X_KVM_VP_STATE_WORDS]);

    /*
     * KVM_IRQ_LINE.  1 on an LSI, or P9X_KVM_LINE_LEVEL_UP: its level is up and
     * one event comes; 0, or P9X_KVM_LINE_LEVEL_DOWN: its level is down, of an
     * MSI without effect; anything else: one event.  -EINVAL: @girq is not in
     * use, or is passed through: then its events come from the PT itself.
     */
    int (*irq_line)(void *opaque, uint32_t girq, int level);

    /*
     * ESB pages through the device's mapping.  @offset is relative to its file
     * page 4: number n has the 64 KiB at n x 128 KiB (trigger) and the next
     * (management).  @size 1, 2, 4 or 8; @value is a number.  False: there is
     * no such page (SIGBUS), nothing happened, @value is untouched.  Where a
     * number has its pages: p9x_kvm_esb_offset.
     */
    bool (*esb_load)(void *opaque, uint64_t offset, unsigned size,
                     uint64_t *value);
    bool (*esb_store)(void *opaque, uint64_t offset, unsigned size,
                      uint64_t value);
} P9xKvmPort;

#endif
