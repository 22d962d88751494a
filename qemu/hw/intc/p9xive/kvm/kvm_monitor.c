/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What people and programs see of p9xive-kvm and passed-through devices.
 *
 * qom-get of the p9xive-kvm object:
 *
 *   irqs           a list, one entry for each interrupt number in use
 *   passthrough    a list of the attached devices
 *   faults, zaps, maps, unmaps
 *   msi-sent ...   account of all devices that are or were attached
 *   triggers ...   counters of the host below the guest (xive/counters.h):
 *                  events + replays = eas-masked + queue-entries + host-events
 *
 * and of a p9xive-passthrough object: its own account, without "msi-", and
 * "vectors", with the account of each.  In an account,
 *
 *   sent = events + coalesced + off
 */
#include "qemu/osdep.h"
#include "qapi/qapi-builtin-visit.h"
#include "qapi/visitor.h"
#include "qobject/qdict.h"
#include "qobject/qlist.h"
#include "qobject/qobject.h"

#include "../common/adapter.h"
#include "../passthrough/passthrough_internal.h"

typedef struct Field {
    const char *name;
    size_t offset;
} Field;

static const Field account_fields[] = {
    { "sent", offsetof(P9xiveAccount, sent) },
    { "events", offsetof(P9xiveAccount, events) },
    { "coalesced", offsetof(P9xiveAccount, coalesced) },
    { "off", offsetof(P9xiveAccount, off) },
    { "by-host", offsetof(P9xiveAccount, by_host) },
};

static const Field count_fields[] = {
    { "faults", offsetof(P9xiveKvmCounts, faults) },
    { "zaps", offsetof(P9xiveKvmCounts, zaps) },
    { "maps", offsetof(P9xiveKvmCounts, maps) },
    { "unmaps", offsetof(P9xiveKvmCounts, unmaps) },
};

static uint64_t field_of(const void *in, const Field *field)
{
    return *(const uint64_t *)((const char *)in + field->offset);
}

/* Lists. */

static void put_account(QDict *to, const P9xiveAccount *account)
{
    for (size_t i = 0; i < ARRAY_SIZE(account_fields); i++) {
        qdict_put_int(to, account_fields[i].name,
                      field_of(account, &account_fields[i]));
    }
}

static QDict *vector_dict(const P9xiveVector *v)
{
    P9xiveAccount account = p9xive_vector_account(v);
    QDict *dict = qdict_new();

    qdict_put_int(dict, "vector", v->number);
    qdict_put_bool(dict, "bound", v->bound);
    if (v->bound) {
        qdict_put_int(dict, "lisn", v->lisn);
        qdict_put_int(dict, "hw", v->irq.info.hw_irq);
    }
    put_account(dict, &account);
    return dict;
}

/* Those that are bound or ever were. */
static QList *vector_list(const P9xivePassthrough *pt)
{
    QList *list = qlist_new();

    for (unsigned i = 0; i < pt->nr_vectors; i++) {
        if (pt->vector[i].bound || pt->vector[i].account.sent) {
            qlist_append(list, vector_dict(&pt->vector[i]));
        }
    }
    return list;
}

static QDict *device_dict(const P9xivePassthrough *pt)
{
    P9xiveAccount account = p9xive_device_account(pt);
    QDict *dict = qdict_new();

    qdict_put_str(dict, "device", pt->device);
    qdict_put_str(dict, "id", DEVICE(pt)->id ?: "");
    qdict_put_int(dict, "pe", pt->pe);
    qdict_put_int(dict, "unbound", pt->unbound);
    put_account(dict, &account);
    qdict_put(dict, "vectors", vector_list(pt));
    return dict;
}

static QObject *device_list(P9xiveKvm *k)
{
    const P9xivePassthrough *pt;
    QList *list = qlist_new();

    QLIST_FOREACH(pt, &k->bus.attached, next) {
        qlist_append(list, device_dict(pt));
    }
    return QOBJECT(list);
}

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

    if (k->vm.device) {
        p9xive_kvm_enter();
        p9x_kvm_each_row(k->vm.device, append_row, &rows);
        p9xive_kvm_leave();
    }
    return QOBJECT(rows.list);
}

static void visit_list(Visitor *v, const char *name, QObject *list,
                       Error **errp)
{
    visit_type_any(v, name, &list, errp);
    qobject_unref(list);
}

/* Properties of p9xive-kvm. */

static void get_irqs(Object *obj, Visitor *v, const char *name, void *opaque,
                     Error **errp)
{
    visit_list(v, name, irq_list(P9XIVE_KVM(obj)), errp);
}

static void get_devices(Object *obj, Visitor *v, const char *name,
                        void *opaque, Error **errp)
{
    visit_list(v, name, device_list(P9XIVE_KVM(obj)), errp);
}

static void get_count(Object *obj, Visitor *v, const char *name, void *opaque,
                      Error **errp)
{
    P9xiveKvmCounts counts = p9xive_kvm_counts(P9XIVE_KVM(obj));
    uint64_t value = field_of(&counts, opaque);

    visit_type_uint64(v, name, &value, errp);
}

static void get_total(Object *obj, Visitor *v, const char *name, void *opaque,
                      Error **errp)
{
    P9xiveAccount account = p9xive_passthrough_account(P9XIVE_KVM(obj));
    uint64_t value = field_of(&account, opaque);

    visit_type_uint64(v, name, &value, errp);
}

static void get_host_events(Object *obj, Visitor *v, const char *name,
                            void *opaque, Error **errp)
{
    visit_type_uint64(v, name, &P9XIVE_KVM(obj)->host.host_events, errp);
}

static const P9xCounters *host_counters(Object *obj)
{
    return &P9XIVE_KVM(obj)->host.router.counters;
}

static void add_number(ObjectClass *klass, const char *name,
                       ObjectPropertyAccessor *get, const void *opaque)
{
    object_class_property_add(klass, name, "uint64", get, NULL, NULL,
                              (void *)opaque);
}

static void get_switch_ns(Object *obj, Visitor *v, const char *name,
                          void *opaque, Error **errp)
{
    visit_type_uint64(v, name, &P9XIVE_KVM(obj)->bus.switch_ns, errp);
}

void p9xive_passthrough_class_init(ObjectClass *klass)
{
    object_class_property_add(klass, "irqs", "list", get_irqs, NULL, NULL,
                              NULL);
    object_class_property_add(klass, "passthrough", "list", get_devices, NULL,
                              NULL, NULL);
    for (size_t i = 0; i < ARRAY_SIZE(count_fields); i++) {
        add_number(klass, count_fields[i].name, get_count, &count_fields[i]);
    }
    for (size_t i = 0; i < ARRAY_SIZE(account_fields); i++) {
        g_autofree char *name = g_strdup_printf("msi-%s",
                                                account_fields[i].name);

        add_number(klass, name, get_total, &account_fields[i]);
    }
    p9xive_class_add_stats(klass, host_counters);
    p9xive_class_add_recorder(klass);
    add_number(klass, "host-events", get_host_events, NULL);
    object_class_property_set_description(klass, "host-events",
        "events that came to the host itself");
    add_number(klass, "switch-ns", get_switch_ns, NULL);
    object_class_property_set_description(klass, "switch-ns",
        "nanoseconds spent in maps and unmaps of vectors");
}

/* Properties of p9xive-passthrough. */

static bool get_attached(Object *obj, Error **errp)
{
    return P9XIVE_PASSTHROUGH(obj)->pci;
}

static void get_vectors(Object *obj, Visitor *v, const char *name,
                        void *opaque, Error **errp)
{
    visit_list(v, name, QOBJECT(vector_list(P9XIVE_PASSTHROUGH(obj))), errp);
}

static void get_account(Object *obj, Visitor *v, const char *name,
                        void *opaque, Error **errp)
{
    P9xiveAccount account = p9xive_device_account(P9XIVE_PASSTHROUGH(obj));
    uint64_t value = field_of(&account, opaque);

    visit_type_uint64(v, name, &value, errp);
}

static void get_unbound(Object *obj, Visitor *v, const char *name,
                        void *opaque, Error **errp)
{
    visit_type_uint64(v, name, &P9XIVE_PASSTHROUGH(obj)->unbound, errp);
}

void p9xive_passthrough_device_class_init(ObjectClass *klass)
{
    object_class_property_add_bool(klass, "attached", get_attached, NULL);
    object_class_property_set_description(klass, "attached",
        "false: its PCI device has been unplugged");
    object_class_property_add(klass, "vectors", "list", get_vectors, NULL,
                              NULL, NULL);
    for (size_t i = 0; i < ARRAY_SIZE(account_fields); i++) {
        add_number(klass, account_fields[i].name, get_account,
                   &account_fields[i]);
    }
    add_number(klass, "unbound", get_unbound, NULL);
    object_class_property_set_description(klass, "unbound",
        "messages that went QEMU's own way");
}

/* "info pic" */

static void print_vectors(const P9xivePassthrough *pt, GString *out)
{
    for (unsigned i = 0; i < pt->nr_vectors; i++) {
        const P9xiveVector *v = &pt->vector[i];
        P9xiveAccount account = p9xive_vector_account(v);

        if (!v->bound) {
            continue;
        }
        g_string_append_printf(out, "  vector %-4u LISN %08x HW %08x %s  sent "
                               "%" PRIu64 " events %" PRIu64 " coalesced %"
                               PRIu64 " off %" PRIu64 " by-host %" PRIu64
                               "\n", v->number, v->lisn, v->irq.info.hw_irq,
                               v->irq.forwarded ? " PT" : "IPI", account.sent,
                               account.events, account.coalesced, account.off,
                               account.by_host);
    }
}

void p9xive_passthrough_print(P9xiveKvm *k, GString *out)
{
    P9xiveAccount account = p9xive_passthrough_account(k);
    const P9xivePassthrough *pt;

    g_string_append(out, "=========\nPassed-through devices\n=========\n");
    QLIST_FOREACH(pt, &k->bus.attached, next) {
        g_string_append_printf(out, "%s: PE %u, unbound %" PRIu64 "\n",
                               pt->device, pt->pe, pt->unbound);
        print_vectors(pt, out);
    }
    for (size_t i = 0; i < ARRAY_SIZE(account_fields); i++) {
        g_string_append_printf(out, "%s %" PRIu64 "%s", account_fields[i].name,
                               field_of(&account, &account_fields[i]),
                               i + 1 < ARRAY_SIZE(account_fields) ? " " :
                                                                    "\n");
    }
}
