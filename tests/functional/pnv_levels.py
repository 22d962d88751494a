# SPDX-License-Identifier: GPL-2.0-or-later
"""Interrupts as the BSDs take them on bare metal.

Other than Linux, they have a queue for each of the 8 priorities, of 4 KiB, and
CPPR is their interrupt level: it goes up and down with interrupts waiting, and
a handler runs at its own level and is interrupted by more favoured ones. The
bare-metal guest has the same for pseries (tests/guest/test_driver.c).
"""

import random

import pnv_chip as pnv


class LevelDriver:
    """Sends, changes its level and takes interrupts at random, always in the
    same way for a @seed, and accounts for each event."""

    SOURCES = range(0x20, 0x30)
    ENDS = 16
    SHIFT = 12
    STEPS = 4000

    def __init__(self, chip, seed):
        self.chip = chip
        self.random = random.Random(seed)
        self.level = 0xFF
        self.places = [0] * 8
        self.due = dict.fromkeys(self.SOURCES, 0)
        self.sent = dict.fromkeys(self.SOURCES, 0)
        self.received = dict.fromkeys(self.SOURCES, 0)
        self.held_back = []
        self.spurious = self.nested = 0
        chip.push_thread()
        chip.write_nvt(0x80)
        for priority in range(8):
            chip.write_end(self.ENDS + priority, priority, shift=self.SHIFT,
                           number=priority)
        for source in self.SOURCES:
            chip.write_eas(source, self.ENDS + source % 8, source)
            chip.manage(source, pnv.ESB_SET["00"])

    def send(self):
        source = self.random.choice(self.SOURCES)
        if self.due[source] < 2:        # else it is one with that in Q
            self.due[source] += 1
            self.sent[source] += 1
        self.chip.trigger(source)

    def set_level(self, level):
        self.level = level
        self.chip.tima_store(pnv.HV_PAGE + pnv.PHYS + pnv.CPPR, level)

    def entries(self, priority):
        """Takes what is in a queue."""
        size = 1 << self.SHIFT
        while True:
            place = self.places[priority]
            word = int.from_bytes(self.chip.qtest.read_memory(
                self.chip.tables + pnv.QUEUE + priority * size +
                place * 4 % size, 4), "big")
            if word >> 31 == place * 4 // size % 2:
                return
            self.places[priority] += 1
            yield word & 0x7FFFFFFF

    def take(self):
        """What a CPU does while its line is up and interrupts are on."""
        while self.chip.phys(pnv.NSR):
            ack = self.chip.tima_load(pnv.HV_PAGE + pnv.ACK_HV, 2)
            level, priority = self.level, ack & 0xFF
            if not ack >> 14:
                self.spurious += 1
                continue
            if priority >= level:
                self.held_back.append((priority, level))
            self.nested += level != 0xFF
            self.level = priority
            for source in self.entries(priority):
                self.serve(source, nest=priority < level)
            self.set_level(level)

    def serve(self, source, nest):
        if self.random.randrange(4) == 0:
            self.send()
        if nest:
            self.take()
        self.chip.manage(source, pnv.ESB_EOI)
        self.due[source] -= 1
        self.received[source] += 1

    def run(self):
        for _ in range(self.STEPS):
            self.random.choice((
                self.send, self.send, self.take,
                lambda: self.set_level(self.random.choice(
                    (*range(8), 0xFF)))))()
        self.set_level(0xFF)
        self.take()
