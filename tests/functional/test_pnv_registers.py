#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""powernv9's interrupt controller, register by register.

No firmware and no CPU runs: the test is the firmware (pnv_chip.py), over
QEMU's test protocol. Tests whose name starts with a row of docs/specs/gaps
fail on stock QEMU or take it down.
"""

import random
import re
import unittest

import pnv_chip as pnv
from pnv_chip import PnvChip
from pnv_levels import LevelDriver
from qtest import Qtest
from xivetest import XiveTest


class PnvRegisterTest(XiveTest):
    """
    :avocado: tags=machine:powernv9
    """

    timeout = 120

    def launch(self, chips, *args):
        self.vm.add_args("-machine", "powernv9", "-cpu", "power9", "-m", "1G",
                         "-d", "guest_errors", "-D", self.vm.path("log"),
                         "-smp", f"{chips},sockets={chips}", *args)
        self.qtest = Qtest(self.vm)
        self.addCleanup(self.qtest.mine.close)
        self.vm.inherit = [self.qtest.peer]
        self.vm.launch(console=False)
        self.qtest.started()

    def start(self, chips=1):
        self.launch(chips)
        self.chips = [PnvChip(self.qtest, n) for n in range(chips)]
        self.chip = self.chips[0]
        for chip in self.chips:
            chip.bring_up()

    def move(self, chips):
        """The machine goes on in another process."""
        path = self.vm.path("stream")
        self.save_to_file(self.vm, path)
        self.vm.shutdown()
        self.vm = self.get_vm("arrived")
        self.launch(chips, "-incoming", f"file:{path}")
        self.wait_for_arrival(self.vm)
        self.vm.qmp("cont")


class PnvBasicsTest(PnvRegisterTest):
    """What both can do."""

    def test_an_ipi_reaches_queue_and_thread(self):
        self.start()
        self.chip.push_thread()
        source = self.chip.route()
        self.chip.trigger(source)
        self.assertEqual(self.chip.queue_entry(0), 0x80001234)
        self.assertEqual(self.chip.tima_load(pnv.HV_PAGE + pnv.ACK_HV, 2),
                         0x8006)
        self.assertEqual(self.chip.manage(source, pnv.ESB_GET), 2)
        self.assertEqual(self.chip.manage(source, pnv.ESB_EOI), 0)
        self.assertEqual(self.chip.manage(source, pnv.ESB_GET), 0)

    def test_an_event_of_a_device_comes_through_the_notify_page(self):
        self.start()
        self.chip.push_thread()
        source = self.chip.route()
        self.qtest.store(self.chip.ic + pnv.PAGE * pnv.NOTIFY,
                         pnv.bit(1) | source)
        self.assertEqual(self.chip.queue_entry(0), 0x80001234)

    def test_an_event_crosses_to_the_chip_that_has_the_queue(self):
        self.start(chips=2)
        here, there = self.chips
        there.push_thread()
        there.write_nvt(0x80)
        there.write_end(7, priority=6)
        here.set_remote_ends(there)
        here.write_eas(0x20, 7, 0x1234, block=1)
        here.manage(0x20, pnv.ESB_SET["00"])
        here.trigger(0x20)
        self.assertEqual(there.queue_entry(0), 0x80001234)
        self.assertEqual(there.tima_load(pnv.HV_PAGE + pnv.ACK_HV, 2), 0x8006)

    def test_a_vp_is_found_on_the_chip_where_it_runs(self):
        self.start(chips=2)
        here, there = self.chips
        there.choose_thread()
        there.tima_store(pnv.HV_PAGE + pnv.PHYS + pnv.WORD2, 0x80)
        there.tima_store(pnv.HV_PAGE + pnv.OS + pnv.WORD2, 1 << 31 | 0x100, 4)
        there.tima_store(pnv.OS_PAGE + pnv.OS + pnv.CPPR, 0xFF)
        here.write_nvt(0x100)
        here.write_end(7, priority=5, nvt=0x100)
        here.write_eas(0x20, 7, 0x1234)
        here.manage(0x20, pnv.ESB_SET["00"])
        here.trigger(0x20)
        self.assertEqual(here.queue_entry(0), 0x80001234)
        self.assertEqual(there.tima_load(pnv.OS_PAGE + pnv.ACK_OS, 2), 0x8005)

    def test_sources_are_off_until_software_opens_them(self):
        self.start()
        self.assertEqual(self.chip.manage(0x20, pnv.ESB_GET), 1)
        self.chip.trigger(0x20)
        self.assertEqual(self.chip.manage(0x20, pnv.ESB_GET), 1)


class PnvTraceTest(PnvRegisterTest):
    """What upstream traces since 10.1, in each line of QEMU."""

    def start_traced(self):
        self.vm.add_args("-trace", "xive_*")
        self.start()
        self.chip.push_thread()

    def assert_traced(self, line):
        self.assertIn(line, self.traced())

    def traced(self):
        """Names and hexadecimal numbers of events."""
        text = self.vm.path("log").read_text()
        return [" ".join([line.split()[0], *re.findall(r"0x([0-9a-f]+)",
                                                       line)])
                for line in text.splitlines() if line.startswith("xive_")]

    def test_an_event_that_is_held_back_and_sent_after_an_eoi(self):
        self.start_traced()
        source = self.chip.route()
        self.chip.trigger(source)
        self.assert_traced("xive_end_enqueue 0 7 1234")
        self.assertNotIn("xive_source_blocked 20", self.traced())
        self.chip.trigger(source)
        self.assert_traced("xive_source_blocked 20")
        self.assertNotIn("xive_source_notify 20", self.traced())
        self.chip.manage(source, pnv.ESB_EOI)
        self.assert_traced("xive_source_notify 20")
        self.assertEqual(self.traced().count("xive_end_enqueue 0 7 1234"), 2)

    def test_an_end_that_escalates(self):
        self.start_traced()
        self.chip.write_nvt(0x80)
        self.chip.write_nvt(0x100)
        self.chip.write_escalating_end(8, nvt=0x100, to=7)
        self.chip.write_end(7, priority=6)
        self.chip.write_eas(0x20, 8, 0x1234)
        self.chip.manage(0x20, pnv.ESB_SET["00"])
        self.chip.trigger(0x20)
        self.assert_traced("xive_escalate_end 0 8 0 7 5555")
        self.assert_traced("xive_end_enqueue 0 7 5555")
        self.assertNotIn("xive_end_enqueue 0 8 1234", self.traced())

    def test_an_event_that_waits_for_a_thread_of_its_group(self):
        self.start_traced()
        self.chip.tima_store(pnv.HV_PAGE + pnv.OS + pnv.WORD2,
                             1 << 31 | 0x100, 4)
        self.chip.write_nvt(0x107)
        self.chip.write_group_end(7, nvt=0x107, priority=5)
        self.chip.write_eas(0x20, 7, 0x1234)
        self.chip.manage(0x20, pnv.ESB_SET["00"])
        self.chip.trigger(0x20)
        self.assertNotIn("xive_redistribute 10 0 107", self.traced())
        self.chip.tima_store(pnv.OS_PAGE + pnv.OS + pnv.CPPR, 0xFF)
        self.assert_traced("xive_redistribute 10 0 107")


class PnvThreadGapTest(PnvRegisterTest):
    """
    :avocado: tags=gap:X1,gap:X2,gap:X4,gap:X17,gap:X18
    """

    def interrupt(self):
        self.start()
        self.chip.push_thread()
        self.chip.trigger(self.chip.route(priority=6))

    def test_X1_a_lower_cppr_takes_a_signalled_interrupt_back(self):
        self.interrupt()
        self.assertEqual(self.chip.phys(pnv.NSR), 0x80)
        self.chip.tima_store(pnv.HV_PAGE + pnv.PHYS + pnv.CPPR, 5)
        self.assertEqual(self.chip.phys(pnv.NSR), 0)
        self.chip.tima_store(pnv.HV_PAGE + pnv.PHYS + pnv.CPPR, 0xFF)
        self.assertEqual(self.chip.phys(pnv.NSR), 0x80)

    def test_X2_pipr_follows_from_what_is_pending_after_an_acknowledge(self):
        self.interrupt()
        self.assertEqual(self.chip.phys(pnv.PIPR), 6)
        self.chip.tima_load(pnv.HV_PAGE + pnv.ACK_HV, 2)
        self.assertEqual(self.chip.phys(pnv.PIPR), 0xFF)

    def test_X4_an_acknowledge_can_go_to_the_reporting_line(self):
        self.interrupt()
        line = 0x2600000
        self.chip.write_nvt(0x80, report=line)
        self.chip.tima_store(pnv.HV_PAGE + pnv.ACK_PHYS_EL, 0)
        ring = self.qtest.read_memory(line, 16)
        self.assertEqual(ring[8:10], b"\x80\x06", ring.hex())
        self.assertEqual(self.chip.phys(pnv.CPPR), 6)

    def test_X18_no_interrupt_comes_that_the_level_holds_back(self):
        self.start()
        driver = LevelDriver(self.chip, seed=7)
        driver.run()
        self.assertEqual(driver.received, driver.sent)
        self.assertGreater(min(driver.sent.values()), 20)
        self.assertGreater(driver.nested, 100)
        self.assertEqual(driver.spurious, 0)
        self.assertEqual(driver.held_back, [])

    def check_single_byte(self, page, least, offset, known, mask=0xFF):
        """What a byte at @offset gives on @page after a store of each of
        @known; @least is the least privileged page that has it."""
        for value in known:
            self.chip.tima_store(page + offset, value)
            got = self.chip.tima_load(page + offset)
            want = value & mask if page <= least else 0xFF
            self.assertEqual(got, want, f"0x{value:x} to 0x{offset:x} of "
                             f"page 0x{page:x}")

    def test_X17_the_bytes_of_public_headers_can_be_loaded_and_stored(self):
        self.start()
        self.chip.push_thread()
        for page in (pnv.HW_PAGE, pnv.HV_PAGE, pnv.OS_PAGE, pnv.USER_PAGE):
            self.check_single_byte(page, pnv.USER_PAGE, pnv.USER + pnv.NSR,
                                   (0x80, 0))
            self.check_single_byte(page, pnv.OS_PAGE, pnv.OS + pnv.CPPR,
                                   range(8))
            self.check_single_byte(page, pnv.HV_PAGE, pnv.PHYS + pnv.CPPR,
                                   range(8))
            self.check_single_byte(page, pnv.HV_PAGE, pnv.PHYS + pnv.WORD2,
                                   (0x80, 0xFF, 0x82, 0), mask=0x83)


class PnvTableGapTest(PnvRegisterTest):
    """
    :avocado: tags=gap:X7,gap:X8,gap:X9,gap:X10
    """

    def test_X7_pq_bits_are_in_the_table_in_memory(self):
        self.start()
        source = 0x21
        self.chip.manage(source, pnv.ESB_SET["10"])
        self.chip.scrub(pnv.VC_SBC_SCRUB_TRIG, source)
        self.assertEqual(self.qtest.read_memory(pnv.SBE + source // 4, 1),
                         bytes([0b01_10_01_01]))
        # And what is there when a line is read counts.
        self.qtest.write_memory(pnv.SBE + source // 4, bytes([0b01_11_01_01]))
        self.assertEqual(self.chip.manage(source, pnv.ESB_GET), 3)

    def test_X8_an_end_in_the_cache_counts_until_it_is_scrubbed(self):
        self.start()
        source = self.chip.route(data=1)
        self.chip.trigger(source)
        self.assertEqual(self.chip.queue_entry(0), 0x80000001)
        self.qtest.write_memory(pnv.ENDT + 7 * 32, bytes(32))
        self.chip.manage(source, pnv.ESB_EOI)
        self.chip.trigger(source)
        self.assertEqual(self.chip.queue_entry(1), 0x80000001)

    def test_X8_a_scrub_brings_a_changed_end_to_memory(self):
        self.start()
        self.chip.trigger(self.chip.route())
        before = self.qtest.read_memory(pnv.ENDT + 7 * 32 + 4, 4)
        self.assertEqual(before[3], 0, "the offset is in the cache")
        self.chip.scrub(pnv.VC_EQC_SCRUB_TRIG, 7, invalidate=False)
        after = self.qtest.read_memory(pnv.ENDT + 7 * 32 + 4, 4)
        self.assertEqual(after[3], 1)

    def test_X8_a_cache_watch_notices_that_the_entry_has_changed(self):
        self.start()
        source = self.chip.route()
        self.chip.trigger(source)
        self.chip.store(pnv.VC_EQC_CWATCH_SPEC, pnv.CWATCH_FULL | 7)
        seen = self.chip.load(pnv.VC_EQC_CWATCH_DAT0)
        self.chip.manage(source, pnv.ESB_EOI)
        self.chip.trigger(source)
        self.chip.store(pnv.VC_EQC_CWATCH_DAT0, seen)
        self.assertTrue(self.chip.load(pnv.VC_EQC_CWATCH_SPEC) &
                        pnv.CWATCH_CONFLICT)
        # Again, and no other access came in between.
        self.chip.store(pnv.VC_EQC_CWATCH_SPEC, pnv.CWATCH_FULL | 7)
        seen = self.chip.load(pnv.VC_EQC_CWATCH_DAT0)
        self.chip.store(pnv.VC_EQC_CWATCH_DAT0, seen & ~(1 << 63))
        self.assertFalse(self.chip.load(pnv.VC_EQC_CWATCH_SPEC) &
                         pnv.CWATCH_CONFLICT)

    def test_X9_an_eoi_on_an_end_page_notifies_again(self):
        self.start()
        self.chip.push_thread()
        first, second = self.chip.route(0x20), 0x21
        self.chip.write_eas(second, 7, 0x5678)
        self.chip.manage(second, pnv.ESB_SET["00"])
        # Once more: only what ESn lets through.
        self.chip.write_end(7, 6, notify=False)
        self.chip.trigger(first)
        self.chip.tima_load(pnv.HV_PAGE + pnv.ACK_HV, 2)
        self.chip.tima_store(pnv.HV_PAGE + pnv.PHYS + pnv.CPPR, 0xFF)
        self.chip.trigger(second)
        self.assertEqual(self.chip.phys(pnv.NSR), 0, "ESn holds it back")
        self.qtest.load(self.chip.end_page(7) + pnv.ESB_EOI)
        self.assertEqual(self.chip.phys(pnv.NSR), 0x80)

    def test_X9_a_store_to_an_end_page_triggers_it(self):
        self.start()
        self.chip.push_thread()
        self.chip.write_nvt(0x80)
        self.chip.write_end(7, 6, notify=False)
        self.qtest.store(self.chip.end_page(7), 0)
        self.assertEqual(self.chip.phys(pnv.NSR), 0x80)

    def test_X10_forwarded_events_arrive_at_the_forward_ports(self):
        self.start()
        self.chip.route()
        event = pnv.bit(0) | pnv.bit(1) | 7 << 32 | 0x55
        for n, port in enumerate(pnv.FORWARD_PORTS):
            self.qtest.store(self.chip.ic + pnv.PAGE * pnv.NOTIFY + port,
                             event)
            self.assertEqual(self.chip.queue_entry(n), 0x80000055, port)


class PnvHostileTest(PnvRegisterTest):
    """
    :avocado: tags=hostile
    """

    timeout = 300

    def some_value(self, rng):
        return rng.choice([
            rng.getrandbits(64), 0, (1 << 64) - 1, 1 << rng.randrange(64),
            self.chip.ic | pnv.VALID | pnv.BAR_64K,
            pnv.VALID | rng.getrandbits(30),
            rng.getrandbits(2) << 62 | pnv.EAT | rng.randrange(32) |
            rng.getrandbits(1) << 7])

    @staticmethod
    def some_address(rng, chip):
        register = rng.randrange(0, 0x1000, 8)
        return rng.choice([
            chip.xscom_address(register), chip.ic + register,
            chip.ic + rng.randrange(1, 8) * pnv.PAGE + register,
            chip.vc + (rng.getrandbits(rng.randrange(12, 39)) & ~7),
            chip.pc + (rng.getrandbits(rng.randrange(4, 36)) & ~7),
            chip.tm + (rng.getrandbits(18) & ~7)])

    def test_accesses_of_a_mad_firmware_are_survived(self):
        """Windows over RAM and each other, tables anywhere, resets."""
        self.need_ours()
        self.start(chips=2)
        for seed in range(5):
            rng = random.Random(seed)
            for _ in range(1000):
                chip = rng.choice(self.chips)
                address = self.some_address(rng, chip)
                if rng.randrange(3):
                    self.qtest.store(address, self.some_value(rng))
                else:
                    self.qtest.load(address)
            self.assertIn("XIVE[1]", self.vm.hmp("info pic"))
            self.vm.qmp("system_reset")
            self.vm.wait_event("RESET")
            # A reset makes everything good again.
            for chip in self.chips:
                chip.bring_up()
            self.chip.push_thread()
            self.chip.trigger(self.chip.route(data=seed))
            self.assertEqual(self.chip.phys(pnv.NSR), 0x80)


class PnvFirmwareGapTest(PnvRegisterTest):
    """What other firmware than skiboot does.

    :avocado: tags=gap:X6,gap:X10,gap:X13,gap:X16
    """

    def event_for(self, nvt):
        self.chip.write_nvt(nvt)
        self.chip.write_end(7, priority=6, nvt=nvt)
        self.chip.write_eas(0x20, 7, 0x1234)
        self.chip.manage(0x20, pnv.ESB_SET["00"])
        self.chip.trigger(0x20)

    def test_X6_outside_of_block_groups_a_thread_has_its_chip_in_its_vp(self):
        self.start(chips=2)
        there = self.chips[1]
        for chip in self.chips:
            chip.store(pnv.PC_TCTXT_CFG, 0)
        there.push_thread()
        self.event_for(0x800 | 1 << 7)
        self.assertEqual(there.tima_load(pnv.HV_PAGE + pnv.ACK_HV, 2), 0x8006)

    def test_X10_events_wait_while_their_queue_is_disabled(self):
        self.start()
        self.chip.push_thread()
        source = self.chip.route()
        self.chip.store(pnv.VC_IRQ_CONFIG_IPI, pnv.IRQ_QUEUE_DISABLE)
        self.chip.trigger(source)
        self.assertEqual(self.chip.queue_entry(0), 0)
        self.assertTrue(self.chip.load(pnv.VC_IRQ_CONFIG_IPI) &
                        pnv.IRQ_NOT_EMPTY)
        self.chip.store(pnv.VC_IRQ_CONFIG_IPI, 0)
        self.assertEqual(self.chip.queue_entry(0), 0x80001234)
        self.assertEqual(self.chip.tima_load(pnv.HV_PAGE + pnv.ACK_HV, 2),
                         0x8006)

    def test_X10_what_does_not_fit_into_the_chip_is_in_memory(self):
        self.start()
        source = self.chip.route()
        overflow = 0x2500000
        self.chip.set_table(pnv.TABLE_FIFO, pnv.VSD_EXCLUSIVE | overflow, 0)
        self.chip.store(pnv.VC_IRQ_CONFIG_IPI,
                        pnv.IRQ_QUEUE_DISABLE | pnv.IRQ_MEM_ENABLE)
        for _ in range(20):
            self.chip.manage(source, pnv.ESB_SET["00"])
            self.chip.trigger(source)
        self.assertEqual(self.qtest.read_memory(overflow, 8),
                         (pnv.bit(1) | source).to_bytes(8, "big"))
        self.chip.store(pnv.VC_IRQ_CONFIG_IPI, pnv.IRQ_MEM_ENABLE)
        self.assertEqual([self.chip.queue_entry(n) for n in (0, 19, 20)],
                         [0x80001234, 0x80001234, 0])

    def test_X10_the_lsi_pages_interrupt_firmware_without_tables(self):
        self.start()
        self.chip.choose_thread()
        vt = pnv.HV_PAGE + pnv.PHYS + pnv.WORD2
        self.chip.tima_store(vt, 0x81)
        eoi = self.chip.ic + pnv.PAGE * pnv.LSI_EOI
        self.qtest.load(eoi + pnv.ESB_SET["00"])
        self.qtest.store(self.chip.ic + pnv.PAGE * pnv.LSI_TRIGGER, 0)
        self.assertEqual(self.chip.tima_load(pnv.HV_PAGE + pnv.ACK_HV, 2),
                         0xC000)
        self.assertEqual(self.qtest.load(eoi + pnv.ESB_GET), 2)
        self.assertEqual(self.qtest.load(eoi + pnv.ESB_EOI), 0)

    def test_X10_a_unit_reset_leaves_windows_and_nothing_else(self):
        self.start()
        self.chip.push_thread()
        self.chip.store(pnv.CQ_RST_CTL, pnv.RST_QUIESCE)
        self.assertTrue(self.chip.load(pnv.CQ_RST_CTL) & pnv.RST_QUIESCE)
        self.chip.store(pnv.CQ_RST_CTL, pnv.RST_UNIT)
        self.assertEqual(self.chip.load(pnv.PC_TCTXT_CFG), 0)
        self.assertEqual(self.chip.load(pnv.VC_GLOBAL_CONFIG), 0)
        self.assertEqual(self.chip.load(pnv.CQ_IC_BAR),
                         self.chip.ic | pnv.VALID | pnv.BAR_64K)

    def test_X10_a_command_of_software_gets_a_response(self):
        self.start()
        for n in range(5):
            self.chip.store(pnv.CQ_SWI_CMD + 8 * n, 1)
            response = self.chip.load(pnv.CQ_SWI_RSP)
            self.assertNotEqual(response, pnv.ALL_ONES)
            self.assertTrue(response & pnv.bit(n))

    def test_X10_an_event_without_tables_is_in_the_fir(self):
        self.start()
        self.assertEqual(self.chip.load(pnv.CQ_FIR), 0)
        self.chip.manage(0x20, pnv.ESB_SET["00"])
        self.chip.trigger(0x20)
        self.assertEqual(self.chip.load(pnv.CQ_FIR), pnv.FIR_VC_INFO)

    def test_X13_unconditional_escalation_needs_to_be_enabled(self):
        self.start()
        self.chip.store(pnv.VC_EQC_CONFIG, 0)
        self.chip.write_nvt(0x100)
        self.chip.write_nvt(0x80)
        self.chip.write_escalating_end(8, nvt=0x100, to=7)
        self.chip.write_end(7, priority=6)
        self.chip.write_eas(0x20, 8, 0x1234)
        for _ in range(2):
            self.chip.manage(0x20, pnv.ESB_SET["00"])
            self.chip.trigger(0x20)
        # ESe lets the first through and holds the second back.
        self.assertEqual([self.chip.queue_entry(n) for n in (0, 1)],
                         [0x80005555, 0])

    def test_X16_a_thread_that_was_off_has_a_new_context(self):
        self.start()
        self.chip.push_thread(cppr=5)
        self.chip.store(pnv.PC_THREAD_EN_REG0_CLR, pnv.bit(0))
        self.chip.store(pnv.PC_THREAD_EN_REG0_SET, pnv.bit(0))
        self.assertEqual(self.chip.phys(pnv.CPPR), 0)
        self.assertEqual(
            self.chip.tima_load(pnv.HV_PAGE + pnv.PHYS + pnv.WORD2), 0)


class PnvWindowGapTest(PnvRegisterTest):
    """
    :avocado: tags=gap:C6,gap:C9,gap:X11,gap:X12
    """

    def test_C6_a_look_at_the_tima_from_no_thread_is_harmless(self):
        self.start()
        for page in range(4):
            for offset in (0, 0x10, 0x30, 0x810, 0x830):
                address = pnv.TM + page * pnv.PAGE + offset
                for size in (1, 2, 4, 8):
                    self.qtest.load(address, size)
                    self.qtest.store(address, 0xFF, size)
        self.vm.qmp("query-status")

    def test_C9_an_event_of_a_source_beyond_the_tables_is_dropped(self):
        # A large table of EASs, a small one of PQ bits.
        self.start()
        large, index = 0x10000000, 0x500000
        self.chip.set_table(pnv.TABLE_EAT, pnv.VSD_EXCLUSIVE | large | 26 - 12)
        self.qtest.write_memory(large + index * 8, pnv.VALID.to_bytes(8, "big"))
        self.qtest.store(self.chip.ic + pnv.PAGE * pnv.NOTIFY, index)
        self.vm.qmp("query-status")

    def test_X11_a_window_moves_while_it_is_there(self):
        self.start()
        self.chip.store(pnv.PC_TCTXT_INDIR0, 0)
        self.chip.ic += 1 << 32
        self.chip.xscom_store(pnv.CQ_IC_BAR,
                              self.chip.ic | pnv.VALID | pnv.BAR_64K)
        self.chip.push_thread()
        self.chip.trigger(self.chip.route())
        self.assertEqual(self.chip.phys(pnv.NSR), 0x80)

    def test_X11_a_window_follows_its_bar_a_thousand_times(self):
        self.start()
        for n in range(1000):
            self.chip.vc = pnv.VC + ((n & 1) << 40)
            self.chip.store(pnv.CQ_VC_BAR, self.chip.vc | pnv.VALID)
        self.chip.trigger(self.chip.route(data=3))
        self.assertEqual(self.chip.queue_entry(0), 0x80000003)

    def test_X12_a_reset_takes_windows_registers_and_tables_back(self):
        self.start()
        source = self.chip.route()
        self.vm.qmp("system_reset")
        self.vm.wait_event("RESET")
        self.assertEqual(self.chip.xscom_load(pnv.CQ_IC_BAR), 0)
        self.assertEqual(self.chip.xscom_load(pnv.CQ_VC_BAR), 0)
        # Up again, but without tables: nothing of the old ones is known.
        self.chip.place_windows()
        self.chip.trigger(source)
        self.assertEqual(self.chip.queue_entry(0), 0)


class PnvMigrationGapTest(PnvRegisterTest):
    """
    :avocado: tags=gap:X15
    """

    def move_chips(self):
        self.move(len(self.chips))
        for chip in self.chips:
            chip.qtest = self.qtest

    def test_X15_everything_arrives_on_two_chips(self):
        self.start(chips=2)
        for chip in self.chips:
            chip.push_thread(cppr=4)
            chip.source = chip.route()
            chip.trigger(chip.source)
        self.move_chips()
        for chip in self.chips:
            self.assertEqual(chip.queue_entry(0), 0x80001234)
            self.assertEqual(chip.manage(chip.source, pnv.ESB_GET), 2)
            # Held back by CPPR; comes when it is let through.
            chip.tima_store(pnv.HV_PAGE + pnv.PHYS + pnv.CPPR, 0xFF)
            self.assertEqual(chip.tima_load(pnv.HV_PAGE + pnv.ACK_HV, 2),
                             0x8006)
            chip.manage(chip.source, pnv.ESB_EOI)
            chip.trigger(chip.source)
            self.assertEqual(chip.queue_entry(1), 0x80001234)

    def test_X15_an_event_while_the_machine_is_stopped_arrives(self):
        self.start()
        self.chip.push_thread()
        source = self.chip.route()
        self.vm.qmp("stop")
        self.qtest.store(self.chip.ic + pnv.PAGE * pnv.NOTIFY,
                         pnv.bit(1) | source)
        self.move_chips()
        self.assertEqual(self.chip.queue_entry(0), 0x80001234)
        self.qtest.store(self.chip.ic + pnv.PAGE * pnv.NOTIFY,
                         pnv.bit(1) | source)
        self.assertEqual(self.chip.queue_entry(1), 0x80001234)


if __name__ == "__main__":
    unittest.main()
