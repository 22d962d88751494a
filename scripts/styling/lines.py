# SPDX-License-Identifier: GPL-2.0-or-later
"""Rules that hold for each line of a file."""

import re

COLUMNS = 80
# The SPDX line stands here; an issue template begins with its own header.
HEAD_LINES = 10
SPDX = re.compile("SPDX-License-" r"Identifier: (.*?)\s*(?:\*/|-->)?$")
LICENCE = "GPL-2.0-or-later"
# No comment is possible in these.
WITHOUT_SPDX = (".json",)

UNFINISHED = re.compile(r"\b(?:TO" "DO|FIX" "ME|X" "XX)\\b")
MACHINE_PATH = re.compile(r"(?<![\w.}])/(?:root|home|work|tmp/w)/[\w.]")
URL = re.compile(r"https?://([^/\s\"'`<>)]+)")
# A name space, the loopback address, and what a program puts in.
NO_HOST = re.compile(r"www\.w3\.org$|127\.0\.0\.1|localhost|\{|\$|.*\.example$")
REGISTRY = re.compile(
    r"\b(?:[\w-]+\.)*(?:debian\.(?:org|net)|pypi\.org|pythonhosted\.org|"
    r"npmjs\.(?:com|org)|crates\.io|golang\.org|docker\.io)\b")


def grep(tree, paths, pattern, what):
    for path in paths:
        for number, line in tree.lines(path):
            if match := pattern.search(line):
                yield f"{path}:{number}: {what}: {match[0]}"


def columns(tree):
    for path in tree.code:
        for number, line in tree.lines(path):
            if len(line) > COLUMNS:
                yield f"{path}:{number}: {len(line)} columns"


def tabs(tree):
    paths = [path for path in tree.files
             if path.rsplit("/", 1)[-1] != "Makefile"]
    return grep(tree, paths, re.compile(r"\t"), "a tab")


def blanks(tree):
    yield from grep(tree, tree.files, re.compile(r"[ \t\r]+$"),
                    "blanks at the end")
    for path in tree.files:
        text = tree.text(path)
        if not text.endswith("\n") or text.endswith("\n\n"):
            yield f"{path}: it doesn't end in one end of line"


def licence(tree):
    for path in tree.files:
        if path.endswith(WITHOUT_SPDX):
            continue
        head = tree.text(path).split("\n", HEAD_LINES)[:HEAD_LINES]
        found = [match[1] for line in head if (match := SPDX.search(line))]
        if found != [LICENCE]:
            yield f"{path}: SPDX lines at its head: {found or 'none'}"


# A row of tests by hand, or a test that has no row.
ROW_BY_HAND = re.compile(r'\{ ?"[^"]*",\s*test_\w+ ?\}|^#define \w*TEST\b')
MACRO = "tests/lib/run.h"


def test_rows(tree):
    paths = [path for path in tree.below("tests", ".c", ".h")
             if path != MACRO and not path.startswith("tests/guest/")]
    return grep(tree, paths, ROW_BY_HAND, f"TEST(sentence) of {MACRO} does it")


def unfinished(tree):
    return grep(tree, tree.files, UNFINISHED, "unfinished")


def machine_paths(tree):
    return grep(tree, tree.files, MACHINE_PATH, "a path of one machine")


def hosts(tree):
    yield from grep(tree, tree.files, REGISTRY, "a registry's host")
    for path in tree.files:
        for number, line in tree.lines(path):
            for host in URL.findall(line):
                if not NO_HOST.match(host):
                    yield f"{path}:{number}: a host: {host}"
