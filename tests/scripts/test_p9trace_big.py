#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Files that are larger than the memory p9trace may use: what it needs does
not grow with them, and it shows how far it is.

P9X_BIG_MB=2000 makes the large file of that many megabytes; its figures are
printed then."""

import os
import pty
import subprocess
import struct
import sys
import time
import unittest

from recorder_fixture import (NAMES, REPO, START, P9traceTest, chunk, event,
                              header, packed)

MEGABYTES = int(os.environ.get("P9X_BIG_MB") or 16)
SMALL = 4
RINGS, SOURCES = 4, 40
# Megabytes by which a run on the large file may need more than on the small
# one. Either takes 19 to 22 in all.
MORE = 4
BLOCK = 1000                    # events that are written at once
# The page is asked for so few events that both files have more.
COMMANDS = (("lost",), ("stats",), ("timeline", "-o", "/dev/null"),
            ("story", "0x5"), ("html", "--most", "5000", "-o", "/dev/null"))
# Runs a command, and tells what memory the process had at most.
RUN = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[2]) << 20,) * 2)
sys.path.insert(0, sys.argv[1])
from tracing.main import Progress, main
Progress.PATIENCE = 0
status = main(sys.argv[3:], "")
usage = resource.getrusage(resource.RUSAGE_SELF)
print("peak", usage.ru_maxrss >> 10, status, file=sys.stderr)
"""
ADDRESSES = 600                 # megabytes of address space


def write_ring(file, ring, events):
    """Events of one thread; each takes ten ticks."""
    one = 6 * 32                # bytes of an event's records
    file.write(struct.pack("<4s4xQ", b"RING", 56 + events * one))
    file.write(struct.pack("<3Q32s", ring, 0, events * 6,
                           b"CPU %d/TCG" % ring))
    for first in range(0, events, BLOCK):
        records = []
        for i in range(first, min(first + BLOCK, events)):
            begin = START + 10 * i
            records += event(ring << 40 | i + 1,
                             ring * SOURCES + i % SOURCES, begin, ring,
                             begin + 5)
        file.write(packed("<", records))


def write_file(path, megabytes):
    with open(path, "wb") as file:
        file.write(header() + chunk("<", b"NAME", NAMES))
        for ring in range(RINGS):
            write_ring(file, ring, (megabytes << 20) // (RINGS * 6 * 32))
        file.write(chunk("<", b"STAT", b"[]") + chunk("<", b"END.", b""))


class BigTest(P9traceTest):
    @classmethod
    def write_text(cls, path, megabytes):
        """What a stock QEMU prints."""
        lines = ("xive_source_esb_write @0x0 IRQ 0x{0:x} val=0x0\n"
                 "xive_source_esb_read @0x10000 IRQ 0x{0:x} val=0x0\n")
        with open(path, "w", encoding="utf-8") as file:
            file.write("".join(f"spapr_xive_claim_irq lisn=0x{i:x} lsi=0\n"
                               for i in range(SOURCES)))
            for i in range((megabytes << 20) // len(lines)):
                file.write(lines.format(i % SOURCES))

    def run_on(self, path, command):
        """Megabytes at most, and seconds."""
        begin = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-c", RUN, REPO / "scripts", str(ADDRESSES),
             path, *command], stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True, check=False)
        words = done.stderr.split()
        self.assertEqual(words[:1], ["peak"], done.stderr)
        self.assertIn(words[2], "01")
        return int(words[1]), time.monotonic() - begin

    def compare(self, write):
        small, large = self.directory / "small", self.directory / "large"
        write(small, SMALL)
        write(large, MEGABYTES)
        for command in COMMANDS:
            with self.subTest(command[0]):
                before, _ = self.run_on(small, command)
                after, seconds = self.run_on(large, command)
                if MEGABYTES > 100:
                    print(f"# note: {command[0]}: {MEGABYTES} MB in "
                          f"{seconds:.0f} s with {after} MB of memory")
                self.assertLess(after, before + MORE)

    def test_memory_does_not_grow_with_a_recorders_file(self):
        self.compare(write_file)

    def test_memory_does_not_grow_with_a_log_of_trace_lines(self):
        self.compare(self.write_text)

    def test_a_terminal_is_shown_how_far_it_is(self):
        write_file(self.path, 1)
        shown, terminal = pty.openpty()
        done = subprocess.run(
            [sys.executable, "-c", RUN, REPO / "scripts", str(ADDRESSES),
             self.path, "stats"], stdout=subprocess.DEVNULL, stderr=terminal,
            check=False)
        text = os.read(shown, 1 << 16).decode()
        os.close(terminal)
        os.close(shown)
        self.assertEqual(done.returncode, 0, text)
        self.assertRegex(text, r"^\r *\d+ %(?:\r *\d+ %)*\r +\rpeak ")


if __name__ == "__main__":
    unittest.main()
