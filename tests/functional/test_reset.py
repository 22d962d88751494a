#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The machine may be reset at any moment."""

import random
import unittest

from xivetest import LinuxTest


class ResetTest(LinuxTest):
    """
    :avocado: tags=reset:system
    """

    timeout = 420
    seed = 2026

    def test_machine_boots_after_resets_at_random_moments(self):
        """The first in a storm of interrupts, the others whenever they hit
        firmware, a booting kernel or the loading of its drivers."""
        dice = random.Random(self.seed)
        self.linux_args(self.vm)
        self.add_network(self.vm)
        self.add_disk(self.vm)
        self.boot()
        self.network_up()
        self.interrupt_storm(cpus=2)
        for _ in range(10):
            self.vm.rest(dice.uniform(0.1, 3))
            self.vm.qmp("system_reset")
        self.wait_for_shell(self.vm)
        self.network_up()
        self.check_ping()
        self.check_disk()
        self.check_each_cpu_is_interrupted()
        self.verdict()

    def test_machine_is_reset_in_storms_of_interrupts(self):
        dice = random.Random(self.seed + 1)
        self.linux_args(self.vm)
        self.add_network(self.vm)
        self.add_disk(self.vm)
        self.boot()
        for _ in range(2):
            self.network_up()
            self.interrupt_storm(cpus=2)
            self.vm.rest(dice.uniform(0.1, 3))
            self.vm.qmp("system_reset")
            self.wait_for_shell(self.vm)
        self.check_each_cpu_is_interrupted()
        self.verdict()


if __name__ == "__main__":
    unittest.main()
