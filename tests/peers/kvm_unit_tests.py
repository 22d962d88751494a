# SPDX-License-Identifier: GPL-2.0-or-later
"""kvm-unit-tests for powerpc, little and big endian, on each machine."""

import os
import re
import shutil
from concurrent.futures import ThreadPoolExecutor

from compare import (ABSENT, CRASH, FAIL, LATE, PASS, SKIP, Row, Verdict,
                     build_tool, limits, run_limited, write_script)

NAME = "kvm-unit-tests"
CROSS = "powerpc64le-linux-gnu-"
# Name, machine, what is added to both command lines, and to ours alone.
MACHINES = (
    ("pseries, xive", "pseries", "-machine ic-mode=xive", ""),
    ("pseries, xics", "pseries", "-machine ic-mode=xics", ""),
    ("pseries, dual", "pseries", "-machine ic-mode=dual", ""),
    ("pseries, p9xive-kvm beside dual", "pseries", "-machine ic-mode=dual",
     "-device p9xive-kvm"),
    ("powernv9", "powernv9", "", ""),
)
KVM = MACHINES[3][0]
# What only a machine with p9xive-kvm may do otherwise.
EXCUSES = ((re.compile(r".*migration(?!-skip)"),
            "such a machine could not be migrated at the last run"),)
WORDS = {"PASS": PASS, "SKIP": SKIP, "FAIL": FAIL}
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
RESULT = re.compile(r"(PASS|SKIP|FAIL) (\S+) ?(?:\((.*)\))?\s*")
# For one test, and for all of a run. sieve needs a minute of its own.
TEST_LIMIT = 180
RUN_LIMIT = 3600


def build(source, directory, endian):
    """Compile the suite outside of the user's tree."""
    directory.mkdir(parents=True, exist_ok=True)
    if not (directory / "config.mak").exists():
        build_tool([source / "configure", "--arch=ppc64",
                    "--processor=power8", f"--endian={endian}",
                    f"--cross-prefix={CROSS}"], directory)
    build_tool(["make", "-j2"], directory)


def read_results(text):
    """A verdict for each line of the suite's own report."""
    results = {}
    for line in COLOUR.sub("", text).splitlines():
        match = RESULT.fullmatch(line)
        if not match:
            continue
        word, name, why = WORDS[match[1]], match[2], match[3] or ""
        if word == FAIL and why.startswith("terminated on"):
            word = CRASH
        elif word == FAIL and why.startswith("timeout"):
            word = LATE
        results[name] = Verdict(word, why)
    return results


def plain(label):
    return re.sub(r"\W+", "-", label)


def run(directory, name, machine, qemu):
    """One run of all tests, with its logs kept beside the suite's build."""
    wrapper = directory / f"qemu-{name}"
    write_script(wrapper, qemu)
    env = {**os.environ, "QEMU": str(wrapper), "ACCEL": "tcg",
           "MACHINE": machine, "TIMEOUT": f"{limits.scaled(TEST_LIMIT):.0f}s"}
    _, text = run_limited(["./run_tests.sh"], RUN_LIMIT,
                          cwd=directory, env=env)
    kept = directory / f"logs-{name}"
    shutil.rmtree(kept, ignore_errors=True)
    if (directory / "logs").exists():
        (directory / "logs").rename(kept)
        (kept / "report").write_text(text)
    return read_results(text)


def excuse(label, test):
    """Why this test may fail on this machine of ours."""
    if label == KVM:
        for pattern, reason in EXCUSES:
            if pattern.match(test):
                return reason
    return ""


def compare(built, machine, args):
    """One machine's rows, from a copy of the build for its own logs."""
    label, name, both, alone = machine
    directory = built.with_name(f"{built.name}-{plain(label)}")
    shutil.rmtree(directory, ignore_errors=True)
    shutil.copytree(built, directory, symlinks=True)
    stock = run(directory, "stock", name,
                f"{args.stock_binary} \"$@\" {both}")
    ours = run(directory, "ours", name,
               f"{args.binary} \"$@\" {both} {alone}")
    absent = Verdict(ABSENT)
    return [Row(f"{built.name} endian, {label}", test, ours.get(test, absent),
                stock.get(test, absent), excuse(label, test))
            for test in {**stock, **ours}]


def rows(source, work, args):
    """All rows of the comparison."""
    wanted = [(work / endian, machine) for endian in ("little", "big")
              for machine in MACHINES]
    for endian in ("little", "big"):
        build(source, work / endian, endian)
    with ThreadPoolExecutor(args.jobs) as pool:
        done = pool.map(lambda one: compare(*one, args), wanted)
        return [row for part in done for row in part]
