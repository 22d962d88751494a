# SPDX-License-Identifier: GPL-2.0-or-later
"""What the Trace Event Format asks of a file in its JSON object form, for the
kinds of events that p9trace writes: complete events (X), flow events (s, t, f)
and metadata (M)."""

from pathlib import Path

REPO = Path(__file__).resolve().parents[2]

NUMBER = (int, float)
# Member: (types, whether it has to be there), of all kinds and of each.
COMMON = {"ph": (str, True), "pid": (int, True), "tid": (int, True),
          "ts": (NUMBER, True), "name": (str, True), "cat": (str, False),
          "args": (dict, False), "cname": (str, False)}
KINDS = {
    "X": {"dur": (NUMBER, True), "cat": (str, True), "tdur": (NUMBER, False)},
    "s": {"id": ((int, str), True), "cat": (str, True)},
    "t": {"id": ((int, str), True), "cat": (str, True)},
    "f": {"id": ((int, str), True), "cat": (str, True), "bp": (str, False)},
    "M": {"args": (dict, True)},
}
TOP = {"traceEvents": list, "displayTimeUnit": str, "otherData": dict}
METADATA = {"process_name": "name", "thread_name": "name",
            "process_sort_index": "sort_index",
            "thread_sort_index": "sort_index"}


def faults(trace):
    """A line for each rule that a parsed file breaks."""
    if not isinstance(trace, dict) or "traceEvents" not in trace:
        return ["no object with a list traceEvents"]
    found = [f"top: {name}: {value!r:.40}" for name, value in trace.items()
             if not isinstance(value, TOP.get(name, ()))]
    if trace.get("displayTimeUnit", "ms") not in ("ms", "ns"):
        found.append("displayTimeUnit is neither ms nor ns")
    events = trace["traceEvents"]
    for number, event in enumerate(events):
        found += [f"event {number}: {why}" for why in of_event(event)]
    return found or [*of_tracks(events), *of_flows(events)]


def of_event(event):
    if not isinstance(event, dict) or event.get("ph") not in KINDS:
        yield f"unknown kind: {event!r:.60}"
        return
    members = {**COMMON, **KINDS[event["ph"]]}
    for name, (types, needed) in members.items():
        if name not in event:
            if needed:
                yield f"no {name}"
        elif not isinstance(event[name], types) or \
                isinstance(event[name], bool):
            yield f"{name} is {event[name]!r:.40}"
    for name in set(event) - set(members):
        yield f"unknown member {name}"
    for name in ("ts", "dur"):
        if event.get(name, 0) < 0:
            yield f"{name} is negative"
    if event.get("bp", "e") != "e":
        yield "bp is not e"
    if event["ph"] == "M" and \
            METADATA.get(event.get("name")) not in event.get("args", {}):
        yield f"metadata {event.get('name')} without its argument"


def spans(events):
    """Slices of each track as (begin, end) in nanoseconds."""
    tracks = {}
    for event in events:
        if event["ph"] == "X":
            begin = round(event["ts"] * 1000)
            tracks.setdefault((event["pid"], event["tid"]), []).append(
                (begin, begin + round(event["dur"] * 1000)))
    return tracks


def of_tracks(events):
    """Slices of a thread enclose each other or are apart, and each thread has
    one name."""
    named = [(one["pid"], one["tid"]) for one in events
             if one["ph"] == "M" and one["name"] == "thread_name"]
    tracks = spans(events)
    for track in sorted(set(tracks) ^ set(named)):
        yield f"track {track}: no slice or no name"
    if len(named) != len(set(named)):
        yield "a track has two names"
    for track, slices in sorted(tracks.items()):
        around = []
        for begin, end in sorted(slices, key=lambda one: (one[0], -one[1])):
            while around and around[-1] <= begin:
                around.pop()
            if around and end > around[-1]:
                yield f"track {track}: a slice at {begin} ns overlaps another"
            around.append(end)


def of_flows(events):
    """Each flow begins once and ends, and both are inside of a slice."""
    tracks = spans(events)
    begun, ended = [], []
    for event in events:
        if event["ph"] not in ("s", "f"):
            continue
        (begun if event["ph"] == "s" else ended).append(event["id"])
        at = round(event["ts"] * 1000)
        if not any(begin <= at <= end for begin, end
                   in tracks.get((event["pid"], event["tid"]), ())):
            yield f"flow {event['id']}: {event['ph']} outside of any slice"
    if sorted(begun) != sorted(ended) or len(begun) != len(set(begun)):
        yield "flows that do not begin and end once"
