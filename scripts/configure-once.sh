#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Configure a build directory unless that has been done:
#
#   scripts/configure-once.sh BUILD-DIR [options for ./configure]
#
# A configure that is newer than the directory may want other options of QEMU:
# then it is done again, with the options of ours that it was told before.
set -eu

build=$1
shift
cd "$(dirname "$0")/.."

[ ! "$build/build.ninja" -nt configure ] || exit 0
if [ -x "$build/configure-again" ]; then
    exec "$build/configure-again"
fi
exec ./configure --build-dir="$build" "$@"
