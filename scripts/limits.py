#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Time limits of tests, on this machine.

Tests name seconds of a quiet reference machine. A limit here is that many
seconds times one number, the time scale, which is at least 1:

  P9XIVE_TIME_SCALE  the time scale. scripts/run-tests.py measures it
                     (speed.py) for all programs that it starts, unless it is
                     set by hand; a program that is run alone measures itself.

  P9XIVE_BUDGET_MIN  minutes for all of scripts/run-tests.py. What would not end
                     by then is not begun, but skipped with that reason.
  P9XIVE_UNTIL       when that is, in seconds since 1970: .ci/run sets it when
                     it starts, else run-tests.py does.
  P9XIVE_SLOWNESS    by how much longer things take: as last measured by
                     run-tests.py, without the time scale's reserve.

A limit is for something that has to come. How long a load lasts is none, and
is never multiplied.

Load may come later. So a Limit that knows a process's threads does not count
the time in which they waited for a processor.

    scripts/limits.py [TIMES]    print the time scale, times TIMES
"""

import functools
import os
import sys
import time
from pathlib import Path

import speed

VARIABLE = "P9XIVE_TIME_SCALE"
BUDGET = "P9XIVE_BUDGET_MIN"
UNTIL = "P9XIVE_UNTIL"
SLOWNESS = "P9XIVE_SLOWNESS"
# Seconds by which what has begun in time may end later.
PAST_BUDGET = 300


def given():
    """The time scale in the environment, or None."""
    text = os.environ.get(VARIABLE)
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 1 <= value <= 1000:
        sys.exit(f"{VARIABLE}={text}: not a number from 1 to 1000")
    return value


@functools.lru_cache(None)
def measured():
    return speed.measure().scale()


def scale():
    return given() or measured()


def scaled(seconds):
    return seconds * scale()


def waited(pid):
    """For how many seconds a thread of the process was kept from running by
    others: of the one that waited longest; 0 if the kernel doesn't tell."""
    longest = 0
    for path in Path(f"/proc/{pid}/task").glob("*/schedstat"):
        try:
            longest = max(longest, int(path.read_text().split()[1]))
        except (OSError, ValueError, IndexError):
            continue        # the thread has ended meanwhile
    return longest / 1e9


# Linux's own limits: name, seconds, what it takes at most. A CPU of a guest may
# stand still for seconds when its host is busy, which is no fault of the
# guest's, and load may come when it has booted: so Linux's defaults for the
# first two (10 s and 21 s) are too short on any machine.
LINUX_LIMITS = (
    ("watchdog_thresh", 30, 60),
    ("rcupdate.rcu_cpu_stall_timeout", 60, 300),
    ("sysctl.kernel.hung_task_timeout_secs", 120, 3600),
    ("nvme_core.io_timeout", 30, 3600),
    ("nvme_core.admin_timeout", 60, 3600),
)


def linux(command_line):
    """A kernel's command line with Linux's own limits added."""
    factor = scale()
    words = [f"{name}={min(most, round(seconds * factor))}"
             for name, seconds, most in LINUX_LIMITS]
    return " ".join(command_line.split() + words)


class Limit:
    """So many seconds of a quiet reference machine from now on."""

    def __init__(self, seconds, waited_so_far=lambda: 0.0):
        """@waited_so_far() grows with the time that is not to count."""
        self.seconds = seconds
        self.waited_so_far = waited_so_far
        self.waited_before = waited_so_far()
        self.start = time.monotonic()
        self.most = budget_left() + PAST_BUDGET

    def allowed(self):
        """Seconds from the start, as it is known by now."""
        excused = max(0.0, self.waited_so_far() - self.waited_before)
        return min(self.most, max(
            scaled(self.seconds),
            min(self.seconds + excused, self.seconds * speed.MOST)))

    def left(self):
        passed = time.monotonic() - self.start
        # To ask the kernel takes time: only when it matters.
        return (max(0.0, min(self.most, scaled(self.seconds)) - passed) or
                max(0.0, self.allowed() - passed))

    def __str__(self):
        allowed = self.allowed()
        if allowed == self.most:
            return f"{allowed:.0f} s, which all tests together had left"
        if allowed < self.seconds + 0.5:
            return f"{self.seconds:g} s"
        return (f"{allowed:.0f} s ({self.seconds:g} s x "
                f"{allowed / self.seconds:.1f})")


def budget_left():
    """Seconds; infinity without a budget."""
    until = os.environ.get(UNTIL)
    return float(until) - time.time() if until else float("inf")


def no_time_for(seconds):
    """Why something that takes so many seconds of a quiet machine can't be
    begun any more; "" if it can."""
    left = budget_left()
    if left == float("inf"):
        return ""
    slowness = float(os.environ.get(SLOWNESS) or scale())
    if seconds * slowness <= left:
        return ""
    return (f"not enough time: {max(0, left):.0f} s left, needs "
            f"{seconds * slowness:.0f} s at this speed (things take "
            f"{slowness:.1f} times as long)")


def begin_budget():
    """From now on, unless a program before has begun it."""
    minutes = os.environ.get(BUDGET)
    if minutes and not os.environ.get(UNTIL):
        os.environ[UNTIL] = f"{time.time() + float(minutes) * 60:.0f}"


class Pace:
    """What run-tests.py does with the time scale: measure it, anew before each
    part, keep the greatest, and hand it to all programs."""

    def __init__(self, measure=speed.measure):
        self.measure = measure
        self.factor = 0.0
        self.by_hand = given()

    def update(self):
        """The line to be printed, or "" if nothing is new."""
        if self.by_hand:
            first, self.factor = not self.factor, self.by_hand
            return (f"speed: time limits x {self.factor:g}, as {VARIABLE} says"
                    if first else "")
        now = self.measure()
        os.environ[SLOWNESS] = f"{now.slowness():.2f}"
        # A little more than before is noise.
        if now.scale() < self.factor * 1.2:
            return ""
        self.factor = now.scale()
        os.environ[VARIABLE] = f"{self.factor:g}"
        return f"speed: {now}; time limits x {self.factor:g}"


def main():
    times = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    print(f"{times * scale():g}")


if __name__ == "__main__":
    main()
