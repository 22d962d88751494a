# SPDX-License-Identifier: GPL-2.0-or-later
"""What the tests of speed, limits and budget have in common."""

import contextlib
import importlib.util
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

REPO = Path(__file__).resolve().parents[2]
for directory in ("scripts", "tests/functional", "tests/guest"):
    sys.path.insert(0, str(REPO / directory))
sys.dont_write_bytecode = True

import image  # noqa: E402
import limits  # noqa: E402
import speed  # noqa: E402
import vm  # noqa: E402
import xivetest  # noqa: E402

# What the tests take from here, modules included.
__all__ = ("REPO", "environment", "functional_run", "image", "limits", "loops",
           "run_here", "run_overlay", "run_tests", "scale", "speed", "started",
           "vm", "xivetest")


def program(path):
    """A script as a module."""
    name = path.replace("/", "_").replace("-", "_").removesuffix(".py")
    spec = importlib.util.spec_from_file_location(name, REPO / path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


run_tests = program("scripts/run-tests.py")
functional_run = program("tests/functional/run.py")

NAMES = (limits.VARIABLE, limits.BUDGET, limits.UNTIL, limits.SLOWNESS)


def environment(**values):
    """os.environ with these of our variables and no others of them."""
    kept = {name: value for name, value in os.environ.items()
            if name not in NAMES}
    return mock.patch.dict(os.environ, {**kept, **values}, clear=True)


def scale(text):
    return environment(P9XIVE_TIME_SCALE=str(text))


@contextlib.contextmanager
def started(*commands):
    processes = [subprocess.Popen(command) for command in commands]
    try:
        yield processes
    finally:
        for process in processes:
            process.kill()
            process.wait()


def loops(count, *prefix):
    return started(*([[*prefix, "sh", "-c", "while :; do :; done"]] * count))


def run_here(test):
    """A functional test's result, with a QEMU that is not started."""
    with tempfile.TemporaryDirectory() as directory, \
            mock.patch.object(xivetest, "WORK", Path(directory)), \
            mock.patch.dict(os.environ, QEMU_TEST_QEMU_BINARY="/bin/true"):
        result = unittest.TestResult()
        test().run(result)
    return result


def run_overlay():
    """The lines of scripts/run-tests.py with a part that takes a second."""
    with tempfile.TemporaryDirectory() as directory:
        return subprocess.run(
            [REPO / "scripts" / "run-tests.py", "--build", directory,
             "overlay"], check=False, text=True,
            stdout=subprocess.PIPE).stdout.splitlines()
