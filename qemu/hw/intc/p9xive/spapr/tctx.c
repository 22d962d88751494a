/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A vCPU's thread context as a QOM device, child "xive-tctx" of the vCPU.
 *
 * It is a device for the sake of migration, which wants one section per vCPU
 * in the order in which they were made.
 *
 * A vCPU can be unplugged while another one is just sending it an interrupt.
 * So removal unlinks the context at once, but frees it (and lets go of the
 * vCPU) only when every thread that might have found it has left its RCU read
 * section; all MMIO happens in one.
 */
#include "qemu/osdep.h"
#include "hw/ppc/ppc.h"
#include "hw/ppc/spapr.h"
#include "hw/ppc/spapr_cpu_core.h"
#include "qapi/error.h"
#include "target/ppc/cpu.h"

#include "spapr_xive_internal.h"
#include "xive/dispatch.h"

static void tctx_connect(SpaprXiveTctx *tctx, SpaprXive *xive,
                         PowerPCCPU *cpu)
{
    tctx->xive = xive;
    tctx->cpu = POWERPC_CPU(object_ref(OBJECT(cpu)));
    tctx->line_cpu = cpu;
    p9x_tctx_init(&tctx->core, &xive->core.router.unit,
                  p9x_cam(P9X_SPAPR_BLOCK, spapr_get_vcpu_id(cpu)), cpu);
}

static void tctx_finalize(Object *obj)
{
    SpaprXiveTctx *tctx = SPAPR_XIVE_TCTX(obj);

    if (tctx->cpu) {
        /* Again, if it has been removed: that changes nothing. */
        p9x_tctx_destroy(&tctx->core);
        object_unref(OBJECT(tctx->cpu));
    }
}

bool spapr_xive_tctx_create(SpaprXive *xive, PowerPCCPU *cpu, Error **errp)
{
    uint32_t server = spapr_get_vcpu_id(cpu);
    SpaprXiveTctx *tctx;
    Object *obj;
    int rc;

    if (PPC_INPUT(&cpu->env) != PPC_FLAGS_INPUT_POWER9) {
        error_setg(errp, "XIVE needs a CPU with POWER9's interrupt inputs");
        return false;
    }
    obj = object_new(TYPE_SPAPR_XIVE_TCTX);
    tctx = SPAPR_XIVE_TCTX(obj);
    tctx_connect(tctx, xive, cpu);
    rc = p9x_spapr_add_server(&xive->core, server, &tctx->core);
    if (rc < 0) {
        error_setg_errno(errp, -rc, "XIVE can't add server %u", server);
        object_unref(obj);
        return false;
    }
    object_property_add_child(OBJECT(cpu), "xive-tctx", obj);
    qdev_realize(DEVICE(obj), NULL, &error_abort);
    qatomic_set(&spapr_cpu_state(cpu)->tctx, tctx);
    return true;
}

static void tctx_release(struct rcu_head *rcu)
{
    object_unref(OBJECT(container_of(rcu, SpaprXiveTctx, rcu)));
}

void spapr_xive_tctx_remove(SpaprXive *xive, PowerPCCPU *cpu)
{
    SpaprCpuState *state = spapr_cpu_state(cpu);
    SpaprXiveTctx *tctx = state->tctx;

    if (!tctx) {
        return;
    }
    qatomic_set(&state->tctx, NULL);
    /* The vCPU's thread goes before we do. */
    qatomic_set(&tctx->line_cpu, NULL);
    p9x_spapr_remove_server(&xive->core, spapr_get_vcpu_id(cpu));
    /* Off all lists: from here on no thread can find it any more. */
    p9x_tctx_destroy(&tctx->core);
    object_unparent(OBJECT(tctx));
    call_rcu1(&tctx->rcu, tctx_release);
}

static void tctx_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->desc = "XIVE thread context of a pseries vCPU";
    dc->vmsd = &vmstate_spapr_xive_tctx;
    /* Made by spapr_xive_tctx_create. */
    dc->user_creatable = false;
}

static const TypeInfo tctx_info = {
    .name = TYPE_SPAPR_XIVE_TCTX,
    .parent = TYPE_DEVICE,
    .instance_size = sizeof(SpaprXiveTctx),
    .instance_align = __alignof__(SpaprXiveTctx),
    .instance_finalize = tctx_finalize,
    .class_init = tctx_class_init,
};

static void tctx_register_types(void)
{
    type_register_static(&tctx_info);
}

type_init(tctx_register_types)
