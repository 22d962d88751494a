/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The backend port's model end: calls become those of the VM's device.
 *
 * A kernel would keep a vCPU's context off its thread whenever QEMU talks to
 * it.  Here a vCPU that waits stays on, so the port takes it off before calls
 * that need that, and puts it back on afterwards.
 */
#include "xive/kvm/model_port.h"

static P9xKvm *device(const P9xKvmModelPort *model)
{
    return model->vm->device;
}

static int has_attr(void *opaque, unsigned group, uint64_t attr)
{
    P9xKvm *kvm = device(opaque);

    return kvm ? p9x_kvm_has_attr(kvm, group, attr) : -ENODEV;
}

static int set_attr(void *opaque, unsigned group, uint64_t attr,
                    const void *addr)
{
    P9xKvm *kvm = device(opaque);

    return kvm ? p9x_kvm_set_attr(kvm, group, attr, addr) : -ENODEV;
}

static int get_attr(void *opaque, unsigned group, uint64_t attr, void *addr)
{
    P9xKvm *kvm = device(opaque);

    return kvm ? p9x_kvm_get_attr(kvm, group, attr, addr) : -ENODEV;
}

typedef struct Found {
    P9xKvmVcpu *vcpu;
    P9xTctx *tctx;
} Found;

static bool find(const P9xKvmModelPort *model, uint32_t server, Found *found)
{
    *found = (Found) { NULL, NULL };
    return model->find_vcpu(model->opaque, server, &found->vcpu,
                            &found->tctx);
}

static int connect_vcpu(void *opaque, uint32_t server)
{
    P9xKvm *kvm = device(opaque);
    Found found;
    int rc;

    if (!kvm) {
        return -ENODEV;
    }
    if (!find(opaque, server, &found)) {
        return -EINVAL;
    }
    rc = p9x_kvm_connect(kvm, found.vcpu, server);
    if (!rc && found.tctx) {
        p9x_kvm_push(found.vcpu, found.tctx);
    }
    return rc;
}

static void disconnect_vcpu(void *opaque, uint32_t server)
{
    Found found;

    if (find(opaque, server, &found)) {
        p9x_kvm_disconnect(found.vcpu);
    }
}

/* Sets the state to @set, or else gets it into @get, off the thread. */
static int vp_state(const P9xKvmModelPort *model, uint32_t server,
                    const uint64_t *set, uint64_t *get)
{
    Found found;
    P9xTctx *on;
    int rc;

    if (!find(model, server, &found)) {
        return -EINVAL;
    }
    on = found.vcpu->tctx;
    p9x_kvm_pull(found.vcpu);
    rc = set ? p9x_kvm_set_vp_state(found.vcpu, set) :
               p9x_kvm_get_vp_state(found.vcpu, get);
    if (on) {
        p9x_kvm_push(found.vcpu, on);
    }
    return rc;
}

static int get_vp_state(void *opaque, uint32_t server, uint64_t value[2])
{
    return vp_state(opaque, server, NULL, value);
}

static int set_vp_state(void *opaque, uint32_t server,
                        const uint64_t value[2])
{
    return vp_state(opaque, server, value, NULL);
}

static int irq_line(void *opaque, uint32_t girq, int level)
{
    P9xKvm *kvm = device(opaque);

    return kvm ? p9x_kvm_set_irq(kvm, girq, level) : -ENODEV;
}

static bool esb_load(void *opaque, uint64_t offset, unsigned size,
                     uint64_t *value)
{
    const P9xKvmModelPort *model = opaque;

    return p9x_vma_load(model->vma, offset, size, value);
}

static bool esb_store(void *opaque, uint64_t offset, unsigned size,
                      uint64_t value)
{
    const P9xKvmModelPort *model = opaque;

    return p9x_vma_store(model->vma, offset, size, value);
}

P9xKvmPort p9x_kvm_model_port(P9xKvmModelPort *model)
{
    return (P9xKvmPort) {
        .opaque = model,
        .has_attr = has_attr,
        .set_attr = set_attr,
        .get_attr = get_attr,
        .connect = connect_vcpu,
        .disconnect = disconnect_vcpu,
        .get_vp_state = get_vp_state,
        .set_vp_state = set_vp_state,
        .irq_line = irq_line,
        .esb_load = esb_load,
        .esb_store = esb_store
    };
}
