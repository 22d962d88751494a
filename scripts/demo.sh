#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# "make demo": from a bare Debian machine to Linux on p9xive's XIVE.
#
#   scripts/demo.sh [BUILD-DIR]
#
# Each step is fast when there is nothing left to do in it. The exit status is
# 0 only if all of them worked, the guest's own included.
set -eu
shopt -s inherit_errexit

cd "$(dirname "$0")/.."
build=${1:-build}
steps=10
number=0
started=$SECONDS
bold='' red='' plain=''
if [ -t 1 ] && [ -z "${NO_COLOR-}" ]; then
    bold=$'\033[1m' red=$'\033[31m' plain=$'\033[0m'
fi

# step TITLE ADVICE COMMAND...
step() {
    local title=$1 advice=$2 from=$EPOCHREALTIME

    shift 2
    number=$((number + 1))
    echo "${bold}[$number/$steps] $title$plain"
    "$@" || {
        echo "${red}verdict: FAILED in step $number ($title)$plain"
        echo "$advice"
        exit 1
    }
    awk -v from="$from" -v to="$EPOCHREALTIME" \
        'BEGIN { printf "      done  (%.1f s)\n", to - from }'
}

build_it() {
    scripts/build.sh "$build"
    ls -l "$build/qemu-system-ppc64" >/dev/null
}

fetch_all() {
    scripts/fetch.sh qemu-source firmware kernel busybox >/dev/null
}

step "Debian packages" "apt's message above says what it could not install." \
    scripts/deps.sh qemu
step "QEMU's source, firmware, a Linux kernel, busybox" \
    "The message above names what could not be had and what to do." \
    fetch_all
step "Configure" "The message above says why." \
    scripts/configure-once.sh "$build"
step "Build qemu-system-ppc64" "The compiler's message is above." build_it

kernel=$(scripts/fetch.sh kernel)
busybox=$(scripts/fetch.sh busybox)
/usr/bin/python3 scripts/demo-guest.py --qemu "$build/qemu-system-ppc64" \
    --kernel "$kernel" --busybox "$busybox" --work "$build/demo" \
    --first-step $((number + 1)) --steps $steps || exit 1
echo "$((SECONDS - started)) s in all; the binary is" \
     "$build/qemu-system-ppc64"
