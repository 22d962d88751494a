/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "p9xive-kvm": the machine's interrupts go through a KVM device, as a model.
 *
 * Without it the controllers of the pseries machine work on their own tables
 * (the direct path).  With it there are a host below the machine, a VM on it,
 * and KVM's interrupt device in the VM; the machine's controllers, "spapr-xive"
 * and XICS, stay for what QEMU does above a real KVM as well: device tree,
 * checks of hypervisor calls, numbers.
 *
 *     guest ──hcalls──► spapr-xive ──P9xKvmPort──┐
 *     guest ──ESB, TIMA pages────────────────────┤► P9xKvm in P9xVm ─► P9xHost
 *     guest ──H_XIRR.., RTAS (XICS)──────────────┤                       ▲
 *     devices ──qemu_irq─────────────────────────┘                       │
 *     passed-through devices ──MSI──► P9xPhb4Source ─────────────────────┘
 *
 * One file per reason to change:
 *
 *   kvm.c        the device: properties, realize, the machine's interface
 *   kvm_mode.c   which KVM device there is: start, stop, change, reset
 *   kvm_entry.c  enter and leave, CPU lines
 *   kvm_vcpu.c   one object per vCPU
 *   kvm_mmio.c   ESB and TIMA windows of a guest in XIVE mode
 *   kvm_ports.c  what the core asks for: memory, zap, pages for XICS queues
 *   kvm_xics.c   hypervisor calls and RTAS of a guest in XICS mode
 *   kvm_xics_state.c  such a guest's state, for migration
 *   kvm_monitor.c  QOM properties
 *   passthrough*.c  "p9xive-passthrough"
 *
 * Locks.  Everything that creates, changes or releases a KVM device, and
 * whatever uses P9xVm.device, holds the BQL.  Three things don't: a vCPU's
 * loads and stores to pages that are there (P9xEsbSlot.lock keeps those alive),
 * a bridge's sources, and XICS hypervisor calls.  P9xiveKvm.calls keeps the
 * latter from a change: a device or a vCPU is created or released, or a vCPU is
 * reset or restored.  What changes one number (claiming, RTAS, attaching a
 * passed-through device) meets these calls in P9xKvmBlock.lock, as it does in a
 * kernel.  A lock of the core is never held while anybody waits for the BQL:
 * the core calls line_changed with locks held, so that only notes the vCPU, and
 * p9xive_kvm_leave does what is to be done.  Hence
 *
 *     p9xive_kvm_enter();
 *     ...calls into the host, the VM, the bridge, the device...
 *     p9xive_kvm_leave();
 *
 * around all of them, from whatever thread, nested or not, with or without the
 * BQL.  Nothing in between may wait for the BQL or yield a coroutine.  A caller
 * that holds the BQL and has not entered, as spapr-xive when it calls
 * P9xKvmPort, does no harm: it has nothing to wait for.
 */
#ifndef P9XIVE_XIVE_KVM_INTERNAL_H
#define P9XIVE_XIVE_KVM_INTERNAL_H

#include "hw/ppc/spapr.h"
#include "hw/ppc/spapr_xive.h"
#include "qemu/notify.h"
#include "qemu/p9xive-compat.h"
#include "qemu/rcu.h"
#include "xive/calls.h"
#include "xive/kvm/model_port.h"
#include "xive/phb4/phb4_source.h"
#include "xive/tima.h"
#include "xive/kvm/vm.h"
#include "xive/kvm/xics.h"

#define TYPE_P9XIVE_KVM "p9xive-kvm"
OBJECT_DECLARE_SIMPLE_TYPE(P9xiveKvm, P9XIVE_KVM)

/* Where "p9xive-passthrough" devices sit; the p9xive-kvm has one. */
#define TYPE_P9XIVE_PASSTHROUGH_BUS "p9xive-passthrough-bus"
OBJECT_DECLARE_SIMPLE_TYPE(P9xivePassthroughBus, P9XIVE_PASSTHROUGH_BUS)

#define TYPE_P9XIVE_KVM_VCPU "p9xive-kvm-vcpu"
OBJECT_DECLARE_SIMPLE_TYPE(P9xiveKvmVcpu, P9XIVE_KVM_VCPU)

struct P9xivePassthrough;
struct P9xiveVector;

/* What became of messages of passed-through devices. */
typedef struct P9xiveAccount {
    uint64_t sent;              /* entered the bridge */
    uint64_t events;            /* notified: to the guest or the host */
    uint64_t coalesced;         /* P was set: into Q */
    uint64_t off;               /* PQ was 01 */
    uint64_t by_host;           /* events that the host passed on */
} P9xiveAccount;

/* All fields are passthrough*.c's. */
struct P9xivePassthroughBus {
    BusState parent_obj;

    bool suspended;
    uint32_t nr_lisns;
    struct P9xiveVector **by_lisn;      /* its sender, or NULL */
    unsigned long *msis;        /* of the bridge, in use */
    unsigned long *pes;
    P9xiveAccount past;         /* of devices that were detached */
    uint64_t switch_ns;         /* spent in maps and unmaps */
    DeviceListener listener;
    QLIST_HEAD(, P9xivePassthrough) attached;
};

struct P9xiveKvm {
    DeviceState parent_obj;

    SpaprMachineState *spapr;
    P9xivePassthroughBus bus;

    /* There from realize on. */
    P9xPorts ports;             /* the host's, the bridge's */
    P9xHost host;
    P9xPhb4Source phb;          /* P9X_PHB4_BIG_SOURCES */
    uint32_t phb_base;          /* HW number of the bridge's source 0 */
    P9xVm vm;                   /* vm.device: NULL while there is none */
    P9xKvmPorts kvm_ports;
    P9xKvmModelPort model;
    P9xKvmPort port;

    /* What vm.device is, or will be; the controller it stands in for. */
    P9xKvmType mode;
    SpaprInterruptController *behind;
    P9xCalls calls;             /* of XICS */

    uint32_t nr_servers;
    P9xiveKvmVcpu **vcpu;       /* by server; NULL: absent */

    /* External numbers, as bitmaps: what a next device has to be told. */
    uint32_t nr_irqs;
    unsigned long *claimed, *lsi, *level;

    /* XIVE mode.  The slots of vma stay when its device goes. */
    P9xEsbVma vma;
    MemoryRegion esb_mmio, tima_mmio;

    P9xKvmCounts past;       /* of devices that are gone */
    NotifierWithReturn memory_notifier; /* kvm_xics_state.c */

    /* Properties. */
    char *quirks_name;
    bool bypass;                /* the kernel's parameter kvm_irq_bypass */
    unsigned quirks;            /* P9X_QUIRK_* */
};

/*
 * A vCPU's thread context in the host, and KVM's part of it.  A child of the
 * vCPU; freed when no RCU reader is left.
 */
struct P9xiveKvmVcpu {
    Object parent_obj;

    P9xTctx tctx;
    P9xKvmVcpu kvm;
    P9xiveKvm *device;
    PowerPCCPU *cpu;
    uint32_t server;
    PowerPCCPU *line_cpu;       /* NULL: the vCPU is on its way out */
    struct rcu_head rcu;
};

/* kvm_entry.c: the one that is realized, or NULL. */
P9xiveKvm *p9xive_kvm_find(void);
void p9xive_kvm_found(P9xiveKvm *k);
/* See above. */
void p9xive_kvm_enter(void);
void p9xive_kvm_leave(void);
/* The same for a change that XICS calls are kept away from. */
void p9xive_kvm_change(P9xiveKvm *k);
void p9xive_kvm_changed(P9xiveKvm *k);
/* P9xPorts.line_changed of the host. */
void p9xive_kvm_line_changed(void *host, P9xTctx *tctx);

/*
 * kvm_mode.c.  start: creates the KVM device for k->mode, with all vCPUs and
 * claimed numbers.  stop: releases it.  restart: both, the guest finds a new
 * device.  Between suspend and resume of passed-through devices.
 */
bool p9xive_kvm_start(P9xiveKvm *k, Error **errp);
void p9xive_kvm_stop(P9xiveKvm *k);
bool p9xive_kvm_restart(P9xiveKvm *k, Error **errp);
/* A XICS device's source @irq, as after a reset with the level there is. */
bool p9xive_kvm_tell_xics(P9xiveKvm *k, uint32_t irq, Error **errp);
/* Counts of the device that there is and of those before it. */
P9xKvmCounts p9xive_kvm_counts(const P9xiveKvm *k);

/* kvm_vcpu.c */
bool p9xive_kvm_vcpu_create(P9xiveKvm *k, PowerPCCPU *cpu, Error **errp);
void p9xive_kvm_vcpu_remove(P9xiveKvm *k, PowerPCCPU *cpu);
/* As the machine's reset or the guest finds a vCPU that starts. */
void p9xive_kvm_vcpu_reset(P9xiveKvm *k, PowerPCCPU *cpu);
/* KVM_REG_PPC_ICP_STATE of a vCPU on the XICS device; negative errno. */
int p9xive_kvm_set_icp(P9xiveKvmVcpu *vcpu, uint64_t value);
/* P9xKvmModelPort.find_vcpu; @opaque is the P9xiveKvm. */
bool p9xive_kvm_find_vcpu(void *opaque, uint32_t server, P9xKvmVcpu **vcpu,
                          P9xTctx **tctx);

/* kvm_mmio.c: regions are made once; open and closed with the native device. */
void p9xive_kvm_mmio_init(P9xiveKvm *k);
void p9xive_kvm_mmio_open(P9xiveKvm *k);
void p9xive_kvm_mmio_close(P9xiveKvm *k);

/* kvm_ports.c */
void p9xive_kvm_ports_init(P9xiveKvm *k);

/* kvm_xics.c: the guest's XICS calls lead here instead of to QEMU's. */
void p9xive_kvm_xics_init(P9xiveKvm *k);

/*
 * kvm_xics_state.c: the state of a XICS guest is copied into QEMU's own XICS
 * when a machine that stands still is about to be saved.  restore: QEMU's XICS
 * has what a stream says, and the device, a new one, gets it.  0, or -EINVAL
 * after one line for people.
 */
void p9xive_kvm_xics_state_init(P9xiveKvm *k);
int p9xive_kvm_restore_xics(P9xiveKvm *k);

/*
 * passthrough.c.  BQL held, not entered.
 *
 * init, exit: the p9xive-kvm is realized, or about to be unrealized.
 * suspend: vm.device is about to be released.  Undo every join with it (and
 * irqfds and producers): the bridge's interrupts are the host's afterwards, and
 * events that come before resume are kept for then.  vm.device may be NULL.
 * resume: vm.device is a new one, with all claimed numbers as after a reset.
 * freed: @lisn is about to be no longer in use, with vm.device still there.
 * attached: is any device passed through?
 */
void p9xive_passthrough_init(P9xiveKvm *k);
void p9xive_passthrough_exit(P9xiveKvm *k);
void p9xive_passthrough_suspend(P9xiveKvm *k);
void p9xive_passthrough_resume(P9xiveKvm *k);
void p9xive_passthrough_freed(P9xiveKvm *k, uint32_t lisn);
bool p9xive_passthrough_attached(const P9xiveKvm *k);

/* kvm_monitor.c: QOM properties of TYPE_P9XIVE_KVM. */
void p9xive_kvm_monitor_class_init(ObjectClass *klass);
/* @k is realized, and stays for as long as the machine. */
void p9xive_kvm_monitor_init(P9xiveKvm *k);

/*
 * passthrough_monitor.c.  print: for "info pic", after the table of the device.
 * class_init: QOM properties of TYPE_P9XIVE_KVM, of all that is passed through.
 */
void p9xive_passthrough_print(P9xiveKvm *k, GString *out);
void p9xive_passthrough_class_init(ObjectClass *klass);

#endif
