#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The flight recorder's state as JSON: what each controller says has the
members, and these the types, that docs/specs/recorder.rst documents."""

import json
import re
import sys
import unittest
from contextlib import closing

import pnv_chip as pnv
from bare_guest import guest, guest_image
from test_pnv_registers import PnvRegisterTest
from test_recorder import RecorderTest
from xivetest import REPO

sys.path.insert(0, str(REPO / "scripts"))
from tracing.records import RecorderFile  # noqa: E402  (it lives in scripts/)

PAGE = REPO / "docs" / "specs" / "recorder.rst"
TABLE = re.compile(r"^\.\. table:: (.+)\n\n((?:   .*\n)+)", re.MULTILINE)
PQ = ("00", "01", "10", "11")


def documented():
    """{name of a table: {member: type}}"""
    return {name: dict(members(text.splitlines()))
            for name, text in TABLE.findall(PAGE.read_text())}


def members(lines):
    """(member, type) of each row. The first line of a table has the columns'
    widths; a row's further lines have no member."""
    widths = [(m.start(), m.end()) for m in re.finditer("=+", lines[0])]
    name, kind = "", ""
    for line in lines[3:]:
        first, second = (line[begin:end].strip()
                         for begin, end in widths[:2])
        if first:
            if name:
                yield name, kind
            name, kind = first.strip("`="), second
        else:
            kind = f"{kind} {second}".strip()


def is_number(value):
    return isinstance(value, int) and not isinstance(value, bool) and \
        value >= 0


def is_counters(value):
    return isinstance(value, dict) and all(map(is_number, value.values()))


PLAIN = {
    "number": is_number,
    "flag": lambda value: isinstance(value, bool),
    "text": lambda value: isinstance(value, str),
    "PQ": lambda value: value in PQ,
    "counters": is_counters,
}


class StateTest(RecorderTest):
    """
    :avocado: tags=recorder:yes
    """

    timeout = 120

    def setUp(self):
        super().setUp()
        self.tables = documented()
        # Tables of which the machine has shown an object.
        self.seen = set()

    def check(self, value, kind, where):
        """A value against a type that the page names."""
        many, _, one = kind.partition("list of ")
        if not many and one:
            self.assertIsInstance(value, list, where)
            for item in value:
                self.check(item, one, f"{where}: {one}")
        elif kind in PLAIN:
            self.assertTrue(PLAIN[kind](value), f"{where} is {value!r}")
        else:
            self.check_object(value, kind, where)

    def check_object(self, value, kind, where):
        self.assertIsInstance(value, dict, where)
        self.assertEqual(set(value), set(self.tables[kind]), where)
        self.seen.add(kind)
        for name, inner in self.tables[kind].items():
            self.check(value[name], inner, f"{where}: {name}")

    def states(self, path):
        """Each object of the state, checked, by what it is."""
        state = json.loads(self.vm.qmp("qom-get", path=path,
                                       property="recorder-state"))
        for one in state:
            self.check_object(one, one["is"], one["is"])
        return {one["is"]: one for one in state}

    def check_counters(self, path, counters):
        """They are the properties of the same name."""
        names = {item["name"] for item in self.vm.qmp("qom-list", path=path)}
        self.assertGreater(len(counters), 10)
        self.assertLessEqual(set(counters), names)


class PseriesStateTest(StateTest):
    """
    :avocado: tags=recorder:yes
    """

    def run_guest_until_it_waits(self, *extra):
        """It has opened a queue and a source by then."""
        self.vm.add_args(
            "-machine", f"{guest.MACHINE},ic-mode=xive", "-accel",
            "tcg,thread=multi", "-m", "256M", "-kernel", guest_image(),
            "-append", "test=fault-then then=wait", *extra)
        self.vm.launch()
        self.wait_for_console_pattern("# lost")

    def test_that_of_spapr_xive_is_as_documented(self):
        self.run_guest_until_it_waits("-device", "e1000e")
        path = self.device_path(self.vm)
        states = self.states(path)
        self.assertEqual(self.seen, {
            "spapr-xive", "source", "end", "thread", "ring", "devices",
            "device", "vcpus", "vcpu"})
        self.assertIs(states["spapr-xive"]["on-kvm"], False)
        self.check_counters(path, states["spapr-xive"]["counters"])

    def test_that_of_p9xive_kvm_is_as_documented(self):
        self.run_guest_until_it_waits("-device", "p9xive-kvm,id=kvm0")
        path = "/machine/peripheral/kvm0"
        states = self.states(path)
        self.assertIn("number in use", self.seen)
        self.assertIs(states["spapr-xive"]["on-kvm"], True)
        kvm = states["p9xive-kvm"]
        self.assertEqual(kvm["mode"], "xive")
        self.assertGreater(len(kvm["threads"]), 0)
        self.check_counters(path, kvm["counters"])

    def test_that_of_a_p9xive_kvm_in_xics_mode_is_as_documented(self):
        self.vm.add_args("-machine", f"{guest.MACHINE},ic-mode=xics", "-S",
                         "-device", "p9xive-kvm,id=kvm0")
        self.vm.launch()
        kvm = self.states("/machine/peripheral/kvm0")["p9xive-kvm"]
        self.assertEqual(kvm["mode"], "xics")
        self.assertGreater(len(kvm["sources"]), 0)


class PnvStateTest(PnvRegisterTest, StateTest):
    """
    :avocado: tags=machine:powernv9,recorder:yes
    """

    def test_that_of_pnv_xive_is_as_documented(self):
        self.start(chips=2)
        for chip in self.chips:
            chip.push_thread()
            chip.trigger(chip.route())
        path = "/machine/chip[0]/xive"
        states = self.states(path)
        self.assertEqual(self.seen, {"pnv-xive", "source", "end", "thread",
                                     "ring", "vcpus", "vcpu"})
        source, = states["pnv-xive"]["sources"]
        self.assertEqual((source["pq"], source["data"]), ("10", 0x1234))
        self.assertEqual(len(states["pnv-xive"]["ends"]), 1)
        self.check_counters(path, states["pnv-xive"]["counters"])

    def test_the_file_of_a_reset_has_the_state_before_it(self):
        self.start()
        path = self.directory / "reset.p9xrec"
        for name, value in (("recorder", True), ("recorder-file", str(path))):
            self.vm.qmp("qom-set", path="/machine/chip[0]/xive",
                        property=name, value=value)
        self.chip.push_thread()
        self.chip.trigger(self.chip.route())
        self.vm.qmp("system_reset")
        self.vm.wait_until(path.exists, 60, "the file")
        with closing(RecorderFile(path)) as file:
            chip, = (one for one in file.state if one["is"] == "pnv-xive")
        source, = chip["sources"]
        self.assertEqual(source["pq"], "10")
        self.assertEqual(self.chip.xscom_load(pnv.CQ_IC_BAR), 0)


if __name__ == "__main__":
    unittest.main()
