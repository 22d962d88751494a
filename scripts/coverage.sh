#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Measure the branch coverage of the core by its own tests and hold it to a
# limit:
#
#   scripts/coverage.sh BUILD-DIR [PERCENT]
#
# prints TAP with one test. Lines with an assertion do not count: one of the
# two branches is a bug of ours that has not been written.
set -eu

build=$1
limit=${2:-95}
repo=$(cd "$(dirname "$0")/.." && pwd)

if [ ! -e "$build/build.ninja" ]; then
    meson setup "$build" "$repo" -Db_coverage=true -Doptimization=0
fi
ninja -C "$build"
find "$build" -name '*.gcda' -delete
meson test -C "$build" --no-rebuild --no-suite fuzz \
    -t "$(/usr/bin/python3 "$repo/scripts/limits.py" 2)" \
    >"$build/coverage-tests.log" 2>&1 || {
    tail -n 20 "$build/coverage-tests.log"
    echo "Bail out! the tests fail when built for coverage"
    exit 1
}

gcovr --root "$repo" --object-directory "$build" "$build" \
    --filter "$repo/hw/" --filter "$repo/target/" \
    --filter "$repo/include/" \
    --exclude-lines-by-pattern '.*\bassert\(' \
    --branches --sort-percentage \
    --txt "$build/coverage.txt" --json-summary "$build/coverage.json"
cat "$build/coverage.txt"

/usr/bin/python3 - "$build/coverage.json" "$limit" <<'END'
import json
import sys

with open(sys.argv[1]) as file:
    summary = json.load(file)
limit = float(sys.argv[2])
total, covered = summary["branch_total"], summary["branch_covered"]
percent = 100 * covered / total if total else 0
print(f"# note: branches {covered} of {total}: {percent:.1f} %")
print("1..1")
verdict = "ok" if percent >= limit else "not ok"
print(f"{verdict} 1 - branch coverage of the core is at least {limit:g} %")
sys.exit(percent < limit)
END
