# SPDX-License-Identifier: GPL-2.0-or-later
"""skiboot: the user's version as firmware, with its own boot tests.

Its test kernel hello_world says so through OPAL. Its test under QEMU boots a
kernel with a few devices behind the bridges; here that is Debian's, up to a
shell. Neither expect nor skiboot's scripts are needed. sreset_world is left
out: skiboot offers the OPAL call that it tests on no QEMU machine.
"""

import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from compare import (CRASH, FAIL, LATE, PASS, REPO, Row, Verdict, build_tool,
                     limits)

sys.path[:0] = [str(REPO / "tests/functional"), str(REPO / "scripts")]
import initramfs                                            # noqa: E402
from virtual_machine import (VirtualMachine, VmDied,        # noqa: E402
                             VmTimeout)

NAME = "skiboot"
CROSS = "powerpc64le-linux-gnu-"
HELLO = "test/hello_world/hello_kernel/hello_kernel"
MACHINES = ("powernv8", "powernv9", "powernv10")
SMALL = ("-m", "1G", "-device", "ipmi-bmc-sim,id=bmc0")
DEVICES = ("-device", "pcie-pci-bridge,id=bridge1,bus=pcie.1,addr=0x0",
           "-device", "ich9-ahci,id=sata0,bus=pcie.0,addr=0x0",
           "-device", "e1000e,netdev=net0,bus=bridge1,addr=0x3",
           "-netdev", "user,id=net0,restrict=on",
           "-device", "nec-usb-xhci,bus=bridge1,addr=0x2")
# Lines of firmware's log: [seconds,level] text. Levels up to 3 are errors.
ERROR = re.compile(r"\[ *[\d.]+,[0-3]\] (.*)")
# QEMU's SBE gets 10 ms of the host's time to answer: no matter of ours.
IN_TIME = re.compile(r"SBE: ")
HEX = re.compile(r"\b(0x)?[0-9a-f]{6,}\b")


def build(source, work):
    """Firmware and test kernels, from a copy of the user's tree."""
    tree = work / "tree"
    tree.mkdir(exist_ok=True)
    # What has not changed since is not compiled again.
    build_tool(["cp", "-a", "-u", "-t", tree,
                *(one for one in source.iterdir() if one.name != ".git")],
               work)
    build_tool(["make", "-j2", f"CROSS={CROSS}", "skiboot.lid",
                HELLO], tree, SKIBOOT_VERSION="peers")
    return tree


def fetched(item):
    done = subprocess.run([REPO / "scripts/fetch.sh", item], check=True,
                          stdout=subprocess.PIPE, text=True)
    return Path(done.stdout.strip())


def linux(work):
    """Options that boot Debian's kernel to a shell."""
    kernel, image = fetched("kernel-12"), work / "initramfs.img"
    initramfs.build(kernel, fetched("busybox"), ("e1000e",), "", image,
                    interactive=True)
    return ("-m", "2G", "-smp", "2", "-kernel", kernel / "vmlinux",
            "-initrd", image, "-append",
            limits.linux("console=hvc0"))


def say_hello(vm):
    vm.expect("Hello World!", 120)


def reach_the_shell(vm):
    vm.expect("p9xive: booted", 600)
    vm.send("ls /sys/class/net; lspci | wc -l; echo di''d")
    vm.expect("eth0(.|\\n)*did", 60)
    # Linux has the firmware's log, errors included.
    vm.send("cat /sys/firmware/opal/msglog; echo di''d")
    return {HEX.sub("N", line.strip()) for line in
            ERROR.findall(vm.expect("did", 60)) if not IN_TIME.match(line)}


class Case:
    """One boot of one machine, on ours and on stock."""

    def __init__(self, machine, name, options, bare, steps):
        self.machine, self.name, self.options = machine, name, options
        self.bare, self.steps = bare, steps

    def run(self, binary, subject, tree, work):
        """The verdict, and what the firmware called an error."""
        vm = VirtualMachine(binary, work, f"{self.machine}-{self.name}-"
                            f"{subject}", limits.Limit(900))
        vm.bare = self.bare
        vm.add_args("-machine", self.machine, "-accel", "tcg,thread=multi",
                    "-bios", tree / "skiboot.lid", *self.options)
        try:
            vm.launch()
            return Verdict(PASS), self.steps(vm) or set()
        except VmDied as died:
            word = CRASH if "status -" in str(died) else FAIL
            return Verdict(word, str(died)), set()
        except VmTimeout as late:
            return Verdict(LATE, str(late)), set()
        except AssertionError as error:
            return Verdict(FAIL, str(error)), set()
        finally:
            vm.shutdown()

    def rows(self, tree, work, args):
        stock, known = self.run(args.stock_binary, "stock", tree, work)
        ours, errors = self.run(args.binary, "ours", tree, work)
        rows = [Row(self.machine, self.name, ours, stock)]
        if stock.word == ours.word == PASS and (known or errors):
            rows.append(Row(self.machine, f"{self.name}, errors in its log",
                            judge(errors, known), judge(known, errors)))
        return rows


def judge(errors, others):
    """Errors are as good as on the other QEMU if they are the same."""
    more = sorted(errors - others)
    return Verdict(FAIL if more else PASS, "; ".join(more))


def cases(tree, work):
    bare, full = ("-nodefaults",), ("-monitor", "none", "-net", "none",
                                    "-parallel", "none")
    boot = linux(work)
    for machine in MACHINES:
        yield Case(machine, "hello_world",
                   (*SMALL, "-kernel", tree / HELLO), bare, say_hello)
        yield Case(machine, "boot to a shell", (*boot, *DEVICES), full,
                   reach_the_shell)


def rows(source, work, args):
    """All rows of the comparison."""
    tree = build(source, work)
    with ThreadPoolExecutor(args.jobs) as pool:
        done = pool.map(lambda case: case.rows(tree, work, args),
                        list(cases(tree, work)))
        return [row for part in done for row in part]
