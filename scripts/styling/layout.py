# SPDX-License-Identifier: GPL-2.0-or-later
"""The layout of lines that a branch changes, as .clang-format has it."""

import shutil
import subprocess

from .tree import Skip

CORE = ("include/xive", "hw", "target/ppc")


def git(tree, *words):
    return subprocess.run(["git", *words], cwd=tree.root, text=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False)


def changed(base):
    """The check of what differs from the branch's origin in base."""
    def check(tree):
        if not shutil.which("git-clang-format"):
            raise Skip("git-clang-format could not be installed")
        origin = git(tree, "merge-base", "HEAD", base)
        if origin.returncode:
            return [f"there is no {base} to compare with"]
        # Its exit status says nothing in old versions.
        done = git(tree, "clang-format", "--diff", "--quiet",
                   "--extensions", "c,h", origin.stdout.strip(), "--",
                   *CORE)
        lines = done.stdout.splitlines()
        return [] if lines == ["no modified files to format"] else lines
    return check
