/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A vCPU as the KVM device knows it, child "p9xive-kvm-vcpu" of the vCPU.
 *
 * It is on its thread all the time.  A vCPU that waits in H_CEDE is woken by
 * its line, so no caller has to put it on and take it off.
 *
 * Removal is as that of the direct path's context (tctx.c): unlinked at once,
 * freed when each thread that may have found it has left its RCU section.
 */
#include "qemu/osdep.h"
#include "hw/ppc/ppc.h"
#include "hw/ppc/spapr_cpu_core.h"
#include "qapi/error.h"
#include "target/ppc/cpu.h"

#include "xive/dispatch.h"
#include "xive_kvm_internal.h"

static void unlink_vcpu(P9xiveKvmVcpu *vcpu)
{
    P9xiveKvm *k = vcpu->device;

    if (!k || k->vcpu[vcpu->server] != vcpu) {
        return;
    }
    p9xive_kvm_change(k);
    k->port.disconnect(k->port.opaque, vcpu->server);
    qatomic_set(&k->vcpu[vcpu->server], NULL);
    /* Off the host's VP map: from here on no thread can find it any more. */
    p9x_tctx_reset(&vcpu->tctx);
    /* The vCPU's thread goes before we do. */
    qatomic_set(&vcpu->line_cpu, NULL);
    p9xive_kvm_changed(k);
}

static void vcpu_finalize(Object *obj)
{
    P9xiveKvmVcpu *vcpu = P9XIVE_KVM_VCPU(obj);

    /* The vCPU may have failed to come up, after us. */
    unlink_vcpu(vcpu);
    if (vcpu->device) {
        p9x_tctx_destroy(&vcpu->tctx);
    }
}

static bool check_vcpu(P9xiveKvm *k, PowerPCCPU *cpu, Error **errp)
{
    uint32_t server = spapr_get_vcpu_id(cpu);

    if (PPC_INPUT(&cpu->env) != PPC_FLAGS_INPUT_POWER9) {
        error_setg(errp, "p9xive-kvm needs a CPU with POWER9's interrupt "
                   "inputs");
        return false;
    }
    if (server >= k->nr_servers) {
        error_setg(errp, "p9xive-kvm has no server %u", server);
        return false;
    }
    return true;
}

static void link_vcpu(P9xiveKvm *k, P9xiveKvmVcpu *vcpu, PowerPCCPU *cpu)
{
    vcpu->server = spapr_get_vcpu_id(cpu);
    vcpu->device = k;
    vcpu->line_cpu = cpu;
    p9x_tctx_init(&vcpu->tctx, p9x_host_unit(&k->host), vcpu->server, cpu);
    qatomic_set(&k->vcpu[vcpu->server], vcpu);
    qatomic_set(&spapr_cpu_state(cpu)->kvm_vcpu, vcpu);
}

/* In XIVE mode spapr-xive does this, which hears of the vCPU next. */
static int connect_xics(P9xiveKvm *k, uint32_t server)
{
    int rc;

    if (!p9x_vm_device(&k->vm) || k->mode != P9X_KVM_XICS) {
        return 0;
    }
    p9xive_kvm_change(k);
    rc = k->port.connect(k->port.opaque, server);
    p9xive_kvm_changed(k);
    return rc;
}

bool p9xive_kvm_vcpu_create(P9xiveKvm *k, PowerPCCPU *cpu, Error **errp)
{
    Object *obj;
    int rc;

    if (!check_vcpu(k, cpu, errp)) {
        return false;
    }
    obj = object_new(TYPE_P9XIVE_KVM_VCPU);
    object_property_add_child(OBJECT(cpu), "p9xive-kvm-vcpu", obj);
    link_vcpu(k, P9XIVE_KVM_VCPU(obj), cpu);
    object_unref(obj);
    rc = connect_xics(k, spapr_get_vcpu_id(cpu));
    if (rc < 0) {
        error_setg_errno(errp, -rc, "p9xive-kvm can't connect server %d",
                         spapr_get_vcpu_id(cpu));
        p9xive_kvm_vcpu_remove(k, cpu);
        return false;
    }
    return true;
}

static void vcpu_release(struct rcu_head *rcu)
{
    object_unref(OBJECT(container_of(rcu, P9xiveKvmVcpu, rcu)));
}

void p9xive_kvm_vcpu_remove(P9xiveKvm *k, PowerPCCPU *cpu)
{
    SpaprCpuState *state = spapr_cpu_state(cpu);
    P9xiveKvmVcpu *vcpu = state->kvm_vcpu;

    if (!vcpu) {
        return;
    }
    qatomic_set(&state->kvm_vcpu, NULL);
    unlink_vcpu(vcpu);
    object_ref(OBJECT(vcpu));
    object_unparent(OBJECT(vcpu));
    call_rcu1(&vcpu->rcu, vcpu_release);
}

int p9xive_kvm_set_icp(P9xiveKvmVcpu *vcpu, uint64_t value)
{
    P9xiveKvm *k = vcpu->device;
    int rc;

    /* An H_IPI or H_IPOLL of another vCPU looks at more than one word of it. */
    p9xive_kvm_change(k);
    p9x_kvm_pull(&vcpu->kvm);
    rc = p9x_xics_set_icp(&vcpu->kvm, value);
    p9x_kvm_push(&vcpu->kvm, &vcpu->tctx);
    p9xive_kvm_changed(k);
    return rc;
}

void p9xive_kvm_vcpu_reset(P9xiveKvm *k, PowerPCCPU *cpu)
{
    const uint64_t no_mfrr = UINT64_C(0xFF) << 24;
    P9xiveKvmVcpu *vcpu = spapr_cpu_state(cpu)->kvm_vcpu;

    /* In XIVE mode this, too, comes by way of spapr-xive. */
    if (!p9x_vm_device(&k->vm) || k->mode != P9X_KVM_XICS || !vcpu) {
        return;
    }
    p9xive_kvm_set_icp(vcpu, no_mfrr);
}

bool p9xive_kvm_find_vcpu(void *opaque, uint32_t server, P9xKvmVcpu **vcpu,
                          P9xTctx **tctx)
{
    P9xiveKvm *k = opaque;

    if (server >= k->nr_servers || !k->vcpu[server]) {
        return false;
    }
    *vcpu = &k->vcpu[server]->kvm;
    *tctx = &k->vcpu[server]->tctx;
    return true;
}

static const TypeInfo vcpu_info = {
    .name = TYPE_P9XIVE_KVM_VCPU,
    .parent = TYPE_OBJECT,
    .instance_size = sizeof(P9xiveKvmVcpu),
    .instance_align = __alignof__(P9xiveKvmVcpu),
    .instance_finalize = vcpu_finalize,
};

static void vcpu_register_types(void)
{
    type_register_static(&vcpu_info);
}

type_init(vcpu_register_types)
