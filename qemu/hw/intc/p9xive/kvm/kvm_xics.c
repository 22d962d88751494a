/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hypervisor calls and RTAS calls of a guest on KVM's XICS device.
 *
 * A real KVM answers them in the kernel.  Here they take the place of those of
 * QEMU's own XICS, which stays for numbers and the device tree.  Hypervisor
 * calls need no BQL, as they need no lock of the whole VM there.  RTAS answers
 * are KVM's: a call has one kind of failure, and QEMU checks no parameter that
 * KVM does not look at.
 */
#include "qemu/osdep.h"
#include "hw/ppc/spapr_cpu_core.h"
#include "target/ppc/unlocked-hypercall.h"

#include "xive_kvm_internal.h"

/* The device if the guest may call it; else it is counted, NULL. */
static P9xKvm *xics_device(const char *what)
{
    P9xiveKvm *k = p9xive_kvm_find();

    if (p9x_vm_device(&k->vm) && k->mode == P9X_KVM_XICS) {
        return p9x_vm_device(&k->vm);
    }
    p9x_guest_error(&k->ports, p9x_host_counters(&k->host), P9X_ERR_HCALL,
                    "XICS call %s of a guest in XIVE mode", what);
    return NULL;
}

static target_ulong h_xics(PowerPCCPU *cpu, SpaprMachineState *spapr,
                           target_ulong opcode, target_ulong *args)
{
    P9xiveKvmVcpu *vcpu = spapr_cpu_state(cpu)->kvm_vcpu;
    int64_t rc;

    if (!vcpu || !xics_device("by hypervisor call")) {
        return H_HARDWARE;
    }
    p9xive_kvm_enter();
    rc = p9x_xics_hcall(&vcpu->kvm, opcode, args);
    p9xive_kvm_leave();
    return rc == P9X_H_TOO_HARD ? H_HARDWARE : rc;
}

/* The vCPU, if its XICS calls lead to a device; calls don't close meanwhile. */
static P9xKvmVcpu *connected_vcpu(P9xiveKvm *k, PowerPCCPU *cpu)
{
    P9xiveKvmVcpu *vcpu = qatomic_read(&spapr_cpu_state(cpu)->kvm_vcpu);

    return vcpu && p9x_vm_device(&k->vm) && k->mode == P9X_KVM_XICS ?
           &vcpu->kvm : NULL;
}

static int64_t call_inside(P9xiveKvm *k, PowerPCCPU *cpu, unsigned opcode,
                           uint64_t *args)
{
    int64_t rc = P9X_H_TOO_HARD;
    P9xKvmVcpu *vcpu;

    if (p9x_calls_enter(&k->calls)) {
        vcpu = connected_vcpu(k, cpu);
        if (vcpu) {
            rc = p9x_xics_hcall(vcpu, opcode, args);
        }
        p9x_calls_leave(&k->calls);
    }
    return rc;
}

/* What is too hard is left to h_xics. */
static bool h_xics_unlocked(PowerPCCPU *cpu, target_ulong opcode,
                            target_ulong *args, target_ulong *rc)
{
    int64_t code;

    /* Lines are told when no lock is held and no thread waits for us. */
    p9xive_kvm_enter();
    code = call_inside(p9xive_kvm_find(), cpu, opcode, args);
    p9xive_kvm_leave();
    if (code == P9X_H_TOO_HARD) {
        return false;
    }
    *rc = code;
    return true;
}

/* What the four RTAS calls look like; each has the number as argument 0. */
typedef struct RtasCall {
    int token;
    const char *name;
    uint32_t nargs, nret;
    int (*call)(P9xKvm *device, uint32_t irq, target_ulong args,
                target_ulong rets);
} RtasCall;

static int set_xive(P9xKvm *device, uint32_t irq, target_ulong args,
                    target_ulong rets)
{
    return p9x_xics_set_xive(device, irq, rtas_ld(args, 1), rtas_ld(args, 2));
}

static int get_xive(P9xKvm *device, uint32_t irq, target_ulong args,
                    target_ulong rets)
{
    uint32_t server, priority;
    int rc = p9x_xics_get_xive(device, irq, &server, &priority);

    if (rc == P9X_RTAS_OK) {
        rtas_st(rets, 1, server);
        rtas_st(rets, 2, priority);
    }
    return rc;
}

static int int_off(P9xKvm *device, uint32_t irq, target_ulong args,
                   target_ulong rets)
{
    return p9x_xics_int_off(device, irq);
}

static int int_on(P9xKvm *device, uint32_t irq, target_ulong args,
                  target_ulong rets)
{
    return p9x_xics_int_on(device, irq);
}

static const RtasCall rtas_calls[] = {
    { RTAS_IBM_SET_XIVE, "ibm,set-xive", 3, 1, set_xive },
    { RTAS_IBM_GET_XIVE, "ibm,get-xive", 1, 3, get_xive },
    { RTAS_IBM_INT_OFF, "ibm,int-off", 1, 1, int_off },
    { RTAS_IBM_INT_ON, "ibm,int-on", 1, 1, int_on },
};

static const RtasCall *find_call(uint32_t token)
{
    for (size_t i = 0; i < ARRAY_SIZE(rtas_calls); i++) {
        if (rtas_calls[i].token == token) {
            return &rtas_calls[i];
        }
    }
    return NULL;
}

static void rtas_xics(PowerPCCPU *cpu, SpaprMachineState *spapr,
                      uint32_t token, uint32_t nargs, target_ulong args,
                      uint32_t nret, target_ulong rets)
{
    const RtasCall *call = find_call(token);
    P9xKvm *device = xics_device(call->name);
    int rc = P9X_RTAS_FAILED;

    if (nret < 1) {
        return;
    }
    if (device && nargs == call->nargs && nret == call->nret) {
        p9xive_kvm_enter();
        rc = call->call(device, rtas_ld(args, 0), args, rets);
        p9xive_kvm_leave();
    }
    rtas_st(rets, 0, rc);
}

void p9xive_kvm_xics_init(P9xiveKvm *k)
{
    static const unsigned opcodes[] = {
        P9X_H_CPPR, P9X_H_IPI, P9X_H_XIRR, P9X_H_XIRR_X, P9X_H_EOI,
        P9X_H_IPOLL
    };

    for (size_t i = 0; i < ARRAY_SIZE(opcodes); i++) {
        spapr_unregister_hypercall(opcodes[i]);
        spapr_register_hypercall(opcodes[i], h_xics);
        ppc_register_unlocked_hypercall(opcodes[i], h_xics_unlocked);
    }
    for (size_t i = 0; i < ARRAY_SIZE(rtas_calls); i++) {
        spapr_rtas_register(rtas_calls[i].token, NULL, NULL);
        spapr_rtas_register(rtas_calls[i].token, rtas_calls[i].name,
                            rtas_xics);
    }
}
