# SPDX-License-Identifier: GPL-2.0-or-later
"""A Debian mirror that a test makes: packages, lists, release files signed
with a key of its own, served over HTTP on the loopback address.

A path can be given a fault, which is what this mirror is for.
"""

import hashlib
import lzma
import subprocess
import tarfile
import threading
import urllib.parse
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


def run(*words, **options):
    subprocess.run([str(word) for word in words], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                   **options)


class Key:
    """A key that release files are signed with."""

    def __init__(self, directory):
        self.home = directory
        directory.mkdir(mode=0o700)
        self.gpg("--quick-generate-key", "Test <test@example.org>",
                 "rsa3072", "sign", "never")
        self.public = directory / "public.gpg"
        self.gpg("--output", self.public, "--export")

    def gpg(self, *words, **options):
        run("gpg", "--homedir", self.home, "--batch", "--passphrase", "",
            "--pinentry-mode", "loopback", *words, **options)

    def sign(self, release, signed):
        self.gpg("--yes", "--digest-algo", "SHA512", "--clearsign",
                 "--output", signed, release)

    def end(self):
        """gpg leaves an agent behind."""
        run("gpgconf", "--homedir", self.home, "--kill", "all")


@dataclass
class Suite:
    """What one suite's lists say."""
    packages: list = field(default_factory=list)
    sources: list = field(default_factory=list)


class FakeMirror:
    def __init__(self, directory, key):
        self.root, self.key = directory / "www", key
        self.build = directory / "build"
        self.architecture = "ppc64el"
        self.suites = {}
        self.faults = {}        # path: function of (handler, content)
        self.asked = []         # paths that were asked for
        self.root.mkdir()
        mirror = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                mirror.answer(self)

            def log_message(self, *_words):
                """Nothing: requests are kept in a list."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        # apt ends connections at its own will.
        self.server.handle_error = lambda *_words: None
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,),
                         daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    # -------------------------------------------------------------- content

    def suite(self, name):
        return self.suites.setdefault(name, Suite())

    def add(self, suite, package, version, files, depends=""):
        """A binary package, files as {path in it: content}; a Path as content
        is what a link there names."""
        tree = self.build / f"{package}_{version.replace(':', '_')}"
        (tree / "DEBIAN").mkdir(parents=True)
        control = (f"Package: {package}\nVersion: {version}\n"
                   f"Architecture: {self.architecture}\n"
                   "Maintainer: T <t@example.org>\n"
                   "Description: test\n" +
                   (f"Depends: {depends}\n" if depends else ""))
        (tree / "DEBIAN/control").write_text(control)
        for name, content in files.items():
            path = tree / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, Path):
                path.symlink_to(content)
                continue
            path.write_bytes(content)
            path.chmod(0o755)
        upstream = version.partition(":")[2] or version
        name = f"pool/{package}_{upstream}_{self.architecture}.deb"
        (self.root / "pool").mkdir(exist_ok=True)
        run("dpkg-deb", "--root-owner-group", "-Znone", "-b", tree,
            self.root / name)
        self.suite(suite).packages.append(
            control + self.described(name) + f"Filename: {name}\n")
        return "/" + name

    def add_source(self, suite, package, version, files):
        """A source package."""
        upstream = version.partition(":")[2] or version
        name = f"pool/{package}_{upstream}.tar.xz"
        (self.root / "pool").mkdir(exist_ok=True)
        tree = self.build / f"{package}-{upstream}"
        files = {**files, "debian/source/format": b"3.0 (native)\n"}
        for path, content in files.items():
            (tree / path).parent.mkdir(parents=True, exist_ok=True)
            (tree / path).write_bytes(content)
        with tarfile.open(self.root / name, "w:xz") as tar:
            tar.add(tree, arcname=f"{package}-{upstream}")
        head = (f"Format: 3.0 (native)\nSource: {package}\n"
                f"Binary: {package}\nArchitecture: any\nVersion: {version}\n"
                "Maintainer: T <t@example.org>\n")
        dsc = f"pool/{package}_{upstream}.dsc"
        (self.root / dsc).write_text(head + self.checksums(name))
        self.suite(suite).sources.append(
            head.replace("Source:", "Package:") + "Directory: pool\n" +
            self.checksums(name, dsc))
        return "/" + name

    def checksums(self, *names):
        """The two fields that a source's description has for its files."""
        lines = []
        for title, kind in (("Checksums-Sha256:", "sha256"),
                            ("Files:", "md5")):
            lines += [title] + [row(kind, (self.root / name).read_bytes(),
                                    Path(name).name) for name in names]
        return "\n".join(lines) + "\n"

    def described(self, name):
        content = (self.root / name).read_bytes()
        return (f"Size: {len(content)}\n"
                f"SHA256: {hashlib.sha256(content).hexdigest()}\n")

    def forget(self, suite, package):
        """Take a package out of the lists, as a mirror does in time."""
        self.suites[suite].packages = [
            one for one in self.suites[suite].packages
            if not one.startswith(f"Package: {package}\n")]

    def publish(self):
        """Write and sign the lists of all suites."""
        for name, suite in self.suites.items():
            self._publish(name, suite)

    def _publish(self, name, suite):
        directory = self.root / "dists" / name
        packages = f"main/binary-{self.architecture}/Packages.xz"
        lists = {packages: suite.packages,
                 "main/source/Sources.xz": suite.sources}
        rows = []
        for path, entries in lists.items():
            text = "\n".join(entries).encode()
            content = lzma.compress(text)
            (directory / path).parent.mkdir(parents=True, exist_ok=True)
            (directory / path).write_bytes(content)
            # apt wants the hash of what it unpacks, too.
            rows += [row("sha256", content, path),
                     row("sha256", text, path.removesuffix(".xz"))]
        release = directory / "Release"
        release.write_text(
            f"Origin: Debian\nSuite: {name}\nCodename: {name}\n"
            f"Date: {formatdate(usegmt=True)}\n"
            f"Architectures: {self.architecture}\nComponents: main\n"
            "SHA256:\n" +
            "\n".join(rows) + "\n")
        self.key.sign(release, directory / "InRelease")
        release.unlink()

    # -------------------------------------------------------------- serving

    def answer(self, handler):
        path = urllib.parse.unquote(handler.path)
        self.asked.append(path)
        file = self.root / path.lstrip("/")
        fault = self.faults.get(path)
        if fault:
            fault(handler, file.read_bytes())
        elif file.is_file():
            send(handler, file.read_bytes())
        else:
            missing(handler, b"")


def row(kind, content, name):
    """A file's line in a list of hashes."""
    return f" {hashlib.new(kind, content).hexdigest()} {len(content)} {name}"


def send(handler, content, length=None):
    handler.send_response(200)
    handler.send_header("Content-Length", str(length or len(content)))
    handler.end_headers()
    handler.wfile.write(content)


# Faults.

def missing(handler, _content):
    handler.send_error(404)


def longer(handler, content):
    send(handler, content + b"more")


def shorter(handler, content):
    send(handler, content[:-10])


def other(handler, content):
    """The right size, and one wrong bit."""
    send(handler, content[:-1] + bytes([content[-1] ^ 1]))


def cut_off(handler, content):
    """The connection ends in the middle."""
    handler.close_connection = True
    send(handler, content[:len(content) // 2], len(content))
