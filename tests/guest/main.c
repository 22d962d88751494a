/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest without an operating system that drives XIVE and counts what comes.
 * Boot arguments are words key=value; test= names the scenario (scenarios.c
 * lists them), and results are TAP lines on the console.
 */
#include "console.h"
#include "cpu.h"
#include "of.h"
#include "tests.h"
#include "xive.h"

void guest_main(u64 firmware);

static void enter_mode(enum interrupt_mode mode)
{
    u32 rc = of_negotiate(mode);

    if (rc) {
        die("ibm,client-architecture-support: 0x%x", rc);
    }
    of_read_machine();
    cpu_boot_init();
    mmu_init();
    if (machine.has_xive_node) {
        mmu_map_io(machine.tima_os, ESB_PAGE);
        mmu_map_io(machine.tima_user & ~0xfffffULL, 0x100000);
        /* ESB pages of every LISN, and the ENDs' behind them. */
        mmu_map_io(ESB_BASE, 64ULL << 30);
    }
    if (machine.has_pci) {
        mmu_map_io(machine.pci_mem_cpu, machine.pci_mem_size);
    }
    vectors_install();
    mmu_enable_this_cpu();
}

void guest_main(u64 firmware)
{
    const struct scenario *s = NULL;

    of_init(firmware);
    of_read_bootargs();
    for (u32 i = 0; i < nr_scenarios; i++) {
        if (bootarg_is("test", scenarios[i].name)) {
            s = &scenarios[i];
        }
    }
    if (!s) {
        print("no scenario for '%s'\n", machine.bootargs);
        for (;;) {
        }
    }
    if (s->before_cas) {
        s->before_cas();
    }
    enter_mode(s->mode);
    s->run();
    tap_done();
    power_off();
}
