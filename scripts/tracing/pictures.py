# SPDX-License-Identifier: GPL-2.0-or-later
"""Timeline for Perfetto and chrome://tracing, and the routing as a graph."""

import json
import shutil
import subprocess

from .records import BadInput

SOURCES, VCPUS = 1, 2           # processes of the timeline


class Timeline:
    """Writes the trace event format, a slice from trigger to end for each
    event, and an arrow from the source to the vCPU that accepts it."""

    def __init__(self, out, machine):
        self.out, self.machine = out, machine
        self.tracks, self.count = set(), 0
        out.write('{"displayTimeUnit": "ns", "traceEvents": [\n')
        self._meta("process_name", SOURCES, 0, "sources")
        self._meta("process_name", VCPUS, 0, "vCPUs")

    def _put(self, **event):
        self.out.write((",\n" if self.count else "") + json.dumps(event))
        self.count += 1

    def _meta(self, kind, process, thread, name):
        self._put(ph="M", name=kind, pid=process, tid=thread,
                  args={"name": name})

    def _track(self, process, number, name):
        if (process, number) not in self.tracks:
            self.tracks.add((process, number))
            self._meta("thread_name", process, number, name)

    def add(self, journey, end=None):
        """@end: for a journey that has not ended, when the records do."""
        finish = end if journey.finished is None else journey.finished
        name = self.machine.name(journey.source)
        self._track(SOURCES, journey.source, name)
        self._put(ph="X", cat="interrupt", name=name, pid=SOURCES,
                  tid=journey.source, ts=journey.began / 1000,
                  dur=max(finish - journey.began, 1) / 1000,
                  args={"passage": journey.number,
                        "end": journey.how or f"not ended: {journey.at}",
                        "coalesced": journey.coalesced})
        if journey.accepted is not None:
            self._accepted(journey, name, finish)

    def _accepted(self, journey, name, finish):
        self._track(VCPUS, journey.thread, f"vCPU {journey.thread}")
        self._put(ph="X", cat="handler", name=name, pid=VCPUS,
                  tid=journey.thread, ts=journey.accepted / 1000,
                  dur=max(finish - journey.accepted, 1) / 1000,
                  args={"passage": journey.number})
        for kind, process, thread, when in (
                ("s", SOURCES, journey.source, journey.began),
                ("f", VCPUS, journey.thread, journey.accepted)):
            self._put(ph=kind, cat="interrupt", name="taken",
                      id=journey.number, pid=process, tid=thread,
                      ts=when / 1000, **({"bp": "e"} if kind == "f" else {}))

    def close(self):
        self.out.write("\n]}\n")


def dot(machine):
    """The routing now, in graphviz's language."""
    yield "digraph routes {"
    yield "  rankdir=LR; node [shape=box, fontname=\"sans-serif\"];"
    used = set()
    for number, one in sorted(machine.sources.items()):
        if not one["valid"] or one["masked"]:
            continue
        kind = "LSI" if one["lsi"] else "MSI"
        style = ", style=filled, fillcolor=\"#ffd0d0\"" \
            if one["pq"] in ("10", "11") else ""
        yield (f"  s{number} [label=\"{machine.name(number)}\\n{kind} PQ "
               f"{one['pq']}\"{style}];")
        yield (f"  s{number} -> e{one['end']} "
               f"[label=\"EISN 0x{one['data']:x}\"];")
        used.add(one["end"])
    for number, end in sorted(machine.ends.items()):
        if number in used:
            server = machine.server(number)
            yield (f"  e{number} [label=\"END 0x{number:x}, priority "
                   f"{end['priority']}\\nqueue at 0x{end['address']:x}, entry "
                   f"{end['index']} of {end['entries']}\"];")
            yield f"  e{number} -> v{server};"
    for number, thread in sorted(machine.threads.items()):
        yield (f"  v{number} [label=\"vCPU {thread['server']}\\nCPPR "
               f"{thread['os']['cppr']} IPB 0x{thread['os']['ipb']:02x}\"];")
    yield "}"


def svg(text):
    """The graph as a picture, by graphviz."""
    if not shutil.which("dot"):
        raise BadInput("graphviz is not installed; --format dot needs none")
    done = subprocess.run(["dot", "-Tsvg"], input=text, text=True,
                          capture_output=True, check=False)
    if done.returncode:
        raise BadInput(f"dot: {done.stderr.strip()}")
    return done.stdout
