# SPDX-License-Identifier: GPL-2.0-or-later
"""Private apt roots: packages of other releases and architectures, with the
system's own apt left as it is.

apt checks the signature of each suite's release file with the keys of
debian-archive-keyring, the lists by the release file's hashes, and packages
by those of the lists. Nothing here turns any of it off. The mirrors are those
that the system's own apt is configured with.
"""

import functools
import os
import re
import subprocess
import time
from dataclasses import dataclass

from words import Trouble, Unavailable, reason_in, run, say

ARCHITECTURE = "ppc64el"
KEYRINGS = ("/usr/share/keyrings/debian-archive-keyring.gpg",
            "/usr/share/keyrings/debian-archive-keyring.pgp")

# The suites of each release that packages are taken from. The first one has
# to be there; what others add (updates, fixes) is taken if it is there.
RELEASES = {
    "bookworm": ("bookworm", "bookworm-updates", "bookworm-security"),
    "bookworm-backports": ("bookworm-backports", "bookworm"),
    "trixie": ("trixie", "trixie-updates", "trixie-security"),
    "trixie-backports": ("trixie-backports", "trixie"),
    "forky": ("forky",),
    "sid": ("sid",),
}

# Suites under whose names a machine's sources name the archive itself.
PLAIN_SUITE = re.compile(r"(oldoldstable|oldstable|stable|testing|unstable|"
                         r"sid|bullseye|bookworm|trixie|forky|duke)$")

# How old lists may get, in seconds: those that came whole, and those of which
# a part could not be had.
FRESH, FRESH_IN_PART = 24 * 3600, 3600


def keyring():
    """The file with the keys that signatures are checked with."""
    by_hand = os.environ.get("P9XIVE_KEYRING")
    for name in [by_hand] if by_hand else KEYRINGS:
        if os.path.exists(name):
            return name
    raise Trouble(f"no keys to check signatures with: {by_hand} isn't there"
                  if by_hand else
                  "no keys to check signatures with: install "
                  "debian-archive-keyring (scripts/deps.sh fetch does it)")


@functools.lru_cache(None)
def index_targets():
    """(site, suite) of all that the system's apt is configured with."""
    def lines(*command):
        return subprocess.run(command, stdin=subprocess.DEVNULL, text=True,
                              stdout=subprocess.PIPE, check=False,
                              stderr=subprocess.DEVNULL).stdout

    found = re.findall(r"^(\S+) (\S+) main$", lines(
        "apt-get", "indextargets", "--format",
        "$(SITE) $(RELEASE) $(COMPONENT)"), re.M)
    # A machine whose lists were cleaned (container images) has no index
    # targets yet, but apt still says what it would download.
    return found or re.findall(r"^'(\S+)/dists/([^/]+)/",
                               lines("apt-get", "--print-uris", "update"),
                               re.M)


def sites(security):
    """Mirrors of the archive, or those of security fixes, best first."""
    wanted = [site for site, suite in index_targets()
              if (suite.endswith(("-security", "/updates")) if security
                  else PLAIN_SUITE.match(suite))]
    return list(dict.fromkeys(wanted))


@dataclass(frozen=True)
class Found:
    """A version of a package that the lists name."""
    package: str
    version: str
    suite: str

    def __str__(self):
        return f"{self.package} {self.version} ({self.suite})"


class AptRoot:
    """Lists of one release, of binary packages of an architecture or of
    sources."""

    def __init__(self, cache, release, sources=False,
                 architecture=ARCHITECTURE):
        self.release, self.sources = release, sources
        self.architecture = architecture
        kind = ("-source" if sources else "" if architecture == ARCHITECTURE
                else f"-{architecture}")
        self.directory = cache / "lists" / (release + kind)
        self.refreshed = False

    def apt(self, tool, *words, log=None, cwd=None):
        return run([tool, "-c", self.directory / "apt.conf", *words], log,
                   cwd=cwd)

    # ---------------------------------------------------------------- lists

    def suites_with_lists(self):
        kind = "Sources" if self.sources else "Packages"
        names = [path.name for path in
                 (self.directory / "state/lists").glob(f"*_{kind}*")]
        return [suite for suite in RELEASES[self.release]
                if any(f"_dists_{suite}_" in name for name in names)]

    def refresh(self):
        """Have lists that are new enough, or say why there are none."""
        if self.refreshed:
            return
        if not self._is_fresh():
            self._update()
        if RELEASES[self.release][0] not in self.suites_with_lists():
            raise Unavailable(f"no package lists of {self.release}: "
                              f"{self._why()}")
        self.refreshed = True

    def _stamp(self):
        return self.directory / "stamp"

    def _is_fresh(self):
        try:
            limit = float(self._stamp().read_text())
        except (OSError, ValueError):
            return False
        return time.time() < limit

    def _why(self):
        try:
            return reason_in((self.directory / "update.log").read_text())
        except OSError:
            return "never fetched"

    def _update(self):
        (self.directory / "state/lists/partial").mkdir(parents=True,
                                                       exist_ok=True)
        (self.directory / "cache/archives/partial").mkdir(parents=True,
                                                          exist_ok=True)
        (self.directory / "status").touch()
        lines = self._source_lines()
        (self.directory / "sources.list").write_text("\n".join(lines) + "\n")
        (self.directory / "apt.conf").write_text(self._configuration())
        what = "source" if self.sources else "package"
        say(f"{what} lists of {self.release}")
        whole = True
        try:
            self.apt("apt-get", "-q", "update", "-o",
                     "APT::Update::Error-Mode=any",
                     log=self.directory / "update.log")
        except Unavailable as why:
            whole = False
            self._say_what_is_left(why)
        self._stamp().write_text(
            str(time.time() + (FRESH if whole else FRESH_IN_PART)))

    def _say_what_is_left(self, why):
        left = self.suites_with_lists()
        say(f"{self.release}: not all lists could be had ({why}); "
            + (f"going on with those of {', '.join(left)}" if left
               else "there are none from earlier"))

    def _source_lines(self):
        options = f"[signed-by={keyring()}]"
        kind = "deb-src" if self.sources else "deb"
        lines = [f"{kind} {options} {site} {suite} main"
                 for suite in RELEASES[self.release]
                 for site in sites(suite.endswith("-security"))]
        if not sites(False):
            raise Unavailable("apt on this machine has no Debian archive "
                              "configured (apt-get indextargets lists none)")
        return lines

    # The system's apt.conf.d stays in force (proxies, credentials), except
    # for hooks that would act on the system's lists.
    def _configuration(self):
        root = self.directory
        return "\n".join([
            "#clear APT::Update;",
            "#clear DPkg::Post-Invoke;",
            "#clear Acquire::IndexTargets::deb::DEP-11;",
            f'Dir::State "{root}/state/";',
            f'Dir::State::lists "{root}/state/lists/";',
            f'Dir::State::status "{root}/status";',
            f'Dir::Cache "{root}/cache/";',
            f'Dir::Cache::archives "{root}/cache/archives/";',
            'Dir::Cache::pkgcache "pkgcache.bin";',
            'Dir::Cache::srcpkgcache "srcpkgcache.bin";',
            f'Dir::Etc::sourcelist "{root}/sources.list";',
            'Dir::Etc::sourceparts "/dev/null";',
            'Dir::Etc::preferences "/dev/null";',
            'Dir::Etc::preferencesparts "/dev/null";',
            'Dir::Etc::trusted "/dev/null";',
            'Dir::Etc::trustedparts "/dev/null";',
            f'APT::Architecture "{self.architecture}";',
            f'APT::Architectures {{ "{self.architecture}"; }};',
            'APT::Sandbox::User "root";',
            # Backports are meant to be asked for by name.
            f'APT::Default-Release "{RELEASES[self.release][0]}";',
            'APT::Get::AllowUnauthenticated "false";',
            'Acquire::AllowInsecureRepositories "false";',
            'Acquire::AllowDowngradeToInsecureRepositories "false";',
            'Acquire::AllowWeakRepositories "false";',
            'Acquire::Languages "none";',
            'Acquire::Retries "3";',
            'Acquire::http::Timeout "30";',
            'Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled '
            '"false";',
            'Acquire::IndexTargets::deb-src::Contents-dsc::DefaultEnabled '
            '"false";',
            'Acquire::IndexTargets::deb::CNF::DefaultEnabled "false";',
            ""])

    # ------------------------------------------------------------- packages

    def names(self, prefix):
        """Names of packages that start so."""
        return self.apt("apt-cache", "pkgnames", prefix).split()

    def versions(self, package):
        """All versions of a package, the newest first."""
        try:
            text = self.apt("apt-cache", "madison", package)
        except Unavailable:
            return []
        kind = "Sources" if self.sources else "Packages"
        rows = re.findall(rf"^ *{re.escape(package)} \| +(\S+) +\| +\S+ "
                          rf"(\S+)/main .*{kind}$", text, re.M)
        first = {version: Found(package, version, suite)
                 for version, suite in reversed(rows)}
        return sorted(first.values(), reverse=True,
                      key=functools.cmp_to_key(by_version))

    def depends(self, package, pattern):
        """Names of the packages that one depends on, if they fit."""
        try:
            text = self.apt("apt-cache", "depends", "--important", package)
        except Unavailable:
            return []
        return re.findall(rf"^ *Depends: ({pattern})$", text, re.M)

    def sha256(self, found):
        text = self.apt("apt-cache", "show", f"{found.package}="
                        f"{found.version}")
        match = re.search(r"^SHA256: (\w{64})$", text, re.M)
        if not match:
            raise Unavailable("the list has no SHA256 of it")
        return match[1]

    def download(self, founds, directory):
        """Files of binary packages; apt resumes, and checks their hashes."""
        directory.mkdir(parents=True, exist_ok=True)
        self.apt("apt-get", "-q", "download",
                 *(f"{one.package}={one.version}" for one in founds),
                 cwd=directory)

    def download_source(self, found, directory):
        directory.mkdir(parents=True, exist_ok=True)
        self.apt("apt-get", "-q", "source", "--download-only",
                 f"{found.package}={found.version}", cwd=directory)

    def closure(self, packages):
        """What an empty system would have to install to have packages."""
        text = self.apt("apt-get", "-s", "install", "--no-install-recommends",
                        *packages)
        return [Found(package, version, self.release) for package, version
                in re.findall(r"^Inst (\S+) \((\S+) ", text, re.M)]


def by_version(one, other):
    """Compare as dpkg does, for sorting."""
    if one.version == other.version:
        return 0
    newer = subprocess.run(["dpkg", "--compare-versions", one.version, "gt",
                            other.version], check=False).returncode == 0
    return 1 if newer else -1
