#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian's kernels boot on ic-mode=xive and use what they find."""

import unittest

from xivetest import LinuxTest, limits


class BootTest(LinuxTest):
    """
    :avocado: tags=kernel:debian
    """

    timeout = 420

    def boot_and_use(self, kernel, smp):
        self.linux_args(self.vm, kernel, smp)
        self.add_network(self.vm)
        self.add_disk(self.vm)
        self.boot(timeout=360)
        self.exec_command_and_wait_for_pattern(
            "dmesg", r"xive: Interrupt handling initialized with spapr")
        self.exec_command_and_wait_for_pattern("nproc", f"^{smp}$")
        self.check_limits_of_linux()
        self.network_up()
        self.check_ping()
        self.check_disk()
        self.check_each_cpu_is_interrupted()
        ipis = self.interrupt_counts("IPI")
        self.assertEqual(len(ipis), smp)
        if smp > 1:
            self.assertGreater(min(ipis), 0, "CPUs without an IPI")
        self.verdict()

    def check_limits_of_linux(self):
        """It has taken those on its command line, modules theirs, too."""
        for word in limits.linux("").split():
            name, value = word.split("=")
            *where, leaf = name.split(".")
            path = f"/sys/module/{where[0]}/parameters/{leaf}" \
                if where and where[0] != "sysctl" \
                else f"/proc/sys/kernel/{leaf}"
            self.exec_command_and_wait_for_pattern(f"cat {path}",
                                                   f"^{value}$")

    def test_debian_12_boots_with_1_vcpu(self):
        self.boot_and_use(12, 1)

    def test_debian_12_boots_with_2_vcpus(self):
        self.boot_and_use(12, 2)

    def test_debian_12_boots_with_8_vcpus(self):
        self.boot_and_use(12, 8)

    def test_debian_13_boots_with_1_vcpu(self):
        self.boot_and_use(13, 1)

    def test_debian_13_boots_with_2_vcpus(self):
        self.boot_and_use(13, 2)

    def test_debian_13_boots_with_8_vcpus(self):
        self.boot_and_use(13, 8)


if __name__ == "__main__":
    unittest.main()
