/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The system in and out of bytes. */
#include "explore-internal.h"

World world;

static uint32_t hw_pt(void)
{
    return world.rig->base + MSI_OF_A;
}

static uint32_t hw_ipi(unsigned src)
{
    return irq_of(src)->ipi.hw_irq;
}

static P9xEas *eas_of(uint32_t hw)
{
    return &world.rig->h.tables.eas[hw];
}

/* ---- life ---- */

void world_new(P9xKvmType type, unsigned quirks)
{
    KRig *rig = krig_new(type, quirks, NR_SERVER);

    world = (World) { .rig = rig, .native = type == P9X_KVM_NATIVE };
    if (world.native) {
        krig_queue(rig, 1, PRIO);
        krig_source(rig, GIRQ_B, P9X_KVM_SRC_LEVEL);
        g_assert_cmpint(krig_config(rig, GIRQ_B, 1, PRIO, EISN_OF_B), ==, 0);
        krig_load(rig, GIRQ_B, true, P9X_ESB_SET_PQ_00);
        krig_load(rig, GIRQ_B, false, 0);
        krig_route(rig, GIRQ_A, 0, EISN_OF_A);
        /* Numbers that the eventfd must not be taken for. */
        g_assert_cmpint(krig_config(rig, GIRQ_A, 0, PRIO, EISN_OF_A), ==, 0);
    } else {
        krig_xics_source(rig, GIRQ_A, 0);
        krig_set64(rig, P9X_KVM_XICS_GRP_SOURCES, GIRQ_B,
                   krig_word(1, PRIO) | P9X_KVM_XICS_LEVEL);
    }
    krig_request(rig, MSI_OF_A);
    g_assert_cmpint(p9x_vm_irqfd(&rig->vm, &rig->msi[MSI_OF_A], GIRQ_A), ==,
                    0);
    rig->h.plants.op = NULL;
    p9x_host_delay(&rig->h, true);
    p9x_host_hold(&rig->h, true);
}

void world_free(void)
{
    p9x_host_hold(&world.rig->h, false);
    p9x_host_delay(&world.rig->h, false);
    if (irq_of(SRC_A)->pt) {
        p9x_kvm_clr_mapped(krig_kvm(world.rig), GIRQ_A, pt());
    }
    krig_free(world.rig);
}

/* ---- bytes ---- */

static uint64_t queue_of(unsigned server)
{
    return world.native ? krig_queue_addr(server, PRIO) :
                          world.rig->vcpu[server].queue[PRIO].qpage;
}

static P9xEnd *end_of(unsigned server)
{
    return &world.rig->h.tables.end[
        (world.rig->vcpu[server].vp & 0xFFFFFF) * P9X_NR_PRIOS + PRIO];
}

uint8_t source_of(uint32_t data)
{
    static const uint32_t native[] = { EISN_OF_A, EISN_OF_B };
    static const uint32_t xics[] = { GIRQ_A, GIRQ_B };
    const uint32_t *want = world.native ? native : xics;

    return data == want[SRC_A] ? SRC_A : data == want[SRC_B] ? SRC_B :
           ENTRY_OTHER;
}

static uint32_t data_of(uint8_t source)
{
    if (source == ENTRY_OTHER) {
        return 0x777;
    }
    return world.native ? (source == SRC_A ? EISN_OF_A : EISN_OF_B) :
                          girq_of(source);
}

static unsigned consumer(unsigned server)
{
    return world.native ? world.rig->at[server][PRIO].idx :
                          world.rig->vcpu[server].queue[PRIO].idx;
}

static void save_queue(Snap *s, unsigned server)
{
    unsigned idx = consumer(server);
    unsigned last = p9x_end_get(end_of(server), 1, P9X_END_W1_OFFSET);

    s->nr_entries[server] = (uint8_t)(last - idx);
    g_assert_cmpuint(last - idx, <=, MAX_ENTRIES);
    for (unsigned i = 0; i < MAX_ENTRIES; i++) {
        s->entry[server][i] = i < last - idx ?
            source_of(host_load32(&world.rig->host, queue_of(server) +
                                  4ull * (idx + i)) & P9X_DATA_MAX) : 0;
    }
}

/* Rewound: the entries from the start, then nothing. */
static void load_queue(const Snap *s, unsigned server)
{
    KRig *rig = world.rig;
    P9xEnd *end = end_of(server);

    for (unsigned i = 0; i < 2 * MAX_ENTRIES; i++) {
        host_store32(&rig->host, queue_of(server) + 4ull * i,
                     i < s->nr_entries[server] ?
                     0x80000000 | data_of(s->entry[server][i]) : 0);
    }
    p9x_end_set(end, 1, P9X_END_W1_OFFSET, s->nr_entries[server]);
    p9x_end_set(end, 1, P9X_END_W1_GENERATION, 1);
    rig->at[server][PRIO].idx = 0;
    rig->at[server][PRIO].toggle = 0;
    rig->vcpu[server].queue[PRIO].idx = 0;
    rig->vcpu[server].queue[PRIO].toggle = 0;
    /* Occupancy is another matter. */
    rig->vcpu[server].queue[PRIO].count = 8;
    rig->vcpu[server].queue[PRIO].pending_count = 0;
}

static void save_delayed(Snap *s)
{
    GList *at = world.rig->h.plants.delayed.head;

    memset(s->delayed, 0, sizeof(s->delayed));
    s->nr_delayed = 0;
    for (; at; at = at->next) {
        uint32_t hw = GPOINTER_TO_UINT(at->data);

        g_assert_cmpuint(s->nr_delayed, <, MAX_LIST);
        s->delayed[s->nr_delayed++] = hw == hw_pt() ? 1 :
                                      hw == hw_ipi(SRC_A) ? 2 : 3;
    }
}

static void load_delayed(const Snap *s)
{
    const uint32_t hw[] = { 0, hw_pt(), hw_ipi(SRC_A), hw_ipi(SRC_B) };
    P9xHost *h = &world.rig->h;

    g_queue_clear(&h->plants.delayed);
    for (unsigned i = 0; i < s->nr_delayed; i++) {
        g_queue_push_tail(&h->plants.delayed,
                          GUINT_TO_POINTER(hw[s->delayed[i]]));
    }
    g_queue_clear(&h->host_pending);
    for (unsigned i = 0; i < s->host_pending; i++) {
        g_queue_push_tail(&h->host_pending,
                          GUINT_TO_POINTER(KRIG_LIRQ + MSI_OF_A));
    }
}

static void save_slots(Snap *s)
{
    for (unsigned i = 0; world.native && i < 2 * NR_SRC; i++) {
        const P9xEsbSlot *slot = slot_of(i / 2, i % 2);

        s->slot[i / 2][i % 2] = !slot->present ? 0 :
            slot->page.source == &world.rig->h.ipi ? 1 : 2;
    }
}

static void load_slots(const Snap *s)
{
    for (unsigned i = 0; world.native && i < 2 * NR_SRC; i++) {
        P9xEsbSlot *slot = slot_of(i / 2, i % 2);
        const P9xIrqInfo *info = s->slot[i / 2][i % 2] == 2 ? &pt()->info :
                                 &irq_of(i / 2)->ipi;

        slot->present = s->slot[i / 2][i % 2];
        slot->page = i % 2 ? info->eoi : info->trig;
    }
}

/*
 * How many interrupts the events that are somewhere can still make.  More
 * than these come from nowhere, so no more than these are credited: events
 * merge on their way but never multiply.
 */
static uint8_t in_flight(const Snap *s)
{
    unsigned n = s->retrigger;
    bool taken = s->phase == SET_TAKEN || s->phase == CLR_RETURNED;

    for (unsigned i = 0; i < NR_SERVER; i++) {
        for (unsigned e = 0; e < s->nr_entries[i]; e++) {
            n += s->entry[i][e] == SRC_A;
        }
    }
    for (unsigned i = 0; i < s->nr_delayed; i++) {
        n += s->delayed[i] != 3;
    }
    n += s->resent ? 0 : s->host_pending;
    n += (s->ipi[SRC_A] & 3) == P9X_PQ_11;
    n += (s->pt & 3) == P9X_PQ_11;
    n += taken && s->phase_pq == P9X_PQ_11;
    n += s->masked && s->old_q;
    return (uint8_t)n;
}

void world_save(Snap *s)
{
    KRig *rig = world.rig;
    P9xKvmIrq *a = irq_of(SRC_A);

    *s = world.s;
    for (unsigned i = 0; i < NR_SRC; i++) {
        s->eas_ipi[i] = p9x_eas_read(eas_of(hw_ipi(i)));
        s->ipi[i] = atomic_load(p9x_source_esb(&rig->h.ipi, hw_ipi(i)));
    }
    s->eas_pt = p9x_eas_read(eas_of(hw_pt()));
    s->pt = atomic_load(p9x_source_esb(&rig->phb.source, MSI_OF_A));
    for (unsigned i = 0; i < NR_SERVER; i++) {
        memcpy(s->ring[i], rig->thread[i].regs + P9X_TM_RING_SIZE,
               P9X_TM_RING_SIZE);
        s->lines[i] = (uint8_t)p9x_tctx_lines(&rig->thread[i]);
        s->cppr[i] = rig->vcpu[i].cppr;
        s->hw_cppr[i] = rig->vcpu[i].hw_cppr;
        s->pending[i] = rig->vcpu[i].pending;
        save_queue(s, i);
    }
    save_delayed(s);
    s->host_pending = (uint8_t)g_queue_get_length(&rig->h.host_pending);
    s->mapped = a->pt != NULL;
    s->forwarded = pt()->forwarded;
    s->saved_p = pt()->saved_p;
    s->stale_p = pt()->stale_p;
    s->resent = pt()->resent;
    s->guest_priority = a->guest_priority;
    s->saved_priority = a->saved_priority;
    s->old_p = a->old_p;
    s->old_q = a->old_q;
    s->act_server = (uint8_t)a->act_server;
    s->act_priority = a->act_priority;
    s->asserted = irq_of(SRC_B)->asserted;
    save_slots(s);
}

void world_balance(Snap *s)
{
    s->credit = MIN(s->credit, in_flight(s));
    world.s.credit = s->credit;
}

void world_load(const Snap *s)
{
    KRig *rig = world.rig;
    P9xKvmIrq *a = irq_of(SRC_A);

    world.s = *s;
    world.broken = NULL;
    for (unsigned i = 0; i < NR_SRC; i++) {
        p9x_eas_write(eas_of(hw_ipi(i)), s->eas_ipi[i]);
        atomic_store(p9x_source_esb(&rig->h.ipi, hw_ipi(i)), s->ipi[i]);
    }
    p9x_eas_write(eas_of(hw_pt()), s->eas_pt);
    atomic_store(p9x_source_esb(&rig->phb.source, MSI_OF_A), s->pt);
    for (unsigned i = 0; i < NR_SERVER; i++) {
        memcpy(rig->thread[i].regs + P9X_TM_RING_SIZE, s->ring[i],
               P9X_TM_RING_SIZE);
        atomic_store(&rig->thread[i].lines, s->lines[i]);
        rig->vcpu[i].cppr = s->cppr[i];
        rig->vcpu[i].hw_cppr = s->hw_cppr[i];
        rig->vcpu[i].pending = s->pending[i];
        load_queue(s, i);
    }
    load_delayed(s);
    a->pt = s->mapped ? pt() : NULL;
    pt()->forwarded = s->forwarded;
    pt()->saved_p = s->saved_p;
    pt()->stale_p = s->stale_p;
    pt()->resent = s->resent;
    a->guest_priority = s->guest_priority;
    a->saved_priority = s->saved_priority;
    a->old_p = s->old_p;
    a->old_q = s->old_q;
    a->act_server = s->act_server;
    a->act_priority = s->act_priority;
    irq_of(SRC_B)->asserted = s->asserted;
    load_slots(s);
}

bool has_entry(unsigned server)
{
    return consumer(server) != p9x_end_get(end_of(server), 1,
                                           P9X_END_W1_OFFSET);
}
