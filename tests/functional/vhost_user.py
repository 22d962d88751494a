# SPDX-License-Identifier: GPL-2.0-or-later
"""A disk that a process beside QEMU serves: the back end of vhost-user-blk.

It reaches the guest's memory by itself. With an IOMMU in between, it knows
rings and buffers by DMA addresses only, asks QEMU what they mean (a miss) and
keeps the answers until QEMU takes them back (an invalidation): the device
IOTLB. That makes it a witness: with a translation that ended and was not taken
back, it writes where it must not.

Numbers are those of the vhost-user protocol and of virtio; all of both is
little-endian.
"""

import contextlib
import mmap
import os
import selectors
import socket
import struct
import threading

from virtual_machine import limits

SECTOR = 512

# Requests of QEMU's.
GET_FEATURES, SET_FEATURES, SET_MEM_TABLE = 1, 2, 5
SET_VRING_NUM, SET_VRING_ADDR, SET_VRING_BASE, GET_VRING_BASE = 8, 9, 10, 11
SET_VRING_KICK, SET_VRING_CALL, SET_VRING_ERR = 12, 13, 14
GET_PROTOCOL_FEATURES, SET_PROTOCOL_FEATURES, GET_QUEUE_NUM = 15, 16, 17
SET_VRING_ENABLE, SET_BACKEND_REQ_FD, IOTLB_MSG, GET_CONFIG = 18, 21, 22, 24
# The one request that goes the other way.
BACKEND_IOTLB_MSG = 1

VERSION, IS_REPLY, NEED_REPLY = 1, 4, 8
REPLY_ACK, BACKEND_REQ, CONFIG = 1 << 3, 1 << 5, 1 << 9
READ_ONLY_DISK, PROTOCOL = 1 << 5, 1 << 30
VERSION_1, ACCESS_PLATFORM = 1 << 32, 1 << 33

MISS, UPDATE, INVALIDATE = 1, 2, 3
MAY_READ, MAY_WRITE = 1, 2
NEXT, DEVICE_WRITES = 1, 2


class Fault(Exception):
    """QEMU has no answer for an address."""


class Ring:
    """A virtqueue, as far as it has been described."""

    def __init__(self):
        self.size = self.at = 0
        self.kick = self.call = None
        self.desc = self.used = self.avail = 0


class VhostUserDisk(threading.Thread):
    """Serves content to one QEMU. Counts and tlb are for everybody to read."""

    def __init__(self, content):
        """theirs is the end of the connection that QEMU is to have."""
        super().__init__(daemon=True)
        self.peer, self.theirs = socket.socketpair()
        self.content = content
        self.misses = self.updates = self.invalidations = 0
        self.requests = self.faults = 0
        self.tlb = {}           # DMA address: (size, QEMU's address, access)
        self.with_iommu = False
        self.patience = 5       # seconds that an answer may take
        self.error = None       # why it ended early
        self.memory = []        # (QEMU's address, size, mmap, offset in it)
        self.rings = {}
        self.ask = None         # socket for requests of ours
        self.selector = selectors.DefaultSelector()
        self.wake, self.woken = socket.socketpair()

    def stop(self):
        self.wake.close()
        self.join(limits.scaled(10))
        for one in (self.peer, self.woken, self.ask):
            if one:
                one.close()

    def run(self):
        self.selector.register(self.woken, selectors.EVENT_READ, None)
        self.selector.register(self.peer, selectors.EVENT_READ, self.answer)
        with contextlib.suppress(ConnectionError):
            while self.serve_once(None):
                pass

    def serve_once(self, timeout):
        """False: it is over."""
        for key, _ in self.selector.select(timeout):
            if key.data is None:
                return False
            key.data()
        return True

    # ------------------------------------------------------------ messages

    def receive(self):
        header, fds, _, _ = socket.recv_fds(self.peer, 12, 8)
        if len(header) < 12:
            raise ConnectionResetError
        request, flags, size = struct.unpack("<III", header)
        payload = b""
        while len(payload) < size:
            payload += self.peer.recv(size - len(payload))
        return request, flags, payload, fds

    def reply(self, request, payload):
        self.peer.sendall(struct.pack("<III", request, VERSION | IS_REPLY,
                                      len(payload)) + payload)

    def answer(self):
        request, flags, payload, fds = self.receive()
        result = self.handle(request, payload, fds)
        if result is not None:
            self.reply(request, result)
        elif flags & NEED_REPLY:
            self.reply(request, bytes(8))

    def handle(self, request, payload, fds):
        """The reply, if the request has one."""
        constant = {
            GET_FEATURES: READ_ONLY_DISK | PROTOCOL | VERSION_1 |
            ACCESS_PLATFORM,
            GET_PROTOCOL_FEATURES: REPLY_ACK | BACKEND_REQ | CONFIG,
            GET_QUEUE_NUM: 1,
        }
        if request in constant:
            return struct.pack("<Q", constant[request])
        if request == GET_CONFIG:
            return self.config(payload)
        if request == GET_VRING_BASE:
            return self.end_ring(payload)
        handler = {
            SET_FEATURES: self.set_features,
            SET_MEM_TABLE: self.set_memory,
            SET_BACKEND_REQ_FD: self.set_ask,
            IOTLB_MSG: self.iotlb,
            SET_VRING_NUM: self.set_ring,
            SET_VRING_BASE: self.set_ring,
            SET_VRING_ADDR: self.set_ring,
            SET_VRING_KICK: self.set_event,
            SET_VRING_CALL: self.set_event,
            SET_VRING_ERR: self.set_event,
        }.get(request)
        if handler:
            handler(request, payload, fds)
        return None

    def config(self, payload):
        capacity = struct.pack("<Q", len(self.content) // SECTOR)
        return payload[:12] + capacity + bytes(len(payload) - 20)

    def set_features(self, _request, payload, _fds):
        self.with_iommu = bool(struct.unpack("<Q", payload)[0] &
                               ACCESS_PLATFORM)
        self.tlb.clear()

    def set_memory(self, _request, payload, fds):
        self.memory = []
        for i, fd in enumerate(fds):
            _, size, address, offset = struct.unpack_from("<4Q", payload,
                                                          8 + 32 * i)
            self.memory.append((address, size, mmap.mmap(fd, offset + size),
                                offset))
            os.close(fd)

    def set_ask(self, _request, _payload, fds):
        if self.ask:
            self.ask.close()
        self.ask = socket.socket(fileno=fds[0])

    # --------------------------------------------------------------- IOTLB

    def iotlb(self, _request, payload, _fds):
        iova, size, address, access, kind = struct.unpack_from("<3QBB",
                                                               payload)
        if kind == UPDATE:
            self.updates += 1
            self.tlb[iova] = size, address, access
        elif kind == INVALIDATE:
            self.invalidations += 1
            for start in [start for start, entry in self.tlb.items()
                          if start < iova + size and iova < start + entry[0]]:
                del self.tlb[start]

    def known(self, iova, access):
        for start, (size, address, allowed) in self.tlb.items():
            if 0 <= iova - start < size and allowed & access == access:
                return address + iova - start, size - (iova - start)
        return None

    def missed(self, iova, access):
        """Other requests of QEMU's may come before the answer."""
        self.misses += 1
        self.ask.sendall(struct.pack("<III3QBB6x", BACKEND_IOTLB_MSG, VERSION,
                                     32, iova, 0, 0, access, MISS))
        limit = limits.Limit(self.patience)
        while not self.known(iova, access):
            left = limit.left()
            if left <= 0:
                raise Fault(f"{iova:#x}")
            self.peer.settimeout(left)
            try:
                self.answer()
            except socket.timeout:
                pass
            finally:
                self.peer.settimeout(None)

    def translate(self, iova, access):
        """QEMU's address, and for how many bytes it is good."""
        if not self.with_iommu:
            return iova, 1 << 64
        if not self.known(iova, access):
            self.missed(iova, access)
        return self.known(iova, access)

    def access(self, iova, size, access):
        """Slices of memory: (mmap, first byte, number of bytes)."""
        while size:
            address, good = self.translate(iova, access)
            for base, length, memory, offset in self.memory:
                if base <= address < base + length:
                    n = min(size, good, base + length - address)
                    yield memory, offset + address - base, n
                    break
            else:
                raise Fault(f"{iova:#x}: no memory at {address:#x}")
            iova, size = iova + n, size - n

    def load(self, iova, size):
        return b"".join(memory[at:at + n] for memory, at, n in
                        self.access(iova, size, MAY_READ))

    def store(self, iova, data):
        done = 0
        for memory, at, n in self.access(iova, len(data), MAY_WRITE):
            memory[at:at + n] = data[done:done + n]
            done += n

    # --------------------------------------------------------------- rings

    def set_ring(self, request, payload, _fds):
        ring = self.rings.setdefault(payload[0], Ring())
        if request == SET_VRING_ADDR:
            ring.desc, ring.used, ring.avail = struct.unpack_from("<3Q",
                                                                  payload, 8)
        elif request == SET_VRING_NUM:
            ring.size = struct.unpack_from("<I", payload, 4)[0]
        else:
            ring.at = struct.unpack_from("<I", payload, 4)[0]

    def set_event(self, request, payload, fds):
        ring = self.rings.setdefault(payload[0], Ring())
        if request == SET_VRING_CALL:
            ring.call = fds[0] if fds else None
        elif request == SET_VRING_KICK and fds:
            ring.kick = fds[0]
            self.selector.register(ring.kick, selectors.EVENT_READ,
                                   lambda: self.kicked(ring))

    def end_ring(self, payload):
        ring = self.rings.get(payload[0], Ring())
        if ring.kick is not None:
            self.selector.unregister(ring.kick)
            ring.kick = None
        return payload[:4] + struct.pack("<I", ring.at)

    def kicked(self, ring):
        os.read(ring.kick, 8)
        try:
            self.work_off(ring)
        except Fault as fault:
            self.faults += 1
            self.error = fault

    def number(self, iova, letter):
        return struct.unpack("<" + letter,
                             self.load(iova, struct.calcsize(letter)))[0]

    def work_off(self, ring):
        while ring.at != self.number(ring.avail + 2, "H"):
            head = self.number(ring.avail + 4 + ring.at % ring.size * 2, "H")
            written = self.request(list(self.chain(ring, head)))
            self.store(ring.used + 4 + ring.at % ring.size * 8,
                       struct.pack("<II", head, written))
            ring.at = (ring.at + 1) & 0xFFFF
            self.store(ring.used + 2, struct.pack("<H", ring.at))
            self.requests += 1
            os.write(ring.call, (1).to_bytes(8, "little"))

    def chain(self, ring, index):
        """(address, length, whether we are to write) of each part."""
        for _ in range(ring.size):
            address, length, flags, following = struct.unpack(
                "<QIHH", self.load(ring.desc + index * 16, 16))
            yield address, length, bool(flags & DEVICE_WRITES)
            if not flags & NEXT:
                return
            index = following

    def request(self, parts):
        """A header, parts of data, a byte for the status."""
        kind, _, sector = struct.unpack("<IIQ", self.load(parts[0][0], 16))
        if kind == 8:                   # asks for the disk's name
            at, data = 0, b"p9xive".ljust(20, b"\0")
        else:
            at, data = sector * SECTOR, self.content
        written = 1
        for address, length, _ in parts[1:-1]:
            self.store(address, data[at:at + length])
            at, written = at + length, written + length
        self.store(parts[-1][0], b"\0")
        return written
