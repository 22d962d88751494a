/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The IOTLB: TCEs that DMA used lately.
 *
 * Direct-mapped by page number and PE.  Only entries that allow something are
 * kept, so firmware need not kill when it makes a mapping, only when it takes
 * one away.  A walk that was under way when a kill came must not leave its
 * result behind: it notes the generation before it reads memory.
 */
#include "phb4_iotlb.h"

static P9xPhb4IotlbEntry *slot_of(P9xPhb4 *phb, unsigned pe, uint64_t iova,
                                  unsigned shift)
{
    uint64_t page = iova >> shift;

    return &phb->iotlb.entry[(page ^ pe * 131u ^ page >> 20) %
                             PHB_IOTLB_ENTRIES];
}

static uint64_t page_of(uint64_t iova, unsigned shift)
{
    return iova >> shift << shift;
}

bool p9x_phb4_iotlb_find(P9xPhb4 *phb, unsigned pe, uint64_t iova,
                         unsigned shift, uint64_t *tce, uint64_t *generation)
{
    P9xPhb4IotlbEntry *entry = slot_of(phb, pe, iova, shift);
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

void p9x_phb4_iotlb_add(P9xPhb4 *phb, unsigned pe, uint64_t iova,
                        unsigned shift, uint64_t tce, uint64_t generation)
{
    p9x_lock(&phb->iotlb.lock);
    if (phb->iotlb.generation == generation) {
        *slot_of(phb, pe, iova, shift) = (P9xPhb4IotlbEntry) {
            .iova = page_of(iova, shift),
            .tce = tce,
            .pe = (uint16_t)pe,
            .shift = (uint8_t)shift
        };
    }
    p9x_unlock(&phb->iotlb.lock);
}

static bool overlaps(const P9xPhb4IotlbEntry *entry, uint64_t iova,
                     uint64_t size)
{
    uint64_t last = entry->iova + ((UINT64_C(1) << entry->shift) - 1);

    return size == 0 || (entry->iova - iova < size) ||
           (iova >= entry->iova && iova <= last);
}

/* @size 0: all of @pe; @pe P9X_PHB4_ALL_PES: all of all. */
static void kill_range(P9xPhb4 *phb, P9xPhb4Changes *changes, unsigned pe,
                       uint64_t iova, uint64_t size)
{
    p9x_lock(&phb->iotlb.lock);
    phb->iotlb.generation++;
    for (unsigned i = 0; i < PHB_IOTLB_ENTRIES; i++) {
        P9xPhb4IotlbEntry *entry = &phb->iotlb.entry[i];

        if (pe == P9X_PHB4_ALL_PES ||
            (entry->pe == pe && overlaps(entry, iova, size))) {
            entry->shift = 0;
        }
    }
    p9x_unlock(&phb->iotlb.lock);
    p9x_phb4_count(phb, P9X_PHB4_STAT_IOTLB_KILL);
    p9x_phb4_changed_range(changes, pe, iova, size);
}

void p9x_phb4_iotlb_kill_pe(P9xPhb4 *phb, P9xPhb4Changes *changes, unsigned pe)
{
    kill_range(phb, changes, pe, 0, 0);
}

/* The page size to kill stands in address bits that its alignment frees. */
static void kill_one(P9xPhb4 *phb, P9xPhb4Changes *changes, uint64_t value)
{
    static const uint8_t shift[4] = { 12, 16, 21, 30 };
    uint64_t psize = value & PHB_TCE_KILL_PSEL ?
                     p9x_get64(value, PHB_TCE_KILL_PSIZE) : 0;
    uint64_t size = UINT64_C(1) << shift[psize];

    kill_range(phb, changes, (unsigned)p9x_get64(value, PHB_TCE_KILL_PENUM),
               value & PHB_TCE_KILL_ADDR & ~(size - 1), size);
}

void p9x_phb4_tce_kill(P9xPhb4 *phb, P9xPhb4Changes *changes, uint64_t value)
{
    if (value & PHB_TCE_KILL_ALL) {
        p9x_phb4_iotlb_kill_pe(phb, changes, P9X_PHB4_ALL_PES);
    } else if (value & PHB_TCE_KILL_PE) {
        p9x_phb4_iotlb_kill_pe(phb, changes, (unsigned)
                               p9x_get64(value, PHB_TCE_KILL_PENUM));
    } else if (value & PHB_TCE_KILL_ONE) {
        kill_one(phb, changes, value);
    }
}
