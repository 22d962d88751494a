#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What `p9trace timeline` writes is of the trace event format, and `routes` is
what graphviz reads."""

import json
import random
import shutil
import subprocess
import unittest
from xml.etree import ElementTree

import trace_events
from recorder_fixture import (EOI, TRIGGER, P9traceTest, event,
                              machine_state, recorder_file)


def crowd(seed, count=200):
    """Events of a few sources at random, each ended before its next one."""
    dice, busy, records = random.Random(seed), {}, []
    for number in range(1, count):
        source = dice.randrange(6)
        begin = max(busy.get(source, 0), dice.randrange(1, 900)) + 1
        end = begin + dice.randrange(2, 40)
        busy[source] = end
        records += event(number, source, 1000 + begin, vcpu=source % 2,
                         end=1000 + end if dice.random() < 0.9 else None)
    return sorted(records, key=lambda one: one[0])


class TimelineTest(P9traceTest):
    def timeline(self, records):
        status, out, err = self.p9trace(recorder_file(records), "timeline")
        self.assertEqual((status, err), (0, ""))
        return json.loads(out)

    def test_it_is_of_the_trace_event_format(self):
        for seed in range(8):
            trace = self.timeline(crowd(seed))
            self.assertEqual(trace_events.faults(trace), [], seed)

    def test_an_empty_file_gives_an_empty_timeline(self):
        self.assertEqual(trace_events.faults(self.timeline([])), [])

    def test_each_event_has_a_slice_and_an_arrow_to_its_vcpu(self):
        events = self.timeline(event(5, 0x20, 1100, vcpu=1, end=1200) +
                               event(6, 0x21, 1300, end=1310))["traceEvents"]
        slices = [(one["name"], one["ts"], one["dur"]) for one in events
                  if one["ph"] == "X" and one["cat"] == "interrupt"]
        self.assertEqual(slices, [("LISN 0x20", 100000, 100000),
                                  ("LISN 0x21", 300000, 10000)])
        arrows = [(one["ph"], one["id"], one["ts"]) for one in events
                  if one["ph"] in "sf"]
        self.assertEqual(arrows, [("s", "0x5", 100000), ("f", "0x5", 101000),
                                  ("s", "0x6", 300000), ("f", "0x6", 301000)])

    def test_sources_of_one_number_have_tracks_of_their_own(self):
        trace = self.timeline([(1100, 5, TRIGGER, (1, 0x20)),
                               (1110, 6, TRIGGER, (2, 0x20)),
                               (1190, 6, EOI, (2, 0x20)),
                               (1200, 5, EOI, (1, 0x20))])
        self.assertEqual(trace_events.faults(trace), [])
        self.assertEqual(
            {one["args"]["name"]: one["tid"] for one in trace["traceEvents"]
             if one["name"] == "thread_name"},
            {"LISN 0x20": 2, "phb0.1 0x20": 1})


class RoutesTest(P9traceTest):
    def state(self, name):
        return [*machine_state({0x20: "00", 0x21: "10"}, vcpus=2),
                {"is": "devices", "devices": [{"name": name, "source": 0x20,
                                               "count": 1}]}]

    @unittest.skipUnless(shutil.which("dot"), "graphviz could not be "
                         "installed")
    def test_graphviz_draws_what_routes_writes(self):
        name = 'disk "one" \\ <two> & {x|y}'
        data = recorder_file([], state=self.state(name))
        status, out, err = self.p9trace(data, "routes", "--format", "svg")
        self.assertEqual((status, err), (0, ""))
        root = ElementTree.fromstring(out)
        nodes = {group.get("id"): " ".join(group.itertext()) for group in
                 root.iter("{http://www.w3.org/2000/svg}g")
                 if group.get("class") == "node"}
        self.assertIn(name, nodes["source-32"])
        self.assertIn("PQ 10", nodes["source-33"])
        self.assertEqual(len([one for one in nodes.values()
                              if "vCPU" in one]), 2)

    def test_without_graphviz_it_is_told_what_is_missing(self):
        data = recorder_file([], state=self.state("disk"))
        self.path.write_bytes(data)
        program = trace_events.REPO / "scripts" / "p9trace.py"
        done = subprocess.run([program, self.path, "routes", "--format",
                               "svg"], text=True, capture_output=True,
                              check=False, env={"PATH": "/nowhere"})
        self.assertEqual((done.returncode, done.stderr),
                         (2, "p9trace: graphviz is not installed: its Debian "
                          "package is graphviz\n"))

    def test_without_a_state_there_are_no_routes(self):
        status, _, err = self.p9trace(recorder_file([]), "routes")
        self.assertEqual(status, 2)
        self.assertIn("it has no state of a controller", err)


if __name__ == "__main__":
    unittest.main()
