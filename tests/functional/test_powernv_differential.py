#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The same powernv9 boots on stock QEMU and on ours, and sees the same.

skiboot and Debian's kernel program interrupt controller and host bridges on
both, use a disk and a network card, and power off. QEMU traces each access to
a device. With counted instructions, and no thread of the host to wait for, a
run is the same each time, so for each register the values stored and loaded
have to be the same ones in the same order in both models. Where stock is
known to be wrong, differences() says so; one that is not needed is a failure,
too.

One thread of the host is left: QEMU's main thread, which completes the disk's
requests. On a busy host it is late, and then an interrupt comes while another
one is handled, or virtual time has gone on to the next tick of the NIC's
driver; stock differs from stock in the same way. A fault of a model is there
in each run, so a pair of runs that differs is run again, ATTEMPTS times at
most.

With several CPUs the order is not the same: when one lets the next run depends
on when it is interrupted, to the instruction. There each register has to see
the same values, in whatever order and however often. What the guest does is
chosen so that each CPU and each queue has work on both. Where values say what
came while something else was handled - ESB pages, TIMA - what is done counts,
not the value.

Accesses to ESB pages and TIMA take the common path to a region then
(exec/direct-io.h), so they are in the trace. What devices send to the
controller need not be a store on the bus: it is compared by its own event.
"""

import re
import unittest
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import zip_longest

from virtual_machine import TROUBLE
from xivetest import XiveTest, fetched, initramfs

ATTEMPTS = 5
# The NIC's driver sends itself an interrupt every other second while it is up:
# the shell takes it down before that, and does not sleep meanwhile, for
# virtual time would jump then.
SCRIPT = """\
ip link set eth0 up
until grep -q 1 /sys/class/net/eth0/carrier; do :; done
ip link set eth0 down
for cpu in {cpus}; do
    taskset $cpu dd if=/dev/nvme0n1 of=/dev/null bs=64k count=16 iflag=direct
done
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
CHIP_SHIFT, CHIPS = 42, 2
# Names of regions behind XSCOM, whose addresses have nothing to do with those.
SCOM = re.compile("xscom-(?:pec|phb|xive)")


@dataclass
class Difference:
    """Places where the two may differ, and how."""
    places: str
    why: str
    # Given stock's value and ours: may they differ so? None: not compared.
    values: Callable[[int, int], bool] | None = None
    used: int = field(default=0, compare=False)

    def covers(self, place):
        """Chips have the same differences, unless it is said of one."""
        return re.fullmatch(self.places, place) or \
            re.fullmatch(self.places, re.sub(r"^chip \d ", "", place))

    def allows(self, stock, ours):
        if not self.values:
            return True
        if stock is None or ours is None:
            return False
        same = stock[0] == ours[0] and stock[2] == ours[2]
        return same and self.values(stock[1], ours[1])


ALL_ONES = (1 << 64) - 1
# Places of differences that only a run with several chips has, may have, or
# does not have.
FORWARDED, TABLES, PAGES = "event c.*", "bridge .00228", "bridge ESB .*"
CONFLICT, CONSTANT_STATUS = 1 << 63, 0x7F7FFFFFFFFFFFFF


def one_of(*pairs):
    return lambda stock, ours: (stock, ours) in pairs


def watched(stock, ours):
    """Of a watch that went well, ours is the entry that was watched."""
    return stock == CONSTANT_STATUS and not ours & CONFLICT


def differences():
    """Rows are those of docs/specs/gaps.rst."""
    return [
        Difference("IC 920", "X8: on stock syncs are always done, and the "
                   "register keeps nothing"),
        Difference("IC 928", "X8: on stock the status of a cache watch is a "
                   "constant", watched),
        Difference("IC 738", "X8: the same", watched),
        Difference("IC 40038", "X16: a thread that was off has a new "
                   "context", one_of((0x80, 0))),
        Difference("bridge .00100", "P10: after reset the LSIs are the last "
                   "sources, not the first",
                   one_of((0, 0xFF8 << 48), (0, 0x7F8 << 48))),
        Difference("bridge .01a00", "P6: after reset the link's speed has "
                   "its limit", one_of((0, 0x40000000))),
        Difference("bridge .01a10", "P6: after reset the cores are in reset; "
                   "skiboot lets them out",
                   one_of((0, 0xE << 60), (0, 6 << 60))),
        Difference("bridge .01a40", "P6: the link trains and has a width; "
                   "on stock it is up, with a device or without"),
        Difference("bridge .01c00", "P1: ones clear bits; stock keeps them, "
                   "and skiboot stores what it loaded", one_of((ALL_ONES, 0))),
        Difference(FORWARDED, "pnv-xive.rst, Chips: to an END of another "
                   "chip an event goes without a store on the bus"),
        Difference("(bridge [2-5]|chip 1 bridge [0-5])01"
                   "(058|110|114|b30|c20|c28|c30)", "P6: "
                   "skiboot goes on as if stock's empty slot were not empty"),
        Difference(TABLES, "not stock's or ours: TVEs have addresses of "
                   "memory, and which page Linux finds free is a matter of "
                   "time", lambda stock, ours: stock & 0xFFFF ==
                   ours & 0xFFFF),
        Difference(PAGES, "phb4.rst, Tables: P and Q that skiboot "
                   "stores to the MIST, 00, are those of the ESB page; an "
                   "LSI has no Q", one_of((1, 0))),
    ]


def place_of(address, name):
    """What to call a register; None if it belongs to something else."""
    if SCOM.match(name):
        return f"XSCOM {address >> 3:x}"
    chip = address >> CHIP_SHIFT & CHIPS - 1
    address -= chip << CHIP_SHIFT
    for base, size, window in WINDOWS:
        if base <= address < base + size:
            offset = f"{address - base:x}"
            where = f"chip {chip} " if chip else ""
            return (f"{where}{window} "
                    f"{offset.zfill(6 if window == 'bridge' else 0)}")
    return None


def is_trigger(offset):
    return offset & ~0xFFFF == NOTIFY_PAGE and offset & 0xFFFF < TRIGGERS_END


def add_access(accesses, match):
    place = place_of(int(match["address"], 16), match["name"].decode())
    if place is None:
        return
    kind, value = match["kind"].decode(), int(match["value"], 16)
    if re.search(r"\bIC ", place) and is_trigger(int(place.split()[-1], 16)):
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


# Their values depend on what else is pending.
TIMELY = re.compile(r"(?P<page>(?:chip \d )?(?:PSI ESB|bridge ESB|VC) \w*?)"
                    r"\w{1,4}|(?P<whole>TM \w+|xive_.*)")
TARGET = re.compile(r"target=\d+|NVT 0x\w+/0x\w+")


def timeless(accesses):
    """The same, without what depends on when interrupts come."""
    result = {}
    for place, ones in accesses.items():
        match = TIMELY.fullmatch(place)
        if not match:
            result[place] = ones
        elif match["page"]:
            result[match["page"].strip()] = [("used", 0, 8)]
        else:
            result[place] = [
                (kind, TARGET.search(value)[0] if size == 0 else 0, size)
                for kind, value, size in ones]
    return result


def each_value(stock, ours, known=None):
    """Values that one has seen and the other has not, in words, or None."""
    more = [set(stock) - set(ours), set(ours) - set(stock)]
    if known and known.values is None:
        return None
    if known:
        more = [[one for one in more[0]
                 if not any(known.allows(one, other) for other in ours)],
                [one for one in more[1]
                 if not any(known.allows(other, one) for other in stock)]]
    if not any(more):
        return None
    return "; ".join(f"only {who} {shown(one)}" for who, ones in
                     zip(("stock", "ours"), more) for one in sorted(ones)[:3])


def compare(stock, ours, known, how):
    """What differs and may not, in words; counts what known was used for."""
    bad = []
    for place in {**stock, **ours}:
        pair = stock.get(place, []), ours.get(place, [])
        if not how(*pair):
            continue
        one = next((one for one in known if one.covers(place)), None)
        if one:
            one.used += 1
        found = how(*pair, one)
        if found:
            bad.append(f"{place}: {found}")
    return bad


class DifferentialTest(XiveTest):
    """
    :avocado: tags=machine:powernv9,kernel:debian,feature:xive,feature:phb4
    """

    timeout = 300

    def image(self, cpus):
        """An initramfs that does its work and powers off without input."""
        path = self.directory / "initramfs"
        masks = " ".join(f"{1 << cpu:x}" for cpu in range(cpus))
        initramfs.build(fetched("kernel-13-64k"), fetched("busybox"),
                        ("e1000e", "nvme"), SCRIPT.format(cpus=masks), path)
        return path

    def start(self, name, binary, image, append, smp):
        vm = self.get_vm(name, binary)
        vm.bare = ("-monitor", "none", "-net", "none", "-parallel", "none")
        vm.add_args(
            "-L", fetched("firmware"), "-machine", "powernv9", "-m", "1G",
            "-smp", smp, "-icount", "shift=0,sleep=off",
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
            # A disk of a file is as fast as the host's threads.
            "-blockdev", "driver=null-co,node-name=disk0,read-zeroes=on,"
            "size=16777216",
            "-device", "nvme,bus=pcie.1,drive=disk0,serial=p9xive")
        for event in EVENTS:
            vm.add_args("-trace", event)
        vm.launch(console=False)
        return vm

    def check_it_worked(self, vm, cpus):
        console = vm.path("serial").read_bytes()
        self.assertIsNone(TROUBLE.search(console))
        self.assertEqual(console.count(b"16+0 records out"), cpus)
        self.assertRegex(console, rb"\n *\d+: +[1-9]\d* .* nvme0q")

    def runs(self, append, cpus, smp):
        """The machines, stock and ours, when both have powered off."""
        image = self.image(cpus)
        machines = [
            self.start("stock", self.need_stock(), image, append, smp),
            self.start("ours", None, image, append, smp)]
        for vm in machines:
            self.assertEqual(vm.wait_exit(self.timeout), 0)
        return machines

    def differ(self, machines, how, unused):
        """What differs in these two runs and may not, in words."""
        stock, ours = [accesses_of(vm.path("trace")) for vm in machines]
        if how == each_value:
            stock, ours = timeless(stock), timeless(ours)
        known = differences()
        bad = compare(stock, ours, known, how)
        bad += [f"{one.places}: no difference any more" for one in known
                if not one.used and one.places not in unused]
        total, same = count(stock, ours)
        print(f"# {total} accesses and events of stock; {same} of "
              f"{len(stock)} places equal, {len(bad)} wrong", flush=True)
        self.check_each_kind_was_seen(ours)
        return bad

    def check_the_same(self, append="", cpus=1, smp="1", how=first_difference,
                       unused=()):
        self.need_ours()
        for _ in range(ATTEMPTS):
            machines = self.runs(append, cpus, smp)
            bad = self.differ(machines, how, unused)
            for vm in machines:
                self.check_it_worked(vm, cpus)
                vm.path("trace").unlink()
            if not bad:
                return
            print("\n".join(bad[:40]), flush=True)
        self.fail("\n".join(bad[:40]))

    def check_each_kind_was_seen(self, accesses):
        """Else equality would mean little."""
        for kind in ("IC", "TM", "VC", "PSI ESB", "bridge", "bridge ESB",
                     "XSCOM", "event", "xive_tctx_accept"):
            self.assertTrue([place for place in accesses if
                             re.match(rf"{kind}(?: [\da-f]+)?$", place)],
                            kind)

    def test_firmware_and_linux_see_the_same_as_on_stock(self):
        self.check_the_same(unused=(FORWARDED, TABLES))

    def test_with_two_cores_on_two_chips_each_register_sees_the_same(self):
        self.check_the_same(cpus=4, smp="4,sockets=2,cores=2",
                            how=each_value,
                            unused=(TABLES, PAGES))

    def test_with_pins_linux_sees_the_same_as_on_stock(self):
        self.check_the_same("pci=nomsi", unused=(FORWARDED, TABLES))


if __name__ == "__main__":
    unittest.main()
