# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes journeys of records: one for each event that a source has sent.

A journey begins with the trigger and ends with what clears P: the EOI, a store
of PQ, a reset. Only those that have not ended are kept.
"""

from dataclasses import dataclass, field

from .switches import Switches

WHO = ("a store to its page", "a message of its device", "its input line",
       "the EOI before, which found another event")
NOTIFY, COALESCED, OFF = 0, 1, 2
NO_PRIORITY, NO_CHIP = 0xff, 0xffff
Q = 1


@dataclass
class Journey:
    """How far one event has come. A time of None: not there yet."""
    number: int
    origin: str
    source: int
    began: int
    who: int
    sender: str
    at: str = "triggered"       # the last step that it has made
    end: int = None             # END, block << 24 | index
    data: int = None            # EISN
    entry: int = None           # place in the queue
    hw: int = None              # number in the controller's EAS table
    thread: int = None          # that it was presented to
    priority: int = None
    presented: int = None
    taken: int = None           # the vCPU began its handler
    accepted: int = None
    finished: int = None
    how: str = ""               # it finished
    coalesced: int = 0          # triggers that found P set
    steps: list = field(default_factory=list)


class Journeys:
    """Follows records; @finished is called with each journey that ends."""

    def __init__(self, finished=lambda journey: None, steps=False):
        self.finished, self.with_steps = finished, steps
        self.by_number, self.open, self.waiting = {}, {}, {}
        self.off, self.cppr, self.masked_at = {}, {}, {}
        self.counts = {}
        self.messages, self.frozen, self.refused = 0, {}, {}
        self.held, self.stored, self.taken = {}, {}, {}
        # By host thread, for all of a passage runs on one: the last passage
        # that goes on with events which had stopped, and their journeys.
        self.resumed = {}
        self.switches = Switches()
        self.now = 0

    def follow(self, records):
        for record in records:
            self.now = record.time
            self.counts[record.step] = self.counts.get(record.step, 0) + 1
            name = "on_" + record.step.replace("-", "_")
            handler = getattr(self, "_" + name, None) or \
                getattr(self.switches, name, None)
            if handler:
                handler(record)
        return self

    def unfinished(self):
        return sorted(self.open.values(), key=lambda one: one.began)

    # ---------------------------------------------------------------- steps

    def _of(self, record):
        """The journeys that a record takes further."""
        if record.passage in self.by_number:
            return [self.by_number[record.passage]]
        passage, journeys = self.resumed.get(record.thread, (0, ()))
        return journeys if passage and passage == record.passage else ()

    def _resume(self, record, journeys):
        self.resumed[record.thread] = record.passage, [
            one for one in journeys if one.finished is None]

    def _note(self, journey, record, text):
        if self.with_steps:
            journey.steps.append((record.time, record.thread, text))

    def _finish(self, journey, record, how):
        journey.finished, journey.how = record.time, how
        self.by_number.pop(journey.number, None)
        key = journey.origin, journey.source
        if self.open.get(key) is journey:
            del self.open[key]
        self._unwait(journey)
        self.finished(journey)

    def _unwait(self, journey):
        place = journey.thread, journey.priority
        if journey in self.waiting.get(place, ()):
            self.waiting[place].remove(journey)

    def _on_trigger(self, record):
        who, outcome = record.b >> 16, record.b & 0xffff
        key = record.origin, record.a
        if outcome == COALESCED:
            journey = self.open.get(key)
            if journey:
                journey.coalesced += 1
                self._note(journey, record, f"triggered again by {WHO[who]}: "
                           "P is set, so it is kept in Q")
            return
        if outcome == OFF:
            count, _ = self.off.get(key, (0, 0))
            self.off[key] = count + 1, record.time
            return
        old = self.open.get(key)
        if old:         # its end was overwritten, or came from elsewhere
            self._finish(old, record, "not recorded")
        journey = Journey(record.passage, record.origin, record.a,
                          record.time, who, record.thread)
        self.open[key] = self.by_number[record.passage] = journey
        self._note(journey, record, f"triggered by {WHO[who]}")

    def _on_eas(self, record):
        for journey in self._of(record):
            self._eas(journey, record)

    def _eas(self, journey, record):
        journey.hw, journey.end = record.a, record.b & 0xfffffff
        journey.data = record.c
        if not record.b >> 31:
            journey.at = "no EAS"
            self._note(journey, record, "its EAS is not valid: dropped")
        elif record.b >> 30 & 1:
            journey.at = "masked"
            self._note(journey, record, "the EAS is masked: dropped")
        else:
            journey.at = "routed"
            self._note(journey, record, f"the EAS leads to END "
                       f"0x{journey.end:x} with EISN 0x{journey.data:x}")

    def _on_queue(self, record):
        for journey in self._of(record):
            journey.at, journey.end, journey.data = "queued", record.a, \
                record.c
            journey.entry = record.b & 0x7fffffff
            self._note(journey, record, f"entry {journey.entry} of END "
                       f"0x{record.a:x}'s queue, generation {record.b >> 31}")

    def _on_queue_bad(self, record):
        self._moved(record, "no queue memory", "the queue is not in memory")

    def _on_esn_held(self, record):
        self._moved(record, "held by ESn", f"ESn of END 0x{record.a:x} is "
                    "pending: its vCPU is not told")
        self._hold("esn", record)

    def _on_ese_held(self, record):
        self._moved(record, "held by ESe", f"ESe of END 0x{record.a:x} is "
                    "pending: it does not escalate")
        self._hold("ese", record)

    def _hold(self, es, record):
        key = es, record.origin, record.a
        # A guest that polls the queue ends them without an ESn EOI.
        self.held[key] = [one for one in self.held.get(key, ())
                          if one.finished is None] + list(self._of(record))

    def _on_esn_eoi(self, record):
        self._released("esn", record, "the ESn EOI")

    def _on_ese_eoi(self, record):
        self._released("ese", record, "the ESe EOI")

    def _on_esn_store(self, record):
        self._released("esn", record, "a store to the ESn page")

    def _on_ese_store(self, record):
        self._released("ese", record, "a store to the ESe page")

    def _released(self, es, record, what):
        before, after = record.b >> 8, record.b & 3
        if before & Q and not after & Q:
            held = self.held.pop((es, record.origin, record.a), ())
            self._resume(record, held)
            text = f"{what} sends it on" if record.c else \
                f"{what} drops what it held (PQ={after >> 1}{after & 1})"
            self._moved(record, "sent on" if record.c else "dropped by a "
                        f"store to ES{es[2]}", text)

    def _on_forward(self, record):
        self._moved(record, *((f"forwarded to chip {record.a}",
                               f"{record.origin} forwards it to chip "
                               f"{record.a}") if record.a != NO_CHIP else
                              ("forwarded to no chip", f"{record.origin} "
                               "forwards it to an address that no chip has")))

    def _on_waits(self, record):
        self._moved(record, "waits in the chip", f"firmware holds queue "
                    f"{record.a} of {record.origin} back")
        self.stored.setdefault(self._event(record),
                               []).extend(self._of(record))

    def _on_goes_on(self, record):
        stored = self.stored.get(self._event(record))
        if stored:
            self._resume(record, [stored.pop(0)])
            self._moved(record, "triggered", "goes on")

    @staticmethod
    def _event(record):
        return record.origin, record.a, record.b, record.c

    def _on_escalate(self, record):
        self._moved(record, "escalated", f"escalates to END 0x{record.b:x}")

    def _on_backlog(self, record):
        self._moved(record, "in the backlog", f"VP 0x{record.a:x} runs "
                    "nowhere: noted in its NVT")

    def _on_undelivered(self, record):
        self._moved(record, "undelivered", f"VP 0x{record.b:x} runs nowhere "
                    "and keeps no backlog")

    def _moved(self, record, at, text):
        for journey in self._of(record):
            journey.at = at
            self._note(journey, record, text)

    def _on_ring(self, record):
        for journey in self._of(record):
            self._presented(journey, record)

    def _presented(self, journey, record):
        journey.at, journey.presented = "pending", record.time
        journey.thread = record.a
        journey.priority = record.c & 0xff
        cppr = record.b >> 8 & 0xff
        held = journey.priority >= cppr
        self._note(journey, record, f"vCPU {record.a}: priority "
                   f"{journey.priority} is pending, CPPR {cppr} "
                   f"{'holds it back' if held else 'lets it through'}")
        self.waiting.setdefault((record.a, journey.priority),
                                []).append(journey)

    def _on_taken(self, record):
        self.taken[record.a] = record.time
        for (thread, _), journeys in self.waiting.items():
            for journey in journeys if thread == record.a else ():
                if journey.taken is None:
                    journey.taken = record.time
                    self._note(journey, record, f"vCPU {thread} takes the "
                               f"interrupt at 0x{record.b:x}")

    def _on_switched(self, record):
        self.switches.switched(record, self.open)

    def _on_host_irq(self, record):
        self._moved(record, "taken by the host", "the host takes it")

    def _on_eventfd(self, record):
        self._moved(record, "signalled", "its eventfd is signalled for LISN "
                    f"0x{record.a:x}")

    def _on_ack(self, record):
        priority = record.c & 0xff
        if priority == NO_PRIORITY:
            return
        self.cppr[record.a] = priority, record.time
        for journey in self.waiting.pop((record.a, priority), ()):
            journey.at, journey.accepted = "accepted", record.time
            self._note(journey, record, f"vCPU {record.a} accepts priority "
                       f"{priority}")

    def _on_cppr(self, record):
        cppr = record.c & 0xff
        if self.cppr.get(record.a, (None,))[0] != cppr:
            self.cppr[record.a] = cppr, record.time

    def _on_eoi(self, record):
        self._over(record, "EOI")

    def _on_set_pq(self, record):
        if not record.b & 2:
            self._over(record, f"PQ={record.b >> 1 & 1}{record.b & 1} "
                       "stored")

    def _over(self, record, how):
        journey = self.by_number.get(record.passage)
        self.switches.ended(journey, record)
        if journey:
            self._note(journey, record, how)
            self._finish(journey, record, how)

    def _on_set_eas(self, record):
        if record.b >> 30 & 1:
            self.masked_at[record.origin, record.a] = record.time

    def _on_free(self, record):
        journey = self.open.get((record.origin, record.a))
        if journey:
            self._finish(journey, record, "freed")

    def _on_reset(self, record):
        for journey in [one for one in self.open.values()
                        if one.origin == record.origin]:
            self._finish(journey, record, "reset")

    def _on_pe_frozen(self, record):
        self.frozen.setdefault((record.origin, record.a), record.time)

    def _on_pe_thawed(self, record):
        self.frozen.pop((record.origin, record.a), None)

    def _on_msi_refused(self, record):
        key = record.origin, record.a, record.b, record.c
        count, _ = self.refused.get(key, (0, 0))
        self.refused[key] = count + 1, record.time
