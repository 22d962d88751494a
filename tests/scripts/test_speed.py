#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests of scripts/speed.py and limits.py: a busy machine gets more time."""

import os
import re
import subprocess
import sys
import time
import unittest

from limits_fixture import REPO, environment, limits, loops, scale, speed

Speed = speed.Speed


class SpeedTest(unittest.TestCase):
    def test_a_quiet_reference_machine_keeps_its_limits(self):
        self.assertEqual(Speed(1.0, 1.0).scale(), 1)
        self.assertEqual(Speed(0.5, 1.0).scale(), 1)
        self.assertEqual(Speed(1.1, 1.1).scale(), 1)

    def test_limits_grow_with_slow_processors_and_with_waiting(self):
        self.assertEqual(Speed(2.0, 1.0).scale(), 3)
        self.assertEqual(Speed(1.0, 2.0).scale(), 3)
        self.assertEqual(Speed(2.0, 2.0).scale(), 6)

    def test_no_machine_counts_as_more_than_twenty_times_slower(self):
        self.assertEqual(Speed(3.0, 100.0).scale(), 20)

    def test_busy_loops_beside_are_measured_as_waiting(self):
        with loops(4 * len(os.sched_getaffinity(0))):
            now = speed.measure()
        self.assertGreater(now.waiting, 2, now)
        self.assertGreater(now.scale(), 2, now)

    def test_measuring_ends_on_a_machine_that_stands_still_nearly(self):
        command = [sys.executable, "-c", "import sys; "
                   f"sys.path.insert(0, {str(REPO / 'scripts')!r}); "
                   "import speed; speed.STEPS = 10; speed.ROUNDS *= 200; "
                   "print(speed.work(0.5)[0])"]
        begin = time.monotonic()
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
        self.assertLess(int(done.stdout), 10)
        self.assertLess(time.monotonic() - begin, limits.scaled(10))


class ScaleTest(unittest.TestCase):
    def test_a_number_set_by_hand_wins(self):
        with scale(3.5):
            self.assertEqual(limits.scaled(10), 35)
            pace = limits.Pace(lambda: self.fail("it was measured"))
            self.assertIn("time limits x 3.5", pace.update())
            self.assertEqual(pace.update(), "")
            self.assertEqual(os.environ[limits.VARIABLE], "3.5")

    def test_a_number_that_makes_no_sense_is_refused(self):
        for text in ("fast", "0.5", "-1", "nan", "1e9"):
            with self.subTest(text), scale(text):
                with self.assertRaisesRegex(SystemExit, re.escape(text)):
                    limits.scale()

    def test_without_a_number_a_program_measures_itself(self):
        with environment():
            self.assertGreaterEqual(limits.scale(), 1)

    def test_the_greatest_of_all_measurements_goes_to_all_programs(self):
        speeds = iter((Speed(1, 1), Speed(1, 4), Speed(1, 2), Speed(1, 10)))
        with environment():
            pace = limits.Pace(lambda: next(speeds))
            said = [(pace.update(), os.environ[limits.VARIABLE])
                    for _ in range(4)]
        self.assertEqual([number for _, number in said],
                         ["1", "6", "6", "15"])
        self.assertRegex(said[0][0], "^speed: .*; time limits x 1$")
        self.assertRegex(said[1][0], "^speed: .*; time limits x 6$")
        self.assertEqual(said[2][0], "")
        self.assertRegex(said[3][0], "^speed: .*; time limits x 15$")

    def test_linux_gets_longer_limits_of_its_own_up_to_what_it_takes(self):
        with scale(1):
            self.assertIn("watchdog_thresh=30 ", limits.linux("console=hvc0"))
        with scale(3):
            words = limits.linux(" console=hvc0  xive=off ").split()
        self.assertEqual(words[:2], ["console=hvc0", "xive=off"])
        self.assertIn("watchdog_thresh=60", words)
        self.assertIn("rcupdate.rcu_cpu_stall_timeout=180", words)
        self.assertIn("nvme_core.io_timeout=90", words)


class LimitTest(unittest.TestCase):
    def test_a_limit_says_what_it_was_and_what_became_of_it(self):
        with scale(1):
            self.assertEqual(str(limits.Limit(60)), "60 s")
        with scale(2.5):
            self.assertEqual(str(limits.Limit(60)), "150 s (60 s x 2.5)")

    def test_time_without_a_processor_does_not_count(self):
        waited = [100.0]
        with scale(1):
            limit = limits.Limit(0.05, lambda: waited[0])
            time.sleep(0.1)
            self.assertEqual(limit.left(), 0)
            waited[0] += 0.5
            self.assertGreater(limit.left(), 0.3)

    def test_there_is_an_end_to_that(self):
        waited = [0.0]
        with scale(1):
            limit = limits.Limit(1, lambda: waited[0])
            waited[0] = 1000.0
            self.assertEqual(limit.allowed(), 20)

    def test_the_kernel_tells_how_long_a_process_had_to_wait(self):
        cpu = str(min(os.sched_getaffinity(0)))
        with loops(3, "taskset", "-c", cpu) as processes:
            time.sleep(1)
            found = [limits.waited(process.pid) for process in processes]
        self.assertGreater(max(found), 0.2, found)
        self.assertEqual(limits.waited(processes[0].pid), 0)


if __name__ == "__main__":
    unittest.main()
