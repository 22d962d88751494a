# SPDX-License-Identifier: GPL-2.0-or-later
"""QEMU's source: an item for each line of qemu/lines.toml.

The source of a line is the newest version of it that can be had, whatever
release has it: a mirror may name several and deliver only the oldest. A tree
that an earlier run has kept counts like one of the lists, behind the same
version there.
"""

import re
import sys
from pathlib import Path

from items import Item
from mirror import AptRoot
from store import plain, remove
from words import Unavailable, run, say

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from lines import number, read_lines  # noqa: E402  (it lives in scripts/)


# QEMU's own version in a package's, such as 1:10.2.2+ds-1; not a candidate's.
UPSTREAM = re.compile(r"\d+:(\d+(?:\.\d+)+)(?![.~\d])")


class QemuSource(Item):
    """Debian's source package of a line of QEMU, unpacked."""

    def __init__(self, name, line, on_request):
        super().__init__(name)
        self.line, self.on_request = line, on_request
        self.what = f"source of QEMU {line.name}, never changed"
        self.releases = line.releases

    def kind(self):
        return "qemu-source"

    def root(self, store, release):
        return AptRoot(store.cache, release, sources=True)

    def has(self, text):
        """Whether it names a version of this line."""
        version = UPSTREAM.search(text)
        return bool(version) and self.line.has(version[1])

    def ways(self, store):
        """Those of all releases, the newest version first."""
        def age(way):
            version = UPSTREAM.search(way[0])
            return number(version[1]) if version else ()

        ways = [way for release in self.releases
                for way in self.of_lists(store, release)]
        ways += [way for release in self.releases
                 for way in self.of_earlier_runs(store, release)
                 if self.has(way[0])]
        return sorted(ways, key=age, reverse=True)

    def candidates(self, store, root):
        return [(f"QEMU's source {one.version} ({one.suite})",
                 lambda one=one: self.tree(store, root, one))
                for one in root.versions("qemu") if self.has(one.version)]

    def tree(self, store, root, found):
        version = found.version.partition(":")[2]
        downloads = store.cache / "debs" / f"qemu-source_{plain(version)}"

        def fill(new):
            say(f"QEMU's source {found.version} ({found.suite})")
            root.download_source(found, downloads)
            inner = new / "qemu"
            # apt has checked the hash of each file against the signed
            # lists; the uploader's own signature would need a keyring of
            # all developers.
            run(["dpkg-source", "--no-check", "-x",
                 downloads / f"qemu_{version}.dsc", inner],
                log=store.cache / "qemu-unpack.log")

        tree = store.make(f"qemu-source_{plain(version)}", fill,
                          kind=self.kind(), release=root.release,
                          version=found.version, suite=found.suite,
                          verified="signed release, SHA256 of list and files")
        remove(downloads)
        return tree

    def path_in(self, tree):
        for path in (tree / "qemu", tree):
            if (path / "VERSION").exists():
                return path
        raise Unavailable(f"{tree} is no QEMU source tree (it has no VERSION)")


def source_items():
    """The default line's is called plainly qemu-source; only it is a part of
    "all"."""
    default, *others = read_lines()
    return [QemuSource("qemu-source", default, False)] + [
        QemuSource(f"qemu-source-{line.name}", line, True) for line in others]
