/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The pages that a native guest sees.
 *
 * The device is mmapped: file pages 0 to 3 are the TIMA, pages 4 + 2n and
 * 5 + 2n the ESB pages of number n.  A mapping starts empty.  An access to a
 * page that isn't there faults; the handler chooses, under the block's lock,
 * which interrupt is live and puts in exactly that page.  A switch clears
 * exactly the two pages of its number.
 *
 * A host program may keep the pages in an MMU; P9xKvmPorts.zap tells it to
 * forget.  The P9xEsbVma below keeps them in a table, with a lock a page: QEMU
 * uses it, since a zap must be over before the switch goes on.
 *
 * Facts: Linux 232b984b7d with bcaa3110d584.
 */
#ifndef P9X_ESBMAP_H
#define P9X_ESBMAP_H

#include "xive/kvm/kvm.h"

typedef enum P9xFault {
    P9X_FAULT_ESB,          /* @page is to be put in */
    P9X_FAULT_TIMA,         /* the OS view of the running thread */
    P9X_FAULT_SIGBUS
} P9xFault;

/*
 * What belongs at file page @pgoff now.  Counted as a fault.  For an ESB page,
 * @insert is called with it under the block's lock, so that a switch can't
 * come between choosing a page and putting it in.
 */
P9xFault p9x_kvm_fault(P9xKvm *kvm, uint64_t pgoff,
                       void (*insert)(void *opaque, const P9xEsbPage *page),
                       void *opaque);

/* Checks an mmap of @pages from file page @pgoff: 0 or -EINVAL, -ENODEV. */
int p9x_kvm_mmap(P9xKvm *kvm, uint64_t pgoff, uint64_t pages);

/* Drops the pages of @girq from every mapping; -EINVAL if out of range. */
int p9x_kvm_reset_mapped(P9xKvm *kvm, uint32_t girq);

typedef struct P9xEsbSlot {
    P9xLock lock;           /* held while the page is being used */
    bool present;
    P9xEsbPage page;
} P9xEsbSlot;

/*
 * One mapping, with its pages in a table.  Loads, stores and zaps may come
 * from any thread; a zap returns when no thread uses the page any more.  Lock
 * order: a block's lock, then a slot's.
 */
typedef struct P9xEsbVma {
    P9xKvm *kvm;
    uint64_t pgoff;
    uint64_t pages;
    P9xEsbSlot *slot;
} P9xEsbVma;

/* unmap: before the device is released. */
int p9x_vma_map(P9xEsbVma *vma, P9xKvm *kvm, uint64_t pgoff, uint64_t pages);
void p9x_vma_unmap(P9xEsbVma *vma);
/* Between the two, detached or not. */
static inline bool p9x_vma_is_mapped(const P9xEsbVma *vma)
{
    return vma->slot;
}
/* The host program's zap port calls this for each of its mappings. */
void p9x_vma_zap(P9xEsbVma *vma, uint64_t first, uint64_t count);
/* ESB accesses as a guest's, relative to the mapping.  False: SIGBUS. */
bool p9x_vma_load(P9xEsbVma *vma, uint64_t offset, unsigned size,
                  uint64_t *value);
bool p9x_vma_store(P9xEsbVma *vma, uint64_t offset, unsigned size,
                   uint64_t value);
/*
 * The same, but a page that isn't there is not put in: false, and nothing has
 * happened.  These don't look at the device, which may be gone once all pages
 * have been zapped.
 */
bool p9x_vma_load_present(P9xEsbVma *vma, uint64_t offset, unsigned size,
                          uint64_t *value);
bool p9x_vma_store_present(P9xEsbVma *vma, uint64_t offset, unsigned size,
                           uint64_t value);
/*
 * For a host program that lets accesses come while devices come and go.
 * detach: zaps all pages, the slots stay and no device is behind them (SIGBUS).
 * attach: @kvm is, as p9x_vma_map would; the mapping must have been detached.
 * Neither while a load or store that may fault is under way.
 */
void p9x_vma_detach(P9xEsbVma *vma);
int p9x_vma_attach(P9xEsbVma *vma, P9xKvm *kvm);

#endif
