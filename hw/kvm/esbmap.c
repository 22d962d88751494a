/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The device's mapping: faults, zaps, and a mapping in a table. */
#include <string.h>

#include "irqspace.h"
#include "xive/kvm/esbmap.h"

enum { PAGE_SHIFT = 16 };

static uint64_t irq_pgoff(uint32_t girq)
{
    return P9X_KVM_ESB_PAGE_OFFSET + 2ull * girq;
}

static bool choose_page(const P9xKvmIrq *irq, bool odd, P9xEsbPage *page)
{
    const P9xIrqInfo *live = p9x_kvm_live(irq);

    if (!irq->valid) {
        return false;
    }
    *page = odd ? live->eoi : live->trig;
    return page->source;
}

typedef struct Insert {
    void (*call)(void *opaque, const P9xEsbPage *page);
    void *opaque;
} Insert;

/* The planted bug: a fault chooses its page first and inserts it later. */
static P9xFault esb_fault_early(P9xKvm *kvm, const P9xKvmIrq *irq, bool odd,
                                const Insert *insert)
{
    P9xEsbPage page;

    if (!choose_page(irq, odd, &page)) {
        return P9X_FAULT_SIGBUS;
    }
    p9x_kvm_hook(kvm, "fault-chosen", irq->number);
    insert->call(insert->opaque, &page);
    return P9X_FAULT_ESB;
}

static P9xFault esb_fault(P9xKvm *kvm, uint64_t pgoff, const Insert *insert)
{
    uint64_t at = pgoff - P9X_KVM_ESB_PAGE_OFFSET;
    P9xKvmBlock *block;
    P9xKvmIrq *irq;
    P9xEsbPage page;
    bool found;

    if (at / 2 >= P9X_KVM_NR_IRQS) {
        return P9X_FAULT_SIGBUS;
    }
    irq = p9x_kvm_lock_irq(kvm, (uint32_t)(at / 2), &block);
    if (!irq) {
        return P9X_FAULT_SIGBUS;
    }
    if (p9x_planted(kvm, P9X_PLANT_SELECT_EARLY)) {
        p9x_unlock(&block->lock);
        return esb_fault_early(kvm, irq, at & 1, insert);
    }
    found = choose_page(irq, at & 1, &page);
    if (found) {
        insert->call(insert->opaque, &page);
    }
    p9x_unlock(&block->lock);
    return found ? P9X_FAULT_ESB : P9X_FAULT_SIGBUS;
}

static P9xFault any_fault(P9xKvm *kvm, uint64_t pgoff, const Insert *insert)
{
    if (pgoff < P9X_KVM_ESB_PAGE_OFFSET) {
        return pgoff == P9X_KVM_TIMA_OS_PAGE ? P9X_FAULT_TIMA :
                                               P9X_FAULT_SIGBUS;
    }
    return esb_fault(kvm, pgoff, insert);
}

P9xFault p9x_kvm_fault(P9xKvm *kvm, uint64_t pgoff,
                       void (*insert)(void *opaque, const P9xEsbPage *page),
                       void *opaque)
{
    const Insert to = { insert, opaque };
    P9xFault fault;

    atomic_fetch_add(&kvm->stats.faults, 1);
    fault = any_fault(kvm, pgoff, &to);
    p9x_kvm_note(kvm, P9X_STEP_FAULT, (uint32_t)pgoff,
                 fault == P9X_FAULT_SIGBUS, 0);
    return fault;
}

int p9x_kvm_mmap(P9xKvm *kvm, uint64_t pgoff, uint64_t pages)
{
    if (!kvm->ops->has_pages) {
        return -ENODEV;
    }
    if (!(pgoff == P9X_KVM_TIMA_PAGE_OFFSET && pages <= 4) &&
        !(pgoff == P9X_KVM_ESB_PAGE_OFFSET &&
          pages <= 2ull * P9X_KVM_NR_IRQS)) {
        return -EINVAL;
    }
    kvm->mapped = true;
    return 0;
}

int p9x_kvm_reset_mapped(P9xKvm *kvm, uint32_t girq)
{
    uint64_t first = irq_pgoff(girq);

    if (girq >= P9X_KVM_NR_IRQS) {
        return -EINVAL;
    }
    if (p9x_planted(kvm, P9X_PLANT_NO_ZAP) || !kvm->mapped) {
        return 0;
    }
    if (p9x_planted(kvm, P9X_PLANT_ZAP_OFFSET)) {
        first = 2ull * girq;
    }
    atomic_fetch_add(&kvm->stats.zaps, 1);
    p9x_kvm_note(kvm, P9X_STEP_ZAP, (uint32_t)first, 2, 0);
    if (kvm->ports->zap) {
        kvm->ports->zap(kvm->ports->host, first, 2);
    }
    return 0;
}

/* A mapping in a table. */

int p9x_vma_map(P9xEsbVma *vma, P9xKvm *kvm, uint64_t pgoff, uint64_t pages)
{
    int rc = p9x_kvm_mmap(kvm, pgoff, pages);

    if (!rc) {
        vma->kvm = kvm;
        vma->pgoff = pgoff;
        vma->pages = pages;
        vma->slot = g_malloc0_n(pages, sizeof(vma->slot[0]));
        for (uint64_t i = 0; i < pages; i++) {
            p9x_lock_init(&vma->slot[i].lock, P9X_RANK_ESB_SLOT);
        }
    }
    return rc;
}

void p9x_vma_unmap(P9xEsbVma *vma)
{
    g_free(vma->slot);
    memset(vma, 0, sizeof(*vma));
}

void p9x_vma_detach(P9xEsbVma *vma)
{
    p9x_vma_zap(vma, vma->pgoff, vma->pages);
    vma->kvm = NULL;
}

int p9x_vma_attach(P9xEsbVma *vma, P9xKvm *kvm)
{
    int rc = p9x_kvm_mmap(kvm, vma->pgoff, vma->pages);

    if (!rc) {
        vma->kvm = kvm;
    }
    return rc;
}

void p9x_vma_zap(P9xEsbVma *vma, uint64_t first, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        /* Before the mapping the difference wraps to one past its end. */
        uint64_t at = first + i - vma->pgoff;

        if (at < vma->pages) {
            p9x_lock(&vma->slot[at].lock);
            vma->slot[at].present = false;
            p9x_unlock(&vma->slot[at].lock);
        }
    }
}

static void vma_insert(void *opaque, const P9xEsbPage *page)
{
    P9xEsbSlot *slot = opaque;

    p9x_lock(&slot->lock);
    slot->page = *page;
    slot->present = true;
    p9x_unlock(&slot->lock);
}

/* The slot behind @offset, locked, if its page is there; else NULL. */
static P9xEsbSlot *present_slot(P9xEsbVma *vma, uint64_t offset)
{
    uint64_t at = offset >> PAGE_SHIFT;
    P9xEsbSlot *slot;

    if (at >= vma->pages) {
        return NULL;
    }
    slot = &vma->slot[at];
    p9x_lock(&slot->lock);
    if (slot->present) {
        return slot;
    }
    p9x_unlock(&slot->lock);
    return NULL;
}

/*
 * The same, with its page put in if need be; NULL: SIGBUS.  A fault wants the
 * block's lock first, so it is taken without the slot's, and the page may be
 * gone again by then.
 */
static P9xEsbSlot *vma_slot(P9xEsbVma *vma, uint64_t offset)
{
    uint64_t at = offset >> PAGE_SHIFT;
    P9xEsbSlot *slot;

    while (!(slot = present_slot(vma, offset))) {
        if (at >= vma->pages || !vma->kvm ||
            p9x_kvm_fault(vma->kvm, vma->pgoff + at, vma_insert,
                          &vma->slot[at]) != P9X_FAULT_ESB) {
            return NULL;
        }
    }
    return slot;
}

static bool slot_load(P9xEsbSlot *slot, uint64_t offset, unsigned size,
                      uint64_t *value)
{
    if (!slot) {
        return false;
    }
    *value = p9x_esb_page_load(&slot->page, offset & 0xFFFF, size);
    p9x_unlock(&slot->lock);
    return true;
}

static bool slot_store(P9xEsbSlot *slot, uint64_t offset, unsigned size,
                       uint64_t value)
{
    if (!slot) {
        return false;
    }
    p9x_esb_page_store(&slot->page, offset & 0xFFFF, size, value);
    p9x_unlock(&slot->lock);
    return true;
}

bool p9x_vma_load(P9xEsbVma *vma, uint64_t offset, unsigned size,
                  uint64_t *value)
{
    return slot_load(vma_slot(vma, offset), offset, size, value);
}

bool p9x_vma_store(P9xEsbVma *vma, uint64_t offset, unsigned size,
                   uint64_t value)
{
    return slot_store(vma_slot(vma, offset), offset, size, value);
}

bool p9x_vma_load_present(P9xEsbVma *vma, uint64_t offset, unsigned size,
                          uint64_t *value)
{
    return slot_load(present_slot(vma, offset), offset, size, value);
}

bool p9x_vma_store_present(P9xEsbVma *vma, uint64_t offset, unsigned size,
                           uint64_t value)
{
    return slot_store(present_slot(vma, offset), offset, size, value);
}
