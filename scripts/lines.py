#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The lines of QEMU that p9xive builds with: the table qemu/lines.toml.

    scripts/lines.py names          each line's name, the default one first
    scripts/lines.py of VERSION     the name of the line of a version of QEMU;
                                    exit status 1 if it is of none
"""

import re
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

TABLE = Path(__file__).resolve().parent.parent / "qemu" / "lines.toml"


def number(version):
    """A version for comparing; "11.0.93" is 11.1's third candidate."""
    if not re.fullmatch(r"\d+(\.\d+)*", version):
        raise ValueError(f"{version!r} is no version of QEMU")
    return tuple(map(int, version.split(".")))


def is_within(version, since=None, before=None):
    """Whether a version is neither older than since nor as new as before."""
    return ((since is None or number(version) >= number(since)) and
            (before is None or number(version) < number(before)))


@dataclass(frozen=True)
class Line:
    """A row of the table."""
    name: str
    since: str
    before: str
    releases: tuple

    def has(self, version):
        return is_within(version, self.since, self.before)


def read_lines(path=TABLE):
    """All lines, the default one first."""
    rows = tomllib.loads(path.read_text())["line"]
    return [Line(**{**row, "releases": tuple(row["releases"])})
            for row in rows]


def line_of(version, lines):
    """The line that a version belongs to, or None."""
    return next((line for line in lines if line.has(version)), None)


def main(words):
    if words == ["names"]:
        print("\n".join(line.name for line in read_lines()))
        return 0
    if len(words) == 2 and words[0] == "of":
        line = line_of(words[1], read_lines())
        if line:
            print(line.name)
        return 0 if line else 1
    print(__doc__.strip(), file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
