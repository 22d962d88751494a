/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The interrupt controller of a POWER9 chip, as the powernv machine sees it.
 *
 * QEMU's hw/ppc/pnv_xive.h describes this one and POWER10's; the overlay puts
 * an include of this file in the place of the first half.
 */
#ifndef PPC_PNV_XIVE9_H
#define PPC_PNV_XIVE9_H

#include "qemu/p9xive-compat.h"
#include "target/ppc/cpu-qom.h"

#define TYPE_PNV_XIVE "pnv-xive"
OBJECT_DECLARE_SIMPLE_TYPE(PnvXive, PNV_XIVE)

struct PnvChip;

/*
 * The chip holds one by value and maps the XSCOM registers; everything else is
 * in hw/intc/p9xive/pnv/pnv_xive_internal.h.
 */
struct PnvXive {
    SysBusDevice parent_obj;

    MemoryRegion xscom_regs;
    struct PnvXiveParts *parts;

    /* Properties. */
    struct PnvChip *chip;
    Object *fabric;
    uint64_t bar[4];            /* where the board wants the windows */
};

void pnv_xive_pic_print_info(PnvXive *xive, GString *buf);

/*
 * PnvChipClass.intc_*: thread contexts.  A CPU's is made before the chip's
 * controller is realized, which then takes all of them.
 */
void pnv_chip_power9_intc_create(struct PnvChip *chip, PowerPCCPU *cpu,
                                 Error **errp);
void pnv_chip_power9_intc_reset(struct PnvChip *chip, PowerPCCPU *cpu);
void pnv_chip_power9_intc_destroy(struct PnvChip *chip, PowerPCCPU *cpu);
void pnv_chip_power9_intc_print_info(struct PnvChip *chip, PowerPCCPU *cpu,
                                     GString *buf);

/*
 * A store to @addr of @value, big-endian, by a device that has an event for
 * an interrupt controller (PHB, PSI): the same as a store on the bus, but
 * shorter when @addr lies in a controller's notify page.  Any thread.  False:
 * no controller or device is at @addr.
 */
bool pnv_xive_notify_store(hwaddr addr, uint64_t value);

#endif
