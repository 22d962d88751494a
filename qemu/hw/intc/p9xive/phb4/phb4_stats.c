/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A bridge's counts as properties of its object: those of its interrupt
 * sources and guest errors, which all of p9xive has, and its own.
 */
#include "qemu/osdep.h"
#include "qapi/visitor.h"

#include "../common/adapter.h"
#include "phb4_internal.h"

/* A property's opaque pointer is no pointer but which count it shows. */
static void get_stat(Object *obj, Visitor *v, const char *name, void *opaque,
                     Error **errp)
{
    PnvPHB4 *phb = PNV_PHB4(obj);
    uint64_t value = phb->core ?
        p9x_phb4_stat(phb->core, (P9xPhb4Stat)(uintptr_t)opaque) : 0;

    visit_type_uint64(v, name, &value, errp);
}

static const P9xCounters *counters_of(Object *obj)
{
    return PNV_PHB4(obj)->counters;
}

void pnv_phb4_class_add_stats(ObjectClass *klass)
{
    p9xive_class_add_stats(klass, counters_of);
    for (uintptr_t i = 0; i < P9X_PHB4_NR_STATS; i++) {
        object_class_property_add(klass, p9x_phb4_stat_name(i), "uint64",
                                  get_stat, NULL, NULL, (void *)i);
    }
}
