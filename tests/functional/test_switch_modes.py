#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What happens around devices that are passed through: the other KVM device,
a vCPU that goes, and what a person sees of a switch.
"""

import re
import unittest

import test_hotplug
import test_modes
from test_passthrough import DEVICES, PassthroughTest as Base
from xivetest import GATEWAY, LinuxTest

# File pages of the KVM device before those of LISN 0.
FIRST_PAGE = 4
STEP = re.compile(r"\bp9xive_(kvm_switch|kvm_zap|kvm_fault|vector_bound|"
                  r"vector_released) (.*)")


class PassthroughModeTest(LinuxTest):
    """
    :avocado: tags=device:p9xive-passthrough,device:e1000e,device:nvme
    """

    timeout = 420
    modules = Base.modules
    smp = "2"
    # For the methods of other files' tests that are used here.
    start = Base.start
    attach = Base.attach
    detach = Base.detach
    check_deleted = Base.check_deleted
    kvm = Base.kvm
    bound = Base.bound
    check_types = Base.check_types
    check_attached = Base.check_attached
    settled = Base.settled
    check_accounts = Base.check_accounts
    echoes = Base.echoes
    check_echoes = Base.check_echoes
    start_load = Base.start_load
    end_load = Base.end_load
    reboot_with = test_modes.ModeTest.reboot_with
    plug = test_hotplug.CpuHotplugTest.plug
    unplug = test_hotplug.CpuHotplugTest.unplug
    wait_for_cpus = test_hotplug.CpuHotplugTest.wait_for_cpus

    def setUp(self):
        super().setUp()
        self.need_ours()

    def linux_args(self, vm, **settings):
        super().linux_args(vm, smp=self.smp, **settings)

    def use_devices(self):
        self.network_up()
        self.check_attached()
        self.start_load()
        self.exec_command("sleep 1")
        self.end_load()

    def test_devices_stay_attached_from_xive_to_xics_and_back(self):
        """
        :avocado: tags=row:S11.11-4,row:A2,feature:xics
        """
        self.start("dual")
        self.use_devices()
        self.assertNotIn("Hcalls totals", self.vm.hmp("info pic"))
        self.reboot_with("xive=off")
        self.use_devices()
        self.assertIn("Hcalls totals", self.vm.hmp("info pic"))
        self.start_load()
        self.reboot_with("")
        self.use_devices()
        self.assertNotIn("Hcalls totals", self.vm.hmp("info pic"))
        self.check_accounts()

    # ------------------------------------------------------------- a vCPU

    def servers(self):
        """Of the NIC's interrupts, each of which is passed through."""
        rows = [row for row in self.kvm("irqs") if row.get("device") == "nic0"]
        self.assertEqual({row["type"] for row in rows}, {"PT"}, rows)
        return {row["server"] for row in rows}

    def test_a_vcpu_goes_that_passed_through_interrupts_went_to(self):
        """
        :avocado: tags=row:S11.11-5,hotplug:cpu
        """
        # TCG counts each vCPU that ever was against maxcpus.
        self.smp = "1,maxcpus=3"
        self.start("xive")
        self.network_up()
        before = self.echoes()
        self.exec_command(f"ping -A -q -c 1000000 {GATEWAY} >/dev/null &")
        for _ in range(2):
            self.plug(1)
            self.exec_command(
                "for n in $(grep eth0 /proc/interrupts | cut -d : -f 1); do "
                "echo 2 >/proc/irq/$n/smp_affinity; done; sleep 1")
            self.assertEqual(self.servers(), {1})
            self.unplug(1)
            self.assertEqual(self.servers(), {0})
            self.exec_command("sleep 1")
        self.exec_command("killall -INT ping; wait")
        self.assertGreater(self.check_echoes(before), 100)
        self.check_accounts()

    # -------------------------------------------------------- what is seen

    def steps_of(self, lisn, action):
        """Trace events about the number while something is done."""
        log = self.vm.path("log")
        begin = log.stat().st_size
        self.vm.qmp("trace-event-set-state", name="p9xive_*", enable=True)
        action()
        self.vm.qmp("trace-event-set-state", name="p9xive_*", enable=False)
        with open(log) as text:
            text.seek(begin)
            found = STEP.findall(text.read())
        page = FIRST_PAGE + 2 * lisn
        mine = (rf"LISN {lisn:#x}\b", rf"file pages? ({page:#x}|{page + 1:#x})"
                r"(?![0-9a-f])")
        return [what.split()[0] if kind == "kvm_switch" else kind
                for kind, what in found if re.search("|".join(mine), what)]

    def test_the_steps_of_a_switch_can_be_watched_in_their_order(self):
        """
        :avocado: tags=row:G7,monitor:yes
        """
        self.start("xive")
        self.network_up()
        self.check_attached()
        lisn = min(self.bound("nvme0"))
        self.assertEqual(
            self.steps_of(lisn, lambda: self.detach("nvme0")),
            ["kvm_zap", "clr-returned", "clr-flipped", "vector_released"])
        self.assertEqual(
            self.steps_of(lisn, lambda: self.attach("nvme0")),
            ["set-forwarded", "kvm_zap", "set-taken", "vector_bound"])
        self.check_deleted()
        self.check_attached(DEVICES)


if __name__ == "__main__":
    unittest.main()
