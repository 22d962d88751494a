#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs the matrix guest on ours and on stock QEMU and compares the answers.

Each line of TAP is one machine, byte order and way of running: both binaries
survive, each case's answer is the architecture's where that is known, and both
give the same transcript. A line with a row of docs/specs/gaps.rst in brackets
is one in which stock has to fail; the others of such a row ask ours only.
"""

import argparse
import difflib
import os
import re
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
for place in (HERE, HERE.parent / "guest", HERE.parent / "functional",
              HERE.parent.parent / "scripts"):
    sys.path.insert(0, str(place))
sys.dont_write_bytecode = True

import combos  # noqa: E402  (these live beside this file)
import firmware  # noqa: E402
import limits  # noqa: E402
import stops  # noqa: E402
from virtual_machine import VirtualMachine  # noqa: E402

TRANSCRIPT = 0x100000
STATE_DONE, STATE_NMI = 1, 0x100     # the latter plus which one it is


class Failure(Exception):
    """What one binary did that it must not."""


class Run:
    """One binary through one boot."""

    def __init__(self, binary, directory, name, seconds):
        self.binary = binary
        self.directory = directory
        self.name = name
        self.limit = seconds
        self.seconds = limits.scaled(seconds)

    def start(self, image, args):
        vm = VirtualMachine(self.binary, self.directory, self.name,
                            limits.Limit(self.limit))
        vm.add_args("-bios", image, *args)
        vm.launch(console=False)
        return vm

    def control(self, vm):
        """struct control: state and length."""
        words = re.findall(r"0x([0-9a-f]{16})",
                           vm.hmp(f"xp /4gx {firmware.CONTROL:#x}"))
        return [int(word, 16) for word in words[2:4]]

    def wait(self, vm):
        """Until the guest is done; the length of what it has written."""
        told, pause = 0, 0.005
        end = time.monotonic() + min(self.seconds, self.limit * 4)
        while True:
            state, length = self.control(vm)
            if state == STATE_DONE:
                return length
            if state > max(told, STATE_NMI):
                vm.qmp("inject-nmi")
                told = state
            if time.monotonic() > end or vm.deadline.left() <= 0:
                raise Failure(f"no end within {self.seconds:.0f} s"
                              f"{', though it got an nmi' if told else ''}")
            time.sleep(pause)
            pause = min(pause * 1.5, 0.05)

    def transcript(self, vm, length):
        path = self.directory / f"{self.name}.transcript"
        vm.qmp("pmemsave", val=TRANSCRIPT, size=length, filename=str(path))
        return path.read_text(encoding="latin-1")

    def plain(self, image, args):
        vm = self.start(image, args)
        try:
            return self.transcript(vm, self.wait(vm))
        finally:
            vm.shutdown()

    def recorded(self, image, args, way, log):
        """Without a monitor, which would be part of the recording."""
        console = self.directory / f"{self.name}.{way}"
        command = [self.binary, "-display", "none", "-nodefaults", "-monitor",
                   "none", "-serial", f"file:{console}", "-bios", image,
                   *args, "-icount", f"shift=2,rr={way},rrfile={log}"]
        console.write_bytes(b"")
        end = time.monotonic() + self.seconds
        with open(self.directory / f"{self.name}.stderr", "w+") as errors:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL,
                                       stdout=errors, stderr=errors)
            while not (text := console.read_text()).endswith("end\n"):
                if process.poll() is not None or time.monotonic() > end:
                    break
                time.sleep(0.02)
            process.terminate()
            process.wait()
            if not text.endswith("end\n"):
                errors.seek(0)
                raise Failure(f"{way}: status {process.returncode}: "
                              f"{errors.read()} {text[-100:]!r}")
        return text

    def debugged(self, image, args, drive):
        """Under a debugger: what @drive saw, and the transcript."""
        with tempfile.TemporaryDirectory() as place:
            path = Path(place) / "gdb"
            vm = self.start(image, (
                *args, "-chardev",
                f"socket,id=gdb,path={path},server=on,wait=off",
                "-gdb", "chardev:gdb", "-S"))
            try:
                seen = drive(path, self.seconds)
                return seen + self.transcript(vm, self.wait(vm))
            finally:
                vm.shutdown()


class Suite:
    """Everything that is run once: images, and where things are."""

    def __init__(self, args, directory):
        self.args = args
        self.directory = directory
        for old in directory.glob("*.bin"):
            old.unlink()
        self.elfs = {order: firmware.build(directory, order)
                     for order in combos.ORDERS}
        self.data = {order: firmware.binary(elf)
                     for order, elf in self.elfs.items()}
        self.symbols = {order: firmware.symbols(elf)
                        for order, elf in self.elfs.items()}

    def firmware(self, combo):
        choice = combo.choice
        path = self.directory / f"{combo.order}-{combo.row}-{choice}.bin"
        if not path.exists():
            fresh = path.with_suffix(f".{id(combo)}")
            fresh.write_bytes(firmware.with_choice(self.data[combo.order],
                                                combo.row, choice))
            fresh.replace(path)
        return path

    def run(self, combo, ours, seconds):
        """The transcript of one binary."""
        name = combo.name.replace(" ", ".") + (".ours" if ours else ".stock")
        run = Run(self.args.qemu if ours else self.args.stock, self.directory,
                  name, seconds)
        args = combo.machine.args + (combo.machine.ours if ours else ())
        path = self.firmware(combo)
        if combo.kind == "replay":
            return self.replay(run, path, args)
        args += combos.FLAVOURS[combo.flavour]
        if combo.kind == "plain":
            return run.plain(path, args)
        drive = stops.driver(combo.kind, self.symbols[combo.order],
                             combo.order)
        return run.debugged(path, args, drive)

    def replay(self, run, image, args):
        log = self.directory / f"{run.name}.log"
        texts = [run.recorded(image, args, way, log)
                 for way in ("record", "replay")]
        log.unlink()
        if texts[0] != texts[1]:
            raise Failure("the replay is another one than the recording:\n" +
                          compared("recorded", texts[0], "replayed",
                                   texts[1]))
        return texts[0]

    def judge(self, combo):
        """What is wrong with a combo, in words; empty if nothing is."""
        try:
            ours = self.run(combo, True, self.args.timeout)
        except (Failure, AssertionError, OSError, EOFError) as error:
            return f"ours: {error}"
        wrong = [line for line in ours.splitlines() if "; FAIL" in line]
        if wrong or not ours.endswith("end\n"):
            return "ours:\n" + "\n".join(wrong or [ours[-200:]])
        if not re.search(r" ; (pass|unspecified)$", ours, re.MULTILINE):
            return "" if combo.gap == "ours" else "ours: no case ran"
        return "" if combo.gap == "ours" else self.judge_stock(combo, ours)

    def judge_stock(self, combo, ours):
        seconds = 2 if combo.gap else self.args.timeout
        try:
            stock = self.run(combo, False, seconds)
        except (Failure, AssertionError, OSError, EOFError) as error:
            return "" if combo.gap else f"stock: {error}"
        if combo.gap:
            return "" if "; FAIL" in stock else "stock passes this row"
        if stock != ours:
            return compared("stock", stock, "ours", ours)
        return ""


def compared(name, text, other, other_text):
    lines = difflib.unified_diff(text.splitlines(), other_text.splitlines(),
                                 name, other, lineterm="", n=0)
    return "\n".join(list(lines)[:20])


def report(number, combo, wrong, seconds):
    gap = f"[{combo.gap}] " if combo.gap not in ("", "ours") else ""
    what = ("as the architecture wants" if combo.gap else
            "the same on both, as the architecture wants")
    print(f"{'not ' if wrong else ''}ok {number} - {gap}{combo.name}: {what}")
    for line in wrong.splitlines():
        print(f"#   {line}")
    if seconds > 20:
        print(f"#   took {seconds:.0f} s")
    sys.stdout.flush()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--qemu", required=True, help="our QEMU")
    parser.add_argument("--stock", required=True, help="an unchanged QEMU")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--timeout", type=float, default=60,
                        help="seconds for one boot")
    parser.add_argument("--keep", type=Path, metavar="DIR",
                        help="leave transcripts and messages there")
    parser.add_argument("only", nargs="*",
                        help="combos with all of these words in their name")
    args = parser.parse_args()
    chosen = [combo for combo in combos.all_combos()
              if all(word in combo.name.split() for word in args.only)]
    with tempfile.TemporaryDirectory() as temporary:
        directory = args.keep or Path(temporary)
        directory.mkdir(parents=True, exist_ok=True)
        suite = Suite(args, directory)

        def timed(combo):
            began = time.monotonic()
            return suite.judge(combo), time.monotonic() - began

        failed = 0
        with ThreadPoolExecutor(args.jobs) as pool:
            results = pool.map(timed, chosen)
            for number, (combo, (wrong, took)) in enumerate(
                    zip(chosen, results), 1):
                report(number, combo, wrong, took)
                failed += bool(wrong)
    print(f"1..{len(chosen)}")
    return 1 if failed or not chosen else 0


if __name__ == "__main__":
    sys.exit(main())
