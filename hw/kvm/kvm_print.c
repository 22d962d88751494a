/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The device as KVM shows it in debugfs: vCPUs, then a row a source.
 *
 * A row's TYPE and HW number tell whether a device is passed through.  Looking
 * uses the GET load only, which changes nothing.
 */
#include "irqspace.h"

static void print_banner(GString *out, const char *title)
{
    g_string_append_printf(out, "=========\n%s\n=========\n", title);
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

/* Rows. */

static P9xKvmRow make_row(P9xKvm *kvm, const P9xKvmIrq *irq)
{
    const P9xIrqInfo *live = p9x_kvm_live(irq);

    return (P9xKvmRow) {
        .lisn = irq->number,
        .hw_irq = live->hw_irq,
        .chip = live->chip,
        .pt = irq->pt,
        .lsi = irq->lsi,
        .asserted = irq->asserted,
        .pq = p9x_host_esb_get(kvm->host, live),
        .eisn = irq->eisn,
        .server = irq->act_server,
        .priority = irq->act_priority
    };
}

typedef struct RowFunc {
    void (*call)(void *opaque, const P9xKvmRow *row);
    void *opaque;
} RowFunc;

static void call_with_row(P9xKvm *kvm, P9xKvmBlock *block, P9xKvmIrq *irq,
                          void *opaque)
{
    const RowFunc *f = opaque;
    P9xKvmRow row;

    p9x_lock(&block->lock);
    row = make_row(kvm, irq);
    p9x_unlock(&block->lock);
    f->call(f->opaque, &row);
}

static void each_row_locked(P9xKvm *kvm,
                            void (*f)(void *opaque, const P9xKvmRow *row),
                            void *opaque)
{
    RowFunc func = { f, opaque };

    p9x_assert_held(&kvm->lock);
    p9x_kvm_each_irq(kvm, call_with_row, &func);
}

void p9x_kvm_each_row(P9xKvm *kvm,
                      void (*f)(void *opaque, const P9xKvmRow *row),
                      void *opaque)
{
    p9x_lock(&kvm->lock);
    each_row_locked(kvm, f, opaque);
    p9x_unlock(&kvm->lock);
}

typedef struct Table {
    GString *out;
    uint32_t block;                 /* the last one that got a header */
} Table;

static void print_row(void *opaque, const P9xKvmRow *row)
{
    Table *table = opaque;

    if (row->lisn >> P9X_KVM_BLOCK_SHIFT != table->block) {
        table->block = row->lisn >> P9X_KVM_BLOCK_SHIFT;
        g_string_append(table->out, "    LISN      HW/CHIP   TYPE    PQ      "
                        "EISN    CPU/PRIO\n");
    }
    g_string_append_printf(table->out, "%08x  %08x/%02x %s %s  %c%c  %08x   "
                           "%4u/%u\n", row->lisn, row->hw_irq, row->chip,
                           !row->lsi ? " MSI" : row->asserted ? "^LSI" :
                           " LSI", row->pt ? " PT" : "IPI",
                           row->pq & P9X_ESB_P ? 'P' : '-',
                           row->pq & P9X_ESB_Q ? 'Q' : '-', row->eisn,
                           row->server, row->priority);
}

void p9x_kvm_print(P9xKvm *kvm, GString *out)
{
    Table table = { out, P9X_KVM_NR_BLOCKS };
    P9xKvmCounts counts = p9x_kvm_counts(kvm);

    p9x_lock(&kvm->lock);
    print_banner(out, "VCPU state");
    for (unsigned i = 0; i < kvm->nr_vcpus; i++) {
        kvm->ops->print_vcpu(kvm->vcpu[i], out);
        print_queues(kvm->vcpu[i], out);
    }
    kvm->ops->print_totals(kvm, out);
    print_banner(out, "Sources");
    each_row_locked(kvm, print_row, &table);
    g_string_append_printf(out, "faults %" G_GUINT64_FORMAT " zaps %"
                           G_GUINT64_FORMAT " maps %" G_GUINT64_FORMAT
                           " unmaps %" G_GUINT64_FORMAT "\n", counts.faults,
                           counts.zaps, counts.maps, counts.unmaps);
    p9x_unlock(&kvm->lock);
}
