/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which KVM device the VM has.  QEMU changes it as it does above a real KVM.
 *
 * The machine has a controller that is active, XICS or spapr-xive, and changes
 * it at reset and when a guest has negotiated (CAS).  For each there is a kind
 * of KVM device, and a VM has one at a time.  So a change releases one device,
 * with all that it had allocated, and creates the other, which is told what
 * the machine knows: servers, numbers, levels.  What was pending is gone, as
 * on real machines: at that point no guest runs that would want it.
 *
 * A machine reset does the same without a change of kind.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/bitmap.h"

#include "../spapr/spapr_xive_internal.h"
#include "xive_kvm_internal.h"

static bool set_attr(P9xiveKvm *k, unsigned group, uint64_t attr,
                     const void *value, const char *what, Error **errp)
{
    int rc = k->port.set_attr(k->port.opaque, group, attr, value);

    if (rc < 0) {
        error_setg_errno(errp, -rc, "p9xive-kvm: %s", what);
    }
    return rc >= 0;
}

/* XICS. */

bool p9xive_kvm_tell_xics(P9xiveKvm *k, uint32_t irq, Error **errp)
{
    uint64_t word = (uint64_t)P9X_PRIO_MASKED << P9X_KVM_XICS_PRIO_SHIFT;

    if (test_bit(irq, k->lsi)) {
        word |= P9X_KVM_XICS_LEVEL;
        word |= test_bit(irq, k->level) ? P9X_KVM_XICS_PENDING : 0;
    }
    return set_attr(k, P9X_KVM_XICS_GRP_SOURCES, irq, &word,
                    "can't make a source", errp);
}

static bool connect_vcpus(P9xiveKvm *k, Error **errp)
{
    for (uint32_t server = 0; server < k->nr_servers; server++) {
        int rc = k->vcpu[server] ?
                 k->port.connect(k->port.opaque, server) : 0;

        if (rc < 0) {
            error_setg_errno(errp, -rc, "p9xive-kvm: can't connect server %u",
                             server);
            return false;
        }
    }
    return true;
}

static bool start_xics(P9xiveKvm *k, Error **errp)
{
    unsigned long irq;

    if (!set_attr(k, P9X_KVM_XICS_GRP_CTRL, P9X_KVM_XICS_NR_SERVERS,
                  &k->nr_servers, "can't set the number of servers", errp) ||
        !connect_vcpus(k, errp)) {
        return false;
    }
    for (irq = find_first_bit(k->claimed, k->nr_irqs); irq < k->nr_irqs;
         irq = find_next_bit(k->claimed, k->nr_irqs, irq + 1)) {
        if (!p9xive_kvm_tell_xics(k, irq, errp)) {
            return false;
        }
    }
    return true;
}

/* XIVE. */

static bool start_xive(P9xiveKvm *k, Error **errp)
{
    int rc;

    p9xive_kvm_mmio_open(k);
    rc = p9x_spapr_kvm_connect(&k->spapr->xive->core, &k->port);
    if (rc < 0) {
        p9xive_kvm_mmio_close(k);
        error_setg_errno(errp, -rc, "p9xive-kvm: KVM's XIVE device");
    }
    return rc >= 0;
}

static void stop_xive(P9xiveKvm *k)
{
    p9xive_kvm_mmio_close(k);
    p9x_spapr_kvm_disconnect(&k->spapr->xive->core);
}

/* Either. */

static void count(P9xKvmCounts *sum, const P9xKvm *device)
{
    P9xKvmCounts counts = p9x_kvm_counts(device);

    sum->faults += counts.faults;
    sum->zaps += counts.zaps;
    sum->maps += counts.maps;
    sum->unmaps += counts.unmaps;
}

P9xKvmCounts p9xive_kvm_counts(const P9xiveKvm *k)
{
    P9xKvmCounts counts = k->past;

    count(&counts, p9x_vm_device(&k->vm));
    return counts;
}

static void release(P9xiveKvm *k)
{
    count(&k->past, p9x_vm_device(&k->vm));
    p9x_vm_release_device(&k->vm);
}

bool p9xive_kvm_start(P9xiveKvm *k, Error **errp)
{
    bool ok;

    p9xive_kvm_change(k);
    p9x_vm_create_device(&k->vm, &k->host, k->mode, &k->kvm_ports, k->quirks);
    ok = k->mode == P9X_KVM_XICS ? start_xics(k, errp) : start_xive(k, errp);
    if (!ok) {
        release(k);
    }
    p9xive_kvm_changed(k);
    if (ok) {
        p9xive_passthrough_resume(k);
    }
    return ok;
}

void p9xive_kvm_stop(P9xiveKvm *k)
{
    if (!p9x_vm_device(&k->vm)) {
        return;
    }
    p9xive_passthrough_suspend(k);
    p9xive_kvm_change(k);
    if (k->mode == P9X_KVM_NATIVE) {
        stop_xive(k);
    }
    release(k);
    p9xive_kvm_changed(k);
}

bool p9xive_kvm_restart(P9xiveKvm *k, Error **errp)
{
    p9xive_kvm_stop(k);
    return p9xive_kvm_start(k, errp);
}
