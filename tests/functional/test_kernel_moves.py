#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A guest of a POWER host is stopped, saved, and loaded by another QEMU.

Host and QEMU are those of test_kernel_device.py. The guest has no device of the
host, which would not move.
"""

import re
import time
import unittest

import test_kernel_device
from xivetest import NO_MITIGATIONS, PROMPT, limits

COMMAND = ("{qemu} -M pseries-10.0,accel=kvm,ic-mode={mode},"
           "kernel-irqchip={irqchip}" + NO_MITIGATIONS +
           " -cpu host -m 256M -smp 2 "
           "-nodefaults -display none -vga none -L /usr/share/qemu "
           "-chardev pipe,id=c,path=/tmp/l2 -serial chardev:c "
           "-kernel /l2/vmlinux -initrd /l2/initramfs "
           "-append 'console=hvc0 watchdog_thresh=60'{more}" +
           test_kernel_device.MONITOR)
OURS, STOCK = "qemu-system-ppc64", "stock-qemu"
STREAM = "/tmp/stream"


class KernelMoves(test_kernel_device.KernelDevice):
    """What a guest needs that moves from one QEMU of the host to the next."""

    timeout = 600
    # Debian 12's QEMU, a 10.0.2, neither sends nor takes the part icp/server
    # that those before and after it have with any other mode.
    mode = "xive"

    def start_qemu(self, qemu, irqchip, more=""):
        """One QEMU after the other has the same pipes."""
        self.l1("cat /tmp/l2.out &")
        self.l1(": >/tmp/monitor.log")
        self.l1("cat /tmp/monitor.out >/tmp/monitor.log &")
        self.l1(COMMAND.format(qemu=qemu, irqchip=irqchip, mode=self.mode,
                               more=more) + " &")
        self.wait_for_monitor()

    def save_and_quit(self):
        self.monitor("stop")
        self.monitor(f"migrate file:{STREAM}")
        self.assertIn("completed", self.monitor("info migrate"))
        self.l1(f"echo quit >/tmp/monitor.in; while pidof {OURS} {STOCK}; "
                "do sleep 0.1; done >/dev/null")

    def load(self, qemu, irqchip):
        self.start_qemu(qemu, irqchip, f" -incoming file:{STREAM}")
        limit = limits.Limit(60, self.vm.waited)
        while "inmigrate" in self.monitor("info status"):
            self.assertGreater(limit.left(), 0, "the stream isn't loaded")
            time.sleep(1)
        self.monitor("cont")
        if qemu == OURS:
            (self.assertIn if irqchip == "on" else self.assertNotIn)(
                test_kernel_device.OF_THE_KERNEL, self.monitor("info pic"))

    def ipis(self):
        """How many each vCPU has had."""
        rows = re.findall(r"^\s*\d+:\s+(\d+)\s+(\d+) .*IPI",
                          self.l2("grep IPI /proc/interrupts"), re.M)
        self.assertTrue(rows)
        return [sum(map(int, column)) for column in zip(*rows)]

    def check_lives(self):
        """Each vCPU is interrupted by the other."""
        before = self.ipis()
        self.l2("sleep 2")
        after = self.ipis()
        self.assertTrue(all(b > a for a, b in zip(before, after)),
                        (before, after))

    def start_guest(self):
        self.launch(1)
        self.l1("mkfifo /tmp/l2.in /tmp/l2.out /tmp/monitor.in "
                "/tmp/monitor.out")
        self.start_qemu(OURS, "on")
        self.vm.expect("p9xive: booted", 240)
        self.vm.expect(PROMPT, 60)
        for near, far in ((1, 2), (2, 1)):
            self.l2(f"(taskset {near} sh -c \"while :; do echo; usleep 1000; "
                    f"done\" | taskset {far} cat >/dev/null) & true")
        self.check_lives()

    def move(self, *ends):
        for end in ends:
            self.save_and_quit()
            self.load(*end)
            self.check_lives()


class KernelMovesTest(KernelMoves):
    """
    :avocado: tags=migration:file
    """

    both_qemus = True

    def test_a_guest_moves_between_kernel_direct_path_and_debian_s_qemu(self):
        """
        :avocado: tags=row:A33,peer:stock
        """
        self.start_guest()
        self.move((OURS, "on"), (OURS, "off"), (STOCK, "on"), (OURS, "on"))


if __name__ == "__main__":
    unittest.main()
