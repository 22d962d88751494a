#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""vCPUs and PCI devices that come and go while interrupts run."""

import re
import struct
import unittest

from xivetest import LinuxTest

CORE = "power9_v2.2-spapr-cpu-core"
# Numbers from here on are handed out to PCI devices as they ask for them.
FIRST_MSI = 0x1300


class VcpuTest(LinuxTest):
    """vCPU n is core n."""

    timeout = 300

    def plug(self, core):
        self.vm.qmp("device_add", driver=CORE, id=f"core{core}",
                    **{"core-id": core})
        self.wait_for_cpus(core + 1)

    def wait_for_cpus(self, count):
        self.exec_command_and_wait_for_pattern(
            f"until [ $(nproc) = {count} ]; do usleep 100000; done; "
            "cat /sys/devices/system/cpu/online",
            f"(?m)^0-{count - 1}$" if count > 1 else "(?m)^0$")

    def unplug(self, core):
        self.vm.qmp("device_del", id=f"core{core}")
        data = self.vm.wait_event("DEVICE_DELETED", 120)
        while data.get("device") != f"core{core}":
            data = self.vm.wait_event("DEVICE_DELETED", 120)
        self.wait_for_cpus(core)

    def ipis(self):
        return self.interrupt_counts("IPI")

    def check_ipis_reach(self, cpu):
        """Wake a reader there 200 times from CPU 0."""
        before = self.ipis()[cpu]
        self.exec_command(
            "rm -f /tmp/fifo; mkfifo /tmp/fifo; "
            f"taskset {1 << cpu:x} cat /tmp/fifo >/dev/null & reader=$!; "
            "taskset 1 sh -c 'n=0; while [ $n -lt 200 ]; do echo $n; "
            "usleep 2000; n=$((n+1)); done' >/tmp/fifo; wait $reader")
        self.assertGreater(self.ipis()[cpu], before + 20)


class CpuHotplugTest(VcpuTest):
    """
    :avocado: tags=hotplug:cpu
    """

    def setUp(self):
        super().setUp()
        self.linux_args(self.vm, smp="1,maxcpus=4")
        self.add_network(self.vm)
        self.add_disk(self.vm)
        self.boot()
        self.network_up()

    def test_vcpu_comes_and_receives_ipis(self):
        self.plug(1)
        self.plug(2)
        for cpu in (1, 2):
            self.check_ipis_reach(cpu)
        self.check_each_cpu_is_interrupted()
        self.verdict()

    def test_vcpu_leaves_under_load_and_comes_back(self):
        self.plug(1)
        self.interrupt_storm(cpus=2)
        self.exec_command("taskset 2 sh -c 'touch /tmp/busy; "
                          "until [ -e /tmp/stop ]; do :; done' &")
        self.exec_command("until [ -e /tmp/busy ]; do usleep 10000; done")
        for _ in range(2):
            self.unplug(1)
            self.plug(1)
            self.check_ipis_reach(1)
        self.end_storm()
        self.check_disk()
        self.verdict()


class ManyPlugsTest(VcpuTest):
    """
    :avocado: tags=hotplug:cpu,gap:C14
    """

    modules = ()

    def test_C14_vcpus_may_come_more_often_than_there_is_room_for(self):
        self.linux_args(self.vm, smp="1,maxcpus=2")
        self.boot()
        for _ in range(5):
            self.plug(1)
            self.check_ipis_reach(1)
            self.unplug(1)
        self.plug(1)
        self.check_ipis_reach(1)
        self.verdict()


class PciHotplugTest(LinuxTest):
    """
    Nothing in Linux itself answers a PCI hotplug event on pseries: a tool
    would add the device-tree node that the firmware describes and have the
    bus scanned again. The test adds the node by hand.

    :avocado: tags=hotplug:pci,device:e1000e
    """

    timeout = 300
    slot = 5

    def plug(self):
        self.vm.qmp("device_add", driver="e1000e", id="nic1", netdev="net1",
                    addr=f"{self.slot}")
        phb = self.exec_command("cd /proc/device-tree; ls -d pci@*; cd /")
        self.node = f"/{phb}/ethernet@{self.slot:x}"
        devfn = self.slot << 3
        cells = {
            "reg": (devfn << 8, 0, 0, 0, 0), "vendor-id": (0x8086,),
            "device-id": (0x10d3,), "class-code": (0x020000,),
            "revision-id": (0,), "ibm,req#msi": (1,), "ibm,req#msi-x": (5,),
            "ibm,my-drc-index": (0x40000000 | devfn,),
        }
        words = [f"add_node {self.node} "]
        for name, value in {"name": b"ethernet\0", **cells}.items():
            if isinstance(value, tuple):
                value = struct.pack(f">{len(value)}I", *value)
            octal = "".join(f"\\{byte:03o}" for byte in value)
            words.append(f"{name} {len(value)} {octal} ")
        self.exec_command(f"printf '{''.join(words)}' >/tmp/node")
        self.exec_command_and_wait_for_pattern(
            "dd if=/tmp/node of=/proc/ppc64/ofdt bs=4k 2>&1 && "
            "echo 1 >/sys/bus/pci/rescan; ls /sys/class/net", "eth1")

    def unplug(self):
        self.exec_command(
            f"echo 1 >/sys/bus/pci/devices/0000:00:0{self.slot}.0/remove")
        self.exec_command(f"printf 'remove_node {self.node}' >/tmp/node; "
                          "dd if=/tmp/node of=/proc/ppc64/ofdt bs=4k")
        self.vm.qmp("device_del", id="nic1")
        self.vm.wait_event("DEVICE_DELETED")

    def claimed(self):
        """LISNs of devices that 'info pic' lists: those that are in use."""
        text = self.vm.hmp("info pic")
        lisns = {int(word, 16) for word in
                 re.findall(r"^  ([0-9a-f]{8}) (?:MSI|LSI)", text, re.M)}
        return {lisn for lisn in lisns if lisn >= FIRST_MSI}

    def test_e1000e_comes_and_goes_with_its_msis(self):
        self.linux_args(self.vm, machine="pseries,ic-mode=xive")
        self.add_network(self.vm)
        self.add_disk(self.vm)
        self.vm.add_args("-netdev", "user,id=net1,net=10.0.3.0/24,restrict=on")
        self.boot()
        before = self.claimed()
        for _ in range(3):
            self.plug()
            self.exec_command("ip link set eth1 up; "
                              "ip addr add 10.0.3.15/24 dev eth1")
            self.exec_command(
                "until ping -c 1 -W 1 10.0.3.2 >/dev/null; do :; done")
            self.check_ping(gateway="10.0.3.2")
            self.assertGreater(sum(self.interrupt_counts("eth1-rx")), 19)
            self.assertGreater(len(self.claimed()), len(before))
            self.unplug()
            self.assertEqual(self.claimed(), before)
        self.network_up()
        self.check_ping()
        self.verdict()


if __name__ == "__main__":
    unittest.main()
