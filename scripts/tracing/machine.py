# SPDX-License-Identifier: GPL-2.0-or-later
"""The state behind the records: what a file or a live machine says is true."""


# Interrupts of a device; what MSI-X can have is 2048.
MOST_NAMES = 1 << 16


class Machine:
    """Look-ups in the list of states (docs/specs/recorder.rst)."""

    def __init__(self, state):
        self.sources, self.ends, self.threads = {}, {}, {}
        self.vcpus, self.counters, self.names = {}, {}, {}
        self.known = False
        self.kvm = None         # numbers of a KVM device, by LISN
        self.chips = {}         # sources of powernv, by origin and number
        self.first_vp, self.per_server = 0x400, 8
        for one in state:
            if one.get("is") == "spapr-xive" and not one.get("on-kvm"):
                self._take(one)
            elif one.get("is") == "p9xive-kvm" and one["mode"] != "none":
                self.kvm = {s["source"]: s for s in one["sources"]}
                self.kvm_threads = {t["server"]: t for t in one["threads"]}
            elif one.get("is") == "pnv-xive":
                self.chips.update({(f"chip{one['chip']}",
                                    s["source"] & 0xffffff): s
                                   for s in one["sources"]})
            elif one.get("is") == "vcpus":
                self.vcpus = {cpu["vcpu"]: cpu for cpu in one["vcpus"]}
            elif one.get("is") == "devices":
                for device in one["devices"]:
                    self._name(device["name"], device["source"],
                               device["count"])

    def _take(self, one):
        self.known = True
        self.first_vp = one["first-vp"]
        self.per_server = one["ends-a-server"]
        self.sources = {s["source"]: s for s in one["sources"]}
        self.ends = {end["end"]: end for end in one["ends"]}
        self.threads = {t["thread"]: t for t in one["threads"]}
        self.counters = one["counters"]

    def _name(self, name, source, count):
        """One of several interrupts has its number behind the name."""
        for i in range(min(count, MOST_NAMES)):
            self.names[source + i] = f"{name} {i}" if count > 1 else name

    def server(self, end):
        """The vCPU that an END tells."""
        return end // self.per_server

    def name(self, source, origin="lisn"):
        """A source for people."""
        if origin != "lisn":
            return f"{origin} 0x{source:x}"
        text = f"LISN 0x{source:x}"
        return f"{text} ({self.names[source]})" if source in self.names \
            else text


def seconds(ns):
    return f"{ns / 1e9:.6f} s"


def duration(ns):
    """A time that has passed, with a unit that suits it."""
    for limit, unit, size in ((10**4, "ns", 1), (10**7, "us", 1000),
                              (10**10, "ms", 10**6)):
        if ns < limit:
            return f"{ns / size:.0f} {unit}"
    return f"{ns / 1e9:.1f} s"
