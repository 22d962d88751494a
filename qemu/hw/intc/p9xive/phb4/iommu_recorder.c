/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "iommu-recorder": a PCI device made for tests, which keeps a copy of what
 * the IOMMU in front of it translates, the way VFIO does, and does nothing
 * with it.  VFIO itself needs a host with an IOMMU of its own.
 *
 * It has no registers.  What it knows is in properties of its object:
 *
 *   told        what it has been told and not been told the end of, a line
 *               each: "address size real rw", in order of address
 *   listed      the same asked for anew
 *   maps        how often it was told of a beginning
 *   unmaps      ... of an end
 *   violations  ... of the beginning of what had not ended, or the end of a
 *               part of a mapping: what makes VFIO give up
 */
#include "qemu/osdep.h"
#include "hw/pci/pci_device.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "qemu/p9xive-compat.h"
#include "qom/object.h"

#define TYPE_IOMMU_RECORDER "iommu-recorder"
OBJECT_DECLARE_SIMPLE_TYPE(IommuRecorder, IOMMU_RECORDER)

/*
 * An IOMMU that does not walk its own tables is asked for one page after the
 * other: for a bridge's whole space that takes years.
 */
#define MOST_BY_PAGE (1ULL << 36)

typedef enum Count { MAPS, UNMAPS, VIOLATIONS, NR_COUNTS } Count;

typedef struct Heard {
    uint64_t iova, last, real;
    IOMMUAccessFlags perm;
} Heard;

/* One part of the address space that goes through an IOMMU. */
typedef struct Section {
    IOMMUNotifier n;
    IommuRecorder *recorder;
    MemoryRegion *mr;
    QLIST_ENTRY(Section) next;
} Section;

/* What has been heard, in order of address; keys are Heard. */
typedef GTree Copy;

struct IommuRecorder {
    PCIDevice parent_obj;

    MemoryListener listener;
    QLIST_HEAD(, Section) sections;
    Copy *told;
    uint64_t count[NR_COUNTS];
    bool cannot_list;
};

/* ---------------------------------------------------------------- a copy */

/* Two that overlap are the same key. */
static gint compare(gconstpointer a, gconstpointer b, gpointer opaque)
{
    const Heard *x = a, *y = b;

    return x->last < y->iova ? -1 : x->iova > y->last ? 1 : 0;
}

static Copy *new_copy(void)
{
    return g_tree_new_full(compare, NULL, g_free, NULL);
}

static Heard heard_of(const IOMMUTLBEntry *entry)
{
    return (Heard) {
        .iova = entry->iova,
        .last = entry->iova + entry->addr_mask,
        .real = entry->translated_addr,
        .perm = entry->perm,
    };
}

/* False if some of it is mapped already. */
static bool begin(Copy *copy, const IOMMUTLBEntry *entry)
{
    Heard heard = heard_of(entry);

    if (g_tree_lookup(copy, &heard)) {
        return false;
    }
    g_tree_insert(copy, g_memdup2(&heard, sizeof(heard)), copy);
    return true;
}

/* False if only a part of a mapping would end. */
static bool end(Copy *copy, const IOMMUTLBEntry *entry)
{
    Heard range = heard_of(entry);
    gpointer key;

    while (g_tree_lookup_extended(copy, &range, &key, NULL)) {
        const Heard *found = key;

        if (found->iova < range.iova || found->last > range.last) {
            return false;
        }
        g_tree_remove(copy, found);
    }
    return true;
}

static gboolean print(gpointer key, gpointer value, gpointer data)
{
    const Heard *heard = key;

    g_string_append_printf(data, "%" PRIx64 " %" PRIx64 " %" PRIx64 " %s%s\n",
                           heard->iova, heard->last - heard->iova + 1,
                           heard->real, heard->perm & IOMMU_RO ? "r" : "",
                           heard->perm & IOMMU_WO ? "w" : "");
    return false;
}

static char *text_of(Copy *copy)
{
    GString *text = g_string_new("");

    g_tree_foreach(copy, print, text);
    return g_string_free(text, false);
}

/* ----------------------------------------------------------- being told */

static void hear(IOMMUNotifier *n, IOMMUTLBEntry *entry)
{
    IommuRecorder *r = container_of(n, Section, n)->recorder;
    bool begins = entry->perm != IOMMU_NONE;

    r->count[begins ? MAPS : UNMAPS]++;
    if (!(begins ? begin(r->told, entry) : end(r->told, entry))) {
        r->count[VIOLATIONS]++;
    }
}

static bool can_list(const MemoryRegionSection *sec)
{
    IOMMUMemoryRegion *iommu = IOMMU_MEMORY_REGION(sec->mr);

    return memory_region_get_iommu_class_nocheck(iommu)->replay ||
           int128_le(sec->size, int128_make64(MOST_BY_PAGE));
}

static void region_add(MemoryListener *listener, MemoryRegionSection *sec)
{
    IommuRecorder *r = container_of(listener, IommuRecorder, listener);
    Section *section;
    hwaddr first = sec->offset_within_region;
    hwaddr last = first + int128_get64(int128_sub(sec->size, int128_one()));

    if (!memory_region_is_iommu(sec->mr)) {
        return;
    }
    if (!can_list(sec)) {
        r->cannot_list = true;
        return;
    }
    section = g_new0(Section, 1);
    section->recorder = r;
    section->mr = sec->mr;
    iommu_notifier_init(&section->n, hear, IOMMU_NOTIFIER_IOTLB_EVENTS, first,
                        last, 0);
    if (memory_region_register_iommu_notifier(sec->mr, &section->n, NULL)) {
        g_free(section);
        return;
    }
    QLIST_INSERT_HEAD(&r->sections, section, next);
    memory_region_iommu_replay(IOMMU_MEMORY_REGION(sec->mr), &section->n);
}

static void drop(Section *section)
{
    const IOMMUTLBEntry all = {
        .iova = section->n.start,
        .addr_mask = section->n.end - section->n.start,
    };

    memory_region_unregister_iommu_notifier(section->mr, &section->n);
    end(section->recorder->told, &all);
    QLIST_REMOVE(section, next);
    g_free(section);
}

static void region_del(MemoryListener *listener, MemoryRegionSection *sec)
{
    IommuRecorder *r = container_of(listener, IommuRecorder, listener);
    Section *section, *next;

    QLIST_FOREACH_SAFE(section, &r->sections, next, next) {
        if (section->mr == sec->mr &&
            section->n.start == sec->offset_within_region) {
            drop(section);
        }
    }
}

/* ---------------------------------------------------------------- asking */

static char *get_told(Object *obj, Error **errp)
{
    return text_of(IOMMU_RECORDER(obj)->told);
}

/* A notifier that is never registered, as VFIO has one for dirty memory. */
static char *get_listed(Object *obj, Error **errp)
{
    IommuRecorder *r = IOMMU_RECORDER(obj), now = { .told = new_copy() };
    Section *section;
    char *text;

    QLIST_FOREACH(section, &r->sections, next) {
        Section once = { .recorder = &now };

        iommu_notifier_init(&once.n, hear, IOMMU_NOTIFIER_MAP,
                            section->n.start, section->n.end, 0);
        memory_region_iommu_replay(IOMMU_MEMORY_REGION(section->mr), &once.n);
    }
    text = text_of(now.told);
    g_tree_unref(now.told);
    return text;
}

static void get_count(Object *obj, Visitor *v, const char *name, void *opaque,
                      Error **errp)
{
    visit_type_uint64(v, name,
                      &IOMMU_RECORDER(obj)->count[(uintptr_t)opaque], errp);
}

/* ------------------------------------------------------------------ life */

static void recorder_exit(PCIDevice *dev)
{
    IommuRecorder *r = IOMMU_RECORDER(dev);
    Section *section, *next;

    memory_listener_unregister(&r->listener);
    QLIST_FOREACH_SAFE(section, &r->sections, next, next) {
        drop(section);
    }
    g_clear_pointer(&r->told, g_tree_unref);
}

static void recorder_realize(PCIDevice *dev, Error **errp)
{
    IommuRecorder *r = IOMMU_RECORDER(dev);

    r->told = new_copy();
    r->listener = (MemoryListener) {
        .name = TYPE_IOMMU_RECORDER,
        .region_add = region_add,
        .region_del = region_del,
    };
    memory_listener_register(&r->listener,
                             pci_device_iommu_address_space(dev));
    if (r->cannot_list) {
        recorder_exit(dev);
        error_setg(errp, TYPE_IOMMU_RECORDER ": the IOMMU of this bridge can't "
                   "list what it translates");
    }
}

static void recorder_class_init(ObjectClass *klass, P9xiveClassData *data)
{
    static const char *const count_name[NR_COUNTS] = {
        "maps", "unmaps", "violations"
    };
    PCIDeviceClass *pc = PCI_DEVICE_CLASS(klass);

    pc->realize = recorder_realize;
    pc->exit = recorder_exit;
    pc->vendor_id = PCI_VENDOR_ID_REDHAT;
    pc->device_id = PCI_DEVICE_ID_REDHAT_TEST;
    pc->class_id = PCI_CLASS_OTHERS;
    DEVICE_CLASS(klass)->desc = "keeps a copy of an IOMMU's mappings (test)";
    set_bit(DEVICE_CATEGORY_MISC, DEVICE_CLASS(klass)->categories);
    object_class_property_add_str(klass, "told", get_told, NULL);
    object_class_property_add_str(klass, "listed", get_listed, NULL);
    for (uintptr_t i = 0; i < NR_COUNTS; i++) {
        object_class_property_add(klass, count_name[i], "uint64", get_count,
                                  NULL, NULL, (void *)i);
    }
}

static const TypeInfo recorder_types[] = {
    {
        .name = TYPE_IOMMU_RECORDER,
        .parent = TYPE_PCI_DEVICE,
        .instance_size = sizeof(IommuRecorder),
        .class_init = recorder_class_init,
        .interfaces = (P9xiveInterfaceInfo[]) {
            { INTERFACE_PCIE_DEVICE },
            { INTERFACE_CONVENTIONAL_PCI_DEVICE },
            { }
        },
    },
};

DEFINE_TYPES(recorder_types)
