#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Two vCPUs that make hypervisor calls, beside all that the monitor can do.

The bare-metal guest says itself whether each answer was right and each event
that it sent has come.
"""

import re
import unittest

from bare_guest import guest, guest_image
from xivetest import XiveTest, binary_under_test

BEGINS = "hammer begins"
# What is VirtualMachine's, and what would make of a reset the end.
NOT_OURS = {"-nodefaults": 0, "-display": 1, "-monitor": 1, "-serial": 1,
            "-no-reboot": 0}
SYNC = "3cc"


class HypercallTest(XiveTest):
    """
    :avocado: tags=guest:bare-metal
    """

    timeout = 180

    def launch(self, scenario, seconds, *extra, ic_mode="xive"):
        line = guest.command(binary_under_test(), guest_image(),
                             f"test={scenario} seconds={seconds}",
                             smp="2,maxcpus=64", ic_mode=ic_mode, extra=extra)
        self.add_words(line[1:])
        self.vm.launch()
        self.vm.expect(BEGINS, 60)

    def add_words(self, words):
        words = iter(words)
        for word in words:
            if word not in NOT_OURS:
                self.vm.add_args(word)
                continue
            for _ in range(NOT_OURS[word]):
                next(words)

    def check_end(self):
        """The guest has said that all is well, and has turned itself off."""
        self.vm.expect(r"1\.\.\d+", 120)
        self.assertEqual(0, self.vm.wait_exit())
        text = self.vm.path("console").read_text(errors="replace")
        last = text[text.rindex(BEGINS):]
        self.assertNotIn("not ok", last)
        self.assertIn("is received", last)
        return last

    def look(self):
        """What reads all of the controller's state."""
        self.vm.hmp("info pic")
        self.vm.qmp("query-cpus-fast")

    def plug_and_unplug_a_core(self, number):
        """The guest takes no notice, so QEMU takes it out at once."""
        name = f"core{number}"
        core = self.vm.qmp("query-hotpluggable-cpus")[0]["type"]
        self.vm.qmp("device_add", driver=core, id=name,
                    **{"core-id": 2 + number % 6})
        self.look()
        self.vm.qmp("device_del", id=name)
        self.vm.wait_until(lambda: self.is_gone(name), 60, "core's end")

    def is_gone(self, name):
        self.vm.rest(0.02)
        return not any(name in row.get("qom-path", "")
                       for row in self.vm.qmp("query-hotpluggable-cpus"))

    def stop_and_go(self):
        self.vm.qmp("stop")
        self.look()
        self.vm.qmp("cont")

    def disturb(self, rounds):
        for number in range(rounds):
            self.plug_and_unplug_a_core(number)
            self.stop_and_go()

    def test_calls_beside_hot_plug_and_stops_lose_nothing(self):
        self.need_ours()
        self.launch("hammer", 4)
        self.disturb(8)
        self.check_end()

    def test_xics_calls_beside_hot_plug_and_stops_lose_nothing(self):
        self.need_ours()
        self.launch("hammer-xics", 4, "-device", "p9xive-kvm", ic_mode="xics")
        self.disturb(8)
        self.check_end()

    def test_calls_beside_hot_plug_on_a_kvm_device_lose_nothing(self):
        self.need_ours()
        self.launch("hammer", 4, "-device", "p9xive-kvm")
        self.disturb(4)
        self.check_end()

    def reset_again_and_again(self):
        for number in range(8):
            self.vm.rest(0.02 * number)
            self.vm.qmp("system_reset")
            self.vm.expect(BEGINS, 60)

    def test_machine_resets_at_any_moment_of_a_call(self):
        self.need_ours()
        self.launch("hammer", 2)
        self.reset_again_and_again()
        self.check_end()

    def test_machine_resets_at_any_moment_of_a_xics_call(self):
        self.need_ours()
        self.launch("hammer-xics", 2, "-device", "p9xive-kvm", ic_mode="xics")
        self.reset_again_and_again()
        self.check_end()

    def test_calls_go_on_in_snapshots(self):
        self.need_ours()
        self.add_snapshot_disk()
        self.launch("hammer", 3)
        for number in range(3):
            self.assertEqual("", self.vm.hmp(f"savevm s{number}", 120))
            self.vm.rest(0.1)
        self.assertEqual("", self.vm.hmp("loadvm s1", 120))
        self.assertEqual("running", self.vm.qmp("query-status")["status"])
        self.check_end()

    def test_each_call_is_logged_with_exceptions(self):
        """-d int: each call is an exception again, and none is left out."""
        self.need_ours()
        log = self.directory / "log"
        self.launch("hammer", 1, "-d", "int", "-D", str(log))
        last = self.check_end()
        turns = [int(n) for n in
                 re.search(r"(\d+) and (\d+) turns", last).groups()]
        # Each turn moves the half of 16 sources, each with its own sync.
        calls = len(re.findall(rf"hypercall r3=0*{SYNC} ", log.read_text()))
        self.assertEqual(8 * sum(turns), calls)


if __name__ == "__main__":
    unittest.main()
