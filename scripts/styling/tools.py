# SPDX-License-Identifier: GPL-2.0-or-later
"""Checks that programs of Debian make."""

import shutil
import subprocess
import tempfile

from .tree import Skip

# Words that codespell takes for mistakes: BUID is PAPR's name for a bridge.
WORDS = "buid,firs"


# Rooms whose locks clang can't follow; docs/architecture.rst says why.
UNFOLLOWED = ("hw/kvm/",)


def run(tree, *command):
    """The lines that a program has to say, if it is not content."""
    if not shutil.which(command[0]):
        raise Skip(f"{command[0]} could not be installed")
    done = subprocess.run(command, cwd=tree.root, text=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False)
    if done.returncode == 0:
        return []
    return (done.stdout.splitlines() or
            [f"{command[0]}: exit status {done.returncode}"])


def shellcheck(tree):
    return run(tree, "shellcheck", "-x", "-f", "gcc", *tree.shell)


def pyflakes(tree):
    return run(tree, "pyflakes3", *tree.python)


def codespell(tree):
    return run(tree, "codespell", "-L", WORDS, *tree.files)


def core(tree, *suffixes):
    return [path for path in tree.ending(*suffixes)
            if path.startswith(("hw/", "target/"))]


def cppcheck(tree):
    """Its errors. Two macros of GLib stand in strings; gcc, which warns of
    pointers that dangle, sees when one to a variable is taken back."""
    return run(tree, "cppcheck", "--quiet", "--std=c11", "--template=gcc",
               '-DG_GINT64_MODIFIER="l"', '-DG_GUINT64_FORMAT="lu"',
               "--suppress=autoVariables", "--error-exitcode=1", "-Iinclude",
               *core(tree, ".c"))


def clang_tidy(tree):
    """.clang-tidy says which checks; what debug builds add is in it."""
    if not shutil.which("pkg-config"):
        raise Skip("pkg-config could not be installed")
    flags = subprocess.run(["pkg-config", "--cflags", "glib-2.0"], text=True,
                           stdout=subprocess.PIPE, check=True).stdout
    words = ("-std=gnu11", "-DP9X_LOCK_DEBUG", "-Iinclude",
             *flags.replace("-I", "-isystem").split())
    paths = core(tree, ".c")
    problems = []
    for chosen, more in (
            ([path for path in paths if not path.startswith(UNFOLLOWED)],
             ["-Wthread-safety"]),
            ([path for path in paths if path.startswith(UNFOLLOWED)], [])):
        if chosen:
            problems += run(tree, "clang-tidy", "--quiet", *chosen, "--",
                            *words, *more)
    return problems


def sphinx(tree):
    with tempfile.TemporaryDirectory() as out:
        return run(tree, "sphinx-build", "-W", "--keep-going", "-q", "-C",
                   "-D", "master_doc=index", "-D", "project=p9xive", "docs",
                   out)
