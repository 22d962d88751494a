/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The IOTLB: TCEs that DMA used lately.
 *
 * Direct-mapped by page number and PE.  Only entries that allow something are
 * kept, so firmware need not kill when it makes a mapping, only when it takes
 * one away.  A walk that was under way when a kill came must not leave its
 * result behind: it notes the generation before it reads memory.
 */
#include "phb4_internal.h"

static IotlbEntry *slot_of(P9xPhb4 *phb, unsigned pe, uint64_t iova,
                           unsigned shift)
{
    uint64_t page = iova >> shift;

    return &phb->iotlb.entry[(page ^ pe * 131u ^ page >> 20) % IOTLB_ENTRIES];
}

static uint64_t page_of(uint64_t iova, unsigned shift)
{
    return iova >> shift << shift;
}

bool phb_iotlb_find(P9xPhb4 *phb, unsigned pe, uint64_t iova, unsigned shift,
                    uint64_t *tce, uint64_t *generation)
{
    IotlbEntry *entry = slot_of(phb, pe, iova, shift);
    bool hit;

    p9x_lock(&phb->iotlb.lock);
    *generation = phb->iotlb.generation;
    hit = entry->shift == shift && entry->pe == pe &&
          entry->iova == page_of(iova, shift);
    if (hit) {
        *tce = entry->tce;
    }
    p9x_unlock(&phb->iotlb.lock);
    return hit;
}

void phb_iotlb_add(P9xPhb4 *phb, unsigned pe, uint64_t iova, unsigned shift,
                   uint64_t tce, uint64_t generation)
{
    p9x_lock(&phb->iotlb.lock);
    if (phb->iotlb.generation == generation) {
        *slot_of(phb, pe, iova, shift) = (IotlbEntry) {
            .iova = page_of(iova, shift),
            .tce = tce,
            .pe = (uint16_t)pe,
            .shift = (uint8_t)shift
        };
    }
    p9x_unlock(&phb->iotlb.lock);
}

static bool overlaps(const IotlbEntry *entry, uint64_t iova, uint64_t size)
{
    uint64_t last = entry->iova + ((UINT64_C(1) << entry->shift) - 1);

    return size == 0 || (entry->iova - iova < size) ||
           (iova >= entry->iova && iova <= last);
}

/* @size 0: all of @pe; @pe P9X_PHB4_ALL_PES: all of all. */
void phb_iotlb_kill(P9xPhb4 *phb, unsigned pe, uint64_t iova, uint64_t size)
{
    p9x_lock(&phb->iotlb.lock);
    phb->iotlb.generation++;
    for (unsigned i = 0; i < IOTLB_ENTRIES; i++) {
        IotlbEntry *entry = &phb->iotlb.entry[i];

        if (pe == P9X_PHB4_ALL_PES ||
            (entry->pe == pe && overlaps(entry, iova, size))) {
            entry->shift = 0;
        }
    }
    p9x_unlock(&phb->iotlb.lock);
}
