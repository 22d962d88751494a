#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Where did my interrupt go?

    p9trace.py INPUT story 0x1100       each event of a LISN, step by step
    p9trace.py INPUT lost               events that have not ended, and why
    p9trace.py INPUT stats [--json]     rates and latencies
    p9trace.py INPUT timeline -o FILE   for Perfetto and chrome://tracing
    p9trace.py INPUT routes             the routing now, for graphviz
    p9trace.py INPUT html -o FILE       all of it as a page for a browser

INPUT is a file of p9xive's flight recorder, the QMP socket of a running QEMU
with p9xive, or what any QEMU from 7.2 on printed with
-trace 'xive_*' -trace 'spapr_xive_*'. lost exits with 1 if it finds one.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from tracing.main import main  # noqa: E402  (it lives in scripts/)

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], __doc__))
