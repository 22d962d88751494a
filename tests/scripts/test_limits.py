#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests of all programs with a time limit: it follows the machine's speed, and
what never ends is ended all the same."""

import re
import signal
import socket
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from limits_fixture import (environment, image, limits, run_here, run_overlay,
                            run_tests, scale, started, vm, xivetest)
from virtual_machine import VirtualMachine, VmTimeout

FOREVER = ["sleep", "1000"]


class RunnerTest(unittest.TestCase):
    def test_the_first_line_is_the_speed_with_the_factor(self):
        with environment():
            lines = run_overlay()
        self.assertRegex(lines[0], r"^speed: .*; time limits x \d+(\.\d)?$")

    def test_the_first_line_says_that_the_number_was_set_by_hand(self):
        with scale(7):
            lines = run_overlay()
        self.assertEqual(lines[0], "speed: time limits x 7, as "
                         "P9XIVE_TIME_SCALE says")


class KillTest(unittest.TestCase):
    """What never ends is ended, and the message names the scaled limit."""

    LIMIT = r"1 s \(0\.3 s x 3\.0\)"

    def setUp(self):
        patch = scale(3)
        patch.start()
        self.addCleanup(patch.stop)

    def run_part(self, script):
        with tempfile.TemporaryDirectory() as directory:
            part = run_tests.Part("part", "", ["bash", "-c", script],
                                  run_tests.read_log_tap, limit=0.3)
            return run_tests.run_command(part, Path(directory) / "log")

    def test_a_part_is_killed_with_all_that_it_has_started(self):
        status, log = self.run_part("echo 1..1; echo ok 1; sleep 1000 & "
                                    "echo $!; sleep 1000")
        self.assertEqual(status, 1)
        self.assertRegex(log, "Bail out! no end within " + self.LIMIT)
        child = re.search(r"^(\d+)$", log, re.MULTILINE)[1]
        end = time.monotonic() + 30
        while self.runs(child) and time.monotonic() < end:
            time.sleep(0.01)
        self.assertFalse(self.runs(child))
        outcome = run_tests.judge(run_tests.Part(
            "part", "", [], run_tests.read_log_tap), status, log)
        self.assertEqual(len(outcome.failed), 1)

    @staticmethod
    def runs(pid):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().split()[2]
        except OSError:
            return False
        return state not in "ZX"

    def test_a_part_has_as_long_as_its_scaled_limit(self):
        self.assertEqual(self.run_part("sleep 0.5; echo ok 1; echo 1..1"),
                         (0, "ok 1\n1..1\n"))

    def test_a_guest_is_killed(self):
        result = image.run(FOREVER, 0.3)
        self.assertRegex(result.ending(), "no end within " + self.LIMIT)

    def test_a_machine_of_the_functional_tests_is_given_up(self):
        with tempfile.TemporaryDirectory() as directory, \
                started(FOREVER) as (process,):
            machine = VirtualMachine("qemu", Path(directory), "one",
                                     limits.Limit(60))
            machine.process = process
            with self.assertRaisesRegex(VmTimeout, self.LIMIT):
                machine.wait_exit(0.3)
            machine.deadline = limits.Limit(0.3)
            with self.assertRaisesRegex(VmTimeout, self.LIMIT +
                                        ", which the whole test has"):
                machine.wait_exit(60)

    def test_a_functional_test_that_hangs_is_ended(self):
        class Hangs(xivetest.XiveTest):
            timeout = 0.3
            grace = 1

            def runTest(self):
                signal.pause()

        problems = run_here(Hangs).failures
        self.assertRegex(problems[0][1], "not done after " + self.LIMIT)

    def test_the_demo_gives_up_a_guest_that_says_nothing(self):
        mine, theirs = socket.socketpair()
        with mine, theirs, started(FOREVER) as (process,):
            machine = vm.VirtualMachine("qemu", Path("."), "one")
            machine.process, machine.console_socket = process, mine
            with self.assertRaisesRegex(vm.VmError, "within " + self.LIMIT):
                machine.expect("booted", 0.3)

    def test_meson_kills_after_twice_the_scaled_limit(self):
        for number, result in (("1", "TIMEOUT"), ("20", "OK")):
            with self.subTest(number), scale(number), \
                    tempfile.TemporaryDirectory() as directory:
                self.assertEqual(self.meson_result(Path(directory)), result)

    @staticmethod
    def meson_result(directory):
        (directory / "meson.build").write_text(
            "project('one')\n"
            "test('three', find_program('sleep'), args: '3', timeout: 1)\n")
        build = directory / "build"
        setup = f"meson setup {build} {directory}"
        subprocess.run(run_tests.meson_command(build, setup), check=False,
                       stdout=subprocess.DEVNULL)
        text = (build / "meson-logs" / "testlog.json").read_text()
        return re.search(r'"result": "(\w+)"', text)[1]


if __name__ == "__main__":
    unittest.main()
