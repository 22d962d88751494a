/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Entering and leaving the models below p9xive-kvm.
 *
 * Raising a CPU's interrupt line takes the BQL if the CPU sleeps.  The core
 * says that a line may have changed while it holds locks: that of a switch, or
 * that of an ESB page in use.  The thread that has the BQL may be waiting for
 * just those.  So, inside, vCPUs are only noted; their lines follow when the
 * thread has left the core and holds no lock.
 */
#include "qemu/osdep.h"

#include "../common/cpu_line.h"
#include "xive_kvm_internal.h"

/* More than an interrupt ever concerns; beyond that all vCPUs are looked at. */
enum { MAX_NOTED = 4 };

typedef struct Entry {
    unsigned depth;
    unsigned nr_noted;
    P9xiveKvmVcpu *noted[MAX_NOTED];
} Entry;

static __thread Entry entry;

static P9xiveKvm *the_device;

P9xiveKvm *p9xive_kvm_find(void)
{
    return the_device;
}

void p9xive_kvm_found(P9xiveKvm *k)
{
    the_device = k;
}

static void update_line(P9xiveKvmVcpu *vcpu)
{
    PowerPCCPU *cpu = qatomic_read(&vcpu->line_cpu);

    if (cpu) {
        p9xive_tell_os_line(cpu, &vcpu->tctx);
    }
}

static void update_all_lines(void)
{
    P9xiveKvm *k = p9xive_kvm_find();

    for (uint32_t i = 0; k && i < k->nr_servers; i++) {
        P9xiveKvmVcpu *vcpu = qatomic_read(&k->vcpu[i]);

        if (vcpu) {
            update_line(vcpu);
        }
    }
}

static void update_noted_lines(void)
{
    unsigned nr = entry.nr_noted;

    entry.nr_noted = 0;
    if (nr > MAX_NOTED) {
        update_all_lines();
        return;
    }
    for (unsigned i = 0; i < nr; i++) {
        update_line(entry.noted[i]);
    }
}

static void note(P9xiveKvmVcpu *vcpu)
{
    for (unsigned i = 0; i < MIN(entry.nr_noted, MAX_NOTED); i++) {
        if (entry.noted[i] == vcpu) {
            return;
        }
    }
    if (entry.nr_noted < MAX_NOTED) {
        entry.noted[entry.nr_noted] = vcpu;
    }
    entry.nr_noted = MIN(entry.nr_noted + 1, MAX_NOTED + 1);
}

void p9xive_kvm_line_changed(void *host, P9xTctx *tctx)
{
    p9xive_kvm_enter();
    note(container_of(tctx, P9xiveKvmVcpu, tctx));
    p9xive_kvm_leave();
}

void p9xive_kvm_enter(void)
{
    /* What is noted stays until it has been looked at, unplugged or not. */
    rcu_read_lock();
    entry.depth++;
}

void p9xive_kvm_leave(void)
{
    entry.depth--;
    if (!entry.depth && entry.nr_noted) {
        update_noted_lines();
    }
    rcu_read_unlock();
}

void p9xive_kvm_change(P9xiveKvm *k)
{
    p9x_calls_close(&k->calls);
    p9xive_kvm_enter();
}

void p9xive_kvm_changed(P9xiveKvm *k)
{
    p9xive_kvm_leave();
    p9x_calls_open(&k->calls);
}
