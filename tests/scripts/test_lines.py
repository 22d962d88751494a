#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests of the table of QEMU's lines, and of what configure makes of it."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

REPO = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPO / "scripts"))
import lines  # noqa: E402  (it lives in scripts/)


def configure(*options):
    done = subprocess.run([REPO / "configure", *options], text=True,
                          capture_output=True, check=False)
    return done.returncode, done.stderr


class LinesTest(unittest.TestCase):
    def test_versions_compare_by_number(self):
        in_order = ["9.2", "10.0", "10.0.13", "10.2.2", "11.0", "11.0.93",
                    "11.1.0"]
        self.assertEqual(sorted(in_order, key=lines.number), in_order)
        for text in ("", "11.x", "v11", "1:11.0", "11.1.0~rc1"):
            with self.assertRaises(ValueError):
                lines.number(text)

    def test_since_belongs_to_it_and_before_does_not(self):
        self.assertTrue(lines.is_within("10.2", "10.2", "11.0"))
        self.assertFalse(lines.is_within("11.0", "10.2", "11.0"))
        self.assertFalse(lines.is_within("10.1.5", "10.2", "11.0"))
        self.assertTrue(lines.is_within("1.0"))

    def test_no_version_belongs_to_two_lines(self):
        table = lines.read_lines()
        for line in table:
            self.assertLess(lines.number(line.since),
                            lines.number(line.before))
            self.assertEqual([other.name for other in table
                              if other.has(line.since)], [line.name])

    def test_the_default_is_debian_13_s_line(self):
        default = lines.read_lines()[0]
        self.assertTrue(default.has("10.0.13"))
        self.assertEqual(default.releases[0], "trixie")

    def test_the_command_names_lines_and_says_whose_a_version_is(self):
        def ask(*words):
            done = subprocess.run([REPO / "scripts/lines.py", *words],
                                  text=True, capture_output=True,
                                  check=False)
            return done.returncode, done.stdout

        self.assertEqual(ask("names"), (0, "10.0\n10.2\n11\n"))
        self.assertEqual(ask("of", "10.2.2"), (0, "10.2\n"))
        self.assertEqual(ask("of", "11.1.3"), (0, "11\n"))
        self.assertEqual(ask("of", "9.2.0"), (1, ""))
        self.assertEqual(ask()[0], 2)


class ConfigureTest(unittest.TestCase):
    def test_a_line_that_is_none_is_refused_in_one_line(self):
        self.assertEqual(configure("--qemu-line=9"), (
            1, "configure: no such line of QEMU: 9 (there are: 10.0 10.2 "
               "11)\n"))

    def test_a_tree_of_another_line_is_refused_in_one_line(self):
        with tempfile.TemporaryDirectory() as directory:
            Path(directory, "VERSION").write_text("10.2.2\n")
            self.assertEqual(
                configure("--qemu-line=11", f"--qemu-source={directory}",
                          f"--build-dir={directory}/build"),
                (1, f"configure: {directory} is QEMU 10.2.2, not of the line "
                    "11\n"))


if __name__ == "__main__":
    unittest.main()
