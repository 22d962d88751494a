/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A powernv thread's context as a QOM device, child "xive-tctx" of the CPU.
 *
 * The machine makes a chip's CPUs, and asks for their contexts, before it
 * realizes the chip's interrupt controller, and knows a CPU's PIR only
 * afterwards.  So a context starts with nothing but its CPU, and the
 * controller connects all of its chip's when it is realized.
 *
 * CPUs of powernv don't come and go: a context lives as long as the machine.
 */
#include "qemu/osdep.h"
#include "hw/ppc/pnv_chip.h"
#include "hw/ppc/pnv_core.h"
#include "hw/ppc/ppc.h"
#include "qapi/error.h"
#include "xive/dispatch.h"
#include "xive/print.h"

#include "../common/cpu_line.h"
#include "pnv_xive_internal.h"

static PnvXiveTctx *context_of(PowerPCCPU *cpu)
{
    return PNV_XIVE_TCTX(pnv_cpu_state(cpu)->intc);
}

void pnv_chip_power9_intc_create(PnvChip *chip, PowerPCCPU *cpu, Error **errp)
{
    PnvXiveTctx *tctx;

    if (PPC_INPUT(&cpu->env) != PPC_FLAGS_INPUT_POWER9) {
        error_setg(errp, "XIVE needs a CPU with POWER9's interrupt inputs");
        return;
    }
    tctx = PNV_XIVE_TCTX(object_new(TYPE_PNV_XIVE_TCTX));
    tctx->cpu = cpu;
    object_property_add_child(OBJECT(cpu), "xive-tctx", OBJECT(tctx));
    object_unref(OBJECT(tctx));
    qdev_realize(DEVICE(tctx), NULL, &error_abort);
    pnv_cpu_state(cpu)->intc = OBJECT(tctx);
}

void pnv_chip_power9_intc_reset(PnvChip *chip, PowerPCCPU *cpu)
{
    PnvXiveTctx *tctx = context_of(cpu);

    if (tctx->xive) {
        p9x_tctx_reset(&tctx->core);
        /* The CPU's reset may have come in between. */
        pnv_xive_update_lines(tctx);
    }
}

static void disconnect_thread(PnvXiveTctx *tctx)
{
    if (tctx->xive) {
        p9x_ic_remove_thread(tctx->xive->parts->ic, &tctx->core);
        tctx->xive = NULL;
    }
}

void pnv_chip_power9_intc_destroy(PnvChip *chip, PowerPCCPU *cpu)
{
    PnvXiveTctx *tctx = context_of(cpu);

    pnv_cpu_state(cpu)->intc = NULL;
    disconnect_thread(tctx);
    object_unparent(OBJECT(tctx));
}

void pnv_chip_power9_intc_print_info(PnvChip *chip, PowerPCCPU *cpu,
                                     GString *buf)
{
    PnvXiveTctx *tctx = context_of(cpu);

    if (tctx->xive) {
        p9x_print_thread(&tctx->core, cpu->parent_obj.cpu_index, buf);
    }
}

static bool connect_thread(PnvXive *xive, PnvXiveTctx *tctx, Error **errp)
{
    uint32_t pir = ppc_cpu_pir(tctx->cpu);

    if (!p9x_ic_add_thread(xive->parts->ic, &tctx->core, pir, tctx->cpu)) {
        error_setg(errp, "XIVE has no place for a thread with PIR 0x%x", pir);
        return false;
    }
    tctx->xive = xive;
    return true;
}

static PnvXiveTctx *nth_thread(PnvChip *chip, unsigned n)
{
    PnvCore *core = chip->cores[n / chip->nr_threads];

    return context_of(core->threads[n % chip->nr_threads]);
}

bool pnv_xive_connect_threads(PnvXive *xive, Error **errp)
{
    PnvChip *chip = xive->chip;

    for (unsigned i = 0; i < chip->nr_cores * chip->nr_threads; i++) {
        if (!connect_thread(xive, nth_thread(chip, i), errp)) {
            pnv_xive_disconnect_threads(xive);
            return false;
        }
    }
    return true;
}

void pnv_xive_disconnect_threads(PnvXive *xive)
{
    PnvChip *chip = xive->chip;

    for (unsigned i = 0; i < chip->nr_cores * chip->nr_threads; i++) {
        disconnect_thread(nth_thread(chip, i));
    }
}

void pnv_xive_update_lines(PnvXiveTctx *tctx)
{
    p9xive_tell_both_lines(tctx->cpu, &tctx->core);
}

void pnv_xive_line_changed(void *host, P9xTctx *core)
{
    pnv_xive_update_lines(container_of(core, PnvXiveTctx, core));
}

static void tctx_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->desc = "XIVE thread context of a powernv CPU";
    dc->vmsd = &vmstate_pnv_xive_tctx;
    /* Made by pnv_chip_power9_intc_create. */
    dc->user_creatable = false;
}

static const TypeInfo tctx_info = {
    .name = TYPE_PNV_XIVE_TCTX,
    .parent = TYPE_DEVICE,
    .instance_size = sizeof(PnvXiveTctx),
    .instance_align = __alignof__(PnvXiveTctx),
    .class_init = tctx_class_init,
};

static void tctx_register_types(void)
{
    type_register_static(&tctx_info);
}

type_init(tctx_register_types)
