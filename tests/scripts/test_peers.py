#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests of tests/peers: what must never look like "as on stock".

The programs of tests here are scripts that take a qtest program's options and
print what one prints; which of them fails, aborts or hangs depends on the
binary that they are told to use.
"""

import contextlib
import io
import json
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path
from types import SimpleNamespace

PEERS = Path(__file__).resolve().parents[1] / "peers"
sys.path.insert(0, str(PEERS))
import compare                                              # noqa: E402
import crash_test                                           # noqa: E402
import kvm_unit_tests                                       # noqa: E402
import peers                                                # noqa: E402
import qtests                                               # noqa: E402
import skiboot                                              # noqa: E402
from compare import (ABSENT, CRASH, FAIL, LATE, PASS, SKIP,  # noqa: E402
                     Verdict)

# What a program does is in a file beside the binary: {test: deed}.
PROGRAM = '''#!/usr/bin/python3
import json, os, signal, sys, time
deeds = json.load(open(os.environ["QTEST_QEMU_BINARY"]))
words = sys.argv[1:]
skipped = [words[i + 1] for i, word in enumerate(words) if word == "-s"]
if "-l" in words:
    print("\\n".join(deeds))
    sys.exit(0)
print(f"1..{len(deeds)}")
bad = 0
for number, (test, deed) in enumerate(deeds.items(), 1):
    if test in skipped:
        print(f"ok {number} {test} # SKIP by request")
    elif deed == "skip":
        print(f"ok {number} {test} # SKIP no such device")
    elif deed == "fail":
        print(f"not ok {number} {test}")
        bad = 1
    elif deed == "crash":
        print("libqtest.c:199: kill_qemu() detected QEMU death from signal 6 "
              "(Aborted) (core dumped)", flush=True)
        os.kill(os.getpid(), signal.SIGABRT)
    elif deed == "abort":
        print("Bail out! ERROR:test.c:1: it is so", flush=True)
        os.kill(os.getpid(), signal.SIGABRT)
    elif deed == "hang":
        sys.stdout.flush()
        time.sleep(600)
    else:
        print(f"ok {number} {test}")
sys.exit(bad)
'''


class QtestsTest(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.TemporaryDirectory()
        self.addCleanup(self.directory.cleanup)
        self.top = Path(self.directory.name)

    def compare(self, ours, stock, expected=()):
        """Exit status and TAP for a program that does this on each."""
        for name, deeds in (("build", ours), ("stock", stock)):
            (self.top / name / "qemu/meson-info").mkdir(parents=True,
                                                        exist_ok=True)
            (self.top / name / "qemu-system-ppc64").write_text(
                json.dumps(deeds))
        program = self.top / "a-test"
        program.write_text(PROGRAM)
        program.chmod(0o755)
        (self.top / "stock/qemu/meson-info/intro-tests.json").write_text(
            json.dumps([
                {"name": "qtest-ppc64/a-test", "cmd": [str(program), "--tap"],
                 "env": {}, "timeout": 2, "suite": ["qemu:qtest-ppc64"]},
                {"name": "qtest-arm/b-test", "cmd": ["/nonexistent"],
                 "env": {}, "timeout": 2, "suite": ["qemu:qtest-arm"]}]))
        args = SimpleNamespace(build=self.top / "build", jobs=2,
                               stock=self.top / "stock", names=[], slow=False)
        before, qtests.FAIL_ON_BOTH = qtests.FAIL_ON_BOTH, expected
        out = io.StringIO()
        try:
            with contextlib.redirect_stdout(out):
                status = qtests.compare_all(
                    qtests.find_programs(args.stock), args)
        finally:
            qtests.FAIL_ON_BOTH = before
        return status, out.getvalue().splitlines()

    def test_each_test_of_a_program_has_a_line(self):
        same = {"/ppc64/a": "pass", "/ppc64/b": "skip"}
        status, lines = self.compare(same, same)
        self.assertEqual(status, 0)
        self.assertEqual(lines, [
            "ok 1 a-test: a",
            "ok 2 a-test: b # SKIP on both: no such device", "1..2"])

    def test_a_test_that_only_stock_passes_fails(self):
        for deed in ("fail", "crash", "abort", "hang", "skip"):
            status, lines = self.compare({"/a": deed}, {"/a": "pass"})
            self.assertEqual(status, 1, deed)
            self.assertEqual(lines[0], "not ok 1 a-test: /a", deed)

    def test_a_test_that_only_stock_has_fails(self):
        status, lines = self.compare({"/b": "pass"},
                                     {"/a": "pass", "/b": "pass"})
        self.assertEqual(status, 1)
        self.assertIn("not ok 1 a-test: /a", lines)

    def test_a_test_that_fails_on_both_needs_a_reason(self):
        for deed in ("fail", "abort"):
            both = {"/a": deed}
            self.assertEqual(self.compare(both, both)[0], 1)
            status, lines = self.compare(both, both, [("a-test: /a", "why")])
            self.assertEqual(status, 0, lines)
            self.assertEqual(lines[0], "ok 1 a-test: /a (fails on both: why)")

    def test_a_crash_of_ours_fails_whatever_stock_does(self):
        both = {"/a": "crash"}
        self.assertEqual(self.compare(both, both)[0], 1)
        status, _ = self.compare(both, both, [("a-test: /a", "why")])
        self.assertEqual(status, 1)

    def test_a_reason_for_what_passes_is_out_of_date(self):
        both = {"/a": "pass"}
        status, _ = self.compare(both, both, [("a-test: /a", "why")])
        self.assertEqual(status, 1)

    def test_tests_behind_an_abort_are_run_nevertheless(self):
        stock = {"/a": "pass", "/b": "crash", "/c": "hang", "/d": "pass"}
        ours = {**stock, "/b": "pass", "/c": "pass", "/d": "fail"}
        _, lines = self.compare(ours, stock)
        self.assertEqual([line for line in lines if line[0] != "#"], [
            "ok 1 a-test: /a", "ok 2 a-test: /b", "ok 3 a-test: /c",
            "not ok 4 a-test: /d", "1..4"])

    def test_a_program_that_cannot_list_its_tests_fails(self):
        (self.top / "a-test").write_text("")
        status, _ = self.compare({}, {})
        self.assertEqual(status, 0)         # it lists none
        (self.top / "build/qemu-system-ppc64").write_text("no such list")
        run = qtests.Run(qtests.find_programs(self.top / "stock")[0],
                         qtests.subjects(self.top / "build",
                                         self.top / "stock")[1],
                         SimpleNamespace(build=self.top / "build",
                                         stock=self.top / "stock", slow=0))
        self.assertEqual(run.verdicts()["list"].word, FAIL)


class CompareTest(unittest.TestCase):
    def test_ours_is_worse_unless_it_passes_or_does_as_stock(self):
        for ours, stock, worse in (
                (PASS, PASS, False), (PASS, FAIL, False), (SKIP, SKIP, False),
                (FAIL, FAIL, False), (LATE, LATE, False),
                (FAIL, PASS, True), (SKIP, PASS, True), (LATE, FAIL, True),
                (CRASH, CRASH, True), (CRASH, ABSENT, True),
                (ABSENT, PASS, True), (FAIL, ABSENT, True),
                (PASS, ABSENT, False), (SKIP, ABSENT, False)):
            self.assertEqual(
                compare.is_worse(Verdict(ours), Verdict(stock)), worse,
                (ours, stock))

    def test_an_excuse_is_none_for_a_crash(self):
        for word, worse in ((FAIL, False), (CRASH, True)):
            row = compare.Row("pseries", "a-test", Verdict(word),
                              Verdict(PASS), "it is so")
            self.assertEqual(row.is_worse(), worse)

    def test_children_of_a_command_end_with_its_time(self):
        status, text = compare.run_limited(
            ["sh", "-c", "sleep 600 & echo $!; wait"], 1)
        self.assertIsNone(status)
        self.assert_gone(int(text))

    def check_end(self, number):
        """Each command is gone when the program got a signal."""
        code = ("import sys; sys.path.insert(0, sys.argv[1]); import compare;"
                "compare.end_all_on_signals();"
                "compare.run_limited(['sh', '-c', 'echo $$ > ' + sys.argv[2] +"
                "'; sleep 600; exit'], 600)")
        with tempfile.TemporaryDirectory() as directory:
            said = Path(directory) / "pid"
            with subprocess.Popen([sys.executable, "-c", code, str(PEERS),
                                   str(said)]) as program:
                while not (said.exists() and said.read_text().strip()):
                    time.sleep(0.05)
                program.send_signal(number)
            self.assertNotEqual(program.returncode, 0)
            self.assert_gone(int(said.read_text()))

    def test_commands_end_with_the_program(self):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            self.check_end(number)

    def test_a_command_ends_when_the_program_is_killed(self):
        self.check_end(signal.SIGKILL)

    def assert_gone(self, pid):
        for _ in range(100):
            try:
                state = Path(f"/proc/{pid}/stat").read_text().split()[2]
            except FileNotFoundError:
                return
            if state == "Z":
                return
            time.sleep(0.05)
        self.fail(f"process {pid} is still there")


class PeersTest(unittest.TestCase):
    def test_kvm_unit_tests_reports_are_read(self):
        results = kvm_unit_tests.read_results(
            "\x1b[32mPASS\x1b[0m emulator (4 tests)\n"
            "\x1b[31mFAIL\x1b[0m smp \n"
            "\x1b[31mFAIL\x1b[0m interrupts (terminated on SIGABRT)\n"
            "\x1b[31mFAIL\x1b[0m sieve (timeout; duration=90s)\n"
            "\x1b[33mSKIP\x1b[0m h_cede_tm (kvm only, but ACCEL=tcg)\n"
            "some noise\n")
        self.assertEqual({name: one.word for name, one in results.items()}, {
            "emulator": PASS, "smp": FAIL, "interrupts": CRASH, "sieve": LATE,
            "h_cede_tm": SKIP})

    def test_only_migration_with_p9xive_kvm_is_excused(self):
        for label, test, excused in (
                (kvm_unit_tests.KVM, "sprs-migration", True),
                (kvm_unit_tests.KVM, "migration-memory", True),
                (kvm_unit_tests.KVM, "selftest-migration-skip", False),
                (kvm_unit_tests.KVM, "sprs", False),
                ("powernv9", "sprs-migration", False)):
            self.assertEqual(bool(kvm_unit_tests.excuse(label, test)),
                             excused, (label, test))

    def test_errors_in_a_log_count_where_only_ours_has_them(self):
        both, more = {"NVRAM: Failed to load"}, {"XIVE: no"}
        self.assertEqual(skiboot.judge(both, both).word, PASS)
        self.assertEqual(skiboot.judge(both, both | more).word, PASS)
        self.assertEqual(skiboot.judge(both | more, both),
                         Verdict(FAIL, "XIVE: no"))

    def test_the_device_crash_test_is_read(self):
        def case(device, code):
            words = f"machine=none binary=./q device={device}"
            head = f"INFO: running test case: {words}\n"
            return head if code is None else (
                f"{head}DEBUG: failed: {words}\nDEBUG: cmdline: ./q -S\n"
                f"DEBUG: log: one line\nDEBUG: log: \n"
                f"DEBUG: exit code: {code}\n")

        text = (case("edu", None) + case("nvme", 1) + case("xive", -6) +
                case("e1000e", None))
        results = crash_test.read_results(text)
        self.assertEqual({name: one.word for name, one in results.items()}, {
            "edu": PASS, "nvme": SKIP, "xive": CRASH, "e1000e": PASS})
        hung = crash_test.read_results(text, ended=False)
        self.assertEqual(hung["e1000e"].word, LATE)
        self.assertEqual(hung["edu"].word, PASS)

    def test_the_table_counts_each_configuration(self):
        row = compare.Row("pseries", "smp", Verdict(CRASH, "SIGABRT"),
                          Verdict(PASS))
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            peers.print_rows([row])
            peers.print_table([row])
        self.assertEqual(out.getvalue().splitlines(), [
            "  WORSE pseries: smp: ours crash (SIGABRT), stock pass",
            "  configuration  ours     stock",
            "  pseries        crash 1  pass 1"])


if __name__ == "__main__":
    unittest.main()
