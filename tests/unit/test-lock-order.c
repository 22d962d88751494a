/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a build that checks locks says of each way to break their order. */
#include "fixture.h"

#include "ic_state.h"
#include "spapr_direct.h"
#include "tctx_internal.h"
#include "xics_internal.h"

/* A lock of each rank, and a second one. */
static P9xLock lock[P9X_NR_RANKS], other[P9X_NR_RANKS];
static P9xGate gate;

static void take(P9xLockRank rank)
{
    p9x_lock(&lock[rank]);
}

static void drop(P9xLockRank rank)
{
    p9x_unlock(&lock[rank]);
}

static void init_locks(void)
{
    for (unsigned rank = 1; rank < P9X_NR_RANKS; rank++) {
        p9x_lock_init(&lock[rank], (P9xLockRank)rank);
        p9x_lock_init(&other[rank], (P9xLockRank)rank);
    }
}

/* In a process of its own, @step aborts and says what @pattern matches. */
static void aborts(void (*step)(void), const char *pattern)
{
    if (g_test_subprocess()) {
        step();
        return;
    }
    g_test_trap_subprocess(NULL, 0, 0);
    g_test_trap_assert_failed();
    g_test_trap_assert_stderr(pattern);
}

/* ---- what passes ---- */

static void test_right_orders_pass(void)
{
    static const P9xLockRank chain[][8] = {
        { P9X_RANK_VM, P9X_RANK_KVM, P9X_RANK_KVM_BLOCK, P9X_RANK_ESB_SLOT,
          P9X_RANK_NVT, P9X_RANK_TCTX, P9X_RANK_VPMAP },
        { P9X_RANK_CONFIG, P9X_RANK_KVM, P9X_RANK_KVM_BLOCK,
          P9X_RANK_ESB_SLOT, P9X_RANK_END },
        { P9X_RANK_CONFIG, P9X_RANK_NVT, P9X_RANK_TCTX, P9X_RANK_VPMAP },
        { P9X_RANK_CONFIG, P9X_RANK_THREADS },
        { P9X_RANK_VM, P9X_RANK_VM_LIST },
        { P9X_RANK_IC, P9X_RANK_IC_BLOCK, P9X_RANK_IC_VST },
        { P9X_RANK_IC, P9X_RANK_IC_FIFO },
        { P9X_RANK_IC, P9X_RANK_IC_EAS, P9X_RANK_IC_VST },
        { P9X_RANK_IC, P9X_RANK_END, P9X_RANK_IC_VST },
        { P9X_RANK_IC, P9X_RANK_NVT, P9X_RANK_IC_VST },
        { P9X_RANK_KVM_BLOCK, P9X_RANK_HOST },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(chain); i++) {
        for (unsigned n = 0; chain[i][n]; n++) {
            take(chain[i][n]);
        }
        /* They may be let go in any order. */
        for (unsigned n = 0; chain[i][n]; n++) {
            drop(chain[i][n]);
        }
    }
}

static void test_no_rank_nests_in_itself_or_both_ways(void)
{
    for (unsigned a = 1; a < P9X_NR_RANKS; a++) {
        for (unsigned b = a; b < P9X_NR_RANKS; b++) {
            g_assert_false(p9x_ranks_nest((P9xLockRank)b, (P9xLockRank)a));
        }
    }
}

static void test_nothing_is_taken_inside_a_leaf(void)
{
    static const P9xLockRank leaf[] = {
        P9X_RANK_VPMAP, P9X_RANK_IC_FIFO, P9X_RANK_IC_VST, P9X_RANK_THREADS,
        P9X_RANK_HOST, P9X_RANK_VM_LIST, P9X_RANK_PHB_ERROR,
        P9X_RANK_PHB_IOTLB
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(leaf); i++) {
        for (unsigned rank = 1; rank < P9X_RANK_TEST; rank++) {
            g_assert_false(p9x_ranks_nest(leaf[i], (P9xLockRank)rank));
        }
    }
}

static void test_an_event_inside_a_gate_takes_its_locks(void)
{
    take(P9X_RANK_CONFIG);
    p9x_gate_enter(&gate);
    take(P9X_RANK_END);
    drop(P9X_RANK_END);
    p9x_gate_enter_fenced(&gate);
    p9x_gate_leave(&gate);
    p9x_gate_leave(&gate);
    p9x_gate_drain(&gate);
    drop(P9X_RANK_CONFIG);
}

static void test_a_sender_of_a_device_may_do_all_that_an_event_does(void)
{
    static P9xGate senders = P9X_GATE_OF_SENDERS;

    p9x_gate_enter_fenced(&senders);
    p9x_gate_enter(&gate);
    p9x_gate_leave(&gate);
    p9x_gate_drain(&gate);
    take(P9X_RANK_NVT);
    take(P9X_RANK_TCTX);
    drop(P9X_RANK_TCTX);
    drop(P9X_RANK_NVT);
    p9x_gate_leave(&senders);
    p9x_gate_drain(&senders);
}

/* ---- what aborts ---- */

#define ABORTS(name, pattern, steps) \
    static void name##_steps(void) steps \
    static void test_##name(void) \
    { \
        aborts(name##_steps, "*lock order: " pattern "*"); \
    }

ABORTS(a_lock_taken_in_the_wrong_order_aborts,
       "P9xPresenter.nvt_locks*wanted at *test-lock-order.c:*, while "
       "P9xTctx.lock of *test-lock-order.c:* is held", {
    take(P9X_RANK_TCTX);
    take(P9X_RANK_NVT);
})

ABORTS(a_lock_that_never_meets_another_aborts,
       "P9xPresenter.nvt_locks*, while P9xRouter.end_locks*held", {
    take(P9X_RANK_END);
    take(P9X_RANK_NVT);
})

ABORTS(two_locks_of_one_rank_abort,
       "P9xRouter.end_locks*, while P9xRouter.end_locks*held", {
    take(P9X_RANK_END);
    p9x_lock(&other[P9X_RANK_END]);
})

ABORTS(a_lock_taken_twice_aborts,
       "P9xVm.lock*, while P9xVm.lock*held", {
    take(P9X_RANK_VM);
    take(P9X_RANK_VM);
})

/* The outer one counts as much as the innermost. */
ABORTS(a_lock_still_held_counts_when_an_outer_one_is_gone,
       "P9xHost.lock*, while P9xTctx.lock*held", {
    take(P9X_RANK_NVT);
    take(P9X_RANK_TCTX);
    drop(P9X_RANK_NVT);
    take(P9X_RANK_HOST);
})

ABORTS(a_trylock_in_the_wrong_order_aborts,
       "P9xVm.lock*, while P9xKvm.lock*held", {
    take(P9X_RANK_KVM);
    p9x_trylock(&lock[P9X_RANK_VM]);
})

ABORTS(an_unlock_of_a_free_lock_aborts,
       "P9xKvm.lock let go at *test-lock-order.c:* is not held", {
    drop(P9X_RANK_KVM);
})

static gpointer take_vm(gpointer opaque)
{
    take(P9X_RANK_VM);
    return NULL;
}

ABORTS(an_unlock_of_another_threads_lock_aborts,
       "P9xVm.lock let go*is not held", {
    g_thread_join(g_thread_new("taker", take_vm, NULL));
    drop(P9X_RANK_VM);
})

ABORTS(a_lock_without_a_rank_aborts,
       "a lock without a rank is wanted at*", {
    static P9xLock bare;

    p9x_lock(&bare);
})

ABORTS(a_drain_inside_of_any_gate_aborts,
       "P9xGate wanted at*, while P9xGate of *held", {
    static P9xGate elsewhere;

    p9x_gate_enter(&elsewhere);
    p9x_gate_drain(&gate);
})

ABORTS(a_drain_with_an_END_lock_held_aborts,
       "P9xGate wanted at*, while P9xRouter.end_locks*held", {
    take(P9X_RANK_END);
    p9x_gate_drain(&gate);
})

ABORTS(a_drain_with_an_ESB_slot_held_aborts,
       "P9xGate wanted at*, while P9xEsbSlot.lock*held", {
    take(P9X_RANK_ESB_SLOT);
    p9x_gate_drain(&gate);
})

ABORTS(a_thread_told_from_inside_a_gate_aborts,
       "P9xPresenter.nvt_locks*wanted*, while P9xGate of*held", {
    p9x_gate_enter(&gate);
    take(P9X_RANK_NVT);
})

ABORTS(a_leave_without_an_enter_aborts,
       "P9xGate left at*was not entered", {
    p9x_gate_leave(&gate);
})

ABORTS(a_lock_that_a_function_wants_is_asked_for,
       "P9xIcBase.lock (&lock*has to be held at*", {
    p9x_assert_held(&lock[P9X_RANK_IC]);
})

ABORTS(a_lock_of_the_same_rank_is_not_that_lock,
       "P9xIcBase.lock (&lock*has to be held at*", {
    p9x_lock(&other[P9X_RANK_IC]);
    p9x_assert_held(&lock[P9X_RANK_IC]);
})

ABORTS(a_rank_that_a_function_wants_is_asked_for,
       "P9xRouter.end_locks*has to be held at*", {
    p9x_assert_rank(END);
})

/* ---- ports, and functions that want a lock ---- */

static Rig *dispatched(void)
{
    Rig *rig = rig_new(1);

    rig_nvt_valid(rig, 0);
    rig_dispatch(rig, 0, 0, 0xFF);
    return rig;
}

ABORTS(line_changed_with_an_END_lock_held_aborts,
       "line_changed is called at*, while P9xRouter.end_l*held", {
    Rig *rig = dispatched();

    take(P9X_RANK_END);
    p9x_tctx_lines_changed(&rig->thread[0]);
})

ABORTS(line_changed_from_inside_a_gate_aborts,
       "line_changed is called at*, while P9xGate*held", {
    Rig *rig = dispatched();

    p9x_gate_enter(&gate);
    p9x_tctx_lines_changed(&rig->thread[0]);
})

ABORTS(guest_error_with_a_thread_lock_held_aborts,
       "guest_error is called at*, while P9xTctx.lock*held", {
    Rig *rig = dispatched();

    take(P9X_RANK_TCTX);
    p9x_guest_error(&rig->host.ports, &rig->router.counters,
                    P9X_ERR_END_INVALID, "nothing");
})

ABORTS(a_memory_port_with_a_thread_lock_held_aborts,
       "a port for memory is called*, while P9xTctx.lock*held", {
    Rig *rig = dispatched();

    take(P9X_RANK_TCTX);
    rig->host.ports.mem_is_ram(&rig->host, 0, 8);
})

/* An event with a thread's lock held reaches an END first. */
ABORTS(an_event_with_a_thread_lock_held_aborts,
       "P9xRouter.end_locks*wanted at*, while P9xTctx.lock*held", {
    Rig *rig = dispatched();

    p9x_lock(&rig->thread[0].lock);
    p9x_router_end_trigger(&rig->router, RIG_BLOCK, 0, 0);
})

/* The thread that closes calls may have the host program's lock. */
ABORTS(line_changed_from_inside_a_call_aborts,
       "line_changed is called at*, while P9xSpapr.calls*held", {
    SpaprRig *rig = srig_new(1);

    p9x_calls_enter(&rig->s.calls);
    p9x_tctx_lines_changed(&rig->tctx[0]);
})

ABORTS(a_change_from_inside_a_call_aborts,
       "P9xSpapr.config_lock wanted at*, while P9xSpapr.calls*held", {
    SpaprRig *rig = srig_new(1);

    p9x_calls_enter(&rig->s.calls);
    p9x_spapr_reset(&rig->s);
})

ABORTS(a_reset_without_config_lock_aborts,
       "P9xSpapr.config_lock (&s->config_lock) has to be held at*", {
    SpaprRig *rig = srig_new(1);

    p9x_spapr_reset_interrupts(&rig->s);
})

ABORTS(a_look_into_a_cache_without_its_lock_aborts,
       "P9xRouter.end_locks*p9x_ic_cache_lock*has to be held at*", {
    static P9xIcPorts ic_ports;
    Rig *rig = dispatched();
    P9xIc *ic = p9x_ic_new(p9x_ic_fabric_new(), 0, &rig->host.ports,
                           &ic_ports);

    p9x_ic_cache_get(&ic->end, 0, 0);
})

ABORTS(giving_a_queue_its_page_without_the_lock_of_KVM_aborts,
       "P9xKvm.lock (&kvm->lock) has to be held at*", {
    p9x_xics_provision(p9x_kvm_create(NULL, P9X_KVM_XICS, NULL, 0), 0);
})

int main(int argc, char **argv)
{
    static const TestRow tests[] = {
        TEST(right_orders_pass),
        TEST(no_rank_nests_in_itself_or_both_ways),
        TEST(nothing_is_taken_inside_a_leaf),
        TEST(an_event_inside_a_gate_takes_its_locks),
        TEST(a_sender_of_a_device_may_do_all_that_an_event_does),
        TEST(a_lock_taken_in_the_wrong_order_aborts),
        TEST(a_lock_that_never_meets_another_aborts),
        TEST(two_locks_of_one_rank_abort),
        TEST(a_lock_taken_twice_aborts),
        TEST(a_lock_still_held_counts_when_an_outer_one_is_gone),
        TEST(a_trylock_in_the_wrong_order_aborts),
        TEST(an_unlock_of_a_free_lock_aborts),
        TEST(an_unlock_of_another_threads_lock_aborts),
        TEST(a_lock_without_a_rank_aborts),
        TEST(a_drain_inside_of_any_gate_aborts),
        TEST(a_drain_with_an_END_lock_held_aborts),
        TEST(a_drain_with_an_ESB_slot_held_aborts),
        TEST(a_thread_told_from_inside_a_gate_aborts),
        TEST(a_leave_without_an_enter_aborts),
        TEST(a_lock_that_a_function_wants_is_asked_for),
        TEST(a_lock_of_the_same_rank_is_not_that_lock),
        TEST(a_rank_that_a_function_wants_is_asked_for),
        TEST(line_changed_with_an_END_lock_held_aborts),
        TEST(line_changed_from_inside_a_gate_aborts),
        TEST(guest_error_with_a_thread_lock_held_aborts),
        TEST(a_memory_port_with_a_thread_lock_held_aborts),
        TEST(an_event_with_a_thread_lock_held_aborts),
        TEST(line_changed_from_inside_a_call_aborts),
        TEST(a_change_from_inside_a_call_aborts),
        TEST(a_reset_without_config_lock_aborts),
        TEST(a_look_into_a_cache_without_its_lock_aborts),
        TEST(giving_a_queue_its_page_without_the_lock_of_KVM_aborts),
    };

    init_locks();
    return RUN_TESTS(argc, argv, "lock-order", tests);
}
