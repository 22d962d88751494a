#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Break the core on purpose, one place at a time, and see which test minds.

  tests/mutants/mutate.py [--fuzz-seconds N] [WORD...]

works on a copy of the tree in a temporary directory; with words, only mutants
whose name has one of them. Exit status 1 if one survived or no longer applies.
"""
import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from ic_mutants import IC_MUTANTS
from mutants import MUTANTS
from phb4_mutants import PHB4_MUTANTS

REPO = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPO / "scripts"))
import limits  # noqa: E402  (it lives in scripts/)

# Documents too: the build installs them.
PARTS = ("meson.build", "meson_options.txt", "include", "hw", "target",
         "tests", "docs", "README.md", "CHANGELOG.md", "CONTRIBUTING.md",
         "SECURITY.md", "COPYING")


def copy_tree(to):
    for part in PARTS:
        source = REPO / part
        if source.is_dir():
            shutil.copytree(source, to / part)
        else:
            shutil.copy(source, to / part)


def unit_tests(build):
    units = [path for path in sorted(build.glob("tests/unit/test-*")) +
             sorted(build.glob("tests/kvm/test-kvm-spapr*")) +
             sorted(build.glob("tests/ic/test-ic-*")) +
             sorted(build.glob("tests/phb4/test-phb4-*"))
             if path.is_file() and os.access(path, os.X_OK)]
    return [[str(path), "--tap"] for path in units]


def slow_tests(build):
    return [[str(build / "tests/fuzz/fuzz-diff")],
            [str(build / "tests/stress/test-threads"), "--tap"],
            [str(build / "tests/ic/stress-ic"), "--tap"],
            [str(build / "tests/phb4/stress-phb4"), "--tap"],
            [str(build / "tests/model/explore"), "--tap"]]


def goes_red(test, env):
    try:
        return subprocess.run(test, env=env, timeout=limits.scaled(60),
                              check=False, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL).returncode != 0
    except subprocess.TimeoutExpired:
        return True


def compile_core(build):
    return subprocess.run(["ninja", "-C", str(build)], check=False,
                          stdout=subprocess.DEVNULL).returncode == 0


def red_ones(tests, env):
    return [Path(test[0]).name for test in tests if goes_red(test, env)]


def judge(tree, build, mutant, env, every):
    """Says what became of one mutant."""
    _, file, old, new = mutant
    path = tree / file
    text = path.read_text()
    if text.count(old) != 1:
        return "does not apply any more", []
    path.write_text(text.replace(old, new))
    try:
        if not compile_core(build):
            return "does not compile", []
        red = red_ones(unit_tests(build), env)
        if every or not red:
            red += red_ones(slow_tests(build), env)
        return ("caught" if red else "SURVIVED"), red
    finally:
        path.write_text(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--fuzz-seconds", default="3")
    parser.add_argument("--every", action="store_true",
                        help="the slow tests too if a unit test is red")
    parser.add_argument("words", nargs="*")
    args = parser.parse_args()
    env = dict(os.environ, P9X_FUZZ_SECONDS=args.fuzz_seconds,
               P9X_STRESS_SECONDS="0.5")
    chosen = [mutant for mutant in MUTANTS + IC_MUTANTS + PHB4_MUTANTS
              if not args.words or any(word in mutant[0]
                                       for word in args.words)]
    if not chosen:
        parser.error("no mutant has one of these words in its name")
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="p9xive-mutants-") as directory:
        tree = Path(directory)
        build = tree / "build"
        copy_tree(tree)
        subprocess.run(["meson", "setup", str(build), str(tree)], check=True,
                       stdout=subprocess.DEVNULL)
        if not compile_core(build):
            sys.exit("the core does not compile as it is")
        for mutant in chosen:
            verdict, red = judge(tree, build, mutant, env, args.every)
            wrong += verdict != "caught"
            print(f"{verdict}: {mutant[0]}: {' '.join(red)}", flush=True)
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main()
