/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Windows of registers: what each adapter tells QEMU of one.
 */
#ifndef P9XIVE_WINDOW_H
#define P9XIVE_WINDOW_H

#include "exec/direct-io.h"
#include "hw/core/cpu.h"
#include "qemu/p9xive-compat.h"

/*
 * Sizes of accesses that reach a handler as the CPU made them: any that is
 * aligned; any at all; one register's.
 */
#define P9XIVE_ANY_SIZE { .min_access_size = 1, .max_access_size = 8 }
#define P9XIVE_ANY_PLACE \
    { .min_access_size = 1, .max_access_size = 8, .unaligned = true }
#define P9XIVE_DOUBLEWORD { .min_access_size = 8, .max_access_size = 8 }

/* MemoryRegionOps of a window whose registers are big-endian. */
#define P9XIVE_WINDOW_OPS(load, store, sizes) { \
    .read = (load),                             \
    .write = (store),                           \
    .endianness = DEVICE_BIG_ENDIAN,            \
    .valid = sizes,                             \
    .impl = sizes,                              \
}

/* The same for handlers that may refuse an access. */
#define P9XIVE_REFUSING_OPS(load, store, sizes) { \
    .read_with_attrs = (load),                    \
    .write_with_attrs = (store),                  \
    .endianness = DEVICE_BIG_ENDIAN,              \
    .valid = sizes,                               \
    .impl = sizes,                                \
}

/* The two ways into a window. */
typedef struct P9xiveWindowKind {
    const MemoryRegionOps *ops;
    const MemoryRegionDirectOps *direct;        /* NULL: there is only one */
} P9xiveWindowKind;

/*
 * Defines @name_kind for a window with direct I/O (exec/direct-io.h), of
 *
 *     uint64_t @name_load(void *opaque, CPUState *cpu, hwaddr offset,
 *                         unsigned size);
 *     void @name_store(void *opaque, CPUState *cpu, hwaddr offset,
 *                      uint64_t value, unsigned size);
 *
 * @cpu executes the access; NULL: no CPU does, but a device or a debugger.
 */
#define P9XIVE_DIRECT_WINDOW(name)                                          \
    static uint64_t name##_read(void *opaque, hwaddr offset, unsigned size) \
    {                                                                       \
        return name##_load(opaque, current_cpu, offset, size);              \
    }                                                                       \
                                                                            \
    static void name##_write(void *opaque, hwaddr offset, uint64_t value,   \
                             unsigned size)                                 \
    {                                                                       \
        name##_store(opaque, current_cpu, offset, value, size);             \
    }                                                                       \
                                                                            \
    static const MemoryRegionOps name##_ops =                               \
        P9XIVE_WINDOW_OPS(name##_read, name##_write, P9XIVE_ANY_SIZE);      \
    static const MemoryRegionDirectOps name##_direct = {                    \
        .read = name##_load,                                                \
        .write = name##_store,                                              \
    };                                                                      \
    static const P9xiveWindowKind name##_kind = {                           \
        &name##_ops, &name##_direct                                         \
    }

/*
 * Makes the region of a window, disabled and not yet in the memory map.  Its
 * handlers get @opaque, never start another access, and any number of them may
 * run at once.
 */
static inline void p9xive_window_init(MemoryRegion *mr, Object *owner,
                                      const P9xiveWindowKind *kind,
                                      void *opaque, const char *name,
                                      uint64_t size)
{
    memory_region_init_io(mr, owner, kind->ops, opaque, name, size);
    mr->disable_reentrancy_guard = true;
    mr->direct = kind->direct;
    memory_region_set_enabled(mr, false);
}

#endif
