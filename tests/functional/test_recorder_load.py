#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A Debian guest under as many pings as the network takes and direct reads of
the disk, recorded from the first to the last: the controller's counters, the
guest's counts, and what p9trace tells are the same numbers.

P9XIVE_RECORDER_SECONDS says how long the load lasts.
"""

import json
import os
import re
import subprocess
import sys
import unittest
from contextlib import closing

from test_recorder import P9TRACE, RecorderTest
from xivetest import REPO, LinuxTest

sys.path.insert(0, str(REPO / "scripts"))
from tracing.records import RecorderFile  # noqa: E402  (it lives in scripts/)

SECONDS = float(os.environ.get("P9XIVE_RECORDER_SECONDS", 8))
# The largest rings: memory is taken only as they fill.
RECORDS = 4194304
# Steps that are recorded when a counter counts.
STEPS = {"queue": ("queue-entries",), "ring": ("presented",),
         "trigger": ("triggers", "replays"), "eoi": ("eois",)}
ROWS = "nvme0q"
NOTHING = 0xFF                  # the priority of an acknowledge that is early


class LoadTest(LinuxTest, RecorderTest):
    """
    :avocado: tags=recorder:yes
    """

    timeout = 300 + 6 * SECONDS

    def set_recorder(self, name, value):
        self.vm.qmp("qom-set", path=self.device_path(self.vm), property=name,
                    value=value)

    def disk_counts(self):
        """How many interrupts of the disk the guest has handled."""
        return sum(self.interrupt_counts(ROWS))

    def record_load(self):
        """(what counters have grown by, interrupts of the disk that the guest
        has handled), and a file of all that happened."""
        seen = self.disk_counts()
        self.vm.qmp("stop")
        before = self.counters()
        self.set_recorder("recorder", True)
        self.vm.qmp("cont")
        self.interrupt_storm(2)
        self.vm.rest(SECONDS)
        self.end_storm()
        seen = self.disk_counts() - seen
        self.vm.wait_until(self.saved_at_rest, 120, "the end of all events")
        return {name: count - before[name]
                for name, count in self.after.items()}, seen

    def saved_at_rest(self):
        """Stop the guest, save, and look whether an event is on its way: if
        so the guest goes on for a while."""
        self.vm.qmp("stop")
        self.after = self.counters()
        self.set_recorder("recorder-save", str(self.path))
        done = subprocess.run([P9TRACE, self.path, "lost", "--older", "0"],
                              stdout=subprocess.PIPE, text=True, check=False)
        if done.stdout == "none lost\n":
            return True
        self.vm.qmp("cont")
        self.vm.rest(0.5)
        return False

    def disk_sources(self):
        state = json.loads(self.vm.qmp(
            "qom-get", path=self.device_path(self.vm),
            property="recorder-state"))
        devices, = (one["devices"] for one in state if one["is"] == "devices")
        first, count = next((one["source"], one["count"]) for one in devices
                            if one["name"] == "the-disk")
        return range(first, first + count)

    def check_steps(self, stats, grown):
        """Each step that was counted was recorded, and the other way round;
        each event came to its end."""
        for step, counters in STEPS.items():
            self.assertEqual(stats["steps"].get(step, 0),
                             sum(grown[name] for name in counters), step)
        self.assertEqual(self.accepted(), grown["acknowledged"])
        ended = sum(one["events"] for one in stats["sources"])
        self.assertEqual(ended, grown["events"] + grown["replays"])

    def accepted(self):
        """Acknowledges that found something."""
        with closing(RecorderFile(self.path)) as file:
            return sum(record.step == "ack" and record.c & 0xFF != NOTHING
                       for record in file.records())

    def check_disk_events(self, stats, seen):
        """Sent, told and seen are one number."""
        events = {one["source"]: one["events"] for one in stats["sources"]
                  if one["source"] in self.disk_sources()}
        self.assertEqual(sum(events.values()), seen)
        self.assertGreater(seen, 100)
        source = max(events, key=events.get)
        told = self.p9trace(self.path, "story", hex(source), "--most",
                            str(10**9))
        self.assertEqual(len(re.findall("^LISN ", told, re.M)),
                         events[source])
        self.assertEqual(len(re.findall("entry [0-9]+ of END", told)),
                         events[source])

    def test_sent_is_told_is_seen_under_load(self):
        self.need_ours()
        self.path = self.directory / "load.p9xrec"
        self.linux_args(self.vm)
        self.add_network(self.vm)
        self.add_disk(self.vm, "nvme,id=the-disk,serial=p9xive")
        self.vm.add_args("-global", f"spapr-xive.recorder-size={RECORDS}")
        self.boot()
        self.network_up()
        grown, seen = self.record_load()
        stats = json.loads(self.p9trace(self.path, "stats", "--json"))
        self.assertEqual(stats["overwritten"], 0)
        self.check_steps(stats, grown)
        self.check_disk_events(stats, seen)
        self.verdict()
        figures = {"seconds": stats["seconds"], "disk": seen,
                   "steps": stats["steps"], "counters": grown}
        (self.directory / "figures.json").write_text(json.dumps(figures))
        self.path.unlink()      # some hundred MB


if __name__ == "__main__":
    unittest.main()
