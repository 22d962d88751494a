# SPDX-License-Identifier: GPL-2.0-or-later
"""The command line of scripts/p9trace.py, which has its description."""

import argparse
import json
import os
import stat
import sys
import time
from contextlib import closing

from .journeys import Journeys
from .live import recorder_of
from .lost import Finder, others
from .machine import Machine, duration, seconds
from .page import page
from .pictures import Timeline, dot, svg
from .records import MAGIC, BadInput, RecorderFile
from .shape import check
from .stats import Statistics
from .text import TraceText


class Progress:
    """A line on a terminal's standard error, while a conversion is long."""

    PATIENCE = 1                # seconds

    def __init__(self):
        self.wanted = sys.stderr.isatty()
        self.next = time.monotonic() + self.PATIENCE
        self.shown = False

    def __call__(self, done, total):
        now = time.monotonic()
        if self.wanted and now >= self.next and total:
            self.next, self.shown = now + 0.5, True
            sys.stderr.write(f"\r{100 * done // total:3} %")
            sys.stderr.flush()

    def end(self):
        if self.shown:
            sys.stderr.write("\r     \r")


def open_input(path, progress):
    if stat.S_ISSOCK(os.stat(path).st_mode):
        return recorder_of(path, progress)
    with open(path, "rb") as file:
        is_recorder = file.read(len(MAGIC)) == MAGIC
    return (RecorderFile if is_recorder else TraceText)(path, progress)


def machine_of(source):
    try:
        check(source.state)
    except BadInput as error:
        raise BadInput(f"{source.path}: {error}") from error
    return Machine(source.state)


def matches(machine, what):
    """A test for journeys: LISN, EISN (eisn:N), or a part of a name."""
    if what.startswith("eisn:"):
        number = int(what[5:], 0)
        return lambda journey: journey.data == number
    try:
        number = int(what, 0)
    except ValueError:
        return lambda journey: what.lower() in \
            machine.name(journey.source).lower()
    return lambda journey: journey.source == number


# ------------------------------------------------------------------ commands

def tell(journey, machine, end):
    last = journey.finished if journey.finished is not None else end
    print(f"{machine.name(journey.source)} at {seconds(journey.began)}, "
          f"passage {journey.number:x}: "
          f"{journey.how or 'not ended'} after "
          f"{duration(last - journey.began)}")
    before = journey.began
    for when, thread, text in journey.steps:
        print(f"    +{duration(when - before):>8}  {text}  [{thread}]")
        before = when


def story(source, machine, args):
    wanted, told = matches(machine, args.what), 0

    def finished(journey):
        nonlocal told
        if wanted(journey) and told < args.most:
            told += 1
            tell(journey, machine, 0)

    journeys = Journeys(finished, steps=True).follow(source.records())
    for journey in journeys.unfinished():
        finished_at = max(source.end, journeys.now)
        if wanted(journey) and told < args.most:
            told += 1
            tell(journey, machine, finished_at)
    if not told:
        print(f"no event of {args.what} in the records")
    return 0 if told else 1


def lost(source, machine, args):
    journeys = Journeys().follow(source.records())
    found = Finder(source, machine, journeys,
                   int(args.older * 1e6)).find()
    lines = [one.line(machine) for one in found] + others(machine, journeys)
    if args.json:
        print(json.dumps([{"source": one.source, "since_ns": one.since,
                           "age_ns": one.age, "at": one.at,
                           "cause": one.cause, "more": one.more}
                          for one in found], indent=2))
    else:
        print("\n".join(lines) or "none lost")
    return 1 if lines else 0


def stats(source, machine, args):
    statistics = Statistics(args.storm)
    journeys = Journeys(statistics.add).follow(source.records())
    if args.json:
        result = statistics.result()
        result["steps"] = journeys.counts
        result["overwritten"] = source.overwritten()
        print(json.dumps(result, indent=2))
        return 0
    for line in statistics.text(machine):
        print(line)
    if source.overwritten():
        print(f"{source.overwritten()} older records are overwritten")
    return 0


def timeline(source, machine, args):
    with output(args) as out:
        line = Timeline(out, machine)
        journeys = Journeys(line.add).follow(source.records())
        for journey in journeys.unfinished():
            line.add(journey, max(source.end, journeys.now))
        line.close()
    return 0


def routes(source, machine, args):
    if not machine.known:
        raise BadInput(f"{args.input}: it has no state of a controller; "
                       "routes needs a recorder's file or a live machine")
    text = "\n".join(dot(machine)) + "\n"
    with output(args) as out:
        out.write(svg(text) if args.format == "svg" else text)
    return 0


def html(source, machine, args):
    text = page(source, machine, args)
    with output(args) as out:
        out.write(text)
    return 0


class output:
    """--output, or standard output, which stays open."""

    def __init__(self, args):
        self.path = args.output

    def __enter__(self):
        self.file = open(self.path, "w") if self.path else sys.stdout
        return self.file

    def __exit__(self, *_):
        if self.path:
            self.file.close()


def parse(argv, description):
    parser = argparse.ArgumentParser(
        prog="p9trace", description=description,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("input", help="file of the recorder, log with trace "
                        "lines, or QMP socket of a running QEMU")
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("story", help="each event of one interrupt")
    one.add_argument("what", help="LISN, eisn:NUMBER, or a part of a "
                     "device's name")
    one.add_argument("--most", type=int, default=20,
                     help="events to tell (default 20)")
    one = commands.add_parser("lost", help="events that have not ended")
    one.add_argument("--older", type=float, default=100,
                     help="only those of at least so many ms (default 100)")
    one.add_argument("--json", action="store_true")
    one = commands.add_parser("stats", help="rates and latencies")
    one.add_argument("--storm", type=int, default=10000,
                     help="events a second that are a storm (default 10000)")
    one.add_argument("--json", action="store_true")
    one = commands.add_parser("timeline", help="JSON for Perfetto and "
                              "chrome://tracing")
    one.add_argument("--output", "-o")
    one = commands.add_parser("routes", help="routing as a graph")
    one.add_argument("--format", choices=("dot", "svg"), default="dot")
    one.add_argument("--output", "-o")
    one = commands.add_parser("html", help="a page for a browser: timeline, "
                              "lost events, routing, search")
    one.add_argument("--output", "-o")
    one.add_argument("--most", type=int, default=100000, help="events in the "
                     "page, the newest ones (default 100000)")
    one.add_argument("--from", dest="start", type=float, metavar="SECONDS",
                     help="leave out what ended before")
    one.add_argument("--to", type=float, metavar="SECONDS",
                     help="leave out what began after")
    one.add_argument("--older", type=float, default=100,
                     help="a lost one waits for at least so many ms "
                     "(default 100)")
    return parser.parse_args(argv)


COMMANDS = {"story": story, "lost": lost, "stats": stats,
            "timeline": timeline, "routes": routes, "html": html}


def main(argv, description):
    args = parse(argv, description)
    progress = Progress()
    try:
        with closing(open_input(args.input, progress)) as source:
            machine = machine_of(source)
            return COMMANDS[args.command](source, machine, args)
    except BadInput as error:
        print(f"p9trace: {error}", file=sys.stderr)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        print(f"p9trace: {error.filename}: {error.strerror}",
              file=sys.stderr)
    finally:
        progress.end()
    return 2
