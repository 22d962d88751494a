#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The pseries machine's interrupts go through a model of KVM's devices.

What the machine does without p9xive-kvm it does with it, so most of this is
other files' tests once more, with the device and in both of its kinds.
"""

import re
import unittest

import test_command_line
import test_hotplug
import test_modes
import test_reset
from virtual_machine import QmpError, VmDied
from xivetest import LinuxTest, XiveTest

MANAGEMENT_OF_LISN_0 = 0x6010000010000
PAGE_OF_UNUSED_LISN = 0x6010000000000 + 0x1fff * 0x20000
TIMA_OS = 0x6030203180000 + 2 * 0x10000
XICS = {"machine": "pseries,ic-mode=dual", "append": "xive=off"}


class KvmTest(LinuxTest):
    """
    :avocado: tags=device:p9xive-kvm
    """

    timeout = 420
    machine = "pseries,ic-mode=xive"
    append = ""

    def setUp(self):
        super().setUp()
        self.need_ours()

    def linux_args(self, vm, **settings):
        settings.setdefault("machine", self.machine)
        settings.setdefault("append", self.append)
        super().linux_args(vm, **settings)
        vm.add_args("-device", "p9xive-kvm,id=kvm0")

    @staticmethod
    def device_path(vm):
        """The counters are those of the host that KVM runs on."""
        return "/machine/peripheral/kvm0"

    def verdict(self, vm=None, guest_errors=0):
        """A XICS guest's own IPIs have no queue, the rest is as ever."""
        if not re.search("ic-mode=xics", self.machine) and not self.append:
            return LinuxTest.verdict(self, vm, guest_errors)
        count = self.counters(vm)
        self.assertGreater(count["triggers"], 0, count)
        self.assertEqual(count["triggers"], count["coalesced"] + count["off"] +
                         count["events"], count)
        self.assertEqual(count["events"] + count["replays"],
                         count["eas-masked"] + count["presented"] +
                         count["backlogged"] + count["undelivered"] +
                         count["end-coalesced"], count)
        self.assertEqual(count["guest-errors"], guest_errors, count)
        return count

    def boot_with_devices(self, **settings):
        self.linux_args(self.vm, **settings)
        self.add_network(self.vm)
        self.add_disk(self.vm)
        self.boot()

    def use_devices(self):
        self.network_up()
        self.check_ping()
        self.check_disk()
        self.check_each_cpu_is_interrupted()


class KvmModeTest(KvmTest):
    """
    :avocado: tags=ic-mode:dual,feature:xics
    """

    boot_mode = test_modes.ModeTest.boot_mode
    check_works_as = test_modes.ModeTest.check_works_as
    reboot_with = test_modes.ModeTest.reboot_with

    def check_devices_kind(self, lines):
        """The XICS device counts its calls; the other has none."""
        (self.assertIn if lines == "XICS" else self.assertNotIn)(
            "Hcalls totals", self.vm.hmp("info pic"))

    def test_xive_guest_runs_on_the_native_device(self):
        self.boot_mode("pseries,ic-mode=xive")
        self.check_works_as("XIVE")
        self.check_devices_kind("XIVE")
        self.verdict()

    def test_xics_guest_runs_on_the_xics_device(self):
        self.machine = "pseries,ic-mode=xics"
        self.boot_mode(self.machine)
        self.check_works_as("XICS")
        self.check_devices_kind("XICS")
        self.verdict()

    def test_dual_guest_reboots_from_one_device_to_the_other_and_back(self):
        """
        :avocado: tags=row:A2,row:G4
        """
        self.boot_mode("pseries,ic-mode=dual")
        for mode, append in (("XIVE", "xive=off"), ("XICS", "")):
            self.check_works_as(mode)
            self.check_devices_kind(mode)
            self.reboot_with(append)
        self.check_works_as("XIVE")


class KvmLevelTest(KvmTest):
    """A device on a line, which stays up until it is served."""

    def check_levels(self, **settings):
        settings["append"] = f"pci=nomsi {settings.get('append', '')}"
        self.linux_args(self.vm, **settings)
        self.add_network(self.vm)
        self.boot()
        self.network_up()
        self.check_ping(count=200)
        (counts, text), = [row for row in self.interrupts().values()
                           if re.search("eth0", row[1])]
        self.assertRegex(text, r"\bLevel\b")
        # Handled at once, each; a level that stayed would send without end.
        self.assertTrue(100 < sum(counts) < 2000, counts)

    def test_levels_reach_a_xive_guest(self):
        """
        :avocado: tags=row:H18
        """
        self.check_levels()
        self.verdict()

    def test_levels_reach_a_xics_guest(self):
        """
        :avocado: tags=row:X25
        """
        self.check_levels(**XICS)


class KvmResetTest(KvmTest):
    """
    :avocado: tags=reset:system
    """

    seed = test_reset.ResetTest.seed

    def test_xive_guest_boots_after_resets_at_random_moments(self):
        test_reset.ResetTest.\
            test_machine_boots_after_resets_at_random_moments(self)

    def test_xics_guest_is_reset_in_storms_of_interrupts(self):
        self.machine, self.append = XICS["machine"], XICS["append"]
        test_reset.ResetTest.\
            test_machine_is_reset_in_storms_of_interrupts(self)


class KvmHotplugTest(KvmTest):
    """
    :avocado: tags=hotplug:cpu
    """

    plug = test_hotplug.CpuHotplugTest.plug
    unplug = test_hotplug.CpuHotplugTest.unplug
    wait_for_cpus = test_hotplug.CpuHotplugTest.wait_for_cpus
    ipis = test_hotplug.CpuHotplugTest.ipis
    check_ipis_reach = test_hotplug.CpuHotplugTest.check_ipis_reach

    def check_come_and_go(self):
        self.boot_with_devices(smp="1,maxcpus=4")
        self.network_up()
        test_hotplug.CpuHotplugTest.\
            test_vcpu_leaves_under_load_and_comes_back(self)

    def test_vcpus_of_a_xive_guest_come_and_go_under_load(self):
        self.check_come_and_go()

    def test_vcpus_of_a_xics_guest_come_and_go_under_load(self):
        self.machine, self.append = XICS["machine"], XICS["append"]
        self.check_come_and_go()


class KvmPciHotplugTest(KvmTest):
    """
    :avocado: tags=hotplug:pci,device:e1000e
    """

    slot = test_hotplug.PciHotplugTest.slot
    plug = test_hotplug.PciHotplugTest.plug
    unplug = test_hotplug.PciHotplugTest.unplug

    def test_numbers_of_a_device_come_and_go(self):
        self.vm.add_args("-netdev", "user,id=net1,net=10.0.3.0/24,restrict=on")
        self.boot_with_devices()
        for _ in range(3):
            self.plug()
            self.exec_command("ip link set eth1 up; "
                              "ip addr add 10.0.3.15/24 dev eth1")
            self.exec_command(
                "until ping -c 1 -W 1 10.0.3.2 >/dev/null; do :; done")
            self.check_ping(gateway="10.0.3.2")
            self.unplug()
        self.use_devices()
        self.verdict()


class KvmRefusalTest(XiveTest):
    """
    :avocado: tags=start:refused,device:p9xive-kvm
    """

    timeout = 60
    check_one_line = test_command_line.CommandLineTest.check_one_line
    refused = test_command_line.CommandLineTest.refused

    def setUp(self):
        super().setUp()
        self.need_ours()

    def test_second_device_is_refused(self):
        """
        :avocado: tags=row:A1
        """
        self.check_one_line(
            self.refused("-device", "p9xive-kvm", "-device", "p9xive-kvm"),
            "only one p9xive-kvm")

    def test_quirks_that_do_not_exist_are_refused(self):
        self.check_one_line(
            self.refused("-device", "p9xive-kvm,quirks=linux-2.4"),
            "quirks=linux-2.4")

    def test_cpu_without_power9_interrupts_is_refused(self):
        self.check_one_line(
            self.refused("-cpu", "power8", "-device", "p9xive-kvm",
                         machine="pseries"), "POWER9's interrupt inputs")

    def test_other_machines_are_refused(self):
        self.vm.add_args("-machine", "none", "-device", "p9xive-kvm")
        with self.assertRaisesRegex(VmDied, "for the pseries machine only$"):
            self.vm.launch(console=False)

    def test_device_stays_the_only_one_of_its_machine(self):
        self.vm.add_args("-machine", "pseries", "-S", "-device",
                         "p9xive-kvm,id=kvm0", "-accel", "tcg")
        self.vm.launch(console=False)
        for refused in (lambda: self.vm.qmp("device_del", id="kvm0"),
                        lambda: self.vm.qmp("device_add", driver="p9xive-kvm",
                                            id="kvm1")):
            self.assertRaises(QmpError, refused)

    def test_people_and_devices_look_at_pages_without_harm(self):
        """
        :avocado: tags=row:F10,row:G2
        """
        self.vm.add_args("-machine", "pseries,ic-mode=xive", "-S", "-device",
                         "p9xive-kvm,id=kvm0", "-accel", "tcg")
        self.vm.launch(console=False)
        for address, seen in ((MANAGEMENT_OF_LISN_0 + 0x800, "0x0*1$"),
                              (PAGE_OF_UNUSED_LISN, "Cannot access memory"),
                              (TIMA_OS, "0xf{16}$")):
            self.assertRegex(self.vm.hmp(f"xp /1gx {address:#x}").strip(),
                             seen)
        for kind in ("esb-load", "tima-no-thread"):
            self.assertEqual(self.vm.qmp(
                "qom-get", path="/machine/peripheral/kvm0",
                property=f"guest-error-{kind}"), 1)


if __name__ == "__main__":
    unittest.main()
