# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads a file of the flight recorder (docs/specs/recorder.rst).

Records come in the order of their times, whatever the size of the file: of
each ring no more than a block is in memory.
"""

import heapq
import json
import struct
from dataclasses import dataclass, field

MAGIC = b"P9XREC\r\n"
VERSION = 1
ENDIAN_MARK = 0x01020304
BLOCK = 4096                    # records that are read at once

# What a device's guest memory, number or ring may never make us believe.
MAX_TEXT = 1 << 28


class BadInput(Exception):
    """The input is not what it should be; says in words what it is."""


@dataclass(slots=True)
class Record:
    """One step. Times are nanoseconds since the recorder's first start."""
    time: int
    passage: int
    step: str
    origin: str
    a: int
    b: int
    c: int
    thread: str


@dataclass
class Ring:
    """Where one thread's records are in the file."""
    name: str
    at: int
    count: int
    lost: int


@dataclass
class Source:
    """What a command works on: records, and the state behind them."""
    rings: list = field(default_factory=list)
    state: list = field(default_factory=list)
    dropped: int = 0
    end: int = 0                # time at which the state was true
    started: float = 0.0        # seconds since 1970

    def close(self):
        """No records are asked for any more."""


class RecorderFile(Source):
    """A recorder's file, opened and understood but for its records."""

    def __init__(self, path, progress=lambda done, total: None):
        super().__init__()
        self.path = path
        self.progress = progress
        self.steps, self.origins = {}, {0: ""}
        self.file = open(path, "rb")
        self.size = self.file.seek(0, 2)
        self.file.seek(0)
        try:
            self._read_header()
            self._read_chunks()
        except BaseException:
            self.close()
            raise

    def close(self):
        self.file.close()

    def _fail(self, what):
        raise BadInput(f"{self.path}: {what}")

    def _take(self, count, what):
        data = self.file.read(count)
        if len(data) != count:
            self._fail(f"truncated: it ends inside of {what}")
        return data

    def _read_header(self):
        head = self._take(24, "the header") if self.size >= 24 else b""
        if head[:8] != MAGIC:
            self._fail("not a file of p9xive's flight recorder")
        self.order = "<" if struct.unpack("<I", head[8:12])[0] == \
            ENDIAN_MARK else ">"
        mark, version, self.header, self.width = struct.unpack(
            self.order + "4I", head[8:24])
        if mark != ENDIAN_MARK:
            self._fail("its byte order is neither little nor big endian")
        if version != VERSION:
            self._fail(f"format version {version}; this program knows "
                       f"{VERSION}")
        if self.width < 32 or self.header < 56:
            self._fail("header or records are shorter than they can be")
        rest = self._take(self.header - 24, "the header")
        self.ticks, self.ns, last_ticks, last_ns = struct.unpack(
            self.order + "4Q", rest[:32])
        span = last_ticks - self.ticks
        self.rate = (last_ns - self.ns) / span if span > 0 else 1.0
        self.end = last_ns - self.ns
        self.started = self.ns / 1e9

    def _read_chunks(self):
        ended = False
        while self.file.tell() < self.size and not ended:
            tag, length = struct.unpack(self.order + "4s4xQ",
                                        self._take(16, "a chunk's header"))
            at = self.file.tell()
            if at + length > self.size:
                self._fail(f"truncated: chunk {tag.decode('latin-1')} has "
                           f"{length} bytes, {self.size - at} are there")
            self._read_chunk(tag, length)
            self.file.seek(at + length)
            ended = tag == b"END."
        if not ended:
            self._fail("truncated: it has no end mark")

    def _read_chunk(self, tag, length):
        if tag in (b"NAME", b"STAT") and length > MAX_TEXT:
            self._fail(f"a text of {length} bytes")
        if tag == b"NAME":
            self._read_names(self._take(length, "the names").decode(
                errors="replace"))
        elif tag == b"STAT":
            try:
                self.state = json.loads(self._take(length, "the state"))
            except ValueError as error:
                self._fail(f"its state is no JSON: {error}")
        elif tag == b"RING":
            self._read_ring(length)

    def _read_names(self, text):
        for line in text.splitlines():
            try:
                self._read_name(*line.split(" "))
            except (ValueError, IndexError):
                self._fail(f"among its names is {line[:40]!r}")

    def _read_name(self, kind, *words):
        if kind == "step":
            self.steps[int(words[0])] = words[1]
        elif kind == "origin":
            self.origins[int(words[0])] = " ".join(words[1:])
        elif kind == "dropped":
            self.dropped = int(words[0])

    def _read_ring(self, length):
        if length < 56:
            self._fail("a ring without its header")
        number, first, count, name = struct.unpack(
            self.order + "3Q32s", self._take(56, "a ring"))
        if 56 + count * self.width > length:
            self._fail(f"a ring of {count} records in {length} bytes")
        text = name.split(b"\0")[0].decode(errors="replace")
        self.rings.append(Ring(f"{text}/{number}", self.file.tell(), count,
                               first))

    def _ring_records(self, ring):
        unpack = struct.Struct(f"{self.order}QQQQ{self.width - 32}x").unpack
        for at in range(0, ring.count, BLOCK):
            self.file.seek(ring.at + at * self.width)
            count = min(BLOCK, ring.count - at)
            data = self._take(count * self.width, "a ring")
            self.done += count
            self.progress(self.done, self.total)
            for i in range(0, len(data), self.width):
                yield self._record(unpack(data[i:i + self.width]), ring.name)

    def _record(self, words, thread):
        time, passage, what, more = words
        step = what >> 48
        origin = what >> 32 & 0xffff
        return Record(int((time - self.ticks) * self.rate), passage,
                      self.steps.get(step, f"step-{step}"),
                      self.origins.get(origin, f"origin-{origin}"),
                      what & 0xffffffff, more >> 32, more & 0xffffffff,
                      thread)

    def records(self):
        """All records in the order of their times."""
        self.done = 0
        self.total = sum(ring.count for ring in self.rings)
        return heapq.merge(*(self._ring_records(ring) for ring in self.rings),
                           key=lambda record: record.time)

    def overwritten(self):
        return sum(ring.lost for ring in self.rings)
