/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * KVM's two interrupt devices, as models: XIVE native and XICS-over-XIVE.
 *
 * Both give a guest a space of interrupt numbers.  Behind each number in use
 * is an IPI of the host's IC; while a device is passed through, also the HW
 * interrupt (PT) of the bridge that the device sits behind.  Exactly one of
 * the two is live: whatever is done to the number is done to the live one.
 *
 *               ┌─ IPI  (always there) ─┐
 *   number ─────┤                       ├── live: PT if there is one
 *               └─ PT   (passed through)┘
 *
 * In native mode the guest works on the live one's ESB pages directly, through
 * a mapping that is filled page by page on faults and cleared, two pages at a
 * time, when the live one changes (esbmap.h).  In XICS mode the guest asks by
 * hypervisor call and the device works on the pages.
 *
 * Attributes, words and registers are kvm_abi.h's.  Return values are the
 * kernel's negative errno, in the kernel's order.
 *
 * The default behaviour is what the code means to do.  P9X_KVM_QUIRKS_6_1
 * makes the guest-visible mistakes of Linux 6.1 appear.
 *
 * Threads: attributes and connect are serialised by P9xKvm.lock, switches by
 * the caller (vm.h).  set_irq, faults, hcalls and attributes may come from any
 * thread at any time between create and release, hcalls of one vCPU from one
 * thread at a time.  While a vCPU is disconnected no hcall may be under way.
 * Order: P9xKvm.lock, then one block's lock, then what lock.h says.
 *
 * P9xPorts.line_changed may be called with P9xKvm.lock or a block's lock held:
 * a thread it waits for must not be waiting for one of these.  The device never
 * waits for a thread that is in set_irq, which takes no lock.
 *
 * Facts: Linux arch/powerpc/kvm/book3s_xive*.c, Documentation of the devices'
 * attributes.
 */
#ifndef P9X_KVM_H
#define P9X_KVM_H

#include <errno.h>
#include <glib.h>
#include <stdatomic.h>

#include "xive/kvm/host.h"
#include "xive/kvm/kvm_abi.h"

enum {
    P9X_KVM_BLOCK_SHIFT = 10,
    P9X_KVM_BLOCK_IRQS = 1 << P9X_KVM_BLOCK_SHIFT,
    P9X_KVM_NR_BLOCKS = P9X_KVM_NR_IRQS >> P9X_KVM_BLOCK_SHIFT,
    P9X_KVM_XICS_DUMMY = 1,
    P9X_KVM_MAX_VCPUS = 2048,
    P9X_KVM_MAX_VCPU_IDS = 8 * P9X_KVM_MAX_VCPUS,
    P9X_KVM_QUEUE_GAP = 2,
    P9X_KVM_NO_PRIO = 0xFF
};

/* Mistakes of Linux 6.1, by their number in docs/specs/kvm-quirks.rst. */
enum {
    P9X_QUIRK_L1 = 1 << 0,          /* H_IPOLL answers the wrong vCPU */
    P9X_QUIRK_L5 = 1 << 1,          /* map and unmap program girq, not EISN */
    /* Unmap: native IPI left at 10; XICS event that has P sent once more. */
    P9X_QUIRK_L6 = 1 << 2,
    P9X_QUIRK_L7 = 1 << 3,          /* native: host event if PQ was 01 */
    P9X_QUIRK_L8 = 1 << 4,          /* native map: no sync, no PQ transfer */
    P9X_QUIRK_L9 = 1 << 5,          /* occupancy never goes down */
    P9X_QUIRK_L17 = 1 << 6,         /* EQ get without queue writes nothing */
    P9X_QUIRK_L18 = 1 << 7,         /* map drops the IPI's Q */
    P9X_QUIRK_L19 = 1 << 8,         /* RESET skips untargeted sources */
    P9X_QUIRK_L20 = 1 << 9,         /* word of a masked source: no new Q */
    P9X_QUIRK_L21 = 1 << 10,        /* unmap: what the PT had in Q is lost */
    P9X_KVM_QUIRKS_6_1 = (1 << 11) - 1
};

typedef struct P9xKvm P9xKvm;
typedef struct P9xKvmDeviceOps P9xKvmDeviceOps;
typedef struct P9xKvmVcpu P9xKvmVcpu;

/* One guest interrupt number.  Guarded by the block's lock. */
typedef struct P9xKvmIrq {
    atomic_bool valid;
    uint32_t number;
    /* Constant once valid; ipi.hw_irq 0: none allocated yet. */
    P9xIrqInfo ipi;
    P9xHostIrq *_Atomic pt;         /* NULL: not passed through */
    atomic_bool leaving;            /* the PT's last events are refused */
    uint8_t guest_priority;         /* XICS; native: always 0xFF */
    uint8_t saved_priority;
    uint32_t act_server;
    uint8_t act_priority;           /* 0xFF: untargeted */
    bool old_p, old_q;              /* as read when last masked */
    atomic_bool lsi, asserted;
    bool in_queue, saved_p, saved_q;        /* XICS save scan */
    uint8_t saved_scan_prio;
    uint32_t eisn;
} P9xKvmIrq;

typedef struct P9xKvmBlock {
    P9xLock lock;
    uint32_t id;
    P9xKvmIrq irq[P9X_KVM_BLOCK_IRQS];
} P9xKvmBlock;

typedef struct P9xKvmQueue {
    bool configured;                /* OPAL has an END for it */
    atomic_bool has_page;           /* the rest is good */
    uint64_t qpage;                 /* guest memory (native) or host memory */
    uint32_t mask;                  /* entries - 1 */
    _Atomic uint32_t idx;           /* consumer, XICS; its vCPU writes */
    _Atomic uint32_t toggle;
    atomic_uint count;              /* sources targeted here */
    atomic_uint pending_count;      /* leave when the queue is empty */
    unsigned shift;                 /* native */
} P9xKvmQueue;

struct P9xKvmVcpu {
    P9xKvm *kvm;
    uint32_t server;
    uint32_t vp;                    /* OPAL's VP number */
    uint32_t cam_word;              /* with VO; 0: never push */
    bool valid;
    P9xTctx *tctx;                  /* pushed on; NULL: not running */
    uint8_t w01[8];                 /* saved OS ring bytes 0 to 7 */
    P9xKvmQueue queue[P9X_NR_PRIOS];
    /* XICS */
    P9xIrqInfo vp_ipi;
    atomic_uchar cppr, mfrr;        /* other vCPUs look at them */
    uint8_t hw_cppr, pending;
    uint32_t delayed_irq;
    _Atomic uint64_t hcalls[5];     /* how often, by P9xXicsCall (xics.h) */
};

typedef struct P9xKvmStats {
    atomic_ulong faults, zaps, maps, unmaps;
} P9xKvmStats;

/* What the host program does for a device. */
typedef struct P9xKvmPorts {
    void *host;
    /*
     * File pages [@first, @first + @count) of the device's mapping are no
     * longer valid: every use of them must fault again before this returns.
     * Called with a block's lock held, so it can't wait for a thread that is
     * in p9x_kvm_fault or an hcall.  Optional.
     */
    void (*zap)(void *host, uint64_t first, uint64_t count);
    /* A queue page was written: mark the frame dirty.  Optional. */
    void (*mark_dirty)(void *host, uint64_t addr);
    /* Timebase, for H_XIRR_X. */
    uint64_t (*timebase)(void *host);
    /*
     * Host memory for XICS queues: 64 KiB, aligned, zeroed, readable and
     * writable through the P9xPorts; 0: there is none.
     */
    uint64_t (*queue_page)(void *host);
    void (*queue_page_free)(void *host, uint64_t page);
    /*
     * A switch of @girq has come to a point.  Optional.  Nothing may be waited
     * for: at those that are "locked" by the number's block, every action that
     * wants that lock would wait.
     *
     *   set-forwarded    the PT is the guest's, nothing else has changed
     *   set-taken        locked: the IPI is off, the PT not yet live
     *   clr-returned     locked: the PT is the host's, the IPI not yet live
     *   clr-flipped      the IPI is live, the PT can't fire yet
     */
    void (*step)(void *host, const char *point, uint32_t girq);
} P9xKvmPorts;

struct P9xKvm {
    P9xHost *host;
    P9xKvmType type;
    const P9xKvmDeviceOps *ops;     /* of its type */
    const P9xKvmPorts *ports;
    unsigned quirks;
    P9xLock lock;
    P9xKvmBlock *_Atomic block[P9X_KVM_NR_BLOCKS];
    uint32_t max_block;
    uint32_t nr_servers;
    uint32_t vp_base;               /* 0: not allocated yet */
    P9xKvmVcpu *vcpu[P9X_KVM_MAX_VCPUS];
    atomic_uint nr_vcpus;
    atomic_bool mapped;             /* a program has mmapped the device */
    P9xKvmStats stats;
    /* XICS */
    uint8_t qmap;                   /* priorities provisioned */
    unsigned src_count, saved_src_count;
    unsigned delayed_irqs;
};

/* Life.  NULL and -EEXIST rules are the VM's (vm.h). */
P9xKvm *p9x_kvm_create(P9xHost *host, P9xKvmType type,
                       const P9xKvmPorts *ports, unsigned quirks);
/* Everything that kvm_release does, in its order; frees the device. */
void p9x_kvm_release(P9xKvm *kvm);

/*
 * Device attributes, as the ioctls.  @addr is the caller's memory for the
 * group's type (u32, u64, P9xKvmEq); NULL gives -EFAULT where the kernel reads
 * or writes it.
 */
int p9x_kvm_has_attr(P9xKvm *kvm, unsigned group, uint64_t attr);
int p9x_kvm_set_attr(P9xKvm *kvm, unsigned group, uint64_t attr,
                     const void *addr);
int p9x_kvm_get_attr(P9xKvm *kvm, unsigned group, uint64_t attr, void *addr);

/*
 * KVM_ENABLE_CAP on a vCPU.  @vcpu is zeroed before the first time and stays
 * with the device until disconnect.  Without effect on failure.  -EBUSY: it
 * has a device; -EINVAL: no such server; -ENOSPC: no VPs; -EEXIST: the VP is
 * another vCPU's; -EIO: OPAL.
 */
int p9x_kvm_connect(P9xKvm *kvm, P9xKvmVcpu *vcpu, uint32_t server);
void p9x_kvm_disconnect(P9xKvmVcpu *vcpu);

/*
 * Guest entry and exit: the context goes on and off a thread.  A vCPU that
 * waits may stay on: its line wakes it, so there are no escalations here.
 */
void p9x_kvm_push(P9xKvmVcpu *vcpu, P9xTctx *tctx);
void p9x_kvm_pull(P9xKvmVcpu *vcpu);
/*
 * KVM_REG_PPC_VP_STATE: 16 bytes as in the ring, the second 8 unused.
 * -ENXIO: no device; -EPERM: not a native one; -EIO: OPAL; set, -EBUSY: the
 * vCPU runs.
 */
int p9x_kvm_get_vp_state(P9xKvmVcpu *vcpu, uint64_t value[2]);
int p9x_kvm_set_vp_state(P9xKvmVcpu *vcpu, const uint64_t value[2]);
/* Of a vCPU that doesn't run: is something pending that its CPPR lets by? */
bool p9x_kvm_runnable(const P9xKvmVcpu *vcpu);

/*
 * KVM_IRQ_LINE and irqfds.  1 on an LSI or -3: level up; 0 or -2: level down,
 * 0 on an MSI too; anything else: one event.  -EINVAL for a passed-through
 * number: its events come from the PT itself.
 */
int p9x_kvm_set_irq(P9xKvm *kvm, uint32_t girq, int level);

/*
 * Switching, one at a time.  @irq stays with the device until cleared or the
 * device's release.  -ENODEV: no device; -EINVAL: @girq is not in use, level
 * sensitive or passed through already; or the host's error, and nothing has
 * changed.  Clearing what is not mapped is 0.
 */
int p9x_kvm_set_mapped(P9xKvm *kvm, uint32_t girq, P9xHostIrq *irq);
int p9x_kvm_clr_mapped(P9xKvm *kvm, uint32_t girq, P9xHostIrq *irq);

/* A number in use, as p9x_kvm_print shows it and programs want it. */
typedef struct P9xKvmRow {
    uint32_t lisn;
    uint32_t hw_irq;                /* of the live one */
    uint32_t chip;
    bool pt;                        /* the live one is a PT; else its IPI */
    bool lsi;
    bool asserted;                  /* LSI: its level is up */
    P9xPq pq;                       /* the live one's; 11: no answer */
    uint32_t eisn;                  /* native */
    uint32_t server;
    uint8_t priority;               /* 0xFF: untargeted */
} P9xKvmRow;

/*
 * Calls @f with each number in use, in their order.  Looking changes no state.
 * P9xKvm.lock is held: @f must not call the device.  A row is what was so at
 * one moment, the next row is of a later one.
 */
void p9x_kvm_each_row(P9xKvm *kvm,
                      void (*f)(void *opaque, const P9xKvmRow *row),
                      void *opaque);

/* What the device has counted since it was created; NULL: zeros. */
typedef struct P9xKvmCounts {
    uint64_t faults, zaps, maps, unmaps;
} P9xKvmCounts;

P9xKvmCounts p9x_kvm_counts(const P9xKvm *kvm);

/* A passed-through MSI could be mapped to @girq: it is in use and no LSI. */
bool p9x_kvm_takes_msi(P9xKvm *kvm, uint32_t girq);

/*
 * Numbers, vCPUs and counts as JSON (docs/specs/recorder.rst).  Takes
 * P9xKvm.lock and blocks' locks; changes no state.
 */
void p9x_kvm_state(P9xKvm *kvm, GString *out);

/* The table that KVM has in debugfs.  Reading changes no state. */
void p9x_kvm_print(P9xKvm *kvm, GString *out);

/* Shared by the device's files and by tests that look inside. */
P9xKvmBlock *p9x_kvm_block(P9xKvm *kvm, uint32_t girq);
static inline P9xKvmIrq *p9x_kvm_irq(P9xKvmBlock *block, uint32_t girq)
{
    return &block->irq[girq % P9X_KVM_BLOCK_IRQS];
}
P9xKvmVcpu *p9x_kvm_find_vcpu(P9xKvm *kvm, uint32_t server);
static inline const P9xIrqInfo *p9x_kvm_live(const P9xKvmIrq *irq)
{
    return irq->pt ? &irq->pt->info : &irq->ipi;
}

/* Guest priorities: 0 to 5 and 0xFF stay, everything else is 6. */
static inline uint8_t p9x_kvm_prio_from_guest(uint8_t prio)
{
    return prio == P9X_PRIO_MASKED || prio < P9X_KVM_MAX_PRIO ?
           prio : P9X_KVM_MAX_PRIO;
}

#endif
