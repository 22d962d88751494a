#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Install the Debian packages that a part of p9xive needs.
#
#   scripts/deps.sh [--list | --check] SET...
#
# A SET is one of
#   core    build and test the core alone (no QEMU)
#   test    what the checks of style and the core's sanitizer, fuzzer, model,
#           coverage and arm64 runs add (contains fetch)
#   fetch   download and unpack Debian packages privately
#   qemu    build qemu-system-ppc64 (contains fetch)
#   guest   cross-compile the bare-metal guest
#   all     everything above
#
# Missing packages are listed first and then installed, with no question
# asked, as root or through sudo. --list only prints every package of the
# sets; --check prints the missing ones and fails if there are any. Nothing
# is installed, and apt isn't even called, when nothing is missing.
set -eu

say() { printf '%s\n' "$*" >&2; }

die() {
    say "deps: $*"
    exit 1
}

core=(gcc libc6-dev pkg-config libglib2.0-dev libfdt-dev meson ninja-build
      python3)
fetch=(apt ca-certificates debian-archive-keyring dpkg-dev xz-utils python3)
qemu=("${fetch[@]}" make gcc libc6-dev pkg-config libglib2.0-dev libfdt-dev
      libpixman-1-dev libslirp-dev zlib1g-dev ninja-build python3
      python3-venv ccache)
guest=(gcc-powerpc64le-linux-gnu binutils-powerpc64le-linux-gnu)
test=("${core[@]}" clang @clang-rt gcovr spin valgrind libglib2.0-bin gnupg
      shellcheck pyflakes3 codespell python3-sphinx
      cppcheck clang-tidy clang-format python3-yaml
      gcc-aarch64-linux-gnu qemu-user graphviz chromium-headless-shell
      "${fetch[@]}")
# Without one of these a build is slower, or a part of the tests is skipped
# with that reason; nothing can replace any of the others.
dispensable=(ccache clang @clang-rt gcovr spin valgrind gnupg
             shellcheck pyflakes3 codespell python3-sphinx
             cppcheck clang-tidy clang-format python3-yaml
             gcc-aarch64-linux-gnu qemu-user graphviz chromium-headless-shell
             gcc-powerpc64le-linux-gnu binutils-powerpc64le-linux-gnu)

# Debian names the runtime of clang's sanitizers and of libFuzzer after the
# compiler's version, which differs between releases: ask apt which one the
# unversioned package means.
clang_runtime() {
    local versioned

    versioned=$(apt-cache depends clang 2>/dev/null |
                sed -n 's/.*Depends: clang-\([0-9][0-9]*\)$/\1/p' | head -n 1)
    if [ -n "$versioned" ]; then
        echo "libclang-rt-$versioned-dev"
    fi
}

packages_of() {
    case $1 in
    core) printf '%s\n' "${core[@]}" ;;
    fetch) printf '%s\n' "${fetch[@]}" ;;
    qemu) printf '%s\n' "${qemu[@]}" ;;
    guest) printf '%s\n' "${guest[@]}" ;;
    test) printf '%s\n' "${test[@]}" ;;
    all) printf '%s\n' "${test[@]}" "${qemu[@]}" "${guest[@]}" ;;
    *) die "no such set: $1 (core, test, fetch, qemu, guest, all)" ;;
    esac
}

is_installed() {
    local status

    # The status is "hold ok installed" for a held package, so only its end
    # counts.
    status=$(dpkg-query -W -f '${Status}\n' "$1" 2>/dev/null) || return 1
    case $status in
    *" ok installed"*) return 0 ;;
    esac
    return 1
}

clang_runtime_is_missing() {
    ! compgen -G '/usr/lib/llvm-*/lib/clang/*/lib/linux/libclang_rt.fuzzer-*' \
        >/dev/null
}

missing_of() {
    local package

    while read -r package; do
        case $package in
        @clang-rt)
            if clang_runtime_is_missing; then
                echo @clang-rt
            fi
            ;;
        *)
            if ! is_installed "$package"; then
                echo "$package"
            fi
            ;;
        esac
    done
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo -- "$@"
    else
        die "need root for: $*
deps: run it as root, or install sudo, and try again"
    fi
}

apt_install() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
        --no-install-recommends -o Dpkg::Use-Pty=0 \
        -o DPkg::Lock::Timeout=300 -- "$@" </dev/null >&2
}

resolve() {
    local package

    for package; do
        case $package in
        @clang-rt) clang_runtime ;;
        *) echo "$package" ;;
        esac
    done
}

install_missing() {
    local -a names

    say "Debian packages to install: ${*/@clang-rt/(clang runtime)}"
    # A fresh container has no package lists at all, and an old machine has
    # lists that name versions which the mirror dropped: refresh once.
    as_root apt-get update -qq -o DPkg::Lock::Timeout=300 </dev/null >&2 ||
        say "deps: apt-get update failed, trying with the lists there are"
    mapfile -t names < <(resolve "$@")
    apt_install "${names[@]}" || install_one_by_one "$@"
}

# A mirror that lacks one package makes apt install none of them.
install_one_by_one() {
    local package
    local -a names lacking=()

    say "apt-get could not install them all; trying one by one"
    for package; do
        mapfile -t names < <(resolve "$package")
        apt_install "${names[@]}" || lacking+=("$package")
    done
    for package in "${lacking[@]}"; do
        [[ " ${dispensable[*]} " == *" $package "* ]] ||
            die "apt-get could not install: ${lacking[*]}
deps: look at apt's message above; install them by hand and try again"
        say "going on without $package"
    done
}

main() {
    local mode=install
    local -a wanted missing

    case ${1-} in
    --list) mode=list; shift ;;
    --check) mode=check; shift ;;
    -h | --help) sed -n '4,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0"; exit ;;
    esac
    [ $# -gt 0 ] || set -- all
    command -v dpkg-query >/dev/null || die "this is no Debian system:" \
        "install by hand what the sets in scripts/deps.sh name"

    for name; do packages_of "$name" >/dev/null; done
    mapfile -t wanted < <(for name; do packages_of "$name"; done | sort -u)
    if [ $mode = list ]; then
        resolve "${wanted[@]}"
        return
    fi

    mapfile -t missing < <(printf '%s\n' "${wanted[@]}" | missing_of)
    [ ${#missing[@]} -gt 0 ] || return 0
    if [ $mode = check ]; then
        printf '%s\n' "${missing[@]}"
        return 1
    fi
    install_missing "${missing[@]}"
}

main "$@"
