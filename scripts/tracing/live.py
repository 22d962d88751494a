# SPDX-License-Identifier: GPL-2.0-or-later
"""Asks a running QEMU for its recorder, through a QMP socket."""

import json
import os
import socket
import tempfile

from .records import BadInput, RecorderFile

TYPES = ("spapr-xive", "p9xive-kvm", "pnv-xive")


class Monitor:
    def __init__(self, path):
        self.path = path
        self.socket = socket.socket(socket.AF_UNIX)
        try:
            self.socket.connect(path)
        except OSError as error:
            raise BadInput(f"{path}: {error.strerror or error}") from error
        self.file = self.socket.makefile("rwb")
        self._reply(lambda message: "QMP" in message)
        self.ask("qmp_capabilities")

    def _reply(self, wanted):
        for line in self.file:
            message = json.loads(line)
            if wanted(message):
                return message
        raise BadInput(f"{self.path}: QEMU has closed the monitor")

    def ask(self, command, **arguments):
        message = {"execute": command, "arguments": arguments}
        self.file.write(json.dumps(message).encode() + b"\n")
        self.file.flush()
        reply = self._reply(lambda one: "return" in one or "error" in one)
        if "error" in reply:
            raise BadInput(f"{self.path}: {reply['error']['desc']}")
        return reply["return"]

    def controller(self):
        """The QOM path of an object that has the recorder."""
        for place in ("/machine", "/machine/unattached"):
            for one in self.ask("qom-list", path=place):
                if one["type"] in [f"child<{name}>" for name in TYPES]:
                    return f"{place}/{one['name']}"
        raise BadInput(f"{self.path}: this machine has no interrupt "
                       "controller of p9xive")


def recorder_of(path, progress):
    """The recorder of the QEMU whose QMP socket is @path."""
    monitor = Monitor(path)
    controller = monitor.controller()
    handle, name = tempfile.mkstemp(suffix=".p9xrec")
    os.close(handle)
    try:
        monitor.ask("qom-set", path=controller, property="recorder-save",
                    value=name)
        source = RecorderFile(name, progress)
        source.path = path
        return source
    finally:
        os.unlink(name)
