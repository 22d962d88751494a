/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The model's end: a host with a bridge, a VM on it, three vCPUs. */
#include "conform.h"

#include "fixture-kvm.h"
#include "xive/kvm/model_port.h"

enum { NR_IRQS = 0x2000 };

static KRig *rig;
static P9xKvmModelPort model;
static ConformEnd end;
static unsigned quirks = P9X_KVM_QUIRKS_6_1;

static bool find_vcpu(void *opaque, uint32_t server, P9xKvmVcpu **vcpu,
                      P9xTctx **tctx)
{
    KRig *of = opaque;

    if (server >= CONFORM_VCPUS) {
        return false;
    }
    *vcpu = &of->vcpu[server];
    *tctx = NULL;
    return true;
}

static int create(P9xKvmType type)
{
    int rc = p9x_vm_create_device(&rig->vm, &rig->h, type, &rig->ports,
                                  quirks);

    if (!rc && type == P9X_KVM_NATIVE) {
        rc = p9x_vma_map(&rig->guest, krig_kvm(rig), P9X_KVM_ESB_PAGE_OFFSET,
                         2 * NR_IRQS);
        if (!rig->vma[0]) {
            krig_add_vma(rig, &rig->guest);
        }
    }
    return rc;
}

static void release(void)
{
    if (rig->guest.slot) {
        p9x_vma_unmap(&rig->guest);
    }
    p9x_vm_release_device(&rig->vm);
    memset(rig->vcpu, 0, sizeof(rig->vcpu));
}

static int get_icp(uint32_t server, uint64_t *value)
{
    return server < CONFORM_VCPUS ? p9x_xics_get_icp(&rig->vcpu[server],
                                                     value) : -EINVAL;
}

static int set_icp(uint32_t server, uint64_t value)
{
    return server < CONFORM_VCPUS ? p9x_xics_set_icp(&rig->vcpu[server],
                                                     value) : -EINVAL;
}

static int irqfd(unsigned token, uint32_t girq, bool assign)
{
    return assign ? p9x_vm_irqfd(&rig->vm, &rig->msi[token], girq) :
                    p9x_vm_irqfd_deassign(&rig->vm, &rig->msi[token]);
}

static void signal_token(unsigned token)
{
    p9x_vm_signal(&rig->vm, &rig->msi[token]);
}

static int device_token(unsigned n, bool on)
{
    unsigned token = CONFORM_DEVICE_TOKEN + n;
    KRigMsi *msi = &rig->msi[token];
    int rc;

    if (on) {
        return p9x_vm_add_producer(&rig->vm, msi, krig_request(rig, token));
    }
    rc = p9x_vm_del_producer(&rig->vm, msi);
    if (!rc && msi->requested) {
        p9x_host_free_irq(&rig->h, &msi->irq);
        msi->requested = false;
    }
    return rc;
}

static void fire(unsigned n)
{
    krig_fire(rig, CONFORM_DEVICE_TOKEN + n);
}

static int64_t hcall(uint32_t server, unsigned opcode, uint64_t args[2])
{
    P9xKvmVcpu *vcpu = &rig->vcpu[server];
    int64_t rc;

    p9x_kvm_push(vcpu, &rig->thread[server]);
    rc = p9x_xics_hcall(vcpu, opcode, args);
    p9x_kvm_pull(vcpu);
    return rc;
}

/* @option: flags of quirks that the model is to be without. */
const ConformEnd *conform_end(const char *option)
{
    quirks &= ~(unsigned)strtoul(option, NULL, 0);
    rig = krig_new_host();
    model = (P9xKvmModelPort) {
        .vm = &rig->vm, .vma = &rig->guest, .find_vcpu = find_vcpu,
        .opaque = rig
    };
    end = (ConformEnd) {
        .port = p9x_kvm_model_port(&model),
        .ram = rig->host.ram,
        .create = create,
        .release = release,
        .get_icp = get_icp,
        .set_icp = set_icp,
        .irqfd = irqfd,
        .signal = signal_token,
        .device = device_token,
        .fire = fire,
        .hcall = hcall
    };
    return &end;
}
