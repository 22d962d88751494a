#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Run the parts of p9xive's tests and count every test in them.

    scripts/run-tests.py [--build DIR] [--stock DIR] PART...
    scripts/run-tests.py peers --SUITE=DIR...   (tests/peers/peers.py)

A part is a command with a log of its own in <build>/logs, and a way to read
from what it printed which tests passed. The last line is "N passed, N failed"
over all parts, with ", N skipped" if there were any; each skipped test is told
with its reason. A part can only ever add failures that it did not report: when
it exits with an error though nothing failed, when it stops before its plan is
through, or when it ran no test at all, that is one more failure.
"""

import argparse
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

REPO = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPO / "scripts"))
import limits  # noqa: E402  (it lives in scripts/)
import lines  # noqa: E402  (likewise)

PYTHON = "/usr/bin/python3"
CROSS = ("powerpc64le-linux-gnu-gcc",)
FETCH_UNAVAILABLE = 3   # of scripts/fetch.sh: no mirror delivers it
# What runs on each line of QEMU beside the bare-metal guest: Linux on both
# machines and both interrupt modes, and what leans on QEMU's own code most.
LINE_TESTS = ("boot", "modes", "powernv.py", "reset", "hotplug",
              "kvm_device", "powernv_snapshot", "kdump")


@dataclass
class Outcome:
    """What the tests of one part did."""
    passed: int = 0
    skipped: list = field(default_factory=list)
    failed: list = field(default_factory=list)
    # What the failed ones say of themselves: lines by the test's name.
    reasons: dict = field(default_factory=dict)
    notes: list = field(default_factory=list)

    def add(self, other):
        self.passed += other.passed
        self.skipped += other.skipped
        self.failed += other.failed
        self.reasons.update(other.reasons)
        self.notes += other.notes

    def total(self):
        return self.passed + len(self.skipped) + len(self.failed)

    def counts(self):
        text = f"{self.passed} passed, {len(self.failed)} failed"
        if self.skipped:
            text += f", {len(self.skipped)} skipped"
        return text


@dataclass
class Part:
    """One part of the tests."""
    name: str
    what: str
    command: list
    read: object
    # A build has no tests of its own, but everything after it needs it.
    is_build: bool = False
    env: dict = field(default_factory=dict)
    # Programs without which the part is skipped. scripts/deps.sh installs
    # them, unless the mirror does not have them today.
    needs: tuple = ()
    # The item of scripts/fetch.sh without which the part is skipped.
    source: str = ""
    # Seconds of a quiet machine after which it hangs for sure.
    limit: float = 1800


TAP_LINE = re.compile(r"\s{0,4}(not ok|ok)\b\s*\d*\s*-?\s*(.*)")
# Figures that a test wants people to see, such as executions a second.
TAP_NOTE = re.compile(r"# note: (.*)")
# A program that compares much may have much to say, and Python's tracebacks
# have the reason at the end: the last lines are kept.
MOST_REASONS = 6
LONGEST_REASON = 600
TAP_PLAN = re.compile(r"1\.\.(\d+)(?: # SKIP *(.*))?")


def read_tap(text, prefix=""):
    """Count a TAP stream; prefix names its tests among those of others."""
    outcome, plan, count, bailed = Outcome(), None, 0, False
    reasons = []                # of the test that failed last
    for line in text.splitlines():
        if line.startswith("Bail out!"):
            outcome.failed.append(prefix + line)
            bailed = True
            continue
        match = TAP_NOTE.match(line)
        if match:
            outcome.notes.append(prefix + match[1])
            continue
        match = TAP_PLAN.match(line)
        if match:
            plan = int(match[1])
            if plan == 0 and match[2]:
                outcome.skipped.append(f"{prefix}all of it: {match[2]}")
            continue
        match = TAP_LINE.fullmatch(line) if line[:1] in "on" else None
        if not match:
            if line.startswith("# "):
                reasons.append(line[2:][:LONGEST_REASON])
                del reasons[:-MOST_REASONS]
            continue
        count += 1
        reasons = []
        name, _, directive = match[2].partition(" # ")
        if directive.upper().startswith("SKIP"):
            why = directive[len("SKIP"):].strip()
            outcome.skipped.append(f"{prefix}{name.strip()}: {why}")
        elif match[1] == "ok":
            outcome.passed += 1
        else:
            outcome.failed.append(prefix + name)
            outcome.reasons[prefix + name] = reasons
    if bailed:
        return outcome
    if plan is not None and plan != count:
        outcome.failed.append(f"{prefix}{count} of {plan} planned tests ran")
    if plan is None and count:
        outcome.failed.append(f"{prefix}it ended without a plan")
    return outcome


def read_log_tap(log):
    return read_tap(log)


NO_SETUP = re.compile(r"^1\.\.0 # SKIP", re.MULTILINE)


def read_meson(directory):
    """Read what meson recorded of its last run of tests in a directory."""
    def read(log):
        path = Path(directory) / "meson-logs" / "testlog.json"
        outcome = Outcome()
        if NO_SETUP.search(log):
            return read_tap(log)
        if not path.exists():
            return outcome
        for line in path.read_text().splitlines():
            outcome.add(read_meson_test(json.loads(line)))
        return outcome
    return read


def read_meson_test(test):
    name, good = test["name"], test["result"] in ("OK", "EXPECTEDFAIL")
    outcome = read_tap(test.get("stdout") or "", f"{name}: ")
    if test["result"] == "SKIP":
        if not outcome.total():
            outcome.skipped.append(f"{name}: it says no reason")
        return outcome
    if not outcome.total():
        outcome.add(Outcome(passed=1) if good else Outcome(failed=[name]))
    if not good and not outcome.failed:
        outcome.failed.append(f"{name}: {test['result']}")
    return outcome


def read_build(log):
    """A build has no tests, but may be skipped."""
    return read_tap(log) if NO_SETUP.search(log) else Outcome()


def setup_command(directory, *options, compiler=None):
    """Make a build of the core if there is none."""
    command = shlex.join(["meson", "setup", str(directory), str(REPO),
                          *options])
    if compiler:
        command = f'CC="$(command -v ccache || :) {compiler}" {command}'
    return f"[ -e {shlex.quote(str(directory))}/build.ninja ] || {command}"


def setup_for_arm64(directory, *options):
    """The same; the reason is in the log if that can't be had."""
    return (shlex.join([str(REPO / "scripts/core-arm64.sh"), str(directory),
                        *options]) +
            " || { [ $? -ne 3 ] || exit 0; exit 1; }")


def meson_command(directory, setup, targets=(), tests=()):
    """Set up a build of the core, compile it, test it."""
    directory = shlex.quote(str(directory))
    # meson can't prolong a limit when load comes later: twice as much.
    scale = f'$({PYTHON} {shlex.quote(str(REPO / "scripts/limits.py"))} 2)'
    script = (f"set -e; {setup}; "
              f"ninja -C {directory} {' '.join(targets)}; "
              f"rm -f {directory}/meson-logs/testlog.*; "
              f"meson test -C {directory} --no-rebuild --print-errorlogs "
              f'-t "{scale}" ' + " ".join(tests))
    return ["bash", "-c", script]


def core_parts(build):
    def core(name, what, *options, suites, directory=None, targets=(),
             needs=(), setup=setup_command, **how):
        directory = build / (directory or name)
        tests = [word for suite in suites for word in ("--suite", suite)]
        return Part(name, what,
                    meson_command(directory,
                                  setup(directory, *options, **how),
                                  targets=targets, tests=tests),
                    read_meson(directory), needs=needs)

    # Without debug: what sanitizers and debug builds don't compile.
    strict = ["-Dwerror=true", "-Dbuildtype=release"]
    sanitizers = ["-Db_lundef=false", "-Db_sanitize=address,undefined"]
    return [
        core("core", "tests of the core",
             suites=("unit", "kvm", "bench")),
        core("model", "every state, every interleaving", directory="core",
             suites=("model",)),
        core("core-asan", "tests of the core under ASAN and UBSAN",
             *sanitizers, suites=("unit", "kvm")),
        core("core-tsan", "threaded tests under TSAN",
             "-Db_lundef=false", "-Db_sanitize=thread", suites=("stress",),
             targets=("tests/stress/test-threads",
                      "tests/unit/test-calls",
                      "tests/unit/test-recorder",
                      "tests/ic/stress-ic",
                      "tests/phb4/stress-phb4",
                      "tests/kvm/test-kvm-spapr-irq",
                      "tests/kvm/test-kvm-stress")),
        core("core-gcc", "tests of the core, built by gcc without a warning",
             *strict, suites=("unit", "kvm"), compiler="gcc"),
        core("core-clang", "the same by clang",
             *strict, suites=("unit", "kvm"), compiler="clang",
             needs=("clang",)),
        core("core-arm64", "the same by gcc for arm64, under qemu-user",
             *strict, suites=("unit", "kvm", "stress"),
             setup=setup_for_arm64),
        core("path", "instructions of the core's hot paths",
             "-Dbuildtype=plain", "-Dc_args=-O2", suites=("path",),
             needs=("valgrind",),
             targets=("tests/bench/core-bench", "tests/ic/bench-ic")),
        core("fuzz", "the core against the model, under ASAN and UBSAN",
             *sanitizers, directory="core-asan", suites=("fuzz",)),
        Part("coverage", "branch coverage of the core",
             [str(REPO / "scripts/coverage.sh"), str(build / "coverage")],
             read_log_tap, needs=("gcovr",)),
    ]


def build_part(name, what, directory, *options):
    configure = shlex.join(["scripts/configure-once.sh", str(directory),
                            *options])
    directory = shlex.quote(str(directory))
    script = f"set -e; {configure}; scripts/build.sh {directory}"
    return Part(name, what, ["bash", "-c", script], read_build,
                is_build=True)


def line_parts(build, line):
    """What shows that p9xive works on a line of QEMU that is not the
    default."""
    directory = build.with_name(f"{build.name}-{line.name}")
    qemu = directory / "qemu-system-ppc64"
    guest = [PYTHON, "tests/guest/run.py", "--qemu", str(qemu)]
    parts = [
        build_part(f"build-{line.name}", f"QEMU {line.name} with p9xive",
                   directory, f"--qemu-line={line.name}"),
        Part(f"guest-{line.name}", f"bare-metal guest on QEMU {line.name}",
             guest, read_log_tap, needs=CROSS),
        Part(f"guest-kvm-{line.name}", "the same on p9xive-kvm",
             [*guest, "--kvm"], read_log_tap, needs=CROSS),
        Part(f"functional-{line.name}", f"Linux guests on QEMU {line.name}",
             [PYTHON, "tests/functional/run.py", "--qemu", str(qemu),
              "--build-dir", str(directory), *LINE_TESTS],
             read_log_tap, limit=7200),
    ]
    for part in parts:
        part.source = f"qemu-source-{line.name}"
    return parts


def all_line_parts(build):
    return [part for line in lines.read_lines()[1:]
            for part in line_parts(build, line)]


def conform_part(build, qemu, name="conform", more=""):
    """Needs the model's program, which the core's build makes."""
    core = shlex.quote(str(build / "core"))
    script = ("set -e; "
              f"[ -e {core}/build.ninja ] || meson setup {core}; "
              f"ninja -C {core} tests/conform/conform-model; "
              f"exec {PYTHON} tests/conform/run.py --qemu "
              f"{shlex.quote(str(qemu))} --work "
              f"{shlex.quote(str(build / 'conform'))} --model "
              f"{core}/tests/conform/conform-model {more}")
    return Part(name, "KVM's devices: the model against Linux",
                ["bash", "-c", script], read_log_tap, needs=CROSS)


def all_parts(build, stock, subject=None):
    """@subject: a binary of upstream's QEMU to ask for its gaps, instead of
    the one that is built here."""
    ours = build / "qemu-system-ppc64"
    theirs = subject or stock / "qemu-system-ppc64"
    gaps_dir = build / "gaps" if subject else stock
    both = ["--qemu", str(ours), "--stock", str(theirs)]
    return core_parts(build) + [
        Part("style", "style of all files", [PYTHON, "scripts/style.py"],
             read_log_tap),
        Part("overlay", "tests of the overlay script",
             [PYTHON, "scripts/tap-unittest.py", "tests/overlay"],
             read_log_tap),
        Part("scripts", "tests of the test runner and the initramfs maker",
             [PYTHON, "scripts/tap-unittest.py", "tests/scripts"],
             read_log_tap),
        build_part("build", "QEMU with p9xive", build),
        build_part("build-stock", "QEMU without, to compare with", stock,
                   "--stock"),
        Part("build-ppc64el", "QEMU with p9xive for a POWER host",
             [PYTHON, "tests/conform/build_host.py"], read_log_tap,
             needs=CROSS),
        Part("machines", "QEMU with one machine alone",
             [PYTHON, "tests/machines/run.py", "--build", str(build)],
             read_log_tap),
        Part("guest", "bare-metal guest",
             [PYTHON, "tests/guest/run.py", "--qemu", str(ours)],
             read_log_tap, needs=CROSS),
        Part("guest-kvm", "bare-metal guest on p9xive-kvm",
             [PYTHON, "tests/guest/run.py", "--qemu", str(ours), "--kvm"],
             read_log_tap, needs=CROSS),
        conform_part(build, ours),
        Part("matrix", "every way to take an interrupt, against stock",
             [PYTHON, "tests/matrix/run.py", *both], read_log_tap,
             needs=CROSS),
        Part("guest-on-stock", "what stock does with the bare-metal guest",
             [PYTHON, "tests/guest/run.py", "--qemu", str(theirs),
              "--expect-gaps"],
             read_log_tap, needs=CROSS),
        Part("functional-on-stock", "what stock does with Linux guests",
             [PYTHON, "tests/functional/run.py", "--expect-gaps",
              "--stock", str(theirs), "--build-dir", str(gaps_dir)],
             read_log_tap),
        Part("qemu-tests", "QEMU's own qtests on ours and on stock",
             [PYTHON, "tests/peers/qtests.py", "--build", str(build),
              "--stock", str(stock)], read_log_tap),
        Part("functional", "Linux guests",
             [PYTHON, "tests/functional/run.py", *both], read_log_tap,
             limit=7200),
        Part("functional-long", "Linux guests, what takes long",
             [PYTHON, "tests/functional/run.py", "--long", *both],
             read_log_tap, limit=7200),
        conform_part(build, ours, "conform-long", "--first 100 --seeds 20"),
    ] + all_line_parts(build)


SETS = {
    "check-core": ["core", "core-asan"],
    "check": ["style",
              "core", "core-asan", "core-gcc", "core-clang", "core-arm64",
              "model", "core-tsan", "path", "coverage", "fuzz", "overlay",
              "scripts", "build", "build-stock", "build-ppc64el", "guest",
              "guest-kvm", "machines", "conform", "matrix", "qemu-tests",
              "functional"],
    "check-stock": ["build-stock", "guest-on-stock", "functional-on-stock"],
}
# One row of the table of lines is all that a line needs.
SETS["check-lines"] = [part.name for part in all_line_parts(REPO / "build")]
SETS["check-full"] = list(dict.fromkeys(
    SETS["check"] + SETS["check-stock"] + SETS["check-lines"] +
    ["conform-long", "functional-long"]))


def why_skipped(part):
    """What a part needs and this machine can't get, or None."""
    missing = [name for name in part.needs if not shutil.which(name)]
    if missing:
        return f"{', '.join(missing)} could not be installed"
    if not part.source:
        return None
    fetched = subprocess.run([REPO / "scripts/fetch.sh", part.source],
                             capture_output=True, text=True, check=False)
    if fetched.returncode != FETCH_UNAVAILABLE:
        return None
    return fetched.stderr.strip().splitlines()[-1].removeprefix("fetch: ")


def run_command(part, log_path):
    """Run a part into its log; returns (exit status, text)."""
    missing = why_skipped(part)
    if missing:
        text = f"1..0 # SKIP {missing}\n"
        log_path.write_text(text)
        return 0, text
    with open(log_path, "wb") as log:
        process = subprocess.Popen(part.command, stdout=log,
                                   stderr=subprocess.STDOUT, cwd=REPO,
                                   stdin=subprocess.DEVNULL,
                                   env={**os.environ, **part.env},
                                   start_new_session=True)
        status = wait_for(process, limits.Limit(part.limit + load_seconds()),
                          log)
    return status, log_path.read_text(errors="replace")


def load_seconds():
    """What the user asked the fuzzers and stress tests to take."""
    return sum(float(os.environ.get(name) or 0) * 10
               for name in ("P9X_FUZZ_SECONDS", "P9X_STRESS_SECONDS"))


def wait_for(process, limit, log):
    """The exit status of a part; one that never ends is killed with all that
    it has started."""
    try:
        return process.wait(limit.left())
    except subprocess.TimeoutExpired:
        log.write(f"\nBail out! no end within {limit}\n".encode())
        return 1
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def judge(part, status, log):
    """The outcome of a part, with what it did not report itself."""
    try:
        outcome = part.read(log)
    except (ValueError, KeyError, OSError) as error:
        return Outcome(failed=[f"{part.name}: results unreadable: {error}"])
    if status != 0 and not outcome.failed:
        outcome.failed.append(f"{part.name}: exit status {status}")
    if not part.is_build and not outcome.total():
        outcome.failed.append(f"{part.name}: no test ran")
    return outcome


def report(part, outcome, seconds, log_path, log):
    counts = outcome.counts()
    if part.is_build and not outcome.total():
        counts = "done"
    print(f"{part.name:16} {counts:32} {seconds:6.1f} s", flush=True)
    for note in outcome.notes:
        print(f"    {note}")
    for name in outcome.skipped:
        print(f"    skipped: {name}")
    if not outcome.failed:
        return
    for name in outcome.failed[:20]:
        print(f"    failed: {name}")
        for line in outcome.reasons.get(name, []):
            print(f"        {line}")
    if len(outcome.failed) > 20:
        print(f"    ... and {len(outcome.failed) - 20} more")
    print(f"    the end of {log_path}:")
    for line in log.splitlines()[-15:]:
        print(f"    | {line}")
    sys.stdout.flush()


def choose(names, parts):
    """The parts that names stand for, in the order of the sets."""
    wanted = [name for given in names for name in SETS.get(given, [given])]
    unknown = set(wanted) - set(parts)
    if unknown:
        sys.exit(f"run-tests: no such part: {', '.join(sorted(unknown))} "
                 f"(sets: {', '.join(SETS)}; parts: {', '.join(parts)})")
    return [parts[name] for name in wanted]


def find_subject(name):
    """The path of a binary that the user names, or a Debian release's."""
    if os.path.sep in name or os.access(name, os.X_OK):
        path = Path(name).absolute()
        if not os.access(path, os.X_OK) or path.is_dir():
            sys.exit(f"run-tests: {name} is no program")
        return path
    fetched = subprocess.run([REPO / "scripts/fetch.sh", f"stock-{name}"],
                             stdout=subprocess.PIPE, text=True, check=False)
    if fetched.returncode:
        sys.exit(f"run-tests: there is no QEMU to ask: {name} is neither a "
                 "program nor a release whose QEMU can be had")
    return Path(fetched.stdout.strip())


def main():
    if sys.argv[1:2] == ["peers"]:
        peers = str(REPO / "tests/peers/peers.py")
        os.execv(PYTHON, [PYTHON, peers, *sys.argv[2:]])
    parser = argparse.ArgumentParser(description="Run p9xive's tests.")
    parser.add_argument("--build", type=Path, default=REPO / "build")
    parser.add_argument("--stock", type=Path, default=REPO / "build-stock")
    parser.add_argument("--subject", help="with check-stock: the QEMU to ask "
                        "for its gaps, or debian-12, debian-13, newest: that "
                        "of a Debian release (default: the one built here)")
    parser.add_argument("part", nargs="+")
    args = parser.parse_args()
    subject = find_subject(args.subject) if args.subject else None
    if subject:
        SETS["check-stock"].remove("build-stock")

    build, stock = args.build.resolve(), args.stock.resolve()
    parts = {part.name: part for part in all_parts(build, stock, subject)}
    logs = build / "logs"
    logs.mkdir(parents=True, exist_ok=True)

    for end in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(end, lambda number, _frame: sys.exit(128 + number))
    pace = limits.Pace()
    limits.begin_budget()
    total, broken = Outcome(), False
    for part in choose(args.part, parts):
        if broken and not part.name.startswith("core"):
            print(f"{part.name:16} left out: the build failed", flush=True)
            total.failed.append(part.name)
            continue
        if line := pace.update():
            print(line, flush=True)
        if not part.is_build and (why := limits.no_time_for(60)):
            print(f"{part.name:16} skipped: {why}", flush=True)
            total.skipped.append(f"{part.name}: {why}")
            continue
        if sys.stdout.isatty():
            print(f"{part.name:16} {part.what} ...", end="\r", flush=True)
        start, log_path = time.monotonic(), logs / f"{part.name}.log"
        status, log = run_command(part, log_path)
        outcome = judge(part, status, log)
        report(part, outcome, time.monotonic() - start, log_path, log)
        broken = broken or (part.is_build and bool(outcome.failed))
        total.add(outcome)

    if not total.total():
        total.failed.append("no test ran")
    print(total.counts(), flush=True)
    return 1 if total.failed else 0


if __name__ == "__main__":
    sys.exit(main())
