/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "p9xive-kvm": properties, realize, and the machine's interface.
 *
 * To the machine it is one more interrupt controller, which hears of numbers
 * and vCPUs like the two others and is active instead of whichever of them
 * would be.  It is created when those and the first vCPUs are there already,
 * so it begins by asking what it has missed.
 */
#include "qemu/osdep.h"
#include "hw/ppc/ppc.h"
#include "hw/ppc/spapr_cpu_core.h"
#include "hw/ppc/xics_spapr.h"
#include "qapi/error.h"
#include "qemu/bitmap.h"
#include "qemu/error-report.h"
#include "qemu/p9xive-compat.h"
#include "system/qtest.h"
#include "system/reset.h"
#include "system/tcg.h"
#include "target/ppc/cpu.h"

#include "../spapr/spapr_xive_internal.h"
#include "xive/print.h"
#include "xive_kvm_internal.h"

/* As many as a POWER9 host gives away without asking for more. */
enum { NR_VPS = 2 * P9X_KVM_MAX_VCPUS };

/* The machine's interface. */

SpaprInterruptController *p9xive_kvm_intc(void)
{
    P9xiveKvm *k = p9xive_kvm_find();

    return k ? SPAPR_INTC(k) : NULL;
}

static P9xKvmType mode_for(P9xiveKvm *k, SpaprInterruptController *intc)
{
    return k->spapr->xive && intc == SPAPR_INTC(k->spapr->xive) ?
           P9X_KVM_NATIVE : P9X_KVM_XICS;
}

/* What the machine makes active in place of @intc: ours, if there is one. */
SpaprInterruptController *p9xive_kvm_stand_in(SpaprInterruptController *intc)
{
    P9xiveKvm *k = p9xive_kvm_find();
    bool changed;

    if (!k) {
        return intc;
    }
    changed = k->behind && k->behind != intc;
    if (changed) {
        p9xive_kvm_stop(k);
    }
    k->behind = intc;
    k->mode = mode_for(k, intc);
    if (changed) {
        p9xive_kvm_start(k, &error_fatal);
    }
    return SPAPR_INTC(k);
}

static int p9xive_kvm_activate(SpaprInterruptController *intc,
                               uint32_t nr_servers, Error **errp)
{
    return p9xive_kvm_start(P9XIVE_KVM(intc), errp) ? 0 : -1;
}

static void p9xive_kvm_deactivate(SpaprInterruptController *intc)
{
    p9xive_kvm_stop(P9XIVE_KVM(intc));
}

static int p9xive_kvm_cpu_intc_create(SpaprInterruptController *intc,
                                      PowerPCCPU *cpu, Error **errp)
{
    return p9xive_kvm_vcpu_create(P9XIVE_KVM(intc), cpu, errp) ? 0 : -1;
}

static void p9xive_kvm_cpu_intc_reset(SpaprInterruptController *intc,
                                      PowerPCCPU *cpu)
{
    p9xive_kvm_vcpu_reset(P9XIVE_KVM(intc), cpu);
}

static void p9xive_kvm_cpu_intc_destroy(SpaprInterruptController *intc,
                                        PowerPCCPU *cpu)
{
    p9xive_kvm_vcpu_remove(P9XIVE_KVM(intc), cpu);
}

static bool is_xics(P9xiveKvm *k)
{
    return p9x_vm_device(&k->vm) && k->mode == P9X_KVM_XICS;
}

static void set_number(P9xiveKvm *k, int irq, bool lsi)
{
    set_bit(irq, k->claimed);
    if (lsi) {
        set_bit(irq, k->lsi);
    }
}

static void clear_number(P9xiveKvm *k, int irq)
{
    clear_bit(irq, k->claimed);
    clear_bit(irq, k->lsi);
    clear_bit(irq, k->level);
}

static int p9xive_kvm_claim_irq(SpaprInterruptController *intc, int irq,
                                bool lsi, Error **errp)
{
    P9xiveKvm *k = P9XIVE_KVM(intc);
    bool ok = true;

    if (test_bit(irq, k->claimed)) {
        error_setg(errp, "IRQ %d is not free", irq);
        return -EBUSY;
    }
    set_number(k, irq, lsi);
    if (is_xics(k)) {
        p9xive_kvm_enter();
        ok = p9xive_kvm_tell_xics(k, irq, errp);
        p9xive_kvm_leave();
    }
    if (!ok) {
        clear_number(k, irq);
    }
    return ok ? 0 : -EIO;
}

static void p9xive_kvm_free_irq(SpaprInterruptController *intc, int irq)
{
    P9xiveKvm *k = P9XIVE_KVM(intc);

    p9xive_passthrough_freed(k, irq);
    clear_number(k, irq);
    if (is_xics(k)) {
        /* KVM has no way to give a number back: masked, it is silent. */
        p9xive_kvm_enter();
        p9xive_kvm_tell_xics(k, irq, NULL);
        p9xive_kvm_leave();
    }
}

static void p9xive_kvm_set_irq(SpaprInterruptController *intc, int irq,
                               int level)
{
    /* Comes with every emulated interrupt; the machine knows whom it calls. */
    P9xiveKvm *k = (P9xiveKvm *)intc;
    bool lsi = test_bit(irq, k->lsi);

    if (lsi) {
        (level ? set_bit : clear_bit)(irq, k->level);
    }
    p9xive_kvm_enter();
    if (k->spapr->xive && (lsi || !is_xics(k))) {
        /* It keeps the levels, active or not. */
        p9x_spapr_set_irq(&k->spapr->xive->core, irq, level);
    }
    if (is_xics(k) && (lsi || level)) {
        k->port.irq_line(k->port.opaque, irq, level);
    }
    p9xive_kvm_leave();
}

static void p9xive_kvm_print_info(SpaprInterruptController *intc,
                                  GString *buf)
{
    P9xiveKvm *k = P9XIVE_KVM(intc);
    CPUState *cs;

    CPU_FOREACH(cs) {
        P9xiveKvmVcpu *vcpu = spapr_cpu_state(POWERPC_CPU(cs))->kvm_vcpu;

        if (vcpu) {
            p9x_print_thread(&vcpu->tctx, cs->cpu_index, buf);
        }
    }
    if (p9x_vm_device(&k->vm)) {
        p9x_kvm_print(p9x_vm_device(&k->vm), buf);
    }
    p9xive_passthrough_print(k, buf);
    p9x_print_counters(p9x_host_counters(&k->host), buf);
}

static void p9xive_kvm_dt(SpaprInterruptController *intc,
                          uint32_t nr_servers, void *fdt, uint32_t phandle)
{
    SpaprInterruptController *behind = P9XIVE_KVM(intc)->behind;

    SPAPR_INTC_GET_CLASS(behind)->dt(behind, nr_servers, fdt, phandle);
}

/* What the machine's controllers have: from before us, or from a stream. */
static void learn_numbers(P9xiveKvm *k)
{
    ICSState *ics = k->spapr->ics;
    SpaprXive *xive = k->spapr->xive;

    bitmap_zero(k->claimed, k->nr_irqs);
    bitmap_zero(k->lsi, k->nr_irqs);
    for (uint32_t irq = SPAPR_XIRQ_BASE; irq < k->nr_irqs; irq++) {
        bool claimed, lsi;

        if (ics) {
            const ICSIRQState *state = &ics->irqs[irq - ics->offset];

            claimed = state->flags & XICS_FLAGS_IRQ_MASK;
            lsi = state->flags & XICS_FLAGS_IRQ_LSI;
        } else {
            claimed = p9x_spapr_claimed(&xive->core, irq);
            lsi = p9x_source_is_lsi(p9x_spapr_source(&xive->core), irq);
        }
        if (claimed) {
            set_number(k, irq, lsi);
        }
    }
}

/* From spapr-xive, which keeps them too. */
static void learn_levels(P9xiveKvm *k)
{
    P9xSource *source = p9x_spapr_source(&k->spapr->xive->core);

    bitmap_zero(k->level, k->nr_irqs);
    for (uint32_t irq = SPAPR_XIRQ_BASE; irq < k->nr_irqs; irq++) {
        if (test_bit(irq, k->lsi) &&
            atomic_load(p9x_source_esb(source, irq)) & P9X_ESB_ASSERTED) {
            set_bit(irq, k->level);
        }
    }
}

static int p9xive_kvm_post_load(SpaprInterruptController *intc,
                                int version_id)
{
    P9xiveKvm *k = P9XIVE_KVM(intc);

    if (p9xive_passthrough_attached(k)) {
        error_report("p9xive-kvm: a machine with passed-through devices can't "
                     "be loaded");
        return -EINVAL;
    }
    learn_numbers(k);
    if (k->mode == P9X_KVM_XICS) {
        return p9xive_kvm_restore_xics(k);
    }
    learn_levels(k);
    return spapr_xive_restore_device(k->spapr->xive);
}

/* Passed-through devices come and go at once: the guest sees numbers only. */
static void p9xive_kvm_unplug(HotplugHandler *handler, DeviceState *dev,
                              Error **errp)
{
    qdev_simple_device_unplug_cb(handler, dev, errp);
}

/* Realize. */

static bool parse_quirks(P9xiveKvm *k, Error **errp)
{
    if (!k->quirks_name || !strcmp(k->quirks_name, "none")) {
        k->quirks = 0;
        return true;
    }
    if (!strcmp(k->quirks_name, "linux-6.1")) {
        k->quirks = P9X_KVM_QUIRKS_6_1;
        return true;
    }
    error_setg(errp, "p9xive-kvm: quirks=%s is not known; there are none and "
               "linux-6.1", k->quirks_name);
    return false;
}

static bool check_machine(P9xiveKvm *k, Error **errp)
{
    Object *machine = qdev_get_machine();

    if (!object_dynamic_cast(machine, TYPE_SPAPR_MACHINE)) {
        error_setg(errp, "p9xive-kvm is for the pseries machine only");
        return false;
    }
    if (p9xive_kvm_find()) {
        error_setg(errp, "there can be only one p9xive-kvm");
        return false;
    }
    if (!tcg_enabled() && !qtest_enabled()) {
        error_setg(errp, "p9xive-kvm models a KVM device for guests under "
                   "TCG");
        return false;
    }
    k->spapr = SPAPR_MACHINE(machine);
    return true;
}

static void host_event(void *opaque, uint32_t srcno, P9xTransit *transit)
{
    P9xiveKvm *k = opaque;

    p9x_host_source_event(&k->host, k->phb_base + srcno, transit);
}

static void init_host(P9xiveKvm *k)
{
    /* An IPI for each number and, for XICS, for each server. */
    p9x_host_init(&k->host, k->nr_irqs + k->nr_servers, NR_VPS, &k->ports);
    /* Stores are no EOIs on POWER9 as firmware sets it up. */
    p9x_phb4_source_init(&k->phb, P9X_PHB4_BIG_SOURCES, false, host_event, k,
                         &k->ports, p9x_host_counters(&k->host));
    k->phb_base = p9x_host_add_source(&k->host, p9x_phb4_sources(&k->phb));
    p9x_vm_init(&k->vm);
    k->model = (P9xKvmModelPort) {
        .vm = &k->vm,
        .vma = &k->vma,
        .find_vcpu = p9xive_kvm_find_vcpu,
        .opaque = k,
    };
    k->port = p9x_kvm_model_port(&k->model);
}

static bool learn_vcpus(P9xiveKvm *k, Error **errp)
{
    CPUState *cs;

    CPU_FOREACH(cs) {
        if (!p9xive_kvm_vcpu_create(k, POWERPC_CPU(cs), errp)) {
            return false;
        }
    }
    return true;
}

static void forget_vcpus(P9xiveKvm *k)
{
    CPUState *cs;

    CPU_FOREACH(cs) {
        p9xive_kvm_vcpu_remove(k, POWERPC_CPU(cs));
    }
}

static void p9xive_kvm_realize(DeviceState *dev, Error **errp)
{
    P9xiveKvm *k = P9XIVE_KVM(dev);

    if (!parse_quirks(k, errp) || !check_machine(k, errp)) {
        return;
    }
    k->nr_servers = spapr_max_server_number(k->spapr);
    k->nr_irqs = SPAPR_XIRQ_BASE +
                 P9XIVE_NR_XIRQS(k->spapr);
    k->vcpu = g_new0(P9xiveKvmVcpu *, k->nr_servers);
    k->claimed = bitmap_new(k->nr_irqs);
    k->lsi = bitmap_new(k->nr_irqs);
    k->level = bitmap_new(k->nr_irqs);
    p9x_calls_init(&k->calls, P9X_RANK_XICS_CALLS);
    p9xive_kvm_ports_init(k);
    init_host(k);
    learn_numbers(k);
    if (!learn_vcpus(k, errp)) {
        forget_vcpus(k);
        return;
    }
    p9xive_kvm_mmio_init(k);
    if (k->spapr->ics) {
        p9xive_kvm_xics_init(k);
        p9xive_kvm_xics_state_init(k);
    }
    p9xive_passthrough_init(k);
    qbus_set_hotplug_handler(BUS(&k->bus), OBJECT(k));
    qemu_register_resettable(OBJECT(k));
    p9xive_kvm_found(k);
    p9xive_kvm_monitor_init(k);
    spapr_irq_update_active_intc(k->spapr);
}

/* The guest that boots finds a device as if it had never been used. */
static void p9xive_kvm_reset_hold(Object *obj, ResetType type)
{
    P9xiveKvm *k = P9XIVE_KVM(obj);

    if (p9x_vm_device(&k->vm)) {
        p9xive_kvm_restart(k, &error_fatal);
    }
}

static const Property p9xive_kvm_properties[] = {
    DEFINE_PROP_STRING("quirks", P9xiveKvm, quirks_name),
    DEFINE_PROP_BOOL("bypass", P9xiveKvm, bypass, true),
};

static void p9xive_kvm_class_init(ObjectClass *klass, P9xiveClassData *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    ResettableClass *rc = RESETTABLE_CLASS(klass);
    HotplugHandlerClass *hc = HOTPLUG_HANDLER_CLASS(klass);
    SpaprInterruptControllerClass *sicc = SPAPR_INTC_CLASS(klass);

    dc->desc = "interrupts through a model of KVM's XIVE devices (p9xive)";
    dc->realize = p9xive_kvm_realize;
    dc->hotpluggable = false;
    set_bit(DEVICE_CATEGORY_MISC, dc->categories);
    device_class_set_props(dc, p9xive_kvm_properties);
    rc->phases.hold = p9xive_kvm_reset_hold;
    hc->unplug = p9xive_kvm_unplug;

    sicc->activate = p9xive_kvm_activate;
    sicc->deactivate = p9xive_kvm_deactivate;
    sicc->cpu_intc_create = p9xive_kvm_cpu_intc_create;
    sicc->cpu_intc_reset = p9xive_kvm_cpu_intc_reset;
    sicc->cpu_intc_destroy = p9xive_kvm_cpu_intc_destroy;
    sicc->claim_irq = p9xive_kvm_claim_irq;
    sicc->free_irq = p9xive_kvm_free_irq;
    sicc->set_irq = p9xive_kvm_set_irq;
    sicc->print_info = p9xive_kvm_print_info;
    sicc->dt = p9xive_kvm_dt;
    sicc->post_load = p9xive_kvm_post_load;

    p9xive_kvm_monitor_class_init(klass);
}

static const TypeInfo p9xive_kvm_types[] = {
    {
        .name = TYPE_P9XIVE_KVM,
        .parent = TYPE_DEVICE,
        .instance_size = sizeof(P9xiveKvm),
        .instance_align = __alignof__(P9xiveKvm),
        .class_init = p9xive_kvm_class_init,
        .interfaces = (P9xiveInterfaceInfo[]) {
            { TYPE_SPAPR_INTC },
            { TYPE_HOTPLUG_HANDLER },
            { }
        },
    }, {
        .name = TYPE_P9XIVE_PASSTHROUGH_BUS,
        .parent = TYPE_BUS,
        .instance_size = sizeof(P9xivePassthroughBus),
    }
};

DEFINE_TYPES(p9xive_kvm_types)
