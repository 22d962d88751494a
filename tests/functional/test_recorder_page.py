#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The page of `p9trace html` in a real browser, of real guests: it renders,
zooms, finds, shows the lost one, and complains of nothing. Its pictures are
left among the logs of the tests."""

import subprocess
import tempfile
import unittest
from pathlib import Path

import browser
from test_recorder import P9TRACE, RecorderTest
from xivetest import LinuxTest, fetched

VISIBLE = "document.querySelectorAll('#lanes rect[data-event]').length"
FIRST_TICK = "document.querySelector('#axis .tick text').textContent"
FOUND = "document.getElementById('found').textContent"
EVENT = "document.getElementById('event').textContent"
SPAN = "(domain => domain[1] - domain[0])(now().domain())"


class PageTest(RecorderTest):
    """
    :avocado: tags=recorder:yes
    """

    def setUp(self):
        if not browser.program():
            self.skipTest("chromium-headless-shell could not be installed")
        fetched("d3")
        super().setUp()

    def open_page(self, source, *args):
        """The page of a recorder's file or a running machine, in a browser."""
        page = self.directory / "page.html"
        done = subprocess.run([P9TRACE, source, "html", "-o", page, *args],
                              text=True, capture_output=True, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        chromium = browser.Browser(self.directory, self.deadline)
        self.addCleanup(chromium.close)
        chromium.open(page)
        return chromium

    def assert_is_content(self, chromium):
        """No error, and nothing asked for but the page itself."""
        self.assertEqual(chromium.errors, [])
        self.assertEqual(
            [url for url in chromium.requests if not url.startswith("data:")],
            [(self.directory / "page.html").resolve().as_uri()])


class LostPageTest(PageTest):
    """
    :avocado: tags=recorder:yes
    """

    def test_the_page_shows_the_lost_interrupt(self):
        page = self.open_page(self.record("fault-eoi"), "--older", "0")
        text = page.evaluate("document.getElementById('lost').textContent")
        self.assertRegex(text, r"^LISN 0x0: accepted since .*never EOI'd: "
                         "vCPU 0 accepted it at")
        self.assertEqual(page.evaluate(
            "document.querySelectorAll('#lanes rect.lost').length"), 2)
        page.click("#lost li")
        self.assertRegex(page.evaluate(EVENT),
                         r"LISN 0x0 .*not ended, accepted.*never EOI'd.*"
                         r"entry 0 of END 0x6's queue, generation 1.*"
                         r"vCPU 0 accepts priority 6")
        self.assertEqual(page.evaluate(
            "document.querySelectorAll('#lanes rect.chosen').length"), 2)
        self.assertTrue(page.evaluate(
            "document.querySelector('#arrows, .arrows path') !== null"))
        page.screenshot("lost")
        self.assert_is_content(page)

    def test_a_page_without_a_lost_interrupt_says_so(self):
        page = self.open_page(self.record("fault-none"), "--older", "0")
        self.assertEqual(page.evaluate(
            "document.getElementById('lost').textContent"), "none lost")
        self.assertEqual(page.evaluate(
            "document.querySelectorAll('#lanes rect.lost').length"), 0)
        self.assert_is_content(page)

    def test_an_error_in_the_page_would_be_seen(self):
        page = self.open_page(self.record("fault-none"))
        page.evaluate("setTimeout(() => { missing(); })")
        page.wait_until(lambda: page.errors)
        self.assertRegex(page.errors.pop(), "missing is not defined")
        page.evaluate("fetch('http://127.0.0.1:1/').catch(() => 0); 0")
        page.wait_until(lambda: page.errors)
        self.assertRegex(page.errors[0], "Content Security Policy")


class LinuxPageTest(LinuxTest, PageTest):
    """
    :avocado: tags=recorder:yes
    """

    timeout = 600

    def boot_and_load(self):
        """A Debian guest whose recorder is on, with disk and network."""
        # The path of a socket is short.
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        monitor = Path(directory.name) / "qmp"
        self.linux_args(self.vm)
        self.add_network(self.vm)
        self.add_disk(self.vm)
        self.vm.add_args("-global", "spapr-xive.recorder=on",
                         "-qmp", f"unix:{monitor},server=on,wait=off")
        self.boot()
        self.network_up()
        self.check_ping()
        self.check_disk()
        return monitor

    def test_the_page_of_a_running_debian_is_zoomed_and_searched(self):
        page = self.open_page(self.boot_and_load())
        self.assertGreater(page.evaluate(VISIBLE), 10)
        self.assertEqual(page.evaluate(
            "document.querySelectorAll('#routes .node').length > 4"), True)
        page.screenshot("whole")
        self.zoom(page)
        self.search(page)
        self.assert_is_content(page)

    def zoom(self, page):
        whole, tick = page.evaluate(SPAN), page.evaluate(FIRST_TICK)
        page.wheel("#lanes", -600)
        page.wait_until(f"{SPAN} < {whole} / 2")
        self.assertNotEqual(page.evaluate(FIRST_TICK), tick)
        page.click("#in")
        page.wait_until(f"{SPAN} < {whole} / 4")
        page.click("#all")
        page.wait_until(f"{SPAN} === {whole}")
        self.assertEqual(page.evaluate(FIRST_TICK), tick)

    def search(self, page):
        names = page.evaluate("data.sources.map(one => one.number)")
        lisn = max(names)
        page.type("#wanted", hex(lisn))
        self.assertRegex(page.evaluate(FOUND), r"^1 of \d+$")
        self.assertIn(f"LISN {lisn:#x}", page.evaluate(EVENT))
        self.assertGreater(page.evaluate(
            "document.querySelectorAll('#lanes rect.match').length"), 0)
        page.screenshot("found")
        page.click("#next")
        self.assertRegex(page.evaluate(FOUND), r"^[12] of \d+$")
        for text, wrong in (
                ("vcpu:1", "vcpu !== 1"), ("eisn:0x10", "eisn !== 16"),
                ("nvme", "source < 2"), ("LISN 0x0", "source > 0")):
            page.type("#wanted", text)
            self.assertRegex(page.evaluate(FOUND), r"^1 of \d+$", text)
            self.assertEqual(page.evaluate(
                f"found.filter(one => one.{wrong}).length"), 0, text)
        page.type("#wanted", "time:1.5")
        self.assertEqual(page.evaluate(FOUND), "1 of 1")
        page.type("#wanted", "no such device")
        self.assertEqual(page.evaluate(FOUND), "none found")


if __name__ == "__main__":
    unittest.main()
