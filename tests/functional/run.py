#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Run the functional tests; TAP on standard output.

The tests are avocado tests: avocado, taken privately by scripts/fetch.sh,
finds them, runs two at a time and keeps their logs. This program tells them
which QEMU to use and turns avocado's result into one verdict. A test file
also runs alone: python3 tests/functional/test_boot.py.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import gaps  # noqa: E402  (it lives in tests/)
import plain_runner
import xivetest
from xivetest import limits

HERE = Path(__file__).resolve().parent
REPO = HERE.parent.parent
# Should time not suffice for all (limits.py), then for these.
FIRST = ("boot", "modes", "passthrough", "powernv", "full_stack", "reset",
         "hotplug", "migration", "kvm_device", "phb4", "pnv_registers",
         "powernv_pci", "monitor")
# A backstop behind the tests' own timeouts, which grow when load comes later.
TEST_TIMEOUT = 1800


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--qemu", type=Path,
                        help="the QEMU under test (default: build's)")
    parser.add_argument("--stock", type=Path,
                        help="upstream's QEMU, for migration between the two "
                             "(default: build-stock's; without one, those "
                             "tests are skipped)")
    parser.add_argument("--stock-only", action="store_true",
                        help="the one under test is upstream's: leave out "
                             "what only ours can tell")
    parser.add_argument("--expect-gaps", action="store_true",
                        help="run only the tests of upstream's gaps, on "
                             "upstream's QEMU: each has to fail, unless "
                             "tests/gaps.py has that version without it")
    parser.add_argument("--long", action="store_true",
                        help="run only the files test_long_*.py, which "
                             "otherwise run when they are named")
    parser.add_argument("--build-dir", type=Path, default=REPO / "build",
                        help="logs go to its functional/ (default: build)")
    parser.add_argument("--jobs", type=int, default=2,
                        help="guests at a time (default: %(default)s)")
    parser.add_argument("names", nargs="*",
                        help="test files or parts of test names")
    return parser.parse_args()


def fetched(item):
    """The item's path, or None if no mirror has it: tests that need it are
    skipped."""
    result = subprocess.run([REPO / "scripts" / "fetch.sh", item],
                            stdout=subprocess.PIPE, text=True, check=False)
    if result.returncode not in (0, xivetest.FETCH_UNAVAILABLE):
        sys.exit(f"run.py: scripts/fetch.sh {item} failed")
    return None if result.returncode else result.stdout.strip()


def prepare(args):
    """The tests' environment, with all that is to be fetched."""
    stock_under_test = args.stock_only or args.expect_gaps
    stock = args.stock or REPO / "build-stock" / "qemu-system-ppc64"
    qemu = args.qemu or (stock if stock_under_test
                         else args.build_dir / "qemu-system-ppc64")
    if not os.access(qemu, os.X_OK):
        sys.exit(f"run.py: {qemu} isn't there: make builds it")
    for item in ("busybox", "kernel-12", "kernel-13", "kernel-13-64k",
                 "tools-ppc64el", "d3"):
        fetched(item)
    work = args.build_dir.resolve() / "functional"
    work.mkdir(parents=True, exist_ok=True)
    env = {
        "QEMU_TEST_QEMU_BINARY": str(qemu.absolute()),
        "P9XIVE_STOCK": str(stock.absolute()),
        "P9XIVE_SUBJECT": "stock" if stock_under_test else "ours",
        "P9XIVE_FUNCTIONAL_DIR": str(work),
        "PYTHONDONTWRITEBYTECODE": "1",
        # Measured now, before guests of our own are a load.
        limits.VARIABLE: f"{limits.scale():g}",
    }
    return work, {**os.environ, **env}


def runner(work, env):
    """avocado, or what takes its place when no mirror has it."""
    modules = fetched("avocado")
    if not modules:
        return plain_runner.PlainRunner(work, env,
                                        limits.scaled(TEST_TIMEOUT))
    return Avocado(work, {**env, "PYTHONPATH": modules})


class Avocado:
    """Finds the tests, runs some at a time, keeps their logs."""

    def __init__(self, work, env):
        self.work, self.env = work, env
        self.found = []
        # It would put its data into the home directory.
        self.config = work / "avocado.conf"
        self.config.write_text(
            f"[datadir.paths]\nbase_dir = {work}\ntest_dir = {HERE}\n"
            f"data_dir = {work}/data\nlogs_dir = {work}/results\n"
            f"cache_dirs = ['{work}/cache']\n"
            "[task.timeout]\n"
            f"running = {limits.scaled(TEST_TIMEOUT):.0f}\n")

    def command(self, *args):
        return ["/usr/bin/python3", "-m", "avocado", "--config",
                *map(str, (self.config, *args))]

    def find(self, gaps_only):
        """References of the tests."""
        listing = self.work / "list.json"
        command = self.command("list", "--json", listing)
        if gaps_only:
            command += ["--filter-by-tags=gap"]
        files = sorted(path.name for path in HERE.glob("test_*.py"))
        result = subprocess.run(command + files, env=self.env, cwd=HERE,
                                text=True, capture_output=True, check=False)
        if result.returncode:
            sys.exit(f"run.py: avocado list: {result.stdout}{result.stderr}")
        tests = [item["Test"] for item in json.loads(listing.read_text())]
        # A file's name would stand for more than those with the tag.
        self.found = [] if gaps_only else tests
        return tests

    def run(self, tests, jobs, progress):
        """Run tests; what came of each."""
        results = self.work / "results"
        shutil.rmtree(results, ignore_errors=True)
        command = self.command(
            "run", f"--max-parallel-tasks={jobs}", "--disable-sysinfo",
            "--job-results-dir", results, "--json", self.work / "result.json",
            "--tap", "-")
        (self.work / "result.json").unlink(missing_ok=True)
        with open(self.work / "avocado.log", "w", encoding="utf-8") as log:
            process = subprocess.Popen(
                command + short_references(tests, self.found), env=self.env,
                cwd=HERE, stdout=subprocess.PIPE, stderr=log, text=True)
            for line in process.stdout:
                log.write(line)
                found = re.match(r"(not ok|ok) \d+ (\S+)", line)
                if found:
                    progress(found[1], found[2])
            process.wait()
        try:
            return json.loads((self.work / "result.json").read_text())["tests"]
        except (OSError, ValueError, KeyError) as error:
            print(f"# avocado left no result ({error}); see "
                  f"{self.work}/avocado.log")
            return []


def short_references(tests, found):
    """The tests, or the name of a file all of whose tests are among them.
    avocado reads a file, and all that it imports, for each reference anew: a
    second each."""
    def file(test):
        return test.partition(":")[0]

    there, wanted = Counter(map(file, found)), Counter(map(file, tests))
    return list(dict.fromkeys(
        file(test) if there[file(test)] == wanted[file(test)] else test
        for test in tests))


def is_long(test):
    return Path(test).name.startswith("test_long_")


def chosen(tests, names, long=False):
    """Those of the tests that have one of the names in theirs; without
    names the long ones or the others."""
    wanted = [Path(name).name for name in names]
    if not wanted:
        return [one for one in tests if is_long(one) == long]
    return [one for one in tests if any(name in one for name in wanted)]


def importance(reference):
    """Tests in the order in which their files are worth their time."""
    name = re.match(r"(?:.*/)?test_(\w+)\.py", reference)[1]
    return FIRST.index(name) if name in FIRST else len(FIRST)


def sentence(reference):
    """test_boot.py:BootTest.test_debian_13_boots -> boot: debian 13 boots"""
    file, name = re.match(r"(?:.*/)?test_(\w+)\.py:\w+\.test_(\w+)",
                          reference).groups()
    return f"{file.replace('_', ' ')}: {name.replace('_', ' ')}"


class Report:
    """TAP lines, and whether they add up to a success."""

    def __init__(self, total, version=None):
        """@version: that of a QEMU whose gaps are expected, or None."""
        self.version = version
        self.total = total
        self.count = self.bad = self.skipped = 0
        print(f"1..{total}", flush=True)

    def line(self, test):
        self.count += 1
        name, status = sentence(test["name"]), test["status"]
        why = test.get("fail_reason") or ""
        seconds = f"({test['time_elapsed']:.0f} s)"
        if status == "SKIP":
            self.skipped += 1
            print(f"ok {self.count} {name} # SKIP {why}")
            return
        open_here = self.version and gaps.is_open(name, self.version)
        good = status == ("FAIL" if open_here else "PASS")
        self.bad += not good
        print(f"{'ok' if good else 'not ok'} {self.count} {name} {seconds}")
        if status != "PASS":
            for text in why.splitlines()[:6]:
                print(f"# {status.lower()}: {text}")
        elif not good:
            print("# passes, but was expected to fail")
        if not good:
            print(f"# log: {test['logfile']}")
        sys.stdout.flush()

    def verdict(self):
        missing = self.total - self.count
        if missing:
            print(f"# {missing} of {self.total} tests have no result")
        if not self.total:
            print("# no tests were found")
        ran = self.count - self.skipped
        print(f"# {ran - self.bad} of {ran} as expected, "
              f"{self.skipped} skipped")
        return int(bool(missing or self.bad or not self.count))


def progress(verdict, reference):
    """A line while they run: the results proper are read at the end."""
    print(f"# {verdict}: {sentence(reference)}", flush=True)


def main():
    args = arguments()
    work, env = prepare(args)
    run_by = runner(work, env)
    tests = sorted(chosen(run_by.find(args.expect_gaps), args.names,
                          args.long),
                   key=importance)
    print(f"# time limits x {limits.scale():g}")
    version = gaps.version_of(env["QEMU_TEST_QEMU_BINARY"])
    report = Report(len(tests), version if args.expect_gaps else None)
    if tests:
        for test in run_by.run(tests, args.jobs, progress):
            report.line(test)
    return report.verdict()


if __name__ == "__main__":
    sys.exit(main())
