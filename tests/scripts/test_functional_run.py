#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests of tests/functional/run.py."""

import sys
import unittest
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS), str(TESTS / "functional")]
import run  # noqa: E402  (it lives in tests/functional)

FOUND = ["test_a.py:A.test_1", "test_a.py:A.test_2", "test_b.py:B.test_1"]


class ShortReferencesTest(unittest.TestCase):
    def test_a_file_all_of_whose_tests_are_wanted_is_named_once(self):
        self.assertEqual(run.short_references(FOUND[::-1], FOUND),
                         ["test_b.py", "test_a.py"])

    def test_a_test_that_is_wanted_alone_keeps_its_name(self):
        self.assertEqual(run.short_references(FOUND[1:], FOUND),
                         ["test_a.py:A.test_2", "test_b.py"])

    def test_no_file_is_named_when_only_tests_with_a_tag_are_known(self):
        self.assertEqual(run.short_references(FOUND, []), FOUND)


class ChosenTest(unittest.TestCase):
    ALL = [*FOUND, "test_long_a.py:A.test_3"]

    def test_long_files_are_left_out_unless_asked_for(self):
        self.assertEqual(run.chosen(self.ALL, []), FOUND)
        self.assertEqual(run.chosen(self.ALL, [], long=True), self.ALL[3:])

    def test_a_name_finds_tests_of_long_files_too(self):
        self.assertEqual(run.chosen(self.ALL, ["A.test"]),
                         [*FOUND[:2], self.ALL[3]])


if __name__ == "__main__":
    unittest.main()
