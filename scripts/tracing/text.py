# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads what QEMU prints with -trace 'xive_*' -trace 'spapr_xive_*'.

The lines are the same for stock QEMU from 7.2 on and for p9xive's. They say
less than a recorder's file: which source was accessed, but not what its PQ
bits were; which END was notified, but not by which source. So the reader
follows each source's PQ, and finds the source of a notification by the EISN
that H_INT_SET_SOURCE_CONFIG gave it.

With -msg timestamp=on a time stands in front of a line: for QEMU 10.0 the
process and the seconds since 1970, for 11.1 date and time of day. Lines without
are counted instead: then a line is a microsecond.
"""

import functools
import re
from datetime import datetime, timezone

from .records import BadInput, Record, Source

LINE = re.compile(r"^(?:\d+@(\d+)\.(\d+):|"
                  r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?Z )?"
                  r"((?:spapr_)?xive_\w+) (.*)$")
PAIR = re.compile(r"(\w+) ?=(-?0x[0-9a-fA-F]+|-?\d+)")
IRQ = re.compile(r"@0x([0-9a-f]+) IRQ 0x([0-9a-f]+)")
END = re.compile(r"END 0x([0-9a-f]+)/0x([0-9a-f]+) -> enqueue 0x([0-9a-f]+)")
ORIGIN = "lisn"
STORE, DEVICE, REPLAY = 0, 1, 3
NOTIFY, COALESCED, OFF = 0, 1, 2
VALID, MASKED = 1 << 31, 1 << 30
LINE_OS, RING_OS = 1 << 16, 1 << 8


def time_of(match):
    """Nanoseconds since 1970 in front of a line; None if there are none."""
    if match[1]:
        return int(match[1]) * 10**9 + fraction(match[2])
    if match[3]:
        return second_of(match[3]) * 10**9 + fraction(match[4])
    return None


@functools.lru_cache(1)
def second_of(text):
    """Thousands of lines are of the same one."""
    try:
        when = datetime.fromisoformat(text).replace(tzinfo=timezone.utc)
    except ValueError as error:
        raise BadInput(f"{text} is no date") from error
    return int(when.timestamp())


def fraction(digits):
    """Digits behind the point of a second, as nanoseconds."""
    return int((digits or "0").ljust(9, "0")[:9])


class CutShort(Exception):
    """A line does not have all of its event."""


class Values(dict):
    def __missing__(self, name):
        raise CutShort(name)


class TraceText(Source):
    """A log with trace lines among others."""

    def __init__(self, path, progress=lambda done, total: None):
        super().__init__()
        self.path, self.progress = path, progress
        self.pq, self.open, self.by_eisn, self.routes = {}, {}, {}, {}
        self.level, self.passages, self.now, self.first = {}, 0, 0, None
        self.last_end = 0
        self.replayed, self.told = set(), set()
        self.pending = {}
        with open(path, "rb") as file:
            self.size = file.seek(0, 2)

    def overwritten(self):
        return 0

    def records(self):
        """Records as a recorder would have written them."""
        found = done = 0
        with open(self.path, "rb") as file:
            for number, raw in enumerate(file):
                done += len(raw)
                if number % 4096 == 0:
                    self.progress(done, self.size)
                match = LINE.match(raw.decode(errors="replace").strip())
                if not match:
                    continue
                found += 1
                self._set_time(match, number)
                yield from self._line(match[5], match[6])
        if not found:
            raise BadInput(f"{self.path}: neither a recorder's file nor a "
                           "log with lines of -trace 'xive_*'")
        self.end = self.now

    def _line(self, event, text):
        handler = getattr(self, "_on_" + event, None)
        if not handler:
            return
        try:
            yield from handler(text)
        except CutShort:
            return          # the log was cut, or another wrote into it

    def _set_time(self, match, number):
        now = time_of(match)
        if self.first is None:
            self.first = number * 1000 if now is None else now
            self.started = (now or 0) / 1e9
        self.now = (number * 1000 if now is None else now) - self.first

    def _record(self, passage, step, a, b=0, c=0):
        return Record(self.now, passage, step, ORIGIN, a, b, c, "trace")

    @staticmethod
    def _values(text):
        return Values((key, int(value, 16 if "x" in value else 10))
                      for key, value in PAIR.findall(text))

    # ------------------------------------------------------------- sources

    def _trigger(self, source, who):
        pq = self.pq.get(source, 1)
        if pq == 0:
            yield from self._send(source, who)
        elif pq == 1:
            yield self._record(self._number(), "trigger", source,
                               who << 16 | OFF)
        else:
            self.pq[source] = 3
            yield self._record(self._number(), "trigger", source,
                               who << 16 | COALESCED,
                               self.open.get(source, 0))

    def _number(self):
        self.passages += 1
        return self.passages

    def _send(self, source, who):
        self.pq[source] = 2
        # Stock says of an END only that it could not be used: the next
        # notification of a thread is taken for that of this event.
        passage = self.open[source] = self.last_end = self._number()
        yield self._record(passage, "trigger", source, who << 16 | NOTIFY)
        if source in self.routes:
            end, data = self.routes[source]
            yield self._record(passage, "eas", source, end, data)

    def _eoi(self, source):
        pq = self.pq.get(source, 1)
        again = pq == 3
        if source in self.replayed:         # its END was told first
            self.replayed.discard(source)
            return
        if pq == 1:
            return
        self.pq[source] = 0
        yield self._record(self.open.pop(source, 0), "eoi", source, again)
        if again:
            yield from self._send(source, REPLAY)

    def _set_pq(self, source, pq):
        old = self.pq.get(source, 1)
        self.pq[source] = pq
        passage = self.open.get(source, 0)
        if not pq & 2:
            self.open.pop(source, None)
        if old != pq:
            yield self._record(passage, "set-pq", source, old << 8 | pq)

    def _on_xive_source_esb_write(self, text):
        match = IRQ.search(text)
        if not match:
            return
        at, source = int(match[1], 16), int(match[2], 16)
        offset = at & 0xfff
        if not at >> 16 & 1 or offset < 0x400:
            yield from self._trigger(source, STORE)
        elif offset < 0x800:
            yield from self._eoi(source)
        elif offset >= 0xc00:
            yield from self._set_pq(source, offset >> 8 & 3)

    def _on_xive_source_esb_read(self, text):
        match = IRQ.search(text)
        if not match:
            return
        offset, source = int(match[1], 16) & 0xfff, int(match[2], 16)
        if offset < 0x800:
            yield from self._eoi(source)
        elif offset >= 0xc00:
            yield from self._set_pq(source, offset >> 8 & 3)

    def _on_spapr_xive_set_irq(self, text):
        value = self._values(text)
        if value.get("val"):
            yield from self._trigger(value["lisn"], DEVICE)

    # ------------------------------------------------------- configuration

    def _on_spapr_xive_set_source_config(self, text):
        value = self._values(text)
        source, priority = value["lisn"], value["priority"]
        route = VALID | value["target"] * 8 + (priority & 7)
        if priority == 0xff or value["flags"] & 1:
            route |= MASKED
        eisn = value["eisn"] if value["flags"] & 2 else \
            self.routes.get(source, (0, source))[1]
        self.routes[source] = route, eisn
        self.by_eisn[eisn] = source
        yield self._record(0, "set-eas", source, route, eisn)

    def _on_spapr_xive_set_queue_config(self, text):
        value = self._values(text)
        yield self._record(0, "set-end",
                           value["target"] * 8 + value["priority"],
                           value["qpage"] >> 16, 0x400 + value["target"])

    def _on_spapr_xive_claim_irq(self, text):
        value = self._values(text)
        self.pq[value["lisn"]] = 1
        yield self._record(0, "claim", value["lisn"], value.get("lsi", 0))

    def _on_spapr_xive_free_irq(self, text):
        lisn = self._values(text)["lisn"]
        self.open.pop(lisn, None)
        yield self._record(0, "free", lisn)

    def _on_spapr_xive_reset(self, text):
        for source in self.pq:
            self.pq[source] = 1
        self.open.clear()
        yield self._record(0, "reset", 0)

    # ------------------------------------------------------- END and thread

    def _on_xive_router_end_notify(self, text):
        match = END.search(text)
        if not match:
            return
        end = int(match[1], 16) << 24 | int(match[2], 16)
        data = int(match[3], 16)
        source = self.by_eisn.get(data)
        passage = self.open.get(source, 0)
        if passage and passage in self.told and self.pq[source] == 3:
            # A load that was an EOI is printed after what it has sent.
            self.pq[source] = 2
            self.replayed.add(source)
            yield self._record(passage, "eoi", source, 1)
            yield from self._send(source, REPLAY)
            passage = self.open[source]
        self.last_end = passage
        self.told = {passage}
        yield self._record(passage, "queue", end, 0, data)

    def _ring(self, text):
        value = self._values(text)
        ipb = value.get("IPB", value.get("IBP", 0))
        regs = ipb << 24 | value["PIPR"] << 16 | \
            value.get("CPPR", 0xff) << 8 | value["NSR"]
        return value, regs

    def _on_xive_tctx_notify(self, text):
        value, regs = self._ring(text)
        if value["ring"] == 0x10:
            self.pending.setdefault((value["target"], value["PIPR"]),
                                    self.last_end)
            yield self._record(self.last_end, "ring", value["target"], regs,
                               LINE_OS | RING_OS | value["PIPR"])

    def _on_xive_tctx_accept(self, text):
        value, regs = self._ring(text)
        if value["ring"] == 0x10:
            passage = self.pending.pop((value["target"], value["CPPR"]), 0)
            yield self._record(passage, "ack", value["target"], regs,
                               RING_OS | value["CPPR"])

    def _on_xive_tctx_set_cppr(self, text):
        value, regs = self._ring(text)
        if value["ring"] == 0x10:
            yield self._record(0, "cppr", value["target"], regs,
                               RING_OS | value["CPPR"])
