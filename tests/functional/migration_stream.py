# SPDX-License-Identifier: GPL-2.0-or-later
"""A saved migration stream, and how to damage our devices' part of it.

QEMU's format names its sections: a byte 4, a section number, the length of a
name and the name, instance and version, the device's fields, then a byte 0x7e
and the section's number again. The tables' words are sent as numbers of a
little-endian host that holds them big-endian, so here they are read as
little-endian and mean what the architecture says.

A stream ends with a description of all sections in JSON, which says where in a
section a field is.
"""

import json
import struct

VMS_FULL = 0x04
VMS_DESCRIPTION = 0x06
FOOTER = 0x7e
NR_IRQS = 0x2000
OS_RING = 0x10
POOL_RING = 0x20


class MigrationStream:
    """Bytes that can be changed by the names of what they mean."""

    def __init__(self, content):
        self.content = bytearray(content)

    def section(self, name, instance=0):
        """(where the section's header starts, where its fields start)"""
        raw = name.encode()
        pattern = bytes([len(raw)]) + raw + struct.pack(">I", instance)
        at = -1
        while (at := self.content.find(pattern, at + 1)) >= 0:
            start, fields = at - 5, at + len(pattern) + 4
            if self.content[start] == VMS_FULL:
                return start, fields
        raise AssertionError(f"the stream has no section {name} {instance}")

    def body(self, name, instance=0):
        """A section's fields and subsections."""
        start, fields = self.section(name, instance)
        footer = bytes([FOOTER]) + self.content[start + 1:start + 5]
        return bytes(self.content[fields:self.content.index(footer, fields)])

    def descriptions(self):
        """What the stream says of each of its sections."""
        end = at = len(self.content)
        while (at := self.content.rfind(VMS_DESCRIPTION, 0, at)) >= 0:
            size = int.from_bytes(self.content[at + 1:at + 5], "big")
            if at + 5 + size == end:
                return json.loads(self.content[at + 5:])["devices"]
        raise AssertionError("the stream has no description")

    def _find(self, fields, path):
        """(offset, size) of a field in a field in ...; a number behind a name
        chooses an element of an array."""
        name, *rest = path
        index = rest.pop(0) if rest and isinstance(rest[0], int) else 0
        offset = 0
        for field in fields:
            if field["name"] == name:
                break
            offset += field["size"] * field.get("array_len", 1)
        else:
            raise AssertionError(f"the stream has no field {name}")
        offset += index * field["size"]
        if not rest:
            return offset, field["size"]
        inside = field.get("struct", field)["fields"]
        deeper, size = self._find(inside, rest)
        return offset + deeper, size

    def field(self, section, instance, *path):
        """(offset in the stream, size) of a field."""
        what = next(one for one in self.descriptions()
                    if (one["name"], one["instance_id"]) ==
                    (section, instance))
        offset, size = self._find(what["fields"], path)
        return self.section(section, instance)[1] + offset, size

    def set_field(self, value, section, instance, *path):
        at, size = self.field(section, instance, *path)
        self.content[at:at + size] = value.to_bytes(size, "big")

    def _word(self, at, size, mask, value):
        """Put a value into the bits of a word that a mask has."""
        word = int.from_bytes(self.content[at:at + size], "little")
        shift = (mask & -mask).bit_length() - 1
        assert not value << shift & ~mask
        word = word & ~mask | value << shift
        self.content[at:at + size] = word.to_bytes(size, "little")

    # The number of LISNs opens both sections.

    def set_nr_irqs(self, section, value):
        at = self.section(section)[1]
        assert self.content[at:at + 4] == struct.pack(">I", NR_IRQS)
        self.content[at:at + 4] = struct.pack(">I", value)

    def set_version(self, section, value):
        at = self.section(section)[1] - 4
        self.content[at:at + 4] = struct.pack(">I", value)

    def rename(self, section, name):
        start = self.section(section)[0] + 6
        self.content[start:start + len(section)] = name.encode()

    def set_source(self, lisn, value):
        self.content[self.section("xive-source")[1] + 4 + lisn] = value

    def set_eas(self, lisn, mask, value):
        at = self.section("spapr-xive")[1] + 4 + 8 * lisn
        self._word(at, 8, mask, value)

    def set_end(self, index, word, mask, value):
        at = self.section("spapr-xive")[1] + 4 + 8 * NR_IRQS
        self._word(at + 32 * index + 4 * word, 4, mask, value)

    def set_ring(self, thread, offset, value):
        at = self.section("xive-tctx", thread)[1] + offset
        self.content[at:at + len(value)] = value

    def cut(self, section, behind):
        del self.content[self.section(section)[1] + behind:]
