#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Linux on powernv9, and those who keep translations of its IOMMU.

With iommu=nobypass each buffer of a device has TCEs of its own for as long as
it is in use, so thousands of mappings begin and end in a second.
"""

import unittest

from vhost_user import VhostUserDisk
from xivetest import (LinuxTest, disk_content, fetched, initramfs_for, limits,
                      subject_is_stock)

MEMORY = 1 << 30


class PowernvIommuTest(LinuxTest):
    """
    :avocado: tags=machine:powernv9,kernel:debian,feature:phb4
    """

    timeout = 300
    modules = ("e1000e", "virtio_pci", "virtio_blk")

    def start(self, *devices):
        kernel = fetched("kernel-13-64k")
        self.vm.add_args(
            "-L", fetched("firmware"), "-machine",
            "powernv9,memory-backend=ram", "-m", MEMORY >> 20, "-smp", 2,
            "-accel", "tcg,thread=multi", "-object",
            f"memory-backend-memfd,id=ram,size={MEMORY},share=on",
            "-kernel", kernel / "vmlinux",
            "-initrd", initramfs_for(kernel, self.modules),
            "-append", limits.linux("console=hvc0 iommu=nobypass"),
            "-d", "guest_errors", "-D", self.vm.path("log"),
            "-device", "pnv-phb,chip-id=0,index=1,id=phb1",
            "-device", "pnv-phb-root-port,bus=phb1,id=pcie1", *devices)
        self.boot(timeout=240)
        # skiboot looks for functions that aren't there.
        self.freezes = 0 if subject_is_stock() else self.bridge("freezes")

    def bridge(self, counter):
        return self.vm.qmp("qom-get", property=counter, path="/machine/"
                           "chip[0]/pec[1]/phb1/phb-backend")

    def check_no_faults(self):
        if not subject_is_stock():
            self.assertEqual(self.bridge("dma-faults"), 0)
            self.assertEqual(self.bridge("freezes"), self.freezes)
            self.assertEqual(self.bridge("guest-errors"), 0)

    def test_C12_a_disk_of_another_process_has_its_translations(self):
        """
        :avocado: tags=gap:C12
        """
        disk = VhostUserDisk(disk_content())
        disk.start()
        self.addCleanup(disk.stop)
        self.vm.inherit.append(disk.theirs)
        self.start("-chardev", f"socket,id=vu,fd={disk.theirs.fileno()}",
                   "-device", "vhost-user-blk-pci,bus=pcie1,chardev=vu,"
                   "num-queues=1,disable-legacy=on,iommu_platform=on")
        for _ in range(3):
            self.check_disk(disk="vda")
        self.assertGreater(disk.requests, 100)
        self.assertGreater(disk.misses, 100)
        self.assertGreater(disk.invalidations, 100)
        self.assertEqual(disk.faults, 0, disk.error)
        self.check_no_faults()

    def recorded(self, name):
        return self.vm.qmp("qom-get", property=name,
                           path="/machine/peripheral/recorder")

    def told_and_listed(self):
        """Of one moment. The guest may stand between a TCE and its kill."""
        for _ in range(20):
            self.vm.qmp("stop")
            told, listed = self.recorded("told"), self.recorded("listed")
            self.vm.qmp("cont")
            if told == listed:
                break
        return told, listed

    def test_linux_kills_tces_for_each_new_mapping(self):
        """So who copies mappings, as VFIO does, always has all of them. The
        recorder is a function of the network card, and so of its PE."""
        self.need_ours()
        self.start("-netdev", "user,id=net0,restrict=on",
                   "-device", "e1000e,bus=pcie1,netdev=net0,addr=0.0,"
                   "multifunction=on",
                   "-device", "iommu-recorder,id=recorder,bus=pcie1,addr=0.1")
        self.network_up()
        maps = self.recorded("maps")
        self.check_ping(count=200)
        self.assertGreater(self.recorded("maps"), maps + 200)
        told, listed = self.told_and_listed()
        self.assertEqual(told, listed)
        self.assertGreater(len(told.splitlines()), 2)
        self.exec_command("rmmod e1000e")
        self.assertLess(len(self.recorded("told")), len(told))
        told, listed = self.told_and_listed()
        self.assertEqual(told, listed)
        self.assertEqual(self.recorded("violations"), 0)
        self.check_no_faults()


if __name__ == "__main__":
    unittest.main()
