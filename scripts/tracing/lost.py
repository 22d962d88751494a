# SPDX-License-Identifier: GPL-2.0-or-later
"""Which interrupts have not come to their end, and why.

The state says which sources have P set; the records say how far the event came
and when. A cause is a rule below; the first one that applies is given.
"""

from dataclasses import dataclass

from .lost_kvm import KvmRules
from .machine import duration, seconds

PENDING = ("10", "11")
NO_CPPR = None, None
# By P9xMsiWhy.
REFUSALS = {
    0: "MSI of another PE than {pe}",
    1: "no source takes MSIs by that number",
    2: "its PE {pe} is frozen",
    3: "its requester has no PE",
    4: "the bridge lets no DMA in: fenced, in reset or not set up",
}


@dataclass
class Lost:
    """One event that waits. @since is None if the records begin later."""
    source: int
    since: int
    age: int
    at: str
    cause: str
    more: int                   # triggers that wait behind it

    def line(self, machine):
        since = f"since {seconds(self.since)}, {duration(self.age)} ago" \
            if self.since is not None else \
            "since before the records begin"
        more = f", {self.more} more triggers" if self.more else ""
        return (f"{machine.name(self.source)}: {self.at} {since}{more}: "
                f"{self.cause}")


class Finder:
    """Looks for causes. @older: ages below that many ns are on their way."""

    def __init__(self, source, machine, journeys, older):
        self.machine, self.journeys, self.older = machine, journeys, older
        self.end = max(source.end, journeys.now)

    def find(self):
        found = self._on_kvm() if self.machine.kvm is not None else \
            self._on_controller()
        return sorted(found, key=lambda one: (one.since is not None,
                                              one.since))

    def _on_kvm(self):
        found = []
        for one in KvmRules(self.machine, self.journeys).waiting():
            at, cause = (one.at, one.cause) if one.cause else \
                self._cause(one.number, one.state, one.journey)
            if not one.journey or self.end - one.journey.began >= self.older:
                found.append(self._make(one.number, one.state, one.journey,
                                        at, cause))
        return found

    def _on_controller(self):
        found = [self._lost(journey.source, journey)
                 for journey in self.journeys.unfinished()
                 if self._waits(journey)]
        seen = {one.source for one in self.journeys.unfinished()}
        for number, state in self.machine.sources.items():
            if state["pq"] in PENDING and number not in seen:
                found.append(self._lost(number, None))
        return found

    def _waits(self, journey):
        if self.end - journey.began < self.older:
            return False
        if (journey.origin, journey.source) in self.machine.chips:
            return self.machine.chips[journey.origin,
                                      journey.source]["pq"] in PENDING
        if not self.machine.known:
            return True
        state = self.machine.sources.get(journey.source)
        return bool(state) and state["pq"] in PENDING

    def _lost(self, number, journey):
        state = self.machine.sources.get(number, {})
        at, cause = self._cause(number, state, journey)
        return self._make(number, state, journey, at, cause)

    def _make(self, number, state, journey, at, cause):
        return Lost(number, journey.began if journey else None,
                    self.end - journey.began if journey else 0, at, cause,
                    journey.coalesced if journey else
                    int(state.get("pq") == "11"))

    # ---------------------------------------------------------------- rules

    def _cause(self, number, state, journey):
        at = journey.at if journey else "P is set"
        if at == "no EAS":
            return at, "its EAS is not valid: this number has no route"
        if at == "masked":
            return at, self._masked(number)
        if at == "no queue memory":
            return at, "the event queue's address is not RAM"
        if at == "held by ESn":
            return at, ("ESn of the queue is pending: the guest polls this "
                        "queue or has not done the ESn EOI")
        if at.startswith("dropped by a store to ES"):
            return at, "the guest cleared Q while it held this event"
        if at == "waits in the chip":
            return at, "firmware holds the queue back (VC_IRQ_CONFIG)"
        if at == "forwarded to no chip":
            return at, "the VSD of its block leads to no chip's notify page"
        if at == "held by ESe":
            return at, "ESe is pending: the escalation was not EOI'd"
        if at in ("undelivered", "in the backlog"):
            return at, self._nowhere(state, journey)
        if at == "accepted":
            return at, self._not_ended(journey)
        return self._in_the_ring(number, state, journey, at)

    def _masked(self, number):
        when = self.journeys.masked_at.get(("lisn", number))
        return ("the source is masked in its EAS while its PQ is not: "
                "H_INT_SET_SOURCE_CONFIG masked it" +
                (f" at {seconds(when)}" if when is not None else
                 " before the records begin"))

    def _nowhere(self, state, journey):
        end = state.get("end", journey.end if journey else 0)
        server = self.machine.server(end)
        if self.machine.known and server not in self.machine.threads:
            return f"target vCPU {server} is unplugged or offline"
        return f"target vCPU {server} runs no VP that takes it"

    def _not_ended(self, journey):
        when = seconds(journey.accepted)
        if self.machine.counters.get("guest-error-queue-not-zero"):
            return (f"vCPU {journey.thread} accepted it at {when}, but the "
                    "queue's memory was not zeroed: old words pass for "
                    "events and the guest's reading place is past this one")
        state = self.machine.sources.get(journey.source, {})
        if state.get("level"):
            return (f"vCPU {journey.thread} accepted it at {when} and did "
                    "no EOI; the level is still up")
        return (f"never EOI'd: vCPU {journey.thread} accepted it at {when}, "
                "P is set since")

    def _in_the_ring(self, number, state, journey, at):
        if "server" in state and "hw" in state:
            return at, self._on_kvms_vcpu(state, at)
        end = state.get("end", journey.end if journey else None)
        if end is None:
            return at, "not known"
        if state.get("masked") and not journey:
            return at, self._masked(number)
        server = self.machine.server(end)
        priority = end % self.machine.per_server
        thread = self.machine.threads.get(server)
        if thread is None:
            return at, self._without_state(server, priority, at)
        return at, self._of_thread(thread, server, priority)

    def _on_kvms_vcpu(self, state, at):
        server, priority = state["server"], state["priority"]
        thread = self.machine.kvm_threads.get(server)
        if priority == 0xff:
            return "the guest has given it no target"
        if not thread:
            return f"target vCPU {server} is unplugged or offline"
        return self._of_thread(thread, server, priority)

    def _without_state(self, server, priority, at):
        if self.machine.known:
            return f"target vCPU {server} is unplugged or offline"
        cppr, when = self.journeys.cppr.get(server, NO_CPPR)
        if cppr is not None and cppr <= priority:
            return f"CPPR {cppr} since {seconds(when)} by vCPU {server}"
        if at == "pending":
            return f"vCPU {server} has not acknowledged: MSR[EE] off?"
        return "not known: the trace has no more of it"

    def _of_thread(self, thread, server, priority):
        ring = thread["os"]
        if not ring["ipb"] & 0x80 >> priority:
            return self._entry_unread(server)
        if ring["cppr"] <= priority:
            _, when = self.journeys.cppr.get(server, NO_CPPR)
            since = f"since {seconds(when)}" if when is not None else \
                "since before the records begin"
            return f"CPPR {ring['cppr']} {since} by vCPU {server}"
        cpu = self.machine.vcpus.get(server, {})
        if not cpu.get("ee", True):
            halted = "is halted" if cpu.get("halted") else "runs"
            return f"vCPU {server} {halted} with MSR[EE] off"
        taken = self.journeys.taken.get(thread["thread"])
        if taken is not None and cpu and not cpu.get("external"):
            return (f"vCPU {server} took an interrupt at {seconds(taken)} "
                    "and has not acknowledged this one")
        return f"vCPU {server} is signalled and has not taken it yet"

    def _entry_unread(self, server):
        if self.machine.counters.get("guest-error-queue-not-zero"):
            return (f"vCPU {server} accepted it, but the queue's memory was "
                    "not zeroed: old words pass for events")
        return (f"never EOI'd: vCPU {server} accepted its priority, P is "
                "set since")


def others(machine, journeys):
    """What was refused before it became an event, a line each."""
    lines = []
    for (origin, source), (count, when) in sorted(journeys.off.items()):
        if machine.sources.get(source, {}).get("pq") == "01" and \
                not machine.sources[source]["masked"]:
            lines.append(f"{machine.name(source)}: {count} triggers ignored, "
                         f"the last at {seconds(when)}: the source is off "
                         "(PQ=01) though its EAS is not masked")
    for (origin, pe), when in sorted(journeys.frozen.items()):
        lines.append(f"{origin}: PE {pe} is frozen since {seconds(when)}")
    for key, (count, when) in sorted(journeys.refused.items()):
        origin, requester, why_pe, message = key
        lines.append(f"{origin}: {count} messages 0x{message:x} of requester "
                     f"0x{requester:04x} refused, the last at "
                     f"{seconds(when)}: {refusal(why_pe >> 16, why_pe)}")
    return lines


def refusal(why, why_pe):
    """P9xMsiWhy in words."""
    return REFUSALS.get(why, "reason {why}").format(pe=why_pe & 0xffff,
                                                    why=why)
