#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Boot Linux on pseries with p9xive and give a shell on this terminal.
#
#   scripts/guest.sh [QEMU OPTION...]
#
# Debian's kernel and busybox, two vCPUs, an e1000e (id nic0) and an NVMe disk
# (id nvme0); the network is QEMU's own, its gateway 10.0.2.2 answers pings.
# Options are added to QEMU's command line. Ctrl-a c goes to QEMU's monitor and
# back, Ctrl-a x ends QEMU; "exit" powers the guest off.
#
#   MODE    ic-mode of the machine: xive (default), xics or dual
#   BUILD   build directory (default: build)
#
# "make install" installs it as p9xive-guest, which boots the installed binary
# and keeps its disk in $P9XIVE_CACHE, or ~/.cache/p9xive.
set -eu

repo=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)
build=${BUILD:-$repo/build}
work=$build/guest-linux
qemu=$build/qemu-system-ppc64
installed=$repo/../../bin/qemu-system-ppc64
if [ -z "${BUILD-}" ] && [ ! -e "$repo/configure" ] && [ -x "$installed" ]; then
    qemu=$installed
    work=${P9XIVE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/p9xive}/guest-linux
fi

[ -x "$qemu" ] || {
    echo "guest: no $qemu yet: make builds it" >&2
    exit 1
}
kernel=$("$repo/scripts/fetch.sh" kernel)
busybox=$("$repo/scripts/fetch.sh" busybox)
mkdir -p "$work"
/usr/bin/python3 "$repo/scripts/initramfs.py" --kernel "$kernel" \
    --busybox "$busybox" --output "$work/initramfs.cpio" --run '
ip link set eth0 up
ip addr add 10.0.2.15/24 dev eth0
export PS1="guest# "
setsid cttyhack sh'
[ -e "$work/disk.raw" ] || head -c 16M /dev/urandom >"$work/disk.raw"

exec "$qemu" \
    -machine "pseries,ic-mode=${MODE:-xive},cap-cfpc=broken,\
cap-sbbc=broken,cap-ibs=broken,cap-ccf-assist=off" \
    -accel tcg,thread=multi -smp 2 -m 768M -nodefaults -nographic -vga none \
    -serial mon:stdio \
    -kernel "$kernel/vmlinux" -initrd "$work/initramfs.cpio" \
    -append "console=hvc0 quiet" \
    -netdev user,id=net0 -device e1000e,id=nic0,netdev=net0 \
    -blockdev "driver=file,node-name=disk0,filename=$work/disk.raw" \
    -device nvme,id=nvme0,serial=p9xive,drive=disk0 "$@"
