/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "console.h"
#include "tests.h"

static void run_main(void)
{
    test_device_tree();
    test_reserved_flags();
    test_bad_lisns();
    test_source_info();
    test_source_config();
    test_queue_config();
    test_queue_addresses();
    test_queue_events();
    test_queue_notify_page();
    test_esb_states();
    test_esb_pages();
    test_esb_coalescing();
    test_tima_ack();
    test_tima_cppr();
    test_tima_rights();
    test_tima_pages();
    test_tima_user_context();
    test_reporting_line();
    test_external_interrupts();
    test_burst();
    test_cross_cpu();
    test_lsi();
    test_msi();
    test_msi_ways();
    test_multi_msi();
    test_reset();
}

/* Exploitation chosen on a machine that could have done otherwise. */
static void run_dual(void)
{
    test_device_tree();
    test_esb_states();
    test_external_interrupts();
    test_cross_cpu();
}

/* What one vCPU can see, with any way of running it. */
static void run_alone(void)
{
    test_esb_states();
    test_esb_coalescing();
    test_queue_events();
    test_tima_ack();
    test_tima_cppr();
    test_external_interrupts();
    test_burst();
    test_lsi();
    test_msi();
}

static void run_xics(void)
{
    test_all_calls_refused();
    ok(!machine.has_xive_node, "a client that chose XICS sees no XIVE node");
}

static void run_modes(void)
{
    test_modes_change_under_accesses();
    test_external_interrupts();
    test_cross_cpu();
}

static void run_kvm_xive(void)
{
    test_kvm_xics_calls_refused();
    test_kvm_first_eisn();
    test_kvm_pages();
    test_esb_states();
    test_cross_cpu();
}

static void run_kvm_xics(void)
{
    test_all_calls_refused();
    test_kvm_xics_ipi();
    test_kvm_xics_sources();
}

const struct scenario scenarios[] = {
    { "main", MODE_XIVE, test_all_calls_refused, run_main },
    { "dual", MODE_XIVE, test_all_calls_refused, run_dual },
    { "alone", MODE_XIVE, NULL, run_alone },
    { "xics", MODE_XICS, test_all_calls_refused, run_xics },
    { "high", MODE_XIVE, NULL, test_high_server },
    { "store-eoi", MODE_XIVE, NULL, test_esb_store_eoi },
    { "queue-in-tima", MODE_XIVE, NULL, test_queue_in_tima },
    { "unclaimed-msi", MODE_XIVE, NULL, test_unclaimed_msi },
    { "dma-to-tima", MODE_XIVE, NULL, test_dma_to_tima },
    { "nsr-of-a-group", MODE_XIVE, NULL, test_nsr_of_a_group },
    { "ipb-all-ones", MODE_XIVE, NULL, test_ipb_all_ones },
    { "stopped-vcpus", MODE_XIVE, NULL, test_reset_of_stopped_vcpus },
    { "dump", MODE_XIVE, NULL, test_dump },
    { "modes", MODE_XIVE, NULL, run_modes },
    { "levels", MODE_XIVE, NULL, test_driver_with_levels },
    { "kvm-xive", MODE_XIVE, test_all_calls_refused, run_kvm_xive },
    { "kvm-xics", MODE_XICS, NULL, run_kvm_xics },
    { "fault-none", MODE_XIVE, NULL, test_fault_none },
    { "fault-eoi", MODE_XIVE, NULL, test_fault_eoi },
    { "fault-cppr", MODE_XIVE, NULL, test_fault_cppr },
    { "fault-ee", MODE_XIVE, NULL, test_fault_ee },
    { "fault-masked", MODE_XIVE, NULL, test_fault_masked },
    { "fault-queue", MODE_XIVE, NULL, test_fault_queue },
    { "fault-esn", MODE_XIVE, NULL, test_fault_esn },
    { "fault-esn-eoi", MODE_XIVE, NULL, test_fault_esn_eoi },
    { "fault-none-taken", MODE_XIVE, NULL, test_fault_none_taken },
    { "fault-unplugged", MODE_XIVE, NULL, test_fault_unplugged },
    { "fault-then", MODE_XIVE, NULL, test_fault_then },
    { "hammer", MODE_XIVE, NULL, test_hammer },
    { "hammer-xics", MODE_XICS, NULL, test_hammer_xics },
    { "bench", MODE_XIVE, NULL, bench_main },
    { "bench-xics", MODE_XICS, NULL, bench_main },
};

const u32 nr_scenarios = ARRAY_SIZE(scenarios);
