#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""QEMU with p9xive for a ppc64el host: does it compile, with KVM and TCG; do
core and adapters with KVM alone? TAP on standard output.

    tests/conform/build_host.py [--build DIR] [--kvm-only DIR]
"""

import argparse
import re
import subprocess
import sys
from pathlib import Path

REPO = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPO / "scripts"))
import limits  # noqa: E402  (it lives in scripts/)

UNAVAILABLE = 3
# Seconds of a quiet machine: nothing is compiled yet, or all is in the cache.
FIRST_TIME, AGAIN = 420, 90
OURS = re.compile(r"^(libqemu-ppc64-softmmu\S*/hw_(?:intc|pci-host)_"
                  r"(?:p9xive|spapr_xive|pnv_xive|pnv_phb4)\S*\.o): ", re.M)


def run(*words, **options):
    """Its output goes with ours, as comments that TAP allows."""
    done = subprocess.run([str(word) for word in words], cwd=REPO, text=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False, **options)
    for line in done.stdout.splitlines():
        print(f"# {line}")
    sys.stdout.flush()
    return done.returncode == 0


def configure(build, *options):
    return run("scripts/configure-once.sh", build, "--host=ppc64el", *options)


def with_kvm_and_tcg(build):
    return configure(build) and run("scripts/build.sh", build)


def is_for_ppc64el(build):
    text = subprocess.run(["readelf", "-h", build / "qemu-system-ppc64"],
                          stdout=subprocess.PIPE, text=True, check=False)
    return ("little endian" in text.stdout and "PowerPC64" in text.stdout)


def objects(build):
    """What is compiled of core and adapters."""
    text = subprocess.run(["ninja", "-C", build / "qemu", "-t", "targets",
                           "all"], stdout=subprocess.PIPE, text=True,
                          check=False).stdout
    return OURS.findall(text)


def with_kvm_alone(build):
    """The rest of QEMU is compiled so by others every day."""
    if not configure(build, "--disable-tcg"):
        return False
    names = objects(build)
    print(f"# {len(names)} files of core and adapters")
    return len(names) > 80 and run(
        "bash", "-c", '. scripts/ccache-env.sh; exec ninja -C "$@"', "ninja",
        build / "qemu", *names, env={**limits.os.environ,
                                     "build": str(build)})


def reason_to_skip(build):
    needs = AGAIN if (build / "qemu-system-ppc64").exists() else FIRST_TIME
    if why := limits.no_time_for(needs):
        return why
    done = subprocess.run([REPO / "scripts/fetch.sh", "sysroot-ppc64el"],
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                          text=True, check=False)
    if done.returncode == UNAVAILABLE:
        return done.stderr.strip().splitlines()[-1]
    return ""


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=Path, default=REPO / "build-ppc64el")
    parser.add_argument("--kvm-only", type=Path,
                        default=REPO / "build-ppc64el-no-tcg")
    args = parser.parse_args()
    build, alone = args.build.resolve(), args.kvm_only.resolve()
    if why := reason_to_skip(build):
        print(f"1..0 # SKIP {why}")
        return 0
    print("1..3", flush=True)
    failed = 0
    for number, (name, good) in enumerate((
            ("qemu-for-a-power-host-compiles-with-kvm-and-tcg",
             lambda: with_kvm_and_tcg(build)),
            ("the-binary-is-one-for-ppc64el", lambda: is_for_ppc64el(build)),
            ("core-and-adapters-compile-with-kvm-alone",
             lambda: with_kvm_alone(alone))), 1):
        passed = good()
        failed += not passed
        print(f"{'ok' if passed else 'not ok'} {number} - {name}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
