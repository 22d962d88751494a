# SPDX-License-Identifier: GPL-2.0-or-later
"""Pages and the tree agree: references, names of files, lists of files."""

import ast
import re
import tomllib
from fnmatch import fnmatchcase
from posixpath import basename, dirname, join, normpath

DOC = re.compile(r":doc:`(?:[^`<]*<)?([^`>]+)>?`")
IMAGE = re.compile(r"^\.\. (?:image|figure):: (\S+)")
LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)")
LITERAL = re.compile(r"``?([^`\n]+)``?")
FILE = re.compile(r"[\w*{},./-]*[\w*]\.(?:c|h|inc|py|sh|rst|md|toml|S|txt|json|"
                  r"pml|mak|svg|ld|build)")
TOCTREE = re.compile(r"^\.\. toctree::\n((?:   .*\n|\n)*)", re.MULTILINE)
# Behind comments: a title, and below it a line as long.
TITLED = re.compile(r"(?:\.\. .*\n(?:   .*\n)*|:orphan:\n|\n)*"
                    r"(?:=+\n)?(?P<title>.+)\n(?P<line>=+)\n")

# Files that pages speak of and that are not here, as patterns: of Linux, of
# skiboot, of QEMU, and what a build makes.
ELSEWHERE = (
    "arch/powerpc/*/*.c", "book3s_xive*.c", "asm/*.h", "xive-regs.h",
    "include/phb4-regs.h", "include/xive-p9-regs.h", "hw/xive.c", "hw/phb4.c",
    "doc/xive.rst",
    "pnv_phb4_regs.h", "pnv_chiptod.c", "pnv_xive_regs.h", "hw/ppc/xive_regs.h",
    "configs/devices/*/p9xive.mak", "build/*")

ADAPTERS = "qemu/hw/intc/p9xive"
ROOMS = ("hw/xive", "hw/phb4", "hw/kvm", "hw/ic", "target/ppc")


def literals(text):
    return set(LITERAL.findall(text))


def hunks(tree):
    return tomllib.loads(tree.text("qemu/overlay.toml"))["hunk"]


def references(tree):
    """:doc:, images and links lead to a file; each page is in the contents."""
    for path in tree.pages:
        here = dirname(path)
        for number, line in tree.lines(path):
            wanted = [name + ".rst" for name in DOC.findall(line)]
            wanted += IMAGE.findall(line)
            wanted += LINK.findall(line) if path.endswith(".md") else []
            for name in wanted:
                if not (tree.root / here / name).is_file():
                    yield f"{path}:{number}: it leads nowhere: {name}"
    if "docs/index.rst" in tree.files:
        yield from contents(tree)


def titles(tree):
    """A merge can take the lines of a title for its own marks."""
    for path in tree.below("docs", ".rst"):
        found = TITLED.match(tree.text(path))
        if not found or len(found["title"]) > len(found["line"]):
            yield f"{path}: it has no title"


def contents(tree):
    entries = {normpath(join(dirname(path), name)) + ".rst"
               for path in tree.below("docs", ".rst")
               for block in TOCTREE.findall(tree.text(path))
               for name in re.findall(r"^   ([\w/-]+)$", block, re.MULTILINE)}
    pages = {path for path in tree.below("docs", ".rst")
             if path != "docs/index.rst" and
             ":orphan:" not in tree.text(path)[:200]}
    for path in sorted(pages ^ entries):
        yield f"docs/index.rst: contents and pages differ: {path}"


# What a person needs who reports a fault of upstream's.
REPORT = ("Seen on", "Smallest input", "What happens", "What should happen",
          "How to see it")


def upstream_reports(tree):
    """Each page of docs/upstream has the parts of a report, in their order,
    and a row of the gap list or a word that it was only read."""
    rows = set(re.findall(r"^   \* - (\w+)$", tree.text(
        "docs/specs/gaps.rst"), re.MULTILINE)) \
        if "docs/specs/gaps.rst" in tree.files else set()
    for path in tree.below("docs/upstream", ".rst"):
        if basename(path) == "index.rst":
            continue
        text = tree.text(path)
        parts = re.findall(r"^(\w[\w ]*)\n=+\n(?!=)", text, re.MULTILINE)
        if tuple(part for part in parts if part in REPORT) != REPORT:
            yield f"{path}: a report has the parts {', '.join(REPORT)}"
        named = re.search(r"^Row (\w+)", text, re.MULTILINE)
        if named and named[1] not in rows:
            yield f"{path}: the gap list has no row {named[1]}"
        if not named and "by reading" not in text:
            yield f"{path}: it names no row, and is not by reading"


def named_files(tree):
    """Each file that a page names is here, or is one of QEMU's or Linux's."""
    known = set(tree.files)
    if "qemu/overlay.toml" in known:
        known |= {hunk["file"] for hunk in hunks(tree)}
    for path in tree.pages:
        for number, line in tree.lines(path):
            for name in literals(line):
                if FILE.fullmatch(name) and not is_known(name, known):
                    yield f"{path}:{number}: there is no such file: {name}"


def is_known(name, known):
    """A path, or the end of one after a slash or an underscore."""
    name = name.removeprefix("../").removeprefix("./")
    return (any(fnmatchcase(path, name) or fnmatchcase(path, "*/" + name) or
                name[0] == "_" and fnmatchcase(path, "*" + name)
                for path in known) or
            any(fnmatchcase(name, pattern) for pattern in ELSEWHERE))


def promises(tree):
    """Each test that the threat model names is in a file of tests."""
    page = "docs/threat-model.rst"
    if page not in tree.files:
        return
    table = tree.text(page).partition(".. list-table::")[2]
    table = table.partition("\n===")[0]
    tests = "\n".join([*parts(tree), *(path + "\n" + tree.text(path)
                                       for path in tree.files
                                       if path.startswith("tests/"))])
    for name in sorted(literals(table)):
        if name not in tests and name.replace("-", "_") not in tests:
            yield f"{page}: no test has the name {name}"


def architecture(tree):
    """The tables of architecture.rst have each file of the rooms."""
    page = "docs/architecture.rst"
    names = literals(tree.text(page))
    for room in ROOMS:
        for path in tree.below(room, ".c"):
            if not any(fnmatchcase(basename(path), name) or
                       fnmatchcase(basename(path), name + ".c")
                       for name in names):
                yield f"{page}: {path} is in none of its tables"
    for path in tree.below(ADAPTERS, ".c"):
        short = path.removeprefix(dirname(ADAPTERS) + "/")
        if not any(fnmatchcase(short, name) for name in names):
            yield f"{page}: {path} is not in the adapters' table"


def testing(tree):
    """The tables of testing.rst have each functional test and each part."""
    page = "docs/testing.rst"
    names = literals(tree.text(page))
    wanted = {basename(path) for path in tree.below("tests/functional", ".py")
              if basename(path).startswith("test_")}
    for name in sorted((wanted | set(parts(tree))) - names):
        yield f"{page}: {name} is in none of its tables"


def parts(tree):
    """Names of the parts in the sets of run-tests.py."""
    for node in ast.parse(tree.text("scripts/run-tests.py")).body:
        if isinstance(node, ast.Assign) and node.targets[0].id == "SETS":
            return ast.literal_eval(node.value)["check"]
    return []


def overlay(tree):
    """The tables of overlay.rst have each hunk, and each new file of QEMU."""
    page = "docs/overlay.rst"
    text = tree.text(page)
    table = text.partition("\nThe hunks\n")[2].partition("\nDirect I/O\n")[0]
    rows = {name for cell in re.findall(r"^   \* - ((?:.+\n)(?: {7}``.+\n)*)",
                                        table, re.MULTILINE)
            for name in literals(cell)}
    names = [hunk["name"] for hunk in hunks(tree)]
    for name in names:
        if not any(fnmatchcase(name, row) for row in rows):
            yield f"{page}: hunk {name} is not in its table"
    for row in sorted(rows):
        if not any(fnmatchcase(name, row) for name in names):
            yield f"{page}: there is no hunk {row}"
    files = [path for path in tree.below("qemu", "")
             if not path.startswith((ADAPTERS, "qemu/overlay.toml"))]
    for path in files:
        if basename(path) not in {basename(name) for name in literals(text)}:
            yield f"{page}: it does not name {path}"
