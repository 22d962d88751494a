# SPDX-License-Identifier: GPL-2.0-or-later
"""Which QEMU has which gap: docs/specs/gaps.rst for programs.

A test of a gap fails on upstream's 10.0. CHANGES lists what is otherwise in
older and newer versions; each line was seen by running the test there.
"""

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))
from lines import is_within  # noqa: E402  (it lives in scripts/)

# What one version has and the next one tried does not: the versions between
# were not tried.
TRIED = ("7.2", "10.0", "11.1")


@dataclass(frozen=True)
class Change:
    """Tests whose names match fail from one version on, up to another.

    since     the first version in which they fail; "" is all older ones
    before    the first in which they pass again; "" is none yet
    """
    tests: str
    since: str
    before: str
    why: str

    def covers(self, name):
        return re.search(self.tests, name) is not None

    def is_open(self, version):
        return is_within(version, self.since or None, self.before or None)


CHANGES = (
    Change(r"\bC17\b|\bC18\b", "10.1", "",
           "10.0 takes no notice of groups"),
    Change(r"\bX1\b|\bX18\b", "", "10.1",
           "lowering CPPR takes a signalled interrupt back"),
    Change(r"\bS24\b", "", "11.1",
           "a system reset leaves vCPUs alone that RTAS has stopped"),
    Change("guest goes on from a snapshot under load|"
           "interrupt that waits while the guest is saved arrives|"
           "guest moves twice under load", "", "11.1.2",
           "an interrupt that is pending when a guest moves is presented"),
    Change(r"\[X2\] with", "8.0", "",
           "7.2 sets PIPR anew after an acknowledge"),
    Change(r"\[S13\] a load from the notification page", "8.0", "",
           "on 7.2 the address of the page is right"),
    Change(r"\[Q3\] a refused offset changes nothing", "8.0", "",
           "on 7.2 these offsets do something else"),
    Change("a store of any size anywhere in the trigger page triggers|"
           "a store at 0x000-0x3ff of the management page triggers|"
           "loads of 1, 2, 4 and 8 bytes work alike|"
           "operations repeat: 0x890 is 0x810|"
           "there is nothing behind the user page", "", "10.0",
           "the windows take few sizes and offsets"),
)


def version_of(qemu):
    """The version of a binary; None if it does not say one."""
    try:
        done = subprocess.run([qemu, "--version"], capture_output=True,
                              text=True, check=False)
    except OSError:
        return None
    found = re.search(r"version (\d+(?:\.\d+)+)", done.stdout)
    return found[1] if found else None


def is_open(name, version, is_gap=True):
    """Does a test fail on upstream's QEMU of that version? @is_gap: it is
    one of the tests of a gap, which fail unless CHANGES says otherwise."""
    for change in CHANGES:
        if change.covers(name):
            return change.is_open(version)
    return is_gap


def why_of(name):
    return next((change.why for change in CHANGES if change.covers(name)), "")
