#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests of the time that all tests together have: what does not fit into it is
skipped and says so."""

import os
import time
import unittest

from limits_fixture import (REPO, environment, functional_run, limits,
                            run_here, run_overlay, scale, speed, xivetest)


class BudgetTest(unittest.TestCase):
    @staticmethod
    def seconds_left(seconds, number="2"):
        return environment(P9XIVE_TIME_SCALE=number,
                           P9XIVE_UNTIL=str(time.time() + seconds))

    def test_without_a_budget_there_is_time_for_all(self):
        with scale(20):
            self.assertEqual(limits.no_time_for(100000), "")

    def test_what_fits_is_begun_and_what_does_not_says_why(self):
        with self.seconds_left(100):
            self.assertEqual(limits.no_time_for(45), "")
            self.assertRegex(limits.no_time_for(60), "not enough time: "
                             r"\d+ s left, needs 120 s at this speed")

    def test_what_is_needed_follows_the_last_measurement(self):
        speeds = iter((speed.Speed(1, 10), speed.Speed(1, 2)))
        with environment(P9XIVE_UNTIL=str(time.time() + 100)):
            pace = limits.Pace(lambda: next(speeds))
            pace.update()
            self.assertIn("needs 450 s", limits.no_time_for(45))
            pace.update()
            self.assertEqual(limits.no_time_for(45), "")
            self.assertEqual(limits.scale(), 15)

    def test_what_was_begun_in_time_is_ended_soon_after_the_budget(self):
        with self.seconds_left(-limits.PAST_BUDGET + 0.2):
            limit = limits.Limit(60)
            self.assertLess(limit.left(), 0.3)
            self.assertRegex(str(limit), "which all tests together had left")

    def test_the_budget_begins_once(self):
        with environment(P9XIVE_BUDGET_MIN="2"):
            limits.begin_budget()
            until = float(os.environ[limits.UNTIL])
            self.assertAlmostEqual(until, time.time() + 120, delta=30)
            os.environ[limits.UNTIL] = "5"
            limits.begin_budget()
            self.assertEqual(os.environ[limits.UNTIL], "5")

    def test_a_functional_test_without_time_is_skipped_with_that_reason(self):
        class Works(xivetest.XiveTest):
            timeout = 300

            def runTest(self):
                pass

        with self.seconds_left(100):
            skipped = run_here(Works).skipped
        self.assertRegex(skipped[0][1], "not enough time")
        with self.seconds_left(200):
            result = run_here(Works)
        self.assertTrue(result.wasSuccessful())
        self.assertEqual(result.skipped, [])

    def test_important_functional_tests_come_first(self):
        names = [f"{path.name}:Test.test_it" for path in
                 (REPO / "tests" / "functional").glob("test_*.py")]
        order = sorted(names, key=functional_run.importance)
        self.assertEqual(
            order[:len(functional_run.FIRST)],
            [f"test_{name}.py:Test.test_it" for name in functional_run.FIRST])

    def test_a_part_without_time_is_skipped_and_says_so(self):
        with environment(P9XIVE_TIME_SCALE="1", P9XIVE_UNTIL="1"):
            lines = run_overlay()
        self.assertRegex(lines[1], "^overlay +skipped: not enough time")
        # Not as a failure; and a run that does nothing else is none.
        self.assertRegex(lines[-1], "^0 passed, 0 failed")


if __name__ == "__main__":
    unittest.main()
