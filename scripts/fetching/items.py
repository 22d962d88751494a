# SPDX-License-Identifier: GPL-2.0-or-later
"""The things that can be fetched, and for each the ways to it in their order.

A way names a release. From each one there are the newest version, then the
older ones that the same lists name, then what an earlier run has kept of that
release. Only then comes the next release: a tree of the right release from
yesterday is closer to what was asked for than today's of another.
"""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from mirror import AptRoot
from store import VERIFIED, plain, remove
from words import Unavailable, run, say


@dataclass(frozen=True)
class Result:
    """What an item turned out to be."""
    path: Path
    version: str
    suite: str
    verified: str
    when: str


class Item:
    """One line of output of scripts/fetch.sh: a path."""

    what = ""
    releases = ()
    on_request = False      # not a part of "all"

    def __init__(self, name):
        self.name = name
        self.variable = "P9XIVE_" + re.sub("[-.]", "_", name.upper())

    # Each of these is a few lines in the classes below.

    def candidates(self, store, root):
        """(label, function that makes the tree) of one release, best first;
        a function may raise Unavailable."""
        raise NotImplementedError

    def kind(self):
        """What trees of this item are called in their records."""
        raise NotImplementedError

    def path_in(self, tree):
        """The path to print, of a tree; Unavailable if it isn't in there."""
        return tree

    def by_hand(self, store, given):
        """The path to print, of what the user names."""
        return self.path_in(given)

    def root(self, store, release):
        return AptRoot(store.cache, release)

    def ways(self, store):
        """(label, function that gives a Result), in the order to try."""
        for release in self.releases:
            yield from self.of_lists(store, release)
            yield from self.of_earlier_runs(store, release)

    def of_lists(self, store, release):
        root = self.root(store, release)
        try:
            root.refresh()
            found = self.candidates(store, root)
        except Unavailable as why:
            # "why" is gone when the caller asks.
            reason = str(why)
            yield release, lambda: unavailable(reason)
            return
        if not found:
            yield release, lambda: unavailable("its lists don't have it")
        for label, make in found:
            yield label, lambda make=make: self.result(store, make())

    def of_earlier_runs(self, store, release):
        for tree, record in store.earlier(self.kind(), release):
            yield (f"{record['version']} of {record['when']}",
                   lambda tree=tree: self.result(store, tree, "kept, "))

    def result(self, store, tree, how=""):
        record = store.record_of(tree)
        return Result(self.path_in(tree), record["version"], record["suite"],
                      how + record["verified"], record["when"])


def unavailable(reason):
    raise Unavailable(reason)


class Package(Item):
    """A binary package, or a file in it."""

    def __init__(self, name, what, package, releases, inside=(".",)):
        super().__init__(name)
        self.what, self.package = what, package
        self.releases, self.inside = releases, inside

    def kind(self):
        return self.package

    def candidates(self, store, root):
        return [(str(one), lambda one=one: store.package(root, one))
                for one in root.versions(self.package)]

    def path_in(self, tree):
        for place in self.inside:
            if (tree / place).exists():
                return tree / place
        raise Unavailable(f"{tree} has no {' or '.join(self.inside)}")

    def by_hand(self, store, given):
        return given if given.is_file() else self.path_in(given)


class Kernel(Item):
    """A directory with vmlinux, version and lib/modules/<version>."""

    def __init__(self, name, what, flavour, releases):
        super().__init__(name)
        self.what, self.flavour, self.releases = what, flavour, releases

    def kind(self):
        return f"kernel-{self.flavour}"

    def candidates(self, store, root):
        pattern = rf"linux-image-\d\S*-{self.flavour}"
        # The release's own choice comes first, whatever its number.
        names = root.depends(f"linux-image-{self.flavour}", pattern)
        others = [name for name in root.names("linux-image-")
                  if re.fullmatch(pattern, name) and name not in names]
        others.sort(key=numbers_in, reverse=True)
        return [(str(one), lambda one=one: self.tree(store, root, one))
                for name in names + others for one in root.versions(name)]

    def tree(self, store, root, found):
        package = store.package(root, found)
        record = store.record_of(package)
        return store.make(
            f"kernel_{package.name}", lambda new: lay_out(package, new),
            **{**record, "kind": self.kind()})

    def path_in(self, tree):
        if not (tree / "vmlinux").exists():
            raise Unavailable(f"{tree} has no vmlinux")
        return tree

    def by_hand(self, store, given):
        """A directory as ours, or an unpacked linux-image package."""
        if (given / "vmlinux").exists() and (given / "version").exists():
            return given
        tree = store.trees / ("by-hand_" + plain(str(given)).replace("/", "_"))
        remove(tree)
        tree.mkdir(parents=True)
        lay_out(given, tree)
        return tree


def numbers_in(text):
    return [int(digits) for digits in re.findall(r"\d+", text)]


def lay_out(package, new):
    """The same names for each kernel, as links into its package."""
    images = sorted((package / "boot").glob("vmlinu[xz]-*"))
    if not images:
        raise Unavailable(f"{package} has no boot/vmlinux-*")
    release = images[0].name.partition("-")[2]
    # A merged-/usr release ships its modules below usr/.
    modules = next((path for path in (package / "lib/modules",
                                      package / "usr/lib/modules")
                    if (path / release).is_dir()), None)
    if not modules:
        raise Unavailable(f"{package} has no lib/modules/{release}")
    (new / "lib").mkdir()
    (new / "vmlinux").symlink_to(images[0])
    (new / "config").symlink_to(package / "boot" / f"config-{release}")
    (new / "lib/modules").symlink_to(modules)
    (new / "version").write_text(release + "\n")


class AnyKernel(Item):
    """The first kernel of several items that can be had."""

    def __init__(self, name, what, items):
        super().__init__(name)
        self.what, self.items = what, items

    def ways(self, store):
        for item in self.items:
            yield from item.ways(store)

    def by_hand(self, store, given):
        return self.items[0].by_hand(store, given)


class Firmware(Item):
    """A directory for qemu's -L, out of several packages."""

    what = "directory for qemu's -L: SLOF, skiboot, VOF, option ROMs"
    packages = ("qemu-system-data", "seabios", "ipxe-qemu")
    releases = ("trixie", "bookworm-backports", "sid", "bookworm")
    files = ("slof.bin", "vof.bin", "skiboot.lid", "vgabios*.bin",
             "efi-*.rom", "pxe-*.rom")
    needed = ("slof.bin", "vof.bin", "skiboot.lid", "efi-e1000e.rom")

    def kind(self):
        return "firmware"

    def candidates(self, store, root):
        newest = [versions[0] for package in self.packages
                  if (versions := root.versions(package))]
        if len(newest) < len(self.packages):
            return []
        return [(", ".join(map(str, newest)),
                 lambda: self.tree(store, root, newest))]

    def tree(self, store, root, founds):
        trees = [store.package(root, one) for one in founds]

        def fill(new):
            # Packages keep firmware in directories of their own and link it
            # from qemu's, partly by absolute links: files go by their name.
            for pattern in self.files:
                for tree in trees:
                    for file in tree.glob(f"usr/**/{pattern}"):
                        if file.is_file() and not file.is_symlink():
                            run(["cp", file, new])

        name = "_".join(plain(one.version) for one in founds)
        return store.make(f"firmware_{root.release}_{name}", fill,
                          kind=self.kind(), release=root.release,
                          version=founds[0].version, suite=founds[0].suite,
                          verified=VERIFIED)

    def path_in(self, tree):
        missing = [name for name in self.needed
                   if not (tree / name).exists()]
        if missing:
            raise Unavailable(f"{tree} has no {', '.join(missing)}")
        return tree


class Meson(Package):
    """A meson that QEMU 10.0 accepts, with a program to start it by."""

    start = """#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
PYTHONPATH=$here/usr/lib/python3/dist-packages${PYTHONPATH:+:$PYTHONPATH}
export PYTHONPATH
exec /usr/bin/python3 "$here/usr/bin/meson" "$@"
"""

    def ways(self, store):
        program = Path("/usr/bin/meson")
        version = run([program, "--version"]).strip() if program.exists() \
            else ""
        if numbers_in(version) >= [1, 5]:
            yield str(program), lambda: Result(
                program, version, "system", "the system's package", "now")
        yield from super().ways(store)

    def path_in(self, tree):
        if not (tree / "usr/bin/meson").exists():
            raise Unavailable(f"{tree} has no usr/bin/meson")
        program = tree / "meson"
        if not program.exists():
            program.write_text(self.start)
            program.chmod(0o755)
        return program


class Packages(Item):
    """Packages of an architecture and what they need, in one tree."""

    def __init__(self, name, what, packages, architecture, releases, inside,
                 others="."):
        """others: a pattern of names; what else is taken of all that the
        packages depend on. inside: a file that proves a tree complete."""
        super().__init__(name)
        self.what, self.packages = what, packages
        self.architecture, self.releases = architecture, releases
        self.inside, self.others = inside, re.compile(others)

    def kind(self):
        return self.name

    def root(self, store, release):
        return AptRoot(store.cache, release, architecture=self.architecture)

    def closure(self, root, names):
        """What is taken of the packages of these names and all they need."""
        return [one for one in root.closure(names)
                if one.package in self.packages
                or self.others.match(one.package)]

    def candidates(self, store, root):
        founds = self.closure(root, self.packages)
        named = [one for one in founds if one.package in self.packages]
        if len(named) < len(self.packages):
            return []
        return [(f"{' and '.join(map(str, named))}, in {len(founds)} packages",
                 lambda: self.tree(store, root, founds, named))]

    def tree(self, store, root, founds, named):
        name = "_".join([self.kind(), root.release] +
                        [plain(one.version) for one in named])

        def fill(new):
            say(f"{' and '.join(self.packages)} for {self.architecture} in "
                f"{len(founds)} packages ({root.release})")
            hashes = {root.sha256(one) for one in founds}
            files = store.downloaded(root, founds, name, hashes)
            self.prepare(new)
            for file in files:
                self.unpack(file, new)
            self.finish(new)

        tree = store.make(name, fill, kind=self.kind(), release=root.release,
                          version=named[0].version, suite=named[0].suite,
                          verified=VERIFIED)
        remove(store.cache / "debs" / name)
        return tree

    def prepare(self, new):
        """What has to be there before packages are unpacked."""

    def unpack(self, file, new):
        run(["dpkg-deb", "-x", file, new])

    def finish(self, new):
        """What has to be done when all are unpacked."""

    def path_in(self, tree):
        if not (tree / self.inside).exists():
            raise Unavailable(f"{tree} has no {self.inside}")
        return tree


class Sysroot(Packages):
    """Packages for a compiler's --sysroot, and to run what it makes."""

    def prepare(self, new):
        # Old packages have files in lib, new ones in usr/lib; programs,
        # links and the linker's scripts name either.
        for name in ("lib", "lib64"):
            (new / "usr" / name).mkdir(parents=True)
            (new / name).symlink_to(f"usr/{name}")

    def unpack(self, file, new):
        # dpkg-deb alone would put a directory into the place of a link.
        run(["bash", "-o", "pipefail", "-c",
             'dpkg-deb --fsys-tarfile "$1" | '
             'tar -x --keep-directory-symlink -C "$2"', "unpack", file, new])

    def finish(self, new):
        # Absolute links lead out of the tree.
        for link in new.rglob("*"):
            if link.is_symlink() and os.readlink(link).startswith("/"):
                target = new / os.readlink(link).lstrip("/")
                link.unlink()
                link.symlink_to(os.path.relpath(target, link.parent))


def all_items():
    busybox = ("usr/bin/busybox", "bin/busybox")
    modules = "usr/lib/python3/dist-packages"
    kernel_13 = Kernel("kernel-13", "Debian 13's ppc64el kernel: directory "
                       "with vmlinux, version, lib/modules", "powerpc64le",
                       ("trixie", "bookworm-backports", "trixie-backports",
                        "sid"))
    kernel_12 = Kernel("kernel-12", "the same of Debian 12", "powerpc64le",
                       ("bookworm",))
    kernel_64k = Kernel("kernel-13-64k", "Debian 13's with 64 KiB pages",
                        "powerpc64le-64k",
                        ("trixie", "bookworm-backports", "trixie-backports",
                         "sid"))
    return [
        kernel_12, kernel_13, kernel_64k,
        AnyKernel("kernel", "the first of kernel-13 and kernel-12 that can "
                  "be had", [kernel_13, kernel_12]),
        Package("busybox", "static busybox for ppc64el", "busybox-static",
                ("trixie", "bookworm", "sid"), busybox),
        Firmware("firmware"),
        Meson("meson", "meson of 1.5 or newer", "meson",
              ("trixie", "bookworm-backports", "sid")),
        Package("avocado", "directory for PYTHONPATH with avocado", "avocado",
                ("sid", "forky"), (modules,)),
        Package("d3", "d3.min.js, which draws the page of p9trace html",
                "node-d3", ("trixie", "bookworm", "sid"),
                ("usr/share/nodejs/d3/dist/d3.min.js",)),
        Packages("tools-ppc64el", "directory with qemu-system-ppc and "
                 "kexec-tools for ppc64el and all that they need",
                 ("qemu-system-ppc", "kexec-tools"), "ppc64el",
                 ("trixie", "bookworm-backports", "bookworm", "sid"),
                 "usr/bin/qemu-system-ppc64",
                 # An installed system wants these, the programs don't.
                 others="(?!adduser|base-passwd|debconf|passwd|login)"),
        Sysroot("sysroot-arm64", "directory with what the core is compiled "
                "and linked with for arm64",
                ("libglib2.0-dev", "libfdt-dev"), "arm64",
                ("trixie", "bookworm", "sid"),
                "usr/include/glib-2.0/glib.h",
                others="libc6|libgcc-s1|linux-libc-dev|libcrypt|"
                       "libglib2.0-0|libgio-2.0-dev|libfdt|libpcre2|"
                       "libatomic|libffi|libsysprof-capture"),
        # What is linked with an old C library runs on a new one, too.
        Sysroot("sysroot-ppc64el", "directory with what QEMU for ppc64el is "
                "compiled and linked with",
                ("libglib2.0-dev", "libfdt-dev", "libpixman-1-dev",
                 "libslirp-dev", "zlib1g-dev"), "ppc64el",
                ("bookworm", "trixie", "sid"),
                "usr/lib/powerpc64le-linux-gnu/libslirp.so",
                others="(?!libperl|libpython|libdpkg-perl|libc-bin)"
                       "(?:lib|linux-libc-dev|zlib1g)"),
    ]
