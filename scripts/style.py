#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Check the style of all files and print TAP.

    scripts/style.py [ROOT]
    scripts/style.py --changed BASE [ROOT]

--changed only looks at the layout of the lines of C in which a branch differs
from BASE, as .clang-format has it; "git clang-format BASE" mends them.

A check is a function that takes the tree and gives one line for each thing
that breaks the rule. One that needs a program which is not installed is
skipped with that reason.
"""

import sys
from pathlib import Path

REPO = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPO / "scripts"))
from styling import circles, english, layout, lines  # noqa: E402
from styling import mutants, pages, tools  # noqa: E402
from styling.tree import Skip, Tree  # noqa: E402

CHECKS = (
    ("no line of code has more than 80 columns", lines.columns),
    ("only Makefiles have tabs", lines.tabs),
    ("no line ends in blanks, each file ends in one end of line",
     lines.blanks),
    ("each file has one SPDX line", lines.licence),
    ("tests in C are named by TEST", lines.test_rows),
    ("no file says that something is unfinished", lines.unfinished),
    ("no file has a path of one machine", lines.machine_paths),
    ("no file names a registry's host", lines.hosts),
    ("sentences name their actor", english.english),
    ("calls between the files of a room go one way", circles.circles),
    ("references between pages lead to a page", pages.references),
    ("each page has a title", pages.titles),
    ("each report for upstream is whole", pages.upstream_reports),
    ("each file that a page names exists", pages.named_files),
    ("each test that the threat model names exists", pages.promises),
    ("architecture.rst lists each file of core and adapters",
     pages.architecture),
    ("testing.rst lists each functional test and each part", pages.testing),
    ("overlay.rst lists each hunk and each file of QEMU's tree",
     pages.overlay),
    ("each mutant finds the text that it changes, exactly once",
     mutants.mutants),
    ("shellcheck has nothing to say", tools.shellcheck),
    ("pyflakes has nothing to say", tools.pyflakes),
    ("codespell knows all words", tools.codespell),
    ("cppcheck finds no error in the core", tools.cppcheck),
    ("clang-tidy finds nothing in the core", tools.clang_tidy),
    ("sphinx renders the pages without a warning", tools.sphinx),
)
# A rule that a move breaks everywhere needs no more lines to be understood.
SHOWN = 40


def report(number, name, check, tree):
    """Print one TAP line; True if the check passed or was skipped."""
    try:
        problems = list(check(tree))
    except Skip as why:
        print(f"ok {number} - {name} # SKIP {why}", flush=True)
        return True
    print(f"{'not ok' if problems else 'ok'} {number} - {name}", flush=True)
    for problem in problems[:SHOWN]:
        print(f"# {problem}")
    if len(problems) > SHOWN:
        print(f"# ... and {len(problems) - SHOWN} more")
    return not problems


def main(words):
    checks = CHECKS
    if words[:1] == ["--changed"]:
        checks = [("changed lines have the layout of .clang-format",
                   layout.changed(words[1]))]
        words = words[2:]
    tree = Tree(words[0] if words else REPO)
    print(f"1..{len(checks)}", flush=True)
    results = [report(number, name, check, tree)
               for number, (name, check) in enumerate(checks, 1)]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
