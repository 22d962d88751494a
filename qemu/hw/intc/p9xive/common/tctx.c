/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What thread contexts of pseries and powernv have in common: the section
 * "xive-tctx" of the migration stream, which is upstream's.
 */
#include "qemu/osdep.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "target/ppc/cpu.h"

#include "tctx.h"

static int pre_save(void *opaque)
{
    P9xiveTctx *tctx = opaque;
    P9xiveTctxClass *class = P9XIVE_TCTX_GET_CLASS(tctx);

    p9x_tctx_save(&tctx->core, tctx->image);
    return class->saving ? class->saving(tctx) : 0;
}

static int post_load(void *opaque, int version_id)
{
    P9xiveTctx *tctx = opaque;
    P9xiveTctxClass *class = P9XIVE_TCTX_GET_CLASS(tctx);

    if (!p9x_tctx_restore(&tctx->core, tctx->image)) {
        error_report("%s: damaged migration stream: thread context of CPU %d",
                     class->controller, tctx->cpu->parent_obj.cpu_index);
        return -EINVAL;
    }
    return class->restored(tctx);
}

static const VMStateDescription vmstate_tctx = {
    .name = "xive-tctx",
    .version_id = 1,
    .minimum_version_id = 1,
    .pre_save = pre_save,
    .post_load = post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_BUFFER(image, P9xiveTctx),
        VMSTATE_END_OF_LIST()
    },
};

P9xiveTctx *p9xive_tctx_new(const char *type, PowerPCCPU *cpu, Error **errp)
{
    P9xiveTctx *tctx;

    if (PPC_INPUT(&cpu->env) != PPC_FLAGS_INPUT_POWER9) {
        error_setg(errp, "XIVE needs a CPU with POWER9's interrupt inputs");
        return NULL;
    }
    tctx = P9XIVE_TCTX(object_new(type));
    tctx->cpu = cpu;
    return tctx;
}

void p9xive_tctx_realize(P9xiveTctx *tctx)
{
    object_property_add_child(OBJECT(tctx->cpu), "xive-tctx", OBJECT(tctx));
    qdev_realize(DEVICE(tctx), NULL, &error_abort);
}

static void tctx_class_init(ObjectClass *klass, P9xiveClassData *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->vmsd = &vmstate_tctx;
    /* Made by the machine, with p9xive_tctx_new. */
    dc->user_creatable = false;
}

static const TypeInfo tctx_types[] = {
    {
        .name = TYPE_P9XIVE_TCTX,
        .parent = TYPE_DEVICE,
        .abstract = true,
        .instance_size = sizeof(P9xiveTctx),
        .instance_align = __alignof__(P9xiveTctx),
        .class_size = sizeof(P9xiveTctxClass),
        .class_init = tctx_class_init,
    },
};

DEFINE_TYPES(tctx_types)
