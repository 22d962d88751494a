# SPDX-License-Identifier: GPL-2.0-or-later
"""QEMU as Debian releases build it, for this machine: binaries that were not
built here, to ask for their gaps (make check-stock).

Each comes with all of its libraries, its own dynamic loader included, so that
a binary of a newer release runs on an older one. Firmware and modules are
those of its release.
"""

import re
import subprocess

from items import Packages
from words import Unavailable, run

PROGRAM = "qemu-system-ppc64"

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


class StockQemu(Packages):
    """qemu-system-ppc of a release, as a program that starts here."""

    # "all" does without: only make check-stock wants them, when asked to.
    on_request = True

    def __init__(self, name, what, releases, pattern):
        """pattern: what the version starts with."""
        # An installed system wants those left out, the program doesn't.
        super().__init__(name, what, ("qemu-system-ppc",), None, releases,
                         PROGRAM, r"(?!adduser|base-passwd|debconf|passwd|"
                                  r"login|perl|systemd|dbus)")
        self.pattern = pattern

    def root(self, store, release):
        self.architecture = native_architecture()
        return super().root(store, release)

    def candidates(self, store, root):
        package = self.packages[0]
        return [(str(one), lambda one=one: self.tree(
                    store, root,
                    self.closure(root, [f"{package}={one.version}"]), [one]))
                for one in root.versions(package)
                if re.match(self.pattern, one.version)]

    def finish(self, new):
        write_start(new)

    def path_in(self, tree):
        return super().path_in(tree) / PROGRAM

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
    program = tree / PROGRAM
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
