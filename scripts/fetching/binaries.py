# SPDX-License-Identifier: GPL-2.0-or-later
"""QEMU as Debian releases build it, for this machine: binaries that were not
built here, to ask for their gaps (make check-stock).

Each comes with all of its libraries, its own dynamic loader included, so that
a binary of a newer release runs on an older one. Firmware and modules are
those of its release.
"""

import re
import subprocess

from items import Item
from mirror import AptRoot
from store import VERIFIED, plain, remove
from words import Unavailable, run, say

# The program and what it runs with. The loader is started by name, because
# the one of this system knows older libraries only.
START = """#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
QEMU_MODULE_DIR=$here/usr/lib/{triplet}/qemu
export QEMU_MODULE_DIR
exec "$here/{loader}" --library-path "$here/usr/lib/{triplet}:\\
$here/lib/{triplet}:$here/usr/lib/{triplet}/pulseaudio" \\
    --argv0 qemu-system-ppc64 "$here/usr/bin/qemu-system-ppc64" \\
    -L "$here/usr/share/qemu" -L "$here/usr/share/seabios" \\
    -L "$here/usr/lib/ipxe/qemu" "$@"
"""


def native_architecture():
    return run(["dpkg", "--print-architecture"]).strip()


class StockQemu(Item):
    """qemu-system-ppc of a release, as a program that starts here."""

    package = "qemu-system-ppc"
    # An installed system wants these, the program doesn't.
    left_out = re.compile(r"adduser|base-passwd|debconf|passwd|login|perl|"
                          r"systemd|dbus")
    # "all" does without: only make check-stock wants them, when asked to.
    on_request = True

    def __init__(self, name, what, releases, pattern):
        super().__init__(name)
        self.what, self.releases, self.pattern = what, releases, pattern

    def kind(self):
        return self.name

    def root(self, store, release):
        return AptRoot(store.cache, release,
                       architecture=native_architecture())

    def candidates(self, store, root):
        return [(str(one), lambda one=one: self.tree(store, root, one))
                for one in root.versions(self.package)
                if re.match(self.pattern, one.version)]

    def tree(self, store, root, found):
        name = f"{self.kind()}_{root.release}_{plain(found.version)}"

        def fill(new):
            founds = [one for one in
                      root.closure([f"{self.package}={found.version}"])
                      if not self.left_out.match(one.package)]
            say(f"{found} in {len(founds)} packages")
            hashes = {root.sha256(one) for one in founds}
            for file in store.downloaded(root, founds, name, hashes):
                run(["dpkg-deb", "-x", file, new])
            write_start(new)

        tree = store.make(name, fill, kind=self.kind(), release=root.release,
                          version=found.version, suite=found.suite,
                          verified=VERIFIED)
        remove(store.cache / "debs" / name)
        return tree

    def path_in(self, tree):
        program = tree / "qemu-system-ppc64"
        if not program.exists():
            raise Unavailable(f"{tree} has no qemu-system-ppc64")
        return program

    def by_hand(self, store, given):
        return given if given.is_file() else self.path_in(given)


def write_start(tree):
    """A program in the tree that starts QEMU with the tree's own libraries;
    Unavailable if it does not start here."""
    loaders = sorted(tree.glob("usr/lib/*/ld-linux*.so*")) + \
        sorted(tree.glob("lib/*/ld-linux*.so*"))
    if not loaders:
        raise Unavailable("its libraries have no dynamic loader")
    loader = loaders[0].relative_to(tree)
    program = tree / "qemu-system-ppc64"
    program.write_text(START.format(loader=loader,
                                    triplet=loader.parent.name))
    program.chmod(0o755)
    done = subprocess.run([program, "--version"], capture_output=True,
                          text=True, check=False)
    if done.returncode:
        raise Unavailable("it does not start here: "
                          + done.stderr.strip().partition("\n")[0])


def stock_items():
    return [
        StockQemu("stock-debian-12", "Debian 12's qemu-system-ppc64",
                  ("bookworm",), ""),
        StockQemu("stock-debian-13", "Debian 13's qemu-system-ppc64",
                  ("trixie", "bookworm-backports"), r"\d+:10\.0\."),
        StockQemu("stock-newest", "the newest qemu-system-ppc64 of Debian",
                  ("trixie-backports", "sid", "forky"), r"\d+:(?!10\.0\.)"),
    ]
