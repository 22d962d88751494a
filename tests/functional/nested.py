# SPDX-License-Identifier: GPL-2.0-or-later
"""Guests with more in them than busybox.

One that replaces itself by kexec, and a host that runs guests.

The image of that host, the L1: Debian's kernel with 64 KiB pages and KVM,
Debian's QEMU for ppc64el with the libraries that it needs, and in it kernel and
initramfs of the L2. Everything is in one initramfs, so that no disk controller
of the L1 is needed: its PCI devices are all there to be given away.
"""

import fnmatch
import functools
import gzip
import hashlib
import re
import subprocess
from pathlib import Path

from xivetest import WORK, fetched, initramfs, made_once

L1_MODULES = ("kvm-hv", "vfio-pci", "vfio_iommu_spapr_tce")
L2_MODULES = ("e1000e", "nvme")
LIBRARIES = "lib"


def find(tree, name, directory="*"):
    """The file of that name, in a directory of that name if one is given, in
    a tree of unpacked packages."""
    for path in sorted(tree.rglob(name)):
        if path.is_file() and fnmatch.fnmatch(path.parent.name, directory):
            return path.resolve()
    raise FileNotFoundError(f"{name} in {tree}")


def needed(path):
    """SONAMEs that an ELF file asks for, and its loader."""
    text = subprocess.run(["readelf", "-ld", path], check=True,
                          stdout=subprocess.PIPE, text=True).stdout
    names = re.findall(r"\(NEEDED\).*\[(.*)\]", text)
    loader = re.search(r"Requesting program interpreter: (.*)\]", text)
    return names, loader and loader[1]


def with_libraries(tree, program, path=None):
    """{name in the guest: path} of a program, in the tree unless its path is
    given, and all its libraries."""
    # Debian 12's kexec-tools have etc/init.d/kexec, too.
    path = path or find(tree, program, "*bin")
    names, loader = needed(path)
    files = {f"bin/{program}": path,
             loader.lstrip("/"): find(tree, Path(loader).name)}
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        where = f"{LIBRARIES}/{name}"
        if where not in files and name != Path(loader).name:
            files[where] = find(tree, name)
            waiting += needed(files[where])[0]
    return files


def packed(path):
    """powernv's firmware takes no initramfs of more than 128 MiB."""
    content = path.read_bytes()
    path.write_bytes(gzip.compress(content, 1))


def initramfs_file(name, kernel, modules, files, pack=False):
    """An initramfs with a shell, by its recipe's hash."""
    def build(path):
        initramfs.build(kernel, fetched("busybox"), modules, "", path,
                        interactive=True, files=files)
        if pack:
            packed(path)

    parts = [Path(initramfs.__file__).read_bytes(), str(kernel).encode(),
             ",".join(modules).encode(), str(pack).encode()]
    parts += [f"{where}={path} {path.stat().st_mtime_ns}".encode()
              for where, path in files.items()]
    digest = hashlib.sha256(b"\0".join(parts)).hexdigest()[:16]
    return made_once(WORK / f"{name}-{digest}.img", build)


@functools.lru_cache(None)
def l1_initramfs(l2_kernel, qemu=None, both=False):
    """With /l2/vmlinux and /l2/initramfs for the guest's guest, and Debian's
    QEMU or one that ./configure --host=ppc64el made; or with that one, and
    Debian's as stock-qemu."""
    kernel = fetched("kernel-13-64k")
    tree = fetched("sysroot-ppc64el" if qemu else "tools-ppc64el")
    files = with_libraries(tree, "qemu-system-ppc64", qemu)
    if both:
        theirs = with_libraries(fetched("tools-ppc64el"), "qemu-system-ppc64")
        theirs["bin/stock-qemu"] = theirs.pop("bin/qemu-system-ppc64")
        files = {**theirs, **files}
    files["usr/share/qemu/slof.bin"] = find(fetched("firmware"), "slof.bin")
    files["l2/vmlinux"] = (l2_kernel / "vmlinux").resolve()
    files["l2/initramfs"] = initramfs_file("l2", l2_kernel, L2_MODULES, {})
    return initramfs_file("l1", kernel, L1_MODULES, files, pack=both)


@functools.lru_cache(None)
def kexec_initramfs(kernel, modules):
    """With kexec, /next/vmlinux and /next/initramfs."""
    files = with_libraries(fetched("tools-ppc64el"), "kexec")
    files["next/vmlinux"] = (kernel / "vmlinux").resolve()
    files["next/initramfs"] = initramfs_file("next", kernel, modules, {})
    return initramfs_file("kexec", kernel, modules, files)
