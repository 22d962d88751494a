/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "spapr-xive": the XIVE interrupt controller of the pseries machine.
 *
 * The machine creates it for ic-mode=xive and dual, claims interrupt numbers
 * from it, and makes either it or XICS the active controller, first at reset
 * and again when the guest has negotiated which it wants.  The one that isn't
 * active keeps following claims and vCPUs.
 *
 * All behaviour is in the core (xive/ppc/spapr.h); see p9xive/ beside this file
 * for how it is joined to QEMU.
 */
#include "qemu/osdep.h"
#include "exec/cpu-common.h"
#include "hw/pci-host/spapr.h"
#include "hw/ppc/fdt.h"
#include "hw/ppc/spapr.h"
#include "hw/ppc/spapr_cpu_core.h"
#include "hw/ppc/spapr_ovec.h"
#include "hw/ppc/xics_spapr.h"
#include "qapi/error.h"
#include "qemu/log.h"
#include "qemu/p9xive-compat.h"
#include "system/kvm.h"
#include "system/reset.h"
#include "target/ppc/cpu.h"
#include "trace/trace-hw_intc.h"

#include "p9xive/common/adapter.h"
#include "p9xive/kernel/kernel.h"
#include "p9xive/spapr/spapr_xive_internal.h"

/* Where POWER9 machines have them, and where guests of upstream find them. */
#define DEFAULT_VC_BASE 0x0006010000000000ull
#define DEFAULT_TM_BASE 0x0006030203180000ull

/* RAM, plugged memory and PCI windows end below; real addresses above. */
#define WINDOWS_START ((uint64_t)SPAPR_PCI_LIMIT)
#define WINDOWS_END (UINT64_C(1) << 56)

#define TIMA_SIZE ((uint64_t)P9X_TIMA_PAGES << P9X_SPAPR_PAGE_SHIFT)

static bool exploitation(void *host)
{
    SpaprXive *xive = host;

    return spapr_ovec_test(xive->spapr->ov5_cas, OV5_XIVE_EXPLOIT);
}

static bool check_window(const char *property, uint64_t base, uint64_t size,
                         uint64_t align, Error **errp)
{
    if (base % align) {
        error_setg(errp, "spapr-xive: %s=0x%" PRIx64 " is not a multiple of "
                   "0x%" PRIx64, property, base, align);
        return false;
    }
    if (base < WINDOWS_START || base > WINDOWS_END - size) {
        error_setg(errp, "spapr-xive: %s=0x%" PRIx64 " must be from 0x%" PRIx64
                   " to 0x%" PRIx64, property, base, WINDOWS_START,
                   WINDOWS_END - size);
        return false;
    }
    return true;
}

static bool check_windows(SpaprXive *xive, Error **errp)
{
    uint64_t vc_size = p9x_spapr_end_window_offset(&xive->core) +
                       p9x_spapr_end_window_size(&xive->core);

    if (!check_window("vc-base", xive->vc_base, vc_size,
                      2ull << P9X_SPAPR_PAGE_SHIFT, errp) ||
        !check_window("tm-base", xive->tm_base, TIMA_SIZE, TIMA_SIZE, errp)) {
        return false;
    }
    if (xive->tm_base < xive->vc_base + vc_size &&
        xive->vc_base < xive->tm_base + TIMA_SIZE) {
        error_setg(errp, "spapr-xive: tm-base=0x%" PRIx64 " lies in the ESB "
                   "pages, which start at vc-base=0x%" PRIx64 " and take 0x%"
                   PRIx64 " bytes", xive->tm_base, xive->vc_base, vc_size);
        return false;
    }
    return true;
}

static bool init_core(SpaprXive *xive, Error **errp)
{
    uint32_t nr_servers = xive->nr_ends / P9X_NR_PRIOS;
    const P9xSpaprConfig config = {
        .nr_irqs = xive->nr_irqs,
        .nr_servers = nr_servers,
        .vc_base = xive->vc_base,
        .tm_base = xive->tm_base,
        .hv_prio = xive->hv_prio,
        .store_eoi = xive->store_eoi,
        .exploitation = exploitation,
        .ports = &xive->ports,
    };
    g_autofree char *why = NULL;

    if (nr_servers > SPAPR_IRQ_NR_IPIS) {
        error_setg(errp, "spapr-xive: %u servers, but only %u interrupt "
                   "numbers for IPIs", nr_servers, SPAPR_IRQ_NR_IPIS);
        return false;
    }
    if (!p9x_spapr_init(&xive->core, &config, &why)) {
        error_setg(errp, "spapr-xive: %s", why);
        return false;
    }
    if (!check_windows(xive, errp)) {
        p9x_spapr_destroy(&xive->core);
        return false;
    }
    return true;
}

static void spapr_xive_realize(DeviceState *dev, Error **errp)
{
    SpaprXive *xive = SPAPR_XIVE(dev);

    if (!xive->fabric ||
        !object_dynamic_cast(xive->fabric, TYPE_SPAPR_MACHINE)) {
        error_setg(errp, "spapr-xive is a part of the pseries machine");
        return;
    }
    xive->spapr = SPAPR_MACHINE(xive->fabric);
    spapr_xive_ports_init(xive);
    if (!init_core(xive, errp)) {
        return;
    }
    spapr_xive_mmio_init(xive);
    spapr_xive_vmstate_init(xive);
    spapr_xive_describe_devices(xive);
    /*
     * The system bus resets us too, but only after the vCPUs and after other
     * devices, which may have raised their interrupt by then.  Of the two
     * resets only the first one has an effect.
     */
    qemu_register_resettable(OBJECT(dev));
}

static void spapr_xive_reset_hold(Object *obj, ResetType type)
{
    p9x_spapr_reset(&SPAPR_XIVE(obj)->core);
}

static int spapr_xive_activate(SpaprInterruptController *intc,
                               uint32_t nr_servers, Error **errp)
{
    if (kvm_enabled() &&
        spapr_irq_init_kvm(spapr_xive_kernel_connect, intc, nr_servers,
                           errp) < 0) {
        return -1;
    }
    spapr_xive_mmio_set_reachable(SPAPR_XIVE(intc), true);
    return 0;
}

static void spapr_xive_deactivate(SpaprInterruptController *intc)
{
    spapr_xive_mmio_set_reachable(SPAPR_XIVE(intc), false);
    if (kvm_enabled()) {
        spapr_xive_kernel_disconnect(SPAPR_XIVE(intc));
    }
}

static int spapr_xive_cpu_intc_create(SpaprInterruptController *intc,
                                      PowerPCCPU *cpu, Error **errp)
{
    return spapr_xive_tctx_create(SPAPR_XIVE(intc), cpu, errp) ? 0 : -1;
}

static void spapr_xive_cpu_intc_reset(SpaprInterruptController *intc,
                                      PowerPCCPU *cpu)
{
    p9x_spapr_reset_server(&SPAPR_XIVE(intc)->core, spapr_get_vcpu_id(cpu));
}

static void spapr_xive_cpu_intc_destroy(SpaprInterruptController *intc,
                                        PowerPCCPU *cpu)
{
    spapr_xive_tctx_remove(SPAPR_XIVE(intc), cpu);
}

static int spapr_xive_claim_irq(SpaprInterruptController *intc, int lisn,
                                bool lsi, Error **errp)
{
    int rc;

    trace_spapr_xive_claim_irq(lisn, lsi);
    rc = p9x_spapr_claim(&SPAPR_XIVE(intc)->core, lisn, lsi);
    if (rc == -EBUSY) {
        error_setg(errp, "IRQ %d is not free", lisn);
    } else if (rc < 0) {
        error_setg(errp, "there is no IRQ %d", lisn);
    }
    return rc;
}

static void spapr_xive_free_irq(SpaprInterruptController *intc, int lisn)
{
    trace_spapr_xive_free_irq(lisn);
    p9x_spapr_free(&SPAPR_XIVE(intc)->core, lisn);
}

static void spapr_xive_set_irq(SpaprInterruptController *intc, int lisn,
                               int level)
{
    /* Comes with every emulated interrupt; the machine knows whom it calls. */
    SpaprXive *xive = (SpaprXive *)intc;

    trace_spapr_xive_set_irq(lisn, level);
    p9x_spapr_set_irq(&xive->core, lisn, level);
}

static void spapr_xive_print_info(SpaprInterruptController *intc, GString *buf)
{
    SpaprXive *xive = SPAPR_XIVE(intc);

    if (kvm_enabled() && xive->kernel) {
        spapr_xive_kernel_print(xive, buf);
    } else {
        p9x_spapr_print(&xive->core, buf);
    }
}

static void spapr_xive_dt(SpaprInterruptController *intc, uint32_t nr_servers,
                          void *fdt, uint32_t phandle)
{
    _FDT((p9x_spapr_dt(&SPAPR_XIVE(intc)->core, fdt, nr_servers, phandle)));
}

static int spapr_xive_post_load(SpaprInterruptController *intc, int version_id)
{
    SpaprXive *xive = SPAPR_XIVE(intc);
    int rc = spapr_xive_restore_device(xive);
    CPUState *cs;

    if (rc < 0 || p9x_spapr_on_kvm(&xive->core)) {
        return rc;
    }
    /* Only now is it known that the vCPUs' lines are ours. */
    CPU_FOREACH(cs) {
        SpaprXiveTctx *tctx = spapr_cpu_state(POWERPC_CPU(cs))->tctx;

        if (tctx) {
            spapr_xive_update_line(tctx);
        }
    }
    return 0;
}

bool spapr_xive_check_irq(SpaprMachineState *spapr, int irq)
{
    ICSState *ics = spapr->ics;
    bool known = true;

    if (ics) {
        known = ics_valid_irq(ics, irq) &&
                !ics_irq_free(ics, irq - ics->offset);
    }
    if (spapr->xive) {
        P9xSpapr *core = &spapr->xive->core;

        known = known && irq >= SPAPR_XIRQ_BASE && p9x_spapr_claimed(core, irq);
        if (!known) {
            p9x_guest_error(&spapr->xive->ports, p9x_spapr_counters(core),
                            P9X_ERR_NO_SOURCE,
                            "a device sent interrupt 0x%x, not in use", irq);
        }
    } else if (!known) {
        qemu_log_mask(LOG_GUEST_ERROR,
                      "a device sent interrupt 0x%x, not in use\n", irq);
    }
    return known;
}

int spapr_xive_msi_gsi(uint32_t data)
{
    SpaprMachineState *spapr = (SpaprMachineState *)
        object_dynamic_cast(qdev_get_machine(), TYPE_SPAPR_MACHINE);

    if (!spapr) {
        return data & 0xFFFF;
    }
    return data <= INT_MAX && spapr_xive_check_irq(spapr, data) ?
           (int)data : -EINVAL;
}

static const P9xCounters *counters_of(Object *obj)
{
    return p9x_spapr_counters(&SPAPR_XIVE(obj)->core);
}

static const Property spapr_xive_properties[] = {
    DEFINE_PROP_UINT32("nr-irqs", SpaprXive, nr_irqs, 0),
    DEFINE_PROP_UINT32("nr-ends", SpaprXive, nr_ends, 0),
    DEFINE_PROP_UINT64("vc-base", SpaprXive, vc_base, DEFAULT_VC_BASE),
    DEFINE_PROP_UINT64("tm-base", SpaprXive, tm_base, DEFAULT_TM_BASE),
    DEFINE_PROP_UINT8("hv-prio", SpaprXive, hv_prio, 7),
    DEFINE_PROP_BOOL("store-eoi", SpaprXive, store_eoi, false),
    DEFINE_PROP_LINK("xive-fabric", SpaprXive, fabric, TYPE_XIVE_FABRIC,
                     Object *),
};

static void spapr_xive_init(Object *obj)
{
    p9xive_watch_machine();
}

static void spapr_xive_class_init(ObjectClass *klass, P9xiveClassData *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    ResettableClass *rc = RESETTABLE_CLASS(klass);
    SpaprInterruptControllerClass *sicc = SPAPR_INTC_CLASS(klass);

    dc->desc = "sPAPR XIVE interrupt controller (p9xive)";
    dc->realize = spapr_xive_realize;
    dc->vmsd = &vmstate_spapr_xive;
    device_class_set_props(dc, spapr_xive_properties);
    rc->phases.hold = spapr_xive_reset_hold;

    sicc->activate = spapr_xive_activate;
    sicc->deactivate = spapr_xive_deactivate;
    sicc->cpu_intc_create = spapr_xive_cpu_intc_create;
    sicc->cpu_intc_reset = spapr_xive_cpu_intc_reset;
    sicc->cpu_intc_destroy = spapr_xive_cpu_intc_destroy;
    sicc->claim_irq = spapr_xive_claim_irq;
    sicc->free_irq = spapr_xive_free_irq;
    sicc->set_irq = spapr_xive_set_irq;
    sicc->print_info = spapr_xive_print_info;
    sicc->dt = spapr_xive_dt;
    sicc->post_load = spapr_xive_post_load;

    p9xive_class_add_stats(klass, counters_of);
    p9xive_class_add_recorder(klass);
}

static const TypeInfo spapr_xive_info = {
    .name = TYPE_SPAPR_XIVE,
    .parent = TYPE_SYS_BUS_DEVICE,
    .instance_size = sizeof(SpaprXive),
    .instance_align = __alignof__(SpaprXive),
    .instance_init = spapr_xive_init,
    .class_init = spapr_xive_class_init,
    .interfaces = (P9xiveInterfaceInfo[]) {
        { TYPE_SPAPR_INTC },
        { }
    },
};

static void spapr_xive_register_types(void)
{
    type_register_static(&spapr_xive_info);
}

type_init(spapr_xive_register_types)
