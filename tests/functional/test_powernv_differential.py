#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The same powernv9 boots on stock QEMU and on ours, and sees the same.

skiboot and Debian's kernel program interrupt controller and host bridges on
both, use a disk and a network card, and power off. QEMU traces each access to
a device. With counted instructions a run is the same each time, so for each
register the values stored and loaded have to be the same ones in the same
order, whoever models it. Where stock is known to be wrong, differences() says
so; one that is not needed is a failure, too.

Accesses to ESB pages and TIMA take the common path to a region then
(exec/direct-io.h), so they are in the trace. What devices send to the
controller need not be a store on the bus: it is compared by its own event.
"""

import re
import time
import unittest
from dataclasses import dataclass, field
from itertools import zip_longest

from virtual_machine import TROUBLE
from xivetest import XiveTest, disk_image, fetched, initramfs

SCRIPT = """\
ip link set eth0 up
dd if=/dev/nvme0n1 of=/dev/null bs=64k count=16 iflag=direct
cat /proc/interrupts
"""
EVENTS = ("memory_region_ops_read", "memory_region_ops_write",
          "pnv_xive_ic_hw_trigger", "xive_presenter_notify",
          "xive_tctx_notify", "xive_tctx_accept", "xive_tctx_set_cppr")
ACCESS = re.compile(
    rb"memory_region_ops_(?P<kind>read|write) cpu -?\d+ mr \S+ "
    rb"addr 0x(?P<address>\w+) value 0x(?P<value>\w+) size (?P<size>\d) "
    rb"name '(?P<name>.*)'")
TRIGGER = re.compile(rb"pnv_xive_ic_hw_trigger @0x(\w+) val=0x(\w+)")
THREAD = re.compile(rb"(xive_(?:tctx|presenter)_\w+) (.*)")
# Row X2: on stock it is stale after an acknowledge.
PIPR = re.compile(r" PIPR=0x\w+")
NOTIFY_PAGE, TRIGGERS_END = 0x10000, 0x800

# Where skiboot puts things on chip 0: first address, size, what to call it.
WINDOWS = (
    (0x600C300000000, 0xC0000000, "bridge ESB"),
    (0x600C3C0000000, 0x600000, "bridge"),
    (0x6010000000000, 0x8000000000, "VC"),
    (0x6018000000000, 0x1000000000, "PC"),
    (0x6030203100000, 0x80000, "IC"),
    (0x6030203180000, 0x40000, "TM"),
    (0x60302031C0000, 0x10000, "PSI ESB"),
)
# Names of regions behind XSCOM, whose addresses have nothing to do with those.
SCOM = re.compile("xscom-(?:pec|phb|xive)")


@dataclass
class Difference:
    """Places where the two may differ, and how."""
    places: str
    why: str
    # (stock, ours): an access may have these values; none: not compared.
    values: tuple = ()
    used: int = field(default=0, compare=False)

    def allows(self, stock, ours):
        if not self.values:
            return True
        if stock is None or ours is None:
            return False
        same = stock[0] == ours[0] and stock[2] == ours[2]
        return same and (stock[1], ours[1]) in self.values


ALL_ONES = (1 << 64) - 1
# Of a watch that went well, ours is the entry that was watched.
WATCHED = (0x80000000000000, 0x80000000000080, 0x8000000000000F)
CONSTANT_STATUS = tuple((0x7F7FFFFFFFFFFFFF, one) for one in WATCHED)


def differences():
    """Rows are those of docs/specs/gaps.rst."""
    return [
        Difference("IC 920", "X8: on stock syncs are always done, and the "
                   "register keeps nothing"),
        Difference("IC 928", "X8: on stock the status of a cache watch is a "
                   "constant", CONSTANT_STATUS),
        Difference("IC 738", "X8: the same", CONSTANT_STATUS),
        Difference("IC 40038", "pnv-xive.rst, PC_THREAD_EN: a thread that "
                   "was off has a new context", ((0x80, 0),)),
        Difference("bridge .00100", "P10: after reset the LSIs are the last "
                   "sources, not the first",
                   ((0, 0xFF8 << 48), (0, 0x7F8 << 48))),
        Difference("bridge .01a00", "P6: after reset the link's speed has "
                   "its limit", ((0, 0x40000000),)),
        Difference("bridge .01a10", "P6: after reset the cores are in reset; "
                   "skiboot lets them out", ((0, 0xE << 60), (0, 6 << 60))),
        Difference("bridge .01a40", "P6: the link trains and has a width; "
                   "on stock it is up, with a device or without"),
        Difference("bridge .01c00", "P1: ones clear bits; stock keeps them, "
                   "and skiboot stores what it loaded", ((ALL_ONES, 0),)),
        Difference("bridge [2-5]01(058|110|114|b30|c20|c28|c30)", "P6: "
                   "skiboot goes on as if stock's empty slot were not empty"),
        Difference("bridge ESB .*", "phb4.rst, Tables: P and Q that skiboot "
                   "stores to the MIST, 00, are those of the ESB page; an "
                   "LSI has no Q", ((1, 0),)),
    ]


def place_of(address, name):
    """What to call a register; None if it belongs to something else."""
    if SCOM.match(name):
        return f"XSCOM {address >> 3:x}"
    for base, size, window in WINDOWS:
        if base <= address < base + size:
            offset = f"{address - base:x}"
            return f"{window} {offset.zfill(6 if window == 'bridge' else 0)}"
    return None


def is_trigger(offset):
    return offset & ~0xFFFF == NOTIFY_PAGE and offset & 0xFFFF < TRIGGERS_END


def add_access(accesses, match):
    place = place_of(int(match["address"], 16), match["name"].decode())
    if place is None:
        return
    kind, value = match["kind"].decode(), int(match["value"], 16)
    if place.startswith("IC ") and is_trigger(int(place[3:], 16)):
        return                  # a device's, or as good as
    accesses.setdefault(place, []).append((kind, value, int(match["size"])))


def add_event(accesses, line):
    match = TRIGGER.match(line)
    if match:
        # Stock counts from the page, we from the window.
        offset = int(match[1], 16)
        if offset < TRIGGERS_END or is_trigger(offset):
            place = f"event {int(match[2], 16):x}"
            accesses.setdefault(place, []).append(("write", offset & 0xFFFF,
                                                   8))
        return
    match = THREAD.match(line)
    if match:
        accesses.setdefault(match[1].decode(), []).append(
            ("event", PIPR.sub("", match[2].decode()), 0))


def accesses_of(path):
    """{place: [(read or write, value, size)]}, in the order of the run."""
    accesses = {}
    with open(path, "rb") as trace:
        for line in trace:
            match = ACCESS.match(line)
            if match:
                add_access(accesses, match)
            else:
                add_event(accesses, line)
    return accesses


def shown(access):
    if access is None:
        return "nothing more"
    kind, value, size = access
    return f"{kind} {value:x}/{size}" if size else value


def first_difference(stock, ours, known=None):
    """In words; None if there is none but known ones."""
    for index, pair in enumerate(zip_longest(stock, ours)):
        if pair[0] != pair[1] and not (known and known.allows(*pair)):
            return (f"access {index}: stock {shown(pair[0])}, "
                    f"ours {shown(pair[1])}")
    return None


def count(stock, ours):
    """Accesses of stock, and places where all of them are ours, too."""
    return (sum(map(len, stock.values())),
            sum(stock[place] == ours.get(place) for place in stock))


def compare(stock, ours, known):
    """What differs and may not, in words; counts what known was used for."""
    bad = []
    for place in {**stock, **ours}:
        pair = stock.get(place, []), ours.get(place, [])
        if pair[0] == pair[1]:
            continue
        one = next((one for one in known
                    if re.fullmatch(one.places, place)), None)
        if one:
            one.used += 1
        found = first_difference(*pair, one)
        if found:
            bad.append(f"{place}: {found}")
    return bad


class DifferentialTest(XiveTest):
    """
    :avocado: tags=machine:powernv9,kernel:debian,feature:xive,feature:phb4
    """

    timeout = 300

    def image(self):
        """An initramfs that does its work and powers off: nobody types."""
        path = self.directory / "initramfs"
        initramfs.build(fetched("kernel-13-64k"), fetched("busybox"),
                        ("e1000e", "nvme"), SCRIPT, path)
        return path

    def start(self, name, binary, image, append):
        vm = self.get_vm(name, binary)
        vm.bare = ("-monitor", "none", "-net", "none", "-parallel", "none")
        vm.add_args(
            "-L", fetched("firmware"), "-machine", "powernv9", "-m", "1G",
            "-smp", "1", "-icount", "shift=0,sleep=off",
            "-rtc", "clock=vm,base=2026-01-01T00:00:00", "-no-reboot",
            "-kernel", fetched("kernel-13-64k") / "vmlinux",
            "-initrd", image,
            # No packets: those of the host's would come when they like.
            "-append", f"console=hvc0 ipv6.disable=1 {append}".strip(),
            # A console that is read late would change the run.
            "-serial", f"file:{vm.path('serial')}",
            "-D", vm.path("trace"),
            "-netdev", "user,id=net0,restrict=on",
            "-device", "e1000e,bus=pcie.0,netdev=net0",
            "-blockdev", "driver=file,node-name=disk0,read-only=on,"
            f"filename={disk_image()}",
            "-device", "nvme,bus=pcie.1,drive=disk0,serial=p9xive")
        for event in EVENTS:
            vm.add_args("-trace", event)
        vm.launch(console=False)
        return vm

    def check_it_worked(self, vm):
        console = vm.path("serial").read_bytes()
        self.assertIsNone(TROUBLE.search(console))
        self.assertIn(b"16+0 records out", console)
        self.assertRegex(console, rb"\n *\d+: +[1-9]\d* .* nvme0q")

    def runs(self, append):
        """The machines, stock and ours, when both have powered off."""
        image = self.image()
        machines = [self.start("stock", self.need_stock(), image, append),
                    self.start("ours", None, image, append)]
        for vm in machines:
            self.assertEqual(vm.wait_exit(self.timeout), 0)
        return machines

    def check_the_same(self, append=""):
        self.need_ours()
        start = time.monotonic()
        machines = self.runs(append)
        stock, ours = [accesses_of(vm.path("trace")) for vm in machines]
        known = differences()
        bad = compare(stock, ours, known)
        total, same = count(stock, ours)
        print(f"# {total} accesses and events of stock; {same} of "
              f"{len(stock)} places equal, {len(bad)} wrong; "
              f"{time.monotonic() - start:.0f} s", flush=True)
        if bad:
            self.fail("\n".join(bad[:40]))
        self.assertEqual([one.places for one in known if not one.used], [])
        self.check_each_kind_was_seen(ours)
        for vm in machines:
            self.check_it_worked(vm)
            vm.path("trace").unlink()

    def check_each_kind_was_seen(self, accesses):
        """Else equality would mean little."""
        for kind in ("IC", "TM", "VC", "PSI ESB", "bridge", "bridge ESB",
                     "XSCOM", "event", "xive_tctx_accept"):
            self.assertTrue([place for place in accesses if
                             re.match(rf"{kind}(?: [\da-f]+)?$", place)],
                            kind)

    def test_firmware_and_linux_see_the_same_as_on_stock(self):
        self.check_the_same()

    def test_with_pins_linux_sees_the_same_as_on_stock(self):
        self.check_the_same("pci=nomsi")


if __name__ == "__main__":
    unittest.main()
