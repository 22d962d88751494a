#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Command lines that can't work end with a line that says why."""

import subprocess
import unittest

from xivetest import NO_MITIGATIONS, XiveTest, binary_under_test, limits


class CommandLineTest(XiveTest):
    """
    :avocado: tags=start:refused
    """

    timeout = 60

    def refused(self, *args, machine="pseries,ic-mode=xive"):
        """What QEMU says on standard error when it won't start."""
        if machine.startswith("pseries"):
            machine += NO_MITIGATIONS
        try:
            result = subprocess.run(
                [binary_under_test(), "-S", "-display", "none", "-nodefaults",
                 "-monitor", "none", "-machine", machine, *args],
                stdin=subprocess.DEVNULL, capture_output=True, text=True,
                timeout=limits.scaled(15))
        except subprocess.TimeoutExpired:
            self.fail("QEMU has started")
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertEqual(result.stdout, "")
        return result.stderr.strip()

    def check_one_line(self, text, pattern):
        self.assertEqual(len(text.splitlines()), 1, text)
        self.assertRegex(text, pattern)

    def test_priority_that_does_not_exist_is_refused(self):
        """
        :avocado: tags=gap:unlisted
        """
        self.check_one_line(self.refused("-global", "spapr-xive.hv-prio=9"),
                            "hv-prio|priority")

    def test_misaligned_esb_window_is_refused(self):
        self.need_ours()
        self.check_one_line(
            self.refused("-global", "spapr-xive.vc-base=0x6010000001000"),
            "0x6010000001000.*multiple")

    def test_misaligned_thread_window_is_refused(self):
        self.need_ours()
        self.check_one_line(
            self.refused("-global", "spapr-xive.tm-base=0x6030203190000"),
            "0x6030203190000.*multiple")

    def test_esb_window_in_ram_is_refused(self):
        self.need_ours()
        self.check_one_line(self.refused("-global", "spapr-xive.vc-base=0"),
                            "vc-base=0x0")

    def test_overlapping_windows_are_refused(self):
        self.need_ours()
        self.check_one_line(
            self.refused("-global", "spapr-xive.tm-base=0x6010000000000"),
            "tm-base=0x6010000000000")

    def test_recorder_behind_an_iommu_that_cannot_list_is_refused(self):
        self.need_ours()
        self.check_one_line(
            self.refused("-device", "pnv-phb", "-device", "iommu-recorder",
                         machine="powernv8"), "iommu-recorder.*can't list")

    def test_irqchip_in_the_kernel_is_refused_under_tcg(self):
        self.check_one_line(self.refused("-accel", "tcg,kernel-irqchip=on"),
                            "kernel-irqchip")

    def test_ic_mode_that_does_not_exist_is_refused(self):
        self.check_one_line(self.refused(machine="pseries,ic-mode=xvie"),
                            "xvie|ic-mode")


if __name__ == "__main__":
    unittest.main()
