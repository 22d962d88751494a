#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A guest on a model of KVM's devices is stopped, saved and moved.

test_migration.py does this on the direct path. Here p9xive-kvm has the guest
at one end or at both.
"""

import unittest

import test_kvm_device
import test_migration
from virtual_machine import QmpError
from xivetest import LinuxTest, XiveTest, binary_under_test


class KvmStateTest(test_migration.MigrationTest):
    """
    :avocado: tags=device:p9xive-kvm
    """

    machine = "pseries,ic-mode=xive"
    append = ""
    verdict = test_kvm_device.KvmTest.verdict

    def setUp(self):
        super().setUp()
        self.need_ours()
        self.on_kvm = True

    def device_path(self, vm):
        """The counters are those of the host that KVM runs on."""
        return ("/machine/peripheral/kvm0" if self.on_kvm else
                LinuxTest.device_path(vm))

    def prepare(self, vm, smp=2, machine=None):
        super().prepare(vm, smp, machine or self.machine)
        if self.on_kvm:
            vm.add_args("-device", "p9xive-kvm,id=kvm0")

    def check_moved(self, vm):
        """A reader that misses an interrupt waits for ever. Pings are not
        counted: ping has one more on its way for each answer that took a
        second, on the direct path just as on the device."""
        self.exec_command("touch /tmp/stop; killall -INT ping; wait", vm)
        self.check_ping(vm)
        self.check_disk(vm, self.disk)
        self.check_each_cpu_is_interrupted(self.disk, self.rows, vm)


class KvmStopTest(KvmStateTest):
    """
    :avocado: tags=migration:savevm
    """

    def check_stops(self):
        """What devices send while QEMU stops the machine arrives later."""
        for count in range(100):
            self.vm.qmp("stop")
            self.vm.qmp("cont")
            self.vm.rest(0.001 * (count % 20))
        self.check_time_goes_on(self.vm)
        self.check_moved(self.vm)

    def check_snapshot(self):
        self.interrupt_storm(2, self.disk)
        self.assertEqual(self.vm.hmp("savevm one", 120), "")
        self.check_time_goes_on(self.vm)
        for _ in range(2):
            self.assertEqual(self.vm.hmp("loadvm one", 120), "")
            self.check_time_goes_on(self.vm)
        self.check_moved(self.vm)

    def check_all(self, machine):
        self.machine = machine
        self.prepare(self.vm)
        self.add_snapshot_disk()
        self.start_load(self.vm)
        self.check_stops()
        self.check_snapshot()
        self.verdict()

    def test_xive_guest_is_stopped_and_saved_under_load(self):
        """
        :avocado: tags=row:A33,row:A34
        """
        self.check_all("pseries,ic-mode=dual")

    def test_xics_guest_is_stopped_and_saved_under_load(self):
        """
        :avocado: tags=feature:xics,row:X5
        """
        self.check_all("pseries,ic-mode=xics")


class KvmMigrationTest(KvmStateTest):
    """
    :avocado: tags=migration:live
    """

    def hop(self, machine, ends, **options):
        """Let a guest live on a device where @ends says so, else without."""
        self.machine = machine
        self.on_kvm, *others = ends
        vm = self.get_vm("hop0")
        self.prepare(vm, **options)
        self.start_load(vm)
        for number, self.on_kvm in enumerate(others, 1):
            vm = self.migrate(vm, f"hop{number}", binary_under_test(),
                              **options)
            self.check_time_goes_on(vm)
        self.check_moved(vm)
        self.verdict(vm)

    def test_guest_moves_from_device_to_direct_path_to_device(self):
        """With a device that is made while the stream is read, too."""
        self.hop("pseries,ic-mode=dual", (True, False, True, True))

    def test_xics_guest_moves_from_device_to_direct_path_to_device(self):
        """
        :avocado: tags=feature:xics
        """
        self.hop("pseries,ic-mode=xics", (True, False, True))

    def test_guest_moves_from_stock_to_device_to_stock(self):
        """
        :avocado: tags=peer:stock
        """
        stock = self.need_stock()
        self.on_kvm = False
        vm = self.get_vm("hop0", stock)
        self.prepare(vm, smp=1)
        self.start_load(vm)
        for name, binary, self.on_kvm in (
                ("hop1", binary_under_test(), True), ("hop2", stock, False)):
            vm = self.migrate(vm, name, binary, smp=1)
            self.check_time_goes_on(vm)
        self.check_moved(vm)


class KvmBlockedTest(XiveTest):
    """
    :avocado: tags=device:p9xive-passthrough
    """

    def test_a_device_that_is_passed_through_does_not_move(self):
        self.need_ours()
        self.vm.add_args("-machine", "pseries,ic-mode=xive", "-S",
                         "-device", "p9xive-kvm,id=kvm0",
                         "-device", "e1000e,id=nic0",
                         "-device", "p9xive-passthrough,id=pt0,device=nic0")
        self.vm.launch(console=False)
        with self.assertRaisesRegex(QmpError, "p9xive-passthrough: 'nic0' is "
                                    "passed through, so the machine can't be "
                                    "saved or migrated"):
            self.vm.qmp("migrate", uri="exec:cat >/dev/null")
        self.vm.qmp("device_del", id="pt0")
        self.vm.wait_event("DEVICE_DELETED")
        self.save_to_file(self.vm, self.vm.path("stream"))


if __name__ == "__main__":
    unittest.main()
