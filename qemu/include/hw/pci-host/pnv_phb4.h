/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * POWER9's host bridges and their controllers, as the rest of QEMU sees them.
 *
 * This header takes the place of QEMU's own of the same name.  A chip embeds
 * its PECs, so their type has to be whole here; of a bridge no other file needs
 * more than the name.  The bridge is in hw/intc/p9xive/phb4/phb4_internal.h.
 *
 * The objects of a machine:
 *
 *   pnv9-chip    embeds 3 x pnv-phb4-pec (pnv10-chip: 2 x pnv-phb5-pec)
 *   pnv-phb      QEMU's own: the PCI host bridge that users name, one a stack
 *   pnv-phb4     what it consists of; it makes the root bus, pnv-phb4-root
 */
#ifndef PCI_HOST_PNV_PHB4_H
#define PCI_HOST_PNV_PHB4_H

#include "hw/pci-host/pnv_phb.h"
#include "hw/pci/pci_bus.h"
#include "hw/ppc/pnv.h"
#include "hw/ppc/pnv_nest_pervasive.h"
#include "hw/ppc/xive.h"
#include "qom/object.h"
#include "xive/phb4/pec.h"

#define TYPE_PNV_PHB4 "pnv-phb4"
OBJECT_DECLARE_SIMPLE_TYPE(PnvPHB4, PNV_PHB4)

/* The same on POWER10. */
#define TYPE_PNV_PHB5 "pnv-phb5"

/* The root bus.  Its properties tell the root port where it is. */
#define TYPE_PNV_PHB4_ROOT_BUS "pnv-phb4-root"
OBJECT_DECLARE_SIMPLE_TYPE(PnvPHB4RootBus, PNV_PHB4_ROOT_BUS)

struct PnvPHB4RootBus {
    PCIBus parent_obj;

    uint64_t chip_id;
    uint64_t phb_id;
};

/* Makes the root bus of the host bridge @dev, which @phb is the inside of. */
void pnv_phb4_bus_init(DeviceState *dev, PnvPHB4 *phb);

/* Appends lines for "info pic". */
void pnv_phb4_pic_print_info(PnvPHB4 *phb, GString *buf);

/*
 * PEC: the PCI Express controller that up to three bridges share.
 */
#define TYPE_PNV_PHB4_PEC "pnv-phb4-pec"
#define TYPE_PNV_PHB5_PEC "pnv-phb5-pec"
OBJECT_DECLARE_TYPE(PnvPhb4PecState, PnvPhb4PecClass, PNV_PHB4_PEC)

enum { PNV_PEC_MAX_STACKS = 3 };

/* Registers of a PEC on one of its two sides. */
typedef struct PnvPecRange {
    PnvPhb4PecState *pec;
    P9xPecRange range;
} PnvPecRange;

struct PnvPhb4PecState {
    DeviceState parent_obj;

    /* Properties. */
    uint32_t index;
    uint32_t chip_id;
    PnvChip *chip;

    PnvNestChipletPervasive nest_pervasive;

    P9xPec core;
    P9xPorts ports;
    P9xCounters *counters;
    PnvPecRange nest;
    PnvPecRange pci;
    MemoryRegion nest_regs_mr;  /* the chip maps these two */
    MemoryRegion pci_regs_mr;
    uint64_t image[P9X_PEC_STATE_WORDS];

    PnvPHB *phbs[PNV_PEC_MAX_STACKS];   /* by stack; NULL: none */
};

/* What POWER9 and POWER10 have differently. */
struct PnvPhb4PecClass {
    DeviceClass parent_class;

    /* XSCOM addresses of a PEC's registers, and sizes of the ranges. */
    uint32_t (*xscom_cplt_base)(PnvPhb4PecState *pec);
    uint32_t (*xscom_nest_base)(PnvPhb4PecState *pec);
    uint32_t (*xscom_pci_base)(PnvPhb4PecState *pec);
    uint32_t xscom_nest_size;
    uint32_t xscom_pci_size;
    /* Device tree: "compatible" of a PEC and of a stack. */
    const char *compat;
    const char *stk_compat;
    bool phb5;
    unsigned nr_pecs;
    /* Number of stacks of each PEC of a chip. */
    unsigned nr_stacks[PNV_PEC_MAX_STACKS];
    /* Chiplet configuration that says how the lanes are divided. */
    uint64_t (*lane_config)(unsigned index);
};

/*
 * Gives @phb, which a user made, to the PEC of @chip that its index belongs
 * to.  NULL, with @errp set, if there is none or the place is taken.
 */
PnvPhb4PecState *pnv_pec_add_phb(PnvChip *chip, PnvPHB *phb, Error **errp);

/* Which stack of @pec is the bridge with @phb_id, its index in the chip?
 * -1: none. */
int pnv_pec_stack_of(PnvPhb4PecState *pec, uint32_t phb_id);

#endif
