#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Get Debian packages of other releases and architectures without touching
# the system: a private apt configuration, private lists, private unpacking.
#
#   scripts/fetch.sh [--again] ITEM...
#
# prints one line of standard output per ITEM, and progress on standard error:
#
#   qemu-source   directory of QEMU 10.0.x's source, never changed;
#                 qemu-source-10.2 and so on are those of the other lines of
#                 qemu/lines.toml, the newest version that can be had
#   kernel-12     directory with vmlinux, version (a text file holding the
#   kernel-13     release) and lib/modules/<release>/ of Debian 12's or 13's
#                 ppc64el kernel; kernel-13-64k is the one with 64 KiB pages
#   kernel        the first of kernel-13 and kernel-12 that can be had
#   busybox       path of a static busybox for ppc64el
#   firmware      directory for qemu's -L: SLOF, skiboot, VOF, option ROMs
#   meson         path of a meson that QEMU 10.0 accepts: the system's, or
#                 one from Debian 13 unpacked privately
#   avocado       directory for PYTHONPATH with Debian sid's avocado
#   d3            d3.min.js, which draws the page of p9trace html
#   tools-ppc64el directory that qemu-system-ppc and kexec-tools for ppc64el
#                 and all that they need are unpacked in: for a guest that
#                 runs guests, and one that replaces itself
#   sysroot-arm64 directory that GLib, libfdt and libc for arm64 are unpacked
#                 in, for a cross compiler
#   sysroot-ppc64el
#                 directory with the headers and libraries that QEMU for a
#                 ppc64el host is compiled against
#
#   scripts/fetch.sh all        everything but "kernel", in that order
#   scripts/fetch.sh prefetch   the same, but print nothing
#   scripts/fetch.sh status     what each item is, where it is from, how it was
#                               verified, and which ways failed before
#
# A mirror may be in the middle of an update, so each item has several ways:
# the newest version of its release, older versions that the same lists name,
# what an earlier run has kept of that release, then other releases
# (fetching/items.py has the order). Each failed way is one line. What was
# found stands for a day, what could not be had for an hour; --again looks
# anew at once.
#
# The exit status is 0 if all items were had, 3 if one of them could not be
# had ("-" in its line), 2 for a wrong command line, and 1 for what only the
# user can mend, such as a full disk.
#
# P9XIVE_<ITEM>=PATH (P9XIVE_KERNEL_13, P9XIVE_BUSYBOX, P9XIVE_TOOLS_PPC64EL,
# ...) gives an item by hand; P9XIVE_KERNEL=DIR is each of the kernels. A
# kernel is a directory as above, or an unpacked linux-image package.
#
# Where it stands: $P9XIVE_CACHE, or ~/.cache/p9xive. Remove the directory to
# start afresh.
#
# Trust: apt verifies the signed release file of each suite with the keys of
# debian-archive-keyring (or those in the file $P9XIVE_KEYRING), the release
# file has the package lists' hashes and the lists the packages', which are
# compared once more before unpacking. That is so on every way. The mirrors
# are those that the system's own apt is configured with.
set -eu

exec /usr/bin/python3 "$(dirname "$0")/fetching/main.py" "$@"
