#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests of the Makefile."""

import os
import re
import subprocess
import unittest
from pathlib import Path

REPO = Path(__file__).resolve().parents[2]


def make(*args):
    """As from a shell, also if make has started us."""
    env = {name: value for name, value in os.environ.items()
           if not name.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(["make", "-C", REPO, *args], env=env, text=True,
                          capture_output=True, check=False)


class MakefileTest(unittest.TestCase):
    def test_each_command_that_help_names_is_one(self):
        names = re.findall(r"^make (\S+)", make("help").stdout, re.M)
        self.assertGreater(len(names), 8)
        for name in names:
            with self.subTest(name):
                done = make("-n", name)
                self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_each_check_runs_the_set_of_its_name(self):
        text = (REPO / "Makefile").read_text()
        sets = re.findall(r"^(check\S*):\n(?:\t.*\n)*?\t.*RUN_TESTS.* (\S+)$",
                          text, re.M)
        self.assertEqual([name for name, _ in sets],
                         [which for _, which in sets])
        self.assertGreaterEqual(len(sets), 5)


if __name__ == "__main__":
    unittest.main()
