# SPDX-License-Identifier: GPL-2.0-or-later
"""Calls between the files of a room go one way.

A file stands above another one if it names a function or a table that the
other one has. A source and the headers of its name are one.
"""

import re
from posixpath import splitext

from .pages import ROOMS

# The adapters; QEMU's folders for them are one room.
ADAPTERS = "qemu/hw"

COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
WORD = re.compile(r"[A-Za-z_]\w*")
FUNCTION = re.compile(r"^([A-Za-z][\w *]*?)\b(\w+)\([^;{}]*\)\n\{",
                      re.MULTILINE)
TABLE = re.compile(r"^([A-Za-z][\w *]*?)\b(\w+)(?:\[[^]\n]*\])* = \{",
                   re.MULTILINE)


def defined(text, in_header):
    """Names that other files can use."""
    return {name for pattern in (FUNCTION, TABLE)
            for how, name in pattern.findall(text)
            if in_header or "static" not in how.split()}


def calls(tree, room):
    """For each file without its suffix, those that it calls."""
    has, names = {}, {}
    for path in tree.below(room, ".c", ".h"):
        file, suffix = splitext(path)
        file = file.removesuffix("_internal")
        text = COMMENT.sub("", tree.text(path))
        has.setdefault(file, set()).update(defined(text, suffix == ".h"))
        names.setdefault(file, set()).update(WORD.findall(text))
    return {file: {other for other in has
                   if other != file and names[file] & has[other] - has[file]}
            for file in has}


def reached(graph, start):
    """All that can be called from a file, over others too."""
    seen, left = set(), [start]
    while left:
        for file in graph[left.pop()] - seen:
            seen.add(file)
            left.append(file)
    return seen


def circles(tree):
    """No file calls another one that calls it, by whatever way."""
    for room in (*ROOMS, ADAPTERS):
        graph = calls(tree, room)
        below = {file: reached(graph, file) for file in graph}
        for file in sorted(graph):
            for other in sorted(graph[file]):
                if file in below[other]:
                    yield f"{file}: it calls {other}, which leads back to it"
