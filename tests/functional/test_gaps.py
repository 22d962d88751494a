#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Things that bring upstream's QEMU down and must not bring ours down.

Each test is named after its row in docs/specs' list of differences; run.py
--expect-gaps runs them on upstream's binary, where they have to fail. Rows
that need no device are in tests/guest.
"""

import unittest

from qtest import Qtest
from xivetest import NO_MITIGATIONS, LinuxTest, XiveTest

TIMA = 0x0006030203180000
TIMA_PAGE = 1 << 16
MACHINE = "pseries,ic-mode=xive" + NO_MITIGATIONS


class ThreadContextGapTest(XiveTest):
    """
    :avocado: tags=gap:C6
    """

    timeout = 120

    def pages(self):
        return [TIMA + page * TIMA_PAGE + offset
                for page in range(4) for offset in (0, 0x10, 0x18, 0x810)]

    def test_C6_tima_access_from_no_vcpu_is_harmless(self):
        """As a debugger, a test or a device might do it."""
        self.vm.add_args("-machine", MACHINE)
        qtest = Qtest(self.vm)
        self.addCleanup(qtest.mine.close)
        self.vm.inherit = [qtest.peer]
        self.vm.launch(console=False)
        qtest.peer.close()
        for address in self.pages():
            for size in "bwlq":
                self.assertRegex(qtest.ask(f"read{size} {address:#x}"), "^OK")
                self.assertRegex(qtest.ask(f"write{size} {address:#x} 0xff"),
                                 "^OK")
        self.vm.qmp("query-status")

    def test_C6_looking_at_the_tima_from_the_monitor_is_harmless(self):
        self.vm.add_args("-machine", MACHINE, "-S")
        self.vm.launch()
        for address in self.pages():
            self.assertIn(":", self.vm.hmp(f"xp /1gx {address:#x}"))
            self.assertIn(":", self.vm.hmp(f"xp /4bx {address:#x}"))
        self.vm.qmp("query-status")


class UnclaimedMsiGapTest(LinuxTest):
    """
    :avocado: tags=gap:C3,device:edu
    """

    modules = ()
    timeout = 300

    def config(self, offset, value):
        """Write bytes to the device's configuration space."""
        octal = "".join(f"\\{byte:03o}" for byte in value)
        self.exec_command(f"printf '{octal}' | dd of={self.device}/config "
                          f"bs=1 seek={offset} 2>/dev/null")

    def test_C3_root_can_send_an_msi_that_is_not_claimed(self):
        """An edu device without a driver, programmed from the shell."""
        self.linux_args(self.vm)
        self.vm.add_args("-device", "edu,addr=4")
        self.boot()
        self.device = "/sys/bus/pci/devices/0000:00:04.0"
        bar = int(self.exec_command(f"head -n 1 {self.device}/resource")
                  .split()[0], 16)
        msi = 0x40
        self.config(4, b"\x06\x00")             # memory, bus master
        for data in (0x0005, 0x1fff, 0xffff):
            self.config(msi + 4, (1 << 42).to_bytes(8, "little"))
            self.config(msi + 12, data.to_bytes(2, "little"))
            self.config(msi + 2, b"\x81\x00")   # 64 bits, enabled
            self.exec_command(f"devmem {bar + 0x60:#x} 32 1; "
                              f"devmem {bar + 0x64:#x} 32 1")
        self.exec_command_and_wait_for_pattern("echo alive", "alive")
        if self.verdict(guest_errors=3):
            self.assertEqual(self.counters()["guest-error-no-source"], 3)


if __name__ == "__main__":
    unittest.main()
