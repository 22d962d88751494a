# SPDX-License-Identifier: GPL-2.0-or-later
"""One page for a browser: timeline, lost interrupts, routing, search.

All that the page needs is in it. page.js draws with d3, of which a Debian
package has the one file that is put into the page; it is looked for where that
package installs it, then scripts/fetch.sh gets it. The page holds the newest
events, so that a file of any size makes a page that a browser can show.
"""

import functools
import json
import os
import subprocess
import time
from collections import deque
from pathlib import Path

from .journeys import WHO, Journeys
from .lost import Finder, others
from .machine import seconds
from .pictures import dot, svg
from .records import BadInput

HERE = Path(__file__).resolve().parent
FETCH = HERE.parent / "fetch.sh"
LIBRARY = Path("/usr/share/nodejs/d3/dist/d3.min.js")
VARIABLE = "P9XIVE_D3"
# Lines of the list of lost ones: what is beyond has one cause most likely.
LISTED = 1000

# What a row has of each event, in this order.
MEMBERS = ("source", "began", "presented", "accepted", "finished", "vcpu",
           "priority", "who", "end", "eisn", "coalesced", "how", "at", "lost")


@functools.lru_cache(None)
def library():
    """The text of d3."""
    try:
        if LIBRARY.exists() and VARIABLE not in os.environ:
            return LIBRARY.read_text(encoding="utf-8")
        done = subprocess.run([FETCH, "d3"], text=True, capture_output=True,
                              stdin=subprocess.DEVNULL, check=False)
        if done.returncode:
            raise OSError((done.stderr.strip().splitlines() or ["?"])[-1])
        return Path(done.stdout.strip()).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(
            "html needs d3: install the Debian package node-d3, or name a "
            f"d3.min.js in {VARIABLE} ({error})") from error


class Events:
    """The rows of the page: the newest @most events that have ended in
    @window (seconds or None), and all that have not."""

    def __init__(self, machine, most, window):
        self.machine = machine
        self.first, self.last = (None if when is None else int(when * 1e9)
                                 for when in window)
        self.rows, self.count = deque(maxlen=most), 0
        self.numbers, self.sources = {}, []

    def add(self, journey):
        """A journey that has ended."""
        if self._is_outside(journey):
            return
        self.count += 1
        self.rows.append(self._row(journey, ""))

    def add_open(self, journey, lost):
        self.count += 1
        self.rows.append(self._row(journey, journey.at, lost))

    def _is_outside(self, journey):
        return (self.first is not None and journey.finished < self.first
                or self.last is not None and journey.began > self.last)

    def _source(self, journey):
        key = journey.origin, journey.source
        if key not in self.numbers:
            self.numbers[key] = len(self.sources)
            self.sources.append({
                "number": journey.source,
                "name": self.machine.name(journey.source, journey.origin)})
        return self.numbers[key]

    def _row(self, journey, at, lost=False):
        return (self._source(journey), journey.began, journey.presented,
                journey.accepted, journey.finished, journey.thread,
                journey.priority, journey.who, journey.end, journey.data,
                journey.coalesced, journey.how, at, int(lost))

    def in_order(self):
        """The rows by their begin, and the sources by their number: a row
        names its source by its place."""
        order = sorted(range(len(self.sources)),
                       key=lambda i: (self.sources[i]["number"],
                                      self.sources[i]["name"]))
        place = {old: new for new, old in enumerate(order)}
        rows = sorted(((place[row[0]], *row[1:]) for row in self.rows),
                      key=lambda row: row[1])
        return rows, [self.sources[i] for i in order]


def summary(source, events, rows, begin, end):
    left_out = events.count - len(rows)
    words = [f"{Path(source.path).name}: {events.count} events of "
             f"{len(events.sources)} sources, {seconds(begin)} to "
             f"{seconds(end)}"]
    if source.started:
        words.append("0 is " + time.strftime("%Y-%m-%d %H:%M:%S UTC",
                                             time.gmtime(source.started)))
    if left_out:
        words.append(f"the {left_out} oldest are left out (--most)")
    if source.overwritten():
        words.append(f"{source.overwritten()} older records are overwritten")
    return "; ".join(words)


def put(text, words):
    """The template with each @WORD@ replaced, and nothing in what it is
    replaced by."""
    parts = text.split("@")
    for i in range(1, len(parts), 2):
        parts[i] = words[parts[i]]
    return "".join(parts)


def picture(machine):
    """The routing as SVG without a prologue, or why there is none."""
    if not machine.known:
        return "<p>The input has no state of a controller.</p>"
    try:
        text = svg("\n".join(dot(machine)))
    except BadInput as why:
        return f"<p>No picture: {why}.</p>"
    return text[text.index("<svg"):]


def content(source, machine, args):
    """What page.js shows."""
    events = Events(machine, args.most, (args.start, args.to))
    journeys = Journeys(events.add, steps=True).follow(source.records())
    found = Finder(source, machine, journeys, int(args.older * 1e6)).find()
    lost = {(one.source, one.since) for one in found}
    # What steps an event has taken is told only of one that has not ended.
    steps = {}
    for journey in journeys.unfinished():
        events.add_open(journey, (journey.source, journey.began) in lost)
        steps[journey.source, journey.began] = [
            (when, text) for when, _, text in journey.steps]
    rows, sources = events.in_order()
    open_rows = {(sources[row[0]]["number"], row[1]): i
                 for i, row in enumerate(rows)
                 if row[MEMBERS.index("finished")] is None}
    begin = min((row[1] for row in rows), default=0)
    end = max(source.end, journeys.now)
    return {
        "summary": summary(source, events, rows, begin, end),
        "begin": begin, "end": end, "who": WHO, "members": MEMBERS,
        "events": rows, "sources": sources,
        "steps": {open_rows[key]: told for key, told in steps.items()
                  if key in open_rows},
        "lost": [{"line": one.line(machine), "cause": one.cause,
                  "event": open_rows.get((one.source, one.since))}
                 for one in found[:LISTED]],
        "refused": others(machine, journeys)[:LISTED]}


def page(source, machine, args):
    """The whole page."""
    script = library()
    data = json.dumps(content(source, machine, args),
                      separators=(",", ":"))
    return put((HERE / "page.html").read_text(encoding="utf-8"), {
        "STYLE": (HERE / "page.css").read_text(encoding="utf-8"),
        "PROGRAM": (HERE / "page.js").read_text(encoding="utf-8"),
        "ROUTES": picture(machine), "LIBRARY": script,
        # A name could end the element that the data stands in.
        "DATA": data.replace("<", "\\u003c")})
