#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A guest that can be in XICS mode moves back and forth many times.

Host and guest are those of test_kernel_moves.py.
"""

import unittest

import test_kernel_moves
from test_kernel_moves import OURS


class LongKernelMovesTest(test_kernel_moves.KernelMoves):
    """
    :avocado: tags=migration:file,ic-mode:dual
    """

    timeout = 1500
    mode = "dual"

    def test_a_dual_guest_moves_back_and_forth(self):
        """
        :avocado: tags=row:A33
        """
        self.start_guest()
        for _ in range(5):
            self.move((OURS, "off"), (OURS, "on"))


if __name__ == "__main__":
    unittest.main()
