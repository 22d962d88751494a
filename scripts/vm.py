# SPDX-License-Identifier: GPL-2.0-or-later
"""One QEMU process: its console, its monitor, and how it ended.

    machine = VirtualMachine(qemu, directory, "one")
    machine.add_args("-machine", "pseries", ...)
    machine.launch()
    machine.expect("booted", timeout=60)
    release = machine.run("uname -r", timeout=10)
    machine.qmp("query-status")
    machine.shutdown()

Both sockets are read by one loop, whatever is being waited for, so a guest
never blocks on a console that is not read, and the end of QEMU is noticed at
once and told with its exit status and what it wrote to standard error.
"""

import json
import re
import select
import socket
import subprocess
import time

import limits
from initramfs import PROMPT, READY

# What Linux prints when an interrupt or a CPU has gone missing, and worse.
TROUBLE = re.compile(
    rb"Kernel panic|BUG: |Oops: |Unable to handle kernel|soft lockup|"
    rb"hard LOCKUP|[Ww]atchdog CPU|rcu: INFO|rcu_sched (?:self-)?detected|"
    rb"blocked for more than|nvme\d+: I/O .*timeout|completion polled|"
    rb"NETDEV WATCHDOG|nobody cared|Detected Hardware Unit Hang")


class VmError(AssertionError):
    """The guest or QEMU did not do what was waited for."""


class VmDied(VmError):
    """QEMU ended although the test had not asked it to."""


class VmTimeout(VmError):
    """What was waited for didn't come."""


class QmpError(VmError):
    """QEMU refused a command."""


class VirtualMachine:
    """A QEMU that is started by launch() and ended by shutdown(). What takes
    a timeout means seconds of a quiet machine (limits.py); deadline is a
    limits.Limit for all of it. Its files are in directory, as name.console,
    name.stderr and name.command."""

    def __init__(self, binary, directory, name, deadline=None):
        self.binary = binary
        self.directory = directory
        self.name = name
        self.deadline = deadline
        self.commands = 0       # that were run in the guest
        self.args = []
        self.process = None
        self.asked, self.has_waited = 0.0, 0.0
        self.trouble = TROUBLE
        # A powernv machine has its bridges among the default devices.
        self.bare = ("-nodefaults",)
        self.inherit = []       # more sockets that QEMU is to have
        self.console_socket = self.monitor_socket = None
        self.console = bytearray()
        self.position = 0
        self.checked = 0
        self.monitor = bytearray()
        self.replies = []
        self.events = []

    def add_args(self, *args):
        self.args += [str(arg) for arg in args]

    # ------------------------------------------------------- life and death

    def launch(self, console=True):
        self.console_socket, console_peer = socket.socketpair()
        self.monitor_socket, monitor_peer = socket.socketpair()
        peers = (console_peer, monitor_peer)
        command = [str(self.binary), "-display", "none", *self.bare,
                   "-chardev", f"socket,id=mon0,fd={monitor_peer.fileno()}",
                   "-mon", "chardev=mon0,mode=control"]
        if console:
            command += ["-chardev",
                        f"socket,id=con0,fd={console_peer.fileno()}",
                        "-serial", "chardev:con0"]
        command += self.args
        passed = [one.fileno() for one in (*peers, *self.inherit)]
        with open(self.path("stderr"), "wb") as stderr:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=stderr,
                stderr=stderr, pass_fds=passed)
        self.path("command").write_text(" ".join(command) + "\n")
        self.log = open(self.path("console"), "wb", buffering=0)
        for peer in peers:
            peer.close()
        if not console:
            self.console_socket.close()
            self.console_socket = None
        self.qmp("qmp_capabilities")

    def path(self, suffix):
        return self.directory / f"{self.name}.{suffix}"

    def stderr(self):
        return self.path("stderr").read_text(errors="replace").strip()

    def wait_exit(self, timeout=60):
        """Wait for QEMU to end by itself; returns its exit status."""
        limit = limits.Limit(timeout, self.waited)
        while (left := self._left(limit)) > 0:
            try:
                return self.process.wait(left)
            except subprocess.TimeoutExpired:
                continue
        raise VmTimeout(f"{self.name}: QEMU didn't end within "
                        f"{self._over(limit)}")

    def shutdown(self):
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for one in (self.console_socket, self.monitor_socket):
            if one:
                one.close()
        self.log.close()

    # --------------------------------------------------------- the one loop

    def waited(self):
        """Seconds for which the host kept QEMU from running. The kernel is
        not asked more than once a second."""
        if self.process is None or time.monotonic() < self.asked + 1:
            return self.has_waited
        self.asked = time.monotonic()
        self.has_waited = max(self.has_waited,
                              limits.waited(self.process.pid))
        return self.has_waited

    def _left(self, limit):
        if not self.deadline:
            return limit.left()
        return min(limit.left(), self.deadline.left())

    def _over(self, limit):
        """Words for the limit that is over."""
        if not self.deadline or self.deadline.left() > 0:
            return str(limit)
        return f"{self.deadline}, which the whole test has"

    def _pump(self, wait):
        sockets = [one for one in (self.console_socket, self.monitor_socket)
                   if one]
        ready = select.select(sockets, [], [], wait)[0]
        # A QEMU that has ended may still have said something: that first.
        if ready and not any([self._receive(one) for one in ready]):
            self._died()

    def _receive(self, one):
        """True if there was something."""
        try:
            data = one.recv(1 << 16)
        except ConnectionResetError:
            return False
        if one is self.console_socket:
            self.log.write(data)
            self.console += data
        else:
            self.monitor += data
            self._parse_monitor()
        return bool(data)

    def _died(self):
        status = self.process.wait()
        raise VmDied(f"{self.name}: QEMU ended with status {status}: "
                     f"{self.stderr() or 'nothing on standard error'}")

    def wait_until(self, ready, timeout, what):
        """Wait until ready() is true; returns what it returned."""
        limit = limits.Limit(timeout, self.waited)
        while not (result := ready()):
            left = self._left(limit)
            if left <= 0:
                raise VmTimeout(f"{self.name}: no {what} within "
                                f"{self._over(limit)}; the console ends with "
                                f"{bytes(self.console[-400:])!r}")
            self._pump(min(left, 5))
        return result

    def rest(self, seconds):
        """Let the guest run on, which may not end."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self._pump(left)
            self._check_trouble()

    # -------------------------------------------------------------- console

    def _check_trouble(self):
        if not self.trouble:
            return
        bad = self.trouble.search(self.console, self.checked)
        if bad:
            line = bytes(self.console[bad.start():][:200])
            raise VmError(f"{self.name}: the guest says {line!r}")
        # A message may be halfway here.
        self.checked = max(self.checked, len(self.console) - 200)

    def expect(self, pattern, timeout=120):
        """Wait for a regular expression on the console; the text up to it."""
        regex = re.compile(pattern.encode())

        def found():
            self._check_trouble()
            return regex.search(self.console, self.position)

        match = self.wait_until(found, timeout, f"{pattern!r} on the console")
        text = bytes(self.console[self.position:match.end()])
        self.position = match.end()
        return text.decode(errors="replace").replace("\r", "")

    def send(self, line):
        self.console_socket.sendall(line.encode() + b"\n")

    def wait_for_shell(self, timeout=240):
        """Of the initramfs that initramfs.py makes."""
        self.expect(READY, timeout)
        self.expect(PROMPT, timeout)

    def run(self, command, timeout=120):
        """
        Run a shell command in the guest; its output.

        A prompt alone doesn't say that the command has run: the shell prints
        one more when a job in the background ends. So each command is asked
        for a mark of its own, whose text is not in what is sent. It ends in a
        dot: the kernel may have a word to say before the line ends.
        """
        self.commands += 1
        mark = f"p9xive-did-{self.commands}."
        then = "" if command.endswith("&") else ";"
        self.send(f'{command}{then} echo p9xive-di""d-{self.commands}.')
        text = self.expect(re.escape(mark), timeout)
        text = text[:text.rindex(mark)]
        self.expect(PROMPT, timeout)
        return text.replace(PROMPT, "").strip("\n")

    # -------------------------------------------------------------- monitor

    def _parse_monitor(self):
        *lines, rest = bytes(self.monitor).split(b"\n")
        self.monitor = bytearray(rest)
        for line in filter(None, lines):
            message = json.loads(line)
            if "event" in message:
                self.events.append(message)
            elif "QMP" not in message:
                self.replies.append(message)

    def qmp(self, command, timeout=60, **arguments):
        """Do a command; what it returns. Underscores in names are dashes."""
        message = {"execute": command, "arguments": {
            key.replace("_", "-"): value for key, value in arguments.items()}}
        try:
            self.monitor_socket.sendall(json.dumps(message).encode() + b"\n")
        except BrokenPipeError:
            self._died()
        self.wait_until(lambda: self.replies, timeout, f"reply to {command}")
        reply = self.replies.pop(0)
        if "error" in reply:
            raise QmpError(f"{self.name}: {command}: {reply['error']['desc']}")
        return reply["return"]

    def hmp(self, line, timeout=60):
        return self.qmp("human-monitor-command", timeout,
                        command_line=line).replace("\r", "")

    def wait_event(self, name, timeout=60):
        """Wait for an event that has not been asked for yet."""
        def found():
            return next((event for event in self.events
                         if event["event"] == name), None)

        event = self.wait_until(found, timeout, f"event {name}")
        self.events.remove(event)
        return event["data"] if "data" in event else {}
