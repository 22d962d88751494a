#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""ic-mode: who chooses between XICS and XIVE, and how often."""

import unittest

from xivetest import LinuxTest, limits

XIVE = r"xive: Interrupt handling initialized with spapr"


class ModeTest(LinuxTest):
    """
    :avocado: tags=ic-mode:dual,feature:xics
    """

    timeout = 420

    def boot_mode(self, machine, append=""):
        self.linux_args(self.vm, machine=machine, append=append)
        self.add_network(self.vm)
        self.add_disk(self.vm)
        self.boot()

    def check_works_as(self, mode):
        """mode: how the rows of /proc/interrupts name the controller."""
        dmesg = self.exec_command("dmesg")
        (self.assertRegex if mode == "XIVE" else self.assertNotRegex)(
            dmesg, XIVE)
        chips = {text.split()[0] for _, text in self.interrupts().values()
                 if text.startswith(("XIVE", "XICS"))}
        self.assertEqual({chip[:4] for chip in chips}, {mode}, chips)
        self.network_up()
        self.check_ping()
        self.check_disk()
        self.check_each_cpu_is_interrupted()

    def reboot_with(self, append):
        """The machine's next boot gives Linux another command line."""
        self.vm.qmp("qom-set", path="/machine", property="append",
                    value=limits.linux(f"console=hvc0 {append}"))
        self.vm.qmp("system_reset")
        self.wait_for_shell(self.vm)

    def test_dual_guest_chooses_xive_by_itself(self):
        self.boot_mode("pseries,ic-mode=dual")
        self.check_works_as("XIVE")
        self.verdict()

    def test_dual_guest_that_wants_xics_gets_xics(self):
        self.boot_mode("pseries,ic-mode=dual", "xive=off")
        self.check_works_as("XICS")

    def test_dual_guest_reboots_from_xive_to_xics_and_back(self):
        self.boot_mode("pseries,ic-mode=dual")
        self.check_works_as("XIVE")
        self.reboot_with("xive=off")
        self.check_works_as("XICS")
        self.reboot_with("")
        self.check_works_as("XIVE")
        self.verdict()

    def test_xics_only_machine_boots(self):
        self.boot_mode("pseries,ic-mode=xics")
        self.check_works_as("XICS")


if __name__ == "__main__":
    unittest.main()
