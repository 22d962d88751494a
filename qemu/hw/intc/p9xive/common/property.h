/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QOM properties that are read only: one number, a number out of a struct of
 * them, a list.
 */
#ifndef P9XIVE_PROPERTY_H
#define P9XIVE_PROPERTY_H

#include "qapi/qapi-builtin-visit.h"
#include "qapi/visitor.h"
#include "qobject/qobject.h"
#include "qom/object.h"

/* A uint64_t in a struct. */
typedef struct P9xiveField {
    const char *name;
    size_t offset;
} P9xiveField;

static inline uint64_t p9xive_field_of(const void *in,
                                       const P9xiveField *field)
{
    return *(const uint64_t *)((const char *)in + field->offset);
}

static inline void p9xive_visit_field(Visitor *v, const char *name,
                                      const void *in, const P9xiveField *field,
                                      Error **errp)
{
    uint64_t value = p9xive_field_of(in, field);

    visit_type_uint64(v, name, &value, errp);
}

/* @list is the caller's no more. */
static inline void p9xive_visit_list(Visitor *v, const char *name,
                                     QObject *list, Error **errp)
{
    visit_type_any(v, name, &list, errp);
    qobject_unref(list);
}

/* @get is handed @opaque, which lives as long as the program. */
static inline void p9xive_class_add_number(ObjectClass *klass,
                                           const char *name,
                                           ObjectPropertyAccessor *get,
                                           const void *opaque)
{
    object_class_property_add(klass, name, "uint64", get, NULL, NULL,
                              (void *)opaque);
}

#endif
