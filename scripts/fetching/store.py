# SPDX-License-Identifier: GPL-2.0-or-later
"""What has been fetched: trees, each with a record of what it is and how it
was verified, and for each item where it was found last.

A tree without a record is the rest of a run that was interrupted, and is made
again.
"""

import fcntl
import hashlib
import json
import os
import shutil
import time
from contextlib import contextmanager
from pathlib import Path

from words import Trouble, Unavailable, full_disk, run, say

# For how long an item that was found is not looked for again, and for how
# long one that could not be had is not tried again. In seconds.
KEEP, GIVE_UP = 24 * 3600, 3600

VERIFIED = "signed release, SHA256 of list and package"


def now():
    return time.strftime("%Y-%m-%d %H:%M", time.localtime())


def default_cache():
    given = os.environ.get("P9XIVE_CACHE")
    if given:
        return Path(given).absolute()
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "p9xive"


@contextmanager
def disk_is_watched():
    """An error of Python's that says that the disk is full, in our words."""
    try:
        yield
    except OSError as error:
        if error.errno in (28, 122):        # ENOSPC, EDQUOT
            raise Trouble(full_disk(str(error))) from None
        raise


class Store:
    def __init__(self, cache):
        self.cache = cache
        self.trees = cache / "trees"
        self.items_file = cache / "items.json"

    @contextmanager
    def locked(self):
        """Two runs at a time would unpack over each other."""
        self.cache.mkdir(parents=True, exist_ok=True)
        with open(self.cache / "lock", "w", encoding="utf-8") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                say("waiting for another run to finish")
                fcntl.flock(file, fcntl.LOCK_EX)
            yield

    # ---------------------------------------------------------------- items

    def items(self):
        try:
            return json.loads(self.items_file.read_text())
        except (OSError, ValueError):
            return {}

    def remember(self, item, **facts):
        items = self.items()
        items[item] = {**facts, "when": now(), "time": time.time()}
        self._write(self.items_file, items)

    def remembered(self, item):
        """The record of an item, if it is new enough to stand."""
        record = self.items().get(item)
        if not record:
            return None
        limit = KEEP if "path" in record else GIVE_UP
        if not 0 <= time.time() - record["time"] < limit:
            return None
        if "path" in record and not os.path.exists(record["path"]):
            return None
        return record

    @staticmethod
    def _write(path, value):
        new = path.with_name(path.name + ".new")
        with disk_is_watched():
            new.write_text(json.dumps(value, indent=1, sort_keys=True) + "\n")
        new.replace(path)

    # ---------------------------------------------------------------- trees

    def record_of(self, tree):
        try:
            return json.loads(self._record_path(tree).read_text())
        except (OSError, ValueError):
            return None

    def is_complete(self, tree):
        return tree.is_dir() and self.record_of(tree) is not None

    @staticmethod
    def _record_path(tree):
        return tree.with_name(tree.name + ".json")

    def make(self, name, fill, **facts):
        """The tree of that name; fill(directory) makes it if there is none.
        Returns its path. Facts are recorded with it."""
        tree = self.trees / name
        if self.is_complete(tree):
            return tree
        new = tree.with_name(tree.name + ".new")
        remove(new)
        with disk_is_watched():
            new.mkdir(parents=True)
            try:
                fill(new)
            except BaseException:
                remove(new)
                raise
        remove(tree)
        new.replace(tree)
        self._write(self._record_path(tree), {**facts, "when": now()})
        return tree

    def earlier(self, kind, release):
        """(path, record) of complete trees of a kind that earlier runs made
        from that release, the newest first."""
        rows = []
        for path in self.trees.glob("*.json"):
            tree = path.with_suffix("")
            record = self.record_of(tree)
            if (record and record.get("kind") == kind and tree.is_dir()
                    and record.get("release") == release):
                rows.append((tree, record, path.stat().st_mtime))
        rows.sort(key=lambda row: row[2], reverse=True)
        return [row[:2] for row in rows]

    # ------------------------------------------------------------- packages

    def package(self, root, found):
        """The tree of a binary package, downloaded if there is none."""
        # Where a package is from is part of its name: two releases may have
        # different builds of one version.
        name = f"{root.release}_{found.package}_{plain(found.version)}"
        tree = self.trees / name
        if self.is_complete(tree):
            return tree
        sha256 = root.sha256(found)

        def fill(new):
            say(f"{found}")
            for file in self.downloaded(root, [found], name, {sha256}):
                run(["dpkg-deb", "-x", file, new])

        tree = self.make(name, fill, kind=found.package, release=root.release,
                         version=found.version, suite=found.suite,
                         sha256=sha256, verified=VERIFIED)
        remove(self.cache / "debs" / name)
        return tree

    def downloaded(self, root, founds, name, hashes):
        """Files of packages, each with one of the hashes of the lists."""
        debs = self.cache / "debs" / name
        try:
            root.download(founds, debs)
        except Unavailable:
            remove(debs)
            raise
        files = sorted(debs.glob("*.deb"))
        # apt has compared them; a file that was there before has not been.
        for file in files:
            if sha256_of(file) not in hashes:
                remove(debs)
                raise Unavailable(f"{file.name} is not what the lists "
                                  "describe (SHA256)")
        if len(files) != len(founds):
            remove(debs)
            raise Unavailable(f"{len(files)} of {len(founds)} packages came")
        return files


def plain(version):
    """A version as a part of a file's name."""
    return version.translate(str.maketrans(":~+", "___"))


def sha256_of(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def remove(path):
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
