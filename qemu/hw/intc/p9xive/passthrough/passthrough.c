/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The device "p9xive-passthrough", and what p9xive-kvm tells all of them.
 *
 *   -device p9xive-kvm,id=kvm0
 *   -device nvme,id=nvme0,... -device p9xive-passthrough,device=nvme0
 *
 * and at run time device_add and device_del, whatever the PCI device is doing.
 * When that is unplugged first, this one stays, without effect, until it is
 * deleted.
 */
#include "qemu/osdep.h"
#include "hw/pci/pci.h"
#include "migration/blocker.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "qemu/bitmap.h"
#include "qemu/p9xive-compat.h"
#include "trace/trace-hw_intc_p9xive.h"

#include "passthrough_internal.h"

/*
 * -device looks for buses below the system bus only, where p9xive-kvm isn't;
 * this one is, for the sake of the bus.
 */
#define TYPE_P9XIVE_PASSTHROUGH_BRIDGE "p9xive-passthrough-bridge"

/* The device. */

static P9xivePassthrough *find_attachment(P9xiveKvm *k, const PCIDevice *pci)
{
    P9xivePassthrough *pt;

    QLIST_FOREACH(pt, &k->bus.attached, next) {
        if (pt->pci == pci) {
            return pt;
        }
    }
    return NULL;
}

static bool find_pci_device(P9xivePassthrough *pt, Error **errp)
{
    P9xivePassthrough *other;
    DeviceState *found;

    if (!pt->device || !*pt->device) {
        error_setg(errp, "the property 'device' has to be the id of a PCI "
                   "device");
        return false;
    }
    found = qdev_find_recursive(sysbus_get_default(), pt->device);
    if (!found) {
        error_setg(errp, "there is no device '%s'", pt->device);
        return false;
    }
    if (!object_dynamic_cast(OBJECT(found), TYPE_PCI_DEVICE)) {
        error_setg(errp, "device '%s' is not a PCI device", pt->device);
        return false;
    }
    other = find_attachment(pt->kvm, PCI_DEVICE(found));
    if (other) {
        error_setg(errp, "device '%s' is attached already%s%s", pt->device,
                   DEVICE(other)->id ? " by " : "", DEVICE(other)->id ?: "");
        return false;
    }
    pt->pci = PCI_DEVICE(found);
    return true;
}

/* As VFIO does: what the bridge and the host hold is in no stream. */
static bool block_migration(P9xivePassthrough *pt, Error **errp)
{
    error_setg(&pt->blocker,
               "p9xive-passthrough: '%s' is passed through, so "
               "the machine can't be saved or migrated",
               pt->device);
    return migrate_add_blocker(&pt->blocker, errp) == 0;
}

static void passthrough_realize(DeviceState *dev, Error **errp)
{
    P9xivePassthrough *pt = P9XIVE_PASSTHROUGH(dev);

    pt->kvm = container_of(dev->parent_bus, P9xiveKvm, bus.parent_obj);
    if (!find_pci_device(pt, errp)) {
        return;
    }
    if (!block_migration(pt, errp)) {
        pt->pci = NULL;
        return;
    }
    if (!p9xive_vectors_init(pt, errp)) {
        goto unblock;
    }
    if (!p9xive_pci_hook(pt, errp)) {
        p9xive_vectors_free(pt);
        goto unblock;
    }
    QLIST_INSERT_HEAD(&pt->kvm->bus.attached, pt, next);
    trace_p9xive_passthrough_attach(pt->device, pt->pe);
    return;

unblock:
    migrate_del_blocker(&pt->blocker);
    pt->pci = NULL;
}

static void passthrough_unrealize(DeviceState *dev)
{
    P9xivePassthrough *pt = P9XIVE_PASSTHROUGH(dev);

    if (!pt->pci) {
        return;
    }
    QLIST_REMOVE(pt, next);
    p9xive_pci_unhook(pt);
    p9xive_vectors_free(pt);
    migrate_del_blocker(&pt->blocker);
    pt->pci = NULL;
    trace_p9xive_passthrough_detach(pt->device);
}

/* Its PCI device has been unrealized.  What was sent is still accounted for. */
static void device_gone(P9xivePassthrough *pt)
{
    QLIST_REMOVE(pt, next);
    p9xive_pci_forget(pt);
    p9xive_vectors_free(pt);
    migrate_del_blocker(&pt->blocker);
    pt->pci = NULL;
    trace_p9xive_passthrough_gone(pt->device);
}

static void device_unrealized(DeviceListener *listener, DeviceState *dev)
{
    P9xivePassthroughBus *bus =
        container_of(listener, P9xivePassthroughBus, listener);
    P9xiveKvm *k = container_of(bus, P9xiveKvm, bus);
    P9xivePassthrough *pt;

    if (!object_dynamic_cast(OBJECT(dev), TYPE_PCI_DEVICE)) {
        return;
    }
    pt = find_attachment(k, PCI_DEVICE(dev));
    if (pt) {
        device_gone(pt);
    }
}

/* What p9xive-kvm calls. */

void p9xive_passthrough_init(P9xiveKvm *k)
{
    P9xivePassthroughBus *bus = &k->bus;
    DeviceState *bridge = qdev_new(TYPE_P9XIVE_PASSTHROUGH_BRIDGE);

    object_property_add_child(OBJECT(k), "bridge", OBJECT(bridge));
    sysbus_realize_and_unref(SYS_BUS_DEVICE(bridge), &error_abort);
    qbus_init(bus, sizeof(*bus), TYPE_P9XIVE_PASSTHROUGH_BUS, bridge,
              "passthrough");
    p9x_vm_set_bypass(&k->vm, k->bypass);
    bus->nr_lisns = k->nr_irqs;
    bus->by_lisn = g_new0(P9xiveVector *, bus->nr_lisns);
    bus->msis = bitmap_new(p9x_phb4_nr_msis(&k->phb));
    bus->pes = bitmap_new(P9X_PHB4_NR_PES);
    QLIST_INIT(&bus->attached);
    bus->listener.unrealize = device_unrealized;
    device_listener_register(&bus->listener);
}

void p9xive_passthrough_exit(P9xiveKvm *k)
{
    P9xivePassthroughBus *bus = &k->bus;

    device_listener_unregister(&bus->listener);
    g_free(bus->by_lisn);
    g_free(bus->msis);
    g_free(bus->pes);
}

static void sync_all(P9xiveKvm *k)
{
    P9xivePassthrough *pt;

    QLIST_FOREACH(pt, &k->bus.attached, next) {
        p9xive_pci_sync(pt);
    }
}

void p9xive_passthrough_suspend(P9xiveKvm *k)
{
    trace_p9xive_passthrough_suspend();
    k->bus.suspended = true;
    sync_all(k);
}

void p9xive_passthrough_resume(P9xiveKvm *k)
{
    trace_p9xive_passthrough_resume();
    k->bus.suspended = false;
    sync_all(k);
}

bool p9xive_passthrough_attached(const P9xiveKvm *k)
{
    return !QLIST_EMPTY(&k->bus.attached);
}

void p9xive_passthrough_freed(P9xiveKvm *k, uint32_t lisn)
{
    P9xiveVector *v = lisn < k->bus.nr_lisns ? k->bus.by_lisn[lisn] : NULL;

    if (v) {
        p9xive_vector_release(v);
    }
}

static const Property passthrough_properties[] = {
    DEFINE_PROP_STRING("device", P9xivePassthrough, device),
};

static void passthrough_class_init(ObjectClass *klass, P9xiveClassData *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->desc = "interrupts of a PCI device as of one that is passed through";
    dc->realize = passthrough_realize;
    dc->unrealize = passthrough_unrealize;
    dc->bus_type = TYPE_P9XIVE_PASSTHROUGH_BUS;
    set_bit(DEVICE_CATEGORY_MISC, dc->categories);
    device_class_set_props(dc, passthrough_properties);
    p9xive_passthrough_device_class_init(klass);
}

static const TypeInfo types[] = {
    {
        .name = TYPE_P9XIVE_PASSTHROUGH,
        .parent = TYPE_DEVICE,
        .instance_size = sizeof(P9xivePassthrough),
        .class_init = passthrough_class_init,
    }, {
        .name = TYPE_P9XIVE_PASSTHROUGH_BRIDGE,
        .parent = TYPE_SYS_BUS_DEVICE,
    },
};

DEFINE_TYPES(types)
