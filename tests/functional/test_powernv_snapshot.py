#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A powernv9 host is saved while it works, and works on elsewhere.

skiboot and Debian's kernel with 64 KiB pages; a network card is behind one
host bridge, a disk behind another, and both are busy. First, everything that a
stopped machine knows is compared with what the one that took its stream knows.
Then the host has to live on: each interrupt that a bridge has sent, in
whichever process, is one that Linux has counted.
"""

import random
import re
import unittest

import pnv_chip
import test_damaged_stream
import test_migration
import test_pnv_registers
from migration_stream import MigrationStream
from pnv_chip import bit
from xivetest import (disk_image, fetched, initramfs_for, limits,
                      subject_is_stock)

# All that a POWER9 chip has in a stream, but for its RAM.
CHIP = re.compile("pnv|xive")
# The firmware's view of upstream's devices: (address, words).
WINDOWS = ((0x6030203000020, "2g"), (0x6030203000058, "4g"),    # PSI
           (0x60302031c1800, "1g"),                             # its ESB pages
           (0x60300c0010000, "2w"), (0x60300c0012024, "2w"),    # LPC
           (0x60300c0012030, "3w"))
CHIP_SIZE = 1 << 42


class PowernvHost:
    """What such a machine consists of; a part of test classes."""

    machine = "powernv9"
    modules = ("e1000e", "virtio_pci", "virtio_scsi", "sd_mod")
    disk, rows = "sda", r"virtio\d+-request"

    def prepare(self, vm, smp="1"):
        kernel = fetched("kernel-13-64k")
        # With QEMU's default devices: PHBs, and a BMC for reboots.
        vm.bare = ("-monitor", "none", "-net", "none", "-parallel", "none")
        vm.add_args(
            "-L", fetched("firmware"), "-machine", "powernv9", "-m", "1G",
            "-smp", smp, "-accel", "tcg,thread=multi",
            "-kernel", kernel / "vmlinux",
            "-initrd", initramfs_for(kernel, self.modules),
            "-append", limits.linux("console=hvc0"),
            "-d", "guest_errors", "-D", vm.path("log"),
            "-netdev", "user,id=net0,restrict=on",
            "-device", "e1000e,bus=pcie.0,netdev=net0",
            "-blockdev", "driver=file,node-name=disk0,read-only=on,"
            f"filename={disk_image()}",
            # Through the bridge's TCEs, as DMA of a real device.
            "-device", "virtio-scsi-pci,id=scsi,bus=pcie.1,"
            "disable-legacy=on,iommu_platform=on",
            "-device", "scsi-hd,bus=scsi.0,drive=disk0")


class PowernvSnapshotTest(PowernvHost, test_migration.MigrationTest):
    """
    :avocado: tags=machine:powernv9,kernel:debian,migration:yes
    """

    timeout = 300

    def setUp(self):
        super().setUp()
        # What Linux has counted when a QEMU's bridges have sent nothing yet.
        self.counted = self.counted_when_saved = 0

    @staticmethod
    def goes_on(text, cpus):
        return bool(re.search("request|-rx", text)) or \
            "Doorbell" in text and cpus > 1

    def start_load(self, vm):
        self.boot(vm, timeout=240)
        self.network_up(vm)
        sent, seen = self.sent_and_seen(vm)
        self.counted = seen - sent
        self.interrupt_storm(int(self.exec_command("nproc", vm)), self.disk,
                             vm)
        vm.rest(1)

    # ------------------------------------------------------------ accounts

    @staticmethod
    def sent(vm):
        """Interrupts that the bridges have sent since this QEMU started."""
        return sum(map(int, re.findall(r"notifications (\d+)",
                                       vm.hmp("info pic"))))

    def seen(self, vm):
        """Interrupts of bridges that Linux has counted in all its life."""
        return sum(sum(counts) for counts, text in
                   self.interrupts(vm).values()
                   if re.search("eth0|virtio|opal-phb", text))

    def sent_and_seen(self, vm):
        """Both, of one moment: a packet may come at any time."""
        if subject_is_stock():
            return 0, 0
        for _ in range(20):
            sent = self.sent(vm)
            seen = self.seen(vm)
            if self.sent(vm) == sent:
                return sent, seen
        raise AssertionError("the devices are never quiet")

    def note_saved(self, vm):
        self.counted_when_saved = self.counted + self.sent(vm)

    def note_loaded(self, sent=0):
        """What that QEMU had sent before belongs to another life."""
        self.counted = self.counted_when_saved - sent

    def left(self, source):
        self.note_saved(source)
        self.note_loaded()

    def check_guest(self, vm):
        super().check_guest(vm)
        sent, seen = self.sent_and_seen(vm)
        self.assertEqual(self.counted + sent, seen)
        self.assertNotRegex(vm.path("log").read_text(errors="replace"),
                            "xive|phb4|PSI|LPC|OPB|chiptod")

    # --------------------------------------------------------- where it goes

    def check_alive(self, vm):
        # With a short timeout: on stock nothing ever comes.
        self.assertEqual(self.exec_command("sleep 1; echo alive", vm, 30),
                         "alive")
        self.check_time_goes_on(vm)

    def save(self):
        """Save a snapshot of the host at work."""
        self.vm.qmp("stop")
        self.assertEqual(self.vm.hmp("savevm one", 120), "")
        self.note_saved(self.vm)
        self.vm.qmp("cont")

    def load(self):
        """The same process goes back to the snapshot."""
        self.vm.qmp("stop")
        self.assertEqual(self.vm.hmp("loadvm one", 120), "")
        self.note_loaded(self.sent(self.vm))
        self.vm.qmp("cont")

    def load_elsewhere(self, smp):
        """A new process starts from the snapshot; its machine."""
        self.vm.shutdown()
        disk = next(one for one in self.vm.args if "node-name=snapsh" in one)
        vm = self.get_vm("later")
        self.prepare(vm, smp)
        vm.add_args("-blockdev", disk, "-loadvm", "one")
        vm.launch()
        self.note_loaded()
        return vm

    # ------------------------------------------------------ exactly the same

    def state(self, vm):
        """What the monitor shows of interrupts and windows. The machine that
        takes a stream counts its events anew."""
        pic = re.sub(r"  [a-z-]+ +\d+\n|  translations .*\n", "",
                     vm.hmp("info pic"))
        words = [vm.hmp(f"xp /{words}x {chip * CHIP_SIZE + address:#x}")
                 for chip in range(2) for address, words in WINDOWS]
        return pic.splitlines() + words

    def test_X15_a_stopped_host_is_the_same_in_another_process(self):
        """
        :avocado: tags=gap:X15
        """
        self.prepare(self.vm, "2,sockets=2")
        self.start_load(self.vm)
        paths = [self.directory / f"stream{n}.bin" for n in range(2)]
        for path in paths:
            self.addCleanup(path.unlink, missing_ok=True)
        self.save_to_file(self.vm, paths[0])
        before = self.state(self.vm)
        self.vm.shutdown()
        other = self.get_vm("other")
        self.prepare(other, "2,sockets=2")
        other.add_args("-incoming", f"file:{paths[0]}", "-S")
        other.launch()
        self.wait_for_arrival(other)
        self.assertEqual(self.state(other), before)
        self.save_to_file(other, paths[1])
        self.compare(*(MigrationStream(path.read_bytes()) for path in paths))

    def compare(self, before, after):
        """Each section of a chip's devices, byte by byte."""
        sections = [(one["name"], one["instance_id"])
                    for one in before.descriptions()
                    if CHIP.match(one["name"])]
        for name, count in (("pnv-xive", 2), ("xive-tctx", 2),
                            ("pnv-phb4", 12), ("pnv-phb4-pec", 6),
                            ("pnv9-chip", 2), ("pnv9-core", 2),
                            ("pnv9-thread", 2), ("pnv-pnor", 1)):
            self.assertEqual([one for one, _ in sections].count(name), count,
                             name)
        for section in sections:
            self.assertEqual(before.body(*section), after.body(*section),
                             section)

    # ------------------------------------------------------------- living on

    def check_snapshots(self, smp):
        self.prepare(self.vm, smp)
        self.add_snapshot_disk()
        self.start_load(self.vm)
        self.save()
        for _ in range(2):
            self.vm.rest(1)
            self.load()
            self.check_alive(self.vm)
        vm = self.load_elsewhere(smp)
        self.check_alive(vm)
        self.check_guest(vm)

    def test_X15_one_cpu_goes_on_from_a_snapshot_under_load(self):
        """
        :avocado: tags=gap:X15
        """
        self.check_snapshots("1")

    def test_X15_two_chips_go_on_from_a_snapshot_under_load(self):
        """
        :avocado: tags=gap:X15
        """
        self.check_snapshots("2,sockets=2")

    def check_moves(self, smp, hops):
        self.prepare(self.vm, smp)
        self.start_load(self.vm)
        vm = self.vm
        for hop in hops:
            vm = self.migrate(vm, hop, vm.binary, smp=smp)
            self.check_alive(vm)
        self.check_guest(vm)

    def test_X15_two_cores_move_twice_under_load(self):
        """
        :avocado: tags=gap:X15
        """
        self.check_moves("2", ("first", "second"))

    def test_X15_four_threads_of_one_core_move_under_load(self):
        """
        :avocado: tags=gap:X15
        """
        self.check_moves("4,cores=1,threads=4", ("first",))

    def check_console(self, vm):
        """Its chip interrupts Linux, which need not wait for a poll."""
        before = sum(self.interrupt_counts("lpc-uart", vm))
        for _ in range(5):
            self.exec_command("echo", vm)
        self.assertGreater(sum(self.interrupt_counts("lpc-uart", vm)),
                           before + 5)

    def test_firmware_lives_on(self):
        """The console's interrupts and the way to the BMC, which reboots and
        switches off."""
        self.prepare(self.vm, "2")
        self.add_snapshot_disk()
        self.boot(timeout=240)
        self.check_console(self.vm)
        self.save()
        vm = self.load_elsewhere("2")
        self.check_console(vm)
        vm.send("reboot -f")
        self.wait_for_shell(vm, 240)
        self.check_disk(vm, self.disk)
        vm.send("poweroff -f")
        self.assertEqual(vm.wait_exit(120), 0)


# Registers of the board by XSCOM, with values that they can hold.
SBE_MBOX, SBE_DOORBELL, HOST_DOORBELL = 0xD0050, 0xD0060, 0xD0063
TIMER_START, SECOND, TIMER_EXPIRED = 1 << 32 | 0xD401, 1000000, bit(14)
PSI_REGISTERS, I2C, OCC_MISC = 0x5012900, 0xA0000, 0x66000 + 0x6080
ADU_COMMAND, ADU_DATA = 0x90041, 0x90042
TOD, TOD_LOAD_MOD, TOD_LOAD, TOD_FSM = 0x40000, 0x40018, 0x40021, 0x40024
SCOMS = {PSI_REGISTERS + 22: 0x60302031C0000 | 1,       # place of ESB pages
         PSI_REGISTERS + 23: 0x60302031111110,          # the notify page
         PSI_REGISTERS + 24: 0x1234 << 32,              # first number
         **{SBE_MBOX + n: 0x1111111111111111 * n for n in range(2, 8)},
         I2C + 6: 0x11 << 48, I2C + 7: 5 << 44, I2C + 8: 0xFFFF,
         I2C + 0x3006: 0x22 << 48,
         OCC_MISC: bit(3), TOD + 7: 0x1234 << 32,
         # A store of 4 bytes to the LPC's mask of interrupts.
         ADU_COMMAND: 4 << 52 | 0xC0012034, ADU_DATA: 0x8765432112345678}
LPC = 0x6030000000000
LPC_REGISTERS = {0xC0010000: 0x10400000, 0xC0010004: 0x2AAAAAAA,
                 0xC0010040: 0x11, 0xC0012028: 0x2, 0xC0012030: 1 << 31}
LPC_FLASH, LPC_FLASH_WINDOW = 0xF0000000, 0xC0012024


class PowernvBoardTest(test_pnv_registers.PnvRegisterTest):
    """
    No CPU runs: the test is the firmware.

    :avocado: tags=machine:powernv9,gap:X15
    """

    def scom(self, register, chip=0):
        return pnv_chip.XSCOM + chip * CHIP_SIZE + (register << 3)

    def set_timer(self):
        """Firmware asks the SBE for an interrupt in a second."""
        for register, value in ((SBE_MBOX, TIMER_START),
                                (SBE_MBOX + 1, SECOND),
                                (SBE_DOORBELL, bit(0))):
            self.qtest.store(self.scom(register), value)

    def set_up(self, chip):
        for register, value in SCOMS.items():
            self.qtest.store(self.scom(register, chip), value + chip)
        for address, value in LPC_REGISTERS.items():
            self.qtest.store(LPC + chip * CHIP_SIZE + address, value, 4)
        for register in (TOD_LOAD_MOD, TOD_LOAD):
            self.qtest.store(self.scom(register, chip), bit(0))

    def board(self, chip):
        lpc = LPC + chip * CHIP_SIZE
        return [self.qtest.load(self.scom(register, chip))
                for register in [*SCOMS, TOD_FSM, HOST_DOORBELL]] + [
            self.qtest.load(lpc + address, 4)
            for address in [*LPC_REGISTERS, LPC_FLASH, LPC_FLASH_WINDOW]]

    def test_X15_what_firmware_set_up_arrives_on_two_chips(self):
        self.launch(2)
        fresh = [self.board(chip) for chip in range(2)]
        for chip in range(2):
            self.set_up(chip)
        before = [self.board(chip) for chip in range(2)]
        for old, new in zip(fresh, before):
            self.assertGreater(sum(map(int.__ne__, old, new)), len(SCOMS) - 3)
        self.move(2)
        self.assertEqual([self.board(chip) for chip in range(2)], before)

    def test_X15_a_timer_of_firmware_goes_on(self):
        self.launch(1)
        self.set_timer()
        self.move(1)
        self.assertEqual(self.qtest.load(self.scom(HOST_DOORBELL)), 0)
        self.qtest.ask("clock_step 1100000000")
        self.assertEqual(self.qtest.load(self.scom(HOST_DOORBELL)),
                         TIMER_EXPIRED)

    def test_X15_pages_of_the_psi_bridge_are_where_firmware_put_them(self):
        self.launch(1)
        register, base = PSI_REGISTERS + 22, 0x60302031C0000
        self.qtest.store(self.scom(register), base | 1)
        page = base + 0x1000 + pnv_chip.ESB_GET
        self.qtest.load(base + 0x1000 + pnv_chip.ESB_SET["10"])
        self.assertEqual(self.qtest.load(page), 2)
        self.move(1)
        self.assertEqual(self.qtest.load(page), 2)

    def test_X15_the_content_of_flash_and_its_window_arrive(self):
        self.launch(1)
        flash, window = LPC + LPC_FLASH, LPC + LPC_FLASH_WINDOW
        for offset in (0, 0x1234, 0x7FFFFFC):
            self.qtest.store(flash + offset, 0x12345678 + offset, 4)
        self.qtest.store(window, 3, 4)
        self.assertNotEqual(self.qtest.load(flash, 4), 0x12345678)
        self.move(1)
        self.assertNotEqual(self.qtest.load(flash, 4), 0x12345678)
        self.qtest.store(window, 0, 4)
        for offset in (0, 0x1234, 0x7FFFFFC):
            self.assertEqual(self.qtest.load(flash + offset, 4),
                             0x12345678 + offset)
        self.assertEqual(self.qtest.load(flash + 4, 4), 0xFFFFFFFF)


class PowernvDamagedStreamTest(PowernvHost,
                               test_damaged_stream.DamagedStream):
    """
    :avocado: tags=machine:powernv9,migration:damaged
    """

    most_words = 7              # one says that there is no flash image

    def refuse(self, value, *field):
        self.stream.set_field(value, *field)
        self.check_refused("damaged migration stream")

    def test_an_undamaged_host_is_accepted(self):
        self.assertIsNone(self.load())
        self.vm.send("echo alive $((40 + 2))")
        self.wait_for_console_pattern("alive 42")

    def test_a_bar_with_unknown_bits_is_refused(self):
        self.refuse(1 << 63, "pnv9-chip", 0, "psi", "tmp", "regs", 10)

    def test_a_firmware_window_that_is_not_there_is_refused(self):
        self.refuse(16, "pnv9-chip", 0, "lpc", "lpc_hc_fw_seg_idsel")

    def test_an_unknown_state_of_the_tod_is_refused(self):
        self.refuse(3, "pnv9-chip", 0, "chiptod", "tmp", "state")

    def test_a_core_that_is_not_there_is_refused(self):
        self.refuse(7, "pnv9-chip", 0, "chiptod", "tmp", "target")

    def test_a_fifo_that_begins_behind_its_end_is_refused(self):
        self.refuse(8, "pnv9-chip", 0, "i2c", 2, "fifo", "head")

    def test_a_fifo_with_more_than_it_holds_is_refused(self):
        self.refuse(9, "pnv9-chip", 0, "i2c", 3, "fifo", "num")

    def test_a_time_base_that_never_runs_is_refused(self):
        self.refuse(1 << 31, "pnv9-core", 0, "tod_state.tb_state_timer")

    def test_an_interrupt_that_power9_lacks_is_refused(self):
        self.refuse(1, "pnv9-thread", 0, "tmp", "events")

    def test_a_cpu_that_runs_in_its_sleep_is_refused(self):
        self.stream.set_field(0, "cpu_common", 0, "halted")
        self.refuse(1, "pnv9-thread", 0, "tmp", "resume_as_sreset")

    def test_a_program_that_sleeps_is_refused(self):
        self.stream.set_field(1, "cpu_common", 0, "halted")
        at, _ = self.stream.field("cpu", 0, "env.msr")
        self.stream.content[at + 6] |= 0x40     # PR
        self.refuse(1, "pnv9-thread", 0, "tmp", "resume_as_sreset")

    def test_a_sleeper_with_an_hdec_interrupt_is_refused(self):
        self.stream.set_field(1, "cpu_common", 0, "halted")
        self.stream.set_field(0x200, "pnv9-thread", 0, "tmp", "events")
        self.refuse(1, "pnv9-thread", 0, "tmp", "resume_as_sreset")

    def test_a_machine_check_that_qemu_never_raises_is_refused(self):
        self.refuse(4, "pnv9-thread", 0, "tmp", "events")

    def test_a_flash_of_another_size_is_refused(self):
        at, _ = self.stream.field("pnv-pnor", 0, "content")
        self.stream.content[at] = 1
        self.check_refused("damaged migration stream.*PNOR")

    def test_a_block_behind_the_end_of_the_flash_is_refused(self):
        at, size = self.stream.field("pnv-pnor", 0, "content")
        self.stream.content[at + size - 4] = 1
        self.check_refused("damaged migration stream.*PNOR")

    def test_a_stream_that_ends_in_a_chip_is_refused(self):
        self.stream.cut("pnv9-chip", 700)
        self.check_refused("load of migration failed|end of file|Input/output")

    def test_noise_in_all_of_the_board_is_harmless(self):
        dice = random.Random(2026)
        for name in ("pnv9-chip", "pnv9-core", "pnv9-thread"):
            at, size = self.stream.section(name)[1], len(self.stream.body(name))
            for _ in range(size // 4):
                self.stream.content[at + dice.randrange(size)] ^= \
                    1 << dice.randrange(8)
        self.check_harmless()


if __name__ == "__main__":
    unittest.main()
