# SPDX-License-Identifier: GPL-2.0-or-later
"""The bare-metal guest, for functional tests that run it."""

import sys

from xivetest import REPO, WORK

sys.path.insert(0, str(REPO / "tests" / "guest"))
sys.dont_write_bytecode = True

import image as guest  # noqa: E402  (it lives in tests/guest/)

__all__ = ("guest", "guest_image")


def guest_image():
    """The program, built by the first test that needs it."""
    return guest.build(WORK / "bare-guest")
