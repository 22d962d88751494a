# SPDX-License-Identifier: GPL-2.0-or-later
"""Stories, lost interrupts and pictures of a recorder's file."""
