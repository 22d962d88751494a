/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Listeners that keep translations, and how they hear of changes.
 *
 *   asks for        is told                             for example
 *   ends (UNMAP)    the range, whatever was in it       vhost
 *   mappings (MAP)  each that ended, each that began    VFIO, vDPA
 *
 * The core says when something may have changed and lists what there is.  For
 * listeners to mappings, a copy of what they know is kept, and a change
 * is the difference between two lists: a mapping that stays is never taken
 * away, not even for a moment, since the device may be using it.
 *
 * Hardware doesn't see a TCE being stored, nor does the model: a new mapping
 * is told with the next TCE kill.  Linux does one after each change, and
 * skiboot makes it one of the whole PE.
 *
 * Listeners hear of memory only: a listener that copies mappings to another
 * IOMMU can't do anything with the rest.
 *
 * Locks: BQL.  The core calls from any thread (an I/O thread's DMA can freeze
 * a PE).  A thread without the BQL leaves it to the main loop to look at
 * everything again.
 */
#include "qemu/osdep.h"
#include "qemu/error-report.h"
#include "qemu/main-loop.h"

#include "phb4_space.h"
#include "qemu/p9xive-compat.h"

typedef struct Span {
    uint64_t first, last;
} Span;

/* --------------------------------------------------- telling notifiers */

static void send_event(IOMMUNotifier *n, IOMMUNotifierFlag type,
                       uint64_t iova, uint64_t mask, uint64_t real,
                       IOMMUAccessFlags perm)
{
    const IOMMUTLBEvent event = {
        .type = type,
        .entry = {
            .target_as = &address_space_memory,
            .iova = iova,
            .translated_addr = real,
            .addr_mask = mask,
            .perm = perm,
        },
    };

    memory_region_notify_iommu_one(n, &event);
}

/* A flush of a whole range, for a listener that knows no mappings. */
static void send_flush(IOMMUNotifier *n, const Span *flush)
{
    uint64_t first = MAX(flush->first, n->start);
    uint64_t last = MIN(flush->last, n->end);
    IOMMUNotifierFlag type =
        n->notifier_flags & IOMMU_NOTIFIER_DEVIOTLB_UNMAP ?
        IOMMU_NOTIFIER_DEVIOTLB_UNMAP : IOMMU_NOTIFIER_UNMAP;

    if (first <= last) {
        send_event(n, type, first, last - first, 0, IOMMU_NONE);
    }
}

/* The largest power of two that both addresses are a multiple of. */
static uint64_t alignment(uint64_t a, uint64_t b)
{
    return a | b ? UINT64_C(1) << ctz64(a | b) : UINT64_C(1) << 63;
}

/*
 * A mapping in pieces that masks can describe, as far as it is the notifier's.
 * It is cut the same way when it begins and when it ends.
 */
static void send_mapping(IOMMUNotifier *n, const P9xPhb4Mapping *m, bool begins)
{
    IOMMUAccessFlags perm = begins ? IOMMU_ACCESS_FLAG(m->read, m->write) :
                                     IOMMU_NONE;
    uint64_t iova = MAX(m->iova, n->start);
    uint64_t last = MIN(m->iova + m->size - 1, n->end);

    while (iova <= last) {
        uint64_t real = m->real + (iova - m->iova);
        uint64_t size = MIN(alignment(iova, real),
                            pow2floor(last - iova + 1));

        send_event(n, begins ? IOMMU_NOTIFIER_MAP : IOMMU_NOTIFIER_UNMAP,
                   iova, size - 1, real, perm);
        iova += size;
    }
}

typedef struct Change {
    DmaSpace *space;
    bool begins;
    IOMMUNotifier *except;      /* hears otherwise of what begins; or NULL */
} Change;

static void send_change(void *opaque, const P9xPhb4Mapping *mapping)
{
    const Change *change = opaque;
    IOMMUNotifier *n;

    IOMMU_NOTIFIER_FOREACH(n, &change->space->iommu) {
        if ((n->notifier_flags & IOMMU_NOTIFIER_MAP) &&
            !(change->begins && n == change->except)) {
            send_mapping(n, mapping, change->begins);
        }
    }
}

/* ------------------------------------------------- what there is to tell */

static bool add_ram(Int128 start, Int128 len, const MemoryRegion *mr,
                    hwaddr offset, void *opaque)
{
    GArray *ram = opaque;
    Span range = {
        .first = int128_get64(start),
        .last = int128_get64(int128_add(start, int128_sub(len, int128_one()))),
    };

    if (memory_region_is_ram((MemoryRegion *)mr) && !mr->readonly) {
        g_array_append_val(ram, range);
    }
    return false;
}

static GArray *ram_ranges(void)
{
    GArray *ram = g_array_new(false, false, sizeof(Span));

    RCU_READ_LOCK_GUARD();
    flatview_for_each_range(address_space_to_flatview(&address_space_memory),
                            add_ram, ram);
    return ram;
}

/* The parts of a mapping that are memory. */
static void add_memory_of(GArray *out, const GArray *ram,
                          const P9xPhb4Mapping *m)
{
    for (guint i = 0; i < ram->len; i++) {
        const Span *range = &g_array_index(ram, Span, i);
        uint64_t first = MAX(range->first, m->real);
        uint64_t last = MIN(range->last, m->real + m->size - 1);
        P9xPhb4Mapping part = *m;

        if (first > last) {
            continue;
        }
        part.iova += first - m->real;
        part.real = first;
        part.size = last - first + 1;
        g_array_append_val(out, part);
    }
}

static GArray *memory_of(DmaSpace *space)
{
    GArray *out = g_array_new(false, false, sizeof(P9xPhb4Mapping));
    g_autoptr(GArray) all = g_array_new(false, false, sizeof(P9xPhb4Mapping));
    g_autoptr(GArray) ram = ram_ranges();

    p9x_phb4_list(space->phb->core, dma_space_rid(space), all);
    for (guint i = 0; i < all->len; i++) {
        add_memory_of(out, ram, &g_array_index(all, P9xPhb4Mapping, i));
    }
    return out;
}

/* First all that ended, then all that began: addresses are used again. */
static void tell_changes(DmaSpace *space, IOMMUNotifier *except)
{
    g_autoptr(GArray) before = space->told;
    Change change = { .space = space, .except = except };

    space->told = memory_of(space);
    p9x_phb4_each_only_in(before, space->told, send_change, &change);
    change.begins = true;
    p9x_phb4_each_only_in(space->told, before, send_change, &change);
}

/* ------------------------------------------------------------ occasions */

typedef struct Flush {
    unsigned pe;
    Span range;
} Flush;

static void flush_space(DmaSpace *space, void *opaque)
{
    Flush *flush = opaque;
    IOMMUNotifier *n;

    if (space->iommu.iommu_notify_flags == IOMMU_NOTIFIER_NONE) {
        return;
    }
    if (flush->pe != P9X_PHB4_ALL_PES &&
        p9x_phb4_pe(space->phb->core, dma_space_rid(space)) !=
        (int)flush->pe) {
        return;
    }
    IOMMU_NOTIFIER_FOREACH(n, &space->iommu) {
        if (!(n->notifier_flags & IOMMU_NOTIFIER_MAP)) {
            send_flush(n, &flush->range);
        }
    }
    if (space->told) {
        tell_changes(space, NULL);
    }
}

static void flush_everything(void *opaque)
{
    pnv_phb4_iotlb_flush(opaque, P9X_PHB4_ALL_PES, 0, 0);
}

void pnv_phb4_iotlb_flush(void *host, unsigned pe, uint64_t iova,
                          uint64_t size)
{
    PnvPHB4 *phb = host;
    Flush flush = { .pe = pe, .range.last = UINT64_MAX };

    if (!phb->core || !qatomic_read(&phb->nr_notified)) {
        return;
    }
    if (!bql_locked()) {
        qemu_bh_schedule(phb->flush_bh);
        return;
    }
    if (size) {
        flush.range = (Span) { iova, iova + size - 1 };
    }
    pnv_phb4_each_space(phb, flush_space, &flush);
}

void pnv_phb4_notify_init(PnvPHB4 *phb)
{
    phb->flush_bh = qemu_bh_new(flush_everything, phb);
}

static void set_told(DmaSpace *space, bool wanted)
{
    if (wanted == !!space->told) {
        return;
    }
    if (wanted) {
        warn_report_once("pnv-phb4: who copies mappings (VFIO) hears of a new "
                         "one when the guest kills TCEs; Linux always does");
        space->told = g_array_new(false, false, sizeof(P9xPhb4Mapping));
    } else {
        g_clear_pointer(&space->told, g_array_unref);
    }
}

int pnv_phb4_notify_flag_changed(IOMMUMemoryRegion *iommu,
                                 IOMMUNotifierFlag old, IOMMUNotifierFlag new,
                                 Error **errp)
{
    DmaSpace *space = container_of(iommu, DmaSpace, iommu);

    if (!old != !new) {
        qatomic_set(&space->phb->nr_notified,
                    space->phb->nr_notified + (new ? 1 : -1));
    }
    set_told(space, new & IOMMU_NOTIFIER_MAP);
    return 0;
}

/*
 * Everything once, to one notifier, who need not be registered.  Others hear
 * of what changed since the last time, so that all know the same.
 */
void pnv_phb4_replay(IOMMUMemoryRegion *iommu, IOMMUNotifier *notifier)
{
    DmaSpace *space = container_of(iommu, DmaSpace, iommu);
    g_autoptr(GArray) now = NULL;

    if (space->told) {
        tell_changes(space, notifier);
        now = g_array_ref(space->told);
    } else {
        now = memory_of(space);
    }
    for (guint i = 0; i < now->len; i++) {
        send_mapping(notifier, &g_array_index(now, P9xPhb4Mapping, i), true);
    }
}
