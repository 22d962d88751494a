/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The core's counters as properties of a controller's object, for qom-get and
 * programs: each counter by its name, "guest-errors" for the sum of all guest
 * errors and "guest-error-<kind>" for each kind.
 */
#include "qemu/osdep.h"
#include "qapi/visitor.h"

#include "adapter.h"

/* A property's opaque pointer; classes live as long as the program. */
typedef struct Stat {
    P9xiveCountersOf *counters_of;
    uint64_t (*read)(const P9xCounters *c, unsigned which);
    unsigned which;
} Stat;

static uint64_t read_counter(const P9xCounters *c, unsigned which)
{
    return p9x_counter_read(c, which);
}

static uint64_t read_guest_error(const P9xCounters *c, unsigned which)
{
    return p9x_guest_error_read(c, which);
}

static uint64_t read_guest_errors(const P9xCounters *c, unsigned which)
{
    return p9x_guest_errors_total(c);
}

static void get_stat(Object *obj, Visitor *v, const char *name, void *opaque,
                     Error **errp)
{
    const Stat *stat = opaque;
    const P9xCounters *c = stat->counters_of(obj);
    uint64_t value = c ? stat->read(c, stat->which) : 0;

    visit_type_uint64(v, name, &value, errp);
}

static void add_stat(ObjectClass *klass, const char *name, Stat stat,
                     const char *description)
{
    object_class_property_add(klass, name, "uint64", get_stat, NULL, NULL,
                              g_memdup2(&stat, sizeof(stat)));
    if (description) {
        object_class_property_set_description(klass, name, description);
    }
}

static void add_guest_error(ObjectClass *klass, P9xiveCountersOf *counters_of,
                            P9xGuestError kind)
{
    g_autofree char *name = g_strdup_printf("guest-error-%s",
                                            p9x_guest_error_name(kind));

    add_stat(klass, name, (Stat) { counters_of, read_guest_error, kind },
             p9x_guest_error_text(kind));
}

void p9xive_class_add_stats(ObjectClass *klass, P9xiveCountersOf *counters_of)
{
    for (unsigned i = 0; i < P9X_COUNTER_MAX; i++) {
        add_stat(klass, p9x_counter_name(i),
                 (Stat) { counters_of, read_counter, i }, NULL);
    }
    add_stat(klass, "guest-errors",
             (Stat) { counters_of, read_guest_errors, 0 }, NULL);
    for (unsigned i = 0; i < P9X_GUEST_ERROR_MAX; i++) {
        add_guest_error(klass, counters_of, i);
    }
}
