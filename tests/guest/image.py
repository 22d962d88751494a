# SPDX-License-Identifier: GPL-2.0-or-later
"""Builds the bare-metal guest and starts QEMU on it.

Used by run.py (tests) and by the benchmark driver; a change of the guest's
sources is noticed by their times.
"""

import os
import math
import shutil
import subprocess
import sys
from pathlib import Path

SOURCE_DIR = Path(__file__).resolve().parent
sys.path.insert(0, str(SOURCE_DIR.parents[1] / "scripts"))
import limits  # noqa: E402  (it lives in scripts/)

DEFAULT_BUILD_DIR = SOURCE_DIR.parent.parent / "build" / "guest"
COMPILER = "powerpc64le-linux-gnu-gcc"

CFLAGS = """
    -mbig -mabi=elfv2 -mcpu=power9 -mno-vsx -mno-altivec -msoft-float
    -std=gnu11 -O2 -Wall -Wextra -Werror -ffreestanding -fno-pic -fno-common
    -fno-stack-protector -fno-asynchronous-unwind-tables
    -fno-tree-loop-distribute-patterns -ffixed-r13
""".split()
LDFLAGS = """
    -nostdlib -static -Wl,--build-id=none -Wl,-z,noexecstack
    -Wl,--no-warn-rwx-segments
""".split()

# The capabilities are mitigations that TCG cannot give; asking for none
# silences a warning for each.
MACHINE = ("pseries,x-vof=on,cap-cfpc=broken,cap-sbbc=broken,"
           "cap-ibs=broken,cap-ccf-assist=off")


class BuildError(Exception):
    """The image could not be built; the message says what to do."""


def _compiler():
    name = os.environ.get("P9XIVE_GUEST_CC", COMPILER)
    if shutil.which(name) is None:
        raise BuildError(
            f"{name} not found: install the package "
            "gcc-powerpc64le-linux-gnu, or name a big-endian-capable ppc64 "
            "compiler in P9XIVE_GUEST_CC")
    return name


def _newest(paths):
    return max(p.stat().st_mtime for p in paths)


def build(build_dir=None):
    """Returns the path of an image that is newer than its sources."""
    build_dir = Path(build_dir or DEFAULT_BUILD_DIR)
    image = build_dir / "guest.elf"
    script = SOURCE_DIR / "guest.ld"
    code = sorted(SOURCE_DIR.glob("*.c")) + sorted(SOURCE_DIR.glob("*.S"))
    watched = code + sorted(SOURCE_DIR.glob("*.h")) + [script, Path(__file__)]
    if image.exists() and image.stat().st_mtime > _newest(watched):
        return image
    build_dir.mkdir(parents=True, exist_ok=True)
    fresh = build_dir / f"guest.{os.getpid()}.tmp"
    command = [_compiler(), *CFLAGS, *LDFLAGS, f"-Wl,-T,{script}",
               "-o", str(fresh), *map(str, code)]
    done = subprocess.run(command, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        raise BuildError(f"building the guest failed:\n{done.stdout}")
    fresh.replace(image)
    return image


def command(qemu, image, bootargs, *, ic_mode="xive", smp="2",
            extra=(), firmware=None, accel="tcg,thread=multi"):
    """The command line; the console is standard output. The guest is told
    how much longer than usual it is to wait for what has to come."""
    bootargs += f" wait-scale={math.ceil(limits.scale())}"
    line = [str(qemu), "-machine", f"{MACHINE},ic-mode={ic_mode}",
            "-accel", accel, "-nodefaults", "-display", "none",
            "-monitor", "none", "-serial", "stdio", "-no-reboot",
            "-m", "256M", "-smp", smp, "-kernel", str(image),
            "-append", bootargs, *extra]
    if firmware:
        line += ["-L", str(firmware)]
    return line


class Result:
    """What a run left: console text, messages, and how it ended; over is
    the limit for which it had to be stopped, or None."""

    def __init__(self, output, errors, status, over):
        self.output = output
        self.errors = errors
        self.status = status
        self.over = over

    def ending(self):
        """None for a good end, else how it went wrong."""
        if self.over:
            return f"QEMU had to be stopped: no end within {self.over}"
        if self.status < 0:
            return f"QEMU was killed by signal {-self.status}"
        if self.status:
            return f"QEMU exited with {self.status}"
        return None


def run(line, timeout):
    """Runs QEMU to its end, or kills it after @timeout seconds, which are
    those of a quiet machine."""
    process = subprocess.Popen(line, stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE)
    limit, over = limits.Limit(timeout, lambda: limits.waited(process.pid)), ""
    while True:
        try:
            output, errors = process.communicate(timeout=limit.left())
            break
        except subprocess.TimeoutExpired:
            if limit.left() > 0:
                continue
            over = str(limit)
            process.kill()
            output, errors = process.communicate()
            break
    return Result(output.decode("latin-1").replace("\r", ""),
                  errors.decode("latin-1"), process.returncode, over)
