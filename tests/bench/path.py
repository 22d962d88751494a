#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Holds the core's hot paths to the number of instructions that they had.

Time on a shared machine says little about a change of a few percent; the
number of instructions is the same each time. callgrind counts those of one
operation of core-bench, or of bench-ic for powernv's tables, less what the
program does anyway, and path.json has what they were. A path that has grown by
more than 10 % fails.

Compilers differ. path.json has a row for each compiler and processor that
has been measured. With any other one, and for a path that its row does not
have, the row of the compiler nearest to it is scaled by what a piece of code
that never changes has become, and the limit is 30 %.

    path.py CORE-BENCH BENCH-IC             compare; TAP
    path.py CORE-BENCH BENCH-IC --update    write the row of this compiler
"""

import argparse
import json
import re
import subprocess
import sys
from pathlib import Path

BASELINE = Path(__file__).resolve().parent / "path.json"
CORE = ("interrupt", "trigger", "ack", "eoi-load", "esb-load", "cppr-store",
        "tima-load", "hcall", "interrupt-recorded")
POWERNV = ("pnv-interrupt", "pnv-device-event", "pnv-esb-load")
FIGURES = CORE + POWERNV
CALIBRATION = "calibrate"
ITERATIONS = 4000
LIMIT = 10.0
FOREIGN_LIMIT = 30.0
COLLECTED = re.compile(r"Collected\s*:\s*(\d+)")


def instructions(program, figure, iterations):
    """Of a whole run."""
    done = subprocess.run(
        ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null",
         program, "--count", figure, str(iterations)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        check=False)
    match = COLLECTED.search(done.stderr)
    if done.returncode or not match:
        sys.exit(f"Bail out! {figure}: exit status {done.returncode}: "
                 f"{done.stderr.strip()[-300:]}")
    return int(match[1])


def operations(program, figures):
    """Instructions of one operation, for each figure."""
    start = instructions(program, figures[0], 0)
    return {figure: round((instructions(program, figure, ITERATIONS) - start) /
                          ITERATIONS, 1)
            for figure in figures}


def measure(args):
    return {**operations(args.program, (CALIBRATION,) + CORE),
            **operations(args.powernv, POWERNV)}


def compiler_of(program):
    done = subprocess.run([program, "--compiler"], stdout=subprocess.PIPE,
                          text=True, check=True)
    return done.stdout.strip()


def nearest(rows, compiler):
    """The row to compare with: same processor, then the same kind."""
    kind, _, processor = compiler.split("-", 2)

    def strangeness(name):
        other_kind, _, other_processor = name.split("-", 2)
        return (other_processor != processor, other_kind != kind, name)
    return min(rows, key=strangeness)


def expected(rows, compiler, figure, now):
    """(what the figure may be compared with, limit in percent, whose it is)"""
    if figure in rows.get(compiler, ()):
        return rows[compiler][figure], LIMIT, f"compared with {compiler}"
    name = nearest([row for row in rows if figure in rows[row]], compiler)
    factor = now[CALIBRATION] / rows[name][CALIBRATION]
    return (rows[name][figure] * factor, FOREIGN_LIMIT,
            f"not measured for {compiler}: compared with {name} times "
            f"{factor:.2f}")


def compare(rows, compiler, now):
    """TAP; the number of failures."""
    failures, told = 0, ""
    print(f"1..{len(FIGURES)}")
    for number, figure in enumerate(FIGURES, 1):
        base, limit, remark = expected(rows, compiler, figure, now)
        if remark != told:
            print(f"# {remark}, limit {limit:.0f} %")
            told = remark
        growth = 100 * (now[figure] / base - 1)
        good = growth <= limit
        failures += not good
        print(f"{'' if good else 'not '}ok {number} - {figure} takes "
              f"{now[figure]:.0f} instructions, {growth:+.1f} %")
    if failures:
        print("# if it has to be so: the same with --update")
    return failures


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", help="core-bench, built with -O2")
    parser.add_argument("powernv", help="bench-ic, likewise")
    parser.add_argument("--update", action="store_true",
                        help="write this compiler's row")
    args = parser.parse_args()
    rows = json.loads(BASELINE.read_text()) if BASELINE.exists() else {}
    compiler, now = compiler_of(args.program), measure(args)
    if not args.update:
        return 1 if compare(rows, compiler, now) else 0
    rows[compiler] = now
    BASELINE.write_text(json.dumps(rows, indent=2, sort_keys=True) + "\n")
    print(f"{compiler}: {now}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
