# SPDX-License-Identifier: GPL-2.0-or-later
"""Which of a KVM device's numbers wait, and what a switch has to do with it.

The state says of each number which interrupt is live behind it, and that one's
PQ. Records have HW numbers; switches.py knows whose they are.
"""

from dataclasses import dataclass

from .machine import seconds

PENDING = ("10", "11")


@dataclass
class Waiting:
    """A number whose P is set. @cause "": what comes after KVM says why."""
    number: int
    state: dict
    journey: object             # None: not recorded
    at: str
    cause: str


class KvmRules:
    """Asks the switches first: what they spoil looks like something else."""

    def __init__(self, machine, journeys):
        self.machine, self.switches = machine, journeys.switches
        self.by_hw = {}
        for journey in journeys.unfinished():
            hw = journey.hw if journey.hw is not None else \
                journey.source if journey.origin == "host" else None
            self.by_hw[hw] = journey

    def waiting(self):
        for number, state in sorted(self.machine.kvm.items()):
            if state["pq"] in PENDING:
                yield self._waiting(number, state)
        for dropped in self.switches.dropped:
            yield self._dropped(dropped)

    def _waiting(self, number, state):
        journey = self.by_hw.get(state["hw"])
        switch = self.switches.last.get(number)
        cause = self._of_switch(switch) if switch else ""
        if not journey and switch:
            journey = switch.overtaken or switch.carried
        return Waiting(number, state, journey,
                       journey.at if journey else "P is set", cause)

    @staticmethod
    def _of_switch(switch):
        when = seconds(switch.began)
        if switch.overtaken is not None:
            other = "the host" if not switch.to_device else "the old route"
            return (f"the {switch.name()} at {when} did not wait for the "
                    "event that was sent at "
                    f"{seconds(switch.overtaken.began)} (no sync): that one "
                    f"went to {other}")
        if switch.stray is not None and not switch.zapped:
            return (f"the guest's EOI at {seconds(switch.stray)} went to the "
                    f"IPI's page: the map at {when} took no page away (no "
                    "zap)")
        return ""

    def _dropped(self, dropped):
        switch = dropped.switch
        return Waiting(
            switch.girq, self.machine.kvm.get(switch.girq, {}), None,
            f"dropped by the {switch.name()} at {seconds(switch.began)}",
            f"PQ was {dropped.taken:02b}, and the interrupt that is live now "
            f"got {dropped.given:02b}: an event in Q was not carried over, "
            "as Linux 6.1 does it")
