#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Build in a directory that ./configure has prepared:
#
#   scripts/build.sh BUILD-DIR [qemu | qtests | overlay]
#
# The overlay is brought up to date first, each time: it writes only what has
# changed, and ninja compiles only what depends on that.
set -eu

say() { printf 'build: %s\n' "$*" >&2; }

die() {
    say "$@"
    exit 1
}

build=$(cd "$1" && pwd)
target=${2:-qemu}
[ -e "$build/settings.sh" ] || die "$build is not configured: run ./configure"
repo=
source_dir=
stock=
# shellcheck source=/dev/null
. "$build/settings.sh"
# shellcheck source=scripts/ccache-env.sh
. "$repo/scripts/ccache-env.sh"

update_overlay() {
    local -a options=()

    if [ "$stock" = yes ]; then
        options=(--stock)
    fi
    [ -d "$source_dir" ] ||
        die "QEMU's source $source_dir is gone: run ./configure again"
    /usr/bin/python3 "$repo/scripts/overlay.py" --repo "$repo" \
        --pristine "$source_dir" --tree "$build/qemu-src" "${options[@]}" ||
        die "step overlay failed: QEMU's tree is not what the hunks expect"
}

# A terminal gets ninja's one moving line. A log gets each 100th, and all that
# the compiler has to say.
run_ninja() {
    if [ -t 1 ]; then
        ninja -C "$build/qemu" "$@"
        return
    fi
    ninja -C "$build/qemu" "$@" | each_hundredth
    return "${PIPESTATUS[0]}"
}

# Not awk: Debian's default one holds lines back until it has a block of them.
each_hundredth() {
    local line number last=0

    while IFS= read -r line; do
        if [[ $line =~ ^\[([0-9]+)/([0-9]+)\] ]]; then
            number=${BASH_REMATCH[1]}
            if [ $((number - last)) -lt 100 ] &&
               [ "$number" -ne "${BASH_REMATCH[2]}" ]; then
                continue
            fi
            last=$number
        fi
        printf '%s\n' "$line"
    done
}

upstream_qtests() {
    ninja -C "$build/qemu" -t targets all |
        sed -n 's,^\(tests/qtest/[a-z0-9_-]*\): .*,\1,p'
}

case $target in
overlay)
    update_overlay
    ;;
qemu)
    update_overlay
    run_ninja qemu-system-ppc64 ||
        die "step compile failed: the compiler's message is above; run" \
            "make again when it is fixed (QEMU's tree is $build/qemu-src)"
    ;;
qtests)
    update_overlay
    mapfile -t tests < <(upstream_qtests)
    run_ninja qemu-system-ppc64 "${tests[@]}" ||
        die "step compile of upstream's qtests failed"
    ;;
*)
    die "no such target: $target (qemu, qtests, overlay)"
    ;;
esac
