/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The system in and out of bytes, its steps, and what must hold. */
#include "explore.h"

enum { PRIO = KRIG_PRIO, ESB_BYTE_ALL = 7 };

World world;

static P9xKvmIrq *irq_of(unsigned src)
{
    return krig_irq(world.rig, src == SRC_A ? GIRQ_A : GIRQ_B);
}

static uint32_t girq_of(unsigned src)
{
    return src == SRC_A ? GIRQ_A : GIRQ_B;
}

static uint32_t hw_pt(void)
{
    return world.rig->base + MSI_OF_A;
}

static uint32_t hw_ipi(unsigned src)
{
    return irq_of(src)->ipi.hw_irq;
}

static P9xHostIrq *pt(void)
{
    return &world.rig->msi[MSI_OF_A].irq;
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
    rig->h.op = NULL;
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

static uint8_t source_of(uint32_t data)
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
    GList *at = world.rig->h.delayed.head;

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

    g_queue_clear(&h->delayed);
    for (unsigned i = 0; i < s->nr_delayed; i++) {
        g_queue_push_tail(&h->delayed, GUINT_TO_POINTER(hw[s->delayed[i]]));
    }
    g_queue_clear(&h->host_pending);
    for (unsigned i = 0; i < s->host_pending; i++) {
        g_queue_push_tail(&h->host_pending,
                          GUINT_TO_POINTER(KRIG_LIRQ + MSI_OF_A));
    }
}

static P9xEsbSlot *slot_of(unsigned src, unsigned odd)
{
    return &world.rig->guest.slot[2 * girq_of(src) + odd];
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
        s->ipi[i] = atomic_load(&rig->h.ipi.esb[hw_ipi(i)]);
    }
    s->eas_pt = p9x_eas_read(eas_of(hw_pt()));
    s->pt = atomic_load(&rig->phb.source.esb[MSI_OF_A]);
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
        atomic_store(&rig->h.ipi.esb[hw_ipi(i)], s->ipi[i]);
    }
    p9x_eas_write(eas_of(hw_pt()), s->eas_pt);
    atomic_store(&rig->phb.source.esb[MSI_OF_A], s->pt);
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

/* ---- books ---- */

static void an_event(void)
{
    world.s.credit++;
    /* Linux masks by PQ=01, which drops; the XICS device latches. */
    world.s.owed |= !(world.native && world.s.masked);
}

static void delivered(uint8_t src)
{
    if (src == ENTRY_OTHER) {
        world.broken = "an event has the wrong data";
    } else if (src == SRC_B) {
        world.neighbour_seen = true;
    } else {
        if (!world.s.credit) {
            world.broken = "an interrupt without an event";
        } else {
            world.s.credit--;
        }
        world.s.owed = 0;
    }
}

/* ---- steps ---- */

static bool is_locked(void)
{
    return world.s.phase == SET_TAKEN || world.s.phase == CLR_RETURNED;
}

static bool is_quiet(void)
{
    return world.s.phase == NO_PHASE;
}

/* May the guest access A's page now?  A fault would wait for the lock. */
static bool can_access(unsigned odd)
{
    return world.native && (!is_locked() || slot_of(SRC_A, odd)->present);
}

static bool can_fire(void)
{
    return world.s.credit < MAX_CREDIT;
}

static void fire(void)
{
    an_event();
    krig_fire(world.rig, MSI_OF_A);
}

static bool can_eventfd(void)
{
    return world.s.credit < MAX_CREDIT && !world.s.mapped;
}

static void eventfd(void)
{
    /* Late for a switch under way, it is dropped like any that comes then. */
    if (!is_locked()) {
        an_event();
    }
    p9x_vm_signal(&world.rig->vm, &world.rig->msi[MSI_OF_A]);
}

static bool can_release(void)
{
    return !g_queue_is_empty(&world.rig->h.delayed);
}

static void release(void)
{
    p9x_host_release_one(&world.rig->h);
}

static bool can_handle(void)
{
    return !g_queue_is_empty(&world.rig->h.host_pending);
}

static void handle(void)
{
    p9x_host_hold(&world.rig->h, false);
    p9x_host_hold(&world.rig->h, true);
}

/* ---- calls with hooks ---- */

static const char *const hook_of[] = {
    [SET_FORWARDED] = "set-forwarded", [SET_TAKEN] = "set-taken",
    [CLR_RETURNED] = "clr-returned", [CLR_FLIPPED] = "clr-flipped",
    [EOI_CHOSEN] = "eoi-chosen", [FAULT_CHOSEN] = "fault-chosen"
};

typedef struct Hooks {
    Phase from, to;
    Snap resume, stop;
    bool stopped;
} Hooks;

static void at_hook(void *opaque, const char *point, uint32_t girq)
{
    Hooks *hooks = opaque;

    if (hooks->from && !strcmp(point, hook_of[hooks->from])) {
        world_load(&hooks->resume);
    } else if (hooks->to && !strcmp(point, hook_of[hooks->to])) {
        world_save(&hooks->stop);
        hooks->stopped = true;
    }
}

/*
 * Does @call from phase @from, or from its start, to phase @to or its end.
 * @base is a state in which the call comes to @from as it did before.
 */
static void part_of(void (*call)(void), const Snap *base, Phase from,
                    Phase to, uint8_t pq)
{
    P9xKvm *kvm = krig_kvm(world.rig);
    Hooks hooks = { .from = from, .to = to };

    world_save(&hooks.resume);
    hooks.resume.phase = NO_PHASE;
    if (base) {
        world_load(base);
    }
    kvm->hook = at_hook;
    kvm->hook_opaque = &hooks;
    call();
    kvm->hook = NULL;
    if (hooks.stopped) {
        hooks.stop.phase = (uint8_t)to;
        hooks.stop.phase_pq = pq;
        world_load(&hooks.stop);
    }
}

static uint8_t guest_priority(void)
{
    return world.native || world.s.masked ? P9X_PRIO_MASKED : PRIO;
}

static void call_map(void)
{
    g_assert_cmpint(p9x_kvm_set_mapped(krig_kvm(world.rig), GIRQ_A, pt()),
                    ==, 0);
}

/* One call waits at most: while an EOI or a fault does, a switch is whole. */
static bool can_switch(void)
{
    return is_quiet() || world.s.phase >= EOI_CHOSEN;
}

static bool can_map(void)
{
    return !world.s.mapped && can_switch();
}

static void map(void)
{
    if (is_quiet()) {
        part_of(call_map, NULL, NO_PHASE, SET_FORWARDED, 0);
    } else {
        call_map();
    }
}

static bool can_map_2(void)
{
    return world.s.phase == SET_FORWARDED;
}

static void map_2(void)
{
    uint8_t pq = krig_ipi_pq(world.rig, GIRQ_A);
    Snap base;

    world_save(&base);
    part_of(call_map, &base, SET_FORWARDED, SET_TAKEN, pq);
}

static bool can_map_3(void)
{
    return world.s.phase == SET_TAKEN;
}

static void map_3(void)
{
    Snap base;

    world_save(&base);
    base.ipi[SRC_A] = world.s.phase_pq;
    base.guest_priority = guest_priority();
    part_of(call_map, &base, SET_TAKEN, NO_PHASE, 0);
}

static void call_unmap(void)
{
    g_assert_cmpint(p9x_kvm_clr_mapped(krig_kvm(world.rig), GIRQ_A, pt()),
                    ==, 0);
}

static bool can_unmap(void)
{
    return world.s.mapped && can_switch();
}

static void unmap(void)
{
    if (is_quiet()) {
        part_of(call_unmap, NULL, NO_PHASE, CLR_RETURNED,
                krig_pt_pq(world.rig, MSI_OF_A));
    } else {
        call_unmap();
    }
}

static bool can_unmap_2(void)
{
    return world.s.phase == CLR_RETURNED;
}

static void unmap_2(void)
{
    Snap base;

    world_save(&base);
    base.pt = world.s.phase_pq;
    base.guest_priority = guest_priority();
    part_of(call_unmap, &base, CLR_RETURNED, CLR_FLIPPED, 0);
}

static bool can_unmap_3(void)
{
    return world.s.phase == CLR_FLIPPED;
}

static void unmap_3(void)
{
    Snap base;

    world_save(&base);
    base.mapped = 1;
    part_of(call_unmap, &base, CLR_FLIPPED, NO_PHASE, 0);
}

static bool can_move(void)
{
    return !is_locked() && (world.native || !world.s.masked);
}

static void move(void)
{
    unsigned to = !irq_of(SRC_A)->act_server;

    g_assert_cmpint(world.native ?
        krig_config(world.rig, GIRQ_A, to, PRIO, EISN_OF_A) :
        p9x_xics_set_xive(krig_kvm(world.rig), GIRQ_A, to, PRIO), ==, 0);
}

/* Native guest. */

static bool has_entry(unsigned server)
{
    return consumer(server) != p9x_end_get(end_of(server), 1,
                                           P9X_END_W1_OFFSET);
}

static bool can_take0(void)
{
    return world.native && has_entry(0) && world.s.in_service[SRC_A] < 2;
}

static bool can_take1(void)
{
    return world.native && has_entry(1) && world.s.in_service[SRC_A] < 2 &&
           world.s.in_service[SRC_B] < 2;
}

static void take(unsigned server)
{
    uint8_t src = source_of(krig_take(world.rig, server, PRIO));

    delivered(src);
    if (src < NR_SRC) {
        world.s.in_service[src]++;
    }
}

static void take0(void)
{
    take(0);
}

static void take1(void)
{
    take(1);
}

static bool can_eoi(void)
{
    return world.s.in_service[SRC_A] && !world.s.retrigger &&
           (world.s.masked ? world.native : can_access(1));
}

static void eoi(void)
{
    world.s.in_service[SRC_A]--;
    if (world.s.masked) {
        world.s.kept_p = 0;
        return;
    }
    world.s.retrigger = krig_load(world.rig, GIRQ_A, true,
                                  P9X_ESB_SET_PQ_00) & 1;
}

static bool can_retrigger(void)
{
    return world.s.retrigger && can_access(0);
}

static void retrigger(void)
{
    krig_store(world.rig, GIRQ_A, false, 0);
    world.s.retrigger = 0;
}

static bool can_mask(void)
{
    return !world.s.masked && !world.s.retrigger && can_access(1);
}

static void mask(void)
{
    uint64_t pq = krig_load(world.rig, GIRQ_A, true, P9X_ESB_SET_PQ_01);

    world.s.masked = 1;
    world.s.kept_p = pq & P9X_ESB_P;
    /* What was latched is gone by the guest's own doing. */
    world.s.owed = 0;
}

static bool can_unmask(void)
{
    return world.s.masked && can_access(1);
}

static void unmask(void)
{
    krig_load(world.rig, GIRQ_A, true, world.s.kept_p ? P9X_ESB_SET_PQ_10 :
                                                        P9X_ESB_SET_PQ_00);
    world.s.masked = 0;
    world.s.kept_p = 0;
}

static bool can_touch_even(void)
{
    return world.native && !is_locked() && !slot_of(SRC_A, 0)->present &&
           world.s.phase != FAULT_CHOSEN;
}

static bool can_touch_odd(void)
{
    return world.native && !is_locked() && !slot_of(SRC_A, 1)->present &&
           world.s.phase != FAULT_CHOSEN;
}

static void load_even(void)
{
    krig_load(world.rig, GIRQ_A, false, P9X_ESB_GET);
}

static void load_odd(void)
{
    krig_load(world.rig, GIRQ_A, true, P9X_ESB_GET);
}

/* Waiting, it knows which page and whose it chose. */
static void touch(bool odd)
{
    part_of(odd ? load_odd : load_even, NULL, NO_PHASE,
            is_quiet() ? FAULT_CHOSEN : NO_PHASE, 0);
    if (world.s.phase == FAULT_CHOSEN) {
        world.s.phase_arg = (uint8_t)(odd | world.s.mapped << 1);
    }
}

static void touch_even(void)
{
    touch(false);
}

static void touch_odd(void)
{
    touch(true);
}

static bool can_touch_2(void)
{
    return world.s.phase == FAULT_CHOSEN;
}

static void touch_2(void)
{
    bool odd = world.s.phase_arg & 1;
    Snap base;

    world_save(&base);
    base.mapped = world.s.phase_arg >> 1;
    base.slot[SRC_A][odd] = 0;
    part_of(odd ? load_odd : load_even, &base, FAULT_CHOSEN, NO_PHASE, 0);
    world.s.phase = NO_PHASE;
    world.s.phase_arg = 0;
}

/* The level-sensitive neighbour. */

static bool can_raise_b(void)
{
    return !irq_of(SRC_B)->asserted && is_quiet();
}

static void raise_b(void)
{
    p9x_kvm_set_irq(krig_kvm(world.rig), GIRQ_B, 1);
}

static bool can_lower_b(void)
{
    return irq_of(SRC_B)->asserted &&
           (!world.quiescing || world.neighbour_seen);
}

static void lower_b(void)
{
    p9x_kvm_set_irq(krig_kvm(world.rig), GIRQ_B, 0);
}

static bool can_eoi_b(void)
{
    return world.s.in_service[SRC_B] && world.native && !is_locked();
}

/* H_INT_ESB: the hypervisor works the page, and looks at the level. */
static void eoi_b(void)
{
    world.s.in_service[SRC_B]--;
    krig_load(world.rig, GIRQ_B, true, P9X_ESB_SET_PQ_00);
    if (irq_of(SRC_B)->asserted) {
        krig_store(world.rig, GIRQ_B, false, 0);
    }
}

/* XICS guest. */

static bool can_xirr(unsigned server)
{
    return !world.native && !world.s.serving[server] && has_entry(server);
}

static bool can_xirr0(void)
{
    return can_xirr(0);
}

static bool can_xirr1(void)
{
    return can_xirr(1);
}

static void xirr(unsigned server)
{
    uint64_t r4;
    uint32_t irq;

    krig_hcall(world.rig, server, P9X_H_XIRR, 0, 0, &r4);
    irq = r4 & 0xFFFFFF;
    if (irq) {
        delivered(source_of(irq));
        world.s.serving[server] = (uint8_t)(source_of(irq) + 1);
    }
}

static void xirr0(void)
{
    xirr(0);
}

static void xirr1(void)
{
    xirr(1);
}

static bool can_heoi0(void)
{
    return !world.native && world.s.serving[0] && !is_locked() &&
           world.s.phase != EOI_CHOSEN;
}

static bool can_heoi1(void)
{
    return !world.native && world.s.serving[1] && !is_locked() &&
           world.s.phase != EOI_CHOSEN;
}

static void call_heoi(unsigned server)
{
    uint64_t r4;

    krig_hcall(world.rig, server, P9X_H_EOI, 0xFF000000u |
               girq_of(world.s.serving[server] - 1u), 0, &r4);
    world.s.serving[server] = 0;
}

static void call_heoi0(void)
{
    call_heoi(0);
}

static void call_heoi1(void)
{
    call_heoi(1);
}

/* Waiting, it knows which interrupt it chose. */
static void heoi(unsigned server)
{
    part_of(server ? call_heoi1 : call_heoi0, NULL, NO_PHASE,
            is_quiet() ? EOI_CHOSEN : NO_PHASE, 0);
    if (world.s.phase == EOI_CHOSEN) {
        world.s.phase_arg = (uint8_t)(server | world.s.mapped << 1);
    }
}

static void heoi0(void)
{
    heoi(0);
}

static void heoi1(void)
{
    heoi(1);
}

static bool can_heoi_2(void)
{
    return world.s.phase == EOI_CHOSEN;
}

static void heoi_2(void)
{
    unsigned server = world.s.phase_arg & 1;
    Snap base;

    world_save(&base);
    base.mapped = world.s.phase_arg >> 1;
    part_of(server ? call_heoi1 : call_heoi0, &base, EOI_CHOSEN, NO_PHASE, 0);
    world.s.phase = NO_PHASE;
    world.s.phase_arg = 0;
}

static bool can_off(void)
{
    return !world.native && !is_locked() && !world.s.masked;
}

static void off(void)
{
    p9x_xics_int_off(krig_kvm(world.rig), GIRQ_A);
    world.s.masked = 1;
}

static bool can_on(void)
{
    return !world.native && !is_locked() && world.s.masked;
}

static void on(void)
{
    p9x_xics_int_on(krig_kvm(world.rig), GIRQ_A);
    world.s.masked = 0;
}

enum { BOTH = 3, NATIVE = 1, XICS = 2 };
#define STEP(name, what, devices, begins)                                   \
    { name, can_##what, what, (devices) & NATIVE, (devices) & XICS, begins }

const Step steps[] = {
    STEP("device fires", fire, BOTH, true),
    STEP("eventfd fires", eventfd, BOTH, true),
    STEP("event arrives", release, BOTH, false),
    STEP("host handles", handle, BOTH, false),
    STEP("map", map, BOTH, true),
    STEP("map goes on", map_2, BOTH, false),
    STEP("map ends", map_3, BOTH, false),
    STEP("unmap", unmap, BOTH, true),
    STEP("unmap goes on", unmap_2, BOTH, false),
    STEP("unmap ends", unmap_3, BOTH, false),
    STEP("move", move, BOTH, true),
    STEP("take 0", take0, NATIVE, false),
    STEP("take 1", take1, NATIVE, false),
    STEP("EOI", eoi, NATIVE, false),
    STEP("retrigger", retrigger, NATIVE, false),
    STEP("mask", mask, NATIVE, true),
    STEP("unmask", unmask, NATIVE, false),
    STEP("touch even", touch_even, NATIVE, true),
    STEP("touch odd", touch_odd, NATIVE, true),
    STEP("touch ends", touch_2, NATIVE, false),
    STEP("raise", raise_b, BOTH, true),
    STEP("lower", lower_b, BOTH, false),
    STEP("EOI LSI", eoi_b, NATIVE, false),
    STEP("H_XIRR 0", xirr0, XICS, false),
    STEP("H_XIRR 1", xirr1, XICS, false),
    STEP("H_EOI 0", heoi0, XICS, false),
    STEP("H_EOI 1", heoi1, XICS, false),
    STEP("H_EOI ends", heoi_2, XICS, false),
    STEP("int-off", off, XICS, true),
    STEP("int-on", on, XICS, false),
};
const unsigned nr_steps = G_N_ELEMENTS(steps);

/* ---- what must hold ---- */

static bool routed_to_host(uint64_t eas)
{
    return p9x_get64(eas, P9X_EAS_END_INDEX) < P9X_NR_PRIOS;
}

const char *world_check(void)
{
    Snap s;

    world_save(&s);
    if (s.phase >= SET_FORWARDED && s.phase <= CLR_FLIPPED) {
        return NULL;
    }
    if (s.mapped && (s.ipi[SRC_A] & 3) != P9X_PQ_01) {
        return "IPI and PT are both live";
    }
    if (s.mapped == routed_to_host(s.eas_pt)) {
        return "the PT is routed to the wrong side";
    }
    if (s.mapped != s.forwarded) {
        return "the host doesn't know whose the PT is";
    }
    for (unsigned odd = 0; odd < 2; odd++) {
        if (s.slot[SRC_A][odd] == (s.mapped ? 1 : 2)) {
            return "a page of a dead interrupt can be reached";
        }
        if (world.native && !s.slot[SRC_B][odd]) {
            return "the neighbour lost its pages";
        }
    }
    for (unsigned i = 0; s.mapped && i < s.nr_delayed; i++) {
        if (s.delayed[i] == 2) {
            return "an event of the dead IPI is under way";
        }
    }
    return NULL;
}

/* One step of each kind that can be done, but nothing new begins. */
static bool settle(void)
{
    bool any = false;

    for (unsigned i = 0; i < nr_steps; i++) {
        if (!steps[i].begins && (world.native ? steps[i].native :
                                 steps[i].xics) && steps[i].can()) {
            steps[i].run();
            any = true;
        }
    }
    return any;
}

static const char *quiesced(bool rested)
{
    if (world.broken) {
        return world.broken;
    }
    if (world.s.owed) {
        return "an event is lost";
    }
    if (irq_of(SRC_B)->asserted) {
        return "the neighbour's level is not seen";
    }
    return rested ? NULL : "it doesn't come to rest";
}

const char *world_quiesce(void)
{
    unsigned rounds = 0;
    const char *what;
    Snap s;

    world_save(&s);
    world.quiescing = true;
    world.neighbour_seen = false;
    while (rounds < 40 && settle()) {
        rounds++;
    }
    what = quiesced(rounds < 40);
    world.quiescing = false;
    world_load(&s);
    return what;
}
