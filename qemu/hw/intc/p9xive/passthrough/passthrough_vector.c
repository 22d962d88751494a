/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One vector: binding, releasing, messages, accounts.  passthrough_internal.h
 * has the order of the steps, and says which thread may call which function.
 */
#include "qemu/osdep.h"
#include "hw/pci-host/spapr.h"
#include "qapi/error.h"
#include "qemu/bitmap.h"
#include "qemu/timer.h"
#include "trace/trace-hw_intc_p9xive.h"

#include "passthrough_internal.h"

/* Most vectors a device without MSI-X can have. */
enum { MAX_MSI = 32 };

/* Senders that may be looking at a device or at bus.by_lisn. */
static P9xGate senders = P9X_GATE_OF_SENDERS;

void p9xive_senders_drain(void)
{
    p9x_gate_drain(&senders);
}

bool p9xive_vectors_init(P9xivePassthrough *pt, Error **errp)
{
    P9xivePassthroughBus *bus = &pt->kvm->bus;
    unsigned pe = find_first_zero_bit(bus->pes, P9X_PHB4_NR_PES);

    if (pe == P9X_PHB4_NR_PES) {
        error_setg(errp, "all %u PEs of the host bridge are taken",
                   P9X_PHB4_NR_PES);
        return false;
    }
    set_bit(pe, bus->pes);
    pt->pe = pe;
    pt->nr_vectors = MAX(pt->pci->msix_entries_nr, MAX_MSI);
    pt->vector = g_new0(P9xiveVector, pt->nr_vectors);
    for (unsigned i = 0; i < pt->nr_vectors; i++) {
        pt->vector[i].pt = pt;
        pt->vector[i].number = i;
    }
    return true;
}

void p9xive_vectors_free(P9xivePassthrough *pt)
{
    P9xivePassthroughBus *bus = &pt->kvm->bus;

    pt->past = p9xive_device_account(pt);
    p9xive_account_add(&bus->past, &pt->past);
    /* Others look at whose a vector is that their number leads to. */
    p9xive_senders_drain();
    clear_bit(pt->pe, bus->pes);
    pt->nr_vectors = 0;
    g_free(pt->vector);
    pt->vector = NULL;
}

int p9xive_bridge_alloc(P9xiveKvm *k, unsigned n)
{
    uint32_t nr_msis = p9x_phb4_nr_msis(&k->phb);
    unsigned long at = bitmap_find_next_zero_area(k->bus.msis, nr_msis, 0, n,
                                                  pow2ceil(n) - 1);

    if (at >= nr_msis) {
        return -1;
    }
    bitmap_set(k->bus.msis, at, n);
    return at;
}

void p9xive_bridge_free(P9xiveKvm *k, uint32_t srcno)
{
    clear_bit(srcno, k->bus.msis);
}

bool p9xive_lisn_bindable(P9xiveKvm *k, uint32_t lisn)
{
    if (k->bus.suspended || !p9x_vm_device(&k->vm) || lisn >= k->bus.nr_lisns ||
        k->bus.by_lisn[lisn] || !test_bit(lisn, k->claimed)) {
        return false;
    }
    return p9x_kvm_takes_msi(p9x_vm_device(&k->vm), lisn);
}

/* The host's handler, as VFIO's: the eventfd fires. */
static void vector_event(void *opaque)
{
    P9xiveVector *v = opaque;

    trace_p9xive_vector_event(v->lisn, p9x_host_irq_number(&v->irq));
    p9x_vm_signal(&v->pt->kvm->vm, v);
}

/* False: the host, or KVM, could not; nothing has changed. */
static bool open_way(P9xiveKvm *k, P9xiveVector *v)
{
    uint32_t hw = k->phb_base + v->srcno;

    if (p9x_phb4_set_pe(&k->phb, v->srcno, v->pt->pe) ||
        p9x_host_request_irq(&k->host, &v->irq, hw, hw, vector_event, v)) {
        return false;
    }
    if (p9x_vm_irqfd(&k->vm, v, v->lisn)) {
        p9x_host_free_irq(&k->host, &v->irq);
        return false;
    }
    return true;
}

/* The two switches, with what they take. */

static void join(P9xiveKvm *k, P9xiveVector *v)
{
    int64_t start = get_clock();

    /* If it can't be mapped, its events keep taking the eventfd. */
    p9x_vm_add_producer(&k->vm, v, &v->irq);
    k->bus.switch_ns += get_clock() - start;
}

static void part(P9xiveKvm *k, P9xiveVector *v)
{
    int64_t start = get_clock();

    /* It fails if the host can't take it back now: then the guest keeps it. */
    while (p9x_vm_del_producer(&k->vm, v)) {
        sched_yield();
    }
    k->bus.switch_ns += get_clock() - start;
}

void p9xive_vector_bind(P9xiveVector *v, uint32_t lisn, uint32_t srcno)
{
    P9xiveKvm *k = v->pt->kvm;

    v->lisn = lisn;
    v->srcno = srcno;
    v->msg = p9x_phb4_msi_encode(srcno, true);
    p9xive_kvm_enter();
    v->bound = open_way(k, v);
    if (v->bound) {
        qatomic_store_release(&k->bus.by_lisn[lisn], v);
        join(k, v);
        trace_p9xive_vector_bound(v->pt->device, v->number, lisn,
                                  p9x_host_irq_number(&v->irq),
                                  p9x_host_irq_is_forwarded(&v->irq));
    } else {
        p9xive_bridge_free(k, srcno);
    }
    p9xive_kvm_leave();
}

/*
 * No message enters the bridge any more.  What did has been handled by the
 * host when P is clear: the eventfd has been signalled, the EOI found no Q.
 * The handlers run in threads that don't need the BQL for that.
 */
static void wait_idle(P9xiveKvm *k, const P9xiveVector *v)
{
    while (p9x_source_get_pq(p9x_phb4_sources(&k->phb), v->srcno) & P9X_ESB_P) {
        sched_yield();
    }
}

void p9xive_vector_release(P9xiveVector *v)
{
    P9xiveKvm *k = v->pt->kvm;

    if (!v->bound) {
        return;
    }
    p9xive_kvm_enter();
    part(k, v);
    qatomic_set(&k->bus.by_lisn[v->lisn], NULL);
    p9xive_senders_drain();
    wait_idle(k, v);
    p9x_vm_irqfd_deassign(&k->vm, v);
    p9x_host_free_irq(&k->host, &v->irq);
    p9xive_bridge_free(k, v->srcno);
    v->bound = false;
    v->account.by_host += p9x_host_irq_taken(&v->irq);
    trace_p9xive_vector_released(v->pt->device, v->number, v->lisn,
                                 p9x_host_irq_number(&v->irq));
    p9xive_kvm_leave();
}

/* Messages. */

static P9xiveVector *find_sender(P9xivePassthrough *pt, const MSIMessage *msg)
{
    P9xivePassthroughBus *bus = &pt->kvm->bus;
    P9xiveVector *v;

    if (msg->address != SPAPR_PCI_MSI_WINDOW || msg->data >= bus->nr_lisns) {
        return NULL;
    }
    v = qatomic_load_acquire(&bus->by_lisn[msg->data]);
    return v && v->pt == pt ? v : NULL;
}

static void count(P9xiveAccount *account, P9xEsbOutcome outcome)
{
    qatomic_inc(&account->sent);
    switch (outcome) {
    case P9X_ESB_NOTIFY:
        qatomic_inc(&account->events);
        break;
    case P9X_ESB_COALESCED:
        qatomic_inc(&account->coalesced);
        break;
    default:
        qatomic_inc(&account->off);
        break;
    }
}

static bool send_bound(P9xivePassthrough *pt, const MSIMessage *msg)
{
    P9xiveVector *v = find_sender(pt, msg);
    P9xEsbOutcome outcome;

    /* A device that must not be a bus master does not get its store out. */
    if (!v || !pt->pci->bus_master_enable_region.enabled) {
        return false;
    }
    if (p9x_phb4_msi_outcome(&pt->kvm->phb, v->msg.addr, v->msg.data, pt->pe,
                             &outcome)) {
        count(&v->account, outcome);
        trace_p9xive_vector_message(v->lisn, p9x_host_irq_number(&v->irq),
                                    outcome);
    }
    return true;
}

bool p9xive_send_to_bridge(PCIDevice *pci, const MSIMessage *msg)
{
    P9xivePassthrough *pt;
    bool sent;

    p9xive_kvm_enter();
    p9x_gate_enter_fenced(&senders);
    pt = qatomic_load_acquire(&pci->irq_opaque);
    sent = pt && send_bound(pt, msg);
    p9x_gate_leave(&senders);
    p9xive_kvm_leave();
    return sent;
}

/* Accounts. */

void p9xive_account_add(P9xiveAccount *sum, const P9xiveAccount *a)
{
    sum->sent += a->sent;
    sum->events += a->events;
    sum->coalesced += a->coalesced;
    sum->off += a->off;
    sum->by_host += a->by_host;
}

P9xiveAccount p9xive_vector_account(const P9xiveVector *v)
{
    P9xiveAccount account = v->account;

    if (v->bound) {
        account.by_host += p9x_host_irq_taken(&v->irq);
    }
    return account;
}

P9xiveAccount p9xive_device_account(const P9xivePassthrough *pt)
{
    P9xiveAccount sum = pt->past;

    for (unsigned i = 0; i < pt->nr_vectors; i++) {
        P9xiveAccount one = p9xive_vector_account(&pt->vector[i]);

        p9xive_account_add(&sum, &one);
    }
    return sum;
}
