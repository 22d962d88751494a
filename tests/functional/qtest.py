# SPDX-License-Identifier: GPL-2.0-or-later
"""QEMU's test protocol: physical memory as no vCPU sees it.

No vCPU runs. Numbers are the guest's: big-endian on the bus, whatever the
host is.
"""

import socket

from virtual_machine import VmDied

# The protocol's letters for access sizes in bytes.
LETTER = {1: "b", 2: "w", 4: "l", 8: "q"}


class Qtest:
    """The connection to one machine; to be made before its launch()."""

    def __init__(self, vm):
        self.vm = vm
        self.mine, peer = socket.socketpair()
        self.peer = peer
        vm.add_args("-accel", "qtest", "-qtest-log", "none",
                    "-chardev", f"socket,id=qt0,fd={peer.fileno()}",
                    "-qtest", "chardev:qt0")

    def ask(self, line):
        self.mine.sendall(line.encode() + b"\n")
        answer = b""
        while not answer.endswith(b"\n"):
            data = self.mine.recv(4096)
            if not data:
                raise VmDied(f"QEMU ended with status "
                             f"{self.vm.process.wait()} at {line!r}")
            answer += data
        return answer.decode().strip()

    def started(self):
        """After launch(): QEMU has its end of the connection."""
        self.peer.close()

    def load(self, address, size=8):
        answer = self.ask(f"read{LETTER[size]} {address:#x}")
        return int(answer.split()[1], 16)

    def store(self, address, value, size=8):
        self.ask(f"write{LETTER[size]} {address:#x} {value:#x}")

    def read_memory(self, address, size):
        return bytes.fromhex(self.ask(f"read {address:#x} {size:#x}")
                             .split()[1][2:])

    def write_memory(self, address, data):
        self.ask(f"write {address:#x} {len(data):#x} 0x{data.hex()}")
