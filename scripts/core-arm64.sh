#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Set up a build of the core and its tests for arm64, whose programs meson
# starts under qemu-user. The order of memory accesses has to be asked for
# there: lock.h and others take other ways than on x86.
#
#   scripts/core-arm64.sh DIR [OPTION...]
#
# The options are meson's. If a program or the libraries can't be had, the last
# line of output is a TAP plan that says why, and the status is 3.
set -eu

repo=$(cd "${0%/*}/.." && pwd)
build=$1
shift

skip() {
    echo "1..0 # SKIP $*"
    exit 3
}

for program in aarch64-linux-gnu-gcc qemu-aarch64; do
    command -v $program >/dev/null || skip "$program could not be installed"
done
sysroot=$("$repo/scripts/fetch.sh" sysroot-arm64) ||
    skip "GLib and libfdt for arm64 could not be fetched"

# A build of another tree of libraries would have remains of it.
cross=$build.cross
[ -e "$build/build.ninja" ] && grep -qsF "'$sysroot'" "$cross" && exit 0

mkdir -p "$(dirname "$build")"
rm -rf "$build"
ccache=
if command -v ccache >/dev/null; then
    ccache="'ccache', "
fi
cat >"$cross" <<END
[constants]
sysroot = '$sysroot'
libraries = sysroot / 'usr/lib/aarch64-linux-gnu'
headers = sysroot / 'usr/include'

[binaries]
c = [$ccache'aarch64-linux-gnu-gcc']
ar = 'aarch64-linux-gnu-ar'
strip = 'aarch64-linux-gnu-strip'
pkgconfig = 'pkg-config'
exe_wrapper = ['qemu-aarch64', '-L', sysroot]

[properties]
sys_root = sysroot
pkg_config_libdir = libraries / 'pkgconfig'

# Debian's cross compiler prefers the libc that it came with.
[built-in options]
c_args = ['--sysroot=' + sysroot, '-isystem', headers / 'aarch64-linux-gnu',
          '-isystem', headers]
c_link_args = ['--sysroot=' + sysroot, '-B' + libraries, '-L' + libraries]

[host_machine]
system = 'linux'
cpu_family = 'aarch64'
cpu = 'aarch64'
endian = 'little'
END
meson setup "$build" "$repo" --cross-file "$cross" "$@"
