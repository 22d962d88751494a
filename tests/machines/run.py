#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Build QEMU with one of the machines alone, and start its firmware.

    tests/machines/run.py --build build [pseries | powernv]...

No adapter of one machine may need a file of the other. Each machine has a list
of devices of its own (qemu/configs/p9xive-*.mak) and a build directory below
--build. Prints TAP.
"""

import argparse
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

REPO = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(REPO / "scripts"))
import limits  # noqa: E402  (it lives in scripts/)


@dataclass(frozen=True)
class Machine:
    options: tuple
    # What its firmware says when it has set up the machine.
    says: str
    other: str


MACHINES = {
    "pseries": Machine(("-machine", "pseries,ic-mode=xive"),
                       "Welcome to Open Firmware", "powernv9"),
    "powernv": Machine(("-machine", "powernv9"), "INIT: Waiting for kernel",
                       "pseries"),
}


def build(name, directory):
    """The log's end, or None if there is a QEMU now."""
    commands = (["scripts/configure-once.sh", str(directory),
                 f"--devices=p9xive-{name}"],
                ["scripts/build.sh", str(directory)])
    for command in commands:
        done = subprocess.run(command, cwd=REPO, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              stdin=subprocess.DEVNULL)
        if done.returncode:
            return "\n".join(done.stdout.splitlines()[-15:])
    return None


def console_until(qemu, machine):
    """What the firmware has said up to and with the words that it is to say,
    or until its time is over."""
    process = subprocess.Popen(
        [qemu, *machine.options, "-nodefaults", "-nographic", "-serial",
         "stdio", "-monitor", "none"], stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    timer = threading.Timer(limits.scaled(60), process.kill)
    said = ""
    timer.start()
    try:
        while machine.says not in said:
            some = process.stdout.read1(4096)
            if not some:
                break
            said += some.decode(errors="replace")
    finally:
        timer.cancel()
        process.kill()
        process.wait()
    return said


def machines_of(qemu):
    listed = subprocess.run([qemu, "-machine", "help"], text=True, check=True,
                            stdout=subprocess.PIPE).stdout
    return [line.split()[0] for line in listed.splitlines() if line]


class Report:
    def __init__(self):
        self.number = self.failed = 0

    def tell(self, good, name, why=""):
        self.number += 1
        self.failed += not good
        print(f"{'ok' if good else 'not ok'} {self.number} - {name}",
              flush=True)
        if not good:
            print("\n".join(f"# {line}" for line in why.splitlines()[-15:]))
        return good


def check(name, directory, report):
    machine, qemu = MACHINES[name], directory / "qemu-system-ppc64"
    why = build(name, directory)
    if not report.tell(why is None, f"{name} alone compiles and links",
                       why or ""):
        return
    said = console_until(qemu, machine)
    report.tell(machine.says in said, f"{name} alone starts its firmware",
                said)
    report.tell(machine.other not in machines_of(qemu),
                f"{name} alone has no {machine.other}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=Path, default=REPO / "build")
    parser.add_argument("names", nargs="*", metavar="MACHINE")
    args = parser.parse_args()

    report = Report()
    for name in args.names or MACHINES:
        check(name, args.build.resolve() / "machines" / name, report)
    print(f"1..{report.number}")
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
