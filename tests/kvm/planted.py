#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""p9trace names what a passthrough switch did wrong.

    planted.py PLANTED-FAULTS

Each scenario runs with the switch as it should be, which loses nothing, and
with a mistake: one of Linux 6.1, or one that is planted. TAP.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

P9TRACE = Path(__file__).resolve().parents[2] / "scripts/p9trace.py"
NOTHING = r"none lost$"
CASES = {
    "none": NOTHING,
    "q": r"LISN 0x20: \w.*: vCPU 0 is signalled",
    "q-linux-6.1": r"LISN 0x20: dropped by the map at \d+\.\d+ s .*: PQ was "
                   r"11, and the interrupt that is live now got 10: an event "
                   r"in Q was not carried over, as Linux 6\.1 does it$",
    "page": r"LISN 0x20: pending .*: vCPU 0 is signalled",
    "page-no-zap": r"LISN 0x20: accepted since .*, 1 more triggers: the "
                   r"guest's EOI at \d+\.\d+ s went to the IPI's page: the map "
                   r"at \d+\.\d+ s took no page away \(no zap\)$",
    "event": NOTHING,
    "event-no-sync": r"LISN 0x20: .*: the map at \d+\.\d+ s did not wait for "
                     r"the event that was sent at \d+\.\d+ s \(no sync\): "
                     r"that one went to the old route$",
}


def said(program, scenario, directory):
    path = Path(directory) / f"{scenario}.p9xrec"
    subprocess.run([program, scenario, path], check=True)
    done = subprocess.run([sys.executable, P9TRACE, path, "lost", "--older",
                           "0"], capture_output=True, text=True, check=False)
    return (done.stdout + done.stderr).rstrip("\n")


def main(program):
    failures = 0
    print(f"1..{len(CASES)}")
    with tempfile.TemporaryDirectory() as directory:
        for number, (scenario, wanted) in enumerate(CASES.items(), 1):
            text = said(program, scenario, directory)
            good = re.match(wanted, text) and "\n" not in text
            failures += not good
            print(f"{'' if good else 'not '}ok {number} - the cause of "
                  f"{scenario} in one line")
            for line in text.splitlines() if not good else ():
                print(f"# {line}")
    return failures > 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
