#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Measures interrupts on our QEMU and on an unchanged one, side by side.

The bare-metal guest does the measuring, by its own timebase; this driver
boots it again and again, ours and stock in turn so that a busy moment of the
machine hits both, and prints medians, their ratio, the spread and the counts
of interrupts sent and received. Any difference between those counts, and any
figure that is missing, fails the benchmark; no speed ever does.

The core alone is measured by a program without QEMU, core-bench, which is run
where it has been built; its lines are medians already.
"""

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests" / "guest"))
sys.dont_write_bytecode = True

import image as guest  # noqa: E402

NS_PER_TICK = 1e9 / 512e6

# Samples of each boot: short ones, so that a moment in which another program
# has the processor spoils few of them.
REPEATS = 5

LINE = re.compile(r"^bench (\S+) ops=(\d+) ticks=(\d+) "
                  r"sent=(\d+) received=(\d+)$")
CORE_LINE = re.compile(r"^(\S.*?) +(\d+) threads +(\d+) sources +([\d.]+) ns +"
                       r"sent (\d+) received (\d+)$")
MISSING = re.compile(r"^bench-missing (.*)$")


class Boot:
    """
    One start of the guest and the figures that it prints. With a @suffix they
    get other names, and stock, which has no such devices, is left out.
    @ours: devices that only our binary gets.
    """

    def __init__(self, kind, figures, *, test="bench", ic_mode="xive",
                 smp="1", share=1.0, extra=(), ours=(), suffix=""):
        self.test = test
        self.ic_mode = ic_mode
        self.kind = kind
        self.figures = [figure + suffix for figure in figures]
        self.smp = smp
        self.share = share
        self.extra = extra
        self.ours = ours
        self.suffix = suffix


def _bursts():
    return [f"burst-{n}" for n in (1, 8, 64, 512, 4096)]


# Hypervisor calls, by their names without H_INT_.
CALLS = ("get-source-info", "set-source-config", "get-source-config",
         "get-queue-info", "get-queue-config", "sync")
SCALED = ("scale-esb", "scale-tima", "scale-self-ipi")
SCALED_CALLS = tuple(f"scale-hcall-{call}" for call in CALLS)
SCALED_XICS = ("scale-xics",)
CONFIGURED = (1, 32, 128, 512)

# 4096 IPIs and 2048 + 1024 vectors of two devices: of the 8192 numbers that
# there are, those that a guest gets into use this way.
CLAIMED = (64, 7168)
KVM = ("-device", "p9xive-kvm,id=kvm0", "-device", "edu,id=edu0")
ATTACHED = KVM + ("-device", "p9xive-passthrough,id=pt0,device=edu0")

RECORDED = ("-global", "spapr-xive.recorder=on")

MANY_VECTORS = ("-device", "nvme,serial=a,msix_qsize=2048",
                "-device", "nvme,serial=b,msix_qsize=2048")

BOOTS = [
    Boot("single", ["hcall", "esb-load", "esb-trigger-off", "tima-load",
                    "cppr-store", "ack-load", "self-ipi-polled",
                    "self-ipi-interrupt", "self-ipi-handler-in-c"]),
    Boot("single", ["self-ipi-polled", "self-ipi-interrupt"], extra=RECORDED,
         suffix="-recorded"),
    Boot("pair", ["round-trip-interrupt", "round-trip-polled"] +
         [f"{name}-{n}" for name in SCALED for n in (1, 2)], smp="2"),
    Boot("hcalls", [f"hcall-{call}" for call in CALLS]),
    Boot("hcalls-pair", [f"{name}-{n}" for name in SCALED_CALLS
                         for n in (1, 2)], smp="2", share=0.5),
    Boot("retarget", ["retarget"], smp="2,maxcpus=64"),
    Boot("retarget-pair", ["retarget-under-fire"], smp="2,maxcpus=64",
         share=0.2),
    Boot("xics", ["xics-cppr", "xics-self-ipi"], test="bench-xics",
         ic_mode="xics", ours=KVM),
    Boot("xics-pair", [f"scale-xics-{n}" for n in (1, 2)], test="bench-xics",
         ic_mode="xics", smp="2", share=0.5, ours=KVM),
    Boot("burst", _bursts(), smp="1,maxcpus=4096", share=0.5),
    Boot("msi", ["edu-store", "msi-polled"], extra=("-device", "edu")),
    Boot("msi", ["edu-store", "msi-polled"], extra=KVM, suffix="-kvm"),
    Boot("msi", ["edu-store", "msi-polled"], extra=ATTACHED,
         suffix="-attached"),
    Boot("claimed", [f"claimed-{CLAIMED[0]}"], smp="1,maxcpus=64"),
    Boot("claimed", [f"claimed-{CLAIMED[1]}"], smp="1,maxcpus=4096",
         extra=MANY_VECTORS),
] + [Boot("configured", [f"configured-{n}"], smp=str(n), share=0.5)
     for n in CONFIGURED]

# What each figure is, and the factor over stock that is aimed at.
TITLES = {
    "hcall": ("hcall floor (H_INT_SYNC)", None),
    "esb-load": ("ESB load", 4),
    "esb-trigger-off": ("trigger of a source that is off", None),
    "tima-load": ("TIMA load", 4),
    "cppr-store": ("CPPR store", 4),
    "ack-load": ("acknowledge load, nothing pending", None),
    "self-ipi-polled": ("self-IPI, polled (4 MMIOs)", 5),
    "self-ipi-polled-recorded": ("self-IPI, polled, recorder on", None),
    "self-ipi-interrupt-recorded": ("self-IPI through 0x500, recorder on",
                                    None),
    "self-ipi-interrupt": ("self-IPI through 0x500 (4 MMIOs)", 5),
    "self-ipi-handler-in-c": ("the same with a handler in C", None),
    "round-trip-interrupt": ("cross-vCPU round trip by interrupt", 4),
    "round-trip-polled": ("cross-vCPU round trip polling the TIMA", 10),
    "burst-1": ("burst of 1 source, per event", None),
    "burst-8": ("burst of 8 sources, per event", None),
    "burst-64": ("burst of 64 sources, per event", None),
    "burst-512": ("burst of 512 sources, per event", None),
    "burst-4096": ("burst of 4096 sources, per event", None),
    "scale-esb-1": ("ESB loads, 1 vCPU", None),
    "scale-esb-2": ("ESB loads, 2 vCPUs together", None),
    "scale-tima-1": ("TIMA loads, 1 vCPU", None),
    "scale-tima-2": ("TIMA loads, 2 vCPUs together", None),
    "scale-self-ipi-1": ("self-IPIs polled, 1 vCPU", None),
    "scale-self-ipi-2": ("self-IPIs polled, 2 vCPUs together", None),
    "retarget": ("16 sources move while they fire, 1 vCPU", 3),
    "retarget-under-fire": ("the same, 2 vCPUs, per move", 3),
    "xics-cppr": ("H_CPPR", 1.5),
    "xics-self-ipi": ("XICS self-IPI (4 hcalls); ours: KVM's", 1.5),
    "scale-xics-1": ("XICS self-IPIs, 1 vCPU", None),
    "scale-xics-2": ("XICS self-IPIs, 2 vCPUs together", None),
    "edu-store": ("store to an emulated PCI device", None),
    "msi-polled": ("MSI: device's register to the EOI", 3),
    "msi-polled-kvm": ("the same by p9xive-kvm", None),
    "msi-polled-attached": ("the same, device passed through", None),
}
for _call in CALLS:
    _name = "H_INT_" + _call.upper().replace("-", "_")
    TITLES[f"hcall-{_call}"] = (_name, 1.5)
    for _n, _vcpus in (1, "1 vCPU"), (2, "2 vCPUs together"):
        TITLES[f"scale-hcall-{_call}-{_n}"] = (f"{_name}, {_vcpus}", None)
for _n in CLAIMED:
    TITLES[f"claimed-{_n}"] = (f"self-IPI, polled, {_n} LISNs claimed", None)
for _n in CONFIGURED:
    TITLES[f"configured-{_n}"] = (f"self-IPI through 0x500, {_n} vCPUs "
                                  "present", None)


class Figure:
    """All samples of one quantity on one binary."""

    def __init__(self):
        self.samples = []
        self.sent = 0
        self.received = 0

    def add(self, ns, sent, received):
        self.samples.append(ns)
        self.sent += sent
        self.received += received

    def median(self):
        return statistics.median(self.samples)

    def spread(self):
        """Half of the interquartile range, in percent of the median."""
        if len(self.samples) < 2:
            return 0.0
        low, _, high = statistics.quantiles(self.samples, n=4,
                                            method="inclusive")
        return 50 * (high - low) / self.median()


class Series:
    """One binary with its figures."""

    def __init__(self, name, qemu, firmware):
        self.name = name
        self.qemu = qemu
        self.firmware = firmware
        self.figures = {}
        self.failures = []
        self.notes = set()
        self.is_ours = name == "ours"

    def add(self, name, ns, sent, received):
        self.figures.setdefault(name, Figure()).add(ns, sent, received)
        if sent != received:
            self.failures.append(
                f"{self.name}: {name}: {sent} sent, {received} received")

    def add_line(self, match, suffix):
        name, ops, ticks = match[1] + suffix, int(match[2]), int(match[3])
        self.add(name, ticks * NS_PER_TICK / ops, int(match[4]),
                 int(match[5]))
        return name

    def boot(self, boot, image, ops, timeout):
        line = guest.command(
            self.qemu, image,
            f"test={boot.test} kind={boot.kind} repeats={REPEATS} "
            f"ops={int(ops * boot.share)}",
            ic_mode=boot.ic_mode, smp=boot.smp, firmware=self.firmware,
            extra=boot.extra + (boot.ours if self.is_ours else ()))
        result = guest.run(line, timeout)
        seen = set()
        for text in result.output.splitlines():
            match = LINE.match(text)
            if match:
                seen.add(self.add_line(match, boot.suffix))
            elif MISSING.match(text):
                self.notes.add(text)
        ending = result.ending()
        lost = [name for name in boot.figures if name not in seen]
        if ending or lost:
            tail = (result.output + result.errors).splitlines()[-3:]
            self.failures.append(
                f"{self.name}: {boot.kind} with -smp {boot.smp}: "
                f"{ending or 'figures missing: ' + ', '.join(lost)}; "
                f"last lines: {tail}")


def measure(series, image, args):
    rounds = 2 if args.quick else args.rounds
    ops = args.ops // 2 if args.quick else args.ops
    for turn in range(rounds):
        for boot in BOOTS:
            if args.only and boot.kind not in args.only:
                continue
            # The binaries take turns at going first: the second one may find a
            # warmer machine.
            order = series if turn % 2 == 0 else series[::-1]
            for one in order:
                if one.is_ours or not boot.suffix:
                    one.boot(boot, image, ops, args.timeout)
        print(f"round {turn + 1} of {rounds}", file=sys.stderr, flush=True)


def run_core(program):
    """The core's own figures, without the recorder and with it; None where
    there is no such program."""
    if not program.exists():
        return None
    core = Series("core", None, None)
    for options, suffix in (((), ""), (("--recorder",), ", recorder on")):
        add_core(core, [str(program), *options], suffix)
    return core


def add_core(core, command, suffix):
    known = len(core.figures)
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True,
                          check=False, timeout=guest.limits.scaled(300))
    for text in done.stdout.splitlines():
        match = CORE_LINE.match(text)
        if match:
            name, threads, sources = match[1], match[2], match[3]
            core.add(f"{name}, {threads} threads, {sources} sources{suffix}",
                     float(match[4]), int(match[5]), int(match[6]))
    if done.returncode or len(core.figures) == known:
        core.failures.append(f"core: {' '.join(command)} exited with "
                             f"{done.returncode}, "
                             f"{len(core.figures) - known} figures")


# ---- report -----------------------------------------------------------------


def counts(*figures):
    sent = sum(f.sent for f in figures)
    received = sum(f.received for f in figures)
    return f"{sent}/{received}" if sent or received else "-"


def order_of_figures():
    return [name for boot in BOOTS for name in boot.figures]


def print_figures(ours, stock):
    print(f"{'ns per operation, medians':42} {'stock':>9} {'ours':>9} "
          f"{'ratio':>7} {'goal':>5} {'spread s/o':>11} {'sent/received':>17}")
    for name in order_of_figures():
        mine, theirs = ours.figures.get(name), stock.figures.get(name)
        if not mine or name not in TITLES:
            continue
        title, goal = TITLES[name]
        if not theirs:
            print(f"{title:42} {'-':>9} {mine.median():9.1f} {'-':>8} "
                  f"{'':>5} {f'-/{mine.spread():.0f}%':>11} "
                  f"{counts(mine):>17}")
            continue
        spread = f"{theirs.spread():.0f}%/{mine.spread():.0f}%"
        print(f"{title:42} {theirs.median():9.1f} {mine.median():9.1f} "
              f"{theirs.median() / mine.median():6.2f}x "
              f"{f'{goal}x' if goal else '':>5} {spread:>11} "
              f"{counts(theirs, mine):>17}")


def quotient(series, over, under):
    if over not in series.figures or under not in series.figures:
        return None
    return series.figures[over].median() / series.figures[under].median()


def derived(series):
    """Scaling: throughput of two vCPUs over one's; cost of being many."""
    values = {}
    for name in SCALED + SCALED_CALLS + SCALED_XICS:
        value = quotient(series, f"{name}-1", f"{name}-2")
        if value is not None:
            values[f"{name} with 2 vCPUs against 1"] = value
    for n in CONFIGURED[1:]:
        value = quotient(series, f"configured-{n}", "configured-1")
        if value is not None:
            values[f"self-IPI with {n} vCPUs against 1"] = value
    value = quotient(series, "msi-polled-attached", "msi-polled-kvm")
    if value is not None:
        values["MSI of an attached device to another's"] = value
    for name in ("self-ipi-polled", "self-ipi-interrupt"):
        value = quotient(series, f"{name}-recorded", name)
        if value is not None:
            values[f"{name}, recorder on against off"] = value
    value = quotient(series, f"claimed-{CLAIMED[1]}", f"claimed-{CLAIMED[0]}")
    if value is not None:
        values[f"self-IPI with {CLAIMED[1]} LISNs against {CLAIMED[0]}"] = value
    return values


def print_derived(ours, stock):
    print(f"\n{'throughput of 2 vCPUs, time with many':42} {'stock':>9} "
          f"{'ours':>9} {'goal':>13}")
    mine, theirs = derived(ours), derived(stock)
    for name, value in mine.items():
        goal = "" if "recorder" in name else "1.8x" if "scale" in name else \
            "at most 1.0x" if "attached" in name else "at most 1.1x"
        other = f"{theirs[name]:8.2f}x" if name in theirs else "-"
        print(f"{name.replace('scale-', ''):42} {other:>9} {value:8.2f}x "
              f"{goal:>13}")


def print_core(core):
    """The whole interrupt everywhere, its steps for one configuration."""
    if core is None:
        print("\nthe core alone: core-bench has not been built")
        return
    print(f"\n{'the core alone':60} {'ns':>9} {'goal':>9} "
          f"{'sent/received':>17}")
    for name, figure in core.figures.items():
        whole = name.startswith("interrupt")
        goal = "below 100" if whole and "recorder" not in name else ""
        if whole or name.endswith(", 64 threads, 8192 sources"):
            print(f"{name:60} {figure.median():9.1f} "
                  f"{goal:>9} {counts(figure):>17}")


def as_json(all_series):
    return {
        one.name: {
            "qemu": str(one.qemu) if one.qemu else None,
            "failures": one.failures,
            "derived": derived(one),
            "figures": {
                name: {"median_ns": figure.median(),
                       "spread_percent": figure.spread(),
                       "samples_ns": figure.samples,
                       "sent": figure.sent, "received": figure.received}
                for name, figure in one.figures.items()},
        } for one in all_series
    }


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--qemu", required=True, help="our QEMU")
    parser.add_argument("--stock", required=True, help="an unchanged QEMU")
    parser.add_argument("--quick", action="store_true",
                        help="2 rounds with half of the operations")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--ops", type=int, default=10000,
                        help="operations behind one sample")
    parser.add_argument("--timeout", type=float, default=120,
                        help="seconds for one boot")
    parser.add_argument("--only", action="append", metavar="KIND",
                        help="of this kind= alone; can be given again")
    parser.add_argument("--build-dir", help="where the guest is built")
    parser.add_argument("--firmware", help="directory for QEMU's -L")
    parser.add_argument("--core-bench", type=Path, default=ROOT / "build" /
                        "core" / "tests" / "bench" / "core-bench")
    parser.add_argument("--json", type=Path,
                        default=ROOT / "build" / "bench.json")
    return parser.parse_args()


def main():
    args = parse_arguments()
    try:
        image = guest.build(args.build_dir)
    except guest.BuildError as error:
        print(error, file=sys.stderr)
        return 2
    began = time.monotonic()
    ours = Series("ours", args.qemu, args.firmware)
    stock = Series("stock", args.stock, args.firmware)
    load = os.getloadavg()[0]
    measure([ours, stock], image, args)
    core = run_core(args.core_bench)
    everything = [one for one in (ours, stock, core) if one]

    print_figures(ours, stock)
    print_derived(ours, stock)
    print_core(core)
    if load > 0.5:
        print(f"note: the machine was busy (load {load:.1f}) at the start")
    for note in sorted(ours.notes | stock.notes):
        print(f"note: {note}")
    args.json.parent.mkdir(parents=True, exist_ok=True)
    args.json.write_text(json.dumps(as_json(everything), indent=1) + "\n")
    failures = [f for one in everything for f in one.failures]
    for failure in failures:
        print(f"FAILED: {failure}")
    figures = [f for one in everything for f in one.figures.values()]
    print(f"\n{sum(f.sent for f in figures)} interrupts sent, "
          f"{sum(f.received for f in figures)} received, "
          f"{len(failures)} failures; "
          f"{time.monotonic() - began:.0f} s; samples in {args.json}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
