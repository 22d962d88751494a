#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The guest's half of "make demo": boot Linux, and judge what it shows.

    scripts/demo-guest.py --qemu FILE --kernel DIR --busybox FILE --work DIR

Debian's kernel on pseries,ic-mode=xive with two vCPUs, an e1000e and an NVMe
disk. Everything that moves a packet or a sector does it by an interrupt that
went through the XIVE. The exit status is 0 only if all of it worked and the
controller's own counters account for every trigger.
"""

import argparse
import hashlib
import os
import re
import sys
import time
from pathlib import Path

import initramfs
import limits
import vm

GUEST = "guest"         # its files' names
DISK_MIB = 16
PINGS = 5
COUNTERS = ("triggers", "coalesced", "off", "events", "eas-masked",
            "queue-entries", "presented", "replays", "guest-errors")
TTY = sys.stdout.isatty() and "NO_COLOR" not in os.environ


def paint(text, code):
    return f"\033[{code}m{text}\033[0m" if TTY else text


class Demo:
    """Numbered steps with times, and what went wrong in them."""

    def __init__(self, first, total):
        self.number, self.total = first, total
        self.problems = []
        self.started = 0.0

    def step(self, title):
        self.started = time.monotonic()
        print(paint(f"[{self.number}/{self.total}] {title}", 1), flush=True)
        self.number += 1

    def done(self, text):
        seconds = time.monotonic() - self.started
        print(f"      {text}  ({seconds:.1f} s)", flush=True)

    def check(self, good, problem):
        if not good:
            self.problems.append(problem)
            print("      " + paint(f"problem: {problem}", 31), flush=True)


def show(text):
    for line in text.strip("\n").splitlines():
        print(f"      | {line}")
    sys.stdout.flush()


def make_disk(path):
    data = os.urandom(DISK_MIB << 20)
    path.write_bytes(data)
    return hashlib.sha256(data).hexdigest()


def boot(demo, args):
    demo.step("Boot Linux on pseries,ic-mode=xive with 2 vCPUs")
    work = args.work
    image = work / "initramfs.cpio"
    initramfs.build(args.kernel, args.busybox, initramfs.DEFAULT_MODULES, "",
                    image, interactive=True)
    disk = work / "disk.raw"
    checksum = make_disk(disk)
    guest = vm.VirtualMachine(args.qemu, work, GUEST)
    guest.add_args(
        "-machine", "pseries,ic-mode=xive", "-cpu", "power9",
        "-smp", "2", "-m", "1G",
        "-kernel", args.kernel / "vmlinux", "-initrd", image,
        "-append", limits.linux("quiet"),
        "-netdev", "user,id=net", "-device", "e1000e,netdev=net",
        "-drive", f"if=none,id=disk,format=raw,file={disk}",
        "-device", "nvme,serial=p9xive,drive=disk")
    try:
        guest.launch()
        guest.wait_for_shell()
        release, count = guest.run("uname -r", 20), guest.run("nproc", 20)
    except BaseException:
        guest.shutdown()
        raise
    demo.check(count.strip() == "2", f"{count.strip()} of 2 vCPUs are online")
    demo.done(f"Linux {release.strip()}, {count.strip()} vCPUs at the shell")
    return guest, checksum


def network(demo, guest):
    demo.step("Network: e1000e, ping the gateway")
    guest.run("ip link set eth0 up && "
              "ip addr add 10.0.2.15/24 dev eth0", 30)
    # The link takes a moment, which is no business of the count.
    guest.run(f"for i in $(seq {limits.scaled(20):.0f}); do "
              "ping -c 1 -W 1 10.0.2.2 >/dev/null && break; done", 60)
    text = guest.run(f"ping -c {PINGS} -i 0.3 10.0.2.2", 60)
    match = re.search(r"(\d+) packets received", text)
    received = int(match[1]) if match else 0
    demo.check(received == PINGS, f"{received} of {PINGS} pings answered")
    demo.done(f"{received} of {PINGS} pings answered")


def disk(demo, guest, checksum):
    demo.step(f"Disk: NVMe, read {DISK_MIB} MiB past the cache")
    text = guest.run(
        "dd if=/dev/nvme0n1 iflag=direct bs=64k 2>/dev/null | sha256sum", 120)
    same = text.split()[:1] == [checksum]
    demo.check(same, "what the guest read is not what the disk holds")
    demo.done(f"sha256 {checksum[:16]}..., "
              + ("as on the host" if same else "not as on the host"))


def guest_interrupts(demo, guest):
    """Show /proc/interrupts; returns how many came through the XIVE."""
    demo.step("Interrupts, as the guest counts them")
    text = guest.run("cat /proc/interrupts", 20)
    lines = [line for line in text.splitlines()
             if re.match(r"\s*(CPU|\d+:)", line)]
    show("\n".join(lines))
    counts = {}
    for line in lines[1:]:
        fields = line.split()
        counts[fields[-1]] = sum(int(field) for field in fields[1:3])
    demo.check("XIVE" in text, "the guest does not use the XIVE")
    for device in ("IPI-0", "eth0-rx-0", "nvme0q1"):
        demo.check(device in counts, f"no interrupt line of {device}")
    for kind in ("IPI", "eth0", "nvme"):
        total = sum(n for name, n in counts.items() if name.startswith(kind))
        demo.check(total > 0, f"no interrupt of {kind} arrived")
    demo.done(f"{sum(counts.values())} interrupts handled")
    return sum(counts.values())


def read_counters(guest):
    """The controller's own counters, by name; empty if it has none."""
    for item in guest.qmp("qom-list", path="/machine/unattached"):
        if item["type"] != "child<spapr-xive>":
            continue
        path = f"/machine/unattached/{item['name']}"
        names = {prop["name"] for prop in guest.qmp("qom-list", path=path)}
        return {name: guest.qmp("qom-get", path=path, property=name)
                for name in COUNTERS if name in names}
    return {}


def digest(text):
    """The lines of "info pic" that tell something about this guest."""
    lines = []
    for line in text.splitlines():
        unused = re.search(r" M 0+ *$", line) or "not available" in line
        if not unused:
            lines.append(line.split(" [")[0].rstrip())
    return "\n".join(lines)


def controller(demo, guest, work):
    demo.step("The interrupt controller's state (info pic)")
    # Nothing moves while it is read, so that the counters add up.
    guest.qmp("stop")
    text = guest.hmp("info pic")
    counters = read_counters(guest)
    guest.qmp("cont")
    (work / "info-pic.txt").write_text(text)
    show(digest(text))
    demo.done(f"all of it is in {work / 'info-pic.txt'}")
    return counters


def judge(demo, counters, handled):
    """Check the counters' account; returns the verdict's words for it."""
    if "triggers" not in counters or "queue-entries" not in counters:
        demo.check(False, "this QEMU has no counters: is it --stock?")
        return "no counters"
    triggers, entries = counters["triggers"], counters["queue-entries"]
    demo.check(counters.get("guest-errors", 0) == 0,
               f"{counters.get('guest-errors')} guest errors")
    demo.check(entries >= handled,
               f"the guest handled {handled} interrupts of {entries} sent")
    if counters.keys() >= set(COUNTERS):
        expected = (triggers - counters["coalesced"] - counters["off"]
                    - counters["eas-masked"] + counters["replays"])
        demo.check(entries == expected,
                   f"{expected} events should have been delivered")
    return (f"{triggers} triggers sent, {counters.get('coalesced', 0)} "
            f"coalesced, {entries} events delivered")


def power_off(demo, guest):
    demo.step("Power off")
    guest.send("exit")
    status = guest.wait_exit(60)
    demo.check(status == 0, f"QEMU ended with status {status}")
    demo.done("the guest is off")


def run(demo, args):
    guest, checksum = boot(demo, args)
    try:
        network(demo, guest)
        disk(demo, guest, checksum)
        handled = guest_interrupts(demo, guest)
        counters = controller(demo, guest, args.work)
        power_off(demo, guest)
    finally:
        guest.shutdown()
    return judge(demo, counters, handled)


def main():
    parser = argparse.ArgumentParser(description="Boot the demo's guest.")
    parser.add_argument("--qemu", type=Path, required=True)
    parser.add_argument("--kernel", type=Path, required=True)
    parser.add_argument("--busybox", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--first-step", type=int, default=1)
    parser.add_argument("--steps", type=int, default=6)
    args = parser.parse_args()

    args.work.mkdir(parents=True, exist_ok=True)
    demo = Demo(args.first_step, args.steps)
    try:
        account = run(demo, args)
    except (vm.VmError, initramfs.InitramfsError, OSError) as error:
        print(paint(f"verdict: FAILED: {error}", 31))
        print(f"(the guest's console is in {args.work / GUEST}.console)")
        return 1
    if demo.problems:
        print(paint(f"verdict: FAILED: {account}; "
                    + "; ".join(demo.problems), 31))
        return 1
    print(paint(f"verdict: OK: {account}; none lost", 32))
    return 0


if __name__ == "__main__":
    sys.exit(main())
