/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the guest, the device, the host and KVM can do next. */
#include "explore-internal.h"

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
    return !g_queue_is_empty(&world.rig->h.plants.delayed);
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
    kvm->host->plants.hook = at_hook;
    kvm->host->plants.hook_opaque = &hooks;
    call();
    kvm->host->plants.hook = NULL;
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
