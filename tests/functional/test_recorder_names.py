#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Names of devices in the flight recorder's state, and stories told by them."""

import json
import re
import unittest

from bare_guest import guest
from test_recorder import RecorderTest
from xivetest import LinuxTest


class NamesTest(RecorderTest):
    """
    :avocado: tags=recorder:yes
    """

    def devices(self):
        """{name: (first LISN, count)}"""
        state = json.loads(self.vm.qmp(
            "qom-get", path=self.device_path(self.vm),
            property="recorder-state"))
        listed, = [one["devices"] for one in state if one["is"] == "devices"]
        for one in listed:
            self.assertEqual(set(one), {"name", "source", "count"})
        return {one["name"]: (one["source"], one["count"]) for one in listed}


class IdleTest(NamesTest):
    """
    :avocado: tags=recorder:yes
    """

    def test_devices_have_names_before_a_guest_runs(self):
        self.vm.add_args("-machine", guest.MACHINE + ",ic-mode=xive", "-S",
                         "-device", "spapr-vscsi,id=scsi-one")
        self.vm.launch()
        devices = self.devices()
        self.assertEqual(devices["epow"], (0x1000, 1))
        self.assertEqual(devices["hotplug"], (0x1001, 1))
        self.assertIn("vty@71000000", devices)
        self.assertIn("scsi-one", devices)
        self.assertEqual(len([name for name in devices if " INT" in name]), 4)
        numbers = [first for first, _ in devices.values()]
        self.assertEqual(len(numbers), len(set(numbers)))


class GuestTest(LinuxTest, NamesTest):
    """
    :avocado: tags=recorder:yes
    """

    timeout = 600

    def test_a_story_is_told_by_the_name_of_a_disk(self):
        self.linux_args(self.vm)
        self.add_disk(self.vm, "nvme,id=the-disk,serial=p9xive")
        path = self.directory / "disk.p9xrec"
        self.vm.add_args("-global", "spapr-xive.recorder=on")
        self.boot()
        self.check_disk()
        first, count = self.devices()["the-disk"]
        self.assertGreater(count, 1)
        self.vm.qmp("qom-set", path=self.device_path(self.vm),
                    property="recorder-save", value=str(path))
        text = self.p9trace(path, "story", "the-disk", "--most", "3")
        told = re.findall(r"^LISN (0x\w+) \(the-disk (\d+)\) at ", text, re.M)
        self.assertEqual(len(told), 3, text)
        for lisn, number in told:
            self.assertEqual(int(lisn, 16), first + int(number))
        self.assertIn("triggered by a message of its device", text)


if __name__ == "__main__":
    unittest.main()
