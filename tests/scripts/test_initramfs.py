#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests of scripts/initramfs.py with modules made for the purpose."""

import lzma
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))
import initramfs  # noqa: E402  (it is found through the line above)


def members(data):
    """Map of name to content of a newc archive."""
    found, at = {}, 0
    while True:
        size = int(data[at + 54:at + 62], 16)
        length = int(data[at + 94:at + 102], 16)
        name = data[at + 110:at + 110 + length - 1].decode()
        at += (110 + length + 3) & ~3
        if name == "TRAILER!!!":
            return found
        found[name] = data[at:at + size]
        at += (size + 3) & ~3


class InitramfsTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.top = Path(directory.name)
        self.modules = self.top / "lib/modules/6.0"
        self.modules.mkdir(parents=True)
        (self.top / "busybox").write_bytes(b"busybox itself")

    def module(self, name, *strings):
        body = b"\x7fELF\0" + b"".join(b"%s\0" % string.encode()
                                       for string in strings)
        path = self.modules / f"{name}.ko.xz"
        path.write_bytes(lzma.compress(body))
        return body

    def build(self, *names, **options):
        output = self.top / "out.cpio"
        initramfs.build(self.top, self.top / "busybox", names, "echo hello\n",
                        output, **options)
        return members(output.read_bytes())

    def order(self, *names):
        return self.build(*names)["modules/order"].decode().split()

    def test_the_archive_holds_what_the_guest_needs(self):
        found = self.build()
        self.assertEqual(found["bin/busybox"], b"busybox itself")
        self.assertEqual(found["script"], b"echo hello\n")
        self.assertIn(b"poweroff", found["init"])
        self.assertIn("dev/console", found)

    def test_modules_are_stored_uncompressed(self):
        body = self.module("nvme", "depends=")
        self.assertEqual(self.build("nvme")["modules/nvme.ko"], body)

    def test_a_module_comes_after_what_it_depends_on(self):
        self.module("nvme", "depends=nvme-core,extra")
        self.module("nvme-core", "depends=nvme-auth")
        self.module("nvme-auth", "depends=")
        self.module("extra", "depends=nvme-auth")
        self.assertEqual(self.order("nvme"), [
            "nvme_auth.ko", "nvme_core.ko", "extra.ko", "nvme.ko"])

    def test_what_a_module_wants_before_itself_is_loaded_if_there_is_any(self):
        self.module("a", "softdep=pre: b missing post: c", "depends=")
        self.module("b", "depends=")
        self.module("c", "depends=")
        self.assertEqual(self.order("a"), ["b.ko", "a.ko"])

    def test_what_the_kernel_has_built_in_is_not_loaded(self):
        (self.modules / "modules.builtin").write_text("kernel/b-c.ko\n")
        self.module("a", "depends=b_c")
        self.assertEqual(self.order("a"), ["a.ko"])

    def test_a_module_that_does_not_exist_is_refused(self):
        self.module("a", "depends=b")
        with self.assertRaisesRegex(initramfs.InitramfsError, "module b"):
            self.build("a")

    def test_a_shell_is_offered_only_when_asked_for(self):
        self.assertNotIn(b"cttyhack", self.build()["init"])
        self.assertIn(b"cttyhack", self.build(interactive=True)["init"])


if __name__ == "__main__":
    unittest.main()
