#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the flight recorder says of devices that a host bridge has cut off, and
of messages that it refuses: Debian on powernv9 drives two of them wrongly."""

import re
import unittest

import test_powernv_pci as pci
from test_powernv_pci import NVME, USB
from test_recorder import RecorderTest
from xivetest import LinuxTest

DISK, CONTROLLER = (f"/sys/bus/pci/devices/{index:04x}:01:00.0"
                    for index in (NVME, USB))
MSI, MSI_64 = 5, 1 << 7         # capability; its flag of a 64-bit address
PCI_COMMAND, MEMORY, BUS_MASTER = 4, 2, 4
NVME_CC, NVME_AQA, NVME_ASQ, NVME_ACQ = 0x14, 0x24, 0x28, 0x30
NVME_DOORBELL = 0x1000
NOWHERE, PAGE = 0x7ABC0000, 1 << 16


class RefusedTest(RecorderTest, LinuxTest):
    """
    :avocado: tags=machine:powernv9,kernel:debian,recorder:yes
    """

    timeout = 420
    modules = pci.PowernvPciTest.modules
    boot_with_devices = pci.PowernvPciTest.boot_with_devices

    def boot_recorded(self):
        """EEH would thaw what is frozen."""
        self.need_ours()
        self.vm.add_args("-global", "pnv-xive.recorder=on")
        self.boot_with_devices(append="eeh=off", smp=1)

    def lost_now(self):
        path = self.directory / "vm.p9xrec"
        self.vm.qmp("qom-set", path="/machine/chip[0]/xive",
                    property="recorder-save", value=str(path))
        return self.p9trace(path, "lost", status=1).splitlines()

    # --------------------------------------------- a message of another PE

    def config(self, device):
        text = self.exec_command(f"hexdump -v -e '1/1 \"%02x\"' -n 256 "
                                 f"{device}/config; echo")
        return bytes.fromhex(re.search("[0-9a-f]{512}", text)[0])

    def store_config(self, device, at, value):
        self.exec_command(f"printf '\\{value:03o}' | dd of={device}/config "
                          f"bs=1 seek={at} conv=notrunc 2>/dev/null")

    def message_data_at(self, device):
        """Where in its configuration space."""
        config = self.config(device)
        at = config[0x34]
        while config[at] != MSI:
            at = config[at + 1]
            self.assertTrue(at, "no capability MSI")
        return at + (0xC if config[at + 2] & MSI_64 else 8)

    def send_another_pes_message(self):
        """The last number of its line is not the controller's."""
        self.store_config(CONTROLLER, self.message_data_at(CONTROLLER), 0xFF)
        self.exec_command("dd if=/dev/sda of=/dev/null bs=4k count=1 "
                          "iflag=direct 2>/dev/null &")

    # ---------------------------------------------------------- a frozen PE

    def wild_dma(self):
        """The disk fetches a command from an address that nothing is mapped
        at, as after a driver that has forgotten to map its queue."""
        self.exec_command("rmmod nvme")
        self.store_config(DISK, PCI_COMMAND, MEMORY | BUS_MASTER)
        text = self.exec_command(f"head -1 {DISK}/resource")
        registers = int(re.search("0x([0-9a-f]+)", text)[1], 16)
        for offset, bits, value in (
                (NVME_CC, 32, 0), (NVME_AQA, 32, 0x1F001F),
                (NVME_ASQ, 64, NOWHERE), (NVME_ACQ, 64, NOWHERE + PAGE),
                (NVME_CC, 32, 0x460001), (NVME_DOORBELL, 32, 1)):
            self.exec_command(f"devmem {registers + offset:#x} {bits} "
                              f"{value:#x}")

    def wait_until_frozen(self, index):
        path = (f"/machine/chip[0]/pec[{int(index > 0)}]/phb{index}/"
                "phb-backend")
        self.vm.wait_until(lambda: self.vm.rest(0.1) or self.vm.qmp(
            "qom-get", path=path, property="freezes"), 60, "a frozen PE")

    def test_lost_names_a_frozen_pe_and_a_message_of_another_pe(self):
        self.boot_recorded()
        self.wild_dma()
        self.wait_until_frozen(NVME)
        disk = rf"^phb0\.{NVME}: PE \d+ is frozen since \d+\.\d+ s$"
        line, = self.lost_now()
        self.assertRegex(line, disk)
        self.send_another_pes_message()
        self.wait_until_frozen(USB)
        lines = self.lost_now()
        self.assertEqual(len(lines), 3, lines)
        self.assertRegex(lines[0], disk)
        found = re.match(rf"phb0\.{USB}: PE (\d+) is frozen since ", lines[1])
        self.assertTrue(found, lines)
        self.assertRegex(lines[2], rf"^phb0\.{USB}: 1 messages 0x\w+ of "
                         r"requester 0x0100 refused, the last at \d+\.\d+ s: "
                         rf"MSI of another PE than {found[1]}$")


if __name__ == "__main__":
    unittest.main()
