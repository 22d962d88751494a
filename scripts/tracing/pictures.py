# SPDX-License-Identifier: GPL-2.0-or-later
"""Timeline for Perfetto and chrome://tracing, and the routing as a graph."""

import json
import shutil
import subprocess

from .records import BadInput

SOURCES, VCPUS = 1, 2           # processes of the timeline


class Track:
    """Slices of one track. They come in the order of their ends; slices of a
    track may enclose each other, but must not overlap otherwise."""

    KEPT = 64               # that a later one may overlap

    def __init__(self, number):
        self.number, self.last = number, 0
        self.before = []    # (begin, end), their begins in order

    def fit(self, begin, end):
        """(begin, end) of what is left of a slice: it begins when the one
        before it has ended, and ends a nanosecond later if that is needed to
        tell them apart."""
        end = self.last = max(end, begin + 1, self.last + 1)
        while self.before and self.before[-1][0] >= begin:
            self.before.pop()
        if self.before:
            begin = max(begin, self.before[-1][1])
        self.before = self.before[1 - self.KEPT:] + [(begin, end)]
        return begin, end


class Timeline:
    """Writes the trace event format, a slice from trigger to end for each
    event, and an arrow from the source to the vCPU that accepts it. Its times
    are microseconds."""

    def __init__(self, out, machine):
        self.out, self.machine = out, machine
        self.tracks, self.count = {}, 0
        out.write('{"displayTimeUnit": "ns", "traceEvents": [\n')
        self._meta("process_name", SOURCES, 0, "sources")
        self._meta("process_name", VCPUS, 0, "vCPUs")

    def _put(self, **event):
        self.out.write((",\n" if self.count else "") + json.dumps(event))
        self.count += 1

    def _meta(self, kind, process, thread, name):
        self._put(ph="M", name=kind, pid=process, tid=thread, ts=0,
                  args={"name": name})

    def _track(self, process, key, name):
        track = self.tracks.get((process, key))
        if not track:
            track = self.tracks[process, key] = Track(len(self.tracks) + 1)
            self._meta("thread_name", process, track.number, name)
        return track

    def _slice(self, process, track, begin, end, **more):
        """Returns when it begins."""
        begin, end = track.fit(begin, end)
        self._put(ph="X", pid=process, tid=track.number, ts=begin / 1000,
                  dur=(end - begin) / 1000, **more)
        return begin

    def add(self, journey, end=None):
        """@end: for a journey that has not ended, when the records do."""
        finish = end if journey.finished is None else journey.finished
        name = self.machine.name(journey.source, journey.origin)
        track = self._track(SOURCES, (journey.origin, journey.source), name)
        begin = self._slice(
            SOURCES, track, journey.began, finish, cat="interrupt", name=name,
            args={"passage": f"{journey.number:x}",
                  "end": journey.how or f"not ended: {journey.at}",
                  "coalesced": journey.coalesced})
        if journey.accepted is not None:
            self._accepted(journey, name, finish, track, begin)

    def _accepted(self, journey, name, finish, source, begin):
        track = self._track(VCPUS, journey.thread, f"vCPU {journey.thread}")
        taken = self._slice(VCPUS, track, journey.accepted, finish,
                            cat="handler", name=name,
                            args={"passage": f"{journey.number:x}"})
        arrow = {"cat": "interrupt", "name": "taken",
                 "id": f"0x{journey.number:x}"}
        self._put(ph="s", pid=SOURCES, tid=source.number, ts=begin / 1000,
                  **arrow)
        self._put(ph="f", bp="e", pid=VCPUS, tid=track.number,
                  ts=taken / 1000, **arrow)

    def close(self):
        self.out.write("\n]}\n")


def quoted(text):
    """A name that may have what graphviz takes for its own."""
    return text.replace("\\", "\\\\").replace('"', '\\"')


def dot(machine):
    """The routing now, in graphviz's language."""
    yield "digraph routes {"
    yield "  rankdir=LR;"
    yield "  node [shape=box, fontname=\"sans-serif\", fontsize=11];"
    yield "  edge [fontname=\"sans-serif\", fontsize=10];"
    used = set()
    for number, one in sorted(machine.sources.items()):
        if not one["valid"] or one["masked"]:
            continue
        kind = "LSI" if one["lsi"] else "MSI"
        style = ", style=filled, fillcolor=\"#ffd0d0\"" \
            if one["pq"] in ("10", "11") else ""
        yield (f"  s{number} [id=\"source-{number}\", "
               f"label=\"{quoted(machine.name(number))}\\n{kind} PQ "
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
        raise BadInput("graphviz is not installed: its Debian package is "
                       "graphviz")
    done = subprocess.run(["dot", "-Tsvg"], input=text, text=True,
                          capture_output=True, check=False)
    if done.returncode:
        raise BadInput(f"dot: {done.stderr.strip()}")
    return done.stdout
