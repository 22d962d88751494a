#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Install what has been built:
#
#   scripts/install.sh core BUILD-DIR    the core library, without debug code,
#                                        its headers, p9xive.pc, the pages
#   scripts/install.sh qemu BUILD-DIR    the binary with its firmware;
#                                        p9xive-guest, which boots Linux on it,
#                                        and p9trace
#
#   PREFIX    where to (default: /usr/local); DESTDIR stands in front of it
#
# The binary finds its firmware from any prefix, and p9xive-guest the binary.
set -eu

repo=$(cd "$(dirname "$0")/.." && pwd)
prefix=${PREFIX:-/usr/local}
to=${DESTDIR-}$prefix
build=$2

install_core() {
    local directory=$build/install
    local -a again=()

    if [ -e "$directory/build.ninja" ]; then
        again=(--reconfigure)
    fi
    meson setup "$directory" "$repo" --prefix="$prefix" --libdir=lib \
        -Dbuildtype=release -Dtests=false "${again[@]}"
    ninja -C "$directory"
    meson install -C "$directory" --no-rebuild
}

install_qemu() {
    local scripts=$to/share/p9xive/scripts

    [ -x "$build/qemu-system-ppc64" ] || {
        echo "install: no $build/qemu-system-ppc64 yet: make builds it" >&2
        exit 1
    }
    install -D -t "$to/bin" "$build/qemu-system-ppc64"
    install -D -m 644 -t "$to/share/qemu" "$build"/firmware/*
    install -D -t "$scripts" "$repo"/scripts/{guest.sh,fetch.sh,initramfs.py}
    install -D -m 644 -t "$scripts/fetching" "$repo"/scripts/fetching/*.py
    install -m 644 -t "$scripts" "$repo/scripts/lines.py"
    install -D -m 644 -t "$to/share/p9xive/qemu" "$repo/qemu/lines.toml"
    install -t "$scripts" "$repo/scripts/p9trace.py"
    install -D -m 644 -t "$scripts/tracing" \
        "$repo"/scripts/tracing/*.{py,html,css,js}
    ln -sfn ../share/p9xive/scripts/guest.sh "$to/bin/p9xive-guest"
    ln -sfn ../share/p9xive/scripts/p9trace.py "$to/bin/p9trace"
}

case $1 in
core) install_core ;;
qemu) install_qemu ;;
*) echo "install: no such thing: $1 (core, qemu)" >&2; exit 2 ;;
esac
