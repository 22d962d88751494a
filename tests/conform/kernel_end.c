/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Linux's end: a VM with memory and three vCPUs, made by ioctls on /dev/kvm.
 * Needs kvm-hv on a host with XIVE.
 */
#include "conform.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "kernel_port.h"
#include "vcpu_end.h"
#include "vfio_end.h"

enum {
    NR_IRQS = 0x2000,
    VM_PPC_HV = 1,                      /* KVM_VM_PPC_HV */
    PATIENCE_NS = 3000000               /* for an event of an eventfd */
};

static int vm_fd;
static int vcpu_fd[CONFORM_VCPUS];
static int event_fd[CONFORM_TOKENS];
static ConformRunner runner[CONFORM_VCPUS];
static P9xKernelPort kernel;
static bool has_device;
static ConformEnd end;

static int on_vcpu(void *opaque, uint32_t server, P9xKernelVcpuCall *f,
                   void *arg)
{
    (void)opaque;
    return server < CONFORM_VCPUS ? f(vcpu_fd[server], arg) : -EINVAL;
}

static int create(P9xKvmType type)
{
    P9xKernelPort second = kernel;
    int rc = p9x_kernel_open(has_device ? &second : &kernel, vm_fd, type,
                             NR_IRQS);

    has_device = has_device || !rc;
    return rc;
}

static void release(void)
{
    p9x_kernel_close(&kernel);
    has_device = false;
}

static int get_icp(uint32_t server, uint64_t *value)
{
    return p9x_kernel_get_icp(&kernel, server, value);
}

static int set_icp(uint32_t server, uint64_t value)
{
    return p9x_kernel_set_icp(&kernel, server, value);
}

static int irqfd(unsigned token, uint32_t girq, bool assign)
{
    struct kvm_irqfd one = {
        .fd = (uint32_t)event_fd[token], .gsi = girq,
        .flags = assign ? 0 : KVM_IRQFD_FLAG_DEASSIGN
    };

    return ioctl(vm_fd, KVM_IRQFD, &one) < 0 ? -errno : 0;
}

/*
 * The kernel hands an event to a worker thread and says nothing.  This program
 * gives way to all others (make_vm), so that they are through after it.
 */
static void be_patient(void)
{
    const struct timespec patience = { 0, PATIENCE_NS };

    nanosleep(&patience, NULL);
}

static void signal_token(unsigned token)
{
    uint64_t one = 1;

    if (write(event_fd[token], &one, sizeof(one)) == sizeof(one)) {
        be_patient();
    }
}

static int device_token(unsigned n, bool on)
{
    int rc = on ? conform_vfio_msi(n, event_fd[CONFORM_DEVICE_TOKEN + n]) :
                  conform_vfio_msi_off(n);

    be_patient();
    return rc;
}

static void fire(unsigned n)
{
    conform_vfio_fire(n);
    be_patient();
}

static int64_t hcall(uint32_t server, unsigned opcode, uint64_t args[2])
{
    return conform_runner_hcall(&runner[server], opcode, args);
}

static const char *make_vcpu(unsigned i, uint32_t pvr)
{
    struct kvm_enable_cap papr = { .cap = KVM_CAP_PPC_PAPR };
    struct kvm_sregs sregs;

    vcpu_fd[i] = ioctl(vm_fd, KVM_CREATE_VCPU, i);
    if (vcpu_fd[i] < 0) {
        return "KVM_CREATE_VCPU";
    }
    if (ioctl(vcpu_fd[i], KVM_GET_SREGS, &sregs)) {
        return "KVM_GET_SREGS";
    }
    sregs.pvr = pvr;
    if (ioctl(vcpu_fd[i], KVM_SET_SREGS, &sregs)) {
        return "KVM_SET_SREGS";
    }
    return ioctl(vcpu_fd[i], KVM_ENABLE_CAP, &papr) ? "KVM_CAP_PPC_PAPR" :
                                                      NULL;
}

/* Any other thread goes first on the one processor that there is. */
static const char *give_way(void)
{
    const struct sched_param none = { 0 };

    return sched_setscheduler(0, SCHED_IDLE, &none) ? "SCHED_IDLE" : NULL;
}

static const char *make_vcpus(int kvm, uint32_t pvr)
{
    for (unsigned i = 0; i < CONFORM_VCPUS; i++) {
        const char *what = make_vcpu(i, pvr);

        what = what ? what : conform_runner_init(&runner[i], kvm, vcpu_fd[i],
                                                 end.ram);
        if (what) {
            return what;
        }
    }
    return NULL;
}

static const char *make_vm(void)
{
    struct kvm_userspace_memory_region ram = {
        .memory_size = CONFORM_RAM_SIZE
    };
    int kvm = open("/dev/kvm", O_RDWR);
    uint32_t pvr = 0;

#ifdef __powerpc64__
    __asm__("mfspr %0, 287" : "=r" (pvr));
#endif
    if (kvm < 0) {
        return "/dev/kvm";
    }
    vm_fd = ioctl(kvm, KVM_CREATE_VM, VM_PPC_HV);
    if (vm_fd < 0) {
        return "KVM_CREATE_VM";
    }
    end.ram = mmap(NULL, CONFORM_RAM_SIZE, PROT_READ | PROT_WRITE,
                   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (end.ram == MAP_FAILED) {
        return "mmap";
    }
    ram.userspace_addr = (uintptr_t)end.ram;
    if (ioctl(vm_fd, KVM_SET_USER_MEMORY_REGION, &ram)) {
        return "KVM_SET_USER_MEMORY_REGION";
    }
    for (unsigned i = 0; i < CONFORM_TOKENS; i++) {
        event_fd[i] = eventfd(0, EFD_NONBLOCK);
    }
    return make_vcpus(kvm, pvr);
}

/* @option "pci": with devices. */
const ConformEnd *conform_end(const char *option)
{
    const char *what = make_vm();

    if (!what && !strcmp(option, "pci")) {
        what = conform_vfio_open(CONFORM_DEVICES);
    }
    what = what ? what : give_way();
    if (what) {
        printf("Bail out! %s: %s\n", what, strerror(errno));
        return NULL;
    }
    kernel.on_vcpu = on_vcpu;
    end.port = p9x_kernel_port(&kernel);
    end.second_priority = -EBUSY;
    end.create = create;
    end.release = release;
    end.get_icp = get_icp;
    end.set_icp = set_icp;
    end.irqfd = irqfd;
    end.signal = signal_token;
    end.device = device_token;
    end.fire = fire;
    end.hcall = hcall;
    return &end;
}
