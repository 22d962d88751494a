/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Scenarios: one per boot. Those that may take QEMU down stand alone, so that
 * a crash names its cause. Each test function leaves sources off, queues
 * closed and the thread's context empty.
 */
#ifndef GUEST_TESTS_H
#define GUEST_TESTS_H

#include "of.h"

struct scenario {
    const char *name;
    enum interrupt_mode mode;
    void (*before_cas)(void);
    void (*run)(void);
};

extern const struct scenario scenarios[];
extern const u32 nr_scenarios;

/* test_hcall.c: the eleven calls, seen as an interface */
void test_all_calls_refused(void);
void test_reserved_flags(void);
void test_bad_lisns(void);
void test_device_tree(void);
/* test_source.c */
void test_source_info(void);
void test_source_config(void);
/* test_queue.c */
void test_queue_config(void);
void test_queue_addresses(void);
void test_queue_events(void);
void test_queue_notify_page(void);
void test_high_server(void);
/* test_esb.c */
void test_esb_states(void);
void test_esb_pages(void);
void test_esb_coalescing(void);
void test_esb_store_eoi(void);
/* test_tima.c */
void test_tima_ack(void);
void test_tima_cppr(void);
void test_tima_rights(void);
void test_tima_pages(void);
void test_tima_user_context(void);
/* test_line.c */
void test_reporting_line(void);
/* test_irq.c: through vector 0x500, and between vCPUs */
void test_external_interrupts(void);
void test_cross_cpu(void);
void test_burst(void);
/* test_driver.c: a queue for each priority, CPPR as interrupt level */
void test_driver_with_levels(void);
/* test_hammer.c: calls of two vCPUs at once; boot argument seconds= */
void test_hammer(void);
void test_hammer_xics(void);
/* test_reset.c */
void test_reset(void);
/* test_pci.c */
void test_lsi(void);
void test_msi(void);
void test_msi_ways(void);
void test_multi_msi(void);
/* test_crash.c: each may end a QEMU that does not check */
void test_queue_in_tima(void);
void test_unclaimed_msi(void);
void test_dma_to_tima(void);
void test_nsr_of_a_group(void);
void test_ipb_all_ones(void);
void test_reset_of_stopped_vcpus(void);
void test_modes_change_under_accesses(void);
/* test_kvm.c: what only p9xive-kvm has */
void test_kvm_pages(void);
void test_kvm_first_eisn(void);
void test_kvm_xics_calls_refused(void);
void test_kvm_xics_ipi(void);
void test_kvm_xics_sources(void);
/* test_dump.c: the guest starts again in the middle of it */
void test_dump(void);
/* test_faults.c: guests that lose an event */
void test_fault_none(void);
void test_fault_eoi(void);
void test_fault_cppr(void);
void test_fault_ee(void);
void test_fault_masked(void);
void test_fault_queue(void);
void test_fault_esn(void);
void test_fault_esn_eoi(void);
void test_fault_none_taken(void);
void test_fault_unplugged(void);
void test_fault_then(void);
/* bench.c */
void bench_main(void);

#endif
