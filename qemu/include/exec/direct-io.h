/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Direct I/O: device registers that a vCPU reaches without detours.
 *
 * An MMIO access under TCG costs far more than most device models do: the
 * block around it is translated again so that it ends there, the global lock
 * is taken, and several layers adjust size and byte order.  All of that is for
 * devices that may do anything.  A region that is given MemoryRegionDirectOps
 * promises that its handlers
 *
 *   - take big-endian numbers of 1, 2, 4 or 8 bytes, naturally aligned,
 *     and can serve any of them;
 *   - want no global lock, and may run on any number of vCPUs at once;
 *   - never change the memory map, never leave the CPU loop, never start
 *     another access;
 *   - don't care at which instruction of a block the access happens: an
 *     interrupt that they raise is taken at the next block.
 *
 * The region itself stays for as long as the machine does: a vCPU's TLB points
 * at it.  Where it is in the map, and whether, may change.
 *
 * Its MemoryRegionOps stay in use for everything else: DMA, debuggers,
 * accesses that are not aligned, and all of them when instructions are
 * counted (icount, record/replay), where the exact place matters.
 */
#ifndef EXEC_DIRECT_IO_H
#define EXEC_DIRECT_IO_H

#include "hw/core/cpu.h"
#include "qemu/p9xive-compat.h"

/*
 * try_read and try_write may be there instead of read and write.  False: the
 * access has to take the common path, and nothing has happened yet.
 */
typedef struct MemoryRegionDirectOps {
    uint64_t (*read)(void *opaque, CPUState *cpu, hwaddr offset,
                     unsigned size);
    void (*write)(void *opaque, CPUState *cpu, hwaddr offset, uint64_t value,
                  unsigned size);
    bool (*try_read)(void *opaque, CPUState *cpu, hwaddr offset,
                     unsigned size, uint64_t *value);
    bool (*try_write)(void *opaque, CPUState *cpu, hwaddr offset,
                      uint64_t value, unsigned size);
} MemoryRegionDirectOps;

#endif
