#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Run QEMU's own qtests for ppc64 on ours and on stock, and compare.

    tests/peers/qtests.py --build build --stock build-stock [PROGRAM...]

The programs are those that meson knows of suite qtest-ppc64, with meson's
arguments, environment and time limits. They are compiled from stock's tree,
once. Each test within them must end on ours as it ends on stock; a crash of
ours is a failure in any case. Prints TAP, one line for each of these tests.

A program that aborts takes the tests behind with it. It is started again for
those, so that every test has its verdict on both.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from compare import (ABSENT, CRASH, FAIL, LATE, PASS, REPO, SKIP, Verdict,
                     end_all_on_signals, is_worse, run_limited)

SUITE = "qtest-ppc64"
# Tests that neither QEMU passes, with the reason. A pattern that fits no such
# test is an error: then it is out of date.
FAIL_ON_BOTH = (
    (r"qos-test: .*/vhost-user/", "QEMU is configured without vhost-net, "
                                  "so it lacks the network backend"),
)
# Programs that are run in their slow mode, because they leave out in quick mode
# what matters here: firmware of pseries, vCPUs plugged on every version of the
# machine, each device's properties. The others' slow modes add machine versions
# and network cards and take minutes.
SLOW = ("cpu-plug-test", "device-introspect-test", "prom-env-test")
# The program is started again this often when it aborts.
MOST_STARTS = 30

RESULT = re.compile(r"\s*(not ok|ok) \d+ (/\S+)(?: # (?:SKIP ?)?(.*))?")
DEATH = re.compile(r"detected QEMU death from signal \d+ \((.*?)\)")
PREFIX = "/ppc64/"


@dataclass(frozen=True)
class Program:
    """One program of tests, as meson describes it."""
    name: str
    command: tuple
    env: dict = field(compare=False)
    limit: float

    def label(self, subject):
        """What its tests are called by: ours is what goes without saying."""
        return self.name + ("" if subject.name == "ours"
                            else f", {subject.name}")


@dataclass(frozen=True)
class Subject:
    """A QEMU, or two of them: one that migrates to the other."""
    name: str
    env: dict = field(compare=False)
    # Only this program is run on it.
    only: str = ""


def find_programs(build):
    """The programs that the build in a directory has for our target."""
    tests = json.loads((build / "qemu/meson-info/intro-tests.json")
                       .read_text())
    programs = [Program(test["name"].rsplit("/")[-1], tuple(test["cmd"]),
                        test["env"], test["timeout"])
                for test in tests
                if any(suite.endswith(SUITE) for suite in test["suite"])]
    return sorted(programs, key=lambda one: -one.limit)


def subjects(build, stock):
    ours, theirs = (str(one / "qemu-system-ppc64") for one in (build, stock))
    return (
        Subject("stock", {"QTEST_QEMU_BINARY": theirs}),
        Subject("ours", {"QTEST_QEMU_BINARY": ours}),
        Subject("ours to stock", {"QTEST_QEMU_BINARY": ours,
                                  "QTEST_QEMU_BINARY_DST": theirs},
                "migration-test"),
        Subject("stock to ours", {"QTEST_QEMU_BINARY": ours,
                                  "QTEST_QEMU_BINARY_SRC": theirs},
                "migration-test"),
    )


def read_results(text):
    """The verdict of each test that the program's TAP has one for."""
    results = {}
    for line in text.splitlines():
        match = RESULT.fullmatch(line)
        if not match:
            continue
        word, path, why = match.groups()
        if word == "ok" and " # SKIP" in line:
            results[path] = Verdict(SKIP, why or "")
        else:
            results[path] = Verdict(PASS if word == "ok" else FAIL)
    return results


def why_it_ended(status, text):
    """The verdict of the test that took the program with it."""
    death = DEATH.search(text)
    if death:
        return Verdict(CRASH, death[1])
    if status is None:
        return Verdict(LATE)
    bail = re.search(r"^Bail out! (?:ERROR:)?(.*)", text, re.MULTILINE)
    return Verdict(FAIL, bail[1] if bail else f"exit status {status}")


class Run:
    """One program on one subject."""

    def __init__(self, program, subject, args):
        self.program = program
        self.work = (args.build / "peers/qtests" /
                     subject.name.replace(" ", "-") / program.name)
        # As under meson: some programs name files relative to it.
        self.directory = args.stock / "qemu"
        self.options = ["-m", "slow"] if program.name in SLOW or args.slow \
            else []
        self.log = []
        self.env = {**os.environ, **program.env, **subject.env,
                    "TMPDIR": str(self.work / "tmp")}

    def start(self, *options):
        status, text = run_limited(
            [*self.program.command, *self.options, *options],
            self.program.limit, env=self.env, cwd=self.directory)
        self.log.append(f"$ {' '.join(options) or 'all'}\n{text}")
        return status, text

    def verdicts(self):
        """A verdict for each test of the program, in its order."""
        shutil.rmtree(self.work, ignore_errors=True)
        (self.work / "tmp").mkdir(parents=True)
        try:
            return self.run_all()
        finally:
            (self.work / "log").write_text("\n".join(self.log))
            shutil.rmtree(self.work / "tmp", ignore_errors=True)

    def run_all(self):
        status, text = self.start("-l")
        tests = [line for line in text.splitlines() if line.startswith("/")]
        if status != 0:
            return {"list": why_it_ended(status, text)}
        known = {}
        for _ in range(MOST_STARTS):
            left = [test for test in tests if test not in known]
            if not left:
                break
            skipped = [word for test in known for word in ("-s", test)]
            status, text = self.start(*skipped)
            new = read_results(text)
            known.update({test: new[test] for test in left if test in new})
            culprit = next((test for test in left if test not in new), None)
            if culprit:
                known[culprit] = why_it_ended(status, text)
            elif status != 0 and all(one.word in (PASS, SKIP)
                                     for one in new.values()):
                known["end"] = why_it_ended(status, text)
        return {**{test: known.get(test, Verdict(FAIL, "never reached"))
                   for test in tests}, **known}


class Report:
    """TAP, and what it adds up to."""

    def __init__(self):
        self.count = self.bad = 0
        self.used = set()

    def line(self, good, name, remark=""):
        self.count += 1
        self.bad += not good
        print(f"{'ok' if good else 'not ok'} {self.count} {name}{remark}",
              flush=True)

    def expected(self, name):
        for pattern, reason in FAIL_ON_BOTH:
            if re.match(pattern, name):
                self.used.add(pattern)
                return reason
        return None

    def compare(self, name, ours, stock):
        reason = None
        if ours.word in (FAIL, LATE) and ours.word == stock.word:
            reason = self.expected(name)
        good = reason is not None or not (
            is_worse(ours, stock) or ours.word in (FAIL, LATE))
        if good and ours.word == SKIP:
            self.line(True, name, f" # SKIP on both: {ours.why}")
            return
        self.line(good, name, f" (fails on both: {reason})" if reason else "")
        if not good or ours.word != stock.word:
            print(f"# ours: {ours}\n# stock: {stock}")

    def program(self, name, ours, stock):
        if not ours and not stock:
            self.line(True, name, " # SKIP it has no test for this build")
        for test in {**stock, **ours}:
            absent = Verdict(ABSENT)
            self.compare(f"{name}: {test.removeprefix(PREFIX)}",
                         ours.get(test, absent), stock.get(test, absent))

    def end(self, everything):
        for pattern, _ in FAIL_ON_BOTH if everything else ():
            if pattern not in self.used:
                self.line(False, f"a test like {pattern} fails on both")
        print(f"1..{self.count}")
        return 1 if self.bad else 0


def compare_all(programs, args):
    """Run all programs on all subjects, some at a time, and report."""
    everyone = subjects(args.build, args.stock)
    report = Report()
    with ThreadPoolExecutor(args.jobs) as pool:
        runs = {(program, subject):
                pool.submit(Run(program, subject, args).verdicts)
                for program in programs for subject in everyone
                if subject.only in ("", program.name)}
        for program, subject in runs:
            if subject.name != "stock":
                report.program(program.label(subject),
                               runs[program, subject].result(),
                               runs[program, everyone[0]].result())
    return report.end(not args.names)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=Path, default=REPO / "build")
    parser.add_argument("--stock", type=Path, default=REPO / "build-stock")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--slow", action="store_true",
                        help="all programs in their slow mode")
    parser.add_argument("names", nargs="*", help="only these programs")
    return parser.parse_args()


def main():
    args = arguments()
    end_all_on_signals()
    args.build, args.stock = args.build.resolve(), args.stock.resolve()
    done = subprocess.run([REPO / "scripts/build.sh", args.stock, "qtests"],
                          stdout=sys.stderr, check=False)
    if done.returncode:
        sys.exit("qtests: QEMU's tests don't compile")
    programs = [one for one in find_programs(args.stock)
                if not args.names or one.name in args.names]
    if not programs:
        sys.exit(f"qtests: no such programs: {' '.join(args.names)}")
    return compare_all(programs, args)


if __name__ == "__main__":
    sys.exit(main())
