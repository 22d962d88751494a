#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs the bare-metal guest's scenarios and prints one TAP stream.

Tests that pin a row of the gap list carry its name in brackets. With
--expect-gaps (alias --stock) the binary is an unchanged QEMU of any version:
then a row passes if each of its tests fails there or takes QEMU down, unless
tests/gaps.py says that this version has closed it, and untagged tests must
pass as ever.
"""

import argparse
import re
import sys
import time

import image as guest

sys.path.insert(0, str(guest.SOURCE_DIR.parent))
import gaps  # noqa: E402  (it lives in tests/)

# Tags of this list that no published list has: found by this guest.
OWN_ROWS = {
    "N1": "target and priority of hcalls are cut to 32 and 8 bits",
}

# A row that no run mentions has lost its test.
EXPECTED_ROWS = {
    "C1", "C3", "C6", "C17", "C18", "S1", "S3", "S5", "S7", "S8", "S11", "S12",
    "S13", "S14", "S15", "S17", "S18", "S23", "X1", "X2", "X4", "X9", "X17",
    "X18", "Q1", "Q2", "Q3", "N1",
}


class Scenario:
    """One boot. @row: the gap that explains a QEMU that dies in it; @kvm:
    whether it makes sense on p9xive-kvm."""

    def __init__(self, name, *, ic_mode="xive", smp="2", extra=(), row=None,
                 kvm=True):
        self.name = name
        self.ic_mode = ic_mode
        self.smp = smp
        self.extra = tuple(extra)
        self.row = row
        self.kvm = kvm


# It may address all of the bus: the messages' address is far up.
EDU = ("-device", "edu,dma_mask=0xffffffffffff")

SCENARIOS = [
    Scenario("main", smp="2,maxcpus=64",
             extra=EDU + ("-device", "nec-usb-xhci,msi=on,msix=off")),
    Scenario("dual", ic_mode="dual", smp="2,maxcpus=64"),
    Scenario("xics", ic_mode="dual"),
    Scenario("high", smp="1,maxcpus=1536",
             extra=("-cpu", "power9_v2.0",
                    "-device", "power9_v2.0-spapr-cpu-core,core-id=1500")),
    Scenario("store-eoi", smp="1", row="S17", kvm=False,
             extra=("-global", "spapr-xive.store-eoi=on")),
    Scenario("queue-in-tima", extra=EDU, row="C1"),
    Scenario("unclaimed-msi", extra=EDU, row="C3"),
    Scenario("dma-to-tima", extra=EDU, row="C6"),
    Scenario("nsr-of-a-group", row="C17"),
    Scenario("ipb-all-ones", row="C18"),
    Scenario("stopped-vcpus", row="S24"),
    # It starts again when it has made its dump.
    Scenario("dump", smp="2,maxcpus=64",
             extra=("-action", "reboot=reset")),
    Scenario("modes", ic_mode="dual", smp="2,maxcpus=64"),
    Scenario("levels", smp="2,maxcpus=64", extra=7 * EDU),
]

# Only with p9xive-kvm, with which the others run as well.
KVM = ("-device", "p9xive-kvm")
KVM_SCENARIOS = [
    Scenario("kvm-xive", ic_mode="dual", smp="2,maxcpus=64"),
    Scenario("kvm-xics", ic_mode="dual"),
]

# Tests with another outcome on KVM, as on a real one.
ON_KVM = [
    (r"\[S12\]", "there are no OS reporting lines"),
    (r"\[X4\] (a store at 0xc08|after it)", "nor lines to pull into"),
    (r"\[S13\] a queue without ALWAYS_NOTIFY", "queues always notify"),
    (r"\[X9\] a store to the notification page notifies",
     "so that page has nothing to do"),
    (r"\[S1\] H_INT_RESET takes pending", "what a ring has stays"),
    (r"\[S23\]", "the first EISN is 0"),
]

RESULT = re.compile(r"^(not )?ok \d+ - (.*)$")
PLAN = re.compile(r"^1\.\.(\d+)$")
ROW = re.compile(r"\[([A-Z]\d+)\]")


class Test:
    """One TAP result with the guest's remarks on it."""

    def __init__(self, scenario, name, passed):
        self.scenario = scenario
        self.name = name
        self.passed = passed
        self.remarks = []

    def rows(self):
        return ROW.findall(self.name)


def parse(scenario, result):
    """The tests of a run, with one more if it did not end well."""
    tests = []
    plan = None
    bail = None
    for line in result.output.splitlines():
        match = RESULT.match(line)
        if match:
            tests.append(Test(scenario, match[2], match[1] is None))
        elif line.startswith("#") and tests:
            tests[-1].remarks.append(line)
        elif line.startswith("Bail out!"):
            bail = line
        elif PLAN.match(line):
            plan = int(PLAN.match(line)[1])
    ending = result.ending() or bail
    if ending is None and plan != len(tests):
        ending = f"the guest planned {plan} tests and ran {len(tests)}"
    if ending:
        tag = f"[{scenario.row}] " if scenario.row else ""
        death = Test(scenario, f"{tag}{scenario.name} ends well", False)
        death.remarks.append(f"#   {ending}")
        death.remarks += [f"#   {line}" for line in
                          result.errors.splitlines()[-6:]]
        tests.append(death)
    return tests


def chosen(args):
    if args.kvm:
        return [s for s in SCENARIOS if s.kvm] + KVM_SCENARIOS
    return SCENARIOS


def run_all(args, image):
    tests = []
    for scenario in chosen(args):
        if args.scenario and scenario.name not in args.scenario:
            continue
        extra = scenario.extra + (KVM if args.kvm else ())
        line = guest.command(args.qemu, image, f"test={scenario.name}",
                             ic_mode=scenario.ic_mode, smp=scenario.smp,
                             extra=extra, firmware=args.firmware)
        began = time.monotonic()
        result = guest.run(line, args.timeout)
        took = time.monotonic() - began
        found = parse(scenario, result)
        tests += found
        print(f"# {scenario.name}: {len(found)} tests in {took:.2f} s",
              flush=True)
        if args.verbose:
            print("".join(f"# | {line}\n" for line in
                          (result.output + result.errors).splitlines()))
    return tests


class Tap:
    """Numbers the lines that are printed."""

    def __init__(self):
        self.count = 0
        self.failed = 0

    def line(self, passed, name, remarks=()):
        self.count += 1
        self.failed += not passed
        print(f"{'' if passed else 'not '}ok {self.count} - {name}")
        for remark in remarks:
            print(remark)

    def done(self):
        print(f"1..{self.count}")
        return 1 if self.failed or not self.count else 0


def by_row(tests):
    rows = {}
    for test in tests:
        for row in test.rows():
            rows.setdefault(row, []).append(test)
    return rows


def row_key(row):
    return row[0], int(row[1:])


def report_plain(tests):
    tap = Tap()
    for test in tests:
        where = "" if test.scenario.name == "main" else \
            f" ({test.scenario.name})"
        tap.line(test.passed, test.name + where, test.remarks)
    rows = by_row(tests)
    for row in sorted(rows, key=row_key):
        good = sum(test.passed for test in rows[row])
        print(f"# row {row}: {good} of {len(rows[row])} tests pass")
    return tap.done()


def report_kvm(tests, partial):
    """As plain, but what is otherwise on KVM has to be otherwise."""
    tap = Tap()
    seen = set()
    for test in tests:
        why = next((why for pattern, why in ON_KVM
                    if re.match(pattern, test.name)), None)
        if why and not test.passed:
            seen.add(why)
            continue
        tap.line(test.passed, f"{test.name} ({test.scenario.name})",
                 test.remarks)
    for _, why in () if partial else ON_KVM:
        tap.line(why in seen, f"on KVM {why}")
    return tap.done()


def report_gaps(tests, partial, version):
    """One line a row: does an unchanged QEMU of that version have the gap,
    and is that what is known of it?"""
    tap = Tap()
    rows = by_row(tests)
    wanted = set(rows) if partial else EXPECTED_ROWS | set(rows)
    states = {}
    for row in sorted(wanted, key=row_key):
        found = rows.get(row, [])
        state = gap_state(found)
        states.setdefault(state, []).append(row)
        failing = sum(not test.passed for test in found)
        tap.line(found and not unlike(found, version),
                 f"[{row}] {state}: {failing} of {len(found)} tests fail on "
                 "this QEMU", unlike(found, version))
    untagged = [test for test in tests if not test.rows()]
    for test in untagged:
        is_open = gaps.is_open(test.name, version, is_gap=False)
        if not test.passed or is_open:
            tap.line(test.passed != is_open,
                     f"untagged: {test.name} ({test.scenario.name})"
                     + (f": {gaps.why_of(test.name)}" if is_open else ""),
                     test.remarks)
    good = sum(test.passed for test in untagged)
    tap.line(good > 0, f"{good} untagged tests pass")
    print(f"# note: QEMU {version}: " + "; ".join(
        f"{state}: {' '.join(names)}" for state, names in states.items()))
    return tap.done()


def gap_state(tests):
    passing = sum(test.passed for test in tests)
    if not tests:
        return "not tested"
    return ("open" if not passing else
            "closed" if passing == len(tests) else "open in part")


def unlike(tests, version):
    """Remarks on tests whose outcome tests/gaps.py does not expect."""
    remarks = []
    for test in tests:
        if test.passed == gaps.is_open(test.name, version):
            remarks.append(f"#   {'passes' if test.passed else 'fails'} "
                           f"here: {test.name}")
    return remarks or ([] if tests else ["#   no test ran"])


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--qemu", required=True,
                        help="qemu-system-ppc64 to test")
    parser.add_argument("--expect-gaps", "--stock", action="store_true",
                        help="the binary is an unchanged QEMU")
    parser.add_argument("--kvm", action="store_true",
                        help="the machine has a p9xive-kvm")
    parser.add_argument("--build-dir", help="where the image is built "
                        f"(default {guest.DEFAULT_BUILD_DIR})")
    parser.add_argument("--firmware", help="directory for QEMU's -L")
    parser.add_argument("--scenario", action="append",
                        choices=[s.name for s in SCENARIOS + KVM_SCENARIOS],
                        help="only this one (may be repeated)")
    parser.add_argument("--timeout", type=float, default=60,
                        help="seconds for each scenario (default 60)")
    parser.add_argument("--verbose", action="store_true",
                        help="show the guest's console")
    return parser.parse_args()


def main():
    args = parse_arguments()
    version = gaps.version_of(args.qemu)
    if not version:
        print(f"Bail out! {args.qemu} is no QEMU that starts here")
        return 2
    try:
        image = guest.build(args.build_dir)
    except guest.BuildError as error:
        print(f"Bail out! {error}")
        return 2
    began = time.monotonic()
    tests = run_all(args, image)
    print(f"# all scenarios: {time.monotonic() - began:.2f} s")
    if args.expect_gaps:
        return report_gaps(tests, bool(args.scenario), version)
    if args.kvm:
        return report_kvm(tests, bool(args.scenario))
    return report_plain(tests)


if __name__ == "__main__":
    sys.exit(main())
