#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests of what is known of upstream's gaps, and of asking a binary."""

import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

REPO = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPO / "tests"))
import gaps  # noqa: E402  (it lives in tests/)

RUN_TESTS = REPO / "scripts/run-tests.py"
GUEST = REPO / "tests/guest"


class GapsTest(unittest.TestCase):
    def test_a_gap_is_open_from_its_first_version_up_to_the_closing_one(self):
        change = gaps.Change("one", "8.0", "10.1", "")
        self.assertEqual(
            [change.is_open(version) for version in
             ("7.2.22", "8.0", "10.0.13", "10.1", "10.1.0", "11.1.3")],
            [False, True, True, False, False, False])

    def test_a_gap_without_a_line_of_its_own_is_open_everywhere(self):
        for version in gaps.TRIED:
            self.assertTrue(gaps.is_open("[C1] an event", version))
            self.assertFalse(gaps.is_open("an ESB works", version, False))

    def test_each_change_is_of_a_test_that_exists(self):
        text = "".join(path.read_text() for path in
                       [*GUEST.glob("*.c"),
                        *(REPO / "tests/functional").glob("test_*.py")])
        # A C string may be broken, and a method's name has no blanks.
        text = re.sub(r'"\s*"', "", text).replace("_", " ")
        for change in gaps.CHANGES:
            for one in change.tests.split("|"):
                self.assertRegex(text, one)

    def test_a_row_that_a_version_closed_is_in_the_page_of_gaps(self):
        page = (REPO / "docs/specs/gaps.rst").read_text()
        for change in gaps.CHANGES:
            for row in re.findall(r"(?<![A-Z])[CNQSX]\d+", change.tests):
                entry = re.search(rf"^   \* - {row}\n(.*?)(?=^   \* - |^\S)",
                                  page, re.M | re.S)
                self.assertTrue(entry, row)
                for version in (change.since, change.before):
                    if version:
                        self.assertIn(version, entry[1], row)


class SubjectTest(unittest.TestCase):
    def ask(self, subject):
        return subprocess.run(
            [sys.executable, RUN_TESTS, "--subject", subject, "check-stock"],
            capture_output=True, text=True, check=False)

    def test_a_subject_that_is_no_program_is_one_line(self):
        for name in ("/nowhere/qemu", "/etc/passwd", "/tmp"):
            done = self.ask(name)
            self.assertEqual((done.returncode, done.stderr),
                             (1, f"run-tests: {name} is no program\n"))

    def test_a_program_that_is_no_qemu_is_said_so(self):
        with tempfile.TemporaryDirectory() as directory:
            done = subprocess.run(
                [sys.executable, GUEST / "run.py", "--expect-gaps", "--qemu",
                 "/usr/bin/true", "--build-dir", directory],
                capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stdout),
                         (2, "Bail out! /usr/bin/true is no QEMU that starts "
                             "here\n"))


if __name__ == "__main__":
    unittest.main()
