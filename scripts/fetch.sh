#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Get Debian packages of other releases and architectures without touching
# the system: a private apt configuration, private lists, private unpacking.
#
#   scripts/fetch.sh ITEM...
#
# prints one line of standard output per ITEM, and progress on standard error:
#
#   qemu-source   directory of Debian 13's QEMU 10.0.x source, never changed
#   kernel-12     directory with vmlinux, version (a text file holding the
#   kernel-13     release) and lib/modules/<release>/ of Debian 12's or 13's
#                 ppc64el kernel; kernel-13-64k is the one with 64 KiB pages
#   busybox       path of a static busybox for ppc64el
#   firmware      directory for qemu's -L: SLOF, skiboot, VOF, option ROMs
#   meson         path of a meson that QEMU 10.0 accepts: the system's, or
#                 one from Debian 13 unpacked privately
#   avocado       directory for PYTHONPATH with Debian sid's avocado
#   tools-ppc64el directory that Debian 13's qemu-system-ppc and kexec-tools for
#                 ppc64el and all that they need are unpacked in: for a guest
#                 that runs guests, and one that replaces itself
#   all           everything above, in that order
#   prefetch      download and unpack everything, print nothing
#
# Where it stands: $P9XIVE_CACHE, or ~/.cache/p9xive. What has been unpacked
# once is found again with no network; package lists are refreshed at most
# once a day, so that "the current 10.0.x" stays true and cheap. Remove the
# directory to start afresh.
#
# Trust: apt verifies the signed release file of each suite with the keys of
# debian-archive-keyring, the release file has the package lists' hashes and
# the lists the packages'. The mirror is the one that the system's own apt is
# configured with.
set -eu
shopt -s inherit_errexit

cache=${P9XIVE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/p9xive}
lists_max_age_min=1440
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
[ -e "$keyring" ] || keyring=${keyring%.gpg}.pgp

say() { printf '%s\n' "$*" >&2; }

die() {
    local line

    for line; do
        say "fetch: $line"
    done
    exit 1
}

# ------------------------------------------------------------ private apt ---

system_index() {
    local lines

    # shellcheck disable=SC2016  # apt expands these, not the shell
    lines=$(apt-get indextargets \
                --format '$(SITE) $(RELEASE) $(COMPONENT)' 2>/dev/null) || :
    if [ -n "$lines" ]; then
        printf '%s\n' "$lines"
        return
    fi
    # A machine whose lists were cleaned (container images) has no index
    # targets yet, but apt still says what it would download.
    apt-get --print-uris update 2>/dev/null |
        sed -n "s,^'\(.*\)/dists/\([^/]*\)/\([^/]*\)/.*,\1 \2 \3,p"
}

# The archive's own mirror is the one that serves a plain Debian suite, the
# security mirror the one that serves <suite>-security.
mirror_of() {
    local kind=$1 site release component

    while read -r site release component; do
        [ "$component" = main ] || continue
        case $kind:$release in
        security:*-security | security:*/updates) echo "$site"; return ;;
        archive:*-*) ;;
        archive:bookworm | archive:trixie | archive:forky | archive:duke | \
            archive:stable | archive:testing | archive:unstable | \
            archive:sid | archive:oldstable)
            echo "$site"
            return
            ;;
        esac
    done < <(system_index)
}

write_sources() {
    local suite=$1 file=$2 archive=$3 security=$4 options

    options="[signed-by=$keyring]"
    {
        echo "deb $options $archive $suite main"
        case $suite in
        trixie)
            echo "deb-src $options $archive $suite main"
            ;;
        esac
        [ "$suite" != sid ] || return 0
        echo "deb $options $archive $suite-updates main"
        if [ -n "$security" ]; then
            echo "deb $options $security $suite-security main"
        fi
        if [ "$suite" = trixie ]; then
            echo "deb-src $options $archive $suite-updates main"
            [ -z "$security" ] ||
                echo "deb-src $options $security $suite-security main"
        fi
    } >"$file"
}

# One apt root per suite: versions of different releases never compete.
# The system's apt.conf.d stays in force (proxies, credentials), except for
# hooks that would act on the system's lists.
write_config() {
    local root=$1

    cat >"$root/apt.conf" <<END
#clear APT::Update;
#clear DPkg::Post-Invoke;
#clear Acquire::IndexTargets::deb::DEP-11;
Dir::State "$root/state/";
Dir::State::lists "$root/state/lists/";
Dir::State::status "$root/status";
Dir::Cache "$root/cache/";
Dir::Cache::archives "$root/cache/archives/";
Dir::Cache::pkgcache "pkgcache.bin";
Dir::Cache::srcpkgcache "srcpkgcache.bin";
Dir::Etc::sourcelist "$root/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Dir::Etc::trusted "/dev/null";
Dir::Etc::trustedparts "/dev/null";
APT::Architecture "ppc64el";
APT::Architectures { "ppc64el"; };
APT::Sandbox::User "root";
APT::Default-Release "";
APT::Get::AllowUnauthenticated "false";
Acquire::AllowInsecureRepositories "false";
Acquire::Languages "none";
Acquire::Retries "3";
Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "false";
Acquire::IndexTargets::deb-src::Contents-dsc::DefaultEnabled "false";
Acquire::IndexTargets::deb::CNF::DefaultEnabled "false";
END
}

papt() {
    local suite=$1 tool=$2

    shift 2
    "$tool" -c "$cache/apt/$suite/apt.conf" "$@"
}

have_lists() {
    compgen -G "$cache/apt/$1/state/lists/*_Packages*" >/dev/null
}

lists_are_fresh() {
    have_lists "$1" &&
        [ -n "$(find "$cache/apt/$1/stamp" -mmin -$lists_max_age_min \
                     2>/dev/null)" ]
}

refresh_lists() {
    local suite=$1 root=$cache/apt/$1 archive security

    ! lists_are_fresh "$suite" || return 0
    archive=$(mirror_of archive)
    security=$(mirror_of security)
    if [ -z "$archive" ]; then
        have_lists "$suite" && return 0
        die "apt on this machine has no Debian archive configured, so there" \
            "is nowhere to get packages of $suite from (looked at:" \
            "apt-get indextargets)."
    fi
    [ -e "$keyring" ] ||
        die "no keys to check signatures with: install" \
            "debian-archive-keyring (scripts/deps.sh fetch does it)."

    mkdir -p "$root/state/lists/partial" "$root/cache/archives/partial"
    : >>"$root/status"
    write_sources "$suite" "$root/sources.list" "$archive" "$security"
    write_config "$root"
    say "fetch: package lists of $suite"
    if papt "$suite" apt-get -q update -o APT::Update::Error-Mode=any \
            >"$root/update.log" 2>&1; then
        touch "$root/stamp"
        return 0
    fi
    # A mirror caught in the middle of its own update may serve the release
    # and refuse the list of its updates: that is enough to go on with.
    if have_lists "$suite"; then
        say "fetch: not all of them could be refreshed, going on with what" \
            "there is ($root/update.log says why)"
        touch "$root/stamp"
        return 0
    fi
    tail -n 5 "$root/update.log" >&2
    die "apt could not get the package lists of $suite from the mirror" \
        "that this machine's apt uses ($root/update.log)." \
        "Check the network; if that mirror has no $suite, add one that has" \
        "to /etc/apt and try again."
}

# Candidate version of a binary package, empty if there is none.
version_of() {
    papt "$1" apt-cache policy "$2" 2>/dev/null |
        sed -n 's/^ *Candidate: *//p' | grep -v '^(none)$' || :
}

download() {
    local suite=$1 package=$2 version=$3 dir=$cache/debs

    mkdir -p "$dir"
    say "fetch: $package $version ($suite)"
    # apt-get download resumes a partial file and checks its hash.
    (cd "$dir" && papt "$suite" apt-get "${quiet[@]}" download \
        "$package=$version" >&2) ||
        die "download of $package $version failed: look at apt's message" \
            "above, check the network and try again."
}

deb_file() {
    compgen -G "$cache/debs/$1_${2//:/%3a}_*.deb" | head -n 1
}

# unpack SUITE PACKAGE: prints the directory that the package's files are in.
# Without a network, and with lists that say nothing, the newest directory
# unpacked earlier serves.
unpack() {
    local suite=$1 package=$2 version dir

    refresh_lists "$suite"
    version=$(version_of "$suite" "$package")
    if [ -z "$version" ]; then
        dir=$(newest "$cache/unpacked/$suite/${package}_*")
        [ -n "$dir" ] || die "$suite has no package $package: is the mirror" \
                             "complete (architecture ppc64el)?"
        echo "$dir"
        return
    fi

    dir=$cache/unpacked/$suite/${package}_${version//[:~+]/_}
    if [ ! -d "$dir" ]; then
        [ -n "$(deb_file "$package" "$version")" ] ||
            download "$suite" "$package" "$version"
        rm -rf "$dir.new"
        mkdir -p "$dir.new"
        dpkg-deb -x "$(deb_file "$package" "$version")" "$dir.new" ||
            die "could not unpack $package $version: is the disk full?" \
                "(remove $cache/debs and try again)"
        mv "$dir.new" "$dir"
        rm -f "$(deb_file "$package" "$version")"
    fi
    echo "$dir"
}

# Newest existing path of a glob (or nothing).
newest() {
    compgen -G "$1" | grep -v '\.new$' | sort -V | tail -n 1
}

# ------------------------------------------------------------------ items ---

qemu_version() {
    papt trixie apt-cache showsrc qemu 2>/dev/null |
        sed -n 's/^Version: \([0-9]*:10\.0\..*\)$/\1/p' | sort -V | tail -n 1
}

qemu_source() {
    local version dir dsc log=$cache/qemu-unpack.log

    refresh_lists trixie
    version=$(qemu_version)
    if [ -z "$version" ]; then
        dir=$(newest "$cache/qemu-10.0.*")
        [ -n "$dir" ] ||
            die "the mirror's Debian 13 has no QEMU 10.0.x source package." \
                "Get a QEMU 10.0 tree by other means and pass it by hand:" \
                "./configure --qemu-source=DIR"
        echo "$dir"
        return
    fi

    dir=$cache/qemu-${version#*:}
    if [ ! -d "$dir" ]; then
        say "fetch: QEMU source $version"
        mkdir -p "$cache/src"
        (cd "$cache/src" && papt trixie apt-get "${quiet[@]}" source \
            --download-only "qemu=$version" >&2) ||
            die "download of QEMU's source failed: look at apt's message" \
                "above and try again, or pass a tree by hand:" \
                "./configure --qemu-source=DIR"
        dsc=$cache/src/qemu_${version#*:}.dsc
        rm -rf "$dir.new"
        # apt has checked the hash of each file against the signed lists; the
        # uploader's own signature would need a keyring of all developers.
        dpkg-source --no-check -x "$dsc" "$dir.new" >"$log" 2>&1 ||
            die "could not unpack QEMU's source ($log): is the disk full?"
        mv "$dir.new" "$dir"
        rm -rf "$cache/src"
    fi
    echo "$dir"
}

kernel() {
    local suite=$1 flavour=$2 meta package from dir release

    refresh_lists "$suite"
    meta=linux-image-$flavour
    package=$(papt "$suite" apt-cache depends --important "$meta" 2>/dev/null |
              sed -n 's/^ *Depends: \(linux-image-[0-9].*\)$/\1/p' |
              head -n 1)
    if [ -z "$package" ]; then
        from=$(newest "$cache/unpacked/$suite/linux-image-[0-9]*-${flavour}_*")
        [ -n "$from" ] || die "$suite has no ppc64el kernel ($meta)."
    else
        from=$(unpack "$suite" "$package")
    fi

    release=$(basename "$(compgen -G "$from/boot/vmlinux-*")")
    release=${release#vmlinux-}
    dir=$cache/kernels/$suite-$release
    if [ ! -d "$dir" ]; then
        rm -rf "$dir.new"
        mkdir -p "$dir.new/lib"
        ln -s "$from/boot/vmlinux-$release" "$dir.new/vmlinux"
        ln -s "$from/boot/config-$release" "$dir.new/config"
        # A merged-/usr release ships its modules below usr/.
        if [ -d "$from/lib/modules" ]; then
            ln -s "$from/lib/modules" "$dir.new/lib/modules"
        else
            ln -s "$from/usr/lib/modules" "$dir.new/lib/modules"
        fi
        echo "$release" >"$dir.new/version"
        mv "$dir.new" "$dir"
    fi
    echo "$dir"
}

busybox() {
    local dir file

    dir=$(unpack trixie busybox-static)
    for file in "$dir/usr/bin/busybox" "$dir/bin/busybox"; do
        if [ -x "$file" ]; then
            echo "$file"
            return
        fi
    done
    die "Debian 13's busybox-static has no busybox in it."
}

firmware_packages=(qemu-system-data seabios ipxe-qemu)

firmware() {
    local package file dir=$cache/firmware key one from=()

    for package in "${firmware_packages[@]}"; do
        one=$(unpack trixie "$package")
        from+=("$one")
    done
    key=$(printf '%s\n' "${from[@]##*/}" | sha256sum | cut -c1-12)
    dir=$cache/firmware/$key
    if [ ! -d "$dir" ]; then
        rm -rf "$dir.new"
        mkdir -p "$dir.new"
        for file in slof.bin vof.bin skiboot.lid 'vgabios*.bin' \
                    'efi-*.rom' 'pxe-*.rom'; do
            collect "$file" "$dir.new" "${from[@]}"
        done
        mv "$dir.new" "$dir"
    fi
    for file in slof.bin vof.bin skiboot.lid efi-e1000e.rom; do
        [ -e "$dir/$file" ] || die "no $file in Debian 13's packages" \
                                   "${firmware_packages[*]}."
    done
    echo "$dir"
}

# Packages keep firmware in directories of their own and link it from qemu's,
# partly by absolute links, so files are looked up by name.
collect() {
    local pattern=$1 target=$2

    shift 2
    find "$@" -type f -name "$pattern" -path '*/usr/*' -exec \
        cp -t "$target" -- {} +
}

meson_is_new_enough() {
    local version

    version=$("$1" --version 2>/dev/null) || return 1
    [ "$(printf '%s\n' 1.5.0 "$version" | sort -V | head -n 1)" = 1.5.0 ]
}

meson() {
    local dir

    if [ -x /usr/bin/meson ] && meson_is_new_enough /usr/bin/meson; then
        echo /usr/bin/meson
        return
    fi
    dir=$(unpack trixie meson)
    if [ ! -x "$dir/meson" ]; then
        cat >"$dir/meson" <<'END'
#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
PYTHONPATH=$here/usr/lib/python3/dist-packages${PYTHONPATH:+:$PYTHONPATH}
export PYTHONPATH
exec /usr/bin/python3 "$here/usr/bin/meson" "$@"
END
        chmod +x "$dir/meson"
    fi
    echo "$dir/meson"
}

avocado() {
    local dir

    dir=$(unpack sid avocado)
    dir=$dir/usr/lib/python3/dist-packages
    [ -d "$dir/avocado" ] || die "Debian sid's avocado has no Python module."
    echo "$dir"
}

# Programs of ppc64el with every library they need, in one tree. apt resolves
# it as for an empty system; what only an installed system wants stays out.
guest_tools=(qemu-system-ppc kexec-tools)

tools_ppc64el() {
    local dir tool version key='' list=() file debs=$cache/debs/tools-ppc64el

    refresh_lists trixie
    for tool in "${guest_tools[@]}"; do
        version=$(version_of trixie "$tool")
        key+=_${version//[:~+]/_}
    done
    if [ -z "${key//_/}" ]; then
        dir=$(newest "$cache/tools-ppc64el_*")
        [ -n "$dir" ] || die "trixie has no ppc64el ${guest_tools[*]}."
        echo "$dir"
        return
    fi
    dir=$cache/tools-ppc64el$key
    if [ ! -d "$dir" ]; then
        mapfile -t list < <(
            papt trixie apt-get -s install --no-install-recommends \
                "${guest_tools[@]}" 2>/dev/null |
                sed -n 's/^Inst \([^ ]*\) (\([^ ]*\) .*/\1=\2/p' |
                grep -Ev '^(adduser|base-passwd|debconf|passwd|login)')
        [ ${#list[@]} -gt 0 ] ||
            die "apt can't resolve trixie's ppc64el ${guest_tools[*]}."
        say "fetch: ${guest_tools[*]} in ${#list[@]} packages (trixie)"
        mkdir -p "$debs"
        (cd "$debs" && papt trixie apt-get "${quiet[@]}" download \
            "${list[@]}" >&2) ||
            die "download of ${guest_tools[*]} for ppc64el failed: look at" \
                "apt's message above, check the network and try again."
        rm -rf "$dir.new"
        mkdir -p "$dir.new"
        for file in "$debs"/*.deb; do
            dpkg-deb -x "$file" "$dir.new" ||
                die "could not unpack $file: is the disk full?"
        done
        mv "$dir.new" "$dir"
        rm -rf "$debs"
    fi
    echo "$dir"
}

item() {
    case $1 in
    qemu-source) qemu_source ;;
    kernel-12) kernel bookworm powerpc64le ;;
    kernel-13) kernel trixie powerpc64le ;;
    kernel-13-64k) kernel trixie powerpc64le-64k ;;
    busybox | firmware | meson | avocado) "$1" ;;
    tools-ppc64el) tools_ppc64el ;;
    *) die "no such item: $1 (see the top of scripts/fetch.sh)" ;;
    esac
}

# An item that fails ends the run ("die" only leaves a subshell, the
# assignment then fails and set -e does the rest).
items() {
    local name path

    for name; do
        path=$(item "$name")
        echo "$path"
    done
}

main() {
    local name
    local -a everything=(qemu-source kernel-12 kernel-13 kernel-13-64k busybox
                         firmware meson avocado tools-ppc64el)

    case ${1-} in
    '' | -h | --help)
        sed -n '4,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0"
        [ $# -gt 0 ]
        exit
        ;;
    esac
    # A log file gets one line per download, a terminal apt's moving bar.
    quiet=(-q)
    [ ! -t 2 ] || quiet=()
    mkdir -p "$cache"
    # Two runs at a time would unpack over each other.
    exec 9>"$cache/lock"
    flock -n 9 || {
        say "fetch: waiting for another run to finish"
        flock 9
    }
    for name; do
        case $name in
        all) items "${everything[@]}" ;;
        prefetch) items "${everything[@]}" >/dev/null ;;
        *) items "$name" ;;
        esac
    done
}

main "$@"
