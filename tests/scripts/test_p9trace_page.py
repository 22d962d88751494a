#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The page of `p9trace html`: what is in it. How it looks and works in a
browser is tested by tests/functional/test_recorder_page.py."""

import json
import os
import re
import subprocess
import unittest

from recorder_fixture import (REPO, P9traceTest, event, machine_state,
                              recorder_file)
from tracing.page import MEMBERS, library, put
from tracing.records import BadInput

LOST = event(1, 0x20, 1100)
ENDED = [record for number in range(2, 12) for record in
         event(number, 0x21, 1100 + 10 * number, vcpu=1,
               end=1105 + 10 * number)]


def has_library():
    try:
        return bool(library())
    except BadInput:
        return False


@unittest.skipUnless(has_library(), "d3 could not be fetched")
class PageTest(P9traceTest):
    def page(self, records, *args, state=()):
        data = recorder_file(records, state=state)
        status, out, err = self.p9trace(data, "html", *args)
        self.assertEqual((status, err), (0, ""))
        return out

    def content(self, *args, **more):
        text = self.page(*args, **more)
        data = re.search(r'<script id="data" type="application/json">(.*?)'
                         "</script>", text, re.S)[1]
        return json.loads(data)

    @staticmethod
    def column(content, name):
        return [row[MEMBERS.index(name)] for row in content["events"]]

    def test_it_has_all_events_and_their_times(self):
        content = self.content(LOST + ENDED)
        self.assertEqual(len(content["events"]), 11)
        self.assertEqual([one["name"] for one in content["sources"]],
                         ["LISN 0x20", "LISN 0x21"])
        self.assertEqual(self.column(content, "source"), [0] + [1] * 10)
        self.assertEqual(self.column(content, "began"),
                         [10**8] + [(100 + 10 * number) * 10**6
                                    for number in range(2, 12)])
        self.assertEqual(set(self.column(content, "eisn")), {0x30, 0x31})
        self.assertEqual(self.column(content, "finished")[:2],
                         [None, 125 * 10**6])

    def test_it_has_the_lost_ones_with_their_steps(self):
        content = self.content(LOST + ENDED)
        self.assertEqual(self.column(content, "lost"), [1] + [0] * 10)
        lost, = content["lost"]
        self.assertEqual(lost["event"], 0)
        self.assertIn("never EOI'd: vCPU 0 accepted it at", lost["cause"])
        self.assertEqual([text for _, text in content["steps"]["0"]][0],
                         "triggered by a store to its page")

    def test_it_has_the_newest_events_if_there_are_too_many(self):
        content = self.content(LOST + ENDED, "--most", 4)
        self.assertEqual(self.column(content, "lost"), [1, 0, 0, 0])
        self.assertEqual(self.column(content, "began")[1:],
                         [190 * 10**6, 200 * 10**6, 210 * 10**6])
        self.assertIn("11 events", content["summary"])
        self.assertIn("the 7 oldest are left out", content["summary"])

    def test_it_has_the_events_of_a_window(self):
        content = self.content(LOST + ENDED, "--from", 0.14, "--to", 0.161)
        self.assertEqual(self.column(content, "began"), [
            10**8, 140 * 10**6, 150 * 10**6, 160 * 10**6])

    def test_it_has_what_was_refused_and_what_only_the_state_knows(self):
        records = [(1100, 0, 34, 5, 3)]
        content = self.content(records, state=machine_state({0x20: "10"}))
        self.assertEqual(len(content["refused"]), 1)
        self.assertIn("PE 5 is frozen", content["refused"][0])
        self.assertIsNone(content["lost"][0]["event"])

    def test_nothing_in_it_asks_a_network(self):
        text = self.page(LOST, state=machine_state({0x20: "10"}))
        self.assertIn("default-src 'none'", text)
        self.assertNotRegex(text, r"<(?:script|img|iframe)[^>]* src=")
        self.assertNotRegex(text, r"@import|<link rel=\"stylesheet")

    def test_a_name_can_not_end_the_script(self):
        name = "</script><b>@DATA@"
        state = [*machine_state({0x20: "00"}),
                 {"is": "devices", "devices": [{"name": name, "source": 0x20,
                                                "count": 1}]}]
        text = self.page(LOST, state=state)
        self.assertEqual(text.count("</script>"), 3)
        self.assertNotIn("</script><b>", text)

    def test_an_empty_file_gives_a_page(self):
        content = self.content([])
        self.assertEqual((content["events"], content["lost"]), ([], []))


class WithoutLibraryTest(P9traceTest):
    def test_one_line_tells_which_package_is_missing(self):
        self.path.write_bytes(recorder_file(LOST))
        done = subprocess.run(
            [REPO / "scripts" / "p9trace.py", self.path, "html"], text=True,
            capture_output=True, check=False,
            env={**os.environ, "P9XIVE_D3": "/nowhere/d3.min.js"})
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertRegex(done.stderr, r"^p9trace: html needs d3: install the "
                         "Debian package node-d3, or name a d3.min.js in "
                         r"P9XIVE_D3 \(.*/nowhere/d3.min.js.*\)\n$")

    def test_what_a_template_is_filled_with_is_not_filled_again(self):
        self.assertEqual(put("a @ONE@ b @TWO@ c", {"ONE": "@TWO@",
                                                   "TWO": "@ONE@"}),
                         "a @TWO@ b @ONE@ c")


if __name__ == "__main__":
    unittest.main()
