# SPDX-License-Identifier: GPL-2.0-or-later
"""Run a guest of qemu-system-ppc64 and talk to it: monitor and console.

    with Vm(qemu, ["-machine", "pseries", ...], log="console.log") as vm:
        vm.console.wait_for("booted", timeout=60)
        status, text = vm.console.run("uname -r", timeout=10)
        vm.qmp("query-status")

QEMU connects to sockets that are listening before it starts, so there is
nothing to poll for. All waiting has a limit, and ends early when QEMU dies.
"""

import json
import os
import select
import shutil
import socket
import subprocess
import tempfile

import limits
from initramfs import PROMPT


class VmError(Exception):
    """The guest or QEMU did not do what was waited for."""


class Channel:
    """A byte stream from QEMU, read without blocking for longer than asked.
    A timeout is in seconds of a quiet machine (limits.py)."""

    def __init__(self, connection, process):
        self.connection, self.process = connection, process
        self.data = bytearray()
        self.open = True

    def limit(self, timeout):
        return limits.Limit(timeout,
                            lambda: limits.waited(self.process.pid))

    def more(self, limit):
        """Read what there is; False when time is up or at the end."""
        while self.open:
            left = limit.left()
            if left <= 0:
                return False
            ready, _, _ = select.select([self.connection], [], [],
                                        min(left, 1.0))
            if ready:
                piece = self.connection.recv(65536)
                self.open = bool(piece)
                self.data += piece
                return self.open
            if self.process.poll() is not None:
                self.open = False
        return False


class Console(Channel):
    """The guest's console, as text, copied to a log file."""

    def __init__(self, connection, process, log):
        super().__init__(connection, process)
        self.log = log
        self.at = 0

    def more(self, limit):
        before = len(self.data)
        good = super().more(limit)
        if self.log and len(self.data) > before:
            self.log.write(self.data[before:])
            self.log.flush()
        return good

    def text(self):
        """All that the guest has said."""
        return self.data.decode(errors="replace").replace("\r", "")

    def wait_for(self, words, timeout):
        """Read on until words appear; returns the text up to their end."""
        wanted, limit = words.encode(), self.limit(timeout)
        while True:
            found = self.data.find(wanted, self.at)
            if found >= 0:
                end = found + len(wanted)
                text = self.data[self.at:end]
                self.at = end
                return text.decode(errors="replace").replace("\r", "")
            if not self.more(limit):
                what = f"{limit} are up" if self.open else "the guest is gone"
                tail = self.text()[-800:]
                raise VmError(f"waited for {words!r} on the console, {what}; "
                              f"it ended with:\n{tail}")

    def send(self, text):
        self.connection.sendall(text.encode())

    def run(self, command, timeout):
        """Run one line at the shell's prompt: (exit status, output)."""
        self.send(f'{command}; echo "p9xive-status $?"\n')
        text = self.wait_for("p9xive-status ", timeout)
        status = self.wait_for("\n", timeout)
        self.wait_for(PROMPT, timeout)
        return int(status), text.removesuffix("p9xive-status ")


class Qmp(Channel):
    """QEMU's monitor."""

    def __init__(self, connection, process):
        super().__init__(connection, process)
        self.events = []
        self.message(10)
        self("qmp_capabilities")

    def message(self, timeout):
        limit = self.limit(timeout)
        while b"\n" not in self.data:
            if not self.more(limit):
                raise VmError("QEMU's monitor does not answer")
        line, _, rest = bytes(self.data).partition(b"\n")
        self.data = bytearray(rest)
        return json.loads(line)

    def __call__(self, command, timeout=30, **arguments):
        request = {"execute": command}
        if arguments:
            request["arguments"] = {name.replace("_", "-"): value
                                    for name, value in arguments.items()}
        self.connection.sendall(json.dumps(request).encode() + b"\n")
        while True:
            answer = self.message(timeout)
            if "return" in answer:
                return answer["return"]
            if "error" in answer:
                raise VmError(f"{command}: {answer['error']['desc']}")
            self.events.append(answer)

    def hmp(self, line):
        """A command of the human monitor, and its text."""
        return self("human-monitor-command",
                    command_line=line).replace("\r", "")


class Vm:
    """A running QEMU with its monitor and its guest's console."""

    def __init__(self, qemu, arguments, log=None):
        self.directory = tempfile.mkdtemp(prefix="p9xive-")
        self.log = open(log, "wb") if log else None
        self.process = None
        try:
            self.start(str(qemu), arguments)
        except BaseException:
            self.close()
            raise

    def start(self, qemu, arguments):
        listeners, command = [], [qemu, *arguments, "-nodefaults",
                                  "-display", "none"]
        for name, option in (("qmp", "-qmp"), ("console", "-serial")):
            path = os.path.join(self.directory, name)
            listener = socket.socket(socket.AF_UNIX)
            listener.bind(path)
            listener.listen(1)
            listener.settimeout(limits.scaled(20))
            listeners.append(listener)
            command += [option, f"unix:{path}"]
        errors = os.path.join(self.directory, "stderr")
        with open(errors, "wb") as file:
            self.process = subprocess.Popen(command, stdout=file, stderr=file,
                                            stdin=subprocess.DEVNULL)
        connections = [self.accept(listener) for listener in listeners]
        self.qmp = Qmp(connections[0], self.process)
        self.console = Console(connections[1], self.process, self.log)

    def accept(self, listener):
        with listener:
            while True:
                ready, _, _ = select.select([listener], [], [], 0.5)
                if ready:
                    return listener.accept()[0]
                if self.process.poll() is not None:
                    raise VmError(f"QEMU ended at once:\n{self.errors()}")

    def errors(self):
        """What QEMU itself has printed."""
        path = os.path.join(self.directory, "stderr")
        with open(path, errors="replace") as file:
            return file.read()

    def wait(self, timeout):
        """Wait for QEMU to end by itself; returns its exit status."""
        limit = self.console.limit(timeout)
        while self.console.more(limit):
            pass
        try:
            return self.process.wait(max(1, limit.left()))
        except subprocess.TimeoutExpired:
            raise VmError("QEMU is still running") from None

    def close(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if self.log:
            self.log.close()
        shutil.rmtree(self.directory, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
