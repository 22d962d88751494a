#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""PCI devices that are passed through, on both of KVM's interrupt devices.

Each test is one boot with a NIC and a disk that are attached from the start,
and does things to them at the worst moment: while pings and 4 KiB reads follow
each other as fast as they can.
"""

import hashlib
import random
import re
import shutil
import time
import unittest

import nested
import test_hotplug
from virtual_machine import QmpError
from xivetest import (DISK_SIZE, GATEWAY, NO_MITIGATIONS, LinuxTest, XiveTest,
                      disk_content, disk_image, fetched, limits)

KVM = "/machine/peripheral/kvm0"
# With MSI-X; three vectors each that Linux uses: receive, transmit and link;
# administration and a queue for each of two vCPUs.
DEVICES = ("nic0", "nvme0")
# It has no MSI-X but MSI, one vector.
SATA = "ahci0"
# The bridge has the last numbers of the chip, IPIs the first ones.
BRIDGE = range(0x100000 - 4096, 0x100000)
READ = 4096
READER = ("while [ ! -e /tmp/stop ]; do dd if=/dev/{} bs=4k iflag=direct "
          "2>/dev/null | sha256sum; done")
# Where kexec puts the next kernel: memory that Linux sets aside for a crash, so
# that no structure of a running task is in it. Linux 6.12 asks its current
# task, while it copies, whether it uses AltiVec; when the copy has overwritten
# that task, it takes machine checks for ever (one kexec in 12).
KEXEC_MEMORY = (256 << 20, (512 << 20) - 1)
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

    def start(self, mode, append="", kvm="", **more):
        self.detached = 0
        self.linux_args(self.vm, machine=f"pseries,ic-mode={mode}",
                        append=append, **more)
        # A SATA disk insists on being written to.
        sata_image = self.vm.path("sata")
        shutil.copyfile(disk_image(), sata_image)
        self.addCleanup(sata_image.unlink)
        self.vm.add_args(
            "-device", f"p9xive-kvm,id=kvm0{kvm}",
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

    def detach(self, device):
        """It is done when the monitor answers; the event comes when no thread
        looks at the object any more, some 60 ms later."""
        self.vm.qmp("device_del", id=f"pt-{device}")
        self.detached += 1

    def check_deleted(self):
        """All that were detached have gone."""
        for _ in range(self.detached):
            name = self.vm.wait_event("DEVICE_DELETED").get("device", "")
            self.assertTrue(name.startswith("pt-"), name)
        self.detached = 0

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

    def echoes(self):
        """Echo requests that Linux has sent, and answers that it has got."""
        names, values = (line.split()[1:] for line in self.exec_command(
            "grep ^Icmp: /proc/net/snmp").splitlines())
        count = dict(zip(names, map(int, values)))
        return count["OutEchos"], count["InEchoReps"]

    def start_load(self, cpus=2, pings=True):
        """Pings as fast as answers come; on each vCPU a reader of the disk."""
        self.exec_command("rm -f /tmp/stop /tmp/sums*")
        self.before = (self.echoes() if pings else None,
                       self.interrupt_counts("nvme0q[1-9]"))
        for cpu in range(cpus):
            self.exec_command(f"taskset {1 << cpu:x} sh -c "
                              f"'{READER.format('nvme0n1')}' "
                              f">/tmp/sums{cpu} &")
        if pings:
            self.exec_command(f"ping -A -q -c 1000000 {GATEWAY} >/dev/null &")

    def check_echoes(self, before):
        """All requests since then have been answered."""
        for _ in range(10):
            sent, got = (new - old for old, new in zip(before, self.echoes()))
            if sent == got:
                break
            self.exec_command("sleep 1")
        self.assertEqual(sent, got)
        return sent

    def end_load(self, cpus=2):
        """No answer is missing, all that was read is right, and each read was
        one interrupt of the vCPU that asked."""
        self.exec_command("touch /tmp/stop; killall -INT ping; wait",
                          timeout=180)
        echoes, reads = self.before
        if echoes:
            self.assertGreater(self.check_echoes(echoes), 20)
        right = hashlib.sha256(disk_content()).hexdigest()
        wanted = []
        for cpu in range(cpus):
            sums = self.exec_command(f"cut -c 1-64 /tmp/sums{cpu}").split()
            self.assertEqual(set(sums), {right})
            wanted.append(len(sums) * DISK_SIZE // READ)
        after = self.interrupt_counts("nvme0q[1-9]")
        self.assertEqual([new - old for old, new in zip(reads, after)], wanted)

    # --------------------------------------------------------- what is done

    def switch_many_times(self):
        lisns = self.check_attached()
        before = self.kvm("maps"), self.kvm("unmaps")
        self.start_load()
        dice = random.Random(self.rounds)
        for count in range(self.rounds):
            for device in DEVICES:
                self.detach(device)
            if count % 100 == 0:
                self.check_types(lisns, "IPI")
            self.vm.rest(dice.uniform(0, 0.008))
            for device in DEVICES:
                self.attach(device)
            if count % 100 == 0:
                self.assertEqual(self.check_attached(), lisns)
            self.vm.rest(dice.uniform(0, 0.008))
        self.end_load()
        self.check_deleted()
        after = self.kvm("maps"), self.kvm("unmaps")
        print(f"{sum(after)} switches under load, "
              f"{self.kvm('switch-ns') / sum(after):.0f} ns each")
        self.assertEqual([new - old for old, new in zip(before, after)],
                         [self.rounds * len(lisns)] * 2)
        return self.check_accounts()

    def refuse_migration(self):
        """QEMU's NVMe can't be migrated either; it is asked first."""
        with self.assertRaisesRegex(QmpError, "nvme|p9xive-passthrough"):
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
            "wait $!; cat /tmp/sum", hashlib.sha256(disk_content()).hexdigest())
        self.assertEqual(sum(self.interrupt_counts("ahci")) - sum(before),
                         DISK_SIZE // READ)
        self.assertGreater(self.kvm("msi-sent"), sent)

    def unplug_device(self):
        """A NIC that comes while the guest runs, and goes while attached."""
        self.check_deleted()
        self.plug()
        self.attach("nic1")
        self.exec_command("ip link set eth1 up; "
                          "ip addr add 10.0.3.15/24 dev eth1")
        self.exec_command(
            "until ping -c 1 -W 1 10.0.3.2 >/dev/null; do :; done")
        self.check_ping(gateway="10.0.3.2")
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

    def replace_itself(self):
        """By kexec, in the middle of everything: no machine reset, no
        firmware; a kernel that finds devices and interrupts as another left
        them."""
        line = limits.linux("console=hvc0 disable_ddw")
        first, last = KEXEC_MEMORY
        self.exec_command("kexec -l /next/vmlinux --initrd=/next/initramfs "
                          f"--mem-min={first:#x} --mem-max={last:#x} "
                          f'--command-line="{line}"')
        self.start_load()
        self.exec_command("sleep 1")
        before = self.kvm("msi-sent")
        self.vm.send("kexec -e")
        self.wait_for_shell(self.vm)
        self.assertGreater(self.kvm("msi-sent"), before)
        self.network_up()
        self.check_attached()

    def check_kexec(self, mode):
        initrd = nested.kexec_initramfs(fetched("kernel-13"), self.modules)
        # Linux after kexec can't map DMA in the window of the one before.
        size = KEXEC_MEMORY[1] + 1 - KEXEC_MEMORY[0]
        self.start(mode, "disable_ddw "
                   f"crashkernel={size}@{KEXEC_MEMORY[0]}",
                   initrd=initrd, memory="1G")
        self.vm.qmp("trace-event-set-state", name="spapr_xive_reset",
                    enable=True)
        self.network_up()
        self.replace_itself()
        resets = self.vm.path("log").read_text().count("spapr_xive_reset")
        self.assertEqual(resets > 0, mode == "xive")
        self.start_load()
        self.exec_command("sleep 1")
        self.end_load()
        self.check_accounts()

    def check_everything(self, mode):
        self.start(mode)
        self.network_up()
        self.switch_many_times()
        self.start_load()
        self.refuse_migration()
        self.exec_command("sleep 1")
        self.end_load()
        # The NIC goes and comes meanwhile, so what answers it is looked at
        # apart.
        self.start_load(pings=False)
        self.unbind_driver()
        self.use_plain_msi()
        self.unplug_device()
        self.end_load()
        self.reboot()
        self.start_load()
        self.exec_command("sleep 1")
        self.end_load()
        self.check_accounts()

    def test_devices_change_sides_1000_times_under_load_with_xive(self):
        """
        :avocado: tags=row:N8,row:M25,row:F12
        """
        self.check_everything("xive")

    def test_devices_change_sides_1000_times_under_load_with_xics(self):
        """
        :avocado: tags=row:N8,row:M25,feature:xics
        """
        self.check_everything("xics")

    def test_a_kernel_that_replaces_itself_keeps_its_devices(self):
        """
        :avocado: tags=feature:kexec
        """
        self.check_kexec("xive")

    def test_so_does_one_that_uses_xics(self):
        """
        :avocado: tags=feature:kexec,feature:xics
        """
        self.check_kexec("xics")

    def test_without_bypass_the_host_passes_events_on(self):
        """
        :avocado: tags=row:V3
        """
        self.start("xive", kvm=",bypass=off")
        self.network_up()
        self.assertEqual(len(self.bound("nvme0")), 3)
        self.start_load()
        for _ in range(100):
            for device in DEVICES:
                self.detach(device)
                self.attach(device)
        self.end_load()
        self.assertEqual({row["type"] for row in self.kvm("irqs")}, {"IPI"})
        self.assertEqual((self.kvm("maps"), self.kvm("unmaps")), (0, 0))
        n = self.check_accounts()
        # An event that had to wait for its EOI was coalesced once.
        self.assertGreaterEqual(n["msi-by-host"], n["msi-events"])
        self.assertLessEqual(n["msi-by-host"], n["msi-sent"])
        self.assertEqual(n["host-events"], n["msi-by-host"])

    def keep_intx(self, mode):
        """Pins are not passed through: attached or not, the numbers stay
        IPIs, and the level is sampled again with each EOI. The pin of QEMU's
        NVMe is not used: now and then it stays up with nothing to say, on
        upstream's QEMU as well."""
        self.start(mode, "pci=nomsi")
        self.network_up()
        pings = 20000
        names = ("eth0", "ahci")
        before = [sum(self.interrupt_counts(name)) for name in names]
        echoes = self.echoes()
        self.exec_command(f"ping -A -q -c {pings} {GATEWAY} >/dev/null & "
                          f"{READER.format('sda')} >/tmp/sums0 &")
        begin = time.monotonic()
        self.exec_command("until [ -s /tmp/sums0 ]; do usleep 100000; done")
        for _ in range(100):
            for device in (*DEVICES, SATA):
                self.detach(device)
                self.attach(device)
                self.assertEqual(self.bound(device), set())
        self.exec_command("wait %1", timeout=240)
        seconds = time.monotonic() - begin
        self.check_echoes(echoes)
        sums = self.exec_command("touch /tmp/stop; wait; cut -c 1-64 "
                                 "/tmp/sums0").split()
        self.assertEqual(set(sums),
                         {hashlib.sha256(disk_content()).hexdigest()})
        count = [sum(self.interrupt_counts(name)) - old
                 for name, old in zip(names, before)]
        # Linux polls for a while after an interrupt, so on a busy host several
        # answers come by one.
        self.assertGreater(count[0], pings // 4)
        self.assertGreaterEqual(count[1], len(sums) * DISK_SIZE // READ)
        self.assertEqual({row["type"] for row in self.kvm("irqs")}, {"IPI"})
        print(f"# INTx, {mode}: {sum(count)} interrupts in {seconds:.0f} s")

    def test_pins_of_attached_devices_keep_interrupting_with_xive(self):
        """
        :avocado: tags=row:M33
        """
        self.keep_intx("xive")

    def test_pins_of_attached_devices_keep_interrupting_with_xics(self):
        """
        :avocado: tags=row:M33,feature:xics
        """
        self.keep_intx("xics")


class PassthroughRefusedTest(XiveTest):
    """
    No guest runs: what can't be attached, and why.

    :avocado: tags=device:p9xive-passthrough,start:refused
    """

    timeout = 60

    def launch(self, *args):
        self.need_ours()
        self.vm.add_args("-S", "-machine", "pseries" + NO_MITIGATIONS, *args)
        self.vm.launch(console=False)

    def check_refused(self, pattern, **properties):
        with self.assertRaisesRegex(QmpError, pattern):
            self.vm.qmp("device_add", driver="p9xive-passthrough",
                        **properties)

    def test_what_cannot_be_attached_is_refused_with_a_reason(self):
        self.launch("-device", "p9xive-kvm,id=kvm0", "-device",
                    "e1000e,id=nic0", "-device", "p9xive-passthrough,id=pt0,"
                    "device=nic0", "-device", "virtio-serial,id=serial0",
                    "-chardev", "null,id=null", "-device",
                    "virtserialport,id=port0,chardev=null")
        self.check_refused("has to be the id of a PCI device")
        self.check_refused("no device 'nic1'", device="nic1")
        self.check_refused("'port0' is not a PCI device", device="port0")
        self.check_refused("'nic0' is attached already by pt0", device="nic0")
        # Nothing is left of those that were refused.
        self.vm.qmp("device_add", driver="p9xive-passthrough", id="pt1",
                    device="serial0")
        self.assertEqual({one["id"] for one in
                          self.vm.qmp("qom-get", path=KVM,
                                      property="passthrough")},
                         {"pt0", "pt1"})

    def test_without_kvms_device_there_is_nothing_to_attach_to(self):
        self.launch("-device", "e1000e,id=nic0")
        self.check_refused("No 'p9xive-passthrough-bus' bus", device="nic0")

    def test_a_device_without_messages_can_be_attached(self):
        """It has nothing but a pin, which stays where it is."""
        self.launch("-device", "p9xive-kvm,id=kvm0", "-device",
                    "e1000,id=nic0", "-device", "p9xive-passthrough,id=pt0,"
                    "device=nic0")
        self.vm.qmp("device_del", id="pt0")
        self.assertEqual(self.vm.qmp("qom-get", path=KVM,
                                     property="passthrough"), [])

    def test_all_attached_devices_find_room(self):
        """As many as there are, and again when they have gone."""
        nics = [f"nic{n}" for n in range(16)]
        self.launch("-device", "p9xive-kvm,id=kvm0",
                    *(word for nic in nics
                      for word in ("-device", f"e1000e,id={nic}")))
        for _ in range(40):
            for nic in nics:
                self.vm.qmp("device_add", driver="p9xive-passthrough",
                            id=f"pt-{nic}", device=nic)
            pes = {one["pe"] for one in self.vm.qmp(
                "qom-get", path=KVM, property="passthrough")}
            self.assertEqual(len(pes), len(nics))
            for nic in nics:
                self.vm.qmp("device_del", id=f"pt-{nic}")


if __name__ == "__main__":
    unittest.main()
