/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The thread context of a powernv CPU (common/tctx.h).
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

#include "../common/adapter.h"
#include "../common/cpu_line.h"
#include "pnv_xive_internal.h"

static PnvXiveTctx *context_of(PowerPCCPU *cpu)
{
    return PNV_XIVE_TCTX(pnv_cpu_state(cpu)->intc);
}

void pnv_chip_power9_intc_create(PnvChip *chip, PowerPCCPU *cpu, Error **errp)
{
    P9xiveTctx *tctx = p9xive_tctx_new(TYPE_PNV_XIVE_TCTX, cpu, errp);

    if (tctx) {
        p9xive_tctx_realize(tctx);
        object_unref(OBJECT(tctx));
        pnv_cpu_state(cpu)->intc = OBJECT(tctx);
    }
}

/* Gives @tctx's CPU the levels that the thread context has now. */
static void update_lines(P9xiveTctx *tctx)
{
    p9xive_tell_both_lines(tctx->cpu, &tctx->core);
}

void pnv_chip_power9_intc_reset(PnvChip *chip, PowerPCCPU *cpu)
{
    PnvXiveTctx *tctx = context_of(cpu);

    if (tctx->xive) {
        p9x_tctx_reset(&tctx->parent_obj.core);
        /* The CPU's reset may have come in between. */
        update_lines(&tctx->parent_obj);
    }
}

static void disconnect_thread(PnvXiveTctx *tctx)
{
    if (tctx->xive) {
        p9x_ic_remove_thread(tctx->xive->parts->ic, &tctx->parent_obj.core);
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
        p9x_print_thread(&tctx->parent_obj.core, cpu->parent_obj.cpu_index,
                         buf);
    }
}

static bool connect_thread(PnvXive *xive, PnvXiveTctx *tctx, Error **errp)
{
    PowerPCCPU *cpu = tctx->parent_obj.cpu;
    uint32_t pir = ppc_cpu_pir(cpu);

    if (!p9x_ic_add_thread(xive->parts->ic, &tctx->parent_obj.core, pir, cpu)) {
        error_setg(errp, "XIVE has no place for a thread with PIR 0x%x", pir);
        return false;
    }
    p9xive_name_thread(cpu, &tctx->parent_obj.core);
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

void pnv_xive_line_changed(void *host, P9xTctx *core)
{
    update_lines(container_of(core, P9xiveTctx, core));
}

static int tctx_restored(P9xiveTctx *tctx)
{
    /* The CPU's own section does not hold its input lines. */
    update_lines(tctx);
    return 0;
}

static void tctx_class_init(ObjectClass *klass, P9xiveClassData *data)
{
    P9xiveTctxClass *tc = P9XIVE_TCTX_CLASS(klass);

    DEVICE_CLASS(klass)->desc = "XIVE thread context of a powernv CPU";
    tc->controller = TYPE_PNV_XIVE;
    tc->restored = tctx_restored;
}

static const TypeInfo tctx_types[] = {
    {
        .name = TYPE_PNV_XIVE_TCTX,
        .parent = TYPE_P9XIVE_TCTX,
        .instance_size = sizeof(PnvXiveTctx),
        .instance_align = __alignof__(PnvXiveTctx),
        .class_init = tctx_class_init,
    },
};

DEFINE_TYPES(tctx_types)
