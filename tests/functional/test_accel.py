#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Ways of running a guest in which the fast path is off or is watched.

The bare-metal guest's tests that one vCPU can do, with counted instructions,
from a recording, with one host thread for all vCPUs, and under a debugger; on
p9xive-kvm, too.
"""

import functools
import re
import subprocess
import tempfile
import threading
import time
import unittest
from pathlib import Path

from bare_guest import guest, guest_image
from debugger import Debugger
from xivetest import XiveTest, binary_under_test, limits

NM = "powerpc64le-linux-gnu-nm"


class AccelTest(XiveTest):
    """
    :avocado: tags=guest:bare-metal
    """

    timeout = 120

    def run_guest(self, *extra, accel="tcg"):
        result = guest.run(self.command(*extra, accel=accel), self.timeout)
        self.check(result)
        return result.output

    def command(self, *extra, accel="tcg"):
        return guest.command(binary_under_test(), guest_image(), "test=alone",
                             smp="1,maxcpus=64", accel=accel,
                             extra=("-device", "edu", *extra))

    def check(self, result):
        lines = result.output.splitlines()
        self.assertIsNone(result.ending(), result.errors)
        self.assertEqual([], [line for line in lines
                              if line.startswith("not ok")])
        passed = sum(line.startswith("ok") for line in lines)
        self.assertIn(f"1..{passed}", lines)
        self.assertGreater(passed, 50)

    def test_guest_runs_with_counted_instructions(self):
        self.need_ours()
        self.run_guest("-icount", "shift=2")

    def test_guest_runs_with_one_thread_for_all_vcpus(self):
        self.need_ours()
        self.run_guest(accel="tcg,thread=single")

    def check_replay(self, *extra):
        log = f"rrfile={self.directory}/recording"
        first = self.run_guest("-icount", f"shift=2,rr=record,{log}", *extra)
        second = self.run_guest("-icount", f"shift=2,rr=replay,{log}", *extra)
        self.assertEqual(first, second)

    def test_recorded_run_is_replayed_to_the_letter(self):
        self.need_ours()
        self.check_replay()

    def test_recorded_run_on_a_kvm_device_is_replayed(self):
        self.need_ours()
        self.check_replay("-device", "p9xive-kvm")

    def test_guest_on_a_kvm_device_runs_with_counted_instructions(self):
        self.need_ours()
        self.run_guest("-device", "p9xive-kvm", "-icount", "shift=2")

    def test_guest_on_a_kvm_device_runs_with_one_thread(self):
        self.need_ours()
        self.run_guest("-device", "p9xive-kvm", accel="tcg,thread=single")

    def test_debugger_stops_in_an_interrupt_and_steps_out_of_it(self):
        self.need_ours()
        stops, steps = self.debug("irq_external", steps=300)
        self.assertEqual(3, stops)
        # Through the handler, its rfid, and on in what it interrupted.
        names = {self.function_at(pc) for pc in steps}
        self.assertIn("irq_external", names)
        self.assertTrue([name for name in names if name.startswith("test_")],
                        names)

    def debug(self, function, steps):
        """Stop there three times, step on from the last; what was seen."""
        # Not below the test's own directory: a socket's name is short.
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        path = Path(place.name) / "gdb"
        line = self.command("-chardev", f"socket,id=gdb,path={path},server=on,"
                            "wait=off", "-gdb", "chardev:gdb", "-S",
                            accel="tcg,thread=multi")
        results = []
        runner = threading.Thread(
            target=lambda: results.append(guest.run(line, self.timeout)))
        runner.start()
        try:
            seen = self.drive(path, self.symbols()[function], steps)
        finally:
            runner.join()
        self.check(results[0])
        return seen

    def drive(self, path, address, steps):
        while not path.exists():
            self.assertGreater(self.deadline.left(), 0)
            time.sleep(0.01)
        debugger = Debugger(path, limits.scaled(self.timeout))
        debugger.ask("?")
        self.assertEqual("OK", debugger.ask(f"Z1,{address:x},4"))
        stops = 0
        for _ in range(3):
            self.assertRegex(debugger.ask("c"), "^T05")
            stops += debugger.pc() == address
        self.assertEqual("OK", debugger.ask(f"z1,{address:x},4"))
        places = set()
        for _ in range(steps):
            self.assertRegex(debugger.ask("s"), "^T05")
            places.add(debugger.pc())
        debugger.ask("D")
        debugger.socket.close()
        return stops, places

    def function_at(self, pc):
        below = [(at, name) for name, at in self.symbols().items() if at <= pc]
        return max(below)[1] if below else None

    @functools.lru_cache(None)
    def symbols(self):
        done = subprocess.run([NM, str(guest_image())], check=True,
                              stdout=subprocess.PIPE, text=True)
        return {name: int(at, 16) for at, name in
                re.findall(r"^(\w+) [Tt] (\w+)$", done.stdout, re.MULTILINE)}


if __name__ == "__main__":
    unittest.main()
