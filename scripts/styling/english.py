# SPDX-License-Identifier: GPL-2.0-or-later
"""The rule of plain English: a sentence names its actor."""

import re
import tomllib

from .lines import grep

ACTOR = "name the actor (guest, firmware, host program, vCPU thread)"
RULES = (
    # "nobody cared" is what Linux says of an interrupt.
    (re.compile(r"(?<![a-z])(?:who" r"ever|no" r"body(?! cared)|"
                r"some" r"body)(?![a-z])", re.I), ACTOR),
    (re.compile(r"\bwho (?:was|is|has|had)\b", re.I), ACTOR),
    (re.compile(r"(?<!['\w])Linux['](?!s)"), "write \"Linux's\""),
)
# Text that goes into files of QEMU is in there as well: of the hunks only the
# reasons are ours to read.
HUNKS = "qemu/overlay.toml"


def english(tree):
    paths = [path for path in tree.files if path != HUNKS]
    for pattern, what in RULES:
        yield from grep(tree, paths, pattern, what)
    if HUNKS not in tree.files:
        return
    for hunk in tomllib.loads(tree.text(HUNKS))["hunk"]:
        for pattern, what in RULES:
            if match := pattern.search(hunk["why"]):
                yield f"{HUNKS}: {hunk['name']}: {what}: {match[0]}"
