#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Make the QEMU tree that is built: a pristine tree with p9xive laid over it.

Three things go on top of the pristine tree:

  qemu/**              to the same path, shadowing or adding a file
                       (except overlay.toml, lines.toml and configs/)
  qemu/since-V/**,     the same for trees of version V and newer, and for those
  qemu/before-V/**     older than V
  hw/ target/          the core, to hw/intc/p9xive/hw and .../target
  include/             its headers, to include/, where QEMU's compiler looks:
                       flags stay the same for every file, so that stock and
                       ours share the compiler cache
  qemu/overlay.toml    textual hunks, for what neither can reach

and qemu/configs/*.mak go to configs/devices/ppc64-softmmu/. That last one is
done for --stock too, which has nothing else, so that stock and ours are built
with the same devices.

The tree is brought up to date in place, each time before ninja runs. Only
files whose content changes are written, so ninja rebuilds what depends on
them and nothing else. The pristine tree is only read: its files are hard
links in ours, and a file is never changed in place but always replaced.

A hunk of overlay.toml is a table [[hunk]] with the string keys
  name    a short identifier
  why     one sentence: what QEMU lacks without it
  file    path in QEMU's tree
  anchor  text that must stand exactly once in the pristine file
  action  "insert-before" or "insert-after" the line(s) that hold the anchor,
          or "replace" the anchor itself
  until   (only with "replace", optional) text after the anchor; all between
          the two goes as well, so that it need not be quoted
  text    what is put there (a newline is added to inserted text without one)
  since, before  (optional) versions: the hunk is for trees that are not older
          than the one and older than the other. A name may stand twice if no
          tree gets both hunks.
Anchors are looked up in the pristine text, so the order of hunks does not
matter, except for two that insert at the same place. If any hunk doesn't fit,
all that don't are reported and the tree is left as it was.
"""

import argparse
import fcntl
import os
import re
import shutil
import sys
import tomllib
from pathlib import Path

from lines import is_within, number

CORE_DIR = "hw/intc/p9xive"
CORE_PARTS = {"include": "include",
              "hw": f"{CORE_DIR}/hw",
              "target": f"{CORE_DIR}/target"}
CONFIG_DIR = "configs/devices/ppc64-softmmu"
# Not needed to build, or not part of the source: firmware sources alone are
# two thirds of the tree.
SKIPPED_TOP = {".git", ".pc", "build", "debian", "roms"}
ACTIONS = ("insert-before", "insert-after", "replace")
HUNK_KEYS = {"name", "why", "file", "anchor", "action", "text"}
OPTIONAL_KEYS = {"until", "since", "before"}
ONLY_FOR = re.compile(r"(since|before)-([^/]+)/(.*)")
TABLES = ("overlay.toml", "lines.toml")


class OverlayError(Exception):
    """Something to tell the user; nothing has been changed."""


def is_junk(name):
    """Editors' and interpreters' leftovers, in the repository or a tree."""
    return (name.endswith(("~", ".swp", ".orig", ".rej", ".pyc"))
            or name.startswith((".#", "#"))
            or name == "__pycache__")


def walk_files(top, skipped_top=()):
    """Paths relative to top of all files and symbolic links below it."""
    stack = [""]
    while stack:
        directory = stack.pop()
        with os.scandir(os.path.join(top, directory)) as entries:
            for entry in entries:
                if is_junk(entry.name):
                    continue
                if not directory and entry.name in skipped_top:
                    continue
                path = os.path.join(directory, entry.name)
                if entry.is_dir(follow_symlinks=False):
                    stack.append(path)
                else:
                    yield path


def load_hunks(path):
    """The checked hunks of an overlay.toml; none if there is no such file."""
    if not path.exists():
        return []
    try:
        document = tomllib.loads(path.read_text())
    except tomllib.TOMLDecodeError as error:
        raise OverlayError(f"{path}: {error}") from error

    extra = document.keys() - {"hunk"}
    if extra:
        raise OverlayError(f"{path}: unknown table {sorted(extra)[0]}")

    hunks = document.get("hunk", [])
    earlier = {}
    for place, hunk in enumerate(hunks, 1):
        name = hunk.get("name", f"number {place}")
        complaint = hunk_complaint(hunk) or next(
            ("the name is taken" for other in earlier.get(name, ())
             if overlap(hunk, other)), None)
        if complaint:
            raise OverlayError(f"{path}: hunk {name}: {complaint}")
        earlier.setdefault(name, []).append(hunk)
    return hunks


def hunk_complaint(hunk):
    """What is wrong with a hunk by itself, or None."""
    wrong = (hunk.keys() - OPTIONAL_KEYS) ^ HUNK_KEYS
    if wrong:
        return "missing or unknown key " + ", ".join(sorted(wrong))
    if not all(isinstance(value, str) for value in hunk.values()):
        return "all values are strings"
    if hunk["action"] not in ACTIONS:
        return "action is one of " + ", ".join(ACTIONS)
    if not hunk["anchor"]:
        return "empty anchor"
    if "until" in hunk and hunk["action"] != "replace":
        return "until goes with replace"
    try:
        number(hunk.get("since", "0")), number(hunk.get("before", "0"))
    except ValueError as error:
        return str(error)
    return None


def overlap(one, other):
    """Whether a tree can get both hunks."""
    return (is_within(one.get("since", "0"), before=other.get("before")) and
            is_within(other.get("since", "0"), before=one.get("before")))


def is_for(hunk, version):
    return is_within(version, hunk.get("since"), hunk.get("before"))


def hunk_edit(hunk, text):
    """(start, end, replacement) of one hunk in a pristine file's text."""
    anchor, new = hunk["anchor"], hunk["text"]
    start = text.index(anchor)
    end = start + len(anchor)
    if hunk["action"] == "replace":
        if "until" in hunk:
            end = text.index(hunk["until"], end) + len(hunk["until"])
        return start, end, new

    if new and not new.endswith("\n"):
        new += "\n"
    if hunk["action"] == "insert-before":
        line = text.rfind("\n", 0, start) + 1
        return line, line, new
    # The anchor's own newline, if it has one, ends its last line.
    newline = text.find("\n", max(start, end - 1))
    if newline < 0:
        return len(text), len(text), "\n" + new
    return newline + 1, newline + 1, new


def patch_text(path, text, hunks):
    """Apply a file's hunks; returns (new text, list of complaints)."""
    complaints, edits = [], []
    for hunk in hunks:
        count = text.count(hunk["anchor"])
        if count == 1 and hunk.get("until", "") not in text[
                text.index(hunk["anchor"]) + len(hunk["anchor"]):]:
            complaints.append(f"hunk {hunk['name']}: nothing after its "
                              f"anchor in {path} matches until")
            continue
        if count == 1:
            edits.append((*hunk_edit(hunk, text), hunk["name"]))
            continue
        complaints.append(f"hunk {hunk['name']}: its anchor stands {count} "
                          f"times in {path}, must be once: "
                          f"{hunk['anchor'].strip()!r}")

    result, position, last = [], 0, None
    for start, end, new, name in sorted(edits, key=lambda edit: edit[:2]):
        if start < position:
            complaints.append(f"hunks {last} and {name} overlap in {path}")
            continue
        result += [text[position:start], new]
        position, last = end, name
    result.append(text[position:])
    return "".join(result), complaints


def place_in_tree(path, version):
    """Where a file of qemu/ goes in a tree of a version, or None."""
    match = ONLY_FOR.match(path)
    if match:
        word, limit, path = match.groups()
        if not is_within(version, **{word: limit}):
            return None
    return path


def overlay_files(repo, version):
    """Map of path in QEMU's tree to the file of ours that goes there."""
    files = {}

    def add(target, source):
        if target in files:
            raise OverlayError(f"both {files[target]} and {source} "
                               f"go to {target}")
        files[target] = source

    room = repo / "qemu"
    for path in walk_files(room) if room.is_dir() else ():
        if path in TABLES or path.startswith("configs/"):
            continue
        target = place_in_tree(path, version)
        if target:
            add(target, room / path)
    for part, target in CORE_PARTS.items():
        if (repo / part).is_dir():
            for path in walk_files(repo / part):
                add(f"{target}/{path}", repo / part / path)
    return files


def config_files(repo):
    return {f"{CONFIG_DIR}/{source.name}": source
            for source in sorted((repo / "qemu/configs").glob("*.mak"))}


def version_of(pristine):
    version = (pristine / "VERSION").read_text().strip()
    try:
        number(version)
    except ValueError as error:
        raise OverlayError(f"{pristine / 'VERSION'}: {error}") from error
    return version


def wanted_content(repo, pristine, stock):
    """Map of path in QEMU's tree to the bytes that we want there."""
    content = {path: source.read_bytes()
               for path, source in config_files(repo).items()}
    if stock:
        return content

    version = version_of(pristine)
    for path, source in overlay_files(repo, version).items():
        content[path] = source.read_bytes()

    by_file = {}
    for hunk in load_hunks(repo / "qemu/overlay.toml"):
        if not is_for(hunk, version):
            continue
        by_file.setdefault(hunk["file"], []).append(hunk)
    complaints = []
    for path, hunks in by_file.items():
        names = ", ".join(hunk["name"] for hunk in hunks)
        if path in content:
            complaints.append(f"hunk {names}: {path} is ours, edit it there")
            continue
        if not (pristine / path).is_file():
            complaints.append(f"hunk {names}: QEMU has no file {path}")
            continue
        text, more = patch_text(path, (pristine / path).read_text(), hunks)
        complaints += more
        content[path] = text.encode()
    if complaints:
        raise OverlayError("\n".join(complaints) + "\n(pristine tree: "
                           f"{pristine}, version {version}; hunks: "
                           "qemu/overlay.toml)")
    return content


class Tree:
    """The tree that is built, and how files get into it."""

    def __init__(self, top):
        self.top = top
        self.changed = 0

    def replace(self, path, fill):
        """Put a new file at path: fill(temporary) makes it, then it moves."""
        target = self.top / path
        temporary = target.with_name(f".{target.name}.p9xive-new")
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary.unlink(missing_ok=True)
        fill(temporary)
        temporary.replace(target)
        self.changed += 1

    def put_bytes(self, path, data):
        target = self.top / path
        if (target.is_file() and not target.is_symlink()
                and target.read_bytes() == data):
            return
        self.replace(path, lambda file: file.write_bytes(data))

    def put_pristine(self, path, source):
        """Have the pristine file at path.

        A file that was not there is linked. One that has to take the place
        of another, as when a file of ours that shadowed it is gone, is copied
        so that it gets the current time: with its old time ninja would take
        what was compiled from the other one to be up to date.
        """
        target = self.top / path
        try:
            ours = os.lstat(target)
        except FileNotFoundError:
            self.replace(path, lambda file: link_or_copy(source, file))
            return
        theirs = os.lstat(source)
        if os.path.samestat(ours, theirs):
            return
        if os.path.islink(source):
            if (not os.path.islink(target)
                    or os.readlink(target) != os.readlink(source)):
                self.replace(path, lambda file: link_or_copy(source, file))
            return
        if not os.path.islink(target) and ours.st_size == theirs.st_size:
            if ours.st_mtime_ns == theirs.st_mtime_ns:
                return
            if target.read_bytes() == Path(source).read_bytes():
                return
        self.replace(path, lambda file: copy_now(source, file))

    def remove_others(self, wanted):
        """Drop what is neither pristine nor ours (any more)."""
        parents = set()
        for path in list(walk_files(self.top)):
            if path not in wanted:
                (self.top / path).unlink()
                parents.add((self.top / path).parent)
                self.changed += 1
        for directory in sorted(parents, reverse=True):
            while directory != self.top and not any(directory.iterdir()):
                directory.rmdir()
                directory = directory.parent


def link_or_copy(source, target):
    if os.path.islink(source):
        os.symlink(os.readlink(source), target)
        return
    try:
        os.link(source, target)
    except OSError:
        # Another file system, or one without hard links.
        shutil.copy2(source, target)


def copy_now(source, target):
    """Copy content and mode, but not the time."""
    shutil.copyfile(source, target)
    shutil.copymode(source, target)


def apply_overlay(repo, pristine, top, stock):
    """Bring the tree at top up to date; returns how many files changed."""
    if not (pristine / "VERSION").is_file() or not (
            pristine / "configure").is_file():
        raise OverlayError(f"{pristine} is no QEMU source tree: give one "
                           "with ./configure --qemu-source=DIR")
    content = wanted_content(repo, pristine, stock)
    top.mkdir(parents=True, exist_ok=True)
    tree = Tree(top)
    wanted = set(content)
    for path in walk_files(pristine, SKIPPED_TOP):
        if path not in content:
            wanted.add(path)
            tree.put_pristine(path, os.path.join(pristine, path))
    for path, data in content.items():
        tree.put_bytes(path, data)
    tree.remove_others(wanted)
    return tree.changed


def main():
    parser = argparse.ArgumentParser(
        description="Lay p9xive over a QEMU source tree.")
    parser.add_argument("--repo", type=Path, required=True,
                        help="p9xive's top directory")
    parser.add_argument("--pristine", type=Path, required=True,
                        help="QEMU's source, which is only read")
    parser.add_argument("--tree", type=Path, required=True,
                        help="the tree to make or bring up to date")
    parser.add_argument("--stock", action="store_true",
                        help="only the device configuration")
    args = parser.parse_args()

    args.tree.parent.mkdir(parents=True, exist_ok=True)
    with open(args.tree.with_name(args.tree.name + ".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            changed = apply_overlay(args.repo, args.pristine, args.tree,
                                    args.stock)
        except OverlayError as error:
            for line in str(error).splitlines():
                print(f"overlay: {line}", file=sys.stderr)
            return 1
    if changed:
        print(f"overlay: {changed} files of {args.tree} changed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
