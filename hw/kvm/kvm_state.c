/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The state of KVM's device as JSON (docs/specs/recorder.rst). */
#include "irqspace.h"
#include "xive/state.h"

static void add_row(void *opaque, const P9xKvmRow *row)
{
    GString *out = opaque;

    p9x_state_separate(out);
    g_string_append_printf(
        out, "{\"source\": %u, \"hw\": %u, \"pt\": %s, "
        "\"lsi\": %s, \"level\": %u, \"pq\": \"%u%u\", \"data\": %u, "
        "\"server\": %u, \"priority\": %u}", row->lisn, row->hw_irq,
        p9x_state_bool(row->pt), p9x_state_bool(row->lsi), row->asserted,
        !!(row->pq & P9X_ESB_P), !!(row->pq & P9X_ESB_Q), row->eisn,
        row->server, row->priority);
}

static void add_threads(P9xKvm *kvm, GString *out)
{
    p9x_lock(&kvm->lock);
    for (unsigned i = 0; i < kvm->nr_vcpus; i++) {
        P9xTctx *tctx = kvm->vcpu[i]->tctx;

        if (tctx) {
            p9x_state_separate(out);
            p9x_state_thread(tctx, kvm->vcpu[i]->server, out);
        }
    }
    p9x_unlock(&kvm->lock);
}

void p9x_kvm_state(P9xKvm *kvm, GString *out)
{
    P9xKvmCounts counts = p9x_kvm_counts(kvm);

    g_string_append_printf(out, "{\"is\": \"p9xive-kvm\", \"mode\": "
                           "\"%s\", \"origin\": %u,\n \"sources\": [\n  ",
                           kvm->type == P9X_KVM_NATIVE ? "xive" : "xics",
                           kvm->host->ipi.config.origin);
    p9x_kvm_each_row(kvm, add_row, out);
    g_string_append(out, "],\n \"threads\": [\n  ");
    add_threads(kvm, out);
    g_string_append_printf(
        out, "],\n \"faults\": %" G_GUINT64_FORMAT ", \"zaps\": %"
        G_GUINT64_FORMAT ", \"maps\": %" G_GUINT64_FORMAT ", \"unmaps\": %"
        G_GUINT64_FORMAT ",\n \"counters\": ", counts.faults, counts.zaps,
        counts.maps, counts.unmaps);
    p9x_state_counters(p9x_host_counters(kvm->host), out);
    g_string_append_c(out, '}');
}
