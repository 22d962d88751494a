# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Sourced with $build set: a compiler cache shared by all build directories.
# Paths below $build are hashed relative to it, and the directory that debug
# information names is left out, so that the same source in another place is a
# hit.
export CCACHE_DIR="${P9XIVE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/p9xive}"
CCACHE_DIR+=/ccache
# shellcheck disable=SC2154  # the script that sources this one sets it
export CCACHE_BASEDIR="$build"
export CCACHE_NOHASHDIR=1
# The compiler's own list of included files is enough to look things up by, so
# that nothing is preprocessed just for that: a sixth of a first build.
export CCACHE_DEPEND=1
