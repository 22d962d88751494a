#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests of tests/functional/plain_runner.py, which runs functional tests on
a day without avocado."""

import os
import shutil
import sys
import tempfile
import unittest
from pathlib import Path

REPO = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPO / "tests" / "functional"))

from plain_runner import PlainRunner  # noqa: E402

MODULE = '''
import os, time, unittest


class SampleTest(unittest.TestCase):
    def test_good(self):
        """
        :avocado: tags=gap:C6,device:edu
        """

    def test_bad(self):
        self.fail("two is not one")

    def test_broken(self):
        raise OSError("no such thing")

    def test_left_out(self):
        self.skipTest("kernel-12 can't be had")

    def test_killed(self):
        os.kill(os.getpid(), 9)

    def test_endless(self):
        time.sleep(60)
'''


class PlainRunnerTest(unittest.TestCase):
    def setUp(self):
        self.directory = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.directory)
        # A name that no other test loads as a module.
        self.name = f"test_sample_{os.getpid()}_{id(self)}"
        (self.directory / f"{self.name}.py").write_text(MODULE)
        self.runner = PlainRunner(self.directory, dict(os.environ), 3,
                                  self.directory)

    def outcome(self, test):
        reference = f"{self.name}.py:SampleTest.test_{test}"
        self.assertIn(reference, self.runner.find(False))
        result, = self.runner.run([reference], 1, lambda *_words: None)
        self.assertEqual(result["name"], reference)
        return result["status"], result["fail_reason"]

    def test_a_test_that_passes_is_passed(self):
        self.assertEqual(self.outcome("good"), ("PASS", ""))

    def test_a_test_that_fails_is_failed_with_its_reason(self):
        self.assertEqual(self.outcome("bad"),
                         ("FAIL", "AssertionError: two is not one"))

    def test_a_test_that_breaks_is_an_error_with_its_reason(self):
        self.assertEqual(self.outcome("broken"),
                         ("ERROR", "OSError: no such thing"))

    def test_a_test_that_is_skipped_says_why(self):
        self.assertEqual(self.outcome("left_out"),
                         ("SKIP", "kernel-12 can't be had"))

    def test_a_test_whose_process_is_killed_is_an_error(self):
        self.assertEqual(self.outcome("killed")[0], "ERROR")

    def test_a_test_that_never_ends_is_an_error(self):
        self.assertEqual(self.outcome("endless"),
                         ("ERROR", "not done after 3 s"))

    def test_a_test_is_found_once_though_another_file_imports_its_class(self):
        (self.directory / f"{self.name}_too.py").write_text(
            f"from {self.name} import SampleTest\n")
        found = self.runner.find(False)
        self.assertEqual(len(found), MODULE.count("def test_"))
        self.assertEqual(len(found), len(set(found)))

    def test_tests_of_gaps_are_known_by_their_tags(self):
        self.assertEqual(self.runner.find(True),
                         [f"{self.name}.py:SampleTest.test_good"])


if __name__ == "__main__":
    unittest.main()
