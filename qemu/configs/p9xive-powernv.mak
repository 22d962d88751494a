# SPDX-License-Identifier: GPL-2.0-or-later
#
# powernv and nothing else: the adapters of this machine need no file of
# pseries'. tests/machines builds and boots it.

CONFIG_POWERNV=y
# As in p9xive.mak.
CONFIG_I2C=y
CONFIG_ACPI=y
