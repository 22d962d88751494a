#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests of scripts/run-tests.py: what must never look like a pass."""

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

REPO = Path(__file__).resolve().parents[2]
SCRIPT = REPO / "scripts" / "run-tests.py"
SPEC = importlib.util.spec_from_file_location("run_tests", SCRIPT)
run_tests = importlib.util.module_from_spec(SPEC)
sys.modules["run_tests"] = run_tests
SPEC.loader.exec_module(run_tests)


def judge(log, status=0, read=run_tests.read_log_tap, is_build=False):
    part = run_tests.Part("part", "a test", [], read, is_build=is_build)
    outcome = run_tests.judge(part, status, log)
    return outcome.passed, len(outcome.failed), len(outcome.skipped)


class RunTestsTest(unittest.TestCase):
    def test_each_ok_line_is_one_passed_test(self):
        self.assertEqual(judge("1..2\nok 1 - a\nok 2 - b\n"), (2, 0, 0))

    def test_each_not_ok_line_is_one_failed_test(self):
        self.assertEqual(judge("1..2\nok 1 - a\nnot ok 2 - b\n", 1),
                         (1, 1, 0))

    def test_a_failed_test_keeps_the_words_that_follow_it(self):
        outcome = run_tests.read_tap("1..3\nnot ok 1 a\n# fail: no shell\n"
                                     "# log: here\nok 2 b\n# not of a\n"
                                     "not ok 3 c\n")
        self.assertEqual(outcome.reasons, {"a": ["fail: no shell",
                                                 "log: here"], "c": []})

    def test_a_long_reason_is_cut(self):
        words = "# x\n" * 100 + f"# {'y' * 10000}\n"
        reasons = run_tests.read_tap(f"1..1\nnot ok 1 a\n{words}").reasons
        self.assertLess(len("".join(reasons["a"])), 6 * 600 + 1)

    def test_of_many_words_the_last_ones_are_kept(self):
        words = "".join(f"# {number}\n" for number in range(100))
        reasons = run_tests.read_tap(f"1..1\nnot ok 1 a\n{words}").reasons
        self.assertEqual(reasons["a"][-1], "99")

    def test_a_skipped_test_is_not_a_passed_one(self):
        self.assertEqual(judge("1..2\nok 1 - a # SKIP why\nok 2\n"),
                         (1, 0, 1))

    def test_a_part_that_skips_all_of_its_tests_counts_as_skipped(self):
        self.assertEqual(judge("1..0 # SKIP no kernel\n"), (0, 0, 1))

    def test_a_skipped_test_of_meson_is_told_with_its_reason(self):
        outcome = run_tests.read_meson_test(
            {"name": "spin", "result": "SKIP", "stdout":
             "1..0 # SKIP spin is missing\n"})
        self.assertEqual(outcome.skipped, ["spin: all of it: spin is missing"])
        outcome = run_tests.read_meson_test(
            {"name": "spin", "result": "SKIP", "stdout": ""})
        self.assertEqual(outcome.skipped, ["spin: it says no reason"])

    def test_a_line_whose_source_can_t_be_had_is_skipped_with_the_reason(self):
        """apt knows no mirror here."""
        with tempfile.TemporaryDirectory() as directory:
            config = Path(directory, "apt.conf")
            config.write_text(f'Dir::State::lists "{directory}/lists";\n'
                              'Dir::Etc::sourcelist "/dev/null";\n'
                              'Dir::Etc::sourceparts "/dev/null";\n')
            done = subprocess.run(
                [sys.executable, SCRIPT, "--build", f"{directory}/build",
                 "build-11", "guest-11"], text=True, capture_output=True,
                env={**os.environ, "APT_CONFIG": str(config),
                     "P9XIVE_CACHE": f"{directory}/cache"}, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        self.assertEqual(done.stdout.count("qemu-source-11 can't be had: "
                                           "trixie-backports: apt on this "
                                           "machine has no Debian archive"),
                         2, done.stdout)
        self.assertIn("\n0 passed, 0 failed, 2 skipped\n", done.stdout)

    def test_each_line_but_the_default_has_its_parts_in_check_lines(self):
        parts = {part.name: part for part in
                 run_tests.all_parts(REPO / "build", REPO / "build-stock")}
        names = run_tests.SETS["check-lines"]
        self.assertEqual(
            {name.split("-")[-1] for name in names},
            {line.name for line in run_tests.lines.read_lines()[1:]})
        for name in names:
            self.assertEqual(parts[name].source,
                             "qemu-source-" + name.split("-")[-1])

    def test_a_build_that_can_t_be_set_up_is_skipped_with_the_reason(self):
        """Though an earlier run has left results there."""
        with tempfile.TemporaryDirectory() as directory:
            logs = Path(directory) / "meson-logs"
            logs.mkdir()
            (logs / "testlog.json").write_text(json.dumps(
                {"name": "one", "result": "OK", "stdout": ""}))
            read = run_tests.read_meson(directory)
            self.assertEqual(judge("", read=read), (1, 0, 0))
            self.assertEqual(judge("1..0 # SKIP no GLib\n", read=read),
                             (0, 0, 1))

    def test_the_core_is_not_built_for_arm64_without_a_compiler(self):
        script = REPO / "scripts" / "core-arm64.sh"
        with tempfile.TemporaryDirectory() as directory:
            done = subprocess.run(
                ["/bin/bash", script, directory], text=True, check=False,
                env={"PATH": "/nowhere"}, stdout=subprocess.PIPE)
        self.assertEqual(
            (done.returncode, done.stdout.splitlines()[-1]),
            (3, "1..0 # SKIP aarch64-linux-gnu-gcc could not be installed"))

    def test_a_part_whose_program_is_missing_is_skipped_with_that_reason(self):
        part = run_tests.Part("part", "a test", ["false"],
                              run_tests.read_log_tap,
                              needs=("true", "no-such-program"))
        with tempfile.TemporaryDirectory() as directory:
            status, log = run_tests.run_command(part,
                                                Path(directory) / "log")
        outcome = run_tests.judge(part, status, log)
        self.assertEqual(outcome.skipped, [
            "all of it: no-such-program could not be installed"])
        self.assertEqual(outcome.counts(), "0 passed, 0 failed, 1 skipped")

    def test_a_part_that_ran_nothing_fails(self):
        self.assertEqual(judge(""), (0, 1, 0))
        self.assertEqual(judge("1..0\n"), (0, 1, 0))

    def test_a_part_that_stops_before_its_plan_is_through_fails(self):
        self.assertEqual(judge("1..3\nok 1 - a\n"), (1, 1, 0))

    def test_a_part_that_never_gives_its_plan_fails(self):
        self.assertEqual(judge("ok 1 - a\n"), (1, 1, 0))

    def test_a_part_that_bails_out_fails(self):
        self.assertEqual(judge("1..2\nok 1\nBail out! dead\n", 1), (1, 1, 0))

    def test_an_exit_status_counts_although_all_tests_passed(self):
        self.assertEqual(judge("1..1\nok 1 - a\n", 139), (1, 1, 0))

    def test_words_that_begin_like_a_verdict_are_none(self):
        self.assertEqual(judge("1..1\nokay then\nok 1 - a\nnothing\n"),
                         (1, 0, 0))

    def test_a_build_may_run_no_test_but_may_not_fail(self):
        nothing = run_tests.read_build
        self.assertEqual(judge("", 0, nothing, True), (0, 0, 0))
        self.assertEqual(judge("", 2, nothing, True), (0, 1, 0))

    def test_a_command_that_cannot_run_fails(self):
        with tempfile.TemporaryDirectory() as directory:
            part = run_tests.Part("part", "", ["python3", "/nonexistent.py"],
                                  run_tests.read_log_tap)
            status, log = run_tests.run_command(part,
                                                Path(directory) / "log")
            outcome = run_tests.judge(part, status, log)
        self.assertEqual(len(outcome.failed), 1)

    def test_a_set_names_only_parts_that_exist(self):
        parts = {part.name for part in
                 run_tests.all_parts(Path("build"), Path("stock"))}
        for names in run_tests.SETS.values():
            self.assertLessEqual(set(names), parts)


class MesonTest(unittest.TestCase):
    @staticmethod
    def count(*tests):
        with tempfile.TemporaryDirectory() as directory:
            logs = Path(directory) / "meson-logs"
            logs.mkdir()
            (logs / "testlog.json").write_text(
                "".join(json.dumps(test) + "\n" for test in tests))
            return judge("", read=run_tests.read_meson(directory))

    def test_the_tests_within_a_program_are_counted(self):
        self.assertEqual(self.count(
            {"name": "esb", "result": "OK",
             "stdout": "1..2\nok 1 /a\nok 2 /b\n"}), (2, 0, 0))

    def test_a_program_without_tap_is_one_test(self):
        self.assertEqual(self.count(
            {"name": "smoke", "result": "OK", "stdout": "fine\n"},
            {"name": "other", "result": "FAIL"}), (1, 1, 0))

    def test_a_program_that_crashes_after_its_last_test_fails(self):
        self.assertEqual(self.count(
            {"name": "esb", "result": "ERROR",
             "stdout": "1..1\nok 1 /a\n"}), (1, 1, 0))

    def test_a_program_that_times_out_fails(self):
        self.assertEqual(self.count({"name": "esb", "result": "TIMEOUT",
                                     "stdout": "1..2\nok 1 /a\n"}), (1, 1, 0))

    def test_no_record_of_a_run_fails(self):
        with tempfile.TemporaryDirectory() as directory:
            self.assertEqual(judge("", read=run_tests.read_meson(directory)),
                             (0, 1, 0))

    def test_a_damaged_record_fails(self):
        with tempfile.TemporaryDirectory() as directory:
            logs = Path(directory) / "meson-logs"
            logs.mkdir()
            (logs / "testlog.json").write_text("{\"name\"")
            self.assertEqual(judge("", read=run_tests.read_meson(directory)),
                             (0, 1, 0))


if __name__ == "__main__":
    unittest.main()
