/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The thread context of a pseries vCPU (common/tctx.h).
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
#include "qemu/error-report.h"
#include "target/ppc/cpu.h"

#include "spapr_xive_internal.h"
#include "xive/dispatch.h"

static void tctx_connect(SpaprXiveTctx *tctx, SpaprXive *xive,
                         PowerPCCPU *cpu)
{
    tctx->xive = xive;
    tctx->line_cpu = POWERPC_CPU(object_ref(OBJECT(cpu)));
    p9x_tctx_init(&tctx->parent_obj.core, p9x_spapr_unit(&xive->core),
                  p9x_cam(P9X_SPAPR_BLOCK, spapr_get_vcpu_id(cpu)), cpu);
}

static void tctx_finalize(Object *obj)
{
    P9xiveTctx *tctx = P9XIVE_TCTX(obj);

    if (tctx->cpu) {
        /* Again, if it has been removed: that changes nothing. */
        p9x_tctx_destroy(&tctx->core);
        object_unref(OBJECT(tctx->cpu));
    }
}

bool spapr_xive_tctx_create(SpaprXive *xive, PowerPCCPU *cpu, Error **errp)
{
    uint32_t server = spapr_get_vcpu_id(cpu);
    P9xiveTctx *common = p9xive_tctx_new(TYPE_SPAPR_XIVE_TCTX, cpu, errp);
    SpaprXiveTctx *tctx;
    int rc;

    if (!common) {
        return false;
    }
    tctx = SPAPR_XIVE_TCTX(common);
    tctx_connect(tctx, xive, cpu);
    rc = p9x_spapr_add_server(&xive->core, server, &common->core);
    if (rc < 0) {
        error_setg_errno(errp, -rc, "XIVE can't add server %u", server);
        object_unref(OBJECT(tctx));
        return false;
    }
    p9xive_tctx_realize(common);
    p9xive_name_thread(cpu, &common->core);
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
    p9x_tctx_destroy(&tctx->parent_obj.core);
    object_unparent(OBJECT(tctx));
    call_rcu1(&tctx->rcu, tctx_release);
}

static int tctx_saving(P9xiveTctx *common)
{
    SpaprXive *xive = SPAPR_XIVE_TCTX(common)->xive;
    g_autofree char *why = NULL;

    if (p9x_spapr_save_server(&xive->core, spapr_get_vcpu_id(common->cpu),
                              common->image, &why)) {
        return 0;
    }
    error_report("spapr-xive: %s", why);
    return -EINVAL;
}

/* That of a plugged vCPU comes when the device has its state already. */
static int restore_device(SpaprXive *xive, PowerPCCPU *cpu)
{
    g_autofree char *why = NULL;

    if (p9x_spapr_restore_server(&xive->core, spapr_get_vcpu_id(cpu), &why)) {
        return 0;
    }
    error_report("spapr-xive: %s", why);
    return -EINVAL;
}

static int tctx_restored(P9xiveTctx *common)
{
    SpaprXiveTctx *tctx = SPAPR_XIVE_TCTX(common);
    SpaprXive *xive = tctx->xive;
    int rc = spapr_xive_check_restored(xive);

    if (rc == 0 && p9x_spapr_on_kvm(&xive->core)) {
        return restore_device(xive, common->cpu);
    }
    if (rc == 0 && xive->spapr->active_intc == SPAPR_INTC(xive)) {
        /* The vCPU's own section does not hold its input lines. */
        spapr_xive_update_line(tctx);
    }
    return rc;
}

static void tctx_class_init(ObjectClass *klass, P9xiveClassData *data)
{
    P9xiveTctxClass *tc = P9XIVE_TCTX_CLASS(klass);

    DEVICE_CLASS(klass)->desc = "XIVE thread context of a pseries vCPU";
    tc->controller = TYPE_SPAPR_XIVE;
    tc->saving = tctx_saving;
    tc->restored = tctx_restored;
}

static const TypeInfo tctx_types[] = {
    {
        .name = TYPE_SPAPR_XIVE_TCTX,
        .parent = TYPE_P9XIVE_TCTX,
        .instance_size = sizeof(SpaprXiveTctx),
        .instance_align = __alignof__(SpaprXiveTctx),
        .instance_finalize = tctx_finalize,
        .class_init = tctx_class_init,
    },
};

DEFINE_TYPES(tctx_types)
