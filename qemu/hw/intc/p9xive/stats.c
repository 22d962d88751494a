/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The core's counters as properties of the "spapr-xive" object, for
 * qom-get and programs: each counter by its name, "guest-errors" for the sum
 * of all guest errors and "guest-error-<kind>" for each kind.
 */
#include "qemu/osdep.h"
#include "qapi/visitor.h"

#include "spapr_xive_internal.h"

/* A property's opaque pointer is no pointer but which counter it shows. */
static void *which(unsigned n)
{
    return (void *)(uintptr_t)n;
}

static void get_counter(Object *obj, Visitor *v, const char *name,
                        void *opaque, Error **errp)
{
    uint64_t value = p9x_counter_read(&SPAPR_XIVE(obj)->core.router.counters,
                                      (P9xCounter)(uintptr_t)opaque);

    visit_type_uint64(v, name, &value, errp);
}

static void get_guest_error(Object *obj, Visitor *v, const char *name,
                            void *opaque, Error **errp)
{
    uint64_t value =
        p9x_guest_error_read(&SPAPR_XIVE(obj)->core.router.counters,
                             (P9xGuestError)(uintptr_t)opaque);

    visit_type_uint64(v, name, &value, errp);
}

static void get_guest_errors(Object *obj, Visitor *v, const char *name,
                             void *opaque, Error **errp)
{
    uint64_t value =
        p9x_guest_errors_total(&SPAPR_XIVE(obj)->core.router.counters);

    visit_type_uint64(v, name, &value, errp);
}

static void add_guest_error(ObjectClass *klass, P9xGuestError kind)
{
    g_autofree char *name = g_strdup_printf("guest-error-%s",
                                            p9x_guest_error_name(kind));

    object_class_property_add(klass, name, "uint64", get_guest_error, NULL,
                              NULL, which(kind));
    object_class_property_set_description(klass, name,
                                          p9x_guest_error_text(kind));
}

void spapr_xive_class_add_stats(ObjectClass *klass)
{
    for (unsigned i = 0; i < P9X_COUNTER_MAX; i++) {
        object_class_property_add(klass, p9x_counter_name(i), "uint64",
                                  get_counter, NULL, NULL, which(i));
    }
    object_class_property_add(klass, "guest-errors", "uint64",
                              get_guest_errors, NULL, NULL, NULL);
    for (unsigned i = 0; i < P9X_GUEST_ERROR_MAX; i++) {
        add_guest_error(klass, i);
    }
}
