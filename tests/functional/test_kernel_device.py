#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Our QEMU on a POWER host: spapr-xive with Linux's own KVM device behind it.

The host is that of test_full_stack.py, powernv9 with Debian; the QEMU that it
runs is ours, compiled for ppc64el.
"""

import os
import re
import unittest
from pathlib import Path

import test_full_stack
from xivetest import GATEWAY, NO_MITIGATIONS, PROMPT, REPO, answered

MONITOR = " -chardev pipe,id=m,path=/tmp/monitor -mon chardev=m"
BARE = ("qemu-system-ppc64 -M pseries,accel=kvm,ic-mode=xive" +
        NO_MITIGATIONS + "{} "
        "-cpu host -m 256M -nodefaults -display none -vga none "
        "-L /usr/share/qemu -S -monitor stdio")
OF_THE_KERNEL = "KVM's XIVE device of the host's kernel"


class KernelDevice(test_full_stack.FullStack):
    """
    A host whose QEMU has a monitor.

    :avocado: tags=machine:powernv9,feature:xive,feature:kvm
    """

    timeout = 420
    more_options = MONITOR

    def qemu_for_l1(self):
        path = Path(os.environ.get("P9XIVE_PPC64EL") or
                    REPO / "build-ppc64el/qemu-system-ppc64")
        if not path.exists():
            self.skipTest(f"{path} isn't there: ./configure --host=ppc64el and "
                          "make BUILD=build-ppc64el make it")
        return path.resolve()

    def boot_l2(self, mode, smp):
        self.l1("mkfifo /tmp/monitor.in /tmp/monitor.out")
        self.l1("cat /tmp/monitor.out >/tmp/monitor.log &")
        super().boot_l2(mode, smp)

    def wait_for_monitor(self):
        self.l1("until grep -q '(qemu) $' /tmp/monitor.log; do sleep 0.1; "
                "done", 240)

    def monitor(self, command):
        """What the L1's QEMU answers."""
        self.l1(f": >/tmp/monitor.log; echo '{command}' >/tmp/monitor.in")
        self.wait_for_monitor()
        return self.l1("cat /tmp/monitor.log")


class KernelDeviceTest(KernelDevice, test_full_stack.FullStackTest):
    """
    :avocado: tags=machine:powernv9,feature:xive,feature:kvm
    """

    def check_stops(self):
        """No ping is lost while the machine stops and goes on."""
        self.l2(f"(ping -A -c 500 {GATEWAY} >/tmp/pings; echo end "
                ">>/tmp/pings) & true")
        self.l1("for i in $(seq 30); do echo stop >/tmp/monitor.in; "
                "sleep 0.1; echo cont >/tmp/monitor.in; sleep 0.3; done")
        text = self.l2("until grep -q end /tmp/pings; do sleep 1; done; "
                       "cat /tmp/pings")
        self.assertLessEqual(set(range(500)), answered(text), text)

    def test_a_guest_that_chooses_again_gets_the_kernel_s_other_device(self):
        """
        :avocado: tags=row:N8,row:M25
        """
        self.launch(2)
        self.boot_l2("dual", 2)
        self.check_traffic()
        before = self.kvm_rows("PT")
        self.assertGreaterEqual(len(before), 5)
        pic = self.monitor("info pic")
        self.assertIn(OF_THE_KERNEL, pic)
        shown = {int(lisn, 16) for lisn in
                 re.findall(r"^  ([0-9a-f]{8}) (?:MSI|LSI) [P-][Q-] ", pic,
                            re.M)}
        self.assertEqual(shown, {*before, *self.kvm_rows("IPI")})
        self.check_stops()
        # XICS at first, then what the guest wants: the devices change twice.
        self.monitor("system_reset")
        self.vm.expect("p9xive: booted", 240)
        self.vm.expect(PROMPT, 60)
        self.check_traffic()
        self.assertEqual(len(self.kvm_rows("PT")), len(before))

    def wait_for_cpus(self, wanted):
        self.assertIn(f"cpus-{wanted}", self.l2(
            f"until [ $(nproc) = {wanted} ]; do usleep 100000; done; "
            "echo cpus-$(nproc)"))

    def test_vcpus_come_and_go_and_come_back(self):
        """
        :avocado: tags=hotplug:cpu
        """
        self.launch(1)
        self.boot_l2("xive", "1,maxcpus=2")
        for _ in range(2):
            self.monitor("device_add host-spapr-cpu-core,id=c1,core-id=1")
            self.wait_for_cpus(2)
            # Every vector of the disk and the network is to go there.
            self.l2("for n in /proc/irq/*/smp_affinity; do echo 2 >$n; done "
                    "2>/dev/null")
            self.check_traffic()
            self.assertRegex(self.monitor("info pic"),
                             r"0000130[0-9a-f] MSI .* 1/6 ")
            self.monitor("device_del c1")
            self.wait_for_cpus(1)
            self.check_traffic()
            self.assertNotRegex(self.monitor("info pic"),
                                r"CPU\[0001\]| 1/6 ")

    def bare(self, words, commands):
        """What a machine without devices says of itself."""
        return self.l1(f"printf '{commands}\\nquit\\n' | "
                       f"{BARE.format(words)} 2>&1 | cat")

    def test_the_machine_s_words_say_which_controller_is_in_charge(self):
        """
        :avocado: tags=row:A35
        """
        self.launch(1)
        self.assertIn(OF_THE_KERNEL, self.bare("", "info pic"))
        self.assertIn(OF_THE_KERNEL,
                      self.bare(",kernel-irqchip=on", "info pic"))
        off = self.bare(",kernel-irqchip=off", "info pic")
        self.assertNotIn(OF_THE_KERNEL, off)
        self.assertIn("Events since start", off)
        self.assertIn("kernel_irqchip split mode not supported on pseries",
                      self.bare(",kernel-irqchip=split", "info pic"))


if __name__ == "__main__":
    unittest.main()
