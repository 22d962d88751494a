#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Run suites that the user has on ours and on stock, and compare.

    scripts/run-tests.py peers --kvm-unit-tests=DIR --skiboot=DIR \\
        --qemu-source=DIR

Each DIR is a work tree of that suite. It is only read: what has to be built is
built below build/peers. Prints one line for each test and configuration in
which the two differ or fail, and a table of counts. Fails if ours is worse
than stock anywhere, or crashes.
"""

import argparse
import subprocess
import sys
from collections import Counter
from pathlib import Path

import crash_test
import kvm_unit_tests
import skiboot
from compare import CRASH, FAIL, LATE, REPO, end_all_on_signals

SUITES = {"kvm_unit_tests": kvm_unit_tests, "skiboot": skiboot,
          "qemu_source": crash_test}


def version(source):
    """What the user's tree calls itself."""
    done = subprocess.run(["git", "-C", str(source), "log", "-1",
                           "--format=%h of %cs"], capture_output=True,
                          text=True, check=False)
    if not done.returncode:
        return done.stdout.strip()
    file = source / "VERSION"
    return file.read_text().strip() if file.exists() else "unknown version"


def counts(verdicts):
    """pass 19, fail 2"""
    number = Counter(one.word for one in verdicts)
    return ", ".join(f"{word} {number[word]}" for word in sorted(number))


def print_table(rows):
    """A line for each configuration."""
    table = [("configuration", "ours", "stock")]
    for config in dict.fromkeys(row.config for row in rows):
        mine = [row for row in rows if row.config == config]
        table.append((config, counts(row.ours for row in mine),
                      counts(row.stock for row in mine)))
    widths = [max(len(line[column]) for line in table) for column in range(3)]
    for line in table:
        print("  " + "  ".join(cell.ljust(width) for cell, width
                               in zip(line, widths)).rstrip())


def print_rows(rows):
    """Every test that is no plain success, worse ones marked."""
    for row in rows:
        if str(row.ours) == str(row.stock) and row.ours.word not in (
                FAIL, CRASH, LATE):
            continue
        mark = "WORSE" if row.is_worse() else "     "
        why = f": {row.excuse}" if row.excuse else ""
        print(f"  {mark} {row.config}: {row.test}: ours {row.ours}, "
              f"stock {row.stock}{why}")


def arguments():
    parser = argparse.ArgumentParser(prog="run-tests.py peers",
                                     description=__doc__.splitlines()[0])
    for name in SUITES:
        parser.add_argument(f"--{name.replace('_', '-')}", type=Path,
                            metavar="DIR", help="work tree of the suite")
    parser.add_argument("--build", type=Path, default=REPO / "build")
    parser.add_argument("--stock", type=Path, default=REPO / "build-stock")
    parser.add_argument("--jobs", type=int, default=2)
    args = parser.parse_args()
    args.build, args.stock = args.build.resolve(), args.stock.resolve()
    args.binary = args.build / "qemu-system-ppc64"
    args.stock_binary = args.stock / "qemu-system-ppc64"
    for binary in (args.binary, args.stock_binary):
        if not binary.exists():
            parser.error(f"{binary} isn't there: make, make stock")
    args.given = {name: getattr(args, name).resolve() for name in SUITES
                  if getattr(args, name)}
    if not args.given:
        parser.error("no suite is given")
    return args


def main():
    args, worse, total = arguments(), 0, 0
    end_all_on_signals()
    for name, source in args.given.items():
        suite = SUITES[name]
        work = args.build / "peers" / name
        work.mkdir(parents=True, exist_ok=True)
        print(f"{suite.NAME}, {version(source)}", flush=True)
        rows = suite.rows(source, work, args)
        print_rows(rows)
        print_table(rows)
        bad = sum(row.is_worse() for row in rows)
        if not rows:
            print(f"  {suite.NAME} ran no test")
            bad = 1
        worse, total = worse + bad, total + len(rows)
    print(f"{total} tests compared, ours worse in {worse}", flush=True)
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main())
