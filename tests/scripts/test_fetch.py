#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests of scripts/fetch.sh against a mirror with faults: what it takes
instead, what it says of it, and that no way around a fault weakens trust."""

import json
import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

import fake_mirror
from fake_mirror import FakeMirror, Key

FETCH = Path(__file__).resolve().parents[2] / "scripts" / "fetch.sh"
BUSYBOX = "usr/bin/busybox"
SUITES = ("trixie", "trixie-updates", "bookworm", "bookworm-updates", "sid")


def libraries(program):
    """(libc, dynamic loader) of a program of this machine."""
    text = subprocess.check_output(["ldd", program], text=True)
    paths = [Path(word) for word in text.split() if word.startswith("/")]
    return (next(one for one in paths if one.name.startswith("libc.so")),
            next(one for one in paths if one.name.startswith("ld-")))


def native_architecture():
    return subprocess.check_output(["dpkg", "--print-architecture"],
                                   text=True).strip()


class Answer:
    def __init__(self, done):
        self.status = done.returncode
        self.lines = done.stdout.splitlines()
        self.said = done.stderr


@unittest.skipUnless(shutil.which("gpg"), "gpg could not be installed")
class FetchTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.keys = Path(tempfile.mkdtemp())
        cls.key, cls.stranger = (Key(cls.keys / name)
                                 for name in ("key", "stranger"))

    @classmethod
    def tearDownClass(cls):
        cls.key.end()
        cls.stranger.end()
        shutil.rmtree(cls.keys)

    def setUp(self):
        self.directory = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.directory)
        self.cache = self.directory / "cache"
        self.mirror = FakeMirror(self.directory, self.key)
        self.addCleanup(self.mirror.stop)
        for name in SUITES:
            self.mirror.suite(name)

    def busybox(self, suite, version):
        return self.mirror.add(suite, "busybox-static", version,
                               {BUSYBOX: version.encode()})

    def kernel(self, suite, number, flavour="powerpc64le"):
        release = f"{number}-{flavour}"
        return self.mirror.add(
            suite, f"linux-image-{release}", f"{number}-1",
            {f"boot/vmlinux-{release}": b"kernel",
             f"boot/config-{release}": b"",
             f"usr/lib/modules/{release}/modules.dep": b""})

    def system_apt(self):
        """The configuration of a machine whose mirror is ours."""
        etc = self.directory / "etc"
        for name in ("state/lists/partial", "cache/archives/partial"):
            (etc / name).mkdir(parents=True, exist_ok=True)
        (etc / "status").touch()
        (etc / "sources.list").write_text(
            f"deb {self.mirror.url} trixie main\n")
        (etc / "parts").mkdir(exist_ok=True)
        (etc / "apt.conf").write_text(
            f'Dir::Etc "{etc}";\nDir::Etc::sourceparts "/dev/null";\n'
            f'Dir::Etc::parts "{etc}/parts";\n'
            f'Dir::State "{etc}/state";\nDir::Cache "{etc}/cache";\n'
            f'Dir::State::status "{etc}/status";\n'
            'Acquire::http::Proxy "DIRECT";\nAcquire::Retries::Delay "no";\n')
        return etc / "apt.conf"

    def environment(self, **extra):
        return {**{name: value for name, value in os.environ.items()
                   if not name.startswith("P9XIVE_")},
                "P9XIVE_CACHE": str(self.cache),
                "P9XIVE_KEYRING": str(self.key.public),
                "APT_CONFIG": str(self.system_apt()), **extra}

    def fetch(self, *words, wrap=(), **extra):
        done = subprocess.run([*map(str, wrap), FETCH, *words],
                              env=self.environment(**extra), text=True,
                              stdin=subprocess.DEVNULL, capture_output=True,
                              check=False, timeout=300)
        return Answer(done)

    def assert_content(self, answer, content):
        self.assertEqual(answer.status, 0, answer.said)
        self.assertEqual(Path(answer.lines[0]).read_text(), content)

    def assert_not_had(self, answer):
        self.assertEqual((answer.status, answer.lines), (3, ["-"]),
                         answer.said)
        self.assertFalse(list(self.cache.glob(f"trees/*/{BUSYBOX}")))

    # -------------------------------------------------- packages with faults

    def test_the_newest_version_is_taken_and_said_to_be_verified(self):
        self.busybox("trixie", "1:1.1-1")
        self.busybox("trixie", "1:1.2-1")
        self.mirror.publish()
        self.assert_content(self.fetch("busybox"), "1:1.2-1")
        status = self.fetch("status").lines
        row = next(line for line in status if line.startswith("busybox "))
        self.assertRegex(row, r"1:1\.2-1 +trixie +signed release, SHA256.* "
                              r"\d{4}-\d\d-\d\d \d\d:\d\d")

    def assert_next_version_is_taken(self, fault, reason):
        self.busybox("trixie", "1:1.1-1")
        path = self.busybox("trixie", "1:1.2-1")
        self.mirror.publish()
        self.mirror.faults[path] = fault
        answer = self.fetch("busybox")
        self.assert_content(answer, "1:1.1-1")
        tried = [line for line in answer.said.splitlines()
                 if "1:1.2-1" in line and line.startswith("fetch: busybox:")]
        self.assertEqual(len(tried), 1, answer.said)
        self.assertRegex(tried[0], reason)
        self.assertIn("busybox: taking 1:1.1-1 (trixie", answer.said)
        self.assertIn("    not " + tried[0].split(": ", 2)[2],
                      self.fetch("status").lines)

    def test_a_missing_package_gives_way_to_the_next_version(self):
        self.assert_next_version_is_taken(fake_mirror.missing, "404")

    def test_a_package_of_wrong_size_gives_way_to_the_next_version(self):
        self.assert_next_version_is_taken(fake_mirror.longer, "size")

    def test_a_package_that_is_too_short_gives_way(self):
        self.assert_next_version_is_taken(fake_mirror.shorter, "size")

    def test_a_package_of_wrong_hash_gives_way_to_the_next_version(self):
        self.assert_next_version_is_taken(fake_mirror.other,
                                          "Hash Sum mismatch")

    def test_a_package_that_is_cut_off_gives_way_to_the_next_version(self):
        self.assert_next_version_is_taken(fake_mirror.cut_off, ".")

    def test_another_release_serves_when_all_versions_of_the_first_fail(self):
        path = self.busybox("trixie", "1:1.2-1")
        self.busybox("bookworm", "1:1.0-1")
        self.mirror.publish()
        self.mirror.faults[path] = fake_mirror.missing
        self.assert_content(self.fetch("busybox"), "1:1.0-1")

    def test_a_kernel_of_an_older_abi_serves_for_the_release_s_own(self):
        self.mirror.add("trixie", "linux-image-powerpc64le", "6.12.20-1", {},
                        "linux-image-6.12.20-powerpc64le (= 6.12.20-1)")
        path = self.kernel("trixie", "6.12.20")
        self.kernel("trixie", "6.12.9")
        self.kernel("trixie", "6.12.10")
        self.kernel("trixie", "6.12.30", "powerpc64le-64k")
        self.mirror.publish()
        self.mirror.faults[path] = fake_mirror.missing
        answer = self.fetch("kernel-13")
        self.assertEqual(answer.status, 0, answer.said)
        kernel = Path(answer.lines[0])
        self.assertEqual((kernel / "version").read_text(),
                         "6.12.10-powerpc64le\n")
        self.assertEqual((kernel / "vmlinux").read_bytes(), b"kernel")
        self.assertTrue((kernel / "lib/modules/6.12.10-powerpc64le").is_dir())

    def test_any_kernel_is_debian_12_s_when_13_s_cannot_be_had(self):
        self.kernel("bookworm", "6.1.0")
        self.mirror.publish()
        answer = self.fetch("kernel-13", "kernel")
        self.assertEqual((answer.status, answer.lines[0]), (3, "-"))
        self.assertEqual((Path(answer.lines[1]) / "version").read_text(),
                         "6.1.0-powerpc64le\n")

    def test_tools_come_from_the_release_that_has_all_their_libraries(self):
        for suite, tool in (("trixie", "2"), ("bookworm", "1")):
            self.mirror.add(suite, "kexec-tools", f"{tool}-1",
                            {"sbin/kexec": b""})
            self.mirror.add(suite, "qemu-system-ppc", f"{tool}-1",
                            {"usr/bin/qemu-system-ppc64": tool.encode()},
                            f"lib{tool}")
            lib = self.mirror.add(suite, f"lib{tool}", "1-1",
                                  {f"lib/lib{tool}.so": b""})
            if suite == "trixie":
                self.mirror.faults[lib] = fake_mirror.missing
        self.mirror.publish()
        answer = self.fetch("tools-ppc64el")
        self.assertEqual(answer.status, 0, answer.said)
        tree = Path(answer.lines[0])
        self.assertEqual((tree / "usr/bin/qemu-system-ppc64").read_text(),
                         "1")
        self.assertTrue((tree / "lib/lib1.so").exists())

    def test_a_sysroot_has_its_architecture_s_libraries_and_a_loader(self):
        self.mirror.architecture = "arm64"
        header = "usr/include/glib-2.0/glib.h"
        loader = "ld-linux-aarch64.so.1"
        for package, file, depends in (
                ("libglib2.0-dev", header, "libc6, python3"),
                ("libfdt-dev", "usr/include/libfdt.h", ""),
                ("libc6", f"usr/lib/{loader}", ""),
                ("python3", "usr/bin/python3", "")):
            self.mirror.add("trixie", package, "1-1", {file: b"x"}, depends)
        self.mirror.publish()
        answer = self.fetch("sysroot-arm64")
        self.assertEqual(answer.status, 0, answer.said)
        tree = Path(answer.lines[0])
        self.assertTrue((tree / header).exists())
        # Programs name it so, though the package has it below usr.
        self.assertTrue((tree / "lib" / loader).exists())
        self.assertFalse((tree / "usr/bin/python3").exists())

    def test_a_stock_qemu_of_a_newer_release_starts_with_its_libraries(self):
        # Any dynamic program that shows how it was started will do.
        program = Path("/usr/bin/echo")
        libc, loader = libraries(program)
        self.mirror.architecture = native_architecture()
        self.mirror.suite("trixie-backports")
        self.mirror.add("trixie-backports", "qemu-system-ppc", "1:11.1.3-1",
                        {"usr/bin/qemu-system-ppc64": program.read_bytes()},
                        "libnew")
        directory = f"usr/lib/{libc.parent.name}"
        lib = self.mirror.add(
            "trixie-backports", "libnew", "1-1",
            {f"{directory}/{loader.name}": loader.read_bytes(),
             f"{directory}/libc.so.6": libc.read_bytes()})
        self.mirror.publish()
        answer = self.fetch("stock-newest")
        self.assertEqual(answer.status, 0, answer.said)
        text = subprocess.check_output([answer.lines[0], "--version"],
                                       text=True)
        self.assertRegex(text, "^-L .*/usr/share/qemu .* --version$")
        self.mirror.faults[lib] = fake_mirror.missing
        answer = self.fetch("--again", "stock-newest", P9XIVE_CACHE=str(
            self.directory / "another"))
        self.assertEqual((answer.status, answer.lines), (3, ["-"]))

    def test_a_stock_qemu_that_does_not_start_here_can_not_be_had(self):
        libc, loader = libraries(Path("/usr/bin/echo"))
        self.mirror.architecture = native_architecture()
        directory = f"usr/lib/{libc.parent.name}"
        self.mirror.add(
            "trixie", "qemu-system-ppc", "1:10.0.3-1",
            {"usr/bin/qemu-system-ppc64": b"no program",
             f"{directory}/{loader.name}": loader.read_bytes()})
        self.mirror.publish()
        answer = self.fetch("stock-debian-13")
        self.assertEqual((answer.status, answer.lines), (3, ["-"]))
        self.assertIn("it does not start here", answer.said)

    def test_all_leaves_out_what_is_had_on_request(self):
        self.mirror.publish()
        answer = self.fetch("all")
        self.assertNotIn("stock-", answer.said)

    def sysroot(self, suite, version):
        """What a sysroot is made of; the file that has the C library."""
        libraries = "usr/lib/powerpc64le-linux-gnu"
        for name, files in (
                ("libglib2.0-dev", {
                    "usr/include/glib-2.0/glib.h": version.encode(),
                    f"{libraries}/libglib-2.0.so": b""}),
                ("libfdt-dev", {f"{libraries}/libfdt.so": b""}),
                ("libpixman-1-dev", {f"{libraries}/libpixman-1.so": b""}),
                ("libslirp-dev", {f"{libraries}/libslirp.so": b""}),
                ("zlib1g-dev", {
                    # As Debian 12's: a link into the directory that was.
                    f"{libraries}/libz.so":
                    Path("/lib/powerpc64le-linux-gnu/libz.so.1")}),
                ("python3", {"usr/bin/python3": b""}),
                ("linux-libc-dev", {"usr/include/linux/kvm.h": b""})):
            depends = ("" if name in ("python3", "linux-libc-dev")
                       else "libc6, python3, linux-libc-dev")
            self.mirror.add(suite, name, f"{version}-1", files, depends)
        return self.mirror.add(
            suite, "libc6", f"{version}-1",
            {"lib/powerpc64le-linux-gnu/libz.so.1": version.encode(),
             "lib64/ld64.so.2": b""})

    def test_a_sysroot_has_libraries_of_one_release_and_no_programs(self):
        fault = self.sysroot("bookworm", "2.36")
        self.sysroot("trixie", "2.41")
        self.mirror.publish()
        self.mirror.faults[fault] = fake_mirror.missing
        answer = self.fetch("sysroot-ppc64el")
        self.assertEqual(answer.status, 0, answer.said)
        tree = Path(answer.lines[0])
        self.assertEqual(
            (tree / "usr/include/glib-2.0/glib.h").read_text(), "2.41")
        self.assertFalse((tree / "usr/bin/python3").exists())

    def test_no_link_of_a_sysroot_leads_out_of_it(self):
        self.sysroot("bookworm", "2.36")
        self.mirror.publish()
        answer = self.fetch("sysroot-ppc64el")
        self.assertEqual(answer.status, 0, answer.said)
        tree = Path(answer.lines[0])
        library = tree / "usr/lib/powerpc64le-linux-gnu/libz.so"
        self.assertEqual(library.read_text(), "2.36")
        self.assertTrue(library.resolve().is_relative_to(tree.resolve()))
        self.assertTrue((tree / "lib64").is_symlink())
        self.assertTrue((tree / "usr/lib64/ld64.so.2").exists())

    def test_a_source_package_of_another_version_than_10_0_is_left(self):
        self.mirror.add_source("trixie", "qemu", "1:11.1.0+ds-1",
                               {"VERSION": b"11.1.0"})
        path = self.mirror.add_source("trixie", "qemu", "1:10.0.9+ds-1",
                                      {"VERSION": b"10.0.9"})
        self.mirror.add_source("trixie", "qemu", "1:10.0.8+ds-1",
                               {"VERSION": b"10.0.8"})
        self.mirror.publish()
        self.mirror.faults[path] = fake_mirror.other
        answer = self.fetch("qemu-source")
        self.assertEqual(answer.status, 0, answer.said)
        self.assertEqual((Path(answer.lines[0]) / "VERSION").read_text(),
                         "10.0.8")

    def qemu(self, suite, version):
        upstream = version.partition("+")[0]
        return self.mirror.add_source(suite, "qemu", f"1:{version}",
                                      {"VERSION": upstream.encode()})

    def assert_qemu(self, answer, version):
        self.assertEqual(answer.status, 0, answer.said)
        self.assertEqual((Path(answer.lines[0]) / "VERSION").read_text(),
                         version)

    def test_a_line_of_qemu_is_the_newest_that_a_mirror_delivers(self):
        missing = [self.qemu("trixie-backports", "11.1.3+ds-2~bpo13+1"),
                   self.qemu("sid", "11.1.2+ds-1")]
        self.qemu("sid", "10.2.2+ds-1")
        self.qemu("sid", "10.2.1+ds-1")
        self.qemu("forky", "11.0.5+ds-1")
        self.qemu("trixie-backports", "11.0.2+ds-1~bpo13+1")
        self.qemu("trixie", "10.0.9+ds-1")
        self.mirror.publish()
        for path in missing:
            self.mirror.faults[path] = fake_mirror.missing
        answer = self.fetch("qemu-source-11")
        self.assert_qemu(answer, "11.0.5")
        self.assertIn("taking 1:11.0.5+ds-1 (forky", answer.said)
        self.assert_qemu(self.fetch("qemu-source-10.2"), "10.2.2")
        self.assert_qemu(self.fetch("qemu-source"), "10.0.9")

    def test_a_line_of_qemu_that_no_mirror_delivers_is_not_had(self):
        missing = self.qemu("sid", "11.1.2+ds-1")
        self.qemu("sid", "10.2.2+ds-1")
        self.qemu("sid", "11.2.0~rc1+ds-1")
        self.mirror.publish()
        self.mirror.faults[missing] = fake_mirror.missing
        self.assert_qemu(self.fetch("qemu-source-10.2"), "10.2.2")
        answer = self.fetch("qemu-source-11")
        self.assertEqual((answer.status, answer.lines), (3, ["-"]))
        self.assertRegex(answer.said, "qemu-source-11 can't be had: .*11.1.2"
                                      r".*\(sid\): 404")
        self.assertNotIn("rc1", answer.said)

    # -------------------------------------------------------- lists and trust

    def test_lists_of_updates_that_are_refused_don_t_stop_the_release(self):
        self.busybox("trixie", "1:1.1-1")
        self.busybox("trixie-updates", "1:1.2-1")
        self.mirror.publish()
        self.mirror.faults["/dists/trixie-updates/main/binary-ppc64el/"
                           "Packages.xz"] = fake_mirror.longer
        answer = self.fetch("busybox")
        self.assert_content(answer, "1:1.1-1")
        self.assertRegex(answer.said, "not all lists could be had .*size.*"
                                      "going on with those of trixie\n")

    def test_a_release_whose_own_list_is_refused_gives_way(self):
        self.busybox("trixie", "1:1.2-1")
        self.busybox("bookworm", "1:1.0-1")
        self.mirror.publish()
        self.mirror.faults["/dists/trixie/main/binary-ppc64el/"
                           "Packages.xz"] = fake_mirror.shorter
        self.assert_content(self.fetch("busybox"), "1:1.0-1")

    def test_lists_of_yesterday_serve_when_today_s_are_refused(self):
        self.busybox("trixie", "1:1.1-1")
        self.mirror.publish()
        self.assert_content(self.fetch("busybox"), "1:1.1-1")
        shutil.rmtree(self.cache / "trees")
        (self.cache / "lists/trixie/stamp").unlink()
        self.busybox("trixie", "1:1.2-1")
        self.mirror.publish()
        self.mirror.faults["/dists/trixie/main/binary-ppc64el/"
                           "Packages.xz"] = fake_mirror.other
        self.assert_content(self.fetch("busybox"), "1:1.1-1")

    def test_a_release_that_a_stranger_signed_is_not_taken(self):
        self.busybox("trixie", "1:1.2-1")
        self.mirror.key = self.stranger
        self.mirror.publish()
        answer = self.fetch("busybox")
        self.assert_not_had(answer)
        self.assertRegex(answer.said, "signature|NO_PUBKEY|not signed")

    def test_a_stranger_s_release_gives_way_to_one_that_is_well_signed(self):
        self.busybox("trixie", "1:1.2-1")
        self.busybox("bookworm", "1:1.0-1")
        self.mirror.publish()
        self.mirror.key = self.stranger
        # pylint: disable=protected-access
        self.mirror._publish("trixie", self.mirror.suites["trixie"])
        self.assert_content(self.fetch("busybox"), "1:1.0-1")

    def test_a_release_that_was_changed_after_signing_is_not_taken(self):
        self.busybox("trixie", "1:1.2-1")
        self.mirror.publish()
        for suite in SUITES:
            file = self.mirror.root / "dists" / suite / "InRelease"
            file.write_text(file.read_text().replace("Origin: Debian",
                                                     "Origin: Nebiad"))
        self.assert_not_had(self.fetch("busybox"))

    def test_a_release_without_a_signature_is_not_taken(self):
        self.busybox("trixie", "1:1.2-1")
        self.mirror.publish()
        for suite in SUITES:
            directory = self.mirror.root / "dists" / suite
            lines = (directory / "InRelease").read_text().splitlines()
            (directory / "Release").write_text(
                "\n".join(lines[3:lines.index(
                    "-----BEGIN PGP SIGNATURE-----")]) + "\n")
            (directory / "InRelease").unlink()
        self.assert_not_had(self.fetch("busybox"))

    def test_a_list_with_other_hashes_than_the_release_s_is_not_taken(self):
        self.busybox("trixie", "1:1.2-1")
        self.mirror.publish()
        self.mirror.faults["/dists/trixie/main/binary-ppc64el/"
                           "Packages.xz"] = fake_mirror.other
        self.assert_not_had(self.fetch("busybox"))

    def test_a_file_that_lay_in_the_cache_is_checked_like_a_new_one(self):
        path = self.busybox("trixie", "1:1.2-1")
        self.mirror.publish()
        content = (self.mirror.root / path[1:]).read_bytes()
        debs = self.cache / "debs" / "trixie_busybox-static_1_1.2-1"
        debs.mkdir(parents=True)
        (debs / "busybox-static_1%3a1.2-1_ppc64el.deb").write_bytes(
            content.replace(b"1:1.2-1", b"1:6.6-6"))
        answer = self.fetch("busybox")
        if answer.status == 0:
            self.assert_content(answer, "1:1.2-1")
        else:
            self.assert_not_had(answer)

    # ------------------------------------------------ network, disk, the cache

    def test_nothing_is_asked_of_the_mirror_for_what_was_found_today(self):
        self.busybox("trixie", "1:1.1-1")
        self.mirror.publish()
        first = self.fetch("busybox")
        self.mirror.asked.clear()
        self.assertEqual(self.fetch("busybox").lines, first.lines)
        self.assertEqual(self.mirror.asked, [])
        self.fetch("--again", "busybox")
        self.age("trixie")
        self.fetch("--again", "busybox")
        self.assertIn("/dists/trixie/InRelease", self.mirror.asked)

    def age(self, release, days=2):
        """As if that much time had passed since the last run."""
        (self.cache / f"lists/{release}/stamp").unlink(missing_ok=True)
        file = self.cache / "items.json"
        items = json.loads(file.read_text())
        for record in items.values():
            record["time"] -= days * 86400
        file.write_text(json.dumps(items))

    def test_without_a_network_the_cache_serves(self):
        self.busybox("trixie", "1:1.1-1")
        self.mirror.publish()
        first = self.fetch("busybox")
        self.age("trixie")
        self.mirror.stop()
        self.assertEqual(self.fetch("busybox").lines, first.lines)

    def test_without_network_and_lists_what_was_kept_serves(self):
        self.busybox("trixie", "1:1.1-1")
        self.mirror.publish()
        first = self.fetch("busybox")
        self.age("trixie")
        shutil.rmtree(self.cache / "lists")
        self.mirror.stop()
        answer = self.fetch("busybox")
        self.assertEqual(answer.lines, first.lines, answer.said)
        self.assertIn("kept, signed release", answer.said)

    def test_without_network_and_cache_each_way_s_failure_is_said(self):
        self.mirror.publish()
        self.mirror.stop()
        answer = self.fetch("busybox")
        self.assert_not_had(answer)
        for release in ("trixie", "bookworm", "sid"):
            self.assertRegex(answer.said, f"busybox: {release}: no package "
                                          f"lists of {release}: .*onnect")
        self.assertIn("P9XIVE_BUSYBOX=PATH", answer.said)

    def test_what_could_not_be_had_is_not_tried_again_within_the_hour(self):
        self.mirror.publish()
        self.fetch("busybox")
        self.mirror.asked.clear()
        answer = self.fetch("busybox")
        self.assert_not_had(answer)
        self.assertEqual(self.mirror.asked, [])
        self.assertIn("--again", answer.said)
        self.busybox("trixie", "1:1.1-1")
        self.mirror.publish()
        self.age("trixie")
        self.assert_content(self.fetch("busybox"), "1:1.1-1")

    def test_a_tree_that_was_kept_comes_before_another_release(self):
        self.busybox("trixie", "1:1.1-1")
        self.busybox("bookworm", "1:1.0-1")
        self.mirror.publish()
        self.assert_content(self.fetch("busybox"), "1:1.1-1")
        self.mirror.forget("trixie", "busybox-static")
        self.mirror.publish()
        self.age("trixie")
        answer = self.fetch("busybox")
        self.assert_content(answer, "1:1.1-1")
        self.assertIn("kept, signed release", answer.said)

    def test_the_rest_of_an_interrupted_run_is_not_used(self):
        self.busybox("trixie", "1:1.1-1")
        self.mirror.publish()
        path = Path(self.fetch("busybox").lines[0])
        path.write_text("half of it")
        tree = path.parents[2]          # of usr/bin/busybox
        tree.with_name(tree.name + ".json").unlink()
        self.age("trixie")
        self.assert_content(self.fetch("busybox"), "1:1.1-1")

    def test_a_full_disk_ends_the_run_with_what_to_do(self):
        self.mirror.add("trixie", "busybox-static", "1:1.1-1",
                        {BUSYBOX: os.urandom(6 << 20)})
        self.busybox("bookworm", "1:1.0-1")
        self.mirror.publish()
        self.cache.mkdir()
        wrap = ["unshare", "-m", "sh", "-c",
                f"mount -t tmpfs -o size=8m tmpfs {self.cache} && "
                'exec "$@"', "sh"]
        if os.getuid():
            wrap.insert(1, "-r")
        if subprocess.run([*wrap, "true"], check=False,
                          stderr=subprocess.DEVNULL).returncode:
            self.skipTest("no small file system can be mounted here")
        answer = self.fetch("busybox", wrap=wrap)
        self.assertEqual((answer.status, answer.lines), (1, []), answer.said)
        self.assertRegex(answer.said, "fetch: the disk is full.*P9XIVE_CACHE")
        self.assertNotIn("bookworm", answer.said)

    def test_two_runs_at_a_time_wait_for_each_other(self):
        self.busybox("trixie", "1:1.1-1")
        self.mirror.publish()
        env = self.environment()
        runs = [subprocess.Popen([FETCH, "busybox"], env=env, text=True,
                                 stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE) for _ in range(3)]
        results = [one.communicate(timeout=300) for one in runs]
        self.assertEqual([one.returncode for one in runs], [0, 0, 0], results)
        self.assertEqual(len({out for out, _ in results}), 1)
        self.assertEqual(self.mirror.asked.count(
            "/pool/busybox-static_1.1-1_ppc64el.deb"), 1)

    # ---------------------------------------------------------------- by hand

    def test_an_item_given_by_hand_needs_no_mirror(self):
        self.mirror.stop()
        package = self.directory / "package"
        for name in ("boot", "lib/modules/9.9-powerpc64le"):
            (package / name).mkdir(parents=True)
        (package / "boot/vmlinux-9.9-powerpc64le").write_text("mine")
        answer = self.fetch("kernel-13", "kernel-12", "kernel",
                            P9XIVE_KERNEL=str(package))
        self.assertEqual(answer.status, 0, answer.said)
        for line in answer.lines:
            self.assertEqual((Path(line) / "vmlinux").read_text(), "mine")
            self.assertEqual((Path(line) / "version").read_text(),
                             "9.9-powerpc64le\n")
        program = self.directory / "box"
        program.write_text("box")
        answer = self.fetch("busybox", P9XIVE_BUSYBOX=str(program))
        self.assertEqual(answer.lines, [str(program)])
        status = self.fetch("status", P9XIVE_BUSYBOX=str(program)).lines
        self.assertRegex("\n".join(status), "busybox .*by hand +not verified")

    def test_an_item_given_by_hand_that_is_not_one_is_said_so(self):
        answer = self.fetch("kernel-13", P9XIVE_KERNEL_13="/nowhere")
        self.assertEqual((answer.status, answer.lines), (1, []))
        self.assertIn("/nowhere, given for kernel-13, is not there",
                      answer.said)
        answer = self.fetch("kernel-13",
                            P9XIVE_KERNEL_13=str(self.directory))
        self.assertEqual((answer.status, answer.lines), (1, []))
        self.assertIn("has no boot/vmlinux", answer.said)

    def test_an_unknown_item_is_a_wrong_command_line(self):
        answer = self.fetch("kernel-99")
        self.assertEqual(answer.status, 2)
        self.assertIn("no such item: kernel-99", answer.said)


if __name__ == "__main__":
    unittest.main()
