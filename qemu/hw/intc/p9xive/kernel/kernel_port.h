/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The backend port's kernel end: Linux's own KVM devices on a ppc64 host.
 *
 * It needs three kinds of file descriptor - of the VM, of the device that it
 * makes, and of vCPUs, which stay the caller's - and no header of QEMU, so that
 * QEMU and the conformance program (tests/conform) use the same code.
 *
 *   attributes      ioctls on the device
 *   connect, state  ioctls on the vCPU, by the caller's on_vcpu
 *   irq_line        ioctl on the VM
 *   ESB pages       mmap of the device, which faults and zaps by itself
 *
 * What the kernel does not say, the port remembers: which numbers have a
 * source (an access to any other page would be a SIGBUS), where each was
 * targeted, and which queues a server had (there is no call to disconnect).
 *
 * Facts: Linux include/uapi/linux/kvm.h, Documentation/virt/kvm/api.rst and
 * devices/xive.rst.
 */
#ifndef P9XIVE_KERNEL_PORT_H
#define P9XIVE_KERNEL_PORT_H

#include <stdatomic.h>

#include "xive/kvm/kvm_port.h"

/* What an ioctl on a vCPU's fd gets. */
typedef int P9xKernelVcpuCall(int vcpu_fd, void *arg);

typedef struct P9xKernelPort {
    /*
     * The caller's, set before open: calls @f with the fd of the vCPU that is
     * @server, while that vCPU executes no guest code, and returns what @f
     * says; -EINVAL: there is no such vCPU.
     */
    int (*on_vcpu)(void *opaque, uint32_t server, P9xKernelVcpuCall *f,
                   void *arg);
    void *opaque;

    /* The port's own. */
    int vm_fd;
    int device_fd;
    P9xKvmType type;
    uint32_t nr_irqs;               /* numbers that have ESB pages here */
    uint8_t *esb;                   /* NULL: a XICS device has none */
    atomic_uchar *has_source;       /* by number */
    uint64_t *target;               /* last SOURCE_CONFIG word; 0: none */
    /* By server: a bit each priority that has had a queue since RESET. */
    uint8_t *queues;
    uint8_t *server;                /* by server: not, or connected, parked */
} P9xKernelPort;

/* Whether the kernel has a device of that type for the VM. */
bool p9x_kernel_has_device(int vm_fd, P9xKvmType type);

/*
 * Makes the device, of which the VM may have one, and maps the ESB pages of
 * numbers 0 to @nr_irqs - 1 (at most P9X_KVM_NR_IRQS) if it is a native one.
 * Returns 0 or a negative errno: -ENODEV: no such device in this kernel;
 * -EEXIST: the VM has one; -EINVAL also where the host's pages are not of
 * 64 KiB, and an ESB page can't be mapped alone.  After a failure there is no
 * device.
 */
int p9x_kernel_open(P9xKernelPort *k, int vm_fd, P9xKvmType type,
                    uint32_t nr_irqs);

/*
 * Unmaps and closes: then the device is gone, vCPUs have no interrupt
 * controller, and another device can be made.  Nothing else may use the mapping
 * (@esb, @tima) any more.
 */
void p9x_kernel_close(P9xKernelPort *k);

/*
 * The table of functions; @k is open and outlives it.  EQ_CONFIG of a server
 * that has had a queue at another priority since RESET is -EBUSY: the kernel
 * would not survive.
 */
P9xKvmPort p9x_kernel_port(P9xKernelPort *k);

/*
 * The four TIMA pages by mmap; NULL with errno.  Page P9X_KVM_TIMA_OS_PAGE is
 * the one that can be accessed, by a vCPU's thread in the guest alone.
 */
void *p9x_kernel_map_tima(P9xKernelPort *k);
void p9x_kernel_unmap_tima(void *tima);

/* KVM_REG_PPC_ICP_STATE of a vCPU of a XICS device: 0 or negative errno. */
int p9x_kernel_get_icp(P9xKernelPort *k, uint32_t server, uint64_t *value);
int p9x_kernel_set_icp(P9xKernelPort *k, uint32_t server, uint64_t value);

#endif
