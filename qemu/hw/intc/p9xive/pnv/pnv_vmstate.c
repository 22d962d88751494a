/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The migration stream of a POWER9 chip's interrupt controller.
 *
 *   pnv-xive    registers, tables of VSDs and sets, cache watches, events
 *               that firmware holds back
 *   xive-tctx   64 bytes of rings, once a thread (../common/tctx.c)
 *
 * Sources, EASs, ENDs and NVTs are in guest memory and go with it; the core
 * writes what its caches hold back when the machine stops, before memory is
 * sent for the last time (pnv_xive.c).
 *
 * The core takes any registers as if the guest had stored them, so this file
 * refuses none.  Sections may come in any order.
 */
#include "qemu/osdep.h"
#include "migration/vmstate.h"

#include "pnv_xive_internal.h"

static int xive_pre_save(void *opaque)
{
    PnvXiveParts *parts = ((PnvXive *)opaque)->parts;

    p9x_ic_save(parts->ic, &parts->image);
    return 0;
}

static int xive_post_load(void *opaque, int version_id)
{
    PnvXiveParts *parts = ((PnvXive *)opaque)->parts;

    p9x_ic_restore(parts->ic, &parts->image);
    return 0;
}

static const VMStateDescription vmstate_registers = {
    .name = TYPE_PNV_XIVE "/registers",
    .version_id = 2,
    .minimum_version_id = 2,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT64_ARRAY(image.reg, PnvXiveParts, P9X_IC_NR_REGS),
        VMSTATE_UINT64(image.fir, PnvXiveParts),
        VMSTATE_UINT64_2DARRAY(image.vc_vsd, PnvXiveParts, 5, 32),
        VMSTATE_UINT64_2DARRAY(image.pc_vsd, PnvXiveParts, 5, 32),
        VMSTATE_UINT64_2DARRAY(image.set_table, PnvXiveParts, 4, 64),
        VMSTATE_UINT64_ARRAY(image.end_watch, PnvXiveParts, 4),
        VMSTATE_UINT64_ARRAY(image.nvt_watch, PnvXiveParts, 8),
        VMSTATE_UINT64_2DARRAY(image.fifo, PnvXiveParts, P9X_IC_FIFOS,
                               P9X_IC_FIFO_WORDS),
        VMSTATE_UINT64(image.syncs, PnvXiveParts),
        VMSTATE_UINT64(image.lsi, PnvXiveParts),
        VMSTATE_END_OF_LIST()
    },
};

const VMStateDescription vmstate_pnv_xive = {
    .name = TYPE_PNV_XIVE,
    .version_id = 2,
    .minimum_version_id = 2,
    .pre_save = xive_pre_save,
    .post_load = xive_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_STRUCT_POINTER(parts, PnvXive, vmstate_registers,
                               PnvXiveParts),
        VMSTATE_END_OF_LIST()
    },
};
