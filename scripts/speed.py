#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Measure how fast this machine is now.

    scripts/speed.py

The same work runs on each processor at once, and is timed twice: the time that
it spent on a processor says how fast the processors are, the time that passed
says how long it had to wait for one beside other programs. Both are compared
with the reference machine when it is quiet, which does a step in STEP seconds.
"""

import os
import struct
import time
from dataclasses import dataclass

STEP = 0.0024           # seconds on the reference machine
STEPS = 160             # 0.4 s there
ROUNDS = 50000          # of the loop in one step
MOST = 20.0             # no machine counts as slower than that
# Programs run two at a time even on one processor; many tell nothing new.
FEWEST, MOST_WORKERS = 2, 8
# Below it is noise; above it the load may grow while a limit runs.
NOISE, RESERVE = 1.25, 1.5


@dataclass
class Speed:
    """How many times slower than the reference machine when that is quiet."""
    processor: float        # because of the processor
    waiting: float          # because other programs have it

    def slowness(self):
        return min(MOST, max(1.0, self.processor * self.waiting))

    def scale(self):
        """What time limits are to be multiplied with."""
        slowness = self.slowness()
        if slowness < NOISE:
            return 1.0
        return round(min(MOST, slowness * RESERVE), 1)

    def __str__(self):
        return (f"the processor takes {self.processor:.1f} times as long as "
                f"the reference, waiting for it makes it "
                f"{self.processor * self.waiting:.1f} times")


def step():
    value = 0
    for i in range(ROUNDS):
        value = (value * 31 + i) & 0xffffffff
    return value


def work(seconds=MOST * STEP * STEPS):
    """(steps done, seconds that passed, seconds on a processor); ends early
    when @seconds are over."""
    start, start_cpu = time.monotonic(), time.thread_time()
    passed = done = 0
    while done < STEPS and passed < seconds:
        step()
        done += 1
        passed = time.monotonic() - start
    return done, passed, time.thread_time() - start_cpu


def start_worker():
    """A child that works; and the pipe that says what it measured."""
    mine, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(theirs, struct.pack("3d", *work()))
        finally:
            os._exit(0)
    os.close(theirs)
    return child, mine


def read_worker(child, pipe):
    with open(pipe, "rb") as file:
        data = file.read()
    os.waitpid(child, 0)
    return struct.unpack("3d", data)


def measure():
    count = min(MOST_WORKERS, max(FEWEST, len(os.sched_getaffinity(0))))
    found = [read_worker(*worker) for worker in
             [start_worker() for _ in range(count)]]
    processor = sum(cpu / done for done, _, cpu in found) / count / STEP
    slowest = max(passed / done for done, passed, _ in found) / STEP
    return Speed(processor, max(1.0, slowest / processor))


if __name__ == "__main__":
    now = measure()
    print(f"{now}: time limits x {now.scale():g}")
