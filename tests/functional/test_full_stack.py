# SPDX-License-Identifier: GPL-2.0-or-later
"""Firmware, host, KVM and guest: passthrough by the kernel's own code.

L0 is QEMU with powernv9, L1 Debian with KVM on it, L2 a pseries guest of that.
The L1 gives an e1000e and an NVMe disk to the L2 with vfio-pci. What switches
the L2's interrupts between IPI and PHB4 source is Linux's book3s_xive*.c,
working on our controller and our bridges.
"""

import hashlib
import re
import unittest

import nested
from xivetest import (GATEWAY, NO_MITIGATIONS, PROMPT, XiveTest, answered,
                      disk_content, disk_image, fetched, limits)

QEMU_IN_L1 = (
    "qemu-system-ppc64 -M pseries,accel=kvm,kernel_irqchip=on,"
    "ic-mode={mode}" +
    NO_MITIGATIONS + " "
    "-cpu host -m 512M -smp {smp} -nodefaults -display none -vga none "
    "-L /usr/share/qemu -chardev pipe,id=c,path=/tmp/l2 -serial chardev:c "
    "-kernel /l2/vmlinux -initrd /l2/initramfs "
    "-append 'console=hvc0 watchdog_thresh=60' {devices}")
IS_BRIDGE = "0x0604"


class FullStack(XiveTest):
    """
    :avocado: tags=machine:powernv9,feature:xive,feature:kvm
    """

    timeout = 420
    more_options = ""
    both_qemus = False          # in the L1: ours and Debian's

    def qemu_for_l1(self):
        """None: Debian's."""
        return None

    def launch(self, smp):
        vm = self.vm
        vm.bare = ("-monitor", "none", "-net", "none", "-parallel", "none")
        kernel = fetched("kernel-13-64k")
        vm.add_args(
            "-L", fetched("firmware"), "-machine", "powernv9", "-m", "3G",
            "-smp", smp, "-accel", "tcg,thread=multi",
            "-kernel", kernel / "vmlinux",
            "-initrd", nested.l1_initramfs(kernel, self.qemu_for_l1(),
                                           self.both_qemus),
            "-append", limits.linux("console=hvc0"),
            "-d", "guest_errors", "-D", vm.path("log"),
            "-netdev", "user,id=net0,restrict=on",
            "-device", "e1000e,bus=pcie.0,netdev=net0",
            "-blockdev", "driver=file,node-name=disk0,read-only=on,"
            f"filename={disk_image()}",
            "-device", "nvme,bus=pcie.1,drive=disk0,serial=p9xive")
        vm.launch()
        vm.expect("p9xive: booted", 120)
        vm.expect(PROMPT, 60)

    def said(self, line, mark, timeout):
        """What came back of a command line that ends in a mark."""
        self.vm.send(line)
        text = self.vm.expect(re.escape(mark), timeout)
        return text[:text.rindex(mark)].replace("\r", "").replace(PROMPT, "")

    def mark(self):
        self.vm.commands += 1
        return (f"p9xive-did-{self.vm.commands}.",
                f'p9xive-di""d-{self.vm.commands}.')

    def l1(self, command, timeout=60):
        mark, typed = self.mark()
        then = "" if command.endswith("&") else ";"
        text = self.said(f"{command}{then} echo {typed}", mark, timeout)
        self.vm.expect(PROMPT, timeout)
        return text

    def l2(self, command, timeout=120):
        """The L2's console is a pipe in the L1, and the L1 shows it."""
        mark, typed = self.mark()
        return self.said(f"echo '{command}; echo {typed}' >/tmp/l2.in", mark,
                         timeout)

    def give_devices_away(self):
        """vfio-pci for all that is no bridge; QEMU's options for them."""
        self.l1("for d in /sys/bus/pci/devices/*; do case $(cat $d/class) in "
                f"{IS_BRIDGE}*) ;; *) echo vfio-pci >$d/driver_override; "
                "echo ${d##*/} >/sys/bus/pci/drivers_probe; G=\"$G -device "
                "vfio-pci,host=${d##*/}\";; esac; done")
        devices = self.l1("echo $G").strip()
        self.assertEqual(devices.count("vfio-pci,"), 2, devices)
        return devices

    def boot_l2(self, mode, smp):
        devices = self.give_devices_away()
        self.l1("mount -t debugfs d /sys/kernel/debug; "
                "mkfifo /tmp/l2.in /tmp/l2.out")
        self.l1("cat /tmp/l2.out &")
        self.l1(QEMU_IN_L1.format(mode=mode, smp=smp, devices=devices) +
                f"{self.more_options} &")
        self.vm.expect("p9xive: booted", 240)
        self.vm.expect(PROMPT, 60)

    def kvm_rows(self, kind):
        """{guest's number: host's} of what KVM itself shows as "IPI", "PT"."""
        text = self.l1("cat /sys/kernel/debug/kvm/*/xi*")
        rows = re.findall(rf"^([0-9a-f]+)\s+([0-9a-f]+)/\S+\s+\w+\s+{kind}\b",
                          text, re.M)
        return {int(guest, 16): int(host, 16) for guest, host in rows}

    def are_of_bridges(self, numbers):
        sources = [range(int(first, 16), int(last, 16) + 1)
                   for first, last in re.findall(
                       r"^PHB4\[\S+ Source (\w+) \.\. (\w+)",
                       self.vm.hmp("info pic"), re.M)]
        return all(any(number in one for one in sources)
                   for number in numbers)

    def check_traffic(self):
        self.l2("ip link set eth0 up; ip addr add 10.0.2.15/24 dev eth0; "
                f"until ping -c 1 -W 1 {GATEWAY} >/dev/null; do :; done")
        text = self.l2(f"ping -A -c 100 {GATEWAY}")
        self.assertLessEqual(set(range(100)), answered(text), text)
        self.assertIn(hashlib.sha256(disk_content()).hexdigest(), self.l2(
            "dd if=/dev/nvme0n1 bs=64k iflag=direct 2>/dev/null | sha256sum"))

    def check_passthrough(self, mode, smp):
        self.launch(smp)
        self.boot_l2(mode, smp)
        self.check_traffic()
        passed_through = self.kvm_rows("PT")
        # Two vectors of the disk at least, three of the network.
        self.assertGreaterEqual(len(passed_through), 5)
        self.assertTrue(self.are_of_bridges(passed_through.values()),
                        passed_through)
        self.l2("for n in /sys/bus/pci/drivers/e1000e/0* "
                "/sys/bus/pci/drivers/nvme/0*; do "
                "echo ${n##*/} >${n%/*}/unbind; done")
        self.assertEqual(self.kvm_rows("PT"), {})
        self.assertFalse(any(self.are_of_bridges([number])
                             for number in self.kvm_rows("IPI").values()))
        self.l2("for n in /sys/bus/pci/devices/*; do "
                "echo ${n##*/} >/sys/bus/pci/drivers_probe; done")
        self.check_traffic()
        self.assertEqual(len(self.kvm_rows("PT")), len(passed_through))


class FullStackTest(FullStack):
    """
    :avocado: tags=machine:powernv9,feature:xive,feature:kvm
    """

    def test_devices_of_an_l2_interrupt_it_without_the_host(self):
        """
        :avocado: tags=row:N8,row:M25,row:G1,row:A35
        """
        self.check_passthrough("xive", 1)

    def test_so_they_do_with_two_cpus(self):
        """
        :avocado: tags=row:N8,row:M25,row:G1
        """
        self.check_passthrough("xive", 2)

    def test_so_they_do_on_xics_over_xive(self):
        """
        :avocado: tags=row:N8,row:M25,row:G1
        """
        self.check_passthrough("xics", 1)


if __name__ == "__main__":
    unittest.main()
