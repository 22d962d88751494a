/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What QEMU's own devices of a POWER9 chip keep to themselves.
 *
 * Upstream's PSI, LPC, SBE, OCC, chip TOD, ADU and I2C controllers have no
 * migration state, so without this file a restored host is cut off from its
 * console, its firmware's timer and its BMC.  All that they know is in
 * structures that other files may look into, so it is saved from here, one
 * section a chip:
 *
 *   pnv9-chip    the devices named above, of chip n
 *   pnv9-core    SCRATCH registers and the state of the TB (pnv_state_cpu.c)
 *   pnv9-thread  time bases and what is pending (pnv_state_cpu.c)
 *   pnv-pnor     flash and its window (pnv_state_pnor.c)
 *
 * Interrupt lines are not raised anew: each end of a line has saved its level.
 * What follows from registers (windows, routes) is worked out again.  A stream
 * may come from anywhere, so a value that could lead a device out of bounds is
 * refused before it gets there.
 */
#include "qemu/osdep.h"
#include "hw/i2c/pnv_i2c_regs.h"
#include "hw/ppc/pnv.h"
#include "hw/ppc/pnv_chip.h"
#include "hw/ppc/pnv_state.h"
#include "migration/vmstate.h"
#include "qemu/units.h"

#include "pnv_damaged.h"
#include "pnv_state_cpu.h"
#include "pnv_state_pnor.h"

/* ------------------------------------------------------------------- PSI */

/* Where PnvPsi.regs has what decides on windows. */
enum { PSI_BAR = 0x0a, PSI_ESB_BASE = 0x16 };
#define PSI_BAR_VALID   BIT_ULL(0)
#define PSI_ESB_VALID   BIT_ULL(0)
#define PSI_ESB_64K     BIT_ULL(62)

typedef struct {
    Pnv9Psi *parent;
    uint64_t regs[PSIHB_XSCOM_MAX];
    bool esb_64k;
    bool store_eoi;
} PsiImage;

static void place(MemoryRegion *window, bool valid, hwaddr address)
{
    MemoryRegion *memory = get_system_memory();

    if (memory_region_is_mapped(window)) {
        memory_region_del_subregion(memory, window);
    }
    if (valid) {
        memory_region_add_subregion(memory, address, window);
    }
}

static int psi_pre_save(void *opaque)
{
    PsiImage *image = opaque;
    Pnv9Psi *psi = image->parent;

    memcpy(image->regs, psi->parent.regs, sizeof(image->regs));
    image->esb_64k = psi->source.esb_shift == XIVE_ESB_64K;
    image->store_eoi = psi->source.esb_flags & XIVE_SRC_STORE_EOI;
    return 0;
}

static int psi_post_load(void *opaque, int version_id)
{
    PsiImage *image = opaque;
    Pnv9Psi *psi = image->parent;
    uint64_t bar_mask = PNV_PSI_GET_CLASS(psi)->bar_mask;
    uint64_t bar = image->regs[PSI_BAR];
    uint64_t esb = image->regs[PSI_ESB_BASE];

    if (bar & ~(bar_mask | PSI_BAR_VALID)) {
        return pnv_state_damaged("BAR of the PSI bridge");
    }
    memcpy(psi->parent.regs, image->regs, sizeof(image->regs));
    psi->source.esb_shift = image->esb_64k ? XIVE_ESB_64K : XIVE_ESB_4K;
    psi->source.esb_flags &= ~(uint64_t)XIVE_SRC_STORE_EOI;
    if (image->store_eoi) {
        psi->source.esb_flags |= XIVE_SRC_STORE_EOI;
    }
    place(&psi->parent.regs_mr, bar & PSI_BAR_VALID, bar & bar_mask);
    place(&psi->source.esb_mmio, esb & PSI_ESB_VALID,
          esb & ~(PSI_ESB_VALID | PSI_ESB_64K));
    return 0;
}

static const VMStateDescription vmstate_psi_image = {
    .name = "pnv9-chip/psi/image",
    .pre_save = psi_pre_save,
    .post_load = psi_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT64_ARRAY(regs, PsiImage, PSIHB_XSCOM_MAX),
        VMSTATE_BOOL(esb_64k, PsiImage),
        VMSTATE_BOOL(store_eoi, PsiImage),
        VMSTATE_END_OF_LIST()
    },
};

static const VMStateDescription vmstate_psi = {
    .name = "pnv9-chip/psi",
    .fields = (const VMStateField[]) {
        VMSTATE_WITH_TMP(Pnv9Psi, PsiImage, vmstate_psi_image),
        VMSTATE_END_OF_LIST()
    },
};

/* ------------------------------------------------------------------- LPC */

/* One of 16 windows into the 4 GiB of firmware space. */
#define LPC_FW_WINDOW (256 * MiB)

/* Two bits for each ISA interrupt, all but the last two in one register. */
static int serirq_of(PnvLpcController *lpc, int irq)
{
    return irq < 14 ? lpc->opb_irq_route1 >> (26 - 2 * irq) & 3 :
                      lpc->opb_irq_route0 >> (22 - 2 * (irq - 14)) & 3;
}

static int lpc_post_load(void *opaque, int version_id)
{
    PnvLpcController *lpc = opaque;

    if (lpc->lpc_hc_fw_seg_idsel > 15) {
        lpc->lpc_hc_fw_seg_idsel = 0;
        return pnv_state_damaged("firmware window of the LPC controller");
    }
    memory_region_set_alias_offset(&lpc->opb_isa_fw,
                                   lpc->lpc_hc_fw_seg_idsel * LPC_FW_WINDOW);
    for (int irq = 0; irq < ISA_NUM_IRQS; irq++) {
        lpc->irq_to_serirq_route[irq] = serirq_of(lpc, irq);
    }
    return 0;
}

static const VMStateDescription vmstate_lpc = {
    .name = "pnv9-chip/lpc",
    .post_load = lpc_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT64(eccb_stat_reg, PnvLpcController),
        VMSTATE_UINT32(eccb_data_reg, PnvLpcController),
        VMSTATE_UINT32(opb_irq_route0, PnvLpcController),
        VMSTATE_UINT32(opb_irq_route1, PnvLpcController),
        VMSTATE_UINT32(opb_irq_stat, PnvLpcController),
        VMSTATE_UINT32(opb_irq_mask, PnvLpcController),
        VMSTATE_UINT32(opb_irq_pol, PnvLpcController),
        VMSTATE_UINT32(opb_irq_input, PnvLpcController),
        VMSTATE_UINT32(lpc_hc_irq_inputs, PnvLpcController),
        VMSTATE_UINT32(lpc_hc_fw_seg_idsel, PnvLpcController),
        VMSTATE_UINT32(lpc_hc_fw_rd_acc_size, PnvLpcController),
        VMSTATE_UINT32(lpc_hc_irqser_ctrl, PnvLpcController),
        VMSTATE_UINT32(lpc_hc_irqmask, PnvLpcController),
        VMSTATE_UINT32(lpc_hc_irqstat, PnvLpcController),
        VMSTATE_UINT32(lpc_hc_error_addr, PnvLpcController),
        VMSTATE_END_OF_LIST()
    },
};

/* ------------------------------------------------------- SBE, OCC and ADU */

static const VMStateDescription vmstate_sbe = {
    .name = "pnv9-chip/sbe",
    .fields = (const VMStateField[]) {
        VMSTATE_UINT64_ARRAY(mbox, PnvSBE, 8),
        VMSTATE_UINT64(sbe_doorbell, PnvSBE),
        VMSTATE_UINT64(host_doorbell, PnvSBE),
        VMSTATE_TIMER_PTR(timer, PnvSBE),
        VMSTATE_END_OF_LIST()
    },
};

/* The memory that it shares with firmware is RAM, and is sent as such. */
static const VMStateDescription vmstate_occ = {
    .name = "pnv9-chip/occ",
    .fields = (const VMStateField[]) {
        VMSTATE_UINT64(occmisc, PnvOCC),
        VMSTATE_TIMER(state_machine_timer, PnvOCC),
        VMSTATE_END_OF_LIST()
    },
};

static const VMStateDescription vmstate_adu = {
    .name = "pnv9-chip/adu",
    .fields = (const VMStateField[]) {
        VMSTATE_UINT64(lpc_base_reg, PnvADU),
        VMSTATE_UINT64(lpc_cmd_reg, PnvADU),
        VMSTATE_UINT64(lpc_data_reg, PnvADU),
        VMSTATE_END_OF_LIST()
    },
};

/* -------------------------------------------------------------- chip TOD */

#define NO_CORE UINT32_MAX

typedef struct {
    PnvChipTOD *parent;
    uint32_t state;
    uint32_t target;            /* a core of this chip, or NO_CORE */
} TodImage;

static int tod_pre_save(void *opaque)
{
    TodImage *image = opaque;
    PnvCore *target = image->parent->slave_pc_target;

    image->state = image->parent->tod_state;
    image->target = target ? CPU_CORE(target)->core_id : NO_CORE;
    return 0;
}

static int tod_post_load(void *opaque, int version_id)
{
    TodImage *image = opaque;
    PnvChipTOD *tod = image->parent;
    PnvCore *target = NULL;

    switch (image->state) {
    case tod_error:
    case tod_stopped:
    case tod_running:
    case tod_not_set:
        break;
    default:
        return pnv_state_damaged("state of a chip TOD");
    }
    if (image->target != NO_CORE) {
        target = pnv_chip_find_core(tod->chip, image->target);
        if (!target) {
            return pnv_state_damaged("target of a chip TOD");
        }
    }
    tod->tod_state = image->state;
    tod->slave_pc_target = target;
    return 0;
}

static const VMStateDescription vmstate_tod_image = {
    .name = "pnv9-chip/tod/image",
    .pre_save = tod_pre_save,
    .post_load = tod_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32(state, TodImage),
        VMSTATE_UINT32(target, TodImage),
        VMSTATE_END_OF_LIST()
    },
};

static const VMStateDescription vmstate_tod = {
    .name = "pnv9-chip/tod",
    .fields = (const VMStateField[]) {
        VMSTATE_UINT64(tod_error, PnvChipTOD),
        VMSTATE_UINT64(pss_mss_ctrl_reg, PnvChipTOD),
        VMSTATE_WITH_TMP(PnvChipTOD, TodImage, vmstate_tod_image),
        VMSTATE_END_OF_LIST()
    },
};

/* ------------------------------------------------------------------- I2C */

static int i2c_post_load(void *opaque, int version_id)
{
    PnvI2C *i2c = opaque;

    if (i2c->fifo.head >= i2c->fifo.capacity ||
        i2c->fifo.num > i2c->fifo.capacity) {
        fifo8_reset(&i2c->fifo);
        return pnv_state_damaged("FIFO of an I2C controller");
    }
    return 0;
}

static const VMStateDescription vmstate_i2c = {
    .name = "pnv9-chip/i2c",
    .post_load = i2c_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT64_ARRAY(regs, PnvI2C, PNV_I2C_REGS),
        VMSTATE_FIFO8(fifo, PnvI2C),
        VMSTATE_END_OF_LIST()
    },
};

/* ------------------------------------------------------------------ chip */

static const VMStateDescription vmstate_chip = {
    .name = "pnv9-chip",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_STRUCT(psi, Pnv9Chip, 0, vmstate_psi, Pnv9Psi),
        VMSTATE_STRUCT(lpc, Pnv9Chip, 0, vmstate_lpc, PnvLpcController),
        VMSTATE_STRUCT(sbe, Pnv9Chip, 0, vmstate_sbe, PnvSBE),
        VMSTATE_STRUCT(occ, Pnv9Chip, 0, vmstate_occ, PnvOCC),
        VMSTATE_STRUCT(adu, Pnv9Chip, 0, vmstate_adu, PnvADU),
        VMSTATE_STRUCT(chiptod, Pnv9Chip, 0, vmstate_tod, PnvChipTOD),
        VMSTATE_STRUCT_ARRAY(i2c, Pnv9Chip, PNV9_CHIP_MAX_I2C, 0, vmstate_i2c,
                             PnvI2C),
        VMSTATE_END_OF_LIST()
    },
};

void pnv_state_register(PnvMachineState *pnv)
{
    if (!object_dynamic_cast(OBJECT(pnv->chips[0]), TYPE_PNV9_CHIP)) {
        return;
    }
    for (int i = 0; i < pnv->num_chips; i++) {
        PnvChip *chip = pnv->chips[i];

        vmstate_register(NULL, i, &vmstate_chip, PNV9_CHIP(chip));
        for (int j = 0; j < chip->nr_cores; j++) {
            pnv_state_register_core(chip->cores[j]);
        }
    }
    pnv_state_register_pnor(pnv->pnor);
}
