#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Measures a Debian guest's interrupts on our QEMU and on an unchanged one.

Two vCPUs wake each other in turn through pipes, read a disk in pieces of
4 KiB past the page cache, and ping. What is counted is whole pieces of work
by the host's clock, Linux and all; each has to arrive, and Linux's own counts
of interrupts have to say so.

    tests/bench/linux.py --qemu FILE --stock FILE [--rounds N]
"""

import argparse
import os
import re
import statistics
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests" / "functional"))
sys.dont_write_bytecode = True

from xivetest import GATEWAY, LinuxTest  # noqa: E402

WAKE_UPS = 4000
READS = 8192
PINGS = 3000


class LinuxBench(LinuxTest):
    """One boot; figures are seconds for one piece of work."""

    timeout = 600

    def __init__(self, binary):
        super().__init__()
        self.binary = binary
        self.figures = {}

    def runTest(self):
        self.vm = self.get_vm("bench", self.binary)
        self.linux_args(self.vm)
        self.add_network(self.vm)
        self.add_disk(self.vm)
        self.boot()
        self.network_up()
        self.wake_each_other()
        self.read_disk()
        self.ping()

    def timed(self, name, count, command):
        began = time.monotonic()
        text = self.exec_command(command, timeout=300)
        self.figures[name] = (time.monotonic() - began) / count
        return text

    def wake_each_other(self):
        """A byte goes round between two readers, one on each vCPU."""
        # The shell keeps one end open: the last byte has no reader.
        self.exec_command("mkfifo /tmp/a /tmp/b; exec 9<>/tmp/a")
        before = sum(self.interrupt_counts("IPI"))
        text = self.timed(
            "wake-up of the other vCPU", 2 * WAKE_UPS,
            f"taskset 1 dd if=/tmp/a of=/tmp/b bs=1 count={WAKE_UPS} "
            "2>/tmp/one & "
            "(printf x; taskset 2 dd if=/tmp/b bs=1 "
            f"count={WAKE_UPS} 2>/tmp/two) >/tmp/a; "
            "wait; cat /tmp/one /tmp/two")
        moved = re.findall(r"(\d+)\+0 records out", text)
        self.assertEqual([str(WAKE_UPS)] * 2, moved, text)
        self.ipis = sum(self.interrupt_counts("IPI")) - before

    def read_disk(self):
        """Each read of a queue is one interrupt."""
        before = sum(self.interrupt_counts("nvme0q[1-9]"))
        self.timed(
            "NVMe read of 4 KiB", READS,
            f"for i in $(seq {READS // 4096}); do dd if=/dev/nvme0n1 "
            "of=/dev/null bs=4k count=4096 iflag=direct 2>/dev/null; done")
        after = sum(self.interrupt_counts("nvme0q[1-9]"))
        self.assertEqual(READS, after - before)

    def ping(self):
        text = self.timed("ping", PINGS, f"ping -A -q -c {PINGS} {GATEWAY}")
        self.assertIn(f"{PINGS} packets transmitted, {PINGS} packets received",
                      text)


def one_boot(binary):
    os.environ["QEMU_TEST_QEMU_BINARY"] = str(binary)
    bench = LinuxBench(binary)
    result = bench.run()
    for _, text in result.failures + result.errors:
        print(text, file=sys.stderr)
    return bench.figures if result.wasSuccessful() else None


def report(samples):
    print(f"{'Debian guest, us, medians':42} {'stock':>9} {'ours':>9} "
          f"{'ratio':>7}")
    for name, ours in samples["ours"].items():
        mine = statistics.median(ours) * 1e6
        theirs = statistics.median(samples["stock"][name]) * 1e6
        print(f"{name:42} {theirs:9.1f} {mine:9.1f} {theirs / mine:6.2f}x")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--qemu", required=True, type=Path)
    parser.add_argument("--stock", required=True, type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    binaries = {"stock": args.stock.resolve(), "ours": args.qemu.resolve()}
    samples = {"stock": {}, "ours": {}}
    for _ in range(args.rounds):
        for name, binary in binaries.items():
            figures = one_boot(binary)
            if figures is None:
                return 1
            for figure, seconds in figures.items():
                samples[name].setdefault(figure, []).append(seconds)
    report(samples)
    print(f"each of {WAKE_UPS} round trips, {READS} reads and {PINGS} pings "
          "arrived, in each boot")
    return 0


if __name__ == "__main__":
    sys.exit(main())
