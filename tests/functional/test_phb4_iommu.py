#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Those who keep translations of powernv9's IOMMU are told when they change.

Two keep some: a vhost-user disk, whose other half is vhost_user.py, and QEMU's
device "iommu-recorder", which only p9xive has and which does as VFIO does. No
firmware runs: the tests are the firmware and the driver.
"""

import time
import unittest

import phb4_machine as phb4
from phb4_machine import EDU_PE as PE
from phb4_machine import EDU_RID as RID
from phb4_machine import M32, Phb4Machine
from vhost_user import SECTOR, VhostUserDisk
from xivetest import XiveTest, binary_under_test, limits

PAGE = 0x10000
RINGS_AT, BUFFER_AT = 3 * PAGE, 4 * PAGE        # DMA addresses
# Where they are in memory, and another place for the buffer.
RINGS, BUFFER, OTHER = phb4.BUFFER, phb4.SOURCE, phb4.SOURCE + 0x200000
MEMORY = 1 << 30
OCC_MEMORY = 0x203FFD800000             # the machine has this, too
CONTENT = bytes(range(256)) * 64


def swapped(value, size):
    return int.from_bytes(value.to_bytes(size, "little"), "big")


class VirtioDisk:
    """The driver of a virtio disk with one queue, by its modern registers."""

    queue_size = 8
    desc, avail, used, header, status = 0, 0x1000, 0x2000, 0x3000, 0x3010

    def __init__(self, vm):
        self.vm = vm
        self.sent = 0
        self.registers = M32
        vm.set_config(RID, 0x20, phb4.M32_PCI)          # BAR 4, 64 bits
        vm.set_config(RID, 0x24, 0)
        vm.set_config(RID, 0x04, 6)

    def store(self, offset, value, size):
        self.vm.store(self.registers + offset, swapped(value, size), size)

    def start(self):
        for status in (0, 1, 3):
            self.store(0x14, status, 1)
        for half, features in ((0, 0), (1, 3)):         # VERSION_1, PLATFORM
            self.store(0x08, half, 4)
            self.store(0x0C, features, 4)
        self.store(0x14, 0xB, 1)
        self.store(0x16, 0, 2)
        self.store(0x18, self.queue_size, 2)
        for register, where in ((0x20, self.desc), (0x28, self.avail),
                                (0x30, self.used)):
            self.store(register, RINGS_AT + where, 4)
            self.store(register + 4, 0, 4)
        self.store(0x1C, 1, 2)
        self.store(0x14, 0xF, 1)

    def write(self, offset, *numbers):
        """(value, size) pairs, little-endian, one after the other."""
        self.vm.bus.write_memory(RINGS + offset, b"".join(
            value.to_bytes(size, "little") for value, size in numbers))

    def send_read(self, sector):
        """Ask for one sector, to be put into the buffer."""
        self.write(self.header, (0, 8), (sector, 8))
        parts = ((RINGS_AT + self.header, 16, 1), (BUFFER_AT, SECTOR, 3),
                 (RINGS_AT + self.status, 1, 2))
        for i, (address, length, flags) in enumerate(parts):
            self.write(self.desc + i * 16, (address, 8), (length, 4),
                       (flags, 2), (i + 1, 2))
        self.write(self.avail + 4 + self.sent % self.queue_size * 2, (0, 2))
        self.sent += 1
        self.write(self.avail + 2, (self.sent, 2))
        self.store(0x3000, 0, 2)                        # notify

    def done(self):
        return int.from_bytes(
            self.vm.bus.read_memory(RINGS + self.used + 2, 2), "little")


class IommuTest(XiveTest):
    """
    :avocado: tags=machine:powernv9,feature:phb4
    """

    timeout = 60

    def start(self, device, *extra, inherit=()):
        """PE with a table of 64 KiB pages, in which there is nothing."""
        vm = Phb4Machine(binary_under_test(), self.directory, "phb4",
                         self.deadline)
        self.machines.append(vm)
        vm.inherit += inherit
        vm.prepare(*extra, device=device)
        for one in inherit:
            one.close()
        vm.start_edu()
        vm.set_tce_table(PE, phb4.TCES)
        return vm

    @staticmethod
    def set_page(vm, iova, real, access=3):
        vm.store(phb4.TCES + iova // PAGE * 8, real | access)

    @staticmethod
    def kill_page(vm, iova):
        """skiboot kills whole PEs; the bridge can do with less."""
        vm.set_reg(phb4.TCE_KILL, 3 << 60 | iova | 1 << 12 | PE)

    @staticmethod
    def kill_pe(vm):
        vm.set_reg(phb4.TCE_KILL, 1 << 62 | PE)


    @staticmethod
    def ends(vm):
        """Ways to take all from PE without a kill, and back."""
        table = vm.table(phb4.TVT, PE * 2)
        return (
            ("other PE", lambda: vm.set_rtt(PE + 1), lambda: vm.set_rtt(PE)),
            ("other TVE", lambda: vm.set_table(phb4.TVT, PE * 2, 0),
             lambda: vm.set_table(phb4.TVT, PE * 2, table)),
            ("frozen", lambda: vm.set_table(phb4.PESTB, PE, 1 << 63),
             lambda: vm.unfreeze(PE)),
            ("quiesced", lambda: vm.set_reg(0x888, 1 << 63),
             lambda: vm.set_reg(0x888, 0)),
            ("bus number", lambda: vm.set_root_config(0x18, 0xFF0200),
             lambda: vm.set_root_config(0x18, 0xFF0100)))


class DeviceIotlbTest(IommuTest):
    """
    :avocado: tags=machine:powernv9,feature:phb4
    """

    def start_disk(self, *options):
        self.disk = VhostUserDisk(CONTENT)
        self.disk.patience = 2
        self.disk.start()
        self.addCleanup(self.disk.stop)
        device = ("vhost-user-blk-pci", "id=disk", "chardev=vu",
                  "num-queues=1", "disable-legacy=on", "iommu_platform=on",
                  *options)
        vm = self.start(
            ",".join(device),
            "-object", f"memory-backend-memfd,id=ram,size={MEMORY},share=on",
            "-machine", "memory-backend=ram",
            "-chardev", f"socket,id=vu,fd={self.disk.theirs.fileno()}",
            inherit=[self.disk.theirs])
        self.set_page(vm, RINGS_AT, RINGS)
        self.set_page(vm, BUFFER_AT, BUFFER)
        self.kill_pe(vm)
        self.driver = VirtioDisk(vm)
        return vm

    def wait(self, condition, seconds=5):
        limit = limits.Limit(seconds)
        while not condition() and limit.left() > 0:
            time.sleep(0.01)
        return condition()

    def read(self, vm, sector, where):
        """A sector is read into the buffer, which is there."""
        vm.bus.write_memory(where, bytes(SECTOR))
        self.driver.send_read(sector)
        self.assertTrue(self.wait(lambda: self.driver.done() ==
                                  self.driver.sent), self.disk.error)
        at = sector * SECTOR
        self.assertEqual(vm.bus.read_memory(where, SECTOR),
                         CONTENT[at:at + SECTOR])

    def check_moved(self, vm):
        self.driver.start()
        self.read(vm, 1, BUFFER)
        misses = self.disk.misses
        self.read(vm, 2, BUFFER)
        self.assertEqual(self.disk.misses, misses)
        self.set_page(vm, BUFFER_AT, OTHER)
        self.kill_page(vm, BUFFER_AT)
        self.assertNotIn(BUFFER_AT, self.disk.tlb)
        self.assertIn(RINGS_AT, self.disk.tlb)
        self.read(vm, 3, OTHER)

    def test_C12_a_page_that_moved_is_written_where_it_is_now(self):
        """
        :avocado: tags=gap:C12
        """
        vm = self.start_disk()
        self.check_moved(vm)

    def test_C12_a_device_with_ats_is_told_when_a_page_moves(self):
        """
        :avocado: tags=gap:C12
        """
        vm = self.start_disk("ats=on")
        ats = 0x100
        while vm.config(RID, ats) & 0xFFFF != 0xF:
            ats = vm.config(RID, ats) >> 20
            self.assertTrue(ats, "no capability ATS")
        vm.set_config(RID, ats + 4, 1 << 31)
        self.check_moved(vm)

    def test_C12_whatever_ends_translations_is_told(self):
        """
        :avocado: tags=gap:C12
        """
        vm = self.start_disk()
        self.driver.start()
        nest_fir, mask_clear = 0, 4
        vm.set_nest(mask_clear, 0)
        for what, end, undo in (
                ("kill", lambda: self.kill_pe(vm), lambda: None),
                ("all killed", vm.kill_tces, lambda: None),
                ("fenced", lambda: vm.set_nest(nest_fir, 1 << 63),
                 lambda: vm.set_nest(nest_fir, 0)),
                *self.ends(vm)):
            with self.subTest(what):
                self.read(vm, 4, BUFFER)
                self.assertIn(BUFFER_AT, self.disk.tlb)
                end()
                self.assertEqual(self.disk.tlb, {})
                undo()
        self.read(vm, 5, BUFFER)

    def test_C12_a_frozen_pe_gets_nothing_until_it_is_thawed(self):
        """
        :avocado: tags=gap:C12
        """
        vm = self.start_disk()
        self.driver.start()
        self.read(vm, 6, BUFFER)
        vm.set_table(phb4.PESTB, PE, 1 << 63)
        vm.bus.write_memory(BUFFER, bytes(SECTOR))
        self.driver.send_read(7)
        self.assertTrue(self.wait(lambda: self.disk.faults))
        self.assertEqual(vm.bus.read_memory(BUFFER, SECTOR), bytes(SECTOR))
        vm.unfreeze(PE)
        self.read(vm, 8, BUFFER)
        self.assertEqual(self.disk.requests, 3)


class CopiedMappingsTest(IommuTest):
    """
    :avocado: tags=machine:powernv9,feature:phb4
    """

    def start_recorder(self):
        self.need_ours()
        return self.start("iommu-recorder,id=recorder")

    @staticmethod
    def ask(vm, name):
        return vm.qmp("qom-get", path="/machine/peripheral/recorder",
                      property=name)

    def check(self, vm, *mappings):
        """(address, size, real[, access]): what it was told, and nothing
        else; a new list says the same."""
        lines = [f"{m[0]:x} {m[1]:x} {m[2]:x} {m[3] if m[3:] else 'rw'}"
                 for m in mappings]
        self.assertEqual(self.ask(vm, "told").splitlines(), lines)
        self.assertEqual(self.ask(vm, "listed").splitlines(), lines)
        self.assertEqual(self.ask(vm, "violations"), 0)

    def test_a_mapping_is_told_when_it_begins_and_ends(self):
        vm = self.start_recorder()
        self.check(vm)
        self.set_page(vm, 3 * PAGE, BUFFER)
        self.set_page(vm, 5 * PAGE, OTHER, access=1)
        self.kill_page(vm, 3 * PAGE)
        self.check(vm, (3 * PAGE, PAGE, BUFFER), (5 * PAGE, PAGE, OTHER, "r"))
        maps, unmaps = self.ask(vm, "maps"), self.ask(vm, "unmaps")
        self.set_page(vm, 3 * PAGE, OTHER)
        self.kill_pe(vm)
        self.check(vm, (3 * PAGE, PAGE, OTHER), (5 * PAGE, PAGE, OTHER, "r"))
        # What stays is not touched.
        self.assertEqual(self.ask(vm, "maps"), maps + 1)
        self.assertEqual(self.ask(vm, "unmaps"), unmaps + 1)
        self.set_page(vm, 3 * PAGE, 0, access=0)
        self.kill_pe(vm)
        self.check(vm, (5 * PAGE, PAGE, OTHER, "r"))

    def test_a_window_without_translation_is_told_as_large_blocks(self):
        vm = self.start_recorder()
        window = 1 << 59
        vm.set_table(phb4.TVT, PE * 2 + 1, 1 << 12)     # all there is
        self.check(vm, (window, MEMORY, 0),
                   (window + OCC_MEMORY, 4 << 20, OCC_MEMORY))
        vm.set_table(phb4.TVT, PE * 2 + 1, 0)
        # From 16 MiB to 48 MiB, through the other TVE.
        vm.set_bypass(PE, 0x1000000, 0x3000000)
        self.check(vm, (0x1000000, 0x1000000, 0x1000000),
                   (0x2000000, 0x1000000, 0x2000000))
        vm.set_table(phb4.TVT, PE * 2, 0)
        self.check(vm)

    def test_a_mapping_around_the_msi_window_is_told_in_parts(self):
        vm = self.start_recorder()
        page_1g, msi32 = 1 << 30, 0xFFFF0000
        tve = vm.table(phb4.TVT, PE * 2)
        vm.set_table(phb4.TVT, PE * 2, tve & ~0x1F | 19)
        vm.store(phb4.TCES + 3 * 8, 3)
        self.kill_pe(vm)
        vm.set_reg(phb4.PHB4_CONFIG, 1 << 49)
        self.check(vm, (3 * page_1g, page_1g, 0))
        vm.set_reg(phb4.PHB4_CONFIG, 1 << 55 | 1 << 49)
        parts = self.ask(vm, "told").splitlines()
        self.assertEqual(sum(int(line.split()[1], 16) for line in parts),
                         page_1g - PAGE)
        last = parts[-1].split()
        self.assertEqual(int(last[0], 16) + int(last[1], 16), msi32)
        self.assertEqual(self.ask(vm, "listed").splitlines(), parts)
        vm.set_reg(phb4.PHB4_CONFIG, 1 << 49)
        self.check(vm, (3 * page_1g, page_1g, 0))

    def test_what_is_no_memory_is_not_told(self):
        vm = self.start_recorder()
        self.set_page(vm, 0, phb4.REGS)
        self.set_page(vm, PAGE, MEMORY)
        self.set_page(vm, 2 * PAGE, MEMORY - PAGE)
        self.kill_pe(vm)
        self.check(vm, (2 * PAGE, PAGE, MEMORY - PAGE))

    def test_a_device_that_may_not_use_its_mappings_has_none(self):
        vm = self.start_recorder()
        self.set_page(vm, PAGE, BUFFER)
        self.kill_pe(vm)
        page = (PAGE, PAGE, BUFFER)
        for what, end, undo in (
                ("link", lambda: vm.assert_perst(True),
                 lambda: vm.assert_perst(False)),
                *self.ends(vm)):
            with self.subTest(what):
                self.check(vm, page)
                end()
                self.check(vm)
                undo()
        self.check(vm, page)
        vm.qmp("system_reset")
        self.check(vm)

    def test_the_copy_is_true_after_a_migration(self):
        vm = self.start_recorder()
        stream = self.directory / "stream"
        self.set_page(vm, PAGE, BUFFER)
        self.kill_pe(vm)
        vm.qmp("migrate", uri=f"file:{stream}")
        vm.wait_until(lambda: vm.qmp("query-migrate").get("status") ==
                      "completed", 30, "end of the migration")
        there = Phb4Machine(binary_under_test(), self.directory, "there",
                            self.deadline)
        self.machines.append(there)
        there.prepare("-incoming", f"file:{stream}",
                      device="iommu-recorder,id=recorder")
        there.wait_until(lambda: there.qmp("query-status")["status"] !=
                         "inmigrate", 30, "arrival")
        self.check(there, (PAGE, PAGE, BUFFER))

    def test_hostile_tables_do_not_hang_a_copy_of_mappings(self):
        vm = self.start_recorder()
        entries = (phb4.TCES | 3).to_bytes(8, "big") * 512
        vm.bus.write_memory(phb4.TCES, entries)
        start = time.monotonic()
        # Five levels of 4 KiB tables, all of them the same one.
        vm.set_table(phb4.TVT, PE * 2,
                     phb4.TCES >> 12 << 16 | 4 << 13 | 1 << 8 | 1)
        vm.kill_tces()
        self.assertLess(time.monotonic() - start, limits.scaled(20))
        path = "/machine/chip[0]/pec[0]/phb/phb-backend"
        self.assertGreater(vm.qmp("qom-get", path=path,
                                  property="dma-lists-cut"), 0)
        vm.set_table(phb4.TVT, PE * 2, 0)
        self.check(vm)


if __name__ == "__main__":
    unittest.main()
