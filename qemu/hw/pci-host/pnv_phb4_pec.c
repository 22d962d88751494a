/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "pnv-phb4-pec", and "pnv-phb5-pec" of POWER10: the PCI Express controllers
 * of a chip.
 *
 * A PEC is known to firmware by its node pbcq@... below xscom, from which it
 * finds the registers: those of the PEC, which are here, and at fixed
 * distances those of each bridge, which map their own (pnv_phb4.c).  A PEC
 * has 1 to 3 stacks, each with a bridge or empty.  With -nodefaults all are
 * empty until the user adds bridges (-device pnv-phb); otherwise all are full.
 */
#include "qemu/osdep.h"
#include "hw/pci-host/pnv_phb4.h"
#include "hw/ppc/fdt.h"
#include "hw/ppc/pnv_chip.h"
#include "hw/ppc/pnv_xscom.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qemu/log.h"
#include "qemu/p9xive-compat.h"
#include "system/reset.h"
#include "system/system.h"

#include <libfdt.h>

#include "../intc/p9xive/common/adapter.h"
#include "../intc/p9xive/common/window.h"
#include "xive/bits.h"

/* Chiplets of one kind follow each other at this distance. */
enum { CHIPLET_STRIDE = 0x1000000 };
/* P9: nest registers of all PECs are in one chiplet. */
enum { P9_NEST_STRIDE = 0x400 };

/* ------------------------------------------------------------- stacks */

static unsigned nr_stacks(PnvPhb4PecState *pec)
{
    return PNV_PHB4_PEC_GET_CLASS(pec)->nr_stacks[pec->index];
}

/* Bridges are counted through the PECs of a chip. */
static unsigned first_phb_id(PnvPhb4PecState *pec)
{
    PnvPhb4PecClass *pecc = PNV_PHB4_PEC_GET_CLASS(pec);
    unsigned first = 0;

    for (unsigned i = 0; i < pec->index; i++) {
        first += pecc->nr_stacks[i];
    }
    return first;
}

int pnv_pec_stack_of(PnvPhb4PecState *pec, uint32_t phb_id)
{
    unsigned first = first_phb_id(pec);

    if (phb_id < first || phb_id >= first + nr_stacks(pec)) {
        return -1;
    }
    return phb_id - first;
}

static PnvPhb4PecState *pecs_of(PnvChip *chip)
{
    Object *obj = OBJECT(chip);

    if (object_dynamic_cast(obj, TYPE_PNV9_CHIP)) {
        return PNV9_CHIP(obj)->pecs;
    }
    return PNV10_CHIP(obj)->pecs;
}

PnvPhb4PecState *pnv_pec_add_phb(PnvChip *chip, PnvPHB *phb, Error **errp)
{
    PnvPhb4PecState *pecs = pecs_of(chip);

    for (unsigned i = 0; i < chip->num_pecs; i++) {
        int stack = pnv_pec_stack_of(&pecs[i], phb->phb_id);

        if (stack < 0) {
            continue;
        }
        if (pecs[i].phbs[stack]) {
            error_setg(errp, "chip %u has a PHB with index %u already",
                       phb->chip_id, phb->phb_id);
            return NULL;
        }
        pecs[i].phbs[stack] = phb;
        phb->pec = &pecs[i];
        return phb->pec;
    }
    error_setg(errp, "chip %u has no place for a PHB with index %u",
               phb->chip_id, phb->phb_id);
    return NULL;
}

static bool add_default_phb(PnvPhb4PecState *pec, unsigned stack, Error **errp)
{
    DeviceState *dev = qdev_new(TYPE_PNV_PHB);

    object_property_add_child(OBJECT(pec), "phb[*]", OBJECT(dev));
    object_unref(OBJECT(dev));
    object_property_set_link(OBJECT(dev), "pec", OBJECT(pec), &error_abort);
    qdev_prop_set_uint32(dev, "chip-id", pec->chip_id);
    qdev_prop_set_uint32(dev, "index", first_phb_id(pec) + stack);
    if (!sysbus_realize(SYS_BUS_DEVICE(dev), errp)) {
        return false;
    }
    pec->phbs[stack] = PNV_PHB(dev);
    return true;
}

/* ---------------------------------------------------------- registers */

static uint64_t pec_xscom_read(void *opaque, hwaddr offset, unsigned size)
{
    PnvPecRange *r = opaque;

    return p9x_pec_load(&r->pec->core, r->range, offset >> 3);
}

static void pec_xscom_write(void *opaque, hwaddr offset, uint64_t value,
                            unsigned size)
{
    PnvPecRange *r = opaque;

    p9x_pec_store(&r->pec->core, r->range, offset >> 3, value);
}

static const MemoryRegionOps pec_xscom_ops =
    P9XIVE_WINDOW_OPS(pec_xscom_read, pec_xscom_write, P9XIVE_DOUBLEWORD);

static void init_range(PnvPhb4PecState *pec, PnvPecRange *r, P9xPecRange range,
                       MemoryRegion *mr, unsigned nr_regs)
{
    g_autofree char *name =
        g_strdup_printf("xscom-pec-%u.%u-%s", pec->chip_id, pec->index,
                        range == P9X_PEC_NEST ? "nest" : "pci");

    r->pec = pec;
    r->range = range;
    pnv_xscom_region_init(mr, OBJECT(pec), &pec_xscom_ops, r, name, nr_regs);
}

static void pec_guest_error(void *host, P9xGuestError kind,
                            const char *detail)
{
    PnvPhb4PecState *pec = host;

    qemu_log_mask(LOG_GUEST_ERROR, "pec[%u:%u]: %s: %s\n", pec->chip_id,
                  pec->index, p9x_guest_error_name(kind), detail);
}

/* -------------------------------------------------------- device tree */

static void dt_add_stack(PnvPhb4PecState *pec, void *fdt, int parent,
                         unsigned stack)
{
    PnvPhb4PecClass *pecc = PNV_PHB4_PEC_GET_CLASS(pec);
    g_autofree char *name = g_strdup_printf("stack@%x", stack);
    int node = fdt_add_subnode(fdt, parent, name);

    _FDT(node);
    _FDT(fdt_setprop_string(fdt, node, "compatible", pecc->stk_compat));
    _FDT(fdt_setprop_cell(fdt, node, "reg", stack));
    _FDT(fdt_setprop_cell(fdt, node, "ibm,phb-index",
                          pec->phbs[stack]->phb_id));
}

static int pec_dt_xscom(PnvXScomInterface *dev, void *fdt, int xscom)
{
    PnvPhb4PecState *pec = PNV_PHB4_PEC(dev);
    PnvPhb4PecClass *pecc = PNV_PHB4_PEC_GET_CLASS(pec);
    uint32_t nest = pecc->xscom_nest_base(pec);
    const uint32_t reg[] = {
        cpu_to_be32(nest), cpu_to_be32(pecc->xscom_nest_size),
        cpu_to_be32(pecc->xscom_pci_base(pec)),
        cpu_to_be32(pecc->xscom_pci_size),
    };
    g_autofree char *name = g_strdup_printf("pbcq@%x", nest);
    int node = fdt_add_subnode(fdt, xscom, name);

    _FDT(node);
    _FDT(fdt_setprop(fdt, node, "reg", reg, sizeof(reg)));
    _FDT(fdt_setprop_string(fdt, node, "compatible", pecc->compat));
    _FDT(fdt_setprop_cell(fdt, node, "ibm,pec-index", pec->index));
    _FDT(fdt_setprop_cell(fdt, node, "#address-cells", 1));
    _FDT(fdt_setprop_cell(fdt, node, "#size-cells", 0));
    for (unsigned stack = 0; stack < nr_stacks(pec); stack++) {
        if (pec->phbs[stack]) {
            dt_add_stack(pec, fdt, node, stack);
        }
    }
    return 0;
}

/* ------------------------------------------------------- life and state */

static void pec_reset(void *opaque)
{
    PnvPhb4PecState *pec = opaque;

    p9x_pec_reset(&pec->core);
}

static int pec_pre_save(void *opaque)
{
    PnvPhb4PecState *pec = opaque;

    p9x_pec_save(&pec->core, pec->image);
    return 0;
}

static int pec_post_load(void *opaque, int version_id)
{
    PnvPhb4PecState *pec = opaque;

    p9x_pec_restore(&pec->core, pec->image);
    return 0;
}

static const VMStateDescription vmstate_pec = {
    .name = TYPE_PNV_PHB4_PEC,
    .version_id = 1,
    .minimum_version_id = 1,
    .pre_save = pec_pre_save,
    .post_load = pec_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT64_ARRAY(image, PnvPhb4PecState, P9X_PEC_STATE_WORDS),
        VMSTATE_END_OF_LIST()
    },
};

/*
 * The chiplet's registers are of an object of QEMU's own.  Of all that is in
 * them firmware asks only how the lanes are divided among the stacks.
 */
static bool init_chiplet(PnvPhb4PecState *pec, Error **errp)
{
    object_initialize_child(OBJECT(pec), "nest-pervasive-common",
                            &pec->nest_pervasive,
                            TYPE_PNV_NEST_CHIPLET_PERVASIVE);
    if (!qdev_realize(DEVICE(&pec->nest_pervasive), NULL, errp)) {
        return false;
    }
    pec->nest_pervasive.control_regs.cplt_cfg1 |=
        PNV_PHB4_PEC_GET_CLASS(pec)->lane_config(pec->index);
    return true;
}

static void pec_realize(DeviceState *dev, Error **errp)
{
    PnvPhb4PecState *pec = PNV_PHB4_PEC(dev);

    if (pec->index >= PNV_PHB4_PEC_GET_CLASS(pec)->nr_pecs) {
        error_setg(errp, "a chip has no PEC %u", pec->index);
        return;
    }
    if (!init_chiplet(pec, errp)) {
        return;
    }
    pec->counters = g_new0(P9xCounters, 1);
    pec->ports.host = pec;
    pec->ports.guest_error = pec_guest_error;
    p9xive_memory_ports(&pec->ports);
    p9x_pec_init(&pec->core, &pec->ports, pec->counters);
    init_range(pec, &pec->nest, P9X_PEC_NEST, &pec->nest_regs_mr,
               P9X_PEC_NEST_REGS);
    init_range(pec, &pec->pci, P9X_PEC_PCI, &pec->pci_regs_mr,
               P9X_PEC_PCI_REGS);
    vmstate_register(NULL, pec->chip_id * PNV9_CHIP_MAX_PEC + pec->index,
                     &vmstate_pec, pec);
    qemu_register_reset(pec_reset, pec);

    for (unsigned i = 0; defaults_enabled() && i < nr_stacks(pec); i++) {
        if (!add_default_phb(pec, i, errp)) {
            return;
        }
    }
}

static const Property pec_properties[] = {
    DEFINE_PROP_UINT32("index", PnvPhb4PecState, index, 0),
    DEFINE_PROP_UINT32("chip-id", PnvPhb4PecState, chip_id, 0),
    DEFINE_PROP_LINK("chip", PnvPhb4PecState, chip, TYPE_PNV_CHIP, PnvChip *),
};

/* -------------------------------------------------------------- POWER9 */

static uint32_t p9_cplt_base(PnvPhb4PecState *pec)
{
    return PNV9_XSCOM_PEC_NEST_CPLT_BASE + CHIPLET_STRIDE * pec->index;
}

static uint32_t p9_nest_base(PnvPhb4PecState *pec)
{
    return PNV9_XSCOM_PEC_NEST_BASE + P9_NEST_STRIDE * pec->index;
}

static uint32_t p9_pci_base(PnvPhb4PecState *pec)
{
    return PNV9_XSCOM_PEC_PCI_BASE + CHIPLET_STRIDE * pec->index;
}

/* Only PEC2 can be divided in several ways: in three, 8 + 4 + 4 lanes. */
static uint64_t p9_lane_config(unsigned index)
{
    return index == 2 ? P9X_BIT64(10) : 0;
}

static void p9_pec_class_init(ObjectClass *klass, P9xiveClassData *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    PnvPhb4PecClass *pecc = PNV_PHB4_PEC_CLASS(klass);

    PNV_XSCOM_INTERFACE_CLASS(klass)->dt_xscom = pec_dt_xscom;
    dc->realize = pec_realize;
    dc->user_creatable = false;
    device_class_set_props(dc, pec_properties);

    pecc->xscom_cplt_base = p9_cplt_base;
    pecc->xscom_nest_base = p9_nest_base;
    pecc->xscom_pci_base = p9_pci_base;
    pecc->xscom_nest_size = PNV9_XSCOM_PEC_NEST_SIZE;
    pecc->xscom_pci_size = PNV9_XSCOM_PEC_PCI_SIZE;
    pecc->compat = "ibm,power9-pbcq";
    pecc->stk_compat = "ibm,power9-phb-stack";
    pecc->nr_pecs = PNV9_CHIP_MAX_PEC;
    for (unsigned i = 0; i < PNV9_CHIP_MAX_PEC; i++) {
        pecc->nr_stacks[i] = p9x_pec_nr_phbs(i);
    }
    pecc->lane_config = p9_lane_config;
}

/* ------------------------------------------------------------- POWER10 */

static uint32_t p10_cplt_base(PnvPhb4PecState *pec)
{
    return PNV10_XSCOM_PEC_NEST_CPLT_BASE + CHIPLET_STRIDE * pec->index;
}

/* These go down. */
static uint32_t p10_nest_base(PnvPhb4PecState *pec)
{
    return PNV10_XSCOM_PEC_NEST_BASE - CHIPLET_STRIDE * pec->index;
}

static uint32_t p10_pci_base(PnvPhb4PecState *pec)
{
    return PNV10_XSCOM_PEC_PCI_BASE + CHIPLET_STRIDE * pec->index;
}

/* Both are divided in three. */
static uint64_t p10_lane_config(unsigned index)
{
    return P9X_BIT64(0);
}

static void p10_pec_class_init(ObjectClass *klass, P9xiveClassData *data)
{
    PnvPhb4PecClass *pecc = PNV_PHB4_PEC_CLASS(klass);

    pecc->xscom_cplt_base = p10_cplt_base;
    pecc->xscom_nest_base = p10_nest_base;
    pecc->xscom_pci_base = p10_pci_base;
    pecc->xscom_nest_size = PNV10_XSCOM_PEC_NEST_SIZE;
    pecc->xscom_pci_size = PNV10_XSCOM_PEC_PCI_SIZE;
    pecc->compat = "ibm,power10-pbcq";
    pecc->stk_compat = "ibm,power10-phb-stack";
    pecc->phb5 = true;
    pecc->nr_pecs = PNV10_CHIP_MAX_PEC;
    for (unsigned i = 0; i < PNV10_CHIP_MAX_PEC; i++) {
        pecc->nr_stacks[i] = PNV_PEC_MAX_STACKS;
    }
    pecc->lane_config = p10_lane_config;
}

static const TypeInfo pec_types[] = {
    {
        .name = TYPE_PNV_PHB4_PEC,
        .parent = TYPE_DEVICE,
        .instance_size = sizeof(PnvPhb4PecState),
        .class_size = sizeof(PnvPhb4PecClass),
        .class_init = p9_pec_class_init,
        .interfaces = (P9xiveInterfaceInfo[]) {
            { TYPE_PNV_XSCOM_INTERFACE },
            { }
        },
    }, {
        .name = TYPE_PNV_PHB5_PEC,
        .parent = TYPE_PNV_PHB4_PEC,
        .class_init = p10_pec_class_init,
    },
};

DEFINE_TYPES(pec_types)
