#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Recorder files of which bytes were changed: each command reads them or
refuses them in a line, and never ends with a traceback."""

import random
import unittest

from recorder_fixture import (P9traceTest, event, machine_state,
                              recorder_file)

COMMANDS = (("lost", "--older", 0), ("stats",), ("story", "0x20"),
            ("timeline",), ("routes",))
RECORDS = [*event(1, 0x20, 1100), *event(2, 0x21, 1200, end=1300),
           (1310, 3, 1, 0x21, 0x10001, 2), (1320, 0, 33, 0x100, 5, 0x123),
           (1330, 0, 34, 5, 3), (1340, 0, 15, 0, 0, 0x106)]
STATE = machine_state({0x20: "10", 0x21: "00"})


class DamagedTest(P9traceTest):
    def check(self, data, command):
        try:
            status, _, err = self.p9trace(data, *command)
        except Exception as error:
            raise AssertionError(f"{command}: {error!r}") from error
        self.assertIn(status, (0, 1, 2))
        self.assertEqual(status == 2, err.startswith("p9trace: "), err)
        self.assertEqual(err.count("\n"), int(status == 2), err)

    def test_a_byte_that_was_changed_anywhere_is_no_end(self):
        good = recorder_file(RECORDS, state=STATE)
        dice = random.Random(13)
        for at in range(8, len(good), 11):
            data = bytearray(good)
            data[at] = dice.choice((0, 0xff, data[at] ^ 1 << dice.randrange(8)))
            with self.subTest(at=at):
                self.check(bytes(data), dice.choice(COMMANDS))

    def test_a_state_of_another_shape_is_refused_in_words(self):
        for state in ([5], ["text"], [{"is": "spapr-xive"}], [{"is": "vcpus"}],
                      [{"is": "devices", "devices": [{"name": 5}]}],
                      [{"is": "spapr-xive", "sources": 7}]):
            status, _, err = self.p9trace(recorder_file(RECORDS, state=state),
                                          "routes")
            self.assertEqual(status, 2, state)
            self.assertRegex(err, r"^p9trace: .*input: ")
            self.assertEqual(err.count("\n"), 1)

    def test_a_state_that_is_not_known_is_passed_over(self):
        state = [{"is": "something-new", "sources": 5}, *STATE,
                 {"is": "devices", "devices": [
                     {"name": "disk", "source": 0x20, "count": 1, "new": 5}]}]
        status, out, _ = self.p9trace(recorder_file(RECORDS, state=state),
                                      "lost", "--older", 0)
        self.assertEqual(status, 1)
        self.assertIn("LISN 0x20 (disk): accepted", out)


if __name__ == "__main__":
    unittest.main()
