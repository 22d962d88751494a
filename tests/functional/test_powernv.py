#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""powernv9: skiboot and Debian's kernels with 64 KiB pages on our controller.

Firmware places the controller's windows and tables, Linux uses it without a
hypervisor below. A network card and a disk are behind different PHBs, with
MSI-X. test_full_stack.py has KVM on top of it.
"""

import unittest

from xivetest import (LinuxTest, disk_image, fetched, initramfs_for, limits,
                      subject_is_stock)

COUNTERS = ("queue-entries", "presented", "backlogged", "undelivered",
            "end-coalesced", "acknowledged", "guest-errors")


class PowernvTest(LinuxTest):
    """
    :avocado: tags=machine:powernv9,kernel:debian
    """

    timeout = 420

    def powernv_args(self, smp, append="", kernel="13-64k"):
        kernel = fetched(f"kernel-{kernel}")
        # With QEMU's default devices: PHBs, and a BMC for reboots.
        self.vm.bare = ("-monitor", "none", "-net", "none", "-parallel",
                        "none")
        self.vm.add_args(
            "-L", fetched("firmware"), "-machine", "powernv9", "-m", "1G",
            "-smp", smp, "-accel", "tcg,thread=multi",
            "-kernel", kernel / "vmlinux",
            "-initrd", initramfs_for(kernel, self.modules),
            "-append", limits.linux(f"console=hvc0 {append}"),
            "-d", "guest_errors", "-D", self.vm.path("log"),
            "-netdev", "user,id=net0,restrict=on",
            "-device", "e1000e,bus=pcie.0,netdev=net0",
            "-blockdev", "driver=file,node-name=disk0,read-only=on,"
            f"filename={disk_image()}",
            "-device", "nvme,bus=pcie.1,drive=disk0,serial=p9xive")

    def chips(self):
        return sorted(item["name"] for item in
                      self.vm.qmp("qom-list", path="/machine")
                      if item["name"].startswith("chip["))

    def sums(self):
        """Counters of all chips together, the guest being stopped."""
        self.vm.qmp("stop")
        total = {name: sum(self.vm.qmp("qom-get", property=name,
                                       path=f"/machine/{chip}/xive")
                           for chip in self.chips())
                 for name in COUNTERS}
        self.vm.qmp("cont")
        return total

    def account(self):
        """Each queue entry reached a thread, and there was no guest error."""
        if subject_is_stock():
            return
        count = self.sums()
        self.assertGreater(count["acknowledged"], 0, count)
        self.assertEqual(count["queue-entries"], count["presented"], count)
        self.assertLessEqual(count["acknowledged"], count["presented"], count)
        for name in ("backlogged", "undelivered", "end-coalesced",
                     "guest-errors"):
            self.assertEqual(count[name], 0, count)
        log = self.vm.path("log").read_text(errors="replace")
        self.assertNotIn("xive", log)

    def use(self, cpus):
        self.exec_command_and_wait_for_pattern("nproc", f"^{cpus}$")
        self.network_up()
        self.check_ping()
        self.check_disk()
        self.check_each_cpu_is_interrupted()

    def boot_and_use(self, smp, cpus, chips=1, **more):
        self.powernv_args(smp, **more)
        self.boot(timeout=360)
        self.exec_command_and_wait_for_pattern(
            "dmesg", "xive: Interrupt handling initialized with native")
        self.assertEqual(len(self.chips()), chips)
        self.use(cpus)
        self.account()

    def test_one_cpu(self):
        self.boot_and_use("1", 1)

    def test_two_cores(self):
        self.boot_and_use("2", 2)

    def test_four_threads_of_one_core(self):
        self.boot_and_use("4,cores=1,threads=4", 4)

    def test_debian_12_on_one_cpu(self):
        self.boot_and_use("1", 1, kernel="12")

    def test_debian_12_on_two_cores(self):
        self.boot_and_use("2", 2, kernel="12")

    def test_debian_12_on_four_cores_of_two_chips(self):
        self.boot_and_use("4,sockets=2", 4, chips=2, kernel="12")

    def test_two_chips(self):
        self.boot_and_use("2,sockets=2", 2, chips=2)

    def test_reboots_and_powers_off(self):
        self.powernv_args("2")
        self.boot(timeout=360)
        self.use(2)
        for _ in range(2):
            self.vm.send("reboot -f")
            self.wait_for_shell(self.vm, 240)
        self.use(2)
        self.account()
        self.vm.send("poweroff -f")
        self.assertEqual(self.vm.wait_exit(120), 0)

    def test_a_reset_out_of_the_blue(self):
        self.powernv_args("2")
        self.boot(timeout=360)
        self.network_up()
        self.interrupt_storm(2)
        self.vm.rest(3)
        self.vm.qmp("system_reset")
        self.wait_for_shell(self.vm, 240)
        self.use(2)
        self.account()

    def test_a_storm_on_two_chips(self):
        self.powernv_args("2,sockets=2")
        self.boot(timeout=360)
        self.network_up()
        self.interrupt_storm(2)
        self.vm.rest(10)
        self.end_storm()
        self.account()


if __name__ == "__main__":
    unittest.main()
