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
 *                    ┌─ ioctls and mmap on a device fd     (a ppc64 host)
 *   sPAPR ── port ───┤
 *                    └─ P9xVm, P9xKvm, P9xEsbVma           (model_port.c)
 *
 * Everything returns 0 or the kernel's negative errno; groups, attributes and
 * the layout of what @addr points to are in kvm.h.  All values are numbers in
 * the host's byte order, except where kvm.h says that they are bytes of a ring.
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

#include "xive/kvm/esbmap.h"
#include "xive/kvm/vm.h"

typedef struct P9xKvmPort {
    /* Handed back as first argument of each function. */
    void *opaque;

    /* KVM_HAS_DEVICE_ATTR and so on; see p9x_kvm_has_attr in kvm.h. */
    int (*has_attr)(void *opaque, unsigned group, uint64_t attr);
    int (*set_attr)(void *opaque, unsigned group, uint64_t attr,
                    const void *addr);
    int (*get_attr)(void *opaque, unsigned group, uint64_t attr, void *addr);

    /*
     * KVM_ENABLE_CAP(KVM_CAP_PPC_IRQ_XIVE) on the vCPU that is @server.
     * -EINVAL: there is no such vCPU; others as p9x_kvm_connect.  When it
     * returns 0 the vCPU receives interrupts.  disconnect: it no longer does,
     * and the sources that were targeted at it are off; without effect if it
     * is not connected.
     */
    int (*connect)(void *opaque, uint32_t server);
    void (*disconnect)(void *opaque, uint32_t server);

    /*
     * KVM_REG_PPC_VP_STATE: 16 bytes of the OS ring, kvm.h.  The vCPU is not
     * executing guest code.  -EINVAL: there is no such vCPU.
     */
    int (*get_vp_state)(void *opaque, uint32_t server, uint64_t value[2]);
    int (*set_vp_state)(void *opaque, uint32_t server,
                        const uint64_t value[2]);

    /* KVM_IRQ_LINE; p9x_kvm_set_irq in kvm.h says what @level means. */
    int (*irq_line)(void *opaque, uint32_t girq, int level);

    /*
     * ESB pages through the device's mapping.  @offset is relative to its file
     * page 4: number n has the 64 KiB at n x 128 KiB (trigger) and the next
     * (management).  @size 1, 2, 4 or 8; @value is a number.  False: there is
     * no such page (SIGBUS), nothing happened, @value is untouched.
     */
    bool (*esb_load)(void *opaque, uint64_t offset, unsigned size,
                     uint64_t *value);
    bool (*esb_store)(void *opaque, uint64_t offset, unsigned size,
                      uint64_t value);
} P9xKvmPort;

static inline uint64_t p9x_kvm_esb_offset(uint32_t girq, bool mgmt,
                                          uint64_t offset)
{
    return (2ull * girq + mgmt) << 16 | (offset & 0xFFFF);
}

/* What the model end asks of the program around it. */
typedef struct P9xKvmModelPort {
    P9xVm *vm;
    /*
     * The mapping of the ESB pages: p9x_vma_map'ped from file page
     * P9X_KVM_ESB_PAGE_OFFSET, zapped by the caller's P9xKvmPorts.zap.
     * May be mapped after the port is made; an unmapped one has no pages.
     */
    P9xEsbVma *vma;
    /*
     * The vCPU that is @server, with the thread context it runs on; false if
     * there is none.  Both belong to the caller, *vcpu zeroed before it is
     * connected the first time and alive until it is disconnected, *tctx
     * initialised with the host's router.  *tctx NULL: the caller does push
     * and pull itself.
     */
    bool (*find_vcpu)(void *opaque, uint32_t server, P9xKvmVcpu **vcpu,
                      P9xTctx **tctx);
    void *opaque;
} P9xKvmModelPort;

/*
 * A port to @model's VM, whatever device it has at the time of each call;
 * -ENODEV, or no page, while it has none.  @model outlives the port.
 *
 * connect pushes the vCPU onto its thread, where it stays until disconnect.
 * get_vp_state and set_vp_state take it off for as long as they need.  All of
 * this works for a XICS device too, where the VP state answers -EPERM.
 */
P9xKvmPort p9x_kvm_model_port(P9xKvmModelPort *model);

#endif
