/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What people and programs see of passed-through devices.
 *
 * qom-get of the p9xive-kvm object, beside what kvm_monitor.c gives it:
 *
 *   passthrough    a list of the attached devices
 *   msi-sent ...   account of all devices that are or were attached
 *   switch-ns      what their switches have taken
 *
 * and of a p9xive-passthrough object: its own account, without "msi-", and
 * "vectors", with the account of each.  In an account,
 *
 *   sent = events + coalesced + off
 */
#include "qemu/osdep.h"
#include "qobject/qdict.h"
#include "qobject/qlist.h"

#include "../common/property.h"
#include "passthrough_internal.h"

static const P9xiveField account_fields[] = {
    { "sent", offsetof(P9xiveAccount, sent) },
    { "events", offsetof(P9xiveAccount, events) },
    { "coalesced", offsetof(P9xiveAccount, coalesced) },
    { "off", offsetof(P9xiveAccount, off) },
    { "by-host", offsetof(P9xiveAccount, by_host) },
};

static P9xiveAccount account_of_all(const P9xiveKvm *k)
{
    P9xiveAccount sum = k->bus.past;
    const P9xivePassthrough *pt;

    QLIST_FOREACH(pt, &k->bus.attached, next) {
        P9xiveAccount one = p9xive_device_account(pt);

        p9xive_account_add(&sum, &one);
    }
    return sum;
}

/* Lists. */

static void put_account(QDict *to, const P9xiveAccount *account)
{
    for (size_t i = 0; i < ARRAY_SIZE(account_fields); i++) {
        qdict_put_int(to, account_fields[i].name,
                      p9xive_field_of(account, &account_fields[i]));
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
        qdict_put_int(dict, "hw", p9x_host_irq_number(&v->irq));
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

/* Properties of p9xive-kvm. */

static void get_devices(Object *obj, Visitor *v, const char *name,
                        void *opaque, Error **errp)
{
    p9xive_visit_list(v, name, device_list(P9XIVE_KVM(obj)), errp);
}

static void get_total(Object *obj, Visitor *v, const char *name, void *opaque,
                      Error **errp)
{
    P9xiveAccount account = account_of_all(P9XIVE_KVM(obj));

    p9xive_visit_field(v, name, &account, opaque, errp);
}

static void get_switch_ns(Object *obj, Visitor *v, const char *name,
                          void *opaque, Error **errp)
{
    visit_type_uint64(v, name, &P9XIVE_KVM(obj)->bus.switch_ns, errp);
}

void p9xive_passthrough_class_init(ObjectClass *klass)
{
    object_class_property_add(klass, "passthrough", "list", get_devices, NULL,
                              NULL, NULL);
    for (size_t i = 0; i < ARRAY_SIZE(account_fields); i++) {
        g_autofree char *name = g_strdup_printf("msi-%s",
                                                account_fields[i].name);

        p9xive_class_add_number(klass, name, get_total, &account_fields[i]);
    }
    p9xive_class_add_number(klass, "switch-ns", get_switch_ns, NULL);
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
    QList *list = vector_list(P9XIVE_PASSTHROUGH(obj));

    p9xive_visit_list(v, name, QOBJECT(list), errp);
}

static void get_account(Object *obj, Visitor *v, const char *name,
                        void *opaque, Error **errp)
{
    P9xiveAccount account = p9xive_device_account(P9XIVE_PASSTHROUGH(obj));

    p9xive_visit_field(v, name, &account, opaque, errp);
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
        p9xive_class_add_number(klass, account_fields[i].name, get_account,
                                &account_fields[i]);
    }
    p9xive_class_add_number(klass, "unbound", get_unbound, NULL);
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
                               "\n", v->number, v->lisn,
                               p9x_host_irq_number(&v->irq),
                               p9x_host_irq_is_forwarded(&v->irq) ? " PT" :
                                                                    "IPI",
                               account.sent, account.events,
                               account.coalesced, account.off,
                               account.by_host);
    }
}

void p9xive_passthrough_print(P9xiveKvm *k, GString *out)
{
    P9xiveAccount account = account_of_all(k);
    const P9xivePassthrough *pt;

    g_string_append(out, "=========\nPassed-through devices\n=========\n");
    QLIST_FOREACH(pt, &k->bus.attached, next) {
        g_string_append_printf(out, "%s: PE %u, unbound %" PRIu64 "\n",
                               pt->device, pt->pe, pt->unbound);
        print_vectors(pt, out);
    }
    for (size_t i = 0; i < ARRAY_SIZE(account_fields); i++) {
        g_string_append_printf(out, "%s %" PRIu64 "%s", account_fields[i].name,
                               p9xive_field_of(&account, &account_fields[i]),
                               i + 1 < ARRAY_SIZE(account_fields) ? " " :
                                                                    "\n");
    }
}
