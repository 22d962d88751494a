#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The guest's state goes elsewhere while interrupts run.

The guest reads a disk and pings as fast as it can all the time. An interrupt
that got lost on the way shows as a request that never ends, a ping without
answer or a complaint of the kernel, and afterwards each CPU's disk queue must
interrupt it exactly once per request.
"""

import re
import shutil
import tempfile
import unittest
from pathlib import Path

from xivetest import LinuxTest, binary_under_test, limits


class MigrationTest(LinuxTest):
    """
    The disk is a virtio one: QEMU can't migrate its NVMe.

    :avocado: tags=migration:yes
    """

    timeout = 420
    modules = ("e1000e", "virtio_pci", "virtio_blk")
    disk, rows = "vda", r"virtio\d+-req"

    def prepare(self, vm, smp=2, machine="pseries,ic-mode=xive"):
        self.linux_args(vm, smp=smp, machine=machine, memory="512M")
        self.add_network(vm)
        self.add_disk(vm, "virtio-blk-pci")

    def start_load(self, vm):
        self.boot(vm)
        self.network_up(vm)
        self.interrupt_storm(int(self.exec_command("nproc", vm)), self.disk,
                             vm)
        vm.rest(1)

    def check_guest(self, vm):
        self.end_storm(vm)
        self.check_ping(vm)
        self.check_disk(vm, self.disk)
        self.check_each_cpu_is_interrupted(self.disk, self.rows, vm)

    @staticmethod
    def goes_on(text, cpus):
        """Whether the row of that description counts under load."""
        return "req" in text or "rx" in text or "IPI" in text and cpus > 1

    def check_time_goes_on(self, vm):
        """The load still makes progress, on both devices and all CPUs."""
        before = self.interrupts(vm)
        limit = limits.Limit(10)
        while (still := self.standing_still(vm, before)) and limit.left() > 0:
            vm.rest(0.5)
        self.assertEqual(still, [])

    def standing_still(self, vm, before):
        """Rows that should count and have not."""
        after = self.interrupts(vm)
        return [text for row, (counts, text) in before.items()
                if self.goes_on(text, len(counts)) and
                sum(after[row][0]) <= sum(counts)]

    def migrate(self, source, name, binary, **options):
        """Move a running guest to a new QEMU, which is returned."""
        target = self.get_vm(name, binary)
        self.prepare(target, **options)
        target.add_args("-incoming", "defer")
        target.launch()
        # Not in the log directory: a socket's path has 107 characters.
        uri = f"unix:{tempfile.mkdtemp(prefix='p9xive-')}/socket"
        self.addCleanup(shutil.rmtree, Path(uri[5:]).parent)
        target.qmp("migrate-incoming", uri=uri)
        source.qmp("migrate-set-parameters", max_bandwidth=1 << 30,
                   downtime_limit=2000)
        source.qmp("migrate", uri=uri)
        source.wait_until(lambda: self.migration_ended(source), 180,
                          "end of the migration")
        self.assertEqual(source.qmp("query-migrate")["status"], "completed",
                         source.stderr())
        target.wait_event("RESUME", 60)
        self.left(source)
        source.shutdown()
        return target

    def left(self, source):
        """The guest has moved on; what the QEMU that it left can tell."""

    @staticmethod
    def migration_ended(vm):
        vm.rest(0.05)
        return vm.qmp("query-migrate").get("status") in (
            "completed", "failed", "cancelled")


class SnapshotTest(MigrationTest):
    """
    :avocado: tags=migration:savevm
    """

    def test_guest_goes_on_from_a_snapshot_under_load(self):
        """
        :avocado: tags=gap:unlisted
        """
        self.prepare(self.vm)
        self.add_snapshot_disk()
        self.start_load(self.vm)
        self.assertEqual(self.vm.hmp("savevm one", 120), "")
        for _ in range(3):
            self.vm.rest(1)
            self.assertEqual(self.vm.hmp("loadvm one", 120), "")
            self.check_time_goes_on(self.vm)
        self.check_guest(self.vm)
        self.verdict(self.vm)

    def test_snapshot_of_a_fresh_machine_after_a_reset(self):
        """What a used controller holds does not shine through."""
        self.prepare(self.vm)
        self.add_snapshot_disk()
        self.start_load(self.vm)
        self.assertEqual(self.vm.hmp("savevm one", 120), "")
        self.vm.qmp("system_reset")
        self.vm.rest(1)
        self.assertEqual(self.vm.hmp("loadvm one", 120), "")
        self.check_time_goes_on(self.vm)
        self.check_guest(self.vm)


    def stop_with_an_interrupt_waiting(self):
        """Stop the guest when its thread has been told of an interrupt (NSR)
        and has not acknowledged it yet."""
        for attempt in range(2000):
            self.vm.qmp("stop")
            if re.search(r"CPU\[0000\]: +OS +80 ", self.vm.hmp("info pic")):
                return
            self.vm.qmp("cont")
            self.vm.rest(0.001 * (attempt % 7))
        self.fail("no interrupt was ever waiting")

    def test_interrupt_that_waits_while_the_guest_is_saved_arrives(self):
        """
        With one vCPU and one device nothing comes that would wake the guest
        by chance: the reader goes on only if the interrupt arrives.

        :avocado: tags=gap:unlisted
        """
        self.prepare(self.vm, smp=1)
        self.add_snapshot_disk()
        self.boot()
        self.vm.send("while dd if=/dev/vda of=/dev/null bs=4k count=64 "
                     "iflag=direct 2>/dev/null; do echo tick; done")
        self.wait_for_console_pattern("tick")
        for _ in range(3):
            self.stop_with_an_interrupt_waiting()
            self.assertEqual(self.vm.hmp("savevm one", 120), "")
            self.assertEqual(self.vm.hmp("loadvm one", 120), "")
            self.vm.qmp("cont")
            self.vm.position = len(self.vm.console)
            for _ in range(3):
                self.wait_for_console_pattern("tick", timeout=60)


class LiveMigrationTest(MigrationTest):
    """
    :avocado: tags=migration:live
    """

    def hop(self, binaries, **options):
        """Let a guest live in one QEMU after the other; the last one."""
        vm = self.get_vm("hop0", binaries[0])
        self.prepare(vm, **options)
        self.start_load(vm)
        for number, binary in enumerate(binaries[1:], 1):
            vm = self.migrate(vm, f"hop{number}", binary, **options)
            self.check_time_goes_on(vm)
        self.check_guest(vm)
        return vm

    def test_guest_moves_twice_under_load(self):
        """
        :avocado: tags=gap:unlisted
        """
        ours = binary_under_test()
        self.verdict(self.hop([ours, ours, ours]))

    def test_dual_guest_moves_under_load(self):
        ours = binary_under_test()
        self.verdict(self.hop([ours, ours], machine="pseries,ic-mode=dual"))

    def test_guest_of_2_vcpus_moves_from_stock_to_ours(self):
        """
        :avocado: tags=peer:stock
        """
        self.verdict(self.hop([self.need_stock(), binary_under_test()]))

    def test_guest_moves_from_stock_to_ours_to_ours_to_stock(self):
        """
        With one vCPU: all others are dead in an upstream QEMU that receives
        them, from either sender.

        :avocado: tags=peer:stock
        """
        ours, stock = binary_under_test(), self.need_stock()
        self.hop([stock, ours, ours, stock], smp=1)


if __name__ == "__main__":
    unittest.main()
