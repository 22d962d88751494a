#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests of scripts/p9trace.py that need no QEMU: files that are not what they
should be, of either byte order, and trace lines of several QEMUs."""

import unittest

from recorder_fixture import P9traceTest, recorder_file
from tracing.records import RecorderFile

# Shapes of the lines: QEMU 7.2 spells a word otherwise, 10.0 adds fields.
START = ("spapr_xive_claim_irq lisn=0x1100 lsi=0\n"
         "spapr_xive_set_source_config flags=0x2 lisn=0x1100 target=0x1 "
         "priority=0x6 eisn=0x14\n"
         "xive_source_esb_read @0x22010c00 IRQ 0x1100 val=0x1\n"
         "spapr_xive_set_irq lisn=0x1100 val=1\n")
OLD = START + ("xive_presenter_notify found NVT 0x0/0x401 ring=0x10\n"
               "xive_tctx_notify target=1 ring=0x10 IBP=0x02 PIPR=0x06 "
               "CPPR=0xff NSR=0x80 raise !\n"
               "xive_tctx_accept target=1 ring=0x10 IBP=0x00 PIPR=0x06 "
               "CPPR=0x06 NSR=0x00 ACK\n")
NEW = OLD.replace("IBP", "IPB").replace("0x401 ring=0x10",
                                        "0x401 ring=0x10 group_level=0")


class TraceTest(P9traceTest):
    def test_files_of_both_byte_orders_are_read(self):
        for order in "<>":
            data = recorder_file([(1100, 5, 1, 0x20, 0)], order)
            status, out, _ = self.p9trace(data, "lost")
            self.assertEqual(status, 1)
            self.assertRegex(out, r"^LISN 0x20: triggered since 0\.1000")

    def test_records_come_in_the_order_of_their_times(self):
        self.path.write_bytes(recorder_file(
            [(1100, 5, 1, 0x20, 0), (1200, 5, 2, 0x20, 0)]))
        records = list(RecorderFile(self.path).records())
        self.assertEqual([one.step for one in records], ["trigger", "eoi"])
        self.assertEqual([one.time for one in records], [10**8, 2 * 10**8])

    def test_an_event_with_an_eoi_is_not_lost(self):
        data = recorder_file([(1100, 5, 1, 0x20, 0),
                                   (1200, 5, 2, 0x20, 0)])
        self.assertEqual(self.p9trace(data, "lost")[:2], (0, "none lost\n"))

    def test_a_truncated_file_is_named_so_wherever_it_ends(self):
        data = recorder_file([(1100, 5, 1, 0x20, 0)])
        for length in range(8, len(data)):
            status, _, err = self.p9trace(data[:length], "lost")
            self.assertEqual(status, 2)
            self.assertRegex(err, "truncated|not a file of p9xive's")

    def test_a_foreign_file_is_refused_in_words(self):
        status, _, err = self.p9trace(b"\x7fELF" + bytes(100), "stats")
        self.assertEqual(status, 2)
        self.assertIn("neither a recorder's file nor a log", err)

    def test_a_later_version_is_refused_in_words(self):
        data = bytearray(recorder_file([]))
        data[12] = 9
        status, _, err = self.p9trace(bytes(data), "stats")
        self.assertEqual(status, 2)
        self.assertIn("format version 9", err)

    def test_a_pe_that_is_frozen_is_named_until_it_thaws(self):
        records = [(1100, 0, 34, 5, 3), (1110, 0, 34, 6, 3),
                   (1120, 0, 35, 6, 0)]
        _, out, _ = self.p9trace(recorder_file(records), "lost")
        self.assertIn("phb0.1: PE 5 is frozen since 0.1000", out)
        self.assertNotIn("PE 6", out)

    def test_a_message_that_was_refused_is_named_with_the_reason(self):
        records = [(1100, 0, 33, 0x100, 5, 0x123),
                   (1110, 0, 33, 0x100, 2 << 16 | 5, 0x123),
                   (1120, 0, 33, 0x100, 2 << 16 | 5, 0x123),
                   (1130, 0, 33, 0x200, 9 << 16, 0x124)]
        _, out, _ = self.p9trace(recorder_file(records), "lost")
        self.assertRegex(out, "phb0.1: 1 messages 0x123 of requester 0x0100 "
                         r"refused, the last at 0.1\d* s: MSI of another PE "
                         "than 5\n")
        self.assertRegex(out, "phb0.1: 2 messages 0x123 of .*: its PE 5 is "
                         "frozen\n")
        self.assertRegex(out, "phb0.1: 1 messages 0x124 of .*: reason 9\n")

    def test_lines_of_old_and_new_qemus_say_the_same(self):
        for text in (OLD, NEW):
            status, out, _ = self.p9trace(text.encode(), "lost", "--older",
                                          "0")
            self.assertEqual(status, 1)
            self.assertRegex(out, "^LISN 0x1100: accepted .*: never EOI'd: "
                             "vCPU 1 accepted it at")

    def test_lines_with_an_eoi_leave_nothing_lost(self):
        text = NEW + "xive_source_esb_read @0x22010000 IRQ 0x1100 val=0x0\n"
        self.assertEqual(self.p9trace(text.encode(), "lost", "--older", "0"),
                         (0, "none lost\n", ""))


if __name__ == "__main__":
    unittest.main()
