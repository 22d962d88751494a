#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Have spin go through each model: as it is, and with each planted bug.

As it is, no state may be bad, and all have to be looked at. A planted bug has
to be found, or the model can't see what it is there for. Output is TAP.

    tests/model/spin.py [COMPILER]
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent

# Events by the first and the second sender and by the decrementer.
BOTH_KINDS = {"ONE": 1, "TWO": 0, "TICKS": 1}
TWO_SENDERS = {"ONE": 1, "TWO": 1, "TICKS": 0}
TWO_IN_TURN = {"ONE": 2, "TWO": 0, "TICKS": 1}
X86, ARM = {}, {"WEAK": 1}

INTERRUPT_RIGHT = (
    ("one sender and the decrementer", {**BOTH_KINDS, **X86}),
    ("one sender and the decrementer, weak memory", {**BOTH_KINDS, **ARM}),
    ("two events in turn and the decrementer", {**TWO_IN_TURN, **X86}),
    ("two senders", {**TWO_SENDERS, **X86}),
    ("two senders, weak memory", {**TWO_SENDERS, **ARM}),
)

# The names are those in the model; where it says nothing, x86 shows the bug.
INTERRUPT_WRONG = {
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

ONE_CALL = {"CALLS": 1, "CHANGES": 1}
MORE_CALLS = {"CALLS": 2, "CHANGES": 2}

CALLS_RIGHT = (
    ("a call of each vCPU and a change", {**ONE_CALL, **X86}),
    ("a call of each vCPU and a change, weak memory", {**ONE_CALL, **ARM}),
    ("two of all", {**MORE_CALLS, **X86}),
    ("two of all, weak memory", {**MORE_CALLS, **ARM}),
)

CALLS_WRONG = {
    "NO_MB_ENTER": ONE_CALL,
    "LOOK_FIRST": ONE_CALL,
    "NO_CLOSE": ONE_CALL,
    "NO_DRAIN": ONE_CALL,
    "NO_MB_CLOSE": {**ONE_CALL, **ARM},
    "WAKE_INSIDE": ONE_CALL,
    "WAIT_INSIDE": ONE_CALL,
    "LEAVE_EARLY": {**ONE_CALL, **ARM},
}

# File, what holds of it, settings that are right, planted bugs.
MODELS = (
    ("interrupt.pml", "no interrupt is lost", INTERRUPT_RIGHT,
     INTERRUPT_WRONG),
    ("calls.pml", "no call meets a change, and all end", CALLS_RIGHT,
     CALLS_WRONG),
)


def planted(model, wrong):
    """{name: (number, what it is)} of the model's list."""
    bugs = {name: (int(number), what) for name, number, what in re.findall(
        r"^#define (\w+)\s+(\d+)\s+/\* (.*[a-zA-Z]) \*/", model.read_text(),
        re.M) if name in wrong}
    if set(bugs) != set(wrong):
        sys.exit(f"spin.py: not in the model: {set(wrong) - set(bugs)}")
    return bugs


def build(model, directory, compiler):
    for command in (["spin", "-a", str(model)],
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


def check(tap, compiler, model, claim, right, wrong):
    """Go through one model; how many states it has."""
    bugs = planted(model, wrong)
    states = 0
    with tempfile.TemporaryDirectory() as directory:
        build(model, directory, compiler)
        for name, settings in right:
            errors, found, text = explore(directory, settings)
            states += found
            tap.line(errors == 0, f"{claim}: {name}", text)
        for name, (number, what) in bugs.items():
            errors, _, text = explore(directory,
                                      {**wrong[name], "BUG": number})
            tap.line(bool(errors), f"a planted bug is found: {what}", text)
    return states


def main():
    if not shutil.which("spin"):
        print("1..0 # SKIP spin is missing (scripts/deps.sh test)")
        return 0
    tap = Tap(sum(len(right) + len(wrong) for *_, right, wrong in MODELS))
    compiler = sys.argv[1:] or ["cc"]
    for name, claim, right, wrong in MODELS:
        states = check(tap, compiler, HERE / name, claim, right, wrong)
        print(f"# note: {states} states of {name}")
    return int(tap.bad > 0)


if __name__ == "__main__":
    sys.exit(main())
