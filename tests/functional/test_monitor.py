#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What people see of the interrupt controller: info pic, QMP, traces."""

import re
import unittest

from xivetest import LinuxTest, subject_is_stock

# What upstream emits while Linux boots, with the names people filter by.
TRACE_EVENTS = {
    "spapr_xive_claim_irq", "spapr_xive_set_irq",
    "spapr_xive_get_source_info", "spapr_xive_set_source_config",
    "spapr_xive_get_queue_info", "spapr_xive_set_queue_config",
    "xive_source_esb_read", "xive_source_esb_write",
    "xive_presenter_notify", "xive_tctx_notify", "xive_tctx_accept",
    "xive_tctx_set_cppr", "xive_tctx_tm_read", "xive_tctx_tm_write",
}

RING = re.compile(r"^CPU\[0000\]: +OS +([0-9a-f]{2}) +([0-9a-f]{2}) ", re.M)
SOURCE = re.compile(
    r"^  ([0-9a-f]{8}) (MSI|LSI) [P-][Q-][A ] [M ] ([0-9a-f]{8}) +"
    r"(\d+)/(\d) +(\d+)/ *(\d+) @([0-9a-f]+) \^([01]) ?\[ .*\^[0-9a-f]{8} ?\]",
    re.M)
UNMASKED_COLUMNS = ("lisn", "kind", "eisn", "server", "priority", "offset",
                    "entries", "address", "generation")


class MonitorTest(LinuxTest):
    """
    :avocado: tags=monitor:yes
    """

    timeout = 300

    def start(self, *more):
        self.linux_args(self.vm)
        self.add_network(self.vm)
        self.add_disk(self.vm)
        self.vm.add_args(*more)
        self.boot()

    def check_columns(self, text):
        self.assertIn("  QW   NSR CPPR IPB LSMFB ACK# INC AGE PIPR  W2", text)
        self.assertIn("  LISN         PQ    EISN     CPU/PRIO EQ", text)
        for ring in ("USER", "OS", "POOL", "PHYS"):
            self.assertRegex(text, fr"(?m)^CPU\[0001\]: +{ring} ")
        nsr, cppr = RING.search(text).groups()
        self.assertIn(nsr, ("00", "80"))
        self.assertIn(cppr, ("00", "05", "06", "07", "ff"))
        rows = [dict(zip(UNMASKED_COLUMNS, found))
                for found in SOURCE.findall(text)]
        ipis = [row for row in rows if row["lisn"] < "00001000"]
        self.assertEqual([row["server"] for row in ipis], ["0", "1"], text)
        for row in rows:
            self.assertEqual(row["kind"], "MSI")
            self.assertEqual(row["entries"], "16384")
            self.assertNotEqual(int(row["address"], 16), 0)

    def test_info_pic_has_upstreams_columns(self):
        self.start()
        self.vm.qmp("stop")
        text = self.vm.hmp("info pic")
        self.check_columns(text)
        self.assertIn(text.strip(), self.vm.qmp(
            "x-query-interrupt-controllers")["human-readable-text"]
            .replace("\r", ""))

    def test_info_pic_counts_events(self):
        """
        :avocado: tags=gap:2.5
        """
        self.start()
        self.vm.qmp("stop")
        text = self.vm.hmp("info pic")
        shown = {name: int(value) for name, value in
                 re.findall(r"^  ([a-z-]+) +(\d+)$", text, re.M)}
        self.assertIn("triggers", shown, text[-1000:])
        count = self.counters()
        self.assertEqual({name: count[name] for name in shown}, shown)
        self.assertEqual(shown["triggers"], shown["coalesced"] + shown["off"] +
                         shown["events"])
        self.assertNotIn("Guest errors", text)

    def test_every_event_that_was_queued_is_counted_by_the_guest(self):
        """The queue entries that the device wrote are those that Linux took;
        reading the counts makes interrupts of its own, so the guest's sum
        lies between the device's before and after."""
        self.need_ours()
        self.start()
        self.network_up()
        lost = []
        for _ in range(3):
            self.check_ping()
            self.check_disk()
            before = self.counters()["queue-entries"]
            rows = self.interrupts()
            after = self.counters()["queue-entries"]
            taken = sum(sum(counts) for counts, text in rows.values()
                        if "XIVE" in text or "MSI" in text)
            self.assertLessEqual(taken, after)
            lost.append(before - taken)
        # What Linux took before it counted: the same few each time.
        self.assertLess(max(lost), 20, lost)
        self.assertLessEqual(max(lost) - min(lost), 10, lost)

    def test_guest_errors_are_counted_by_kind(self):
        self.need_ours()
        self.start()
        path = self.device_path(self.vm)
        names = {item["name"] for item in self.vm.qmp("qom-list", path=path)}
        self.assertLessEqual({"guest-errors", "guest-error-hcall",
                              "guest-error-esb-load",
                              "guest-error-tima-load"}, names)
        self.assertEqual(self.counters()["guest-errors"], 0)
        # A page of the thread context that a guest does not have.
        self.vm.hmp("xp /1gx 0x6030203180010")
        count = self.counters()
        kinds = sum(value for name, value in count.items()
                    if name.startswith("guest-error-"))
        self.assertEqual(count["guest-errors"], kinds)
        self.assertEqual(kinds, 1, count)

    def test_trace_events_have_upstreams_names(self):
        trace = self.vm.path("trace")
        self.linux_args(self.vm)
        self.add_network(self.vm)
        self.add_disk(self.vm)
        # linux_args() has given -D a name; the last one counts.
        self.vm.add_args("-trace", "xive_*", "-trace", "spapr_xive_*",
                         "-D", trace)
        self.boot()
        self.vm.qmp("quit")
        self.vm.wait_exit()
        with open(trace, encoding="ascii", errors="replace") as lines:
            seen = {line.split(maxsplit=1)[0] for line in lines
                    if line.startswith(("xive_", "spapr_xive_"))}
        self.assertEqual(TRACE_EVENTS - seen, set())
        if not subject_is_stock():
            trace.unlink()


if __name__ == "__main__":
    unittest.main()
