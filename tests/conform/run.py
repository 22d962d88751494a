#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The same calls to the model and to Linux's own KVM devices: does every
result and all that can be seen agree? TAP on standard output.

    tests/conform/run.py --qemu FILE --model FILE [--work DIR] [--seeds N]
                         [--first SEED] [--steps N]

The model's program writes what it says. The host is powernv9 of the QEMU under
test with a kernel of Debian's, which has kvm-hv on our controller; in its
initramfs are the other program and what the model said.
"""

import argparse
import re
import subprocess
import sys
from pathlib import Path

REPO = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPO / "scripts"))
import initramfs  # noqa: E402  (they live in scripts/)
import limits  # noqa: E402

HERE = Path(__file__).resolve().parent
KERNEL_END = REPO / "qemu/hw/intc/p9xive/kernel"
CROSS = "powerpc64le-linux-gnu-gcc"
SOURCES = ("main.c", "driver.c", "native.c", "xics.c", "scripted.c",
           "kernel_end.c")
# Debian's name of it, what Linux calls itself.
KERNELS = (("kernel-12", "6.1"), ("kernel-13-64k", "6.12"))
# What the model does without one of these, the kernel must be seen to do.
QUIRKS = {"L9": 1 << 5, "L17": 1 << 6, "L19": 1 << 8, "L20": 1 << 9}
BOOT, RUN = 120, 120
DONE = "p9xive: conform ended with"


class Unavailable(Exception):
    """Something can't be had; the text says why."""


def fetched(item):
    done = subprocess.run([REPO / "scripts/fetch.sh", item], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          check=False)
    if done.returncode:
        raise Unavailable(done.stderr.strip().splitlines()[-1])
    return Path(done.stdout.strip())


def run(command, **options):
    done = subprocess.run([str(word) for word in command], text=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False, **options)
    if done.returncode:
        sys.exit(f"Bail out! {command[0]}: {done.stdout}")
    return done.stdout


def compile_kernel_end(output):
    """Static: the host has no libraries."""
    run([CROSS, f"--sysroot={fetched('sysroot-ppc64el')}", "-std=gnu11", "-O2",
         "-Wall", "-Wextra", "-Wshadow", "-Werror", "-static",
         f"-I{REPO / 'include'}", f"-I{KERNEL_END}",
         *(HERE / name for name in SOURCES), KERNEL_END / "kernel_port.c",
         "-o", output])


class Conform:
    def __init__(self, args):
        self.args, self.work = args, args.work
        self.work.mkdir(parents=True, exist_ok=True)
        seeds = range(args.first, args.first + args.seeds)
        self.runs = [f"{device}:{seed}:{args.steps}" for seed in seeds
                     for device in ("native", "xics")]
        # Enough to meet each of the quirks.
        self.short = [f"{device}:{args.first}:400"
                      for device in ("native", "xics")]

    def model(self, name, runs, option="0"):
        path = self.work / name
        run([self.args.model, "--option", option, "--write", path, *runs])
        return path

    def files(self):
        """What the host gets besides its kernel."""
        program = self.work / "conform"
        compile_kernel_end(program)
        files = {"conform": program, "same": self.model("same", self.runs)}
        for name, flag in QUIRKS.items():
            files[name] = self.model(name, self.short, f"{flag:#x}")
        return files

    def script(self):
        # Linux complains of states that no guest can bring about.
        lines = ["dmesg -n 1",
                 f"/conform --compare /same {' '.join(self.runs)}"]
        lines += [f"echo {name}: && /conform --compare /{name} "
                  f"{' '.join(self.short)}" for name in QUIRKS]
        return "\n".join([*lines, f"echo {DONE} $?\n"])

    def host(self, item, files):
        """What the host printed."""
        kernel = fetched(item)
        image = self.work / f"{item}.img"
        initramfs.build(kernel, fetched("busybox"), ("kvm-hv",),
                        self.script(), image, files=files)
        command = [self.args.qemu, "-L", fetched("firmware"),
                   "-machine", "powernv9", "-m", "1G", "-smp", "1",
                   "-accel", "tcg,thread=multi", "-kernel",
                   kernel / "vmlinux", "-initrd", image, "-append",
                   limits.linux("console=hvc0"), "-display", "none",
                   "-serial", "stdio", "-monitor", "none", "-net", "none"]
        log = self.work / f"{item}.log"
        with open(log, "wb") as file, subprocess.Popen(
                [str(word) for word in command], stdin=subprocess.DEVNULL,
                stdout=file, stderr=subprocess.STDOUT) as process:
            limit = limits.Limit(BOOT + RUN,
                                 lambda: limits.waited(process.pid))
            while True:
                try:
                    process.wait(max(1, limit.left()))
                    break
                except subprocess.TimeoutExpired:
                    if limit.left() <= 0:
                        process.kill()
                        break
        return log.read_text(errors="replace").replace("\r", "")


def runs_of(text):
    """[(good, name)] of a program's output, and all else that it said."""
    results = re.findall(r"^(ok|not ok) \d+ - (\S+, \d+ steps)$", text, re.M)
    return [(good == "ok", name) for good, name in results]


class Tap:
    def __init__(self, count):
        self.number, self.failed = 0, 0
        print(f"1..{count}", flush=True)

    def result(self, good, name):
        self.number += 1
        self.failed += not good
        print(f"{'ok' if good else 'not ok'} {self.number} - {name}",
              flush=True)

    def skip(self, name, why):
        self.number += 1
        print(f"ok {self.number} - {name} # SKIP {why}", flush=True)


def judge(tap, conform, release, text):
    """Each run, and each quirk, on one kernel."""
    parts = re.split(r"^(L\d+):$", text, flags=re.M)
    same = dict.fromkeys(conform.runs, False)
    for good, name in runs_of(parts[0]):
        same[name.partition(",")[0]] = good
    for name, good in same.items():
        tap.result(good, f"linux-{release}-does-as-the-model-{name}")
    # Text behind each name of a quirk.
    behind = dict(zip(parts[1::2], parts[2::2]))
    for name in QUIRKS:
        results = runs_of(behind.get(name, ""))
        # All runs took place, and one of them differed.
        tap.result(len(results) == len(conform.short) and
                   not all(good for good, _ in results),
                   f"linux-{release}-is-seen-to-have-{name}")
    if not all(same.values()) or DONE not in text:
        for line in text.splitlines()[-60:]:
            print(f"# {line}")
    steps = re.findall(r"^# note: (\d+) steps$", parts[0], re.M)
    print(f"# note: Linux {release}: {', '.join(steps) or 'no'} steps "
          "compared", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--qemu", type=Path,
                        default=REPO / "build/qemu-system-ppc64")
    parser.add_argument("--model", type=Path,
                        default=REPO / "build/core/tests/conform/conform-model")
    parser.add_argument("--work", type=Path, default=REPO / "build/conform")
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--steps", type=int, default=800)
    args = parser.parse_args()
    conform = Conform(args)
    try:
        files = conform.files()
    except Unavailable as why:
        print(f"1..0 # SKIP {why}")
        return 0
    each = len(conform.runs) + len(QUIRKS)
    tap = Tap(len(KERNELS) * each)
    for item, release in KERNELS:
        why = limits.no_time_for(60)
        try:
            text = "" if why else conform.host(item, files)
        except Unavailable as missing:
            why = str(missing)
        if why:
            for number in range(each):
                tap.skip(f"linux-{release}-{number + 1}", why)
            continue
        judge(tap, conform, release, text)
    return 1 if tap.failed else 0


if __name__ == "__main__":
    sys.exit(main())
