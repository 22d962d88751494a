# SPDX-License-Identifier: GPL-2.0-or-later
"""A client of QEMU's gdb server."""

import re
import socket

# The server's numbers of registers.
PC = 64
MSR = 65


class Debugger:
    """As much of gdb's protocol as it takes to stop somewhere and go on.

    @order: of the registers as they come, which is that of MSR[LE].
    """

    def __init__(self, path, timeout, order="big"):
        self.order = order
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(timeout)
        self.socket.connect(str(path))
        self.seen = b""

    def ask(self, text):
        checksum = sum(text.encode()) & 0xff
        self.socket.sendall(f"${text}#{checksum:02x}".encode())
        return self.answer()

    def answer(self):
        while not (match := re.search(rb"\$([^#]*)#..", self.seen)):
            data = self.socket.recv(4096)
            if not data:
                raise EOFError("the debugger's connection was closed")
            self.seen += data
        self.seen = self.seen[match.end():]
        self.socket.sendall(b"+")
        return match[1].decode("latin-1")

    def register(self, number):
        value = bytes.fromhex(self.ask(f"p{number:x}"))
        return int.from_bytes(value, self.order)

    def pc(self):
        return self.register(PC)
