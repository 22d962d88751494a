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
SOURCES = ("main.c", "driver.c", "native.c", "xics.c", "hcalls.c", "steps.c",
           "scripted.c", "passthrough.c", "kernel_end.c", "vfio_end.c",
           "vcpu_end.c")
# Debian's name of it, what Linux calls itself, and whether vfio-pci takes
# devices: that of Linux 6.1 does not on POWER (it wants the IOMMU to tell of
# cache coherence, which came with 6.4).
KERNELS = (("kernel-12", "6.1", False), ("kernel-13-64k", "6.12", True))
# What the model does without one of these, the kernel must be seen to do, in
# each kind of run that is named: {row: (flag, kinds)}.
QUIRKS = {
    "L1": (1 << 0, ("xics",)), "L5": (1 << 1, ("native+pci",)),
    "L6": (1 << 2, ("native+pci", "xics+pci")),
    "L8": (1 << 4, ("native+pci",)), "L9": (1 << 5, ("native",)),
    "L17": (1 << 6, ("native",)), "L18": (1 << 7, ("xics+pci",)),
    "L19": (1 << 8, ("native",)), "L20": (1 << 9, ("xics",)),
    "L21": (1 << 10, ("native+pci", "xics+pci")),
}
# All that is no bridge goes to vfio-pci.
GIVE_AWAY = """\
for d in /sys/bus/pci/devices/*; do
    case $(cat $d/class) in
    0x0604*) ;;
    *) echo vfio-pci >$d/driver_override
       echo ${d##*/} >/sys/bus/pci/drivers_probe ;;
    esac
done"""
MODULES = ("kvm-hv", "vfio-pci", "vfio_iommu_spapr_tce")
DEVICES = ("-device", "edu,bus=pcie.0", "-device", "edu,bus=pcie.1")
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
         "-Wall", "-Wextra", "-Wshadow", "-Werror", "-static", "-D_GNU_SOURCE",
         f"-I{REPO / 'include'}", f"-I{KERNEL_END}",
         *(HERE / name for name in SOURCES), KERNEL_END / "kernel_port.c",
         "-o", output])


class Conform:
    def __init__(self, args):
        self.args, self.work = args, args.work
        self.work.mkdir(parents=True, exist_ok=True)

    def runs(self, has_devices):
        seeds = range(self.args.first, self.args.first + self.args.seeds)
        return [f"{device}{'+pci' * has_devices}:{seed}:{self.args.steps}"
                for seed in seeds for device in ("native", "xics")]

    def short(self, name, has_devices=True):
        """Enough to meet that quirk."""
        return [f"{kind}:{self.args.first}:1" for kind in QUIRKS[name][1]
                if has_devices or "+pci" not in kind]

    def all_runs(self, has_devices):
        """{file of the model: runs} of a kernel."""
        short = {name: self.short(name, has_devices) for name in QUIRKS}
        return {"same": self.runs(has_devices),
                **{name: runs for name, runs in short.items() if runs}}

    def model(self, name, runs, option="0"):
        path = self.work / name
        run([self.args.model, "--option", option, "--write", path, *runs])
        return path

    def files(self):
        """What the host gets besides its kernel."""
        program = self.work / "conform"
        compile_kernel_end(program)
        files = {"conform": program, "same": self.model(
            "same", self.runs(False) + self.runs(True))}
        for name, (flag, _) in QUIRKS.items():
            files[name] = self.model(name, self.short(name), f"{flag:#x}")
        return files

    def script(self, has_devices):
        # Linux complains of states that no guest can bring about.
        words = [f"--compare /{name} {' '.join(runs)}"
                 for name, runs in self.all_runs(has_devices).items()]
        option = "--option pci " * has_devices
        return (f"dmesg -n 1\n{GIVE_AWAY}\n"
                f"/conform {option}{' '.join(words)}\necho {DONE} $?\n")

    def host(self, item, files, has_devices):
        """What the host printed."""
        kernel = fetched(item)
        image = self.work / f"{item}.img"
        initramfs.build(kernel, fetched("busybox"), MODULES,
                        self.script(has_devices), image, files=files)
        command = [self.args.qemu, "-L", fetched("firmware"),
                   "-machine", "powernv9", "-m", "1G", "-smp", "1",
                   "-accel", "tcg,thread=multi", "-kernel",
                   kernel / "vmlinux", "-initrd", image, "-append",
                   limits.linux("console=hvc0"), *DEVICES, "-display", "none",
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


def results_of(names, text):
    """{run: it was the same} of those names in a part of what was said."""
    same = dict.fromkeys(names)
    for good, name in runs_of(text):
        same[name.partition(",")[0]] = good
    return same


def judge(tap, runs, release, text):
    """Each run, and each quirk, on one kernel."""
    parts = re.split(r"^/(same|L\d+):$", text, flags=re.M)
    of_file = dict(zip(parts[1::2], parts[2::2]))
    same = results_of(runs["same"], of_file.get("same", ""))
    for name, good in same.items():
        tap.result(good, f"linux-{release}-does-as-the-model-{name}")
    for name in (name for name in QUIRKS if name in runs):
        for run_name, good in results_of(runs[name],
                                         of_file.get(name, "")).items():
            # The run took place, and differed.
            tap.result(good is False, f"linux-{release}-is-seen-to-have-"
                       f"{name}-{run_name.partition(':')[0]}")
    if not all(same.values()) or DONE not in text:
        for line in text.splitlines()[-60:]:
            print(f"# {line}")
    steps = re.findall(r"^# note: (\d+) steps$", of_file.get("same", ""), re.M)
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
    each = {devices: sum(map(len, conform.all_runs(devices).values()))
            for devices in (False, True)}
    tap = Tap(sum(each[devices] for _, _, devices in KERNELS))
    for item, release, devices in KERNELS:
        why = limits.no_time_for(60)
        try:
            text = "" if why else conform.host(item, files, devices)
        except Unavailable as missing:
            why = str(missing)
        if why:
            for number in range(each[devices]):
                tap.skip(f"linux-{release}-{number + 1}", why)
            continue
        judge(tap, conform.all_runs(devices), release, text)
    return 1 if tap.failed else 0


if __name__ == "__main__":
    sys.exit(main())
