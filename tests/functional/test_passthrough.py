#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""PCI devices that are passed through, on both of KVM's interrupt devices.

Each test is one boot with a NIC and a disk that are attached from the start,
and does things to them at the worst moment: while pings and 4 KiB reads follow
each other as fast as they can.
"""

import hashlib
import re
import shutil
import unittest

import test_hotplug
from virtual_machine import QmpError
from xivetest import DISK_SIZE, GATEWAY, LinuxTest, disk_content, disk_image

KVM = "/machine/peripheral/kvm0"
# With MSI-X; three vectors each that Linux uses: receive, transmit and link;
# administration and a queue for each of two vCPUs.
DEVICES = ("nic0", "nvme0")
# It has no MSI-X but MSI, one vector.
SATA = "ahci0"
# The bridge has the last numbers of the chip, IPIs the first ones.
BRIDGE = range(0x100000 - 4096, 0x100000)
READ = 4096
READER = ("while [ ! -e /tmp/stop ]; do dd if=/dev/nvme0n1 bs=4k iflag=direct "
          "2>/dev/null | sha256sum; done")
TABLE_ROW = re.compile(r"^([0-9a-f]{8})  ([0-9a-f]{8})/[0-9a-f]{2} "
                       r"([ ^](?:MSI|LSI)) ( PT|IPI)  [P-][Q-]  ", re.M)


class PassthroughTest(LinuxTest):
    """
    :avocado: tags=device:p9xive-passthrough,device:e1000e,device:nvme
    """

    timeout = 600
    modules = ("e1000e", "nvme", "ahci", "sd_mod")
    rounds = 1000
    # For the methods of test_hotplug that are used here.
    slot = test_hotplug.PciHotplugTest.slot
    plug = test_hotplug.PciHotplugTest.plug
    unplug = test_hotplug.PciHotplugTest.unplug

    def setUp(self):
        super().setUp()
        self.need_ours()

    def start(self, mode, append=""):
        self.linux_args(self.vm, machine=f"pseries,ic-mode={mode}",
                        append=append)
        # A SATA disk insists on being written to.
        sata_image = self.vm.path("sata")
        shutil.copyfile(disk_image(), sata_image)
        self.addCleanup(sata_image.unlink)
        self.vm.add_args(
            "-device", "p9xive-kvm,id=kvm0",
            "-netdev", "user,id=net0,restrict=on",
            "-netdev", "user,id=net1,net=10.0.3.0/24,restrict=on",
            "-device", "e1000e,id=nic0,netdev=net0,addr=1",
            "-blockdev", "driver=file,node-name=disk0,read-only=on,"
            f"filename={disk_image()}",
            "-blockdev", f"driver=file,node-name=disk1,filename={sata_image}",
            "-device", "nvme,id=nvme0,serial=p9xive,drive=disk0,addr=2",
            "-device", "ich9-ahci,id=ahci0,addr=3",
            "-device", "ide-hd,bus=ahci0.0,drive=disk1")
        for device in (*DEVICES, SATA):
            self.vm.add_args("-device", f"p9xive-passthrough,id=pt-{device},"
                             f"device={device}")
        self.boot()

    # ------------------------------------------------ attaching, detaching

    def attach(self, device):
        self.vm.qmp("device_add", driver="p9xive-passthrough",
                    id=f"pt-{device}", device=device)

    def deleted(self, name):
        while self.vm.wait_event("DEVICE_DELETED").get("device") != name:
            pass

    def detach(self, device):
        self.vm.qmp("device_del", id=f"pt-{device}")
        self.deleted(f"pt-{device}")

    def kvm(self, name):
        return self.vm.qmp("qom-get", path=KVM, property=name)

    def bound(self, device):
        """Interrupt numbers that come from the device through the bridge."""
        return {row["lisn"] for row in self.kvm("irqs")
                if row.get("device") == device}

    def check_types(self, lisns, kind):
        """The numbers' live interrupts, in QMP's table and in people's."""
        rows = {row["lisn"]: row for row in self.kvm("irqs")}
        for lisn in lisns:
            row = rows[lisn]
            self.assertEqual(row["type"], kind, row)
            self.assertEqual(row["hw"] in BRIDGE, kind == "PT", row)
            self.assertEqual("device" in row, kind == "PT", row)
        shown = {int(lisn, 16): (kind.strip(), int(hw, 16))
                 for lisn, hw, _, kind in
                 TABLE_ROW.findall(self.vm.hmp("info pic"))}
        for lisn in lisns:
            self.assertEqual(shown[lisn], (kind, rows[lisn]["hw"]))

    def check_attached(self, devices=DEVICES):
        """All vectors that Linux uses are passed through; their numbers."""
        lisns = set()
        for device in devices:
            found = self.bound(device)
            self.assertEqual(len(found), 3, (device, self.kvm("irqs")))
            lisns |= found
        self.check_types(lisns, "PT")
        return lisns

    # ------------------------------------------------------------- accounts

    def settled(self):
        """All of the host's numbers of one moment."""
        names = [item["name"] for item in self.vm.qmp("qom-list", path=KVM)
                 if item["type"] == "uint64"]
        before = None
        self.vm.qmp("stop")
        for _ in range(20):
            now = {name: self.kvm(name) for name in names}
            if now == before:
                break
            before = now
        self.vm.qmp("cont")
        return now

    def check_accounts(self):
        """Every message and every event has one outcome, and none was sent
        while its interrupt was off."""
        n = self.settled()
        self.assertGreater(n["msi-sent"], 0, n)
        self.assertEqual(n["msi-sent"], n["msi-events"] + n["msi-coalesced"] +
                         n["msi-off"], n)
        self.assertEqual(n["triggers"], n["events"] + n["coalesced"] +
                         n["off"], n)
        # Not all go through a queue: the IPIs of a XICS guest don't.
        self.assertEqual(n["events"] + n["replays"], n["eas-masked"] +
                         n["presented"] + n["backlogged"] + n["undelivered"] +
                         n["end-coalesced"] + n["host-events"], n)
        self.assertGreaterEqual(n["host-events"], n["msi-by-host"], n)
        self.assertEqual(n["undelivered"], 0, n)
        self.assertEqual(n["guest-errors"], 0, n)
        return n

    # ----------------------------------------------------------------- load

    def start_load(self, cpus=2):
        """Pings as fast as answers come; on each vCPU a reader of the disk."""
        self.exec_command("rm -f /tmp/stop /tmp/sums*")
        self.reads_before = self.interrupt_counts("nvme0q[1-9]")
        for cpu in range(cpus):
            self.exec_command(f"taskset {1 << cpu:x} sh -c '{READER}' "
                              f">/tmp/sums{cpu} &")
        self.exec_command(f"ping -A -q -c 1000000 {GATEWAY} >/tmp/ping &")

    def end_load(self, cpus=2):
        """No answer is missing, all that was read is right, and each read was
        one interrupt of the vCPU that asked."""
        self.end_storm()
        right = hashlib.sha256(disk_content()).hexdigest()
        wanted = []
        for cpu in range(cpus):
            sums = self.exec_command(f"cut -c 1-64 /tmp/sums{cpu}").split()
            self.assertEqual(set(sums), {right})
            wanted.append(len(sums) * DISK_SIZE // READ)
        after = self.interrupt_counts("nvme0q[1-9]")
        self.assertEqual([new - old for old, new in
                          zip(self.reads_before, after)], wanted)

    # --------------------------------------------------------- what is done

    def switch_many_times(self):
        lisns = self.check_attached()
        before = self.kvm("maps"), self.kvm("unmaps")
        self.start_load()
        for count in range(self.rounds):
            for device in DEVICES:
                self.detach(device)
            if count % 100 == 0:
                self.check_types(lisns, "IPI")
            for device in DEVICES:
                self.attach(device)
            if count % 100 == 0:
                self.assertEqual(self.check_attached(), lisns)
        self.end_load()
        after = self.kvm("maps"), self.kvm("unmaps")
        self.assertEqual([new - old for old, new in zip(before, after)],
                         [self.rounds * len(lisns)] * 2)
        return self.check_accounts()

    def refuse_migration(self):
        """QEMU's NVMe can't be migrated either; it is asked first."""
        with self.assertRaisesRegex(QmpError, "nvme|p9xive-kvm"):
            self.vm.qmp("migrate", uri="exec:cat >/dev/null")
        self.assertEqual(self.vm.qmp("query-status")["status"], "running")

    def unbind_driver(self):
        """The NIC's driver goes, and its vectors; it comes back, and so do
        they."""
        driver = "/sys/bus/pci/drivers/e1000e"
        self.exec_command(f"echo 0000:00:01.0 >{driver}/unbind")
        self.assertEqual(self.bound("nic0"), set())
        self.exec_command(f"echo 0000:00:01.0 >{driver}/bind")
        self.network_up()
        self.check_attached()
        self.check_ping()

    def use_plain_msi(self):
        """A device without MSI-X changes sides while it is being read."""
        lisns = self.bound(SATA)
        self.assertEqual(len(lisns), 1)
        sent, before = self.kvm("msi-sent"), self.interrupt_counts("ahci")
        self.exec_command("rm -f /tmp/sum; dd if=/dev/sda bs=4k iflag=direct "
                          "2>/dev/null | sha256sum >/tmp/sum &")
        for _ in range(50):
            self.check_types(lisns, "PT")
            self.detach(SATA)
            self.check_types(lisns, "IPI")
            self.attach(SATA)
            self.assertEqual(self.bound(SATA), lisns)
        self.exec_command_and_wait_for_pattern(
            "wait; cat /tmp/sum", hashlib.sha256(disk_content()).hexdigest())
        self.assertEqual(sum(self.interrupt_counts("ahci")) - sum(before),
                         DISK_SIZE // READ)
        self.assertGreater(self.kvm("msi-sent"), sent)

    def unplug_device(self):
        """A NIC that comes while the guest runs, and goes while attached."""
        self.plug()
        self.attach("nic1")
        self.exec_command("ip link set eth1 up; "
                          "ip addr add 10.0.3.15/24 dev eth1")
        self.exec_command_and_wait_for_pattern(
            "until ping -c 1 -W 1 10.0.3.2 >/dev/null; do :; done; "
            "ping -A -q -c 20 10.0.3.2", "20 packets received, 0% ")
        self.assertEqual(len(self.bound("nic1")), 3)
        self.unplug()
        path = "/machine/peripheral/pt-nic1"
        self.assertFalse(self.vm.qmp("qom-get", path=path,
                                     property="attached"))
        self.assertGreater(self.vm.qmp("qom-get", path=path, property="sent"),
                           40)
        self.assertEqual(self.bound("nic1"), set())
        self.detach("nic1")

    def reboot(self):
        """In the middle of everything."""
        self.start_load()
        self.exec_command("sleep 1")
        self.vm.send("reboot -f")
        self.wait_for_shell(self.vm)
        self.network_up()
        self.check_attached()

    def check_everything(self, mode):
        self.start(mode)
        self.network_up()
        self.switch_many_times()
        self.start_load()
        self.refuse_migration()
        self.exec_command("sleep 1")
        self.end_load()
        self.unbind_driver()
        self.use_plain_msi()
        self.unplug_device()
        self.reboot()
        self.start_load()
        self.exec_command("sleep 1")
        self.end_load()
        self.check_accounts()

    def test_devices_change_sides_1000_times_under_load(self):
        """
        :avocado: tags=row:N8,row:M25,row:F12
        """
        self.check_everything("xive")

    def test_devices_change_sides_1000_times_under_load_with_xics(self):
        """
        :avocado: tags=row:N8,row:M25,feature:xics
        """
        self.check_everything("xics")


if __name__ == "__main__":
    unittest.main()
