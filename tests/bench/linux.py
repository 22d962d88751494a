#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Measures Debian's interrupts on our QEMU and on an unchanged one.

Debian runs as a pseries guest and as powernv9's host. Two CPUs wake each other
in turn through pipes, read a disk in pieces of 4 KiB past the page cache, and
ping. What is counted is whole pieces of work by the host's clock, Linux and
all; each has to arrive, Linux's own counts have to say so, and on powernv9
what our bridges sent is what Linux counted.

CPUs of powernv9 wake each other by doorbells, which the interrupt controller
has no part in: Linux prefers them. Its wake-ups show the rest of the machine.

    tests/bench/linux.py --qemu FILE --stock FILE [--rounds N]
"""

import argparse
import os
import re
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests" / "functional"))
sys.dont_write_bytecode = True

from test_powernv import PowernvTest  # noqa: E402
from xivetest import GATEWAY, LinuxTest  # noqa: E402

# In one boot, of each figure: a busy moment of the host spoils one of them.
SAMPLES = 2
WAKE_UPS = 1000
READS = 4096
PINGS = 1000


@dataclass
class Sample:
    """Seconds for one piece of work; pieces sent and received."""
    seconds: float
    sent: int
    received: int


class LinuxBench:
    """One boot. Of which machine is a subclass's business."""

    timeout = 600
    bridges = ()                # QOM paths of ours, network's and disk's

    def __init__(self, binary):
        super().__init__()
        self.binary = binary
        self.is_ours = False
        self.samples = {}

    def runTest(self):
        self.vm = self.get_vm("bench", self.binary)
        self.machine()
        self.boot(timeout=360)
        self.network_up()
        # The shell keeps one end open: the last byte has no reader.
        self.exec_command("mkfifo /tmp/a /tmp/b; exec 9<>/tmp/a")
        for _ in range(SAMPLES):
            self.wake_each_other()
            self.watched(self.read_disk)
            self.watched(self.ping)

    def timed(self, name, count, command, received):
        """@received tells from what the command said what arrived."""
        began = time.monotonic()
        text = self.exec_command(command, timeout=300)
        seconds = (time.monotonic() - began) / count
        sample = Sample(seconds, count, received(text))
        self.assertEqual(sample.sent, sample.received, text)
        self.samples.setdefault(name, []).append(sample)

    def wake_each_other(self):
        """A byte goes round between two readers, one on each CPU."""
        self.timed(
            "wake-up of the other CPU", 2 * WAKE_UPS,
            f"taskset 1 dd if=/tmp/a of=/tmp/b bs=1 count={WAKE_UPS} "
            "2>/tmp/one & "
            "(printf x; taskset 2 dd if=/tmp/b bs=1 "
            f"count={WAKE_UPS} 2>/tmp/two) >/tmp/a; "
            "wait; cat /tmp/one /tmp/two",
            lambda text: sum(map(int, re.findall(r"(\d+)\+0 records out",
                                                 text))))

    def disk_interrupts(self):
        return sum(self.interrupt_counts("nvme0q[1-9]"))

    def read_disk(self):
        """Each read of a queue is one interrupt."""
        before = self.disk_interrupts()
        self.timed("NVMe read of 4 KiB, one MSI-X each", READS,
                   f"dd if=/dev/nvme0n1 of=/dev/null bs=4k count={READS} "
                   "iflag=direct 2>/dev/null",
                   lambda text: self.disk_interrupts() - before)

    def ping(self):
        self.timed("e1000e ping", PINGS, f"ping -A -q -c {PINGS} {GATEWAY}",
                   lambda text: int(re.search(r"(\d+) packets received",
                                              text)[1]))

    # --------------------------------------------- what our bridges have sent

    def sent(self):
        return [self.vm.qmp("qom-get", path=path, property="notifications")
                for path in self.bridges]

    def sent_and_seen(self):
        """What bridges sent and Linux counted; of a moment without either."""
        for _ in range(20):
            sent = self.sent()
            seen = sum(self.interrupt_counts("eth0|nvme0q"))
            if self.sent() == sent:
                return sum(sent), seen
        raise AssertionError("the devices are never quiet")

    def watched(self, work):
        """Nothing was sent during @work that Linux didn't count."""
        if not self.is_ours or not self.bridges:
            work()
            return
        sent, seen = self.sent_and_seen()
        work()
        sent_now, seen_now = self.sent_and_seen()
        self.assertEqual(sent_now - sent, seen_now - seen)


class PseriesBench(LinuxBench, LinuxTest):
    title = "Debian guest on pseries"

    def machine(self):
        self.linux_args(self.vm)
        self.add_network(self.vm)
        self.add_disk(self.vm)


class PowernvBench(LinuxBench, PowernvTest):
    title = "Debian host on powernv9"
    bridges = ("/machine/chip[0]/pec[0]/phb[0]/phb-backend",
               "/machine/chip[0]/pec[1]/phb[0]/phb-backend")

    def machine(self):
        self.powernv_args("2")


BENCHES = {"pseries": PseriesBench, "powernv9": PowernvBench}


def one_boot(kind, name, binary):
    """{figure: samples}; None if something was wrong."""
    os.environ["P9XIVE_SUBJECT"] = name
    os.environ["QEMU_TEST_QEMU_BINARY"] = str(binary)
    bench = BENCHES[kind](binary)
    bench.is_ours = name == "ours"
    result = bench.run()
    for _, text in result.failures + result.errors:
        print(text, file=sys.stderr)
    return bench.samples if result.wasSuccessful() else None


def report(title, samples):
    print(f"{title + ', us, medians':42} {'stock':>9} {'ours':>9} "
          f"{'ratio':>7} {'ours/s':>9} {'sent/received':>15}")
    for name, ours in samples["ours"].items():
        stock = samples["stock"][name]
        mine = statistics.median(one.seconds for one in ours)
        theirs = statistics.median(one.seconds for one in stock)
        sent = sum(one.sent for one in ours + stock)
        received = sum(one.received for one in ours + stock)
        print(f"{name:42} {theirs * 1e6:9.1f} {mine * 1e6:9.1f} "
              f"{theirs / mine:6.2f}x {1 / mine:9.0f} "
              f"{f'{sent}/{received}':>15}")


def measure(kind, binaries, rounds):
    samples = {name: {} for name in binaries}
    for turn in range(rounds):
        # The binaries take turns at going first, as in bench.py.
        for name in sorted(binaries, reverse=turn % 2 == 0):
            boot = one_boot(kind, name, binaries[name])
            if boot is None:
                return None
            for figure, more in boot.items():
                samples[name].setdefault(figure, []).extend(more)
    return samples


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--qemu", required=True, type=Path)
    parser.add_argument("--stock", required=True, type=Path)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--machine", choices=BENCHES, action="append")
    args = parser.parse_args()
    binaries = {"stock": args.stock.resolve(), "ours": args.qemu.resolve()}
    for kind in args.machine or BENCHES:
        samples = measure(kind, binaries, args.rounds)
        if samples is None:
            return 1
        report(BENCHES[kind].title, samples)
    return 0


if __name__ == "__main__":
    sys.exit(main())
