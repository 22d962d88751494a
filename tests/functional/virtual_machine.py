# SPDX-License-Identifier: GPL-2.0-or-later
"""scripts/vm.py, for tests that have only this directory on their path."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))
import limits  # noqa: E402
from vm import (TROUBLE, QmpError, VirtualMachine, VmDied,  # noqa: E402
                VmError, VmTimeout)

__all__ = ("TROUBLE", "QmpError", "VirtualMachine", "VmDied", "VmError",
           "VmTimeout", "limits")
