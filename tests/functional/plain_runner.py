# SPDX-License-Identifier: GPL-2.0-or-later
"""Run the functional tests without avocado, for a day on which no mirror has
it: each test is a process of Python's unittest, some at a time."""

import re
import subprocess
import time
import unittest
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

HERE = Path(__file__).resolve().parent


class PlainRunner:
    def __init__(self, work, env, timeout, directory=HERE):
        self.env, self.timeout, self.directory = env, timeout, directory
        self.results = work / "results"

    def find(self, gaps_only):
        """References of the tests, as avocado writes them. unittest finds a
        class once more in each file that imports it: each test counts once."""
        found = flat(unittest.TestLoader().discover(self.directory))
        return list(dict.fromkeys(
            f"{test.__class__.__module__}.py:{test.__class__.__name__}."
            f"{test._testMethodName}"
            for test in found if not gaps_only or is_gap(test)))

    def run(self, tests, jobs, progress):
        self.results.mkdir(exist_ok=True)
        print("# avocado can't be had: python3 -m unittest runs each test",
              flush=True)
        with ThreadPoolExecutor(jobs) as pool:
            running = [pool.submit(self._one, test) for test in tests]
            for future in as_completed(running):
                result = future.result()
                progress("not ok" if result["status"] in ("FAIL", "ERROR")
                         else "ok", result["name"])
        return [future.result() for future in running]

    def _one(self, reference):
        name = reference.replace(".py:", ".")
        log = self.results / f"{name}.log"
        start = time.monotonic()
        try:
            done = subprocess.run(
                ["/usr/bin/python3", "-m", "unittest", "-v", name],
                cwd=self.directory, env=self.env, text=True,
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                errors="replace", timeout=self.timeout, check=False)
            text = done.stdout
            status, why = verdict(done.returncode, text)
        except subprocess.TimeoutExpired as error:
            text = (error.stdout or b"").decode(errors="replace")
            status, why = "ERROR", f"not done after {self.timeout} s"
        log.write_text(text)
        return {"name": reference, "status": status, "fail_reason": why,
                "time_elapsed": time.monotonic() - start, "logfile": log}


def verdict(status, text):
    """What a run of one test by unittest says: (status, reason)."""
    if status == 0:
        skipped = re.search(r"^OK \(skipped=1\)$", text, re.M)
        return ("SKIP", reason(text)) if skipped else ("PASS", "")
    kind = "FAIL" if re.search(r"^FAILED \(failures=", text, re.M) else "ERROR"
    lines = re.findall(r"^[A-Za-z_.]*(?:Error|Exception|Died|Timeout)\b.*",
                       text, re.M)
    return kind, lines[-1] if lines else text[-200:]


def reason(text):
    """A skipped test prints it only when asked to be verbose."""
    found = re.search(r"skipped ['\"](.*)['\"]$", text, re.M)
    return found[1] if found else ""


def is_gap(test):
    """Is it tagged so? avocado's tags stand in the description of a test or
    of its class."""
    method = getattr(test, test._testMethodName)
    return any(re.search(r":avocado: tags=\S*\bgap\b", one.__doc__ or "")
               for one in (method, test.__class__))


def flat(suite):
    for one in suite:
        if isinstance(one, unittest.TestSuite):
            yield from flat(one)
        else:
            yield one
