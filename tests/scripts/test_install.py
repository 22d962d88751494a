#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests of "make install": a host program is built with the installed core,
and an installed QEMU finds what it needs."""

import json
import os
import shlex
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

REPO = Path(__file__).resolve().parents[2]
HOST = REPO / "tests" / "install" / "host.c"
STRICT = ["-std=gnu11", "-Wall", "-Wextra", "-Wno-unused-parameter", "-Werror"]


def install(what, build, **env):
    return subprocess.run([REPO / "scripts" / "install.sh", what, build],
                          env={**os.environ, "DESTDIR": "", **env},
                          text=True, check=False, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)


class Installed(unittest.TestCase):
    def directory(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        return Path(directory.name)


class CoreTest(Installed):
    @classmethod
    def setUpClass(cls):
        cls.prefix = Path(tempfile.mkdtemp())
        cls.addClassCleanup(shutil.rmtree, cls.prefix)
        done = install("core", cls.prefix / "build", PREFIX=str(cls.prefix))
        if done.returncode:
            raise AssertionError(done.stdout)

    def flags(self, option):
        where = str(self.prefix / "lib" / "pkgconfig")
        done = subprocess.run(
            ["pkg-config", option, "p9xive"], text=True, check=True,
            env={**os.environ, "PKG_CONFIG_PATH": where},
            stdout=subprocess.PIPE)
        return shlex.split(done.stdout)

    def compile(self, *words):
        done = subprocess.run(["cc", *STRICT, *words], text=True, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.assertEqual((done.returncode, done.stdout), (0, ""))

    def test_a_host_program_delivers_an_interrupt(self):
        program = self.prefix / "host"
        self.compile(HOST, *self.flags("--cflags"), "-o", program,
                     *self.flags("--libs"))
        done = subprocess.run([program], text=True, check=True,
                              stdout=subprocess.PIPE)
        self.assertEqual(done.stdout.splitlines(), [
            "H_INT_SET_QUEUE_CONFIG: 0", "H_INT_SET_SOURCE_CONFIG: 0",
            "line up", "line down", "acknowledge: 8006", "queue: 80000042"])

    def test_each_header_can_be_included_alone(self):
        root = self.prefix / "include" / "p9xive"
        headers = sorted(root.rglob("*.h"))
        self.assertGreater(len(headers), 20)
        for header in headers:
            with self.subTest(header.name):
                self.compile("-fsyntax-only", "-x", "c", header,
                             *self.flags("--cflags"))

    def test_the_version_is_that_of_the_change_log(self):
        version, = self.flags("--modversion")
        self.assertIn(f"## What version {version} will promise",
                      (REPO / "CHANGELOG.md").read_text(encoding="utf-8"))

    def test_the_library_has_no_debug_code(self):
        # Its locks and those of a host program must be of one kind.
        self.assertNotIn("-DP9X_LOCK_DEBUG", self.flags("--cflags"))
        symbols = subprocess.run(
            ["nm", "--defined-only", self.prefix / "lib" / "libp9xive.a"],
            text=True, check=True, stdout=subprocess.PIPE).stdout
        self.assertNotIn("p9x_lock_checked", symbols)
        self.assertIn("p9x_spapr_hcall", symbols)

    def test_the_pages_are_there(self):
        pages = self.prefix / "share" / "doc" / "p9xive"
        for name in ("README.md", "COPYING", "system/pseries-xive.rst"):
            self.assertTrue((pages / name).is_file(), name)


class QemuTest(Installed):
    def test_without_a_binary_it_says_what_builds_one(self):
        done = install("qemu", self.directory(), PREFIX="/nowhere")
        self.assertEqual(done.returncode, 1)
        self.assertIn("make builds it", done.stdout)

    def test_destdir_stands_in_front_of_the_prefix(self):
        build, root = self.directory(), self.directory()
        (build / "firmware").mkdir()
        (build / "firmware" / "slof.bin").write_text("firmware")
        (build / "qemu-system-ppc64").write_text("#!/bin/sh\necho it\n")
        (build / "qemu-system-ppc64").chmod(0o755)
        done = install("qemu", build, PREFIX="/opt/p9", DESTDIR=str(root))
        self.assertEqual(done.returncode, 0, done.stdout)
        prefix = root / "opt" / "p9"
        self.assertTrue((prefix / "share/qemu/slof.bin").is_file())
        self.assertEqual(subprocess.run(
            [prefix / "bin" / "qemu-system-ppc64"], text=True, check=True,
            stdout=subprocess.PIPE).stdout, "it\n")

    def test_p9trace_reads_what_a_qemu_printed(self):
        build, prefix, work = (self.directory() for _ in range(3))
        (build / "firmware").mkdir()
        (build / "firmware" / "slof.bin").touch()
        (build / "qemu-system-ppc64").write_text("#!/bin/sh\n")
        (build / "qemu-system-ppc64").chmod(0o755)
        install("qemu", build, PREFIX=str(prefix))
        (work / "trace").write_text(
            "7@1700000000.000001:xive_source_esb_write @0x0 IRQ 0x0 val=0x0\n")
        done = subprocess.run(
            [prefix / "bin" / "p9trace", work / "trace", "stats", "--json"],
            text=True, check=False, cwd="/", stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn("sources", json.loads(done.stdout))

    def test_p9xive_guest_boots_the_binary_beside_it(self):
        build, prefix, work = (self.directory() for _ in range(3))
        (build / "firmware").mkdir()
        (build / "firmware" / "slof.bin").touch()
        (build / "qemu-system-ppc64").write_text('#!/bin/sh\necho "$0" "$@"\n')
        (build / "qemu-system-ppc64").chmod(0o755)
        install("qemu", build, PREFIX=str(prefix))
        for name in ("vmlinux", "version"):
            (work / name).write_text("6.12\n")
        (work / "lib/modules/6.12").mkdir(parents=True)
        (work / "lib/modules/6.12/modules.builtin").write_text(
            "kernel/e1000e.ko\nkernel/nvme.ko\n")
        done = subprocess.run(
            [prefix / "bin" / "p9xive-guest", "-S"], text=True, check=False,
            env={**os.environ, "P9XIVE_CACHE": str(work / "cache"),
                 "P9XIVE_KERNEL": str(work),
                 "P9XIVE_BUSYBOX": str(work / "vmlinux")},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertRegex(done.stdout, rf"{prefix}/.*/qemu-system-ppc64 -mach")
        self.assertRegex(done.stdout, r" -S$")


if __name__ == "__main__":
    unittest.main()
