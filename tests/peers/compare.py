# SPDX-License-Identifier: GPL-2.0-or-later
"""What every comparison of ours with stock needs: verdicts, limits, runs."""

import contextlib
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

REPO = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPO / "scripts"))
import limits                                               # noqa: E402
PYTHON = "/usr/bin/python3"

PASS, SKIP, FAIL, CRASH, LATE, ABSENT = (
    "pass", "skip", "fail", "crash", "time out", "absent")


@dataclass(frozen=True)
class Verdict:
    """How one test ended on one QEMU, and why if there is more to say."""
    word: str
    why: str = ""

    def __str__(self):
        return f"{self.word} ({self.why})" if self.why else self.word


def is_worse(ours, stock):
    """Ours may only differ from stock by passing where stock does not.

    A crash of ours is never good, even if stock crashes, too. Where stock has
    no such test, as for a device that only we have, ours must not fail.
    """
    if ours.word == CRASH:
        return True
    if stock.word == ABSENT:
        return ours.word in (FAIL, LATE)
    return ours.word not in (stock.word, PASS)


def children():
    """This process' children, each the leader of a process group."""
    return [int(pid) for task in Path("/proc/self/task").iterdir()
            for pid in (task / "children").read_text().split()]


def end_all(number, _frame):
    """End what was started when this program is told to end."""
    for child in children():
        for end in (os.killpg, os.kill):
            with contextlib.suppress(ProcessLookupError):
                end(child, signal.SIGKILL)
    os._exit(128 + number)


def end_all_on_signals():
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end_all)


def run_limited(command, seconds, **options):
    """Run a command, and end all its children when its time is up.

    It is also ended when this program is killed. Returns its exit status, None
    if it was ended, and all that it printed.
    """
    limit = limits.scaled(seconds)
    with subprocess.Popen(["setpriv", "--pdeathsig", "KILL", "nice",
                           *(str(word) for word in command)],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, start_new_session=True,
                          **options) as process:
        try:
            text, _ = process.communicate(timeout=limit)
            return process.returncode, text.decode(errors="replace")
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            text, _ = process.communicate()
            return None, text.decode(errors="replace")


@dataclass(frozen=True)
class Row:
    """One test of a suite in one configuration."""
    config: str
    test: str
    ours: Verdict
    stock: Verdict
    # Why ours may differ; a crash has no excuse.
    excuse: str = ""

    def is_worse(self):
        if self.excuse and self.ours.word != CRASH:
            return False
        return is_worse(self.ours, self.stock)


def build_tool(command, directory, **variables):
    """Run a foreign build; what it said is told only if it fails."""
    done = subprocess.run(["nice", *map(str, command)], cwd=directory,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False,
                          env={**os.environ, **variables})
    text = done.stdout.decode(errors="replace")
    if done.returncode:
        tail = "\n".join(text.splitlines()[-15:])
        raise SystemExit(f"peers: {' '.join(map(str, command))} failed in "
                         f"{directory}:\n{tail}")


def write_script(path, command):
    """A program that suites can run in QEMU's place."""
    path.write_text(f"#!/bin/sh\nexec {command}\n")
    path.chmod(0o755)
