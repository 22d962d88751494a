# SPDX-License-Identifier: GPL-2.0-or-later
#
# pseries and nothing else: the adapters of this machine need no file of
# powernv's. tests/machines builds and boots it.

CONFIG_PSERIES=y
