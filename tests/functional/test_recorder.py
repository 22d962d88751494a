#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The flight recorder, and what scripts/p9trace.py makes of it.

Guests with one mistake each (tests/guest/test_faults.c) lose an event;
`p9trace lost` has to say in one line which one and why.
"""

import json
import math
import subprocess
import sys
import unittest

from bare_guest import guest, guest_image
from xivetest import (NO_MITIGATIONS, REPO, XiveTest, binary_under_test,
                      limits)

P9TRACE = REPO / "scripts" / "p9trace.py"


class RecorderTest(XiveTest):
    """
    :avocado: tags=recorder:yes
    """

    timeout = 300

    def qemu(self):
        return binary_under_test()

    def run_guest(self, scenario, *extra):
        """A guest to its end; what it and QEMU said."""
        line = guest.command(self.qemu(), guest_image(),
                             f"test={scenario}", extra=extra)
        result = guest.run(line, 60)
        self.assertIsNone(result.ending(), result.output + result.errors)
        self.assertNotIn("not ok", result.output)
        return result

    def record(self, scenario):
        """The file that QEMU writes at its end."""
        path = self.directory / f"{scenario}.p9xrec"
        self.run_guest(scenario, "-global", "spapr-xive.recorder=on",
                       "-global", f"spapr-xive.recorder-file={path}")
        return path

    def trace(self, scenario):
        """The same guest's trace lines."""
        path = self.directory / f"{scenario}.trace"
        result = self.run_guest(scenario, "-trace", "xive_*", "-trace",
                                "spapr_xive_*", "-msg", "timestamp=on")
        path.write_text(result.errors)
        return path

    def p9trace(self, path, *args, status=0):
        done = subprocess.run([P9TRACE, str(path), *args], text=True,
                              capture_output=True, check=False)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done.stdout

    def lost(self, path):
        """The one line."""
        lines = self.p9trace(path, "lost", "--older", "0",
                             status=1).splitlines()
        self.assertEqual(len(lines), 1, lines)
        return lines[0]


class FaultTest(RecorderTest):
    """
    :avocado: tags=recorder:yes
    """

    def test_a_guest_without_a_fault_loses_nothing(self):
        path = self.record("fault-none")
        self.assertEqual(self.p9trace(path, "lost", "--older", "0"),
                         "none lost\n")

    def test_an_eoi_that_is_forgotten(self):
        self.assertRegex(self.lost(self.record("fault-eoi")),
                         r"^LISN 0x0: accepted since \d+\.\d+ s, .* ago, 1 "
                         r"more triggers: never EOI'd: vCPU 0 accepted it at")

    def test_a_cppr_that_stays_0(self):
        self.assertRegex(self.lost(self.record("fault-cppr")),
                         r"^LISN 0x0: pending .*: CPPR 0 since \d+\.\d+ s by "
                         r"vCPU 0$")

    def test_external_interrupts_that_are_never_enabled(self):
        self.assertRegex(self.lost(self.record("fault-ee")),
                         r"^LISN 0x0: pending .*: vCPU 0 runs with MSR\[EE\] "
                         r"off$")

    def test_a_source_that_only_its_eas_masks(self):
        self.assertRegex(self.lost(self.record("fault-masked")),
                         r"^LISN 0x0: masked .*: the source is masked in its "
                         r"EAS while its PQ is not: H_INT_SET_SOURCE_CONFIG "
                         r"masked it at \d")

    def test_queue_memory_that_is_not_zeroed(self):
        self.assertRegex(self.lost(self.record("fault-queue")),
                         r"^LISN 0x0: accepted .*: vCPU 0 accepted it at .*, "
                         r"but the queue's memory was not zeroed")

    def test_an_esn_that_is_never_ended(self):
        self.assertRegex(self.lost(self.record("fault-esn")),
                         r"^LISN 0x0: held by ESn .*: ESn of the queue is "
                         r"pending")

    def test_an_event_that_the_esn_eoi_sends_on(self):
        path = self.record("fault-esn-eoi")
        self.assertRegex(self.lost(path),
                         r"^LISN 0x0: accepted .*: never EOI'd: vCPU 0 "
                         r"accepted it at \d")
        self.assertRegex(self.p9trace(path, "story", "0"),
                         r"(?s)ESn of END 0x6 is pending: its vCPU is not "
                         r"told.*the ESn EOI sends it on.*vCPU 0: priority 6 "
                         r"is pending.*vCPU 0 accepts priority 6")


class TraceTest(RecorderTest):
    """
    :avocado: tags=recorder:yes
    """

    def test_trace_lines_tell_of_a_forgotten_eoi(self):
        self.assertRegex(self.lost(self.trace("fault-eoi")),
                         r"^LISN 0x0: accepted .*: never EOI'd: vCPU 0")

    def test_trace_lines_tell_of_a_cppr_that_stays_0(self):
        self.assertRegex(self.lost(self.trace("fault-cppr")),
                         r"^LISN 0x0: .*: CPPR 0 since .* by vCPU 0")

    def test_trace_lines_tell_of_a_masked_source(self):
        self.assertRegex(self.lost(self.trace("fault-masked")),
                         r"^LISN 0x0: masked ")

    def test_trace_lines_of_a_guest_without_a_fault(self):
        self.assertEqual(self.p9trace(self.trace("fault-none"), "lost",
                                      "--older", "0"), "none lost\n")


class StockTraceTest(TraceTest):
    """What upstream's trace events tell of the same guests.

    :avocado: tags=recorder:yes,peer:stock
    """

    def qemu(self):
        return self.need_stock()


class OutputTest(RecorderTest):
    """
    :avocado: tags=recorder:yes
    """

    def test_the_story_has_each_step_in_its_order(self):
        text = self.p9trace(self.record("fault-none"), "story", "0")
        self.assertRegex(text, r"(?s)triggered by a store to its page.*"
                         r"the EAS leads to END 0x6 with EISN 0x0.*"
                         r"entry 0 of END 0x6's queue, generation 1.*"
                         r"vCPU 0: priority 6 is pending, CPPR 255 lets it "
                         r"through.*vCPU 0 accepts priority 6.*EOI")

    def test_the_story_says_when_the_vcpu_took_the_interrupt(self):
        text = self.p9trace(self.record("fault-none-taken"), "story", "0")
        self.assertRegex(text, r"(?s)lets it through.*vCPU 0 takes the "
                         r"interrupt at 0x500.*vCPU 0 accepts priority 6.*EOI")

    def test_the_timeline_is_what_chrome_and_perfetto_read(self):
        events = json.loads(self.p9trace(self.record("fault-eoi"),
                                         "timeline"))["traceEvents"]
        slices = [one for one in events if one["ph"] == "X"]
        self.assertEqual({one["cat"] for one in slices},
                         {"interrupt", "handler"})
        for one in slices:
            self.assertGreater(one["dur"], 0)
            self.assertGreaterEqual(one["ts"], 0)
        self.assertEqual({one["id"] for one in events if one["ph"] == "s"},
                         {one["id"] for one in events if one["ph"] == "f"})

    def test_routes_lead_from_the_source_to_the_vcpu(self):
        text = self.p9trace(self.record("fault-eoi"), "routes")
        self.assertIn("s0 -> e6 [label=\"EISN 0x0\"];", text)
        self.assertIn("e6 -> v0;", text)

    def test_as_many_events_as_the_controller_counted(self):
        """Of a guest that sends thousands from two vCPUs at once. How many
        depends on the machine's speed: the largest rings have room for all."""
        path = self.directory / "dual.p9xrec"
        line = guest.command(
            binary_under_test(), guest_image(), "test=dual", smp="2,maxcpus=64",
            extra=("-global", "spapr-xive.recorder=on", "-global",
                   "spapr-xive.recorder-size=4194304", "-global",
                   f"spapr-xive.recorder-file={path}"))
        self.assertIsNone(guest.run(line, 120).ending())
        sys.path.insert(0, str(REPO / "scripts"))
        from tracing.journeys import Journeys
        from tracing.machine import Machine
        from tracing.records import RecorderFile
        source = RecorderFile(path)
        self.assertEqual(source.overwritten(), 0)
        counters = Machine(source.state).counters
        seen = Journeys().follow(source.records()).counts
        self.assertGreater(counters["triggers"], 10000)
        self.assertEqual(seen["trigger"],
                         counters["triggers"] + counters["replays"])
        self.assertEqual(seen["queue"], counters["queue-entries"])
        self.assertEqual(seen["eoi"], counters["eois"])
        self.assertEqual(seen["ring"], counters["presented"])


class FilesTest(RecorderTest):
    """
    :avocado: tags=recorder:yes
    """

    def prepare(self, scenario, *extra, smp="1"):
        """A guest that goes on; the file that QEMU is to write."""
        self.vm.add_args(
            "-machine", f"{guest.MACHINE},ic-mode=xive", "-accel",
            "tcg,thread=multi", "-m", "256M", "-smp", smp, "-kernel",
            guest_image(), "-append",
            f"test={scenario} wait-scale={math.ceil(limits.scale())}", *extra)
        return self.directory / "vm.p9xrec"

    def start(self, scenario, *extra, **more):
        path = self.prepare(scenario, *extra, **more)
        self.vm.add_args("-global", "spapr-xive.recorder=on", "-global",
                         f"spapr-xive.recorder-file={path}")
        self.vm.launch()
        return path

    def test_a_guest_that_panics_leaves_a_file(self):
        """It is there while QEMU goes on, and has the lost event."""
        path = self.start("fault-then then=panic", "-action", "panic=pause")
        self.wait_for_console_pattern("# lost")
        self.vm.wait_until(
            lambda: self.vm.qmp("query-status")["status"] == "guest-panicked",
            60, "panic")
        self.assertRegex(self.lost(path), r"^LISN 0x0: accepted .*: never "
                         "EOI'd: vCPU 0 accepted it at")

    def test_a_reset_leaves_a_file(self):
        path = self.start("fault-then then=wait")
        self.wait_for_console_pattern("# lost")
        self.vm.qmp("stop")
        path.unlink(missing_ok=True)
        self.vm.qmp("system_reset")
        self.check_file_of_reset(path)

    def test_a_watchdog_that_resets_the_guest_leaves_a_file(self):
        path = self.start("fault-then then=watchdog")
        # The machine's first reset has left a file, too.
        self.vm.wait_event("RESET", 120)
        self.check_file_of_reset(path)

    def test_a_file_named_while_the_guest_runs_is_of_before_a_reset(self):
        path = self.prepare("fault-then then=wait", "-S")
        self.vm.launch()
        for name, value in (("recorder", True), ("recorder-file", str(path))):
            self.vm.qmp("qom-set", path=self.device_path(self.vm),
                        property=name, value=value)
        self.vm.qmp("cont")
        self.wait_for_console_pattern("# lost")
        self.vm.qmp("stop")
        self.vm.qmp("system_reset")
        self.check_file_of_reset(path)

    def check_file_of_reset(self, path):
        """Records and state are of the moment before it."""
        self.vm.wait_until(path.exists, 60, "the file")
        self.assertRegex(self.lost(path), r"^LISN 0x0: accepted .*: never "
                         "EOI'd: vCPU 0 accepted it at")

    def test_a_vcpu_that_is_unplugged(self):
        path = self.start("fault-unplugged", "-cpu", "power9", "-device",
                          "power9_v2.2-spapr-cpu-core,core-id=1,id=core1",
                          smp="1,maxcpus=2")
        self.wait_for_console_pattern("# unplug it")
        self.vm.qmp("device_del", id="core1")
        self.vm.wait_event("DEVICE_DELETED", 120)
        self.vm.wait_exit()
        self.assertRegex(self.lost(path), r"^LISN 0x0: undelivered .*: target "
                         r"vCPU 1 is unplugged or offline$")


class PropertyTest(RecorderTest):
    """
    :avocado: tags=recorder:yes
    """

    def qom(self, verb, name, **more):
        return self.vm.qmp(f"qom-{verb}", path=self.path_of_controller(),
                           property=name, **more)

    def path_of_controller(self):
        for one in self.vm.qmp("qom-list", path="/machine"):
            if one["type"] == "child<spapr-xive>":
                return f"/machine/{one['name']}"
        for one in self.vm.qmp("qom-list", path="/machine/unattached"):
            if one["type"] == "child<spapr-xive>":
                return f"/machine/unattached/{one['name']}"
        self.fail("no spapr-xive")

    def test_properties_set_it_while_the_machine_runs(self):
        self.vm.add_args("-machine", "pseries,ic-mode=xive,x-vof=on" +
                         NO_MITIGATIONS, "-S")
        self.vm.launch()
        self.assertIs(self.qom("get", "recorder"), False)
        self.assertEqual(self.qom("get", "recorder-size"), 16384)
        self.qom("set", "recorder-size", value=100)
        self.qom("set", "recorder", value=True)
        self.assertIs(self.qom("get", "recorder"), True)
        self.assertEqual(self.qom("get", "recorder-size"), 128)
        self.vm.qmp("system_reset")
        path = self.directory / "asked.p9xrec"
        self.qom("set", "recorder-save", value=str(path))
        self.assertEqual(self.p9trace(path, "lost"), "none lost\n")
        with self.assertRaisesRegex(AssertionError, "recorder-save: /nowh"):
            self.qom("set", "recorder-save", value="/nowhere/file")
        with self.assertRaisesRegex(AssertionError, "from 16 to"):
            self.qom("set", "recorder-size", value=1)


if __name__ == "__main__":
    unittest.main()
