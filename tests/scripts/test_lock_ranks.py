#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The order of locks in docs/architecture.rst is that of xive/lock.h."""

import re
import unittest

from limits_fixture import REPO

ROW = re.compile(r'X\((\w+),\s*"([^"]+)",\s*((?:[^()]|\(\w+\))+)\)')
ANY = "any of these"


def header_rows(text):
    """(lock, locks that may be held) in the order of lock.h."""
    text = text[text.index("#define P9X_LOCK_RANKS(X)"):]
    text = text[:text.index("typedef enum P9xLockRank")].replace("\\\n", "")
    rows = ROW.findall(text)
    names = {rank: name for rank, name, _ in rows}
    result = []
    for rank, name, under in rows:
        ranks = re.findall(r"R\((\w+)\)", under)
        outer = ANY if under.strip() == "P9X_UNDER_ANY" else \
            [names[rank] for rank in ranks]
        result.append((name, outer))
    return result


def page_rows(text):
    """The same of the table in architecture.rst."""
    begin = text.index("Lock, outermost first")
    lines = text[begin:].splitlines()[2:]
    width = text[:begin].splitlines()[-1].index("  ")
    cells = []
    for line in lines:
        if line.startswith("==="):
            break
        left, right = line[:width].strip(), line[width:].strip()
        if left:
            cells.append([left, right])
        else:
            cells[-1][1] += " " + right
    return [(left.strip("`"), read_outer(right)) for left, right in cells]


def read_outer(cell):
    if cell == ANY:
        return ANY
    return [] if cell == "none" else [
        name.strip().strip("`") for name in cell.split(",")]


class LockRanksTest(unittest.TestCase):
    def setUp(self):
        self.header = (REPO / "include/xive/lock.h").read_text()
        self.page = (REPO / "docs/architecture.rst").read_text()

    def test_the_page_shows_the_order_that_the_header_has(self):
        self.assertEqual(page_rows(self.page), header_rows(self.header))

    def test_a_rank_names_only_earlier_ones(self):
        seen = []
        for name, outer in header_rows(self.header):
            if outer != ANY:
                self.assertLessEqual(set(outer), set(seen), name)
            self.assertNotIn(name, seen)
            seen.append(name)

    def test_every_rank_is_given_to_a_lock_or_a_gate(self):
        ranks = set()
        for room in ("hw", "target", "include", "qemu"):
            for path in sorted((REPO / room).rglob("*.[ch]")):
                ranks |= set(re.findall(
                    r"p9x_(?:lock|calls)_init\([^;]*P9X_RANK_(\w+)\)",
                    path.read_text()))
        known = {rank for rank, _, _ in ROW.findall(
            self.header.replace("\\\n", ""))}
        self.assertLessEqual(known - {"TEST", "GATE", "SENDERS"}, ranks)

    def test_a_header_that_differs_is_noticed(self):
        changed = self.header.replace('"P9xTctx.lock",             R(NVT)',
                                      '"P9xTctx.lock",             R(END)')
        self.assertNotEqual(changed, self.header)
        self.assertNotEqual(page_rows(self.page), header_rows(changed))


if __name__ == "__main__":
    unittest.main()
