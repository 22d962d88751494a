#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""powernv9's host bridge by its registers, without firmware or kernel.

Each test is a machine that starts in a moment. Those named after a row of
docs/specs/gaps pass on p9xive and fail on stock QEMU.
"""

import random
import unittest

import phb4_machine as phb4
from phb4_machine import EDU_PE, EDU_RID, ESB, M32, NOTIFY, REGS, Phb4Machine
from xivetest import XiveTest, binary_under_test

ALL_ONES = 0xFFFFFFFFFFFFFFFF


class Phb4Test(XiveTest):
    """
    :avocado: tags=machine:powernv9,feature:phb4
    """

    timeout = 60

    def machine(self, *extra, name="phb4", **more):
        machine = Phb4Machine(binary_under_test(), self.directory, name,
                              self.deadline)
        self.machines.append(machine)
        machine.prepare(*extra, **more)
        return machine

    def with_edu(self, *extra, **more):
        machine = self.machine(*extra, **more)
        machine.start_edu()
        return machine

    @staticmethod
    def children(vm, kind):
        """Numbers of QOM children of all objects of one type."""
        found, waiting = [], ["/machine"]
        while waiting:
            path = waiting.pop()
            items = [item for item in vm.qmp("qom-list", path=path)
                     if item["type"].startswith("child<")]
            waiting += [f"{path}/{item['name']}" for item in items]
            if vm.qmp("qom-get", path=path, property="type") == kind:
                found.append(len(items))
        return found

    # ------------------------------------------------------------- windows

    def test_a_device_is_reached_through_the_m32_window(self):
        vm = self.with_edu()
        self.assertEqual(vm.edu(0), 0x010000ED)
        vm.set_edu(4, 0x12345678)
        self.assertEqual(vm.edu(4), 0xEDCBA987)

    def test_C10_moving_windows_leaves_nothing_behind(self):
        """
        :avocado: tags=gap:C10
        """
        vm = self.with_edu()
        before = self.children(vm, "pnv-phb4")
        for _ in range(50):
            vm.set_nest(phb4.BAR_ENABLE, 0)
            vm.place_windows()
            vm.set_table(phb4.MBT, 0, 0)
            vm.set_m32_window(EDU_PE)
        self.assertEqual(vm.edu(0), 0x010000ED)
        self.assertEqual(self.children(vm, "pnv-phb4"), before)

    def test_P8_a_window_moves_while_it_is_on(self):
        """
        :avocado: tags=gap:P8
        """
        vm = self.with_edu()
        vm.set_nest(phb4.REGS_BAR, REGS + 0x100000 << 8)
        self.assertEqual(vm.load(REGS + 0x100000 + phb4.NOTIFY_ADDR), NOTIFY)
        vm.set_nest(phb4.REGS_BAR, REGS << 8)
        self.assertEqual(vm.reg(phb4.NOTIFY_ADDR), NOTIFY)

    def test_windows_anywhere_are_harmless(self):
        vm = self.machine()
        for base in (0, 0x10000, phb4.XSCOM, (1 << 56) - 0x10000, REGS):
            for bar in (phb4.MMIO_BAR0, phb4.MMIO_BAR1, phb4.REGS_BAR,
                        phb4.ESB_BAR):
                vm.set_nest(bar, base << 8)
            for mask in (0, ALL_ONES, 0xFF << 56):
                vm.set_nest(phb4.MMIO_BAR0_MASK, mask)
                vm.set_nest(phb4.MMIO_BAR1_MASK, mask)
                vm.set_nest(phb4.BAR_ENABLE, phb4.ENABLE_ALL)
                vm.load(base)
        vm.place_windows()
        self.assertEqual(vm.reg(phb4.NOTIFY_ADDR), 0)

    # --------------------------------------------------------------- reset

    def test_P7_a_machine_reset_resets_the_bridge(self):
        """
        :avocado: tags=gap:P7
        """
        vm = self.with_edu()
        vm.qmp("system_reset")
        self.assertEqual(vm.nest(phb4.BAR_ENABLE), 0)
        vm.place_windows()
        self.assertEqual(vm.reg(phb4.NOTIFY_ADDR), 0)
        self.assertEqual(vm.table(phb4.MBT, 0), 0)
        vm.start_edu()
        self.assertEqual(vm.edu(0), 0x010000ED)

    def test_P6_an_etu_reset_resets_registers_but_not_windows(self):
        """
        :avocado: tags=gap:P6
        """
        vm = self.with_edu()
        vm.xscom_store(phb4.PCI_STACK + phb4.ETU_RESET, 1 << 63)
        vm.xscom_store(phb4.PCI_STACK + phb4.ETU_RESET, 0)
        self.assertEqual(vm.reg(phb4.NOTIFY_ADDR), 0)
        self.assertEqual(vm.table(phb4.MBT, 0), 0)
        vm.train_link()
        vm.start_edu()
        self.assertEqual(vm.edu(0), 0x010000ED)

    # ---------------------------------------------------------------- link

    def test_P6_an_empty_slot_has_no_link(self):
        """
        :avocado: tags=gap:P6
        """
        vm = self.machine(device=None)
        vm.place_windows()
        vm.train_link()
        self.assertFalse(vm.link_is_up())
        vm.qmp("device_add", driver="edu", bus="pcie0", id="late")
        self.assertTrue(vm.link_is_up())
        vm.start_edu()
        self.assertEqual(vm.edu(0), 0x010000ED)

    def test_P6_perst_resets_the_device(self):
        """
        :avocado: tags=gap:P6
        """
        vm = self.with_edu()
        self.assertEqual(vm.config(EDU_RID, 0x10), phb4.EDU_BAR)
        vm.assert_perst(True)
        self.assertFalse(vm.link_is_up())
        vm.assert_perst(False)
        self.assertTrue(vm.link_is_up())
        self.assertEqual(vm.config(EDU_RID, 0x10), 0)

    # ---------------------------------------------------------- interrupts

    def test_an_msi_becomes_a_store_to_the_notify_port(self):
        vm = self.with_edu()
        vm.set_msi_owner(0x25, EDU_PE)
        vm.load(ESB + 0x25 * 0x10000 + 0xC00)
        vm.enable_msi(phb4.MSI64 | 0x20 << 4, 5)
        vm.edu_interrupts()
        self.assertEqual(vm.load(NOTIFY), 1 << 62 | 0x25)
        self.assertEqual(vm.load(ESB + 0x25 * 0x10000 + 0x800), 2)

    def with_message(self):
        """edu's message is 5 at an address of source 0x25."""
        vm = self.with_edu()
        vm.set_msi_owner(0x25, EDU_PE)
        vm.load(ESB + 0x25 * 0x10000 + 0xC00)
        vm.enable_msi(phb4.MSI64 | 0x20 << 4, 5)
        return vm

    def test_a_message_may_also_be_written_by_dma(self):
        vm = self.with_message()
        vm.set_bypass(EDU_PE, 0, 1 << 30)
        vm.edu_writes(phb4.MSI64 | 0x20 << 4, b"\5\0\0\0")
        self.assertEqual(vm.load(NOTIFY), 1 << 62 | 0x25)

    def check_no_message(self, vm):
        vm.edu_interrupts()
        self.assertEqual(vm.load(NOTIFY), 0)
        self.assertEqual(vm.load(ESB + 0x25 * 0x10000 + 0x800), 0)

    def test_a_device_that_is_no_bus_master_sends_no_message(self):
        vm = self.with_message()
        vm.set_config(EDU_RID, 0x04, 2)
        self.check_no_message(vm)
        vm.set_config(EDU_RID, 0x04, 6)
        vm.edu_interrupts()
        self.assertEqual(vm.load(NOTIFY), 1 << 62 | 0x25)

    def test_without_a_message_window_there_are_no_messages(self):
        vm = self.with_message()
        config = vm.reg(phb4.PHB4_CONFIG)
        vm.set_reg(phb4.PHB4_CONFIG, 0)
        self.check_no_message(vm)
        vm.unfreeze(EDU_PE)
        vm.set_reg(phb4.PHB4_CONFIG, config)
        vm.edu_interrupts()
        self.assertEqual(vm.load(NOTIFY), 1 << 62 | 0x25)

    def test_a_device_that_comes_later_sends_messages_too(self):
        vm = self.machine(device=None)
        vm.qmp("device_add", driver="edu", bus="pcie0", id="dev0")
        vm.start_edu()
        vm.set_msi_owner(0x25, EDU_PE)
        vm.load(ESB + 0x25 * 0x10000 + 0xC00)
        vm.enable_msi(phb4.MSI64 | 0x20 << 4, 5)
        vm.edu_interrupts()
        self.assertEqual(vm.load(NOTIFY), 1 << 62 | 0x25)

    def test_P3_an_msi_of_another_pe_is_refused(self):
        """
        :avocado: tags=gap:P3
        """
        vm = self.with_edu()
        vm.set_msi_owner(0x25, EDU_PE + 1)
        vm.load(ESB + 0x25 * 0x10000 + 0xC00)
        vm.enable_msi(phb4.MSI64 | 0x20 << 4, 5)
        vm.edu_interrupts()
        self.assertEqual(vm.load(NOTIFY), 0)
        self.assertEqual(vm.load(ESB + 0x25 * 0x10000 + 0x800), 0)

    def test_intx_is_level_sensitive(self):
        vm = self.with_edu()
        lsis = 0xFF8
        vm.set_reg(phb4.LSI_SOURCE_ID, lsis >> 3 << 51)
        vm.load(ESB + lsis * 0x10000 + 0xC00)
        vm.set_edu(0x60, 1)
        self.assertEqual(vm.load(NOTIFY), 1 << 62 | lsis)
        vm.store(NOTIFY, 0)
        vm.load(ESB + lsis * 0x10000)           # EOI, and still asserted
        self.assertEqual(vm.load(NOTIFY), 1 << 62 | lsis)
        vm.set_edu(0x64, 1)
        vm.store(NOTIFY, 0)
        vm.load(ESB + lsis * 0x10000)
        self.assertEqual(vm.load(NOTIFY), 0)

    # ----------------------------------------------------------------- DMA

    def check_dma(self, vm, iova, where):
        vm.bus.write_memory(where, bytes(16))
        vm.edu_writes(iova)
        self.assertEqual(vm.bus.read_memory(where, 16), b"written by edu! ")

    def test_dma_goes_through_tces(self):
        vm = self.with_edu()
        vm.set_bypass(EDU_PE, 0, 1 << 30)
        vm.edu_fills(b"written by edu! ")
        vm.set_tce_table(EDU_PE, phb4.TCES)
        vm.store(phb4.TCES + 3 * 8, phb4.BUFFER | 3)
        vm.kill_tces()
        vm.edu_dma(0x30100, 16, to_memory=True)
        self.assertEqual(vm.bus.read_memory(phb4.BUFFER + 0x100, 16),
                         b"written by edu! ")

    def test_dma_goes_through_two_levels_of_tces(self):
        vm = self.with_edu()
        vm.set_bypass(EDU_PE, 0, 1 << 30)
        vm.edu_fills(b"written by edu! ")
        vm.set_tce_table(EDU_PE, phb4.TCES, levels=2)
        vm.store(phb4.TCES + 2 * 8, phb4.TCES + 0x10000 | 3)
        vm.store(phb4.TCES + 0x10000 + 7 * 8, phb4.BUFFER | 3)
        vm.kill_tces()
        vm.edu_dma(2 << 29 | 7 << 16 | 0x100, 16, to_memory=True)
        self.assertEqual(vm.bus.read_memory(phb4.BUFFER + 0x100, 16),
                         b"written by edu! ")

    def test_P4_a_bypass_window_has_bounds(self):
        """
        :avocado: tags=gap:P4
        """
        vm = self.with_edu()
        vm.set_bypass(EDU_PE, 0, phb4.BUFFER + 0x1000000 & -0x1000000)
        vm.edu_fills(b"written by edu! ")
        vm.edu_dma(phb4.BUFFER, 16, to_memory=True)
        self.assertEqual(vm.bus.read_memory(phb4.BUFFER, 16),
                         b"written by edu! ")
        outside = phb4.BUFFER + 0x2000000
        vm.edu_dma(outside, 16, to_memory=True)
        self.assertEqual(vm.bus.read_memory(outside, 16), bytes(16))

    # ----------------------------------------------------------------- EEH

    def test_P2_dma_without_a_tce_freezes_the_pe(self):
        """
        :avocado: tags=gap:P2
        """
        vm = self.with_edu()
        vm.enable_freezing()
        vm.set_tce_table(EDU_PE, phb4.TCES)
        vm.edu_dma(0x30000, 16, to_memory=True)
        self.assertEqual(vm.frozen(EDU_PE), (True, True))
        self.assertEqual(vm.edu(0), 0xFFFFFFFF)
        vm.unfreeze(EDU_PE)
        self.assertEqual(vm.frozen(EDU_PE), (False, False))
        self.assertEqual(vm.edu(0), 0x010000ED)

    def test_P2_a_frozen_pe_reads_as_ones_and_takes_no_store(self):
        """
        :avocado: tags=gap:P2
        """
        vm = self.with_edu()
        vm.set_edu(4, 0)
        vm.set_table(phb4.PESTA, EDU_PE, 1 << 63)
        for size in (1, 2, 4, 8):
            self.assertEqual(vm.load(M32, size), (1 << size * 8) - 1)
        vm.set_edu(4, 0x12345678)
        vm.set_table(phb4.PESTA, EDU_PE, 0)
        self.assertEqual(vm.edu(4), ALL_ONES >> 32)

    # ----------------------------------------------------------- migration

    def test_X15_the_bridge_migrates(self):
        """
        :avocado: tags=gap:X15
        """
        stream = self.directory / "stream"
        vm = self.with_edu()
        vm.set_msi_owner(0x25, EDU_PE)
        vm.load(ESB + 0x25 * 0x10000 + 0xC00)
        vm.set_bypass(EDU_PE, 0, 1 << 30)
        vm.qmp("migrate", uri=f"file:{stream}")
        vm.wait_until(lambda: vm.qmp("query-migrate").get("status") ==
                      "completed", 30, "end of the migration")
        there = self.machine("-incoming", f"file:{stream}", name="there")
        there.wait_until(lambda: there.qmp("query-status")["status"] !=
                         "inmigrate", 30, "arrival")
        there.set_up_device()                   # edu itself doesn't migrate
        self.assertEqual(there.edu(0), 0x010000ED)
        self.check_dma(there, phb4.BUFFER, phb4.BUFFER)
        there.enable_msi(phb4.MSI64 | 0x20 << 4, 5)
        there.edu_interrupts()
        self.assertEqual(there.load(NOTIFY), 1 << 62 | 0x25)

    # ------------------------------------------------------------- hostile

    def test_C13_random_accesses_to_all_registers_are_survived(self):
        """
        :avocado: tags=gap:C13
        """
        vm = self.with_edu()
        rng = random.Random(4)
        ranges = [(REGS + n * 8) for n in range(0x3000 // 8)]
        ranges += [phb4.XSCOM + (base + n) * 8
                   for base, count in ((phb4.NEST_STACK, 0x14),
                                       (phb4.PCI_STACK, 0xF),
                                       (phb4.PCI_STACK + 0xC0, 0x40))
                   for n in range(count)]
        for _ in range(4000):
            where = rng.choice(ranges)
            if rng.random() < 0.3:
                vm.load(where, rng.choice((1, 2, 4, 8)))
            else:
                vm.store(where, rng.getrandbits(64) & rng.getrandbits(64))
        for _ in range(50):
            vm.edu_dma(rng.getrandbits(64), rng.randrange(1, 4096),
                       rng.random() < 0.5)
            vm.edu_interrupts()
        vm.qmp("system_reset")
        vm.start_edu()
        self.assertEqual(vm.edu(0), 0x010000ED)


if __name__ == "__main__":
    unittest.main()
