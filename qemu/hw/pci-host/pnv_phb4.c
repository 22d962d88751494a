/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "pnv-phb4", and "pnv-phb5" of POWER10: one PCI host bridge.
 *
 * QEMU's own "pnv-phb" is what a user names and other code holds; it makes
 * this object, gives it its place, realizes it and then asks it to make the
 * root bus.  The bridge itself is the core's P9xPhb4, and this file holds the
 * two together: properties, life, reset, migration.
 *
 * The object hangs on no bus, so no bus resets or migrates it: it
 * registers itself for both.  Its number in the migration stream is chip and
 * index, so that it doesn't depend on the order of the command line.
 */
#include "qemu/osdep.h"
#include "hw/pci/pci_host.h"
#include "hw/ppc/pnv_chip.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "qemu/error-report.h"
#include "qemu/p9xive-compat.h"
#include "system/reset.h"

#include "../intc/p9xive/phb4/phb4_internal.h"

/* More than any chip has. */
enum { MAX_PHBS_PER_CHIP = 16 };

/* ------------------------------------------------------------- the bus */

static void set_intx(void *opaque, int pin, int level)
{
    PnvPHB4 *phb = opaque;

    p9x_phb4_intx(phb->core, pin, level);
}

/* Below the root port each bridge has turned the pins already. */
static int map_intx(PCIDevice *dev, int pin)
{
    return pin % PCI_NUM_PINS;
}

void pnv_phb4_bus_init(DeviceState *dev, PnvPHB4 *phb)
{
    PCIHostState *host = PCI_HOST_BRIDGE(dev);

    host->bus = pci_register_root_bus(dev, dev->id, set_intx, map_intx, phb,
                                      &phb->pci_mmio, &phb->pci_io, 0,
                                      PCI_NUM_PINS, TYPE_PNV_PHB4_ROOT_BUS);
    object_property_set_uint(OBJECT(host->bus), "phb-id", phb->phb_id,
                             &error_abort);
    object_property_set_uint(OBJECT(host->bus), "chip-id", phb->chip_id,
                             &error_abort);
    host->bus->flags |= PCI_BUS_EXTENDED_CONFIG_SPACE;
    pci_setup_iommu(host->bus, &pnv_phb4_iommu_ops, phb);
}

void pnv_phb4_pic_print_info(PnvPHB4 *phb, GString *buf)
{
    p9x_phb4_print(phb->core, buf);
}

/* --------------------------------------------------- reset, migration */

static void phb4_reset(void *opaque)
{
    PnvPHB4 *phb = opaque;

    p9x_phb4_reset(phb->core);
}

static int phb4_pre_save(void *opaque)
{
    PnvPHB4 *phb = opaque;

    p9x_phb4_save(phb->core, phb->state);
    return 0;
}

static int phb4_post_load(void *opaque, int version_id)
{
    PnvPHB4 *phb = opaque;

    if (p9x_phb4_restore(phb->core, phb->state, phb->nr_state)) {
        return 0;
    }
    error_report("phb4[%u:%u]: damaged migration stream", phb->chip_id,
                 phb->phb_id);
    return -EINVAL;
}

/*
 * The root port is an object of QEMU's own that doesn't migrate by itself.
 * Its bus numbers and windows decide how to get to everything below it.
 */
static bool root_port_needed(void *opaque)
{
    PnvPHB4 *phb = opaque;

    phb->root_port = pnv_phb4_root_port(phb);
    return phb->root_port;
}

static int root_port_pre_load(void *opaque)
{
    return root_port_needed(opaque) ? 0 : -EINVAL;
}

static const VMStateDescription vmstate_root_port = {
    .name = TYPE_PNV_PHB4 "/root-port",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = root_port_needed,
    .pre_load = root_port_pre_load,
    .fields = (const VMStateField[]) {
        VMSTATE_STRUCT_POINTER(root_port, PnvPHB4, vmstate_pci_device,
                               PCIDevice),
        VMSTATE_END_OF_LIST()
    },
};

static const VMStateDescription vmstate_phb4 = {
    .name = TYPE_PNV_PHB4,
    .version_id = 1,
    .minimum_version_id = 1,
    .pre_save = phb4_pre_save,
    .post_load = phb4_post_load,
    .fields = (const VMStateField[]) {
        P9XIVE_VMSTATE_UINT32_EQUAL(nr_state, PnvPHB4, NULL),
        VMSTATE_VARRAY_UINT32(state, PnvPHB4, nr_state, 0,
                              vmstate_info_uint64, uint64_t),
        VMSTATE_END_OF_LIST()
    },
    .subsections = (const VMStateDescription * const []) {
        &vmstate_root_port,
        NULL
    },
};

/* ---------------------------------------------------------------- life */

/* The first bridge of a PEC of 16 or 8 lanes is the big one. */
static bool is_big(PnvPHB4 *phb)
{
    return phb->phb_id == 0 || phb->phb_id == 3;
}

static P9xPhb4 *new_core(PnvPHB4 *phb)
{
    const P9xPhb4Config config = {
        .chip_id = phb->chip_id,
        .index = phb->phb_id,
        .big = is_big(phb),
        .phb5 = PNV_PHB4_PEC_GET_CLASS(phb->pec)->phb5,
        .max_width = p9x_pec_phb_width(phb->phb_id),
        .max_speed = 4,
        .ports = &phb->ports,
        .phb_ports = &phb->phb_ports,
        .counters = phb->counters,
    };

    return p9x_phb4_new(&config);
}

static void phb4_realize(DeviceState *dev, Error **errp)
{
    PnvPHB4 *phb = PNV_PHB4(dev);
    int stack = phb->pec ? pnv_pec_stack_of(phb->pec, phb->phb_id) : -1;

    if (stack < 0) {
        error_setg(errp, "no PEC has a place for PHB %u", phb->phb_id);
        return;
    }
    phb->counters = g_new0(P9xCounters, 1);
    pnv_phb4_ports_init(phb);
    pnv_phb4_dma_init(phb);
    phb->core = new_core(phb);
    phb->nr_state = p9x_phb4_state_words(phb->core);
    phb->state = g_new0(uint64_t, phb->nr_state);
    pnv_phb4_mmio_init(phb);
    pnv_phb4_xscom_init(phb, stack);
    pnv_phb4_watch_slot(phb);

    vmstate_register(NULL, phb->chip_id * MAX_PHBS_PER_CHIP + phb->phb_id,
                     &vmstate_phb4, phb);
    qemu_register_reset(phb4_reset, phb);
}

static const Property phb4_properties[] = {
    DEFINE_PROP_UINT32("index", PnvPHB4, phb_id, 0),
    DEFINE_PROP_UINT32("chip-id", PnvPHB4, chip_id, 0),
    DEFINE_PROP_LINK("pec", PnvPHB4, pec, TYPE_PNV_PHB4_PEC,
                     PnvPhb4PecState *),
    DEFINE_PROP_LINK("phb-base", PnvPHB4, phb_base, TYPE_PNV_PHB, PnvPHB *),
};

static void phb4_class_init(ObjectClass *klass, P9xiveClassData *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->realize = phb4_realize;
    dc->user_creatable = false;
    device_class_set_props(dc, phb4_properties);
    pnv_phb4_class_add_stats(klass);
}

/* ------------------------------------------------- type of the root bus */

static uint64_t *bus_field(Object *obj, const char *name)
{
    PnvPHB4RootBus *bus = PNV_PHB4_ROOT_BUS(obj);

    return strcmp(name, "phb-id") ? &bus->chip_id : &bus->phb_id;
}

static void root_bus_get(Object *obj, Visitor *v, const char *name,
                         void *opaque, Error **errp)
{
    visit_type_uint64(v, name, bus_field(obj, name), errp);
}

static void root_bus_set(Object *obj, Visitor *v, const char *name,
                         void *opaque, Error **errp)
{
    uint64_t value;

    if (visit_type_uint64(v, name, &value, errp)) {
        *bus_field(obj, name) = value;
    }
}

static void root_bus_class_init(ObjectClass *klass, P9xiveClassData *data)
{
    object_class_property_add(klass, "phb-id", "int", root_bus_get,
                              root_bus_set, NULL, NULL);
    object_class_property_add(klass, "chip-id", "int", root_bus_get,
                              root_bus_set, NULL, NULL);
    /* Its one device is the root port. */
    BUS_CLASS(klass)->max_dev = 1;
}

static const TypeInfo phb4_types[] = {
    {
        .name = TYPE_PNV_PHB4_ROOT_BUS,
        .parent = TYPE_PCIE_BUS,
        .instance_size = sizeof(PnvPHB4RootBus),
        .class_init = root_bus_class_init,
    }, {
        .name = TYPE_PNV_PHB4,
        .parent = TYPE_DEVICE,
        .instance_size = sizeof(PnvPHB4),
        .class_init = phb4_class_init,
    }, {
        .name = TYPE_PNV_PHB5,
        .parent = TYPE_PNV_PHB4,
    },
};

DEFINE_TYPES(phb4_types)
