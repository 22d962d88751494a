#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""PCI devices behind powernv9's host bridges, used by Debian's kernel.

A disk, a network card and a USB controller are behind a bridge each. skiboot
sets the bridges up, Linux drives the devices with every kind of interrupt,
takes them away and back, and recovers from errors (EEH). After each test the
bridges' counters have to explain every interrupt.
"""

import re
import unittest

from xivetest import (LinuxTest, disk_image, fetched, initramfs_for, limits,
                      subject_is_stock)

NVME, NETWORK, USB = range(3)
# POWER9's first PEC has one bridge, its second two; POWER10's have three.
PEC_OF = {"powernv9": (0, 1, 1), "powernv10": (0, 0, 0)}
# A bridge's device in /proc/interrupts.
ROWS = {NVME: "nvme0q", NETWORK: "eth0", USB: "xhci"}
PE_OF_NETWORK = "fd"            # Linux counts down; the bridge has 256
DEBUGFS = "/sys/kernel/debug/powerpc"
IDLE_REGISTER = 0xD4            # of e1000e: address of the MSI
CONFIG_LOAD = 4                 # OPAL's number of this error to inject


class PowernvPciTest(LinuxTest):
    """
    :avocado: tags=machine:powernv9,kernel:debian,feature:phb4
    """

    timeout = 420
    modules = ("e1000e", "nvme", "xhci_pci", "usb_storage", "sd_mod")

    def boot_with_devices(self, append="", smp=2, machine="powernv9"):
        self.machine = machine
        kernel = fetched("kernel-13-64k")
        self.vm.add_args(
            "-L", fetched("firmware"), "-machine", machine, "-m", "1G",
            "-smp", smp, "-accel", "tcg,thread=multi",
            "-kernel", kernel / "vmlinux",
            "-initrd", initramfs_for(kernel, self.modules),
            "-append", limits.linux(f"console=hvc0 {append}"),
            "-d", "guest_errors,unimp", "-D", self.vm.path("log"))
        for index in (NVME, NETWORK, USB):
            self.vm.add_args(
                "-device", f"pnv-phb,chip-id=0,index={index},id=phb{index}",
                "-device", f"pnv-phb-root-port,bus=phb{index},id=pcie{index}")
        for disk in ("disk0", "disk1"):
            self.vm.add_args("-blockdev", f"driver=file,node-name={disk},"
                             f"read-only=on,filename={disk_image()}")
        self.vm.add_args(
            "-device", f"nvme,bus=pcie{NVME},drive=disk0,serial=p9xive",
            "-netdev", "user,id=net0,restrict=on",
            "-device", f"e1000e,bus=pcie{NETWORK},netdev=net0",
            "-device",
            f"nec-usb-xhci,bus=pcie{USB},id=xhci,msix=off,msi=on",
            "-device", "usb-storage,bus=xhci.0,drive=disk1")
        self.boot(timeout=360)

    def use(self):
        self.network_up()
        self.check_ping()
        self.check_disk()
        self.check_disk(disk="sda")

    # ------------------------------------------------------- what happened

    def bridge(self, index, counter):
        return self.vm.qmp("qom-get", property=counter,
                           path="/machine/chip[0]/pec["
                                f"{PEC_OF[self.machine][index]}]/"
                                f"phb{index}/phb-backend")

    def interrupts_of(self, index, rows):
        """Linux's counts of a device and of its bridge's own interrupts."""
        pattern = f"{rows}|opal-phb#{index:04x}"
        return sum(self.interrupt_counts(pattern))

    def account(self, pq_bits=True):
        """What came into a bridge went out of it, and nothing was wrong.
        POWER10 leaves PQ bits to its interrupt controller."""
        if subject_is_stock():
            return
        for index in (NVME, NETWORK, USB):
            count = {name: self.bridge(index, name) for name in (
                "triggers", "coalesced", "off", "events", "replays",
                "notifications", "msis-refused", "dma-faults", "freezes",
                "fences", "guest-errors")}
            self.assertEqual(count["triggers"], count["coalesced"] +
                             count["off"] + count["events"], count)
            if pq_bits:
                self.assertEqual(count["notifications"], count["events"] +
                                 count["replays"], count)
            for name in ("msis-refused", "dma-faults", "freezes", "fences",
                         "guest-errors"):
                self.assertEqual(count[name], 0, (index, count))
        log = self.vm.path("log").read_text(errors="replace")
        self.assertNotRegex(log, r"phb4|pec\[")

    def sent(self):
        return [self.bridge(index, "notifications") for index in ROWS]

    def sent_and_seen(self):
        """What bridges have sent and Linux has counted. A packet may come at
        any time, so the bridges are looked at before and after."""
        for _ in range(20):
            sent = self.sent()
            seen = [self.interrupts_of(index, rows)
                    for index, rows in ROWS.items()]
            if self.sent() == sent:
                return zip(sent, seen)
        raise AssertionError("the devices are never quiet")

    def check_all_arrive(self):
        """Linux forgets counts with the vectors of a driver that is starting,
        so only what comes from now on has to be the same."""
        if subject_is_stock():
            return
        before = list(self.sent_and_seen())
        self.check_ping()
        self.check_disk(disk="sda")
        disks = "nvme" in self.modules
        if disks:
            self.check_disk()
        for index, (sent, seen), (sent_now, seen_now) in zip(
                ROWS, before, self.sent_and_seen()):
            if index != NVME or disks:
                self.assertGreater(sent_now, sent, index)
            self.assertEqual(sent_now - sent, seen_now - seen)

    # --------------------------------------------------------------- tests

    def reload_network_driver(self, mode):
        """0: INTx, 2: MSI-X. QEMU's card fails Linux's test of 1, MSI."""
        self.exec_command("rmmod e1000e; insmod /modules/e1000e.ko "
                          f"IntMode={mode}")
        self.network_up()
        self.check_ping()

    def nvme_command(self, what, path):
        self.exec_command(f"echo {what} >/sys/bus/pci/{path}")

    def hot_reset_network(self):
        """By the bridge's reset of the bus, which the device comes out of
        without the word that was stored to an idle register of it. skiboot
        refuses the first one after a boot (docs/specs/phb4.rst)."""
        device = "/sys/bus/pci/devices/0001:01:00.0"
        look = (f"dd if={device}/config bs=4 skip={IDLE_REGISTER // 4} "
                "count=1 2>/dev/null | hexdump -C")
        self.exec_command("rmmod e1000e; printf xive | dd bs=4 count=1 "
                          f"of={device}/config seek={IDLE_REGISTER // 4} "
                          "conv=notrunc 2>/dev/null")
        self.exec_command_and_wait_for_pattern(look, r"\|xive\|")
        self.exec_command_and_wait_for_pattern(
            f"echo bus >{device}/reset_method; echo 1 >{device}/reset; "
            f"echo 1 >{device}/reset && echo reset=done", "reset=done")
        self.exec_command_and_wait_for_pattern(look, "00 00 00 00")
        self.reload_network_driver(2)

    def wait_for_nvme(self):
        self.exec_command_and_wait_for_pattern(
            "until [ -b /dev/nvme0n1 ]; do sleep 1; done; echo there", "there")
        self.check_disk()

    def test_every_kind_of_interrupt_and_devices_that_come_and_go(self):
        self.boot_with_devices()
        self.use()
        self.check_each_cpu_is_interrupted()
        self.check_all_arrive()
        for device, kind in (("0000", "msix"), ("0001", "msix"),
                             ("0002", "msi")):
            self.exec_command_and_wait_for_pattern(
                f"sort -u /sys/bus/pci/devices/{device}:01:00.0/msi_irqs/*",
                f"^{kind}$")
        self.reload_network_driver(0)
        self.assertEqual(len(self.interrupt_rows("eth0")), 1)
        self.assertIn("Level", self.interrupt_rows("eth0")[0])
        self.reload_network_driver(2)
        self.assertEqual(len(self.interrupt_rows("eth0")), 3)
        self.hot_reset_network()
        for what, path in (("0000:01:00.0", "drivers/nvme/unbind"),
                           ("0000:01:00.0", "drivers/nvme/bind"),
                           ("1", "devices/0000:01:00.0/reset")):
            self.nvme_command(what, path)
        self.wait_for_nvme()
        self.nvme_command(1, "devices/0000:01:00.0/remove")
        self.nvme_command(1, "rescan")
        self.wait_for_nvme()
        self.account()

    def interrupt_rows(self, name):
        return [text for _, text in self.interrupts().values()
                if re.search(name, text)]

    def test_everything_by_intx(self):
        # QEMU's NVMe loses count of its completions when it has but a pin.
        self.modules = tuple(name for name in self.modules if name != "nvme")
        self.boot_with_devices("pci=nomsi", smp=1)
        self.network_up()
        for name in ("eth0", "xhci"):
            self.assertIn("Level", self.interrupt_rows(name)[0])
        self.check_all_arrive()
        self.account()

    def test_power10_uses_the_same_bridges(self):
        self.boot_with_devices(machine="powernv10", smp=1)
        self.use()
        self.account(pq_bits=False)

    def recovered(self, times):
        self.exec_command_and_wait_for_pattern(
            f"for i in $(seq {limits.scaled(40):.0f}); do "
            "n=$(dmesg | grep -c 'EEH: Recovery successful'); "
            f"[ $n = {times} ] && break; sleep 1; done; "
            "echo recovered=$n", f"recovered={times}\n*")
        self.network_up()
        self.check_ping()

    def load_config(self):
        self.exec_command("hexdump -C /sys/bus/pci/devices/0001:01:00.0/"
                          "config >/dev/null")

    def test_P2_linux_recovers_a_card_from_errors(self):
        """
        :avocado: tags=gap:P2
        """
        self.boot_with_devices(smp=1)
        self.network_up()
        self.exec_command("mount -t debugfs debugfs /sys/kernel/debug")
        self.exec_command(f"echo {PE_OF_NETWORK}:0:{CONFIG_LOAD}:0:0 "
                          f">{DEBUGFS}/PCI0001/err_injct")
        self.load_config()
        self.recovered(1)
        # Linux makes the card not answer, which is an error by itself.
        self.exec_command(f"echo 0001:01:00.0 >{DEBUGFS}/eeh_dev_break")
        self.recovered(2)
        self.assertGreaterEqual(self.bridge(NETWORK, "freezes"), 2)
        self.assertEqual(self.bridge(NETWORK, "fences"), 0)
        # An error of the bridge itself: it is reset and set up again.
        self.exec_command(f"echo {1 << 63:#x} "
                          f">{DEBUGFS}/PCI0001/err_injct_outbound")
        self.load_config()
        self.recovered(3)
        self.assertGreaterEqual(self.bridge(NETWORK, "fences"), 1)
        self.check_disk(disk="sda")
        for other in (NVME, USB):
            self.assertEqual(self.bridge(other, "freezes"), 0)
            self.assertEqual(self.bridge(other, "fences"), 0)


if __name__ == "__main__":
    unittest.main()
