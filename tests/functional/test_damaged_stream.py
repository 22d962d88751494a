#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A migration stream that has been tampered with is refused or harmless.

One guest is saved once; each test changes one thing in the stream and offers
it to a new QEMU. Two ends are allowed: exit status 1 with a message that says
what is wrong, or a machine that runs on without QEMU coming to harm.
"""

import random
import unittest

from migration_stream import NR_IRQS, OS_RING, POOL_RING, MigrationStream
from virtual_machine import VmDied
from xivetest import WORK, LinuxTest, binary_under_test, made_once

IPI = 0
CONSOLE = 0x1100
# Linux uses one priority, of each server's eight.
PRIORITY = 6
SERVER_0 = PRIORITY
SERVER_1 = 8 + PRIORITY


class DamagedStream(LinuxTest):
    """A guest's stream to change and to offer."""

    timeout = 240
    modules = ("e1000e",)
    machine = "pseries"
    most_words = 4              # lines, of QEMU that refuses it
    destination = ()            # what the machine has that it is offered to

    def setUp(self):
        super().setUp()
        state = binary_under_test().stat()
        path = made_once(
            WORK / f"stream-{self.machine}-{state.st_mtime_ns:x}.bin",
            self.save_guest)
        self.stream = MigrationStream(path.read_bytes())

    def prepare(self, vm):
        self.linux_args(vm, memory="512M")
        self.add_network(vm)

    def save_guest(self, path):
        vm = self.get_vm("saved")
        self.prepare(vm)
        self.boot(vm)
        self.network_up(vm)
        self.save_to_file(vm, path)
        vm.shutdown()

    def load(self):
        """Offer the stream to QEMU; None, or (exit status, its words)."""
        path = self.directory / "stream.bin"
        path.write_bytes(self.stream.content)
        self.prepare(self.vm)
        self.vm.add_args(*self.destination, "-incoming", "defer")
        # The guest is free to complain about what was done to it.
        self.vm.trouble = None
        self.vm.launch()
        try:
            self.vm.qmp("migrate-incoming", uri=f"file:{path}")
            self.wait_for_arrival(self.vm)
            self.vm.qmp("cont")
            self.vm.rest(3)
            self.vm.hmp("info pic")
            return None
        except VmDied:
            return self.vm.process.returncode, self.vm.stderr()
        finally:
            path.unlink()

    def check_refused(self, pattern):
        result = self.load()
        self.assertIsNotNone(result, "QEMU loaded it and runs")
        status, words = result
        self.assertEqual(status, 1, words)
        self.assertRegex(words, pattern)
        self.assertLessEqual(len(words.splitlines()), self.most_words, words)

    def check_harmless(self):
        """Refused in good order or running: no crash, no hang."""
        result = self.load()
        if result:
            self.assertEqual(result[0], 1, result[1])
            self.assertNotEqual(result[1], "")


class DamagedStreamTest(DamagedStream):
    """
    :avocado: tags=migration:damaged
    """

    # -------------------------------------------------- what isn't damaged

    def test_stream_without_damage_is_accepted(self):
        self.assertIsNone(self.load())
        self.vm.send("echo alive $((40 + 2))")
        self.wait_for_console_pattern("alive 42")

    # -------------------------------------------------------------- sources

    def test_source_state_with_unknown_bits_is_refused(self):
        self.stream.set_source(CONSOLE, 0xf0)
        self.check_refused("damaged migration stream.*0x1100")

    def test_level_on_a_message_interrupt_is_refused(self):
        self.stream.set_source(CONSOLE, 0x04)
        self.check_refused("damaged migration stream.*0x1100")

    def test_other_number_of_sources_is_refused(self):
        self.stream.set_nr_irqs("xive-source", NR_IRQS - 1)
        self.check_refused("xive-source")

    def test_other_number_of_routes_is_refused(self):
        self.stream.set_nr_irqs("spapr-xive", 2 * NR_IRQS)
        self.check_refused("spapr-xive")

    # --------------------------------------------------------------- tables

    def test_route_to_an_end_that_does_not_exist_is_refused(self):
        self.stream.set_eas(IPI, 0x00ffffff00000000, 0xffffff)
        self.check_refused("damaged migration stream.*EAS")

    def test_route_to_another_block_is_refused(self):
        self.stream.set_eas(IPI, 0x0f00000000000000, 3)
        self.check_refused("damaged migration stream.*EAS")

    def test_queue_outside_of_memory_is_refused(self):
        self.stream.set_end(SERVER_0, 2, 0x0fffffff, 0x0006030)
        self.check_refused("damaged migration stream.*not in memory")

    def test_queue_in_the_thread_pages_is_refused(self):
        self.stream.set_end(SERVER_0, 2, 0x0fffffff, 0x60302)
        self.stream.set_end(SERVER_0, 3, 0xffffffff, 0x03190000)
        self.check_refused("damaged migration stream.*not in memory")

    def test_queue_of_impossible_size_is_refused(self):
        self.stream.set_end(SERVER_0, 0, 0x000f0000, 15)
        self.check_refused("damaged migration stream.*size")

    def test_queue_offset_past_its_end_is_refused(self):
        self.stream.set_end(SERVER_1, 1, 0x003fffff, 0x3fffff)
        self.check_refused("damaged migration stream.*offset")

    def test_end_of_another_server_is_refused(self):
        self.stream.set_end(SERVER_0, 6, 0x0007ffff, 0x401)
        self.check_refused("damaged migration stream.*server")

    def test_end_of_another_priority_is_refused(self):
        self.stream.set_end(SERVER_0, 7, 0x00ff0000, 3)
        self.check_refused("damaged migration stream.*priority")

    def test_end_that_escalates_is_refused(self):
        self.stream.set_end(SERVER_0, 0, 0x04000000, 1)
        self.check_refused("damaged migration stream.*escalates")

    # -------------------------------------------------------------- threads

    def test_thread_that_runs_another_vcpu_is_refused(self):
        self.stream.set_ring(0, OS_RING + 8, bytes.fromhex("80000401"))
        self.check_refused("damaged migration stream.*server 0")

    def test_live_hypervisor_ring_is_refused(self):
        self.stream.set_ring(1, POOL_RING + 8, bytes.fromhex("80000400"))
        self.check_refused("damaged migration stream.*server 1")

    def test_impossible_cppr_is_refused(self):
        self.stream.set_ring(1, OS_RING + 1, b"\x55")
        self.check_refused("damaged migration stream.*CPU 1")

    def test_interrupts_made_up_in_a_ring_are_harmless(self):
        self.stream.set_ring(0, OS_RING, bytes.fromhex("80ffff"))
        self.stream.set_ring(0, OS_RING + 7, b"\x00")
        self.check_harmless()

    # --------------------------------------------------------------- frames

    def test_version_from_the_future_is_refused(self):
        self.stream.set_version("spapr-xive", 2)
        self.check_refused("spapr-xive")

    def test_unknown_section_is_refused(self):
        self.stream.rename("xive-tctx", "xive-tcty")
        self.check_refused("xive-tcty")

    def test_stream_that_ends_in_the_sources_is_refused(self):
        self.stream.cut("xive-source", 4 + NR_IRQS // 2)
        self.check_refused("load of migration failed|end of file|Input/output")

    def test_stream_that_ends_in_the_tables_is_refused(self):
        self.stream.cut("spapr-xive", 4 + 8 * NR_IRQS + 40)
        self.check_refused("load of migration failed|end of file|Input/output")

    def test_stream_that_ends_in_a_thread_is_refused(self):
        self.stream.cut("xive-tctx", 17)
        self.check_refused("load of migration failed|end of file|Input/output")

    def test_noise_in_all_tables_is_harmless(self):
        """Flipped bits anywhere in routes and ENDs, so that what is checked
        first does not hide the rest."""
        dice = random.Random(2026)
        start = self.stream.section("spapr-xive")[1] + 4
        for _ in range(2000):
            at = start + dice.randrange(8 * NR_IRQS + 32 * 16)
            self.stream.content[at] ^= 1 << dice.randrange(8)
        self.check_harmless()


class DamagedStreamForKvmTest(DamagedStreamTest):
    """The same streams, for a machine whose interrupts a KVM device has.

    :avocado: tags=migration:damaged,device:p9xive-kvm
    """

    destination = ("-device", "p9xive-kvm,id=kvm0")

    def setUp(self):
        super().setUp()
        self.need_ours()


if __name__ == "__main__":
    unittest.main()
