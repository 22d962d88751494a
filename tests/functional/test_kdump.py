#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A crashed kernel is looked at by the one that it had loaded for that.

It gets the machine without a reset: interrupts, queues and devices are as the
other has left them, and vCPUs that RTAS has stopped are still firmware's.
"""

import base64
import struct
import unittest

import nested
from test_hotplug import VcpuTest
from xivetest import fetched, limits

# Where the second kernel runs.
CRASH_SIZE, CRASH_AT = "192M", "256M"
PAGE = 4096
MARK = "p9xive will crash"


def place_in_dump(headers, address):
    """Where an ELF file of 64 bits has an address of its memory."""
    start, = struct.unpack_from("<Q", headers, 32)
    size, count = struct.unpack_from("<HH", headers, 54)
    for number in range(count):
        at = start + number * size
        kind, _, offset, virtual, _, length = struct.unpack_from(
            "<IIQQQQ", headers, at)
        if kind == 1 and virtual <= address < virtual + length:
            return offset + address - virtual
    raise AssertionError(f"{address:#x} is not in the dump")


class KdumpTest(VcpuTest):
    """
    :avocado: tags=reset:crash,feature:kexec,hotplug:cpu
    """

    timeout = 420
    modules = ("nvme",)

    def crash(self):
        """Into the kernel that was loaded."""
        line = limits.linux("console=hvc0 disable_ddw reset_devices")
        self.exec_command(
            "kexec -p /next/vmlinux --initrd=/next/initramfs "
            f'--command-line="{line}"')
        # The first one says that it panics.
        trouble, self.vm.trouble = self.vm.trouble, None
        self.vm.send("echo c >/proc/sysrq-trigger")
        self.wait_for_shell(self.vm)
        self.vm.checked = len(self.vm.console)
        self.vm.trouble = trouble

    def check_dump(self, log):
        """What the first kernel has said is in its memory."""
        text = self.exec_command(f"head -c {PAGE} /proc/vmcore | base64")
        first, rest = divmod(place_in_dump(base64.b64decode(text), log), PAGE)
        self.exec_command_and_wait_for_pattern(
            f"dd if=/proc/vmcore bs={PAGE} skip={first} count=33 2>/dev/null |"
            f" tail -c +{rest + 1} | strings | grep '{MARK}'", MARK)

    def test_next_kernel_has_all_vcpus_after_a_crash(self):
        """Also one that the crashed kernel had given back to firmware."""
        self.linux_args(
            self.vm, smp="2,maxcpus=4", memory="768M",
            append=f"disable_ddw crashkernel={CRASH_SIZE}@{CRASH_AT}",
            initrd=nested.kexec_initramfs(fetched("kernel-13"), self.modules))
        self.add_disk(self.vm)
        self.boot()
        self.plug(2)
        self.exec_command("echo 0 >/sys/devices/system/cpu/cpu1/online; "
                          f"echo {MARK} >/dev/kmsg")
        log = self.exec_command("grep ' __log_buf$' /proc/kallsyms")
        self.crash()
        self.check_dump(int(log.split()[0], 16))
        self.wait_for_cpus(3)
        for cpu in (1, 2):
            self.check_ipis_reach(cpu)
        self.check_disk()
        self.check_each_cpu_is_interrupted()
        self.verdict()


if __name__ == "__main__":
    unittest.main()
