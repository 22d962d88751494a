#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests of the CI workflow: it can be read, covers the compilers and releases
that it is for, and each command that it calls is there."""

import importlib.util
import os
import re
import subprocess
import sys
import unittest
from itertools import product
from pathlib import Path

try:
    import yaml
except ImportError:
    yaml = None

REPO = Path(__file__).resolve().parents[2]
WORKFLOWS = REPO / ".github" / "workflows"
EXPRESSION = re.compile(r"\$\{\{ *matrix\.(\w+) *\}\}")


def run_tests_parts():
    spec = importlib.util.spec_from_file_location(
        "run_tests", REPO / "scripts" / "run-tests.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["run_tests"] = module
    spec.loader.exec_module(module)
    return {part.name for part in module.all_parts(REPO, REPO)}


def commands_of(job):
    """Each command of a job, with each value of its matrix."""
    matrix = job.get("strategy", {}).get("matrix", {})
    for step in job["steps"]:
        for command in re.findall(r"[^\n&]+", step.get("run", "")):
            for values in product(*matrix.values()):
                chosen = dict(zip(matrix, values))
                yield EXPRESSION.sub(lambda match: chosen[match[1]],
                                     command).strip()


@unittest.skipUnless(yaml, "python3-yaml could not be installed")
class WorkflowTest(unittest.TestCase):
    def setUp(self):
        text = (WORKFLOWS / "ci.yml").read_text(encoding="utf-8")
        self.jobs = yaml.safe_load(text)["jobs"]
        self.commands = {command for job in self.jobs.values()
                         for command in commands_of(job)}

    def test_each_command_of_ours_can_be_started(self):
        ours = {command.split()[0] for command in self.commands
                if "/" in command.split()[0]}
        self.assertGreaterEqual(ours, {".ci/run", "scripts/run-tests.py"})
        for path in ours:
            with self.subTest(path):
                self.assertTrue(os.access(REPO / path, os.X_OK))

    def test_each_target_of_make_is_there(self):
        targets = {command.split()[1] for command in self.commands
                   if command.startswith("make ")}
        self.assertTrue(targets)
        for target in targets:
            with self.subTest(target):
                subprocess.run(["make", "-n", target], cwd=REPO, check=True,
                               stdout=subprocess.DEVNULL)

    def test_each_part_and_set_of_packages_is_there(self):
        words = [command.split() for command in self.commands]
        parts = {word for one in words if one[0] == "scripts/run-tests.py"
                 for word in one[1:]}
        self.assertLessEqual(parts, run_tests_parts())
        self.assertGreaterEqual(parts,
                                {"core-gcc", "core-clang", "core-arm64"})
        for one in words:
            if one[0] == "scripts/deps.sh":
                subprocess.run([REPO / one[0], "--list", *one[1:]], cwd=REPO,
                               check=True, stdout=subprocess.DEVNULL)

    def test_both_releases_of_debian_run_it(self):
        for name in ("core", "check-core", "check"):
            job = self.jobs[name]
            self.assertEqual(job["container"], "debian:${{ matrix.debian }}")
            self.assertEqual(job["strategy"]["matrix"]["debian"],
                             ["12", "13"])

    def test_no_job_can_hang_for_hours(self):
        for name, job in self.jobs.items():
            self.assertLessEqual(job["timeout-minutes"], 120, name)


if __name__ == "__main__":
    unittest.main()
