#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Measures interrupts on powernv9, on our QEMU and on an unchanged one.

The program in pnv/ is the machine's firmware and all there is: it sets the
interrupt controller up and works it, by the machine's own timebase. Both
binaries run it in turn. As with bench.py, any interrupt that is missing or
one too many fails the benchmark, and no speed does.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True

import bench  # noqa: E402
from bench import guest  # noqa: E402

SOURCE = Path(__file__).resolve().parent / "pnv"
DONE = "bench-done"
# name: (title, goal against stock)
TITLES = {
    "pnv-esb-load": ("ESB load", 4),
    "pnv-tima-load": ("TIMA load", 4),
    "pnv-cppr-store": ("CPPR store", 4),
    "pnv-self-ipi-polled": ("self-IPI, polled: 4 MMIOs", 4),
    "pnv-self-ipi-interrupt": ("self-IPI through 0xEA0", 4),
    "pnv-device-event": ("event by the notify page, acknowledge, CPPR", 4),
    "pnv-phb-esb-load": ("ESB load from a bridge", 4),
    "pnv-edu-store": ("store to an emulated PCI device", None),
    "pnv-msi": ("MSI: device's register to the EOI", 4),
}


def build(directory):
    """The image, loaded at 0 by -bios."""
    elf, image = directory / "pnv.elf", directory / "pnv.bin"
    code = sorted(SOURCE.glob("*.[cS]"))
    flags = [flag for flag in guest.CFLAGS if flag != "-ffixed-r13"]
    for command in ([guest.COMPILER, *flags, *guest.LDFLAGS,
                     f"-Wl,-T,{SOURCE / 'pnv.ld'}", "-o", elf, *code],
                    [guest.COMPILER.replace("gcc", "objcopy"), "-O", "binary",
                     elf, image]):
        done = subprocess.run(command, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, check=False)
        if done.returncode:
            sys.exit(f"pnv_bench: building the guest failed:\n{done.stdout}")
    return image


def run(series, image, timeout):
    """Until the program says that it is done; it can't power off."""
    command = [series.qemu, "-machine", "powernv9", "-m", "1G", "-smp", "1",
               "-accel", "tcg,thread=multi", "-nodefaults", "-display",
               "none", "-monitor", "none", "-serial", "stdio",
               "-device", "pnv-phb,chip-id=0,index=0,id=phb",
               "-device", "pnv-phb-root-port,bus=phb,id=pcie0",
               "-device", "edu,bus=pcie0", "-bios", image]
    timeout = bench.guest.limits.scaled(timeout)
    process = subprocess.Popen(["timeout", str(timeout), *command],
                               stdout=subprocess.PIPE, text=True,
                               stderr=subprocess.DEVNULL)
    seen, done = set(), False
    for text in process.stdout:
        match = bench.LINE.match(text.strip())
        if match:
            name, ops, ticks, sent, received = match.groups()
            series.add(name, int(ticks) * bench.NS_PER_TICK / int(ops),
                       int(sent), int(received))
            seen.add(name)
        if text.strip() == DONE:
            done = True
            break
    process.terminate()
    process.wait()
    missing = sorted(set(TITLES) - seen)
    if missing or not done:
        series.failures.append(f"{series.name}: no end within {timeout:.0f} s, "
                               f"missing: {', '.join(missing) or 'nothing'}")


def print_figures(ours, stock):
    print(f"{'powernv9, ns per operation, medians':46} {'stock':>9} "
          f"{'ours':>9} {'ratio':>7} {'goal':>5} {'sent/received':>17}")
    for name, (title, goal) in TITLES.items():
        mine, theirs = ours.figures.get(name), stock.figures.get(name)
        if not mine or not theirs:
            continue
        print(f"{title:46} {theirs.median():9.1f} {mine.median():9.1f} "
              f"{theirs.median() / mine.median():6.2f}x "
              f"{f'{goal}x' if goal else '':>5} "
              f"{bench.counts(theirs, mine):>17}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--qemu", required=True, help="our QEMU")
    parser.add_argument("--stock", required=True, help="an unchanged QEMU")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--timeout", type=int, default=60,
                        help="seconds for one boot")
    args = parser.parse_args()
    ours = bench.Series("ours", args.qemu, None)
    stock = bench.Series("stock", args.stock, None)
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as directory:
        image = build(Path(directory))
        for turn in range(args.rounds):
            for one in (ours, stock) if turn % 2 else (stock, ours):
                run(one, image, args.timeout)
    print_figures(ours, stock)
    if load > 0.5:
        print(f"note: the machine was busy (load {load:.1f}) at the start")
    failures = ours.failures + stock.failures
    for failure in failures:
        print(f"FAILED: {failure}", file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
