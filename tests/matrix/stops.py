# SPDX-License-Identifier: GPL-2.0-or-later
"""What a debugger does while the matrix guest runs, and what it sees."""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "guest"))

import debugger  # noqa: E402  (it lives in tests/guest/)

# Where interrupts begin, and where those return to that waited.
VECTORS = (0x100, 0x300, 0x400, 0x500, 0x700, 0x900, 0xA00, 0xC00, 0xD00,
           0xE80, 0xEA0, 0x17000)
PLACES = (("case_dec_rfid", 0x20), ("case_dec_hrfid", 0x20),
          ("case_dec_rfscv", 0x20), ("case_dec_mtmsr", 0x10),
          ("case_ext_rfid", 0x18), ("case_nops", 4), ("case_sc", 8),
          ("case_call", 0x10),
          ("case_rfid_translated", 0x10), ("case_breakpoint", 4),
          ("case_stop", 0xC), ("case_cede", 0x10))
# Which are stepped through, from their first instruction. Not those in which
# upstream does rfid twice (row X19), for then it is a step more.
STEPPED = ("nops", "branches", "set_se", "clear_se", "rfid_translated",
           "be_rfid", "rfebb", "dec_rfid", "dec_rfid_se", "dec_mtmsr",
           "dec_masked", "ext_rfid", "ext_open", "os_bell_rfid", "sc", "scv",
           "call", "trap", "td", "illegal", "privileged", "isync", "float",
           "reservation", "load", "nowhere", "watchpoint", "counted")
STEPS = 25
MASK_NOTHING = 1          # QEMU's sstep: interrupts and timers go on


def driver(kind, symbols, order):
    """A function of a socket's path and seconds: the text of what was seen."""
    drive = {"stops": stop_there, "steps": step_through, "watch": watch}[kind]

    def run(path, seconds):
        session = Session(path, seconds, order, symbols)
        drive(session, symbols)
        session.leave()
        return "".join(f"{line}\n" for line in session.seen)
    return run


class Session:
    """A debugger's, from the program's start to its end."""

    def __init__(self, path, seconds, order, symbols):
        self.end = time.monotonic() + seconds
        while not path.exists() and time.monotonic() < self.end:
            time.sleep(0.005)
        self.client = debugger.Debugger(path, seconds, order)
        self.client.ask("?")
        self.client.ask(f"Qqemu.sstep={MASK_NOTHING}")
        self.last = symbols["the_end"]
        self.breakpoints = set()
        self.seen = []
        self.plant({self.last})
        # Until there a little-endian program's CPU is a big-endian one.
        self.point("Z1", symbols["start"])
        self.client.ask("c")
        self.point("z1", symbols["start"])

    def plant(self, addresses):
        for address in sorted(addresses - self.breakpoints):
            self.point("Z1", address)
        self.breakpoints |= addresses

    def point(self, kind, address):
        assert self.client.ask(f"{kind},{address:x},4") == "OK", hex(address)

    def note(self, why):
        pc = self.client.pc()
        self.seen.append(
            f"{why} {pc:x} msr {self.client.register(debugger.MSR):x}")
        return pc

    def step(self):
        """One instruction, also from a breakpoint."""
        at = self.client.pc()
        if at in self.breakpoints:
            self.point("z1", at)
        self.client.ask("s")
        if at in self.breakpoints:
            self.point("Z1", at)
        return self.note("step")

    def go(self):
        """To the next stop; false if that is the last one."""
        assert time.monotonic() < self.end, "the debugger took too long"
        if self.client.pc() in self.breakpoints:
            self.step()
        # The step may have ended at the next one.
        if self.client.pc() in self.breakpoints:
            return self.client.pc() != self.last
        return self.note(self.client.ask("c")[:3]) != self.last

    def leave(self):
        self.client.ask("D")
        self.client.socket.close()


def stop_there(session, symbols):
    """From stop to stop: each interrupt, each place that one returns to."""
    session.plant(set(VECTORS) |
                  {symbols[name] + offset for name, offset in PLACES})
    while session.go():
        pass


def step_through(session, symbols):
    """From the beginning of a case, a number of instructions."""
    session.plant({symbols[f"case_{name}"] for name in STEPPED})
    while session.go():
        for _ in range(STEPS):
            session.step()


def watch(session, symbols):
    """Stores to what a case watches, all use of where a stack is kept."""
    session.point("Z2", symbols["watched_word"])
    session.point("Z4", symbols["saved_stack"])
    while session.go():
        pass
