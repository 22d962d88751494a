/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The device as KVM shows it in debugfs: vCPUs, then a row a source.
 *
 * A row's TYPE and HW number tell whether a device is passed through.  Looking
 * uses the GET load only, which changes nothing.
 */
#include "kvm_internal.h"
#include "xive/xics.h"

static void print_banner(GString *out, const char *title)
{
    g_string_append_printf(out, "=========\n%s\n=========\n", title);
}

static void print_native_vcpu(P9xKvmVcpu *vcpu, GString *out)
{
    g_string_append_printf(out, "VCPU %u: VP=0x%x/%02x\n"
                           "    NSR=%02x CPPR=%02x IBP=%02x PIPR=%02x "
                           "w01=%016llx w2=%08x\n", vcpu->server, vcpu->vp, 0,
                           vcpu->w01[P9X_TM_NSR], vcpu->w01[P9X_TM_CPPR],
                           vcpu->w01[P9X_TM_IPB], vcpu->w01[P9X_TM_PIPR],
                           (unsigned long long)p9x_load_be(vcpu->w01, 8),
                           vcpu->cam_word);
}

static void print_xics_vcpu(P9xKvmVcpu *vcpu, GString *out)
{
    g_string_append_printf(out, "VCPU %u: VP:%#x/%02x\n"
                           "    CPPR:%#x HWCPPR:%#x MFRR:%#x PEND:%#x "
                           "h_xirr: R=0 V=%llu\n", vcpu->server, vcpu->vp, 0,
                           vcpu->cppr, vcpu->hw_cppr, vcpu->mfrr,
                           vcpu->pending,
                           (unsigned long long)
                           vcpu->hcalls[P9X_XICS_XIRR]);
}

/* R counted what real mode did, before the hypervisor lost that. */
static void print_hcall_totals(P9xKvm *kvm, GString *out)
{
    static const char *const name[] = {
        [P9X_XICS_XIRR] = "H_XIRR", [P9X_XICS_IPOLL] = "H_IPOLL",
        [P9X_XICS_CPPR] = "H_CPPR", [P9X_XICS_EOI] = "H_EOI",
        [P9X_XICS_IPI] = "H_IPI"
    };

    g_string_append(out, "Hcalls totals\n");
    for (unsigned i = 0; i < G_N_ELEMENTS(name); i++) {
        unsigned long long total = 0;

        for (unsigned n = 0; n < kvm->nr_vcpus; n++) {
            total += kvm->vcpu[n]->hcalls[i];
        }
        g_string_append_printf(out, " %-7s R=%10u V=%10llu\n", name[i], 0u,
                               total);
    }
}

static void print_queues(P9xKvmVcpu *vcpu, GString *out)
{
    const P9xPorts *ports = vcpu->kvm->host->ports;

    for (unsigned i = 0; i < P9X_NR_PRIOS; i++) {
        const P9xKvmQueue *q = &vcpu->queue[i];
        P9xBe32 entry[2] = { 0, 0 };

        if (!q->has_page) {
            continue;
        }
        for (unsigned n = 0; n < 2; n++) {
            ports->mem_read(ports->host, q->qpage +
                            4ull * ((q->idx + n) & q->mask), &entry[n],
                            sizeof(entry[n]));
        }
        g_string_append_printf(out, "    q[%u]: T=%u %08x %08x...\n", i,
                               q->toggle, p9x_be32(entry[0]),
                               p9x_be32(entry[1]));
    }
}

static void print_source(P9xKvm *kvm, const P9xKvmIrq *irq, GString *out)
{
    const P9xIrqInfo *live = p9x_kvm_live(irq);
    P9xPq pq = p9x_host_esb_get(kvm->host, live);

    g_string_append_printf(out, "%08x  %08x/%02x  %s %s  %c%c  %08x   "
                           "%4u/%u\n", irq->number, live->hw_irq, live->chip,
                           !irq->lsi ? " MSI" : irq->asserted ? "^LSI" :
                           " LSI", irq->pt ? " PT" : "IPI",
                           pq & P9X_ESB_P ? 'P' : '-',
                           pq & P9X_ESB_Q ? 'Q' : '-', irq->eisn,
                           irq->act_server, irq->act_priority);
}

static void print_block(P9xKvm *kvm, P9xKvmBlock *block, GString *out)
{
    g_string_append(out, "    LISN      HW/CHIP   TYPE    PQ      EISN    "
                    "CPU/PRIO\n");
    p9x_lock(&block->lock);
    for (uint32_t i = 0; i < P9X_KVM_BLOCK_IRQS; i++) {
        if (block->irq[i].valid) {
            print_source(kvm, &block->irq[i], out);
        }
    }
    p9x_unlock(&block->lock);
}

void p9x_kvm_print(P9xKvm *kvm, GString *out)
{
    p9x_lock(&kvm->lock);
    print_banner(out, "VCPU state");
    for (unsigned i = 0; i < kvm->nr_vcpus; i++) {
        if (p9x_is_native(kvm)) {
            print_native_vcpu(kvm->vcpu[i], out);
        } else {
            print_xics_vcpu(kvm->vcpu[i], out);
        }
        print_queues(kvm->vcpu[i], out);
    }
    if (!p9x_is_native(kvm)) {
        print_hcall_totals(kvm, out);
    }
    print_banner(out, "Sources");
    for (uint32_t id = 0; id <= kvm->max_block; id++) {
        P9xKvmBlock *block = p9x_kvm_block(kvm, id << P9X_KVM_BLOCK_SHIFT);

        if (block) {
            print_block(kvm, block, out);
        }
    }
    g_string_append_printf(out, "faults %lu zaps %lu maps %lu unmaps %lu\n",
                           atomic_load(&kvm->stats.faults),
                           atomic_load(&kvm->stats.zaps),
                           atomic_load(&kvm->stats.maps),
                           atomic_load(&kvm->stats.unmaps));
    p9x_unlock(&kvm->lock);
}
