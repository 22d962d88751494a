/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What QEMU's lines call differently, under one name for our adapters: headers
 * that moved, and functions and types that were renamed.  Where a version needs
 * other code than another, that code stands in the adapter.
 */
#ifndef QEMU_P9XIVE_COMPAT_H
#define QEMU_P9XIVE_COMPAT_H

/* Releases; a development tree counts as the release before it. */
#define QEMU_SINCE(major, minor)                                              \
    (QEMU_VERSION_MAJOR > (major) ||                                          \
     (QEMU_VERSION_MAJOR == (major) && QEMU_VERSION_MINOR >= (minor)))

#if QEMU_SINCE(10, 1)
#include "system/address-spaces.h"
#include "system/memory.h"
#else
#include "exec/address-spaces.h"
#include "exec/memory.h"
#endif

#if QEMU_SINCE(11, 0)
#include "hw/core/boards.h"
#include "hw/core/hotplug.h"
#include "hw/core/qdev.h"
#include "hw/core/qdev-properties.h"
#include "hw/core/resettable.h"
#include "hw/core/sysbus.h"
#else
#include "hw/boards.h"
#include "hw/hotplug.h"
#include "hw/qdev-core.h"
#include "hw/qdev-properties.h"
#include "hw/resettable.h"
#include "hw/sysbus.h"
#endif

/* QOM: what a type's tables and class_init's second argument are. */
#if QEMU_SINCE(10, 1)
typedef const void P9xiveClassData;
typedef const InterfaceInfo P9xiveInterfaceInfo;
#else
typedef void P9xiveClassData;
typedef InterfaceInfo P9xiveInterfaceInfo;
#endif

/* pseries: how many interrupt numbers the machine has. */
#if QEMU_SINCE(10, 2)
#define P9XIVE_NR_XIRQS(spapr) SPAPR_NR_XIRQS
#else
#define P9XIVE_NR_XIRQS(spapr) (SPAPR_MACHINE_GET_CLASS(spapr)->nr_xirqs)
#endif

/* Migration: newer versions have no place for a hint to the user. */
#if QEMU_SINCE(11, 1)
#define P9XIVE_VMSTATE_UINT32_EQUAL(field, state, hint)                       \
    VMSTATE_UINT32_EQUAL(field, state)
#else
#define P9XIVE_VMSTATE_UINT32_EQUAL(field, state, hint)                       \
    VMSTATE_UINT32_EQUAL(field, state, hint)
#endif

/* Dirty guest memory, and what was translated from it. */
#if QEMU_SINCE(10, 2)
#define p9xive_tb_invalidate(start, last)                                     \
    tb_invalidate_phys_range(NULL, start, last)
#else
#define p9xive_tb_invalidate(start, last) tb_invalidate_phys_range(start, last)
#endif
#if !QEMU_SINCE(10, 2)
#define physical_memory_range_includes_clean                                  \
    cpu_physical_memory_range_includes_clean
#define physical_memory_set_dirty_range cpu_physical_memory_set_dirty_range
#endif

/* The translator: where in its region a page is, and who looks at each step. */
#if QEMU_SINCE(11, 0)
#define p9xive_tlb_offset(full) ((full)->xlat_offset)
#else
#define p9xive_tlb_offset(full) ((full)->xlat_section & TARGET_PAGE_MASK)
#endif
#if QEMU_SINCE(11, 1)
#define p9xive_single_stepped(cpu) ((cpu)->singlestep_flags)
#else
#define p9xive_single_stepped(cpu) ((cpu)->singlestep_enabled)
#endif

#endif
