/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What people and programs see of p9xive-kvm, but for the devices that are
 * passed through, which have passthrough_monitor.c.
 *
 * qom-get of the p9xive-kvm object:
 *
 *   irqs           a list, one entry for each interrupt number in use
 *   faults, zaps, maps, unmaps
 *   triggers ...   counters of the host below the guest (xive/counters.h):
 *                  events + replays = eas-masked + queue-entries + host-events
 */
#include "qemu/osdep.h"
#include "qobject/qdict.h"
#include "qobject/qlist.h"

#include "../common/adapter.h"
#include "../common/property.h"
#include "../passthrough/passthrough_internal.h"
#include "xive/recorder.h"

static const P9xiveField count_fields[] = {
    { "faults", offsetof(P9xKvmCounts, faults) },
    { "zaps", offsetof(P9xKvmCounts, zaps) },
    { "maps", offsetof(P9xKvmCounts, maps) },
    { "unmaps", offsetof(P9xKvmCounts, unmaps) },
};

typedef struct Rows {
    P9xiveKvm *kvm;
    QList *list;
} Rows;

static void append_row(void *opaque, const P9xKvmRow *row)
{
    Rows *rows = opaque;
    const P9xivePassthroughBus *bus = &rows->kvm->bus;
    const P9xiveVector *v = row->lisn < bus->nr_lisns ?
                            bus->by_lisn[row->lisn] : NULL;
    QDict *dict = qdict_new();

    qdict_put_int(dict, "lisn", row->lisn);
    qdict_put_str(dict, "type", row->pt ? "PT" : "IPI");
    qdict_put_str(dict, "kind", row->lsi ? "LSI" : "MSI");
    qdict_put_bool(dict, "asserted", row->asserted);
    qdict_put_int(dict, "hw", row->hw_irq);
    qdict_put_int(dict, "chip", row->chip);
    qdict_put_bool(dict, "p", row->pq & P9X_ESB_P);
    qdict_put_bool(dict, "q", row->pq & P9X_ESB_Q);
    qdict_put_int(dict, "eisn", row->eisn);
    qdict_put_int(dict, "server", row->server);
    qdict_put_int(dict, "priority", row->priority);
    if (v) {
        qdict_put_str(dict, "device", v->pt->device);
        qdict_put_int(dict, "vector", v->number);
    }
    qlist_append(rows->list, dict);
}

static QObject *irq_list(P9xiveKvm *k)
{
    Rows rows = { k, qlist_new() };

    if (p9x_vm_device(&k->vm)) {
        p9xive_kvm_enter();
        p9x_kvm_each_row(p9x_vm_device(&k->vm), append_row, &rows);
        p9xive_kvm_leave();
    }
    return QOBJECT(rows.list);
}

/* For the flight recorder; a machine keeps its device. */
static void describe(void *opaque, GString *out)
{
    P9xiveKvm *k = opaque;
    P9xKvm *device = p9x_vm_device(&k->vm);

    if (!device) {
        g_string_append(out, "{\"is\": \"p9xive-kvm\", \"mode\": \"none\"}");
        return;
    }
    p9xive_kvm_enter();
    p9x_kvm_state(device, out);
    p9xive_kvm_leave();
}

void p9xive_kvm_monitor_init(P9xiveKvm *k)
{
    p9x_recorder_describe(describe, k);
}

/* Properties of p9xive-kvm. */

static void get_irqs(Object *obj, Visitor *v, const char *name, void *opaque,
                     Error **errp)
{
    p9xive_visit_list(v, name, irq_list(P9XIVE_KVM(obj)), errp);
}

static void get_count(Object *obj, Visitor *v, const char *name, void *opaque,
                      Error **errp)
{
    P9xKvmCounts counts = p9xive_kvm_counts(P9XIVE_KVM(obj));

    p9xive_visit_field(v, name, &counts, opaque, errp);
}

static void get_host_events(Object *obj, Visitor *v, const char *name,
                            void *opaque, Error **errp)
{
    uint64_t value = p9x_host_events(&P9XIVE_KVM(obj)->host);

    visit_type_uint64(v, name, &value, errp);
}

static const P9xCounters *host_counters(Object *obj)
{
    return p9x_host_counters(&P9XIVE_KVM(obj)->host);
}

void p9xive_kvm_monitor_class_init(ObjectClass *klass)
{
    object_class_property_add(klass, "irqs", "list", get_irqs, NULL, NULL,
                              NULL);
    for (size_t i = 0; i < ARRAY_SIZE(count_fields); i++) {
        p9xive_class_add_number(klass, count_fields[i].name, get_count,
                                &count_fields[i]);
    }
    p9xive_class_add_stats(klass, host_counters);
    p9xive_class_add_recorder(klass);
    p9xive_class_add_number(klass, "host-events", get_host_events, NULL);
    object_class_property_set_description(klass, "host-events",
        "events that came to the host itself");
    p9xive_passthrough_class_init(klass);
}
