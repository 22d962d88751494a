# SPDX-License-Identifier: GPL-2.0-or-later
"""What p9xive's functional tests have in common.

XiveTest gives a test its virtual machines, a deadline and a directory for
logs; LinuxTest boots Debian's kernel into a shell and judges what it did. The
names are those of QEMU's own functional tests: self.vm.add_args(),
wait_for_console_pattern(), exec_command_and_wait_for_pattern().

From the environment (run.py sets all of it):
  QEMU_TEST_QEMU_BINARY  the QEMU under test, else build/qemu-system-ppc64
  P9XIVE_STOCK           upstream's, for migration from one to the other,
                         else build-stock/qemu-system-ppc64
  P9XIVE_SUBJECT         "stock": the one under test is upstream's, so what
                         only ours can tell is not asked for
  P9XIVE_FUNCTIONAL_DIR  where logs, disks and initramfs go, else
                         build/functional
"""

import fcntl
import functools
import hashlib
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import unittest
from pathlib import Path

from virtual_machine import VirtualMachine

HERE = Path(__file__).resolve().parent
REPO = HERE.parent.parent
WORK = Path(os.environ.get("P9XIVE_FUNCTIONAL_DIR")
            or REPO / "build" / "functional")
DISK_SIZE = 16 << 20
# What TCG can't do and would warn of.
NO_MITIGATIONS = (",cap-cfpc=broken,cap-sbbc=broken,cap-ibs=broken,"
                  "cap-ccf-assist=off")
GATEWAY = "10.0.2.2"
# scripts/fetch.sh's exit status when no mirror has what was asked for.
FETCH_UNAVAILABLE = 3

sys.path.insert(0, str(REPO / "scripts"))
import initramfs  # noqa: E402  (it lives in scripts/)
import limits  # noqa: E402

PROMPT = initramfs.PROMPT


def subject_is_stock():
    return os.environ.get("P9XIVE_SUBJECT") == "stock"


def binary_under_test():
    return Path(os.environ.get("QEMU_TEST_QEMU_BINARY")
                or REPO / "build" / "qemu-system-ppc64")


def stock_binary():
    return Path(os.environ.get("P9XIVE_STOCK")
                or REPO / "build-stock" / "qemu-system-ppc64")


@functools.lru_cache(None)
def fetched(item):
    """A file or directory that scripts/fetch.sh gets once. A test that asks
    for what can't be had is skipped, with the reason."""
    result = subprocess.run([REPO / "scripts" / "fetch.sh", item], text=True,
                            capture_output=True, check=False)
    if result.returncode == FETCH_UNAVAILABLE:
        reason = result.stderr.strip().splitlines()[-1]
        raise unittest.SkipTest(reason.removeprefix("fetch: "))
    if result.returncode:
        raise FileNotFoundError(result.stderr.strip())
    return Path(result.stdout.strip())


def made_once(path, make):
    """The file, made by make(temporary path) if it isn't there yet."""
    if path.exists():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    # Another test may be at it already.
    with open(path.with_name(f"{path.name}.lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            temporary = path.with_name(f"{path.name}.new")
            make(temporary)
            temporary.replace(path)
    return path


def disk_content():
    return random.Random(20).randbytes(DISK_SIZE)


def disk_image():
    return made_once(WORK / f"disk-{DISK_SIZE}.img",
                     lambda path: path.write_bytes(disk_content()))


def initramfs_for(kernel, modules):
    """An initramfs with a shell, by its recipe's hash."""
    parts = (Path(initramfs.__file__).read_bytes(), str(kernel).encode(),
             ",".join(modules).encode())
    digest = hashlib.sha256(b"\0".join(parts)).hexdigest()[:16]
    return made_once(
        WORK / f"initramfs-{digest}.img",
        lambda path: initramfs.build(kernel, fetched("busybox"), modules, "",
                                     path, interactive=True))


class XiveTest(unittest.TestCase):
    """
    :avocado: tags=arch:ppc64,machine:pseries,feature:xive
    """

    # Seconds of a quiet machine, as all that follow.
    timeout = 300
    # What the alarm leaves to the limits, which know what didn't come.
    grace = 20

    def setUp(self):
        # A test takes about a fifth of its limit on a quiet machine.
        if why := limits.no_time_for(self.timeout / 5):
            self.skipTest(why)
        self.machines = []
        self.deadline = limits.Limit(self.timeout, self._machines_waited)
        self.directory = WORK / "logs" / self.id().split(".", 1)[-1]
        shutil.rmtree(self.directory, ignore_errors=True)
        self.directory.mkdir(parents=True)
        # Only for what can't look at the deadline, such as a hung select.
        signal.signal(signal.SIGALRM, self._too_late)
        self._set_alarm()
        self.addCleanup(signal.alarm, 0)
        self.addCleanup(self._end_machines)
        self.vm = self.get_vm("vm")

    def _set_alarm(self):
        signal.alarm(int(self.deadline.left()) + self.grace)

    def _too_late(self, _signal, _frame):
        if self.deadline.left() <= 0:
            raise AssertionError(f"not done after {self.deadline}")
        self._set_alarm()

    def _machines_waited(self):
        return sum(machine.waited() for machine in self.machines)

    def _end_machines(self):
        for machine in self.machines:
            machine.shutdown()

    def get_vm(self, name, binary=None):
        """One more machine; it ends with the test."""
        binary = binary or binary_under_test()
        if not binary.exists():
            raise FileNotFoundError(f"{binary}: build it first (make)")
        machine = VirtualMachine(binary, self.directory, name, self.deadline)
        self.machines.append(machine)
        return machine

    def need_stock(self):
        """Upstream's binary, or skip."""
        if not stock_binary().exists():
            self.skipTest(f"{stock_binary()} isn't there; ./configure --stock "
                          "and make make it")
        return stock_binary()

    def need_ours(self):
        if subject_is_stock():
            self.skipTest("only p9xive has it")

    def add_snapshot_disk(self):
        """An empty qcow2 image, made by QEMU, which takes the snapshots."""
        path = self.directory / "snapshots.qcow2"
        maker = self.get_vm("maker")
        maker.add_args("-machine", "none")
        maker.launch(console=False)
        size = 1 << 30
        path.touch()
        maker.qmp("blockdev-add", driver="file", filename=str(path),
                  node_name="file")
        maker.qmp("blockdev-create", job_id="create", options={
            "driver": "qcow2", "file": "file", "size": size})
        maker.wait_until(
            lambda: any(event["data"].get("status") == "concluded"
                        for event in maker.events), 60, "image")
        maker.shutdown()
        self.vm.add_args("-blockdev", "driver=qcow2,node-name=snapshots,"
                         f"file.driver=file,file.filename={path}")

    def wait_for_console_pattern(self, pattern, vm=None, timeout=120):
        return (vm or self.vm).expect(pattern, timeout)

    @staticmethod
    def save_to_file(vm, path):
        """Stop a machine and write its migration stream; it stays there."""
        vm.qmp("stop")
        vm.qmp("migrate", uri=f"file:{path}")
        vm.wait_until(lambda: vm.rest(0.1) or vm.qmp("query-migrate").get(
            "status") == "completed", 60, "end of saving")

    @staticmethod
    def wait_for_arrival(vm, timeout=90):
        """Wait until a machine that was told of a stream has read it."""
        vm.wait_until(
            lambda: vm.qmp("query-status")["status"] != "inmigrate",
            timeout, "end of loading")

    # ------------------------------------------- what the device can tell

    @staticmethod
    def device_path(vm):
        """Where the interrupt controller is among QEMU's objects."""
        for parent in ("/machine", "/machine/unattached"):
            for item in vm.qmp("qom-list", path=parent):
                if item["type"] == "child<spapr-xive>":
                    return f"{parent}/{item['name']}"
        raise AssertionError("the machine has no spapr-xive")

    def counters(self, vm=None):
        """All counters, of one moment: the guest is stopped, and devices
        that still have something to say are waited for."""
        vm = vm or self.vm
        path = self.device_path(vm)
        names = [item["name"] for item in vm.qmp("qom-list", path=path)
                 if item["type"] == "uint64" and
                 item["name"] not in ("vc-base", "tm-base")]
        running = vm.qmp("query-status")["running"]
        vm.qmp("stop")
        before = None
        for _ in range(20):
            now = {name: vm.qmp("qom-get", path=path, property=name)
                   for name in names}
            if now == before:
                break
            before = now
        if running:
            vm.qmp("cont")
        return now

    def verdict(self, vm=None, guest_errors=0):
        """Every trigger has one outcome, every event reaches a thread, and
        the guest did nothing wrong."""
        if subject_is_stock():
            return None
        count = self.counters(vm)
        self.assertGreater(count["triggers"], 0, count)
        self.assertEqual(count["triggers"], count["coalesced"] + count["off"] +
                         count["events"], count)
        self.assertEqual(count["events"] + count["replays"],
                         count["eas-masked"] + count["queue-entries"], count)
        self.assertEqual(count["queue-entries"], count["presented"] +
                         count["backlogged"] + count["undelivered"] +
                         count["end-coalesced"], count)
        self.assertEqual(count["guest-errors"], guest_errors, count)
        return count


def answered(text):
    """The numbers of ping's packets that were answered."""
    return {int(number) for number in re.findall(r" seq=(\d+) ", text)}


class LinuxTest(XiveTest):
    """Boots Debian's kernel with a shell on the console."""

    modules = ("e1000e", "nvme")

    def linux_args(self, vm, kernel=13, smp=2, machine="pseries,ic-mode=xive",
                   memory="768M", append="", initrd=None):
        """What a machine needs to boot; it has neither disk nor network."""
        directory = fetched(f"kernel-{kernel}")
        vm.add_args(
            "-machine", machine + NO_MITIGATIONS, "-cpu", "power9",
            "-m", memory, "-smp", smp,
            "-accel", "tcg,thread=multi", "-kernel", directory / "vmlinux",
            "-initrd", initrd or initramfs_for(directory, self.modules),
            "-append", limits.linux(f"console=hvc0 {append}"),
            "-d", "guest_errors", "-D", vm.path("log"))

    @staticmethod
    def add_network(vm, bus_address="1"):
        vm.add_args("-netdev", "user,id=net0,restrict=on", "-device",
                    f"e1000e,netdev=net0,addr={bus_address}")

    @staticmethod
    def add_disk(vm, device="nvme,serial=p9xive"):
        vm.add_args("-blockdev", "driver=file,node-name=disk0,read-only=on,"
                    f"filename={disk_image()}",
                    "-device", f"{device},drive=disk0,addr=2")

    def boot(self, vm=None, timeout=240):
        vm = vm or self.vm
        vm.launch()
        vm.wait_for_shell(timeout)

    @staticmethod
    def wait_for_shell(vm, timeout=240):
        vm.wait_for_shell(timeout)

    def exec_command(self, command, vm=None, timeout=120):
        """Run a shell command in the guest; its output."""
        return (vm or self.vm).run(command, timeout)

    def exec_command_and_wait_for_pattern(self, command, pattern, vm=None,
                                          timeout=120):
        text = self.exec_command(command, vm, timeout)
        self.assertRegex(text, pattern)
        return text

    # ------------------------------------------------------ what Linux says

    def interrupts(self, vm=None):
        """/proc/interrupts as {row: (counts per online CPU, description)}."""
        text = self.exec_command("cat /proc/interrupts", vm)
        rows = {}
        for line in text.splitlines():
            match = re.match(r"\s*(\w+):((?:\s+\d+)+)\s*(.*)", line)
            if match:
                counts = [int(word) for word in match[2].split()]
                rows[match[1]] = (counts, match[3])
        return rows

    def interrupt_counts(self, name, vm=None):
        """Counts per CPU of all rows whose description matches."""
        found = [counts for counts, text in self.interrupts(vm).values()
                 if re.search(name, text)]
        self.assertTrue(found, f"no interrupt {name}")
        return [sum(column) for column in zip(*found)]

    def network_up(self, vm=None):
        self.exec_command("ip link set eth0 up; "
                          "ip addr add 10.0.2.15/24 dev eth0", vm)
        # The link comes up and the first ARP is answered a little later.
        self.exec_command_and_wait_for_pattern(
            f"until ping -c 1 -W 1 {GATEWAY} >/dev/null; do :; done; echo up",
            "up", vm)

    def check_ping(self, vm=None, count=20, gateway=GATEWAY):
        """Each is answered. When an answer takes a second, as on a busy host,
        ping sends one more than it was told, and does not wait for that."""
        text = self.exec_command(f"ping -A -c {count} {gateway}", vm)
        self.assertLessEqual(set(range(count)), answered(text), text)

    def check_disk(self, vm=None, disk="nvme0n1"):
        """Read it past the page cache and compare."""
        self.exec_command_and_wait_for_pattern(
            f"dd if=/dev/{disk} bs=64k iflag=direct 2>/dev/null | sha256sum",
            hashlib.sha256(disk_content()).hexdigest(), vm)

    def check_each_cpu_is_interrupted(self, disk="nvme0n1",
                                      rows="nvme0q[1-9]", vm=None):
        """Each CPU's own disk queue interrupts it once for each request."""
        cpus = int(self.exec_command("nproc", vm))
        before = self.interrupt_counts(rows, vm)
        for cpu in range(cpus):
            self.exec_command(
                f"taskset {1 << cpu:x} dd if=/dev/{disk} of=/dev/null "
                "bs=4k count=64 iflag=direct 2>/dev/null", vm)
        after = self.interrupt_counts(rows, vm)
        self.assertEqual([new - old for old, new in zip(before, after)],
                         [64] * cpus, f"{before} to {after}")

    # ----------------------------------------------------------------- load

    def interrupt_storm(self, cpus, disk="nvme0n1", vm=None):
        """On each CPU a reader of the disk; between neighbours a pipe whose
        ends wake each other; and as many pings as the network takes."""
        self.exec_command("rm -f /tmp/stop", vm)
        for cpu in range(cpus):
            here, there = 1 << cpu, 1 << (cpu + 1) % cpus
            self.exec_command(
                f"while [ ! -e /tmp/stop ]; do taskset {here:x} dd "
                f"if=/dev/{disk} of=/dev/null bs=4k count=512 iflag=direct "
                "2>/dev/null; done &", vm)
            self.exec_command(
                f"taskset {here:x} sh -c 'while [ ! -e /tmp/stop ]; do echo; "
                f"usleep 1000; done' | taskset {there:x} cat >/dev/null &", vm)
        self.exec_command(f"ping -A -q -c 1000000 {GATEWAY} >/tmp/ping &", vm)

    def end_storm(self, vm=None):
        """Stop the load; no ping may have been lost but those at the end,
        whose answers may have been on their way. ping sends one more for
        each second for which it has no answer, so that is one on a quiet
        machine, and more where answers took seconds."""
        text = self.exec_command("touch /tmp/stop; killall -INT ping; wait; "
                                 "cat /tmp/ping", vm)
        sent, received = map(int, re.search(
            r"(\d+) packets transmitted, (\d+) packets received",
            text).groups())
        self.assertGreater(received, 20, text)
        slowest = float(re.search(r"min/avg/max = \S+/([\d.]+) ms", text)[1])
        self.assertLessEqual(sent - received, 1 + int(slowest / 1000), text)
