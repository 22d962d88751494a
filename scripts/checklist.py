#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the model has to do, and the tests that show that it does.

    checklist.py            write docs/specs/checklist.rst
    checklist.py --check    fail if it is out of date or a row has nothing

The rows are in docs/specs/checklist.txt. A test in C names those that it
covers in a comment, "rows: N1 N2", before its function; a functional test in
its tags, "row:N1,row:N2".

What Linux's own devices say of each row: a sequence of tests/conform names
those that it shows in the same comment, docs/specs/checklist-linux.txt has all
others, with the reason.
"""
import ast
import fnmatch
import pathlib
import re
import sys

REPO = pathlib.Path(__file__).resolve().parent.parent
ROWS = REPO / "docs/specs/checklist.txt"
LINUX = REPO / "docs/specs/checklist-linux.txt"
PAGE = REPO / "docs/specs/checklist.rst"
TEST = re.compile(r"/\* rows: ([^*]+?) \*/\s*static void test_(\w+)\(")
SEQUENCE = re.compile(r"/\* rows: ([^*]+?) \*/\s*(?:static )?void (\w+)\(")
TAGS = re.compile(r":avocado: tags=(\S+)")

HEAD = """.. SPDX-License-Identifier: GPL-2.0-or-later
.. Made by scripts/checklist.py from checklist.txt and the tests' comments.

:orphan:

Checklist
=========

One row for each thing that the model does as the hardware, the firmware or
the kernel does, and where it is shown. L numbers are mistakes of Linux 6.1
that appear on demand (:doc:`kvm-quirks`). The last column tells what Linux's
own devices have said of it, on powernv9 (part ``conform`` of :doc:`../testing`,
and the tests that name a POWER host): that it was seen there, that it differs,
or why it is not to be seen.

"""


def read_rows():
    """Rows as (number, behaviour, note)."""
    rows = []
    for line in ROWS.read_text().splitlines():
        if line and not line.startswith("#"):
            number, what, note = (part.strip()
                                  for part in line.split(" |", 2))
            rows.append((number, what.removeprefix("| "), note))
    return rows


def unit_tests(path):
    """(row number, name) of a file in C."""
    for numbers, name in TEST.findall(path.read_text()):
        for number in numbers.split():
            yield number, name


def functional_tests(path):
    """(row number, name) of a file of avocado tests."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef):
            for tags in TAGS.findall(ast.get_docstring(node) or ""):
                for tag in tags.split(","):
                    kind, _, value = tag.partition(":")
                    if kind == "row":
                        yield value, node.name.removeprefix("test_")


def read_tests():
    """Row number to list of (file, sentence)."""
    tests = {}
    for pattern, read in (("tests/*/*.c", unit_tests),
                          ("tests/functional/test_*.py", functional_tests)):
        for path in sorted(REPO.glob(pattern)):
            for number, name in read(path):
                tests.setdefault(number, []).append(
                    (path.relative_to(REPO).as_posix(),
                     name.replace("_", " ")))
    return tests


def read_linux():
    """[(pattern of row numbers, what Linux says)], the first one counts."""
    found = []
    for path in sorted(REPO.glob("tests/conform/*.c")):
        for numbers, _ in SEQUENCE.findall(path.read_text()):
            found += [(number, f"Seen on the kernel, ``{path.name}``")
                      for number in numbers.split()]
    for line in LINUX.read_text().splitlines():
        if line and not line.startswith("#"):
            numbers, what = line.split(" | ", 1)
            found += [(number, what) for number in numbers.split()]
    return found


def on_linux(number, linux):
    """All that is said of a row; a pattern only if nothing else is."""
    own = [what for pattern, what in linux if pattern == number]
    return own or [what for pattern, what in linux
                   if fnmatch.fnmatchcase(number, pattern)][:1]


def cell(lines):
    return "\n       ".join(lines)


def shown(number, note, tests):
    """Lines of a table cell."""
    lines = []
    last = None
    for path, sentence in tests.get(number, []):
        if path != last:
            lines += ["", f"``{path}``"] if lines else [f"``{path}``"]
            lines.append("")
            last = path
        lines.append(f"- {sentence}")
    if note:
        lines += [""] if lines else []
        note = note.removeprefix("no: ")
        lines.append(note[0].upper() + note[1:])
    return lines


def escape(text):
    return re.sub(r"([*|_\\])", r"\\\1", text).replace("``", '"')


def make_page(rows, tests, linux):
    parts = [HEAD, ".. list-table::\n   :header-rows: 1\n"
             "   :widths: 8 32 40 20\n\n   * - Row\n     - Behaviour\n"
             "     - Shown by\n     - On Linux\n"]
    for number, what, note in rows:
        parts.append(f"   * - {number}\n     - {escape(what)}\n     - "
                     + cell(shown(number, note, tests)) + "\n     - "
                     + cell(["; ".join(dict.fromkeys(
                         on_linux(number, linux)))]) + "\n")
    return re.sub(r"[ ]+\n", "\n", "".join(parts))


def problems(rows, tests, linux):
    known = {number for number, _, _ in rows}
    found = [f"row {number} has no test and no reason why"
             for number, _, note in rows
             if number not in tests and not note]
    found += [f"{tests[number][0][0]} names row {number}, which is none"
              for number in sorted(set(tests) - known)
              if not re.fullmatch(r"[LQ]\d+", number)]
    found += [f"row {number}: nothing says whether it was seen on Linux"
              for number in sorted(known) if not on_linux(number, linux)]
    found += [f"checklist-linux.txt or tests/conform name {pattern}, no row"
              for pattern, _ in linux if not fnmatch.filter(known, pattern)]
    return found


def main():
    rows, tests, linux = read_rows(), read_tests(), read_linux()
    wrong = problems(rows, tests, linux)
    page = make_page(rows, tests, linux)
    if "--check" in sys.argv[1:]:
        if not PAGE.exists() or PAGE.read_text() != page:
            wrong.append("checklist.rst is out of date: run "
                         "scripts/checklist.py")
    else:
        PAGE.write_text(page)
    for line in wrong:
        print(line, file=sys.stderr)
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
