#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Have spin go through interrupt.pml: as it is, and with each planted bug.

As it is, no state may be bad, and all have to be looked at. A planted bug has
to be found, or the model can't see what it is there for. Output is TAP.

    tests/model/interrupt.py [COMPILER]
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

MODEL = Path(__file__).with_name("interrupt.pml")

# Events by the first and the second sender and by the decrementer.
BOTH_KINDS = {"ONE": 1, "TWO": 0, "TICKS": 1}
TWO_SENDERS = {"ONE": 1, "TWO": 1, "TICKS": 0}
TWO_IN_TURN = {"ONE": 2, "TWO": 0, "TICKS": 1}
X86, ARM = {}, {"WEAK": 1}

RIGHT = (
    ("one sender and the decrementer", {**BOTH_KINDS, **X86}),
    ("one sender and the decrementer, weak memory", {**BOTH_KINDS, **ARM}),
    ("two events in turn and the decrementer", {**TWO_IN_TURN, **X86}),
    ("two senders", {**TWO_SENDERS, **X86}),
    ("two senders, weak memory", {**TWO_SENDERS, **ARM}),
)

# The names are those in the model; where it says nothing, x86 shows the bug.
WRONG = {
    "ONE_LOOK": BOTH_KINDS,
    "ONE_LINE_LOOK": TWO_IN_TURN,
    "NO_MB_CHANGE": BOTH_KINDS,
    "NO_MB_RMW": {**BOTH_KINDS, **ARM},
    "NO_MB_TELL": BOTH_KINDS,
    "TELL_LATE": BOTH_KINDS,
    "NO_TELL": BOTH_KINDS,
    "NO_TELL_SELF": BOTH_KINDS,
    "NO_WAKE": BOTH_KINDS,
    "WAKE_UNLOCKED": BOTH_KINDS,
    "NO_MB_SLEEP": {**BOTH_KINDS, **ARM},
    "PLAIN_CLEAR": BOTH_KINDS,
    "TELL_FIRST": BOTH_KINDS,
    "HALTED_FIRST": BOTH_KINDS,
}


def planted():
    """{name: (number, what it is)} of the model's list."""
    return {name: (int(number), what) for name, number, what in re.findall(
        r"^#define (\w+)\s+(\d+)\s+/\* (.*[a-zA-Z]) \*/", MODEL.read_text(),
        re.M) if name in WRONG}


def build(directory, compiler):
    for command in (["spin", "-a", str(MODEL)],
                    [*compiler, "-O2", "-w", "-DSAFETY", "-DCOLLAPSE", "-o",
                     "pan", "pan.c"]):
        subprocess.run(command, cwd=directory, check=True)


def explore(directory, settings):
    """(errors, states, all it printed); errors is None if it gave up."""
    env = {**os.environ,
           **{f"P9X_{name}": str(value) for name, value in settings.items()}}
    text = subprocess.run(["./pan", "-m1000000", "-w22"], cwd=directory,
                          env=env, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False).stdout
    errors = re.search(r"errors: (\d+)", text)
    states = re.search(r"(\d+) states, stored", text)
    whole = "max search depth too small" not in text
    if not errors or not states or (errors[1] == "0" and not whole):
        return None, 0, text
    return int(errors[1]), int(states[1]), text


class Tap:
    def __init__(self, plan):
        print(f"1..{plan}", flush=True)
        self.count = self.bad = 0

    def line(self, good, name, text):
        self.count += 1
        self.bad += not good
        print(f"{'ok' if good else 'not ok'} {self.count} {name}", flush=True)
        if not good:
            print("".join(f"# {line}\n" for line in text.splitlines()[:20]),
                  end="")


def main():
    if not shutil.which("spin"):
        print("1..0 # SKIP spin is missing (scripts/deps.sh test)")
        return 0
    bugs = planted()
    if set(bugs) != set(WRONG):
        sys.exit(f"interrupt.py: not in the model: {set(WRONG) - set(bugs)}")
    tap = Tap(len(RIGHT) + len(WRONG))
    states = 0
    with tempfile.TemporaryDirectory() as directory:
        build(directory, sys.argv[1:] or ["cc"])
        for name, settings in RIGHT:
            errors, found, text = explore(directory, settings)
            states += found
            tap.line(errors == 0, f"no interrupt is lost: {name}", text)
        for name, (number, what) in bugs.items():
            errors, _, text = explore(directory,
                                      {**WRONG[name], "BUG": number})
            tap.line(bool(errors), f"a planted bug is found: {what}", text)
    print(f"# note: {states} states")
    return int(tap.bad > 0)


if __name__ == "__main__":
    sys.exit(main())
