#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a powernv9 CPU has besides its registers survives a migration.

Its clocks, the hypervisor's decrementer, doorbells that wait, and how it wakes.
The machine runs pnv_clocks.S and nothing else.
"""

import hashlib
import re
import subprocess
import sys
import unittest

from xivetest import HERE, REPO, WORK, XiveTest, limits, made_once

sys.path.insert(0, str(REPO / "tests" / "guest"))
sys.dont_write_bytecode = True

import image as guest  # noqa: E402  (it lives in tests/guest/)

SHOWN = 0x10000
NAMES = ("tb", "vtb", "purr", "hdec", "scratch", "doorbells", "decrementers",
         "resets", "resumes", "rounds")
MINUTE = 60 * 512000000


def clocks_image():
    source = HERE / "pnv_clocks.S"
    script = REPO / "tests" / "bench" / "pnv" / "pnv.ld"
    digest = hashlib.sha256(source.read_bytes()).hexdigest()[:16]

    def make(path):
        subprocess.run(
            [guest.COMPILER, "-mbig", *guest.LDFLAGS, "-Wl,--oformat=binary",
             f"-Wl,-T,{script}", "-o", path, source], check=True)
    return made_once(WORK / f"pnv-clocks-{digest}.bin", make)


class PowernvThreadTest(XiveTest):
    """
    :avocado: tags=machine:powernv9,migration:yes,gap:X15
    """

    timeout = 120

    def launch(self, vm, *args):
        vm.add_args("-machine", "powernv9", "-m", "1G",
                    "-accel", "tcg,thread=multi", "-bios", clocks_image(),
                    *args)
        vm.launch()

    @staticmethod
    def shown(vm):
        """What the program has written last."""
        words = re.findall(r"0x([0-9a-f]{16})\b",
                           vm.hmp(f"xp /{len(NAMES)}gx {SHOWN:#x}"))
        return dict(zip(NAMES, (int(word, 16) for word in words[-10:])))

    def wait_for_rounds(self, vm, rounds=1):
        """Until it has gone round so often again; what it shows then."""
        end = self.shown(vm)["rounds"] + rounds
        vm.wait_until(
            lambda: vm.rest(0.05) or self.shown(vm)["rounds"] >= end, 60,
            "round of the program")
        return self.shown(vm)

    def move(self):
        """(what is shown before, the machine that goes on)"""
        path = self.directory / "stream"
        self.save_to_file(self.vm, path)
        before = self.shown(self.vm)
        self.vm.shutdown()
        vm = self.get_vm("arrived")
        self.launch(vm, "-incoming", f"file:{path}")
        self.wait_for_arrival(vm)
        return before, vm

    def test_X15_clocks_go_on_and_a_doorbell_waits(self):
        self.launch(self.vm)
        self.wait_for_rounds(self.vm, 1000)
        before, vm = self.move()
        self.assertGreater(before["tb"], 0x0123456700000000)
        vm.qmp("cont")
        after = self.wait_for_rounds(vm, 1000)
        for name, way in (("tb", 1), ("vtb", 1), ("purr", 1), ("hdec", -1)):
            passed = (after[name] - before[name]) * way
            self.assertGreater(passed, 0, (name, before, after))
            self.assertLess(passed, limits.scaled(MINUTE),
                            (name, before, after))
        self.assertEqual(after["scratch"], 0x5a5a0000)
        self.assertEqual(after["doorbells"], 0)
        vm.send("d")
        self.assertEqual(self.wait_for_rounds(vm, 1000)["doorbells"], 1)

    def fall_asleep(self):
        """Stop the machine while its thread sleeps. That is for 4 s only,
        which may be over on a busy host: then it sleeps once more."""
        for sleeps in range(5):
            self.vm.send("s")
            before = None
            while before != (now := self.shown(self.vm)["rounds"]):
                before = now
                self.vm.rest(0.1)
            self.vm.qmp("stop")
            if self.shown(self.vm)["resets"] == sleeps:
                return
            self.vm.qmp("cont")
        self.fail("the thread was never found asleep")

    def test_X15_a_thread_that_sleeps_is_woken_by_a_reset(self):
        self.launch(self.vm)
        self.wait_for_rounds(self.vm)
        self.fall_asleep()
        before, vm = self.move()
        vm.qmp("cont")
        after = self.wait_for_rounds(vm)
        self.assertEqual(after["resets"], before["resets"] + 1, after)
        self.assertEqual(after["resumes"] + after["decrementers"], 0, after)


if __name__ == "__main__":
    unittest.main()
