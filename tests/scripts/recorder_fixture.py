# SPDX-License-Identifier: GPL-2.0-or-later
"""Files as the flight recorder writes them, and runs of p9trace on them."""

import contextlib
import io
import json
import struct
import sys
import tempfile
import unittest
from pathlib import Path

REPO = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPO / "scripts"))
from tracing.main import main  # noqa: E402  (it lives in scripts/)

TRIGGER, EOI, EAS, QUEUE, RING, ACK, CPPR = 1, 2, 5, 6, 11, 14, 15
MSI, MSI_REFUSED, PE_FROZEN, PE_THAWED = 32, 33, 34, 35
NAMES = (b"step 1 trigger source how passage\nstep 2 eoi source replay -\n"
         b"step 5 eas eas route data\nstep 6 queue end generation-index data\n"
         b"step 11 ring thread regs ring\nstep 14 ack thread regs ring\n"
         b"step 15 cppr thread regs ring\n"
         b"step 32 msi requester pe message\n"
         b"step 33 msi-refused requester why-pe message\n"
         b"step 34 pe-frozen pe kinds -\nstep 35 pe-thawed pe - -\n"
         b"origin 1 lisn\norigin 2 phb0.1\ndropped 0\n")
RING_OS, VALID = 1 << 8, 1 << 31
# The clock of these files: ticks at its start, and ns of one.
START, TICK = 1000, 10**6


def chunk(order, tag, data):
    return struct.pack(order + "4s4xQ", tag, len(data)) + data


def header(order="<"):
    return struct.pack(order + "8s4I4Q", b"P9XREC\r\n", 0x01020304, 1, 56, 32,
                       START, 0, 2000, 1000 * TICK)


def packed(order, records):
    """(tick, passage, step, a, b, c) of each; b and c may be left out, and a
    may be (origin, a)."""
    data, put = [], struct.Struct(order + "4Q").pack
    for time, passage, step, a, *more in records:
        b, c = (*more, 0, 0)[:2]
        origin = 2 if step in (MSI, MSI_REFUSED, PE_FROZEN, PE_THAWED) else 1
        origin, a = a if isinstance(a, tuple) else (origin, a)
        data.append(put(time, passage, step << 48 | origin << 32 | a,
                        b << 32 | c))
    return b"".join(data)


def recorder_file(records, order="<", state=()):
    """What a recorder writes of one thread, in a byte order."""
    data = packed(order, records)
    ring = struct.pack(order + "3Q32s", 77, 0, len(data) // 32,
                       b"CPU 0/TCG") + data
    return (header(order) + chunk(order, b"NAME", NAMES)
            + chunk(order, b"RING", ring)
            + chunk(order, b"MORE", b"what a later version adds")
            + chunk(order, b"STAT", json.dumps(list(state)).encode())
            + chunk(order, b"END.", b""))


def event(number, source, begin, vcpu=0, end=None):
    """Records of an event that vCPU @vcpu accepts a tick after its trigger,
    and ends at tick @end."""
    target = vcpu * 8 + 6
    told = [(begin, number, TRIGGER, source),
            (begin, number, EAS, source, VALID | target, source + 16),
            (begin, number, QUEUE, target, VALID | number % 16, source + 16),
            (begin, number, RING, vcpu, 0xff << 8, RING_OS | 6),
            (begin + 1, number, ACK, vcpu, 6 << 8, RING_OS | 6)]
    return told + ([(end, number, EOI, source)] if end else [])


def machine_state(sources, vcpus=1):
    """The state of a pseries machine; @sources: {number: PQ}."""
    ring = {"nsr": 0, "cppr": 255, "ipb": 0, "pipr": 255, "word2": 0}
    return [{
        "is": "spapr-xive", "origin": 1, "on-kvm": False,
        "ends-a-server": 8, "first-vp": 0x400, "counters": {},
        "sources": [{"source": number, "lsi": False, "pq": pq, "level": False,
                     "valid": True, "masked": False, "end": 6,
                     "data": number + 16} for number, pq in sources.items()],
        "ends": [{"end": vcpu * 8 + 6, "vp": 0x400 + vcpu, "priority": 6,
                  "queue": True, "address": 0x10000, "entries": 16384,
                  "index": 1, "generation": 1} for vcpu in range(vcpus)],
        "threads": [{"thread": vcpu, "server": vcpu, "os": ring}
                    for vcpu in range(vcpus)]}]


class P9traceTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = Path(directory.name)
        self.path = self.directory / "input"

    def p9trace(self, data, *args):
        """Exit status, standard output and standard error."""
        self.path.write_bytes(data)
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            status = main([str(self.path), *map(str, args)], "")
        return status, out.getvalue(), err.getvalue()
