# SPDX-License-Identifier: GPL-2.0-or-later
"""What happened to guests' numbers as KVM's device switched them.

A number (girq, the guest's LISN) has an IPI of the host behind it and, while a
device is passed through, the device's own interrupt (PT). A switch goes from
one to the other: what it must carry over, wait for and take away is what an
event can be lost by.
"""

from dataclasses import dataclass

FIRST_ESB_PAGE = 4
HOST = "host"                   # the origin of IPIs
Q = 1


@dataclass
class Switch:
    """From the first step of a switch to its last."""
    girq: int
    to_device: bool
    began: int
    pt: int                     # HW numbers
    ipi: int
    ended: int = None
    zapped: bool = False
    carried: object = None      # the journey whose P came over
    overtaken: object = None    # a journey that it did not wait for
    stray: int = None           # first EOI of the IPI after it had gone

    def took(self, journey):
        """Took P of an event, whether or not that was in its queue yet."""
        if journey and journey.at == "triggered":
            self.overtaken = journey
        elif journey:
            self.carried = journey

    def name(self):
        return "map" if self.to_device else "unmap"


@dataclass
class Dropped:
    """An event that waited in Q and was not carried over."""
    switch: Switch
    taken: int
    given: int


class Switches:
    """Fed with the same records as Journeys."""

    def __init__(self):
        self.last, self.by_hw, self.zapped_at = {}, {}, {}
        self.dropped = []

    def of_hw(self, hw):
        """The last switch of the number that @hw is or was behind."""
        return self.last.get(self.by_hw.get(hw))

    def _begin(self, record, to_device):
        before = self.last.get(record.a)
        self.last[record.a] = switch = Switch(
            record.a, to_device, record.time, record.b, record.c)
        zapped = self.zapped_at.get(record.a)
        switch.zapped = zapped is not None and \
            (not before or zapped > before.began)
        if before:
            switch.began = min(switch.began, zapped or switch.began)
        self.by_hw[record.b] = self.by_hw[record.c] = record.a

    def on_map(self, record):
        self.zapped_at.pop(record.a, None)
        self._begin(record, True)

    def on_unmap(self, record):
        self._begin(record, False)

    def on_zap(self, record):
        for page in range(record.a, record.a + min(record.b, 4)):
            girq = (page - FIRST_ESB_PAGE) // 2
            self.zapped_at[girq] = record.time
            switch = self.last.get(girq)
            if switch and switch.ended is None:
                switch.zapped = True

    def switched(self, record, unfinished):
        """@unfinished: the journeys of sources, by origin and number."""
        switch = self.last.get(record.a)
        if not switch:
            return
        switch.ended = record.time
        switch.took(unfinished.get(
            (HOST, switch.ipi) if switch.to_device else
            (record.origin, record.c >> 16)))
        taken, given = record.c >> 8 & 3, record.c & 3
        if taken & Q and not given & Q:
            self.dropped.append(Dropped(switch, taken, given))

    def ended(self, journey, record):
        """P was cleared: by a switch that is under way, or after it."""
        hw = record.a if record.origin == HOST else journey and journey.hw
        switch = self.of_hw(hw)
        if not switch:
            return
        if switch.ended is None:
            switch.took(journey)
        elif switch.to_device and hw == switch.ipi and switch.stray is None:
            switch.stray = record.time
