# SPDX-License-Identifier: GPL-2.0-or-later
"""scripts/device-crash-test of a QEMU source tree: every device anywhere.

It starts each machine with each device that can be given on a command line. A
refusal with a message is fine; a signal is a crash, whatever the device needed.
"""

import os
import re
import shutil
from concurrent.futures import ThreadPoolExecutor

from compare import (ABSENT, CRASH, LATE, PASS, PYTHON, SKIP, Row, Verdict,
                     run_limited, write_script)

NAME = "device-crash-test"
MACHINES = ("none", "pseries", "powernv8", "powernv9", "powernv10")
RUN_LIMIT = 3600

STARTED = re.compile(r"^INFO: running test case: .*device=(\S+)", re.M)
FAILED = re.compile(r"^\w+: failed: .*device=(\S+)\n"
                    r"(?:\w+: (?!exit code|failed).*\n)*"
                    r"\w+: exit code: (\S+)", re.M)


def read_results(text, ended=True):
    """A verdict for each device of a run, which had to be ended if it hung."""
    started = STARTED.findall(text)
    results = {device: Verdict(PASS) for device in started}
    for device, code in FAILED.findall(text):
        if re.fullmatch(r"-\d+|None", code):
            results[device] = Verdict(CRASH, f"exit status {code}")
        elif code != "0":
            results[device] = Verdict(SKIP, "refused")
    if started and not ended:
        results[started[-1]] = Verdict(LATE, "it hangs")
    return results


def run(source, work, machine, subject, binary):
    directory = work / f"{machine}-{subject}"
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    # The script writes the binary's name into each line: a short one.
    wrapper = directory / "qemu-system-ppc64"
    write_script(wrapper, f"{binary} \"$@\"")
    env = {**os.environ, "PYTHONPATH": str(source / "python"),
           "PYTHONDONTWRITEBYTECODE": "1"}
    status, text = run_limited(
        [PYTHON, source / "scripts/device-crash-test", "--debug",
         "--full", "--tcg-only", "./qemu-system-ppc64", "-t",
         f"machine={machine}", "accel=tcg"], RUN_LIMIT, cwd=directory, env=env)
    (directory / "log").write_text(text)
    return read_results(text, status is not None)


def compare(source, work, machine, args):
    stock = run(source, work, machine, "stock", args.stock_binary)
    ours = run(source, work, machine, "ours", args.binary)
    absent = Verdict(ABSENT)
    return [Row(machine, device, ours.get(device, absent),
                stock.get(device, absent)) for device in {**stock, **ours}]


def rows(source, work, args):
    """All rows of the comparison."""
    with ThreadPoolExecutor(args.jobs) as pool:
        done = pool.map(lambda one: compare(source, work, one, args),
                        MACHINES)
        return [row for part in done for row in part]
