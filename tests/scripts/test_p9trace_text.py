#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Trace lines of QEMU 11.1, which Debian's kernel has made it print: date and
time of day in front, and events that 10.0 doesn't have. And lines that were
cut."""

import unittest

from recorder_fixture import P9traceTest

LINES = """\
2026-12-01T09:54:15.618831Z spapr_xive_claim_irq lisn=0x0 lsi=0
2026-12-01T09:54:15.619103Z spapr_xive_claim_irq lisn=0x1 lsi=0
qemu-system-ppc64: warning: a line of something else
2026-12-01T09:54:25.277091Z spapr_xive_set_source_config flags=0x2 lisn=0x1 \
target=0x1 priority=0x6 eisn=0x10
2026-12-01T09:54:25.296218Z xive_source_esb_read @0x30c00 IRQ 0x1 val=0x1
2026-12-01T09:54:25.381238Z xive_source_esb_write @0x20000 IRQ 0x1 val=0x0
2026-12-01T09:54:25.381257Z xive_presenter_notify found NVT 0x0/0x401 \
ring=0x10 group_level=0
2026-12-01T09:54:25.381263Z xive_tctx_notify target=1 ring=0x10 IPB=0x02 \
PIPR=0x06 CPPR=0xff NSR=0x80 raise !
2026-12-01T09:54:25.383390Z xive_source_esb_write @0x20000 IRQ 0x1 val=0x0
2026-12-01T09:54:25.383413Z xive_source_blocked No action needed for IRQ 0x1 \
currently
2026-12-01T09:54:25.386449Z xive_tctx_accept target=1 ring=0x10 IPB=0x00 \
PIPR=0x06 CPPR=0x06 NSR=0x00 ACK
2026-12-01T09:54:25.386594Z xive_tctx_tm_read target=1 @0x20810 sz=2 val=0x8006
"""
# The EOI of Linux: PQ is set to 00, and the value tells what was in Q.
EOI = """\
2026-12-01T09:54:25.386772Z xive_source_esb_read @0x30c00 IRQ 0x1 val=0x3
"""


class TextTest(P9traceTest):
    def test_lines_of_qemu_11_tell_of_an_event_that_is_not_ended(self):
        status, out, err = self.p9trace(LINES.encode(), "lost", "--older", 0)
        self.assertEqual((status, err), (1, ""))
        self.assertEqual(
            out, "LISN 0x1: accepted since 9.762407 s, 5356 us ago, 1 more "
            "triggers: never EOI'd: vCPU 1 accepted it at 9.767618 s, P is "
            "set since\n")

    def test_lines_of_qemu_11_with_an_eoi_leave_nothing_lost(self):
        self.assertEqual(self.p9trace((LINES + EOI).encode(), "lost",
                                      "--older", 0), (0, "none lost\n", ""))

    def test_the_times_of_qemu_10_and_11_give_the_same_story(self):
        def older(line):
            day, _, rest = line.partition("Z ")
            if not rest:
                return line
            second, fraction = day.split(":")[2].split(".")
            return f"77@{1796118840 + int(second)}.{fraction}:{rest}"

        lines = (LINES + EOI).splitlines(keepends=True)
        told = [self.p9trace(text.encode(), "story", "1")[1] for text in
                ("".join(lines), "".join(map(older, lines)))]
        self.assertIn("triggered again by a store to its page", told[0])
        self.assertEqual(*told)

    def test_a_line_that_is_cut_anywhere_does_no_harm(self):
        lines = LINES.splitlines(keepends=True)
        for number, line in enumerate(lines):
            for length in range(0, len(line), 3):
                text = "".join([*lines[:number], line[:length], "\n",
                                *lines[number + 1:]])
                status, _, err = self.p9trace(text.encode(), "lost",
                                              "--older", 0)
                self.assertIn((status, err), ((0, ""), (1, "")), text)

    def test_a_date_that_is_none_is_told(self):
        text = LINES.replace("2026-12-01", "2026-99-01")
        status, _, err = self.p9trace(text.encode(), "stats")
        self.assertEqual(status, 2)
        self.assertIn("2026-99-01T09:54:15 is no date", err)

    def test_a_log_without_trace_lines_is_refused_in_words(self):
        for text in (b"", b"\n", b"Linux version 6.12\nOops\n", bytes(5000)):
            status, _, err = self.p9trace(text, "stats")
            self.assertEqual(status, 2)
            self.assertRegex(err, r"input: neither a recorder's file nor a "
                             r"log with lines of -trace 'xive_\*'\n$")


if __name__ == "__main__":
    unittest.main()
